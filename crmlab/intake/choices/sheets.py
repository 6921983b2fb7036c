"""What is settled on a sheet before its shape is built: repeated rows, times of day, currencies.

These come first, because a shape may add rows up, and then what was repeated or in another currency is out of sight.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from crmlab.data.parsing import written
from crmlab.data.places import Places
from crmlab.data.validation import Problem
from crmlab.intake.choices.desk import Desk, numbers
from crmlab.intake.choices.finding import Finding, lines, where
from crmlab.intake.shapes.schema import Shape, headings
from crmlab.tables import TABLES

_OFFSET = re.compile(r"[T ]\d{2}:\d{2}.*(?:Z|[+-]\d{2}:?\d{2})")
_CLOCK = re.compile(r"[T ](?!00:00(?::00)?(?:\D|$))\d{2}:\d{2}.*")
_MONEY = {column.name for table in TABLES.values() for column in table.columns if column.unit.startswith("currency")}
_EXAMPLE = "Asia/Seoul"
_SMALLEST = Decimal("1e-9")  # of a rate


def duplicates(frame: pd.DataFrame, desk: Desk, sheet: str) -> pd.DataFrame:
    """Settle rows that repeat another in every column."""
    rows = _equal(frame)
    done = {"keep": "kept", "drop": "left out: one of each stays"}
    option = desk.found("duplicates", sheet, frame, rows, "row equal to another", done)
    return frame[~rows] if option in ("drop", "refuse") else frame


def time_zones(frame: pd.DataFrame, shape: Shape, desk: Desk, sheet: str) -> pd.DataFrame:
    """Settle of which place the day is, in columns of times with an offset from UTC; naive times stay."""
    zone = desk.option("time_zone")
    place = _zone(_EXAMPLE if zone == "written" else zone)
    if place is None:
        remedy = f"Name one of the IANA data base, as {_EXAMPLE}."
        desk.problems.append(Problem(sheet, "", f"cannot be told the time zone {zone!r}", remedy))
        return frame
    moved: dict[str, pd.Series] = {}
    for column in _date_columns(frame, shape):
        aware, local = _local(frame[column], place)
        if not aware.any():
            continue
        texts = written(frame[column])[aware]
        other = sum(text[:10] != day[:10] for text, day in zip(texts, written(local[aware]), strict=True))
        if zone == "written":
            said = f"kept at the day written; {other:,} of them would be on another day in {_EXAMPLE}"
            said += f", if you say --choose time_zone={_EXAMPLE}"
        else:
            said = f"set to the day in {zone}; {other:,} of them moved to another day"
            moved[column] = local
        count = int(aware.sum())
        noun = f"{count:,} time{'s' * (count > 1)} of {column} with an offset from UTC {lines(frame, aware)}"
        sentence = f"{noun} {'was' if count == 1 else 'were'} {said}."
        desk.findings.append(Finding("time_zone", zone, sheet, count, where(frame, aware), sentence))
    return frame.assign(**moved) if moved else frame


def same_second(frame: pd.DataFrame, desk: Desk, sheet: str) -> pd.DataFrame:
    """Settle orders that repeat customer, second and amount of another: a button that was pressed twice."""
    wanted = ["ordered_at", "customer_id", "amount"]
    if not set(wanted) <= set(frame) or not len(frame):
        return frame
    clocked = _has_clock_like(_CLOCK, frame["ordered_at"])
    if not clocked.any():
        return frame
    rows = _equal(frame[wanted]) & clocked
    rows &= ~_equal(frame) if rows.any() else rows
    done = {"keep": "kept", "drop": "left out: the first of each stays"}
    option = desk.found("same_second", sheet, frame, rows, "order at the second and amount of another", done)
    return frame[~rows] if option in ("drop", "refuse") else frame


def currencies(frame: pd.DataFrame, shape: Shape, desk: Desk, sheet: str, currency: str) -> pd.DataFrame:
    """Settle money in other currencies than the company's; the column `currency` is used up."""
    if "currency" not in frame:
        return frame
    codes = np.array([currency if text is None else text.upper() for text in written(frame["currency"])], object)
    plain, foreign = frame.drop(columns="currency"), codes != currency
    if not foreign.any():
        return plain
    option, counts = desk.option("currencies"), pd.Series(codes).value_counts()
    said = ", ".join(f"{count:,} {code}" for code, count in counts.items())
    rates = _rates(option)
    lacking = sorted(set(codes[foreign]) - rates.keys())
    if (rates and lacking) or (not rates and option != currency):
        what = f"in another currency than {currency} (by row: {said})"
        remedy = f'Say --choose currencies={currency} (only those rows stay), or "currencies={lacking[0]}=..." with '
        remedy += f"what one {lacking[0]} is in {currency}; or --currency {lacking[0]}, if the company counts in it."
        first = Places.of(frame, foreign)
        desk.problems.append(
            Problem(sheet, "currency", what, remedy, int(foreign.sum()), first.rows, by_line=first.by_line)
        )
        return plain
    done = f"converted to {currency} at {option}" if rates else "left out"
    count = int(foreign.sum())
    sentence = f"{count:,} row{'s' * (count > 1)} in other currencies {lines(frame, foreign)} "
    sentence += f"{'was' if count == 1 else 'were'} {done} (by row: {said})."
    desk.findings.append(Finding("currencies", option, sheet, count, where(frame, foreign), sentence))
    return _converted(plain, shape, codes, rates | {currency: Decimal(1)}) if rates else plain[~foreign]


