"""What every result shares: a table, a summary, a picture and a notebook face.

A result is born finished. A classmethod (`from_...` for counting, `fit` for estimating) returns a frozen dataclass that
inherits from `Result`, so there is no unfitted state to guard against.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from html import escape
from typing import TYPE_CHECKING

from crmlab.labels import word

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from matplotlib.axes import Axes


class Result(ABC):
    """A finished, frozen result with a `table`, a `summary` and a `plot`.

    Subclasses are frozen dataclasses declared with ``eq=False, repr=False``, because frames do not compare or hash.
    """

    table: pd.DataFrame

    @abstractmethod
    def summary(self) -> pd.DataFrame:
        """Return the few numbers a reader wants first, rounded, one row each."""

    @abstractmethod
    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the table on `ax`, or on a new figure, and return the Axes."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}\n{self.summary().to_string()}"

    def _repr_html_(self) -> str:
        return f"<p><b>{escape(type(self).__name__)}</b></p>{self.summary().to_html(escape=True)}"


def estimates(
    names: list[str], values: list[float], standard_errors: list[float], digits: int = 3, z: float = 1.959964
) -> pd.DataFrame:
    """Return a rounded table of estimates with standard errors and 95 % Wald intervals on the log scale.

    The parameters of the models here are positive, and an interval on the log scale stays positive and covers better.

    Parameters
    ----------
    names, values, standard_errors
        One entry for each parameter.
    digits
        Decimals shown.
    z
        Quantile of the standard normal.

    Examples
    --------
    >>> estimates(["alpha"], [2.0], [0.5])
           estimate  standard error    low   high
    alpha       2.0             0.5  1.225  3.265
    """
    import numpy as np
    import pandas as pd

    value, error = np.asarray(values, float), np.asarray(standard_errors, float)
    half = np.exp(z * error / value)
    columns = {"estimate": value, "standard error": error, "low": value / half, "high": value * half}
    return pd.DataFrame(columns, index=names).round(digits)


def reveal(
    estimate: pd.DataFrame | Mapping[str, float] | float, truth: Mapping[str, float] | float | None, digits: int = 3
) -> pd.DataFrame | None:
    """Set an estimate beside the truth that the simulator knows; on one's own data say that none is known.

    Parameters
    ----------
    estimate
        A number; or numbers by name; or a frame with the column `estimate`, and `low` and `high` where there is an
        interval, indexed by name.
    truth
        The true number, or numbers by name; None where no truth is known.
    digits
        Decimals shown.

    Returns
    -------
    DataFrame or None
        Columns `estimate` (with `low`, `high`), `truth`, `difference`, and, with an interval, `inside`, which is empty
        where no truth is known.

    Examples
    --------
    >>> reveal(estimate={"r": 0.25}, truth={"r": 0.24})
       estimate  truth  difference
    r      0.25   0.24        0.01
    >>> reveal(estimate=0.25, truth=None)
    No truth is known for these data: the estimate stands alone.
    """
    import pandas as pd

    if truth is None:
        print(word("no truth"))
        return None
    table = estimate if isinstance(estimate, pd.DataFrame) else pd.DataFrame({"estimate": _named(estimate)})
    known = _named(truth).reindex(table.index)
    shown = [name for name in ("estimate", "low", "high") if name in table]
    result = table[shown].assign(truth=known, difference=table["estimate"] - known).round(digits)
    if {"low", "high"} <= set(table.columns):
        inside = (table["low"] <= known) & (known <= table["high"])
        result["inside"] = inside.astype(object).where(known.notna(), "") if known.isna().any() else inside
    return result


def _named(values: Mapping[str, float] | float) -> pd.Series:
    import pandas as pd

    return pd.Series({"value": values} if isinstance(values, int | float) else dict(values), dtype=float)
