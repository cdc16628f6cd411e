"""Sliders in front of any drawing function, and a progress bar for fit."""

import asyncio
import base64
import contextlib
import functools
import gc
import html
import inspect
import struct
import zlib
from numbers import Real

import ipywidgets
import matplotlib
import numpy as np
import traitlets
from IPython import get_ipython
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.font_manager import findfont
from PIL import Image, ImageDraw, ImageFont

from dlcourse import plots

TITLES = ("left", "center", "right")
KEPT = 200  # looks of the parts of a frame that a panel remembers, some 100 KB each


def explore(draw, /, *, axes=1, **controls):
    """A Panel: `draw(ax=..., **values)` on one persistent figure, drawn again whenever a control moves.

    draw sets data, labels and limits on `ax` (an array if axes > 1) and returns it; the controls start at its defaults. What it
    draws must follow from its values and from what cells have defined: a picture is remembered until another cell runs.
    A control is (lo, hi) or (lo, hi, step) for a slider, [choices] for buttons, True or False for a box, or any ipywidget.
    """
    if not callable(draw):
        raise TypeError(f"explore takes a drawing function first, got {draw!r}")
    if isinstance(axes, bool) or not isinstance(axes, int) or axes < 1:
        raise ValueError(f"explore takes axes as a whole number from 1, got {axes!r}")
    parameters = inspect.signature(draw).parameters
    made = {}
    for name, spec in controls.items():
        default = parameters[name].default if name in parameters else inspect.Parameter.empty
        if default is inspect.Parameter.empty:
            raise ValueError(
                f"explore takes controls that draw has as arguments with a default, got {name!r}: write draw(ax=None, {name}=...)"
            )
        made[name] = _control(name, spec, default)
    return Panel(draw, axes, made)


def _control(name, spec, start):
    """The ipywidget for one control of `explore`, starting at draw's default."""
    if isinstance(spec, bool):
        control = ipywidgets.Checkbox(indent=False)
    elif isinstance(spec, list) and spec:
        control = ipywidgets.ToggleButtons(options=spec, layout={"width": "max-content"})
        control.style.button_width = "auto"
        control.add_class("jupyter-widgets").add_class("widget-inline-hbox")  # name beside the buttons, as with sliders
    elif isinstance(spec, tuple) and len(spec) in (2, 3) and all(isinstance(v, Real) for v in spec) and spec[0] < spec[1]:
        whole = all(isinstance(v, (int, np.integer)) for v in (*spec, start))
        step = spec[2] if len(spec) == 3 else 1 if whole else (spec[1] - spec[0]) / 100
        kind = ipywidgets.IntSlider if whole else ipywidgets.FloatSlider
        control = kind(value=spec[0], min=spec[0], max=spec[1], step=step)
    elif isinstance(spec, ipywidgets.Widget) and hasattr(spec, "value"):
        control = spec
    else:
        raise ValueError(f"explore takes {name} as (lo, hi), (lo, hi, step), [choices], a bool or an ipywidget, got {spec!r}")
    try:
        control.value = start
    except Exception as error:  # a TraitError whose words are about traits
        raise ValueError(f"explore takes a default that the control can show: {name}={start!r} is not among {spec!r}") from error
    if control.value != start and not np.isclose(control.value, start):
        raise ValueError(f"explore takes a default within the control's range: {name}={start!r} is outside {spec!r}")
    control.description = control.description or name.replace("_", " ")
    if hasattr(control, "style"):
        control.style.description_width = "initial"
    return control


