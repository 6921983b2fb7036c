"""All choices in their order: first on the rows of a sheet, then on the tables made of them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from crmlab.data.validation import DataError, Problem
from crmlab.intake.choices import accounts, refunds, sheets, values
from crmlab.intake.choices.desk import Desk, Tables
from crmlab.intake.choices.finding import Finding
from crmlab.intake.choices.registry import CHOICES
from crmlab.intake.shapes.schema import Shape


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

    Raises
    ------
    DataError
        If an option is none, or rows are refused.

    Examples
    --------
    >>> from crmlab.intake.shapes import SHAPES
    >>> rows = pd.DataFrame({"customer_id": ["a", "a"], "ordered_at": "2025-01-31", "amount": ["5", "5"]})
    >>> print(settle_rows(rows, SHAPES["orders"], {"duplicates": "drop"})[1][0].sentence)
    1 row equal to another (position 1) was left out: one of each stays. Otherwise: --choose duplicates=keep or \
duplicates=refuse.
    """
    desk = _desk(chosen)
    frame = sheets.duplicates(frame, desk, sheet)
    frame = sheets.same_second(frame, desk, sheet) if shape.name == "orders" else frame
    frame = sheets.time_zones(frame, shape, desk, sheet)
    frame = sheets.currencies(frame, shape, desk, sheet, currency)
    _refuse(desk)
    return frame, desk.findings


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

    Raises
    ------
    DataError
        If an option is none, or rows are refused.

    Examples
    --------
    >>> days = ["2025-01-31", "2025-02-01"]
    >>> orders = pd.DataFrame({"customer_id": "a", "ordered_at": days, "amount": ["5", "-1.5"]})
    >>> tables, findings = settle({"orders": orders}, {})
    >>> tables["orders"]["amount"].to_list(), findings[0].choice, findings[0].count
    (['3.5'], 'refunds', 1)
    """
    desk, settled = _desk(chosen), dict(tables)
    accounts.test_accounts(settled, desk)
    values.future_dates(settled, desk, observation_end, today)
    refunds.refunds(settled, desk)
    values.repeated_keys(settled, desk)
    values.zero_orders(settled, desk)
    accounts.orphans(settled, desk)
    accounts.without_orders(settled, desk)
    values.far_out(settled, desk)
    _refuse(desk)
    return {name: frame for name, frame in settled.items() if len(frame) or not len(tables[name])}, desk.findings


def _desk(chosen: Mapping[str, str]) -> Desk:
    """Return a desk, or raise with every choice and option that there is not."""
    problems = []
    for name, option in chosen.items():
        if name not in CHOICES:
            problems.append(Problem("choose", name, "is no choice", f"There are {', '.join(CHOICES)}."))
            continue
        try:
            CHOICES[name].option(option)
        except ValueError as error:
            problems.append(Problem("choose", name, f"cannot be settled: {error}", ""))
    if problems:
        raise DataError(problems)
    return Desk(chosen)


def _refuse(desk: Desk) -> None:
    if desk.problems:
        raise DataError(desk.problems)
