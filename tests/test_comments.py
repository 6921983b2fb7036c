"""Comments read like people's, and say how the writers feel."""

import re

import numpy as np
import pandas as pd
import pytest

from crmlab.simulation import comments
from crmlab.simulation.phrases import VOICES

COUNT = 3000


def writers(seed, count=COUNT, fault=0.05):
    draw = np.random.default_rng(seed)
    process, other, promise = draw.standard_normal((3, count))
    attitude = 0.5 * process + 0.87 * other
    known = pd.DataFrame({"process": process, "attitude": attitude, "satisfaction": process + 0.2 * other - promise})
    return known.assign(fault=draw.random(count) < fault).join(comments.draw_voices(draw.random((count, 3))))


def chances(seed, count=COUNT):
    return np.random.default_rng(seed + 100).random((count, comments.CHANCES))


@pytest.fixture(scope="module")
def people():
    return writers(1)


@pytest.fixture(scope="module")
def said(people):
    return comments.write(people, chances(1))


def test_hardly_two_comments_are_alike(said):
    assert said["comment"].nunique() > 0.75 * COUNT
    assert said["comment"].value_counts(normalize=True).iloc[0] < 0.01


def test_six_in_ten_write_korean_and_nobody_mixes(people, said):
    korean = said["comment"].str.contains("[가-힣]")
    assert korean.mean() == pytest.approx(0.6, abs=0.03)
    assert (korean == (people["voice"] != VOICES.index("English"))).all()


def test_most_korean_is_polite(people, said):
    polite = said["comment"].str.contains(r"(?:요|니다|까)\b")
    assert polite[people["voice"] == 0].mean() > 0.9
    assert polite[people["voice"] == 1].mean() < 0.05


def test_comments_are_short_plain_text(said):
    assert said["comment"].str.len().between(1, 160).all()
    assert not said["comment"].str.contains(r"^\s|\s$|  ").any()
    allowed = re.compile(r"[가-힣ㄱ-ㅎㅏ-ㅣA-Za-z0-9 .,!~^;:()'👍😢]+")
    assert [text for text in said["comment"] if not allowed.fullmatch(text)] == []


def test_emoji_come_now_and_then(said):
    assert 0.01 < said["comment"].str.contains("[👍😢]").mean() < 0.12


def test_slips_come_now_and_then_and_stay_with_the_person(people):
    tidy = comments.write(people.assign(habit=0, lower=False), chances(1))["comment"]
    slipped = comments.write(people.assign(lower=False), chances(1))["comment"] != tidy
    assert 0.02 < slipped.mean() < 0.2
    assert (people.loc[slipped, "habit"] > 0).all()


def rates(texts):
    """Return how often each pair of letters or syllables occurs in a text at least once."""
    return [{text[i : i + 2] for i in range(len(text) - 1)} for text in texts.str.lower()]


def test_the_mood_can_be_read_from_the_words(said):
    clear = said[said["mood"] != 0]
    good, grams = (clear["mood"] > 0).to_numpy(), rates(clear["comment"])
    half = len(clear) // 2
    counts = {True: {}, False: {}}
    for is_good, pairs in zip(good[:half], grams[:half], strict=True):
        for pair in pairs:
            counts[is_good][pair] = counts[is_good].get(pair, 0) + 1
    sizes = {side: (good[:half] == side).sum() for side in (True, False)}

    def score(pairs):
        share = {side: [(counts[side].get(pair, 0) + 1) / (sizes[side] + 2) for pair in pairs] for side in counts}
        return np.log(share[True]).sum() - np.log(share[False]).sum()

    told = np.array([score(pairs) > 0 for pairs in grams[half:]])
    assert (told == good[half:]).mean() > 0.85


@pytest.mark.parametrize("cause", ["process", "attitude", "satisfaction"])
def test_the_mood_follows_from_what_was_lived_through(people, cause):
    topics = [topic for topic, (own, _) in comments.FELT.items() if own == cause]
    moods = [
        comments.write(people.assign(**{cause: level}), chances(1)).loc[lambda rows: rows["topic"].isin(topics), "mood"]
        for level in (-1.5, 0.0, 1.5)
    ]
    assert moods[0].mean() < -0.6 < moods[1].mean() < 0.6 < moods[2].mean()


def test_who_was_hit_by_the_fault_mostly_speaks_of_it_and_never_well_of_bills():
    hit = comments.write(writers(2, fault=1.0), chances(2))
    assert (hit["topic"] == "fault").mean() == pytest.approx(comments.ON_FAULT, abs=0.03)
    assert (hit["topic"] != "billing").all()
    assert not comments.write(writers(2, fault=0.0), chances(2))["topic"].eq("fault").any()


def test_people_speak_of_what_moves_them(people):
    kind = comments.write(people.assign(attitude=2.5), chances(1))["topic"]
    plain = comments.write(people.assign(attitude=0.0), chances(1))["topic"]
    assert (kind == "kindness").mean() > 1.5 * (plain == "kindness").mean()


def test_the_same_chances_give_the_same_comments_under_the_writers_index(people, said):
    shifted = people.set_axis(people.index + 7)
    again = comments.write(shifted, chances(1))
    assert again.index.equals(shifted.index)
    pd.testing.assert_frame_equal(again.reset_index(drop=True), said)


def test_nobody_writes_nothing():
    assert len(comments.write(writers(3, 0), chances(3, 0))) == 0
