"""Generate the notebooks in `exercises/` from the question sets: the student's copies, and those with solutions.

A question set (`crmlab/questions/lesson_NN.py`) is the master: task, starter, check, hints and solution stand in one
place. The student's copy holds the starters, the copy in `exercises/solutions/` the answers; all else is the same.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from crmlab.exercises import Question, QuestionSet, lessons_with_exercises

EXERCISES = Path(__file__).resolve().parent.parent / "exercises"
LEVELS = ("Not yet", "Nearly", "Good", "Convincing")


def main(folder: Path = EXERCISES) -> None:
    """Write both copies of every set below `folder`; outputs of solutions that did not change are kept."""
    for lesson in lessons_with_exercises():
        questions: QuestionSet = import_module(f"crmlab.questions.lesson_{lesson}").SET
        write(notebook(questions, solved=False), folder / f"{questions.slug}.ipynb")
        write(notebook(questions, solved=True), folder / "solutions" / f"{questions.slug}.ipynb")


def notebook(questions: QuestionSet, solved: bool) -> NotebookNode:
    """Return the student's copy of a set, or the one with solutions."""
    cells = [new_markdown_cell(_opening(questions, solved)), new_code_cell(questions.setup)]
    for number, question in enumerate(questions.questions, 1):
        cells += _question_cells(number, question, solved)
    cells.append(new_markdown_cell(_closing(questions)))
    for place, cell in enumerate(cells, 1):
        cell["id"] = f"cell-{place:02d}"
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}})


def _opening(questions: QuestionSet, solved: bool) -> str:
    minutes = sum(question.minutes for question in questions.questions)
    kind = "Exercises with solutions" if solved else "Exercises"
    return (
        f"# {kind} {questions.lesson} · {questions.title}\n\n"
        f"{len(questions.questions)} questions, about {minutes} minutes, and a written task. "
        "Replace each `...`, run the cell, and check: `q.check(1, answer_1)` answers at once. "
        "Stuck? `q.hint(1)` helps in three steps; `q.solution(1)` shows the way.\n\n"
        f"The lesson: [{questions.slug}]({'../../' if solved else '../'}notebooks/{questions.slug}.ipynb)"
    )


def _question_cells(number: int, question: Question, solved: bool) -> list[NotebookNode]:
    text = (
        f"## {number}. {question.title}\n\n"
        f"*{question.level} · {question.minutes} minutes · afterwards you can {question.objective}*\n\n"
        f"{question.task}\n\n"
        f"- **Wanted:** `answer_{number}`, {question.wanted}\n"
        f"- **Not checked:** {question.not_checked}"
    )
    cells = [new_markdown_cell(text)]
    if solved:
        cells.append(new_markdown_cell(question.reasoning))
    cells.append(new_code_cell(question.code if solved else question.starter(number)))
    cells.append(new_code_cell(f"q.check({number}, answer_{number})"))
    return cells


def _closing(questions: QuestionSet) -> str:
    rows = "\n".join(f"| {level} | {text} |" for level, text in zip(LEVELS, questions.rubric, strict=True))
    return f"## In writing\n\n{questions.written}\n\n| Level | What the answer shows |\n|---|---|\n{rows}"


def write(made: NotebookNode, path: Path) -> None:
    """Write a notebook, keeping stored outputs where all its sources are as they were."""
    if path.exists():
        old = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
        if [cell["source"] for cell in old["cells"]] == [cell["source"] for cell in made["cells"]]:
            return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(made, indent=1) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
