"""Identity as a whole: from the records of a shop to its customers, seen by the models as they are."""

from __future__ import annotations

import pytest

import crmlab as crm
from crmlab import identity


def test_the_room_hands_on_what_it_names():
    assert [name for name in identity.__all__ if not hasattr(identity, name)] == []


def test_linked_records_lead_the_models_to_the_truth():
    """Repeat purchases a customer: too few by record, right by linked person."""
    shop = crm.simulate_company("retail", customers=1500, seed=4)
    assert shop.truth is not None
    links = identity.Linkage.fit(shop.source_records, sample_pairs=100_000).table
    alone = links.assign(person_id=links["record_id"])

    def repeats(orders: object) -> float:
        return crm.summarize_customers(orders, shop.observation_end)["frequency"].mean()

    truth = repeats(shop.orders)
    assert repeats(identity.assign_persons(shop.orders, links)) == pytest.approx(truth, rel=0.02)
    assert repeats(identity.assign_persons(shop.orders, alone)) < 0.8 * truth


def test_another_seed_and_more_mistakes_are_linked_too():
    worse = {"missing_email": 0.3, "missing_phone": 0.3, "name_slip": 0.1, "default_birth": 0.2}
    shop = crm.simulate_company("retail", customers=1500, seed=9, **worse)
    assert shop.truth is not None
    found = identity.Linkage.fit(shop.source_records, sample_pairs=100_000)
    assert found.converged
    truth = shop.truth.source_records
    scores = identity.linkage_scores(found.table, truth).loc["pairwise"]
    rule = identity.linkage_scores(identity.exact_links(shop.source_records), truth).loc["pairwise"]
    assert scores["precision"] > 0.98
    assert scores["F1"] > rule["F1"] + 0.05
