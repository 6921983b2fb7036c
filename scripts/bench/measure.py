"""Side by side in one run: each peer in a process of its own, asked in turn."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
Run = dict[str, Any]


class Worker:
    """A peer that is ready to be asked."""

    def __init__(self, process: subprocess.Popen[str], name: str, log: Path) -> None:
        self.process, self.name, self.log = process, name, log
        self._answer()

    def ask(self) -> Run:
        """Run the call once and return its seconds and its answer.

        Raises
        ------
        RuntimeError
            If the peer stopped.
        """
        assert self.process.stdin
        try:
            self.process.stdin.write("\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # the answer that is missing says it
        return self._answer()

    def _answer(self) -> Run:
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            said = self.log.read_text(encoding="utf-8").strip().splitlines()
            raise RuntimeError(f"{self.name} stopped: {said[-1] if said else 'it said nothing'}")
        return json.loads(line)


@contextmanager
def working(peer: str, python: str, task: str, data: Path, log: Path) -> Iterator[Worker]:
    """Start a peer, wait until its data are ready, and end it afterwards."""
    command = [python, str(HERE / "worker.py"), peer, task, str(data)]
    with (
        log.open("a", encoding="utf-8") as said,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, text=True, encoding="utf-8"
        ) as process,
    ):
        try:
            yield Worker(process, peer, log)
        finally:
            process.kill()


def side_by_side(pythons: Mapping[str, str], task: str, data: Path, runs: int) -> dict[str, list[Run]]:
    """Return the runs of each peer, all asked in turn; the first call of each warms up and is not kept.

    Parameters
    ----------
    pythons
        By peer: the Python that runs it.
    task
        The function of the modules `with_PEER`.
    data
        The file that all read.
    runs
        How often each is asked.
    """
    with ExitStack() as stack:
        logs = {peer: data.with_name(f"{peer}.txt") for peer in pythons}
        workers = [stack.enter_context(working(peer, pythons[peer], task, data, logs[peer])) for peer in pythons]
        found: dict[str, list[Run]] = {worker.name: [] for worker in workers}
        for number in range(runs + 1):
            for worker in workers:
                run = worker.ask()
                if number > 0:
                    found[worker.name].append(run)
            print(".", end="", file=sys.stderr, flush=True)
        return found
