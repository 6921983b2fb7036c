"""Which column plays which role in one shape: by what it is called, checked against what it holds.

A name decides, the contents can refuse it. Where two columns fit a role alike, the one is taken that shares its values
with another file, or either if they name the same things one to one; else the role stays open and is asked. Contents
alone decide only in a sheet without a header, where there are no names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from crmlab.intake.profile import Label, Profile
from crmlab.intake.shapes import Role, Shape
from crmlab.intake.shapes.month_names import month_of
from crmlab.intake.vocabulary import ALMOST, EXACT, GENERAL, NAMED, OPPOSITE, fits, squash
from crmlab.labels import percent
from crmlab.tables import TABLES

_MARGIN = 0.15
_SAID = {
    EXACT: "the role's own name",
    NAMED: "called like it",
    GENERAL: "a general name",
    OPPOSITE: "asks the opposite of it",
    ALMOST: "called almost like it",
}
TOLD = "as you said"
_SURE = 0.9  # this share of rows must be of a kind where the contents alone decide
_FEWEST_MANY = 2


@dataclass(eq=False)
class Match:
    """The columns of a sheet in the roles of a shape.

    Attributes
    ----------
    shape
        The shape.
    columns
        The column of each role that has one; of a role of many, all of them.
    reasons
        For each of these roles, why.
    open
        Roles that several columns fit alike.
    score
        How well the names fit, all together.
    """

    shape: Shape
    columns: dict[str, Label | tuple[Label, ...]] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    open: dict[str, list[Label]] = field(default_factory=dict)
    score: float = 0.0

    @property
    def lacking(self) -> list[str]:
        """The required roles that no column plays."""
        return [name for name in self.shape.required if name not in self.columns and name not in self.open]

    @property
    def taken(self) -> set[Label]:
        """The columns that play a role."""
        return {label for each in self.columns.values() for label in (each if isinstance(each, tuple) else (each,))}

    def take(self, role: str, label: Label | tuple[Label, ...], reason: str, score: float = 0.0) -> None:
        """Give a role its column."""
        self.columns[role], self.reasons[role] = label, reason
        self.score += score


def match(
    shape: Shape,
    profiles: Mapping[Label, Profile],
    told: Mapping[str, Label | tuple[Label, ...] | None],
    others: Iterable[tuple[str, str, set[str]]] = (),
    header: bool = True,
) -> Match:
    """Return which columns play the roles of a shape.

    Parameters
    ----------
    shape, profiles
        The shape, and the columns of the sheet.
    told
        Roles that the user settled: their column, or None to leave them out.
    others
        Of the other sheets: the sheet's name, the role and its values, where a role identifies something.
    header
        Whether the sheet names its columns.

    Examples
    --------
    >>> import pandas as pd
    >>> from crmlab.intake.shapes import SHAPES
    >>> sheet = {"고객번호": ["1", "1"], "주문일": ["2025-01-31"] * 2, "금액": ["5", "7"]}
    >>> match(SHAPES["orders"], {name: Profile(name, pd.Series(cells)) for name, cells in sheet.items()}, {}).columns
    {'customer_id': '고객번호', 'ordered_at': '주문일', 'amount': '금액'}
    """
    found = Match(shape)
    for role, label in told.items():
        if label is not None:
            found.take(role, label, TOLD, EXACT)
    free = [role for role in shape.roles if role.name not in told]
    for role in (role for role in free if role.many):
        _take_many(found, role, profiles)
    single = [role for role in free if not role.many]
    if header:
        _by_names(found, single, profiles, list(others))
    else:
        by_contents(found, [role for role in single if role.required], profiles)
    return found


def _take_many(found: Match, role: Role, profiles: Mapping[Label, Profile]) -> None:
    labels = [label for label, each in profiles.items() if label not in found.taken and _one_of_many(role, each)]
    if len(labels) >= _FEWEST_MANY:
        why = (
            "headed by months" if role.name == "months" else f"dates, headed by stages ({', '.join(map(str, labels))})"
        )
        found.take(role.name, tuple(labels), why, NAMED + 0.1 * len(labels))


def _one_of_many(role: Role, profile: Profile) -> bool:
    if not isinstance(profile.label, str):
        return False
    if role.name == "months":
        return month_of(profile.label, 2000) is not None
    name = squash(profile.label)
    bare = [name.removesuffix(tail) for tail in ("date", "day", "on", "at", "일자", "날짜", "일시", "일")]
    return profile.dates[0] >= _SURE and any(fits(one).get(role.name) == NAMED for one in (name, *bare))


def _by_names(
    found: Match, roles: list[Role], profiles: Mapping[Label, Profile], others: list[tuple[str, str, set[str]]]
) -> None:
    """Give each role the column that is called like it best, the surest first."""
    scores = {
        (role.name, label): score
        for role in roles
        for label, profile in profiles.items()
        if (score := _fit(role, profile))
    }
    needed = {role.name: role.required for role in roles}
    for (role, label), score in sorted(scores.items(), key=lambda pair: (-pair[1], not needed[pair[0][0]])):
        if role in found.columns or role in found.open or label in found.taken:
            continue
        if not needed[role] and _is_last_for(label, [name for name in needed if needed[name]], found, scores):
            continue
        rivals = [other for name, other in scores if name == role and other not in found.taken]
        close = [other for other in rivals if scores[role, other] > score - _MARGIN]
        kind = found.shape.role(role).kind
        if len(close) == 1:
            how = _SAID[fits(label)[role]]
            found.take(role, label, f"{how}; {profiles[label].evidence(kind)}", score)
        else:
            _settle(found, role, close, profiles, others, score)


def _is_last_for(label: Label, needed: list[str], found: Match, scores: Mapping[tuple[str, Label], float]) -> bool:
    """Return whether a required role that has no column yet has only this one left."""
    for role in needed:
        left = [other for name, other in scores if name == role and other not in found.taken]
        if role not in found.columns and left == [label]:
            return True
    return False


def _fit(role: Role, profile: Profile) -> float:
    """Return how well a column's name fits a role, less where its contents do not."""
    level = fits(profile.label).get(role.name, 0.0)
    if not level:
        return 0.0
    share = profile.share(role.kind, role.name)
    least = 0.5 if level < NAMED or role.kind == "boolean" else 0.0
    return level * (0.5 + 0.5 * share) if share >= least else 0.0


