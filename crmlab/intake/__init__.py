"""From sheets as people have them to a company: which table, which column, which format, and every choice said.

`adopt` reads sources into sheets (`crmlab.sources`), understands them (recognition, matching, translation), asks in one
report whatever is open, builds tables (shapes), settles what can be done in several ways (choices), and has the tables
checked by the same door as all others (`crmlab.data.validation`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from crmlab.company import Company
from crmlab.data import package
from crmlab.data.finishing import last_day
from crmlab.data.validation import DataError, Problem
from crmlab.folders import fresh
from crmlab.intake.making import company_currency, make
from crmlab.intake.plan import Plan
from crmlab.intake.profile import Label
from crmlab.intake.saying import proposal
from crmlab.intake.shapes import SHAPES
from crmlab.intake.told import read_told
from crmlab.intake.understanding import read_all, understand

__all__ = ["Plan", "adopt"]

Files = Mapping[str, str | Path] | Sequence[str | Path | tuple[str, str | Path]] | str | Path


def adopt(
    files: Files,
    columns: Mapping[str, Mapping[str, Label | None]] | None = None,
    *,
    mapping: str | Path | Plan | Iterable[str | Path] = (),
    name: str | None = None,
    out: str | Path | None = None,
    encoding: str | None = None,
    separator: str | None = None,
    header: bool | None = None,
    currency: str | None = None,
    observation_end: str | None = None,
    dates: str | Iterable[str] = (),
    decimal: str | Iterable[str] = (),
    choose: Mapping[str, str] | Iterable[str] = (),
    sheet: str | None = None,
    query: str | None = None,
    overwrite: bool = False,
    progress: bool = False,
) -> Company:
    r"""Make a company of your own files, and print what was understood, with reasons.

    Parameters
    ----------
    files
        A file, several, or shapes (`crmlab.intake.shapes.SHAPES`) with their files, as a mapping or as pairs: text,
        Excel, Parquet, JSON lines, or the address of a database together with `query`. No file is written to.
    columns, mapping
        What columns are: `{"orders": {"amount": "total"}}`, with names or positions from 1; a saved `mapping.toml`.
    name, out, overwrite
        What the company is called; a folder to save it in, with its `mapping.toml`, and whether to replace it.
    encoding, separator, header, sheet, query, progress
        How to read the sources, as `crmlab.sources.read_sheets` has it.
    currency, observation_end
        An ISO code, else the one that is written, else KRW; the last day, else the last that occurs.
    dates, decimal, choose
        Answers to what the files leave open: "day-first", "comma", `{"refunds": "drop"}`.

    Raises
    ------
    DataError, ValueError, FileExistsError
        One report of all that is open or does not fit; a setting is none; `out` may not be replaced.

    Examples
    --------
    >>> file = getfixture("tmp_path") / "people.csv"
    >>> _ = file.write_text("cust_no,signup\n0001,2025-01-31\n0002,2025-02-01\n", encoding="utf-8")
    >>> people = adopt(file)  # doctest: +ELLIPSIS
    people.csv: 2 rows read (separated by commas, with a header...
    people.csv holds customers. One row for each customer.
      customer_id  cust_no  called like it; 2 different, no repetition
      acquired_on  signup   called like it; dates; dates as 2025-01-31
    ...
    """
    named = _named(files)
    _refuse_settings(named, currency, observation_end)
    told = read_told(mapping, columns, dates, decimal, choose)
    currency = currency or told.plan.currency or None
    how = {"encoding": encoding, "separator": separator, "header": header, "sheet": sheet, "query": query}
    found, problems = read_all(named, told, how | {"progress": progress})
    unread = {shape for shape, _ in named} - {one.shape for one in found}
    problems += understand(found, told, currency or "", unread)
    _print(line for one in found for line in proposal(one))
    code, notes, open_ = company_currency(found, currency)
    assumed = currency is None and not any(one.translated and one.translated.currencies for one in found)
    problems += [problem for one in found for problem in one.problems] + open_
    made = make(found, told.choices, code, observation_end, problems)
    observed = observation_end or made.observed_to or last_day(made.tables)
    if observation_end is None:
        why = "the end of what the sheets cover" if made.observed_to else "the last day that occurs"
        notes.append(f"The observation is taken to end on {observed}, {why}.")
    _print([*made.notes, *(f"{finding}" for finding in made.findings), *notes])
    called = name or (Path(out).resolve().name if out is not None else Path(found[0].sheet.name).stem)
    company = Company(called, made.tables, observed, code)
    if out is not None:
        chosen = {finding.choice: finding.option for finding in made.findings} | told.choices
        _save(company, out, overwrite, Plan(tuple(one.to_plan() for one in found), chosen, "" if assumed else code))
    return company


def _save(company: Company, out: str | Path, overwrite: bool, plan: Plan) -> None:
    with fresh(out, overwrite, package.files) as place:
        package.write(company, place)
        (place / package.MAPPING).write_text(plan.to_toml(), encoding="utf-8", newline="\n")


def _named(files: Files) -> list[tuple[str, str | Path]]:
    """Return of each file what it is said to hold, and its path."""
    if isinstance(files, (str, Path)):
        return [("", files)]
    if not isinstance(files, Mapping):
        return [file if isinstance(file, tuple) else ("", file) for file in files]
    return [(str(shape), file) for shape, file in files.items()]


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


def _refuse_settings(files: list[tuple[str, str | Path]], currency: str | None, observation_end: str | None) -> None:
    if not files or not all(isinstance(file, (str, Path)) and str(file) for _, file in files):
        raise ValueError("files names no file: give a path, several, or tables and paths, as {'orders': 'export.csv'}")
    unknown = [shape for shape, _ in files if shape and shape not in SHAPES]
    if unknown:
        like = get_close_matches(unknown[0], SHAPES, 1)
        meant = f"Did you mean {like[0]}? " if like else ""
        what = "is no table of the data dictionary, and no shape that is known"
        raise DataError([Problem(unknown[0], "", what, f"{meant}There are {', '.join(SHAPES)}.")])
    if currency is not None and not re.fullmatch("[A-Z]{3}", currency):
        raise ValueError(f"currency is {currency!r}; give a code of three capitals, as 'KRW' or 'USD'")
    if observation_end is not None:
        try:
            date.fromisoformat(observation_end)
        except (TypeError, ValueError):
            raise ValueError(f"observation_end is {observation_end!r}; write a day, as '2025-12-31'") from None
