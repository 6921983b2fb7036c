"""Firms buy value; specification only looks as if it sold, and dear options only look as if price did not matter."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from crmlab.simulation import simulate_company
from crmlab.simulation.b2b.offers import LIST_PRICES, OPTIONS, SIZE_POWER


def decided(company):
    """Return the offers that were decided, in the units of the parameters."""
    events = company.stage_events
    ended = events[events["stage"].isin(["won", "lost"])].set_index("lead_id")["reached_on"]
    table = company.offers.merge(company.experiments, left_on="lead_id", right_on="unit_id")
    listed = table["option"].map(dict(zip(OPTIONS, LIST_PRICES, strict=True)))
    return pd.DataFrame(
        {
            "lead_id": table["lead_id"],
            "any": 1.0,
            "specification": table["specification"] / 10,
            "value": table["promised_value"] / 1e5,
            "price": table["monthly_price"] / 1e5,
            "size": np.log((table["monthly_price"] + table["spend"]) / listed) / SIZE_POWER,
            "flush": (table["lead_id"].map(ended).dt.quarter == 4).astype(float),
            "accepted": table["accepted"].to_numpy(bool),
        }
    )


def choice_model(offers, columns):
    """Fit a conditional logit whose outside option has utility 0: estimate and standard error by column."""
    x, taken, lead = offers[columns].to_numpy(), offers["accepted"].to_numpy(), pd.factorize(offers["lead_id"])[0]

    def shares(point):
        weight = np.exp(x @ point)
        return weight / (1 + np.bincount(lead, weight))[lead], np.log1p(np.bincount(lead, weight)).sum()

    def loss(point):
        share, total = shares(point)
        return total - (x @ point)[taken].sum(), share @ x - x[taken].sum(axis=0)

    point = minimize(loss, np.zeros(len(columns)), jac=True, method="BFGS").x
    share = shares(point)[0]
    mean = np.zeros((lead.max() + 1, len(columns)))
    np.add.at(mean, lead, share[:, None] * x)
    information = (x * share[:, None]).T @ x - mean.T @ mean
    return pd.DataFrame({"b": point, "se": np.sqrt(np.diag(np.linalg.inv(information)))}, index=columns)


@pytest.fixture(scope="module")
def company():
    return simulate_company("b2b")


@pytest.fixture(scope="module")
def offers(company):
    return decided(company)


RIGHT = ["any", "specification", "value", "price", "size", "flush"]


def test_specification_alone_seems_to_sell(offers):
    naive = choice_model(offers, ["any", "specification", "price"]).loc["specification"]
    assert naive["b"] > 10 * naive["se"]


def test_given_value_specification_sells_nothing(company, offers):
    right = choice_model(offers, RIGHT)
    assert abs(right.loc["specification", "b"]) < 2 * right.loc["specification", "se"]
    truth = company.truth.parameters["value"]
    for column, effect in (("value", truth["value_effect"]), ("price", -truth["price_effect"])):
        assert abs(right.loc[column, "b"] - effect) < 3 * right.loc[column, "se"]
        assert right.loc[column, "se"] < 0.05


def test_willingness_to_pay_is_recovered(company, offers):
    right = choice_model(offers, RIGHT)["b"]
    assert -right["value"] / right["price"] == pytest.approx(company.truth["willingness_to_pay"], rel=0.1)


def test_specification_that_does_sell_would_be_seen():
    right = choice_model(decided(simulate_company("b2b", specification_effect=0.2)), RIGHT)
    assert right.loc["specification", "b"] == pytest.approx(0.2, abs=3 * right.loc["specification", "se"])
    assert right.loc["specification", "b"] > 3 * right.loc["specification", "se"]


def test_dear_offers_are_taken_more_and_yet_a_discount_sells(company, offers):
    prices = offers.groupby("accepted")["price"].mean()
    assert prices[True] > prices[False]
    won = company.experiments.groupby("spend")["success"].mean()
    assert won.is_monotonic_increasing
    assert won.iloc[-1] > won.iloc[0] + 0.15
    unmoved = simulate_company("b2b", price_effect=0.05, buying=-7.5).experiments.groupby("spend")["success"].mean()
    assert unmoved.max() - unmoved.min() < 0.1


def test_a_lead_takes_at_most_one_of_two_or_three_options(company):
    offers = company.offers.groupby("lead_id")["accepted"].agg(["sum", "size"])
    assert offers["sum"].max() == 1
    assert set(offers["size"]) == {2, 3}
    won = set(company.leads.loc[company.leads["customer_id"].notna(), "lead_id"])
    assert set(offers.index[offers["sum"] == 1]) == won


def test_nobody_pays_more_than_they_would(company):
    table = company.offers.merge(company.truth.offers, on=["offer_id", "option"])
    surplus = table["willingness_to_pay"] - table["monthly_price"]
    assert (surplus[table["accepted"]] > -1).all()
    lost = company.stage_events.loc[company.stage_events["stage"] == "lost", "lead_id"]
    assert (surplus[table["lead_id"].isin(lost)] < 1).all()


def test_the_promise_is_the_delivered_value_and_the_gap_of_the_salesperson(company):
    table = company.offers.merge(company.truth.offers, on=["offer_id", "option"]).merge(company.leads, on="lead_id")
    gap = table["user_id"].map(company.truth.crm_users.set_index("user_id")["gap"])
    promised = table["delivered_value"] * (1 + gap)
    assert (table["promised_value"] - promised).abs().max() < 1000
    honest = simulate_company("b2b", customers=300, promise_gap=0)
    assert (honest.offers["promised_value"] == honest.truth.offers["delivered_value"]).all()
    assert (honest.truth.leads["choice_chance"] == honest.truth.leads["choice_chance_if_honest"]).all()
