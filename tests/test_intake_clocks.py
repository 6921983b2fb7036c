from __future__ import annotations

import pytest

from crmlab.intake.clocks import read_clock


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("T14:05", " 14:05:00"),
        (" 2:05 p.m.", " 14:05:00"),
        (" 12:00 PM", " 12:00:00"),
        (" 오전 12:30", " 00:30:00"),
        (" 오후 14:30", " 14:30:00"),
        (" 14시 5분 9초", " 14:05:09"),
        (" 14:05 GMT+9", " 14:05:00+09:00"),
        (" 14:05:00-0530", " 14:05:00-05:30"),
        (" 14:05 UTC", " 14:05:00Z"),
        ("140509", " 14:05:09"),
        ("", ""),
    ],
)
def test_times_as_people_write_them(text: str, clock: str) -> None:
    assert read_clock(text) == clock


@pytest.mark.parametrize("text", [" 24:00", " 10:60", " 13:00 PM", " 0:30 AM", " noon", " 14:05 EST", "9"])
def test_what_is_no_time(text: str) -> None:
    assert read_clock(text) is None
