"""A score for each lead: the probability to be won, judged on leads that it has not seen.

The model is a logistic regression with a light ridge penalty (scikit-learn), which keeps it finite where a rare channel
was always won. It is judged out of fold: the leads are dealt into folds at random, and each is scored by a model that
was fitted to the other folds. Where there are many features, a model promises more than it keeps: scores come out too
extreme. So scores are calibrated (Platt 1999, in Advances in Large Margin Classifiers, 61–74): their log odds are
shrunk by the `slope` that fits the outcomes out of fold, and each fold is judged with the slope of the others.

Two questions are put to these scores. Do they say the truth: of the leads scored 30 %, are 30 % won (calibration, the
reliability table)? And do they tell leads apart: how many of the wins are among the best-scored tenth (the lift curve)?
The Brier score (Brier 1950), the mean squared distance of score from outcome, answers both at once, and means something
beside that of the base rate only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from crmlab import model_plots, plots
from crmlab.engines import need, numbers, to_pandas
from crmlab.estimation import Vector, wilson
from crmlab.grouping import each_customer
from crmlab.labels import word
from crmlab.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_PENALTY = 1.0


@dataclass(frozen=True, eq=False, repr=False)
class LeadScore(Result):
    """Scores of leads, with their calibration and their lift out of fold.

    Attributes
    ----------
    table
        The reliability table, one row a class of scores, the lowest first: `customers`, `won`, `expected` (mean score
        out of fold), `rate` (of them won) and its 95 % interval `low` to `high`.
    lift
        Index: the share of leads called, best score first; `captured`, the share of all wins among them, and `lift`,
        how many times more than by calling at random.
    brier, brier_of_base_rate
        The Brier score out of fold, and that of giving everybody the base rate.
    features
        The columns that were used.
    model
        The scikit-learn pipeline, fitted to all leads, before calibration.
    intercept, slope
        The calibration: log odds times the slope, plus the intercept. A slope below 1 tells of overfitting.

    Examples
    --------
    >>> leads = pd.DataFrame({"channel": ["web", "web", "fair", "fair"], "won": [1, 0, 1, 0],
    ...                       "customers": [20, 180, 60, 140]})
    >>> score = LeadScore.fit(leads, ["channel"])
    >>> score.score(leads).round(2).to_list()
    [0.1, 0.1, 0.3, 0.3]
    """

    table: pd.DataFrame
    lift: pd.DataFrame
    brier: float
    brier_of_base_rate: float
    features: tuple[str, ...]
    model: Any
    intercept: float
    slope: float

    @classmethod
    def fit(
        cls, leads: Any, features: Sequence[str], won: str = "won", folds: int = 5, classes: int = 10, seed: int = 1
    ) -> Self:
        """Fit the score to decided leads, and judge it out of fold.

        Leave out leads that are still open; taken for lost they would lower every score.

        Parameters
        ----------
        leads
            One row a lead or counts with `customers`: the columns of `features` (numbers, or text for categories) and
            `won`, true or false.
        features
            What is known of a lead when it is scored.
        won
            The column that says what came of the lead.
        folds
            Into how many parts the leads are dealt.
        classes
            How many classes of scores the reliability table has at most.
        seed
            Of the deal.

        Raises
        ------
        ValueError
            If a column is missing or empty, counts are not whole, or there are fewer leads won, or not, than folds.
        """
        rows = _grouped(leads, features, won)
        target, weight = rows.pop("won").to_numpy(int), rows.pop("customers").to_numpy(int)
        _refuse_few(target, weight, folds)
        held = _deal(target, weight, folds, seed)
        scores = np.zeros(held.shape)
        for fold in range(folds):
            kept = weight - held[:, fold]
            scores[:, fold] = _log_odds(_fitted(rows[kept > 0], target[kept > 0], kept[kept > 0]), rows)
        line = _calibration(scores, target, held)
        scores = np.column_stack([_honest(scores, target, held, fold) for fold in range(folds)])
        base = float(weight @ target / weight.sum())
        brier = float((held * (scores - target[:, None]) ** 2).sum() / weight.sum())
        seen = held > 0
        parts = scores[seen], np.broadcast_to(target[:, None], held.shape)[seen], held[seen].astype(float)
        tables = _reliability(*parts, classes), _lift(*parts)
        return cls(*tables, brier, base * (1 - base), tuple(features), _fitted(rows, target, weight), *line)

    def score(self, leads: Any) -> pd.Series:
        """Return the probability to be won of each row of `leads`, by the model fitted to all leads, calibrated.

        A category that was not seen in the fit counts as none of those seen.

        Raises
        ------
        ValueError
            If a column is missing or a value is empty.
        """
        frame = to_pandas(leads)
        log_odds = _log_odds(self.model, _features(frame, self.features))
        return pd.Series(_share(self.intercept + self.slope * log_odds), frame.index, name="score")

    @property
    def skill(self) -> float:
        """By which share the Brier score is below that of the base rate."""
        return 1 - self.brier / self.brier_of_base_rate

    def summary(self) -> pd.DataFrame:
        """Return the measures out of fold."""
        best = self.lift[self.lift.index >= 0.1].iloc[0]
        rows = {
            "Brier score": self.brier,
            "Brier score of the base rate": self.brier_of_base_rate,
            "share of the wins in the best tenth": best["captured"],
            "lift of the best tenth": best["lift"],
        }
        return pd.DataFrame({"out of fold": rows}).round(3)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the share won against the score, by classes of scores: on the diagonal a score keeps its promise."""
        top = 1.05 * float(max(self.table["expected"].max(), self.table["rate"].max()))
        ideal = pd.DataFrame({"as promised": [0.0, top]}, pd.Index([0.0, top]))
        words = word("Does the score keep its promise?"), word("score, out of fold"), word("share won")
        ax = plots.lines(ideal, ax, *words)
        model_plots.points(self.table.set_index("expected"), ax, word("observed"))
        return plots.percent_axis(plots.percent_axis(ax), "x")

    def plot_lift(self, ax: Axes | None = None) -> Axes:
        """Draw the share of the wins found against the share of the leads called, best score first."""
        drawn = self.lift[["captured"]].rename(columns={"captured": "by score"})
        drawn["at random"] = drawn.index.to_numpy(float)
        words = word("How many wins are among the best leads?"), word("share of leads called"), word("share of wins")
        return plots.percent_axis(plots.percent_axis(plots.lines(drawn, ax, *words)), "x")


