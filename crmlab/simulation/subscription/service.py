"""What the customers of `subscription` say: tickets to the service desk, and surveys with their silence."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.simulation.parameters import identifiers, stream
from crmlab.simulation.subscription.contracts import FAULT_MONTHS
from crmlab.simulation.subscription.marketing import active_at
from crmlab.simulation.subscription.people import END, FIRST_DAYS, MONTHS, Subscription

TOPICS = ("usage", "technical", "billing", "delivery")
TOPIC_SHARES = (0.38, 0.27, 0.20, 0.15)
CONTACTS = ("phone", "chat", "e-mail", "social media")
CONTACT_SHARES = (0.42, 0.30, 0.22, 0.06)
TICKETS_A_MONTH = 0.14
FAULT_TICKETS = 0.55  # further billing tickets of a customer whose transfer failed, in each month of the fault


def tickets(mechanism: Subscription, customers: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the table `tickets`: disappointed customers write more often, and many ask the same thing twice."""
    draw = stream(seed, "tickets")
    parts = []
    for month in range(MONTHS):
        active = customers[active_at(customers, FIRST_DAYS[month])]
        usual = draw.poisson(TICKETS_A_MONTH * np.exp(0.25 * active["disappointment"]))
        fault = draw.poisson(FAULT_TICKETS * (active["transfer"] & (month in FAULT_MONTHS)))
        parts += [_rows(active, usual, month, ""), _rows(active, fault, month, "billing")]
    table = pd.concat(parts, ignore_index=True)
    return _answer(mechanism, table, seed)


def _rows(active: pd.DataFrame, count: np.ndarray, month: int, topic: str) -> pd.DataFrame:
    writers = active.loc[active.index.repeat(count), ["customer_id", "ended_on"]]
    return writers.assign(month=month, topic=topic)


def _answer(mechanism: Subscription, table: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Fill in when a ticket came, through which contact channel, and what it cost to answer."""
    draw, count = stream(seed, "answers"), len(table)
    days = FIRST_DAYS[table["month"]].days_in_month
    table["opened_on"] = FIRST_DAYS[table["month"]] + pd.to_timedelta((draw.random(count) * days).astype(int), unit="D")
    usual = draw.choice(TOPICS, count, p=TOPIC_SHARES)
    table["topic"] = np.where(table["topic"] == "", usual, table["topic"])
    table["contact_channel"] = draw.choice(CONTACTS, count, p=CONTACT_SHARES)
    table["asked_before"] = draw.random(count) < np.where(table["contact_channel"] == "phone", 0.22, 0.38)
    minutes = np.exp(2.2 + 0.5 * draw.standard_normal(count)) + mechanism.repeat_minutes * table["asked_before"]
    table["handle_minutes"] = minutes.round(1)
    solved = np.select([table["topic"] == "technical", table["topic"] == "billing"], [0.52, 0.66], 0.82)
    table["resolved_at_first_contact"] = draw.random(count) < solved
    table = table[(table["opened_on"] < table["ended_on"]) & (table["opened_on"] <= END)]
    table = table.sort_values(["opened_on", "customer_id", "handle_minutes"], ignore_index=True)
    table.insert(0, "ticket_id", identifiers("T", len(table)))
    return table.drop(columns=["ended_on", "month"]).astype(
        {"asked_before": "boolean", "resolved_at_first_contact": "boolean"}
    )[
        [
            "ticket_id",
            "customer_id",
            "opened_on",
            "topic",
            "contact_channel",
            "asked_before",
            "handle_minutes",
            "resolved_at_first_contact",
        ]
    ]


def surveys(mechanism: Subscription, customers: pd.DataFrame, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the table `surveys`, with silence, and the scores that everybody would have given."""
    draw = stream(seed, "surveys")
    sent = [customers.assign(sent_on=customers["won_on"] + pd.Timedelta(days=wait)) for wait in (20, 120, 300, 660)]
    table = pd.concat(sent, ignore_index=True)
    table = table[(table["sent_on"] < table["ended_on"]) & (table["sent_on"] <= END)]
    table = table.sort_values(["sent_on", "customer_id"], ignore_index=True)
    table["survey_id"] = identifiers("S", len(table))
    noise = draw.standard_normal((len(table), 2))
    table["nps"] = (7.1 - 1.7 * table["disappointment"] + 1.1 * noise[:, 0]).round().clip(0, 10).astype("Int64")
    table["csat"] = (3.6 - 0.8 * table["disappointment"] + 0.5 * noise[:, 1]).round().clip(1, 5).astype("Int64")
    odds = np.exp(-0.5 - mechanism.silence * table["disappointment"])
    silent = draw.random(len(table)) > odds / (1 + odds)
    columns = ["survey_id", "customer_id", "sent_on", "nps", "csat"]
    answered = table[columns].copy()
    answered.loc[silent, ["nps", "csat"]] = pd.NA
    return answered, table[["survey_id", "nps", "csat"]]
