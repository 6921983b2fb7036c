"""The lead score: the planted probability, honest calibration, and leads that cannot tell."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.pipeline import LeadScore
from crmlab.plots import alternative_text


def simulated(seed, leads=1500):
    """Return leads with a known probability to be won."""
    rng = np.random.default_rng(seed)
    channel = rng.choice(["web", "fair", "call"], leads, p=[0.5, 0.2, 0.3])
    visits = rng.poisson(2, leads)
    log_odds = -2 + 0.4 * visits + pd.Series(channel).map({"web": 0.0, "fair": 1.0, "call": -0.5})
    chance = 1 / (1 + np.exp(-log_odds))
    return pd.DataFrame({"channel": channel, "visits": visits, "chance": chance, "won": rng.random(leads) < chance})


@pytest.fixture(scope="module")
def leads():
    return simulated(1)


@pytest.fixture(scope="module")
def score(leads):
    return LeadScore.fit(leads, ["channel", "visits"])


def test_the_score_is_the_planted_probability(leads, score):
    assert np.abs(score.score(leads) - leads["chance"]).mean() < 0.03
    assert score.slope == pytest.approx(1, abs=0.15)


def test_the_score_keeps_its_promise_out_of_fold(score):
    inside = score.table["expected"].between(score.table["low"], score.table["high"])
    assert inside.mean() >= 0.8
    assert score.table["expected"].is_monotonic_increasing
    assert score.table["customers"].sum() == 1500
    assert 0 < score.brier < score.brier_of_base_rate
    assert score.skill == pytest.approx(1 - score.brier / score.brier_of_base_rate)


def test_brier_score_is_near_that_of_the_truth(leads, score):
    ideal = ((leads["chance"] - leads["won"]) ** 2).mean()
    assert ideal - 0.003 < score.brier < ideal + 0.004


def test_noise_gets_no_credit(leads):
    """With a feature of 300 random names the model promises too much; calibration takes that back."""
    rng = np.random.default_rng(2)
    noisy = leads.assign(name=rng.choice([f"N{i:03d}" for i in range(300)], len(leads)), luck=rng.random(len(leads)))
    nothing = LeadScore.fit(noisy, ["name", "luck"])
    assert nothing.slope < 0.5
    assert nothing.brier == pytest.approx(nothing.brier_of_base_rate, abs=0.003)
    assert nothing.lift["captured"].to_numpy() == pytest.approx(nothing.lift.index.to_numpy(), abs=0.06)


def test_the_best_tenth_holds_more_wins_than_a_tenth(score):
    assert score.lift.loc[0.1, "lift"] > 1.5
    assert (score.lift["captured"].diff().dropna() >= 0).all()
    assert score.lift["captured"].iloc[[0, -1]].to_list() == [0, 1]


def test_counts_and_rows_in_any_order_give_the_same_answer(leads, score):
    counts = leads.groupby(["channel", "visits", "won"]).size().rename("customers").reset_index()
    for data in (counts, leads.sample(frac=1, random_state=1), pd.concat([counts, counts]).assign(
        customers=lambda t: np.where(t.duplicated(["channel", "visits", "won"]), t["customers"] - t["customers"] // 2,
                                     t["customers"] // 2))):  # fmt: skip
        other = LeadScore.fit(data, ["channel", "visits"])
        np.testing.assert_allclose(other.table, score.table, atol=1e-9)
        np.testing.assert_allclose(other.lift, score.lift, atol=1e-9)
        assert other.brier == pytest.approx(score.brier, abs=1e-12)


def test_with_one_category_scores_are_its_shares():
    """Without a penalty to speak of and with one feature the logit is saturated: scores are observed shares."""
    counts = pd.DataFrame({"channel": ["a", "a", "b", "b"], "won": [1, 0, 1, 0],
                           "customers": [2000, 8000, 5000, 5000]})  # fmt: skip
    score = LeadScore.fit(counts, ["channel"], classes=2)
    assert score.score(counts).to_list() == pytest.approx([0.2, 0.2, 0.5, 0.5], abs=2e-3)
    assert len(score.table) == 2


def test_in_b2b_the_channel_tells_a_little_and_the_score_does_not_promise_more():
    company = crm.open_company("b2b")
    ended = company.stage_events[company.stage_events["stage"].isin(["won", "lost"])].set_index("lead_id")["stage"]
    leads = company.leads[company.leads["created_on"] < "2025-07-01"]
    leads = leads[leads["lead_id"].isin(ended.index)]
    leads = leads.assign(won=leads["lead_id"].map(ended) == "won")
    score = LeadScore.fit(leads, ["channel", "team"])
    assert score.table["expected"].between(score.table["low"], score.table["high"]).mean() >= 0.7
    assert score.brier <= score.brier_of_base_rate
    assert score.score(leads).mean() == pytest.approx(leads["won"].mean(), abs=0.01)


def test_an_unknown_category_is_scored_and_a_gap_is_not(score):
    assert 0 < score.score(pd.DataFrame({"channel": ["radio"], "visits": [2]})).item() < 1
    with pytest.raises(ValueError, match="channel is empty in 1 rows"):
        score.score(pd.DataFrame({"channel": [None], "visits": [2]}))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"won": False}, "0 were won and 1500 were not; 5 folds"),
        ({"won": 0.5}, "won is neither true nor false"),
        ({"visits": np.nan}, "visits is empty in 1500 rows"),
        ({"customers": 0.5}, "customers is negative or not whole"),
    ],
)
def test_leads_that_cannot_tell_are_refused(leads, change, said):
    with pytest.raises(ValueError, match=said):
        LeadScore.fit(leads.assign(**change), ["channel", "visits"])


def test_features_are_checked(leads):
    with pytest.raises(ValueError, match="no column size"):
        LeadScore.fit(leads, ["size"])
    with pytest.raises(ValueError, match="at least one column, and neither won nor customers"):
        LeadScore.fit(leads, ["won"])


def test_the_pictures_say_what_is_seen(score):
    assert "Points with intervals, observed" in alternative_text(score.plot().figure)
    assert "at random ends at 1" in alternative_text(score.plot_lift().figure)
