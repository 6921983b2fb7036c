"""The course of a game, or of many games at once: what players see, what they may do, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from crmlab.game import quarter
from crmlab.game.beliefs import Beliefs
from crmlab.game.market import QUARTERS, RULES, SPENDS, Numbers, draw_luck, draw_market, numbers_of
from crmlab.game.trials import ARMS, Trial, run_trial

COLUMNS = (*SPENDS, "leads", "referred", "won", "lost", "customers", "satisfaction", "profit")


@dataclass(frozen=True, eq=False)
class Seen:
    """What a player knows before a quarter: the rules, the ledgers so far, and what the experiments found.

    Attributes
    ----------
    quarter
        The one to play, from 1.
    rules
        The public parameters by name: `budget`, `margin` and so on.
    rows
        The ledgers, one a quarter: what was spent on each lever, and `leads`, `referred`, `won`, `lost`, `customers`,
        `satisfaction` (as the survey reads it), `profit` (million won). Numbers, or arrays with one entry a game.
    trials
        The experiments, one a quarter; None where there was none.
    before
        What was known a quarter earlier.
    """

    quarter: int
    rules: Numbers
    rows: tuple[Numbers, ...] = ()
    trials: tuple[Trial | None, ...] = ()
    before: Seen | None = None

    @property
    def budget(self) -> float:
        """Million won to split."""
        return self.rules["budget"]

    @property
    def left(self) -> int:
        """Quarters still to play, this one among them."""
        return QUARTERS + 1 - self.quarter

    @property
    def standing(self) -> Numbers:
        """Customers and satisfaction now, as they are seen."""
        if self.rows:
            return {name: self.rows[-1][name] for name in ("customers", "satisfaction")}
        return {"customers": self.rules["customers"], "satisfaction": 0.0}

    @cached_property
    def beliefs(self) -> Beliefs | None:
        """What a careful reader believes of the hidden parameters; None before the first quarter."""
        if self.before is None:
            return None
        last = self.before.beliefs or Beliefs.at_first(np.shape(self.rows[-1]["customers"]))
        return last.after(self.rules, self.before.standing, self.rows[-1], self.trials[-1])

    def believed(self) -> Numbers:
        """Return the rules with the believed mean of each hidden parameter."""
        beliefs = self.beliefs or Beliefs.at_first(())
        return self.rules | beliefs.market()


Policy = Callable[[Seen], Mapping[str, Any]]


class Course:
    """One game, or many side by side, from its first quarter to its last.

    Parameters
    ----------
    seeds
        One seed, or several games that are played by the same policy at once.
    switches
        Parameters that are set rather than drawn.
    """

    def __init__(self, seeds: int | Sequence[int], switches: dict[str, float] | None = None) -> None:
        one = isinstance(seeds, int | np.integer)
        markets = draw_market(int(seeds), switches) if one else [draw_market(int(seed), switches) for seed in seeds]
        self.market = numbers_of(markets)
        self.luck = draw_luck(seeds)
        first = self.market if one else numbers_of(markets[0])  # pyright: ignore[reportIndexIssue]
        self.seen = Seen(1, {name: float(first[name]) for name in RULES})
        self._satisfaction: Any = np.zeros(self.luck["won"].shape[1:])

    @property
    def finished(self) -> bool:
        """Whether all quarters are played."""
        return self.seen.quarter > QUARTERS

    def play(self, split: Mapping[str, Any]) -> None:
        """Play a quarter.

        Raises
        ------
        ValueError
            If the game is over; if the split names something else, is negative or goes beyond the budget; or if the
            money for learning buys no experiment.
        """
        if self.finished:
            raise ValueError(f"all {QUARTERS} quarters are played; start a new game")
        spend, lever = read_split(split, self.seen.budget)
        games = self.luck["won"].shape[1:]
        spend = {name: np.broadcast_to(value, games)[()] for name, value in spend.items()}
        luck = {name: values[self.seen.quarter - 1] for name, values in self.luck.items()}
        trial = run_trial(self.seen.quarter, lever, spend["learn"], self.market, self._satisfaction, luck)
        row = quarter.advance(self.market, self.seen.standing["customers"], self._satisfaction, spend, luck)
        self._satisfaction = row["satisfaction"]
        row["satisfaction"] = self._satisfaction + self.market["survey_error"] * ndtri(luck["survey"])
        now = self.seen
        rows = (*now.rows, {name: np.asarray((spend | row)[name], float)[()] for name in COLUMNS})
        self.seen = Seen(now.quarter + 1, now.rules, rows, (*now.trials, trial), now)

    def run(self, policy: Policy) -> Course:
        """Let a policy play all quarters that are left, and return the course."""
        while not self.finished:
            self.play(policy(self.seen))
        return self

    def total(self) -> Any:
        """Return the profit so far (million won), with what the customers count for who are there."""
        profit = sum(row["profit"] for row in self.seen.rows)
        return profit + quarter.worth_left(self.seen.rules, self.seen.standing["customers"])


def read_split(split: Mapping[str, Any], budget: float) -> tuple[Numbers, str]:
    """Return the amounts of a split, 0 for what it does not name, and the lever that an experiment is on.

    Examples
    --------
    >>> read_split({"retain": 10, "learn": 4, "lever": "acquire"}, 40)
    ({'attract': 0.0, 'acquire': 0.0, 'retain': 10, 'service': 0.0, 'learn': 4}, 'acquire')
    """
    unknown = sorted(set(split) - {*SPENDS, "lever"})
    if unknown:
        raise ValueError(f"the split names {', '.join(unknown)}; it may name {', '.join(SPENDS)} and lever")
    spend = quarter.complete(dict(split))
    amounts = np.stack(np.broadcast_arrays(*(np.asarray(value, float) for value in spend.values())))
    if not np.isfinite(amounts).all() or (amounts < 0).any():
        raise ValueError("an amount of the split is negative or missing; amounts are million won from 0 up")
    if (amounts.sum(axis=0) > budget + 1e-6).any():
        raise ValueError(f"the split adds up to {amounts.sum(axis=0).max():g}; the budget is {budget:g} million won")
    return spend, str(split.get("lever", next(iter(ARMS))))


def play_many(policy: Policy, seeds: Sequence[int], **switches: float) -> pd.Series:
    """Play one game for each seed and return what it came to (million won), by seed.

    Parameters
    ----------
    policy
        A function of `Seen` that returns a split. It is asked once a quarter for all games: what it sees are arrays
        with one entry a game, and so are the amounts that it returns.
    seeds
        The games.
    **switches
        Parameters that are set rather than drawn.

    Examples
    --------
    >>> totals = play_many(lambda seen: {"retain": 0.5 * seen.budget}, range(3))
    >>> totals.index.tolist(), bool((totals > 0).all())
    ([0, 1, 2], True)
    """
    course = Course(list(seeds), switches).run(policy)
    return pd.Series(course.total(), index=pd.Index(list(seeds), name="seed"), name="profit")
