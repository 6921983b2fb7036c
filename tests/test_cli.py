from __future__ import annotations

import os
import subprocess
import sys
import types
from pathlib import Path

import pandas as pd
import pytest

import crmlab
from crmlab import lessons
from crmlab.cli import main
from crmlab.company import Company
from crmlab.data import open_company
from crmlab.data.validation import validate
from crmlab.report import Outcome

ROOT = Path(__file__).resolve().parent.parent
CDNOW = Path(os.environ.get("CRMLAB_CDNOW", ROOT.parent / "shared" / "data" / "CDNOW_sample.txt"))
ORDERS = "cust,date,total\n0001,2025-01-31,5.5\n0002,2025-02-01,6\n"
COLUMNS = ["--columns", "customer_id=cust", "ordered_at=date", "amount=total"]


def typed(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "crmlab", *words]
    plain = os.environ | {"PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        command, cwd=folder, env=plain, capture_output=True, encoding="utf-8", timeout=300, check=False
    )


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "export.csv").write_text(ORDERS, encoding="utf-8")
    monkeypatch.setattr(lessons, "_TREE", tmp_path)
    return tmp_path


def test_help_and_version_come_at_once_and_load_nothing_heavy(tmp_path: Path) -> None:
    said = typed("--help", folder=tmp_path)
    assert said.returncode == 0
    assert all(command in said.stdout for command in ("run", "adopt", "simulate", "lab"))
    assert typed("--version", folder=tmp_path).stdout == f"crmlab {crmlab.__version__}\n"
    probe = "import sys, crmlab.cli as c; c.main(['--help']); print({'pandas', 'nbformat'} & set(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert loaded.stdout.endswith("set()\n")


@pytest.mark.parametrize("command", ["run", "adopt", "simulate", "lab"])
def test_each_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--help"]) == 0
    said = capsys.readouterr().out
    assert command == "lab" or f"examples:\n  crmlab {command} " in said


def test_adopting_prints_what_was_done_and_what_comes_next(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["adopt", "export.csv", "--table", "orders", *COLUMNS, "--out", "shop", "--currency", "EUR"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("export.csv: 2 rows read (separated by commas, with a header")
    assert "  customer_id  cust   as you said" in said
    assert said[-2:] == [
        "Wrote 2 orders of 2 customers to shop/.",
        "Next: crmlab run all --company shop --out report",
    ]
    assert open_company(here / "shop").currency == "EUR"


def test_several_files_and_other_settings(here: Path) -> None:
    (here / "people.csv").write_text("1;2025-01-01\n2;2025-01-01\n", encoding="utf-16")
    (here / "orders.csv").write_text("1;2025-01-31;5\n2;2025-02-01;6\n", encoding="utf-16")
    words = ["adopt", "orders=orders.csv", "customers=people.csv", "--out", "shop", "--encoding", "utf-16"]
    words += ["--columns", "orders.customer_id=1", "orders.ordered_at=2", "orders.amount=3"]
    words += ["--columns", "customers.customer_id=1", "customers.acquired_on=2"]
    assert main([*words, "--name", "My shop", "--observation-end", "2025-12-31"]) == 0
    company = open_company(here / "shop")
    assert (company.name, company.observation_end) == ("My shop", "2025-12-31")
    assert list(company.tables) == ["orders", "customers"]
    assert main([*words]) == 2
    assert main([*words, "--force"]) == 0
    assert open_company(here / "shop").name == "shop"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["adopt", "export.csv"], "Add --out DIR"),
        (["adopt", "none.csv", "--table", "orders", "--out", "x"], "none.csv: is not there"),
        (["adopt", "export.csv", "--table", "leads", "--out", "x"], "lead_id: is missing"),
        (["adopt", "a.csv", "b.csv", "--table", "leads", "--out", "x"], "--table is for a single file"),
        (["adopt", "orders=export.csv", "--out", "x", "--columns", "customer_id"], "mapping"),
        (["adopt", "orders=export.csv", "--out", "x", "--map", "=total"], "is not ROLE=COLUMN"),
        (["adopt", "export.csv", "export.csv", "--out", "x", "--map", "amount=3"], "Write orders.amount=3"),
        (["adopt", "export.csv", "--out", "x", "--choose", "refund=drop"], "did you mean refunds?"),
        (["adopt", "export.csv", "--out", "x", "--choose", "refunds=dorp"], "refunds=dorp is no option"),
        (["adopt", "export.csv", "--out", "x", "--dates", "dayfirst"], "--dates 'dayfirst' is none of day-first"),
        (["adopt", "ordres=export.csv", "--out", "x"], "Did you mean orders?"),
        (["adopt", "export.csv", "--table", "ordres", "--out", "x"], "Did you mean orders?"),
        (["adopt", "orders=export.csv", *COLUMNS, "--out", "x", "--currency", "won"], "currency is 'won'"),
        (["adopt", "orders=export.csv", *COLUMNS, "--out", "export.csv"], "export.csv is a file"),
        (["adopt", "orders=export.csv", *COLUMNS, "--out", "."], "the folder you work in"),
        (["adopt", "orders=export.csv", *COLUMNS, "--out", "x", "--observation-end", "2025-01-31"], "after the end"),
        (["run", "14"], "there is no lesson in notebooks/"),
        (["run", "--set", "CALIBRATION_END"], "is not NAME=VALUE"),
        (["simulate", "retial", "--out", "x"], "there is no company 'retial'"),
        (["simulate", "retail"], "--out"),
        (["simulate", "retail", "--format", "parquet", "--out", "x"], "needs --customers"),
        (["simulate", "b2b", "--customers", "9", "--format", "parquet", "--out", "x"], "writes retail in parts"),
        (["lab"], "start from the folder of the course"),
        (["fly"], "invalid choice: 'fly'"),
        ([], "COMMAND"),
    ],
)
def test_what_the_user_can_mend_is_said_plainly(
    here: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert main(words) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert "Traceback" not in captured.err
    assert sorted(path.name for path in here.iterdir()) == ["export.csv"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"cust,date,total\n", "has no rows"),
        (b"cust,date,total\n1,2025-02-30,x\n2,2025-01-31\n", "2 fields wide, where 3 are expected (line 3)"),
        (b"cust,date,total\n1\0,2025-01-31,5\n", "broken by NUL bytes"),
    ],
)
def test_bad_files_end_in_one_report(here: Path, capsys: pytest.CaptureFixture[str], content: bytes, said: str) -> None:
    (here / "export.csv").write_bytes(content)
    assert main(["adopt", "orders=export.csv", *COLUMNS, "--out", "shop"]) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("crmlab: The data do not fit")
    assert said in captured.err
    assert (here / "export.csv").read_bytes() == content
    assert not (here / "shop").exists()


