from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab.data.validation import LINE, DataError, Problem, validate
from crmlab.tables import DTYPES, TABLES


def orders(**columns: Any) -> pd.DataFrame:
    plain = {"customer_id": ["a", "b"], "ordered_at": ["2025-01-31", "2025-02-01"], "amount": ["5", "7.5"]}
    return pd.DataFrame(plain | columns)


def contracts(**columns: Any) -> pd.DataFrame:
    plain = {"contract_id": ["1", "2"], "customer_id": ["a", "b"]}
    days = {"started_on": ["2025-01-05"] * 2, "ended_on": ["2025-02-05", ""]}
    return pd.DataFrame(plain | days | columns)


def customers(*names: str) -> pd.DataFrame:
    return pd.DataFrame({"customer_id": names, "acquired_on": "2025-01-01"})


def problems(**tables: Any) -> list[Problem]:
    with pytest.raises(DataError) as caught:
        validate(tables)
    return list(caught.value.problems)


def test_good_tables_come_in_the_types_of_the_dictionary() -> None:
    surveys = pd.DataFrame(
        {"survey_id": [1, 2], "customer_id": "a", "sent_on": "2025-01-01", "nps": ["", 9], "csat": 5}
    )
    clean = validate({"orders": orders(), "contracts": contracts(), "surveys": surveys})
    assert list(clean) == ["orders", "contracts", "surveys"]
    for name, frame in clean.items():
        for column in TABLES[name].columns:
            if column.name in frame:
                assert frame[column.name].dtype == DTYPES[column.kind], column.name
    assert clean["orders"]["amount"].tolist() == [5.0, 7.5]
    assert clean["surveys"]["nps"].tolist() == [pd.NA, 9]
    assert isinstance(clean["orders"].index, pd.RangeIndex)


def test_valid_tables_come_out_as_they_went_in() -> None:
    once = validate({"orders": orders(), "contracts": contracts()})
    twice = validate(once)
    for name in once:
        pd.testing.assert_frame_equal(once[name], twice[name])


def test_columns_that_the_dictionary_does_not_know_are_kept() -> None:
    extra = pd.Series([1, 2], dtype="int8")
    clean = validate({"orders": orders(shop=extra)})["orders"]
    assert clean["shop"].dtype == "int8"
    assert clean["shop"].tolist() == [1, 2]


def test_every_problem_of_every_table_is_in_one_report() -> None:
    found = problems(
        orders=orders(amount=["x", "-1"], ordered_at=["2025-02-30", "1.2.2025"]),
        contracts=contracts(contract_id=["1", "1"]),
        customers=customers("a", "a"),
        referrals=pd.DataFrame({"referral_id": [1]}),
        ordres=orders(),
    )
    told = [(each.table, each.column, each.what) for each in found]
    assert told == [
        ("orders", "ordered_at", "not a date in the form 2025-01-31 or 20250131"),
        ("orders", "ordered_at", "not a day of the calendar"),
        ("orders", "amount", "not a number"),
        ("orders", "amount", "below 0"),
        ("contracts", "contract_id", "a repetition of an earlier row's key"),
        ("customers", "customer_id", "a repetition of an earlier row's key"),
        ("referrals", "referrer_id, lead_id, referred_on", "are missing"),
        ("ordres", "", "is no table of the data dictionary"),
        ("orders", "customer_id", "not in customers.customer_id"),
        ("contracts", "customer_id", "not in customers.customer_id"),
    ]


def test_a_problem_tells_rows_examples_and_what_to_do() -> None:
    (found,) = problems(orders=pd.concat([orders(), orders(amount=["12,5", "x"])], ignore_index=True))
    assert (found.rows, found.first, found.examples) == (2, (2, 3), ("'12,5'", "'x'"))
    assert "no comma" in found.remedy
    assert "2 rows are not a number (positions 2, 3), such as '12,5', 'x'." in str(found)


def test_rows_of_a_file_are_told_as_its_lines() -> None:
    frame = orders(amount=["1", "x"]).set_axis(pd.Index([4, 9], name=LINE))
    with pytest.raises(DataError, match=r"1 row is not a number \(line 9\)") as caught:
        validate({"orders": frame})
    assert "Lines are those of the file; the first is 1." in str(caught.value)


def test_long_problems_are_cut() -> None:
    many = pd.DataFrame({"customer_id": "a", "ordered_at": "2025-01-01", "amount": ["y" * 99] * 50})
    (found,) = problems(orders=many)
    assert found.rows == 50
    assert "(positions 0, 1, 2, 3, 4, ...)" in str(found)
    assert len(found.examples[0]) == 40


