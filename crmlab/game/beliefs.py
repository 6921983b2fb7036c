"""What a careful reader may believe after some quarters: the ranges, narrowed by ledgers and experiments.

Bayes' rule on a sample of possible markets. They are drawn evenly from the ranges, and each quarter weighs them by how
well they foretell what was seen: the company's own quarter counts as one arm, an experiment adds three. All arms of a
quarter share its luck, a shift of unknown size, so one arm alone says little and the differences between arms say much.
The levers are weighed apart, since each shows in a column of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from crmlab.game import quarter
from crmlab.game.market import HIDDEN, RANGES, Numbers
from crmlab.game.trials import ARMS, Trial
from crmlab.simulation.parameters import stream

SAMPLE = 1000
BLOCKS = {
    "attract": ("attract_ceiling", "attract_rate"),
    "acquire": ("acquire_ceiling", "acquire_rate"),
    "retain": ("churn_base", "retain_lift", "retain_rate", "content_to_churn"),
    "service": ("service_lift", "service_rate"),
    "referral": ("referral_rate", "content_to_referral"),
}
_HALF = 0.5  # added to a count, so that none has no logarithm
Arm = tuple[Any, Any]  # how far the sample lies from what was seen, and the variance of what was seen


@dataclass(frozen=True, eq=False)
class Beliefs:
    """Weights of possible markets, one set for each lever.

    Attributes
    ----------
    log_weights
        By block: one row a possible market, one column a game where there are several.
    """

    log_weights: dict[str, Any]

    @classmethod
    def at_first(cls, games: tuple[int, ...]) -> Beliefs:
        """Return what the ranges say: every possible market alike."""
        return cls({block: np.zeros((SAMPLE, *games)) for block in BLOCKS})

    def after(self, rules: Numbers, before: Numbers, row: Numbers, trial: Trial | None) -> Beliefs:
        """Return the beliefs after one more quarter.

        Parameters
        ----------
        rules
            What everybody knows.
        before
            `customers` and `satisfaction` (as read) at the start of the quarter.
        row
            The quarter's line of the ledger.
        trial
            Its experiment, if there was one.
        """
        seen = _arms(rules | _sample(row["customers"].ndim), before, row, trial)
        misread = rules["survey_error"]  # the satisfaction at the start is known no better
        shared = {"service": rules["memory"] * misread, "referral": RANGES["content_to_referral"][1] * misread}
        pairs = {block: _log_density(arms, shared.get(block, rules["shock"])) for block, arms in seen.items()}
        return Beliefs({block: self.log_weights[block] + pairs[block] for block in BLOCKS})

    def market(self) -> Numbers:
        """Return the mean of each hidden parameter."""
        return {name: mean for name, (mean, _) in self.moments().items()}

    def moments(self) -> dict[str, tuple[Any, Any]]:
        """Return the mean and the standard deviation of each hidden parameter."""
        found = {}
        for block, names in BLOCKS.items():
            log_weights = self.log_weights[block]
            weights = np.exp(log_weights - log_weights.max(axis=0))
            weights = weights / weights.sum(axis=0)
            values = _sample(0)
            for name in names:
                mean = values[name] @ weights
                found[name] = mean, np.sqrt(np.maximum(values[name] ** 2 @ weights - mean**2, 0.0))
        return found


@lru_cache
def _sample(dimensions: int) -> Numbers:
    """Return the possible markets, with empty axes behind for the games."""
    chance = stream(0, "beliefs").random((SAMPLE, len(HIDDEN)))
    drawn = {name: low + (high - low) * chance[:, i] for i, (name, (low, high)) in enumerate(RANGES.items())}
    return {name: values.reshape(-1, *[1] * dimensions) for name, values in drawn.items()}


def _log_density(arms: list[Arm], shared: Any) -> Any:
    """Return the log-density of all arms together, up to a constant, if a normal shift is common to them."""
    square, total, precision = (np.zeros(()) for _ in range(3))
    for distance, variance in arms:
        square = square + distance**2 / variance
        total = total + distance / variance
        precision = precision + 1 / variance
    return -(square - (shared * total) ** 2 / (1 + shared**2 * precision)) / 2


def _arms(market: Numbers, before: Numbers, row: Numbers, trial: Trial | None) -> dict[str, list[Arm]]:
    """Return for each block what the company's own quarter shows, and what the trial shows."""
    customers, satisfaction = before["customers"], before["satisfaction"]
    leads = row["leads"] + row["referred"]
    heads = {name: quarter.a_head(row[name], customers) for name in ("retain", "service")}
    asked = _mean(market, "service", heads["service"], satisfaction)
    error = np.full_like(row["satisfaction"], market["survey_error"] ** 2)
    arms = {
        "attract": [_counted(_mean(market, "attract", row["attract"], satisfaction), row["leads"], 1.0)],
        "acquire": [
            _counted(_mean(market, "acquire", quarter.a_head(row["acquire"], leads), satisfaction), row["won"], leads)
        ],
        "retain": [_counted(_mean(market, "retain", heads["retain"], satisfaction), row["lost"], customers)],
        "service": [(asked - row["satisfaction"], error)],
        "referral": [_counted(quarter.recommended(market, satisfaction), row["referred"], customers)],
    }
    if trial is not None:
        arms[trial.lever] += _tried(market, trial, satisfaction)
    return arms


def _tried(market: Numbers, trial: Trial, satisfaction: Any) -> list[Arm]:
    """Return what the three arms of a trial show."""
    found = []
    for spend, estimate, count in zip(ARMS[trial.lever], trial.estimate, trial.count, strict=True):
        mean = _mean(market, trial.lever, spend, satisfaction)
        if trial.lever == "service":
            found.append((mean - estimate, 1 / trial.heads))
        else:
            found.append(_counted(mean, count, trial.heads))
    return found


def _mean(market: Numbers, lever: str, spend: Any, satisfaction: Any) -> Any:
    if lever == "attract":
        return quarter.attracted(market, spend)
    if lever == "acquire":
        return quarter.conversion(market, spend)
    return {"retain": quarter.churn, "service": quarter.contentment}[lever](market, spend, satisfaction)


def _counted(rate: Any, count: Any, heads: Any) -> Arm:
    """Compare a rate with a count on the log scale; a count near 0 says little there, as its variance knows."""
    seen = (count + _HALF) / (heads + _HALF)
    expected = (rate * heads + _HALF) / (heads + _HALF)
    return np.log(expected) - np.log(seen), 1 / (count + _HALF)
