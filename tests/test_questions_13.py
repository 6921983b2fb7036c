"""The exercises of lesson 13: right answers by two ways each, the usual mistakes by name, on two companies."""

import numpy as np
import pandas as pd
import pytest

import crmlab as crm

LESSON = "13"
YEAR = np.arange(12)
DISCOUNT = 1.12 ** (1 / 12) - 1
LENDER = 1.20 ** (1 / 12) - 1


@pytest.fixture(scope="module")
def end(q):
    return pd.to_datetime(q.company.observation_end) - pd.DateOffset(months=12)


@pytest.fixture(scope="module")
def contracts(q, end):
    """The contracts begun by the end, with months counted by stepping from one due date to the next."""
    rows = q.company.contracts[q.company.contracts["started_on"] <= end]
    churned = rows["ended_on"].notna() & (rows["ended_on"] <= end)
    due = [rows["started_on"] + pd.DateOffset(months=t) for t in range(60)]
    paid = np.sum([day < rows["ended_on"] for day in due], axis=0)
    completed = np.sum([day <= end for day in due[1:]], axis=0)
    return rows.assign(churned=churned, months=np.where(churned, paid, completed))


@pytest.fixture(scope="module")
def by_plan(contracts):
    """A row for each plan: fee, margin, lost customers and months at risk."""
    plans = contracts.groupby("plan")
    money = {"fee": plans["monthly_fee"].mean(), "margin": plans["monthly_margin"].mean()}
    return pd.DataFrame(money | {"lost": plans["churned"].sum(), "months": plans["months"].sum(), "n": plans.size()})


@pytest.fixture(scope="module")
def dearest(by_plan):
    return by_plan.loc[by_plan["margin"].idxmax()]


@pytest.fixture(scope="module")
def cheapest(by_plan):
    return by_plan.loc[by_plan["margin"].idxmin()]


@pytest.fixture(scope="module")
def model(q, end, cheapest):
    counts = crm.count_contracts(q.company.contracts, end, by="plan")
    return crm.ShiftedBetaGeometric.fit(counts[counts["plan"] == cheapest.name])


def right(feedback):
    return feedback.correct is True


def kaplan_meier(rows, months):
    """Return the share still there after each of some months, one month after the other."""
    stays = [1 - (rows["churned"] & (rows["months"] == t)).sum() / (rows["months"] >= t).sum() for t in months]
    return np.cumprod(stays)


def each_plan(contracts, share, weights):
    """Return the weighted sum of each plan's shares, in money."""
    plans = contracts.groupby("plan")
    return pd.Series({plan: rows["monthly_margin"].mean() * (share(rows) * weights).sum() for plan, rows in plans})


def test_rule_by_division_and_by_the_curve(q, end, dearest):
    cost = 3 * dearest["fee"]
    assert right(q.check(1, dearest["margin"] * dearest["months"] / dearest["lost"] - cost))
    plan = q.company.contracts[q.company.contracts["plan"] == dearest.name]
    table = crm.ChurnCurve.from_contracts(plan, end).table
    churn = table["churned"].sum() / table.loc[table["time"] > 0, "at_risk"].sum()
    assert right(
        q.check(1, crm.simple_clv(12 * dearest["fee"], dearest["margin"] / dearest["fee"], 1 / churn / 12, cost))
    )


def test_rule_mistakes(q, contracts, dearest):
    stay, cost = dearest["months"] / dearest["lost"], 3 * dearest["fee"]
    rows = contracts[contracts["plan"] == dearest.name]
    margin = dearest["margin"]
    assert "this is revenue, not margin" in q.check(1, dearest["fee"] * stay - cost).text
    assert "divide it by 12" in q.check(1, 12 * margin * stay - cost).text
    assert "the revenue of a month" in q.check(1, margin * stay / 12 - cost).text
    assert "the cost of winning" in q.check(1, margin * stay).text
    assert "those who left" in q.check(1, margin * rows.loc[rows["churned"], "months"].mean() - cost).text
    assert "the mean time so far" in q.check(1, margin * rows["months"].mean() - cost).text
    assert "month 0" in q.check(1, margin * (rows["months"] + 1).sum() / dearest["lost"] - cost).text


