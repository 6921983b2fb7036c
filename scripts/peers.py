"""Environments of the peers that `bench` measures beside crmlab: apart from `.venv`, below `build/bench`.

What is installed stands in the dependency groups of `pyproject.toml` whose names begin with `bench-`. A peer that can
use the libraries of the lock gets those; one that wants others gets what it wants.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import tomllib
from pathlib import Path

from environment import LOCKS, ROOT, SetupError, installers_variables, python, sentence

FOLDER = Path("build") / "bench"
LIKE_CORE = {"lifetimes": True, "pymc": False, "spark": True}
WITH_CRMLAB = ("spark",)  # an engine beneath crmlab, no package of its own kind


def peer_python(peer: str, root: Path = ROOT) -> Path:
    """Return the Python of a peer's environment, which may not be there."""
    own = python(root)
    return root / FOLDER / peer / own.parent.name / own.name


def prepare_peer(peer: str, root: Path = ROOT) -> None:
    """Make a peer's environment where it is not there or not up to date.

    Raises
    ------
    SetupError
        If it cannot be made.
    """
    folder, stamp = root / FOLDER / peer, root / FOLDER / peer / "ready.txt"
    wanted = fingerprint(peer, root)
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return
    print(f"Setting up {FOLDER.as_posix()}/{peer}. This happens once.", flush=True)
    _run([str(python(root)), "-m", "venv", "--clear", str(folder)], root)
    install = [str(python(root)), "-m", "uv", "pip", "install", "--python", str(peer_python(peer, root))]
    install += ["--group", f"pyproject.toml:bench-{peer}"]
    if peer in WITH_CRMLAB:
        install += ["--editable", "."]
    if LIKE_CORE[peer]:
        versions = folder / "versions.txt"
        versions.write_text("\n".join(locked_versions(root)) + "\n", encoding="utf-8")
        install += ["--constraint", str(versions)]
    _run(install, root)
    stamp.write_text(wanted, encoding="utf-8")


def fingerprint(peer: str, root: Path = ROOT) -> str:
    """Return the hash of what a peer's environment is made from."""
    groups = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    parts = [str(root), *groups[f"bench-{peer}"], *(locked_versions(root) if LIKE_CORE[peer] else [])]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def locked_versions(root: Path = ROOT) -> list[str]:
    """Return the packages of the lock with their versions."""
    lock = (root / LOCKS["core"]).read_text(encoding="utf-8")
    return re.findall(r"^[a-z0-9][a-z0-9._-]*==[^ \\\n]+(?: ;[^\\\n]+)?", lock, re.MULTILINE)


def _run(command: list[str], root: Path) -> None:
    done = subprocess.run(
        command, cwd=root, env=installers_variables(root), capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = done.stdout + done.stderr
        raise SetupError(sentence(said) or f"The set-up of a peer stopped: {said.strip().splitlines()[-1]}.")
