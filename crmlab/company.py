"""A company: its tables, and apart from them its truth.

The tables are reached by name (`company.orders`). Simulated companies also know why each customer came, stayed and
left; that lies in `company.truth`, which is None for a company of one's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

from crmlab.tables import TABLES, dictionary

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


class UnmetNeedError(AttributeError):
    """What a company lacks for what is asked of it, with the remedy; a notebook shows these words and no traceback."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


@dataclass(frozen=True, eq=False, repr=False)
class Truth:
    """What the simulator knows.

    Attributes
    ----------
    parameters
        One row for each parameter: `name` as index, `value`, `unit`, `meaning`.
    tables
        What is true of each person, by the name of the table it belongs to.
    """

    parameters: pd.DataFrame
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name.startswith("__") or name not in self.tables:
            raise AttributeError(f"the truth holds no table {name!r}; it holds {', '.join(self.tables)}")
        return self.tables[name]

    def __getitem__(self, parameter: str) -> float:
        """Return the value of one parameter.

        Raises
        ------
        KeyError
            If there is no parameter of that name.
        """
        return float(self.parameters["value"].loc[parameter])

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the causal map: what moves the customers of this company, and what that moves in turn.

        Raises
        ------
        AttributeError
            If the truth holds no table `causes`.
        """
        from crmlab.model_plots import causal_map

        return causal_map(self.causes, ax)

    def __repr__(self) -> str:
        return f"Truth of {len(self.parameters)} parameters and the tables {', '.join(self.tables)}"


@dataclass(frozen=True, eq=False, repr=False)
class Company:
    """A company's validated tables.

    Attributes
    ----------
    name
        What the company is called.
    tables
        Frames by table name, as `crmlab.tables` describes them.
    observation_end
        The last day on which anything could have been observed, as ISO text.
    currency
        ISO code of all money columns.
    truth
        What the simulator knows; None for a company of one's own.
    """

    name: str
    tables: Mapping[str, pd.DataFrame]
    observation_end: str
    currency: str = "KRW"
    truth: Truth | None = None

    def __getattr__(self, name: str) -> pd.DataFrame:
        if not name.startswith("__") and name in self.tables:
            return self.tables[name]
        said = f"{self.name} has no table {name!r}; it has {', '.join(self.tables)}"
        if name in TABLES:
            raise UnmetNeedError(f"{said}. docs/tables.md says what {name} holds; crmlab adopt makes it of your files.")
        raise AttributeError(said)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self.tables]

    def dictionary(self, *tables: str) -> pd.DataFrame:
        """Return the meaning of each column that the tables named, or all tables, really have.

        Raises
        ------
        AttributeError
            If the company has no table of that name.
        """
        import pandas as pd

        known = [rows for name in tables or self.tables for rows in [self._described(name)]]
        return pd.concat(known, ignore_index=True)

    def _described(self, table: str) -> pd.DataFrame:
        held = getattr(self, table).columns
        rows = dictionary(table)
        return rows[rows["column"].isin(held)]

    def overview(self) -> pd.DataFrame:
        """Return the number of rows of each table, and the first and last day in it but for days of birth."""
        import pandas as pd

        rows = {}
        for name, table in self.tables.items():
            days = table.select_dtypes("datetime").drop(columns="birth_date", errors="ignore")
            first, last = (days.min().min(), days.max().max()) if len(days.columns) else (pd.NaT, pd.NaT)
            rows[name] = {"rows": len(table), "first day": first, "last day": last}
        return pd.DataFrame.from_dict(rows, orient="index")

    def __repr__(self) -> str:
        known = "its truth is known" if self.truth else "no truth is known"
        return f"Company {self.name}: {', '.join(self.tables)}; observed to {self.observation_end}; {known}"

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self))}</p>"
