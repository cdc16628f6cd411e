"""The browser edition as a visitor has it: a browser that reaches no other host.

Two lessons are run in Chromium, and one in Firefox, where there is one; all of them in both where
the variable DLCOURSE_EVERY_LESSON is set. DLCOURSE_SITE names a site that is built already. Else
one is built, with the Pyodide that DLCOURSE_PYODIDE names or the one that tests/pyodide.py fetches.
"""

import base64
import functools
import html.parser
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import nbformat
import numpy as np
import pytest
from PIL import Image, ImageChops, ImageFilter

pytest.importorskip(
    "playwright.sync_api", reason="needs playwright: pip install -r tests/requirements.txt"
)

import browse
import build_site
import panels
import pyodide
from browse import OFFLINE, PANEL, draw, run_all
from test_browser import PIXELS

from dlcourse import widgets

LESSONS = [path.stem for path in build_site.lessons()]
EVERY = "DLCOURSE_EVERY_LESSON" in os.environ
RUN = LESSONS if EVERY else LESSONS[:2]
PAGES = ["index", *LESSONS, "GLOSSARY"]
NO_PROXY = {  # one that refuses, for every host but 127.0.0.1
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
}
BROWSERS = {
    "chromium": lambda: browse.chromium(OFFLINE),
    "firefox": lambda: browse.firefox(NO_PROXY),
}
RUNS = [("chromium", name) for name in RUN]
RUNS += [("firefox", name) for name in (LESSONS if EVERY else LESSONS[:1])]
in_every_browser = pytest.mark.parametrize("browser", BROWSERS, indirect=True)
MEASURED = re.compile(r"≈ *[-+]?[0-9][0-9.,]*(e[-+]?[0-9]+)?")  # as tests/sanitize.cfg has it


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of a site."""
    if built := os.environ.get("DLCOURSE_SITE"):
        return pathlib.Path(built).resolve()
    folder = tmp_path_factory.mktemp("site")
    source = os.environ.get("DLCOURSE_PYODIDE")
    if not source:
        source = tmp_path_factory.mktemp("pyodide")
        try:
            pyodide.fetch(source)
        except LookupError as error:
            pytest.skip(str(error))
    command = [sys.executable, str(build_site.HOME / "tools/course.py"), "site", str(folder)]
    variables = {**os.environ, "CI": "true", "DLCOURSE_PYODIDE": str(source)}
    said = subprocess.run(command, env=variables, capture_output=True, text=True)
    assert said.returncode == 0, said.stdout + said.stderr
    return folder


@pytest.fixture(scope="module")
def address(site):
    with build_site.served(site) as found:
        yield found


@pytest.fixture(scope="module")
def browser(request):
    try:
        with BROWSERS[getattr(request, "param", "chromium")]() as found:
            yield found
    except LookupError as error:
        pytest.skip(str(error))


@pytest.fixture
def opened(browser, address):
    """A function that opens a page of the site; in the end nothing may have gone wrong there."""
    contexts, wrong = {}, []

    def asked(request):
        if not request.url.startswith((address, "data:", "blob:")):
            wrong.append(f"asked another host: {request.url}")

    def opened(path, width=1300, touch=False):
        if touch not in contexts:
            contexts[touch] = browser.new_context(has_touch=touch)
            contexts[touch].on("request", asked)
        page = contexts[touch].new_page()
        page.set_default_timeout(120_000)
        page.set_viewport_size({"width": width, "height": 1000})
        page.on("console", lambda said: said.type == "error" and wrong.append(said.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(f"{address}/{path}")
        return page

    opened.wrong = wrong
    yield opened
    for context in contexts.values():
        context.close()
    assert wrong == []


ASK = "fetch('http://example.org/', {mode: 'no-cors'}).then(() => 'an answer', () => 'no way')"
IN_A_WORKER = f"""() => new Promise(done => {{
    const source = new Blob([`{ASK}.then(postMessage)`]);
    new Worker(URL.createObjectURL(source)).onmessage = ({{data}}) => done(data);
}})"""


@in_every_browser
@pytest.mark.parametrize("asks", [f"() => {ASK}", IN_A_WORKER], ids=["page", "worker"])
def test_another_host_is_out_of_reach_and_who_asks_it_is_found(opened, asks):
    assert opened("index.html").evaluate(asks) == "no way"
    assert "asked another host: http://example.org/" in opened.wrong
    opened.wrong.clear()


class Images(html.parser.HTMLParser):
    """The alt texts of the pictures of a page's own text."""

    def __init__(self, text):
        super().__init__()
        self.alts = []
        self.feed(text.partition("<article")[2].partition("</article>")[0])

    def handle_starttag(self, tag, attributes):
        if tag == "img":
            self.alts.append(dict(attributes).get("alt"))


