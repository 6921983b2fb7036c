from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from crmlab import labels, plots
from crmlab.company import Company
from crmlab.data import open_company
from crmlab.report.manager import Brief, brief
from crmlab.report.manager.page import TABLES, brief_html, write_tables
from crmlab.report.manager.part import Part, canvas, drawn
from crmlab.report.manager.sentences import SENTENCES, say, speaking

EVIL = '"><img src=x onerror=alert(1)>'


def test_both_languages_say_the_same() -> None:
    for key, texts in SENTENCES.items():
        blanks = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in texts]
        assert blanks[0] == blanks[1], key
        assert re.search("[가-힣]", texts[1]) or blanks[1], key


def test_a_language_is_used_for_a_while() -> None:
    with speaking("ko"):
        assert say("warnings") == "경고"
    assert (say("warnings"), labels.language()) == ("Warnings", "en")
    with pytest.raises(ValueError, match="language is 'fr'"), speaking("fr"):
        pass


@pytest.fixture(scope="module")
def told() -> Brief:
    return brief(open_company("subscription"), 5, "ko")


def test_every_part_of_a_company_with_all_tables_is_answered(told: Brief) -> None:
    assert [(part.name, part.found) for part in told.parts] == [
        ("funnel", True),
        ("churn", True),
        ("value", True),
        ("hunting-farming", True),
    ]
    for part in told.parts:
        assert part.picture.startswith(b"\x89PNG")
        assert part.alternative_text
        assert re.search(r"95 % 구간 .+ ~ ", part.said[0]), part.said


def test_the_page_is_whole_in_korean(told: Brief) -> None:
    soup = BeautifulSoup(brief_html(told, 5, "레슨"), "html.parser")
    assert [title.get_text() for title in soup.find_all("h3")][:2] == [
        "리드 중 몇 명이 고객이 되는가?",
        "고객은 얼마나 남는가?",
    ]
    pictures = soup.find_all("img")
    assert len(pictures) == 4
    for picture in pictures:
        assert str(picture["src"]).startswith("data:image/png;base64,")
        assert re.search("[가-힣]", str(picture["alt"]))
    assert labels.language() == "en"


def test_the_numbers_lie_beside(told: Brief, tmp_path: Path) -> None:
    names = write_tables(told, tmp_path / "tables")
    assert set(names) == {f"{name}.csv" for name in TABLES}
    funnel = pd.read_csv(tmp_path / "tables" / "funnel.csv")
    assert funnel["stage"].to_list() == ["lead", "qualified", "proposal", "won"]
    assert funnel["leads"].is_monotonic_decreasing
    sentences = pd.read_csv(tmp_path / "tables" / "sentences.csv")
    assert "경고" not in sentences["about"].to_list() or told.warnings


def test_text_is_escaped_and_formulas_are_defused(tmp_path: Path) -> None:
    part = Part("funnel", (EVIL, f"=cmd {EVIL}"), pd.DataFrame({"a": ["=1"]}), doubts=(EVIL,))
    evil = Brief((part,), pd.DataFrame({"measure": [EVIL], "number": ["=1"]}), (EVIL,), "en")
    html = brief_html(evil, 5, EVIL)
    assert "<img" not in html
    assert html.count("&lt;img src=x onerror=alert(1)&gt;") == 6
    write_tables(evil, tmp_path)
    assert (tmp_path / "funnel.csv").read_text(encoding="utf-8-sig") == "a\n'=1\n"
    assert "'=1" in (tmp_path / "data.csv").read_text(encoding="utf-8-sig")


def test_no_company_is_too_poor() -> None:
    day = pd.to_datetime(["2025-01-31"])
    for tables in (
        {},
        {"orders": pd.DataFrame({"customer_id": ["a"], "ordered_at": day, "amount": [1.0]})},
        {"contracts": pd.DataFrame({"contract_id": ["a"], "customer_id": "a", "started_on": day, "ended_on": pd.NaT})},
        {"leads": pd.DataFrame({"lead_id": ["a"], "created_on": day, "customer_id": ["c"]})},
        {"stage_events": pd.DataFrame({"lead_id": ["a"], "stage": ["seen"], "reached_on": day})},
        {"orders": pd.DataFrame({"customer_id": [], "ordered_at": pd.to_datetime([]), "amount": []})},
    ):
        poor = brief(Company("shop", tables, "2025-12-31"))
        assert not any(part.found for part in poor.parts)
        said = [part.said[0] for part in poor.parts]
        assert all(text.startswith(("Not in these tables. It needs: ", "These data do not tell: ")) for text in said), (
            said
        )
        assert BeautifulSoup(brief_html(poor, 5), "html.parser").h2


def test_a_part_that_breaks_leaves_the_others_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Part:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr("crmlab.report.manager.funnel", broken)
    parts = brief(Company("shop", {}, "2025-12-31")).parts
    assert parts[0].said[0].startswith("This part failed (ZeroDivisionError: oh).")
    assert parts[1].said[0].startswith("Not in these tables.")


def test_pictures_leave_the_theme_of_others_alone() -> None:
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    with canvas() as ax:
        assert ax.figure.get_figwidth() < 6
    assert dict(mpl.rcParams) == before
    picture, alt = drawn(lambda ax: plots.finish(ax, "Why?", "x", "y"))
    assert picture.startswith(b"\x89PNG")
    assert alt == ""
