from __future__ import annotations

import pandas as pd

from crmlab.intake.profile import Profile, profiles_of
from crmlab.sources import Sheet


def profile(*values: object) -> Profile:
    return Profile("x", pd.Series(values, dtype=object))


def test_contents_say_what_a_column_could_be() -> None:
    ids = profile(*(f"{number:04}" for number in range(100)))
    assert (ids.unique, ids.identifies, ids.kinds) == (True, True, False)
    kinds = profile(*["won", "lost"] * 20)
    assert (kinds.unique, kinds.identifies, kinds.kinds) == (False, False, True)
    assert profile("5.25", "7.50", "x", None).share("number") == 2 / 3
    assert profile("03/04/2025", "x").share("date") == 0.5
    assert profile(None, None).share("date") == 1


def test_columns_that_name_the_same_things_are_known() -> None:
    assert profile("a", "b", "a").same_as(profile("1", "2", "1"))
    assert not profile("a", "b", "a").same_as(profile("1", "2", "2"))
    assert not profile("a", "b", None).same_as(profile("1", "2", None))
    assert profile("a", "b").shared_with({"a"}) == 0.5


def test_headings_that_occur_twice_name_nothing() -> None:
    frame = pd.DataFrame([[1, 2, 3, 4]], columns=["a", "b", "b", ""])
    assert list(profiles_of(Sheet("x.csv", frame))) == ["a"]
