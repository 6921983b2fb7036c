"""The lessons and the solutions as they are stored, and proof that a wrong formula would turn them red."""

from __future__ import annotations

import copy
import importlib
import re
import shutil
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import lesson_rules
from crmlab.exercises import lessons_with_exercises
from lesson_rules import Notebook, Rule
from shared_kernel import SharedKernel

ROOT = Path(__file__).resolve().parents[1]
LESSONS = (
    "00-start-here",
    "01-one-company-three-stages",
    "02-who-is-a-customer",
    "03-what-converts",
    "04-which-marketing-works",
    "05-selling-value",
    "06-three-kinds-of-crm",
    "07-segments-that-act",
    "08-loyalty-and-profit",
    "09-process-or-attitude",
    "10-service-desk",
    "11-when-customers-leave",
    "12-who-will-leave",
    "13-lifetime-value-on-trial",
    "14-value-without-contracts",
    "15-hunting-or-farming",
    "16-whom-to-save",
    "17-consent-and-trust",
    "18-buying-and-adopting-crm",
    "19-close-the-loop",
    "20-your-own-data",
)
SOLUTIONS = tuple(name for name in LESSONS if name[:2] in lessons_with_exercises())
PATHS = [f"notebooks/{name}.ipynb" for name in LESSONS] + [f"exercises/solutions/{name}.ipynb" for name in SOLUTIONS]
RULES = lesson_rules.FOR_ALL + lesson_rules.FOR_LESSONS
MUTATIONS = tomllib.loads((ROOT / "tests" / "mutations.toml").read_text(encoding="utf-8")).get("mutation", [])


def read(path: str) -> Notebook:
    return nbformat.read(ROOT / path, as_version=4)


def test_the_lessons_and_the_solutions_are_all_there() -> None:
    stored = [*ROOT.glob("notebooks/*.ipynb"), *ROOT.glob("exercises/solutions/*.ipynb")]
    assert sorted(path.relative_to(ROOT).as_posix() for path in stored) == sorted(PATHS)
    assert sorted(path.stem for path in ROOT.glob("exercises/*.ipynb")) == sorted(SOLUTIONS)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("rule", lesson_rules.FOR_ALL, ids=lambda rule: rule.__name__)
def test_a_notebook_holds_to_the_rules(path: str, rule: Rule) -> None:
    assert rule(read(path)) == []


@pytest.mark.parametrize("lesson", LESSONS)
@pytest.mark.parametrize("rule", lesson_rules.FOR_LESSONS, ids=lambda rule: rule.__name__)
def test_a_lesson_holds_to_the_rules(lesson: str, rule: Rule) -> None:
    assert rule(read(f"notebooks/{lesson}.ipynb")) == []


def test_the_lessons_teach_every_row_of_the_sources() -> None:
    taught = [row for lesson in LESSONS for row in read(f"notebooks/{lesson}.ipynb")["metadata"]["crmlab"]["rows"]]
    assert set(taught) == set(range(1, 76))


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_is_numbered_as_its_file(lesson: str) -> None:
    assert read(f"notebooks/{lesson}.ipynb")["metadata"]["crmlab"]["lesson"] == lesson[:2]


