"""`crmlab run`: lessons run, and a report of HTML pages."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from crmlab.cli.words import add_command, add_force, say

_EXAMPLES = """examples:
  crmlab run 14
  crmlab run all --company shop --out report
  crmlab run all --company shop --out report --min-count 10 --language ko
  crmlab run 14 --company cdnow --out report --set CALIBRATION_END=1997-09-30

The report opens with one page for a manager, and report/tables/ holds its numbers for a spreadsheet. On a company of
your own no single customer is shown, and no count under 5. A run that is ended goes on with the same command.
"""


def add_to(commands: Any) -> None:
    """Add the command to the others."""
    parser = add_command(commands, "run", _run, "run lessons and write a report of HTML pages", _EXAMPLES)
    parser.add_argument("lessons", nargs="*", default=["all"], help="numbers of lessons, or all (the default)")
    parser.add_argument("--company", metavar="DIR", help="a folder of yours, or a built-in company; else each its own")
    parser.add_argument("--out", metavar="DIR", default="report", help="where the pages go (default: report)")
    parser.add_argument("--set", metavar="NAME=VALUE", nargs="+", action="extend", default=[], help="set parameters")
    parser.add_argument(
        "--jobs", type=int, metavar="N", help="how many lessons run at once (default: by cores, memory)"
    )
    parser.add_argument(
        "--min-count", type=int, metavar="N", default=5, help="hide counts under N of a company of yours (default: 5)"
    )
    parser.add_argument("--language", choices=("en", "ko"), default="en", help="of figures, tables and the first page")
    add_force(parser)


def _run(told: argparse.Namespace) -> int:
    from crmlab.report import run

    settings = dict(_setting(text) for text in told.set)
    how = {"jobs": told.jobs, "min_count": told.min_count, "language": told.language}
    show = sys.stderr.isatty()
    try:
        outcomes = run(told.lessons, told.company, told.out, settings, overwrite=told.force, progress=show, **how)
    except KeyboardInterrupt:
        return say("Stopped; the finished lessons are kept, and the same command without --force goes on.", 130)
    for outcome in outcomes:
        if outcome.reason:
            print(f"{outcome.lesson.number} {outcome.status}: {outcome.reason.splitlines()[0]}")
    kept = sum(outcome.kept for outcome in outcomes)
    if kept:
        print(f"Went on where the last run was ended: {kept} finished lessons were kept.")
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
