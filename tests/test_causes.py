"""A causal model is simulated, fixed from outside and drawn from the same functions."""

from typing import Any

import numpy as np
import pytest

from crmlab.simulation.causes import CausalModel


def sprinkler(season):
    """Whether it runs.

    season: it runs in summer
    """
    return season


def rain(season, chance_rain):
    """How much it rains.

    season: summers are dry
    """
    return 1 - season + chance_rain


def wet(mechanism, sprinkler, rain):
    """How wet the grass is.

    sprinkler: wets it
    rain: wets it as well
    """
    return mechanism * sprinkler + rain


GARDEN = CausalModel((sprinkler, rain, wet))
GIVEN = {"season": np.array([0.0, 1.0]), "chance_rain": np.array([0.5, 0.25])}


def test_nodes_follow_from_their_causes():
    known = GARDEN.simulate(2.0, GIVEN)
    assert list(known) == ["sprinkler", "rain", "wet"]
    assert known["wet"].tolist() == [1.5, 2.25]


def test_fixing_a_node_changes_what_follows_and_nothing_before():
    seen, done = GARDEN.simulate(2.0, GIVEN), GARDEN.simulate(2.0, GIVEN, do={"sprinkler": 1})
    assert done["sprinkler"].tolist() == [1.0, 1.0]
    assert done["wet"].tolist() == [3.5, 2.25]
    assert done["rain"].tolist() == seen["rain"].tolist()


def test_arrows_are_the_arguments_without_parameters_and_chances():
    arrows = GARDEN.causes()
    assert list(zip(arrows["cause"], arrows["effect"], strict=True)) == [
        ("season", "sprinkler"),
        ("season", "rain"),
        ("sprinkler", "wet"),
        ("rain", "wet"),
    ]
    assert arrows["meaning"].iloc[1] == "summers are dry"


def test_a_cause_that_nobody_gave_is_named():
    with pytest.raises(ValueError, match="rain needs chance_rain, which is neither given nor an earlier node"):
        GARDEN.simulate(2.0, {"season": GIVEN["season"]})


def test_a_node_must_stand_behind_its_causes():
    with pytest.raises(ValueError, match="wet needs sprinkler, rain"):
        CausalModel((wet, sprinkler, rain)).simulate(2.0, GIVEN)


def test_only_nodes_can_be_fixed():
    with pytest.raises(ValueError, match="season is no node"):
        GARDEN.simulate(2.0, GIVEN, do={"season": 1})


def test_an_arrow_without_a_meaning_is_refused():
    def growth(wet: Any, sun: Any) -> Any:
        """How fast grass grows.

        wet: it needs water
        """
        return wet + sun

    with pytest.raises(ValueError, match="growth does not say how sun acts"):
        CausalModel((growth,))
