from __future__ import annotations

from pathlib import Path

import pytest

from crmlab.data.reading import read
from crmlab.data.validation import DataError

HEADER = "customer_id,ordered_at,amount"


def file(folder: Path, text: str | bytes) -> Path:
    path = folder / "orders.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def refused(folder: Path, text: str | bytes) -> str:
    with pytest.raises(DataError) as caught:
        read(file(folder, text), "orders")
    return str(caught.value)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators_and_line_ends_are_found_out(tmp_path: Path, separator: str, end: str) -> None:
    rows = [HEADER.split(","), ["0001", "2025-01-31", "5.5"], ["0002", "2025-02-01", "6"]]
    frame, problems = read(file(tmp_path, end.join(separator.join(row) for row in rows) + end), "orders")
    assert not problems
    assert frame.to_numpy().tolist() == rows[1:]
    assert frame.columns.tolist() == rows[0]
    assert frame.index.tolist() == [2, 3]


def test_a_byte_order_mark_and_blanks_in_the_header_do_no_harm(tmp_path: Path) -> None:
    frame, problems = read(file(tmp_path, "\ufeffcustomer_id, ordered_at ,amount\n1,2025-01-31,5\n"), "orders")
    assert not problems
    assert frame.columns.tolist() == HEADER.split(",")


def test_lines_are_those_of_the_file_across_blank_lines_and_quoted_breaks(tmp_path: Path) -> None:
    text = f'{HEADER},note\n\n1,2025-01-31,5,"two\nlines"\n2,2025-01-31,6,"a ""b"", c"\n\n  \n3,2025-01-31,7,\n'
    frame, _ = read(file(tmp_path, text), "orders")
    assert frame.index.tolist() == [3, 5, 8]
    assert frame["note"].tolist() == ["two\nlines", 'a "b", c', ""]


def test_columns_without_a_name_of_their_own_stay_behind(tmp_path: Path) -> None:
    frame, _ = read(file(tmp_path, f"{HEADER},shop,,x,x\n1,2025-01-31,5,Seoul,,,\n"), "orders")
    assert frame.columns.tolist() == [*HEADER.split(","), "shop"]


def test_ragged_rows_are_reported_with_their_lines_and_the_others_are_read(tmp_path: Path) -> None:
    text = f"{HEADER}\n1,2025-01-31,5\n2,2025\n3,2025-01-31,5\n4,a,b,c\n"
    frame, problems = read(file(tmp_path, text), "orders")
    assert [(each.what, each.first) for each in problems] == [
        ("2 fields wide, where 3 are expected", (3,)),
        ("4 fields wide, where 3 are expected", (5,)),
    ]
    assert frame.index.tolist() == [2, 4]


@pytest.mark.parametrize("quoted", ['"open,2025-01-31,5\n2,2025-01-31,6\n', '"a"b,2025-01-31,5\n'])
def test_stray_quotation_marks_are_reported_where_they_begin(tmp_path: Path, quoted: str) -> None:
    _, (found,) = read(file(tmp_path, f"{HEADER}\n1,2025-01-31,5\n{quoted}"), "orders")
    assert found.first == (3,)
    assert "quotation mark" in found.remedy


@pytest.mark.parametrize("text", ["", "\n \n", "\ufeff"])
def test_empty_files(tmp_path: Path, text: str) -> None:
    assert "orders.csv is empty" in refused(tmp_path, text)


def test_a_file_of_a_header_alone_has_no_rows(tmp_path: Path) -> None:
    frame, problems = read(file(tmp_path, f"{HEADER}\n"), "orders")
    assert frame.shape == (0, 3)
    assert not problems


def test_a_file_that_is_one_open_quotation(tmp_path: Path) -> None:
    assert "not readable to its end" in refused(tmp_path, '"open')


def test_missing_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="which is not there"):
        read(tmp_path / "none.csv", "orders")
    with pytest.raises(DataError, match="which is a folder"):
        read(tmp_path, "orders")


def test_another_encoding_is_told_with_its_lines(tmp_path: Path) -> None:
    korean = f"{HEADER}\n1,2025-01-31,5\n김,2025-01-31,5\n이,2025-01-31,5\n".encode("cp949")
    said = refused(tmp_path, korean)
    assert "2 rows are not UTF-8 text in orders.csv (lines 3, 4)" in said
    assert "crmlab adopt" in said


def test_nul_bytes_are_told_with_their_lines(tmp_path: Path) -> None:
    assert "(line 3)" in refused(tmp_path, f"{HEADER}\n1,2025-01-31,5\n2\0,2025-01-31,5\n")


def test_the_file_is_not_changed(tmp_path: Path) -> None:
    path = file(tmp_path, "customer_id;amount\r\n1;x\r\n")
    before = path.read_bytes(), path.stat().st_mtime_ns
    read(path, "orders")
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
