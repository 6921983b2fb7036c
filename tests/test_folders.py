from __future__ import annotations

from pathlib import Path

import pytest

from crmlab.folders import files, fresh


def ours(folder: Path) -> set[str]:
    return {"a.csv", "sub/b.csv"} & files(folder)


def write(place: Path, text: str = "new") -> None:
    (place / "a.csv").write_text(text, encoding="utf-8")


def test_a_folder_appears_when_all_is_written(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "out"
    with fresh(target, False, ours) as place:
        write(place)
        assert not target.exists()
    assert files(target) == {"a.csv"}
    assert [path.name for path in target.parent.iterdir()] == ["out"]


@pytest.mark.parametrize("stop", [RuntimeError, KeyboardInterrupt])
def test_an_interruption_leaves_no_trace(tmp_path: Path, stop: type[BaseException]) -> None:
    def half_written(overwrite: bool) -> None:
        with fresh(tmp_path / "out", overwrite, ours) as place:
            write(place)
            raise stop

    with pytest.raises(stop):
        half_written(False)
    assert list(tmp_path.iterdir()) == []
    with fresh(tmp_path / "out", False, ours) as place:
        write(place, "old")
    with pytest.raises(stop):
        half_written(True)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out" / "a.csv").read_text(encoding="utf-8") == "old"


def test_what_is_there_is_replaced_only_on_demand(tmp_path: Path) -> None:
    with fresh(tmp_path / "out", False, ours) as place:
        write(place, "old")
        (place / "sub").mkdir()
        (place / "sub" / "b.csv").touch()
    with pytest.raises(FileExistsError, match="out is there already"), fresh(tmp_path / "out", False, ours):
        pytest.fail("nothing may be written")
    with fresh(tmp_path / "out", True, ours) as place:
        write(place)
    assert files(tmp_path / "out") == {"a.csv"}


def test_files_of_others_are_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").touch()
    (tmp_path / "a.csv").touch()
    with pytest.raises(FileExistsError, match=r"did not write \(mine.txt\)"), fresh(tmp_path, True, ours):
        pytest.fail("nothing may be written")
    with pytest.raises(FileExistsError, match="is a file"), fresh(tmp_path / "mine.txt", True, ours):
        pytest.fail("nothing may be written")
    assert files(tmp_path) == {"a.csv", "mine.txt"}


def test_an_empty_folder_and_a_file_managers_litter_are_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".DS_Store").touch()
    with fresh(tmp_path / "out", False, ours) as place:
        write(place)
    assert files(tmp_path / "out") == {"a.csv"}


def test_the_working_folder_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    for target in (".", ".."):
        with pytest.raises(FileExistsError, match="the folder you work in"), fresh(target, True, ours):
            pytest.fail("nothing may be written")
