from __future__ import annotations

import json

import pandas as pd
import pytest

from crmlab.data.validation import LINE, DataError
from crmlab.sources import jsonlines
from crmlab.sources.jsonlines import looks_like_json, read_json

LINES = '{"id": "0001", "n": 1, "note": "가나다"}\n\n{"id": "0002", "n": null, "vip": true}\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp949"])
def test_lines_of_objects(encoding: str) -> None:
    sheet = read_json(LINES.encode(encoding), "leads.jsonl")
    assert (sheet.frame.index.tolist(), sheet.frame.index.name) == ([1, 3], LINE)
    assert sheet.frame["id"].tolist() == ["0001", "0002"]
    assert sheet.frame["n"].tolist() == [1, pd.NA]
    assert sheet.frame["note"].tolist() == ["가나다", None]
    assert sheet.frame["vip"].dtype == "boolean"
    assert sheet.how == {"encoding": encoding}


@pytest.mark.parametrize("indent", [None, 2])
def test_an_array_of_records(indent: int | None) -> None:
    data = json.dumps([{"id": "a", "n": 1.5}, {"id": "b"}], indent=indent).encode()
    sheet = read_json(data, "leads.json")
    assert sheet.frame["id"].tolist() == ["a", "b"]
    assert (sheet.frame.index.tolist(), sheet.problems) == ([1, 2], [])
    assert "numbered as the records" in sheet.notes[0]


def test_nested_values_are_problems_and_left_out() -> None:
    sheet = read_json(b'{"id": "a", "tags": ["x"]}\n{"id": "b", "tags": {"y": 1}}\n', "leads.jsonl")
    assert sheet.frame.columns.tolist() == ["id"]
    (found,) = sheet.problems
    assert ("'tags'" in found.what, found.first) == (True, (1, 2))


@pytest.mark.parametrize(
    "line", ["[1]", "1", "{", '{"a": 1, "a": 2}', '{"a": ' + "[" * 100_000, "x=1", '{"a": 1} 2', "\u00a0{}"]
)
def test_lines_that_are_no_objects_are_told(line: str) -> None:
    sheet = read_json(f'{{"id": "a"}}\n{line}\n{{"id": "b"}}\n'.encode(), "leads.jsonl")
    (found,) = sheet.problems
    assert (found.what, found.first) == ("no JSON objects", (2,))
    assert sheet.frame["id"].tolist() == ["a", "b"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'[{"id": "a"}, {"id": ', "no JSON from record 2 on"),
        (b'[{"id": "a"}, {"id": "b"}', "ends within the array, after 2 records"),
        (b'[{"id": "a"}, 5]', "1 row is no records (line 2)"),
        (b'[{"id": "a"}, ' + b"[" * 100_000, "no JSON from record 2 on"),
    ],
)
def test_arrays_that_break_off(data: bytes, said: str) -> None:
    sheet = read_json(data, "leads.json")
    assert said in str(sheet.problems[0])
    assert sheet.frame["id"].iloc[0] == "a"


@pytest.mark.parametrize("data", [b"[]", b"{}", b"[", b"null", b" "])
def test_nothing_to_read(data: bytes) -> None:
    if data == b"{}":
        assert read_json(data, "a.json").frame.shape == (1, 0)
        return
    with pytest.raises(DataError, match=r"record|objects|array"):
        read_json(data, "a.json")


def test_numbers_keep_every_digit_and_what_is_no_number_is_blank() -> None:
    frame = read_json(b'{"n": 12345678901234567890123, "x": NaN}\n{"n": 1, "x": 2.5}\n', "a.jsonl").frame
    assert frame["n"].tolist() == ["12345678901234567890123", "1"]
    assert frame["x"].isna().tolist() == [True, False]


def test_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonlines, "MOST_CELLS", 16)
    assert len(read_json(b'{"a": 1}\n' * 2, "a.jsonl").frame) == 2
    with pytest.raises(DataError, match="more than 2 records of 1 columns"):
        read_json(b'{"a": 1}\n' * 3, "a.jsonl")


def test_what_looks_like_json() -> None:
    assert looks_like_json(b'\xef\xbb\xbf\n[ {"a"', ".txt")
    assert looks_like_json(b"x", ".ndjson")
    assert not looks_like_json(b"id,name", ".csv")
