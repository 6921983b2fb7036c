"""Loyalty as customers say it: the Net Promoter Score, with the error that a sample carries.

Reichheld (2003, Harvard Business Review 81(12)) counts scores of 9 and 10 as promoters, of 0 to 6 as detractors, and
reports the difference of their shares times 100. That difference varies more from sample to sample than either share.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from crmlab.estimation import Z95


def nps(scores: Any, customers: Any = None) -> pd.Series:
    """Return the Net Promoter Score with its standard error and 95 % interval, in points.

    The standard error is that of a difference of two shares of one sample, √((p + d − (p − d)²) / n). The interval adds
    three answers to the sample (three quarters of a promoter, of a detractor, and one and a half passives), one of the
    adjusted Wald intervals that Rocks (2016, The American Statistician 70(4), 365–372) studies, and keeps to −100…100:
    it has a width even where all answers agree, and always holds the score itself.

    Parameters
    ----------
    scores
        Whole numbers from 0 to 10; empty where a customer did not answer.
    customers
        How many gave each score, where `scores` are distinct ones.

    Returns
    -------
    Series
        `score`, `standard_error`, `low`, `high`, `promoters` and `detractors` (shares), `n` (answers), `unanswered`.

    Raises
    ------
    ValueError
        If nobody answered, or a score is no whole number from 0 to 10.

    Examples
    --------
    >>> got = nps([10, 7, 3], customers=[162, 108, 54])
    >>> got[["score", "standard_error", "n"]].round(2).to_list()
    [33.33, 4.14, 324.0]
    """
    answers, counts, unanswered = _answers(scores, customers)
    n = float(counts.sum())
    promoters, detractors = float(counts[answers >= 9].sum()) / n, float(counts[answers <= 6].sum()) / n
    low, high = _interval(promoters, detractors, n)
    return pd.Series(
        {
            "score": 100 * (promoters - detractors),
            "standard_error": 100 * _error(promoters, detractors, n),
            "low": 100 * low,
            "high": 100 * high,
            "promoters": promoters,
            "detractors": detractors,
            "n": n,
            "unanswered": unanswered,
        }
    )


def nps_answers_needed(promoters: float, detractors: float, half_width: float) -> int:
    """Return how many answers make the 95 % interval of the score reach `half_width` points to either side.

    Parameters
    ----------
    promoters, detractors
        The shares that are expected.
    half_width
        In points, such as 5.

    Raises
    ------
    ValueError
        If the shares are impossible or the width is not above 0.

    Examples
    --------
    >>> nps_answers_needed(1 / 2, 1 / 6, half_width=5)
    854
    """
    if min(promoters, detractors) < 0 or promoters + detractors > 1 or not half_width > 0:
        raise ValueError("promoters and detractors are shares that add up to at most 1, and half_width is above 0")
    return math.ceil((100 * Z95 * _error(promoters, detractors, 1.0) / half_width) ** 2)


def _answers(scores: Any, customers: Any) -> tuple[np.ndarray, np.ndarray, float]:
    """Return the scores that were given, how often each, and how many gave none."""
    values = pd.Series(scores).astype("Float64").to_numpy(float, na_value=np.nan)
    weights = np.ones(len(values)) if customers is None else np.asarray(customers, float)
    if len(weights) != len(values) or not (weights >= 0).all():
        raise ValueError("customers must hold one count from 0 up for each score")
    answered = ~np.isnan(values)
    answers, counts = values[answered], weights[answered]
    if not counts.sum() > 0:
        raise ValueError("nobody answered: there is no score")
    if ((answers < 0) | (answers > 10) | (answers != np.floor(answers))).any():
        raise ValueError("scores are whole numbers from 0 to 10")
    return answers, counts, float(weights[~answered].sum())


def _error(promoters: float, detractors: float, n: float) -> float:
    return math.sqrt(max(promoters + detractors - (promoters - detractors) ** 2, 0.0) / n)


def _interval(promoters: float, detractors: float, n: float) -> tuple[float, float]:
    up, down = (promoters * n + 0.75) / (n + 3), (detractors * n + 0.75) / (n + 3)
    half, score = Z95 * _error(up, down, n + 3), promoters - detractors
    return max(min(up - down - half, score), -1.0), min(max(up - down + half, score), 1.0)
