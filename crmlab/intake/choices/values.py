"""Rows that are well written and yet cannot be right, or surprise: late days, repeated keys, zeros, amounts far out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.intake.choices.desk import Desk, Tables, also, days, drop, numbers, repeated
from crmlab.tables import TABLES

_OPEN_ENDED = {"ended_on"}  # a contract may be cancelled to a day that has not come yet
_FEW = 20  # amounts, below which nothing can be called far out


def future_dates(tables: Tables, desk: Desk, observation_end: str | None, today: str | None) -> None:
    """Settle rows with a day after the end of the observation, or after today where that was not told."""
    limit = observation_end or today
    if limit is None:
        return
    said = "the end of the observation" if observation_end else "today"
    for name in list(tables):
        frame = tables[name]
        rows = np.zeros(len(frame), bool)
        for column in TABLES[name].columns:
            if column.kind == "date" and column.name in frame and column.name not in _OPEN_ENDED:
                rows |= (days(frame, column.name) > pd.Timestamp(limit)).to_numpy()
        trial = dict(tables)
        went = drop(trial, name, rows) if rows.any() else {}
        noun = f"row dated after {said}, {limit}"
        if desk.found("future_dates", name, frame, rows, noun, {"drop": f"left out{also(went)}"}) == "drop":
            tables.update(trial)


def repeated_keys(tables: Tables, desk: Desk) -> None:
    """Settle rows that repeat the key of another."""
    for name in list(tables):
        frame, key = tables[name], [*TABLES[name].key]
        if not key or not set(key) <= set(frame):
            continue
        option = desk.option("repeated_keys")
        rows = repeated(frame, key, "last" if option == "last" else "first")
        done = {place: f"left out: the {place} row of each key stays" for place in ("first", "last")}
        noun = f"row repeating the key ({', '.join(key)}) of another"
        if desk.found("repeated_keys", name, frame, rows, noun, done) in done:
            tables[name] = frame[~rows]


def zero_orders(tables: Tables, desk: Desk) -> None:
    """Settle orders of 0."""
    if "amount" not in tables.get("orders", pd.DataFrame()):
        return
    frame = tables["orders"]
    rows = numbers(frame, "amount") == 0
    trial = dict(tables)
    went = drop(trial, "orders", rows) if rows.any() else {}
    done = {"keep": "kept", "drop": f"left out{also(went)}"}
    if desk.found("zero_orders", "orders", frame, rows, "order of 0", done) == "drop":
        tables.update(trial)


def far_out(tables: Tables, desk: Desk) -> None:
    """Report amounts far from all others: more than three interquartile ranges of their logarithms away."""
    for name in ("orders", "order_lines"):
        if "amount" not in tables.get(name, pd.DataFrame()):
            continue
        amounts = numbers(tables[name], "amount")
        positive = np.isfinite(amounts) & (amounts > 0)
        if positive.sum() < _FEW:
            continue
        logs = np.log(np.where(positive, amounts, 1))
        low, high = np.quantile(logs[positive], [0.25, 0.75])
        spread = 3 * max(high - low, 0.5)
        rows = positive & ((logs < low - spread) | (logs > high + spread))
        shown = ", ".join(f"{value:,.10g}" for value in sorted(set(amounts[rows]), reverse=True)[:3])
        said = f"kept; the largest are {shown}, where half of all amounts lie between {np.exp(low):,.5g} and "
        desk.found("far_out", name, tables[name], rows, "amount far out", {"keep": f"{said}{np.exp(high):,.5g}"})
