"""k-anonymity: no row stands for fewer than k customers who look alike.

Who knows a birth year, a region and a gender from elsewhere may find the one row that fits, without any name. Such
columns are called quasi-identifiers. Sweeney (2002, International Journal of Uncertainty, Fuzziness and
Knowledge-Based Systems 10(5), 557–570 and 571–588) asks that each combination of them occurs at least k times, and
reaches it by making values coarser (a birth year becomes a decade) and by leaving out the few rows that still stand
alone. That does not help where all k share the secret: l-diversity (Machanavajjhala et al. 2007, ACM TKDD 1(1)) asks
besides that each combination holds at least l values of a sensitive column.

Both have a price, and it is shown: how coarse each column became, and how many customers were left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd

from crmlab import plots
from crmlab.engines import need
from crmlab.estimation import Vector
from crmlab.labels import word
from crmlab.privacy.chances import counts_of
from crmlab.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ANY = "any"
Step = float | Mapping[str, str]


@dataclass(frozen=True)
class Protection:
    """What is asked of a table that leaves the house.

    Attributes
    ----------
    k
        How many customers must share each combination of quasi-identifiers.
    sensitive, diversity
        A column that must not be given away, and how many of its values each combination must hold.
    most_left_out
        The share of the customers that may be left out rather than making all others coarser.
    """

    k: int = 5
    sensitive: str | None = None
    diversity: int = 2
    most_left_out: float = 0.05


@dataclass(frozen=True, eq=False, repr=False)
class Anonymized(Result):
    """A table in which nobody stands out, and what that cost.

    Attributes
    ----------
    table
        The rows that may leave, with coarser quasi-identifiers.
    steps
        By quasi-identifier: `step` taken (0: as it was), `steps` there were, `values_before`, `values_after`.
    classes
        The combinations in `table`, with their `customers` and, where asked for, the `values` of the sensitive column.
    customers, left_out
        How many customers there were, and how many were left out.
    wanted
        What was asked for.

    Examples
    --------
    >>> born = pd.DataFrame({"born": [1971, 1972, 1978, 1985, 1986, 1999], "region": ["Seoul"] * 5 + ["Jeju"]})
    >>> safe = Anonymized.from_table(born, {"born": [10], "region": []}, Protection(k=2, most_left_out=0.2))
    >>> safe.table.groupby(["born", "region"]).size().to_dict(), safe.left_out
    ({('1970–1979', 'Seoul'): 3, ('1980–1989', 'Seoul'): 2}, 1.0)
    """

    table: pd.DataFrame
    steps: pd.DataFrame
    classes: pd.DataFrame
    customers: float
    left_out: float
    wanted: Protection

    @classmethod
    def from_table(
        cls, table: pd.DataFrame, quasi: Mapping[str, Sequence[Step]], wanted: Protection | None = None
    ) -> Self:
        """Make the table coarser by as little as possible, and leave out who still stands alone.

        Of all combinations of steps that leave out no more than allowed, the one is taken that lowers the precision
        least (Sweeney 2002: the mean share of its steps that each column has gone); among equals, the one that leaves
        out fewest.

        Parameters
        ----------
        table
            One row a customer, or counts with `customers`. It must hold no names.
        quasi
            By column, the steps to make it coarser, finest first: a number makes bands of that width, a mapping joins
            values. The last step, "any", which says nothing any more, is always there.
        wanted
            `k`; a `sensitive` column with the `diversity` asked of it; `most_left_out`, a share of the customers.

        Raises
        ------
        ValueError
            If a column is missing or empty, a step does not fit it, or k is more than there are customers.
        """
        wanted = wanted or Protection()
        customers = counts_of(table)
        _refuse(table, quasi, wanted, customers)
        forms = {name: _forms(table[name], steps) for name, steps in quasi.items()}
        taken, kept = _search(forms, customers, None if wanted.sensitive is None else table[wanted.sensitive], wanted)
        chosen = {name: form[step] for (name, form), step in zip(forms.items(), taken, strict=True)}
        coarse = table.assign(**chosen)[kept].reset_index(drop=True)
        rows = [
            [step, len(form) - 1, form[0].nunique(), coarse[name].nunique()]
            for (name, form), step in zip(forms.items(), taken, strict=True)
        ]
        heads = pd.Index(["step", "steps", "values_before", "values_after"])
        steps = pd.DataFrame(rows, pd.Index(list(quasi), name="column"), heads)
        classes, lost = _classes(coarse, list(quasi), wanted.sensitive), float(customers[~kept].sum())
        return cls(coarse, steps, classes, float(customers.sum()), lost, wanted)

    @property
    def precision(self) -> float:
        """The mean share of its steps that each column has not gone: 1 where nothing became coarser."""
        return 1 - float((self.steps["step"] / self.steps["steps"]).mean())

    def summary(self) -> pd.DataFrame:
        """Return what is reached and what was lost."""
        rows = {
            "smallest class": self.classes["customers"].min(),
            "classes": len(self.classes),
            "customers kept": self.customers - self.left_out,
            "customers left out": self.left_out,
            "precision": round(self.precision, 3),
        }
        if self.wanted.sensitive is not None:
            rows[f"fewest values of {self.wanted.sensitive}"] = self.classes["values"].min()
        return pd.DataFrame({"value": rows})

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw how many customers share a combination of quasi-identifiers, from the rarest on."""
        sizes = self.classes["customers"].sort_values().to_numpy(float)
        drawn = pd.DataFrame({"customers": sizes}, index=pd.Index(np.arange(1, len(sizes) + 1)))
        words = word("How many customers look alike?"), word("combinations, the rarest first")
        ax = plots.lines(drawn, ax, *words, word("number of customers"))
        ax.set_ylim(0, None)
        ax.axhline(self.wanted.k, color=plots.PALETTE[1], lw=1.2, linestyle="--")
        plots.label_end(ax, f"k = {self.wanted.k}", len(sizes), self.wanted.k, plots.PALETTE[1])
        said = (
            f"The rarest of {len(sizes)} has {sizes[0]:g}, the middle one {np.median(sizes):g}, the last {sizes[-1]:g}"
        )
        return plots.describe(
            ax, f"{words[0]} A rising line of customers by combination, above k = {self.wanted.k}. {said}."
        )


