"""A network over the plane: every unit as the picture of its answers, weights as edges."""

import numpy as np
from contourpy import contour_generator
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import LinearSegmentedColormap, to_rgb

from dlcourse.drawing.scenes import marks
from dlcourse.drawing.sheet import sheet
from dlcourse.drawing.style import BLUE, GREY, INK, RED

WIDTH, HEIGHT = 8.4, 3.7
LARGE = 3.0  # the side of the output's picture, in inches
LEFT, FOOT = WIDTH - LARGE - 0.15, 0.2  # its lower left corner
FULL = 6.0  # a weight of this size has two thirds of the greatest width and ink
BENT = (1 - np.cos(np.linspace(0, np.pi, 13))) / 2  # how an edge goes from one height to another
TONES = LinearSegmentedColormap.from_list(
    "two", ["#e8926a", "#f6dccb", "white", "#cfe3ef", "#5fa8d3"]
)
TONES = (TONES(np.linspace(0, 1, 256))[:, :3] * 255).round().astype(np.uint8)


def plane(limits=(-2.4, 2.4), n=40):
    """The places (n * n, 2), row by row from below, at which unit_pictures takes outputs."""
    along = np.linspace(*limits, n)
    return np.stack(np.meshgrid(along, along), axis=-1).reshape(-1, 2)


def axes():
    """The axes of unit_pictures, for a widget: explore(draw, axes=units.axes, ...)."""
    return sheet(WIDTH, HEIGHT)


def unit_pictures(
    outputs,
    weights,
    x,
    labels,
    ax=None,
    *,
    limits=(-2.4, 2.4),
    ranges=None,
    title="",
    thickness=None,
):
    """Each unit as the picture of its output, the edges by weight; the last one large, with points.

    outputs: for the two inputs and then for each layer an array (n * n, units) of what they are at
    plane(limits, n); the last has one unit. weights: a matrix (D, M) for each layer. x (N, 2),
    labels (N,), 0 or 1: the points. ranges: the (low, high) of each column's colours, white
    between; without, the limits for the inputs and (0, 1) for units. An edge is blue where its
    weight is positive, red where it is negative, as wide and dark as thickness(|w|), a function of
    all sizes at once that returns shares from 0 to 1; without one, 1 - exp(-|w| / FULL). A weight
    of 0 has no edge.
    """
    n = round(len(outputs[0]) ** 0.5)
    widths = [np.shape(y)[1] for y in outputs]
    if widths[-1] != 1 or [np.shape(W) for W in weights] != list(
        zip(widths[:-1], widths[1:], strict=True)
    ):
        raise ValueError(
            "unit_pictures takes a matrix between neighbouring columns, the last of one unit, "
            f"got columns of {widths} "
            f"and matrices {[np.shape(W) for W in weights]}"
        )
    ax = sheet(WIDTH, HEIGHT, ax)
    ranges = [limits] + [(0, 1)] * (len(outputs) - 1) if ranges is None else ranges
    pictures = [
        _toned(y, *between).reshape(n, n, -1, 3) for y, between in zip(outputs, ranges, strict=True)
    ]
    size = min(0.68, 0.86 * LARGE / max(widths[:-1]))
    columns = np.linspace(0.4 + size / 2, LEFT - 0.75, len(outputs))[:-1]
    heights = [_heights(units, size, n) for units in widths[:-1]]
    _edges(ax, columns, heights, weights, size, thickness or bounded)
    for column, places, picture in zip(columns, heights, pictures, strict=False):
        _stack(ax, column, places, picture, size)
    frames = [
        (column, y, size) for column, places in zip(columns, heights, strict=True) for y in places
    ]
    frames.append((LEFT + LARGE / 2, FOOT + LARGE / 2, LARGE))
    squares = [_square(*frame) for frame in frames]
    ax.add_collection(
        PolyCollection(squares, facecolors="none", edgecolors=GREY, linewidths=0.8, zorder=4),
        autolim=False,
    )
    _plane(
        ax,
        pictures[-1][:, :, 0],
        np.reshape(outputs[-1], (n, n)),
        np.mean(ranges[-1]),
        x,
        np.ravel(labels),
        limits,
    )
    _words(ax, columns, widths, heights[0], title)
    return ax


