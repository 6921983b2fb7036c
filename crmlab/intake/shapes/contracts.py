"""Contracts by their dates, or by tenure and a churn flag.

Tenure tells how long, not when. The dates that the dictionary asks for are laid so that the months come out exactly:
everyone begins on the first of a month, and those who left end on the first of the month in which the observation ends.
How long customers stay can be read from such contracts; in which month they came or left cannot, and the column
`date_precision` says so in every row.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.data.parsing import LATEST, written
from crmlab.data.validation import DataError, Problem
from crmlab.intake.shapes.plain import CURRENCY
from crmlab.intake.shapes.reading import at_lines, counted, fault_of, kinds_in, take
from crmlab.intake.shapes.schema import Built, Role, Settings, Shape
from crmlab.tables import TABLES

_ABOUT_CUSTOMERS = ("channel", "region", "birth_year", "gender", "industry", "employees")
_LONGEST = 1200  # months; more is days, or a mistake


def _attributes() -> tuple[Role, ...]:
    contracts = [column for column in TABLES["contracts"].columns if not column.required]
    customers = [TABLES["customers"].column(name) for name in _ABOUT_CUSTOMERS]
    return (*(Role(column.name, column.kind, column.meaning, False) for column in [*contracts, *customers]), CURRENCY)


def _spans(frame: pd.DataFrame, settings: Settings) -> Built:
    notes: list[str] = []
    rows = take(_open_ended(frame, notes), SPANS, settings, ["contract_id", "customer_id", "started_on"])
    if settings.chosen.get("end_day") == "last_with":
        rows["ended_on"] += pd.Timedelta(days=1)
        notes.append("The last day with service was told: each contract ends on the day after it.")
    if "contract_id" not in rows:
        order = np.argsort(rows["started_on"].to_numpy(), kind="stable")
        number = np.empty(len(rows), int)
        number[order] = rows.iloc[order].groupby("customer_id").cumcount() + 1
        rows.insert(0, "contract_id", rows["customer_id"] + "-" + pd.Series(number, rows.index).astype(str))
        notes.append("There is no number of the contract: it was made of the customer and the order of the starts.")
    return Built(_with_customers(rows, notes), notes)


def _open_ended(frame: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """Return the frame with ends that stand for "none yet", such as 9999-12-31, left empty."""
    if "ended_on" not in frame:
        return frame
    ends = written(frame["ended_on"])
    years = [text[:4] if text is not None else "" for text in ends]
    far = np.array([year.isdecimal() and int(year) > LATEST for year in years], bool)
    if not far.any():
        return frame
    shown = ", ".join(sorted({text[:10] for text in ends[far]})[:3])
    number = counted(int(far.sum()), "contract ends", "contracts end")
    notes.append(f"{number} on {shown} ({at_lines(frame, far)}): taken as still running.")
    ends[far] = None
    return frame.assign(ended_on=pd.Series(ends, frame.index, dtype=object))


def _tenure(frame: pd.DataFrame, settings: Settings) -> Built:
    if settings.observation_end is None:
        remedy = "Say on which day the tenure was counted, as --observation-end 2025-12-31."
        raise DataError([Problem(settings.sheet, "tenure", "tells how long, but not up to which day", remedy)])
    rows = take(frame, TENURE, settings, ["customer_id", "tenure", "churned"])
    tenure, gone = rows["tenure"].astype("int64"), rows["churned"].astype(bool)
    problems = fault_of(settings.sheet, "tenure", rows, tenure < 0, "below 0", "Count the months from the start.")
    remedy = "Give completed months: are these days?"
    problems += fault_of(settings.sheet, "tenure", rows, tenure > _LONGEST, f"more than {_LONGEST:,} months", remedy)
    if problems:
        raise DataError(problems)
    last = np.datetime64(settings.observation_end, "M")
    contracts = rows.drop(columns=["tenure", "churned"])
    contracts.insert(0, "contract_id", rows["customer_id"])
    contracts["started_on"] = (last - tenure.to_numpy()).astype("datetime64[ns]")
    contracts["ended_on"] = pd.Series(last.astype("datetime64[ns]"), rows.index).where(gone)
    contracts["date_precision"] = "tenure"
    end = settings.observation_end
    notes = [
        f"Dates were laid from tenure, counted to {end}: the months that each customer stayed are exact, the days are "
        f"not. When the {counted(int(gone.sum()), 'customer')} who left came and went is not in the file: they are "
        "laid to end in the last month. Read no season, cohort or trend from these dates (date_precision is tenure)."
    ]
    return Built(_with_customers(contracts, notes), notes, end)


def _with_customers(contracts: pd.DataFrame, notes: list[str]) -> dict[str, pd.DataFrame]:
    """Return the contracts, and the customers where a column is about them."""
    about = [name for name in _ABOUT_CUSTOMERS if name in contracts]
    if not about:
        return {"contracts": contracts}
    by = contracts["customer_id"].to_numpy()
    grouped = contracts.groupby(by, sort=False)
    customers = contracts.loc[~pd.Series(by).duplicated().to_numpy(), ["customer_id"]].copy()
    customers["acquired_on"] = grouped["started_on"].min().to_numpy()
    for name in about:
        customers[name] = pd.Series(grouped[name].first().array, customers.index)
        several = int((kinds_in(contracts[name], by) > 1).sum())
        if several:
            notes.append(f"{counted(several, 'customer')} with more than one {name}: the first counts.")
    notes.append(f"The table customers was made of {', '.join(about)}; a customer begins with the first contract.")
    return {"customers": customers, "contracts": contracts.drop(columns=about)}


SPANS = Shape(
    "spans",
    ("contracts", "customers"),
    "One row for each contract or customer, with the days on which it began and ended.",
    (
        Role("contract_id", "text", "identifies the contract; else it is made of the customer and a number", False),
        Role("customer_id", "text", "who holds it"),
        Role("started_on", "date", "first day of service"),
        Role("ended_on", "date", "first day without service; empty while it runs"),
        *_attributes(),
    ),
    _spans,
    ("end_day",),
)

TENURE = Shape(
    "tenure",
    ("contracts", "customers"),
    "One row for each customer, with the months of tenure and whether the customer has left.",
    (
        Role("customer_id", "text", "who holds the contract"),
        Role("tenure", "integer", "completed months as a customer"),
        Role("churned", "boolean", "whether the customer has left"),
        *_attributes(),
    ),
    _tenure,
)
