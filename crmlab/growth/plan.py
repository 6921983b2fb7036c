"""A plan month by month: what budgets for hunting and farming do to customers, revenue and cash.

An optimum says where to go; a plan says what happens on the way. Customers flow: some are won, some are brought by
others, some are kept and the rest are lost. Money spent today earns for as long as those it won stay, so cash falls
before it rises, and a firm may run dry on a plan that pays.

The response curves come from experiments, the other inputs from counts, and none is known exactly. The same flow is
therefore run for many futures at once, in each of which every uncertain input is drawn within its error. The band
around the plan is the middle 95 % of them. It covers a little less than 95 of 100: measured on 460 pairs of experiments
with 500 customers at each of four spends, the band of customers and of cash held the truth in 93.9 of 100. What it does
not hold: that the curves may not stay as they were, and the luck of single customers, small where there are many.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from crmlab import model_plots, plots
from crmlab.estimation import Vector, refuse_few_draws
from crmlab.growth.flow import Firm, flow, middle
from crmlab.growth.response import ResponseCurve
from crmlab.growth.response_fit import Shape
from crmlab.growth.sensitivity import Tornado
from crmlab.labels import word
from crmlab.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Answer = Literal["discounted_cash", "customers", "cumulative_cash"]
ANSWERS = ("discounted_cash", "customers", "cumulative_cash")
_SAID = {"discounted_cash": "cash so far, discounted", "customers": "customers", "cumulative_cash": "cash so far"}
_ENDS = (0.025, 0.975)
_CURVES = ("hunting", "farming")


@dataclass(frozen=True, eq=False, repr=False)
class GrowthPlan(Result):
    """Customers, revenue and cash by month under a plan, with the range that uncertain inputs leave.

    Attributes
    ----------
    table
        Index `month`, 0 is the start. `customers`, `won`, `referred`, `lost`; `revenue`, `spend` (of both budgets),
        `cash` (margin less budgets and fixed cost), `cumulative_cash`, `discounted_cash` (added up); and of customers,
        cumulative and discounted cash the range of the middle 95 % of the futures, as `customers_low` and so on.
    hunting, farming
        The response curves: share of prospects won by the month's spend on each, share of customers kept over a month
        by the month's spend on each.
    firm
        The other inputs.
    budgets
        `hunting` and `farming` by month.
    futures
        What was drawn: an array for each uncertain input.

    Examples
    --------
    >>> plan = GrowthPlan.of(
    ...     hunting_budget=10_000, farming_budget=2_000, months=24,
    ...     hunting=ResponseCurve.through(ceiling=0.10, spend=1, rate=0.04),
    ...     farming=ResponseCurve.through(ceiling=0.98, spend=2, rate=0.95),
    ...     firm=Firm(customers=1_000, prospects=10_000, revenue=100, margin=40), errors={"margin": 4},
    ... )
    >>> plan.table.loc[[0, 1, 24], ["customers", "cash"]].round(0).astype(int).to_numpy().tolist()
    [[1000, 0], [1350, 42000], [2035, 69380]]
    """

    table: pd.DataFrame
    hunting: ResponseCurve
    farming: ResponseCurve
    firm: Firm
    budgets: pd.DataFrame
    futures: Mapping[str, Any]

    @classmethod
    def of(
        cls,
        hunting_budget: float | Sequence[float],
        farming_budget: float | Sequence[float],
        *,
        hunting: ResponseCurve,
        farming: ResponseCurve,
        firm: Firm,
        months: int = 36,
        errors: Mapping[str, float] | None = None,
        draws: int = 1000,
        seed: int | np.random.Generator = 0,
    ) -> GrowthPlan:
        """Follow a plan.

        Parameters
        ----------
        hunting_budget, farming_budget
            Of a month: a number, or one for each month.
        hunting, farming
            Response curves; those that were fitted are drawn within their errors.
        firm
            The other inputs.
        months
            How many to follow.
        errors
            Standard errors of inputs of the firm, by name; they are drawn from a normal distribution, never below 0.
        draws, seed
            How many futures, and from which seed.

        Raises
        ------
        ValueError
            If an input is impossible, a budget has another length than the plan, an error names no input, or there are
            fewer than two draws.
        """
        firm.refuse_impossible()
        refuse_few_draws(draws)
        budgets = _budgets(hunting_budget, farming_budget, months)
        futures = _futures(hunting, farming, firm, errors or {}, draws, seed)
        plan = cls(pd.DataFrame(), hunting, farming, firm, budgets, futures)
        table = pd.DataFrame(plan._flow({}), index=pd.Index(np.arange(months + 1), name="month"))
        many = plan._flow(futures)
        for name in ANSWERS:
            ends = [middle(np.atleast_1d(row), now) for row, now in zip(many[name], table[name], strict=True)]
            table[f"{name}_low"], table[f"{name}_high"] = np.transpose(ends)
        return replace(plan, table=table)

    def draws(self) -> pd.DataFrame:
        """Return customers, cumulative cash and discounted cash at the end of the plan: one row for each future."""
        many = self._flow(self.futures)
        return pd.DataFrame({name: np.atleast_1d(many[name][-1]) for name in ANSWERS})

    def payback_month(self) -> float:
        """Return the first month from which on the cash spent has come back; infinite if it has not by the end."""
        short = np.flatnonzero(self.table["cumulative_cash"].to_numpy() < 0)
        month = float(short[-1] + 1) if len(short) else 0.0
        return month if month < len(self.table) else np.inf

    def tornado(self, answer: Answer = "discounted_cash") -> Tornado:
        """Rank the uncertain inputs by how far the answer moves where only one of them is drawn.

        A curve is one input: its ceiling and speed are known together, so moving them apart would overstate both. Its
        row shows the rate at the plan's first spend.

        Parameters
        ----------
        answer
            What is asked at the end of the plan: "discounted_cash", "customers" or "cumulative_cash".

        Raises
        ------
        ValueError
            If the answer is unknown, or no input is uncertain.
        """
        if answer not in ANSWERS:
            raise ValueError(f"answer is {answer!r}; choose one of {', '.join(ANSWERS)}")
        if not self.futures:
            raise ValueError("every input is taken as known; fit the curves to experiments or give errors")
        rows = {}
        for name, drawn in self.futures.items():
            reached = self._flow({name: drawn})[answer][-1]
            shown = self._first_rate(name, drawn) if name in _CURVES else drawn
            ends = np.quantile(reached, _ENDS)
            falls = np.cov(shown, reached)[0, 1] < 0
            rows[name] = [*np.quantile(shown, _ENDS), *(ends[::-1] if falls else ends), ends[1] - ends[0]]
        columns = ["low", "high", "value_at_low", "value_at_high", "swing"]
        table = pd.DataFrame(rows, index=pd.Index(columns)).T.rename_axis("input")
        ordered = table.sort_values("swing", ascending=False, kind="stable")
        return Tornado(ordered, float(self.table[answer].iloc[-1]))

    def summary(self) -> pd.DataFrame:
        """Return where the plan ends, with ranges, when the cash has come back and how low it falls."""
        last, lowest = self.table.iloc[-1], self.table["cumulative_cash"].min()
        rows = {name: [last[name], last[f"{name}_low"], last[f"{name}_high"]] for name in ANSWERS}
        rows |= {"lowest cash": [lowest, np.nan, np.nan], "payback month": [self.payback_month(), np.nan, np.nan]}
        return pd.DataFrame(rows, index=pd.Index(["estimate", "low", "high"])).T.round(1)

    def plot(self, ax: Axes | None = None, answer: Answer = "customers") -> Axes:
        """Draw customers, or the cash so far, by month with the range of the futures."""
        drawn = self.table[[answer, f"{answer}_low", f"{answer}_high"]].set_axis([answer, "low", "high"], axis=1)
        shown = drawn if self.futures else drawn[[answer]]
        title, name = word("Where does this plan lead?"), _SAID[answer]
        ax = plots.lines(shown.rename(columns={answer: name}), ax, title, word("month of the plan"), word(name))
        return model_plots.grouped_axis(ax)

    def _flow(self, changed: Mapping[str, Any]) -> dict[str, Vector]:
        """Return the flow with some inputs drawn and the others as they are."""
        curves = {name: changed.get(name, getattr(self, name).shape) for name in _CURVES}
        firm = replace(self.firm, **{name: value for name, value in changed.items() if name not in _CURVES})
        hunted, farmed = (self.budgets[name].to_numpy(float) for name in _CURVES)
        return flow(firm, curves["hunting"], curves["farming"], hunted, farmed)

    def _first_rate(self, name: str, drawn: Shape) -> Vector:
        heads = self.firm.prospects if name == "hunting" else self.firm.customers
        return drawn.rate(self.budgets[name].iloc[0] / heads if heads else 0.0)


def _budgets(hunting: Any, farming: Any, months: int) -> pd.DataFrame:
    if not (months >= 1 and months == int(months)):
        raise ValueError(f"months is {months}; it is a whole number from 1 up")
    columns = {}
    for name, budget in (("hunting", hunting), ("farming", farming)):
        spent = np.asarray(budget, float)
        if spent.ndim and len(spent) != months:
            raise ValueError(f"the {name} budget has {len(spent)} months, the plan {months}")
        if not (np.isfinite(spent).all() and (spent >= 0).all()):
            raise ValueError(f"the {name} budget is negative or missing in some month")
        columns[name] = np.broadcast_to(spent, months)
    return pd.DataFrame(columns, index=pd.Index(np.arange(1, months + 1), name="month"))


def _futures(
    hunting: ResponseCurve,
    farming: ResponseCurve,
    firm: Firm,
    errors: Mapping[str, float],
    draws: int,
    seed: int | np.random.Generator,
) -> dict[str, Any]:
    """Draw every uncertain input."""
    known = [one.name for one in fields(firm)]
    if unknown := [name for name in errors if name not in known]:
        raise ValueError(f"no input is called {', '.join(unknown)}; there are {', '.join(known)}")
    rng = np.random.default_rng(seed)
    curves = {"hunting": hunting, "farming": farming}
    futures: dict[str, Any] = {name: own.draw(draws, rng) for name, own in curves.items() if own.maximum is not None}
    for name, error in errors.items():
        if not 0 <= error < np.inf:
            raise ValueError(f"the error of {name} is {error}; it is a standard error from 0 up")
        futures[name] = np.maximum(rng.normal(getattr(firm, name), error, draws), 0.0)
    return futures
