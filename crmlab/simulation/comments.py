"""Short comments in Korean and English that follow from what the customer lived through.

Whoever writes into a comment field writes about what moved them most, well or badly. So the topic is drawn by the
strength of the feeling for it, and the mood of the sentence follows from that feeling: the app, the bill and the wait
from the process, kindness from the attitude, price and the whole from satisfaction. A customer whose bank transfer
failed mostly speaks of that. Some add a second sentence on something else, which may be of the opposite mood, some a
word of thanks or a request. A person keeps their language, their tone and their slips of the fingers.

The mood of a comment is the mean of the moods of its sentences, from -1 to 1. The sentences stand in `phrases`.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from crmlab.simulation.phrases import DETAILS, MOODS, STOCK, TOPICS, VOICES

SHARES = (0.49, 0.11, 0.40)  # of the voices, in their order: six in ten write Korean
HABITS = 10  # one person in ten has one of the three habits of slips below, each
LOWER_CASE = 0.35  # share of those who write English without capitals
CHANCES = 10  # chances that a comment needs
FELT = {  # what a topic's mood follows from, and how often it is spoken of by somebody without strong feelings
    "billing": ("process", 0.5),
    "app": ("process", 1.0),
    "kindness": ("attitude", 1.2),
    "price": ("satisfaction", 0.8),
    "speed": ("process", 1.2),
    "whole": ("satisfaction", 1.1),
}
NOTHING = 0.07  # share who write that they have nothing to say
ON_FAULT = 0.7  # share of those hit by a failed transfer who speak of it
SECOND, AFTER = 0.3, 0.2  # share of comments with a second sentence, and of the others with a word at the end
TURNS = (  # between two sentences of opposite moods, by voice: when it gets worse, when it gets better
    (("근데 ", "다만 ", "그런데 "), ("그래도 ", "그나마 ", "그래도 ")),
    (("근데 ", "다만 ", "근데 "), ("그래도 ", "그나마 ", "대신 ")),
    (("but ", "but ", "though "), ("but ", "but ", "though ")),
)
ENDS = {  # marks at the end, by language and mood
    (True, -1): (".", ".", "", "", "", "..", " ㅠㅠ", "ㅠㅠ", ";;", "...", "!", " 😢"),
    (True, 0): (".", ".", ".", "", "", "", "~", "..", "", ".", "", "~"),
    (True, 1): (".", ".", "", "", "!", "!", "~", "~^^", "^^", " ㅎㅎ", "!!", " 👍"),
    (False, -1): (".", ".", ".", "", "", "", "!", "...", "..", "", ".", " :("),
    (False, 0): (".", ".", ".", "", "", "", ".", "", ".", "", ".", "..."),
    (False, 1): (".", ".", ".", "", "", "!", "!", "!!", "", " :)", "!", " 👍"),
}
SLIPS = {  # what is written by whom instead of what: by language and habit
    (True, 1): (("돼", "되"), ("예요", "에요"), ("며칠", "몇일")),
    (True, 2): (
        (" 안 ", " 안"),
        (" 못 ", " 못"),
        (" 번이나", "번이나"),
        (" 것 같", "것 같"),
        (" 수가 ", "수가 "),
        ("한 번", "한번"),
    ),
    (True, 3): (("라고요", "라구요"), ("려고요", "려구요"), ("같아요", "같애요"), ("그런데", "근데"), ("너무", "넘")),
    (False, 1): (("'", ""), ("I ", "i "), ("though", "tho")),
    (False, 2): (("because", "becuase"), ("really", "realy"), ("answer", "anwser"), ("friendly", "freindly")),
    (False, 3): (("disappointed", "dissapointed"), ("recommend", "recomend"), ("you", "u"), ("please", "pls")),
}


def draw_voices(chance: np.ndarray) -> pd.DataFrame:
    """Return how each person writes: `voice`, `habit` (0 for none) and `lower` (English without capitals).

    Parameters
    ----------
    chance
        Three uniform draws a person.
    """
    voice = np.searchsorted(np.cumsum(SHARES), chance[:, 0], side="right").clip(max=len(VOICES) - 1)
    habit = (chance[:, 1] * HABITS).astype(int)
    return pd.DataFrame({"voice": voice, "habit": np.where(habit > 3, 0, habit), "lower": chance[:, 2] < LOWER_CASE})


def write(writers: pd.DataFrame, chance: np.ndarray) -> pd.DataFrame:
    """Write one comment for each writer.

    Parameters
    ----------
    writers
        Columns `process`, `attitude`, `satisfaction` (standard units), `fault` (true where a bank transfer failed),
        and `voice`, `habit`, `lower` as `draw_voices` returns them.
    chance
        `CHANCES` uniform draws a writer.

    Returns
    -------
    pandas.DataFrame
        `comment`, its `topic` and its `mood` from -1 to 1; the index is that of `writers`.
    """
    people = writers.reset_index(drop=True)
    feelings = people[[cause for cause, _ in FELT.values()]].to_numpy(float)
    first = _topics(people, feelings, chance[:, 0])
    mood = _moods(feelings, first, chance[:, 1])
    second = _other_topics(people, feelings, first, chance[:, 2])
    other = _moods(feelings, second, chance[:, 3])
    two = (chance[:, 4] < SECOND) & (first != TOPICS.index("nothing"))
    after = ~two & (chance[:, 4] > 1 - AFTER) & _may_add(first, mood)
    second = np.where(two, second, _last_words(first))
    other = np.where(two, other, mood)
    voice = people["voice"].to_numpy()
    text = _sentences(voice, first, mood, chance[:, 5])
    longer = _join(text, _sentences(voice, second, other, chance[:, 6]), voice, mood, other, chance[:, 7:9])
    text = _finish(people, np.where(two | after, longer, text), other, chance[:, 9])
    told = {"comment": text, "topic": np.array(TOPICS, dtype=object)[first], "mood": (mood + other) / 2}
    return pd.DataFrame(told, index=writers.index)


def _weights(writers: pd.DataFrame, feelings: np.ndarray) -> np.ndarray:
    """Return how much each topic of `FELT` presses; who was hit by the fault has nothing else to say of bills."""
    weights = np.array([usual for _, usual in FELT.values()]) * np.exp(0.6 * np.abs(feelings).clip(max=2.5))
    weights[:, list(FELT).index("billing")] *= ~writers["fault"].to_numpy(bool)
    return weights


def _pick(weights: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Return a number of `TOPICS` for each row, drawn by its weights over the topics of `FELT`."""
    edges = np.cumsum(weights, axis=1)
    row = (edges < (chance * edges[:, -1])[:, None]).sum(axis=1)
    return np.array([TOPICS.index(name) for name in FELT])[row]


