"""All choices in their order: first on the rows of a sheet, then on the tables made of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import pandas as pd

from crmlab.data.validation import DataError, Problem
from crmlab.intake.choices import accounts, refunds, sheets, values
from crmlab.intake.choices.desk import Desk, Tables, drop
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
    desk = Desk.of(chosen)
    frame = rows_at(desk, frame, shape, sheet, currency)
    _refuse(desk)
    return frame, desk.findings


def rows_at(desk: Desk, frame: pd.DataFrame, shape: Shape, sheet: str, currency: str) -> pd.DataFrame:
    """Settle a sheet at a desk, which collects what is refused."""
    frame = sheets.duplicates(frame, desk, sheet)
    frame = sheets.same_second(frame, desk, sheet) if shape.name == "orders" else frame
    frame = sheets.time_zones(frame, shape, desk, sheet)
    return sheets.currencies(frame, shape, desk, sheet, currency)


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
    desk = Desk.of(chosen)
    settled = tables_at(desk, tables, observation_end, today)
    _refuse(desk)
    return settled, desk.findings


def tables_at(desk: Desk, tables: Mapping[str, pd.DataFrame], observation_end: str | None, today: str | None) -> Tables:
    """Settle tables at a desk, which collects what is refused; so is a choice that leaves nothing of a table."""
    settled = dict(tables)
    steps: dict[str, Callable[[Tables, Desk], None]] = {
        "test_accounts": accounts.test_accounts,
        "future_dates": partial(values.future_dates, observation_end=observation_end, today=today),
        "refunds": refunds.refunds,
        "repeated_keys": values.repeated_keys,
        "zero_orders": values.zero_orders,
        "orphans": accounts.orphans,
        "without_orders": accounts.without_orders,
        "far_out": values.far_out,
    }
    for choice, step in steps.items():
        before = {name for name, frame in settled.items() if len(frame)}
        step(settled, desk)
        emptied = sorted(name for name in before if not len(settled[name]))
        desk.problems += [_emptied(choice, desk.option(choice), name, len(tables[name])) for name in emptied]
    return {name: frame for name, frame in settled.items() if len(frame) or not len(tables[name])}


def without_refused(tables: Mapping[str, pd.DataFrame], desk: Desk) -> Tables:
    """Return the tables without the rows that were refused, and what refers to them."""
    rest = dict(tables)
    for name in [name for name in desk.refused if name in rest]:
        drop(rest, name, rest[name].index.isin(desk.refused[name]))
    return rest


def _emptied(choice: str, option: str, table: str, rows: int) -> Problem:
    others = " or ".join(f"{choice}={other}" for other in CHOICES[choice].options if other != option)
    what = f"has no rows left, of {rows:,}: {choice}={option} left out the last of them"
    remedy = f"Say --choose {others}, or leave the file out."
    if choice == "orphans":
        remedy = f"Are the ids of the files written alike, and do the files belong together? {remedy}"
    return Problem(table, "", what, remedy)


def _refuse(desk: Desk) -> None:
    if desk.problems:
        raise DataError(desk.problems)
