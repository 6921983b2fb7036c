"""Who answers a survey: the probability to answer, the weights that follow, and what no weight can mend.

Each answer stands for one over its probability to be given (Horvitz and Thompson 1952, Journal of the American
Statistical Association 47(260)). That probability is not known; it is estimated from what is known of all who were
asked, by a logit. The weights then mend the silence that follows from those columns. If, among customers alike in them,
the discontent answer less, the weighted score is still too high, and the answers alone cannot show it: they are not
missing at random (Rubin 1976, Biometrika 63(3)). What can be done is to say how strong such a link would have to be.
`weights_if` assumes one (Robins, Rotnitzky and Scharfstein 2000, in Statistical Models in Epidemiology) and returns the
weights that then hold, so that a range of scores can be shown instead of one.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crmlab import plots
from crmlab.engines import counts_of, need, numbers, to_pandas
from crmlab.estimation import Z95, Vector
from crmlab.labels import word
from crmlab.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LOOSEST = 20.0  # a log odds ratio a standard deviation of the column, known no better than this, is not known
_FEWEST = 5.0  # answers, and silent ones, that a level of a column needs


@dataclass(frozen=True, eq=False, repr=False)
class NonResponse(Result):
    """The probability to answer, estimated from observed columns.

    Attributes
    ----------
    table
        One row for the intercept and each column, or level of a column of words: `estimate` (log odds to answer),
        `standard_error`, `low`, `high` (95 %).
    people
        The rows that were fitted: `answered`, `customers` and `probability`.
    columns
        The columns that explain.
    design
        The same columns as numbers, one row each, with an intercept.

    Examples
    --------
    >>> asked = pd.DataFrame({"plan": ["a", "a", "b", "b"], "nps": [9, None, 3, None], "customers": [60, 20, 20, 60]})
    >>> silence = NonResponse.fit(asked, answered="nps", columns=["plan"])
    >>> silence.weights.round(3).to_list()
    [1.333, nan, 4.0, nan]
    """

    table: pd.DataFrame
    people: pd.DataFrame
    columns: tuple[str, ...]
    design: Vector

    @classmethod
    def fit(cls, asked: Any, answered: str, columns: str | Sequence[str]) -> NonResponse:
        """Estimate the probability to answer by a logit of what is known of everybody who was asked.

        Parameters
        ----------
        asked
            One row for each survey sent, or counts with a column `customers`.
        answered
            A column that is empty where there was no answer, such as `nps`.
        columns
            What explains answering: numbers, or words (one number for each word but the first).

        Raises
        ------
        ValueError
            If a column is missing, empty somewhere or constant, if all or none answered, or if a column tells exactly
            who answers.
        """
        frame = to_pandas(asked)
        names = (columns,) if isinstance(columns, str) else tuple(columns)
        need(frame.columns, [answered, *names], "the table of who was asked")
        said = frame[answered].notna().to_numpy()
        counts = counts_of(frame, "the table of who was asked")
        if not counts[said].sum() > 0 or not counts[~said].sum() > 0:
            raise ValueError(f"{answered}: all answered or none did; who answers cannot be told from these data")
        design = _design(frame, names, said, counts)
        point, errors = _logit(design, said, counts)
        table = pd.DataFrame({"estimate": point, "standard_error": errors}, index=design.columns)
        table["low"], table["high"] = point - Z95 * errors, point + Z95 * errors
        probability = 1 / (1 + np.exp(-design.to_numpy() @ point))
        people = pd.DataFrame({"answered": said, "customers": counts, "probability": probability}, index=frame.index)
        return cls(table, people, names, design.to_numpy())

    @property
    def weights(self) -> pd.Series:
        """One over the probability to answer, for each row that was fitted; empty where there was no answer."""
        return (1 / self.people["probability"]).where(self.people["answered"]).rename("weight")

    def weights_if(self, scores: Any, log_odds: float) -> pd.Series:
        """Return the weights if, beside the columns, a score one point higher raised the log odds to answer.

        The weights solve Σ x (answered / p − 1) = 0 over the columns x, with p the logit of the columns and
        `log_odds` times the score: the answers, weighted, then look like all who were asked. No data can tell which
        `log_odds` is true: vary it.

        Parameters
        ----------
        scores
            The scores, one for each row that was fitted, empty where there was no answer.
        log_odds
            For each point of the score; 0 is silence that the columns explain.

        Raises
        ------
        ValueError
            If scores are missing where there was an answer, or no weights can make the answers look like all.

        Examples
        --------
        >>> asked = pd.DataFrame({"plan": ["a", "b"] * 3, "nps": [9, 8, 3, 2, None, None], "customers": [30] * 6})
        >>> silence = NonResponse.fit(asked, answered="nps", columns=["plan"])
        >>> silence.weights_if(asked["nps"], 0.2).round(2).to_list()  # the discontent stand for more
        [1.23, 1.23, 1.77, 1.77, nan, nan]
        """
        said = self.people["answered"].to_numpy()
        values = pd.Series(scores).astype("Float64").to_numpy(float, na_value=np.nan)
        if len(values) != len(said) or np.isnan(values[said]).any():
            raise ValueError("scores: one for each row that was fitted, empty only where there was no answer")
        counts = self.people["customers"].to_numpy()
        weights = np.full(len(said), np.nan)
        wanted = counts @ self.design
        start = self.table["estimate"].to_numpy(float).copy()
        start[0] -= log_odds * np.average(values[said], weights=counts[said])
        weights[said] = 1 + _balanced(self.design[said], counts[said], log_odds * values[said], wanted, start)
        return pd.Series(weights, index=self.people.index, name="weight")

    @property
    def cannot_mend(self) -> str:
        """What these weights mend, and what they cannot, in words."""
        return (
            f"The weights mend silence that follows from {', '.join(self.columns)}. If, among customers alike in "
            "these, the discontent answer less, a weighted score is still too high, and the answers cannot show by how "
            "much. weights_if says what the score would be for a link of a given strength."
        )

    def summary(self) -> pd.DataFrame:
        """Return the log odds with their intervals, rounded, and how the weights spread."""
        said = self.people["answered"].to_numpy()
        weights, counts = self.weights.to_numpy(float)[said], self.people["customers"].to_numpy(float)[said]
        kept = float((counts @ weights) ** 2 / (counts @ weights**2) / counts.sum())
        told = {"answered (share)": counts.sum() / self.people["customers"].sum()}
        told |= {"largest weight": weights.max() / np.average(weights, weights=counts), "effective share": kept}
        return pd.concat([self.table, pd.DataFrame({"estimate": told})]).round(3)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the log odds to answer of each column, with their intervals."""
        drawn = self.table.iloc[1:]
        ax = plots.dots(drawn, ax, word("Who answers the survey?"), word("log odds to answer"))
        ax.axvline(0, color=plots.FAINT, lw=1)
        return ax


