"""A company: tables by name, truth apart."""

import pandas as pd
import pytest

from crmlab.company import Company, Truth, UnmetNeedError
from crmlab.data import open_company


@pytest.fixture
def company():
    orders = pd.DataFrame({"customer_id": ["a"], "ordered_at": pd.to_datetime(["2025-03-01"]), "amount": [10.0]})
    parameters = pd.DataFrame({"value": [0.5], "unit": ["share"], "meaning": ["half"]}, index=["r"])
    return Company("shop <b>", {"orders": orders}, "2025-12-31", truth=Truth(parameters, {"customers": orders}))


def test_tables_are_reached_by_name(company):
    assert company.orders is company.tables["orders"]
    assert "orders" in dir(company)


def test_a_missing_table_is_named_with_those_there_are(company):
    with pytest.raises(UnmetNeedError, match=r"has no table 'contracts'; it has orders\. docs/tables\.md") as lacking:
        _ = company.contracts
    assert lacking.value._render_traceback_() == [str(lacking.value)], "a notebook shows the words alone"
    with pytest.raises(UnmetNeedError, match="has no table 'contracts'"):
        company.dictionary("orders", "contracts")
    with pytest.raises(AttributeError, match=r"has no table 'order'; it has orders$"):
        _ = company.order
    assert not hasattr(company, "contracts")
    with pytest.raises(AttributeError, match="the truth holds no table 'orders'; it holds customers"):
        _ = company.truth.orders


def test_truth_gives_parameters_by_name(company):
    assert company.truth["r"] == 0.5
    with pytest.raises(KeyError):
        _ = company.truth["s"]


def test_dictionary_shows_only_the_columns_that_are_there(company):
    assert company.dictionary("orders")["column"].to_list() == ["customer_id", "ordered_at", "amount"]


def test_overview_counts_rows_and_days(company):
    assert company.overview().loc["orders", "rows"] == 1
    assert company.overview().loc["orders", "last day"] == pd.Timestamp("2025-03-01")


def test_days_of_birth_are_no_first_days():
    overview = open_company("retail").overview()
    assert overview["first day"].min() >= pd.Timestamp("2020-01-01")


def test_the_face_escapes_the_name(company):
    assert "<b>" not in company._repr_html_().removeprefix("<p>")
