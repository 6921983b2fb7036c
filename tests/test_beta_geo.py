"""BG/NBD: the published numbers, the formulas against brute force, and the truth recovered from simulated buyers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import hyp2f1
from scipy.stats import beta

import buying
from crmlab.buyers.beta_geo import BetaGeo
from crmlab.customers import count_customers
from crmlab.labels import number
from crmlab.plots import alternative_text

PUBLISHED = np.array([0.242593, 4.413531, 0.792886, 2.425753])  # printed as .243, 4.414, .793, 2.426


def known(r: float, alpha: float, a: float, b: float) -> BetaGeo:
    """A model with these parameters, known without error."""
    return buying.known(BetaGeo, r, alpha, a, b)


def simulate(rng: np.random.Generator, size: int, truth: np.ndarray = PUBLISHED, ahead: float = 0.0) -> pd.DataFrame:
    """Customers who buy and leave as the model says, one row each."""
    r, alpha, a, b = truth
    pace, leave = rng.gamma(r, 1 / alpha, size), rng.beta(a, b, size)
    T = rng.integers(20, 40, size).astype(float)
    x, last, now, later = np.zeros(size), np.zeros(size), np.zeros(size), np.zeros(size)
    alive = np.ones(size, bool)
    while alive.any():
        now[alive] += rng.exponential(1 / pace[alive])
        alive &= now < T + ahead
        seen = alive & (now < T)
        x[seen] += 1
        last[seen] = now[seen]
        later[alive & ~seen] += 1
        alive &= rng.random(size) >= leave
    frame = pd.DataFrame({"frequency": x, "recency": last, "T": T})
    return frame.assign(holdout_frequency=later, holdout_T=ahead)


@pytest.fixture(scope="module")
def buyers() -> pd.DataFrame:
    return simulate(np.random.default_rng(5), 1500, ahead=30.0)


@pytest.fixture(scope="module")
def fitted(buyers) -> BetaGeo:
    return BetaGeo.fit(buyers)


@pytest.fixture(scope="module")
def cdnow() -> tuple[pd.DataFrame, pd.DataFrame]:
    return buying.cdnow()


@buying.needs_cdnow
def test_the_published_fit(cdnow):
    """Fader, Hardie and Lee (2005), Marketing Science 24(2), Table 2; from dates the height is a little lower."""
    printed = BetaGeo.fit(buying.printed(cdnow[0]))
    assert printed.converged
    assert printed.parameters.round(6).to_list() == pytest.approx(PUBLISHED, abs=1.1e-6)
    assert printed.log_likelihood == pytest.approx(-9582.4256, abs=5e-5)
    model = BetaGeo.fit(cdnow[0])
    assert model.parameters.round(3).to_list() == [0.243, 4.414, 0.793, 2.426]
    assert model.log_likelihood == pytest.approx(-9582.429, abs=1e-3)
    assert BetaGeo.fit(count_customers(cdnow[0])).log_likelihood == pytest.approx(model.log_likelihood, abs=1e-9)


@buying.needs_cdnow
def test_the_published_checks(cdnow):
    model = BetaGeo.fit(cdnow[0])
    tracking = model.tracking(*cdnow)
    assert tracking.fitted_until == pytest.approx(38.857, abs=1e-3)
    assert tracking.summary().loc["at the end", "expected / actual"] == pytest.approx(0.957, abs=1e-3)
    held = model.holdout_check(cdnow[0])
    assert held.table["customers"].sum() == 2357
    assert held.summary().loc["mean", "actual"] == pytest.approx(1881 / 2357, abs=1e-3)


def first_terms(t, terms, r, alpha, a, b):
    """Return E[X(t)] with so many terms of the hypergeometric series after the first."""
    j = np.arange(terms)
    series = np.cumprod((r + j) * (b + j) / ((a + b - 1 + j) * (1 + j)) * t / (alpha + t)).sum() + 1
    return (a + b - 1) / (a - 1) * (1 - (alpha / (alpha + t)) ** r * series)


def test_the_published_expectations():
    """The same paper's expected repeat purchases by week, and its customer (2, 30.43, 38.86)."""
    model = known(*PUBLISHED)
    weeks = [0.1429, 1, 3, 31.8571, 32, 78]
    got = model.expected_purchases_new(weeks)["estimate"].round(4).to_list()
    assert got[:5] == pytest.approx([0.0078, 0.0532, 0.1506, 1.0405, 1.0437], abs=5e-5)
    assert got[5] == pytest.approx(1.8580, abs=5e-5)  # the whole series; its first 150 terms are printed
    assert first_terms(78, 150, 0.242593, 4.413531, 0.792886, 2.425753) == pytest.approx(1.8576, abs=5e-5)
    customer = pd.DataFrame({"frequency": [2], "recency": [30.43], "T": [38.86]})
    assert model.expected_purchases(39, customer).item() == pytest.approx(1.22591, abs=5e-6)
    assert model.probability_alive(customer).item() == pytest.approx(0.72661, abs=5e-6)


