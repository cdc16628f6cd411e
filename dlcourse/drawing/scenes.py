"""What a lesson looks at.

These are points in the plane and in space, borders, valleys, images and a small network.
"""

import matplotlib
import numpy as np
from contourpy import contour_generator
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.patches import FancyArrowPatch
from matplotlib.path import Path
from matplotlib.transforms import ScaledTranslation

from dlcourse.drawing.style import (
    BACKWARD,
    BLUE,
    COLORS,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PURPLE,
    RED,
    axes,
)

PLANE = {"xlabel": "$x_1$", "ylabel": "$x_2$", "aspect": "equal"}


def marks(ax, x, labels, zorder=3):
    """Put points (N, 2) of two classes on ax: label 1 blue discs, label 0 red triangles."""
    for label, marker in ((0, "^"), (1, "o")):
        look = {
            "markersize": 5,
            "markeredgecolor": "white",
            "markeredgewidth": 0.6,
            "linestyle": "",
            "zorder": zorder,
        }
        name = f"label {label}"
        ax.plot(*x[np.ravel(labels) == label].T, marker, color=COLORS[name], label=name, **look)


def _over_plane(f, xlim, ylim, n):
    """n places along each side of a rectangle, and the value of f on their n x n grid.

    f maps (M, 2) to (M,) or (M, 1).
    """
    u, v = np.linspace(*xlim, n), np.linspace(*ylim, n)
    return u, v, np.reshape(f(np.stack(np.meshgrid(u, v), axis=-1).reshape(-1, 2)), (n, n))


def _shades(ax, u, v, values, edges, colors):
    """Colour the plane below, between and above `edges`; returns the finder of lines.

    It does what contourf does, in a third of the time. Infinities lie beyond all edges; where a
    value is NaN nothing is drawn.
    """
    values = np.ma.masked_invalid(np.clip(np.asarray(values, float), -1e300, 1e300))
    grid = contour_generator(u, v, values, fill_type="OuterCode")
    bands = zip([-np.inf, *edges], [*edges, np.inf], colors, strict=True)
    found = [
        (Path(*outline), color)
        for *ends, color in bands
        for outline in zip(*grid.filled(*ends), strict=True)
    ]
    paths, colors = zip(*found, strict=True) if found else ([], "none")
    ax.add_collection(
        PathCollection(paths, facecolors=colors, linewidths=0, antialiaseds=False), autolim=False
    )
    return grid


def decision_boundary(f, x, labels, ax=None, *, level=0.5, n=100):
    """Points of two classes on a plane coloured by f, (M, 2) -> (M,) or (M, 1).

    The plane is blue above `level` and red below, with a line at it.
    """
    ax = axes() if ax is None else ax
    margin = 0.08 * (x.max(axis=0) - x.min(axis=0))
    u, v, values = _over_plane(
        f, *np.transpose([x.min(axis=0) - margin, x.max(axis=0) + margin]), n
    )
    border = _shades(ax, u, v, values, [level], ["#f6dccb", "#cfe3ef"]).lines(level)
    ax.add_collection(LineCollection(border, colors="0.2", linewidths=1.5), autolim=False)
    marks(ax, x, labels)
    ax.set(**PLANE)
    ax.set(xlim=u[[0, -1]], ylim=v[[0, -1]])
    return ax


def unit_lines(W, b, ax):
    """The line x W + b = 0 for every column of W (2, M), as far as the axes reach.

    There each unit stands at 0.
    """
    for w, offset, color in zip(
        W.T, b, np.resize(["0.25", PURPLE, GREEN, ORANGE], len(b)), strict=True
    ):
        length = np.hypot(*w)
        # the foot is next to the origin
        along, foot = (np.array([-w[1], w[0]]) / length, -offset / length * w / length)
        ax.axline(
            foot, foot + max(1, np.hypot(*foot)) * along, color=color, linestyle="--", linewidth=1.8
        )
    return ax


