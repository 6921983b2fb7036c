"""Sales mislead in two ways that are known: team South looks worse, and the young cohort looks worse."""

import numpy as np
import pandas as pd
import pytest

from crmlab.simulation import simulate_company

END = pd.Timestamp("2025-12-31")


@pytest.fixture(scope="module")
def company():
    return simulate_company("subscription")


def leads_of(company):
    """Return the leads with the days until they were won, as far as the tables show it."""
    won = company.stage_events.query("stage == 'won'").set_index("lead_id")["reached_on"]
    leads = company.leads.assign(won_on=company.leads["lead_id"].map(won))
    return leads.assign(days=(leads["won_on"] - leads["created_on"]).dt.days)


def team_gaps(company):
    """Return South's conversion less North's: over all leads, and over channels of the same weight."""
    leads = leads_of(company)
    leads["won"] = leads["won_on"].notna()
    rates = leads.groupby("team")["won"].mean()
    within = leads.pivot_table("won", "channel", "team")
    weights = leads["channel"].value_counts(normalize=True).reindex(within.index)
    gap = within["South"] - within["North"]
    return rates["South"] - rates["North"], (weights * gap).sum()


def test_south_looks_worse_and_is_better_once_channels_are_compared(company):
    crude, standardised = team_gaps(company)
    assert crude < -0.03
    assert standardised > 0.015


def test_a_team_that_is_no_better_is_not_made_better_by_comparing_channels():
    crude, standardised = team_gaps(simulate_company("subscription", south_effect=1.0))
    assert crude < -0.03
    assert abs(standardised) < 0.015


def test_the_mix_of_channels_is_what_fools(company):
    true = company.leads.merge(company.truth.leads, on="lead_id")
    within = true.pivot_table("conversion_probability", "channel", "team")
    assert (within["South"] / within["North"]).to_numpy() == pytest.approx(1.15, rel=0.06)


def test_the_young_cohort_only_looks_bad(company):
    leads = leads_of(company)
    young = leads["created_on"] > END - pd.Timedelta(days=120)
    naive = leads["won_on"].notna().groupby(young).mean()
    ripe = leads[leads["created_on"] <= END - pd.Timedelta(days=40)]
    right = (ripe["days"] <= 40).groupby(young).mean()
    assert naive[True] < 0.7 * naive[False]
    assert right[True] > 0.9 * right[False]
    known = company.truth.leads.assign(young=young.to_numpy(), channel=company.leads["channel"])
    true = known.pivot_table("conversion_probability", "channel", "young")
    assert (true[True] / true[False]).to_numpy() == pytest.approx(1, abs=0.04)


def test_steps_follow_one_another_and_lost_leads_stay_lost(company):
    steps = company.stage_events.pivot_table("reached_on", "lead_id", "stage", "first")
    assert (steps["lead"] < steps["qualified"]).equals(steps["qualified"].notna())
    assert (steps["proposal"].dropna() < steps["won"].dropna().reindex(steps["proposal"].dropna().index)).sum() > 0
    assert not (steps["won"].notna() & steps["lost"].notna()).any()
    assert company.stage_events["reached_on"].is_monotonic_increasing


def test_more_money_wins_more_leads_and_each_won_brings_less(company):
    trial = company.experiments[company.experiments["experiment"] == "money per lead"]
    rates = trial.groupby("spend")["success"].mean().astype(float)
    assert rates.is_monotonic_increasing
    gains = rates.diff() / np.diff(rates.index, prepend=0)
    assert gains.iloc[1] > gains.iloc[-1]
