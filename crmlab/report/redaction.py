"""What an executed lesson may show of a company of one's own: groups, not people.

The pages of a report are handed on. So what a lesson prints of single customers is left out, and counts under a limit
are hidden. The page says at each place what is missing, and at its head how much. A simulated company is shown as it
is: nobody lives in it.

What cannot be seen here: a picture is let through unless its description names somebody or tells a small count.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from html import escape
from typing import Any

from crmlab.report.grids import Grid
from crmlab.report.personal import PERSONAL_COLUMNS, ROW_DATES, Personal, words_of

_THINGS = (
    "customers|customer|leads|lead|people|persons|orders|order|contracts|contract|answers|visitors|buyers|members|firms|"
    "subscribers|records|tickets|surveys|won|lost|명|건"
)
_ALIGNED = re.compile(r"\S {2,}\S.* {2,}\S|\S {2,}\S+$")
_HEADS = re.compile(r"\b(" + "|".join(sorted(PERSONAL_COLUMNS | ROW_DATES)) + r")\b")
_NOTE = '<p class="left-out">{}</p>'
TABLE = "A table is left out here: its rows may be single customers. It is there when the lesson runs in JupyterLab."
PICTURE = "A picture is left out here: its description names somebody, or tells a small count."
LINE = "[a line is left out: it may name somebody]"
PRINTED = "[a printed table is left out: its rows may be single customers]"


@dataclass
class Redactor:
    """Takes what is of single people out of notebooks.

    Attributes
    ----------
    personal
        The texts that name somebody.
    below
        Counts under this are hidden.
    left_out
        How many "tables", "pictures", "lines" and "counts" the notebook at hand lost.
    """

    personal: Personal
    below: int = 5
    left_out: Counter[str] = field(default_factory=Counter)

    def redact(self, notebook: Any) -> Counter[str]:
        """Change the outputs of an executed notebook in place, and return what was left out."""
        self.left_out = Counter()
        notebook.metadata.pop("widgets", None)
        for cell in notebook.cells:
            for output in cell.get("outputs", []):
                if "text" in output:
                    output.text = self.text(output.text)
                if "data" in output:
                    self._data(output)
        return self.left_out

    def text(self, text: str) -> str:
        """Return a printed text without the lines that may name somebody, and without small counts."""
        lines, kept = text.splitlines(keepends=True), []
        named = self.personal.named({word for line in lines for word in words_of(line)})
        tables = _blocks(lines)
        for place, line in enumerate(lines):
            if place in tables or _HEADS.search(line) or words_of(line) & named:
                self.left_out["lines"] += 1
                note = f"{PRINTED if place in tables else LINE}\n"
                kept += [note] if kept[-1:] != [note] else []
            else:
                kept.append(self._without_small(line))
        return "".join(kept)

    def _data(self, output: Any) -> None:
        data = output.data
        alt = output.get("metadata", {}).get("image/png", {}).get("alt", "")
        if any(kind.startswith("image/") for kind in data):
            self._picture(output, alt)
        if "text/html" in data:
            data["text/html"] = self._html(data["text/html"])
            data.pop("text/plain", None)
        for kind in ("text/plain", "text/markdown", "text/latex"):
            if kind in data:
                data[kind] = self.text(data[kind])
        for kind in [kind for kind in data if kind.startswith("application/") and "widget" not in kind]:
            del data[kind]

    def _picture(self, output: Any, alt: str) -> None:
        said = self._without_small(alt) != alt
        if said or self.personal.named(words_of(alt)):
            self.left_out["pictures"] += 1
            output.data.clear()
            output.data["text/html"] = _NOTE.format(escape(PICTURE))
            output.metadata = {}

    def _html(self, html: str) -> str:
        from bs4 import BeautifulSoup

        soup = BeautifulSoup(html, "html.parser")
        for table in soup.find_all("table"):
            self._table(table)
        for piece in list(soup.find_all(string=True)):
            if piece.find_parent("table") is None and piece.find_parent("style") is None and piece.strip():
                shown = self.text(str(piece))
                if shown != str(piece):
                    piece.replace_with(shown)
        for picture in soup.find_all("img"):
            if self.personal.named(words_of(str(picture.get("alt", "")))):
                self.left_out["pictures"] += 1
                picture.decompose()
        return str(soup)

    def _table(self, table: Any) -> None:
        from bs4 import BeautifulSoup

        grid = Grid.of(table)
        asked = {word for text in grid.texts() for word in (text, *words_of(text))}
        if not grid.of_groups() or self.personal.named(asked):
            self.left_out["tables"] += 1
            for note in table.find_next_siblings("p"):  # pandas writes the number of rows below
                note.decompose()
            table.replace_with(BeautifulSoup(_NOTE.format(escape(TABLE)), "html.parser"))
            return
        self.left_out["counts"] += grid.hide_small(self.below)

    def _without_small(self, text: str) -> str:
        return re.sub(rf"(?<![\d.,–-])\d+(?= ({_THINGS})\b)", self._hidden, text)

    def _hidden(self, number: re.Match[str]) -> str:
        if not 0 < int(number[0]) < self.below:
            return number[0]
        self.left_out["counts"] += 1
        return f"<{self.below}"


def summary(left_out: Counter[str], below: int) -> str:
    """Return what a page says at its head about what is missing.

    Examples
    --------
    >>> summary(Counter(tables=2), 5)[:81]
    'Left out of this page: 2 tables of single customers; hidden are counts under 5. A'
    """
    kinds = {"tables": "table{} of single customers", "pictures": "picture{}", "lines": "printed line{}"}
    parts = [f"{n} {text.format('s' * (n > 1))}" for kind, text in kinds.items() if (n := left_out[kind])]
    said = " and ".join(", ".join(parts).rsplit(", ", 1)) or "nothing"
    return (
        f"Left out of this page: {said}; hidden are counts under {below}. A picture stays unless its description names "
        "somebody: look at the pictures before you hand the page on."
    )


def _blocks(lines: list[str]) -> set[int]:
    """Return the lines that look like a printed table: two or more in a row, in columns."""
    aligned = [bool(_ALIGNED.search(line.rstrip())) for line in lines]
    return {
        place
        for place, here in enumerate(aligned)
        if here and (aligned[place - 1 : place] == [True] or aligned[place + 1 : place + 2] == [True])
    }
