"""A sheet in its own words to one in canonical text, its columns called like the roles of its shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from crmlab.data.parsing import written
from crmlab.data.validation import Problem
from crmlab.intake.choices import Finding
from crmlab.intake.choices.finding import where
from crmlab.intake.dates import read_dates
from crmlab.intake.flags import plain_answers, read_flags
from crmlab.intake.matching import TOLD, Match
from crmlab.intake.numbers import CODES, SIGNS, YEN_OR_YUAN, number_share, read_numbers
from crmlab.intake.profile import Label
from crmlab.intake.shapes import Role, one_of_many
from crmlab.intake.texts import Distinct, Read, Where
from crmlab.intake.vocabulary import GENERAL, OPPOSITE, fits
from crmlab.sources import Sheet


@dataclass(eq=False)
class Translated:
    """A sheet in canonical text.

    Attributes
    ----------
    frame
        Columns called like the roles (of a role of many, labelled by `one_of_many`), and those that play none.
    said
        For each role, how its values are written.
    dates, decimals
        For roles that a later file leaves open: how they are written here.
    currencies
        How many rows are in each currency, where any is told.
    kept
        Columns that play no role and come along.
    problems, findings
        What is open or contradictory; where a yes was read as a no.
    """

    frame: pd.DataFrame
    said: dict[str, str] = field(default_factory=dict)
    dates: dict[str, str] = field(default_factory=dict)
    decimals: dict[str, str] = field(default_factory=dict)
    currencies: dict[str, int] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def translate(
    sheet: Sheet,
    match: Match,
    dates: Mapping[str, str],
    decimals: Mapping[str, str],
    left_out: frozenset[str] = frozenset(),
    currency: str = "",
    opposite: str = "by_name",
) -> Translated:
    """Return a sheet in canonical text.

    Parameters
    ----------
    sheet, match
        The sheet, and which of its columns plays which role.
    dates, decimals
        What the user said of them, by role or by column of theirs; under "" for all.
    left_out
        Columns that must not come along.
    currency
        The currency of the company, where the user said it.
    opposite
        The option of the choice of that name.
    """
    done = Translated(pd.DataFrame(index=sheet.frame.index))
    columns: dict[str, pd.Series] = {}
    signs: list[pd.Series] = []
    for role in (role for role in match.shape.roles if role.name in match.columns):
        told = match.columns[role.name]
        for label in told if isinstance(told, tuple) else (told,):
            if role.kind == "boolean":
                read = _answers(done, role, sheet, label, match.reasons[role.name], opposite)
            else:
                read = _read(role, sheet.frame[label], (sheet.name, str(label)), (dates, decimals), label)
            name = one_of_many(role.name, label) if role.many else role.name
            columns[name] = read.values
            _note(done, role, read)
            signs += [] if read.currency is None else [read.currency]
    _currencies(done, columns, signs, sheet, currency, any(role.name == "currency" for role in match.shape.roles))
    taken = match.taken
    done.kept = [
        label for label in sheet.frame.columns if isinstance(label, str) and label and label not in {*taken, *left_out}
    ]
    done.kept = [label for label in done.kept if label not in columns and list(sheet.frame.columns).count(label) == 1]
    done.frame = pd.DataFrame(columns | {label: sheet.frame[label] for label in done.kept}, index=sheet.frame.index)
    return done


def _read(
    role: Role,
    values: pd.Series,
    where: Where,
    told: tuple[Mapping[str, str], Mapping[str, str]],
    label: Label,
) -> Read:
    dates, decimals = (next((one[key] for key in (role.name, str(label), "") if key in one), "") for one in told)
    if role.kind == "date":
        return read_dates(values, where, dates.split(), role.name == "month")
    if role.kind in ("number", "integer"):
        words = role.many and number_share(Distinct.of(values))[0] < 0.5  # yes and no, which the shape reads
        return Read(values) if words else read_numbers(values, where, decimals)
    return Read(values)


def _turned(role: Role, label: Label, reason: str, opposite: str) -> bool | None:
    """Return whether a yes in the column is a no for the role; None where its name leaves that open."""
    if opposite in (role.name, "none"):
        return opposite == role.name
    level = fits(label).get(role.name)
    open_ = level == GENERAL or (level is None and reason != TOLD)
    return None if open_ else level == OPPOSITE


def _answers(done: Translated, role: Role, sheet: Sheet, label: Label, reason: str, opposite: str) -> Read:
    """Read yes and no; say where a yes was read as a no."""
    values = sheet.frame[label]
    turned = _turned(role, label, reason, opposite)
    read = read_flags(values, (sheet.name, str(label)), role.name, turned)
    rows = plain_answers(Distinct.of(values)) if turned else np.zeros(len(values), bool)
    if rows.any():
        count = int(rows.sum())
        said = (
            f"{count:,} answer{'s' * (count > 1)} in {label} {'was' if count == 1 else 'were'} turned, for it asks the "
        )
        said += f"opposite of {role.name}: {read.said}. Otherwise: --choose opposite=none."
        done.findings.append(Finding("opposite", opposite, sheet.name, count, where(sheet.frame, rows), said))
    return read


def _note(done: Translated, role: Role, read: Read) -> None:
    done.problems += read.problems
    if read.said and role.name not in done.said:
        done.said[role.name] = read.said
    if read.settled:
        (done.dates if role.kind == "date" else done.decimals)[role.name] = read.settled


def _currencies(
    done: Translated, columns: dict[str, pd.Series], signs: list[pd.Series], sheet: Sheet, told: str, may: bool
) -> None:
    """Find which currencies occur; where the company's is not the only one, each row gets its own."""
    if "currency" in columns:
        texts = [None if text is None else text.upper() for text in written(columns["currency"])]
        codes = pd.Series([SIGNS.get(text or "", text) for text in texts], sheet.frame.index, dtype=object)
    elif signs:
        codes = signs[0]
        for more in signs[1:]:
            codes = codes.where(codes.notna(), more)
    else:
        return
    if (codes == YEN_OR_YUAN).any():
        if told in ("JPY", "CNY"):
            codes = codes.replace(YEN_OR_YUAN, told)
        else:
            rows = codes.index[(codes == YEN_OR_YUAN).to_numpy()]
            first = tuple(int(line) for line in rows[:5])
            what, remedy = "written with ¥, which is the yen or the yuan", "Say --currency JPY or --currency CNY."
            done.problems.append(Problem(sheet.name, "", what, remedy, len(rows), first, by_line=True))
    counts = codes.value_counts()
    done.currencies = {str(code): int(count) for code, count in counts.items() if code in CODES.split()}
    if "currency" in columns or (may and (len(counts) > 1 or (told and told not in counts.index))):
        columns["currency"] = codes
