"""The command line: it parses, calls, and prints what was done and what comes next.

What the user can mend (a wrong name, bad data, a folder that is there) is said in plain words on stderr, with exit code
2. Libraries are imported by the command that needs them, so that help comes at once.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import crmlab
from crmlab.tables import TABLES

if TYPE_CHECKING:
    from crmlab.company import Company

_PROGRAM = "crmlab"
_RUN = """examples:
  crmlab run 14
  crmlab run all --out report
  crmlab run 14 --company cdnow --out report --set CALIBRATION_END=1997-09-30
"""
_ADOPT = """examples:
  crmlab adopt export.csv --table orders --columns customer_id=cust_no ordered_at=date amount=total --out shop
  crmlab adopt export.txt --table orders --columns customer_id=2 ordered_at=3 amount=5 --out shop --currency USD
  crmlab adopt orders=export.csv customers=people.csv --out shop \\
    --columns orders.customer_id=cust_no orders.ordered_at=date orders.amount=total customers.customer_id=id

A column is named by the header of your file, or by its position, counted from 1. Columns that are called as the data
dictionary calls them need no naming. Dates are yyyy-mm-dd or yyyymmdd.
"""
_SIMULATE = """examples:
  crmlab simulate retail --customers 500 --seed 7 --out shop
  crmlab simulate retail --customers 10_000_000 --format parquet --out large_shop

With --format parquet a shop of any size is written part by part. Where it was interrupted, the same command goes on.
"""


_OFFLINE = (  # JupyterLab asks nothing of the network
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Parameters
    ----------
    argv
        The words after the program's name; those of the command line if not given.

    Returns
    -------
    int
        0 when done; 1 when a lesson failed, or crmlab itself; 2 when the user can mend it; 130 after Ctrl-C.

    Examples
    --------
    >>> main(["--version"])
    crmlab 0.1.0
    0
    """
    try:
        told = _parser().parse_args(argv)
        with warnings.catch_warnings():
            warnings.showwarning = _warn
            return told.command(told)
    except SystemExit as stop:  # argparse has said why
        return int(stop.code or 0)
    except (ValueError, OSError) as error:
        return _say(str(error), 2)
    except KeyboardInterrupt:
        return _say("Stopped; nothing was written.", 130)
    except Exception as error:
        return _say(f"crmlab itself failed ({type(error).__name__}: {error}). Please report it.", 1)


def _say(text: str, code: int) -> int:
    print(f"{_PROGRAM}: {text}", file=sys.stderr)
    return code


