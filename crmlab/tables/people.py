"""Who the customers are, and what we may know of them."""

from __future__ import annotations

from crmlab.tables.schema import CUSTOMER, Column, Table

TABLES = (
    Table(
        "customers",
        "One row for each customer.",
        ("customer_id",),
        (
            Column("customer_id", "text", "identifies the customer"),
            Column("acquired_on", "date", "day of the first contract or the first order"),
            Column("channel", "text", "how the customer came", required=False, empty=True),
            Column("region", "text", "where the customer lives", required=False, empty=True),
            Column("birth_year", "integer", "year of birth", "year", False, True, low=1900, high=2100),
            Column("gender", "text", "as the customer stated it", required=False, empty=True),
            Column("industry", "text", "what the firm does", required=False, empty=True),
            Column("employees", "integer", "people who work at the firm", "people", False, True, low=1),
            Column("marketing_segment", "text", "as marketing sorts customers", required=False, empty=True),
            Column("sales_segment", "text", "as sales sorts customers", required=False, empty=True),
            Column("service_segment", "text", "as service sorts customers", required=False, empty=True),
        ),
    ),
    Table(
        "source_records",
        "One row for each record that one of our systems holds; one person may have several.",
        ("record_id",),
        (
            Column("record_id", "text", "identifies the record"),
            Column("source", "text", "the system that holds it"),
            Column("created_on", "date", "day on which it was made", required=False, empty=True),
            Column("name", "text", "as typed, in Korean or English", required=False, empty=True),
            Column("email", "text", "as typed", required=False, empty=True),
            Column("phone", "text", "as typed", required=False, empty=True),
            Column("birth_date", "date", "day of birth, as typed", required=False, empty=True),
            Column("postcode", "text", "five digits, as typed", required=False, empty=True),
        ),
    ),
    Table(
        "consents",
        "One row for each customer and purpose that consent was asked for.",
        ("customer_id", "purpose"),
        (
            Column("customer_id", "text", "who was asked", references=CUSTOMER),
            Column("purpose", "text", "what the data would be used for"),
            Column("asked_on", "date", "day on which we asked"),
            Column("granted", "boolean", "whether the customer agreed"),
        ),
    ),
)
