from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab.data.validation import DataError
from crmlab.intake.plan import Plan, SheetPlan, pattern_of, read_plan

SHEET = SheetPlan(
    "주문_*.csv",
    "orders",
    {"customer_id": "고객 번호", "ordered_at": 3, "amount": "total"},
    {"separator": ";"},
    {"ordered_at": "day-first"},
    {"amount": "comma"},
    {"amount": "called like it\n[choices]"},
)


def test_a_plan_comes_back_from_its_file(tmp_path: Path) -> None:
    wide = SheetPlan("months.csv", "wide_months", {"customer_id": "id", "months": ("2025-01", "2025-02")})
    plan = Plan((SHEET, wide), {"refunds": "drop"}, "EUR")
    path = tmp_path / "mapping.toml"
    path.write_text(plan.to_toml(), encoding="utf-8")
    again = read_plan(path)
    assert (again.choices, again.currency) == ({"refunds": "drop"}, "EUR")
    for one, other in zip(plan.sheets, again.sheets, strict=True):
        assert (one.file, one.shape, one.columns) == (other.file, other.shape, other.columns)
        assert (one.how, one.dates, one.decimals) == (other.how, other.dates, other.decimals)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.text(st.characters(exclude_categories=["Cs"])))
def test_any_name_of_a_column_is_escaped(name: str, reason: str) -> None:
    text = Plan((SheetPlan(name, "orders", {"amount": name}, reasons={"amount": reason}),)).to_toml()
    (sheet,) = tomllib.loads(text)["sheets"]
    assert (sheet["file"], sheet["columns"]) == (name, {"amount": name})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[sheets]]\nfile = 1\nshape = 'ordres'\n[sheets.columns]\n", "there is no shape 'ordres'"),
        ("[[sheets]]\nfile = 'a'\nshape = 'orders'\n", "lacks 'columns'"),
        ("[[sheets]]\nfile = 'a'\nshape = 'orders'\n[sheets.columns]\nsum = 'x'\n", "orders has no column 'sum'"),
        ("[[sheets]]\nfile = 'a'\nshape = 'orders'\n[sheets.columns]\namount = 1.5\n", "neither the name of a column"),
        ("[[sheets]]\nfile='a'\nshape='orders'\n[sheets.columns]\n[sheets.dates]\nx = 'first'\n", "no way to write"),
        ("[choices]\nrefund = 'drop'\n", "there is no choice 'refund'"),
        ("sheets = 3\n", "is no mapping"),
        ("= 3\n", "cannot be read"),
    ],
)
def test_what_is_no_plan_is_said_plainly(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=said):
        read_plan(path)


def test_patterns_let_numbers_change_and_nothing_else() -> None:
    assert pattern_of("orders 2025-03-31.csv") == "orders *.csv"
    assert SHEET.suits("주문_2025-04.csv")
    assert not SHEET.suits("주문.csv")
    assert not SheetPlan("a[1].csv", "orders", {}).suits("a1.csv")
