"""Every figure, drawn from arrays: data first, the axes last, the axes returned.

Without axes a function makes a new figure. Figures are made without pyplot: nothing stays open,
nothing is shown until `show` is asked to. Here is what a History and layers look like; borders,
valleys and images stand in drawing/scenes, drawings of networks in drawing/schematics and
drawing/units, colours and the axes in drawing/style.
"""

import numpy as np
from matplotlib.collections import PolyCollection

from dlcourse.drawing.scenes import (
    contours,
    decision_boundary,
    images,
    network,
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
    GREY,
    ORANGE,
    PURPLE,
    RED,
    SKY,
    axes,
    end_names,
    layer_colors,
    show,
    use_style,
)
from dlcourse.drawing.units import unit_pictures

__all__ = ["use_style", "axes", "show", "layer_colors", "end_names"]
__all__ += ["loss_curve", "gradient_magnitude", "layer_histograms"]
__all__ += [
    "decision_boundary",
    "unit_lines",
    "space",
    "network",
    "images",
    "contours",
]
__all__ += ["strip", "neuron", "shapes", "unrolled", "chain", "unit_pictures", "valleys"]
__all__ += ["BLUE", "RED", "GREEN", "ORANGE", "SKY", "PURPLE", "COLORS", "CYCLE"]


def loss_curve(history, ax=None):
    """The training loss of every step of a History, the validation loss after every epoch."""
    ax = axes() if ax is None else ax
    steps, epochs = len(history.loss), len(history.val_loss)
    ax.plot(np.arange(1, steps + 1), history.loss, "-", color=GREY, linewidth=1, label="training")
    if epochs:
        ends = np.linspace(0, steps, epochs + 1)[1:]
        ax.plot(ends, history.val_loss, "o-", color=ORANGE, label="validation")
    ax.set(xlabel="step", ylabel="loss", ylim=(0, None))
    return end_names(ax)


def gradient_magnitude(history, ax=None):
    """The RMS of dW of every layer of a History over the steps; log axis, the input layer dark."""
    ax = axes() if ax is None else ax
    steps = np.arange(1, len(history.grad_rms) + 1)
    magnitudes = np.ma.masked_less_equal(history.grad_rms.T, 0)
    colors = layer_colors(len(history.layers))
    for name, color, values in zip(history.layers, colors, magnitudes, strict=True):
        ax.plot(steps, values, "-", color=color, linewidth=1.2, label=name)
    ax.set(xlabel="step", ylabel="gradient magnitude (RMS of dW)", yscale="log")
    return end_names(ax)


def layer_histograms(shares, edges, ax=None, **settings):
    """A histogram on its side for each layer, input left: shares (layers, bins) between `edges`."""
    ax = axes() if ax is None else ax
    layers, heights = np.arange(1, len(shares) + 1), np.repeat(edges, 2)
    widths = 0.8 * np.asarray(shares, float) / np.max(shares, axis=1, keepdims=True)
    sides = np.pad(np.repeat(widths, 2, axis=1), ((0, 0), (1, 1))) + layers[:, None] - 0.4
    outlines = PolyCollection(
        [np.c_[side, heights] for side in sides], facecolors=layer_colors(len(shares))
    )
    ax.add_collection(outlines, autolim=False)
    ax.set(
        xlabel="layer (input left)",
        xlim=(0.5, len(layers) + 0.5),
        xticks=layers[:: 1 + (len(layers) > 10)],
    )
    ax.set(**{"ylim": (edges[0], edges[-1]), **settings})
    return ax
