from __future__ import annotations

import json
import os
import warnings
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmlab import data
from crmlab.company import Company, Truth
from crmlab.data import adopt, built_in, open_company, save
from crmlab.data.validation import DataError, validate

ROOT = Path(__file__).resolve().parent.parent
CDNOW = Path(os.environ.get("CRMLAB_CDNOW", ROOT.parent / "shared" / "data" / "CDNOW_sample.txt"))
BY_PLACE = {"orders": {"customer_id": 2, "ordered_at": 3, "amount": 5}}
ORDERS = "customer_id,ordered_at,amount,shop\n0001,2025-01-31,5.5,Seoul\n0002,2025-02-01,6,\n"


def company(name: str = "shop") -> Company:
    orders = pd.DataFrame(
        {"customer_id": ["0001", "김"], "ordered_at": ["2025-01-31", "2025-02-01"], "amount": [0.1, 2]}
    )
    customers = pd.DataFrame({"customer_id": ["0001", "김"], "acquired_on": "2025-01-01", "birth_year": [1990, None]})
    parameters = pd.DataFrame(
        {"value": [0.5], "unit": [""], "meaning": ["a share"]}, index=pd.Index(["p"], name="name", dtype=object)
    )
    known = pd.DataFrame(
        {"customer_id": ["0001", "김"], "orders": [1, 1], "left_on": pd.to_datetime(["2025-03-01", None])}
    )
    tables = validate({"orders": orders, "customers": customers})
    return Company(name, tables, "2025-12-31", "USD", Truth(parameters, {"customers": known}))


def same(one: Company, other: Company) -> None:
    assert (one.name, one.observation_end, one.currency) == (other.name, other.observation_end, other.currency)
    assert list(one.tables) == list(other.tables)
    for name in one.tables:
        pd.testing.assert_frame_equal(one.tables[name], other.tables[name], check_exact=True)
    assert (one.truth is None) == (other.truth is None)
    if one.truth and other.truth:
        pd.testing.assert_frame_equal(one.truth.parameters, other.truth.parameters)
        assert list(one.truth.tables) == list(other.truth.tables)
        for name in one.truth.tables:
            pd.testing.assert_frame_equal(one.truth.tables[name], other.truth.tables[name])


def write(folder: Path, text: str, name: str = "export.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_what_is_saved_opens_as_it_was(tmp_path: Path) -> None:
    save(company(), tmp_path / "shop")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        same(open_company(tmp_path / "shop"), company())


DAYS = st.dates(pd.Timestamp("1900-01-01").date(), pd.Timestamp("2100-12-31").date()).map(str)
NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=5)
ROWS = st.lists(
    st.tuples(NAMES, DAYS, st.floats(0, allow_infinity=False), st.none() | NAMES, st.none() | NAMES),
    min_size=1,
    max_size=8,
)


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS)
def test_any_valid_company_comes_back_from_its_folder(tmp_path: Path, rows: list[tuple]) -> None:
    columns = ["customer_id", "ordered_at", "amount", "order_id", "own"]
    try:
        tables = validate({"orders": pd.DataFrame(rows, columns=columns, dtype=object)})
    except DataError:  # a customer who is called NULL
        return
    save(Company("any", tables, "2100-12-31"), tmp_path / "any", overwrite=True)
    opened = open_company(tmp_path / "any")
    pd.testing.assert_frame_equal(
        opened.orders.fillna({"own": ""}), tables["orders"].fillna({"own": ""}), check_exact=True
    )
    first = {path.name: path.read_bytes() for path in (tmp_path / "any").iterdir()}
    save(opened, tmp_path / "any", overwrite=True)
    assert first == {path.name: path.read_bytes() for path in (tmp_path / "any").iterdir()}


def test_saving_does_not_overwrite_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    save(company(), tmp_path / "shop")
    with pytest.raises(FileExistsError, match="shop is there already"):
        save(company("other"), tmp_path / "shop")
    bad = Company("bad", {"orders": company().orders.assign(amount=-1.0)}, "2025-12-31")
    with pytest.raises(DataError, match="below 0"):
        save(bad, tmp_path / "shop", overwrite=True)
    assert open_company(tmp_path / "shop").name == "shop"
    save(company("other"), tmp_path / "shop", overwrite=True)
    assert open_company(tmp_path / "shop").name == "other"
    assert [path.name for path in tmp_path.iterdir()] == ["shop"]


