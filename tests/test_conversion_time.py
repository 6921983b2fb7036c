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


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda e: e.drop(columns="lead_id"), "events: no column lead_id"),
        (lambda e: e.drop(columns="stage"), "events: no column stage"),
        (lambda e: e.drop(columns="reached_on"), "events: no column reached_on"),
        (lambda e: e.assign(reached_on="soon"), "reached_on holds soon, which is no date"),
        (lambda e: e.assign(reached_on=None), "reached_on is empty in 3 rows"),
        (lambda e: e.assign(lead_id=e["lead_id"].where(e.index > 0)), "lead_id is empty in 1 rows; mend or leave out"),
        (lambda e: e.assign(stage=e["stage"].where(e.index > 0)), "stage is empty in 1 rows"),
        (lambda e: e[:0], "no lead had begun by 2025-06-30"),
    ],
)
def test_events_that_tell_no_time_are_refused(spoil, said):
    with pytest.raises(ValueError, match=said):
        TimeToConvert.from_events(spoil(events_from([10], [], 1)), "2025-06-30")


def test_a_group_without_a_name_is_refused():
    with pytest.raises(ValueError, match="by is empty for 1 leads"):
        TimeToConvert.from_events(events_from([10, 20], []), "2025-06-30", by=pd.Series({"l0": "A", "l1": None}))


@pytest.mark.parametrize(("lost", "share", "low", "high"), [([], 1.0, 0.6097, 1.0), ([5] * 4, 0.6, 0.3127, 0.8318)])
def test_all_at_once_is_one_throw(lost, share, low, high):
    """Wilson's interval of 6 of 6 and of 6 of 10."""
    row = TimeToConvert.from_events(events_from([5] * 6, lost), "2025-12-31").at(5).iloc[0]
    assert row.round(4).to_list() == [share, low, high]


def test_when_all_have_converted_the_share_is_at_least_what_it_was():
    table = TimeToConvert.from_events(events_from(range(1, 41), []), "2025-12-31").table
    assert table["estimate"].iloc[-1] == 1
    assert table["low"].iloc[-1] == table["low"].iloc[-2] > 0.8
    assert table["high"].iloc[-1] == 1
