"""Measure bias and coverage of every interval on samples whose truth is known: python scripts/calibrate [NOUN ...].

Each file beside this one has a function `samples(seed)` that simulates one sample and yields, for each estimate, what
it is, the truth, the estimate, and the ends of its 95 % interval. This script runs it for many seeds and writes
docs/calibration.md. An interval that keeps its promise covers the truth in 93 to 97 of 100 samples; where one does
not, its docstring says so and why.
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
    with ProcessPoolExecutor(workers) as pool:
        runs = tqdm(pool.map(partial(sample, noun), range(samples), chunksize=4), noun, samples, unit="sample")
        rows = [row for run in runs for row in run]
    return judge(noun, rows)


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
    table = pd.concat([measure(noun, told.samples) for noun in told.nouns or known()], ignore_index=True)
    print(table.to_string(index=False))
    if not told.nouns:
        PAGE.write_text(page(table), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
