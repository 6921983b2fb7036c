"""Two learners of uplift, each of which scores a customer without having seen that customer.

*Two models*: one learns the outcome of the treated, one that of those left alone; their difference is the uplift. It
is plain, but each model spends its strength on the outcome, not on the difference.

*Doubly robust* (Kennedy 2023, Electronic Journal of Statistics 17(2), 3008–3049): the two models first make a
pseudo-outcome for each customer, whose mean given the covariates is the uplift,

    m1(x) − m0(x) + t (y − m1(x)) / p − (1 − t) (y − m0(x)) / (1 − p),

and a third model learns that. As p is known by the draw, it stays right even where m1 and m0 are wrong; with m1 and m0
left out it is the transformed outcome of Athey and Imbens (2016).

A model praises itself on the data it has learned from. So the customers are dealt into folds, and who lies in a fold is
scored by models that learned from the others only. For the doubly robust learner this holds twice: the pseudo-outcomes
from which a fold's model learns come from models that saw neither that fold nor their own.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np

from crmlab.estimation import Vector

FOLDS = 4
LEARNERS = ("two models", "doubly robust")
_TREES = 50


def canonical(values: Vector, treated: Vector, outcome: Vector) -> Vector:
    """Return an order of the customers that depends on what they are, not on where they stand."""
    return np.lexsort([outcome, treated, *values.T[::-1]])


def deal(treated: Vector, seed: int) -> Vector:
    """Return the fold of each customer: as many of each arm in every fold."""
    rng, fold = np.random.default_rng(seed), np.empty(len(treated), int)
    for arm in (True, False):
        rows = np.flatnonzero(treated == arm)
        fold[rows] = rng.permutation(np.arange(len(rows)) % FOLDS)
    return fold


def two_models(values: Vector, treated: Vector, outcome: Vector, fold: Vector) -> tuple[Vector, Vector, Vector]:
    """Return each customer's expected outcome if treated and if not, and the uplift, all out of fold."""
    arms = np.empty((2, len(outcome)))
    for k in range(FOLDS):
        for arm in (0, 1):
            rows = (fold != k) & (treated == arm)
            arms[arm, fold == k] = _learn(values[rows], outcome[rows]).predict(values[fold == k])
    return arms[1], arms[0], arms[1] - arms[0]


def doubly_robust(values: Vector, treated: Vector, outcome: Vector, fold: Vector) -> tuple[Vector, Vector, Vector]:
    """Return each customer's expected outcome if treated and if not, and the uplift, all out of fold."""
    # arms[k]: what is expected of everybody outside fold k, by models that saw neither fold k nor the own one
    arms = np.zeros((FOLDS, 2, len(outcome)))
    for j, k in combinations(range(FOLDS), 2):
        for arm in (0, 1):
            rows = (fold != j) & (fold != k) & (treated == arm)
            model = _learn(values[rows], outcome[rows])
            arms[k, arm, fold == j] = model.predict(values[fold == j])
            arms[j, arm, fold == k] = model.predict(values[fold == k])
    uplift, share = np.empty(len(outcome)), float(treated.mean())
    for k in range(FOLDS):
        rows = fold != k
        pseudo = pseudo_outcome(arms[k, 1], arms[k, 0], treated, outcome, share)
        uplift[~rows] = _learn(values[rows], pseudo[rows]).predict(values[~rows])
    if_not, if_treated = arms.sum(axis=0) / (FOLDS - 1)
    return if_treated, if_not, uplift


def pseudo_outcome(if_treated: Vector, if_not: Vector, treated: Vector, outcome: Vector, share: float) -> Vector:
    """Return for each customer a number whose mean is the mean uplift, whatever the two expectations are."""
    missed = np.where(treated, (outcome - if_treated) / share, -(outcome - if_not) / (1 - share))
    return if_treated - if_not + missed


def _learn(values: Vector, outcome: Vector) -> Any:
    """Return a forest of random trees with large leaves, on one thread."""
    from sklearn.ensemble import ExtraTreesRegressor

    leaf = max(5, len(outcome) // 50)
    return ExtraTreesRegressor(_TREES, min_samples_leaf=leaf, max_features=0.5, random_state=0).fit(values, outcome)
