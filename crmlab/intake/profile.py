"""What the contents of a column say: how many of its rows are dates, numbers, yes or no, and how its values repeat."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from crmlab.intake.dates import date_share
from crmlab.intake.flags import flag_share
from crmlab.intake.numbers import number_share
from crmlab.intake.texts import Distinct
from crmlab.labels import percent
from crmlab.sources import Sheet

Label = str | int  # a column of theirs: its heading, or its position from 1
_FEW = 50  # at most so many different words are a list of kinds


@dataclass(eq=False)
class Profile:
    """A column of a sheet, looked at when it is asked.

    Attributes
    ----------
    label
        Its heading, or its position in a sheet without one.
    values
        As they came.

    Examples
    --------
    >>> ids = Profile("id", pd.Series(["0001", "0002", "0003"]))
    >>> ids.unique, ids.share("number"), ids.share("date"), ids.identifies
    (True, 1.0, 0.0, True)
    """

    label: Label
    values: pd.Series

    @cached_property
    def column(self) -> Distinct:
        """Its distinct texts."""
        return Distinct.of(self.values)

    @cached_property
    def known(self) -> int:
        """How many rows are not blank."""
        return int(self.column.counts.sum())

    @cached_property
    def blanks(self) -> int:
        """How many rows are blank."""
        return len(self.values) - self.known

    @cached_property
    def unique(self) -> bool:
        """Whether no value occurs twice, and none is blank."""
        return self.known > 0 and self.blanks == 0 and len(self.column.texts) == self.known

    @cached_property
    def dates(self) -> tuple[float, float]:
        """The share of rows written as dates, and of those that could be counts of days or seconds."""
        if pd.api.types.is_datetime64_any_dtype(self.values.dtype):
            return 1.0, 0.0
        return date_share(self.column)

    @cached_property
    def numbers(self) -> tuple[float, float]:
        """The share of rows written as numbers, and of those with decimals or a currency."""
        return number_share(self.column)

    @cached_property
    def identifies(self) -> bool:
        """Whether it could name customers or orders: many values, and neither dates nor sums of money."""
        many = len(self.column.texts) >= max(3, 0.02 * self.known)
        return many and self.dates[0] < 0.5 and self.numbers[1] < 0.2

    @cached_property
    def kinds(self) -> bool:
        """Whether it holds a list of kinds: few different words, each of them often."""
        texts = self.column.texts
        words = sum(bool(re.search(r"[^\W\d_]", text)) for text in texts)
        return 2 <= len(texts) <= min(_FEW, self.known / 2) and words >= len(texts) / 2

    def share(self, kind: str, role: str = "") -> float:
        """Return the share of rows that can be read as a kind of the data dictionary; 1 where all are blank."""
        if not self.known:
            return 1.0
        if kind == "date":
            return max(self.dates[0], 0.9 * self.dates[1])
        if kind in ("number", "integer"):
            return self.numbers[0]
        if kind == "boolean":
            return flag_share(self.column, role)
        return 0.2 if self.dates[0] > 0.9 and role.endswith("_id") else 1.0

    def evidence(self, kind: str) -> str:
        """Return in a few words what the contents say for a kind."""
        if not self.known:
            return "all blank"
        if kind == "date":
            return "dates" if self.dates[0] > 0.9 else f"{percent(max(self.dates), 0)} of the rows could be dates"
        if kind in ("number", "integer"):
            return "numbers" if self.numbers[0] > 0.9 else f"{percent(self.numbers[0], 0)} of the rows are numbers"
        different = f"{len(self.column.texts):,} different"
        return f"{different}, no repetition" if self.unique else different

    def same_as(self, other: Profile) -> bool:
        """Return whether each value goes with one value of the other column, and the other way round."""
        mine, theirs = self.column, other.column
        if len(mine.texts) != len(theirs.texts) or self.blanks or other.blanks:
            return False
        pairs = pd.DataFrame({"a": mine.codes, "b": theirs.codes}).drop_duplicates()
        return len(pairs) == len(mine.texts)

    def shared_with(self, texts: set[str]) -> float:
        """Return the share of its different values that are among the texts."""
        own = self.column.texts
        return sum(text in texts for text in own) / len(own) if len(own) else 0.0


def profiles_of(sheet: Sheet) -> dict[Label, Profile]:
    """Return the columns of a sheet by their labels; of headings that occur twice, none, for they name nothing."""
    labels = list(sheet.frame.columns)
    times = Counter(labels)
    return {label: Profile(label, sheet.frame[label]) for label in labels if times[label] == 1 and label != ""}
