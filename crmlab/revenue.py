"""Monthly recurring revenue of contracts: where it rises and falls, who leaves, and what the next months hold.

The recurring revenue of a month is what the contracts that run on its last day pay in a month. It moves by two flows,
the contracts that began and those that ended: revenue = revenue before + new - lost. Counted by several columns at
once it is a cube: each cut of it (by plan, by region) is a sum, and no question asks for the contracts again. A row of
contracts is one contract, which pays a fee of its own; the cube holds the counts, in its column `customers`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from crmlab.contracts import dated
from crmlab.engines import days, need, numbers
from crmlab.estimation import Z95, wilson

FLOWS = ("customers", "joined", "left", "revenue", "new", "lost")
UNKNOWN = "unknown"


def active_on(contracts: pd.DataFrame, day: str | pd.Timestamp) -> pd.DataFrame:
    """Return the contracts that run on a day: begun by then, and not ended by then.

    Parameters
    ----------
    contracts
        Columns `started_on` and `ended_on` (first day without service; empty while the contract runs).
    day
        The day asked for.

    Raises
    ------
    ValueError
        If a column is missing or holds no dates, or a start is empty.

    Examples
    --------
    >>> dates = {"started_on": ["2025-01-05", "2025-02-28"], "ended_on": ["2025-02-28", None]}
    >>> active_on(pd.DataFrame(dates).apply(pd.to_datetime), "2025-02-28").index.to_list()
    [1]
    """
    known, at = dated(contracts), pd.Timestamp(day)
    return contracts[(known["started_on"] <= at) & ~(known["ended_on"] <= at)]


def monthly_revenue(
    contracts: pd.DataFrame,
    observation_end: str | pd.Timestamp,
    by: str | Sequence[str] = (),
    value: str = "monthly_fee",
) -> pd.DataFrame:
    """Count what the running contracts pay at the end of each month, and what began and ended in it.

    Parameters
    ----------
    contracts
        Columns `started_on`, `ended_on` (empty while the contract runs), `value` and those of `by`.
    observation_end
        Last day seen; what happened later does not count, and a month that it cuts short is left out.
    by
        One or more columns that form groups; an empty entry counts as "unknown".
    value
        What is added up: "monthly_fee" for revenue, "monthly_margin" for margin.

    Returns
    -------
    DataFrame
        One row for each month and group: `month` (its first day), the columns of `by`; contracts that run on its last
        day (`customers`), began (`joined`) and ended (`left`) in it; the money of the same three, in currency a month:
        `revenue`, `new`, `lost`. A group has a row for every month, with zeros where it had nobody.

    Raises
    ------
    ValueError
        If a column is missing or impossible, an amount or a start is empty, or no whole month was seen.

    Examples
    --------
    >>> dates = {"started_on": ["2025-01-05", "2025-02-10"], "ended_on": ["2025-03-05", None]}
    >>> contracts = pd.DataFrame(dates).apply(pd.to_datetime).assign(monthly_fee=[10.0, 20.0])
    >>> monthly_revenue(contracts, "2025-03-31")[["revenue", "new", "lost"]].to_numpy().tolist()
    [[10.0, 10.0, 0.0], [30.0, 20.0, 0.0], [20.0, 0.0, 10.0]]
    """
    by = [by] if isinstance(by, str) else list(by)
    seen, months = _whole_months(contracts, by, value, observation_end)
    table: Any = seen[[*by, "all"]].drop_duplicates().merge(pd.DataFrame({"month": months}), how="cross")
    for day, names in (("started_on", ("joined", "new")), ("ended_on", ("left", "lost"))):
        table = table.merge(_flow(seen, [*by, "all"], day, value, names), on=[*by, "all", "month"], how="left")
    table = table.fillna(dict.fromkeys(FLOWS, 0)).sort_values([*by, "month"]).astype({"joined": int, "left": int})
    net = pd.DataFrame({"customers": table["joined"] - table["left"], "revenue": table["new"] - table["lost"]})
    table[["customers", "revenue"]] = net.groupby([table[name] for name in [*by, "all"]], observed=True).cumsum()
    table["month"] = table["month"].dt.to_timestamp()
    return table.sort_values(["month", *by], ignore_index=True)[["month", *by, *FLOWS]]


def _flow(seen: Any, groups: list[str], day: str, value: str, names: tuple[str, str]) -> Any:
    """Return how many contracts began, or ended, in each month by group, and what they paid."""
    happened = seen.assign(month=seen[day].dt.to_period("M")).groupby([*groups, "month"], observed=True)[value]
    return happened.agg(**{names[0]: "size", names[1]: "sum"}).reset_index()


def churn_rates(monthly: pd.DataFrame, first: str, last: str, by: str | Sequence[str] = ()) -> pd.DataFrame:
    """Return the share of customers who leave in a month, over some months, with 95 % Wilson intervals.

    Parameters
    ----------
    monthly
        What `monthly_revenue` returned, counted by the columns of `by` and any others.
    first, last
        The first and the last month, such as "2025-04".
    by
        One or more columns that form groups.

    Returns
    -------
    DataFrame
        Index: the groups ("all" where there is one). `at_risk` (customers at the start of each month, added up),
        `left`, `estimate` (share a month), `low`, `high`.

    Raises
    ------
    ValueError
        If a column is missing or impossible, or nobody was at risk in those months.

    Examples
    --------
    >>> months = pd.to_datetime(["2025-01-01", "2025-02-01"])
    >>> monthly = pd.DataFrame({"month": months, "customers": [9, 8], "joined": [0, 1], "left": [1, 2]})
    >>> churn_rates(monthly, "2025-01", "2025-02").round(3).to_numpy().tolist()
    [[19.0, 3.0, 0.158, 0.055, 0.376]]
    """
    by = [by] if isinstance(by, str) else list(by)
    cube = _cube(monthly, by, ["customers", "joined", "left"])
    window: Any = cube[cube["month"].between(pd.Timestamp(f"{first}-01"), pd.Timestamp(f"{last}-01"))].assign(all="all")
    window["at_risk"] = window["customers"] - window["joined"] + window["left"]
    table = window.groupby(by or ["all"], observed=True)[["at_risk", "left"]].sum()
    if not table["at_risk"].any():
        raise ValueError(f"nobody was a customer from {first} to {last}")
    if (window["at_risk"] < window["left"]).any():
        raise ValueError("left: in some months more left than there were customers; count anew")
    table = table[table["at_risk"] > 0].rename_axis(by or [None])
    table["estimate"] = table["left"] / table["at_risk"]
    table["low"], table["high"] = wilson(table["left"], table["at_risk"])
    return table


def churn_rise(
    monthly: pd.DataFrame, before: tuple[str, str], during: tuple[str, str], by: str | Sequence[str] = ()
) -> pd.DataFrame:
    """Return by how much the share who leave in a month rose, with 95 % intervals (Newcombe 1998, method 10).

    Parameters
    ----------
    monthly
        What `monthly_revenue` returned, counted by the columns of `by` and any others.
    before, during
        First and last month of each window.
    by
        One or more columns that form groups; a group without customers in one of the windows is left out.

    Returns
    -------
    DataFrame
        Index: the groups. `at_risk` and `left` in the later window, `before` and `during` (share a month), `estimate`
        (the rise), `low`, `high`, and `extra`: how many more left than the rate before would have made leave.

    Raises
    ------
    ValueError
        As `churn_rates`; or if no group had customers in both windows.

    Examples
    --------
    >>> months = pd.to_datetime(["2025-01-01", "2025-02-01"])
    >>> monthly = pd.DataFrame({"month": months, "customers": [90, 63], "joined": [0, 0], "left": [10, 27]})
    >>> rise = churn_rise(monthly, ("2025-01", "2025-01"), ("2025-02", "2025-02"))
    >>> rise[["before", "during", "estimate", "extra"]].round(3).to_numpy().tolist()
    [[0.1, 0.3, 0.2, 18.0]]
    """
    from statsmodels.stats.proportion import confint_proportions_2indep

    old, now = churn_rates(monthly, *before, by=by), churn_rates(monthly, *during, by=by)
    both: Any = now[["at_risk", "left"]].join(old[["at_risk", "left"]], rsuffix="_old", how="inner")
    if both.empty:
        raise ValueError(f"no group had customers in both windows, from {before[0]} and from {during[0]}")
    table = both[["at_risk", "left"]].assign(before=old["estimate"], during=now["estimate"])
    table["estimate"] = table["during"] - table["before"]
    counts = both[["left", "at_risk", "left_old", "at_risk_old"]].to_numpy()
    ends = [confint_proportions_2indep(*row, compare="diff", method="newcomb") for row in counts]
    table["low"], table["high"] = np.array(ends).T
    return table.assign(extra=table["left"] - table["before"] * table["at_risk"])


def project_revenue(monthly: pd.DataFrame, rates: pd.DataFrame, months: int = 6, joining: int = 12) -> pd.DataFrame:
    """Project the revenue of the next months: today's customers leave at given rates, and new ones go on joining.

    A group of c customers, of whom the share h leave in a month, while j join, is expected to count
    c(1-h)^m + j(1 + (1-h) + ... + (1-h)^(m-1)) after m months. Each pays what the group's customers pay today. The
    interval holds the uncertainty of h and j and the chance in who leaves and joins; not that h or j may change.

    Parameters
    ----------
    monthly
        What `monthly_revenue` returned, counted by the index of `rates` and any other columns.
    rates
        What `churn_rates` returned: `estimate` and `at_risk` by group.
    months
        How many months to project.
    joining
        Over how many of the last months the number who join is averaged.

    Returns
    -------
    DataFrame
        Index: the first day of each month ahead. `customers`, `estimate` (revenue), `low`, `high`.

    Raises
    ------
    ValueError
        If a column is missing or impossible, a group that has customers has no rate, or a number of months is below 1.

    Examples
    --------
    >>> monthly = pd.DataFrame({"month": pd.to_datetime(["2025-01-01"]), "customers": [100], "joined": [20]})
    >>> monthly["revenue"] = 1000.0
    >>> rates = pd.DataFrame({"estimate": [0.2], "at_risk": [500]}, index=["all"])
    >>> project_revenue(monthly, rates, months=2)["estimate"].round(6).to_list()
    [1000.0, 1000.0]
    """
    by = [str(name) for name in rates.index.names if name is not None]
    if min(months, joining) < 1:
        raise ValueError(f"months is {months} and joining {joining}; both are whole numbers from 1 up")
    monthly = _cube(monthly, by, ["customers", "joined", "revenue"])
    now = _today(monthly, by, joining)
    if not now.index[now["customers"] > 0].isin(rates.index).all():
        raise ValueError("a group that has customers has no churn rate")
    both = now.join(rates[["estimate", "at_risk"]], how="inner")
    table = pd.DataFrame([_ahead(both, ahead) for ahead in range(1, months + 1)])
    table["month"] = pd.date_range(monthly["month"].max(), periods=months + 1, freq="MS")[1:]
    return table.set_index("month")


def _today(monthly: Any, by: list[str], joining: int) -> Any:
    """Return each group's customers, what one pays, how many join in a month, and the variance of that mean."""
    last = monthly["month"].max()
    recent = monthly[monthly["month"] > last - pd.DateOffset(months=joining)].assign(all="all")
    today = recent[recent["month"] == last].groupby(by or ["all"], observed=True)[["customers", "revenue"]].sum()
    today["fee"] = (today["revenue"] / today["customers"]).fillna(0.0)
    today["joined"] = recent.groupby(by or ["all"], observed=True)["joined"].sum() / recent["month"].nunique()
    today["joined_variance"] = today["joined"] / recent["month"].nunique()
    return today.rename_axis(by or [None])


