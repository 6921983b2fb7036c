"""Surveys: what the answers say, and what the silence hides."""

import numpy as np
import pandas as pd
import pytest

from crmlab.simulation.relationship import CHANCES, MODEL, Relationship
from crmlab.simulation.subscription.service import FAULT_END, Service, desk
from crmlab.simulation.subscription.surveys import FAULT_TOLD, OBSERVATION_END, SCORES, Surveys, ask
from crmlab.tables import dictionary


def customers(count, seed, **switches):
    draw = np.random.default_rng(seed)
    chances = dict(zip(CHANCES, draw.random((len(CHANCES), count)), strict=True))
    nodes = MODEL.simulate(Relationship(**switches), {"channel": draw.choice([0.0, 0.8, -0.2], count), **chances})
    won_on = pd.Timestamp("2023-01-10") + pd.to_timedelta(draw.integers(0, 1060, count), unit="D")
    known = pd.DataFrame({name: nodes[name] for name in ("process", "attitude", "satisfaction", "answer")})
    return known.assign(
        customer_id=[f"C{number:06d}" for number in range(count)],
        won_on=won_on,
        ended_on=won_on + pd.to_timedelta(30 * draw.geometric(0.06, count), unit="D"),
        transfer=draw.random(count) < 0.35,
        disappointment=-nodes["satisfaction"],
    )


def surveyed(count, seed, mechanism=None, **switches):
    known = customers(count, seed, **switches)
    tickets = desk(Service(), known, seed)[1]
    return known, tickets, *ask(mechanism or Surveys(), known, tickets, seed)


@pytest.fixture(scope="module")
def usual():
    return surveyed(5000, 1)


def nps(scores, weights=None):
    votes = 1.0 * (scores >= 9) - 1.0 * (scores <= 6)
    return 100 * np.average(votes.to_numpy(float), weights=weights)


def three_scores(seed, **switches):
    """Return the NPS of the answers, of the answers weighted by the probability to answer, and of everybody."""
    _, _, table, truth = surveyed(5000, seed, **switches)
    answered = table["nps"].notna()
    weights = 1 / truth.loc[answered, "answer_probability"]
    return np.array([nps(table["nps"].dropna()), nps(table["nps"].dropna(), weights), nps(truth["nps"])])


def test_silence_flatters_the_score_and_the_true_weights_mend_it():
    naive, weighted, everybody = np.mean([three_scores(seed) for seed in (1, 2, 3)], axis=0)
    assert naive > everybody + 15
    assert weighted == pytest.approx(everybody, abs=3)


def test_without_silence_nothing_is_bent():
    naive, weighted, everybody = np.mean([three_scores(seed, silence=0) for seed in (1, 2, 3)], axis=0)
    assert naive == pytest.approx(everybody, abs=3)
    assert weighted == pytest.approx(naive, abs=1e-9)


def test_who_is_silent_says_nothing_at_all(usual):
    _, _, table, truth = usual
    answered = table["nps"].notna()
    assert 0.3 < answered.mean() < 0.5
    for name in SCORES:
        assert (table[name].notna() == answered).all()
        assert (table.loc[answered, name] == truth.loc[answered, name]).all()
    assert table.loc[~answered, "comment"].isna().all()
    assert truth[list(SCORES)].notna().all().all()


def test_scores_lie_on_their_scales_and_use_them(usual):
    truth = usual[3]
    for name, (low, high) in SCORES.items():
        assert truth[name].between(low, high).all()
        assert truth[name].nunique() >= min(high - low, 8)


def test_ratings_are_noisy_readings_of_what_was_delivered(usual):
    known, _, _, truth = usual
    lived = usual[2][["customer_id"]].merge(known, on="customer_id")
    for name in ("process", "attitude"):
        read = np.corrcoef(truth[name].to_numpy(float), lived[name])[0, 1]
        assert 0.8 < read < 0.95
    exact = surveyed(5000, 1, Surveys(rating_error=0))[3]
    assert np.corrcoef(exact["process"].to_numpy(float), lived["process"])[0, 1] > 0.97


