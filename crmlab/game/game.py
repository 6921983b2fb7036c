"""The game as one object: play a quarter, look at the ledger, and compare at the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from crmlab import plots
from crmlab.game.comparison import BEST, YOU, Comparison
from crmlab.game.course import COLUMNS, Course, Policy
from crmlab.game.market import HIDDEN, QUARTERS, draw_market
from crmlab.game.policies import POLICIES, knowing
from crmlab.labels import word

if TYPE_CHECKING:
    from ipywidgets import VBox
    from matplotlib.axes import Axes

_TRIAL = ("quarter", "lever", "spend", "measure", "estimate", "low", "high")


class Game:
    """Twelve quarters of a firm: split a budget, see the ledger, learn, and split again.

    Each quarter a budget goes to attraction (leads), acquisition (turning leads into customers), retention, service
    (satisfaction, which moves churn and recommendations later) and learning (an experiment on one lever). What is not
    spent is kept. How the market answers is drawn by the seed, and hidden until the end. All luck is drawn at once: the
    same split always meets the same fate, so policies can be compared on one game.

    Parameters
    ----------
    seed
        Which market, and which luck.
    **switches
        Parameters that are set rather than drawn: the rules (`budget`, `margin`, `shock`) and the hidden ones.

    Raises
    ------
    ValueError
        If a switch is unknown or lies outside its range.

    Examples
    --------
    >>> game = Game(seed=3)
    >>> row = game.play({"attract": 25, "acquire": 25, "retain": 30, "service": 10, "learn": 4, "lever": "retain"})
    >>> row[["retain", "learn"]].tolist(), len(game.trials), game.finished
    ([30.0, 4.0], 3, False)
    >>> finished = game.replay("experiments")
    >>> finished.finished, bool(finished.profit > game.replay("all farming").profit)
    (True, True)
    """

    def __init__(self, seed: int = 0, **switches: float) -> None:
        self.seed = seed
        self.switches = switches
        self._course = Course(seed, switches)

    @property
    def finished(self) -> bool:
        """Whether all twelve quarters are played."""
        return self._course.finished

    @property
    def table(self) -> pd.DataFrame:
        """The ledger: one row a quarter played; spends and `profit` in million won, `satisfaction` as read (sd)."""
        rows = self._course.seen.rows
        return pd.DataFrame(list(rows), columns=list(COLUMNS), index=_quarters(1, len(rows)), dtype=float)

    @property
    def trials(self) -> pd.DataFrame:
        """The experiments: one row an arm, with the estimate and its 95 % interval."""
        found = [trial.table() for trial in self._course.seen.trials if trial is not None]
        return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=list(_TRIAL))

    @property
    def profit(self) -> float:
        """Profit so far (million won), with what the customers count for who are there now."""
        return float(self._course.total())

    @property
    def state(self) -> pd.Series:
        """What a player sees now: the quarter to play, the budget, customers, satisfaction as read, profit so far."""
        seen = self._course.seen
        now = {"quarter": min(seen.quarter, QUARTERS), "budget": seen.budget, **seen.standing, "profit": self.profit}
        return pd.Series(now, dtype=float, name="state")

    @property
    def rules(self) -> pd.DataFrame:
        """The public parameters: value, unit, meaning."""
        return self._parameters().drop(index=list(HIDDEN))

    @property
    def truth(self) -> pd.DataFrame:
        """The hidden parameters: value, unit, meaning; known only when the game is over."""
        if not self.finished:
            raise ValueError(f"the market stays hidden until all {QUARTERS} quarters are played")
        return self._parameters().loc[list(HIDDEN)]

    def play(self, split: Mapping[str, Any]) -> pd.Series:
        """Play a quarter and return its row of the ledger.

        Parameters
        ----------
        split
            Million won for `attract`, `acquire`, `retain`, `service` and `learn`, 0 where not named, together at most
            the budget; and `lever`, on which the experiment is that `learn` pays for.

        Raises
        ------
        ValueError
            If the game is over; if the split names something else, is negative or goes beyond the budget; or if the
            money for learning buys no experiment.
        """
        self._course.play(split)
        return self.table.iloc[-1]

    def replay(self, policy: str | Policy) -> Game:
        """Let a policy play the same game from the start, under the same luck, and return that game.

        Parameters
        ----------
        policy
            A name ("best", "experiments", "reads ledgers", "plans once", "greedy", "all hunting", "all farming"), or a
            function of what is seen (`Seen`) that returns a split.
        """
        other = Game(self.seed, **self.switches)
        if isinstance(policy, str) and policy != BEST and policy not in POLICIES:
            raise ValueError(f"there is no policy {policy!r}; there are {', '.join([BEST, *POLICIES])}")
        if isinstance(policy, str):
            policy = knowing(other._course.market) if policy == BEST else POLICIES[policy]
        other._course.run(policy)
        return other

    def compare(self) -> Comparison:
        """Set the path played beside the other policies, under the same luck.

        Raises
        ------
        ValueError
            If the game is not over.
        """
        if not self.finished:
            raise ValueError(f"quarter {self._course.seen.quarter} of {QUARTERS} comes next; compare at the end")
        games = {YOU: self, **{name: self.replay(name) for name in (BEST, *POLICIES)}}
        ledgers = {name: game._course.seen.rows for name, game in games.items()}
        return Comparison.of(self._course.market, self._course.luck, ledgers)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the customers at the end of each quarter, and who came and went in it."""
        drawn = self.table[["customers", "won", "lost"]]
        start = pd.DataFrame({"customers": self._course.seen.rules["customers"]}, index=_quarters(0, 1))
        drawn = pd.concat([start, drawn.dropna(axis=1, how="all")])
        drawn = drawn.rename(columns={"won": "customers won", "lost": "customers lost"})
        ax = plots.lines(drawn, ax, word("Does the firm grow?"), word("quarter"), word("customers"))
        for line, marker in zip(ax.lines[-len(drawn.columns) :], plots.MARKERS, strict=False):
            line.set_marker(marker)  # after the first quarter there is no line to see yet
        return ax

    def board(self) -> VBox:
        """Return the game as a board to play on in a notebook (see `crmlab.game.play`)."""
        from crmlab.game.board import play

        return play(self)

    def _parameters(self) -> pd.DataFrame:
        return draw_market(self.seed, self.switches).table()

    def __repr__(self) -> str:
        now = self.state
        where = "over" if self.finished else f"quarter {now['quarter']:.0f} of {QUARTERS}"
        return f"Game(seed={self.seed}): {where}, {now['customers']:,.0f} customers, {now['profit']:,.0f} million won"


def _quarters(first: int, count: int) -> pd.RangeIndex:
    return pd.RangeIndex(first, first + count, name="quarter")
