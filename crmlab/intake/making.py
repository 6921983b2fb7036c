"""From understood sheets to the tables of a company: shapes built, choices settled, the same door as for all tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from crmlab.data.finishing import finish
from crmlab.data.places import FILE, LINE
from crmlab.data.validation import DataError, Problem, validate
from crmlab.intake.building import IN_PART, build
from crmlab.intake.choices import Desk, Finding, rows_at, tables_at, without_refused
from crmlab.intake.choices.desk import Tables
from crmlab.intake.shapes import Settings
from crmlab.intake.understanding import Understood

# what refused rows, or parts of them, break by being so: a choice or a shape told it
_TOLD_BEFORE = ("empty", "is missing", "are missing", "not in ", "after the end of", "a repetition of")


@dataclass(eq=False)
class Made:
    """The tables made of sheets.

    Attributes
    ----------
    tables
        Validated.
    findings
        What the choices found and did.
    notes
        What was reconstructed, left out or assumed.
    observed_to
        The last day that the sheets cover by their nature, where they tell; else None.
    parts
        Before the tables are joined: of each, the sheets and their rows.
    """

    tables: dict[str, pd.DataFrame]
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    observed_to: str | None = None
    parts: dict[str, list[tuple[str, pd.DataFrame]]] = field(default_factory=dict)


def company_currency(found: list[Understood], told: str | None) -> tuple[str, list[str], list[Problem]]:
    """Return the currency of the company, a note where it was assumed, and what is open.

    Examples
    --------
    >>> company_currency([], None)[:2]
    ('KRW', ['No currency is written: amounts are taken as KRW. --currency says another.'])
    """
    counts: dict[str, int] = {}
    for one in found:
        for code, rows in (one.translated.currencies if one.translated else {}).items():
            counts[code] = counts.get(code, 0) + rows
    if told is not None:
        return told, [], []
    if len(counts) > 1:
        ranked = sorted(counts, key=lambda code: -counts[code])
        said = ", ".join(f"{counts[code]:,} rows in {code}" for code in ranked)
        remedy = f"Say --currency {ranked[0]} for the company's, and --choose currencies=... for the others."
        return ranked[0], [], [Problem("currency", "", f"is not one: {said}", remedy)]
    if counts:
        return next(iter(counts)), [f"The currency is {next(iter(counts))}, as it is written."], []
    return "KRW", ["No currency is written: amounts are taken as KRW. --currency says another."], []


def make(
    found: list[Understood],
    chosen: Mapping[str, str],
    currency: str,
    observation_end: str | None,
    problems: Iterable[Problem] = (),
) -> Made:
    """Return validated tables of the sheets.

    Every stage goes on with what the one before could read, so that one report says all that is to be mended.

    Parameters
    ----------
    found
        The sheets, understood.
    chosen
        Options by the names of their choices.
    currency, observation_end
        Of the company; None where the end of the observation was not told.
    problems
        What is open already.

    Raises
    ------
    DataError
        With these, and with all that is refused or does not fit.
    """
    made, desk, later = Made({}), Desk.of(chosen), []
    for one in found:
        later += _build(one, made, desk, currency, observation_end)
    today = None if observation_end else date.today().isoformat()
    joined = {table: _joined(parts) for table, parts in made.parts.items()}
    tables = tables_at(desk, joined, observation_end, today)
    checked, broken = _checked(tables, desk, observation_end)
    refers = tuple(f"not in {name}." for name in desk.incomplete)
    later += [each for each in broken if not each.what.startswith(refers or ("\0",))]
    asked = {place for one in found for place in _asked(one)}
    later = [each for each in later if (each.table, each.column) not in asked]
    if all_open := [*problems, *desk.problems, *later]:
        raise DataError(all_open)
    made.findings = desk.findings
    made.tables = {name: finish(name, frame) for name, frame in checked.items()}
    return made


def _checked(tables: Tables, desk: Desk, observation_end: str | None) -> tuple[Tables, list[Problem]]:
    """Return the validated tables, or what is wrong with them; what a choice refused is not refused again."""
    bare = {name: frame.drop(columns=IN_PART, errors="ignore") for name, frame in tables.items()}
    checked, problems = _validated(bare, observation_end)
    rest = without_refused(tables, desk)
    rest = {name: frame[frame[IN_PART].ne(True)] if IN_PART in frame else frame for name, frame in rest.items()}
    if problems and sum(map(len, rest.values())) < sum(map(len, tables.values())):
        whole = {name: frame[bare[name].columns] for name, frame in rest.items() if len(frame)}
        problems = [each for each in problems if not _told_before(each)]
        problems += [each for each in _validated(whole, observation_end)[1] if _told_before(each)]
    return checked, problems


def _told_before(problem: Problem) -> bool:
    """Return whether a problem is told already of rows that were refused, or that are there in part."""
    return problem.what.startswith(_TOLD_BEFORE) or (problem.column == "amount" and problem.what.startswith("below"))


def _validated(tables: Tables, observation_end: str | None) -> tuple[Tables, list[Problem]]:
    try:
        return validate(tables, observation_end), []
    except DataError as error:
        return {}, list(error.problems)


def _build(one: Understood, made: Made, desk: Desk, currency: str, observation_end: str | None) -> list[Problem]:
    """Add the tables of one sheet to those that are made; return what keeps rows of it out."""
    match = one.match
    if match is None or one.translated is None or set(match.shape.required) - set(match.columns):
        return []
    shape, name = match.shape, one.sheet.name
    desk.findings += one.findings + one.translated.findings
    frame = rows_at(desk, one.translated.frame, shape, name, currency)
    settings = Settings(name, observation_end, desk.chosen)
    asked = {role for table, role in _asked(one) if table == name}
    built, problems, lacking = build(shape, frame, settings, asked)
    desk.incomplete.update(built.tables if one.sheet.problems else lacking)
    made.notes += [f"{name}: {note}" for note in built.notes]
    made.observed_to = max(filter(None, (made.observed_to, built.observed_to)), default=None)
    for table, rows in built.tables.items():
        before = made.parts.setdefault(table, [])
        if before:
            made.notes.append(
                f"{table}: the rows of {name} ({len(rows):,}) were added to those of the files before it."
            )
        before.append((name, rows))
    return problems


def _joined(parts: list[tuple[str, pd.DataFrame]]) -> pd.DataFrame:
    """Return the rows of all sheets of a table; where there are several, each row knows its file."""
    if len(parts) == 1:
        return parts[0][1]
    again = Counter(name for name, _ in parts)
    called = [f"{name} (file {at})" if again[name] > 1 else name for at, (name, _) in enumerate(parts, 1)]
    return pd.concat([rows for _, rows in parts], keys=called, names=[FILE, LINE])


def _asked(one: Understood) -> set[tuple[str, str]]:
    """Return where nothing more is to be said, because the column is asked already: by sheet and by table."""
    if one.match is None or one.translated is None:
        return set()
    labels = {each.column for each in one.translated.problems}
    roles = {role for role, label in one.match.columns.items() if str(label) in labels}
    return {(table, role) for role in roles for table in (one.sheet.name, *one.match.shape.tables)}