PARAMETERS = st.tuples(
    st.floats(0.05, 5), st.floats(0.2, 50), st.floats(0.05, 8).filter(lambda a: abs(a - 1) > 0.01), st.floats(0.1, 20)
)


@settings(max_examples=60, deadline=None)
@given(parameters=PARAMETERS, t=st.floats(0.01, 200))
def test_the_expectation_is_the_average_over_p(parameters, t):
    r, alpha, a, b = parameters

    def given_p(p: float) -> float:
        return -np.expm1(-r * np.log1p(p * t / alpha)) / p if p > 1e-12 else r * t / alpha

    cut = min(0.5, alpha / t)
    low = quad(lambda u: given_p(u ** (1 / a)) * (1 - u ** (1 / a)) ** (b - 1), 0, cut**a, epsabs=0, limit=200)[0] / a
    high = quad(lambda u: given_p(1 - u ** (1 / b)) * (1 - u ** (1 / b)) ** (a - 1), 0, (1 - cut) ** b, epsabs=0)[0] / b
    scale = np.exp(beta.logpdf(0.5, a, b)) / (0.5 ** (a + b - 2))
    got = known(*parameters).expected_purchases_new(t)["estimate"].item()
    assert got == pytest.approx(scale * (low + high), rel=1e-6)


def test_the_expectation_is_the_papers_where_the_paper_can_be_computed():
    """Equation 9, whose hypergeometric function has no trouble at these parameters."""
    r, alpha, a, b = PUBLISHED
    for t in (1.0, 30.0, 200.0):
        paper = (a + b - 1) / (a - 1) * (1 - (alpha / (alpha + t)) ** r * hyp2f1(r, b, a + b - 1, t / (alpha + t)))
        assert known(*PUBLISHED).expected_purchases_new(t)["estimate"].item() == pytest.approx(paper, rel=1e-8)


@pytest.mark.parametrize("a", [1.0, 0.02, 1e-4])
def test_traps_of_the_hypergeometric_function_give_finite_numbers(a):
    near = [known(0.3, 5.0, a * factor, 2.0).expected_purchases_new(50)["estimate"].item() for factor in (1, 1.00001)]
    assert near[0] == pytest.approx(near[1], rel=1e-3)
    loyal = pd.DataFrame({"frequency": [900], "recency": [99.9], "T": [100.0]})
    assert 0 < known(0.3, 5.0, a, 2.0).expected_purchases(10, loyal).item() < 90.1


@pytest.mark.parametrize("t", [0.0, 3.0, 60.0])
def test_the_probabilities_add_up_and_give_the_same_mean_and_variance(t):
    model, n = known(*PUBLISHED), np.arange(3000)
    share = model.probability_of_purchases(n, t)
    mean = model.expected_purchases_new(t)["estimate"].item()
    assert share.sum() == pytest.approx(1, abs=1e-9)
    assert share @ n == pytest.approx(mean, abs=1e-6)
    assert share @ n**2 - mean**2 == pytest.approx(BetaGeo._new_variance(PUBLISHED, np.array([t])).item(), abs=1e-5)


def test_one_probability_is_a_number():
    assert isinstance(known(*PUBLISHED).probability_of_purchases(2, 10.0), float)


def test_grouping_never_changes_a_fit(buyers, fitted):
    shuffled = BetaGeo.fit(buyers.sample(frac=1, random_state=1))
    counted = BetaGeo.fit(count_customers(buyers))
    for other in (shuffled, counted):
        np.testing.assert_allclose(other.parameters, fitted.parameters, rtol=1e-9)
        np.testing.assert_allclose(other.covariance, fitted.covariance, rtol=1e-6)
        pd.testing.assert_frame_equal(other.table, fitted.table)


def test_the_unit_of_time_only_rescales_alpha(buyers, fitted):
    days = BetaGeo.fit(buyers.assign(recency=buyers["recency"] * 7, T=buyers["T"] * 7))
    expected = fitted.parameters * [1, 7, 1, 1]
    np.testing.assert_allclose(days.parameters, expected, rtol=1e-6)


def test_intervals_hold_the_truth_as_often_as_they_promise():
    """Eighty fits: each 95 % interval may miss in up to 10 of them (one in a thousand if it keeps its promise)."""
    rng = np.random.default_rng(11)
    models = [BetaGeo.fit(simulate(rng, 1200)) for _ in range(80)]
    missed = np.zeros(5)
    mean = BetaGeo._new_mean(PUBLISHED, np.array([26.0])).item()
    for model in models:
        rows = model.summary()
        missed[:4] += ((rows["low"] > PUBLISHED) | (rows["high"] < PUBLISHED)).to_numpy()
        row = model.expected_purchases_new(26).iloc[0]
        missed[4] += not row["low"] <= mean <= row["high"]
    assert all(model.converged for model in models)
    assert (missed <= 10).all(), missed
    assert missed.sum() > 0


