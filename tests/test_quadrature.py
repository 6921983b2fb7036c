"""Gauss quadrature: exact for polynomials, close where the integrand is nearly singular."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import betaln

from crmlab.buyers.quadrature import beta_nodes, beta_size, line_nodes


@pytest.mark.parametrize(("a", "b"), [(0.05, 0.3), (1.0, 1.0), (0.8, 1.2), (3.0, 40.0), (900.0, 2.0)])
def test_the_moments_of_a_beta_distribution_are_exact(a, b):
    nodes, weights = beta_nodes(a, b, 16)
    for power in range(12):
        moment = np.exp(betaln(a + power, b) - betaln(a, b))
        assert weights @ nodes**power == pytest.approx(moment, rel=1e-9)


@pytest.mark.parametrize("reach", [0.01, 1.0, 100.0, 3000.0])
def test_enough_nodes_are_taken_for_a_nearby_singularity(reach):
    nodes, weights = beta_nodes(1.0, 1.0, beta_size(reach))
    assert weights @ (1 / (1 + reach * nodes)) == pytest.approx(np.log1p(reach) / reach, rel=1e-9)


def test_integrals_over_a_line():
    nodes, weights = line_nodes(32)
    assert weights @ np.exp(-45 * nodes) == pytest.approx(1 / 45, rel=1e-12)
