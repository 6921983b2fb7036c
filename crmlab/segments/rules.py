"""Segments by rule: who belongs to whom, how many they are, what they are worth, and whether one can act on it.

Rules are asked in their order and the first that fits has the customer, so that segments exclude one another; or they
may overlap, and then a customer counts in each. Which of the two it is must be said, because shares add up to one only
in the first.

Four tests decide whether a segment is worth having (Kotler, Marketing Management, the chapter on segments). It is
*measurable* if the values that its rule reads are known; *accessible* if its customers can be reached; *substantial* if
it is worth more than it costs to treat apart; *actionable* if something else is done with it than with all others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from crmlab import plots
from crmlab.engines import counts_of, need, numbers, to_pandas
from crmlab.estimation import Vector, wilson
from crmlab.labels import word
from crmlab.result import Result
from crmlab.segments.conditions import Condition, as_condition

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, eq=False, repr=False)
class Rules(Result):
    """Customers sorted by rules.

    Attributes
    ----------
    table
        One row a segment: `rule`, `customers`, `share` of all with its 95 % Wilson interval `low` to `high`, `met` (who
        meet the rule, though an earlier one may have them), `known` (the share of all customers whose values the rule
        can read), and where a value was named `value`, `mean_value` and `value_share`.
    members
        One row a customer in the order given. Where segments exclude one another the column `segment`; else a column of
        true and false for each.
    overlapping
        Whether a customer may belong to several segments.

    Examples
    --------
    >>> from crmlab.segments.conditions import at_least, equals
    >>> people = pd.DataFrame({"orders": [5, 4, 3, 1], "gender": ["female", "male", "female", "male"]})
    >>> rules = {"regular": at_least("orders", 3), "women": equals("gender", "female")}
    >>> Rules.from_customers(people, rules).table["customers"].to_dict()
    {'regular': 3.0, 'women': 0.0, 'the rest': 1.0}
    """

    table: pd.DataFrame
    members: pd.DataFrame
    overlapping: bool
    _known: pd.DataFrame
    _counts: Vector

    @classmethod
    def from_customers(
        cls,
        customers: Any,
        rules: Mapping[str, Condition | Any],
        value: str | None = None,
        overlapping: bool = False,
        rest: str = "the rest",
    ) -> Self:
        """Sort customers by rules.

        Parameters
        ----------
        customers
            One row a customer, or counts with `customers`, with the columns that the rules read.
        rules
            Named conditions (`crmlab.segments.at_least` and others), or functions from the table to true or false. In
            their order the first that fits has the customer.
        value
            A column of what each customer is worth.
        overlapping
            Let a customer belong to each segment whose rule fits.
        rest
            The name of those whom no rule fits.

        Raises
        ------
        ValueError
            If there are no customers or no rules, a column is missing, or a value is empty.
        TypeError
            If a rule is neither a condition nor a function.
        """
        frame = to_pandas(customers).reset_index(drop=True)
        if not rules or rest in rules:
            raise ValueError(f"rules: there are none, or one is called {rest!r} like the rest")
        need(frame.columns, [value] if value else [], "the table of customers")
        counts = counts_of(frame, "the table of customers")
        asked = {name: as_condition(name, rule) for name, rule in rules.items()}
        met = pd.DataFrame({name: rule(frame) for name, rule in asked.items()})
        known = pd.DataFrame({name: rule.known(frame) for name, rule in asked.items()})
        met[rest], known[rest] = ~met.any(axis=1), known.all(axis=1)
        first = met.idxmax(axis=1)
        inside = met if overlapping else pd.DataFrame({name: first == name for name in met})
        members = met if overlapping else first.rename("segment").to_frame()
        texts = [*(rule.text for rule in asked.values()), "none of these"]
        worth = numbers(frame[[value]])[value].to_numpy() if value else None
        return cls(_counted(inside, met, known, counts, texts, worth), members, overlapping, known, counts)

    def tests(
        self,
        actions: Mapping[str, str],
        reachable: Any = None,
        smallest: float = 0.0,
        least_known: float = 0.9,
        least_reached: float = 0.5,
    ) -> pd.DataFrame:
        """Put each segment to the four tests.

        Parameters
        ----------
        actions
            What is done with each segment, by name; the rest may be named too.
        reachable
            True or false for each row of the table of customers: whether one can reach the customer. None: not known.
        smallest
            What a segment must be worth (`value`; without one, how many customers it must have).
        least_known, least_reached
            The share of all customers whose values the rule reads, and of the segment who can be reached, from which
            the first and the second test are passed.

        Returns
        -------
        DataFrame
            One row a segment: `measurable`, `accessible`, `substantial`, `actionable` (true, false, or empty where it
            is not known), and `known`, `reached`, `size`, `action`, which they follow from.

        Raises
        ------
        ValueError
            If an action names no segment, or `reachable` has not one value for each row.
        """
        unknown = sorted(set(actions) - set(self.table.index))
        if unknown:
            raise ValueError(f"actions: no segment {', '.join(unknown)}; there are {', '.join(self.table.index)}")
        done = pd.Series(dict(actions), dtype=object).reindex(self.table.index)
        others = [set(done.drop(name).dropna()) for name in done.index]
        acts = [one is not np.nan and one not in other for one, other in zip(done, others, strict=True)]
        size = self.table["value" if "value" in self.table else "customers"]
        reached = self._reached(reachable)
        columns = {
            "measurable": self.table["known"] >= least_known,
            "accessible": (reached >= least_reached).astype("boolean").mask(reached.isna()),
            "substantial": size >= smallest,
            "actionable": acts,
        }
        return pd.DataFrame(columns | {"known": self.table["known"], "reached": reached, "size": size, "action": done})

    def summary(self) -> pd.DataFrame:
        """Return rule, size and value of each segment, rounded."""
        return self.table.drop(columns=["met"]).round(3)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the share of customers in each segment with its interval."""
        drawn = self.table.rename(columns={"share": "estimate"})
        ax = plots.dots(drawn, ax, word("How large are the segments?"), word("share of customers"))
        if "value_share" in drawn:
            rows = range(len(drawn))[::-1]
            ax.plot(drawn["value_share"], list(rows), "s", color=plots.PALETTE[1], label=word("share of the value"))
            ax.legend()
            said = "; ".join(f"{name} {share:.3g}" for name, share in drawn["value_share"].items())
            seen = getattr(ax.figure, "crmlab_alt", {})[id(ax)]
            plots.describe(ax, f"{seen} Squares of the share of the value: {said}.")
        ax.set_xlim(0, None)
        return plots.percent_axis(ax, "x")

    def _reached(self, reachable: Any) -> pd.Series:
        if reachable is None:
            return pd.Series(np.nan, self.table.index)
        reach = np.asarray(reachable)
        if reach.shape != self._counts.shape or pd.isna(reach).any():
            raise ValueError(f"reachable: one value, true or false, for each of the {len(self._counts)} rows")
        inside = self.members if self.overlapping else pd.get_dummies(self.members["segment"])
        inside = inside.reindex(columns=self.table.index, fill_value=False).to_numpy(float)
        many = self._counts @ inside
        with np.errstate(invalid="ignore"):
            return pd.Series((self._counts * reach.astype(float)) @ inside / many, self.table.index)


def _counted(
    inside: pd.DataFrame, met: pd.DataFrame, known: pd.DataFrame, counts: Vector, texts: list[str], worth: Any
) -> pd.DataFrame:
    many, total = counts @ inside.to_numpy(float), counts.sum()
    low, high = wilson(many, total)
    columns = {"rule": texts, "customers": many, "share": many / total, "low": low, "high": high}
    columns |= {"met": counts @ met.to_numpy(float), "known": counts @ known.to_numpy(float) / total}
    if worth is not None:
        value = (counts * worth) @ inside.to_numpy(float)
        whole = float(counts @ worth)
        columns |= {"value": value, "mean_value": np.divide(value, many, out=np.zeros_like(value), where=many > 0)}
        columns |= {"value_share": value / whole if whole else np.zeros_like(value)}
    return pd.DataFrame(columns, index=pd.Index(inside.columns, name="segment"))
