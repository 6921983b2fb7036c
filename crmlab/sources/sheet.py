"""What every source gives: a sheet, the cells as they stand, each row knowing where it came from."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from crmlab.data.validation import Problem


@dataclass(eq=False)
class Sheet:
    """One table as a source holds it; what its columns mean is not yet known.

    Attributes
    ----------
    name
        Where it came from, for messages: "orders.csv", "export.xlsx: Sheet1", "SELECT ..." (shortened).
    frame
        The columns as in the source. Cells are text, None where blank; or typed, where the source itself carries types
        (Parquet, SQL, real dates and numbers of a workbook). The index is named `crmlab.data.validation.LINE`: the line
        of the file or the row of the sheet, from 1. Without a header the columns are the positions 1, 2, 3 ... (int).
    header
        Whether the source names its columns.
    how
        How it was read, for a saved plan, as {"encoding": "cp949", "separator": ","}; empty where nothing was found
        out.
    notes
        What a user should know.
    problems
        What could not be read, beside the rows that could.

    Examples
    --------
    >>> from crmlab.data.validation import LINE
    >>> frame = pd.DataFrame({"cust_no": ["1", None]}, index=pd.Index([2, 4], name=LINE), dtype=object)
    >>> Sheet("orders.csv", frame)
    Sheet orders.csv: 2 rows, 1 column
    """

    name: str
    frame: pd.DataFrame
    header: bool = True
    how: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def __repr__(self) -> str:
        rows, columns = self.frame.shape
        return f"Sheet {self.name}: {rows:,} row{'s' * (rows != 1)}, {columns:,} column{'s' * (columns != 1)}"
