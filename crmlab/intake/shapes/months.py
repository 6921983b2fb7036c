"""One row a customer, one column a month: amounts become orders, activity becomes contracts.

A table of months does not know days. Orders are written on the first or the last day of their month, which is a choice,
and contracts run from the first of a month to the first of another; the column `date_precision` says "month" in every
row. Who is active in the first month began then or before, and who is active in the last has not been seen to leave.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from crmlab.data.parsing import written
from crmlab.data.validation import DataError, Problem
from crmlab.intake.shapes.month_names import month_of, needs_year
from crmlab.intake.shapes.reading import at_lines, counted, fault_of, shortened, take
from crmlab.intake.shapes.schema import Built, Role, Settings, Shape, headings

_ROLE = "months"
_WORDS = {"y": "1", "yes": "1", "true": "1", "t": "1", "o": "1", "active": "1", "활성": "1", "유지": "1"}
_WORDS |= {"n": "0", "no": "0", "false": "0", "f": "0", "x": "0", "inactive": "0", "해지": "0", "-": "0"}


def _wide_months(frame: pd.DataFrame, settings: Settings) -> Built:
    labels = _months(frame, settings)
    cells = frame.copy()
    words = [label for label in labels if _is_flags(frame[label])]
    for label in words:
        texts = [None if text is None else text.casefold() for text in written(frame[label])]
        cells[label] = pd.Series([_WORDS.get(text or "", text) for text in texts], frame.index, dtype=object)
    rows = take(cells, WIDE_MONTHS, settings, ["customer_id"])
    amounts = rows[list(labels)].to_numpy(float)
    months = np.array(list(labels.values()), "datetime64[M]")
    order = np.argsort(months)
    amounts, months = np.nan_to_num(amounts[:, order]), months[order]
    about = rows.drop(columns=list(labels))
    build = {"orders": _orders, "contracts": _contracts}[_kind(amounts, bool(words), settings)]
    built = build(about, amounts, months, settings)
    last = (months[-1] + 1).astype("datetime64[D]") - 1
    idle = np.asarray((amounts == 0).all(axis=1))
    if idle.any():
        said = f"{counted(int(idle.sum()), 'customer')} with nothing in any month ({at_lines(rows, idle)})"
        built.notes.append(f"{said}: they are in none of the tables made of this sheet.")
    return Built(built.tables, [*_gaps(months), *built.notes], str(last))


def _months(frame: pd.DataFrame, settings: Settings) -> dict[str, str]:
    """Return the month of each column of months; raise where a heading names none, or two name one."""
    year = settings.chosen.get("year", "ask")
    told = int(year) if re.fullmatch("(19|20)[0-9]{2}", year) else None
    found = {label: (heading, month_of(heading, told)) for label, heading in headings(frame.columns, _ROLE).items()}
    unread = [heading for heading, month in found.values() if month is None]
    if unread:
        yearless = all(needs_year(heading) for heading in unread)
        remedy = "Say it, as --choose year=2025." if yearless else "Write it as 2025-01, or leave the column out."
        what = "names months without their year" if yearless else "has headings that are no months"
        raise DataError([Problem(settings.sheet, _ROLE, what, remedy, examples=tuple(map(shortened, unread[:3])))])
    months = [month for _, month in found.values()]
    twice = [shortened(heading) for heading, month in found.values() if months.count(month) > 1]
    if twice:
        remedy = "Keep one column for each month."
        raise DataError([Problem(settings.sheet, _ROLE, "has one month twice", remedy, examples=tuple(twice[:4]))])
    return {label: str(month) for label, (_, month) in found.items()}


def _is_flags(values: pd.Series) -> bool:
    """Return whether a column has words for active or not, and nothing beside them but 0 and 1."""
    if pd.api.types.is_bool_dtype(values.dtype):
        return True
    texts = {text.casefold() for text in written(values) if text is not None}
    return bool(texts & _WORDS.keys()) and texts <= _WORDS.keys() | {"0", "1"}


def _kind(amounts: np.ndarray, words: bool, settings: Settings) -> str:
    """Return which table the cells make; stop where zeros and ones could be either."""
    kind = settings.chosen.get("months_as", "ask")
    if kind != "ask":
        return kind
    if words:
        return "contracts"
    if np.isin(amounts, (0, 1)).all():
        what = "holds only 0, 1 and empty cells: they could be activity, or amounts"
        remedy = "Say --choose months_as=contracts (active or not), or months_as=orders (amounts)."
        raise DataError([Problem(settings.sheet, _ROLE, what, remedy)])
    return "orders"


def _orders(about: pd.DataFrame, amounts: np.ndarray, months: np.ndarray, settings: Settings) -> Built:
    row, column = np.nonzero(amounts)
    day = settings.chosen.get("month_day", "first")
    days = months.astype("datetime64[D]") if day == "first" else (months + 1).astype("datetime64[D]") - 1
    orders = about.iloc[row].copy()
    orders.insert(1, "ordered_at", days[column].astype("datetime64[ns]"))
    orders.insert(2, "amount", amounts[row, column])
    orders["date_precision"] = "month"
    note = (
        f"{counted(len(orders), 'cell')} with an amount became orders, one a month, written on the {day} day of the "
        "month: the day is not in the file, nor how many orders a month had (date_precision is month)."
    )
    return Built({"orders": orders}, [note])


def _contracts(about: pd.DataFrame, amounts: np.ndarray, months: np.ndarray, settings: Settings) -> Built:
    problems = fault_of(
        settings.sheet, _ROLE, about, np.asarray((amounts < 0).any(axis=1)), "negative", "Write 0 or 1."
    )
    steps = np.unique(np.diff(months.astype(int)))
    if len(steps) and steps.max() > 1:
        remedy = "Add the months that lack, or say --choose months_as=orders."
        problems.append(Problem(settings.sheet, _ROLE, "leaves out months, so that a run cannot be told", remedy))
    if problems:
        raise DataError(problems)
    edges = np.diff(np.pad(amounts != 0, ((0, 0), (1, 1))).astype(int), axis=1)
    (row, start), (_, end) = np.nonzero(edges == 1), np.nonzero(edges == -1)
    early = start == 0
    notes = _early_note(about, row[early], months[0], settings)
    if settings.chosen.get("first_month") == "drop":
        row, start, end = row[~early], start[~early], end[~early]
    contracts = about.iloc[row].copy()
    number = pd.Series(row).groupby(row).cumcount().to_numpy() + 1
    contracts.insert(0, "contract_id", contracts["customer_id"] + "-" + pd.Series(number, contracts.index).astype(str))
    ends = np.append(months, months[-1] + 1)[end].astype("datetime64[ns]")
    contracts["started_on"] = months[start].astype("datetime64[ns]")
    contracts["ended_on"] = np.where(end == len(months), np.datetime64("NaT"), ends)
    contracts["date_precision"] = "month"
    note = (
        f"Each run of active months became one contract ({len(contracts):,}), from the first of a month to the first "
        "of another: the days are not in the file (date_precision is month). Empty cells are months without."
    )
    return Built({"contracts": contracts}, [note, *notes])


def _early_note(about: pd.DataFrame, rows: np.ndarray, first: np.datetime64, settings: Settings) -> list[str]:
    if not len(rows):
        return []
    early = np.isin(np.arange(len(about)), rows)
    active = f"{counted(len(rows), 'customer')} active in the first month, {first} ({at_lines(about, early)})"
    if settings.chosen.get("first_month") == "drop":
        return [f"{active}, began then or before: this first run was left out."]
    taken = "they were taken to begin in it, so their lives look shorter; --choose first_month=drop leaves it out"
    return [f"{active}, began then or before: {taken}."]


def _gaps(months: np.ndarray) -> list[str]:
    every = np.arange(months[0], months[-1] + 1)
    lacking = [str(month) for month in every[~np.isin(every, months)]]
    shown = ", ".join(lacking[:5]) + (", ..." if len(lacking) > 5 else "")
    return [f"No column for {shown}: nothing is known of that time."] if lacking else []


WIDE_MONTHS = Shape(
    "wide_months",
    ("orders", "contracts"),
    "One row for each customer, with a column for each month: amounts, or whether the customer was active.",
    (
        Role("customer_id", "text", "who bought, or was active"),
        Role(_ROLE, "number", "what the customer paid in the month, or 1 and 0 for active and not", many=True),
    ),
    _wide_months,
    ("months_as", "month_day", "year", "first_month"),
)
