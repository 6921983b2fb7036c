"""Files that do not fit into memory, read by DuckDB: a folder of Parquet, or delimited text.

DuckDB spills to a folder of its own when its memory is used up. It is told to fetch nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

_TEXT = (".csv", ".tsv", ".txt")


@contextmanager
def database(memory: str = "4GiB", progress: bool = False) -> Iterator[Any]:
    """Open a DuckDB that keeps to so much memory, shows its progress, and leaves nothing behind.

    Examples
    --------
    >>> with database("1GiB") as base:
    ...     base.sql("select 1 + 1").fetchone()
    (2,)
    """
    import duckdb

    with TemporaryDirectory(prefix="crmlab-") as spill, duckdb.connect() as base:
        base.execute("set autoinstall_known_extensions = false; set autoload_known_extensions = false")
        base.execute("set preserve_insertion_order = false")
        base.execute(f"set temp_directory = {quoted(spill)}")
        try:
            base.execute(f"set memory_limit = {quoted(memory)}")
        except duckdb.Error:
            raise ValueError(f"memory is {memory!r}; write it as '4GiB'") from None
        if progress:
            base.execute("set enable_progress_bar = true; set progress_bar_time = 500")
        yield base


def scan(
    base: Any,
    source: str | Path,
    columns: Mapping[str, str | int],
    separator: str | None = None,
    header: bool = True,
) -> Any:
    r"""Return files as a relation of DuckDB, with our names for their columns; nothing is read yet.

    Parameters
    ----------
    base
        An open DuckDB.
    source
        A file of Parquet or delimited text (also .gz), a folder of them, or a pattern.
    columns
        Our column names to those of the files, or to their positions from 1. An id is read as text, whatever it
        looks like.
    separator
        Of text; else it is found.
    header
        Whether the first line of text names the columns; else they are called 1, 2, 3, ...

    Raises
    ------
    ValueError
        If there is no such file, it cannot be read, or a column is missing.

    Examples
    --------
    >>> file = getfixture("tmp_path") / "orders.csv"
    >>> _ = file.write_text("cust,date\n007,2025-01-31\n", encoding="utf-8")
    >>> with database() as base:
    ...     scan(base, file, {"customer_id": "cust", "ordered_at": "date"}).fetchall()
    [('007', datetime.date(2025, 1, 31))]
    """
    import duckdb

    pattern = found(source)
    try:
        if is_text(pattern):
            told: dict[str, Any] = {"header": header} | ({} if separator is None else {"sep": separator})
            there = base.read_csv(pattern, **told).columns
            if not header:
                there = told["names"] = [str(place) for place in range(1, len(there) + 1)]
            named = called(columns, there, Path(source).name)
            ids = {theirs: "VARCHAR" for ours, theirs in named.items() if ours.endswith("_id")}
            relation = base.read_csv(pattern, dtype=ids, **told)
        else:
            relation = base.read_parquet(pattern)
            named = called(columns, relation.columns, Path(source).name)
    except duckdb.Error as error:
        raise ValueError(f"{Path(source).name}: {str(error).splitlines()[0]}") from error
    return relation.project(", ".join(_column(ours, theirs) for ours, theirs in named.items()))


def called(columns: Mapping[str, str | int], there: Sequence[str], source: str) -> dict[str, str]:
    """Return our column names to those of a source, of which some were told by their positions.

    Raises
    ------
    ValueError
        If one is not there.

    Examples
    --------
    >>> called({"customer_id": 2, "amount": "total"}, ["total", "cust"], "orders.csv")
    {'customer_id': 'cust', 'amount': 'total'}
    """
    at: dict[str | int, str] = {place: name for place, name in enumerate(there, 1) if str(place) not in there}
    named = {ours: at.get(theirs, str(theirs)) for ours, theirs in columns.items()}
    if missing := [theirs for theirs in named.values() if theirs not in there]:
        raise ValueError(f"{source}: no column {', '.join(missing)}; there are {', '.join(there)}")
    return named


def found(source: str | Path) -> str:
    """Return the pattern of the files that a path names: the path itself, or what lies in a folder.

    Raises
    ------
    ValueError
        If there is no such file, or the folder holds neither Parquet nor text.
    """
    path = Path(source).expanduser()
    if path.is_file() or "*" in path.name:
        return str(path)
    if not path.is_dir():
        raise ValueError(f"{path.name}: there is no such file or folder")
    for ending in (".parquet", *_TEXT, *(f"{one}.gz" for one in _TEXT)):
        if next(path.rglob(f"*{ending}"), None):
            return str(path / "**" / f"*{ending}")
    raise ValueError(f"{path.name}: the folder holds neither .parquet nor .csv, .tsv or .txt")


def is_text(source: str) -> bool:
    """Return whether the name of a file or a pattern tells of delimited text.

    Examples
    --------
    >>> is_text("shop/orders"), is_text("orders.csv.gz"), is_text("exports/*.TSV")
    (False, True, True)
    """
    return source.lower().removesuffix(".gz").endswith(_TEXT)


def quoted(text: str) -> str:
    """Return a text as SQL writes it.

    Examples
    --------
    >>> quoted("Anna's")
    "'Anna''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def _column(ours: str, theirs: str) -> str:
    column = '"' + theirs.replace('"', '""') + '"'
    return f"cast({column} as varchar) as {ours}" if ours.endswith("_id") else f"{column} as {ours}"