def _settle(
    found: Match,
    role: str,
    close: list[Label],
    profiles: Mapping[Label, Profile],
    others: list[tuple[str, str, set[str]]],
    score: float,
) -> None:
    """Choose among columns that fit a role alike by what they hold, or leave the role open."""
    for sheet, other, texts in others:
        if other == role:
            shared = {label: profiles[label].shared_with(texts) for label in close}
            best, second = sorted(shared, key=lambda label: -shared[label])[:2]
            if shared[best] > 0.5 > 2 * shared[second]:
                found.take(role, best, f"{percent(shared[best], 0)} of its values are in {sheet} too", score)
                return
    if all(profiles[close[0]].same_as(profiles[label]) for label in close[1:]):
        found.take(role, close[0], f"names the same as {_listed(close[1:])}, one to one", score)
        return
    found.open[role] = close
    found.score += score / 2


def by_contents(found: Match, roles: list[Role], profiles: Mapping[Label, Profile]) -> None:
    """Give roles the only columns whose contents fit them; several that fit alike leave the role open."""
    order = {"date": 0, "number": 1, "integer": 1, "boolean": 2, "text": 3}
    for role in sorted(roles, key=lambda role: (order[role.kind], role.name.endswith("_id"))):
        labels = candidates(role, found, profiles)
        if len(labels) == 1:
            evidence = profiles[labels[0]].evidence(role.kind)
            found.take(role.name, labels[0], f"the only column that fits: {evidence}", GENERAL)
        elif labels:
            _settle(found, role.name, labels, profiles, [], GENERAL)


def candidates(role: Role, found: Match, profiles: Mapping[Label, Profile]) -> list[Label]:
    """Return the free columns whose contents fit a role."""
    free = {label: each for label, each in profiles.items() if label not in found.taken and each.known}
    if role.kind == "date":
        dated = {label: each for label, each in free.items() if each.dates[0] >= _SURE}
        ends = "ended_on" in {other.name for other in found.shape.roles} and role.name in ("started_on", "ended_on")
        return [label for label, each in dated.items() if not ends or (each.blanks > 0) == (role.name == "ended_on")]
    if role.kind in ("number", "integer"):
        sums = [label for label, each in free.items() if each.numbers[0] >= _SURE and each.dates[0] < 0.5]
        fine = [label for label in sums if free[label].numbers[1] > 0.2]
        return fine or [label for label in sums if not free[label].unique]
    if role.kind == "boolean":
        two = (label for label, each in free.items() if len(each.column.texts) == _FEWEST_MANY)
        return [label for label in two if free[label].share("boolean", role.name) == 1]
    if not role.name.endswith("_id"):
        return [label for label, each in free.items() if each.kinds and each.numbers[0] < 0.5]
    key = role.name in key_of(found.shape)
    named = [label for label, each in free.items() if each.identifies and (each.unique or not key)]
    again = [label for label in named if not free[label].unique]
    return named if key else again or named


def key_of(shape: Shape) -> tuple[str, ...]:
    """Return the role whose values occur once; none where a thing may have several rows.

    Examples
    --------
    >>> from crmlab.intake.shapes import SHAPES
    >>> key_of(SHAPES["customers"]), key_of(SHAPES["orders"]), key_of(SHAPES["tenure"])
    (('customer_id',), (), ('customer_id',))
    """
    if shape.name in TABLES:
        return TABLES[shape.name].key if len(TABLES[shape.name].key) == 1 else ()
    return {"tenure": ("customer_id",), "wide_months": ("customer_id",), "lead_stages": ("lead_id",)}.get(
        shape.name, ()
    )


def _listed(labels: Iterable[Label]) -> str:
    return ", ".join(f"column {label}" if isinstance(label, int) else repr(label) for label in labels)
