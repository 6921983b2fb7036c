"""Counts everywhere: one row a customer, equal rows counted, and every row twice against a count of two agree.

So do tables of other types: text as categories of which some do not occur, and columns of Arrow.

What is compared, to 1e-9, are all tables and numbers of a result but those with one row for each row that was given.
An estimator that takes no counts (`counted` is False) says in its docstring what one row is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

from crmlab.targeting import crossfit
from estimators import ESTIMATORS, Table, counted, numbers_in

COUNTED = [name for name, estimator in ESTIMATORS.items() if estimator.counted and name != "split_customers"]
KEPT_AS_GIVEN = ("counts",)


@pytest.fixture(autouse=True, scope="module")
def small_forests() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crossfit, "_TREES", 2)
        yield


def counted_offers(offers: Table) -> Table:
    """Count offers that hold the same options and ended alike; what makes an offer is all its rows."""
    columns = [str(name) for name in offers if name != "offer_id"]
    kinds = offers.groupby("offer_id")[columns].agg(tuple).value_counts().reset_index()
    many = kinds.explode(columns, ignore_index=False)
    return many.assign(offer_id=many.index, customers=many["count"]).drop(columns="count").infer_objects()


def counted_baskets(lines: Table) -> Table:
    kinds = lines.groupby("customer_id")["category"].agg(lambda items: tuple(sorted(set(items)))).value_counts()
    many = kinds.rename("customers").reset_index().explode("category")
    return many.assign(customer_id=many.index)


GROUPED: dict[str, Callable[[Table], Table]] = {
    "OfferChoice": counted_offers,
    "Lift of baskets": counted_baskets,
    "sla_share": counted,
}
NAMED_BY = {"OfferChoice": "offer_id", "Lift of baskets": "customer_id"}


def twice(name: str, table: Table) -> Table:
    again = table.assign(**{NAMED_BY[name]: table[NAMED_BY[name]] + 100_000}) if name in NAMED_BY else table
    return pd.concat([table, again], ignore_index=True)


def compared(first: Any, second: Any, rows: tuple[int, int]) -> int:
    """Hold all that is no row for row against each other, and return how many numbers that were."""
    one, other = numbers_in(first), numbers_in(second)
    assert set(one) == set(other)
    size = 0
    for name, shown in one.items():
        a, b = (pd.DataFrame({"": [part]}) if isinstance(part, float | int) else pd.DataFrame(part)
                for part in (shown, other[name]))  # fmt: skip
        if (len(a) == rows[0] and len(b) in rows) or name in KEPT_AS_GIVEN:
            continue
        assert list(a.columns) == list(b.columns), name
        for column in a.select_dtypes("number"):
            left, right = a[column].to_numpy(float), b[column].to_numpy(float)
            np.testing.assert_allclose(left, right, rtol=1e-9, atol=1e-9, err_msg=f"{name} {column}")
            size += len(left)
    return size


@pytest.mark.parametrize("name", COUNTED)
def test_rows_and_counts_give_one_answer(name: str) -> None:
    estimator, rows = ESTIMATORS[name], ESTIMATORS[name].make()
    kept = [str(column) for column in rows if column in {*estimator.needs, *estimator.gaps}]
    counts = GROUPED.get(name, lambda table: counted(table, kept))(rows)
    assert counts["customers"].max() > 1 or len(counts) > 90, "nothing is counted together"
    assert compared(estimator(rows), estimator(counts), (len(rows), len(counts))) > 0


@pytest.mark.parametrize("name", COUNTED)
def test_every_row_twice_is_a_count_of_two(name: str) -> None:
    estimator, rows = ESTIMATORS[name], ESTIMATORS[name].make()
    doubled = twice(name, rows)
    assert compared(estimator(doubled), estimator(rows.assign(customers=2)), (len(doubled), len(rows))) > 0


def as_categories(table: Table) -> Table:
    """Turn text and ids into categories, with one more that no row has."""
    kinds = {
        name: pd.CategoricalDtype([*sorted(set(column.dropna())), "~" if column.dtype == object else 10**9])
        for name, column in table.items()
        if name != "path" and (str(name).endswith("_id") or isinstance(column.dropna().iloc[0], str))
    }
    return table.astype(kinds)


TYPED: dict[str, Callable[[Table], Table]] = {
    "categories": as_categories,
    "arrow": lambda table: table.convert_dtypes(dtype_backend="pyarrow"),
}


@pytest.mark.parametrize("kind", TYPED)
@pytest.mark.parametrize("name", [name for name in ESTIMATORS if name != "Linkage"])
def test_the_type_of_a_column_changes_nothing(name: str, kind: str) -> None:
    estimator, rows = ESTIMATORS[name], ESTIMATORS[name].make()
    plain, typed = estimator(rows), estimator(TYPED[kind](rows))
    if compared(plain, typed, (-1, -1)) == 0:  # it holds no number
        assert pd.DataFrame(plain).astype(str).equals(pd.DataFrame(typed).astype(str))
