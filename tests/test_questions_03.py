"""The exercises of lesson 03: right answers by two ways each, the usual mistakes by name, on two companies."""

import numpy as np
import pandas as pd
import pytest

import crmlab as crm

LESSON = "03"


@pytest.fixture(scope="module")
def end(q):
    return pd.Timestamp(q.company.observation_end)


@pytest.fixture(scope="module")
def leads(q):
    return q.company.leads


def right(feedback):
    return feedback.correct is True


def harmless(q, number, answer):
    """Say whether a mistake happens to give the right answer on these data."""
    asked = q.questions.questions[number - 1]
    return answer == pytest.approx(asked.expected(q.company), rel=asked.tolerance)


def test_wilson_by_statsmodels_and_by_the_funnel(q, leads):
    from statsmodels.stats.proportion import proportion_confint

    forty = leads.head(40)
    low, high = proportion_confint(forty["customer_id"].notna().sum(), 40, method="wilson")
    events = q.company.stage_events[q.company.stage_events["lead_id"].isin(forty["lead_id"])]
    assert right(q.check(1, low))
    assert right(q.check(1, crm.Funnel.from_events(events, ["lead", "won"]).ends()["low"].iloc[0]))
    assert "the upper end" in q.check(1, high).text


def test_wilson_mistakes(q, leads):
    share = leads.head(40)["customer_id"].notna().mean()
    assert "the textbook interval" in q.check(1, share - 1.96 * np.sqrt(share * (1 - share) / 40)).text
    assert "the rate itself" in q.check(1, share).text


def test_standardised_gap_by_the_funnel_and_by_regrouping(q, leads):
    funnel = crm.Funnel.from_events(q.company.stage_events, ["lead", "won"], by=["team", "channel"], leads=leads)
    table = funnel.standardize("channel")
    assert right(q.check(2, table.loc["South", "estimate"] - table.loc["North", "estimate"]))
    rate = leads["customer_id"].notna().groupby([leads["team"], leads["channel"]]).mean()
    expected = {team: leads["channel"].map(rate[team]).mean() for team in ("South", "North")}
    assert right(q.check(2, expected["South"] - expected["North"]))


def test_standardised_gap_mistakes(q, leads):
    won = leads["customer_id"].notna()
    plain = won.groupby(leads["team"]).mean()
    by_channel = leads.assign(won=won).pivot_table("won", "channel", "team")
    gap = by_channel["South"] - by_channel["North"]
    own = (gap * leads.loc[leads["team"] == "South", "channel"].value_counts(normalize=True)).sum()
    fair = (gap * leads["channel"].value_counts(normalize=True)).sum()
    assert "the plain difference" in q.check(2, plain["South"] - plain["North"]).text
    assert "the same weight" in q.check(2, gap.mean()).text
    assert "South's own mix" in q.check(2, own).text
    assert "North less South" in q.check(2, -fair).text
    assert "percentage points" in q.check(2, 100 * fair).text


@pytest.fixture(scope="module")
def young(q, leads, end):
    """Days seen and how they ended, of the leads of the last quarter."""
    rows = leads[leads["created_on"].dt.to_period("Q") == leads["created_on"].dt.to_period("Q").max()]
    events = q.company.stage_events
    ends = events[events["stage"].isin(["won", "lost"])].set_index("lead_id")
    rows = rows.join(ends, on="lead_id")
    return rows.assign(days=(rows["reached_on"].fillna(end) - rows["created_on"]).dt.days)


def incidence(days, stage, last=60):
    """Return the cumulative incidence of winning, added up day by day."""
    open_share, won_share = 1.0, 0.0
    for day in range(last + 1):
        at_risk, ended = (days >= day).sum(), stage[days == day]
        won_share += open_share * (ended == "won").sum() / at_risk
        open_share *= 1 - ended.notna().sum() / at_risk
    return won_share


def test_share_within_60_days_by_the_curve_and_day_by_day(q, leads, young):
    by = leads[leads["lead_id"].isin(young["lead_id"])].set_index("lead_id")["team"].map(lambda _: "young")
    assert right(
        q.check(3, crm.TimeToConvert.from_events(q.company.stage_events, q.company.observation_end, by=by)(60).iloc[0])
    )
    assert right(q.check(3, incidence(young["days"], young["stage"])))


def test_share_within_60_days_mistakes(q, young):
    won = young["stage"] == "won"
    assert "had no 60 days yet" in q.check(3, won.mean()).text
    assert "losing is an end" in q.check(3, incidence(young["days"], young["stage"].where(won))).text
    assert "the open leads are left out" in q.check(3, won.sum() / young["stage"].notna().sum()).text


@pytest.fixture(scope="module")
def begun(q, end):
    contracts = q.company.contracts
    rows = contracts[contracts["started_on"] <= end - pd.DateOffset(months=12)]
    last = rows["ended_on"].fillna(end)
    months = 12 * (last.dt.year - rows["started_on"].dt.year) + last.dt.month - rows["started_on"].dt.month
    return rows.assign(months=months.where(rows["ended_on"].notna(), 12).clip(upper=12))


def lost_customers(leads, end, days=180):
    """Return the customers lost by closing South, lead by lead."""
    ripe = leads[leads["created_on"] <= end - pd.Timedelta(days=days)]
    rate = ripe["customer_id"].notna().groupby([ripe["team"], ripe["channel"]]).mean()
    taken = leads[(leads["team"] == "South") & (leads["created_on"] > end - pd.DateOffset(months=12))]
    return (taken["channel"].map(rate["South"]) - taken["channel"].map(rate["North"])).sum()


def test_closure_by_calendar_months_and_by_the_funnel(q, leads, end, begun):
    value = (begun["months"] * begun["monthly_margin"]).mean()
    assert right(q.check(4, lost_customers(leads, end) * value))
    ripe = leads[leads["created_on"] <= end - pd.Timedelta(days=180)]
    events = q.company.stage_events[q.company.stage_events["lead_id"].isin(ripe["lead_id"])]
    ends = crm.Funnel.from_events(events, ["lead", "won"], by=["channel", "team"], leads=leads).ends()
    rates = ends.pivot_table("estimate", "channel", "team")
    taken = leads[(leads["team"] == "South") & (leads["created_on"] > end - pd.DateOffset(months=12))]
    lost = (rates["South"] - rates["North"]).mul(taken["channel"].value_counts()).sum()
    assert right(q.check(4, lost * value))


def test_closure_mistakes(q, leads, end, begun):
    lost, value = lost_customers(leads, end), (begun["months"] * begun["monthly_margin"]).mean()
    ripe = leads[leads["created_on"] <= end - pd.Timedelta(days=180)]
    plain = ripe["customer_id"].notna().groupby(ripe["team"]).mean()
    taken = ((leads["team"] == "South") & (leads["created_on"] > end - pd.DateOffset(months=12))).sum()
    assert "plain rates" in q.check(4, taken * (plain["South"] - plain["North"]) * value).text
    assert "revenue, not margin" in q.check(4, lost * (begun["months"] * begun["monthly_fee"]).mean()).text
    assert "many leave earlier" in q.check(4, lost * 12 * begun["monthly_margin"].mean()).text
    too_young = lost_customers(leads, end, days=0) * value
    assert harmless(q, 4, too_young) or "young leads" in q.check(4, too_young).text
    assert "not money" in q.check(4, lost).text
