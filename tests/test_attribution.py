"""Attribution: the published chain, rules against their definitions, and credit that is no effect."""

from __future__ import annotations

from itertools import permutations
from math import factorial

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.ab_test import ABTest
from crmlab.attribution import RULES, Attribution, count_paths
from crmlab.plots import alternative_text

PUBLISHED = pd.DataFrame(
    {"path": ["G", "M", "G > M", "G"], "won": [True, True, True, False], "customers": [2.0, 1.0, 1.0, 1.0]}
)
CHANCES = {"start": (0.6, 0.4, 0, 0, 0), "A": (0.2, 0.2, 0.2, 0.1, 0.3), "B": (0, 0.1, 0.3, 0.2, 0.4),
           "C": (0.1, 0, 0, 0.5, 0.4)}  # fmt: skip
AHEAD = ("A", "B", "C", "won", "lost")


def walk(rng, visitors):
    """Return the ways of visitors who move by a known chain."""
    steps = {state: np.cumsum(chances).round(9) for state, chances in CHANCES.items()}
    rows = []
    for _ in range(visitors):
        way = ["start"]
        while way[-1] not in ("won", "lost"):
            way.append(AHEAD[np.searchsorted(steps[way[-1]], rng.random(), side="right")])
        rows.append((tuple(way[1:-1]), way[-1] == "won"))
    return pd.DataFrame(rows, columns=["path", "won"])


def true_markov():
    """Return the credit of the known chain, by removing a channel from its matrix."""
    rates = np.array([CHANCES[name] for name in ("start", "A", "B", "C")], float)

    def reach(gone=None):
        within = np.zeros((4, 4))
        within[:, 1:] = rates[:, :3]
        if gone is not None:
            within[:, gone] = 0
        return np.linalg.solve(np.eye(4) - within, rates[:, 3])[0]

    lost = np.array([1 - reach(channel) / reach() for channel in (1, 2, 3)])
    return lost / lost.sum()


@pytest.fixture(scope="module")
def ways():
    return walk(np.random.default_rng(3), 600)


def test_the_published_chain():
    """Paths G twice won, M won, G > M won, G lost: P(conversion) .8, removal .75 and .5, credits 2.4 and 1.6."""
    result = Attribution.from_touches(PUBLISHED)
    assert result.conversion == pytest.approx(0.8)
    assert result.removal.to_list() == pytest.approx([0.75, 0.5])
    assert result.credits["markov"].to_list() == pytest.approx([2.4, 1.6])
    assert result.credits["first"].to_list() == pytest.approx([3, 1])
    assert result.credits["last"].to_list() == pytest.approx([2, 2])
    assert result.credits["linear"].to_list() == pytest.approx([2.5, 1.5])
    assert result.credits["shapley"].to_list() == pytest.approx([2.5, 1.5])


def test_every_rule_gives_away_each_customer_once(ways):
    result = Attribution.from_touches(ways)
    np.testing.assert_allclose(result.credits.sum(), ways["won"].sum(), rtol=1e-12)
    assert result.conversion == pytest.approx(ways["won"].mean())
    assert result.visitors == len(ways)


def test_shapley_is_the_mean_contribution_over_all_orders(ways):
    won = ways[ways["won"]]

    def worth(allowed):
        return sum(set(path) <= set(allowed) for path in won["path"])

    mean = dict.fromkeys("ABC", 0.0)
    for order in permutations("ABC"):
        for i, channel in enumerate(order):
            mean[channel] += (worth(order[: i + 1]) - worth(order[:i])) / factorial(3)
    assert Attribution.from_touches(ways).credits["shapley"].to_dict() == pytest.approx(mean)


def test_where_everybody_is_touched_once_all_rules_agree():
    single = pd.DataFrame({"path": ["A", "B", "A"], "won": [True, True, False], "customers": [30, 10, 50]})
    for rule, credit in Attribution.from_touches(single).credits.items():
        assert credit.to_list() == pytest.approx([30, 10]), rule


