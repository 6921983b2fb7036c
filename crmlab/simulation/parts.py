"""A shop too large for memory, written part by part.

The customers of `retail` are drawn in blocks that need nothing of each other. So a shop of any size is written as a row
of parts, each a file for every table, and a part is forgotten before the next is made. The folder reads as one table
in pandas, polars or DuckDB: `pandas.read_parquet("shop/orders")`.

What is interrupted goes on where it stopped: a file gets its name only when it is whole, and `parts.json` tells which
parts are finished and with which settings. The first customers are those of a smaller shop with the same seed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import crmlab
from crmlab.folders import files
from crmlab.simulation import retail
from crmlab.simulation.parameters import build
from crmlab.simulation.retail.people import BLOCK

if TYPE_CHECKING:
    import pandas as pd

    from crmlab.company import Company

STATE = "parts.json"
PART = 100_000  # customers in a part


def write_parts(
    folder: str | Path,
    customers: int,
    seed: int = 11,
    *,
    part: int = PART,
    overwrite: bool = False,
    progress: bool = False,
    **switches: float,
) -> int:
    """Write a shop in parts, or go on with one that was interrupted.

    The folder gets one folder a table, with `part-00000.parquet` and so on in it, and `truth` with those of the truth.
    Tables that tell of the whole shop, as `products`, have one part only. The numbers of `truth/programme` are those
    of each part; they add up.

    Parameters
    ----------
    folder
        What is to be written.
    customers
        How many customers.
    seed, switches
        As in `simulate_company`.
    part
        How many customers a part holds: whole blocks of 10,000.
    overwrite
        Whether to begin anew where crmlab wrote parts before.
    progress
        Whether to show a bar.

    Returns
    -------
    int
        How many parts there are.

    Raises
    ------
    FileExistsError
        If the folder holds something else, or parts of a shop with other settings.
    ValueError
        If a number or a parameter is out of range.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as place:
    ...     parts = write_parts(place, 30)
    ...     print(parts, sorted(path.name for path in Path(place, "orders").iterdir()))
    1 ['part-00000.parquet']
    """
    if customers < 1 or part < 1 or part % BLOCK:
        raise ValueError(f"{customers:,} customers in parts of {part:,}: a part holds whole blocks of {BLOCK:,}")
    build(retail.Shop, switches)  # refuses what is out of range before anything is written
    settings = {"company": "retail", "customers": customers, "seed": seed, "part": part, "switches": switches}
    state = _begin(Path(folder), settings | {"version": crmlab.__version__}, overwrite)
    return _go_on(Path(folder), state, progress)


def _go_on(place: Path, state: dict[str, Any], progress: bool) -> int:
    """Write the parts that are missing, and after each one where to go on from; return how many there are in all."""
    from tqdm import tqdm

    customers, seed, part, switches = (state["settings"][name] for name in ("customers", "seed", "part", "switches"))
    finished, count = state["finished"], -(-customers // part)
    for number in tqdm(range(finished, count), "parts", count, initial=finished, unit="part", disable=not progress):
        first = number * part
        shop = retail.simulate(min(part, customers - first), seed, switches, first=first)
        for path, frame in _files(shop, number):
            _write(place / path, frame)
            state["files"] = sorted({*state["files"], path})
        state["finished"] = number + 1
        _write_state(place, state)
    return count


def _begin(place: Path, settings: dict[str, Any], overwrite: bool) -> dict[str, Any]:
    """Return the state to go on from; refuse a folder that holds anything else."""
    there = place / STATE
    if there.is_file():
        state = json.loads(there.read_text(encoding="utf-8"))
        if overwrite:
            for path in files(place) & set(state["files"]):
                (place / path).unlink()
            there.unlink()
        else:
            _compare(place, state, settings)
            return state
    elif place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise FileExistsError(f"{place.name} holds no parts that crmlab wrote; nothing was written. Name a new folder.")
    state = {"settings": settings, "finished": 0, "files": []}
    _write_state(place, state)
    return state


def _compare(place: Path, state: dict[str, Any], settings: dict[str, Any]) -> None:
    """Refuse to go on with other settings, or where a finished file is missing."""
    was = state["settings"]
    other = [name for name in settings if settings[name] != was.get(name)]
    if other:
        said = ", ".join(f"{name} {was.get(name)}, not {settings[name]}" for name in other)
        raise FileExistsError(
            f"{place.name} holds parts of another shop ({said}); nothing was written. "
            "Go on with its settings, name another folder, or begin anew with overwrite=True (--force)."
        )
    missing = [path for path in state["files"] if not (place / path).is_file()]
    if missing:
        raise FileExistsError(f"{place.name} lacks {missing[0]}, which was finished; begin anew with --force.")


def _files(shop: Company, number: int) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield path and frame of each file of a part."""
    truth = shop.truth
    known = {} if truth is None else {"parameters": truth.parameters.reset_index(), **truth.tables}
    frames = {**shop.tables, **{f"truth/{name}": frame for name, frame in known.items()}}
    for name, frame in frames.items():
        if number == 0 or name.removeprefix("truth/") not in retail.OF_THE_WHOLE:
            yield f"{name}/part-{number:05d}.parquet", frame


def _write(path: Path, frame: pd.DataFrame) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.stem}.tmp")  # readers of the folder pass it by
    frame.to_parquet(beside, index=False)
    os.replace(beside, path)  # noqa: PTH105


def _write_state(place: Path, state: dict[str, Any]) -> None:
    place.mkdir(parents=True, exist_ok=True)
    beside = place / f".{STATE}.tmp"
    beside.write_text(json.dumps(state, indent=1) + "\n", encoding="utf-8")
    os.replace(beside, place / STATE)  # noqa: PTH105
