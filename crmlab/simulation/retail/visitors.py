"""Why a visitor of the shop sees an advertisement, and why they buy: the causal model of `retail`.

Intent stands behind both. Whoever means to buy searches, reads the newsletter, and is picked by retargeting; and buys.
So what intent makes them see looks as if it had sold. The random hold-out cuts that arrow: it decides by lot who of the
picked sees retargeting.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit, ndtri

from crmlab.simulation.causes import CausalModel
from crmlab.simulation.parameters import Mechanism, parameter

REACH = {"search": 0.30, "social": 0.25, "newsletter": 0.12, "influencer": 0.12, "retargeting": 0.50}
SEARCH_PULL, NEWSLETTER_PULL = 0.8, 0.4  # log odds for a standard deviation of intent


@dataclass(frozen=True)
class Visits(Mechanism):
    """What makes visitors see advertising and buy; effects are on the log odds of buying."""

    purchase_odds: float = parameter(-1.0, "log odds", -2.5, 2.5, "buying of a visitor of mean intent without a touch")
    intent_effect: float = parameter(1.5, "log odds", 0, 3, "more intent by a standard deviation, on buying")
    retargeting_effect: float = parameter(0.0, "log odds", 0, 1, "retargeting, on buying")
    search_effect: float = parameter(0.2, "log odds", 0, 2, "search advertising, on buying")
    social_effect: float = parameter(1.2, "log odds", 0, 2, "social media, on buying")
    newsletter_effect: float = parameter(0.3, "log odds", 0, 2, "the newsletter, on buying")
    influencer_effect: float = parameter(0.4, "log odds", 0, 2, "influencers, on buying")
    targeting: float = parameter(2.5, "log odds", 0, 5, "more intent by a standard deviation, on being retargeted")
    holdout: float = parameter(0.25, "share", 0, 0.9, "of the visitors whom retargeting picks, held out at random")
    base_sales: float = parameter(0.2, "share", 0, 1, "visitors who come without any touch, by the brand alone")


def intent(chance_intent: np.ndarray) -> np.ndarray:
    """How much the visitor means to buy, in standard deviations."""
    return ndtri(chance_intent)


def reachable(mechanism: Visits, chance_reachable: np.ndarray) -> np.ndarray:
    """Whether advertising can reach the visitor at all; the others know the brand."""
    return chance_reachable >= mechanism.base_sales


def search(intent: np.ndarray, reachable: np.ndarray, chance_search: np.ndarray) -> np.ndarray:
    """Whether the visitor saw search advertising.

    intent: who means to buy looks for it
    reachable: nobody else sees advertising
    """
    return reachable & _met("search", chance_search, SEARCH_PULL * intent)


def social(reachable: np.ndarray, chance_social: np.ndarray) -> np.ndarray:
    """Whether social media touched the visitor.

    reachable: nobody else sees advertising
    """
    return reachable & _met("social", chance_social)


def newsletter(intent: np.ndarray, reachable: np.ndarray, chance_newsletter: np.ndarray) -> np.ndarray:
    """Whether the visitor read the newsletter.

    intent: who means to buy opens it
    reachable: nobody else sees advertising
    """
    return reachable & _met("newsletter", chance_newsletter, NEWSLETTER_PULL * intent)


def influencer(reachable: np.ndarray, chance_influencer: np.ndarray) -> np.ndarray:
    """Whether an influencer touched the visitor.

    reachable: nobody else sees advertising
    """
    return reachable & _met("influencer", chance_influencer)


def picked(mechanism: Visits, intent: np.ndarray, reachable: np.ndarray, chance_retargeting: np.ndarray) -> np.ndarray:
    """Whether retargeting picked the visitor.

    intent: it picks those about to buy
    reachable: nobody else sees advertising
    """
    return reachable & _met("retargeting", chance_retargeting, mechanism.targeting * intent)


def retargeting(mechanism: Visits, picked: np.ndarray, chance_holdout: np.ndarray) -> np.ndarray:
    """Whether the visitor saw retargeting.

    picked: unless held out by lot
    """
    return picked & (chance_holdout >= mechanism.holdout)


def inclination(
    mechanism: Visits,
    intent: np.ndarray,
    search: np.ndarray,
    social: np.ndarray,
    newsletter: np.ndarray,
    influencer: np.ndarray,
    retargeting: np.ndarray,
) -> np.ndarray:
    """How much the visitor leans to buying, as log odds.

    intent: the more, the likelier
    search: a little
    social: much
    newsletter: a little
    influencer: somewhat
    retargeting: by its effect, which is nothing by default
    """
    seen = np.column_stack([search, social, newsletter, influencer, retargeting])
    return mechanism.purchase_odds + mechanism.intent_effect * intent + seen @ effects(mechanism)


def purchase(inclination: np.ndarray, chance_purchase: np.ndarray) -> np.ndarray:
    """By how much the inclination exceeds what chance asks; above 0 the visitor buys.

    inclination: and chance the rest
    """
    return inclination - logit(chance_purchase)


def effects(mechanism: Visits) -> np.ndarray:
    """Return the effect of each channel on the log odds of buying, in the order of `REACH`."""
    return np.array([getattr(mechanism, f"{name}_effect") for name in REACH])


def _met(channel: str, chance: np.ndarray, pull: np.ndarray | float = 0.0) -> np.ndarray:
    return chance < expit(logit(REACH[channel]) + pull)


MODEL = CausalModel(
    (intent, reachable, search, social, newsletter, influencer, picked, retargeting, inclination, purchase)
)
