from __future__ import annotations

from pathlib import Path

import pandas as pd
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


def test_rows_link_to_what_ran_and_say_why_the_others_did_not() -> None:
    outcomes = [
        Outcome(lesson("01"), "ran", seconds=2.0, company="<i>", kept=True),
        Outcome(lesson("02"), "failed", "<script>\nline two", 1.0),
        Outcome(lesson("03"), "skipped", "needs the table leads"),
    ]
    html = index_page(outcomes, shop(), "<p>brief</p>", below=5, language="ko")
    soup = BeautifulSoup(html, "html.parser")
    assert [link["href"] for link in soup.find_all("a")] == ["01-x.html"]
    assert "<script" not in html
    assert "3 lessons: 1 ran, 1 skipped, 1 failed. 1 were kept from a run that was ended before." in soup.get_text()
    assert soup.select('section[lang="en"] h2')[0].get_text() == "Lessons"
    assert html.index("brief") < html.index("Lessons")
    assert soup.find("td", string="<5")
    assert "<i>" not in html


def test_a_company_without_days_is_described_too() -> None:
    vendors = pd.DataFrame({"vendor_id": ["v"]})
    html = index_page([], Company("shop", {"vendors": vendors}, "2025-12-31"))
    assert "Observed to 2025-12-31" in html
