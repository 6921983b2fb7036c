"""Twins: the shape of a company of one's own, filled with people who never lived.

A lesson on one's own data has no truth to open. A twin has: it is simulated with parameters that were read from the
company, so it behaves alike, and every why is known. It can be shown to others, because nothing in it is anybody's.
The rooms behind: `twin_shapes` (what may be read at all), `twin_orders`, `twin_contracts`.

What a twin does not carry stands in `truth.not_carried`, not in a warning: it holds of every twin, so a warning would
only be noise in a lesson, while a table can be read where it matters.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from crmlab.company import Company, Truth
from crmlab.simulation.twin_contracts import ContractsShape, first_contracts, make_contracts, read_contracts
from crmlab.simulation.twin_leads import LeadsShape, make_leads, make_stage_events, read_leads
from crmlab.simulation.twin_orders import OrdersShape, customer_mixes, make_orders, read_orders
from crmlab.simulation.twin_shapes import FEWEST, Mix, fresh_prefix

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
Rows = dict[str, tuple[float, str, str]]


def simulate_twin(company: Company, customers: int | None = None, seed: int = 11) -> Company:
    """Simulate a company of the same shape as another one, which holds none of its people.

    Parameters
    ----------
    company
        Has `orders` or `contracts`; with both, the one with more customers is taken.
    customers
        How many customers the twin has; as many as the company if not given.
    seed
        The same seed gives the same twin.

    Returns
    -------
    Company
        With `truth.parameters` (what was read and used), `truth.customers` and `truth.not_carried` (`table`, `why`).

    Raises
    ------
    ValueError
        If the company has neither orders nor contracts, or too few customers to read their shape.
    """
    kind = _kind(company)
    prefix = fresh_prefix(company)
    if kind == "orders":
        shop = read_orders(company)
        tables, known = make_orders(shop, customers, seed, prefix, company.currency)
        rows, mixes = _shop_rows(shop, company.currency), shop.mixes
    else:
        contracts = read_contracts(company, customer_mixes(company, first_contracts(company)["customer_id"]))
        tables, known = make_contracts(contracts, customers, seed, prefix, company.currency)
        rows = _contract_rows(contracts, company.currency)
        mixes = {"plan": contracts.plan_mix, **contracts.mixes, **contracts.kinds}
    funnel = read_leads(company, _size(company, kind))
    if funnel is not None:
        leads = make_leads(funnel, tables["customers"], seed, prefix)
        tables |= {"leads": leads, "stage_events": make_stage_events(leads)}
        rows |= _funnel_rows(funnel)
    tables = _as_held(tables, company)
    columns = ["value", "unit", "meaning"]
    parameters = pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("name")
    left_out = pd.DataFrame([*_not_carried(company, tables, mixes, kind)], columns=["table", "why"])
    truth = Truth(parameters, {"customers": known, "not_carried": left_out})
    return Company(f"twin of {company.name}", tables, company.observation_end, company.currency, truth)


def _kind(company: Company) -> str:
    kinds = [name for name in ("orders", "contracts") if name in company.tables]
    if not kinds:
        raise ValueError(f"{company.name} has neither orders nor contracts; a twin is read from one of them")
    return max(kinds, key=lambda kind: _size(company, kind))


def _size(company: Company, kind: str) -> int:
    return int(company.tables[kind]["customer_id"].nunique())


def _as_held(tables: dict[str, pd.DataFrame], company: Company) -> dict[str, pd.DataFrame]:
    """Return those tables and columns that the company has too."""
    held = {name: list(frame) for name, frame in company.tables.items()}
    return {name: frame.filter(held[name]) for name, frame in tables.items() if name in held}


def _mix_rows(mixes: dict[str, Mix]) -> Rows:
    return {
        f"share_{column}_{value}": (share, "share", f"customers whose {column} is {value}")
        for column, mix in mixes.items()
        for value, share in mix.shares.items()
    }


def _shop_rows(shop: OrdersShape, currency: str) -> Rows:
    """Return the parameters of a shop's twin, with unit and meaning."""
    told = {
        "r": ("shape", "purchase rates over customers: shape of the gamma distribution"),
        "alpha": ("weeks", "purchase rates over customers: rate of the gamma distribution"),
        "a": ("shape", "leaving after a repeat order: first shape of the beta distribution"),
        "b": ("shape", "leaving after a repeat order: second shape of the beta distribution"),
        "p": ("shape", "amounts of one customer: shape of the gamma distribution"),
        "q": ("shape", "mean amounts over customers: shape of the gamma distribution"),
        "v": (currency, "mean amounts over customers: scale of the gamma distribution"),
    }
    rows = {name: (float(shop.parameters[name]), *rest) for name, rest in told.items()}
    season = {
        f"season_{month:02d}": (pull, "ratio", f"orders in month {month} of the year, against an even year")
        for month, pull in enumerate(shop.shape.season, start=1)
    }
    rows["swing"] = (shop.shape.swing, "log sd", "weeks that customers share: standard deviation of the log of trade")
    days = {
        f"weekday_{name}": (share, "share", f"orders on a {name}")
        for name, share in zip(_WEEKDAYS, shop.shape.weekdays, strict=True)
    }
    return rows | (season if shop.seasonal else {}) | days | _mix_rows(shop.mixes)


