"""Mediation: the parts add up, intervals cover, limits, and the ways that effects take in the company."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.drivers import Mediation
from crmlab.plots import alternative_text

PATH = ("process", "attitude", "csat")


def drawn(rng, count, a=0.4, b=0.5, direct=0.6):
    process, own, noise = rng.normal(size=(3, count))
    attitude = a * process + own
    return pd.DataFrame({"process": process, "attitude": attitude, "csat": direct * process + b * attitude + noise})


def test_the_parts_add_up_to_the_simple_regression():
    rows = drawn(np.random.default_rng(1), 300)
    paths = Mediation.fit(rows, *PATH).table["estimate"]
    assert paths["indirect"] == pytest.approx(paths["a"] * paths["b"])
    assert paths["indirect"] + paths["direct"] == pytest.approx(paths["total"])
    assert paths["total"] == pytest.approx(np.polyfit(rows["process"], rows["csat"], 1)[0])


def test_intervals_hold_the_truth_as_often_as_they_promise():
    """Of 80 samples each interval may miss up to 10 (one in a thousand if it keeps its promise)."""
    rng, truth, missed = np.random.default_rng(2), np.array([0.4, 0.5, 0.2, 0.6, 0.8]), np.zeros(5)
    for _ in range(80):
        table = Mediation.fit(drawn(rng, 200), *PATH).table
        missed += ~((table["low"] <= truth) & (truth <= table["high"])).to_numpy()
    assert (missed <= 10).all(), missed
    assert missed.sum() > 0


@pytest.mark.parametrize("paths", [{"a": 0.0}, {"b": 0.0}])
def test_where_a_link_is_missing_nothing_is_mediated(paths):
    got = Mediation.fit(drawn(np.random.default_rng(3), 4000, **paths), *PATH).table
    assert got.loc["indirect", "low"] <= 0.01
    assert got.loc["indirect", "high"] >= -0.01
    assert got.loc["direct", "estimate"] == pytest.approx(got.loc["total", "estimate"], abs=0.03)


def test_rows_and_counts_give_one_answer():
    rows = drawn(np.random.default_rng(4), 400).round()
    counts = rows.groupby(list(rows)).size().rename("customers").reset_index()
    pd.testing.assert_frame_equal(Mediation.fit(rows, *PATH).table, Mediation.fit(counts, *PATH).table, rtol=1e-9)


def test_in_the_company_effects_take_the_ways_of_the_causal_map():
    """Process works by itself and through attitude (the halo); without a halo only by itself."""
    company = crm.open_company("subscription")
    got = Mediation.fit(company.surveys, *PATH, clusters="customer_id")
    assert got.table.loc["indirect", "low"] > 0
    assert 0.05 < got.indirect_share < 0.2
    alone = crm.simulate_company("subscription", customers=2500, halo=0).surveys
    nothing = Mediation.fit(alone, *PATH, clusters="customer_id").table.loc["indirect"]
    assert nothing["low"] < 0 < nothing["high"]
    satisfied = Mediation.fit(company.surveys, "process", "csat", "nps", clusters="customer_id")
    assert satisfied.table.loc["indirect", "low"] > 0.2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"attitude": lambda t: t["process"]}, "one follows from the others"),
        ({"csat": None}, "no row has an answer"),
        ({"process": 1.0}, "process: all answers are equal"),
    ],
)
def test_answers_that_cannot_tell_are_refused(change, said):
    with pytest.raises(ValueError, match=said):
        Mediation.fit(drawn(np.random.default_rng(5), 50).assign(**change), *PATH)


def test_the_picture_asks_a_question_and_says_its_numbers():
    got = Mediation.fit(drawn(np.random.default_rng(6), 200), *PATH)
    ax = got.plot()
    assert ax.get_title() == "By which way does the effect come?"
    assert "through attitude" in alternative_text(ax.figure)
    assert len(got.summary()) == 5
