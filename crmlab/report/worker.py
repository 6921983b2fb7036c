"""A process that runs lessons, one after the other, for a report: tasks come in as lines of JSON, answers go out so.

It is started by `crmlab.report.execution`, which may start several and may end them at any time. What a lesson or its
kernel writes to the terminal is lost on purpose; what matters is in the executed notebook.
"""

from __future__ import annotations

import json
import os
import sys
import time
import warnings
from collections.abc import Mapping
from pathlib import Path
from threading import Thread
from typing import Any

from crmlab.lessons import leave_out

PATIENCE = 600  # seconds that one cell may take


def executed(path: Path, parameters: Mapping[str, Any], lacking: Mapping[str, str]) -> tuple[Any, str]:
    """Return the executed notebook and "", or None and the reason why it failed.

    Parameters
    ----------
    path
        The notebook; it runs in its own folder.
    parameters
        What is set in it, by papermill.
    lacking
        What the company lacks for some cells; these are left out.
    """
    import nbformat
    import papermill
    from papermill.exceptions import PapermillExecutionError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            notebook = nbformat.read(path, as_version=4)  # as a path it would be taken for a template
            leave_out(notebook, lacking)
            return papermill.execute_notebook(
                notebook,
                None,
                parameters=dict(parameters),
                progress_bar=False,
                cwd=str(path.parent),
                execution_timeout=PATIENCE,
                extra_arguments=["--IPKernelApp.log_level=CRITICAL"],
            ), ""
    except PapermillExecutionError as error:
        return None, f"cell {error.exec_count}: {error.ename}: {error.evalue}"
    except Exception as error:  # a kernel that dies or hangs fails its own lesson, not the report
        return None, f"{type(error).__name__}: {error}"


def main() -> None:
    """Answer each line of standard input on what was standard output; end when nobody is there to be answered."""
    Thread(target=_watch, args=(os.getppid(),), daemon=True).start()
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)  # kernels inherit it, and what they write there would be taken for an answer
    for line in sys.stdin.buffer:
        task = json.loads(line)
        notebook, reason = executed(Path(task["path"]), task["parameters"], task.get("lacking", {}))
        answers.write(json.dumps({"notebook": notebook, "reason": reason}) + "\n")
        answers.flush()


def _watch(parent: int) -> None:
    while os.getppid() == parent:  # on Windows it never changes, and the pipe breaks at the next answer
        time.sleep(2)
    os._exit(1)


if __name__ == "__main__":
    main()
