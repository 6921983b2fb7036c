"""One SELECT at a database to a sheet; the database is opened read-only wherever its driver can.

The statement is looked at before it is sent: one only, a SELECT, also one that begins with WITH. That is the fence; the
lock is the read-only connection (SQLite, DuckDB) or transaction (PostgreSQL). A password is never printed.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pandas as pd

from crmlab.data.validation import LINE, DataError, Problem
from crmlab.sources.cells import column_of
from crmlab.sources.limits import MOST_ANSWERED, checked_file
from crmlab.sources.sheet import Sheet

if TYPE_CHECKING:
    from sqlalchemy import URL

Row = tuple[Any, ...]
Answer = tuple[list[str], Iterator[Sequence[Row]]]

_NESTED = (list, dict, tuple, set, bytes, bytearray, memoryview)
_BATCH = 20_000  # rows that are fetched at once
_SHOWN = 40  # characters of the query in the name of the sheet
_PATIENCE = 8  # seconds until a server that does not answer is given up
_INSTALL = "Install it with: pip install {}. An address that begins with postgresql+psycopg:// needs nothing more."
_COMMENTS = r"""--[^\n]*|/\*.*?\*/|"(?:[^"]|"")*"|`[^`]*`|\$(\w*)\$.*?\$\1\$"""
_QUOTED = tuple(  # a backslash escapes a quotation mark in some databases and texts, and in others not
    re.compile(f"{text}|{_COMMENTS}", re.DOTALL) for text in (r"'(?:[^']|'')*'", r"'(?:[^'\\]|''|\\.)*'")
)
_CHANGES = re.compile(r"\b(insert|update|delete|merge|into)\b", re.IGNORECASE)


def is_address(source: str | Path) -> bool:
    """Return whether a source is the address of a database.

    Examples
    --------
    >>> is_address("sqlite:///shop.db"), is_address("orders.csv")
    (True, False)
    """
    return isinstance(source, str) and re.match(r"[A-Za-z][\w+.-]+://", source) is not None


def read_query(address: str, query: str | None, *, progress: bool = False) -> Sheet:
    """Return the sheet of what a query answers.

    Parameters
    ----------
    address
        As SQLAlchemy writes it: "sqlite:///shop.db", "duckdb:///shop.duckdb", "postgresql+psycopg://user@host/shop".
        PostgreSQL takes a password also from the variable PGPASSWORD or the file .pgpass, which keeps it off the
        screen.
    query
        One SELECT.
    progress
        Whether to count the rows on a bar.

    Raises
    ------
    DataError
        If the query is none or more than a SELECT; if the driver is not installed; if the database does not answer, or
        answers with an error or with more than is read.

    Examples
    --------
    >>> import sqlite3
    >>> file = getfixture("tmp_path") / "shop.db"
    >>> with sqlite3.connect(file) as shop:
    ...     _ = shop.execute("create table orders (cust text, amount real)")
    ...     _ = shop.execute("insert into orders values ('0001', 5.5)")
    >>> shop.close()
    >>> read_query(f"sqlite:///{file}", "SELECT cust, amount FROM orders")
    Sheet SELECT cust, amount FROM orders: 1 row, 2 columns
    """
    asked = checked_query(query)
    url = _url(address)
    name = " ".join(asked.split())
    name = name if len(name) <= _SHOWN else f"{name[: _SHOWN - 3]}..."
    run = {"duckdb": _duckdb, "sqlite": _sqlite, "postgresql": _postgresql}[url.get_backend_name()]
    with _plainly(name, url), run(url, asked) as (columns, batches):
        _refuse_twice(name, columns)
        lists: list[list[Any]] = [[] for _ in columns]
        for batch in _bounded(batches, name, len(columns), progress):
            for cells, values in zip(lists, zip(*batch, strict=True), strict=True):
                cells.extend(values)
    note = f"{name}: {len(lists[0]):,} rows read from {url.render_as_string(hide_password=True)}."
    return _sheet(name, dict(zip(columns, lists, strict=True)), note)


def _sheet(name: str, cells: Mapping[str, list[Any]], note: str) -> Sheet:
    """Return the sheet of the cells of each column; those that hold more than one value are left out, and reported."""
    odd = [column for column, values in cells.items() if any(isinstance(value, _NESTED) for value in values)]
    kept = {column: [*map(_plain, values)] for column, values in cells.items() if column not in odd}
    index = pd.RangeIndex(1, len(next(iter(cells.values()))) + 1, name=LINE)
    frame = pd.DataFrame({column: column_of(values, index) for column, values in kept.items()}, index)
    remedy = "Ask for its parts one by one, or leave the column out."
    problems = [Problem(name, column, "holds lists, records or bytes, and is left out", remedy) for column in odd]
    return Sheet(name, frame, True, {}, [note], problems)


def checked_query(query: str | None) -> str:
    """Return a query without its closing semicolon, if it is one SELECT.

    Raises
    ------
    DataError
        If it is nothing, several statements, or one that changes something.

    Examples
    --------
    >>> checked_query("SELECT ';' AS sign;")
    "SELECT ';' AS sign"
    >>> checked_query("DROP TABLE orders")
    Traceback (most recent call last):
        ...
    crmlab.data.validation.DataError: The data do not fit (1 problem):
    - the query: begins with DROP. Give one SELECT; nothing else is sent to a database.
    """
    text = (query or "").strip()
    what = "is missing" if not text else next(filter(None, (_changes(text, quoted) for quoted in _QUOTED)), "")
    if what:
        raise DataError([Problem("the query", "", what, "Give one SELECT; nothing else is sent to a database.")])
    return re.sub(r"[;\s]+$", "", text)


