"""Measure crmlab beside its peers: python scripts/bench [--only NAME ...] [--runs 5] [--sizes N ...].

The results are written down after each row (`docs/benchmarks.json`), and with them the table and the picture of
docs/benchmarks.md; a row that is measured again replaces itself, so that a run may be stopped and taken up. These are
measurements, no tests: nothing fails where a ratio is missed.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

import pandas as pd
from measure import side_by_side
from results import Result, draw, judged, load, merged, page, save
from rows import ROWS, SAMPLE, Row

ROOT = Path(__file__).resolve().parents[2]
OWN_ENVIRONMENT = ("lifetimes", "pymc", "spark")


def pythons(row: Row, alone: bool) -> dict[str, str]:
    """Return the Pythons of crmlab and of the peers that are there."""
    found = {"crmlab": sys.executable}
    for peer in [] if alone else row.peers:
        own = ROOT / "build" / "bench" / peer / Path(sys.executable).parent.name / Path(sys.executable).name
        if peer not in OWN_ENVIRONMENT:
            found[peer] = sys.executable
        elif own.is_file() and (peer != "spark" or shutil.which("java")):
            found[peer] = str(own)
        else:
            print(f"{peer} is not installed and is left out.", file=sys.stderr)
    return found


def table(row: Row, size: int) -> pd.DataFrame:
    """Return the data of a size: the CDNOW sample, which lifetimes brings along, or simulated ones."""
    sample = next((ROOT / "build" / "bench" / "lifetimes").rglob("cdnow_customers_summary_with_transactions.csv"), None)
    if size != SAMPLE or sample is None:
        return row.data(size)
    names = ["customer_id", "frequency", "recency", "T", "monetary_value"]
    return pd.read_csv(sample).set_axis(names, axis=1).drop(columns="customer_id")


def measure(name: str, size: int, runs: int, alone: bool, folder: Path) -> list[Result]:
    """Measure one row at one size."""
    row, data = ROWS[name], folder / f"{name}.parquet"
    table(row, size).to_parquet(data)
    print(f"{name} {size:,} ", end="", file=sys.stderr, flush=True)
    found = judged(name, size, side_by_side(pythons(row, alone), row.task or name, data, runs))
    for one in found:
        peer = f"; {one['peer']} {one['seconds']:.4g} s, {one['ratio']:.3g} times" if "peer" in one else ""
        print(f" {one['crmlab']:.4g} s{peer}", flush=True)
    return found


def main(arguments: list[str] | None = None, docs: Path = ROOT / "docs") -> None:
    """Measure the rows that are named, or all, and write what was found."""
    parser = argparse.ArgumentParser("bench", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=ROWS, default=list(ROWS), metavar="NAME", help=", ".join(ROWS))
    parser.add_argument("--runs", type=int, default=5, help="how often each is asked after warming up")
    parser.add_argument("--sizes", nargs="+", type=int, help="in place of the sizes of the rows")
    parser.add_argument("--alone", action="store_true", help="without peers")
    told = parser.parse_args(arguments)
    path = docs / "benchmarks.json"
    for name in told.only:
        for size in told.sizes or ROWS[name].floors:
            with tempfile.TemporaryDirectory() as folder:
                new = measure(name, size, told.runs, told.alone, Path(folder))
            save(path, merged(load(path), new))
    (docs / "benchmarks.md").write_text(page(path), encoding="utf-8", newline="\n")
    draw(path, docs / "pictures" / "benchmarks.png")


if __name__ == "__main__":
    main()
