"""Bass: the truth recovered, the intervals kept, and data that cannot tell."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.adoption.bass import Bass
from crmlab.adoption.bass_fit import log_likelihood
from crmlab.adoption.curve import bass_share, count_adopters
from crmlab.plots import alternative_text

P, Q, M = 0.03, 0.38, 2000.0


def simulate(seed: int, size: int = 600, last: int = 12, share: float = 0.8) -> pd.DataFrame:
    """Adopters by period among `size` people of whom a share adopts one day."""
    chances = share * np.diff(bass_share(np.arange(last + 1.0), P, Q))
    drawn = np.random.default_rng(seed).multinomial(size, [*chances, 1 - chances.sum()])
    return pd.DataFrame({"period": range(1, last + 1), "customers": drawn[:-1]})


def exact(last: int = 15, p: float = P, q: float = Q) -> pd.DataFrame:
    gained = M * np.diff(bass_share(np.arange(last + 1.0), p, q))
    return pd.DataFrame({"period": range(1, last + 1), "customers": gained})


@pytest.mark.parametrize("population", [None, 2500.0])
def test_what_follows_the_curve_is_found_exactly(population):
    bass = Bass.fit(exact(), population)
    assert bass.parameters.to_list() == pytest.approx([P, Q, M], rel=1e-6)
    peak = bass.peak()["estimate"]
    assert peak.to_list() == pytest.approx([6.1926, 0.46053 * M, 0.11059 * M], rel=1e-4)
    assert bass.table["expected"].to_list() == pytest.approx(exact()["customers"].to_list(), rel=1e-6)
    assert bass.forecast([15, 40])["estimate"].to_list() == pytest.approx(list(M * bass_share([15, 40], P, Q)))


def test_the_planted_adoption_of_the_crm_system_is_found():
    company = crm.open_company("b2b")
    users = company.crm_users[~company.crm_users["pilot"].astype(bool)]
    counts, population = count_adopters(users["first_used_on"], "2024-07-01", company.observation_end)
    found = Bass.fit(counts, population).summary()
    truth = {"p": company.truth["bass_p"], "q": company.truth["bass_q"]}
    truth["m"] = (
        round((1 - company.truth["ghost_share"]) * len(company.crm_users)) * population / len(company.crm_users)
    )
    compared = crm.reveal(found.loc[["p", "q", "m"]], truth)
    assert compared is not None
    assert compared["inside"].all()
    assert (compared["difference"] / compared["truth"]).abs().max() < 0.05


def test_intervals_hold_the_truth_as_often_as_they_promise():
    """Of 120 samples each 95 % interval may miss in up to 14 (one in a thousand if it keeps its promise)."""
    missed, truth = np.zeros(5), np.array([P, Q, 480.0, 6.1926])
    for seed in range(120):
        counts = simulate(seed, last=20)
        bass = Bass.fit(counts[counts["period"] <= 12], population=600)
        rows, later = bass.summary(), bass.forecast([20], seed)
        missed[:4] += ~((rows["low"] <= truth) & (truth <= rows["high"])).to_numpy()
        missed[4] += not later["low"].iloc[0] <= counts["customers"].sum() <= later["high"].iloc[0]
    assert (missed <= 14).all(), missed
    assert missed.sum() > 0


def test_rows_and_counts_give_one_answer():
    counts = simulate(3, 300)
    rows = counts.loc[counts.index.repeat(counts["customers"])].drop(columns="customers").sample(frac=1, random_state=1)
    halves = pd.concat([counts.assign(customers=counts["customers"] / 2)] * 2)
    models = [Bass.fit(data, population=300, until=12) for data in (counts, rows, halves)]
    for model in models[1:]:
        np.testing.assert_allclose(model.parameters, models[0].parameters, rtol=1e-9)
        pd.testing.assert_frame_equal(model.table, models[0].table)


def test_a_known_population_leaves_the_estimates_and_makes_m_surer():
    counts = simulate(3)
    free, known = Bass.fit(counts), Bass.fit(counts, population=600)
    np.testing.assert_allclose(known.parameters, free.parameters, rtol=1e-6)
    assert known.standard_errors["m"] < free.standard_errors["m"]
    assert known.summary().loc["m", "high"] < 600


def test_a_known_share_is_held():
    counts = simulate(3)
    held = Bass.fit(counts, population=600, share=0.8)
    assert held.m == 480
    assert held.standard_errors["m"] == 0
    assert held.summary().loc["m", ["low", "high"]].to_list() == [480, 480]
    assert held.standard_errors["q"] < Bass.fit(counts, population=600).standard_errors["q"]
    ahead = held.forecast([30, 12])
    assert ahead["high"].iloc[0] <= 600
    assert ahead.loc[12.0].to_list() == [counts["customers"].sum()] * 3


@pytest.mark.parametrize(("population", "share"), [(None, None), (900.0, None), (900.0, 0.7)])
def test_the_gradient_is_that_of_the_likelihood(population, share):
    arrays = tuple(np.array(row) for row in ([0.0, 1, 3], [1.0, 2, 5], [30.0, 50, 200], [6.0]))
    point = np.array([-3.0, -0.9, 6.0 if population is None else 0.4])[: 2 if share else 3]
    _, slope = log_likelihood(point, arrays, population, share)
    for i in range(len(point)):
        shift = 1e-6 * np.eye(len(point))[i]
        ends = [log_likelihood(point + sign * shift, arrays, population, share)[0] for sign in (1, -1)]
        assert slope[i] == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-5, abs=1e-4)


@pytest.mark.parametrize(
    ("data", "options", "said"),
    [
        (exact(6, 0.2, 1e-9), {}, "does not speed up|peak has not been passed"),
        (exact(15, 0.25, 1e-9), {}, "does not speed up"),
        (exact(4, 0.01, 0.3), {}, "peak has not been passed"),
        (exact(6), {"population": 2000 * 0.46, "share": None}, "adopters"),
        (exact(), {"population": 100}, "population is 100"),
        (exact(), {"share": 0.5}, "give the population too"),
        (exact(), {"population": 4000, "share": 0.1}, "fewer than"),
        (exact(), {"until": 4}, "until is 4"),
    ],
)
def test_data_that_cannot_tell_are_refused(data, options, said):
    with pytest.raises(ValueError, match=said):
        Bass.fit(data, **options)


def test_where_all_adopt_the_share_is_asked_for():
    counts = exact(60).assign(customers=lambda rows: rows["customers"].round())
    population = counts["customers"].sum()
    with pytest.raises(ValueError, match=r"share=1\.0"):
        Bass.fit(counts, population=population)
    assert pytest.approx(Q, rel=0.02) == Bass.fit(counts, population=population, share=1.0).q


def test_where_adoption_is_fastest_at_the_start_there_is_no_peak():
    bass = Bass.fit(exact(30, 0.2, 0.1))
    assert "peak" not in bass.summary().index
    with pytest.raises(ValueError, match="fastest at the start"):
        bass.peak()
    with pytest.raises(ValueError, match="before 30"):
        bass.forecast([29])


def test_the_picture_asks_a_question_and_says_its_numbers():
    ax = Bass.fit(simulate(3), population=600).plot()
    assert ax.get_title().endswith("?")
    assert "observed ends at" in alternative_text(ax.figure)
    assert "band" in alternative_text(ax.figure)
