"""What a lesson must be: functions that return what is wrong with it, in words; an empty list where nothing is.

nbval passes a cell without an execution count without comparing it, and never compares pictures. So these rules see to
it that every cell has run, and that there are results beside the pictures which nbval does compare.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

from crmlab.labels import percent
from crmlab.lessons import cell_needs
from crmlab.tables import TABLES

Cell = dict[str, Any]
Notebook = dict[str, Any]

CELLS = range(30, 51)
MEDIAN_LINES, MOST_LINES, SHARE_BELOW = 4, 12, 0.9
WORDS_PER_CODE_CELL = range(60, 91)
FUNCTION_LINES = 5
COMPARED_RESULTS = 3
WORDS_OF_A_PICTURE = 5
NOT_COMPARED_TAGS = {"nbval-ignore-output", "nbval-skip"}
NOT_COMPARED_KINDS = {"image/png", "image/jpeg", "application/vnd.jupyter.widget-view+json"}


def code_cells(notebook: Notebook) -> list[Cell]:
    """Return the code cells that hold anything."""
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code" and cell["source"].strip()]


def outputs(notebook: Notebook) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield each stored output with the execution count of its cell."""
    for cell in code_cells(notebook):
        for output in cell["outputs"]:
            yield cell["execution_count"], output


def executed_in_order(notebook: Notebook) -> list[str]:
    counts = [cell["execution_count"] for cell in code_cells(notebook)]
    return [] if counts == list(range(1, len(counts) + 1)) else [f"cells ran in the order {counts}"]


def without_errors(notebook: Notebook) -> list[str]:
    wrong = []
    for count, output in outputs(notebook):
        if output["output_type"] == "error":
            wrong.append(f"cell {count} stopped with {output['ename']}")
        if output["output_type"] == "stream" and output["name"] == "stderr":
            wrong.append(f"cell {count} warns: {output['text'][:80]}")
    return wrong


def pictures_in_words(notebook: Notebook) -> list[str]:
    wrong = []
    for count, output in outputs(notebook):
        for kind in {"image/png", "image/jpeg", "image/svg+xml"} & set(output.get("data", {})):
            said = output["metadata"].get(kind, {}).get("alt", "")
            if len(said.split()) < WORDS_OF_A_PICTURE:
                wrong.append(f"the picture of cell {count} has no alternative text")
    return wrong


def is_compared(cell: Cell) -> bool:
    """Return whether nbval compares a result of the cell that is more than the name of a picture or a widget."""
    if NOT_COMPARED_TAGS & set(cell["metadata"].get("tags", [])) or "NBVAL_" in cell["source"]:
        return False
    return any(
        output["output_type"] == "stream" or not NOT_COMPARED_KINDS & set(output.get("data", NOT_COMPARED_KINDS))
        for output in cell["outputs"]
        if not "".join(output.get("data", {}).get("text/plain", "")).startswith(("VBox(", "HBox("))
    )


def enough_compared(notebook: Notebook) -> list[str]:
    """Want results that nbval compares, and for each picture one in its own cell or in a neighbouring one."""
    cells = code_cells(notebook)
    compared = [is_compared(cell) for cell in cells]
    wrong = [
        f"the picture of cell {cell['execution_count']} has no numbers beside it"
        for place, cell in enumerate(cells)
        if any("image/png" in output.get("data", {}) for output in cell["outputs"])
        and not any(compared[max(place - 1, 0) : place + 2])
    ]
    if sum(compared) < COMPARED_RESULTS:
        wrong.append(f"only {sum(compared)} cells have a result that nbval compares")
    return wrong


def of_a_length(notebook: Notebook) -> list[str]:
    cells = len(notebook["cells"])
    return [] if cells in CELLS else [f"{cells} cells"]


def short_cells(notebook: Notebook) -> list[str]:
    lengths = [len([line for line in cell["source"].splitlines() if line.strip()]) for cell in code_cells(notebook)]
    below = sum(length <= MOST_LINES for length in lengths) / max(len(lengths), 1)
    wrong = []
    if lengths and median(lengths) > MEDIAN_LINES:
        wrong.append(f"the median cell has {median(lengths):g} lines of code")
    if lengths and below < SHARE_BELOW:
        wrong.append(f"only {percent(below, 0)} of the code cells have at most {MOST_LINES} lines")
    return wrong


def prose_in_measure(notebook: Notebook) -> list[str]:
    """Want neither a wall of code nor one of text."""
    words = sum(len(_prose(cell["source"]).split()) for cell in notebook["cells"] if cell["cell_type"] == "markdown")
    share = round(words / max(len(code_cells(notebook)), 1))
    return [] if share in WORDS_PER_CODE_CELL else [f"{share} words of prose a code cell"]


