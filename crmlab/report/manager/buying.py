"""What the manager's page knows of buying without contracts: one fit, shared by the parts that ask."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from crmlab.buyer_base import all_buyers, mean_value
from crmlab.buyers import BetaGeo, GammaGamma
from crmlab.customers import summarize_customers
from crmlab.labels import percent
from crmlab.report.manager.sentences import say

HORIZON = 12  # months
YEARLY_DISCOUNT = 0.1
FIFTHS = ("highest fifth", "fourth fifth", "middle fifth", "second fifth", "lowest fifth")
_RATE = (1 + YEARLY_DISCOUNT) ** (1 / 12) - 1
_FEW_REPEATS = 100
_CORRELATED = 0.1  # from here on the gamma-gamma model promises too much or too little to the frequent


class Buying:
    """Models of the orders of a company, fitted when they are first asked for.

    Where the company holds counts of all its customers (`buyer_counts`, `spend_counts`), the models are fitted to them;
    the orders, which are then a sample, tell only what needs single customers.

    Parameters
    ----------
    company
        With `orders`.
    below
        Groups of fewer customers are not shown.
    """

    def __init__(self, company: Any, below: int) -> None:
        self.company, self.below = company, below

    @cached_property
    def customers(self) -> pd.DataFrame:
        """One row for each buyer whose orders are there."""
        found = summarize_customers(self.company.orders, self.company.observation_end, "M")
        repeats = int((found["frequency"] > 0).sum())
        if repeats < max(self.below, 10):
            raise ValueError(say("too few repeats", n=max(self.below, 10)))
        return found

    @cached_property
    def histories(self) -> pd.DataFrame:
        """The histories of all customers, in months, with how many `customers` share each."""
        if "buyer_counts" not in self.company.tables:
            return self.customers.assign(customers=1)
        return all_buyers(self.company, "M")

    @property
    def all_customers(self) -> int:
        """How many buyers the company has."""
        return int(self.histories["customers"].sum())

    @cached_property
    def model(self) -> BetaGeo:
        """How often they buy."""
        return BetaGeo.fit(self.histories)

    @cached_property
    def spend(self) -> GammaGamma:
        """How much they spend."""
        return GammaGamma.fit(self.company.tables.get("spend_counts", self.customers))

    def still_buying(self) -> dict[str, float]:
        """Return the share of customers who still buy, of those who came back: `estimate`, `low`, `high`.

        By this model nobody leaves before coming back once, so that the others would all count.
        """
        back = self.histories[self.histories["frequency"] > 0]
        row, size = self.model.predict_total(HORIZON, back).T["customers alive"], float(back["customers"].sum())
        return {str(name): float(number) / size for name, number in row.items()}

    def alive_by_orders(self) -> pd.DataFrame:
        """Return the middle of the probability to be alive by repeat purchases, and the middle 80 % of customers."""
        alive = self.customers.assign(alive=self.model.probability_alive(self.customers))
        groups = alive[alive["frequency"].between(1, 8)].groupby("frequency")["alive"]
        table = pd.DataFrame({"median": groups.median(), "low": groups.quantile(0.1), "high": groups.quantile(0.9)})
        return table[groups.size() >= max(self.below, 10)]

    def value(self) -> dict[str, float]:
        """Return what a customer is expected to spend within the horizon, discounted: `estimate`, `low`, `high`."""
        one = mean_value(self.model, self.spend, self.histories, HORIZON, _RATE, 1.0).iloc[0]
        return {str(name): float(end) for name, end in one.items()}

    def by_fifth(self) -> pd.Series:
        """Return the share of the expected spend that each fifth of the customers brings, the best fifth first."""
        each = self.model.expected_purchases(HORIZON, self.customers) * self.spend.expected_spend(self.customers)
        ordered = np.sort(each.to_numpy())[::-1]
        shares = [part.sum() / ordered.sum() for part in np.array_split(ordered, len(FIFTHS))]
        return pd.Series(shares, index=list(FIFTHS))

    def doubts(self) -> list[str]:
        """Return what speaks against believing the models: few repeat buyers, correlation, a missed hold-out."""
        repeats = int(self.histories.loc[self.histories["frequency"] > 0, "customers"].sum())
        said = [say("few repeats", n=f"{repeats:,}", of=f"{self.all_customers:,}")] if repeats < _FEW_REPEATS else []
        said += self.sampled()
        correlation = self.spend.correlation
        if abs(correlation) >= _CORRELATED:
            said.append(say("correlated up" if correlation > 0 else "correlated down", r=f"{correlation:.2f}"))
        return [*said, self.held_out()]

    def sampled(self) -> list[str]:
        """Return what rests on a sample of the customers, where the others are only counted."""
        if len(self.customers) >= self.all_customers:
            return []
        return [say("sample of all", all=f"{self.all_customers:,}", n=f"{len(self.customers):,}")]

    def held_out(self) -> str:
        """Return how a fit to the first half of the time foretold the second."""
        orders, end = self.company.orders, pd.Timestamp(self.company.observation_end)
        first = orders["ordered_at"].min()
        cut = first + pd.Timedelta(days=(end - first).days // 2)
        try:
            early = summarize_customers(orders, f"{end:%Y-%m-%d}", "M", calibration_end=f"{cut:%Y-%m-%d}")
            foretold = BetaGeo.fit(early).predict_total(float(early["holdout_T"].max()), early)
        except ValueError as error:
            return say("no hold-out", why=str(error))
        came, told = float(early["holdout_frequency"].sum()), foretold.T["purchases"].to_dict()
        key = "inside hold-out" if told["low"] <= came <= told["high"] else "outside hold-out"
        ends = {name: f"{told[name]:,.0f}" for name in ("estimate", "low", "high")}
        return say(key, came=f"{came:,.0f}", off=percent(abs(told["estimate"] / max(came, 1) - 1), 0), **ends)