def smallest_class(table: pd.DataFrame, quasi: Sequence[str]) -> float:
    """Return the k of a table: how many customers the rarest combination of quasi-identifiers has.

    `table` holds one row a customer, or counts with `customers`. An empty value counts as a value of its own.

    Raises
    ------
    ValueError
        If a column is missing, or the table has no customers.

    Examples
    --------
    >>> smallest_class(pd.DataFrame({"region": ["Seoul", "Seoul", "Jeju"]}), ["region"])
    1.0
    """
    return float(_classes(table, quasi, None)["customers"].min())


def diversity(table: pd.DataFrame, quasi: Sequence[str], sensitive: str) -> int:
    """Return the l of a table: how many values of a sensitive column the poorest combination holds.

    `table` holds one row a customer, or counts with `customers`. An empty value counts as a value of its own.

    Raises
    ------
    ValueError
        If a column is missing, or the table has no customers.

    Examples
    --------
    >>> diversity(pd.DataFrame({"region": ["Seoul", "Seoul"], "debt": ["none", "high"]}), ["region"], "debt")
    2
    """
    return int(_classes(table, quasi, sensitive)["values"].min())


def _classes(table: pd.DataFrame, quasi: Sequence[str], sensitive: str | None) -> pd.DataFrame:
    need(table.columns, [*quasi, *([sensitive] if sensitive else [])], "the table")
    rows = table.assign(customers=counts_of(table))
    if not quasi or not rows["customers"].sum() > 0:
        raise ValueError("the table is empty (it has no customers), or no quasi-identifier is named")
    rows = rows[rows["customers"] > 0]
    groups = rows.groupby(list(quasi), observed=True, dropna=False)
    found = groups["customers"].sum().to_frame()
    if sensitive:
        found["values"] = groups[sensitive].nunique(dropna=False)
    return found.reset_index()


