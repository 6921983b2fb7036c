"""Loyalty as customers say it: NPS, CSAT and CES, each with the error that a sample carries.

Reichheld (2003, Harvard Business Review 81(12)) counts scores of 9 and 10 as promoters, of 0 to 6 as detractors, and
reports the difference of their shares times 100: the Net Promoter Score. That difference varies more from sample to
sample than either share. CSAT is the share of the satisfied, the top of a scale of five. CES is the mean of "was it
easy to get help?" on a scale of seven: the later form of a question of Dixon, Freeman and Toman (2010, Harvard Business
Review 88(7/8)), who asked for the effort, on a scale of five.

All three take scores one by one or as counts, and return one score or one for each group. Two things bend them. Who is
discontent often keeps silent: then each answer is weighted by one over the probability to answer, which `NonResponse`
estimates. And who is asked four times is one customer, not four: then `clusters` names the customer of each answer.
`ProfitExperience` sets what customers say beside what they bring.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from crmlab.estimation import Z95
from crmlab.loyalty.nonresponse import NonResponse
from crmlab.loyalty.profit_experience import ProfitExperience
from crmlab.sampling import SampleMean, sample_mean

__all__ = ["NonResponse", "ProfitExperience", "ces", "csat", "nps", "nps_answers_needed"]


def nps(
    scores: Any, customers: Any = None, *, weights: Any = None, by: Any = None, clusters: Any = None
) -> pd.Series | pd.DataFrame:
    """Return the Net Promoter Score with its standard error and 95 % interval, in points.

    The standard error is that of a difference of two shares of one sample, √((p + d − (p − d)²) / n); with weights or
    clusters it is the robust one. The interval adds three answers to the sample (three quarters of a promoter, of a
    detractor, and one and a half passives), one of the adjusted Wald intervals that Rocks (2016, The American
    Statistician 70(4), 365–372) studies, and keeps to −100…100: it has a width even where all answers agree, and always
    holds the score itself. With weights or clusters it is reckoned at the effective size of the sample.

    Parameters
    ----------
    scores
        Whole numbers from 0 to 10; empty where a customer did not answer.
    customers
        How many gave each score, where `scores` are distinct ones.
    weights
        One over the probability to answer, for each score; empty where there is none.
    by
        A column of groups, or a frame of several, one row for each score.
    clusters
        The customer who gave each score, where customers were asked more than once.

    Returns
    -------
    Series or DataFrame
        `score`, `standard_error`, `low`, `high`, `promoters` and `detractors` (shares), `n` (answers), `effective_n`
        (equal, independent answers that would know as much) and `unanswered`; with `by` one row a group.

    Raises
    ------
    ValueError
        If nobody answered, a score is no whole number from 0 to 10, or a weight is not above 0.

    Examples
    --------
    >>> got = nps([10, 7, 3], customers=[162, 108, 54])
    >>> got[["score", "standard_error", "n"]].round(2).to_list()
    [33.33, 4.14, 324.0]
    >>> nps([10, 7, 3, 10], by=pd.Series(["a", "a", "b", "b"], name="plan"))["score"].to_dict()
    {'a': 50.0, 'b': 0.0}
    """
    return _by_group(_net_promoters, _table(scores, customers, weights, by, clusters), (0, 10))


def _net_promoters(answers: pd.DataFrame) -> dict[str, float]:
    values = answers["score"].to_numpy(float)
    up, down = (_mean(answers, votes).estimate for votes in (values >= 9, values <= 6))
    mean = _mean(answers, 1.0 * (values >= 9) - 1.0 * (values <= 6))
    low, high = _interval(up, down, mean.effective_n)
    limits = {"score": 100 * mean.estimate, "standard_error": 100 * mean.standard_error}
    return limits | {"low": 100 * low, "high": 100 * high, "promoters": up, "detractors": down} | _sizes(mean)


def csat(
    scores: Any, customers: Any = None, *, top: int = 4, weights: Any = None, by: Any = None, clusters: Any = None
) -> pd.Series | pd.DataFrame:
    """Return the share of the satisfied with its 95 % Wilson interval (Wilson 1927).

    Parameters
    ----------
    scores
        Whole numbers from 1 to 5; empty where a customer did not answer.
    customers, weights, by, clusters
        As in `nps`.
    top
        The lowest score that counts as satisfied: 4 for the two top boxes, 5 for the top box alone.

    Returns
    -------
    Series or DataFrame
        `score` (a share), `standard_error`, `low`, `high`, `n`, `effective_n` and `unanswered`; with `by` one row a
        group.

    Raises
    ------
    ValueError
        As `nps`, on a scale from 1 to 5; or if `top` does not lie on it.

    Examples
    --------
    >>> csat([5, 2], customers=[5, 35])[["score", "low", "high"]].astype(float).round(4).to_list()
    [0.125, 0.0546, 0.2611]
    """
    if top not in (2, 3, 4, 5):
        raise ValueError(f"top is {top}; the satisfied begin at 2, 3, 4 or 5 on a scale from 1 to 5")

    def score(answers: pd.DataFrame) -> dict[str, float]:
        mean = _mean(answers, answers["score"].to_numpy(float) >= top)
        low, high = mean.share_interval()
        limits = {"score": mean.estimate, "standard_error": mean.standard_error, "low": low, "high": high}
        return limits | _sizes(mean)

    return _by_group(score, _table(scores, customers, weights, by, clusters), (1, 5))


def ces(
    scores: Any, customers: Any = None, *, weights: Any = None, by: Any = None, clusters: Any = None
) -> pd.Series | pd.DataFrame:
    """Return the mean ease on a scale from 1 to 7 with its 95 % interval by Student's t.

    Parameters
    ----------
    scores
        Whole numbers from 1 to 7; empty where a customer did not answer.
    customers, weights, by, clusters
        As in `nps`.

    Returns
    -------
    Series or DataFrame
        `score` (points), `standard_error`, `low`, `high`, `n`, `effective_n` and `unanswered`; with `by` one row a
        group.

    Raises
    ------
    ValueError
        As `nps`, on a scale from 1 to 7; or if a group has one answer, or only equal ones: a mean of such has no error
        that could be known.

    Examples
    --------
    >>> ces([4, 6, 5, 7])[["score", "low", "high"]].astype(float).round(2).to_list()
    [5.5, 3.45, 7.0]
    """

    def score(answers: pd.DataFrame) -> dict[str, float]:
        mean = _mean(answers, answers["score"].to_numpy(float))
        low, high = mean.mean_interval()
        error = mean.standard_error * math.sqrt(mean.units / (mean.units - 1))
        limits = {"score": mean.estimate, "standard_error": error, "low": max(low, 1.0), "high": min(high, 7.0)}
        return limits | _sizes(mean)

    return _by_group(score, _table(scores, customers, weights, by, clusters), (1, 7))


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


def _table(scores: Any, customers: Any, weights: Any, by: Any, clusters: Any) -> pd.DataFrame:
    """Return scores, counts, weights, clusters and the columns of groups in one frame, in the order given."""
    said = pd.Series(scores)
    known = pd.to_numeric(said, errors="coerce").astype("Float64").to_numpy(float, na_value=np.nan)
    odd = said.notna().to_numpy() & ~np.isfinite(known)
    if odd.any():
        row = int(np.flatnonzero(odd)[0])
        raise ValueError(f"scores: {int(odd.sum())} are no numbers, the first in row {row}: {said.iloc[row]}")
    table = pd.DataFrame({"score": known})
    for name, values in {"customers": customers, "weight": weights, "cluster": clusters}.items():
        if values is not None:
            table[name] = _as_long(pd.Series(values).to_numpy(), len(table), name)
    counts = pd.to_numeric(table.get("customers", pd.Series(1.0, table.index)), errors="coerce").astype(float)
    if not ((counts >= 0) & np.isfinite(counts)).all():
        raise ValueError("customers must hold one count from 0 up for each score")
    if by is not None:
        groups = pd.DataFrame(by).reset_index(drop=True)
        _as_long(groups, len(table), "by")
        if groups.isna().to_numpy().any():
            raise ValueError(f"by: {int(groups.isna().any(axis=1).sum())} rows have no group; name one for them")
        table = table.join(groups.set_axis([("by", name) for name in groups], axis=1))
    return table.assign(customers=counts)


def _as_long(values: Any, rows: int, name: str) -> Any:
    if len(values) != rows:
        what = "one count from 0 up" if name == "customers" else "one value"
        raise ValueError(f"{name} must hold {what} for each score; it has {len(values)}, there are {rows} scores")
    return values


def _by_group(
    score: Callable[[pd.DataFrame], dict[str, float]], table: pd.DataFrame, scale: tuple[int, int]
) -> pd.Series | pd.DataFrame:
    groups = [name for name in table.columns if isinstance(name, tuple)]
    if not groups:
        return pd.Series(_scored(score, table, scale))
    rows = {}
    for label, part in table.groupby(groups, observed=True):
        named = " ".join(map(str, label)) if isinstance(label, tuple) else str(label)
        try:
            rows[label] = _scored(score, part, scale)
        except ValueError as error:
            raise ValueError(f"group {named}: {error}") from error
    index = pd.MultiIndex.from_tuples(rows, names=[name for _, name in groups])
    found = pd.DataFrame(list(rows.values()), index=index)
    return found if len(groups) > 1 else found.droplevel([]).set_axis(index.get_level_values(0), axis=0)


def _scored(
    score: Callable[[pd.DataFrame], dict[str, float]], table: pd.DataFrame, scale: tuple[int, int]
) -> dict[str, float]:
    answered = table["score"].notna()
    answers = table[answered & (table["customers"] > 0)]
    if answers.empty:
        raise ValueError("nobody answered: there is no score")
    values = answers["score"]
    wrong = ~values.between(*scale) | (values != np.floor(values))
    if wrong.any():
        raise ValueError(f"{int(wrong.sum())} rows: scores are whole numbers from {scale[0]} to {scale[1]}")
    return score(answers) | {"unanswered": float(table.loc[~answered, "customers"].sum())}


def _mean(answers: pd.DataFrame, votes: Any) -> SampleMean:
    return sample_mean(votes, answers["customers"], answers.get("weight"), answers.get("cluster"))


def _sizes(mean: SampleMean) -> dict[str, float]:
    return {"n": mean.n, "effective_n": mean.effective_n}


def _error(promoters: float, detractors: float, n: float) -> float:
    return math.sqrt(max(promoters + detractors - (promoters - detractors) ** 2, 0.0) / n)


def _interval(promoters: float, detractors: float, n: float) -> tuple[float, float]:
    up, down = (promoters * n + 0.75) / (n + 3), (detractors * n + 0.75) / (n + 3)
    half, score = Z95 * _error(up, down, n + 3), promoters - detractors
    return max(min(up - down - half, score), -1.0), min(max(up - down + half, score), 1.0)
