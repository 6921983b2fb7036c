"""The environment in `.venv`: make it once from the hash-locked files, check it, know when it is out of date.

Only the standard library is used. What a person must do is raised as `SetupError`, one sentence; what the tools said is
in `.venv/setup.log`.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCKS = {"core": "requirements.lock", "dev": "requirements-dev.lock"}
# What installs the rest. setuptools builds the one package that comes as source, so that it is not fetched unchecked.
FIRST = ("uv", "setuptools")
NEEDED_MEGABYTES = {"core": 1500, "dev": 2300}

# What pip calls a setting, and what uv calls it: uv does not read pip's files.
PIP_TO_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "proxy": "ALL_PROXY",
    "cert": "SSL_CERT_FILE",
    "trusted-host": "UV_INSECURE_HOST",
}

NETWORK = "The packages could not be downloaded: check the network, or set PIP_INDEX_URL to a mirror you can reach"
DISK = "The disk is full: make room, then try again"
READ_ONLY = "The folder cannot be written to: copy it to a place of your own, then try again"
HASHES = "A downloaded package is not the one in the lock (its hash differs), so nothing of it was installed"
CAUSES = {
    HASHES: ("do not match the hashes", "hash mismatch"),
    DISK: ("no space left", "errno 28", "not enough space", "disk quota"),
    READ_ONLY: ("permission denied", "read-only file system", "access is denied"),
    NETWORK: ("connect", "retrying", "name resolution", "dns", "certificate", "timed out", "failed to fetch"),
}

SMOKE_TEST = """
import importlib
for name in ("crmlab", "ipywidgets", "jupyterlab", "lifelines", "matplotlib.pyplot", "nbval", "papermill", "seaborn",
             "statsmodels.api"):
    importlib.import_module(name)