def _design(frame: pd.DataFrame, names: tuple[str, ...], said: Vector, counts: Vector) -> pd.DataFrame:
    """Return the columns as numbers, words as one column each but the first, with an intercept."""
    parts: dict[str, Vector] = {"intercept": np.ones(len(frame))}
    for name in names:
        column = frame[name]
        if column.isna().any():
            raise ValueError(f"{name}: {int(column.isna().sum())} values are empty; give them a value or leave it out")
        if column[counts > 0].nunique() < 2:
            raise ValueError(f"{name}: all values are equal; it cannot explain who answers")
        if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
            parts[name] = numbers(column.to_frame())[name].to_numpy()
            continue
        levels = sorted(column.astype(str).unique())
        for level in levels:
            rows = (column.astype(str) == level).to_numpy()
            both = counts[rows & said].sum(), counts[rows & ~said].sum()
            if min(both) < _FEWEST:
                raise ValueError(
                    f"{name}: {level} has {both[0]:.0f} answers and {both[1]:.0f} silent ones, too few to tell how "
                    "likely it answers; put it together with another"
                )
            if level != levels[0]:
                parts[f"{name} {level}"] = rows.astype(float)
    return pd.DataFrame(parts)


def _logit(design: pd.DataFrame, said: Vector, counts: Vector) -> tuple[Vector, Vector]:
    """Return the estimates and their errors, fitted to distinct rows, so that rows and counts give one answer."""
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM
    from statsmodels.tools.sm_exceptions import PerfectSeparationError, PerfectSeparationWarning

    names = list(design.columns)
    cells = design.assign(said=counts * said, silent=counts * ~said).groupby(names)[["said", "silent"]].sum()
    cells = cells[cells.sum(axis=1) > 0]
    x = cells.index.to_frame().to_numpy(float)
    centre, scale = np.r_[0, x[:, 1:].mean(axis=0)], np.r_[1, x[:, 1:].std(axis=0)]
    if np.linalg.matrix_rank((x - centre) / scale) < len(names):
        raise ValueError(f"{', '.join(names[1:])}: one column follows from the others; leave one out")
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            # it is also given where the columns describe every cell exactly, which is no fault
            warnings.simplefilter("ignore", PerfectSeparationWarning)
            fitted = GLM(cells.to_numpy(float), (x - centre) / scale, family=Binomial()).fit(
                maxiter=100, tol=1e-10, tol_criterion="params"
            )
        known = bool((fitted.bse < _LOOSEST).all() and fitted.converged)
    except (PerfectSeparationError, np.linalg.LinAlgError):
        known, fitted = False, None
    if fitted is None or not known:
        raise ValueError(f"{', '.join(names[1:])}: tells exactly who answers; the probability cannot be estimated")
    back = np.diag(1 / scale)
    back[0, 1:] = -(centre / scale)[1:]
    covariance = back @ fitted.cov_params() @ back.T
    return back @ fitted.params, np.sqrt(np.diag(covariance))


def _balanced(x: Vector, counts: Vector, tilt: Vector, wanted: Vector, start: Vector) -> Vector:
    """Return exp(−xγ − tilt) with Σ x (1 + it) = wanted: Newton's steps down a convex surface."""
    point, target = start, wanted - counts @ x
    silent = counts * np.exp(-x @ point - tilt)
    for _ in range(200):
        slope = target - silent @ x
        if np.abs(slope).max() <= 1e-10 * np.abs(wanted).max():
            return silent / np.where(counts > 0, counts, 1)
        step = np.linalg.lstsq((x.T * silent) @ x, -slope, rcond=None)[0]
        step *= min(1.0, 2 / max(float(np.abs(x @ step).max()), 1e-300))
        point = point + step
        silent = counts * np.exp(-x @ point - tilt)
    raise ValueError("log_odds: no weights make the answers look like all who were asked; take a weaker link")
