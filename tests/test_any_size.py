"""The page on size: it is what the script makes of the facts, and its arithmetic is right."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    monkeypatch.syspath_prepend(str(ROOT / "scripts" / "bench"))
    monkeypatch.delitem(sys.modules, "any_size", raising=False)
    import any_size

    return any_size


def test_the_page_is_what_the_facts_say(script):
    facts = json.loads((ROOT / "docs" / "any-size.json").read_text(encoding="utf-8"))
    assert (ROOT / "docs" / "any-size.md").read_text(encoding="utf-8") == script.page(facts)


def test_what_is_measured_on_few_is_multiplied(script):
    run = {"peer": "crmlab", "cpu_seconds": 36.0, "read_bytes": 1e9, "answer": {"orders": 1e8}}
    facts = {
        "histories": [
            {"customers": 1e5, "histories": 1000, "fit_seconds": 1.0},
            {"customers": 1e6, "histories": 2000, "fit_seconds": 2.0},
        ],
        "spark": {"orders": 1000, "shuffled_bytes": 40_000},
        "counted": [run],
    }
    found = script.billion(facts)
    assert found["shuffled_bytes"] == 40e10
    assert found["read_bytes"] == 10e10
    assert found["histories"] == 16_000  # doubled for each of three more zeros
    assert found["fit_seconds"] == pytest.approx(16)
    assert found["core_hours"] == pytest.approx(1.0)


def test_the_large_orders_are_counted_alike_by_both(script, tmp_path):
    large = script.sys.modules.get("large") or __import__("large")
    large.make(tmp_path, 20_000)
    own, other = large.with_crmlab(tmp_path), large.with_duckdb(tmp_path)
    assert own == pytest.approx(other, rel=1e-9)
    assert own["customers"] > 1000
