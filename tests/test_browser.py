"""A learner's way through a lesson.

She has a real Jupyter and a real browser, runs all cells by the menu, and moves controls by their
keys.
"""

import pathlib

import nbformat
import pytest

pytest.importorskip(
    "playwright.sync_api", reason="needs playwright: pip install -r tests/requirements.txt"
)

import browse
import record

NOTEBOOKS = pathlib.Path(__file__).parent.parent / "notebooks"
LESSON = min(NOTEBOOKS.glob("01_*.ipynb"), default=None)
WRITTEN = min(NOTEBOOKS.glob("15_*.ipynb"), default=None)
# Notebook 7 keeps the arrow keys of whatever has the focus for its headings
KEYS = {"lab": ("ArrowRight", "ArrowLeft"), "notebook": ("PageUp", "PageDown")}
APPS = list(KEYS)
PICTURE = ".jp-OutputArea img.widget-image"
CANVAS = """const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [img.naturalWidth || 1, img.naturalHeight || 1];
    canvas.getContext("2d").drawImage(img, 0, 0);"""
DECODED = """pictures => [...document.querySelectorAll(pictures)]
    .every(img => img.complete && img.naturalWidth)"""
PIXELS = f"img => {{ {CANVAS} return canvas.toDataURL(); }}"
GREYS = f"""img => {{ {CANVAS}
    const grey = y => canvas.getContext("2d").getImageData(canvas.width / 2, y, 1, 1).data[0];
    return [0.25, 0.75].map(part => grey(part * canvas.height)); }}"""


@pytest.fixture(scope="module")
def browser():
    try:
        with browse.chromium() as found:
            yield found
    except LookupError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with browse.Jupyter(tmp_path_factory.mktemp("jupyter")) as running:
        yield running


@pytest.fixture
def opened(browser, server):
    """A function that opens a notebook, or one cell of source, runs it and returns its page."""
    pages = []

    def opened(notebook, app="lab", **size):
        if isinstance(notebook, str):
            notebook = nbformat.v4.new_notebook(
                cells=[nbformat.v4.new_code_cell(notebook)], metadata=record.METADATA
            )
        name = f"{len(list(server.folder.iterdir()))}.ipynb"
        server.add(notebook, name)
        pages.append(server.open(browser, name, app, **size))
        assert server.run_all_cells(pages[-1], name) == []
        pages[-1].locator(PICTURE).first.wait_for()
        pages[-1].wait_for_function(DECODED, arg=PICTURE)
        assert pages[-1].get_by_text("Error displaying widget").count() == 0
        return pages[-1]

    yield opened
    for page in pages:
        page.close()


def becomes(page, picture, pixels, same):
    """Wait until the picture shows these pixels, or others.

    The picture is found anew each time: the page may have drawn its cell again.
    """
    for _ in range(600):
        if (picture.evaluate(PIXELS) == pixels) == same:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"the picture is {'not ' * same}what it was before the first key")


@pytest.mark.skipif(not LESSON, reason="there is no lesson 1")
@pytest.mark.parametrize("app", APPS)
def test_a_learner_runs_lesson_1_and_moves_its_controls(opened, app):
    page = opened(nbformat.read(LESSON, 4), app)
    cell = page.locator(".jp-Notebook .jp-CodeCell", has=page.locator(".noUi-handle")).first
    picture = cell.locator("img.widget-image")
    picture.scroll_into_view_if_needed()
    page.wait_for_function(DECODED, arg=PICTURE)
    first = picture.evaluate(PIXELS)
    there, back = KEYS[app]
    handle = cell.locator(".noUi-handle").first
    value, low, high = (
        float(handle.get_attribute(f"aria-value{part}")) for part in ("now", "min", "max")
    )
    if value > (low + high) / 2:  # a page is several steps: away from the nearer end
        there, back = back, there
    for key, same in ((there, False), (back, True)):
        handle.press(key)  # with the focus: after Run All, the page may still give it to a cell
        becomes(page, picture, first, same)
        assert (float(handle.get_attribute("aria-valuenow")) == value) == same
    for same in (False, True):  # the loss that is not shown, then the first one again
        cell.locator(".widget-toggle-buttons button:not(.mod-active)").press("Enter")
        becomes(page, picture, first, same)
    assert page.get_by_role("alert").filter(has_text="No picture").count() == 0


SLOW = """import time
from dlcourse import widgets
drawn = []
def draw(ax=None, v=0):
    "The value above, the number of drawings below, each as a grey."
    time.sleep(0.15)
    drawn.append(v)
    ax.imshow([[v / 100], [len(drawn) / 100]], vmin=0, vmax=1, cmap="gray", aspect="auto")
    ax.set_axis_off()
    return ax
widgets.explore(draw, v=(0, 100))"""


