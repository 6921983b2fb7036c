"""`crmlab lab`: the lessons in JupyterLab, on this machine alone."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from typing import Any

from crmlab.cli.words import add_command

_OFFLINE = (  # JupyterLab asks nothing of the network
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
)


def add_to(commands: Any) -> None:
    """Add the command to the others."""
    parser = add_command(commands, "lab", _lab, "open the lessons in JupyterLab", "")
    parser.add_argument("--no-browser", action="store_true", help="only print the address")


def _lab(told: argparse.Namespace) -> int:
    from crmlab.lessons import notebooks_folder

    start = notebooks_folder() / "00-start-here.ipynb"
    if not start.is_file():
        raise ValueError("the lessons are not here: start from the folder of the course")
    command = [sys.executable, "-m", "jupyterlab", "--ip=127.0.0.1", f"--ServerApp.root_dir={start.parent.parent}"]
    command += [f"--LabApp.default_url=/lab/tree/{start.parent.name}/{start.name}", *_OFFLINE]
    command += ["--no-browser"] if told.no_browser else []
    command += ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return subprocess.call(command)  # noqa: S603
