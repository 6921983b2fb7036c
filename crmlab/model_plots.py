"""Pictures that hold a model against data: ranges beside what happened, inputs that matter, what causes what."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from crmlab.labels import number, word
from crmlab.plots import FAINT, MARKERS, PALETTE, UNDER_TEXT, describe, finish, new_axes

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

_MILLIONS = 1e7  # from here on an axis is written in millions


def grouped_axis(ax: Axes, axis: str = "y") -> Axes:
    """Write the large numbers of an axis with commas, from ten million on in millions (M).

    Examples
    --------
    >>> ax = grouped_axis(new_axes())
    >>> _ = ax.set_ylim(-6e7, 2e7)
    >>> ax.yaxis.get_major_formatter()(-6e7)
    '-60 M'
    """
    from matplotlib.ticker import FuncFormatter

    along = getattr(ax, f"{axis}axis")

    def written(number: float, _: int | None = None) -> str:
        widest = max(map(abs, along.get_view_interval()))
        if widest < _MILLIONS or number == 0:
            return f"{number:,.10g}"
        return f"{number / 1e6:,.10g} {word('M')}"

    along.set_major_formatter(FuncFormatter(written))
    return ax


def bars_and_ranges(table: pd.DataFrame, ax: Axes | None, title: str, xlabel: str, ylabel: str) -> Axes:
    """Draw what happened as bars and what a model expects as dots with their ranges, side by side for each row.

    Parameters
    ----------
    table
        Index: the classes. Columns `expected`, `low`, `high`, and `actual` where it is known.
    """
    ax = new_axes(ax)
    rows, known = range(len(table)), "actual" in table
    if known:
        ax.bar(list(rows), table["actual"], width=0.6, color=PALETTE[6], label=word("actual"))
    reach = [table["expected"] - table["low"], table["high"] - table["expected"]]
    style = {"fmt": "D", "color": PALETTE[1], "capsize": 3, "lw": 1.5, "markersize": 4}
    ax.errorbar(list(rows), table["expected"], yerr=reach, label=word("expected by the model"), **style)
    names = [f"{name}" for name in table.index]
    ax.set_xticks(list(rows), names, rotation=30 if max(map(len, names)) > 7 else 0)
    ax.set_ylim(0, None)
    ax.legend()
    finish(ax, title, xlabel, ylabel)
    said = "; ".join(
        f"{name}: {f'{number(row.actual, 4)} actual, ' if known else ''}{number(row.expected, 4)} "
        f"({number(row.low, 4)} to {number(row.high, 4)})"
        for name, row in table.iterrows()
    )
    return describe(ax, f"{title} Bars of {ylabel} by {xlabel}, with what the model expects and its range: {said}.")


def mark_time(ax: Axes, time: float, text: str) -> Axes:
    """Draw a vertical line at a moment and name it."""
    ax.axvline(time, color=FAINT, lw=1, linestyle=":")
    at = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points", "color": FAINT, "fontsize": 9}
    ax.annotate(text, (time, 1), xytext=(-4, -4), ha="right", va="top", **at)
    return describe(ax, f"{_said(ax)} A line marks {text} at {time:g}.")


def points(table: pd.DataFrame, ax: Axes, label: str) -> Axes:
    """Add observed shares with their intervals to a drawing of a curve.

    Parameters
    ----------
    table
        Index: where they lie on the x axis. Columns `rate`, `low`, `high`.
    """
    reach = [table["rate"] - table["low"], table["high"] - table["rate"]]
    ax.errorbar(table.index, table["rate"], yerr=reach, fmt="o", color=PALETTE[4], capsize=3, lw=1.2, label=label)
    ax.legend()
    said = "; ".join(f"{row.rate:.3g} ({row.low:.3g} to {row.high:.3g}) at {x:g}" for x, row in table.iterrows())
    return describe(ax, f"{_said(ax)} Points with intervals, {label}: {said}.")


def tornado(table: pd.DataFrame, base: float, ax: Axes | None, title: str, xlabel: str) -> Axes:
    """Draw by how much each input moves a value, the widest bar on top.

    Parameters
    ----------
    table
        Index: the inputs, widest first. Columns `low`, `high` (the input) and `value_at_low`, `value_at_high`.
    base
        The value with every input as it is.
    """
    from matplotlib.ticker import MaxNLocator

    ax = new_axes(ax)
    rows = list(range(len(table)))[::-1]
    for i, end in enumerate(("low", "high")):
        reach = table[f"value_at_{end}"] - base
        style = {"color": PALETTE[i], "hatch": ("", "//")[i], "alpha": 0.8, "label": word(f"input at its {end} end")}
        ax.barh(rows, reach, left=base, height=0.6, **style)
    ax.axvline(base, color=FAINT, lw=1)
    names = [f"{word(str(name))} ({number(row.low)}–{number(row.high)})" for name, row in table.iterrows()]
    ax.set_yticks(rows, names)
    ax.legend()
    ax.xaxis.set_major_locator(MaxNLocator(5))
    finish(grouped_axis(ax, "x"), title, xlabel, "")
    said = "; ".join(
        f"{name} from {number(row.low, 4)} to {number(row.high, 4)} "
        f"moves it from {number(row.value_at_low, 4)} to {number(row.value_at_high, 4)}"
        for name, row in table.iterrows()
    )
    return describe(ax, f"{title} Bars of {xlabel} around {number(base, 4)}, the widest on top: {said}.")


def mark_point(ax: Axes, x: float, y: float, text: str, highest: str) -> Axes:
    """Mark and name one point of a curve, and say beside which place the curve is highest."""
    ax.plot([x], [y], MARKERS[3], color=PALETTE[1], markersize=8)
    where = {"xytext": (0, 10), "textcoords": "offset points", "ha": "center"}
    ax.annotate(text, (x, y), color=PALETTE[1], bbox=UNDER_TEXT, **where)
    said = f"The curve is highest near {highest}. A mark shows {text} at {number(x, 4)}, where it is {number(y, 4)}."
    return describe(ax, f"{_said(ax)} {said}")


def causal_map(causes: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw what causes what, from left to right; dashed boxes have no cause here, thick ones are where it ends.

    Parameters
    ----------
    causes
        One row for each arrow: `cause`, `effect`, `meaning`.

    Raises
    ------
    ValueError
        If something is, by way of others, a cause of itself.

    Examples
    --------
    >>> import pandas as pd
    >>> ax = causal_map(pd.DataFrame([("rain", "harvest", "more is better")], columns=["cause", "effect", "meaning"]))
    >>> [text.get_text() for text in ax.texts]
    ['rain', 'harvest']
    """
    arrows = list(zip(causes["cause"], causes["effect"], strict=True))
    columns = _in_columns(arrows)
    if ax is None:
        ax = new_axes()
        size = max(9, 1.8 * len(columns)), max(4.2, 0.62 * max(map(len, columns)))
        ax.figure.set_size_inches(*size)  # pyright: ignore[reportAttributeAccessIssue]
    place = {stop: (x, y) for x, column in enumerate(columns) for stop, y in zip(column, _heights(column), strict=True)}
    for name in dict.fromkeys(name for arrow in arrows for name in arrow):
        given, last = name not in {effect for _, effect in arrows}, name not in {cause for cause, _ in arrows}
        _box(ax, *place[name,], name, "--" if given else "-", 2.2 if last else 1.0)
    for path in _paths(arrows, columns):
        _arrow(ax, [place[stop] for stop in path])
    tallest = max(map(len, columns)) / 2
    ax.set(xlim=(-0.45, len(columns) - 0.55), ylim=(-tallest, tallest))
    ax.axis("off")
    ax.set_title(word("What causes what?"))
    said = "; ".join(f"{row.cause} to {row.effect} ({row.meaning})" for row in causes.itertuples())
    return describe(ax, f"What causes what? A map of boxes and arrows from left to right: {said}.".replace("_", " "))