def space(x, labels, ax, v, c, *, seen_from):
    """Points (N, 3) of two classes within the unit cube, and the plane x v + c = 0 through it.

    `seen_from` is (elevation, azimuth) in degrees; `ax` is one of axes(projection="3d").
    """
    for label, marker in ((0, "^"), (1, "o")):
        ax.scatter(
            *x[np.ravel(labels) == label].T,
            s=14,
            marker=marker,
            color=COLORS[f"label {label}"],
            depthshade=False,
        )
    corners = _in_unit_cube(np.asarray(v, float), float(c))
    if len(corners) > 2:
        fan = [(0, k, k + 1) for k in range(1, len(corners) - 1)]
        look = {"color": "0.6", "alpha": 0.35, "linewidth": 0, "antialiased": False}
        ax.plot_trisurf(*corners.T, triangles=fan, shade=False, **look)
        ax.plot(*corners[[*range(len(corners)), 0]].T, color="0.4", linewidth=1, linestyle="-")
    ax.set_proj_type("ortho")
    ax.view_init(*seen_from)
    ticks = [0, 0.5, 1]
    ax.set(xticks=ticks, yticks=ticks, zticks=ticks)
    ax.set(xlim=(0, 1), ylim=(0, 1), zlim=(0, 1))
    return ax


def _in_unit_cube(v, c):
    """The corners (K, 3), in turn, of the polygon that the plane x v + c = 0 cuts out of a cube."""
    found = []
    for axis in range(3):
        for others in np.ndindex(2, 2):
            start = np.insert(np.array(others, float), axis, 0.0)
            share = -(start @ v + c) / v[axis] if v[axis] else -1.0
            if 0 <= share <= 1:
                found.append(start + share * np.eye(3)[axis])
    if not found:
        return np.empty((0, 3))
    found = np.unique(np.round(found, 12), axis=0)
    along, across = np.linalg.svd(v[None])[2][1:]
    from_middle = found - found.mean(axis=0)
    return found[np.argsort(np.arctan2(from_middle @ across, from_middle @ along))]


def network(units, weights, ax=None, *, back=None, gradients=None):
    """A box with words for every unit, and its weights (D, M) on the edges.

    units: [[text, ...] of the inputs, then of each layer]. An edge is blue where its weight is
    positive, red where it is negative, and as wide as it is large. back: what stands below the
    words of each unit in the colour of the way back, in the shape of `units`. gradients: matrices
    like weights; each edge gets an arrow back as wide as its number is large.
    """
    tall, wide = max(map(len, units)), len(units)
    ax = axes(width=8.4, height=min(4.4, 0.6 + 1.2 * tall)) if ax is None else ax
    places = [
        [(column, i - (len(layer) - 1) / 2) for i in range(len(layer))]
        for column, layer in enumerate(units)
    ]
    boxes = []
    for layer, (column, texts) in zip(places, enumerate(units), strict=True):
        under = back[column] if back is not None else [""] * len(texts)
        boxes.append([_unit(ax, *about) for about in zip(layer, texts, under, strict=True)])
    largest = [
        max(np.abs(W).max() for W in some) or 1.0 for some in (weights, gradients or [np.ones(1)])
    ]
    for k, W in enumerate(weights):
        for i, j in np.ndindex(*np.shape(W)):
            ends = (places[k][i], places[k + 1][j]), (boxes[k][i], boxes[k + 1][j])
            dW = None if gradients is None else float(gradients[k][i][j])
            _way_there_and_back(ax, *ends, float(W[i][j]), dW, largest)
    ax.set(xlim=(-0.35, wide - 0.65), ylim=(tall / 2, -tall / 2))  # the first unit on top
    ax.set_axis_off()
    return ax


def _unit(ax, place, text, under):
    """A box with the words of a unit, below them those of the way back; the box is returned."""
    box = {"facecolor": "#eef3f7", "edgecolor": GREY, "boxstyle": "round,pad=0.45"}
    look = {"ha": "center", "va": "center", "linespacing": 1.4, "zorder": 4}
    if not under:
        return ax.text(*place, text, color=INK, bbox=box, **look).get_bbox_patch()
    above, below = text.split("\n"), under.split("\n")
    widest = max(above + below, key=len)
    room = ax.text(*place, "\n".join([widest] * len(above + below)), color="none", bbox=box, **look)
    ax.text(*place, "\n".join(above + [""] * len(below)), color=INK, **look)
    ax.text(*place, "\n".join([""] * len(above) + below), color=BACKWARD, **look)
    return room.get_bbox_patch()