def test_an_edited_table_is_checked_again_with_a_warning(tmp_path: Path) -> None:
    save(company(), tmp_path / "shop")
    path = tmp_path / "shop" / "orders.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("0.1", "0.25"), encoding="utf-8")
    with pytest.warns(UserWarning, match=r"edited since it was saved: orders.csv"):
        opened = open_company(tmp_path / "shop")
    assert opened.orders["amount"].tolist() == [0.25, 2.0]
    assert opened.orders["customer_id"].tolist() == ["0001", "김"]
    path.write_text(path.read_text(encoding="utf-8").replace("0.25", "much"), encoding="utf-8")
    with pytest.raises(DataError, match=r"orders.amount: 1 row is not a number \(line 2\), such as 'much'"):
        open_company(tmp_path / "shop")


def test_a_table_saved_again_by_a_spreadsheet_opens(tmp_path: Path) -> None:
    save(company(), tmp_path / "shop")
    path = tmp_path / "shop" / "orders.csv"
    text = path.read_text(encoding="utf-8").replace(",", ";").replace("\n", "\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    with pytest.warns(UserWarning, match="edited"):
        pd.testing.assert_frame_equal(open_company(tmp_path / "shop").orders, company().orders)


def test_an_edited_description_does_not_smuggle_anything_in(tmp_path: Path) -> None:
    save(company(), tmp_path / "shop")
    path = tmp_path / "shop" / "datapackage.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    told["resources"][0]["schema"]["fields"][2]["type"] = "string"
    path.write_text(json.dumps(told), encoding="utf-8")
    assert open_company(tmp_path / "shop").orders["amount"].dtype == float
    told["resources"][0]["schema"]["fields"].pop()
    path.write_text(json.dumps(told), encoding="utf-8")
    with pytest.warns(UserWarning, match="datapackage.json"):
        assert open_company(tmp_path / "shop").orders["amount"].dtype == float


def test_missing_files_are_told_together(tmp_path: Path) -> None:
    save(company(), tmp_path / "shop")
    (tmp_path / "shop" / "orders.csv").unlink()
    (tmp_path / "shop" / "truth" / "customers.csv").unlink()
    with pytest.raises(DataError, match=r"lacks the files orders.csv, truth/customers.csv"):
        open_company(tmp_path / "shop")


def test_a_package_of_another_program_is_checked_without_a_warning(tmp_path: Path) -> None:
    write(tmp_path, ORDERS, "orders.csv")
    package = {"name": "theirs", "resources": [{"name": "orders", "path": "orders.csv"}]}
    write(tmp_path, json.dumps(package), "datapackage.json")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        opened = open_company(tmp_path)
    assert (opened.name, opened.observation_end, opened.truth) == ("theirs", "2025-02-01", None)


def test_what_is_no_company_is_said_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="there is no company 'retial'"):
        open_company("retial")
    with pytest.raises(DataError, match=r"holds no datapackage.json.*crmlab adopt"):
        open_company(tmp_path)
    monkeypatch.chdir(tmp_path)
    save(company(), tmp_path / "shop")
    assert open_company("shop").name == "shop"


def test_built_in_companies_open_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(company("one"), tmp_path / "datasets" / "retail")
    save(company("mine"), tmp_path / "retail")
    monkeypatch.setattr(data, "_DATASETS", (tmp_path / "nowhere", tmp_path / "datasets"))
    monkeypatch.chdir(tmp_path)
    assert list(built_in()) == ["retail"]
    assert open_company("retail").name == "one"
    assert open_company("./retail").name == "mine"


