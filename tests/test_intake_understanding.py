from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from crmlab.data import open_company
from crmlab.data.validation import DataError
from crmlab.intake import adopt


def write(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_the_next_file_is_read_alike_and_changes_are_told(tmp_path: Path, capsys) -> None:
    first = write(tmp_path, "orders-2025-03.csv", "cust;bought;net;old\n1;03/04/2025;1.234;x\n2;04/05/2025;5.678;y\n")
    words = ["orders.ordered_at=bought", "orders.amount=net"]
    adopt(first, mapping=words, dates="day-first", decimal="comma", out=tmp_path / "shop")
    text = (tmp_path / "shop" / "mapping.toml").read_text(encoding="utf-8")
    assert 'file = "orders-*.csv"' in text
    assert str(tmp_path) not in text
    capsys.readouterr()
    later = write(tmp_path, "new.csv", "cust;bought;net;shop\n1;05/06/2025;7.890;x\n")
    company = adopt(later, mapping=tmp_path / "shop" / "mapping.toml", out=tmp_path / "shop2")
    assert company.orders["ordered_at"].to_list() == [pd.Timestamp("2025-06-05")]
    assert company.orders["amount"].to_list() == [7890.0]
    assert "Not in the mapping: shop." in capsys.readouterr().out
    renamed = write(tmp_path, "orders-2025-05.csv", "cust;bought;price;note\n1;05/06/2025;7.890;x\n")
    words = [tmp_path / "shop" / "mapping.toml", "orders.amount=price"]
    assert adopt(renamed, mapping=words).orders["amount"].to_list() == [7890.0]


def test_a_column_that_has_gone_is_told_and_asked(tmp_path: Path, capsys) -> None:
    first = write(tmp_path, "a.csv", "cust,bought,net\n1,2025-01-31,5\n1,2025-02-01,6\n")
    adopt(first, mapping=["orders.ordered_at=bought", "orders.amount=net"], out=tmp_path / "shop")
    capsys.readouterr()
    later = write(tmp_path, "b.csv", "cust,bought,zzz\n1,2025-03-31,5.5\n1,2025-03-01,6.5\n")
    with pytest.raises(DataError, match="but 'zzz' holds numbers"):
        adopt(later, mapping=tmp_path / "shop" / "mapping.toml")
    assert "Gone since the mapping was made: 'net' (amount)." in capsys.readouterr().out


def test_new_months_of_a_wide_table_come_along(tmp_path: Path) -> None:
    first = write(tmp_path, "months.csv", "고객,2025-01,2025-02\nA,5,\nB,7,9\n")
    adopt(first, out=tmp_path / "shop")
    later = write(tmp_path, "months2.csv", "고객,2025-02,2025-03\nA,5,\nB,7,9\n")
    company = adopt(later, mapping=tmp_path / "shop" / "mapping.toml")
    assert company.observation_end == "2025-03-31"


def test_two_files_of_one_table_are_put_together(tmp_path: Path) -> None:
    text = "cust,date,total\n1,2025-0{0}-01,5\n1,2025-0{0}-02,6\n"
    files = [write(tmp_path, f"orders-{month}.csv", text.format(month)) for month in (1, 2)]
    company = adopt(files, out=tmp_path / "shop")
    assert len(company.orders) == 4
    assert len(open_company(tmp_path / "shop").orders) == 4
