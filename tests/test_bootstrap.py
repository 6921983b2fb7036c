"""The set-up: what a reader is told when something is missing, and that a second start does nothing."""

from __future__ import annotations

import ast
import errno
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import namedtuple
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = ROOT / "scripts" / "bootstrap.py"
OFFLINE = "http://127.0.0.1:9/simple"  # the port on which nothing listens

Usage = namedtuple("Usage", "total used free")


@pytest.fixture(autouse=True)
def _scripts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))


@pytest.fixture
def environment() -> ModuleType:
    return importlib.import_module("environment")


@pytest.fixture
def verbs() -> ModuleType:
    return importlib.import_module("verbs")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a copy of what the set-up reads."""
    for name in ("requirements.lock", "requirements-dev.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def is_one_sentence(text: str) -> bool:
    return text.strip().count("\n") == 0 and text.strip().endswith(".") and "Traceback" not in text


# The wrong Python.


@pytest.mark.parametrize("version", [(2, 7), (3, 6), (3, 10), (3, 14), (4, 0)])
def test_a_wrong_python_is_told_in_a_sentence(version: tuple[int, int]) -> None:
    said = importlib.import_module("bootstrap").complaint((*version, 1, "final", 0))
    assert is_one_sentence(said)
    assert f"Python {version[0]}.{version[1]}:" in said


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
def test_a_right_python_is_not_complained_of(version: tuple[int, int]) -> None:
    assert importlib.import_module("bootstrap").complaint((*version, 1, "final", 0)) == ""


def test_every_python_can_read_the_first_file() -> None:
    source = SCRIPT.read_text(encoding="ascii")
    tree = ast.parse(source, feature_version=(3, 0))
    newer = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.AsyncFunctionDef, ast.Starred, ast.Nonlocal)
    assert [node for node in ast.walk(tree) if isinstance(node, newer)] == []
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    assert all(node.returns is None and not node.args.kwonlyargs for node in functions)
    assert all(argument.annotation is None for node in functions for argument in node.args.args)
    before = source[: source.index("from verbs import")]
    assert re.findall(r"^\s*(?:import|from) (\w+)", before, re.MULTILINE) == ["sys"]


# What a machine may lack.


def test_a_full_disk_is_told_before_anything_is_made(
    verbs: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("environment.ready", lambda *_: False)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**12, 10**12, 300 * 10**6))
    assert verbs.main(["lab"]) == 1
    assert capsys.readouterr() == ("", "The set-up needs 1.5 GB of free disk, and there is 0.3 GB: make room.\n")


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES])
def test_a_folder_that_cannot_be_written_to_is_told(
    environment: ModuleType, monkeypatch: pytest.MonkeyPatch, root: Path, number: int
) -> None:
    def refuse(**_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    with pytest.raises(environment.SetupError) as caught:
        environment.check_machine("core", root)
    assert is_one_sentence(str(caught.value))
    assert "cannot be written to" in str(caught.value)


@pytest.mark.parametrize("part", ["venv", "ensurepip"])
def test_a_python_without_venv_is_told(
    environment: ModuleType, monkeypatch: pytest.MonkeyPatch, root: Path, part: str
) -> None:
    monkeypatch.setitem(sys.modules, part, None)
    with pytest.raises(environment.SetupError, match=r"apt|-venv") as caught:
        environment.check_machine("core", root)
    assert is_one_sentence(str(caught.value))


def test_a_machine_that_has_all_passes(environment: ModuleType, root: Path) -> None:
    environment.check_machine("core", root)


def test_without_a_network_a_sentence_is_said_and_nothing_is_called_ready(root: Path) -> None:
    no_index = {"PIP_INDEX_URL": OFFLINE, "UV_INDEX_URL": OFFLINE, "PIP_CONFIG_FILE": os.devnull}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))}
    done = subprocess.run(
        [sys.executable, str(root / "scripts" / "bootstrap.py"), "install"],
        env=kept | no_index, capture_output=True, text=True, check=False, timeout=100,
    )  # fmt: skip
    assert done.returncode == 1
    assert is_one_sentence(done.stderr)
    assert "could not be downloaded" in done.stderr
    assert not (root / ".venv" / "ready.json").exists()


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("error: Failed to fetch: `index/a/`\n cause: tcp connect error: Connection refused", "NETWORK"),
        ("WARNING: Retrying (Retry(total=1)) after connection broken by 'NewConnectionError'", "NETWORK"),
        ("invalid peer certificate: UnknownIssuer", "NETWORK"),
        ("OSError: [Errno 28] No space left on device", "DISK"),
        ("failed to create directory: Permission denied (os error 13)", "READ_ONLY"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "HASHES"),
        ("error: Failed to download `six==1.17.0`\n cause: Hash mismatch for `six==1.17.0`", "HASHES"),
    ],
)
def test_what_a_tool_says_becomes_a_sentence(environment: ModuleType, said: str, cause: str) -> None:
    told = environment.sentence(said)
    assert told.startswith(getattr(environment, cause))
    assert is_one_sentence(told)


def test_what_is_not_understood_is_not_explained(environment: ModuleType) -> None:
    assert environment.sentence("error: Failed to build `crmlab`") == ""


def test_ctrl_c_stops_without_a_traceback(
    verbs: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt() -> int:
        raise KeyboardInterrupt

    monkeypatch.setitem(verbs.VERBS, "lab", interrupt)
    assert verbs.main(["lab"]) == 130
    assert capsys.readouterr().err == "Stopped.\n"


# When the environment is ready.


@pytest.fixture
def made(environment: ModuleType, root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a root whose environment is called ready for both kinds."""
    monkeypatch.setattr(environment, "_version", lambda _: "3.11")
    (root / ".venv").mkdir()
    environment.write_stamp("dev", root)
    return root


