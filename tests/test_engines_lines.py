"""Lines of orders put together to orders: by every engine as the shape does it in memory, and refused alike."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from crmlab.engines.frames import collect
from crmlab.engines.lines import orders_of
from crmlab.intake.shapes import SHAPES, Settings
from engine_frames import ENGINES, Frames

COLUMNS = ["order_id", "customer_id", "ordered_at", "amount", "quantity", "price"]


@pytest.fixture(scope="module")
def frames() -> Iterator[Frames]:
    made = Frames()
    yield made
    made.stop()


def some_lines(rows: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    order = rng.integers(0, rows // 3, rows)
    day = pd.Timestamp("2024-01-01") + pd.to_timedelta(order % 90 + (rng.random(rows) < 0.1), unit="D")
    lines = pd.DataFrame({"order_id": [f"o{one}" for one in order], "customer_id": [f"c{one % 40}" for one in order]})
    lines["ordered_at"], lines["quantity"] = day, rng.integers(1, 5, rows)
    lines["price"] = rng.gamma(2, 10, rows).round(2)
    told = (lines["quantity"] * lines["price"] * 0.9).round(2)
    return lines.assign(amount=told.where(rng.random(rows) < 0.8))


def in_memory(lines: pd.DataFrame) -> pd.DataFrame:
    return SHAPES["sales_lines"].build(lines, Settings()).tables["orders"][["customer_id", "ordered_at", "amount"]]


def agree(got: pd.DataFrame, expected: pd.DataFrame) -> None:
    wanted = ["customer_id", "ordered_at", "amount"]
    got, expected = (frame.sort_values(wanted, ignore_index=True)[wanted] for frame in (got, expected))
    got = got.astype({"ordered_at": "datetime64[ns]"})
    pd.testing.assert_frame_equal(got, expected, check_dtype=False, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("without", [["quantity", "price"], ["amount"], ["order_id"], []], ids=" ".join)
def test_orders_are_those_of_the_shape(frames: Frames, engine: str, without: list[str]) -> None:
    lines = some_lines().drop(columns=without)
    lines = lines.dropna(subset="amount") if "quantity" in without else lines
    agree(collect(orders_of(frames.of(lines, engine))), in_memory(lines))


@pytest.mark.parametrize("engine", [engine for engine in ENGINES if engine != "spark"])
@pytest.mark.parametrize("column", ["order_id", "customer_id", "ordered_at", "amount"])
def test_empty_values_are_refused(frames: Frames, engine: str, column: str) -> None:
    lines = some_lines().drop(columns="price").assign(amount=1.0)
    lines.loc[[4, 9], column] = None
    with pytest.raises(ValueError, match=rf"order lines: {column} is empty \(2 times\); mend"):
        orders_of(frames.of(lines, engine))


@pytest.mark.parametrize("engine", [engine for engine in ENGINES if engine != "spark"])
def test_what_the_shape_refuses_is_refused(frames: Frames, engine: str) -> None:
    lines = some_lines()
    mixed = lines.assign(customer_id=np.where(lines.index == 7, "other", lines["customer_id"]))
    several = mixed.groupby("order_id")["customer_id"].nunique().gt(1).sum()
    with pytest.raises(ValueError, match=f"{several} orders are of several customers"):
        orders_of(frames.of(mixed, engine))
    total = (lines["quantity"] * lines["price"]).groupby(lines["order_id"]).transform("sum")
    with pytest.raises(ValueError, match="amount repeats the total of the order on each line"):
        orders_of(frames.of(lines.assign(amount=total), engine))
    one = lines.assign(amount=np.where(lines.index == lines.index[-1], 1.0, total))
    agree(collect(orders_of(frames.of(one, engine))), in_memory(one))


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (["order_id", "ordered_at", "amount"], "order lines: no column customer_id"),
        (["customer_id", "ordered_at", "quantity"], "there is no column amount, nor quantity and price"),
    ],
)
def test_columns_that_lack_are_named(columns: list[str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        orders_of(some_lines()[columns])


def test_numbers_written_as_text_are_refused() -> None:
    with pytest.raises(ValueError, match="price holds String; turn it into numbers first"):
        orders_of(some_lines().astype({"price": str}))
