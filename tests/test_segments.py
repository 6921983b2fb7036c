"""The face of segments hands its names on."""

from __future__ import annotations

from crmlab import segments


def test_the_face_hands_on_what_it_names():
    assert [name for name in segments.__all__ if not hasattr(segments, name)] == []
