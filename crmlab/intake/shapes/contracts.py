"""Contracts by their dates, or by tenure and a churn flag."""

from __future__ import annotations

import pandas as pd

from crmlab.intake.shapes.plain import CURRENCY
from crmlab.intake.shapes.schema import Built, Role, Settings, Shape
from crmlab.tables import TABLES

_ABOUT_CUSTOMERS = ("channel", "region", "birth_year", "gender", "industry", "employees")


def _attributes() -> tuple[Role, ...]:
    contracts = [column for column in TABLES["contracts"].columns if not column.required]
    customers = [TABLES["customers"].column(name) for name in _ABOUT_CUSTOMERS]
    return (*(Role(column.name, column.kind, column.meaning, False) for column in [*contracts, *customers]), CURRENCY)


def _spans(frame: pd.DataFrame, settings: Settings) -> Built:
    raise NotImplementedError


def _tenure(frame: pd.DataFrame, settings: Settings) -> Built:
    raise NotImplementedError


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
