from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.data.validation import LINE
from crmlab.intake.texts import Distinct


def test_each_text_is_there_once_and_every_row_gets_it_back() -> None:
    values = pd.Series([" b", "a", None, "b ", ""], pd.Index([2, 3, 4, 5, 6], name=LINE), dtype=object)
    column = Distinct.of(values)
    assert column.texts.tolist() == ["b", "a"]
    assert column.back(["B", "A"]).to_list() == ["B", "A", None, "B", None]
    assert column.back(["B", "A"]).index.equals(values.index)
    assert column.seen(np.array([True, False])) == "2 such rows, the first in line 2"


def test_a_problem_names_its_lines_and_shortens_long_texts() -> None:
    column = Distinct.of(pd.Series(["x" * 99, "y"], index=[7, 9]))
    problem = column.problem(("a.csv", "note"), np.array([True, False]), "odd", "Mend it.")
    assert (problem.rows, problem.first, len(problem.examples[0])) == (1, (7,), 42)
    assert str(problem).startswith("a.csv, column note: 1 row is odd (line 7)")


def test_typed_and_empty_columns() -> None:
    assert Distinct.of(pd.Series([1.0, None, 1.0])).texts.tolist() == ["1"]
    assert Distinct.of(pd.Series([None, None], dtype=object)).codes.tolist() == [-1, -1]
    assert len(Distinct.of(pd.Series([], dtype=object)).back([])) == 0
