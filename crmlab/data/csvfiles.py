"""Tables as CSV, the same bytes on every system: UTF-8, LF, ISO dates, true and false, empty for missing.

Floats are written in the shortest decimals that give the same float again, so nothing is lost on the way.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Literal

import numpy as np
import pandas as pd

from crmlab.tables import DTYPES

_TIMES = {"date": "%Y-%m-%d", "datetime": "%Y-%m-%dT%H:%M:%S.%f"}


@dataclass(frozen=True)
class Field:
    """One column of a file.

    Attributes
    ----------
    name, kind
        `kind` is one of those of the data dictionary, or "datetime".
    full
        Whether no value is missing and the dictionary does not know the column: whole numbers and booleans are then
        numpy's own, as frames outside the dictionary have them.
    """

    name: str
    kind: str
    full: bool = False

    @property
    def dtype(self) -> str:
        """The pandas type in which the column is read; days and times are read as text first."""
        plain = {"integer": "int64", "boolean": "bool"} if self.full else {}
        return "object" if self.kind in _TIMES else plain.get(self.kind, DTYPES[self.kind])


def to_csv(frame: pd.DataFrame) -> bytes:
    r"""Return a frame as CSV.

    Examples
    --------
    >>> to_csv(pd.DataFrame({"id": ["0001", None], "amount": [0.1 + 0.2, 3.0], "kept": [True, False]}))
    b'id,amount,kept\n0001,0.30000000000000004,true\n,3.0,false\n'
    """
    spelled = pd.DataFrame({name: _spelled(values) for name, values in frame.items()})
    data = _written(spelled, csv.QUOTE_MINIMAL)
    # Python before 3.13 leaves a lone carriage return unquoted; where there is one, every text is quoted
    return _written(spelled, csv.QUOTE_NONNUMERIC) if b"\r" in data else data


def from_csv(data: bytes, fields: Sequence[Field]) -> pd.DataFrame:
    r"""Return the frame that `to_csv` wrote.

    Raises
    ------
    ValueError
        If a value is not of the kind that its field says, or there is no such column.

    Examples
    --------
    >>> from_csv(b"id,kept\n0001,true\n", [Field("id", "text"), Field("kept", "boolean")]).to_dict("list")
    {'id': ['0001'], 'kept': [True]}
    """
    dtypes: Any = {field.name: field.dtype for field in fields}
    exact: Any = "round_trip"
    frame = pd.read_csv(
        BytesIO(data), dtype=dtypes, keep_default_na=False, na_values=[""], float_precision=exact, encoding="utf-8"
    )
    if list(frame) != list(dtypes):
        raise ValueError(f"the columns are {', '.join(map(str, frame))}, not {', '.join(dtypes)}")
    for field in fields:
        if field.kind in _TIMES:
            times = pd.to_datetime(frame[field.name], format=_TIMES[field.kind])
            frame[field.name] = times.astype("datetime64[ns]")
    return frame


def header(data: bytes) -> list[str]:
    r"""Return the column names of a file that `to_csv` wrote.

    Examples
    --------
    >>> header(b"id,kept\n0001,true\n")
    ['id', 'kept']
    """
    return [str(name) for name in pd.read_csv(BytesIO(data), nrows=0, encoding="utf-8")]


def kind_of(values: pd.Series) -> str:
    """Return the kind of a column that the data dictionary does not know, from its type.

    Examples
    --------
    >>> kind_of(pd.Series([1, 2])), kind_of(pd.Series(["a"])), kind_of(pd.to_datetime(pd.Series(["2025-01-31"])))
    ('integer', 'text', 'date')
    """
    types = pd.api.types
    if types.is_bool_dtype(values.dtype):
        return "boolean"
    if types.is_integer_dtype(values.dtype):
        return "integer"
    if types.is_float_dtype(values.dtype):
        return "number"
    if types.is_datetime64_dtype(values.dtype):
        known = values.dropna()
        return "date" if (known == known.dt.normalize()).all() else "datetime"
    return "text"


def checksum(data: bytes) -> str:
    """Return the checksum of a file as a data package writes it.

    Examples
    --------
    >>> checksum(b"")[:19]
    'sha256:e3b0c44298fc'
    """
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _written(spelled: pd.DataFrame, quoting: Literal[0, 2]) -> bytes:
    return spelled.to_csv(index=False, lineterminator="\n", quoting=quoting).encode("utf-8")


def _spelled(values: pd.Series) -> pd.Series:
    kind = kind_of(values)
    if kind == "boolean":
        return values.astype("boolean").astype(object).map({True: "true", False: "false"}, na_action="ignore")
    if kind in _TIMES:
        codes, times = pd.factorize(values)
        texts = [*pd.DatetimeIndex(times).strftime(_TIMES[kind]), np.nan]
        return pd.Series(np.array(texts, object)[codes], values.index)
    return values.astype(object).map(str, na_action="ignore") if kind == "text" else values
