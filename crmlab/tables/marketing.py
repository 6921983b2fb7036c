"""What was spent to be heard of, and who was reached."""

from __future__ import annotations

from crmlab.tables.schema import CUSTOMER, LEAD, Column, Table

ACTIVITIES = ("attract", "acquire", "retain")

TABLES = (
    Table(
        "channel_spend",
        "One row for each month, channel and activity.",
        ("month", "channel", "activity"),
        (
            Column("month", "date", "first day of the month"),
            Column("channel", "text", "the channel the money went to"),
            Column("activity", "text", "what it was spent on", values=ACTIVITIES),
            Column("amount", "number", "money spent", "currency", low=0),
            Column("hours", "number", "working time spent", "hours", False, True, low=0),
        ),
    ),
    Table(
        "touches",
        "One row for each contact of a visitor with our advertising, whether or not the visitor became a customer.",
        ("touch_id",),
        (
            Column("touch_id", "text", "identifies the touch"),
            Column("visitor_id", "text", "who was touched"),
            Column("touched_on", "date", "day of the touch"),
            Column("channel", "text", "where it happened"),
            Column("customer_id", "text", "the customer the visitor became", "", False, True, references=CUSTOMER),
        ),
    ),
    Table(
        "referrals",
        "One row for each lead that a customer brought.",
        ("referral_id",),
        (
            Column("referral_id", "text", "identifies the referral"),
            Column("referrer_id", "text", "the customer who recommended us", references=CUSTOMER),
            Column("lead_id", "text", "the lead that came", references=LEAD),
            Column("referred_on", "date", "day of the recommendation"),
        ),
    ),
    Table(
        "experiments",
        "One row for each lead, visitor or customer who took part in a randomised experiment.",
        ("experiment", "unit_id"),
        (
            Column("experiment", "text", "name of the experiment"),
            Column("unit_id", "text", "the lead, the visitor or the customer"),
            Column("assigned_on", "date", "day of the random draw"),
            Column("spend", "number", "what was spent on the unit, as drawn", "currency", low=0),
            Column("success", "boolean", "whether the lead was won, the visitor bought, or the customer was kept"),
        ),
    ),
)
