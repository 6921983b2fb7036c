"""Which channel gets the credit for a sale, and why credit is not effect.

Five rules share the sales among the channels that touched those who bought. First touch and last touch give a sale to
one channel, the linear rule to each touch alike. The Markov rule (Anderl, Becker, von Wangenheim and Schumann 2016,
International Journal of Research in Marketing 33(3), 457–474) reads the ways of all visitors, bought or not, as a chain
from touch to touch, and asks what share of the sales would be lost if whoever comes to a channel were lost there: its
removal effect. The Shapley rule (Shapley 1953) pays each channel its mean contribution over all orders in which
channels may join, where a set of channels is worth the sales of visitors whom no other channel touched.

All of them only say which channels stand on the ways of buyers. A channel shown to those who would have bought anyway
stands on many of them, earns much credit by every rule, and changes nothing: only a randomised hold-out tells.

The intervals hold the chance in which visitors were seen. A share is a smooth function of the numbers of visitors by
way; what one visitor more would change gives its error (the infinitesimal jackknife, Efron 1982). They do not turn
credit into effect.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from crmlab import plots
from crmlab.engines import days, need, numbers, refuse_gaps, to_pandas
from crmlab.estimation import Vector, share_interval
from crmlab.labels import word
from crmlab.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RULES = ("first", "last", "linear", "markov", "shapley")
_ARROW = ">"


def count_paths(touches: Any, won: str = "customer_id") -> pd.DataFrame:
    """Return the distinct ways of visitors from touch to touch, with the number of visitors who went each.

    Parameters
    ----------
    touches
        Columns `visitor_id`, `touched_on`, `channel` and the one named by `won`. Touches of one day keep their order.
    won
        A column that is true, or not empty, for visitors who bought.

    Returns
    -------
    DataFrame
        `path` (a tuple of channels in order of time), `won` (true or false) and `customers`, sorted.

    Raises
    ------
    ValueError
        If a column is missing, a value is empty, or a visitor both bought and did not.

    Examples
    --------
    >>> touches = pd.DataFrame({
    ...     "visitor_id": ["a", "a", "b"],
    ...     "touched_on": pd.to_datetime(["2025-01-02", "2025-01-01", "2025-01-01"]),
    ...     "channel": ["mail", "search", "mail"],
    ...     "customer_id": ["C1", "C1", None],
    ... })
    >>> count_paths(touches)
                 path    won  customers
    0         (mail,)  False        1.0
    1  (search, mail)   True        1.0
    """
    frame = to_pandas(touches)
    need(frame.columns, ("visitor_id", "touched_on", "channel", won), "touches (or ways with a column path)")
    refuse_gaps(frame, ("visitor_id", "touched_on", "channel"), "touches")
    frame = days(frame, ["touched_on"], "touches")
    bought = frame[won].fillna(False).astype(bool) if _is_boolean(frame[won]) else frame[won].notna()
    rows = frame[["visitor_id", "touched_on"]].assign(
        channel=frame["channel"].astype(object), won=bought.to_numpy(bool)
    )
    rows = rows.sort_values(["visitor_id", "touched_on"], kind="stable")
    visitors = rows.groupby("visitor_id", sort=False, observed=True)
    ends = visitors["won"].agg(["min", "max"])
    torn = ends.index[ends["min"] != ends["max"]]
    if len(torn):
        raise ValueError(f"touches: {won} says both won and not won of {len(torn)} visitors, the first is {torn[0]}")
    return _added_up(pd.DataFrame({"path": visitors["channel"].agg(tuple), "won": ends["max"], "customers": 1.0}))


@dataclass(frozen=True, eq=False, repr=False)
class Attribution(Result):
    """The credit of each channel for the customers won, by five rules.

    Attributes
    ----------
    table
        One row a rule and channel: `rule`, `channel`, `credit` (customers won), `share` (of all customers won), and the
        95 % interval of the share, `low` to `high`.
    removal
        By channel: the share of sales that the chain of touches loses without it.
    conversion
        The share of the visitors touched who bought.
    visitors
        How many visitors were touched.

    Examples
    --------
    >>> ways = {"path": ["G", "M", "G > M", "G"], "won": [True, True, True, False], "customers": [2, 1, 1, 1]}
    >>> credit = Attribution.from_touches(pd.DataFrame(ways))
    >>> credit.credits["markov"].round(2).to_dict()
    {'G': 2.4, 'M': 1.6}
    >>> credit.conversion, credit.removal.round(2).to_dict()
    (0.8, {'G': 0.75, 'M': 0.5})
    """

    table: pd.DataFrame
    removal: pd.Series
    conversion: float
    visitors: float

    @classmethod
    def from_touches(cls, touches: Any, won: str | None = None) -> Self:
        """Share the customers won among the channels that touched them.

        Visitors without any touch do not occur in the table, and no rule gives anybody credit for them.

        Parameters
        ----------
        touches
            One row a touch: `visitor_id`, `touched_on`, `channel` and the column named by `won`. Or distinct ways: a
            column `path` (a sequence of channels, or text such as "search > mail"), the column named by `won`, and
            `customers`, the number of visitors, as `count_paths` returns them.
        won
            The column that is true, or not empty, for those who bought: `customer_id` of touches, `won` of ways.

        Raises
        ------
        ValueError
            If a column is missing, a value is empty or impossible, or nobody was won.
        """
        frame = to_pandas(touches)
        paths = _checked(frame, won or "won") if "path" in frame else count_paths(frame, won or "customer_id")
        counts, bought = paths["customers"].to_numpy(float), paths["won"].to_numpy(bool)
        if not counts[bought].sum() > 0:
            raise ValueError(f"touches: none of the {counts.sum():g} visitors was won; there is no credit to share")
        channels = pd.Index(sorted({channel for path in paths["path"] for channel in path}), name="channel")
        rates = _per_visitor(paths, channels)
        found = {rule: _plain_shares(rate * bought[:, None], counts) for rule, rate in rates.items()}
        removal, found["markov"] = _markov(_steps(paths, channels), counts, len(channels))
        total = counts[bought].sum()
        parts = [_rows(rule, channels, total, *found[rule]) for rule in RULES]
        table = pd.concat(parts, ignore_index=True)
        return cls(table, pd.Series(removal, channels, name="removal"), float(total / counts.sum()), counts.sum())

    @property
    def credits(self) -> pd.DataFrame:
        """Customers won, one row a channel and one column a rule."""
        return self._wide("credit")

    @property
    def shares(self) -> pd.DataFrame:
        """Shares of all customers won, one row a channel and one column a rule."""
        return self._wide("share")

    def summary(self) -> pd.DataFrame:
        """Return the shares of the credit by channel and rule, rounded."""
        return self.shares.round(3)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw each channel's share of the credit by each rule, with its interval."""
        ax, title = plots.new_axes(ax), word("Which channel gets the credit?")
        channels = list(self.shares.index)
        for i, (rule, rows) in enumerate(self.table.groupby("rule", sort=False)):
            places = np.arange(len(channels))[::-1] + 0.3 - 0.15 * i
            colour, name = plots.PALETTE[i], word(f"{rule} credit")
            ax.hlines(places, rows["low"], rows["high"], color=colour, lw=2, alpha=0.5)
            ax.plot(rows["share"], places, plots.MARKERS[i], color=colour, label=name)
        ax.set_yticks(range(len(channels))[::-1], channels)
        ax.set_xlim(0, None)
        ax.legend(title=word("rule"))
        plots.finish(plots.percent_axis(ax, "x"), title, word("share of the customers won"), "")
        said = "; ".join(f"{row.channel} {row.share:.3g} ({row.low:.3g} to {row.high:.3g}) by {row.rule}"
                         for row in self.table.itertuples())  # fmt: skip
        return plots.describe(ax, f"{title} Dots with 95 % intervals of the share of the customers won: {said}.")

    def _wide(self, column: str) -> pd.DataFrame:
        wide = self.table.pivot_table(index="channel", columns="rule", values=column)
        return wide[list(RULES)].rename_axis(columns=None)


