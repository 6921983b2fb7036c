"""The relationship between a company and its customers follows its causal model."""

import numpy as np
import pytest

from crmlab.simulation.parameters import stream
from crmlab.simulation.relationship import BAD_PROCESS, CHANCES, MODEL, Relationship, typical

CHANNELS = ((0.0, 0.5), (0.8, 0.5))


def lives(size: int = 4000, **switches: float) -> dict[str, np.ndarray]:
    """Return customers of two channels, one of which promises much."""
    chances = dict(zip(CHANCES, stream(1, "lives").random((len(CHANCES), size)), strict=True))
    return MODEL.simulate(Relationship(**switches), {"channel": np.arange(size) % 2 * 0.8, **chances})


def slopes(effect: np.ndarray, *causes: np.ndarray) -> np.ndarray:
    """Return the slopes of a linear regression of the effect on its causes."""
    return np.linalg.lstsq(np.column_stack([*causes, np.ones(len(effect))]), effect, rcond=None)[0][:-1]


def test_the_map_goes_from_channel_and_process_to_what_customers_do():
    arrows = MODEL.causes()
    assert set(arrows["cause"]) - set(arrows["effect"]) == {"channel", "process"}
    assert set(arrows["effect"]) - set(arrows["cause"]) == {"churn", "referral", "answer", "consent", "cost_to_serve"}


def test_process_attitude_and_experience_are_in_standard_units():
    known = lives()
    for node in ("process", "attitude", "experience"):
        assert abs(known[node].mean()) < 0.06
        assert known[node].std() == pytest.approx(1, abs=0.06)


@pytest.mark.parametrize("halo", [0.0, 0.5, 0.95])
def test_the_halo_is_the_correlation_of_attitude_and_process(halo):
    known = lives(halo=halo)
    assert np.corrcoef(known["process"], known["attitude"])[0, 1] == pytest.approx(halo, abs=0.03)


def test_the_halo_makes_attitude_look_stronger_than_it_is():
    for halo, fooled in ((0.7, True), (0.0, False)):
        known = lives(halo=halo, mending=1)
        naive = slopes(known["experience"], known["attitude"])[0]
        right = slopes(known["experience"], known["attitude"], known["process"])
        assert (naive > 2 * right[0]) == fooled
        assert right[1] / right.sum() == pytest.approx(0.8)


def test_kindness_does_not_mend_a_process_that_failed():
    for mending, mended in ((0.0, False), (1.0, True)):
        known = lives(mending=mending)
        bad = known["process"] < BAD_PROCESS
        naive = slopes(known["experience"], known["attitude"], known["process"])[0]
        among_bad = slopes(known["experience"][bad], known["attitude"][bad], known["process"][bad])[0]
        assert naive > 0.1
        assert (among_bad > 0.1) == mended


def test_the_same_service_disappoints_those_who_were_promised_more():
    known = lives()
    promised = known["expectation"] > 0
    gap = {node: known[node][promised].mean() - known[node][~promised].mean() for node in known}
    assert gap["churn"] > 0.4
    assert abs(gap["process"]) < 0.08
    same = MODEL.simulate(
        Relationship(),
        {"channel": np.zeros(2), **{chance: np.array([0.3, 0.3]) for chance in CHANCES}},
        do={"expectation": np.array([0.0, 0.8])},
    )
    assert same["process"][0] == same["process"][1]
    assert same["churn"][0] < same["churn"][1]


def test_satisfaction_moves_all_that_follows():
    known = lives()
    signs = {"churn": -1, "referral": 1, "answer": 1, "consent": 1, "cost_to_serve": -1}
    for node, sign in signs.items():
        assert sign * np.corrcoef(known["satisfaction"], known[node])[0, 1] > 0.4


def test_each_link_can_be_cut():
    known = lives(content_to_churn=0, content_to_referral=0, consent_link=0, silence=0, serve_cost=0)
    assert abs(np.corrcoef(known["satisfaction"], known["churn"])[0, 1]) < 0.05
    for node, value in {"referral": 1, "answer": 0, "consent": 0, "cost_to_serve": 1}.items():
        assert (known[node] == value).all()


def test_typical_customers_say_what_the_average_is():
    usual, drawn = typical(Relationship(), CHANNELS), lives(size=20_000)
    for node in ("satisfaction", "referral", "cost_to_serve"):
        assert usual.mean(node) == pytest.approx(drawn[node].mean(), abs=4 * drawn[node].std() / np.sqrt(20_000))
    rank = usual.rank("churn", drawn["churn"])
    assert np.histogram(rank, bins=10, range=(0, 1))[0] == pytest.approx(2000, abs=200)


def test_channels_count_by_their_share():
    usual = typical(Relationship(), ((0.0, 0.9), (1.0, 0.1)))
    assert usual.mean("expectation") == pytest.approx(0.1)