def _features(frame: pd.DataFrame, features: Sequence[str]) -> pd.DataFrame:
    """Return the features: numbers as floats, everything else as text."""
    need(frame.columns, features, "leads")
    columns = {}
    for name in features:
        if frame[name].isna().any():
            raise ValueError(f"leads: {name} is empty in {int(frame[name].isna().sum())} rows; name it as a class")
        number = pd.api.types.is_numeric_dtype(frame[name])
        columns[name] = numbers(frame[[name]])[name] if number else frame[name].astype(str)
    return pd.DataFrame(columns, frame.index)


def _grouped(leads: Any, features: Sequence[str], won: str) -> pd.DataFrame:
    """Return the distinct leads, sorted, with `won` and `customers`."""
    frame = to_pandas(leads)
    if not features or {"won", "customers"} & set(features):
        raise ValueError("features must name at least one column, and neither won nor customers")
    need(frame.columns, (*features, won), "leads")
    rows = _features(frame, features).assign(won=numbers(frame[[won]])[won], customers=1.0)
    if "customers" in frame:
        rows["customers"] = numbers(frame[["customers"]])["customers"]
    if not rows["won"].isin([0, 1]).all():
        raise ValueError(f"leads: {won} is neither true nor false in some rows")
    if (rows["customers"] < 0).any() or (rows["customers"] % 1 != 0).any():
        raise ValueError("leads: customers is negative or not whole; folds are made of whole leads")
    return rows[rows["customers"] > 0].groupby([*features, "won"], observed=True)["customers"].sum().reset_index()


