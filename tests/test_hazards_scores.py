"""Scores that reckon with censoring, calibration, and customers held out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

from crmlab.churn import ChurnCurve
from crmlab.hazards import Calibration, HazardModel, Scores, split_customers
from crmlab.plots import alternative_text
from crmlab.simulation import simulate_company

END = "2025-12-31"


def lives(rng, size):
    """Whole months until customers leave, by their risk."""
    risk = rng.integers(1, 6, size) / 20
    return risk, rng.geometric(risk)


def scored(counts, risk, times):
    survival = (1 - risk[:, None]) ** np.asarray(times)[None, :]
    return Scores.of(counts, survival, times, counts).table


@pytest.fixture(scope="module")
def b2b():
    return simulate_company("b2b").contracts


def test_without_censoring_the_scores_are_the_plain_ones():
    risk, stay = lives(np.random.default_rng(1), 500)
    table = scored(pd.DataFrame({"duration": stay, "churned": True, "customers": 1.0}), risk, [3, 8])
    for time in (3, 8):
        gone, said = stay <= time, 1 - (1 - risk) ** time
        assert table.loc[time, "auc"] == pytest.approx(roc_auc_score(gone, said), abs=1e-12)
        assert table.loc[time, "brier"] == pytest.approx(brier_score_loss(gone, said), abs=1e-12)
        assert table.loc[time, "without_covariates"] == pytest.approx(gone.mean() * (1 - gone.mean()), abs=1e-12)


def test_weights_give_what_all_would_have_given_without_censoring():
    """The same customers, half of them lost from sight early: weighted scores stay, plain ones are fooled."""
    rng = np.random.default_rng(2)
    risk, stay = lives(rng, 60_000)
    seen = rng.integers(0, 16, len(stay))
    counts = pd.DataFrame({"duration": np.minimum(stay, seen), "churned": stay <= seen, "customers": 1.0})
    whole = pd.DataFrame({"duration": stay, "churned": True, "customers": 1.0})
    censored, known = scored(counts, risk, [4, 8, 12]), scored(whole, risk, [4, 8, 12])
    np.testing.assert_allclose(censored, known, atol=0.012)
    followed = (stay <= seen) | (seen > 8)
    plain = brier_score_loss((stay <= 8)[followed], (1 - (1 - risk) ** 8)[followed])
    assert abs(plain - known.loc[8, "brier"]) > 0.02


def test_by_hand_with_one_lost_from_sight():
    """Of four, one leaves in month 1, one is lost after month 1, one leaves in month 2, one stays: G(1) = 2 / 3."""
    counts = pd.DataFrame({"duration": [1, 1, 2, 3], "churned": [True, False, True, False], "customers": 1.0})
    survival = np.array([[0.5], [0.9], [0.4], [0.8]])
    table = Scores.of(counts, survival, [2], counts).table
    expected = (0.5**2 + 1.5 * 0.4**2 + 1.5 * 0.2**2) / 4
    assert table.loc[2, "brier"] == pytest.approx(expected)
    assert table.loc[2, "auc"] == pytest.approx(1)


def test_scores_do_not_depend_on_how_customers_are_counted():
    rng = np.random.default_rng(3)
    risk, stay = lives(rng, 3000)
    seen = rng.integers(1, 12, len(stay))
    rows = pd.DataFrame({"duration": np.minimum(stay, seen), "churned": stay <= seen, "risk": risk})
    model = HazardModel.fit(rows, ["risk"])
    counts = rows.groupby(list(rows.columns)).size().rename("customers").reset_index()
    pd.testing.assert_frame_equal(model.scores(data=rows).table, model.scores(data=counts).table, rtol=1e-9)
    pd.testing.assert_frame_equal(model.scores().table, model.scores(data=counts).table, rtol=1e-9)
    one, other = model.calibration(6, rows), model.calibration(6, counts)
    pd.testing.assert_frame_equal(one.table, other.table, rtol=1e-9)


def test_a_covariate_that_means_nothing_explains_nothing_out_of_sample():
    rng = np.random.default_rng(4)
    _, stay = lives(rng, 4000)
    rows = pd.DataFrame({"duration": stay.clip(max=10), "churned": stay < 10, "coin": rng.random(4000).round(2)})
    fit, held_out = split_customers(rows, share=0.5, seed=5)
    scores = HazardModel.fit(fit, ["coin"]).scores([2, 4, 6], held_out)
    assert scores.integrated["auc"] == pytest.approx(0.5, abs=0.05)
    assert abs(scores.explained) < 0.01


def test_what_drives_churn_in_b2b_foretells_it_out_of_sample(b2b):
    fit, held_out = split_customers(b2b, share=0.4, seed=1)
    model = HazardModel.fit(fit, ["service_level", "onboarding"], END)
    scores = model.scores([3, 6, 9, 12], held_out, END)
    assert scores.customers == len(held_out)
    assert scores.integrated["auc"] > 0.58
    assert scores.explained > 0.01
    assert {"brier", "without_covariates"} <= set(scores.integrated.index)


def test_the_integral_is_the_mean_over_time():
    counts = pd.DataFrame({"duration": [1, 2, 3, 4, 5], "churned": True, "customers": 1.0})
    scores = Scores.of(counts, np.full((5, 3), 0.5), [1, 2, 4], counts)
    by_hand = (scores.table.loc[1] / 2 + scores.table.loc[2] * 1.5 + scores.table.loc[4]) / 3
    pd.testing.assert_series_equal(scores.integrated, by_hand, check_names=False)
    assert Scores.of(counts, np.full((5, 1), 0.5), [2], counts).integrated["brier"] == pytest.approx(0.25)


def test_calibration_is_one_less_the_observed_curve():
    counts = pd.DataFrame({"duration": [1, 2, 3, 1, 2, 3], "churned": [True, True, False] * 2})
    counts["customers"] = [10.0, 10, 80, 30, 20, 50]
    table = Calibration.of(counts, np.repeat([0.15, 0.55], 3), 2).table
    curve = ChurnCurve.from_counts(counts.head(3)).at(2).iloc[0]
    assert table["customers"].to_list() == [100, 100]
    assert table["predicted"].to_list() == pytest.approx([0.15, 0.55])
    assert table.loc[1, ["observed", "low", "high"]].to_list() == pytest.approx(
        [1 - curve["estimate"], 1 - curve["high"], 1 - curve["low"]]
    )
    assert Calibration.of(counts, np.repeat([0.15, 0.55], 3), 2).error == pytest.approx(0.05)


def test_groups_are_of_like_size_and_keep_equal_risks_together():
    rng = np.random.default_rng(6)
    risk = rng.random(1000).round(3)
    counts = pd.DataFrame({"duration": 2, "churned": rng.random(1000) < risk, "customers": 1.0})
    assert Calibration.of(counts, risk, 2, groups=4).table["customers"].between(240, 260).all()
    assert len(Calibration.of(counts, np.full(1000, 0.5), 2).table) == 1


def test_a_right_model_is_calibrated_out_of_sample_and_a_wrong_one_is_not():
    rng = np.random.default_rng(7)
    risk, stay = lives(rng, 8000)
    seen = rng.integers(2, 12, len(stay))
    rows = pd.DataFrame({"duration": np.minimum(stay, seen), "churned": stay <= seen, "risk": np.log(-np.log1p(-risk))})
    fit, held_out = split_customers(rows, share=0.5, seed=1)
    right = HazardModel.fit(fit, ["risk"], kind="cloglog").calibration(6, held_out)
    inside = right.table["predicted"].between(right.table["low"], right.table["high"])
    assert inside.sum() >= len(inside) - 1
    assert right.error < 0.03
    turned = rows.assign(risk=rows["risk"].to_numpy()[::-1])
    assert HazardModel.fit(fit, ["risk"], kind="cloglog").calibration(6, turned).error > 0.1


def test_counts_are_split_customer_by_customer():
    counts = pd.DataFrame({"duration": [1, 2, 3], "churned": [1, 1, 0], "customers": [1000, 2000, 1]})
    fit, held_out = split_customers(counts, share=0.3, seed=2)
    assert fit["customers"].sum() + held_out["customers"].sum() == 3001
    assert held_out["customers"].sum() == pytest.approx(900, abs=90)
    assert len(split_customers(counts.drop(columns="customers"), share=0.5)[1]) == 2
    for share in (0, 1, -0.2):
        with pytest.raises(ValueError, match="between 0 and 1"):
            split_customers(counts, share=share)
    with pytest.raises(ValueError, match="1 rows are too few"):
        split_customers(counts[["duration"]].head(1), share=0.3)


def test_what_cannot_be_scored_is_refused(b2b):
    model = HazardModel.fit(b2b, ["service_level"], END)
    with pytest.raises(ValueError, match="ascending"):
        model.scores([6, 3])
    with pytest.raises(ValueError, match="at 34 nobody had left, or nobody was still observed"):
        model.scores([34])
    with pytest.raises(ValueError, match="outside 0 to"):
        model.calibration(60)
    short = b2b[b2b["started_on"] > "2025-09-01"]
    with pytest.raises(ValueError, match=r"group 1 was observed for \d only"):
        model.calibration(12, short, END)
    with pytest.raises(ValueError, match="scores need times"):
        model.scores(data=short.assign(ended_on=pd.NaT), observation_end=END)


def test_the_pictures_ask_questions(b2b):
    model = HazardModel.fit(b2b, ["service_level", "onboarding"], END)
    said = model.calibration(12).plot()
    assert said.get_title() == "Do as many leave as was predicted?"
    assert "by group of like risk: predicted" in alternative_text(said.figure)
    drawn = model.scores().plot()
    assert drawn.get_title() == "Do the covariates foretell who leaves?"
    assert "without covariates ends at" in alternative_text(drawn.figure)
    assert "part explained" in model.scores([6, 12]).summary().index
    assert len(model.calibration(12).summary()) == 4
