"""A/B tests: published boundaries and false alarms, intervals that cover, a band that may be looked at every day."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.ab_test import ABTest, SequentialTest, peeking_false_alarms, spending_boundaries
from crmlab.ab_test.looks import _crossings
from crmlab.ab_test.sequential import _variance, always_valid
from crmlab.estimation import Z95
from crmlab.plots import alternative_text


def counts(old, new, size=1000):
    return pd.DataFrame({"variant": ["old", "new"], "successes": [old, new], "customers": size})


def many_tests(rng, rates, days, a_day, samples):
    """Return the running differences and their variances: one row an experiment, one column a day."""
    wins = rng.binomial(a_day, np.array(rates), (samples, days, 2)).cumsum(axis=1).astype(float)
    n = np.broadcast_to(a_day * np.arange(1, days + 1.0)[:, None], wins.shape)
    spread = np.stack([_variance(n[i], wins[i]) for i in range(samples)])
    return (wins[..., 1] - wins[..., 0]) / n[..., 0], spread


# Two groups, one look.


def test_newcombes_published_interval():
    """Newcombe (1998), Table II, method 10: 56 of 70 against 48 of 80 is .0524 to .3339, 9 of 10 against 3 of 10
    .1705 to .8090, and 10 of 10 against none of 20 .6791 to 1."""
    for new, old, low, high in (
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 20), 0.6791, 1.0),
    ):
        rows = {"variant": ["new", "old"], "successes": [new[0], old[0]], "customers": [new[1], old[1]]}
        test = ABTest.from_units(pd.DataFrame(rows), "old")
        assert (test.low, test.high) == pytest.approx((low, high), abs=5.1e-5)


def test_test_and_interval_agree_and_are_symmetric():
    for old, new in ((120, 145), (120, 155), (0, 9), (100, 100), (3, 14), (0, 1000), (1000, 900)):
        test, other = ABTest.from_units(counts(old, new), "old"), ABTest.from_units(counts(old, new), "new")
        assert (test.p_value < 0.05) == (test.low > 0 or test.high < 0), (old, new)
        assert test.difference == pytest.approx(-other.difference)
        assert (test.low, test.high) == pytest.approx((-other.high, -other.low), abs=1e-12)


def test_a_large_test_is_the_normal_one():
    test = ABTest.from_units(counts(40_000, 41_000, 100_000), "old")
    half = 1.959964 * np.sqrt(0.4 * 0.6 / 1e5 + 0.41 * 0.59 / 1e5)
    assert (test.low, test.high) == pytest.approx((0.01 - half, 0.01 + half), abs=2e-5)


def test_units_and_counts_give_the_same_answer():
    rows = [("old", False)] * 30 + [("old", True)] * 10 + [("new", False)] * 22 + [("new", True)] * 18
    units = pd.DataFrame(rows, columns=["variant", "success"])
    grouped = units.value_counts().rename("customers").reset_index()
    summed = pd.DataFrame({"variant": ["old", "new"], "successes": [10, 18], "customers": [40, 40]})
    for data in (units, grouped, grouped.astype({"success": "boolean"}), summed):
        test = ABTest.from_units(data, "old")
        assert (test.difference, test.low, test.high, test.p_value) == pytest.approx(
            (0.2, -0.0087, 0.3863, 0.0608), abs=5e-4
        )
        assert test.table["customers"].to_list() == [40, 40]


@pytest.mark.parametrize("control", [False, True])
def test_groups_may_be_named_true_and_false(control):
    named = counts(120, 156).replace({"variant": {"old": "a", "new": "b"}})
    flags = named.assign(variant=[control, not control])
    assert ABTest.from_units(flags, control=control).difference == pytest.approx(0.036)
    both = [SequentialTest.from_days(table.assign(day=1), of, 0.03) for table, of in ((named, "a"), (flags, control))]
    pd.testing.assert_frame_equal(both[0].table, both[1].table)


def test_the_interval_covers_and_false_alarms_are_one_in_twenty():
    rng, inside, alarms = np.random.default_rng(4), 0, 0
    for _ in range(150):
        test = ABTest.from_units(counts(rng.binomial(200, 0.1), rng.binomial(200, 0.2), 200), "old")
        inside += test.low <= 0.1 <= test.high
        alarms += ABTest.from_units(counts(*rng.binomial(200, 0.1, 2), 200), "old").p_value < 0.05
    assert 0.90 <= inside / 150 <= 0.985
    assert alarms / 150 <= 0.095


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (counts(0, 0), "all units of both groups ended alike"),
        (counts(10, 20).assign(variant="old"), "a test needs two groups"),
        (counts(10, 2000), "more successes than customers"),
        (counts(-1, 10), "more successes than customers, or fewer than 0"),
        (counts(1, 10).iloc[:0], "the experiment is empty"),
        (counts(1, 10).drop(columns="variant"), "no column variant"),
        (counts(1, 10).assign(variant=["old", None]), "variant is empty in 1 rows"),
        (pd.DataFrame({"variant": ["old", "new"], "success": [0.5, 1]}), "neither true nor false"),
        (pd.DataFrame({"variant": ["old", "new"], "success": [None, True]}), "neither true nor false"),
        (counts(1, 10).assign(customers=[0, 10], successes=[0, 1]), "a test needs two groups"),
    ],
)
def test_impossible_experiments_are_refused(data, said):
    with pytest.raises(ValueError, match=said):
        ABTest.from_units(data, "old")


# Looking early.


def test_the_published_false_alarms_of_peeking():
    """Armitage, McPherson and Rowe (1969): 5, 8.3, 14.2, 19.3 and 24.8 % at 1, 2, 5, 10 and 20 looks."""
    table = peeking_false_alarms(samples=20_000, seed=1)
    assert (100 * table["exact"]).round(1).to_list() == [5.0, 8.3, 14.2, 19.3, 24.8]
    assert table["exact"].between(table["low"] - 0.002, table["high"] + 0.002).all()
    assert (table["if_independent"].iloc[1:] > table["exact"].iloc[1:]).all()


@pytest.mark.parametrize(
    ("like", "published"),
    [
        ("obrien-fleming", [4.8769, 3.3569, 2.6803, 2.2898, 2.0310]),
        ("pocock", [2.4380, 2.4268, 2.4101, 2.3966, 2.3859]),
    ],
)
def test_the_published_boundaries_of_five_looks(like, published):
    """Lan and DeMets (1983), as their program and R's ldbounds print them, two-sided, 5 %."""
    table = spending_boundaries([0.2, 0.4, 0.6, 0.8, 1.0], like=like)
    assert table["boundary"].to_list() == pytest.approx(published, abs=2e-4)
    assert table["spent"].iloc[-1] == pytest.approx(0.05)


