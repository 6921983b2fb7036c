from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from crmlab.company import Company
from crmlab.data import save
from crmlab.data.validation import DataError, validate
from crmlab.report import Outcome, run, suitable


def lesson(folder: Path, name: str, parameters: str, *cells: str, **told: Any) -> None:
    notebook = new_notebook(
        cells=[new_markdown_cell(cells[0]), new_code_cell(parameters, metadata={"tags": ["parameters"]})]
    )
    notebook.cells += [new_code_cell(source) for source in cells[1:]]
    notebook.metadata.update(
        kernelspec={"name": "python3", "display_name": "Python 3", "language": "python"}, crmlab=told
    )
    nbformat.write(notebook, folder / name)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("course {x}")
    show = "import crmlab as crm\ncompany = crm.open_company(COMPANY)\nprint(COMPANY, RATE)\ncompany.orders"
    lesson(
        folder,
        "07-values.ipynb",
        'COMPANY = "retail"\nRATE = 0.1',
        "# Values $x_i$\n\nSee [the next](11-leaving.ipynb), [the last](14-broken.ipynb).",
        show,
        title="Values",
        tables={"orders": ["shop"]},
    )
    lesson(
        folder, "11-leaving.ipynb", 'COMPANY = "subscription"', "# L", tables={"contracts": ["plan"]}, title="Leaving"
    )
    lesson(folder, "14-broken.ipynb", 'COMPANY = "retail"', "# Broken", "open(COMPANY)\n", title="<Broken>")
    lesson(folder, "20-last.ipynb", "TEXT = 'a'", "# Last\n\n[back](07-values.ipynb)", "TEXT * 2")
    return folder


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    days = ["2025-01-31", "2025-02-01"]
    orders = {"customer_id": ["<script>alert(1)</script>", "김"], "ordered_at": days, "amount": [1, 2], "shop": "s"}
    folder = tmp_path_factory.mktemp("data") / "my shop"
    save(Company("my shop", validate({"orders": pd.DataFrame(orders)}), "2025-12-31", "USD"), folder)
    return folder


@pytest.fixture(scope="module")
def report(course: Path, shop: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Outcome], Path]:
    out = tmp_path_factory.mktemp("out") / "report"
    outcomes = run("all", shop, out, {"RATE": 0.25}, progress=False, notebooks=course)
    return outcomes, out


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_one_failing_lesson_stops_no_other(report: tuple[list[Outcome], Path]) -> None:
    outcomes, out = report
    assert [(each.lesson.number, each.status) for each in outcomes] == [
        ("07", "ran"),
        ("11", "skipped"),
        ("14", "failed"),
        ("20", "ran"),
    ]
    assert sorted(path.name for path in out.iterdir()) == ["07-values.html", "20-last.html", "index.html"]


def test_the_index_states_reasons_company_and_tables(report: tuple[list[Outcome], Path], shop: Path) -> None:
    html = text(report[1] / "index.html")
    soup = BeautifulSoup(html, "html.parser")
    rows = [row.get_text("|") for row in soup.select("tbody tr")]
    assert rows[0].startswith("07 Values|my shop|ran|")
    assert rows[1] == "11 Leaving|my shop|skipped|: needs the table contracts"
    assert rows[2].startswith("14 <Broken>|my shop|failed|: cell 3: IsADirectoryError") or "PermissionError" in rows[2]
    assert rows[4] == "orders|2"
    assert "Observed from 2025-01-31 to 2025-12-31; money in USD. No truth is known." in soup.get_text()
    assert [link["href"] for link in soup.find_all("a")] == ["07-values.html", "20-last.html"]
    assert str(shop.parent) not in html


def test_a_page_shows_the_run_and_not_the_machine(report: tuple[list[Outcome], Path], shop: Path) -> None:
    html = text(report[1] / "07-values.html")
    shown = BeautifulSoup(html, "html.parser").get_text()
    assert "<title>Values</title>" in html
    assert "COMPANY = 'my shop'\nRATE = 0.25" in shown
    assert "my shop 0.25" in shown
    assert str(shop.parent) not in html
    assert "/ipykernel" not in html


