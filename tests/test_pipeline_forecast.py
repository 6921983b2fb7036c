"""What the open pipeline will bring: the planted wins, the known chain, and pipelines that cannot tell."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.pipeline import PipelineForecast
from crmlab.plots import alternative_text

TODAY = pd.Timestamp("2025-12-31")
RATES = {"lead": (0.06, "proposal", 0.05), "proposal": (0.02, "won", 0.03)}  # on, where to, lost


def known_pipeline(seed, leads=500):
    """Return events up to today, and the day on which each lead will be won, of leads that move by known rates."""
    rng = np.random.default_rng(seed)
    rows, won = [], {}
    for number, start in enumerate(rng.integers(0, 300, leads)):
        stage, day = "lead", pd.Timestamp("2025-03-06") + pd.Timedelta(days=int(start))
        while stage in RATES:
            rows.append((f"L{number:04d}", stage, day))
            on, to, lost = RATES[stage]
            day += pd.Timedelta(days=int(rng.geometric(on + lost)) - 1)
            stage = to if rng.random() < on / (on + lost) else "lost"
        rows.append((f"L{number:04d}", stage, day))
        if stage == "won":
            won[f"L{number:04d}"] = day
    events = pd.DataFrame(rows, columns=["lead_id", "stage", "reached_on"])
    return events[events["reached_on"] <= TODAY], won


def forecast_of(events, **options):
    return PipelineForecast.fit(events, "2025-12-31", ["lead", "proposal"], **options)


@pytest.fixture(scope="module")
def company():
    return crm.open_company("b2b")


def test_the_wins_of_the_open_pipeline_of_b2b_are_foreseen(company):
    """Firms decide more gladly in the last quarter, so the months to come are like the first nine of a year."""
    forecast = PipelineForecast.fit(company.stage_events, company.observation_end, months=range(1, 10))
    ever = forecast.table.loc[np.inf]
    assert abs(ever["wins"] - company.truth["open_wins"]) < 2.5 * ever["error"]
    won_on = company.truth.leads.set_index("lead_id")["won_on"].reindex(forecast.leads["lead_id"])
    for days, row in forecast.table.iterrows():
        came = (won_on <= TODAY + pd.Timedelta(days=min(float(days), 5000))).sum()
        assert row["low"] <= came <= row["high"], days


def test_a_whole_years_rates_promise_too_much_after_the_budget_flush(company):
    ever = PipelineForecast.fit(company.stage_events, company.observation_end).table.loc[np.inf]
    assert ever["wins"] - 4 * ever["error"] > company.truth["open_wins"]
    calm = crm.simulate_company("b2b", budget_flush=0)
    ever = PipelineForecast.fit(calm.stage_events, calm.observation_end).table.loc[np.inf]
    assert abs(ever["wins"] - calm.truth["open_wins"]) < 2.5 * ever["error"]


def test_each_lead_has_the_chance_of_its_stage():
    """Won of those in proposal: .02 of .05; of leads, those times .06 of .11."""
    forecast = forecast_of(known_pipeline(1, 30_000)[0])
    chance = forecast.leads.groupby("stage")["chance"].mean()
    assert chance["proposal"] == pytest.approx(0.4, abs=0.015)
    assert chance["lead"] == pytest.approx(0.4 * 6 / 11, abs=0.015)
    rates = forecast.rates.set_index(["stage", "to"])["rate"].sort_index()
    assert rates["lead", "proposal"].to_numpy() == pytest.approx([0.06] * 4, abs=0.005)
    assert rates["proposal", "lost"].to_numpy() == pytest.approx([0.03] * 4, abs=0.003)


def test_the_chance_within_some_days_is_that_of_the_geometric():
    """With few ends there is one band of ages, and a proposal waits as if each day were the first."""
    rng = np.random.default_rng(2)
    rows = [(f"L{n}", "proposal", TODAY - pd.Timedelta(days=int(ago))) for n, ago in enumerate(rng.integers(0, 60, 90))]
    ended = [(lead, "won" if n % 3 else "lost", TODAY) for n, (lead, _, _) in enumerate(rows[:40])]
    forecast = PipelineForecast.fit(events_of(*rows, *ended), "2025-12-31", ["proposal"], horizons=[0, 10, np.inf])
    rate = forecast.rates.set_index("to")["rate"]
    gone = rate["won"] + rate["lost"]
    expected = 50 * rate["won"] / gone * (1 - (1 - gone) ** np.array([0.0, 10.0, np.inf]))
    assert forecast.table["wins"].to_list() == pytest.approx(expected.tolist())


def test_far_horizons_end_at_ever():
    table = forecast_of(known_pipeline(3)[0], horizons=[10, 100, 2000, np.inf]).table
    assert table["wins"].is_monotonic_increasing
    assert table.loc[2000, "wins"] == pytest.approx(table.loc[np.inf, "wins"], rel=1e-9)
    assert table.loc[2000, "error"] == pytest.approx(table.loc[np.inf, "error"], rel=1e-6)


def test_the_range_covers_what_comes_in_about_95_of_100_pipelines():
    inside, revenue_inside, rng = [], [], np.random.default_rng(1)
    for seed in range(70):
        events, won = known_pipeline(seed, 300)
        amounts = rng.gamma(4, 25, 80)
        forecast = forecast_of(events, horizons=[30, np.inf], amounts=amounts)
        later = [won[lead] for lead in forecast.leads["lead_id"] if lead in won]
        came = np.array([sum(day <= TODAY + pd.Timedelta(days=30) for day in later), len(later)])
        table = forecast.table
        inside.append((table["low"].to_numpy() <= came) & (came <= table["high"].to_numpy()))
        paid = rng.gamma(4, 25, len(later)).sum()
        revenue_inside.append(table["revenue_low"].iloc[-1] <= paid <= table["revenue_high"].iloc[-1])
    assert ((np.mean(inside, axis=0) >= 0.88) & (np.mean(inside, axis=0) <= 1)).all()
    assert 0.88 <= np.mean(revenue_inside) <= 1


def test_revenue_is_wins_times_the_mean_amount():
    events, _ = known_pipeline(1)
    same = forecast_of(events, amounts=[100.0, 100.0]).table
    assert same["revenue"].to_list() == pytest.approx((100 * same["wins"]).tolist())
    assert same["revenue_high"].to_list() == pytest.approx((100 * same["high"]).tolist())
    spread = forecast_of(events, amounts=[50.0, 150.0] * 20).table
    assert (spread["revenue_high"] > same["revenue_high"]).all()


def test_a_stage_may_be_skipped_and_the_order_of_rows_does_not_matter():
    events, _ = known_pipeline(4)
    start = events[events["stage"] == "lead"].head(60)
    direct = start.assign(lead_id=start["lead_id"] + "x")
    skipped = pd.concat([events, direct, direct.assign(stage="won", reached_on=TODAY)])
    forecast = forecast_of(skipped)
    assert "won" in set(forecast.rates.loc[forecast.rates["stage"] == "lead", "to"])
    shuffled = forecast_of(skipped.sample(frac=1, random_state=1))
    pd.testing.assert_frame_equal(shuffled.table, forecast.table)


def events_of(*rows):
    events = pd.DataFrame(rows, columns=["lead_id", "stage", "reached_on"])
    return events.assign(reached_on=pd.to_datetime(events["reached_on"]))


START = ("a", "lead", "2025-01-01")


@pytest.mark.parametrize(
    ("events", "said"),
    [
        (events_of(START).drop(columns="stage"), "no column stage"),
        (events_of(START, ("a", None, "2025-02-01")), "stage is empty in 1 rows"),
        (events_of(START, ("a", "signed", "2025-02-01")), "stage signed is none of lead, proposal, won, lost"),
        (events_of(("a", "lead", "2026-01-01")), "no event lies on or before 2025-12-31"),
        (events_of(START, ("a", "won", "2025-02-01")), "no lead is open"),
        (events_of(START, ("b", "lead", "2025-01-01"), ("b", "lost", "2025-02-01")), "nobody was won"),
        (events_of(START, ("b", "lead", "2025-01-01"), ("b", "won", "2024-02-01")), "1 leads reached a stage before"),
        (events_of(("a", "proposal", "2025-01-01"), ("b", "lead", "2025-01-01"), ("b", "won", "2025-02-01")),
         "no lead has left the stage proposal"),
    ],
)  # fmt: skip
def test_pipelines_that_cannot_tell_are_refused(events, said):
    with pytest.raises(ValueError, match=said):
        forecast_of(events)


def test_horizons_and_amounts_are_checked():
    events, _ = known_pipeline(1, 200)
    with pytest.raises(ValueError, match="horizons are days from today"):
        forecast_of(events, horizons=[-1])
    with pytest.raises(ValueError, match="amounts need at least two finite numbers"):
        forecast_of(events, amounts=[100])


def test_the_picture_says_what_is_seen(company):
    forecast = PipelineForecast.fit(company.stage_events, company.observation_end)
    ax = forecast.plot()
    assert [label.get_text() for label in ax.get_yticklabels()][-1] == "ever"
    assert "within 30 days 45" in alternative_text(ax.figure)
    assert forecast.summary().loc[np.inf, "wins"] == 118.0