def _said(ax: Axes) -> str:
    """Return what was described of one Axes so far."""
    return getattr(ax.figure, "crmlab_alt", {}).get(id(ax), "")


Stop = tuple[str, ...]  # a name, or the arrow and the column that it passes between the boxes
WIDE, HIGH = 0.68, 0.62  # of a box; columns and rows lie 1 apart


def _in_columns(arrows: list[tuple[str, str]]) -> list[list[Stop]]:
    """Return what stands in each column, top down: everything right of its causes, few arrows crossing."""
    rank = dict.fromkeys((name for arrow in arrows for name in arrow), 0)
    for _ in rank:
        for cause, effect in arrows:
            rank[effect] = max(rank[effect], rank[cause] + 1)
    if any(rank[cause] >= rank[effect] for cause, effect in arrows):
        raise ValueError("a cause of itself cannot be drawn from left to right")
    columns: list[list[Stop]] = [[] for _ in range(max(rank.values()) + 1)]
    for name, x in rank.items():
        columns[x].append((name,))
    for cause, effect in arrows:
        for x in range(rank[cause] + 1, rank[effect]):
            columns[x].append((cause, effect, str(x)))
    steps = [step for path in _paths(arrows, columns) for step in pairwise(path)]
    for _ in range(4):  # each stop to the middle of its neighbours on the left, then of those on the right
        for before, after in pairwise(columns):
            _sort(after, before, [(right, left) for left, right in steps])
        for before, after in pairwise(columns[::-1]):
            _sort(after, before, steps)
    return columns


