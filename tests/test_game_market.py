"""Markets lie within their ranges, and luck is drawn once."""

import numpy as np
import pytest

from crmlab.game.market import HIDDEN, QUARTERS, RANGES, RULES, draw_luck, draw_market, numbers_of


def test_markets_fill_their_ranges_evenly():
    drawn = numbers_of([draw_market(seed) for seed in range(400)])
    for name, (low, high) in RANGES.items():
        place = (drawn[name] - low) / (high - low)
        assert 0 <= place.min() <= place.max() <= 1
        assert abs(place.mean() - 0.5) < 4 * np.sqrt(1 / 12 / 400), name


def test_a_switch_moves_nothing_else():
    plain, switched = (numbers_of(draw_market(3, switches)) for switches in ({}, {"margin": 60}))
    assert [name for name in (*RULES, *HIDDEN) if plain[name] != switched[name]] == ["margin"]


def test_many_games_meet_the_luck_of_each():
    many, one = draw_luck([4, 9]), draw_luck(9)
    assert many["won"].shape == (QUARTERS, 2)
    assert all(np.array_equal(many[name][:, 1], one[name]) for name in one)


def test_a_default_lies_in_the_middle_of_what_is_drawn():
    default = numbers_of(draw_market(0, {name: (low + high) / 2 for name, (low, high) in RANGES.items()}))
    assert default["retain_lift"] == pytest.approx(0.4)
