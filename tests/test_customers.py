"""One row a customer: counted by hand, on any engine, and on the published data."""

from __future__ import annotations

import importlib
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab.customers import UNITS, count_customers, count_repeats, summarize_customers

CDNOW = Path(os.environ.get("CRMLAB_CDNOW", Path(__file__).parents[1] / ".." / "shared" / "data" / "CDNOW_sample.txt"))
END = "2024-06-30"


def orders_of(rows: list[tuple[str, str, float]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["customer_id", "ordered_at", "amount"])
    return frame.assign(ordered_at=pd.to_datetime(frame["ordered_at"], format="mixed"))


@pytest.fixture
def orders() -> pd.DataFrame:
    return orders_of(
        [
            ("b", "2024-01-01 09:00", 10.0),
            ("b", "2024-01-01 17:30", 5.0),
            ("b", "2024-02-05 08:00", 20.0),
            ("b", "2024-02-05 23:59", 1.0),
            ("b", "2024-06-30 12:00", 7.0),
            ("b", "2024-07-01 00:00", 99.0),
            ("a", "2024-03-11", 3.0),
            ("c", "2024-07-02", 3.0),
        ]
    )


def test_one_day_is_one_purchase_and_later_orders_are_left_out(orders):
    got = summarize_customers(orders, END, unit="D")
    expected = pd.DataFrame(
        {
            "customer_id": ["a", "b"],
            "frequency": [0, 2],
            "recency": [0.0, 181.0],
            "T": [111.0, 181.0],
            "monetary_value": [0.0, 14.0],
        }
    )
    pd.testing.assert_frame_equal(got, expected)


@pytest.mark.parametrize("unit", UNITS)
def test_units_only_rescale_time(orders, unit):
    days, other = summarize_customers(orders, END, "D"), summarize_customers(orders, END, unit)
    pd.testing.assert_series_equal(other["T"] * UNITS[unit], days["T"])
    pd.testing.assert_series_equal(other["recency"] * UNITS[unit], days["recency"])


def test_the_holdout_counts_what_came_after_and_leaves_out_who_came_after(orders):
    got = summarize_customers(orders, "2024-07-31", unit="D", calibration_end="2024-02-29")
    assert got["customer_id"].to_list() == ["b"]
    assert got.loc[0, ["frequency", "T", "monetary_value"]].to_list() == [1, 59.0, 21.0]
    assert got.loc[0, ["holdout_frequency", "holdout_T", "holdout_spend"]].to_list() == [2, 153.0, 106.0]


def test_without_amounts_there_is_no_spend(orders):
    got = summarize_customers(orders.drop(columns="amount"), "2024-07-31", calibration_end="2024-02-29")
    assert list(got) == ["customer_id", "frequency", "recency", "T", "holdout_frequency", "holdout_T"]


def test_nothing_of_the_caller_is_changed(orders):
    before = orders.copy()
    summarize_customers(orders, END, calibration_end="2024-02-29")
    pd.testing.assert_frame_equal(orders, before)


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_every_engine_gives_the_same_rows(orders, engine):
    module = pytest.importorskip(engine)
    frame = module.from_pandas(orders) if engine == "polars" else module.from_df(orders)
    for options in ({}, {"calibration_end": "2024-02-29"}):
        got = summarize_customers(frame, END, **options)
        pd.testing.assert_frame_equal(got, summarize_customers(orders, END, **options), check_dtype=False)
        pd.testing.assert_frame_equal(count_repeats(frame, END, **options), count_repeats(orders, END, **options))


def test_every_engine_gives_the_same_counts():
    polars = pytest.importorskip("polars")
    summary = pd.DataFrame({"frequency": [0, 0, 1], "recency": [0.0, 0.0, 2.0], "T": [3.0, 3.0, 3.0]})
    pd.testing.assert_frame_equal(count_customers(polars.from_pandas(summary)), count_customers(summary))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda o: o.drop(columns="ordered_at"), "no column ordered_at"),
        (lambda o: o.assign(ordered_at=o["ordered_at"].astype(str)), "turn it into dates"),
        (lambda o: o.assign(ordered_at=o["ordered_at"].dt.tz_localize("Asia/Seoul")), "time zone"),
        (lambda o: o.assign(ordered_at=o["ordered_at"].where(o.index != 2)), r"ordered_at is empty \(1 times\)"),
        (lambda o: o.assign(customer_id=o["customer_id"].where(o.index != 2)), r"customer_id is empty \(1 times\)"),
        (lambda o: o.assign(amount=o["amount"].where(o.index != 2)), r"amount is empty \(1 times\)"),
        (lambda o: o[o["customer_id"] == "c"], "none lies on or before 2024-06-30"),
    ],
)
def test_bad_orders_are_refused_in_a_sentence(orders, change, said):
    with pytest.raises(ValueError, match=said):
        summarize_customers(change(orders), END)


