"""Why customers stay, recommend, answer, agree and cost what they cost: one causal model for all companies.

A channel sets an expectation. What we deliver has two sides: the process (did it work?) and the attitude (were our
people kind?). Where one is good the other tends to be good as well: a halo, which makes it hard to tell them apart.
Experience is mostly process, and the kindest people do not mend a process that failed. Satisfaction is experience less
expectation (Oliver 1980, Journal of Marketing Research 17(4)): whoever was promised much is disappointed by a service
that delights others. Satisfaction then moves leaving, recommending, answering a survey, consent and the cost to serve.

All of it is in standard units: the process and the attitude of the customers have mean 0 and standard deviation 1. A
company turns the units into its own probabilities. What an average is taken over are the `typical` customers: an even
spread instead of a sample, so that a truth does not depend on luck.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import ndtri

from crmlab.simulation.causes import CausalModel
from crmlab.simulation.parameters import Mechanism, parameter

CHANCES = ("chance_process", "chance_attitude", "chance_churn", "chance_cost")
BAD_PROCESS = -0.5  # below it a process has failed: with three customers in ten
COST_FROM_SATISFACTION = 0.6  # correlation; the rest of the cost to serve is the customer's own
TYPICAL = 8000  # typical customers of each channel


@dataclass(frozen=True)
class Experience(Mechanism):
    """The parameters of what customers live through and say, in every company that is asked about it."""

    halo: float = parameter(0.5, "correlation", 0, 0.95, "kind where the process is good: attitude with process")
    process_share: float = parameter(0.8, "share", 0, 1, "experience that comes from process, not attitude")
    mending: float = parameter(0.0, "share", 0, 1, "effect that attitude still has where the process failed")
    silence: float = parameter(0.7, "log odds per sd", -3, 3, "how much satisfaction moves answering a survey")


@dataclass(frozen=True)
class Relationship(Experience):
    """The parameters of what satisfaction moves in private customers."""

    content_to_churn: float = parameter(0.7, "correlation", 0, 0.99, "how much of staying follows from satisfaction")
    content_to_referral: float = parameter(0.5, "log rate per sd", 0, 2, "how much satisfaction moves recommending")
    consent_link: float = parameter(0.7, "log odds per sd", -2, 2, "how much satisfaction moves consent")
    serve_cost: float = parameter(0.45, "log sd", 0, 1, "how much customers of a plan differ in the cost to serve")


def expectation(channel: np.ndarray) -> np.ndarray:
    """What the customer was led to expect.

    channel: each makes promises of its own
    """
    return np.asarray(channel, float)


def process(chance_process: np.ndarray) -> np.ndarray:
    """How well things worked."""
    return ndtri(chance_process)


def attitude(mechanism: Experience, process: np.ndarray, chance_attitude: np.ndarray) -> np.ndarray:
    """How kind our people were.

    process: where things work, it is easy to be kind, and to be seen so
    """
    return mechanism.halo * process + np.sqrt(1 - mechanism.halo**2) * ndtri(chance_attitude)


def experience(mechanism: Experience, process: np.ndarray, attitude: np.ndarray) -> np.ndarray:
    """What the customer lived through.

    process: most of it
    attitude: some of it, and little where the process failed
    """
    share, halo = mechanism.process_share, mechanism.halo
    left = np.where(process < BAD_PROCESS, mechanism.mending, 1.0)
    spread = np.sqrt(share**2 + (1 - share) ** 2 + 2 * share * (1 - share) * halo)
    return (share * process + (1 - share) * left * attitude) / spread


def satisfaction(experience: np.ndarray, expectation: np.ndarray) -> np.ndarray:
    """Experience less expectation.

    experience: the better, the more satisfied
    expectation: who was promised much is content with less of it
    """
    return experience - expectation


def churn(mechanism: Relationship, satisfaction: np.ndarray, chance_churn: np.ndarray) -> np.ndarray:
    """How much the customer leans to leaving.

    satisfaction: the satisfied stay, though not all of them
    """
    own = mechanism.content_to_churn
    return -own * satisfaction + np.sqrt(1 - own**2) * ndtri(chance_churn)


def referral(mechanism: Relationship, satisfaction: np.ndarray) -> np.ndarray:
    """How often the customer recommends us, relative to someone who got what was promised.

    satisfaction: the satisfied recommend more
    """
    return np.exp(mechanism.content_to_referral * satisfaction)


def answer(mechanism: Experience, satisfaction: np.ndarray) -> np.ndarray:
    """Log odds to answer a survey, relative to someone who got what was promised.

    satisfaction: the disappointed fall silent
    """
    return mechanism.silence * satisfaction


def consent(mechanism: Relationship, satisfaction: np.ndarray) -> np.ndarray:
    """Log odds to agree that we use the data, relative to someone who got what was promised.

    satisfaction: the satisfied trust us with more
    """
    return mechanism.consent_link * satisfaction


def cost_to_serve(mechanism: Relationship, satisfaction: np.ndarray, chance_cost: np.ndarray) -> np.ndarray:
    """What it costs to serve the customer, relative to someone who got what was promised.

    satisfaction: the dissatisfied keep us busy
    """
    own = np.sqrt(1 - COST_FROM_SATISFACTION**2)
    return np.exp(mechanism.serve_cost * (-COST_FROM_SATISFACTION * satisfaction + own * ndtri(chance_cost)))


MODEL = CausalModel(
    (expectation, process, attitude, experience, satisfaction, churn, referral, answer, consent, cost_to_serve)
)


@dataclass(frozen=True)
class Typical:
    """The customers that a mechanism makes on average: the value of every node, and how much each one counts."""

    values: dict[str, np.ndarray]
    weights: np.ndarray

    def mean(self, node: str) -> float:
        """Return the average of a node."""
        return float(np.average(self.values[node], weights=self.weights))

    def rank(self, node: str, values: np.ndarray) -> np.ndarray:
        """Return for each value the share of typical customers below it, never quite 0 or 1."""
        order = np.argsort(self.values[node])
        weights = self.weights[order]
        below = (np.cumsum(weights) - weights / 2) / weights.sum()
        return np.interp(values, self.values[node][order], below)


@lru_cache(maxsize=8)
def typical(mechanism: Relationship, channels: tuple[tuple[float, float], ...]) -> Typical:
    """Return the typical customers of a company.

    Parameters
    ----------
    mechanism
        The parameters.
    channels
        What each channel promises, in standard deviations of experience, and its share of the customers.
    """
    promises, shares = np.array(channels).T
    spread = np.arange(1, TYPICAL + 1)[:, None] * np.sqrt([2, 3, 5, 7]) % 1  # even in all four chances (Weyl 1916)
    chances = dict(zip(CHANCES, np.tile(spread, (len(channels), 1)).T, strict=True))
    values = MODEL.simulate(mechanism, {"channel": promises.repeat(TYPICAL), **chances})
    return Typical(values, shares.repeat(TYPICAL))
