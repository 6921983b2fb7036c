"""What the firms of `b2b` say when asked: satisfaction is experience less expectation.

A promise beyond what is delivered raises the expectation and leaves the experience as it was. So the same
salespeople who win most leave the least satisfied customers behind.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.simulation.b2b.accounts import B2B, END, working_days
from crmlab.simulation.parameters import identifiers, stream

WAITS = (45, 200, 400, 760)  # days after the start
ANSWERS = 0.55  # share of the surveys that are answered, whatever the customer felt


def feel(mechanism: B2B, won: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the customers with expectation, experience and satisfaction, in standard deviations."""
    experience = stream(seed, "b2b experience").standard_normal(len(won))
    expectation = mechanism.gap_to_satisfaction * (won["gap"] - mechanism.promise_gap)
    return won.assign(expectation=expectation, experience=experience, satisfaction=experience - expectation)


def survey_table(won: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the table `surveys`; the scores are empty where nobody answered."""
    draw = stream(seed, "b2b surveys")
    number, noise = draw.random((len(won), len(WAITS))), draw.standard_normal((2, len(won), len(WAITS)))
    rows, wave = (index.ravel() for index in np.indices(number.shape))
    asked = won.iloc[rows]
    sent = working_days(asked["won_on"] + pd.to_timedelta(np.array(WAITS)[wave], unit="D"))
    felt = asked["satisfaction"].to_numpy()
    silent = number.ravel() > ANSWERS
    table = pd.DataFrame(
        {
            "customer_id": asked["customer_id"].to_numpy(),
            "sent_on": sent,
            "nps": _score(7.0 + 1.6 * felt + 1.1 * noise[0].ravel(), 0, 10, silent),
            "csat": _score(3.6 + 0.75 * felt + 0.5 * noise[1].ravel(), 1, 5, silent),
        }
    )
    table = table[(sent < asked["ended_on"].to_numpy()) & (sent <= END)]
    table = table.sort_values(["sent_on", "customer_id"], ignore_index=True)
    table.insert(0, "survey_id", identifiers("S", len(table)))
    return table


def _score(value: np.ndarray, low: int, high: int, silent: np.ndarray) -> pd.Series:
    return pd.Series(value.round().clip(low, high)).astype("Int64").mask(silent)