def _words(ax, columns, widths, inputs, title):
    """The inputs' names, how many units a column has, and the title over the large picture."""
    for name, y in zip(("$x_1$", "$x_2$"), inputs, strict=False):
        ax.text(0.32, y, name, ha="right", va="center", fontsize=11, color=INK)
    above = FOOT + LARGE + 0.24
    look = {"ha": "center", "va": "center"}
    for column, units in zip(columns[1:], widths[1:], strict=False):
        words = f"{units} unit{'s' * (units > 1)}"
        ax.text(column, above, words, color=GREY, fontsize=10, **look)
    ax.text(LEFT + LARGE / 2, above, title, color=INK, fontsize=11, **look)


def _toned(y, low, high):
    """Numbers as colours (..., 3), low and below red, high and above blue."""
    share = (np.asarray(y, float) - low) / (high - low)
    return TONES[np.clip(np.nan_to_num(share, nan=0.5) * 255, 0, 255).astype(np.uint8)]


def _heights(units, size, n):
    """The middles of a column's pictures, the first on top; a gap is whole pixels of a picture."""
    apart = min(1.2, LARGE / units)
    gap = round((apart / size - 1) * n)
    return FOOT + LARGE / 2 + size * (1 + gap / n) * ((units - 1) / 2 - np.arange(units))


def _stack(ax, column, heights, picture, size):
    """A column of pictures (n, n, units, 3) as one image, white between them: it is faster."""
    n = len(picture)
    rows = np.round((heights - heights[-1]) / size * n).astype(int)
    image = np.full((rows[0] + n, n, 3), 255, np.uint8)
    for k, row in enumerate(rows):
        image[row : row + n] = picture[:, :, k]
    where = (column - size / 2, column + size / 2, heights[-1] - size / 2, heights[0] + size / 2)
    ax.imshow(image, extent=where, origin="lower", interpolation="nearest", aspect="auto", zorder=3)


def _square(x, y, size):
    half = size / 2
    return [(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)]


def bounded(sizes):
    """The share of an edge's greatest width and ink for a weight of this size, 0 to 1."""
    return 1 - np.exp(-sizes / FULL)


def _edges(ax, columns, heights, weights, size, thickness):
    """All weights as curves from picture to picture, the darkest on top."""
    starts, ends = [], []
    for k, (column, places) in enumerate(zip(columns, heights, strict=True)):
        last = k == len(columns) - 1
        x1 = LEFT if last else columns[k + 1] - size / 2
        ys = (
            FOOT + LARGE / 2 + 0.09 * ((len(places) - 1) / 2 - np.arange(len(places)))
            if last
            else heights[k + 1]
        )
        starts += [(column + size / 2, y) for y in places for _ in range(1 if last else len(ys))]
        ends += [(x1, y) for y in ys] if last else [(x1, y) for _ in places for y in ys]
    (x0, y0), (x1, y1) = np.transpose(starts)[..., None], np.transpose(ends)[..., None]
    across = np.linspace(0, 1, len(BENT))
    curves = np.stack([x0 + (x1 - x0) * across, y0 + (y1 - y0) * BENT], axis=-1)
    w = np.concatenate([np.ravel(W) for W in weights])
    share = thickness(np.abs(w))
    ink = (0.25 + 0.75 * share)[:, None]
    colors = 1 - ink + ink * np.where(w[:, None] > 0, to_rgb(BLUE), to_rgb(RED))
    order = np.argsort(share, kind="stable")
    widths = np.where(w == 0, 0, 0.5 + 6 * share)
    lines = LineCollection(curves[order], colors=colors[order], linewidths=widths[order], zorder=2)
    ax.add_collection(lines, autolim=False)


def _plane(ax, picture, values, level, x, labels, limits):
    """The output over the plane, a line where it is `level`, and the points of both classes."""
    where = (LEFT, LEFT + LARGE, FOOT, FOOT + LARGE)
    n, corner = len(values), np.array([LEFT, FOOT])
    ax.imshow(
        picture, extent=where, origin="lower", interpolation="bilinear", aspect="auto", zorder=3
    )
    centres = (np.arange(n) + 0.5) / n * LARGE  # of the pixels: where the values belong
    found = contour_generator(centres + LEFT, centres + FOOT, np.nan_to_num(values)).lines(level)
    ax.add_collection(LineCollection(found, colors=INK, linewidths=1.6, zorder=4), autolim=False)
    shares = (np.asarray(x, float) - limits[0]) / (limits[1] - limits[0])
    inside = (shares >= 0).all(axis=1) & (shares <= 1).all(axis=1)
    places = corner + (shares * (n - 1) + 0.5) / n * LARGE
    marks(ax, places[inside], labels[inside], zorder=5)
