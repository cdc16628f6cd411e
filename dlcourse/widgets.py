"""Sliders for any drawing function, a guess before its answer, and a progress bar for fit."""

import asyncio
import base64
import contextlib
import gc
import html
import inspect
import itertools
import time
from numbers import Real

import ipywidgets
import numpy as np
import traitlets
from IPython import get_ipython

from dlcourse import plots
from dlcourse.drawing import canvas

# {name in the code: text} of controls and of choices that show another text than their name; a
# translation fills it, and what a drawing function is given stays the same
LABELS = {}
KEPT = 200  # pictures that a panel remembers, some 35 KB each
SOON, IDLE = 0.05, 0.4  # seconds without a move until a picture is drawn ahead
AHEAD = 6  # buttons whose pictures are


def explore(draw, /, *, axes=1, size=None, **controls):
    """A Panel: `draw(ax=..., **values)` on one persistent figure, again whenever a control moves.

    draw sets data, labels and limits on `ax` (an array if axes > 1) and returns it; the controls
    start at its defaults. `axes` is how many stand side by side, or a function that makes them, and
    `size` (width, height) in inches. What draw shows must follow from its values and from what
    cells have defined: a picture is remembered until another cell runs. A control is (lo, hi) or
    (lo, hi, step) for a slider, [choices] or {text: choice} for buttons, True or False for a box,
    or any ipywidget. It shows its name, or the text that LABELS has for it, as do choices.
    """
    if not callable(draw):
        raise TypeError(f"explore takes a drawing function first, got {draw!r}")
    if not callable(axes) and (isinstance(axes, bool) or not isinstance(axes, int) or axes < 1):
        raise ValueError(
            "explore takes axes as a whole number from 1 or a function that makes them, "
            f"got {axes!r}"
        )
    if size is not None and not (
        len(size) == 2 and all(isinstance(side, Real) and side > 0 for side in size)
    ):
        raise ValueError(f"explore takes size as (width, height) in inches, got {size!r}")
    made = controls_of("explore", draw, controls)
    return Panel(draw, axes() if callable(axes) else plots.axes(axes, *size or ()), made)


def controls_of(who, function, specs):
    """{name: ipywidget} for specs as in `explore`, each starting at the function's default."""
    parameters, made = inspect.signature(function).parameters, {}
    for name, spec in specs.items():
        default = parameters[name].default if name in parameters else inspect.Parameter.empty
        if default is inspect.Parameter.empty:
            what = getattr(function, "__name__", "it")
            raise ValueError(
                f"{who} takes controls that {what} has as arguments with a default, got {name!r}: "
                f"write {what}(..., {name}=...)"
            )
        made[name] = _control(who, name, spec, default)
    return made


def _control(who, name, spec, start):
    """The ipywidget for one control, starting at its default."""
    if isinstance(spec, bool):
        control = ipywidgets.Checkbox(indent=False)
    elif isinstance(spec, (list, dict)) and spec:
        choices = spec.items() if isinstance(spec, dict) else [(_label(c), c) for c in spec]
        control = ipywidgets.ToggleButtons(options=[*choices], layout={"width": "max-content"})
        control.style.button_width = "auto"
        # name beside the buttons, as with sliders
        control.add_class("jupyter-widgets").add_class("widget-inline-hbox")
    elif (
        isinstance(spec, tuple)
        and len(spec) in (2, 3)
        and all(isinstance(v, Real) for v in spec)
        and spec[0] < spec[1]
    ):
        whole = all(isinstance(v, (int, np.integer)) for v in (*spec, start))
        step = spec[2] if len(spec) == 3 else 1 if whole else (spec[1] - spec[0]) / 100
        kind = ipywidgets.IntSlider if whole else ipywidgets.FloatSlider
        control = kind(value=spec[0], min=spec[0], max=spec[1], step=step)
    elif isinstance(spec, ipywidgets.Widget) and hasattr(spec, "value"):
        control = spec
    else:
        raise ValueError(
            f"{who} takes {name} as (lo, hi), (lo, hi, step), [choices], {{text: choice}}, a bool "
            f"or an ipywidget, got {spec!r}"
        )
    try:
        control.value = start
    except Exception as error:  # a TraitError whose words are about traits
        raise ValueError(
            f"{who} takes a default that the control can show: "
            f"{name}={start!r} is not among {spec!r}"
        ) from error
    if control.value != start and not np.isclose(control.value, start):
        raise ValueError(
            f"{who} takes a default within the control's range: "
            f"{name}={start!r} is outside {spec!r}"
        )
    control.description = control.description or _label(name, name.replace("_", " "))
    if hasattr(control, "style"):
        control.style.description_width = "initial"
    return control


