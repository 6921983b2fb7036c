"""Funnel: counts, intervals, groups, standardisation."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlab.funnel import Funnel
from crmlab.plots import alternative_text

STAGES = ["lead", "qualified", "won"]


def events_of(*leads):
    rows = [(name, stage, f"2025-01-{day:02d}") for name, steps in leads for stage, day in steps.items()]
    events = pd.DataFrame(rows, columns=["lead_id", "stage", "reached_on"])
    return events.assign(reached_on=pd.to_datetime(events["reached_on"]))


@pytest.fixture
def events():
    return events_of(
        ("a", {"lead": 1, "qualified": 4, "won": 20}),
        ("b", {"lead": 2, "qualified": 9}),
        ("c", {"lead": 3}),
        ("d", {"lead": 8, "qualified": 12, "won": 13}),
    )


@pytest.fixture
def two_teams():
    rows = [("S", "web", 900, 180), ("S", "shop", 100, 60), ("N", "web", 100, 15), ("N", "shop", 900, 495)]
    long = [(t, c, stage, n) for t, c, size, won in rows for stage, n in (("lead", size), ("won", won))]
    return pd.DataFrame(long, columns=["team", "channel", "stage", "customers"])


@pytest.mark.parametrize(("interval", "published"), [("wilson", [0.0546, 0.2611]), ("jeffreys", [0.0493, 0.2525])])
def test_published_intervals(events, interval, published):
    """95 % for 5 of 40, of a stage and from end to end."""
    counts = pd.DataFrame({"stage": ["lead", "won"], "customers": [40, 5]})
    funnel = Funnel.from_counts(counts, ["lead", "won"], interval=interval)
    for table in (funnel.table, funnel.ends()):
        assert table[["low", "high"]].iloc[-1].round(4).to_list() == published
    from_events = Funnel.from_events(events, STAGES, interval=interval)
    from_counts = Funnel.from_counts(from_events.table.astype({"stage": str}), STAGES, interval=interval)
    pd.testing.assert_frame_equal(from_events.table, from_counts.table)


def test_counts_rates_and_overall(events):
    table = Funnel.from_events(events, STAGES).table
    assert table["customers"].to_list() == [4, 3, 2]
    assert table["rate"].iloc[1:].to_list() == pytest.approx([3 / 4, 2 / 3])
    assert table["overall"].to_list() == pytest.approx([1, 0.75, 0.5])


def test_snapshot_forgets_what_came_later(events):
    table = Funnel.from_events(events, STAGES, snapshot="2025-01-10").table
    assert table["customers"].to_list() == [4, 2, 0]


def test_an_event_recorded_twice_counts_once(events):
    doubled = pd.concat([events, events])
    pd.testing.assert_frame_equal(Funnel.from_events(doubled, STAGES).table, Funnel.from_events(events, STAGES).table)


def test_groups_from_leads_and_from_counts_agree(events):
    leads = pd.DataFrame({"lead_id": list("abcd"), "team": ["N", "N", "S", "S"]})
    grouped = Funnel.from_events(events, STAGES, by="team", leads=leads)
    assert grouped.rate().to_dict() == {"N": 0.5, "S": 0.5}
    counts = grouped.table[["team", "stage", "customers"]].astype({"stage": str})
    pd.testing.assert_frame_equal(Funnel.from_counts(counts, STAGES, "team").table, grouped.table)


def test_a_group_without_a_stage_counts_zero(events):
    leads = pd.DataFrame({"lead_id": list("abcd"), "team": ["N", "N", "S", "N"]})
    table = Funnel.from_events(events, STAGES, by="team", leads=leads).table
    assert table.loc[table["team"] == "S", "customers"].to_list() == [1, 0, 0]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 200), st.floats(0, 1)), min_size=4, max_size=4))
def test_standardised_to_its_own_mix_a_group_keeps_its_rate(cells):
    """With one group the standard mix is its own, so the standardised rate is the crude one."""
    rows = [
        ("a", f"c{i}", stage, n)
        for i, (size, p) in enumerate(cells)
        for stage, n in (("lead", size), ("won", int(p * size)))
    ]
    counts = pd.DataFrame(rows, columns=["team", "channel", "stage", "customers"])
    result = Funnel.from_counts(counts, ["lead", "won"], ["team", "channel"]).standardize("channel")
    assert result["estimate"].iloc[0] == pytest.approx(result["crude"].iloc[0])


def test_standardising_undoes_a_paradox(two_teams):
    result = Funnel.from_counts(two_teams, ["lead", "won"], ["team", "channel"]).standardize("channel")
    assert result.loc["S", "crude"] < result.loc["N", "crude"]
    assert result.loc["S", "estimate"] == pytest.approx(0.5 * 0.2 + 0.5 * 0.6)
    assert result.loc["S", "estimate"] > result.loc["N", "estimate"]
    assert (result["low"] < result["estimate"]).all()


@pytest.mark.parametrize(("sizes", "chances"), [((300, 200), (0.2, 0.5)), ((15, 10), (0.02, 0.05))])
def test_standardised_interval_covers(sizes, chances):
    """Also where in most parts nobody is won, and the plain variance is 0."""
    rng, truth = np.random.default_rng(5), np.average(chances, weights=sizes)
    long = [
        (team, channel, stage, customers)
        for team in range(1000)
        for channel, size, won in zip("xy", sizes, rng.binomial(sizes, chances), strict=True)
        for stage, customers in (("lead", size), ("won", won))
    ]
    counts = pd.DataFrame(long, columns=["team", "channel", "stage", "customers"])
    rows = Funnel.from_counts(counts, ["lead", "won"], ["team", "channel"]).standardize("channel")
    assert 0.92 <= ((rows["low"] <= truth) & (truth <= rows["high"])).mean() <= 0.985
    assert ((rows["low"] >= 0) & (rows["low"] < rows["high"]) & (rows["high"] <= 1)).all()


def test_a_group_without_a_part_of_the_mix_is_refused(two_teams):
    gone = two_teams[(two_teams["team"] != "N") | (two_teams["channel"] != "shop")]
    with pytest.raises(
        ValueError, match="team N has nobody of channel shop, so its rate there is not known; leave out"
    ):
        Funnel.from_counts(gone, ["lead", "won"], ["team", "channel"]).standardize("channel")


def test_categories_are_standardised_like_text(two_teams):
    kinds = {name: pd.CategoricalDtype([*two_teams[name].unique(), "unused"]) for name in ("team", "channel")}
    plain, kind = (
        Funnel.from_counts(table, ["lead", "won"], ["team", "channel"]).standardize("channel")
        for table in (two_teams, two_teams.astype(kinds))
    )
    np.testing.assert_allclose(kind.loc[plain.index], plain)


def test_errors_name_what_is_wrong(events):
    with pytest.raises(ValueError, match="no event has the stage signed; there are lead, qualified, won"):
        Funnel.from_events(events, ["lead", "signed"])
    with pytest.raises(ValueError, match="count the funnel by 'channel' and one more column"):
        Funnel.from_events(events, STAGES).standardize("channel")
    with pytest.raises(ValueError, match="interval is 'normal'; choose one of wilson, jeffreys"):
        Funnel.from_events(events, STAGES, interval="normal")


def test_pictures_say_what_is_seen(events):
    ax = Funnel.from_events(events, STAGES).plot()
    assert alternative_text(ax.figure) == (
        "Where does the funnel leak? Bars of the number in each stage: 4 lead, 3 qualified, 2 won."
    )
    leads = pd.DataFrame({"lead_id": list("abcd"), "team": ["N", "N", "S", "S"]})
    ax = Funnel.from_events(events, STAGES, by="team", leads=leads).plot()
    assert "N 0.5" in alternative_text(ax.figure)
    assert ax.get_xlabel() == "conversion rate, lead → won"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda e: e.drop(columns="lead_id"), "events: no column lead_id"),
        (lambda e: e.drop(columns="stage"), "events: no column stage"),
        (lambda e: e.drop(columns="reached_on"), "events: no column reached_on"),
        (lambda e: e.assign(reached_on="soon"), "reached_on holds soon, which is no date"),
        (lambda e: e.assign(lead_id=e["lead_id"].where(e.index > 1)), "lead_id is empty in 2 rows; mend or leave out"),
        (lambda e: e.assign(reached_on=e["reached_on"].where(e.index > 0)), "reached_on is empty in 1 rows"),
        (lambda e: e.assign(stage=e["stage"].where(e.index > 0)), "stage is empty in 1 rows"),
        (lambda e: e.query("stage != 'qualified' or lead_id == 'a'"), r"reached won \(2\) than the stage before"),
    ],
)
def test_events_that_cannot_be_counted_are_refused(events, spoil, said):
    with pytest.raises(ValueError, match=said):
        Funnel.from_events(spoil(events), STAGES)


def test_leads_that_cannot_be_joined_are_refused(events):
    leads = pd.DataFrame({"lead_id": list("abcd"), "team": ["N", "N", "S", "S"]})
    with pytest.raises(ValueError, match="leads: no column team"):
        Funnel.from_events(events, STAGES, by="team", leads=leads[["lead_id"]])
    with pytest.raises(ValueError, match="leads: lead_id stands more than once in 1 rows"):
        Funnel.from_events(events, STAGES, by="team", leads=pd.concat([leads, leads.head(1)]))
    with pytest.raises(ValueError, match="events: team is empty in 3 rows"):
        Funnel.from_events(events, STAGES, by="team", leads=leads[1:])
    with pytest.raises(ValueError, match="events: no column team"):
        Funnel.from_events(events, STAGES, by="team")


COUNTS = pd.DataFrame({"stage": STAGES, "customers": [40, 20, 5]})


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        (COUNTS[["stage"]], "no column customers"),
        (COUNTS[["customers"]], "no column stage"),
        (COUNTS[:0], "no row has the stage lead, qualified, won; there are none"),
        (COUNTS.assign(customers=0), "it has no customers"),
        (COUNTS.assign(customers=[40, np.nan, 5]), "customers: 1 values are empty"),
        (COUNTS.assign(customers=[40, -1, 5]), "a count is negative in 1 rows"),
        (COUNTS.assign(customers=[40, 20.5, 5]), "customers is no whole number in 1 rows"),
        (COUNTS.assign(customers=[0, 0, 5]), "nobody is in the first stage, lead: of nobody there is no share"),
        (COUNTS.assign(customers=[40, 20, 30]), r"reached won \(30\) than the stage before"),
        (COUNTS.assign(stage=["lead", None, "won"]), "stage is empty in 1 rows"),
        (COUNTS.assign(stage=["lead", "call", "won"]), "no row has the stage qualified; there are call, lead, won"),
    ],
)
def test_counts_that_make_no_funnel_are_refused(counts, said):
    with pytest.raises(ValueError, match=said):
        Funnel.from_counts(counts, STAGES)


def test_the_group_without_a_first_stage_is_named():
    counts = COUNTS.merge(pd.DataFrame({"team": ["N", "S"]}), how="cross")
    with pytest.raises(ValueError, match="nobody is in the first stage, lead, of team S"):
        Funnel.from_counts(counts[(counts["team"] == "N") | (counts["stage"] != "lead")], STAGES, "team")


def test_counts_of_one_stage_add_up():
    halves = pd.concat([COUNTS.assign(customers=COUNTS["customers"] - 2), COUNTS.assign(customers=2)])
    whole = Funnel.from_counts(COUNTS, STAGES).table
    pd.testing.assert_frame_equal(Funnel.from_counts(halves, STAGES).table, whole)
    np.testing.assert_allclose(whole["rate"][1:], [0.5, 0.25])
