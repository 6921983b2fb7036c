"""What the user told beside the files: a saved mapping, single columns, how dates and numbers are written, choices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from crmlab.data.validation import Problem
from crmlab.intake.choices import CHOICES
from crmlab.intake.dates import WAYS
from crmlab.intake.numbers import MARKS
from crmlab.intake.plan import Plan, read_plan
from crmlab.intake.profile import Label
from crmlab.intake.shapes import SHAPES

Roles = dict[str, "Label | tuple[Label, ...] | None"]
_LEFT_OUT = "-"


@dataclass(eq=False)
class Told:
    """What the user told.

    Attributes
    ----------
    plan
        The saved mapping; an empty one where none was named.
    roles
        By shape or file, or "" for the only file: the column of each role, None to leave it out.
    dates, decimals
        By role or by column of theirs, or "" for all.
    choices
        Options by the names of their choices; those of the plan are among them.
    """

    plan: Plan = field(default_factory=Plan)
    roles: dict[str, Roles] = field(default_factory=dict)
    dates: dict[str, str] = field(default_factory=dict)
    decimals: dict[str, str] = field(default_factory=dict)
    choices: dict[str, str] = field(default_factory=dict)


def read_told(
    mapping: object = (),
    columns: Mapping[str, Mapping[str, Label | None]] | None = None,
    dates: str | Iterable[str] = (),
    decimal: str | Iterable[str] = (),
    choose: Mapping[str, str] | Iterable[str] = (),
) -> Told:
    """Return what the user told, checked.

    Parameters
    ----------
    mapping
        The path of a mapping.toml, words such as "orders.amount=결제 금액" ("-" leaves the role out), a `Plan`, or
        several of them.
    columns
        For each shape, our role to their column.
    dates, decimal
        Words such as "day-first", or "가입일=day-first" for one column.
    choose
        Choices with their options, as a mapping or as words "refunds=drop".

    Raises
    ------
    ValueError
        If a word is none.
    DataError
        If a mapping cannot be read.

    Examples
    --------
    >>> told = read_told(["orders.amount=total", "orders.channel=-"], dates="day-first", choose=["refunds=drop"])
    >>> told.roles, told.dates, told.choices
    ({'orders': {'amount': 'total', 'channel': None}}, {'': 'day-first'}, {'refunds': 'drop'})
    """
    told = Told(dates=_ways(dates, "dates", WAYS), decimals=_ways(decimal, "decimal", tuple(MARKS)))
    for table, those in (columns or {}).items():
        told.roles.setdefault(str(table), {}).update(those)
    for word in [mapping] if isinstance(mapping, (str, Path, Plan)) else list(mapping):  # pyright: ignore[reportArgumentType, reportCallIssue]
        if isinstance(word, Plan):
            told.plan = word
        elif isinstance(word, Path) or str(word).endswith(".toml") or "=" not in str(word):
            told.plan = read_plan(word)
        else:
            shape, role, theirs = _word(str(word))
            told.roles.setdefault(shape, {})[role] = theirs
    told.choices = dict(told.plan.choices) | _chosen(choose)
    return told


def unknown_roles(table: str, shape: str, roles: Iterable[str]) -> list[Problem]:
    """Return a problem for each name that is no role of the shape.

    Examples
    --------
    >>> print(*unknown_roles("export.csv", "tenure", ["tenur"]))
    export.csv, column tenur: is nothing that tenure has. Did you mean tenure? There are customer_id, tenure, ...
    """
    known = [role.name for role in SHAPES[shape].roles]
    problems = []
    for name in (name for name in roles if name not in known):
        like = get_close_matches(name, known, 1)
        shown = ", ".join(known[:2]) + (", ..." if len(known) > 2 else "") if like else ", ".join(known)
        remedy = (f"Did you mean {like[0]}? " if like else "") + f"There are {shown}"
        problems.append(Problem(table, name, f"is nothing that {shape} has", remedy))
    return problems


def _word(text: str) -> tuple[str, str, Label | None]:
    """Return shape, role and column of [SHAPE.]ROLE=COLUMN."""
    ours, _, theirs = text.partition("=")
    if not ours.strip() or not theirs.strip():
        raise ValueError(f"--map {text!r} is not ROLE=COLUMN, as orders.amount=total; put the files before --map")
    shape, _, role = ours.strip().rpartition(".")
    name = theirs.strip()
    return shape, role, None if name == _LEFT_OUT else int(name) if name.isdecimal() and name.isascii() else name


def _ways(told: str | Iterable[str], option: str, known: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in told.split() if isinstance(told, str) else told:
        column, _, way = word.rpartition("=")
        if way not in known:
            raise ValueError(
                f"--{option} {word!r} is none of {', '.join(known)}; for one column write COLUMN={known[0]}"
            )
        found[column] = f"{found[column]} {way}" if column in found else way
    return found


def _chosen(told: Mapping[str, str] | Iterable[str]) -> dict[str, str]:
    pairs = told.items() if isinstance(told, Mapping) else [_choice(word) for word in told]
    found = {}
    for name, option in pairs:
        if name not in CHOICES:
            like = get_close_matches(name, CHOICES, 1)
            meant = f"; did you mean {like[0]}?" if like else f"; there are {', '.join(CHOICES)}"
            raise ValueError(f"there is no choice {name!r}{meant}")
        found[name] = CHOICES[name].option(option)
    return found


def _choice(word: str) -> tuple[str, str]:
    name, equals, option = word.partition("=")
    if not equals or not option:
        raise ValueError(f"--choose {word!r} is not NAME=OPTION, as refunds=drop; there are {', '.join(CHOICES)}")
    return name.strip(), option.strip()
