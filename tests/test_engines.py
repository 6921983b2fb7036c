"""One question, four engines, one answer: customers, contracts and funnels from pandas, polars, DuckDB and Spark."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmlab.buyers import summarize_opportunities
from crmlab.contracts import contract_durations, count_contracts
from crmlab.customers import count_customers, count_repeats, summarize_customers
from crmlab.engines.cluster import session
from crmlab.funnel import Funnel
from crmlab.segments import RFM
from engine_frames import ENGINES, Frames, two_workers

END, CUT = "2024-06-30", "2024-03-31"
OTHERS = ENGINES[1:]
STAGES = ["lead", "offer", "won"]


@pytest.fixture(scope="module")
def frames() -> Iterator[Frames]:
    made = Frames()
    yield made
    made.stop()


def agree(got: pd.DataFrame, expected: pd.DataFrame) -> None:
    days = dict.fromkeys(got.select_dtypes("datetime"), "datetime64[ns]")  # engines count other parts of a second
    pd.testing.assert_frame_equal(
        got.astype(days), expected, check_dtype=False, check_categorical=False, rtol=1e-9, atol=1e-9
    )


def some_orders(ids: Any, seed: int = 7, rows: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    when = pd.Timestamp("2023-12-20") + pd.to_timedelta(rng.integers(0, 220 * 86_400, rows), unit="s")
    return pd.DataFrame(
        {"customer_id": rng.choice(ids, rows), "ordered_at": when, "amount": rng.gamma(2, 10, rows).round(2)}
    )


TEXT, NUMBERS = [f"c{number:03}" for number in range(60)], list(range(60))
ORDERS = {
    "ids of text": some_orders(TEXT),
    "ids of whole numbers": some_orders(NUMBERS),
    "one customer": some_orders(["only"], rows=9),
    "one order": some_orders(["only"], seed=1, rows=1).assign(ordered_at=pd.Timestamp("2024-02-29 23:59:59")),
    "days before 1970 and after 2100": pd.DataFrame(
        {
            "customer_id": ["a", "a", "b", "b"],
            "ordered_at": pd.to_datetime(
                ["1969-12-30 23:30", "1970-01-02", "1900-02-28", "2024-02-29"], format="mixed"
            ),
            "amount": [1.0, 2.0, 0.0, 1e9],
        }
    ),
    "amounts of nothing and refunds": some_orders(TEXT).assign(amount=lambda t: np.round(t["amount"] - 15)),
    "whole amounts": some_orders(NUMBERS).assign(amount=lambda t: t["amount"].astype("int64")),
}


@pytest.mark.parametrize("engine", OTHERS)
@pytest.mark.parametrize("table", ORDERS)
def test_customers_are_the_same(frames, engine, table):
    orders = ORDERS[table]
    frame = frames.of(orders, engine)
    for options in ({}, {"calibration_end": CUT, "unit": "D"}):
        expected = summarize_customers(orders, END, **options)
        agree(summarize_customers(frame, END, **options), expected)
        agree(count_customers(frames.of(expected, engine)), count_customers(expected))
    agree(count_repeats(frame, END), count_repeats(orders, END))


@pytest.mark.parametrize("engine", OTHERS)
def test_days_without_a_time_and_orders_without_amounts_are_counted_too(frames, engine):
    orders = some_orders(TEXT).drop(columns="amount")
    days = orders.assign(ordered_at=orders["ordered_at"].dt.date)
    expected = summarize_customers(orders, END, calibration_end=CUT)
    agree(summarize_customers(frames.of(days, engine), END, calibration_end=CUT), expected)


@pytest.mark.parametrize("engine", OTHERS)
def test_opportunities_and_scores_are_the_same(frames, engine):
    orders = some_orders(TEXT)
    frame = frames.of(orders, engine)
    agree(summarize_opportunities(frame, END, "M"), summarize_opportunities(orders, END, "M"))
    agree(RFM.from_orders(frame, END).scores, RFM.from_orders(orders, END).scores)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("column", ["customer_id", "ordered_at", "amount"])
@pytest.mark.parametrize("options", [{}, {"calibration_end": "2024-01-05"}])
def test_empty_values_are_refused_by_every_engine(frames, engine, column, options):
    orders = some_orders(TEXT, rows=60).astype({"customer_id": object})
    orders.loc[4, column] = None
    with pytest.raises(ValueError, match=rf"{column} is empty \(1 times\)"):
        summarize_customers(frames.of(orders, engine), "2024-12-31", **options)


@pytest.mark.parametrize("engine", ENGINES)
def test_time_zones_are_refused_by_every_engine(frames, engine):
    orders = some_orders(TEXT, rows=20)
    if engine == "spark":
        spark = frames.spark()
        spark.conf.set("spark.sql.session.timeZone", "Asia/Seoul")
        try:
            with pytest.raises(ValueError, match=r"time zone; .* or set spark.sql.session.timeZone to UTC"):
                summarize_customers(frames.of(orders, engine), END)
        finally:
            spark.conf.set("spark.sql.session.timeZone", "UTC")
        return
    zoned = orders.assign(ordered_at=orders["ordered_at"].dt.tz_localize("Asia/Seoul"))
    with pytest.raises(ValueError, match="ordered_at carries a time zone; turn it into the company's local day first"):
        summarize_customers(frames.of(zoned, engine), END)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t.drop(columns="ordered_at"), "orders: no column ordered_at"),
        (lambda t: t.assign(ordered_at="2024-01-01"), "ordered_at holds String; turn it into dates first"),
        (lambda t: t.assign(amount="ten"), "amount holds String; turn it into numbers first"),
        (lambda t: t.assign(ordered_at=pd.Timestamp("2025-01-01")), "none lies on or before 2024-06-30"),
    ],
)
def test_what_cannot_be_counted_is_refused_by_every_engine(frames, engine, change, said):
    with pytest.raises(ValueError, match=said):
        summarize_customers(frames.of(change(some_orders(TEXT, rows=20)), engine), END)


ROW = st.tuples(st.integers(0, 4), st.integers(-3, 190 * 24), st.integers(-500, 100_000))
CASES = {"pandas": 25, "polars": 25, "duckdb": 25, "spark": 3}


@pytest.mark.parametrize("engine", OTHERS)
def test_any_table_gives_the_same(frames, engine):
    @settings(max_examples=CASES[engine], deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(rows=st.lists(ROW, min_size=1, max_size=25))
    def check(rows: list[tuple[int, int, int]]) -> None:
        who, hours, cents = zip(*rows, strict=True)
        when = pd.Timestamp("2024-01-01") + pd.to_timedelta(hours, unit="h")
        orders = pd.DataFrame({"customer_id": who, "ordered_at": when, "amount": np.array(cents) / 100})
        frame = frames.of(orders, engine)
        agree(summarize_customers(frame, "2024-07-31"), summarize_customers(orders, "2024-07-31"))
        if (orders["ordered_at"] < pd.Timestamp(CUT) + pd.Timedelta(days=1)).any():
            expected = summarize_customers(orders, END, calibration_end=CUT)
            agree(summarize_customers(frame, END, calibration_end=CUT), expected)

    check()


def some_contracts(seed: int = 3, rows: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    start = pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 560, rows), unit="D")
    end = start + pd.to_timedelta(rng.integers(0, 500, rows), unit="D")
    return pd.DataFrame(
        {
            "contract_id": np.arange(rows),
            "started_on": start,
            "ended_on": end.where(end < pd.Timestamp("2024-09-01")),
            "plan": rng.choice(["basic", "plus"], rows),
            "discount": rng.choice([0, 1], rows),
        }
    )


@pytest.mark.parametrize("engine", OTHERS)
def test_contracts_are_the_same(frames, engine):
    contracts = some_contracts()
    frame = frames.of(contracts, engine)
    for by in (None, "plan", ["plan", "discount"]):
        agree(count_contracts(frame, END, by), count_contracts(contracts, END, by))
    got = contract_durations(frame, END).sort_values("contract_id", ignore_index=True)
    agree(got[[*contracts, "duration", "churned"]], contract_durations(contracts, END).reset_index(drop=True))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_time_of_day_changes_no_contract(frames, engine):
    contracts = some_contracts(rows=40)
    timed = contracts.assign(
        started_on=contracts["started_on"] + pd.Timedelta(hours=18), ended_on=contracts["ended_on"] + pd.Timedelta("9h")
    )
    agree(count_contracts(frames.of(timed, engine), END), count_contracts(contracts, END))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t.drop(columns="ended_on"), "no column ended_on"),
        (lambda t: t.assign(started_on=t["started_on"].where(t.index != 2)), "started_on is empty in 1 contracts"),
        (lambda t: t.assign(ended_on=pd.Timestamp("2022-12-31")), "ended_on lies before started_on in 30 contracts"),
        (lambda t: t.assign(plan=t["plan"].where(t.index > 1)), "plan is empty in 2 contracts"),
    ],
)
def test_contracts_that_cannot_be_counted_are_refused_by_every_engine(frames, engine, change, said):
    contracts = some_contracts(rows=30)
    with pytest.raises(ValueError, match=said):
        count_contracts(frames.of(change(contracts), engine), "2025-12-31", "plan")


def some_events(seed: int = 5, leads: int = 120) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    rows = []
    for lead in range(leads):
        day = pd.Timestamp("2024-01-01") + pd.Timedelta(hours=int(rng.integers(0, 1000)))
        for stage in STAGES[: rng.integers(1, 4)]:
            rows += [(lead, stage, day)] * int(rng.integers(1, 3))
            day += pd.Timedelta(hours=int(rng.integers(0, 500)))
    events = pd.DataFrame(rows, columns=["lead_id", "stage", "reached_on"])
    groups = {"channel": rng.choice(["web", "shop"], leads), "team": rng.choice([1, 2], leads)}
    return events, pd.DataFrame({"lead_id": np.arange(leads)} | groups)


@pytest.mark.parametrize("engine", OTHERS)
def test_funnels_are_the_same(frames, engine):
    events, leads = some_events()
    ours, theirs = frames.of(events, engine), frames.of(leads, engine)
    for by in ((), "channel", ["channel", "team"]):
        got = Funnel.from_events(ours, STAGES, by, theirs, snapshot="2024-02-10").table
        agree(got, Funnel.from_events(events, STAGES, by, leads, snapshot="2024-02-10").table)
    wide = events.merge(leads)
    agree(
        Funnel.from_events(frames.of(wide, engine), ["lead", "won"], "team").table,
        Funnel.from_events(wide, ["lead", "won"], "team").table,
    )


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda e, t: (e.drop(columns="stage"), t), "events: no column stage"),
        (lambda e, t: (e, t.drop(columns="channel")), "leads: no column channel"),
        (lambda e, t: (e.assign(stage=e["stage"].where(e.index != 2)), t), "stage is empty in 1 rows"),
        (lambda e, t: (e.assign(reached_on=e["reached_on"].where(e.index != 2)), t), "reached_on is empty in 1 rows"),
        (lambda e, t: (e.assign(reached_on="soon"), t), "reached_on holds"),
        (lambda e, t: (e[e["stage"] != "won"], t), "no event has the stage won; there are lead, offer"),
        (lambda e, t: (e, pd.concat([t, t.head(2)])), "lead_id stands more than once in 2 rows"),
        (lambda e, t: (e, t[t["lead_id"] > 0]), "channel is empty in"),
    ],
)
def test_events_that_cannot_be_counted_are_refused_by_every_engine(frames, engine, change, said):
    events, leads = change(*some_events(leads=30))
    with pytest.raises(ValueError, match=said):
        Funnel.from_events(frames.of(events, engine), STAGES, "channel", frames.of(leads, engine))


def test_events_and_leads_of_two_engines_are_refused(frames):
    events, leads = some_events(leads=30)
    with pytest.raises(ValueError, match="lie in different engines; open both with the same"):
        Funnel.from_events(frames.of(events, "duckdb"), STAGES, "channel", leads)


def test_a_cluster_of_two_workers_gives_the_same(frames, tmp_path):
    frames.stop()  # one process has one Spark
    orders = some_orders(TEXT)
    options = {"spark.executor.memory": "512m", "spark.executor.cores": "1", "spark.sql.shuffle.partitions": "4"}
    with two_workers(tmp_path) as master:
        spark = session(master, options)
        try:
            agree(summarize_customers(spark.createDataFrame(orders), END), summarize_customers(orders, END))
            workers = spark.sparkContext._jsc.sc().getExecutorMemoryStatus().size() - 1  # the driver is one
        finally:
            spark.stop()
            frames.__init__()
    assert workers == 2
