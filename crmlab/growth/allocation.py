"""Hunting or farming: how to split a budget between winning customers and keeping them.

Blattberg and Deighton (1996, Harvard Business Review 74(4), 136–144) value a prospect on whom A is spent: it is won
with probability a(A), pays a margin m at once, and from then on R is spent on it in each period to keep it with
probability r(R). With r′ = r / (1 + d) its customer equity is

    a m − A + a (m − R / r) r′ / (1 − r′).

The second part, per customer won, is what a customer brings from the next renewal on: (m r − R) / (1 + d − r).

Two uses. In the paper's form (`customers` left out) there is one kind of prospect and the budget is A + R, a head. In
the manager's form a budget of one period is split between A on each of `prospects` and R on each of `customers`; the
value is that of both groups. Later spend on those who stay is charged to their value, not to this period's budget.

Pfeifer (2005, Journal of Targeting, Measurement and Analysis for Marketing 13(2), 179–188) shows what an optimum looks
like without a budget: the *next* customer won, and the *next* customer kept, both cost exactly what a new customer is
worth, m plus the second part above. The average costs may differ by any factor, so quoting them decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crmlab import model_plots, plots
from crmlab.growth import frontier
from crmlab.growth.market import Market
from crmlab.growth.response import ResponseCurve
from crmlab.growth.sensitivity import Tornado
from crmlab.labels import word
from crmlab.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, eq=False, repr=False)
class Allocation(Result):
    """A split between hunting (winning prospects) and farming (keeping customers), and what it is worth.

    Attributes
    ----------
    table
        The frontier: index `farming_share` of the budget, all of which is spent; columns `hunting_spend` (a prospect),
        `farming_spend` (a customer), `acquisition_rate`, `retention_rate`, `customer_value` (of a newly won customer),
        `value`, and, where a curve was fitted, `low` and `high`, the 95 % interval of the value.
    hunting, farming
        The response curves: share of prospects won by spend a prospect, share of customers kept by spend a customer.
    market
        The other inputs.
    hunting_spend, farming_spend
        The plan: spend a prospect, and spend a customer and period.
    budget
        Of the period; where none was given, what the plan spends.

    Examples
    --------
    >>> hunting = ResponseCurve.through(ceiling=0.10, spend=1, rate=0.04)
    >>> farming = ResponseCurve.through(ceiling=0.80, spend=8, rate=0.6)
    >>> best = Allocation.best(hunting=hunting, farming=farming, margin=50, discount_rate=0.1)
    >>> round(best.hunting_spend, 3), round(best.farming_spend, 3), round(best.value, 3)
    (3.405, 15.798, 5.782)
    >>> best.costs["marginal_cost"].round(2).to_list(), round(best.customer_value, 2)
    ([111.44, 111.44], 111.44)
    >>> firm = Allocation.best(budget=50_000, hunting=hunting, farming=farming, margin=50, discount_rate=0.1,
    ...                        prospects=10_000, customers=4_000)
    >>> round(firm.hunting_spend, 2), round(firm.farming_spend, 2), round(firm.farming_share, 2)
    (0.6, 11.01, 0.88)
    """

    table: pd.DataFrame
    hunting: ResponseCurve
    farming: ResponseCurve
    market: Market
    hunting_spend: float
    farming_spend: float
    budget: float

    @classmethod
    def best(
        cls,
        budget: float | None = None,
        *,
        hunting: ResponseCurve,
        farming: ResponseCurve,
        margin: float,
        discount_rate: float,
        prospects: float = 1.0,
        customers: float | None = None,
    ) -> Allocation:
        """Find the split of the highest value.

        Parameters
        ----------
        budget
            To spend at most in this period; None looks for the best spend without a limit. What is better kept than
            spent is left over (`unspent`).
        hunting, farming
            Response curves to the spend a prospect and to the spend a customer.
        margin
            Of a customer and period.
        discount_rate
            Per period.
        prospects
            How many can be approached in this period.
        customers
            How many there are to keep; left out, the paper's form is used, with a budget of A + R for each prospect.

        Raises
        ------
        ValueError
            If an input is impossible, or the value would be infinite.
        """
        market = Market(hunting.shape, farming.shape, margin, discount_rate, prospects, customers)
        market.refuse_impossible()
        if budget is not None and not budget > 0:
            raise ValueError(f"budget is {budget}; it is an amount above 0, or None for no limit")
        return cls._made(hunting, farming, market, market.optimum(budget), budget)

    @classmethod
    def of(
        cls,
        hunting_spend: float,
        farming_spend: float,
        *,
        hunting: ResponseCurve,
        farming: ResponseCurve,
        margin: float,
        discount_rate: float,
        prospects: float = 1.0,
        customers: float | None = None,
    ) -> Allocation:
        """Value a given plan: a spend a prospect, and a spend a customer; parameters and errors as in `best`."""
        market = Market(hunting.shape, farming.shape, margin, discount_rate, prospects, customers)
        market.refuse_impossible()
        for name, spend in (("hunting_spend", hunting_spend), ("farming_spend", farming_spend)):
            if not 0 <= spend < np.inf:
                raise ValueError(f"{name} is {spend}; it is an amount from 0 up")
        return cls._made(hunting, farming, market, (hunting_spend, farming_spend), None)

    def at(self, farming_share: float) -> Allocation:
        """Return the plan that spends the whole budget, with this share of it on farming.

        Raises
        ------
        ValueError
            If the share is not between 0 and 1.
        """
        if not 0 <= farming_share <= 1:
            raise ValueError(f"farming_share is {farming_share}; it lies between 0 and 1")
        spends = self.market.spends(self.budget, farming_share)
        return replace(self, hunting_spend=float(spends[0]), farming_spend=float(spends[1]))

    @property
    def value(self) -> float:
        """What prospects, and customers where there are, bring under this plan, less its cost."""
        return float(self.market.value(self.hunting_spend, self.farming_spend))

    @property
    def customer_value(self) -> float:
        """What a newly won customer is worth: the first margin, and all later ones less the spend to keep it."""
        return float(self.market.margin + self.market.future(self.farming_spend))

    @property
    def spent(self) -> float:
        """What the plan costs in this period."""
        return float(self.market.cost(self.hunting_spend, self.farming_spend))

    @property
    def unspent(self) -> float:
        """What of the budget is better kept."""
        return max(self.budget - self.spent, 0.0)

    @property
    def farming_share(self) -> float:
        """The share of what is spent that goes to farming."""
        return self.farming_spend * self.market.farmed / self.spent if self.spent > 0 else 0.0

    @property
    def costs(self) -> pd.DataFrame:
        """Rate, average and marginal cost of hunting and farming, and what one more unit of money brings, net.

        At an optimum without a budget both marginal costs equal `customer_value` and one more unit brings nothing;
        under a budget that binds it brings the same in both.
        """
        spend = np.array([self.hunting_spend, self.farming_spend])
        curves = (self.hunting, self.farming)
        columns = {
            "spend": spend,
            "rate": [curve(own) for curve, own in zip(curves, spend, strict=True)],
            "average_cost": [curve.average_cost(own) for curve, own in zip(curves, spend, strict=True)],
            "marginal_cost": [curve.marginal_cost(own) for curve, own in zip(curves, spend, strict=True)],
            "net_gain_of_one_more": self.market.gains(*spend),
        }
        return pd.DataFrame(columns, index=pd.Index(["hunting", "farming"]))

    def summary(self) -> pd.DataFrame:
        """Return the plan in nine numbers."""
        numbers = {
            "value": self.value,
            "customer value": self.customer_value,
            "spent": self.spent,
            "unspent": self.unspent,
            "share for farming": self.farming_share,
            "spend a prospect": self.hunting_spend,
            "spend a customer": self.farming_spend,
            "acquisition rate": self.hunting(self.hunting_spend),
            "retention rate": self.farming(self.farming_spend),
        }
        return pd.DataFrame({"plan": numbers}).round(3)

    def uncertainty(self, draws: int = 1000, seed: int | np.random.Generator = 0) -> pd.DataFrame:
        """Return what the plan may be worth, given the errors of the fitted curves.

        Parameters
        ----------
        draws
            How many pairs of curves that the experiments allow, at least 2.
        seed
            Of the draws.

        Returns
        -------
        DataFrame
            One row a draw: `value` of this plan and its other numbers, as in `intervals`; `best_share` for farming and
            `best_value` within the same budget had the curves been known, and `regret`, the difference of the values.
        """
        spends = self.hunting_spend, self.farming_spend
        return frontier.redraw(self.hunting, self.farming, self.market, spends, self.budget, draws, seed)

    def intervals(self, draws: int = 1000, seed: int | np.random.Generator = 0) -> pd.DataFrame:
        """Return the numbers of the plan with their 95 % intervals, carried from the errors of the fitted curves.

        With 500 customers at each of four spends the interval of `value` held the truth in 93.3 of 100 experiments.

        Parameters
        ----------
        draws, seed
            As in `uncertainty`.

        Returns
        -------
        DataFrame
            Columns `estimate`, `low`, `high`. Rows `value`, `customer_value`, `acquisition_rate`, `retention_rate`,
            `next_won_costs` and `next_kept_costs` (the marginal costs); `best_share`, `best_value` and `regret` say how
            far another split within the budget may be the better one.
        """
        spends = self.hunting_spend, self.farming_spend
        return frontier.spans(self.uncertainty(draws, seed), self.market, spends, self.budget)

    def tornado(self, change: float = 0.2, **ranges: tuple[float, float]) -> Tornado:
        """Return how far the plan's value moves with each input, and which split would then be best.

        Parameters
        ----------
        change
            Each input is moved by this share of itself, shares never beyond 1.
        **ranges
            Instead, the low and high end of single inputs: `margin`, `discount_rate`, `prospects`, `customers`,
            `hunting_ceiling`, `hunting_k`, `farming_ceiling`, `farming_k`, and the two floors.

        Returns
        -------
        Tornado
            Its table has two more columns, `best_share_at_low` and `best_share_at_high`.

        Raises
        ------
        ValueError
            If a range names no input.
        """
        spends = self.hunting_spend, self.farming_spend
        return frontier.tornado(self.market, spends, self.budget, ranges or self.market.around(change))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the frontier: the value by the share of the budget for farming, and where this plan lies."""
        drawn = self.table.filter(["value", "low", "high"]).set_axis(self.table.index * 100)
        title = word("How much of the budget should go to the customers we have?")
        ax = plots.lines(drawn, ax, title, word("share for farming"), word("value (currency)"))
        model_plots.grouped_axis(ax)
        best = f"{drawn.index[int(np.argmax(drawn['value']))]:g}"
        return model_plots.mark_point(ax, 100 * self.farming_share, self.value, word("this plan"), best)

    @classmethod
    def _made(
        cls,
        hunting: ResponseCurve,
        farming: ResponseCurve,
        market: Market,
        spends: tuple[float, float],
        budget: float | None,
    ) -> Allocation:
        limit = budget if budget is not None else float(market.cost(*spends))
        table = frontier.frontier(hunting, farming, market, limit)
        return cls(table, hunting, farming, market, float(spends[0]), float(spends[1]), limit)