from jupyter_client.kernelspec import KernelSpecManager
KernelSpecManager().get_kernel_spec("python3")
"""


class SetupError(Exception):
    """What a person has to do, in one sentence."""


def python(root: Path = ROOT) -> Path:
    """Return the path of the environment's own Python."""
    return root / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def variables(root: Path = ROOT, given: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the variables under which everything runs.

    A reader's own start-up files, themes and kernels would change what a lesson shows, so those of the tree are used.
    """
    own = root / ".venv" / "settings"
    kept = {name: value for name, value in given.items() if name not in ("PYTHONHOME", "PYTHONPATH", "MPLBACKEND")}
    return kept | {
        "IPYTHONDIR": str(own / "ipython"),
        "JUPYTER_CONFIG_DIR": str(own / "jupyter"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "MPLCONFIGDIR": str(own / "matplotlib"),
        "PYTHONUTF8": "1",
        "VIRTUAL_ENV": str(root / ".venv"),
        "PATH": os.pathsep.join([str(python(root).parent), given.get("PATH", "")]),
    }


def fingerprint(kind: str, root: Path = ROOT) -> str:
    """Return the hash of what the environment is made from."""
    digest = hashlib.sha256(str(root).encode())
    for name in (LOCKS[kind], "pyproject.toml", "scripts/environment.py"):
        digest.update((root / name).read_bytes())
    return digest.hexdigest()


def ready(kind: str, root: Path = ROOT) -> bool:
    """Return whether the environment is there, complete and up to date.

    The file that says so holds a fingerprint for each kind and the version of Python; `dev` includes `core`.
    """
    try:
        stamp = json.loads((root / ".venv" / "ready.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return stamp.get(kind) == fingerprint(kind, root) and stamp.get("python") == _version(root)


def prepare(kind: str = "core", root: Path = ROOT) -> None:
    """Make the environment where it is not ready yet.

    Raises
    ------
    SetupError
        If something is missing: the disk, the network, a part of Python, the right to write.
    """
    if ready(kind, root):
        return
    start = time.monotonic()
    check_machine(kind, root)
    print("Setting up .venv. This happens once and takes one to five minutes.", flush=True)
    try:
        _install(kind, root)
    except OSError as error:
        raise SetupError(sentence(str(error), error.errno) or f"The set-up stopped: {error}.") from error
    print(f"Ready after {time.monotonic() - start:.0f} seconds.", flush=True)


def check_machine(kind: str, root: Path = ROOT) -> None:
    """Look at what the set-up needs before it starts.

    Raises
    ------
    SetupError
        If Python lacks `venv`, the folder cannot be written to, or the disk is too full.
    """
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError as error:
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        message = f"This Python lacks venv: install the package {package} (Debian, Ubuntu) or Python from python.org."
        raise SetupError(message) from error
    try:
        with tempfile.TemporaryFile(dir=root):
            pass
    except OSError as error:
        raise SetupError(sentence("", error.errno) or f"{READ_ONLY}.") from error
    free = shutil.disk_usage(root).free / 1e6
    if free < NEEDED_MEGABYTES[kind]:
        needed = NEEDED_MEGABYTES[kind] / 1000
        raise SetupError(
            f"The set-up needs {needed:.1f} GB of free disk, and there is {free / 1000:.1f} GB: make room."
        )


def _install(kind: str, root: Path) -> None:
    """Make `.venv`, fill it from the lock, add crmlab itself, try it, and write the stamp."""
    own, lock = str(python(root)), str(root / LOCKS[kind])
    (root / ".venv" / "ready.json").unlink(missing_ok=True)
    known = ("3.11", "3.12", "3.13")
    if _version(root) not in known:
        _run([sys.executable, "-m", "venv", "--clear", str(root / ".venv")], root, "make .venv")
    pip = [own, "-m", "pip", "install", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
    with tempfile.TemporaryDirectory(dir=root / ".venv") as folder:
        first = Path(folder) / "first.txt"
        text = Path(lock).read_text(encoding="utf-8")
        first.write_text("".join(locked(name, text) for name in FIRST), encoding="utf-8")
        _run([*pip, "--retries", "2", "-r", str(first)], root, "install the installer")
    uv = [own, "-m", "uv", "pip", "install", "--python", own, "--no-build-isolation"]
    try:
        _run([*uv, "--require-hashes", "-r", lock], root, "install the packages")
    except SetupError as problem:
        if not str(problem).startswith(NETWORK):
            raise
        print("  uv cannot reach the packages; pip tries, which takes longer.", flush=True)
        _run([*pip, "--no-build-isolation", "-r", lock], root, "install the packages")
    _run([*uv, "--no-deps", "--no-index", "-e", str(root)], root, "install crmlab")
    _quieten(root)
    _run([own, "-m", "compileall", "-q", str(root / "crmlab")], root, "compile crmlab")
    _run([own, "-c", SMOKE_TEST], root, "try the packages")
    write_stamp(kind, root)


def _quieten(root: Path) -> None:
    """Keep JupyterLab from asking whether it may fetch news, and kernels from warning of traffic within the machine."""
    settings = {
        "etc/jupyter/labconfig/page_config.json": json.dumps(
            {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
        ),
        "settings/ipython/profile_default/ipython_kernel_config.py": "c.IPKernelApp.log_level = 'ERROR'",
    }
    for name, text in settings.items():
        path = root / ".venv" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")


def write_stamp(kind: str, root: Path) -> None:
    """Write down what the environment was made from; `ready` reads it."""
    kinds = ("core", "dev") if kind == "dev" else ("core",)
    stamp = {name: fingerprint(name, root) for name in kinds} | {"python": _version(root)}
    (root / ".venv" / "ready.json").write_text(json.dumps(stamp), encoding="utf-8")


def locked(name: str, lock: str) -> str:
    """Return the lines of one package, with its hashes, from the text of a lock.

    Raises
    ------
    SetupError
        If the lock does not hold the package.
    """
    found = re.search(rf"^{re.escape(name)}==.*(?:\n +--hash=.*)+", lock, re.MULTILINE)
    if not found:
        raise SetupError(f"The lock does not hold {name}: make it anew with `python scripts/bootstrap.py lock`.")
    return found.group() + "\n"


def _run(command: Sequence[str], root: Path, step: str) -> None:
    """Run one step of the set-up; what it says goes to the log, and its milestones to the reader."""
    print(f"- {step}", flush=True)
    said: list[str] = []
    environment = installers_variables(root) if "uv" in command else variables(root) | _index_for_pip()
    with subprocess.Popen(
        command, env=environment, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        encoding="utf-8", errors="replace",
    ) as process:  # fmt: skip
        for line in process.stdout or ():
            said.append(line)
            if re.match(r"Resolved|Downloading|Prepared|Installed", line.strip()):
                print("  " + line.strip(), flush=True)
    text = "".join(said)
    if (root / ".venv").is_dir():
        with (root / ".venv" / "setup.log").open("a", encoding="utf-8") as log:
            log.write(f"$ {' '.join(command)}\n{text}\n")
    if process.returncode:
        raise SetupError(sentence(text) or f"The set-up could not {step}; the details are in .venv/setup.log.")


def sentence(text: str, number: int | None = None) -> str:
    """Return the sentence for the cause that an error tells of, or an empty text where the cause is not known."""
    if number in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return f"{DISK}."
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{READ_ONLY}."
    lower = text.lower()
    cause = next((cause for cause, signs in CAUSES.items() if any(sign in lower for sign in signs)), "")
    return f"{cause} (details in .venv/setup.log)." if cause else ""


def installers_variables(root: Path) -> dict[str, str]:
    """Return the variables for uv: bytecode at once, the Python at hand, and the settings that pip would use."""
    given = variables(root)
    listed = subprocess.run(
        [str(python(root)), "-m", "pip", "config", "list"], env=given, capture_output=True, text=True, check=False
    ).stdout
    from_pip = {}
    for source in ("global", "install", ":env:"):  # as pip does, what comes later wins
        settings = re.findall(rf"^{source}\.([a-z-]+)='(.*)'$", listed, re.MULTILINE)
        from_pip |= {PIP_TO_UV[name]: value for name, value in settings if name in PIP_TO_UV}
    if "UV_INDEX_URL" in given:
        from_pip.pop("UV_DEFAULT_INDEX", None)
    return {"UV_COMPILE_BYTECODE": "1", "UV_PYTHON_DOWNLOADS": "never"} | from_pip | given


def _index_for_pip() -> dict[str, str]:
    """Return the index that uv was told to use, for the one package that pip installs."""
    chosen = os.environ.get("UV_DEFAULT_INDEX") or os.environ.get("UV_INDEX_URL")
    return {"PIP_INDEX_URL": chosen} if chosen and "PIP_INDEX_URL" not in os.environ else {}


def _version(root: Path) -> str:
    """Return the version of the environment's Python as "3.11", or an empty text where it does not run."""
    try:
        said = subprocess.run(
            [str(python(root)), "-c", "import sys, pip; print('%d.%d' % sys.version_info[:2])"],
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
    except OSError:
        return ""
    return said.stdout.strip() if said.returncode == 0 else ""
