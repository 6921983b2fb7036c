"""The end of a game: the player's path beside other policies under the same luck, and where the money was lost.

What a path lost against the best is shared out among the levers by Shapley values (Shapley 1953, Contributions to the
Theory of Games II, 307–317): each lever's spending is replaced by the best one's, alone and on top of every set of
other levers, and the changes are averaged over all orders. So the parts add up to the whole, and no order is favoured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import factorial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crmlab import plots
from crmlab.estimation import Vector
from crmlab.game.market import SPENDS, Numbers
from crmlab.game.quarter import advance, worth_left
from crmlab.labels import word
from crmlab.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

YOU, BEST = "you", "best"
UNDRAWN = ("reads ledgers",)  # it runs so near to its sister that the lines could not be told apart


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(Result):
    """What each policy made of the same game.

    Attributes
    ----------
    table
        One row a policy: `total` (million won, with what the customers at the end count for), `customers` at the end,
        `lost` against the best plan, and that loss by lever: `attract`, `acquire`, `retain`, `service`, `learn`. A
        negative loss is a gain: the best plan is the best in the mean, not under every luck.
    paths
        One row a quarter, from 0, and one column a policy: profit so far, with what the customers count for.

    Examples
    --------
    >>> from crmlab.game import Game
    >>> compared = Game(seed=1).replay("all farming").compare()
    >>> parts = compared.table[["attract", "acquire", "retain", "service", "learn"]].sum(axis=1)
    >>> bool(np.allclose(parts, compared.table["lost"]))
    True
    """

    table: pd.DataFrame
    paths: pd.DataFrame

    @classmethod
    def of(cls, market: Numbers, luck: Numbers, ledgers: Mapping[str, Sequence[Numbers]]) -> Comparison:
        """Compare the ledgers of policies that played one game; one of them is the best plan's.

        Parameters
        ----------
        market, luck
            Of the game.
        ledgers
            The rows of each policy's ledger, by its name.
        """
        paths = pd.DataFrame({name: _path(market, rows) for name, rows in ledgers.items()})
        best = _spends(ledgers[BEST])
        lost = {name: lost_by_lever(market, luck, _spends(rows), best) for name, rows in ledgers.items()}
        table = pd.DataFrame(
            {
                "total": paths.iloc[-1],
                "customers": {name: float(rows[-1]["customers"]) for name, rows in ledgers.items()},
                "lost": paths[BEST].iloc[-1] - paths.iloc[-1],
            }
        ).join(pd.DataFrame.from_dict(lost, orient="index"))
        return cls(table.rename_axis("policy"), paths.rename_axis("quarter"))

    def summary(self) -> pd.DataFrame:
        """Return the table in whole million won and customers, the highest total first."""
        return self.table.sort_values("total", ascending=False).round(0).astype(int)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the paths of the policies, quarter by quarter."""
        drawn = self.paths.drop(columns=[name for name in UNDRAWN if YOU in self.paths and name in self.paths])
        words = (word("Which way to split the budget earns most?"), word("quarter"), word("profit so far"))
        return plots.lines(drawn, ax, *words)


def lost_by_lever(market: Numbers, luck: Numbers, mine: dict[str, Vector], best: dict[str, Vector]) -> dict[str, float]:
    """Return what a path lost against another one (million won), shared out among the levers.

    Parameters
    ----------
    market, luck
        Of the game; both paths meet the same luck.
    mine, best
        Million won by lever: one entry a quarter.

    Returns
    -------
    dict
        By lever; the sum is the whole loss.
    """
    sets = np.array(list(product([False, True], repeat=len(SPENDS))))  # True: this lever follows the best path
    customers: Any = np.full(len(sets), market["customers"])
    satisfaction: Any = np.zeros(len(sets))
    total: Any = np.zeros(len(sets))
    for quarter in range(len(next(iter(mine.values())))):
        spend = {name: np.where(sets[:, i], best[name][quarter], mine[name][quarter]) for i, name in enumerate(SPENDS)}
        chances = {name: values[quarter] for name, values in luck.items()}
        row = advance(market, customers, satisfaction, spend, chances)
        customers, satisfaction, total = row["customers"], row["satisfaction"], total + row["profit"]
    return _shapley(sets, total + worth_left(market, customers))


def _shapley(sets: Vector, total: Vector) -> dict[str, float]:
    """Share the difference between all and none out among the levers."""
    count, found = len(SPENDS), {}
    places = 2 ** np.arange(count)[::-1]
    for i, name in enumerate(SPENDS):
        without = sets[~sets[:, i]]
        size = without.sum(axis=1)
        weight = np.array([factorial(n) * factorial(count - n - 1) for n in size]) / factorial(count)
        row = without @ places
        found[name] = float(weight @ (total[row + places[i]] - total[row]))
    return found


def _spends(rows: Sequence[Numbers]) -> dict[str, Vector]:
    return {name: np.array([row[name] for row in rows], float) for name in SPENDS}


def _path(market: Numbers, rows: Sequence[Numbers]) -> Vector:
    """Return profit so far with what the customers count for, at the start and after each quarter."""
    customers = np.array([market["customers"], *(row["customers"] for row in rows)], float)
    profit = np.array([0.0, *(row["profit"] for row in rows)], float)
    return profit.cumsum() + worth_left(market, customers)
