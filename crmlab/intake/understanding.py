"""All sheets of a company understood together: what each holds, which column is which, how each is written.

Sheets are looked at twice: first each alone, then those with something open in the light of the others, for their ids
may occur there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from crmlab.data.validation import DataError, Problem
from crmlab.intake.choices import CHOICES, Desk, Finding, total_rows
from crmlab.intake.matching import Match
from crmlab.intake.plan import SheetPlan, pattern_of
from crmlab.intake.profile import Label, Profile, profiles_of
from crmlab.intake.recognition import propose
from crmlab.intake.shapes import SHAPES
from crmlab.intake.told import Roles, Told, unknown_roles
from crmlab.intake.translation import Translated, translate
from crmlab.sources import Sheet, read_sheets


@dataclass(eq=False)
class Understood:
    """A sheet, and what was understood of it.

    Attributes
    ----------
    sheet
        As it was read.
    shape
        What it holds, where that is told; "" where it is to be found.
    plan
        How a sheet like it was read before.
    match
        The columns in the roles of its shape; None where it could not be told.
    translated
        In canonical text.
    notes, problems, findings
        What a user should know; what is open; what was settled by a choice.
    """

    sheet: Sheet
    shape: str = ""
    plan: SheetPlan | None = None
    match: Match | None = None
    translated: Translated | None = None
    notes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    profiles: dict[Label, Profile] = field(default_factory=dict)
    roles: Roles = field(default_factory=dict)

    def to_plan(self) -> SheetPlan:
        """Return how a later sheet like this one is to be read."""
        if self.match is None or self.translated is None:
            raise ValueError(f"{self.sheet.name} was not understood")
        return SheetPlan(
            file=self.plan.file if self.plan and self.plan.suits(self.sheet.name) else pattern_of(self.sheet.name),
            shape=self.match.shape.name,
            columns=self.match.columns,
            how=self.sheet.how,
            dates=self.translated.dates,
            decimals=self.translated.decimals,
            reasons=self.match.reasons,
        )


def read_all(
    files: Sequence[tuple[str, str | Path]], told: Told, how: Mapping[str, object]
) -> tuple[list[Understood], list[Problem]]:
    """Read every file; return their sheets, and what could not be read.

    Parameters
    ----------
    files
        Of each file what it is said to hold ("" where nothing is said), and its path.
    told
        What the user told; how sheets were read before comes from its plan.
    how
        What `read_sheets` is told: encoding, separator, header, sheet, query, progress.
    """
    found: list[Understood] = []
    problems: list[Problem] = []
    for shape, path in files:
        plans = [plan for plan in told.plan.sheets if shape in ("", plan.shape)]
        before = {key: value for plan in plans[:1] if len(plans) == 1 for key, value in _how(plan).items()}
        try:
            sheets = read_sheets(path, **(before | {key: value for key, value in how.items() if value is not None}))  # pyright: ignore[reportArgumentType]
        except DataError as error:
            problems += error.problems
            continue
        full = [sheet for sheet in sheets if len(sheet.frame) or sheet.problems]
        if not full:
            problems.append(Problem(Path(path).name, "", "has no rows", "Leave an empty table out."))
        if shape and len(full) > 1:
            names = ", ".join(sheet.name.partition(": ")[2] or sheet.name for sheet in full)
            problems.append(Problem(Path(path).name, "", f"has several sheets ({names})", "Say which with --sheet."))
        found += [Understood(sheet, shape) for sheet in full]
    return found, problems


def _how(plan: SheetPlan) -> dict[str, object]:
    """Return how a text was read before; its encoding is found out anew, for exports change it without a word."""
    how: dict[str, object] = {key: value for key, value in plan.how.items() if key == "separator"}
    return how | ({"header": plan.how["header"] == "yes"} if "header" in plan.how else {})


def understand(found: list[Understood], told: Told, currency: str = "", unread: Collection[str] = ()) -> list[Problem]:
    """Understand all sheets; return what concerns none of them alone.

    Parameters
    ----------
    found
        The sheets; what is understood is written into them.
    told, currency
        What the user told.
    unread
        What files that could not be read were said to hold.
    """
    problems = _share_out(found, told)
    for one in found:
        desk = Desk.of(told.choices)
        one.sheet, one.findings = total_rows(one.sheet, desk), desk.findings
        problems += desk.problems
        one.profiles = profiles_of(one.sheet)
        _follow(one)
        _propose(one, [])
    for one in found:
        if one.match is None or one.match.open:
            _propose(one, [other for other in found if other is not one])
    problems += _told_in_vain(found, told, unread)
    for one in found:
        if one.match is not None:
            _translate(one, told, currency)
    return problems


def _share_out(found: list[Understood], told: Told) -> list[Problem]:
    """Give each sheet its part of the plan and of what was told."""
    problems = []
    plans = list(told.plan.sheets)
    for one in found:
        suiting = [plan for plan in plans if one.shape in ("", plan.shape)]
        named = [plan for plan in suiting if plan.suits(one.sheet.name)] or suiting
        held = [plan for plan in named if _holds(one.sheet, plan)] if len(named) > 1 else named
        if len(held) == 1:
            one.plan, one.shape = held[0], held[0].shape
        elif plans:
            shapes = ", ".join(plan.shape for plan in plans)
            what, remedy = f"suits no single sheet of the mapping ({shapes})", f"Say which, as SHAPE={one.sheet.name}."
            problems.append(Problem(one.sheet.name, "", what, remedy))
    for key, roles in told.roles.items():
        goal = _goal(key, found)
        if goal is not None:
            goal.roles.update(roles)
            if key in SHAPES:
                goal.shape = key
    return problems


def _holds(sheet: Sheet, plan: SheetPlan) -> bool:
    return all(label in sheet.frame for each in plan.columns.values() for label in _each(each))


def _goal(key: str, found: list[Understood]) -> Understood | None:
    """Return the sheet that is meant by a shape, a file or nothing; None where that cannot be told yet."""
    if key:
        meant = [one for one in found if one.shape == key]
        meant = meant or [one for one in found if key in (one.sheet.name, Path(one.sheet.name).stem)]
        if not meant and key in SHAPES and len(found) == 1 and not found[0].shape:
            meant = found
        return meant[0] if len(meant) == 1 else None
    return found[0] if len(found) == 1 else None


def _follow(one: Understood) -> None:
    """Take the columns over from the plan, and say which have gone and which are new."""
    if one.plan is None:
        return
    there = set(one.profiles)
    known: set[Label] = set()
    for role, theirs in one.plan.columns.items():
        if role in one.roles:
            continue
        labels = _each(theirs)
        gone = [label for label in labels if label not in there]
        known |= set(labels)
        if isinstance(theirs, tuple):
            if gone:
                one.notes.append(f"Gone since the mapping was made: {', '.join(map(str, gone))} ({role}).")
        elif gone:
            one.notes.append(f"Gone since the mapping was made: {theirs!r} ({role}).")
        else:
            one.roles[role] = theirs
    fresh = [str(label) for label in one.profiles if label not in known]
    if fresh and one.sheet.header:
        one.notes.append(f"Not in the mapping: {', '.join(fresh[:12])}{', ...' if len(fresh) > 12 else ''}.")


def _propose(one: Understood, others: list[Understood]) -> None:
    one.roles = {role: _resolved(one.sheet, label) for role, label in one.roles.items()}
    wrong = unknown_roles(one.sheet.name, one.shape, one.roles) if one.shape in SHAPES else []
    pairs = [(role, label) for role, each in one.roles.items() for label in _each(each)]
    wrong += [_not_there(one, role, label) for role, label in pairs if label not in one.profiles]
    if wrong:
        one.problems = [*one.sheet.problems, *wrong]
        return
    ids = [
        (other.sheet.name, role, set(other.profiles[label].column.texts))
        for other in others
        if other.match
        for role, label in other.match.columns.items()
        if role.endswith("_id") and not isinstance(label, tuple)
    ]
    found = propose(one.sheet.name, one.profiles, one.shape or None, one.roles, ids, one.sheet.header)
    one.match = found.match
    one.notes = [note for note in one.notes if "is not taken:" not in note] + found.notes
    asked = {(each.table, each.column) for each in found.problems}
    one.problems = [each for each in one.sheet.problems if (each.table, each.column) not in asked] + found.problems


def _each(label: object) -> tuple[Label, ...]:
    return label if isinstance(label, tuple) else () if label is None else (label,)  # pyright: ignore[reportReturnType]


def _resolved(sheet: Sheet, label: Label | tuple[Label, ...] | None) -> Label | tuple[Label, ...] | None:
    """Return the heading that a position means, in a sheet that has headings."""
    if not sheet.header or not isinstance(label, int) or label in sheet.frame:
        return label
    if str(label) in sheet.frame:
        return str(label)
    return str(sheet.frame.columns[label - 1]) if 1 <= label <= sheet.frame.shape[1] else label


def _not_there(one: Understood, role: str, label: Label) -> Problem:
    names = [str(name) for name in one.profiles]
    like = get_close_matches(str(label), names, 1)
    twice = [str(name) for name in one.sheet.frame].count(str(label)) > 1
    what = f"is said to be {label!r}, which " + (
        "occurs more than once: give its position" if twice else "is not there"
    )
    what += f" (perhaps {like[0]!r}?)" if like and not twice else ""
    return Problem(one.sheet.name, role, what, f"The file has {', '.join(map(repr, names[:20]))}.")


def _told_in_vain(found: list[Understood], told: Told, unread: Collection[str]) -> list[Problem]:
    """Give what was told of a shape to the sheet that turned out to have it; return what nobody can use."""
    problems = []
    for key, roles in told.roles.items():
        if _goal(key, found) is not None or key in unread or not found:
            continue
        meant = [one for one in found if one.match and one.match.shape.name == key and not one.shape]
        if len(meant) == 1:
            meant[0].shape = key
            meant[0].roles.update(roles)
            _propose(meant[0], [one for one in found if one is not meant[0]])
        elif not key:
            word = next(iter(roles))
            raise ValueError(f"{word}={roles[word]}: of which table? Write orders.{word}={roles[word]}")
        else:
            what = "has columns but no file" if not meant else "has several files, so its columns are not clear"
            problems.append(Problem(key, "", what, "Give its file." if not meant else "Name the file instead."))
    return problems


def _translate(one: Understood, told: Told, currency: str) -> None:
    if one.match is None:
        return
    dates = (dict(one.plan.dates) if one.plan else {}) | told.dates
    decimals = (dict(one.plan.decimals) if one.plan else {}) | told.decimals
    left_out = frozenset(role for role, label in one.roles.items() if label is None)
    opposite = CHOICES["opposite"].option(told.choices.get("opposite"))
    one.translated = translate(one.sheet, one.match, dates, decimals, left_out, currency, opposite)
    one.problems += one.translated.problems
