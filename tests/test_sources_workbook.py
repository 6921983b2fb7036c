from __future__ import annotations

import struct
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import xlwt

from crmlab.data.validation import LINE, DataError
from crmlab.sources import unpacking
from crmlab.sources.sheet import Sheet
from crmlab.sources.workbook import read_workbook

ROWS = [
    ["고객번호", "가입일", "금액", "메모"],
    ["0001", date(2025, 1, 31), 5, "가"],
    ["0002", date(2025, 2, 1), 5.5, None],
]


def saved(path: Path, rows: list[list[object]], **others: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    for name, cells in {"Sheet1": rows, **others}.items():
        sheet = book["Sheet"] if name == "Sheet1" else book.create_sheet(name)
        sheet.title = name
        for row in cells:
            sheet.append(row)
    book.save(path)
    return path


def one(path: Path, **told: object) -> Sheet:
    (sheet,) = read_workbook(path, **told)  # pyright: ignore
    return sheet


def refused(path: Path, **told: object) -> str:
    with pytest.raises(DataError) as caught:
        read_workbook(path, **told)  # pyright: ignore
    return str(caught.value)


def ods(path: Path, rows: str) -> Path:
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"' for short in ("office", "table", "text")
    )
    body = f'<table:table table:name="S">{rows}</table:table>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr(
            "content.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}><office:body>'
            f"<office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>",
        )
    return path


def ods_row(*texts: str, times: int = 1) -> str:
    cells = map('<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'.format, texts)
    return f'<table:table-row table:number-rows-repeated="{times}">{"".join(cells)}</table:table-row>'


def xls(path: Path, rows: list[list[object]]) -> Path:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Sheet1")
    for at, row in enumerate(rows):
        for place, cell in enumerate(row):
            style = xlwt.easyxf(num_format_str="yyyy-mm-dd") if isinstance(cell, date) else xlwt.Style.default_style
            sheet.write(at, place, cell, style)
    book.save(str(path))
    return path


@pytest.mark.parametrize("kind", ["xlsx", "xlsm", "xls"])
def test_types_zeros_and_rows_are_those_of_the_sheet(tmp_path: Path, kind: str) -> None:
    path = (xls if kind == "xls" else saved)(tmp_path / f"고객 목록.{kind}", ROWS)
    sheet = one(path)
    assert sheet.name == f"고객 목록.{kind}: Sheet1"
    assert sheet.frame.columns.tolist() == ROWS[0]
    assert sheet.frame["고객번호"].tolist() == ["0001", "0002"]
    assert sheet.frame["가입일"].dtype == "datetime64[ns]"
    assert sheet.frame["가입일"].dt.date.tolist() == [date(2025, 1, 31), date(2025, 2, 1)]
    assert sheet.frame["금액"].tolist() == [5.0, 5.5]
    assert sheet.frame["메모"].tolist() == ["가", None]
    assert (sheet.frame.index.tolist(), sheet.frame.index.name) == ([2, 3], LINE)
    assert (sheet.header, sheet.problems) == (True, [])


def test_ods_is_read_with_its_repeats(tmp_path: Path) -> None:
    sheet = one(ods(tmp_path / "a.ods", ods_row("id", "name") + ods_row("1", "Kim", times=3)))
    assert sheet.frame.to_numpy().tolist() == [["1", "Kim"]] * 3


