"""Why firms buy from `b2b`, why they stay, and why salespeople use the CRM system: its parameters and its causal model.

Three parts hang together. *Selling*: a firm likes promised value and dislikes the price; skill, the end of the budget
year and, if switched on, a script or the CRM system add to it. *Using*: what is easy is found useful, what is useful is
meant to be used; and good salespeople log in more. *Staying*: a promise beyond what is delivered sells, and then raises
the expectation and drives the firm away. Expectation, experience and satisfaction are those of all companies
(`crmlab.simulation.relationship`); what is special here is that a salesperson makes the promise, and the form of churn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

from crmlab.simulation import relationship
from crmlab.simulation.causes import CausalModel
from crmlab.simulation.parameters import parameter
from crmlab.simulation.relationship import Experience

UNIT = 100_000.0  # won, the unit of the coefficients of value and price
HORIZON = 120  # months over which churn is known in advance
INTENTION_OWN, EAGERNESS_OWN = 0.6, 0.5  # sd of intention and of eagerness that nothing else explains


@dataclass(frozen=True)
class B2B(Experience):
    """Parameters of the company that sells to firms; effects on a choice are log odds against not buying."""

    salespeople: float = parameter(90, "people", 20, 400, "our people who sell and were given the CRM system")
    qualify_chance: float = parameter(0.70, "share", 0.05, 1, "leads that are qualified, in an average channel")
    propose_chance: float = parameter(0.75, "share", 0.05, 1, "qualified leads that get an offer")
    qualify_days: float = parameter(12, "days", 1, 200, "mean time in the stage lead")
    propose_days: float = parameter(24, "days", 1, 200, "mean time in the stage qualified")
    decide_days: float = parameter(36, "days", 1, 200, "mean time in the stage proposal")
    buying: float = parameter(-4.0, "log odds", -10, 5, "liking of any option, before value and price")
    value_effect: float = parameter(0.6, "log odds per 100,000 won a month", 0, 3, "what promised value adds")
    specification_effect: float = parameter(0.0, "log odds per 10 points", -1, 1, "what specification adds to value")
    price_effect: float = parameter(0.8, "log odds per 100,000 won a month", 0.05, 3, "what the price takes away")
    size_taste: float = parameter(0.25, "log odds per log employees", -1, 1, "how much gladder larger firms buy")
    skill_effect: float = parameter(0.4, "log odds per sd", 0, 2, "what a salesperson's skill adds")
    routing: float = parameter(0.75, "log weight per sd", 0, 1, "how many more leads good salespeople are given")
    promise_gap: float = parameter(0.20, "share of delivered value", 0, 0.5, "mean promise beyond what is delivered")
    gap_to_churn: float = parameter(5.0, "log hazard per unit of gap", 0, 10, "how a broken promise drives churn")
    budget_flush: float = parameter(1.5, "log odds", 0, 3, "decisions in the last quarter of each year: budgets end")
    script_effect: float = parameter(0.0, "log odds", -2, 2, "new sales script, in Seoul from October 2025")
    crm_effect: float = parameter(0.0, "log odds", -2, 2, "what using the CRM system adds to a salesperson's offers")
    churn_base: float = parameter(0.018, "probability a month", 0.001, 0.3, "churn without gap, at standard service")
    renewal_bump: float = parameter(2.5, "ratio", 1, 10, "hazard in months 12, 24 and so on, relative to others")
    service_effect: float = parameter(-0.7, "log hazard", -3, 3, "priority service, at all times the same")
    onboarding_effect: float = parameter(-1.5, "log hazard", -3, 3, "guided onboarding, while its effect lasts")
    onboarding_months: float = parameter(6, "months", 0, 36, "how long the effect of guided onboarding lasts")
    pilot_share: float = parameter(0.35, "share", 0.05, 0.95, "salespeople drawn for the pilot of the CRM system")
    ghost_share: float = parameter(0.18, "share", 0, 0.9, "users who were trained and never use it")
    bass_p: float = parameter(0.04, "per month", 0.001, 1, "adoption after the roll-out: innovation")
    bass_q: float = parameter(0.45, "per month", 0, 2, "adoption after the roll-out: imitation")
    ease_to_usefulness: float = parameter(0.4, "sd per sd", -1, 1, "what is easy is found useful")
    usefulness_to_intention: float = parameter(0.6, "sd per sd", -1, 1, "what is useful is meant to be used")
    ease_to_intention: float = parameter(0.2, "sd per sd", -1, 1, "what is easy is meant to be used")
    intention_to_use: float = parameter(0.3, "log odds per sd", 0, 2, "intention moves days with a log-in")
    skill_to_use: float = parameter(1.1, "log odds per sd", 0, 2, "good salespeople log in more")
    gap_to_expectation: float = parameter(4.0, "sd per unit of gap", 0, 10, "what a promise makes firms expect")


def promised_value(delivered_value: np.ndarray, promise_gap: np.ndarray) -> np.ndarray:
    """What the salesperson says that the service saves, in won a month.

    delivered_value: the promise starts from what is true
    promise_gap: some promise more
    """
    return np.round(delivered_value * (1 + promise_gap[:, None]), -3)


def liking(
    mechanism: B2B,
    firm_size: np.ndarray,
    skill: np.ndarray,
    budget_end: np.ndarray,
    sales_script: np.ndarray,
    crm_use: np.ndarray,
) -> np.ndarray:
    """How gladly the firm buys at all, in log odds.

    firm_size: larger firms buy more gladly
    skill: good salespeople sell more
    budget_end: at the end of the year firms spend what is left
    sales_script: no effect unless `script_effect` is switched on
    crm_use: no effect unless `crm_effect` is switched on
    """
    return (
        mechanism.buying
        + mechanism.size_taste * firm_size
        + mechanism.skill_effect * skill
        + mechanism.budget_flush * budget_end
        + mechanism.script_effect * sales_script
        + mechanism.crm_effect * crm_use
    )


def utility(
    mechanism: B2B, liking: np.ndarray, promised_value: np.ndarray, specification: np.ndarray, price: np.ndarray
) -> np.ndarray:
    """What each option is worth to the firm against not buying, in log odds.

    liking: the same for every option
    promised_value: the firm buys what it is promised
    specification: no effect unless `specification_effect` is switched on
    price: the dearer, the less
    """
    return (
        liking[:, None]
        + mechanism.value_effect * promised_value / UNIT
        + mechanism.specification_effect * specification / 10
        - mechanism.price_effect * price / UNIT
    )


def usefulness(mechanism: B2B, ease: np.ndarray, chance_useful: np.ndarray) -> np.ndarray:
    """How useful the salesperson finds the CRM system.

    ease: what is easy is found useful
    """
    own = mechanism.ease_to_usefulness
    return own * ease + np.sqrt(1 - own**2) * ndtri(chance_useful)


def intention(mechanism: B2B, usefulness: np.ndarray, ease: np.ndarray, chance_intention: np.ndarray) -> np.ndarray:
    """How firmly the salesperson means to use it.

    usefulness: what is useful is meant to be used
    ease: a little, beyond what it does for usefulness
    """
    meant = mechanism.usefulness_to_intention * usefulness + mechanism.ease_to_intention * ease
    return meant + INTENTION_OWN * ndtri(chance_intention)


def crm_use(intention: np.ndarray, chance_eager: np.ndarray) -> np.ndarray:
    """How eager the salesperson is: the most eager begin first, the least eager never do.

    intention: who means to, does
    """
    return intention + EAGERNESS_OWN * ndtri(chance_eager)


def log_ins(mechanism: B2B, intention: np.ndarray, skill: np.ndarray) -> np.ndarray:
    """How often the salesperson logs in once begun, in log odds of a day.

    intention: who means to, does
    skill: good salespeople keep their pipeline in order
    """
    return mechanism.intention_to_use * intention + mechanism.skill_to_use * skill


def expectation(mechanism: B2B, promise_gap: np.ndarray) -> np.ndarray:
    """What the firm was led to expect, in standard deviations of experience.

    promise_gap: it expects what it was promised
    """
    return mechanism.gap_to_expectation * (promise_gap - mechanism.promise_gap)


def churn(mechanism: B2B, promise_gap: np.ndarray, service_level: np.ndarray, onboarding: np.ndarray) -> np.ndarray:
    """Probability to leave at the end of month 1, 2, ...: one row a firm, one column a month.

    promise_gap: whoever was promised too much leaves sooner, at all times
    service_level: priority service keeps firms, at all times by the same ratio
    onboarding: guided onboarding keeps firms, but only in the first months
    """
    month = np.arange(1, HORIZON + 1)
    base = np.log(-np.log1p(-mechanism.churn_base)) + np.where(month % 12 == 0, np.log(mechanism.renewal_bump), 0.0)
    lasting = mechanism.gap_to_churn * promise_gap + mechanism.service_effect * service_level
    fading = mechanism.onboarding_effect * (onboarding[:, None] * (month <= mechanism.onboarding_months))
    return -np.expm1(-np.exp(base + lasting[:, None] + fading))


SELLING = CausalModel((promised_value, liking, utility))
USING = CausalModel((usefulness, intention, crm_use, log_ins))
STAYING = CausalModel(
    (
        expectation,
        relationship.process,
        relationship.attitude,
        relationship.experience,
        relationship.satisfaction,
        relationship.answer,
        churn,
    )
)


def causes() -> pd.DataFrame:
    """Return one row for each arrow of the three parts: `cause`, `effect`, `meaning`.

    Examples
    --------
    >>> known = causes()
    >>> known.loc[known["cause"] == "promise_gap", "effect"].to_list()
    ['promised_value', 'expectation', 'churn']
    """
    return pd.concat([part.causes() for part in (SELLING, USING, STAYING)], ignore_index=True)
