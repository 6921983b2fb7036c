"""Several records of one person: what counting them gets wrong, and how far linking them puts it right."""

import re

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from crmlab.hangul import romanise
from crmlab.simulation import names, simulate_company
from crmlab.simulation.records import DEFAULTS, Records, account_of, make
from crmlab.tables import TABLES

COUNT = 4000
ERRORS = (
    "romanised", "name_slip", "email_slip", "phone_slip", "missing_email", "missing_phone", "swapped_birth",
    "default_birth", "moved",
)  # fmt: skip
CLEAN = dict.fromkeys((*ERRORS, "household"), 0.0)
FAMILIES = {row.split()[0]: row.split()[1] for row in names.FAMILIES.replace("\n", "|").split("|")}


def people(count=COUNT):
    draw = np.random.default_rng(7)
    regions = np.array(["Seoul", "Gyeonggi", "Busan", "Daegu", "Jeju"], dtype=object)
    arrays = {
        "customer_id": np.array([f"C{number:06d}" for number in range(10_000)], dtype=object),
        "first_day": draw.integers(0, 182, 10_000),
        "born": draw.integers(1950, 2006, 10_000),
        "gender": draw.choice(np.array(["female", "male"], dtype=object), 10_000),
        "region": draw.choice(regions, 10_000, p=[0.35, 0.3, 0.17, 0.12, 0.06]),
    }
    return {name: values[:count] for name, values in arrays.items()}


def made(**switches):
    return make(Records(**switches), people(), 1, 0)


@pytest.fixture(scope="module")
def default():
    return made()


def spelling(name):
    """Return one spelling of a name: in small Latin letters, its parts in order of the alphabet."""
    if name[0] >= "가":
        name = f"{FAMILIES[name[0]]} {romanise(name[1:])}"
    return " ".join(sorted(name.lower().split()))


def linked(records, *keys):
    """Return the person that each record is taken to belong to: records alike in any key are of one person."""
    rows, columns = [], []
    for key in keys:
        codes = pd.factorize(pd.MultiIndex.from_frame(records[list(key)].astype(str)))[0]
        known = records[list(key)].notna().all(axis=1).to_numpy()
        first = pd.Series(np.arange(len(records)))[known].groupby(codes[known]).transform("first")
        rows.append(first.index.to_numpy())
        columns.append(first.to_numpy())
    row, column = np.concatenate(rows), np.concatenate(columns)
    graph = coo_matrix((np.ones(len(row)), (row, column)), shape=(len(records), len(records)))
    return connected_components(graph, directed=False)[1]


def pairs(found, links):
    """Return precision and recall over all pairs of records."""

    def count(*columns):
        sizes = pd.Series(0, index=range(len(links))).groupby(list(columns)).size()
        return (sizes * (sizes - 1) / 2).sum()

    truth = pd.factorize(links["customer_id"])[0]
    both = count(found, truth)
    return both / count(found), both / count(truth)


def test_the_records_are_as_the_dictionary_wants_them(default):
    records, links = default
    wanted = TABLES["source_records"].columns
    assert list(records) == [column.name for column in wanted]
    assert not records[[column.name for column in wanted if column.required]].isna().any(axis=None)
    assert list(records.select_dtypes("datetime")) == [column.name for column in wanted if column.kind == "date"]
    assert records["record_id"].is_unique
    assert (links["record_id"] == records["record_id"]).all()
    assert set(links["customer_id"]) == set(people()["customer_id"])


def test_there_are_as_many_records_as_the_parameters_say(default):
    share = 1 + 0.45 + 0.45 * 0.35 + 0.06
    assert len(default[0]) / COUNT == pytest.approx(share, abs=0.03)
    assert len(made(second_system=0, repeated_record=0)[0]) == COUNT


def test_a_person_is_in_a_system_once_or_twice(default):
    records, links = default
    held = records.groupby([links["customer_id"], "source"]).size()
    assert set(held) == {1, 2}
    assert (held == 2).sum() / COUNT == pytest.approx(0.06, abs=0.015)


def test_the_first_record_is_made_on_the_day_of_the_first_order(default):
    records, links = default
    first = records.groupby(links["customer_id"])["created_on"].min()
    assert (first == pd.Timestamp("2024-01-01") + pd.to_timedelta(people()["first_day"], unit="D")).all()
    assert records["created_on"].max() <= pd.Timestamp("2025-12-31")