def test_a_key_held_down_on_a_slow_widget_queues_no_pictures_and_ends_at_the_last_value(opened):
    page = opened(SLOW)
    picture, handle = page.locator(PICTURE).element_handle(), page.locator(".noUi-handle")
    handle.focus()
    for _ in range(60):
        page.keyboard.down("ArrowRight")  # again and again, as a key that is held
        page.wait_for_timeout(20)
    page.keyboard.up("ArrowRight")
    value = float(handle.get_attribute("aria-valuenow"))
    assert value == 60
    page.wait_for_function(
        f"([img, grey]) => Math.abs(({GREYS})(img)[0] - grey) < 2", arg=[picture, 255 * value / 100]
    )
    page.wait_for_timeout(1000)
    last, drawings = picture.evaluate(GREYS)
    assert abs(last - 255 * value / 100) < 2, "after the last key, no older value comes back"
    assert drawings * 100 / 255 < 40, (
        "while a picture is drawn, older values give way to newer ones"
    )


ALL_CONTROLS = """from dlcourse import widgets
from ipywidgets import FloatLogSlider
def draw(ax=None, hidden=3, unit="sigmoid", scale=1.0, width=30, measure="per weight (RMS)",
         grid=True, frame=0):
    "Two curves."
    for a in ax:
        a.plot([0, 1], [0, hidden], label="a")
        a.plot([0, 1], [frame, 0], label="b")
        a.set(xlabel="x")
        a.legend()
    return ax
measures = ["per weight (RMS)", "whole layer (norm)", "relative |dW| / |W|", "error signal"]
scales = FloatLogSlider(base=2, min=-2, max=4, step=0.25, description="weights times root of n")
units = ["sigmoid", "tanh", "relu"]
widgets.explore(draw, axes=2, hidden=(1, 19), unit=units, scale=scales, width=[10, 30, 60, 128],
                measure=measures, grid=True, frame=widgets.player(41))"""
BOXES = """() => {
    const kinds = ".widget-label, .slider-container, .widget-readout, .widget-toggle-button,"
        + " .widget-checkbox input, .jupyter-button, .widget-play, img.widget-image";
    const area = document.querySelector(".jp-OutputArea-child");
    const parts = [...area.querySelectorAll(kinds)]
        .filter(e => e.getClientRects().length && !e.querySelector(kinds));
    const box = e => Object.values(e.getBoundingClientRect().toJSON()).slice(0, 4);
    return parts.map(e => [e.innerText || e.className, ...box(e)]);
}"""


@pytest.mark.parametrize("app", APPS)
def test_on_a_narrow_screen_no_control_lies_on_another_or_on_the_picture(opened, app):
    page = opened(ALL_CONTROLS, app, width=700)
    boxes = page.evaluate(BOXES)
    assert len(boxes) > 20
    for k, (name, x, y, width, height) in enumerate(boxes):
        for other, x2, y2, width2, height2 in boxes[:k]:
            across, down = (
                min(x + width, x2 + width2) - max(x, x2),
                min(y + height, y2 + height2) - max(y, y2),
            )
            assert across <= 1 or down <= 1, f"{name!r} lies on {other!r}"
    picture = page.locator(PICTURE).bounding_box()
    assert picture["width"] > 300 and picture["x"] + picture["width"] <= 700


@pytest.mark.parametrize("app", APPS)
def test_every_control_has_a_name_a_value_that_can_be_read_and_the_focus_of_the_keyboard(
    opened, app
):
    page = opened(ALL_CONTROLS, app)
    area = page.locator(".jp-OutputArea-child").first
    sliders = area.locator(".widget-slider")
    names = [slider.locator(".widget-label").inner_text() for slider in sliders.all()]
    assert names == ["hidden", "weights times root of n", "frame"]
    assert [slider.locator(".widget-readout").inner_text() for slider in sliders.all()] == [
        "3",
        "1.00",
        "0",
    ]
    assert area.locator(".widget-toggle-buttons .widget-label").all_inner_texts() == [
        "unit",
        "width",
        "measure",
    ]
    area.locator(".noUi-handle").first.focus()
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate(
                "document.activeElement.closest('.jp-OutputArea-child')"
                " && document.activeElement.className"
            )
        )
    reached = " ".join(filter(None, reached))
    assert all(
        kind in reached
        for kind in ("noUi-handle", "widget-readout", "widget-toggle-button", "jupyter-button")
    )


TRAINING = """import time
from dlcourse import live
class Training:
    def set(self, v=30):
        self.v = v
        self.start()
    def start(self):
        self.step = 0
    def advance(self):
        time.sleep(0.002)
        self.step += 1
    def draw(self, ax):
        "The value above, the number of steps below, each as a grey."
        below = self.step % 100
        ax.imshow([[self.v / 100], [below / 100]], vmin=0, vmax=1, cmap="gray", aspect="auto")
        ax.set_axis_off()
        return ax
live.watch(Training(), v=(0, 100))"""


