"""The how-to of docs/checking.md shows what the commands really print."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path

import pytest

from crmlab.cli import main

PAGE = (Path(__file__).parent.parent / "docs" / "checking.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"```console\n\$ crmlab ([^\n]*)\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize(("command", "output"), SHOWN, ids=[command for command, _ in SHOWN])
def test_commands_print_what_is_shown(
    command: str, output: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(shlex.split(command)) == 0
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    printed = capsys.readouterr().out
    assert doctest.OutputChecker().check_output(output, printed, flags), printed


def test_commands_are_shown() -> None:
    assert len(SHOWN) == 2
