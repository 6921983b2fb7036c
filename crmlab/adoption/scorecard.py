"""A scorecard that does not ask for weights first: how much of all weights puts each option first.

A weighted sum of scores names a winner, and the weights name the sum. Stochastic multicriteria acceptability analysis
turns the question round (Lahdelma and Salminen 2001, Operations Research 49(3), 444–454): weights are drawn from all
that one might hold, and an option's *rank acceptability* is the share of them that gives it that rank. Its *central
weights* are the mean of those that put it first: what one has to believe to buy it. Where opinions about the weights
are known, the draws are centred on them.

Scores are first put on one scale, from 0 for the worst option to 1 for the best, criterion by criterion. So a weight
is what the step from the worst to the best is worth, and an option more or less may move the scale.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from crmlab import plots
from crmlab.engines import numbers, to_pandas
from crmlab.estimation import Vector, wilson
from crmlab.labels import percent, word
from crmlab.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, eq=False, repr=False)
class Scorecard(Result):
    """Options scored on several criteria, under all weights that one might hold.

    Attributes
    ----------
    table
        One row an option: `score` (the weighted sum under the stated weights, from 0 to 1), `first` (its rank-1
        acceptability) with the 95 % interval `low` to `high` of the draws, and `mean_rank`.
    acceptability
        Options (rows) by rank (columns): the share of weights that gives each rank; ties share it.
    central_weights
        Options (rows) by criterion: the mean of the weights that put it first; only options that were ever first.
    scaled
        Options by criterion: the scores from 0, the worst, to 1, the best.
    weights
        The stated weights; they add up to 1.
    draws
        How many weights were drawn.

    Examples
    --------
    >>> scores = pd.DataFrame({"functions": [9.0, 6, 5], "usability": [5.0, 7, 9]}, index=["A", "B", "C"])
    >>> card = Scorecard.from_scores(scores, draws=20_000)
    >>> card.table.round(2)
       score  first   low  high  mean_rank
    A   0.50   0.49  0.49  0.50       1.91
    B   0.38   0.00  0.00  0.00       2.27
    C   0.50   0.51  0.50  0.51       1.82
    >>> card.winning_weights().round(2)
       possible  moved  functions  usability
    A      True    0.0        0.5        0.5
    B     False    NaN        NaN        NaN
    C      True    0.0        0.5        0.5
    """

    table: pd.DataFrame
    acceptability: pd.DataFrame
    central_weights: pd.DataFrame
    scaled: pd.DataFrame
    weights: pd.Series
    draws: int

    @classmethod
    def from_scores(
        cls,
        scores: Any,
        weights: Mapping[str, float] | None = None,
        lower_is_better: Sequence[str] = (),
        sureness: float | None = None,
        seed: int = 0,
        draws: int = 10_000,
    ) -> Self:
        """Score the options under many weights.

        Parameters
        ----------
        scores
            Index: the options, one row each; columns: the criteria.
        weights
            Stated weight of each criterion, of any scale; equal by default.
        lower_is_better
            Criteria on which less is better, such as a cost.
        sureness
            How near the draws keep to the stated weights: they follow a Dirichlet distribution with the parameters
            `sureness` times the number of criteria times the weight. None draws from all weights alike (all parameters
            1).
        seed, draws
            Of the draws of weights.

        Raises
        ------
        ValueError
            If there are fewer than two options or criteria, all are alike on one, a score is empty, or a weight is
            impossible.
        """
        frame = _scores(scores)
        stated = _weights(weights, list(frame.columns))
        unknown = [name for name in lower_is_better if name not in frame]
        if unknown or draws < 1 or (sureness is not None and not sureness > 0):
            raise ValueError(f"no criterion {', '.join(unknown)}" if unknown else "draws and sureness are above 0")
        sign = pd.Series([-1.0 if name in lower_is_better else 1.0 for name in frame], frame.columns)
        signed = frame * sign
        scaled = (signed - signed.min()) / (signed.max() - signed.min())
        spread = np.ones(len(stated)) if sureness is None else sureness * len(stated) * stated.to_numpy()
        if (spread <= 0).any():
            raise ValueError(
                "weights: one is 0; with sureness every weight must be above 0, or leave the criterion out"
            )
        drawn = np.random.default_rng(seed).dirichlet(spread, draws)
        chances = _rank_chances(drawn @ scaled.to_numpy().T)
        return cls(*_counted(scaled, stated, drawn, chances), scaled, stated, draws)

    def winning_weights(self) -> pd.DataFrame:
        """Return the weights nearest to the stated ones that put each option first, or beside the first.

        Returns
        -------
        DataFrame
            One row an option: `possible`, whether any weights do; `moved`, how much weight has to move from some
            criteria to others (half the sum of the absolute changes); and the weights. Empty where none do.
        """
        rows = [self._nearest(option) for option in range(len(self.scaled))]
        columns = ["possible", "moved", *self.scaled.columns]
        return pd.DataFrame(rows, index=self.scaled.index, columns=columns).astype({"possible": bool})

    def summary(self) -> pd.DataFrame:
        """Return score, rank-1 acceptability and mean rank, the most acceptable first."""
        return self.table.sort_values("first", ascending=False, kind="stable").round(3)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw for each option which part of all weights gives it which rank."""
        ax = plots.new_axes(ax)
        order = self.table.sort_values("mean_rank").index
        rows, done = np.arange(len(order))[::-1], np.zeros(len(order))
        greys = np.linspace(0.25, 0.9, len(order))
        for i, rank in enumerate(self.acceptability.columns):
            share = self.acceptability.loc[order, rank].to_numpy()
            colour = plots.PALETTE[0] if i == 0 else str(greys[i])
            ax.barh(rows, share, left=done, height=0.62, color=colour, edgecolor="white", label=f"{rank}")
            done = done + share
        ax.set_yticks(rows, [str(name) for name in order])
        ax.set_xlim(0, 1)
        ax.legend(title=word("rank"), loc="center left", bbox_to_anchor=(1.0, 0.5))
        title = word("Which option comes first under which weights?")
        plots.finish(plots.percent_axis(ax, "x"), title, word("share of all weights"), "")
        said = "; ".join(f"{name} first under {percent(share)}" for name, share in self.table["first"][order].items())
        return plots.describe(ax, f"{title} Bars of the share of all weights by rank: {said}.")

    def _nearest(self, option: int) -> list[Any]:
        """Solve the linear programme: least movement of weight, so that no other option scores higher."""
        from scipy.optimize import linprog

        size = self.scaled.shape[1]
        lead = np.delete(self.scaled.to_numpy() - self.scaled.to_numpy()[option], option, axis=0)
        # weights = stated + gained − lost, all three from 0 up
        both = np.vstack([np.hstack([lead, -lead]), np.hstack([-np.eye(size), np.eye(size)])])
        stated = self.weights.to_numpy()
        limits = np.concatenate([-lead @ stated, stated])
        cost, balance = np.repeat(0.5, 2 * size), np.repeat([1.0, -1.0], size)[None]
        found = linprog(cost, both, limits, balance, [0.0], bounds=(0, 1), method="highs")
        if found.status != 0:
            return [False, np.nan, *[np.nan] * size]
        return [True, float(found.fun), *(stated + found.x[:size] - found.x[size:])]


