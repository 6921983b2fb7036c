from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

import hostile
from crmlab.cli import main

SECONDS = 60  # of processor time for all; the files that are large elsewhere are a tenth of that here
AT_LEAST = 150


def test_bad_files_end_in_plain_words_or_in_a_right_result(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "in").mkdir()
    cases = hostile.build(tmp_path / "in", large=5_000_000)
    assert len({case.name for case in cases}) == len(cases) >= AT_LEAST
    started = time.process_time()
    found = {}
    for number, case in enumerate(cases):
        out = tmp_path / f"out{number}"
        code = main(["adopt", *case.words, "--out", str(out)])
        said = "".join(capfd.readouterr())
        faults = hostile.broken(case, hostile.Outcome(code, said), out)
        if faults:
            found[case.name] = (faults, said.splitlines()[-3:])
    assert found == {}
    assert time.process_time() - started < SECONDS


@pytest.mark.parametrize(
    ("must", "code", "said", "fault"),
    [
        ("refused", 0, "", "read what is not"),
        ("read", 2, "no", "refused what is readable"),
        ("read", 0, "", "0 orders, not 30"),
        ("either", 1, "crmlab itself failed", "exit code 1"),
        ("either", 2, "Traceback", "says 'Traceback'"),
        ("either", 2, " ", "says nothing"),
    ],
)
def test_a_broken_promise_is_seen(tmp_path: Path, must: str, code: int, said: str, fault: str) -> None:
    case = hostile.Case("x", ("x",), must)
    assert fault in hostile.broken(case, hostile.Outcome(code, said), tmp_path)
    slow = hostile.Outcome(2, "no", seconds=11.0, peak=2 << 30)
    assert hostile.broken(hostile.Case("x", ("x",)), slow, tmp_path) == ["11.0 s", "2,048 MiB"]


def test_the_script_measures_a_process_of_its_own(tmp_path: Path) -> None:
    outcome = hostile.run(hostile.Case("x", (str(tmp_path / "nowhere.csv"),)), tmp_path / "out")
    assert outcome.code == 2
    assert "nowhere.csv" in outcome.said
    assert outcome.seconds > 0
    assert (outcome.peak > 1 << 20) == (sys.platform != "win32")
