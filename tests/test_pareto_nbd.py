"""Pareto/NBD: the published numbers, the formulas against the papers and brute force, the truth recovered, limits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import gammaln, hyp2f1, logsumexp

import buying
from crmlab.buyers.beta_geo_beta_binomial import BetaGeoBetaBinomial
from crmlab.buyers.pareto_nbd import ParetoNBD
from crmlab.labels import number
from crmlab.plots import alternative_text
from scripts.calibrate.buyers import simulate

PUBLISHED = (0.55328, 10.5776, 0.60621, 11.668)  # printed as .553, 10.578, .606, 11.669
POINT = np.array(PUBLISHED)
TRUTH = (0.8, 6.0, 0.8, 12.0)
X = np.array([0.0, 0, 1, 7, 40, 900])
RECENCY = np.array([0.0, 0, 3, 30, 39, 90])
T = np.array([0.0, 30, 40, 31, 39, 100])


@pytest.fixture(scope="module")
def buyers() -> pd.DataFrame:
    return simulate(ParetoNBD, TRUTH, np.random.default_rng(5), 1500, ahead=30)


@pytest.fixture(scope="module")
def fitted(buyers) -> ParetoNBD:
    return ParetoNBD.fit(buyers)


@pytest.fixture(scope="module")
def cdnow() -> tuple[pd.DataFrame, pd.DataFrame]:
    return buying.cdnow()


@buying.needs_cdnow
def test_the_published_fit(cdnow):
    """Fader, Hardie and Lee (2005), Marketing Science 24(2), Table 2: .553, 10.578, .606, 11.669 and −9595.0."""
    model = ParetoNBD.fit(buying.printed(cdnow[0]))
    assert model.converged
    assert model.log_likelihood == pytest.approx(-9594.974, abs=1e-3)
    np.testing.assert_allclose(model.parameters, PUBLISHED, rtol=1e-4)
    np.testing.assert_allclose(model.standard_errors, [0.0476, 0.843, 0.187, 6.21], rtol=2e-3)
    assert model.discounted_purchases_new(1.1 ** (1 / 52) - 1)["estimate"].item() == pytest.approx(4.8145, abs=5e-4)
    assert ParetoNBD.fit(cdnow[0]).log_likelihood == pytest.approx(-9594.976, abs=1e-3)


@buying.needs_cdnow
def test_the_published_checks(cdnow):
    model = ParetoNBD.fit(cdnow[0])
    assert model.tracking(*cdnow).summary().loc["at the end", "expected / actual"] == pytest.approx(0.982, abs=1e-3)
    assert model.holdout_check(cdnow[0]).table["customers"].sum() == 2357


def test_the_published_customer():
    """Fader and Hardie's note: 26 purchases, the last after 30.86 of 31 weeks; 52 weeks ahead."""
    customer = pd.DataFrame({"frequency": [26], "recency": [30.86], "T": [31.0]})
    told = buying.known(ParetoNBD, *PUBLISHED).predict(52, customer).iloc[0]
    assert told["probability_alive"] == pytest.approx(0.99792, abs=5e-6)
    assert told["expected_purchases"] == pytest.approx(25.46, abs=5e-3)
    assert told["alive_low"] == pytest.approx(told["alive_high"])  # the parameters are known


def test_the_published_discounted_purchases():
    """Fader, Hardie and Lee (2005b): 10 % a year, in weeks of 1/52 year, at the parameters for CDNOW."""
    new = buying.known(ParetoNBD, *PUBLISHED).discounted_purchases_new(1.1 ** (1 / 52) - 1)
    assert new["estimate"].item() == pytest.approx(4.8145, abs=5e-4)


def paper(parameters, x, recency, T) -> float:
    """The log-likelihood with the two hypergeometric functions of Fader and Hardie (2005)."""
    r, alpha, s, beta = parameters
    most, other = (alpha, s + 1) if alpha >= beta else (beta, r + x)
    gap = abs(alpha - beta)

    def side(t: float) -> float:
        return hyp2f1(r + s + x, other, r + s + x + 1, gap / (most + t)) * (most + t) ** -(r + s + x)

    both = s / (r + s + x) * (side(recency) - side(T)) + (alpha + T) ** -(r + x) * (beta + T) ** -s
    if not both > 0:
        return np.nan
    return gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta) + np.log(both)


