"""What a contract earns within a horizon: each customer's own margin times their own months."""

import numpy as np
import pandas as pd
import pytest

from crmlab.churn import ChurnCurve
from crmlab.margins import margin_within
from crmlab.simulation.days import months_later

END = pd.Timestamp("2025-12-31")


def contracts(size, seed, started="2023-01-01"):
    """Return contracts that begin over three years; the dear ones leave sooner, and some of them lose money."""
    draw = np.random.default_rng(seed)
    started_on = pd.Timestamp(started) + pd.to_timedelta(draw.integers(0, 1060, size), unit="D")
    leaving = draw.uniform(0.02, 0.2, size)
    months = draw.geometric(leaving)
    ended = pd.Series(months_later(pd.Series(started_on), months))
    margin = 3000 - 20_000 * leaving
    table = pd.DataFrame({"started_on": started_on, "ended_on": ended.where(ended <= END), "monthly_margin": margin})
    return table.assign(months=months, group=np.where(leaving > 0.1, "dear", "cheap"))


def test_without_censoring_it_is_the_plain_mean():
    early = contracts(2000, 1).query("started_on < '2023-12-01'")
    got = margin_within(early, END, 12).iloc[0]
    plain = early["monthly_margin"] * early["months"].clip(upper=12)
    assert got["estimate"] == pytest.approx(plain.mean(), rel=0.01)
    assert got["high"] - got["estimate"] == pytest.approx(1.96 * plain.std() / np.sqrt(len(plain)), rel=0.02)


def test_one_margin_for_all_is_worth_the_months_of_the_curve():
    table = contracts(40_000, 2).assign(monthly_margin=100.0)
    months = ChurnCurve.from_contracts(table, END).mean_within(24).iloc[0]["estimate"]
    assert margin_within(table, END, 24).iloc[0]["estimate"] == pytest.approx(100 * months, rel=0.006)


def test_the_product_of_the_means_pairs_one_margin_with_other_months():
    table = contracts(4000, 3)
    months = ChurnCurve.from_contracts(table, END).mean_within(24).iloc[0]["estimate"]
    assert margin_within(table, END, 24).iloc[0]["low"] > 1.1 * table["monthly_margin"].mean() * months


def test_the_interval_holds_the_truth_as_often_as_it_says():
    whole = contracts(200_000, 4)
    truth = (whole["monthly_margin"] * whole["months"].clip(upper=24)).mean()
    found = [margin_within(contracts(400, seed), END, 24).iloc[0] for seed in range(200)]
    held = np.mean([one["low"] < truth < one["high"] for one in found])
    assert 0.91 <= held <= 0.98


def test_groups_add_up_and_are_named():
    table = contracts(2000, 5)
    got = margin_within(table, END, 12, by="group")
    assert got.index.to_list() == ["cheap", "dear"]
    assert got["contracts"].sum() == len(table)
    alone = margin_within(table[table["group"] == "dear"], END, 12).iloc[0]
    assert got.loc["dear"].to_list() == alone.to_list()


@pytest.mark.parametrize("months", [0, 40])
def test_a_horizon_that_nobody_was_seen_for_is_refused(months):
    with pytest.raises(ValueError, match=f"months is {months}, and the earliest was seen in 36; ask for 1 to"):
        margin_within(contracts(500, 6), END, months)


def test_empty_margins_and_missing_columns_are_refused():
    table = contracts(50, 7)
    with pytest.raises(ValueError, match="monthly_margin: 1 values are empty or no finite number, the first in row 0"):
        margin_within(table.assign(monthly_margin=table["monthly_margin"].where(table.index > 0)), END, 12)
    with pytest.raises(ValueError, match="profit"):
        margin_within(table, END, 12, margin="profit")
