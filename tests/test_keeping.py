from __future__ import annotations

from pathlib import Path

from nbformat.v4 import new_markdown_cell, new_notebook

from crmlab.report.keeping import Keeping, checksum_of, key_of


def test_what_is_kept_comes_back_and_is_deleted(tmp_path: Path) -> None:
    keeping = Keeping(tmp_path / "report")
    assert keeping.load("key") is None
    keeping.save("key", new_notebook(cells=[new_markdown_cell("김")]), 2.5)
    notebook, seconds = keeping.load("key") or (None, 0)
    assert (notebook.cells[0].source, seconds) == ("김", 2.5)
    assert [path.name for path in tmp_path.iterdir()] == [".report-unfinished"]
    keeping.clear()
    assert not list(tmp_path.iterdir())
    keeping.clear()


def test_half_a_file_is_none(tmp_path: Path) -> None:
    keeping = Keeping(tmp_path / "report")
    keeping.save("key", new_notebook(), 1.0)
    whole = (keeping.folder / "key.json").read_bytes()
    for broken in (whole[: len(whole) // 2], b"\xff", b"[]", b"{}"):
        (keeping.folder / "key.json").write_bytes(broken)
        assert keeping.load("key") is None


def test_the_key_changes_with_all_that_a_lesson_rests_on(tmp_path: Path) -> None:
    lesson, other = tmp_path / "07-a.ipynb", tmp_path / "07-b.ipynb"
    lesson.write_text("{}", encoding="utf-8")
    other.write_text("{}", encoding="utf-8")
    keys = {
        key_of(lesson, {"RATE": 0.1}, "data", 5),
        key_of(lesson, {"RATE": 0.2}, "data", 5),
        key_of(lesson, {"RATE": 0.1}, "more", 5),
        key_of(lesson, {"RATE": 0.1}, "data", 10),
        key_of(other, {"RATE": 0.1}, "data", 5),
    }
    assert key_of(lesson, {"RATE": 0.1}, "data", 5) in keys
    lesson.write_text("{ }", encoding="utf-8")
    assert len(keys | {key_of(lesson, {"RATE": 0.1}, "data", 5)}) == 6


def test_the_checksum_of_a_folder_sees_names_and_contents(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1", encoding="utf-8")
    first = checksum_of(tmp_path)
    assert first == checksum_of(tmp_path)
    (tmp_path / "a.csv").write_text("2", encoding="utf-8")
    second = checksum_of(tmp_path)
    (tmp_path / "a.csv").rename(tmp_path / "b.csv")
    assert len({first, second, checksum_of(tmp_path)}) == 3
