"""What a source may weigh, so that no file brings a machine down; and what is no table at all, told by its first bytes.

The limits are far above what analysts export, and each can be read here. Beyond them an error says what to do.
"""

from __future__ import annotations

from pathlib import Path

from crmlab.data.validation import DataError, Problem

MOST_BYTES = 1 << 28  # of a text that is read into memory, 256 MiB; it takes some six times as much there
LONGEST_TEXT = 131_072  # characters of one cell
MOST_COLUMNS = 1_000  # beyond them it takes too long to find out what each one is
MOST_CELLS = 20_000_000  # of the rectangle that the cells of one sheet of a workbook span
MOST_ANSWERED = 10_000_000  # values of the answer to a query
MOST_VALUES = 50_000_000  # of a table of Parquet: rows times columns
MOST_UNPACKED = 1 << 29  # bytes of all members of a workbook together, 512 MiB
MOST_RATIO = 200  # of unpacked to packed bytes, where the unpacked are more than `FREE_UNPACKED`
FREE_UNPACKED = 1 << 25
SHOWN_BYTES = 1 << 24  # from here on reading shows its progress, 16 MiB

_NO_TABLES = {
    b"%PDF": ("a PDF", "Export the table itself, as CSV or Excel."),
    b"\x1f\x8b": ("packed with gzip", "Unpack it first."),
    b"BZh": ("packed with bzip2", "Unpack it first."),
    b"\xfd7zXZ": ("packed with xz", "Unpack it first."),
    b"7z\xbc\xaf": ("an archive", "Unpack it first."),
    b"Rar!": ("an archive", "Unpack it first."),
    b"\x28\xb5\x2f\xfd": ("packed with zstd", "Unpack it first."),
    b"\x89PNG": ("a picture", "Give the table itself."),
    b"\xff\xd8\xff": ("a picture", "Give the table itself."),
    b"GIF8": ("a picture", "Give the table itself."),
    b"\x7fELF": ("a program", "Give a table."),
    b"MZ\x90": ("a program", "Give a table."),
    b"SQLite format 3\x00": (
        "an SQLite database",
        "Give its address, as sqlite:///shop.db, and a query with --query.",
    ),
    b"ARROW1": ("an Arrow file", "Write it as Parquet."),
    b"Obj\x01": ("an Avro file", "Write it as Parquet or CSV."),
    b"<": ("a web page or XML", "Open it in a spreadsheet program and save it as .xlsx or CSV."),
}
_PICKLE = ("a Python pickle, which can run code when it is opened and is never read", "Write it as CSV or Parquet.")


def checked_file(path: Path, most: int | None = None) -> Path:
    """Return the path of a regular file that is not empty, not larger than `most` bytes, and may be a table.

    Raises
    ------
    DataError
        If it is no such file.

    Examples
    --------
    >>> checked_file(getfixture("tmp_path") / "no.csv")
    Traceback (most recent call last):
        ...
    crmlab.data.validation.DataError: The data do not fit (1 problem):
    - no.csv: is not there. Give the path of a file.
    """
    what, remedy = "", "Give the path of a file."
    try:
        if path.is_dir():
            what = "is a folder"
        elif not path.exists():
            what = "is not there" if not path.is_symlink() else "is a link to nothing"
        elif not path.is_file():
            what = "is no regular file"
        elif not path.stat().st_size:
            what, remedy = "is empty", "Give a file with rows."
        elif most is not None and path.stat().st_size > most:
            what = f"has {path.stat().st_size / 1e6:,.0f} MB, more than the {most / 1e6:,.0f} MB that are read as text"
            remedy = "Count it where it lies with --engine duckdb, save it as Parquet, or export fewer rows or columns."
    except (OSError, ValueError) as error:
        what = f"cannot be opened: {getattr(error, 'strerror', None) or error}"
    if what:
        raise DataError([Problem(path.name or str(path), "", what, remedy)])
    return path


def refuse_no_table(start: bytes, name: str) -> None:
    """Raise a DataError where the first bytes of a file show that it is no table.

    Examples
    --------
    >>> refuse_no_table(b"a,b", "orders.csv")
    >>> refuse_no_table(b"%PDF-1.7", "orders.pdf")
    Traceback (most recent call last):
        ...
    crmlab.data.validation.DataError: The data do not fit (1 problem):
    - orders.pdf: is a PDF. Export the table itself, as CSV or Excel.
    """
    said = next(
        (said for magic, said in _NO_TABLES.items() if start.lstrip(b" \r\n\t\xef\xbb\xbf").startswith(magic)), None
    )
    if start[8:12] == b"DUCK":
        said = ("a DuckDB database", "Give its address, as duckdb:///shop.duckdb, and a query with --query.")
    elif start[:1] == b"\x80" and start[1:2] in b"\x02\x03\x04\x05" and len(start) > 1:
        said = _PICKLE
    if said:
        raise DataError([Problem(name, "", f"is {said[0]}", said[1])])
