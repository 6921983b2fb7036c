"""How prospects become customers."""

from __future__ import annotations

from crmlab.tables.schema import CUSTOMER, LEAD, Column, Table

STAGES = ("lead", "qualified", "proposal", "won", "lost")

TABLES = (
    Table(
        "leads",
        "One row for each prospect who left an address.",
        ("lead_id",),
        (
            Column("lead_id", "text", "identifies the lead"),
            Column("created_on", "date", "day on which the lead came in"),
            Column("channel", "text", "where the lead came from", required=False, empty=True),
            Column("team", "text", "sales team that works the lead", required=False, empty=True),
            Column("user_id", "text", "who works the lead", "", False, True, references="crm_users.user_id"),
            Column("first_reply_hours", "number", "from the lead to our first reply", "hours", False, True, low=0),
            Column("customer_id", "text", "the customer it became", "", False, True, references=CUSTOMER),
        ),
    ),
    Table(
        "stage_events",
        "One row for each step of a lead through the funnel.",
        (),
        (
            Column("lead_id", "text", "the lead that moved", references=LEAD),
            Column("stage", "text", "the stage it reached"),
            Column("reached_on", "date", "day on which it got there"),
        ),
    ),
    Table(
        "offers",
        "One row for each option that an offer to a lead held; the lead takes one of them, or none.",
        ("offer_id", "option"),
        (
            Column("offer_id", "text", "identifies the offer"),
            Column("lead_id", "text", "to whom it was made", references=LEAD),
            Column("offered_on", "date", "day of the offer"),
            Column("option", "text", "name of the option"),
            Column("monthly_price", "number", "price of a month", "currency", low=0),
            Column("specification", "number", "features, as the data sheet counts them", "points", False, True, low=0),
            Column("promised_value", "number", "saving that we promised", "currency a month", False, True, low=0),
            Column("accepted", "boolean", "whether the lead took this option"),
        ),
    ),
)