def _label(name, default=None):
    """The text that is shown for a name in the code."""
    text = LABELS.get(name) if isinstance(name, str) else None
    return text or default or str(name)


class player(ipywidgets.HBox):
    """A control for `explore`: a whole number, with play, step back, step on, and a slider.

    `steps` is a number, for 0 to steps - 1, or the list of values it goes through, rising: the
    steps of a training that somebody looked at.
    """

    value, description = traitlets.Int(), traitlets.Unicode()

    def __init__(self, steps, interval=200):
        self.steps = list(range(steps)) if isinstance(steps, int) else [int(k) for k in steps]
        self.min, self.max = self.steps[0], self.steps[-1]
        play = ipywidgets.Play(max=len(self.steps) - 1, interval=interval)
        play.tooltip = "play"  # no trait of it in ipywidgets 7
        style = {"description_width": "initial"}
        if isinstance(steps, int):
            slider = ipywidgets.IntSlider(max=self.max, style=style)
        else:
            slider = ipywidgets.SelectionSlider(options=self.steps, style=style)
        back, on = (
            ipywidgets.Button(icon=icon, tooltip=text, layout={"width": "40px"})
            for icon, text in (("step-backward", "step backward"), ("step-forward", "step forward"))
        )
        super().__init__([play, back, on, slider], layout={"grid_gap": "4px"})
        self.value = self.min
        traitlets.link((self, "value"), (slider, "value"))
        traitlets.link((self, "description"), (slider, "description"))
        traitlets.link((self, "value"), (play, "value"), (self.steps.index, self.steps.__getitem__))
        back.on_click(lambda _: self._move(-1))
        on.on_click(lambda _: self._move(1))

    def _move(self, way):
        place = self.steps.index(self.value) + way
        self.value = self.steps[min(max(place, 0), len(self.steps) - 1)]

    @traitlets.validate("value")
    def _nearest(self, proposal):
        return min(self.steps, key=lambda step: abs(step - proposal["value"]))


class landmarks(ipywidgets.HBox):
    """A control for `explore`: a slider, and a button for each {name: value} worth a visit."""

    value, description = traitlets.Float(), traitlets.Unicode()

    def __init__(self, slider, places):
        self.places = places
        self.min, self.max, self.step = slider.min, slider.max, slider.step
        if hasattr(slider, "base"):
            self.base = slider.base  # the ends of a slider on a log scale are exponents
        slider.style.description_width = "initial"
        buttons = [ipywidgets.Button(description=name, layout={"width": "auto"}) for name in places]
        super().__init__([slider, *buttons], layout={"grid_gap": "4px"})
        traitlets.link((slider, "value"), (self, "value"))
        traitlets.link((slider, "description"), (self, "description"))
        for button, value in zip(buttons, places.values(), strict=True):
            button.on_click(lambda _, value=value: self.set_trait("value", value))


class again(ipywidgets.HBox):
    """A control for `explore`: a button that counts from 0 to n - 1 and round again.

    For a seed, which has no order; beside the button stands which start is shown.
    """

    value, description = traitlets.Int(), traitlets.Unicode("draw again")

    def __init__(self, n):
        self.min, self.max = 0, n - 1
        button = ipywidgets.Button(description=self.description, layout={"width": "auto"})
        shown = ipywidgets.Label("start 0")
        super().__init__([button, shown], layout={"grid_gap": "4px"})
        traitlets.dlink((self, "value"), (shown, "value"), lambda value: f"start {value}")
        button.on_click(lambda _: self.set_trait("value", (self.value + 1) % n))


class Column(ipywidgets.VBox):
    """Widgets under one another, shown with what stands for them where no widget runs.

    ipywidgets 7, which Colab has, asks another method what to show.
    """

    if not hasattr(ipywidgets.VBox, "_repr_mimebundle_"):
        _ipython_display_ = None

        def _repr_mimebundle_(self, **kwargs):
            view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
            return {"text/plain": repr(self), "application/vnd.jupyter.widget-view+json": view}


