"""Spark: a session on this machine or on a cluster, and files opened there.

pyspark and Java 17 are not part of crmlab: `pip install "crmlab[spark]"` brings the first. Nothing is fetched when a
session starts.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from crmlab.engines.files import called, is_text

_OPTIONS = {
    "spark.sql.session.timeZone": "UTC",  # a moment then shows the day that was written
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.legacy.parquet.nanosAsLong": "true",  # it refuses a file with such moments else, and pandas writes them
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}
_NUMBERS = ("amount", "quantity", "price")
_DAY = 86_400 * 10**9  # in nanoseconds
_HERE = {"spark.ui.enabled": "false", "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}


def missing() -> str:
    """Return what Spark lacks on this machine, in a sentence; "" where it can start.

    Examples
    --------
    >>> isinstance(missing(), str)
    True
    """
    from importlib.util import find_spec

    if find_spec("pyspark") is None:
        return 'Spark needs the package pyspark: pip install "crmlab[spark]".'
    home = os.environ.get("JAVA_HOME")
    if shutil.which("java") or (home and shutil.which(str(Path(home, "bin", "java")))):
        return ""
    return "Spark needs Java 17 or newer: install it, and put it on the PATH or into JAVA_HOME."


def session(master: str | None = None, options: Mapping[str, str] | None = None, progress: bool = False) -> Any:
    """Return a Spark session with the settings that crmlab needs.

    Parameters
    ----------
    master
        Where it runs: "spark://host:7077", "yarn", "k8s://...", or "local[2]" for two cores of this machine; by
        default what Spark's own configuration says, else all cores of this machine.
    options
        Further settings of Spark, as {"spark.executor.memory": "8g"}.
    progress
        Whether Spark shows its bar.

    Raises
    ------
    ValueError
        If pyspark or Java is missing, or the session cannot start.
    """
    if lacks := missing():
        raise ValueError(lacks)
    from pyspark.sql import SparkSession

    settings = _OPTIONS | {"spark.ui.showConsoleProgress": str(progress).lower()}
    if master is not None and ("local" in master or "127.0.0.1" in master):
        settings |= _HERE
    builder: Any = SparkSession.builder
    builder = builder.appName("crmlab")
    for name, value in (settings | dict(options or {})).items():
        builder = builder.config(name, value)
    try:
        return (builder.master(master) if master else builder).getOrCreate()
    except Exception as error:  # Spark raises what Java said, of many kinds
        said = str(error).strip().splitlines()
        raise ValueError(f"Spark does not start at {master or 'its default'}: {said[0] if said else error}") from error


def read(
    spark: Any, source: str, columns: Mapping[str, str | int], separator: str | None = None, header: bool = True
) -> Any:
    """Return files as a frame of Spark, with our names for their columns; nothing is read yet.

    Parameters
    ----------
    spark
        A session.
    source
        A file, a folder or a pattern that every worker can reach; what is called .csv, .tsv or .txt is text, all
        else Parquet.
    columns
        Our column names to those of the files, or to their positions from 1. An id is read as text, whatever it
        looks like; of text also amounts, quantities and prices are read as numbers and the others as days.
    separator
        Of text; by default a comma.
    header
        Whether the first line of text names the columns; else they are called 1, 2, 3, ...

    Raises
    ------
    ValueError
        If there is no such file, it cannot be read, or a column is missing.
    """
    text = is_text(source)
    try:
        frame = spark.read.csv(source, header=header, sep=separator or ",") if text else spark.read.parquet(source)
    except Exception as error:  # Spark raises what Java said, of many kinds
        raise ValueError(f"{source}: {str(error).strip().splitlines()[0]}") from error
    if text and not header:
        frame = frame.toDF(*map(str, range(1, len(frame.columns) + 1)))
    named = called(columns, frame.columns, source)
    return frame.selectExpr(*(f"{_column(frame, ours, theirs, text)} as `{ours}`" for ours, theirs in named.items()))


def _column(frame: Any, ours: str, theirs: str, text: bool) -> str:
    column = "`" + theirs.replace("`", "``") + "`"
    if ours.endswith("_id"):
        return f"cast({column} as string)"
    if ours in _NUMBERS:
        return f"cast({column} as double)" if text else column
    if not text and _holds_nanoseconds(frame, column):
        return f"cast(timestamp_micros({column} div 1000) as timestamp_ntz)"
    return f"cast({column} as timestamp_ntz)" if text else column


def _holds_nanoseconds(frame: Any, column: str) -> bool:
    """Return whether whole numbers of Parquet are moments: whoever wrote days as 20250301 is told so further on."""
    chosen = frame.selectExpr(column)
    if chosen.dtypes[0][1] != "bigint":
        return False
    first = chosen.dropna().head(1)
    return bool(first) and abs(first[0][0]) >= _DAY
