"""The face of the game in a notebook."""

from crmlab.game import Game


def test_the_state_moves_with_each_quarter():
    game = Game(seed=1, budget=50)
    before = game.state
    row = game.play({"retain": 20})
    assert (before["quarter"], game.state["quarter"]) == (1, 2)
    assert game.state["customers"] == row["customers"]
    assert game.state["budget"] == 50


def test_the_trials_show_estimate_and_interval():
    game = Game(seed=1)
    assert len(game.trials) == 0
    game.play({"learn": 5, "lever": "service"})
    assert game.trials["spend"].tolist() == [0, 5, 20]
    assert ((game.trials["low"] < game.trials["estimate"]) & (game.trials["estimate"] < game.trials["high"])).all()


def test_replay_leaves_the_game_where_it_is():
    game = Game(seed=1)
    game.replay("greedy")
    assert game.state["quarter"] == 1


def test_a_new_game_can_be_drawn():
    assert "Does the firm grow?" in Game(seed=1).plot().figure.crmlab_alt.popitem()[1]
