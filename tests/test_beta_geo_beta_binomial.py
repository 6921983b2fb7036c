"""BG/BB: the published numbers, the formulas against brute force and the papers, the truth recovered, limits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special
from scipy.special import betaln, comb, hyp2f1

import buying
from crmlab.buyers.beta_geo_beta_binomial import BetaGeoBetaBinomial
from crmlab.estimation import maximize
from crmlab.labels import number
from crmlab.plots import alternative_text
from scripts.calibrate.buyers import simulate

TRUTH = (1.2, 0.75, 0.66, 2.8)
POINT = np.array(TRUTH)
X, RECENCY, N = np.array([0.0, 0, 1, 3, 6]), np.array([0.0, 0, 2, 6, 6]), np.array([0.0, 6, 6, 6, 6])


def published(name: str) -> pd.DataFrame:
    counts = pd.read_csv(buying.REFERENCE / name)
    return counts.rename(columns={"periods": "opportunities", "weights": "customers"})


@pytest.fixture(scope="module")
def takers() -> pd.DataFrame:
    return simulate(BetaGeoBetaBinomial, TRUTH, np.random.default_rng(5), 3000, ahead=5)


@buying.needs_reference
def test_the_published_donations():
    """Fader, Hardie and Shang (2010): 1.204, .750, .657, 2.783 and −33225.581 on 11,104 donors."""
    data = published("bgbb_donations.csv")
    model = BetaGeoBetaBinomial.fit(data)
    assert model.converged
    assert model.parameters.round(3).to_list() == [1.204, 0.750, 0.657, 2.783]
    assert model.log_likelihood == pytest.approx(-33225.581, abs=1e-3)
    assert model.customers == 11_104
    told = model.expected_purchases(5, data)
    assert [round(told.iloc[0], 2), round(told.iloc[-1], 2)] == [0.07, 3.75]  # nobody's and everybody's, their Table 4


def no_spread_in_leaving(data: pd.DataFrame, size: float) -> tuple[np.ndarray, float]:
    """The fit where γ + δ is held at `size`: the larger, the less customers differ in leaving."""
    history = [data[name].to_numpy(float) for name in BetaGeoBetaBinomial.COLUMNS]
    weights = data["customers"].to_numpy(float)

    def parameters(point):
        leave = 1 / (1 + np.exp(-point[2]))
        return np.array([*np.exp(point[:2]), size * leave, size * (1 - leave)])

    def objective(point):
        now = parameters(point)
        height, slope = BetaGeoBetaBinomial._log_likelihood(now, *history)
        steep = slope @ weights
        steep = np.array([*(steep[:2] * now[:2]), (steep[2] - steep[3]) * now[2] * now[3] / size])
        return float(weights @ height), steep

    top = maximize(objective, [0.0, 1.0, -2.0], ["alpha", "beta", "leave"])
    return parameters(top.point), top.log_likelihood


@buying.needs_reference
@pytest.mark.parametrize("size", [2_000.0, 20_000.0])
def test_the_published_cruises(size):
    """Berger, Weinberg and Hanna's cruises: all leave alike, so γ and δ are not known, but all that follows is."""
    data = published("bgbb_cruise.csv")
    with pytest.raises(ValueError, match=r"do not determine gamma; .* all leave alike"):
        BetaGeoBetaBinomial.fit(data)
    parameters, height = no_spread_in_leaving(data, size)
    assert height == pytest.approx(-7130.7, abs=0.05)
    trips = buying.known(BetaGeoBetaBinomial, *parameters).discounted_purchases(0.1, data)
    np.testing.assert_allclose(trips, data["dert_d010_published"], atol=0.0105)


def brute(parameters, x: int, recency: int, n: int) -> float:
    """The likelihood added up over the last opportunity met alive, as Fader, Hardie and Shang (2010) do."""
    alpha, beta, gamma, delta = parameters
    alive = special.beta(alpha + x, beta + n - x) * special.beta(gamma, delta + n)
    gone = sum(special.beta(alpha + x, beta + i - x) * special.beta(gamma + 1, delta + i) for i in range(recency, n))
    return (alive + gone) / special.beta(alpha, beta) / special.beta(gamma, delta)


