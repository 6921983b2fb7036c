"""Rows of totals, wherever in a sheet they stand: they say so, or they lack a key, and they hold sums of other rows.

They are found before anything else is, because the word in place of a date or an id would spoil the whole column. A
word alone decides nothing: somebody may be called Total.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from crmlab.intake.choices.blocks import Blocks
from crmlab.intake.choices.desk import Desk
from crmlab.intake.choices.finding import lines
from crmlab.intake.vocabulary import squash
from crmlab.sources import Sheet

_SAID = """
    total totals grandtotal sum overall subtotal 합계 총계 총합계 총합 소계 누계 계 전체합계 summe gesamtsumme
"""
_WORDS = frozenset(_SAID.split())
_STEMS = ("total", "sum", "overall", "계", "합", "gesamt")  # one of them is in each of the words
_TAILS = ("소계", "합계", "총계", "누계")
_MOSTLY = 0.9  # a column that so many rows fill is not left blank without reason
_PLACES = 20  # ways in which rows lack cells that are looked at
_LOOKED = 50  # rows of which some must add up before all are looked at


def total_rows(sheet: Sheet, desk: Desk) -> Sheet:
    """Settle rows of totals in a sheet.

    What only begins with such a word is told in the notes of the sheet, and stays.

    Examples
    --------
    >>> sheet = Sheet("export.csv", pd.DataFrame({"id": ["a", "b", "소계", "c"], "sum": ["5", "7", "12", "8"]}))
    >>> desk = Desk.of({"total_rows": "drop"})
    >>> total_rows(sheet, desk).frame["id"].to_list(), desk.findings[0].sentence[:45]
    (['a', 'b', 'c'], '1 row of totals (position 2) was left out. Ot')
    """
    rows, doubtful = find_totals(sheet.frame)
    done = {"drop": "left out", "keep": "kept as data"}
    option = desk.found("total_rows", sheet.name, sheet.frame, rows, "row of totals", done)
    notes = list(sheet.notes)
    if doubtful.any():
        one = doubtful.sum() == 1
        number = f"{doubtful.sum():,} row{' is' if one else 's are'} called a total {lines(sheet.frame, doubtful)}"
        stays = "adds up no others: it stays" if one else "add up no others: they stay"
        remedy = f"If {'it is' if one else 'they are'}, delete {'it' if one else 'them'} in a copy of the file."
        notes.append(f"{sheet.name}: {number}, but {stays} as data. {remedy}")
    return replace(sheet, frame=sheet.frame[~rows] if option in ("drop", "refuse") else sheet.frame, notes=notes)


def find_totals(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return which rows are totals of others, and which are only called so.

    Examples
    --------
    >>> frame = pd.DataFrame({"id": ["a", "b", "c", None, "d"], "sum": ["5", "7", "8", "20", "9"]})
    >>> find_totals(frame)[0].tolist()
    [False, False, False, True, False]
    """
    rows = np.zeros(len(frame), bool)
    if frame.empty:
        return rows, rows
    blank = np.column_stack([_blank(frame.iloc[:, place]) for place in range(frame.shape[1])])
    words, blocks = _Words.of(frame, blank), Blocks(frame)
    rows = words.begins & words.lacks
    before = ~rows
    while not np.array_equal(rows, before):  # of totals of totals, those below are found first
        before = rows
        rows = _by_words(words, rows, blocks)
        lacking = {column.tobytes(): column for column in (blank & ~rows[:, None]).T if column.any()}
        for column in [*lacking.values()][:_PLACES]:
            rows = rows | _by_sums(blocks, column & ~rows, rows)
    return rows, (words.begins | (words.names & words.lacks)) & ~rows


