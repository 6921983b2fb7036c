"""The chance to agree, estimated from what is known of everybody who was asked.

A logistic regression by maximum likelihood, without a penalty: its scores have a mean of 0 at the estimates, on which
the interval of a weighted mean relies. Where a kind of customer never agreed nobody can stand for it, and that is said.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd

from crmlab.engines import need, numbers
from crmlab.estimation import Vector


def counts_of(table: pd.DataFrame) -> Vector:
    """Return the number of customers of each row: 1, or what the column `customers` says.

    Raises
    ------
    ValueError
        If a count is empty, negative or no number.
    """
    if "customers" not in table:
        return np.ones(len(table))
    counts = pd.to_numeric(table["customers"], errors="coerce").to_numpy(float)
    if not np.isfinite(counts).all() or (counts < 0).any():
        raise ValueError("customers is empty, negative or no number in some rows")
    return counts


def read_answers(table: pd.DataFrame, granted: str, largest: float) -> tuple[Vector, Vector]:
    """Return who agreed, and the number of customers of each row."""
    need(table.columns, [granted], "the table of those asked")
    if not largest > 1:
        raise ValueError(f"largest is {largest}; weights have a mean of 1, so it must lie above 1")
    agreed = pd.to_numeric(table[granted], errors="coerce").astype("Float64").to_numpy(float, na_value=np.nan)
    wrong = ~np.isin(agreed, (0, 1))
    if wrong.any():
        raise ValueError(f"{granted} is neither true nor false in {int(wrong.sum())} of {len(table)} rows")
    customers = counts_of(table)
    if not 0 < customers @ agreed < customers.sum():
        raise ValueError(f"{granted}: nobody agreed, or everybody: there is nothing to weigh")
    return agreed, customers


def design_of(
    table: pd.DataFrame, covariates: Sequence[str], agreed: Vector, customers: Vector, granted: str
) -> pd.DataFrame:
    """Return the columns of the regression, numbers in standard deviations, with a constant."""
    if not covariates or isinstance(covariates, str):
        raise ValueError("covariates is a list with at least one column known of everybody")
    need(table.columns, covariates, "the table of those asked")
    known, there = pd.Series(agreed, table.index), customers > 0
    for name in covariates:
        empty = int(table[name].isna().sum())
        if empty:
            raise ValueError(f"{name} is empty in {empty} of {len(table)} rows: give 'not known' a value of its own")
        if table.loc[there, name].nunique() < 2:
            raise ValueError(f"{name} is the same for all who were asked: it cannot tell them apart")
        if pd.api.types.is_numeric_dtype(table[name]):
            numbers(table[[name]])
        else:
            shares = known[there].groupby(table[name], observed=True).mean()
            for value, share in shares[shares.isin((0, 1))].items():
                who = "everybody" if share else "nobody"
                raise ValueError(f"{name}: {who} with {value} agreed ({granted}), so the chance is not known; join it")
    wide = pd.get_dummies(_kinds(table, covariates), drop_first=True).astype(float)
    middle = np.average(wide, axis=0, weights=customers)
    spread = np.sqrt(np.average((wide - middle) ** 2, axis=0, weights=customers))
    scaled = pd.DataFrame((wide.to_numpy() - middle) / np.where(spread > 0, spread, 1), wide.index, wide.columns)
    return scaled.assign(constant=1.0)


def regress(design: pd.DataFrame, agreed: Vector, customers: Vector) -> Vector:
    """Return the chance of each row to agree, at the top of the likelihood."""
    import statsmodels.api as sm

    with warnings.catch_warnings():
        # separation is refused below, by name, and a column that follows from others leaves the chances as they are
        warnings.simplefilter("ignore")
        fit = sm.GLM(agreed, design, family=sm.families.Binomial(), freq_weights=customers).fit(maxiter=50, tol=1e-12)
        chance = np.asarray(fit.fittedvalues, float)
    if not fit.converged or (chance < 1e-6).any() or (chance > 1 - 1e-6).any():
        steep = fit.params.drop("constant").abs().idxmax()
        raise ValueError(f"{steep} tells almost surely who agreed: the chances are not known; leave it out or join it")
    return chance


def balance_of(
    table: pd.DataFrame, covariates: Sequence[str], asked: Vector, agreed: Vector, weighted: Vector
) -> pd.DataFrame:
    """Return the means of the columns under three weights, and how far the last two are from the first."""
    heads = pd.Index(["all", "agreed", "weighted", "off_before", "off_after"])
    if not len(covariates):
        return pd.DataFrame(columns=heads, dtype=float)
    wide = pd.get_dummies(_kinds(table, covariates), prefix_sep=": ").astype(float)
    means = [np.average(wide, axis=0, weights=weights) for weights in (asked, agreed, weighted)]
    spread = np.sqrt(np.average((wide - means[0]) ** 2, axis=0, weights=asked))
    off = [(mean - means[0]) / np.where(spread > 0, spread, 1) for mean in means[1:]]
    return pd.DataFrame(np.column_stack([*means, *off]), wide.columns, heads)


def _kinds(table: pd.DataFrame, covariates: Sequence[str]) -> pd.DataFrame:
    """Return the covariates with categories as text: one that nobody has makes no column."""
    known = table[list(covariates)]
    texts = [name for name in known if not pd.api.types.is_numeric_dtype(known[name])]
    return known.astype(dict.fromkeys(texts, str))
