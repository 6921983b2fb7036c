"""Pictures that hold a model against data: ranges beside what happened, curves with points, inputs that matter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmlab.labels import word
from crmlab.plots import FAINT, MARKERS, PALETTE, describe, finish, new_axes

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


def grouped_axis(ax: Axes, axis: str = "y") -> Axes:
    """Write the large numbers of an axis with commas."""
    from matplotlib.ticker import FuncFormatter

    getattr(ax, f"{axis}axis").set_major_formatter(FuncFormatter(lambda number, _: f"{number:,.6g}"))
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
        f"{name}: {f'{row.actual:.4g} actual, ' if known else ''}{row.expected:.4g} ({row.low:.4g} to {row.high:.4g})"
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
    names = [f"{word(str(name))} ({_short(row.low)}–{_short(row.high)})" for name, row in table.iterrows()]
    ax.set_yticks(rows, names)
    ax.legend()
    ax.xaxis.set_major_locator(MaxNLocator(5))
    finish(grouped_axis(ax, "x"), title, xlabel, "")
    said = "; ".join(
        f"{name} from {row.low:.4g} to {row.high:.4g} moves it from {row.value_at_low:.4g} to {row.value_at_high:.4g}"
        for name, row in table.iterrows()
    )
    return describe(ax, f"{title} Bars of {xlabel} around {base:.4g}, the widest on top: {said}.")


def mark_point(ax: Axes, x: float, y: float, text: str, highest: str) -> Axes:
    """Mark and name one point of a curve, and say beside which place the curve is highest."""
    ax.plot([x], [y], MARKERS[3], color=PALETTE[1], markersize=8)
    ax.annotate(text, (x, y), xytext=(0, 9), textcoords="offset points", ha="center", color=PALETTE[1])
    said = f"The curve is highest near {highest}. A mark shows {text} at {x:.4g}, where it is {y:.4g}."
    return describe(ax, f"{_said(ax)} {said}")


def _short(number: float) -> str:
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.3g}"


def _said(ax: Axes) -> str:
    """Return what was described of one Axes so far."""
    return getattr(ax.figure, "crmlab_alt", {}).get(id(ax), "")
