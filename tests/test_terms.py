"""Each idea of the sources is treated by its terms: the text names it, and the glossary has it in both languages."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
ROWS = tomllib.loads((ROOT / "docs" / "terms.toml").read_text(encoding="utf-8"))["row"]
SIZE = 75
# One word, one translation; these English words have two meanings, which Korean tells apart.
TWO_MEANINGS = {"hold-out": {"검증 기간", "통제 집단"}}


def text_of(path: Path) -> str:
    book = nbformat.read(path, as_version=4)
    return "\n".join(cell["source"] for cell in book["cells"] if cell["cell_type"] == "markdown")


def plain(text: str) -> str:
    """Return text without marks and in one line."""
    return re.sub(r"\s+", " ", re.sub(r"[*_`]", "", text))


def names(text: str, term: str) -> bool:
    """Return whether a text holds a term as whole words, also in the plural."""
    return bool(re.search(rf"(?<!\w){re.escape(term)}(s|es)?(?!\w)", plain(text), re.IGNORECASE))


def entries(text: str) -> list[tuple[str, str]]:
    """Return the English and the Korean cell of each line of the glossary."""
    lines = [line.split("|") for line in text.partition("### Glossary")[2].splitlines() if line.startswith("|")]
    return [(line[1].strip(), line[2].strip()) for line in lines]


def missing(text: str, terms: list[list[str]]) -> Iterator[str]:
    """Yield what a lesson's text lacks of one row: a third word is how the text says a term that is long."""
    for english, korean, *said in terms:
        if not any(names(entry, english) and korean in translation for entry, translation in entries(text)):
            yield f"the glossary lacks {english} | {korean}"
        if not names(text.partition("### Glossary")[0], said[0] if said else english):
            yield f"the text does not name {said[0] if said else english}"


def test_every_row_has_its_terms() -> None:
    assert [row["number"] for row in ROWS] == list(range(1, SIZE + 1))
    for row in ROWS:
        assert row["terms"], row
        assert all(re.search("[가-힣A-Z]", korean) for _, korean, *_ in row["terms"]), row


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_treats_its_rows_by_their_terms(path: Path) -> None:
    text = text_of(path)
    taught = nbformat.read(path, as_version=4)["metadata"]["crmlab"]["rows"]
    assert [f"row {n}: {wrong}" for n in taught for wrong in missing(text, ROWS[n - 1]["terms"])] == []


def test_a_term_has_the_same_translation_in_every_lesson() -> None:
    known: dict[str, set[str]] = {}
    for path in LESSONS:
        for english, korean in entries(text_of(path)):
            bare = [re.sub(r" ?\(.*\)", "", cell).casefold() for cell in (english, korean)]
            known.setdefault(bare[0], set()).add(bare[1])
    several = {english: korean for english, korean in known.items() if len(korean) > 1}
    assert {english: several[english] for english in several if several[english] != TWO_MEANINGS.get(english)} == {}


TAUGHT = "Some **silos** stay.\n### Glossary\n| silo | 정보 단절 | unknown next door |\n"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (TAUGHT, []),
        (TAUGHT.replace("silos", "gaps"), ["the text does not name silo"]),
        (TAUGHT.replace("정보 단절", "정보"), ["the glossary lacks silo | 정보 단절"]),
        (TAUGHT.replace("| silo", "| siloed"), ["the glossary lacks silo | 정보 단절"]),
        ("", ["the glossary lacks silo | 정보 단절", "the text does not name silo"]),
    ],
)
def test_a_term_that_is_missing_is_seen(text: str, wrong: list[str]) -> None:
    assert list(missing(text, [["silo", "정보 단절"]])) == wrong
