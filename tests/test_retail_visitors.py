"""Intent makes visitors see advertising and buy; only an intervention tells what advertising does."""

import numpy as np
import pandas as pd
import pytest

from crmlab.data import open_company
from crmlab.simulation.retail.visitors import MODEL, REACH, Visits

CHANCES = (*REACH, "intent", "reachable", "purchase", "holdout")


def visitors(do=None, **switches):
    draw = np.random.default_rng(3).random((len(CHANCES), 40_000))
    return MODEL.simulate(Visits(**switches), {f"chance_{n}": row for n, row in zip(CHANCES, draw, strict=True)}, do)


def buyers(known):
    return (known["purchase"] > 0).mean()


def test_who_saw_retargeting_buys_more_and_showing_it_to_all_sells_nothing():
    usual = visitors()
    seen = usual["retargeting"].astype(bool)
    assert (usual["purchase"][seen] > 0).mean() > 1.5 * (usual["purchase"][~seen] > 0).mean()
    assert buyers(visitors(do={"retargeting": True})) == buyers(visitors(do={"retargeting": False}))


@pytest.mark.parametrize("channel", [name for name in REACH if name != "retargeting"])
def test_every_other_channel_sells(channel):
    assert buyers(visitors(do={channel: True})) > buyers(visitors(do={channel: False})) + 0.01


def test_an_effect_of_retargeting_shows_in_the_intervention():
    assert buyers(visitors(do={"retargeting": True}, retargeting_effect=1.0)) > buyers(visitors()) + 0.05


def test_the_hold_out_is_drawn_by_lot_and_base_sales_see_nothing():
    known = visitors(holdout=0.5, base_sales=0.4)
    picked = known["picked"].astype(bool)
    assert known["retargeting"][picked].mean() == pytest.approx(0.5, abs=0.02)
    assert known["intent"][picked & known["retargeting"]].mean() == pytest.approx(
        known["intent"][picked].mean(), abs=0.03
    )
    alone = ~known["reachable"]
    assert alone.mean() == pytest.approx(0.4, abs=0.01)
    assert not any(known[name][alone].any() for name in REACH)


def test_the_committed_shop_tells_its_causes():
    told = open_company("retail").truth.causes
    pd.testing.assert_frame_equal(told, MODEL.causes())
    assert {("intent", "picked"), ("picked", "retargeting")} <= set(zip(told["cause"], told["effect"], strict=True))
