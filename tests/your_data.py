"""The files that the pages of docs/your-data begin with, and their commands, run as a reader would.

The files are cut from the built-in companies and written as other systems write. `python tests/your_data.py` runs the
commands and writes what they print into the pages.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd

import crmlab as crm
from crmlab.cli import main
from crmlab.contracts import contract_durations
from crmlab.intake.choices import CHOICES

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted((ROOT / "docs" / "your-data").glob("*.md"))
CDNOW = Path(os.environ.get("CRMLAB_CDNOW", ROOT.parent / "shared" / "data" / "CDNOW_sample.txt"))
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
PYTHON = re.compile(r"```python\n(.*?)```\n\n```text\n(.*?)```", re.DOTALL)
CHOICES_TABLE = re.compile(r"(?<=<!-- choices -->\n).*?(?=<!-- end -->)", re.DOTALL)

END = pd.Timestamp("2025-12-31")
SPANS = {"customer_id": "고객번호", "started_on": "가입일", "ended_on": "해지일", "plan": "요금제"}
SPANS |= {"payment_method": "결제수단", "monthly_fee": "월요금", "monthly_margin": "월마진"}
SPANS |= {"channel": "가입경로", "region": "지역"}
EVENTS = {"lead": "form sent", "qualified": "call held", "proposal": "quote sent", "won": "signed", "lost": "declined"}


def write_all(folder: Path) -> None:
    """Write every file into a folder."""
    people = subscribers()
    people.to_excel(folder / "subscribers.xlsx", index=False, sheet_name="가입자")
    as_text(people).to_csv(folder / "가입자_2025-12.csv", index=False, encoding="cp949")
    sales_by_month().to_csv(folder / "sales-by-month.csv", index=False)
    tenures().to_csv(folder / "tenure.csv", index=False)
    events().to_csv(folder / "events.csv", index=False)


def subscribers() -> pd.DataFrame:
    """Return contracts with what is known of the customers, under Korean names."""
    company = crm.open_company("subscription")
    rows = company.contracts[company.contracts["customer_id"].isin(leads()["customer_id"])]
    rows = rows.merge(company.customers[["customer_id", "channel", "region"]], on="customer_id")
    return rows[list(SPANS)].rename(columns=SPANS)


def as_text(people: pd.DataFrame) -> pd.DataFrame:
    """Return them with Korean dates, thousands signs and the word for won."""
    days = {day: people[day].dt.strftime("%Y년 %m월 %d일") for day in ("가입일", "해지일")}
    return people.assign(**days, **{money: people[money].map("{:,.0f}원".format) for money in ("월요금", "월마진")})


def sales_by_month() -> pd.DataFrame:
    """Return what each of 800 shoppers paid in each month, with a refund and a test account."""
    orders = crm.open_company("retail").orders
    orders = orders[orders["customer_id"].isin(sorted(orders["customer_id"].unique())[:800])]
    months = orders["ordered_at"].dt.strftime("%b-%y")
    inorder = [month.strftime("%b-%y") for month in pd.period_range(orders["ordered_at"].min(), END, freq="M")]
    wide = orders.pivot_table("amount", "customer_id", months, aggfunc="sum").reindex(columns=inorder)
    wide = wide.rename_axis("member", axis=0).reset_index().astype({"member": object})
    wide.loc[5, inorder[-1]] = -20_000.0
    wide.loc[len(wide)] = ["test01", *[1000.0] * len(inorder)]
    return wide.round(0)


def tenures() -> pd.DataFrame:
    """Return months of tenure with a churn flag, as data for learning often come."""
    company = crm.open_company("subscription")
    rows = contract_durations(company.contracts.iloc[::5], company.observation_end)
    told = {"customerID": rows["customer_id"], "tenure": rows["duration"], "Contract": rows["plan"]}
    told |= {"PaymentMethod": rows["payment_method"], "MonthlyCharges": rows["monthly_fee"]}
    told |= {"MonthlyMargin": rows["monthly_margin"], "Churn": np.where(rows["churned"], "Yes", "No")}
    return pd.DataFrame(told)


def leads() -> pd.DataFrame:
    """Return every fifth lead of the subscription company."""
    return crm.open_company("subscription").leads.iloc[::5]


def events() -> pd.DataFrame:
    """Return the steps of leads as a log, in UTC, with page views that are no stage."""
    rows = crm.open_company("subscription").stage_events.merge(leads().drop(columns="created_on"), on="lead_id")
    rng = np.random.default_rng(7)
    local = (rows["reached_on"] + pd.to_timedelta(rng.integers(0, 24 * 3600, len(rows)), "s")).dt.tz_localize(
        "Asia/Seoul"
    )
    rows["timestamp"] = local.dt.tz_convert("UTC").dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    rows["event"] = rows["stage"].map(EVENTS)
    views = rows.sample(400, random_state=7).assign(event="page view")
    rows = pd.concat([rows, views]).sort_values("timestamp", kind="stable")
    columns = ["lead_id", "event", "timestamp", "channel", "team", "first_reply_hours", "customer_id"]
    return rows[columns].rename(columns={"channel": "source"})


def commands(page: Path) -> Iterator[tuple[str, str]]:
    """Yield the commands of a page, each with what the page says that it prints."""
    for block in BLOCK.findall(page.read_text(encoding="utf-8")):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, said = part.replace("\\\n", "").partition("\n")
            yield command, said.strip()


def printed(command: str) -> str:
    """Run a command of crmlab in the working folder, and return what it prints."""
    program, *words = shlex.split(command)
    assert program == "crmlab", command
    said = StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        try:
            main(words)
        except SystemExit as error:
            print(error)
    return said.getvalue().strip()


def computed(code: str) -> str:
    """Run Python of a page in the working folder, and return what it prints."""
    said = StringIO()
    with redirect_stdout(said):
        exec(code, {})
    return said.getvalue().strip()


def choices() -> str:
    """Return the rows of the table of choices."""
    rows = ["| Choice | What it decides | Options (the first is taken where you say nothing) |", "| --- | --- | --- |"]
    for choice in CHOICES.values():
        named = sorted(choice.options, key=lambda option: option != choice.default)
        said = "; ".join(f"`{option}`: {choice.options[option]}" for option in named)
        rows.append(f"| `{choice.name}` | {choice.question} | {said} |")
    return "\n".join(rows)


def _refresh(page: Path) -> None:
    """Write what the commands of a page print into it."""
    text = page.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        write_all(Path())
        shutil.copy(CDNOW, "CDNOW_sample.txt")

        def filled(block: re.Match[str]) -> str:
            parts = re.split(r"^\$ ", block[1], flags=re.MULTILINE)[1:]
            told = [re.match(r"(?:.*\\\n)*.*", part)[0] for part in parts]  # pyright: ignore[reportOptionalSubscript]
            said = [f"$ {command}\n{printed(command.replace(chr(92) + chr(10), ''))}\n" for command in told]
            return "```console\n" + "\n".join(said) + "```"

        text = BLOCK.sub(filled, text)
        text = PYTHON.sub(lambda block: f"```python\n{block[1]}```\n\n```text\n{computed(block[1])}\n```", text)
        text = CHOICES_TABLE.sub(lambda _: f"\n{choices()}\n\n", text)
    page.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    for each in PAGES:
        _refresh(each)
