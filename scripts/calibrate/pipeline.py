"""Intervals of a choice model on known offers, and ranges of a forecast on a simulated company's open pipeline."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from crmlab.pipeline import OfferChoice, PipelineForecast
from crmlab.simulation import simulate_company

TRUE = {"any option": 0.5, "promised_value": 1.0, "monthly_price": -0.8}
OFFERS = 400


def samples(seed: int) -> Iterable[tuple[str, float, float, float, float]]:
    """Yield what was estimated from one sample of offers and one company: name, truth, estimate, low and high."""
    choice = OfferChoice.fit(_offers(seed), ["promised_value"])
    half = 1.959964 * choice.standard_errors
    for name, truth in TRUE.items():
        value, reach = float(choice.parameters[name]), float(half[name])
        yield f"choice: {name}", truth, value, value - reach, value + reach
    for how, draws in (("delta method", 0), ("Krinsky and Robb", 2000)):
        estimate, low, high = choice.willingness_to_pay(draws).loc["promised_value"].to_numpy(float)
        yield f"willingness to pay, {how}", 1.25, float(estimate), float(low), float(high)
    yield from _open_pipeline(seed)


def _offers(seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    value, price = rng.uniform(0, 4, (2, OFFERS, 2))
    utility = TRUE["any option"] + TRUE["promised_value"] * value + TRUE["monthly_price"] * price
    liked = utility + rng.gumbel(size=(OFFERS, 2))
    best = np.where(liked.max(axis=1) > rng.gumbel(size=OFFERS), liked.argmax(axis=1), -1)
    columns = {"offer_id": np.repeat(range(OFFERS), 2), "option": ["A", "B"] * OFFERS}
    values = {"promised_value": value.ravel(), "monthly_price": price.ravel()}
    return pd.DataFrame({**columns, **values, "accepted": (best[:, None] == np.arange(2)).ravel()})


def _open_pipeline(seed: int) -> Iterable[tuple[str, float, float, float, float]]:
    company = simulate_company("b2b", customers=600, seed=seed)
    assert company.truth is not None
    forecast = PipelineForecast.fit(company.stage_events, company.observation_end, months=range(1, 10))
    won_on = company.truth.leads.set_index("lead_id")["won_on"].reindex(forecast.leads["lead_id"])
    soon = won_on <= pd.Timestamp(company.observation_end) + pd.Timedelta(days=90)
    for days, came in ((90.0, soon.sum()), (np.inf, won_on.notna().sum())):
        wins, low, high = forecast.table[["wins", "low", "high"]].loc[days].to_numpy(float)
        yield f"wins of the open pipeline, {days:g} days", float(came), float(wins), float(low), float(high)
