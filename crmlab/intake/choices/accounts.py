"""Who is no real customer, who is unknown, and who never bought: test accounts, orphans, customers without orders."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from crmlab.data.parsing import distinct
from crmlab.intake.choices.desk import Desk, Tables, also, days, drop, names, referring
from crmlab.tables import TABLES

_TEST = re.compile(
    r"(?<![a-z])(?:tests?|tester|testing|dummy|demo|sample|qa|asdf)(?![a-z])|테스트|@(?:example|test)\.", re.IGNORECASE
)
_PERSONAL = re.compile(r"name|mail|이름|성명|고객명|메일", re.IGNORECASE)
_CUSTOMER = "customers.customer_id"


def test_accounts(tables: Tables, desk: Desk) -> None:
    """Settle customers, leads and records whose id, name or e-mail looks like a test."""
    alone = [name for name, _, _ in referring(_CUSTOMER, tables)] if "customers" not in tables else []
    for name in ("customers", "leads", "source_records", *alone):
        if name not in tables:
            continue
        frame = tables[name]
        key = "customer_id" if name in alone else TABLES[name].key[0]
        looked = [str(column) for column in frame if column == key or _PERSONAL.search(str(column))]
        rows = np.zeros(len(frame), bool)
        for column in looked:
            codes, texts = distinct(frame[column])
            rows |= np.array([*(_TEST.search(text) is not None for text in texts), False], bool)[codes]
        trial = dict(tables)
        went = drop(trial, name, rows) if rows.any() else {}
        done = {"keep": "kept", "drop": f"left out{also(went)}"}
        if desk.found("test_accounts", name, frame, rows, "row looking like a test", done) == "drop":
            tables.update(trial)


def orphans(tables: Tables, desk: Desk) -> None:
    """Settle rows that refer to a customer, an order or the like that is not there."""
    for target in dict.fromkeys(column.references for table in TABLES.values() for column in table.columns):
        parent, _, key = target.partition(".")
        if key and key in tables.get(parent, pd.DataFrame()) and parent not in desk.incomplete:
            for name, column, empty in referring(target, tables):
                _orphans_of(tables, desk, (name, column, empty), (parent, key))


def _orphans_of(tables: Tables, desk: Desk, child: tuple[str, str, bool], target: tuple[str, str]) -> None:
    (name, column, empty), (parent, key) = child, target
    frame, known = tables[name], set(names(tables[parent], key))
    ids = names(frame, column)
    rows = np.array([value is not None and value not in known for value in ids], bool)
    option = desk.option("orphans")
    if option == "add" and parent != "customers":
        return
    trial = dict(tables)
    went = drop(trial, name, rows) if rows.any() and not empty else {}
    done = {"drop": "left without it" if empty else f"left out{also(went)}"}
    if parent == "customers":
        done["add"] = "taken in: their customers were added from the first day on which they are seen"
    desk.found("orphans", name, frame, rows, f"row of unknown {parent} ({column})", done)
    if not rows.any() or option == "refuse":
        return
    if option == "add":
        tables["customers"] = _added(tables, frame, ids, rows, name)
    elif empty:
        tables[name] = frame.assign(**{column: frame[column].astype(object).mask(rows)})
    else:
        tables.update(trial)


def _added(tables: Tables, frame: pd.DataFrame, ids: np.ndarray, rows: np.ndarray, name: str) -> pd.DataFrame:
    """Return the customers with those who are seen in other rows only."""
    customers = tables["customers"]
    dates = [column.name for column in TABLES[name].columns if column.kind == "date" and column.name in frame]
    seen = pd.DataFrame({"customer_id": ids[rows], "acquired_on": pd.NaT}, frame.index[rows])
    if dates:
        seen["acquired_on"] = days(frame, dates[0])[rows].to_numpy()
    seen = seen.sort_values("acquired_on", kind="stable").drop_duplicates("customer_id")
    if not pd.api.types.is_datetime64_any_dtype(customers.get("acquired_on", pd.Series(dtype=object)).dtype):
        seen["acquired_on"] = seen["acquired_on"].dt.strftime("%Y-%m-%d").astype(object)
    return pd.concat([customers, seen])


def without_orders(tables: Tables, desk: Desk) -> None:
    """Settle customers who have neither an order nor a contract, where there are tables of these."""
    bought = [name for name in ("orders", "contracts") if "customer_id" in tables.get(name, pd.DataFrame())]
    if not bought or "customer_id" not in tables.get("customers", pd.DataFrame()):
        return
    buyers = {value for name in bought for value in names(tables[name], "customer_id")}
    frame = tables["customers"]
    rows = np.array([value is not None and value not in buyers for value in names(frame, "customer_id")], bool)
    trial = dict(tables)
    went = drop(trial, "customers", rows) if rows.any() else {}
    noun = f"customer without {' or '.join(bought)}"
    done = {"keep": "kept", "drop": f"left out{also(went)}"}
    if desk.found("without_orders", "customers", frame, rows, noun, done) == "drop":
        tables.update(trial)
