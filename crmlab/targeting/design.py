"""The door of an experiment: what was drawn, what came of it, and what was known before.

An experiment is read once. Afterwards it is a frame with the columns `treated` (true or false) and `outcome` (a
number), and beside it a matrix of numbers made of the covariates, in which each value of a text has a column.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from crmlab.engines import need, numbers
from crmlab.estimation import Vector
from crmlab.grouping import each_customer

MADE = ("treated", "outcome", "if_treated", "if_not", "uplift", "fold")
SMALLEST_ARM = 50
_NOT_BY_CHANCE = 1e-6


def read_arms(table: pd.DataFrame) -> tuple[Vector, Vector, Vector]:
    """Return `treated`, `outcome` and the number of customers of each row of an experiment.

    Raises
    ------
    ValueError
        If a column is missing, empty or impossible, or an arm has nobody.
    """
    need(table.columns, ["treated", "outcome"], "the experiment")
    treated, outcome = numbers_of(table, "treated"), numbers_of(table, "outcome")
    customers = numbers_of(table, "customers") if "customers" in table else np.ones(len(table))
    if not np.isin(treated, (0, 1)).all():
        raise ValueError("treated is neither true nor false in some rows")
    if (customers < 0).any():
        raise ValueError("customers is negative in some rows")
    for arm, name in ((1, "treated"), (0, "left alone")):
        if not customers[treated == arm].sum() > 0:
            raise ValueError(f"nobody was {name}: without both arms no effect can be known")
    return treated, outcome, customers


def numbers_of(table: pd.DataFrame, what: str | float | pd.Series, name: str = "") -> Vector:
    """Return a number for each row: a column by its name, a series, or one number for all.

    Raises
    ------
    ValueError
        If the column is missing or no number, rows are empty, or the series belongs to other rows.
    """
    name = what if isinstance(what, str) else name
    if isinstance(what, str):
        need(table.columns, [what], "the experiment")
        what = table[what]
    if isinstance(what, pd.Series):
        if not what.index.equals(table.index):
            raise ValueError(f"{name} has an index of its own: give one number for each row of the table")
        empty = int(what.isna().sum())
        if empty:
            raise ValueError(f"{name} is empty in {empty} of {len(what)} rows")
    try:
        values = np.broadcast_to(np.asarray(what, float), len(table))
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} is not one number for each row") from error
    if not np.isfinite(values).all():
        raise ValueError(f"{name} is not finite in some rows")
    return values


def read_experiment(table: pd.DataFrame, treatment: str, outcome: str) -> pd.DataFrame:
    """Return one row a customer with `treated` and `outcome` beside the columns that were there.

    Counts are written out, so that each customer can be put into a fold.

    Raises
    ------
    ValueError
        If columns are missing or impossible, an arm is too small, or the outcome never differs.
    """
    need(table.columns, [treatment, outcome], "the experiment")
    taken = [name for name in MADE if name in table and name not in (treatment, outcome)]
    if taken:
        raise ValueError(f"the column {taken[0]} has a name that the result needs: call it otherwise")
    rows = table.assign(treated=numbers_of(table, treatment), outcome=numbers_of(table, outcome))
    if not rows["treated"].isin((0, 1)).all():
        raise ValueError(f"{treatment} is neither true nor false in some rows")
    if "customers" in rows:
        customers = numbers_of(rows, "customers")
        if (customers < 0).any() or (customers != np.floor(customers)).any():
            raise ValueError("customers is no whole number from 0 up in some rows")
        rows = rows.iloc[each_customer(customers, "Uplift")].drop(columns="customers").reset_index(drop=True)
    for arm, name in ((1, "treated"), (0, "left alone")):
        size = int((rows["treated"] == arm).sum())
        if size < SMALLEST_ARM:
            raise ValueError(f"{treatment}: {size} customers were {name}; uplift needs at least {SMALLEST_ARM}")
    if rows["outcome"].nunique() < 2:
        raise ValueError(f"{outcome} is the same for all {len(rows)} customers: no effect can be known")
    return rows.astype({"treated": bool})


def matrix(rows: pd.DataFrame, covariates: Sequence[str]) -> Vector:
    """Return the covariates as numbers: texts as one column for each value.

    Raises
    ------
    ValueError
        If there is none, or one is missing, empty or constant, or together they tell who was treated.
    """
    if not covariates or isinstance(covariates, str):
        raise ValueError("covariates is a list with at least one column that was known before the draw")
    need(rows.columns, covariates, "the experiment")
    for name in covariates:
        empty = int(rows[name].isna().sum())
        if empty:
            raise ValueError(f"{name} is empty in {empty} of {len(rows)} rows: give 'not known' a value of its own")
        if rows[name].nunique() < 2:
            raise ValueError(f"{name} is the same for all customers: it cannot tell them apart")
        if pd.api.types.is_numeric_dtype(rows[name]):
            numbers(rows[[name]])
    known = rows[list(covariates)]
    texts = [name for name in covariates if not pd.api.types.is_numeric_dtype(known[name])]
    for name in texts:
        if known[name].nunique() > len(rows) / 5:
            raise ValueError(f"{name} has {known[name].nunique()} values in {len(rows)} rows: it names customers")
    values = pd.get_dummies(known.astype(dict.fromkeys(texts, str)), columns=texts).to_numpy(float)
    _refuse_a_draw_that_was_none(rows["treated"].to_numpy(float), values)
    return values


def _refuse_a_draw_that_was_none(treated: Vector, values: Vector) -> None:
    """Refuse an experiment in which what was known before tells who was treated, by the F test of a regression."""
    from scipy.stats import f

    centred = values - values.mean(axis=0)
    fitted, _, rank, _ = np.linalg.lstsq(centred, treated - treated.mean(), rcond=None)
    left = len(treated) - int(rank) - 1
    if left < 1:
        raise ValueError(f"{len(treated)} customers are too few for {int(rank)} columns of covariates")
    explained, total = float(((centred @ fitted) ** 2).sum()), float(((treated - treated.mean()) ** 2).sum())
    ratio = explained / int(rank) / max((total - explained) / left, 1e-300)
    chance = float(f.sf(ratio, int(rank), left))
    if chance < _NOT_BY_CHANCE:
        raise ValueError(
            f"the covariates tell who was treated (p = {chance:.1g}): this was no draw with one chance for all, "
            "or a covariate was measured after it"
        )
