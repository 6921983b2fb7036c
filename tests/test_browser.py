"""One lesson in a real browser: it runs but for what its company lacks, its slider moves its figure, and nothing leaves
the machine."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import nbformat
import pytest
from nbformat.v4 import new_code_cell

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[1]
LESSON = os.environ.get("CRMLAB_BROWSER_LESSON", "notebooks/11-when-customers-leave.ipynb")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
BROWSER = next((path for path in map(shutil.which, BROWSERS) if path), None)
REQUIRED = os.environ.get("CRMLAB_REQUIRE_BROWSER") == "1"
LOCAL = {"127.0.0.1", "localhost", "::1", None, ""}
SECONDS = 1000  # playwright counts milliseconds

UNMET = new_code_cell("1 / 0", metadata={"crmlab": {"needs": ["a_table_of_nobody"]}})
IDLE = "#jp-main-statusbar :text('| Idle')"

pytestmark = pytest.mark.skipif(BROWSER is None and not REQUIRED, reason="neither Chromium, Chrome nor Edge was found")

NUMBERED = """() => [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')]
  .filter(prompt => /\\d/.test(prompt.textContent)).length"""

# The picture beside the slider: the image in the nearest box that holds both.
PICTURE = """async slider => {
  for (let box = slider; box; box = box.parentElement) {
    const image = box.querySelector('img.widget-image, .widget-image img');
    if (!image) continue;
    const bytes = new Uint8Array(await (await fetch(image.src)).arrayBuffer());
    return Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))).join(' ');
  }
  return '';
}"""


WATCH = """
import os, socket, sys
LOCAL = {None, "", "localhost", "0.0.0.0", "::1", "::", socket.gethostname()}
def watch(event, arguments):
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event == "socket.connect" and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if host not in LOCAL and not host.startswith("127."):
        with open(os.environ["CRMLAB_WATCH"], "a", encoding="utf-8") as seen:
            seen.write(f"{event} {host}\\n")