@pytest.mark.parametrize(("looks", "pocock", "fleming"), [(2, 2.178, 1.977), (5, 2.413, 2.040), (10, 2.555, 2.087)])
def test_the_published_constants_of_pocock_and_of_obrien_and_fleming(looks, pocock, fleming):
    """Pocock (1977) and O'Brien and Fleming (1979), as Jennison and Turnbull (2000) tabulate them."""
    times = np.arange(1, looks + 1) / looks
    assert _crossings(times, np.full(looks, pocock)).sum() == pytest.approx(0.05, abs=1.2e-4)
    assert _crossings(times, fleming / np.sqrt(times)).sum() == pytest.approx(0.05, abs=1.2e-4)


def test_one_look_is_the_plain_test():
    for like in ("obrien-fleming", "pocock"):
        assert spending_boundaries([1.0], like=like)["boundary"].item() == pytest.approx(Z95, abs=1e-6)


@pytest.mark.parametrize("like", ["obrien-fleming", "pocock"])
def test_boundaries_keep_the_promise_at_uneven_looks(like):
    fractions = np.array([0.1, 0.15, 0.5, 0.9, 1.0])
    bounds = spending_boundaries(fractions, like=like)["boundary"].to_numpy()
    steps = np.random.default_rng(2).standard_normal((40_000, 5)) * np.sqrt(np.diff(fractions, prepend=0))
    alarms = (np.abs(steps.cumsum(axis=1)) > bounds * np.sqrt(fractions)).any(axis=1).mean()
    assert alarms == pytest.approx(0.05, abs=0.0035)


def test_looks_that_cannot_be_planned_are_refused():
    for fractions in ([], [0.5, 0.4], [0.0, 1.0], [0.5, 1.2]):
        with pytest.raises(ValueError, match="fractions must rise"):
            spending_boundaries(fractions)
    with pytest.raises(ValueError, match="like is 'haybittle'; choose one of obrien-fleming, pocock"):
        spending_boundaries([1.0], like="haybittle")
    with pytest.raises(ValueError, match="numbers of looks from 1 up"):
        peeking_false_alarms(looks=[0])


