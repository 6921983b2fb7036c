"""What the commands share: how one is added, and how it says what happened."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crmlab.company import Company

PROGRAM = "crmlab"


def say(text: str, code: int) -> int:
    """Say a sentence on stderr, and return the exit code."""
    print(f"{PROGRAM}: {text}", file=sys.stderr)
    return code


def warn(message: Warning | str, *_: Any, **__: Any) -> None:
    """Say a warning as a sentence; what concerns only programmers is left out."""
    if not isinstance(message, (DeprecationWarning, FutureWarning)):
        print(f"{PROGRAM}: {message}", file=sys.stderr)


def add_command(
    commands: Any, name: str, call: Callable[[argparse.Namespace], int], purpose: str, examples: str
) -> argparse.ArgumentParser:
    """Add a command that runs `call`, and return its parser."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = commands.add_parser(
        name, help=purpose, description=f"{purpose.capitalize()}.", epilog=examples, formatter_class=raw
    )
    parser.set_defaults(command=call)
    return parser


def add_force(parser: argparse.ArgumentParser) -> None:
    """Add --force."""
    parser.add_argument("--force", action="store_true", help="replace what crmlab wrote there before")


def wrote(company: Company, out: str) -> int:
    """Say what was written and what comes next; return the exit code 0."""
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
