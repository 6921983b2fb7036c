"""Orders beyond memory: the counts are those of customers in memory, on every engine, from files and from frames."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.large import adopt_orders, count_orders, sample_customers
from crmlab.large.opening import opened
from engine_frames import ENGINES, Frames
from test_engines import TEXT, agree, some_orders

END, CUT = "2024-06-30", "2024-03-31"


@pytest.fixture(scope="module")
def frames() -> Iterator[Frames]:
    made = Frames()
    yield made
    made.stop()


@pytest.fixture
def orders() -> pd.DataFrame:
    table = some_orders(TEXT)
    return table.assign(ordered_at=table["ordered_at"].dt.normalize())


def by_hand(orders: pd.DataFrame, step: int, **options: str) -> pd.DataFrame:
    summary = crm.summarize_customers(orders, END, "D", **options)
    for name in ("recency", "T"):  # to the nearest step; who came back was there for one at least
        near = np.floor(summary[name] / step + 0.5)
        summary[name] = near.clip(lower=(summary["frequency"] > 0).astype(int)) * step
    later = [name for name in summary if name.startswith("holdout")]
    grouped = summary.groupby(["frequency", "recency", "T"])
    return pd.concat([grouped.size().rename("customers"), grouped[later].mean()], axis=1).reset_index()


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("step", [1, 7])
def test_counts_are_those_of_customers_in_memory(frames, orders, engine, step):
    frame = frames.of(orders, engine)
    agree(count_orders(frame, END, "D", step=step).table, by_hand(orders, step))
    held = count_orders(frame, END, "D", CUT, step=step)
    agree(held.table, by_hand(orders, step, calibration_end=CUT))
    summary = crm.summarize_customers(orders, END, calibration_end=CUT)
    assert (held.customers, held.purchases) == (len(summary), (summary["frequency"] + 1).sum())


@pytest.mark.parametrize("engine", ENGINES)
def test_spend_keeps_its_sum_and_its_customers_in_levels_of_a_hundredth(frames, orders, engine):
    summary = crm.summarize_customers(orders, END)
    back = summary[summary["monetary_value"] > 0]
    spend = count_orders(frames.of(orders, engine), END).spend
    assert spend["customers"].sum() == len(back)
    total = (spend["monetary_value"] * spend["customers"]).sum()
    assert total == pytest.approx(back["monetary_value"].sum(), rel=1e-12)
    near = np.log(back["monetary_value"].to_numpy()[:, None] / spend["monetary_value"].to_numpy()[None, :])
    assert np.abs(near).min(axis=1).max() < 0.01


def test_units_only_rescale_time(orders):
    days, weeks = count_orders(orders, END, "D").table, count_orders(orders, END, "W").table
    agree(weeks[["recency", "T"]] * 7, days[["recency", "T"]])
    assert days.equals(count_orders(orders, END, "D").table)


def test_models_fitted_to_the_counts_are_near_those_fitted_to_customers():
    orders = crm.open_company("retail").orders
    end = crm.open_company("retail").observation_end
    rows, counts = crm.summarize_customers(orders, end), count_orders(orders, end)
    one, other = crm.BetaGeo.fit(rows), crm.BetaGeo.fit(counts.table)
    assert len(counts.table) < len(rows)
    expected, got = (model.expected_purchases(52, rows).mean() for model in (one, other))
    assert got == pytest.approx(expected, rel=0.01)
    spend, same = crm.GammaGamma.fit(rows), crm.GammaGamma.fit(counts.spend)
    assert same.population_mean == pytest.approx(spend.population_mean, rel=1e-3)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("column", ["customer_id", "ordered_at", "amount"])
def test_empty_values_are_refused(frames, orders, engine, column):
    orders.loc[4, column] = None
    with pytest.raises(ValueError, match=f"orders: {column} is empty"):
        count_orders(frames.of(orders, engine), END)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"step": 0}, "step is 0 days"),
        ({"unit": "Q"}, "choose one of D, W, M"),
        ({"engine": "abacus"}, "choose duckdb or spark"),
        ({"columns": {"shop": "x"}}, "columns names shop"),
        ({"observation_end": "1999-01-01"}, "none lies on or before 1999-01-01"),
    ],
)
def test_bad_settings_are_refused(orders, options, said):
    with pytest.raises(ValueError, match=said):
        count_orders(orders, **({"observation_end": END} | options))


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_samples_the_same_customers_with_all_their_orders(frames, orders, engine):
    expected = sample_customers(orders, 0.4)
    agree(sample_customers(frames.of(orders, engine), 0.4), expected)
    chosen = expected["customer_id"].unique()
    assert 10 <= len(chosen) <= 40
    assert len(expected) == orders["customer_id"].isin(chosen).sum()
    assert set(sample_customers(orders, 0.4, seed=2)["customer_id"]) != set(chosen)
    assert len(sample_customers(orders, 1)) == len(orders)


def test_a_share_beyond_one_is_refused(orders):
    with pytest.raises(ValueError, match="share is 2"):
        sample_customers(orders, 2)


@pytest.mark.parametrize("kind", ["parquet", "csv", "csv.gz", "folder"])
@pytest.mark.parametrize("engine", ["duckdb", "spark"])
def test_files_are_counted_like_frames(frames, orders, tmp_path, engine, kind):
    if engine == "spark":
        frames.spark()
    named = orders.set_axis(["cust no", "when", "total"], axis=1)
    columns = {"customer_id": "cust no", "ordered_at": "when", "amount": "total"}
    path = tmp_path / ("orders" if kind == "folder" else f"orders.{kind}")
    if kind == "folder":
        path.mkdir()
        named.head(150).to_parquet(path / "part-0.parquet")
        named.tail(-150).to_parquet(path / "part-1.parquet")
    elif kind == "parquet":
        named.to_parquet(path)
    else:
        named.to_csv(path, index=False)
    got = count_orders(path, END, engine=engine, columns=columns)
    agree(got.table, count_orders(orders, END).table)
    agree(got.spend, count_orders(orders, END).spend)


@pytest.mark.parametrize("engine", ["duckdb", "spark"])
def test_lines_without_a_header_are_counted_like_orders_in_memory(frames, orders, tmp_path, engine):
    if engine == "spark":
        frames.spark()
    lines = pd.concat([orders.assign(order=orders.index, part=part) for part in (0.25, 0.75)])
    lines["amount"] *= lines.pop("part")
    path = tmp_path / "lines.csv"
    lines.assign(shop="x").to_csv(path, index=False, header=False)
    columns = {"customer_id": 1, "ordered_at": 2, "amount": 3, "order_id": 4, "quantity": "", "price": ""}
    got = count_orders(path, END, engine=engine, columns=columns, header=False, lines=True)
    expected = count_orders(orders, END)
    agree(got.table, expected.table)
    agree(got.spend, expected.spend)
    with pytest.raises(ValueError, match="no column customer_id, ordered_at, amount; there are 1, 2, 3, 4, 5"):
        count_orders(path, END, engine=engine, header=False)


@pytest.mark.parametrize("engine", ["pandas", "polars", "duckdb"])
def test_frames_of_lines_are_counted_like_orders(frames, orders, engine):
    lines = pd.concat([orders.assign(amount=orders["amount"] / 2, order_id=orders.index)] * 2)
    agree(count_orders(frames.of(lines, engine), END, lines=True).spend, count_orders(orders, END).spend)


@pytest.mark.parametrize("engine", ["duckdb", "spark"])
def test_days_written_as_whole_numbers_are_not_guessed(frames, orders, tmp_path, engine):
    if engine == "spark":
        frames.spark()
    days = orders["ordered_at"].dt.strftime("%Y%m%d").astype(int)
    orders.assign(ordered_at=days).to_parquet(tmp_path / "orders.parquet")
    with pytest.raises(ValueError, match="ordered_at holds Int64; turn it into dates first"):
        count_orders(tmp_path / "orders.parquet", END, engine=engine)


def test_orders_without_amounts_and_ids_that_look_like_numbers(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text("customer_id;ordered_at\n007;2024-01-01\n7;2024-01-01\n", encoding="utf-8")
    got = count_orders(path, END, columns={"amount": ""})
    assert got.customers == 2
    assert got.spend.empty


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "there is no such file or folder"),
        ("who,ordered_at,amount\na,2024-01-01,1\n", "no column customer_id; there are who, ordered_at, amount"),
        ("customer_id,ordered_at,amount\na,soon,1\n", "ordered_at holds String; turn it into dates first"),
    ],
)
def test_files_that_cannot_be_counted_are_refused(tmp_path, text, said):
    path = tmp_path / "orders.csv"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        count_orders(path, END)


def test_memory_is_written_with_its_unit(tmp_path):
    with pytest.raises(ValueError, match="memory is 'much'"), opened(tmp_path / "x.parquet", memory="much"):
        pass


def test_a_company_of_a_sample_says_so_and_opens_again(orders, tmp_path, capsys):
    orders.to_parquet(tmp_path / "all.parquet")
    company = adopt_orders(tmp_path / "all.parquet", tmp_path / "shop", observation_end=END, sample=20)
    said = capsys.readouterr().out
    again = crm.open_company(tmp_path / "shop")
    kept = again.orders["customer_id"].nunique()
    everybody = crm.summarize_customers(orders, END)
    assert again.buyer_counts["customers"].sum() == len(everybody)
    assert 5 < kept < len(everybody)
    assert again.name == company.name == f"shop ({kept} of {len(everybody)} customers)"
    assert f"A sample of {kept} customers" in said
    agree(again.buyer_counts, count_orders(orders, END).table)
    agree(again.spend_counts, count_orders(orders, END).spend)


def test_where_all_fit_nothing_is_left_out(orders, capsys):
    company = adopt_orders(orders, name="shop")
    assert company.name == "shop"
    assert len(company.orders) == len(orders)
    assert "Of all of them every order is kept" in capsys.readouterr().out


def test_the_picture_counts_all(orders):
    counts = count_orders(orders, END)
    bars: Any = counts.plot().patches
    assert sum(bar.get_height() for bar in bars) == counts.customers
    assert counts.summary().loc["histories", "number"] == len(counts.table)
