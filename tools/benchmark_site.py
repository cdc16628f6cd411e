"""How fast is the browser edition? Its lessons beside the same work in Python on this machine.

    python tools/benchmark_site.py SITE [LESSON ...]

SITE is a folder that `python3 tools/course.py site` has built, of the course's version here; a
LESSON is its name or how that begins, as 05; without one, all are measured. Needs what
tests/requirements.txt names; a lesson takes from one minute to ten.

Each lesson is opened in a headless Chromium that has never seen the site and reaches no host but a
server of our own, first live, then in the book. The lines of the table:

* LESSON, live: `s` is seconds from the address entered until its kernel is ready;
* run all: seconds of Run > Run All Cells, from the menu to the end of the last cell; `here` is the
  same notebook in a kernel of this machine, its start not counted, and `x` how many times as long
  the browser takes. The moves are those of all its panels. The three slowest cells stand below;
* CELL, book: a panel of the lesson's page; `s` is seconds from "Make this move" until it moves. For
  the first panel of a page Python has to start.

A move is the press of a key at a slider, a choice, a box or a button (all but "play"), or a stroke
on a pad, that moves its control or the picture. Its ms are those until the first animation frame
that shows another picture, so that no number is finer than 16.7 ms; `none` counts moves without
another picture within three seconds, and the other figures are of those that had one. A slider goes
there and back, and a panel remembers pictures and draws some ahead: so it is for a learner, too.
For a panel of the book, `here` is the median ms of the same moves in Python on this machine, where
each is drawn anew, and `x` how many times as long the page takes.

No time is asserted. Where other programs run, these numbers say little: the load average, of the
programs that ran or waited for a core in the last minute, stands at both ends, the browser's own
among them.
"""

import contextlib
import datetime
import json
import os
import pathlib
import platform
import statistics
import sys
import tempfile
import time
import zipfile

