"""From covariates to columns of numbers, and from rows to counts.

Categories become one column for each level but the reference, against which the others are compared. Numbers are
centred on their mean and divided by their spread while a model is fitted, so that a fee in won and a share are
estimated equally well; what is reported is back in the unit of the data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crmlab.churn import contract_durations
from crmlab.engines import arrays, need, numbers, to_pandas
from crmlab.estimation import Vector
from crmlab.grouping import group_rows

HISTORY = ("duration", "churned")


def count_histories(
    data: Any, covariates: Sequence[str], observation_end: str | pd.Timestamp | None = None
) -> pd.DataFrame:
    """Return the distinct rows of duration, outcome and covariates, with the number of `customers` who share each.

    Parameters
    ----------
    data
        Contracts (`started_on`, `ended_on`) where `observation_end` is given; otherwise `duration`, `churned` and,
        where rows are counts, `customers`.
    covariates
        Columns to keep.
    observation_end
        Last day seen.

    Raises
    ------
    ValueError
        If a column is missing, a value is empty or impossible, or there is no customer.

    Examples
    --------
    >>> rows = pd.DataFrame({"duration": [3, 3, 5], "churned": [1, 1, 0], "plan": ["basic", "basic", "premium"]})
    >>> count_histories(rows, ["plan"])
       duration  churned     plan  customers
    0       3.0     True    basic        2.0
    1       5.0    False  premium        1.0
    """
    frame = to_pandas(data)
    if observation_end is not None:
        frame = contract_durations(frame, observation_end)
    need(frame.columns, [*HISTORY, *covariates], "the table of customers")
    customers = arrays(frame, ["customers"])[0] if "customers" in frame else np.ones(len(frame))
    duration, churned = arrays(frame, HISTORY)
    filled = {name: _filled(frame, name) for name in covariates}
    _refuse_impossible(duration, churned, customers)
    if not (customers > 0).any():
        raise ValueError("the table of customers has no customers")
    left, there = churned > 0, customers > 0
    keys = [duration, left, *filled.values()]
    which, rows = group_rows(keys if there.all() else [key[there] for key in keys])
    kept = rows if there.all() else np.flatnonzero(there)[rows]
    values = {name: column.iloc[kept].reset_index(drop=True) for name, column in filled.items()}
    counts = pd.DataFrame({"duration": duration[kept], "churned": left[kept], **values})
    return counts.assign(customers=np.bincount(which, customers[there], len(rows)))


def _filled(frame: pd.DataFrame, name: str) -> pd.Series:
    """Return a covariate; refuse empty and infinite values."""
    column = frame[name]
    if _is_number(column):
        return numbers(frame[[name]])[name]
    if column.isna().any():
        row = int(np.flatnonzero(column.isna())[0])
        raise ValueError(f"{name}: {int(column.isna().sum())} values are empty, the first in row {row}")
    return column


def _refuse_impossible(duration: Vector, churned: Vector, customers: Vector) -> None:
    wrong = {
        "duration is below 0": duration < 0,
        "churned is neither 0 nor 1": (churned != 0) & (churned != 1),
        "duration is 0 for a customer who left; a month begun is a month": (churned > 0) & (duration == 0),
        "customers is no whole number from 0 up": (customers < 0) | (customers != np.floor(customers)),
    }
    for said, bad in wrong.items():
        if bad.any():
            raise ValueError(f"{said}: {int(bad.sum())} rows, the first is row {int(np.flatnonzero(bad)[0])}")


def _is_number(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


@dataclass(frozen=True, eq=False)
class Design:
    """How covariates become columns.

    Attributes
    ----------
    columns
        One row for each column, named `plan: premium` or `fee`: its `covariate`, `level` (None for a number), `against`
        (the reference level, or "one less"), and the `middle` and `spread` by which it is scaled.
    levels
        The levels of each category, the reference first.
    """

    columns: pd.DataFrame
    levels: dict[str, list[Any]]

    @classmethod
    def of(cls, counts: pd.DataFrame, covariates: Sequence[str], reference: Mapping[str, Any] | None = None) -> Design:
        """Lay out the columns; the reference of a category is its first level unless `reference` names another.

        Raises
        ------
        ValueError
            If a covariate is constant or follows from others, a reference is unknown, or a level cannot be compared.
        """
        wanted = dict(reference or {})
        unknown = [name for name in wanted if name not in covariates or _is_number(counts[name])]
        if not covariates or unknown:
            raise ValueError(f"reference: {', '.join(unknown)} is no category" if unknown else "name a covariate")
        levels, rows = {}, []
        for name in covariates:
            _refuse_constant(counts, name)
            if _is_number(counts[name]):
                middle, spread = _middle_and_spread(counts[name], counts["customers"])
                rows.append((name, name, None, "one less", middle, spread))
                continue
            levels[name] = _levels(counts, name, wanted)
            _refuse_level_that_stays(counts, name)
            against = str(levels[name][0])
            rows += [(f"{name}: {level}", name, level, against, 0.0, 1.0) for level in levels[name][1:]]
        labels = ["name", "covariate", "level", "against", "middle", "spread"]
        design = cls(pd.DataFrame(rows, columns=labels).set_index("name"), levels)
        design._refuse_dependent(counts)
        return design

    @property
    def covariates(self) -> list[str]:
        """The covariates, in order."""
        return list(dict.fromkeys(self.columns["covariate"]))

    def scaled(self, data: pd.DataFrame) -> Vector:
        """Return the scaled columns, one row for each row of `data`.

        Raises
        ------
        ValueError
            If a covariate is missing or empty, or holds a level that the model was not fitted to.
        """
        need(data.columns, self.covariates, "the table of customers")
        filled = {name: _filled(data, name) for name in self.covariates}
        coded = {name: _coded(filled[name]) for name in self.levels}
        for name, known in self.levels.items():
            new = sorted(set(coded[name][1]) - set(map(str, known)))
            if new:
                raise ValueError(f"{name} holds {', '.join(new)}; the model knows {', '.join(map(str, known))}")
        wanted = zip(self.columns["covariate"], self.columns["level"], strict=True)
        columns = [filled[name] if level is None else _is_level(*coded[name], level) for name, level in wanted]
        values = np.stack([np.asarray(column, float) for column in columns], axis=1)
        return (values - self.columns["middle"].to_numpy(float)) / self.columns["spread"].to_numpy(float)

    def _refuse_dependent(self, counts: pd.DataFrame) -> None:
        values = self.scaled(counts)
        values = values - np.average(values, axis=0, weights=counts["customers"])
        triangle = np.asarray(np.linalg.qr(values, mode="r"))  # as dependent as the columns, and small
        for i, row in enumerate(self.columns.itertuples()):
            if np.linalg.matrix_rank(triangle[:, : i + 1], tol=1e-8 * np.sqrt(len(values))) <= i:
                raise ValueError(
                    f"{row.Index} follows from the covariates before it, so their effects cannot be told apart; "
                    f"leave out {row.covariate} or one of them"
                )


def _coded(column: pd.Series) -> tuple[Vector, list[str]]:
    """Return the number of each row's level, and the levels as text."""
    codes, levels = pd.factorize(column)
    return codes, list(map(str, levels))


