"""One page for a manager: the funnel, churn, value, hunting and farming, each with its interval, and what to doubt.

Each part stands alone. One that lacks tables says which would unlock it, one whose data do not tell says why.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from crmlab.report.manager.buying import Buying
from crmlab.report.manager.part import LackingError, Part
from crmlab.report.manager.sentences import say, speaking
from crmlab.report.manager.signs import carried, warnings_of
from crmlab.report.manager.splitting import split
from crmlab.report.manager.staying import churn
from crmlab.report.manager.winning import funnel
from crmlab.report.manager.worth import value

__all__ = ["Brief", "Part", "brief"]


@dataclass(frozen=True, eq=False)
class Brief:
    """What a manager is told of a company.

    Attributes
    ----------
    parts
        Funnel, churn, value, hunting and farming.
    carried
        What the data can carry: columns `measure`, `number`.
    warnings
        What is odd in the data.
    language
        "en" or "ko".
    """

    parts: tuple[Part, ...]
    carried: pd.DataFrame
    warnings: tuple[str, ...]
    language: str

    @property
    def doubts(self) -> tuple[str, ...]:
        """What not to believe, each sentence once."""
        return tuple(dict.fromkeys(doubt for part in self.parts for doubt in part.doubts))


def brief(company: Any, below: int = 5, language: str = "en") -> Brief:
    """Compute what a manager is told of a company.

    Parameters
    ----------
    company
        Any company: what its tables cannot answer is said, and raises nothing.
    below
        Counts under this are hidden.
    language
        "en" or "ko".

    Raises
    ------
    ValueError
        If the language is not known.

    Examples
    --------
    >>> from crmlab.company import Company
    >>> days = pd.to_datetime(["2025-01-31", "2025-02-01"])
    >>> orders = pd.DataFrame({"customer_id": ["a", "b"], "ordered_at": days, "amount": [5.0, 6.0]})
    >>> told = brief(Company("shop", {"orders": orders}, "2025-12-31"))
    >>> [part.found for part in told.parts], told.parts[0].said
    ([False, False, False, False], ('Not in these tables. It needs: stage_events, leads.customer_id.',))
    """
    buying = Buying(company, below)
    asks: dict[str, Callable[[], Part]] = {
        "funnel": lambda: funnel(company, below),
        "churn": lambda: churn(company, below, buying),
        "value": lambda: value(company, below, buying),
        "hunting-farming": lambda: split(company, below),
    }
    with speaking(language):
        parts = tuple(_answered(name, ask) for name, ask in asks.items())
        return Brief(parts, carried(company, below), tuple(warnings_of(company, below)), language)


def _answered(name: str, ask: Callable[[], Part]) -> Part:
    """Return a part; where it has no answer, one that says why."""
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            part = ask()
    except LackingError as error:
        return Part(name, (say("lacking", what=str(error)),), found=False)
    except ValueError as error:
        return Part(name, (say("cannot", why=str(error).rstrip(".")),), found=False)
    except Exception as error:  # one part must not take the others down
        return Part(name, (say("broken", what=f"{type(error).__name__}: {error}"),), found=False)
    told = [str(one.message) for one in caught if issubclass(one.category, UserWarning)]
    if not told:
        return part
    doubts = (*part.doubts, *dict.fromkeys(told))
    return Part(part.name, part.said, part.table, part.picture, part.alternative_text, doubts)