# Looking whenever one likes.


def test_without_an_effect_the_always_valid_band_alarms_in_fewer_than_one_in_twenty_and_the_naive_in_many():
    difference, spread = many_tests(np.random.default_rng(6), (0.1, 0.1), days=60, a_day=100, samples=1500)
    half, _ = always_valid(difference, spread, 0.02)
    assert (np.abs(difference) > half).any(axis=1).mean() <= 0.05
    assert (np.abs(difference) > Z95 * np.sqrt(spread)).any(axis=1).mean() > 0.2


def test_the_band_holds_the_true_difference_at_all_looks_together():
    difference, spread = many_tests(np.random.default_rng(7), (0.10, 0.13), days=60, a_day=100, samples=1500)
    for size in (0.01, 0.03, 0.1):
        half, _ = always_valid(difference, spread, size)
        assert (np.abs(difference - 0.03) <= half).all(axis=1).mean() >= 0.95, size
        assert (np.abs(difference) > half).any(axis=1).mean() > 0.5


def test_the_p_value_is_below_alpha_exactly_where_the_band_leaves_0_out():
    rng = np.random.default_rng(1)
    difference, spread = rng.normal(0, 0.03, 2000), rng.uniform(1e-5, 1e-3, 2000)
    half, p_value = always_valid(difference, spread, 0.02)
    assert ((p_value < 0.05) == (np.abs(difference) > half)).all()


def test_a_follower_of_one_experiment_counts_what_came_so_far():
    rng = np.random.default_rng(9)
    days = pd.DataFrame({"day": np.repeat(range(1, 31), 2), "variant": ["old", "new"] * 30, "customers": 200})
    days["successes"] = rng.binomial(200, np.where(days["variant"] == "new", 0.16, 0.10))
    test = SequentialTest.from_days(days, "old", 0.03)
    whole = ABTest.from_units(days, "old")
    assert test.table["customers"].iloc[-1] == 12_000
    assert test.table["estimate"].iloc[-1] == pytest.approx(whole.difference)
    naive = test.table[["naive_low", "naive_high"]].iloc[-1].to_list()
    assert naive == pytest.approx([whole.low, whole.high], abs=5e-4)
    assert test.table["p_value"].is_monotonic_decreasing
    assert test.naive_decided_on <= test.decided_on < 30
    assert (test.table["low"] < test.table["naive_low"]).all()
    rows = days.loc[days.index.repeat(2)].assign(
        success=[True, False] * 60,
        customers=lambda t: np.where(t["success"], t["successes"], t["customers"] - t["successes"]),
    )
    again = SequentialTest.from_days(rows.drop(columns="successes"), "old", 0.03)
    np.testing.assert_allclose(again.table, test.table, atol=1e-12)


def test_a_hold_out_without_effect_is_never_stopped():
    shown = crm.open_company("retail").experiments
    shown = shown.assign(variant=np.where(shown["spend"] > 0, "shown", "held out"))
    test = SequentialTest.from_days(shown, "held out", 0.03, day="assigned_on")
    assert test.decided_on is None
    assert ((test.table["low"] < 0) & (test.table["high"] > 0)).all()


def test_what_cannot_be_followed_is_refused():
    days = counts(5, 9).assign(day=[1, 2])
    assert list(SequentialTest.from_days(days, "old", 0.02).table.index) == [2]
    with pytest.raises(ValueError, match="size is 3; give the difference"):
        SequentialTest.from_days(days, "old", 3)
    with pytest.raises(ValueError, match="a test needs two groups"):
        SequentialTest.from_days(days, "none", 0.02)
    with pytest.raises(ValueError, match="there is nothing to compare"):
        SequentialTest.from_days(days.assign(customers=[0, 9], successes=[0, 1]), "old", 0.02)


def test_pictures_say_what_is_seen():
    ax = ABTest.from_units(counts(120, 156), "old").plot()
    assert "The difference is 0.0360 (0.0057 to 0.0663)." in alternative_text(ax.figure)
    days = pd.concat([counts(12 + day % 3, 20, 100).assign(day=day) for day in range(1, 15)])
    ax = SequentialTest.from_days(days, "old", 0.05).plot()
    assert "The shaded always-valid band leaves 0 out from" in alternative_text(ax.figure)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "always-valid 95 % band",
        "95 % band of one planned look",
    ]
