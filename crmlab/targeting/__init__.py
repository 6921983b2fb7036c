"""Whom to make an offer: those it changes, not those at risk.

A churn model ranks customers by what they will do if nothing happens. An offer pays by what it changes, the uplift: the
outcome with the offer less the outcome without. Nobody shows both, so uplift is known only by comparing customers who
got the offer by a random draw with those who did not. The trade has names for four kinds: the persuadable, the sure
things, the lost causes, and the sleeping dogs, whom the offer drives away. A ranking by risk cannot tell the
persuadable from the lost causes, and it wakes the dogs.

- `Uplift` estimates the uplift of each customer from a randomised experiment, out of fold.
- `Qini` asks whether a ranking finds those the offer changes.
- `PolicyValue` says what any rule would have earned, from the same experiment.
- `expected_maximum_profit` values a churn ranking where no experiment was made, under assumptions that it states.
"""

from __future__ import annotations

from crmlab.targeting.policy import PolicyValue
from crmlab.targeting.profit import expected_maximum_profit
from crmlab.targeting.qini import Qini
from crmlab.targeting.uplift import Uplift

__all__ = ["PolicyValue", "Qini", "Uplift", "expected_maximum_profit"]
