"""The file of a key: made once, for its owner alone, and not among the data."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from crmlab.checking.keyfile import key_of

posix = pytest.mark.skipif(os.name != "posix", reason="rights are those of the folder")


@posix
def test_only_the_owner_may_read_the_key(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        key_of(tmp_path / "new" / "shop.key")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "new" / "shop.key").stat().st_mode) == 0o600


@posix
def test_a_key_that_others_may_read_is_used_with_a_warning(tmp_path: Path) -> None:
    (tmp_path / "open.key").write_text("an example; a real key is not a sentence\n", encoding="utf-8")
    (tmp_path / "open.key").chmod(0o644)
    with pytest.warns(UserWarning, match="others may read the key open.key"):
        assert key_of(tmp_path / "open.key") == ("an example; a real key is not a sentence", False)


def test_a_key_is_made_once(tmp_path: Path) -> None:
    first, made = key_of(tmp_path / "shop.key")
    again, made_again = key_of(tmp_path / "shop.key")
    assert (made, made_again) == (True, False)
    assert first == again
    assert first != key_of(tmp_path / "other.key")[0]


@pytest.mark.parametrize("place", ["data/shop.key", "data/deep/shop.key", "data/../data/shop.key"])
def test_no_key_lies_among_the_data(tmp_path: Path, place: str) -> None:
    (tmp_path / "data").mkdir()
    with pytest.raises(ValueError, match="keep it where the data are not"):
        key_of(tmp_path / place, [tmp_path / "elsewhere", tmp_path / "data"])
    assert not list((tmp_path / "data").iterdir())


@posix
def test_no_key_lies_among_the_data_by_way_of_a_link(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "data")
    with pytest.raises(ValueError, match="keep it where the data are not"):
        key_of(tmp_path / "link" / "shop.key", [tmp_path / "data"])


def test_what_is_no_key_is_said(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is a folder"):
        key_of(tmp_path)
    (tmp_path / "binary.key").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "binary.key").chmod(0o600)
    with pytest.raises(ValueError, match="is no text"):
        key_of(tmp_path / "binary.key")
