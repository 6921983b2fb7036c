"""Those who agree stay longer than all; the true probabilities mend it, and what can be seen mends a part."""

import numpy as np
import pandas as pd
import pytest

from crmlab.simulation import simulate_company
from crmlab.simulation.days import is_working_day
from crmlab.simulation.parameters import build
from crmlab.simulation.subscription import consents
from crmlab.simulation.subscription.people import Subscription

SEEDS = range(5)
SEEN = ["channel", "plan", "region", "age"]


@pytest.fixture(scope="module")
def company():
    return simulate_company("subscription")


@pytest.fixture(scope="module")
def small():
    return simulate_company("subscription", customers=800)


@pytest.fixture(scope="module")
def known(company):
    """Return all customers with what is known of them, and whether they left within three months."""
    truth = company.truth.customers[["customer_id", "satisfaction", "months"]]
    table = company.customers.merge(company.contracts, on="customer_id").merge(truth, on="customer_id")
    table["won_on"], table["premium"] = table["acquired_on"], table["plan"] == "premium"
    table["born"] = table["birth_year"].astype(int)
    table["age"] = pd.cut(2025 - table["born"], [0, 35, 50, 65, 100]).astype(str)
    table["left"] = (table["months"] <= 3).astype(float)
    return table


def biases(known, link, purpose="analysis"):
    """Return how far the share of leavers among those who agreed is off: as it stands, and with either weight."""
    rows = []
    for seed in SEEDS:
        table, truth = consents.ask(consents.Consents(), known.assign(consent=link * known["satisfaction"]), seed)
        asked = table.merge(truth, on=["customer_id", "purpose"]).merge(known, on="customer_id")
        asked = asked[asked["purpose"] == purpose].astype({"granted": bool})
        asked["estimated"] = asked.groupby(SEEN)["granted"].transform("mean")
        agreed, everybody = asked[asked["granted"]], asked["left"].mean()
        weighted = {by: np.average(agreed["left"], weights=1 / agreed[by]) for by in ("estimated", "probability")}
        rows.append({"naive": agreed["left"].mean(), **weighted} | {"all": everybody})
    shares = pd.DataFrame(rows)
    return shares.drop(columns="all").sub(shares["all"], axis=0).mean()


@pytest.mark.parametrize("purpose", consents.PURPOSES)
def test_those_who_agree_leave_less_and_only_the_true_weights_mend_it(known, purpose):
    bias = biases(known, Subscription().consent_link, purpose)
    assert bias["naive"] < -0.04
    assert 0.85 * bias["naive"] < bias["estimated"] < 0.3 * bias["naive"]  # mends a part, and not all
    assert abs(bias["probability"]) < 0.01


@pytest.mark.parametrize("purpose", consents.PURPOSES)
def test_without_the_link_what_can_be_seen_mends_it_all(known, purpose):
    bias = biases(known, 0.0, purpose)
    assert bias["naive"] < -0.012
    assert abs(bias["estimated"]) < 0.01
    assert abs(bias["probability"]) < 0.01


def test_the_dissatisfied_may_be_the_ones_who_agree(known):
    bias = biases(known, -0.7)
    assert bias["estimated"] > 0.02
    assert abs(bias["probability"]) < 0.01


def test_answers_come_as_often_as_their_probability_says(company):
    answers = company.consents.merge(company.truth.consents, on=["customer_id", "purpose"]).astype({"granted": float})
    assert len(answers) == len(company.consents) == len(company.truth.consents)
    bands = answers.groupby(pd.qcut(answers["probability"], 8), observed=True)
    noise = np.sqrt(bands["probability"].mean() * (1 - bands["probability"].mean()) / bands.size())
    assert ((bands["granted"].mean() - bands["probability"].mean()).abs() < 4 * noise).all()
    shares = answers.groupby("purpose")["granted"].mean()
    assert 0.35 < shares["marketing"] < shares["analysis"] - 0.1 < 0.65


def test_everybody_is_asked_once_for_each_purpose_while_a_customer(company):
    answers = company.consents.merge(company.contracts, on="customer_id")
    assert not company.consents.duplicated(["customer_id", "purpose"]).any()
    assert (answers["asked_on"] >= answers["started_on"] + consents.ASKED_AFTER).all()
    assert not (answers["asked_on"] > answers["ended_on"]).any()
    assert answers["asked_on"].max() <= pd.Timestamp(company.observation_end)
    assert is_working_day(answers["asked_on"]).all()
    early = company.customers["acquired_on"] < "2025-12-01"
    assert company.customers.loc[early, "customer_id"].isin(answers["customer_id"]).all()


@pytest.mark.parametrize("switch", [{"consent_base": 2.0}, {"consent_link": 0.0}])
def test_consent_changes_nothing_else(small, switch):
    switched = simulate_company("subscription", customers=800, **switch)
    assert not switched.consents["granted"].equals(small.consents["granted"])
    for name in set(small.tables) - {"consents"}:
        pd.testing.assert_frame_equal(switched.tables[name], small.tables[name])


def test_the_same_seed_gives_the_same_answers(known):
    once, again = (consents.ask(consents.Consents(), known.assign(consent=0.0), 7)[0] for _ in range(2))
    pd.testing.assert_frame_equal(once, again)


def test_a_link_that_cannot_be_is_refused():
    with pytest.raises(ValueError, match="consent_link"):
        build(Subscription, {"consent_link": 3})
