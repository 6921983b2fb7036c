"""`crmlab adopt`: files of one's own, made a company."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from crmlab.cli.large import add_engine, adopt_large, is_large
from crmlab.cli.words import add_command, add_force, wrote

_EXAMPLES = """examples:
  crmlab adopt orders.csv --out shop
  crmlab adopt customers.xlsx orders.csv --out shop --dry-run
  crmlab adopt orders=export.csv --out shop --map orders.customer_id=cust_no orders.amount="net total"
  crmlab adopt next-month.csv --map shop/mapping.toml --out shop2
  crmlab adopt sqlite:///shop.db --query "SELECT * FROM orders" --out shop
  crmlab adopt orders/ --engine duckdb --map customer_id=cust_no ordered_at=day amount=total --out shop

What each file holds, and which column is which, is found from names (English and Korean) and contents, and printed with
the reasons. What is open is asked in one report, together with the words that settle it. A column is named by your
header, or by its position from 1; "-" leaves it out. The mapping is kept in DIR/mapping.toml.
"""


def add_to(commands: Any) -> None:
    """Add the command to the others."""
    parser = add_command(commands, "adopt", _adopt, "check files of your own and make a company of them", _EXAMPLES)
    parser.add_argument(
        "files", nargs="+", metavar="[TABLE=]FILE", help="text, Excel, Parquet, JSON lines, or a database with --query"
    )
    parser.add_argument("--out", metavar="DIR", help="the folder to write")
    parser.add_argument("--dry-run", action="store_true", help="only say what was understood; write nothing")
    parser.add_argument("--table", metavar="TABLE", help="what a single file holds, as orders, contracts, event_log")
    _add_mapping(parser)
    _add_reading(parser)
    parser.add_argument("--currency", metavar="CODE", help="of the money (default: as it is written, else KRW)")
    parser.add_argument(
        "--observation-end", metavar="DAY", help="last day of observation (default: the last that occurs)"
    )
    parser.add_argument("--name", help="what the company is called (default: the name of the folder)")
    add_engine(parser)
    add_force(parser)


def _add_mapping(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--map",
        "--columns",
        dest="mapping",
        nargs="+",
        action="extend",
        default=[],
        metavar="MAPPING.TOML|[TABLE.]OURS=YOURS",
        help="which column is which: a saved mapping, or single columns",
    )
    parser.add_argument(
        "--choose", nargs="+", action="extend", default=[], metavar="NAME=OPTION", help="as refunds=drop"
    )


def _add_reading(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--dates",
        nargs="+",
        action="extend",
        default=[],
        metavar="[COLUMN=]ORDER",
        help="day-first, month-first or year-first; spreadsheet or epoch for counts of days or seconds",
    )
    parser.add_argument(
        "--decimal",
        nargs="+",
        action="extend",
        default=[],
        metavar="[COLUMN=]MARK",
        help="what parts the decimals: comma or point",
    )
    parser.add_argument("--encoding", help="how text is encoded, as cp949 (default: found out)")
    parser.add_argument("--separator", help="what separates fields: comma, semicolon, tab, bar, blank")
    parser.add_argument("--header", choices=("yes", "no"), help="whether the first row names the columns")
    parser.add_argument("--sheet", help="the one sheet of a workbook that is read")
    parser.add_argument("--query", help="one SELECT at the database that FILE is the address of")


def _adopt(told: argparse.Namespace) -> int:
    if is_large(told):
        return adopt_large(told)
    from crmlab.intake import adopt

    out = None if told.dry_run else told.out
    if out is None and not told.dry_run:
        raise ValueError("where is it to be written? Add --out DIR, or --dry-run to write nothing")
    files = [_file(text, told.table) for text in told.files]
    if told.table and len(files) > 1:
        raise ValueError(f"--table is for a single file; write {told.table}=FILE before the one that is meant")
    company = adopt(
        files,
        mapping=told.mapping,
        name=told.name,
        out=out,
        encoding=told.encoding,
        separator=told.separator,
        header=None if told.header is None else told.header == "yes",
        currency=told.currency,
        observation_end=told.observation_end,
        dates=told.dates,
        decimal=told.decimal,
        choose=told.choose,
        sheet=told.sheet,
        query=told.query,
        overwrite=told.force,
        progress=sys.stderr.isatty(),
    )
    return wrote(company, out) if out else _dry()


def _dry() -> int:
    print("Nothing is open. Nothing was written, for --dry-run.")
    return 0


def _file(text: str, table: str | None) -> tuple[str, str]:
    """Return what a file is said to hold, "" where nothing is said, and its path or address."""
    name, equals, path = text.partition("=")
    if equals and name.isidentifier() and not Path(text).exists():
        return name, path
    return table or "", text
