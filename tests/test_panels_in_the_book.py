"""Panels in the book: which cells they need, and what Python tells the page about them.

That a panel of a lesson needs no others than it names is tested where lessons are run, in
test_notebooks.py; the page itself in test_site.py.
"""

import asyncio
import json

import ipywidgets
import nbformat
import needs
import panels
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from dlcourse import live, widgets

SETUP = "import numpy as np\nfrom dlcourse import widgets"
DRAW = """def draw(ax=None, a=1):
    "A line as high as it says, and a second one."
    ax.set(xlim=(0, 1), ylim=(-9, 99))
    ax.plot([a, height[0]])
    return ax"""


def lesson_of(*sources):
    """A notebook of these code cells, named a, b, c, ...; the last is a widget's."""
    cells = [
        new_code_cell(source, id=name) for source, name in zip(sources, "abcdefgh", strict=False)
    ]
    cells[-1].metadata["tags"] = ["widget"]
    return new_notebook(cells=cells)


EXPLORE = "widgets.explore(draw, a=(0, 5))"


@pytest.mark.parametrize(
    ("between", "found"),
    [
        (["height = [1]", "other = 2", DRAW], "abd"),
        (["height = [1]", "height = [2]", DRAW], "acd"),
        (["n = 3", "height = [n]", "n = 4", DRAW], "abce"),
        (["n = 3", "height = []\nfor n in [1]:\n    height = [n]", DRAW], "acd"),
        (["height = [1]", "height[0] = 7", "print(height)", DRAW], "abce"),
        (["def grow(x):\n    x[0] += 1", "height = [1]", "grow(height)", DRAW], "abcde"),
        # a function meets a name as it is when it is called
        (["def make():\n    return [n]", "n = 5", "height = make()", "n = 6", DRAW], "abcdf"),
        ([DRAW, "height = [1]", "pairs = [height for height in [1]]"], "abc"),
    ],
)
def test_the_cells_that_a_panel_needs_are_found(between, found):
    notebook = lesson_of(SETUP, *between, EXPLORE)
    (listed,) = needs.needs_of(notebook).values()
    assert "".join(listed) == found


def test_pictures_are_alike_that_the_eye_takes_for_the_same_and_no_others():
    def pictures(height):
        panel = widgets.explore(lambda ax, v=1.0: ax.plot([0, height, v, 9]), v=(0.0, 5.0))
        return needs.pictures(panels.Shown(panel))

    assert needs.alike(pictures(1), pictures(1 + 1e-6))
    assert not needs.alike(pictures(1), pictures(1.5))
    assert not needs.alike(None, pictures(1)) and not needs.alike(pictures(1)[:1], pictures(1))


def test_a_panel_that_the_book_cannot_show_gets_no_list():
    draw = "def draw(ax=None, ink=None):\n    return ax"
    pad = lesson_of(
        "from dlcourse import live, widgets", draw, "widgets.explore(draw, ink=live.Pad())"
    )
    assert needs.needs_of(pad) == {}


def test_what_is_found_is_stored_and_nothing_else_changes(tmp_path):
    path = tmp_path / "01_x.ipynb"
    notebook = lesson_of(SETUP, "height = [1]", DRAW, EXPLORE)
    notebook.cells[0].metadata["tags"] = ["setup"]
    path.write_text(needs.record.written(notebook), encoding="utf-8")
    needs.write(path)
    stored = nbformat.read(path, 4)
    assert stored.cells[3].metadata.pop("dlcourse") == {"needs": ["a", "b", "c"]}
    assert stored == notebook


def drawn(ax=None, start=0, step=4, unit="ReLU", k=2, scale=1.0, much=False, one="x", rate=0.1):
    """A line for each of eight controls, and nothing else."""
    ax.set(xlim=(0, 1), ylim=(-100, 100))
    ax.plot([start, step, len(unit), k, scale, much, len(one), rate])
    return ax


def controls():
    slider = ipywidgets.FloatLogSlider(base=2, min=-2, max=3, step=0.25)
    return {
        "start": widgets.again(3),
        "step": widgets.player([0, 1, 4, 16], interval=50),
        "unit": ["sigmoid", "ReLU"],
        "k": (0, 3),
        "scale": widgets.landmarks(slider, {"1/3": 1 / 3, "He": 2**0.5}),
        "much": False,
        "one": ipywidgets.Dropdown(options=[("first", "x"), ("second", "yy")]),
        "rate": (0.0, 1.0, 0.1),
    }