def _is_boolean(values: pd.Series) -> bool:
    return bool(pd.api.types.is_bool_dtype(values.dtype) or values.dropna().map(lambda v: isinstance(v, bool)).all())


def _checked(frame: pd.DataFrame, won: str) -> pd.DataFrame:
    need(frame.columns, ("path", won), "the table of paths")
    customers = numbers(frame[["customers"]])["customers"] if "customers" in frame else pd.Series(1.0, frame.index)
    if (customers < 0).any() or not customers.sum() > 0:
        raise ValueError("the table of paths has no customers: it is empty, or a count is negative")
    flags = frame[won]
    if flags.isna().any() or not flags.isin([0, 1]).all():
        raise ValueError(f"the table of paths: {won} is neither true nor false in some rows")
    paths = [_path(path) for path in frame["path"]]
    empty = sum(not path for path in paths)
    if empty:
        raise ValueError(f"the table of paths: path is empty in {empty} rows; leave visitors without a touch out")
    rows = pd.DataFrame({"path": paths, "won": flags.to_numpy(bool), "customers": customers.to_numpy(float)})
    return _added_up(rows[rows["customers"] > 0])


def _path(path: Any) -> tuple[str, ...]:
    steps = path.split(_ARROW) if isinstance(path, str) else path if np.ndim(path) == 1 else ()
    return tuple(str(step).strip() for step in steps if str(step).strip())


