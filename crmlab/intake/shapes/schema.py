"""What a shape is: the roles that its columns play, and what they are turned into."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

_MANY = ": "  # between a role and a heading, in the label of one of many columns


@dataclass(frozen=True)
class Role:
    """What a column of a sheet is in a shape.

    Attributes
    ----------
    name, kind, meaning
        `kind` is one of "text", "integer", "number", "date", "boolean".
    required
        Whether the shape cannot be built without it.
    many
        Whether several columns play it, such as one for each month. Each is then labelled by `one_of_many`.
    """

    name: str
    kind: str
    meaning: str
    required: bool = True
    many: bool = False


@dataclass(frozen=True)
class Settings:
    """What a builder is told beside the sheet.

    Attributes
    ----------
    sheet
        What messages call the sheet, as "orders.csv".
    observation_end
        The last day seen, as ISO text; None where it was not told.
    chosen
        Options by the name of their choice, as in `crmlab.intake.choices.CHOICES`; the others have their default.
    """

    sheet: str = "the sheet"
    observation_end: str | None = None
    chosen: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Built:
    """What a builder made of a sheet.

    Attributes
    ----------
    tables
        Frames by the names of the data dictionary; the index still tells the line of the file.
    notes
        Sentences on what was reconstructed, left out, or cannot be known.
    observed_to
        The last day that the sheet covers by its nature, as ISO text (the end of the last month of a table of months);
        None where it does not tell.
    """

    tables: dict[str, pd.DataFrame]
    notes: list[str] = field(default_factory=list)
    observed_to: str | None = None


@dataclass(frozen=True)
class Shape:
    """One way in which a sheet can hold data.

    Attributes
    ----------
    name, meaning
        `meaning` says what a row is.
    tables
        The tables of the data dictionary that it can make.
    roles
        What its columns can be.
    build
        Takes a frame and `Settings`, and returns `Built`; raises `crmlab.data.validation.DataError`. The columns of the
        frame are called like the roles, those of many by `one_of_many`, and any others come along as they are. Values
        are canonical text (ISO days, plain numbers) or typed; the index tells the lines. The frame is not changed.
    choices
        The names of the choices that this shape asks for.
    """

    name: str
    tables: tuple[str, ...]
    meaning: str
    roles: tuple[Role, ...]
    build: Callable[[pd.DataFrame, Settings], Built]
    choices: tuple[str, ...] = ()

    def role(self, name: str) -> Role:
        """Return the role of that name.

        Raises
        ------
        KeyError
            If the shape has no such role.
        """
        return {role.name: role for role in self.roles}[name]

    @property
    def required(self) -> tuple[str, ...]:
        """The names of the roles without which the shape cannot be built."""
        return tuple(role.name for role in self.roles if role.required)


def one_of_many(role: str, heading: object) -> str:
    """Return the label of a column that plays a role together with others.

    Examples
    --------
    >>> one_of_many("months", "2025-01")
    'months: 2025-01'
    """
    return f"{role}{_MANY}{heading}"


def headings(columns: object, role: str) -> dict[str, str]:
    """Return the heading of each column that plays a role of many, by its label.

    Examples
    --------
    >>> headings(["customer_id", "months: 2025-01"], "months")
    {'months: 2025-01': '2025-01'}
    """
    start = f"{role}{_MANY}"
    labels = [label for label in columns if isinstance(label, str)]  # pyright: ignore[reportGeneralTypeIssues]
    return {label: label.removeprefix(start) for label in labels if label.startswith(start)}
