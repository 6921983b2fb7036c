"""What the systems of a company hold of its customers: several records of one person, typed by hand.

The shop, the app and the call centre each keep records of their own. Some people are known to one of them, some to two
or three, and some signed up twice in the same. So there are more records than people: by the parameters, one person has
1 + second + second x third + repeated of them.

A record is as good as its typing. A vowel of a Hangul name slips (민서, 민셔), a name is filled in in Latin letters, a
letter is dropped or two neighbouring digits change places, e-mail or telephone are missing, people moved, day and month
of birth are swapped, or a clerk who did not ask left the form's default. And what is alike need not be the same: some
relatives share family name, home, telephone and e-mail, and are two people.

A person orders through the record that was made last. Whoever counts records therefore sees customers who stop for no
reason, and new ones who seem never to have bought before. Which record belongs to whom lies apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crmlab.simulation import names
from crmlab.simulation.parameters import Mechanism, parameter, stream

BLOCK = 10_000  # people that are drawn together
WINDOW = ("2024-01-01", "2025-12-31")
SOURCES = np.array(["shop", "app", "call centre"], dtype=object)
FIRST_SOURCE = (0.50, 0.85)  # bounds of the chance by which the first record is made in the shop, the app, by call
SLOTS = 4  # a person has at most one record in each system, and a second one in the first
DEFAULTS = np.array(["1900-01-01", "1970-01-01"], dtype="datetime64[D]")
PHONE_DIGITS = np.array([5, 6, 9, 10, 11])  # where two digits may change places; the zero before them stays
# What a vowel is mistaken for, in the order of Unicode: ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ.
MISTAKEN = np.array([2, 5, 0, 7, 6, 1, 4, 3, 12, 0, 11, 10, 8, 17, 4, 11, 20, 13, 13, 20, 19])
_FAR = 100_000  # more days than any date has since 1970


@dataclass(frozen=True)
class Records(Mechanism):
    """How often people are recorded, and how badly."""

    english_names: float = parameter(0.08, "share", 0, 1, "people with English names")
    second_system: float = parameter(0.45, "share", 0, 1, "people whom two systems or more know")
    third_system: float = parameter(0.35, "share", 0, 1, "of those, people whom all three systems know")
    repeated_record: float = parameter(0.06, "share", 0, 1, "people with two records in the same system")
    household: float = parameter(0.12, "share", 0, 1, "people who share telephone, e-mail and home with a relative")
    moved: float = parameter(0.12, "share", 0, 1, "people who moved after their first record was made")
    romanised: float = parameter(0.10, "share", 0, 1, "Korean names that are written in Latin letters")
    name_slip: float = parameter(0.04, "share", 0, 1, "names with a wrong vowel or without one of their letters")
    email_slip: float = parameter(0.03, "share", 0, 1, "e-mail addresses without one of their letters")
    phone_slip: float = parameter(0.03, "share", 0, 1, "telephone numbers with two neighbouring digits swapped")
    missing_email: float = parameter(0.15, "share", 0, 1, "records without e-mail address")
    missing_phone: float = parameter(0.08, "share", 0, 1, "records without telephone number")
    swapped_birth: float = parameter(0.03, "share", 0, 1, "birth dates with day and month swapped, where both are days")
    default_birth: float = parameter(0.05, "share", 0, 1, "birth dates left at the form's default")


def make(
    mechanism: Records, people: dict[str, Any], seed: int, block: int, window: tuple[str, str] = WINDOW
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the table `source_records` of a block of people, and which record belongs to whom.

    The records of the first people of a block do not depend on how many follow.

    Parameters
    ----------
    mechanism
        The parameters.
    people
        Arrays, one entry for each of at most 10,000 people: `customer_id`, `first_day` (days since the window opened),
        `born` (years), `gender` ("female" or "male") and `region`.
    seed
        Seed of all streams.
    block
        Number of the block, from 0.
    window
        First and last day of observation, as ISO text.

    Examples
    --------
    >>> one = {"customer_id": ["C1"], "first_day": [3], "born": [1990], "gender": ["female"], "region": ["Jeju"]}
    >>> arrays = {name: np.array(values, dtype=object) for name, values in one.items()}
    >>> records, links = make(Records(second_system=0, repeated_record=0), arrays, seed=1, block=0)
    >>> records["created_on"].dt.date.astype(str).to_list(), links["customer_id"].to_list()
    (['2024-01-04'], ['C1'])
    """
    count = len(people["customer_id"])
    who, slot, record_id = _accounts(mechanism, count, seed, block)
    persons = _persons(mechanism, people, seed, block)
    typed = {
        "name": _names(mechanism, persons, who, _chance(seed, "names", block, count, SLOTS, 4)[who, slot]),
        "email": _emails(mechanism, persons, who, _chance(seed, "e-mails", block, count, SLOTS, 3)[who, slot]),
        "phone": _phones(mechanism, persons, who, _chance(seed, "telephones", block, count, SLOTS, 3)[who, slot]),
        "birth_date": _births(mechanism, persons, who, _chance(seed, "births", block, count, SLOTS, 3)[who, slot]),
        "postcode": np.where(persons["moved"][who] & (slot > 0), persons["later"][who], persons["postcode"][who]),
    }
    first = people["first_day"].astype(np.int64)
    created = _created(first, window, _chance(seed, "days", block, count, SLOTS))[who, slot]
    source = _sources(_chance(seed, "systems", block, count, 2))[who, slot]
    records = pd.DataFrame({"record_id": record_id, "source": SOURCES[source], "created_on": created, **typed})
    return records, pd.DataFrame({"record_id": record_id, "customer_id": people["customer_id"][who]})


