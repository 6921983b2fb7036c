"""The format of a company's folder: one CSV a table, described by a Frictionless data package.

`datapackage.json` holds each table's columns with type, unit and meaning, keys, size and SHA-256 checksum, and under
`crmlab` the end of the observation, the currency and the files of the truth. The same company gives the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd

from crmlab.company import Company
from crmlab.data.csvfiles import Field, checksum, kind_of, to_csv
from crmlab.data.validation import DataError, Problem
from crmlab.tables import TABLES, Column, Table

DESCRIPTOR = "datapackage.json"
MAPPING = "mapping.toml"  # how the files of a company of one's own were understood; crmlab adopt writes it
_TYPES = {"text": "string", "integer": "integer", "number": "number", "date": "date", "boolean": "boolean"}
_KINDS = {told: kind for kind, told in _TYPES.items()} | {"datetime": "datetime"}
_LICENCE = {"name": "CC0-1.0", "title": "Creative Commons Zero 1.0"}


@dataclass(frozen=True)
class Resource:
    """One file of a package: what it holds, its path, its columns, and its checksum ("" where none is told)."""

    name: str
    path: str
    fields: tuple[Field, ...]
    checksum: str


@dataclass(frozen=True)
class Package:
    """What a folder's `datapackage.json` tells.

    Attributes
    ----------
    name
        What the company is called.
    tables, truth
        The files of the tables, and of the truth (empty for a company of one's own).
    observation_end, currency
        "" where the package does not tell.
    ours
        Whether crmlab wrote it, so that tables with the right checksum are known to be valid.
    """

    name: str
    tables: tuple[Resource, ...]
    truth: tuple[Resource, ...]
    observation_end: str
    currency: str
    ours: bool


def write(company: Company, folder: Path) -> None:
    """Write a company of validated tables into an empty folder."""
    tables = [_write_file(folder, name, f"{name}.csv", frame) for name, frame in company.tables.items()]
    for resource in tables:
        _describe_table(resource, company.tables)
    descriptor = {
        "profile": "tabular-data-package",
        "name": re.sub(r"[^a-z0-9._-]+", "-", company.name.lower()).strip("-._") or "company",
        "title": company.name,
        **({"licenses": [_LICENCE]} if _is_ours(company) else {}),
        "resources": tables,
        "crmlab": {
            "observation_end": company.observation_end,
            "currency": company.currency,
            "truth": _write_truth(company, folder),
        },
    }
    text = json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n"
    (folder / DESCRIPTOR).write_text(text, encoding="utf-8", newline="\n")


def _is_ours(company: Company) -> bool:
    """Tell whether nobody else has a say: the company is simulated, and no twin of somebody's own."""
    return company.truth is not None and "not_carried" not in company.truth.tables


def read(folder: Path) -> Package:
    """Read a folder's `datapackage.json`.

    Raises
    ------
    DataError
        If there is none, or it is no description of tables.
    """
    try:
        told = json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        remedy = "Make the folder from your files with crmlab adopt, or crm.adopt(..., out=...)."
        raise DataError([Problem(folder.name, "", f"holds no {DESCRIPTOR}", remedy)]) from None
    except ValueError as error:
        raise DataError([Problem(DESCRIPTOR, "", f"is not JSON: {error}", "Write the folder anew.")]) from None
    try:
        ours = told.get("crmlab", {})
        return Package(
            name=str(told.get("title") or told.get("name") or folder.name),
            tables=tuple(_resource(one, TABLES.get(one["name"])) for one in told["resources"]),
            truth=tuple(_resource(one, None) for one in ours.get("truth", [])),
            observation_end=str(ours.get("observation_end", "")),
            currency=str(ours.get("currency", "")),
            ours="observation_end" in ours,
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        what = f"is no description of tables ({type(error).__name__}: {error})"
        raise DataError([Problem(DESCRIPTOR, "", what, "Write the folder anew.")]) from None


def files(folder: Path) -> set[str]:
    """Return the files that crmlab wrote into a folder, as relative paths; none where it did not write it."""
    try:
        package = read(folder)
    except DataError:
        return set()
    return {DESCRIPTOR, MAPPING, *(one.path for one in (*package.tables, *package.truth))} if package.ours else set()


def _write_file(folder: Path, name: str, path: str, frame: pd.DataFrame) -> dict[str, Any]:
    data = to_csv(frame)
    (folder / path).write_bytes(data)
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": path,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(data),
        "hash": checksum(data),
        "schema": {"fields": [_plain_field(str(column), values) for column, values in frame.items()]},
    }


def _write_truth(company: Company, folder: Path) -> list[dict[str, Any]]:
    if company.truth is None:
        return []
    (folder / "truth").mkdir()
    frames = {"parameters": company.truth.parameters.rename_axis("name").reset_index(), **company.truth.tables}
    return [_write_file(folder, name, f"truth/{name}.csv", frame) for name, frame in frames.items()]


def _plain_field(name: str, values: pd.Series) -> dict[str, Any]:
    kind = kind_of(values)
    # a column of Int64 or boolean may have missing values, even where none is; so it comes back as what it was
    full = values.notna().all() and not pd.api.types.is_extension_array_dtype(values.dtype)
    return {"name": name, "type": _TYPES.get(kind, kind), **({"constraints": {"required": True}} if full else {})}


def _describe_table(resource: dict[str, Any], tables: Mapping[str, pd.DataFrame]) -> None:
    """Add what the data dictionary knows: meanings, units, ranges, keys and references."""
    table, schema = TABLES[resource["name"]], resource["schema"]
    resource["description"] = table.meaning
    known = {column.name: _known_field(column) for column in table.columns}
    schema["fields"] = [known.get(field["name"], field) for field in schema["fields"]]
    if table.key:
        schema["primaryKey"] = list(table.key)
    foreign = []
    for column in table.columns:
        other, _, target = column.references.partition(".")
        if other in tables and column.name in tables[table.name]:
            foreign.append({"fields": [column.name], "reference": {"resource": other, "fields": [target]}})
    if foreign:
        schema["foreignKeys"] = foreign


def _known_field(column: Column) -> dict[str, Any]:
    told = {
        "required": None if column.empty else True,
        "enum": list(column.values) or None,
        "minimum": column.low,
        "maximum": column.high,
    }
    constraints = {rule: value for rule, value in told.items() if value is not None}
    field = {"name": column.name, "type": _TYPES[column.kind], "description": column.meaning, "unit": column.unit}
    return {key: value for key, value in (field | {"constraints": constraints}).items() if value}


def _resource(told: Mapping[str, Any], table: Table | None) -> Resource:
    name, path = str(told["name"]), told["path"]
    if not isinstance(path, str):
        raise TypeError(f"the path {path!r} is no text")
    if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts or ":" in path or "\\" in path:
        raise ValueError(f"the path {path!r} leads out of the folder")
    kinds = {column.name: column.kind for column in table.columns} if table else {}
    fields = []
    for field in told.get("schema", {}).get("fields", []):
        column, required = str(field["name"]), field.get("constraints", {}).get("required", False)
        kind = kinds.get(column) or _KINDS.get(field.get("type", "string"), "text")
        fields.append(Field(column, kind, bool(required) and column not in kinds))
    return Resource(name, path, tuple(fields), str(told.get("hash", "")))
