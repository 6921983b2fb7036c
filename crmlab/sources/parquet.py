"""Parquet to a sheet: one file, or a folder of parts as engines write them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crmlab.data.validation import LINE, DataError, Problem
from crmlab.sources.limits import LONGEST_TEXT, MOST_COLUMNS, MOST_UNPACKED, MOST_VALUES
from crmlab.sources.sheet import Sheet

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

MAGIC = b"PAR1"

_WHOLE = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")


def is_parquet_folder(folder: Path) -> bool:
    """Return whether a folder holds Parquet, at any depth.

    Examples
    --------
    >>> is_parquet_folder(getfixture("tmp_path"))
    False
    """
    return any(True for _ in _parts(folder))


def read_parquet(path: Path, *, progress: bool = False) -> Sheet:
    """Return the sheet of a Parquet file, or of all parts in a folder, one below the other.

    Columns keep their types. Times are numbered rows from 1 in the order of the parts' names.

    Parameters
    ----------
    path
        A file, or a folder; names that begin with "_" or "." are no parts, and no link may lead out of the folder.
    progress
        Whether to show a bar over the parts.

    Raises
    ------
    DataError
        If a part is damaged or a link leads out of the folder; if parts have different columns; if there are more
        values than are read.

    Examples
    --------
    >>> file = getfixture("tmp_path") / "orders.parquet"
    >>> pd.DataFrame({"cust": ["0001"], "amount": [5.5]}).to_parquet(file)
    >>> read_parquet(file).frame.dtypes.astype(str).to_dict()
    {'cust': 'object', 'amount': 'float64'}
    """
    import pyarrow as pa

    parts = sorted(_parts(path)) if path.is_dir() else [path]
    if not parts:
        raise DataError([Problem(path.name, "", "is a folder without Parquet in it", "Give one file.")])
    files = [_opened(part, path) for part in parts]
    _refuse_uneven(path, parts, files)
    _refuse_large(path, files)
    problems = _nested(path.name, files[0].schema_arrow)
    plain = [name for name in files[0].schema_arrow.names if name not in {each.column for each in problems}]
    try:
        frames = [_frame(file.read(columns=plain)) for file in _shown(files, path.name, progress)]
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DataError([_damaged(path.name, error)]) from None
    frame = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0]
    frame.index = pd.RangeIndex(1, len(frame) + 1, name=LINE)
    several = f" in {len(parts):,} parts" if path.is_dir() else ""
    notes = [f"{path.name}: {len(frame):,} rows read (Parquet{several})."]
    return Sheet(path.name, frame, True, {}, notes, problems)


def _frame(table: pa.Table) -> pd.DataFrame:
    """Return the columns with types that know blanks; texts, which were read as dictionaries, as objects."""
    import pyarrow as pa

    known = {getattr(pa, name)(): getattr(pd, f"{name.replace('i', 'I').replace('u', 'U')}Dtype")() for name in _WHOLE}
    known[pa.bool_()] = pd.BooleanDtype()
    for at, field in enumerate(table.schema):
        if pa.types.is_decimal(field.type) or pa.types.is_float16(field.type):
            table = table.set_column(at, field.name, table.column(at).cast(pa.float64()))
        elif pa.types.is_time(field.type) or pa.types.is_duration(field.type) or pa.types.is_null(field.type):
            table = table.set_column(at, field.name, table.column(at).cast(pa.string()))
    frame = table.to_pandas(ignore_metadata=True, date_as_object=False, types_mapper=known.get)
    for name, dtype in frame.dtypes.items():
        if isinstance(dtype, pd.CategoricalDtype):
            codes, texts = frame[name].cat.codes.to_numpy(), frame[name].cat.categories.to_numpy(object)
            if any(len(text) > LONGEST_TEXT for text in texts if isinstance(text, str)):
                raise ValueError(f"{name} holds texts of more than {LONGEST_TEXT:,} characters")
            frame[name] = np.array([*texts, None], object)[codes]
    return frame


def _parts(folder: Path) -> Iterator[Path]:
    """Yield the Parquet files below a folder; refuse links that lead out of it."""
    home = folder.resolve()
    for path in folder.rglob("*"):
        hidden = any(part.startswith(("_", ".")) for part in path.relative_to(folder).parts)
        if hidden or path.suffix.lower() not in (".parquet", ".parq", ".pq") or path.is_dir():
            continue
        if not path.resolve().is_relative_to(home):
            remedy = "Put the file itself into the folder, or give its own path."
            raise DataError([Problem(folder.name, "", f"holds {path.name!r}, a link that leads out of it", remedy)])
        yield path


def _opened(part: Path, whole: Path) -> pq.ParquetFile:
    import pyarrow as pa
    import pyarrow.parquet as pq

    name = part.name if part == whole else f"{whole.name}/{part.relative_to(whole).as_posix()}"
    try:
        texts = [field.name for field in pq.read_schema(part) if field.type in (pa.string(), pa.large_string())]
        return pq.ParquetFile(part, memory_map=True, read_dictionary=texts)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DataError([_damaged(name, error)]) from None


def _damaged(name: str, error: Exception) -> Problem:
    said = " ".join(str(error).split())[:200]
    return Problem(name, "", f"is no Parquet that can be read ({said})", "Write it anew.")


def _refuse_uneven(path: Path, parts: list[Path], files: list[pq.ParquetFile]) -> None:
    columns = files[0].schema_arrow.names
    if len(set(columns)) < len(columns):
        twice = next(name for name in columns if columns.count(name) > 1)
        raise DataError([Problem(path.name, twice, "occurs more than once", "Give each column its own name.")])
    for part, file in zip(parts, files, strict=True):
        if set(file.schema_arrow.names) != set(columns):
            other = ", ".join(sorted(set(file.schema_arrow.names) ^ set(columns))[:5])
            what = f"has parts of different columns: {parts[0].name} and {part.name} differ in {other}"
            raise DataError([Problem(path.name, "", what, "Give files of one kind.")])


def _refuse_large(path: Path, files: list[pq.ParquetFile]) -> None:
    rows, columns = sum(file.metadata.num_rows for file in files), len(files[0].schema_arrow)
    size = sum(file.metadata.row_group(at).total_byte_size for file in files for at in range(file.num_row_groups))
    if columns > MOST_COLUMNS:
        what = f"has {columns:,} columns, more than the {MOST_COLUMNS:,} that are read"
        raise DataError([Problem(path.name, "", what, "Write the columns that are needed.")])
    if rows * columns > MOST_VALUES or size > MOST_UNPACKED:
        what = f"has {rows:,} rows of {columns:,} columns, {size / 1e6:,.0f} MB unpacked, more than is read at once"
        remedy = "Count it where it lies with --engine duckdb, or write fewer rows or columns."
        raise DataError([Problem(path.name, "", what, remedy)])


def _nested(name: str, schema: pa.Schema) -> list[Problem]:
    """Return the columns that hold lists, records or bytes, which no table of a company has."""
    import pyarrow.types as kinds

    remedy = "Write each value into a column or a row of its own, or leave the column out."
    odd: dict[str, Any] = {
        "lists": lambda kind: kinds.is_list(kind) or kinds.is_large_list(kind) or kinds.is_fixed_size_list(kind),
        "records": kinds.is_struct,
        "maps": kinds.is_map,
        "bytes": lambda kind: kinds.is_binary(kind) or kinds.is_large_binary(kind) or kinds.is_fixed_size_binary(kind),
    }
    return [
        Problem(name, field.name, f"holds {what} in its cells, and is left out", remedy)
        for field in schema
        for what, holds in odd.items()
        if holds(field.type)
    ]


def _shown(files: list[pq.ParquetFile], name: str, progress: bool) -> Iterator[pq.ParquetFile]:
    if not progress or len(files) < 2:
        yield from files
        return
    from tqdm import tqdm

    yield from tqdm(files, unit="part", desc=name, leave=False)
