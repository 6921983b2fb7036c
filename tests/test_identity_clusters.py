"""Clusters: components by hand, rules that link, and what is handed on."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlab.identity import assign_persons, exact_links
from crmlab.identity.clusters import cluster, persons_of

RECORDS = pd.DataFrame(
    {
        "record_id": ["R1", "R2", "R3", "R4", "R5"],
        "email": ["a@b.kr", None, "A@b.kr", None, "c@d.kr"],
        "phone": ["010-0000-0001", "01000000002", "+82 10 0000 0002", None, None],
    }
)
LINKS = pd.DataFrame({"record_id": ["R1", "R2"], "person_id": ["R1", "R1"]})


def test_links_chain():
    """R1 and R3 share an e-mail, R3 and R2 a telephone; missing values link nobody."""
    assert exact_links(RECORDS)["person_id"].tolist() == ["R1", "R1", "R1", "R4", "R5"]


def test_one_field_links_less_than_two():
    assert exact_links(RECORDS, on="email")["person_id"].tolist() == ["R1", "R2", "R1", "R4", "R5"]
    assert exact_links(RECORDS, on=["phone"])["person_id"].tolist() == ["R1", "R2", "R2", "R4", "R5"]


@pytest.mark.parametrize(("on", "said"), [([], "on is empty"), (["shoe"], "on is shoe"), (["name"], "no column name")])
def test_rules_name_fields(on: list[str], said: str):
    with pytest.raises(ValueError, match=said):
        exact_links(RECORDS, on=on)


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=12))
def test_persons_are_components(links: list[tuple[int, int]]):
    person = list(range(9))
    for _ in range(9):
        for one, other in links:
            person[one] = person[other] = min(person[one], person[other])
    left, right = (np.array([link[side] for link in links], int) for side in (0, 1))
    assert cluster(pd.Series(range(9)), left, right)["person_id"].tolist() == person


def test_tables_of_persons():
    orders = pd.DataFrame({"record_id": ["R2", "R1"], "customer_id": ["x", "y"]})
    assert assign_persons(orders, LINKS)["customer_id"].tolist() == ["R1", "R1"]
    assert orders["customer_id"].tolist() == ["x", "y"]
    with pytest.raises(ValueError, match="1 rows name a record that no person holds, the first in row 1: R9"):
        assign_persons(pd.DataFrame({"record_id": ["R1", "R9"]}), LINKS)


@pytest.mark.parametrize(
    ("links", "said"),
    [
        (LINKS[["record_id"]], "no column customer_id"),
        (LINKS.assign(person_id=[None, "R1"]), "person_id is empty in 1 rows, the first in row 0"),
        (LINKS.assign(record_id="R1"), "1 rows repeat an earlier one"),
    ],
)
def test_links_that_are_not_sound_are_refused(links: pd.DataFrame, said: str):
    with pytest.raises(ValueError, match=said):
        persons_of(links, "links")
