"""The rules of the house: who imports whom, what an import costs, what the locks hold, what stands in two places."""

from __future__ import annotations

import ast
import inspect
import re
import statistics
import subprocess
import sys
import tomllib
import warnings
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import crmlab

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

# From the top to the ground. A module may import what stands in a lower row, never what stands beside it.
LAYERS = """
cli
game
checking | report | exercises | widgets
buyer_base | growth | hazards | simulation
ab_test | adoption | attribution | buyers | churn | cohorts | conversion_time | drivers | funnel | identity | lifetime_value | loyalty | margins | pipeline | privacy | referrals | renewals | revenue | segments | service | targeting
fitted | intervals | large
result
intake
sources
data | session
contracts | customers | lessons
company
model_plots
plots | sampling | tables
day_table | engines | estimation | folders | grouping | hangul | labels | pages
"""  # noqa: E501
ROW_OF = {name: -row for row, line in enumerate(LAYERS.strip().splitlines()) for name in line.split(" | ")}
ONE_ROOM = {"questions": "exercises", "__main__": "cli"}
HEAVY = ("lifelines", "matplotlib.pyplot", "scipy.optimize", "seaborn", "sklearn", "splink", "statsmodels")
LONGEST_MODULE = 300
ELSEWHERE = {".git", ".venv", "build", "dist", "LICENSES"}
ABOUT_PATHS = {"tests/test_house.py", "tests/test_notebooks.py", "tests/test_report_pages.py"}
CACHES = re.compile(r"__pycache__|\..*_cache|\.hypothesis|\.ipynb_checkpoints|.*\.egg-info")


def modules() -> list[Path]:
    return sorted((ROOT / "crmlab").rglob("*.py"))


def room(path: Path) -> str:
    """Return the module or package, directly below `crmlab`, that a file belongs to."""
    name = path.relative_to(ROOT / "crmlab").parts[0].removesuffix(".py")
    return ONE_ROOM.get(name, name)


