"""Retargeting earns most of the credit and has no effect; social media is the other way round."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from crmlab.simulation import simulate_company
from crmlab.simulation.retail.touches import EXPERIMENT, NAMES, Touches, make
from crmlab.tables import TABLES

COUNT = 4000


def people(count=COUNT):
    first_day = np.random.default_rng(7).integers(0, 182, 10_000)
    customer_id = np.array([f"C{number:06d}" for number in range(10_000)], dtype=object)
    return {"customer_id": customer_id[:count], "first_day": first_day[:count]}


def made(seed=1, **switches):
    return make(Touches(**switches), people(), seed, 0)


@pytest.fixture(scope="module")
def default():
    return made()


@pytest.fixture(scope="module")
def effective():
    return made(retargeting_effect=1.0)


def last_touch(touches):
    """Return the share of the touched customers whose last touch was in each channel."""
    return touches.dropna().groupby("customer_id").tail(1)["channel"].value_counts(normalize=True)


def linear(touches):
    """Return the credit of each channel where all touches of a customer share it."""
    ways = touches.dropna()
    credit = (1 / ways.groupby("customer_id")["channel"].transform("size")).groupby(ways["channel"]).sum()
    return credit / credit.sum()


def markov(touches, visitors):
    """Return the credit of each channel by its removal from the chain of touches (Anderl et al. 2016)."""
    won = visitors.set_index("visitor_id")["bought"]
    steps = Counter()
    for visitor, way in touches.groupby("visitor_id")["channel"]:
        path = ["start", *way, "bought" if won[visitor] else "gone"]
        steps.update(pairwise(path))
    states = ["start", *NAMES]
    ends = pd.MultiIndex.from_tuples(steps, names=["before", "after"])
    counts = pd.DataFrame({"steps": list(steps.values())}, index=ends)
    chance = counts.pivot_table(index="before", columns="after", values="steps", fill_value=0).reindex(states)
    chance = chance.div(chance.sum(axis=1), axis=0)

    def converting(kept):
        within = chance.loc[kept, :].reindex(columns=kept, fill_value=0)
        return np.linalg.solve(np.eye(len(kept)) - within, chance.loc[kept, "bought"])[0]

    lost = {name: converting(states) - converting([state for state in states if state != name]) for name in NAMES}
    return pd.Series(lost) / sum(lost.values())


def effect(experiment):
    """Return the difference in the share of buyers between shown and held out, and its standard error."""
    groups = experiment.groupby(experiment["spend"] > 0)["success"]
    shares, sizes = groups.mean().astype(float), groups.size()
    return shares[True] - shares[False], np.sqrt((shares * (1 - shares) / sizes).sum())


def incremental(visitors):
    """Return the share of the sales that each channel really brought."""
    buyers = visitors[visitors["bought"]]
    return pd.Series({name: 1 - buyers[f"bought_without_{name}"].mean() for name in NAMES})


def test_the_tables_are_as_the_dictionary_wants_them(default):
    for name, frame in zip(("touches", "experiments"), default[:2], strict=True):
        assert list(frame) == [column.name for column in TABLES[name].columns]
        assert not frame.drop(columns="customer_id", errors="ignore").isna().any(axis=None)
        assert not frame.duplicated(list(TABLES[name].key)).any()
    assert set(default[1]["experiment"]) == {EXPERIMENT}


def test_every_customer_is_a_visitor_who_bought_and_more_did_not_buy(default):
    _, _, visitors = default
    assert visitors.loc[visitors["bought"], "customer_id"].to_list() == people()["customer_id"].tolist()
    assert visitors.loc[~visitors["bought"], "customer_id"].isna().all()
    assert (~visitors["bought"]).sum() / COUNT == pytest.approx(1.5, abs=0.1)


def test_touches_are_few_and_lie_before_the_first_order(default):
    touches, _, visitors = default
    ways = touches.dropna().merge(pd.DataFrame(people()), on="customer_id")
    ordered = pd.Timestamp("2024-01-01") + pd.to_timedelta(ways["first_day"], unit="D")
    assert (ways["touched_on"] < ordered).all()
    assert (ways["touched_on"] >= ordered - pd.Timedelta(days=28)).all()
    assert len(touches) < 4 * COUNT
    known = touches.groupby("visitor_id")["customer_id"].nunique(dropna=False)
    assert (known == 1).all()
    assert touches["customer_id"].isna().mean() == pytest.approx(0.4, abs=0.1)
    assert touches.groupby("visitor_id")["touched_on"].is_monotonic_increasing.all()
    assert set(touches["visitor_id"]) <= set(visitors["visitor_id"])


def test_visitors_buy_by_the_logit(default):
    visitors = default[2]
    tenth = pd.qcut(visitors["purchase_probability"], 10, labels=False)
    shares = visitors.groupby(tenth)[["purchase_probability", "bought"]].mean()
    assert (shares["purchase_probability"] - shares["bought"]).abs().max() < 0.05
    assert visitors["intent"].mean() == pytest.approx(0, abs=0.04)
    assert visitors["intent"].std() == pytest.approx(1, abs=0.03)


def test_some_buy_by_the_brand_alone(default):
    touched = set(default[0]["customer_id"].dropna())
    assert 0.2 < 1 - len(touched) / COUNT < 0.35
    assert made(base_sales=1.0)[0].empty
    assert len(set(made(base_sales=0.0)[0]["customer_id"].dropna())) > len(touched)


def test_retargeting_gets_the_most_credit_by_every_rule(default):
    touches, _, visitors = default
    for credit in (last_touch(touches), linear(touches), markov(touches, visitors)):
        assert credit.idxmax() == "retargeting"
        assert credit["social"] < 0.6 * credit["retargeting"]


def test_visitors_who_saw_retargeting_buy_more_often_by_half_although_it_does_nothing(default):
    touches, _, visitors = default
    shown = visitors["visitor_id"].isin(touches.loc[touches["channel"] == "retargeting", "visitor_id"])
    assert visitors.loc[shown, "bought"].mean() > 1.5 * visitors.loc[~shown, "bought"].mean()
    assert (visitors["bought_with_retargeting"] == visitors["bought_without_retargeting"]).all()
    blind = made(targeting=0.0, intent_effect=0.0)
    shown = blind[2]["visitor_id"].isin(blind[0].loc[blind[0]["channel"] == "retargeting", "visitor_id"])
    assert abs(blind[2].loc[shown, "bought"].mean() - blind[2].loc[~shown, "bought"].mean()) < 0.12


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_hold_out_shows_that_retargeting_does_nothing(seed):
    difference, error = effect(made(seed)[1])
    assert abs(difference) < 1.96 * error


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_hold_out_finds_retargeting_that_works(seed):
    _, experiment, visitors = made(seed, retargeting_effect=1.0)
    difference, error = effect(experiment)
    picked = visitors[visitors["picked"]]
    truth = (picked["bought_with_retargeting"] * 1 - picked["bought_without_retargeting"]).mean()
    assert difference > 4 * error
    assert truth == pytest.approx(difference, abs=1.96 * error)


def test_social_media_brings_most_sales_and_gets_little_credit(default):
    touches, _, visitors = default
    brought = incremental(visitors)
    assert brought["retargeting"] == 0
    assert brought["social"] > 2.5 * brought.drop("social").max()
    share = brought["social"] / brought.sum()
    assert share > 0.5 > 2 * linear(touches)["social"] > last_touch(touches)["social"]
    assert incremental(made(social_effect=0.0)[2])["social"] == 0


def test_retargeting_that_works_brings_sales(effective):
    visitors = effective[2]
    assert incremental(visitors)["retargeting"] > 0.05
    assert (visitors["bought_with_retargeting"] >= visitors["bought"]).all()
    assert (visitors["bought"] >= visitors["bought_without_retargeting"]).all()


def test_the_draw_of_the_hold_out_is_fair(default):
    _, experiment, visitors = default
    known = experiment.merge(visitors, left_on="unit_id", right_on="visitor_id")
    assert len(known) == len(experiment) == visitors["picked"].sum()
    assert (known["spend"] == 0).mean() == pytest.approx(0.25, abs=0.03)
    assert set(known["spend"]) == {0.0, 400.0}
    means = known.groupby("spend")["intent"].mean()
    assert abs(means[0.0] - means[400.0]) < 0.1


def test_whoever_is_held_out_sees_no_retargeting(default):
    touches, experiment, _ = default
    seen = set(touches.loc[touches["channel"] == "retargeting", "visitor_id"])
    assert seen == set(experiment.loc[experiment["spend"] > 0, "unit_id"])
    assert made(holdout=0.0)[1]["spend"].min() == 400


def test_who_is_retargeted_leaves_all_other_touches_as_they_were(default):
    def others(touches):
        kept = touches[touches["channel"] != "retargeting"].drop(columns="touch_id")
        return kept.reset_index(drop=True)

    blind = made(targeting=0.0, holdout=0.5)
    pd.testing.assert_frame_equal(others(blind[0]), others(default[0]))
    columns = ["visitor_id", "customer_id", "intent", "purchase_probability", "bought"]
    pd.testing.assert_frame_equal(blind[2][columns], default[2][columns])


def test_what_advertising_does_leaves_the_customers_and_their_orders_as_they_were():
    usual, switched = (simulate_company("retail", 300, **{"retargeting_effect": effect}) for effect in (0, 1))
    assert not switched.touches.equals(usual.touches)
    for name in set(usual.tables) - {"touches", "experiments"}:
        pd.testing.assert_frame_equal(usual.tables[name], switched.tables[name])


def test_the_same_seed_gives_the_same_touches_and_another_seed_others(default):
    for one, again in zip(default, made(), strict=True):
        pd.testing.assert_frame_equal(one, again)
    assert not made(seed=2)[0].equals(default[0])


def test_the_first_customers_of_a_block_come_the_same_way_however_many_follow(default):
    for few, many in zip(make(Touches(), people(1000), 1, 0), default, strict=True):
        pd.testing.assert_frame_equal(few, many.head(len(few)))


def test_no_visitor_comes_in_two_blocks(default):
    other = make(Touches(), people(), 1, 1)
    assert not set(other[2]["visitor_id"]) & set(default[2]["visitor_id"])
    assert not set(other[0]["touch_id"]) & set(default[0]["touch_id"])


def test_visitors_enough_come_even_where_few_buy():
    visitors = make(Touches(purchase_odds=-2.5), people(500), 1, 0)[2]
    assert visitors["bought"].sum() == 500
    assert len(visitors) > 4 * 500


def test_an_effect_beyond_its_range_is_refused():
    with pytest.raises(ValueError, match=r"retargeting_effect is 2; choose a value from 0 to 1 \(log odds\)"):
        Touches(retargeting_effect=2)
