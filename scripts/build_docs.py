"""Write what in docs/ comes from elsewhere: tables, parameters of the companies, the syllabus, the causal picture."""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from crmlab import plots
from crmlab.data import open_company
from crmlab.game.market import Market
from crmlab.model_plots import causal_map
from crmlab.simulation import COMPANIES
from crmlab.simulation.b2b.model import B2B
from crmlab.simulation.parameters import Mechanism
from crmlab.simulation.relationship import MODEL
from crmlab.simulation.retail import Shop
from crmlab.simulation.subscription.people import Subscription
from crmlab.tables import TABLES, Column, Table

DOCS = Path(__file__).resolve().parent.parent / "docs"
MECHANISMS: dict[str, type[Mechanism]] = {"subscription": Subscription, "retail": Shop, "b2b": B2B, "game": Market}
DERIVED = "<!-- Written by scripts/build_docs.py: change the code, then run make docs. -->"


def main(folder: Path = DOCS) -> None:
    """Write the pages and the picture into `folder`."""
    pages = {"tables.md": tables_page(), "parameters.md": parameters_page(), "syllabus.md": syllabus_page()}
    for name, page in pages.items():
        (folder / name).write_text(page, encoding="utf-8", newline="\n")
    (folder / "pictures").mkdir(exist_ok=True)
    plots.use_theme()
    figure = Figure(layout="constrained")
    figure.set_size_inches(9, 4.2)
    causal_map(MODEL.causes(), figure.subplots())
    (folder / "pictures" / "causes.png").write_bytes(plots.png(figure)[0])


def tables_page() -> str:
    """Return the data dictionary as Markdown: every table and column, and which company has it."""
    holders = {name: set(open_company(name).tables) for name in COMPANIES}
    parts = [
        f"# The tables\n\n{DERIVED}\n",
        "The three simulated companies share these tables. One that a company does not have is absent. A table of\n"
        "your own needs the columns in **bold**; the others come along where you have them. Dates are days without a\n"
        "time zone, and money is in the company's currency.\n",
    ]
    return "\n".join([*parts, *(_table(table, holders) for table in TABLES.values())])


def _table(table: Table, holders: dict[str, set[str]]) -> str:
    key = ", ".join(f"`{name}`" for name in table.key) or "none: rows may repeat"
    present = ", ".join(f"`{name}`" for name, tables in holders.items() if table.name in tables) or "none of them"
    rows = [(_named(column), column.kind, _unit(column), column.meaning) for column in table.columns]
    head = f"## {table.name}\n\n{table.meaning} Key: {key}. Simulated in: {present}.\n"
    return head + "\n" + markdown(("Column", "Type", "Unit or values", "Meaning"), rows)


def _named(column: Column) -> str:
    return f"**`{column.name}`**" if column.required else f"`{column.name}`"


def _unit(column: Column) -> str:
    return ", ".join(column.values) or (f"refers to `{column.references}`" if column.references else column.unit)


def parameters_page() -> str:
    """Return the parameters of each company as Markdown: default, range, unit and meaning."""
    parts = [
        f"# The parameters of the simulated companies\n\n{DERIVED}\n",
        'Any of them may be switched: `crm.simulate_company("subscription", billing_fault=0)`. The values that a\n'
        "company was made with lie in `company.truth.parameters`. Those of the game (lesson 19) are given to\n"
        "`crm.Game(seed=7, budget=200)`; what is hidden from the player and not given is drawn within its range.\n",
    ]
    for name, mechanism in MECHANISMS.items():
        rows = [
            (f"`{one.name}`", f"{one.default:,g}", f"{m['low']:,g} to {m['high']:,g}", m["unit"], m["meaning"])
            for one in fields(mechanism)
            for m in [one.metadata]
        ]
        parts.append(f"## {name}\n\n" + markdown(("Parameter", "Default", "Range", "Unit", "Meaning"), rows))
    return "\n".join(parts)


def syllabus_page() -> str:
    """Return the ideas that the course treats as Markdown: the terms of each, and the lessons that treat it."""
    lessons = [(path, _told(path)) for path in sorted((DOCS.parent / "notebooks").glob("*.ipynb"))]
    rows = []
    for row in tomllib.loads((DOCS / "terms.toml").read_text(encoding="utf-8"))["row"]:
        english, korean = ("; ".join(term[place] for term in row["terms"]) for place in (0, 1))
        where = [
            f"[{told['lesson']}](../notebooks/{path.name})" for path, told in lessons if row["number"] in told["rows"]
        ]
        rows.append((str(row["number"]), english, korean, "yes" if row.get("claim") else "", " ".join(where)))
    parts = [
        f"# What the course treats\n\n{DERIVED.replace('the code', 'docs/terms.toml')}\n",
        "The ideas of the Korean teaching texts that the course began from. A *claim* can be held against data, and\n"
        "its lesson does so: what is claimed, what has to be assumed, what the data say, and when it holds.\n",
    ]
    return "\n".join([*parts, markdown(("Row", "English", "Korean", "A claim", "Lessons"), rows)])


def _told(path: Path) -> dict[str, Any]:
    """Return what a notebook tells of itself."""
    return json.loads(path.read_text(encoding="utf-8"))["metadata"]["crmlab"]


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
