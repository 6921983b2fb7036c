"""k-anonymity and l-diversity are reached, at the least cost, and what was lost is counted."""

from __future__ import annotations

from itertools import product

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from crmlab.plots import alternative_text
from crmlab.privacy import Anonymized, Protection, diversity, smallest_class
from crmlab.privacy.anonymity import ANY

SIDES = {"Seoul": "north", "Gyeonggi": "north", "Busan": "south", "Jeju": "south"}
QUASI = {"born": [5, 10, 20], "region": [SIDES]}


def people(seed: int = 1, size: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    region = rng.choice(list(SIDES), size, p=[0.5, 0.3, 0.17, 0.03])
    plan = np.where(rng.random(size) < 0.1, "premium", "basic")
    return pd.DataFrame({"born": rng.integers(1950, 2005, size), "region": region, "plan": plan, "fee": 9.9})


@pytest.mark.parametrize("k", [2, 5, 20])
@pytest.mark.parametrize("sensitive", [None, "plan"])
def test_it_is_reached_and_what_was_lost_is_counted(k, sensitive):
    table = people()
    safe = Anonymized.from_table(table, QUASI, Protection(k, sensitive))
    assert smallest_class(safe.table, list(QUASI)) >= k
    assert len(safe.table) + safe.left_out == len(table) == safe.customers
    assert safe.left_out <= 0.05 * len(table)
    if sensitive:
        assert diversity(safe.table, list(QUASI), sensitive) >= 2
    assert set(safe.table["plan"]) == set(table["plan"])
    assert safe.classes["customers"].sum() == len(safe.table)


def test_no_finer_table_would_do():
    table = people()
    safe = Anonymized.from_table(table, QUASI, Protection(5))
    forms = {
        "born": [table["born"], *(table["born"] // width * width for width in QUASI["born"]), ANY],
        "region": [table["region"], table["region"].map(SIDES), ANY],
    }
    for born, region in product(range(5), range(3)):
        if born / 4 + region / 2 < safe.steps["step"].div(safe.steps["steps"]).sum() - 1e-9:
            coarse = table.assign(born=forms["born"][born], region=forms["region"][region])
            sizes = coarse.groupby(["born", "region"])["plan"].transform("size")
            assert (sizes < 5).sum() > 0.05 * len(table)


def test_a_table_that_is_safe_is_left_as_it_is():
    table = pd.DataFrame({"region": ["Seoul"] * 6 + ["Busan"] * 5})
    safe = Anonymized.from_table(table, {"region": []})
    pd.testing.assert_frame_equal(safe.table, table)
    assert (safe.precision, safe.left_out) == (1, 0)


def test_where_nothing_else_helps_nothing_is_said():
    safe = Anonymized.from_table(pd.DataFrame({"name": list("abcdef")}), {"name": []}, Protection(5))
    assert safe.table["name"].unique().tolist() == [ANY]
    assert safe.precision == 0


def test_bands_are_named_by_their_ends():
    table = pd.DataFrame({"born": [1970, 1979, 1980], "spend": [0.4, 0.6, 1.2]})
    safe = Anonymized.from_table(table, {"born": [10], "spend": [2]}, Protection(2, most_left_out=0.4))
    assert safe.table["born"].to_list() == ["1970–1979"] * 2
    assert safe.table["spend"].to_list() == ["0–2"] * 2


def test_rows_and_counts_give_one_answer():
    table = people()
    counts = table.groupby(list(table.columns)).size().rename("customers").reset_index()
    rows, summed = (Anonymized.from_table(data, QUASI, Protection(5, "plan")) for data in (table, counts))
    pd.testing.assert_frame_equal(rows.steps, summed.steps)
    pd.testing.assert_frame_equal(rows.classes, summed.classes)
    assert rows.left_out == summed.left_out


@pytest.mark.parametrize(
    ("quasi", "protection", "said"),
    [
        ({}, Protection(), "quasi names no column"),
        ({"income": []}, Protection(), "no column income"),
        ({"region": [10]}, Protection(), "region: bands need numbers"),
        ({"region": [{"Seoul": "north"}]}, Protection(), "does not say what becomes of Busan, Gyeonggi, Jeju"),
        ({"born": [0]}, Protection(), "a width above 0"),
        ({"born": []}, Protection(k=401), "there are 400 customers"),
        ({"born": []}, Protection(k=0), "whole numbers from 1 up"),
        ({"plan": []}, Protection(sensitive="plan"), "cannot be the sensitive column too"),
        ({"born": []}, Protection(sensitive="plan", diversity=3), "however coarse it is"),
    ],
)
def test_impossible_wishes_are_refused(quasi, protection, said):
    with pytest.raises(ValueError, match=said):
        Anonymized.from_table(people(), quasi, protection)


def test_bad_tables_are_refused():
    with pytest.raises(ValueError, match="born is empty in 400 of 400 rows"):
        Anonymized.from_table(people().assign(born=None), QUASI)
    with pytest.raises(ValueError, match="customers is empty, negative or no number"):
        Anonymized.from_table(people().assign(customers=-1), QUASI)
    with pytest.raises(ValueError, match="the table is empty"):
        smallest_class(people().head(0), ["born"])


def test_the_picture_says_what_is_seen():
    safe = Anonymized.from_table(people(), QUASI, Protection(5, "plan"))
    ax = safe.plot()
    assert "How many customers look alike?" in alternative_text(ax.figure)
    assert safe.summary().loc["smallest class", "value"] >= 5
    assert "fewest values of plan" in repr(safe)
    plt.close(ax.figure)
