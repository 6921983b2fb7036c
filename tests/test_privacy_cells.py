"""Small cells are hidden, and no reader of the cells and the totals can work them out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from crmlab.privacy import suppress


def report(counts: list[list[int]]) -> pd.DataFrame:
    rows = [(f"r{i}", f"c{j}", n) for i, row in enumerate(counts) for j, n in enumerate(row)]
    return pd.DataFrame(rows, columns=["row", "column", "customers"])


def attack(shown: pd.DataFrame, below: int) -> float:
    """Return the narrowest range that a reader can work out for a small cell, from all that is shown."""
    names = ["row", "column"]
    place = {tuple(key): i for i, key in enumerate(shown[names].to_numpy())}
    sums = []
    for key, i in place.items():
        for axis in (0, 1):
            if key[axis] == "total":
                parts = [j for other, j in place.items() if other[1 - axis] == key[1 - axis] and other[axis] != "total"]
                sums.append((i, parts))
    matrix = np.zeros((len(sums), len(place)))
    for row, (whole, parts) in enumerate(sums):
        matrix[row, parts], matrix[row, whole] = 1, -1
    known = shown["customers"]
    bounds = [(0, None) if pd.isna(n) else (float(n), float(n)) for n in known]
    widths = [np.inf]
    for cell in np.flatnonzero(shown["suppressed"] == "small"):
        goal = np.eye(len(place))[cell]
        least, most = (linprog(sign * goal, A_eq=matrix, b_eq=np.zeros(len(sums)), bounds=bounds) for sign in (1, -1))
        widths.append(np.inf if most.status == 3 else -most.fun - least.fun)
    assert below > 0
    return min(widths)


@pytest.mark.parametrize("seed", range(8))
def test_no_reader_of_cells_and_totals_can_work_a_small_cell_out(seed):
    rng = np.random.default_rng(seed)
    counts = rng.negative_binomial(0.6, 0.03, (4, 4))
    shown = suppress(report(counts.tolist()), totals=True)
    assert attack(shown, 5) >= 5 - 1e-6
    cells = shown.head(16)
    small = (counts.ravel() > 0) & (counts.ravel() < 5)
    assert ((cells["suppressed"] == "small") == small).all()
    seen = cells["customers"].notna().to_numpy()
    assert (cells.loc[seen, "customers"].to_numpy(float) == counts.ravel()[seen]).all()


def test_one_small_cell_takes_a_rectangle_with_it():
    shown = suppress(report([[3, 40, 60], [20, 50, 70], [30, 80, 90]]))
    assert shown.loc[shown["customers"].isna(), ["row", "column"]].to_numpy().tolist() == [
        ["r0", "c0"],
        ["r0", "c1"],
        ["r1", "c0"],
        ["r1", "c1"],
    ]
    assert shown["suppressed"].value_counts().to_dict() == {"": 5, "protects another": 3, "small": 1}


def test_two_small_ones_that_are_few_together_take_a_third():
    table = pd.DataFrame({"region": list("abcd"), "customers": [1, 1, 9, 50]})
    assert suppress(table)["suppressed"].to_list() == ["small", "small", "protects another", ""]
    enough = pd.DataFrame({"region": list("abcd"), "customers": [4, 4, 9, 50]})
    assert suppress(enough)["suppressed"].to_list() == ["small", "small", "", ""]


def test_a_small_total_is_hidden_too():
    shown = suppress(report([[1, 2], [30, 40], [50, 60]]), totals=True).set_index(["row", "column"])
    assert shown.loc[("r0", "total"), "suppressed"] == "small"
    assert pd.notna(shown.loc[("total", "total"), "customers"])


def test_every_number_of_a_hidden_row_goes():
    table = pd.DataFrame(
        {"plan": ["a", "b", "c"], "customers": [2, 7, 40], "churned": [1, 2, 3], "rate": [0.5, 0.3, 0.1]}
    )
    shown = suppress(table)
    assert shown.loc[0, ["customers", "churned", "rate"]].isna().all()
    assert shown.loc[2, ["customers", "churned", "rate"]].to_list() == [40, 3, 0.1]


def test_a_report_without_small_cells_is_left_as_it_is():
    table = report([[5, 6], [0, 8]])
    shown = suppress(table)
    assert (shown["suppressed"] == "").all()
    assert shown["customers"].to_list() == [5, 6, 0, 8]
    assert suppress(table, below=9)["customers"].isna().sum() >= 3


def test_the_order_of_the_rows_does_not_matter():
    table = report([[3, 40, 60], [20, 50, 70], [30, 80, 90]])
    mixed = suppress(table.sample(frac=1, random_state=1)).sort_index()
    pd.testing.assert_frame_equal(mixed, suppress(table))


@pytest.mark.parametrize(
    ("changes", "arguments", "said"),
    [
        ({"customers": 1.5}, {}, "no whole number"),
        ({"customers": -1}, {}, "no whole number"),
        ({"customers": None}, {}, "no whole number"),
        ({"customers": 1}, {}, "the whole report counts 4 customers"),
        ({"row": "same"}, {}, "a cell occurs twice"),
        ({"row": None}, {"by": ["row", "column"]}, "a cell occurs twice|not named"),
        ({"row": ["r0", "r0", "total", "total"]}, {}, "without their totals"),
        ({}, {"below": 1}, "nothing to hide under 2"),
        ({}, {"by": []}, "name them with by"),
        ({}, {"count": "people"}, "no column people"),
    ],
)
def test_bad_reports_are_refused(changes, arguments, said):
    with pytest.raises(ValueError, match=said):
        suppress(report([[5, 6], [7, 8]]).assign(**changes), **arguments)
