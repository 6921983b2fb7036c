"""HazardModel: one answer from rows and counts, four kinds that agree where they must, and data that cannot tell."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from lifelines.datasets import load_rossi

from crmlab.churn import ChurnCurve
from crmlab.hazards import HazardModel
from crmlab.plots import alternative_text
from crmlab.simulation import simulate_company

KINDS = ("cox", "weibull", "cloglog", "logit")
END = "2025-12-31"


def simulate(rng, size, effects=(0.7, -0.4), base=0.12, months=12, link="cloglog"):
    """Monthly contracts whose hazard depends on a plan and on a number; each is followed for its own time."""
    premium, score = rng.random(size) < 0.4, rng.normal(size=size).round(1)
    predictor = effects[0] * premium + effects[1] * score
    log_odds = np.log(base / (1 - base)) + predictor
    chance = 1 / (1 + np.exp(-log_odds)) if link == "logit" else -np.expm1(np.log1p(-base) * np.exp(predictor))
    stay, seen = rng.geometric(chance), rng.integers(1, months + 1, size)
    columns = {"duration": np.minimum(stay, seen), "churned": stay <= seen, "score": score}
    return pd.DataFrame(columns).assign(plan=np.where(premium, "premium", "basic"))


@pytest.fixture(scope="module")
def rows():
    return simulate(np.random.default_rng(1), 1500)


@pytest.fixture(scope="module")
def models(rows):
    return {kind: HazardModel.fit(rows, ["plan", "score"], kind=kind) for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_rows_counts_and_doubled_weights_give_one_answer(rows, models, kind):
    counts = rows.sample(frac=1, random_state=3).groupby(list(rows.columns)).size().rename("customers").reset_index()
    counted = HazardModel.fit(counts, ["plan", "score"], kind=kind)
    np.testing.assert_allclose(counted.coefficients, models[kind].coefficients, rtol=1e-9)
    np.testing.assert_allclose(counted.table["standard_error"], models[kind].table["standard_error"], rtol=1e-9)
    assert counted.log_likelihood == pytest.approx(models[kind].log_likelihood, rel=1e-12)
    weighted = HazardModel.fit(rows.assign(customers=2), ["plan", "score"], kind=kind)
    twice = HazardModel.fit(pd.concat([rows, rows]), ["plan", "score"], kind=kind)
    np.testing.assert_allclose(weighted.table.drop(columns="against"), twice.table.drop(columns="against"), rtol=1e-9)
    if kind != "cox":  # to Efron, twice as many who leave at one time are more ties, not the same ones again
        np.testing.assert_allclose(twice.coefficients, models[kind].coefficients, rtol=1e-6)


@pytest.mark.parametrize("kind", ["cox", "cloglog"])
def test_intervals_hold_the_truth_as_often_as_they_promise(kind):
    """Of 100 fits 95 should; fewer than 88 come once in a thousand."""
    rng, truth, inside = np.random.default_rng(8), np.array([0.7, -0.4]), np.zeros(2)
    for _ in range(100):
        data = simulate(rng, 300, months=8)
        low, high = np.log(HazardModel.fit(data, ["plan", "score"], kind=kind).table[["low", "high"]]).to_numpy().T
        inside += (low <= truth) & (truth <= high)
    assert ((inside >= 88) & (inside <= 100)).all(), inside
    assert inside.sum() < 200


def test_kinds_agree_where_they_must(models):
    """Proportional hazards behind the months: Cox with Efron's ties and the complementary log-log say the same."""
    np.testing.assert_allclose(models["cox"].coefficients, models["cloglog"].coefficients, atol=0.01)
    np.testing.assert_allclose(models["cox"].coefficients, models["weibull"].coefficients, atol=0.1)
    customer = {"plan": "premium", "score": 0.5}
    cox, months = (models[kind].survival_function(customer)[0] for kind in ("cox", "cloglog"))
    np.testing.assert_allclose(cox, months, atol=0.01)


def test_with_rare_departures_odds_are_hazards():
    rare = simulate(np.random.default_rng(5), 20_000, base=0.004)
    odds, hazards = (HazardModel.fit(rare, ["plan"], kind=kind).coefficients for kind in ("logit", "cloglog"))
    np.testing.assert_allclose(odds, hazards, atol=0.01)


@pytest.mark.parametrize("kind", ["cloglog", "logit"])
def test_without_effects_regressions_over_months_repeat_the_observed_curve(rows, kind):
    both = pd.concat([rows.assign(name="a"), rows.assign(name="b")])
    model, curve = HazardModel.fit(both, ["name"], kind=kind), ChurnCurve.from_counts(rows)
    np.testing.assert_allclose(model.coefficients, 0, atol=1e-9)
    said = model.survival_function({"name": "b"})[0]
    np.testing.assert_allclose(said, curve.survival_function, atol=1e-9)
    np.testing.assert_allclose(model.baseline.table["hazard"], curve.hazard[1:], atol=1e-9)


