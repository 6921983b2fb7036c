"""Hunting and farming on the manager's page: how to split a budget between winning customers and keeping them.

With money drawn at random for leads and for customers the best split can be said, with its interval. Without, only what
a customer costs on average; what the next one costs stays unknown, and the page says so.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd

from crmlab.growth import Allocation, ResponseCurve, UnitEconomics
from crmlab.labels import percent, word
from crmlab.report.manager.part import LackingError, Part, drawn, money, need_tables
from crmlab.report.manager.sentences import say
from crmlab.report.manager.worth import worth_within

PERIOD = 6  # months that an experiment with customers runs, and that money is compared over
_DISCOUNT = 1.1 ** (PERIOD / 12) - 1
_SPENDS = 3  # a curve needs so many different ones
_YEAR = 12


def split(company: Any, below: int) -> Part:
    """Return the part on hunting and farming.

    Parameters
    ----------
    company
        With `channel_spend`, and `experiments` on leads and on customers (monthly money over `PERIOD` months) or at
        least `contracts` with margins.
    below
        Fewer customers than this are too few.

    Raises
    ------
    LackingError
        If what customers cost is not known.
    ValueError
        If the data do not tell.
    """
    need_tables(company, "channel_spend", "leads", "contracts.monthly_margin")
    trials = _trials(company)
    if {"leads", "customers"} <= set(trials):
        try:
            return _by_experiment(company, trials)
        except ValueError as error:
            part = _by_totals(company, below)
            return Part(
                part.name,
                (*part.said, say("experiment fails", why=str(error))),
                part.table,
                part.picture,
                part.alternative_text,
                part.doubts,
            )
    return _by_totals(company, below)


def _trials(company: Any) -> dict[str, pd.DataFrame]:
    """Return the experiments that drew money for leads, and for customers, with at least three different amounts."""
    found: dict[str, pd.DataFrame] = {}
    if "experiments" not in company.tables:
        return found
    units = {"leads": company.leads["lead_id"], "customers": company.contracts["customer_id"]}
    for _, rows in company.experiments.groupby("experiment", sort=True):
        for name, ids in units.items():
            if rows["spend"].nunique() >= _SPENDS and rows["unit_id"].isin(ids).mean() > 0.99:
                found.setdefault(name, rows)
    return found


def _by_experiment(company: Any, trials: dict[str, pd.DataFrame]) -> Part:
    best, now = _allocation(company, trials)
    spans = best.intervals(draws=400, seed=0)
    share = spans.T["best_share"].to_dict()
    gain = best.value - now.value
    budget, currency = money(best.budget, company.currency), company.currency
    ends = {name: percent(share[name], 0) for name in ("low", "high")}
    said = [
        say("split", budget=budget, months=PERIOD, share=percent(best.farming_share, 0), **ends),
        say("split now", share=percent(now.farming_share, 0), gain=money(max(gain, 0.0), currency)),
    ]
    if best.unspent > 0.01 * best.budget:
        said.append(say("unspent", left=money(best.unspent, currency)))
    picture, alt = drawn(lambda ax: _labelled(best.plot(ax), currency))
    table = spans.rename_axis("measure").reset_index()
    return Part("hunting-farming", tuple(said), table, picture, alt, (say("flat top"), say("one experiment")))


def _allocation(company: Any, trials: dict[str, pd.DataFrame]) -> tuple[Allocation, Allocation]:
    """Return the best split of what was spent in the period before the experiment, and the split of that time."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)  # a ceiling that runs away is no curve to plan by
        try:
            hunting = ResponseCurve.fit(trials["leads"])
            kept = trials["customers"]
            farming = ResponseCurve.fit(kept.assign(spend=PERIOD * kept["spend"]), floor=None)
        except UserWarning as warning:
            raise ValueError(str(warning)) from None
    start = kept["assigned_on"].min()
    since = start - pd.DateOffset(months=PERIOD)
    spent = company.channel_spend[company.channel_spend["month"].between(since, start, inclusive="left")]
    spent = spent.groupby("activity")["amount"].sum().reindex(["acquire", "retain"]).fillna(0.0)
    leads = int(company.leads["created_on"].between(since, start, inclusive="left").sum())
    running = company.contracts[company.contracts["started_on"] < start]
    running = running[running["ended_on"].isna() | (running["ended_on"] > start)]
    if not (leads and len(running) and spent.sum() > 0):
        raise ValueError(say("no ledger", months=PERIOD))
    market: dict[str, Any] = {"hunting": hunting, "farming": farming, "discount_rate": _DISCOUNT}
    market |= {"margin": PERIOD * running["monthly_margin"].mean(), "prospects": leads, "customers": len(running)}
    now = Allocation.of(spent["acquire"] / leads, spent["retain"] / len(running), **market)
    return Allocation.best(float(spent.sum()), **market), now


def _by_totals(company: Any, below: int) -> Part:
    ledger, end = company.channel_spend, pd.Timestamp(company.observation_end)
    last = min(ledger["month"].max() + pd.offsets.MonthEnd(0), end)
    since = last - pd.DateOffset(months=_YEAR)
    winning = ledger[ledger["activity"].isin(["attract", "acquire"]) & (ledger["month"] > since)]["amount"].sum()
    won = int(company.contracts["started_on"].between(since, last, inclusive="right").sum())
    if won < max(below, 10) or not winning > 0:
        raise ValueError(say("no ledger", months=_YEAR))
    months, worth = worth_within(company, below)
    if not worth["low"] > 0:
        raise ValueError(say("no gain", months=months))
    units = UnitEconomics.from_totals(float(winning), won, worth)
    row = units.table.T["average"].to_dict()
    currency = company.currency
    costs = {"estimate": money(row["cac"], currency), "low": money(row["cac_low"], currency)}
    costs["high"] = money(row["cac_high"], currency)
    ratio = {
        name: f"{row[key]:.1f}" for name, key in (("ratio", "ratio"), ("from_", "ratio_low"), ("to", "ratio_high"))
    }
    said = [say("cac", **costs), say("ltv cac", months=months, **ratio), say("next unknown")]
    picture, alt = drawn(units.plot)
    table = units.table.rename_axis("measure").reset_index()
    return Part(
        "hunting-farming", tuple(said), table, picture, alt, (say("no experiment"), say("average is no margin"))
    )


def _labelled(ax: Any, currency: str) -> Any:
    ax.set_ylabel(f"{say('worth axis')} ({currency})")
    for text in ax.texts:
        if text.get_text() == word("this plan"):
            text.set_text(word("best split"))
    ticks = np.asarray(ax.get_xticks())
    ax.set_xticks([tick for tick in ticks if 0 <= tick <= 100])
    return ax


__all__ = ["LackingError", "split"]
