"""Samples for what contracts earn within a horizon, and for what recommended customers bring."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from crmlab.margins import margin_within
from crmlab.referrals import Reproduction
from crmlab.simulation import simulate_company
from crmlab.simulation.days import months_later

CONTRACTS, MONTHS, END = 500, 12, pd.Timestamp("2025-12-31")
CUSTOMERS, LIFE = 1000, 24
Row = tuple[str, float, float, float, float]


def samples(seed: int) -> Iterator[Row]:
    """Yield what one sample of contracts, and one company with referrals, say."""
    yield _margins(np.random.default_rng(seed))
    yield _referrals(1000 + seed)


def _margins(draw: np.random.Generator) -> Row:
    """Who costs more leaves sooner, so that the product of the means would be wrong."""
    leaving = draw.uniform(0.02, 0.2, CONTRACTS)
    months = draw.geometric(leaving)
    start = pd.Series(pd.Timestamp("2023-01-01") + pd.to_timedelta(draw.integers(0, 1060, CONTRACTS), unit="D"))
    ended = pd.Series(months_later(start, months))
    table = pd.DataFrame({"started_on": start, "ended_on": ended.where(ended <= END)})
    found: Any = margin_within(table.assign(monthly_margin=3000 - 20_000 * leaving), END, MONTHS).iloc[0]
    rates = np.linspace(0.02, 0.2, 100_001)
    truth = np.mean((3000 - 20_000 * rates) * (1 - (1 - rates) ** MONTHS) / rates)
    return "margin within 12 months", float(truth), found["estimate"], found["low"], found["high"]


def _referrals(seed: int) -> Row:
    """A company of its own for each sample; the truth is what its customers bring by their own rates and lives."""
    company = simulate_company("subscription", customers=CUSTOMERS, seed=seed)
    found: Any = Reproduction.from_tables(company.tables, company.observation_end, LIFE).number
    truth: Any = company.truth
    known = truth.customers.merge(company.customers, on="customer_id").query("channel == 'referral'")
    # one recommends in the month after a first morning as a customer: half a month later in life, on average
    exposed = known["months"].clip(upper=LIFE) - 0.5 * (known["months"] >= LIFE)
    leads = (known["referral_rate"] / 12).clip(upper=1) * exposed
    brought = float(leads.mean() * truth["conversion_referral"])
    return "reproduction number within 24 months", brought, found["estimate"], found["low"], found["high"]
