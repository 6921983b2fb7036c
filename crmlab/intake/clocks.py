"""Times of day as people write them: 14:05, 2:05 PM, 오후 2:05, 14시 5분, with a zone or without."""

from __future__ import annotations

import re
from functools import lru_cache

_CLOCK = re.compile(
    r"[T, ]*(?P<before>오전|오후|[ap]\.?m\.?)? ?(?P<hour>\d{1,2})"
    r"(?::(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?|시(?: ?(?P<분>\d{1,2})분)?(?: ?(?P<초>\d{1,2})초)?)"
    r" ?(?P<after>[ap]\.?m\.?)? ?(?P<zone>Z|KST|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?|UTC|GMT)?",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"T?(\d{2})(\d{2})(\d{2})?")
_ZONES = {"Z": "Z", "UTC": "Z", "GMT": "Z", "KST": "+09:00"}
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?", re.IGNORECASE)


@lru_cache(1 << 17)
def read_clock(text: str) -> str | None:
    """Return what follows a date as " hh:mm:ss" with the zone where one is told; "" for nothing, None for no time.

    Examples
    --------
    >>> read_clock(" 오후 2:05"), read_clock("T09:30:00.123+0900"), read_clock(" 12:00 AM"), read_clock("")
    (' 14:05:00', ' 09:30:00+09:00', ' 00:00:00', '')
    >>> read_clock(" 25:00") is None, read_clock(" soon") is None
    (True, True)
    """
    if not text.strip():
        return ""
    compact = _COMPACT.fullmatch(text)
    if compact:
        return _written(int(compact[1]), int(compact[2]), int(compact[3] or 0), "")
    found = _CLOCK.fullmatch(text)
    if not found:
        return None
    hour, half = int(found["hour"]), (found["before"] or found["after"] or "").lower()[:2]
    if half:
        if not 1 <= hour <= 12 and not (half in ("오전", "오후") and hour < 24):
            return None
        late = half == "오후" or half.startswith("p")
        hour = hour % 12 + 12 * late if hour <= 12 else hour
    minute, second = found["minute"] or found["분"] or 0, found["second"] or found["초"] or 0
    return _written(hour, int(minute), int(second), _zone(found["zone"] or ""))


def _written(hour: int, minute: int, second: int, zone: str) -> str | None:
    return f" {hour:02}:{minute:02}:{second:02}{zone}" if hour < 24 and minute < 60 and second < 60 else None


def _zone(text: str) -> str:
    offset = _OFFSET.fullmatch(text)
    return f"{offset[1]}{int(offset[2]):02}:{offset[3] or '00'}" if offset else _ZONES.get(text.upper(), "")
