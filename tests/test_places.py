"""Where rows stand: lines, lines of several files, positions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crmlab.data.places import FILE, LINE, Places
from crmlab.data.validation import DataError, validate

ALL = np.ones(4, bool)


@pytest.mark.parametrize(
    ("index", "said"),
    [
        (pd.RangeIndex(4), "positions 0, 1, 2, 3"),
        (pd.Index([2, 3, 3, 9], name=LINE), "lines 2, 3, 9"),
        (pd.Index([2, 2, 2, 2], name=LINE), "line 2"),
        (pd.MultiIndex.from_product([["jan.csv", "feb.csv"], [2, 5]], names=[FILE, LINE]), None),
    ],
)
def test_places_are_said_as_the_index_tells_them(index: pd.Index, said: str | None) -> None:
    frame = pd.DataFrame({"x": range(4)}, index)
    assert str(Places.of(frame, ALL)) == (said or "lines 2, 5 of jan.csv; lines 2, 5 of feb.csv")


def test_of_many_rows_the_first_five_are_said() -> None:
    frame = pd.DataFrame({"x": range(7)}, pd.Index(range(2, 9), name=LINE))
    places = Places.of(frame, frame["x"] > 0)
    assert (places.rows, places.more, str(places)) == ((3, 4, 5, 6, 7), True, "lines 3, 4, 5, 6, 7, ...")
    files = pd.concat([frame[:4], frame[4:]], keys=["a", "b"], names=[FILE, LINE])
    assert str(Places.of(files, files["x"] > 0)) == "lines 3, 4, 5 of a; lines 6, 7, ... of b"


def test_a_problem_of_a_joined_table_names_the_file() -> None:
    orders = pd.DataFrame({"customer_id": ["a", "b"], "ordered_at": "2025-01-31", "amount": ["5", "x"]})
    lines = pd.Index([2, 3], name=LINE)
    joined = pd.concat([orders.set_index(lines)] * 2, keys=["jan.csv", "feb.csv"], names=[FILE, LINE])
    with pytest.raises(DataError) as caught:
        validate({"orders": joined})
    assert "2 rows are not a number (line 3 of jan.csv; line 3 of feb.csv), such as 'x'" in str(caught.value)
    assert caught.value.problems[0].files == ("jan.csv", "feb.csv")
