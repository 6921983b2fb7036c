"""How prospects moved: a log of events, or one row a lead with a date for each stage."""

from __future__ import annotations

import pandas as pd

from crmlab.intake.shapes.schema import Built, Role, Settings, Shape
from crmlab.tables import TABLES


def _attributes() -> tuple[Role, ...]:
    columns = [column for column in TABLES["leads"].columns if not column.required]
    return tuple(Role(column.name, column.kind, column.meaning, False) for column in columns)


def _event_log(frame: pd.DataFrame, settings: Settings) -> Built:
    raise NotImplementedError


def _lead_stages(frame: pd.DataFrame, settings: Settings) -> Built:
    raise NotImplementedError


EVENT_LOG = Shape(
    "event_log",
    ("leads", "stage_events", "touches"),
    "One row for each event of a lead or a visitor, with its time.",
    (
        Role("lead_id", "text", "the lead or the visitor"),
        Role("event", "text", "what happened"),
        Role("happened_at", "date", "when it happened"),
        *_attributes(),
    ),
    _event_log,
    ("stages",),
)

LEAD_STAGES = Shape(
    "lead_stages",
    ("leads", "stage_events"),
    "One row for each lead, with a column for the day on which it reached each stage.",
    (
        Role("lead_id", "text", "identifies the lead"),
        Role("created_on", "date", "day on which the lead came in; else the first day in its row", False),
        Role("stages", "date", "the day on which the lead reached the stage; empty where it did not", many=True),
        *_attributes(),
    ),
    _lead_stages,
    ("stages",),
)