def _is_level(codes: Vector, levels: Sequence[str], level: Any) -> Vector:
    return np.array([one == str(level) for one in levels])[codes]


def _middle_and_spread(values: pd.Series, weights: pd.Series) -> tuple[float, float]:
    middle = float(np.average(values, weights=weights))
    return middle, float(np.sqrt(np.average((values - middle) ** 2, weights=weights)))


def _levels(counts: pd.DataFrame, name: str, wanted: Mapping[str, Any]) -> list[Any]:
    """Return the levels of a category in its own order, or sorted, the reference first."""
    column, present = counts[name], set(counts[name].unique())
    ordered = column.cat.categories if isinstance(column.dtype, pd.CategoricalDtype) else sorted(present, key=str)
    levels = [level for level in ordered if level in present]
    first = wanted.get(name, levels[0])
    if first not in levels:
        raise ValueError(f"reference: {name} has no level {first!r}; there are {', '.join(map(str, levels))}")
    return [first, *(level for level in levels if level != first)]


def _refuse_constant(counts: pd.DataFrame, name: str) -> None:
    if counts[name].nunique() < 2:
        raise ValueError(
            f"{name} is {counts[name].iloc[0]} for all customers: its effect cannot be known; leave it out"
        )


def _refuse_level_that_stays(counts: pd.DataFrame, name: str) -> None:
    sizes = counts.groupby(name, observed=True)["customers"].sum()
    left = counts[counts["churned"]].groupby(name, observed=True)["customers"].sum().reindex(sizes.index).fillna(0)
    for level in sizes.index[left == 0]:
        raise ValueError(
            f"{name} = {level}: none of its {sizes[level]:g} customers left, so its hazard ratio has no lower end; "
            "join it with another level or leave it out"
        )
