"""A real Jupyter server of our own and a headless Chromium or Firefox.

The tests in a browser and the benchmarks of widgets and of the site share them.
"""

import contextlib
import importlib.metadata
import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import nbformat
from playwright import sync_api

FLAGS = """--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync
           --disable-background-networking --disable-component-update"""
OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"  # no other host is reached
SETTINGS = {
    # every cell stays in the page, also those out of sight
    "notebook-extension/tracker": {"windowingMode": "none"},
    "docmanager-extension/plugin": {"autosave": False},
    "apputils-extension/notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
}
# of a live lesson of the site: its kernel answers; every code cell has its number; the notebook
APP = """async () => {
    window.app = window.jupyterapp || window.jupyterlab;
    await app.restored;
    const session = app.shell.currentWidget.context.sessionContext;
    await session.ready;
    await session.session.kernel.info;
}"""
NUMBERED = """() => {
    const cells = app.shell.currentWidget.content.model.cells;
    for (const cell of cells)
        if (cell.type === "code" && cell.executionCount === null
            && cell.sharedModel.getSource().trim()) return false;
    return true;
}"""
NOTEBOOK = "() => app.shell.currentWidget.context.model.toJSON()"
PANEL = ".jp-CodeCell:has(img.widget-image)"
# what the picture of a panel looks like: a number; null while there is none
LOOK = """panel => {
    const img = panel.querySelector("img");
    if (!img || !img.complete || !img.naturalWidth) return null;
    const canvas = window.benchmark ??= new OffscreenCanvas(210, 80);
    const c = canvas.getContext("2d", {willReadFrequently: true});
    c.drawImage(img, 0, 0, canvas.width, canvas.height);
    const colours = new Uint32Array(c.getImageData(0, 0, canvas.width, canvas.height).data.buffer);
    return colours.reduce((hash, colour) => Math.imul(hash ^ colour, 16777619), 7);
}"""
WAIT = f"""panel => {{
    const look = {LOOK}, before = look(panel);
    let pressed = null;
    for (const kind of ["keydown", "pointerup"])
        addEventListener(kind, () => pressed ??= performance.now(), {{capture: true, once: true}});
    window.answer = new Promise(resolve => {{
        const watch = () => {{
            const now = performance.now(), seen = look(panel);  // looking takes time of its own
            if (pressed !== null && seen !== null && seen !== before) resolve(now - pressed);
            else if (pressed !== null && now - pressed > 3000) resolve(null);
            else requestAnimationFrame(watch);
        }};
        requestAnimationFrame(watch);
    }});
}}"""


@contextlib.contextmanager
def chromium(*flags):
    """Chromium, Chrome or Edge, where one is found; a LookupError where none is."""
    names = (
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
        "chrome",
        "msedge",
    )
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    # no path leads to these two
    ways = [{"executable_path": path}] if path else [{"channel": "chrome"}, {"channel": "msedge"}]
    with sync_api.sync_playwright() as playwright:
        for way in ways:
            try:
                found = playwright.chromium.launch(args=[*FLAGS.split(), *flags], **way)
            except sync_api.Error as error:
                if path:
                    raise
                reason = str(error).splitlines()[0]
            else:
                yield found
                return found.close()
        raise LookupError(
            f"needs Chromium, Chrome or Edge; the variable CHROMIUM may hold its path ({reason})"
        )


@contextlib.contextmanager
def firefox(settings):
    """Firefox as it is installed, with these settings of its about:config.

    A LookupError where none is found, or Playwright cannot drive the one that is found.
    """
    path = os.environ.get("FIREFOX") or shutil.which("firefox-esr") or shutil.which("firefox")
    if not path:
        raise LookupError("needs Firefox; the variable FIREFOX may hold its path")
    with sync_api.sync_playwright() as playwright:
        try:
            found = playwright.firefox.launch(
                channel="moz-firefox",  # not the Firefox that Playwright brings: by WebDriver BiDi
                executable_path=path,
                firefox_user_prefs=settings,
                timeout=60_000,
            )
            found.new_context().close()
        except sync_api.Error as error:
            reason = str(error).splitlines()[0]
            version = importlib.metadata.version("playwright")
            raise LookupError(f"playwright {version} cannot drive {path}: {reason}") from None
        yield found
        found.close()


