"""The committed datasets: made by the simulators byte for byte, whole, and small enough to ship."""

import warnings
from importlib import import_module
from pathlib import Path

import pytest

from crmlab.data import open_company
from crmlab.simulation import COMPANIES, simulate_company

DATASETS = Path(__file__).parent.parent / "datasets"


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_regenerating_gives_the_same_bytes(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend("scripts")
    import_module("build_data").main(tmp_path)
    made, committed = contents(tmp_path), contents(DATASETS)
    assert sorted(made) == sorted(committed)
    assert [name for name in made if made[name] != committed[name]] == []


def test_they_take_at_most_15_megabytes():
    assert sum(map(len, contents(DATASETS).values())) < 15_000_000


@pytest.mark.parametrize("name", COMPANIES)
def test_opening_gives_what_was_simulated(name):
    opened, simulated = open_company(name), simulate_company(name)
    assert list(opened.tables) == list(simulated.tables)
    for table, rows in opened.tables.items():
        assert rows.shape == simulated.tables[table].shape
    assert opened.truth.parameters["value"].to_dict() == simulated.truth.parameters["value"].to_dict()
    assert list(opened.truth.tables) == list(simulated.truth.tables)


@pytest.mark.parametrize("name", COMPANIES)
def test_another_programs_checker_finds_each_package_valid(name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own
        from frictionless import Package

        report = Package(str(DATASETS / name / "datapackage.json")).validate(limit_rows=4000)
    assert report.flatten(["title", "type", "note"]) == []
