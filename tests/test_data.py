from __future__ import annotations

import json
import warnings
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmlab import data
from crmlab.company import Company, Truth
from crmlab.data import built_in, open_company, save
from crmlab.data.validation import DataError, validate

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