def test_a_header_is_found_from_the_contents_or_told(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", ROWS[1:])
    assert one(path).frame.columns.tolist() == [1, 2, 3, 4]
    assert one(path).frame.index.tolist() == [1, 2]
    assert one(path, header=True).frame.columns.tolist() == ["0001", "2025-01-31", "5", "가"]


def test_titles_and_blank_rows_and_columns_are_left_out(tmp_path: Path) -> None:
    rows = [[None, "Sales of March"], [], *([None, *row] for row in ROWS)]
    sheet = one(saved(tmp_path / "a.xlsx", rows))
    assert sheet.frame.columns.tolist() == ROWS[0]
    assert sheet.frame.index.tolist() == [4, 5]
    assert any("row 1, 'Sales of March'" in note for note in sheet.notes)


def test_several_sheets_and_hidden_and_empty_ones(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", ROWS, more=ROWS, hidden=ROWS, empty=[])
    book = openpyxl.load_workbook(path)
    book["hidden"].sheet_state = "hidden"
    book.create_chartsheet("chart")
    book.save(path)
    sheets = read_workbook(path)
    assert [sheet.name for sheet in sheets] == ["a.xlsx: Sheet1", "a.xlsx: more"]
    assert "'hidden' is hidden" in sheets[0].notes[0]
    assert "'empty' is empty" in sheets[0].notes[1]
    assert one(path, sheet="hidden").frame.shape == (2, 4)
    assert "Did you mean 'more'? It has 'Sheet1', 'more'" in refused(path, sheet="mora")


def test_merged_cells_are_problems_below_the_titles_only(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", [["Sales"], [], *ROWS])
    book = openpyxl.load_workbook(path)
    book["Sheet1"].merge_cells("A1:D1")
    book.save(path)
    assert one(path).problems == []
    book["Sheet1"].merge_cells("A4:A5")
    book.save(path)
    (found,) = one(path).problems
    assert (found.first, "value into each cell" in found.remedy) == ((4,), True)


def test_what_a_workbook_shows_and_does_not_hold_is_noted(tmp_path: Path) -> None:
    rows = [["id", "sum", "card"], [1, "=A2*2", 4111111111111111], [2, "#N/A", 4111111111111112]]
    notes = " ".join(one(saved(tmp_path / "a.xlsx", rows)).notes)
    assert "1 cells hold a formula whose value was never stored" in notes
    assert "1 cells hold an error" in notes
    assert "card holds numbers of more than 15 digits" in notes


def test_columns_of_several_kinds_are_text(tmp_path: Path) -> None:
    rows = [["id", "when", "far", "flag"], [7, date(2025, 1, 31), date(9999, 12, 31), True]]
    rows += [["A8", "soon", date(2025, 1, 1), False], [9.5, datetime(2025, 1, 31, 10, 5), None, None]]
    frame = one(saved(tmp_path / "a.xlsx", rows)).frame
    assert frame["id"].tolist() == ["7", "A8", "9.5"]
    assert frame["when"].tolist() == ["2025-01-31", "soon", "2025-01-31 10:05:00"]
    assert frame["far"].tolist() == ["9999-12-31", "2025-01-01", None]
    assert frame["flag"].dtype == "boolean"
    assert frame["flag"].isna().tolist() == [False, False, True]


def test_an_empty_workbook_and_a_header_alone(tmp_path: Path) -> None:
    assert "no sheet with anything on it" in refused(saved(tmp_path / "a.xlsx", []))
    assert one(saved(tmp_path / "b.xlsx", [["id", "name"]])).frame.shape == (0, 2)


@pytest.mark.parametrize("data", [b"PK\x03\x04 and no more", b"\xd0\xcf\x11\xe0" + b"\0" * 600])
def test_damaged_workbooks(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(data)
    assert "a.xlsx" in refused(path)


def test_archives_without_a_workbook_and_bombs(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("orders.csv", "a,b")
    assert "a zip archive without a workbook in it (orders.csv)" in refused(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 50_000_000)
    assert "which no honest workbook does" in refused(path)


def test_a_member_that_is_longer_than_it_says_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", ROWS)
    with zipfile.ZipFile(path) as archive:
        member = archive.getinfo("xl/worksheets/sheet1.xml")
    data = bytearray(path.read_bytes())
    size = struct.pack("<I", member.file_size)
    while (at := data.find(size)) >= 0:
        data[at : at + 4] = struct.pack("<I", 50)
    path.write_bytes(data)
    assert "cannot be unpacked" in refused(path)


@pytest.mark.parametrize("far", ["XFD1048576", "ZZ100000"])
def test_cells_in_far_corners_are_refused_before_they_are_read(tmp_path: Path, far: str) -> None:
    path = saved(tmp_path / "a.xlsx", ROWS)
    book = openpyxl.load_workbook(path)
    book["Sheet1"][far] = 1
    book.save(path)
    assert "Delete stray cells" in refused(path)


def test_repeats_of_ods_are_refused_before_they_are_read(tmp_path: Path) -> None:
    assert "5,000,000 cells" in refused(ods(tmp_path / "a.ods", ods_row(*"abcdefgh", times=900_000)))


def test_pieces_of_a_sheet_join_without_a_seam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [["id", "sum"], *([n, "=A2*2"] for n in range(50))]
    path = saved(tmp_path / "a.xlsx", rows)
    monkeypatch.setattr(unpacking, "_PIECE", 7)
    (look,) = unpacking.unpack(path).values()
    assert (look.rows, look.columns, look.not_computed) == (51, 2, 50)


def test_whole_numbers_stay_whole_beside_blanks(tmp_path: Path) -> None:
    frame = one(saved(tmp_path / "a.xlsx", [["id", "n"], ["a", 1], ["b", None], ["c", 3]])).frame
    assert frame["n"].dtype == pd.Int64Dtype()
