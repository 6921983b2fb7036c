"""How long customers wait for an agent: Erlang C, and Erlang A where they hang up.

Calls come at random (Poisson), talks last an exponential time, and whoever finds all agents busy waits in turn. Erlang
(1917, Post Office Electrical Engineers' Journal 10) solved this for customers who wait for ever. The load, calls times
handling time, is the work that comes in, in agents (unit: Erlang); with no more agents than load the queue grows
without end. Palm, in the 1940s, let customers hang up after an exponential time: the queue then stays
finite at any staffing, and a few impatient customers make room for the others (Garnett, Mandelbaum and Reiman 2002,
Manufacturing & Service Operations Management 4(3)).

Both forget the day: rates that change by the hour, agents who call in sick, customers who call again. They take more
than a desk has, and a queue of such a kind waits longer.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

_MOST = 100_000  # agents


def erlang_c(*, calls_per_hour: float, handle_seconds: float, agents: int, answer_within: float = 20.0) -> pd.Series:
    """Return how a desk does whose customers wait until they are served.

    Parameters
    ----------
    calls_per_hour
        Mean number of calls.
    handle_seconds
        Mean time an agent spends on a call, all work after it included.
    agents
        How many serve.
    answer_within
        The promise, in seconds.

    Returns
    -------
    Series
        `load` (Erlang), `occupancy` (share of the agents' time spent on calls), `wait_probability`, `mean_wait`
        (seconds, over all calls), `service_level` (share of calls answered within the promise).

    Raises
    ------
    ValueError
        If an input is impossible, or the agents are not more than the load: the queue then grows without end.

    Examples
    --------
    >>> desk = erlang_c(calls_per_hour=720, handle_seconds=240, agents=55, answer_within=15)
    >>> desk[["wait_probability", "mean_wait", "service_level"]].round(4).to_list()
    [0.2387, 8.184, 0.8459]
    """
    load, n = _checked(calls_per_hour, handle_seconds, agents, answer_within)
    if n <= load:
        raise ValueError(
            f"agents: {n} cannot do the work of {load:.1f}; the queue grows without end. Take {int(load) + 1} "
            "at least, or erlang_a if customers hang up"
        )
    waits = _wait_probability(load, n)
    spare = (n - load) / handle_seconds  # how fast the queue drains, calls a second
    told = {"load": load, "occupancy": load / n, "wait_probability": waits, "mean_wait": waits / spare}
    return pd.Series(told | {"service_level": 1 - waits * math.exp(-spare * answer_within)})


def erlang_a(
    *,
    calls_per_hour: float,
    handle_seconds: float,
    agents: int,
    patience_seconds: float,
    answer_within: float = 20.0,
) -> pd.Series:
    """Return how a desk does whose customers hang up when their patience ends.

    Who finds j customers waiting waits for j + 1 departures, with rates nμ + iθ for i = 0 … j. Then exp(−θ · wait) has
    a beta distribution with nμ/θ and j + 1, which gives the share answered in time in closed form.

    Parameters
    ----------
    calls_per_hour, handle_seconds, agents, answer_within
        As in `erlang_c`; any number of agents will do.
    patience_seconds
        Mean time that customers would wait before they hang up.

    Returns
    -------
    Series
        As `erlang_c`, and `abandoned` (share of calls whose customer hung up). `mean_wait` is over all calls, those who
        hung up included; `service_level` counts those who hung up as not answered.

    Raises
    ------
    ValueError
        If an input is impossible.

    Examples
    --------
    >>> desk = erlang_a(calls_per_hour=720, handle_seconds=240, agents=48, patience_seconds=120)
    >>> desk[["mean_wait", "abandoned", "service_level"]].round(3).to_list()
    [8.075, 0.067, 0.788]
    """
    load, n = _checked(calls_per_hour, handle_seconds, agents, answer_within)
    if not 0 < patience_seconds < math.inf:
        raise ValueError(
            f"patience_seconds is {patience_seconds}; it lies above 0, and erlang_c has no end to patience"
        )
    below, above = _states(load, n, handle_seconds / patience_seconds)
    outlasts, in_time = _patience(n * patience_seconds / handle_seconds, len(above), answer_within / patience_seconds)
    abandoned = float(above @ (1 - outlasts))
    told = {"load": load, "occupancy": load * (1 - abandoned) / n, "wait_probability": float(above.sum())}
    told |= {"mean_wait": abandoned * patience_seconds, "abandoned": abandoned}
    return pd.Series(told | {"service_level": float(below.sum() + above @ (outlasts * in_time))})


def agents_needed(
    *,
    calls_per_hour: float,
    handle_seconds: float,
    answer_within: float,
    target: float = 0.8,
    patience_seconds: float | None = None,
) -> int:
    """Return the smallest number of agents that keeps the promise for a share of the calls.

    Parameters
    ----------
    calls_per_hour, handle_seconds, answer_within
        As in `erlang_c`.
    target
        The share of calls that must be answered within the promise.
    patience_seconds
        Where given, customers hang up (`erlang_a`); a call that is lost is not answered.

    Raises
    ------
    ValueError
        If an input is impossible, or more than 100,000 agents were needed.

    Examples
    --------
    >>> agents_needed(calls_per_hour=200, handle_seconds=180, answer_within=20)
    14
    """
    if not 0 < target < 1:
        raise ValueError(f"target is {target}; it is a share above 0 and below 1, such as 0.8")
    load, _ = _checked(calls_per_hour, handle_seconds, 1, answer_within)
    known: dict[str, Any] = {"calls_per_hour": calls_per_hour, "handle_seconds": handle_seconds}
    known |= {"answer_within": answer_within}

    def enough(agents: int) -> bool:
        if patience_seconds is not None:
            desk = erlang_a(**known, agents=agents, patience_seconds=patience_seconds)
        else:
            desk = erlang_c(**known, agents=agents)
        return bool(desk["service_level"] >= target)

    needed = _smallest(enough, 0 if patience_seconds is not None else int(load))
    if needed is None:
        raise ValueError(f"target: {target:g} within {answer_within:g} seconds takes more than {_MOST:,} agents")
    return needed


def _smallest(enough: Callable[[int], bool], low: int) -> int | None:
    """Return the smallest number of agents above `low` that is enough; None where none up to the most is."""
    high = max(low, 1) + 1
    while not enough(high):
        low, high = high, 2 * high
        if high > _MOST:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _checked(calls_per_hour: float, handle_seconds: float, agents: int, answer_within: float) -> tuple[float, int]:
    """Return the load and the agents, or say what is impossible."""
    wrong = [
        f"{name} is {value}"
        for name, value in {"calls_per_hour": calls_per_hour, "handle_seconds": handle_seconds}.items()
        if not 0 < value < math.inf
    ]
    if wrong:
        raise ValueError(f"{' and '.join(wrong)}; numbers above 0 are needed")
    if not 0 <= answer_within < math.inf:
        raise ValueError(f"answer_within is {answer_within}; it is a number of seconds from 0 up")
    if not 1 <= agents <= _MOST or agents != int(agents):
        raise ValueError(f"agents is {agents}; a whole number from 1 to {_MOST:,} is needed")
    return calls_per_hour * handle_seconds / 3600, int(agents)


def _patience(speed: float, longest: int, promise: float) -> tuple[np.ndarray, np.ndarray]:
    """Return, by how many are met waiting, the part that outlasts the wait, and the part of it that does so in time.

    `speed` is how many calls all agents end in one mean patience, `promise` is in such units too.
    """
    from scipy.special import betainc

    queue = np.arange(longest)
    return speed / (speed + queue + 1), 1 - betainc(speed + 1, queue + 1, math.exp(-promise))


def _wait_probability(load: float, agents: int) -> float:
    """Return the probability to wait from that of a loss system (Erlang B), whose recursion does not overflow."""
    blocked = 1.0
    for k in range(1, agents + 1):
        blocked = load * blocked / (k + load * blocked)
    return blocked / (1 - load / agents * (1 - blocked))


def _states(load: float, agents: int, impatience: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the probabilities of 0 … n − 1 customers at the desk, and of n, n + 1, … (0, 1, … waiting)."""
    steps = [np.log(load) - np.log(np.arange(1, agents + 1))]
    queue, last = 0, 0.0
    while queue == 0 or last > -40:  # so far the chance has fallen below 1e-17 of the highest
        more = np.arange(queue + 1, 2 * queue + 257)
        steps.append(np.log(load) - np.log(agents + more * impatience))
        queue = int(more[-1])
        logs = np.concatenate([[0.0], np.concatenate(steps).cumsum()])
        last = logs[-1] - logs.max()
    chance = np.exp(logs - logs.max())
    chance /= chance.sum()
    return chance[:agents], chance[agents:]
