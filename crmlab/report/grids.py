"""Tables as a page shows them: read from HTML, judged whether their rows are groups, small numbers hidden in place.

The judgement errs on the side of leaving out. A table counts as one of groups only if nothing in it speaks of single
customers: no number or name of a person, no day of a single event, no rows that are merely numbered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from crmlab.report.personal import PERSONAL_COLUMNS, ROW_DATES


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_DOCUMENTS = {"table", "column", "type", "unit", "meaning", "version"}  # tables about tables
_COUNTS = _words(
    """
    actual answers asked at_risk both came cases censored churned comments converted count customers events firms
    gone joined lead leads leads_made left letters lost members n number offers orders pairs people persons
    prospects qualified proposal records rows size successes surveys tickets total users visitors visits wins won
    """
)
_SUMS = _COUNTS | {"estimate", "low", "high", "rate", "share", "mean", "median", "overall", "truth", "standard error"}
_SCALES = _words(
    """
    after age agents best chosen classes column day days degrees difficulty duration estimate frequency high hours
    index k l level looks low lowest highest mean median month months monthly_margin number of p period points
    quarter rank renewals score stage step time truth users value week weeks x year years margin amount spend cost
    price revenue visits yearly cac ratio difference table row threshold
    """
)
_WHOLE = re.compile(r"-?[\d,]+(\.0+)?")
_NUMBER = re.compile(r"-?[\d,]*\.?\d+(e[+-]?\d+)?( ?%)?|NaN|nan|<NA>|inf|-inf", re.IGNORECASE)
_CUT = re.compile(r".{40,}\.\.\.", re.DOTALL)
HIDDEN = "–"


@dataclass
class Grid:
    """A table of a page: the heads of its columns, the names and the cells of its index, its other cells.

    `cells` holds one list a row of what a cell is made of (`tag.string` may be set), in the order of `heads`.
    """

    heads: list[str]
    index_names: list[str]
    index: list[list[str]]
    cells: list[list[Any]]

    @classmethod
    def of(cls, table: Any) -> Grid:
        """Read a table of HTML as pandas writes it."""
        rows = [row.find_all(["th", "td"]) for row in table.find_all("tr")]
        top = [row for row in rows if row and all(cell.name == "th" for cell in row)]
        body = [row for row in rows if any(cell.name == "td" for cell in row)]
        levels = max((sum(cell.name == "th" for cell in row) for row in body), default=0)
        names = [cell.get_text().strip() for row in top for cell in row[:levels]]
        named = [row for row in top if any(cell.get_text().strip() for cell in row[levels:])]
        heads = [cell.get_text().strip() for row in named[-1:] for cell in row[levels:]]
        names += [cell.get_text().strip() for row in named[:-1] for cell in row[levels:]]
        index = [[cell.get_text().strip() for cell in row if cell.name == "th"] for row in body]
        cells = [[cell for cell in row if cell.name == "td"] for row in body]
        return cls(heads, [name for name in names if name], index, cells)

    def texts(self) -> Iterator[str]:
        """Yield all that is written in it."""
        yield from self.heads
        yield from self.index_names
        for row in self.index:
            yield from row
        for row in self.cells:
            yield from (cell.get_text().strip() for cell in row)

    def of_groups(self) -> bool:
        """Return whether the rows are groups, as far as heads and index tell."""
        names = {name.lower() for name in (*self.heads, *self.index_names)}
        if names <= _DOCUMENTS | {""} or "version" in names:
            return True
        single = names & (PERSONAL_COLUMNS | ROW_DATES)
        history = {"frequency", "recency"} <= names and "customers" not in names
        if single or history or any(_CUT.fullmatch(text) for text in self.texts()):
            return False
        return not self._merely_numbered() or bool(names & _SUMS)

    def _merely_numbered(self) -> bool:
        """Return whether the index is nameless and numbered, as that of a table of single rows."""
        named = {name for name in self.index_names if name not in self.heads}
        return not named and all(len(row) == 1 and re.fullmatch(r"\d+", row[0]) for row in self.index)

    def hide_small(self, below: int) -> int:
        """Hide counts under a limit, and others by which they could be found; return how many cells were hidden.

        Parameters
        ----------
        below
            Counts from 1 to one less are hidden, with the other numbers of their rows: a rate would tell the count.
        """
        columns = list(zip(*self.cells, strict=False)) if self.cells else []
        counted = {place: _sizes(column) for place, column in enumerate(columns) if self._counts(place, column)}
        small = {(row, place) for place, of in counted.items() for row, n in of.items() if 0 < n < below}
        if not small:
            return 0
        hidden = _with_others(small, counted)
        rows = {row for row, place in small}
        for row, cells in enumerate(self.cells):
            for place, cell in enumerate(cells):
                if (row, place) in small:
                    cell.string = f"<{below}"
                elif (row, place) in hidden or (row in rows and place not in counted and self._tells(place, cell)):
                    cell.string = HIDDEN
        return len(hidden)

    def _counts(self, place: int, column: tuple[Any, ...]) -> bool:
        head = self.heads[place].lower() if place < len(self.heads) else ""
        texts = [cell.get_text().strip() for cell in column]
        known = [text for text in texts if text not in ("NaN", "nan", "<NA>", "")]
        if not known or not all(_WHOLE.fullmatch(text) for text in known) or any(text[0] == "-" for text in known):
            return False
        words = set(re.split(r"[\s_]+", head))
        return head in _COUNTS or (not words & _SCALES and all("." not in text for text in known))

    def _tells(self, place: int, cell: Any) -> bool:
        head = self.heads[place].lower() if place < len(self.heads) else ""
        return head not in _SCALES - {"estimate", "low", "high", "mean"} and bool(
            _NUMBER.fullmatch(cell.get_text().strip())
        )


def _sizes(column: tuple[Any, ...]) -> dict[int, float]:
    texts = {row: cell.get_text().strip().replace(",", "") for row, cell in enumerate(column)}
    return {row: float(text) for row, text in texts.items() if _WHOLE.fullmatch(text)}


def _with_others(small: set[tuple[int, int]], counted: dict[int, dict[int, float]]) -> set[tuple[int, int]]:
    """Add cells until no row and no column holds one hidden count alone: with a total it would be told."""
    hidden = set(small)
    while True:
        lines = [{(row, place) for row in of} for place, of in counted.items()]
        lines += [{(row, place) for place, of in counted.items() if row in of} for row in {row for row, _ in hidden}]
        alone = next((line for line in lines if len(line) > 1 and len(line & hidden) == 1), None)
        if alone is None:
            return hidden
        others = alone - hidden
        hidden.add(min(others, key=lambda cell: (counted[cell[1]][cell[0]] == 0, counted[cell[1]][cell[0]])))
