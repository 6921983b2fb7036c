"""The lessons as files: which there are, what each needs of a company, and what a reader may set in it.

A lesson is a notebook `NN-name.ipynb`. Its metadata hold under `crmlab` its title and `tables`: for each table that it
needs, the columns that it needs beyond those which the table always has. The metadata of a cell may hold under `crmlab`
what this cell `needs` beyond, as ["surveys", "contracts.monthly_margin"]; where a company lacks it, it is left out.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crmlab.company import Company

_TREE = Path(__file__).resolve().parents[1]
_SAID = {
    "en": {
        "needs": "needs {}",
        "table": "the table",
        "tables": "the tables",
        "column": "the column",
        "columns": "the columns",
        "days": "the days on which contracts began and ended: only tenure is known",
        "and": " and ",
    },
    "ko": {
        "needs": "필요한 데이터: {}",
        "table": "표",
        "tables": "표",
        "column": "열",
        "columns": "열",
        "days": "계약의 시작일과 종료일(가입 기간만 있음)",
        "and": ", ",
    },
}


@dataclass(frozen=True, eq=False)
class Lesson:
    """One lesson.

    Attributes
    ----------
    number, title, path
        `number` is the text before the first hyphen of the file's name, as "07".
    tables
        The tables that it needs, each with the columns that it needs beyond the required ones.
    needs
        What some of its cells need beyond: tables, and columns as "table.column".
    parameters
        What a reader may set, with the defaults; None where a default is no plain value.
    """

    number: str
    title: str
    path: Path
    tables: Mapping[str, list[str]] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    needs: tuple[str, ...] = ()

    @property
    def page(self) -> str:
        """The name of its page in a report."""
        return f"{self.path.stem}.html"

    def lacks(self, company: Company, language: str = "en") -> str:
        """Return what the company lacks for this lesson, in words of a language; "" where it lacks nothing.

        Examples
        --------
        >>> lesson = Lesson("11", "Leaving", Path("11-leaving.ipynb"), {"contracts": ["plan"]})
        >>> lesson.lacks(Company("shop", {}, "2025-12-31"))
        'needs the table contracts'
        """
        wanted = [need for name, columns in self.tables.items() for need in (name, *(f"{name}.{c}" for c in columns))]
        said = [in_words(lacking, language)] if (lacking := _lacking(wanted, company)) else []
        if "contracts" in self.tables and _known_by_tenure(company):
            said.append(_SAID[language]["days"])
        return _SAID[language]["needs"].format(_SAID[language]["and"].join(said)) if said else ""

    def leaves_out(self, company: Company) -> dict[str, str]:
        """Return what the company lacks for parts of this lesson: of each of `needs` the table or the column.

        Examples
        --------
        >>> lesson = Lesson("11", "Leaving", Path("11-leaving.ipynb"), needs=("surveys.csat",))
        >>> lesson.leaves_out(Company("shop", {}, "2025-12-31"))
        {'surveys.csat': 'surveys'}
        """
        return _lacking(self.needs, company)


def in_words(lacking: Mapping[str, str], language: str = "en") -> str:
    """Return tables and columns in words of a language.

    Examples
    --------
    >>> in_words({"surveys.csat": "surveys", "surveys.nps": "surveys", "contracts.plan": "contracts.plan"})
    'the table surveys and the column contracts.plan'
    """
    names = list(dict.fromkeys(lacking.values()))
    tables, columns = [name for name in names if "." not in name], [name for name in names if "." in name]
    said = _SAID[language]
    parts = [(noun, them) for noun, them in (("table", tables), ("column", columns)) if them]
    return said["and"].join(f"{said[noun + 's' * (len(them) > 1)]} {', '.join(them)}" for noun, them in parts)


def leave_out(notebook: dict[str, Any], lacking: Mapping[str, str]) -> None:
    """Put a sentence in the place of the cells that need what is lacking; headings stay.

    Parameters
    ----------
    notebook
        It is changed.
    lacking
        As `Lesson.leaves_out` returns it.

    Examples
    --------
    >>> cell = {"cell_type": "code", "metadata": {"crmlab": {"needs": ["surveys"]}}, "source": "company.surveys"}
    >>> notebook = {"cells": [cell, dict(cell)]}
    >>> leave_out(notebook, {"surveys": "surveys"})
    >>> [cell["source"] for cell in notebook["cells"]]
    ['*This part needs the table surveys, which this company lacks; docs/tables.md says what it holds.*']
    """
    cells: list[dict[str, Any]] = []
    for cell in notebook["cells"]:
        gone = {need: lacking[need] for need in cell_needs(cell) if need in lacking}
        heading = _heading(cell) if gone else ""
        if not gone:
            cells.append(cell)
        elif heading or not cells or cells[-1]["metadata"].get("crmlab", {}).get("left_out") != [*gone]:
            said = f"{heading}*{_left_out(gone)}*"
            left = {"cell_type": "markdown", "metadata": {"crmlab": {"left_out": [*gone]}}, "source": said}
            cells.append(type(cell)(left | ({"id": cell["id"]} if "id" in cell else {})))
    notebook["cells"] = cells


def cell_needs(cell: Mapping[str, Any]) -> list[str]:
    """Return what a cell needs beyond the tables of its lesson."""
    return list(cell["metadata"].get("crmlab", {}).get("needs", ()))


def stand_in(needs: Iterable[str], company: Company) -> str:
    """Return the sentence that stands for a part whose needs a company lacks; "" where it lacks none of them.

    Examples
    --------
    >>> stand_in(["surveys.csat"], Company("shop", {}, "2025-12-31"))
    'This part needs the table surveys, which this company lacks; docs/tables.md says what it holds.'
    """
    gone = _lacking(needs, company)
    return _left_out(gone) if gone else ""


def _left_out(gone: Mapping[str, str]) -> str:
    return f"This part needs {in_words(gone)}, which this company lacks; docs/tables.md says what it holds."


def _heading(cell: Mapping[str, Any]) -> str:
    first = _source(cell).strip().partition("\n")[0]
    return f"{first}\n\n" if cell["cell_type"] == "markdown" and first.startswith("#") else ""


def _lacking(needs: Iterable[str], company: Company) -> dict[str, str]:
    """Return of tables and columns ("table.column") those that a company lacks, each with the table or the column."""
    lacking = {}
    for need in needs:
        table, _, column = need.partition(".")
        if table not in company.tables:
            lacking[need] = table
        elif column and (column not in company.tables[table] or company.tables[table][column].count() == 0):
            lacking[need] = need
    return lacking


def _known_by_tenure(company: Company) -> bool:
    """Return whether the days of contracts were laid from tenure, and tell nothing about the calendar."""
    contracts = company.tables.get("contracts")
    return contracts is not None and "date_precision" in contracts and "tenure" in set(contracts["date_precision"])


def find_lessons(folder: Path | None = None) -> dict[str, Lesson]:
    """Return the lessons by number: those of `folder`, or of the course that this package belongs to.

    Raises
    ------
    ValueError
        If there is no lesson, as where the package is installed without the course.
    """
    folder = folder or notebooks_folder()
    lessons = {}
    for path in sorted(folder.glob("[0-9][0-9]-*.ipynb")):
        notebook, told = _read(path)
        number = path.stem.partition("-")[0]
        title = told.get("title") or _title(notebook) or path.stem
        needs = tuple(dict.fromkeys(need for cell in notebook["cells"] for need in cell_needs(cell)))
        lessons[number] = Lesson(number, title, path, told.get("tables", {}), _parameters(notebook), needs)
    if not lessons:
        raise ValueError(f"there is no lesson in {folder.name}/: start from the folder of the course")
    return lessons


def unfit(notebook: Path, company: Company) -> str:
    """Return in words why a notebook cannot run on a company, with the remedy; "" where it can, or says no need.

    Parameters
    ----------
    notebook
        The file, under any name.
    company
        The company that is opened in it.
    """
    _, told = _read(notebook)
    said = Lesson("", "", notebook, told.get("tables", {})).lacks(company)
    remedy = "docs/tables.md says what each table holds; crmlab check says which lessons can run."
    return f"This lesson cannot run on {company.name}: it {said}. {remedy}" if said else ""


def notebooks_folder() -> Path:
    """Return the folder of the lessons: beside the package, or else in the working folder."""
    beside = _TREE / "notebooks"
    return beside if beside.is_dir() else Path.cwd() / "notebooks"


def choose(wanted: Iterable[str | int], lessons: Mapping[str, Lesson]) -> list[Lesson]:
    """Return the lessons that are wanted, by number or file name, each once, in the order of the course.

    Parameters
    ----------
    wanted
        "all", numbers ("7", "07", 7) or names ("07-segments-that-act").

    Raises
    ------
    ValueError
        If there is no such lesson.
    """
    chosen: set[str] = set()
    for one in wanted:
        text = str(one).strip()
        named = {lesson.path.stem: number for number, lesson in lessons.items()}
        number = named.get(text.removesuffix(".ipynb"), text.zfill(2))
        if text != "all" and number not in lessons:
            raise ValueError(f"there is no lesson {text!r}: there are {', '.join(lessons)}")
        chosen |= set(lessons) if text == "all" else {number}
    return [lesson for number, lesson in lessons.items() if number in chosen]


def _read(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a notebook, and what it tells of itself as a lesson."""
    notebook = json.loads(path.read_text(encoding="utf-8"))  # nbformat takes seconds to import
    return notebook, notebook["metadata"].get("crmlab", {})


def _title(notebook: Mapping[str, Any]) -> str:
    cells = (cell for cell in notebook["cells"] if cell["cell_type"] == "markdown")
    lines = (line for cell in cells for line in _source(cell).splitlines())
    return next((line.lstrip("# ").strip() for line in lines if line.startswith("# ")), "")


def _parameters(notebook: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the cell tagged `parameters` assigns."""
    parameters: dict[str, Any] = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code" and "parameters" in cell["metadata"].get("tags", []):
            for statement in ast.parse(_source(cell)).body:
                if isinstance(statement, ast.Assign):
                    parameters |= _assigned(statement.targets[0], statement.value)
    return parameters


def _assigned(target: ast.expr, value: ast.expr) -> dict[str, Any]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        pairs = zip(target.elts, value.elts, strict=True)
        return {name: plain for pair in pairs for name, plain in _assigned(*pair).items()}
    return {target.id: _plain(value)} if isinstance(target, ast.Name) else {}


def _source(cell: Mapping[str, Any]) -> str:
    return "".join(cell["source"])  # a text, or a list of lines


def _plain(value: ast.expr) -> Any:
    try:
        return ast.literal_eval(value)
    except ValueError:
        return None
