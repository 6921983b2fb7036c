"""A sheet built into tables, also where some of its rows are refused: one report then says all that is wrong with them.

What can be read is built. Of the rows that are refused, what a table holds just as the sheet does (a customer's id, a
day) goes along, marked, so that unknown customers and days to come are found in them too. Nothing marked outlives the
report, for a refused row always ends in a `DataError`.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from crmlab.data.parsing import parse, written
from crmlab.data.validation import DataError, Problem
from crmlab.intake.shapes import Built, Settings, Shape, headings
from crmlab.intake.shapes.reading import readable
from crmlab.tables import TABLES

IN_PART = "\0in part"  # the column that marks what is left of refused rows

# what stands for a value that cannot be read or is asked, so that the rest of its row can be looked at
_STAND_IN = {"date": "2000-01-01", "number": "1", "integer": "1", "boolean": "false", "text": "x"}
_MADE = {"amount"}  # sums of rows, even where a column is called alike


def build(
    shape: Shape, frame: pd.DataFrame, settings: Settings, asked: Collection[str]
) -> tuple[Built, list[Problem], Collection[str]]:
    """Return what a shape makes of a sheet, all that is refused, and the tables that lack rows because of it.

    Parameters
    ----------
    shape, frame, settings
        As `Shape.build` has them.
    asked
        Roles of which something is open, so that their values say nothing yet.

    Examples
    --------
    >>> from crmlab.intake.shapes import SHAPES
    >>> sheet = pd.DataFrame({"customer_id": ["a", "b"], "tenure": ["x", "-3"], "churned": ["no", "yes"]})
    >>> built, problems, lacking = build(SHAPES["tenure"], sheet, Settings(observation_end="2025-12-31"), ())
    >>> [problem.what for problem in problems], built.tables["contracts"]["customer_id"].to_list(), lacking
    (['not a whole number', 'below 0'], ['a', 'b'], ['contracts'])
    """
    try:
        return shape.build(frame, settings), [], ()
    except DataError as error:
        problems = list(error.problems)
    frame = frame.assign(**{role: _STAND_IN[shape.role(role).kind] for role in asked if role in frame})
    good = readable(frame, shape)
    built, less = _tried(shape, frame[good], settings)
    said = {(each.column, each.what) for each in problems}
    more = [] if good.all() else _tried(shape, _standing_in(frame, shape), settings)[1]
    problems += [each for each in more if (each.column, each.what) not in said]
    columns = {each.column for each in problems}
    problems += [each for each in less if each.column not in columns]
    tables = dict(built.tables)
    refused = (frame[~good] if tables else frame).drop(columns=[role for role in asked if role in frame])
    lacking = [*(tables or _made_of(shape, frame, settings))]
    for name in lacking if tables else lacking[:1]:
        part = _part(name, refused, shape)
        if len(part) and len(part.columns) > 1:
            whole = [tables[name].assign(**{IN_PART: False})] if name in tables else []
            tables[name] = pd.concat([*whole, part]).sort_index(kind="stable")
    return Built(tables, built.notes, built.observed_to), problems, lacking


def _made_of(shape: Shape, frame: pd.DataFrame, settings: Settings) -> Collection[str]:
    """Return the tables that the shape makes of such columns; all that it can make, where that cannot be told."""
    roles = {role.name: _STAND_IN[role.kind] for role in shape.roles if role.name in frame}
    return _tried(shape, frame.iloc[:1].assign(**roles), settings)[0].tables or shape.tables


def _tried(shape: Shape, frame: pd.DataFrame, settings: Settings) -> tuple[Built, list[Problem]]:
    try:
        return (shape.build(frame, settings) if len(frame) else Built({})), []
    except DataError as error:
        return Built({}), list(error.problems)


def _standing_in(frame: pd.DataFrame, shape: Shape) -> pd.DataFrame:
    """Return the sheet with a stand-in for each value that cannot be read; rows without a text that is needed go."""
    standing, there = frame.copy(), np.ones(len(frame), bool)
    for role in shape.roles:
        for label in headings(frame.columns, role.name) if role.many else {role.name} & set(frame):
            rows = np.zeros(len(frame), bool)
            for fault in parse(role.kind, frame[label], identifies=role.name.endswith("_id"))[1]:
                rows |= fault.rows
            if role.required and not role.many:
                rows |= written(frame[label]) == np.array(None)
            standing[label] = frame[label].astype(object).mask(rows, _STAND_IN[role.kind])
            there &= ~rows | (role.kind != "text")
    return standing[there]


def _part(table: str, rows: pd.DataFrame, shape: Shape) -> pd.DataFrame:
    """Return of refused rows the columns that the table takes over as they are; what cannot be read is missing."""
    roles = {role.name for role in shape.roles if not role.many}
    part = pd.DataFrame({IN_PART: True}, rows.index)
    for column in TABLES[table].columns:
        own = column.name in TABLES[table].key and not column.references
        if column.name in roles and column.name in rows and not own and column.name not in _MADE:
            identifies = bool(column.references)
            part[column.name] = parse(column.kind, rows[column.name], identifies=identifies)[0]
    return part
