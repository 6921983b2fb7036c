"""The pages of docs/your-data: every command runs, and prints what the page says."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from crmlab.intake.shapes import SHAPES
from crmlab.lessons import find_lessons
from your_data import BLOCK, CDNOW, CHOICES_TABLE, PAGES, PYTHON, choices, commands, computed, printed, write_all

INDEX = next(page for page in PAGES if page.stem == "index")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the files that the pages begin with."""
    folder = tmp_path_factory.mktemp("your-data")
    write_all(folder)
    if CDNOW.exists():
        shutil.copy(CDNOW, folder / "CDNOW_sample.txt")
    return folder


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_prints_what_the_page_says(
    page: Path, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "CDNOW" in page.read_text(encoding="utf-8") and page != INDEX and not CDNOW.exists():
        pytest.skip("the CDNOW sample is not part of the repository")
    shutil.copytree(files, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    for command, said in commands(page):
        assert printed(command) == said, command
    for code, said in PYTHON.findall(page.read_text(encoding="utf-8")):
        assert computed(code) == said.strip()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_pages_show_rows_of_their_file_and_lead_somewhere(page: Path, files: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert (page.parent / target).exists(), target
    blocks = re.findall(r"```text\n(.*?)```", PYTHON.sub("", text), re.DOTALL)
    shown = [row for block in blocks for row in block.splitlines()]
    if shown and "CDNOW" not in text:
        there = [path.read_text(encoding=kind) for path, kind in _texts(files)]
        assert all(any(row in one for one in there) for row in shown)


def _texts(folder: Path) -> list[tuple[Path, str]]:
    return [(path, "cp949" if path.stem.startswith("가입자") else "utf-8") for path in folder.glob("*.csv")]


def test_the_pages_with_commands_run_a_report() -> None:
    for page in PAGES:
        words = [command.split()[1] for command, _ in commands(page)]
        assert page == INDEX or (words[0] == "adopt" and words[-1] == "run")


def test_the_index_names_every_page_and_only_lessons_and_shapes_that_there_are() -> None:
    text = INDEX.read_text(encoding="utf-8")
    assert {page.name for page in PAGES} - {"index.md"} == set(re.findall(r"\]\(([a-z-]+\.md)\)", text))
    assert set(re.findall(r"\b\d\d\b(?= \||, \d\d|;)", text)) <= set(find_lessons())
    assert set(re.findall(r"--table (\w+)", text)) <= set(SHAPES)
    assert not BLOCK.search(text)


def test_the_table_of_choices_is_that_of_the_code() -> None:
    found = CHOICES_TABLE.search(INDEX.read_text(encoding="utf-8"))
    assert found is not None
    assert found[0].strip() == choices(), "run python tests/your_data.py"
