"""Pseudonyms: names that only the holder of a key can connect with a customer.

A plain hash is no pseudonym. There are few customer numbers, telephone numbers and addresses in the world, and whoever
guesses can hash all of them and compare. With a secret key that cannot be done: HMAC (Krawczyk, Bellare and Canetti
1997, RFC 2104) mixes key and value, so that without the key a pseudonym says nothing, and with the same key the same
customer gets the same pseudonym in every table. Whoever needs no joins later throws the key away.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

import pandas as pd

SHORTEST_KEY = 32  # bytes: the length of the hash, below which RFC 2104 discourages keys
_FEWEST_DIFFERENT = 8
_DIGITS = 32  # of 64: with 128 bits two of a billion customers never meet


def new_key() -> bytes:
    """Return a new key from the system's source of chance; keep it where the data are not.

    Examples
    --------
    >>> len(new_key())
    32
    """
    return secrets.token_bytes(SHORTEST_KEY)


def pseudonyms(values: pd.Series, key: bytes | str) -> pd.Series:
    """Return a pseudonym for each value: 32 hexadecimal digits of its HMAC-SHA-256.

    Parameters
    ----------
    values
        Texts or whole numbers, such as `customer_id`. 7 and "7" are one customer. An empty value stays empty: all those
        who are not known are not one customer.
    key
        At least 32 bytes, from `new_key` or a safe; a text stands for its bytes in UTF-8.

    Raises
    ------
    ValueError
        If the key is short or repeats a few signs, or the values are numbers with decimals, which do not name anybody.

    Examples
    --------
    >>> key = "an example; a real key is not a sentence"
    >>> pseudonyms(pd.Series(["C000001", "C000002", "C000001"]), key).str[:8].to_list()
    ['9cdf9410', 'c8ca0979', '9cdf9410']
    """
    secret = _secret(key)
    if pd.api.types.is_float_dtype(values) or pd.api.types.is_bool_dtype(values):
        raise ValueError(f"{values.name} holds {values.dtype}: give texts or whole numbers, or 7 and 7.0 would differ")
    known = {value: _sign(str(value), secret) for value in values.dropna().unique()}
    return pd.Series([known.get(value) for value in values], values.index, dtype=object, name=values.name)


def _secret(key: bytes | str) -> bytes:
    secret = key.encode() if isinstance(key, str) else bytes(key)
    if len(secret) < SHORTEST_KEY:
        raise ValueError(f"the key has {len(secret)} bytes; it needs at least {SHORTEST_KEY}: new_key() makes one")
    if len(set(secret)) < _FEWEST_DIFFERENT:
        raise ValueError("the key repeats a few signs and can be guessed: new_key() makes one")
    return secret


def _sign(value: str, secret: bytes) -> str:
    return hmac.new(secret, value.encode(), hashlib.sha256).hexdigest()[:_DIGITS]
