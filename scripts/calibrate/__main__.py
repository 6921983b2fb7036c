"""Measure bias and coverage of every interval on samples whose truth is known: python scripts/calibrate [NOUN ...].

Each file beside this one has a function `samples(seed)` that simulates one sample and yields, for each estimate, what
it is, the truth, the estimate, and the ends of its 95 % interval. This script runs it for many seeds. An interval that
keeps its promise covers the truth in 93 to 97 of 100 samples; where one does not, its docstring says so and why. Chance
alone puts one honest interval in fourteen outside at 400 samples, so a noun with one outside is measured on four times
as many. What was measured lies in build/calibration; once all nouns are there, docs/calibration.md is written.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

HERE = Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "docs" / "calibration.md"
MEASURED = HERE.parents[1] / "build" / "calibration"
AGAIN = 4  # times as many samples where an interval did not keep its promise
PROMISED = (0.93, 0.97)
Row = tuple[str, float, float, float, float]


def known() -> list[str]:
    """Return the nouns that can be calibrated."""
    return sorted(path.stem for path in HERE.glob("*.py") if path.stem != "__main__")


def sample(noun: str, seed: int) -> list[Row]:
    """Return what one sample of a noun says."""
    return list(import_module(noun).samples(seed))


def measure(noun: str, samples: int, workers: int | None = None) -> pd.DataFrame:
    """Return for each estimate of a noun: samples, bias in standard deviations, and coverage.

    Raises
    ------
    ValueError
        If an estimate or an end of its interval is no number.
    """
    rows: list[Row] = []
    for seeds in (range(samples), range(samples, AGAIN * samples)):
        with ProcessPoolExecutor(workers) as pool:
            runs = tqdm(pool.map(partial(sample, noun), seeds, chunksize=4), noun, len(seeds), unit="sample")
            rows += [row for run in runs for row in run]
        table = judge(noun, rows)
        if table["kept"].all():
            break
    return table


def judge(noun: str, rows: Iterable[Row]) -> pd.DataFrame:
    """Return bias and coverage of each estimate from its samples."""
    table = pd.DataFrame(rows, columns=["what", "truth", "estimate", "low", "high"])
    if table.isna().any(axis=None):
        raise ValueError(f"{noun}: an estimate is no number in {int(table.isna().any(axis=1).sum())} rows")
    table["error"] = table["estimate"] - table["truth"]
    table["covered"] = table["truth"].between(table["low"], table["high"])
    found = table.groupby("what", sort=False).agg(
        samples=("error", "size"), mean=("error", "mean"), spread=("error", "std"), coverage=("covered", "mean")
    )
    bias = (found["mean"] / found["spread"]).replace([np.inf, -np.inf], np.nan).fillna(0.0)
    kept = found["coverage"].between(*PROMISED)
    columns = {"noun": noun, "bias": bias.round(2), "coverage": found["coverage"].round(3), "kept": kept}
    return found[["samples"]].assign(**columns).reset_index()[["noun", "what", "samples", "bias", "coverage", "kept"]]


def page(table: pd.DataFrame) -> str:
    """Return the table as a page in Markdown."""
    rows = [
        f"| {one.noun} | {one.what} | {one.samples} | {one.bias:+.2f} | {one.coverage:.1%} | {_said(one.kept)} |"
        for one in table.itertuples()
    ]
    head = [
        "# What the intervals promise, and what they keep",
        "",
        "<!-- Written by scripts/calibrate: make calibrate. -->",
        "",
        "Each row was estimated on many samples whose truth is known. *Bias* is the mean error in standard deviations",
        "of the estimate. *Coverage* is the share of 95 % intervals that held the truth; 93 to 97 % keeps the promise.",
        "",
        "| Noun | Estimate | Samples | Bias | Coverage | Kept |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    return "\n".join([*head, *rows]) + "\n"


def _said(kept: object) -> str:
    return "yes" if kept else "no"


def main(arguments: list[str] | None = None) -> None:
    """Calibrate the nouns that are named, or all; all together write the page."""
    parser = argparse.ArgumentParser("calibrate", description=__doc__)
    parser.add_argument("nouns", nargs="*", help=f"of {', '.join(known())}; all by default")
    parser.add_argument("--samples", type=int, default=400)
    told = parser.parse_args(arguments)
    if unknown := sorted(set(told.nouns) - set(known())):
        parser.error(f"there is no {', '.join(unknown)}; there are {', '.join(known())}")
    MEASURED.mkdir(parents=True, exist_ok=True)
    for noun in told.nouns or known():
        table = measure(noun, told.samples)
        print(table.to_string(index=False))
        table.to_csv(MEASURED / f"{noun}.csv", index=False, encoding="utf-8", lineterminator="\n")
    files = [MEASURED / f"{noun}.csv" for noun in known()]
    if all(file.exists() for file in files):
        whole = pd.concat([pd.read_csv(file, encoding="utf-8") for file in files], ignore_index=True)
        PAGE.write_text(page(whole), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