@pytest.mark.parametrize("name", LESSONS)
def test_a_page_of_the_book_shows_every_stored_picture_with_its_words(site, name):
    stored = nbformat.read(build_site.HOME / "notebooks" / f"{name}.ipynb", 4)
    alts = [
        output.metadata["image/png"]["alt"]
        for cell in stored.cells
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]
    text = (site / f"{name}.html").read_text(encoding="utf-8")
    assert Images(text).alts == alts
    assert f'href="{build_site.live(name)}"' in text and f'href="live/{name}.html"' in text
    assert (site / "live" / build_site.version() / "files" / f"{name}.ipynb").exists()


BROKEN = """() => [...document.querySelectorAll("article img, .jp-OutputArea img")]
    .filter(img => !img.complete || !img.naturalWidth).map(img => img.src)"""
WIDE = "() => document.scrollingElement.scrollWidth - innerWidth"


@in_every_browser
@pytest.mark.parametrize("width", [1300, 390])
def test_the_book_is_read_on_any_screen_without_another_host(opened, width):
    for name in ("index", *RUN, "GLOSSARY"):
        page = opened(f"{name}.html", width)
        page.wait_for_load_state("networkidle")
        page.evaluate("window.MathJax?.startup?.promise")
        formulas = page.locator("article .math").count()
        assert page.locator("article .math mjx-container").count() == formulas
        assert page.locator("mjx-merror").count() == 0
        assert page.evaluate(BROKEN) == []
        assert page.evaluate(WIDE) <= 0, f"{name} is wider than {width} pixels"
        page.close()


def test_a_search_finds_the_lesson_that_explains_a_word(opened):
    page = opened("search.html?q=momentum")
    found = page.locator("#search-results li a")
    found.first.wait_for()
    assert any("06_optimizers" in link.get_attribute("href") for link in found.all())


def test_the_link_for_a_class_leads_to_the_newest_live_lesson(opened):
    page = opened(f"live/{LESSONS[0]}.html")
    page.wait_for_url(f"**/{build_site.live(LESSONS[0])}")
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()


def texts(cell):
    """What nbval compares of a cell: its streams, and the words of what it shows."""
    found = {}
    for output in cell.outputs:
        if output.output_type == "stream":
            found[output.name] = found.get(output.name, "") + "".join(output.text)
        elif output.output_type == "error":
            found["error"] = found.get("error", "") + output.ename
        else:
            for kind in ("text/plain", "text/html"):
                if kind in output.data:
                    found[kind] = found.get(kind, "") + "".join(output.data[kind])
    return {kind: MEASURED.sub("MEASURED", text) for kind, text in found.items()}


def cell_of(control):
    return control.locator("xpath=ancestor::*[contains(@class, 'jp-CodeCell')]")


def answered(page, control, act):
    """Act on a control of a panel: its picture changes."""
    control.scroll_into_view_if_needed()
    cell = cell_of(control)
    picture = cell.locator("img.widget-image").first.element_handle()
    before = picture.get_attribute("src")
    act()
    page.wait_for_function("([img, src]) => img.src !== src", arg=[picture, before])


