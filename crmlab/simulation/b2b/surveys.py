"""What the firms of `b2b` say when asked, and who keeps silent.

A promise beyond what is delivered raises the expectation and leaves the experience as it was. So the same
salespeople who win most leave the least satisfied customers behind; and those answer least.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import expit

from crmlab.simulation.b2b.accounts import END
from crmlab.simulation.days import next_working_day
from crmlab.simulation.parameters import identifiers, stream

WAITS = (45, 200, 400, 760)  # days after the start
ANSWER_BASE = 0.2  # log odds of an answer from a firm that got what was promised
SCORES = {"nps": (0, 10), "csat": (1, 5), "process": (1, 10), "attitude": (1, 10)}


def ask(won: pd.DataFrame, leads: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the table `surveys`, with its silence, and the scores that every firm would have given.

    Parameters
    ----------
    won
        The customers, with the number of their lead as `row`.
    leads
        How many leads there are; luck is drawn for all, so that nobody's answer depends on who else was won.
    """
    draw, at = stream(seed, "b2b surveys"), won["row"].to_numpy()
    luck = draw.random((leads, len(WAITS)))[at].ravel()
    noise = draw.standard_normal((len(SCORES), leads, len(WAITS)))[:, at].reshape(len(SCORES), -1)
    asked = won.loc[won.index.repeat(len(WAITS))].reset_index(drop=True)
    waits = pd.to_timedelta(np.tile(WAITS, len(won)), unit="D")
    asked = asked.assign(sent_on=next_working_day(asked["won_on"] + waits), **_scores(asked, noise))
    asked["silent"] = luck > expit(ANSWER_BASE + asked["answer"])
    asked = asked[(asked["sent_on"] < asked["ended_on"]) & (asked["sent_on"] <= END)]
    asked = asked.sort_values(["sent_on", "customer_id"], ignore_index=True)
    asked["survey_id"] = identifiers("S", len(asked))
    said = asked[[f"said_{name}" for name in SCORES]].set_axis([*SCORES], axis=1)
    table = asked[["survey_id", "customer_id", "sent_on"]].join(said.mask(asked["silent"]))
    return table, asked[["survey_id"]].join(said)


def _scores(asked: pd.DataFrame, noise: np.ndarray) -> dict[str, pd.Series]:
    felt = {
        "nps": 7.0 + 1.6 * asked["satisfaction"] + 1.1 * noise[0],
        "csat": 3.6 + 0.75 * asked["satisfaction"] + 0.5 * noise[1],
        "process": 6.3 + 1.6 * asked["process"] + 0.9 * noise[2],
        "attitude": 6.9 + 1.6 * asked["attitude"] + 0.9 * noise[3],
    }
    return {f"said_{name}": felt[name].round().clip(*SCORES[name]).astype("Int64") for name in SCORES}
