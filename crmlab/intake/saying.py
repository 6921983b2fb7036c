"""What was understood, said so that a reader can check it: for each sheet what it holds, and for each column why."""

from __future__ import annotations

import unicodedata

from crmlab.intake.profile import Label
from crmlab.intake.understanding import Understood

_SHOWN = 6


def proposal(one: Understood) -> list[str]:
    r"""Return what was understood of a sheet, one line a column.

    Examples
    --------
    >>> import pandas as pd
    >>> from crmlab.intake.told import Told
    >>> from crmlab.intake.understanding import understand
    >>> from crmlab.sources import Sheet
    >>> frame = pd.DataFrame({"고객": ["a", "a"], "주문일": ["2025-01-31"] * 2, "금액": ["5", "7"], "shop": ["x", "y"]})
    >>> one = Understood(Sheet("export.csv", frame))
    >>> _ = understand([one], Told())
    >>> print(*proposal(one), sep="\n")
    export.csv holds orders. One row for each order.
      customer_id  고객    called like it; 1 different
      ordered_at   주문일  called like it; dates; dates as 2025-01-31
      amount       금액    called like it; numbers; plain numbers
      Kept beside them: shop.
    """
    lines = list(one.sheet.notes)
    if one.match is None or one.translated is None:
        return lines + [f"{one.sheet.name}: {note}" for note in one.notes]
    shape = one.match.shape
    lines.append(f"{one.sheet.name} holds {shape.name}. {shape.meaning}")
    roles = [role.name for role in shape.roles if role.name in one.match.columns]
    theirs = {role: shown(one.match.columns[role]) for role in roles}
    left, right = max(map(len, roles), default=0), max(map(_width, theirs.values()), default=0)
    for role in roles:
        how = "; ".join(text for text in (one.match.reasons[role], one.translated.said.get(role, "")) if text)
        lines.append(f"  {role:<{left}}  {theirs[role]}{' ' * (right - _width(theirs[role]))}  {how}")
    if one.translated.kept:
        lines.append(f"  Kept beside them: {', '.join(one.translated.kept)}.")
    if not one.sheet.header:
        rest = [str(label) for label in one.profiles if label not in one.match.taken]
        lines += [f"  Left out, for they have no name: columns {', '.join(rest)}."] if rest else []
    return lines + [f"  {note}" for note in one.notes]


def shown(label: Label | tuple[Label, ...]) -> str:
    """Return how a column of theirs is written to a reader.

    Examples
    --------
    >>> shown(3), shown("date"), shown(tuple(f"2025-{month:02}" for month in range(1, 13)))
    ('column 3', 'date', '2025-01 ... 2025-12 (12 columns)')
    """
    if isinstance(label, tuple):
        few = ", ".join(map(str, label))
        return few if len(label) <= _SHOWN else f"{label[0]} ... {label[-1]} ({len(label)} columns)"
    return f"column {label}" if isinstance(label, int) else label


def _width(text: str) -> int:
    """Return how many columns a terminal gives a text; Korean letters take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
