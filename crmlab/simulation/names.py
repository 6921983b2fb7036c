"""Personal names in Korean and English, and how to reach the people who bear them.

Family names come as often as the census of 2015 counted them (Statistics Korea): one Korean in five is a Kim. A given
name is made of two syllables, and which ones are in fashion depends on sex and generation. Some people have English
names.

Nobody here is real. Mail goes to the domains that RFC 2606 reserves for examples. Telephone numbers read 010-0xxx-xxxx:
the numbers 010-0000 to 010-1999 are given to nobody in Korea, as they would collide with short numbers such as 112.
Postcodes are the five digits of 2015, whose first two tell the province.

All functions take arrays and draw by inversion: `chance` holds uniform numbers, so that the callers own the streams.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from crmlab.hangul import romanise

DOMAINS = np.array(["@example.com", "@example.org", "@example.net"], dtype=object)
GENERATIONS = np.array([1970, 1985, 2000])  # first years of birth of the second, third and fourth generation
# Census of 2015, in percent; the spelling is the one most bearers use.
FAMILIES = """김 Kim 21.5|이 Lee 14.7|박 Park 8.4|최 Choi 4.7|정 Jung 4.3|강 Kang 2.4|조 Cho 2.1|윤 Yoon 2.1|장 Jang 2.0
임 Lim 1.7|한 Han 1.6|오 Oh 1.5|서 Seo 1.5|신 Shin 1.5|권 Kwon 1.4|황 Hwang 1.4|안 Ahn 1.4|송 Song 1.4|류 Ryu 1.3
홍 Hong 1.1|전 Jeon 1.1|고 Ko 0.9|문 Moon 0.9|양 Yang 0.9|손 Son 0.9|배 Bae 0.8|백 Baek 0.8|허 Heo 0.7|남 Nam 0.6"""
# First and second syllables of given names, by sex and generation.
SYLLABLES = {
    "female": (
        ("영정미경명은춘순", "숙희자옥애선금례"),
        ("지은미현수혜선정", "영경희주연아숙란"),
        ("지수은유혜민예가", "현진영연정원인희"),
        ("민지하예수채윤소", "서은연원아린빈율"),
    ),
    "male": (
        ("영정성상재종병광", "수호식철환석길남"),
        ("성정동재상기승태", "훈호진민현우욱철"),
        ("지민성준현동승태", "훈우호혁석수환규"),
        ("민서도지시하현건", "준우윤후호원율빈"),
    ),
}
ENGLISH_FAMILIES = "Smith Brown Wilson Taylor Clark Walker Hall Young King Wright Green Baker Carter Evans Parker Reed"
ENGLISH_GIVEN = {
    "female": "Emily Anna Laura Sarah Grace Alice Helen Julia Rachel Karen Linda Susan Diana Nancy Carol Ruth",
    "male": "James David Peter Daniel Thomas Robert Mark Paul Simon Kevin Brian Alan Eric Henry George Frank",
}
# The first two digits of the postcodes of a province, first and last.
PROVINCES = {
    "Seoul": (1, 9), "Gyeonggi": (10, 20), "Incheon": (21, 23), "Gangwon": (24, 26), "Chungbuk": (27, 29),
    "Sejong": (30, 30), "Chungnam": (31, 33), "Daejeon": (34, 35), "Gyeongbuk": (36, 40), "Daegu": (41, 43),
    "Ulsan": (44, 45), "Busan": (46, 49), "Gyeongnam": (50, 53), "Jeonbuk": (54, 56), "Jeonnam": (57, 60),
    "Gwangju": (61, 62), "Jeju": (63, 63),
}  # fmt: skip
ANYWHERE = (1, 63)
_WIDEST = 5  # digits of the numbers that are written once and looked up


@dataclass(frozen=True, eq=False)
class Names:
    """Names of people, one entry for each.

    Attributes
    ----------
    written
        As the bearer writes it: 김민서, Emily Clark.
    family, given
        In small Latin letters: kim and minseo.
    korean
        Whether the name is Korean.
    """

    written: np.ndarray
    family: np.ndarray
    given: np.ndarray
    korean: np.ndarray

    def take(self, at: np.ndarray) -> Names:
        """Return the names at these positions."""
        return Names(self.written[at], self.family[at], self.given[at], self.korean[at])


def draw_names(born: np.ndarray, gender: np.ndarray, chance: np.ndarray, english: float, kin: np.ndarray) -> Names:
    """Draw a name for each person.

    Parameters
    ----------
    born
        Years of birth.
    gender
        "female" or "male".
    chance
        Uniform numbers, three for each person.
    english
        Share of families with English names.
    kin
        Whose family name a person bears: the own position, or that of a relative.

    Examples
    --------
    >>> chance = np.array([[0.9, 0.1, 0.0], [0.9, 0.3, 0.5]])
    >>> draw_names(np.array([2001, 1960]), np.array(["female", "male"]), chance, 0.08, np.array([0, 1])).written
    array(['김민서', '이재수'], dtype=object)
    """
    korean = chance[kin, 0] >= english
    female = np.asarray(gender) == "female"
    latin, bounds = _families()
    family = np.searchsorted(bounds, chance[kin, 1], side="right")
    whole, own_latin = _korean()
    cell = 4 * female + np.searchsorted(GENERATIONS, np.asarray(born), side="right")
    given = 64 * cell + (64 * chance[:, 2]).astype(int)
    forenames, surnames = _english()
    forename = 16 * female + (16 * chance[:, 2]).astype(int)
    surname = (16 * chance[kin, 1]).astype(int)
    return Names(
        written=np.where(korean, whole[family, given], forenames[forename] + " " + surnames[surname]),
        family=np.where(korean, latin[family], _small(surnames)[surname]),
        given=np.where(korean, own_latin[given], _small(forenames)[forename]),
        korean=korean,
    )


@cache
def _census() -> tuple[np.ndarray, ...]:
    rows = [row.split() for row in FAMILIES.replace("\n", "|").split("|")]
    return tuple(np.array(column, dtype=object) for column in zip(*rows, strict=True))


@cache
def _families() -> tuple[np.ndarray, np.ndarray]:
    """Return the family names in Latin letters, and the bounds of the chance by which they are drawn."""
    _, latin, percent = _census()
    bounds = np.cumsum(percent.astype(float))
    return _small(latin), bounds[:-1] / bounds[-1]


@cache
def _korean() -> tuple[np.ndarray, np.ndarray]:
    """Return all names by family and given name, and the given names in Latin letters.

    Given names are those of men of four generations, then of women. Whole names are made once and shared, which saves
    memory in a large company.
    """
    cells = [cell for gender in ("male", "female") for cell in SYLLABLES[gender]]
    given = [a + b for first, second in cells for a in first for b in second]
    latin = np.array([romanise(name) for name in given], dtype=object)
    return _census()[0][:, None] + np.array(given, dtype=object), latin


@cache
def _english() -> tuple[np.ndarray, np.ndarray]:
    """Return the English given names, sixteen men and sixteen women, and the family names."""
    given = ENGLISH_GIVEN["male"].split() + ENGLISH_GIVEN["female"].split()
    return np.array(given, dtype=object), np.array(ENGLISH_FAMILIES.split(), dtype=object)


def _small(words: np.ndarray) -> np.ndarray:
    return np.array([word.lower() for word in words], dtype=object)


def in_latin(names: Names, style: np.ndarray) -> np.ndarray:
    """Return each name in Latin letters, as forms are filled in.

    Parameters
    ----------
    names
        The names.
    style
        For each person 0 (Kim Minseo), 1 (Minseo Kim) or 2 (MINSEO KIM).
    """
    western, eastern = names.given + " " + names.family, names.family + " " + names.given
    choice = np.where(style == 0, eastern, western)
    return np.array(
        [name.upper() if capitals else name.title() for name, capitals in zip(choice, style == 2, strict=True)], object
    )


def emails(names: Names, number: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Return an e-mail address for each person; it is unique because `number` is, and reaches nobody.

    Parameters
    ----------
    names
        The names.
    number
        A number of each person's own.
    chance
        Uniform numbers, one for each person.
    """
    style = (6 * chance).astype(int)
    local = np.where(style % 2 == 0, names.given + "." + names.family, names.family + names.given)
    return local + np.array([str(own) for own in number.tolist()], dtype=object) + DOMAINS[style // 2]


def phones(number: np.ndarray) -> np.ndarray:
    """Return a mobile telephone number for each person that no real person can have.

    Parameters
    ----------
    number
        A number of each person's own, below ten million.

    Examples
    --------
    >>> phones(np.array([0, 1])).tolist()
    ['010-0123-4567', '010-0888-8888']
    """
    mixed = (
        number.astype(np.int64) * 7_654_321 + 1_234_567
    ) % 10_000_000  # no two meet: the factor shares no divisor with 10
    return "010-0" + digits(mixed // 10_000, 3) + "-" + digits(mixed % 10_000, 4)


def postcodes(region: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Return a postcode of the region of each person; of the whole country where the region is no province.

    Examples
    --------
    >>> postcodes(np.array(["Seoul", "Jeju"], dtype=object), np.array([0.0, 0.5])).tolist()
    ['01000', '63500']
    """
    codes, names = pd.factorize(region)
    spans = np.array([PROVINCES.get(name, ANYWHERE) for name in names]) * 1000
    first, size = spans[:, 0], spans[:, 1] + 1000 - spans[:, 0]
    return digits(first[codes] + (chance * size[codes]).astype(int), 5)


def digits(number: Any, width: int) -> np.ndarray:
    """Return whole numbers as texts of so many digits, zeros first.

    Examples
    --------
    >>> digits(np.array([7, 1234]), 5).tolist()
    ['00007', '01234']
    """
    number = np.asarray(number)
    if width <= _WIDEST:
        return _written(width)[number]
    return digits(number // 10**_WIDEST, width - _WIDEST) + _written(_WIDEST)[number % 10**_WIDEST]


@cache
def _written(width: int) -> np.ndarray:
    return np.array([f"{number:0{width}d}" for number in range(10**width)], dtype=object)
