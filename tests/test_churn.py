"""ChurnCurve: Kaplan–Meier, groups, and counts that cannot be."""

import numpy as np
import pandas as pd
import pytest
from lifelines import KaplanMeierFitter
from lifelines.datasets import load_lung

from crmlab.churn import ChurnCurve, count_contracts
from crmlab.lifetime_value import survival_clv
from crmlab.plots import alternative_text


def contracts_of(*rows, **columns):
    table = pd.DataFrame(rows, columns=["started_on", "ended_on"]).apply(pd.to_datetime)
    return table.assign(**columns)


@pytest.fixture
def lung():
    data = load_lung().dropna(subset=["time", "status", "sex"])
    return pd.DataFrame(
        {"duration": data["time"], "churned": data["status"] == 1, "sex": data["sex"].map({1: "m", 2: "w"})}
    )


def test_published_lung_medians_and_log_rank(lung):
    """Kaplan–Meier on the lung data: median 310; men 270, women 426; log-rank 10.33."""
    assert ChurnCurve.from_counts(lung).median_lifetime == 310
    by_sex = ChurnCurve.from_counts(lung, by="sex")
    assert by_sex.median_lifetime.to_dict() == {"m": 270, "w": 426}
    assert by_sex.log_rank()["statistic"] == pytest.approx(10.33, abs=0.005)


def test_counts_give_the_same_curve_as_rows(lung):
    counted = lung.groupby(["duration", "churned", "sex"]).size().rename("customers").reset_index()
    rows, counts = ChurnCurve.from_counts(lung, by="sex"), ChurnCurve.from_counts(counted, by="sex")
    pd.testing.assert_frame_equal(rows.table, counts.table, rtol=1e-9)
    assert rows.log_rank()["p_value"] == pytest.approx(counts.log_rank()["p_value"], rel=1e-9)


@pytest.mark.parametrize("ends", [True, False])
def test_the_curve_and_its_intervals_are_those_of_lifelines(ends):
    rng = np.random.default_rng(6)
    rows = pd.DataFrame({"duration": rng.integers(0, 9, 60), "churned": rng.random(60) < 0.4})
    rows.loc[rows["duration"] == 8, "churned"] = ends
    table = ChurnCurve.from_counts(rows).table.set_index("time")
    known = KaplanMeierFitter().fit(rows["duration"], rows["churned"])
    band = known.confidence_interval_.set_axis(["low", "high"], axis=1).fillna(1.0)
    np.testing.assert_allclose(table["estimate"], known.survival_function_.iloc[:, 0], rtol=1e-12)
    np.testing.assert_allclose(table[["low", "high"]], band, rtol=1e-7)
    for name, column in {"at_risk": "at_risk", "churned": "observed", "censored": "censored"}.items():
        np.testing.assert_array_equal(table[name], known.event_table[column])


def test_curve_by_hand():
    counts = pd.DataFrame({"duration": [1, 2, 2, 4], "churned": [True, False, True, True], "customers": [2, 3, 1, 4]})
    curve = ChurnCurve.from_counts(counts)
    assert curve(1) == pytest.approx(0.8)
    assert curve(2) == pytest.approx(0.8 * 7 / 8)
    assert curve(4) == pytest.approx(0)
    assert curve.hazard.loc[2] == pytest.approx(1 / 8)
    assert curve.restricted_mean(4) == pytest.approx(1 + 0.8 + 0.7 + 0.7)
    assert curve.at_risk([0, 2, 4]).iloc[0].to_list() == [10, 8, 4]


def test_beyond_the_last_month_the_data_do_not_say():
    curve = ChurnCurve.from_counts(pd.DataFrame({"duration": [1, 6], "churned": [True, False]}))
    assert np.isnan(curve(7))
    assert curve.median_lifetime == 1
    assert (
        ChurnCurve.from_counts(pd.DataFrame({"duration": [3, 6], "churned": [False, False]})).median_lifetime == np.inf
    )


def test_group_names_and_survival_columns():
    contracts = contracts_of(("2025-01-01", "2025-02-01"), ("2025-01-01", None), plan=["basic", "premium"])
    curve = ChurnCurve.from_contracts(contracts, "2025-12-31", by="plan")
    assert list(curve.survival_function.columns) == ["basic", "premium"]
    assert curve(1)["basic"] == 0


def test_errors_name_the_column_and_the_remedy():
    with pytest.raises(ValueError, match="contracts: no column plan"):
        ChurnCurve.from_contracts(contracts_of(("2025-01-01", None)), "2025-12-31", by="plan")
    with pytest.raises(ValueError, match="no contract had begun by 2020-01-01"):
        count_contracts(contracts_of(("2025-01-01", None)), "2020-01-01")
    with pytest.raises(ValueError, match="name a column with by="):
        ChurnCurve.from_counts(pd.DataFrame({"duration": [1], "churned": [True]})).log_rank()


def test_picture_shows_at_risk_counts_and_says_what_is_seen(lung):
    ax = ChurnCurve.from_counts(lung, by="sex").plot()
    assert "m ends at" in alternative_text(ax.figure)
    assert ax.get_xticklabels()[0].get_text().split("\n")[1:] == ["138", "90"]


