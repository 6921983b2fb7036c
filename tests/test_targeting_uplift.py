"""Uplift: the planted effect found, scores out of fold, rows and counts alike, bad experiments refused."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from crmlab.plots import alternative_text
from crmlab.targeting import Uplift, crossfit
from crmlab.targeting.crossfit import LEARNERS
from crmlab.targeting.design import matrix, read_experiment


@pytest.fixture(autouse=True, scope="module")
def small_forests():
    """Make the forests small: what is tested here does not need large ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crossfit, "_TREES", 6)
        yield


def tried(seed: int, size: int = 1200, effect: float = 0.3) -> pd.DataFrame:
    """Return an experiment that helps customers on the premium plan and harms those on basic."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"plan": rng.choice(["basic", "premium"], size), "age": rng.integers(20, 30, size)})
    table["called"] = rng.random(size) < 0.5
    change = np.where(table["plan"] == "premium", effect, -effect) * table["called"]
    table["kept"] = rng.random(size) < 0.5 + change
    return table


def fit(table: pd.DataFrame, learner: str = "doubly robust", seed: int = 0) -> Uplift:
    return Uplift.fit(table, "called", "kept", ["plan", "age"], learner, seed)


@pytest.fixture(scope="module")
def fitted():
    return {learner: fit(tried(1), learner) for learner in LEARNERS}


@pytest.mark.parametrize("learner", LEARNERS)
def test_the_planted_effect_is_found(fitted, learner):
    uplift = fitted[learner]
    assert uplift.table.groupby("plan")["uplift"].mean().to_list() == pytest.approx([-0.3, 0.3], abs=0.1)
    groups = uplift.by_group("plan")
    assert (groups["low"] < [-0.3, 0.3]).all()
    assert (groups["high"] > [-0.3, 0.3]).all()
    assert uplift.qini.low < 0.3 / 4 < uplift.qini.high  # an uplift of ±0.3 in two halves has an area of 0.3 / 4
    assert uplift.effect["low"] < 0 < uplift.effect["high"]


@pytest.mark.parametrize("learner", LEARNERS)
def test_where_nothing_differs_nothing_is_found(learner):
    found = [fit(tried(seed, 300, effect=0.0), learner).qini for seed in range(8)]
    assert sum(qini.low > 0 for qini in found) <= 1
    assert abs(np.mean([qini.coefficient for qini in found])) < 0.03


@pytest.mark.parametrize("learner", LEARNERS)
def test_no_customer_is_scored_by_a_model_that_saw_its_outcome(learner):
    table = tried(2, 300)
    first = fit(table, learner).table
    fold = first["fold"] == 0
    # turned over in one fold as a whole, so that the order of the rows, which deals the folds, need not change
    turned = table.assign(plan=table["plan"] + "!", kept=table["kept"] ^ fold)
    rows = read_experiment(turned, "called", "kept")
    learn = crossfit.two_models if learner == "two models" else crossfit.doubly_robust
    parts = (matrix(rows, ["plan", "age"]), rows["treated"].to_numpy(), rows["outcome"].to_numpy(float))
    before = learn(parts[0], parts[1], table["kept"].to_numpy(float), first["fold"].to_numpy())
    after = learn(*parts, first["fold"].to_numpy())
    for old, new in zip(before, after, strict=True):
        np.testing.assert_allclose(old[fold], new[fold], rtol=1e-12)
        assert not np.allclose(old[~fold], new[~fold])


def test_each_fold_holds_as_many_of_each_arm(fitted):
    sizes = fitted["doubly robust"].table.groupby(["treated", "fold"]).size().groupby("treated")
    assert (sizes.max() - sizes.min() <= 1).all()


@pytest.mark.parametrize("learner", LEARNERS)
def test_rows_and_counts_give_one_answer(learner):
    table = tried(3, 400)
    counts = table.groupby(list(table.columns)).size().rename("customers").reset_index()
    first = fit(table, learner)
    for other in (counts, table.sample(frac=1, random_state=1)):
        again = fit(other, learner)
        assert again.qini.coefficient == pytest.approx(first.qini.coefficient, abs=1e-12)
        assert again.qini.low == pytest.approx(first.qini.low, abs=1e-12)
        pd.testing.assert_series_equal(again.effect, first.effect, rtol=1e-9)
        pd.testing.assert_frame_equal(again.by_group("plan"), first.by_group("plan"), rtol=1e-9)


def test_groups_of_numbers_are_compared_by_welch():
    table = tried(4, 300)
    table["money"] = np.random.default_rng(1).normal(size=300) + table["called"]
    groups = Uplift.fit(table, "called", "money", ["age"], "two models").by_group(table["plan"])
    arms = [table.loc[(table["plan"] == "basic") & (table["called"] == arm), "money"] for arm in (True, False)]
    assert groups.loc["basic", "estimate"] == pytest.approx(arms[0].mean() - arms[1].mean())
    assert groups.loc["basic", ["low", "high"]].mean() == pytest.approx(groups.loc["basic", "estimate"])
    assert groups.loc["basic", "low"] < groups.loc["basic", "estimate"]
    assert groups["customers"].sum() == 300


def test_the_fifths_hold_a_fifth_each(fitted):
    fifths = fitted["doubly robust"].by_group()
    assert fifths["customers"].sum() == 1200
    assert fifths["customers"].between(200, 280).all()
    assert fifths["estimate"].iloc[-1] > 0.15 > -0.15 > fifths["estimate"].iloc[0]


def test_the_offer_goes_where_it_pays(fitted):
    uplift = fitted["doubly robust"]
    offer = uplift.policy(value=100, cost=5)
    assert (offer == (uplift.table["uplift"] * 100 > 5)).all()
    rows = uplift.policy_value(100, 5, {"premium": uplift.table["plan"] == "premium"}).table
    assert rows.loc["by uplift", "gain_low"] > 0
    assert rows.loc["by uplift", "gain"] == pytest.approx(rows.loc["premium", "gain"], abs=2)
    assert rows.loc["premium", "gain_low"] < (30 - 5) / 2 < rows.loc["premium", "gain_high"]
    assert rows.loc["everybody", "gain"] < 0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kept": True}, "kept is the same for all 300"),
        ({"kept": None}, "kept is empty in 300 of 300"),
        ({"called": False}, "0 customers were treated"),
        ({"called": 2}, "called is neither true nor false"),
        ({"age": 30}, "age is the same for all"),
        ({"age": None}, "age is empty in 300 of 300 rows"),
        ({"plan": [f"C{i}" for i in range(300)]}, "plan has 300 values in 300 rows: it names customers"),
        ({"customers": 0.5}, "customers is no whole number"),
        ({"fold": 1}, "the column fold has a name that the result needs"),
    ],
)
def test_bad_experiments_are_refused(changes, said):
    with pytest.raises(ValueError, match=said):
        fit(tried(1, 300).assign(**changes))


def test_a_draw_that_was_none_is_refused():
    table = tried(1, 300)
    with pytest.raises(ValueError, match="the covariates tell who was treated"):
        fit(table.assign(called=table["plan"] == "premium"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"covariates": []}, "a list with at least one column"),
        ({"covariates": ["income"]}, "no column income"),
        ({"learner": "magic"}, "choose one of two models, doubly robust"),
        ({"treatment": "mailed"}, "no column mailed"),
    ],
)
def test_impossible_wishes_are_refused(arguments, said):
    wishes = {"treatment": "called", "outcome": "kept", "covariates": ["plan"]} | arguments
    with pytest.raises(ValueError, match=said):
        Uplift.fit(tried(1, 300), **wishes)


def test_groups_that_cannot_be_compared_are_named(fitted):
    uplift = fitted["two models"]
    with pytest.raises(ValueError, match="age is empty in 1 rows"):
        uplift.by_group(uplift.table["age"].where(uplift.table.index > 0))
    with pytest.raises(ValueError, match="the group 0 has 1 customers"):
        uplift.by_group(pd.Series(np.minimum(uplift.table.index, 1), uplift.table.index, name="first"))
    with pytest.raises(ValueError, match="index of its own"):
        uplift.by_group(pd.Series([1, 2], name="short"))


def test_the_picture_says_what_is_seen(fitted):
    uplift = fitted["doubly robust"]
    ax = uplift.plot()
    assert "Whom does the offer change?" in alternative_text(ax.figure)
    assert "highest fifth" in alternative_text(ax.figure)
    assert "qini coefficient" in repr(uplift)
    plt.close(ax.figure)
