"""The company `b2b`: salespeople sell a monthly software service to firms.

The rooms: `accounts` (firms and parameters), `crm` (salespeople and their CRM system), `pipeline` (stages), `offers`
(what is offered and chosen), `contracts` (how long firms stay), `surveys`, `marketing` (money), `vendors`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.company import Company, Truth
from crmlab.simulation.b2b import contracts, crm, marketing, offers, pipeline, surveys, vendors
from crmlab.simulation.b2b.accounts import B2B, END, customer_table, draw_firms
from crmlab.simulation.b2b.offers import Offers
from crmlab.simulation.parameters import build

STANDARD = 1200  # customers of a company of standard size


def simulate(customers: int | None, seed: int, switches: dict[str, float]) -> Company:
    """Simulate the company that sells to firms: all its tables and its truth."""
    mechanism, wanted = build(B2B, switches), customers or STANDARD
    spend = marketing.draw_spend(seed)
    firms, users = draw_firms(spend, wanted, seed), crm.draw_users(mechanism, seed)
    paths = pipeline.draw_paths(mechanism, firms, users, crm.assign(mechanism, firms, users, seed), seed)
    made = offers.draw_offers(firms, paths["gap"].to_numpy(), seed)
    known, utility = _decide(mechanism, paths.join(contracts.draw_drivers(firms, seed)), made)
    won = surveys.feel(mechanism, contracts.run(mechanism, known, made, seed), seed)
    events = pipeline.stage_events(known)
    reached = events.merge(known[["lead_id", "channel"]], on="lead_id")
    tables = {
        "customers": customer_table(won),
        "leads": pipeline.lead_table(known),
        "stage_events": events,
        "offers": offers.offer_table(known, made),
        "contracts": contracts.contract_table(won),
        "surveys": surveys.survey_table(won, seed),
        "channel_spend": marketing.spend_table(spend, wanted / STANDARD, reached, won),
        "experiments": offers.experiment(known),
        "crm_users": crm.user_table(users),
        "crm_usage": crm.usage_table(mechanism, users, won, seed),
        "vendors": vendors.vendor_table(),
    }
    return Company("b2b", tables, f"{END:%Y-%m-%d}", truth=_truth(mechanism, users, known, made, utility, won))


def _decide(mechanism: B2B, paths: pd.DataFrame, made: Offers) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the leads with what they chose, and the utilities they chose by."""
    known = paths.assign(discount=made.discount)
    utility = offers.utilities(mechanism, made, made.promised, offers.liking(mechanism, known))
    return pipeline.close(known, offers.choose(made, utility), offers.chance_to_choose(utility)), utility


def _truth(
    mechanism: B2B, users: pd.DataFrame, known: pd.DataFrame, made: Offers, utility: np.ndarray, won: pd.DataFrame
) -> Truth:
    flush = mechanism.budget_flush * (known["decided_on"].dt.quarter == offers.FLUSH_QUARTER).to_numpy()
    calm = offers.chance_to_choose(utility - flush[:, None])
    honest = offers.utilities(mechanism, made, made.delivered, offers.liking(mechanism, known))
    would = pipeline.lead_truth(known, calm).assign(honest_choice_chance=offers.chance_to_choose(honest).round(4))
    tables = {
        "customers": _customers(won),
        "leads": would,
        "offers": offers.offer_truth(mechanism, known, made, utility),
        "crm_users": _users(users),
    }
    return Truth(mechanism.table(**_derived(mechanism, would, won)), tables)


def _customers(won: pd.DataFrame) -> pd.DataFrame:
    felt = {name: won[name].round(4) for name in ("gap", "expectation", "experience", "satisfaction")}
    stayed = ["months", "months_without_gap", "months_self", "months_guided"]
    value = (won["monthly_margin"] * won["expected_months"]).round()
    return pd.DataFrame(
        {
            "customer_id": won["customer_id"],
            **felt,
            "delivered_value": won["delivered_value"],
            **won[stayed],
            "expected_months": won["expected_months"].round(3),
            "lifetime_value": value,
        }
    )


def _users(users: pd.DataFrame) -> pd.DataFrame:
    known = {name: users[name].round(4) for name in ("skill", "gap", "usefulness", "ease", "intention")}
    return pd.DataFrame(
        {"user_id": users["user_id"], **known, "ghost": users["ghost"], "first_used_on": users["first_used_on"]}
    )


def _derived(mechanism: B2B, leads: pd.DataFrame, won: pd.DataFrame) -> dict[str, tuple[float, str, str]]:
    """Return what follows from the mechanism and is worth a name of its own."""
    still_open = leads["win_chance"].between(0, 1, inclusive="neither")
    pays = mechanism.value_effect / mechanism.price_effect
    derived = {
        "willingness_to_pay": (pays, "won per won", "price a month that a won of promised value a month is worth"),
        "open_wins": (leads.loc[still_open, "win_chance"].sum(), "leads", "wins to be expected of the open pipeline"),
        "lifetime_months": (won["expected_months"].mean(), "months", "mean stay of those won, at most ten years"),
    }
    return {name: (round(float(value), 6), unit, meaning) for name, (value, unit, meaning) in derived.items()}