class Panel(Column):
    """Controls over a picture.

    `controls[name].value` moves one; `png` is the picture; `error` is None or what went wrong.
    """

    def __init__(self, draw, axes, controls):
        self._draw, self.controls, self.error = draw, controls, None
        self._starting = False
        self._axes = axes
        self._figure = np.ravel(self._axes)[0].figure
        self._canvas = canvas.Canvas(self._figure)
        self._pictures, self._cell, self._later, self._seconds = {}, None, None, 0.0
        self._message = ipywidgets.HTML()
        width, height = self._canvas.get_width_height()
        size = {
            "width": f"{width}px",
            "height": f"{height}px",
            "max_width": "100%",
            "object_fit": "contain",
        }
        self._image = ipywidgets.Image(format="png", layout={**size, "flex": "0 0 auto"})
        self._redraw()
        self._starts = {name: control.value for name, control in controls.items()}
        start = ipywidgets.Button(description="start again", layout={"width": "auto"})
        start.on_click(self._start_again)
        beside = [c for c in controls.values() if getattr(c, "beside", False)]
        above = [c for c in controls.values() if c not in beside]
        wrap = {"flex_flow": "row wrap", "grid_gap": "0 16px"}
        box = ipywidgets.Box([*above, start], layout=wrap)
        middle = ipywidgets.Box([*beside, self._image], layout=wrap) if beside else self._image
        super().__init__([box, middle, self._message])
        for control in controls.values():
            control.observe(self._redraw, "value")

    def _start_again(self, button=None):
        """All controls to where they began, and one picture."""
        self._starting = True
        for name, value in self._starts.items():
            self.controls[name].value = value
        self._starting = False
        self._redraw()

    @property
    def png(self):
        return self._image.value

    def _redraw(self, change=None):
        """Draw for the controls' values.

        What goes wrong is said under the picture, and the next move tries again.
        """
        if self._starting:
            return
        if self._later:
            self._later.cancel()
        values = {name: control.value for name, control in self.controls.items()}
        try:
            self._image.value = self._picture(values)
            self.error, self._message.value = None, ""
        except Exception as error:
            self._say(error)
        if change:
            self._look_ahead(values, change)

    def _say(self, error):
        """Under the picture: what went wrong, and for which values."""
        setting = ", ".join(f"{name} = {c.value}" for name, c in self.controls.items())
        self.error = f"No picture for {setting}: {type(error).__name__}: {error}"
        words = html.escape(self.error)
        self._message.value = f'<div role="alert" style="color:#a33">{words}</div>'

    def _picture(self, values):
        """The picture for these values, drawn or remembered.

        Numbers and words look the same until another cell has run.
        """
        cell = getattr(get_ipython(), "execution_count", None)
        plain = all(isinstance(value, (Real, str)) for value in values.values())
        if cell is None or cell != self._cell or not plain or len(self._pictures) > KEPT:
            self._cell, self._pictures = cell, {}
        key = tuple((type(value), _rounded(value)) for value in values.values()) if plain else None
        if key not in self._pictures:
            began = time.perf_counter()
            self._pictures[key] = self._drawn(values)
            self._seconds = time.perf_counter() - began
        return self._pictures[key]

    def _drawn(self, values):
        """A new picture, on the figure made empty."""
        with _without_collecting():
            canvas.blank(self._figure, list(np.ravel(self._axes)))
            self._draw(ax=self._axes, **values)
            return self._canvas.png()

    def _look_ahead(self, values, change):
        """Remember the pictures that the next move may need.

        First what the same move once more would bring; then, when nothing has moved for a while,
        what each other button would. They are drawn while nobody waits, one at a time, and only
        where that is soon done.
        """
        if self._seconds >= 0.1 or not get_ipython():
            return
        moves = [(IDLE, {name: value}) for name, value in self._buttons(values)]
        value = _onwards(change)
        if value is not None:
            same = [name for name, control in self.controls.items() if control is change.owner]
            moves.insert(0, (SOON, dict.fromkeys(same, value)))
        self._plan([(wait, {**values, **move}) for wait, move in moves])

    def _buttons(self, values):
        """(name, value) for what each button that is not pressed stands for, up to AHEAD."""
        others = (
            (name, option)
            for name, control in self.controls.items()
            if isinstance(control, ipywidgets.ToggleButtons)
            for option in _options(control)
            if option != values[name]
        )
        return itertools.islice(others, AHEAD)

    def _plan(self, settings):
        """Draw the first of (seconds to wait, values), then the others, unless somebody moves."""
        if not settings:
            return
        (wait, values), *others = settings
        with contextlib.suppress(RuntimeError):  # no loop runs
            loop = asyncio.get_running_loop()
            self._later = loop.call_later(wait, self._remember, values, others)

    def _remember(self, values, others):
        with contextlib.suppress(Exception):  # who moves there will be told
            self._picture(values)
            self._plan(others)

    def __repr__(self):
        return f"Panel({', '.join(self.controls)}): run this cell to move the controls"

    def _repr_mimebundle_(self, **kwargs):
        """The live view, and beside it the picture, for places where no widget runs.

        The picture's alt text is draw's docstring.
        """
        data = super()._repr_mimebundle_(**kwargs)
        if self.png:
            data["image/png"] = base64.b64encode(self.png).decode()
        words = " ".join((inspect.getdoc(self._draw) or repr(self)).split())
        return data, {"image/png": {"alt": words}}


