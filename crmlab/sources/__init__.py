"""Where tables of one's own come from: files of text, workbooks, Parquet, JSON lines, databases; each becomes a sheet.

Nothing that a source holds is ever run, unpickled or evaluated, and no source is ever written to. What a file is, is
told by its first bytes, not by its name.
"""

from __future__ import annotations

from pathlib import Path

from crmlab.data.validation import DataError, Problem
from crmlab.sources.jsonlines import looks_like_json, read_json
from crmlab.sources.limits import MOST_BYTES, checked_file, refuse_no_table
from crmlab.sources.parquet import MAGIC, is_parquet_folder, read_parquet
from crmlab.sources.sheet import Sheet
from crmlab.sources.sql import is_address, read_query
from crmlab.sources.text import read_text
from crmlab.sources.workbook import read_workbook

__all__ = ["Sheet", "read_sheets"]

_START = 4096  # bytes that tell what a file is


def read_sheets(
    source: str | Path,
    *,
    encoding: str | None = None,
    separator: str | None = None,
    header: bool | None = None,
    sheet: str | None = None,
    query: str | None = None,
    progress: bool = False,
) -> list[Sheet]:
    r"""Return the tables of a file, of a folder of Parquet, or of a query at a database.

    Parameters
    ----------
    source
        The path of delimited text, a workbook (.xlsx, .xlsm, .xlsb, .xls, .ods), Parquet (a file or a folder of parts)
        or JSON lines; or with `query` the address of a database, as SQLAlchemy writes it: "sqlite:///shop.db",
        "duckdb:///shop.duckdb", "postgresql+psycopg://user@host/shop". It is never written to.
    encoding, separator
        Of a text; None where they are to be found out.
    header
        Whether the first row names the columns of a text or a sheet; None where that is to be found out.
    sheet
        The one sheet of a workbook that is to be read; None for all.
    query
        One SELECT, also one that begins with WITH.
    progress
        Whether reading a large source shows how far it is.

    Returns
    -------
    list
        One `Sheet` a table, at least one.

    Raises
    ------
    DataError
        If nothing can be read: no such file, no table, a text that can be read in two ways, a source beyond the limits
        (`crmlab.sources.limits`), a query that is more than a SELECT, a database that does not answer.

    Examples
    --------
    >>> file = getfixture("tmp_path") / "orders.csv"
    >>> _ = file.write_text("cust,amount\n0001,5.50\n0002,6\n", encoding="utf-8")
    >>> read_sheets(file)
    [Sheet orders.csv: 2 rows, 2 columns]
    >>> print(*read_sheets(file)[0].notes)
    orders.csv: 2 rows read (separated by commas, with a header: its first row holds text over numbers or dates).
    """
    if is_address(source):
        return [read_query(str(source), query, progress=progress)]
    if not str(source).strip():
        raise DataError([Problem("the file", "", "is not named", "Give the path of a file.")])
    path = Path(source).expanduser()
    if query is not None:
        remedy = "Give an address, as sqlite:///shop.db, or leave the query out."
        raise DataError([Problem(path.name, "", "is a file, and a query is for a database", remedy)])
    if path.is_dir() and is_parquet_folder(path):
        return [read_parquet(path, progress=progress)]
    checked_file(path)
    start = _start(path)
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")):
        return read_workbook(path, header=header, sheet=sheet)
    if start.startswith(MAGIC):
        return [read_parquet(path)]
    refuse_no_table(start, path.name)
    data = checked_file(path, MOST_BYTES).read_bytes()
    if looks_like_json(start, path.suffix):
        return [read_json(data, path.name, encoding=encoding)]
    return [read_text(data, path.name, encoding=encoding, separator=separator, header=header, progress=progress)]


def _start(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_START)
    except OSError as error:
        what = f"cannot be opened: {error.strerror or error}"
        raise DataError([Problem(path.name, "", what, "Look who may read it.")]) from None
