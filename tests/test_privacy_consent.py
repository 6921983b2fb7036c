"""Weights by the chance to consent: known answers, coverage, limits, and data that cannot tell."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from crmlab.plots import alternative_text
from crmlab.privacy import ConsentWeights


def asked(seed: int, size: int = 500, link: float = 0.9) -> pd.DataFrame:
    """Return customers of whom the young agree more; they also leave more, and 40 % of all leave."""
    rng = np.random.default_rng(seed)
    age, plan = rng.normal(0, 1, size), rng.choice(["basic", "premium"], size)
    chance = expit(0.3 - link * age + 0.5 * (plan == "basic"))
    leaves = np.where(rng.random(size) < 0.5, 0.3 + 0.2 * (age < 0), 0.4 + 0.0 * age)
    table = pd.DataFrame({"age": age, "plan": plan, "chance": chance, "agreed": rng.random(size) < chance})
    return table.assign(left=(rng.random(size) < leaves).astype(float), spend=3 + age + rng.normal(0, 1, size))


def test_intervals_hold_the_truth_as_often_as_they_promise():
    """One hundred and fifty samples: of 95 % intervals at least 135 hold (all but one in a thousand times)."""
    held = []
    for seed in range(150):
        table = asked(seed)
        for weights in (
            ConsentWeights.fit(table, "agreed", ["age", "plan"]),
            ConsentWeights.from_probabilities(table, "agreed", "chance"),
        ):
            for outcome, truth in (("left", 0.4), ("spend", 3.0)):
                row = weights.mean(outcome).loc["weighted"]
                held.append(row["low"] <= truth <= row["high"])
    found = np.reshape(held, (150, 4)).sum(axis=0)
    assert (found >= 135).all(), found
    assert (found < 150).all(), found


def test_estimated_chances_give_the_shorter_interval():
    table = asked(1, 3000)
    widths = [
        weights.mean("spend").eval("high - low")["weighted"]
        for weights in (
            ConsentWeights.fit(table, "agreed", ["age", "plan"]),
            ConsentWeights.from_probabilities(table, "agreed", "chance"),
        )
    ]
    assert widths[0] < 0.9 * widths[1]


def test_with_one_text_column_it_is_the_mean_of_the_groups():
    table = asked(2)
    weights = ConsentWeights.fit(table, "agreed", ["plan"])
    means = table[table["agreed"]].groupby("plan")["left"].mean()
    found = weights.mean("left")
    assert found.loc["weighted", "estimate"] == pytest.approx(
        means @ table["plan"].value_counts(normalize=True)[means.index]
    )
    assert found.loc["as they are", "estimate"] == pytest.approx(table.loc[table["agreed"], "left"].mean())
    assert weights.balance["off_after"].abs().max() < 1e-9
    assert weights.balance.loc["plan: basic", "all"] == pytest.approx((table["plan"] == "basic").mean())


def test_equal_chances_change_nothing():
    table = asked(3).assign(same=0.4)
    weights = ConsentWeights.from_probabilities(table, "agreed", "same")
    pd.testing.assert_series_equal(*[row for _, row in weights.mean("left").iterrows()], check_names=False)
    assert weights.effective_size == pytest.approx(table["agreed"].sum())


def test_rows_and_counts_give_one_answer():
    table = asked(4)[["plan", "agreed", "left"]].assign(age=np.arange(500) % 3)
    counts = table.groupby(list(table.columns)).size().rename("customers").reset_index()
    rows, summed = (ConsentWeights.fit(data, "agreed", ["plan", "age"]) for data in (table, counts))
    pd.testing.assert_frame_equal(rows.mean("left"), summed.mean("left"), rtol=1e-9)
    pd.testing.assert_frame_equal(rows.balance, summed.balance, rtol=1e-9, atol=1e-9)
    pd.testing.assert_frame_equal(rows.summary(), summed.summary())


def test_stabilised_weights_have_a_mean_near_one_and_trimming_is_seen():
    table = asked(5, link=1.8)
    free, short = (ConsentWeights.fit(table, "agreed", ["age", "plan"], largest=most) for most in (1e6, 2.0))
    agreed = table["agreed"].to_numpy()
    assert free.table["weight"][agreed].mean() == pytest.approx(1, abs=0.2)
    assert free.trimmed == 0
    assert short.trimmed == (free.table["weight"] > 2).sum() > 5
    assert short.table["weight"].max() == 2
    assert short.effective_size > free.effective_size
    assert short.summary().loc["weights trimmed", "value"] == short.trimmed
    assert (free.table["weight"][~agreed] == 0).all()


def test_an_outcome_is_needed_only_of_those_who_agreed():
    table = asked(6)
    hidden = table.assign(left=table["left"].where(table["agreed"]))
    both = [ConsentWeights.fit(data, "agreed", ["age"]).mean("left") for data in (table, hidden)]
    pd.testing.assert_frame_equal(*both)
    first = table.index[table["agreed"]][0]
    lacking = ConsentWeights.fit(table.assign(left=table["left"].where(table.index != first)), "agreed", ["age"])
    with pytest.raises(ValueError, match="left is empty or no number in 1 of the"):
        lacking.mean("left")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"agreed": True}, "nobody agreed, or everybody"),
        ({"agreed": None}, "agreed is neither true nor false in 500 of 500"),
        ({"plan": "basic"}, "plan is the same for all"),
        ({"age": np.nan}, "age is empty in 500 of 500"),
        ({"customers": 0}, "nobody agreed"),
        ({"customers": "x"}, "customers is empty, negative or no number"),
    ],
)
def test_bad_tables_are_refused(changes, said):
    with pytest.raises(ValueError, match=said):
        ConsentWeights.fit(asked(1).assign(**changes), "agreed", ["age", "plan"])


def test_chances_that_cannot_be_known_are_refused():
    table = asked(1)
    with pytest.raises(ValueError, match="plan: nobody with basic agreed"):
        ConsentWeights.fit(table.assign(agreed=table["agreed"] & (table["plan"] == "premium")), "agreed", ["plan"])
    with pytest.raises(ValueError, match="age tells almost surely who agreed"):
        ConsentWeights.fit(table.assign(agreed=table["age"] > 0), "agreed", ["age"])
    with pytest.raises(ValueError, match="chance is not above 0 and at most 1 in 500 rows"):
        ConsentWeights.from_probabilities(table.assign(chance=0), "agreed", "chance")
    with pytest.raises(ValueError, match="must lie above 1"):
        ConsentWeights.fit(table, "agreed", ["age"], largest=0.5)
    with pytest.raises(ValueError, match="a list with at least one column"):
        ConsentWeights.fit(table, "agreed", [])


def test_the_picture_says_what_is_seen():
    weights = ConsentWeights.fit(asked(1), "agreed", ["age", "plan"])
    ax = weights.plot()
    assert "Do those who agreed look like all?" in alternative_text(ax.figure)
    assert "effective sample size" in repr(weights)
    plt.close(ax.figure)
    with pytest.raises(ValueError, match="no balance to draw"):
        ConsentWeights.from_probabilities(asked(1), "agreed", "chance").plot()
