"""Good salespeople use the CRM system more; the system itself sells nothing, and a pilot drawn at random shows it."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import curve_fit

from crmlab.simulation import simulate_company
from crmlab.simulation.b2b.crm import ROLLOUT

PILOT, LATER = pd.Timestamp("2023-11-01"), pd.Timestamp("2024-10-01")


@pytest.fixture(scope="module")
def company():
    return simulate_company("b2b")


def monthly(company, first, last, column="sales"):
    """Return each user's mean of a column over the months from `first` to before `last`."""
    usage = company.crm_usage
    return usage[(usage["month"] >= first) & (usage["month"] < last)].groupby("user_id")[column].mean().astype(float)


def by_draw(company):
    """Return what the draw for the pilot added to sales, as a share of sales, with its standard error.

    Sales before the pilot are held fixed, which makes the estimate sharper and changes nothing else.
    """
    users = company.crm_users.set_index("user_id")
    sales, before = monthly(company, PILOT, ROLLOUT), monthly(company, "2023-01-01", "2023-10-01")
    x = np.column_stack([np.ones(len(users)), users["pilot"].astype(float), before])
    point, squares, *_ = np.linalg.lstsq(x, sales, rcond=None)
    error = np.sqrt(squares[0] / (len(users) - 3) * np.linalg.inv(x.T @ x)[1, 1])
    return point[1] / sales.mean(), error / sales.mean()


def by_use(company):
    """Return how much more the busier half of the users sells, as a share of sales, and the correlation."""
    after = pd.DataFrame({name: monthly(company, LATER, "2026-01-01", name) for name in ("logins", "sales")})
    busy = after["logins"] > after["logins"].median()
    more = after.loc[busy, "sales"].mean() - after.loc[~busy, "sales"].mean()
    return more / after["sales"].mean(), after.corr().loc["logins", "sales"]


def test_whoever_logs_in_more_sells_more(company):
    more, correlation = by_use(company)
    assert more > 0.4
    assert correlation > 0.35


def test_the_draw_shows_that_the_system_sells_nothing(company):
    effect, error = by_draw(company)
    assert company.truth["crm_effect"] == 0
    assert abs(effect) < 2 * error
    assert effect < by_use(company)[0] - 2 * error


def test_over_several_seeds_the_draw_finds_nothing_or_what_is_there():
    def pooled(**switches):
        found = np.array([by_draw(simulate_company("b2b", seed=seed, **switches)) for seed in (1, 2, 3, 4)])
        return found[:, 0].mean(), np.sqrt((found[:, 1] ** 2).sum()) / 4

    nothing, error = pooled()
    assert abs(nothing) < 2 * error
    something, error = pooled(crm_effect=2)
    assert something > 2 * error


def test_without_selection_usage_and_sales_do_not_go_together():
    more = [by_use(simulate_company("b2b", seed=seed, skill_to_use=0))[0] for seed in (1, 2, 3, 4)]
    assert abs(np.mean(more)) < 0.2


def test_the_pilot_was_drawn_whatever_the_skill(company):
    users = company.crm_users.merge(company.truth.crm_users, on="user_id")
    skill = users.groupby("pilot")["skill"].mean()
    assert abs(skill[True] - skill[False]) < 0.5
    assert users["pilot"].mean() == pytest.approx(company.truth["pilot_share"], abs=0.01)


@pytest.mark.parametrize(("p", "q"), [(0.04, 0.45), (0.08, 0.25)])
def test_adoption_after_the_rollout_follows_bass(p, q):
    users = simulate_company("b2b", customers=100, bass_p=p, bass_q=q).crm_users
    late = users[~users["pilot"].astype(bool)]
    months = np.arange(1, 18)
    ends = [ROLLOUT + pd.DateOffset(months=int(month)) for month in months]
    adopted = np.array([(late["first_used_on"] < end).sum() for end in ends])

    def bass(t, size, p, q):
        left = np.exp(-(p + q) * t)
        return size * (1 - left) / (1 + q / p * left)

    size, found_p, found_q = curve_fit(bass, months, adopted, p0=(len(late), 0.02, 0.3))[0]
    assert found_p == pytest.approx(p, rel=0.2)
    assert found_q == pytest.approx(q, rel=0.2)
    assert size < 0.95 * len(late)


def test_some_are_trained_and_never_use_it(company):
    users = company.crm_users.merge(company.truth.crm_users[["user_id", "ghost"]], on="user_id")
    assert users["ghost"].mean() == pytest.approx(company.truth["ghost_share"], abs=0.01)
    assert users["trained_on"].notna().all()
    ghosts = users[users["ghost"]]
    assert ghosts["first_used_on"].isna().all()
    usage = company.crm_usage[company.crm_usage["user_id"].isin(ghosts["user_id"])]
    assert usage["logins"].sum() == 0
    assert usage["records_kept"].max() == 0
    assert ghosts["intention"].mean() < users["intention"].mean() - 1


def test_ease_works_through_usefulness_as_declared():
    users = simulate_company("b2b", customers=100, salespeople=400).truth.crm_users
    ease, useful, intention = (users[name].to_numpy() for name in ("ease", "usefulness", "intention"))
    truth = {"ease": 0.2, "usefulness": 0.6}
    x = np.column_stack([np.ones(len(users)), ease, useful])
    right = np.linalg.lstsq(x, intention, rcond=None)[0]
    assert right[1:] == pytest.approx(list(truth.values()), abs=0.1)
    naive = np.polyfit(ease, intention, 1)[0]
    assert naive > right[1] + 0.15


def test_nobody_uses_what_he_does_not_have(company):
    usage = company.crm_usage.merge(company.crm_users, on="user_id")
    early = usage["month"] + pd.offsets.MonthEnd(0) < usage["first_used_on"].fillna(pd.Timestamp("2030-01-01"))
    assert usage.loc[early, "logins"].sum() == 0
    assert usage.loc[usage["month"] < "2023-10-01", "records_kept"].isna().all()
    assert usage["logins"].max() <= 23
