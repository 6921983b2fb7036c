"""Sheets that are tables of the data dictionary already: one shape for each table."""

from __future__ import annotations

import pandas as pd

from crmlab.data.parsing import has_clock, parse
from crmlab.intake.shapes.schema import Built, Role, Settings, Shape
from crmlab.tables import TABLES, Table

CURRENCY = Role("currency", "text", "the currency of the row's money, as a code such as KRW", required=False)


def plain_shapes() -> list[Shape]:
    """Return one shape for each table of the data dictionary.

    Its roles are the columns of the table; where the table holds money, a column with the currency may stand beside it.
    """
    return [_plain(table) for table in TABLES.values()]


def _plain(table: Table) -> Shape:
    def build(frame: pd.DataFrame, settings: Settings) -> Built:  # noqa: ARG001
        return _built(table, frame)

    roles = [Role(column.name, column.kind, column.meaning, column.required) for column in table.columns]
    money = any(column.unit.startswith("currency") for column in table.columns)
    return Shape(table.name, (table.name,), table.meaning, (*roles, *([CURRENCY] if money else [])), build)


def _built(table: Table, frame: pd.DataFrame) -> Built:
    """Return the table with days and numbers in their types; columns of which a value cannot be read stay text."""
    read, notes = frame.copy(), []
    for column in table.columns:
        if column.kind not in ("date", "number") or column.name not in frame:
            continue
        values, faults = parse(column.kind, frame[column.name])
        if not faults:
            read[column.name] = values
            if column.kind == "date" and has_clock(frame[column.name]):
                notes.append(f"{table.name}.{column.name}: the time of day is left out.")
    return Built({table.name: read}, notes)