def test_a_weibull_without_trend_is_exponential():
    rng = np.random.default_rng(6)
    time, seen, x = rng.exponential(5, 4000), rng.uniform(2, 20, 4000), rng.integers(0, 2, 4000)
    time = time * np.exp(-0.6 * x)
    rows = pd.DataFrame({"duration": np.minimum(time, seen), "churned": time <= seen, "x": x})
    model = HazardModel.fit(rows, ["x"], kind="weibull")
    rates = rows.groupby("x")["churned"].sum() / rows.groupby("x")["duration"].sum()
    assert model.baseline.shape == pytest.approx(1, abs=0.05)
    assert model.coefficients.item() == pytest.approx(np.log(rates[1] / rates[0]), abs=0.02)
    assert model.survival_function({"x": 0}, [50.0]).iloc[0, 0] == pytest.approx(np.exp(-50 * rates[0]), abs=0.002)


def test_numbers_in_any_unit_give_the_same_model(rows, models):
    won = HazardModel.fit(rows.assign(score=1e6 * rows["score"] + 3e7), ["plan", "score"])
    np.testing.assert_allclose(1e6 * won.coefficients["score"], models["cox"].coefficients["score"], rtol=1e-6)
    assert won.table.loc["score", "p_value"] == pytest.approx(models["cox"].table.loc["score", "p_value"], rel=1e-5)


def test_the_reference_is_stated_and_can_be_chosen(rows, models):
    turned = HazardModel.fit(rows, ["plan", "score"], reference={"plan": "premium"})
    assert models["cox"].table["against"].to_dict() == {"plan: premium": "basic", "score": "one less"}
    assert turned.table.index[0] == "plan: basic"
    assert turned.coefficients.iloc[0] == pytest.approx(-models["cox"].coefficients.iloc[0], rel=1e-6)
    np.testing.assert_allclose(
        turned.survival_function(rows.head(5)), models["cox"].survival_function(rows.head(5)), rtol=1e-6
    )


def test_categories_keep_their_order_and_truth_values_are_categories(rows):
    plan = pd.Categorical(rows["plan"], ["premium", "unused", "basic"])
    assert list(HazardModel.fit(rows.assign(plan=plan), ["plan"]).table.index) == ["plan: basic"]
    assert list(HazardModel.fit(rows.assign(vip=rows["score"] > 0), ["vip"]).table.index) == ["vip: True"]


@pytest.mark.parametrize("kind", KINDS)
def test_predictions_are_ratios_of_survival(models, kind):
    model = models[kind]
    customers = pd.DataFrame({"plan": ["basic", "premium"], "score": [0.0, 1.0], "duration": [3, 6]}, index=[7, 9])
    survival = model.survival_function(customers)
    asked = model.predict(2, customers)
    assert asked.index.to_list() == [7, 9]
    for row, age in ((7, 3), (9, 6)):
        assert asked[row] == pytest.approx(1 - survival.loc[age + 2, row] / survival.loc[age, row])
    new = model.predict(2, customers.drop(columns="duration"))
    np.testing.assert_allclose(new, 1 - survival.loc[2])


def test_nothing_is_said_beyond_what_was_observed_but_by_a_weibull(models):
    old = pd.DataFrame({"plan": ["basic"] * 2, "score": 0.0, "duration": [2, 11]})
    with pytest.warns(UserWarning, match="1 of 2 customers would by then be older than 12"):
        asked = models["cox"].predict(4, old)
    assert asked.isna().to_list() == [False, True]
    assert models["weibull"].predict(4, old).between(0, 1).all()
    with pytest.raises(ValueError, match="outside 0 to 12"):
        models["logit"].survival_function(old, [13])


def test_those_still_there_are_asked_about_on_the_face():
    company = simulate_company("b2b")
    model = HazardModel.fit(company.contracts, ["service_level"], observation_end=END)
    assert model.counts["customers"].sum() == len(company.contracts)
    with pytest.warns(UserWarning, match="would by then be older"):
        risk = model.predict(3, company.contracts, observation_end=END)
    still = company.contracts.loc[risk.index, "ended_on"]
    assert still.isna().all()
    assert len(risk) == company.contracts["ended_on"].isna().sum()
    groups = risk.groupby(company.contracts.loc[risk.index, "service_level"]).mean()
    assert groups["priority"] < 0.7 * groups["standard"]


