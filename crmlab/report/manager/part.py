"""What every part of the manager's page is made of: a number with its interval, a sentence, a small picture, doubts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from crmlab import labels, plots
from crmlab.report.manager.sentences import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDTH, _HEIGHT, _DENSITY = 5.2, 2.7, 170  # inches, and points an inch: sharp on a telephone


@dataclass(frozen=True, eq=False)
class Part:
    """One part of the page.

    Attributes
    ----------
    name
        "funnel", "churn", "value" or "hunting-farming"; the name of its table, too.
    said
        Sentences. The first one holds the number with its interval; or, where there is none, it says why.
    table
        The numbers behind it; None where there are none.
    picture, alternative_text
        A PNG and what is seen in it; empty where there is none.
    doubts
        What not to believe, in a sentence each.
    found
        Whether the tables gave an answer.
    """

    name: str
    said: tuple[str, ...]
    table: pd.DataFrame | None = None
    picture: bytes = b""
    alternative_text: str = ""
    doubts: tuple[str, ...] = field(default_factory=tuple)
    found: bool = True

    @property
    def title(self) -> str:
        """The question that the part answers, in the language in use."""
        return say(f"title {self.name}")


class LackingError(ValueError):
    """A table or a column that a part needs is not there; its text names them."""


def need_tables(company: Any, *names: str) -> None:
    """Raise a `LackingError` unless the company has the tables, given as "table" or "table.column"."""
    missing = []
    for name in names:
        table, _, column = name.partition(".")
        if table not in company.tables:
            missing.append(table)
        elif column and (column not in company.tables[table] or company.tables[table][column].notna().sum() == 0):
            missing.append(name)
    if missing:
        raise LackingError(", ".join(dict.fromkeys(missing)))


@contextmanager
def canvas() -> Iterator[Axes]:
    """Yield the Axes of a small figure in the theme and the language in use, without touching the theme of others."""
    import matplotlib as mpl

    with mpl.rc_context():
        plots.use_theme(labels.language())
        mpl.rcParams.update({"axes.titlesize": 10.5, "font.size": 9, "figure.dpi": _DENSITY})
        with plots.quiet_figure(_WIDTH, _HEIGHT) as ax:
            yield ax


def drawn(draw: Callable[[Axes], Axes]) -> tuple[bytes, str]:
    """Return a small picture as PNG, without the title that stands above it on the page, and its alternative text."""
    with canvas() as ax:
        figure: Any = draw(ax).figure
        ax.set_title("")
        data, told = plots.png(figure)
    return data, told["alt"]


def money(value: float, currency: str) -> str:
    """Write an amount with three significant digits.

    Examples
    --------
    >>> money(123456.7, "KRW"), money(28.314, "USD"), money(70012.3, "USD")
    ('KRW 123,000', 'USD 28.30', 'USD 70,000')
    """
    rounded = float(f"{value:.3g}")
    return f"{currency} {rounded:,.0f}" if abs(rounded) >= 100 else labels.money(rounded, currency)


def count(number: float, below: int) -> str:
    """Write a count; one under the limit, but not 0, is hidden.

    Examples
    --------
    >>> count(12345, 5), count(3, 5), count(0, 5)
    ('12,345', '<5', '0')
    """
    return f"<{below}" if 0 < number < below else f"{int(number):,}"
