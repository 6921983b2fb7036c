from __future__ import annotations

from pathlib import Path

import pytest

from crmlab.data.reading import Columns, read
from crmlab.data.validation import DataError

BY_NAME: Columns = {"customer_id": "cust", "ordered_at": "date", "amount": "total"}
BY_PLACE: Columns = {"customer_id": 1, "ordered_at": 2, "amount": 3}


def file(folder: Path, text: str | bytes) -> Path:
    path = folder / "export.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def refused(folder: Path, text: str | bytes, encoding: str = "utf-8-sig") -> str:
    with pytest.raises(DataError) as caught:
        read(file(folder, text), "orders", BY_NAME, encoding)
    return str(caught.value)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|", " ", "   "])
@pytest.mark.parametrize("columns", [BY_NAME, BY_PLACE])
def test_separators_line_ends_and_headers_are_found_out(
    tmp_path: Path, separator: str, end: str, columns: Columns
) -> None:
    rows = [("cust", "date", "total"), ("0001", "2025-01-31", "5.5"), ("0002", "2025-02-01", "6")]
    records = rows if columns is BY_NAME else rows[1:]
    path = file(tmp_path, end.join(separator.join(row) for row in records) + end)
    reading = read(path, "orders", columns)
    assert not reading.problems
    assert reading.frame.to_numpy().tolist() == [list(row) for row in rows[1:]]
    assert reading.frame.columns.tolist() == ["customer_id", "ordered_at", "amount"]
    assert reading.frame.index.tolist() == ([2, 3] if columns is BY_NAME else [1, 2])


def test_a_header_is_seen_where_positions_are_given(tmp_path: Path) -> None:
    path = file(tmp_path, "cust,date,total\n1,2025-01-31,5\n")
    reading = read(path, "orders", BY_PLACE)
    assert reading.frame.index.tolist() == [2]
    assert "with a header" in reading.notes[0]


def test_a_first_row_with_a_bad_date_is_still_data(tmp_path: Path) -> None:
    assert len(read(file(tmp_path, "1,soon,5\n2,2025-01-31,5\n"), "orders", BY_PLACE).frame) == 2


def test_a_byte_order_mark_and_blanks_in_the_header_do_no_harm(tmp_path: Path) -> None:
    reading = read(file(tmp_path, "\ufeffcust, date ,total\n1,2025-01-31,5\n"), "orders", BY_NAME)
    assert not reading.problems
    assert reading.frame.columns.tolist() == ["customer_id", "ordered_at", "amount"]


def test_lines_are_those_of_the_file_across_blank_lines_and_quoted_breaks(tmp_path: Path) -> None:
    text = 'cust,date,total,note\n\n1,2025-01-31,5,"two\nlines"\n2,2025-01-31,6,"a ""b"", c"\n\n  \n3,2025-01-31,7,\n'
    frame = read(file(tmp_path, text), "orders", BY_NAME).frame
    assert frame.index.tolist() == [3, 5, 8]
    assert frame["note"].tolist() == ["two\nlines", 'a "b", c', ""]


def test_separators_within_quotes_and_decimal_commas_do_not_mislead(tmp_path: Path) -> None:
    quoted = read(
        file(tmp_path, 'cust,date,total\n"a; b; c",2025-01-31,5\n"d; e; f",2025-01-31,5\n'), "orders", BY_NAME
    )
    assert quoted.frame["customer_id"].tolist() == ["a; b; c", "d; e; f"]
    decimal = read(file(tmp_path, "cust;date;total\n1;2025-01-31;5,50\n2;2025-01-31;6,50\n"), "orders", BY_NAME)
    assert decimal.frame["amount"].tolist() == ["5,50", "6,50"]
    timed = read(file(tmp_path, "cust,date,total\n1,2025-01-31 10:00:00,5\n"), "orders", BY_NAME)
    assert timed.frame["ordered_at"].tolist() == ["2025-01-31 10:00:00"]


def test_other_columns_of_a_header_come_along_and_nameless_ones_are_told(tmp_path: Path) -> None:
    reading = read(file(tmp_path, "cust,date,total,shop,,x,x\n1,2025-01-31,5,Seoul,,,\n"), "orders", BY_NAME)
    assert reading.frame.columns.tolist() == ["customer_id", "ordered_at", "amount", "shop"]
    assert "columns 5, 6, 7" in reading.notes[1]
    reading = read(file(tmp_path, "9 1 2025-01-31 5\n"), "orders", {"customer_id": 2, "ordered_at": 3, "amount": 4})
    assert reading.frame.columns.tolist() == ["customer_id", "ordered_at", "amount"]
    assert "columns 1." in reading.notes[1]


