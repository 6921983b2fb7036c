"""The choice among offers: the planted truth, the limits, and data that cannot tell."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.pipeline import OfferChoice, decided_offers
from crmlab.plots import alternative_text
from crmlab.simulation.b2b.offers import LIST_PRICES, OPTIONS, SIZE_POWER

UNITS = {"promised_value": 1e5, "specification": 10, "monthly_price": 1e5}
TRUE = np.array([0.5, 1.0, -0.8])  # any option, value, price
RIGHT = ["promised_value", "specification", "size", "flush"]


def simulated(seed, offers=400):
    """Return offers of two options each, chosen by a known logit."""
    rng = np.random.default_rng(seed)
    value, price = rng.uniform(0, 4, (2, offers, 2))
    liked = TRUE[0] + TRUE[1] * value + TRUE[2] * price + rng.gumbel(size=(offers, 2))
    best = np.where(liked.max(axis=1) > rng.gumbel(size=offers), liked.argmax(axis=1), -1)
    rows = {"offer_id": np.repeat(range(offers), 2), "option": ["A", "B"] * offers, "promised_value": value.ravel()}
    taken = (best[:, None] == np.arange(2)).ravel()
    return pd.DataFrame({**rows, "monthly_price": price.ravel(), "accepted": taken})


def fitted(seed=1, offers=400):
    return OfferChoice.fit(simulated(seed, offers), ["promised_value"])


@pytest.fixture(scope="module")
def company():
    return crm.open_company("b2b")


@pytest.fixture(scope="module")
def decided(company):
    """Decided offers with what else moved the choice: the size of the firm, and the end of the year."""
    offers = decided_offers(company.offers, company.stage_events)
    offers = offers.merge(company.experiments, left_on="lead_id", right_on="unit_id")
    listed = offers["option"].map(dict(zip(OPTIONS, LIST_PRICES, strict=True)))
    size = np.log((offers["monthly_price"] + offers["spend"]) / listed) / SIZE_POWER
    return offers.assign(size=size, flush=(offers["decided_on"].dt.quarter == 4).astype(float))


def test_what_is_planted_in_b2b_is_recovered(company, decided):
    choice = OfferChoice.fit(decided, RIGHT, units=UNITS)
    truth = {"promised_value": company.truth["value_effect"], "monthly_price": -company.truth["price_effect"],
             "specification": company.truth["specification_effect"]}  # fmt: skip
    assert truth == {"promised_value": 0.6, "monthly_price": -0.8, "specification": 0.0}
    shown = crm.reveal(choice.summary().loc[list(truth)], truth)
    assert shown["inside"].all(), shown
    for draws in (0, 20_000):
        worth = choice.willingness_to_pay(draws).loc["promised_value"]
        assert worth["low"] < company.truth["willingness_to_pay"] < worth["high"]
        assert worth["high"] - worth["low"] < 0.2


def test_specification_seems_to_sell_until_value_is_weighed_too(decided):
    alone = OfferChoice.fit(decided, ["specification"], units={"specification": 10}).summary()
    assert alone.loc["specification", "low"] > 0.3


def test_open_offers_taken_for_lost_make_every_option_look_worse(company, decided):
    plain = ["promised_value", "specification"]
    wrong = OfferChoice.fit(company.offers, plain, units=UNITS)
    right = OfferChoice.fit(decided, plain, units=UNITS)
    assert len(company.offers) > len(decided)
    assert wrong.table.loc["none", "rate"] > right.table.loc["none", "rate"] + 0.01


def test_intervals_cover_the_truth_in_about_95_of_100_samples():
    inside = []
    for seed in range(150):
        choice = fitted(seed, 250)
        summary = choice.summary()
        worth = choice.willingness_to_pay().loc["promised_value"]
        drawn = choice.willingness_to_pay(1000).loc["promised_value"]
        inside.append([*((summary["low"] <= TRUE) & (summary["high"] >= TRUE)),
                       *(ends["low"] <= 1.25 <= ends["high"] for ends in (worth, drawn))])  # fmt: skip
    assert (np.mean(inside, axis=0) >= 0.90).all()
    assert (np.mean(inside, axis=0) <= 0.995).all()


def test_it_is_the_conditional_logit_of_statsmodels_with_not_buying_as_a_row():
    from statsmodels.discrete.conditional_models import ConditionalLogit

    offers = simulated(3)
    nothing = offers.groupby("offer_id", as_index=False)["accepted"].sum().assign(any=0.0)
    rows = pd.concat([offers.assign(any=1.0), nothing.assign(accepted=lambda t: 1 - t["accepted"])]).fillna(0.0)
    names = ["any", "promised_value", "monthly_price"]
    chosen, values = rows["accepted"].to_numpy(float), rows[names].to_numpy(float)
    other = ConditionalLogit(chosen, values, groups=rows["offer_id"].to_numpy(int)).fit(disp=0)
    choice = OfferChoice.fit(offers, ["promised_value"])
    np.testing.assert_allclose(choice.parameters, other.params, atol=1e-3)  # its climb stops a little below the top
    np.testing.assert_allclose(choice.standard_errors, other.bse, rtol=1e-3)
    assert 0 <= choice.log_likelihood - float(other.llf) < 1e-4


def test_with_one_option_it_is_the_logistic_regression():
    import statsmodels.api as sm

    offers = simulated(4).query("option == 'A'")
    columns = sm.add_constant(offers[["promised_value", "monthly_price"]])
    other = sm.Logit(offers["accepted"].astype(float), columns).fit(disp=0)
    choice = OfferChoice.fit(offers, ["promised_value"])
    np.testing.assert_allclose(choice.parameters, other.params, atol=1e-7)
    np.testing.assert_allclose(choice.covariance, other.cov_params(), rtol=1e-5)


def test_counts_and_units_do_not_change_the_answer():
    offers = simulated(5, 150)
    thrice = pd.concat([offers.assign(offer_id=offers["offer_id"] + 1000 * copy) for copy in range(3)])
    rows = OfferChoice.fit(thrice, ["promised_value"])
    counts = OfferChoice.fit(offers.assign(customers=3), ["promised_value"])
    np.testing.assert_allclose(counts.parameters, rows.parameters, atol=1e-9)
    np.testing.assert_allclose(counts.covariance, rows.covariance, atol=1e-9)
    np.testing.assert_allclose(counts.table, rows.table, atol=1e-9)
    large = OfferChoice.fit(thrice, ["promised_value"], units={"promised_value": 10, "monthly_price": 0.5})
    np.testing.assert_allclose(large.parameters, rows.parameters * [1, 10, 0.5], rtol=1e-6)
    np.testing.assert_allclose(large.willingness_to_pay(), rows.willingness_to_pay(), rtol=1e-5)


def test_fitted_shares_add_up_to_what_was_taken():
    offers, choice = simulated(1), fitted(1)
    assert choice.shares(offers).sum() == pytest.approx(offers["accepted"].sum())
    assert choice.table["fitted"].between(choice.table["low"], choice.table["high"]).all()
    assert choice.table.loc["none", "offered"] == 400
    dearer = offers.assign(monthly_price=offers["monthly_price"] + 1)
    assert choice.shares(dearer).sum() < choice.shares(offers).sum()


def test_one_draw_is_no_interval():
    with pytest.raises(ValueError, match="draws is 1; an interval needs at least 2"):
        OfferChoice.fit(simulated(1), ["promised_value"]).willingness_to_pay(draws=1)


def test_what_is_free_of_price_has_no_worth_in_money():
    rng, offers = np.random.default_rng(1), simulated(1)
    blind = offers.assign(monthly_price=rng.permutation(offers["monthly_price"]))
    with pytest.raises(ValueError, match="monthly_price: its effect is not surely below 0"):
        OfferChoice.fit(blind, ["promised_value"]).willingness_to_pay()


def break_(**columns):
    return simulated(1, 40).assign(**columns)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (break_().drop(columns="option"), "no column option"),
        (break_().iloc[:0], "the table is empty"),
        (break_(accepted=True), "40 offers have two accepted options, the first is 0"),
        (break_(accepted=False), "nobody took an option"),
        (break_(option=None), "option is empty in 80 rows"),
        (break_(accepted=0.5), "accepted is neither true nor false"),
        (break_(monthly_price=2.0), "monthly_price is the same everywhere"),
        (break_(monthly_price=np.nan), "monthly_price: 80 values are empty"),
        (break_(monthly_price=lambda t: 2 * t["promised_value"] + 1), "says the same as another attribute"),
        (break_(monthly_price=lambda t: 2.0 - t["accepted"]), "it separates what is taken from what is not"),
        (break_(customers=range(80)), "customers differs between the options of an offer"),
    ],
)
def test_offers_that_cannot_tell_are_refused(data, said):
    with pytest.raises(ValueError, match=said):
        OfferChoice.fit(data, ["promised_value"])


def test_units_and_undecided_offers_are_checked():
    with pytest.raises(ValueError, match="units names size"):
        OfferChoice.fit(simulated(1), ["promised_value"], units={"size": 2})
    with pytest.raises(ValueError, match="a unit is 0 or below"):
        OfferChoice.fit(simulated(1), ["promised_value"], units={"monthly_price": 0})
    events = pd.DataFrame({"lead_id": ["a"], "stage": ["lead"], "reached_on": pd.to_datetime(["2025-01-01"])})
    with pytest.raises(ValueError, match="nothing has been decided yet"):
        decided_offers(pd.DataFrame({"lead_id": ["a"]}), events)


def test_the_picture_says_what_is_seen():
    ax = OfferChoice.fit(simulated(1), ["promised_value"], units={"monthly_price": 2}).plot()
    assert "monthly_price (+2) -" in alternative_text(ax.figure)
    assert len(ax.get_yticks()) == 2
