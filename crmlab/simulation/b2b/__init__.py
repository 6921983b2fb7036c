"""The company `b2b`: salespeople sell a monthly software service to firms.

The rooms: `model` (parameters and causes), `accounts` (firms), `crm` (salespeople and their CRM system), `pipeline`
(stages), `offers` (what is offered and chosen), `contracts` (how long firms stay), `surveys`, `marketing` (money),
`vendors`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.company import Company, Truth
from crmlab.simulation.b2b import contracts, crm, marketing, model, offers, pipeline, surveys, vendors
from crmlab.simulation.b2b.accounts import END, customer_table, draw_firms
from crmlab.simulation.b2b.model import B2B
from crmlab.simulation.b2b.offers import Offers
from crmlab.simulation.parameters import build

_FELT = ("gap", "expectation", "process", "attitude", "experience", "satisfaction")
STANDARD = 1200  # customers of a company of standard size


def simulate(customers: int | None, seed: int, switches: dict[str, float]) -> Company:
    """Simulate the company that sells to firms: all its tables and its truth."""
    mechanism, wanted = build(B2B, switches), customers or STANDARD
    spend = marketing.draw_spend(seed)
    firms, users = draw_firms(spend, wanted, seed), crm.draw_users(mechanism, seed)
    paths = pipeline.draw_paths(mechanism, firms, users, crm.assign(mechanism, firms, users, seed), seed)
    made = offers.draw_offers(firms, seed)
    known, utility, promised = _decide(mechanism, paths.join(contracts.draw_drivers(firms, seed)), made)
    won = contracts.run(mechanism, known, made, seed)
    asked, all_scores = surveys.ask(won, len(known), seed)
    events = pipeline.stage_events(known)
    reached = events.merge(known[["lead_id", "channel"]], on="lead_id")
    tables = {
        "customers": customer_table(won),
        "leads": pipeline.lead_table(known),
        "stage_events": events,
        "offers": offers.offer_table(known, made, promised),
        "contracts": contracts.contract_table(won),
        "surveys": asked,
        "channel_spend": marketing.spend_table(spend, wanted / STANDARD, reached, won),
        "experiments": offers.experiment(known),
        "crm_users": crm.user_table(users),
        "crm_usage": crm.usage_table(users, won, seed),
        "vendors": vendors.vendor_table(),
    }
    leads = _leads(mechanism, known, made)
    truth = {
        "customers": _customers(won),
        "leads": leads,
        "offers": offers.offer_truth(mechanism, known, made, utility),
        "surveys": all_scores,
        "crm_users": _users(users),
        "causes": model.causes(),
    }
    tables = {name: table for name, table in tables.items() if len(table)}  # a few leads may leave a table empty
    known_parameters = mechanism.table(**_derived(mechanism, leads, won))
    return Company("b2b", tables, f"{END:%Y-%m-%d}", truth=Truth(known_parameters, truth))


def _decide(mechanism: B2B, paths: pd.DataFrame, made: Offers) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Return the leads with what they chose, the utilities they chose by, and the values promised."""
    known = paths.assign(discount=made.discount)
    utility, promised = offers.weigh(mechanism, known, made)
    return pipeline.close(known, offers.choose(made, utility), offers.chance_to_choose(utility)), utility, promised


def _leads(mechanism: B2B, known: pd.DataFrame, made: Offers) -> pd.DataFrame:
    """Return what is true of each lead, also in a world without the end of budgets, and in an honest one."""
    worlds = {"without_flush": {"budget_end": 0.0}, "if_honest": {"promise_gap": 0.0}}
    chances = {
        f"choice_chance_{name}": offers.chance_to_choose(offers.weigh(mechanism, known, made, **instead)[0]).round(4)
        for name, instead in worlds.items()
    }
    return pipeline.lead_truth(known).assign(**chances)


def _customers(won: pd.DataFrame) -> pd.DataFrame:
    felt = {name: won[name].round(4) for name in _FELT}
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
