"""Value on the manager's page: what a customer brings, in the months that were seen or the year that comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from crmlab import plots
from crmlab.contracts import contract_durations
from crmlab.labels import percent, word
from crmlab.margins import margin_within
from crmlab.report.manager.buying import HORIZON, Buying
from crmlab.report.manager.part import LackingError, Part, drawn, money
from crmlab.report.manager.sentences import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SPANS = (3, 6, 12, 24)  # months


def value(company: Any, below: int, buying: Buying) -> Part:
    """Return the part on what a customer is worth: from contracts with margins or fees, or from orders.

    Raises
    ------
    LackingError
        If neither is there.
    ValueError
        If the data do not tell.
    """
    contracts = company.tables.get("contracts")
    if contracts is not None:
        column = next((name for name in ("monthly_margin", "monthly_fee") if _filled(contracts, name)), None)
        if column:
            return _of_contracts(company, column, below)
    if "orders" in company.tables:
        return _of_orders(company, buying)
    raise LackingError("contracts.monthly_margin" if contracts is not None else "contracts.monthly_margin, orders")


def worth_within(company: Any, below: int) -> tuple[int, pd.Series]:
    """Return the longest span of months whose margin is known of enough contracts, and that margin.

    Raises
    ------
    LackingError
        If contracts have no margin.
    ValueError
        If they were seen too short a time.
    """
    contracts = company.tables.get("contracts")
    if contracts is None or not _filled(contracts, "monthly_margin"):
        raise LackingError("contracts.monthly_margin")
    table = _by_span(company, "monthly_margin", below)
    return int(table["months"].iloc[-1]), table.iloc[-1][["estimate", "low", "high"]].astype(float)


def _filled(table: pd.DataFrame, column: str) -> bool:
    return column in table and bool(table[column].notna().all())


def _by_span(company: Any, column: str, below: int) -> pd.DataFrame:
    contracts = contract_durations(company.contracts, company.observation_end)
    age = (pd.Timestamp(company.observation_end) - contracts["started_on"]).dt.days / 30.4375
    spans = [months for months in _SPANS if int((age >= months).sum()) >= max(below, 10)]
    if not spans:
        raise ValueError(say("too young", months=_SPANS[0]))
    rows = [
        margin_within(company.contracts, company.observation_end, months, margin=column).iloc[0] for months in spans
    ]
    return pd.DataFrame(rows)[["estimate", "low", "high"]].reset_index(drop=True).assign(months=spans)


def _of_contracts(company: Any, column: str, below: int) -> Part:
    table, currency = _by_span(company, column, below), company.currency
    last = table.iloc[-1]
    ends = {name: money(last[name], currency) for name in ("estimate", "low", "high")}
    key = "worth margin" if column == "monthly_margin" else "worth fee"
    said = [say(key, months=int(last["months"]), **ends)]
    shown = table.set_index("months")[["estimate", "low", "high"]]
    title, axis = say("worth title"), f"{say('within months')}"
    drawn_rows = shown.set_axis([axis.format(months=months) for months in shown.index])
    picture, alt = drawn(lambda ax: plots.dots(drawn_rows, ax, title, f"{say(key + ' axis')} ({currency})"))
    doubts = [say("fee is no margin")] if key == "worth fee" else []
    columns = ["months", "estimate", "low", "high"]
    return Part("value", tuple(said), table[columns], picture, alt, (*doubts, say("seen value only")))


def _of_orders(company: Any, buying: Buying) -> Part:
    worth, currency = buying.value(), company.currency
    ends = {name: money(end, currency) for name, end in worth.items()}
    total = money(worth["estimate"] * buying.all_customers, currency)
    said = [say("worth spend", months=HORIZON, **ends), say("worth all", n=f"{buying.all_customers:,}", total=total)]
    fifths = buying.by_fifth()
    said.append(say("best fifth", share=percent(float(fifths.iloc[0]), 0)))
    picture, alt = drawn(lambda ax: _fifths(fifths, ax))
    table = pd.DataFrame([{"measure": f"spend of a customer within {HORIZON} months, discounted"} | worth])
    return Part("value", tuple(said), table, picture, alt, (say("spend is no margin"), *buying.doubts()))


def _fifths(shares: pd.Series, ax: Axes) -> Axes:
    """Draw which share of the spend each fifth of the customers brings, the best fifth on top."""
    rows = range(len(shares))[::-1]
    ax.barh(list(rows), shares, color=plots.PALETTE[0], height=0.62)
    for row, share in zip(rows, shares, strict=True):
        ax.annotate(f" {percent(share, 0)}", (share, row), va="center")
    names = [word(str(name)) for name in shares.index]
    ax.set_yticks(list(rows), names)
    ax.set_xlim(0, shares.max() * 1.15)
    plots.finish(plots.percent_axis(ax, "x"), say("fifths title"), say("fifths axis"), "")
    said = ", ".join(f"{name} {percent(share, 0)}" for name, share in zip(names, shares, strict=True))
    return plots.describe(ax, f"{say('fifths title')} {say('fifths axis')}: {said}.")
