"""How many customers a customer brings: near one where the short cuts say that it is far away."""

import numpy as np
import pandas as pd
import pytest

from crmlab.referrals import Reproduction
from crmlab.simulation import simulate_company

END = "2025-12-31"


@pytest.fixture(scope="module")
def company():
    return simulate_company("subscription", customers=2500, seed=12)


def true_number(company, months):
    """Return what recommended customers bring within so many months, by their own rates and lives."""
    known = company.truth.customers.merge(company.customers, on="customer_id").query("channel == 'referral'")
    leads = (known["referral_rate"] / 12).clip(upper=1) * known["months"].clip(upper=months)
    return leads.mean() * company.truth["conversion_referral"]


def small():
    """Return two recommended customers: one made a lead in its first and in its third month, one left after a month."""
    day = pd.Timestamp
    return {
        "customers": pd.DataFrame({"customer_id": ["A", "B"], "channel": "referral"}),
        "contracts": pd.DataFrame(
            {
                "customer_id": ["A", "B"],
                "started_on": [day("2025-01-10"), day("2025-02-10")],
                "ended_on": [pd.NaT, day("2025-03-10")],
            }
        ),
        "leads": pd.DataFrame(
            {
                "lead_id": ["L1", "L2"],
                "created_on": [day("2025-01-20"), day("2025-03-20")],
                "channel": "referral",
                "customer_id": ["C", None],
            }
        ),
        "referrals": pd.DataFrame(
            {"referrer_id": ["A", "A"], "lead_id": ["L1", "L2"], "referred_on": [day("2025-01-20"), day("2025-03-20")]}
        ),
    }


def test_by_hand():
    table = Reproduction.from_tables(small(), END, months=3, ripe_days=30).table
    assert table["customers"].to_list() == [2, 2, 2]
    assert table["leads"].to_list() == [0.5, 0.0, 0.5]
    assert table["estimate"].to_list() == [0.25, 0.25, 0.5]  # half of the leads are won


def test_a_month_counts_only_who_could_be_seen_in_all_of_it():
    table = Reproduction.from_tables(small(), "2025-03-25", months=2, ripe_days=30).table
    assert table["customers"].to_list() == [2, 1]
    assert table["leads"].to_list() == [0.5, 0.0]  # the lead of the month that runs waits until it is over


def test_it_finds_what_the_short_cut_does_not(company):
    found = Reproduction.from_tables(company.tables, END).number
    brought = company.referrals.merge(company.leads, on="lead_id")["customer_id"].notna().sum()
    assert brought / len(company.customers) < 0.35 < found["low"]
    assert found["low"] < true_number(company, 30) < found["high"]


def test_the_interval_holds_the_truth_over_companies():
    made = [simulate_company("subscription", customers=1200, seed=seed) for seed in range(20, 40)]
    found = [Reproduction.from_tables(each.tables, END, months=24).number for each in made]
    held = [one["low"] < true_number(each, 24) < one["high"] for one, each in zip(found, made, strict=True)]
    assert np.sum(held) >= 16


def test_the_picture_tells_both_lines(company):
    ax = Reproduction.from_tables(company.tables, END).plot()
    assert [line.get_label() for line in ax.lines[:1]]
    assert ax.get_ylim()[0] == 0


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda t: {name: table for name, table in t.items() if name != "referrals"}, "there is no table referrals"),
        (lambda t: t | {"leads": t["leads"].drop(columns="created_on")}, "created_on"),
        (lambda t: t | {"customers": t["customers"].assign(channel="search")}, "no customer, or no lead 180 days old"),
        (lambda t: t | {"leads": t["leads"].assign(channel="search")}, "no customer, or no lead 180 days old"),
    ],
)
def test_tables_that_cannot_tell_are_refused(spoil, words):
    with pytest.raises(ValueError, match=words):
        Reproduction.from_tables(spoil(small()), END, months=3)


def test_more_months_than_were_seen_are_refused():
    with pytest.raises(ValueError, match="months is 30, and the earliest was seen in 11; ask for 1 to 11"):
        Reproduction.from_tables(small(), END)
