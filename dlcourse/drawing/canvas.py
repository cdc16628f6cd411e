"""A figure as PNG in a few milliseconds.

Each look of its ticks and labels is drawn once, and Pillow sets plain text.
"""

import functools
import struct
import weakref
import zlib

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.colors import to_rgba
from matplotlib.font_manager import findfont
from PIL import Image, ImageDraw, ImageFont

from dlcourse.drawing.style import place_names

TITLES = ("left", "center", "right")
KEPT = 200  # looks of the parts of a frame that a canvas remembers, some 100 KB each


class Canvas(FigureCanvasAgg):
    """Draws one figure again and again: `png()` after `empty(ax)` and new artists on its axes."""

    def __init__(self, figure):
        super().__init__(figure)
        self.renderer = Renderer(*self.get_width_height(), figure.dpi)
        self._engine, self._places, self._parts = figure.get_layout_engine(), {}, {}

    def get_width_height(self, *, physical=False):
        """In whole pixels; older matplotlib makes 459 of 4.6 inches, 459.9999 pixels."""
        return tuple(round(size) for size in self.figure.bbox.max)

    def get_renderer(self):
        return self.renderer

    def png(self):
        """The figure as PNG (bytes).

        What it holds is laid out once: a picture that moves cannot be compared.
        """
        self._lay_out()
        axes, whole = self.figure.axes, _content_of_figure(self.figure)
        content = [(ax, artist) for ax in axes for artist in _by_zorder(_content(ax))]
        frame = {look: part for k, ax in enumerate(axes) for look, part in _frame(k, ax)}
        parts = [part for part in frame.values() if part not in axes]
        for artist in [*whole, *(artist for _, artist in content), *parts]:
            artist.set_animated(True)  # Axes.draw leaves it out
        if len(self._parts) > KEPT:
            self._parts.clear()
        if new := frame.keys() - self._parts.keys():
            images = [image for ax in axes for image in ax.images if image.get_visible()]
            for image in images:
                image.set_visible(False)  # Axes.draw of matplotlib before 3.9 draws animated ones
            for look in new:
                self._parts[look] = self._drawn(frame[look])
            for image in images:
                image.set_visible(True)
        picture = np.asarray(self.buffer_rgba())
        ground = _pixel(self.figure.get_facecolor())
        pixels = picture.view(np.uint32)[..., 0]
        pixels[:] = ground
        for ax in axes:
            if ax.axison and ax.patch.get_visible() and _pixel(ax.get_facecolor()) != ground:
                pixels[_area(ax)] = _pixel(ax.get_facecolor())
        for area, ink in map(self._parts.get, frame):
            # dark on light: parts may touch, whichever came first
            np.minimum(picture[area], ink, out=picture[area])
        for ax, artist in content:
            ax.draw_artist(artist)
        for artist in _by_zorder(whole):
            self.figure.draw_artist(artist)
        return _png(picture)

    def _lay_out(self):
        """Each axes where it stood when the figure first held as much.

        A colorbar, drawn anew, takes its old place.
        """
        if self._engine is None:  # the axes of a sheet stays where it is
            return
        axes, title = self.figure.axes, self.figure._suptitle
        held = len(axes), title is not None
        if held not in self._places:
            self.figure.set_layout_engine(self._engine)
            self._engine.execute(self.figure)
            self.figure.set_layout_engine("none")
            for ax in axes:
                place_names(ax)
            places = [ax.get_position(original=True) for ax in axes]
            self._places[held] = places, title and title.get_position()
        places, above = self._places[held]
        for ax, place in zip(axes, places, strict=True):
            if ax.get_position(original=True).bounds != place.bounds:
                ax.set_position(place)
        if title is not None:
            title.set_position(above)

    def _drawn(self, part):
        """A part of the frame, drawn alone on white: (where it stands, its pixels)."""
        picture = np.asarray(self.buffer_rgba())
        picture[:] = 255
        self.figure.draw_artist(part)
        inked = picture.view(np.uint32)[..., 0] != 2**32 - 1
        ends = [np.flatnonzero(inked.any(axis=k)) for k in (1, 0)]
        area = tuple(slice(end[0], end[-1] + 1) if len(end) else slice(0) for end in ends)
        return area, picture[area].copy()


@functools.lru_cache(100)
def _pixel(color):
    """The four bytes of a colour as one number: a third of the time to fill with."""
    return np.multiply(to_rgba(color), 255).round().astype(np.uint8).view(np.uint32)[0]


