"""Why people use what they were given: the technology acceptance model.

Davis (1989, MIS Quarterly 13(3), 319–340) asks two things: does it help me, and is it easy? What is easy is found more
useful, usefulness and ease move the intention, and the intention moves use. Each arrow is a path coefficient: by how
many standard deviations the effect rises with one standard deviation of the cause, the other causes held (by how many
log odds, where use is yes or no). What ease does by way of usefulness is the product of two arrows.

A standardised coefficient depends on standard deviations that are estimated too, so the usual error of a regression is
too wide for it or too narrow. The errors here are robust ones, from what each person moves in the coefficient as a
whole. Two limits. Ratings in whole points blur what they measure, which draws every path towards 0. And paths are
causes only if nobody's own skill or liking moves two of the answers at once.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from crmlab import plots
from crmlab.customers import count_customers
from crmlab.engines import need, to_pandas
from crmlab.estimation import Vector
from crmlab.labels import word
from crmlab.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ARROWS = (("usefulness", ("ease",)), ("intention", ("usefulness", "ease")))
_BY_WAY = {
    "ease → usefulness → intention": ("ease → usefulness", "usefulness → intention"),
    "usefulness → intention → {use}": ("usefulness → intention", "intention → {use}"),
}


@dataclass(frozen=True, eq=False, repr=False)
class Acceptance(Result):
    """Path coefficients from ease and usefulness over intention to use.

    Attributes
    ----------
    table
        One row an arrow, then the paths over two arrows. Columns `cause`, `effect`, `scale` ("sd" or "log odds"),
        `estimate`, `standard error`, `low`, `high` (95 %, Student's t). Index: the path in words.
    r_squared
        The share of the variance of each effect that its causes explain; McFadden's for a use of yes or no.
    users
        How many people were asked.

    Examples
    --------
    >>> rng = np.random.default_rng(2)
    >>> ease = rng.normal(size=4000)
    >>> usefulness = 0.4 * ease + np.sqrt(0.84) * rng.normal(size=4000)
    >>> intention = 0.6 * usefulness + rng.normal(size=4000)
    >>> people = pd.DataFrame({"ease": ease, "usefulness": usefulness, "intention": intention})
    >>> Acceptance.fit(people).summary()["estimate"].to_list()[:3]
    [0.398, 0.503, 0.006]
    """

    table: pd.DataFrame
    r_squared: pd.Series
    users: float

    @classmethod
    def fit(cls, data: Any, use: str | None = None) -> Self:
        """Estimate the paths by least squares, and by logistic regression where use is yes or no.

        Parameters
        ----------
        data
            Columns `ease`, `usefulness`, `intention` and that of `use`, one row a person or counts with `customers`.
        use
            A column of what people did: numbers such as log-ins, or only 0 and 1 (false and true). None leaves it out.

        Raises
        ------
        ValueError
            If a column is missing, empty or constant, there are too few people, the causes move as one, or they part
            those who use it from those who do not without error.
        """
        columns = ["ease", "usefulness", "intention", *([use] if use is not None else [])]
        frame = to_pandas(data)
        need(frame.columns, columns, "the table of people")
        if use in columns[:3]:
            raise ValueError(f"use is {use!r}; it must be another column than ease, usefulness and intention")
        counts = count_customers(frame, columns=columns)
        weights = counts["customers"].to_numpy()
        _refuse(counts[columns], weights)
        arrows = [*_ARROWS, *([(use, ("intention",))] if use is not None else [])]
        found = [_paths(counts, weights, effect, causes) for effect, causes in arrows]
        table, pushes = pd.concat([rows for rows, _, _ in found]), pd.concat([push for _, push, _ in found], axis=1)
        table = pd.concat([table, _indirect(table, pushes, weights, use)])
        fits = pd.Series(
            {effect: fit for (effect, _), (_, _, fit) in zip(arrows, found, strict=True)}, name="r_squared"
        )
        return cls(_with_intervals(table, float(weights.sum())), fits, float(weights.sum()))

    def summary(self) -> pd.DataFrame:
        """Return the paths with standard errors and 95 % intervals."""
        return self.table[["scale", "estimate", "standard error", "low", "high"]].round(3)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the paths with their intervals, and a line at no effect."""
        title = word("Why do people use it?")
        log_odds = " (" + word("to use: log odds") + ")" if "log odds" in set(self.table["scale"]) else ""
        ax = plots.dots(self.table, ax, title, word("standard deviations per standard deviation") + log_odds)
        ax.axvline(0, color=plots.FAINT, lw=1)
        return ax


def _paths(
    counts: pd.DataFrame, weights: Vector, effect: str, causes: tuple[str, ...]
) -> tuple[pd.DataFrame, pd.DataFrame, float]:
    """Return the paths into one effect, what a person of each row moves in them, and the variance explained."""
    z = _standard(counts[list(causes)].to_numpy(), weights)
    y = counts[effect].to_numpy()
    design = np.column_stack([np.ones(len(y)), z])
    yes_or_no = effect not in ("usefulness", "intention") and bool(np.isin(y, (0, 1)).all())
    own = np.zeros(len(y)) if yes_or_no else _standard(y[:, None], weights)[:, 0]
    fitted, slack, weight, share = (_logit if yes_or_no else _ols)(y if yes_or_no else own, design, weights)
    bread = np.linalg.inv(design.T @ (design * (weight * weights)[:, None]))
    leverage = weight * np.einsum("ij,jk,ik->i", design, bread, design)
    pushes = (slack / (1 - np.minimum(leverage, 0.99)))[:, None] * (design @ bread)
    # the standard deviations are estimated too, and a person far out moves them
    scale = 0.5 * (z**2 - (0.0 if yes_or_no else own[:, None] ** 2)) / weights.sum()
    moved = pushes[:, 1:] + fitted[1:] * scale
    index = pd.Index([f"{cause} → {effect}" for cause in causes])
    columns = {"cause": list(causes), "effect": effect, "scale": "log odds" if yes_or_no else "sd"}
    rows = pd.DataFrame(columns | {"estimate": fitted[1:], "causes": len(causes)}, index=index)
    rows["standard error"] = np.sqrt(weights @ moved**2)
    return rows, pd.DataFrame(moved, columns=index), share


def _ols(y: Vector, design: Vector, weights: Vector) -> tuple[Vector, Vector, Vector, float]:
    """Return coefficients, residuals, the weight of each row in the information, and the variance explained."""
    import statsmodels.api as sm

    fit = sm.WLS(y, design, weights=weights).fit()  # pyright: ignore[reportArgumentType]
    return np.asarray(fit.params), y - design @ fit.params, np.ones(len(y)), float(fit.rsquared)


def _logit(y: Vector, design: Vector, weights: Vector) -> tuple[Vector, Vector, Vector, float]:
    import statsmodels.api as sm

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # separation is told by the size of the coefficients, below
        fit = sm.GLM(y, design, family=sm.families.Binomial(), freq_weights=weights).fit(tol=1e-12, maxiter=200)
        chance, explained = np.asarray(fit.fittedvalues), float(1 - fit.llf / fit.llnull)
    variance = chance * (1 - chance)
    if not fit.converged or np.abs(fit.params).max() > 12 or variance.max() < 1e-6:
        raise ValueError("intention parts users from the others without error: the strength of its path is not known")
    return np.asarray(fit.params), y - chance, variance, explained


def _indirect(table: pd.DataFrame, pushes: pd.DataFrame, weights: Vector, use: str | None) -> pd.DataFrame:
    """Return the paths over two arrows; a person moves a product by moving either arrow."""
    rows = {}
    for name, arrows in _BY_WAY.items():
        first, second = (arrow.format(use=use) for arrow in arrows)
        if second in table.index:
            a, b = table.loc[[first, second], "estimate"]
            moved = (b * pushes[first] + a * pushes[second]).to_numpy()
            ends = {"cause": table.loc[first, "cause"], "effect": table.loc[second, "effect"]}
            ends |= {"scale": table.loc[second, "scale"], "estimate": a * b, "causes": 2}
            rows[name.format(use=use)] = ends | {"standard error": np.sqrt(weights @ moved**2)}
    return pd.DataFrame.from_dict(rows, orient="index")


def _with_intervals(table: pd.DataFrame, people: float) -> pd.DataFrame:
    from scipy.special import stdtrit

    half = stdtrit(people - 1 - table["causes"].to_numpy(float), 0.975) * table["standard error"]
    return table.drop(columns="causes").assign(low=table["estimate"] - half, high=table["estimate"] + half)


def _standard(values: Vector, weights: Vector) -> Vector:
    """Return columns with mean 0 and variance 1."""
    mean = weights @ values / weights.sum()
    spread = np.sqrt(weights @ (values - mean) ** 2 / weights.sum())
    return (values - mean) / spread


def _refuse(columns: pd.DataFrame, weights: Vector) -> None:
    people = float(weights.sum())
    if people < 10:
        raise ValueError(f"{people:g} people: four paths with their errors need at least 10")
    same = [name for name in columns if np.ptp(columns[name].to_numpy()) == 0]
    if same:
        raise ValueError(f"{', '.join(map(str, same))}: everybody gave the same answer, so its paths cannot be known")
    z = _standard(columns[["ease", "usefulness"]].to_numpy(), weights)
    if abs(float((weights * z[:, 0]) @ z[:, 1])) / people > 1 - 1e-9:
        raise ValueError("ease and usefulness move as one: which of them moves intention cannot be known")