def _equal(frame: pd.DataFrame) -> np.ndarray:
    """Return which rows repeat an earlier one in every column.

    A column after the other leaves only the rows that repeat in it too; few are left to be compared as a whole.
    """
    left = np.arange(len(frame))
    for place in range(frame.shape[1]):
        left = left[pd.Series(written(frame.iloc[left, place])).duplicated(keep=False).to_numpy()]
    rows = np.zeros(len(frame), bool)
    rows[left] = pd.DataFrame({place: written(frame.iloc[left, place]) for place in range(frame.shape[1])}).duplicated()
    return rows


def _has_clock_like(pattern: re.Pattern[str], values: pd.Series) -> np.ndarray:
    """Return which values have behind their day what is written like a pattern."""
    clocks = np.array(["" if text is None else text[10:] for text in written(values)], object)
    places, different = pd.factorize(clocks)
    return np.array([pattern.fullmatch(clock) is not None for clock in different], bool)[places]


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def _date_columns(frame: pd.DataFrame, shape: Shape) -> Iterable[str]:
    for role in (role for role in shape.roles if role.kind == "date"):
        yield from headings(frame.columns, role.name) if role.many else {role.name} & set(frame)


def _local(values: pd.Series, zone: ZoneInfo) -> tuple[np.ndarray, pd.Series]:
    """Return which values carry an offset, and the column with these in local time, without one."""
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return values.notna().to_numpy(), values.dt.tz_convert(zone).dt.tz_localize(None)
    aware = _has_clock_like(_OFFSET, values)
    if not aware.any():
        return aware, values
    texts = written(values)
    # each day and each time of day is read once: reading a million times with their offsets takes ten seconds
    days, heads = pd.factorize(np.array([text[:10] for text in texts[aware]], object))
    times, clocks = pd.factorize(np.array([text[10:] for text in texts[aware]], object))
    dated = pd.Series([f"2000-01-01{clock}" for clock in clocks], dtype=object)
    since = pd.to_datetime(dated, utc=True, errors="coerce", format="mixed") - pd.Timestamp("2000-01-01", tz="UTC")
    begun = pd.to_datetime(pd.Series(heads, dtype=object), utc=True, errors="coerce", format="%Y-%m-%d")
    known = begun.take(days).reset_index(drop=True) + since.take(times).reset_index(drop=True)
    local = known.dt.tz_convert(zone).dt.tz_localize(None).to_numpy("datetime64[s]")
    moved = np.char.replace(np.datetime_as_string(local), "T", " ").astype(object)
    texts[aware] = np.where(known.isna(), texts[aware], moved)
    return aware, pd.Series(texts, values.index, dtype=object)


def _rates(option: str) -> dict[str, Decimal]:
    """Return the rates of "USD=1380, EUR=1500"; none where the option is no list of rates."""
    found: dict[str, Decimal] = {}
    for part in option.split(",") if "=" in option else ():
        code, _, rate = part.partition("=")
        try:
            number = Decimal(rate.strip())
        except InvalidOperation:
            continue
        if number.is_finite() and _SMALLEST < number < 1 / _SMALLEST:
            found[code.strip().upper()] = number
    return found


def _converted(frame: pd.DataFrame, shape: Shape, codes: np.ndarray, rates: dict[str, Decimal]) -> pd.DataFrame:
    money = [role.name for role in shape.roles if role.name in _MONEY and role.name in frame]
    changed = {}
    for column in money:
        told, values = written(frame[column]), numbers(frame, column)
        for row in np.flatnonzero(np.isfinite(values) & (codes != "")):
            told[row] = format(Decimal(repr(float(values[row]))) * rates[codes[row]], "f")
        changed[column] = pd.Series(told, frame.index, dtype=object)
    return frame.assign(**changed)
