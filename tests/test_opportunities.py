"""Orders on a grid of opportunities: the published donations, other engines, hold-out and gaps."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest

import buying
from crmlab.buyers import BetaGeoBetaBinomial
from crmlab.buyers.opportunities import count_opportunities, summarize_opportunities
from crmlab.customers import count_customers
from scripts.calibrate.buyers import TRUTHS

COLUMNS = ["frequency", "recency", "opportunities"]


def days_of(counts: pd.DataFrame) -> pd.DataFrame:
    """Orders that make these counts: the first purchase in 1995, repeats as late as the recency allows."""
    rng, rows = np.random.default_rng(1), []
    for name, (x, last) in enumerate(counts.loc[counts.index.repeat(counts["customers"]), COLUMNS[:2]].to_numpy(int)):
        years = [0, *range(1, x), last] if x else [0]
        rows += [(f"D{name:05d}", 1995 + year, day) for year in years for day in rng.integers(0, 365, 1 + year % 2)]
    frame = pd.DataFrame(rows, columns=["customer_id", "year", "day"]).sample(frac=1, random_state=2)
    when = pd.to_datetime(frame["year"].astype(str) + "-01-01") + pd.to_timedelta(frame["day"], unit="D")
    return frame[["customer_id"]].assign(ordered_at=when, amount=10.0)


@buying.needs_reference
def test_orders_give_the_published_fit_of_the_donations():
    """Fader, Hardie and Shang (2010): six yearly opportunities of those who first gave in 1995."""
    published = pd.read_csv(buying.REFERENCE / "bgbb_donations.csv")
    published = published.rename(columns={"periods": "opportunities", "weights": "customers"})
    summary = summarize_opportunities(days_of(published), "2001-12-31")
    wanted = count_customers(published, COLUMNS)
    pd.testing.assert_frame_equal(count_customers(summary, COLUMNS), wanted)
    model = BetaGeoBetaBinomial.fit(summary)
    assert model.parameters.round(3).to_list() == [1.204, 0.750, 0.657, 2.783]
    assert model.log_likelihood == pytest.approx(-33225.581, abs=5e-4)


@pytest.fixture
def orders() -> pd.DataFrame:
    days = ["2023-01-31", "2023-02-01", "2023-02-28", "2023-05-02", "2023-03-15", "2023-06-10", "2023-05-30"]
    return pd.DataFrame({"customer_id": list("aaaabbc"), "ordered_at": pd.to_datetime(days)})


def test_a_period_counts_once_and_one_cut_short_not_at_all(orders):
    whole = summarize_opportunities(orders, "2023-06-30", "M")
    assert whole[COLUMNS].to_numpy().tolist() == [[2, 4, 5], [1, 3, 3], [0, 0, 1]]
    cut_short = summarize_opportunities(orders, "2023-06-29", "M")
    assert cut_short[COLUMNS].to_numpy().tolist() == [[2, 4, 4], [0, 0, 2], [0, 0, 0]]
    assert summarize_opportunities(orders, "2023-06-30", "Q")["opportunities"].to_list() == [1, 1, 0]


def test_what_came_after_the_calibration_is_held_out(orders):
    summary = summarize_opportunities(orders, "2023-06-30", "M", calibration_end="2023-04-15")
    assert summary["customer_id"].to_list() == ["a", "b"]
    assert summary[COLUMNS].to_numpy().tolist() == [[1, 1, 2], [0, 0, 0]]
    assert summary[["holdout_frequency", "holdout_T"]].to_numpy().tolist() == [[1, 3], [1, 3]]


def test_engines_agree(orders):
    wanted = summarize_opportunities(orders, "2023-06-30", "M")
    connection = duckdb.connect()
    connection.register("orders", orders)
    for frame in (pl.from_pandas(orders), pl.from_pandas(orders).lazy(), connection.table("orders")):
        got = summarize_opportunities(frame, "2023-06-30", "M")
        pd.testing.assert_frame_equal(got, wanted, check_dtype=False)


def test_opportunities_are_tracked_and_held_out():
    """Customers drawn as the model says, written down as orders: the model foresees what they take."""
    truth, rng = TRUTHS[BetaGeoBetaBinomial], np.random.default_rng(9)
    p, theta = rng.beta(truth[0], truth[1], 1500), rng.beta(truth[2], truth[3], 1500)
    stays, begin = rng.geometric(np.maximum(theta, 1e-9)) - 1, rng.integers(0, 3, 1500)
    year = np.arange(1, 11)
    took = (rng.random((1500, 10)) < p[:, None]) & (year <= stays[:, None]) & (begin[:, None] + year < 11)
    who, when = np.nonzero(np.column_stack([np.ones(1500, bool), took]))
    days = pd.to_datetime((2010 + begin[who] + when).astype(str))
    orders = pd.DataFrame({"customer_id": who, "ordered_at": days})
    summary = summarize_opportunities(orders, "2020-12-31", calibration_end="2016-12-31")
    assert len(summary) == 1500
    model = BetaGeoBetaBinomial.fit(summary)
    track = model.tracking(summary, count_opportunities(orders, "2020-12-31", calibration_end="2016-12-31")).table
    assert track["actual"].between(track["low"], track["high"]).all()
    check = model.holdout_check(summary).table
    assert check["actual"].between(check["low"], check["high"]).sum() >= len(check) - 1


@pytest.mark.parametrize(
    ("change", "options", "said"),
    [
        ({}, {"grid": "W"}, "grid is 'W'; choose one of Y, Q, M"),
        ({}, {"observation_end": "soon"}, "observation_end is 'soon'"),
        ({}, {"observation_end": "2023-01-30"}, "none lies in a whole period up to 2022-12"),
        ({}, {"calibration_end": "2023-06-15", "observation_end": "2023-06-20"}, "no whole period lies between"),
        ({"ordered_at": pd.NaT}, {}, "ordered_at is empty"),
        ({"customer_id": None}, {}, "customer_id is empty"),
    ],
)
def test_gaps_and_impossible_windows_are_refused(orders, change, options, said):
    for name, value in change.items():
        orders.loc[2, name] = value
    with pytest.raises(ValueError, match=said):
        summarize_opportunities(orders, **({"observation_end": "2023-06-30", "grid": "M"} | options))


def test_a_missing_column_is_named(orders):
    with pytest.raises(ValueError, match="orders: no column customer_id"):
        summarize_opportunities(orders.drop(columns="customer_id"), "2023-06-30")
