from __future__ import annotations

from pathlib import Path

import pytest

from crmlab.intake.plan import Plan
from crmlab.intake.told import read_told, unknown_roles


def test_words_columns_and_a_mapping_are_put_together(tmp_path: Path) -> None:
    (tmp_path / "mapping.toml").write_text(Plan(choices={"refunds": "drop"}).to_toml(), encoding="utf-8")
    words = [tmp_path / "mapping.toml", "orders.amount=결제 금액", "channel=-", "ordered_at=3"]
    told = read_told(words, {"orders": {"customer_id": "id"}}, ["day-first", "가입일=spreadsheet"], "a=b=comma")
    assert told.roles == {
        "orders": {"customer_id": "id", "amount": "결제 금액"},
        "": {"channel": None, "ordered_at": 3},
    }
    assert told.dates == {"": "day-first", "가입일": "spreadsheet"}
    assert told.decimals == {"a=b": "comma"}
    assert told.choices == {"refunds": "drop"}
    assert read_told([tmp_path / "mapping.toml"], choose=["refunds=net"]).choices == {"refunds": "net"}


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"mapping": "amount="}, "is not ROLE=COLUMN"),
        ({"dates": "european"}, "none of day-first, month-first"),
        ({"decimal": ["x=dot"]}, "none of point, comma"),
        ({"choose": ["refunds"]}, "is not NAME=OPTION"),
        ({"choose": {"refunds": "burn"}}, "refunds=burn is no option; there are net, drop"),
        ({"choose": ["colour=red"]}, "there is no choice 'colour'"),
    ],
)
def test_what_is_no_word_is_said_plainly(told: dict, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_told(**told)


def test_roles_that_a_shape_does_not_have_are_told() -> None:
    assert unknown_roles("a.csv", "orders", ["amount"]) == []
    assert "Did you mean customer_id?" in str(unknown_roles("a.csv", "orders", ["custmer_id"])[0])
