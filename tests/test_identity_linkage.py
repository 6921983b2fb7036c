"""Linkage: the persons of the shop are found, thresholds re-cluster only, and what cannot be known is said."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.identity import Linkage, blocking_scores, exact_links, linkage_scores, training
from crmlab.plots import alternative_text

SAMPLE = 100_000


@pytest.fixture(scope="module")
def shop() -> tuple[pd.DataFrame, pd.DataFrame]:
    company = crm.open_company("retail")
    assert company.truth is not None
    return company.source_records, company.truth.source_records


@pytest.fixture(scope="module")
def linkage(shop: tuple[pd.DataFrame, pd.DataFrame]) -> Linkage:
    return Linkage.fit(shop[0], sample_pairs=SAMPLE)


def test_the_persons_of_the_shop_are_found(linkage: Linkage, shop: tuple[pd.DataFrame, pd.DataFrame]):
    records, truth = shop
    assert linkage.converged
    assert linkage.table["record_id"].tolist() == records["record_id"].tolist()
    assert linkage.table["person_id"].nunique() == pytest.approx(truth["customer_id"].nunique(), rel=0.01)
    scores = linkage_scores(linkage.table, truth)
    assert (scores > 0.99).all(axis=None)
    assert (scores["F1"] > linkage_scores(exact_links(records), truth)["F1"] + 0.02).all()
    found = blocking_scores(linkage.pairs, truth)
    assert found["pairs completeness"] > 0.99
    assert found["reduction ratio"] > 0.999


def test_the_planted_share_of_matches_is_found(linkage: Linkage, shop: tuple[pd.DataFrame, pd.DataFrame]):
    sizes = shop[1]["customer_id"].value_counts()
    n = len(shop[1])
    assert linkage.prior == pytest.approx((sizes * (sizes - 1)).sum() / (n * (n - 1)), rel=0.02)


def test_probabilities_keep_their_promise(linkage: Linkage, shop: tuple[pd.DataFrame, pd.DataFrame]):
    person = shop[1].set_index("record_id")["customer_id"]
    pairs = linkage.pairs
    same = person.loc[pairs["record_l"]].to_numpy() == person.loc[pairs["record_r"]].to_numpy()
    assert same.sum() == pytest.approx(pairs["probability"].sum(), rel=0.01)
    odds = linkage.prior / (1 - linkage.prior) * 2 ** pairs["weight"]
    assert np.allclose(pairs["probability"], odds / (1 + odds))
    assert np.allclose(pairs["weight"], pairs[["name", "birth_date", "contact"]].sum(axis=1))


def test_planted_slips_are_found(linkage: Linkage):
    """Two records of one person agree on the day of birth unless one of them was swapped (days up to the twelfth)."""
    table = linkage.parameters.set_index(["comparison", "level"])["m"]
    swapped = 2 * 0.03 * (12 / 30.4) * (11 / 12)
    assert table[("birth_date", "swapped or one slip")] == pytest.approx(swapped, abs=0.015)
    assert table[("name", "agrees")] == pytest.approx((1 - 0.04) ** 2, abs=0.03)


def test_the_same_records_give_the_same_answer(linkage: Linkage, shop: tuple[pd.DataFrame, pd.DataFrame]):
    again = Linkage.fit(shop[0], sample_pairs=SAMPLE)
    for name in ("table", "pairs", "parameters", "sessions"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(linkage, name), check_exact=True)
    assert again.prior == linkage.prior


def test_contacts_taken_as_independent_join_relatives(linkage: Linkage, shop: tuple[pd.DataFrame, pd.DataFrame]):
    records, truth = shop
    apart = Linkage.fit(records, contacts="apart", sample_pairs=SAMPLE)
    assert list(apart.parameters["comparison"].unique()) == ["name", "email", "phone", "birth_date", "postcode"]
    assert linkage_scores(apart.table, truth).loc["pairwise", "precision"] < 0.9
    assert apart.table["person_id"].nunique() < linkage.table["person_id"].nunique() - 50


def test_a_threshold_re_clusters_at_once(linkage: Linkage, shop: tuple[pd.DataFrame, pd.DataFrame]):
    start = time.perf_counter()
    low = linkage.at(0.01)
    assert time.perf_counter() - start < 0.5
    assert low.pairs is linkage.pairs
    assert low.at(linkage.threshold).table.equals(linkage.table)
    table = linkage.by_threshold(shop[1])
    assert table["persons"].is_monotonic_increasing
    assert table["recall"].is_monotonic_decreasing
    assert linkage.at(1.0).table["person_id"].nunique() >= table["persons"].max()


def test_pictures_say_what_is_seen(linkage: Linkage, shop: tuple[pd.DataFrame, pd.DataFrame]):
    ax = linkage.plot()
    assert ax.get_title() == "Which pairs are one person?"
    assert f"{int(linkage.summary().loc['pairs linked', 'value']):,} pairs are linked" in alternative_text(ax.figure)
    scored = linkage.plot(truth_links=shop[1])
    assert scored.get_title() == "Where should the threshold lie?"
    assert "at 0.01 precision 99" in alternative_text(scored.figure)
    assert "inf" not in alternative_text(linkage.at(1.0).plot().figure)


def test_the_summary_tells_what_the_model_expects(linkage: Linkage, shop: tuple[pd.DataFrame, pd.DataFrame]):
    summary = linkage.summary()["value"]
    scores = linkage_scores(linkage.table, shop[1]).loc["pairwise"]
    assert summary["expected precision"] == pytest.approx(scores["precision"], abs=0.01)
    assert summary["expected recall"] == pytest.approx(scores["recall"], abs=0.01)
    assert summary["records"] == len(shop[0])
    assert "Linkage" in linkage._repr_html_()


def test_a_column_without_values_is_said(shop: tuple[pd.DataFrame, pd.DataFrame]):
    records = shop[0].assign(phone=None).drop(columns="postcode")
    with pytest.warns(UserWarning, match="phone, postcode: no record has a value; what it would tell"):
        found = Linkage.fit(records, sample_pairs=20_000)
    assert linkage_scores(found.table, shop[1]).loc["pairwise", "precision"] > 0.95


def test_a_fit_that_was_cut_short_is_said(shop: tuple[pd.DataFrame, pd.DataFrame], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(training, "ITERATIONS", 2)
    with pytest.warns(UserWarning, match="did not come to rest"):
        found = Linkage.fit(shop[0], sample_pairs=20_000)
    assert not found.converged
    assert not found.summary().loc["converged", "value"]


ONE = pd.DataFrame({"record_id": ["R1"], "name": ["김민서"], "birth_date": ["1990-05-06"], "email": ["a@b.kr"]})


@pytest.mark.parametrize(
    ("records", "said"),
    [
        (ONE.head(0), "there is no record"),
        (ONE, "one record only"),
        (pd.concat([ONE, ONE]), "1 rows repeat an earlier one, the first in row 1: R1"),
        (pd.concat([ONE, ONE.assign(record_id="R2")]), "too few do"),
        (pd.concat([ONE, ONE.assign(record_id="R2")]).assign(birth_date=None), "birth_date.*no record has a value"),
        (ONE.drop(columns="record_id"), "no column record_id"),
    ],
)
def test_records_that_cannot_be_linked_are_refused(records: pd.DataFrame, said: str, recwarn: pytest.WarningsRecorder):
    with pytest.raises(ValueError, match=said):
        Linkage.fit(records)
    assert all("no record has a value" in str(one.message) for one in recwarn)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"threshold": 0}, "threshold is 0"),
        ({"contacts": "none"}, "contacts is 'none'"),
        ({"sample_pairs": 5}, "1,000"),
    ],
)
def test_options_are_checked(options: dict[str, object], said: str):
    with pytest.raises(ValueError, match=said):
        Linkage.fit(ONE, **options)  # pyright: ignore[reportArgumentType]


def test_strangers_are_not_forced_together():
    """People without second records share birthdays and nothing else: there is nothing to learn a match from."""
    rng = np.random.default_rng(2)
    days = np.datetime64("1960-01-01") + rng.integers(0, 3000, 800)
    given = [first + second for first in "민서지수하준" for second in "서연우"]
    names = [family + name for family in "김이박최정강조윤" for name in given]
    records = pd.DataFrame(
        {
            "record_id": range(800),
            "name": rng.choice(names, 800),
            "birth_date": days,
            "email": [f"{i * 7919 % 999_983:06d}@b.kr" for i in range(800)],
            "postcode": rng.integers(1000, 63000, 800),
        }
    )
    with pytest.warns(UserWarning, match="phone"), pytest.raises(ValueError, match=r"birth_date: .*email 0"):
        Linkage.fit(records)
