"""`crmlab adopt --engine`: orders that do not fit into memory."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from crmlab.cli.words import wrote

ENOUGH = 1 << 28  # bytes of a file or folder from which on orders are counted where they lie: 256 MiB


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
    company = adopt_orders(
        told.files[0].removeprefix("orders="),
        told.out,
        observation_end=told.observation_end,
        engine=told.engine or ("spark" if told.master else "duckdb"),
        sample=told.sample,
        columns=_columns(told.mapping),
        name=told.name,
        currency=told.currency or "KRW",
        master=told.master,
        memory=told.memory,
        separator=_SEPARATORS.get(told.separator, told.separator),
        overwrite=told.force,
        progress=sys.stderr.isatty(),
    )
    return wrote(company, told.out)


_SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|", "blank": " "}


def _columns(words: list[str]) -> dict[str, str]:
    """Return our columns and theirs of words such as "orders.customer_id=cust_no"; "-" leaves a column out."""
    found = {}
    for word in words:
        ours, equals, theirs = word.partition("=")
        if not equals or not theirs:
            raise ValueError(f"--map {word}: with --engine, name single columns, as orders.customer_id=cust_no")
        found[ours.removeprefix("orders.")] = "" if theirs == "-" else theirs
    return found
