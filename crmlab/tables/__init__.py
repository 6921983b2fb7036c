"""The data dictionary: every table and column, with its type, unit, key and meaning.

It is the single source for validation, for each `datapackage.json` and for what lessons print about their data. A
company that lacks a table simply does not have it. Times are dates (a day, no time zone); money is in the currency of
the company, in the simulated ones whole won.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmlab.tables import marketing, people, purchases, sales, service, systems
from crmlab.tables.marketing import ACTIVITIES
from crmlab.tables.sales import STAGES
from crmlab.tables.schema import Column, Table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ACTIVITIES", "DTYPES", "STAGES", "TABLES", "Column", "Table", "dictionary"]

DTYPES = {"text": "object", "integer": "Int64", "number": "float64", "date": "datetime64[ns]", "boolean": "boolean"}
_GROUPS = (people, marketing, sales, purchases, service, systems)

TABLES: dict[str, Table] = {table.name: table for group in _GROUPS for table in group.TABLES}


def dictionary(*names: str) -> pd.DataFrame:
    """Return the data dictionary of the tables named, or of all, one row for each column.

    Raises
    ------
    KeyError
        If there is no table of that name.

    Examples
    --------
    >>> dictionary("orders")["unit"].to_list()
    ['', '', '', '', 'currency']
    """
    import pandas as pd

    rows = [
        {
            "table": table.name,
            "column": column.name,
            "type": column.kind,
            "unit": column.unit,
            "meaning": column.meaning,
        }
        for table in (TABLES[name] for name in names or TABLES)
        for column in table.columns
    ]
    return pd.DataFrame(rows)
