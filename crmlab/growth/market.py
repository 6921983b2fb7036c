"""The economics behind a split between hunting and farming: value, cost and optimum of a spend on each head."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from crmlab.growth.response_fit import NAMES, Shape

_CURVES = ("hunting", "farming")


@dataclass(frozen=True)
class Market:
    """What a plan is valued in; spends are A a prospect and R a customer, and may be arrays.

    Attributes
    ----------
    hunting, farming
        Response curves a(A) and r(R).
    margin, discount_rate
        Per period.
    prospects, customers
        How many there are. Without `customers` the value is that of the prospects alone and the budget is A + R for
        each of them (Blattberg and Deighton 1996).
    """

    hunting: Shape
    farming: Shape
    margin: float
    discount_rate: float
    prospects: float
    customers: float | None

    @property
    def farmed(self) -> float:
        """For how many R is paid out of the budget."""
        return self.prospects if self.customers is None else self.customers

    def refuse_impossible(self) -> None:
        """Raise a ValueError if an input is impossible or the value would be infinite."""
        if not 0 < self.margin < np.inf:
            raise ValueError(f"margin is {self.margin}; without a margin above 0 no spend pays")
        if not 0 <= self.discount_rate < np.inf:
            raise ValueError(f"discount_rate is {self.discount_rate}; it is a rate per period from 0 up, such as 0.1")
        if self.discount_rate == 0 and self.farming.ceiling >= 1:
            raise ValueError("everybody could be kept for ever and nothing is discounted: the value is infinite")
        if not 0 < self.prospects < np.inf:
            raise ValueError(f"prospects is {self.prospects}; there must be some")
        if self.customers is not None and not 0 < self.customers < np.inf:
            raise ValueError("without customers there is nobody to farm; leave customers out for the form a head")

    def future(self, farming_spend: Any) -> Any:
        """Return what a customer brings from the next renewal on, less R a period: (m r − R) / (1 + d − r)."""
        kept = self.farming.rate(farming_spend)
        return (self.margin * kept - farming_spend) / (1 + self.discount_rate - kept)

    def value(self, hunting_spend: Any, farming_spend: Any) -> Any:
        """Return what prospects and present customers bring, less what is spent on them."""
        future = self.future(farming_spend)
        won = self.prospects * (self.hunting.rate(hunting_spend) * (self.margin + future) - hunting_spend)
        return won + (self.customers or 0.0) * future

    def cost(self, hunting_spend: Any, farming_spend: Any) -> Any:
        """Return what is spent in this period."""
        return self.prospects * hunting_spend + self.farmed * farming_spend

    def share(self, hunting_spend: float, farming_spend: float) -> float:
        """Return the share of what is spent that goes to farming."""
        cost = self.cost(hunting_spend, farming_spend)
        return float(self.farmed * farming_spend / cost) if cost > 0 else 0.0

    def spends(self, budget: float, farming_share: Any) -> tuple[Any, Any]:
        """Return A and R where the whole budget is spent, this share of it on farming."""
        return (1 - farming_share) * budget / self.prospects, farming_share * budget / self.farmed

    def gains(self, hunting_spend: float, farming_spend: float) -> tuple[float, float]:
        """Return by how much the value rises with one more unit of money for hunting, and for farming."""
        kept, rise = self.farming.rate(farming_spend), self.farming.slope(farming_spend)
        future = self.future(farming_spend)
        by_farming = (rise * (self.margin + future) - 1) / (1 + self.discount_rate - kept)
        heads = self.prospects * self.hunting.rate(hunting_spend) + (self.customers or 0.0)
        by_hunting = self.hunting.slope(hunting_spend) * (self.margin + future) - 1
        return float(by_hunting), float(by_farming * heads / self.farmed)

    def plan_numbers(self, hunting_spend: float, farming_spend: float) -> dict[str, float]:
        """Return what a plan comes to: its value, that of a customer, both rates, and what the next one costs."""
        kept = self.future(farming_spend)
        with np.errstate(divide="ignore"):
            numbers = {
                "value": self.value(hunting_spend, farming_spend),
                "customer_value": self.margin + kept,
                "acquisition_rate": self.hunting.rate(hunting_spend),
                "retention_rate": self.farming.rate(farming_spend),
                "next_won_costs": np.divide(1, self.hunting.slope(hunting_spend)),
                "next_kept_costs": np.divide(1, self.farming.slope(farming_spend)),
            }
        return {name: float(number) for name, number in numbers.items()}

    def optimum(self, budget: float | None = None) -> tuple[float, float]:
        """Return the A and R of the highest value that cost no more than the budget."""
        kept = self._best_farming()
        free = self._best_hunting(kept), kept
        if budget is None or self.cost(*free) <= budget:
            return free
        return self._within(budget)

    def inputs(self) -> dict[str, float]:
        """Return every input as a number by name; those of the curves as `hunting_k` and so on."""
        numbers = {name: getattr(self, name) for name in ("margin", "discount_rate", "prospects", "customers")}
        numbers |= {f"{curve}_{name}": getattr(getattr(self, curve), name) for curve in _CURVES for name in NAMES}
        return {name: float(number) for name, number in numbers.items() if number is not None}

    def around(self, change: float) -> dict[str, tuple[float, float]]:
        """Return each input less and more by a share of itself; the ceilings never beyond 1, floors of 0 left out."""
        ends = {
            name: (number * (1 - change), number * (1 + change)) for name, number in self.inputs().items() if number
        }
        return {
            name: (low, min(high, 0.999) if name.endswith("ceiling") else high) for name, (low, high) in ends.items()
        }

    def with_inputs(self, inputs: Mapping[str, float]) -> Market:
        """Return the market with these inputs instead."""
        own = {name: inputs[name] for name in ("margin", "discount_rate", "prospects", "customers") if name in inputs}
        curves = {
            c: Shape(*(inputs.get(f"{c}_{name}", getattr(getattr(self, c), name)) for name in NAMES)) for c in _CURVES
        }
        return replace(self, **own, **curves)

    def _best_farming(self) -> float:
        """Return the R at which a customer is worth most: there r'(R)(m(1 + d) − R) = 1 + d − r(R), once at most."""
        from scipy.optimize import brentq

        rate, slope, most = self.farming.rate, self.farming.slope, self.margin * (1 + self.discount_rate)

        def excess(spend: float) -> float:
            return slope(spend) * (most - spend) - (1 + self.discount_rate - rate(spend))

        root: Any = 0.0 if excess(0.0) <= 0 else brentq(excess, 0.0, most, xtol=1e-12)
        return float(root)

    def _best_hunting(self, farming_spend: float) -> float:
        """Return the A at which the next customer won costs what a customer is worth."""
        worth = self.margin + self.future(farming_spend)
        first = self.hunting.slope(0.0) * worth
        return float(np.log(first) / self.hunting.k) if first > 1 else 0.0

    def _within(self, budget: float) -> tuple[float, float]:
        """Search the splits of the whole budget: over a grid, because there may be two hills, then around the best."""
        from scipy.optimize import minimize_scalar

        grid = np.linspace(0, 1, 501)
        peak = int(np.argmax(self.value(*self.spends(budget, grid))))
        low, high = grid[max(peak - 1, 0)], grid[min(peak + 1, 500)]
        found: Any = minimize_scalar(
            lambda share: -self.value(*self.spends(budget, share)),
            bounds=(low, high),
            method="bounded",
            options={"xatol": 1e-10},
        )
        ends = [share for share in (0.0, 1.0) if low <= share <= high]
        best = max([float(found.x), *ends], key=lambda share: float(self.value(*self.spends(budget, share))))
        won, kept = self.spends(budget, best)
        return float(won), float(kept)
