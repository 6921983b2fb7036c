"""`crmlab adopt`: files of one's own, made a company."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from crmlab.cli.words import add_command, add_force, wrote
from crmlab.tables import TABLES

_EXAMPLES = """examples:
  crmlab adopt export.csv --table orders --columns customer_id=cust_no ordered_at=date amount=total --out shop
  crmlab adopt export.txt --table orders --columns customer_id=2 ordered_at=3 amount=5 --out shop --currency USD
  crmlab adopt orders=export.csv customers=people.csv --out shop \\
    --columns orders.customer_id=cust_no orders.ordered_at=date orders.amount=total customers.customer_id=id

A column is named by the header of your file, or by its position, counted from 1. Columns that are called as the data
dictionary calls them need no naming. Dates are yyyy-mm-dd or yyyymmdd.
"""


def add_to(commands: Any) -> None:
    """Add the command to the others."""
    parser = add_command(commands, "adopt", _adopt, "check files of your own and make a company of them", _EXAMPLES)
    parser.add_argument("files", nargs="+", metavar="[TABLE=]FILE", help="delimited text, one file a table")
    parser.add_argument(
        "--table", choices=TABLES, metavar="TABLE", help=f"what a single file holds: {', '.join(TABLES)}"
    )
    parser.add_argument(
        "--columns",
        nargs="+",
        action="extend",
        default=[],
        metavar="[TABLE.]COLUMN=YOURS",
        help="which column is which",
    )
    parser.add_argument("--out", metavar="DIR", required=True, help="the folder to write")
    parser.add_argument("--encoding", default="utf-8-sig", help="how the text is encoded, as cp949 (default: UTF-8)")
    parser.add_argument("--currency", default="KRW", help="code of the money columns (default: KRW)")
    parser.add_argument(
        "--observation-end", metavar="DAY", help="last day of observation (default: the last that occurs)"
    )
    parser.add_argument("--name", help="what the company is called (default: the name of the folder)")
    add_force(parser)


def _adopt(told: argparse.Namespace) -> int:
    from crmlab.data import adopt

    files = dict(_file(text, told.table) for text in told.files)
    if len(files) < len(told.files):
        raise ValueError("two files are given for one table; put them together first")
    columns: dict[str, dict[str, str | int]] = {}
    for text in told.columns:
        table, column, theirs = _column(text, list(files))
        columns.setdefault(table, {})[column] = theirs
    company = adopt(
        files,
        columns,
        name=told.name,
        out=told.out,
        encoding=told.encoding,
        currency=told.currency,
        observation_end=told.observation_end,
        overwrite=told.force,
    )
    return wrote(company, told.out)


def _file(text: str, table: str | None) -> tuple[str, str]:
    name, equals, path = text.partition("=")
    if equals and name.isidentifier() and not Path(text).exists():
        return name, path
    if table is None:
        raise ValueError(f"which table does {text} hold? Write orders={text}, or add --table orders")
    return table, text


def _column(text: str, tables: list[str]) -> tuple[str, str, str | int]:
    """Return table, our column and theirs of [TABLE.]COLUMN=YOURS."""
    ours, equals, theirs = text.partition("=")
    if not equals or not theirs:
        raise ValueError(f"--columns {text!r} is not COLUMN=YOURS; put the files before --columns")
    table, dot, column = ours.rpartition(".")
    if not dot and len(tables) > 1:
        raise ValueError(f"--columns {text!r}: of which table? Write {tables[0]}.{text}")
    return table if dot else tables[0], column, int(theirs) if theirs.isdecimal() else theirs