def test_a_value_that_is_not_read_is_not_reported_as_empty_too() -> None:
    assert [each.what for each in problems(orders=orders(amount=["x", "1"]))] == ["not a number"]
    assert [each.what for each in problems(orders=orders(amount=["", "1"]))] == ["empty"]


@pytest.mark.parametrize(
    ("frame", "what"),
    [
        (orders().iloc[:0], "has no rows"),
        (pd.DataFrame(), "has no rows"),
        ([1, 2], "is a list"),
        (pd.concat([orders(), orders()], axis=1), "occurs more than once"),
    ],
)
def test_tables_that_cannot_be_looked_at(frame: Any, what: str) -> None:
    assert what in {each.what for each in problems(orders=frame)}


def test_missing_columns_are_named_beside_those_that_are_there() -> None:
    (found,) = problems(orders=orders().rename(columns={"amount": "total"}))
    assert (found.column, found.what) == ("amount", "is missing")
    assert "'total'" in found.remedy


def test_required_columns_that_are_optional_may_be_left_out() -> None:
    assert "order_id" not in validate({"orders": orders()})["orders"]


def test_null_is_no_customer() -> None:
    (found,) = problems(orders=orders(customer_id=["a", "NULL"]))
    assert (found.column, found.what, found.first) == ("customer_id", "empty", (1,))


def test_keys_of_several_columns_are_reported_once() -> None:
    spend = {"month": "2025-01-01", "channel": ["x", "x", "y"], "activity": "retain", "amount": 1}
    (found,) = problems(channel_spend=pd.DataFrame(spend))
    assert (found.column, found.first) == ("month, channel, activity", (1,))


def test_ranges_and_allowed_values() -> None:
    spend = {"month": "2025-01-01", "channel": ["x", "y"], "activity": ["retain", "bribe"], "amount": 1}
    (found,) = problems(channel_spend=pd.DataFrame(spend))
    assert found.what == "not one of attract, acquire, retain"
    assert found.examples == ("'bribe'",)
    surveys = pd.DataFrame({"survey_id": [1, 2], "customer_id": "a", "sent_on": "2025-01-01", "nps": [-1, 11]})
    assert [each.what for each in problems(surveys=surveys)] == ["below 0", "above 10"]


def test_a_contract_does_not_end_before_it_starts() -> None:
    (found,) = problems(contracts=contracts(ended_on=["2025-01-04", "2025-01-05"]))
    assert (found.column, found.what, found.first) == ("ended_on", "before started_on", (0,))


def test_references_are_asked_only_of_tables_that_are_there() -> None:
    validate({"orders": orders()})
    validate({"orders": orders(), "customers": customers("a", "b", "c")})
    (found,) = problems(orders=orders(), customers=customers("a"))
    assert (found.column, found.what, found.examples) == ("customer_id", "not in customers.customer_id", ("'b'",))


def test_a_reference_may_be_empty_where_the_dictionary_allows_it() -> None:
    leads = pd.DataFrame({"lead_id": ["1", "2"], "created_on": "2025-01-01", "customer_id": ["a", ""]})
    assert validate({"leads": leads, "customers": customers("a")})["leads"]["customer_id"].isna().tolist() == [
        False,
        True,
    ]


def test_nothing_happens_after_the_end_of_the_observation() -> None:
    validate({"orders": orders(), "contracts": contracts(ended_on=["2030-01-01", ""])}, "2025-02-01")
    with pytest.raises(DataError, match="after the end of the observation, 2025-01-31"):
        validate({"orders": orders()}, "2025-01-31")


def test_the_error_travels_between_processes() -> None:
    error = DataError(problems(orders=orders(amount=["x", "1"])))
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


CELLS = st.one_of(
    st.none(),
    st.integers(),
    st.floats(),
    st.text(max_size=4),
    st.booleans(),
    st.sampled_from(["2025-01-31", "NULL", "7"]),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS), max_size=5))
def test_validate_never_changes_its_input(rows: list[tuple[Any, ...]]) -> None:
    frame = pd.DataFrame(rows, columns=["customer_id", "ordered_at", "amount", "own"], dtype=object)
    before = frame.copy(deep=True)
    try:
        clean = validate({"orders": frame})["orders"]
    except DataError:
        pass
    else:
        clean.loc[:, "own"] = "changed"
        assert clean["amount"].dtype == np.float64
    pd.testing.assert_frame_equal(frame, before)
