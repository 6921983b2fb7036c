"""What is bought next, and what goes together: lift, with its error and corrected for looking at many pairs.

The lift of a pair is how much likelier the second is where the first is: P(B | A) / P(B) (Brin, Motwani, Ullman and
Tsur 1997, SIGMOD Record 26(2)). With ten categories there are a hundred pairs, and five of them look striking by chance
alone. So each pair has a p-value, and from all of them together follow q-values (Benjamini and Hochberg 1995, Journal
of the Royal Statistical Society B 57(1)): of the pairs with q below .05, one in twenty is expected to be chance.

Baskets are taken as independent, and Fisher's exact test holds. Purchases that follow one another are not: one customer
makes many pairs and has habits. There the customer is the unit, and both error and p-value come from how far each
customer moves the logarithm of the lift. Habits are what such a lift mostly shows: that somebody likes both, not that
one leads to the other. A basket of one thing holds no pair: where most orders are such, lifts within orders lie below
1 whatever people like, and all that a customer ever bought is the better basket.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from crmlab import plots
from crmlab.engines import days, need, numbers, refuse_gaps, to_pandas
from crmlab.estimation import Z95, Vector, wilson
from crmlab.labels import word
from crmlab.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SHOWN = 12
_MOST_BASKETS = 1_000_000_000  # beyond it Fisher's test runs over the largest whole number
_COUNTS = ("units", "both", "with_first", "with_second")


@dataclass(frozen=True, eq=False, repr=False)
class Lift(Result):
    """How much likelier one thing is bought where another is.

    Attributes
    ----------
    table
        One row an ordered pair, `first` and `second`: `units` (baskets, or pairs of purchases), `with_first`,
        `with_second`, `both`; `rate` (of the second, where the first is) with its 95 % Wilson interval `rate_low` to
        `rate_high`; `base` (of the second, everywhere); `lift` with its 95 % interval `low` to `high`; `p_value` and
        `q_value` of a lift of 1.
    kind
        "baskets" or "next purchase".
    units
        How many baskets, or customers with two purchases.

    Examples
    --------
    >>> lines = pd.DataFrame({"order_id": [1, 1, 2, 2, 3, 4, 5, 6], "category": list("abababcc")})
    >>> Lift.from_baskets(lines, basket="order_id").table.loc[("a", "b"), ["both", "rate", "lift"]].round(2).to_list()
    [2.0, 0.67, 1.33]
    """

    table: pd.DataFrame
    kind: str
    units: float

    @classmethod
    def from_baskets(cls, lines: Any, item: str = "category", basket: str = "customer_id") -> Self:
        """Count which items lie in one basket; p-values by Fisher's exact test.

        Parameters
        ----------
        lines
            Columns `item` and `basket`; a column `customers` says how many baskets are like this one.
        item, basket
            What is bought, and what is one basket: an order, or all that a customer ever bought.

        Raises
        ------
        ValueError
            If a column is missing or empty, or there are fewer than two items or baskets, or more than a billion.
        """
        frame = _lines(lines, [item, basket])
        inside, items, counts = _holds(frame, item, basket)
        pairs = _pairs(inside, inside, counts, items)
        pairs = pairs[[a != b for a, b in pairs.index]].copy()
        n, a, r, c = (pairs[name].to_numpy() for name in _COUNTS)
        if counts.sum() > _MOST_BASKETS:
            raise ValueError(
                f"lines: {counts.sum():,.0f} baskets; at most {_MOST_BASKETS:,} can be tested, draw a sample"
            )
        cells = np.stack([a, r - a, c - a, n - r - c + a], axis=1).round().astype(int)
        pairs["p_value"] = [_fisher(cell.reshape(2, 2)) for cell in cells]
        with np.errstate(divide="ignore", invalid="ignore"):
            variance = 1 / a - 1 / r - 1 / c + 2 * a / (r * c) - 1 / n
        return cls(_corrected(_with_ends(pairs, variance, r)), "baskets", float(counts.sum()))

    @classmethod
    def next_purchase(
        cls, lines: Any, item: str = "category", customer: str = "customer_id", when: str = "ordered_at"
    ) -> Self:
        """Count what a customer's next purchase holds after one that held the first; the customer is the unit.

        Parameters
        ----------
        lines
            Columns `item`, `customer` and `when`; all lines of a customer with the same time are one purchase. One row
            is one line: what follows what belongs to one customer, so there are no counts.
        item, customer, when
            What is bought, by whom, and when.

        Raises
        ------
        ValueError
            If a column is missing or empty, or fewer than two customers bought twice.
        """
        frame = _lines(lines, [item, customer, when])
        if not pd.api.types.is_numeric_dtype(frame[when]):
            frame = days(frame, [when], "lines")
        visits = frame[[customer, when]].drop_duplicates().sort_values([customer, when], ignore_index=True)
        inside, items, _ = _holds(frame.assign(_visit=_numbers(frame, visits, [customer, when])), item, "_visit")
        same = visits[customer].to_numpy()[1:] == visits[customer].to_numpy()[:-1]
        codes = pd.factorize(visits[customer].to_numpy()[1:][same])[0]
        people = int(codes.max(initial=-1)) + 1
        if people < 2:
            raise ValueError(f"{customer}: {people} customers bought twice; what comes next cannot be known")
        now, then = inside[:-1][same], inside[1:][same]
        pairs = _pairs(now, then, np.ones(len(codes)), items)
        return cls(_corrected(_by_customer(pairs, now, then, codes)), "next purchase", float(people))

    def summary(self, most: float = 0.05) -> pd.DataFrame:
        """Return the pairs with a q-value up to `most`, the highest lift first, rounded."""
        kept = self.table[self.table["q_value"] <= most].sort_values("lift", ascending=False)
        return kept[["both", "rate", "base", "lift", "low", "high", "q_value"]].round(3)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the twelve pairs with the lowest q-values, by lift, with intervals."""
        far = -np.abs(np.log(self.table["lift"].clip(lower=1e-9)))
        first = self.table.assign(far=far).sort_values(["q_value", "far"], kind="stable")
        if self.kind == "baskets":
            first = first[[a < b for a, b in first.index]]  # the lift is the same either way round
        drawn = first.head(_SHOWN).sort_values("lift", ascending=False)
        sign = "→" if self.kind == "next purchase" else "+"
        drawn = drawn.rename(columns={"lift": "estimate"}).set_axis([f"{a} {sign} {b}" for a, b in drawn.index])
        title = word("What is bought next?" if self.kind == "next purchase" else "What is bought together?")
        ax = plots.dots(drawn, ax, title, word("lift (1: no more often than by chance)"))
        ax.axvline(1, color=plots.FAINT, lw=1)
        return ax


