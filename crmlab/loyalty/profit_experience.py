"""Profit and experience side by side, and whether the content customers are the profitable ones.

Reinartz and Kumar (2002, Harvard Business Review 80(7)) found the link between loyalty and profit weak: there are loyal
customers who cost more than they bring, and strangers who bring much. The reason is the cost to serve, which few firms
set against a customer's revenue (Kaplan and Narayanan 2001, Journal of Cost Management 15(5)). The matrix cuts both
scales once: experience at the score that counts as good, margin (revenue less cost to serve) at the one that counts as
profitable, and tells how many customers stand in each of the four corners, and how much of the margin they bring.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crmlab import plots
from crmlab.customers import count_customers
from crmlab.engines import counts_of, need, to_pandas
from crmlab.estimation import Z95, wilson
from crmlab.labels import percent, word
from crmlab.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

QUADRANTS = ("content, profitable", "content, unprofitable", "discontent, profitable", "discontent, unprofitable")


@dataclass(frozen=True, eq=False, repr=False)
class ProfitExperience(Result):
    """The four corners of experience and margin.

    Attributes
    ----------
    table
        Index `quadrant`: `customers`, `share` with its 95 % Wilson interval `low` and `high`, `experience` and `margin`
        (means), `cost_to_serve` (mean), `total_margin` and `margin_share` (of the margin of all). A corner in which
        nobody stands has a share of 0 and no means.
    good_experience, good_margin
        From where on experience and margin count as good.
    left_out
        Customers without a score: who did not answer stands in no corner.
    """

    table: pd.DataFrame
    good_experience: float
    good_margin: float
    left_out: float

    @classmethod
    def from_customers(
        cls,
        customers: Any,
        experience: str,
        good_experience: float,
        good_margin: float = 0.0,
        money: tuple[str, str] = ("revenue", "cost_to_serve"),
    ) -> ProfitExperience:
        """Sort customers into the four corners.

        Parameters
        ----------
        customers
            One row a customer, or counts with a column `customers`: an experience score (empty where there is none),
            and the two columns of `money`.
        experience
            The column of the score, such as `csat`.
        good_experience
            The lowest score that counts as content.
        good_margin
            The lowest margin, in the currency of `money`, that counts as profitable.
        money
            The columns of revenue and of cost to serve, over the same time. Their difference is the margin.

        Raises
        ------
        ValueError
            If a column is missing, money is empty, or nobody has a score.

        Examples
        --------
        >>> customers = pd.DataFrame({"csat": [5, 5, 2, None], "revenue": [9.0] * 4, "cost_to_serve": [4.0, 12, 3, 1]})
        >>> matrix = ProfitExperience.from_customers(customers, "csat", good_experience=4)
        >>> matrix.table["customers"].to_list(), matrix.left_out
        ([1.0, 1.0, 1.0, 0.0], 1.0)
        """
        frame = to_pandas(customers)
        need(frame.columns, [experience, *money], "the table of customers")
        silent = frame[experience].isna()
        weight = pd.Series(counts_of(frame, "the table of customers"), frame.index)
        if not weight[~silent].sum() > 0:
            raise ValueError(f"{experience}: no customer has a score; where they stand cannot be known")
        counts = count_customers(frame[~silent], columns=[experience, *money])
        counts = counts.set_axis(["experience", "revenue", "cost_to_serve", "customers"], axis=1)
        table = _corners(
            counts.assign(margin=counts["revenue"] - counts["cost_to_serve"]), good_experience, good_margin
        )
        return cls(table, float(good_experience), float(good_margin), float(weight[silent].sum()))

    def summary(self) -> pd.DataFrame:
        """Return the four corners, rounded."""
        return self.table.round({"share": 3, "low": 3, "high": 3, "experience": 2, "margin_share": 3}).round(2)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the corners as circles as large as their share of the customers, at their mean score and margin."""
        from crmlab.model_plots import grouped_axis

        ax = plots.new_axes(ax)
        drawn, said = self.table[self.table["customers"] > 0], []
        for number, (name, row) in enumerate(drawn.iterrows()):
            colour = plots.PALETTE[QUADRANTS.index(str(name))]
            half = Z95 * row["margin_error"]
            ax.scatter(row["experience"], row["margin"], s=4000 * row["share"], color=colour, alpha=0.35, lw=0)
            ax.errorbar(row["experience"], row["margin"], yerr=half, fmt=plots.MARKERS[number], color=colour, capsize=3)
            text = f"{word(str(name))}\n{percent(row['share'])} ({percent(row['low'])} to {percent(row['high'])})"
            above = row["margin"] >= self.good_margin
            lift = (1 if above else -1) * (8 + 33 * row["share"] ** 0.5)  # clear of the circle
            place = {"xytext": (0, lift), "textcoords": "offset points", "ha": "center"}
            ax.annotate(text, (row["experience"], row["margin"]), va="bottom" if above else "top", fontsize=9, **place)
            said.append(f"{name}: {percent(row['share'])} of customers, margin {row['margin']:,.4g}")
        ax.axhline(self.good_margin, color=plots.FAINT, lw=1)
        ax.axvline(self.good_experience, color=plots.FAINT, lw=1, linestyle="--")
        ax.margins(x=0.35, y=0.45)
        title = word("Are the content customers the profitable ones?")
        plots.finish(grouped_axis(ax), title, word("experience (mean score)"), word("margin a customer (currency)"))
        return plots.describe(ax, f"{title} Circles by mean score and mean margin: {'; '.join(said)}.")


def _corners(counts: pd.DataFrame, good_experience: float, good_margin: float) -> pd.DataFrame:
    """Return the four corners with their shares of the customers and of the margin."""
    corner = 2 * (counts["experience"] < good_experience) + (counts["margin"] < good_margin)
    rows = [_corner(counts[corner == number]) for number in range(4)]
    table = pd.DataFrame(rows, index=pd.Index(QUADRANTS, name="quadrant"))
    low, high = wilson(table["customers"], table["customers"].sum())
    for place, (name, values) in enumerate(
        {"share": table["customers"] / table["customers"].sum(), "low": low, "high": high}.items(), start=1
    ):
        table.insert(place, name, values)
    whole = table["total_margin"].sum()
    if whole == 0:
        raise ValueError("the margins of all customers add up to 0; shares of it cannot be known")
    return table.assign(margin_share=table["total_margin"] / whole)


def _corner(rows: pd.DataFrame) -> dict[str, float]:
    """Return the counts, means and sums of one corner; no means where nobody stands in it."""
    counts, margin = rows["customers"].to_numpy(float), rows["margin"].to_numpy(float)
    n, total = float(counts.sum()), float(counts @ margin)
    if n == 0:
        return {"customers": 0.0, "total_margin": 0.0}
    means = {name: float(counts @ rows[name].to_numpy(float)) / n for name in ("experience", "margin", "cost_to_serve")}
    error = float(np.sqrt(counts @ (margin - means["margin"]) ** 2 / max(n - 1, 1) / n))
    return {"customers": n, **means, "margin_error": error, "total_margin": total}
