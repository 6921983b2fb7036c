"""Pseudonyms: the published HMAC, the same under the same key, nothing without it, and poor keys refused."""

from __future__ import annotations

import hashlib

import pandas as pd
import pytest

from crmlab.privacy import new_key, pseudonyms
from crmlab.privacy.pseudonyms import _sign

KEY = bytes(range(32))
NAMES = pd.Series(["C000001", "C000002", None, "C000001"], [5, 6, 7, 8], name="customer_id")


def test_the_published_case():
    """RFC 4231, test case 2: key "Jefe", data "what do ya want for nothing?"."""
    assert _sign("what do ya want for nothing?", b"Jefe") == "5bdcc146bf60754e6a042426089575c7"


def test_the_same_key_gives_the_same_pseudonym_and_another_key_another():
    first, again, other = (pseudonyms(NAMES, key) for key in (KEY, KEY, new_key()))
    pd.testing.assert_series_equal(first, again)
    assert first[5] == first[8] != first[6]
    assert not first.dropna().isin(other.dropna()).any()
    assert first.index.to_list() == [5, 6, 7, 8]
    assert first.name == "customer_id"


def test_it_is_no_plain_hash_and_the_unknown_stay_unknown():
    made = pseudonyms(NAMES, KEY)
    assert made[5] != hashlib.sha256(b"C000001").hexdigest()[:32]
    assert made.isna().to_list() == [False, False, True, False]


def test_a_number_and_its_text_are_one_customer():
    numbers, texts = pseudonyms(pd.Series([7, 8]), KEY), pseudonyms(pd.Series(["7", "8"]), KEY)
    assert numbers.to_list() == texts.to_list() == pseudonyms(pd.Series([7, 8], dtype="Int64"), KEY).to_list()
    assert pseudonyms(pd.Series(["7"]), KEY.decode()).to_list() == texts.to_list()[:1]


def test_no_two_customers_share_one():
    assert pseudonyms(pd.Series(range(50_000)), KEY).is_unique


@pytest.mark.parametrize(
    ("key", "said"), [("secret", "the key has 6 bytes"), (KEY[:31], "needs at least 32"), ("ab" * 20, "can be guessed")]
)
def test_poor_keys_are_refused(key, said):
    with pytest.raises(ValueError, match=said):
        pseudonyms(NAMES, key)


@pytest.mark.parametrize("values", [[1.0, 2.0], [True, False]])
def test_what_names_nobody_is_refused(values):
    with pytest.raises(ValueError, match="give texts or whole numbers"):
        pseudonyms(pd.Series(values, name="id"), KEY)


def test_an_empty_column_stays_empty():
    assert pseudonyms(pd.Series([], dtype=object), KEY).empty