def _way_there_and_back(ax, places, boxes, w, dW, largest):
    """An arrow with its weight, and one back with its gradient: lanes of a road between boxes."""
    lanes = [(places, boxes, BLUE if w > 0 else RED, w, f"{w:g}", 0 if dW is None else 6)]
    if dW is not None:
        lanes.append((places[::-1], boxes[::-1], BACKWARD, dW, f"{dW:+.2g}", -6))
    (x0, y0), (x1, y1) = places
    for (start, end), (here, there), color, value, words, aside in lanes:
        size = abs(value) / largest[color == BACKWARD]
        lane = ax.transData + ScaledTranslation(0, aside / 72, ax.figure.dpi_scale_trans)
        look = {
            "arrowstyle": "-|>",
            "mutation_scale": 9,
            "linewidth": 0.8 + 2.2 * size,
            "color": color,
        }
        clip = {"patchA": here, "patchB": there, "shrinkA": 2, "shrinkB": 2}
        ax.add_patch(FancyArrowPatch(start, end, transform=lane, zorder=5, **look, **clip))
        share = {0: 0.31, 6: 0.38, -6: 0.68}[aside]  # with two lanes the boxes are wide
        at = (x0 + share * (x1 - x0), y0 + share * (y1 - y0))
        ground = {"facecolor": "white", "linewidth": 0, "pad": 1}
        words = words.replace("-", "−")
        ax.text(
            *at,
            words,
            ha="center",
            va="center",
            transform=lane,
            zorder=6,
            bbox=ground,
            color=color if aside < 0 else INK,
        )


