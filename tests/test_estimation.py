"""Climbing a likelihood: where the top is known, where there is none, and the errors that follow."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab.estimation import (
    NotIdentifiedError,
    count_interval,
    covariance_frame,
    errors_of,
    jacobian,
    jeffreys,
    maximize,
    on_log_scale,
    refuse_few_draws,
    share_interval,
    wilson,
)

SHARP = np.array([[4.0, 1.0], [1.0, 2.0]])


def hill(point: np.ndarray) -> tuple[float, np.ndarray]:
    """A quadratic top at (1, -2) whose information matrix is SHARP."""
    away = point - [1.0, -2.0]
    return -0.5 * float(away @ SHARP @ away), -SHARP @ away


def test_the_top_and_its_covariance():
    top = maximize(hill, [0.0, 0.0], ["a", "b"])
    np.testing.assert_allclose(top.point, [1, -2], atol=1e-9)
    np.testing.assert_allclose(top.covariance, np.linalg.inv(SHARP), rtol=1e-6)
    assert (top.log_likelihood, top.converged) == (pytest.approx(0, abs=1e-12), True)


def test_a_hessian_that_is_known_is_used_and_leads_to_the_same_top():
    asked = []

    def known(point: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        asked.append(point)
        return *hill(point), -SHARP

    top = maximize(known, [0.0, 0.0], ["a", "b"])
    np.testing.assert_allclose(top.point, [1, -2], atol=1e-12)
    np.testing.assert_allclose(top.covariance, np.linalg.inv(SHARP), rtol=1e-12)
    assert len(asked) <= 4


def test_logarithms_carry_gradient_and_hessian_along():
    def cubes(v: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        return float((v**3).sum() + v[0] * v[1]), 3 * v**2 + v[::-1], np.diag(6 * v) + np.eye(2)[::-1]

    of_logs, point = on_log_scale(cubes), np.array([0.3, -0.4])
    _, slope, hessian = of_logs(point)
    for i, shift in enumerate(1e-6 * np.eye(2)):
        up, down = of_logs(point + shift), of_logs(point - shift)
        assert slope[i] == pytest.approx((up[0] - down[0]) / 2e-6, rel=1e-6)
        np.testing.assert_allclose(hessian[i], (up[1] - down[1]) / 2e-6, rtol=1e-6)


def test_a_slope_without_end_is_a_runaway():
    furthest = []

    def slope(point: np.ndarray) -> tuple[float, np.ndarray]:
        furthest.append(point[1])
        return point[1] - point[0] ** 2, np.array([-2 * point[0], 1.0])

    with pytest.raises(NotIdentifiedError, match="do not determine b") as caught:
        maximize(slope, [0.0, 0.0], ["a", "b"])
    assert caught.value.parameter == "b"
    assert max(furthest) < 20


def test_a_ridge_is_not_a_top():
    with pytest.raises(NotIdentifiedError):
        maximize(lambda p: (-((p[0] + p[1]) ** 2), -2 * (p[0] + p[1]) * np.ones(2)), [1.0, 1.0], ["a", "b"])


def test_a_saddle_is_not_a_top():
    with pytest.raises(NotIdentifiedError):
        maximize(lambda p: (p[1] ** 2 - p[0] ** 2, np.array([-2 * p[0], 2 * p[1]])), [0.5, 0.0], ["a", "b"])


def test_a_parameter_without_useful_bounds_is_refused():
    with pytest.raises(NotIdentifiedError, match="do not determine a"):
        maximize(lambda p: (-0.005 * p[0] ** 2, -0.01 * p), [1.0], ["a"])


def test_a_climb_that_ends_below_the_top_says_so():
    """A gradient that never vanishes stands for a likelihood that cannot be followed to its top."""
    with pytest.warns(UserWarning, match="not at its top"):
        top = maximize(lambda p: (-0.5 * float(p @ p), -p + 0.5 * np.sign(p)), [0.3], ["a"])
    assert not top.converged


def test_errors_follow_the_delta_method():
    point, covariance = np.array([0.5, 2.0]), np.array([[0.04, 0.01], [0.01, 0.09]])
    slope = np.array([2.0, 0.5])  # of x·y
    assert errors_of(lambda p: p[0] * p[1], point, covariance) == pytest.approx(np.sqrt(slope @ covariance @ slope))
    np.testing.assert_allclose(jacobian(lambda p: [p[0] ** 2, p[0] * p[1]], point), [[1, 0], [2, 0.5]], atol=1e-7)


def test_the_published_interval_of_wilson():
    """5 of 40: .0546 to .2611."""
    assert wilson(5, 40) == pytest.approx((0.0546, 0.2611), abs=5e-5)


def test_the_published_interval_of_jeffreys():
    """5 of 40: .0493 to .2525; at the ends as Brown, Cai and DasGupta (2001) set them."""
    assert jeffreys(5, 40) == pytest.approx((0.0493, 0.2525), abs=5e-5)
    assert (jeffreys(0, 40)[0], jeffreys(40, 40)[1]) == (0, 1)


@settings(deadline=None)
@given(st.integers(0, 300), st.integers(1, 300), st.sampled_from([wilson, jeffreys]))
def test_intervals_of_counts_stay_inside_and_hold_the_share(successes, failures, interval):
    n = successes + failures
    low, high = interval(successes, n)
    assert 0 <= low <= successes / n + 1e-12
    assert successes / n - 1e-12 <= high <= 1


@settings(deadline=None)
@given(st.floats(0, 1), st.floats(0, 0.5))
def test_intervals_of_shares_stay_inside(share, error):
    low, high = share_interval(share, error)
    assert 0 <= low <= share + 1e-9
    assert share - 1e-9 <= high <= 1
    if error == 0:
        assert low == high == share


def test_a_range_of_counts_never_starts_below_zero():
    low, high = count_interval([1.0, 100.0], [1.0, 25.0])
    assert low.tolist() == pytest.approx([0, 90.2], abs=1e-3)
    assert high.tolist() == pytest.approx([2.96, 109.8], abs=1e-3)


def test_too_few_draws_are_refused():
    refuse_few_draws(2)
    for draws in (1, 0, -5):
        with pytest.raises(ValueError, match=f"draws is {draws}; an interval needs at least 2"):
            refuse_few_draws(draws)


def test_a_covariance_is_read_by_name():
    assert covariance_frame(SHARP, ["a", "b"]).loc["a", "b"] == 1
