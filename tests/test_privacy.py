"""Consent at the subscription company: weights by what is seen mend a part, the true chances mend all."""

from __future__ import annotations

import pandas as pd
import pytest

from crmlab.data import open_company
from crmlab.privacy import Anonymized, ConsentWeights, Protection, new_key, pseudonyms, smallest_class

SEEN = ["channel", "plan", "region", "birth_year"]


@pytest.fixture(scope="module")
def asked():
    company = open_company("subscription")
    table = company.consents.query("purpose == 'analysis'").merge(company.truth.consents, on=["customer_id", "purpose"])
    for other in (company.customers, company.contracts, company.truth.customers[["customer_id", "months"]]):
        table = table.merge(other, on="customer_id")
    return table.assign(left=(table["months"] <= 3).astype(float)).rename(columns={"probability": "chance"})


def test_the_seen_mends_a_part_and_the_true_chances_mend_all(asked):
    truth = asked["left"].mean()
    seen = ConsentWeights.fit(asked, "granted", SEEN).mean("left")
    known = ConsentWeights.from_probabilities(asked, "granted", "chance", SEEN).mean("left")
    naive = seen.loc["as they are", "estimate"] - truth
    assert naive < -0.03
    assert seen.loc["as they are", "high"] < truth
    assert naive < seen.loc["weighted", "estimate"] - truth < 0.35 * naive
    assert seen.loc["weighted", "high"] < truth
    assert known.loc["weighted", "low"] < truth < known.loc["weighted", "high"]
    assert abs(known.loc["weighted", "estimate"] - truth) < 0.4 * abs(naive)


def test_the_balance_says_that_only_the_seen_is_mended(asked):
    weights = ConsentWeights.fit(asked, "granted", SEEN)
    assert weights.balance["off_before"].abs().max() > 0.1
    assert weights.balance["off_after"].abs().max() < 0.02
    assert asked["granted"].sum() > weights.effective_size > 0.7 * asked["granted"].sum()
    assert weights.trimmed == 0


def test_a_table_that_leaves_the_house(asked):
    quasi = {
        "birth_year": [5, 10, 20],
        "region": [
            {"Seoul": "capital", "Gyeonggi": "capital"} | dict.fromkeys(["Busan", "Daegu", "Jeju"], "elsewhere")
        ],
        "gender": [],
    }
    table = asked.assign(customer_id=pseudonyms(asked["customer_id"], new_key()))
    table = table[["customer_id", *quasi, "plan"]]
    safe = Anonymized.from_table(table, quasi, Protection(k=10, sensitive="plan"))
    assert smallest_class(table, list(quasi)) == 1
    assert smallest_class(safe.table, list(quasi)) >= 10
    assert safe.left_out <= 0.05 * len(table)
    assert not pd.Series(safe.table["customer_id"]).isin(asked["customer_id"]).any()
