"""Samples for churn: curves, hazard ratios of every kind, and models of renewal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from crmlab.churn import ChurnCurve
from crmlab.hazards import HazardModel
from crmlab.intervals import interval_of, moved_to
from crmlab.renewals import BetaDiscreteWeibull, ShiftedBetaGeometric

CUSTOMERS, BASE, MONTHS, RATE = 600, 0.12, 12, 0.01
EFFECTS = {"plan: premium": -0.7, "score": 0.4}
SHAPE = 1.3  # of the Weibull
COHORTS, SHIFTED, AGED = 2500, (1.2, 4.0), (0.6, 2.5, 1.4)
Row = tuple[str, float, float, float, float]


def samples(seed: int) -> Iterator[Row]:
    """Yield what one sample of contracts says."""
    draw = np.random.default_rng(seed)
    yield from _curve(draw)
    for kind in ("cox", "cloglog", "logit", "weibull"):
        yield from _ratios(draw, kind)
    yield from _renewals(draw)


def _curve(draw: np.random.Generator) -> Iterator[Row]:
    """Months with a constant chance to leave, each customer followed for a time of its own."""
    stay, seen = draw.geometric(BASE, CUSTOMERS), draw.integers(1, 25, CUSTOMERS)
    curve = ChurnCurve.from_counts(pd.DataFrame({"duration": np.minimum(stay, seen), "churned": stay <= seen}))
    at: Any = curve.at(MONTHS).iloc[0]
    yield "share after 12 months", (1 - BASE) ** MONTHS, at["estimate"], at["low"], at["high"]
    mean: Any = curve.mean_within(MONTHS).iloc[0]
    yield "months paid within 12", (1 - (1 - BASE) ** MONTHS) / BASE, mean["estimate"], mean["low"], mean["high"]
    worth, stays = curve.value_within(MONTHS, 1.0, RATE).iloc[0], (1 - BASE) / (1 + RATE)
    yield "value within 12 months", (1 - stays**MONTHS) / (1 - stays), worth["estimate"], worth["low"], worth["high"]


def _ratios(draw: np.random.Generator, kind: Any) -> Iterator[Row]:
    """A plan and a number that move the hazard, or the odds of leaving where the kind is logit."""
    premium, score = draw.random(CUSTOMERS) < 0.4, draw.normal(size=CUSTOMERS).round(1)
    predictor = EFFECTS["plan: premium"] * premium + EFFECTS["score"] * score
    if kind == "weibull":
        stay, seen = (draw.exponential(size=CUSTOMERS) / np.exp(predictor)) ** (1 / SHAPE) * 8, draw.uniform(1, 20)
    elif kind == "logit":
        stay = draw.geometric(1 / (1 + (1 - BASE) / BASE * np.exp(-predictor)))
        seen = draw.integers(1, MONTHS + 1, CUSTOMERS)
    else:
        stay = draw.geometric(-np.expm1(np.log1p(-BASE) * np.exp(predictor)))
        seen = draw.integers(1, MONTHS + 1, CUSTOMERS)
    columns = {"duration": np.minimum(stay, seen), "churned": stay <= seen, "score": score}
    rows = pd.DataFrame(columns).assign(plan=np.where(premium, "premium", "basic"))
    table = HazardModel.fit(rows, ["plan", "score"], kind=kind).table
    for name, truth in EFFECTS.items():
        row: Any = table.loc[name]
        point, low, high = (float(np.log(row[end])) for end in ("estimate", "low", "high"))
        yield f"{kind}, log ratio of {name}", truth, point, low, high


def _renewals(draw: np.random.Generator) -> Iterator[Row]:
    """Cohorts of different age; where c is held at 1, age changes nothing."""
    models: tuple[Any, ...] = (ShiftedBetaGeometric, BetaDiscreteWeibull)
    for model, truth in zip(models, (SHIFTED, AGED), strict=True):
        c = truth[2] if len(truth) > 2 else 1.0
        theta, end = draw.beta(truth[0], truth[1], COHORTS), draw.integers(0, 13, COHORTS)
        stay = np.ceil((np.log(draw.random(COHORTS)) / np.log1p(-theta)) ** (1 / c)).clip(1, 99)
        fitted = model.fit(pd.DataFrame({"duration": np.minimum(stay, end), "churned": stay <= end}))
        for name, value in zip(model.NAMES, truth, strict=True):
            half = 1.959964 * fitted.standard_errors[name] / fitted.parameters[name]
            point = float(np.log(fitted.parameters[name]))
            yield f"{model.__name__}, log {name}", float(np.log(value)), point, point - half, point + half
        yield from _predicted(truth, fitted)


def _predicted(truth: tuple[float, ...], fitted: Any) -> Iterator[Row]:
    """What is computed from the parameters: a rate, a lifetime, the worth of a base of three ages."""
    known = moved_to(fitted, np.log(truth))
    base = pd.DataFrame({"duration": [0, 3, 8], "customers": [500, 300, 100]})
    asked: dict[str, Any] = {
        "retention rate of period 12": lambda own: own.retention_rates(12).loc[[12]],
        "residual lifetime": lambda own: interval_of(lambda m: m.residual_lifetime(3, 0.1), own),
        "worth of a base": lambda own: own.customer_base(base, 0.1).loc[["all"]],
    }
    for what, ask in asked.items():
        wanted, row = float(ask(known)["estimate"].iloc[0]), ask(fitted).iloc[0]
        yield f"{type(fitted).__name__}, {what}", wanted, row["estimate"], row["low"], row["high"]
