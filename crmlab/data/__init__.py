"""Companies from files and to files: the built-in ones, folders written before, and files of one's own.

Opening trusts a table whose checksum is the one that `save` wrote, because `save` writes only what it has validated; an
edited table is checked again from the text, line by line. So a built-in company opens in a tenth of a second, and
nothing unchecked comes in.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pandas as pd

from crmlab.company import Company, Truth
from crmlab.data import package
from crmlab.data.csvfiles import checksum, from_csv, header
from crmlab.data.intake import last_day, take_in
from crmlab.data.lazy import LazyTables
from crmlab.data.package import Package, Resource
from crmlab.data.reading import Columns
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


def adopt(
    files: Mapping[str, str | Path],
    columns: Mapping[str, Columns] | None = None,
    *,
    name: str | None = None,
    out: str | Path | None = None,
    encoding: str = "utf-8-sig",
    currency: str = "KRW",
    observation_end: str | None = None,
    overwrite: bool = False,
) -> Company:
    r"""Make a company of your own files, and print what was read, kept and assumed.

    Parameters
    ----------
    files
        Table name to a file of delimited text: commas, semicolons, tabs, bars or runs of blanks.
    columns
        For each table, our column name to yours: a name in the header, or a position counted from 1. Columns of a
        header that are not named keep their own names, and come along even where the dictionary does not know them.
    name, out, overwrite
        What the company is called, else as `out` or the first file; a folder to save it in, and whether to replace it.
    encoding, currency, observation_end
        Of the text; of the money, as ISO code; the last day of the observation, else the last day that occurs.

    Raises
    ------
    DataError, ValueError, FileExistsError
        One report of all that does not fit; a setting is no currency or no day; `out` may not be replaced.

    Examples
    --------
    >>> file = getfixture("tmp_path") / "export.csv"
    >>> _ = file.write_text("cust_no,date\n0001,2025-01-31\n0002,2025-02-01\n", encoding="utf-8")
    >>> customers = adopt({"customers": file}, {"customers": {"customer_id": "cust_no", "acquired_on": "date"}})
    customers: 2 rows read from export.csv (separated by commas, with a header).
    The observation is taken to end on 2025-02-01, the last day that occurs.
    """
    _refuse_settings(files, currency, observation_end)
    paths = {table: Path(file).expanduser() for table, file in files.items()}
    tables, notes = take_in(paths, columns or {}, encoding, observation_end)
    if observation_end is None:
        notes.append(f"The observation is taken to end on {last_day(tables)}, the last day that occurs.")
    called = name or (Path(out).resolve().name if out is not None else next(iter(paths.values())).stem)
    company = Company(called, tables, observation_end or last_day(tables), currency)
    if out is not None:
        save(company, out, overwrite)
    print(*notes, sep="\n")
    return company


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
    kinds = {one.name: {field.name: field.kind for field in one.fields} for one in told.tables}
    paths = {one.name: folder / one.path for one in told.tables}
    return take_in(paths, {}, observation_end=told.observation_end or None, kinds=kinds)[0]


def _truth(told: Package, data: Mapping[str, bytes]) -> Truth | None:
    if not told.truth:
        return None
    named = {one.name: one for one in told.truth}
    own = named.pop("parameters")
    parameters = _table(own, data[own.path]).fillna({"unit": "", "meaning": ""}).set_index("name")
    return Truth(parameters, _on_demand(named.values(), data))


def _refuse_settings(files: object, currency: str, observation_end: str | None) -> None:
    if not isinstance(files, Mapping) or not files:
        raise ValueError("files names no file: give table names and paths, as {'orders': 'export.csv'}")
    if not re.fullmatch("[A-Z]{3}", currency):
        raise ValueError(f"currency is {currency!r}; give a code of three capitals, as 'KRW' or 'USD'")
    if observation_end is not None:
        try:
            date.fromisoformat(observation_end)
        except (TypeError, ValueError):
            raise ValueError(f"observation_end is {observation_end!r}; write a day, as '2025-12-31'") from None
