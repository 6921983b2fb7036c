"""Training: what is planted is found, sessions are honest, nothing is left behind."""

from __future__ import annotations

import logging
import random
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from crmlab.identity import training
from crmlab.identity.training import Trained, pairs_within, train

NAMES = {"name": ("name",), "birth_date": ("birth_date",), "contact": ("email", "phone", "postcode")}
SAMPLE = 200_000


def letters(rng: np.random.Generator, count: int, kinds: int) -> np.ndarray:
    """Return words of which no two are a slip apart, each of `kinds`."""
    words = np.array([f"{i * 7919 % 999_983:06d}" * 2 for i in range(kinds)], dtype=object)
    return words[rng.integers(0, kinds, count)]


def planted(seed: int = 1, people: int = 1500) -> tuple[pd.DataFrame, np.ndarray]:
    """Return records of people, a third of whom have two; names are another's in 10 % of second records.

    Birth dates are missing in 20 % and wrong in 5 %, e-mails missing in 30 % and never wrong.
    """
    rng = np.random.default_rng(seed)
    person = np.concatenate([np.arange(people), np.arange(people // 3)])
    second = np.arange(len(person)) >= people
    day = np.datetime64("1950-01-01") + rng.integers(0, 18_000, people)[person]
    other = np.datetime64("1950-01-01") + rng.integers(0, 18_000, len(person))
    name = np.where(
        second & (rng.random(len(person)) < 0.1), letters(rng, len(person), 300), letters(rng, people, 300)[person]
    )
    dates = np.where(second & (rng.random(len(person)) < 0.05), other, day).astype(str).astype(object)
    dates[rng.random(len(person)) < 0.2] = None
    email = np.array([f"{i * 7919 % 999_983:06d}@{i * 31 % 997:03d}.kr" for i in person], dtype=object)
    email[rng.random(len(person)) < 0.3] = None
    return pd.DataFrame({"name": name, "birth_date": dates, "email": email}), person


@pytest.fixture(scope="module")
def known() -> tuple[Trained, np.ndarray]:
    records, person = planted()
    names = {"name": ("name",), "birth_date": ("birth_date",), "email": ("email",)}
    return train(records, names, seed=0, sample_pairs=SAMPLE), person


def test_planted_shares_are_found(known: tuple[Trained, np.ndarray]):
    """Within four standard errors of the planted shares; 500 pairs are one person."""
    table = known[0].parameters.set_index(["comparison", "level"])
    assert table.loc[("name", "agrees"), "m"] == pytest.approx(0.9, abs=4 * np.sqrt(0.09 / 320))
    assert table.loc[("birth_date", "agrees"), "m"] == pytest.approx(0.95, abs=4 * np.sqrt(0.0475 / 245))
    assert table.loc[("email", "agrees"), "m"] == pytest.approx(1, abs=0.01)
    assert table.loc[("name", "agrees"), "u"] == pytest.approx(1 / 300, rel=4 / np.sqrt(SAMPLE / 300) + 0.1)
    assert np.allclose(table.groupby("comparison")["u"].sum(), 1, atol=1e-3)
    assert np.allclose(table["weight"], np.log2(table["m"] / table["u"]))


def test_pairs_stand_once_and_missing_weighs_nothing(known: tuple[Trained, np.ndarray]):
    pairs = known[0].pairs
    assert (pairs["left"] < pairs["right"]).all()
    assert not pairs.duplicated(["left", "right"]).any()
    records, _ = planted()
    missing = records["email"].isna().to_numpy()
    either = missing[pairs["left"]] | missing[pairs["right"]]
    assert either.any()
    assert (pairs.loc[either, "email"] == 0).all()
    assert (pairs.loc[~either, "email"] != 0).all()


def test_an_agreement_on_a_rare_name_weighs_more(known: tuple[Trained, np.ndarray]):
    pairs = known[0].pairs
    records, _ = planted()
    name = records["name"].to_numpy()
    same = pairs[name[pairs["left"]] == name[pairs["right"]]]
    frequency = records["name"].value_counts().loc[name[same["left"]]].to_numpy()
    assert np.corrcoef(np.log2(frequency), same["name"])[0, 1] == pytest.approx(-1, abs=1e-6)


def test_sessions_that_were_cut_short_did_not_converge(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(training, "ITERATIONS", 2)
    records, _ = planted(people=600)
    trained = train(records, {"name": ("name",), "birth_date": ("birth_date",), "email": ("email",)}, 0, 20_000)
    assert trained.sessions["iterations"].max() == 2
    assert not trained.sessions["converged"].all()


def test_nothing_is_said_written_or_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
):
    """No log, no file where we are, no other random numbers for the reader, no network."""
    monkeypatch.chdir(tmp_path)

    def refuse(*_: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setattr("socket.getaddrinfo", refuse)
    random.seed(5)
    expected = random.random()
    random.seed(5)
    level = logging.getLogger("splink").level
    records, _ = planted(people=600)
    train(records, {"name": ("name",), "birth_date": ("birth_date",), "email": ("email",)}, 0, 20_000)
    assert random.random() == expected
    assert list(tmp_path.iterdir()) == []
    assert logging.getLogger("splink").level == level
    said = capfd.readouterr()
    assert said.out + said.err == ""


def test_too_few_agreements_are_named():
    records = pd.DataFrame({"name": ["a", "b"], "birth_date": ["1990-01-01"] * 2, "email": [None, "a@b.kr"]})
    records = records.assign(phone="01000000001", postcode="04633")
    with pytest.raises(ValueError, match=r"name: .* too few do \(pairs that agree on birth_date 1, email 0, phone 1;"):
        train(records, NAMES, 0, 1000)


def test_pairs_within_a_block():
    records = pd.DataFrame({"a": [1, 1, 1, 2, None, None], "b": [5, 5, 6, 5, 5, 5]})
    assert (pairs_within(records, ["a"]), pairs_within(records, ["a", "b"])) == (3, 1)
