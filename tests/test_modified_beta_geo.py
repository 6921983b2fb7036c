"""MBG/NBD: the published fit, what it shares with the BG/NBD, and the truth recovered from simulated buyers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import hyp2f1

import buying
from crmlab.buyers.beta_geo import BetaGeo
from crmlab.buyers.modified_beta_geo import ModifiedBetaGeo
from crmlab.labels import number
from crmlab.plots import alternative_text
from scripts.calibrate.buyers import simulate

TRUTH = (0.8, 6.0, 0.9, 2.5)
POINT = np.array(TRUTH)
X, RECENCY, T = np.array([0.0, 0, 1, 7, 40]), np.array([0.0, 0, 3, 30, 39]), np.array([0.5, 30.0, 40, 31, 39])


@pytest.fixture(scope="module")
def buyers() -> pd.DataFrame:
    return simulate(ModifiedBetaGeo, TRUTH, np.random.default_rng(5), 1500, ahead=30)


@buying.needs_cdnow
def test_the_published_fit():
    """Batislam, Denizel and Filiztekin (2007), on the CDNOW sample: .525, 6.183, .891, 1.614."""
    model = ModifiedBetaGeo.fit(buying.printed(buying.cdnow()[0]))
    assert model.converged
    assert model.parameters.round(3).to_list() == [0.525, 6.183, 0.891, 1.614]
    assert model.log_likelihood == pytest.approx(-9582.133, abs=1e-3)


def test_the_expectation_is_the_papers_where_the_paper_can_be_computed():
    """Batislam, Denizel and Filiztekin (2007), equation 9."""
    r, alpha, a, b = TRUTH
    for t in (1.0, 30.0, 200.0):
        ratio = (alpha / (alpha + t)) ** r * hyp2f1(r, b + 1, a + b, t / (alpha + t))
        got = buying.known(ModifiedBetaGeo, *TRUTH).expected_purchases_new(t)["estimate"].item()
        assert got == pytest.approx(b / (a - 1) * (1 - ratio), rel=1e-8)


def heights(kind, parameters):
    """The log-likelihood of each customer."""
    alone = np.eye(len(X))
    return np.array([kind._likelihood(X, RECENCY, T, weights)(parameters)[0] for weights in alone])


@settings(max_examples=25, deadline=None)
@given(point=st.tuples(*[st.floats(-2, 2)] * 4))
def test_those_who_survive_the_first_purchase_follow_a_beta_geo(point):
    parameters = np.exp(point)
    stays = parameters[3] / (parameters[2] + parameters[3])
    own = heights(ModifiedBetaGeo, parameters)
    later = parameters + np.array([0, 0, 0, 1])
    other = heights(BetaGeo, later)
    np.testing.assert_allclose(np.exp(own), stays * np.exp(other) + (X == 0) * (1 - stays), rtol=1e-9)
    alive = ModifiedBetaGeo._alive(parameters, X, RECENCY, T)
    survivor = np.where(X == 0, stays * np.exp(other - own), 1.0)
    np.testing.assert_allclose(alive, survivor * BetaGeo._alive(later, X, RECENCY, T), rtol=1e-9)


def test_where_nobody_leaves_the_two_models_are_one():
    """With a near 0 both are the negative binomial model, in which all customers live for ever."""
    point = np.array([0.7, 5.0, 1e-9, 2.0])
    own, other = (heights(kind, point) for kind in (ModifiedBetaGeo, BetaGeo))
    np.testing.assert_allclose(own, other, atol=1e-6)
    new = buying.known(ModifiedBetaGeo, *point).expected_purchases_new([1, 50])["estimate"]
    np.testing.assert_allclose(new, 0.7 / 5 * np.array([1, 50]), rtol=1e-6)
    np.testing.assert_allclose(ModifiedBetaGeo._alive(point, X[:2], RECENCY[:2], T[:2]), 1, atol=1e-6)


@pytest.mark.parametrize("t", [0.0, 3.0, 60.0])
def test_the_probabilities_add_up_and_give_the_same_mean_and_variance(t):
    model, n = buying.known(ModifiedBetaGeo, *TRUTH), np.arange(2000)
    share = model.probability_of_purchases(n, t)
    mean = model.expected_purchases_new(t)["estimate"].item()
    assert share.sum() == pytest.approx(1, abs=1e-9)
    assert share @ n == pytest.approx(mean, abs=1e-6)
    variance = ModifiedBetaGeo._new_variance(POINT, np.array([t])).item()
    assert share @ n**2 - mean**2 == pytest.approx(variance, abs=1e-5)


def test_grouping_never_changes_a_fit(buyers):
    buying.check_grouping(ModifiedBetaGeo, buyers)


def test_who_never_came_back_may_have_left(buyers):
    model = buying.known(ModifiedBetaGeo, *TRUTH)
    never = buyers.query("frequency == 0")
    assert model.probability_alive(never).mean() == pytest.approx(never["alive"].mean(), abs=0.05)
    assert (BetaGeo.fit(buyers).probability_alive(never) == 1).all()


def test_intervals_hold_the_truth_as_often_as_they_promise():
    """Fifty fits: each 95 % interval may miss in up to 8 of them (one in a thousand if it keeps its promise)."""
    rng = np.random.default_rng(11)
    samples = [simulate(ModifiedBetaGeo, TRUTH, rng, 2000, ahead=20) for _ in range(50)]
    misses = buying.missed(ModifiedBetaGeo, TRUTH, samples)
    assert (misses <= 8).all(), misses
    assert misses.sum() > 3


def test_the_checks_of_the_family_hold(buyers):
    model = ModifiedBetaGeo.fit(buyers)
    assert model.table["actual"].between(model.table["low"], model.table["high"]).mean() >= 0.7
    held = model.holdout_check(buyers)
    assert held.summary().loc["mean", "rows inside the range"] >= 0.75
    for shown in (model, held, model.tracking(buyers), model.repeat_histogram(buyers)):
        ax = shown.plot()
        assert ax.get_title().endswith("?")
        assert number(shown.table["expected"].iloc[-1], 4) in alternative_text(ax.figure)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({"frequency": [0] * 9, "recency": [0.0] * 9, "T": [9.0] * 9}, "nobody came back"),
        ({"frequency": [1], "recency": [3.0], "T": [9.0]}, "needs more customers"),
        ({"frequency": [4], "recency": [10.0], "T": [12.0], "customers": [1000]}, "ModifiedBetaGeo: the data do not"),
        ({"frequency": [1] * 9, "recency": [3.0] * 9}, "no column T"),
    ],
)
def test_data_that_cannot_tell_are_refused(rows, said):
    with pytest.raises(ValueError, match=said):
        ModifiedBetaGeo.fit(pd.DataFrame(rows))
