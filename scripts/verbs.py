"""The verbs of `bootstrap.py`: each prepares the environment where needed, then runs one command in it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from environment import LOCKS, ROOT, SetupError, prepare, python, variables
from peers import LIKE_CORE, prepare_peer

START = "notebooks/00-start-here.ipynb"


def lab_command(notebook: str = START, root: Path = ROOT) -> list[str]:
    """Return the command that opens JupyterLab at a notebook, for this machine alone.

    Nothing is asked of the network: no news, no search for updates, no list of extensions.
    """
    command = [str(python()), "-m", "jupyterlab", "--ip=127.0.0.1", f"--ServerApp.root_dir={root}"]
    command += [f"--LabApp.default_url=/lab/tree/{notebook}", "--log-level=WARN", "--LabApp.log_level=WARN"]
    command += ["--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    command += ["--LabApp.extension_manager=readonly"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        command.append("--no-browser")
    return command


def test_command(*arguments: str) -> list[str]:
    """Return the command that runs every test, or the tests that the arguments name.

    One run holds the unit tests, the doctests and the lessons; a lesson's cells stay together on one worker, and the
    notebooks, all short, come last, so that no worker waits long for the other.
    """
    command = [str(python()), "-m", "pytest"]
    if arguments:
        return [*command, *arguments]
    command += ["-n", "2", "--dist", "loadscope", "--no-loadscope-reorder"]
    command += ["--nbval", "--nbval-current-env", "--nbval-cell-timeout", "120"]
    command += ["--nbval-sanitize-with", "tests/sanitize.cfg", "tests", "crmlab"]
    return command + [folder for folder in ("notebooks", "exercises/solutions") if (ROOT / folder).is_dir()]


def install(*arguments: str) -> int:
    """Set up the environment (`install dev` with what the tests need) and stop."""
    prepare(arguments[0] if arguments else "core")
    print("The environment in .venv is ready.")
    return 0


def lab(*arguments: str) -> int:
    """Open JupyterLab at the first lesson."""
    prepare("core")
    print("JupyterLab starts. Open the address below where no browser opens; Ctrl-C stops it.", flush=True)
    return become([*lab_command(), *arguments])


def course(*arguments: str) -> int:
    """Run all lessons and write build/course/index.html."""
    prepare("core")
    return become([str(python()), "-m", "crmlab", "run", "all", "--out", "build/course", "--force", *arguments])


def test(*arguments: str) -> int:
    """Run every test."""
    prepare("dev")
    return become(test_command(*arguments))


def data(*arguments: str) -> int:
    """Simulate the built-in datasets anew."""
    prepare("core")
    return become([str(python()), "scripts/build_data.py", *arguments])


def docs(*arguments: str) -> int:
    """Write the pages and pictures of docs/ that come from the code."""
    prepare("core")
    pages, pictures = ([str(python()), f"scripts/build_{what}.py", *arguments] for what in ("docs", "pictures"))
    return call(pages) or call(pictures)


def calibrate(*arguments: str) -> int:
    """Measure bias and coverage of every interval on simulated samples (an hour or so)."""
    prepare("core")
    return become([str(python()), "scripts/calibrate", *arguments])


def bench(*arguments: str) -> int:
    """Measure crmlab beside its peers (under half an hour); those that cannot be installed are left out."""
    prepare("core")
    for peer in LIKE_CORE:
        try:
            prepare_peer(peer)
        except SetupError as problem:
            print(problem, file=sys.stderr)
    return become([str(python()), "scripts/bench", *arguments])


def exercises(*arguments: str) -> int:
    """Write the exercises and their solutions from the question sets; `outputs` then runs the solutions."""
    prepare("core")
    return become([str(python()), "scripts/build_exercises.py", *arguments])


def outputs(*arguments: str) -> int:
    """Run the notebooks and store their outputs; read the diff before keeping it."""
    prepare("core")
    return become([str(python()), "scripts/outputs.py", *arguments])


def lint(*_: str) -> int:
    """Check style and types."""
    prepare("dev")
    own = [str(python()), "-m"]
    checks = [[*own, "ruff", "check"], [*own, "ruff", "format", "--check"], [*own, "basedpyright"]]
    return max([call(check) for check in checks])


def lock(*arguments: str) -> int:
    """Write both locks; `lock --upgrade` takes the newest versions that pyproject.toml allows."""
    prepare("core")
    # One version for every Python, where there is one: the lessons' numbers must not depend on the reader's Python.
    uv = [str(python()), "-m", "uv", "pip", "compile", "pyproject.toml", "--universal", "--fork-strategy", "fewest"]
    uv += ["--group", "setup", "--group", "limits"]
    uv += ["--generate-hashes", "--no-header", "--no-annotate", "--quiet", *arguments]
    core, dev = LOCKS["core"], LOCKS["dev"]
    return call([*uv, "-o", core]) or call([*uv, "--extra", "dev", "-c", core, "-o", dev])


VERBS: dict[str, Callable[..., int]] = {
    verb.__name__: verb
    for verb in (lab, course, test, install, outputs, exercises, data, docs, calibrate, bench, lint, lock)
}


def usage() -> str:
    """Return what the verbs do, one line each."""
    lines = [f"  {name:<9} {(verb.__doc__ or '').splitlines()[0]}" for name, verb in VERBS.items()]
    return "\n".join(["python scripts/bootstrap.py VERB (or: make VERB)", *lines])


def call(command: Sequence[str]) -> int:
    """Run a command in the environment and wait for it."""
    return subprocess.run(command, cwd=ROOT, env=variables(), check=False).returncode


def become(command: list[str]) -> int:
    """Hand this process over to a command, so that Ctrl-C and signals reach it and nothing else."""
    if os.name == "posix":
        os.chdir(ROOT)
        os.execve(command[0], command, variables())  # noqa: S606
    process = subprocess.Popen(command, cwd=ROOT, env=variables())
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


def main(arguments: Sequence[str]) -> int:
    """Run the verb that is named first, and say a problem in one sentence."""
    if not arguments or arguments[0] not in VERBS:
        print(usage())
        return 0 if not arguments or arguments[0] in ("help", "-h", "--help") else 2
    try:
        return VERBS[arguments[0]](*arguments[1:])
    except SetupError as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
