from __future__ import annotations

import pandas as pd

from crmlab.data.validation import LINE
from crmlab.intake.matching import match
from crmlab.intake.profile import profiles_of
from crmlab.intake.shapes import SHAPES
from crmlab.intake.translation import Translated, translate
from crmlab.sources import Sheet


def translated(cells: dict, shape: str = "orders", **more: object) -> Translated:
    index = pd.RangeIndex(2, len(next(iter(cells.values()))) + 2, name=LINE)
    sheet = Sheet("a.csv", pd.DataFrame(cells, index=index, dtype=object))
    found = match(SHAPES[shape], profiles_of(sheet), {})
    return translate(sheet, found, **({"dates": {}, "decimals": {}} | more))  # pyright: ignore[reportArgumentType]


ORDERS = {"cust": ["1", "2"], "date": ["31.1.2025", "1.2.2025"], "total": ["1.234,50 €", "$7"], "shop": ["x", "y"]}


def test_columns_are_called_like_their_roles_and_the_others_come_along() -> None:
    done = translated(ORDERS)
    assert done.frame.loc[2, ["customer_id", "ordered_at", "amount", "shop"]].tolist() == [
        "1",
        "2025-01-31",
        "1234.50",
        "x",
    ]
    assert (done.kept, done.dates, done.decimals) == (["shop"], {"ordered_at": "day-first"}, {"amount": "comma"})
    assert translated(ORDERS, left_out=frozenset(["shop"])).kept == []


def test_rows_get_their_currency_where_there_are_several() -> None:
    done = translated(ORDERS)
    assert done.currencies == {"EUR": 1, "USD": 1}
    assert done.frame["currency"].to_list() == ["EUR", "USD"]
    alone = translated(ORDERS | {"total": ["5 €", "7 €"]}, currency="EUR")
    assert "currency" not in alone.frame
    other = translated(ORDERS | {"total": ["5 €", "7 €"]}, currency="KRW")
    assert other.frame["currency"].to_list() == ["EUR", "EUR"]
    named = translated(ORDERS | {"total": ["5", "7"], "통화": ["원", "usd"]})
    assert named.frame["currency"].to_list() == ["KRW", "USD"]


def test_the_yen_and_the_yuan_are_told_apart_by_the_user() -> None:
    cells = ORDERS | {"total": ["¥5", "¥7"]}
    assert "the yen or the yuan" in str(translated(cells).problems[0])
    assert translated(cells, currency="CNY").problems == []


def test_months_of_words_are_left_to_their_shape() -> None:
    done = translated({"고객": ["a", "b"], "2025-01": ["Y", "N"], "2025-02": ["Y", "Y"]}, "wide_months")
    assert done.frame["months: 2025-01"].to_list() == ["Y", "N"]
    assert done.problems == []


def test_what_is_said_of_a_role_or_a_column_is_followed() -> None:
    cells = ORDERS | {"date": ["1/2/2025", "3/4/2025"]}
    for key in ("", "date", "ordered_at"):
        assert translated(cells, dates={key: "month-first"}).frame["ordered_at"].iloc[0] == "2025-01-02"
    assert translated(cells, dates={"other": "month-first"}).problems != []
