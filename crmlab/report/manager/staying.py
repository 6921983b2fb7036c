"""Churn on the manager's page: how many are still customers after a year; without contracts, how many still buy."""

from __future__ import annotations

from typing import Any

import pandas as pd

from crmlab import plots
from crmlab.churn import ChurnCurve
from crmlab.labels import percent, word
from crmlab.report.manager.buying import Buying
from crmlab.report.manager.part import LackingError, Part, drawn
from crmlab.report.manager.sentences import say

_YEAR = 12
_FEW_ENDED = 50
_SHORT = 24  # months


def churn(company: Any, below: int, buying: Buying) -> Part:
    """Return the part on leaving: from `contracts`, or from `orders` where there are none.

    Raises
    ------
    LackingError
        If neither table is there.
    ValueError
        If the data do not tell.
    """
    if "contracts" in company.tables:
        return _of_contracts(company, below)
    if "orders" in company.tables:
        return _of_orders(buying)
    raise LackingError("contracts, orders")


def coarse(curve: pd.DataFrame, below: int) -> pd.DataFrame:
    """Return the rows of a survival curve between which nobody or enough people left, and at which enough were seen.

    Parameters
    ----------
    curve
        The table of a `ChurnCurve` without groups.
    below
        Fewer than this are too few.
    """
    kept, left = [], 0
    for place, row in enumerate(curve.itertuples()):
        left += int(row.churned)  # pyright: ignore[reportArgumentType]
        if int(row.at_risk) < below:  # pyright: ignore[reportArgumentType]
            break
        if left == 0 or left >= below:
            kept.append(place)
            left = 0
    return curve.iloc[kept].reset_index(drop=True)


def _of_contracts(company: Any, below: int) -> Part:
    contracts = company.contracts
    whole = ChurnCurve.from_contracts(contracts, company.observation_end)
    curve = coarse(whole.table, below)
    ended, last = int(whole.table["churned"].sum()), int(curve["time"].max()) if len(curve) else 0
    if ended < below or last < 1:
        raise ValueError(say("too few ended", below=below))
    months = min(_YEAR, last)
    at = curve[curve["time"] <= months].iloc[-1]
    share = {name: percent(at[name], 0) for name in ("estimate", "low", "high")}
    said = [say("churn", months=months, **share)]
    half = curve[curve["estimate"] <= 0.5]["time"]
    said.append(say("half left", months=int(half.min())) if len(half) else say("half stay", months=last))
    first = curve[curve["time"] > 0]
    if len(first) and first["time"].iloc[0] <= 3 and months >= 6:
        said.append(
            say("first months", share=percent(1 - first["estimate"].iloc[0], 0), months=int(first["time"].iloc[0]))
        )
    words = (word("How long do customers stay?"), word("months since the start"), word("still customers"))
    picture, alt = drawn(lambda ax: plots.steps(curve.assign(group=""), ax, *words))
    doubts = [say("few ended", n=f"{ended:,}")] if ended < _FEW_ENDED else []
    doubts += [say("short", months=last)] if last < _SHORT else []
    table = curve[["time", "estimate", "low", "high"]].rename(columns={"time": "months", "estimate": "still customers"})
    return Part("churn", tuple(said), table, picture, alt, (*doubts, say("average churn")))


def _of_orders(buying: Buying) -> Part:
    shares = buying.still_buying()
    said = [say("still buying", **{name: percent(shares[name], 0) for name in ("estimate", "low", "high")})]
    said.append(say("silent leave"))
    check = buying.alive_by_orders()
    titles = (word("Does the count tell who is alive?"), word("repeat purchases"), word("probability alive"))
    picture, alt = drawn(lambda ax: plots.percent_axis(plots.lines(check, ax, *titles)))
    table = pd.DataFrame([{"measure": "share still buying of those who came back"} | shares])
    return Part("churn", tuple(said), table, picture, alt, (say("nobody cancels"), *buying.sampled()))
