"""Cost and value of customers: the average and the next one, their intervals, and what may be said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.growth import Allocation, ResponseCurve, UnitEconomics, payback
from crmlab.plots import alternative_text

HUNTING = ResponseCurve.through(ceiling=0.10, spend=1, rate=0.04)
FARMING = ResponseCurve.through(ceiling=0.80, spend=8, rate=0.6)
VALUE = {"estimate": 100.0, "low": 80.0, "high": 125.0}


def test_at_pfeifers_optimum_the_next_customer_costs_its_value_and_the_average_one_less():
    """Pfeifer (2005): 111.44 for both in the case of Blattberg and Deighton (1996)."""
    best = Allocation.best(hunting=HUNTING, farming=FARMING, margin=50, discount_rate=0.1)
    units = UnitEconomics.from_curve(HUNTING, best.hunting_spend, best.customer_value)
    assert units.table.loc["marginal", "cac"] == pytest.approx(111.44, abs=5e-3)
    assert units.table.loc["marginal", "ratio"] == pytest.approx(1, rel=1e-6)
    assert units.table.loc["average", "ratio"] > 2.5


def experiment(rng: np.random.Generator) -> ResponseCurve:
    spend = np.array([0.5, 1, 3, 6])
    won = rng.binomial(3000, HUNTING(spend))
    return ResponseCurve.fit(pd.DataFrame({"spend": spend, "successes": won, "customers": 3000}))


def test_intervals_hold_the_truth_as_often_as_they_promise():
    """A hundred experiments, and values measured with an error of a tenth; up to 12 of each may miss."""
    rng, missed = np.random.default_rng(3), np.zeros(4)
    truth = UnitEconomics.from_curve(HUNTING, 3, 100).table
    for _ in range(100):
        log = np.log(100) + rng.normal(0, 0.1)
        value = dict(zip(("low", "estimate", "high"), np.exp(log + np.array([-0.196, 0, 0.196])), strict=True))
        table = UnitEconomics.from_curve(experiment(rng), 3, value).table
        missed += [
            not table.loc[row, f"{name}_low"] <= truth.loc[row, name] <= table.loc[row, f"{name}_high"]
            for row in ("average", "marginal")
            for name in ("cac", "ratio")
        ]
    assert (missed <= 12).all(), missed
    assert missed.sum() > 0


def test_totals_know_the_average_only():
    units = UnitEconomics.from_totals(50_000, 25, VALUE)
    assert units.table.index.to_list() == ["average"]
    assert units.table.loc["average", "cac"] == 2_000
    assert "not known from totals" in units.verdict
    wide, narrow = (UnitEconomics.from_totals(spend, n, 100).table for spend, n in ((100, 4), (10_000, 400)))
    assert wide["cac"].item() == narrow["cac"].item()
    assert np.log(wide["cac_high"] / wide["cac"]).item() == pytest.approx(
        10 * np.log(narrow["cac_high"] / narrow["cac"]).item()
    )


def test_an_error_of_the_value_widens_the_ratio_and_not_the_cost():
    sure, unsure = (UnitEconomics.from_totals(100, 25, value).table.iloc[0] for value in (100, VALUE))
    assert sure["cac_high"] == unsure["cac_high"]
    assert unsure["ratio_low"] < sure["ratio_low"] < sure["ratio"] == unsure["ratio"]
    certain = UnitEconomics.from_curve(HUNTING, 1, VALUE).table.loc["average"]
    assert [certain["ratio_low"], certain["ratio_high"]] == pytest.approx([80 / 25, 125 / 25])


@pytest.mark.parametrize(
    ("spend", "value", "said"),
    [
        (0.5, 100, "worth more than it costs: spend more"),
        (4, 100, "spend less, although the average ratio is 2.2"),
        (9, 50, "spend less, and the average ratio is 0.5"),
        (3, {"estimate": 100, "low": 50, "high": 200}, "not known from these data, although"),
    ],
)
def test_what_is_said_follows_the_next_customer(spend, value, said):
    assert said in UnitEconomics.from_curve(HUNTING, spend, value).verdict


def test_payback_is_that_of_each_cost():
    units = UnitEconomics.from_totals(50_000, 25, 6_000)
    months = units.payback(300, 0.9)
    row = units.table.loc["average"]
    wanted = [payback(row[name], 300, 0.9) for name in ("cac", "cac_low", "cac_high")]
    assert months.loc["average"].to_list() == pytest.approx(wanted)


def test_the_company_knows_its_next_customer():
    """The experiment with money per lead: at the highest spend tested the next customer is far dearer than the mean."""
    experiments = crm.open_company("subscription").experiments.query("experiment == 'money per lead'")
    units = UnitEconomics.from_curve(ResponseCurve.fit(experiments), 24_000, 100_000)
    assert units.table.loc["marginal", "cac_low"] > 2 * units.table.loc["average", "cac_high"]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: UnitEconomics.from_curve(HUNTING, 0, 100), "spend is 0"),
        (lambda: UnitEconomics.from_totals(100, 0, 100), "nobody was won"),
        (lambda: UnitEconomics.from_totals(0, 5, 100), "spend is 0"),
        (lambda: UnitEconomics.from_totals(100, 5, -3), "a loss has no ratio"),
        (lambda: UnitEconomics.from_totals(100, 5, {"estimate": 3}), "no low, high"),
        (lambda: UnitEconomics.from_totals(100, 5, VALUE | {"low": 110}), "in order"),
        (lambda: UnitEconomics.from_totals(100, 5, VALUE | {"low": 0}), "above 0"),
        (lambda: UnitEconomics.from_totals(100, 5, float("nan")), "in order"),
    ],
)
def test_impossible_numbers_are_refused(make, said):
    with pytest.raises(ValueError, match=said):
        make()


def test_the_picture_asks_a_question_and_says_the_verdict():
    units = UnitEconomics.from_curve(experiment(np.random.default_rng(1)), 4, VALUE)
    ax = units.plot()
    said = alternative_text(ax.figure)
    assert ax.get_title() == "Is the next customer worth its cost?"
    assert "the next customer" in said
    assert units.verdict[1:] in said
    assert units.summary().loc["average", "cac"] == pytest.approx(units.table.loc["average", "cac"], abs=0.005)