def test_touches_rows_and_counts_give_the_same_answer(ways):
    rows = [
        (f"V{number:04d}", pd.Timestamp("2025-01-01") + pd.Timedelta(days=day), channel, "C" if won else None)
        for number, (path, won) in enumerate(zip(ways["path"], ways["won"], strict=True))
        for day, channel in enumerate(path)
    ]
    touches = pd.DataFrame(rows, columns=["visitor_id", "touched_on", "channel", "customer_id"])
    expected = Attribution.from_touches(ways).table
    shuffled = touches.sample(frac=1, random_state=1)
    for data in (touches, shuffled, count_paths(touches), ways.assign(path=ways["path"].map(" > ".join))):
        found = Attribution.from_touches(data).table
        np.testing.assert_allclose(found[["credit", "low", "high"]], expected[["credit", "low", "high"]], atol=1e-9)
    flagged = Attribution.from_touches(touches.assign(sold=touches["customer_id"].notna()), won="sold").table
    pd.testing.assert_frame_equal(flagged, expected)


def test_errors_are_those_of_drawing_the_visitors_again(ways):
    rng, counts = np.random.default_rng(5), ways.groupby(["path", "won"]).size().rename("customers").reset_index()
    shares = []
    for _ in range(120):
        drawn = counts.assign(customers=rng.multinomial(len(ways), counts["customers"] / len(ways)))
        shares.append(Attribution.from_touches(drawn).shares.T.to_numpy().ravel())
    table = Attribution.from_touches(ways).table
    inner = table["share"].between(0.001, 0.999)
    ends = table.loc[inner, ["low", "high"]]
    width = np.log(ends / (1 - ends)).diff(axis=1)["high"]
    error = width / 2 / 1.96 * table["share"] * (1 - table["share"])
    np.testing.assert_allclose(np.std(shares, axis=0)[inner], error[inner], rtol=0.25)


def test_the_intervals_of_the_markov_rule_cover_the_chain_that_made_the_ways():
    rng, truth, inside = np.random.default_rng(8), true_markov(), []
    for _ in range(120):
        table = Attribution.from_touches(walk(rng, 200)).table.query("rule == 'markov'")
        inside.append((table["low"].to_numpy() <= truth) & (truth <= table["high"].to_numpy()))
    assert 0.90 <= np.mean(inside) <= 0.99


def test_retargeting_has_the_most_credit_and_no_effect():
    """Only the first touch gives it little: it is shown last of all, to those about to buy."""
    company = crm.open_company("retail")
    result = Attribution.from_touches(company.touches)
    assert result.shares.idxmax().to_dict() == {"first": "social"} | dict.fromkeys(RULES[1:], "retargeting")
    table = result.table.set_index(["rule", "channel"])
    for rule in RULES[1:]:
        assert table.loc[(rule, "retargeting"), "low"] > table.loc[rule].drop("retargeting")["high"].max()
    assert table.loc[("first", "retargeting"), "low"] > 0.1
    held_out = company.experiments[company.experiments["experiment"] == "retargeting hold-out"]
    shown = held_out.assign(variant=(held_out["spend"] > 0).map({True: "shown", False: "held out"}))
    test = ABTest.from_units(shown, control="held out")
    assert test.low < 0 < test.high
    visitors = company.truth.visitors
    assert (visitors["bought_with_retargeting"] == visitors["bought_without_retargeting"]).all()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (PUBLISHED.drop(columns="won"), "no column won"),
        (PUBLISHED.assign(won=False), "none of the 5 visitors was won"),
        (PUBLISHED.assign(customers=-1), "a count is negative"),
        (PUBLISHED.iloc[:0], "it is empty"),
        (PUBLISHED.assign(won=[2, 1, 0, 1]), "won is neither true nor false"),
        (PUBLISHED.assign(path=["G", None, "", "M"]), "path is empty in 2 rows"),
        (pd.DataFrame({"visitor_id": ["a"]}), "no column touched_on, channel, customer_id"),
    ],
)
def test_impossible_tables_are_refused(data, said):
    with pytest.raises(ValueError, match=said):
        Attribution.from_touches(data)


def test_touches_with_gaps_are_refused():
    touches = pd.DataFrame(
        {"visitor_id": ["a", "a"], "touched_on": pd.to_datetime(["2025-01-01"] * 2), "channel": ["x", None],
         "customer_id": ["C", None]}
    )  # fmt: skip
    with pytest.raises(ValueError, match="channel is empty in 1 rows"):
        Attribution.from_touches(touches)
    with pytest.raises(ValueError, match="both won and not won of 1 visitors, the first is a"):
        Attribution.from_touches(touches.assign(channel="x"))


def test_the_picture_says_what_is_seen(ways):
    result = Attribution.from_touches(ways)
    ax = result.plot()
    assert ax.get_title(loc="left") + ax.get_title() == "Which channel gets the credit?"
    assert "by markov" in alternative_text(ax.figure)
    assert list(result.summary().columns) == list(RULES)
