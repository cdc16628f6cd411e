"""Every figure, drawn from arrays: data first, the axes to draw on last (a new figure without), the axes returned.

Figures are made without pyplot: nothing stays open, nothing is shown until `show` is asked to.
"""

import io
import itertools

import matplotlib
import numpy as np
from contourpy import contour_generator
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path
from matplotlib.transforms import IdentityTransform

# After Okabe & Ito (2008), red, orange and sky darker: seen on white, and told apart by every kind of colour vision.
# One thing keeps its colour in all lessons.
BLUE, RED, GREEN, ORANGE, SKY, PURPLE = "#0072B2", "#C43C00", "#009E73", "#E57500", "#0094FF", "#CC79A7"
COLORS = {
    "label 0": RED, "label 1": BLUE, "training": BLUE, "validation": ORANGE,
    "cross-entropy": BLUE, "squared error": RED, "sigmoid": RED, "tanh": BLUE, "relu": GREEN,
    "SGD": BLUE, "Momentum": RED, "Nesterov": GREEN, "AdaGrad": PURPLE, "RMSProp": ORANGE, "Adam": SKY,
}  # fmt: skip
SHAPES = {name: MarkerStyle(name).get_path().transformed(MarkerStyle(name).get_transform()) for name in "o^v"}
CYCLE = [(BLUE, "-"), (RED, "--"), (GREEN, "-."), (PURPLE, ":"), (ORANGE, "-"), (SKY, "--")]


def use_style():
    """One look for all figures: readable sizes, no frame, colours and line styles that need no colour vision."""
    colors, styles = zip(*CYCLE, strict=True)
    matplotlib.rcParams.update({
        "figure.dpi": 100, "font.size": 10, "axes.labelsize": 10, "axes.titlesize": 10, "legend.fontsize": 9.5,
        "xtick.labelsize": 9.5, "ytick.labelsize": 9.5, "axes.spines.top": False, "axes.spines.right": False,
        "legend.frameon": False, "lines.linewidth": 2, "axes.grid": False, "image.cmap": "gray_r",
        "axes.prop_cycle": matplotlib.cycler(color=colors, linestyle=styles),
    })  # fmt: skip


