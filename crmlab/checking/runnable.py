"""Which lessons a company can feed, and which tables would open the others."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from crmlab.company import Company
from crmlab.lessons import Lesson, find_lessons, in_words
from crmlab.tables import TABLES

LESSONS = ("lesson", "title", "runs", "lacks")
UNLOCKS = ("table", "columns", "opens", "lessons", "helps")


def lessons_at_hand(notebooks: Path | None = None) -> dict[str, Lesson]:
    """Return the lessons that need tables, by number; none where the package is installed without the course."""
    try:
        lessons = find_lessons(notebooks)
    except ValueError:
        return {}
    return {number: lesson for number, lesson in lessons.items() if lesson.tables}


def which_run(company: Company, lessons: Mapping[str, Lesson]) -> pd.DataFrame:
    """Return for each lesson whether it runs on the company's tables, and what it, or a part of it, lacks.

    Examples
    --------
    >>> lesson = Lesson("14", "Value", Path("14-value.ipynb"), {"orders": []})
    >>> which_run(Company("shop", {}, "2025-12-31"), {"14": lesson}).to_dict("records")
    [{'lesson': '14', 'title': 'Value', 'runs': False, 'lacks': 'needs the table orders'}]
    """
    lacks = {number: lesson.lacks(company) for number, lesson in lessons.items()}
    parts = {number: in_words(lesson.leaves_out(company)) for number, lesson in lessons.items()}
    said = {number: lacks[number] or (f"parts need {part}" if part else "") for number, part in parts.items()}
    rows = [(number, lesson.title, not lacks[number], said[number]) for number, lesson in lessons.items()]
    return pd.DataFrame(rows, columns=list(LESSONS)).astype({"runs": bool})


def what_opens(company: Company, lessons: Mapping[str, Lesson]) -> pd.DataFrame:
    """Return the tables, with the columns wanted in them, that would open lessons, those that open most first.

    Returns
    -------
    DataFrame
        `table`; the `columns` that these lessons want in it; `opens`, the number of lessons that this table alone would
        open, with their numbers in `lessons`; `helps`, the number of lessons that need it, those that need others too
        included. The columns are those for the lessons that it opens alone, where there are such.

    Examples
    --------
    >>> lesson = Lesson("14", "Value", Path("14-value.ipynb"), {"orders": ["order_id"]})
    >>> opened = what_opens(Company("shop", {}, "2025-12-31"), {"14": lesson})
    >>> opened[["table", "columns", "opens", "lessons"]].to_dict("records")
    [{'table': 'orders', 'columns': 'customer_id, ordered_at, amount, order_id', 'opens': 1, 'lessons': '14'}]
    """
    missing = {number: found for number, lesson in lessons.items() if (found := _missing(lesson, company))}
    rows = []
    for table in {table: None for found in missing.values() for table in found}:
        alone = [number for number, found in missing.items() if set(found) == {table}]
        asking = alone or [number for number, found in missing.items() if table in found]
        wanted = {column: None for number in asking for column in missing[number][table]}
        helped = sum(table in found for found in missing.values())
        rows.append((table, ", ".join(wanted), len(alone), ", ".join(alone), helped))
    found = pd.DataFrame(rows, columns=list(UNLOCKS))
    return found.sort_values(["opens", "helps", "table"], ascending=[False, False, True], ignore_index=True)


def _missing(lesson: Lesson, company: Company) -> dict[str, list[str]]:
    """Return the tables that a lesson lacks, wholly or in part, with the columns that it wants there."""
    missing: dict[str, list[str]] = {}
    for table, columns in lesson.tables.items():
        if table not in company.tables:
            missing[table] = list(dict.fromkeys([*TABLES[table].required, *columns]))
            continue
        there = company.tables[table]
        absent = [column for column in columns if column not in there or there[column].count() == 0]
        missing |= {table: absent} if absent else {}
    return missing
