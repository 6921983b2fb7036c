"""The tables of a company's folder that were edited, or written by another program: text, each row with its line.

They are UTF-8 with a header in the words of the data dictionary, as `save` writes them; a spreadsheet may have put
semicolons or a byte order mark into them. Values stay text here: `crmlab.data.validation` reads them, so that a wrong
value is reported with its line. Files of another kind come through `crmlab.intake`.
"""

from __future__ import annotations

from functools import partial
from io import StringIO
from pathlib import Path

import pandas as pd

from crmlab.data.records import find_separator, lines_problem, split_records, uneven
from crmlab.data.validation import LINE, DataError, Problem

_ADOPT = "Save it as UTF-8 text, or make the folder anew with crmlab adopt."


def read(path: Path, table: str) -> tuple[pd.DataFrame, list[Problem]]:
    r"""Read a table with a header as text; return it with what could not be read.

    Parameters
    ----------
    path
        The file; it is not changed.
    table
        The table that it holds, for messages.

    Returns
    -------
    tuple
        The columns that have a name of their own, the index telling the line of the file; and the problems of rows.

    Raises
    ------
    DataError
        If nothing can be read: no such file, an empty one, not UTF-8, not text.

    Examples
    --------
    >>> path = getfixture("tmp_path") / "orders.csv"
    >>> _ = path.write_text("customer_id;amount\n0001;5\n", encoding="utf-8")
    >>> read(path, "orders")[0].to_dict("index")
    {2: {'customer_id': '0001', 'amount': '5'}}
    """
    lines = partial(StringIO, _text(path, table), newline="")
    problems: list[Problem] = []
    records = list(split_records(lines(), find_separator(lines), table, problems))
    if not records:
        raise DataError(problems)
    names = [name.strip() for name in records[0][1]]
    widths: dict[int, list[int]] = {}
    for line, fields in records[1:]:
        if len(fields) != len(names):
            widths.setdefault(len(fields), []).append(line)
    problems += uneven(table, widths, len(names))
    rows = [record for record in records[1:] if len(record[1]) == len(names)]
    index = pd.Index([line for line, _ in rows], name=LINE, dtype="int64")
    places = {name: place for place, name in enumerate(names) if name and names.count(name) == 1}
    cells = {name: [fields[place] for _, fields in rows] for name, place in places.items()}
    return pd.DataFrame(cells, index=index, dtype=object), problems


def _text(path: Path, table: str) -> str:
    if not path.is_file():
        what = f"is to be read from {str(path)!r}, which is {'a folder' if path.is_dir() else 'not there'}"
        raise DataError([Problem(table, "", what, "Give the path of a file of text.")])
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeError:
        raise DataError([lines_problem(table, f"not UTF-8 text in {path.name}", _undecodable(data), _ADOPT)]) from None
    lines = [number for number, line in enumerate(StringIO(text, newline=None), 1) if "\0" in line]
    if lines:
        raise DataError([lines_problem(table, f"broken by NUL bytes in {path.name}", lines, _ADOPT)])
    if not text.strip():
        raise DataError([Problem(table, "", f"{path.name} is empty", "Give a file with rows.")])
    return text


def _undecodable(data: bytes) -> list[int]:
    lines = []
    for number, line in enumerate(data.split(b"\n"), 1):
        try:
            line.decode("utf-8-sig")
        except UnicodeError:
            lines.append(number)
    return lines or [1]