def account_of(records: pd.DataFrame, links: pd.DataFrame, orders: pd.DataFrame) -> np.ndarray:
    """Return the record by which each order came in: the one that its customer made last, up to that day.

    Parameters
    ----------
    records, links
        What `make` returned.
    orders
        Orders of the same people, in any order; `customer_id` and `ordered_at` are read.
    """
    codes, customers = pd.factorize(links["customer_id"])
    made = codes * _FAR + _days(records["created_on"])
    order = np.argsort(made, kind="stable")
    asked = pd.Index(customers).get_indexer(pd.Index(orders["customer_id"])) * _FAR + _days(orders["ordered_at"])
    last = np.searchsorted(made[order], asked, side="right") - 1
    return links["record_id"].to_numpy()[order[last]]


def _days(dates: pd.Series) -> np.ndarray:
    return dates.to_numpy().astype("datetime64[D]").astype(np.int64)


def _chance(seed: int, purpose: str, block: int, *shape: int) -> np.ndarray:
    return stream(seed, f"records {purpose} {block}").random(shape)


def _accounts(mechanism: Records, count: int, seed: int, block: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return each record's person, its place among the person's records, and a number that tells neither."""
    second, third, repeated = (_chance(seed, "accounts", block, count, 3) < _shares(mechanism)).T
    exists = np.column_stack([np.ones(count, bool), second, second & third, repeated])
    who, slot = np.nonzero(exists)
    mixed = stream(seed, f"records numbers {block}").permutation(BLOCK * SLOTS)
    number = mixed[who * SLOTS + slot]
    order = np.argsort(number)
    record_id = "R" + names.digits(block * BLOCK * SLOTS + number[order], 8)
    return who[order], slot[order], record_id


def _shares(mechanism: Records) -> list[float]:
    return [mechanism.second_system, mechanism.third_system, mechanism.repeated_record]


def _sources(chance: np.ndarray) -> np.ndarray:
    """Return the system of each record that a person may have: three systems in a row of one's own, the first again."""
    first = np.searchsorted(FIRST_SOURCE, chance[:, 0], side="right")
    step = 1 + (chance[:, 1] < 0.5)
    return np.column_stack([first, first + step, first + 2 * step, first]) % 3


def _created(first_day: np.ndarray, window: tuple[str, str], chance: np.ndarray) -> np.ndarray:
    """Return the day of each record: the first with the first order, the others later, rather soon than late."""
    start, end = (np.datetime64(day, "D") for day in window)
    left = (end - start).astype(np.int64) - first_day
    later = np.minimum(1 + np.floor(chance**2 * left[:, None]), left[:, None])
    later[:, 0] = 0
    return (start + first_day[:, None] + later.astype(np.int64)).astype("datetime64[ns]")


def _persons(mechanism: Records, people: dict[str, Any], seed: int, block: int) -> dict[str, Any]:
    """Return what is true of each person: name, birth date, homes, and how to reach them."""
    count = len(people["customer_id"])
    chance = _chance(seed, "people", block, count, 9)
    number = block * BLOCK + stream(seed, f"records people's numbers {block}").permutation(BLOCK)[:count]
    kin = _kin(people["region"], chance[:, 0] < mechanism.household)
    born = people["born"].astype(np.int64)
    named = names.draw_names(born, people["gender"], chance[:, 1:4], mechanism.english_names, kin)
    year = (born - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    return {
        "names": named,
        "birth": year + (365 * chance[:, 4]).astype(np.int64),
        "email": names.emails(named, number, chance[:, 5])[kin],
        "phone": names.phones(number)[kin],
        "postcode": names.postcodes(people["region"], chance[:, 6])[kin],
        "later": names.postcodes(people["region"], chance[:, 7]),
        "moved": chance[:, 8] < mechanism.moved,
    }


def _kin(region: np.ndarray, household: np.ndarray) -> np.ndarray:
    """Return whose contacts each person uses: in a household, the second of two from a region uses the first's."""
    codes = pd.factorize(region)[0]
    order = np.argsort(codes, kind="stable")
    place = np.arange(len(order)) - np.searchsorted(codes[order], codes[order])
    second = np.nonzero(place % 2 == 1)[0]
    second = second[household[order[second - 1]]]
    kin = np.arange(len(order))
    kin[order[second]] = order[second - 1]
    return kin


def _names(mechanism: Records, persons: dict[str, Any], who: np.ndarray, chance: np.ndarray) -> np.ndarray:
    written = persons["names"].written[who]
    korean = persons["names"].korean[who]
    latin = np.nonzero(korean & (chance[:, 0] < mechanism.romanised))[0]
    written[latin] = names.in_latin(persons["names"].take(who[latin]), (3 * chance[latin, 1]).astype(int))
    korean[latin] = False
    slips = chance[:, 2] < mechanism.name_slip
    for rows, slip in ((np.nonzero(slips & korean)[0], _wrong_vowel), (np.nonzero(slips & ~korean)[0], _drop_letter)):
        written[rows] = slip(written[rows], chance[rows, 3])
    return written


def _emails(mechanism: Records, persons: dict[str, Any], who: np.ndarray, chance: np.ndarray) -> np.ndarray:
    written = persons["email"][who]
    rows = np.nonzero(chance[:, 0] < mechanism.email_slip)[0]
    written[rows] = _drop_letter(written[rows], chance[rows, 1])
    written[chance[:, 2] < mechanism.missing_email] = None
    return written


def _phones(mechanism: Records, persons: dict[str, Any], who: np.ndarray, chance: np.ndarray) -> np.ndarray:
    written = persons["phone"][who]
    rows = np.nonzero(chance[:, 0] < mechanism.phone_slip)[0]
    letters = _letters(written[rows])
    at, first = np.arange(len(rows)), PHONE_DIGITS[(len(PHONE_DIGITS) * chance[rows, 1]).astype(int)]
    letters[at, first], letters[at, first + 1] = letters[at, first + 1], letters[at, first]
    written[rows] = _texts(letters)
    written[chance[:, 2] < mechanism.missing_phone] = None
    return written


def _births(mechanism: Records, persons: dict[str, Any], who: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Return birth dates as typed; a day above the twelfth cannot be taken for a month."""
    birth = persons["birth"][who]
    year = birth.astype("datetime64[Y]").astype("datetime64[M]")
    month = birth.astype("datetime64[M]")
    day = (birth - month).astype(np.int64)
    swapped = (year + day).astype("datetime64[D]") + (month - year).astype(np.int64)
    birth = np.where((chance[:, 0] < mechanism.swapped_birth) & (day < 12), swapped, birth)
    default = DEFAULTS[(2 * chance[:, 2]).astype(int)]
    return np.where(chance[:, 1] < mechanism.default_birth, default, birth).astype("datetime64[ns]")


def _letters(texts: np.ndarray) -> np.ndarray:
    """Return the code points of texts, one row each, at least one zero after the end."""
    fixed = texts.astype(str)
    return np.pad(fixed.view(np.uint32).reshape(len(fixed), fixed.dtype.itemsize // 4), ((0, 0), (0, 1)))


def _texts(letters: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(letters).view(f"U{letters.shape[1]}").ravel().astype(object)


def _wrong_vowel(hangul: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Return Korean names with another vowel in one syllable of the given name."""
    letters = _letters(hangul)
    at, syllable = np.arange(len(letters)), 1 + (2 * chance).astype(int)
    place = letters[at, syllable].astype(np.int64) - ord("가")
    initial, vowel, final = place // 588, place // 28 % 21, place % 28
    letters[at, syllable] = ord("가") + 588 * initial + 28 * MISTAKEN[vowel] + final
    return _texts(letters)


def _drop_letter(texts: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Return texts without one of their letters; of an e-mail address, without one before its digits and domain."""
    letters = _letters(texts)
    known = ((letters >= ord("a")) & (letters <= ord("z"))) | ((letters >= ord("A")) & (letters <= ord("Z")))
    size = np.where((letters == ord("@")).any(axis=1), known.cumprod(axis=1).sum(axis=1), (letters > 0).sum(axis=1))
    places = np.arange(letters.shape[1] - 1)
    places = places + (places >= (chance * size).astype(int)[:, None])
    return _texts(np.take_along_axis(letters, places, axis=1))
