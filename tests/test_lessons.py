from __future__ import annotations

from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from crmlab.company import Company
from crmlab.lessons import Lesson, choose, find_lessons, leave_out, notebooks_folder, unfit


def write(folder: Path, name: str, parameters: str = "", **told: object) -> None:
    cell = new_code_cell(parameters, metadata={"tags": ["parameters"]})
    notebook = new_notebook(cells=[new_markdown_cell("Before\n# The *title*\n"), cell])
    notebook.metadata["crmlab"] = told
    nbformat.write(notebook, folder / name)


def test_lessons_tell_what_they_need_and_what_can_be_set(tmp_path: Path) -> None:
    write(
        tmp_path,
        "11-leaving.ipynb",
        'COMPANY = "retail"\nRATE = 0.1\nDAY = f(1)\nA, B = 1, (2, 3)\n',
        title="Leaving",
        tables={"orders": ["n"]},
    )
    write(tmp_path, "00-start.ipynb")
    write(tmp_path, "notes.ipynb")
    lessons = find_lessons(tmp_path)
    assert list(lessons) == ["00", "11"]
    assert (lessons["11"].title, lessons["11"].page, lessons["11"].tables) == (
        "Leaving",
        "11-leaving.html",
        {"orders": ["n"]},
    )
    assert lessons["11"].parameters == {"COMPANY": "retail", "RATE": 0.1, "DAY": None, "A": 1, "B": (2, 3)}
    assert (lessons["00"].title, lessons["00"].tables, lessons["00"].parameters) == ("The *title*", {}, {})


def test_no_lessons_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there is no lesson in"):
        find_lessons(tmp_path)


def test_lessons_are_chosen_in_the_order_of_the_course() -> None:
    lessons = {number: Lesson(number, "", Path(f"{number}-x.ipynb")) for number in ("00", "07", "11")}
    numbers = [lesson.number for lesson in choose(["11", 7, "07-x", "7"], lessons)]
    assert numbers == ["07", "11"]
    assert [lesson.number for lesson in choose(["all"], lessons)] == ["00", "07", "11"]
    with pytest.raises(ValueError, match="there is no lesson '99': there are 00, 07, 11"):
        choose(["99"], lessons)


def test_what_a_company_lacks_is_named() -> None:
    lesson = Lesson("1", "", Path(), {"orders": ["shop", "basket"], "leads": [], "tickets": []})
    orders = pd.DataFrame({"customer_id": ["a"], "shop": [None]})
    said = lesson.lacks(Company("c", {"orders": orders}, "2025-12-31"))
    assert said == "needs the tables leads, tickets and the columns orders.shop, orders.basket"
    whole = {"orders": orders.assign(shop="s", basket=1), "leads": orders, "tickets": orders}
    assert lesson.lacks(Company("c", whole, "2025-12-31")) == ""


def test_a_notebook_says_why_it_cannot_run_on_a_company(tmp_path: Path) -> None:
    write(tmp_path, "11-leaving.ipynb", tables={"contracts": ["plan"]})
    copy = (tmp_path / "11-leaving.ipynb").rename(tmp_path / "my copy.ipynb")
    contracts = pd.DataFrame({"customer_id": ["a"], "plan": ["x"]})
    assert unfit(copy, Company("c", {"contracts": contracts}, "2025-12-31")) == ""
    said = unfit(copy, Company("c", {"contracts": contracts[["customer_id"]]}, "2025-12-31"))
    assert said.startswith("This lesson cannot run on c: it needs the column contracts.plan. docs/tables.md says")
    nbformat.write(new_notebook(), tmp_path / "notes.ipynb")
    assert unfit(tmp_path / "notes.ipynb", Company("c", {}, "2025-12-31")) == ""


def needing(*cells: tuple[str, str, list[str]]) -> dict:
    """Return a notebook of kinds of cells, their sources and their needs."""
    make = {"code": new_code_cell, "markdown": new_markdown_cell}
    return new_notebook(
        cells=[
            make[kind](source, metadata={"crmlab": {"needs": needs}} if needs else {}) for kind, source, needs in cells
        ]
    )


def test_cells_tell_what_they_need_beyond(tmp_path: Path) -> None:
    book = needing(("code", "1", ["surveys"]), ("code", "2", ["surveys", "contracts.plan"]), ("code", "3", []))
    book.metadata["crmlab"] = {"tables": {"contracts": []}}
    nbformat.write(book, tmp_path / "11-leaving.ipynb")
    lesson = find_lessons(tmp_path)["11"]
    assert lesson.needs == ("surveys", "contracts.plan")
    contracts = pd.DataFrame({"customer_id": ["a"], "plan": [None]})
    company = Company("c", {"contracts": contracts}, "2025-12-31")
    assert lesson.lacks(company) == ""
    assert lesson.leaves_out(company) == {"surveys": "surveys", "contracts.plan": "contracts.plan"}
    whole = Company("c", {"contracts": contracts.assign(plan="x"), "surveys": contracts}, "2025-12-31")
    assert lesson.leaves_out(whole) == {}


def test_a_sentence_stands_for_what_is_left_out_and_headings_stay() -> None:
    scores, money = ["surveys.csat", "surveys.nps"], ["contracts.monthly_margin"]
    book = needing(
        ("markdown", "# Lesson", []),
        ("markdown", "## The claim\n\nWords.", scores),
        ("code", "surveys", scores),
        ("markdown", "More words.", scores),
        ("code", "margin", money),
        ("code", "1 + 1", []),
        ("code", "margin", money),
    )
    before = [dict(cell) for cell in book["cells"]]
    leave_out(book, {})
    assert [dict(cell) for cell in book["cells"]] == before
    leave_out(book, {"surveys.csat": "surveys", "surveys.nps": "surveys", money[0]: money[0]})
    nbformat.validate(book)
    says = "*This part needs {}, which this company lacks; docs/tables.md says what it holds.*"
    margin = says.format("the column contracts.monthly_margin")
    assert [cell["source"] for cell in book["cells"]] == [
        "# Lesson",
        f"## The claim\n\n{says.format('the table surveys')}",
        margin,
        "1 + 1",
        margin,
    ]


def test_the_lessons_are_found_beside_the_package_or_in_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crmlab.lessons._TREE", tmp_path / "elsewhere")
    monkeypatch.chdir(tmp_path)
    assert notebooks_folder() == tmp_path / "notebooks"
