"""Tables for spreadsheets: CSV in which no cell is taken for a formula.

A spreadsheet runs what begins with =, +, -, @, a tab or a return. A text that begins so may come from anybody who could
type into a form. So it gets an apostrophe in front, which spreadsheets take as "this is text". Numbers stay numbers,
below 0 too. (OWASP, CSV Injection.)

Folders of companies are written by `crmlab.data.save`. They are read by programs, keep each text as it is, and are not
meant for spreadsheets.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # the wide ones of East Asian keyboards too


def defused(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table in which no text, head or name of a row is taken for a formula.

    Examples
    --------
    >>> defused(pd.DataFrame({"plan": ["=1+1", "basic"], "gain": [-2.5, 3.0]})).to_dict("list")
    {'plan': ["'=1+1", 'basic'], 'gain': [-2.5, 3.0]}
    """
    heads = pd.Index([_plain(head) for head in table.columns], name=_plain(table.columns.name))
    index = (
        table.index.map(_plain) if table.index.nlevels == 1 else table.index.map(lambda key: tuple(map(_plain, key)))
    )
    index.names = [_plain(name) for name in table.index.names]
    cells = table.map(_plain) if len(table.columns) else table
    return cells.set_axis(index).set_axis(heads, axis=1)


def write_csv(table: pd.DataFrame, path: Path, index: bool = False) -> None:
    """Write a table as CSV that Excel opens as it is: UTF-8 with a mark, commas, no formulas."""
    defused(table).to_csv(path, index=index, encoding="utf-8-sig", lineterminator="\n")


def _plain(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.lstrip(" ").startswith(_STARTS) else value
