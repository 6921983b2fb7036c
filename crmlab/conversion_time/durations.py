"""From events to durations: how many days each lead was seen, and how it ended."""

from __future__ import annotations

import pandas as pd

from crmlab.engines import days as dated
from crmlab.engines import need, refuse_gaps

_COLUMNS = ("lead_id", "stage", "reached_on")
OPEN, WON, LOST = 0, 1, 2


def lead_durations(events: pd.DataFrame, snapshot: pd.Timestamp, won: str, lost: str) -> pd.DataFrame:
    """Return one row for each lead that had begun by the snapshot, indexed by `lead_id`.

    Columns `days` (from the first event to the end, or to the snapshot where there is none), `status` (`OPEN`, `WON`
    or `LOST`) and `age` (days from the first event to the snapshot: how long it could have been seen to convert).

    Raises
    ------
    ValueError
        If a column is missing, a value is empty, `reached_on` holds no dates, or no lead had begun by the snapshot.

    Examples
    --------
    >>> days = pd.to_datetime(["2025-01-01", "2025-01-01", "2025-01-09"])
    >>> events = pd.DataFrame({"lead_id": list("aba"), "stage": ["lead", "lead", "won"], "reached_on": days})
    >>> lead_durations(events, pd.Timestamp("2025-01-31"), "won", "lost").to_numpy().tolist()
    [[8, 1, 30], [30, 0, 30]]
    """
    need(events.columns, _COLUMNS, "events")
    refuse_gaps(events, _COLUMNS, "events")
    events = dated(events, ["reached_on"], "events")
    seen = events[events["reached_on"] <= snapshot]
    if seen.empty:
        raise ValueError(f"events: no lead had begun by {snapshot:%Y-%m-%d}")
    start = seen.groupby("lead_id", observed=True)["reached_on"].min()
    ends = seen[seen["stage"].isin([won, lost])].sort_values("reached_on").drop_duplicates("lead_id")
    ends = ends.set_index("lead_id").reindex(start.index)
    days = (ends["reached_on"].fillna(snapshot) - start).dt.days
    status = ends["stage"].map({won: WON, lost: LOST}).fillna(OPEN).astype(int)
    return pd.DataFrame({"days": days, "status": status, "age": (snapshot - start).dt.days})
