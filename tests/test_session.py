"""The start of a lesson."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import nbformat
import pytest
from jupyter_client.manager import start_new_kernel
from nbformat.v4 import new_notebook

from crmlab import labels, session


@pytest.fixture(autouse=True)
def english():
    yield
    labels.use("en")


def test_all_well_is_one_line(capsys):
    session.setup()
    assert capsys.readouterr().out == "crmlab is ready.\n"


def test_what_is_missing_is_named_with_the_remedy(capsys, monkeypatch):
    monkeypatch.setattr(session, "_NEEDED", ("pandas", "no-such-package"))
    session.setup()
    assert capsys.readouterr().out == "Missing: no-such-package. Mend it with: python scripts/bootstrap.py install\n"


def test_language_is_checked():
    with pytest.raises(ValueError, match="choose one of en, ko"):
        session.setup(language="de")


def test_axes_bear_the_currency_of_the_lesson():
    session.setup(currency="EUR")
    assert labels.word("value (currency)") == "value (EUR)"
    session.setup("ko", "KRW")
    assert labels.word("value (currency)") == "가치(KRW)"
    session.setup("ko")
    assert labels.word("value (currency)") == "가치(통화)"


def test_versions_name_what_the_numbers_depend_on():
    assert {"python", "crmlab", "pandas", "lifelines"} <= set(session.versions().index)


COMPANY = """
from pandas import DataFrame
from crmlab import session
from crmlab.company import Company
company = Company("shop", {"orders": DataFrame({"amount": [5.0]})}, "2025-12-31")
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., str]]:
    """Yield a function that runs a cell in the kernel of a lesson on contracts, and returns what it wrote.

    The kernel knows its notebook, and the cell has metadata, as from JupyterLab.
    """
    lesson = tmp_path_factory.mktemp("notebooks") / "my copy.ipynb"
    nbformat.write(new_notebook(metadata={"crmlab": {"tables": {"contracts": []}}}), lesson)
    environment = os.environ | {"JPY_SESSION_NAME": str(lesson)}
    manager, client = start_new_kernel(env=environment, extra_arguments=["--IPKernelApp.log_level=CRITICAL"])

    def written(source: str, **metadata: Any) -> str:
        request = client.session.msg("execute_request", {"code": source, "silent": False}, metadata=metadata)
        client.shell_channel.send(request)
        text = ""
        while True:
            message = client.get_iopub_msg(timeout=60)
            if message["parent_header"].get("msg_id") == request["header"]["msg_id"]:
                said = message["content"]
                text += "\n".join(said.get("traceback", [said.get("text", "")]))
                if said.get("execution_state") == "idle":
                    return text

    try:
        yield written
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_a_cell_whose_needs_are_unmet_is_left_out_with_a_sentence(run: Callable[..., str]) -> None:
    surveys = {"crmlab": {"needs": ["surveys.csat"]}}
    assert run(f"{COMPANY}session.setup()\nsession.setup()") == "crmlab is ready.\n" * 2
    says = "This part needs the table surveys, which this company lacks; docs/tables.md says what it holds.\n"
    assert run("print(1 / 0)", **surveys, cellId="x") == says
    assert run("print(len(company.orders))", crmlab={"needs": ["orders.amount"]}) == "1\n"
    assert run("print(2)") == "2\n"
    run("company = None")
    assert run("print(3)", **surveys) == "3\n"


def test_a_lesson_that_cannot_run_says_so_at_its_start_without_a_traceback(run: Callable[..., str]) -> None:
    said = run(f"{COMPANY}session.setup()", cellId="x")
    assert said.startswith("This lesson cannot run on shop: it needs the table contracts. docs/tables.md says")
    assert "\n" not in said
    assert run(f"{COMPANY}session.setup()") == "crmlab is ready.\n", "another notebook started this kernel"
    fit = COMPANY.replace("orders", "contracts")
    assert run(f"{fit}session.setup()", cellId="x") == "crmlab is ready.\n"
    assert run("del company\nsession.setup()", cellId="x") == "crmlab is ready.\n"
