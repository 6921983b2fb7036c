"""Samples for the value of buyers: of one customer and of all, from a model of buying and one of spend."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from buyers import SPEND, TRUTHS, simulate, spenders

from crmlab.buyers import BetaGeoBetaBinomial, GammaGamma
from crmlab.intervals import interval_of, moved_to
from crmlab.lifetime_value import customer_value

SIZE, RATE, MARGIN = 1500, 0.1, 0.3
ASKED = pd.DataFrame(
    {"frequency": [0, 2, 6], "recency": [0, 3, 6], "opportunities": 6, "monetary_value": [0.0, 30.0, 30.0]}
)
Row = tuple[str, float, float, float, float]


def samples(seed: int) -> Iterator[Row]:
    """Yield what one sample of buyers says about what three customers are worth."""
    draw = np.random.default_rng(seed)
    buying = BetaGeoBetaBinomial.fit(simulate(BetaGeoBetaBinomial, TRUTHS[BetaGeoBetaBinomial], draw, SIZE, ahead=1))
    spend = GammaGamma.fit(spenders(draw, SIZE))
    known = moved_to(buying, np.log(TRUTHS[BetaGeoBetaBinomial])), moved_to(spend, np.log(SPEND))
    for what, place in {"a lost customer": [0], "a good customer": [2], "all": [0, 1, 2]}.items():
        ask = partial(_value, place)
        row: Any = interval_of(ask, buying, spend).iloc[0]
        yield f"value of {what}", ask(*known), row["estimate"], row["low"], row["high"]


def _value(places: list[int], buying: Any, spend: Any) -> float:
    values = customer_value(buying, spend, ASKED, None, RATE, MARGIN)["value"]
    return float(values.to_numpy(float)[places].sum())
