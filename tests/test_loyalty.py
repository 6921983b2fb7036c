"""NPS: the published error, the interval's coverage, and answers that are none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab.loyalty import nps, nps_answers_needed


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
    drawn = rng.multinomial(n, shares, 800)
    truth = 100 * (shares[0] - shares[2])
    hits = 0
    for counts in drawn:
        got = nps([10, 8, 2], customers=counts)
        hits += got["low"] <= truth <= got["high"]
    assert 0.925 <= hits / len(drawn) <= 0.985


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
