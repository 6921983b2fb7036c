"""What customers pay for: contracts, orders and products."""

from __future__ import annotations

from crmlab.tables.schema import CUSTOMER, Column, Table

TABLES = (
    Table(
        "contracts",
        "One row for each contract; it runs in whole months and is renewed until it is cancelled.",
        ("contract_id",),
        (
            Column("contract_id", "text", "identifies the contract"),
            Column("customer_id", "text", "who holds it", references=CUSTOMER),
            Column("started_on", "date", "first day of service"),
            Column("ended_on", "date", "first day without service; empty while it runs", empty=True),
            Column("plan", "text", "what was bought", required=False, empty=True),
            Column("payment_method", "text", "how it is paid", required=False, empty=True),
            Column("service_level", "text", "how fast we promise to help", required=False, empty=True),
            Column("onboarding", "text", "who set the customer up", required=False, empty=True),
            Column("monthly_fee", "number", "price of a month", "currency", False, True, low=0),
            Column("monthly_margin", "number", "fee less the cost of serving", "currency", False, True),
        ),
    ),
    Table(
        "orders",
        "One row for each order.",
        (),
        (
            Column("order_id", "text", "identifies the order", required=False, empty=True),
            Column("customer_id", "text", "who ordered", references=CUSTOMER),
            Column("ordered_at", "date", "day of the order"),
            Column(
                "record_id", "text", "the account that ordered", "", False, True, references="source_records.record_id"
            ),
            Column("amount", "number", "what was paid", "currency", low=0),
        ),
    ),
    Table(
        "products",
        "One row for each product.",
        ("product_id",),
        (
            Column("product_id", "text", "identifies the product"),
            Column("name", "text", "what it is called", required=False, empty=True),
            Column("category", "text", "kind of product", required=False, empty=True),
            Column("price", "number", "list price of one", "currency", low=0),
            Column("unit_cost", "number", "what one costs us", "currency", False, True, low=0),
        ),
    ),
    Table(
        "order_lines",
        "One row for each product in an order.",
        ("order_id", "product_id"),
        (
            Column("order_id", "text", "the order it belongs to", references="orders.order_id"),
            Column("product_id", "text", "what was bought", references="products.product_id"),
            Column("quantity", "integer", "how many", "pieces", low=1),
            Column("amount", "number", "what was paid for them", "currency", low=0),
        ),
    ),
    Table(
        "buyer_counts",
        "One row for each history of buying that customers share, up to the end of the observation; it counts all "
        "customers, also where orders holds only a sample of them.",
        ("frequency", "recency", "T"),
        (
            Column("frequency", "integer", "days with an order after the first such day", "days", low=0),
            Column("recency", "number", "time from the first to the last order, in whole weeks", "weeks", low=0),
            Column("T", "number", "time from the first order to the end of the observation", "weeks", low=0),
            Column("customers", "integer", "how many share this history", "customers", low=1),
        ),
    ),
    Table(
        "spend_counts",
        "One row for each number of repeat purchases and level of spend; it counts all customers who came back and "
        "spent something, also where orders holds only a sample.",
        ("frequency", "monetary_value"),
        (
            Column("frequency", "integer", "days with an order after the first such day", "days", low=1),
            Column("monetary_value", "number", "what such a day brought in the mean", "currency", low=0),
            Column("customers", "integer", "how many share this level", "customers", low=1),
        ),
    ),
)
