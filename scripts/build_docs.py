"""Write what in docs/ comes from the code: the tables, the parameters of the companies, and the causal picture."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import fields
from pathlib import Path

from matplotlib.figure import Figure

from crmlab import plots
from crmlab.data import open_company
from crmlab.model_plots import causal_map
from crmlab.simulation import COMPANIES
from crmlab.simulation.b2b.model import B2B
from crmlab.simulation.parameters import Mechanism
from crmlab.simulation.relationship import MODEL
from crmlab.simulation.retail import Shop
from crmlab.simulation.subscription.people import Subscription
from crmlab.tables import TABLES, Column, Table

DOCS = Path(__file__).resolve().parent.parent / "docs"
MECHANISMS: dict[str, type[Mechanism]] = {"subscription": Subscription, "retail": Shop, "b2b": B2B}
DERIVED = "<!-- Written by scripts/build_docs.py: change the code, then run make docs. -->"


def main(folder: Path = DOCS) -> None:
    """Write both pages and the picture into `folder`."""
    for name, page in (("tables.md", tables_page()), ("parameters.md", parameters_page())):
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
        "company was made with lie in `company.truth.parameters`.\n",
    ]
    for name, mechanism in MECHANISMS.items():
        rows = [
            (f"`{one.name}`", f"{one.default:,g}", f"{m['low']:,g} to {m['high']:,g}", m["unit"], m["meaning"])
            for one in fields(mechanism)
            for m in [one.metadata]
        ]
        parts.append(f"## {name}\n\n" + markdown(("Parameter", "Default", "Range", "Unit", "Meaning"), rows))
    return "\n".join(parts)


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
