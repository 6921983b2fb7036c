"""Events and columns of stages: the first day of each stage, and no lead lost in silence."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crmlab as crm
from crmlab.data.validation import DataError, validate
from crmlab.intake.shapes import SHAPES, Settings, one_of_many
from intake_sheets import sheet

LOG = {
    "lead_id": "aabbc",
    "event": ["Sign up", "paid", "sign_up", "Sign up", "view"],
    "happened_at": ["2025-01-01 10:00:00", "2025-01-05", "2025-02-01", "2025-02-02", "2025-02-03"],
    "channel": ["x", None, None, "y", "z"],
}
MAP = "sign up=lead, paid=won, view=-"


def log(columns: dict, stages: str = MAP):
    return SHAPES["event_log"].build(sheet(columns), Settings("log.csv", None, {"stages": stages}))


def test_events_become_leads_and_first_days() -> None:
    built = log(LOG)
    tables = validate(built.tables)
    assert tables["leads"]["lead_id"].to_list() == ["a", "b"]
    assert tables["leads"]["created_on"].dt.strftime("%m-%d").to_list() == ["01-01", "02-01"]
    assert tables["leads"]["channel"].to_list() == ["x", "y"]
    assert tables["stage_events"]["stage"].to_list() == ["lead", "won", "lead"]
    assert built.tables["stage_events"].index.to_list() == [2, 3, 4]
    assert "1 lead with no stage at all (line 6): not among the leads." in built.notes
    assert "1 event left out, as told." in built.notes
    assert "4 events gave 3 first days of a stage; later ones do not count." in built.notes


def test_the_funnel_runs_on_the_result() -> None:
    tables = validate(log(LOG).tables)
    funnel = crm.Funnel.from_events(tables["stage_events"], ["lead", "won"], by="channel", leads=tables["leads"])
    assert funnel.rate().to_dict() == {"x": 1.0, "y": 0.0}
    assert crm.TimeToConvert.from_events(tables["stage_events"], "2025-03-01").at(28)["estimate"].iloc[0] == 0.5


def test_unknown_events_are_asked_with_their_counts() -> None:
    with pytest.raises(DataError) as caught:
        log(LOG, "ask")
    said = str(caught.value)
    assert "'Sign up' (2 rows), 'paid' (1 row), 'sign_up' (1 row), 'view' (1 row)" in said
    assert '--choose "stages=sign up=-, paid=-, view=-", or stages=keep' in said
    with pytest.raises(DataError, match="'view' "):
        log(LOG, "sign up=lead, paid=won")


def test_events_can_keep_their_names() -> None:
    stages = log(LOG, "keep").tables["stage_events"]["stage"]
    assert stages.to_list() == ["lead", "sign up", "paid", "lead", "sign up", "lead", "view"]


def test_a_stage_of_our_name_needs_no_telling() -> None:
    built = log(LOG | {"event": ["Lead", "WON", "lead", "proposal", "lost"]}, "ask")
    assert built.tables["stage_events"]["stage"].to_list() == ["lead", "won", "lead", "proposal", "lead", "lost"]
    assert "1 lead without a day of the stage lead: the first day known stands for it." in built.notes


def test_touches_need_a_channel() -> None:
    touches = log(LOG, "sign up=lead, paid=won, view=touch").tables["touches"]
    assert touches.to_dict("list")["visitor_id"] == ["c"]
    assert validate({"touches": touches})["touches"]["channel"].to_list() == ["z"]
    without = {name: values for name, values in LOG.items() if name != "channel"}
    with pytest.raises(DataError, match="is missing for touches"):
        log(without, "sign up=lead, paid=won, view=touch")


@pytest.mark.parametrize("told", ["sign up", "=lead", "paid="])
def test_a_map_that_cannot_be_read_is_refused(told: str) -> None:
    with pytest.raises(DataError, match="Write it as 'signup=lead, paid=won, page view=-'"):
        log(LOG, told)


def stages(columns: dict, **chosen: str):
    return SHAPES["lead_stages"].build(sheet(columns), Settings("leads.csv", None, chosen))


ROWS = {
    "lead_id": "abcd",
    "created_on": ["2025-01-01", "2025-01-02", None, "2025-01-04"],
    one_of_many("stages", "Qualified date"): ["2025-01-03", None, None, "2025-01-05"],
    one_of_many("stages", "won_on"): ["2025-01-04", None, None, "2025-01-09"],
    "team": "NSNS",
}


def test_columns_of_stages_become_the_same_tables() -> None:
    built = stages(ROWS)
    tables = validate(built.tables)
    assert tables["leads"][["lead_id", "team"]].to_numpy().tolist() == [["a", "N"], ["b", "S"], ["d", "S"]]
    events = tables["stage_events"].sort_values(["lead_id", "reached_on"])
    assert events["stage"].to_list() == ["lead", "qualified", "won", "lead", "lead", "qualified", "won"]
    assert "1 lead without any day (line 4): left out." in built.notes


def test_columns_of_other_names_are_told() -> None:
    renamed = {name.replace("won_on", "계약일자"): values for name, values in ROWS.items()}
    with pytest.raises(DataError, match="'계약일자'"):
        stages(renamed)
    same = stages(renamed, stages="계약일자=won")
    pd.testing.assert_frame_equal(same.tables["stage_events"], stages(ROWS).tables["stage_events"])


def test_without_a_day_of_creation_the_first_day_stands_for_it() -> None:
    built = stages({name: values for name, values in ROWS.items() if name != "created_on"})
    assert built.tables["leads"]["created_on"].dt.day.to_list() == [3, 5]
    assert any("2 leads without a day of the stage lead" in note for note in built.notes)


EVENTS = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from(["lead", "qualified", "won", "click"]), st.integers(1, 28)),
    min_size=1,
    max_size=30,
)


@settings(deadline=None, max_examples=30)
@given(EVENTS)
def test_each_lead_has_the_first_day_of_each_of_its_stages(rows: list[tuple]) -> None:
    leads, events, days = zip(*rows, strict=True)
    columns = {"lead_id": [f"v{lead}" for lead in leads], "event": events}
    frame = sheet(columns | {"happened_at": [f"2025-03-{day:02}" for day in days]})
    before = frame.copy()
    built = SHAPES["event_log"].build(frame, Settings(chosen={"stages": "click=-"}))
    pd.testing.assert_frame_equal(frame, before)
    long = pd.DataFrame({"lead": columns["lead_id"], "stage": events, "day": days})
    known = long[long["stage"] != "click"]
    first = known.groupby(["lead", "stage"])["day"].min()
    got = built.tables["stage_events"].assign(day=lambda frame: frame["reached_on"].dt.day)
    got = got.set_index(["lead_id", "stage"])["day"]
    assert got.index.is_unique
    assert got.loc[first.index].to_list() == first.to_list()
    assert set(built.tables["leads"]["lead_id"]) == set(known["lead"]) == {lead for lead, _ in got.index}
    vanished = set(long["lead"]) - set(known["lead"])
    assert bool(vanished) == any("with no stage at all" in note for note in built.notes)
