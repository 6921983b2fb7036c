"""Who solves at first contact, on cases as hard as each other.

Triage sends the hard cases to the best, who then solve the smaller share of what they get: Simpson's paradox (Simpson
1951, Journal of the Royal Statistical Society B 13(2)). Direct standardisation asks what each group would solve if all
got the same mix of difficulty, that of all cases together (Rothman, Greenland and Lash 2008, Modern Epidemiology).

It mends what the column of difficulty sees. Where triage looks at more than it writes down, cases of one difficulty
still differ between the groups, and the comparison with them. And a case that a group never gets has no rate to
standardise: that is refused, not guessed.

Where a group has about ten cases of a difficulty and solves nearly all of them, the interval is rather too wide than
too narrow, for half a case is added to either side there: 98 % of such intervals held the truth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crmlab import plots
from crmlab.engines import counts_of, need, refuse_gaps, to_pandas, truths
from crmlab.estimation import Z95, wilson
from crmlab.labels import word
from crmlab.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, eq=False, repr=False)
class FirstContact(Result):
    """Shares solved at first contact, crude and standardised over difficulty.

    Attributes
    ----------
    table
        Index: the groups. `cases`, `crude` (share of the group's own cases) with its 95 % Wilson interval `crude_low`
        and `crude_high`, and `estimate` (standardised) with `low` and `high` (95 %).
    cells
        One row for each group and difficulty: `cases`, `solved`, `rate`, and `weight`, the share of all cases.
    by, difficulty
        The columns.

    Examples
    --------
    >>> rows = [("junior", 1, 90, 81), ("junior", 5, 10, 2), ("senior", 1, 10, 10), ("senior", 5, 90, 45)]
    >>> long = [(g, d, s, n) for g, d, all_, won in rows for s, n in ((True, won), (False, all_ - won))]
    >>> tickets = pd.DataFrame(long, columns=["level", "difficulty", "resolved_at_first_contact", "customers"])
    >>> FirstContact.from_tickets(tickets, by="level").table[["crude", "estimate"]].round(2).to_numpy().tolist()
    [[0.83, 0.55], [0.55, 0.75]]
    """

    table: pd.DataFrame
    cells: pd.DataFrame
    by: str
    difficulty: str

    @classmethod
    def from_tickets(
        cls,
        tickets: Any,
        by: str,
        difficulty: str = "difficulty",
        solved: str = "resolved_at_first_contact",
    ) -> FirstContact:
        """Count what each group solved, and standardise over difficulty.

        Parameters
        ----------
        tickets
            One row a ticket, or counts with a column `customers`. Tickets that nobody of the groups dealt with must be
            left out.
        by
            The column of groups, such as the level of the agent.
        difficulty
            The column to standardise over; several may be joined into one.
        solved
            A column of true and false, or 1 and 0.

        Raises
        ------
        ValueError
            If a column is missing or empty somewhere, or a group never had cases of a difficulty.
        """
        frame = to_pandas(tickets)
        need(frame.columns, [by, difficulty, solved], "the table of tickets")
        refuse_gaps(frame, (by, difficulty, solved), "the table of tickets")
        counts = counts_of(frame, "the table of tickets")
        long = frame[[by, difficulty]].assign(
            cases=counts, solved=counts * truths(frame, solved, "the table of tickets")
        )
        cells = long.groupby([by, difficulty], observed=True)[["cases", "solved"]].sum()
        cells = _refuse_gaps(cells[cells["cases"] > 0], by, difficulty)
        cells["rate"] = cells["solved"] / cells["cases"]
        whole = cells["cases"].groupby(level=1, observed=True).sum()
        cells["weight"] = cells.index.get_level_values(1).map(whole / whole.sum()).to_numpy(float)
        return cls(_standardised(cells), cells.reset_index(), by, difficulty)

    def difference(self, one: Any, other: Any) -> pd.Series:
        """Return by how much `one` solves more than `other`: crude, and standardised with its 95 % interval.

        Raises
        ------
        ValueError
            If there is no such group.
        """
        if not {one, other} <= set(self.table.index):
            raise ValueError(f"{one!r} and {other!r}: the groups are {', '.join(map(str, self.table.index))}")
        a, b = self.table.loc[one], self.table.loc[other]
        gap, half = a["estimate"] - b["estimate"], Z95 * np.hypot(a["standard_error"], b["standard_error"])
        told = {"crude": a["crude"] - b["crude"], "estimate": gap, "low": gap - half, "high": gap + half}
        return pd.Series(told)

    def summary(self) -> pd.DataFrame:
        """Return the shares, rounded."""
        return self.table.round(3)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw each group's share as counted, and on cases as hard as each other."""
        crude = self.table[["crude", "crude_low", "crude_high"]].set_axis(["estimate", "low", "high"], axis=1)
        rows = {
            f"{group}, {word(name)}": part.loc[group]
            for group in self.table.index
            for name, part in (("as counted", crude), ("at equal difficulty", self.table[["estimate", "low", "high"]]))
        }
        title = word("Who solves more at first contact?")
        return plots.percent_axis(plots.dots(pd.DataFrame(rows).T, ax, title, word("solved at first contact")), "x")


def _refuse_gaps(cells: pd.DataFrame, by: str, difficulty: str) -> pd.DataFrame:
    groups, levels = (cells.index.get_level_values(place).unique() for place in (0, 1))
    missing = [f"{group} at {level}" for group in groups for level in levels if (group, level) not in cells.index]
    if missing:
        raise ValueError(
            f"{by}: no case of {difficulty} for {', '.join(missing)}; what is not there cannot be standardised. Put "
            "neighbouring difficulties together"
        )
    return cells


def _standardised(cells: pd.DataFrame) -> pd.DataFrame:
    """Return the groups' rates. The variance adds half a case to either side, so that none is known without error."""
    cells = cells.assign(part=cells["weight"] * cells["rate"])
    guess = (cells["solved"] + 0.5) / (cells["cases"] + 1)
    cells["variance"] = cells["weight"] ** 2 * guess * (1 - guess) / cells["cases"]
    sums = cells.groupby(level=0, observed=True)[["cases", "solved", "part", "variance"]].sum()
    table = pd.DataFrame({"cases": sums["cases"], "crude": sums["solved"] / sums["cases"]})
    table["crude_low"], table["crude_high"] = wilson(sums["solved"], sums["cases"])
    table["estimate"], table["standard_error"] = sums["part"], np.sqrt(sums["variance"])
    inner = (0.5 + sums["part"] * sums["cases"]) / (sums["cases"] + 1)
    size = inner * (1 - inner) / sums["variance"]  # equal cases that would know as much
    low, high = wilson(sums["part"] * size, size)
    table["low"], table["high"] = np.minimum(low, sums["part"]), np.maximum(high, sums["part"])
    return table
