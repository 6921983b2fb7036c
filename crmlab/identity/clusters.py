"""From pairs to persons, and the plain rules that a model must beat.

Records that are linked, directly or by way of others, are one person: a person is a connected component of the graph of
links. So one wrong link joins two people with all their records.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from crmlab.engines import need, to_pandas
from crmlab.estimation import Vector
from crmlab.identity.cleaning import FIELDS, check_ids, clean_records


def cluster(ids: pd.Series, left: Vector, right: Vector) -> pd.DataFrame:
    """Return who is who when the pairs named are links.

    Parameters
    ----------
    ids
        Identifiers of the records.
    left, right
        Positions of the records of each link.

    Returns
    -------
    DataFrame
        `record_id` and `person_id`: the identifier of the first of the person's records.

    Examples
    --------
    >>> cluster(pd.Series(["a", "b", "c", "d"]), np.array([1, 3]), np.array([3, 0]))["person_id"].tolist()
    ['a', 'a', 'c', 'a']
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    size = len(ids)
    links = coo_matrix((np.ones(len(left), np.int8), (left, right)), shape=(size, size))
    person = connected_components(links, directed=False)[1]
    _, first = np.unique(person, return_index=True)
    return pd.DataFrame({"record_id": ids.to_numpy(), "person_id": ids.to_numpy()[first[person]]})


def exact_links(source_records: Any, on: Sequence[str] = ("email", "phone")) -> pd.DataFrame:
    """Link records that agree exactly on any of some fields, after cleaning: the rule of thumb of many CRM systems.

    Parameters
    ----------
    source_records
        As for `Linkage.fit`.
    on
        Fields, one of which is enough.

    Returns
    -------
    DataFrame
        `record_id` and `person_id`, one row a record.

    Raises
    ------
    ValueError
        If a field is missing, or the table of records is not sound.

    Examples
    --------
    >>> records = pd.DataFrame({"record_id": ["R1", "R2", "R3"], "email": ["a@b.kr", "A@b.kr ", None]})
    >>> exact_links(records, on=["email"])["person_id"].tolist()
    ['R1', 'R1', 'R3']
    """
    fields = [on] if isinstance(on, str) else list(on)
    frame = to_pandas(source_records)
    unknown = [field for field in fields if field not in FIELDS]
    if unknown or not fields:
        raise ValueError(f"on is {', '.join(unknown) or 'empty'}; choose from {', '.join(FIELDS)}")
    need(frame.columns, fields, "source_records")
    records = clean_records(frame)
    chains = [_chain(records[field]) for field in fields]
    left, right = (np.concatenate(side) for side in zip(*chains, strict=True))
    return cluster(records["record_id"], left, right)


def assign_persons(table: Any, links: pd.DataFrame) -> pd.DataFrame:
    """Return a table of what records carry with `customer_id` replaced by the person whom the links name.

    What is counted or fitted on it (`summarize_customers`, `BetaGeo`) then speaks of these persons.

    Parameters
    ----------
    table
        Any table with `record_id`, such as `orders`.
    links
        `record_id` and `person_id` (or `customer_id`), one row a record.

    Raises
    ------
    ValueError
        If a column is missing, or a record is in no person.

    Examples
    --------
    >>> orders = pd.DataFrame({"record_id": ["R1", "R2"], "amount": [10, 20]})
    >>> links = pd.DataFrame({"record_id": ["R1", "R2"], "person_id": ["R1", "R1"]})
    >>> assign_persons(orders, links)
      record_id  amount customer_id
    0        R1      10          R1
    1        R2      20          R1
    """
    frame = to_pandas(table)
    need(frame.columns, ["record_id"], "the table")
    person = frame["record_id"].map(persons_of(links, "links"))
    lost = np.flatnonzero(person.isna())
    if len(lost):
        said = f"the first in row {lost[0]}: {frame['record_id'].iloc[lost[0]]}"
        raise ValueError(f"record_id: {len(lost)} rows name a record that no person holds, {said}")
    return frame.assign(customer_id=person)


def persons_of(links: Any, table: str) -> pd.Series:
    """Return the person of each record, by `record_id`.

    Raises
    ------
    ValueError
        If `record_id`, or both `person_id` and `customer_id`, are missing, a value is empty, or a record stands twice.
    """
    frame = to_pandas(links)
    name = "person_id" if "person_id" in frame else "customer_id"
    need(frame.columns, ["record_id", name], table)
    check_ids(frame["record_id"], table)
    empty = np.flatnonzero(frame[name].isna())
    if len(empty):
        raise ValueError(f"{table}: {name} is empty in {len(empty)} rows, the first in row {empty[0]}")
    return frame.set_index("record_id")[name]


def _chain(values: pd.Series) -> tuple[Vector, Vector]:
    """Return links that chain records of equal value, each to the next: enough to make them one component."""
    codes = pd.factorize(values)[0]
    order = np.argsort(codes, kind="stable")
    same = (codes[order][1:] == codes[order][:-1]) & (codes[order][1:] >= 0)
    return order[:-1][same], order[1:][same]
