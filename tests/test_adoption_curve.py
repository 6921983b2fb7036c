"""Bass's curve: the published numbers, the differential equation, and counting adopters by period."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab.adoption.curve import adopter_counts, bass_density, bass_peak, bass_share, bass_slopes, count_adopters


def test_the_published_peak():
    time, share, rate = bass_peak(0.03, 0.38)
    assert time == pytest.approx(6.193, abs=5e-4)
    assert share == pytest.approx(0.4605, abs=5e-5)
    assert rate == pytest.approx(0.1106, abs=5e-5)
    assert share == pytest.approx((1 - 0.03 / 0.38) / 2)
    assert rate == pytest.approx((0.03 + 0.38) ** 2 / (4 * 0.38))


@settings(max_examples=40, deadline=None)
@given(p=st.floats(0.001, 0.5), q=st.floats(0.001, 2), t=st.floats(0.05, 40))
def test_the_curve_solves_the_equation_of_bass(p, q, t):
    slope = (bass_share(t + 1e-5, p, q) - bass_share(t - 1e-5, p, q)) / 2e-5
    share = bass_share(t, p, q)
    assert slope == pytest.approx((p + q * share) * (1 - share), abs=1e-8)
    assert bass_density(t, p, q) == pytest.approx((p + q * share) * (1 - share), abs=1e-12)
    assert bass_share(0.0, p, q) == 0


@settings(max_examples=25, deadline=None)
@given(p=st.floats(0.005, 0.3), q=st.floats(0.05, 1.5), t=st.floats(0.1, 20))
def test_the_slopes_are_those_of_the_curve(p, q, t):
    still, slopes = bass_slopes(np.array([t]), p, q)
    assert still[0] == pytest.approx(1 - bass_share(t, p, q))
    for i, (up, down) in enumerate([((1e-5, 0), (-1e-5, 0)), ((0, 1e-5), (0, -1e-5))]):
        ends = [bass_slopes(np.array([t]), p * np.exp(a), q * np.exp(b))[0][0] for a, b in (up, down)]
        assert slopes[i, 0] == pytest.approx((ends[0] - ends[1]) / 2e-5, abs=1e-7)


def test_without_imitation_adoption_is_exponential():
    np.testing.assert_allclose(bass_share(np.arange(9.0), 0.2, 1e-9), 1 - np.exp(-0.2 * np.arange(9.0)), atol=1e-8)
    assert bass_peak(0.2, 0.1)[0] == 0


def test_adopters_are_counted_by_period():
    days = pd.to_datetime(pd.Series(["2024-01-01", "2024-01-07", "2024-01-08", "2024-01-17", "2024-02-01", None]))
    counts, population = count_adopters(days, "2024-01-01", "2024-01-17", unit="W")
    assert population == 6
    assert counts["customers"].to_list() == [2, 1, 1]  # what came after the last day is not known yet
    assert counts["end"].to_list() == pytest.approx([1, 2, 17 / 7])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"unit": "Y"}, "unit is 'Y'"),
        ({"observation_end": "2023-01-01"}, "before launched_on"),
        ({"launched_on": "2024-02-01"}, "1 lie before the launch"),
        ({"first_used_on": []}, "holds nobody"),
    ],
)
def test_days_that_cannot_be_counted_are_refused(options, said):
    days = pd.to_datetime(pd.Series(["2024-01-05", "2024-03-01"]))
    with pytest.raises(ValueError, match=said):
        count_adopters(
            **({"first_used_on": days, "launched_on": "2024-01-01", "observation_end": "2024-12-31"} | options)
        )


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"period": [1, 2], "customers": [3, 4]}, "2 intervals hold adopters"),
        ({"period": [0, 1, 2], "customers": [3, 4, 5]}, "1 intervals begin before 0"),
        ({"start": [0, 1, 2], "end": [1, 2.5, 3]}, "overlap"),
        ({"start": [0, 1, 2], "end": [1, 1, 3]}, "do not last"),
        ({"customers": [1, 2, 3]}, "no column start, end"),
        ({"period": [1, 2, None]}, "empty"),
        ({"period": [1, 2, 3], "customers": [1, -2, 3]}, "negative"),
        ({"period": [], "customers": []}, "no customers"),
    ],
)
def test_intervals_that_cannot_be_are_refused(data, said):
    with pytest.raises(ValueError, match=said):
        adopter_counts(pd.DataFrame(data))


def test_empty_intervals_count_as_watched():
    counts, until = adopter_counts(pd.DataFrame({"period": [1, 2, 3, 4], "customers": [1, 2, 3, 0]}))
    assert (len(counts), until) == (3, 4.0)
