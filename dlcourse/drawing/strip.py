"""The strip under a lesson's title: the course's network, one part of it in ink."""

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch

from dlcourse.drawing.sheet import arrow, box, say, sheet
from dlcourse.drawing.style import BACKWARD, BLUE, GREY, INK, PALE, RED

PARTS = {  # what a lesson is about: the words under it
    "input": "numbers in",
    "neuron": "one neuron",
    "hidden": "a hidden layer",
    "gradient": "the way back",
    "loss": "the loss",
    "weights": "the first weights",
    "step": "the step",
    "rate": "a rate that shrinks",
    "loop": "a memory",
    "time": "the way back through time",
    "unit": "what a unit answers",
    "normalization": "a scale of its own",
    "penalty": "what the weights cost",
    "depth": "deeper or wider",
    "hand": "what you draw",
    "transfer": "layers of another network",
}
STRIP = {"width": 7.85, "height": 1.1}
COLUMNS = (1.9, 3.2, 4.5, 5.8)  # where the units of a strip stand
TALL = (5, 4, 4, 3)
# where words stand, if not in the middle
BELOW = {
    "input": 0.95,
    "hand": 0.95,
    "neuron": COLUMNS[1],
    "loop": COLUMNS[1],
    "time": COLUMNS[1],
    "loss": 6.85,
}


def strip(part, picture, ax=None):
    """The course's network from its input to its loss, the lesson's part in ink and all else pale.

    part: one of PARTS, or several of them. picture: what is read, a grey image (H, W), ink 1.
    """
    inked = {part} if isinstance(part, str) else set(part)
    if not inked or not inked <= PARTS.keys():
        raise ValueError(f"strip takes a part of the network, of {', '.join(PARTS)}, got {part!r}")
    ax = sheet(**STRIP, ax=ax)
    middle = 0.6
    places = [
        [(x, middle + 0.15 * (k - (n - 1) / 2)) for k in range(n)]
        for x, n in zip(COLUMNS, TALL, strict=True)
    ]
    dark = bool(inked & {"input", "hand"})
    image = np.asarray(picture, float) * (1.0 if dark else 0.16)
    ax.imshow(
        image,
        cmap="gray_r",
        vmin=0,
        vmax=1,
        extent=(0.62, 1.28, middle - 0.33, middle + 0.33),
        zorder=1,
    )
    ax.add_patch(
        FancyBboxPatch(
            (0.62, middle - 0.33), 0.66, 0.66, "square,pad=0", fill=False, edgecolor=PALE
        )
    )
    _edges(ax, places, inked)
    _units(ax, places, inked)
    _loss(ax, middle, inked)
    _arrows(ax, middle, inked)
    said = {}
    for name, words in PARTS.items():
        if name in inked:
            said.setdefault(BELOW.get(name, (COLUMNS[1] + COLUMNS[2]) / 2), []).append(words)
    for x, words in said.items():
        say(ax, x, 0.08, ", ".join(words), size=9)
    return ax


def _edges(ax, places, inked):
    """Pale edges; in ink those of the neuron or of all layers, or fading as a gradient does."""
    rng = np.random.default_rng(3)  # the look of the weights, no result
    for column, (sources, targets) in enumerate(zip(places[:-1], places[1:], strict=True)):
        edges = [[(x0 + 0.07, y0), (x1 - 0.07, y1)] for x0, y0 in sources for x1, y1 in targets]
        weights = rng.standard_normal(len(edges))
        widths, colors, order = np.full(len(edges), 0.8), [PALE] * len(edges), 1
        if inked & {"weights", "gradient", "penalty"}:
            widths, order = 0.4 + 0.9 * np.abs(weights), 2
            colors = np.where(weights > 0, BLUE, RED)
        lines = LineCollection(edges, colors=colors, linewidths=widths, zorder=order)
        if "gradient" in inked:
            lines.set_alpha((0.12, 0.35, 1.0)[column])
        ax.add_collection(lines, autolim=False)
        if "transfer" in inked and column < 2:
            lines = LineCollection(edges, colors=INK, linewidths=0.9, zorder=2)
            ax.add_collection(lines, autolim=False)
        if "hidden" in inked:
            ax.add_collection(
                LineCollection(edges, colors=GREY, linewidths=0.8, zorder=2), autolim=False
            )
    if "neuron" in inked:
        x1, y1 = places[1][2]
        edges = [[(x0 + 0.07, y0), (x1 - 0.07, y1)] for x0, y0 in places[0]]
        ax.add_collection(
            LineCollection(edges, colors=INK, linewidths=1.3, zorder=2), autolim=False
        )


