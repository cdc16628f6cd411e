"""How every figure looks, and how one is shown in a notebook.

Here are its colours, the sizes of letters and lines, and axes of a fixed size.
"""

import base64
import io
import logging
import sys
import unicodedata
import weakref

import matplotlib
import numpy as np

if sys.platform == "emscripten":  # a browser looks for its fonts at every start, and would say so
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

# After Okabe & Ito (2008), red, orange and sky darker: seen on white, and told apart by every kind
# of colour vision.
# One thing keeps its colour in all lessons.
BLUE, RED, GREEN, ORANGE, SKY, PURPLE = (
    "#0072B2",
    "#C43C00",
    "#009E73",
    "#E57500",
    "#0094FF",
    "#CC79A7",
)
COLORS = {"label 0": RED, "label 1": BLUE}
BACKWARD = "#8E3B78"  # what flows back, gradients and deltas: dark enough for words
INK, GREY, PALE = "0.2", "0.45", "0.86"  # words and frames; second words; what is not meant now
SHARP = 2  # pixels stored for each that is shown: a whole number, else ordinary screens blur
SMALL = 9.5  # points, of names and ticks; nothing is smaller than 9
CYCLE = [(BLUE, "-"), (RED, "--"), (GREEN, "-."), (PURPLE, ":"), (ORANGE, "-"), (SKY, "--")]


def use_style():
    """Give all figures one look.

    It has readable sizes, no frame, and colours and line styles that need no colour vision.
    """
    colors, styles = zip(*CYCLE, strict=True)
    matplotlib.rcParams.update({
        "figure.dpi": 100, "font.size": 10, "axes.labelsize": 10, "axes.titlesize": 10,
        "legend.fontsize": SMALL, "xtick.labelsize": SMALL, "ytick.labelsize": SMALL,
        "axes.spines.top": False, "axes.spines.right": False,
        "legend.frameon": False, "lines.linewidth": 2, "axes.grid": False, "image.cmap": "gray_r",
        "axes.prop_cycle": matplotlib.cycler(color=colors, linestyle=styles),
    })  # fmt: skip


def new_figure(width, height, layout="constrained"):
    """An empty figure of a fixed size in inches (100 dpi), drawn without pyplot: none stays open.

    layout=None: its axes are placed by hand.
    """
    figure = Figure(figsize=(width, height), layout=layout)
    FigureCanvasAgg(figure)
    return figure


