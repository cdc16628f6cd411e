"""Widgets that live: a training that goes on while somebody watches it, and a pad to draw on."""

import asyncio
import html
import time
import weakref

import ipywidgets
import numpy as np
import traitlets

from dlcourse import plots
from dlcourse.widgets import Column, Panel, controls_of

BURST = 0.03  # seconds of training between two pictures
REST = 0.02  # seconds between two pictures in which the kernel answers whatever else is asked
LONGEST = 300  # seconds after which a training that nobody stopped stops itself


def watch(training, /, *, axes=1, **controls):
    """A Live panel: `training` goes on between its pictures, and its controls are answered.

    training: an object with three methods. `set(**values)` is told what the controls say, at the
    beginning and when one has moved, and decides what has to begin anew; the controls, as in
    `widgets.explore`, start at its defaults. `advance()` makes one step, or a few, of a hundredth
    of a second at most. `draw(ax)` draws what is reached. `start()` begins anew: the button "start
    again" calls it. `axes` as in `widgets.explore`.
    """
    for method in ("set", "advance", "draw", "start"):
        if not callable(getattr(training, method, None)):
            raise TypeError(
                f"watch takes a training with set, advance, draw and start, got {training!r}, "
                f"which has no {method}"
            )
    made = controls_of("watch", training.set, controls)
    return Live(training, axes() if callable(axes) else plots.axes(axes), made)


class Live(Panel):
    """Controls over a picture of a training, with the buttons play, one step and start again.

    One of them plays at a time, and a new one stops the others: a cell that is run again leaves
    nothing running behind it.
    """

    _playing = None  # a weak reference to the one that plays

    def __init__(self, training, axes, controls):
        self.training, self._told = training, None
        Live._stop_the_other()
        super().__init__(training.draw, axes, controls)
        self.play = ipywidgets.ToggleButton(description="play", icon="play")
        step = ipywidgets.Button(description="one step")
        for button in (self.play, step):
            button.layout.width = "auto"
        self.play.observe(self._played, "value")
        step.on_click(lambda _: self._advance(0))
        box, *rest = self.children
        box.children = (self.play, step, *box.children)
        self.children = (box, *rest)

    @staticmethod
    def _stop_the_other():
        other = Live._playing and Live._playing()
        if other is not None:
            other.play.value = False

    def _played(self, change):
        if change.new:
            Live._stop_the_other()
            Live._playing = weakref.ref(self)
            self._task = asyncio.get_running_loop().create_task(self._go_on())
        self.play.set_trait("description", "pause" if change.new else "play")
        self.play.icon = "pause" if change.new else "play"

    async def _go_on(self):
        """Train and show, in turn, until the button says otherwise."""
        end = time.monotonic() + LONGEST
        while self.play.value and time.monotonic() < end:
            self._advance(BURST)
            await asyncio.sleep(REST)
        self.play.value = False

    def _advance(self, seconds):
        """One step, and more until this time is over; then a picture."""
        end = time.perf_counter() + seconds
        try:
            self.training.advance()
            while time.perf_counter() < end:
                self.training.advance()
        except Exception as error:
            self.play.value = False
            self._say(error)
        else:
            self._redraw()

    def _start_again(self, button=None):
        super()._start_again()
        self.training.start()
        self._redraw()

    def _picture(self, values):
        if values != self._told:
            self.training.set(**values)
            self._told = values
        return self._drawn({})

    def _look_ahead(self, values, change):
        """Nothing is drawn ahead: the next picture depends on the training, too."""


# what the canvas of a Pad does with the pointer: `this` is the canvas, `event` the pointer's event
DOWN = """
this.setPointerCapture(event.pointerId);
this.last = null;
this.line = event => {
    const ink = this.getContext('2d', {willReadFrequently: true});
    const box = this.getBoundingClientRect();
    const place = [(event.clientX - box.left) * this.width / box.width,
                   (event.clientY - box.top) * this.height / box.height];
    ink.lineWidth = PEN;
    ink.lineCap = ink.lineJoin = 'round';
    ink.beginPath();
    ink.moveTo(...(this.last || place));
    ink.lineTo(...place);
    ink.stroke();
    this.last = place;
};
this.line(event);
"""
MOVE = """
if (this.last) for (const each of [...(event.getCoalescedEvents?.() || []), event]) this.line(each);
"""
UP = """
if (!this.last) return;
this.last = null;
const pixels = this.getContext('2d').getImageData(0, 0, this.width, this.height).data;
let ink = '';
for (let k = 3; k < pixels.length; k += 4) ink += pixels[k].toString(16).padStart(2, '0');
const wire = this.closest('.dlcourse-pad').querySelector('.dlcourse-ink input');
wire.value = ink;
for (const kind of ['input', 'change']) wire.dispatchEvent(new Event(kind, {bubbles: true}));
"""


