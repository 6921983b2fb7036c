"""Sample means: where they collapse to plain ones, and what their intervals promise with weights and clusters."""

from __future__ import annotations

import numpy as np
import pytest

from crmlab.estimation import wilson
from crmlab.sampling import sample_mean


def test_equal_weights_and_counts_change_nothing():
    rng = np.random.default_rng(1)
    values, counts = rng.integers(0, 2, 6), rng.integers(1, 9, 6)
    rows = sample_mean(values.repeat(counts), weights=np.full(counts.sum(), 3.7))
    grouped = sample_mean(values, counts=counts)
    assert (rows.estimate, rows.standard_error, rows.effective_n) == pytest.approx(
        (grouped.estimate, grouped.standard_error, grouped.effective_n), rel=1e-12
    )
    assert grouped.effective_n == pytest.approx(counts.sum(), rel=1e-12)
    ends = wilson(counts @ values, counts.sum())
    assert grouped.share_interval() == pytest.approx([float(end) for end in ends], rel=1e-12)


def test_clusters_of_one_are_rows_and_copies_are_no_new_voices():
    values = np.random.default_rng(2).normal(size=200)
    rows, alone = sample_mean(values), sample_mean(values, clusters=np.arange(200))
    assert alone.standard_error == pytest.approx(rows.standard_error, rel=1e-12)
    assert alone.effective_n == pytest.approx(rows.effective_n, rel=0.02)
    copies = sample_mean(values.repeat(4), clusters=np.arange(200).repeat(4))
    assert copies.standard_error == pytest.approx(rows.standard_error, rel=1e-12)
    assert copies.n == 800
    assert copies.mean_interval() == pytest.approx(rows.mean_interval(), rel=1e-12)


def test_where_all_agree_the_effective_size_is_that_of_the_weights():
    got = sample_mean([1, 1, 1], weights=[1, 1, 2])
    assert got.effective_n == pytest.approx(16 / 6)
    low, high = got.share_interval()
    assert low < 1 == high


def test_intervals_of_weighted_and_clustered_shares_cover():
    """Of 300 samples of 60 customers with one to four answers, 2 to 9 in 100 intervals may miss."""
    rng, missed = np.random.default_rng(3), 0
    for _ in range(300):
        own, times = rng.beta(2, 3, 60), rng.integers(1, 5, 60)
        answers = rng.random(times.sum()) < own.repeat(times)
        low, high = sample_mean(
            answers, weights=(1 / times).repeat(times), clusters=np.arange(60).repeat(times)
        ).share_interval()
        missed += not low <= 0.4 <= high
    assert 0.02 <= missed / 300 <= 0.09


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"values": []}, "no row"),
        ({"values": [1], "counts": [-1]}, "negative"),
        ({"values": [1, 2], "weights": [1, 0]}, "not above 0, the first in row 1"),
        ({"values": [1, 2], "weights": [1, np.nan]}, "weights: 1"),
        ({"values": [1, 2], "counts": [1, 2], "clusters": [1, 2]}, "one row each"),
        ({"values": [1, 2], "clusters": ["a", None]}, "clusters: 1 are empty"),
        ({"values": [1, 2], "clusters": ["a", "a"]}, "one cluster"),
    ],
)
def test_samples_that_tell_nothing_are_refused(options, said):
    with pytest.raises(ValueError, match=said):
        sample_mean(**options)


@pytest.mark.parametrize("values", [[3], [2, 2, 2]])
def test_a_mean_without_differences_has_no_interval(values):
    with pytest.raises(ValueError, match="cannot be known"):
        sample_mean(values).mean_interval()
