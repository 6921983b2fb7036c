"""What is read of a company: never of fewer than five customers, and never a single day."""

import numpy as np
import pandas as pd
import pytest

from crmlab.company import Company
from crmlab.simulation.twin_shapes import Mix, coarse, coarse_months, draw_days, fresh_prefix, seasons, swing, to_money

START, END = pd.Timestamp("2024-01-01"), pd.Timestamp("2025-12-31")


def test_what_fewer_than_five_hold_is_never_named():
    rare = Mix.of(pd.Series(["web"] * 9 + ["fax"] * 4 + ["a", "b", None]))
    assert rare.shares == {"web": 9 / 15, "other": 6 / 15}
    assert rare.pooled == 3
    assert Mix.of(pd.Series(["web"] * 9 + ["fax"] * 4)).shares == {"web": 1.0}
    assert Mix.of(pd.Series(["a", "b"])).shares == {}
    assert Mix.of(pd.Series(["other"] * 6 + list("vwxyz") + ["web"] * 9)).shares["other"] == pytest.approx(11 / 20)


def test_a_mix_is_drawn_by_its_shares():
    drawn = Mix({"web": 0.75, "store": 0.25}, 0).draw(np.linspace(0, 1, 400))
    assert (drawn == "web").mean() == pytest.approx(0.75, abs=0.01)


def test_no_single_day_can_be_read_from_the_arrivals():
    """Whenever the one early customer and the one late customer came, the weights are the same."""
    crowd = pd.to_datetime(["2024-06-03"] * 20)
    weights = [
        coarse(pd.Series([pd.Timestamp(day), *crowd]), START, END) for day in ("2024-02-05", "2024-04-03", "2024-09-09")
    ]
    np.testing.assert_allclose(weights[0], weights[1])
    np.testing.assert_allclose(weights[0], weights[2])
    assert sum(weights[0]) == pytest.approx(1)
    assert len(weights[0]) == 731
    by_week = np.array(weights[0][: 7 * 104]).reshape(104, 7)
    assert (by_week == by_week[:, :1]).all()


def test_a_trickle_of_newcomers_is_joined_to_fives():
    days = pd.Series(pd.date_range(START, END, freq="7D"))
    weights = np.array(coarse(days, START, END))[: 7 * 100 : 7]
    np.testing.assert_allclose(weights, weights[0])


def test_many_arrivals_keep_their_curve():
    days = pd.Series(pd.date_range(START, periods=182).repeat(10))
    weights = np.array(coarse(days, START, END))
    assert weights[:182].sum() == pytest.approx(1, abs=0.02)
    assert weights[200:].sum() == 0
    months = coarse_months(days, START, END)
    assert len(months) == 24
    assert sum(months[:6]) > 0.95


def test_days_are_drawn_within_their_months_and_never_after_the_end():
    end, chance = pd.Timestamp("2024-03-10"), np.linspace(0, 0.999, 500)
    drawn = draw_days(START, end, (0.0, 0.5, 0.5), chance, chance[::-1])
    drawn = drawn.append(draw_days(START, end, (0.0, 0.5, 0.5), chance, chance))
    assert drawn.min() >= pd.Timestamp("2024-02-01")
    assert drawn.max() == end


def test_seasons_need_eighteen_months_and_forget_the_size_of_the_base():
    days = pd.date_range(START, END)
    expected = np.linspace(10, 1, len(days))
    made = expected * np.where(days.month == 12, 2.0, 1.0)
    found = np.array(seasons(days, made, expected))
    assert found[11] / found[:11].mean() == pytest.approx(2, abs=0.25)
    assert found[:11].std() < 0.02
    assert seasons(days[:540], made[:540], expected[:540]) is None
    assert np.allclose(seasons(days, np.zeros(len(days)), np.zeros(len(days))), 1.0)


def weeks(sd, mean=60.0, seed=1, count=400):
    """Orders and their expectation on each day, of weeks that swing."""
    draw = np.random.default_rng(seed)
    trade = np.exp(sd * draw.standard_normal(count) - sd**2 / 2)
    return draw.poisson(np.repeat(trade, 7) * mean / 7).astype(float), np.full(7 * count, mean / 7)


def test_the_swing_is_what_weeks_differ_by_beyond_chance():
    for wanted in (0.1, 0.3, 0.6):
        assert swing(*weeks(wanted)) == pytest.approx(wanted, rel=0.15)
    assert swing(*weeks(3.0)) == pytest.approx(1)


def test_where_chance_is_enough_there_is_no_swing():
    found = [swing(*weeks(0.0, seed=seed, count=60)) for seed in range(40)]
    assert np.mean(np.array(found) == 0) >= 0.85


def test_weeks_with_few_orders_tell_nothing_of_the_swing():
    made, expected = weeks(0.5, mean=9)
    assert swing(made, expected) == 0
    made, expected = weeks(0.5, count=11)
    assert swing(made, expected) == 0
    assert swing(*weeks(0.5, count=13)) > 0
    assert swing(*weeks(0.5, count=13), read=13) == 0


def test_the_swing_does_not_see_that_all_weeks_are_higher_than_expected():
    made, expected = weeks(0.2)
    assert swing(made, expected / 2) == pytest.approx(swing(made, expected))


def test_money_and_names_fit_the_company():
    assert to_money(np.array([10.006]), "EUR").tolist() == [10.01]
    assert to_money(np.array([10.006]), "JPY").tolist() == [10.0]
    orders = pd.DataFrame({"customer_id": ["twin1-C000001", "twin2-7"], "ordered_at": START, "amount": 1.0})
    assert fresh_prefix(Company("shop", {"orders": orders}, "2025-12-31")) == "twin3-"