def _sort(column: list[Stop], beside: list[Stop], steps: list[tuple[Stop, Stop]]) -> None:
    height = dict(zip(beside, _heights(beside), strict=True))
    own = dict(zip(column, _heights(column), strict=True))
    near = {stop: [height[there] for here, there in steps if here == stop and there in height] for stop in column}
    column.sort(key=lambda stop: -sum(near[stop]) / len(near[stop]) if near[stop] else -own[stop])


def _heights(column: list[Stop]) -> list[float]:
    """Return where the stops of a column lie, top down and one apart, around 0."""
    return [(len(column) - 1) / 2 - row for row in range(len(column))]


def _paths(arrows: list[tuple[str, str]], columns: list[list[Stop]]) -> list[list[Stop]]:
    """Return for each arrow its stops: from its cause, past the boxes between, to its effect."""
    between = [stop for column in columns for stop in column if len(stop) > 1]
    return [[arrow[:1], *(stop for stop in between if stop[:2] == arrow), arrow[1:]] for arrow in arrows]


def _box(ax: Axes, x: float, y: float, name: str, line: str, width: float) -> None:
    from textwrap import fill

    from matplotlib.patches import FancyBboxPatch

    style: dict[str, Any] = {"facecolor": "white", "edgecolor": PALETTE[0], "linestyle": line, "linewidth": width}
    corner, shape = (x - WIDE / 2, y - HIGH / 2), "round,pad=0,rounding_size=0.08"
    ax.add_patch(FancyBboxPatch(corner, WIDE, HIGH, boxstyle=shape, zorder=3, **style))
    ax.text(x, y, fill(word(name.replace("_", " ")), 13), ha="center", va="center", fontsize=10, zorder=4)


def _arrow(ax: Axes, stops: list[tuple[float, float]]) -> None:
    """Draw a line from box to box that is level wherever it meets a box or passes between two."""
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.path import Path as Line

    (x, y), codes = stops[0], [Line.MOVETO]
    points = [(x + WIDE / 2, y)]
    for x, y in stops[1:]:
        start, end = points[-1], (x - WIDE / 2, y)
        middle = (start[0] + end[0]) / 2
        points += [(middle, start[1]), (middle, y), end, (x + WIDE / 2, y)]
        codes += [Line.CURVE4] * 3 + [Line.LINETO]
    style: dict[str, Any] = {"arrowstyle": "-|>", "mutation_scale": 11, "color": FAINT, "linewidth": 1.2}
    # the last point lies behind the box that the arrow meets
    ax.add_patch(FancyArrowPatch(path=Line(points[:-1], codes[:-1]), shrinkA=0, shrinkB=1, zorder=2, **style))