@pytest.mark.parametrize("path", PATHS)
def test_a_notebook_is_stored_as_make_outputs_stores_it(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    outputs = importlib.import_module("outputs")
    text = (ROOT / path).read_bytes()
    assert nbformat.writes(outputs.normalised(copy.deepcopy(read(path)))).encode() + b"\n" == text


# The rules can fail.


def lesson() -> Notebook:
    """Return a small lesson to which every rule holds."""
    settings = new_code_cell('COMPANY = "a"\nLANGUAGE = "en"', metadata={"tags": ["parameters"]}, execution_count=1)
    table = new_output("execute_result", {"text/plain": "1"}, execution_count=2)
    picture = {"image/png": "AA==", "text/plain": "<Figure>"}
    said = {"image/png": {"alt": "A line that rises from one to three."}}
    cells = [
        settings,
        new_code_cell("company.orders", execution_count=2, outputs=[table]),
        new_code_cell("1 + 1", execution_count=3, outputs=[new_output("stream", text="2\n")]),
        new_code_cell("2", execution_count=4, outputs=[new_output("execute_result", {"text/plain": "2"})]),
        new_code_cell("p", execution_count=5, outputs=[new_output("display_data", picture, metadata=said)]),
    ]
    told = {"lesson": "11", "rows": [33], "tables": {"orders": ["amount"]}}
    return new_notebook(
        cells=[*cells, *[new_markdown_cell("word " * 12) for _ in range(30)]], metadata={"crmlab": told}
    )


def change(book: Notebook, cell: int, **values: object) -> Notebook:
    book["cells"][cell].update(nbformat.from_dict(values))
    return book


def told(book: Notebook, **values: object) -> Notebook:
    book["metadata"]["crmlab"].update(nbformat.from_dict(values))
    return book


def needing(book: Notebook, cell: int, need: str, **values: object) -> Notebook:
    return change(book, cell, metadata={"crmlab": {"needs": [need]}}, **values)


def output(kind: str, **values: object) -> list[object]:
    return [new_output(kind, **values)]


LONG = "def long():\n" + "    1\n" * 5
PICTURE = {"image/png": "AA=="}
BROKEN = [
    ("executed_in_order", lambda book: change(book, 2, execution_count=None), "order"),
    ("executed_in_order", lambda book: change(book, 2, execution_count=7), "order"),
    ("without_errors", lambda book: change(book, 2, outputs=output("error", ename="E", evalue="", traceback=[])), "E"),
    ("without_errors", lambda book: change(book, 2, outputs=output("stream", name="stderr", text="old")), "warns: old"),
    ("pictures_in_words", lambda book: change(book, 2, outputs=output("display_data", data=PICTURE)), "alternative"),
    ("enough_compared", lambda book: change(book, 3, outputs=[]), "no numbers"),
    ("enough_compared", lambda book: change(book, 2, outputs=[]), "only 2"),
    ("enough_compared", lambda book: change(book, 1, metadata={"tags": ["nbval-ignore-output"]}), "only 2"),
    ("enough_compared", lambda book: change(book, 1, source="# NBVAL_IGNORE_OUTPUT\n1"), "only 2"),
    ("of_a_length", lambda book: book | {"cells": book["cells"][:29]}, "29 cells"),
    ("of_a_length", lambda book: book | {"cells": book["cells"] * 2}, "70 cells"),
    ("short_cells", lambda book: book | {"cells": [new_code_cell("1\n" * 5)]}, "median"),
    ("short_cells", lambda book: change(book, 2, source="1\n" * 13), "only 80 %"),
    ("prose_in_measure", lambda book: book | {"cells": book["cells"][:6]}, "2 words"),
    ("prose_in_measure", lambda book: change(book, 5, source="word " * 200), "110 words"),
    ("short_functions", lambda book: change(book, 2, source=LONG), "long has 6 lines"),
    ("short_functions", lambda book: change(book, 2, source="%timeit 1"), "plain Python"),
    ("parameters", lambda book: change(book, 0, metadata={}), "0 cells"),
    ("parameters", lambda book: change(book, 0, source='COMPANY = "a"'), "LANGUAGE"),
    ("tables_named", lambda book: book | {"metadata": {}}, "lack"),
    ("tables_named", lambda book: told(book, tables={"orders": [], "sales": []}), "no table sales"),
    ("tables_named", lambda book: told(book, tables={"orders": ["colour"]}), "no column orders.colour"),
    ("tables_named", lambda book: told(book, tables={}), "uses orders"),
    ("tables_named", lambda book: told(book, tables={"orders": [], "leads": []}), "names leads"),
    ("needs_closed", lambda book: needing(book, 1, "sales"), "no sales"),
    ("needs_closed", lambda book: needing(book, 1, "orders.colour"), "no orders.colour"),
    (
        "needs_closed",
        lambda book: change(needing(book, 1, "leads", source="p = 1"), 2, source="q = 1"),
        "uses p, which",
    ),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_sound_lesson_passes(rule: Rule) -> None:
    assert rule(lesson()) == []


@pytest.mark.parametrize(("rule", "breaks", "words"), BROKEN, ids=[f"{case[0]}-{case[2]}" for case in BROKEN])
def test_a_broken_lesson_is_seen(rule, breaks, words: str) -> None:
    found = getattr(lesson_rules, rule)(breaks(lesson()))
    assert any(words in wrong for wrong in found), found


def test_tables_commands_and_references_are_no_prose() -> None:
    source = "| a | b |\n```\ncrmlab run\n```\n### References\n\n- Cox\n\n### Next\n\nTwo words."
    assert lesson_rules._prose(source).split() == ["###", "Next", "Two", "words."]


def test_every_rule_is_seen_to_fail() -> None:
    assert {rule.__name__ for rule in RULES} == {case[0] for case in BROKEN}


def test_the_sanitize_file_hides_no_number() -> None:
    text = (ROOT / "tests" / "sanitize.cfg").read_text(encoding="ascii")
    pairs = re.findall(r"^regex: (.*)\nreplace: (.*)$", text, re.MULTILINE)
    shown = "2025-12-31  1,234,567.89  0.1234  12.3 %  KRW 9  1e-05  0x1f  plan 10"
    hidden = "<Curve at 0x7f3ab4c1d2e0> /tmp/ipykernel_4711/123456789.py:3"
    for regex, replacement in pairs:
        assert re.sub(regex, replacement, shown) == shown
        hidden = re.sub(regex, replacement, hidden)
    assert hidden == "<Curve at ADDRESS> CELL:3"


# A wrong formula turns a lesson red.


def copied(folder: Path) -> Path:
    """Copy what a lesson needs to a folder where it may be altered."""
    for name in ("crmlab", "datasets", "notebooks"):
        shutil.copytree(ROOT / name, folder / name)  # compiled modules too: they know their sources by time and size
    return folder


def test_every_lesson_has_a_mutation() -> None:
    assert sorted({mutation["lesson"] for mutation in MUTATIONS}) == sorted(LESSONS)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: f"{mutation['lesson'][:2]}-{mutation['file']}")
def test_a_mutation_alters_one_place(mutation: dict[str, str]) -> None:
    source = (ROOT / "crmlab" / mutation["file"]).read_text(encoding="utf-8")
    assert source.count(mutation["old"]) == 1
    assert mutation["new"] != mutation["old"]


class TestMutations:
    """In a class of their own, so that another worker can run them than the one that reads the notebooks."""

    @pytest.fixture(scope="class")
    @classmethod
    def kernel(cls) -> Iterator[SharedKernel]:
        kernel = SharedKernel()
        yield kernel
        kernel.stop()

    @pytest.fixture
    def green_cells(
        self, kernel: SharedKernel, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> Callable[[str], tuple[int, int]]:
        monkeypatch.setattr(request.config.option, "nbval_sanitize_with", ROOT / "tests" / "sanitize.cfg")
        return lambda lesson: kernel.green_cells(tmp_path / "notebooks" / f"{lesson}.ipynb", request.session)

    @pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: f"{mutation['lesson'][:2]}-{mutation['file']}")
    def test_a_wrong_formula_turns_the_lesson_red(self, mutation: dict[str, str], tmp_path: Path, green_cells) -> None:
        path = copied(tmp_path) / "crmlab" / mutation["file"]
        altered = path.read_text(encoding="utf-8").replace(mutation["old"], mutation["new"])
        path.write_text(altered, encoding="utf-8", newline="\n")
        green, cells = green_cells(mutation["lesson"])
        assert 0 < green < cells

    def test_the_copy_without_a_mutation_stays_green(self, tmp_path: Path, green_cells) -> None:
        copied(tmp_path)
        green, cells = green_cells("11-when-customers-leave")
        assert green == cells
