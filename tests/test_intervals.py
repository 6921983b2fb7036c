"""Intervals of what is computed from models: against draws of the parameters, and on each scale."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crmlab.buyers import BetaGeoBetaBinomial, GammaGamma
from crmlab.churn import ChurnCurve
from crmlab.growth import ResponseCurve
from crmlab.intervals import interval_of, moved_to
from crmlab.lifetime_value import customer_value, survival_clv
from crmlab.renewals import ShiftedBetaGeometric
from scripts.calibrate.buyers import SIZE, TRUTHS, simulate, spenders

HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]


@pytest.fixture(scope="module")
def sbg() -> ShiftedBetaGeometric:
    return ShiftedBetaGeometric.fit(survivors=HIGH_END)


def draws(model, size=2000):
    rng = np.random.default_rng(2)
    return [moved_to(model, p) for p in rng.multivariate_normal(model.maximum.point, model.maximum.covariance, size)]


def test_the_interval_is_that_of_drawn_parameters(sbg):
    def value(model):
        return survival_clv(model.survival(range(60)), 100, 0.1)

    row = interval_of(value, sbg).iloc[0]
    low, high = np.quantile([value(model) for model in draws(sbg)], [0.025, 0.975])
    assert row["estimate"] == value(sbg)
    assert (row["low"], row["high"]) == pytest.approx((low, high), rel=0.01)


def test_errors_of_two_models_add_up_as_variances(sbg):
    small = ShiftedBetaGeometric.fit(survivors=[n // 10 for n in HIGH_END])

    def length(model):
        return np.log(model.residual_lifetime(0, 0.1).item())

    def width(*models):
        row = interval_of(lambda *m: sum(map(length, m)), *models, scale="any").iloc[0]
        return row["high"] - row["low"]

    assert width(sbg, small) == pytest.approx(np.hypot(width(sbg), width(small)))
    assert width(small) > 2 * width(sbg)


def test_a_moved_model_is_the_model_at_those_parameters(sbg):
    moved = moved_to(sbg, np.log([2.0, 5.0]))
    assert (moved.alpha, moved.beta) == pytest.approx((2, 5))
    assert (sbg.alpha, sbg.beta) != (moved.alpha, moved.beta)
    curve = ResponseCurve.fit(pd.DataFrame({"spend": [1, 4, 9], "successes": [40, 95, 110], "customers": 500}))
    other = moved_to(curve, curve.maximum.point + np.array([0.0, 0.5]))
    assert other.k == pytest.approx(curve.k * np.exp(0.5))
    assert other.ceiling == pytest.approx(curve.ceiling)


def test_a_drawn_curve_leaves_nothing_to_doubt():
    curve = ResponseCurve.through(0.4, 20, 0.2)
    row = interval_of(lambda c: c.marginal_cost(20), curve).iloc[0]
    assert row["low"] == row["estimate"] == row["high"]


def test_scales_keep_shares_and_positive_numbers_in_their_place(sbg):
    share = interval_of(lambda m: m.survival(200), sbg, scale="share").iloc[0]
    assert 0 < share["low"] < share["estimate"] < share["high"] < 1
    wide = interval_of(lambda m: m.alpha**40, sbg).iloc[0]
    assert 0 < wide["low"] < wide["estimate"] < wide["high"]
    plain = interval_of(lambda m: m.alpha - 5, sbg, scale="any").iloc[0]
    assert plain["high"] - plain["estimate"] == pytest.approx(1.959964 * sbg.standard_errors["alpha"], rel=1e-6)


def test_the_value_of_all_buyers_is_surer_than_that_of_one():
    rng = np.random.default_rng(3)
    buying = BetaGeoBetaBinomial.fit(simulate(BetaGeoBetaBinomial, TRUTHS[BetaGeoBetaBinomial], rng, SIZE, 1))
    spend = GammaGamma.fit(spenders(rng, 1000))
    data = pd.DataFrame(
        {"frequency": [0, 2, 6], "recency": [0, 3, 6], "opportunities": 6, "monetary_value": [0.0, 30.0, 30.0]}
    )

    def value(b, s):
        return customer_value(b, s, data, None, 0.1, 0.3)["value"]

    each = interval_of(value, buying, spend)
    total = interval_of(lambda b, s: value(b, s).sum(), buying, spend).iloc[0]
    assert total["estimate"] == pytest.approx(each["estimate"].sum())
    assert total["high"] - total["low"] < (each["high"] - each["low"]).sum()
    assert (each["low"] < each["estimate"]).all()


@pytest.mark.parametrize(
    ("quantity", "scale", "said"),
    [
        (lambda m: -m.alpha, "positive", "give scale='any'"),
        (lambda m: 3 * m.beta, "share", "no share"),
        (lambda m: m.alpha, "log", "choose one of"),
        (lambda m: m.alpha * np.inf, "any", "not finite"),
    ],
)
def test_numbers_without_an_interval_are_refused(sbg, quantity, scale, said):
    with pytest.raises(ValueError, match=said):
        interval_of(quantity, sbg, scale=scale)


def test_a_model_without_a_covariance_is_refused():
    curve = ChurnCurve.from_counts(pd.DataFrame({"duration": [1, 2, 3], "churned": [1, 0, 1]}))
    with pytest.raises(ValueError, match="ChurnCurve keeps no covariance"):
        interval_of(lambda c: c(12), curve)