def images(x, ax=None, *, captions=None, columns=8, signed=False):
    """Square images (N, side * side) in a grid.

    Ink is dark; with signed=True blue is positive, red negative, white 0.
    """
    x = np.asarray(x, float)
    side, n = int(round(x.shape[1] ** 0.5)), len(x)
    columns = min(columns, n)
    rows = -(-n // columns)
    gap = side // 3 if captions is not None else 1
    grid = np.full((rows * (side + gap), columns * (side + 2)), np.nan)
    ax = (
        axes(
            width=min(8.4, 1.05 * columns + 0.2),
            height=min(8.4, 1.05 * columns) * grid.shape[0] / grid.shape[1] + 0.2,
        )
        if ax is None
        else ax
    )
    for i, image in enumerate(x.reshape(n, side, side)):
        top, left = gap + i // columns * (side + gap), 1 + i % columns * (side + 2)
        grid[top : top + side, left : left + side] = image
        if captions is not None:
            ax.text(left + side / 2, top - 1, captions[i], ha="center", va="bottom", fontsize=9)
    largest = np.abs(x).max() or 1.0
    scale = (
        {"cmap": "RdBu", "vmin": -largest, "vmax": largest}
        if signed
        else {"cmap": "gray_r", "vmin": 0, "vmax": largest}
    )
    ax.imshow(grid, **scale)
    ax.set_axis_off()
    return ax


def contours(f, ax=None, *, xlim, ylim, levels=14, **settings):
    """Shades of f, (M, 2) -> (M,), over the plane: dark where it is high."""
    ax = axes() if ax is None else ax
    u, v, heights = _over_plane(f, xlim, ylim, 32)
    finite = heights[np.isfinite(heights)] if np.isfinite(heights).any() else np.zeros(1)
    edges = np.unique(np.linspace(finite.min(), finite.max(), levels + 1)[1:-1])
    _shades(
        ax,
        u,
        v,
        heights,
        edges,
        matplotlib.colormaps["Greys"](np.linspace(0, 0.55, len(edges) + 1)),
    )
    ax.set(xlim=xlim, ylim=ylim, **settings)
    return ax


def ridges(f, ax, *, level, limits, columns, rows, tilt, linewidth=1.0):
    """f, (M, 2) -> (M,) or (M, 1), over a square of the plane as a surface seen from the front.

    `rows` lines of `columns` places each, from behind to the front; one stands where f has its
    height, and `tilt` times its x_2 further up, and hides what is behind it. A line is blue where f
    is above `level`, red elsewhere. `limits`: those of x_1 and of x_2.
    """
    along, depths = np.linspace(*limits, columns), np.linspace(*limits[::-1], rows)
    places = np.stack(np.meshgrid(along, depths), axis=-1).reshape(-1, 2)
    heights = np.reshape(f(places), (rows, columns))
    above, up = heights > level, tilt * depths[:, None] + heights
    foot = [(limits[1], up.min() - 1), (limits[0], up.min() - 1)]
    paths, faces, edges = [], [], []
    for k in range(rows):
        row = np.stack([along, up[k]], axis=1)
        paths.append(Path([*row, *foot]))  # a white ground hides the rows behind
        faces.append("white")
        edges.append("none")
        changes = np.flatnonzero(np.diff(above[k])) + 1
        for start, end in zip([0, *changes], [*changes, columns], strict=True):
            paths.append(Path(row[start : end + 1]))
            faces.append("none")
            edges.append(BLUE if above[k, start] else RED)
    lines = PathCollection(paths, facecolors=faces, edgecolors=edges, linewidths=linewidth)
    ax.add_collection(lines, autolim=False)
    ax.set_axis_off()
    return ax


def valley_axes(n=6):
    """Axes for n panels, three in a row, of valleys."""
    rows = -(-n // 3)
    return axes(3 * rows, width=8.4, height=2.05 * rows, rows=rows)


def valleys(straight, turned, ax=None, *, k=100, notes=None):
    """Each rule's path in the valley (u^2 + k v^2) / 2, and dashed in the turned one, turned back.

    straight, turned: {name: path (steps, 2)}, both in the valley's own coordinates (u along, v
    across): where the dashed line lies on the other, the rule did not notice the turning. notes:
    {name: words} for the corner of a panel. All panels have the same limits, those of all paths.
    """
    if straight.keys() != turned.keys():
        raise ValueError(
            f"valleys takes two paths for each name, got {list(straight)} and {list(turned)}"
        )
    ax = valley_axes(len(straight)) if ax is None else ax
    every = np.concatenate([*straight.values(), *turned.values(), np.zeros((1, 2))])
    low, high = every.min(axis=0), every.max(axis=0)
    room = 0.1 * (high - low)
    (left, bottom), (right, top) = low - room, high + room
    u, v, heights = _over_plane(
        lambda w: w[:, 0] ** 2 + k * w[:, 1] ** 2, (left, right), (bottom, top), 60
    )
    edges = np.linspace(0, np.sqrt(heights.max()), 11)[1:-1]
    shades = matplotlib.colormaps["Greys"](np.linspace(0, 0.3, len(edges) + 1))
    for panel, name in zip(np.ravel(ax), straight, strict=False):
        _shades(panel, u, v, np.sqrt(heights), edges, shades)
        panel.plot(
            *straight[name].T,
            color=ORANGE,
            linestyle="-",
            linewidth=2.4,
            marker=".",
            markersize=4,
            zorder=3,
        )
        panel.plot(*turned[name].T, color="black", linestyle=(0, (3, 1.5)), linewidth=1.1, zorder=4)
        panel.plot(
            *straight[name][0], "o", color=INK, markersize=8, markerfacecolor="none", zorder=5
        )
        panel.plot(0, 0, "+", color="black", markersize=10, markeredgewidth=1.5, zorder=5)
        panel.set(xlim=(left, right), ylim=(bottom, top), xticks=[], yticks=[])
        panel.spines[:].set_visible(False)
        panel.set_title(name, loc="left", color=INK, fontweight="bold")
        panel.text(
            0.02,
            0.04,
            (notes or {}).get(name, ""),
            transform=panel.transAxes,
            ha="left",
            color=INK,
            fontsize=9,
        )
    for panel in np.ravel(ax)[len(straight) :]:
        panel.set_axis_off()
    return ax
