"""Beta-discrete-Weibull: the published numbers, the simpler model inside it, the truth recovered."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab.estimation import Maximum
from crmlab.plots import alternative_text
from crmlab.renewals import BetaDiscreteWeibull, ShiftedBetaGeometric

HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]
REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241]
HELD_OUT = {8: 0.468, 9: 0.445, 10: 0.427, 11: 0.409, 12: 0.394}


def known(*parameters: float, kind=BetaDiscreteWeibull):
    """A model with these parameters, known without error."""
    size = len(parameters)
    top = Maximum(kind.NAMES, np.log(parameters), np.zeros((size, size)), 0.0, converged=True)
    return kind(lambda _: pd.DataFrame(), top, 0.0)


def simulate(rng, size, gamma, delta, c):
    """Cohorts of different age: a customer stays t periods with probability (1 − θ)^(t^c)."""
    theta = rng.beta(gamma, delta, size)
    time = np.ceil((np.log(rng.random(size)) / np.log1p(-theta)) ** (1 / c)).clip(1, 99)
    end = rng.integers(0, 13, size)
    return pd.DataFrame({"duration": np.minimum(time, end), "churned": time <= end})


def test_the_published_fit():
    """High End to year 7, the cohort of Fader and Hardie (2007) in Fader, Hardie, Liu, Davin and Steenburgh (2018)."""
    model = BetaDiscreteWeibull.fit(survivors=HIGH_END)
    assert model.converged
    assert (model.gamma, model.delta, model.c) == pytest.approx((0.2143, 1.4266, 1.7236), abs=5e-5)
    assert model.log_likelihood == pytest.approx(-1605.314, abs=5e-4)


@pytest.mark.parametrize("survivors", [HIGH_END, REGULAR])
def test_it_fits_no_worse_than_the_model_inside_it(survivors):
    wide, narrow = (kind.fit(survivors=survivors) for kind in (BetaDiscreteWeibull, ShiftedBetaGeometric))
    assert wide.log_likelihood > narrow.log_likelihood
    twice = 2 * (wide.log_likelihood - narrow.log_likelihood)
    row = wide.summary().loc["c"]
    assert (twice > 3.84) == (not row["low"] <= 1 <= row["high"])


def test_the_forecast_holds_what_the_paper_held_out():
    projected = BetaDiscreteWeibull.fit(survivors=HIGH_END).project(12)
    for year, share in HELD_OUT.items():
        assert projected.loc[year, "estimate"] == pytest.approx(share, abs=0.011)
        assert projected.loc[year, "low"] < share < projected.loc[year, "high"]


def test_the_rate_of_the_high_end_falls_before_it_rises():
    """What the shifted-beta-geometric model cannot do."""
    rates = BetaDiscreteWeibull.fit(survivors=HIGH_END).retention_rates(7)["estimate"]
    assert rates[2] < rates[1]
    assert (rates.diff()[3:] > 0).all()


@settings(max_examples=40, deadline=None)
@given(gamma=st.floats(0.1, 20), delta=st.floats(0.1, 20), renewals=st.integers(0, 20))
def test_with_c_equal_to_one_it_is_the_shifted_beta_geometric_model(gamma, delta, renewals):
    wide, narrow = known(gamma, delta, 1.0), known(gamma, delta, kind=ShiftedBetaGeometric)
    np.testing.assert_allclose(wide.survival(range(30)), narrow.survival(range(30)), rtol=1e-9)
    np.testing.assert_allclose(wide.retention_rates(10)["estimate"], narrow.retention_rates(10)["estimate"], rtol=1e-9)
    ours, theirs = (model.residual_lifetime(renewals, 0.1).item() for model in (wide, narrow))
    assert ours == pytest.approx(theirs, rel=1e-9)
    time, left = np.array([3.0, 3, 0, 7]), np.array([True, False, False, True])
    height, slope = wide._log_likelihood(np.array([gamma, delta, 1.0]), time, left)
    other, theirs = narrow._log_likelihood(np.array([gamma, delta]), time, left)
    np.testing.assert_allclose(height, other, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(slope[:2], theirs, rtol=1e-6, atol=1e-9)


def test_without_differences_between_customers_it_is_a_discrete_weibull():
    """Nakagawa and Osaki (1975): S(t) = q^(t^c)."""
    model, t = known(2e6, 8e6, 1.4), np.arange(8)
    np.testing.assert_allclose(model.survival(t), 0.8 ** (t**1.4), rtol=1e-4)


@settings(max_examples=25, deadline=None)
@given(point=st.tuples(st.floats(-1.5, 1.5), st.floats(-1.5, 1.5), st.floats(-0.6, 0.6)))
def test_the_gradient_is_that_of_the_likelihood(point):
    time, left, parameters = np.array([1.0, 5, 0, 9]), np.array([True, True, False, False]), np.exp(point)
    slope = BetaDiscreteWeibull._log_likelihood(parameters, time, left)[1]
    for i, width in enumerate(1e-6 * parameters):
        shift = np.eye(3)[i] * width
        up, down = (BetaDiscreteWeibull._log_likelihood(parameters + s * shift, time, left)[0] for s in (1, -1))
        np.testing.assert_allclose(slope[i], (up - down) / (2 * width), rtol=1e-4, atol=1e-6)


def test_the_residual_lifetime_is_the_sum_of_the_discounted_chances_to_renew():
    model, t = known(0.4, 2.0, 1.3), np.arange(4000)
    for renewals in (0, 5):
        there = model.survival(renewals + 1 + t).to_numpy() / model.survival(renewals).item()
        for rate in (0.02, 0.1):
            expected = (there * (1 + rate) ** -t.astype(float)).sum()
            assert model.residual_lifetime(renewals, rate).item() == pytest.approx(expected, rel=1e-9)
    for rate in (0.0, 1e-9, np.nan, np.inf):
        with pytest.raises(ValueError, match="the sum has no end in sight"):
            model.residual_lifetime(0, rate)


def test_intervals_hold_the_truth_as_often_as_they_promise():
    """Of 100 fits 95 should; fewer than 88 come once in a thousand."""
    rng, truth, inside = np.random.default_rng(3), (0.6, 2.5, 1.4), np.zeros(4)
    later = known(*truth).survival(15).item()
    for _ in range(100):
        model = BetaDiscreteWeibull.fit(simulate(rng, 3000, *truth))
        rows, row = model.summary(), model.project(15).loc[15]
        inside[:3] += [rows.loc[n, "low"] <= v <= rows.loc[n, "high"] for n, v in zip(model.NAMES, truth, strict=True)]
        inside[3] += row["low"] <= later <= row["high"]
    assert (inside >= 88).all(), inside
    assert inside.sum() < 400


def test_rows_counts_survivors_and_doubled_weights_give_one_answer():
    time = range(1, 8)
    counts = pd.DataFrame({"duration": [*time, 7], "churned": [1] * 7 + [0], "customers": [*-np.diff(HIGH_END), 491]})
    rows = counts.loc[counts.index.repeat(counts["customers"])].drop(columns="customers").sample(frac=1, random_state=3)
    models = [
        BetaDiscreteWeibull.fit(counts),
        BetaDiscreteWeibull.fit(rows),
        BetaDiscreteWeibull.fit(survivors=HIGH_END),
    ]
    for model in models[1:]:
        np.testing.assert_allclose(model.parameters, models[0].parameters, rtol=1e-9)
        pd.testing.assert_frame_equal(model.table, models[0].table)
    twice = BetaDiscreteWeibull.fit(counts.assign(customers=2 * counts["customers"]))
    np.testing.assert_allclose(twice.parameters, models[0].parameters, rtol=1e-6)
    np.testing.assert_allclose(twice.standard_errors, models[0].standard_errors / np.sqrt(2), rtol=1e-4)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "either data or survivors"),
        ({"survivors": [100, 70, 50]}, "at least 4 numbers"),
        ({"survivors": [100, 100, 100, 100]}, "nobody left"),
        ({"survivors": [100, 80, 64, 51]}, "fit ShiftedBetaGeometric"),
        ({"survivors": [0, 0, 0, 0]}, "no customers"),
        ({"data": pd.DataFrame({"duration": [1, 2], "churned": [1, 0]})}, "need at least 3"),
        ({"data": pd.DataFrame({"duration": [3], "churned": [0]})}, "nobody left"),
        ({"data": pd.DataFrame({"duration": [1, -2], "churned": [1, 0]})}, "no whole number"),
        ({"data": pd.DataFrame({"duration": [1, 2, 10**9], "churned": [1, 0, 1]})}, "beyond 5,000 periods; mend it"),
    ],
)
def test_data_that_cannot_tell_are_refused(options, said):
    with pytest.raises(ValueError, match=said):
        BetaDiscreteWeibull.fit(**options)


def test_the_picture_says_its_numbers():
    ax = BetaDiscreteWeibull.fit(survivors=HIGH_END).plot()
    assert ax.get_title() == "How many contracts survive?"
    assert "fitted ends at 0.4906" in alternative_text(ax.figure)
