"""Non-response: the logit recovered, the weights that mend, what they cannot, and columns that cannot tell."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.loyalty import NonResponse, nps
from crmlab.plots import alternative_text


def asked(rng, count, link=0.0):
    """Premium customers are happier and answer more; with a link so do the happy among customers alike."""
    premium = rng.random(count) < 0.4
    score = np.clip(np.round(6.5 + 1.5 * premium + 1.8 * rng.normal(size=count)), 0, 10)
    months = rng.integers(1, 30, count)
    odds = -0.6 + 0.9 * premium + 0.02 * months + link * (score - 7)
    answered = rng.random(count) < 1 / (1 + np.exp(-odds))
    table = pd.DataFrame({"plan": np.where(premium, "premium", "basic"), "months": months, "full": score})
    return table.assign(nps=table["full"].where(answered))


TRUTH = {"intercept": -0.6, "plan premium": 0.9, "months": 0.02}


def test_intervals_hold_the_truth_as_often_as_they_promise():
    """A hundred fits: each interval may miss up to 12 times (one in a thousand if it keeps its promise)."""
    rng, missed = np.random.default_rng(1), np.zeros(3)
    for _ in range(100):
        table = NonResponse.fit(asked(rng, 600), "nps", ["plan", "months"]).table.loc[list(TRUTH)]
        truth = pd.Series(TRUTH)
        missed += ~((table["low"] <= truth) & (truth <= table["high"])).to_numpy()
    assert (missed <= 12).all(), missed
    assert missed.sum() > 0


def test_weights_mend_what_the_columns_explain():
    """Of fifty samples the plain interval misses most, the weighted one at most 8."""
    rng, plain, mended = np.random.default_rng(2), 0, 0
    everybody = nps(asked(rng, 400_000)["full"])["score"]
    for _ in range(50):
        table = asked(rng, 2500)
        weights = NonResponse.fit(table, "nps", ["plan", "months"]).weights
        for number, got in enumerate((nps(table["nps"]), nps(table["nps"], weights=weights))):
            missed = not got["low"] <= everybody <= got["high"]
            plain, mended = (plain + missed, mended) if number == 0 else (plain, mended + missed)
    assert plain > 30
    assert mended <= 8


def test_weights_do_not_mend_silence_within_the_columns_and_the_right_link_does():
    table = asked(np.random.default_rng(3), 40_000, link=0.3)
    silence, everybody = NonResponse.fit(table, "nps", ["plan", "months"]), nps(table["full"])["score"]
    assert nps(table["nps"], weights=silence.weights)["low"] > everybody + 5
    tilted = nps(table["nps"], weights=silence.weights_if(table["nps"], 0.3))
    assert tilted["low"] < everybody < tilted["high"]
    assert "plan, months" in silence.cannot_mend
    assert "cannot show" in silence.cannot_mend


def test_without_a_link_the_weights_are_those_of_a_saturated_logit():
    table = asked(np.random.default_rng(4), 800)
    silence = NonResponse.fit(table, "nps", "plan")
    np.testing.assert_allclose(silence.weights_if(table["nps"], 0.0), silence.weights, rtol=1e-8)
    shares = table.groupby("plan")["nps"].apply(lambda scores: scores.notna().mean())
    expected = (1 / table["plan"].map(shares)).where(table["nps"].notna())
    np.testing.assert_allclose(silence.weights, expected, rtol=1e-9)


def test_balanced_weights_make_the_answers_look_like_all():
    table = asked(np.random.default_rng(5), 700)
    silence = NonResponse.fit(table, "nps", ["plan", "months"])
    weights = silence.weights_if(table["nps"], 0.4).fillna(0)
    np.testing.assert_allclose(weights @ silence.design, silence.design.sum(axis=0), rtol=1e-9)


def test_rows_and_counts_give_one_answer():
    table = asked(np.random.default_rng(6), 900)[["plan", "months", "nps"]].assign(months=lambda t: t["months"] // 10)
    counts = table.groupby(["plan", "months", "nps"], dropna=False).size().rename("customers").reset_index()
    rows, grouped = (NonResponse.fit(data, "nps", ["plan", "months"]) for data in (table, counts))
    np.testing.assert_allclose(rows.table, grouped.table, rtol=1e-9)
    weighted = nps(counts["nps"], customers=counts["customers"], weights=grouped.weights)
    pd.testing.assert_series_equal(weighted, nps(table["nps"], weights=rows.weights), rtol=1e-9)


def test_in_the_company_columns_mend_a_part_only():
    """The channel sets what customers expect and so how they answer; the rest of the silence is their own."""
    company = crm.open_company("subscription")
    sent = company.surveys.merge(company.customers[["customer_id", "channel"]], on="customer_id")
    everybody = nps(company.truth.surveys["nps"])["score"]
    silence = NonResponse.fit(sent, "nps", "channel")
    plain, mended = nps(sent["nps"])["score"], nps(sent["nps"], weights=silence.weights)
    assert everybody + 3 < mended["low"]
    assert mended["score"] < plain - 1
    assert nps(sent["nps"], weights=silence.weights_if(sent["nps"], 0.35))["score"] < plain - 10


@pytest.mark.parametrize(
    ("change", "columns", "said"),
    [
        ({"nps": 1.0}, "plan", "all answered or none did"),
        ({"nps": None}, "plan", "all answered or none did"),
        ({"plan": "basic"}, "plan", "plan: all values are equal"),
        ({"plan": None}, "plan", "plan: 300 values are empty"),
        ({}, "region", "no column region"),
        ({"twice": lambda t: 2 * t["months"]}, ["months", "twice"], "one column follows from the others"),
        ({"answers": lambda t: 1.0 * t["nps"].notna()}, "answers", "exactly who answers"),
        ({"who": lambda t: np.where(t["nps"].notna(), "a", "b")}, "who", "too few to tell"),
        ({"months": np.inf}, "months", "all values are equal"),
    ],
)
def test_columns_that_cannot_tell_are_refused(change, columns, said):
    table = asked(np.random.default_rng(7), 300).assign(**change)
    with pytest.raises(ValueError, match=said):
        NonResponse.fit(table, "nps", columns)


def test_links_that_cannot_be_weighed_are_refused():
    table = asked(np.random.default_rng(8), 300)
    silence = NonResponse.fit(table, "nps", "plan")
    with pytest.raises(ValueError, match="empty only where there was no answer"):
        silence.weights_if(table["nps"].iloc[:5], 0.1)


def test_the_summary_and_the_picture_say_their_numbers():
    silence = NonResponse.fit(asked(np.random.default_rng(9), 900), "nps", ["plan", "months"])
    assert {"answered (share)", "largest weight", "effective share"} <= set(silence.summary().index)
    ax = silence.plot()
    assert ax.get_title() == "Who answers the survey?"
    assert "plan premium" in alternative_text(ax.figure)