def _prose(source: str) -> str:
    """Return what is read as a text: without tables, commands and references."""
    source = re.sub(r"^```.*?^```", "", source, flags=re.DOTALL | re.MULTILINE)
    source = re.sub(r"^### References\n.*?(?=^#|\Z)", "", source, flags=re.DOTALL | re.MULTILINE)
    return "\n".join(line for line in source.splitlines() if not line.startswith("|"))


def short_functions(notebook: Notebook) -> list[str]:
    wrong = []
    for cell in code_cells(notebook):
        try:
            tree = ast.parse(cell["source"])
        except SyntaxError:
            wrong.append(f"cell {cell['execution_count']} is no plain Python")
            continue
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > FUNCTION_LINES:
                    wrong.append(f"{node.name} has {lines} lines: it belongs in crmlab")
    return wrong


def parameters(notebook: Notebook) -> list[str]:
    tagged = [cell for cell in code_cells(notebook) if "parameters" in cell["metadata"].get("tags", [])]
    if len(tagged) != 1:
        return [f"{len(tagged)} cells are tagged parameters"]
    set_there = {line.partition(" =")[0] for line in tagged[0]["source"].splitlines()}
    return [f"{name} is no parameter" for name in ("COMPANY", "LANGUAGE") if name not in set_there]


def tables_named(notebook: Notebook) -> list[str]:
    """Hold the metadata `crmlab` against the data dictionary and against what the code takes from `company`."""
    told = notebook["metadata"].get("crmlab", {})
    missing = {"lesson", "rows", "tables"} - set(told)
    if missing:
        return [f"the metadata crmlab lack {', '.join(sorted(missing))}"]
    wrong = [f"there is no table {name}" for name in told["tables"] if name not in TABLES]
    for name, columns in told["tables"].items():
        known = [column.name for column in TABLES[name].columns] if name in TABLES else columns
        wrong += [f"there is no column {name}.{column}" for column in columns if column not in known]
    used: dict[str, list[set[str]]] = {}
    for cell in code_cells(notebook):
        for name in _tables_in(cell["source"]):
            used.setdefault(name, []).append({need.partition(".")[0] for need in cell_needs(cell)})
    named = set(told["tables"])
    wrong += [
        f"uses {name} without naming it"
        for name, by in sorted(used.items())
        if name not in named and not all(name in needs for needs in by)
    ]
    wrong += [f"names {name} without using it" for name in sorted(named - set(used))]
    if not all(isinstance(row, int) for row in told["rows"]):
        wrong.append("the rows of the syllabus are no whole numbers")
    return wrong


def needs_closed(notebook: Notebook) -> list[str]:
    """Want what cells need to be in the data dictionary, and no cell to stand on names of one that may be left out."""
    wrong, made = [], {}
    for cell in notebook["cells"]:
        needs = set(cell_needs(cell))
        for table, _, column in (need.partition(".") for need in sorted(needs)):
            columns = [one.name for one in TABLES[table].columns] if table in TABLES else []
            if table not in TABLES or (column and column not in columns):
                wrong.append(f"there is no {table}{column and f'.{column}'}")
        assigned, used = _names_in(cell["source"]) if cell["cell_type"] == "code" else (set(), set())
        wrong += [
            f"uses {name}, which needs {', '.join(sorted(made[name]))}"
            for name in sorted(used - assigned)
            if not made.get(name, set()) <= needs
        ]
        made |= dict.fromkeys(assigned, needs)
    return wrong


def _names_in(source: str) -> tuple[set[str], set[str]]:
    """Return the names that a cell makes, and those that it uses."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except SyntaxError:  # `short_functions` tells of it
        return set(), set()
    names = [node for node in nodes if isinstance(node, ast.Name)]
    made = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    made |= {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    own = {node.arg for node in nodes if isinstance(node, ast.arg)}
    return made, {node.id for node in names if isinstance(node.ctx, ast.Load)} - own


def _tables_in(source: str) -> Iterator[str]:
    try:
        tree = ast.parse(source)
    except SyntaxError:  # `short_functions` tells of it
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node) in {f"company.{name}" for name in TABLES}:
            yield node.attr


Rule = Callable[[Notebook], list[str]]
FOR_ALL: tuple[Rule, ...] = (executed_in_order, without_errors, pictures_in_words, short_functions)
FOR_LESSONS: tuple[Rule, ...] = (
    enough_compared,
    of_a_length,
    short_cells,
    prose_in_measure,
    parameters,
    tables_named,
    needs_closed,
)