def _fisher(cells: Vector) -> float:
    from scipy.stats import fisher_exact

    return float(np.asarray(fisher_exact(cells))[1])


def _lines(lines: Any, columns: list[str]) -> pd.DataFrame:
    frame = to_pandas(lines).reset_index(drop=True)
    need(frame.columns, columns, "lines")
    refuse_gaps(frame, columns, "lines")
    return frame


def _numbers(frame: pd.DataFrame, visits: pd.DataFrame, columns: list[str]) -> Vector:
    """Return the place in `visits` of each line."""
    placed = visits.assign(_place=np.arange(len(visits)))
    return frame[columns].merge(placed, on=columns, how="left")["_place"].to_numpy()


def _holds(frame: pd.DataFrame, item: str, basket: str) -> tuple[Vector, pd.Index, Vector]:
    """Return baskets (rows, sorted) by item: 1 where it is inside; the items; and how many baskets are alike."""
    row, baskets = pd.factorize(frame[basket], sort=True)
    column, items = pd.factorize(frame[item].to_numpy(object), sort=True)
    if len(baskets) < 2 or len(items) < 2:
        raise ValueError(f"lines: {len(baskets)} baskets with {len(items)} different items; it takes two of each")
    inside = np.zeros((len(baskets), len(items)))
    inside[row, column] = 1
    if "customers" not in frame:
        return inside, pd.Index(items), np.ones(len(baskets))
    counts = numbers(frame[["customers"]])["customers"].groupby(frame[basket], observed=True).agg(["min", "max"])
    if (counts["min"] != counts["max"]).any() or (counts["min"] < 0).any() or (counts["min"] % 1 != 0).any():
        raise ValueError("customers: a basket has two different counts, or one that is no whole number from 0 up")
    kept = counts["min"].to_numpy() > 0
    if kept.sum() < 2 and counts["min"].sum() < 2:
        raise ValueError(f"customers: {counts['min'].sum():g} baskets are too few; it takes two")
    return inside[kept], pd.Index(items), counts["min"].to_numpy()[kept]


