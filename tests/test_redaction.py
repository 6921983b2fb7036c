from __future__ import annotations

from collections import Counter
from typing import Any

import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from crmlab.company import Company
from crmlab.report.personal import Personal
from crmlab.report.redaction import LINE, PRINTED, Redactor, summary


@pytest.fixture
def redactor() -> Redactor:
    orders = pd.DataFrame({"customer_id": ["C0001", "Kim Minsu"], "amount": [1.0, 2.0]})
    return Redactor(Personal(Company("shop", {"orders": orders}, "2025-12-31")))


def shown(redactor: Redactor, output: Any) -> Any:
    notebook = new_notebook(cells=[new_code_cell("x", outputs=[output])])
    redactor.redact(notebook)
    return notebook.cells[0].outputs[0]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("42 customers came back.\n", "42 customers came back.\n"),
        ("The best is Kim Minsu.\n42 customers\n", f"{LINE}\n42 customers\n"),
        ("customer_id 5\n", f"{LINE}\n"),
        ("3 customers and 12 leads, 0 orders\n", "<5 customers and 12 leads, 0 orders\n"),
        ("1.3 customers, -2 orders, 7-4 leads\n", "1.3 customers, -2 orders, 7-4 leads\n"),
        ("   a   b\n0  1   2\n1  3   4\nend\n", f"{PRINTED}\nend\n"),
    ],
)
def test_printed_text(redactor: Redactor, text: str, left: str) -> None:
    assert shown(redactor, new_output("stream", text=text)).text == left


def test_a_table_of_people_becomes_a_line_and_one_of_groups_stays(redactor: Redactor) -> None:
    people = pd.DataFrame({"who": ["C0001"], "estimate": [1.0]}, ["x"])
    groups = pd.DataFrame({"customers": [40, 9]}, pd.Index(["basic", "premium"], name="plan"))
    for table, stays in ((people, False), (groups, True)):
        data = {"text/html": f"<div>{table.to_html()}<p>1 rows × 2 columns</p></div>", "text/plain": str(table)}
        found = shown(redactor, new_output("execute_result", data)).data
        assert "text/plain" not in found
        assert ("<table" in found["text/html"]) is stays
        assert ("A table is left out here" in found["text/html"]) is not stays
        assert "C0001" not in found["text/html"]


def test_pictures_whose_description_names_somebody_are_left_out(redactor: Redactor) -> None:
    for alt, stays in (("Bars: C0001 4.2.", False), ("Bars: 3 lead, 2 won.", False), ("Bars: 30 lead, 12 won.", True)):
        output = new_output("display_data", {"image/png": "aGk="}, metadata={"image/png": {"alt": alt}})
        found = shown(redactor, output)
        assert ("image/png" in found.data) is stays
        assert stays or "A picture is left out here" in found.data["text/html"]
        assert stays or alt not in str(found)


def test_other_kinds_of_output_do_not_carry_people_along(redactor: Redactor) -> None:
    data = {"application/json": {"who": "C0001"}, "text/markdown": "Kim Minsu", "text/html": "<p>Kim Minsu</p>"}
    assert "Minsu" not in str(shown(redactor, new_output("display_data", data)))
    assert "C0001" not in str(shown(redactor, new_output("display_data", data)))
    notebook = new_notebook(metadata={"widgets": {"state": "C0001"}})
    redactor.redact(notebook)
    assert "widgets" not in notebook.metadata


def test_the_limit_is_chosen(redactor: Redactor) -> None:
    redactor.below = 20
    assert redactor.text("19 customers, 20 leads, 120 orders, 7 won") == "<20 customers, 20 leads, 120 orders, <20 won"


def test_the_summary_is_plain() -> None:
    assert "Left out of this page: nothing; hidden are counts under 5" in summary(Counter(), 5)
    assert "1 picture; hidden are counts under 7" in summary(Counter(pictures=1), 7)
    assert "2 tables of single customers, 1 picture and 3 printed lines;" in summary(
        Counter(tables=2, pictures=1, lines=3), 5
    )
