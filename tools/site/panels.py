"""The panels of a lesson in the book: what worker.js asks of Python.

A cell of a lesson that makes a panel names in its metadata, `{"dlcourse": {"needs": [ids]}}`, the
cells that have to run before it; tools/needs.py finds them. Every control of a panel goes through
a list of values, and the page names a value by its place in that list.
"""

import ast
import contextlib
import io
import json
import os

os.environ.setdefault("MPLBACKEND", "agg")

import ipywidgets

from dlcourse import plots, widgets

ABOUT = "dlcourse"  # the key of a cell's metadata


def lesson(text):
    """The Lesson of a page, where nothing else runs.

    No IPython counts cells there. The lesson does: a panel remembers pictures until another cell
    has run, and draws the one that may come next while nobody waits.
    """
    made = Lesson(text)
    widgets.get_ipython = lambda: made
    return made


class Lesson:
    """The code cells of a notebook, run as far as its panels need them.

    text: the notebook, as it is stored. execution_count: how many cells were run, as IPython says.
    """

    def __init__(self, text):
        cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
        self.sources = {cell["id"]: "".join(cell["source"]) for cell in cells}
        self._places = {name: place for place, name in enumerate(self.sources)}
        self.needs = {
            cell["id"]: cell["metadata"][ABOUT]["needs"]
            for cell in cells
            if ABOUT in cell["metadata"]
        }
        self.execution_count = 0
        self._begin()

    def _begin(self):
        self._variables, self._ran = {"__name__": "__main__"}, []

    def missing(self, panel):
        """The cells to run before this panel's, in their order.

        What has run for another panel serves again, unless a cell would then run out of its order:
        in that case the lesson begins anew.
        """
        new = [name for name in self.needs[panel] if name not in self._ran]
        last = max(map(self._places.get, self._ran), default=-1)
        if any(self._places[name] < last for name in (*new, panel)):
            self._begin()
            new = self.needs[panel]
        return list(new)

    def run(self, name):
        """Run a cell; the value of its last line, where that is an expression, else None.

        Nothing is printed or shown.
        """
        body, last = ast.parse(self.sources[name], name), None
        if body.body and isinstance(body.body[-1], ast.Expr):
            last = ast.Expression(body.body.pop().value)
        self.execution_count += 1
        show, plots.show = plots.show, lambda *_, **more: None
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(body, name, "exec"), self._variables)
                value = last and eval(compile(last, name, "eval"), self._variables)
        finally:
            plots.show = show
        self._ran.append(name)
        return value

    def panel(self, name):
        """Run the cell of a panel; the Shown that moves it. Its `missing` cells have run before."""
        return Shown(self.run(name))


class Shown:
    """A panel as the page has it: what its controls are, a move of them, the picture."""

    def __init__(self, panel):
        self.panel = panel
        self.choices = {name: choices(control) for name, control in panel.controls.items()}

    @property
    def png(self):
        return bytes(self.panel.png)

    def about(self):
        """JSON: for each control its kind and label and what its values are called."""
        made = [
            {
                "name": name,
                "label": control.description,
                "texts": [text for text, _ in self.choices[name]],
                **kind(control),
            }
            for name, control in self.panel.controls.items()
        ]
        for one in made:  # the values of landmarks, by their places
            values = [value for _, value in self.choices[one["name"]]]
            one["marks"] = {
                text: place_of(value, values) for text, value in one.get("marks", {}).items()
            }
        return json.dumps(made)

    def move(self, moves):
        """Set controls, JSON {name: place}; {} lets all start again."""
        moves = json.loads(moves)
        if not moves:
            self.panel._start_again()
        for name, place in moves.items():
            self.panel.controls[name].value = self.choices[name][place][1]

    def state(self):
        """JSON: what went wrong, or None; for each control its place, and whether it is hidden."""
        now = {
            name: {
                "at": place_of(control.value, [value for _, value in self.choices[name]]),
                "hidden": control.layout.visibility == "hidden",
            }
            for name, control in self.panel.controls.items()
        }
        return json.dumps({"error": self.panel.error, "controls": now})


def kind(control):
    """How the page shows a control."""
    if isinstance(control, widgets.player):
        return {"kind": "player", "interval": control.children[0].interval}
    if isinstance(control, widgets.landmarks):
        return {"kind": "slider", "marks": control.places}
    if isinstance(control, widgets.again):
        return {"kind": "again"}
    if isinstance(control, ipywidgets.Checkbox):
        return {"kind": "box"}
    if isinstance(control, ipywidgets.ToggleButtons | ipywidgets.RadioButtons):
        return {"kind": "buttons"}
    if isinstance(control, ipywidgets.Dropdown | ipywidgets.Select):
        return {"kind": "list"}
    return {"kind": "slider"}


def choices(control):
    """[(text, value)] of all values that a control goes through.

    LookupError for one that has no such list, as a pad to draw on.
    """
    if isinstance(control, widgets.player):
        return [(str(step), step) for step in control.steps]
    if isinstance(control, widgets.again):
        return [(f"start {k}", k) for k in range(control.max + 1)]
    if isinstance(control, ipywidgets.Checkbox):
        return [("no", False), ("yes", True)]
    if hasattr(control, "options"):
        return list(zip(control._options_labels, widgets._options(control), strict=True))
    if not hasattr(control, "step"):
        raise LookupError(f"{type(control).__name__} has no list of values")
    slider, marks = control, {}
    if isinstance(control, widgets.landmarks):
        slider, marks = control.children[0], control.places
    steps = round((slider.max - slider.min) / slider.step)
    values = [widgets._rounded(slider.min + k * slider.step) for k in range(steps + 1)]
    if hasattr(slider, "base"):
        values = [widgets._rounded(slider.base**value) for value in values]
    for mark in marks.values():
        near = values[place_of(mark, values)]
        if abs(near - mark) <= 1e-9 * abs(mark):
            values.remove(near)
        values.append(mark)
        values.sort()
    return [(format(value, slider.readout_format), value) for value in values]


def place_of(value, values):
    """The place of a value in its list; of a number that is not there, the nearest one's."""
    if value in values:
        return values.index(value)
    return min(range(len(values)), key=lambda place: abs(values[place] - value))
