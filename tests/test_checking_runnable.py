"""Which lessons run, and which tables would open the others."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from crmlab.checking.runnable import lessons_at_hand, what_opens, which_run
from crmlab.company import Company
from crmlab.lessons import Lesson


def lesson(number: str, **tables: list[str]) -> Lesson:
    return Lesson(number, f"Lesson {number}", Path(f"{number}-x.ipynb"), tables)


LESSONS = {
    "01": lesson("01", orders=[]),
    "02": lesson("02", contracts=["plan"]),
    "03": lesson("03", contracts=["plan", "monthly_fee"]),
    "04": lesson("04", contracts=[], leads=[]),
    "05": lesson("05", orders=["order_id"]),
}
ORDERS = pd.DataFrame({"customer_id": ["a"], "ordered_at": pd.to_datetime(["2025-01-01"]), "amount": [1.0]})
SHOP = Company("shop", {"orders": ORDERS}, "2025-12-31")


def test_what_opens_most_comes_first_with_the_columns_that_are_wanted() -> None:
    rows = what_opens(SHOP, LESSONS)
    assert rows[["table", "opens", "lessons", "helps"]].to_dict("records") == [
        {"table": "contracts", "opens": 2, "lessons": "02, 03", "helps": 3},
        {"table": "orders", "opens": 1, "lessons": "05", "helps": 1},
        {"table": "leads", "opens": 0, "lessons": "", "helps": 1},
    ]
    assert rows["columns"][0] == "contract_id, customer_id, started_on, ended_on, plan, monthly_fee"
    assert rows["columns"][1] == "order_id"


def test_a_table_that_is_given_opens_what_was_promised() -> None:
    contracts = pd.DataFrame({name: ["a"] for name in what_opens(SHOP, LESSONS)["columns"][0].split(", ")})
    more = Company("shop", {"orders": ORDERS, "contracts": contracts}, "2025-12-31")
    runs = which_run(more, LESSONS).set_index("lesson")["runs"]
    assert runs.to_dict() == {"01": True, "02": True, "03": True, "04": False, "05": False}


def test_an_empty_column_is_a_missing_one() -> None:
    company = Company("shop", {"orders": ORDERS.assign(order_id=None)}, "2025-12-31")
    assert what_opens(company, {"05": LESSONS["05"]})["columns"].to_list() == ["order_id"]


def test_no_lessons_at_hand_is_no_error(tmp_path: Path) -> None:
    assert lessons_at_hand(tmp_path) == {}
    assert which_run(SHOP, {}).empty
    assert what_opens(SHOP, {}).empty
    assert "14" in lessons_at_hand()


def test_a_lesson_that_runs_in_part_says_what_the_other_parts_need() -> None:
    lesson = Lesson("11", "Leaving", Path("11-leaving.ipynb"), {"orders": []}, needs=("surveys.csat", "orders.shop"))
    (row,) = which_run(SHOP, {"11": lesson}).to_dict("records")
    assert (row["runs"], row["lacks"]) == (True, "parts need the table surveys and the column orders.shop")