@pytest.fixture
def shown():
    return panels.Shown(widgets.explore(drawn, **controls()))


def test_the_page_is_told_what_each_control_is_and_what_its_values_are_called(shown):
    told = {one["name"]: one for one in json.loads(shown.about())}
    kinds = {name: one["kind"] for name, one in told.items()}
    assert list(kinds.values()) == "again player buttons slider slider box list slider".split()
    assert told["step"]["texts"] == ["0", "1", "4", "16"] and told["step"]["interval"] == 50
    assert told["start"]["label"] == "draw again" and told["one"]["label"] == "one"
    assert told["one"]["texts"] == ["first", "second"] and told["k"]["texts"] == list("0123")
    assert told["rate"]["texts"][3] == "0.30"
    scale = told["scale"]
    assert [scale["texts"][place] for place in scale["marks"].values()] == ["0.333", "1.41"]
    assert scale["texts"] == sorted(scale["texts"], key=float) and len(scale["texts"]) == 22


def test_every_value_that_is_told_can_be_moved_to_and_is_then_where_the_control_stands(shown):
    start, first = json.loads(shown.state()), shown.png
    assert start["error"] is None and first.startswith(b"\x89PNG")
    for name, values in shown.choices.items():
        for place in range(len(values)):
            shown.move(json.dumps({name: place}))
            state = json.loads(shown.state())
            assert state["controls"][name]["at"] == place and state["error"] is None
    assert shown.png != first
    shown.move("{}")
    assert json.loads(shown.state()) == start and shown.png == first


def test_the_page_is_told_what_goes_wrong_and_what_is_hidden():
    def draw(ax=None, a=1, b=2):
        ax.set_title(f"{10 // a}")
        return ax

    panel = widgets.explore(draw, a=(0, 3), b=(0, 3))
    panel.controls["b"].layout.visibility = "hidden"
    shown = panels.Shown(panel)
    shown.move('{"a": 0}')
    state = json.loads(shown.state())
    assert state["error"].startswith("No picture for a = 0") and "ZeroDivision" in state["error"]
    assert [control["hidden"] for control in state["controls"].values()] == [False, True]


def test_a_control_without_a_list_of_values_is_told():
    with pytest.raises(LookupError, match="Pad has no list of values"):
        panels.choices(live.Pad())


def test_what_ran_for_one_panel_serves_the_next_and_no_cell_runs_out_of_its_order(capsys):
    notebook = lesson_of(SETUP, "height = [1]", DRAW, EXPLORE, "height = [2]", "a = 3", EXPLORE)
    for place, listed in ((3, "abc"), (6, "ace")):
        notebook.cells[place].metadata["dlcourse"] = {"needs": list(listed)}
    lesson = panels.Lesson(nbformat.writes(notebook))
    ran = []
    for panel in "dgdgg":
        missing = lesson.missing(panel)
        ran.append("".join(missing))
        for name in missing:
            lesson.run(name)
        assert lesson.panel(panel).png
    assert ran == ["abc", "e", "abc", "e", ""]
    lesson.run("f")
    assert capsys.readouterr().out == ""


def test_a_panel_of_the_page_remembers_and_looks_ahead_until_another_cell_runs(monkeypatch):
    monkeypatch.setattr(widgets, "get_ipython", widgets.get_ipython)  # given back afterwards
    sources = {"a": SETUP, "b": "drawn = []", "c": "height = [1]"}
    sources["d"] = "def draw(ax=None, a=1):\n    drawn.append(a)\n    ax.plot([a, height[0]])"
    notebook = lesson_of(*sources.values(), EXPLORE, "height[0] = 8")
    notebook.cells[4].metadata["dlcourse"] = {"needs": list("abcd")}
    page = panels.lesson(json.dumps(notebook))
    for name in page.missing("e"):
        page.run(name)
    shown = page.panel("e")
    drawn = page._variables["drawn"]

    async def move(place):
        shown.move(json.dumps({"a": place}))
        await asyncio.sleep(2 * widgets.SOON)

    asyncio.run(move(2))
    assert drawn == [1, 2, 3], "3 is drawn ahead"
    before = shown.png
    for place in (3, 1, 2):
        shown.move(json.dumps({"a": place}))
    assert drawn == [1, 2, 3] and shown.png == before
    page.run("f")
    shown.move(json.dumps({"a": 3}))
    shown.move(json.dumps({"a": 2}))
    assert drawn == [1, 2, 3, 3, 2] and shown.png != before
