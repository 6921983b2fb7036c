"""The calibration judges rightly, and every noun's samples are fit to be judged."""

from __future__ import annotations

import math
import sys
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

HERE = Path(__file__).resolve().parent.parent / "scripts" / "calibrate"
NOUNS = sorted(path.stem for path in HERE.glob("*.py") if path.stem != "__main__")


@pytest.fixture(scope="module")
def calibrate() -> ModuleType:
    spec = spec_from_file_location("calibrate", HERE / "__main__.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def normal(width: float, shift: float = 0.0) -> list[tuple[str, float, float, float, float]]:
    draws = np.random.default_rng(1).standard_normal(4000) + shift
    return [("mean", 0.0, x, x - width, x + width) for x in draws]


def test_an_honest_interval_keeps_its_promise(calibrate: ModuleType) -> None:
    found = calibrate.judge("noun", normal(1.96)).iloc[0]
    assert (found["samples"], found["kept"]) == (4000, True)
    assert found["bias"] == pytest.approx(0, abs=0.05)
    assert found["coverage"] == pytest.approx(0.95, abs=0.012)


@pytest.mark.parametrize(("width", "shift"), [(1.5, 0.0), (3.0, 0.0), (1.96, 0.8)])
def test_narrow_wide_and_biased_intervals_do_not(calibrate: ModuleType, width: float, shift: float) -> None:
    found = calibrate.judge("noun", normal(width, shift)).iloc[0]
    assert not found["kept"]
    assert found["bias"] == pytest.approx(shift, abs=0.05)
    assert "| no |" in calibrate.page(calibrate.judge("noun", normal(width, shift)))


def test_an_estimate_that_is_no_number_is_refused(calibrate: ModuleType) -> None:
    with pytest.raises(ValueError, match="noun: an estimate is no number in 1 rows"):
        calibrate.judge("noun", [("mean", 0.0, math.nan, 0.0, 1.0)])


@pytest.mark.parametrize("noun", NOUNS)
def test_each_noun_yields_estimates_between_the_ends_of_their_intervals(
    noun: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(HERE))
    monkeypatch.delitem(sys.modules, noun, raising=False)
    rows = list(import_module(noun).samples(0))
    sys.modules.pop(noun)
    assert rows
    for what, truth, estimate, low, high in rows:
        assert low <= estimate <= high, what
        assert np.isfinite([truth, low, high]).all(), what
