from __future__ import annotations

import pandas as pd
import pytest

from crmlab.intake.flags import flag_share, read_flags
from crmlab.intake.texts import Distinct


@pytest.mark.parametrize(
    ("texts", "role", "said"),
    [
        (("Y", "n"), "granted", ["true", "false"]),
        (("예", "아니오"), "granted", ["true", "false"]),
        (("해지", "유지"), "churned", ["true", "false"]),
        (("Churned", "ACTIVE"), "churned", ["true", "false"]),
        (("1", "0"), "churned", ["true", "false"]),
        (("동의", "거부"), "granted", ["true", "false"]),
        (("유지", "이탈"), "success", ["true", "false"]),
    ],
)
def test_words_mean_what_the_role_asks(texts: tuple[str, ...], role: str, said: list[str]) -> None:
    found = read_flags(pd.Series(texts, dtype=object), ("people.csv", "state"), role)
    assert (found.values.to_list(), found.problems) == (said, ())


def test_a_word_that_is_not_known_is_told() -> None:
    found = read_flags(pd.Series(["Y", "휴면"], index=[2, 3], dtype=object), ("people.csv", "state"), "churned")
    assert (found.problems[0].first, found.problems[0].examples) == ((3,), ("'휴면'",))
    assert found.values.to_list() == ["true", "휴면"]


@pytest.mark.parametrize(
    ("texts", "said"),
    [(("Y", "n"), ["false", "true"]), (("해지", "유지"), ["true", "false"]), ((True, False), ["false", "true"])],
)
def test_a_plain_yes_to_the_opposite_is_a_no_and_words_say_what_they_say(texts: tuple, said: list[str]) -> None:
    found = read_flags(pd.Series(texts, dtype=object), ("people.csv", "유지여부"), "churned", turned=True)
    assert (found.values.to_list(), found.problems) == (said, ())
    assert read_flags(pd.Series([True, False]), ("a", "b"), "churned", turned=True).values.to_list() == [
        "false",
        "true",
    ]


def test_a_yes_that_may_mean_either_is_asked_and_words_are_not() -> None:
    asked = read_flags(pd.Series(["Y", "해지"], index=[2, 3]), ("people.csv", "상태"), "churned", turned=None).problems
    assert [(each.rows, each.first) for each in asked] == [(1, (2,))]
    assert "opposite=none if a yes means churned, or opposite=churned" in asked[0].remedy
    words = pd.Series(["유지", "해지"])
    assert read_flags(words, ("people.csv", "상태"), "churned", turned=None).problems == ()


def test_booleans_come_back_as_they_are_and_many_words_are_no_flags() -> None:
    flags = pd.Series([True, False])
    assert read_flags(flags, ("a", "b"), "churned").values is flags
    assert flag_share(Distinct.of(pd.Series([str(number) for number in range(50)]))) == 0
