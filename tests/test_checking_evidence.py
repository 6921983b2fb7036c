"""The numbers held against the rules are those of the tables."""

from __future__ import annotations

import pandas as pd
import pytest

import crmlab as crm
from crmlab.checking.criteria import VERDICTS
from crmlab.checking.evidence import table_of, verdict_of, weigh
from crmlab.company import Company
from crmlab.lessons import find_lessons


def day(*texts: str | None) -> pd.Series:
    return pd.Series(pd.to_datetime(list(texts)))


def number(what: str, **tables: pd.DataFrame) -> float:
    (found,) = [one.number for one in weigh(Company("shop", tables, "2025-12-31")) if one.what == what]
    return found


def test_who_came_back_came_on_another_day() -> None:
    orders = pd.DataFrame(
        {
            "customer_id": ["a", "a", "b", "b", None],
            "ordered_at": day("2025-01-01", "2025-01-01", "2025-01-01", "2025-02-01", "2025-01-01"),
            "amount": 1.0,
        }
    )
    assert number("customers who came back", orders=orders) == 1
    assert number("customers who bought", orders=orders) == 2
    assert number("months observed", orders=orders) == pytest.approx(12, abs=0.1)


def test_a_contract_that_ends_after_the_observation_has_not_ended() -> None:
    contracts = pd.DataFrame(
        {
            "contract_id": ["1", "2", "3"],
            "customer_id": ["a", "b", "c"],
            "started_on": day("2025-01-01", "2025-01-01", "2025-01-01"),
            "ended_on": day("2025-06-30", "2026-06-30", None),
            "plan": ["x", "y", "z"],
        }
    )
    assert number("contracts that ended", contracts=contracts) == 1
    assert number("contracts that ended for each of 2 effects", contracts=contracts) == 0.5


def test_the_smallest_arm_counts_and_one_arm_is_none() -> None:
    rows = {"unit_id": list("abcde"), "spend": [0, 0, 0, 5, 5], "success": [True, False, True, False, True]}
    experiments = pd.DataFrame(rows).assign(experiment="test")
    assert number("customers in the smallest arm", experiments=experiments) == 2
    assert number("customers in the smallest arm", experiments=experiments.assign(spend=0)) == 0


def test_answers_are_those_that_were_given() -> None:
    surveys = pd.DataFrame({"nps": pd.array([10, 0, None], "Int64"), "process": [1, 2, 3], "attitude": [1, None, 3]})
    assert number("answers", surveys=surveys) == 2
    assert number("full answers", surveys=surveys) == 2


@pytest.mark.parametrize("name", ["subscription", "retail", "b2b"])
def test_every_rule_of_a_company_names_lessons_and_a_year(name: str) -> None:
    criteria, lessons = weigh(crm.open_company(name)), set(find_lessons())
    assert len(criteria) >= 6
    for one in criteria:
        assert one.lessons
        assert set(one.lessons) <= lessons
        assert one.thin < one.enough
        assert any(part.strip(":;,)").isdigit() and len(part.strip(":;,)")) == 4 for part in one.source.split())


def test_the_worst_verdict_is_the_lesson_s_and_comes_first() -> None:
    criteria = weigh(crm.open_company("subscription"))
    assert verdict_of("16", criteria) == ("thin", "experiment money per lead")
    assert verdict_of("13", criteria) == ("enough", "")
    order = [VERDICTS.index(verdict) for verdict in table_of(criteria)["verdict"]]
    assert order == sorted(order, reverse=True)


def test_tables_without_rows_are_not_asked() -> None:
    assert weigh(Company("shop", {"orders": pd.DataFrame({"customer_id": []})}, "2025-12-31")) == []
