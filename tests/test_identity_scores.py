"""Scores: the published example of B-cubed, by hand, the limits, and what is refused."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab.identity import blocking_scores, linkage_scores


def links(persons: list[int] | str, name: str = "person_id") -> pd.DataFrame:
    return pd.DataFrame({"record_id": np.arange(len(persons)), name: list(persons)})


TRUTH = links("aaaaabbccccc", "customer_id")


@pytest.mark.parametrize(("found", "precision"), [("aaaaabbbbbbb", 16 / 21), ("aaaaabbaaaaa", 7 / 12)])
def test_the_example_of_bagga_and_baldwin(found: str, precision: float):
    """Figures 1 to 3 of the paper: 76 % and 58 % precision, full recall."""
    scores = linkage_scores(links(found), TRUTH).loc["B-cubed"]
    assert scores["precision"] == pytest.approx(precision)
    assert scores["recall"] == pytest.approx(1)


def test_nobody_linked_and_everybody_linked():
    alone = linkage_scores(links("abcdefghijkl"), TRUTH)
    assert alone.loc["pairwise"].tolist() == [1, 0, 0]
    assert alone.loc["B-cubed"].to_list()[:2] == pytest.approx([1, 3 / 12])
    one = linkage_scores(links("a" * 12), TRUTH)
    assert one.loc["pairwise"].to_list()[:2] == pytest.approx([21 / 66, 1])
    assert one.loc["B-cubed"].to_list()[:2] == pytest.approx([(25 + 4 + 25) / 144, 1])


def test_the_truth_itself_is_right():
    assert (linkage_scores(TRUTH, TRUTH) == 1).all(axis=None)
    assert (linkage_scores(links("abc"), links("abc")) == 1).all(axis=None)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=12))
def test_scores_are_those_counted_pair_by_pair(records: list[tuple[int, int]]):
    found, truth = ([record[side] for record in records] for side in (0, 1))
    pairs = list(combinations(range(len(records)), 2))
    ours = {(i, j) for i, j in pairs if found[i] == found[j]}
    theirs = {(i, j) for i, j in pairs if truth[i] == truth[j]}
    shared = len(ours & theirs)
    scores = linkage_scores(links(found), links(truth))
    assert scores.loc["pairwise", "precision"] == pytest.approx(shared / len(ours) if ours else 1)
    assert scores.loc["pairwise", "recall"] == pytest.approx(shared / len(theirs) if theirs else 1)
    everyone = range(len(records))
    mine = [{j for j in everyone if found[i] == found[j]} for i in everyone]
    true = [{j for j in everyone if truth[i] == truth[j]} for i in everyone]
    both = [len(a & b) for a, b in zip(mine, true, strict=True)]
    sizes = [len(a) for a in mine]
    assert scores.loc["B-cubed", "precision"] == pytest.approx(np.mean(np.divide(both, sizes)))
    assert (scores.to_numpy() <= 1 + 1e-12).all()


def test_blocking_by_hand():
    pairs = pd.DataFrame({"record_l": [0, 6, 0], "record_r": [1, 5, 7]})
    scores = blocking_scores(pairs, TRUTH)
    assert scores.to_dict() == pytest.approx({"pairs completeness": 2 / 21, "reduction ratio": 1 - 3 / 66})
    every = pd.DataFrame(list(combinations(range(12), 2)), columns=pd.Index(["record_l", "record_r"]))
    assert blocking_scores(every, TRUTH).to_list() == [1, 0]


@pytest.mark.parametrize(
    ("left", "right", "said"), [(0, 99, "1 rows name a record"), (0, 0, "of one record"), (1, 0, "stands twice")]
)
def test_pairs_that_are_none_are_refused(left: int, right: int, said: str):
    pairs = pd.DataFrame({"record_l": [0, left], "record_r": [1, right]})
    with pytest.raises(ValueError, match=said):
        blocking_scores(pairs, TRUTH)


def test_tables_must_hold_the_same_records():
    with pytest.raises(ValueError, match="1 records stand in truth_links only, such as 11"):
        linkage_scores(TRUTH.head(11), TRUTH)
    with pytest.raises(ValueError, match="2 records stand in clusters only, such as 10"):
        linkage_scores(TRUTH, TRUTH.head(10))