def test_discounted_by_adding_up_and_by_the_formula(q, cheapest):
    churn, t = cheapest["lost"] / cheapest["months"], np.arange(600)
    assert right(q.check(2, (cheapest["margin"] * (1 - churn) ** t / 1.20 ** (t / 12)).sum()))
    assert right(q.check(2, cheapest["margin"] * (1 + LENDER) / (LENDER + churn)))
    assert right(q.check(2, crm.clv(cheapest["margin"], 1 - round(churn, 4), round(LENDER, 5))))


def test_discounted_mistakes(q, cheapest):
    churn, margin = cheapest["lost"] / cheapest["months"], cheapest["margin"]

    def said(rate, **convention):
        return q.check(2, crm.clv(margin, 1 - churn, rate, **convention)).text

    assert "as though it were monthly" in said(0.20)
    assert "nearly, but twelve months" in said(0.20 / 12)
    assert "the payment at signing is missing" in said(LENDER, first_payment="excluded")
    assert "a month late" in said(LENDER, first_payment="period_end")
    assert "the discount of the set-up" in said(DISCOUNT)
    assert "nothing is discounted" in said(0.0)


def test_first_year_by_hand_and_by_the_curve(q, end, contracts):
    by_hand = each_plan(contracts, lambda rows: kaplan_meier(rows, YEAR), (1 + DISCOUNT) ** -YEAR)
    assert right(q.check(3, by_hand))
    assert right(q.check(3, by_hand[::-1].round()))
    by_curve = {}
    for plan, rows in contracts.groupby("plan"):
        curve = crm.ChurnCurve.from_contracts(rows, end)
        share = pd.Series([curve(t) for t in YEAR])
        by_curve[plan] = crm.survival_clv(share, rows["monthly_margin"].mean(), DISCOUNT)
    assert right(q.check(3, pd.Series(by_curve)))


def test_first_year_mistakes(q, contracts, by_plan):
    def said(weights, share=kaplan_meier):
        return q.check(3, each_plan(contracts, lambda rows: share(rows, range(len(weights))), weights)).text

    def one_rate(rows, months):
        return (1 - rows["churned"].sum() / rows["months"].sum()) ** np.array(months)

    def not_lost(rows, months):
        return np.array([1 - (rows["churned"] & (rows["months"] <= t)).mean() for t in months])

    worth = (1 + DISCOUNT) ** -np.arange(13)
    correct = each_plan(contracts, lambda rows: kaplan_meier(rows, YEAR), worth[:12])
    assert "nothing is discounted" in said(np.ones(12))
    assert "month 0 is missing" in said(np.array([0, *worth[1:12]]))
    assert "months 1 to 12" in said(np.array([0, *worth[1:]]))
    assert "thirteen payments" in said(worth)
    assert "revenue, not margin" in q.check(3, correct / by_plan["margin"] * by_plan["fee"]).text
    assert "months of margin" in q.check(3, correct / by_plan["margin"]).text
    assert "one churn rate" in said(worth[:12], one_rate)
    assert "began lately" in said(worth[:12], not_lost)


@pytest.fixture(scope="module")
def single(model):
    """The value at the mean probability to leave."""
    return (1 + DISCOUNT) / (DISCOUNT + model.alpha / (model.alpha + model.beta))


def test_ratio_by_the_projection_and_by_integration(q, model, single):
    from scipy.stats import beta

    assert right(q.check(4, crm.survival_clv(model.project(600)["estimate"], 1, DISCOUNT) / single))
    values = beta(model.alpha, model.beta).expect(lambda leaving: (1 + DISCOUNT) / (DISCOUNT + leaving))
    assert right(q.check(4, values / single))


def test_ratio_mistakes(q, model, cheapest, single):
    to_come = model.residual_lifetime(0, DISCOUNT).item()
    value = 1 + to_come / (1 + DISCOUNT)
    share = model.survival(np.arange(model.table.index.max() + 1)).to_numpy()
    in_sight = (share / (1 + DISCOUNT) ** np.arange(len(share))).sum()
    observed = (1 + DISCOUNT) / (DISCOUNT + cheapest["lost"] / cheapest["months"])
    assert "discount it once" in q.check(4, (1 + to_come) / single).text
    assert "add the first payment" in q.check(4, to_come / single).text
    assert "the first payment is missing" in q.check(4, (value - 1) / single).text
    assert "the value at the mean probability" in q.check(4, single).text
    assert "the mean of the values, in months" in q.check(4, value).text
    assert "your sum ends with the data" in q.check(4, in_sight / single).text
    assert "not at observed churn" in q.check(4, value / observed).text
