"""The lessons as files: which there are, what each needs of a company, and what a reader may set in it.

A lesson is a notebook `NN-name.ipynb`. Its metadata hold under `crmlab` its title and `tables`: for each table that it
needs, the columns that it needs beyond those which the table always has.
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


@dataclass(frozen=True, eq=False)
class Lesson:
    """One lesson.

    Attributes
    ----------
    number, title, path
        `number` is the text before the first hyphen of the file's name, as "07".
    tables
        The tables that it needs, each with the columns that it needs beyond the required ones.
    parameters
        What a reader may set, with the defaults; None where a default is no plain value.
    """

    number: str
    title: str
    path: Path
    tables: Mapping[str, list[str]] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def page(self) -> str:
        """The name of its page in a report."""
        return f"{self.path.stem}.html"

    def lacks(self, company: Company) -> str:
        """Return what the company lacks for this lesson, in words; "" where it lacks nothing.

        Examples
        --------
        >>> lesson = Lesson("11", "Leaving", Path("11-leaving.ipynb"), {"contracts": ["plan"]})
        >>> lesson.lacks(Company("shop", {}, "2025-12-31"))
        'needs the table contracts'
        """
        tables = [name for name in self.tables if name not in company.tables]
        columns = [
            f"{name}.{column}"
            for name, wanted in self.tables.items()
            for column in wanted
            if name in company.tables
            and (column not in company.tables[name] or company.tables[name][column].count() == 0)
        ]
        said = [
            f"the {noun}{'s' * (len(them) > 1)} {', '.join(them)}"
            for noun, them in (("table", tables), ("column", columns))
            if them
        ]
        if "contracts" in self.tables and _known_by_tenure(company):
            said.append("the days on which contracts began and ended: only tenure is known")
        return f"needs {' and '.join(said)}" if said else ""


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
        notebook = json.loads(path.read_text(encoding="utf-8"))  # nbformat takes seconds to import
        told = notebook["metadata"].get("crmlab", {})
        number = path.stem.partition("-")[0]
        title = told.get("title") or _title(notebook) or path.stem
        tables = {name: list(columns) for name, columns in told.get("tables", {}).items()}
        lessons[number] = Lesson(number, title, path, tables, _parameters(notebook))
    if not lessons:
        raise ValueError(f"there is no lesson in {folder.name}/: start from the folder of the course")
    return lessons


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
