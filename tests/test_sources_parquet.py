from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from crmlab.data.validation import LINE, DataError
from crmlab.sources import limits, parquet
from crmlab.sources.parquet import is_parquet_folder, read_parquet


def saved(path: Path, columns: dict[str, object]) -> Path:
    path.parent.mkdir(exist_ok=True)
    pq.write_table(pa.table(columns), path)
    return path


def refused(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        read_parquet(path)
    return str(caught.value)


def test_types_and_blanks_are_kept(tmp_path: Path) -> None:
    columns = {
        "고객": ["0001", None],
        "n": pa.array([2**60 + 1, None], pa.int64()),
        "amount": pa.array([Decimal("5.50"), None], pa.decimal128(9, 2)),
        "day": pa.array([date(2025, 1, 31), None]),
        "at": pa.array([datetime(9999, 12, 31), None], pa.timestamp("us")),
        "zone": pa.array([datetime(2025, 1, 31), None], pa.timestamp("us", "Asia/Seoul")),
        "clock": pa.array([time(10, 5), None]),
        "yes": pa.array([True, None]),
        "none": pa.nulls(2),
        "kind": pa.array(["a", None]).dictionary_encode(),
    }
    frame = read_parquet(saved(tmp_path / "주문 내역.parquet", columns)).frame
    assert (frame.index.tolist(), frame.index.name) == ([1, 2], LINE)
    assert frame["고객"].tolist() == ["0001", None]
    assert frame["kind"].tolist() == ["a", None]
    assert frame["n"].tolist() == [2**60 + 1, pd.NA]
    assert frame["amount"].iloc[0] == 5.5
    assert all(pd.api.types.is_datetime64_any_dtype(frame[name].dtype) for name in ("day", "at", "zone"))
    assert frame["at"].dt.year.iloc[0] == 9999
    assert frame["clock"].iloc[0].startswith("10:05")
    assert frame["yes"].dtype == "boolean"
    assert frame["none"].isna().all()


def test_a_folder_of_parts_is_one_table_in_the_order_of_their_names(tmp_path: Path) -> None:
    folder = tmp_path / "orders"
    for name, value in (("part-2.parquet", "c"), ("part-1.parquet", "a"), ("_hidden.parquet", "x")):
        saved(folder / name, {"id": [value], "n": [1]})
    (folder / "_SUCCESS").touch()
    assert is_parquet_folder(folder)
    sheet = read_parquet(folder)
    assert sheet.frame["id"].tolist() == ["a", "c"]
    assert "in 2 parts" in sheet.notes[0]
    saved(folder / "part-3.parquet", {"id": ["d"], "m": [1]})
    assert "part-1.parquet and part-3.parquet differ in m, n" in refused(folder)


def test_a_link_that_leads_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    outside = saved(tmp_path / "secret.parquet", {"id": ["a"]})
    saved(tmp_path / "orders" / "a.parquet", {"id": ["a"]})
    try:
        (tmp_path / "orders" / "b.parquet").symlink_to(outside)
    except OSError:
        pytest.skip("this system makes no links")
    assert "'b.parquet', a link that leads out of it" in refused(tmp_path / "orders")


def test_nested_columns_are_problems_and_left_out(tmp_path: Path) -> None:
    columns = {"id": ["a"], "tags": [["x"]], "who": [{"a": 1}], "raw": pa.array([b"\0"])}
    sheet = read_parquet(saved(tmp_path / "a.parquet", columns))
    assert sheet.frame.columns.tolist() == ["id"]
    assert [(each.column, each.what.split(" in ")[0]) for each in sheet.problems] == [
        ("tags", "holds lists"),
        ("who", "holds records"),
        ("raw", "holds bytes"),
    ]


@pytest.mark.parametrize("data", [b"PAR1", b"PAR1" + b"x" * 100 + b"PAR1"])
def test_damaged_parquet(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(data)
    assert "no Parquet that can be read" in refused(path)


def test_damaged_pages(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.parquet", {"id": [str(n) for n in range(5000)]})
    data = bytearray(path.read_bytes())
    data[200:2000] = b"\xff" * 1800
    path.write_bytes(data)
    assert "no Parquet that can be read" in refused(path)


def test_a_long_text_that_is_repeated_stays_one_text(tmp_path: Path) -> None:
    text = "x" * 100_000
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 100_000, pa.int32()), pa.array([text]))
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"id": column}), path, store_schema=False)
    assert path.stat().st_size < 1_000_000
    frame = read_parquet(path).frame
    assert len({id(cell) for cell in frame["id"]}) == 1
    column = pa.DictionaryArray.from_arrays(pa.array([0, 0], pa.int32()), pa.array(["x" * 200_000]))
    pq.write_table(pa.table({"id": column}), path, store_schema=False)
    assert "more than 131,072 characters" in refused(path)


def test_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path / "a.parquet", {"id": ["a", "b"], "n": [1, 2]})
    monkeypatch.setattr(parquet, "MOST_VALUES", 3)
    assert "--engine duckdb" in refused(path)
    monkeypatch.setattr(parquet, "MOST_COLUMNS", 1)
    assert "has 2 columns" in refused(path)
    assert limits.MOST_VALUES > 3
    assert "occurs more than once" in refused(_twice(tmp_path / "b.parquet"))


def _twice(path: Path) -> Path:
    pq.write_table(pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["n", "n"]), path)
    return path
