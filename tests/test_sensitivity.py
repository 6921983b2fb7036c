"""Tornado: each input alone, the widest first."""

from __future__ import annotations

import pytest

from crmlab.growth.sensitivity import Tornado
from crmlab.plots import alternative_text

INPUTS = {"a": 2.0, "b": 3.0, "c": 5.0}


def value(a: float, b: float, c: float) -> float:
    return a * b - c


@pytest.fixture
def shown() -> Tornado:
    return Tornado.of(value, INPUTS, {"a": (1, 3), "b": (0, 10)})


def test_each_input_moves_alone_and_the_widest_is_on_top(shown):
    assert shown.base == 1
    assert shown.table.index.to_list() == ["b", "a"]
    assert shown.table.loc["b"].to_list() == [0, 10, -5, 15, 20]
    assert shown.table.loc["a"].to_list() == [1, 3, -2, 4, 6]


@pytest.mark.parametrize(
    ("ranges", "said"),
    [
        ({"d": (0, 1)}, "no input is called d; there are a, b, c"),
        ({"a": (3, 1)}, "above the high end"),
        ({"a": (float("nan"), 1)}, "or one is missing"),
    ],
)
def test_bad_ranges_are_refused(ranges, said):
    with pytest.raises(ValueError, match=said):
        Tornado.of(value, INPUTS, ranges)


def test_the_picture_asks_a_question_and_says_its_numbers(shown):
    ax = shown.plot()
    assert ax.get_title().endswith("?")
    assert "b from 0 to 10 moves it from -5 to 15" in alternative_text(ax.figure)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["b (0–10)", "a (1–3)"]
