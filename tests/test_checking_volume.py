"""Months that leap are named, ordinary ones are not, and gaps are those that chance does not make."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crmlab.checking.volume import count_months, find_gaps, judge


def leaps(counts: list[int] | np.ndarray) -> dict[int, str]:
    return {int(i): leap for i, leap in enumerate(judge(np.asarray(counts))[1]) if leap}


def poisson_days(mean: float, days: int = 730, seed: int = 0) -> pd.Series:
    counts = np.random.default_rng(seed).poisson(mean, days)
    return pd.Series(pd.date_range("2024-01-01", periods=days).repeat(counts))


def test_a_month_that_leaps_and_one_that_lacks_rows_are_named() -> None:
    steady = [100] * 24
    assert leaps(steady) == {}
    assert leaps([*steady[:10], 300, *steady[11:]]) == {10: "alone"}
    assert leaps([*steady[:10], 30, *steady[11:]]) == {10: "alone"}
    assert leaps([*steady[:-1], 20]) == {23: "alone"}, "an export that broke off"


def test_a_lasting_step_is_named_once() -> None:
    assert leaps([100] * 12 + [220] * 12) == {12: "from here on"}
    assert leaps([220] * 12 + [100] * 12) == {12: "from here on"}


def test_chance_growth_and_seasons_are_no_leaps() -> None:
    chance = np.random.default_rng(7)
    false = sum(bool(leaps(chance.poisson(mean, 36))) for mean in (5, 20, 100, 1000) for _ in range(50))
    assert false <= 4, "of 200 series"
    months = np.arange(36)
    assert leaps((100 * 1.05**months).astype(int)) == {}
    assert leaps((1000 * (1 + 0.4 * np.sin(months * np.pi / 6))).astype(int)) == {}


def test_few_months_are_not_judged() -> None:
    expected, found = judge(np.array([1, 100, 1, 100, 1]))
    assert np.isnan(expected).all()
    assert not found.any()


def test_a_month_not_seen_whole_is_neither_judged_nor_a_neighbour() -> None:
    days = poisson_days(10, 380)  # to 2025-01-14
    months = count_months({"orders": pd.DataFrame({"ordered_at": days})}, "2025-01-14")
    assert months["month"].iloc[-1] == "2025-01"
    assert np.isnan(months["expected"].iloc[-1])
    assert not (months["leap"] != "").any()


def test_every_date_column_is_counted_and_missing_days_are_left_out() -> None:
    contracts = pd.DataFrame(
        {"started_on": pd.to_datetime(["2025-01-31", "2025-03-01"]), "ended_on": pd.to_datetime(["2025-02-02", None])}
    )
    months = count_months({"contracts": contracts}, "2025-12-31")
    assert months.groupby("column", sort=False)["rows"].apply(list).to_dict() == {
        "started_on": [1, 0, 1],
        "ended_on": [1],
    }
    assert count_months({"products": pd.DataFrame({"price": [1.0]})}, "2025-12-31").empty


@pytest.mark.parametrize("mean", [0.2, 3.0, 40.0])
def test_chance_makes_no_gaps(mean: float) -> None:
    assert find_gaps({"orders": pd.DataFrame({"ordered_at": poisson_days(mean)})}).empty


def test_a_gap_is_found_with_what_was_to_be_expected() -> None:
    days = poisson_days(5)
    out = (days >= "2024-06-03") & (days <= "2024-06-12")
    (gap,) = find_gaps({"orders": pd.DataFrame({"ordered_at": days[~out]})}).to_dict("records")
    assert (gap["first"], gap["last"], gap["days"]) == ("2024-06-03", "2024-06-12", 10)
    assert 40 < gap["expected"] < 60


def test_a_shop_closed_on_sundays_has_no_gaps() -> None:
    days = poisson_days(40)
    assert find_gaps({"orders": pd.DataFrame({"ordered_at": days[days.dt.weekday < 6]})}).empty


def test_rows_on_the_first_of_months_have_no_gaps() -> None:
    days = pd.Series(pd.date_range("2024-01-01", "2025-12-01", freq="MS").repeat(100))
    assert find_gaps({"contracts": pd.DataFrame({"started_on": days})}).empty