def test_a_dry_run_says_what_was_understood_and_writes_nothing(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["adopt", "export.csv", "--dry-run", "--out", "shop"]) == 0
    said = capsys.readouterr().out
    assert "export.csv holds orders." in said
    assert said.endswith("Nothing is open. Nothing was written, for --dry-run.\n")
    assert sorted(path.name for path in here.iterdir()) == ["export.csv"]


def test_the_next_file_needs_the_saved_mapping_alone(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "export.csv").write_text("cust;day;net\n1;03/04/2025;1,50\n1;04/05/2025;2,50\n", encoding="utf-8")
    words = ["--map", "orders.ordered_at=day", "amount=net", "--dates", "day-first", "--choose", "zero_orders=drop"]
    assert main(["adopt", "export.csv", "--out", "shop", *words]) == 0
    (here / "new.csv").write_text("cust;day;net;shop\n1;05/06/2025;3,50;x\n", encoding="utf-8")
    assert main(["adopt", "new.csv", "--map", "shop/mapping.toml", "--out", "shop2"]) == 0
    assert "Not in the mapping: shop." in capsys.readouterr().out
    orders = open_company(here / "shop2").orders
    assert orders[["ordered_at", "amount"]].astype(str).to_numpy().tolist() == [["2025-06-05", "3.5"]]


def test_as_a_user_types_it(tmp_path: Path) -> None:
    (tmp_path / "주문.csv").write_text("고객,날짜,금액\n김,2025-01-31,오천\n", encoding="cp949")
    said = typed("adopt", "주문.csv", "--out", "가게", folder=tmp_path)
    assert said.returncode == 2
    assert "Traceback" not in said.stderr
    assert "orders.amount: 1 row is not a number (line 2), such as '오천'." in said.stderr
    (tmp_path / "주문.csv").write_text("고객,날짜,금액\n김,2025-01-31,5000\n", encoding="cp949")
    said = typed("adopt", "주문.csv", "--out", "가게", folder=tmp_path)
    assert (said.returncode, said.stderr) == (0, "")
    assert open_company(tmp_path / "가게").orders["customer_id"].tolist() == ["김"]