@pytest.mark.parametrize(("browser", "name"), RUNS, indirect=["browser"])
def test_a_live_lesson_runs_whole_and_says_what_is_stored(opened, name):
    page = opened(build_site.live(name))
    ran = run_all(page)
    stored = nbformat.read(build_site.HOME / "notebooks" / f"{name}.ipynb", 4)
    assert [cell.id for cell in ran.cells] == [cell.id for cell in stored.cells]
    for new, old in zip(ran.cells, stored.cells, strict=True):
        if old.cell_type == "code" and "nbval-ignore-output" not in old.metadata.get("tags", []):
            assert texts(new) == texts(old), f"cell {old.id}"
    assert page.evaluate(BROKEN) == []
    assert page.get_by_text("Error displaying widget").count() == 0
    sliders = page.locator(f"{PANEL} .noUi-handle").filter(visible=True).all()
    choices = page.locator(f"{PANEL} .widget-toggle-buttons").all()
    pads = page.locator(f"{PANEL} canvas[aria-label='a pad to draw on']").all()
    assert sliders or choices or pads, "a lesson has a panel"
    for slider in sliders:
        at_end = slider.get_attribute("aria-valuenow") == slider.get_attribute("aria-valuemax")
        answered(page, slider, lambda: slider.press("PageDown" if at_end else "PageUp"))  # noqa: B023
        answered(page, slider, cell_of(slider).get_by_role("button", name="start again").click)
    for choice in choices:
        answered(page, choice, choice.locator("button:not(.mod-active)").first.click)
        answered(page, choice, cell_of(choice).get_by_role("button", name="start again").click)
    for pad in pads:
        answered(page, pad, lambda: draw(page, pad))  # noqa: B023
    if pads:  # of digits, and of letters
        page.get_by_text("Your drawing is read as 7").wait_for()
        page.get_by_text("Your drawing is read as").nth(1).wait_for()
    assert page.get_by_role("alert").filter(has_text="No picture").count() == 0


def test_a_live_lesson_fits_a_phone(opened):
    page = opened(build_site.live(LESSONS[0]), 390)
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    page.locator(".jp-Notebook h1").first.wait_for()
    assert page.evaluate(WIDE) <= 0
    width = page.locator(".jp-Notebook .jp-CodeCell").first.bounding_box()["width"]
    assert 300 < width <= 390


CHANGED = "([img, src]) => img.src !== src && img.complete && img.naturalWidth"
SIZE = "img => [img.naturalWidth, img.naturalHeight, img.clientWidth]"


def beyond(image, other):
    """How far each pixel of an image is from all that another has there and next to it."""
    low, high = (other.filter(kind(3)) for kind in (ImageFilter.MinFilter, ImageFilter.MaxFilter))
    return ImageChops.add(ImageChops.subtract(low, image), ImageChops.subtract(image, high))


def change(before, after):
    """What is new or gone in a picture, 0 to 255 for each spot of 8 x 8 pixels.

    What moves by two pixels, as a letter after a number that got wider, is neither.
    """
    before, after = before.reduce(2), after.reduce(2)
    both = ImageChops.lighter(beyond(after, before), beyond(before, after))
    return functools.reduce(ImageChops.lighter, both.split()).reduce(4)


def unlike(a, b):
    """The most of one change that is not in the other, there or in two spots around."""
    ways = ((one, other.filter(ImageFilter.MaxFilter(5))) for one, other in ((a, b), (b, a)))
    return max(ImageChops.subtract(one, around).getextrema()[1] for one, around in ways)


UNLIKE = 75  # two versions of matplotlib: up to 57; a letter left behind, most other values: more
APART = {"08-activations-037: step 320"}  # at a rate so large, last digits decide who falls asleep


def image_of(png):
    return Image.open(io.BytesIO(png)).convert("RGB")


