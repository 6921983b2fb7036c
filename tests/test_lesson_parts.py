"""Lessons on a company that lacks what some of their parts need: they run, and say what they leave out."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from crmlab.company import Company
from crmlab.data import open_company, save
from crmlab.data.validation import validate
from crmlab.large import adopt_orders
from crmlab.report import run
from crmlab.simulation import simulate_company

CONTRACTS = ["contract_id", "customer_id", "started_on", "ended_on", "plan", "monthly_fee"]
DRIVERS = [*CONTRACTS, "service_level", "onboarding"]
ORDERS = ["customer_id", "ordered_at", "amount"]


@pytest.mark.parametrize(
    ("lesson", "company", "table", "columns", "rows", "reason"),
    [
        (
            "11",
            "subscription",
            "contracts",
            CONTRACTS,
            2000,
            "the table surveys and the column contracts.monthly_margin",
        ),
        ("12", "b2b", "contracts", DRIVERS, 2000, "the column contracts.monthly_margin"),
        ("14", "retail", "orders", ORDERS, 9000, ""),
    ],
)
def test_a_lesson_runs_on_one_table_alone(
    tmp_path: Path, lesson: str, company: str, table: str, columns: list[str], rows: int, reason: str
) -> None:
    built_in = open_company(company)
    alone: dict[str, pd.DataFrame] = {table: built_in.tables[table].iloc[:rows][columns]}
    save(Company("alone", validate(alone), built_in.observation_end), tmp_path / "alone")
    (outcome,) = run(lesson, tmp_path / "alone", tmp_path / "report", progress=False)
    assert (outcome.status, outcome.reason) == ("ran", f"without the parts that need {reason}" if reason else "")
    html = (tmp_path / "report" / outcome.lesson.page).read_text(encoding="utf-8")
    said = re.findall(r"This part needs (.*?), which this company lacks", html)
    assert {part for each in said for part in each.split(" and ")} == set(filter(None, reason.split(" and ")))
    index = (tmp_path / "report" / "index.html").read_text(encoding="utf-8")
    assert (f"without the parts that need {reason}" in index) == bool(reason)


def test_lesson_14_values_all_customers_where_they_are_counted(tmp_path: Path) -> None:
    shop = open_company("retail")
    adopt_orders(shop.orders, tmp_path / "counted", observation_end=shop.observation_end, sample=900, name="counted")
    counted = open_company(tmp_path / "counted")
    (outcome,) = run("14", tmp_path / "counted", tmp_path / "report", progress=False)
    assert (outcome.status, outcome.reason) == ("ran", "")
    html = (tmp_path / "report" / outcome.lesson.page).read_text(encoding="utf-8")
    kept = counted.orders["customer_id"].nunique()
    assert 700 < kept < 1100
    assert f"The orders are of {kept:,} customers; all 3,000 customers, counted, are worth KRW 8" in html


def test_a_lesson_runs_on_a_twin_whose_truth_knows_less(tmp_path: Path) -> None:
    save(simulate_company(like=open_company("subscription")), tmp_path / "twin")
    outcomes = run(["00", "13"], tmp_path / "twin", tmp_path / "report", progress=False)
    assert [(outcome.status, outcome.reason) for outcome in outcomes] == [("ran", "")] * 2
