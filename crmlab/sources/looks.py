"""How far the cells of a packed sheet reach, seen in passing while it is unpacked, piece by piece.

A reader makes room for the whole rectangle that its cells span: two cells in far corners are enough to fill a machine.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

_LONGEST_REST = 1 << 22  # bytes without an end of a cell, beyond which nothing is kept for the next piece
_REFERENCE = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})([0-9]{1,7})["']""")
_ERROR = re.compile(rb"""<c\b[^>]*\bt\s*=\s*["']e["']""")
_NOT_COMPUTED = re.compile(rb"(?:</f>|<f\b[^>]*/>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")
_TAG = re.compile(rb"<(/?)table:(table-row|table-cell|covered-table-cell|table)\b([^>]*?)(/?)>")
_REPEATED = re.compile(rb"""number-(?:rows|columns)-repeated\s*=\s*["']([0-9]{1,9})["']""")


@dataclass(eq=False)
class Look:
    """What was seen of the cells of one sheet.

    Attributes
    ----------
    rows, columns
        How far they reach.
    errors, not_computed
        How many are errors, as #N/A; how many hold a formula without a stored value. Only in .xlsx and .xlsm.
    weight
        How much room one cell takes while it is read, against one of .xlsx.
    """

    rows: int = 0
    columns: int = 0
    errors: int = 0
    not_computed: int = 0
    weight: ClassVar[int] = 1
    _rest: bytes = b""

    def see(self, piece: bytes) -> None:
        """Look at the next piece."""

    def _upto(self, end: bytes, piece: bytes) -> bytes:
        """Return what is whole up to the last `end`, and keep the rest for the next piece."""
        text = self._rest + piece
        cut = text.rfind(end) + len(end) if end in text else 0
        self._rest = text[cut:] if len(text) - cut < _LONGEST_REST else b""
        return text[:cut] if self._rest or cut == len(text) else text


class ExcelLook(Look):
    """At the XML of a sheet of .xlsx or .xlsm.

    Examples
    --------
    >>> look = ExcelLook()
    >>> look.see(b'<c r="A1"><v>1</v></c><c r="AB12" t="e"><v>#N/A</v></c><c r="C1"><f>A1</f></c>')
    >>> look.rows, look.columns, look.errors, look.not_computed
    (12, 28, 1, 1)
    """

    def see(self, piece: bytes) -> None:
        """Look at the next piece."""
        text = self._upto(b"</c>", piece)
        found = _REFERENCE.findall(text)
        self.rows = max([self.rows, *(int(row) for row in {row for _, row in found})])
        self.columns = max([self.columns, *(_number(letters) for letters in {letters for letters, _ in found})])
        self.errors += len(_ERROR.findall(text))
        self.not_computed += len(_NOT_COMPUTED.findall(text))


class OdsLook(Look):
    """At the XML of all sheets of .ods, where a cell or a row may say how often it is repeated.

    Examples
    --------
    >>> look = OdsLook()
    >>> look.see(b'<table:table-row table:number-rows-repeated="9"><table:table-cell>x</table:table-cell>')
    >>> look.see(b'</table:table-row>')
    >>> look.rows, look.columns
    (9, 1)
    """

    weight: ClassVar[int] = 4
    _in_sheet = _pending = _repeat = _width = _filled = 0

    def see(self, piece: bytes) -> None:
        """Look at the next piece."""
        for closes, tag, attributes, empty in _TAG.findall(self._upto(b">", piece)):
            found = _REPEATED.search(attributes)
            times = int(found[1]) if found else 1
            if tag == b"table" and not closes:
                self._in_sheet = self._pending = 0
            elif tag == b"table-row" and not closes:
                self._repeat, self._width, self._filled = times, 0, 0
            if tag == b"table-row" and (closes or empty):
                self._end_row()
            elif tag.endswith(b"cell") and not closes:
                self._width += times
                self._filled = self._filled if empty else self._width

    def _end_row(self) -> None:
        self._pending += self._repeat
        if self._filled:
            self._in_sheet += self._pending
            self._pending = 0
            self.rows, self.columns = max(self.rows, self._in_sheet), max(self.columns, self._filled)


class BinaryLook(Look):
    """At the records of a sheet of .xlsb: a row begins with record 0, its cells are records 1 to 11.

    Examples
    --------
    >>> look = BinaryLook()
    >>> look.see(bytes([0, 4, 9, 0, 0, 0, 2, 4, 3, 0, 0, 0]))
    >>> look.rows, look.columns
    (10, 4)
    """

    def see(self, piece: bytes) -> None:
        """Look at the next piece."""
        data, at = self._rest + piece, 0
        while (head := _record(data, at)) is not None:
            kind, start, end = head
            if end > len(data):
                break
            if kind <= 11 and end - start >= 4:
                number = int.from_bytes(data[start : start + 4], "little") + 1
                if kind == 0:
                    self.rows = max(self.rows, number)
                else:
                    self.columns = max(self.columns, number)
            at = end
        self._rest = data[at:] if len(data) - at < _LONGEST_REST else b""


def _record(data: bytes, at: int) -> tuple[int, int, int] | None:
    """Return the kind of a record, where its content starts and where it ends; None where the data end before."""
    if at + 6 > len(data) and at + 2 > len(data):
        return None
    kind = data[at]
    at += 1 if kind < 128 else 2
    length = 0
    for shift in (0, 7, 14, 21):
        if at >= len(data):
            return None
        byte = data[at]
        length |= (byte & 127) << shift
        at += 1
        if byte < 128:
            break
    return (kind if kind < 128 else 128, at, at + length)


def _number(letters: bytes) -> int:
    """Return the number of a column from its letters: A is 1, AB is 28."""
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number
