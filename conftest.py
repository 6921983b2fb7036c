"""What every test starts from: English words, no open figures, pictures drawn off screen."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import matplotlib as mpl
import pytest

from crmlab import labels

mpl.use("Agg")


@pytest.fixture(autouse=True)
def _fresh_state() -> Iterator[None]:
    """Leave no language, theme or figure behind for the next test."""
    labels.use("en")
    with mpl.rc_context():
        yield
    labels.use("en")
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