sys.addaudithook(watch)
"""


@pytest.fixture
def watched(tmp_path: Path) -> dict[str, str]:
    """Return variables under which every Python writes down what it asks of the network."""
    folder = tmp_path / "watch"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    (folder / "seen.txt").touch()
    return {"PYTHONPATH": str(folder), "CRMLAB_WATCH": str(folder / "seen.txt")}


@pytest.fixture
def address(tmp_path: Path, watched: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Start JupyterLab as `make lab` does, on a copy of the lesson, and yield the address that it prints."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import verbs

    (tmp_path / "notebooks").mkdir()
    lesson = nbformat.read(ROOT / LESSON, as_version=4)
    for cell in lesson.cells:
        if cell.cell_type == "code":  # what is seen must come from this run
            cell.outputs, cell.execution_count = [], None
    lesson.cells.append(UNMET)
    nbformat.write(lesson, tmp_path / "notebooks" / Path(LESSON).name)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = verbs.lab_command(f"notebooks/{Path(LESSON).name}", tmp_path)
    command[0] = sys.executable
    command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0", "--no-browser"]
    environment = verbs.variables() | watched
    log = tmp_path / "server.log"
    with log.open("w", encoding="utf-8") as said:
        server = subprocess.Popen(command, env=environment, stdout=said, stderr=said)
    try:
        assert _until(lambda: _printed_address(log) or server.poll() is not None, 60)
        assert _printed_address(log), f"JupyterLab printed no address:\n{log.read_text(encoding='utf-8')}"
        yield _printed_address(log)
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:  # a server that is asked to stop may wait for ever for a thread of its own
            server.kill()
            server.wait()


def test_a_lesson_runs_in_the_browser_and_asks_nothing_of_the_network(address: str, watched: dict[str, str]) -> None:
    assert BROWSER, "CRMLAB_REQUIRE_BROWSER is 1, and neither Chromium, Chrome nor Edge was found"
    from playwright.sync_api import sync_playwright

    errors: list[str] = []
    requests: list[str] = []
    as_root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=BROWSER, args=[*as_root, "--disable-dev-shm-usage"])
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.set_default_timeout(60 * SECONDS)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        page.on("websocket", lambda websocket: requests.append(websocket.url))
        page.goto(address)
        _run_all_cells(page)
        last = page.locator(".jp-CodeCell .jp-OutputArea-output").last.inner_text()
        before, after = _move_the_slider(page)
        asked = page.locator(".jp-Dialog, .Toastify__toast").all_inner_texts()
        browser.close()

    assert after != before, "the slider moved and the figure stayed"
    assert last.startswith("This part needs the table a_table_of_nobody, which this company lacks")
    assert errors == []
    assert asked == [], "JupyterLab asks the reader something"
    assert [url for url in requests if _leaves_the_machine(url)] == []
    assert len(requests) > 20, "the listener saw nothing, so it proves nothing"
    assert Path(watched["CRMLAB_WATCH"]).read_text(encoding="utf-8") == "", "the server or the kernel asked the network"


def _printed_address(log: Path) -> str:
    found = re.search(r"http://127\.0\.0\.1:\S+token=\S+", log.read_text(encoding="utf-8", errors="replace"))
    return found.group() if found else ""


def _run_all_cells(page: Page) -> None:
    """Choose Run, Run All Cells, and wait until each cell has its number and the kernel rests."""
    cells = [cell for cell in nbformat.read(ROOT / LESSON, as_version=4).cells if cell.cell_type == "code"]
    expected = len([cell for cell in [*cells, UNMET] if cell.source.strip()])
    page.wait_for_selector(".jp-Notebook .jp-CodeCell")
    page.wait_for_selector(IDLE)  # before a kernel is connected, Run asks for one
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.locator('.lm-Menu-item[data-command="runmenu:run-all"]').click()
    assert _until(lambda: page.evaluate(NUMBERED) == expected, 180), (
        f"{page.evaluate(NUMBERED)} of {expected} cells ran"
    )
    page.wait_for_selector(IDLE)
    assert page.locator('[data-mime-type="application/vnd.jupyter.stderr"]').all_inner_texts() == []


def _move_the_slider(page: Page) -> tuple[str, str]:
    """Press an arrow key on the first slider, and return hashes of the figure before and after."""
    handle = page.locator(".jp-OutputArea .noUi-handle").first
    handle.scroll_into_view_if_needed()
    assert _until(lambda: handle.evaluate(PICTURE), 20), "the slider has no figure beside it"
    before = handle.evaluate(PICTURE)
    handle.focus()
    page.keyboard.press("ArrowRight")
    _until(lambda: handle.evaluate(PICTURE) != before, 20)
    return before, handle.evaluate(PICTURE)


def _until(true: Callable[[], object], seconds: float) -> bool:
    """Wait until something is true, and return whether it became so."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.2)
    return False


def _leaves_the_machine(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in LOCAL


def test_what_a_python_asks_of_the_network_is_seen(watched: dict[str, str]) -> None:
    asking = "import socket; s = socket.socket(); s.settimeout(0.1)"
    asking += "; s.connect_ex(('192.0.2.1', 9)); s.connect_ex(('127.0.0.1', 9))"
    subprocess.run([sys.executable, "-c", asking], env=os.environ | watched, check=True)
    assert Path(watched["CRMLAB_WATCH"]).read_text(encoding="utf-8") == "socket.connect 192.0.2.1\n"


@pytest.mark.parametrize(
    ("url", "leaves"),
    [
        ("http://127.0.0.1:8888/lab", False),
        ("ws://localhost:8888/api/kernels", False),
        ("data:image/png;base64,AA==", False),
        ("blob:http://127.0.0.1:8888/1", False),
        ("https://cdn.jsdelivr.net/npm/x.js", True),
        ("wss://example.org/socket", True),
    ],
)
def test_what_leaves_the_machine_is_told_from_what_stays(url: str, leaves: bool) -> None:
    assert _leaves_the_machine(url) is leaves
