"""No system on the short list is best at everything, and the cheapest depends on the years and the users."""

import numpy as np
import pytest

from crmlab.simulation.b2b.vendors import vendor_table

SCORES = ["functions", "architecture", "scalability", "usability"]
ONCE = ["setup_cost", "migration_cost", "integration_cost"]


@pytest.fixture(scope="module")
def vendors():
    return vendor_table()


def cost(vendors, users, years):
    """Return the total cost of ownership, undiscounted."""
    return vendors[ONCE].sum(axis=1) + years * (vendors["yearly_upkeep"] + 12 * users * vendors["monthly_licence"])


def test_there_are_six_in_the_cloud_and_on_premises(vendors):
    assert len(vendors) == 6
    assert set(vendors["hosting"]) == {"cloud", "on-premises"}
    assert vendors["name"].is_unique


def test_none_is_beaten_in_all_scores_and_the_cost(vendors):
    merits = vendors[SCORES].assign(cheap=-cost(vendors, users=90, years=5)).to_numpy()
    beaten = (merits[:, None] <= merits[None]).all(axis=2) & ~np.eye(len(merits), dtype=bool)
    assert not beaten.any()
    assert len(set(merits.argmax(axis=0))) >= 4


def test_for_many_users_own_servers_become_cheap(vendors):
    cloud = vendors["hosting"] == "cloud"
    few, many = (cost(vendors, users, years=5).groupby(cloud).mean() for users in (20, 300))
    assert few[True] < few[False]
    assert many[True] > many[False]
