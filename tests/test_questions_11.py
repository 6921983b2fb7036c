"""The exercises of lesson 11: right answers by two ways each, the usual mistakes by name, on two companies."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.special import betaln

import crmlab as crm

LESSON = "11"


@pytest.fixture(scope="module")
def end(q):
    return pd.Timestamp(q.company.observation_end)


@pytest.fixture(scope="module")
def months(q, end):
    """One row a contract: the months it was seen, counted month by month on the calendar, and whether it ended."""
    rows = q.company.contracts.copy()
    rows["months"] = 0
    for month in range(1, 37):
        due = rows["started_on"] + pd.DateOffset(months=month)
        rows.loc[due <= rows["ended_on"].fillna(end), "months"] = month
    return rows


def product_limit(rows, last):
    """Return the share still there after each month from 0 to `last`, multiplied up in plain pandas."""
    ended = rows["ended_on"].notna()
    stay = [1 - (ended & (rows["months"] == m)).sum() / (rows["months"] >= m).sum() for m in range(1, last + 1)]
    return np.cumprod([1.0, *stay])


def right(feedback):
    return feedback.correct is True


def test_share_after_18_months_by_lifelines_and_by_hand(q, end, months):
    from lifelines import KaplanMeierFitter

    fit = KaplanMeierFitter().fit(months["months"], months["ended_on"].notna())
    assert right(q.check(1, fit.predict(18)))
    assert right(q.check(1, product_limit(months, 18)[18]))
    assert right(q.check(1, crm.ChurnCurve.from_contracts(q.company.contracts, end)(18)))


def test_share_after_18_months_mistakes(q, months):
    gone = months[months["ended_on"].notna()]
    assert "the active customers are left out" in q.check(1, (gone["months"] > 18).mean()).text
    assert "these customers are still active: they are not churned" in q.check(1, (months["months"] > 18).mean()).text
    assert "the share active today" in q.check(1, months["ended_on"].isna().mean()).text
    assert "the share that has left" in q.check(1, 1 - product_limit(months, 18)[18]).text


def test_margin_of_a_year_by_the_mean_with_interval_and_by_hand(q, end, months):
    basic = q.company.contracts.query("plan == 'basic'")
    margin = basic["monthly_margin"].mean()
    curve = crm.ChurnCurve.from_contracts(basic, end)
    assert right(q.check(2, curve.mean_within(12)["estimate"].iloc[0] * margin))
    assert right(q.check(2, product_limit(months.query("plan == 'basic'"), 11).sum() * margin))


def test_margin_of_a_year_mistakes(q, months):
    basic = months.query("plan == 'basic'")
    margin, paid = basic["monthly_margin"].mean(), product_limit(basic, 11).sum()
    median = int((product_limit(basic, 36) > 0.5).sum())
    within = basic["months"].clip(upper=12)
    wrong = {
        "this is revenue, not margin": paid * basic["monthly_fee"].mean(),
        "the active customers are dropped": within[basic["ended_on"].notna()].mean() * margin,
        "these customers are still active: they are not churned": within.mean() * margin,
        "here nobody leaves": 12 * margin,
        "this is the median lifetime": median * margin,
        "all plans together": product_limit(months, 11).sum() * margin,
        "these are months, not money": paid,
    }
    for words, answer in wrong.items():
        assert words in q.check(2, answer).text


def test_shares_of_those_who_passed_by_the_curve_and_by_counting_from_there(q, end, months):
    plans = crm.ChurnCurve.from_contracts(q.company.contracts, end, by="plan")
    assert right(q.check(3, plans(12) / plans(3)))
    later = months[(months["months"] > 3) | (months["ended_on"].isna() & (months["months"] == 3))]
    later = later.assign(months=later["months"] - 3)
    by_hand = {plan: product_limit(rows, 9)[9] for plan, rows in later.groupby("plan")}
    assert right(q.check(3, pd.Series(by_hand)))
    assert right(q.check(3, pd.Series(by_hand).sort_index(ascending=False)))


def test_shares_of_those_who_passed_mistakes(q, end, months):
    plans = crm.ChurnCurve.from_contracts(q.company.contracts, end, by="plan")
    gone = months[months["ended_on"].notna()].groupby("plan")["months"]
    left_only = gone.apply(lambda m: (m > 12).sum() / (m > 3).sum())
    assert "not of those here after three months" in q.check(3, plans(12)).text
    assert "these are not new" in q.check(3, plans(9)).text
    assert "the share that left between" in q.check(3, 1 - plans(12) / plans(3)).text
    assert "this is a difference" in q.check(3, plans(3) - plans(12)).text
    assert "the active customers are left out" in q.check(3, left_only).text
    assert "a Series is wanted, one number for each of basic, premium" in q.check(3, 0.4).text
    assert "the index is premium; it should be" in q.check(3, plans(12).loc[["premium"]]).text


@pytest.fixture(scope="module")
def alive(months, end):
    """How many premium customers who joined two years ago or earlier were there after 0 to 24 months."""
    early = months[(months["plan"] == "premium") & (months["started_on"] <= end - pd.DateOffset(months=24))]
    stayed = early["months"].where(early["ended_on"].notna(), 99)
    return [int((stayed > month).sum()) for month in range(25)]


def test_forecast_by_the_model_and_by_a_likelihood_of_ones_own(q, alive):
    model = crm.ShiftedBetaGeometric.fit(survivors=alive[:13])
    assert right(q.check(4, alive[12] * model.survival(24).item() / model.survival(12).item()))

    def share(point, t):
        return np.exp(betaln(np.exp(point[0]), np.exp(point[1]) + t) - betaln(*np.exp(point)))

    def height(point):
        survival = np.array([share(point, t) for t in range(13)])
        return -(-np.diff(alive[:13]) @ np.log(-np.diff(survival)) + alive[12] * np.log(survival[12]))

    best = minimize(height, [0.0, 1.0], method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-9}).x
    assert right(q.check(4, alive[12] * share(best, 24) / share(best, 12)))


def test_forecast_mistakes(q, alive):
    model = crm.ShiftedBetaGeometric.fit(survivors=alive[:13])
    share = model.survival(24).item() / model.survival(12).item()
    rate = 1 - sum(alive[1:13]) / sum(alive[:12])
    assert "the churn rate of the first year" in q.check(4, alive[12] * (1 - rate) ** 12).text
    assert "the odds of new customers" in q.check(4, alive[12] * model.survival(12).item()).text
    assert "this is what came" in q.check(4, alive[24]).text
    assert "this is a share" in q.check(4, share).text
    if abs((1 - share) / model.survival(12).item() - 1) > 0.01:  # in some companies two mistakes give one number
        assert "who will have left" in q.check(4, alive[12] * (1 - share)).text
