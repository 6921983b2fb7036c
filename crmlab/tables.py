"""The data dictionary: every table and column, with its type, unit, key and meaning.

It is the single source for validation, for each `datapackage.json` and for what lessons print about their data. A
company that lacks a table simply does not have it. Times are dates (a day, no time zone); money is in the currency of
the company, in the simulated ones whole won.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

DTYPES = {"text": "object", "integer": "Int64", "number": "float64", "date": "datetime64[ns]", "boolean": "boolean"}


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    name, kind, meaning
        `kind` is one of "text", "integer", "number", "date", "boolean".
    unit
        What a value counts, or "".
    required
        Whether a table of one's own must have the column.
    empty
        Whether single values may be missing.
    values
        The allowed values, where they are few.
    low, high
        The range of numbers.
    references
        The "table.column" that the values must occur in, where that table is present.
    """

    name: str
    kind: str
    meaning: str
    unit: str = ""
    required: bool = True
    empty: bool = False
    values: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    references: str = ""


@dataclass(frozen=True)
class Table:
    """One table: its columns, the columns that identify a row (`key`, may be empty) and what a row is."""

    name: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """Return the column of that name.

        Raises
        ------
        KeyError
            If the table has no such column.
        """
        return {column.name: column for column in self.columns}[name]

    @property
    def required(self) -> tuple[str, ...]:
        """The names of the columns that a table of one's own must have."""
        return tuple(column.name for column in self.columns if column.required)


_CUSTOMER = "customers.customer_id"
_LEAD = "leads.lead_id"
STAGES = ("lead", "qualified", "proposal", "won", "lost")
ACTIVITIES = ("attract", "acquire", "retain")

_TABLES = (
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
        ),
    ),
    Table(
        "leads",
        "One row for each prospect who left an address.",
        ("lead_id",),
        (
            Column("lead_id", "text", "identifies the lead"),
            Column("created_on", "date", "day on which the lead came in"),
            Column("channel", "text", "where the lead came from", required=False, empty=True),
            Column("team", "text", "sales team that works the lead", required=False, empty=True),
            Column("first_reply_hours", "number", "from the lead to our first reply", "hours", False, True, low=0),
            Column("customer_id", "text", "the customer it became", "", False, True, references=_CUSTOMER),
        ),
    ),
    Table(
        "stage_events",
        "One row for each step of a lead through the funnel.",
        (),
        (
            Column("lead_id", "text", "the lead that moved", references=_LEAD),
            Column("stage", "text", "the stage it reached"),
            Column("reached_on", "date", "day on which it got there"),
        ),
    ),
    Table(
        "contracts",
        "One row for each contract; it runs in whole months and is renewed until it is cancelled.",
        ("contract_id",),
        (
            Column("contract_id", "text", "identifies the contract"),
            Column("customer_id", "text", "who holds it", references=_CUSTOMER),
            Column("started_on", "date", "first day of service"),
            Column("ended_on", "date", "first day without service; empty while it runs", empty=True),
            Column("plan", "text", "what was bought", required=False, empty=True),
            Column("payment_method", "text", "how it is paid", required=False, empty=True),
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
            Column("customer_id", "text", "who ordered", references=_CUSTOMER),
            Column("ordered_at", "date", "day of the order"),
            Column("amount", "number", "what was paid", "currency", low=0),
        ),
    ),
    Table(
        "tickets",
        "One row for each question or complaint to the service desk.",
        ("ticket_id",),
        (
            Column("ticket_id", "text", "identifies the ticket"),
            Column("customer_id", "text", "who asked", references=_CUSTOMER),
            Column("opened_on", "date", "day on which it came in"),
            Column("topic", "text", "what it is about", required=False, empty=True),
            Column("contact_channel", "text", "how it came in", required=False, empty=True),
            Column("asked_before", "boolean", "the same question was put to another desk before", "", False, True),
            Column("handle_minutes", "number", "working time spent on it", "minutes", False, True, low=0),
            Column("resolved_at_first_contact", "boolean", "solved without a second contact", "", False, True),
        ),
    ),
    Table(
        "surveys",
        "One row for each survey that was sent; the scores are empty where the customer did not answer.",
        ("survey_id",),
        (
            Column("survey_id", "text", "identifies the survey"),
            Column("customer_id", "text", "who was asked", references=_CUSTOMER),
            Column("sent_on", "date", "day on which it was sent"),
            Column("nps", "integer", "would you recommend us?", "0 to 10", False, True, low=0, high=10),
            Column("csat", "integer", "how satisfied are you?", "1 to 5", False, True, low=1, high=5),
        ),
    ),
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
        "referrals",
        "One row for each lead that a customer brought.",
        ("referral_id",),
        (
            Column("referral_id", "text", "identifies the referral"),
            Column("referrer_id", "text", "the customer who recommended us", references=_CUSTOMER),
            Column("lead_id", "text", "the lead that came", references=_LEAD),
            Column("referred_on", "date", "day of the recommendation"),
        ),
    ),
    Table(
        "experiments",
        "One row for each lead or customer who took part in a randomised experiment.",
        ("experiment", "unit_id"),
        (
            Column("experiment", "text", "name of the experiment"),
            Column("unit_id", "text", "the lead or the customer"),
            Column("assigned_on", "date", "day of the random draw"),
            Column("spend", "number", "what was spent on the unit, as drawn", "currency", low=0),
            Column("success", "boolean", "whether the lead was won, or the customer was kept"),
        ),
    ),
)

TABLES: dict[str, Table] = {table.name: table for table in _TABLES}


def dictionary(*names: str) -> pd.DataFrame:
    """Return the data dictionary of the tables named, or of all, one row for each column.

    Raises
    ------
    KeyError
        If there is no table of that name.

    Examples
    --------
    >>> dictionary("orders")["unit"].to_list()
    ['', '', '', 'currency']
    """
    import pandas as pd

    rows = [
        {
            "table": table.name,
            "column": column.name,
            "type": column.kind,
            "unit": column.unit,
            "meaning": column.meaning,
        }
        for table in (TABLES[name] for name in names or TABLES)
        for column in table.columns
    ]
    return pd.DataFrame(rows)
