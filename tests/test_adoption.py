"""The face of adoption hands its names on."""

from __future__ import annotations

from crmlab import adoption


def test_the_face_hands_on_what_it_names():
    assert [name for name in adoption.__all__ if not hasattr(adoption, name)] == []
