"""What is measured of the course: every place of a slider, each redraw once, a verdict that can fail."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from subprocess import CompletedProcess
from types import ModuleType

import nbformat
import pytest
from ipywidgets import FloatSlider, SelectionSlider
from nbformat.v4 import new_code_cell, new_notebook

from crmlab.widgets import explore

SCRIPTS = Path(__file__).resolve().parents[1] / "scripts"


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    monkeypatch.delitem(sys.modules, "measure_course", raising=False)
    return import_module("measure_course")


def test_a_slider_is_moved_over_its_whole_range(script: ModuleType) -> None:
    few = script.positions(SelectionSlider(options=["a", "b", "c"]))
    assert few[:6] == ["a", "b", "c", "b", "a", "b"]
    assert len(few) == script.MOVES + 1
    many = script.positions(FloatSlider(min=0.0, max=1.0, step=0.001))
    assert (min(many), max(many)) == (0.0, 1.0)
    assert script.MOVES < len(many) < 3 * script.MOVES
    assert script.positions(SelectionSlider(options=["only"])) == []


def test_each_move_redraws_once_and_the_slider_ends_where_it_began(script: ModuleType) -> None:
    drawn: list[int] = []
    board = explore(lambda ax, months=3: drawn.append(months) or ax.axvline(months), months=(0, 4, 1))
    times = list(script.redraws(board))
    assert len(times) >= script.MOVES
    assert set(drawn) == {0, 1, 2, 3, 4}
    assert all(wall > 0 for wall, _ in times)
    assert board.children[0].value == 3


def test_a_slow_board_is_a_failure(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = "import crmlab.widgets as w\n"
    source += "_ = w.explore(lambda ax, months=3: ax.axvline(months), months=(0, 4, 1))"
    (tmp_path / "99-slow.ipynb").write_text(
        nbformat.writes(new_notebook(cells=[new_code_cell(source)])), encoding="utf-8"
    )
    monkeypatch.setattr(script, "LESSONS", tmp_path)
    monkeypatch.setattr(script, "SLOWEST_MOVE", 0.0)
    assert script.sliders([]) == 1
    assert "99-slow" in capsys.readouterr().out
    row = {"lesson": "98-quick", "board": 1, "moves": 30, "p50": 60.0, "p95": 90.0, "CPU p50": 60.0, "CPU p95": 90.0}
    answer = CompletedProcess([], 0, f"BOARDS {json.dumps([row])}", "")
    monkeypatch.setattr(script.subprocess, "run", lambda *_, **__: answer)
    monkeypatch.setattr(script, "SLOWEST_MOVE", 91.0)
    assert script.sliders(["99"]) == 0


def test_an_unknown_word_shows_the_help(script: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert script.main(["widgets"]) == 2
    assert "sliders|course" in capsys.readouterr().out
