"""The save call drives some customers away, the average hides it, and a look at groups finds it."""

import numpy as np
import pandas as pd
import pytest

from crmlab.simulation import simulate_company
from crmlab.simulation.parameters import build, stream
from crmlab.simulation.subscription import saving
from crmlab.simulation.subscription.people import Subscription

CALLS = saving.ASSIGNED_ON
VISIBLE = ["plan", "settled", "content"]  # what the company can see before it calls


@pytest.fixture(scope="module")
def company():
    return simulate_company("subscription")


@pytest.fixture(scope="module")
def without_dogs():
    return simulate_company("subscription", sleeping_dogs=0)


@pytest.fixture(scope="module")
def small():
    return simulate_company("subscription", customers=800)


def truth(company):
    return company.truth.save_calls


def customers_of_the_day(company):
    """Return the customers of the day of the draw with what was visible, and what would have been."""
    known = truth(company).merge(company.contracts, on="customer_id")
    known = known.merge(company.truth.customers[["customer_id", "satisfaction", "churn_probability"]], on="customer_id")
    known["settled"] = CALLS - known["started_on"] >= saving.SETTLED
    known["content"] = known["satisfaction"] > 0
    known["effect"] = known["kept_if_called"].astype(int) - known["kept_if_not"].astype(int)
    known["gain"] = known["effect"] * 12 * known["monthly_margin"] - company.truth["call_cost"]
    rows = trial(company).rename(columns={"unit_id": "customer_id"})
    return known.merge(rows[["customer_id", "spend", "success"]], how="left", on="customer_id")


def trial(company):
    return company.experiments[company.experiments["experiment"] == saving.EXPERIMENT]


def measured(known, by):
    """Return what the trial alone tells about each group: the effect of the call, and the risk without it."""
    taking_part = known[known["spend"].notna()].assign(called=known["spend"] > 0)
    kept = taking_part.pivot_table(index=by, columns="called", values="success", aggfunc=lambda x: x.mean())
    return (kept[True] - kept[False]).astype(float), (1 - kept[False]).astype(float)


def of_each(known, by, groups):
    """Return the value that its group has, for each customer."""
    return known[by].join(groups.rename("value"), on=by)["value"]


def average_effect(known):
    return known.loc[known["spend"] > 0, "success"].mean() - known.loc[known["spend"] == 0, "success"].mean()


def test_half_of_the_customers_take_part_and_half_of_these_are_called(company):
    known, rows = customers_of_the_day(company), trial(company)
    assert len(rows) / len(known) == pytest.approx(0.5, abs=0.06)
    assert (rows["spend"] > 0).mean() == pytest.approx(0.5, abs=0.08)
    assert set(rows["spend"]) == {0, company.truth["call_cost"]}
    assert (rows["assigned_on"] == pd.Timestamp("2025-10-01")).all()
    assert (known["started_on"] <= CALLS).all()
    assert not (known["ended_on"] < CALLS).any()


def test_success_is_what_the_contracts_show_and_one_of_the_two_outcomes(company):
    known = customers_of_the_day(company)
    known = known[known["spend"].notna()]
    assert (known["success"] == known["ended_on"].isna()).all()
    assert (known["success"] == np.where(known["spend"] > 0, known["kept_if_called"], known["kept_if_not"])).all()


def test_those_who_are_called_are_like_those_who_are_not(company):
    known = customers_of_the_day(company)
    called, alone = known[known["spend"] > 0], known[known["spend"] == 0]
    for column in (known["plan"] == "premium", known["settled"], known["satisfaction"]):
        noise = column.std() * np.sqrt(1 / len(called) + 1 / len(alone))
        assert abs(column[called.index].mean() - column[alone.index].mean()) < 4 * noise


def test_a_kind_is_named_after_both_outcomes(company):
    known = truth(company)
    kinds = known.groupby("kind")[["kept_if_called", "kept_if_not"]].agg(["min", "max"]).astype(int)
    assert kinds.loc["sleeping dog"].tolist() == [0, 0, 1, 1]
    assert kinds.loc["persuadable"].tolist() == [1, 1, 0, 0]
    assert kinds.loc["sure thing"].tolist() == [1, 1, 1, 1]
    assert kinds.loc["lost cause"].tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize(("share", "tolerance"), [(0.25, 0.05), (0.40, 0.06)])
def test_as_many_dogs_sleep_as_the_parameter_says(share, tolerance):
    kinds = truth(simulate_company("subscription", seed=5, sleeping_dogs=share))["kind"]
    assert (kinds == "sleeping dog").mean() == pytest.approx(share, abs=tolerance)


def test_one_customer_in_ten_is_a_sleeping_dog_unless_told_otherwise(company):
    assert (truth(company)["kind"] == "sleeping dog").mean() == pytest.approx(0.1, abs=0.03)


def test_without_sleeping_dogs_nobody_is_harmed(without_dogs):
    known = customers_of_the_day(without_dogs)
    assert (known["effect"] >= 0).all()
    assert known["effect"].mean() > 0.05
    assert average_effect(known) > 0.02


