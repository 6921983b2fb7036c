"""The events of a funnel grouped by any engine: how many leads reached each stage, in each group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from crmlab.engines.columns import days, need, refuse_gaps
from crmlab.engines.frames import collect, columns_of, day_of, lazily
from crmlab.engines.purchases import bound

_EVENT = ("lead_id", "stage", "reached_on")


def stage_counts(
    events: Any, stages: Sequence[str], by: Sequence[str] = (), leads: Any = None, snapshot: Any = None
) -> pd.DataFrame:
    """Return how many leads (`customers`) reached each stage in each group of `by`; a lead counts once a stage.

    Where the groups stand in the events themselves and one lead has several for a stage, the first of them in order
    counts.

    Parameters
    ----------
    events, stages, by, leads, snapshot
        As in `Funnel.from_events`; `events` and `leads` lie in the same engine.

    Raises
    ------
    ValueError
        If a stage or a column does not occur, a value is empty, `reached_on` holds no dates, or `leads` has a lead
        twice.

    Examples
    --------
    >>> when = pd.to_datetime(["2025-01-01", "2025-01-01", "2025-01-09"])
    >>> events = pd.DataFrame({"lead_id": list("aba"), "stage": ["lead", "lead", "won"], "reached_on": when})
    >>> stage_counts(events, ["lead", "won"]).to_dict("list")
    {'stage': ['lead', 'won'], 'customers': [2, 1]}
    """
    need(columns_of(events), [*_EVENT, *(by if leads is None else ())], "events")
    if leads is not None:
        need(columns_of(leads), ["lead_id", *by], "leads")
    if isinstance(events, pd.DataFrame) and (leads is None or isinstance(leads, pd.DataFrame)):
        return _in_memory(events, stages, by, leads, snapshot)
    return _by_engine(events, stages, by, leads, snapshot)


def _in_memory(
    events: pd.DataFrame, stages: Sequence[str], by: Sequence[str], leads: pd.DataFrame | None, snapshot: Any
) -> pd.DataFrame:
    refuse_gaps(events, _EVENT, "events")
    events = days(events, ["reached_on"], "events")
    refuse_unknown(events["stage"], stages, "no event has")
    early = True if snapshot is None else events["reached_on"].dt.normalize() <= _day(snapshot)
    seen = events[events["stage"].isin(stages) & early]
    if leads is not None:
        _refuse_twice(int(leads["lead_id"].duplicated().sum()))
        own = leads[["lead_id", *by]]
        seen = seen.drop(columns=list(by), errors="ignore").merge(own, on="lead_id", how="left")
    refuse_gaps(seen, by, "events")
    once = (seen.sort_values(list(by)) if by and leads is None else seen).drop_duplicates(["lead_id", "stage"])
    return once.groupby([*by, "stage"], observed=True).size().rename("customers").reset_index()


def _by_engine(events: Any, stages: Sequence[str], by: Sequence[str], leads: Any, snapshot: Any) -> pd.DataFrame:
    import narwhals as nw

    when = day_of(events, "reached_on", "events")
    rows = lazily(events).select("lead_id", "stage", *(by if leads is None else ()), reached_on=when)
    _refuse_bad_events(rows, stages)
    seen = rows.filter(nw.col("stage").is_in(list(stages)))
    if snapshot is not None:
        seen = seen.filter(nw.col("reached_on") <= bound(rows, _day(snapshot).to_pydatetime()))
    if leads is None:
        once = seen.group_by("lead_id", "stage").agg(*_groups(by))
    else:
        once, own = seen.select("lead_id", "stage").unique(), _groups_of(leads, by, rows)
        if by:
            once = once.join(own, on="lead_id", how="left").with_columns(**{f"no_{name}": _empty(name) for name in by})
    counts = once.group_by(*by, "stage").agg(*(nw.col(f"no_{name}").sum() for name in by), customers=nw.len())
    found = collect(counts)
    gaps = {name: int(found[f"no_{name}"].sum()) for name in by}
    _refuse_empty(gaps)
    return found[[*by, "stage", "customers"]].sort_values([*by, "stage"], ignore_index=True)


def _empty(name: str) -> Any:
    import narwhals as nw

    return nw.col(name).is_null().cast(nw.Int64)


def _groups(by: Sequence[str]) -> list[Any]:
    """Return the expressions of a lead's group: the first in order, and how often it is empty."""
    import narwhals as nw

    return [nw.col(name).min() for name in by] + [_empty(name).sum().alias(f"no_{name}") for name in by]


def _groups_of(leads: Any, by: Sequence[str], rows: Any) -> Any:
    """Return the leads with the columns that form groups; refuse leads that stand twice or lie elsewhere."""
    import narwhals as nw

    own = lazily(leads).select("lead_id", *by)
    if own.implementation is not rows.implementation:
        raise ValueError("leads and events lie in different engines; open both with the same")
    many = own.group_by("lead_id").agg(rows=nw.len()).filter(nw.col("rows") > 1)
    _refuse_twice(int(collect(many.select(twice=(nw.col("rows") - 1).sum()))["twice"].fillna(0).sum()))
    return own


def _refuse_bad_events(rows: Any, stages: Sequence[str]) -> None:
    import narwhals as nw

    empty = [_empty(name).sum().alias(f"no_{name}") for name in ("lead_id", "reached_on")]
    found = collect(rows.group_by("stage").agg(*empty, rows=nw.len()))
    gaps = {name: int(found[f"no_{name}"].sum()) for name in ("lead_id", "reached_on")}
    gaps["stage"] = int(found["rows"][found["stage"].isna()].sum())
    _refuse_empty({name: gaps[name] for name in _EVENT})
    refuse_unknown(found["stage"], stages, "no event has")


def _refuse_empty(gaps: dict[str, int]) -> None:
    found = [f"{name} is empty in {count} rows" for name, count in gaps.items() if count]
    if found:
        raise ValueError(f"events: {'; '.join(found)}; mend or leave out these rows first")


def _refuse_twice(twice: int) -> None:
    if twice:
        raise ValueError(f"leads: lead_id stands more than once in {twice} rows; keep one row a lead")


def refuse_unknown(found: pd.Series, stages: Sequence[str], said: str) -> None:
    """Raise a ValueError that names the stages which do not occur.

    Examples
    --------
    >>> refuse_unknown(pd.Series(["lead"]), ["lead", "won"], "no event has")
    Traceback (most recent call last):
    ValueError: no event has the stage won; there are lead
    """
    known = set(found)
    missing = [stage for stage in stages if stage not in known]
    if missing:
        there = ", ".join(sorted(map(str, known))[:10]) or "none"
        raise ValueError(f"{said} the stage {', '.join(missing)}; there are {there}")


def _day(snapshot: Any) -> pd.Timestamp:
    return pd.Timestamp(snapshot).normalize()
