"""Large orders opened: by DuckDB on this machine, by Spark on a cluster, or as a frame that is there already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from crmlab.engines.cluster import read, session
from crmlab.engines.files import database, scan
from crmlab.engines.lines import orders_of

ENGINES = ("duckdb", "spark")
NAMES = {"customer_id": "customer_id", "ordered_at": "ordered_at", "amount": "amount"}
LINES = NAMES | {name: name for name in ("order_id", "quantity", "price")}


@contextmanager
def opened(
    source: Any,
    engine: str = "duckdb",
    *,
    columns: Mapping[str, str | int] | None = None,
    master: str | None = None,
    memory: str = "4GiB",
    separator: str | None = None,
    header: bool = True,
    lines: bool = False,
    progress: bool = False,
) -> Iterator[Any]:
    """Open orders as a frame with `customer_id`, `ordered_at` and `amount`; a frame of orders comes back as it is.

    Parameters
    ----------
    source
        A file of Parquet or text, a folder of them, a pattern; or a frame of any engine.
    engine
        "duckdb", or "spark".
    columns
        Our column names to those of the files, or their positions from 1, where they differ; `amount` as "" where
        there is none.
    master
        Of Spark: the address of the cluster.
    memory
        Of DuckDB: how much it may use before it spills to disk.
    separator, header
        Of text: what parts the columns, and whether the first line names them.
    lines
        Whether a row is a line of an order, as `crmlab.engines.lines.orders_of` has it; of files also `order_id`,
        `quantity` and `price` are then taken, or "" where there are none.
    progress
        Whether the engine shows its bar.

    Raises
    ------
    ValueError
        If there is no such engine or file, a column is missing, or Spark does not start.

    Examples
    --------
    >>> with opened("orders.parquet", "abacus"):
    ...     pass
    Traceback (most recent call last):
    ValueError: there is no engine 'abacus'; choose duckdb or spark
    """
    if engine not in ENGINES:
        raise ValueError(f"there is no engine {engine!r}; choose {' or '.join(ENGINES)}")
    names = LINES if lines else NAMES
    named = {ours: theirs for ours, theirs in (names | dict(columns or {})).items() if theirs != ""}
    if unknown := [ours for ours in named if ours not in names]:
        raise ValueError(f"columns names {', '.join(unknown)}; what is counted is {', '.join(names)}")
    if not isinstance(source, str | Path):
        yield _orders(source, lines)
    elif engine == "spark":
        yield _orders(read(session(master, progress=progress), str(source), named, separator, header), lines)
    else:
        with database(memory, progress) as base:
            yield _orders(scan(base, source, named, separator, header), lines)


def _orders(rows: Any, lines: bool) -> Any:
    return orders_of(rows).to_native() if lines else rows
