"""A promise beyond what is delivered is heard in the surveys, and silence softens it."""

import pytest

from crmlab.simulation import simulate_company


@pytest.fixture(scope="module")
def company():
    return simulate_company("b2b")


def scores_by_gap(company):
    """Return the mean scores of the customers with a small and with a large promise gap."""
    said = company.truth.surveys.merge(company.surveys[["survey_id", "customer_id"]], on="survey_id")
    said = said.merge(company.truth.customers[["customer_id", "gap"]], on="customer_id")
    return said.groupby(said["gap"] > said["gap"].median())[["nps", "process"]].mean()


def test_satisfaction_is_experience_less_expectation(company):
    known = company.truth.customers
    assert known["satisfaction"].to_numpy() == pytest.approx(known["experience"] - known["expectation"], abs=1e-3)


def test_broken_promises_are_not_recommended_although_the_process_worked_as_well(company):
    means = scores_by_gap(company)
    assert means.loc[False, "nps"] > means.loc[True, "nps"] + 0.8
    assert means.loc[False, "process"] == pytest.approx(means.loc[True, "process"], abs=0.3)
    forgiven = scores_by_gap(simulate_company("b2b", gap_to_expectation=0))
    assert forgiven.loc[False, "nps"] == pytest.approx(forgiven.loc[True, "nps"], abs=0.3)


def test_silence_flatters_the_score(company):
    assert company.surveys["nps"].mean() > company.truth.surveys["nps"].mean() + 0.3
    even = simulate_company("b2b", silence=0)
    assert even.surveys["nps"].mean() == pytest.approx(even.truth.surveys["nps"].mean(), abs=0.2)


def test_only_customers_are_asked(company):
    table = company.surveys.merge(company.contracts, on="customer_id")
    assert (table["sent_on"] > table["started_on"]).all()
    assert (table["ended_on"].isna() | (table["sent_on"] < table["ended_on"])).all()
