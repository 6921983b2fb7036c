"""What was understood of the files of a company: kept beside its data, so that the next files need one command.

`mapping.toml` names each sheet by a pattern ("orders-*.csv"), its shape, the column of each role, how it is encoded and
how its dates and numbers are written, and what was chosen. It holds no path, no address and no value of the data.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crmlab.data.validation import DataError, Problem
from crmlab.intake.choices import CHOICES
from crmlab.intake.dates import WAYS
from crmlab.intake.numbers import MARKS
from crmlab.intake.profile import Label
from crmlab.intake.shapes import SHAPES

_HEAD = """\
# How crmlab understood these files. The next ones are read alike by: crmlab adopt FILE... --map mapping.toml --out DIR
# Each line under columns is: what crmlab calls it = what your file calls it. Change what is wrong, and adopt again.
"""
Columns = Mapping[str, Label | tuple[Label, ...]]


@dataclass(frozen=True)
class SheetPlan:
    """How one sheet is read.

    Attributes
    ----------
    file
        A pattern for its name, in which * stands for anything.
    shape
        What it holds.
    columns
        The column of each role; of a role of many, all of them.
    how
        How the source is read: encoding, separator.
    dates, decimals
        For roles whose values leave it open: the order of their dates, what parts their decimals.
    reasons
        For each role, why; written as a remark and not read again.
    """

    file: str
    shape: str
    columns: Columns
    how: Mapping[str, str] = field(default_factory=dict)
    dates: Mapping[str, str] = field(default_factory=dict)
    decimals: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)

    def suits(self, name: str) -> bool:
        """Return whether the pattern is one for a sheet of this name.

        Examples
        --------
        >>> SheetPlan("orders-*.csv", "orders", {}).suits("Orders-2025-04.csv")
        True
        """
        pattern = ".*".join(re.escape(part) for part in self.file.split("*"))
        return re.fullmatch(pattern, name, re.IGNORECASE | re.DOTALL) is not None


@dataclass(frozen=True)
class Plan:
    """How the files of a company are read.

    Attributes
    ----------
    sheets
        One for each sheet.
    choices
        What was chosen, by the names of `crmlab.intake.choices.CHOICES`.
    currency
        Of the company; "" where it was not told.
    """

    sheets: tuple[SheetPlan, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict)
    currency: str = ""

    def to_toml(self) -> str:
        """Return the plan as TOML.

        Examples
        --------
        >>> plan = Plan((SheetPlan("orders-*.csv", "orders", {"amount": "결제 금액"}, {"encoding": "cp949"}),))
        >>> print(plan.to_toml())  # doctest: +ELLIPSIS
        # How crmlab understood these files...
        <BLANKLINE>
        [[sheets]]
        file = "orders-*.csv"
        shape = "orders"
        [sheets.how]
        encoding = "cp949"
        [sheets.columns]
        amount = "결제 금액"
        <BLANKLINE>
        """
        parts = [_HEAD]
        if self.currency:
            parts.append(f"currency = {_value(self.currency)}\n")
        if self.choices:
            parts.append(_table("choices", self.choices))
        parts += [_sheet(sheet) for sheet in self.sheets]
        return "\n".join(parts)


def read_plan(path: str | Path) -> Plan:
    """Read a saved plan.

    Raises
    ------
    DataError
        If there is no such file, or it is no plan.
    """
    place = Path(path).expanduser()
    try:
        told = tomllib.loads(place.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise _refused(place.name, "is not there", "Give the path of a mapping that crmlab adopt wrote.") from None
    except (OSError, UnicodeError, tomllib.TOMLDecodeError) as error:
        raise _refused(place.name, f"cannot be read: {error}", "Mend that line, or adopt anew without it.") from None
    try:
        sheets = tuple(_read_sheet(one) for one in told.get("sheets", ()))
        choices = {str(name): str(option) for name, option in told.get("choices", {}).items()}
        unknown = [name for name in choices if name not in CHOICES]
        if unknown:
            raise ValueError(f"there is no choice {unknown[0]!r}; there are {', '.join(CHOICES)}")
        return Plan(sheets, choices, str(told.get("currency", "")))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        said = f"lacks {error}" if isinstance(error, KeyError) else str(error)
        raise _refused(place.name, f"is no mapping: {said}", "Mend it, or adopt anew without it.") from None


def pattern_of(name: str) -> str:
    """Return a pattern for the names of later sheets: numbers and dates in a name may change.

    Examples
    --------
    >>> pattern_of("주문_2025-03.csv"), pattern_of("export.xlsx: Sheet1"), pattern_of("orders.csv")
    ('주문_*.csv', 'export.xlsx: Sheet*', 'orders.csv')
    """
    return re.sub(r"\d+(?:[-_. ]?\d+)*", "*", name)


def _read_sheet(told: Mapping[str, Any]) -> SheetPlan:
    shape = told["shape"]
    if shape not in SHAPES:
        raise ValueError(f"there is no shape {shape!r}; there are {', '.join(SHAPES)}")
    known = {role.name: role for role in SHAPES[shape].roles}
    columns: dict[str, Label | tuple[Label, ...]] = {}
    for role, theirs in told["columns"].items():
        if role not in known:
            raise ValueError(f"{shape} has no column {role!r}; it has {', '.join(known)}")
        columns[role] = tuple(map(_label, theirs)) if known[role].many else _label(theirs)
    ways = {str(role): str(way) for role, way in told.get("dates", {}).items()}
    marks = {str(role): str(mark) for role, mark in told.get("decimals", {}).items()}
    wrong = [way for text in ways.values() for way in text.split() if way not in WAYS]
    wrong += [mark for mark in marks.values() if mark not in MARKS]
    if wrong:
        raise ValueError(f"{wrong[0]!r} is no way to write dates or decimals ({', '.join((*WAYS, *MARKS))})")
    how = {str(key): str(value) for key, value in told.get("how", {}).items()}
    return SheetPlan(str(told["file"]), shape, columns, how, ways, marks)


def _label(told: object) -> Label:
    if isinstance(told, bool) or not isinstance(told, (str, int)):
        raise TypeError(f"{told!r} is neither the name of a column nor its position")
    return told


def _refused(name: str, what: str, remedy: str) -> DataError:
    return DataError([Problem(name, "", what, remedy)])


def _sheet(sheet: SheetPlan) -> str:
    text = f"[[sheets]]\nfile = {_value(sheet.file)}\nshape = {_value(sheet.shape)}\n"
    tables = {"how": sheet.how, "columns": sheet.columns, "dates": sheet.dates, "decimals": sheet.decimals}
    for name, table in tables.items():
        if table:
            text += _table(f"sheets.{name}", table, sheet.reasons if name == "columns" else {})
    return text


def _table(name: str, values: Mapping[str, Any], remarks: Mapping[str, str] | None = None) -> str:
    lines = [f"[{name}]"]
    for key, value in values.items():
        remark = " ".join((remarks or {}).get(key, "").split())
        printable = "".join(sign for sign in remark if sign.isprintable())
        lines.append(f"{_key(key)} = {_value(value)}" + (f"  # {printable}" if printable else ""))
    return "\n".join(lines) + "\n"


def _key(name: str) -> str:
    return name if re.fullmatch("[A-Za-z0-9_-]+", name) else _value(name)


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, int):
        return str(value)
    # what JSON escapes, TOML escapes alike; but JSON lets the sign 7F stand
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
