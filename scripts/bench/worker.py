"""One peer in a process of its own: makes the data ready, then runs the call each time a line comes in.

    python worker.py PEER TASK FILE

The first line out says that the peer is ready; each further one holds the seconds of a call and its answer, as JSON. A
call that takes less than a fifth of a second is repeated for as long, and the seconds are the median.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from importlib import import_module
from pathlib import Path
from statistics import median

ENOUGH = 0.2


def main(peer: str, task: str, path: str) -> None:
    """Serve one peer until the input ends."""
    out, sys.stdout = sys.stdout, sys.stderr  # what a library prints must not stand among the answers
    warnings.simplefilter("ignore")
    call = getattr(import_module(f"with_{peer}"), task)(Path(path))
    print(json.dumps("ready"), file=out, flush=True)
    for _ in sys.stdin:
        taken: list[float] = []
        answer: dict[str, float] = {}
        while sum(taken) < ENOUGH:
            start = time.perf_counter()
            answer = call()
            taken.append(time.perf_counter() - start)
        seconds = median(taken)
        said = {name: float(number) for name, number in answer.items()}
        print(json.dumps({"seconds": seconds, "answer": said}), file=out, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
