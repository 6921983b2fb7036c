"""`crmlab adopt --engine`: from files to counts and a sample in one command, and what it refuses."""

from __future__ import annotations

import pandas as pd
import pytest

import crmlab as crm
from crmlab.cli import large, main
from test_engines import TEXT, some_orders


@pytest.fixture
def parts(tmp_path):
    orders = some_orders(TEXT).set_axis(["cust_no", "when", "total"], axis=1)
    (tmp_path / "orders").mkdir()
    for number in range(2):
        orders.iloc[number::2].to_parquet(tmp_path / "orders" / f"part-{number}.parquet")
    return tmp_path / "orders"


MAP = ["--map", "customer_id=cust_no", "orders.ordered_at=when", "amount=total"]


def test_a_folder_of_parquet_becomes_counts_and_a_sample(parts, tmp_path, capsys):
    out = tmp_path / "shop"
    assert main(["adopt", str(parts), "--engine", "duckdb", "--sample", "20", "--out", str(out), *MAP]) == 0
    said = capsys.readouterr().out
    company = crm.open_company(out)
    assert company.buyer_counts["customers"].sum() == 60
    assert 5 < company.orders["customer_id"].nunique() < 40
    assert "All 60 customers are counted" in said
    assert "Next: crmlab run" in said


def test_many_bytes_choose_the_engine_by_themselves(parts, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(large, "ENOUGH", 1000)
    assert main(["adopt", f"orders={parts}", "--out", str(tmp_path / "shop"), *MAP]) == 0
    assert "All 60 customers are counted" in capsys.readouterr().out


def mapping(folder, sheets: str, head: str = "") -> list[str]:
    file = folder / "mapping.toml"
    file.write_text(head + sheets, encoding="utf-8")
    return ["--map", str(file)]


SHEET = """
[[sheets]]
file = "orders-*.csv"
shape = "orders"
[sheets.columns]
customer_id = 1
ordered_at = "when"
amount = "total"
order_id = "number"
"""


def test_a_saved_mapping_names_columns_and_currency(parts, tmp_path, capsys):
    head = 'currency = "EUR"\n[choices]\nrefunds = "net"\n'
    told = [*mapping(tmp_path, SHEET.replace('"total"', '"no longer"'), head), "orders.amount=total"]
    out = tmp_path / "shop"
    assert main(["adopt", str(parts), "--engine", "duckdb", "--out", str(out), *told]) == 0
    company = crm.open_company(out)
    assert (company.currency, company.buyer_counts["customers"].sum()) == ("EUR", 60)
    assert "are not made where orders are counted in place: refunds=net." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("sheets", "said"),
    [
        (SHEET[: SHEET.index("ordered_at")].replace('"orders"', '"contracts"'), "with one sheet of orders or of their"),
        (SHEET + SHEET.replace('"orders"', '"sales_lines"'), "a mapping with one sheet of orders"),
        (SHEET + SHEET, "a mapping with one sheet of orders"),
        (SHEET + '[sheets.dates]\nordered_at = "day-first"\n', "ordered_at with day-first: an engine reads"),
        (SHEET + '[sheets.decimals]\namount = "comma"\n', "amount with comma: an engine reads"),
    ],
)
def test_what_a_mapping_tells_and_an_engine_does_not_do_is_refused(parts, tmp_path, capsys, sheets, said):
    told = ["adopt", str(parts), "--engine", "duckdb", "--out", str(tmp_path / "shop"), *mapping(tmp_path, sheets)]
    assert main(told) == 2
    assert said in capsys.readouterr().err


LINES = "1,c1,2024-01-01,2,5\n1,c1,2024-01-01,1,3.5\n2,c2,2024-01-02,1,6\n3,c1,2024-02-02,1,4\n"
ROLES = ["order_id=1", "customer_id=2", "ordered_at=3", "quantity=4", "price=5"]


