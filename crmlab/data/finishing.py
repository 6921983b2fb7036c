"""What checked tables still need: types for the columns that the data dictionary does not know, and the last day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from crmlab.data.csvfiles import Field
from crmlab.data.parsing import guess_kind, parse
from crmlab.tables import DTYPES, TABLES


def finish(table: str, frame: pd.DataFrame, kinds: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Return a checked table; columns outside the data dictionary get the type that they are said, or seem, to have.

    Parameters
    ----------
    table, frame
        The table of the dictionary, and its rows as `crmlab.data.validation.validate` returned them.
    kinds
        The kinds of columns that the dictionary does not know; else they are those that fit.

    Examples
    --------
    >>> finish("orders", pd.DataFrame({"customer_id": ["a"], "visits": ["7"]})).dtypes.astype(str).to_dict()
    {'customer_id': 'object', 'visits': 'int64'}
    """
    finished = {}
    for name in _extra(table, frame):
        texts = frame.loc[:, name]
        kind = (kinds or {}).get(name) or guess_kind(texts)
        values, faults = parse(kind if kind in DTYPES else "text", texts)
        if faults:
            values = parse("text", texts)[0]
        elif kind in ("integer", "boolean") and values.notna().all():
            dtype: Any = Field(name, kind, full=True).dtype
            values = values.astype(dtype)
        finished[name] = values
    return frame.assign(**finished)


def last_day(tables: Mapping[str, pd.DataFrame]) -> str:
    """Return the last day in any date column of the data dictionary, as ISO text.

    Examples
    --------
    >>> last_day({"orders": pd.DataFrame({"ordered_at": pd.to_datetime(["2025-01-31", "2025-01-02"])})})
    '2025-01-31'
    """
    days = [
        frame[column.name].max()
        for name, frame in tables.items()
        for column in TABLES[name].columns
        if column.kind == "date" and column.name in frame
    ]
    return f"{max(day for day in days if day is not pd.NaT):%Y-%m-%d}"


def _extra(table: str, frame: pd.DataFrame) -> list[str]:
    known = {column.name for column in TABLES[table].columns}
    return [str(name) for name in frame if name not in known]
