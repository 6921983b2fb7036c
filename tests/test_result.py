"""What results share: tables of estimates, the reveal, and the notebook face."""

from dataclasses import dataclass

import pandas as pd
import pytest

from crmlab import labels
from crmlab.result import Result, estimates, reveal


@dataclass(frozen=True, eq=False, repr=False)
class Named(Result):
    table: pd.DataFrame

    def summary(self):
        return self.table

    def plot(self, ax=None):
        return ax


def test_the_face_escapes_text_from_data():
    face = Named(pd.DataFrame({"plan": ["<script>alert(1)</script>"]}))._repr_html_()
    assert "<script>" not in face
    assert "&lt;script&gt;" in face


def test_results_with_frames_can_be_compared_and_hashed():
    first, second = Named(pd.DataFrame({"a": [1]})), Named(pd.DataFrame({"a": [1]}))
    assert first != second
    assert len({first, second}) == 2


def test_intervals_of_positive_parameters_stay_positive():
    table = estimates(["r"], [0.1], [0.2])
    assert 0 < table.loc["r", "low"] < 0.1 < table.loc["r", "high"]


def test_reveal_with_an_interval_says_whether_the_truth_lies_inside():
    table = pd.DataFrame({"estimate": [1.0, 2.0], "low": [0.5, 1.9], "high": [1.5, 2.1]}, index=["a", "b"])
    shown = reveal(estimate=table, truth={"a": 1.2, "b": 3.0, "c": 9.0})
    assert shown["inside"].to_list() == [True, False]
    assert shown["difference"].to_list() == pytest.approx([-0.2, -1.0])


def test_a_row_without_a_truth_is_neither_inside_nor_outside():
    estimate = pd.DataFrame({"estimate": [1.0, 2.0], "low": [0.5, 1.5], "high": [1.5, 2.5]}, index=["a", "b"])
    assert reveal(estimate, {"a": 1.2})["inside"].to_list() == [True, ""]


def test_reveal_without_truth_goes_on_in_either_language(capsys):
    assert reveal(estimate=1.0, truth=None) is None
    labels.use("ko")
    try:
        reveal(estimate=1.0, truth=None)
    finally:
        labels.use("en")
    english, korean = capsys.readouterr().out.strip().split("\n")
    assert english.startswith("No truth is known")
    assert "참값이 없습니다" in korean
