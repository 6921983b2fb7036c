"""The page of a check: whole, still, and deaf to what the data say."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup

import crmlab as crm
from crmlab.checking import check
from crmlab.checking.sheet import as_html, write_page
from crmlab.company import Company

NASTY = '<script>alert("x")</script>'


def nasty() -> str:
    orders = pd.DataFrame({"customer_id": ["a"] * 30, "ordered_at": pd.Timestamp("2025-01-01"), "amount": 1.0})
    orders = orders.assign(**{NASTY: "<b>bold</b>", '"><img src=x onerror=alert(1)>': "kim@example.com"})
    units = pd.DataFrame({"experiment": NASTY, "unit_id": list("ab"), "assigned_on": pd.Timestamp("2025-01-01")})
    units = units.assign(spend=[0.0, 1.0], success=[True, False])
    return as_html(check(Company(f"{NASTY} & co", {"orders": orders, "experiments": units}, "2025-12-31")))


def test_what_comes_from_the_data_stays_text() -> None:
    soup = BeautifulSoup(nasty(), "html.parser")
    assert soup.find_all(["script", "iframe"]) == []
    assert soup.find_all("b", string=re.compile("bold")) == []
    assert all(picture["src"].startswith("data:image/png;base64,") for picture in soup.find_all("img"))
    assert NASTY in soup.get_text()
    assert soup.title is not None
    assert soup.title.get_text() == f"Check of {NASTY} & co"


def test_the_page_asks_nothing_of_any_network_and_its_picture_tells_what_is_seen() -> None:
    html = as_html(check("retail"))
    assert not re.search(r'(src|href)="(https?:)?//', html)
    assert "default-src 'none'" in html
    (picture,) = BeautifulSoup(html, "html.parser").find_all("img")
    assert "touches.touched_on" in picture["alt"]


def test_every_table_is_named_with_its_rows() -> None:
    company = crm.open_company("b2b")
    heads = [head.get_text() for head in BeautifulSoup(as_html(check(company)), "html.parser").find_all("h3")]
    assert heads == [f"{name}: {len(frame):,} rows" for name, frame in company.tables.items()]


def test_a_page_that_cannot_be_written_leaves_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_page("old", tmp_path / "check.html", overwrite=False)

    def fail(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="full"):
        write_page("new", tmp_path / "new.html", overwrite=False)
    assert [path.name for path in tmp_path.iterdir()] == ["check.html"]
