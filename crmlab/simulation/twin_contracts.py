"""The twin of a company with contracts: as many customers on each plan, who stay as long and pay as much.

How long contracts run is read by the shifted-beta-geometric model (Fader & Hardie 2007), plan by plan where a plan has
customers enough, else over all; where customers do not differ, all leave alike. A customer of the twin draws a
probability to leave from the plan's beta distribution and faces it at the end of each month. Only the first contract of
a customer is read and made.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crmlab.churn import count_contracts
from crmlab.company import Company
from crmlab.estimation import NotIdentifiedError
from crmlab.renewals import ShiftedBetaGeometric
from crmlab.simulation.days import months_later
from crmlab.simulation.parameters import stream
from crmlab.simulation.twin_shapes import FEWEST, OTHER, Mix, coarse_months, draw_days, fresh_ids, to_money

FEWEST_CUSTOMERS, FEWEST_WHO_LEFT, FEWEST_ON_A_PLAN = 100, 30, 200
ALIKE = 10_000.0  # alpha and beta together, where customers do not differ
LONGEST = 1200  # months; nobody stays for a hundred years
_KINDS = ("payment_method", "service_level", "onboarding")
_MONEY = ("monthly_fee", "monthly_margin")


@dataclass(frozen=True)
class Plan:
    """What is read of a plan.

    Attributes
    ----------
    alpha, beta
        The beta distribution of the probability to leave at the end of a month.
    fee, fee_spread
        Median of the fees and standard deviation of their logarithm.
    margin, margin_spread
        Mean and standard deviation of the margins, which may be negative.
    """

    alpha: float
    beta: float
    fee: float
    fee_spread: float
    margin: float
    margin_spread: float


@dataclass(frozen=True)
class ContractsShape:
    """What a twin of a company with contracts is made from.

    Attributes
    ----------
    customers
        How many held a contract.
    start, end
        First day of the first month, and the last day seen.
    arrivals
        A weight for each month.
    plans
        What is known of each plan; one plan called "" where contracts have none.
    plan_mix
        The share of each plan.
    mixes, kinds
        The mixes of the columns of `customers` and of `contracts` that the twin carries.
    money
        Which of the money columns the contracts have.
    """

    customers: int
    start: pd.Timestamp
    end: pd.Timestamp
    arrivals: tuple[float, ...]
    plans: dict[str, Plan]
    plan_mix: Mix
    mixes: dict[str, Mix]
    kinds: dict[str, Mix]
    money: tuple[str, ...]


def read_contracts(company: Company, mixes: dict[str, Mix]) -> ContractsShape:
    """Read the shape of a company with contracts.

    Raises
    ------
    ValueError
        If there are too few customers, too few left, or the model cannot be fitted.
    """
    first = first_contracts(company)
    end = pd.Timestamp(company.observation_end)
    left = int((first["ended_on"] <= end).sum())
    if len(first) < FEWEST_CUSTOMERS:
        raise ValueError(f"{company.name} has {len(first)} customers; a twin needs at least {FEWEST_CUSTOMERS}")
    if left < FEWEST_WHO_LEFT:
        raise ValueError(f"{left} customers left {company.name}; a twin needs at least {FEWEST_WHO_LEFT}")
    plan_mix = Mix.of(first["plan"]) if "plan" in first else Mix({}, 0)
    plan_mix = plan_mix if plan_mix.shares else Mix({"": 1.0}, plan_mix.pooled)
    held = first["plan"].fillna("").astype(str) if "plan" in first else pd.Series("", first.index)
    held = held.where(held.isin([*plan_mix.shares, ""]), OTHER)
    start = first["started_on"].min().replace(day=1)
    return ContractsShape(
        customers=len(first),
        start=start,
        end=end,
        arrivals=coarse_months(first["started_on"], start, end),
        plans=_plans(company, first, held, list(plan_mix.shares)),
        plan_mix=plan_mix,
        mixes=mixes,
        kinds={name: mix for name in _KINDS if name in first and (mix := Mix.of(first[name])).shares},
        money=tuple(name for name in _MONEY if name in first and first[name].count() >= FEWEST),
    )


def first_contracts(company: Company) -> pd.DataFrame:
    """Return the first contract of each customer who had one by the end of the observation."""
    seen = company.contracts[company.contracts["started_on"] <= pd.Timestamp(company.observation_end)]
    return seen.sort_values("started_on", kind="stable").drop_duplicates("customer_id").reset_index(drop=True)


def _plans(company: Company, first: pd.DataFrame, held: pd.Series, names: list[str]) -> dict[str, Plan]:
    end = company.observation_end
    try:
        of_all = _staying(first, end)
    except ValueError as error:
        raise ValueError(f"{company.name} has no twin: {error}") from error
    plans = {}
    for name in names:
        rows = first[held == name]
        enough = len(rows) >= FEWEST_ON_A_PLAN and (rows["ended_on"] <= pd.Timestamp(end)).sum() >= FEWEST_WHO_LEFT
        plans[name] = Plan(*(_staying(rows, end) if enough else of_all), *_prices(rows))
    return plans


def _staying(rows: pd.DataFrame, end: str) -> tuple[float, float]:
    """Return alpha and beta; where customers do not differ, a pair so large that all leave with the same probability.

    Raises
    ------
    ValueError
        If the contracts are impossible, such as one that ended on the day on which it began.
    """
    counts = count_contracts(rows, end)
    try:
        model = ShiftedBetaGeometric.fit(counts)
    except ValueError as error:
        if not isinstance(error.__cause__, NotIdentifiedError):
            raise
        customers, left, months = (counts[name].to_numpy(float) for name in ("customers", "churned", "duration"))
        leaving = float(customers @ left / (customers @ months))
        return ALIKE * leaving, ALIKE * (1 - leaving)
    return model.alpha, model.beta


def _prices(rows: pd.DataFrame) -> Iterator[float]:
    """Yield median and spread of the fees, mean and spread of the margins; zeros where too few are known."""
    fees, margins = (rows.get(name, pd.Series(dtype=float)).dropna().to_numpy(float) for name in _MONEY)
    positive = np.log(fees[fees > 0])
    fee = (np.median(fees), positive.std() if len(positive) else 0.0) if len(fees) >= FEWEST else (0.0, 0.0)
    margin = (margins.mean(), margins.std()) if len(margins) >= FEWEST else (0.0, 0.0)
    yield from (round(float(value), 6) for value in (*fee, *margin))


def make_contracts(
    shape: ContractsShape, customers: int | None, seed: int, prefix: str, currency: str
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Return the tables of the twin, and what is true of each of its customers."""
    size = customers or shape.customers
    chance = {name: stream(seed, f"twin {name}").random(size) for name in ("plan", "renewals", *shape.mixes)}
    ids = fresh_ids(prefix, "C", size)
    day = stream(seed, "twin arrivals").random((2, size))
    started = draw_days(shape.start, shape.end, shape.arrivals, day[0], day[1])
    plan = shape.plan_mix.draw(chance["plan"])
    leaving, months = _stay(shape, plan, chance["renewals"], seed)
    ended = pd.Series(months_later(started, months))
    contracts = {
        "contract_id": fresh_ids(prefix, "K", size),
        "customer_id": ids,
        "started_on": started,
        "ended_on": ended.where(ended <= shape.end),
        **({"plan": plan} if list(shape.plans) != [""] else {}),
        **{name: mix.draw(stream(seed, f"twin {name}").random(size)) for name, mix in shape.kinds.items()},
        **_money(shape, plan, seed, currency),
    }
    people = {name: mix.draw(chance[name]) for name, mix in shape.mixes.items()}
    tables = {
        "customers": pd.DataFrame({"customer_id": ids, "acquired_on": started, **people}),
        "contracts": pd.DataFrame(contracts),
    }
    known = pd.DataFrame({"customer_id": ids, "leaving_probability": leaving.round(8), "months": months})
    return tables, known


def _stay(shape: ContractsShape, plan: np.ndarray, chance: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return each customer's probability to leave and the months paid, by inverting the geometric distribution."""
    alpha, beta = (np.array([getattr(shape.plans[name], field) for name in plan]) for field in ("alpha", "beta"))
    leaving = np.clip(stream(seed, "twin leaving").beta(alpha, beta), 1e-9, 1 - 1e-9)
    months = 1 + np.floor(np.log1p(-chance) / np.log1p(-leaving))
    return leaving, np.minimum(months, LONGEST).astype(int)


def _money(shape: ContractsShape, plan: np.ndarray, seed: int, currency: str) -> dict[str, Any]:
    """Return fees and margins: one price a plan, or as spread as they are; who pays more brings more."""
    draw = stream(seed, "twin fees").standard_normal(len(plan))
    fee, fee_spread, margin, margin_spread = (
        np.array([getattr(shape.plans[name], field) for name in plan])
        for field in ("fee", "fee_spread", "margin", "margin_spread")
    )
    values = {"monthly_fee": fee * np.exp(fee_spread * draw), "monthly_margin": margin + margin_spread * draw}
    return {name: to_money(values[name], currency) for name in shape.money}
