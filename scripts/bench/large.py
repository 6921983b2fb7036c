"""One hundred million orders in Parquet: made, counted by crmlab, and counted by SQL written by hand.

    python scripts/bench/large.py make FOLDER [ORDERS]
    python scripts/bench/large.py count crmlab|duckdb FOLDER

The second prints seconds, the peak of memory and sums of the answer as JSON; each peer is a process of its own. The
folder takes about 1 GB and is yours to delete.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

import duckdb

ORDERS, PARTS, END = 100_000_000, 20, "2025-12-31"
MEMORY = "4GiB"

MAKE = """
copy (
    with draws as (select hash(i) as h from range({first}, {last}) t(i)),
    bits as (
        select (h & 1048575)::integer as p, ((h >> 20) & 65535)::integer as q,
            ((h >> 36) & 65535)::integer as v, ((h >> 52) & 4095)::integer as w
        from draws
    ),
    picked as (
        select v, w,
            least({people} - 1, ({people} * (p / 1048576.0 + w / 4294967296.0) * (q / 65536.0))::integer) as who
        from bits
    )
    select 'c' || (10000000 + who) as customer_id,
        date '2023-01-01' + least(1094, (who * 37) % 900 + (v * (30 + (who * 101) % 900)) // 65536)::integer
            as ordered_at,
        5 + w * (1 + who % 7) / 100.0 as amount
    from picked
) to '{file}' (format parquet)
"""

BY_HAND = """
create temp table histories as
with days as (
    select customer_id, ordered_at::date as day, sum(amount) as amount
    from read_parquet('{files}') where ordered_at::date <= date '{end}' group by all
), customers as (
    select count(*) - 1 as frequency, min(day) as first, max(day) as last, sum(amount) - arg_min(amount, day) as again
    from days group by customer_id
)
select frequency::integer as frequency,
    greatest((2 * (last - first) + 7) // 14, (frequency > 0)::integer) as recency,
    greatest((2 * (date '{end}' - first) + 7) // 14, (frequency > 0)::integer) as weeks,
    case when frequency > 0 and again > 0 then again / frequency end as mean
from customers
"""
HISTORIES = "select frequency, recency, weeks, count(*) as customers from histories group by all order by all"
LEVELS = """
select frequency, round(100 * ln(mean)) as level, avg(mean) as mean, count(*) as customers
from histories where mean is not null group by all order by all
"""


def make(folder: Path, orders: int = ORDERS) -> None:
    """Write orders in parts: a tenth as many customers, who differ in how often they buy and for how long."""
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as base:
        for part in range(PARTS):
            first, last = part * orders // PARTS, (part + 1) * orders // PARTS
            file = folder / f"part-{part:02}.parquet"
            base.execute(MAKE.format(first=first, last=last, people=orders // 10, file=file.as_posix()))
            print(file.name, file=sys.stderr)


def with_crmlab(folder: Path) -> dict[str, float]:
    """Count with crmlab, progress shown."""
    from crmlab.large import count_orders

    counts = count_orders(folder, END, memory=MEMORY, progress=sys.stderr.isatty())
    return answer(counts.table.rename(columns={"T": "weeks"}), counts.spend.rename(columns={"monetary_value": "mean"}))


def with_duckdb(folder: Path) -> dict[str, float]:
    """Count with SQL written by hand."""
    with duckdb.connect() as base:
        base.execute(f"set memory_limit = '{MEMORY}'; set preserve_insertion_order = false")
        base.execute(BY_HAND.format(files=(folder / "*.parquet").as_posix(), end=END))
        return answer(base.sql(HISTORIES).df(), base.sql(LEVELS).df())


def answer(histories: Any, levels: Any) -> dict[str, float]:
    """Return sums by which the two are compared."""
    many = histories["customers"]
    found = {"customers": float(many.sum()), "histories": float(len(histories)), "levels": float(len(levels))}
    found |= {name: float((histories[name] * many).sum()) for name in ("frequency", "recency", "weeks")}
    return found | {"spend": float((levels["mean"] * levels["customers"]).sum())}


def count(peer: str, folder: Path) -> None:
    """Count once and print seconds, memory and answer."""
    start = time.perf_counter()
    found = {"crmlab": with_crmlab, "duckdb": with_duckdb}[peer](folder)
    seconds, used = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    found["orders"] = float(duckdb.read_parquet((folder / "*.parquet").as_posix()).count("*").fetchall()[0][0])
    run = {"seconds": seconds, "cpu_seconds": used.ru_utime + used.ru_stime, "peak_gib": used.ru_maxrss / 2**20}
    run["read_bytes"] = sum(part.stat().st_size for part in folder.glob("*.parquet"))
    print(json.dumps({"peer": peer, "busy": os.getloadavg()[0]} | run | {"answer": found}))


if __name__ == "__main__":
    verb, *words = sys.argv[1:]
    if verb == "make":
        make(Path(words[0]), *map(int, words[1:]))
    else:
        count(words[0], Path(words[1]))
