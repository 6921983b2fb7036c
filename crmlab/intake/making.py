"""From understood sheets to the tables of a company: shapes built, choices settled, the same door as for all tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from crmlab.data.finishing import finish
from crmlab.data.parsing import has_clock
from crmlab.data.validation import DataError, Problem, validate
from crmlab.intake.choices import Finding, settle, settle_rows
from crmlab.intake.shapes import Settings
from crmlab.intake.understanding import Understood
from crmlab.tables import TABLES


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
    """

    tables: dict[str, pd.DataFrame]
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    observed_to: str | None = None


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


def make(found: list[Understood], chosen: Mapping[str, str], currency: str, observation_end: str | None) -> Made:
    """Return validated tables of the sheets.

    Parameters
    ----------
    found
        Sheets in which nothing is open.
    chosen
        Options by the names of their choices.
    currency, observation_end
        Of the company; None where the end of the observation was not told.

    Raises
    ------
    DataError
        With all that does not fit.
    """
    made, problems = Made({}), []
    for one in found:
        try:
            _build(one, made, chosen, currency, observation_end)
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(problems)
    today = None if observation_end else date.today().isoformat()
    tables, findings = settle(made.tables, chosen, observation_end=observation_end, today=today)
    made.findings += findings
    checked = validate(tables, observation_end)
    made.notes += [
        f"{name}.{column.name}: the time of day is left out."
        for name, frame in tables.items()
        for column in TABLES[name].columns
        if column.kind == "date" and column.name in frame and has_clock(frame[column.name])
    ]
    made.tables = {name: finish(name, frame) for name, frame in checked.items()}
    return made


def _build(one: Understood, made: Made, chosen: Mapping[str, str], currency: str, observation_end: str | None) -> None:
    """Add the tables of one sheet to those that are made."""
    if one.match is None or one.translated is None:
        return
    shape, name = one.match.shape, one.sheet.name
    frame, findings = settle_rows(one.translated.frame, shape, chosen, sheet=name, currency=currency)
    built = shape.build(frame, Settings(name, observation_end, chosen))
    made.findings += findings
    made.notes += [f"{name}: {note}" for note in built.notes]
    made.observed_to = max(filter(None, (made.observed_to, built.observed_to)), default=None)
    for table, rows in built.tables.items():
        if table in made.tables:
            made.notes.append(
                f"{table}: the rows of {name} ({len(rows):,}) were added to those of the files before it."
            )
            rows = pd.concat([made.tables[table], rows])
        made.tables[table] = rows