@dataclass(eq=False)
class _Words:
    """Of each row: whether it begins with a word for a total, or a name with one, has the word, lacks a usual cell."""

    begins: np.ndarray
    names: np.ndarray
    says: np.ndarray
    lacks: np.ndarray

    @classmethod
    def of(cls, frame: pd.DataFrame, blank: np.ndarray) -> _Words:
        first = np.argmin(blank, axis=1)
        begins, names, says = (np.zeros(len(frame), bool) for _ in range(3))
        for place in range(frame.shape[1]):
            word, phrase = _worded(frame.iloc[:, place])
            begins |= word & (first == place)
            names |= phrase & (first == place)
            says |= word
        if not (says | names).any():
            return cls(begins, names, says, begins)
        others = ~(names | says)
        usual = (~blank & others[:, None]).sum(axis=0) >= _MOSTLY * max(1, others.sum())
        return cls(begins, names, says, (blank & usual).any(axis=1))


def _by_words(words: _Words, rows: np.ndarray, blocks: Blocks) -> np.ndarray:
    """Return the rows and those that have a word for a total and add up others; surely, where no cell lacks."""
    called = words.says | words.names
    for which, least in ((called & ~words.lacks, 2), (called & words.lacks, 1)):
        places = np.flatnonzero(which & ~rows)
        for some in (places[:_LOOKED], places) if len(places) else ():
            apart = rows | (called & words.lacks) | which
            lengths = [blocks.lengths(some, apart, below, loosely=least == 1) for below in (False, True)]
            found = np.maximum(*lengths) >= least
            if not found.any():
                break
            rows = rows | np.isin(np.arange(len(rows)), some[found])
    return rows


def _by_sums(blocks: Blocks, lacking: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return which of the rows that lack a cell add up others: nearly all of them do, or those at the very end."""
    data = int((~rows).sum())
    behind = lacking & (np.cumsum(~(lacking | rows)[::-1])[::-1] == 0)
    tries = [lacking] if lacking.sum() <= data / 2 else []
    tries += [behind] if lacking.sum() <= (1 - _MOSTLY) * data else []
    for which in (each for each in tries if each.any()):
        places = np.flatnonzero(which)
        few = blocks.lengths(places[:_LOOKED], which | rows)
        lengths = blocks.lengths(places, which | rows) if _convince(few) else few
        if _convince(lengths):
            return np.isin(np.arange(len(rows)), places[lengths > 0])
    return np.zeros(len(rows), bool)


def _convince(lengths: np.ndarray) -> bool:
    """Return whether nearly all rows add up a block, and enough of the blocks are longer than one row."""
    return bool((lengths > 0).mean() >= _MOSTLY and (lengths[lengths > 0] - 1).sum() >= 2)


def _blank(values: pd.Series) -> np.ndarray:
    blank = values.isna().to_numpy()
    return blank | (values.to_numpy() == "") if values.dtype == object else blank


def _worded(values: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return which cells are a word for a total, and which have one beside a name, as Seoul Total."""
    word, phrase = np.zeros(len(values), bool), np.zeros(len(values), bool)
    if values.dtype != object and not pd.api.types.is_string_dtype(values.dtype):
        return word, phrase
    cells = values.to_numpy(object)
    texts = [cell for cell in cells if isinstance(cell, str)]
    together = unicodedata.normalize("NFKC", "\n".join(texts)).casefold()
    if not any(stem in together for stem in _STEMS):
        return word, phrase
    kinds = {text: _kind(text) for text in set(texts)}
    said = np.array([kinds.get(cell, 0) if isinstance(cell, str) else 0 for cell in cells])
    return said == 1, said == 2


def _kind(text: str) -> int:
    """Return 1 for a word for a total, 2 for one beside a name, 0 for any other text."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    if not any(stem in plain for stem in _STEMS):
        return 0
    if squash(text) in _WORDS:
        return 1
    parts = [part for part in re.split(r"[\W_]+", plain) if part]
    ends = {"".join(parts[:1]), "".join(parts[:2]), "".join(parts[-1:]), "".join(parts[-2:])}
    return 2 * bool(ends & _WORDS or (parts and parts[-1].endswith(_TAILS)))
