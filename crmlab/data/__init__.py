"""Companies from folders and to folders: the built-in ones, and those that were saved or adopted before.

Opening trusts a table whose checksum is the one that `save` wrote, because `save` writes only what it has validated; an
edited table is checked again from the text, line by line. So a built-in company opens in a tenth of a second, and
nothing unchecked comes in.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import pandas as pd

from crmlab.company import Company, Truth
from crmlab.data import package
from crmlab.data.csvfiles import checksum, from_csv, header
from crmlab.data.finishing import finish, last_day
from crmlab.data.lazy import LazyTables
from crmlab.data.package import Package, Resource
from crmlab.data.reading import read
from crmlab.data.validation import DataError, Problem, validate
from crmlab.folders import fresh
from crmlab.tables import TABLES

_PACKAGE = Path(__file__).resolve().parents[1]
_DATASETS = (
    _PACKAGE.parent / "datasets",
    _PACKAGE / "datasets",
)  # beside the package in the tree, inside it in a wheel


def open_company(name_or_folder: str | Path) -> Company:
    """Open a built-in company by its name, or a folder that `adopt` or `save` wrote.

    A table that was edited since is checked again, and a warning says so.

    Parameters
    ----------
    name_or_folder
        "subscription", "retail", "b2b", or the path of a folder with `datapackage.json` and one CSV a table. A folder
        that is called like a built-in company is written "./retail".

    Raises
    ------
    ValueError
        If there is neither a built-in company nor a folder of that name.
    DataError
        If a file is missing, or an edited table does not fit.

    Examples
    --------
    >>> open_company("nowhere")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    ValueError: there is no company 'nowhere': give a folder that holds one, or ...
    """
    folder = find_company(name_or_folder)
    told = package.read(folder)
    data = _bytes(folder, told)
    edited = [one.path for one in (*told.tables, *told.truth) if checksum(data[one.path]) != one.checksum]
    tables = None if edited or not told.ours else _trusted(told, data)
    if tables is None:
        tables = _checked(folder, told)
        if told.ours:
            changed = ", ".join(edited) or package.DESCRIPTOR
            warnings.warn(f"{folder.name}: edited since it was saved: {changed}. It was checked again.", stacklevel=2)
    observed = told.observation_end or last_day(tables)
    return Company(told.name, tables, observed, told.currency or "KRW", _truth(told, data))


def save(company: Company, folder: str | Path, overwrite: bool = False) -> None:
    """Write a company to a folder that `open_company` opens: all of it or nothing.

    Parameters
    ----------
    company
        Its tables are validated before anything is written.
    folder
        A new or empty folder.
    overwrite
        Whether to replace a folder that crmlab wrote before. A folder with any other file is never replaced.

    Raises
    ------
    DataError
        If a table does not fit the data dictionary.
    FileExistsError
        If the folder is there and may not be replaced.

    Examples
    --------
    >>> orders = pd.DataFrame({"customer_id": ["a"], "ordered_at": ["2025-01-31"], "amount": [5]})
    >>> save(Company("shop", {"orders": orders}, "2025-12-31"), getfixture("tmp_path") / "shop")
    >>> open_company(getfixture("tmp_path") / "shop")
    Company shop: orders; observed to 2025-12-31; no truth is known
    """
    with fresh(folder, overwrite, package.files) as place:
        package.write(replace(company, tables=validate(company.tables, company.observation_end)), place)


def find_company(name_or_folder: str | Path) -> Path:
    """Return the folder of a built-in company, or the folder itself.

    Raises
    ------
    ValueError
        If there is neither.
    """
    known = built_in()
    folder = known.get(str(name_or_folder)) or Path(name_or_folder).expanduser()
    if not folder.is_dir():
        choices = ", ".join(known) or "make one with crmlab simulate"
        raise ValueError(f"there is no company {str(name_or_folder)!r}: give a folder that holds one, or {choices}")
    return folder.resolve()


def built_in() -> dict[str, Path]:
    """Return the folders of the built-in companies by name."""
    found = (path.parent for datasets in _DATASETS for path in datasets.glob(f"*/{package.DESCRIPTOR}"))
    return {folder.name: folder for folder in sorted(found)}


def _bytes(folder: Path, told: Package) -> dict[str, bytes]:
    paths = [one.path for one in (*told.tables, *told.truth)]
    gone = [path for path in paths if not (folder / path).is_file()]
    if gone or not told.tables:
        what = f"lacks the files {', '.join(gone)}" if gone else "describes no table"
        raise DataError([Problem(folder.name, "", what, "Put them back, or write the folder anew.")])
    return {path: (folder / path).read_bytes() for path in paths}


def _trusted(told: Package, data: Mapping[str, bytes]) -> Mapping[str, pd.DataFrame] | None:
    """Return the tables as they were saved, or None where the description was edited and no longer fits."""
    described = all(
        one.name in TABLES
        and set(TABLES[one.name].required) <= {field.name for field in one.fields}
        and header(data[one.path]) == [field.name for field in one.fields]
        for one in told.tables
    )
    return _on_demand(told.tables, data) if described else None


def _on_demand(resources: Iterable[Resource], data: Mapping[str, bytes]) -> LazyTables:
    return LazyTables({one.name: partial(_table, one, data[one.path]) for one in resources})


def _table(one: Resource, data: bytes) -> pd.DataFrame:
    try:
        return from_csv(data, one.fields)
    except ValueError as error:
        raise DataError([Problem(one.path, "", f"cannot be read: {error}", "Write the folder anew.")]) from None


def _checked(folder: Path, told: Package) -> dict[str, pd.DataFrame]:
    """Return the tables of a package that was edited, or that another program wrote, checked from the text."""
    frames: dict[str, pd.DataFrame] = {}
    problems: list[Problem] = []
    for one in told.tables:
        try:
            frames[one.name], found = read(folder / one.path, one.name)
            problems += found
        except DataError as error:
            problems += error.problems
    usable = {name: frame for name, frame in frames.items() if len(frame) or not problems}
    try:
        tables = validate(usable, told.observation_end or None)
    except DataError as error:
        said = {(each.table, each.column) for each in problems}
        raise DataError(
            [*problems, *(each for each in error.problems if (each.table, each.column) not in said)]
        ) from None
    if problems:
        raise DataError(problems)
    kinds = {one.name: {field.name: field.kind for field in one.fields} for one in told.tables}
    return {name: finish(name, frame, kinds[name]) for name, frame in tables.items()}


def _truth(told: Package, data: Mapping[str, bytes]) -> Truth | None:
    if not told.truth:
        return None
    named = {one.name: one for one in told.truth}
    own = named.pop("parameters")
    parameters = _table(own, data[own.path]).fillna({"unit": "", "meaning": ""}).set_index("name")
    return Truth(parameters, _on_demand(named.values(), data))