@settings(max_examples=50, deadline=None)
@given(point=st.tuples(*[st.floats(-2, 3)] * 4), n=st.integers(1, 12), data=st.data())
def test_the_likelihood_is_the_papers(point, n, data):
    recency = data.draw(st.integers(0, n))
    x = data.draw(st.integers(1, recency)) if recency else 0
    parameters, at = np.exp(point), [np.array([float(value)]) for value in (x, recency, n)]
    height, _ = BetaGeoBetaBinomial._log_likelihood(parameters, *at)
    assert np.exp(height.item()) == pytest.approx(brute(parameters, x, recency, n), rel=1e-9)


def test_the_chances_of_all_histories_add_up():
    rows = [(0, 0, 6)] + [(x, last, 6) for last in range(1, 7) for x in range(1, last + 1)]
    x, last, n = np.array(rows, float).T
    ways = np.where(x > 0, comb(np.maximum(last - 1, 0), np.maximum(x - 1, 0)), 1)
    height, _ = BetaGeoBetaBinomial._log_likelihood(POINT, x, last, n)
    assert (ways * np.exp(height)).sum() == pytest.approx(1, abs=1e-12)
    alive = BetaGeoBetaBinomial._alive(POINT, x, last, n)
    stays = special.beta(POINT[2], POINT[3] + 7) / special.beta(POINT[2], POINT[3])
    assert (ways * np.exp(height)) @ alive == pytest.approx(stays, abs=1e-12)
    total = (ways * np.exp(height)) @ BetaGeoBetaBinomial._future_mean(POINT, np.array(4.0), x, last, n)
    both = BetaGeoBetaBinomial._new_mean(POINT, np.array([6.0, 10.0]))
    assert total == pytest.approx(both[1] - both[0], abs=1e-12)


@settings(max_examples=25, deadline=None)
@given(point=st.tuples(*[st.floats(-2, 2)] * 4))
def test_the_gradient_is_that_of_the_likelihood(point):
    buying.check_gradient(BetaGeoBetaBinomial, np.exp(point), X, RECENCY, N)


@pytest.mark.parametrize("gamma", [0.3, 1.0, 2.5])
@pytest.mark.parametrize("rate", [0.001, 0.1])
def test_discounted_purchases_are_the_sum_over_all_opportunities(gamma, rate):
    model = buying.known(BetaGeoBetaBinomial, 1.2, 0.75, gamma, 2.8)
    data = pd.DataFrame({"frequency": [0, 2], "recency": [0, 3], "opportunities": [4, 4]})
    times = np.arange(int(40 / rate))
    each = np.diff([model.expected_purchases(t, data).to_numpy() for t in range(200)], axis=0) if rate > 0.05 else None
    got = model.discounted_purchases(rate, data)
    theta = np.cumprod((2.8 + 4 + times) / (gamma + 2.8 + 4 + times))
    ratio = got / model.expected_purchases(1, data)
    np.testing.assert_allclose(ratio, (theta / theta[0]) @ (1 + rate) ** -(times + 1.0), rtol=1e-6)
    if each is not None:
        np.testing.assert_allclose(got, (1 + rate) ** -np.arange(1, 200) @ each, rtol=1e-6)


def test_discounted_purchases_are_the_papers():
    """The discounted residual transactions of Fader, Hardie and Shang (2010)."""
    alpha, beta, gamma, delta = TRUTH
    x, n, d = 2, 4, 0.1
    buys = special.beta(alpha + x + 1, beta + n - x) / special.beta(alpha, beta)
    head = buys * special.beta(gamma, delta + n + 1) / special.beta(gamma, delta) / (1 + d)
    paper = head * hyp2f1(1, delta + n + 1, gamma + delta + n + 1, 1 / (1 + d)) / brute(TRUTH, x, 3, n)
    data = pd.DataFrame({"frequency": [x], "recency": [3], "opportunities": [n]})
    got = buying.known(BetaGeoBetaBinomial, *TRUTH).discounted_purchases(d, data).item()
    assert got == pytest.approx(paper, rel=1e-9)


@pytest.mark.parametrize("t", [0, 3, 25])
def test_the_probabilities_add_up_and_give_the_same_mean_and_variance(t):
    model, n = buying.known(BetaGeoBetaBinomial, *TRUTH), np.arange(30)
    share = model.probability_of_purchases(n, t)
    mean = model.expected_purchases_new(t)["estimate"].item()
    assert share.sum() == pytest.approx(1, abs=1e-12)
    assert share @ n == pytest.approx(mean, abs=1e-10)
    variance = BetaGeoBetaBinomial._new_variance(POINT, np.array([float(t)])).item()
    assert share @ n**2 - mean**2 == pytest.approx(variance, abs=1e-9)
    assert isinstance(model.probability_of_purchases(0, t), float)