def _topics(writers: pd.DataFrame, feelings: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Return what each comment is about; the chance is spent on nothing, on the fault, and else on what is felt."""
    speaks = writers["fault"].to_numpy(bool) & (chance >= NOTHING) & (chance < NOTHING + ON_FAULT)
    spent = NOTHING + ON_FAULT * writers["fault"].to_numpy(float)
    usual = _pick(_weights(writers, feelings), ((chance - spent) / (1 - spent)).clip(0, 1 - 1e-9))
    return np.select([chance < NOTHING, speaks], [TOPICS.index("nothing"), TOPICS.index("fault")], usual)


def _other_topics(writers: pd.DataFrame, feelings: np.ndarray, first: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Return what a second sentence would be about: never the same again."""
    weights = _weights(writers, feelings)
    weights *= first[:, None] != np.array([TOPICS.index(name) for name in FELT])
    return _pick(weights, chance)


def _moods(feelings: np.ndarray, topic: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Return -1, 0 or 1: the feeling for the topic, a little disturbed; the fault is always bad."""
    column = np.array([list(FELT).index(name) if name in FELT else 0 for name in TOPICS])[topic]
    felt = feelings[np.arange(len(topic)), column] + 1.2 * (chance - 0.5)
    mood = np.sign(np.where(np.abs(felt) < 0.4, 0, felt)).astype(int)
    return np.select([topic == TOPICS.index("fault"), topic == TOPICS.index("nothing")], [-1, 0], mood)


def _may_add(topic: np.ndarray, mood: np.ndarray) -> np.ndarray:
    """Return where a word at the end fits: not after nothing, nor after a verdict that is not good."""
    return (topic != TOPICS.index("nothing")) & ((topic != TOPICS.index("whole")) | (mood > 0))


def _last_words(topic: np.ndarray) -> np.ndarray:
    """Return the words that may follow a topic: other ones after a thing than after people or a price."""
    things = np.isin(topic, [TOPICS.index(name) for name in ("fault", "billing", "app", "speed")])
    return np.where(things, TOPICS.index("after things"), TOPICS.index("after others"))


@cache
def _stock() -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    """Return first sentence and number of sentences of each voice, topic and mood, and all sentences in parts."""
    pools = [STOCK[voice][topic][mood + 1] for voice in range(len(VOICES)) for topic in TOPICS for mood in MOODS]
    lists = [pool.split(" / ") if pool else [] for pool in pools]
    sizes = np.array([len(sentences) for sentences in lists])
    sentences = pd.Series([sentence for pool in lists for sentence in pool], dtype=object)
    parts = sentences.str.extract(r"^(?P<head>[^{]*)(?:\{(?P<detail>\w+)\})?(?P<tail>.*)$").fillna("")
    return np.cumsum(sizes) - sizes, sizes, parts


def _sentences(voice: np.ndarray, topic: np.ndarray, mood: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Return a sentence for each voice, topic and mood."""
    starts, sizes, parts = _stock()
    cell = (voice * len(TOPICS) + topic) * len(MOODS) + mood + 1
    spot = chance * sizes[cell]
    row = starts[cell] + spot.astype(int)
    names = ["", *DETAILS]
    words = np.array([[""] * 5, *DETAILS.values()], dtype=object)
    detail = np.array([names.index(name) for name in parts["detail"]])[row]
    word = words[detail, (spot % 1 * 5).astype(int)]
    return parts["head"].to_numpy(object)[row] + word + parts["tail"].to_numpy(object)[row]


def _join(first: Any, second: Any, voice: np.ndarray, mood: np.ndarray, other: np.ndarray, chance: Any) -> np.ndarray:
    """Put two sentences together, with a turn between them where the mood changes to its opposite."""
    turns = np.array(TURNS, dtype=object)[voice, (other > mood).astype(int), (chance[:, 0] * 3).astype(int)]
    opposite = mood * other < 0
    english = voice == VOICES.index("English")
    loose = np.where(english, np.where(mood > 0, "! ", ". "), " ")
    gap = np.where(opposite & english, ", ", np.where(chance[:, 1] > 0.7, loose, ". "))
    second = np.where(english & ~opposite, _capital(second), second)
    return first + gap.astype(object) + np.where(opposite, turns, "") + second


def _capital(text: np.ndarray) -> np.ndarray:
    series = pd.Series(text, dtype=object)
    return (series.str[:1].str.upper() + series.str[1:]).to_numpy(object)


def _finish(writers: pd.DataFrame, text: np.ndarray, mood: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Add the last mark, capitals, and each person's slips of the fingers."""
    korean = (writers["voice"] != VOICES.index("English")).to_numpy()
    marks = np.array([[ENDS[tongue, number] for number in MOODS] for tongue in (False, True)], dtype=object)
    text = text + marks[korean.astype(int), mood + 1, (chance * marks.shape[2]).astype(int)]
    lower = writers["lower"].to_numpy(bool) & ~korean
    text = np.select([lower, ~korean], [pd.Series(text, dtype=object).str.lower(), _capital(text)], text)
    for (tongue, habit), pairs in SLIPS.items():
        own = (korean == tongue) & (writers["habit"] == habit).to_numpy()
        slipped = pd.Series(text[own], dtype=object)
        for right, wrong in pairs:
            slipped = slipped.str.replace(right, wrong, regex=False)
        text[own] = slipped.to_numpy(object)
    return text