class Pad(Column):
    """A square to draw on with mouse, pen or finger.

    `ink` is the drawing, (n, n) from 0, paper, to 1, ink, row 0 on top: after every stroke, as any
    trait that `observe` watches. `value` is the same, but None while the square is empty: so a pad
    is a control for `widgets.explore`. A Text that is not seen carries a drawing to the kernel.

    n: pixels of a side; size: how large it is shown, in the browser's pixels; pen: the width of a
    line, in pixels of the drawing.
    """

    ink = traitlets.Instance(np.ndarray)
    value, description = traitlets.Any(None, allow_none=True), traitlets.Unicode("ink")
    beside = True  # where it is a control, its place is at the side of the picture

    def __init__(self, n=112, size=280, pen=10):
        self.n, self.ink = n, np.zeros((n, n))
        self._wire = ipywidgets.Text(layout={"display": "none"})
        self._wire.add_class("dlcourse-ink")
        self._wire.observe(lambda change: self._received(change.new), "value")
        handlers = {
            "onpointerdown": DOWN.replace("PEN", str(pen)),
            "onpointermove": MOVE,
            "onpointerup": UP,
            "onpointercancel": UP,
        }
        attributes = " ".join(f'{on}="{html.escape(code)}"' for on, code in handlers.items())
        style = (
            f"width: {size}px; height: {size}px; outline: 1px solid #888; background: white; "
            "touch-action: none; cursor: crosshair"
        )
        self._empty = (
            f'<canvas width="{n}" height="{n}" role="img" aria-label="a pad to draw on" '
            f'style="{style}" {attributes}></canvas>'
        )
        self._canvas = ipywidgets.HTML(self._empty)
        clear = ipywidgets.Button(description="clear", layout={"width": "auto"})
        clear.on_click(lambda _: self.clear())
        super().__init__([self._canvas, clear, self._wire])
        self.add_class("dlcourse-pad")

    def _received(self, text):
        if len(text) == 2 * self.n**2:
            values = np.frombuffer(bytes.fromhex(text), np.uint8)
            self.value = values.reshape(self.n, self.n) / 255

    @traitlets.observe("value")
    def _told(self, change):
        self.ink = np.zeros((self.n, self.n)) if change.new is None else change.new
        if change.new is None:
            self._wire.value = ""
            self._canvas.value = ""  # the same text again would leave the canvas as it is
            self._canvas.value = self._empty

    def clear(self):
        """An empty square again."""
        self.value = None

    def __repr__(self):
        return f"Pad({self.n}): run this cell to draw"

    def _repr_mimebundle_(self, **kwargs):
        data = super()._repr_mimebundle_(**kwargs)
        data["text/plain"] = repr(self)
        return data


def say(panel, words):
    """The panel of `explore` with a sentence under its picture, `words(**values)`, said anew.

    For a picture that answers: so the answer can be heard, copied and tested. words: a function of
    the controls' values that returns plain text.
    """
    said = ipywidgets.HTML()

    def tell(change=None):
        values = {name: control.value for name, control in panel.controls.items()}
        said.value = f'<div role="status">{html.escape(words(**values))}</div>'

    for control in panel.controls.values():
        control.observe(tell, "value")
    tell()
    panel.children = (*panel.children, said)
    return panel


def button(panel, name, press):
    """The panel of `explore` with one more button, which calls `press(**values)`.

    Then the panel's pads are emptied, and it draws again. What goes wrong is said under the
    picture, and nothing is emptied.
    """
    made = ipywidgets.Button(description=name, layout={"width": "auto"})

    def pressed(_):
        try:
            press(**{name: control.value for name, control in panel.controls.items()})
        except Exception as error:
            panel._say(error)
        else:
            for control in panel.controls.values():
                if isinstance(control, Pad):
                    control.clear()
            panel._redraw()

    made.on_click(pressed)
    box, *rest = panel.children
    box.children = (*box.children, made)
    panel.children = (box, *rest)
    return panel
