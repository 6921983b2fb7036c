"""A check as a whole: what it finds in a company that was spoilt on purpose, and what the command says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.checking import Check, check
from crmlab.cli import main
from crmlab.company import Company
from crmlab.plots import alternative_text

SECRETS = ("kim0@example.com", "010-1234-5678", "Kim Jisoo")


def spoilt() -> Company:
    """Return a company with a little of everything that a check looks for."""
    chance = np.random.default_rng(3)
    days = pd.Series(pd.date_range("2024-01-01", "2025-12-31").repeat(4))
    days = days[~days.between("2024-08-05", "2024-08-20")].reset_index(drop=True)
    days = pd.concat([days, pd.Series(pd.to_datetime(["2025-05-15"] * 400))], ignore_index=True)
    people = pd.DataFrame({"customer_id": [f"C{i:03d}" for i in range(200)], "acquired_on": pd.Timestamp("2024-01-01")})
    people = people.assign(name="Kim Jisoo", contact=[f"kim{i}@example.com" for i in range(200)], shop="x")
    orders = pd.DataFrame({"customer_id": chance.choice(people["customer_id"], len(days)), "ordered_at": days})
    orders = orders.assign(amount=chance.gamma(2, 100, len(days)).round(2), note=None)
    orders.loc[[3, 7], "note"] = "call 010-1234-5678"
    orders.loc[5, "customer_id"] = "C999"
    orders = pd.concat([orders, orders.tail(100)], ignore_index=True)
    return Company("spoilt", {"customers": people, "orders": orders}, "2025-12-31")


@pytest.fixture(scope="module")
def found() -> Check:
    return check(spoilt())


def said(found: Check, level: str, where: str) -> str:
    rows = found.findings
    return " ".join(rows.loc[(rows["level"] == level) & (rows["where"] == where), "what"])


def test_what_was_spoilt_is_found(found: Check) -> None:
    assert "1 row (0.0 %) is not in customers.customer_id" in said(found, "fault", "orders.customer_id")
    assert "the whole row repeats in 100 rows" in said(found, "warning", "orders")
    assert "2025-05" in said(found, "warning", "orders.ordered_at")
    assert "no row from 2024-08-05 to 2024-08-20" in said(found, "warning", "orders.ordered_at")
    assert "seems to hold e-mail addresses in 200 rows" in said(found, "warning", "customers.contact")
    assert "telephone numbers in 2 rows (100.0 %), within longer text" in said(found, "warning", "orders.note")
    assert "its heading promises names" in said(found, "warning", "customers.name")
    assert "one value only" in said(found, "note", "customers.shop")
    assert found.findings["level"].iloc[0] == "fault"


def test_no_value_of_a_person_is_anywhere(found: Check) -> None:
    from crmlab.checking.sheet import as_html
    from crmlab.checking.writing import as_text

    shown = [as_html(found), as_text(found), repr(found), found._repr_html_(), alternative_text(found.plot().figure)]
    shown += [frame.to_string() for frame in vars(found).values() if isinstance(frame, pd.DataFrame)]
    assert [secret for secret in SECRETS for text in shown if secret in text] == []
    assert "customers.contact" in shown[0]


def test_the_summary_counts_what_is_listed(found: Check) -> None:
    values = found.summary()["value"]
    assert values["rows"] == sum(map(len, spoilt().tables.values()))
    assert values["faults"] == 1
    assert values["columns with personal data"] == 3
    assert values["lessons that run"] == found.lessons["runs"].sum() >= 1


def test_the_picture_tells_what_is_seen(found: Check) -> None:
    told = alternative_text(found.plot().figure)
    assert "orders.ordered_at" in told
    assert "leaps in 2024-08, 2025-05" in told


def test_a_company_without_days_or_lessons_is_checked() -> None:
    products = pd.DataFrame({"product_id": ["1"], "price": [5.0]})
    bare = Check.from_company(Company("bare", {"products": products}, "2025-12-31"), lessons={})
    assert bare.lessons.empty
    assert bare.summary().loc["tables", "value"] == 1
    bare.plot()


@pytest.mark.parametrize("name", ["subscription", "retail", "b2b"])
def test_the_built_in_companies_have_no_faults(name: str) -> None:
    found = check(name)
    assert not (found.findings["level"] == "fault").any()
    assert len(found.evidence) >= 6


def test_the_planted_fault_in_billing_is_a_leap() -> None:
    months = check("subscription").months.query("table == 'contracts' and column == 'ended_on' and leap != ''")
    assert months[["month", "leap"]].to_dict("records") == [{"month": "2025-04", "leap": "from here on"}]


# The command.


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    company = spoilt()
    fitting = company.orders[company.orders["customer_id"] != "C999"]
    monkeypatch.chdir(tmp_path)
    crm.save(Company("shop", {"customers": company.customers, "orders": fitting}, "2025-12-31"), "shop")
    return tmp_path / "shop"


def test_the_command_says_what_was_found_and_writes_a_page(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "shop", "--out", "pages/check.html"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("shop: 2 tables, ")
    assert "Wrote pages/check.html. Next: open it in a browser." in out
    assert "Check of shop" in (shop.parent / "pages" / "check.html").read_text(encoding="utf-8")


def test_a_page_is_replaced_only_on_demand_and_files_of_others_never(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "shop", "--out", "check.html"]) == 0
    assert main(["check", "shop", "--out", "check.html"]) == 2
    assert "is there already" in capsys.readouterr().err
    assert main(["check", "shop", "--out", "check.html", "--force"]) == 0
    (shop.parent / "mine.html").write_text("mine", encoding="utf-8")
    assert main(["check", "shop", "--out", "mine.html", "--force"]) == 2
    assert (shop.parent / "mine.html").read_text(encoding="utf-8") == "mine"
    assert main(["check", "shop", "--out", "shop"]) == 2
    assert sorted(path.name for path in shop.parent.iterdir()) == ["check.html", "mine.html", "shop"]


def test_the_copy_has_no_persons_and_the_key_lies_beside(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["check", "shop", "--pseudonymize", "--key", "shop.key", "--out", "copy"]
    assert main(asked) == 0
    out = capsys.readouterr().out
    assert "orders.note: dropped, because free text can name anybody, 2 rows." in out
    assert "Wrote the copy to copy/. The key was made in shop.key" in out
    assert crm.check("copy").personal.empty
    assert main([*asked[:-1], "second"]) == 0
    capsys.readouterr()
    assert (shop.parent / "copy" / "orders.csv").read_bytes() == (shop.parent / "second" / "orders.csv").read_bytes()
    assert main(asked) == 2, "the copy is there already"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--pseudonymize"], "--pseudonymize needs --key FILE and --out DIR"),
        (["--key", "x"], "--key and --text go with --pseudonymize"),
        (["--pseudonymize", "--key", "shop/x.key", "--out", "copy"], "keep it where the data are not"),
        (["--pseudonymize", "--key", "copy/x.key", "--out", "copy"], "keep it where the data are not"),
        (["--pseudonymize", "--key", "x.key", "--out", "shop"], "is there already"),
    ],
)
def test_what_the_user_can_mend_is_said_and_nothing_is_left(
    shop: Path, capsys: pytest.CaptureFixture[str], words: list[str], why: str
) -> None:
    assert main(["check", "shop", *words]) == 2
    assert why in capsys.readouterr().err
    assert [path.name for path in shop.parent.iterdir()] == ["shop"]


def test_a_folder_that_no_lesson_opens_is_still_looked_at(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    orders = (shop / "orders.csv").read_text(encoding="utf-8")
    (shop / "orders.csv").write_text(orders.replace("C00", "kim@example.com", 1), encoding="utf-8")
    assert main(["check", "shop"]) == 2
    told = capsys.readouterr()
    assert "Must be mended" in told.out
    assert "customers.customer_id" in told.out
    assert "kim@" not in told.out + told.err
    assert "cannot be opened by any lesson" in told.err
    assert main(["check", "nowhere"]) == 2
    assert main(["check", str(shop.parent)]) == 2
    assert "Traceback" not in capsys.readouterr().err
