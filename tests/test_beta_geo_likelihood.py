"""The likelihood of the BG/NBD and the MBG/NBD: the papers' formulas, and its derivatives against differences."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import beta, gamma

from crmlab.buyers.beta_geo_likelihood import Terms

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
    terms = Terms.of(np.array([r, alpha, a, b]), x, recency, span, first)
    np.testing.assert_allclose(np.exp(terms.height), expected, rtol=1e-10)


@settings(max_examples=30, deadline=None)
@given(parameters=POINTS, first=st.sampled_from([0, 1]))
def test_the_hessian_is_the_differences_of_the_gradient(parameters, first):
    hessian = Terms.of(parameters, X, RECENCY, T, first).hessian(parameters, WEIGHTS)
    for i, width in enumerate(1e-5 * parameters):
        shift = np.eye(4)[i] * width
        up, down = (Terms.of(parameters + sign * shift, X, RECENCY, T, first).slope @ WEIGHTS for sign in (1, -1))
        np.testing.assert_allclose(hessian[i], (up - down) / (2 * width), rtol=1e-4, atol=1e-3)
