"""Weights: the published example, the limits, and the prior that the pairs themselves tell."""

from __future__ import annotations

import numpy as np
import pytest

from crmlab.identity import match_probability, match_weight
from crmlab.identity.weights import estimate_prior


def test_the_published_example():
    weight = match_weight([0.9, 0.95, 1 - 0.8], [0.01, 0.001, 1 - 0.1])
    assert round(weight, 2) == 14.21
    assert round(match_probability(weight, 0.001).item(), 3) == 0.950


def test_what_says_nothing_weighs_nothing():
    assert match_weight([], []) == 0
    assert match_weight([0.3], [0.3]) == 0
    assert match_probability(0.0, 0.2).item() == pytest.approx(0.2)


def test_the_ends_are_reached_without_overflow():
    assert match_probability(np.array([-5000.0, 5000.0]), 0.001).tolist() == [pytest.approx(0), 1]


@pytest.mark.parametrize(
    ("m", "u", "said"), [([0.5], [0.5, 0.5], "1 m and 2 u"), ([0.0], [0.5], "m is 0.0 in field 0")]
)
def test_shares_that_are_none_are_refused(m: list[float], u: list[float], said: str):
    with pytest.raises(ValueError, match=said):
        match_weight(m, u)


@pytest.mark.parametrize("prior", [0.0, 1.0])
def test_a_prior_lies_between(prior: float):
    with pytest.raises(ValueError, match="between 0 and 1"):
        match_probability(1.0, prior)


def test_the_prior_of_a_mixture_is_found():
    """One field, m 0.9 and u 0.05, and 3 % of a million pairs that are one person."""
    rng = np.random.default_rng(3)
    same = rng.random(1_000_000) < 0.03
    agree = rng.random(1_000_000) < np.where(same, 0.9, 0.05)
    weight = np.where(agree, np.log2(0.9 / 0.05), np.log2(0.1 / 0.95))
    prior, at_rest = estimate_prior(weight, len(weight))
    assert at_rest
    assert prior == pytest.approx(0.03, abs=4 * np.sqrt(0.07 * 0.93 / 1e6) / 0.85)


def test_pairs_that_are_surely_two_people_leave_no_prior():
    prior, _ = estimate_prior(np.full(5, -np.inf), 10)
    assert prior == pytest.approx(0)
