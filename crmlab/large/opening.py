"""Large orders opened: by DuckDB on this machine, by Spark on a cluster, or as a frame that is there already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from crmlab.engines.cluster import read, session
from crmlab.engines.files import database, scan

ENGINES = ("duckdb", "spark")
NAMES = {"customer_id": "customer_id", "ordered_at": "ordered_at", "amount": "amount"}


@contextmanager
def opened(
    source: Any,
    engine: str = "duckdb",
    *,
    columns: Mapping[str, str | int] | None = None,
    master: str | None = None,
    memory: str = "4GiB",
    separator: str | None = None,
    progress: bool = False,
) -> Iterator[Any]:
    """Open orders as a frame with `customer_id`, `ordered_at` and `amount`; a frame comes back as it is.

    Parameters
    ----------
    source
        A file of Parquet or text with a header, a folder of them, a pattern; or a frame of any engine.
    engine
        "duckdb", or "spark".
    columns
        Our column names to those of the files, or their positions from 1, where they differ; `amount` as "" where
        there is none.
    master
        Of Spark: the address of the cluster.
    memory
        Of DuckDB: how much it may use before it spills to disk.
    separator
        Of text.
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
    named = {ours: theirs for ours, theirs in (NAMES | dict(columns or {})).items() if theirs != ""}
    if unknown := [ours for ours in named if ours not in NAMES]:
        raise ValueError(f"columns names {', '.join(unknown)}; what is counted is {', '.join(NAMES)}")
    if not isinstance(source, str | Path):
        yield source
    elif engine == "spark":
        yield read(session(master, progress=progress), str(source), named, separator)
    else:
        with database(memory, progress) as base:
            yield scan(base, source, named, separator)