def test_a_gap_in_the_holdout_is_refused_too(orders):
    with pytest.raises(ValueError, match="amount is empty"):
        summarize_customers(
            orders.assign(amount=orders["amount"].where(orders.index != 4)), END, calibration_end="2024-02-29"
        )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"unit": "Q"}, "choose one of D, W, M"),
        ({"calibration_end": END}, "before observation_end"),
        ({"calibration_end": "soon"}, "write a day such as"),
    ],
)
def test_bad_settings_are_refused(orders, options, said):
    with pytest.raises(ValueError, match=said):
        summarize_customers(orders, END, **options)


def test_repeats_follow_only_the_customers_of_the_calibration(orders):
    later = pd.concat([orders, orders_of([("a", "2024-04-01", 1.0)])])
    got = count_repeats(later, "2024-07-02", unit="W", calibration_end="2024-02-29")
    assert got["repeat_purchases"][lambda s: s > 0].to_dict() == {5: 1, 26: 2}
    assert got["cumulative"].iloc[-1] == 3
    assert got.index[-1] == 26


DAYS = st.integers(0, 180).map(lambda day: str(pd.Timestamp("2024-01-01") + pd.Timedelta(days=day)))
ROWS = st.lists(st.tuples(st.sampled_from("abc"), DAYS, st.floats(0, 1e3)), min_size=1, max_size=30)


@settings(max_examples=30, deadline=None)
@given(rows=ROWS)
def test_counting_keeps_customers_and_purchases(rows):
    summary = summarize_customers(orders_of(rows), END)
    counts = count_customers(summary)
    assert counts["customers"].sum() == len(summary) == len({row[0] for row in rows})
    assert (counts["frequency"] * counts["customers"]).sum() + len(summary) == len({row[:2] for row in rows})
    assert (summary["recency"] <= summary["T"]).all()
    pd.testing.assert_frame_equal(count_customers(counts), counts)
    repeats = count_repeats(orders_of(rows), END)["cumulative"]
    assert repeats.empty or repeats.iloc[-1] <= summary["frequency"].sum()


def test_rounding_makes_fewer_rows():
    summary = pd.DataFrame({"frequency": [1, 1], "recency": [2.01, 2.02], "T": [5.0, 5.0]})
    assert count_customers(summary)["customers"].to_list() == [1, 1]
    assert count_customers(summary, decimals=1)["customers"].to_list() == [2]


@pytest.mark.parametrize(
    ("summary", "said"),
    [
        ({"frequency": [1.0], "recency": [1.0]}, "no column T"),
        ({"frequency": [1.0, np.nan], "recency": [1.0, 1.0], "T": [2.0, 2.0]}, "the first in row 1"),
        ({"frequency": [1.0], "recency": [1.0], "T": [2.0], "customers": [-1.0]}, "a count is negative"),
        ({"frequency": [], "recency": [], "T": []}, "no customers"),
    ],
)
def test_bad_summaries_are_refused(summary, said):
    with pytest.raises(ValueError, match=said):
        count_customers(pd.DataFrame(summary))


@pytest.mark.parametrize(("column", "row"), [("customer_id", 2), ("customer_id", 6), ("ordered_at", 2)])
def test_a_gap_is_no_customer_and_no_day_in_repeats_either(orders, column, row):
    with pytest.raises(ValueError, match=f"orders: {column} is empty in at least 1 rows; mend or leave out"):
        count_repeats(orders.assign(**{column: orders[column].where(orders.index != row)}), END)


def test_ids_of_mixed_kinds_are_refused(orders):
    mixed = orders.assign(customer_id=["b"] * 6 + [7, 7])
    with pytest.raises(ValueError, match=r"customer_id holds both str \(b\) and int \(7\); write all ids alike"):
        summarize_customers(mixed.assign(ordered_at=pd.Timestamp("2024-03-01")), END)


@pytest.mark.skipif(not CDNOW.exists(), reason="the CDNOW sample is not here; name its file in CRMLAB_CDNOW")
def test_the_published_sample_is_counted_as_published():
    """Fader, Hardie and Lee (2005): 2,357 customers, of whom 1,411 never came back in 39 weeks."""
    rows = pd.read_csv(CDNOW, sep=r"\s+", header=None, usecols=[1, 2, 4], dtype={1: str})
    rows.columns = ["customer_id", "ordered_at", "amount"]
    orders = rows.assign(ordered_at=pd.to_datetime(rows["ordered_at"], format="%Y%m%d"))
    summary = summarize_customers(orders, "1998-06-30", calibration_end="1997-09-30")
    assert (len(summary), (summary["frequency"] == 0).sum()) == (2357, 1411)
    first = summary.iloc[0]
    assert (first["frequency"], round(first["recency"], 2), round(first["T"], 2)) == (2, 30.43, 38.86)
    repeats = count_repeats(orders, "1998-06-30", unit="D", calibration_end="1997-09-30")
    assert repeats["cumulative"].iloc[-1] == summary[["frequency", "holdout_frequency"]].to_numpy().sum()


def test_the_module_asks_for_no_engine_on_import():
    module = importlib.import_module("crmlab.customers")
    assert "narwhals" not in vars(module)
