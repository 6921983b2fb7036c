"""The funnel on the manager's page: how many leads become customers, and where most are lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crmlab import plots
from crmlab.estimation import wilson
from crmlab.funnel import Funnel
from crmlab.labels import percent
from crmlab.report.manager.part import LackingError, Part, drawn
from crmlab.report.manager.sentences import say
from crmlab.tables import STAGES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ORDER = STAGES[:-1]  # without "lost"
_RIPE = 0.95  # leads are counted once so many of the wins would have come
_FEW_WON = 30


def funnel(company: Any, below: int) -> Part:
    """Return the part on leads.

    Parameters
    ----------
    company
        With `stage_events`, or with `leads` that name the customers they became.
    below
        Stages in which fewer than this stopped are put together with the next.

    Raises
    ------
    LackingError
        If neither table is there.
    ValueError
        If too few leads are old enough, or too few were won.
    """
    reached = _reached(company)
    ripe, days = _ripe(reached, pd.Timestamp(company.observation_end))
    stopped = ripe["place"].value_counts()
    stages = [stage for place, stage in enumerate(_ORDER) if stage in ("lead", "won") or place in set(reached["place"])]
    counts = _merged(stopped, stages, below)
    table = _table(counts)
    first, last = int(table["leads"].iloc[0]), table.iloc[-1]
    said = [
        say(
            "funnel",
            leads=f"{first:,}",
            share=percent(float(last["of all"])),
            low=percent(float(last["of all, low"])),
            high=percent(float(last["of all, high"])),
        )
    ]
    if len(table) > 2:
        shares, names = (
            table["of the stage before"].to_numpy(float),
            [say(f"stage {stage}") for stage in table["stage"]],
        )
        leak = int(np.nanargmin(shares))
        said.append(say("leak", before=names[leak - 1], after=names[leak], share=percent(1 - shares[leak], 0)))
    said.append(
        say("ripe", days=days, young=f"{len(reached) - len(ripe):,}" if len(reached) - len(ripe) >= below else "0")
    )
    picture, alt = drawn(lambda ax: _bars(table, ax))
    won = int(table["leads"].iloc[-1])
    doubts = [say("few won", n=f"{won:,}")] if won < _FEW_WON else []
    return Part("funnel", tuple(said), table, picture, alt, (*doubts, say("funnel is no cause")))


def _bars(table: pd.DataFrame, ax: Axes) -> Axes:
    """Draw how many leads came so far, with their share of all."""
    rows, names = range(len(table))[::-1], [say(f"stage {stage}") for stage in table["stage"]]
    ax.barh(list(rows), table["leads"], color=plots.PALETTE[0], height=0.62)
    told = [f"{leads:,} ({percent(share, 0)})" for leads, share in zip(table["leads"], table["of all"], strict=True)]
    for row, leads, text in zip(rows, table["leads"], told, strict=True):
        ax.annotate(f" {text}", (leads, row), va="center")
    ax.set_yticks(list(rows), names)
    ax.set_xlim(0, table["leads"].max() * 1.3)
    plots.finish(ax, say("title funnel"), say("leads axis"), "")
    said = ", ".join(f"{name} {text}" for name, text in zip(names, told, strict=True))
    return plots.describe(ax, f"{say('title funnel')} Bars of the leads that came so far: {said}.")


def _reached(company: Any) -> pd.DataFrame:
    """Return one row a lead: `created`, the place of the furthest stage, and the day of the win."""
    if "stage_events" in company.tables:
        events = company.stage_events[company.stage_events["stage"].isin(_ORDER)]
        if not (events["stage"] == "won").any():
            raise ValueError(say("no wins", stages=", ".join(_ORDER)))
        place = events["stage"].map({stage: place for place, stage in enumerate(_ORDER)}).astype(int)
        furthest = place.groupby(events["lead_id"]).max()
        created = events.groupby("lead_id")["reached_on"].min()
        won = events[events["stage"] == "won"].groupby("lead_id")["reached_on"].min()
        return pd.DataFrame({"created": created, "place": furthest}).assign(won=won)
    if "leads" not in company.tables or "customer_id" not in company.tables["leads"]:
        raise LackingError("stage_events, leads.customer_id")
    leads = company.leads
    if "customers" in company.tables:
        joined = leads["customer_id"].map(
            company.customers.drop_duplicates("customer_id").set_index("customer_id")["acquired_on"]
        )
    else:
        joined = pd.Series(pd.NaT, leads.index, dtype="datetime64[ns]")
    place = leads["customer_id"].notna() * (len(_ORDER) - 1)
    return pd.DataFrame({"created": leads["created_on"], "place": place.astype(int), "won": joined})


def _ripe(reached: pd.DataFrame, end: pd.Timestamp) -> tuple[pd.DataFrame, int]:
    """Return the leads that had time enough to be won, and how many days that is."""
    took = (reached["won"] - reached["created"]).dt.days.dropna()
    took = took[took >= 0]
    days = int(took.quantile(_RIPE)) if len(took) else 0
    ripe = reached[reached["created"] <= end - pd.Timedelta(days=days)]
    if not len(ripe):
        raise ValueError(say("no ripe leads", days=days))
    return ripe, days


def _merged(stopped: pd.Series, stages: list[str], below: int) -> pd.DataFrame:
    """Return who came at least so far, without stages in which so few stopped that they might be known."""
    cells = [(stage, int(stopped.get(_ORDER.index(stage), 0))) for stage in stages]
    place = 0
    while place < len(cells):
        if 0 < cells[place][1] < below:
            if len(cells) <= 2:
                raise ValueError(say("too few leads", below=below))
            drop = place if 0 < place < len(cells) - 1 else (1 if place == 0 else len(cells) - 2)
            other = drop - 1
            cells[other] = (cells[other][0], cells[other][1] + cells[drop][1])
            del cells[drop]
            place = 0
        else:
            place += 1
    sizes = [number for _, number in cells]
    reached = [sum(sizes[place:]) for place in range(len(sizes))]
    if not reached[-1]:
        raise ValueError(say("no wins", stages=", ".join(stages)))
    return pd.DataFrame({"stage": [stage for stage, _ in cells], "customers": reached})


def _table(counts: pd.DataFrame) -> pd.DataFrame:
    counted = Funnel.from_counts(counts, list(counts["stage"])).table
    names = {"customers": "leads", "rate": "of the stage before", "overall": "of all"}
    table = counted.rename(columns=names)[["stage", *names.values()]].astype({"stage": object})
    table["of all, low"], table["of all, high"] = wilson(table["leads"], float(table["leads"].iloc[0]))
    table.loc[0, ["of all, low", "of all, high"]] = float("nan")  # all of all is known
    return table
