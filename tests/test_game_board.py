"""The board: labelled controls, a button that plays, words for what is wrong, and the comparison at the end."""

import pytest

from crmlab import labels, plots
from crmlab.game import Game, play


@pytest.fixture
def game():
    return Game(seed=1)


def parts(board):
    *amounts, lever, button, words, picture, ledger = board.children
    return amounts, lever, button, words, picture, ledger


def test_every_control_has_a_label(game):
    amounts, lever, button, *_ = parts(game.board())
    assert [box.description for box in amounts] == [
        f"{name} (million won)" for name in ("attract", "acquire", "retain", "service", "learn")
    ]
    assert (lever.description, button.description) == ("experiment on", "Play the quarter")
    assert all(control.tabbable is not False for control in (*amounts, lever, button))


def test_the_button_plays_a_quarter(game):
    amounts, lever, button, words, picture, ledger = parts(play(game))
    before = picture.value
    for box, money in zip(amounts, (20, 20, 20, 20, 4), strict=True):
        box.value = money
    lever.value = "acquire"
    button.click()
    assert game.table.loc[1, "learn"] == 4
    assert set(game.trials["lever"]) == {"acquire"}
    assert picture.value != before
    assert 'role="status"' in words.value
    assert "Quarter 2" in words.value
    assert "share won" in ledger.value
    assert all(f"<th>{name}</th>" in ledger.value for name in ("learn", "customers", "profit"))


def test_too_much_money_is_refused_in_words(game):
    amounts, _, button, words, *_ = parts(play(game))
    amounts[0].value = 90
    button.click()
    assert 'role="alert"' in words.value
    assert "the budget is 100" in words.value
    assert len(game.table) == 0


def test_the_last_quarter_shows_the_comparison(game):
    for _ in range(11):
        game.play({"retain": 40})
    _, _, button, words, _, ledger = parts(play(game))
    button.click()
    assert game.finished
    assert button.disabled
    assert "The game is over" in words.value
    assert ledger.value.index("all hunting") < ledger.value.index("<b>ledger")


def test_the_board_speaks_korean(game):
    labels.use("ko")
    plots.use_theme("ko")
    try:
        assert parts(play(game))[2].description == "이번 분기 실행"
    finally:
        labels.use("en")
        plots.use_theme("en")


def test_the_board_names_levers_and_ledger_in_korean(game):
    labels.use("ko")
    plots.use_theme("ko")
    try:
        _, lever, button, words, _, ledger = parts(play(game))
        button.click()
    finally:
        labels.use("en")
        plots.use_theme("en")
    assert ("유지", "retain") in lever.options
    assert "2분기: 나눌 예산 100백만 원" in words.value
    assert all(f"<th>{name}</th>" in ledger.value for name in ("유인", "잃은 고객", "이익"))