class Moved:
    """A panel of the book's page that a visitor moves."""

    def __init__(self, page, place):
        self.page, self.place = page, place
        self.image = place.locator("img")

    def start(self):
        self.answered(self.place.get_by_role("button", name="Make this move").click)
        self.place.get_by_role("group", name="Controls of the picture above").wait_for()

    def answered(self, act):
        """Do something, wait for the picture that answers, and return it."""
        image = self.image.element_handle()
        before = image.evaluate("img => img.src")
        act()
        self.page.wait_for_function(CHANGED, arg=[image, before])
        assert self.place.locator(".panel-wrong").count() == 0, self.place.inner_text()
        return self.picture()

    def picture(self):
        return image_of(base64.b64decode(self.image.evaluate(PIXELS).partition(",")[2]))

    def start_again(self):
        return self.answered(self.place.get_by_role("button", name="start again").click)

    def controls(self, about):
        """(what `about`, of Shown, says of it, the control) for each that is seen."""
        boxes = self.place.locator(".panel-controls > *").all()[:-1]  # the last starts again
        return [pair for pair in zip(about, boxes, strict=True) if pair[1].is_visible()]


def ways(about, control, at):
    """{place in its list of values: the function that moves a control there}, in turn.

    at: the place where it stands before.
    """
    last = len(about["texts"]) - 1
    if about["kind"] == "buttons":
        radios = control.get_by_role("radio").all()
        return {to: radio.check for to, radio in enumerate(radios) if to != at}
    if about["kind"] == "list":
        select = control.get_by_role("combobox").select_option
        return {to: functools.partial(select, index=to) for to in range(last + 1) if to != at}
    if about["kind"] == "box":
        return {1 - at: control.get_by_role("checkbox").click}
    if about["kind"] == "again":
        return {(at + 1) % (last + 1): control.get_by_role("button").click}
    press = control.get_by_role("slider").press
    found = {last: functools.partial(press, "End")} if at != last else {}
    found[0] = functools.partial(press, "Home")
    if about["kind"] == "player":
        found[1] = control.get_by_role("button", name="step on").click
    return found


@pytest.mark.parametrize(("browser", "name"), RUNS, indirect=["browser"])
def test_every_control_of_every_panel_moves_the_picture_in_the_book(opened, name, monkeypatch):
    """What a move changes is what it changes here, where other versions draw and compute."""
    monkeypatch.chdir(build_site.HOME / "notebooks")
    lesson = panels.Lesson(pathlib.Path(f"{name}.ipynb").read_text(encoding="utf-8"))
    page = opened(f"{name}.html")
    places = page.locator(".dlcourse-panel").all()
    assert [place.get_attribute("id") for place in places] == [f"panel-{id}" for id in lesson.needs]
    for cell, place in zip(lesson.needs, places, strict=True):
        for needed in lesson.missing(cell):
            lesson.run(needed)
        panel, here = Moved(page, place), lesson.panel(cell)
        size, words = panel.image.evaluate(SIZE), panel.image.get_attribute("alt")
        panel.start()
        assert panel.image.evaluate(SIZE) == size
        assert panel.image.get_attribute("alt") == words
        first, first_here = panel.picture(), image_of(here.png)
        sheet = Image.new("RGB", first.size, "white")
        assert unlike(change(sheet, first), change(sheet, first_here)) < UNLIKE, cell
        began = json.loads(here.state())["controls"]
        for about, control in panel.controls(json.loads(here.about())):
            at, moved = began[about["name"]]["at"], []
            for to, act in ways(about, control, at).items():
                moved.append(panel.answered(act))
                here.move(json.dumps({about["name"]: to}))
                changes = change(first, moved[-1]), change(first_here, image_of(here.png))
                move = f"{cell}: {about['label']} {about['texts'][to]}"
                assert unlike(*changes) < UNLIKE or move in APART, move
                now = panel.image.get_attribute("alt")
                assert now == words if to == at else now.endswith(f"As it began: {words}")
            assert any(picture != first for picture in moved), f"{cell}: {about['label']}"
            assert panel.start_again() == first
            here.move("{}")