def axes(n=1, width=None, height=3.2, rows=1, **kind):
    """One axes, or an array of n in `rows`, on a new figure of a fixed size in inches (100 dpi).

    With projection="3d" they show space.
    """
    figure = new_figure(width or min(4 * n, 8.4) + (n == 1), height)
    return figure.subplots(rows, n // rows, subplot_kw=kind)


def wide(text):
    """How many characters of a text are as wide as two letters: Chinese, Japanese, Korean."""
    return sum(unicodedata.east_asian_width(character) in ("W", "F") for character in text)


def padded(text, width):
    """The text as a column of a printed table: spaces behind it, so that it fills so many letters.

    Python's own padding counts characters, and some are as wide as two letters.
    """
    return text + " " * (width - len(text) - wide(text))


def is_sentence(text):
    """Is this a text of five words or more? Two wide characters, between spaces or not, are one."""
    return isinstance(text, str) and len(text.split()) + wide(text) // 2 >= 5


def show(ax, alt, sharp=SHARP):
    """Display the figure of `ax` (one axes or an array) in the notebook.

    `alt` says in a sentence what it shows. The figure is stored `sharp` times as large as it is
    shown, for screens of any density; `sharp` may be 1 where much is soft and bytes count.
    """
    from IPython.display import display

    if not is_sentence(alt):
        raise ValueError(
            f"show takes alt as a sentence for those who cannot see the figure, got {alt!r}"
        )
    figure, picture = np.ravel(ax)[0].figure, io.BytesIO()
    figure.savefig(picture, format="png", dpi=sharp * figure.dpi)
    about = {"alt": alt, "width": round(figure.get_figwidth() * figure.dpi)}
    display(
        {"image/png": base64.b64encode(picture.getvalue()).decode(), "text/plain": alt},
        raw=True,
        metadata={"image/png": about},
    )


def layer_colors(n):
    """n colours from dark, next to the input, to brighter, next to the output.

    They lie on one perceptual scale, and all are seen on white.
    """
    return matplotlib.colormaps["viridis"](np.linspace(0, 0.58, n))


def end_names(ax):
    """The name of every line at its right end, beside the axes; names do not touch.

    For lines with a label, after the limits are set. A thin line in the line's colour leads to its
    name; it is grey where the line itself ends before the axes do.
    """
    found = [(line, *_right_end(line)) for line in ax.lines if not line.get_label().startswith("_")]
    _NAMES[ax] = []
    free = {"transform": ax.transAxes, "clip_on": False, "scalex": False, "scaley": False}
    beside = {"transform": ax.transAxes, "va": "center", "color": INK, "fontsize": SMALL}
    for line, x, y in found:
        if y is None:
            continue
        whole = x > 0.97
        look = {
            "color": line.get_color() if whole else PALE,
            "linestyle": "-",
            "linewidth": 1.2 if whole else 0.8,
        }
        (lead,) = ax.plot([x] * 3, [y] * 3, **free, **look, marker="", label="_lead")
        name = ax.text(1, y, line.get_label(), **beside)
        _NAMES[ax].append((lead, name, max(x, 1) if whole else x, y))
    place_names(ax)
    return ax


_NAMES = weakref.WeakKeyDictionary()  # {axes: [(leading line, name, where the line ends)]}


def place_names(ax):
    """Set what `end_names` wrote to where it belongs, again if the axes has got another size."""
    named = [entry for entry in _NAMES.get(ax, []) if entry[0].axes is ax]
    point = ax.figure.dpi / 72
    # a point, a line of text
    across, height = point / ax.bbox.width, 1.35 * SMALL * point / ax.bbox.height
    heights = spread([y for *_, y in named], height)
    for (lead, name, x, y), at in zip(named, heights, strict=True):
        lead.set_data([x, 1 + 10 * across, 1 + 14 * across], [y, at, at])
        name.set_position((1 + 17 * across, at))


def _right_end(line):
    """The last point of a line that can be drawn, in parts of its axes; (None, None) if none."""
    ax = line.axes
    points = np.ma.filled(np.ma.asarray(line.get_xydata(), float), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        places = ax.transAxes.inverted().transform(ax.transData.transform(points))
    drawable = np.isfinite(points).all(axis=1) & np.isfinite(places).all(axis=1)
    for axis, values in ((ax.xaxis, points[:, 0]), (ax.yaxis, points[:, 1])):
        drawable &= (values > 0) | (axis.get_scale() != "log")
    if not drawable.any():
        return None, None
    return tuple(np.clip(places[drawable][-1], 0, 1))


def spread(places, gap):
    """Places moved as little as possible, in squares, so that neighbours stand `gap` apart.

    Pool adjacent violators (Ayer et al. 1955): places that touch become a group around their mean,
    as long as any do.
    """
    order = np.argsort(places, kind="stable")
    groups = []  # [sum of the places of its members, each less its rank times gap; how many]
    for rank, place in enumerate(np.asarray(places, float)[order]):
        groups.append([place - rank * gap, 1])
        while len(groups) > 1 and groups[-2][0] / groups[-2][1] > groups[-1][0] / groups[-1][1]:
            total, members = groups.pop()
            groups[-1][0] += total
            groups[-1][1] += members
    levels = [total / members for total, members in groups for _ in range(members)]
    moved = np.empty(len(levels))
    moved[order] = levels + gap * np.arange(len(levels))
    return moved