def test_the_future_is_foreseen_by_frequency_class_and_over_time(buyers, fitted):
    held = fitted.holdout_check(buyers)
    assert held.summary().loc["mean", "rows inside the range"] >= 0.75
    # near the square root of the mean over the size, as for any count
    width = (held.table["high"] - held.table["low"]) / 2 / 1.96
    counted = np.sqrt(held.table["expected"] / held.table["customers"])
    assert (width / counted).between(0.9, 3).all()
    total = fitted.expected_purchases(30, buyers).sum()
    assert total == pytest.approx(held.table["expected"] @ held.table["customers"])
    assert total == pytest.approx(buyers["holdout_frequency"].sum(), rel=0.15)


def test_the_variance_of_the_future_is_that_of_simulated_customers():
    """Customers with the same history, drawn again and again from the posterior by rejection."""
    rng = np.random.default_rng(3)
    draws = simulate(rng, 400_000, np.array([1.0, 10.0, 1.0, 3.0]), ahead=20.0).query("frequency == 0 and T == 25")
    truth, size = np.array([1.0, 10.0, 1.0, 3.0]), len(draws)
    at = np.array([20.0]), np.array([0.0]), np.array([0.0]), np.array([25.0])
    mean, variance = BetaGeo._future_mean(truth, *at).item(), BetaGeo._future_variance(truth, *at).item()
    assert draws["holdout_frequency"].mean() == pytest.approx(mean, abs=4 * np.sqrt(variance / size))
    assert draws["holdout_frequency"].var() == pytest.approx(variance, rel=0.08)


def test_tracking_starts_each_customer_at_its_own_first_purchase():
    model = known(*PUBLISHED)
    data = pd.DataFrame({"T": [10.0, 10.0, 4.0]})
    got = model.tracking(data, until=12)
    mean = {t: BetaGeo._new_mean(PUBLISHED, np.array([float(t)])).item() for t in (5, 6, 12)}
    assert got.table.loc[5, "expected"] == pytest.approx(2 * mean[5])
    assert got.table.loc[12, "expected"] == pytest.approx(2 * mean[12] + mean[6])
    assert list(got.table.index) == list(range(1, 13))
    assert list(model.tracking(data).table.index) == list(range(1, 11))


def test_answers_keep_the_rows_of_the_question(buyers, fitted):
    some = buyers.iloc[[5, 3, 9]].set_axis(["x", "y", "z"])
    assert fitted.expected_purchases(4, some).index.to_list() == ["x", "y", "z"]
    one = fitted.probability_alive(some.loc[["y"]]).item()
    assert fitted.probability_alive(some)["y"] == pytest.approx(one)
    assert (fitted.expected_purchases(0, buyers) == 0).all()


GOOD = {"frequency": [0, 1, 2, 0, 3, 1], "recency": [0, 2, 5, 0, 6, 3.0], "T": [9, 9, 9, 9, 9, 9.0]}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"frequency": [0] * 6, "recency": [0.0] * 6}, "nobody came back"),
        ({"recency": [0, 2, 5, 0, 6, 30.0]}, "recency lies beyond T in 1 rows, the first in row 5"),
        ({"frequency": [0, 1, 2, 0, 3, 1.5]}, "no whole number"),
        ({"recency": [0, 2, 5, 1, 6, 3.0]}, "recency and frequency disagree"),
        ({"recency": [0, -2, 5, 0, 6, 3.0]}, "recency is negative"),
        ({"T": [9, 9, np.nan, 9, 9, 9]}, "T: 1 values are empty"),
        ({"customers": [0, 1, 0, 0, 0, 0]}, "needs more customers"),
    ],
)
def test_impossible_data_are_refused_in_a_sentence(change, said):
    with pytest.raises(ValueError, match=said):
        BetaGeo.fit(pd.DataFrame(GOOD | change))


@pytest.mark.parametrize(
    "rows",
    [
        {"frequency": [4], "recency": [10.0], "T": [12.0], "customers": [1000]},
        {"frequency": [1, 2, 3], "recency": [30.0, 30.0, 30.0], "T": [30.0, 30.0, 30.0], "customers": [90, 200, 90]},
    ],
)
def test_data_that_cannot_identify_the_model_are_refused(rows):
    with pytest.raises(ValueError, match="the data do not determine"):
        BetaGeo.fit(pd.DataFrame(rows))


def test_negative_times_are_refused(buyers, fitted):
    with pytest.raises(ValueError, match="from 0 up"):
        fitted.expected_purchases(-1, buyers)


def test_pictures_ask_a_question_and_say_their_numbers(buyers, fitted):
    repeats = pd.DataFrame({"cumulative": [10, 20]}, index=pd.Index([1, 2], name="time"))
    for shown in (fitted, fitted.tracking(buyers, repeats), fitted.holdout_check(buyers)):
        ax = shown.plot()
        assert ax.get_title().endswith("?")
        assert ax.get_xlabel()
        assert ax.get_ylabel()
        assert number(shown.table["expected"].iloc[-1], 4) in alternative_text(ax.figure)
