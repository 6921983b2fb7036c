"""Small sheets for the tests of shapes and choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from crmlab.data.validation import LINE


def sheet(columns: Mapping[str, Sequence[object] | str]) -> pd.DataFrame:
    """Return a sheet of text whose rows know their lines; the header is line 1. A text gives one letter a row."""
    frame = pd.DataFrame({name: list(values) for name, values in columns.items()}, dtype=object)
    return frame.set_axis(pd.Index(range(2, len(frame) + 2), name=LINE), axis=0)
