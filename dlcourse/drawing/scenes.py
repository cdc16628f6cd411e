"""What a lesson looks at.

Points in the plane and in space, borders, valleys, images, a small network.
"""

import matplotlib
import numpy as np
from contourpy import contour_generator
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.path import Path

from dlcourse.drawing.style import COLORS, CYCLE, GREEN, ORANGE, PURPLE, axes, names_above


def _marks(ax, x, labels):
    """Points (N, 2) of two classes: label 1 blue discs, label 0 red triangles."""
    for label, marker in ((0, "^"), (1, "o")):
        look = {
            "markersize": 5,
            "markeredgecolor": "white",
            "markeredgewidth": 0.6,
            "linestyle": "",
            "zorder": 3,
        }
        name = f"label {label}"
        ax.plot(*x[np.ravel(labels) == label].T, marker, color=COLORS[name], label=name, **look)
    ax.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal")


def points(x, labels, ax=None, **settings):
    """Points (N, 2) of two classes: label 1 blue discs, label 0 red triangles."""
    ax = axes() if ax is None else ax
    _marks(ax, x, labels)
    ax.set(**settings)
    return names_above(ax)


def _over_plane(f, xlim, ylim, n):
    """n places along each side of a rectangle, and the value of f, (M, 2) -> (M,) or (M, 1), on their n x n grid."""
    u, v = np.linspace(*xlim, n), np.linspace(*ylim, n)
    return u, v, np.reshape(f(np.stack(np.meshgrid(u, v), axis=-1).reshape(-1, 2)), (n, n))


def _shades(ax, u, v, values, edges, colors):
    """Colour the plane below, between and above `edges`, as contourf does in thrice the time; the finder of lines is returned.

    Infinities lie beyond all edges; where a value is NaN nothing is drawn.
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

    Blue above `level`, red below, a line at it.
    """
    ax = axes() if ax is None else ax
    margin = 0.08 * (x.max(axis=0) - x.min(axis=0))
    u, v, values = _over_plane(
        f, *np.transpose([x.min(axis=0) - margin, x.max(axis=0) + margin]), n
    )
    border = _shades(ax, u, v, values, [level], ["#f6dccb", "#cfe3ef"]).lines(level)
    ax.add_collection(LineCollection(border, colors="0.2", linewidths=1.5), autolim=False)
    _marks(ax, x, labels)
    ax.set(xlim=u[[0, -1]], ylim=v[[0, -1]])
    return ax


def unit_lines(W, b, ax):
    """Where each unit stands at 0.

    The line x W + b = 0 for every column of W (2, M), as far as the axes reach.
    """
    for w, offset, color in zip(
        W.T, b, np.resize(["0.25", PURPLE, GREEN, ORANGE], len(b)), strict=True
    ):
        length = np.hypot(*w)
        along, foot = (
            np.array([-w[1], w[0]]) / length,
            -offset / length * w / length,
        )  # the foot is next to the origin
        ax.axline(
            foot, foot + max(1, np.hypot(*foot)) * along, color=color, linestyle="--", linewidth=1.8
        )
    return ax


def space(x, labels, ax, v, c, *, seen_from=None):
    """Points (N, 3) of two classes within the unit cube, and the plane x v + c = 0; without `seen_from` (elevation, azimuth) the
    plane is seen along its edge. `ax` is one of axes(projection="3d").
    """
    for label, marker in ((0, "^"), (1, "o")):
        ax.scatter(
            *x[np.ravel(labels) == label].T,
            s=14,
            marker=marker,
            color=COLORS[f"label {label}"],
            depthshade=False,
        )
    along = np.argmax(np.abs(v))  # solved for the coordinate in which the plane is least steep
    grid = np.insert(np.stack(np.meshgrid(*[np.linspace(0, 1, 41)] * 2)), along, 0.0, axis=0)
    height = -(np.tensordot(v, grid, 1) + c) / v[along]
    grid[along] = np.where((height >= 0) & (height <= 1), height, np.nan)
    ax.plot_surface(
        *grid,
        color="0.6",
        alpha=0.4,
        edgecolor="0.5",
        linewidth=0.4,
        rcount=41,
        ccount=41,
        shade=False,
    )
    ax.set_proj_type("ortho")
    ax.view_init(*(seen_from or (0, np.rad2deg(np.arctan2(-v[0], v[1])))))
    ticks = [0, 0.5, 1]
    ax.set(xticks=ticks, yticks=ticks, zticks=ticks, xlabel="$h_1$", ylabel="$h_2$", zlabel="$h_3$")
    if seen_from is None:
        ax.set_axis_off()
        ax.set_box_aspect((1, 1, 1), zoom=1.1)
    return ax


def network(units, weights, ax=None):
    """A box with text for every unit, [[text, ...] of the inputs, then of each layer], and its weights (D, M) on the arrows."""
    ax = axes() if ax is None else ax
    places = [
        [(column, i - (len(layer) - 1) / 2) for i in range(len(layer))]
        for column, layer in enumerate(units)
    ]
    for sources, targets, W in zip(places[:-1], places[1:], weights, strict=True):
        for (x0, y0), row in zip(sources, W, strict=True):
            for (x1, y1), w in zip(targets, row, strict=True):
                ax.annotate(
                    "",
                    (x1 - 0.25, y1),
                    (x0 + 0.22, y0),
                    arrowprops={"arrowstyle": "->", "color": "0.5"},
                )
                label = {
                    "ha": "center",
                    "va": "center",
                    "bbox": {"facecolor": "white", "linewidth": 0, "pad": 1},
                }
                ax.text(0.62 * x0 + 0.38 * x1, 0.62 * y0 + 0.38 * y1, f"{w:g}", **label)
    for layer, texts in zip(places, units, strict=True):
        for place, text in zip(layer, texts, strict=True):
            box = {"facecolor": "#eef3f7", "edgecolor": "0.4", "boxstyle": "round"}
            ax.text(*place, text, ha="center", va="center", linespacing=1.4, bbox=box)
    tall = max(map(len, units)) / 2
    ax.set(xlim=(-0.4, len(units) - 0.6), ylim=(tall, -tall))  # the first unit on top
    ax.set_axis_off()
    return ax


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


def contour_path(f, paths, ax=None, *, xlim, ylim, levels=14, **settings):
    """Shades of f, (M, 2) -> (M,), and a path (steps, 2) for each {name.

    Path}, from its ring to its cross.
    """
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
    for (name, path), (color, style) in zip(paths.items(), CYCLE * len(paths), strict=False):
        color = COLORS.get(name, color)
        ax.plot(*path.T, color=color, linestyle=style, label=name, marker=".", markersize=4)
        ax.plot(*path[0], "o", color=color, markersize=9, markerfacecolor="none", markeredgewidth=2)
        ax.plot(*path[-1], "x", color=color, markersize=9, markeredgewidth=2.5)
    ax.set(xlim=xlim, ylim=ylim, **settings)
    return names_above(ax)
