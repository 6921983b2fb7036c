"""A sheet's columns read by the kinds of their roles, and what they lack said with lines and remedy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from crmlab.data.parsing import parse, written
from crmlab.data.places import Places
from crmlab.data.validation import DataError, Problem
from crmlab.intake.shapes.schema import Settings, Shape, headings
from crmlab.tables import TABLES

_MOST_DECIMALS = 6
_LONGEST = 40
_MADE = {"date_precision"}  # what shapes make beside the columns of the dictionary


def take(frame: pd.DataFrame, shape: Shape, settings: Settings, filled: Sequence[str]) -> pd.DataFrame:
    """Return a new frame whose roles are in their kinds; other columns stay as they are.

    One that is called like a column that the shape makes is renamed: "their amount".

    Parameters
    ----------
    frame
        Columns called like the roles, values canonical text or typed.
    shape, settings
        What the sheet holds; its name for messages.
    filled
        Roles that may not be empty in any row; those that the sheet lacks are passed over.

    Raises
    ------
    DataError
        If a required role is missing, a value cannot be read, or one that is needed is empty.

    Examples
    --------
    >>> from crmlab.intake.shapes import SHAPES
    >>> sheet = pd.DataFrame({"customer_id": [7], "tenure": ["3"], "churned": ["no"]})
    >>> take(sheet, SHAPES["tenure"], Settings(), ["customer_id"]).to_dict("records")
    [{'customer_id': '7', 'tenure': 3, 'churned': False}]
    """
    problems = _lacking(frame, shape, settings.sheet)
    read = frame.copy()
    for role in shape.roles:
        labels = headings(frame.columns, role.name) if role.many else {role.name: role.name}
        for label, heading in labels.items():
            if label not in frame:
                continue
            read[label], faults = parse(role.kind, frame[label], identifies=role.name.endswith("_id"))
            for fault in faults:
                examples = tuple(dict.fromkeys(map(shortened, written(frame[label])[fault.rows])))[:3]
                problems += fault_of(settings.sheet, heading, frame, fault.rows, fault.what, fault.remedy, examples)
            if role.name in filled:
                empty = written(frame[label]) == np.array(None)
                remedy = "Fill the values in, or leave these rows out."
                problems += fault_of(settings.sheet, heading, frame, empty, "empty", remedy)
    if problems:
        raise DataError(problems)
    roles = {role.name for role in shape.roles}
    made = {column.name for table in shape.tables for column in TABLES[table].columns} | _MADE
    return read.rename(columns={name: f"their {name}" for name in made - roles})


def readable(frame: pd.DataFrame, shape: Shape) -> np.ndarray:
    """Return which rows can be read in every role, with none of the required ones empty.

    Examples
    --------
    >>> from crmlab.intake.shapes import SHAPES
    >>> sheet = pd.DataFrame({"customer_id": ["a", "b", None], "tenure": ["3", "x", "4"], "churned": ["no"] * 3})
    >>> readable(sheet, SHAPES["tenure"]).tolist()
    [True, False, False]
    """
    good = np.ones(len(frame), bool)
    for role in shape.roles:
        for label in headings(frame.columns, role.name) if role.many else {role.name} & set(frame):
            for fault in parse(role.kind, frame[label], identifies=role.name.endswith("_id"))[1]:
                good &= ~fault.rows
            if role.required and not role.many:
                good &= written(frame[label]) != np.array(None)
    return good


def shortened(value: object) -> str:
    """Return a value as it is shown in messages: in quotes, and cut where it is long.

    Examples
    --------
    >>> shortened("won"), len(shortened("x" * 1000))
    ("'won'", 40)
    """
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def fault_of(
    sheet: str,
    column: str,
    frame: pd.DataFrame,
    rows: np.ndarray | pd.Series,
    what: str,
    remedy: str,
    examples: tuple[str, ...] = (),
) -> list[Problem]:
    """Return the problem of the rows that are True, or nothing where none is.

    Examples
    --------
    >>> from crmlab.data.places import LINE
    >>> frame = pd.DataFrame({"x": [1, 2]}, index=pd.Index([2, 3], name=LINE))
    >>> fault_of("orders.csv", "x", frame, frame["x"] > 1, "too large", "Mend it.")[0].first
    (3,)
    """
    at = np.flatnonzero(np.asarray(rows, bool))
    if not len(at):
        return []
    where = Places.of(frame, rows)
    return [Problem(sheet, column, what, remedy, len(at), where.rows, examples, where.by_line)]


def at_lines(frame: pd.DataFrame, rows: np.ndarray | pd.Series) -> str:
    """Return where the rows that are True stand, as "lines 3, 5, ..."."""
    return f"{Places.of(frame, rows)}"


def tidy(sums: pd.Series, parts: pd.Series) -> pd.Series:
    """Return sums of decimal numbers without the dust of binary arithmetic.

    They are rounded to the decimals that their parts have, if those are at most six.

    Examples
    --------
    >>> tidy(pd.Series([0.1 + 0.2]), pd.Series([0.1, 0.2])).to_list()
    [0.3]
    """
    known = parts.dropna().to_numpy(float)
    fits = (d for d in range(_MOST_DECIMALS + 1) if np.array_equal(np.round(known, d), known))
    decimals = next(fits, None)
    return sums if decimals is None else sums.round(decimals)


def kinds_in(values: pd.Series, by: np.ndarray) -> pd.Series:
    """Return how many different values each group has; an empty one counts as one more.

    Examples
    --------
    >>> kinds_in(pd.Series(["x", None, "y"]), np.array([1, 1, 2])).to_list()
    [2, 1]
    """
    distinct = pd.DataFrame({"by": by, "value": values.to_numpy(object)}).drop_duplicates()
    return distinct.groupby("by", sort=False).size()


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun.

    Examples
    --------
    >>> counted(1, "row"), counted(2_000, "row")
    ('1 row', '2,000 rows')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def _lacking(frame: pd.DataFrame, shape: Shape, sheet: str) -> list[Problem]:
    def there(name: str, many: bool) -> bool:
        return bool(headings(frame.columns, name)) if many else name in frame

    lacking = [role.name for role in shape.roles if role.required and not there(role.name, role.many)]
    if not lacking:
        return []
    noun = "is missing" if len(lacking) == 1 else "are missing"
    return [Problem(sheet, ", ".join(lacking), noun, f"The shape {shape.name} needs it: say which column it is.")]
