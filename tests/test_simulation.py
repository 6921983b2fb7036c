"""The simulated companies: deterministic, sound, and plain about what they refuse."""

import numpy as np
import pandas as pd
import pytest

from crmlab.data.validation import validate
from crmlab.simulation import COMPANIES, simulate_company
from crmlab.simulation.parameters import stream
from crmlab.simulation.subscription.people import Subscription


@pytest.mark.parametrize("name", COMPANIES)
def test_same_seed_gives_the_same_company_and_another_seed_another(name):
    first, again, other = (simulate_company(name, customers=300, seed=seed) for seed in (1, 1, 2))
    for table in first.tables:
        pd.testing.assert_frame_equal(first.tables[table], again.tables[table])
    for table in first.truth.tables:
        pd.testing.assert_frame_equal(first.truth.tables[table], again.truth.tables[table])
    assert not first.customers.equals(other.customers)


@pytest.mark.parametrize("name", COMPANIES)
def test_every_table_passes_the_door(name):
    company = simulate_company(name, customers=300, seed=11)
    validated = validate(dict(company.tables))
    assert {table: len(rows) for table, rows in validated.items()} == {t: len(r) for t, r in company.tables.items()}


def test_what_is_out_of_range_or_unknown_is_named():
    with pytest.raises(ValueError, match=r"billing_fault is 2; choose a value from 0 to 1"):
        simulate_company("subscription", billing_fault=2)
    with pytest.raises(ValueError, match=r"there is no parameter faults; there are premium_share"):
        simulate_company("subscription", faults=1)
    with pytest.raises(ValueError, match=r"there is no company 'bank'"):
        simulate_company("bank")
    with pytest.raises(ValueError, match=r"at least one"):
        simulate_company("retail", customers=0)


def test_every_parameter_says_its_unit_range_and_meaning():
    table = Subscription().table()
    assert table["unit"].str.len().min() > 0
    assert table["meaning"].str.len().min() > 0


def test_streams_of_two_purposes_do_not_correlate():
    draws = [stream(1, purpose).random(2000) for purpose in ("a", "b")]
    assert abs(np.corrcoef(draws)[0, 1]) < 0.08
