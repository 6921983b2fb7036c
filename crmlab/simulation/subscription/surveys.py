"""What the customers of `subscription` say when they are asked, and who keeps silent.

Four times we ask: 20, 120, 300 and 660 days after the first day. Would you recommend us, are you satisfied, was it easy
to get help, did everything work, were our people kind? Recommendation and satisfaction follow from the customer's
satisfaction. The ratings of process and attitude are noisy readings of what was delivered. Ease follows from the
process, and from what became of the last question that the customer put to the service desk.

The disappointed answer less often. So the answers alone flatter us: they are not missing at random (Rubin 1976,
Biometrika 63(3)). Each answer weighted by one over the probability to answer gives back the score of all (Horvitz &
Thompson 1952, Journal of the American Statistical Association 47(260)). The truth holds that probability, and what
everybody would have said.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit

from crmlab.simulation import comments
from crmlab.simulation.parameters import Mechanism, identifiers, parameter, stream
from crmlab.simulation.subscription.service import FAULT_END

OBSERVATION_END = pd.Timestamp("2025-12-31")
WAITS = (20, 120, 300, 660)  # days from the first day to each survey
FAULT_TOLD = (pd.Timestamp("2025-04-10"), pd.Timestamp("2025-09-30"))  # when a failed transfer is still spoken of
REMEMBERED = pd.Timedelta(days=180)  # how long the last question to the desk is remembered
PROCESS, ATTITUDE, SLOPE = 6.3, 6.9, 1.6  # mean ratings, and points for a standard deviation
EASE, EASE_SLOPE = 5.2, 0.7
ASKED_TWICE, HANDED_OVER = 0.7, 0.4  # ease lost
SCORES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7), "process": (1, 10), "attitude": (1, 10)}
KNOWN = ("customer_id", "won_on", "ended_on", "transfer", "process", "attitude", "satisfaction", "answer")


@dataclass(frozen=True)
class Surveys(Mechanism):
    """Parameters of the surveys."""

    answer_base: float = parameter(-0.5, "log odds", -5, 5, "answering a survey, of who got what was promised")
    rating_error: float = parameter(0.9, "points", 0, 5, "standard error of a rating of process or attitude")
    unsolved_ease: float = parameter(1.3, "points", 0, 5, "ease lost when the last question was not solved at once")
    comment_share: float = parameter(0.4, "share", 0, 1, "answers that carry a comment")


def ask(
    mechanism: Surveys, customers: pd.DataFrame, tickets: pd.DataFrame, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the table `surveys`, with its silence, and what everybody would have said.

    Parameters
    ----------
    mechanism
        The parameters.
    customers
        One row each: `customer_id`, `won_on`, `ended_on`, `transfer`, `process`, `attitude`, `satisfaction`, and
        `answer`, the log odds to answer relative to a customer who got what was promised.
    tickets
        The table `tickets` of these customers.
    seed
        The seed of the company.
    """
    sent = _sent(customers, seed)
    said = _scores(mechanism, sent, _ease_lost(mechanism, sent, tickets))
    said = said.join(_comments(mechanism, sent))
    probability = expit(mechanism.answer_base + sent["answer"])
    silent = sent["chance_answers"] > probability
    names = [*SCORES, "comment"]
    table = sent[["survey_id", "customer_id", "sent_on"]].join(said[names].mask(silent))
    truth = sent[["survey_id"]].join(said)
    return table.astype(dict.fromkeys(SCORES, "Int64")), truth.assign(answer_probability=probability.round(6))


def _sent(customers: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the surveys sent in time, each with the customer's state and the chances that decide the answers.

    The chances are drawn for all surveys that could ever be sent, so that nobody's answer depends on who else stays.
    """
    count, waits = len(customers), len(WAITS)
    draw = stream(seed, "surveys")
    noise = pd.DataFrame(draw.standard_normal((count * waits, len(SCORES))), columns=[f"noise_{s}" for s in SCORES])
    noise[["chance_answers", "chance_comments"]] = draw.random((count * waits, 2))
    voices = comments.draw_voices(stream(seed, "voices").random((count, 3)))
    words = pd.DataFrame(stream(seed, "comments").random((count * waits, comments.CHANCES)))
    people = customers[list(KNOWN)].reset_index(drop=True).join(voices)
    sent = pd.concat([people.assign(sent_on=people["won_on"] + pd.Timedelta(days=wait)) for wait in WAITS])
    sent = sent.reset_index(drop=True).join(noise).join(words.add_prefix("words_"))
    sent = sent[(sent["sent_on"] < sent["ended_on"]) & (sent["sent_on"] <= OBSERVATION_END)]
    sent = sent.sort_values(["sent_on", "customer_id"], ignore_index=True)
    return sent.assign(survey_id=identifiers("S", len(sent)))


def _ease_lost(mechanism: Surveys, sent: pd.DataFrame, tickets: pd.DataFrame) -> np.ndarray:
    """Return the points of ease that the last question to the desk cost, if it was put lately."""
    cost = (
        mechanism.unsolved_ease * ~tickets["resolved_at_first_contact"].astype(bool)
        + ASKED_TWICE * tickets["asked_before"].astype(bool)
        + HANDED_OVER * tickets["handed_over"].astype(bool)
    )
    last = tickets[["customer_id", "opened_on"]].assign(cost=cost.astype(float))
    asked = sent[["customer_id", "sent_on"]]
    found = pd.merge_asof(asked, last, left_on="sent_on", right_on="opened_on", by="customer_id", tolerance=REMEMBERED)
    return found["cost"].fillna(0.0).to_numpy()


def _scores(mechanism: Surveys, sent: pd.DataFrame, ease_lost: np.ndarray) -> pd.DataFrame:
    """Return the five scores that each customer asked would give."""
    error = mechanism.rating_error
    felt = {
        "nps": 7.1 + 1.7 * sent["satisfaction"] + 1.1 * sent["noise_nps"],
        "csat": 3.6 + 0.8 * sent["satisfaction"] + 0.5 * sent["noise_csat"],
        "ces": EASE + EASE_SLOPE * sent["process"] - ease_lost + 0.8 * sent["noise_ces"],
        "process": PROCESS + SLOPE * sent["process"] + error * sent["noise_process"],
        "attitude": ATTITUDE + SLOPE * sent["attitude"] + error * sent["noise_attitude"],
    }
    return pd.DataFrame({name: felt[name].round().clip(*SCORES[name]).astype("Int64") for name in SCORES})


def _comments(mechanism: Surveys, sent: pd.DataFrame) -> pd.DataFrame:
    """Return the comments of those who would write one, with topic and mood; the others have none."""
    told = sent["transfer"] & (sent["won_on"] <= FAULT_END) & sent["sent_on"].between(*FAULT_TOLD)
    writes = sent["chance_comments"] < mechanism.comment_share
    writers = sent.assign(fault=told)[writes]
    words = writers[[f"words_{number}" for number in range(comments.CHANCES)]].to_numpy()
    return comments.write(writers, words).reindex(sent.index)
