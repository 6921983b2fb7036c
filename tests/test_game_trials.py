"""Experiments: what money buys, that intervals cover, and that the luck of a quarter drops out."""

import numpy as np
import pytest

from crmlab.game import quarter
from crmlab.game.market import draw_luck, draw_market, numbers_of
from crmlab.game.trials import ARMS, run_trial

MARKET = numbers_of(draw_market(0, {"shock": 0}))
GAMES = list(range(400))
TRUTH = {
    "attract": quarter.attracted,
    "acquire": quarter.conversion,
    "retain": lambda market, spend: quarter.churn(market, spend, 0.2),
    "service": lambda market, spend: quarter.contentment(market, spend, 0.2),
}


def tried(lever, money=8.0, shock=0.0):
    luck = {name: values[0] for name, values in draw_luck(GAMES).items()}
    return run_trial(1, lever, money, MARKET | {"shock": shock}, 0.2, luck)


@pytest.mark.parametrize("lever", ARMS)
def test_the_intervals_cover(lever):
    trial = tried(lever)
    low, high = trial.interval()
    truth = np.array([TRUTH[lever](MARKET, spend) for spend in ARMS[lever]])[:, None]
    covered = ((low <= truth) & (truth <= high)).mean()
    assert 0.92 <= covered <= 0.98


def test_the_luck_of_a_quarter_moves_all_arms_alike():
    rates = tried("acquire", money=2000.0, shock=0.3).estimate
    assert np.corrcoef(rates[1], rates[2])[0, 1] > 0.95
    assert (rates[2] / rates[1]).std() < 0.2 * rates[2].std() / rates[2].mean()


def test_more_money_buys_a_narrower_answer():
    little, much = (np.subtract(*tried("retain", money).interval()[::-1]).mean() for money in (4.0, 16.0))
    assert little / much == pytest.approx(2, rel=0.1)


def test_too_little_money_is_refused_with_the_price():
    with pytest.raises(ValueError, match=r"experiment on retain costs at least 0\.25 million won"):
        tried("retain", money=0.2)
    assert tried("retain", money=0.25).heads == 10
    assert tried("attract", money=0.0) is None
