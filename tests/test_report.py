from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from crmlab.company import Company, Truth
from crmlab.data import save
from crmlab.data.validation import DataError, validate
from crmlab.report import Outcome, run, suitable
from crmlab.report.execution import Done, Task

FAILS = """import crmlab as crm
raise ValueError(f"no {crm.open_company(COMPANY).orders['customer_id'].iloc[1]} in {COMPANY}")"""
PLANTED = ("<script>alert(1)</script>", "김민수-0042")


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
    tell = "print(company.orders['customer_id'].iloc[1], 'bought')\ncompany.orders.set_index('customer_id')['amount']"
    group = "company.orders.groupby('shop').size().rename('customers').to_frame()"
    lesson(
        folder,
        "07-values.ipynb",
        'COMPANY = "retail"\nRATE = 0.1',
        "# Values $x_i$\n\nSee [the next](11-leaving.ipynb), [the last](14-broken.ipynb).",
        show,
        tell,
        group,
        title="Values",
        tables={"orders": ["shop"]},
    )
    lesson(
        folder, "11-leaving.ipynb", 'COMPANY = "subscription"', "# L", tables={"contracts": ["plan"]}, title="Leaving"
    )
    lesson(folder, "14-broken.ipynb", 'COMPANY = "retail"', "# Broken", FAILS, title="<Broken>")
    lesson(folder, "20-last.ipynb", "TEXT = 'a'", "# Last\n\n[back](07-values.ipynb)", "TEXT * 2")
    return folder


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    days = ["2025-01-31", "2025-02-01"]
    orders = {"customer_id": list(PLANTED), "ordered_at": days, "amount": [1, 2], "shop": "s"}
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
    assert sorted(path.name for path in out.iterdir()) == ["07-values.html", "20-last.html", "index.html", "tables"]
    assert not list(out.parent.glob(".*")), "nothing is left beside the report"


def test_the_index_states_reasons_company_and_tables(report: tuple[list[Outcome], Path], shop: Path) -> None:
    html = text(report[1] / "index.html")
    soup = BeautifulSoup(html, "html.parser")
    lessons, company = (title.find_next("tbody") for title in soup.find_all("h2")[1:])
    rows = [row.get_text("|") for table in (lessons, company) for row in table.select("tr")]
    assert rows[0].startswith("07 Values|my shop|ran|")
    assert rows[1] == "11 Leaving|my shop|skipped|: needs the table contracts"
    assert (
        rows[2] == "14 <Broken>|my shop|failed|: [a line is left out: it may name somebody]|" + rows[2].split("|")[-1]
    )
    assert rows[4] == "orders|<5"
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


def test_no_file_names_a_customer_or_tells_a_small_count(report: tuple[list[Outcome], Path]) -> None:
    for path in report[1].rglob("*.*"):
        for secret in (*PLANTED, "김민수", "&lt;script", "<script"):
            assert secret not in text(path), path.name
    shown = BeautifulSoup(text(report[1] / "07-values.html"), "html.parser")
    assert shown.get_text().count("A table is left out here") == 1
    assert "[a line is left out: it may name somebody]" in shown.get_text()
    assert "1 table of single customers and 4 printed lines;" in shown.select("p.left-out")[0].get_text()
    assert shown.find("td", string="<5")


def test_a_simulated_company_is_shown_as_it_is(course: Path, tmp_path: Path) -> None:
    orders = {"customer_id": list(PLANTED), "ordered_at": "2025-01-31", "amount": [1, 2], "shop": "s"}
    columns = {"value": [1.0], "unit": "", "meaning": "none"}
    truth = Truth(pd.DataFrame(columns, index=pd.Index(["rate"], name="name")))
    tables = validate({"orders": pd.DataFrame(orders)})
    save(Company('"><img src=x onerror=alert(1)>', tables, "2025-12-31", truth=truth), tmp_path / "shop")
    run("07", tmp_path / "shop", tmp_path / "report", progress=False, notebooks=course)
    html = text(tmp_path / "report" / "07-values.html")
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "김민수-0042" in html
    assert "<img src=x" not in text(tmp_path / "report" / "index.html")
    assert "onerror=alert(1)" in text(tmp_path / "report" / "index.html")
    assert asked_by_a_browser(tmp_path / "report") == []