class player(ipywidgets.HBox):
    """A control for `explore`: a whole number from 0 to n - 1, with play, step back, step on, and a slider."""

    value, description = traitlets.Int(0), traitlets.Unicode()

    def __init__(self, n, interval=200):
        self.min, self.max = 0, n - 1
        play = ipywidgets.Play(max=n - 1, interval=interval, tooltip="play")
        slider = ipywidgets.IntSlider(max=n - 1, style={"description_width": "initial"})
        back, on = (
            ipywidgets.Button(icon=f"step-{way}", tooltip=f"step {way}", layout={"width": "40px"})
            for way in ("backward", "forward")
        )
        super().__init__([play, back, on, slider], layout={"grid_gap": "4px"})
        for part in (play, slider):
            traitlets.link((self, "value"), (part, "value"))
        traitlets.link((self, "description"), (slider, "description"))
        back.on_click(lambda _: self.set_trait("value", self.value - 1))
        on.on_click(lambda _: self.set_trait("value", self.value + 1))

    @traitlets.validate("value")
    def _within(self, proposal):
        return min(max(proposal["value"], self.min), self.max)


class Panel(ipywidgets.VBox):
    """Controls over a picture. `controls[name].value` moves one; `png` is the picture, `error` None or what went wrong."""

    def __init__(self, draw, axes, controls):
        self._draw, self.controls, self.error = draw, controls, None
        self._axes = plots.axes(axes)
        self._figure = np.ravel(self._axes)[0].figure
        _Canvas(self._figure)
        self._parts, self._pictures, self._cell, self._later = {}, {}, None, None
        self._message = ipywidgets.HTML()
        width, height = self._figure.canvas.get_width_height()
        size = {"width": f"{width}px", "height": f"{height}px", "max_width": "100%", "object_fit": "contain"}
        self._image = ipywidgets.Image(format="png", layout={**size, "flex": "0 0 auto"})
        self._redraw()
        box = ipywidgets.Box(list(controls.values()), layout={"flex_flow": "row wrap", "grid_gap": "0 16px"})
        super().__init__([box, self._image, self._message])
        for control in controls.values():
            control.observe(self._redraw, "value")

    @property
    def png(self):
        return self._image.value

    def _redraw(self, change=None):
        """Show the controls' values; what goes wrong is said under the picture, and the next move tries again."""
        if self._later:
            self._later.cancel()
        values = {name: control.value for name, control in self.controls.items()}
        try:
            self._image.value = self._picture(values)
            self.error, self._message.value = None, ""
        except Exception as error:
            setting = ", ".join(f"{name} = {value}" for name, value in values.items())
            self.error = f"No picture for {setting}: {type(error).__name__}: {error}"
            self._message.value = f'<div role="alert" style="color:#a33">{html.escape(self.error)}</div>'
        if change:
            self._look_ahead(values, change)

    def _picture(self, values):
        """The picture for these values, drawn or remembered: it stays the same until another cell has run."""
        cell = getattr(get_ipython(), "execution_count", None)
        if cell is None or cell != self._cell or len(self._pictures) > KEPT:
            self._cell, self._pictures = cell, {}
        key = tuple(f"{value:.9g}" if isinstance(value, float) else str(value) for value in values.values())
        if key not in self._pictures:
            with _without_collecting():
                for ax in self._figure.axes:
                    _empty(ax) if ax in np.ravel(self._axes) else ax.remove()
                self._draw(ax=self._axes, **values)
                self._pictures[key] = self._render()
        return self._pictures[key]

    def _look_ahead(self, values, change):
        """While nobody waits: remember the picture that the same move once more would need."""
        (name,) = [name for name, control in self.controls.items() if control is change.owner]
        value = _onwards(change)
        with contextlib.suppress(RuntimeError):  # without a notebook no loop runs
            if value is not None:
                self._later = asyncio.get_running_loop().call_later(0.05, self._remember, {**values, name: value})

    def _remember(self, values):
        with contextlib.suppress(Exception):  # who moves there will be told
            self._picture(values)

    def _render(self):
        """The figure as PNG. Ticks and labels take most of the time: each part of a frame is drawn once for every look it has."""
        self._figure.get_layout_engine().execute(self._figure)
        self._figure.set_layout_engine("none")  # laid out once: a picture that moves cannot be compared
        axes = self._figure.axes
        content = [(ax, artist) for ax in axes for artist in sorted(_content(ax), key=lambda a: a.get_zorder())]
        frame = {look: part for k, ax in enumerate(axes) for look, part in _frame(k, ax)}
        for artist in [*(artist for _, artist in content), *(part for part in frame.values() if part not in axes)]:
            artist.set_animated(True)  # Axes.draw leaves it out
        if len(self._parts) > KEPT:
            self._parts.clear()
        for look in frame.keys() - self._parts.keys():
            self._parts[look] = self._drawn(frame[look])
        picture = np.asarray(self._figure.canvas.buffer_rgba())
        picture[:] = 255
        for area, ink in map(self._parts.get, frame):
            np.minimum(picture[area], ink, out=picture[area])  # dark on light: parts may touch, whichever came first
        for ax, artist in content:
            ax.draw_artist(artist)
        return _png(picture)

    def _drawn(self, part):
        """A part of the frame, drawn alone on white: (where it stands, its pixels)."""
        picture = np.asarray(self._figure.canvas.buffer_rgba())
        picture[:] = 255
        self._figure.draw_artist(part)
        inked = picture.view(np.uint32)[..., 0] != 2**32 - 1
        ends = [np.flatnonzero(inked.any(axis=k)) for k in (1, 0)]
        area = tuple(slice(end[0], end[-1] + 1) if len(end) else slice(0) for end in ends)
        return area, picture[area].copy()

    def __repr__(self):
        return f"Panel({', '.join(self.controls)}): run this cell to move the controls"

    def _repr_mimebundle_(self, **kwargs):
        """The live view, and beside it the picture, for places where no widget runs; its alt text is draw's docstring."""
        data = super()._repr_mimebundle_(**kwargs)
        if self.png:
            data["image/png"] = base64.b64encode(self.png).decode()
        return data, {"image/png": {"alt": inspect.getdoc(self._draw) or repr(self)}}


