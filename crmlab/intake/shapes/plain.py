"""Sheets that are tables of the data dictionary already: one shape for each table."""

from __future__ import annotations

import pandas as pd

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
        return Built({table.name: frame.copy()})

    roles = [Role(column.name, column.kind, column.meaning, column.required) for column in table.columns]
    money = any(column.unit.startswith("currency") for column in table.columns)
    return Shape(table.name, (table.name,), table.meaning, (*roles, *([CURRENCY] if money else [])), build)
