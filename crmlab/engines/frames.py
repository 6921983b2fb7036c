"""Frames of any engine: their columns, their days, and the way of a small result into pandas."""

from __future__ import annotations

from typing import Any

import pandas as pd


def lazily(data: Any) -> Any:
    """Return any engine's frame as one of narwhals that reckons only when it is collected.

    Raises
    ------
    ValueError
        If narwhals knows no such frame.

    Examples
    --------
    >>> lazily([1, 2])
    Traceback (most recent call last):
    ValueError: list is no table: give a frame of pandas, polars, DuckDB or Spark
    """
    import narwhals as nw

    try:
        return nw.from_native(data).lazy()
    except TypeError:
        kind = type(data).__name__
        raise ValueError(f"{kind} is no table: give a frame of pandas, polars, DuckDB or Spark") from None


def columns_of(data: Any) -> Any:
    """Return the schema of any engine's frame: column names and types.

    Examples
    --------
    >>> list(columns_of(pd.DataFrame({"day": [1], "amount": [2.0]})))
    ['day', 'amount']
    """
    return lazily(data).collect_schema()


def day_of(data: Any, name: str, table: str) -> Any:
    """Return the expression of a column's day, after checking that the column holds dates without a time zone.

    Spark knows by default only moments; they are taken where the session's time zone is UTC, so that a moment shows the
    day that was written.

    Raises
    ------
    ValueError
        If the column holds anything but dates, or carries a time zone.

    Examples
    --------
    >>> orders = pd.DataFrame({"ordered_at": pd.to_datetime(["2025-03-01 17:30"])})
    >>> collect(lazily(orders).select(day_of(orders, "ordered_at", "orders")))["ordered_at"].to_list()
    [Timestamp('2025-03-01 00:00:00')]
    """
    import narwhals as nw

    frame = lazily(data)
    kind = frame.collect_schema()[name]
    if not isinstance(kind, nw.Datetime | nw.Date):
        raise ValueError(f"{table}: {name} holds {kind}; turn it into dates first")
    zone, spark = getattr(kind, "time_zone", None), frame.implementation.is_spark_like()
    if zone and spark:  # narwhals remembers the zone with which the session began
        zone = frame.to_native().sparkSession.conf.get("spark.sql.session.timeZone")
    if zone and not (spark and zone in ("UTC", "Etc/UTC")):
        session = "; or set spark.sql.session.timeZone to UTC" if spark else ""
        raise ValueError(f"{table}: {name} carries a time zone; turn it into the company's local day first{session}")
    if frame.implementation.is_pandas_like():
        return nw.col(name).cast(nw.Datetime).dt.truncate("1d")
    return nw.col(name).cast(nw.Date)


def collect(frame: Any) -> pd.DataFrame:
    """Bring a small result of any engine into pandas; days come as datetime64, decimal numbers as floats.

    Examples
    --------
    >>> collect(lazily(pd.DataFrame({"customers": [3]})))
       customers
    0          3
    """
    import narwhals as nw

    exact = [name for name, kind in frame.collect_schema().items() if kind == nw.Decimal]
    frame = frame.with_columns(nw.col(name).cast(nw.Float64) for name in exact) if exact else frame
    known = frame.implementation
    if known.is_pandas_like() or known.is_duckdb():
        return frame.collect(backend="pandas").to_native()
    return frame.collect(backend="pyarrow").to_native().to_pandas(date_as_object=False)


def to_pandas(data: Any) -> pd.DataFrame:
    """Return any engine's frame as pandas; a pandas frame as it is.

    Examples
    --------
    >>> frame = pd.DataFrame({"customers": [3]})
    >>> to_pandas(frame) is frame
    True
    """
    return data if isinstance(data, pd.DataFrame) else collect(lazily(data))
