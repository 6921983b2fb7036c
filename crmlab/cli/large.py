"""`crmlab adopt --engine`: orders that do not fit into memory."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from crmlab.cli.words import wrote

if TYPE_CHECKING:
    from crmlab.intake import Plan

ENOUGH = 1 << 28  # bytes of a file or folder from which on orders are counted where they lie: 256 MiB
_SHAPES = {
    "orders": ("customer_id", "ordered_at", "amount"),
    "sales_lines": ("order_id", "customer_id", "ordered_at", "quantity", "price", "amount"),
}
_SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|", "blank": " "}


def add_engine(parser: argparse.ArgumentParser) -> None:
    """Add the options of large orders to `crmlab adopt`."""
    group = parser.add_argument_group("orders beyond memory (a file, a folder or a pattern of Parquet or text)")
    group.add_argument(
        "--engine",
        choices=("duckdb", "spark"),
        help="count all customers where the orders lie, keep the orders of a sample (from 256 MiB on: duckdb)",
    )
    group.add_argument("--master", metavar="URL", help="the Spark cluster, as spark://host:7077")
    group.add_argument("--sample", type=int, default=50_000, metavar="N", help="customers kept with all their orders")
    group.add_argument("--memory", default="4GiB", help="how much DuckDB may use before it spills to disk")


def is_large(told: argparse.Namespace) -> bool:
    """Return whether `crmlab adopt` is to count orders where they lie: as told, or because they are many bytes."""
    if told.engine or told.master:
        return True
    if len(told.files) != 1 or told.query or told.dry_run or told.table not in (None, *_SHAPES):
        return False
    path = Path(_file(told)[1])
    parts = path.rglob("*") if path.is_dir() else [path]
    return sum(part.stat().st_size for part in parts if part.is_file()) >= ENOUGH


def adopt_large(told: argparse.Namespace) -> int:
    """Make a company of the orders of one file, folder or pattern, as `crmlab adopt` was told."""
    from crmlab.large import adopt_orders

    if len(told.files) != 1 or told.table not in (None, *_SHAPES):
        raise ValueError("--engine counts orders: give one file, folder or pattern of orders or of their lines")
    if told.out is None:
        raise ValueError("where is it to be written? Add --out DIR")
    shape, file = _file(told)
    plan, shape, columns = _mapped(told.mapping, shape)
    _refuse_reading(told, plan, shape)
    how = {key: value for sheet in plan.sheets for key, value in sheet.how.items()}
    separator = told.separator or how.get("separator", "")
    company = adopt_orders(
        file,
        told.out,
        observation_end=told.observation_end,
        engine=told.engine or ("spark" if told.master else "duckdb"),
        sample=told.sample,
        columns=columns,
        name=told.name,
        currency=told.currency or plan.currency or "KRW",
        master=told.master,
        memory=told.memory,
        separator=_SEPARATORS.get(separator, separator) or None,
        header=(told.header or how.get("header")) != "no",
        lines=shape == "sales_lines",
        overwrite=told.force,
        progress=sys.stderr.isatty(),
    )
    return wrote(company, told.out)


def _file(told: argparse.Namespace) -> tuple[str, str]:
    """Return what the one file is said to hold, "" where nothing is said, and the file."""
    shape, equals, file = told.files[0].partition("=")
    return (shape, file) if equals and shape in _SHAPES else (told.table or "", told.files[0])


def _mapped(words: list[str], shape: str) -> tuple[Plan, str, dict[str, str | int]]:
    """Return what a saved mapping says of orders or their lines, which of these, and their columns by ours.

    A column is a name, a position, or "" for none.
    """
    from crmlab.intake.told import read_told

    told = read_told(words)
    sheets = tuple(sheet for sheet in told.plan.sheets if sheet.shape in ((shape,) if shape else _SHAPES))
    shapes = {*(sheet.shape for sheet in sheets), *told.roles, shape} - {""}
    if (told.plan.sheets and len(sheets) != 1) or len(shapes) > 1 or shapes - {*_SHAPES}:
        raise ValueError(
            "--engine counts orders: give --map a mapping with one sheet of orders or of their lines (sales_lines), or "
            "columns of one of these"
        )
    shape = next(iter(shapes), "orders")
    pairs = [pair for sheet in sheets for pair in sheet.columns.items() if pair[0] in _SHAPES[shape]]
    pairs += [pair for roles in told.roles.values() for pair in roles.items()]
    columns = {ours: "" if theirs is None else theirs for ours, theirs in pairs if not isinstance(theirs, tuple)}
    untold = dict.fromkeys(("order_id", "quantity", "price", "amount"), "") if shape == "sales_lines" else {}
    return replace(told.plan, sheets=sheets), shape, untold | columns


def _refuse_reading(told: argparse.Namespace, plan: Plan, shape: str) -> None:
    """Refuse what an engine does not follow, for it reads files as they are; say which choices it does not make."""
    options = ("dates", "decimal", "choose", "encoding", "sheet")
    found = [f"--{option}" for option in options if getattr(told, option)]
    for sheet in plan.sheets:
        ways = {**sheet.dates, **sheet.decimals}
        found += [f"{role} with {way}" for role, way in ways.items() if role in _SHAPES[shape] and way != "point"]
    if found:
        remedy = "Give Parquet, or UTF-8 text, days as 2025-01-31 and plain numbers."
        raise ValueError(f"{', '.join(found)}: an engine reads orders as they are. {remedy}")
    if plan.choices:
        made = ", ".join(f"{name}={option}" for name, option in plan.choices.items())
        print(f"The choices of the mapping are not made where orders are counted in place: {made}.")