def axes(n=1, width=None, height=3.2, rows=1, **kind):
    """One axes, or an array of n in `rows`, on a new figure of a fixed size in inches (100 dpi); projection="3d" for space."""
    figure = Figure(figsize=(width or min(4 * n, 8.4) + (n == 1), height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure.subplots(rows, n // rows, subplot_kw=kind)


def show(ax, alt):
    """Display the figure of `ax` (one axes or an array) in the notebook, with `alt`: what it shows, in a sentence."""
    from IPython.display import display

    if not (isinstance(alt, str) and len(alt.split()) >= 5):
        raise ValueError(f"show takes alt as a sentence for those who cannot see the figure, got {alt!r}")
    picture = io.BytesIO()
    np.ravel(ax)[0].figure.savefig(picture, format="png")
    display({"image/png": picture.getvalue(), "text/plain": alt}, raw=True, metadata={"image/png": {"alt": alt}})


def layer_colors(n):
    """n colours from dark, next to the input, to brighter, next to the output: one perceptual scale, all seen on white."""
    return matplotlib.colormaps["viridis"](np.linspace(0, 0.58, n))


def _legend(ax):
    """Names above the axes, where no curve can be."""
    handles, labels = ax.get_legend_handles_labels()
    if labels:
        room = 12 * ax.figure.get_figwidth() / len(ax.figure.axes)  # letters that stand side by side
        columns = min(4, len(labels), int(room / (6 + max(map(len, labels)))) or 1)
        ax.legend(handles, labels, loc="lower left", bbox_to_anchor=(0, 1), ncols=columns, borderaxespad=0.2)
    return ax


def curves(x, ys, ax=None, **settings):
    """A line for each {name: y}. `x` is shared, or a dict with the same names; `settings` as in Axes.set.

    What stands before a comma in a name decides the colour: "cross-entropy, 20 hidden units".
    """
    ax = axes() if ax is None else ax
    known = {name: COLORS.get(str(name).split(",")[0]) for name in ys}
    free = itertools.cycle([color for color, _ in CYCLE if color not in known.values()] or [BLUE])
    for name, y in ys.items():
        style = {"color": known[name] or next(free)} if any(known.values()) else {}  # the line's style comes from the cycle
        ax.plot(x[name] if isinstance(x, dict) else x, y, label=name, **style)
    ax.set(**settings)
    return _legend(ax)


def loss_curve(history, ax=None):
    """Training loss of every step, validation loss at the end of every epoch."""
    ax = axes() if ax is None else ax
    steps, epochs = len(history.loss), len(history.val_loss)
    ax.plot(np.arange(1, steps + 1), history.loss, color=COLORS["training"], linewidth=1, label="training, each step")
    if epochs:
        ends = np.linspace(0, steps, epochs + 1)[1:]
        ax.plot(ends, history.val_loss, "o-", color=COLORS["validation"], label="validation, each epoch")
    ax.set(xlabel="step", ylabel="loss", ylim=(0, None))
    return _legend(ax)


def gradient_magnitude(history, ax=None):
    """Root mean square of dW for every layer (colour, input dark) against the step; log axis."""
    ax = axes() if ax is None else ax
    steps = np.arange(1, len(history.grad_rms) + 1)
    for name, color, values in zip(history.layers, layer_colors(len(history.layers)), history.grad_rms.T, strict=True):
        ax.plot(steps, np.ma.masked_less_equal(values, 0), color=color, linestyle="-", linewidth=1.2, label=name)
    ax.set(xlabel="step", ylabel="gradient magnitude (RMS of dW)", yscale="log")
    return _legend(ax)


def layer_bars(values, ax=None, *, others=(), predicted=None, ylim=(1e-12, 1e2), ylabel="gradient magnitude"):
    """One value for each layer, input left, on a fixed log axis. Beyond it: an arrow at the edge with the number; 0 is hollow.

    `others`, thin and grey: the same for other networks; `predicted`: a dashed line.
    """
    ax = axes() if ax is None else ax
    values, layers = np.asarray(values, float), np.arange(1, len(values) + 1)
    edge = np.clip(values, ylim[0] * 1.5, ylim[1] / 1.5)
    inside = np.where((ylim[0] <= values) & (values <= ylim[1]), values, edge)
    drawn = [np.c_[layers, np.maximum(y, ylim[0] / 1e3)] for y in (*others, inside)]  # 0 lies far below a log axis
    grey = {"colors": ["0.57"] * len(others) + ["0.45"], "linewidths": [0.8] * len(others) + [1]}
    ax.add_collection(LineCollection(drawn, zorder=1, **grey), autolim=False)
    if predicted is not None:
        ax.plot(layers, np.ma.masked_less_equal(predicted, 0), color="black", linewidth=1.2, linestyle="--")
    many = len(values) > 10
    cramped = many or ax.bbox.width < 40 * len(values)  # numbers side by side would touch
    edges = layer_colors(len(values))
    faces = np.where((values == 0)[:, None], 0, edges)
    beyond = np.where(values > ylim[1], "^", np.where((0 < values) & (values < ylim[0]), "v", "o"))
    look = {"facecolors": faces, "edgecolors": edges, "linewidths": 1, "zorder": 3}
    at = {"offsets": np.c_[layers, inside], "offset_transform": ax.transData, "transform": IdentityTransform()}
    marks = PathCollection([SHAPES[marker] for marker in beyond], [36 if many else 64], **at, **look)
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
            place = {"va": "top" if value > y else "bottom", "ha": "center", "rotation": 90 if upright else 0}
            offset = (0, -7 if value > y else 7)
            ax.annotate(f"{value:.0e}", (layer, y), offset, textcoords="offset points", fontsize=9, **place)


def layer_histograms(shares, edges, ax=None, *, marks=None, **settings):
    """A histogram on its side for each layer, input left: shares (layers, bins) between `edges`; a dash at each of `marks`."""
    ax = axes() if ax is None else ax
    layers, heights = np.arange(1, len(shares) + 1), np.repeat(edges, 2)
    widths = 0.8 * np.asarray(shares, float) / np.max(shares, axis=1, keepdims=True)
    sides = np.pad(np.repeat(widths, 2, axis=1), ((0, 0), (1, 1))) + layers[:, None] - 0.4
    outlines = PolyCollection([np.c_[side, heights] for side in sides], facecolors=layer_colors(len(shares)))
    ax.add_collection(outlines, autolim=False)
    if marks is not None:
        ax.plot(layers, marks, "_", color="black", markersize=9, markeredgewidth=2)
    ax.set(xlabel="layer (input left)", xlim=(0.5, len(layers) + 0.5), xticks=layers[:: 1 + (len(layers) > 10)])
    ax.set(**{"ylim": (edges[0], edges[-1]), **settings})
    return ax


def _marks(ax, x, labels):
    """Points (N, 2) of two classes: label 1 blue discs, label 0 red triangles."""
    for label, marker in ((0, "^"), (1, "o")):
        look = {"markersize": 5, "markeredgecolor": "white", "markeredgewidth": 0.6, "linestyle": "", "zorder": 3}
        name = f"label {label}"
        ax.plot(*x[np.ravel(labels) == label].T, marker, color=COLORS[name], label=name, **look)
    ax.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal")


def points(x, labels, ax=None, **settings):
    """Points (N, 2) of two classes: label 1 blue discs, label 0 red triangles."""
    ax = axes() if ax is None else ax
    _marks(ax, x, labels)
    ax.set(**settings)
    return _legend(ax)


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
    found = [(Path(*outline), color) for *ends, color in bands for outline in zip(*grid.filled(*ends), strict=True)]
    paths, colors = zip(*found, strict=True) if found else ([], "none")
    ax.add_collection(PathCollection(paths, facecolors=colors, linewidths=0, antialiaseds=False), autolim=False)
    return grid


def decision_boundary(f, x, labels, ax=None, *, level=0.5, n=100):
    """Points of two classes on a plane coloured by f, (M, 2) -> (M,) or (M, 1): blue above `level`, red below, a line at it."""
    ax = axes() if ax is None else ax
    margin = 0.08 * (x.max(axis=0) - x.min(axis=0))
    u, v, values = _over_plane(f, *np.transpose([x.min(axis=0) - margin, x.max(axis=0) + margin]), n)
    border = _shades(ax, u, v, values, [level], ["#f6dccb", "#cfe3ef"]).lines(level)
    ax.add_collection(LineCollection(border, colors="0.2", linewidths=1.5), autolim=False)
    _marks(ax, x, labels)
    ax.set(xlim=u[[0, -1]], ylim=v[[0, -1]])
    return ax


def unit_lines(W, b, ax):
    """Where each unit stands at 0: the line x W + b = 0 for every column of W (2, M), as far as the axes reach."""
    for w, offset, color in zip(W.T, b, np.resize(["0.25", PURPLE, GREEN, ORANGE], len(b)), strict=True):
        length = np.hypot(*w)
        along, foot = np.array([-w[1], w[0]]) / length, -offset / length * w / length  # the foot is next to the origin
        ax.axline(foot, foot + max(1, np.hypot(*foot)) * along, color=color, linestyle="--", linewidth=1.8)
    return ax


def space(x, labels, ax, v, c, *, seen_from=None):
    """Points (N, 3) of two classes within the unit cube, and the plane x v + c = 0; without `seen_from` (elevation, azimuth) the
    plane is seen along its edge. `ax` is one of axes(projection="3d")."""
    for label, marker in ((0, "^"), (1, "o")):
        ax.scatter(*x[np.ravel(labels) == label].T, s=14, marker=marker, color=COLORS[f"label {label}"], depthshade=False)
    along = np.argmax(np.abs(v))  # solved for the coordinate in which the plane is least steep
    grid = np.insert(np.stack(np.meshgrid(*[np.linspace(0, 1, 41)] * 2)), along, 0.0, axis=0)
    height = -(np.tensordot(v, grid, 1) + c) / v[along]
    grid[along] = np.where((height >= 0) & (height <= 1), height, np.nan)
    ax.plot_surface(*grid, color="0.6", alpha=0.4, edgecolor="0.5", linewidth=0.4, rcount=41, ccount=41, shade=False)
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
    places = [[(column, i - (len(layer) - 1) / 2) for i in range(len(layer))] for column, layer in enumerate(units)]
    for sources, targets, W in zip(places[:-1], places[1:], weights, strict=True):
        for (x0, y0), row in zip(sources, W, strict=True):
            for (x1, y1), w in zip(targets, row, strict=True):
                ax.annotate("", (x1 - 0.25, y1), (x0 + 0.22, y0), arrowprops={"arrowstyle": "->", "color": "0.5"})
                label = {"ha": "center", "va": "center", "bbox": {"facecolor": "white", "linewidth": 0, "pad": 1}}
                ax.text(0.62 * x0 + 0.38 * x1, 0.62 * y0 + 0.38 * y1, f"{w:g}", **label)
    for layer, texts in zip(places, units, strict=True):
        for place, text in zip(layer, texts, strict=True):
            box = {"facecolor": "#eef3f7", "edgecolor": "0.4", "boxstyle": "round"}
            ax.text(*place, text, ha="center", va="center", linespacing=1.4, bbox=box)
    tall = max(map(len, units)) / 2
    ax.set(xlim=(-0.4, len(units) - 0.6), ylim=(tall, -tall))  # the first unit on top
    ax.set_axis_off()
    return ax


def histograms(values, ax=None, *, bins=40, **settings):
    """The outline of a histogram for each {name: numbers}, on common bins; `settings` as in Axes.set."""
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
    return _legend(ax)


def images(x, ax=None, *, captions=None, columns=8, signed=False):
    """Square images (N, side * side) in a grid. Ink is dark; with signed=True blue is positive, red negative, white 0."""
    x = np.asarray(x, float)
    side, n = int(round(x.shape[1] ** 0.5)), len(x)
    columns = min(columns, n)
    rows = -(-n // columns)
    gap = side // 3 if captions is not None else 1
    grid = np.full((rows * (side + gap), columns * (side + 2)), np.nan)
    ax = (
        axes(width=min(8.4, 1.05 * columns + 0.2), height=min(8.4, 1.05 * columns) * grid.shape[0] / grid.shape[1] + 0.2)
        if ax is None
        else ax
    )
    for i, image in enumerate(x.reshape(n, side, side)):
        top, left = gap + i // columns * (side + gap), 1 + i % columns * (side + 2)
        grid[top : top + side, left : left + side] = image
        if captions is not None:
            ax.text(left + side / 2, top - 1, captions[i], ha="center", va="bottom", fontsize=9)
    largest = np.abs(x).max() or 1.0
    scale = {"cmap": "RdBu", "vmin": -largest, "vmax": largest} if signed else {"cmap": "gray_r", "vmin": 0, "vmax": largest}
    ax.imshow(grid, **scale)
    ax.set_axis_off()
    return ax


def contour_path(f, paths, ax=None, *, xlim, ylim, levels=14, **settings):
    """Shades of f, (M, 2) -> (M,), and a path (steps, 2) for each {name: path}, from its ring to its cross."""
    ax = axes() if ax is None else ax
    u, v, heights = _over_plane(f, xlim, ylim, 32)
    finite = heights[np.isfinite(heights)] if np.isfinite(heights).any() else np.zeros(1)
    edges = np.unique(np.linspace(finite.min(), finite.max(), levels + 1)[1:-1])
    _shades(ax, u, v, heights, edges, matplotlib.colormaps["Greys"](np.linspace(0, 0.55, len(edges) + 1)))
    for (name, path), (color, style) in zip(paths.items(), CYCLE * len(paths), strict=False):
        color = COLORS.get(name, color)
        ax.plot(*path.T, color=color, linestyle=style, label=name, marker=".", markersize=4)
        ax.plot(*path[0], "o", color=color, markersize=9, markerfacecolor="none", markeredgewidth=2)
        ax.plot(*path[-1], "x", color=color, markersize=9, markeredgewidth=2.5)
    ax.set(xlim=xlim, ylim=ylim, **settings)
    return _legend(ax)