def test_a_picture_is_seen_that_keeps_what_has_moved_or_shows_another_value():
    def draw(ax, left=0):
        ax.imshow(np.eye(5), extent=(left, left + 1, 0, 1), cmap="gray", aspect="auto")
        ax.set(xlim=(0, 9), ylim=(0, 3), title=f"at {left}")
        return ax

    panel = panels.Shown(widgets.explore(lambda ax=None, left=0: draw(ax, left), left=(0, 8)))
    pictures = []
    for left in (0, 4, 5):
        panel.move(json.dumps({"left": left}))
        pictures.append(image_of(panel.png))
    first, fourth, fifth = pictures
    expected = change(first, fourth)
    left_behind = ImageChops.darker(first, fourth)
    assert unlike(change(first, left_behind), expected) > UNLIKE
    assert unlike(change(first, fifth), expected) > UNLIKE
    assert unlike(change(first, first), expected) > UNLIKE
    otherwise_laid_out = (ImageChops.offset(picture, 5, -4) for picture in (first, fourth))
    assert unlike(change(*otherwise_laid_out), expected) < UNLIKE


def started(opened, name, **more):
    """The first panel of a lesson, and it moves."""
    page = opened(f"{name}.html", **more)
    panel = Moved(page, page.locator(".dlcourse-panel").first)
    panel.start()
    return panel


@in_every_browser
def test_the_newest_value_wins_in_the_book(opened):
    panel = started(opened, LESSONS[0])
    slider = panel.place.get_by_role("slider").first
    panel.answered(lambda: slider.press("End"))
    last = panel.image.evaluate(PIXELS)
    highest = slider.get_attribute("aria-valuetext")
    panel.answered(lambda: slider.press("Home"))
    for _ in range(int(slider.get_attribute("max"))):
        slider.press("ArrowRight")
    image = panel.image.element_handle()
    panel.page.wait_for_function(f"([img, last]) => ({PIXELS})(img) === last", arg=[image, last])
    assert slider.get_attribute("aria-valuetext") == highest
    assert panel.place.locator("output").first.inner_text() == highest


@pytest.mark.parametrize("browser", BROWSERS if EVERY else ["chromium"], indirect=True)
def test_a_player_plays_in_the_book_until_it_is_stopped(opened):
    panel = started(opened, LESSONS[1])
    slider = panel.place.get_by_role("slider", name="steps")
    panel.answered(panel.place.get_by_role("button", name="play").click)
    panel.answered(lambda: None)
    panel.place.get_by_role("button", name="pause").click()
    reached = int(slider.input_value())
    assert reached >= 2
    panel.page.wait_for_timeout(1000)
    assert int(slider.input_value()) == reached
    panel.place.get_by_role("button", name="play").wait_for()


def test_a_finger_moves_a_panel_of_the_book_on_a_phone(opened):
    panel = started(opened, LESSONS[1], width=390, touch=True)
    assert panel.page.evaluate(WIDE) <= 0
    slider = panel.place.get_by_role("slider").first
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box["height"] >= 40 and box["x"] >= 0 and box["x"] + box["width"] <= 390
    tap = (box["x"] + 0.9 * box["width"], box["y"] + box["height"] / 2)
    first = panel.picture()
    assert panel.answered(lambda: panel.page.touchscreen.tap(*tap)) != first


def test_where_python_does_not_start_the_page_says_why_and_tries_again(opened):
    page = opened(f"{LESSONS[0]}.html")
    where, kind = "**/static/pyodide/pyodide.mjs", "text/javascript"
    broken = "export function loadPyodide() { throw new Error('no memory left'); }"
    page.context.route(where, lambda route: route.fulfill(body=broken, content_type=kind))
    place = page.locator(".dlcourse-panel").first
    before = place.locator("img").get_attribute("src")
    place.get_by_role("button", name="Make this move").click()
    again = place.get_by_role("button", name="Try again")
    again.wait_for()
    assert "no memory left" in place.get_by_role("status").inner_text()
    assert place.locator("img").get_attribute("src") == before
    page.context.unroute(where)
    Moved(page, place).answered(again.click)
    assert again.count() == 0 and place.get_by_role("slider").count()