def _ahead(both: Any, months: int) -> dict[str, float]:
    """Return customers and revenue some months ahead, with a 95 % normal interval of the revenue."""
    columns = ["estimate", "at_risk", "fee", "customers", "joined", "joined_variance"]
    leave, at_risk, fee, old, joined, joined_variance = both[columns].to_numpy(float).T
    stay, ages = 1 - leave, np.arange(months)[:, None]
    still = stay**months
    joiners = (stay**ages).sum(axis=0)
    slope = old * months * stay ** (months - 1) + joined * (ages[1:] * stay ** (ages[1:] - 1)).sum(axis=0)
    count = old * still + joined * joiners
    # chance: who of the old stays is binomial, who of the new is there is Poisson
    variance = old * still * (1 - still) + joined * joiners
    variance += slope**2 * leave * stay / at_risk + joiners**2 * joined_variance
    mean, half = (count * fee).sum(), Z95 * np.sqrt((fee**2 * variance).sum())
    return {"customers": count.sum(), "estimate": mean, "low": max(mean - half, 0.0), "high": mean + half}


def _whole_months(contracts: Any, by: list[str], value: str, observation_end: Any) -> tuple[Any, Any]:
    """Return the contracts that began in a whole month, with their groups named, and those months."""
    need(contracts.columns, [value, *by], "contracts")
    contracts = dated(contracts)
    if empty := int(contracts[value].isna().sum()):
        raise ValueError(f"{value} is empty in {empty:,} contracts; fill it in, or leave these contracts out")
    contracts = contracts.assign(**numbers(contracts[[value]]))
    end: Any = pd.Timestamp(observation_end) + pd.Timedelta(days=1)
    seen = contracts[contracts["started_on"] < end.to_period("M").to_timestamp()]
    if seen.empty:
        raise ValueError(f"no contract began in a whole month before {observation_end}")
    months = pd.period_range(seen["started_on"].min(), end.to_period("M"), freq="M")[:-1]
    named = {name: seen[name].astype(object).where(seen[name].notna(), UNKNOWN) for name in by}
    return seen[["started_on", "ended_on", value]].assign(**named, all="all"), months


def _cube(monthly: Any, by: list[str], columns: list[str]) -> Any:
    """Return what `monthly_revenue` counted, with its numbers checked."""
    need(monthly.columns, ["month", *by, *columns], "the monthly counts")
    if empty := [name for name in ("month", *by) if monthly[name].isna().any()]:
        raise ValueError(f"the monthly counts: {', '.join(empty)} is empty in some rows; name a group for them")
    known = numbers(monthly[columns])
    if below := [name for name in columns if (known[name] < 0).any()]:
        raise ValueError(f"the monthly counts: {', '.join(below)} is negative; count anew with monthly_revenue")
    return days(monthly, ["month"], "the monthly counts").assign(**known)