def _refuse_few(target: Vector, weight: Vector, folds: int) -> None:
    won, lost = int(weight @ target), int(weight @ (1 - target))
    if folds < 2 or min(won, lost) < folds:
        raise ValueError(f"leads: {won} were won and {lost} were not; {folds} folds, at least 2, need as many of both")


def _deal(target: Vector, weight: Vector, folds: int, seed: int) -> Vector:
    """Return how many leads of each row fall into each fold, won and lost leads spread evenly.

    Leads are dealt one by one in the order of the grouped rows, so rows and counts are dealt alike.
    """
    rng, held = np.random.default_rng(seed), np.zeros((len(target), folds), int)
    for outcome in (0, 1):
        lead = each_customer(np.where(target == outcome, weight, 0), "LeadScore")
        np.add.at(held, (lead, rng.permutation(np.arange(len(lead)) % folds)), 1)
    return held


def _fitted(rows: pd.DataFrame, target: Vector, weight: Vector) -> Any:
    from sklearn.compose import make_column_transformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    scaled = [name for name in rows if pd.api.types.is_numeric_dtype(rows[name])]
    named = [name for name in rows if name not in scaled]
    encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    columns = make_column_transformer((StandardScaler(), scaled), (encoder, named))
    model = make_pipeline(columns, LogisticRegression(C=_PENALTY, solver="newton-cholesky", tol=1e-8))
    return model.fit(rows, target, logisticregression__sample_weight=weight)


def _log_odds(model: Any, rows: pd.DataFrame) -> Vector:
    return model.decision_function(rows)


def _share(log_odds: Vector) -> Vector:
    from scipy.special import expit

    return expit(log_odds)


def _calibration(scores: Vector, target: Vector, held: Vector) -> tuple[float, float]:
    """Return the intercept and the slope that bring log odds out of fold to the outcomes."""
    from sklearn.linear_model import LogisticRegression

    seen = held > 0
    outcome = np.broadcast_to(target[:, None], held.shape)[seen]
    line = LogisticRegression(C=1e6, solver="newton-cholesky", tol=1e-8)
    line.fit(scores[seen][:, None], outcome, sample_weight=held[seen])
    return float(np.ravel(line.intercept_)[0]), float(np.ravel(line.coef_)[0])


def _honest(scores: Vector, target: Vector, held: Vector, fold: int) -> Vector:
    """Return the scores of one fold, calibrated by the others."""
    others = np.arange(held.shape[1]) != fold
    intercept, slope = _calibration(scores[:, others], target, held[:, others])
    return _share(intercept + slope * scores[:, fold])


def _reliability(scores: Vector, won: Vector, weight: Vector, classes: int) -> pd.DataFrame:
    """Return observed beside expected shares, by classes of about equally many leads."""
    order = np.argsort(scores, kind="stable")
    middle = (np.cumsum(weight[order]) - weight[order] / 2) / weight.sum()
    place = np.empty(len(scores), int)
    place[order] = np.minimum((middle * classes).astype(int), classes - 1)
    place = pd.Series(place).groupby(pd.Series(scores)).transform("min").to_numpy()  # equal scores stay together
    parts = pd.DataFrame({"customers": weight, "won": weight * won, "expected": weight * scores})
    table = parts.groupby(place).sum().reset_index(drop=True).rename_axis("class")
    low, high = wilson(table["won"], table["customers"])
    table["expected"] /= table["customers"]
    return table.assign(rate=table["won"] / table["customers"], low=low, high=high)


def _lift(scores: Vector, won: Vector, weight: Vector) -> pd.DataFrame:
    """Return the share of the wins by the share of leads called, in twentieths, best score first; ties in the mean."""
    rows = pd.DataFrame({"score": -scores, "leads": weight, "wins": weight * won}).groupby("score").sum().cumsum()
    called = np.concatenate([[0.0], rows["leads"] / weight.sum()])
    found = np.concatenate([[0.0], rows["wins"] / (weight @ won)])
    share = np.arange(0, 21) / 20
    table = pd.DataFrame({"captured": np.interp(share, called, found)}, pd.Index(share, name="called"))
    return table.assign(lift=(table["captured"] / table.index).bfill())