# as the browser has it; read when NumPy is first imported
os.environ.update(dict.fromkeys(("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))

import browse
import build_site
import matplotlib
import nbformat
import numpy as np
import record

sys.path.insert(0, str(pathlib.Path(__file__).parent / "site"))
import panels

PRESSES = 12  # of a slider, a choice, a box, and of all buttons of a panel in turn
LONGEST = 300_000  # ms until a page, a kernel or a panel is there
# keeps the seconds of every cell that Run All Cells has run
CLOCK = """() => {
    let last = null;
    window.ran = [];
    addEventListener("pointerup", () => last = performance.now(), {capture: true});
    for (const cell of app.shell.currentWidget.content.model.cells) {
        if (cell.type !== "code") continue;
        cell.stateChanged.connect((_, {name, newValue}) => {
            if (name !== "executionCount" || newValue === null) return;
            const now = performance.now();
            window.ran.push([cell.id, (now - last) / 1000]);
            last = now;
        });
    }
}"""
# keeps the moves that a page of the book asks its worker for
SENT = """
const post = Worker.prototype.postMessage;
window.sent = [];
Worker.prototype.postMessage = function (message, ...more) {
    if (message.moves) window.sent.push(message.moves);
    return post.call(this, message, ...more);
};"""
# (value, lowest, highest) of a slider, of ipywidgets or the browser's own
PLACE = """e => e.matches("input") ? [e.value, e.min, e.max].map(Number)
    : ["now", "min", "max"].map(part => Number(e.getAttribute(`aria-value${part}`)))"""
# where the controls of a panel stand
STAND = """panel => JSON.stringify(
    [...panel.querySelectorAll("input, output, [role=slider], button, .widget-label")].map(e =>
        [e.value, e.checked, e.matches(".mod-active"), e.ariaValueNow, e.textContent]))"""
CHOICES = ".widget-toggle-buttons, fieldset"
OTHERS = "button:not(.mod-active), input:not(:checked)"
BUTTONS = "button.widget-button, .panel-controls button:not(:text-is('play'), :text-is('pause'))"
PAD = "canvas[aria-label='a pad to draw on']"


def moves(page, panel):
    """ms of all moves of a panel's controls, None for one without another picture.

    panel: the locator of the element around controls and picture.
    """
    found = []

    def moved(act, *arguments):
        """Whether that was a move."""
        before = panel.evaluate(STAND)
        ms = browse.answer(page, panel.element_handle(), act, *arguments)
        was_one = ms is not None or panel.evaluate(STAND) != before
        if was_one:
            found.append(ms)
        page.wait_for_timeout(60)
        return was_one

    for pad in panel.locator(PAD).all():
        moved(browse.draw, page, pad)
    for slider in panel.get_by_role("slider").all():
        for press in range(PRESSES):
            value, lowest, highest = slider.evaluate(PLACE)
            there = value == lowest or (press < PRESSES // 2 and value != highest)
            moved(slider.press, "ArrowRight" if there else "ArrowLeft")
    for choice in panel.locator(CHOICES).filter(visible=True).all():
        for press in range(PRESSES):
            others = choice.locator(OTHERS)
            moved(others.nth(press % others.count()).press, "Space")
    for box in panel.get_by_role("checkbox").all():
        for _ in range(PRESSES):
            moved(box.press, "Space")
    buttons = panel.locator(BUTTONS).filter(visible=True).all()
    for _ in range(PRESSES):
        if buttons:
            button = buttons.pop(0)
            if moved(button.press, "Space"):
                buttons.append(button)
    return found


@contextlib.contextmanager
def opened(address):
    """A page in a new browser."""
    with browse.chromium(browse.OFFLINE) as browser:
        page = browser.new_page(viewport={"width": 1300, "height": 1000})
        page.set_default_timeout(LONGEST)
        page.add_init_script(SENT)
        began = time.perf_counter()
        page.goto(address)
        yield page, began


def live(address, name):
    """(seconds until the kernel is ready, [(cell, seconds)], ms of all moves) of a live lesson."""
    with opened(f"{address}/{build_site.live(name)}") as (page, began):
        browse.until_ready(page)
        ready = time.perf_counter() - began
        page.evaluate(CLOCK)
        for cell in browse.run_all(page).cells:
            errors = [out.ename for out in cell.get("outputs", []) if out.output_type == "error"]
            if errors and "raises-exception" not in cell.metadata.get("tags", []):
                sys.exit(f"cell {cell.id} of the live lesson {name} raised {errors[0]}")
        page.wait_for_timeout(1000)
        places = page.locator(browse.PANEL).locator(".jp-OutputArea").all()
        ms = [ms for place in places for ms in moves(page, place)]
        return ready, page.evaluate("window.ran"), ms


def book(address, name):
    """[(cell, seconds until it moves, ms of all moves, what they were)] of a page's panels."""
    found = []
    with opened(f"{address}/{name}.html") as (page, _):
        page.wait_for_load_state("networkidle")
        for place in page.locator(".dlcourse-panel").all():
            began = time.perf_counter()
            place.get_by_role("button", name="Make this move").click()
            place.locator(".panel-controls:visible").wait_for()
            seconds = time.perf_counter() - began
            ms = moves(page, place)
            cell = place.get_attribute("id").removeprefix("panel-")
            found.append((cell, seconds, ms, page.evaluate("window.sent.splice(0)")))
    return found


def run_here(path):
    """Seconds of a notebook in a kernel of this machine, from its first cell to its last."""
    notebook = nbformat.read(path, 4)
    with tempfile.TemporaryDirectory() as folder:
        record.execute(notebook, folder)
    times = [cell.metadata.execution for cell in notebook.cells if "execution" in cell.metadata]
    first, last = times[0]["iopub.execute_input"], times[-1]["shell.execute_reply"]
    began, ended = map(datetime.datetime.fromisoformat, (first, last))
    return (ended - began).total_seconds()


def moves_here(path, sent):
    """{cell: ms of every move} of panels, made here; sent: {cell: the moves that a page sent}."""
    lesson, found = panels.Lesson(path.read_text(encoding="utf-8")), {}
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for cell, asked in sent.items():
            for name in lesson.missing(cell):
                lesson.run(name)
            shown, found[cell] = lesson.panel(cell), []
            for move in asked:
                began = time.perf_counter()
                shown.move(json.dumps(move))
                _ = shown.png, shown.state()  # what the page is sent
                found[cell].append(1000 * (time.perf_counter() - began))
    return found


def row(what, seconds, here=None, ms=(), ms_here=()):
    """A line of the table."""
    line = f"{what:36} {seconds:6.1f} "
    line += f"{here:6.1f} {seconds / here:5.1f} " if here else f"{'':13}"
    seen = sorted(one for one in ms if one is not None)
    if ms:
        line += f"{len(ms):6} {len(ms) - len(seen):5} "
    if seen:
        late = seen[min(len(seen) - 1, int(0.9 * len(seen)))]
        line += f"{statistics.median(seen):7.0f} {late:6.0f} {seen[-1]:6.0f} "
    if seen and ms_here:
        usual = statistics.median(ms_here)
        line += f"{usual:6.0f} {statistics.median(seen) / usual:5.1f}"
    return line.rstrip()


HEAD = (
    f"{'':36} {'s':>6} {'here':>6} {'x':>5} {'moves':>6} {'none':>5} {'median':>7} {'p90':>6} "
    f"{'max':>6} {'here':>6} {'x':>5}"
)


def benchmark(address, path):
    """Measure a lesson and print its lines. path: its notebook in the site."""
    ready, ran, ms = live(address, path.stem)
    print(row(f"{path.stem}, live", ready), flush=True)
    print(row("  run all", sum(seconds for _, seconds in ran), run_here(path), ms))
    slowest = sorted(ran, key=lambda cell: cell[1], reverse=True)[:3]
    told = ", ".join(f"{cell} {seconds:.1f} s" for cell, seconds in slowest)
    print(f"  the slowest cells: {told}", flush=True)
    found = book(address, path.stem)
    here = moves_here(path, {cell: asked for cell, *_, asked in found})
    for cell, seconds, ms, _ in found:
        print(row(f"  {cell}, book", seconds, None, ms, here[cell]), flush=True)


def load():
    """The load average, where the system has one."""
    return f"Load average: {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""


def versions(place):
    """The machine, and what runs on it and in the site's live lessons, which lie in `place`."""
    with browse.chromium(browse.OFFLINE) as browser:
        engine = browser.version
    lock = json.loads((place / "static/pyodide" / build_site.LOCK).read_text(encoding="utf-8"))
    found = {name: lock["packages"][name] for name in ("numpy", "matplotlib", "dlcourse")}
    with zipfile.ZipFile(place / "static/pyodide" / found["dlcourse"]["file_name"]) as wheel:
        compiled = "dlcourse/files/kernel.so" in wheel.namelist()
    return (
        f"{os.cpu_count()} cores. Browser: Chromium {engine}, Pyodide {lock['info']['version']}, "
        f"NumPy {found['numpy']['version']}, matplotlib {found['matplotlib']['version']}, "
        f"{'with' if compiled else 'without'} the compiled tools/site/kernel.cpp. Here: Python "
        f"{platform.python_version()}, NumPy {np.__version__}, matplotlib "
        f"{matplotlib.__version__}, one BLAS thread."
    )


def chosen(place, names):
    """The notebooks of the lessons that are named, of all without a name; SystemExit if unknown."""
    every = sorted((place / "files").glob("[0-9]*.ipynb"))
    if not every:
        sys.exit(f"{place} holds no live lessons: python3 tools/course.py site builds them")
    for name in names:
        if not any(path.stem.startswith(name) for path in every):
            sys.exit(f"No lesson's name begins with {name!r}: {', '.join(p.stem for p in every)}")
    return [path for path in every if not names or path.stem.startswith(tuple(names))]


def main(arguments):
    if not arguments or arguments[0].startswith("-"):
        sys.exit(__doc__)
    site = pathlib.Path(arguments[0]).resolve()
    place = site / "live" / build_site.version()
    paths = chosen(place, arguments[1:])
    print(versions(place))
    print(load())
    print(HEAD, flush=True)
    with build_site.served(site) as address:
        for path in paths:
            benchmark(address, path)
    print(load())


if __name__ == "__main__":
    main(sys.argv[1:])
