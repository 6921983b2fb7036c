"""Which shape a sheet has: every shape is tried, and the one taken into which its columns fit clearly best.

Where two shapes fit alike, or none fits, the question is put with what was seen and with the words that settle it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from crmlab.data.validation import Problem
from crmlab.intake.matching import Match, candidates, key_of, match
from crmlab.intake.profile import Label, Profile
from crmlab.intake.shapes import SHAPES, Shape
from crmlab.intake.vocabulary import names_shape

_MARGIN = 0.5
_FILE_NAME = 1.0
_MOSTLY = 0.9
# the same rows seen in two ways: where both fit, the one that holds more of the sheet is meant
_RELATED = {frozenset(pair) for pair in (("orders", "sales_lines"), ("order_lines", "sales_lines"))}
_RELATED |= {frozenset(pair) for pair in (("contracts", "spans"), ("stage_events", "event_log"))}
_RELATED |= {frozenset(pair) for pair in (("leads", "lead_stages"), ("customers", "orders"))}
_RELATED |= {frozenset(pair) for pair in (("customers", "spans"), ("customers", "tenure"))}
_WITHOUT_HEADER = ("orders", "customers", "spans", "event_log")
_WORDS = {"date": "dates", "number": "numbers", "integer": "numbers", "boolean": "yes and no", "text": "texts"}


@dataclass(eq=False)
class Proposal:
    """What was understood of a sheet.

    Attributes
    ----------
    match
        The columns in the roles of the shape; None where no shape could be told.
    problems
        What is open: each with the evidence, and with the words that settle it.
    notes
        What was left out because it is not needed and not clear.
    """

    match: Match | None
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def propose(
    name: str,
    profiles: Mapping[Label, Profile],
    shape: str | None = None,
    told: Mapping[str, Label | tuple[Label, ...] | None] | None = None,
    others: Iterable[tuple[str, str, set[str]]] = (),
    header: bool = True,
) -> Proposal:
    """Return what a sheet holds, and what is open.

    Parameters
    ----------
    name, profiles, header
        The name of the sheet, its columns, and whether it names them.
    shape
        The shape, where the user said it.
    told
        Roles that the user settled.
    others
        Of the other sheets: name, role and values, where a role identifies something.

    Examples
    --------
    >>> import pandas as pd
    >>> sheet = {"cust": ["1", "1"], "date": ["2025-01-31"] * 2, "total": ["5", "7.25"]}
    >>> found = propose("export.csv", {name: Profile(name, pd.Series(cells)) for name, cells in sheet.items()})
    >>> found.match.shape.name, found.problems
    ('orders', [])
    """
    told, others = told or {}, list(others)
    if shape is not None:
        found = match(SHAPES[shape], profiles, told, others, header)
        return Proposal(found, _questions(name, found, profiles), _left_open(found))
    tried = [SHAPES[each] for each in (SHAPES if header else _WITHOUT_HEADER)]
    tried = [each for each in tried if set(told) <= {role.name for role in each.roles}]
    found = [match(each, profiles, told, others, header) for each in tried]
    for each in found:
        each.score += _FILE_NAME * names_shape(each.shape.name, name)
    fitting = sorted((each for each in found if _possible(each, profiles)), key=lambda each: -each.score)
    best = [each for each in fitting if each.score > fitting[0].score - _MARGIN]
    best = [each for each in best if not any(_yields(each, other) for other in best)]
    if len(best) == 1:
        return Proposal(best[0], _questions(name, best[0], profiles), _left_open(best[0]))
    return Proposal(None, [_which_shape(name, best, found, profiles)])


def _possible(found: Match, profiles: Mapping[Label, Profile]) -> bool:
    """Return whether all required roles have a column, and the contents speak for the shape."""
    if found.lacking:
        return False
    shape, columns = found.shape.name, found.columns
    if shape == "orders":
        return _once(columns.get("order_id"), profiles)
    if shape == "sales_lines":
        paid = "amount" in columns or {"quantity", "price"} <= set(columns)
        product = "product_id" in columns or "product_name" in columns
        return paid and (product or ("order_id" in columns and not _once(columns["order_id"], profiles)))
    return all(_once(columns.get(role), profiles) for role in key_of(found.shape))


def _once(label: object, profiles: Mapping[Label, Profile]) -> bool:
    """Return whether nearly all values of a column occur once."""
    if not isinstance(label, (str, int)):
        return True
    profile = profiles[label]
    return len(profile.column.texts) >= _MOSTLY * profile.known


def _yields(one: Match, other: Match) -> bool:
    """Return whether a shape gives way to a related one that holds more of the sheet, or as much and is simpler."""
    if frozenset((one.shape.name, other.shape.name)) not in _RELATED:
        return False
    more = len(other.taken) - len(one.taken)
    return more > 0 or (more == 0 and len(other.shape.roles) < len(one.shape.roles))


def _left_open(found: Match) -> list[str]:
    return [
        f"{role} is not taken: {_alternatives(labels)} could be it. {_say(found.shape, role, labels[0])} takes it."
        for role, labels in found.open.items()
        if not found.shape.role(role).required
    ]


def _questions(name: str, found: Match, profiles: Mapping[Label, Profile]) -> list[Problem]:
    """Return what keeps the required roles of a shape from having their columns."""
    problems = []
    for role, labels in found.open.items():
        kind = found.shape.role(role).kind
        if found.shape.role(role).required:
            shown = [f"{_name(label)} ({profiles[label].evidence(kind)})" for label in labels]
            remedy = f"{_say(found.shape, role, labels[0])} or {_say(found.shape, role, labels[1], say='')}."
            problems.append(Problem(name, role, f"could be {' or '.join(shown)}", remedy))
    return problems + [_lacking(name, found, role, profiles) for role in found.lacking]


def _lacking(name: str, found: Match, role: str, profiles: Mapping[Label, Profile]) -> Problem:
    kind = found.shape.role(role)
    what = f"is missing ({found.shape.name} needs it: {kind.meaning}); no column is called like it"
    held = candidates(kind, found, profiles)
    if held:
        nouns = "holds" if len(held) == 1 else "hold"
        what += f", but {_alternatives(held[:3])} {nouns} {_WORDS[kind.kind]}"
    else:
        what += f". The sheet has {_columns(profiles)}"
    return Problem(name, role, what, f"{_say(found.shape, role, held[0] if held else 'COLUMN')}.")


def _which_shape(name: str, best: list[Match], found: list[Match], profiles: Mapping[Label, Profile]) -> Problem:
    """Return the question what a sheet holds."""
    if best:
        shown = [f"{each.shape.name} ({each.shape.meaning.rstrip('.')})" for each in best]
        what = f"could hold {' or '.join(shown)}"
        return Problem(name, "", what, f"Say which, as {best[0].shape.name}={_file(name)}.")
    near = max(found, key=lambda each: each.score - len(each.lacking), default=None)
    what = f"fits no table that is known. It has {_columns(profiles)}"
    remedy = f"Say what it holds, as orders={_file(name)}, and which column is which, as --map orders.amount=COLUMN."
    if near is not None and near.columns:
        what += f". Nearest is {near.shape.name}, which needs {' and '.join(near.lacking) or 'other contents'} too"
        remedy = remedy.replace("orders", near.shape.name).replace(".amount", f".{(near.lacking or ['amount'])[0]}")
    return Problem(name, "", what, remedy)


def _say(shape: Shape, role: str, label: Label, say: str = "Say ") -> str:
    word = f"{shape.name}.{role}={label}"
    return f"{say}--map " + (f'"{word}"' if " " in word else word)


def _file(name: str) -> str:
    return name.partition(": ")[0]


def _name(label: Label) -> str:
    return f"column {label}" if isinstance(label, int) else repr(label)


def _alternatives(labels: list[Label]) -> str:
    return " or ".join(map(_name, labels))


def _columns(profiles: Mapping[Label, Profile]) -> str:
    shown = ", ".join(_name(label) for label in list(profiles)[:12])
    return shown + (", ..." if len(profiles) > 12 else "")
