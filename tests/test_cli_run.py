from __future__ import annotations

from pathlib import Path

import pytest

from crmlab.cli import main
from crmlab.lessons import Lesson
from crmlab.report import Outcome


def test_options_are_passed_on_and_kept_lessons_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: dict[str, object] = {}

    def run(*_: object, **how: object) -> list[Outcome]:
        asked.update(how)
        return [Outcome(Lesson("14", "Value", Path("14-value.ipynb")), "ran", kept=True)]

    monkeypatch.setattr("crmlab.report.run", run)
    assert main(["run", "14", "--jobs", "3", "--min-count", "10", "--language", "ko"]) == 0
    assert (asked["jobs"], asked["min_count"], asked["language"], asked["overwrite"]) == (3, 10, "ko", False)
    assert "Went on where the last run was ended: 1 finished lesson" in capsys.readouterr().out


def test_a_stop_says_what_is_kept(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("crmlab.report.run", stopped)
    assert main(["run"]) == 130
    assert "the finished lessons are kept, and the same command without --force goes on" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--jobs", "0"], ["--min-count", "1"], ["--language", "fr"], ["--jobs", "two"]])
def test_impossible_settings_are_the_users_fault(
    words: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["run", "14", *words]) == 2
    assert "Traceback" not in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
