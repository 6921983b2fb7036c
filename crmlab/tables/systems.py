"""The CRM system itself: its users and its vendors."""

from __future__ import annotations

from crmlab.tables.schema import Column, Table

TABLES = (
    Table(
        "crm_users",
        "One row for each of our people who was given the CRM system.",
        ("user_id",),
        (
            Column("user_id", "text", "identifies the user"),
            Column("team", "text", "where the user works", required=False, empty=True),
            Column("pilot", "boolean", "whether the user was drawn for the pilot", "", False, True),
            Column("trained_on", "date", "day of the training", required=False, empty=True),
            Column("first_used_on", "date", "first day of real use; empty if never", required=False, empty=True),
            Column("usefulness", "integer", "helps me sell, as rated", "1 to 7", False, True, low=1, high=7),
            Column("ease", "integer", "easy to use, as rated", "1 to 7", False, True, low=1, high=7),
            Column("intention", "integer", "I mean to use it, as rated", "1 to 7", False, True, low=1, high=7),
        ),
    ),
    Table(
        "crm_usage",
        "One row for each user and month.",
        ("user_id", "month"),
        (
            Column("user_id", "text", "who used it", references="crm_users.user_id"),
            Column("month", "date", "first day of the month"),
            Column("logins", "integer", "days on which the user logged in", "days", low=0),
            Column("records_kept", "number", "deals kept up to date", "share", False, True, low=0, high=1),
            Column("sales", "number", "what the user sold in the month", "currency", low=0),
        ),
    ),
    Table(
        "vendors",
        "One row for each CRM system on the short list.",
        ("vendor_id",),
        (
            Column("vendor_id", "text", "identifies the system"),
            Column("name", "text", "what it is called", required=False, empty=True),
            Column("hosting", "text", "where it runs", required=False, empty=True),
            Column("functions", "number", "what it can do, as scored", "0 to 10", low=0, high=10),
            Column("architecture", "number", "how well it fits our systems, as scored", "0 to 10", low=0, high=10),
            Column("scalability", "number", "how far it grows, as scored", "0 to 10", low=0, high=10),
            Column("usability", "number", "how easily it is used, as scored", "0 to 10", low=0, high=10),
            Column("setup_cost", "number", "paid once", "currency", low=0),
            Column("migration_cost", "number", "paid once, for moving the data", "currency", low=0),
            Column("integration_cost", "number", "paid once, for connecting other systems", "currency", low=0),
            Column("monthly_licence", "number", "for one user", "currency a month", low=0),
            Column("yearly_upkeep", "number", "servers, support and care", "currency a year", low=0),
        ),
    ),
)