def test_lines_without_a_header_are_counted_with_the_mapping_that_a_smaller_file_made(tmp_path, capsys):
    file, small, out = tmp_path / "lines.csv", tmp_path / "small", tmp_path / "shop"
    file.write_text(LINES, encoding="utf-8")
    told = ["--table", "sales_lines", "--header", "no", "--map", *ROLES]
    assert main(["adopt", str(file), "--out", str(small), *told]) == 0
    saved = ["--map", str(small / "mapping.toml")]
    assert main(["adopt", str(file), "--engine", "duckdb", "--out", str(out), *saved]) == 0
    counted, expected = crm.open_company(out), crm.open_company(small)
    assert "All 2 customers are counted" in capsys.readouterr().out
    wanted = ["customer_id", "ordered_at", "amount"]
    assert counted.orders[wanted].values.tolist() == expected.orders.sort_values(wanted)[wanted].values.tolist()
    assert counted.observation_end == expected.observation_end == "2024-02-02"


@pytest.mark.parametrize("word", ["sales_lines={}", "{} --table sales_lines", "{}"])
def test_lines_are_told_by_the_table_the_file_or_the_columns(tmp_path, word):
    file, out = tmp_path / "lines.csv", tmp_path / "shop"
    file.write_text(LINES, encoding="utf-8")
    roles = [f"sales_lines.{role}" for role in ROLES] if word == "{}" else ROLES
    told = ["--engine", "duckdb", "--header", "no", "--out", str(out), "--map", *roles]
    assert main(["adopt", *word.format(file).split(" "), *told]) == 0
    assert crm.open_company(out).orders["amount"].tolist() == [13.5, 4.0, 6.0]


def test_the_separator_of_a_mapping_is_used(tmp_path):
    (tmp_path / "orders.csv").write_text("a|b;when;total\n1;2024-01-01;5\n2;2024-01-02;6\n", encoding="utf-8")
    told = mapping(tmp_path, SHEET + '[sheets.how]\nseparator = ";"\n')
    out = tmp_path / "shop"
    assert main(["adopt", str(tmp_path / "orders.csv"), "--engine", "duckdb", "--out", str(out), *told]) == 0
    assert crm.open_company(out).orders["customer_id"].tolist() == ["1", "2"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--out", "shop", "--table", "contracts"], "--engine counts orders"),
        ([], "Add --out DIR"),
        (["--out", "shop"], "no column customer_id, ordered_at, amount; there are cust_no, when, total"),
        (["--out", "shop", "--map", "mapping.toml"], "mapping.toml: is not there"),
        (["--out", "shop", "--map", "contracts.plan=x"], "or columns of one of these"),
        (["--out", "shop", *MAP, "order_id=n"], "columns names order_id; what is counted is customer_id"),
        (["--out", "shop", "--map", "customer_id=9"], "no column 9, "),
        (["--out", "shop", *MAP, "--dates", "day-first", "--sheet", "x"], "--dates, --sheet: an engine reads"),
        (["--out", "shop", *MAP, "sales_lines.price=total"], "columns of one of these"),
        (["--out", "shop", "--table", "sales_lines", *MAP[:2]], "no column ordered_at"),
        (["--out", "shop", "--sample", "0", *MAP], "give 1 customer or more"),
    ],
)
def test_what_it_cannot_do_is_said_with_exit_code_2(parts, capsys, monkeypatch, tmp_path, words, said):
    monkeypatch.chdir(tmp_path)
    assert main(["adopt", str(parts), "--engine", "duckdb", *words]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "shop").exists()


def test_negative_amounts_are_refused_by_the_door(tmp_path, capsys):
    orders = pd.DataFrame({"customer_id": ["a"], "ordered_at": pd.to_datetime(["2024-01-01"]), "amount": [-5.0]})
    orders.to_parquet(tmp_path / "orders.parquet")
    told = ["adopt", str(tmp_path / "orders.parquet"), "--engine", "duckdb", "--out", str(tmp_path / "shop")]
    assert main(told) == 2
    assert "amount" in capsys.readouterr().err
