from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from crmlab.company import Company
from crmlab.lessons import Lesson
from crmlab.report.index import Outcome, index_page, lessons_sentence


def lesson(number: str, **tables: list[str]) -> Lesson:
    return Lesson(number, f"<b>{number}", Path(f"{number}-x.ipynb"), tables)


def shop(rows: int = 3) -> Company:
    orders = pd.DataFrame({"customer_id": ["a"] * rows, "ordered_at": pd.Timestamp("2025-01-31"), "amount": 1.0})
    return Company("<i>", {"orders": orders}, "2025-12-31")


def test_the_sentence_names_what_unlocks_most_first() -> None:
    lessons = [lesson("01", orders=[]), lesson("02", leads=[]), lesson("03", leads=[], orders=["shop"])]
    said = lessons_sentence(lessons, shop(), "en")
    assert said == "1 of 3 lessons can run on these tables. More tables would unlock the others: leads, orders.shop."
    assert lessons_sentence(lessons[:1], shop(), "ko") == "이 데이터로 레슨 1개를 모두 실행할 수 있습니다."


SAID = {
    "en": ("3 lessons: 1 ran, 1 skipped, 1 failed. 1 were kept from a run that was ended before.", "Lessons"),
    "ko": ("레슨 3개: 실행됨 1개, 건너뜀 1개, 실패 1개. 이 중 1개는 중단되었던 이전 실행의 결과입니다.", "레슨"),
}


@pytest.mark.parametrize("language", SAID)
def test_rows_link_to_what_ran_and_say_why_the_others_did_not(language: str) -> None:
    said, heading = SAID[language]
    outcomes = [
        Outcome(lesson("01"), "ran", seconds=2.0, company="<i>", kept=True),
        Outcome(lesson("02"), "failed", "<script>\nline two", 1.0),
        Outcome(lesson("03"), "skipped", "needs the table leads"),
    ]
    html = index_page(outcomes, shop(), "<p>brief</p>", below=5, language=language)
    soup = BeautifulSoup(html, "html.parser")
    assert [link["href"] for link in soup.find_all("a")] == ["01-x.html"]
    assert "<script" not in html
    assert said in soup.get_text()
    assert soup.select("section h2")[0].get_text() == heading
    assert html.index("brief") < html.index(f">{heading}<")
    assert soup.find("td", string="<5")
    assert "<i>" not in html


@pytest.mark.parametrize("brief", ["", "<p>요약</p>"])
def test_in_korean_only_names_titles_and_reasons_of_failures_are_english(brief: str) -> None:
    known = Lesson("05", "Waiting", Path("05-x.ipynb"), {"leads": [], "contracts": ["plan"]})
    outcomes = [
        Outcome(lesson("01"), "ran", "다음이 필요한 부분은 제외: 표 surveys", seconds=2.0, company="shop"),
        Outcome(lesson("02"), "failed", "ValueError: no orders", 1.0),
        Outcome(known, "skipped", known.lacks(shop(), "ko")),
    ]
    soup = BeautifulSoup(index_page(outcomes, shop(), brief, language="ko"), "html.parser")
    assert soup.html is not None
    assert soup.html["lang"] == "ko"
    assert "필요한 데이터: 표 leads, contracts" in soup.get_text()
    for part in soup.select('[lang="en"], style, footer'):
        part.decompose()
    words = set(re.findall("[A-Za-z]+", soup.get_text(" ")))
    assert words <= {"crmlab", "i", "shop", "KRW", "orders", "leads", "contracts", "surveys"}


def test_a_company_without_days_is_described_too() -> None:
    vendors = pd.DataFrame({"vendor_id": ["v"]})
    html = index_page([], Company("shop", {"vendors": vendors}, "2025-12-31"))
    assert "Observed to 2025-12-31" in html