def test_a_record_says_nothing_of_whose_it_is_but_by_its_fields(default):
    number = default[0]["record_id"].str[1:].astype(int)
    own = default[1]["customer_id"].str[1:].astype(int)
    assert abs(np.corrcoef(number, own)[0, 1]) < 0.05


@pytest.mark.parametrize("error", ERRORS)
def test_each_error_comes_as_often_as_its_rate_and_nowhere_else(error):
    clean, links = made(**CLEAN)
    faulty, _ = made(**CLEAN | {error: 0.2})
    column = {"moved": "postcode", "romanised": "name"}.get(error)
    column = column or next(name for name in ("name", "email", "phone", "birth_date") if name.split("_")[0] in error)
    others = [name for name in clean if name != column]
    pd.testing.assert_frame_equal(faulty[others], clean[others])
    changed = np.mean(faulty[column].ne(clean[column]))
    # a swap of like digits shows in nothing, days above the twelfth are no months, and only later records know a move
    shown = {"phone_slip": 0.9, "swapped_birth": 132 / 365, "moved": 0.40, "romanised": 0.92}.get(error, 1.0)
    assert changed == pytest.approx(0.2 * shown, rel=0.15)
    assert (links["record_id"] == faulty["record_id"]).all()


def test_errors_look_like_those_of_a_hand(default):
    records, _ = default
    known = records.dropna()
    assert known["phone"].str.fullmatch(r"010-0[0-9]{3}-[0-9]{4}").all()
    assert known["email"].str.fullmatch(r"[a-z.]+[0-9]+@example\.(com|org|net)").all()
    assert records["postcode"].str.fullmatch("[0-9]{5}").all()
    assert records["birth_date"].isin(DEFAULTS).mean() == pytest.approx(0.05, abs=0.01)


def test_a_slip_of_the_vowel_leaves_the_rest_of_the_name():
    right, wrong = made(**CLEAN)[0]["name"], made(**CLEAN | {"name_slip": 1.0})[0]["name"]
    hangul = right.str.fullmatch("[가-힣]+")
    assert (right != wrong).all()
    assert (right[hangul].str[0] == wrong[hangul].str[0]).all()
    assert wrong[hangul].str.fullmatch("[가-힣]{3}").all()
    assert (wrong[~hangul].str.len() == right[~hangul].str.len() - 1).all()


def test_without_errors_equal_addresses_are_equal_people():
    records, links = made(**CLEAN)
    assert records["email"].nunique() == COUNT
    assert pairs(linked(records, ["email"]), links) == (1.0, 1.0)


def test_counting_is_off_by_a_known_amount_and_linking_comes_near(default):
    records, links = default
    records = records.assign(spelling=[spelling(name) for name in records["name"]])
    records["birth_date"] = records["birth_date"].mask(records["birth_date"].isin(DEFAULTS))
    by_records = len(records) / COUNT - 1
    by_address = made(email_slip=0.0)[0]["email"].nunique() / COUNT - 1
    found = linked(records, ["spelling", "birth_date"], ["spelling", "phone"])
    by_linking = len(set(found)) / COUNT - 1
    precision, recall = pairs(found, links)
    assert by_records == pytest.approx(0.67, abs=0.04)
    # whoever left no address is not counted, and relatives count once
    nobody = np.mean([0.15**size for size in links["customer_id"].value_counts()])
    assert by_address == pytest.approx(-nobody - 0.12 / 2, abs=0.015)
    assert abs(by_linking) < 0.06 < 0.1 < by_records
    assert precision > 0.99
    assert recall > 0.85


def test_relatives_fool_whoever_links_by_telephone_alone():
    records, links = made(**CLEAN | {"household": 0.3})
    right = linked(records, ["name", "birth_date"])
    alone = linked(records, ["phone"])
    assert len(set(alone)) / COUNT == pytest.approx(1 - 0.3 / 2, abs=0.02)
    assert pairs(alone, links)[0] < 0.75
    assert pairs(right, links) == pytest.approx((1, 1), abs=0.001)  # but for namesakes born on one day
    assert pairs(linked(made(**CLEAN)[0], ["phone"]), made(**CLEAN)[1]) == (1.0, 1.0)