def test_a_reader_who_has_seen_enough_is_no_error(here: Path) -> None:
    words = [sys.executable, "-m", "crmlab", "adopt", "export.csv", "--dry-run", *COLUMNS]
    with subprocess.Popen(words, cwd=here, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        said = running.stderr.read()
    assert (running.returncode, said) == (0, b"")


def test_simulating_saves_what_the_simulator_makes(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def simulate_company(name: str, customers: int | None = None, seed: int = 1) -> Company:
        asked.append((name, customers, seed))
        orders = pd.DataFrame({"customer_id": ["a"], "ordered_at": "2025-01-31", "amount": 1.0})
        return Company(name, validate({"orders": orders}), "2025-12-31")

    fake = types.SimpleNamespace(simulate_company=simulate_company)
    monkeypatch.setitem(sys.modules, "crmlab.simulation", fake)
    monkeypatch.setattr("crmlab.data._DATASETS", (here / "none",))
    assert main(["simulate", "retail", "--out", "a"]) == 0
    assert main(["simulate", "retail", "--customers", "500", "--seed", "7", "--out", "b"]) == 0
    assert asked == [("retail", None, 1), ("retail", 500, 7)]
    assert "Wrote 1 orders of 1 customers to b/." in capsys.readouterr().out
    assert open_company(here / "b").name == "retail"


def test_a_large_shop_is_written_in_parts_and_goes_on_after_a_stop(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def write_parts(folder: str, customers: int, **how: object) -> int:
        asked.append((folder, customers, how))
        if len(asked) == 1:
            raise KeyboardInterrupt
        return 100

    monkeypatch.setitem(sys.modules, "crmlab.simulation.parts", types.SimpleNamespace(write_parts=write_parts))
    words = ["simulate", "retail", "--customers", "10_000_000", "--format", "parquet", "--seed", "7", "--out", "big"]
    assert main(words) == 130
    assert "finished parts are kept in big/, and the same command goes on" in capsys.readouterr().err
    assert main(words) == 0
    assert asked == [("big", 10_000_000, {"seed": 7, "overwrite": False, "progress": False})] * 2
    assert "Wrote 10,000,000 customers in 100 parts to big/." in capsys.readouterr().out


@pytest.mark.parametrize(("status", "code"), [("ran", 0), ("skipped", 0), ("failed", 1)])
def test_running_passes_on_what_is_asked_and_tells_the_outcome(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, status: str, code: int
) -> None:
    asked = {}

    def run(chosen: list[str], company: str, out: str, settings: dict, **how: object) -> list[Outcome]:
        asked.update(lessons=chosen, company=company, out=out, settings=settings, how=how)
        lesson = lessons.Lesson("14", "Value", here / "14-value.ipynb")
        return [Outcome(lesson, status, "" if status == "ran" else "because\nof this")]

    monkeypatch.setattr("crmlab.report.run", run)
    words = [
        "run",
        "14",
        "11",
        "--company",
        "shop",
        "--out",
        "r",
        "--set",
        "END=1997-09-30",
        "RATE=0.1",
        "--set",
        "ON=true",
    ]
    assert main([*words, "--force"]) == code
    assert asked["lessons"] == ["14", "11"]
    assert asked["settings"] == {"END": "1997-09-30", "RATE": 0.1, "ON": True}
    assert (asked["company"], asked["out"], asked["how"]["overwrite"]) == ("shop", "r", True)
    said = capsys.readouterr().out
    assert ("14 " in said) == (status != "ran")
    assert f"Wrote {int(status == 'ran')} of 1 lessons to r/. Next: open r/index.html in a browser." in said


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (KeyboardInterrupt(), 130, "Stopped"),
        (PermissionError("no permission"), 2, "no permission"),
        (RuntimeError("bug"), 1, "crmlab itself failed (RuntimeError: bug)"),
    ],
)
def test_no_traceback_ever(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, said: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("crmlab.report.run", fail)
    assert main(["run"]) == code
    assert said in capsys.readouterr().err


def test_the_laboratory_opens_on_this_machine_alone(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "notebooks").mkdir()
    (here / "notebooks" / "00-start-here.ipynb").touch()
    called: list[list[str]] = []
    monkeypatch.setattr("subprocess.call", lambda command: called.append(command) or 0)
    assert main(["lab", "--no-browser"]) == 0
    assert "--ip=127.0.0.1" in called[0]
    assert "--no-browser" in called[0]
    assert "--LabApp.default_url=/lab/tree/notebooks/00-start-here.ipynb" in called[0]


@pytest.mark.skipif(not CDNOW.is_file(), reason="CDNOW_sample.txt is not here; CRMLAB_CDNOW names it")
def test_cdnow_is_adopted_in_one_line(tmp_path: Path) -> None:
    said = typed("adopt", str(CDNOW), "--out", "cdnow", "--currency", "USD", folder=tmp_path)
    assert said.returncode == 0
    assert "customer_id  column 1  names the same as column 2, one to one" in said.stdout
    assert "Wrote 6,919 orders of 2,357 customers to cdnow/." in said.stdout
