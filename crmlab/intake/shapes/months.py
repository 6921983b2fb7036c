"""One row a customer, one column a month."""

from __future__ import annotations

import pandas as pd

from crmlab.intake.shapes.schema import Built, Role, Settings, Shape


def _wide_months(frame: pd.DataFrame, settings: Settings) -> Built:
    raise NotImplementedError


WIDE_MONTHS = Shape(
    "wide_months",
    ("orders", "contracts"),
    "One row for each customer, with a column for each month: amounts, or whether the customer was active.",
    (
        Role("customer_id", "text", "who bought, or was active"),
        Role("months", "number", "what the customer paid in the month, or 1 and 0 for active and not", many=True),
    ),
    _wide_months,
    ("months_as", "month_day", "year", "first_month"),
)
