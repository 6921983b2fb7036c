"""Conditions on the columns of a table of customers, put together with & (and), | (or) and ~ (not).

A condition is an object, not a text: it says what it asks, it says whose answer is not known, and nothing a reader
types is ever executed. "Three orders, women in their thirties" is `at_least("orders", 3) & equals("gender", "female") &
between("age", 30, 39)`. A customer whose value is empty does not meet a condition, nor its opposite: who is not known
cannot be counted in either way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crmlab.engines import need


@dataclass(frozen=True)
class Condition:
    """A question to each customer: yes, no, or not known.

    Attributes
    ----------
    text
        What it asks.
    columns
        The columns that it reads.
    answer
        From a table to a nullable boolean Series.

    Examples
    --------
    >>> regular = at_least("orders", 3) & ~equals("channel", "store")
    >>> regular
    orders >= 3 and not (channel is store)
    >>> people = pd.DataFrame({"orders": [5, 5, 1, None], "channel": ["web", None, "web", "store"]})
    >>> regular(people).to_list()
    [True, False, False, False]
    >>> regular.known(people).to_list()
    [True, False, True, False]
    """

    text: str
    columns: tuple[str, ...]
    answer: Callable[[pd.DataFrame], pd.Series]

    def __call__(self, customers: pd.DataFrame) -> pd.Series:
        """Return who meets the condition; where it is not known, nobody does.

        Raises
        ------
        ValueError
            If a column is missing.
        """
        need(customers.columns, self.columns, "the table of customers")
        return self.answer(customers).fillna(False).astype(bool)

    def known(self, customers: pd.DataFrame) -> pd.Series:
        """Return whose values are all there, in the columns that the condition reads."""
        need(customers.columns, self.columns, "the table of customers")
        return customers[list(self.columns)].notna().all(axis=1)

    def __and__(self, other: Condition) -> Condition:
        return self._with(other, "and", lambda a, b: a & b)

    def __or__(self, other: Condition) -> Condition:
        return self._with(other, "or", lambda a, b: a | b)

    def __invert__(self) -> Condition:
        return Condition(f"not ({self.text})", self.columns, lambda table: ~self.answer(table))

    def __repr__(self) -> str:
        return self.text

    def _with(self, other: Condition, name: str, both: Callable[[Any, Any], Any]) -> Condition:
        columns = tuple(dict.fromkeys([*self.columns, *other.columns]))
        texts = [f"({one.text})" if name == "and" and " or " in one.text else one.text for one in (self, other)]
        return Condition(f" {name} ".join(texts), columns, lambda table: both(self.answer(table), other.answer(table)))


def at_least(column: str, value: Any) -> Condition:
    """Ask for `value` or more.

    Examples
    --------
    >>> at_least("orders", 3)(pd.DataFrame({"orders": [2, 3]})).to_list()
    [False, True]
    """
    return _compare(column, f"{column} >= {value}", lambda values: values >= value)


def at_most(column: str, value: Any) -> Condition:
    """Ask for `value` or less.

    Examples
    --------
    >>> at_most("days_since_last", 90)(pd.DataFrame({"days_since_last": [90, 91]})).to_list()
    [True, False]
    """
    return _compare(column, f"{column} <= {value}", lambda values: values <= value)


def between(column: str, low: Any, high: Any) -> Condition:
    """Ask for a value from `low` to `high`, both included.

    Examples
    --------
    >>> between("age", 30, 39)(pd.DataFrame({"age": [29, 30, 39, 40]})).to_list()
    [False, True, True, False]
    """
    return _compare(column, f"{low} <= {column} <= {high}", lambda values: (values >= low) & (values <= high))


def equals(column: str, value: Any) -> Condition:
    """Ask for exactly this value.

    Examples
    --------
    >>> equals("gender", "female")(pd.DataFrame({"gender": ["female", None]})).to_list()
    [True, False]
    """
    return _compare(column, f"{column} is {value}", lambda values: values == value)


def one_of(column: str, *values: Any) -> Condition:
    """Ask for one of several values.

    Examples
    --------
    >>> one_of("region", "Seoul", "Busan")(pd.DataFrame({"region": ["Busan", "Daegu"]})).to_list()
    [True, False]
    """
    listed = ", ".join(map(str, values))
    return _compare(column, f"{column} in ({listed})", lambda series: series.isin(values))


def as_condition(name: str, rule: Any) -> Condition:
    """Return a rule as a condition: a Condition as it is, and a function from the table to true or false wrapped.

    Raises
    ------
    TypeError
        If it is neither; texts are not executed.
    """
    if isinstance(rule, Condition):
        return rule
    if not callable(rule):
        raise TypeError(f"rule {name!r} is {type(rule).__name__}; give a condition such as at_least('orders', 3)")

    def answer(table: pd.DataFrame) -> pd.Series:
        said = np.asarray(rule(table))
        if said.shape != (len(table),) or not set(pd.unique(said.ravel())) <= {True, False}:
            raise ValueError(f"rule {name!r} must return true or false for each of the {len(table)} rows")
        return pd.Series(said.astype(bool), table.index, dtype="boolean")

    return Condition(f"{name} (a function)", (), answer)


def _compare(column: str, text: str, ask: Callable[[pd.Series], Any]) -> Condition:
    def answer(table: pd.DataFrame) -> pd.Series:
        values = table[column]
        try:
            said = pd.Series(np.asarray(ask(values), dtype=object), table.index)
        except TypeError as error:
            raise ValueError(f"{column}: its values cannot be compared in {text!r}") from error
        return said.astype("boolean").mask(values.isna())

    return Condition(text, (column,), answer)