def test_a_named_column_wins_over_one_that_is_called_alike(tmp_path: Path) -> None:
    reading = read(file(tmp_path, "cust,date,amount,total\n1,2025-01-31,5,6\n"), "orders", BY_NAME)
    assert reading.frame["amount"].tolist() == ["6"]
    assert "columns 3" in reading.notes[1]


def test_columns_that_are_not_there_are_told_with_those_that_are(tmp_path: Path) -> None:
    columns: Columns = {"customer_id": "custt", "ordered_at": 9, "amount": "x", "order_id": 0}
    reading = read(file(tmp_path, "cust,date,x,x\n1,2025-01-31,5,6\n"), "orders", columns)
    told = {each.column: each.what for each in reading.problems}
    assert told == {
        "customer_id": "is said to be 'custt', which is not there (perhaps 'cust'?)",
        "ordered_at": "is said to be column 9, which is not there",
        "amount": "is said to be 'x', which occurs more than once: give its position",
        "order_id": "is said to be column 0, which is not there",
    }
    assert "'cust', 'date', 'x', 'x'" in reading.problems[0].remedy


def test_ragged_rows_are_reported_with_their_lines_and_the_others_are_read(tmp_path: Path) -> None:
    reading = read(
        file(tmp_path, "cust,date,total\n1,2025-01-31,5\n2,2025\n3,2025-01-31,5\n4,a,b,c\n"), "orders", BY_NAME
    )
    assert [(each.what, each.first) for each in reading.problems] == [
        ("2 fields wide, where 3 are expected", (3,)),
        ("4 fields wide, where 3 are expected", (5,)),
    ]
    assert reading.frame.index.tolist() == [2, 4]


@pytest.mark.parametrize("quoted", ['"open,2025-01-31,5\n2,2025-01-31,6\n', '"a"b,2025-01-31,5\n'])
def test_stray_quotation_marks_are_reported_where_they_begin(tmp_path: Path, quoted: str) -> None:
    reading = read(file(tmp_path, f"cust,date,total\n1,2025-01-31,5\n{quoted}"), "orders", BY_NAME)
    (found,) = reading.problems
    assert found.first == (3,)
    assert "quotation mark" in found.remedy


@pytest.mark.parametrize("text", ["", "\n \n", "\ufeff"])
def test_empty_files(tmp_path: Path, text: str) -> None:
    assert "export.txt is empty" in refused(tmp_path, text)


def test_a_file_of_a_header_alone_has_no_rows(tmp_path: Path) -> None:
    reading = read(file(tmp_path, "cust,date,total\n"), "orders", BY_NAME)
    assert reading.frame.shape == (0, 3)
    assert not reading.problems


def test_a_file_that_is_one_open_quotation(tmp_path: Path) -> None:
    assert "not readable to its end" in refused(tmp_path, '"open')


def test_missing_files_folders_and_workbooks(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="which is not there"):
        read(tmp_path / "none.csv", "orders")
    with pytest.raises(DataError, match="which is a folder"):
        read(tmp_path, "orders")
    assert "a workbook or an archive" in refused(tmp_path, b"PK\x03\x04rest")


def test_another_encoding_is_told_with_its_lines(tmp_path: Path) -> None:
    korean = "cust,date,total\n1,2025-01-31,5\n김,2025-01-31,5\n이,2025-01-31,5\n".encode("cp949")
    assert "2 rows are not utf-8 text in export.txt (lines 3, 4)" in refused(tmp_path, korean)
    assert read(file(tmp_path, korean), "orders", BY_NAME, "cp949").frame["customer_id"].tolist() == ["1", "김", "이"]
    assert "there is no encoding 'klingon'" in refused(tmp_path, korean, "klingon")


def test_nul_bytes_are_told_with_their_lines(tmp_path: Path) -> None:
    said = refused(tmp_path, "cust,date,total\n1,2025-01-31,5\n2\0,2025-01-31,5\n")
    assert "(line 3)" in said
    assert "utf-16" in refused(tmp_path, "cust,date\n".encode("utf-16-le"))
    utf16 = "cust,date,total\n1,2025-01-31,5\n".encode("utf-16")
    assert len(read(file(tmp_path, utf16), "orders", BY_NAME, "utf-16").frame) == 1


def test_the_file_is_not_changed(tmp_path: Path) -> None:
    path = file(tmp_path, "cust;date;total\r\n1;soon;x\r\n")
    before = path.read_bytes(), path.stat().st_mtime_ns
    read(path, "orders", BY_NAME)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
