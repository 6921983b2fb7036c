"""What `b2b` offers, and what firms choose: a multinomial logit with an outside option (McFadden 1974).

A firm that gets an offer compares two or three options with not buying and takes what it likes best. It likes promised
value and dislikes the price. Specification adds nothing of its own; but options with more features tend to save more,
so whoever looks at specification alone believes that it sells. Prices are list prices less a discount drawn at random
(the price test), so what a price does can be told from what a large firm would have done anyway.

A salesperson promises the delivered value and a share more, the promise gap. The firm chooses by the promise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmlab.simulation.b2b.accounts import END, log_size
from crmlab.simulation.b2b.model import B2B, SELLING, UNIT
from crmlab.simulation.parameters import stream

PRICE_TEST = "price test"
OPTIONS = ("essential", "advanced", "complete")
LIST_PRICES = np.array([400_000.0, 650_000.0, 950_000.0])  # won a month, for the firm in the middle
DELIVERED = np.array([580_000.0, 880_000.0, 1_240_000.0])  # won a month saved, in truth, by the firm in the middle
POINTS = np.array([30.0, 55.0, 85.0])
DISCOUNTS = np.array([0.0, 60_000.0, 120_000.0, 180_000.0])  # won a month off each option of the offer
SIZE_POWER = 0.2  # prices and savings grow with the employees to this power
NEED_SPREAD, VALUE_SPREAD, POINTS_SHARED, POINTS_OWN = 0.18, 0.22, 10.0, 6.0
FLUSH_QUARTER = 4
SCRIPT_REGION, SCRIPT_START = "Seoul", pd.Timestamp("2025-10-01")


@dataclass(frozen=True)
class Offers:
    """The offer that each lead would get: one row a lead, one column an option; `taste` has not buying first."""

    price: np.ndarray
    points: np.ndarray
    delivered: np.ndarray
    shown: np.ndarray
    discount: np.ndarray
    taste: np.ndarray


def draw_offers(firms: pd.DataFrame, seed: int) -> Offers:
    """Draw the offer of each lead, whether or not it comes so far."""
    draw, count = stream(seed, "b2b offers"), len(firms)
    scale = np.exp(SIZE_POWER * log_size(firms))[:, None]
    need = NEED_SPREAD * draw.standard_normal((count, 1))
    fit = draw.standard_normal((count, 3))
    delivered = np.round(DELIVERED * scale * np.exp(need + VALUE_SPREAD * fit), -3)
    points = np.round(POINTS + POINTS_SHARED * fit + POINTS_OWN * draw.standard_normal((count, 3))).clip(5)
    left_out = draw.integers(0, 6, count)  # half of the offers leave one option out
    discount = DISCOUNTS[stream(seed, "b2b price test").integers(0, len(DISCOUNTS), count)]
    return Offers(
        price=np.round(LIST_PRICES * scale, -3) - discount[:, None],
        points=points,
        delivered=delivered,
        shown=left_out[:, None] != np.arange(3),
        discount=discount,
        taste=stream(seed, "b2b choices").gumbel(size=(count, 4)),
    )


def weigh(mechanism: B2B, known: pd.DataFrame, offers: Offers, **instead: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the utility of each option against not buying, and the value promised.

    Options not shown have minus infinity. `instead` sets a cause to one value for all: `promise_gap=0` is a world in
    which nobody promises more than is delivered.
    """
    given = {
        "firm_size": log_size(known),
        "skill": known["skill"].to_numpy(),
        "promise_gap": known["gap"].to_numpy(),
        "budget_end": (known["decided_on"].dt.quarter == FLUSH_QUARTER).to_numpy(float),
        "sales_script": ((known["region"] == SCRIPT_REGION) & (known["decided_on"] >= SCRIPT_START)).to_numpy(float),
        "crm_use": (known["first_used_on"] <= known["prepared_on"]).to_numpy(float),
    }
    given |= {name: np.full(len(known), value) for name, value in instead.items()}
    whole = {"delivered_value": offers.delivered, "specification": offers.points, "price": offers.price}
    nodes = SELLING.simulate(mechanism, given | whole)
    return np.where(offers.shown, nodes["utility"], -np.inf), nodes["promised_value"]


def chance_to_choose(utility: np.ndarray) -> np.ndarray:
    """Return the probability that a lead takes any of its options."""
    total = np.exp(utility).sum(axis=1)
    return total / (1 + total)


def choose(offers: Offers, utility: np.ndarray) -> np.ndarray:
    """Return the number of the option that each lead likes best, or -1 for none."""
    liked = np.column_stack([np.zeros(len(utility)), utility]) + offers.taste
    return liked.argmax(axis=1) - 1


def offer_table(known: pd.DataFrame, offers: Offers, promised: np.ndarray) -> pd.DataFrame:
    """Return the table `offers`: what was offered by the end of the observation, and taken by then."""
    rows, options = _made(known, offers)
    taken = (known["choice"].to_numpy()[rows] == options) & (known["won_on"] <= END).to_numpy()[rows]
    return pd.DataFrame(
        {
            **_keys(known, rows, options),
            "offered_on": known["proposal_on"].to_numpy()[rows],
            "monthly_price": offers.price[rows, options],
            "specification": offers.points[rows, options],
            "promised_value": promised[rows, options],
            "accepted": pd.array(taken, dtype="boolean"),
        }
    )[["offer_id", "lead_id", "offered_on", "option", "monthly_price", "specification", "promised_value", "accepted"]]


def offer_truth(mechanism: B2B, known: pd.DataFrame, offers: Offers, utility: np.ndarray) -> pd.DataFrame:
    """Return what is true of each option: delivered value, utility, and the most that this firm would pay for it."""
    rows, options = _made(known, offers)
    surplus = utility + offers.taste[:, 1:] - offers.taste[:, :1]
    pays = offers.price + UNIT * surplus / mechanism.price_effect
    return pd.DataFrame(
        {
            **_keys(known, rows, options),
            "delivered_value": offers.delivered[rows, options],
            "utility": utility[rows, options].round(4),
            "willingness_to_pay": pays[rows, options].round(),
        }
    ).drop(columns="lead_id")


def _made(known: pd.DataFrame, offers: Offers) -> tuple[np.ndarray, np.ndarray]:
    made = (known["proposal_on"] <= END).to_numpy()
    rows, options = np.nonzero(offers.shown & made[:, None])
    return rows, options


def _keys(known: pd.DataFrame, rows: np.ndarray, options: np.ndarray) -> dict[str, np.ndarray]:
    lead = known["lead_id"].to_numpy()[rows]
    return {
        "offer_id": known["lead_id"].str.replace("L", "F").to_numpy()[rows],
        "lead_id": lead,
        "option": np.array(OPTIONS, dtype=object)[options],
    }


def experiment(known: pd.DataFrame) -> pd.DataFrame:
    """Return the price test: the discount drawn for each offer that was decided; success means won."""
    decided = known[(known["proposal_on"] <= END) & (known["decided_on"] <= END)]
    return pd.DataFrame(
        {
            "experiment": PRICE_TEST,
            "unit_id": decided["lead_id"],
            "assigned_on": decided["proposal_on"],
            "spend": decided["discount"],
            "success": (decided["won_on"] <= END).astype("boolean"),
        }
    ).reset_index(drop=True)
