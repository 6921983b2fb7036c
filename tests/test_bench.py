"""The bench: one small row without peers, ratios and merging by hand, and a page and a picture that say them."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

SCRIPTS = Path(__file__).resolve().parents[1] / "scripts"
OWN = ("measure", "peers", "results", "rows", "simulated")


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    monkeypatch.syspath_prepend(str(SCRIPTS / "bench"))
    for name in OWN:
        monkeypatch.delitem(sys.modules, name, raising=False)
    spec = spec_from_file_location("bench", SCRIPTS / "bench" / "__main__.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def runs(*seconds: float, answer: float = 2.0) -> list[dict]:
    return [{"seconds": one, "answer": {"r": answer}} for one in seconds]


def test_a_small_row_is_measured_and_written_down(bench: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    bench.main(["--only", "bg_nbd_counted", "--sizes", "3000", "--runs", "2", "--alone"], tmp_path)
    known = json.loads((tmp_path / "benchmarks.json").read_text(encoding="utf-8"))
    (only,) = known["results"]
    assert (only["row"], only["size"], only["runs"]) == ("bg_nbd_counted", 3000, 2)
    assert 0 < only["crmlab"] < 10
    assert known["machine"]["cores"] >= 1
    assert "| BG/NBD, from counts by whole weeks | 3,000 |" in (tmp_path / "benchmarks.md").read_text(encoding="utf-8")
    assert (tmp_path / "pictures" / "benchmarks.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.usefixtures("bench")
@pytest.mark.parametrize("peer", ["polars", "duckdb"])
def test_another_engine_answers_the_same(peer: str, tmp_path: Path) -> None:
    import_module("simulated").orders(3000).to_parquet(tmp_path / "orders.parquet")
    own, other = (
        import_module(f"with_{name}").orders_on_engines(tmp_path / "orders.parquet")() for name in ("crmlab", peer)
    )
    assert import_module("results").difference(own, other) < 1e-9


@pytest.mark.usefixtures("bench")
def test_a_ratio_is_the_median_of_the_turns() -> None:
    results = import_module("results")
    (one,) = results.judged("bg_nbd", 100_000, {"crmlab": runs(1, 2, 4), "lifetimes": runs(50, 100, 400, answer=2.2)})
    assert (one["crmlab"], one["seconds"], one["ratio"], one["floor"]) == (2, 100, 50, 45)
    assert one["difference"] == pytest.approx(0.2 / 2.2)
    (elsewhere,) = results.judged("cox_by_second", 10, {"crmlab": runs(1, 2), "lifelines": runs(60, 60)})
    assert (elsewhere["ratio"], elsewhere["floor"]) == (45, None)
    with pytest.raises(ValueError, match="answer"):
        results.difference({"r": 1.0}, {"alpha": 1.0})


@pytest.mark.usefixtures("bench")
def test_a_row_that_is_measured_again_replaces_itself() -> None:
    merged = import_module("results").merged
    old = [{"row": row, "size": 10, "crmlab": 1.0} for row in ("cox", "bg_nbd", "gone")]
    new = [{"row": "bg_nbd", "size": 10, "crmlab": 2.0}, {"row": "bg_nbd", "size": 5, "crmlab": 3.0}]
    assert [(one["row"], one["crmlab"]) for one in merged(old, new)] == [("bg_nbd", 3.0), ("bg_nbd", 2.0), ("cox", 1.0)]


@pytest.mark.usefixtures("bench")
def test_the_page_marks_what_is_missed(tmp_path: Path) -> None:
    results = import_module("results")
    found = results.judged("cox_by_second", 1_000_000, {"crmlab": runs(1, 2, 4), "lifelines": runs(8, 8, 16)})
    results.save(tmp_path / "kept.json", found)
    page = results.page(tmp_path / "kept.json")
    assert "| 1,000,000 | 2 s | lifelines | 8 s | 4 | 10 (missed) | 0 |" in page


@pytest.mark.usefixtures("bench")
def test_peers_stop_the_run_with_their_name(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="crmlab stopped: AttributeError"):
        import_module("measure").side_by_side({"crmlab": sys.executable}, "flying", tmp_path / "data.parquet", runs=1)


@pytest.mark.usefixtures("bench")
def test_every_peer_knows_the_work_it_is_asked_for() -> None:
    for name, row in import_module("rows").ROWS.items():
        for peer in ["crmlab", *row.peers]:
            source = (SCRIPTS / "bench" / f"with_{peer}.py").read_text(encoding="utf-8")
            task = row.task or name
            assert f"def {task}(" in source or f"\n{task} = " in source, (peer, task)


def test_every_peers_environment_is_pinned(bench: ModuleType) -> None:
    peers = import_module("peers")
    assert set(bench.OWN_ENVIRONMENT) == set(peers.LIKE_CORE)
    assert len({peers.fingerprint(peer) for peer in peers.LIKE_CORE}) == 3
    assert any(line.startswith("numpy==") for line in peers.locked_versions())


@pytest.mark.usefixtures("bench")
def test_simulated_tables_are_the_same_each_time_and_possible() -> None:
    simulated = import_module("simulated")
    buyers = simulated.buyers(2000)
    assert buyers.equals(simulated.buyers(2000))
    assert ((buyers["frequency"] > 0) == (buyers["recency"] > 0)).all()
    assert (buyers["recency"] <= buyers["T"]).all()
    assert buyers["frequency"].mean() == pytest.approx(1.06, abs=0.15)
    contracts = simulated.contracts(2000, 1.0)
    assert contracts["churned"].mean() == pytest.approx(0.37, abs=0.05)
    assert (contracts["duration"] % 1 == 0).all()
    assert len(simulated.orders(1000)) == 1000
