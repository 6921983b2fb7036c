"""Comparisons: which levels a pair of values reaches, asked of the database itself."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from crmlab.identity import comparisons

FIELDS = ["name", "email", "phone", "birth_date", "postcode"]
SAME = {"email": "kim.seo7@example.com", "phone": "01001234567", "postcode": "04633"}


def level(name: str, fields: tuple[str, ...], left: dict[str, Any], right: dict[str, Any]) -> str:
    """Return the label of the first level whose condition holds for two records."""
    sides = [f"CAST(? AS VARCHAR) AS {field}_{side}" for side in "lr" for field in fields]
    values = [record.get(field) for record in (left, right) for field in fields]
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE pair AS SELECT {', '.join(sides)}", values)
        for creator in comparisons._levels(name, fields):
            made = creator.get_comparison_level("duckdb")
            condition = made.sql_condition.replace('"', "")
            if condition == "ELSE" or connection.sql(f"SELECT coalesce({condition}, false) FROM pair").fetchall()[0][0]:
                return made.label_for_charts
    raise AssertionError("no level holds")


@pytest.mark.parametrize(
    ("left", "right", "said"),
    [
        ("1990-05-06", "1990-05-06", "agrees"),
        ("1990-05-06", "1990-06-05", "swapped or one slip"),
        ("1990-05-06", "1990-05-16", "swapped or one slip"),
        ("1990-05-06", "1991-06-05", "differs"),
        ("1990-05-06", None, "missing"),
    ],
)
def test_days_of_birth(left: str, right: str | None, said: str):
    assert level("birth_date", ("birth_date",), {"birth_date": left}, {"birth_date": right}) == said


@pytest.mark.parametrize(
    ("right", "said"),
    [("kim minseo", "agrees"), ("kim minsyeo", "one slip"), ("kim mniseo", "one slip"), ("kim jisu", "differs")],
)
def test_names(right: str, said: str):
    assert level("name", ("name",), {"name": "kim minseo"}, {"name": right}) == said


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({}, "e-mail and telephone"),
        ({"email": "kim.seo@example.com"}, "e-mail and telephone"),
        ({"phone": None}, "one of them, with postcode"),
        ({"phone": "01007654321", "postcode": "63000"}, "one of them"),
        ({"phone": "01010234567", "email": None, "postcode": None}, "one of them"),
        ({"phone": None, "email": None}, "postcode alone"),
        ({"phone": None, "email": "other@example.org", "postcode": "63000"}, "differs"),
        ({"phone": None, "email": None, "postcode": None}, "missing"),
    ],
)
def test_contacts_together(other: dict[str, str | None], said: str):
    assert level("contact", ("email", "phone", "postcode"), SAME, SAME | other) == said


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (("email", "postcode"), ["missing", "e-mail, with postcode", "e-mail", "postcode alone", "differs"]),
        (("email", "phone"), ["missing", "e-mail and telephone", "one of them", "differs"]),
        (("phone",), ["missing", "telephone", "differs"]),
        (("postcode",), ["missing", "postcode alone", "differs"]),
    ],
)
def test_levels_follow_what_is_known(fields: tuple[str, ...], said: list[str]):
    made = [
        creator.get_comparison_level("duckdb").label_for_charts for creator in comparisons._levels("contact", fields)
    ]
    assert made == said


def test_contacts_apart_have_a_weight_each():
    assert list(comparisons.comparison_names(FIELDS, "apart")) == FIELDS
    assert list(comparisons.comparison_names(FIELDS, "together")) == ["name", "birth_date", "contact"]
    assert list(comparisons.comparison_names(["name", "birth_date"], "together")) == ["name", "birth_date"]
    assert comparisons.blocking_rules(FIELDS) == list(comparisons.RULES)
