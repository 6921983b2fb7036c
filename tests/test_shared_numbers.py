"""One story through all lessons: what two lessons say of the same thing is the same number, to the digits printed.

Each shared number is read from the stored outputs, by a pattern for each lesson that prints it. Numbers that sound
alike and are not, are told apart in the lessons' text: a cost of winning by quarter (06), by half-year of the lead (15)
and over all years (01, 15); a first year's margin as known in June (06) and in December (17); a mean margin times mean
months (00, 11) and each customer's own margin (01, 11); the shop's margin to come from its last day (02) and from the
middle of its days (14).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
SHARE, COUNT = r"(0\.\d{3})", r"([\d,]+)(?:\.0)?"


@dataclass(frozen=True)
class Printed:
    """Where a lesson prints a number: each group of `pattern` holds one; they are added up where `total` is set."""

    lesson: str
    pattern: str
    unit: float = 1.0
    step: float = 0.0  # what the lesson rounds to, where that is more than the last digit printed
    total: bool = False


SHARED = {
    "leads of the subscription company": (
        Printed("00", rf"^0\s+lead\s+{COUNT}"),
        Printed("00", rf"^leads\s+marketing\s+{COUNT}"),
        Printed("01", rf"^subscription\s+{COUNT}"),
        Printed("03", rf"^0\s+lead\s+{COUNT}"),
    ),
    "its customers so far": (
        Printed("00", rf"^3\s+won\s+{COUNT}"),
        Printed("00", rf"^contracts\s+billing\s+{COUNT}"),
        Printed("01", rf"^subscription\s+[\d.]+\s+{COUNT}"),
        Printed("03", rf"^3\s+won\s+{COUNT}"),
        Printed("11", rf"{COUNT} contracts;"),
    ),
    "its customers that were recommended": (
        Printed("00", rf"^referral\s+{COUNT}\s+\d+\s+0\.\d+$"),
        Printed("01", rf"^referral\s+{COUNT}\s+\d+\s+\d+\.\d\s+0\.\d+"),
    ),
    "its customers that came from a search": (
        Printed("00", rf"^search\s+{COUNT}\s+\d+\s+0\.\d+$"),
        Printed("01", rf"^search\s+{COUNT}\s+\d+\s+\d+\.\d\s+0\.\d+"),
    ),
    "its new customers of the last year": (
        Printed("01", rf"^2025\s+\d+\s+{COUNT}"),
        Printed("17", rf"{COUNT} new customers a year"),
    ),
    "share of its leads won so far": (
        Printed("00", rf"^3\s+won\s+\d+(?:\s+0\.\d+){{3}}\s+{SHARE}"),
        Printed("00", r"by crmlab: (0\.\d+)"),
        Printed("03", rf"^3\s+won\s+\d+(?:\s+0\.\d+){{3}}\s+{SHARE}"),
    ),
    "share of its contracts that still run": (
        Printed("00", rf"^customers still there\s+0\.5\s+{SHARE}"),
        Printed("11", r"([\d.]+) % still run", unit=0.01),
    ),
    "share of its customers still here after twelve months, with its interval": (
        Printed("00", rf"^customers who stay longer than a year\s+{SHARE}\s+{SHARE}\s+{SHARE}"),
        Printed("11", rf"^12\.0(?:\s+\d+){{3}}\s+{SHARE}\s+{SHARE}\s+{SHARE}"),
    ),
    "the same on its basic plan": (
        Printed("00", rf"^basic\s+\d+\s+\d+\s+\d+\.\d\s+0\.\d+\s+{SHARE}"),
        Printed("11", rf"^basic\s+{SHARE}\s+0\.\d+\s+0\.\d+\s+\d\.\d+"),
    ),
    "the same on its premium plan": (
        Printed("00", rf"^premium\s+\d+\s+\d+\s+\d+\.\d\s+0\.\d+\s+{SHARE}"),
        Printed("11", rf"^premium\s+{SHARE}\s+0\.\d+\s+0\.\d+\s+\d\.\d+"),
    ),
    "shares of money and hours that go to keeping": (
        Printed("00", rf"^retain\s+{SHARE}\s+{SHARE}$"),
        Printed("01", rf"^retain\s+{SHARE}\s+{SHARE}"),
        Printed("15", rf"^retain\s+\d+\s+[\d.]+\s+{SHARE}\s+{SHARE}"),
    ),
    "cost of winning a customer over all years": (
        Printed("01", rf"Winning a customer cost: KRW {COUNT}"),
        Printed("15", rf"over all years KRW {COUNT}"),
    ),
    "margin a customer within 24 months: mean margin times mean months": (
        Printed("00", rf"^worth within 24 months \(KRW\)\s+{COUNT}"),
        Printed("11", rf"^all, mean margin × months\s+{COUNT}\s+[\d.]+\s*$", step=100),
    ),
    "customers of the shop": (
        Printed("01", rf"^retail\s+[\d.]+\s+{COUNT}"),
        Printed("02", rf"truth: {COUNT} people"),
        Printed("04", rf"of {COUNT} customers"),
    ),
    "orders of the shop": (
        Printed("02", rf"{COUNT} orders\."),
        Printed("14", rf"{COUNT} orders,"),
    ),
    "firms that became customers": (
        Printed("01", rf"^b2b\s+[\d.]+\s+{COUNT}"),
        Printed("05", rf"churned  median.*\nleast\s+{COUNT}.*\nmiddle\s+{COUNT}.*\nmost\s+{COUNT}", total=True),
    ),
}


@cache
def outputs_of(lesson: str) -> str:
    """Return all that the cells of a lesson print, one output after the other."""
    (path,) = NOTEBOOKS.glob(f"{lesson}-*.ipynb")
    cells = nbformat.read(path, as_version=4)["cells"]
    found = [output for cell in cells if cell["cell_type"] == "code" for output in cell["outputs"]]
    return "\n".join(output.get("text") or output.get("data", {}).get("text/plain", "") for output in found)


def numbers(place: Printed, text: str) -> list[tuple[float, float]]:
    """Return the numbers that a place prints, each with the step that it is rounded to."""
    found = set(re.findall(place.pattern, text, re.MULTILINE))
    assert len(found) == 1, f"lesson {place.lesson} prints {len(found)} times {place.pattern}"
    groups = found.pop()
    texts = [group.replace(",", "") for group in ((groups,) if isinstance(groups, str) else groups)]
    steps = [place.step or place.unit * 10 ** -len(text.partition(".")[2]) for text in texts]
    values = [place.unit * float(text) for text in texts]
    return [(sum(values), max(steps))] if place.total else list(zip(values, steps, strict=True))


def agree(first: list[tuple[float, float]], second: list[tuple[float, float]]) -> bool:
    """Return whether numbers are the same where both are rounded to the coarser step."""
    pairs = zip(first, second, strict=True)
    return all(abs(one - other) <= max(step, other_step) * 0.501 for (one, step), (other, other_step) in pairs)


@pytest.mark.parametrize("name", SHARED)
def test_lessons_agree(name: str) -> None:
    places = SHARED[name]
    assert len({place.lesson for place in places}) > 1
    said = {(place.lesson, place.pattern): numbers(place, outputs_of(place.lesson)) for place in places}
    first = next(iter(said.values()))
    assert {place: said[place] for place in said if not agree(first, said[place])} == {}


def test_a_difference_is_seen() -> None:
    place, coarse = Printed("00", r"share (0\.\d+)"), Printed("11", r"([\d.]+) %", unit=0.01)
    known = numbers(place, "share 0.2214")
    assert agree(known, numbers(coarse, "22.1 %"))
    assert not agree(known, numbers(coarse, "22.2 %"))
    assert not agree(known, numbers(place, "share 0.2215"))
    with pytest.raises(AssertionError, match="prints 2 times"):
        numbers(place, "share 0.1\nshare 0.2")
    with pytest.raises(AssertionError, match="prints 0 times"):
        numbers(place, "none")