def _changes(text: str, quoted: re.Pattern[str]) -> str:
    """Return what in a query is more than one SELECT, "" where nothing is; its texts and comments are not looked at."""
    bare = quoted.sub(lambda match: " " if match[0].startswith(("--", "/*")) else " '' ", text).strip()
    first = re.match(r"[\s(]*(\w+)", bare)
    if first is None:
        return "begins with no word"
    if first[1].upper() not in ("SELECT", "WITH"):
        return f"begins with {first[1].upper()}"
    if ";" in bare.rstrip("; \n\t\r"):
        return "holds several statements"
    found = _CHANGES.search(bare)
    return f"holds {found[1].upper()}, which changes something" if found else ""


def _url(address: str) -> URL:
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        remedy = "Write it as sqlite:///shop.db, duckdb:///shop.duckdb or postgresql+psycopg://user@host/shop."
        raise DataError([Problem("the address", "", "cannot be understood", remedy)]) from None
    if url.get_backend_name() not in ("sqlite", "duckdb", "postgresql"):
        remedy = "SQLite, DuckDB and PostgreSQL are read; from others export CSV or Parquet."
        raise DataError([Problem("the address", "", f"is one of {url.get_backend_name()}", remedy)])
    return url


def _file(url: URL) -> Path:
    if not url.database or url.database == ":memory:":
        raise DataError([Problem("the address", "", "names no file", f"Write {url.drivername}:///shop.db.")])
    return checked_file(Path(url.database).expanduser())


@contextmanager
def _duckdb(url: URL, query: str) -> Iterator[Answer]:
    """Ask DuckDB itself, which lets nothing else of the machine be read and fetches no extension."""
    import duckdb

    fences: dict[str, Any] = {
        "enable_external_access": "false",
        "autoload_known_extensions": "false",
        "lock_configuration": "true",
    }
    with duckdb.connect(str(_file(url)), read_only=True, config=fences) as connection:
        answer = connection.execute(query)
        columns = [column[0] for column in answer.description]
        yield columns, iter(partial(answer.fetchmany, _BATCH), [])


@contextmanager
def _sqlite(url: URL, query: str) -> Iterator[Answer]:
    with closing(sqlite3.connect(f"{_file(url).resolve().as_uri()}?mode=ro", uri=True)) as connection:
        connection.execute("PRAGMA query_only = ON")
        answer = connection.execute(query)
        columns = [column[0] for column in answer.description]
        yield columns, iter(partial(answer.fetchmany, _BATCH), [])


@contextmanager
def _postgresql(url: URL, query: str) -> Iterator[Answer]:
    """Ask PostgreSQL in a transaction that may only read, row by row from a cursor of the server."""
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    url = url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url
    waits = {} if "connect_timeout" in url.query else {"connect_timeout": _PATIENCE}
    options = {"postgresql_readonly": True, "stream_results": True, "no_parameters": True, "yield_per": _BATCH}
    engine = create_engine(url, poolclass=NullPool, connect_args=waits).execution_options(**options)
    with engine.connect() as connection:
        answer = connection.exec_driver_sql(query)
        yield [*answer.keys()], (list(map(tuple, part)) for part in answer.partitions(_BATCH))


@contextmanager
def _plainly(name: str, url: URL) -> Iterator[None]:
    """Turn what a driver raises into a DataError that shows no password."""
    import duckdb
    from sqlalchemy.exc import DBAPIError, SQLAlchemyError

    try:
        yield
    except ImportError as error:
        missing = error.name or url.get_driver_name()
        what = f"needs the driver {missing}, which is not installed"
        raise DataError([Problem("the address", "", what, _INSTALL.format(missing))]) from None
    except (SQLAlchemyError, sqlite3.Error, duckdb.Error, OSError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        said = " ".join(str(error.orig if isinstance(error, DBAPIError) else error).split())[:300]
        for secret in {url.password, quote(url.password or "", safe="")} - {None, ""}:
            said = said.replace(str(secret), "***")
        what = f"gets no answer from {url.render_as_string(hide_password=True)}: {said}"
        raise DataError([Problem(name, "", what, "Look whether the address and the query are right.")]) from None


def _refuse_twice(name: str, columns: Sequence[str]) -> None:
    twice = sorted({column for column in columns if columns.count(column) > 1})
    if twice:
        remedy = "Name them apart, as SELECT a.id AS customer_id, b.id AS order_id."
        raise DataError([Problem(name, twice[0], "occurs more than once", remedy)])


def _bounded(batches: Iterable[Sequence[Row]], name: str, width: int, progress: bool) -> Iterator[Sequence[Row]]:
    from tqdm import tqdm

    count = 0
    with tqdm(unit="row", unit_scale=True, desc=name, leave=False, disable=not progress) as bar:
        for batch in batches:
            count += len(batch)
            bar.update(len(batch))
            if count * width > MOST_ANSWERED:
                what = f"answers with more than {MOST_ANSWERED:,} values"
                remedy = "Count in the database with GROUP BY, or ask for fewer rows or columns."
                raise DataError([Problem(name, "", what, remedy)])
            if len(batch):
                yield batch


def _plain(value: Any) -> Any:
    """Return a value of a driver as a cell: decimals as numbers, instants with a zone and all else as text."""
    if isinstance(value, Decimal):
        return float(value) if value.is_finite() else None
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.isoformat(sep=" ")
    return value if value is None or isinstance(value, str | int | float | date) else str(value)
