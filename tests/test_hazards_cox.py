"""Cox's regression on counts: the published fits, the library on single rows, and the test of proportional hazards."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from lifelines import CoxPHFitter, KaplanMeierFitter
from lifelines.datasets import load_lung, load_rossi

from crmlab.hazards import HazardModel, Proportionality
from crmlab.hazards.cox import RiskSets
from crmlab.plots import alternative_text
from crmlab.simulation import simulate_company

ROSSI = ["fin", "age", "race", "wexp", "mar", "paro", "prio"]
END = "2025-12-31"


@pytest.fixture(scope="module")
def rossi():
    return load_rossi().rename(columns={"week": "duration", "arrest": "churned"})


@pytest.fixture(scope="module")
def lung():
    return load_lung().rename(columns={"time": "duration", "status": "churned"})


@pytest.fixture(scope="module")
def b2b():
    reference = {"service_level": "standard", "onboarding": "self"}
    contracts = simulate_company("b2b").contracts
    return HazardModel.fit(contracts, ["service_level", "onboarding"], END, reference=reference)


def test_the_published_fit_of_rossi(rossi):
    """Rossi, Berk and Lenihan (1980), as Fox and Weisberg print it; Efron's ties."""
    model = HazardModel.fit(rossi, ROSSI)
    published = [-0.379, -0.057, 0.314, -0.150, -0.434, -0.085, 0.091]
    assert model.converged
    assert model.coefficients.to_list() == pytest.approx(published, abs=5.1e-4)
    assert model.log_likelihood == pytest.approx(-658.7477, abs=5e-5)


def test_on_single_rows_the_fit_is_that_of_the_library(rossi):
    model, library = HazardModel.fit(rossi, ROSSI), CoxPHFitter().fit(load_rossi(), "week", "arrest")
    np.testing.assert_allclose(model.coefficients, library.params_, atol=1e-8)
    np.testing.assert_allclose(model.table["standard_error"], library.standard_errors_, atol=1e-8)
    np.testing.assert_allclose(model.covariance, library.variance_matrix_, atol=1e-8)
    assert model.log_likelihood == pytest.approx(library.log_likelihood_, abs=1e-9)


def test_the_published_fit_of_lung(lung):
    """Lung cancer data of Loprinzi et al. (1994), by age and sex."""
    assert HazardModel.fit(lung, ["age", "sex"]).coefficients.to_list() == pytest.approx([0.01705, -0.51322], abs=5e-6)


def test_the_published_test_of_proportional_hazards(lung):
    """R's survival, version 3: cox.zph of age, sex and weight loss on the lung data."""
    known = lung.dropna(subset=["age", "sex", "wt.loss"])
    table = HazardModel.fit(known, ["age", "sex", "wt.loss"]).proportionality().table
    assert table["statistic"].to_list() == pytest.approx([0.5077, 2.5489, 0.0144, 3.0051], abs=5.1e-5)
    assert table["p_value"].to_list() == pytest.approx([0.48, 0.11, 0.90, 0.39], abs=5.1e-3)
    assert table["degrees"].to_list() == [1, 1, 1, 3]


def test_gradient_residuals_and_information_are_those_of_the_likelihood():
    rng = np.random.default_rng(4)
    counts = pd.DataFrame({"duration": rng.integers(1, 6, 40), "churned": rng.random(40) < 0.6})
    counts["customers"] = rng.integers(1, 5, 40).astype(float)
    sets, point, width = RiskSets.of(counts, rng.normal(size=(40, 2))), np.array([0.4, -0.3]), 1e-5
    shifts = width * np.eye(2)
    slope = [(sets.likelihood(point + s)[0] - sets.likelihood(point - s)[0]) / (2 * width) for s in shifts]
    bend = [(sets.likelihood(point + s)[1] - sets.likelihood(point - s)[1]) / (2 * width) for s in shifts]
    residuals, information = sets.moments(point)
    np.testing.assert_allclose(sets.likelihood(point)[1], slope, rtol=1e-6)
    np.testing.assert_allclose(residuals.sum(axis=0), slope, rtol=1e-6)
    np.testing.assert_allclose(information.sum(axis=0), -np.array(bend), rtol=1e-6)


