"""What customers ask and say."""

from __future__ import annotations

from crmlab.tables.schema import CUSTOMER, Column, Table

TABLES = (
    Table(
        "agents",
        "One row for each person at the service desk.",
        ("agent_id",),
        (
            Column("agent_id", "text", "identifies the agent"),
            Column("level", "text", "how experienced the agent is", required=False, empty=True),
            Column("hired_on", "date", "first day at work", required=False, empty=True),
            Column("hourly_cost", "number", "what an hour of work costs", "currency", False, True, low=0),
        ),
    ),
    Table(
        "tickets",
        "One row for each question or complaint to the service desk.",
        ("ticket_id",),
        (
            Column("ticket_id", "text", "identifies the ticket"),
            Column("customer_id", "text", "who asked", references=CUSTOMER),
            Column("opened_on", "date", "day on which it came in"),
            Column("topic", "text", "what it is about", required=False, empty=True),
            Column("contact_channel", "text", "how it came in", required=False, empty=True),
            Column("difficulty", "integer", "as triaged", "1 to 5", False, True, low=1, high=5),
            Column("agent_id", "text", "who dealt with it", "", False, True, references="agents.agent_id"),
            Column(
                "first_answer", "text", "who answered first", required=False, empty=True, values=("agent", "chatbot")
            ),
            Column("handed_over", "boolean", "the chatbot passed it to an agent", "", False, True),
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
            Column("customer_id", "text", "who was asked", references=CUSTOMER),
            Column("sent_on", "date", "day on which it was sent"),
            Column("nps", "integer", "would you recommend us?", "0 to 10", False, True, low=0, high=10),
            Column("csat", "integer", "how satisfied are you?", "1 to 5", False, True, low=1, high=5),
            Column("ces", "integer", "how easy was it to get help?", "1 to 7", False, True, low=1, high=7),
            Column("process", "integer", "did everything work as it should?", "1 to 10", False, True, low=1, high=10),
            Column("attitude", "integer", "were our people kind?", "1 to 10", False, True, low=1, high=10),
            Column("comment", "text", "in the customer's words, Korean or English", required=False, empty=True),
        ),
    ),
)
