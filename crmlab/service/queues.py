"""A queue call by call, and the share of calls for which the promise was kept.

The formulas of Erlang answer for a desk that never ends. A simulated desk shows the same calls one by one, and lets the
formulas be checked. Each call goes to the agent who is free first (Kiefer and Wolfowitz 1955, Transactions of the
American Mathematical Society 78(1)); whose patience ends before that hangs up and costs no agent's time. Many desks run
beside each other, so that each step is one operation on all of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd

from crmlab.engines import need, numbers, to_pandas
from crmlab.sampling import sample_mean
from crmlab.service.erlang import _checked

_DESKS = 200
_LEAD_IN = 12.0  # handling times that a desk runs before its calls count, and longer the fuller it is


def simulate_queue(
    *,
    calls_per_hour: float,
    handle_seconds: float,
    agents: int,
    patience_seconds: float | None = None,
    calls: int = 100_000,
    seed: int = 0,
) -> pd.DataFrame:
    """Return the calls of 200 desks that run beside each other.

    Parameters
    ----------
    calls_per_hour, handle_seconds, agents
        As in `erlang_c`; the gaps between calls and the handling times are exponential.
    patience_seconds
        Mean time before a waiting customer hangs up, exponential too; None where all wait.
    calls
        How many to return, rounded up to the same number for each desk. A desk starts empty; its first calls are run
        but not returned.
    seed
        The same seed gives the same calls.

    Returns
    -------
    DataFrame
        One row a call: `desk`, `arrived_seconds` (since the desk opened), `wait_seconds` (until answered or hung up)
        and `abandoned`.

    Raises
    ------
    ValueError
        If an input is impossible, or agents are not more than the load and nobody hangs up.

    Examples
    --------
    >>> calls = simulate_queue(calls_per_hour=720, handle_seconds=240, agents=55, calls=200_000, seed=1)
    >>> round(float((calls["wait_seconds"] > 0).mean()), 2)  # 0.2387 by Erlang C
    0.24
    """
    load, n = _checked(calls_per_hour, handle_seconds, agents, 0.0)
    if (patience_seconds is not None and not 0 < patience_seconds < math.inf) or calls < 1:
        raise ValueError("patience_seconds and calls lie above 0")
    each, lead_in = math.ceil(calls / _DESKS), _lead_in(load, n, patience_seconds is not None)
    means = 3600 / calls_per_hour, handle_seconds, patience_seconds or np.inf
    seen = list(islice(_calls(n, means, np.random.default_rng(seed)), lead_in, lead_in + each))
    columns = zip(("arrived_seconds", "wait_seconds", "abandoned"), zip(*seen, strict=True), strict=True)
    table = pd.DataFrame({name: np.array(values).T.ravel() for name, values in columns})
    table.insert(0, "desk", np.arange(_DESKS).repeat(each))
    return table


def _lead_in(load: float, agents: int, impatient: bool) -> int:
    """Return how many calls a desk runs before they count; refuse a desk that never settles."""
    if not impatient and agents <= load:
        raise ValueError(f"agents: {agents} cannot do the work of {load:.1f}; the queue grows without end")
    fullness = 1.0 if impatient else 1 / (1 - load / agents) ** 2 / agents
    return math.ceil(load * _LEAD_IN * max(1.0, fullness))


def _calls(
    agents: int, means: tuple[float, float, float], draw: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Yield the next call of every desk: when it came, how long it waited, and whether its customer hung up.

    `means` are the mean gap, handling time and patience, in seconds.
    """
    free = np.zeros((_DESKS, agents))  # when each agent is next free
    desks, now = np.arange(_DESKS), np.zeros(_DESKS)
    while True:
        gap, handling, limit = draw.exponential(size=(3, _DESKS)) * np.array(means)[:, None]
        now = now + gap
        agent = free.argmin(axis=1)
        wait = np.maximum(free[desks, agent] - now, 0.0)
        gone = limit < wait
        free[desks, agent] = np.where(gone, free[desks, agent], now + wait + handling)
        yield now, np.minimum(wait, limit), gone


def sla_share(calls: Any, answer_within: float, clusters: str | None = None) -> pd.Series:
    """Return the share of calls that were answered within the promise, with its 95 % interval.

    A call whose customer hung up was not answered. Some desks leave such calls out, which flatters the share the more,
    the worse the desk.

    Parameters
    ----------
    calls
        `wait_seconds`, and where customers hang up `abandoned`; one row a call, or counts with a column `customers`.
    answer_within
        The promise, in seconds.
    clusters
        A column, such as the day or the desk, within which calls share a queue. Waits of neighbours resemble each
        other, so without it the interval is too narrow.

    Returns
    -------
    Series
        `share`, `standard_error`, `low`, `high` (Wilson 1927, at the effective size), `n` (calls) and `effective_n`.

    Raises
    ------
    ValueError
        If a column is missing or a wait is empty or negative, or there is no call.

    Examples
    --------
    >>> calls = pd.DataFrame({"wait_seconds": [5, 40], "customers": [35, 5]})
    >>> sla_share(calls, answer_within=20)[["share", "low", "high"]].round(3).to_list()
    [0.875, 0.739, 0.945]
    """
    frame = to_pandas(calls)
    need(frame.columns, ["wait_seconds", *([clusters] if clusters else [])], "the table of calls")
    known = numbers(frame[[name for name in ("wait_seconds", "abandoned", "customers") if name in frame]])
    if (known["wait_seconds"] < 0).any():
        raise ValueError(f"wait_seconds: {int((known['wait_seconds'] < 0).sum())} values are negative")
    answered = (known["abandoned"] == 0) if "abandoned" in known else True
    kept = (known["wait_seconds"] <= answer_within) & answered
    mean = sample_mean(kept, known.get("customers"), clusters=frame[clusters] if clusters else None)
    low, high = mean.share_interval()
    told = {"share": mean.estimate, "standard_error": mean.standard_error, "low": low, "high": high}
    return pd.Series(told | {"n": mean.n, "effective_n": mean.effective_n})