def _warn(message: Warning | str, *_: Any, **__: Any) -> None:
    if not isinstance(message, (DeprecationWarning, FutureWarning)):
        print(f"{_PROGRAM}: {message}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(_PROGRAM, description="Customer management, learned on data: lessons and tables.")
    parser.add_argument("--version", action="version", version=f"crmlab {crmlab.__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_run(_command(commands, "run", _run, "run lessons and write a report of HTML pages", _RUN))
    _add_adopt(_command(commands, "adopt", _adopt, "check files of your own and make a company of them", _ADOPT))
    _add_simulate(_command(commands, "simulate", _simulate, "simulate a company whose truth is known", _SIMULATE))
    lab = _command(commands, "lab", _lab, "open the lessons in JupyterLab", "")
    lab.add_argument("--no-browser", action="store_true", help="only print the address")
    return parser


def _command(
    commands: Any, name: str, call: Callable[[argparse.Namespace], int], purpose: str, examples: str
) -> argparse.ArgumentParser:
    raw = argparse.RawDescriptionHelpFormatter
    parser = commands.add_parser(
        name, help=purpose, description=f"{purpose.capitalize()}.", epilog=examples, formatter_class=raw
    )
    parser.set_defaults(command=call)
    return parser


def _add_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lessons", nargs="*", default=["all"], help="numbers of lessons, or all (the default)")
    parser.add_argument("--company", metavar="DIR", help="a folder of yours, or a built-in company; else each its own")
    parser.add_argument("--out", metavar="DIR", default="report", help="where the pages go (default: report)")
    parser.add_argument("--set", metavar="NAME=VALUE", nargs="+", action="extend", default=[], help="set parameters")
    _add_force(parser)


def _add_adopt(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="[TABLE=]FILE", help="delimited text, one file a table")
    parser.add_argument(
        "--table", choices=TABLES, metavar="TABLE", help=f"what a single file holds: {', '.join(TABLES)}"
    )
    parser.add_argument(
        "--columns",
        nargs="+",
        action="extend",
        default=[],
        metavar="[TABLE.]COLUMN=YOURS",
        help="which column is which",
    )
    parser.add_argument("--out", metavar="DIR", required=True, help="the folder to write")
    parser.add_argument("--encoding", default="utf-8-sig", help="how the text is encoded, as cp949 (default: UTF-8)")
    parser.add_argument("--currency", default="KRW", help="code of the money columns (default: KRW)")
    parser.add_argument(
        "--observation-end", metavar="DAY", help="last day of observation (default: the last that occurs)"
    )
    parser.add_argument("--name", help="what the company is called (default: the name of the folder)")
    _add_force(parser)


def _add_simulate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help="subscription, retail or b2b")
    parser.add_argument("--customers", type=int, metavar="N", help="how many customers")
    parser.add_argument("--seed", type=int, help="the same seed gives the same company")
    parser.add_argument(
        "--format", choices=("csv", "parquet"), default="csv", help="parquet, of retail only: in parts (default: csv)"
    )
    parser.add_argument("--out", metavar="DIR", required=True, help="the folder to write")
    _add_force(parser)


def _add_force(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--force", action="store_true", help="replace what crmlab wrote there before")


def _run(told: argparse.Namespace) -> int:
    from crmlab.report import run

    settings = dict(_setting(text) for text in told.set)
    outcomes = run(told.lessons, told.company, told.out, settings, overwrite=told.force, progress=sys.stderr.isatty())
    for outcome in outcomes:
        if outcome.status != "ran":
            print(f"{outcome.lesson.number} {outcome.status}: {outcome.reason.splitlines()[0]}")
    ran = sum(outcome.status == "ran" for outcome in outcomes)
    page = Path(told.out, "index.html").as_posix()
    print(f"Wrote {ran} of {len(outcomes)} lessons to {Path(told.out).as_posix()}/. Next: open {page} in a browser.")
    return int(any(outcome.status == "failed" for outcome in outcomes))


def _setting(text: str) -> tuple[str, Any]:
    """Return the name and the value of NAME=VALUE; a value that is no JSON is text."""
    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier():
        raise ValueError(f"--set {text!r} is not NAME=VALUE")
    with suppress(ValueError):
        return name, json.loads(value)
    return name, value


def _adopt(told: argparse.Namespace) -> int:
    from crmlab.data import adopt

    files = dict(_file(text, told.table) for text in told.files)
    if len(files) < len(told.files):
        raise ValueError("two files are given for one table; put them together first")
    columns: dict[str, dict[str, str | int]] = {}
    for text in told.columns:
        table, column, theirs = _column(text, list(files))
        columns.setdefault(table, {})[column] = theirs
    company = adopt(
        files,
        columns,
        name=told.name,
        out=told.out,
        encoding=told.encoding,
        currency=told.currency,
        observation_end=told.observation_end,
        overwrite=told.force,
    )
    return _wrote(company, told.out)


def _file(text: str, table: str | None) -> tuple[str, str]:
    name, equals, path = text.partition("=")
    if equals and name.isidentifier() and not Path(text).exists():
        return name, path
    if table is None:
        raise ValueError(f"which table does {text} hold? Write orders={text}, or add --table orders")
    return table, text


def _column(text: str, tables: list[str]) -> tuple[str, str, str | int]:
    """Return table, our column and theirs of [TABLE.]COLUMN=YOURS."""
    ours, equals, theirs = text.partition("=")
    if not equals or not theirs:
        raise ValueError(f"--columns {text!r} is not COLUMN=YOURS; put the files before --columns")
    table, dot, column = ours.rpartition(".")
    if not dot and len(tables) > 1:
        raise ValueError(f"--columns {text!r}: of which table? Write {tables[0]}.{text}")
    return table if dot else tables[0], column, int(theirs) if theirs.isdecimal() else theirs


def _simulate(told: argparse.Namespace) -> int:
    seed = {} if told.seed is None else {"seed": told.seed}
    if told.format == "parquet":
        return _simulate_parts(told, seed)
    from crmlab.data import save
    from crmlab.simulation import simulate_company

    company = simulate_company(told.name, customers=told.customers, **seed)
    save(company, told.out, overwrite=told.force)
    return _wrote(company, told.out)


def _simulate_parts(told: argparse.Namespace, seed: dict[str, int]) -> int:
    from crmlab.simulation.parts import write_parts

    if told.name != "retail" or told.customers is None:
        raise ValueError("--format parquet writes retail in parts, and needs --customers; leave it out for one folder")
    folder = Path(told.out).as_posix()
    try:
        parts = write_parts(told.out, told.customers, overwrite=told.force, progress=sys.stderr.isatty(), **seed)
    except KeyboardInterrupt:
        return _say(f"Stopped; the finished parts are kept in {folder}/, and the same command goes on.", 130)
    print(f"Wrote {told.customers:,} customers in {parts:,} part{'s' * (parts > 1)} to {folder}/.")
    print(f'Next: pandas.read_parquet("{folder}/orders"), or any engine that reads Parquet.')
    return 0


def _wrote(company: Company, out: str) -> int:
    from crmlab.data import built_in
    from crmlab.report import suitable

    tables = company.tables
    most = next((name for name in ("orders", "contracts") if name in tables), next(iter(tables)))
    known = "customer_id" in tables[most]
    of = f" of {tables[most].loc[:, 'customer_id'].nunique():,} customers" if known else ""
    folder = Path(out).as_posix()
    print(f"Wrote {len(tables[most]):,} {most}{of} to {folder}/.")
    named = f"./{folder}" if folder in built_in() else folder
    lessons = " ".join(suitable(company)) or "all"
    print(f"Next: crmlab run {lessons} --company {named} --out report")
    return 0


def _lab(told: argparse.Namespace) -> int:
    from crmlab.report.lessons import notebooks_folder

    start = notebooks_folder() / "00-start-here.ipynb"
    if not start.is_file():
        raise ValueError("the lessons are not here: start from the folder of the course")
    command = [sys.executable, "-m", "jupyterlab", "--ip=127.0.0.1", f"--ServerApp.root_dir={start.parent.parent}"]
    command += [f"--LabApp.default_url=/lab/tree/{start.parent.name}/{start.name}", *_OFFLINE]
    command += ["--no-browser"] if told.no_browser else []
    command += ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return subprocess.call(command)  # noqa: S603
