"""Averages over what customers differ in, by Gauss quadrature.

The expectations of the models of buying are averages over a hidden quantity: the probability to leave, or the moment of
leaving. The papers write them with hypergeometric functions, which break down at whole parameters, overflow for loyal
customers and lose all digits where two of them are subtracted. A weighted sum over a few well-chosen values of the
hidden quantity does none of this.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

Vector = np.ndarray


def beta_size(reach: float) -> int:
    """Return how many nodes give ten digits where the integrand on [0, 1] is singular at −1/reach.

    Gauss quadrature gains a factor ρ² a node, where ρ is the sum of the half-axes of the ellipse around [0, 1] through
    the singular point.

    Examples
    --------
    >>> beta_size(1.0), beta_size(50.0), beta_size(1e9)
    (16, 48, 400)
    """
    centre = 1 + 2 / max(reach, 1e-6)
    gain = np.log(centre + np.sqrt(centre**2 - 1))
    return int(np.clip(16 * np.ceil(13 / gain / 16), 16, 400))


@lru_cache(maxsize=2048)
def beta_nodes(a: float, b: float, size: int) -> tuple[Vector, Vector]:
    """Return nodes and weights for averages over a beta(a, b) variable (Golub and Welsch 1969).

    Examples
    --------
    >>> nodes, weights = beta_nodes(2.0, 3.0, 16)
    >>> round(float(weights @ nodes), 12), round(float(weights @ nodes**2), 12)
    (0.4, 0.2)
    """
    from scipy.linalg import eigh_tridiagonal

    k, s = np.arange(1, size), a + b - 2
    middle = np.append((a - b) / (a + b), (a - b) * s / ((2 * k + s) * (2 * k + s + 2)))
    k = k[1:]
    side = 4 * k * (k + a - 1) * (k + b - 1) * (k + s) / ((2 * k + s) ** 2 * (2 * k + s + 1) * (2 * k + s - 1))
    first = 4 * a * b / ((a + b) ** 2 * (a + b + 1))
    nodes, vectors = eigh_tridiagonal(middle, np.sqrt(np.append(first, side)))
    return np.clip((1 + nodes) / 2, 1e-12, 1.0), vectors[0] ** 2


@lru_cache(maxsize=16)
def line_nodes(size: int) -> tuple[Vector, Vector]:
    """Return nodes and weights for integrals over [0, 1] (Gauss and Legendre).

    Examples
    --------
    >>> nodes, weights = line_nodes(8)
    >>> round(float(weights @ nodes**5), 12)
    0.166666666667
    """
    nodes, weights = np.polynomial.legendre.leggauss(size)
    return (1 + nodes) / 2, weights / 2