def _pairs(now: Vector, then: Vector, counts: Vector, items: pd.Index) -> pd.DataFrame:
    """Return the counts, rates and lift of each ordered pair of items."""
    n, r, c = counts.sum(), counts @ now, counts @ then
    kept_first, kept_second = r > 0, c > 0
    both = (now * counts[:, None]).T @ then
    index = pd.MultiIndex.from_product([items, items], names=["first", "second"])
    columns = {"units": n, "with_first": np.repeat(r, len(items)), "with_second": np.tile(c, len(items))}
    table = pd.DataFrame(columns | {"both": both.ravel(), "place": np.arange(both.size)}, index=index)
    table = table[np.repeat(kept_first, len(items)) & np.tile(kept_second, len(items))].copy()
    table["rate"], table["base"] = table["both"] / table["with_first"], table["with_second"] / table["units"]
    return table.assign(lift=table["rate"] / table["base"])


def _by_customer(pairs: pd.DataFrame, now: Vector, then: Vector, codes: Vector) -> pd.DataFrame:
    """Return the pairs with errors and p-values from how far each customer moves them."""
    from scipy.special import ndtr

    people, size = int(codes.max()) + 1, now.shape[1]
    firsts, seconds = np.zeros((2, people, size))
    np.add.at(firsts, codes, now)
    np.add.at(seconds, codes, then)
    shares = (np.bincount(codes) / len(codes))[:, None]
    variance, score, spread = np.full((3, size, size), np.nan)
    for i in range(size):
        both = np.zeros((people, size))
        np.add.at(both, codes, now[:, [i]] * then)
        a, r, c, first = both.sum(axis=0), firsts[:, i].sum(), seconds.sum(axis=0), firsts[:, [i]]
        with np.errstate(divide="ignore", invalid="ignore"):
            moved = both / a - first / r - seconds / c + shares
            variance[i] = people / (people - 1) * (moved**2).sum(axis=0)
            push = both - first * c / len(codes) - seconds * r / len(codes) + shares * r * c / len(codes)
            score[i] = push.sum(axis=0) / np.sqrt((push**2).sum(axis=0))
            spread[i] = ((both - first * a / r) ** 2).sum(axis=0) / r**2
    place = pairs["place"].to_numpy()
    share = pairs["rate"].to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        alike = share * (1 - share) / spread.ravel()[place]
    effective = np.where(np.isfinite(alike) & (alike > 0), alike, np.inf).clip(max=pairs["with_first"].to_numpy())
    pairs["p_value"] = 2 * ndtr(-np.abs(np.nan_to_num(score.ravel()[place])))
    return _with_ends(pairs, variance.ravel()[place], effective)


def _with_ends(pairs: pd.DataFrame, variance: Vector, effective: Vector) -> pd.DataFrame:
    """Return the pairs with intervals: of the rate by Wilson, of the lift on the log scale."""
    rate, base, lift = (pairs[name].to_numpy() for name in ("rate", "base", "lift"))
    low, high = wilson(rate * effective, effective)
    half = np.exp(Z95 * np.sqrt(np.maximum(np.nan_to_num(variance, posinf=0.0, neginf=0.0), 0.0)))
    never = rate == 0  # there is no logarithm of 0: the interval of the rate stands in
    ends = {"rate_low": low, "rate_high": high, "low": np.where(never, 0.0, lift / half)}
    return pairs.assign(**ends, high=np.where(never, high / base, lift * half))


def _corrected(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs in their final columns, with q-values of Benjamini and Hochberg."""
    from scipy.stats import false_discovery_control

    pairs = pairs.assign(q_value=false_discovery_control(pairs["p_value"].to_numpy()))
    kept = [*_COUNTS, "rate", "rate_low", "rate_high", "base", "lift", "low", "high", "p_value", "q_value"]
    return pairs[kept]
