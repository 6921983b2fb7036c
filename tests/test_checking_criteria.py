"""Rules: thresholds and verdicts."""

from __future__ import annotations

import pytest

from crmlab.checking.criteria import FIFTH, TENTH, Criterion, events, experiment, per_covariate


@pytest.mark.parametrize(
    ("number", "verdict"), [(10, "enough"), (9.9, "thin"), (5, "thin"), (4.9, "too little"), (0, "too little")]
)
def test_the_thresholds_belong_to_the_better_side(number: float, verdict: str) -> None:
    assert Criterion("m", "w", (), number, 10, 5, "").verdict == verdict


@pytest.mark.parametrize(("events_", "width"), [(TENTH, 0.1), (FIFTH, 0.2)])
def test_a_count_knows_its_rate_to_the_width_that_is_said(events_: int, width: float) -> None:
    assert 1.96 / events_**0.5 == pytest.approx(width, rel=0.01)
    assert events("m", "w", (), events_ - 1).verdict != events("m", "w", (), events_).verdict


def test_events_are_shared_among_the_effects() -> None:
    assert per_covariate("m", "w", (), 100, 10).verdict == "enough"
    assert per_covariate("m", "w", (), 100, 11).verdict == "thin"
    assert per_covariate("m", "w", (), 3, 1).what == "w for each of 1 effect"


def test_an_experiment_needs_what_lehr_says() -> None:
    share = 0.2
    difference, variance = share / 5, share * (1 - share)
    assert experiment("x", (), 1, share).enough == round(16 * variance / difference**2)
    assert experiment("x", (), 1, 0.0).enough < 1e6
    assert experiment("x", (), 1, 1.0).thin >= 0