@settings(max_examples=60, deadline=None)
@given(point=st.tuples(*[st.floats(-1.5, 2.5)] * 4), x=st.integers(0, 12), T=st.floats(5, 60), at=st.floats(0.1, 0.95))
def test_the_likelihood_is_the_papers_where_the_paper_can_be_computed(point, x, T, at):
    parameters, recency = np.exp(point), at * T if x else 0.0
    own = ParetoNBD._log_likelihood(parameters, *(np.array([float(value)]) for value in (x, recency, T)))[0].item()
    assert own == pytest.approx(paper(parameters, x, recency, T), rel=1e-7, abs=1e-7)


def brute(parameters, x: float, recency: float, T: float) -> float:
    """The log of the integral over the moments of leaving, by a fine rule on each of many short stretches of time."""
    r, alpha, s, beta = parameters
    least = min(alpha, beta) + recency
    nodes, weights = np.polynomial.legendre.leggauss(20)
    edges = np.linspace(0, 1, 201) ** 3 * np.log1p((T - recency) / least)
    v = (edges[:-1, None] + edges[1:, None]) / 2 + np.diff(edges)[:, None] / 2 * nodes
    u = recency + least * np.expm1(v)
    heights = -(r + x) * np.log(alpha + u) - (s + 1) * np.log(beta + u) + np.log(min(alpha, beta) + u)
    return np.log(s) + logsumexp(heights, b=np.diff(edges)[:, None] / 2 * weights)


@settings(max_examples=60, deadline=None)
@given(
    logs=st.tuples(st.floats(-4, 3), st.floats(-4, 7), st.floats(-5, 4), st.floats(-4, 7)),
    x=st.sampled_from([0, 1, 2, 10, 100, 900]),
    T=st.floats(0.5, 1000),
    at=st.sampled_from([1e-4, 0.1, 0.5, 0.9, 1 - 1e-6]),
)
def test_traps_of_the_hypergeometric_function_do_not_matter(logs, x, T, at):
    """Short silences, hundreds of purchases, parameters far apart: what overflows or cancels there is exact here."""
    from crmlab.buyers.pareto_nbd import _left_before

    parameters, recency = np.exp(logs), at * T if x else 0.0
    log, means = _left_before(parameters, np.array([float(x)]), np.array([recency]), np.array([T]))
    assert log.item() == pytest.approx(brute(parameters, x, recency, T), rel=1e-9, abs=1e-9)
    assert np.isfinite(means).all()


def test_the_papers_form_breaks_down_where_this_one_does_not():
    loyal = np.array([900.0]), np.array([99.99]), np.array([100.0])
    assert not np.isfinite(paper(POINT, *(value.item() for value in loyal)))
    assert np.isfinite(ParetoNBD._log_likelihood(POINT, *loyal)[0]).all()
    frame = pd.DataFrame({"frequency": [900], "recency": [99.99], "T": [100.0]})
    told = buying.known(ParetoNBD, *PUBLISHED).predict(10, frame).iloc[0]
    assert 0.99 < told["probability_alive"] < 1
    assert 70 < told["expected_purchases"] < 90


@settings(max_examples=25, deadline=None)
@given(point=st.tuples(*[st.floats(-2, 2)] * 4))
def test_the_gradient_is_that_of_the_likelihood(point):
    buying.check_gradient(ParetoNBD, np.exp(point), X, RECENCY, T)


@pytest.mark.parametrize("s", [0.6, 1.0, 2.0, 3.5])
@pytest.mark.parametrize("t", [0.0, 3.0, 60.0])
def test_the_probabilities_add_up_and_give_the_same_mean_and_variance(s, t):
    point, n = np.array([0.55, 10.6, s, 11.7]), np.arange(1000)
    model = buying.known(ParetoNBD, *point)
    share = model.probability_of_purchases(n, t)
    mean = model.expected_purchases_new(t)["estimate"].item()
    assert share.sum() == pytest.approx(1, abs=1e-9)
    assert share @ n == pytest.approx(mean, abs=1e-6)
    assert share @ n**2 - mean**2 == pytest.approx(ParetoNBD._new_variance(point, np.array([t])).item(), abs=1e-5)
    assert isinstance(model.probability_of_purchases(2, t), float)


def test_where_nobody_leaves_it_is_the_negative_binomial_model():
    point = np.array([0.7, 5.0, 1e-9, 20.0])
    nbd = gammaln(0.7 + X) - gammaln(0.7) + 0.7 * np.log(5.0) - (0.7 + X) * np.log(5.0 + T)
    np.testing.assert_allclose(ParetoNBD._log_likelihood(point, X, RECENCY, T)[0][:5], nbd[:5], atol=1e-5)
    np.testing.assert_allclose(ParetoNBD._alive(point, X, RECENCY, T)[:4], 1, atol=1e-6)
    new = buying.known(ParetoNBD, *point).expected_purchases_new([1, 50])["estimate"]
    np.testing.assert_allclose(new, 0.7 / 5 * np.array([1, 50]), rtol=1e-6)


