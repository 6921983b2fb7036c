"""Paths under the same luck, and a loss whose parts add up."""

import numpy as np
import pytest

from crmlab.game import Game
from crmlab.game.comparison import lost_by_lever
from crmlab.game.market import SPENDS, draw_luck, draw_market, numbers_of


@pytest.fixture(scope="module")
def compared():
    return Game(seed=2).replay("all farming").compare()


def test_every_policy_has_a_row_and_a_path(compared):
    assert compared.table.index.tolist()[:2] == ["you", "best"]
    assert compared.paths.columns.tolist() == compared.table.index.tolist()
    assert np.allclose(compared.paths.iloc[0], 900)
    assert np.allclose(compared.paths.iloc[-1], compared.table["total"])


def test_the_parts_of_a_loss_add_up(compared):
    assert np.allclose(compared.table[list(SPENDS)].sum(axis=1), compared.table["lost"])
    assert np.allclose(compared.table.loc["best", ["lost", *SPENDS]].astype(float), 0)


def test_the_player_stands_where_the_same_policy_stands(compared):
    assert np.allclose(compared.table.loc["you"], compared.table.loc["all farming"])


def test_a_single_lever_bears_a_loss_that_is_its_own():
    market, luck = numbers_of(draw_market(3)), draw_luck(3)
    best = {name: np.full(12, 20.0) for name in SPENDS}
    lost = lost_by_lever(market, luck, best | {"learn": np.full(12, 25.0)}, best)
    assert lost == pytest.approx({"attract": 0, "acquire": 0, "retain": 0, "service": 0, "learn": 60})
    lost = lost_by_lever(market, luck, best | {"retain": np.zeros(12)}, best)
    assert [name for name in SPENDS if abs(lost[name]) > 1e-9] == ["retain"]


def test_the_summary_puts_the_highest_first_and_the_picture_says_what_is_seen(compared):
    assert compared.summary()["total"].is_monotonic_decreasing
    ax = compared.plot()
    assert "best ends at" in next(iter(ax.figure.crmlab_alt.values()))
    assert len(ax.lines) == 7
