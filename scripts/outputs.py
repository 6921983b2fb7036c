"""Run notebooks and store their outputs: python scripts/outputs.py [11 ...].

Without a name all lessons and all solutions are run. What differs from run to run (times, widget state, the version of
Python) is left out, so that a diff shows numbers and nothing else.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("notebooks", "exercises/solutions")
TIMEOUT = 120
WIDGET = "application/vnd.jupyter.widget-view+json"
KEPT_OF_CELLS = {"crmlab", "jupyter", "slideshow", "tags"}
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def find(names: list[str], root: Path = ROOT) -> list[Path]:
    """Return the notebooks that are named by path or by the start of their names, or all.

    Raises
    ------
    SystemExit
        If a name fits no notebook.
    """
    known = [path for folder in FOLDERS for path in sorted((root / folder).glob("*.ipynb"))]
    chosen: list[Path] = []
    for name in names:
        path = Path(name).resolve()
        fitting = [path] if path.is_file() else [path for path in known if path.name.startswith(name)]
        if not fitting:
            sys.exit(f"No notebook is called {name}; there are {', '.join(path.stem for path in known) or 'none'}.")
        chosen += [path for path in fitting if path not in chosen]
    return chosen if names else known


def run(path: Path) -> NotebookNode:
    """Return the notebook at `path` with fresh outputs, run in its own folder.

    Raises
    ------
    CellExecutionError
        If a cell fails.
    """
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=TIMEOUT,
        kernel_name="python3",
        store_widget_state=False,
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(path.parent)}},
    )
    return normalised(client.execute())


def normalised(notebook: NotebookNode) -> NotebookNode:
    """Return the notebook without what differs from run to run."""
    own = {name: notebook.metadata[name] for name in notebook.metadata if name in ("crmlab", "title", "authors")}
    notebook.metadata = nbformat.from_dict(METADATA | own)
    notebook.nbformat_minor = max(notebook.nbformat_minor, 5)
    for number, cell in enumerate(notebook.cells, start=1):
        cell.setdefault("id", f"cell-{number:02}")
        cell.metadata = nbformat.from_dict(
            {name: cell.metadata[name] for name in cell.metadata if name in KEPT_OF_CELLS}
        )
        for output in cell.get("outputs", []):
            if len(output.get("data", {})) > 1:
                output.data.pop(WIDGET, None)
    return notebook


def write(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook as UTF-8 with line feeds, on every system."""
    nbformat.validate(notebook)
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")


def main(names: list[str]) -> int:
    """Run the notebooks and store their outputs; a notebook that fails stays as it was."""
    failed = 0
    for path in find(names):
        start = time.monotonic()
        try:
            write(run(path), path)
        except CellExecutionError as error:
            failed += 1
            print(f"{path.name} failed and was left as it was:\n{error}", file=sys.stderr)
            continue
        print(f"{path.name}: {time.monotonic() - start:.1f} seconds", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
