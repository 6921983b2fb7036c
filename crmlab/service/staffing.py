"""How many people keep the promise: the service level for each number of agents.

The last agents are the dear ones. Near the load each one more shortens the queue by much; beyond the target each adds
little and sits idle more. A large desk keeps the same promise with busier agents than a small one, because the
accidents of many calls even out (Whitt 1992, Management Science 38(5)).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crmlab import plots
from crmlab.labels import percent, word
from crmlab.result import Result
from crmlab.service.erlang import agents_needed, erlang_a, erlang_c

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, eq=False, repr=False)
class Staffing(Result):
    """Numbers of agents and what they achieve.

    Attributes
    ----------
    table
        Index `agents`, around the number needed: `occupancy`, `wait_probability`, `mean_wait` (seconds),
        `service_level`, and `abandoned` where customers hang up.
    agents
        The smallest number that reaches the target.
    answer_within, target
        The promise in seconds, and the share of calls for which it must be kept.

    Examples
    --------
    >>> desk = Staffing.plan(calls_per_hour=200, handle_seconds=180, answer_within=20)
    >>> desk.agents, desk.table.loc[[13, 14], "service_level"].round(3).to_list()
    (14, [0.796, 0.888])
    """

    table: pd.DataFrame
    agents: int
    answer_within: float
    target: float

    @classmethod
    def plan(
        cls,
        *,
        calls_per_hour: float,
        handle_seconds: float,
        answer_within: float = 20.0,
        target: float = 0.8,
        patience_seconds: float | None = None,
    ) -> Staffing:
        """Find the number of agents for a target, and tabulate its neighbours.

        Parameters
        ----------
        calls_per_hour, handle_seconds, answer_within, target, patience_seconds
            As in `agents_needed`.

        Raises
        ------
        ValueError
            As `agents_needed`.
        """
        calls = {"calls_per_hour": calls_per_hour, "handle_seconds": handle_seconds, "answer_within": answer_within}
        needed = agents_needed(**calls, target=target, patience_seconds=patience_seconds)
        load = calls_per_hour * handle_seconds / 3600
        around = max(4, round(needed**0.5))
        first = max(1, needed - around) if patience_seconds is not None else max(int(load) + 1, needed - around)
        numbers = range(first, needed + around + 1)
        rows = [
            erlang_c(**calls, agents=n)
            if patience_seconds is None
            else erlang_a(**calls, agents=n, patience_seconds=patience_seconds)
            for n in numbers
        ]
        table = pd.DataFrame(rows, index=pd.Index(np.array(numbers), name="agents")).drop(columns="load")
        return cls(table, needed, float(answer_within), float(target))

    def summary(self) -> pd.DataFrame:
        """Return the number needed and its neighbours, rounded."""
        near = self.table.loc[(self.table.index >= self.agents - 2) & (self.table.index <= self.agents + 2)]
        return near.round({"mean_wait": 1}).round(3)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw service level, occupancy and abandonment against the agents, with the number needed."""
        names = [name for name in ("service_level", "occupancy", "abandoned") if name in self.table]
        drawn = self.table[names].rename(columns=lambda name: name.replace("_", " "))
        ax = plots.lines(drawn, ax, word("How many people keep the promise?"), word("agents"), word("share"))
        ax.axhline(self.target, color=plots.FAINT, lw=1, linestyle=":")
        ax.plot([self.agents], [self.table["service_level"].loc[self.agents]], plots.MARKERS[3], color=plots.PALETTE[0])
        ax.annotate(f"{self.agents}", (self.agents, self.target), xytext=(6, -14), textcoords="offset points")
        said = f"{self.agents} agents reach {percent(self.target)} within {self.answer_within:g} seconds."
        text = plots.alternative_text(ax.figure)  # pyright: ignore[reportArgumentType]
        return plots.describe(plots.percent_axis(ax), f"{text} {said}")
