"""What every result shares: a table, a summary, a picture and a notebook face.

A result is born finished. A classmethod (`from_...` for counting, `fit` for estimating) returns a frozen dataclass that
inherits from `Result`, so there is no unfitted state to guard against.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
    alpha       2.0             0.5  1.225  3.264
    """
    import numpy as np
    import pandas as pd

    value, error = np.asarray(values, float), np.asarray(standard_errors, float)
    half = np.exp(z * error / value)
    columns = {"estimate": value, "standard error": error, "low": value / half, "high": value * half}
    return pd.DataFrame(columns, index=names).round(digits)
