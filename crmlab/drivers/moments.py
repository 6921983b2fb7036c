"""What the driver analyses share: answered rows, their cross-products, resampling, and regression with robust errors.

A linear regression needs of its data only the sums of products. They are kept for each independent unit: a distinct
row, or a customer with all of its answers. A bootstrap sample (Efron 1979, Annals of Statistics 7(1)) is then another
weighting of these sums, so that a thousand samples are one product of matrices, and rows and counts give one answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crmlab.customers import count_customers
from crmlab.engines import counts_of, need, numbers, to_pandas
from crmlab.estimation import Vector

DRAWS = 1000  # bootstrap samples
_COLLINEAR = 1e-10  # of a correlation matrix: its smallest eigenvalue


@dataclass(frozen=True, eq=False)
class Answers:
    """Answered rows as sums of products.

    Attributes
    ----------
    rows
        The columns asked for, in their order, and `customers`; with clusters one row each, else the distinct ones.
    units
        For each independent unit the products of 1 and the columns, summed: shape (units, 1 + columns, 1 + columns).
    times
        How often each unit occurs.
    cluster
        For each row the unit it belongs to.
    left_out
        Rows without an answer in one of the columns.
    """

    rows: pd.DataFrame
    units: Vector
    times: Vector
    cluster: Vector
    left_out: float

    @property
    def n(self) -> float:
        """How many answers there are."""
        return float(self.rows["customers"].sum())

    def covariance(self) -> Vector:
        """Return the covariance of the columns."""
        return covariances(np.tensordot(self.times, self.units, 1))

    def resampled(self, seed: int, draws: int = DRAWS) -> Vector:
        """Return the covariance of the columns in each of `draws` bootstrap samples: shape (draws, columns, columns).

        Units are drawn, not rows: the answers of one customer stay together.
        """
        total = round(float(self.times.sum()))
        drawn = np.random.default_rng(seed).multinomial(total, self.times / self.times.sum(), draws)
        return covariances(np.tensordot(drawn.astype(float), self.units, 1))


def answers(surveys: Any, columns: Sequence[str], clusters: str | None) -> Answers:
    """Return the rows in which every column is answered.

    Parameters
    ----------
    surveys
        One row each, or counts with a column `customers`.
    columns
        Numbers; empty where there was no answer.
    clusters
        The column that names the customer, where one customer may have several rows.

    Raises
    ------
    ValueError
        If a column is missing, constant or follows from the others, or there are too few rows.
    """
    frame = to_pandas(surveys)
    names = list(columns)
    if len(set(names)) < len(names):
        raise ValueError(f"{', '.join(names)}: a column is named twice")
    need(frame.columns, [*names, *([clusters] if clusters else [])], "the table of surveys")
    answered = frame[names].notna().all(axis=1)
    weight = counts_of(frame, "the table of surveys")
    kept = frame[answered]
    if kept.empty:
        raise ValueError(f"{', '.join(names)}: no row has an answer in all of them")
    if clusters is None:
        rows = count_customers(kept, columns=names)
        cluster, times = np.arange(len(rows)), rows["customers"].to_numpy(float)
    else:
        if "customers" in frame or kept[clusters].isna().any():
            raise ValueError(f"{clusters}: clusters need one row an answer, each with its customer, and no counts")
        cluster, known = pd.factorize(kept[clusters], sort=True)
        rows = numbers(kept[names]).assign(customers=1.0)
        times = np.ones(len(known))
    _refuse(rows, names, len(times) if clusters else float(times.sum()))
    return Answers(
        rows, _units(rows, names, cluster, len(times)), times, cluster, float(weight[~answered.to_numpy()].sum())
    )


def _units(rows: pd.DataFrame, names: list[str], cluster: Vector, count: int) -> Vector:
    values = rows[names].to_numpy(float)
    # products of centred values lose no digits, and covariances do not see the centre
    values = np.column_stack([np.ones(len(rows)), values - np.average(values, axis=0, weights=rows["customers"])])
    units = np.zeros((count, values.shape[1], values.shape[1]))
    np.add.at(units, cluster, values[:, :, None] * values[:, None, :])
    return units


def _refuse(rows: pd.DataFrame, names: list[str], units: float) -> None:
    constant = [name for name in names if rows[name].nunique() < 2]
    if constant:
        raise ValueError(f"{', '.join(constant)}: all answers are equal; what moves with it cannot be known")
    if units < len(names) + 2:
        raise ValueError(f"{units:.0f} answers are too few for {len(names)} columns: {len(names) + 2} at least")
    causes = names[:-1]
    covariance = np.atleast_2d(np.cov(rows[causes].to_numpy(float), rowvar=False, aweights=rows["customers"]))
    scale = np.sqrt(np.diag(covariance))
    if np.linalg.eigvalsh(covariance / np.outer(scale, scale))[0] < _COLLINEAR:
        raise ValueError(f"{', '.join(causes)}: one follows from the others; their effects cannot be told apart")


def covariances(products: Vector) -> Vector:
    """Return covariances (divided by n) from sums of products of 1 and the columns; stacks are welcome."""
    n = products[..., :1, :1]
    means = products[..., 0, 1:] / n[..., 0]
    return products[..., 1:, 1:] / n - means[..., :, None] * means[..., None, :]


def slopes(covariance: Vector, outcome: int, on: Sequence[int]) -> Vector:
    """Return the coefficients of one column regressed on others, from covariances; stacks are welcome."""
    causes = list(on)
    inner = covariance[..., causes, :][..., :, causes]
    return np.einsum("...ij,...j->...i", np.linalg.pinv(inner, hermitian=True), covariance[..., causes, outcome])


def robust_regression(x: Vector, y: Vector, counts: Vector, cluster: Vector, clustered: bool) -> tuple[Vector, Vector]:
    """Return the coefficients of a linear regression and their covariance, robust to spread and clusters.

    White (1980, Econometrica 48(4)), with the factor n / (n − k); by customers Liang and Zeger (1986, Biometrika
    73(1)), with the factors of Stata. Rows may be counts.
    """
    inner = np.linalg.inv((x.T * counts) @ x)
    point = inner @ ((x.T * counts) @ y)
    push = x * (y - x @ point)[:, None]
    n, k = float(counts.sum()), x.shape[1]
    if clustered:
        sums = np.zeros((int(cluster.max()) + 1, k))
        np.add.at(sums, cluster, push * counts[:, None])
        groups = len(sums)
        return point, inner @ (sums.T @ sums) @ inner * groups / (groups - 1) * (n - 1) / (n - k)
    return point, inner @ ((push.T * counts) @ push) @ inner * n / (n - k)
