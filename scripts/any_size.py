"""Measure and write docs/any-size.md: when to move to another engine, and the arithmetic of a billion customers.

    python scripts/any_size.py measure [FOLDER]   adds to docs/any-size.json; FOLDER as scripts/bench/large.py makes it
    python scripts/any_size.py page               writes docs/any-size.md from what was measured

What is measured stands in the JSON; everything else on the page is reckoned from it here.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FACTS, PAGE, HEAD = ROOT / "docs" / "any-size.json", ROOT / "docs" / "any-size.md", ROOT / "scripts" / "any_size.md"
sys.path.insert(0, str(ROOT / "scripts" / "bench"))

SIZES = (10_000, 100_000, 1_000_000)
BILLION, ORDERS_EACH, WEEKS = 1_000_000_000, 10, 156
SPARK_ORDERS = 1_000_000
# Before it is packed, a row of Spark holds 8 bytes of flags and 8 for each of id, day, amount and gaps, and the text of
# the id in whole eights. Orders travel once to be grouped by customer and day, and the days once more by customer.
SHUFFLED_EACH = 2 * (8 + 4 * 8 + 16)


def histories(sizes: tuple[int, ...] = SIZES) -> list[dict[str, float]]:
    """Return for each number of simulated buyers the number of histories in whole weeks and the seconds of a fit."""
    import numpy as np
    import simulated

    from crmlab.buyers import BetaGeo
    from crmlab.customers import count_customers

    BetaGeo.fit(simulated.buyers(1000))  # loads what is loaded once
    found = []
    for size in sizes:
        table = simulated.buyers(size, weeks=(1, WEEKS))[["frequency", "recency", "T"]]
        counts = count_customers(np.ceil(table))
        start = time.perf_counter()
        BetaGeo.fit(counts)
        found.append({"customers": size, "histories": len(counts), "fit_seconds": time.perf_counter() - start})
    return found


def shuffled(orders: int = SPARK_ORDERS) -> dict[str, float]:
    """Return the bytes that Spark writes between workers for each order: counted by Spark itself."""
    import large

    from crmlab.engines.cluster import session
    from crmlab.large import count_orders

    with tempfile.TemporaryDirectory() as folder:
        large.make(Path(folder), orders)
        spark = session("local[2]", {"spark.sql.shuffle.partitions": "4"})
        start = time.perf_counter()
        count_orders(folder, large.END, engine="spark")
        seconds = time.perf_counter() - start
        java = spark.sparkContext._gateway
        none = java.new_array(java.jvm.double, 0)
        stages = spark.sparkContext._jsc.sc().statusStore().stageList(None, False, False, none, None)
        written = sum(stages.apply(number).shuffleWriteBytes() for number in range(stages.size()))
        spark.stop()
        read = sum(part.stat().st_size for part in Path(folder).glob("*.parquet"))
    return {"orders": orders, "shuffled_bytes": written, "read_bytes": read, "seconds": seconds}


def counted(folder: Path) -> list[dict[str, Any]]:
    """Return what crmlab and SQL by hand took for the orders of a folder, each in a process of its own."""
    script = ROOT / "scripts" / "bench" / "large.py"
    found = []
    for peer in ("crmlab", "duckdb"):
        said = subprocess.run(
            [sys.executable, str(script), "count", peer, str(folder)], stdout=subprocess.PIPE, text=True, check=True
        )
        found.append(json.loads(said.stdout))
    return found


def most_histories(facts: list[dict[str, float]], customers: int = BILLION) -> int:
    """Return at most how many histories so many customers have: the growth of the last two sizes goes on unchanged.

    It slows down in truth, as ever fewer histories are new.

    Examples
    --------
    >>> most_histories([{"customers": 10, "histories": 5}, {"customers": 100, "histories": 10}], 1000)
    20
    """
    before, after = facts[-2:]
    growth = after["histories"] / before["histories"]
    steps = _log(customers / after["customers"]) / _log(after["customers"] / before["customers"])
    return round(after["histories"] * growth**steps)


def _log(number: float) -> float:
    from math import log

    return log(number)


def shuffled_each(facts: dict[str, Any]) -> float:
    """Return the bytes that travel for each order: as Spark counted them, or before packing where it was not asked."""
    spark = facts.get("spark")
    return spark["shuffled_bytes"] / spark["orders"] if spark else SHUFFLED_EACH


def billion(facts: dict[str, Any]) -> dict[str, float]:
    """Return what a billion customers with ten orders each cost, from what was measured on few."""
    fits = facts["histories"]
    orders, rows = BILLION * ORDERS_EACH, most_histories(facts["histories"])
    each = fits[-1]["fit_seconds"] / fits[-1]["histories"]
    own = next(run for run in facts["counted"] if run["peer"] == "crmlab")
    return {
        "orders": orders,
        "read_bytes": orders * own["read_bytes"] / own["answer"]["orders"],
        "shuffled_bytes": orders * shuffled_each(facts),
        "histories": rows,
        "counts_bytes": rows * 4 * 8,
        "fit_seconds": rows * each,
        "core_hours": orders / own["answer"]["orders"] * own["cpu_seconds"] / 3600,
    }


def page(facts: dict[str, Any]) -> str:
    """Return docs/any-size.md."""
    large = billion(facts)
    own, other = facts["counted"]
    apart = max(abs(own["answer"][name] / other["answer"][name] - 1) for name in own["answer"])
    fits = [
        f"| {one['customers']:,} | {one['histories']:,} | {one['fit_seconds']:.2f} s |" for one in facts["histories"]
    ]
    words = {
        "counted": "\n".join(_run(run) for run in facts["counted"]),
        "ratio": f"{own['seconds'] / other['seconds']:.2f}",
        "cpu_ratio": f"{own['cpu_seconds'] / other['cpu_seconds']:.2f}",
        "orders": f"{own['answer']['orders']:,.0f}",
        "apart": f"{apart:.0e}",
        "customers": f"{own['answer']['customers']:,.0f}",
        "kept": f"{own['answer']['histories']:,.0f}",
        "fits": "\n".join(fits),
        "read": _bytes(large["read_bytes"]),
        "shuffled": _bytes(large["shuffled_bytes"]),
        "each": f"{shuffled_each(facts):.0f}",
        "asked": "as Spark counts them" if "spark" in facts else "at most, before Spark packs them",
        "histories": f"{large['histories']:,.0f}",
        "bound": f"{WEEKS * (WEEKS + 1) // 2:,}",
        "counts": _bytes(large["counts_bytes"]),
        "fit": f"{large['fit_seconds']:.0f}",
        "hours": f"{large['core_hours']:.0f}",
    }
    return HEAD.read_text(encoding="utf-8").format(**words)


def _run(run: dict[str, Any]) -> str:
    orders = round(run["answer"]["orders"])
    name = {"crmlab": "`crm.count_orders`", "duckdb": "SQL by hand"}[run["peer"]]
    return f"| {name} | {orders:,} | {run['seconds']:.0f} s | {run['cpu_seconds']:.0f} s | {run['peak_gib']:.1f} GiB |"


def _bytes(number: float) -> str:
    """Return bytes in words.

    Examples
    --------
    >>> _bytes(1.5e9), _bytes(2e12)
    ('1.5 GB', '2 TB')
    """
    for size, unit in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB")):
        if number >= size:
            return f"{number / size:.3g} {unit}"
    return f"{number:.0f} bytes"


def main(words: list[str]) -> None:
    """Measure, or write the page."""
    from crmlab.engines.cluster import missing

    facts = json.loads(FACTS.read_text(encoding="utf-8")) if FACTS.is_file() else {}
    if words[:1] == ["measure"]:
        facts |= {"histories": histories()} | ({} if missing() else {"spark": shuffled()})
        if words[1:]:
            facts |= {"counted": counted(Path(words[1]))}
        FACTS.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8", newline="\n")
    PAGE.write_text(page(facts), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
