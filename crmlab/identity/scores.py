"""How right a linkage is, where the truth is known.

**Pairs.** Of the pairs of records put together, which share is truly one person (precision)? Of those that are one
person, which share was put together (recall)? A large cluster makes many pairs, so one bad merger weighs heavily.

**B-cubed** (Bagga and Baldwin 1998, Algorithms for scoring coreference chains, LREC workshop, 563–566) asks each record
instead: which share of those put with me are truly mine, which share of mine are with me? It takes the mean over
records, so that every record counts alike.

**Blocking** is judged before any weight: pairs completeness is the share of true pairs that it brings up, reduction
ratio the share of all pairs that it saves (Christen 2012, Data Matching, chapter 7).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from crmlab.engines import need, to_pandas
from crmlab.identity.clusters import persons_of


def linkage_scores(clusters: Any, truth_links: Any) -> pd.DataFrame:
    """Return precision, recall and F1 of a linkage, over pairs and B-cubed.

    Where no pair was put together, no claim is wrong and precision is 1; where no two records are one person, nothing
    can be missed and recall is 1.

    Parameters
    ----------
    clusters
        `record_id` and `person_id` as found, one row a record.
    truth_links
        `record_id` and `customer_id` (or `person_id`) as true, of the same records.

    Returns
    -------
    DataFrame
        Index `pairwise` and `B-cubed`; columns `precision`, `recall`, `F1`.

    Raises
    ------
    ValueError
        If a column is missing, a value empty, a record stands twice, or the tables hold different records.

    Examples
    --------
    >>> found = pd.DataFrame({"record_id": list("abcd"), "person_id": [1, 1, 1, 2]})
    >>> truth = pd.DataFrame({"record_id": list("abcd"), "customer_id": ["x", "x", "y", "y"]})
    >>> linkage_scores(found, truth).round(3)
              precision  recall     F1
    pairwise      0.333    0.50  0.400
    B-cubed       0.667    0.75  0.706
    """
    ours, theirs = _aligned(clusters, truth_links)
    cells = pd.DataFrame({"ours": ours, "theirs": theirs}).value_counts().reset_index(name="both")
    both, n = cells["both"].to_numpy(float), len(ours)
    ours_size = np.bincount(ours)[cells["ours"]]
    theirs_size = np.bincount(theirs)[cells["theirs"]]
    right = _pairs(both)
    rows = {
        "pairwise": (_share(right, _pairs(np.bincount(ours))), _share(right, _pairs(np.bincount(theirs)))),
        "B-cubed": (float((both**2 / ours_size).sum() / n), float((both**2 / theirs_size).sum() / n)),
    }
    table = pd.DataFrame.from_dict(rows, orient="index", columns=pd.Index(["precision", "recall"]))
    total = table["precision"] + table["recall"]
    return table.assign(F1=(2 * table["precision"] * table["recall"] / total.where(total > 0, 1.0)))


def blocking_scores(pairs: Any, truth_links: Any) -> pd.Series:
    """Return pairs completeness and reduction ratio of the pairs that blocking brought up.

    Parameters
    ----------
    pairs
        `record_l` and `record_r`, each pair once.
    truth_links
        As for `linkage_scores`, of all records.

    Raises
    ------
    ValueError
        If a column is missing, a pair stands twice or is of one record, or a record is not in the truth.

    Examples
    --------
    >>> truth = pd.DataFrame({"record_id": list("abcd"), "customer_id": ["x", "x", "y", "y"]})
    >>> blocking_scores(pd.DataFrame({"record_l": ["a", "b"], "record_r": ["b", "c"]}), truth).to_dict()
    {'pairs completeness': 0.5, 'reduction ratio': 0.6666666666666667}
    """
    frame, truth = to_pandas(pairs), persons_of(truth_links, "truth_links")
    need(frame.columns, ["record_l", "record_r"], "pairs")
    places = [truth.index.get_indexer(pd.Index(frame[side])) for side in ("record_l", "record_r")]
    left, right = np.minimum(*places), np.maximum(*places)
    if (left < 0).any():
        row = int(np.flatnonzero(left < 0)[0])
        raise ValueError(
            f"pairs: {int((left < 0).sum())} rows name a record that truth_links lacks, the first in row {row}"
        )
    if (left == right).any() or pd.DataFrame({"left": left, "right": right}).duplicated().any():
        raise ValueError("pairs: a pair is of one record, or stands twice; each pair is wanted once")
    person = pd.factorize(truth)[0]
    n = len(person)
    found = float((person[left] == person[right]).sum())
    return pd.Series(
        {
            "pairs completeness": _share(found, _pairs(np.bincount(person))),
            "reduction ratio": 1 - _share(len(left), n * (n - 1) / 2),
        }
    )


def _aligned(clusters: Any, truth_links: Any) -> tuple[np.ndarray, np.ndarray]:
    found, truth = persons_of(clusters, "clusters"), persons_of(truth_links, "truth_links")
    for one, other, said in ((found, truth, "clusters"), (truth, found, "truth_links")):
        alone = one.index.difference(other.index)
        if len(alone):
            raise ValueError(
                f"{len(alone)} records stand in {said} only, such as {alone[0]}; give both the same records"
            )
    return pd.factorize(found)[0], pd.factorize(truth.reindex(found.index))[0]


def _pairs(sizes: np.ndarray) -> float:
    counts = np.asarray(sizes, float)
    return float((counts * (counts - 1) / 2).sum())


def _share(part: float, whole: float) -> float:
    """Return a share; 1 of nothing."""
    return part / whole if whole else 1.0
