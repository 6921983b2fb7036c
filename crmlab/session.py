"""The start of a lesson: language, theme, a check of the environment, and the version stamp at its end.

JupyterLab names the notebook to its kernel, and sends the metadata of a cell along with its source. So a lesson that is
opened there treats a company of one's own as a report does: it says at the start that it cannot run, or leaves out the
cells that need what the company lacks.
"""

from __future__ import annotations

import os
import sys
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmlab import labels, plots
from crmlab.company import Company, UnmetNeedError
from crmlab.lessons import cell_needs, stand_in, unfit

if TYPE_CHECKING:
    import pandas as pd

_NOTEBOOK = "JPY_SESSION_NAME"  # the variable in which Jupyter's server tells a kernel the path of its notebook
_NEEDED = ("ipywidgets", "lifelines", "matplotlib", "narwhals", "numpy", "pandas", "scipy", "seaborn", "statsmodels")


def setup(language: str = "en", currency: str | None = None) -> None:
    """Prepare a lesson: check the environment, set the language and the theme, give pictures alternative text.

    In JupyterLab the company that is named `company` is held against what the lesson needs. From then on each cell
    that needs more than the company has prints a sentence instead.

    Prints one line: that all is well, or what is missing and how to mend it.

    Parameters
    ----------
    language
        "en" or "ko", the language of figures and tables.
    currency
        The unit of the money on axes; without it they say "currency".

    Raises
    ------
    ValueError
        If the language is not known.
    UnmetNeedError
        If the company lacks what the whole lesson needs; JupyterLab shows its words and no traceback.

    Examples
    --------
    >>> setup()
    crmlab is ready.
    """
    labels.use(language, currency)
    missing = _missing()
    if missing:
        print(f"Missing: {', '.join(missing)}. Mend it with: python scripts/bootstrap.py install")
        return
    plots.use_theme(language)
    shell = _shell()
    if shell is not None:
        _register_alternative_text(shell)
        _show_whole_texts()
        _register_needs(shell)
        _refuse_where_it_lacks(shell)
    print("crmlab is ready.")


def versions() -> pd.DataFrame:
    """Return the versions of Python and of the packages that a lesson's numbers depend on.

    Examples
    --------
    >>> versions().loc["crmlab", "version"]
    '0.1.0'
    """
    import pandas as pd

    rows = {"python": sys.version.split()[0]} | {name: metadata.version(name) for name in ("crmlab", *_NEEDED)}
    return pd.DataFrame({"version": rows})


def _missing() -> list[str]:
    return [name for name in _NEEDED if find_spec(name) is None]


def _show_whole_texts() -> None:
    """Show the meaning of a column, or a reason, in a table to its end."""
    import pandas as pd

    pd.set_option("display.max_colwidth", None)


def _register_alternative_text(shell: Any) -> None:
    """Make a notebook store each figure's alternative text beside its picture, and draw it once."""
    import matplotlib.pyplot as plt
    from IPython.core.formatters import BaseFormatter
    from matplotlib.figure import Figure

    plt.figure()
    plt.close("all")  # the first figure makes the inline backend register its own formatter, which ours replaces
    if "inline" in plt.get_backend():
        plt.uninstall_repl_displayhook()  # the backend draws at a cell's end; the hook would draw once more
    formatter: BaseFormatter = shell.display_formatter.formatters["image/png"]
    formatter.for_type(Figure, plots.png)


def _refuse_where_it_lacks(shell: Any) -> None:
    """Raise where the company lacks what the lesson needs.

    A kernel that another notebook starts, as for a report, inherits the path of that one. It gets no cell's id.
    """
    notebook, company = Path(os.environ.get(_NOTEBOOK, "")), shell.user_ns.get("company")
    if notebook.suffix == ".ipynb" and notebook.is_file() and "cellId" in _sent_along(shell):
        said = unfit(notebook, company) if isinstance(company, Company) else ""
        if said:
            raise UnmetNeedError(said)


def _register_needs(shell: Any) -> None:
    if _without_what_is_lacking not in shell.input_transformers_post:
        shell.input_transformers_post.append(_without_what_is_lacking)


def _without_what_is_lacking(lines: list[str]) -> list[str]:
    """Return the lines of the cell that is run, or one that says what the company lacks for it."""
    shell = _shell()
    company = shell.user_ns.get("company")
    needs = cell_needs({"metadata": _sent_along(shell)})
    said = stand_in(needs, company) if isinstance(company, Company) else ""
    return [f"print({said!r})\n"] if said else lines


def _sent_along(shell: Any) -> dict[str, Any]:
    """Return what a front end sent along with the cell that is run; a shell in a terminal has none."""
    request = shell.get_parent() if hasattr(shell, "get_parent") else {}
    return request.get("metadata", {})


def _shell() -> Any:
    """Return the running IPython shell, or None outside a notebook; IPython is not imported for the question."""
    module = sys.modules.get("IPython")
    return module.get_ipython() if module else None
