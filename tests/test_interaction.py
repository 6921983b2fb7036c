"""Interaction: effects by hand, coverage, limits, and whether the company's kindness mends."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.drivers import Interaction
from crmlab.plots import alternative_text


def drawn(rng, count, mending=0.0):
    process, attitude = rng.integers(1, 11, (2, count))
    felt = np.where(process < 5, mending, 1.0) * 0.4 * attitude
    spread = np.where(process < 5, 1.5, 0.7)  # unequal, as the robust errors allow
    return pd.DataFrame(
        {"process": process, "attitude": attitude, "csat": 0.3 * process + felt + spread * rng.normal(size=count)}
    )


def test_intervals_hold_the_truth_as_often_as_they_promise():
    """Of 150 samples each interval may miss up to 16 (one in a thousand if it keeps its promise)."""
    rng, truth, missed = np.random.default_rng(1), np.array([0.1, 0.4, 0.3]), np.zeros(3)
    for _ in range(150):
        table = Interaction.fit(drawn(rng, 200, mending=0.25), failed_below=5).table
        missed += ~((table["low"] <= truth) & (truth <= table["high"])).to_numpy()
    assert (missed <= 16).all(), missed
    assert missed.sum() > 0


def test_on_a_straight_line_the_product_is_the_difference():
    """Where the effect changes in proportion to the condition, both readings are exact."""
    grid = pd.DataFrame([(p, a) for p in range(1, 11) for a in range(1, 11)], columns=["process", "attitude"])
    grid["csat"] = grid["process"] + 0.1 * grid["attitude"] * grid["process"] + 0.01 * (-1.0) ** grid["attitude"]
    deviation = grid["process"].std(ddof=0)
    got = Interaction.fit(grid).table["estimate"]
    expected = [0.1 * (5.5 - deviation), 0.1 * (5.5 + deviation), 0.2 * deviation]
    assert got.to_list() == pytest.approx(expected, abs=2e-3)


def test_robust_errors_are_those_of_statsmodels():
    from statsmodels.regression.linear_model import OLS

    rows = drawn(np.random.default_rng(2), 120)
    centred = rows["process"] - rows["process"].mean()
    x = np.column_stack([np.ones(120), centred, rows["attitude"], centred * rows["attitude"]])
    who, width = np.arange(120) // 2, 2 * centred.std(ddof=0)
    plain = OLS(rows["csat"].to_numpy(), x).fit(cov_type="HC1")
    grouped = OLS(rows["csat"].to_numpy(), x).fit(cov_type="cluster", cov_kwds={"groups": who})
    assert Interaction.fit(rows).table.loc["difference", "standard_error"] == pytest.approx(plain.bse[3] * width)
    told = Interaction.fit(rows.assign(who=who), clusters="who").table.loc["difference", "standard_error"]
    assert told == pytest.approx(grouped.bse[3] * width)


def test_rows_and_counts_give_one_answer():
    rows = drawn(np.random.default_rng(3), 400).round({"csat": 0})
    counts = rows.groupby(list(rows)).size().rename("customers").reset_index()
    for below in (None, 5):
        one, other = (Interaction.fit(data, failed_below=below).table for data in (rows, counts))
        pd.testing.assert_frame_equal(one, other, rtol=1e-9)


def everybody(mending):
    company = crm.simulate_company("subscription", mending=mending, seed=11)
    who = company.surveys[["survey_id", "customer_id"]]
    return company.truth.surveys.merge(who, on="survey_id")


def test_in_the_company_kindness_does_not_mend_a_failed_process():
    """Among all who were asked the effect is weaker where the process failed; with full mending it is not."""
    options = {"outcome": "nps", "failed_below": 5, "clusters": "customer_id"}
    without, with_it = (Interaction.fit(everybody(mending), **options).table for mending in (0, 1))
    assert without.loc["difference", "low"] > 0
    assert with_it.loc["difference", "low"] < 0 < with_it.loc["difference", "high"]
    assert without.loc["where it failed", "high"] < with_it.loc["where it failed", "estimate"]


@pytest.mark.parametrize(
    ("change", "below", "said"),
    [
        ({}, 1, "0 answers lie below 1"),
        ({}, 99, "0 do not"),
        ({"attitude": 3}, 5, "attitude: all answers are equal"),
        ({"attitude": lambda t: np.where(t["process"] < 5, 3, t["attitude"])}, 5, "varies too little"),
    ],
)
def test_answers_that_cannot_tell_are_refused(change, below, said):
    with pytest.raises(ValueError, match=said):
        Interaction.fit(drawn(np.random.default_rng(4), 100).assign(**change), failed_below=below)


def test_the_picture_asks_a_question_and_says_its_numbers():
    got = Interaction.fit(drawn(np.random.default_rng(5), 300), failed_below=5)
    ax = got.plot()
    assert ax.get_title() == "Does the one mend the failure of the other?"
    assert "where it failed" in alternative_text(ax.figure)
    assert list(got.summary().index) == ["where it failed", "where it worked", "difference"]