def test_what_is_ready_is_left_alone(
    environment: ModuleType, made: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(environment, "_install", lambda *_: pytest.fail("set up again"))
    environment.prepare("core", made)
    environment.prepare("dev", made)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml", "scripts/environment.py"])
def test_a_changed_file_makes_the_environment_old(environment: ModuleType, made: Path, name: str) -> None:
    assert environment.ready("core", made)
    (made / name).write_text((made / name).read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    assert not environment.ready("core", made)


def test_another_python_makes_the_environment_old(
    environment: ModuleType, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "_version", lambda _: "3.12")
    assert not environment.ready("core", made)


def test_a_moved_folder_makes_the_environment_old(environment: ModuleType, made: Path, tmp_path: Path) -> None:
    moved = shutil.copytree(made, tmp_path / "elsewhere", ignore=shutil.ignore_patterns("elsewhere"))
    assert not environment.ready("core", moved)


def test_the_core_alone_is_not_enough_for_the_tests(environment: ModuleType, made: Path) -> None:
    environment.write_stamp("core", made)
    assert environment.ready("core", made)
    assert not environment.ready("dev", made)


@pytest.mark.parametrize("stamp", ["", "{", json.dumps({"core": "0"})])
def test_a_broken_stamp_makes_the_environment_old(environment: ModuleType, made: Path, stamp: str) -> None:
    (made / ".venv" / "ready.json").write_text(stamp, encoding="utf-8")
    assert not environment.ready("core", made)


def test_an_environment_that_does_not_run_has_no_version(environment: ModuleType, root: Path) -> None:
    assert environment._version(root) == ""


# The lock and the installers.


def test_one_package_is_cut_out_of_the_lock_with_its_hashes(environment: ModuleType) -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    lines = environment.locked("uv", text).splitlines()
    assert lines[0].startswith("uv==")
    assert len(lines) > 5
    assert all(line.strip().startswith("--hash=sha256:") for line in lines[1:])
    assert not lines[-1].endswith("\\")


def test_a_package_that_is_not_in_the_lock_is_told(environment: ModuleType) -> None:
    with pytest.raises(environment.SetupError, match="does not hold uv"):
        environment.locked("uv", "uvloop==1.0 \\\n    --hash=sha256:00\n")


@pytest.mark.parametrize(
    ("setting", "value", "name"),
    [
        ("PIP_INDEX_URL", "https://mirror.example/simple", "UV_DEFAULT_INDEX"),
        ("PIP_PROXY", "http://proxy.example:3128", "ALL_PROXY"),
        ("PIP_CERT", "own.pem", "SSL_CERT_FILE"),
        ("PIP_TRUSTED_HOST", "mirror.example", "UV_INSECURE_HOST"),
    ],
)
def test_uv_is_told_what_pip_was_told(
    environment: ModuleType, monkeypatch: pytest.MonkeyPatch, setting: str, value: str, name: str
) -> None:
    monkeypatch.setattr(environment, "python", lambda _: Path(sys.executable))
    for other in ("UV_INDEX_URL", "UV_DEFAULT_INDEX", "SSL_CERT_FILE", "ALL_PROXY", "UV_INSECURE_HOST"):
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv(setting, value)
    assert environment.installers_variables(ROOT)[name] == value


@pytest.mark.parametrize("name", ["UV_INDEX_URL", "UV_DEFAULT_INDEX"])
def test_what_uv_was_told_itself_comes_first(
    environment: ModuleType, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(environment, "python", lambda _: Path(sys.executable))
    monkeypatch.setenv("PIP_INDEX_URL", "https://pip.example/simple")
    monkeypatch.setenv(name, "https://uv.example/simple")
    told = environment.installers_variables(ROOT)
    assert told[name] == "https://uv.example/simple"
    assert told.get("UV_DEFAULT_INDEX") in (None, "https://uv.example/simple")


def test_the_readers_own_settings_stay_outside(environment: ModuleType, root: Path) -> None:
    given = {"PATH": "/bin", "PYTHONPATH": "mine", "MPLBACKEND": "TkAgg", "JUPYTER_CONFIG_DIR": "mine", "LANG": "ko"}
    told = environment.variables(root, given)
    assert not {"PYTHONPATH", "MPLBACKEND"} & set(told)
    assert told["LANG"] == "ko"
    inside = ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "MPLCONFIGDIR", "VIRTUAL_ENV")
    assert all(Path(told[name]).is_relative_to(root / ".venv") for name in inside)
    assert told["PATH"].endswith(os.pathsep + "/bin")


# What the verbs run.


def test_jupyterlab_is_for_this_machine_alone(verbs: ModuleType) -> None:
    command = verbs.lab_command()
    assert "--ip=127.0.0.1" in command
    assert "--LabApp.news_url=None" in command
    assert "--LabApp.extension_manager=readonly" in command
    assert not [word for word in command if "token" in word or "password" in word]


@pytest.mark.skipif(os.name != "posix", reason="only POSIX has a root")
@pytest.mark.parametrize(("user", "allowed"), [(0, True), (1000, False)])
def test_only_root_is_allowed_as_root(
    verbs: ModuleType, monkeypatch: pytest.MonkeyPatch, user: int, allowed: bool
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    assert ("--allow-root" in verbs.lab_command()) is allowed


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is always a screen")
@pytest.mark.parametrize(("screen", "opens"), [("", False), (":0", True)])
def test_no_browser_is_sought_without_a_screen(
    verbs: ModuleType, monkeypatch: pytest.MonkeyPatch, screen: str, opens: bool
) -> None:
    monkeypatch.setenv("DISPLAY", screen)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert ("--no-browser" not in verbs.lab_command()) is opens


def test_one_run_holds_all_tests(verbs: ModuleType) -> None:
    command = verbs.test_command()
    assert {"tests", "crmlab", "--nbval", "loadscope", "120"} <= set(command)
    assert verbs.test_command("-k", "x")[1:] == ["-m", "pytest", "-k", "x"]


def test_an_unknown_verb_gets_the_list(verbs: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert verbs.main(["fly"]) == 2
    told = capsys.readouterr().out
    assert all(f"  {name} " in told for name in verbs.VERBS)
    assert verbs.main(["help"]) == 0


# make.


def test_make_knows_each_verb_and_no_other(verbs: ModuleType) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    found = re.search(r"^VERBS := (.*)$", makefile, re.MULTILINE)
    assert found is not None
    assert found.group(1).split() == list(verbs.VERBS)


needs_make = pytest.mark.skipif(shutil.which("make") is None or os.name != "posix", reason="there is no make")


def make(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run make where only the programs in `folder` are found."""
    command = [shutil.which("make") or "make", "-f", str(ROOT / "Makefile"), *words]
    return subprocess.run(command, env={"PATH": str(folder)}, capture_output=True, text=True, check=False, cwd=ROOT)


def stand_in(path: Path, fits: bool) -> None:
    """Write a program that says whether it would fit, and what it was asked to run."""
    path.write_text(f'#!/bin/sh\n[ "$1" = -c ] && exit {0 if fits else 1}\necho "$0 $@"\n', encoding="ascii")
    path.chmod(0o755)


@needs_make
def test_make_takes_the_python_that_fits(tmp_path: Path) -> None:
    for name, fits in (("python3.13", False), ("python3.12", True), ("python3", True)):
        stand_in(tmp_path / name, fits)
    done = make(tmp_path, "course", "ARGS=--quiet")
    assert done.stdout == f"{tmp_path / 'python3.12'} scripts/bootstrap.py course --quiet\n"


@needs_make
def test_make_says_where_no_python_fits(tmp_path: Path) -> None:
    stand_in(tmp_path / "python3", fits=False)
    done = make(tmp_path, "lab")
    assert done.returncode != 0
    assert done.stderr.startswith("crmlab needs Python 3.11, 3.12 or 3.13, and none was found")
