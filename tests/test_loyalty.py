"""NPS, CSAT, CES: the published errors, the intervals' coverage, groups, weights, and answers that are none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crmlab as crm
from crmlab.loyalty import ces, csat, nps, nps_answers_needed


def test_the_published_error():
    """Promoters 1/2, detractors 1/6, 324 answers: 33.3 ± 4.14; half a width of 5 points needs 854 answers."""
    got = nps([9, 8, 6], customers=[162, 108, 54])
    assert (got["score"], got["standard_error"]) == pytest.approx((33.333, 4.14), abs=5e-3)
    assert nps_answers_needed(1 / 2, 1 / 6, 5) == 854


def test_the_classes_are_those_of_the_definition():
    for score in range(11):
        assert nps([score])["score"] == (100 if score >= 9 else -100 if score <= 6 else 0)


@settings(deadline=None)
@given(st.lists(st.integers(0, 10), min_size=1, max_size=60))
def test_rows_and_counts_give_one_answer_inside_the_interval(scores):
    rows = nps(scores)
    counts = pd.Series(scores).value_counts()
    pd.testing.assert_series_equal(rows, nps(list(counts.index), customers=counts.to_numpy()))
    assert -100 <= rows["low"] < rows["high"] <= 100
    assert rows["low"] <= rows["score"] + 1e-9
    assert rows["score"] <= rows["high"] + 1e-9


def test_who_did_not_answer_is_counted_apart():
    got = nps(pd.Series([10, None, 3, pd.NA, None], dtype="Int64"))
    assert (got["n"], got["unanswered"], got["score"]) == (2, 3, 0)


@pytest.mark.parametrize(
    ("shares", "n"), [((0.5, 0.3, 0.2), 30), ((0.9, 0.08, 0.02), 40), ((1 / 3, 1 / 3, 1 / 3), 200)]
)
def test_the_interval_covers_as_it_promises(shares, n):
    rng = np.random.default_rng(12)
    drawn = rng.multinomial(n, shares, 300)
    truth = 100 * (shares[0] - shares[2])
    hits = 0
    for counts in drawn:
        got = nps([10, 8, 2], customers=counts)
        hits += got["low"] <= truth <= got["high"]
    assert 0.91 <= hits / len(drawn) <= 0.99


@pytest.mark.parametrize(
    ("scores", "customers", "said"),
    [
        ([], None, "nobody answered"),
        ([None, None], None, "nobody answered"),
        ([9], [0], "nobody answered"),
        ([11], None, "from 0 to 10"),
        ([-1], None, "from 0 to 10"),
        ([7.5], None, "whole numbers"),
        ([9, 10], [1], "one count"),
        ([9], [-1], "one count"),
    ],
)
def test_answers_that_are_none_are_refused(scores, customers, said):
    with pytest.raises(ValueError, match=said):
        nps(scores, customers)


@pytest.mark.parametrize("bad", [(0.7, 0.6, 5), (-0.1, 0.2, 5), (0.5, 0.2, 0)])
def test_impossible_samples_are_refused(bad):
    with pytest.raises(ValueError, match="shares"):
        nps_answers_needed(*bad)


SCALES = {nps: (0, 10), csat: (1, 5), ces: (1, 7)}
SCORES = list(SCALES)


def drawn(score, count, seed=4):
    low, high = SCALES[score]
    return np.random.default_rng(seed).integers(low, high + 1, count)


def test_the_published_interval_of_a_share():
    """Wilson (1927) for 5 of 40."""
    got = csat([5, 1], customers=[5, 35])
    assert (got["low"], got["high"]) == pytest.approx((0.0546, 0.2611), abs=5e-5)
    assert csat([5, 4, 3])["score"] == pytest.approx(2 / 3)
    assert csat([5, 4, 3], top=5)["score"] == pytest.approx(1 / 3)


def test_ease_is_a_mean_with_its_t_interval():
    from scipy import stats

    values = drawn(ces, 30)
    got, plain = ces(values), stats.ttest_1samp(values, 0)
    assert got["standard_error"] == pytest.approx(stats.sem(values), rel=1e-12)
    assert (got["low"], got["high"]) == pytest.approx(tuple(plain.confidence_interval()), rel=1e-12)


@pytest.mark.parametrize("score", SCORES)
def test_a_group_is_scored_as_if_it_stood_alone(score):
    values, plans = drawn(score, 60), np.array(["basic", "premium"] * 30)
    table = score(values, by=pd.Series(plans, name="plan"))
    assert table.index.name == "plan"
    for plan in ("basic", "premium"):
        pd.testing.assert_series_equal(table.loc[plan], score(values[plans == plan]), check_names=False)
    two = score(values, by=pd.DataFrame({"plan": plans, "half": [1] * 30 + [2] * 30}))
    assert list(two.index.names) == ["plan", "half"]
    assert two["n"].to_list() == [15.0] * 4


@pytest.mark.parametrize("score", SCORES)
def test_counts_and_equal_weights_change_nothing(score):
    values = drawn(score, 80)
    counts = pd.Series(values).value_counts()
    rows = score(values)
    pd.testing.assert_series_equal(rows, score(list(counts.index), customers=counts.to_numpy()), rtol=1e-9)
    pd.testing.assert_series_equal(rows, score(values, weights=np.full(80, 2.5)), rtol=1e-9)


@pytest.mark.parametrize("score", SCORES)
def test_weighted_scores_cover_the_score_of_all(score):
    """Those who would score high answer three times as often; of 120 samples 1 to 10 in 100 intervals may miss."""
    rng, (low, high) = np.random.default_rng(8), SCALES[score]
    everybody = np.arange(low, high + 1)
    truth = {nps: 100 * (2 - 7) / 11, csat: 2 / 5, ces: 4.0}[score]
    missed = bent = 0
    for _ in range(120):
        values = rng.choice(everybody, 400)
        chance = np.where(values >= np.median(everybody), 0.6, 0.2)
        answered = rng.random(400) < chance
        got = score(np.where(answered, values, np.nan), weights=np.where(answered, 1 / chance, np.nan))
        missed += not got["low"] <= truth <= got["high"]
        bent += score(values[answered])["low"] > truth
    assert 0 < missed / 120 <= 0.11
    assert bent > 90


def test_four_answers_of_a_customer_are_not_four_customers():
    values, people = drawn(nps, 50).repeat(4), np.arange(50).repeat(4)
    once, four, told = nps(values[::4]), nps(values), nps(values, clusters=people)
    assert four["standard_error"] == pytest.approx(once["standard_error"] / 2)
    assert told["standard_error"] == pytest.approx(once["standard_error"])
    assert told["effective_n"] == pytest.approx(50, rel=0.08)


def test_in_the_company_the_true_weights_mend_what_silence_bends():
    company = crm.open_company("subscription")
    said, known = company.surveys, company.truth.surveys
    weights = 1 / known["answer_probability"].where(said["nps"].notna())
    for score, column in ((nps, "nps"), (csat, "csat")):
        everybody = score(known[column])["score"]
        plain = score(said[column], clusters=said["customer_id"])
        mended = score(said[column], weights=weights, clusters=said["customer_id"])
        assert plain["low"] > everybody
        assert mended["low"] < everybody < mended["high"]


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: csat([0]), "whole numbers from 1 to 5"),
        (lambda: csat([5], top=1), "top is 1"),
        (lambda: ces([8]), "whole numbers from 1 to 7"),
        (lambda: ces([5]), "cannot be known"),
        (lambda: ces([5, 6, 5], by=["a", "a", "b"]), "group b: 1 independent values"),
        (lambda: nps([5, None], by=["a", "b"]), "group b: nobody answered"),
        (lambda: nps([5, 6], by=["a", None]), "by: 1 rows have no group"),
        (lambda: nps([5, 6], by=["a"]), "by must hold one value"),
        (lambda: nps([5, 6], weights=[1, None]), "weights: 1 are not above 0"),
        (lambda: nps([5, 6], clusters=["a"]), "cluster must hold one value"),
    ],
)
def test_questions_without_an_answer_are_refused(ask, said):
    with pytest.raises(ValueError, match=said):
        ask()
