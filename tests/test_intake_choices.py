"""The choices: every one has a default, says what it did, and never changes its input."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab.data.validation import DataError
from crmlab.intake.choices import CHOICES, Desk, settle, settle_rows, tables_at, without_refused
from crmlab.intake.choices.finding import lines, where
from crmlab.intake.shapes import SHAPES
from intake_sheets import sheet

ORDERS = {"customer_id": "aab", "ordered_at": ["2025-01-01", "2025-01-05", "2025-01-02"], "amount": ["5", "-2", "0"]}


def test_each_choice_has_a_default_among_its_options_and_says_what_they_do() -> None:
    for name, choice in CHOICES.items():
        assert name == choice.name
        assert choice.default in choice.options
        assert choice.question.endswith("?")
        assert all(choice.options.values())


def test_what_is_lost_by_default_is_refused_or_said() -> None:
    defaults = {name: choice.default for name, choice in CHOICES.items()}
    assert "drop" not in defaults.values()
    assert {name for name, option in defaults.items() if option == "refuse"} == {
        "currencies",
        "future_dates",
        "repeated_keys",
        "orphans",
        "total_rows",
    }


def test_options_are_named_exactly_unless_any_value_may_stand() -> None:
    assert CHOICES["refunds"].option(None) == "net"
    assert CHOICES["time_zone"].option("Asia/Seoul") == "Asia/Seoul"
    with pytest.raises(ValueError, match="refunds=nett is no option; there are net, drop, refuse"):
        CHOICES["refunds"].option("nett")


def test_choices_that_there_are_not_are_all_named_at_once() -> None:
    chosen = {"refund": "net", "orphans": "perhaps"}
    for call in (lambda: settle({}, chosen), lambda: settle_rows(sheet(ORDERS), SHAPES["orders"], chosen)):
        with pytest.raises(DataError) as caught:
            call()
        assert [problem.column for problem in caught.value.problems] == ["refund", "orphans"]


def test_every_refusal_stands_in_one_report() -> None:
    tables = {"orders": sheet(ORDERS), "customers": sheet({"customer_id": "aa", "acquired_on": ["2025-01-01"] * 2})}
    with pytest.raises(DataError) as caught:
        settle(tables, {"refunds": "refuse", "zero_orders": "refuse"}, observation_end="2025-01-04")
    said = str(caught.value)
    assert "orders: 1 row is dated after the end of the observation, 2025-01-04 (line 3)." in said
    assert "orders: 1 row is a refund (line 3). Say --choose refunds=net or refunds=drop" in said
    assert "customers: 1 row is repeating the key (customer_id) of another (line 3)." in said
    assert "orders: 1 row is of unknown customers (customer_id) (line 4). Say --choose orphans=add or" in said


def test_a_choice_that_leaves_nothing_of_a_table_is_refused_with_what_to_do() -> None:
    orders = sheet(ORDERS).iloc[[1]]
    with pytest.raises(DataError) as caught:
        settle({"orders": orders, "customers": sheet({"customer_id": ""})}, {"refunds": "drop"})
    assert [str(problem) for problem in caught.value.problems] == [
        "orders: has no rows left, of 1: refunds=drop left out the last of them. "
        "Say --choose refunds=net or refunds=refuse, or leave the file out."
    ]
    strangers = {"orders": sheet(ORDERS), "customers": sheet({"customer_id": "xy", "acquired_on": ["2025-01-01"] * 2})}
    with pytest.raises(DataError, match=r"orders: has no rows left, of 2: orphans=drop .* Are the ids of the files"):
        settle(strangers | {"orders": sheet(ORDERS).iloc[[0, 2]]}, {"orphans": "drop"})


def test_rows_that_are_refused_are_left_out_of_what_comes_after() -> None:
    desk = Desk.of({"zero_orders": "refuse"})
    settled = tables_at(desk, {"orders": sheet(ORDERS)}, "2025-01-04", None)
    assert settled["orders"].index.tolist() == [2, 4]
    assert without_refused(settled, desk)["orders"].index.tolist() == [2]
    assert [problem.first for problem in desk.problems] == [(3,), (4,)]


def test_findings_know_their_rows_by_line_or_by_position() -> None:
    frame, rows = sheet({"x": "abcdefgh"}), np.arange(8) > 0
    assert where(frame, rows) == (3, 4, 5, 6, 7)
    assert lines(frame, rows) == "(lines 3, 4, 5, 6, 7, ...)"
    assert lines(frame.reset_index(drop=True), np.arange(8) == 4) == "(position 4)"
    finding = settle({"orders": sheet(ORDERS)}, {})[1][0]
    assert str(finding) == f"orders: {finding.sentence}"
    assert (finding.choice, finding.option, finding.count, finding.first) == ("refunds", "net", 1, (3,))


ROW = st.tuples(st.sampled_from("abcd"), st.integers(1, 28), st.integers(-300, 900).map(lambda cents: cents / 100))
CHOSEN = st.fixed_dictionaries(
    {
        name: st.sampled_from([option for option in CHOICES[name].options if option not in ("refuse",)])
        for name in ("refunds", "zero_orders", "orphans", "future_dates", "repeated_keys", "without_orders")
    }
)


@settings(deadline=None, max_examples=30)
@given(st.lists(ROW, min_size=1, max_size=25), st.sets(st.sampled_from("abcde")), CHOSEN)
def test_no_customer_vanishes_without_a_finding_and_nothing_given_is_changed(
    rows: list[tuple], known: set[str], chosen: Mapping[str, str]
) -> None:
    customers, days, amounts = zip(*rows, strict=True)
    orders = sheet({"customer_id": customers, "ordered_at": [f"2025-03-{day:02}" for day in days], "amount": amounts})
    tables = {"orders": orders}
    if known:
        tables["customers"] = sheet({"customer_id": sorted(known), "acquired_on": ["2025-01-01"] * len(known)})
    before = {name: frame.copy() for name, frame in tables.items()}
    desk = Desk.of(chosen)
    settled, findings = tables_at(desk, tables, "2025-03-20", None), desk.findings
    for name, frame in tables.items():
        pd.testing.assert_frame_equal(frame, before[name])
    for name, frame in tables.items():
        left = set(settled[name]["customer_id"]) if name in settled else set()
        gone = set(frame["customer_id"]) - left
        counts = sum(finding.count for finding in findings if finding.table == name and "left out" in finding.sentence)
        counts += sum(finding.count for finding in findings if finding.choice == "refunds")
        assert len(gone) <= counts
    assert all(set(finding.first) <= set(tables[finding.table].index) for finding in findings)
