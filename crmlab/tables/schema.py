"""What a table of the data dictionary is made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    name, kind, meaning
        `kind` is one of "text", "integer", "number", "date", "boolean".
    unit
        What a value counts, or "".
    required
        Whether a table of one's own must have the column.
    empty
        Whether single values may be missing.
    values
        The allowed values, where they are few.
    low, high
        The range of numbers.
    references
        The "table.column" that the values must occur in, where that table is present.
    """

    name: str
    kind: str
    meaning: str
    unit: str = ""
    required: bool = True
    empty: bool = False
    values: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    references: str = ""


@dataclass(frozen=True)
class Table:
    """One table: its columns, the columns that identify a row (`key`, may be empty) and what a row is."""

    name: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """Return the column of that name.

        Raises
        ------
        KeyError
            If the table has no such column.
        """
        return {column.name: column for column in self.columns}[name]

    @property
    def required(self) -> tuple[str, ...]:
        """The names of the columns that a table of one's own must have."""
        return tuple(column.name for column in self.columns if column.required)


CUSTOMER = "customers.customer_id"
LEAD = "leads.lead_id"
RECORD = "source_records.record_id"
