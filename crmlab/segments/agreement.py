"""Do the departments sort customers alike? Two measures, with intervals.

The adjusted Rand index (Hubert and Arabie 1985, Journal of Classification 2, 193–218) asks of each pair of customers
whether both departments put them together: 1 if they always agree, 0 if no more often than by chance. Cramér's V asks
how well one segment foretells the other, from 0 to 1; it is corrected for the association that chance alone leaves in
a small table (Bergsma 2013, Journal of the Korean Statistical Society 42(3), 323–328).

The intervals come from a bootstrap of the table of both segmentations. A resample agrees with itself a little more than
the population does, since it holds customers twice; that known surplus is taken off again. A V of 0 lies at the edge of
what it can be, and there its interval keeps more than it promises.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from crmlab import plots
from crmlab.engines import counts_of, need, to_pandas
from crmlab.estimation import Vector, refuse_few_draws
from crmlab.labels import word
from crmlab.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, eq=False, repr=False)
class Agreement(Result):
    """How far segmentations of the same customers agree.

    Attributes
    ----------
    table
        One row a pair of segmentations (`first`, `second`) and `measure` ("adjusted Rand index", "Cramér's V"):
        `estimate`, `low`, `high` (95 %).
    contingency
        For each pair the number of customers in each segment of the first (rows) and of the second (columns).
    customers
        How many were sorted.

    Examples
    --------
    >>> both = pd.DataFrame({"sales": ["big", "big", "small", "small"], "service": ["vip", "vip", "vip", "plain"],
    ...                      "customers": [300, 200, 100, 400]})
    >>> Agreement.from_customers(both, ["sales", "service"]).summary()["estimate"].to_list()
    [0.64, 0.816]
    """

    table: pd.DataFrame
    contingency: dict[tuple[str, str], pd.DataFrame]
    customers: float

    @classmethod
    def from_customers(cls, customers: Any, segmentations: Sequence[str], draws: int = 1000, seed: int = 0) -> Self:
        """Compare segmentations pair by pair.

        Parameters
        ----------
        customers
            One column for each segmentation, one row a customer or counts with `customers`.
        segmentations
            Two or more of the columns.
        draws, seed
            Of the bootstrap.

        Raises
        ------
        ValueError
            If a column is missing, a segment is empty, a segmentation puts all into one, or draws is below 2.
        """
        frame, counts = sorted_customers(customers, segmentations)
        refuse_few_draws(draws)
        if counts.sum() < 2:
            raise ValueError(f"the table of customers: {counts.sum():g} customers are too few to compare")
        rng = np.random.default_rng(seed)
        tables, rows = {}, []
        for first, second in combinations(segmentations, 2):
            table = frame.assign(customers=counts).pivot_table("customers", first, second, "sum", fill_value=0.0)
            tables[first, second] = table
            found = _intervals(table.to_numpy(float), draws, rng)
            rows += [{"first": first, "second": second, "measure": name, **ends} for name, ends in found.items()]
        return cls(pd.DataFrame(rows).set_index(["first", "second", "measure"]), tables, float(counts.sum()))

    def summary(self) -> pd.DataFrame:
        """Return both measures of each pair with their intervals, rounded."""
        return self.table.round(3)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the adjusted Rand index of each pair with its interval."""
        drawn = pd.DataFrame(self.table.xs("adjusted Rand index", level="measure"))
        drawn = drawn.set_axis(pd.Index([f"{word(a)} – {word(b)}" for a, b in drawn.index]))
        title = word("Do the departments sort customers alike?")
        ax = plots.dots(drawn, ax, title, word("adjusted Rand index (0: by chance, 1: always)"))
        ax.set_xlim(min(-0.05, float(drawn["low"].min()) - 0.02), 1.02)
        ax.axvline(0, color=plots.FAINT, lw=1)
        return ax


def adjusted_rand(table: Vector) -> Vector:
    """Return the adjusted Rand index of contingency tables (the last two axes).

    Examples
    --------
    >>> adjusted_rand(np.array([[5.0, 0.0], [0.0, 5.0]])).item()
    1.0
    """
    n = table.sum(axis=(-2, -1))
    both = (table * (table - 1)).sum(axis=(-2, -1))
    rows, columns = ((side * (side - 1)).sum(axis=-1) for side in (table.sum(axis=-1), table.sum(axis=-2)))
    chance, most = rows * columns / (n * (n - 1)), (rows + columns) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(most == chance, 1.0, (both - chance) / (most - chance)))


def cramers_v(table: Vector) -> float:
    """Return Cramér's V of a contingency table, corrected for chance (Bergsma 2013).

    Examples
    --------
    >>> round(cramers_v(np.array([[300.0, 100.0], [100.0, 300.0]])), 3), cramers_v(np.full((3, 4), 50.0))
    (0.499, 0.0)
    """
    part, most = _phi2(table), _most(table)
    return float(np.sqrt(np.clip(part / most, 0.0, 1.0)))


def sorted_customers(customers: Any, segmentations: Sequence[str]) -> tuple[pd.DataFrame, Vector]:
    """Return the segments as text, one column a segmentation, and how many customers each row stands for.

    Raises
    ------
    ValueError
        If there are fewer than two different segmentations, a column is missing, or a segment is empty.
    """
    frame = to_pandas(customers).reset_index(drop=True)
    names = list(dict.fromkeys(segmentations))
    need(frame.columns, names, "the table of customers")
    counts = counts_of(frame, "the table of customers")
    for name in names:
        empty = int(frame[name].isna().sum())
        if empty:
            raise ValueError(f"{name}: {empty} rows have no segment; name it or leave them out")
        if frame.loc[counts > 0, name].nunique() < 2:
            raise ValueError(f"{name}: all customers are in one segment, so there is nothing to compare")
    if len(names) < 2:
        raise ValueError(f"{len(names)} segmentations were named; a comparison needs two")
    kept = counts > 0
    return frame.loc[kept, names].astype(str).reset_index(drop=True), counts[kept]


def _intervals(table: Vector, draws: int, rng: np.random.Generator) -> dict[str, dict[str, float]]:
    n = round(float(table.sum()))
    drawn = rng.multinomial(n, (table / table.sum()).ravel(), draws).reshape(draws, *table.shape).astype(float)
    rand, rands = adjusted_rand(table).item(), adjusted_rand(drawn)
    low, high = np.quantile(rands, [0.025, 0.975]) - (rands.mean() - rand)
    part, most = _phi2(table), _most(table)
    parts = np.array([_phi2(one) for one in drawn])
    ends = np.quantile(parts, [0.025, 0.975]) - (parts.mean() - part)
    v_low, v_high = np.sqrt(np.clip(ends / most, 0.0, 1.0))
    return {
        "adjusted Rand index": {"estimate": rand, "low": float(low), "high": float(min(high, 1.0))},
        "Cramér's V": {"estimate": cramers_v(table), "low": float(v_low), "high": float(v_high)},
    }


def _phi2(table: Vector) -> float:
    """Return χ² / n less what chance alone leaves in it."""
    rows, columns, n = table.sum(axis=1), table.sum(axis=0), table.sum()
    expected = np.outer(rows, columns) / n
    kept = expected > 0
    chi2 = float(((table - expected)[kept] ** 2 / expected[kept]).sum())
    return chi2 / n - (np.count_nonzero(rows) - 1) * (np.count_nonzero(columns) - 1) / (n - 1)


def _most(table: Vector) -> float:
    """Return the most that χ² / n can be, corrected alike."""
    n = table.sum()
    sides = [size - (size - 1) ** 2 / (n - 1) for size in table.shape]
    return min(sides) - 1