def test_without_effects_the_baseline_is_the_observed_curve():
    """The same customers under two names: the ratio is 1, and survival near to Kaplan and Meier's."""
    rng = np.random.default_rng(2)
    rows = pd.DataFrame({"duration": rng.geometric(0.2, 4000).clip(max=9)})
    rows["churned"] = rows["duration"] < 9
    both = pd.concat([rows.assign(name="a"), rows.assign(name="b")])
    model = HazardModel.fit(both, ["name"])
    observed = KaplanMeierFitter().fit(rows["duration"], rows["churned"]).survival_function_.iloc[:, 0]
    assert model.table["estimate"].item() == pytest.approx(1, abs=1e-9)
    said = model.survival_function({"name": "b"})[0]
    np.testing.assert_allclose(said, observed.reindex(said.index), atol=5e-4)


def test_service_is_proportional_and_onboarding_is_not(b2b):
    for transform in ("km", "rank", "identity", "log"):
        p = b2b.proportionality(transform).table["p_value"]
        assert p["service_level"] > 0.05
        assert p["onboarding"] < 0.001
    assert abs(b2b.coefficients["service_level: priority"] - -0.7) < 3 * b2b.table["standard_error"].iloc[0]


def test_the_ratio_in_parts_of_the_time_shows_when_onboarding_ends(b2b):
    effects = b2b.proportionality().effects.set_index("column").loc["onboarding: guided"]
    early, late = effects[effects["end"] <= 6], effects[effects["start"] >= 6]
    assert (early["high"] < 0.5).all()
    assert (late["high"] > 1).all()
    assert effects["events"].sum() == b2b.counts.loc[b2b.counts["churned"], "customers"].sum()


def test_the_picture_shows_the_worst_column_or_the_one_asked_for(b2b):
    check = b2b.proportionality()
    ax = check.plot()
    assert ax.get_title() == "Does the hazard ratio last?"
    assert "onboarding: guided, by time: after 0 to 3 0.288" in alternative_text(ax.figure)
    assert "service_level: priority" in alternative_text(check.plot(column="service_level: priority").figure)
    assert list(check.summary().index) == ["service_level", "onboarding", "all together"]
    with pytest.raises(ValueError, match=r"column is 'fee'; choose one of service_level: priority"):
        check.plot(column="fee")


def test_counts_do_not_change_the_test(rossi):
    doubled = pd.concat([rossi, rossi])
    counted = rossi.assign(customers=2)
    tables = [HazardModel.fit(data, ["fin", "age"]).proportionality().table for data in (doubled, counted)]
    pd.testing.assert_frame_equal(*tables, rtol=1e-9)


def test_a_part_of_the_time_that_does_not_tell_is_left_empty():
    late = {"duration": [1, 2, 2, 3, 8, 9, 9, 9], "churned": [1, 1, 1, 1, 1, 1, 1, 0], "plan": list("aabbbbbb")}
    check = HazardModel.fit(pd.DataFrame(late), ["plan"]).proportionality()
    assert isinstance(check, Proportionality)
    assert check.effects["estimate"].isna().any()
    assert "nan" not in alternative_text(check.plot().figure)


def test_what_the_test_cannot_be_asked(rossi):
    with pytest.raises(ValueError, match="kind='cox' instead of 'logit'"):
        HazardModel.fit(rossi, ["fin"], kind="logit").proportionality()
    with pytest.raises(ValueError, match="transform is 'sqrt'"):
        HazardModel.fit(rossi, ["fin"]).proportionality("sqrt")
    at_once = pd.DataFrame({"duration": [2, 2, 2, 3], "churned": [1, 1, 0, 0], "plan": list("abab")})
    with pytest.raises(ValueError, match="all left at one time"):
        HazardModel.fit(at_once, ["plan"]).proportionality()