MINE = """async path => {
    const contents = app.serviceManager.contents, model = await contents.get(path, {content: true});
    model.content.cells[0].source = "my own work";
    await contents.save(path, model);
}"""
FIRST = """async path => {
    const model = await app.serviceManager.contents.get(path, {content: true});
    return [model.content.cells[0].source].flat().join("");
}"""


@in_every_browser
def test_a_new_version_has_its_own_lessons_and_keeps_old_work(opened, site):
    """A version is an address of its own, and a browser keeps what was written by address."""
    name, old = f"{LESSONS[0]}.ipynb", site / "live" / build_site.version()
    new = old.with_name("999")
    shutil.copytree(old, new, copy_function=os.link)
    try:
        for folder, script, first in (
            (old.name, MINE, "my own work"),
            (new.name, "() => null", "# 00 Before you start"),
            (old.name, "() => null", "my own work"),
        ):
            page = opened(f"live/{folder}/tree/index.html")
            page.wait_for_function("window.jupyterapp || window.jupyterlab")
            page.evaluate(
                "async () => { window.app = window.jupyterapp || window.jupyterlab;"
                " await app.restored; }"
            )
            page.evaluate(script, name)
            assert page.evaluate(FIRST, name).startswith(first)
            page.close()
    finally:
        shutil.rmtree(new)


def test_what_is_not_pyodide_is_told_and_the_site_that_was_there_stays(tmp_path, monkeypatch):
    monkeypatch.setenv("DLCOURSE_PYODIDE", str(tmp_path))
    with pytest.raises(SystemExit, match="no pyodide-lock.json in DLCOURSE_PYODIDE=.*Set DLC"):
        build_site.pyodide(tmp_path)
    damaged = tmp_path / "pyodide.zip"
    damaged.write_bytes(b"PK")
    monkeypatch.setenv("DLCOURSE_PYODIDE", str(damaged))
    with pytest.raises(SystemExit, match="is no archive that can be read"):
        build_site.pyodide(tmp_path)
    (tmp_path / "pyodide-lock.json").write_text(json.dumps({"packages": {}}), encoding="utf-8")
    monkeypatch.setenv("DLCOURSE_PYODIDE", str(tmp_path))
    files = build_site.pyodide(tmp_path)
    with pytest.raises(SystemExit, match="has no package .*Set DLCOURSE_PYODIDE"):
        build_site.make_pyodide(files, {}, tmp_path / "made")
    (tmp_path / "other").mkdir()
    (tmp_path / "other/thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(SystemExit, match="holds something else than a site"):
        build_site.build(tmp_path / "other")
    assert (tmp_path / "other/thesis.txt").read_text(encoding="utf-8") == "mine"


def test_the_release_is_fetched_once_file_by_file(tmp_path, monkeypatch):
    """From a server of our own in the place of the release's."""
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "pyodide.mjs").write_text("export {}", encoding="utf-8")
    monkeypatch.delenv("DLCOURSE_PYODIDE", raising=False)
    monkeypatch.setattr(build_site, "CACHE", tmp_path / "cache")
    with build_site.served(shop) as address:
        monkeypatch.setattr(build_site, "RELEASE", f"{address}/")
        files = build_site.pyodide(tmp_path)
        files.copy("pyodide.mjs", tmp_path)
        assert (tmp_path / "pyodide.mjs").read_text(encoding="utf-8") == "export {}"
        with pytest.raises(SystemExit, match=f"in {address}/ has no numpy.whl. Set DLC"):
            files.copy("numpy.whl", tmp_path)
    build_site.pyodide(tmp_path).copy("pyodide.mjs", tmp_path / "again.mjs")
    with pytest.raises(SystemExit, match="cannot be had from .*Set DLCOURSE_PYODIDE"):
        files.copy("numpy.whl", tmp_path)
