"""From contracts to counts: how many months each ran, and whether it ended.

One row is one contract, so there is no column `customers` here: counts come out of these functions, and go into the
models of staying. `crmlab.customers` does the same for buyers without a contract.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from crmlab.engines import collect, counts_of, days, need
from crmlab.engines.spans import span_counts, spans

_MOST_MONTHS = 10_000


def contract_durations(contracts: Any, observation_end: str | pd.Timestamp) -> pd.DataFrame:
    """Return the contracts that had begun, with the months that each ran (`duration`) and whether it ended (`churned`).

    A contract that ended is counted in the month in which it ended; one that still runs has been seen for its completed
    months. An end in a month that was not seen whole counts as soon as it is: who stayed through a part of that month
    does not count for it either, and the churn rate would be too high. What happened after `observation_end` is not
    known yet: contracts that began later are dropped, contracts that ended later still run.

    Parameters
    ----------
    contracts
        One row each: `started_on`, `ended_on` (empty while the contract runs) and any others; a frame of pandas or of
        any engine that narwhals knows. All rows that had begun come back: of very many, ask for `count_contracts`.
    observation_end
        Last day seen.

    Raises
    ------
    ValueError
        If a column is missing or holds no dates, a start is empty, a contract ended before it began, or none had begun.

    Examples
    --------
    >>> dates = {"started_on": ["2025-01-15", "2025-01-31"], "ended_on": [None, "2025-02-28"]}
    >>> contract_durations(pd.DataFrame(dates).apply(pd.to_datetime), "2025-04-20")[["duration", "churned"]]
       duration  churned
    0         3    False
    1         1     True
    """
    known = contracts if isinstance(contracts, pd.DataFrame) else collect(spans(contracts))
    return _durations(dated(known), pd.Timestamp(observation_end))


def _durations(known: pd.DataFrame, end: pd.Timestamp) -> pd.DataFrame:
    seen = known[known["started_on"] <= end]
    if seen.empty:
        raise ValueError(f"no contract had begun by {end:%Y-%m-%d}")
    gone = seen["ended_on"] <= end
    lasted = _months(seen["started_on"], seen["ended_on"].where(gone, end), gone)
    followed = completed_months(seen["started_on"], end)
    return seen.assign(duration=np.minimum(lasted, followed), churned=gone & (lasted <= followed))


def count_contracts(
    contracts: Any, observation_end: str | pd.Timestamp, by: str | Sequence[str] | None = None
) -> pd.DataFrame:
    """Count contracts by how many months they ran and whether they ended.

    Parameters, months and errors are those of `contract_durations`; `by` names columns that form groups. The engine
    groups by days and by these columns, so that only the distinct rows come back. Returned are the columns of `by` (if
    given), `duration` (months), `churned`, `customers`.

    Examples
    --------
    >>> dates = {"started_on": ["2025-01-15", "2025-01-15"], "ended_on": [None, None]}
    >>> count_contracts(pd.DataFrame(dates).apply(pd.to_datetime), "2025-04-20").to_dict("records")
    [{'duration': 3, 'churned': False, 'customers': 2}]
    """
    groups = [by] if isinstance(by, str) else list(by or ())
    if isinstance(contracts, pd.DataFrame):
        names = list(dict.fromkeys(["started_on", "ended_on", *groups]))
        need(contracts.columns, names, "contracts")
        known = contracts[names].assign(customers=1)
    else:
        known = span_counts(contracts, groups)
    counted = _durations(dated(known), pd.Timestamp(observation_end))
    for name in groups:
        if unnamed := int(counted["customers"][counted[name].isna()].sum()):
            raise ValueError(f"{name} is empty in {unnamed} contracts; give it a name, or leave them out")
    return counted.groupby([*groups, "duration", "churned"], observed=True)["customers"].sum().reset_index()


def completed_months(start: pd.Series, end: pd.Series | pd.Timestamp) -> pd.Series:
    """Return how many whole months lie between two days, never less than 0.

    Examples
    --------
    >>> completed_months(pd.Series(pd.to_datetime(["2025-01-15", "2025-04-01"])), pd.Timestamp("2025-03-14")).to_list()
    [1, 0]
    """
    until = end if isinstance(end, pd.Series) else pd.Series(end, start.index)
    return _months(start, until, pd.Series(False, start.index)).clip(lower=0)


def months_asked(months: float, least: int = 0) -> float:
    """Return a number of months that is asked for, or refuse it.

    Raises
    ------
    ValueError
        If it is below `least`, beyond eight centuries, or, where at least one is asked for, not whole.

    Examples
    --------
    >>> months_asked(12)
    12
    """
    if not least <= months <= _MOST_MONTHS or (least and months != int(months)):
        kind = "whole number" if least else "number"
        raise ValueError(f"months is {months}; it is a {kind} from {least} to {_MOST_MONTHS:,}")
    return months


def dated(contracts: pd.DataFrame) -> pd.DataFrame:
    """Return the contracts with `started_on` and `ended_on` as days, a time of day left out.

    Raises
    ------
    ValueError
        If a column is missing or holds no dates, a start is empty, or a contract ended before it began.

    Examples
    --------
    >>> dated(pd.DataFrame({"started_on": [pd.Timestamp("2025-01-15")], "ended_on": [None]}))["ended_on"].to_list()
    [NaT]
    """
    need(contracts.columns, ["started_on", "ended_on"], "contracts")
    known = days(contracts, ["started_on", "ended_on"], "contracts")
    known = known.assign(**{name: known[name].dt.normalize() for name in ("started_on", "ended_on")})
    wrong = {"started_on is empty": known["started_on"].isna()}
    wrong["ended_on lies before started_on"] = known["ended_on"] < known["started_on"]
    for said, bad in wrong.items():
        if bad.any():
            number = int(counts_of(known, "contracts")[bad].sum())
            raise ValueError(f"{said} in {number} contracts; mend or leave out these contracts")
    return known


def _months(start: pd.Series, end: pd.Series, round_up: pd.Series) -> pd.Series:
    """Return months from start to end: completed ones, or begun ones where `round_up`."""
    first, last, up = start.to_numpy("datetime64[D]"), end.to_numpy("datetime64[D]"), round_up.to_numpy(bool)
    begun, ended = first.astype("datetime64[M]"), last.astype("datetime64[M]")
    later = (last - ended) - (first - begun)
    short = (later < np.timedelta64(0, "D")) & ((last + 1).astype("datetime64[M]") == ended)
    over = later > np.timedelta64(0, "D")
    months = (ended - begun).astype(int) - short + ((short | over) & up)
    return pd.Series(months, start.index).where(start.notna() & end.notna())
