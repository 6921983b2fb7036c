"""The command line: it parses, calls, and prints what was done and what comes next.

What the user can mend (a wrong name, bad data, a folder that is there) is said in plain words on stderr, with exit code
2. Each command is a module, which imports the libraries it needs when it is called, so that help comes at once.
"""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from collections.abc import Sequence

import crmlab
from crmlab.cli import adopt, check, lab, run, simulate
from crmlab.cli.words import PROGRAM, say, warn

_COMMANDS = (run, adopt, check, simulate, lab)  # in the order of the help


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
            warnings.showwarning = warn
            code = told.command(told)
        sys.stdout.flush()
        return code
    except SystemExit as stop:  # argparse has said why
        return int(stop.code or 0)
    except BrokenPipeError:  # whoever read the output has seen enough, as `head` has
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - Python closes it at its end
        return 0
    except (ValueError, OSError) as error:
        return say(str(error), 2)
    except KeyboardInterrupt:
        return say("Stopped; nothing was written.", 130)
    except Exception as error:
        return say(f"crmlab itself failed ({type(error).__name__}: {error}). Please report it.", 1)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(PROGRAM, description="Customer management, learned on data: lessons and tables.")
    parser.add_argument("--version", action="version", version=f"crmlab {crmlab.__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for command in _COMMANDS:
        command.add_to(commands)
    return parser
