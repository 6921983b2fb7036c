# ruff: noqa: E501 - one bad file a line
"""Run `crmlab adopt` on a corpus of bad files, each in a process of its own, and hold what crmlab promises.

Each ends with exit code 0 and the right number of orders, or 2 and a plain message: never a traceback, never "crmlab
itself failed"; within 10 seconds and 1 GiB. The table says what came of each; the exit code is 1 where one broke the
promise.

    python tests/hostile.py             all
    python tests/hostile.py workbook:   those whose name holds the word
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import hostile_files
import hostile_formats
from hostile_files import Case, Corpus

SECONDS, BYTES = 10, 1 << 30
SECRETS = ("geheim",)
PARTS = (
    hostile_files.encodings,
    hostile_files.separators,
    hostile_files.structures,
    hostile_files.values,
    hostile_formats.paths,
    hostile_formats.formats,
    hostile_formats.workbooks,
    hostile_formats.parquet,
    hostile_formats.json_lines,
    hostile_formats.databases,
)


@dataclass(frozen=True)
class Outcome:
    """What one run came to."""

    code: int
    said: str
    seconds: float = 0.0
    peak: int = 0


def build(folder: Path, large: int = 50_000_000) -> list[Case]:
    corpus = Corpus(folder, large)
    for part in PARTS:
        part(corpus)
    return corpus.cases


def broken(case: Case, outcome: Outcome, out: Path) -> list[str]:
    """Return what of the promise a run broke."""
    found = []
    if outcome.code not in (0, 2):
        found.append(f"exit code {outcome.code}")
    found += [
        f"says {word!r}" for word in ("Traceback", "crmlab itself failed", "panicked", *SECRETS) if word in outcome.said
    ]
    if case.must == "read" and outcome.code == 2:
        found.append("refused what is readable")
    if case.must == "refused" and outcome.code == 0:
        found.append("read what is not")
    if outcome.code == 2 and not outcome.said.strip():
        found.append("says nothing")
    if case.must == "refused" and case.said not in outcome.said:
        found.append(f"does not say {case.said!r}")
    if case.must == "read" and outcome.code == 0 and _orders(out) != case.orders:
        found.append(f"{_orders(out)} orders, not {case.orders}")
    if outcome.seconds > SECONDS:
        found.append(f"{outcome.seconds:.1f} s")
    if outcome.peak > BYTES:
        found.append(f"{outcome.peak / 2**20:,.0f} MiB")
    return found


def _orders(out: Path) -> int:
    file = out / "orders.csv"
    return len(file.read_text(encoding="utf-8").splitlines()) - 1 if file.exists() else 0


def run(case: Case, out: Path) -> Outcome:
    """Run one case in a process of its own; its processor time is bounded, and on POSIX its memory measured."""
    words = [sys.executable, "-m", "crmlab", "adopt", *case.words, "--out", str(out)]
    started = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(words, stdout=said, stderr=said, stdin=subprocess.DEVNULL)
        peak, code, used = _wait(process)
        said.seek(0)
        return Outcome(code, said.read().decode("utf-8", "replace"), used or time.perf_counter() - started, peak)


def _wait(process: subprocess.Popen[bytes]) -> tuple[int, int, float]:
    """Return the peak of memory, the exit code and the seconds of processor time."""
    if not hasattr(os, "wait4"):
        try:
            return 0, process.wait(6 * SECONDS), 0.0
        except subprocess.TimeoutExpired:
            process.kill()
            return 0, process.wait(), 0.0
    until = time.monotonic() + 6 * SECONDS
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            scale = 1 if sys.platform == "darwin" else 1024
            return usage.ru_maxrss * scale, os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime
        if time.monotonic() > until:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        time.sleep(0.02)


def main() -> int:
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    worst = 0
    with tempfile.TemporaryDirectory(prefix="crmlab-hostile-") as folder:
        (Path(folder) / "in").mkdir()
        with ProcessPoolExecutor(1, get_context("spawn")) as apart:  # what this process takes, its children begin with
            made = apart.submit(build, Path(folder) / "in").result()
        cases = [case for case in made if word in case.name]
        print(f"{len(cases)} bad files; each within {SECONDS} s and {BYTES / 2**20:,.0f} MiB\n")
        print(f"{'what':<42} {'must be':<8} {'code':>4} {'s':>5} {'MiB':>6}  first words")
        for number, case in enumerate(cases):
            out = Path(folder) / f"out{number}"
            outcome = run(case, out)
            faults = broken(case, outcome, out)
            worst += bool(faults)
            first = next(
                (line for line in reversed(outcome.said.splitlines()) if line.startswith(("- ", "crmlab:"))), ""
            )
            print(
                f"{case.name[:42]:<42} {case.must:<8} {outcome.code:>4} {outcome.seconds:>5.1f} {outcome.peak / 2**20:>6.0f}"
                f"  {first[:150]}{'   <-- ' + '; '.join(faults) if faults else ''}",
                flush=True,
            )
    print(f"\n{len(cases) - worst} of {len(cases)} keep the promise.")
    return 1 if worst else 0


if __name__ == "__main__":
    sys.exit(main())
