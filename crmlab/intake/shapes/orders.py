"""Orders line by line."""

from __future__ import annotations

import pandas as pd

from crmlab.intake.shapes.plain import CURRENCY
from crmlab.intake.shapes.schema import Built, Role, Settings, Shape


def _sales_lines(frame: pd.DataFrame, settings: Settings) -> Built:
    raise NotImplementedError


SALES_LINES = Shape(
    "sales_lines",
    ("orders", "order_lines", "products"),
    "One row for each line of an order, with the customer and the day.",
    (
        Role("order_id", "text", "identifies the order; without it, a customer's lines of a day are one order", False),
        Role("customer_id", "text", "who ordered"),
        Role("ordered_at", "date", "day of the order"),
        Role("product_id", "text", "what was bought", False),
        Role("product_name", "text", "what it is called", False),
        Role("category", "text", "kind of product", False),
        Role("quantity", "integer", "how many", False),
        Role("price", "number", "what one costs; needed where there is no amount", False),
        Role("amount", "number", "what was paid for the line; else quantity times price", False),
        CURRENCY,
    ),
    _sales_lines,
)
