"""What agreement is worth: the weights of Fellegi and Sunter.

Two records agree on the telephone number. How much does that say? Among pairs of records of one person a share m of
pairs agrees so, among pairs of two people a share u. Whoever agrees is m / u times as likely to be one person as
before; the logarithm to base 2 is the weight of the agreement, in bits, and each bit doubles the odds. If the fields
err independently of each other, given whether the records are of one person, their weights add up. A missing value
says nothing and weighs nothing.

The prior is the share of all pairs that are one person. It is tiny, since n records make n (n - 1) / 2 pairs but only
some n matches, so that it takes many bits to believe a match.

Source: Fellegi and Sunter 1969, Journal of the American Statistical Association 64(328), 1183–1210.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from crmlab.estimation import Vector

_STEPS = 1000


def match_weight(m: Sequence[float], u: Sequence[float]) -> float:
    """Return the weight in bits of what was seen in the fields of one pair: the sum of log2(m / u).

    Parameters
    ----------
    m
        For each field the share of pairs of one person in which it is seen so.
    u
        The same for pairs of two people.

    Raises
    ------
    ValueError
        If there are not as many m as u, or one is no share above 0.

    Examples
    --------
    >>> round(match_weight([0.9, 0.95, 1 - 0.8], [0.01, 0.001, 1 - 0.1]), 2)
    14.21
    """
    ours, theirs = np.asarray(m, float), np.asarray(u, float)
    if ours.shape != theirs.shape or ours.ndim != 1:
        raise ValueError(f"give one m and one u a field; there are {ours.size} m and {theirs.size} u")
    for name, values in (("m", ours), ("u", theirs)):
        bad = np.flatnonzero(~((values > 0) & (values <= 1)))
        if len(bad):
            raise ValueError(f"{name} is {values[bad[0]]} in field {bad[0]}; it must lie above 0 and at most at 1")
    return float(np.log2(ours / theirs).sum())


def match_probability(weight: float | Vector, prior: float) -> Vector:
    """Return the probability that pairs are one person: prior odds times 2 to the weight, as a share.

    Parameters
    ----------
    weight
        Bits, one or many.
    prior
        Share of all pairs that are one person.

    Raises
    ------
    ValueError
        If the prior does not lie between 0 and 1.

    Examples
    --------
    >>> match_probability(14.21, prior=0.001).round(3).item()
    0.95
    """
    if not 0 < prior < 1:
        raise ValueError(f"prior is {prior}; it must lie between 0 and 1")
    bits = np.asarray(weight, float) + np.log2(prior / (1 - prior))
    return 1 / (1 + np.exp2(-np.clip(bits, -1000, 1000)))


def estimate_prior(weight: Vector, pairs: float) -> tuple[float, bool]:
    """Return the share of all pairs that are one person, most likely given the weights, and whether it came to rest.

    Each step replaces the share by the mean probability of all pairs (the EM step for a mixture whose two parts are
    known). Pairs that no blocking rule brought up count as two people.

    Parameters
    ----------
    weight
        Bits of the pairs that were compared.
    pairs
        How many pairs there are in all.

    Examples
    --------
    >>> prior, at_rest = estimate_prior(np.array([30.0] * 5 + [-10.0] * 20), pairs=1000)
    >>> round(prior, 4), at_rest
    (0.005, True)
    """
    prior = len(weight) / (2 * pairs)
    for _ in range(_STEPS):
        last, prior = prior, float(match_probability(weight, prior).sum() / pairs)
        if not 0 < prior < 1:
            return prior, False
        if abs(prior - last) <= 1e-10 * last:
            return prior, True
    return prior, False