def _scores(scores: Any) -> pd.DataFrame:
    frame = to_pandas(scores).rename(columns=str)
    if frame.shape[0] < 2 or frame.shape[1] < 2:
        raise ValueError(f"scores: {frame.shape[0]} options on {frame.shape[1]} criteria; it takes two of each")
    if not frame.index.is_unique:
        raise ValueError(f"scores: the option {frame.index[frame.index.duplicated()][0]} stands there twice")
    known = numbers(frame)
    alike = [str(name) for name in known if np.ptp(known[name].to_numpy()) == 0]
    if alike:
        raise ValueError(f"scores: all options are alike on {', '.join(alike)}; leave it out, it cannot decide")
    return known


def _weights(weights: Mapping[str, float] | None, criteria: list[str]) -> pd.Series:
    given = pd.Series(1.0, criteria) if weights is None else pd.Series(dict(weights), dtype=float)
    if set(given.index) != set(criteria):
        odd = sorted(set(map(str, given.index)) ^ set(map(str, criteria)))
        raise ValueError(f"weights: one for each criterion, and none else; look at {', '.join(odd)}")
    given = given[criteria]
    if not (np.isfinite(given) & (given >= 0)).all() or not given.sum() > 0:
        raise ValueError("weights: one is negative or empty, or all are 0")
    return (given / given.sum()).rename("weight")


def _rank_chances(sums: Vector) -> Vector:
    """Return for each draw, option and rank how much of the rank the option has; ties share their ranks alike."""
    above = (sums[:, None, :] > sums[:, :, None] + 1e-12).sum(axis=2)
    same = (np.abs(sums[:, None, :] - sums[:, :, None]) <= 1e-12).sum(axis=2)
    rank = np.arange(sums.shape[1])
    inside = (rank >= above[..., None]) & (rank < (above + same)[..., None])
    return inside / same[..., None]


def _counted(
    scaled: pd.DataFrame, stated: pd.Series, drawn: Vector, chances: Vector
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the table, the acceptability of each rank, and the central weights."""
    draws, options, ranks = len(drawn), scaled.index, np.arange(1, len(scaled) + 1)
    accepted = pd.DataFrame(chances.mean(axis=0), options, pd.Index(ranks, name="rank"))
    first = chances[:, :, 0]
    low, high = wilson(first.sum(axis=0), draws)
    columns = {"score": scaled @ stated, "first": accepted[1], "low": low, "high": high}
    table = pd.DataFrame(columns | {"mean_rank": accepted @ ranks}, index=options)
    ever = first.sum(axis=0) > 0
    central = (first.T @ drawn)[ever] / first.sum(axis=0)[ever, None]
    return table, accepted, pd.DataFrame(central, options[ever], scaled.columns)