def test_the_manager_comes_first_and_the_numbers_lie_beside(report: tuple[list[Outcome], Path]) -> None:
    soup = BeautifulSoup(text(report[1] / "index.html"), "html.parser")
    assert [title.get_text() for title in soup.find_all("h2")] == ["For the manager", "Lessons", "Company my shop"]
    assert "Not in these tables. It needs: stage_events" in soup.get_text()
    assert "3 of 4 lessons can run on these tables" in soup.get_text()
    assert (report[1] / "tables" / "data.csv").read_bytes().startswith("\ufeffmeasure,number\norders,<5\n".encode())


def test_the_pages_ask_nothing_of_the_network(report: tuple[list[Outcome], Path]) -> None:
    for path in report[1].glob("*.html"):
        assert "default-src 'none'" in text(path)
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
    run("11", "retail", out=out, overwrite=True, progress=False, notebooks=course)
    assert not (out / "20-last.html").exists()
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
        ({"jobs": 0}, "jobs is 0; at least one"),
        ({"min_count": 1}, "min_count is 1; there is nothing to hide under 2"),
        ({"language": "fr"}, "language is 'fr'; choose one of en, ko"),
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


def test_a_run_that_is_ended_keeps_what_was_finished_and_goes_on(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []

    def execute(tasks: list[Task], _jobs: int) -> Iterator[Done]:
        asked.append([task.number for task in tasks])
        yield Done("20", new_notebook(cells=[new_markdown_cell("# Kept")]), "", 7.0)
        if len(asked) == 1:
            raise KeyboardInterrupt
        yield Done("07", new_notebook(), "", 8.0)

    monkeypatch.setattr("crmlab.report.execute", execute)
    how = {"out": tmp_path / "report", "progress": False, "notebooks": course}
    with pytest.raises(KeyboardInterrupt):
        run(["07", "20"], **how)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".report-unfinished"]
    monkeypatch.setattr("crmlab.report.execute", finished)
    outcomes = run(["07", "20"], **how)
    assert [(one.lesson.number, one.kept, one.seconds) for one in outcomes] == [("07", False, 1.0), ("20", True, 7.0)]
    assert "1 were kept from a run that was ended before" in text(tmp_path / "report" / "index.html")
    assert [path.name for path in tmp_path.iterdir()] == ["report"]
    assert not any(one.kept for one in run(["07", "20"], overwrite=True, **how))


def finished(tasks: list[Task], _jobs: int) -> Iterator[Done]:
    return iter([Done(task.number, new_notebook(), "", 1.0) for task in tasks])


def asked_by_a_browser(folder: Path) -> list[str]:
    """Return what the pages ask of a network, and the dialogs that they open; nothing where there is no Chromium."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
    if browser is None:
        return []
    from playwright.sync_api import sync_playwright

    seen: list[str] = []
    with sync_playwright() as play:
        window = play.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = window.new_page()
        page.on("request", lambda request: seen.append(request.url))
        page.on("dialog", lambda dialog: seen.append(dialog.message) or dialog.dismiss())
        for path in sorted(folder.glob("*.html")):
            page.goto(path.as_uri())
        window.close()
    return [url for url in seen if not url.startswith(("file:", "data:"))]


def test_the_lessons_that_suit_a_company_are_named(course: Path, tmp_path: Path) -> None:
    orders = pd.DataFrame({"customer_id": ["a"], "ordered_at": "2025-01-31", "amount": 1})
    assert suitable(Company("c", {"orders": orders.assign(shop="s")}, "2025-12-31"), course) == ["07"]
    assert suitable(Company("c", {"orders": orders}, "2025-12-31"), course) == []
    assert suitable(Company("c", {}, "2025-12-31"), tmp_path) == []
