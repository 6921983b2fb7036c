"""Measure what a reader waits for: python scripts/measure_course.py sliders|course [11 ...].

`sliders` runs each lesson in a process of its own, moves its sliders over their whole range and times each redraw.
`course` runs the lessons one after the other, each in a fresh kernel, and beside each a kernel that only imports what
the lesson had imported by its end: its floor. Wall time is what a reader waits; CPU time says how much of it was work,
on a machine that does other things too. Nothing is written.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

ROOT = Path(__file__).resolve().parents[1]
LESSONS = ROOT / "notebooks"
MOVES, SLOWEST_MOVE = 30, 150.0  # redraws of each control at least; milliseconds at the 95th percentile
SLOWEST_LESSON, FACTOR = 20.0, 2.0  # seconds; the course against its floor
TOLD = """import json, sys, time
print(json.dumps({"modules": list(sys.modules), "cpu": time.process_time()}))"""
FLOOR = """import contextlib, importlib, json, time
for name in json.loads('''NAMES'''):
    with contextlib.suppress(BaseException):
        importlib.import_module(name)
print(json.dumps({"cpu": time.process_time()}))"""


def find(names: list[str]) -> list[Path]:
    """Return the lessons whose names begin so, or all."""
    return [path for path in sorted(LESSONS.glob("*.ipynb")) if not names or path.name.startswith(tuple(names))]


def positions(widget: Any) -> list[Any]:
    """Return the places that a control is moved to: its whole range there and back, without standing still."""
    if hasattr(widget, "options"):
        there = [option[1] if isinstance(option, tuple) else option for option in widget.options]
    else:
        steps = round((widget.max - widget.min) / widget.step)
        there = [widget.min + step * widget.step for step in range(steps + 1)]
    if len(there) < 2:
        return []
    if len(there) > 2 * MOVES:
        there = [there[round(place * (len(there) - 1) / (2 * MOVES))] for place in range(2 * MOVES + 1)]
    circle = [*there, *there[-2:0:-1]]
    return [circle[place % len(circle)] for place in range(max(MOVES, len(there)) + 1)]


def redraws(board: Any) -> Iterator[tuple[float, float]]:
    """Move each control of a board, and yield the milliseconds of each redraw: wall and CPU."""
    controls = [child for child in board.children if hasattr(child, "value") and hasattr(child, "continuous_update")]
    for control in controls:
        start = control.value
        for place in positions(control):
            if place == control.value:
                continue
            wall, cpu = time.perf_counter(), time.process_time()
            control.value = place
            yield 1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - cpu)
        control.value = start


def boards(path: Path) -> list[Any]:
    """Run a lesson in this process, and return the boards that it shows.

    Raises
    ------
    RuntimeError
        If a cell of the lesson fails.
    """
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    from IPython.core.interactiveshell import InteractiveShell

    import crmlab.widgets

    found: list[Any] = []
    made: Callable[..., Any] = crmlab.widgets.explore

    def explore(*given: Any, **controls: Any) -> Any:
        found.append(made(*given, **controls))
        return found[-1]

    crmlab.widgets.explore = explore
    shell = InteractiveShell.instance()
    os.chdir(path.parent)
    for cell in nbformat.read(path, as_version=4)["cells"]:
        if cell["cell_type"] == "code" and not shell.run_cell(cell["source"]).success:
            raise RuntimeError(f"{path.stem} stops at: {cell['source'][:80]}")
    return found


def slider_rows(path: Path) -> list[dict[str, Any]]:
    """Return a row for each board of a lesson: its moves, and the milliseconds of a redraw."""
    rows = []
    for number, board in enumerate(boards(path), start=1):
        wall, cpu = zip(*redraws(board), strict=True)
        times = {"p50": quantile(wall, 50), "p95": quantile(wall, 95)}
        times |= {"CPU p50": quantile(cpu, 50), "CPU p95": quantile(cpu, 95)}
        rows.append({"lesson": path.stem, "board": number, "moves": len(wall)} | times)
    return rows


def quantile(values: Any, percent: int) -> float:
    """Return a percentile of at least two values."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def sliders(names: list[str]) -> int:
    """Print how long each board takes to redraw; one where a board is too slow."""
    rows: list[dict[str, Any]] = []
    for path in find(names):
        command = [sys.executable, __file__, "--boards", str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")
        if done.returncode:
            print(f"{path.stem} could not be measured: {done.stderr.strip()[-300:]}", file=sys.stderr)
            return 1
        rows += json.loads(done.stdout.rpartition("BOARDS ")[2])
    print_table(rows, f"milliseconds a redraw; at most {SLOWEST_MOVE:.0f} at p95")
    return int(any(row["p95"] > SLOWEST_MOVE for row in rows))


def executed(cells: list[Any]) -> tuple[float, dict[str, Any]]:
    """Run cells in a fresh kernel; return the seconds from its start to its end, and what the last cell told."""
    from nbclient import NotebookClient

    notebook = new_notebook(cells=cells)
    start = time.perf_counter()
    NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(LESSONS)}}
    ).execute()
    took = time.perf_counter() - start
    return took, json.loads("".join(output.get("text", "") for output in notebook.cells[-1]["outputs"]))


def course(names: list[str]) -> int:
    """Print how long each lesson takes beside its floor; one where the course or a lesson is too slow."""
    rows: list[dict[str, Any]] = []
    for path in find(names):
        seconds, told = executed([*nbformat.read(path, as_version=4)["cells"], new_code_cell(TOLD)])
        source = FLOOR.replace("NAMES", json.dumps([name for name in told["modules"] if name != "__main__"]))
        floor, least = executed([new_code_cell(source)])
        rows.append({"lesson": path.stem, "seconds": seconds, "floor": floor, "times": seconds / floor})
        rows[-1] |= {"CPU": told["cpu"], "CPU floor": least["cpu"], "CPU times": told["cpu"] / least["cpu"]}
    whole: dict[str, Any] = {"lesson": "the course"}
    whole |= {name: sum(row[name] for row in rows) for name in ("seconds", "floor", "CPU", "CPU floor")}
    whole |= {"times": whole["seconds"] / whole["floor"], "CPU times": whole["CPU"] / whole["CPU floor"]}
    print_table(
        [*rows, whole], f"seconds; a lesson at most {SLOWEST_LESSON:.0f}, the course {FACTOR:g} times its floor"
    )
    return int(whole["times"] > FACTOR or any(row["seconds"] > SLOWEST_LESSON for row in rows))


def print_table(rows: list[dict[str, Any]], told: str) -> None:
    """Print rows as a table, and how busy the machine was."""
    import pandas as pd

    busy = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "not known"
    columns = [name for name in rows[0] if not name.startswith("CPU")] + [name for name in rows[0] if "CPU" in name]
    print(pd.DataFrame(rows)[columns].round(2).to_string(index=False))
    start = time.process_time()
    sum(range(10_000_000))
    loop = 1000 * (time.process_time() - start)
    print(f"{told}. Load {busy} on {os.cpu_count()} cores; adding ten million numbers takes {loop:.0f} ms of CPU here.")


def main(arguments: list[str]) -> int:
    """Measure what the first argument names, for the lessons that the others name."""
    if arguments[:1] == ["--boards"]:
        print("BOARDS " + json.dumps(slider_rows(Path(arguments[1]))))
        return 0
    if arguments[:1] not in (["sliders"], ["course"]):
        print(__doc__)
        return 2
    return (sliders if arguments[0] == "sliders" else course)(arguments[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