class Jupyter:
    """JupyterLab, and Notebook 7 beside it, on `folder`/notebooks; ends with its `with`.

    It is isolated from the user's settings.
    """

    def __init__(self, folder):
        self.folder, self.log = folder / "notebooks", folder / "server.log"
        self.folder.mkdir(exist_ok=True)
        for name, values in SETTINGS.items():
            file = folder / "settings/@jupyterlab" / f"{name}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(values))
        folders = (
            "JUPYTER_CONFIG_DIR",
            "JUPYTER_RUNTIME_DIR",
            "JUPYTER_DATA_DIR",
            "JUPYTERLAB_WORKSPACES_DIR",
            "IPYTHONDIR",
        )
        own = {name: str(folder / name.lower()) for name in folders} | {
            "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings")
        }
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port, self.token = free.getsockname()[1], secrets.token_hex(16)
        self.url = f"http://127.0.0.1:{port}"
        command = "-m jupyterlab --no-browser --allow-root --ServerApp.ip=127.0.0.1"
        with open(self.log, "wb") as log:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    *command.split(),
                    f"--ServerApp.port={port}",
                    "--ServerApp.port_retries=0",
                    f"--IdentityProvider.token={self.token}",
                ],
                cwd=self.folder,
                env={**os.environ, **own},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def __enter__(self):
        return self

    def __exit__(self, *error):
        with contextlib.suppress(OSError):  # a polite end: the server ends its kernels first
            self.ask("api/shutdown", method="POST")
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(20)
        if self._process.poll() is None:
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()

    def ask(self, what, method="GET"):
        """The server's answer, never by way of a proxy."""
        request = urllib.request.Request(
            f"{self.url}/{what}", method=method, headers={"Authorization": f"token {self.token}"}
        )
        return (
            urllib.request.build_opener(urllib.request.ProxyHandler({}))
            .open(request, timeout=60)
            .read()
        )

    def add(self, notebook, name):
        """Put a copy of the notebook, without outputs, into the folder.

        A number beside a cell then says that it was run here.
        """
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        nbformat.write(notebook, self.folder / name)

    def open(self, browser, name, app="lab", received=None, **size):
        """A page with the notebook in JupyterLab ("lab") or Notebook 7 ("notebook").

        `received` gets what its kernel sends.
        """
        page = browser.new_page(viewport={"width": 1400, "height": 1000, **size})
        page.set_default_timeout(60_000)
        if received is not None:
            page.on(
                "websocket",
                lambda socket: socket.on("framereceived", lambda data: received.append(data)),
            )
        while self._process.poll() is None:
            with contextlib.suppress(OSError):
                self.ask("api/status")
                break
            time.sleep(0.1)
        else:
            raise RuntimeError(f"Jupyter ended:\n{self.log.read_text(errors='replace')[-3000:]}")
        place = "lab/tree" if app == "lab" else "notebooks"
        page.goto(f"{self.url}/{place}/{name}?token={self.token}&reset")
        page.locator(".jp-Notebook .jp-Cell").first.wait_for()
        for _ in range(600):  # Run asks for a kernel as long as the page has none
            kernels = [
                session["kernel"]
                for session in json.loads(self.ask("api/sessions"))
                if session["path"] == name
            ]
            if any(
                kernel["connections"] and kernel["execution_state"] == "idle" for kernel in kernels
            ):
                break
            page.wait_for_timeout(100)
        page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").first.wait_for(
            state="attached"
        )
        page.wait_for_timeout(500)
        return page

    def run_all_cells(self, page, name):
        """Run > Run All Cells; the errors that are not a lesson.

        Ends when every code cell has its number or one shows an error.
        """
        code = [
            cell for cell in nbformat.read(self.folder / name, 4).cells if cell.cell_type == "code"
        ]
        written = [i for i, cell in enumerate(code) if cell.source.strip()]
        sound = [
            i
            for i, cell in enumerate(code)
            if "raises-exception" not in cell.metadata.get("tags", [])
        ]
        _press_run_all(page)
        state = page.wait_for_function(
            """([written, sound]) => {
                const red = "[data-mime-type='application/vnd.jupyter.error'],"
                    + " [data-mime-type='application/vnd.jupyter.stderr']";
                const cells = [...document.querySelectorAll(".jp-Notebook .jp-CodeCell")];
                const errors = sound.flatMap(i => [...cells[i].querySelectorAll(red)]);
                const prompts = written.map(i => cells[i].querySelector(".jp-InputPrompt"));
                const ran = prompts.every(prompt => /\\d/.test(prompt.textContent));
                return (errors.length || ran) && {errors: errors.map(e => e.innerText)};
            }""",
            arg=[written, sound],
            timeout=300_000,
        )
        return state.json_value()["errors"]


def _press_run_all(page):
    page.locator(".lm-MenuBar-itemLabel", has_text=re.compile("^Run$")).click()
    page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Run All Cells$")).click()


def until_ready(page):
    """Wait until the kernel of a live lesson of the site answers."""
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    page.wait_for_function("window.jupyterapp || window.jupyterlab")
    page.evaluate(APP)


def run_all(page):
    """Run > Run All Cells in a live lesson of the site; the notebook as it is then."""
    until_ready(page)
    _press_run_all(page)
    page.wait_for_function(NUMBERED, timeout=600_000)
    page.wait_for_timeout(500)
    return nbformat.from_dict(page.evaluate(NOTEBOOK))


def draw(page, pad):
    """A seven on a pad, by the mouse."""
    pad.evaluate("pad => pad.scrollIntoView({block: 'center'})")
    place = pad.bounding_box()
    for k, (across, down) in enumerate([(0.3, 0.25), (0.7, 0.25), (0.45, 0.8)]):
        at = place["x"] + across * place["width"], place["y"] + down * place["height"]
        page.mouse.move(*at, steps=1 if k == 0 else 8)
        if k == 0:
            page.mouse.down()
    page.mouse.up()


def answer(page, panel, act, *arguments):
    """Milliseconds from a key or a pointer's end to the frame that shows another picture.

    panel: the element around the picture. act: called with the arguments, presses the key or draws
    the stroke. None where no other picture is seen within three seconds.
    """
    page.evaluate(WAIT, panel)
    act(*arguments)
    return page.evaluate("window.answer")
