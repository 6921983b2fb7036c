"""Expected maximum profit: the published cases, the integral by brute force, and the limits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import beta

from crmlab.targeting import expected_maximum_profit


def ranked(base: float, perfect: bool) -> pd.DataFrame:
    scores = [1, 0] if perfect else [0, 0]
    return pd.DataFrame({"score": scores, "churned": [1, 0], "customers": [100 * base, 100 * (1 - base)]})


@pytest.mark.parametrize(
    ("base", "perfect", "profit"), [(0.1, True, 5.600), (0.2, True, 11.200), (0.1, False, 0.0144), (0.2, False, 2.960)]
)
def test_the_published_cases(base, perfect, profit):
    """Verbraken et al. (2013): alpha 6, beta 14, CLV 200, d 10, f 1."""
    found = expected_maximum_profit(ranked(base, perfect), 200, 10, 1, (6, 14))["profit"]
    assert found == pytest.approx(profit, abs=5e-5 if profit < 1 else 5e-4)


def scored(seed: int, size: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    churned = rng.random(size) < 0.2
    return pd.DataFrame({"score": np.round(churned + rng.normal(0, 1, size), 1), "churned": churned})


@pytest.mark.parametrize("seed", range(3))
def test_it_is_the_integral_of_the_best_reach(seed):
    table = scored(seed)
    order = table.sort_values("score", ascending=False)
    cuts = [0, *(np.flatnonzero(np.diff(order["score"])) + 1), len(order)]
    gone = np.array([order["churned"].to_numpy()[:cut].sum() for cut in cuts]) / len(order)
    stayed = np.array(cuts) / len(order) - gone
    gamma = (np.arange(20_000) + 0.5) / 20_000
    profit = (gamma[:, None] * 190 - 1) * gone - 11 * stayed
    weights = beta(6, 14).pdf(gamma) / len(gamma)
    found = expected_maximum_profit(table)
    assert found["profit"] == pytest.approx(weights @ profit.max(axis=1), abs=1e-6)
    assert found["share"] == pytest.approx(weights @ (gone + stayed)[profit.argmax(axis=1)], abs=1e-4)


def test_rows_and_counts_give_one_answer():
    table = scored(5)
    counts = table.groupby(["score", "churned"]).size().rename("customers").reset_index()
    once, again = expected_maximum_profit(table), expected_maximum_profit(counts.sample(frac=1, random_state=1))
    pd.testing.assert_series_equal(once, again, rtol=1e-12)


def test_only_the_order_of_the_scores_counts_and_a_ranking_upside_down_is_worth_no_more_than_none():
    table = scored(6)
    same = expected_maximum_profit(table.assign(score=np.exp(table["score"])))
    pd.testing.assert_series_equal(expected_maximum_profit(table), same)
    down = expected_maximum_profit(table.assign(score=-table["score"]))["profit"]
    none = expected_maximum_profit(table.assign(score=0))["profit"]
    assert none <= down < expected_maximum_profit(table)["profit"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"churned": 0}, "customers who churned and customers who did not"),
        ({"churned": [2] + [0] * 299}, "churned is neither true nor false"),
        ({"score": [None] + [0.0] * 299}, "score is empty in 1 of 300 rows"),
        ({"customers": -1}, "counts from 0 up"),
    ],
)
def test_bad_tables_are_refused(changes, said):
    with pytest.raises(ValueError, match=said):
        expected_maximum_profit(scored(1).assign(**changes))


def test_bad_prices_and_missing_columns_are_refused():
    with pytest.raises(ValueError, match="clv must lie above offer"):
        expected_maximum_profit(scored(1), clv=5)
    with pytest.raises(ValueError, match="no column score"):
        expected_maximum_profit(scored(1).drop(columns="score"))
