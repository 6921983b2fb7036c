"""The game as a whole: seeded, replayable, refused where it must be, and worth an experiment."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab.game import POLICIES, Game, play_many
from crmlab.game.market import HIDDEN, QUARTERS, RANGES, SPENDS

SPLIT = {"attract": 25, "acquire": 25, "retain": 30, "service": 10, "learn": 5, "lever": "acquire"}


@pytest.fixture(scope="module")
def finished():
    return Game(seed=2).replay("experiments")


def headless(game):
    while not game.finished:
        game.play(SPLIT)
    return game


def test_a_headless_round_of_twelve():
    game = headless(Game(seed=5))
    assert game.table.index.tolist() == list(range(1, QUARTERS + 1))
    assert len(game.trials) == 3 * QUARTERS
    with pytest.raises(ValueError, match="all 12 quarters are played"):
        game.play(SPLIT)


def test_a_seed_says_all_and_another_seed_something_else():
    first, again, other = (headless(Game(seed=seed)) for seed in (5, 5, 6))
    assert first.table.equals(again.table)
    assert not first.table.equals(other.table)


def test_the_same_decisions_replayed_meet_the_same_fate():
    game = headless(Game(seed=5, shock=0.4))
    assert game.replay(lambda _: SPLIT).table.equals(game.table)


def test_money_kept_is_money_earned_where_nothing_else_is_done():
    nothing, learned = (headless_of({"learn": money}) for money in (0.0, 7.0))
    assert nothing.profit - learned.profit == pytest.approx(7 * QUARTERS)


def headless_of(split):
    return Game(seed=1).replay(lambda _: split)


def test_the_ledger_adds_up(finished):
    table = finished.table
    before = table["customers"].shift(fill_value=finished.rules.loc["customers", "value"])
    assert np.allclose(before + table["won"] - table["lost"], table["customers"])
    spent = table[list(SPENDS)].sum(axis=1)
    assert np.allclose(0.045 * table["customers"] - spent, table["profit"])
    assert finished.profit == pytest.approx(table["profit"].sum() + 4 * 0.045 * table["customers"].iloc[-1])


def test_the_market_is_hidden_until_the_end(finished):
    with pytest.raises(ValueError, match="stays hidden until all 12"):
        _ = Game(seed=2).truth
    assert finished.truth.index.tolist() == list(HIDDEN)
    assert set(finished.rules.index).isdisjoint(HIDDEN)
    assert all(low <= finished.truth.loc[name, "value"] <= high for name, (low, high) in RANGES.items())


def test_a_comparison_waits_for_the_end():
    with pytest.raises(ValueError, match="quarter 1 of 12 comes next"):
        Game().compare()


@pytest.mark.parametrize(
    ("split", "problem"),
    [
        ({"advertise": 1}, "names advertise; it may name attract"),
        ({"retain": -1}, "negative or missing"),
        ({"retain": float("nan")}, "negative or missing"),
        ({"retain": 60, "attract": 60}, "adds up to 120; the budget is 100"),
        ({"learn": 5, "lever": "price"}, "lever is 'price'; an experiment is on one of attract"),
    ],
)
def test_an_impossible_split_is_refused_and_nothing_is_played(split, problem):
    game = Game(seed=1)
    with pytest.raises(ValueError, match=problem):
        game.play(split)
    assert len(game.table) == 0
    assert game.state["quarter"] == 1


def test_an_unknown_policy_or_switch_is_named():
    with pytest.raises(ValueError, match="no policy 'clever'; there are best, experiments"):
        Game().replay("clever")
    with pytest.raises(ValueError, match="no parameter colour"):
        Game(colour=1)
    with pytest.raises(ValueError, match=r"retain_lift is 0\.9; choose a value from 0 to 0\.8"):
        Game(retain_lift=0.9)


def test_the_face_says_where_the_game_stands(finished):
    assert repr(Game(seed=2)) == "Game(seed=2): quarter 1 of 12, 5,000 customers, 900 million won"
    assert repr(finished).startswith("Game(seed=2): over")
    assert "customers ends at" in finished.plot().figure.crmlab_alt.popitem()[1]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32), st.lists(st.floats(2, 20) | st.just(0.0), min_size=5, max_size=5))
def test_no_split_breaks_the_firm(seed, amounts):
    game = Game(seed).replay(lambda _: dict(zip(SPENDS, amounts, strict=True)))
    counts = game.table[["leads", "referred", "won", "lost", "customers"]]
    assert np.isfinite(game.table.to_numpy()).all()
    assert (counts >= 0).all(axis=None)
    assert (counts % 1 == 0).all(axis=None)


def test_experiments_pay():
    """The same policy with and without experiments; these games were not those on which the policy was chosen."""
    games = range(1000, 1100)
    gain = play_many(POLICIES["experiments"], games) - play_many(POLICIES["reads ledgers"], games)
    assert gain.mean() > 1.96 * gain.std() / np.sqrt(len(gain))
