"""The Qini curve: by hand, its limits, what its interval promises, and bad data."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from crmlab.plots import alternative_text
from crmlab.targeting import Qini
from crmlab.targeting.qini import _again, _curve


def tried(rng: np.random.Generator, size: int = 600) -> pd.DataFrame:
    """Return an experiment whose uplift is 0.4 score, with a score even on (−1, 1): a Qini coefficient of 2 / 30."""
    score, treated = rng.uniform(-1, 1, size), rng.random(size) < 0.5
    outcome = rng.random(size) < 0.5 + 0.4 * score * treated
    return pd.DataFrame({"uplift": score, "treated": treated, "outcome": outcome})


def cells_of(table: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    numbers = table[["treated", "outcome"]].astype(float).assign(customers=1.0)
    return numbers, (-table["uplift"].to_numpy()).argsort().argsort()


def area(table: pd.DataFrame) -> float:
    return _curve(*cells_of(table), np.ones(len(table)))[1]


TRUTH = 0.4 / 6  # the covariance of 0.4 s with (s + 1) / 2


def test_a_curve_by_hand():
    rows = [(3, 1, 1), (3, 0, 0), (2, 1, 1), (2, 0, 1), (1, 1, 0), (1, 0, 1)]
    qini = Qini.from_scores(pd.DataFrame(rows, columns=["uplift", "treated", "outcome"]))
    assert qini.table["gain"].loc[[0, 0.5, 1]].to_list() == pytest.approx([0, 1 / 3, 0])
    assert qini.coefficient == pytest.approx(2 / 9)
    assert qini.table["by_chance"].loc[1] == qini.table["gain"].loc[1]


def test_the_area_is_the_covariance_of_uplift_and_rank():
    table = tried(np.random.default_rng(3), 40_000)
    assert area(table) == pytest.approx(TRUTH, abs=0.006)


def test_intervals_hold_the_truth_as_often_as_they_promise():
    """One hundred experiments: of 95 % intervals at least 87 hold (all but one in a thousand times)."""
    rng, held, whole = np.random.default_rng(8), 0, 0
    for _ in range(100):
        gains, areas = _again(*cells_of(tried(rng)), seed=1, draws=200)
        low, high = np.quantile(areas, [0.025, 0.975])
        held += low <= TRUTH <= high
        low, high = np.quantile(gains[:, -1], [0.025, 0.975])
        whole += low <= 0 <= high
    assert held >= 87
    assert whole >= 87


def test_a_score_that_says_nothing_has_no_area_and_one_upside_down_a_negative_one():
    table = tried(np.random.default_rng(2))
    assert Qini.from_scores(table.assign(uplift=1.0)).coefficient == pytest.approx(0, abs=1e-12)
    down = Qini.from_scores(table.assign(uplift=-table["uplift"]))
    assert down.coefficient == pytest.approx(-Qini.from_scores(table).coefficient)


def test_rows_and_counts_give_one_answer_and_only_the_order_counts():
    table = tried(np.random.default_rng(2)).round({"uplift": 1})
    counts = table.groupby(["uplift", "treated", "outcome"]).size().rename("customers").reset_index()
    first = Qini.from_scores(table)
    for other in (counts, table.sample(frac=1, random_state=1), table.assign(uplift=table["uplift"] * 7 + 1)):
        again = Qini.from_scores(other)
        assert (again.coefficient, again.low, again.high) == pytest.approx(
            (first.coefficient, first.low, first.high), abs=1e-12
        )
        pd.testing.assert_frame_equal(again.table, first.table, rtol=1e-9)


def test_what_all_outcomes_share_changes_nothing():
    table = tried(np.random.default_rng(2))
    first, again = Qini.from_scores(table), Qini.from_scores(table.assign(outcome=7.0 + table["outcome"]))
    assert (again.coefficient, again.low, again.high) == pytest.approx((first.coefficient, first.low, first.high))
    pd.testing.assert_frame_equal(again.table, first.table)


def test_more_of_the_treated_on_top_are_no_gain():
    rows = [(2, 1, 30), (2, 0, 10), (1, 1, 10), (1, 0, 30)]
    table = pd.concat([pd.DataFrame(rows, columns=["uplift", "treated", "customers"]).assign(outcome=1)] * 2)
    table["outcome"] = [1, 1, 1, 1, 0, 0, 0, 0]
    assert Qini.from_scores(table.reset_index(drop=True)).coefficient == pytest.approx(0, abs=1e-12)


def test_unequal_arms_are_weighed():
    rng = np.random.default_rng(4)
    table = tried(rng, 60_000)
    few = table[(rng.random(len(table)) < 0.3) | ~table["treated"]]
    assert area(few) == pytest.approx(TRUTH, abs=0.01)


def test_the_curve_of_all_is_the_difference_of_the_arms():
    table = tried(np.random.default_rng(5))
    means = table.groupby("treated")["outcome"].mean()
    assert Qini.from_scores(table).table["gain"].iloc[-1] == pytest.approx(means[True] - means[False])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"treated": 1}, "nobody was left alone"),
        ({"treated": 0.5}, "treated is neither true nor false"),
        ({"outcome": None}, "outcome is empty in 600 of 600 rows"),
        ({"outcome": np.inf}, "outcome is not finite"),
        ({"customers": -1.0}, "customers is negative"),
        ({"uplift": "high"}, "uplift is not one number"),
        ({"treated": [1] + [0] * 599}, "at least two customers"),
    ],
)
def test_bad_tables_are_refused(changes, said):
    with pytest.raises(ValueError, match=said):
        Qini.from_scores(tried(np.random.default_rng(1)).assign(**changes))


def test_the_picture_says_what_is_seen():
    qini = Qini.from_scores(tried(np.random.default_rng(1)))
    ax = qini.plot()
    assert "Does the ranking find those whom the offer changes?" in alternative_text(ax.figure)
    assert "highest near a share of" in alternative_text(ax.figure)
    assert list(qini.summary().columns) == ["estimate", "low", "high"]
    assert "Qini" in qini._repr_html_()
    plt.close(ax.figure)


def test_the_area_does_not_depend_on_the_grid():
    cells = pd.DataFrame({"treated": [1.0, 0.0], "outcome": [1.0, 0.0], "customers": [1.0, 1.0]})
    gain, area = _curve(cells, np.array([0, 1]), np.array([1.0, 1.0]))
    assert area == pytest.approx(0.25)
    assert gain[50] == pytest.approx(1)
