"""Adopting: from files as people have them to a company, or one report of all that is open."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from crmlab.company import Company
from crmlab.data import open_company
from crmlab.data.validation import DataError
from crmlab.intake import adopt

ROOT = Path(__file__).resolve().parent.parent
CDNOW = Path(os.environ.get("CRMLAB_CDNOW", ROOT.parent / "shared" / "data" / "CDNOW_sample.txt"))
ORDERS = "customer_id,ordered_at,amount,shop\n0001,2025-01-31,5.5,Seoul\n0002,2025-02-01,6,\n"


def write(folder: Path, text: str, name: str = "export.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_text(text, encoding=encoding)
    return path


def same(one: Company, other: Company) -> None:
    assert (one.name, one.observation_end, one.currency) == (other.name, other.observation_end, other.currency)
    assert list(one.tables) == list(other.tables)
    for name in one.tables:
        pd.testing.assert_frame_equal(one.tables[name], other.tables[name], check_exact=True)


def refused(*args: object, **kwargs: object) -> DataError:
    with pytest.raises(DataError) as caught:
        adopt(*args, **kwargs)  # pyright: ignore[reportArgumentType]
    return caught.value


def test_a_file_with_a_header_is_adopted_and_opens_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "cust_no;date;total;Stadt;n\n0001;2025-01-31 10:00;5.5;Köln;1\n0002;20250201;6;;2\n"
    path = write(tmp_path, text)
    adopted = adopt(path, out=tmp_path / "my.shop", currency="EUR")
    assert adopted.orders["customer_id"].tolist() == ["0001", "0002"]
    assert adopted.orders["ordered_at"].tolist() == [pd.Timestamp("2025-01-31"), pd.Timestamp("2025-02-01")]
    assert adopted.orders["n"].dtype == "int64"
    assert (adopted.name, adopted.currency, adopted.truth) == ("my.shop", "EUR", None)
    same(open_company(tmp_path / "my.shop"), adopted)
    said = capsys.readouterr().out
    assert "  customer_id  cust_no  called like it" in said
    assert "orders.ordered_at: the time of day is left out." in said
    assert "Kept beside them: Stadt, n." in said
    assert said.endswith("The observation is taken to end on 2025-02-01, the last day that occurs.\n")
    assert path.read_text(encoding="utf-8") == text


def test_the_words_of_before_still_work(tmp_path: Path) -> None:
    path = write(tmp_path, "1;2025-01-31;5\n2;2025-02-01;6\n")
    columns = {"orders": {"customer_id": 1, "ordered_at": 2, "amount": 3}}
    adopted = adopt({"orders": path}, columns, name="shop", encoding="utf-8-sig", currency="KRW", overwrite=False)
    assert adopted.orders["customer_id"].tolist() == ["1", "2"]
    assert (adopted.name, adopted.currency) == ("shop", "KRW")


def test_several_files_share_their_ids(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    people = "\n".join(f"K{number},2025-01-0{number}" for number in range(1, 10))
    orders = "\n".join(f"A{row},B{row % 2},K{row % 9 + 1},2025-02-01,{row}.50" for row in range(1, 30))
    files = [
        write(tmp_path, f"회원번호,가입일\n{people}\n", "people.csv"),
        write(tmp_path, f"주문번호,buyer,client,주문일,금액\n{orders}\n", "sales.csv"),
    ]
    adopted = adopt(files)
    assert set(adopted.orders["customer_id"]) == set(adopted.customers["customer_id"])
    assert "100 % of its values are in people.csv too" in capsys.readouterr().out


def test_every_question_of_every_file_is_in_one_report(tmp_path: Path) -> None:
    orders = write(tmp_path, "cust,date,total\n1,03/04/2025,1.234\n2,05/06/2025,5.678\n", "orders.csv")
    people = write(tmp_path, "buyer,client,signup\nK1,L1,2025-01-01\nK1,L2,2025-01-01\n", "people.csv")
    error = refused({"orders": orders, "customers": people}, out=tmp_path / "shop")
    said = str(error)
    assert [(each.table, each.column) for each in error.problems] == [
        ("orders.csv", "date"),
        ("orders.csv", "total"),
        ("people.csv", "customer_id"),
    ]
    assert "'03/04/2025' is 3 Apr 2025 (day-first) or 4 Mar 2025 (month-first)" in said
    assert "'1.234' is 1234 or 1.234" in said
    assert "could be 'buyer' (1 different) or 'client' (2 different, no repetition)" in said
    assert not (tmp_path / "shop").exists()
    assert adopt({"orders": orders}, dates="day-first", decimal="comma").orders["amount"].tolist() == [1234.0, 5678.0]


def test_choices_and_values_are_asked_in_one_report(tmp_path: Path) -> None:
    """What is refused by a choice, cannot be read, or breaks a rule of the dictionary: each once, all at once."""
    orders = write(
        tmp_path,
        "cust,date,total,order_no\n1,2025-01-31,5,a\n2,2025-02-31,6,b\n9,2025-02-03,7,c\n3,2025-02-04,x,d\n"
        "1,2031-02-04,8,e\n",
        "orders.csv",
    )
    people = write(
        tmp_path, "cust,signup,birth_year\n1,2025-01-01,1980\n2,2025-01-01,1780\n3,2025-01-01,1980\n", "p.csv"
    )
    error = refused({"orders": orders, "customers": people}, observation_end="2025-12-31")
    assert [(each.table, each.column, each.first) for each in error.problems] == [
        ("orders", "", (6,)),
        ("orders", "", (4,)),
        ("orders", "ordered_at", (3,)),
        ("orders", "amount", (5,)),
        ("customers", "birth_year", (3,)),
    ]
    lines = refused({"sales_lines": orders, "customers": people}, observation_end="2025-12-31")
    assert [(each.table, each.column) for each in lines.problems] == [
        ("orders", ""),
        ("orders", ""),
        ("orders.csv", "ordered_at"),
        ("orders.csv", "amount"),
        ("customers", "birth_year"),
    ]


def test_a_column_that_is_asked_keeps_nothing_else_from_being_asked(tmp_path: Path) -> None:
    log = write(tmp_path, "lead_id,event,event_date\na,lead,03/04/2025\na,won,05/04/2025\nb,page view,05/06/2025\n")
    problems = refused({"event_log": log}).problems
    assert [problem.column for problem in problems] == ["event_date", "stages"]
    log = write(tmp_path, "lead_id,event,event_date,customer_id\na,lead,2025-04-03,1\nb,page view,2025-04-03,\n")
    assert [problem.column for problem in refused({"event_log": log}).problems] == ["stages"]


def test_rows_that_were_not_read_make_no_orphans(tmp_path: Path) -> None:
    orders = write(tmp_path, "cust,date,total\n1,2025-01-31,5\n2,2025-02-01,6\n", "orders.csv")
    people = write(tmp_path, "cust,signup,region\n1,2025-01-01,Seoul\n2,2025-01-01,Seoul,Busan\n", "people.csv")
    (problem,) = refused({"orders": orders, "customers": people}).problems
    assert (problem.table, problem.first) == ("people.csv", (3,))


def test_lines_of_several_files_of_one_table_name_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = write(tmp_path, "cust,date,total,order_no\n1,2025-01-31,5,a\n2,2025-01-31,0,b\n", "jan.csv")
    two = write(tmp_path, "cust,date,total,order_no\n3,2025-02-28,x,a\n4,2025-02-28,7,c\n", "feb.csv")
    said = str(refused([("orders", one), ("orders", two)], choose={"zero_orders": "refuse"}))
    assert "orders: 1 row is an order of 0 (line 3 of jan.csv)" in said
    assert "orders.amount: 1 row is not a number (line 2 of feb.csv), such as 'x'" in said
    two.write_text(two.read_text(encoding="utf-8").replace("x,a", "0,d"), encoding="utf-8")
    adopt([("orders", one), ("orders", two)])
    assert "orders: 2 orders of 0 (line 3 of jan.csv; line 2 of feb.csv) were kept." in capsys.readouterr().out
    (tmp_path / "later").mkdir()
    same_name = write(tmp_path / "later", "cust,date,total,order_no\n3,2025-02-28,x,e\n", "jan.csv")
    assert "(line 2 of jan.csv (file 2))" in str(refused([("orders", one), ("orders", same_name)]))


def test_a_row_of_totals_is_reported_and_left_out_by_choice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, ORDERS + "합계,,11.5,\n")
    (problem,) = refused(path).problems
    assert str(problem) == (
        "export.csv: 1 row is of totals (line 4). Say --choose total_rows=drop or total_rows=keep, or correct the file."
    )
    adopted = adopt(path, choose={"total_rows": "drop"}, out=tmp_path / "shop")
    assert adopted.orders["amount"].tolist() == [5.5, 6.0]
    assert "export.csv: 1 row of totals (line 4) was left out." in capsys.readouterr().out
    assert 'total_rows = "drop"' in (tmp_path / "shop" / "mapping.toml").read_text(encoding="utf-8")


PEOPLE = "cust,signup\nc1,2025-01-01\nc2,2025-01-02\n"
UNREAD = {
    "orders": (
        "cust,date,total\nc1,2025-02-01,5\nc9,2025-02-31,5\nc8,2025-02-03,5\nc7,2027-01-01,x\n",
        ["orders.ordered_at: 1 row", "(line 3)", "orders.amount: 1 row", "(line 5)", "(lines 3, 4, 5)", "2025-12-31"],
    ),
    "sales_lines": (
        "order_no,cust,date,product_id,quantity,price\n1,c1,2025-02-01,p,1,5\n2,c9,2025-02-31,p,1,5\n"
        "3,c8,2025-02-03,p,1,5\n4,c7,2027-01-01,p,x,5\n5,,2025-01-01,p,1,5\n",
        ["column ordered_at: 1 row", "quantity: 1 row", "customer_id: 1 row is empty", "(lines 3, 4, 5)", "2025-12-31"],
    ),
    "tenure": (
        "cust,tenure,churned\nc1,5,yes\nc9,x,no\nc8,3,yes\nc7,-3,maybe\nc2,-4,no\n",
        ["column churned: 1 row", "tenure: 1 row is not", "2 rows are below 0 (lines 5, 6)", "(lines 3, 4, 5)"],
    ),
    "wide_months": (
        "cust,2025-01,2025-02,2025-03\nc1,5,6,7\nc9,x,4,5\nc8,3,4,5\nc7,1,1,y\n",
        ["column 2025-01: 1 row", "column 2025-03: 1 row", "(lines 3, 4, 5, ...)"],
    ),
    "spans": (
        "cust,start_date,end_date\nc1,2025-01-01,2025-02-01\nc9,2025-02-31,\nc8,2025-01-01,\nc7,x,2025-01-05\n"
        "c2,2025-05-01,2025-03-01\n",
        ["started_on: 1 row is not a day", "started_on: 1 row is not a date", "before started_on", "(lines 3, 4, 5)"],
    ),
    "event_log": (
        "lead_id,event,time,customer_id\n1,lead,2025-01-01,c1\n2,lead,2025-02-31,c9\n3,lead,2025-01-02,c8\n"
        "4,odd,2025-01-02,c1\n5,odd,2025-13-01,c7\n",
        ["happened_at: 2 rows", "'odd' (2 rows)", "leads: 3 rows are of unknown customers", "(lines 3, 4, 6)"],
    ),
    "lead_stages": (
        "lead_id,created,customer_id,qualified_date,won_date\n1,2025-01-01,c1,2025-01-05,2025-01-06\n"
        "2,2025-01-01,c9,2025-02-31,\n3,2025-01-02,c8,,\n4,2027-01-01,c7,2025-01-07,2025-01-08\n",
        ["column qualified_date: 1 row", "(lines 3, 4, 5)", "stage_events: 1 row is dated after", "2025-12-31"],
    ),
}


@pytest.mark.parametrize("shape", UNREAD)
def test_rows_that_cannot_be_read_are_asked_all_else_in_the_same_report(tmp_path: Path, shape: str) -> None:
    text, said = UNREAD[shape]
    files = {"customers": write(tmp_path, PEOPLE, "people.csv"), shape: write(tmp_path, text)}
    columns = {shape: {"stages": ("qualified_date", "won_date")}} if shape == "lead_stages" else None
    report = str(refused(files, columns, observation_end="2025-12-31"))
    assert [each for each in ["of unknown customers (customer_id)", *said] if each not in report] == []
    assert len({line.partition("(")[0] for line in report.splitlines()}) == len(report.splitlines())
    known = files | {"customers": write(tmp_path, PEOPLE + "".join(f"c{n},2025-01-01\n" for n in (7, 8, 9)), "all.csv")}
    assert "unknown" not in str(refused(known, columns, observation_end="2025-12-31"))


def test_a_sheet_of_which_nothing_can_be_built_is_asked_for_its_customers(tmp_path: Path) -> None:
    log = write(tmp_path, "lead_id,event,time,customer_id\n1,odd,2025-01-01,c9\n")
    report = str(refused({"customers": write(tmp_path, PEOPLE, "people.csv"), "event_log": log}))
    assert "'odd' (1 row)" in report
    assert "leads: 1 row is of unknown customers (customer_id) (line 2)" in report


def test_subtotals_within_a_sheet_go_and_a_customer_called_total_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "cust,date,total\na,2025-01-31,5\nTotal,2025-02-01,6\n소계,,11\nb,2025-02-03,8\n소계,,8\n합계,,19\n"
    path = write(tmp_path, rows)
    assert "3 rows are of totals (lines 4, 6, 7)." in str(refused(path))
    adopted = adopt(path, choose={"total_rows": "drop"})
    assert adopted.orders["customer_id"].tolist() == ["a", "Total", "b"]
    said = capsys.readouterr().out
    assert "export.csv: 1 row is called a total (line 3), but adds up no others: it stays as data." in said
    assert "export.csv: 3 rows of totals (lines 4, 6, 7) were left out." in said


TENURE = "고객번호,가입개월,{},요금제\nc1,3,{yes},basic\nc2,13,{no},basic\nc3,4,{yes},premium\n"


@pytest.mark.parametrize("name", ["유지여부", "active", "is_retained", "이용여부"])
def test_a_column_that_asks_who_stays_is_turned_said_and_kept_in_the_mapping(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    path = write(tmp_path, TENURE.format(name, yes="Y", no="N"), "keep-1.csv")
    adopted = adopt(path, observation_end="2025-12-31", out=tmp_path / "keep")
    assert adopted.contracts["ended_on"].notna().tolist() == [False, True, False]
    said = capsys.readouterr().out
    assert "asks the opposite of it; 2 different; true for 'N', false for 'Y'" in said
    assert f"3 answers in {name} were turned, for it asks the opposite of churned" in said
    mapping = (tmp_path / "keep" / "mapping.toml").read_text(encoding="utf-8")
    assert 'opposite = "by_name"' in mapping
    assert "# asks the opposite of it" in mapping
    again = adopt(path, mapping=tmp_path / "keep" / "mapping.toml", observation_end="2025-12-31")
    assert again.contracts["ended_on"].notna().tolist() == [False, True, False]
    as_it_stands = adopt(path, choose={"opposite": "none"}, observation_end="2025-12-31")
    assert as_it_stands.contracts["ended_on"].notna().tolist() == [True, False, True]


def test_a_state_of_yes_and_no_is_asked_and_one_in_words_is_not(tmp_path: Path) -> None:
    path = write(tmp_path, TENURE.format("고객상태", yes="1", no="0"))
    (problem,) = refused(path, observation_end="2025-12-31").problems
    assert (problem.column, "opposite=churned" in problem.remedy) == ("고객상태", True)
    adopted = adopt(path, choose={"opposite": "churned"}, observation_end="2025-12-31")
    assert adopted.contracts["ended_on"].notna().tolist() == [False, True, False]
    words = write(tmp_path, TENURE.format("고객상태", yes="유지", no="해지"))
    assert adopt(words, observation_end="2025-12-31").contracts["ended_on"].notna().tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"currency": "won"}, "currency is 'won'"),
        ({"observation_end": "2025-02-30"}, "observation_end is '2025-02-30'"),
        ({"observation_end": "soon"}, "observation_end is 'soon'"),
        ({"files": {}}, "files names no file"),
        ({"files": ""}, "files names no file"),
        ({"files": {"ordres": "x.csv"}}, "Did you mean orders"),
        ({"decimal": "dot"}, "--decimal 'dot' is none of point, comma"),
        ({"mapping": "none.toml"}, "is not there"),
    ],
)
def test_settings_that_are_none_are_said_plainly(tmp_path: Path, wrong: dict, said: str) -> None:
    files = {"orders": write(tmp_path, ORDERS)}
    with pytest.raises(ValueError, match=said):
        adopt(**({"files": files} | wrong))


def test_columns_that_are_not_there_are_told_with_what_is(tmp_path: Path) -> None:
    error = refused({"orders": write(tmp_path, ORDERS)}, {"orders": {"amount": "amont"}, "leads": {"lead_id": 1}})
    assert [(each.table, each.column) for each in error.problems] == [("leads", ""), ("export.csv", "amount")]
    assert "perhaps 'amount'?" in str(error)


def test_orders_after_the_end_are_refused_or_left_out_by_choice(tmp_path: Path) -> None:
    path = write(tmp_path, ORDERS)
    assert "future_dates=drop" in str(refused(path, observation_end="2025-01-31"))
    assert len(adopt(path, observation_end="2025-01-31", choose={"future_dates": "drop"}).orders) == 1


def test_the_currency_is_the_one_that_is_written(tmp_path: Path) -> None:
    assert adopt(write(tmp_path, "cust,date,total\n1,2025-01-31,€ 5\n1,2025-01-31,€ 7\n")).currency == "EUR"
    mixed = write(tmp_path, "cust,date,total\n1,2025-01-31,€5\n1,2025-02-01,$7\n1,2025-02-02,€7\n")
    assert "is not one: 2 rows in EUR, 1 rows in USD. Say --currency EUR" in str(refused(mixed))
    adopted = adopt(mixed, currency="EUR", choose={"currencies": "USD=0.5"})
    assert adopted.orders["amount"].tolist() == [5.0, 3.5, 7.0]
    yen = write(tmp_path, "cust,date,total\n1,2025-01-31,¥5\n1,2025-01-31,¥7\n", encoding="utf-8-sig")
    assert "¥, which is the yen or the yuan" in str(refused(yen))
    assert adopt(yen, currency="JPY").currency == "JPY"


def test_nothing_is_overwritten_unless_it_is_said(tmp_path: Path) -> None:
    path = write(tmp_path, ORDERS)
    adopt(path, out=tmp_path / "shop", name="one")
    with pytest.raises(FileExistsError, match="shop is there already"):
        adopt(path, out=tmp_path / "shop", name="two")
    assert open_company(tmp_path / "shop").name == "one"
    adopt(path, out=tmp_path / "shop", name="two", overwrite=True)
    assert open_company(tmp_path / "shop").name == "two"


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL on Windows")
def test_a_killed_adoption_leaves_nothing_half_written(tmp_path: Path) -> None:
    path = write(tmp_path, ORDERS)
    code = (
        "import time; from crmlab.data import package; from crmlab.intake import adopt; real = package.write\n"
        "def slow(company, place):\n    real(company, place); print('written', flush=True); time.sleep(60)\n"
        f"package.write = slow\nadopt({str(path)!r}, out={str(tmp_path / 'shop')!r})"
    )
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert any(line == "written\n" for line in child.stdout)
    child.send_signal(signal.SIGKILL)
    child.wait(10)
    time.sleep(0.1)
    assert not (tmp_path / "shop").exists()
    assert path.read_text(encoding="utf-8") == ORDERS
    adopt(path, out=tmp_path / "shop")
    assert len(open_company(tmp_path / "shop").orders) == 2


@pytest.mark.skipif(not CDNOW.is_file(), reason="CDNOW_sample.txt is not here; CRMLAB_CDNOW names it")
def test_the_published_cdnow_sample_is_adopted_as_it_is(tmp_path: Path) -> None:
    columns = {"orders": {"customer_id": 2, "ordered_at": 3, "amount": 5}}
    adopted = adopt({"orders": CDNOW}, columns, out=tmp_path / "cdnow", currency="USD")
    assert len(adopted.orders) == 6919
    assert adopted.orders["customer_id"].nunique() == 2357
    assert adopted.orders["customer_id"].iloc[0] == "0001"
    assert adopted.orders["amount"].sum() == pytest.approx(244_091.94, abs=0.005)
    assert adopted.observation_end == "1998-06-30"
    same(open_company(tmp_path / "cdnow"), adopted)
