"""A copy of a company in which persons are pseudonyms: the same in every table, so that the tables can still be joined.

Customer numbers become pseudonyms too, and wherever one of the replaced values stands in a column that identifies (it
is called `..._id`), it is replaced there as well. So keys that refer to each other go on doing so. Values are taken as
they are written: an address in capitals and the same in small letters are two.

Free text cannot be made safe by looking for forms, because a name has none. It is dropped by default; masking takes out
what was found and leaves the rest. What remains untouched, a birth year or a region, can still single somebody out:
`crm.Anonymized` is made for that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from crmlab.checking.identifiers import find_identifiers
from crmlab.checking.personal import find_personal
from crmlab.company import Company
from crmlab.data.parsing import written
from crmlab.privacy import pseudonyms
from crmlab.tables import TABLES
from crmlab.tables.schema import CUSTOMER

DONE = ("table", "column", "what", "rows")
TEXTS = ("drop", "mask")
_MOSTLY = 0.5  # of the filled rows that hold an identifier alone, from which a column is one and no free text


def pseudonymize(company: Company, key: bytes | str, text: str = "drop") -> tuple[Company, pd.DataFrame]:
    """Return a copy of a company without the personal data that were found, and what was done.

    Parameters
    ----------
    company
        It is not changed. Its truth, if any, is left out of the copy.
    key
        At least 32 bytes; the same key gives the same pseudonyms next month.
    text
        What becomes of free text with personal data: "drop" leaves the column out, "mask" puts [telephone] and the like
        in the place of what was found.

    Returns
    -------
    tuple
        The copy, and a frame with `table`, `column`, `what` was done, and in how many `rows`.

    Raises
    ------
    ValueError
        If the key is too short, or `text` is neither "drop" nor "mask".

    Examples
    --------
    >>> days = pd.to_datetime(["2025-01-31"])
    >>> tables = {"customers": pd.DataFrame({"customer_id": ["kim@example.com"], "acquired_on": days})}
    >>> copy, done = pseudonymize(Company("shop", tables, "2025-12-31"), "an example; a real key is not a sentence")
    >>> copy.customers["customer_id"].str.len().to_list(), done["what"].to_list()
    ([32], ['pseudonyms'])
    """
    if text not in TEXTS:
        raise ValueError(f"text is {text!r}; choose drop or mask")
    what = _plan(company, text)
    names = _names(company, [place for place, done in what.items() if done == "pseudonyms"], key)
    tables = {name: frame.copy() for name, frame in company.tables.items()}
    rows = []
    for name, frame in tables.items():
        for column in map(str, frame.columns):
            done = what.get((name, column)) or _elsewhere(column, frame[column], names)
            if done:
                rows.append((name, column, done, int(frame[column].notna().sum())))
                _change(frame, column, done, names)
    return replace(company, tables=tables, truth=None), pd.DataFrame(rows, columns=list(DONE))


def masked(text: str) -> str:
    """Return a text with the kind in brackets in the place of each identifier.

    Examples
    --------
    >>> masked("call 010-1234-5678, or kim@example.com")
    'call [telephone], or [e-mail]'
    """
    for found in reversed(find_identifiers(text)):
        text = f"{text[: found.start]}[{found.kind}]{text[found.end :]}"
    return text


def _plan(company: Company, text: str) -> dict[tuple[str, str], str]:
    """Return what is to be done with each column: pseudonyms, the year only, drop or mask."""
    plan = {(name, column): "pseudonyms" for name in company.tables for column in _customer_columns(name, company)}
    found = find_personal(company.tables)
    for (table, column), rows in ((tuple(map(str, at)), rows) for at, rows in found.groupby(["table", "column"])):
        values = company.tables[table][column]
        alone = rows.loc[rows["within"] == "the whole cell", "share"].sum()
        if pd.api.types.is_datetime64_any_dtype(values.dtype):
            plan[table, column] = "the year only"
        elif alone >= _MOSTLY or _needed(table, column):
            plan[table, column] = "pseudonyms"
        else:
            plan[table, column] = text
    return plan


def _customer_columns(table: str, company: Company) -> list[str]:
    known = {one.name: one for one in TABLES[table].columns} if table in TABLES else {}
    return [
        column
        for column in map(str, company.tables[table].columns)
        if column == "customer_id" or (column in known and known[column].references == CUSTOMER)
    ]


def _needed(table: str, column: str) -> bool:
    """Tell whether the table would not be one without this column."""
    return table in TABLES and (column in TABLES[table].required or column in TABLES[table].key)


def _names(company: Company, places: list[tuple[str, str]], key: bytes | str) -> dict[str, str]:
    texts = [written(company.tables[table][column]) for table, column in places]
    values = pd.Series(np.concatenate(texts) if texts else [], dtype=object).dropna().drop_duplicates()
    return dict(zip(values, pseudonyms(values, key), strict=True))


def _elsewhere(column: str, values: pd.Series, names: Mapping[str, str]) -> str:
    """Return "pseudonyms" for a column that identifies and holds some of the replaced values."""
    if not column.endswith("_id") or not names:
        return ""
    return "pseudonyms where replaced elsewhere" if pd.Series(written(values)).isin(list(names)).any() else ""


def _change(frame: pd.DataFrame, column: str, done: str, names: Mapping[str, str]) -> None:
    values = frame[column]
    if done == "drop":
        del frame[column]
    elif done == "mask":
        known = {value: masked(str(value)) for value in values.dropna().unique()}
        frame[column] = values.map(known)
    elif done == "the year only":
        frame[column] = pd.to_datetime(values.dt.year.astype("Int64").astype("string") + "-01-01").astype(
            "datetime64[ns]"
        )
    else:
        texts = pd.Series(written(values), values.index, dtype=object)
        frame[column] = texts.map(names).where(texts.isin(list(names)), texts)
