"""Korean names in Latin letters: every syllable, the usual spellings, and which word is the family name."""

from __future__ import annotations

import pytest

from crmlab.identity.korean import split_hangul, split_latin
from crmlab.simulation import names


@pytest.mark.parametrize("row", names.FAMILIES.replace("\n", "|").split("|"))
def test_every_family_of_the_companies_is_known_in_both_scripts(row: str):
    hangul, latin, _ = row.split()
    family, given = split_hangul(f"{hangul}민서")
    assert given == "minseo"
    assert split_latin([latin.lower(), "minseo"]) == split_latin(["minseo", latin.lower()]) == (family, "minseo")


@pytest.mark.parametrize(
    ("words", "family"),
    [(["jung", "min"], "jung"), (["min", "jung"], "jung"), (["min", "seo", "kim"], "kim"), (["rhee", "jin"], "lee")],
)
def test_the_more_frequent_family_name_counts(words: list[str], family: str):
    split = split_latin(words)
    assert split is not None
    assert split[0] == family


def test_one_word_and_foreign_names_are_not_split():
    assert split_latin(["kim"]) is None
    assert split_latin(["emily", "clark"]) is None


def test_family_names_of_two_syllables():
    assert split_hangul("선우진영") == ("seonu", "jinyeong")
    assert split_hangul("선우진") == ("seon", "ujin")
