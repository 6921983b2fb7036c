"""Blocks of rows that a row adds up: above or below it, and what may be chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pytest

from crmlab.intake.choices.blocks import Blocks


def lengths(cells: Mapping[str, Sequence[str | None]], rows: list[int], **how: bool) -> list[int]:
    frame = pd.DataFrame(cells, dtype=object)
    places = np.array(rows)
    return Blocks(frame).lengths(places, np.isin(np.arange(len(frame)), places), **how).tolist()


def test_a_block_begins_after_an_earlier_total_or_with_the_sheet() -> None:
    sums = ["5", "7", "12", "8", "8", "20", "3", "23", "4"]
    assert lengths({"sum": sums}, [2, 4, 5, 7]) == [2, 1, 3, 4]
    assert lengths({"sum": sums}, [2, 4, 5, 8]) == [2, 1, 3, 0]


def test_blocks_below_are_asked_for() -> None:
    sums = ["20", "12", "5", "7", "8", "8"]
    assert lengths({"sum": sums}, [0, 1, 4], below=True) == [3, 2, 1]
    assert lengths({"sum": sums}, [0, 1, 4]) == [0, 0, 0]


def test_blanks_words_and_endless_numbers_count_nothing() -> None:
    assert lengths({"sum": ["5", None, "x", "inf", "7", "12"], "word": ["a", "b", "c", "d", "e", "1"]}, [5]) == [0]
    assert lengths({"sum": ["5", None, "x", "inf", "7", "12"]}, [5]) == [2]
    assert lengths({"sum": ["0", "0", "0"]}, [2]) == [0]


@pytest.mark.parametrize(("amount", "sure"), [("1200", 2), ("1300", 0)])
def test_a_small_sum_beside_a_number_that_is_none_may_be_chance(amount: str, sure: int) -> None:
    cells = {"quantity": ["1", "2", "3"], "amount": ["500", "700", amount]}
    assert lengths(cells, [2]) == [sure]
    assert lengths(cells, [2], loosely=True) == [2]
    assert lengths(cells | {"price": ["500", "350", "425"]}, [2]) == [sure]
