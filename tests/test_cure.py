"""The share that never converts: recovery, lifelines beside it, planted leads, and follow-ups that are too short."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crmlab as crm
from crmlab.conversion_time.cure import CureModel, _log_likelihood
from crmlab.estimation import wilson
from crmlab.labels import percent
from crmlab.plots import alternative_text


def simulate(rng: np.random.Generator, size: int = 600, never: float = 0.6, longest: int = 200) -> pd.DataFrame:
    """Leads that come in over `longest` - 30 days; who converts does so after a Weibull time of 25 days, shape 1.3."""
    time = np.where(rng.random(size) < never, np.inf, 25 * rng.weibull(1.3, size))
    seen = rng.integers(30, longest, size)
    had = time < seen + 1
    return pd.DataFrame({"duration": np.where(had, np.floor(np.where(had, time, 0)), seen), "converted": had})


@pytest.mark.filterwarnings("ignore:the follow-up")
def test_intervals_hold_the_truth_as_often_as_they_promise():
    """A hundred fits: each 95 % interval may miss in up to 12 of them (one in a thousand if it keeps its promise)."""
    rng, missed, mean = np.random.default_rng(12), np.zeros(2), []
    truth = 0.4 * (1 - np.exp(-((41 / 25) ** 1.3)))
    for _ in range(100):
        model = CureModel.fit(simulate(rng))
        never, row = model.never, model.at(40).iloc[0]
        missed += [not never["low"] <= 0.6 <= never["high"], not row["low"] <= truth <= row["high"]]
        mean.append(never["estimate"])
        assert model.converged
    assert (missed <= 12).all(), missed
    assert missed.sum() > 0
    assert np.mean(mean) == pytest.approx(0.6, abs=0.01)


def test_lifelines_agrees_where_days_are_short():
    """Whole days of a slow conversion are nearly continuous time; half a day is added to its times."""
    from lifelines import MixtureCureFitter, WeibullFitter

    rng = np.random.default_rng(4)
    time, seen = np.where(rng.random(1500) < 0.5, np.inf, 300 * rng.weibull(1.5, 1500)), rng.uniform(800, 2000, 1500)
    data = pd.DataFrame({"duration": np.floor(np.minimum(time, seen)), "converted": time <= seen})
    ours = CureModel.fit(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = MixtureCureFitter(base_fitter=WeibullFitter()).fit(data["duration"] + 0.5, data["converted"])
    assert ours.never["estimate"] == pytest.approx(theirs.cured_fraction_, abs=1e-3)
    assert ours.standard_errors["converting"] == pytest.approx(theirs.summary.iloc[0, 1], rel=0.02)
    assert ours.summary().loc["scale", "estimate"] == pytest.approx(theirs.lambda_, rel=5e-3)
    assert ours.summary().loc["shape", "estimate"] == pytest.approx(theirs.rho_, rel=1e-2)


def test_rows_and_counts_give_one_answer():
    rows = simulate(np.random.default_rng(3))
    counts = rows.groupby(["duration", "converted"]).size().rename("customers").reset_index()
    one, other = CureModel.fit(rows), CureModel.fit(counts)
    np.testing.assert_allclose(one.maximum.point, other.maximum.point, rtol=1e-9)
    pd.testing.assert_frame_equal(one.table, other.table)
    assert one.follow_up == other.follow_up
    assert one.customers == other.customers == 600


@settings(max_examples=25, deadline=None)
@given(point=st.tuples(st.floats(-2, 2), st.floats(1, 4), st.floats(-0.7, 0.7)))
def test_the_gradient_is_that_of_the_likelihood(point):
    time, had = np.array([0.0, 6, 0, 40]), np.array([True, True, False, False])
    _, slope = _log_likelihood(np.array(point), time, had)
    for i in range(3):
        shift = np.eye(3)[i] * 1e-6
        up, down = (_log_likelihood(np.array(point) + sign * shift, time, had)[0] for sign in (1, -1))
        np.testing.assert_allclose(slope[i], (up - down) / 2e-6, rtol=1e-4, atol=1e-5)


def test_chances_of_all_days_add_up_to_one():
    days, point = np.arange(60.0), np.array([0.3, 2.5, 0.2])
    wins = np.exp(_log_likelihood(point, days, np.ones(60, bool))[0]).sum()
    rest = np.exp(_log_likelihood(point, days[-1:], np.zeros(1, bool))[0]).item()
    assert wins + rest == pytest.approx(1, abs=1e-12)


@pytest.fixture(scope="module")
def leads() -> pd.DataFrame:
    return crm.open_company("subscription").stage_events


def test_the_leads_of_the_company_level_off(leads):
    """Three years: what never converts is what had not converted among the leads of the first two, a sample as well."""
    model = CureModel.from_events(leads, "2025-12-31")
    start = leads.groupby("lead_id")["reached_on"].min()
    old = start.index[start < "2025-01-01"]
    won = leads.loc[leads["stage"] == "won", "lead_id"]
    assert model.enough_follow_up
    low, high = wilson((~old.isin(won)).sum(), len(old))
    assert low < model.never["estimate"] < high


def test_young_leads_are_not_asked_what_only_age_can_tell(leads):
    start = leads.groupby("lead_id")["reached_on"].min()
    young = leads[leads["lead_id"].isin(start.index[start >= "2025-10-15"])]
    with pytest.warns(UserWarning, match="the follow-up of 77 days is too short"):
        model = CureModel.from_events(young, "2025-12-31")
    assert not model.enough_follow_up
    assert "too short" in alternative_text(model.plot().figure)


def test_short_follow_ups_are_told_from_long_ones():
    rng, enough = np.random.default_rng(8), {}
    for longest in (45, 250):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = []
            for _ in range(25):
                try:
                    found.append(CureModel.fit(simulate(rng, longest=longest)).enough_follow_up)
                except ValueError:
                    found.append(False)
        enough[longest] = np.mean(found)
    assert enough[45] < 0.2
    assert enough[250] > 0.9


def test_a_lost_lead_is_one_that_did_not_convert():
    days = pd.to_datetime(["2025-01-01", "2025-01-01", "2025-01-10", "2025-01-05"])
    events = pd.DataFrame({"lead_id": list("abab"), "stage": ["lead", "lead", "won", "lost"], "reached_on": days})
    many = pd.concat([events.assign(lead_id=events["lead_id"] + str(i)) for i in range(20)])
    spread = many.copy()
    later = spread["stage"].eq("won")
    spread.loc[later, "reached_on"] += pd.to_timedelta(np.arange(20) % 6, unit="D")
    model = CureModel.from_events(spread, "2025-06-30")
    assert model.never["estimate"] == pytest.approx(0.5, abs=1e-6)
    assert model.follow_up["longest"] == 180


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"duration": [1, 2], "converted": [0, 0]}, "nobody converted"),
        ({"duration": [1, 2], "converted": [1, 1]}, "everybody converted"),
        ({"duration": [1.5, 2], "converted": [1, 0]}, "no whole number of days"),
        ({"duration": [9e6, 2], "converted": [1, 0]}, "beyond 100,000 days .are they hours, or seconds.. in 1 rows"),
        ({"duration": [1, 2], "converted": [2, 0]}, "neither 0 nor 1"),
        ({"duration": [1, 2]}, "no column converted"),
        ({"duration": [3, 3, 9], "converted": [1, 0, 0], "customers": [40, 5, 60]}, "cannot be known"),
        ({"duration": [], "converted": []}, "no customers"),
    ],
)
def test_data_that_cannot_tell_are_refused(data, said):
    with pytest.raises(ValueError, match=said):
        CureModel.fit(pd.DataFrame(data))


def test_the_picture_asks_a_question_and_says_its_numbers():
    model = CureModel.fit(simulate(np.random.default_rng(3)))
    ax = model.plot()
    assert ax.get_title() == "How many will never convert?"
    assert f"{percent(model.never['estimate'])} ({percent(model.never['low'])} to" in alternative_text(ax.figure)
    assert model.summary().index.to_list()[:3] == ["never converts", "scale", "shape"]
    with pytest.raises(ValueError, match="days is -1"):
        model.at(-1)