def test_where_all_leave_alike_the_lifetime_is_exponential():
    """A gamma distribution of shape 1e7 around a rate of 0.02."""
    got = buying.known(ParetoNBD, 0.7, 5.0, 1e7, 5e8).expected_purchases_new(40)["estimate"].item()
    assert got == pytest.approx(0.7 / 5 / 0.02 * (1 - np.exp(-0.02 * 40)), rel=1e-6)


def test_opportunities_in_ever_shorter_periods_become_continuous_time():
    r, alpha, s, beta = TRUTH
    coarse = buying.known(BetaGeoBetaBinomial, r, alpha / 0.002, s, beta / 0.002)
    fine = buying.known(ParetoNBD, *TRUTH)
    customer = pd.DataFrame({"frequency": [3], "recency": [12.0], "T": [20.0]})
    counted = pd.DataFrame({"frequency": [3], "recency": [6000], "opportunities": [10_000]})
    got, expected = coarse.predict(5000, counted).iloc[0], fine.predict(10, customer).iloc[0]
    np.testing.assert_allclose(got, expected, rtol=2e-3)
    rates = (1.001, 1.001**0.002)
    lives = [model.discounted_purchases_new(rate - 1) for model, rate in zip((fine, coarse), rates, strict=True)]
    assert lives[0]["estimate"].item() == pytest.approx(lives[1]["estimate"].item(), rel=2e-3)


def test_the_unit_of_time_only_rescales_two_parameters(buyers, fitted):
    days = ParetoNBD.fit(buyers.assign(recency=buyers["recency"] * 7, T=buyers["T"] * 7))
    np.testing.assert_allclose(days.parameters, fitted.parameters * [1, 7, 1, 7], rtol=1e-5)


def test_grouping_never_changes_a_fit(buyers):
    buying.check_grouping(ParetoNBD, buyers)


def test_intervals_hold_the_truth_as_often_as_they_promise():
    """Thirty fits: each 95 % interval may miss in up to 6 of them (one in a thousand if it keeps its promise)."""
    rng = np.random.default_rng(11)
    samples = [simulate(ParetoNBD, TRUTH, rng, 1000, ahead=20) for _ in range(30)]
    misses = buying.missed(ParetoNBD, TRUTH, samples)
    assert (misses <= 6).all(), misses
    assert misses.sum() > 2


def test_the_variance_of_the_future_is_that_of_simulated_customers():
    rng = np.random.default_rng(3)
    draws = simulate(ParetoNBD, TRUTH, rng, 150_000, ahead=20).query("frequency == 0 and T == 40")
    at = np.array([20.0]), np.array([0.0]), np.array([0.0]), np.array([40.0])
    truth = np.array(TRUTH)
    mean, variance = ParetoNBD._future_mean(truth, *at).item(), ParetoNBD._future_variance(truth, *at).item()
    assert draws["holdout_frequency"].mean() == pytest.approx(mean, abs=4 * np.sqrt(variance / len(draws)))
    assert draws["holdout_frequency"].var() == pytest.approx(variance, rel=0.3)
    assert draws["alive"].mean() == pytest.approx(ParetoNBD._alive(truth, *at[1:]).item(), abs=0.03)


def test_the_checks_of_the_family_hold(buyers, fitted):
    assert fitted.table["actual"].between(fitted.table["low"], fitted.table["high"]).mean() >= 0.7
    held = fitted.holdout_check(buyers)
    assert held.summary().loc["mean", "rows inside the range"] >= 0.75
    for shown in (fitted, held, fitted.tracking(buyers), fitted.repeat_histogram(buyers)):
        ax = shown.plot()
        assert ax.get_title().endswith("?")
        assert number(shown.table["expected"].iloc[-1], 4) in alternative_text(ax.figure)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({"frequency": [0] * 9, "recency": [0.0] * 9, "T": [9.0] * 9}, "nobody came back"),
        ({"frequency": [1], "recency": [3.0], "T": [9.0]}, "needs more customers"),
        ({"frequency": [4], "recency": [10.0], "T": [12.0], "customers": [1000]}, "ParetoNBD: the data do not"),
        ({"frequency": [1] * 9, "T": [3.0] * 9}, "no column recency"),
        ({"frequency": [1] * 9, "recency": [30.0] * 9, "T": [9.0] * 9}, "recency lies beyond T in 9 rows"),
    ],
)
def test_data_that_cannot_tell_are_refused(rows, said):
    with pytest.raises(ValueError, match=said):
        ParetoNBD.fit(pd.DataFrame(rows))
