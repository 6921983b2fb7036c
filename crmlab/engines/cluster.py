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

_OPTIONS = {
    "spark.sql.session.timeZone": "UTC",  # a moment then shows the day that was written
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}
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


def read(spark: Any, source: str, columns: Mapping[str, str] | None = None, separator: str = ",") -> Any:
    """Return files as a frame of Spark.

    Parameters
    ----------
    spark
        A session.
    source
        A file, a folder or a pattern that every worker can reach; what ends in .csv, .tsv or .txt (or holds it before a
        .gz) is text with a header, all else Parquet.
    columns
        Our column names to those of the files; others are not read.
    separator
        Of text.
    """
    if is_text(source):
        frame = spark.read.csv(source, header=True, sep=separator, mode="FAILFAST", inferSchema=False)
    else:
        frame = spark.read.parquet(source)
    if not columns:
        return frame
    return frame.selectExpr(*(f"`{theirs}` as `{ours}`" for ours, theirs in columns.items()))


def is_text(source: str) -> bool:
    """Return whether the name of a file or a pattern tells of delimited text.

    Examples
    --------
    >>> is_text("shop/orders"), is_text("orders.csv.gz"), is_text("exports/*.TSV")
    (False, True, True)
    """
    name = source.lower().removesuffix(".gz").removesuffix(".zst")
    return name.endswith((".csv", ".tsv", ".txt"))
