from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from crmlab.intake.shapes import SHAPES
from crmlab.intake.vocabulary import ALMOST, EXACT, GENERAL, NAMED, OPPOSITE, fits, names_shape, squash

NAMES = tomllib.loads((files("crmlab.intake") / "names.toml").read_text(encoding="utf-8"))
ROLES = {role.name for shape in SHAPES.values() for role in shape.roles}


def test_every_word_names_a_role_or_a_shape_and_is_written_as_names_are_compared() -> None:
    assert set(NAMES["roles"]) <= ROLES
    assert set(NAMES["shapes"]) <= set(SHAPES)
    assert set(NAMES["opposites"]) <= ROLES
    told = [*NAMES["roles"].values(), *NAMES["opposites"].values()]
    words = [word for words in told for word in words.replace("|", " ").split()]
    assert [word for word in words if squash(word) != word] == []
    assert len(words) > 500


@pytest.mark.parametrize("role", sorted(NAMES["roles"]))
def test_no_word_stands_on_both_sides_of_the_bar(role: str) -> None:
    own, _, shared = NAMES["roles"][role].partition("|")
    assert len(set(own.split())) == len(own.split())
    assert not set(own.split()) & set(shared.split())


@pytest.mark.parametrize("role", sorted(NAMES["opposites"]))
def test_no_word_names_a_role_and_its_opposite(role: str) -> None:
    assert not set(NAMES["opposites"][role].split()) & set(NAMES["roles"][role].split())


def test_how_well_a_name_fits() -> None:
    assert fits("amount")["amount"] == EXACT
    assert fits("결제 금액 (원)")["amount"] == NAMED
    assert fits("Date")["ordered_at"] == GENERAL
    assert fits("purchse date") == {"ordered_at": ALMOST}
    assert fits("is_retained") == {"churned": OPPOSITE}
    assert fits("고객등급") == {}
    assert fits("x" * 10_000) == {}


def test_names_of_files() -> None:
    assert names_shape("customers", "고객목록_2025.xlsx")
    assert names_shape("sales_lines", "order_items.csv")
    assert not names_shape("orders", "records.csv")