def test_none_censored_and_months_in_which_nobody_or_everybody_left():
    data = {"duration": [1, 1, 3, 3, 4, 4, 1, 3, 4, 4], "churned": 1, "plan": list("aaaaaabbbb")}
    for kind in KINDS:
        model = HazardModel.fit(pd.DataFrame(data), ["plan"], kind=kind)
        assert model.converged
    assert model.baseline.table["hazard"].iloc[[1, 3]].to_list() == [0, 1]
    assert model.survival_function({"plan": "b"})[0].iloc[-1] == 0


def cases():
    good = pd.DataFrame({"duration": [1, 2, 3, 4, 2, 3], "churned": [1, 1, 0, 1, 1, 0], "plan": list("aabbab")})
    good["fee"] = [1.0, 2, 3, 1, 2, 4]
    return [
        (good.drop(columns="plan"), ["plan"], "no column plan; there are duration, churned, fee"),
        (good.drop(columns="churned"), ["plan"], "no column churned"),
        (good.head(0), ["plan"], "no customers"),
        (good.head(1), ["plan"], "plan is a for all"),
        (good.assign(churned=0), ["plan"], "nobody left"),
        (good.assign(churned=2), ["plan"], "churned is neither 0 nor 1: 6 rows, the first is row 0"),
        (good.assign(duration=-1), ["plan"], "duration is below 0: 6 rows"),
        (good.assign(duration=0), ["plan"], "duration is 0 for a customer who left"),
        (good.assign(customers=0.5), ["plan"], "customers is no whole number"),
        (good.assign(customers=0), ["plan"], "no customers"),
        (good.assign(plan=[*"aabba", None]), ["plan"], "plan: 1 values are empty, the first in row 5"),
        (good.assign(fee=[1, 2, 3, 4, 5, np.inf]), ["fee"], "fee: 1 values are empty or no finite number"),
        (good.assign(fee=3.0), ["fee"], "fee is 3.0 for all"),
        (good.assign(cost=2 * good["fee"] + 1), ["fee", "cost"], "cost follows from the covariates before it"),
        (good.assign(plan=[*"aaabac"]), ["plan"], "plan = c: none of its 1 customers left"),
        (good, [], "name a covariate"),
    ]


@pytest.mark.parametrize(("data", "covariates", "said"), cases())
@pytest.mark.parametrize("kind", KINDS)
def test_data_that_cannot_tell_are_refused(data, covariates, said, kind):
    with pytest.raises(ValueError, match=said):
        HazardModel.fit(data, covariates, kind=kind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_number_that_separates_is_refused(kind):
    x = np.repeat([0.0, 1.0, 2.0], 20)
    data = pd.DataFrame({"duration": [1] * 20 + [2] * 40, "churned": [1] * 20 + [0] * 40, "x": x})
    with pytest.raises(ValueError, match=r"separates|does not converge|do not determine"):
        HazardModel.fit(data, ["x"], kind=kind)


def test_other_questions_that_are_refused(rows, models):
    model = models["cox"]
    for ask, said in (
        (lambda: HazardModel.fit(rows, ["plan"], kind="probit"), "kind is 'probit'"),
        (lambda: HazardModel.fit(rows, ["plan"], reference={"plan": "gold"}), "plan has no level 'gold'"),
        (lambda: HazardModel.fit(rows, ["score"], reference={"score": 1}), "score is no category"),
        (lambda: HazardModel.fit(rows.assign(duration=0.5), ["plan"], kind="logit"), "no whole number"),
        (lambda: model.predict(3, pd.DataFrame({"plan": ["gold"], "score": 1.0})), "plan holds gold; the model knows"),
        (lambda: model.predict(3, pd.DataFrame({"plan": ["basic"]})), "no column score"),
        (lambda: model.predict(-1, rows), "time from 0 up"),
    ):
        with pytest.raises(ValueError, match=said):
            ask()


def test_the_picture_asks_who_leaves_sooner(models):
    ax = models["cox"].plot()
    assert ax.get_title() == "Who leaves sooner?"
    assert ax.get_xscale() == "log"
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert sorted(names) == ["plan: premium (against basic)", "score (against one less)"]
    assert "plan: premium (against basic)" in alternative_text(ax.figure)
    assert "odds ratio" in models["logit"].plot().get_xlabel()


def test_the_published_likelihood_stands_on_the_notebook_face():
    rossi = load_rossi().rename(columns={"week": "duration", "arrest": "churned"})
    face = HazardModel.fit(rossi, ["fin", "prio"])._repr_html_()
    assert "HazardModel" in face
    assert "prio" in face
