from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from crmlab.company import Company, Truth
from crmlab.data import package
from crmlab.data.csvfiles import checksum
from crmlab.data.validation import DataError, validate
from crmlab.tables import TABLES


@pytest.fixture
def company() -> Company:
    tables = {
        "customers": pd.DataFrame(
            {"customer_id": ["0001"], "acquired_on": "2025-01-01", "birth_year": 1990, "own": [7]}
        ),
        "surveys": pd.DataFrame(
            {"survey_id": ["1"], "customer_id": "0001", "sent_on": "2025-01-02", "nps": [""], "csat": 5}
        ),
    }
    parameters = pd.DataFrame({"value": [0.1], "unit": [""], "meaning": ["m"]}, index=pd.Index(["p"], name="name"))
    truth = Truth(parameters, {"customers": pd.DataFrame({"customer_id": ["0001"], "stays": [True]})})
    return Company("우리 Shop 1", validate(tables), "2025-12-31", "USD", truth)


def told(folder: Path) -> dict:
    return json.loads((folder / package.DESCRIPTOR).read_text(encoding="utf-8"))


def test_the_descriptor_says_what_the_dictionary_knows(company: Company, tmp_path: Path) -> None:
    package.write(company, tmp_path)
    descriptor = told(tmp_path)
    assert (descriptor["name"], descriptor["title"]) == ("shop-1", "우리 Shop 1")
    assert descriptor["licenses"][0]["name"] == "CC0-1.0"
    assert descriptor["crmlab"]["observation_end"] == "2025-12-31"
    assert descriptor["crmlab"]["currency"] == "USD"
    customers, surveys = descriptor["resources"]
    assert customers["schema"]["primaryKey"] == ["customer_id"]
    reference = {"resource": "customers", "fields": ["customer_id"]}
    assert surveys["schema"]["foreignKeys"] == [{"fields": ["customer_id"], "reference": reference}]
    nps = next(field for field in surveys["schema"]["fields"] if field["name"] == "nps")
    assert nps == {
        "name": "nps",
        "type": "integer",
        "description": TABLES["surveys"].column("nps").meaning,
        "unit": "0 to 10",
        "constraints": {"minimum": 0, "maximum": 10},
    }


def test_sizes_and_checksums_are_those_of_the_files(company: Company, tmp_path: Path) -> None:
    package.write(company, tmp_path)
    resources = told(tmp_path)["resources"] + told(tmp_path)["crmlab"]["truth"]
    assert [one["path"] for one in resources] == [
        "customers.csv",
        "surveys.csv",
        "truth/parameters.csv",
        "truth/customers.csv",
    ]
    for one in resources:
        data = (tmp_path / one["path"]).read_bytes()
        assert (one["bytes"], one["hash"]) == (len(data), checksum(data))
        assert b"\r" not in data
    assert package.files(tmp_path) == {package.DESCRIPTOR, package.MAPPING, *(one["path"] for one in resources)}


def test_the_same_company_gives_the_same_bytes(company: Company, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        package.write(company, tmp_path / name)
    for path in package.files(tmp_path / "a") - {package.MAPPING}:
        assert (tmp_path / "a" / path).read_bytes() == (tmp_path / "b" / path).read_bytes()


def test_a_company_of_ones_own_names_no_licence_and_no_missing_table(company: Company, tmp_path: Path) -> None:
    own = Company("own", {"surveys": company.surveys}, "2025-12-31")
    package.write(own, tmp_path)
    assert "licenses" not in told(tmp_path)
    assert "foreignKeys" not in told(tmp_path)["resources"][0]["schema"]
    assert told(tmp_path)["crmlab"]["truth"] == []


def test_a_twin_of_a_company_of_ones_own_names_no_licence(company: Company, tmp_path: Path) -> None:
    assert company.truth
    left = pd.DataFrame({"table": ["surveys"], "why": ["words are personal"]})
    truth = Truth(company.truth.parameters, {"not_carried": left})
    package.write(Company("twin", company.tables, "2025-12-31", truth=truth), tmp_path)
    assert "licenses" not in told(tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "holds no datapackage.json"),
        ("{", "is not JSON"),
        ("[]", "is no description of tables"),
        ("{}", "is no description of tables"),
        ('{"resources": [{"name": "orders"}]}', "is no description of tables"),
        ('{"resources": [{"name": "orders", "path": "../orders.csv"}]}', "leads out of the folder"),
        ('{"resources": [{"name": "orders", "path": "/etc/passwd"}]}', "leads out of the folder"),
        ('{"resources": [{"name": "orders", "path": "C:\\\\orders.csv"}]}', "leads out of the folder"),
        ('{"resources": [{"name": "orders", "path": ["a.csv"]}]}', "is no description of tables"),
    ],
)
def test_what_is_no_package_is_said_plainly(tmp_path: Path, text: str | None, said: str) -> None:
    if text is not None:
        (tmp_path / package.DESCRIPTOR).write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=said):
        package.read(tmp_path)
    assert package.files(tmp_path) == set()
