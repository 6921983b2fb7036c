"""Draws tables on an Axes: theme, palette, alternative text.

Nothing here knows a model. A noun hands over a small frame, and a function of this module draws it, titles it with a
question, and stores what is seen as alternative text (`describe`), which travels with the picture into the notebook.
The palette is that of Okabe and Ito (2008), its orange a little lighter: in grey it looked like the light blue. Markers
and line styles are a second sign beside colour.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from crmlab.labels import number, percent, word

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#EFA900", "#56B4E9")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
DASHES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1)))
FAINT = "#767676"
UNDER_TEXT = {"facecolor": "white", "alpha": 0.75, "pad": 0.6, "linewidth": 0}  # lets a line be seen under a name
FONT = "NanumSquare"

_THEME: dict[str, Any] = {
    "figure.figsize": (7.2, 4.0),
    "figure.dpi": 100,
    "figure.constrained_layout.use": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.titlesize": 12,
    "axes.titley": 1.0,  # else it is looked for in each drawing, which takes a fifth of the time
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.unicode_minus": False,
    "grid.color": "#E3E3E3",
    "grid.linewidth": 0.8,
    "legend.frameon": False,
    "lines.linewidth": 2.0,
    "lines.markersize": 5,
}


def use_theme(language: str = "en") -> None:
    """Set the theme of all figures for this session; Korean figures use the font that is shipped with the package."""
    import matplotlib as mpl
    from cycler import cycler
    from matplotlib import font_manager

    family = ["DejaVu Sans"]
    if language == "ko":
        for weight in "RB":
            font_manager.fontManager.addfont(str(files("crmlab") / "fonts" / f"{FONT}{weight}.ttf"))
        family = [FONT, *family]
    settings: dict[Any, Any] = _THEME | {"axes.prop_cycle": cycler(color=PALETTE), "font.family": family}
    mpl.rcParams.update(settings)


def new_axes(ax: Axes | None = None) -> Axes:
    """Return `ax`, or the Axes of a new figure where it is None."""
    import matplotlib.pyplot as plt

    return plt.subplots()[1] if ax is None else ax


def describe(ax: Axes, text: str) -> Axes:
    """Store what is seen in the figure as its alternative text, and return the Axes.

    Several Axes of one figure add up, in the order in which they are described.

    Examples
    --------
    >>> ax = describe(new_axes(), "An empty picture.")
    >>> alternative_text(ax.figure)
    'An empty picture.'
    """
    texts = getattr(ax.figure, "crmlab_alt", {})
    ax.figure.crmlab_alt = texts | {id(ax): " ".join(text.split())}  # pyright: ignore[reportAttributeAccessIssue]
    return ax


def alternative_text(figure: Figure) -> str:
    """Return the alternative text of a figure; its titles where nothing was described."""
    texts = getattr(figure, "crmlab_alt", {})
    return " ".join(texts.values()) or ". ".join(ax.get_title(loc="left") or ax.get_title() for ax in figure.axes)


def png(figure: Figure) -> tuple[bytes, dict[str, str]]:
    """Return a figure as PNG bytes with its alternative text as metadata, as a notebook's display wants it."""
    return encoded(drawn(figure)), {"alt": alternative_text(figure)}


def drawn(figure: Figure) -> FigureCanvasAgg:
    """Draw a figure once, and return the canvas that holds it."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return canvas


def encoded(canvas: FigureCanvasAgg, compression: int = 6) -> bytes:
    """Return what was drawn as PNG bytes, from 1 for fast to 9 for small; writing a file would draw once more."""
    from io import BytesIO

    from matplotlib.image import imsave

    buffer = BytesIO()
    pixels: Any = canvas.buffer_rgba()
    how = {"dpi": canvas.figure.dpi, "metadata": {"Software": ""}, "pil_kwargs": {"compress_level": compression}}
    imsave(buffer, pixels, format="png", origin="upper", **how)
    return buffer.getvalue()


@contextmanager
def quiet_figure(width: float = 7.2, height: float = 4.0) -> Iterator[Axes]:
    """Yield the Axes of a figure outside pyplot, for a picture that is drawn again and again."""
    from matplotlib.figure import Figure

    yield Figure(figsize=(width, height)).subplots()


def finish(ax: Axes, title: str, xlabel: str, ylabel: str) -> Axes:
    """Write the question as title and the axes with their units."""
    ax.set_title(title)
    ax.set_xlabel(xlabel)
    ax.set_ylabel(ylabel)
    return ax


def percent_axis(ax: Axes, axis: str = "y") -> Axes:
    """Show an axis of shares in percent, in steps that need no rounding."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    shown = getattr(ax, f"{axis}axis")
    shown.set_major_locator(MaxNLocator("auto", steps=[1, 2, 5, 10]))
    shown.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.6g} %"))
    return ax


def label_end(ax: Axes, text: str, x: float, y: float, colour: str) -> None:
    """Write a line's name at its end, in its colour."""
    ax.annotate(
        text,
        (x, y),
        xytext=(6, 0),
        textcoords="offset points",
        annotation_clip=False,  # a label pushed above the axes would vanish
        color=colour,
        va="center",
        fontsize=10,
        bbox=UNDER_TEXT,
    )


