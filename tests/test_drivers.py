"""Drivers: the published shares, what they add up to, coverage, the company's halo, and answers that cannot tell."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.drivers import Drivers, lmg_shares
from crmlab.plots import alternative_text

PUBLISHED = [(0, 0.80), (0.5, 0.66), (0.7, 0.60)]


def drawn(rng, count, halo=0.5, coefficients=(2, 1), noise=2.0):
    process, own = rng.normal(size=(2, count))
    attitude = halo * process + np.sqrt(1 - halo**2) * own
    csat = coefficients[0] * process + coefficients[1] * attitude + noise * rng.normal(size=count)
    return pd.DataFrame({"process": process, "attitude": attitude, "csat": csat})


@pytest.mark.parametrize(("halo", "share"), PUBLISHED)
def test_the_published_shares(halo, share):
    """Coefficients 2 and 1: 80, 66 and 60 % at a correlation of 0, .5 and .7."""
    assert lmg_shares([2, 1], halo).iloc[0] == pytest.approx(share, abs=5e-3)
    rows = drawn(np.random.default_rng(1), 500)
    exact = np.linalg.qr(rows - rows.mean())[0] * np.sqrt(500)  # uncorrelated, with variance 1
    process, attitude = exact[:, 0], halo * exact[:, 0] + np.sqrt(1 - halo**2) * exact[:, 1]
    rows = pd.DataFrame({"process": process, "attitude": attitude, "csat": 2 * process + attitude + exact[:, 2]})
    got = Drivers.fit(rows)
    assert got.table["estimate"].iloc[0] == pytest.approx(lmg_shares([2, 1], halo).iloc[0], abs=1e-9)
    assert got.table["coefficient"].to_list() == pytest.approx([2, 1])


def r_squared(rows, names):
    if not names:
        return 0.0
    x = np.column_stack([np.ones(len(rows)), rows[list(names)]])
    left = rows["csat"] - x @ np.linalg.lstsq(x, rows["csat"], rcond=None)[0]
    return 1 - left.var() / rows["csat"].var()


def test_shares_are_the_mean_gain_over_all_orders_and_add_up():
    rng = np.random.default_rng(2)
    rows = drawn(rng, 200).assign(price=lambda t: t["process"] - rng.normal(size=200), ease=rng.normal(size=200))
    names = ["process", "attitude", "price", "ease"]
    got = Drivers.fit(rows, drivers=names)
    gains = {name: [] for name in names}
    for order in permutations(names):
        for place, name in enumerate(order):
            gains[name].append(r_squared(rows, order[: place + 1]) - r_squared(rows, order[:place]))
    assert got.table["contribution"].to_list() == pytest.approx([np.mean(gains[name]) for name in names])
    assert got.table["contribution"].sum() == pytest.approx(got.r_squared, abs=1e-12)
    assert got.r_squared == pytest.approx(r_squared(rows, names))
    assert got.table["estimate"].sum() == pytest.approx(1)


def test_with_one_driver_the_share_is_all_and_without_correlation_the_squared_coefficients():
    rows = drawn(np.random.default_rng(3), 100)
    assert Drivers.fit(rows, drivers="process").table["estimate"].to_list() == [1.0]
    assert lmg_shares([3, 2, 1]).to_list() == pytest.approx([9 / 14, 4 / 14, 1 / 14])
    assert lmg_shares([1, 1, 1], 0.6).to_list() == pytest.approx([1 / 3] * 3)


def test_intervals_hold_the_truth_as_often_as_they_promise():
    """Of 60 samples each interval may miss up to 9 (one in a thousand if it keeps its promise)."""
    rng, truth, missed = np.random.default_rng(4), lmg_shares([2, 1], 0.5).to_numpy(), np.zeros(2)
    tables = [Drivers.fit(drawn(rng, 250)).table for _ in range(60)]
    for table in tables:
        missed += ~((table["low"] <= truth) & (truth <= table["high"])).to_numpy()
    assert (missed <= 9).all(), missed
    # nor are they too wide: half of one is about 1.96 times what the estimates really spread
    half = np.mean([(table["high"] - table["low"]).iloc[0] / 2 for table in tables])
    assert half == pytest.approx(1.96 * np.std([table["estimate"].iloc[0] for table in tables]), rel=0.3)


def test_rows_counts_and_order_give_one_answer():
    rows = drawn(np.random.default_rng(5), 300).round()
    counts = rows.groupby(list(rows)).size().rename("customers").reset_index()
    shuffled = rows.sample(frac=1, random_state=1)
    for other in (counts, shuffled):
        pd.testing.assert_frame_equal(Drivers.fit(rows).table, Drivers.fit(other).table, rtol=1e-9)


def test_copies_of_a_customer_narrow_no_interval():
    rows = drawn(np.random.default_rng(6), 150).assign(who=range(150))
    copies = pd.concat([rows] * 4, ignore_index=True)
    one, plain, told = Drivers.fit(rows), Drivers.fit(copies), Drivers.fit(copies, clusters="who")
    width = [float((got.table["high"] - got.table["low"]).iloc[0]) for got in (one, plain, told)]
    assert width[1] < 0.6 * width[0]
    assert width[2] == pytest.approx(width[0], rel=0.15)
    assert told.table["estimate"].to_list() == pytest.approx(one.table["estimate"].to_list())


def test_in_the_company_the_halo_moves_the_shares():
    """Process makes 80 % of an experience: without a halo the shares say more than that, with a strong one less."""
    found = []
    for halo in (0.0, 0.9):
        said = crm.simulate_company("subscription", customers=2500, halo=halo).surveys
        found.append(Drivers.fit(said, clusters="customer_id").table.loc["process"])
    assert found[0]["low"] > 0.85
    assert found[1]["high"] < found[0]["low"]
    assert found[1]["estimate"] > 0.5


def test_silent_customers_are_counted():
    rows = drawn(np.random.default_rng(7), 100)
    rows.loc[:9, "csat"] = np.nan
    got = Drivers.fit(rows)
    assert (got.n, got.left_out) == (90, 10)


ROWS = drawn(np.random.default_rng(8), 60).assign(who=range(60))


@pytest.mark.parametrize(
    ("change", "options", "said"),
    [
        ({}, {"drivers": ["process", "price"]}, "no column price"),
        ({}, {"drivers": []}, "0 are named"),
        ({}, {"drivers": ["process", "process"]}, "named twice"),
        ({"process": 3.0}, {}, "process: all answers are equal"),
        ({"csat": 3.0}, {}, "csat: all answers are equal"),
        ({"csat": None}, {}, "no row has an answer"),
        ({"attitude": ROWS["process"] * 2 + 1}, {}, "one follows from the others"),
        ({"csat": ROWS["csat"].where(ROWS.index < 4)}, {}, "4 answers are too few"),
        ({"who": "a"}, {"clusters": "who"}, "1 answers are too few"),
        ({"who": None}, {"clusters": "who"}, "one row an answer"),
        ({"customers": 2}, {"clusters": "who"}, "no counts"),
        ({"customers": -1}, {}, "a count is negative"),
        ({"process": "good"}, {}, "no finite number"),
    ],
)
def test_answers_that_cannot_tell_are_refused(change, options, said):
    with pytest.raises(ValueError, match=said):
        Drivers.fit(ROWS.assign(**change), **options)


@pytest.mark.parametrize("halo", [1.0, -1.2, [[1, 0.5], [0.4, 1]]])
def test_impossible_correlations_are_refused(halo):
    with pytest.raises(ValueError, match="correlation"):
        lmg_shares([2, 1], halo)


def test_the_summary_and_the_picture_say_their_numbers():
    got = Drivers.fit(ROWS)
    assert got.summary().loc["R-squared", "contribution"] == round(got.r_squared, 3)
    ax = got.plot()
    assert ax.get_title() == "What drives the outcome?"
    assert f"process {got.table.loc['process', 'estimate']:.3g}" in alternative_text(ax.figure)
