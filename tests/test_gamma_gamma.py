"""Gamma-gamma: the published fit, the truth recovered, and data that cannot tell."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import gammaln

import buying
from crmlab.buyers.gamma_gamma import GammaGamma, _Spenders
from crmlab.customers import count_customers
from crmlab.plots import alternative_text

TRUTH = np.array([6.25, 3.74, 15.44])


def simulate(rng: np.random.Generator, size: int) -> pd.DataFrame:
    p, q, v = TRUTH
    x = rng.geometric(0.4, size)
    rate = rng.gamma(q, 1 / v, size)
    mean = rng.gamma(p * x, 1 / (rate * x))
    return pd.DataFrame({"frequency": x, "monetary_value": mean, "truth": p / rate})


@buying.needs_cdnow
def test_the_published_fit():
    """Fader, Hardie and Lee (2005), Journal of Marketing Research 42(4): p 6.25, q 3.74, v 15.44 on 946 customers."""
    customers = buying.cdnow()[0]
    spend = GammaGamma.fit(customers)
    assert spend.parameters.round(2).to_list() == [6.25, 3.74, 15.44]
    assert (spend.customers, spend.left_out, spend.converged) == (946, 1411, True)
    in_cents = np.floor(100 * customers["monetary_value"] + 0.5 + 1e-9) / 100  # as in the data file of the paper
    printed = GammaGamma.fit(customers.assign(monetary_value=in_cents))
    assert printed.parameters.to_list() == pytest.approx([6.2488, 3.7446, 15.4478], abs=6e-5)
    assert printed.log_likelihood == pytest.approx(-4055.923, abs=5e-4)


def test_the_height_is_the_density_of_each_mean():
    """Fader, Hardie and Lee (2005b), equation 1a, with the density of the mean of x purchases."""
    (p, q, v), x, mean = TRUTH, np.array([1.0, 3, 30]), np.array([5.0, 80, 33])
    log_beta = gammaln(p * x) + gammaln(q) - gammaln(p * x + q)
    density = q * np.log(v) + (p * x - 1) * np.log(mean) + p * x * np.log(x) - (p * x + q) * np.log(x * mean + v)
    assert _Spenders.of(x, mean, np.ones(3)).likelihood(TRUTH)[0] == pytest.approx((density - log_beta).sum())


def test_gradient_and_hessian_are_those_of_the_likelihood():
    rows = _Spenders.of(np.array([1.0, 3, 30]), np.array([5.0, 80, 33]), np.array([7.0, 4, 1]))
    _, slope, hessian = rows.likelihood(TRUTH)
    for i, width in enumerate(1e-5 * TRUTH):
        shift = np.eye(3)[i] * width
        up, down = (rows.likelihood(TRUTH + sign * shift) for sign in (1, -1))
        assert slope[i] == pytest.approx((up[0] - down[0]) / (2 * width), rel=1e-5, abs=1e-6)
        np.testing.assert_allclose(hessian[i], (up[1] - down[1]) / (2 * width), rtol=1e-5, atol=1e-6)


def test_intervals_hold_the_truth_as_often_as_they_promise():
    rng = np.random.default_rng(2)
    missed = np.zeros(3)
    for _ in range(80):
        model = GammaGamma.fit(simulate(rng, 1500))
        rows = model.summary()
        missed += ((rows["low"] > TRUTH) | (rows["high"] < TRUTH)).to_numpy()
        assert model.converged
    assert (missed <= 10).all(), missed
    assert missed.sum() > 0


def test_expected_spend_beats_the_customers_own_mean():
    data = simulate(np.random.default_rng(8), 3000)
    spend = GammaGamma.fit(data)
    shrunk, own = spend.expected_spend(data), data["monetary_value"]
    assert ((shrunk - data["truth"]) ** 2).mean() < 0.8 * ((own - data["truth"]) ** 2).mean()
    assert shrunk.mean() == pytest.approx(data["truth"].mean(), rel=0.03)
    assert spend.population_mean == pytest.approx(6.25 * 15.44 / 2.74, rel=0.08)


def test_grouping_never_changes_a_fit():
    data = simulate(np.random.default_rng(1), 400).round(0).clip(lower=1)
    rows, counts = GammaGamma.fit(data), GammaGamma.fit(count_customers(data, ["frequency", "monetary_value"]))
    np.testing.assert_allclose(counts.parameters, rows.parameters, rtol=1e-9)
    pd.testing.assert_frame_equal(counts.table, rows.table)


def test_the_table_counts_every_customer():
    model = GammaGamma.fit(simulate(np.random.default_rng(4), 700))
    assert model.table["actual"].sum() == 700
    assert model.table["expected"].sum() == pytest.approx(700)
    assert model.table["actual"].between(model.table["low"], model.table["high"]).mean() >= 0.8


def test_who_never_came_back_is_left_out_and_given_the_mean_of_all():
    data = simulate(np.random.default_rng(4), 300)
    more = pd.concat([data, pd.DataFrame({"frequency": [0, 2], "monetary_value": [0.0, 0.0]})], ignore_index=True)
    model = GammaGamma.fit(more)
    assert model.left_out == 2
    np.testing.assert_allclose(model.parameters, GammaGamma.fit(data).parameters, rtol=1e-9)
    np.testing.assert_allclose(model.expected_spend(more).tail(2), model.population_mean)


def test_spend_that_goes_with_frequency_shows():
    data = simulate(np.random.default_rng(6), 500)
    assert abs(GammaGamma.fit(data).correlation) < 0.12
    linked = data.assign(monetary_value=data["monetary_value"] * data["frequency"])
    assert GammaGamma.fit(linked).correlation > 0.4


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({"frequency": [0, 0, 0], "monetary_value": [0, 0, 0]}, "more than three customers"),
        ({"frequency": [1] * 9, "monetary_value": [20.0] * 9}, "the data do not determine"),
        ({"frequency": [1] * 9}, "no column monetary_value"),
        ({"frequency": [1] * 9, "monetary_value": [20.0] * 7 + [-5.0, -6.0]}, "is negative for 2 customers"),
        ({"frequency": [1.5] * 9, "monetary_value": [20.0] * 9}, "no whole number from 0 up for 9 customers"),
        ({"frequency": [1] * 9, "monetary_value": [20.0] * 8 + [np.nan]}, "monetary_value: 1 values are empty"),
    ],
)
def test_data_that_cannot_tell_are_refused(rows, said):
    with pytest.raises(ValueError, match=said):
        GammaGamma.fit(pd.DataFrame(rows))


def test_an_infinite_mean_is_not_handed_on():
    rng = np.random.default_rng(3)
    heavy = pd.DataFrame({"frequency": 2.0, "monetary_value": rng.gamma(8, 1 / rng.gamma(0.6, 1, 900))})
    model = GammaGamma.fit(heavy)
    assert model.q < 1
    with pytest.raises(ValueError, match="infinite"):
        model.expected_spend(heavy)


def test_the_picture_asks_a_question_and_says_its_numbers():
    model = GammaGamma.fit(simulate(np.random.default_rng(4), 700))
    ax = model.plot()
    assert ax.get_title().endswith("?")
    assert f"{model.table['expected'].iloc[0]:.4g}" in alternative_text(ax.figure)
