"""TimeToConvert: cumulative incidence with censoring and a competing end."""

import numpy as np
import pandas as pd
import pytest

from crmlab.conversion_time import TimeToConvert

START = pd.Timestamp("2025-01-01")


def events_from(days_won, days_lost, open_leads=0):
    rows = []
    for i, (stage, day) in enumerate(
        [("won", d) for d in days_won] + [("lost", d) for d in days_lost] + [("", 0)] * open_leads
    ):
        rows.append((f"l{i}", "lead", START))
        if stage:
            rows.append((f"l{i}", stage, START + pd.Timedelta(days=day)))
    return pd.DataFrame(rows, columns=["lead_id", "stage", "reached_on"])


def test_without_censoring_it_is_the_share_won():
    curve = TimeToConvert.from_events(events_from([5, 10, 20], [7]), "2025-12-31")
    assert [curve(d) for d in (4, 5, 10, 20)] == pytest.approx([0, 0.25, 0.5, 0.75])


def test_against_aalen_johansen_by_hand():
    """Won at 10 and 30, lost at 20, one lead open from day 25: at 30 one is at risk, with overall survival 1/2."""
    events = events_from([10, 30], [20])
    late = pd.DataFrame({"lead_id": ["x"], "stage": ["lead"], "reached_on": [pd.Timestamp("2025-01-06")]})
    curve = TimeToConvert.from_events(pd.concat([events, late]), "2025-01-31")
    assert curve(29) == pytest.approx(0.25)
    assert curve(30) == pytest.approx(0.25 + 0.5 * 1)


def test_lost_as_censored_overstates():
    events = events_from([10, 30, 50], [5, 15, 20, 35])
    competing = TimeToConvert.from_events(events, "2025-12-31")
    naive = TimeToConvert.from_events(events, "2025-12-31", competing=False)
    assert naive(60) > competing(60)


def test_a_young_group_is_not_asked_beyond_its_time():
    events = events_from([10, 20, 40], [])
    assert np.isnan(TimeToConvert.from_events(events, "2025-01-25")(90))


def test_groups_by_series_and_their_counts():
    events = events_from([10, 20], [15], open_leads=1)
    by = pd.Series({"l0": "A", "l1": "B", "l2": "A", "l3": "B"})
    curve = TimeToConvert.from_events(events, "2025-03-31", by=by)
    assert curve.counts.loc["A"].to_dict() == {"won": 1, "lost": 1, "open": 0, "seen_days": 15}
    assert curve(30).to_dict() == pytest.approx({"A": 0.5, "B": 0.5})


def test_interval_covers_under_random_censoring():
    rng, hits, truth = np.random.default_rng(8), 0, 0.4 * (1 - np.exp(-60 / 40))
    for _ in range(200):
        n = 250
        age = rng.integers(40, 200, n)
        days = np.ceil(rng.exponential(40, n)).astype(int)
        wins = rng.random(n) < 0.4
        snapshot = pd.Timestamp("2025-12-31")
        start = snapshot - pd.to_timedelta(age, unit="D")
        ends = pd.DataFrame(
            {
                "lead_id": range(n),
                "stage": np.where(wins, "won", "lost"),
                "reached_on": start + pd.to_timedelta(days, unit="D"),
            }
        )
        events = pd.concat([pd.DataFrame({"lead_id": range(n), "stage": "lead", "reached_on": start}), ends])
        row = TimeToConvert.from_events(events, snapshot).at(60).iloc[0]
        hits += row["low"] <= truth <= row["high"]
    assert 0.90 <= hits / 200 <= 0.99


def test_nobody_won_is_said():
    with pytest.raises(ValueError, match="no lead reached the stage 'won' by 2025-06-30"):
        TimeToConvert.from_events(events_from([], [10]), "2025-06-30")
