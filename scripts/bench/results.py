"""From runs to ratios, to a table and to a picture; what was measured before is kept until it is measured again."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import pandas as pd
from rows import ROWS

Result = dict[str, Any]


def judged(row: str, size: int, runs: Mapping[str, list[dict[str, Any]]]) -> list[Result]:
    """Return one result for each peer, or one of ours alone where there is none.

    The ratio is the median, over the runs, of the peer's seconds divided by ours in the same turn.
    """
    own = [run["seconds"] for run in runs["crmlab"]]
    base = {"row": row, "size": size, "runs": len(own), "crmlab": median(own)}
    found = []
    for peer in [name for name in runs if name != "crmlab"]:
        other = [run["seconds"] for run in runs[peer]]
        ratio = median(theirs / ours for theirs, ours in zip(other, own, strict=True))
        apart = difference(runs["crmlab"][-1]["answer"], runs[peer][-1]["answer"])
        seconds = {"peer": peer, "seconds": median(other), "ratio": ratio}
        found.append(base | seconds | {"floor": ROWS[row].floors.get(size, {}).get(peer), "difference": apart})
    return found or [base]


def difference(own: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Return the largest difference of two answers, relative to the peer's where that exceeds 1.

    Raises
    ------
    ValueError
        If they do not answer the same.
    """
    if set(own) != set(other):
        raise ValueError(f"the peers answer {sorted(own)} and {sorted(other)}")
    return max(abs(own[name] - other[name]) / max(abs(other[name]), 1.0) for name in own)


def merged(old: list[Result], new: list[Result]) -> list[Result]:
    """Return the results in the order of the rows, the new in place of the old of the same work."""
    done = {(result["row"], result["size"]) for result in new}
    kept = [result for result in old if (result["row"], result["size"]) not in done and result["row"] in ROWS]
    order = list(ROWS)
    return sorted(kept + new, key=lambda result: (order.index(result["row"]), result["size"]))


def load(path: Path) -> list[Result]:
    """Return what was measured so far."""
    return json.loads(path.read_text(encoding="utf-8"))["results"] if path.is_file() else []


def save(path: Path, results: list[Result]) -> None:
    """Write the results down, with what they were measured on."""
    packages = {name: version(name) for name in ("crmlab", "duckdb", "lifelines", "numpy", "pandas", "scipy")}
    machine = {"system": platform.system(), "cores": os.cpu_count(), "python": platform.python_version(), **packages}
    rounded = [{k: float(f"{v:.4g}") if isinstance(v, float) else v for k, v in one.items()} for one in results]
    text = json.dumps({"machine": machine, "results": rounded}, indent=1)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def page(path: Path) -> str:
    """Return the results of a file as a page in Markdown."""
    known = json.loads(path.read_text(encoding="utf-8"))
    results, machine = known["results"], known["machine"]
    words = ", ".join(f"{name} {number}" for name, number in machine.items() if name not in ("system", "cores"))
    compared = [_compared(one) for one in results if "peer" in one]
    grown = [
        f"| {ROWS[one['row']].what} | {one['size']:,} | {_seconds(one['crmlab'])} |"
        for one in results
        if "peer" not in one
    ]
    head = Path(__file__).with_name("head.md").read_text(encoding="utf-8")
    notes = [f"- {row.what}: {row.note}." for row in ROWS.values() if row.note]
    return "\n".join(
        [
            *head.format(machine=f"{machine['system']} with {machine['cores']} cores; {words}").splitlines(),
            "",
            "| Work | Size | crmlab | Peer | Its time | Ratio | At least | Answers differ by |",
            "| --- | --: | --: | --- | --: | --: | --: | --: |",
            *compared,
            "",
            *notes,
            "",
            "## Time against size",
            "",
            "| Work | Customers | crmlab |",
            "| --- | --: | --: |",
            *grown,
            "",
            "![Times faster than each peer, and time against size](pictures/benchmarks.png)",
            "",
        ]
    )


def _compared(one: Result) -> str:
    missed = "" if one["floor"] is None or one["ratio"] >= one["floor"] else " (missed)"
    floor = "" if one["floor"] is None else f"{one['floor']:.3g}{missed}"
    cells = [
        ROWS[one["row"]].what, f"{one['size']:,}", _seconds(one["crmlab"]), one["peer"],
        _seconds(one["seconds"]), f"{one['ratio']:.3g}", floor, f"{one['difference']:.1g}",
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _seconds(seconds: float) -> str:
    return f"{1000 * seconds:.3g} ms" if seconds < 1 else f"{seconds:.3g} s"


def draw(path: Path, picture: Path) -> None:
    """Draw how many times faster than each peer, with the floors, and time against size."""
    import matplotlib.pyplot as plt

    from crmlab import plots

    plots.use_theme()
    known = load(path)
    figure, (left, right) = plt.subplots(1, 2, figsize=(12, 6.5), width_ratios=[3, 2])
    _draw_ratios([one for one in known if "peer" in one], left)
    _draw_growth(pd.DataFrame([one for one in known if "peer" not in one]), right)
    figure.savefig(picture, metadata={"Software": ""})
    plt.close(figure)


def _draw_ratios(results: list[Result], ax: Any) -> None:
    from crmlab import plots

    for place, one in enumerate(reversed(results)):
        ax.plot([one["ratio"]], [place], "o", color=plots.PALETTE[0])
        if one["floor"] is not None:
            ax.plot([one["floor"]], [place], "|", color=plots.PALETTE[1], markersize=12, markeredgewidth=2)
    names = [f"{one['row'].replace('_', ' ')}, {one['size']:,} / {one['peer']}" for one in reversed(results)]
    ax.set_yticks(range(len(names)), names)
    ax.set_xscale("log")
    plots.finish(ax, "How many times faster than the peer?", "peer's time / crmlab's (bar: at least)", "")


def _draw_growth(grown: pd.DataFrame, ax: Any) -> None:
    from crmlab import plots

    if not grown.empty:
        for number, (row, rows) in enumerate(grown.groupby("row", sort=False)):
            style = {"color": plots.PALETTE[number], "marker": plots.MARKERS[number]}
            ax.plot(rows["size"], rows["crmlab"], label=ROWS[str(row)].what, **style)
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12))  # below: the lines cross the whole picture
    ax.set_xscale("log")
    ax.set_yscale("log")
    plots.finish(ax, "How does the time grow?", "customers", "seconds")