def test_the_persuadables_do_not_depend_on_the_dogs(company, without_dogs):
    kinds = truth(company).merge(truth(without_dogs), on="customer_id", suffixes=("", "_without"))
    persuadable = kinds["kind"] == "persuadable"
    assert persuadable.sum() > 50
    assert (persuadable == (kinds["kind_without"] == "persuadable")).mean() > 0.99


def test_the_average_effect_hides_the_dogs_and_groups_show_them(company, without_dogs):
    known = customers_of_the_day(company)
    assert abs(known["effect"].mean()) < 0.06
    assert abs(average_effect(known)) < 0.1  # within the noise of a trial of this size
    effects, _ = measured(known, ["plan", "settled"])
    assert effects["basic", True] < -0.3
    assert effects.drop(("basic", True)).min() > effects["basic", True] + 0.25
    assert known.groupby(["plan", "settled"])["effect"].mean()["premium", False] > 0.08
    healthy, _ = measured(customers_of_the_day(without_dogs), ["plan", "settled"])
    assert healthy["basic", True] > -0.2


def test_dogs_and_persuadables_are_found_where_the_company_can_look(company):
    known = customers_of_the_day(company)
    dogs = known.groupby(["plan", "settled"])["kind"].agg(lambda kind: (kind == "sleeping dog").mean())
    assert dogs["basic", True] > 0.4
    assert dogs.drop(("basic", True)).max() < 0.1
    leaving = known[~known["kept_if_not"]]
    won_over = leaving.groupby(VISIBLE)["kept_if_called"].mean()
    assert won_over["premium", False, False] > 0.5
    assert won_over["basic", False, False] < 0.15


def best_third(known, score):
    return known.loc[score.rank(method="first", ascending=False) <= len(known) / 3, "gain"].sum()


def test_calling_the_riskiest_loses_money_against_calling_by_effect(company):
    known = customers_of_the_day(company)
    effects, risks = measured(known, ["plan", "settled"])
    by_risk = best_third(known, of_each(known, ["plan", "settled"], risks))
    by_effect = best_third(known, of_each(known, ["plan", "settled"], effects))
    true_effects = known.groupby(["plan", "settled"])["effect"].mean()
    assert by_risk < 0
    assert by_effect > by_risk + 1_500_000
    best = best_third(known, of_each(known, ["plan", "settled"], true_effects))
    assert best > 500_000
    assert best > best_third(known, known["churn_probability"])  # even if the true risk were known
    assert known["gain"].sum() < by_risk  # calling everybody is worst: it wakes the dogs


def test_risk_says_little_about_the_effect(company):
    known = customers_of_the_day(company)
    groups = known.groupby(["plan", "settled"])
    assert groups["kept_if_not"].mean().idxmin() == ("basic", False)
    assert abs(groups["effect"].mean()["basic", False]) < 0.1
    assert abs(known["churn_probability"].corr(known["effect"])) < 0.3


def test_switching_the_trial_off_leaves_everything_before_it(small):
    without = simulate_company("subscription", customers=800, save_trial=0)
    assert trial(without).empty
    known = small.customers.loc[small.customers["acquired_on"] < CALLS, "customer_id"]  # later ones have other numbers
    for name, day in {"leads": "created_on", "tickets": "opened_on", "surveys": "sent_on"}.items():
        before, expected = (each.tables[name][each.tables[name][day] < CALLS] for each in (without, small))
        same = [rows[["customer_id", day]].where(rows["customer_id"].isin(known)) for rows in (before, expected)]
        pd.testing.assert_frame_equal(*same)


def test_the_cost_of_a_call_changes_no_customer(small):
    dear = simulate_company("subscription", customers=800, call_cost=50_000)
    pd.testing.assert_frame_equal(dear.contracts, small.contracts)
    assert trial(dear)["spend"].max() == 50_000


def test_a_share_that_cannot_be_is_refused():
    with pytest.raises(ValueError, match="sleeping_dogs"):
        build(Subscription, {"sleeping_dogs": 0.5})


def test_what_a_call_does_depends_on_the_customer_alone():
    draw = stream(1, "customers of a test")
    known = pd.DataFrame(
        {
            "won_on": CALLS - pd.to_timedelta(draw.integers(1, 900, 500), unit="D"),
            "premium": draw.random(500) < 0.5,
            "transfer": draw.random(500) < 0.4,
            "born": draw.integers(1950, 2006, 500),
            "disappointment": draw.standard_normal(500),
            "call_arm": draw.random(500),
            "call_response": draw.random(500),
        }
    )
    all_at_once = saving.ratio(saving.Saving(), known)
    assert set(all_at_once) == {saving.DRIVEN, 1.0, saving.WON_OVER}
    assert (saving.ratio(saving.Saving(), known[100:200]) == all_at_once[100:200]).all()
    running = draw.random(500) < 0.5
    called = saving.assign(saving.Saving(), known, running)
    assert not called[~running].any()
    assert called.mean() == pytest.approx(running.mean() / 4, abs=0.06)