@pytest.mark.parametrize("app", APPS)
def test_a_training_goes_on_while_its_controls_answer(opened, app):
    page = opened(TRAINING, app)
    picture, play = page.locator(PICTURE), page.locator(".widget-toggle-button", has_text="play")
    play.click()
    changes = """async img => {
        const seen = new Set(), end = performance.now() + 3000;
        while (performance.now() < end) {
            seen.add(img.src);
            await new Promise(done => setTimeout(done, 10));
        }
        return seen.size; }"""
    assert picture.evaluate(changes) > 5, "a picture after each burst of steps"
    for _ in range(5):
        page.locator(".noUi-handle").press(KEYS[app][0])
    page.wait_for_function(f"img => ({GREYS})(img)[0] > {255 * 0.33}", arg=picture.element_handle())
    page.locator(".widget-toggle-button", has_text="pause").click()
    page.wait_for_timeout(1000)
    assert picture.evaluate(changes) == 1


PAD = """import ipywidgets
from dlcourse import live
pad, said = live.Pad(n=56, size=280), ipywidgets.Label()
def say(change):
    rows, columns = change.new.nonzero()
    said.value = "nothing"
    if len(rows):
        said.value = f"ink {rows.min()} {rows.max()} {columns.min()} {columns.max()}"
pad.observe(say, "ink")
ipywidgets.VBox([pad, said])"""


@pytest.mark.parametrize("app", APPS)
def test_what_a_mouse_draws_on_a_pad_arrives(browser, server, app):
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(PAD)], metadata=record.METADATA
    )
    server.add(notebook, f"pad-{app}.ipynb")
    page = server.open(browser, f"pad-{app}.ipynb", app)
    assert server.run_all_cells(page, f"pad-{app}.ipynb") == []
    pad = page.get_by_role("img", name="a pad to draw on")
    pad.wait_for()
    place = pad.bounding_box()
    page.mouse.move(place["x"] + 60, place["y"] + 101)
    page.mouse.down()
    page.mouse.move(place["x"] + 220, place["y"] + 101, steps=10)
    page.mouse.up()
    # five pixels of the page are one of the drawing: row 20, columns 12 to 44, a line ten wide
    said = page.locator(".widget-label", has_text="ink").inner_text()
    assert [int(k) for k in said.split()[1:]] == pytest.approx([15, 25, 7, 49], abs=1)
    page.get_by_role("button", name="clear").click()
    page.get_by_text("nothing", exact=True).wait_for()
    page.close()


def until_its_first_widget(path):
    """A lesson up to its first widget, without what is stored below the cells."""
    cells = nbformat.read(path, 4).cells
    end = next(k for k, cell in enumerate(cells) if "widget" in cell.metadata.get("tags", []))
    code = [nbformat.v4.new_code_cell(c.source) for c in cells[: end + 1] if c.cell_type == "code"]
    return nbformat.v4.new_notebook(cells=code, metadata=record.METADATA)


DRAWN = {  # a digit as the mouse draws it, in parts of the pad
    "7": [(0.3, 0.3), (0.65, 0.3), (0.5, 0.75)],
    "1": [(0.62, 0.2), (0.6, 0.5), (0.58, 0.8)],
    "0": [(0.5, 0.2), (0.35, 0.35), (0.32, 0.55), (0.4, 0.75), (0.55, 0.78), (0.66, 0.6)]
    + [(0.67, 0.4), (0.6, 0.24), (0.5, 0.2)],
}


@pytest.mark.skipif(not WRITTEN, reason="there is no lesson 15")
def test_a_learner_draws_digits_with_the_mouse_and_lesson_15_reads_them(opened):
    page = opened(until_its_first_widget(WRITTEN))
    pad, said = page.get_by_role("img", name="a pad to draw on"), page.locator("[role=status]")
    assert said.inner_text().startswith("The stored drawing is read as 3")
    page.locator(PICTURE).last.scroll_into_view_if_needed()
    for digit, points in DRAWN.items():
        first, place = page.locator(PICTURE).last.get_attribute("src"), pad.bounding_box()
        page.wait_for_timeout(100)
        for k, (x, y) in enumerate(points):
            at = place["x"] + x * place["width"], place["y"] + y * place["height"]
            page.mouse.move(*at, steps=1 if k == 0 else 8)
            if k == 0:
                page.mouse.down()
        page.mouse.up()
        page.get_by_text(f"Your drawing is read as {digit}, ").wait_for(timeout=10_000)
        assert page.locator(PICTURE).last.get_attribute("src") != first, "and the picture follows"
        page.get_by_role("button", name="clear").click()
        page.get_by_text("The stored drawing is read as 3").wait_for()
