"""The likelihood of the BG/NBD and the MBG/NBD: the papers' formulas, and its derivatives against differences."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import beta, gamma

from crmlab.buyers.beta_geo_likelihood import Histories

X, RECENCY, T = np.array([0.0, 1, 7, 40]), np.array([0.0, 3, 30, 39]), np.array([30.0, 40, 31, 39])
WEIGHTS = np.array([40.0, 9, 5, 2])
POINTS = st.tuples(*[st.floats(-2, 2)] * 4).map(np.exp)


@pytest.mark.parametrize("first", [0, 1])
def test_the_height_is_the_papers(first):
    """BG/NBD: Fader, Hardie and Lee (2005a), equation 6. MBG/NBD: Batislam and others (2007), equation 5."""
    r, alpha, a, b = 0.8, 6.0, 0.9, 2.5
    x, recency, span = X[:3], RECENCY[:3], T[:3]
    chances = x + first
    stayed = beta(a, b + chances) / beta(a, b) / (alpha + span) ** (r + x)
    left = beta(a + 1, b + np.maximum(chances, 1) - 1) / beta(a, b) / (alpha + recency) ** (r + x) * (chances > 0)
    expected = gamma(r + x) * alpha**r / gamma(r) * (stayed + left)
    for weights, one in zip(np.eye(3), expected, strict=True):
        height, _, _ = Histories(x, recency, span, weights, first).likelihood(np.array([r, alpha, a, b]))
        np.testing.assert_allclose(np.exp(height), one, rtol=1e-10)


@settings(max_examples=30, deadline=None)
@given(parameters=POINTS, first=st.sampled_from([0, 1]))
def test_the_derivatives_are_differences(parameters, first):
    likelihood = Histories(X, RECENCY, T, WEIGHTS, first).likelihood
    _, slope, hessian = likelihood(parameters)
    for i, width in enumerate(1e-5 * parameters):
        shift = np.eye(4)[i] * width
        up, down = (likelihood(parameters + sign * shift) for sign in (1, -1))
        np.testing.assert_allclose(slope[i], (up[0] - down[0]) / (2 * width), rtol=1e-4, atol=1e-3)
        np.testing.assert_allclose(hessian[i], (up[1] - down[1]) / (2 * width), rtol=1e-4, atol=1e-3)
