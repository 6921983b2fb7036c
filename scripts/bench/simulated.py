"""Simulated tables for the benchmarks: buyers, spenders, orders and contracts, of any size, the same for every peer.

Buyers are like those of CDNOW: they first buy within twelve weeks, buy and leave as the BG/NBD says, are watched for 27
to 39 weeks, and are known by the day. Contracts end by a hazard that six covariates of few levels multiply.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

CDNOW = (0.243, 4.414, 0.793, 2.426)  # Fader, Hardie and Lee (2005a), Table 2, in weeks
SPEND = (6.25, 3.74, 15.44)  # Fader, Hardie and Lee (2005b), in dollars
EFFECTS = {"plan": (0.0, -0.3, -0.6), "channel": (0.0, 0.2, 0.4, 0.1), "discount": 0.3, "band": -0.1, "app": -0.4}
EFFECTS |= {"calls": 0.15}
_BLOCK = 500_000


def buyers(size: int, seed: int = 1, weeks: tuple[int, int] = (27, 39)) -> pd.DataFrame:
    """Return `frequency`, `recency`, `T` (weeks, by the day) and `monetary_value`, one row a customer."""
    blocks = []
    for number, first in enumerate(range(0, size, _BLOCK)):
        rng = np.random.default_rng([seed, number])
        blocks.append(_block(rng, min(_BLOCK, size - first), weeks))
    return pd.concat(blocks, ignore_index=True)


def _block(rng: np.random.Generator, size: int, weeks: tuple[int, int]) -> pd.DataFrame:
    span = rng.integers(weeks[0] * 7, weeks[1] * 7 + 1, size)
    x, last = np.zeros(size), np.zeros(size)
    for who, day in _purchases(rng, span):
        x[who] += 1
        last[who] = day
    p, q, v = SPEND
    often = np.maximum(x, 1.0)
    mean = rng.gamma(p * often) / (often * rng.gamma(q, 1 / v, size))
    spent = np.where(x > 0, np.maximum(mean.round(2), 0.01), 0.0)
    return pd.DataFrame({"frequency": x, "recency": last / 7, "T": span / 7, "monetary_value": spent})


def _purchases(rng: np.random.Generator, span: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield who bought once more and on which day after the first, at most once a day, until nobody does."""
    r, alpha, a, b = CDNOW
    pace, leave = rng.gamma(r, 1 / alpha, len(span)) / 7, rng.beta(a, b, len(span))
    who, now = np.arange(len(span)), np.zeros(len(span))
    while len(who):
        now = now + rng.exponential(1 / np.maximum(pace[who], 1e-12))
        day = np.ceil(now)
        seen = day <= span[who]
        who, now, day = who[seen], day[seen], day[seen]
        yield who, day
        stays = rng.random(len(who)) >= leave[who]
        who, now = who[stays], now[stays]


def orders(rows: int, seed: int = 2) -> pd.DataFrame:
    """Return `customer_id`, `ordered_at` (to the second, over two years) and `amount`; about ten rows a customer."""
    rng = np.random.default_rng(seed)
    weight = rng.gamma(0.8, size=max(rows // 10, 1))
    customer = rng.choice(len(weight), rows, p=weight / weight.sum())
    when = np.datetime64("2024-01-01", "s") + rng.integers(0, 730 * 86_400, rows)
    amount = rng.gamma(3.0, 12.0, rows).round(2)
    return pd.DataFrame({"customer_id": customer, "ordered_at": when.astype("datetime64[ns]"), "amount": amount})


def contracts(size: int, step: float, seed: int = 3) -> pd.DataFrame:
    """Return `duration` (months, in steps of `step`), `churned` and six covariates, one row a contract."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "plan": rng.choice(3, size, p=[0.5, 0.3, 0.2]),
            "channel": rng.choice(4, size),
            "discount": rng.choice(2, size, p=[0.7, 0.3]),
            "band": rng.choice(5, size),
            "app": rng.choice(2, size),
            "calls": np.minimum(rng.poisson(0.6, size), 3),
        }
    )
    risk = np.zeros(size)
    for name, effect in EFFECTS.items():
        values = table[name].to_numpy()
        risk += np.asarray(effect)[values] if isinstance(effect, tuple) else effect * values
    left = rng.exponential(30 / np.exp(risk))
    seen = rng.uniform(1, 36, size)
    churned = left < seen
    duration = np.where(churned, np.ceil(left / step), np.floor(seen / step)) * step
    named = {"plan": ["basic", "plus", "premium"], "channel": ["web", "shop", "phone", "partner"]}
    words = {name: np.asarray(levels, object)[table[name]] for name, levels in named.items()}
    return table.assign(duration=duration, churned=churned, **words)
