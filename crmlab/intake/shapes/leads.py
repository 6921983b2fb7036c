"""How prospects moved: a log of events, or one row a lead with a date for each stage.

Both become one row a lead and the first day of each of its stages. Which event is which stage is told, not guessed:
only the names of the dictionary's own stages are known.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from crmlab.data.validation import DataError, Problem
from crmlab.intake.shapes.reading import at_lines, counted, shortened, take
from crmlab.intake.shapes.schema import Built, Role, Settings, Shape, headings
from crmlab.tables import STAGES, TABLES

_LEFT_OUT, _TOUCH = "-", "touch"
_FIRST = STAGES[0]
_ABOUT_DATES = re.compile(r"[ _](date|day|on|at|time)$|[ _]?(일자|날짜|일시|일)$")


def _event_log(frame: pd.DataFrame, settings: Settings) -> Built:
    rows = take(frame, EVENT_LOG, settings, ["lead_id", "event", "happened_at"])
    rows = rows.rename(columns={"happened_at": "reached_on"})
    rows["stage"] = rows["event"].map(_stages(rows["event"], settings))
    notes = [f"{counted(len(rows), 'event')} of {counted(rows['lead_id'].nunique(), 'lead')}."]
    tables = _funnel(rows.drop(columns="event"), notes)
    touches = rows[rows["stage"] == _TOUCH]
    if len(touches):
        tables["touches"] = _touches(touches, settings)
    return Built(tables, notes)


def _lead_stages(frame: pd.DataFrame, settings: Settings) -> Built:
    rows = take(frame, LEAD_STAGES, settings, ["lead_id"])
    labels = headings(rows.columns, "stages")
    named = _stages(pd.Series(list(labels.values()), dtype=object), settings)
    about = rows.drop(columns=[*labels, "created_on"], errors="ignore")
    days = {label: named[heading] for label, heading in labels.items()}
    parts = [about.assign(stage=stage, reached_on=rows[label]) for label, stage in days.items()]
    if "created_on" in rows:
        parts.insert(0, about.assign(stage=_FIRST, reached_on=rows["created_on"]))
    dated = pd.concat(parts).dropna(subset="reached_on")
    notes = [f"{counted(len(rows), 'lead')} with up to {counted(len(set(days.values())), 'stage')} each."]
    empty = ~rows["lead_id"].isin(dated["lead_id"]).to_numpy()
    if empty.any():
        notes.append(f"{counted(int(empty.sum()), 'lead')} without any day ({at_lines(rows, empty)}): left out.")
    return Built(_funnel(dated, notes), notes)


def _stages(names: pd.Series, settings: Settings) -> dict[str, str]:
    """Return the stage of each name; raise where a name is neither ours nor told."""
    told = settings.chosen.get("stages", "ask")
    mapped = {} if told in ("ask", "keep") else _mapping(told, settings)
    counts = names.value_counts(sort=False)
    found = {name: mapped.get(_plain(name), _plain(name)) for name in counts.index}
    unknown = [name for name, stage in found.items() if _plain(name) not in mapped and stage not in STAGES]
    if told != "keep" and unknown:
        rows = [f"{shortened(name)} ({counted(int(counts[name]), 'row')})" for name in unknown[:12]]
        plain = [*dict.fromkeys(map(_plain, unknown))]
        example = ", ".join(f"{name[:40]}={_LEFT_OUT}" for name in plain[:3])
        remedy = (
            f"Say which stage each is ({', '.join(STAGES)}, or a name of yours; - leaves it out): --choose "
            f'"stages={example}{", ..." if len(plain) > 3 else ""}", or stages=keep for the names as they are.'
        )
        raise DataError([Problem(settings.sheet, "stages", f"has names that are no stages: {', '.join(rows)}", remedy)])
    return found


def _mapping(told: str, settings: Settings) -> dict[str, str]:
    pairs = [part.rpartition("=") for part in told.split(",") if part.strip()]
    if not all(equals and name.strip() and stage.strip() for name, equals, stage in pairs):
        remedy = "Write it as 'signup=lead, paid=won, page view=-'."
        raise DataError([Problem(settings.sheet, "stages", f"cannot be read from {shortened(told)}", remedy)])
    return {_plain(name): stage.strip() for name, _, stage in pairs}


def _plain(name: object) -> str:
    """Return a name in small letters, without what says that it is a date."""
    return _ABOUT_DATES.sub("", re.sub(r"[\s_]+", " ", str(name)).strip().casefold())


def _funnel(rows: pd.DataFrame, notes: list[str]) -> dict[str, pd.DataFrame]:
    """Return leads, and the first day of each of their stages, of rows with `stage` and `reached_on`."""
    used = rows[~rows["stage"].isin([_LEFT_OUT, _TOUCH])]
    if (rows["stage"] == _LEFT_OUT).any():
        notes.append(f"{counted(int((rows['stage'] == _LEFT_OUT).sum()), 'event')} left out, as told.")
    gone = ~rows["lead_id"].isin(used["lead_id"]).to_numpy()
    if gone.any():
        number = counted(int(rows["lead_id"][gone].nunique()), "lead")
        notes.append(f"{number} with no stage at all ({at_lines(rows, gone)}): not among the leads.")
    order = np.argsort(used["reached_on"].to_numpy(), kind="stable")
    first = used.iloc[order].drop_duplicates(["lead_id", "stage"])
    if len(first) < len(used):
        notes.append(
            f"{counted(len(used), 'event')} gave {len(first):,} first days of a stage; later ones do not count."
        )
    leads = first.drop_duplicates("lead_id").rename(columns={"reached_on": "created_on"}).drop(columns="stage")
    by = used.iloc[order]["lead_id"].to_numpy()
    for name in leads.columns.difference(["lead_id", "created_on"]):
        leads[name] = used.iloc[order].groupby(by, sort=False)[name].first().array
    events = _with_start(first[["lead_id", "stage", "reached_on"]], leads, notes)
    named = ["lead_id", "created_on"]
    return {"leads": leads[[*named, *leads.columns.difference(named, sort=False)]], "stage_events": events}


def _with_start(events: pd.DataFrame, leads: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """Return the events with the first stage of each lead: the day on which it came in."""
    began = set(events.loc[events["stage"] == _FIRST, "lead_id"])
    late = leads[~leads["lead_id"].isin(began)]
    if len(late):
        notes.append(
            f"{counted(len(late), 'lead')} without a day of the stage {_FIRST}: the first day known stands for it."
        )
    starts = late[["lead_id"]].assign(stage=_FIRST, reached_on=late["created_on"])
    events = pd.concat([starts, events]) if len(starts) else events
    place = {stage: number for number, stage in enumerate(STAGES)}
    ordered = events.assign(place=events["stage"].map(place).fillna(len(place)))
    return ordered.sort_values(["reached_on", "place"], kind="stable").drop(columns="place")


def _touches(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    if "channel" not in rows:
        remedy = "Name the column of the channel, or leave touches out, as 'ad click=-'."
        raise DataError([Problem(settings.sheet, "channel", "is missing for touches", remedy)])
    numbers = [f"touch-{number}" for number in range(1, len(rows) + 1)]
    touches = pd.DataFrame({"touch_id": numbers, "visitor_id": rows["lead_id"].array}, rows.index)
    touches["touched_on"], touches["channel"] = rows["reached_on"], rows["channel"]
    return touches.assign(customer_id=rows["customer_id"]) if "customer_id" in rows else touches


def _attributes() -> tuple[Role, ...]:
    columns = [column for column in TABLES["leads"].columns if not column.required]
    return tuple(Role(column.name, column.kind, column.meaning, False) for column in columns)


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
