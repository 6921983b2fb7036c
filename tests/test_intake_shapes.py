"""The registry of shapes: every table is one, and each says what it needs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crmlab.data.validation import LINE, DataError, validate
from crmlab.intake.choices import CHOICES
from crmlab.intake.shapes import SHAPES, Settings, headings, one_of_many
from crmlab.intake.shapes.reading import at_lines, fault_of, kinds_in, take, tidy
from crmlab.tables import TABLES
from intake_sheets import sheet

SPECIAL = ("sales_lines", "spans", "tenure", "wide_months", "event_log", "lead_stages")


def test_every_table_of_the_dictionary_is_a_shape() -> None:
    assert list(SHAPES) == [*TABLES, *SPECIAL]
    for name, table in TABLES.items():
        assert SHAPES[name].tables == (name,)
        assert [role for role in SHAPES[name].required if role != "currency"] == list(table.required)


def test_a_currency_may_stand_beside_money_and_only_there() -> None:
    beside = {name for name, shape in SHAPES.items() if any(role.name == "currency" for role in shape.roles)}
    assert {"orders", "contracts", "channel_spend", "sales_lines", "spans", "tenure"} <= beside
    assert beside.isdisjoint({"surveys", "leads", "event_log", "wide_months"})


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_shapes_name_tables_kinds_and_choices_that_there_are(shape) -> None:
    assert set(shape.tables) <= set(TABLES)
    assert {role.kind for role in shape.roles} <= {"text", "integer", "number", "date", "boolean"}
    assert set(shape.choices) <= set(CHOICES)
    assert len({role.name for role in shape.roles}) == len(shape.roles)
    assert shape.role(shape.roles[0].name) is shape.roles[0]
    with pytest.raises(KeyError):
        shape.role("nothing of the kind")


def test_a_table_passes_as_a_copy_with_its_days_and_numbers_in_their_types() -> None:
    days = ["2025-01-31", "20250201"]
    frame = sheet({"customer_id": "ab", "ordered_at": days, "amount": "57", "shop": "xy"})
    built = SHAPES["orders"].build(frame, Settings())
    read = frame.assign(ordered_at=pd.to_datetime(["2025-01-31", "2025-02-01"]), amount=[5.0, 7.0])
    pd.testing.assert_frame_equal(built.tables["orders"], read)
    built.tables["orders"].iloc[0, 0] = "c"
    assert frame["customer_id"].tolist() + frame["ordered_at"].tolist() == ["a", "b", *days]
    assert (validate(built.tables)["orders"]["amount"].sum(), built.notes) == (12, [])


def test_a_table_keeps_the_text_of_a_column_that_cannot_be_read_and_tells_of_times() -> None:
    frame = sheet({"customer_id": "ab", "ordered_at": ["2025-01-31 10:00", "2025-02-01"], "amount": ["5", "x"]})
    built = SHAPES["orders"].build(frame, Settings())
    assert built.notes == ["orders.ordered_at: the time of day is left out."]
    assert built.tables["orders"]["ordered_at"].tolist() == [pd.Timestamp("2025-01-31"), pd.Timestamp("2025-02-01")]
    pd.testing.assert_series_equal(built.tables["orders"]["amount"], frame["amount"])


@pytest.mark.parametrize("name", SPECIAL)
def test_a_role_that_lacks_is_named(name: str) -> None:
    shape = SHAPES[name]
    with pytest.raises(DataError) as caught:
        shape.build(sheet({"other": "ab"}), Settings("mine.csv", "2025-12-31"))
    assert all(role in str(caught.value) for role in shape.required)
    assert "mine.csv" in str(caught.value)


@pytest.mark.parametrize("name", SPECIAL)
def test_an_unread_value_is_named_with_its_line(name: str) -> None:
    shape = SHAPES[name]
    values = {"text": "ab", "integer": ["1", "1.5"], "number": ["1", "much"], "date": ["2025-01-01", "2025-02-30"]}
    values["boolean"] = ["true", "perhaps"]
    labels = {
        (one_of_many(role.name, "2025-01") if role.many else role.name): values[role.kind] for role in shape.roles
    }
    with pytest.raises(DataError) as caught:
        shape.build(sheet(labels), Settings("mine.csv", "2025-12-31", {"stages": "keep"}))
    assert all(problem.first == (3,) and problem.by_line for problem in caught.value.problems)
    assert {problem.column for problem in caught.value.problems} == {
        "2025-01" if role.many else role.name for role in shape.roles if role.kind != "text"
    }


def test_labels_of_many_lead_back_to_their_headings() -> None:
    labels = [one_of_many("months", heading) for heading in ("2025-01", "a: b", 3)]
    assert list(headings(["x", 5, *labels], "months").values()) == ["2025-01", "a: b", "3"]


def test_taking_needs_values_only_where_it_is_told() -> None:
    frame = sheet({"customer_id": ["a", None, "NA"], "tenure": ["1", "2", None], "churned": "nnn"})
    with pytest.raises(DataError, match=r"customer_id: 2 rows are empty \(lines 3, 4\)|customer_id: 1 row is empty"):
        take(frame, SHAPES["tenure"], Settings(), ["customer_id"])
    assert take(frame, SHAPES["tenure"], Settings(), [])["tenure"].isna().sum() == 1


def test_places_are_lines_where_they_are_known() -> None:
    frame = sheet({"x": "abcdefg"})
    rows = np.ones(7, bool)
    assert at_lines(frame, rows) == "lines 2, 3, 4, 5, 6, ..."
    assert at_lines(frame.reset_index(drop=True), frame["x"] == "c") == "position 2"
    assert frame.index.name == LINE
    assert fault_of("s", "x", frame, frame["x"] == "z", "bad", "Mend it.") == []


@pytest.mark.parametrize(
    ("sums", "parts", "tidied"),
    [([0.1 + 0.2], [0.1, 0.2], [0.3]), ([3.0000000001], [1, 2], [3]), ([1 / 3 + 1e-9], [1 / 3], [1 / 3 + 1e-9])],
)
def test_sums_are_rounded_to_the_decimals_of_their_parts(sums: list, parts: list, tidied: list) -> None:
    assert tidy(pd.Series(sums), pd.Series(parts)).to_list() == tidied


def test_kinds_count_an_empty_value_as_one() -> None:
    assert kinds_in(pd.Series(["x", "x", None]), np.array(["a", "b", "b"])).to_dict() == {"a": 1, "b": 2}


@pytest.mark.parametrize("name", SPECIAL)
def test_columns_of_theirs_never_clash_with_those_that_a_shape_makes(name: str) -> None:
    shape = SHAPES[name]
    values = {"text": ["lead", "lead"], "integer": "12", "number": "57", "boolean": ["true"] * 2}
    values["date"] = ["2025-01-01"] * 2
    made = {column.name for table in shape.tables for column in TABLES[table].columns} | {"date_precision"}
    theirs = made - {role.name for role in shape.roles}
    named = [(one_of_many(role.name, "2025-01") if role.many else role.name, role.kind) for role in shape.roles]
    columns = {label: values[kind] for label, kind in named}
    frame = sheet(columns | dict.fromkeys(theirs, "xy"))
    tables = shape.build(frame, Settings("mine.csv", "2025-12-31", {"stages": "keep"})).tables
    assert all(table.columns.is_unique for table in tables.values())
    assert any(f"their {theirs_one}" in table for table in tables.values() for theirs_one in theirs)