def _area(ax):
    """The pixels behind the content of an axes, counted from the top."""
    height = round(ax.figure.bbox.height)
    (left, bottom), (right, top) = np.round(ax.get_window_extent().get_points()).astype(int)
    return slice(height - top, height - bottom), slice(left, right)


class Renderer(RendererAgg):
    """Agg, but for plain text, level or upright.

    Pillow sets such text some ten times faster, and numbers change with every move.
    """

    def _ink(self, s, prop):
        return _ink(s, findfont(prop), prop.get_size_in_points() * self.dpi / 72)

    def get_text_width_height_descent(self, s, prop, ismath):
        """Size of a line in pixels, as matplotlib's layout asks for it."""
        if ismath:
            return super().get_text_width_height_descent(s, prop, ismath)
        _, (_, top, right, bottom) = self._ink(s, prop)
        return right, bottom - top, bottom

    def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None):
        """Draw a line whose base line starts at (x, y), y from the top."""
        if ismath or angle not in (0, 90):
            return super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)
        ink, (left, top, _, bottom) = self._ink(s, prop)
        if angle:
            ink, left, bottom = np.rot90(ink), top, -left
        image = np.empty((*ink.shape, 4), np.uint8)
        image[:] = np.multiply(gc.get_rgb(), 255)
        image[..., 3] = ink * gc.get_rgb()[3]
        self.draw_image(gc, round(x) + left, self.height - round(y) - bottom, image[::-1])


_truetype = functools.cache(
    functools.partial(ImageFont.truetype, layout_engine=ImageFont.Layout.BASIC)
)


@functools.lru_cache(1000)
def _ink(s, path, size):
    """How much ink each pixel of a line of text has, and the box the ink fills.

    The box is (left, top, right, bottom) from where the text starts, down positive.
    """
    em = int(size) + 1
    line = Image.new("L", (em * (len(s) + 2), 3 * em))
    ImageDraw.Draw(line).text((em, 2 * em), s, font=_truetype(path, size), fill=255, anchor="ls")
    box = line.getbbox() or (em, 2 * em, em + 1, 2 * em + 1)
    return np.asarray(line.crop(box)), np.subtract(box, (em, 2 * em, em, 2 * em))


def _content(ax):
    """What a drawing function put on the axes, apart from the frame.

    To the frame belong limits, ticks, labels, title and legend.
    """
    kinds = (
        "images",
        "collections",
        "patches",
        "lines",
        "texts",
        "tables",
        "artists",
        "child_axes",
    )
    return [artist for kind in kinds for artist in getattr(ax, kind)]


def _content_of_figure(figure):
    """What stands on the figure itself, its title among it."""
    kinds = ("images", "patches", "lines", "texts", "legends", "artists")
    return [artist for kind in kinds for artist in getattr(figure, kind)]


def _by_zorder(artists):
    return sorted(artists, key=lambda artist: artist.get_zorder())


def blank(figure, kept):
    """Make the figure as good as new, with these axes and no others.

    Some ten times faster than clearing it.
    """
    for artist in _content_of_figure(figure):
        artist.remove()
    figure.set_facecolor(matplotlib.rcParams["figure.facecolor"])
    # else these come back without being drawn
    figure._suptitle = figure._supxlabel = figure._supylabel = None
    for ax in [ax for ax in figure.axes if ax not in kept]:
        # it gives back the room that it took from its axes
        colorbar = getattr(ax, "_colorbar", None)
        colorbar.remove() if colorbar else ax.remove()
    for ax in kept:
        empty(ax)