def steps(table: pd.DataFrame, ax: Axes | None, title: str, xlabel: str, ylabel: str) -> Axes:
    """Draw step curves of shares with their intervals, one for each group.

    Parameters
    ----------
    table
        Columns `group` (text, "" where there is one curve), `time`, `estimate`, `low`, `high`.
    """
    ax = new_axes(ax)
    ends = []
    for i, (group, rows) in enumerate(table.groupby("group", sort=False)):
        style = {"color": PALETTE[i % len(PALETTE)], "where": "post", "linestyle": DASHES[i % len(DASHES)]}
        ax.step(rows["time"], rows["estimate"], **style)
        ax.fill_between(rows["time"], rows["low"], rows["high"], step="post", alpha=0.18, color=style["color"], lw=0)
        ends.append((str(group), rows["time"].iloc[-1], rows["estimate"].iloc[-1], style["color"]))
    ax.set_ylim(0, 1.02 if table["high"].max() > 0.6 else None)
    _label_ends(ax, ends)
    said = "; ".join(f"{group or 'all'} ends at {percent(y)} at {x:g}" for group, x, y, _ in ends)
    finish(percent_axis(ax), title, xlabel, ylabel)
    return describe(ax, f"{title} Step curves of {ylabel} against {xlabel}: {said}.")


def _label_ends(ax: Axes, ends: list[tuple[str, float, float, str]]) -> None:
    """Label line ends, pushed apart where they would overlap each other or the x axis."""
    low, high = ax.get_ylim()
    gap = 0.055 * (high - low)
    least = low + 0.6 * gap
    for group, x, y, colour in sorted(ends, key=lambda end: end[2]):
        y = max(y, least)
        least = y + gap
        if group:
            label_end(ax, group, x, y, colour)


def dots(table: pd.DataFrame, ax: Axes | None, title: str, xlabel: str) -> Axes:
    """Draw estimates with their intervals as horizontal dots, one row each, the first on top.

    Parameters
    ----------
    table
        Index: the names of the rows. Columns `estimate`, `low`, `high`.
    """
    ax = new_axes(ax)
    rows = range(len(table))[::-1]
    ax.hlines(list(rows), table["low"], table["high"], color=PALETTE[0], lw=2.5, alpha=0.5)
    ax.plot(table["estimate"], list(rows), "o", color=PALETTE[0])
    ax.set_yticks(list(rows), [word(str(name)) for name in table.index])
    ax.set_ylim(-0.6, len(table) - 0.4)
    finish(ax, title, xlabel, "")
    said = "; ".join(
        f"{name} {number(row.estimate)} ({number(row.low)} to {number(row.high)})" for name, row in table.iterrows()
    )
    return describe(ax, f"{title} Dots with 95 % intervals of {xlabel}: {said}.")


def lines(table: pd.DataFrame, ax: Axes | None, title: str, xlabel: str, ylabel: str) -> Axes:
    """Draw one line for each column of `table` over its index, named at its end.

    Columns `low` and `high`, where there are, are drawn as a band.
    """
    ax = new_axes(ax)
    names = [name for name in table.columns if name not in ("low", "high")]
    ends = []
    for i, name in enumerate(names):
        colour = PALETTE[i % len(PALETTE)]
        drawn = table[name].dropna()
        ax.plot(drawn.index, drawn, color=colour, linestyle=DASHES[i % len(DASHES)])
        ends.append((word(str(name)), drawn.index[-1], drawn.iloc[-1], colour))
    if {"low", "high"} <= set(table.columns):
        ax.fill_between(table.index, table["low"], table["high"], alpha=0.18, color=PALETTE[0], lw=0)
    ax.autoscale_view()
    if table.index.dtype.kind in "if" and (table.index % 1 == 0).all():
        ax.locator_params(axis="x", integer=True)  # there is no month 2.5
    _label_ends(ax, ends)
    finish(ax, title, xlabel, ylabel)
    said = "; ".join(f"{name} ends at {number(y, 4)}" for name, _, y, _ in ends)
    if {"low", "high"} <= set(table.columns):
        band = table[["low", "high"]].dropna().iloc[-1]
        said += f"; the band ends at {number(band['low'], 4)} to {number(band['high'], 4)}"
    return describe(ax, f"{title} Lines of {ylabel} against {xlabel}: {said}.")


def counts_below(ax: Axes, counts: pd.DataFrame) -> Axes:
    """Write a small table of counts under the ticks of the x axis: one row a group, one column a tick."""
    rows = [[f"{tick:g}", *(f"{count:,}" for count in counts[tick])] for tick in counts.columns]
    ax.set_xticks(list(counts.columns), ["\n".join(row) for row in rows], fontsize=9)
    names = [str(name) if name else word("customers") for name in counts.index]
    ax.annotate(
        "\n".join(["", *names]),
        (0, 0),
        xycoords="axes fraction",
        xytext=(-14, -5),
        textcoords="offset points",
        ha="right",
        va="top",
        fontsize=9,
        color=FAINT,
    )
    return ax