def imported(source: str) -> Iterator[str]:
    """Yield the rooms that a source imports, wherever in it that happens; the face hands it its version only."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names if alias.name != "crmlab"]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{'crmlab.' if node.level else ''}{node.module or ''}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "crmlab":
            names = [f"crmlab.{node.attr}"]
        else:
            continue
        parts = [name.replace("..", ".").split(".") for name in names]
        rooms = [part[1] for part in parts if part[0] == "crmlab" and part[1] != "__version__"]
        yield from (ONE_ROOM.get(name, name) for name in rooms)


def trespasses(name: str, source: str) -> list[str]:
    """Return what a module imports although it stands beside or above it."""
    others = [other for other in imported(source) if other != name]
    return [other for other in others if other not in ROW_OF or ROW_OF[other] >= ROW_OF[name]]


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(ROOT / "crmlab").as_posix())
def test_modules_import_only_what_stands_below_them(path: Path) -> None:
    if path == ROOT / "crmlab" / "__init__.py":
        assert list(imported(path.read_text(encoding="utf-8"))) == []
        return
    assert room(path) in ROW_OF, "give the new module a row in LAYERS"
    assert trespasses(room(path), path.read_text(encoding="utf-8")) == []


def test_every_row_of_the_layers_is_a_module() -> None:
    assert {room(path) for path in modules()} - {"__init__"} == set(ROW_OF)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from crmlab.labels import word", []),
        ("from crmlab import plots, labels", []),
        ("from crmlab.renewals import ShiftedBetaGeometric", ["renewals"]),
        ("def late():\n    from crmlab.growth import payback", ["growth"]),
        ("import crmlab; crmlab.__version__", []),
        ("import crmlab; crmlab.BetaGeo", ["BetaGeo"]),
        ("from crmlab import BetaGeo", ["BetaGeo"]),
        ("from . import growth", ["growth"]),
        ("from .growth import payback", ["growth"]),
        ("import crmlab.unheard_of", ["unheard_of"]),
    ],
)
def test_a_trespass_is_seen(source: str, found: list[str]) -> None:
    assert trespasses("churn", source) == found


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(ROOT / "crmlab").as_posix())
def test_modules_stay_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


@pytest.mark.parametrize("code", ["import crmlab", "import crmlab; [getattr(crmlab, name) for name in crmlab.__all__]"])
def test_heavy_libraries_wait_until_they_are_used(code: str) -> None:
    said = subprocess.run(
        [sys.executable, "-c", f"import sys; {code}; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    assert sorted(set(said.stdout.split()) & set(HEAVY)) == []


def test_the_face_costs_no_more_than_pandas_and_a_tenth_of_a_second() -> None:
    def seconds(name: str) -> float:
        code = f"from time import perf_counter as now; start = now(); import {name}; print(now() - start)"
        said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        return float(said.stdout)

    assert statistics.median(seconds("crmlab") - seconds("pandas") for _ in range(5)) <= 0.1


@pytest.mark.parametrize("name", sorted(set(crmlab.__all__) - {"__version__"}))
def test_every_name_of_the_face_exists_and_is_documented(name: str) -> None:
    found = getattr(crmlab, name)
    text = inspect.getdoc(found) or ""
    assert text.split("\n")[0].endswith((".", ":")), "the first line is a sentence"
    if inspect.isfunction(found):
        assert re.search(r"^Examples\n--------\n(.*\n)*?>>> ", text, re.MULTILINE), "an Examples section that runs"
    else:
        own = [member for key, member in vars(found).items() if not key.startswith("_") and callable(member)]
        assert [member.__name__ for member in own if not inspect.getdoc(member)] == []


def test_the_face_says_what_it_lacks() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = crmlab.no_such_name


@pytest.mark.parametrize("module", ["crmlab.churn", "crmlab.simulation.subscription.people"])
def test_a_warning_from_our_own_code_is_an_error(module: str) -> None:
    with pytest.raises(FutureWarning, match="soon"):
        warnings.warn_explicit("soon", FutureWarning, "a file", 1, module=module, registry={})


# The locks.


def pins(text: str) -> dict[str, list[tuple[Version, int]]]:
    """Return for each package of a lock its versions, each with the number of its hashes."""
    found: dict[str, list[tuple[Version, int]]] = {}
    for block in re.split(r"\n(?=\S)", text.strip()):
        name, version = re.match(r"([A-Za-z0-9._-]+)==([^\s;\\]+)", block).groups()  # pyright: ignore
        found.setdefault(canonicalize_name(name), []).append((Version(version), block.count("--hash=sha256:")))
    return found


def lock(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


CORE = PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["setup"]
DEV = PROJECT["project"]["optional-dependencies"]["dev"]


@pytest.mark.parametrize(("name", "wanted"), [("requirements.lock", CORE), ("requirements-dev.lock", CORE + DEV)])
def test_a_lock_holds_what_the_project_asks_for(name: str, wanted: list[str]) -> None:
    held = pins(lock(name))
    for requirement in map(Requirement, wanted):
        versions = [version for version, _ in held.get(canonicalize_name(requirement.name), [])]
        assert versions, f"{requirement.name} is not in {name}: run `make lock`"
        assert all(version in requirement.specifier for version in versions), f"{requirement}: run `make lock`"
    assert [package for package, found in held.items() if not all(hashes for _, hashes in found)] == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_names_no_address(name: str) -> None:
    assert re.findall(r"://|^-.*|@ ", lock(name), re.MULTILINE) == []


def test_both_locks_agree() -> None:
    core, dev = pins(lock("requirements.lock")), pins(lock("requirements-dev.lock"))
    assert {package: found for package, found in dev.items() if package in core} == core


def test_every_python_gets_the_same_versions() -> None:
    assert [package for package, found in pins(lock("requirements-dev.lock")).items() if len(found) > 1] == []


# What stands in two places.


def test_conda_gets_the_same_python_and_the_packages_of_the_project() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    *plain, by_pip = environment["dependencies"]
    assert environment["name"] == PROJECT["project"]["name"]
    assert set(plain) == {f"python{PROJECT['project']['requires-python']}", "pip"}
    assert by_pip == {"pip": ["-e ."]}


def test_the_script_and_the_makefile_know_the_pythons_of_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import bootstrap

    low, high = bootstrap.OLDEST, bootstrap.NEWEST
    assert PROJECT["project"]["requires-python"] == f">={low[0]}.{low[1]},<{high[0]}.{high[1] + 1}"
    assert f"{low} <= sys.version_info[:2] <= {high}" in (ROOT / "Makefile").read_text(encoding="utf-8")
    named = [line for line in PROJECT["project"]["classifiers"] if re.search(r":: 3\.\d+$", line)]
    assert [line.rsplit(".", 1)[1] for line in named] == [str(n) for n in range(low[1], high[1] + 1)]


def test_there_is_one_version() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    changes = re.findall(r"^## \[(\d.*?)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    versions = {crmlab.__version__, PROJECT["project"]["version"], str(citation["version"]), changes[0]}
    assert len(versions) == 1, versions


def test_the_licences_named_are_the_licences_given() -> None:
    named = set(PROJECT["project"]["license"].split(" AND "))
    assert named == {path.stem for path in (ROOT / "LICENSES").glob("*.txt")}
    assert all(f"LICENSES/{name}.txt" in (ROOT / "LICENSE").read_text(encoding="utf-8") for name in named)


def test_types_are_shipped() -> None:
    assert (files("crmlab") / "py.typed").is_file()


# Paths of a machine.

MACHINE = re.compile(r"(?<![\w.])/(?:root|home|work|tmp|Users)/\w+|\b[A-Z]:\\+Users\b")


def texts() -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each file of the project."""
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        if parts[0] in ELSEWHERE or any(CACHES.fullmatch(part) for part in parts) or not path.is_file():
            continue
        try:
            yield "/".join(parts), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def test_no_file_names_a_path_of_a_machine() -> None:
    found = {name: MACHINE.findall(text) for name, text in texts() if name not in ABOUT_PATHS}
    assert {name: paths for name, paths in found.items() if paths} == {}
    assert len(found) > 100, "the search saw too few files to prove anything"


@pytest.mark.parametrize(("text", "seen"), [("in /home/anna/x", 1), (r"C:\Users\anna", 1), ("a/home/page", 0)])
def test_a_path_of_a_machine_is_seen(text: str, seen: int) -> None:
    assert len(MACHINE.findall(text)) == seen
