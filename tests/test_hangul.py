"""Hangul in Latin letters: as the state writes it, every syllable, and nothing else."""

from __future__ import annotations

import pytest

from crmlab.hangul import is_hangul, romanise


@pytest.mark.parametrize(
    ("hangul", "latin"), [("민서", "minseo"), ("지훈", "jihun"), ("희", "hui"), ("혁", "hyeok"), ("영", "yeong")]
)
def test_syllables_are_romanised_as_the_state_does(hangul: str, latin: str):
    assert romanise(hangul) == latin


def test_every_syllable_has_a_vowel_and_only_latin_letters():
    written = [romanise(chr(code)) for code in range(ord("가"), ord("힣") + 1)]
    assert len(written) == 19 * 21 * 28
    assert all(one.isascii() and one.isalpha() and set(one) & set("aeiou") for one in written)


def test_what_is_not_hangul_stays():
    assert romanise("민a서") == "minaseo"
    assert not is_hangul("ㄱ")
