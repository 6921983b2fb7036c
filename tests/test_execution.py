from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from crmlab.report import execution
from crmlab.report.execution import Task, execute, usual_jobs

ECHO = """
import json, os, sys, time
for line in sys.stdin:
    task = json.loads(line)
    what = task["parameters"].get("do")
    if what == "die": os._exit(3)
    if what == "sleep": time.sleep(600)
    cell = {"cell_type": "markdown", "metadata": {}, "source": str(os.getpid())}
    print(json.dumps({"notebook": {"cells": [cell]} if what != "fail" else None, "reason": what or ""}), flush=True)
"""


@pytest.fixture(autouse=True)
def echo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execution, "_COMMAND", ("-c", ECHO))


def tasks(*what: str) -> list[Task]:
    return [Task(f"{place:02}", Path("x.ipynb"), {"do": do} if do else {}) for place, do in enumerate(what)]


def test_each_task_is_answered_once() -> None:
    found = {done.number: done for done in execute(tasks("", "fail", "", ""), 2)}
    assert sorted(found) == ["00", "01", "02", "03"]
    assert (found["01"].notebook, found["01"].reason) == (None, "fail")
    assert {found[number].notebook.cells[0].cell_type for number in ("00", "02", "03")} == {"markdown"}
    assert all(done.seconds > 0 for done in found.values())


def test_a_worker_that_dies_fails_its_task_only() -> None:
    found = {done.number: done for done in execute(tasks("", "die", "", ""), 1)}
    assert [found[number].reason == "" for number in sorted(found)] == [True, False, True, True]
    assert "the process that ran it ended; perhaps memory was short" in found["01"].reason
    assert found["00"].notebook.cells[0].source != found["02"].notebook.cells[0].source


def test_who_stops_waiting_ends_the_workers() -> None:
    running = execute(tasks("", "sleep"), 2)
    assert next(running).number == "00"
    start = time.monotonic()
    running.close()
    assert time.monotonic() - start < 60


def test_there_must_be_a_job() -> None:
    with pytest.raises(ValueError, match="jobs is 0"):
        next(execute(tasks(""), 0))
    assert usual_jobs(1e15) == 1
    assert 1 <= usual_jobs() <= execution._cores()


def test_a_worker_answers_what_it_cannot_run(tmp_path: Path) -> None:
    task = json.dumps({"path": str(tmp_path / "none.ipynb"), "parameters": {}}) + "\n"
    command = [sys.executable, "-P", "-m", "crmlab.report.worker"]
    said = subprocess.run(command, input=task * 2, capture_output=True, text=True, check=True, cwd=tmp_path)
    answers = [json.loads(line) for line in said.stdout.splitlines()]
    assert [answer["notebook"] for answer in answers] == [None, None]
    assert answers[0]["reason"].startswith("FileNotFoundError")


def test_files_of_the_working_folder_are_not_run(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("open('was-run', 'w')", encoding="utf-8")
    command = [sys.executable, "-P", "-m", "crmlab.report.worker"]
    subprocess.run(command, input=b"", check=True, cwd=tmp_path)
    assert not (tmp_path / "was-run").exists()