def test_without_censoring_the_restricted_mean_is_the_plain_mean_with_its_plain_error():
    months = pd.Series([1] * 30 + [4] * 20 + [9] * 50)
    band = ChurnCurve.from_counts(pd.DataFrame({"duration": months, "churned": True})).mean_within(6).iloc[0]
    capped = months.clip(upper=6)
    assert band["estimate"] == pytest.approx(capped.mean())
    assert band["high"] - band["estimate"] == pytest.approx(1.959964 * capped.std(ddof=0) / 10)


def test_the_interval_of_the_restricted_mean_holds_the_truth_as_often_as_it_says():
    draw, truth, inside = np.random.default_rng(11), (1 - 0.8**12) / 0.2, 0
    for _ in range(200):
        stay, seen = draw.geometric(0.2, 150), draw.integers(1, 25, 150)
        counts = pd.DataFrame({"duration": np.minimum(stay, seen), "churned": stay <= seen})
        band = ChurnCurve.from_counts(counts).mean_within(12).iloc[0]
        inside += band["low"] <= truth <= band["high"]
    assert 180 <= inside <= 198


@pytest.mark.parametrize("rate", [0.0, 0.01, 0.2])
def test_the_value_within_a_horizon_is_that_of_the_survival_curve(rate):
    counts = pd.DataFrame({"duration": [1, 2.5, 4, 9], "churned": [True, True, False, True], "customers": [5, 3, 4, 6]})
    curve = ChurnCurve.from_counts(counts)
    whole = pd.Series([float(curve(month)) for month in range(7)])
    value = curve.value_within(7, margin=30.0, discount_rate=rate)["estimate"].item()
    assert value == pytest.approx(survival_clv(whole, 30.0, rate))


def test_without_a_discount_the_value_is_the_margin_times_the_months():
    curve = ChurnCurve.from_counts(pd.DataFrame({"duration": [1, 2, 3], "churned": [True, False, True]}))
    pd.testing.assert_frame_equal(curve.value_within(3, 20.0, 0.0), 20.0 * curve.mean_within(3))


def test_a_discount_of_all_is_refused():
    curve = ChurnCurve.from_counts(pd.DataFrame({"duration": [1, 2, 3], "churned": [True, False, True]}))
    with pytest.raises(ValueError, match="discount_rate is -1"):
        curve.value_within(3, 20.0, -1)


def test_a_mean_beyond_the_last_month_has_no_interval():
    curve = ChurnCurve.from_counts(pd.DataFrame({"duration": [1, 6], "churned": [True, False]}))
    assert curve.mean_within(9).isna().all(axis=None)
    assert np.isnan(curve.restricted_mean(9))


def test_months_without_a_departure_are_there_and_months_not_observed_are_empty():
    counts = pd.DataFrame({"duration": [1, 4, 2, 2], "churned": [True, False, True, False], "plan": list("aabb")})
    curve = ChurnCurve.from_counts(counts, by="plan")
    share, hazard = curve.survival_function, curve.hazard
    assert share.index.to_list() == [0, 1, 2, 3, 4]
    assert share["a"].to_list() == [1, 0.5, 0.5, 0.5, 0.5]
    assert share["b"].to_list() == pytest.approx([1, 1, 0.5, np.nan, np.nan], nan_ok=True)
    assert hazard["a"].to_list() == [0, 0.5, 0, 0, 0]
    assert hazard["b"].to_list() == pytest.approx([0, 0, 0.5, np.nan, np.nan], nan_ok=True)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("duration", -1, "duration is below 0 in 1 rows"),
        ("duration", None, "duration: 1 values are empty"),
        ("churned", 2, "churned is neither true nor false in 1 rows"),
        ("churned", None, "churned is neither true nor false in 1 rows"),
        ("customers", 0.5, "customers is no whole number in 1 rows"),
        ("customers", -1, "a count is negative in 1 rows"),
        ("plan", None, "plan is empty in 1 rows"),
    ],
)
def test_counts_that_cannot_be_are_refused(column, value, words):
    counts = pd.DataFrame({"duration": [1, 3], "churned": [1, 0], "customers": [4, 6], "plan": ["a", "b"]})
    counts[column] = counts[column].astype(object)
    counts.loc[1, column] = value
    with pytest.raises(ValueError, match=words):
        ChurnCurve.from_counts(counts, by="plan")


def test_ones_and_noughts_are_true_and_false():
    counts = pd.DataFrame({"duration": [1, 3], "churned": [1, 0], "customers": [4, 6]})
    assert ChurnCurve.from_counts(counts).summary()["churned"].to_list() == [4]


def test_beyond_what_was_observed_the_curve_says_nothing(lung):
    curve = ChurnCurve.from_counts(lung, by="sex")
    longest = curve.table.groupby("group")["time"].max()
    after = curve.at(longest.min() + 1)
    pd.testing.assert_series_equal(after["estimate"], curve(longest.min() + 1), check_names=False)
    assert after.isna().all(axis=1).to_dict() == (longest == longest.min()).to_dict()


@pytest.mark.parametrize("months", [np.nan, np.inf, -1, 10**12])
def test_months_that_cannot_be_asked_are_refused(lung, months):
    curve = ChurnCurve.from_counts(lung)
    for ask in (curve, curve.at, curve.mean_within, curve.restricted_mean, lambda m: curve.value_within(m, 10, 0.01)):
        with pytest.raises(ValueError, match=r"months is .*; it is a (whole )?number from [01] to 10,000"):
            ask(months)
    with pytest.raises(ValueError, match=r"months is 2.5; it is a whole number from 1 to 10,000"):
        curve.mean_within(2.5)