def test_what_a_data_table_holds_stays_text(report: tuple[list[Outcome], Path]) -> None:
    html = text(report[1] / "07-values.html")
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "김" in html


def test_the_pages_ask_nothing_of_the_network(report: tuple[list[Outcome], Path]) -> None:
    for path in report[1].iterdir():
        assert not re.search(r"""(src|href|url)\s*[=(]\s*["']?(https?:)?//""", text(path)), path.name


def test_lessons_link_to_those_that_are_there(report: tuple[list[Outcome], Path]) -> None:
    links = BeautifulSoup(text(report[1] / "20-last.html"), "html.parser").select("main a")
    assert [link["href"] for link in links] == ["07-values.html"]
    soup = BeautifulSoup(text(report[1] / "07-values.html"), "html.parser")
    assert not soup.select("main a")
    assert "See the next, the last." in soup.get_text()
    assert soup.header.a["href"] == "index.html"  # pyright: ignore[reportOptionalMemberAccess]


def test_a_report_is_replaced_on_demand_and_files_of_others_never(course: Path, tmp_path: Path) -> None:
    out = tmp_path / "report"
    run("20", out=out, progress=False, notebooks=course)
    with pytest.raises(FileExistsError, match="report is there already"):
        run("20", out=out, progress=False, notebooks=course)
    run("20", out=out, settings={"TEXT": "b"}, overwrite=True, progress=False, notebooks=course)
    assert "bb" in text(out / "20-last.html")
    (out / "notes.html").write_text("mine", encoding="utf-8")
    with pytest.raises(FileExistsError, match="did not write"):
        run("20", out=out, overwrite=True, progress=False, notebooks=course)
    assert text(out / "notes.html") == "mine"


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"lessons": "99"}, "there is no lesson '99': there are 07, 11, 14, 20"),
        ({"company": "retial"}, "there is no company 'retial'"),
        ({"settings": {"RAT": 1}}, "no chosen lesson has the parameter 'RAT': 07 has COMPANY, RATE"),
        ({"settings": {"COMPANY": "x"}}, "COMPANY is not set like other parameters"),
    ],
)
def test_wrong_names_are_said_before_anything_runs(course: Path, tmp_path: Path, how: dict, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        run(**({"lessons": "07", "out": tmp_path / "out", "progress": False, "notebooks": course} | how))
    assert not (tmp_path / "out").exists()


def test_bad_tables_are_refused_before_anything_runs(course: Path, shop: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad"
    bad.mkdir()
    for name in ("datapackage.json", "orders.csv"):
        (bad / name).write_bytes((shop / name).read_bytes().replace(b"2025-01-31", b"2025-02-31"))
    with pytest.raises(DataError, match="not a day of the calendar"):
        run("07", bad, tmp_path / "out", progress=False, notebooks=course)


def test_a_kernel_that_dies_fails_its_lesson_only(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    lesson(tmp_path, "01-dies.ipynb", "", "# Dies", "import os\nos._exit(1)")
    lesson(tmp_path, "02-warns.ipynb", "", "# Warns", "import warnings\nwarnings.warn('careful')")
    first, second = run("all", out=tmp_path / "out", progress=False, notebooks=tmp_path)
    assert (first.status, second.status) == ("failed", "ran")
    assert "DeadKernelError" in first.reason
    assert "careful" in text(tmp_path / "out" / "02-warns.html")
    assert capfd.readouterr() == ("", "")


def test_the_lessons_that_suit_a_company_are_named(course: Path, tmp_path: Path) -> None:
    orders = pd.DataFrame({"customer_id": ["a"], "ordered_at": "2025-01-31", "amount": 1})
    assert suitable(Company("c", {"orders": orders.assign(shop="s")}, "2025-12-31"), course) == ["07"]
    assert suitable(Company("c", {"orders": orders}, "2025-12-31"), course) == []
    assert suitable(Company("c", {}, "2025-12-31"), tmp_path) == []