def test_relatives_share_name_home_and_telephone_but_no_birth_date():
    records, links = made(**CLEAN | {"household": 0.5, "english_names": 0.0})
    persons = records.groupby(links["customer_id"]).first()
    shared = persons.groupby("phone").filter(lambda household: len(household) == 2).sort_values("phone")
    one, other = shared.iloc[::2].reset_index(), shared.iloc[1::2].reset_index()
    assert len(one) / COUNT == pytest.approx(0.25, abs=0.02)
    for column in ("email", "postcode"):
        assert (one[column] == other[column]).all()
    assert (one["name"].str[0] == other["name"].str[0]).all()
    assert (one["birth_date"] == other["birth_date"]).mean() < 0.01


def orders(per_customer=5):
    draw = np.random.default_rng(9)
    who = np.repeat(np.arange(COUNT), per_customer)
    later = np.where(np.arange(len(who)) % per_customer == 0, 0, draw.integers(0, 540, len(who)))
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(people()["first_day"][who] + later, unit="D")
    return pd.DataFrame({"customer_id": people()["customer_id"][who], "ordered_at": days}).sample(
        frac=1, random_state=1
    )


def test_an_order_comes_in_by_the_record_made_last(default):
    records, links = default
    placed = orders()
    placed["record_id"] = account_of(records, links, placed)
    known = placed.merge(records.assign(customer=links["customer_id"]), on="record_id")
    assert len(known) == len(placed)
    assert (known["customer"] == known["customer_id"]).all()
    assert (known["created_on"] <= known["ordered_at"]).all()
    between = known.merge(links, on="customer_id").merge(records, left_on="record_id_y", right_on="record_id")
    between = between[between["created_on_y"] <= between["ordered_at"]]
    assert (between["created_on_y"] <= between["created_on_x"]).all()


def test_counted_by_records_customers_are_split_and_seem_to_leave(default):
    placed = orders().assign(record_id=lambda frame: account_of(*default, frame))
    per_person = placed.groupby("customer_id").size().mean()
    per_record = placed.groupby("record_id").size().mean()
    last = placed.groupby("record_id")["ordered_at"].max()
    silent = (last < pd.Timestamp("2024-12-01")).mean()
    really = (placed.groupby("customer_id")["ordered_at"].max() < pd.Timestamp("2024-12-01")).mean()
    assert per_record < 0.75 * per_person
    assert silent > really + 0.1
    alone = account_of(*made(second_system=0, repeated_record=0), orders())
    assert len(set(alone)) == COUNT


def test_how_people_are_recorded_leaves_what_they_do_as_it_was():
    usual, switched = (simulate_company("retail", 300, **{"second_system": share}) for share in (0.45, 0.9))
    assert len(switched.source_records) > len(usual.source_records)
    for name in set(usual.tables) - {"source_records"}:
        others = [column for column in usual.tables[name] if column != "record_id"]
        pd.testing.assert_frame_equal(usual.tables[name][others], switched.tables[name][others])


def test_the_same_seed_gives_the_same_records_and_another_seed_others(default):
    again = made()
    pd.testing.assert_frame_equal(again[0], default[0])
    pd.testing.assert_frame_equal(again[1], default[1])
    assert not make(Records(), people(), 2, 0)[0].equals(default[0])


def test_the_first_people_of_a_block_are_recorded_the_same_however_many_follow(default):
    records, links = make(Records(), people(1000), 1, 0)
    kept = links["customer_id"].isin(people(1000)["customer_id"])
    own = default[1]["customer_id"].isin(people(1000)["customer_id"])
    assert kept.all()
    pd.testing.assert_frame_equal(records, default[0][own].reset_index(drop=True))


def test_no_number_or_address_comes_in_two_blocks(default):
    other, _ = make(Records(), people(), 1, 1)
    clean = made(**CLEAN)[0], make(Records(**CLEAN), people(), 1, 1)[0]
    assert not set(other["record_id"]) & set(default[0]["record_id"])
    for column in ("email", "phone"):
        assert not set(clean[0][column]) & set(clean[1][column])


def test_a_rate_beyond_one_is_refused():
    with pytest.raises(ValueError, match=re.escape("romanised is 1.5; choose a value from 0 to 1")):
        Records(romanised=1.5)
