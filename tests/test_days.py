"""The calendar of South Korea is right, and days are drawn by their weight."""

import numpy as np
import pandas as pd
import pytest

from crmlab.simulation.days import draw_days, holidays, is_working_day, next_working_day
from crmlab.simulation.parameters import stream

MONTHS = pd.date_range("2023-01-01", periods=37, freq="MS")
ONE_DAY = pd.Timedelta(days=1)


@pytest.mark.parametrize(
    ("year", "seollal", "chuseok", "buddha"),
    [
        (2023, "2023-01-22", "2023-09-29", "2023-05-27"),
        (2024, "2024-02-10", "2024-09-17", "2024-05-15"),
        (2025, "2025-01-29", "2025-10-06", "2025-05-05"),
        (2026, "2026-02-17", "2026-09-25", "2026-05-24"),
        (2027, "2027-02-07", "2027-09-15", "2027-05-13"),
    ],
)
def test_the_feasts_of_the_moon_stand_where_they_were(year, seollal, chuseok, buddha):
    days = holidays(year)
    for feast in (seollal, chuseok):
        assert pd.date_range(pd.Timestamp(feast) - ONE_DAY, periods=3).isin(days).all()
    assert buddha in days


@pytest.mark.parametrize("day", ["2023-05-29", "2023-10-02", "2024-02-12", "2025-01-27", "2025-06-03", "2025-10-08"])
def test_substitute_and_declared_days_are_free(day):
    assert not is_working_day(day)[0]


@pytest.mark.parametrize("year", range(2023, 2028))
def test_holidays_are_in_order_and_stand_once(year):
    days = holidays(year)
    assert days.is_monotonic_increasing
    assert days.is_unique
    assert (days.year == year).all()


def test_a_year_outside_the_table_has_its_fixed_holidays():
    assert holidays(2011).strftime("%m-%d").tolist() == [
        "01-01", "03-01", "05-05", "06-06", "08-15", "10-03", "10-09", "12-25"
    ]  # fmt: skip


def test_working_days_are_neither_weekend_nor_holiday():
    days = pd.date_range("2023-12-20", "2025-01-10")
    free = (days.dayofweek >= 5) | days.isin([*holidays(2023), *holidays(2024), *holidays(2025)])
    assert (is_working_day(days) == ~free).all()
    assert is_working_day(pd.Series(days)).sum() == (~free).sum()
    assert len(is_working_day([])) == 0


def test_the_next_working_day_is_the_first_that_is_one():
    days = pd.date_range("2023-01-01", "2025-12-31")
    following = next_working_day(days)
    assert is_working_day(following).all()
    assert (following[is_working_day(days)] == days[is_working_day(days)]).all()
    assert (following - days).max() == 7 * ONE_DAY  # 3 to 9 October 2025
    assert next_working_day("2025-12-31")[0] == pd.Timestamp("2025-12-31")
    assert next_working_day("2023-12-30")[0] == pd.Timestamp("2024-01-02")
    assert len(next_working_day([])) == 0


def test_days_come_by_their_weights():
    chance = (np.arange(200_000) + 0.5) / 200_000
    drawn = draw_days("2025-10-01", "2025-10-31", chance)
    shares = pd.Series(drawn).value_counts(normalize=True)
    assert shares[pd.Timestamp("2025-10-04")] / shares[pd.Timestamp("2025-10-01")] == pytest.approx(0.5, rel=0.01)
    assert shares[pd.Timestamp("2025-10-06")] / shares[pd.Timestamp("2025-10-01")] == pytest.approx(0.3, rel=0.01)
    assert shares[pd.Timestamp("2025-10-05")] / shares[pd.Timestamp("2025-10-01")] == pytest.approx(0.3, rel=0.01)


def test_closed_days_are_never_drawn():
    chance = stream(1, "days").random(5000)
    assert is_working_day(draw_days("2025-01-01", "2025-12-31", chance, weekend=0, holiday=0)).all()


def test_each_row_may_have_a_month_of_its_own():
    draw = stream(2, "days")
    month, chance = draw.integers(0, 36, 4000), draw.random(4000)
    drawn = draw_days(MONTHS[month], MONTHS[month + 1] - ONE_DAY, chance)
    assert ((drawn.year - 2023) * 12 + drawn.month - 1 == month).all()
    for number in (0, 9, 35):
        own = month == number
        alone = draw_days(MONTHS[number], MONTHS[number + 1] - ONE_DAY, chance[own])
        assert (alone == drawn[own]).all()


def test_columns_of_days_work_as_arrays_do():
    table = pd.DataFrame({"from": MONTHS[:3], "to": MONTHS[1:4]}, index=[7, 8, 9])
    assert draw_days(table["from"], table["to"], 0.0).tolist() == MONTHS[:3].tolist()
    assert (draw_days(table["from"], "2024-01-01", 0.999999) == pd.Timestamp("2024-01-01")).all()


def test_the_extremes_stay_inside():
    drawn = draw_days("2025-10-06", "2025-10-06", [0.0, np.nextafter(1.0, 0.0)])
    assert (drawn == pd.Timestamp("2025-10-06")).all()
    assert len(draw_days("2025-10-06", "2025-10-06", [])) == 0


def test_a_wrong_order_and_a_negative_weight_are_refused():
    with pytest.raises(ValueError, match="before its first"):
        draw_days("2025-10-06", "2025-10-05", [0.5])
    with pytest.raises(ValueError, match="negative weight"):
        draw_days("2025-10-06", "2025-10-07", [0.5], weekend=-1)
