"""Where choices are settled: the options said, the findings made, and what was refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import pandas as pd

from crmlab.data.parsing import parse, written
from crmlab.data.places import Places
from crmlab.data.validation import DataError, Problem
from crmlab.intake.choices.finding import Finding, lines, where
from crmlab.intake.choices.registry import CHOICES
from crmlab.tables import TABLES

Tables: TypeAlias = dict[str, pd.DataFrame]


@dataclass(eq=False)
class Desk:
    """Collects what the choices find.

    Attributes
    ----------
    chosen
        Options by the name of their choice; the others have their default.
    findings, problems
        What was settled, and what was refused; whoever asks the desk raises in the end.
    refused
        By table, where the rows are that were refused, as the index of their frame tells it.
    incomplete
        Tables that lack rows which could not be read: what refers to them is not asked.
    """

    chosen: Mapping[str, str]
    findings: list[Finding] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    refused: dict[str, list[object]] = field(default_factory=dict)
    incomplete: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, chosen: Mapping[str, str]) -> Desk:
        """Return a desk, or raise a `DataError` with every choice and option that there is not."""
        problems = []
        for name, option in chosen.items():
            if name not in CHOICES:
                problems.append(Problem("choose", name, "is no choice", f"There are {', '.join(CHOICES)}."))
                continue
            try:
                CHOICES[name].option(option)
            except ValueError as error:
                problems.append(Problem("choose", name, f"cannot be settled: {error}", ""))
        if problems:
            raise DataError(problems)
        return cls(chosen)

    def option(self, name: str) -> str:
        """Return the option of a choice."""
        return CHOICES[name].option(self.chosen.get(name))

    def found(
        self, name: str, table: str, frame: pd.DataFrame, rows: np.ndarray, noun: str, done: Mapping[str, str]
    ) -> str:
        """Record the rows that a choice is about, and return the option taken; "" where there are none.

        Parameters
        ----------
        name
            The choice.
        table, frame, rows
            Where: the rows of the frame that are True.
        noun
            What one such row is, as "refund" or "row dated after today".
        done
            For each option that can be taken here, what was done with them, to be read after "was" or "were"; "refuse"
            needs none.
        """
        count = int(rows.sum())
        if not count:
            return ""
        option = self.option(name)
        offered = [other for other in CHOICES[name].options if other in done or other == "refuse"]
        others = " or ".join(f"{name}={other}" for other in offered if other != option)
        if option == "refuse":
            self.refused.setdefault(table, []).extend(frame.index[rows])
            first = Places.of(frame, rows)
            article = "an" if noun[0] in "aeiou" else "a"
            what = f"{article} {noun}" if count == 1 else plural(noun)
            what = noun.removeprefix("row ") if noun.startswith("row ") else what
            remedy = f"Say --choose {others}, or correct the file."
            self.problems.append(Problem(table, "", what, remedy, count, first.rows, (), first.by_line, first.files))
            return option
        said = f"{count:,} {noun if count == 1 else plural(noun)} {lines(frame, rows)}"
        said += f" {'was' if count == 1 else 'were'} {done[option]}."
        said += f" Otherwise: --choose {others}." if others else ""
        self.findings.append(Finding(name, option, table, count, where(frame, rows), said))
        return option


def plural(noun: str) -> str:
    """Return the plural of a noun that other words may follow.

    Examples
    --------
    >>> plural("refund"), plural("day after the end")
    ('refunds', 'days after the end')
    """
    first, blank, rest = noun.partition(" ")
    return f"{first}s{blank}{rest}"


def numbers(frame: pd.DataFrame, column: str) -> np.ndarray:
    """Return a column as numbers, NaN where a value is missing or cannot be read."""
    return parse("number", frame[column])[0].to_numpy(float)


def days(frame: pd.DataFrame, column: str) -> pd.Series:
    """Return a column as days, missing where a value cannot be read."""
    return parse("date", frame[column])[0]


def names(frame: pd.DataFrame, column: str) -> np.ndarray:
    """Return a column as text without blanks around it, None where it is empty."""
    texts = parse("text", frame[column], identifies=True)[0].to_numpy(object, copy=True)
    texts[pd.isna(texts)] = None
    return texts


def drop(tables: Tables, name: str, rows: np.ndarray) -> dict[str, int]:
    """Leave out rows of a table, and what refers to them; return how many rows of which table went with them.

    A reference that may be empty is emptied instead. The dictionary of tables is changed, its frames are not.
    """
    frame = tables[name]
    tables[name] = frame[~rows]
    went: dict[str, int] = {}
    for column in (column.name for column in TABLES[name].columns if column.name in frame):
        children = referring(f"{name}.{column}", tables)
        before = names(frame, column) if children else np.array([])
        gone = set(before[rows]) - set(before[~rows]) - {None} if children else set()
        for other, reference, empty in children:
            theirs = names(tables[other], reference)
            hit = np.array([value in gone for value in theirs], bool)
            if hit.any() and empty:
                tables[other] = tables[other].assign(**{reference: tables[other][reference].astype(object).mask(hit)})
            elif hit.any():
                went[other] = went.get(other, 0) + int(hit.sum())
                for deeper, count in drop(tables, other, hit).items():
                    went[deeper] = went.get(deeper, 0) + count
    return went


def referring(target: str, tables: Mapping[str, pd.DataFrame]) -> list[tuple[str, str, bool]]:
    """Return the tables and columns that refer to "table.column", and whether they may be empty."""
    return [
        (name, column.name, column.empty)
        for name in tables
        for column in TABLES[name].columns
        if column.references == target and column.name in tables[name]
    ]


def also(went: Mapping[str, int]) -> str:
    """Return what went with the rows left out, in words: " with 5 rows of order_lines"."""
    said = " and ".join(f"{count:,} row{'s' * (count > 1)} of {name}" for name, count in went.items())
    return f" with {said}" if said else ""


def repeated(frame: pd.DataFrame, columns: list[str], keep: str = "first") -> np.ndarray:
    """Return which rows repeat another in the columns named; one with an empty value repeats none."""
    texts = pd.DataFrame({column: written(frame[column]) for column in columns})
    kept = {"first": texts.duplicated(keep="first"), "last": texts.duplicated(keep="last")}[keep]
    return (kept & texts.notna().all(axis=1)).to_numpy()
