"""Every figure, drawn from arrays: data first, the axes last, the axes returned.

Without axes a function makes a new figure. Figures are made without pyplot: nothing stays open,
nothing is shown until `show` is asked to. Here are curves, layers and histograms; points, borders,
valleys and images stand in drawing/scenes, drawings of networks in drawing/schematics and
drawing/units, colours and the axes in drawing/style.
"""

import itertools

import numpy as np
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.markers import MarkerStyle
from matplotlib.transforms import IdentityTransform

from dlcourse.drawing.scenes import (
    contour_path,
    decision_boundary,
    images,
    network,
    points,
    space,
    unit_lines,
    valleys,
)
from dlcourse.drawing.schematics import chain, neuron, shapes, unrolled
from dlcourse.drawing.strip import strip
from dlcourse.drawing.style import (
    BLUE,
    COLORS,
    CYCLE,
    GREEN,
    ORANGE,
    PURPLE,
    RED,
    SKY,
    axes,
    end_names,
    layer_colors,
    names_above,
    show,
    use_style,
)
from dlcourse.drawing.units import unit_pictures

__all__ = ["use_style", "axes", "show", "layer_colors", "end_names"]
__all__ += [
    "curves",
    "loss_curve",
    "gradient_magnitude",
    "layer_bars",
    "layer_histograms",
    "histograms",
]
__all__ += [
    "points",
    "decision_boundary",
    "unit_lines",
    "space",
    "network",
    "images",
    "contour_path",
]
__all__ += ["strip", "neuron", "shapes", "unrolled", "chain", "unit_pictures", "valleys"]
__all__ += ["BLUE", "RED", "GREEN", "ORANGE", "SKY", "PURPLE", "COLORS", "CYCLE"]

SHAPES = {
    name: MarkerStyle(name).get_path().transformed(MarkerStyle(name).get_transform())
    for name in "o^v"
}


def curves(x, ys, ax=None, *, names="above", **settings):
    """A line for each {name: y}; `settings` as in Axes.set.

    `x` is shared, or a dict with the same names. What stands before a comma in a name decides the
    colour: "cross-entropy, 20 hidden units". names: "above" is a legend above the axes, "end"
    writes each name at the right end of its line.
    """
    if names not in ("above", "end"):
        raise ValueError(f'curves takes names="above" or names="end", got {names!r}')
    ax = axes() if ax is None else ax
    known = {name: COLORS.get(str(name).split(",")[0]) for name in ys}
    free = itertools.cycle([color for color, _ in CYCLE if color not in known.values()] or [BLUE])
    for name, y in ys.items():
        # the line's style comes from the cycle
        style = {"color": known[name] or next(free)} if any(known.values()) else {}
        ax.plot(x[name] if isinstance(x, dict) else x, y, label=name, **style)
    ax.set(**settings)
    return names_above(ax) if names == "above" else end_names(ax)


def loss_curve(history, ax=None):
    """Training loss of every step, validation loss at the end of every epoch."""
    ax = axes() if ax is None else ax
    steps, epochs = len(history.loss), len(history.val_loss)
    ax.plot(
        np.arange(1, steps + 1),
        history.loss,
        color=COLORS["training"],
        linewidth=1,
        label="training, each step",
    )
    if epochs:
        ends = np.linspace(0, steps, epochs + 1)[1:]
        ax.plot(
            ends, history.val_loss, "o-", color=COLORS["validation"], label="validation, each epoch"
        )
    ax.set(xlabel="step", ylabel="loss", ylim=(0, None))
    return names_above(ax)


def gradient_magnitude(history, ax=None):
    """Root mean square of dW for every layer (colour, input dark) against the step; log axis."""
    ax = axes() if ax is None else ax
    steps = np.arange(1, len(history.grad_rms) + 1)
    for name, color, values in zip(
        history.layers, layer_colors(len(history.layers)), history.grad_rms.T, strict=True
    ):
        ax.plot(
            steps,
            np.ma.masked_less_equal(values, 0),
            color=color,
            linestyle="-",
            linewidth=1.2,
            label=name,
        )
    ax.set(xlabel="step", ylabel="gradient magnitude (RMS of dW)", yscale="log")
    return names_above(ax)


