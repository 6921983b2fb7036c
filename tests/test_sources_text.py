from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab.data.validation import LINE, DataError
from crmlab.sources import text
from crmlab.sources.text import read_text

ROWS = [["cust", "day", "amount"], ["0001", "2025-01-31", "5.5"], ["0002", "2025-02-01", "6"]]


def cells(data: str | bytes, **told: object) -> list[list[object]]:
    raw = data.encode() if isinstance(data, str) else data
    return read_text(raw, "export.csv", **told).frame.to_numpy().tolist()  # pyright: ignore


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp949"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("by", [",", ";", "\t", "|", "   "])
@pytest.mark.parametrize("header", [True, False])
def test_text_of_any_kind(encoding: str, end: str, by: str, header: bool) -> None:
    rows = [["고객", *ROWS[0][1:]], *ROWS[1:]] if header else [["김민준", *ROWS[1][1:]], ["이서연", *ROWS[2][1:]]]
    data = end.join(by.join(row) for row in rows).encode(encoding)
    sheet = read_text(data, "export.csv")
    assert not sheet.problems
    assert sheet.header == header
    assert sheet.frame.columns.tolist() == (rows[0] if header else [1, 2, 3])
    assert sheet.frame.to_numpy().tolist() == rows[header:]
    assert sheet.frame.index.tolist() == ([2, 3] if header else [1, 2])
    assert sheet.frame.index.name == LINE
    assert sheet.how == {"encoding": encoding, "separator": by[0], "header": "yes" if header else "no"}


def test_blank_cells_are_none_and_every_cell_is_text() -> None:
    frame = read_text(b"id,a,b\n1, ,x\n2,\xc2\xa0, y \n", "export.csv").frame
    assert frame.to_numpy().tolist() == [["1", None, "x"], ["2", None, "y"]]
    assert set(map(str, frame.dtypes)) == {"object"}


def test_lines_are_those_of_the_file_across_titles_blank_lines_and_quoted_breaks() -> None:
    sheet = read_text(b'Sales of March\n\nid,note\n1,"two\nlines"\n2,x\n\n3,y\n', "export.csv")
    assert sheet.frame.index.tolist() == [4, 6, 8]
    assert sheet.notes[1] == "export.csv: left out above the table: line 1, 'Sales of March'."


def test_titles_that_are_padded_with_separators() -> None:
    sheet = read_text(b"Sales,,\n,,\nid,day,amount\n1,2025-01-31,5\n2,2025-01-31,5\n", "export.csv")
    assert sheet.frame.columns.tolist() == ["id", "day", "amount"]


def test_a_separator_at_the_end_of_each_row_adds_no_column() -> None:
    sheet = read_text(b"id;amount\n1;5;\n2;6;\n", "export.csv")
    assert (sheet.frame.columns.tolist(), sheet.problems) == (["id", "amount"], [])
    sheet = read_text(b"id;amount;\n1;5;\n2;6;\n", "export.csv")
    assert sheet.frame.columns.tolist() == ["id", "amount"]


def test_ragged_rows_are_problems_with_their_lines() -> None:
    sheet = read_text(b"id,day,amount\n1,2025-01-31,5\n2,2025\n3,2025-01-31,5\n4,a,b,c\n", "export.csv")
    assert [(each.what, each.first) for each in sheet.problems] == [
        ("2 fields wide, where 3 are expected", (3,)),
        ("4 fields wide, where 3 are expected", (5,)),
    ]
    assert sheet.frame.index.tolist() == [2, 4]
    many = "".join("x," * n + "\n" for n in (3, 3, 3, 3, 5, 6, 7, 8, 9, 10)).replace(",\n", "\n")
    (found,) = read_text(many.encode(), "export.csv", header=False).problems
    assert (found.what, found.rows) == ("of 6 other widths than the 3 fields that are expected", 6)


def test_a_quotation_that_never_closes_is_a_problem_where_it_begins() -> None:
    (found,) = read_text(b'id,name\n1,a\n2,"b\n3,c\n', "export.csv").problems
    assert (found.first, "quotation mark" in found.remedy) == ((3,), True)


@pytest.mark.parametrize("data", [b" \n \n", b"\xef\xbb\xbf", b'"'])
def test_nothing_to_read(data: bytes) -> None:
    with pytest.raises(DataError, match=r"empty|not readable"):
        read_text(data, "export.csv")


def test_a_header_alone_has_no_rows() -> None:
    assert read_text(b"cust,date,total\n", "export.csv").frame.shape == (0, 3)


@pytest.mark.parametrize(("told", "by"), [("tab", "\t"), ("semicolon", ";"), (";", ";"), ("#", "#"), ("blank", " ")])
def test_a_separator_that_is_told(told: str, by: str) -> None:
    assert cells(f"a{by}b\n1{by}2\n", separator=told) == [["1", "2"]]


@pytest.mark.parametrize("told", ["", ";;", '"', "a", "\n"])
def test_a_separator_that_separates_nothing(told: str) -> None:
    if told:
        with pytest.raises(DataError, match="separates nothing"):
            cells("a;b\n1;2\n", separator=told)
    else:
        assert cells("a;b\n1;2\n", separator=told) == [["1", "2"]]


def test_too_many_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(cells(",".join("ab" * 500) + "\n" + "1," * 999 + "1\n")[0]) == 1_000
    monkeypatch.setattr(text, "MOST_COLUMNS", 3)
    with pytest.raises(DataError, match="has 4 columns, more than the 3"):
        cells("a,b,c,d\n1,2,3,4\n")


def test_batches_join_without_a_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "_BATCH", 4)
    monkeypatch.setattr(text, "_REMEMBERED", 1)
    assert cells("a,b\n" + "".join(f"{n},x{n}\n" for n in range(7))) == [[str(n), f"x{n}"] for n in range(7)]


def test_a_batch_may_hold_only_blanks_repeats_or_rows_of_other_widths(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "_BATCH", 4)
    sheet = read_text(b"id,a\n1,x\n2,y\n3\n4\n5, \n6,\n7, x \n7, x \n8,x,\n9,y\n", "export.csv")
    rows = [["1", "x"], ["2", "y"], ["5", None], ["6", None], ["7", "x"], ["7", "x"], ["8", "x"], ["9", "y"]]
    assert sheet.frame.to_numpy().tolist() == rows
    assert sheet.frame.index.tolist() == [2, 3, 6, 7, 8, 9, 10, 11]
    assert [(each.first, each.rows) for each in sheet.problems] == [((4, 5), 2)]


def test_the_bar_counts_the_bytes(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(text, "SHOWN_BYTES", 1)
    assert cells("a,b\n1,2\n", progress=True) == [["1", "2"]]
    assert "export.csv" in capsys.readouterr().err


ANY_CELL = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"))


@given(st.lists(st.lists(ANY_CELL, min_size=1, max_size=5)), st.binary())
def test_any_text_is_read_or_refused_in_plain_words(rows: list[list[str]], noise: bytes) -> None:
    for data in ("\n".join(",".join(row) for row in rows).encode(), noise):
        try:
            frame = read_text(data, "export.csv").frame
        except DataError:
            continue
        assert frame.columns.is_unique
        assert all(
            cell is None or (isinstance(cell, str) and cell == cell.strip() != "") for cell in frame.to_numpy().flat
        )