def _units(ax, places, inked):
    for column, units in enumerate(places):
        for k, place in enumerate(units):
            meant = "input" in inked and column == 0 or "hidden" in inked and column in (1, 2)
            meant = (
                meant
                or "neuron" in inked
                and (column, k) == (1, 2)
                or inked & {"loop", "time"}
                and column == 1
            )
            meant = meant or "loss" in inked and column == 3
            meant = meant or "depth" in inked and column in (1, 2)
            look = {"facecolor": INK if meant else "white", "edgecolor": INK if meant else "0.75"}
            if "unit" in inked and column in (1, 2):
                _kinked(ax, place)
            else:
                ax.add_patch(Circle(place, 0.052, linewidth=0.9, zorder=4, **look))
        if "normalization" in inked and column in (1, 2):
            x, y = np.mean(units, axis=0)
            box(ax, x - 0.19, y, 0.09, 0.15 * len(units), color=INK, edge=INK)


def _kinked(ax, place):
    """A unit with the bend of its activation inside."""
    x, y = place
    ax.add_patch(Circle(place, 0.068, linewidth=0.9, zorder=4, facecolor="white", edgecolor=INK))
    bend = [[(x - 0.04, y - 0.02), (x, y - 0.02), (x + 0.03, y + 0.03)]]
    ax.add_collection(LineCollection(bend, colors=INK, linewidths=1.3, zorder=5), autolim=False)


def _loss(ax, middle, inked):
    meant = "loss" in inked
    color = INK if meant else "0.75"
    arrow(ax, (5.95, middle), (6.5, middle), color=color, width=1.4 if meant else 1)
    box(ax, 6.85, middle, 0.62, 0.34, color="white", edge=color)
    say(ax, 6.85, middle, "loss", size=10, color=INK if meant else GREY)


def _arrows(ax, middle, inked):
    """The way back below the network, the steps that it leads to, and the loop above a layer."""
    low = 0.23
    if inked & {"gradient", "step", "rate"}:
        color = BACKWARD if "gradient" in inked else PALE
        turn = {"connectionstyle": "angle,angleA=-90,angleB=180,rad=6", "shrinkA": 0, "shrinkB": 0}
        way = FancyArrowPatch(
            (6.85, middle - 0.18), (COLUMNS[0], low), arrowstyle="-|>", mutation_scale=10, **turn
        )
        way.set(color=color, linewidth=1.6, fill=True)
        ax.add_patch(way)
    if "step" in inked:
        for left, right in zip(COLUMNS[:-1], COLUMNS[1:], strict=True):
            arrow(ax, ((left + right) / 2, low), ((left + right) / 2, middle + 0.06), width=1.8)
    if "penalty" in inked:  # every weight has a second way into the loss
        turn = {"connectionstyle": "angle,angleA=0,angleB=90,rad=6", "shrinkA": 0, "shrinkB": 0}
        way = FancyArrowPatch(
            (COLUMNS[0], low), (6.85, middle - 0.18), arrowstyle="-|>", mutation_scale=10, **turn
        )
        way.set(color=INK, linewidth=1.6, fill=True)
        ax.add_patch(way)
        for left, right in zip(COLUMNS[:-1], COLUMNS[1:], strict=True):
            stub = [(left + right) / 2] * 2, [low, middle - 0.22]
            ax.plot(*stub, color=INK, linewidth=1.6, linestyle="-")
    if "rate" in inked:  # a walk above the network, each step shorter than the one before
        x = 2.3
        for length in (1.2, 0.8, 0.53, 0.36, 0.24):
            arrow(ax, (x, 1.0), (x + length, 1.0), width=1.8)
            x += length + 0.06
    if "time" in inked:  # the loop of a memory, turned round
        top = middle + 0.29
        way = (COLUMNS[1] - 0.11, top), (COLUMNS[1] + 0.11, top)
        arrow(ax, *way, color=BACKWARD, bend=1.2, width=1.8)
    if "depth" in inked:  # one more layer, or one more unit
        arrow(ax, (COLUMNS[1], 1.0), (COLUMNS[2] + 0.6, 1.0), width=1.8)
        arrow(ax, (COLUMNS[1] - 0.3, middle), (COLUMNS[1] - 0.3, middle + 0.42), width=1.8)
        arrow(ax, (COLUMNS[1] - 0.3, middle), (COLUMNS[1] - 0.3, middle - 0.34), width=1.8)
    if "transfer" in inked:  # two layers that come from elsewhere
        for left, right in zip(COLUMNS[:2], COLUMNS[1:3], strict=True):
            x = (left + right) / 2
            arrow(ax, (x, 1.08), (x, middle + 0.28), width=1.8)
    if "hand" in inked:  # a pen on the picture
        ax.plot([1.24, 1.46], [0.68, 1.02], color=INK, linewidth=4.5, linestyle="-", zorder=6)
        ax.plot([1.2, 1.24], [0.62, 0.68], color=INK, linewidth=1.5, linestyle="-", zorder=6)
    if "loop" in inked:
        top = middle + 0.29
        arrow(ax, (COLUMNS[1] + 0.11, top), (COLUMNS[1] - 0.11, top), bend=-1.4, width=1.6)
