"""Simulated queues: seeds, the rules of the queue, the share in time with its interval, and impossible tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crmlab.service import erlang_c, simulate_queue, sla_share

DESK = {"calls_per_hour": 60, "handle_seconds": 240, "agents": 5}


def test_the_same_seed_gives_the_same_calls():
    one, again, other = (simulate_queue(**DESK, calls=2000, seed=seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one, again)
    assert not one.equals(other)
    assert len(one) == 2000


def test_calls_come_at_the_rate_given_and_nobody_waits_beyond_patience():
    calls = simulate_queue(**DESK, patience_seconds=60, calls=40_000, seed=3)
    gaps = calls.groupby("desk")["arrived_seconds"].diff().dropna()
    assert gaps.min() >= 0
    assert gaps.mean() == pytest.approx(60, rel=0.03)
    assert (calls["wait_seconds"] >= 0).all()
    assert (calls.loc[calls["abandoned"], "wait_seconds"] > 0).all()
    assert not simulate_queue(**DESK, calls=2000)["abandoned"].any()


def test_intervals_by_desk_cover_and_by_call_do_not():
    """Of 80 samples of 40 desks the clustered interval may miss 10; that by call misses more."""
    truth, missed = erlang_c(**DESK)["service_level"], np.zeros(2)
    for seed in range(20):
        calls = simulate_queue(**DESK, calls=30_000, seed=seed)
        for part in range(4):
            some = calls[calls["desk"] % 4 == part]
            for number, clusters in enumerate(("desk", None)):
                got = sla_share(some, 20, clusters=clusters)
                missed[number] += not got["low"] <= truth <= got["high"]
    assert missed[0] <= 10
    assert missed[1] > 20


def test_rows_and_counts_give_one_answer_and_lost_calls_are_not_answered():
    rows = pd.DataFrame({"wait_seconds": [5, 5, 40, 3], "abandoned": [False, False, False, True]})
    counts = pd.DataFrame({"wait_seconds": [5, 40, 3], "abandoned": [0, 0, 1], "customers": [2, 1, 1]})
    pd.testing.assert_series_equal(sla_share(rows, 20), sla_share(counts, 20), rtol=1e-9)
    assert sla_share(rows, 20)["share"] == 0.5


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"wait": [1.0]}, "no column wait_seconds"),
        ({"wait_seconds": [-1.0]}, "1 values are negative"),
        ({"wait_seconds": [None]}, "empty"),
        ({"wait_seconds": []}, "no row"),
    ],
)
def test_tables_that_cannot_tell_are_refused(table, said):
    with pytest.raises(ValueError, match=said):
        sla_share(pd.DataFrame(table), 20)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"agents": 4}, "grows without end"),
        ({"patience_seconds": -1}, "lie above 0"),
        ({"calls": 0}, "lie above 0"),
    ],
)
def test_impossible_desks_are_refused(change, said):
    with pytest.raises(ValueError, match=said):
        simulate_queue(**DESK | change)