def last_question(tickets, table):
    """Return each survey with the last ticket of the half year before it."""
    columns = ["customer_id", "opened_on", "resolved_at_first_contact"]
    return pd.merge_asof(
        table,
        tickets[columns],
        left_on="sent_on",
        right_on="opened_on",
        by="customer_id",
        tolerance=pd.Timedelta(days=180),
    )


@pytest.mark.parametrize(("cost", "low", "high"), [(1.3, 0.8, 1.6), (0.0, -0.25, 0.25)])
def test_help_was_less_easy_where_the_last_question_was_not_solved(cost, low, high):
    _, tickets, table, truth = surveyed(5000, 4, Surveys(unsolved_ease=cost))
    asked = last_question(tickets, table).assign(ease=truth["ces"].astype(float)).dropna(subset="opened_on")
    ease = asked.groupby(asked["resolved_at_first_contact"].astype(bool))["ease"].mean()
    assert low < ease[True] - ease[False] < high


def test_some_of_those_who_answer_write_a_comment_and_its_mood_follows_the_score(usual):
    _, _, table, truth = usual
    answered = table["nps"].notna()
    assert table.loc[answered, "comment"].notna().mean() == pytest.approx(0.4, abs=0.03)
    assert table["comment"].nunique() >= 400
    assert (table["comment"].notna() <= truth["mood"].notna()).all()
    told = truth.dropna(subset="mood")
    assert np.corrcoef(told["mood"], told["nps"].to_numpy(float))[0, 1] > 0.4
    assert told["mood"].between(-1, 1).all()


def test_failed_transfers_are_spoken_of_when_they_happened_and_by_whom(usual):
    known, _, table, truth = usual
    told = table[truth["topic"] == "fault"].merge(known[["customer_id", "transfer", "won_on"]], on="customer_id")
    assert len(told) > 10
    assert told["transfer"].all()
    assert (told["won_on"] <= FAULT_END).all()
    assert told["sent_on"].between(*FAULT_TOLD).all()
    assert (truth.loc[truth["topic"] == "fault", "mood"] < 0.5).all()


def test_a_person_writes_in_one_language(usual):
    _, _, table, truth = usual
    said = truth[["comment"]].join(table["customer_id"]).dropna()
    korean = said["comment"].str.contains("[가-힣]")
    assert korean.mean() == pytest.approx(0.6, abs=0.04)
    share = korean.groupby(said["customer_id"]).mean()
    assert share.isin([0, 1]).all()


def test_surveys_are_sent_to_customers_within_the_window(usual):
    known, _, table, _ = usual
    held = table.merge(known, on="customer_id")
    assert (held["sent_on"] < held["ended_on"]).all()
    assert table["sent_on"].max() <= OBSERVATION_END
    assert set((held["sent_on"] - held["won_on"]).dt.days) == {20, 120, 300, 660}


def test_nobody_answers_otherwise_because_others_stay_longer(usual):
    known, tickets, _, truth = usual
    longer = known.assign(ended_on=known["ended_on"].where(known.index % 2 == 0, pd.Timestamp("2030-01-01")))
    table, said = ask(Surveys(), longer, tickets, 1)
    key = ["customer_id", "sent_on"]
    both = usual[2][key].join(truth).merge(table[key].join(said), on=key, suffixes=("", "_longer"))
    assert len(both) == len(truth) < len(said)
    for name in (*SCORES, "mood"):
        assert both[name].astype(float).equals(both[f"{name}_longer"].astype(float))


def test_silence_changes_no_score_of_anybody(usual):
    spoken = surveyed(5000, 1, silence=0)[3]
    pd.testing.assert_frame_equal(
        spoken.drop(columns="answer_probability"), usual[3].drop(columns="answer_probability")
    )


def test_columns_are_those_of_the_dictionary_and_the_same_seed_gives_the_same(usual):
    again = surveyed(5000, 1)
    assert list(usual[2].columns) == list(dictionary("surveys")["column"])
    pd.testing.assert_frame_equal(usual[2], again[2])
    pd.testing.assert_frame_equal(usual[3], again[3])


@pytest.mark.parametrize("count", [0, 1, 20])
def test_a_small_company_asks_too(count):
    _, _, table, truth = surveyed(count, 3)
    assert len(table) == len(truth)
