"""Prospects are drawn once; why they stay follows from the causal model."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from crmlab.simulation import simulate_company
from crmlab.simulation.days import is_working_day
from crmlab.simulation.relationship import BAD_PROCESS
from crmlab.simulation.subscription.people import BY_NAME, Subscription, draw_prospects, relate, together


@pytest.fixture(scope="module")
def company():
    return simulate_company("subscription")


def prospects(each=20, source=""):
    return draw_prospects(BY_NAME["search"], np.full(36, each), seed=5, source=source)


def slope(table, effect, *causes):
    """Return the slope of the first cause in a linear regression."""
    return np.linalg.lstsq(np.column_stack([table[list(causes)], np.ones(len(table))]), table[effect], rcond=None)[0][0]


def test_one_month_with_more_prospects_leaves_the_other_months_as_they_were():
    more = np.full(36, 20)
    more[3] = 30
    few, many = prospects(), draw_prospects(BY_NAME["search"], more, seed=5)
    others = many.known["month"] != 3
    pd.testing.assert_frame_equal(
        few.known[few.known["month"] != 3].reset_index(drop=True), many.known[others].reset_index(drop=True)
    )
    assert (few.renewals[few.known["month"] != 3] == many.renewals[others]).all()
    first = many.known[~others].head(20).reset_index(drop=True)
    assert first["convert"].equals(few.known.loc[few.known["month"] == 3, "convert"].reset_index(drop=True))


def test_prospects_of_another_source_are_others():
    assert not prospects().known["convert"].equals(prospects(source="of generation 1").known["convert"])
    both = together([prospects(), prospects(source="of generation 1")])
    assert len(both.known) == len(both.renewals) == len(both.recommends) == 2 * 36 * 20


def test_leads_come_in_within_their_month_and_seldom_at_weekends():
    known = prospects(each=100).known
    months = (known["created_on"].dt.year - 2023) * 12 + known["created_on"].dt.month - 1
    assert (months == known["month"]).all()
    assert 0.72 < is_working_day(known["created_on"]).mean() < 0.86


@pytest.mark.parametrize("switches", [{}, {"halo": 0.95, "mending": 1.0}, {"content_to_churn": 0.99}])
def test_churn_keeps_the_published_beta_distribution_whatever_moves_it(switches):
    mechanism = Subscription(premium_share=1.0, **switches)
    parts = [draw_prospects(channel, np.full(36, round(200 * channel.weight)), seed=3) for channel in BY_NAME.values()]
    known = relate(mechanism, together(parts).known)
    assert stats.kstest(known["churn_probability"], stats.beta(0.668, 3.806).cdf).pvalue > 0.01


def test_the_average_customer_recommends_as_often_as_the_parameter_says():
    parts = [draw_prospects(channel, np.full(36, round(400 * channel.weight)), seed=2) for channel in BY_NAME.values()]
    known = relate(Subscription(), together(parts).known)
    assert known["referral_rate"].mean() == pytest.approx(Subscription().referral_rate, rel=0.03)


def test_social_customers_leave_more_although_they_are_served_as_well(company):
    known = company.truth.customers.merge(company.customers, on="customer_id")
    social = known["channel"] == "social"
    columns = ["process", "experience", "satisfaction", "churn_probability"]
    gap = known.loc[social, columns].mean() - known.loc[~social, columns].mean()
    assert gap["churn_probability"] > 0.06
    assert gap["satisfaction"] < -0.7
    assert abs(gap["process"]) < 0.1
    assert abs(gap["experience"]) < 0.1


def test_the_promise_gap_closes_when_satisfaction_does_not_move_churn():
    elsewhere = simulate_company("subscription", customers=2000, content_to_churn=0)
    known = elsewhere.truth.customers.merge(elsewhere.customers, on="customer_id")
    social = known["channel"] == "social"
    rate = known["churn_probability"]
    assert abs(rate[social].mean() - rate[~social].mean()) < 0.05


def test_kindness_seems_to_matter_more_than_it_does(company):
    known = company.truth.customers
    naive = slope(known, "satisfaction", "attitude")
    right = slope(known, "satisfaction", "attitude", "process", "expectation")
    assert naive > 0.4
    assert right < 0.2


def test_without_the_halo_nobody_is_fooled():
    known = simulate_company("subscription", customers=2000, halo=0).truth.customers
    naive = slope(known, "satisfaction", "attitude")
    assert naive < 0.25


def test_kindness_helps_only_where_the_process_worked(company):
    known = company.truth.customers
    bad = known["process"] < BAD_PROCESS
    helped = [slope(part, "satisfaction", "attitude", "process", "expectation") for part in (known[bad], known[~bad])]
    assert helped == pytest.approx([0.0, 0.22], abs=0.03)
    mended = simulate_company("subscription", customers=1000, mending=1).truth.customers
    mended = mended[mended["process"] < BAD_PROCESS]
    assert slope(mended, "satisfaction", "attitude", "process", "expectation") > 0.2
