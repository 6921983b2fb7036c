"""Names are those of Korea, and reach nobody."""

import re

import numpy as np
import pytest

from crmlab.simulation import names

COUNT = 20_000


@pytest.fixture(scope="module")
def people():
    draw = np.random.default_rng(1)
    born = draw.integers(1940, 2008, COUNT)
    gender = draw.choice(np.array(["female", "male"], dtype=object), COUNT)
    own = np.arange(COUNT)
    return born, gender, names.draw_names(born, gender, draw.random((COUNT, 3)), 0.08, own)


def test_one_korean_in_five_is_a_kim(people):
    korean = people[2].family[people[2].korean]
    for family, share in (("kim", 0.247), ("lee", 0.169), ("park", 0.096)):  # of the thirty names that are drawn
        assert np.mean(korean == family) == pytest.approx(share, abs=0.01)


def test_some_names_are_english(people):
    assert np.mean(~people[2].korean) == pytest.approx(0.08, abs=0.007)
    assert all(name.isascii() for name in people[2].written[~people[2].korean])


def test_a_korean_name_has_three_syllables_and_never_the_same_twice(people):
    korean = people[2].written[people[2].korean]
    assert all(re.fullmatch("[가-힣]{3}", name) for name in korean)
    assert not any(name[1] == name[2] for name in korean)


def test_given_names_follow_sex_and_generation(people):
    born, gender, drawn = people
    sex = np.where(gender == "female", "female", "male")
    generation = np.searchsorted([1970, 1985, 2000], born, side="right")
    for name, own, age, korean in zip(drawn.written, sex, generation, drawn.korean, strict=True):
        if korean:
            first, second = names.SYLLABLES[own][age]
            assert name[1] in first
            assert name[2] in second


def test_relatives_share_the_family_name():
    kin = np.repeat(np.arange(0, 1000, 2), 2)
    born, gender = np.full(1000, 1990), np.full(1000, "male", dtype=object)
    drawn = names.draw_names(born, gender, np.random.default_rng(2).random((1000, 3)), 0.3, kin)
    assert (drawn.family[::2] == drawn.family[1::2]).all()
    assert (drawn.korean[::2] == drawn.korean[1::2]).all()
    assert np.mean(drawn.given[::2] == drawn.given[1::2]) < 0.1


def test_a_korean_name_is_written_in_latin_letters_in_three_ways():
    one = np.array([0])
    person = names.draw_names(np.array([2001]), np.array(["female"]), np.array([[0.9, 0.1, 0.0]]), 0.08, one)
    written = [names.in_latin(person, np.array([style]))[0] for style in range(3)]
    assert person.written.tolist() == ["김민서"]
    assert written == ["Kim Minseo", "Minseo Kim", "MINSEO KIM"]


def test_mail_reaches_nobody_and_no_address_comes_twice(people):
    addresses = names.emails(people[2], np.arange(COUNT), np.random.default_rng(3).random(COUNT))
    assert all(re.fullmatch(r"[a-z.]+[0-9]+@example\.(com|org|net)", address) for address in addresses)
    assert len(set(addresses)) == COUNT


def test_telephones_reach_nobody_and_no_number_comes_twice():
    numbers = names.phones(np.arange(100_000) * 97)
    assert all(re.fullmatch(r"010-0[0-9]{3}-[0-9]{4}", number) for number in numbers)
    assert len(set(numbers)) == 100_000


def test_postcodes_lie_in_the_region():
    chance = np.random.default_rng(4).random(3000)
    for region, first, last in (("Seoul", "01", "09"), ("Busan", "46", "49"), ("Jeju", "63", "63"), ("?", "01", "63")):
        codes = names.postcodes(np.full(3000, region, dtype=object), chance)
        assert all(re.fullmatch("[0-9]{5}", code) for code in codes)
        assert (min(code[:2] for code in codes), max(code[:2] for code in codes)) == (first, last)
