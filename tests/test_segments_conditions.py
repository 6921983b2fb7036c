"""Conditions: what they ask, who is not known, and what is never executed."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab.segments.conditions import as_condition, at_least, at_most, between, equals, one_of

PEOPLE = pd.DataFrame(
    {
        "orders": [1, 3, 5, None],
        "gender": ["female", "male", None, "female"],
        "joined": pd.to_datetime(["2024-01-01", "2024-02-01", None, "2024-03-01"]),
    }
)


@pytest.mark.parametrize(
    ("condition", "met", "text"),
    [
        (at_least("orders", 3), [0, 1, 1, 0], "orders >= 3"),
        (at_most("orders", 3), [1, 1, 0, 0], "orders <= 3"),
        (between("orders", 2, 4), [0, 1, 0, 0], "2 <= orders <= 4"),
        (equals("gender", "male"), [0, 1, 0, 0], "gender is male"),
        (one_of("gender", "male", "female"), [1, 1, 0, 1], "gender in (male, female)"),
        (~equals("gender", "male"), [1, 0, 0, 1], "not (gender is male)"),
        (at_least("orders", 3) & equals("gender", "male"), [0, 1, 0, 0], "orders >= 3 and gender is male"),
        (at_least("orders", 5) | equals("gender", "male"), [0, 1, 1, 0], "orders >= 5 or gender is male"),
        (at_least("joined", pd.Timestamp("2024-02-01")), [0, 1, 0, 1], "joined >= 2024-02-01 00:00:00"),
    ],
)
def test_who_meets_a_condition(condition, met, text):
    assert condition(PEOPLE).to_list() == [bool(one) for one in met]
    assert repr(condition) == text


def test_either_of_two_keeps_its_brackets():
    both = (at_least("orders", 5) | equals("gender", "male")) & at_most("orders", 9)
    assert both.text == "(orders >= 5 or gender is male) and orders <= 9"
    assert both.columns == ("orders", "gender")


@given(st.lists(st.one_of(st.none(), st.integers(0, 9)), min_size=1), st.integers(0, 9))
def test_a_condition_and_its_opposite_share_out_those_who_are_known(values, cut):
    table = pd.DataFrame({"orders": pd.array(values, dtype="Int64")})
    rule = at_least("orders", cut)
    assert (rule(table) ^ (~rule)(table)).to_list() == rule.known(table).to_list()


def test_a_function_is_a_rule_and_a_text_is_not():
    assert as_condition("early", lambda table: table["orders"] == 1)(PEOPLE).to_list() == [True, False, False, False]
    with pytest.raises(TypeError, match="rule 'early' is str"):
        as_condition("early", "orders == 1")
    with pytest.raises(ValueError, match="true or false for each of the 4 rows"):
        as_condition("early", lambda table: table["orders"])(PEOPLE)


def test_what_cannot_be_asked_is_said():
    with pytest.raises(ValueError, match="no column age"):
        at_least("age", 3)(PEOPLE)
    with pytest.raises(ValueError, match="gender: its values cannot be compared"):
        at_least("gender", 3)(PEOPLE)