def _refuse(table: pd.DataFrame, quasi: Mapping[str, Sequence[Step]], wanted: Protection, customers: Vector) -> None:
    need(table.columns, [*quasi, *([wanted.sensitive] if wanted.sensitive else [])], "the table")
    if not quasi:
        raise ValueError("quasi names no column: which columns may be known from elsewhere?")
    if wanted.sensitive in quasi:
        raise ValueError(f"{wanted.sensitive} is a quasi-identifier and cannot be the sensitive column too")
    if wanted.k < 1 or wanted.diversity < 1 or not 0 <= wanted.most_left_out < 1:
        raise ValueError("k and diversity are whole numbers from 1 up, most_left_out a share below 1")
    if customers.sum() < wanted.k:
        raise ValueError(f"there are {customers.sum():g} customers: k = {wanted.k} cannot be reached")
    for name in [*quasi, *([wanted.sensitive] if wanted.sensitive else [])]:
        empty = int(table[name].isna().sum())
        if empty:
            raise ValueError(f"{name} is empty in {empty} of {len(table)} rows: give 'not known' a value of its own")


def _forms(column: pd.Series, steps: Sequence[Step]) -> list[pd.Series]:
    """Return the column as it is, after each step, and as "any"."""
    return [column, *(_coarser(column, step) for step in steps), pd.Series(ANY, column.index)]


def _coarser(column: pd.Series, step: Step) -> pd.Series:
    if isinstance(step, Mapping):
        joined = column.map(step)
        missed = sorted(map(str, column[joined.isna()].unique()))
        if missed:
            raise ValueError(f"{column.name}: a step does not say what becomes of {', '.join(missed)}")
        return joined
    if not pd.api.types.is_numeric_dtype(column) or not step > 0:
        raise ValueError(f"{column.name}: bands need numbers and a width above 0; texts need a mapping")
    start = np.floor(column.to_numpy(float) / step) * step
    whole = float(step).is_integer() and pd.api.types.is_integer_dtype(column)
    last = start + step - 1 if whole else start + step
    names = [f"{low:g}–{high:g}" for low, high in zip(start, last, strict=True)]
    return pd.Series(names, column.index)


def _search(
    forms: dict[str, list[pd.Series]], customers: Vector, secret: pd.Series | None, wanted: Protection
) -> tuple[tuple[int, ...], Vector]:
    """Return the steps that cost least precision, and which rows are kept with them."""
    best = None
    for taken in product(*(range(len(form)) for form in forms.values())):
        keys = [form[step] for form, step in zip(forms.values(), taken, strict=True)]
        kept = _kept(keys, customers, secret, wanted)
        lost = float(customers[~kept].sum())
        loss = float(np.mean([step / (len(form) - 1) for form, step in zip(forms.values(), taken, strict=True)]))
        allowed = lost <= wanted.most_left_out * customers.sum() + 1e-9
        if allowed and (best is None or (loss, lost) < best[0]):
            best = (loss, lost), taken, kept
    if best is None:
        raise ValueError(f"no table reaches k = {wanted.k} with the diversity asked for, however coarse it is")
    return best[1], best[2]


def _kept(keys: list[pd.Series], customers: Vector, secret: pd.Series | None, wanted: Protection) -> Vector:
    """Return which rows stand in a class that is large and mixed enough."""
    rows = pd.DataFrame({str(i): key.to_numpy() for i, key in enumerate(keys)})
    names = list(rows.columns)
    rows["customers"], rows["secret"] = customers, 0 if secret is None else secret.to_numpy()
    groups = rows[rows["customers"] > 0].groupby(names, observed=True)
    kept = groups["customers"].transform("sum") >= wanted.k
    if secret is not None:
        kept &= groups["secret"].transform("nunique") >= wanted.diversity
    return kept.reindex(rows.index, fill_value=False).to_numpy(bool)
