"""Lessons of several copies of the package, one after the other in one kernel.

To start a kernel and to import the libraries takes longer than most lessons; only crmlab is imported anew for each.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from nbval.kernel import CURRENT_ENV_KERNEL_NAME, RunningKernel
from nbval.plugin import IPyNbFile, NbCellError

SECONDS = 60
_FORGET = """%reset -f
import os, sys, warnings
import pandas
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    pandas.reset_option("all")
for name in [name for name in sys.modules if name.partition(".")[0] == "crmlab"]:
    del sys.modules[name]
sys.path.insert(0, FOLDER)
os.chdir(os.path.join(FOLDER, "notebooks"))
del name, os, pandas, sys, warnings
"""


class SharedKernel(RunningKernel):
    """A kernel that runs the lessons of one copy after those of another."""

    def __init__(self) -> None:
        super().__init__(CURRENT_ENV_KERNEL_NAME, startup_timeout=SECONDS)

    def green_cells(self, lesson: Path, session: pytest.Session) -> tuple[int, int]:
        """Run a lesson of a copy until nbval finds a cell wrong; return how many held, and how many there are."""
        asked = self.execute_cell_input(_FORGET.replace("FOLDER", repr(str(lesson.parents[1]))))
        self.await_reply(asked, SECONDS)
        self.await_idle(asked, SECONDS)
        file = IPyNbFile.from_parent(session, path=lesson)
        file.kernel = self
        file.setup_sanitize_files()
        cells = list(file.collect())
        for number, cell in enumerate(cells):
            try:
                cell.runtest()
            except NbCellError:
                return number, len(cells)
        return len(cells), len(cells)