def empty(ax):
    """An axes as good as new; the first time it is, and how its ticks look is noted."""
    for artist in [*_content(ax), *filter(None, [ax.get_legend()])]:
        artist.remove()
    for axis in (ax.xaxis, ax.yaxis):
        common, single = _look_of_ticks(axis)
        usual, usually = _usual.setdefault(axis, (common, single))
        if common != usual or set(single) != set(usually):
            for which, params in usual.items():  # slow: the ticks are made anew
                axis.set_tick_params(which=which, reset=True, **params)
    ax.containers.clear()
    ax.set_prop_cycle(None)
    ax.set_facecolor(matplotlib.rcParams["axes.facecolor"])
    for spine in ax.spines.values():
        usual = _usual.setdefault(spine, _look_of_spine(spine))
        if _look_of_spine(spine) != usual:
            spine.set(**dict(zip(SPINE, usual, strict=True)))
    for place in TITLES:
        ax.set_title("", loc=place, color=matplotlib.rcParams["text.color"])
    for axis in (ax.xaxis, ax.yaxis):
        axis.label.set(text="", color=matplotlib.rcParams["axes.labelcolor"])
        if axis.get_scale() != "linear" or not (
            axis.isDefault_majloc and axis.isDefault_majfmt and axis.isDefault_minloc
        ):
            axis.axes.set(**{f"{axis.axis_name}scale": "linear"})
    ax.set(aspect="auto", anchor="C", xlim=(0, 1), ylim=(0, 1))
    ax.margins(matplotlib.rcParams["axes.xmargin"], matplotlib.rcParams["axes.ymargin"])
    ax.set_axis_on()
    ax.relim()
    ax.autoscale(True)


_usual = weakref.WeakKeyDictionary()  # {axis or spine: how it looked before anything was drawn}
SPINE = ("visible", "edgecolor", "linewidth", "linestyle")


def _look_of_spine(spine):
    return tuple(getattr(spine, f"get_{what}")() for what in SPINE)


def _look_of_ticks(axis):
    """({"major": what all ticks have in common, "minor": ...}, the looks of single labels)."""
    labels = [tick.label1 for tick in axis.majorTicks]
    looks = [(str(text.get_color()), text.get_fontsize(), text.get_rotation()) for text in labels]
    return {which: axis.get_tick_params(which) for which in ("major", "minor")}, looks


def _frame(k, ax):
    """(look, part) for each part of the frame of the k-th axes: two equal looks are drawn alike."""
    ax.apply_aspect()
    place = (k, *ax.get_position().bounds)
    titles = [
        *(ax.get_title(loc=place) for place in TITLES),
        ax.title.get_color(),
        ax.title.get_fontsize(),
    ]
    spines = map(_look_of_spine, ax.spines.values())
    yield (*place, ax.axison, ax.get_facecolor(), *titles, *spines), ax
    for axis, limits in ((ax.xaxis, ax.get_xlim()), (ax.yaxis, ax.get_ylim())):
        if ax.axison and axis.get_visible():
            labels, minor = axis.get_major_formatter(), axis.get_minor_locator()
            writing = (
                type(labels),
                *(getattr(labels, "seq", None) or ()),
                *_function(getattr(labels, "func", None)),
                getattr(labels, "fmt", None),
            )
            label = (axis.label.get_text(), axis.label.get_color(), axis.label.get_fontsize())
            common, single = _look_of_ticks(axis)
            look = (
                *label,
                str(common),
                *single,
                axis.get_label_position(),
                axis.get_ticks_position(),
            )
            yield (
                (
                    *place,
                    type(axis),
                    *limits,
                    axis.get_scale(),
                    *look,
                    *axis.get_majorticklocs(),
                    type(minor),
                    *writing,
                ),
                axis,
            )
    if legend := ax.get_legend():
        getters = [f"get_{what}" for what in ("label", "color", "facecolor", "linestyle", "marker")]
        looks = (
            str(getattr(h, get)())
            for h in legend.legend_handles
            for get in getters
            if hasattr(h, get)
        )
        texts = [
            (text.get_text(), text.get_fontsize(), str(text.get_color()))
            for text in (legend.get_title(), *legend.get_texts())
        ]
        yield (
            (*place, *looks, *texts, str(legend._loc), str(legend.get_bbox_to_anchor().bounds)),
            legend,
        )


def _function(func):
    """What tells a formatter's function from another.

    `set_xticklabels` makes a new partial each time, whose arguments say the same.
    """
    if isinstance(func, functools.partial):
        return func.func, str(func.args), str(func.keywords)
    return (func,)


def _png(picture):
    """Pixels (height, width, 4) as PNG.

    Rows without a filter: faster and smaller, for flat colours, than what Pillow chooses.
    """
    height, width, _ = picture.shape
    rows = np.zeros((height, 1 + 4 * width), np.uint8)  # a row begins with its filter: 0, none
    rows[:, 1:] = picture.reshape(height, -1)
    size = struct.pack(">2I5B", width, height, 8, 6, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n"
    for name, data in {b"IHDR": size, b"IDAT": zlib.compress(rows, 1), b"IEND": b""}.items():
        png += (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )
    return png
