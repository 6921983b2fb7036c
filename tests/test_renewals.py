"""Shifted-beta-geometric: the published numbers, the truth recovered, and data that cannot tell."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab.estimation import Maximum
from crmlab.lifetime_value import clv
from crmlab.plots import alternative_text
from crmlab.renewals import ShiftedBetaGeometric

HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]
REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241]


def known(alpha: float, beta: float) -> ShiftedBetaGeometric:
    """A model with these parameters, known without error."""
    top = Maximum(ShiftedBetaGeometric.NAMES, np.log([alpha, beta]), np.zeros((2, 2)), 0.0, converged=True)
    return ShiftedBetaGeometric(lambda _: pd.DataFrame(), top, 0.0)


@pytest.mark.parametrize(
    ("survivors", "alpha", "beta", "height"),
    [(HIGH_END, 0.6681, 3.8061, -1611.158), (REGULAR, 0.7041, 1.1820, -1680.265)],
)
def test_the_published_fits(survivors, alpha, beta, height):
    """Fader and Hardie (2007), Journal of Interactive Marketing 21(1): seven years of two kinds of customers."""
    model = ShiftedBetaGeometric.fit(survivors=survivors)
    assert model.converged
    assert (model.alpha, model.beta) == pytest.approx((alpha, beta), abs=5e-5)
    assert model.log_likelihood == pytest.approx(height, abs=5e-4)


def test_the_forecast_comes_near_to_what_the_paper_held_out():
    held_out = {8: 0.468, 9: 0.445, 10: 0.427, 11: 0.409, 12: 0.394}
    projected = ShiftedBetaGeometric.fit(survivors=HIGH_END).project(12)
    for year, share in held_out.items():
        assert projected.loc[year, "estimate"] == pytest.approx(share, abs=0.02)
        assert projected.loc[year, "low"] < share < projected.loc[year, "high"]


@pytest.mark.parametrize(
    ("alpha", "beta", "published"),
    [
        (3.80, 15.20, {4: 3.84, 3: 3.72, 2: 3.59, 1: 3.45, 0: 3.31}),
        (1 / 15, 4 / 15, {4: 10.19, 3: 10.06, 2: 9.86, 1: 9.46, 0: 7.68}),
        (0.764, 1.296, {0: 2.882, 1: 3.939, 4: 5.682}),
    ],
)
def test_the_published_residual_lifetimes(alpha, beta, published):
    """Fader and Hardie (2010), Marketing Science 29(1), at 10 % a year."""
    lifetimes = known(alpha, beta).residual_lifetime(list(published), 0.1)
    assert lifetimes.to_list() == pytest.approx(list(published.values()), abs=5.1e-3)


def test_the_published_residual_values():
    """100 a year at 10 %: 288, 394 and 568 after 0, 1 and 4 renewals; one rate for all, .833, says 343 at any age."""
    model = known(0.764, 1.296)
    assert (100 * model.residual_lifetime([0, 1, 4], 0.1)).to_list() == pytest.approx([288.2, 393.9, 568.2], abs=0.05)
    alike = known(0.167e7, 0.833e7)
    assert (100 * alike.residual_lifetime([0, 1, 4], 0.1)).to_list() == pytest.approx([343.2] * 3, abs=0.05)
    assert 1.1 * clv(100, 0.833, 0.1, "excluded") == pytest.approx(343.2, abs=0.05)


OF_2004 = {4: 4391, 3: 7961, 2: 11340, 1: 15200, 0: 20500}
STEADY = {4: 7235, 3: 11074, 2: 13300, 1: 15200, 0: 20500}


def base(customers: dict[int, int]) -> pd.DataFrame:
    return pd.DataFrame({"duration": list(customers), "customers": list(customers.values())})


@pytest.mark.parametrize(
    ("customers", "shape", "worth", "before", "naive"),
    [
        (OF_2004, (3.80, 15.20), 207_438, 5307 + 9720 + 14000 + 19000, 182_301),
        (STEADY, (1 / 15, 4 / 15), 617_531, 7383 + 11400 + 14000 + 19000, 341_374),
    ],
)
def test_a_customer_base_is_valued_as_published(customers, shape, worth, before, naive):
    """The same paper, cases 1 and 2, with what one retention rate for all would say beside it."""
    table = known(*shape).customer_base(base(customers), 0.1)
    assert table.loc["all", "estimate"] == pytest.approx(worth, abs=1)
    assert table.loc["all", ["low", "high"]].to_list() == pytest.approx([table.loc["all", "estimate"]] * 2)
    rate = sum(number for age, number in customers.items() if age) / before
    assert rate * 1.1 / (1.1 - rate) * sum(customers.values()) == pytest.approx(naive, abs=1)


def test_a_customer_base_leaves_out_who_has_left_and_adds_up_rows():
    model = ShiftedBetaGeometric.fit(survivors=HIGH_END)
    rows = pd.DataFrame({"duration": [0, 0, 2, 5], "churned": [0, 0, 0, 1]})
    table = model.customer_base(rows, 0.1, margin=50)
    pd.testing.assert_frame_equal(table, model.customer_base(base({0: 2, 2: 1}), 0.1, margin=50))
    assert table.index.to_list() == [0, 2, "all"]
    assert table["customers"].to_list() == [2, 1, 3]
    assert table.loc[2, "estimate"] == pytest.approx(50 * model.residual_lifetime(2, 0.1).item())
    assert table.loc["all", "residual_lifetime"] == pytest.approx(table.loc["all", "estimate"] / 3 / 50)
    assert (table["low"] < table["estimate"]).all()


@pytest.mark.parametrize(
    ("data", "margin", "said"),
    [
        (base({1: 5}), 0.0, "margin is 0"),
        (base({1: 5}).assign(churned=1), 1.0, "no customers"),
        (base({1: 5}).rename(columns={"duration": "age"}), 1.0, "no column duration"),
        (base({1: 5}).assign(duration=1.5), 1.0, "no whole number of periods"),
    ],
)
def test_a_base_that_cannot_be_valued_is_refused(data, margin, said):
    with pytest.raises(ValueError, match=said):
        known(1, 2).customer_base(data, 0.1, margin)


def test_retention_rates_have_the_interval_of_a_ratio():
    model = ShiftedBetaGeometric.fit(survivors=HIGH_END)
    rates = model.retention_rates(9)
    draws = np.random.default_rng(4).multivariate_normal(np.log(model.parameters), model.maximum.covariance, 4000)
    alpha, beta = np.exp(draws).T
    low, high = np.quantile((beta + 8) / (alpha + beta + 8), [0.025, 0.975])
    assert (rates.loc[9, "low"], rates.loc[9, "high"]) == pytest.approx((low, high), abs=0.002)


@settings(max_examples=40, deadline=None)
@given(alpha=st.floats(0.2, 20), beta=st.floats(0.2, 20), renewals=st.integers(0, 30), rate=st.floats(0.02, 0.5))
def test_the_residual_lifetime_is_the_sum_of_the_discounted_chances_to_renew(alpha, beta, renewals, rate):
    model, t = known(alpha, beta), np.arange(3000)
    there = model.survival(renewals + 1 + t).to_numpy() / model.survival(renewals).item()
    expected = (there * (1 + rate) ** -t.astype(float)).sum()
    assert model.residual_lifetime(renewals, rate).item() == pytest.approx(expected, rel=1e-8)


def test_without_discount_the_residual_lifetime_is_finite_only_with_a_light_tail():
    assert known(3, 6).residual_lifetime(0, 0.0).item() == pytest.approx(6 / 2)
    for alpha, rate in ((0.9, 0.0), (3, -0.1), (3, np.nan)):
        with pytest.raises(ValueError, match="not finite"):
            known(alpha, 6).residual_lifetime(0, rate)


def test_without_differences_between_customers_the_model_is_geometric():
    model = known(2e6, 8e6)
    np.testing.assert_allclose(model.survival(range(20)), 0.8 ** np.arange(20), rtol=1e-4)
    np.testing.assert_allclose(model.retention_rates(20)["estimate"], 0.8, rtol=1e-5)


@settings(max_examples=40, deadline=None)
@given(alpha=st.floats(0.05, 20), beta=st.floats(0.05, 20))
def test_survival_is_the_product_of_rising_retention_rates(alpha, beta):
    model = known(alpha, beta)
    rates = model.retention_rates(15)["estimate"]
    assert (rates.diff().dropna() > 0).all()
    np.testing.assert_allclose(model.survival(range(1, 16)), rates.cumprod(), rtol=1e-9)
    assert model.survival(0).item() == 1


@settings(max_examples=25, deadline=None)
@given(point=st.tuples(st.floats(-2, 2), st.floats(-2, 2)))
def test_the_gradient_is_that_of_the_likelihood(point):
    time, left, parameters = np.array([1.0, 5, 0, 9]), np.array([True, True, False, False]), np.exp(point)
    _, slope = ShiftedBetaGeometric._log_likelihood(parameters, time, left)
    for i, width in enumerate(1e-6 * parameters):
        shift = np.eye(2)[i] * width
        up, down = (ShiftedBetaGeometric._log_likelihood(parameters + sign * shift, time, left)[0] for sign in (1, -1))
        np.testing.assert_allclose(slope[i], (up - down) / (2 * width), rtol=1e-5, atol=1e-6)


def simulate(rng: np.random.Generator, size: int, alpha: float, beta: float) -> pd.DataFrame:
    """Cohorts of different age, so that each customer is cut off at its own time."""
    time = rng.geometric(rng.beta(alpha, beta, size))
    end = rng.integers(0, 9, size)
    return pd.DataFrame({"duration": np.minimum(time, end), "churned": time <= end})


def test_intervals_hold_the_truth_as_often_as_they_promise():
    """Eighty fits: each 95 % interval may miss in up to 10 of them (one in a thousand if it keeps its promise)."""
    rng, truth, missed = np.random.default_rng(7), (1.2, 4.0), np.zeros(3)
    later = known(*truth).survival(12).item()
    for _ in range(80):
        model = ShiftedBetaGeometric.fit(simulate(rng, 2500, *truth))
        rows, row = model.summary(), model.project(12).loc[12]
        missed[:2] += [
            not rows.loc[name, "low"] <= value <= rows.loc[name, "high"]
            for name, value in zip(model.NAMES, truth, strict=True)
        ]
        missed[2] += not row["low"] <= later <= row["high"]
        assert model.converged
    assert (missed <= 10).all(), missed
    assert missed.sum() > 0


def test_rows_counts_and_survivors_give_one_answer():
    counts = pd.DataFrame({"duration": [1, 2, 3, 3], "churned": [1, 1, 1, 0], "customers": [369, 163, 86, 382]})
    rows = counts.loc[counts.index.repeat(counts["customers"])].drop(columns="customers").sample(frac=1, random_state=3)
    models = [ShiftedBetaGeometric.fit(counts), ShiftedBetaGeometric.fit(rows)]
    models.append(ShiftedBetaGeometric.fit(survivors=REGULAR[:4]))
    for model in models[1:]:
        np.testing.assert_allclose(model.parameters, models[0].parameters, rtol=1e-9)
        pd.testing.assert_frame_equal(model.table, models[0].table)


def test_the_table_counts_who_was_at_risk():
    counts = pd.DataFrame({"duration": [1, 0, 2, 3, 3], "churned": [1, 0, 0, 1, 0], "customers": [30, 10, 20, 15, 25]})
    table = ShiftedBetaGeometric.fit(counts).table
    assert table["at_risk"].to_list() == [100, 90, 60, 40]
    assert table["churned"].to_list() == [0, 30, 0, 15]
    assert table["observed"].to_list() == pytest.approx([1, 2 / 3, 2 / 3, 2 / 3 * 25 / 40])
    assert (table["low"] <= table["fitted"]).all()
    assert (table["fitted"] <= table["high"]).all()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "either data or survivors"),
        ({"survivors": [100, 50]}, "at least 3 numbers"),
        ({"survivors": [100, 50, 60]}, "only shrink"),
        ({"survivors": [1.0, 0.8, 0.7]}, "numbers of customers"),
        ({"survivors": [100, 100, 100]}, "nobody left"),
        ({"survivors": [100, 80, 64]}, "constant retention rate of 0.800"),
        ({"data": pd.DataFrame({"duration": [1, 2]})}, "no column churned"),
        ({"data": pd.DataFrame({"duration": [1, 2.5], "churned": [1, 0]})}, "no whole number"),
        ({"data": pd.DataFrame({"duration": [1, 2], "churned": [1, 2]})}, r"neither 0 nor 1; say 1 .* \(1 customers\)"),
        ({"data": pd.DataFrame({"duration": [0, 2], "churned": [1, 0]})}, "the first period was paid"),
        ({"data": pd.DataFrame({"duration": [1, 1], "churned": [1, 0]})}, "need at least 2"),
        ({"data": pd.DataFrame({"duration": [1, None], "churned": [1, 0]})}, "duration: 1 values are empty"),
    ],
)
def test_data_that_cannot_tell_are_refused(options, said):
    with pytest.raises(ValueError, match=said):
        ShiftedBetaGeometric.fit(**options)


@pytest.mark.parametrize("ask", [lambda m: m.survival(1.5), lambda m: m.project(-1), lambda m: m.retention_rates(0)])
def test_questions_outside_whole_periods_are_refused(ask):
    with pytest.raises(ValueError, match=r"whole number|begin with period 1"):
        ask(known(1, 2))


def test_the_picture_asks_a_question_and_says_its_numbers():
    model = ShiftedBetaGeometric.fit(survivors=HIGH_END)
    ax = model.plot()
    assert ax.get_title() == "How many contracts survive?"
    for number in ("observed ends at 0.491", "fitted ends at 0.4889", "0.458 to 0.5199"):
        assert number in alternative_text(ax.figure)


def test_who_renewed_already_is_projected_from_there_on():
    """P(stays 5 more | stayed 7) = S(12) / S(7), and the interval is that of the ratio, not of its parts."""
    model = ShiftedBetaGeometric.fit(survivors=HIGH_END)
    ahead, ratio = model.project(5, renewals=7), model.survival(12).item() / model.survival(7).item()
    assert ahead.loc[5, "estimate"] == pytest.approx(ratio)
    assert ahead.loc[0].to_list() == [1.0, 1.0, 1.0]
    draws = np.random.default_rng(3).multivariate_normal(np.log(model.parameters), model.maximum.covariance, 4000)
    ratios = [survival_by_product(*np.exp(draw), 12) / survival_by_product(*np.exp(draw), 7) for draw in draws]
    low, high = np.quantile(ratios, [0.025, 0.975])
    assert (ahead.loc[5, "low"], ahead.loc[5, "high"]) == pytest.approx((low, high), abs=0.004)


def survival_by_product(alpha, beta, periods):
    return np.prod([(beta + t) / (alpha + beta + t) for t in range(periods)])
