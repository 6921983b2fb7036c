"""The value of a policy: by hand, unbiased, covered by its interval, and refused where nobody was treated so."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from crmlab.plots import alternative_text
from crmlab.targeting import PolicyValue
from crmlab.targeting.policy import METHODS

VALUE, COST = 100.0, 8.0


def tried(rng: np.random.Generator, size: int = 500, drawn: float = 0.4) -> pd.DataFrame:
    """Return an experiment with expectations that lean the wrong way, and a rule that offers to the good half."""
    x, treated = rng.uniform(-1, 1, size), rng.random(size) < drawn
    outcome = rng.random(size) < 0.5 + 0.3 * x * treated - 0.1 * x
    expected = {"if_treated": 0.6 + 0.2 * x, "if_not": 0.5 - 0.2 * x}
    return pd.DataFrame({"treated": treated, "outcome": outcome, "rule": x > 0, "half": 0.5, **expected})


TRUTH = {"nobody": 50.0, "everybody": 50.0 - COST, "rule": 50 + 0.3 * 100 / 4 - COST / 2, "half": 50 - COST / 2}


@pytest.mark.parametrize("method", METHODS)
def test_intervals_hold_the_truth_as_often_as_they_promise(method):
    """Two hundred experiments: of 95 % intervals between 180 and 199 hold (all but one in a thousand times)."""
    rng, held, gained = np.random.default_rng(3), [], []
    for _ in range(200):
        policies = {"rule": "rule", "half": "half"}
        rows = PolicyValue.from_experiment(tried(rng), policies, VALUE, COST, method).table
        truth = pd.Series(TRUTH)[rows.index]
        held.append(rows["low"].le(truth) & rows["high"].ge(truth))
        gained.append(rows["gain_low"].le(truth - 50) & rows["gain_high"].ge(truth - 50))
    assert pd.DataFrame(held).sum().between(180, 199).all()
    assert pd.DataFrame(gained).drop(columns="nobody").sum().between(180, 199).all()


def test_without_predictions_the_arms_are_compared():
    table = tried(np.random.default_rng(1))
    rows = PolicyValue.from_experiment(table, {}, VALUE, COST, "inverse probability").table
    means = table.groupby("treated")["outcome"].mean() * VALUE
    assert rows["estimate"].to_list() == pytest.approx([means[False], means[True] - COST])
    same = PolicyValue.from_experiment(table.assign(if_treated=0.3, if_not=0.3), {}, VALUE, COST).table
    pd.testing.assert_frame_equal(rows, same, rtol=1e-9)  # constant expectations say nothing
    assert rows.loc["nobody", ["gain", "gain_low", "gain_high"]].eq(0).all()


def test_good_predictions_shorten_the_interval():
    rng = np.random.default_rng(2)
    x, treated = rng.normal(size=2000), rng.random(2000) < 0.5
    table = pd.DataFrame({"treated": treated, "outcome": 3 * x + rng.normal(size=2000), "if_treated": 3 * x})
    table["if_not"] = table["if_treated"]
    widths = [
        PolicyValue.from_experiment(table, {}, method=method).table.eval("gain_high - gain_low")["everybody"]
        for method in METHODS
    ]
    assert widths[0] < 0.5 * widths[1]


@pytest.mark.parametrize("method", METHODS)
def test_rows_and_counts_give_one_answer(method):
    table = tried(np.random.default_rng(4)).round(1)
    names = list(table.columns)
    counts = table.groupby(names).size().rename("customers").reset_index()
    results = [PolicyValue.from_experiment(data, {"rule": "rule"}, VALUE, COST, method) for data in (table, counts)]
    pd.testing.assert_frame_equal(results[0].table, results[1].table, rtol=1e-9)


def test_value_and_cost_may_differ_between_customers():
    table = tried(np.random.default_rng(5))
    worth = pd.Series(np.where(table["rule"], 200.0, 50.0), table.index)
    once = PolicyValue.from_experiment(table, {"rule": table["rule"]}, worth, "half").table
    again = PolicyValue.from_experiment(table.assign(w=worth), {"rule": table["rule"].to_numpy()}, "w", 0.5).table
    pd.testing.assert_frame_equal(once, again)


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ([True], "has 1 rows"),
        (2.0, "neither true nor false, nor a probability"),
        (pd.Series([True] * 500, range(1, 501)), "index of its own"),
        ("unknown", "no column unknown"),
    ],
)
def test_impossible_policies_are_refused(policy, said):
    with pytest.raises(ValueError, match=said):
        PolicyValue.from_experiment(tried(np.random.default_rng(1)), {"mine": policy})


def test_a_policy_that_was_never_tried_cannot_be_valued():
    table = tried(np.random.default_rng(1))
    with pytest.raises(ValueError, match="nobody was treated as the policy 'other' says"):
        PolicyValue.from_experiment(table, {"other": ~table["treated"]}, method="inverse probability")
    with pytest.raises(ValueError, match="no column if_not"):
        PolicyValue.from_experiment(table.drop(columns="if_not"), {})
    with pytest.raises(ValueError, match="choose one of doubly robust"):
        PolicyValue.from_experiment(table, {}, method="magic")


def test_the_picture_says_what_is_seen():
    result = PolicyValue.from_experiment(tried(np.random.default_rng(1)), {"rule": "rule"}, VALUE, COST)
    ax = result.plot()
    assert "Which rule earns most?" in alternative_text(ax.figure)
    assert "everybody" in alternative_text(ax.figure)
    assert "gain" in repr(result)
    plt.close(ax.figure)
