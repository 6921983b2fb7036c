"""Lessons run beside each other, each worker a process of its own that can be ended at any time.

A lesson spends most of its time in one core, so as many run at once as there are cores, or fewer where memory is
short. A worker that dies fails the lesson that it ran, and a new one goes on with the next.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from threading import Event, Thread
from time import perf_counter
from typing import Any

_MEMORY = 1.0e9  # bytes that a lesson on a company of ordinary size is given
_COMMAND = ("-P", "-m", "crmlab.report.worker")  # -P: no module of the working folder is taken for one of Python's
_DIED = "the process that ran it ended; perhaps memory was short: run it again, with --jobs 1"


@dataclass(frozen=True)
class Task:
    """A notebook to run, with what is set in it, and what is lacking for parts of it (`crmlab.lessons.leave_out`)."""

    number: str
    path: Path
    parameters: Mapping[str, Any] = field(default_factory=dict)
    lacking: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Done:
    """What became of a task: the executed notebook (None where it failed), the reason, and the seconds it took."""

    number: str
    notebook: Any
    reason: str
    seconds: float


def usual_jobs(size: float = 0.0) -> int:
    """Return how many lessons run at once if nobody says: one a core, fewer where memory is short.

    Parameters
    ----------
    size
        Bytes of the company's files: each lesson holds its own copy of the tables, about five times as large.

    Examples
    --------
    >>> usual_jobs() >= 1, usual_jobs(1e18)
    (True, 1)
    """
    import psutil

    free = psutil.virtual_memory().available / (_MEMORY + 5 * size)
    return max(1, min(_cores(), int(free)))


def execute(tasks: Sequence[Task], jobs: int) -> Iterator[Done]:
    """Run notebooks, and yield what became of each as it ends, in no fixed order.

    Parameters
    ----------
    tasks
        What to run.
    jobs
        How many at once, from 1 up.

    Raises
    ------
    ValueError
        If there is no job.
    """
    if jobs < 1:
        raise ValueError(f"jobs is {jobs}; at least one lesson must run at a time")
    waiting: Queue[Task] = Queue()
    done: Queue[Done] = Queue()
    for task in tasks:
        waiting.put(task)
    workers = [_Worker(waiting, done) for _ in range(min(jobs, len(tasks)))]
    try:
        for worker in workers:
            worker.start()
        for _ in tasks:
            yield _next(done)
    finally:
        for worker in workers:
            worker.stop()


class _Worker(Thread):
    """Hands tasks to one process, and starts another where it has died."""

    def __init__(self, waiting: Queue[Task], done: Queue[Done]) -> None:
        super().__init__(daemon=True)
        self.waiting, self.done = waiting, done
        self.stopped = Event()
        self.process: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        while not self.stopped.is_set():
            try:
                task = self.waiting.get_nowait()
            except Empty:
                return
            start = perf_counter()
            notebook, reason = self._answer(task)
            self.done.put(Done(task.number, notebook, reason, perf_counter() - start))

    def stop(self) -> None:
        """End the process; one that is in a lesson is asked first, so that it ends its kernel."""
        self.stopped.set()
        process = self.process
        if process is None:
            return
        if self.is_alive() and process.poll() is None and os.name == "posix":
            process.send_signal(signal.SIGINT)
        _close(process, 5.0)
        self.join(5.0)

    def _answer(self, task: Task) -> tuple[Any, str]:
        from nbformat import from_dict

        try:
            if self.process is None or self.process.poll() is not None:
                self.process = _started()
            told = {"path": str(task.path), "parameters": task.parameters, "lacking": task.lacking}
            self.process.stdin.write(json.dumps(told).encode() + b"\n")  # pyright: ignore[reportOptionalMemberAccess]
            self.process.stdin.flush()  # pyright: ignore[reportOptionalMemberAccess]
            answer = json.loads(self.process.stdout.readline())  # pyright: ignore[reportOptionalMemberAccess]
        except (OSError, ValueError):
            if self.process is not None:
                _close(self.process, 0.0)
            return None, _DIED
        return (from_dict(answer["notebook"]) if answer["notebook"] else None), answer["reason"]


def _started() -> subprocess.Popen[bytes]:
    command = [sys.executable, *_COMMAND]
    pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nowhere)  # noqa: S603


def _close(process: subprocess.Popen[bytes], patience: float) -> None:
    """Let a process end, for one that waits for a task ends when there can be none; end it where it does not."""
    with suppress(OSError):
        if process.stdin:
            process.stdin.close()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout:
        process.stdout.close()


def _next(done: Queue[Done]) -> Done:
    while True:
        try:
            return done.get(timeout=0.5)  # without a time limit Ctrl-C would not be heard on Windows
        except Empty:
            continue


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
