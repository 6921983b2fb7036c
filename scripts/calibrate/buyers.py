"""Simulated buyers for the models of buying, and whether each model's intervals hold what was simulated.

Customers are drawn as each model says, bought out one purchase at a time, and summarised as a firm would see them. So
the truth is known twice: the parameters, and what each customer went on to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from crmlab.buyers import BetaGeo, BetaGeoBetaBinomial, GammaGamma, ModifiedBetaGeo, ParetoNBD
from crmlab.buyers.buyer_model import BuyerModel

Row = tuple[str, float, float, float, float]

AHEAD = 20  # how far the totals look, in the unit of time of the model
SIZE = 2000
TRUTHS: dict[type[BuyerModel], tuple[float, ...]] = {
    BetaGeo: (0.6, 5.0, 0.8, 2.4),
    ModifiedBetaGeo: (0.8, 6.0, 0.9, 2.5),
    ParetoNBD: (0.8, 6.0, 0.8, 12.0),
    BetaGeoBetaBinomial: (1.2, 0.75, 0.66, 2.8),
}
SPEND = (6.25, 3.74, 15.44)


def samples(seed: int) -> Iterable[Row]:
    """Yield what was estimated from one simulated sample, its truth, the estimate and its 95 % interval.

    Of parameters and of the expectation for a new customer the truth is what was put in; of totals it is what the
    simulated customers went on to do.
    """
    rng = np.random.default_rng(seed)
    for kind, truth in TRUTHS.items():
        data = simulate(kind, truth, rng, SIZE, AHEAD)
        yield from checked(kind, truth, data)
    yield from _spend(rng)


def checked(kind: type[BuyerModel], truth: tuple[float, ...], data: pd.DataFrame) -> Iterator[Row]:
    """Fit one model to one sample and yield its parameters, its expectation for a new customer and its totals."""
    model, name = kind.fit(data), kind.__name__
    yield from _rows(name, model.summary(), dict(zip(kind.NAMES, truth, strict=True)))
    new = kind._new_mean(np.array(truth), np.array([float(AHEAD)])).item()
    yield from _rows(name, model.expected_purchases_new(AHEAD), {float(AHEAD): new})
    happened = {"purchases": data["holdout_frequency"].sum(), "customers alive": data["alive"].sum()}
    yield from _rows(name, model.predict_total(AHEAD, data), happened)


def simulate(
    kind: type[BuyerModel], truth: tuple[float, ...], rng: np.random.Generator, size: int, ahead: float
) -> pd.DataFrame:
    """Return customers who buy and leave as a model says, one row each.

    Columns: those that the model is fitted to, `holdout_frequency` and `holdout_T`, and `alive`: whether the customer
    is still there at the end (for BG/BB: at the next opportunity).
    """
    if kind is BetaGeoBetaBinomial:
        return _takers(truth, rng, size, int(ahead))
    r, alpha, one, two = truth
    pace, T = rng.gamma(r, 1 / alpha, size), rng.integers(30, 60, size).astype(float)
    leave, death = np.zeros(size), np.full(size, np.inf)
    if kind is ParetoNBD:
        death = rng.exponential(1 / rng.gamma(one, 1 / two, size))
    else:
        leave = rng.beta(one, two, size)
    if kind is ModifiedBetaGeo:
        death = np.where(rng.random(size) < leave, 0.0, np.inf)
    return _buyers(rng, pace, leave, death, T, ahead)


def _buyers(
    rng: np.random.Generator, pace: np.ndarray, leave: np.ndarray, death: np.ndarray, T: np.ndarray, ahead: float
) -> pd.DataFrame:
    """Let customers buy one after the other; each purchase may be the last, and none comes after the death."""
    x, last, now, later = (np.zeros(len(T)) for _ in range(4))
    left = death.copy()
    buying = np.ones(len(T), bool)
    while buying.any():
        now[buying] += rng.exponential(1 / np.maximum(pace[buying], 1e-12))
        buying &= now < np.minimum(left, T + ahead)
        seen = buying & (now < T)
        x[seen] += 1
        last[seen] = now[seen]
        later[buying & ~seen] += 1
        leaves = buying & (rng.random(len(T)) < leave)
        left[leaves] = now[leaves]
        buying &= ~leaves
    frame = pd.DataFrame({"frequency": x, "recency": last, "T": T})
    return frame.assign(holdout_frequency=later, holdout_T=ahead, alive=left > T)


def _takers(truth: tuple[float, ...], rng: np.random.Generator, size: int, ahead: int) -> pd.DataFrame:
    """Let customers take or miss one opportunity after the other, leaving before any of them."""
    alpha, beta, gamma, delta = truth
    n = rng.integers(6, 10, size)
    last = rng.geometric(np.maximum(rng.beta(gamma, delta, size), 1e-9)) - 1  # the last opportunity met alive
    steps = np.arange(1, n.max() + ahead + 1)
    took = rng.random((size, len(steps))) < rng.beta(alpha, beta, size)[:, None]
    took &= steps <= last[:, None]
    seen, then = steps <= n[:, None], (steps > n[:, None]) & (steps <= n[:, None] + ahead)
    return pd.DataFrame(
        {
            "frequency": (took & seen).sum(axis=1),
            "recency": (steps * (took & seen)).max(axis=1),
            "opportunities": n,
            "holdout_frequency": (took & then).sum(axis=1),
            "holdout_T": ahead,
            "alive": last > n,
        }
    )


def spenders(rng: np.random.Generator, size: int) -> pd.DataFrame:
    """Return customers whose mean spend is drawn as the gamma-gamma model says."""
    p, q, v = SPEND
    x = rng.geometric(0.4, size)
    rate = rng.gamma(q, 1 / v, size)
    mean = rng.gamma(p * x, 1 / (rate * x))
    return pd.DataFrame({"frequency": x, "monetary_value": mean, "truth": p / rate})


def _spend(rng: np.random.Generator) -> Iterator[Row]:
    model = GammaGamma.fit(spenders(rng, SIZE))
    yield from _rows("GammaGamma", model.summary(), dict(zip(GammaGamma.NAMES, SPEND, strict=True)))


def _rows(name: str, table: pd.DataFrame, truth: dict) -> Iterator[Row]:
    for what, known in truth.items():
        row = table.loc[what]
        yield f"{name} {what}", float(known), float(row.iloc[0]), float(row["low"]), float(row["high"])
