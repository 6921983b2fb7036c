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
_COUNTED = ("customer_id", "ordered_at", "amount")
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
    if len(told.files) != 1 or told.query or told.dry_run or told.table not in (None, "orders"):
        return False
    path = Path(told.files[0].removeprefix("orders="))
    parts = path.rglob("*") if path.is_dir() else [path]
    return sum(part.stat().st_size for part in parts if part.is_file()) >= ENOUGH


def adopt_large(told: argparse.Namespace) -> int:
    """Make a company of the orders of one file, folder or pattern, as `crmlab adopt` was told."""
    from crmlab.large import adopt_orders

    if len(told.files) != 1 or told.table not in (None, "orders"):
        raise ValueError("--engine counts orders: give one file, folder or pattern of orders")
    if told.out is None:
        raise ValueError("where is it to be written? Add --out DIR")
    plan, columns = _mapped(told.mapping)
    _refuse_reading(told, plan)
    separator = told.separator or next((sheet.how.get("separator") for sheet in plan.sheets), None)
    company = adopt_orders(
        told.files[0].removeprefix("orders="),
        told.out,
        observation_end=told.observation_end,
        engine=told.engine or ("spark" if told.master else "duckdb"),
        sample=told.sample,
        columns=columns,
        name=told.name,
        currency=told.currency or plan.currency or "KRW",
        master=told.master,
        memory=told.memory,
        separator=_SEPARATORS.get(separator or "", separator),
        overwrite=told.force,
        progress=sys.stderr.isatty(),
    )
    return wrote(company, told.out)


def _mapped(words: list[str]) -> tuple[Plan, dict[str, str | int]]:
    """Return what a saved mapping says of orders, and their columns by ours: a name, a position, or "" for none."""
    from crmlab.intake.told import read_told

    told = read_told(words)
    sheets = tuple(sheet for sheet in told.plan.sheets if sheet.shape == "orders")
    if (told.plan.sheets and len(sheets) != 1) or set(told.roles) - {"", "orders"}:
        raise ValueError("--engine counts orders: give --map a mapping with one sheet of orders, or columns of orders")
    pairs = [pair for sheet in sheets for pair in sheet.columns.items() if pair[0] in _COUNTED]
    pairs += [pair for roles in told.roles.values() for pair in roles.items()]
    columns = {ours: "" if theirs is None else theirs for ours, theirs in pairs if not isinstance(theirs, tuple)}
    return replace(told.plan, sheets=sheets), columns


def _refuse_reading(told: argparse.Namespace, plan: Plan) -> None:
    """Refuse what an engine does not follow, for it reads files as they are; say which choices it does not make."""
    options = ("dates", "decimal", "choose", "encoding", "sheet")
    found = [f"--{option}" for option in options if getattr(told, option)] + ["--header no"] * (told.header == "no")
    for sheet in plan.sheets:
        ways = {**sheet.dates, **sheet.decimals}
        found += [f"{role} with {way}" for role, way in ways.items() if role in _COUNTED and way != "point"]
        found += ["a file without a header"] if sheet.how.get("header") == "no" else []
    if found:
        remedy = "Give Parquet, or UTF-8 text with a header, days as 2025-01-31 and plain numbers."
        raise ValueError(f"{', '.join(found)}: an engine reads orders as they are. {remedy}")
    if plan.choices:
        made = ", ".join(f"{name}={option}" for name, option in plan.choices.items())
        print(f"The choices of the mapping are not made where orders are counted in place: {made}.")