def _onwards(change):
    """The value one more move of a slider or player would lead to; None beyond its ends and for other controls."""
    control, new, old = change.owner, change.new, change.old
    if not hasattr(control, "max"):
        return None
    base = getattr(control, "base", None)  # of a slider on a log scale, whose ends are exponents
    ends = [base**end if base else end for end in (control.min, control.max)]
    value = new * new / old if base else new + new - old
    return value if ends[0] <= value <= ends[1] else None


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


def _content(ax):
    """What a drawing function put on the axes, apart from the frame: limits, ticks, labels, title, legend."""
    kinds = ("images", "collections", "patches", "lines", "texts", "tables", "artists", "child_axes")
    return [artist for kind in kinds for artist in getattr(ax, kind)]


def _empty(ax):
    """An axes as good as new, some ten times faster than ax.clear(); spines, grid and tick parameters stay."""
    for artist in [*_content(ax), *filter(None, [ax.get_legend()])]:
        artist.remove()
    ax.containers.clear()
    ax.set_prop_cycle(None)
    for place in TITLES:
        ax.set_title("", loc=place, color=matplotlib.rcParams["text.color"])
    for axis in (ax.xaxis, ax.yaxis):
        axis.label.set(text="", color=matplotlib.rcParams["axes.labelcolor"])
    for axis in (ax.xaxis, ax.yaxis):
        if axis.get_scale() != "linear" or not (axis.isDefault_majloc and axis.isDefault_majfmt and axis.isDefault_minloc):
            axis.axes.set(**{f"{axis.axis_name}scale": "linear"})
    ax.set(aspect="auto", xlim=(0, 1), ylim=(0, 1))
    ax.margins(matplotlib.rcParams["axes.xmargin"], matplotlib.rcParams["axes.ymargin"])
    ax.set_axis_on()
    ax.relim()
    ax.autoscale(True)


