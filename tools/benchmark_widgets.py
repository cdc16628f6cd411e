"""How fast a widget answers: from a key press to changed pixels.

    python tools/benchmark_widgets.py notebooks/01*.ipynb ...

Needs what tests/requirements.txt names, and takes a minute for each notebook.

In a real JupyterLab in headless Chromium it runs each notebook, focuses every control of every
widget, presses its keys (there and back again) and measures in the page the time to the first
animation frame that shows another picture, and the bytes that came from the server. A table:
median, 95th percentile and maximum in ms, kB per update, and the median as a part of what plain
`interact` with `plt.show` takes for two axes with two curves each, measured in the same run. Frames
come every 16.7 ms, so that no number is finer than that.
"""

import glob
import pathlib
import statistics
import sys
import tempfile

import browse
import nbformat
import record
from nbformat.v4 import new_code_cell, new_notebook

PLAIN = """import matplotlib.pyplot as plt, numpy as np
from ipywidgets import interact
def draw(z=0.0):
    figure, ax = plt.subplots(1, 2, figsize=(8, 3.2), layout="constrained")
    x = np.linspace(-8, 8, 321)
    for a, scale in zip(ax, (1, 2)):
        a.plot(x, np.tanh(x - scale * z), label="tanh")
        a.plot(x, np.sin(x + scale * z), label="sine")
        a.set(xlabel="z", ylabel="value", ylim=(-1.1, 1.1)); a.axvline(z); a.legend()
    plt.show()
_ = interact(draw, z=(-4.0, 4.0, 0.1))"""
PRESSES = 24
CONTROLS = {  # where a control takes its keys: (the keys there, the keys back)
    ".noUi-handle": ("ArrowRight", "ArrowLeft"),
    ".widget-toggle-buttons button": ("Enter", "Enter"),
    ".widget-checkbox input": ("Space", "Space"),
    "button.jupyter-button:has(.fa-step-forward)": ("Enter", "Enter"),
}


def measure(page, cell, place, keys, received):
    """[(ms, bytes)] of key presses at a control, half of them there, half back.

    A key press that changes nothing is left out.
    """
    buttons, found = place.count(), []
    for press in range(PRESSES):
        forth = press < PRESSES // 2
        target = place.nth(press % buttons) if buttons > 1 else place
        target.focus()
        received.clear()
        ms = browse.answer(page, cell, page.keyboard.press, keys[not forth])
        if ms is not None:
            found.append((ms, sum(map(len, received))))
        page.wait_for_timeout(60)
    return found


def controls(cell):
    """(name, what takes the keys, keys) of every control of a cell.

    An element takes them, or the elements of a row of buttons.
    """
    for kind, keys in CONTROLS.items():
        inputs = cell.locator(kind)
        groups = cell.locator(".widget-toggle-buttons") if "toggle" in kind else inputs
        for k in range(groups.count()):
            one = groups.nth(k).locator("button") if "toggle" in kind else inputs.nth(k)
            name = one.first.evaluate(
                "e => e.closest('.widget-inline-hbox')?.querySelector('.widget-label')?.innerText"
                " ?? 'step'"
            )
            yield name, one, keys


def benchmark(browser, server, name):
    """[(cell, control, [(ms, bytes), ...])] of all controls of a notebook."""
    received, found = [], []
    page = server.open(browser, name, received=received)
    if errors := server.run_all_cells(page, name):
        sys.exit("\n".join(errors))
    page.wait_for_timeout(1000)
    cells = page.locator(
        ".jp-Notebook .jp-CodeCell",
        has=page.locator(".jp-OutputArea :is(.widget-vbox:has(img), .widget-interact)"),
    )
    for k in range(cells.count()):
        cell = cells.nth(k)
        cell.scroll_into_view_if_needed()
        for label, place, keys in controls(cell):
            found.append(
                (k + 1, label, measure(page, cell.element_handle(), place, keys, received))
            )
    page.close()
    return found


def row(name, found, plain):
    """A line of the table."""
    ms = sorted(ms for ms, _ in found)
    if not ms:
        return f"{name:44} no key changed the picture"
    kb = statistics.median(size for _, size in found) / 1024
    middle, late = statistics.median(ms), ms[min(len(ms) - 1, int(0.95 * len(ms)))]
    part = middle / (plain or middle)
    return f"{name:44} {len(ms):3} {middle:7.0f} {late:6.0f} {ms[-1]:6.0f} {kb:6.0f} {part:8.2f}"


def main(patterns):
    paths = [
        pathlib.Path(path)
        for pattern in patterns
        for path in sorted(glob.glob(pattern)) or [pattern]
    ]
    if not paths or any(not path.exists() for path in paths):
        sys.exit(__doc__)
    with (
        tempfile.TemporaryDirectory() as folder,
        browse.chromium() as browser,
        browse.Jupyter(pathlib.Path(folder)) as server,
    ):
        server.add(
            new_notebook(cells=[new_code_cell(PLAIN)], metadata=record.METADATA), "plain.ipynb"
        )
        print(f"{'widget, control':44}   n  median    p95    max     kB  x interact")
        [(*_, found)] = benchmark(browser, server, "plain.ipynb")
        plain = statistics.median(ms for ms, _ in found)
        print(row("plain interact", found, plain), flush=True)
        for path in paths:
            server.add(nbformat.read(path, 4), path.name)
            for widget, control, found in benchmark(browser, server, path.name):
                print(row(f"{path.stem[:28]}, {widget}: {control}", found, plain), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
