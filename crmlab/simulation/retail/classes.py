"""Five kinds of customers, and the three departments that sort them each in its own way.

What a customer is like shows in what they put into the basket, at which discount, and on which days. That is their
class. It tells nothing about how often they order, how long they stay, or how much they spend: those are drawn apart.

The departments see something else. Marketing sorts by age and gender, sales by the amounts, service by how often a
customer gets in touch. Each rule is right about what it sees and wrong about the class. What that costs is known:
every class has a treatment that earns `segment_price` a year with it, and less, or a loss, with any other.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from crmlab.simulation.parameters import stream
from crmlab.simulation.retail.people import BLOCK, Retail, Shape, pick, spell

CLASSES = ("family", "bargain hunter", "gourmet", "gift buyer", "starter")
SHARES = np.array([0.30, 0.24, 0.16, 0.14, 0.16])
TREATMENTS = ("family pack", "voucher", "tasting box", "gift service", "first home set")
PROFITS = np.array(  # of a treatment (column) with a class (row), in units of `segment_price`
    [
        [1.0, 0.3, -0.1, 0.2, 0.1],
        [0.1, 1.0, -0.4, -0.2, 0.3],
        [0.0, -0.5, 1.0, 0.3, -0.1],
        [-0.1, -0.2, 0.3, 1.0, 0.0],
        [0.1, 0.4, -0.2, 0.0, 1.0],
    ]
)
TASTES = np.array(  # of a class (row) for the categories in the order of `orders.CATEGORIES`
    [
        [0.27, 0.23, 0.12, 0.05, 0.02, 0.11, 0.08, 0.04, 0.02, 0.06],
        [0.17, 0.06, 0.25, 0.05, 0.01, 0.23, 0.15, 0.03, 0.01, 0.04],
        [0.09, 0.20, 0.03, 0.21, 0.30, 0.02, 0.03, 0.07, 0.04, 0.01],
        [0.03, 0.04, 0.08, 0.12, 0.15, 0.02, 0.13, 0.06, 0.35, 0.02],
        [0.09, 0.05, 0.10, 0.10, 0.02, 0.20, 0.06, 0.25, 0.03, 0.10],
    ]
)
DISCOUNTS = np.array([0.12, 0.30, 0.03, 0.05, 0.18])  # usual share off the list price
WEEKENDS = np.array([1.0, 0.8, 1.4, 1.1, 0.9])  # what a day of the weekend is worth, beside the shop's own week
AGES, FEMALE = np.array([42.0, 50.0, 54.0, 40.0, 27.0]), np.array([0.68, 0.52, 0.45, 0.55, 0.50])
SPREAD, YOUNGEST, OLDEST = 9.0, 18, 78  # of ages, in years
CONTACTS = np.array([0.05, 0.08, 0.03, 0.14, 0.07])  # chance that an order makes the customer get in touch
TOPICS = ("delivery", "return", "price", "product", "gift wrapping")
WORRIES = np.array(  # of a class (row) about the topics
    [
        [0.40, 0.25, 0.10, 0.20, 0.05],
        [0.20, 0.25, 0.45, 0.08, 0.02],
        [0.20, 0.15, 0.02, 0.55, 0.08],
        [0.35, 0.10, 0.02, 0.08, 0.45],
        [0.25, 0.30, 0.15, 0.28, 0.02],
    ]
)
MIDDLE_AGE = 40  # marketing parts younger from older customers here
CUTS = (300_000, 1_000_000)  # won over the whole window, where sales parts its segments
OFTEN = 3  # contacts from which service calls a customer frequent


def blend(values: np.ndarray, contrast: float) -> np.ndarray:
    """Return the values of the classes, drawn towards their mean: 1 leaves them as they are, 0 makes all alike."""
    mean = SHARES @ values
    return mean + contrast * (values - mean)


def draw_classes(block: int, seed: int) -> np.ndarray:
    """Return the class of each customer of a block, as a position in `CLASSES`."""
    return pick(stream(seed, f"retail classes {block}").random(BLOCK), SHARES)


def draw_profile(mechanism: Retail, shape: Shape, kind: np.ndarray, block: int, seed: int) -> dict[str, Any]:
    """Return year of birth and gender of each customer of a block; both lean on the class."""
    draw = stream(seed, f"retail profiles {block}")
    ages = blend(AGES, mechanism.profile_contrast)[kind] + SPREAD * draw.standard_normal(BLOCK)
    female = draw.random(BLOCK) < blend(FEMALE, mechanism.profile_contrast)[kind]
    return {
        "birth_year": shape.days[0].year - np.clip(np.round(ages), YOUNGEST, OLDEST).astype(int),
        "gender": np.array(["male", "female"], dtype=object)[female.astype(int)],
    }


def make_tickets(
    mechanism: Retail, shape: Shape, orders: pd.DataFrame, who: np.ndarray, kind: np.ndarray, block: int, seed: int
) -> pd.DataFrame:
    """Return what the customers of a block asked the service desk, at most once an order; the index is the order's."""
    draw = stream(seed, f"retail tickets {block}")
    asks = draw.random(len(who)) < blend(CONTACTS, mechanism.class_contrast)[kind[who]]
    later, chance = draw.integers(0, 6, len(who)), draw.random(len(who))
    opened = orders["ordered_at"].to_numpy() + later.astype("timedelta64[D]")
    kept = np.flatnonzero(asks & (opened <= shape.days[-1].to_datetime64()))
    edges = np.cumsum(blend(WORRIES, mechanism.class_contrast), axis=1)[kind[who[kept]], :-1]
    number = np.arange(1, len(kept) + 1)
    table = {
        "ticket_id": spell("T", (np.full(len(kept), block), 4), (number, 6)),
        "customer_id": orders["customer_id"].to_numpy()[kept],
        "opened_on": opened[kept],
        "topic": np.array(TOPICS, dtype=object)[(chance[kept, None] >= edges).sum(axis=1)],
    }
    return pd.DataFrame(table, index=kept)


def add_segments(customers: pd.DataFrame, spent: np.ndarray, contacts: np.ndarray, year: int) -> pd.DataFrame:
    """Return the customers with the segments of the three departments.

    Parameters
    ----------
    customers
        With `birth_year` and `gender`.
    spent
        What each customer paid over the whole window.
    contacts
        How often each customer got in touch.
    year
        The year in which ages are counted.
    """
    older = (year - customers["birth_year"].to_numpy(dtype=int) >= MIDDLE_AGE).astype(int)
    women = (customers["gender"] == "female").to_numpy().astype(int)
    names = np.array([["men under 40", "men from 40"], ["women under 40", "women from 40"]], dtype=object)
    sales = np.array(["small", "middle", "large"], dtype=object)
    service = np.array(["silent", "occasional", "frequent"], dtype=object)
    return customers.assign(
        marketing_segment=names[women, older],
        sales_segment=sales[np.searchsorted(CUTS, spent, side="right")],
        service_segment=service[np.searchsorted((1, OFTEN), contacts, side="right")],
    )


def treatments(mechanism: Retail) -> pd.DataFrame:
    """Return what each treatment earns with a customer of each class, in won a year."""
    return pd.DataFrame(
        {
            "class": np.repeat(np.array(CLASSES, dtype=object), len(TREATMENTS)),
            "treatment": np.tile(np.array(TREATMENTS, dtype=object), len(CLASSES)),
            "profit": (PROFITS * mechanism.segment_price).ravel(),
        }
    )