def _added_up(rows: pd.DataFrame) -> pd.DataFrame:
    """Return distinct ways, each once for those won and once for the others."""
    return rows.groupby(["path", "won"])["customers"].sum().reset_index()


def _per_visitor(paths: pd.DataFrame, channels: pd.Index) -> dict[str, Vector]:
    """Return what one visitor of each way gives each channel, by the rules that look at one way at a time.

    The Shapley value of "sales of visitors whom only these channels touched" shares each sale evenly among the distinct
    channels of its way: such a sale is a game that needs all of them (Harsanyi 1959), and values of games add up.
    """
    place = {channel: i for i, channel in enumerate(channels)}
    rates = {rule: np.zeros((len(paths), len(channels))) for rule in ("first", "last", "linear", "shapley")}
    for row, path in enumerate(paths["path"]):
        at, met = [place[step] for step in path], [place[step] for step in set(path)]
        rates["first"][row, at[0]] = rates["last"][row, at[-1]] = 1.0
        np.add.at(rates["linear"][row], at, 1 / len(at))
        rates["shapley"][row, met] = 1 / len(met)
    return rates


def _plain_shares(credit: Vector, counts: Vector) -> tuple[Vector, Vector]:
    """Return the channels' shares of the credit, and their standard errors."""
    total = counts @ credit.sum(axis=1)
    share = counts @ credit / total
    slopes = (credit - credit.sum(axis=1)[:, None] * share) / total
    return share, np.sqrt(counts @ slopes**2)


def _steps(paths: pd.DataFrame, channels: pd.Index) -> tuple[Vector, Vector, Vector]:
    """Return all steps of all ways: the row they belong to, whence and where; 0 is the start, then channels, won, lost.

    What follows a channel is numbered like the channel; the two ends come last.
    """
    place = {channel: i + 1 for i, channel in enumerate(channels)}
    ends = {True: len(channels) + 1, False: len(channels) + 2}
    row, here, there = [], [], []
    for number, (path, bought) in enumerate(zip(paths["path"], paths["won"], strict=True)):
        way = [0, *(place[step] for step in path), ends[bool(bought)]]
        row += [number] * (len(way) - 1)
        here += way[:-1]
        there += way[1:]
    return np.array(row), np.array(here), np.array(there)


def _markov(
    steps: tuple[Vector, Vector, Vector], counts: Vector, channels: int
) -> tuple[Vector, tuple[Vector, Vector]]:
    """Return the removal effects, and the shares of the credit that follow from them with their standard errors."""
    row, here, there = steps
    size = channels + 1
    moves = np.zeros((size, size + 2))
    np.add.at(moves, (here, there), counts[row])
    chance, slope = np.zeros(size), np.zeros((size, len(counts)))
    for gone in range(size):  # 0 stands for nobody
        chance[gone], worth = _reach(moves, gone)
        slope[gone] = np.bincount(row, worth[here, there], len(counts))
    removal = 1 - chance[1:] / chance[0]
    slopes = (np.outer(chance[1:], slope[0]) / chance[0] - slope[1:]) / chance[0]
    share = removal / removal.sum()
    slopes = (slopes - np.outer(share, slopes.sum(axis=0))) / removal.sum()
    return removal, (share, np.sqrt(slopes**2 @ counts))


def _reach(moves: Vector, gone: int) -> tuple[float, Vector]:
    """Return the probability to get from the start to won, and what one more of each step would add to it.

    With x the probability to be won from each state, G the inverse of I − Q and n the visits of each state, a step from
    s to t adds G[0, s] (x[t] − x[s]) / n[s].
    """
    size = len(moves)
    visits = np.maximum(moves.sum(axis=1), 1e-300)
    kept = np.ones(size)
    kept[gone] = 1.0 if gone == 0 else 0.0
    rates = moves / visits[:, None] * kept[:, None]
    within = np.eye(size) - rates[:, :size]
    won = np.linalg.solve(within, rates[:, size])
    visited = np.linalg.solve(within.T, np.eye(size)[0]) * kept
    ahead = np.concatenate([won, [1.0, 0.0]])
    return float(won[0]), (visited / visits)[:, None] * (ahead - won[:, None])


def _rows(rule: str, channels: pd.Index, total: float, share: Vector, error: Vector) -> pd.DataFrame:
    low, high = share_interval(share, error)
    columns = {"rule": rule, "channel": channels, "credit": total * share, "share": share, "low": low, "high": high}
    return pd.DataFrame(columns)
