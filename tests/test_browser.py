"""A learner's way through a lesson: a real JupyterLab, a real browser, all cells run by the menu, a slider moved by its key."""

import contextlib
import json
import os
import pathlib
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request

import nbformat
import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright: pip install -r tests/requirements.txt")

NOTEBOOKS = pathlib.Path(__file__).parent.parent / "notebooks"
FLAGS = """--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update
           --disable-sync"""
SETTINGS = {
    "notebook-extension/tracker": {"windowingMode": "none"},  # every cell stays in the page, also those out of sight
    "docmanager-extension/plugin": {"autosave": False},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True},
}
PIXELS = """img => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [img.naturalWidth, img.naturalHeight];
    canvas.getContext("2d").drawImage(img, 0, 0);
    return canvas.toDataURL();
}"""


@pytest.fixture(scope="module")
def browser():
    """Chromium, Chrome or Edge, where one is found."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    ways = [{"executable_path": path}] if path else [{"channel": "chrome"}, {"channel": "msedge"}]  # no path leads to these two
    with sync_api.sync_playwright() as playwright:
        for way in ways:
            try:
                found = playwright.chromium.launch(args=FLAGS.split(), **way)
            except sync_api.Error as error:
                if path:
                    raise
                reason = str(error).splitlines()[0]
            else:
                yield found
                return found.close()
        pytest.skip(f"needs Chromium, Chrome or Edge; the variable CHROMIUM may hold its path ({reason})")


@pytest.fixture
def lab(tmp_path):
    """The address of a JupyterLab of our own, isolated from the user's, on a copy of the notebooks without outputs."""
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        notebook = nbformat.read(path, 4)
        for cell in notebook.cells:
            if cell.cell_type == "code":  # so that a number beside a cell says that it was run here
                cell.outputs, cell.execution_count = [], None
        (tmp_path / "notebooks").mkdir(exist_ok=True)
        nbformat.write(notebook, tmp_path / "notebooks" / path.name)
    for name, values in SETTINGS.items():
        file = tmp_path / "settings/@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))
    folders = ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR", "JUPYTERLAB_WORKSPACES_DIR", "IPYTHONDIR")
    own = {name: str(tmp_path / name.lower()) for name in folders} | {"JUPYTERLAB_SETTINGS_DIR": str(tmp_path / "settings")}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port, token = free.getsockname()[1], secrets.token_hex(16)
    command = (
        f"-m jupyterlab --no-browser --allow-root --ServerApp.ip=127.0.0.1 --ServerApp.port={port} --ServerApp.port_retries=0"
    )
    with open(tmp_path / "server.log", "wb") as log:
        server = subprocess.Popen(
            [sys.executable, *command.split(), f"--IdentityProvider.token={token}"],
            cwd=tmp_path / "notebooks",
            env={**os.environ, **own},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield f"http://127.0.0.1:{port}", token, server, tmp_path / "server.log"
    finally:
        with contextlib.suppress(OSError):  # a polite end: the server ends its kernels first
            ask(f"http://127.0.0.1:{port}/api/shutdown", token, method="POST")
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(20)
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGKILL) if hasattr(os, "killpg") else server.kill()


def ask(url, token, method="GET"):
    """The server's answer, never by way of a proxy."""
    request = urllib.request.Request(url, method=method, headers={"Authorization": f"token {token}"})
    return urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60).read()


def wait_for(server, url, token, log, page):
    """Until the server answers; what it said if it ended instead."""
    while server.poll() is None:
        with contextlib.suppress(OSError):
            return ask(f"{url}/api/status", token)
        page.wait_for_timeout(100)
    pytest.fail(f"JupyterLab ended:\n{log.read_text(errors='replace')[-3000:]}")


def run_all_cells(page, path):
    """Run > Run All Cells. Returns when every code cell has its number; fails when one shows an error that is not its lesson."""
    code = [cell for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
    written = [i for i, cell in enumerate(code) if cell.source.strip()]
    sound = [i for i, cell in enumerate(code) if "raises-exception" not in cell.metadata.get("tags", [])]
    sync_api.expect(page.locator("#jp-main-statusbar")).to_contain_text("Idle")
    page.locator(".lm-MenuBar-itemLabel", has_text=re.compile("^Run$")).click()
    page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Run All Cells$")).click()
    state = page.wait_for_function(
        """([written, sound]) => {
            const red = "[data-mime-type='application/vnd.jupyter.error'], [data-mime-type='application/vnd.jupyter.stderr']";
            const cells = [...document.querySelectorAll(".jp-Notebook .jp-CodeCell")];
            const errors = sound.flatMap(i => [...cells[i].querySelectorAll(red)]);
            const numbers = written.map(i => cells[i].querySelector(".jp-InputPrompt").textContent);
            return (errors.length || numbers.every(n => /\\d/.test(n))) && {errors: errors.map(e => e.innerText)};
        }""",
        arg=[written, sound],
        timeout=180_000,
    )
    assert state.json_value()["errors"] == []


@pytest.mark.skipif(not list(NOTEBOOKS.glob("01_*.ipynb")), reason="there is no lesson 1")
def test_a_learner_runs_lesson_1_and_moves_a_slider(browser, lab):
    url, token, server, log = lab
    path = next(NOTEBOOKS.glob("01_*.ipynb"))
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.set_default_timeout(60_000)
    sync_api.expect.set_options(timeout=60_000)
    wait_for(server, url, token, log, page)
    page.goto(f"{url}/lab/tree/{path.name}?token={token}&reset")
    run_all_cells(page, path)

    cell = page.locator(".jp-Notebook .jp-CodeCell", has=page.locator(".noUi-handle")).first
    slider, picture = cell.locator(".noUi-handle").first, cell.locator("img.widget-image").element_handle()
    slider.wait_for()
    assert page.get_by_text("Error displaying widget").count() == 0
    slider.scroll_into_view_if_needed()
    page.wait_for_function("img => img.complete && img.naturalWidth", arg=picture)
    first = picture.evaluate(PIXELS)
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"([img, first]) => ({PIXELS})(img) != first", arg=[picture, first])
    assert page.get_by_role("alert").filter(has_text="No picture").count() == 0
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(f"([img, first]) => ({PIXELS})(img) == first", arg=[picture, first])