def _onwards(change):
    """The value one more move of a slider or player would lead to.

    It is None beyond the ends and for other controls.
    """
    control, new, old = change.owner, change.new, change.old
    if isinstance(control, ipywidgets.SelectionSlider):
        values = _options(control)
        onwards = 2 * values.index(new) - values.index(old)
        return values[onwards] if 0 <= onwards < len(values) else None
    if not hasattr(control, "max") or not all(isinstance(value, Real) for value in (new, old)):
        return None
    if hasattr(control, "steps"):
        before, here = control.steps.index(old), control.steps.index(new)
        onwards = 2 * here - before
        return control.steps[onwards] if 0 <= onwards < len(control.steps) else None
    base = getattr(control, "base", None)  # of a slider on a log scale, whose ends are exponents
    ends = [base**end if base else end for end in (control.min, control.max)]
    value = _rounded(new * new / old if base else new + new - old)
    return value if ends[0] <= value <= ends[1] else None


def _options(control):
    """The values a selection can take."""
    return [option[1] if isinstance(option, tuple) else option for option in control.options]


def _rounded(value):
    """Floats without the dust of arithmetic, 0.4 and not 0.39999999999999997; all else as it is."""
    return float(f"{value:.12g}") if isinstance(value, float) else value


@contextlib.contextmanager
def _without_collecting():
    """A collection amid a drawing takes a fifth of its time, now and then 100 ms."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


class predict(Column):
    """A guess that is made before the answer: `value` is None until then.

    `choices` is a list of texts, shown as buttons, or a range (lo, hi) or (lo, hi, step), shown as
    a slider with a button that makes the guess. Where no widget runs, the question and its choices
    are text.
    """

    value = traitlets.Any(None, allow_none=True)

    def __init__(self, question, choices):
        if not isinstance(question, str):
            raise TypeError(f"predict takes the question first, then its choices, got {question!r}")
        self.question, self.choices = question, choices
        self._said = ipywidgets.Label()
        if (
            isinstance(choices, list)
            and len(choices) > 1
            and all(isinstance(choice, str) for choice in choices)
        ):
            answers = [
                ipywidgets.ToggleButtons(
                    options=choices, value=None, layout={"width": "max-content"}
                )
            ]
            answers[0].style.button_width = "auto"
            answers[0].observe(lambda change: self._guess(change.new), "value")
        elif (
            isinstance(choices, tuple)
            and len(choices) in (2, 3)
            and all(isinstance(end, Real) for end in choices)
        ):
            slider = _control("predict", "guess", choices, choices[0])
            slider.value = slider.min + (slider.max - slider.min) / 2
            slider.description = "your guess"
            answers = [
                slider,
                ipywidgets.Button(description="this is my guess", layout={"width": "max-content"}),
            ]
            answers[1].on_click(lambda _: self._guess(slider.value))
        else:
            raise ValueError(
                f"predict takes choices as [texts], (lo, hi) or (lo, hi, step), got {choices!r}"
            )
        asked = ipywidgets.HTML(f"<b>{html.escape(question)}</b>")
        super().__init__([asked, ipywidgets.HBox(answers), self._said])

    def _guess(self, value):
        self.value = value
        self._said.value = f"You say: {value}. Run the next cells." if value is not None else ""

    def answer(self, truth):
        """Print the truth, a text such as "≈ 0.12", and before it the guess where one was made."""
        print(f"it is {truth}" if self.value is None else f"you said {self.value}; it is {truth}")

    def __repr__(self):
        if isinstance(self.choices, list):
            return f"{self.question}  {' · '.join(self.choices)}"
        return f"{self.question}  from {self.choices[0]} to {self.choices[1]}"

    def _repr_mimebundle_(self, **kwargs):
        data = super()._repr_mimebundle_(**kwargs)
        data["text/html"] = (
            f"<p><b>{html.escape(self.question)}</b> "
            f"{html.escape(repr(self)[len(self.question) :].strip())}</p>"
        )
        return data


class progress:
    """A bar for `fit(progress=progress())`: steps done and the loss.

    Tag its cell nbval-ignore-output.
    """

    def __init__(self):
        self._bar = None

    def __call__(self, step, n_steps, history):
        from IPython.display import display

        if self._bar is None:
            self._bar = ipywidgets.IntProgress(max=n_steps, layout={"width": "300px"})
            self._text = ipywidgets.Label()
            display(ipywidgets.HBox([self._bar, self._text]))
        if step == n_steps or step % max(1, n_steps // 100) == 0:
            self._bar.value, self._text.value = (
                step,
                f"step {step} of {n_steps}, loss {history.loss[-1]:.4f}",
            )