def layer_bars(
    values, ax=None, *, others=(), predicted=None, ylim=(1e-12, 1e2), ylabel="gradient magnitude"
):
    """One value for each layer, input left, on a fixed log axis.

    Beyond the axis stands an arrow at its edge with the number; 0 is hollow. `others`, thin and
    grey: the same for other networks; `predicted`: a dashed line.
    """
    ax = axes() if ax is None else ax
    values, layers = np.asarray(values, float), np.arange(1, len(values) + 1)
    edge = np.clip(values, ylim[0] * 1.5, ylim[1] / 1.5)
    inside = np.where((ylim[0] <= values) & (values <= ylim[1]), values, edge)
    # 0 lies far below a log axis
    drawn = [np.c_[layers, np.maximum(y, ylim[0] / 1e3)] for y in (*others, inside)]
    grey = {"colors": ["0.57"] * len(others) + ["0.45"], "linewidths": [0.8] * len(others) + [1]}
    ax.add_collection(LineCollection(drawn, zorder=1, **grey), autolim=False)
    if predicted is not None:
        ax.plot(
            layers,
            np.ma.masked_less_equal(predicted, 0),
            color="black",
            linewidth=1.2,
            linestyle="--",
        )
    many = len(values) > 10
    cramped = many or ax.bbox.width < 40 * len(values)  # numbers side by side would touch
    edges = layer_colors(len(values))
    faces = np.where((values == 0)[:, None], 0, edges)
    beyond = np.where(values > ylim[1], "^", np.where((0 < values) & (values < ylim[0]), "v", "o"))
    look = {"facecolors": faces, "edgecolors": edges, "linewidths": 1, "zorder": 3}
    at = {
        "offsets": np.c_[layers, inside],
        "offset_transform": ax.transData,
        "transform": IdentityTransform(),
    }
    marks = PathCollection(
        [SHAPES[marker] for marker in beyond], [36 if many else 64], **at, **look
    )
    ax.add_collection(marks, autolim=False)  # what scatter does, in a quarter of its time
    _numbers_beyond(ax, layers, values, inside, upright=cramped)
    ax.set(yscale="log", ylim=ylim, xlabel="layer (input left)", ylabel=ylabel)
    ax.set(xticks=layers[:: 1 + many], xlim=(0.5, len(values) + 0.5))
    ax.minorticks_off()  # they take half of a widget's time
    return ax


def _numbers_beyond(ax, layers, values, inside, upright):
    """The numbers of those values that stand as arrows at the edge, `inside` the axis."""
    for layer, value, y in zip(layers, values, inside, strict=True):
        if value not in (0, y):
            place = {
                "va": "top" if value > y else "bottom",
                "ha": "center",
                "rotation": 90 if upright else 0,
            }
            offset = (0, -7 if value > y else 7)
            ax.annotate(
                f"{value:.0e}", (layer, y), offset, textcoords="offset points", fontsize=9, **place
            )


def layer_histograms(shares, edges, ax=None, *, marks=None, **settings):
    """A histogram on its side for each layer, input left: shares (layers, bins) between `edges`.

    A dash stands at each of `marks`.
    """
    ax = axes() if ax is None else ax
    layers, heights = np.arange(1, len(shares) + 1), np.repeat(edges, 2)
    widths = 0.8 * np.asarray(shares, float) / np.max(shares, axis=1, keepdims=True)
    sides = np.pad(np.repeat(widths, 2, axis=1), ((0, 0), (1, 1))) + layers[:, None] - 0.4
    outlines = PolyCollection(
        [np.c_[side, heights] for side in sides], facecolors=layer_colors(len(shares))
    )
    ax.add_collection(outlines, autolim=False)
    if marks is not None:
        ax.plot(layers, marks, "_", color="black", markersize=9, markeredgewidth=2)
    ax.set(
        xlabel="layer (input left)",
        xlim=(0.5, len(layers) + 0.5),
        xticks=layers[:: 1 + (len(layers) > 10)],
    )
    ax.set(**{"ylim": (edges[0], edges[-1]), **settings})
    return ax


def histograms(values, ax=None, *, bins=40, **settings):
    """The outline of a histogram for each {name: numbers}, on common bins.

    `settings` are as in Axes.set.
    """
    ax = axes() if ax is None else ax
    edges = np.histogram_bin_edges(np.concatenate([np.ravel(v) for v in values.values()]), bins)
    for (name, v), (color, style) in zip(values.items(), CYCLE * len(values), strict=False):
        ax.stairs(
            np.histogram(np.ravel(v), edges)[0],
            edges,
            color=COLORS.get(name, color),
            linestyle=style,
            linewidth=2,
            label=name,
        )
    ax.set(ylabel="how many", **settings)
    return names_above(ax)
