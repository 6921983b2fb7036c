"""Folders that fit open as they are; others are looked at as far as they can be read."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import crmlab as crm
from crmlab.checking.opening import look_into

CUSTOMERS = pd.DataFrame({"customer_id": ["a", "b"], "acquired_on": pd.to_datetime(["2025-01-01", "2025-01-02"])})
ORDERS = pd.DataFrame(
    {"customer_id": ["a", "b"], "ordered_at": pd.to_datetime(["2025-02-01", "2025-03-01"]), "amount": 5.0}
)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "my shop 한글"
    crm.save(crm.Company("shop", {"customers": CUSTOMERS, "orders": ORDERS}, "2025-12-31"), folder)
    return folder


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_folder_that_fits_has_no_problems(shop: Path) -> None:
    company, problems, said = look_into(shop)
    assert (list(company.tables), problems, said) == (["customers", "orders"], (), ())


def test_an_edited_folder_says_so(shop: Path) -> None:
    edit(shop / "orders.csv", "5.0", "6.0")
    _, problems, said = look_into(shop)
    assert problems == ()
    assert "edited since it was saved" in said[0]


def test_what_does_not_fit_is_told_without_its_values_and_the_rest_is_read(shop: Path) -> None:
    edit(shop / "orders.csv", "b,2025-03-01,5.0", "kim@example.com,tomorrow,5.0")
    company, problems, _ = look_into(shop)
    told = " ".join(map(str, problems))
    assert "orders.customer_id" in told
    assert "orders.ordered_at" in told
    assert "kim" not in told
    assert "tomorrow" not in told
    assert company.orders["ordered_at"].isna().to_list() == [False, True]
    assert company.observation_end == "2025-12-31"


def test_a_table_that_lacks_what_it_needs_is_left_out(shop: Path) -> None:
    edit(shop / "orders.csv", "ordered_at", "when")
    company, problems, _ = look_into(shop)
    assert list(company.tables) == ["customers"]
    assert problems


@pytest.mark.parametrize("broken", ["", "{", '{"resources": []}', "[]"])
def test_what_cannot_be_read_at_all_is_an_error(shop: Path, broken: str) -> None:
    (shop / "datapackage.json").write_text(broken, encoding="utf-8")
    with pytest.raises(crm.DataError):
        look_into(shop)


def test_no_folder_and_no_description_are_errors(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there is no company"):
        look_into(tmp_path / "nowhere")
    with pytest.raises(crm.DataError, match="holds no datapackage"):
        look_into(tmp_path)
