"""Linkage: which records are one person? Weighed by Fellegi and Sunter, estimated by splink, without known matches."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from crmlab import plots
from crmlab.identity.cleaning import FIELDS, clean_records
from crmlab.identity.clusters import cluster
from crmlab.identity.comparisons import WAYS, comparison_names
from crmlab.identity.scores import linkage_scores
from crmlab.identity.training import train
from crmlab.identity.weights import estimate_prior, match_probability
from crmlab.labels import percent, word
from crmlab.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

THRESHOLDS = (0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 0.99, 0.997, 0.999, 0.9997, 0.9999)
_FEWEST_COMPARISONS = 3  # with fewer, m and the share of matches cannot be told apart


@dataclass(frozen=True, eq=False, repr=False)
class Linkage(Result):
    """Records linked to persons.

    Attributes
    ----------
    table
        One row a record, in the order given: `record_id`, `person_id` (the first of the person's records).
    pairs
        One row a pair that blocking brought up: `record_l`, `record_r`; the weight in bits of each comparison;
        `weight`, their sum; `probability` that both are one person.
    parameters
        One row a level of a comparison: `comparison`, `level`, `m`, `u` (shares of pairs of one person, and of two,
        that agree so) and `weight` = log2(m / u), before names are weighed by their frequency.
    sessions
        One row a session of expectation maximisation: `blocked on`, `pairs`, `iterations`, `converged`.
    prior
        Share of all pairs that are one person, estimated.
    threshold
        The probability from which a pair is linked.
    converged
        Whether every session and the prior came to rest.

    Examples
    --------
    >>> from crmlab.data import open_company
    >>> shop = open_company("retail")
    >>> linkage = Linkage.fit(shop.source_records, sample_pairs=100_000)
    >>> linkage.converged, 2900 < linkage.table["person_id"].nunique() < 3100
    (True, True)
    >>> linkage.at(0.5).threshold
    0.5
    """

    table: pd.DataFrame
    pairs: pd.DataFrame
    parameters: pd.DataFrame
    sessions: pd.DataFrame
    prior: float
    threshold: float
    converged: bool

    @classmethod
    def fit(
        cls,
        source_records: Any,
        threshold: float = 0.9,
        contacts: str = "together",
        seed: int = 0,
        sample_pairs: int = 1_000_000,
    ) -> Self:
        """Link records to persons.

        The same records and seed give the same answer. What a column cannot tell because it is missing or empty is said
        in a warning, and so is a fit that did not come to rest.

        Parameters
        ----------
        source_records
            One row a record: `record_id`, and of `name`, `email`, `phone`, `birth_date`, `postcode` as many as there
            are; cleaned here (`clean_records`). Missing values are allowed.
        threshold
            Probability from which a pair is linked, above 0 and at most 1.
        contacts
            "together": e-mail, telephone and postcode are one comparison, as households share all three. "apart": each
            has a weight of its own, as if they were independent.
        seed, sample_pairs
            Of the random pairs on which u is counted.

        Raises
        ------
        ValueError
            If an argument is out of range, the table is not sound, fewer than three comparisons have values, or too few
            records agree for the parameters to be learnt.
        """
        _check(threshold, contacts, sample_pairs)
        records = clean_records(source_records)
        names = _comparisons(records, contacts)
        trained = train(records, names, seed, sample_pairs)
        _refuse_reversed(trained.parameters)
        weight = trained.pairs[list(names)].sum(axis=1).to_numpy(float)
        prior, at_rest = estimate_prior(weight, len(records) * (len(records) - 1) / 2)
        if prior <= 0:
            raise ValueError("no pair of records looks like one person, so there is nothing to link")
        converged = at_rest and bool(trained.sessions["converged"].all())
        if not converged:
            warnings.warn("Linkage: the parameters did not come to rest; do not trust the links", stacklevel=2)
        ids = records["record_id"].to_numpy()
        sides = {"record_l": ids[trained.pairs["left"]], "record_r": ids[trained.pairs["right"]]}
        known = {"weight": weight, "probability": match_probability(weight, prior)}
        pairs = pd.DataFrame({**sides, **trained.pairs[list(names)], **known})
        table = records[["record_id"]].assign(person_id=records["record_id"])
        return cls(table, pairs, trained.parameters, trained.sessions, prior, threshold, converged).at(threshold)

    def at(self, threshold: float) -> Self:
        """Return the same linkage with another threshold; nothing is estimated again.

        Raises
        ------
        ValueError
            If the threshold is not above 0 and at most 1.
        """
        _check(threshold)
        linked = self.pairs[self.pairs["probability"] >= threshold]
        places = pd.Index(self.table["record_id"])
        left, right = (places.get_indexer(pd.Index(linked[side])) for side in ("record_l", "record_r"))
        return replace(self, table=cluster(self.table["record_id"], left, right), threshold=float(threshold))

    def by_threshold(self, truth_links: Any, thresholds: Sequence[float] = THRESHOLDS) -> pd.DataFrame:
        """Return persons and pairwise precision, recall and F1 at several thresholds, where the truth is known.

        Parameters
        ----------
        truth_links
            As for `linkage_scores`.
        thresholds
            Probabilities.

        Returns
        -------
        DataFrame
            Index `threshold`; columns `persons`, `precision`, `recall`, `F1`.
        """
        rows = []
        for threshold in thresholds:
            table = self.at(threshold).table
            pairwise = linkage_scores(table, truth_links).loc["pairwise"]
            rows.append({"threshold": threshold, "persons": table["person_id"].nunique(), **pairwise})
        return pd.DataFrame(rows).set_index("threshold")

    def summary(self) -> pd.DataFrame:
        """Return how many records and persons there are, how many pairs were compared and linked, and whether it held.

        `expected precision` and `expected recall` are what the model thinks of its own pairs; pairs that blocking did
        not bring up are not in them.
        """
        probability = self.pairs["probability"]
        linked = probability >= self.threshold
        total = float(probability.sum())
        rows = {
            "records": len(self.table),
            "persons": self.table["person_id"].nunique(),
            "pairs compared": len(self.pairs),
            "pairs linked": int(linked.sum()),
            "threshold": self.threshold,
            "prior": float(f"{self.prior:.4g}"),
            "expected precision": round(float(probability[linked].mean()), 4) if linked.any() else "no link",
            "expected recall": round(float(probability[linked].sum()) / total, 4),
            "converged": self.converged,
        }
        return pd.DataFrame({"value": pd.Series(rows, dtype=object)})

    def plot(self, ax: Axes | None = None, truth_links: Any = None) -> Axes:
        """Draw the weights of all pairs compared; where the truth is given, precision and recall by threshold."""
        return self._weights(ax) if truth_links is None else self._scores(ax, truth_links)

    def _weights(self, ax: Axes | None) -> Axes:
        ax = plots.new_axes(ax)
        weight, linked = self.pairs["weight"], self.pairs["probability"] >= self.threshold
        edges = np.arange(np.floor(weight.min() / 2) * 2, weight.max() + 2.01, 2)
        for chosen, name, colour, hatch in (
            (~linked, "not linked", plots.FAINT, ""),
            (linked, "linked", plots.PALETTE[0], "//"),
        ):
            pairs = np.histogram(weight[chosen], edges)[0]
            ax.stairs(pairs, edges, fill=True, label=word(name), color=colour, hatch=hatch, edgecolor="white", lw=0.5)
        if self.threshold < 1:
            odds = self.threshold / (1 - self.threshold) * (1 - self.prior) / self.prior
            ax.axvline(np.log2(odds), color=plots.FAINT, lw=1)
        ax.legend()
        title = word("Which pairs are one person?")
        plots.finish(ax, title, word("match weight (bits)"), word("pairs compared"))
        said = (
            f"{title} A histogram of the match weights of {len(weight):,} pairs, from {weight.min():.0f} to "
            f"{weight.max():.0f} bits; {int(linked.sum()):,} pairs are linked at a threshold of {self.threshold:g}"
            f"{f', from {weight[linked].min():.1f} bits on' if linked.any() else ''}."
        )
        return plots.describe(ax, said)

    def _scores(self, ax: Axes | None, truth_links: Any) -> Axes:
        ax = plots.new_axes(ax)
        scores = self.by_threshold(truth_links, sorted({*THRESHOLDS, min(self.threshold, THRESHOLDS[-1])}))
        at = np.log10(scores.index / (1 - scores.index))
        for i, name in enumerate(("precision", "recall")):
            style = {"color": plots.PALETTE[i], "linestyle": plots.DASHES[i], "marker": plots.MARKERS[i]}
            ax.plot(at, scores[name], label=word(name), **style)
        ticks = np.array([0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999])
        ax.set_xticks(np.log10(ticks / (1 - ticks)), [f"{tick:g}" for tick in ticks])
        ax.axvline(np.log10(1 / max(1 / self.threshold - 1, 1e-4)), color=plots.FAINT, lw=1)
        ax.legend()
        title = word("Where should the threshold lie?")
        plots.finish(plots.percent_axis(ax), title, word("threshold (probability)"), word("share of pairs"))
        ends = "; ".join(
            f"at {threshold:g} precision {percent(row['precision'])}, recall {percent(row['recall'])}"
            for threshold, row in scores.iloc[[0, -1]].iterrows()
        )
        return plots.describe(ax, f"{title} Two lines against the threshold: {ends}. A line at {self.threshold:g}.")


def _check(threshold: float, contacts: str = WAYS[0], sample_pairs: int = 1000) -> None:
    if not 0 < threshold <= 1:
        raise ValueError(f"threshold is {threshold}; it must lie above 0 and at most at 1")
    if contacts not in WAYS:
        raise ValueError(f"contacts is {contacts!r}; choose one of {', '.join(WAYS)}")
    if sample_pairs < 1000:
        raise ValueError(f"sample_pairs is {sample_pairs}; u needs 1,000 pairs or more")


def _comparisons(records: pd.DataFrame, contacts: str) -> dict[str, tuple[str, ...]]:
    """Return the comparisons that the records allow; say which fields are left out."""
    if len(records) < 2:
        raise ValueError("source_records: there is one record only, so there is nothing to link it to")
    fields = [name for name in FIELDS if name in records and records[name].notna().any()]
    absent = [name for name in FIELDS if name not in fields]
    names = comparison_names(fields, contacts)
    said = f"{', '.join(absent)}: no record has a value"
    if len(names) < _FEWEST_COMPARISONS:
        raise ValueError(
            f"{said}; with {' and '.join(names)} alone, how many pairs match and how well they agree cannot be told "
            "apart. Link by rules: exact_links"
        )
    if absent:
        warnings.warn(f"source_records: {said}; what it would tell of who is who stays unknown", stacklevel=3)
    return names


def _refuse_reversed(parameters: pd.DataFrame) -> None:
    """Refuse a fit in which agreement speaks against a match: then the two kinds of pairs are not persons."""
    best = parameters.groupby("comparison", sort=False).first()
    bad = best.index[~(best["m"] > best["u"])]
    if len(bad):
        row = best.loc[bad[0]]
        raise ValueError(
            f"{bad[0]}: full agreement is no commoner among matches (m {row['m']:.2g}) than among others "
            f"(u {row['u']:.2g}), so the records do not show who is one person"
        )
