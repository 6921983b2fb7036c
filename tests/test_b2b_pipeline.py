"""Leads move as declared: known durations and chances, an open pipeline, and a year's end that fools before-after."""

import numpy as np
import pandas as pd
import pytest

from crmlab.simulation import simulate_company
from crmlab.simulation.days import is_working_day

END = pd.Timestamp("2025-12-31")
SCRIPT = pd.Timestamp("2025-10-01")


@pytest.fixture(scope="module")
def company():
    return simulate_company("b2b")


@pytest.fixture(scope="module")
def days(company):
    """One row a lead, one column a stage: the day on which it was reached."""
    return company.stage_events.pivot_table(index="lead_id", columns="stage", values="reached_on", aggfunc="first")


def win_rates(company, since):
    """Return the share of the offers decided since a day that was won, by Seoul or not and before or after."""
    events = company.stage_events
    ended = events[events["stage"].isin(["won", "lost"]) & (events["reached_on"] >= since)]
    ended = ended[ended["lead_id"].isin(company.offers["lead_id"])].merge(company.leads, on="lead_id")
    seoul = ended["team"].str.startswith("Seoul").rename("seoul")
    after = (ended["reached_on"] >= SCRIPT).rename("after")
    return (ended["stage"] == "won").groupby([seoul, after]).agg(["mean", "size"])


def before_after(rates):
    """Return the difference in Seoul, and the difference of the differences, each with its standard error."""
    mean, variance = rates["mean"], rates["mean"] * (1 - rates["mean"]) / rates["size"]
    own, other = (mean[seoul, True] - mean[seoul, False] for seoul in (True, False))
    return (own, np.sqrt(variance[True].sum())), (own - other, np.sqrt(variance.sum()))


def test_stages_take_the_days_declared(company, days):
    old = days[days["lead"] < "2025-01-01"]
    for start, end, name in (("lead", "qualified", "qualify_days"), ("proposal", "won", "decide_days")):
        whole_working_days = 1  # what rounding up and waiting for the next working day add
        took = (old[end] - old[start]).dt.days.mean()
        assert took == pytest.approx(company.truth[name] + whole_working_days, rel=0.08)


def test_everything_in_sales_happens_on_working_days(company):
    later = company.stage_events[company.stage_events["stage"] != "lead"]
    assert is_working_day(later["reached_on"]).all()
    assert is_working_day(company.leads["created_on"]).mean() > 0.9


def test_a_lead_reaches_its_stages_in_order_and_ends_once(days):
    order = days[["lead", "qualified", "proposal", "won"]].to_numpy("datetime64[ns]").astype("int64").astype(float)
    order[order < 0] = np.nan
    assert not (np.diff(order, axis=1) < 0).any()
    assert not (days["won"].notna() & days["lost"].notna()).any()
    assert (days["proposal"].notna() >= days["won"].notna()).all()


def test_chances_of_the_stages_are_those_that_happen(company, days):
    truth = company.truth.leads.set_index("lead_id").loc[days.index]
    old = days["lead"] < "2025-01-01"
    reached = days.notna()
    for stage, given, chance in (
        ("qualified", reached["lead"], "qualify_chance"),
        ("proposal", reached["qualified"], "propose_chance"),
        ("won", reached["proposal"], "choice_chance"),
    ):
        rows = old & given
        error = np.sqrt(truth.loc[rows, chance].mean() * (1 - truth.loc[rows, chance].mean()) / rows.sum())
        assert abs(reached.loc[rows, stage].mean() - truth.loc[rows, chance].mean()) < 3 * error


def test_wins_of_the_open_pipeline_are_those_expected(company, days):
    truth = company.truth.leads.set_index("lead_id").loc[days.index]
    still_open = days["won"].isna() & days["lost"].isna()
    assert still_open.sum() > 150
    chance = truth.loc[still_open, "win_chance"]
    assert company.truth["open_wins"] == pytest.approx(chance.sum(), abs=0.1)
    assert (truth.loc[still_open, "won_on"].dropna() > END).all()
    error = np.sqrt((chance * (1 - chance)).sum())
    assert abs(truth.loc[still_open, "won_on"].notna().sum() - chance.sum()) < 2 * error


def test_the_crude_rate_of_the_past_misses_what_the_open_pipeline_holds(company, days):
    crude = days["won"].notna().mean() * len(days.loc[days["won"].isna() & days["lost"].isna()])
    assert crude < 0.8 * company.truth["open_wins"]


def test_waiting_says_nothing_about_the_chance(company, days):
    proposals = days[days["proposal"] < "2025-01-01"]
    took = (proposals["won"].fillna(proposals["lost"]) - proposals["proposal"]).dt.days
    slow = took > took.median()
    won = proposals["won"].notna()
    assert abs(won[slow].mean() - won[~slow].mean()) < 0.06
    assert company.truth["decide_days"] == 36


def test_the_end_of_the_year_fools_before_after_and_not_the_difference_of_differences(company):
    crude, right = before_after(win_rates(company, "2025-01-01"))
    assert crude[0] > 2.5 * crude[1]
    assert abs(right[0]) < 2 * right[1]


def test_over_several_seeds_the_script_does_nothing_and_a_working_one_is_found():
    def pooled(**switches):
        found = [
            before_after(win_rates(simulate_company("b2b", seed=s, **switches), "2025-01-01")) for s in (11, 12, 13)
        ]
        estimates, errors = np.array(found).mean(axis=0)[:, 0], np.sqrt((np.array(found)[..., 1] ** 2).sum(axis=0)) / 3
        return estimates / errors

    crude, right = pooled()
    assert crude > 3 > 2 > abs(right)
    assert pooled(script_effect=1.5)[1] > 3
    assert abs(pooled(budget_flush=0)[0]) < 2


def test_every_last_quarter_is_better_and_without_the_flush_none_is(company, days):
    ended = days["won"].fillna(days["lost"])[days["proposal"].notna()].dropna()
    won = days["won"].notna()
    rates = won.groupby([ended.dt.year, ended.dt.quarter == 4]).mean().unstack()  # noqa: PD010
    assert (rates[True] > rates[False]).all()
    truth = company.truth.leads
    assert (truth["choice_chance"] >= truth["choice_chance_without_flush"]).all()
    calm = simulate_company("b2b", budget_flush=0).truth.leads
    assert (calm["choice_chance"] == calm["choice_chance_without_flush"]).all()
