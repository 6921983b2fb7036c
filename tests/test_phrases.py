"""The stock of sentences is full, and each sentence stands where it belongs."""

import re

import pytest

from crmlab.simulation.phrases import DETAILS, STOCK, TOPICS, VOICES

POOLS = [
    (voice, topic, mood, pool)
    for voice, stock in zip(VOICES, STOCK, strict=True)
    for topic, moods in stock.items()
    for mood, pool in zip((-1, 0, 1), moods, strict=True)
]


def sentences(*voices):
    return [sentence for voice, _, _, pool in POOLS if voice in voices and pool for sentence in pool.split(" / ")]


def test_every_topic_has_sentences_for_each_mood_that_it_can_have():
    for stock in STOCK:
        assert set(stock) == set(TOPICS)
    for voice, topic, mood, pool in POOLS:
        possible = {"fault": [-1], "nothing": [0]}.get(topic, [-1, 0, 1])
        assert bool(pool) == (mood in possible), (voice, topic, mood)


def test_no_sentence_stands_twice_under_one_voice_but_what_is_added_at_the_end():
    for voice, stock in zip(VOICES, STOCK, strict=True):
        own = [pool for topic, moods in stock.items() if not topic.startswith("after") for pool in moods if pool]
        found = [sentence for pool in own for sentence in pool.split(" / ")]
        assert len(found) == len(set(found)), voice


def test_sentences_are_clean_and_name_known_details():
    for sentence in sentences(*VOICES):
        assert sentence == sentence.strip()
        assert not re.search(r"[.!?~/<>]|  ", sentence), "marks are added later"
        assert set(re.findall(r"{(\w+)}", sentence)) <= set(DETAILS)
        assert sentence.count("{") <= 1


@pytest.mark.parametrize(("voice", "pattern"), [("Korean", r"(요|니다|까|데)$"), ("Korean note", r"[^요다까]$")])
def test_korean_ends_as_its_voice_does(voice, pattern):
    assert [sentence for sentence in sentences(voice) if not re.search(pattern, sentence)] == []


def test_each_voice_keeps_to_its_script():
    assert all(re.search("[가-힣]", sentence) for sentence in sentences("Korean", "Korean note"))
    assert not any(re.search("[가-힣]", sentence) for sentence in sentences("English"))