def test_adopting_a_file_with_a_header(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "cust_no;date;total;Stadt;n\n0001;2025-01-31 10:00;5.5;Köln;1\n0002;20250201;6;;2\n"
    columns = {"orders": {"customer_id": "cust_no", "ordered_at": "date", "amount": "total"}}
    path = write(tmp_path, text)
    adopted = adopt({"orders": path}, columns, out=tmp_path / "my.shop", currency="EUR")
    assert adopted.orders["customer_id"].tolist() == ["0001", "0002"]
    assert adopted.orders["ordered_at"].tolist() == [pd.Timestamp("2025-01-31"), pd.Timestamp("2025-02-01")]
    assert adopted.orders["n"].dtype == "int64"
    assert (adopted.name, adopted.currency, adopted.truth) == ("my.shop", "EUR", None)
    same(open_company(tmp_path / "my.shop"), adopted)
    assert capsys.readouterr().out.splitlines() == [
        "orders: 2 rows read from export.csv (separated by semicolons, with a header).",
        "orders.ordered_at: the time of day is left out.",
        "orders: kept beside the known columns: Stadt, n.",
        "The observation is taken to end on 2025-02-01, the last day that occurs.",
    ]
    assert path.read_text(encoding="utf-8") == text


def test_adopting_a_file_whose_header_speaks_for_itself(tmp_path: Path) -> None:
    adopted = adopt({"orders": write(tmp_path, ORDERS)}, observation_end="2025-12-31")
    assert (adopted.name, adopted.observation_end, adopted.currency) == ("export", "2025-12-31", "KRW")
    assert adopted.orders["shop"].isna().tolist() == [False, True]


def test_every_problem_of_every_file_is_in_one_report(tmp_path: Path) -> None:
    orders = write(tmp_path, "cust,date,total\n1,2025-02-30,5\n2,2025-01-31,x,9\n9,2025-01-31,y\n")
    customers = write(tmp_path, "customer_id,acquired_on\n1,2025-01-01\n1,2025-01-01\n", "people.csv")
    columns = {"orders": {"customer_id": "cust", "ordered_at": "date", "amount": "totl"}, "leads": {"lead_id": 1}}
    files = {"orders": orders, "customers": customers, "tickets": tmp_path / "none.csv"}
    with pytest.raises(DataError) as caught:
        adopt(files, columns, out=tmp_path / "shop")
    assert [(each.table, each.column, each.first) for each in caught.value.problems] == [
        ("leads", "", ()),
        ("orders", "", (3,)),
        ("orders", "amount", ()),
        ("tickets", "", ()),
        ("orders", "ordered_at", (2,)),
        ("customers", "customer_id", (3,)),
        ("orders", "customer_id", (4,)),
    ]
    assert not (tmp_path / "shop").exists()


def test_a_file_without_a_header_and_without_columns_says_what_it_begins_with(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"The table has '1', '2025-01-31', '5'. Say in columns which is which"):
        adopt({"orders": write(tmp_path, "1,2025-01-31,5\n2,2025-01-31,6\n")})


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"currency": "won"}, "currency is 'won'"),
        ({"observation_end": "2025-02-30"}, "observation_end is '2025-02-30'"),
        ({"observation_end": "soon"}, "observation_end is 'soon'"),
        ({"files": {}}, "files names no file"),
        ({"files": "export.csv"}, "files names no file"),
    ],
)
def test_settings_that_are_none_are_said_plainly(tmp_path: Path, wrong: dict, said: str) -> None:
    files = {"orders": write(tmp_path, ORDERS)}
    with pytest.raises(ValueError, match=said):
        adopt(**({"files": files} | wrong))


def test_orders_after_the_end_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"after the end of the observation, 2025-01-31 \(line 3\)"):
        adopt({"orders": write(tmp_path, ORDERS)}, observation_end="2025-01-31")


@pytest.mark.skipif(not CDNOW.is_file(), reason="CDNOW_sample.txt is not here; CRMLAB_CDNOW names it")
def test_the_published_cdnow_sample_is_adopted_as_it_is(tmp_path: Path) -> None:
    adopted = adopt({"orders": CDNOW}, BY_PLACE, out=tmp_path / "cdnow", currency="USD")
    assert len(adopted.orders) == 6919
    assert adopted.orders["customer_id"].nunique() == 2357
    assert adopted.orders["customer_id"].iloc[0] == "0001"
    assert adopted.orders["amount"].sum() == pytest.approx(244_091.94, abs=0.005)
    assert adopted.observation_end == "1998-06-30"
    same(open_company(tmp_path / "cdnow"), adopted)
