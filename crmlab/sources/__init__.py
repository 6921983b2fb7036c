"""Where tables of one's own come from: files of text, workbooks, Parquet, JSON lines, databases; each becomes a sheet.

Nothing that a source holds is ever run, unpickled or evaluated, and no source is ever written to.
"""

from __future__ import annotations

from pathlib import Path

from crmlab.sources.sheet import Sheet

__all__ = ["Sheet", "read_sheets"]


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
    """Return the sheets of a file, of a folder of Parquet, or of a query at a database."""
    raise NotImplementedError
