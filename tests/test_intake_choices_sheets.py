"""What is settled before a shape is built: repeated rows, times of day, currencies."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab.data.validation import DataError
from crmlab.intake.choices import settle_rows
from crmlab.intake.shapes import SHAPES, one_of_many
from intake_sheets import sheet

ROWS = {
    "customer_id": "aaabb",
    "ordered_at": ["2025-01-01 20:00:00Z"] * 3 + ["2025-01-02 10:00:00", "2025-01-03"],
    "amount": ["5", "5", "6", "1.10", "2"],
    "currency": ["KRW", "KRW", None, "usd", "KRW"],
    "order_id": ["1", "1", "2", "3", "4"],
}
PLAIN = {name: values for name, values in ROWS.items() if name != "currency"}


def rows(columns: dict, shape: str = "orders", **chosen: str):
    frame = sheet(columns)
    before = frame.copy()
    settled, findings = settle_rows(frame, SHAPES[shape], chosen, sheet="x.csv")
    pd.testing.assert_frame_equal(frame, before)
    return settled, {finding.choice: finding for finding in findings}


@pytest.mark.parametrize(("option", "left"), [("keep", [2, 3, 4, 5, 6]), ("drop", [2, 4, 5, 6])])
def test_rows_equal_in_every_column(option: str, left: list[int]) -> None:
    settled, findings = rows(PLAIN, duplicates=option)
    assert settled.index.to_list() == left
    assert findings["duplicates"].first == (3,)
    with pytest.raises(DataError, match=r"x.csv.*1 row is equal to another \(line 3\)"):
        rows(PLAIN, duplicates="refuse")


@given(st.lists(st.tuples(*[st.sampled_from(["a", "b", " a", "", None])] * 3), min_size=1))
def test_a_row_is_equal_only_if_one_earlier_row_is_so_in_every_column(cells: list[tuple[str | None, ...]]) -> None:
    frame = pd.DataFrame(cells, columns=["customer_id", "ordered_at", "amount"], dtype=object)
    settled, _ = settle_rows(frame, SHAPES["orders"], {"duplicates": "drop"})
    plain = [tuple((cell or "").strip() for cell in row) for row in cells]
    assert settled.index.to_list() == [at for at, row in enumerate(plain) if row not in plain[:at]]


def test_the_day_written_stays_unless_a_place_is_told() -> None:
    settled, findings = rows(PLAIN)
    assert settled["ordered_at"].to_list() == ROWS["ordered_at"]
    assert "3 of them would be on another day in Asia/Seoul" in findings["time_zone"].sentence
    settled, findings = rows(PLAIN, time_zone="Asia/Seoul")
    assert settled["ordered_at"].to_list() == ["2025-01-02 05:00:00"] * 3 + ROWS["ordered_at"][3:]
    assert "3 of them moved to another day" in findings["time_zone"].sentence
    assert rows(PLAIN, time_zone="America/New_York")[0]["ordered_at"].iloc[0] == "2025-01-01 15:00:00"


def test_offsets_are_read_and_typed_times_too() -> None:
    told = PLAIN | {"ordered_at": ["2025-01-01 23:00:00-09:00"] * 5}
    assert rows(told, time_zone="Asia/Seoul")[0]["ordered_at"].iloc[0] == "2025-01-02 17:00:00"
    typed = sheet(PLAIN).assign(ordered_at=pd.Timestamp("2025-01-01 20:00", tz="UTC"))
    settled, _ = settle_rows(typed, SHAPES["orders"], {"time_zone": "Asia/Seoul"})
    assert set(settled["ordered_at"]) == {pd.Timestamp("2025-01-02 05:00")}


def test_a_day_or_a_time_that_is_none_stays_as_it_is() -> None:
    given = ["2025-01-01T20:00:00.25+0000", "2025-01-01 20:00 Z", "2025-02-30 20:00:00Z", "2025-01-01 20:99:00Z"]
    moved = rows({"customer_id": "abcd", "ordered_at": given, "amount": "5678"}, time_zone="Asia/Seoul")[0][
        "ordered_at"
    ]
    assert moved.to_list() == ["2025-01-02 05:00:00", "2025-01-02 05:00:00", *given[2:]]


def test_columns_of_stages_are_moved_too() -> None:
    label = one_of_many("stages", "won")
    settled, _ = rows({"lead_id": "a", label: ["2025-01-01 20:00:00Z"]}, "lead_stages", time_zone="Asia/Seoul")
    assert settled[label].to_list() == ["2025-01-02 05:00:00"]


@pytest.mark.parametrize("zone", ["Mars/Phobos", "../etc/passwd", ""])
def test_a_place_that_is_none_is_refused(zone: str) -> None:
    with pytest.raises(DataError, match="as Asia/Seoul"):
        rows(PLAIN, time_zone=zone)


def test_orders_at_the_same_second_are_seen_only_with_a_time() -> None:
    twice = PLAIN | {"order_id": ["1", "9", "2", "3", "4"]}
    settled, findings = rows(twice, same_second="drop")
    assert settled.index.to_list() == [2, 4, 5, 6]
    assert findings["same_second"].count == 1
    assert "same_second" not in rows(twice | {"ordered_at": ["2025-01-01"] * 5})[1]
    assert "same_second" not in rows(twice | {"ordered_at": ["2025-01-01 00:00:00"] * 5})[1]
    assert "same_second" not in rows(PLAIN)[1]


def test_other_currencies_are_refused_with_what_could_be_said() -> None:
    with pytest.raises(DataError) as caught:
        rows(ROWS)
    said = str(caught.value)
    assert "in another currency than KRW (by row: 4 KRW, 1 USD) (line 5)" in said
    assert "currencies=KRW" in said
    assert '"currencies=USD=..."' in said
    assert "--currency USD" in said


def test_one_currency_can_be_kept_or_all_converted() -> None:
    settled, findings = rows(ROWS, currencies="KRW")
    assert settled.index.to_list() == [2, 3, 4, 6]
    assert "currency" not in settled
    assert "1 row in other currencies (line 5) was left out" in findings["currencies"].sentence
    settled, findings = rows(ROWS, currencies="USD=1380.5, EUR=1500")
    assert settled["amount"].astype(float).to_list() == [5, 5, 6, 1518.55, 2]
    assert "converted to KRW at USD=1380.5" in findings["currencies"].sentence


@pytest.mark.parametrize("told", ["USD", "EUR=1500", "USD=much", "USD=-1", "USD=0", "USD=nan", "USD=1e999999"])
def test_what_settles_no_currency_is_refused(told: str) -> None:
    with pytest.raises(DataError, match="in another currency than KRW"):
        rows(ROWS, currencies=told)


def test_a_column_of_the_companys_own_currency_goes_without_a_word() -> None:
    settled, findings = rows(ROWS | {"currency": ["KRW", "krw", None, " KRW ", "KRW"]})
    assert "currency" not in settled
    assert "currencies" not in findings


def test_price_and_amount_of_a_line_are_both_money() -> None:
    line = {"customer_id": "a", "ordered_at": ["2025-01-01"], "quantity": "2", "price": "3", "amount": "6"}
    settled, _ = rows(line | {"currency": ["USD"]}, "sales_lines", currencies="USD=10")
    assert settled[["quantity", "price", "amount"]].astype(float).to_numpy().tolist() == [[2, 30, 60]]