def _funnel_rows(funnel: LeadsShape) -> Rows:
    """Return the parameters of the twin's funnel, with unit and meaning."""
    rows: Rows = {"share_with_lead": (funnel.with_lead, "share", "customers who were a lead before")}
    for name, share in funnel.conversion.items():
        rows[f"conversion_{name}"] = (share, "share", f"leads from {name} that were customers by the end")
        rows[f"wait_{name}"] = (funnel.wait[name][0], "days", f"leads from {name}: mean time to become a customer")
    return rows


def _contract_rows(shape: ContractsShape, currency: str) -> Rows:
    """Return the parameters of the twin of a company with contracts, with unit and meaning."""
    rows: Rows = {}
    for name, plan in shape.plans.items():
        end, of = (f"_{name}", f"plan {name}") if name else ("", "all")
        rows[f"alpha{end}"] = (plan.alpha, "shape", f"{of}: leaving at the end of a month, first shape of the beta")
        rows[f"beta{end}"] = (plan.beta, "shape", f"{of}: leaving at the end of a month, second shape of the beta")
        if "monthly_fee" in shape.money:
            rows[f"fee{end}"] = (plan.fee, currency, f"{of}: the median of the monthly fees")
            rows[f"fee_spread{end}"] = (plan.fee_spread, "log", f"{of}: standard deviation of the log of the fees")
        if "monthly_margin" in shape.money:
            rows[f"margin{end}"] = (plan.margin, currency, f"{of}: the mean of the monthly margins")
            rows[f"margin_spread{end}"] = (plan.margin_spread, currency, f"{of}: standard deviation of the margins")
    named = {"plan": shape.plan_mix} if list(shape.plans) != [""] else {}
    return rows | _mix_rows(named | shape.mixes | shape.kinds)


def _not_carried(
    company: Company, tables: dict[str, pd.DataFrame], mixes: dict[str, Mix], kind: str
) -> Iterator[tuple[str, str]]:
    """Yield what the twin leaves behind, and why."""
    for name, frame in company.tables.items():
        if name not in tables:
            yield name, "a twin is read from customers, from leads, and from orders or contracts; the rest is not read"
            continue
        lost = [str(column) for column in frame if column not in tables[name]]
        if lost:
            yield name, f"not read: {', '.join(lost)}"
    for column, mix in mixes.items():
        if mix.pooled:
            home = "customers" if column in ("channel", "region") else "contracts"
            yield home, f"{column}: {mix.pooled} values held by fewer than {FEWEST} customers each are one, or left out"
    yield kind, "what one column tells about another: each mix is drawn by itself"
    if "stage_events" in tables:
        yield "stage_events", "steps between the lead and the customer, and the days on which leads were lost"
    if kind == "contracts":
        yield "contracts", "second contracts of a customer, and faults or offers that moved churn for a time"
    else:
        yield "orders", "public holidays, and what moved trade in one certain week"
        yield "orders", "links between what customers are, how often they buy and how much they spend"