def test_where_nobody_leaves_it_is_the_beta_binomial_model():
    point = np.array([1.2, 0.75, 1e-10, 2.0])
    plain = betaln(1.2 + X, 0.75 + N - X) - betaln(1.2, 0.75)
    np.testing.assert_allclose(BetaGeoBetaBinomial._log_likelihood(point, X, RECENCY, N)[0], plain, atol=1e-8)
    new = buying.known(BetaGeoBetaBinomial, *point).expected_purchases_new(10)["estimate"].item()
    assert new == pytest.approx(10 * 1.2 / 1.95, rel=1e-8)


def test_grouping_never_changes_a_fit(takers):
    buying.check_grouping(BetaGeoBetaBinomial, takers)


def test_intervals_hold_the_truth_as_often_as_they_promise():
    """Sixty fits: each 95 % interval may miss in up to 9 of them (one in a thousand if it keeps its promise)."""
    rng = np.random.default_rng(11)
    samples = [simulate(BetaGeoBetaBinomial, TRUTH, rng, 2000, ahead=20) for _ in range(60)]
    misses = buying.missed(BetaGeoBetaBinomial, TRUTH, samples)
    assert (misses <= 9).all(), misses
    assert misses.sum() > 5


def test_the_checks_of_the_family_hold(takers):
    model = BetaGeoBetaBinomial.fit(takers)
    assert list(model.table.index) == ["0", "1", "2", "3", "4", "5", "6", "7+"]
    assert model.table["actual"].between(model.table["low"], model.table["high"]).mean() >= 0.7
    held = model.holdout_check(takers)
    assert held.summary().loc["mean", "rows inside the range"] >= 0.75
    tracked = model.tracking(takers)
    seen = takers.groupby("opportunities")["frequency"].sum().sum()
    assert tracked.table["expected"].iloc[-1] == pytest.approx(seen, rel=0.05)
    for shown in (model, held, tracked, model.repeat_histogram(takers)):
        ax = shown.plot()
        assert ax.get_title().endswith("?")
        assert number(shown.table["expected"].iloc[-1], 4) in alternative_text(ax.figure)


def test_classes_that_nobody_can_reach_are_left_out(takers):
    few = takers.query("opportunities == 6")
    assert list(BetaGeoBetaBinomial.fit(few).table.index) == ["0", "1", "2", "3", "4", "5", "6"]


GOOD = {"frequency": [0, 1, 2, 0, 3], "recency": [0, 2, 5, 0, 6], "opportunities": [9] * 5}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"frequency": [0, 3, 2, 0, 3]}, "frequency is larger than recency, .* in 1 rows, the first in row 1"),
        ({"recency": [0, 2, 5, 0, 6.5]}, "recency is no whole number in 1 rows, the first in row 4"),
        ({"recency": [0, 2, 5, 0, 10]}, "recency lies beyond opportunities in 1 rows"),
        ({"opportunities": [9.5] * 5}, "opportunities is no whole number in 5 rows"),
        ({"opportunities": [9] * 4 + [10**9]}, "opportunities is more than 10,000; lay them on a coarser grid"),
        ({"frequency": [0] * 5, "recency": [0] * 5}, "nobody came back"),
        ({"customers": [1, 1, 0, 0, 0]}, "needs more customers"),
        ({"frequency": [4] * 5, "recency": [8] * 5, "customers": [100] * 5}, "BetaGeoBetaBinomial: the data do not"),
    ],
)
def test_impossible_data_are_refused_in_a_sentence(change, said):
    with pytest.raises(ValueError, match=said):
        BetaGeoBetaBinomial.fit(pd.DataFrame(GOOD | change))


def test_columns_and_times_of_other_models_are_refused(takers):
    with pytest.raises(ValueError, match="no column opportunities"):
        BetaGeoBetaBinomial.fit(takers.rename(columns={"opportunities": "T"}))
    model = buying.known(BetaGeoBetaBinomial, *TRUTH)
    with pytest.raises(ValueError, match="at most 100,000 opportunities ahead"):
        model.expected_purchases_new(10**9)
    with pytest.raises(ValueError, match="whole number of opportunities"):
        model.expected_purchases(2.5, takers)
    with pytest.raises(ValueError, match="from 0 up"):
        model.expected_purchases(-1, takers)
