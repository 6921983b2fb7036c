"""The rules that parsed tables keep: what may be empty, ranges, allowed values, keys, the order of days, references.

Empty values, ranges and allowed values are those of the data dictionary, and pandera checks them. Pandera takes a third
of a second to import, so it is imported only when tables are really checked. What it does not do (one day against
another, one table against another), or does too slowly (it took minutes to list a hundred thousand repeated keys), is
done here.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from crmlab.data.parsing import Fault
from crmlab.tables import TABLES, Column, Table

_SPANS = (("contracts", "started_on", "ended_on"),)
_OPEN_ENDED = {"ended_on"}  # a contract may be cancelled to a day that has not come yet
_LEAVE_OUT = "Correct the values, or leave these rows out."


def broken(table: Table, clean: pd.DataFrame, observation_end: str | None = None) -> Iterator[tuple[list[str], Fault]]:
    """Yield the columns and the rows of one parsed table that break a rule of the dictionary.

    Parameters
    ----------
    table
        The table of the dictionary.
    clean
        Its parsed columns, with a plain index.
    observation_end
        The last day on which anything could have been observed, as ISO text; None where it is not known.

    Examples
    --------
    >>> orders = pd.DataFrame({"customer_id": ["a", np.nan], "amount": [-1.0, 2.0]})
    >>> [(columns, fault.what) for columns, fault in broken(TABLES["orders"], orders)]
    [(['customer_id'], 'empty'), (['amount'], 'below 0')]
    """
    yield from _dictionary(table, clean)
    yield from _repeated(table, clean)
    for name, start, end in _SPANS:
        if name == table.name and {start, end} <= set(clean):
            yield [end], Fault((clean[end] < clean[start]).to_numpy(), f"before {start}", "Correct one of the two.")
    if observation_end is not None:
        yield from _late(table, clean, observation_end)


def dangling(name: str, tables: Mapping[str, pd.DataFrame]) -> Iterator[tuple[list[str], Fault]]:
    """Yield the columns and the rows of the table `name` that refer to rows that are not there.

    A table that is not among `tables` is not asked.
    """
    for column in TABLES[name].columns:
        other, _, target = column.references.partition(".")
        if column.name in tables[name] and target and target in tables.get(other, pd.DataFrame()):
            values = tables[name][column.name]
            rows = (values.notna() & ~values.isin(tables[other][target])).to_numpy()
            remedy = f"Add the missing {other}, or leave these rows out."
            yield [column.name], Fault(rows, f"not in {column.references}", remedy)


def _dictionary(table: Table, clean: pd.DataFrame) -> Iterator[tuple[list[str], Fault]]:
    import pandera.pandas as pa

    columns = {column.name: column for column in table.columns if column.name in clean}
    schema = pa.DataFrameSchema(
        {name: pa.Column(nullable=column.empty, checks=_checks(column, pa.Check)) for name, column in columns.items()}
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # pandera's own, of its use of pandas
            schema.validate(clean, lazy=True)
    except pa.errors.SchemaErrors as error:
        yield from _gathered(clean, error.failure_cases)


def _checks(column: Column, check: Any) -> list[Any]:
    low, high, values = column.low, column.high, column.values
    checks = [] if low is None else [check.ge(low, error=f"below {low:g}")]
    checks += [] if high is None else [check.le(high, error=f"above {high:g}")]
    return checks + ([check.isin(values, error=f"not one of {', '.join(values)}")] if values else [])


def _gathered(clean: pd.DataFrame, cases: pd.DataFrame) -> Iterator[tuple[list[str], Fault]]:
    """Yield pandera's failure cases, gathered by rule and column."""
    for rule, column in cases[["check", "column"]].drop_duplicates().to_numpy():
        rows = np.zeros(len(clean), bool)
        failed = cases[(cases["check"] == rule) & (cases["column"] == column)]
        rows[failed["index"].astype(int)] = True
        if rule == "not_nullable":
            yield [column], Fault(rows, "empty", "Fill the values in, or leave these rows out.")
        else:
            yield [column], Fault(rows, rule, _LEAVE_OUT)


def _repeated(table: Table, clean: pd.DataFrame) -> Iterator[tuple[list[str], Fault]]:
    key = [*table.key]
    if key and set(key) <= set(clean):
        rows = clean.duplicated(key).to_numpy() & clean[key].notna().to_numpy().all(axis=1)
        yield key, Fault(rows, "a repetition of an earlier row's key", "Keep one row for each key.")


def _late(table: Table, clean: pd.DataFrame, observation_end: str) -> Iterator[tuple[list[str], Fault]]:
    for column in table.columns:
        if column.kind == "date" and column.name in clean and column.name not in _OPEN_ENDED:
            rows = (clean[column.name] > pd.Timestamp(observation_end)).to_numpy()
            remedy = "Give a later observation_end, or leave these rows out."
            yield [column.name], Fault(rows, f"after the end of the observation, {observation_end}", remedy)
