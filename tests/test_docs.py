"""The pages of docs/ say what the code says, and lead somewhere."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

DOCS = Path(__file__).parent.parent / "docs"
PAGES = sorted(DOCS.glob("*.md"))


def test_the_pages_from_the_code_are_those_of_the_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend("scripts")
    import_module("build_docs").main(tmp_path)
    for made in tmp_path.glob("*.md"):
        assert made.read_text(encoding="utf-8") == (DOCS / made.name).read_text(encoding="utf-8"), "run make docs"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_pictures_exist_and_pictures_say_what_is_seen(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for mark, alternative, target in re.findall(r"(!?)\[([^\]]*)\]\(([^)#]+)[^)]*\)", text):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target
        assert not mark or len(alternative) > 40, target


def test_the_companies_page_names_only_parameters_that_there_are() -> None:
    known = set(re.findall(r"^\| `(\w+)` \|", (DOCS / "parameters.md").read_text(encoding="utf-8"), re.MULTILINE))
    rows = re.findall(r"^\| [^|]+ \| ([^|]+) \|", (DOCS / "companies.md").read_text(encoding="utf-8"), re.MULTILINE)
    named = {name for cell in rows for name in re.findall(r"`(\w+)`", cell)}
    assert len(named) >= 20
    assert named - known == set()
