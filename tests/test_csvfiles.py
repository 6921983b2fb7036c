from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab.data.csvfiles import Field, checksum, from_csv, kind_of, to_csv

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda text: "\0" not in text)


@settings(deadline=None)
@given(st.lists(st.tuples(TEXT, st.none() | st.floats(allow_nan=False)), min_size=1))
def test_texts_and_floats_come_back_to_the_last_bit(rows: list[tuple[str, float | None]]) -> None:
    frame = pd.DataFrame(rows, columns=["text", "number"]).astype({"text": object, "number": float})
    back = from_csv(to_csv(frame), [Field("text", "text"), Field("number", "number")])
    pd.testing.assert_frame_equal(back, frame, check_exact=True)


def test_every_kind_comes_back_in_its_type() -> None:
    frame = pd.DataFrame(
        {
            "days": pd.to_datetime(["2025-01-31", None]),
            "times": pd.to_datetime(["2025-01-31 10:00:00.25", None]),
            "some": pd.array([1, None], "Int64"),
            "all": [1, 2],
            "flags": pd.array([True, None], "boolean"),
            "both": [True, False],
        }
    )
    fields = [Field(str(name), kind_of(values), name in ("all", "both")) for name, values in frame.items()]
    pd.testing.assert_frame_equal(from_csv(to_csv(frame), fields), frame)


def test_the_bytes_are_plain() -> None:
    frame = pd.DataFrame({"id": ["0001", "김"], "day": pd.to_datetime(["2025-01-31", None]), "kept": [True, False]})
    assert to_csv(frame) == "id,day,kept\n0001,2025-01-31,true\n김,,false\n".encode()


def test_a_lone_carriage_return_is_quoted_on_every_python() -> None:
    assert to_csv(pd.DataFrame({"a": ["x\ry"], "b": [1.5]})) == b'"a","b"\n"x\ry",1.5\n'


def test_what_does_not_fit_its_field_is_refused() -> None:
    with pytest.raises(ValueError, match="abc"):
        from_csv(b"a\nabc\n", [Field("a", "number")])
    with pytest.raises(ValueError, match="the columns are a, not b"):
        from_csv(b"a\n1\n", [Field("b", "number")])
    with pytest.raises(ValueError, match="day is out of range"):
        from_csv(b"a\n2025-02-30\n", [Field("a", "date")])


def test_kinds_and_checksums() -> None:
    assert [kind_of(pd.Series(values)) for values in ([1.5], [True], ["a"], [None])] == [
        "number",
        "boolean",
        "text",
        "text",
    ]
    assert checksum(b"a") != checksum(b"b")
    assert math.isclose(len(checksum(b"")), 71)