def _frame(k, ax):
    """(look, part) for each part of the frame of the k-th axes: two equal looks are drawn alike."""
    ax.apply_aspect()
    place = (k, *ax.get_position().bounds)
    yield (*place, ax.axison, ax.title.get_color(), *(ax.get_title(loc=place) for place in TITLES)), ax
    for axis, limits in ((ax.xaxis, ax.get_xlim()), (ax.yaxis, ax.get_ylim())):
        if ax.axison and axis.get_visible():
            labels, minor = axis.get_major_formatter(), axis.get_minor_locator()
            ticks = (*axis.get_majorticklocs(), type(labels), *(getattr(labels, "seq", None) or ()), type(minor))
            label = (axis.label.get_text(), axis.label.get_color())
            yield (*place, type(axis), *limits, axis.get_scale(), *label, *ticks), axis
    if legend := ax.get_legend():
        getters = [f"get_{what}" for what in ("label", "color", "facecolor", "linestyle", "marker")]
        looks = (str(getattr(h, get)()) for h in legend.legend_handles for get in getters if hasattr(h, get))
        yield (*place, *looks, *(text.get_text() for text in legend.get_texts())), legend


def _png(picture):
    """Pixels (height, width, 4) as PNG. Rows without a filter: faster and smaller, for flat colours, than what Pillow chooses."""
    height, width, _ = picture.shape
    rows = np.zeros((height, 1 + 4 * width), np.uint8)  # a row begins with its filter: 0, none
    rows[:, 1:] = picture.reshape(height, -1)
    size = struct.pack(">2I5B", width, height, 8, 6, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n"
    for name, data in {b"IHDR": size, b"IDAT": zlib.compress(rows, 1), b"IEND": b""}.items():
        png += struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    return png


class _Canvas(FigureCanvasAgg):
    """A canvas on which Pillow sets plain text: some ten times faster, and the numbers in a picture change with every move."""

    def get_renderer(self):
        if not hasattr(self, "renderer"):
            self.renderer = _Renderer(*self.get_width_height(), self.figure.dpi)
        return self.renderer


class _Renderer(RendererAgg):
    def _ink(self, s, prop):
        return _ink(s, findfont(prop), prop.get_size_in_points() * self.dpi / 72)

    def get_text_width_height_descent(self, s, prop, ismath):
        if ismath:
            return super().get_text_width_height_descent(s, prop, ismath)
        _, (_, top, right, bottom) = self._ink(s, prop)
        return right, bottom - top, bottom

    def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None):
        if ismath or angle not in (0, 90):
            return super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)
        ink, (left, top, right, bottom) = self._ink(s, prop)
        if angle:
            ink, left, bottom = np.rot90(ink), top, -left
        image = np.empty((*ink.shape, 4), np.uint8)
        image[:] = np.multiply(gc.get_rgb(), 255)
        image[..., 3] = ink
        self.draw_image(gc, round(x) + left, self.height - round(y) - bottom, image[::-1])


_truetype = functools.cache(functools.partial(ImageFont.truetype, layout_engine=ImageFont.Layout.BASIC))


@functools.lru_cache(1000)
def _ink(s, path, size):
    """A line of text: how much ink each pixel has, and the box (left, top, right, bottom) from where it starts, down positive."""
    em = int(size) + 1
    line = Image.new("L", (em * (len(s) + 2), 3 * em))
    ImageDraw.Draw(line).text((em, 2 * em), s, font=_truetype(path, size), fill=255, anchor="ls")
    box = line.getbbox() or (em, 2 * em, em + 1, 2 * em + 1)
    return np.asarray(line.crop(box)), np.subtract(box, (em, 2 * em, em, 2 * em))


class progress:
    """A bar for `fit(progress=progress())`: steps done and the loss. Tag its cell nbval-ignore-output."""

    def __init__(self):
        self._bar = None

    def __call__(self, step, n_steps, history):
        from IPython.display import display

        if self._bar is None:
            self._bar = ipywidgets.IntProgress(max=n_steps, layout={"width": "300px"})
            self._text = ipywidgets.Label()
            display(ipywidgets.HBox([self._bar, self._text]))
        if step == n_steps or step % max(1, n_steps // 100) == 0:
            self._bar.value, self._text.value = step, f"step {step} of {n_steps}, loss {history.loss[-1]:.4f}"
