"""Workbooks (.xlsx, .xlsm, .xlsb, .xls, .ods) to sheets: the stored values; nothing is computed, no macro is run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from crmlab.data.records import SAMPLE, lines_problem
from crmlab.data.validation import LINE, DataError, Problem
from crmlab.sources.cells import Cell, column_of, is_blank, text_of
from crmlab.sources.headers import find_top, name_columns, titles_noted
from crmlab.sources.limits import MOST_CELLS, MOST_COLUMNS
from crmlab.sources.looks import Look
from crmlab.sources.sheet import Sheet
from crmlab.sources.unpacking import unpack

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

_PACKED = b"PK"
_EXACT = 10**15  # from here on a spreadsheet no longer keeps every digit of a number


def read_workbook(path: Path, *, header: bool | None = None, sheet: str | None = None) -> list[Sheet]:
    """Return the visible sheets of a workbook that hold anything, or the one that is named.

    Cells keep their types where a whole column has one; a column of several kinds is text, dates in ISO form. Formulas
    give the value that was stored with them.

    Parameters
    ----------
    path
        The file.
    header, sheet
        As for `crmlab.sources.read_sheets`.

    Raises
    ------
    DataError
        If it cannot be opened, is locked with a password or would grow beyond the limits; if no sheet holds anything,
        or none has that name.
    """
    with path.open("rb") as file:
        packed = file.read(2) == _PACKED
    seen = unpack(path) if packed else {}
    book = _opened(path)
    chosen, notes = _chosen(path.name, book, sheet)
    found = []
    for name in chosen:
        one = _read(f"{path.name}: {name}", _taken(path.name, book, name), seen.get(name), header)
        if one is None:
            notes.append(f"{path.name}: the sheet {name!r} is empty and left out.")
        else:
            found.append(one)
    if not found:
        raise DataError([Problem(path.name, "", "holds no sheet with anything on it", "Give a workbook with a table.")])
    found[0].notes[:0] = notes
    return found


def _opened(path: Path) -> CalamineWorkbook:
    from python_calamine import CalamineWorkbook, PasswordError

    with _plainly(path.name):
        try:
            return CalamineWorkbook.from_path(path)
        except PasswordError:
            raise DataError([Problem(path.name, "", "is locked with a password", "Save it without one.")]) from None


@contextmanager
def _plainly(name: str) -> Iterator[None]:
    """Turn what the reader of workbooks raises, its panics too, into a DataError."""
    from python_calamine import CalamineError

    try:
        yield
    except BaseException as error:
        expected = isinstance(error, CalamineError | OSError | ValueError) and not isinstance(error, DataError)
        if not expected and type(error).__name__ != "PanicException":
            raise
        said = " ".join(str(error).split())[:200]
        what = f"is no workbook that can be read ({said})"
        raise DataError(
            [Problem(name, "", what, "Open it in a spreadsheet program and save it anew as .xlsx.")]
        ) from None


def _chosen(name: str, book: CalamineWorkbook, sheet: str | None) -> tuple[list[str], list[str]]:
    """Return the names of the sheets to read, and notes on those that are left out."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    tables = [one for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
    if sheet is not None:
        if sheet in book.sheet_names:
            return [sheet], []
        like = get_close_matches(sheet, book.sheet_names, 1)
        meant = f"Did you mean {like[0]!r}? " if like else ""
        has = ", ".join(map(repr, book.sheet_names[:20]))
        raise DataError([Problem(name, "", f"has no sheet {sheet!r}", f"{meant}It has {has}.")])
    shown = [one.name for one in tables if one.visible == SheetVisibleEnum.Visible]
    hidden = [one.name for one in tables if one.name not in shown]
    notes = [f"{name}: the sheet {each!r} is hidden and left out; name it with --sheet to read it." for each in hidden]
    return shown, notes


def _taken(name: str, book: CalamineWorkbook, sheet: str) -> CalamineSheet:
    with _plainly(f"{name}: {sheet}"):
        taken = book.get_sheet_by_name(sheet)
    if taken.height * taken.width > MOST_CELLS or taken.width > MOST_COLUMNS:
        what = f"spans {taken.height:,} rows and {taken.width:,} columns, more than is read"
        raise DataError(
            [
                Problem(
                    f"{name}: {sheet}",
                    "",
                    what,
                    "Keep the columns that are needed.",
                )
            ]
        )
    return taken


def _read(name: str, taken: CalamineSheet, look: Look | None, header: bool | None) -> Sheet | None:
    """Return what stands on one sheet; None where nothing does."""
    rows = _rows(taken)
    sample = list(islice(rows, SAMPLE))
    if not sample:
        return None
    top = find_top([[text_of(cell) for cell in row] for _, row in sample], header)
    first = [text_of(cell) for cell in sample[top.skip][1]] if top.header else None
    body = [*sample[top.skip + top.header :], *rows]
    index = pd.Index([at for at, _ in body], name=LINE, dtype="int64")
    columns = [*zip(*(row for _, row in body), strict=True)] or [() for _ in sample[0][1]]
    names = name_columns(first, [not all(map(is_blank, column)) for column in columns])
    frame = pd.DataFrame({at: column_of(columns[place], index) for at, place in enumerate(names.kept)}, index)
    frame.columns = pd.Index(names.names)
    notes = [f"{name}: {len(frame):,} rows read ({'with a' if top.header else 'no'} header: {top.reason})."]
    notes += titles_noted(name, "row", [(at, [text_of(cell) for cell in row]) for at, row in sample[: top.skip]])
    notes += [f"{name}: {note}." for note in names.notes] + _doubts(name, frame, look)
    merged = _merged(name, taken, sample[top.skip][0], top.header)
    return Sheet(name, frame, top.header, {"header": "yes" if top.header else "no"}, notes, merged)


def _rows(taken: CalamineSheet) -> Iterator[tuple[int, list[Cell]]]:
    """Yield each row that is not blank with its number, its cells from column A on."""
    left = [None] * (taken.start[1] if taken.start else 0)
    for at, row in enumerate(taken.iter_rows(), 1):
        if not all(map(is_blank, row)):
            yield at, left + row


def _merged(name: str, taken: CalamineSheet, begin: int, header: bool) -> list[Problem]:
    """Return the merged cells of the table; those of titles above it do no harm."""
    ranges = [(top + 1, bottom + 1) for (top, _), (bottom, _) in taken.merged_cell_ranges or ()]
    within = sorted(row for row, bottom in ranges if bottom >= begin)
    if not within:
        return []
    what = "merged cells, of which only the first holds the value"
    remedy = "Take the merging away, and write the value into each cell"
    if header and any(row <= begin for row in within):
        remedy += "; let one row name the columns"
    return [lines_problem(name, what, within, f"{remedy}.")]


def _doubts(name: str, frame: pd.DataFrame, look: Look | None) -> list[str]:
    """Return notes on values that a workbook shows and does not hold."""
    notes = []
    if look is not None and look.errors:
        notes.append(f"{name}: {look.errors:,} cells hold an error, as #N/A or #DIV/0!; they are read as blank.")
    if look is not None and look.not_computed:
        said = "hold a formula whose value was never stored; they are read as blank"
        notes.append(f"{name}: {look.not_computed:,} cells {said}. Open the file in a spreadsheet program and save it.")
    for column in frame:
        values = frame[column]
        if pd.api.types.is_numeric_dtype(values.dtype) and (values.abs() >= _EXACT).any():
            notes.append(
                f"{name}: {column} holds numbers of more than 15 digits, of which a workbook keeps the first 15."
            )
    return notes
