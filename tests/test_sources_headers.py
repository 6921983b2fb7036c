from __future__ import annotations

import pytest

from crmlab.sources.headers import find_top, name_columns


@pytest.mark.parametrize(
    ("rows", "header"),
    [
        ([["id", "amount"], ["1", "5"], ["2", "6"]], True),
        ([["고객", "가입일"], ["a", "2025년 3월 1일"]], True),
        ([["1", "5"], ["2", "6"]], False),
        ([["a", "2025-01-31", "5"], ["b", "2025-02-01", ""]], False),
        ([["NA", "2025-01-31"], ["3", "2025-02-01"]], False),
        ([["customer", "2025-01", "2025-02"], ["a", "12", "13"], ["b", "0", "1"]], True),
        ([["customer_id", "2024", "2025"], ["7", "120", "13"], ["8", "0", "1"]], True),
        ([["7", "2024"], ["8", "2025"]], False),
        ([["name", "city"], ["Kim", "Seoul"], ["Lee", "Busan"]], True),
        ([["Kim", "Seoul"], ["Lee", "Seoul"], ["Kim", "Busan"]], False),
        ([["Kim", "A1"], ["Kim", "A2"]], False),
        ([["id", "amount"]], True),
        ([["5", "6"]], True),
    ],
)
def test_whether_there_is_a_header(rows: list[list[str]], header: bool) -> None:
    top = find_top(rows)
    assert (top.header, top.skip) == (header, 0)
    assert top.reason


def test_what_the_user_says_holds() -> None:
    assert not find_top([["id", "amount"], ["1", "5"]], header=False).header
    assert find_top([["1", "5"], ["2", "6"]], header=True).header


def test_titles_stand_above_a_header_only() -> None:
    titled = [["Sales", "", ""], ["2025-03-31", "", ""], ["id", "day", "amount"], ["1", "2025-01-31", "5"]] + [
        ["2", "2025-02-01", "6"]
    ] * 3
    assert find_top(titled).skip == 2
    assert find_top(titled, header=True).skip == 2
    assert find_top(titled, header=False).skip == 0
    sparse = [["1", "", ""], ["2", "2025-02-01", "6"], ["3", "2025-02-01", "6"]]
    assert (find_top(sparse).skip, find_top(sparse).header) == (0, False)


def test_an_index_without_a_name_is_no_title() -> None:
    assert find_top([["", "amount"], ["0", "5"], ["1", "6"]]).skip == 0


def test_names_are_told_apart_and_empty_columns_left_out() -> None:
    named = name_columns(["id", " tel\nno ", "tel no", "", "", "id (column 9)"], [True] * 4 + [False, True])
    assert named.names == ["id", "tel no (column 2)", "tel no (column 3)", "column 4", "id (column 9)"]
    assert named.kept == [0, 1, 2, 3, 5]
    assert "'tel no' occurs 2 times" in named.notes[0]
    assert "column 4" in named.notes[1]
    assert name_columns(["a", "a", "a (column 1)"], [True] * 3).names == [
        "a (column 1)'",
        "a (column 2)",
        "a (column 1)",
    ]


def test_without_a_header_columns_are_positions() -> None:
    assert name_columns(None, [True, False, True]).names == [1, 2, 3]
