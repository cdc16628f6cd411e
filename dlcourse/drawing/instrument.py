"""The gradient magnitude of every layer, in one drawing for all lessons.

The network stands above, its bars below. The loss stands at the right, where the gradient starts; a
new layer is added at the left, and no bar moves sideways.
"""

import numpy as np
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.colors import to_rgb
from matplotlib.path import Path
from matplotlib.ticker import FixedFormatter
from matplotlib.transforms import IdentityTransform

from dlcourse.drawing.style import BLUE, RED, layer_colors, new_figure

INK, PALE = "0.25", 0.86  # letters and frames; what is left of an edge without a gradient
LOWEST, HIGHEST = 1e-9, 1e1  # one log axis in all lessons
DECADES = 6  # so many powers of ten below the reference an edge has lost its light
SHOWN = 6  # units of a layer that are drawn, and 6 x 6 of its weights
ROOM = 10  # layers that there is always room for: with fewer, the left stays empty
MANY = 12  # with more layers, factors and every other number at the foot would touch


def axes():
    """Two axes above each other, the network's and the bars', on a figure of 840 x 440 pixels."""
    return new_figure(8.4, 4.4).subplots(2, 1, height_ratios=[1, 1.25])


def instrument(
    ax,
    weights,
    magnitudes,
    slopes,
    picture=None,
    *,
    reference=None,
    outline=None,
    title="",
    ylabel="gradient magnitude",
    room=ROOM,
    factors="back",
):
    """The network of L layers on ax[0], a bar for each of them on ax[1]; returns ax.

    weights: a matrix (D, M) for each layer, input first. magnitudes (L,): a bar hangs from the
    dotted line, the reference (by default the last layer's magnitude), or stands on it: its length
    is the powers of ten lost or won. slopes: for each layer of units an array (N, M) of slopes as
    shares of the largest; a unit is white where it is open, and the gate at the foot is filled to
    the root mean square. picture: what is being read, a grey image. outline (L,): a second set of
    magnitudes, as empty boxes. A magnitude of 0 is an empty box "0"; beyond the axis stands an
    arrow with the number; one that is NaN is not known yet, and its layer pale and without a bar.
    room: so many layers fit before the picture grows; with fewer, the left stays empty. factors: as
    in `bars`.
    """
    magnitudes = np.asarray(magnitudes, float)
    reference = float(magnitudes[-1] if reference is None else reference)
    lit_network(
        ax[0], weights, magnitudes, slopes, picture, reference=reference, title=title, room=room
    )
    # of both: a column of units at k, its weights before it at k - 1/2
    limits = ax[0].get_xlim()
    bars(
        ax[1],
        magnitudes,
        slopes,
        reference=reference,
        outline=outline,
        ylabel=ylabel,
        limits=limits,
        factors=factors,
    )
    return ax


def bars(
    ax,
    magnitudes,
    slopes=(),
    *,
    reference=None,
    outline=None,
    ylabel="",
    limits=None,
    factors="back",
):
    """The lower half of the instrument: a bar for each of L layers, the gates at the foot.

    Arguments as in `instrument`; slopes may be left out. limits: the x-axis, on which layer k has
    its bar at k - 1/2. factors: "back", between two bars stands the left one over the right;
    "forward", the right one over the left; None, nothing. Returns ax.
    """
    magnitudes = np.asarray(magnitudes, float)
    n = len(magnitudes)
    reference = float(magnitudes[-1] if reference is None else reference)
    limits = (-0.1, n + 0.2) if limits is None else limits
    _bars(ax, magnitudes, reference, outline)
    if len(slopes):
        _gates(ax, slopes)
    if factors is not None and n <= MANY:
        _factors(ax, magnitudes, forward=factors == "forward")
    every = 1 + (n > MANY)
    numbers = [str(k) for k in range(1, n + 1)]
    if reference > 0:
        ax.plot(limits, [reference, reference], color=INK, linewidth=0.8, linestyle=":")
    ax.set(yscale="log", ylim=(LOWEST, HIGHEST), xlim=limits, ylabel=ylabel)
    ax.set(yticks=[1e-6, 1e-3, 1], xticks=np.arange(n)[::every] + 0.5, xlabel="layer (input left)")
    # unlike set_xticklabels it looks the same each time: the canvas need not draw it again
    ax.xaxis.set_major_formatter(FixedFormatter(numbers[::every]))
    ax.minorticks_off()
    return ax


def lost_or_won(magnitudes):
    """What the first layer gets of the last layer's gradient, in a sentence.

    It follows from the magnitudes that the bars show.
    """
    first, last = magnitudes[0], magnitudes[-1]
    if first == 0:
        return "layer 1 gets no gradient at all"
    if last == 0:
        return "the last layer gets no gradient"
    if first > last / 2:
        return f"layer 1 gets {_two_digits(first / last)} times the last layer's gradient"
    return f"layer 1 gets about 1/{_two_digits(last / first)} of the last layer's gradient"


def _two_digits(x):
    """484088 as 480,000, 0.934 as 0.93."""
    rounded = float(f"{x:.1e}")
    if rounded >= 1e7:
        return f"{rounded:.0e}".replace("e+0", "e")
    return f"{rounded:,.0f}" if rounded >= 10 else f"{rounded:.2g}"


def _spread(n):
    """The numbers of the units that are drawn, spread evenly over all n."""
    return np.linspace(0, n - 1, SHOWN).astype(int)


def lit_network(
    ax, weights, magnitudes, slopes, picture=None, *, reference=None, title="", room=ROOM
):
    """The upper half of the instrument: each layer is pale where its gradient is lost.

    Lost is what is small beside the reference; all arguments as in `instrument`.
    """
    magnitudes = np.asarray(magnitudes, float)
    reference = float(magnitudes[-1] if reference is None else reference)
    n = len(magnitudes)
    room = max(n, room)
    pad = max(0.11 * room, 1.0)
    left = n - room - pad
    _network(
        ax, weights, magnitudes / reference if reference > 0 else np.zeros(n), slopes, picture, pad
    )
    ax.text(left + 0.1 * pad, 1.4, title, fontsize=10, va="bottom").set_in_layout(False)
    ax.set(xlim=(left, n + pad), ylim=(-1.2, 1.8))
    ax.set_axis_off()
    return ax


def _network(ax, weights, shares, slopes, picture, pad):
    """A sample of each layer's units and weights.

    An edge is as dark as its weight is large, and pale where the gradient is lost; blue edges are
    positive weights, red ones negative. shares (L,): magnitudes over the reference.
    """
    n, y = len(weights), np.linspace(1, -1, SHOWN)
    light = np.clip(1 + np.log10(np.fmax(shares, 1e-300)) / DECADES, 0, 1)
    sample = np.stack([_share_of_largest(W[np.ix_(*map(_spread, W.shape))], W) for W in weights])
    ink = np.clip(np.abs(sample), 0.12, 0.75) / 0.75 * light[:, None, None]
    signs = np.where((sample > 0)[..., None], to_rgb(BLUE), to_rgb(RED))
    colors = PALE * (1 - ink[..., None]) + signs * ink[..., None]
    layer, above, below = np.meshgrid(np.arange(n), y, y, indexing="ij")
    starts, ends = (
        np.stack([layer + 0.09, above], axis=-1),
        np.stack([layer + 0.91, below], axis=-1),
    )
    edges = np.stack([starts, ends], axis=-2).reshape(-1, 2, 2)
    dark_last = np.argsort(ink, axis=None, kind="stable")
    lines = LineCollection(edges[dark_last], colors=colors.reshape(-1, 3)[dark_last], linewidths=1)
    ax.add_collection(lines, autolim=False)
    shut = np.concatenate([1 - np.mean(s, axis=0)[_spread(s.shape[1])] for s in slopes])
    columns = np.arange(n - len(slopes) + 1, n + 1)
    places = np.stack([np.repeat(columns, SHOWN), np.tile(y, len(columns))], axis=-1)
    greys = np.repeat(0.97 - 0.85 * np.clip(shut, 0, 1), 3).reshape(-1, 3)
    at = {"offsets": places, "offset_transform": ax.transData, "transform": IdentityTransform()}
    look = {"facecolors": greys, "edgecolors": INK, "linewidths": 0.8, "zorder": 4}
    look["clip_on"] = False  # on low axes the outer units reach over the edge
    ax.add_collection(PathCollection([Path.unit_circle()], [30], **at, **look), autolim=False)
    if picture is not None:
        place = (-0.95 * pad, -0.05 * pad, -0.7, 0.7)
        ax.imshow(picture, cmap="gray_r", extent=place, aspect="auto", vmin=0, vmax=1)
    ax.text(n + 0.25 * pad, 0, "loss", va="center", color=INK)


def _share_of_largest(sample, W):
    return sample / (np.abs(W).max() or 1.0)


def _boxes(x, half, low, high):
    """Corners (N, 4, 2) of boxes around x, from low to high."""
    low, high = np.broadcast_arrays(low, high, x)[:2]
    corners = [(x - half, low), (x + half, low), (x + half, high), (x - half, high)]
    return np.stack([np.stack(corner, axis=-1) for corner in corners], axis=1)


def _ends(magnitudes, reference):
    """(lower, upper ends) of bars between the reference and the magnitudes.

    Every bar is at least a stroke high and lies within the axis.
    """
    inside = np.clip(np.asarray(magnitudes, float), 2 * LOWEST, HIGHEST)
    level = np.clip(reference, 2 * LOWEST, HIGHEST)
    low, high = np.minimum(inside, level), np.maximum(inside, level)
    thin = high / low < 1.3
    return np.where(thin, low / 1.15, low), np.where(thin, high * 1.15, high)


def _bars(ax, magnitudes, reference, outline):
    at, colors = np.arange(len(magnitudes)) + 0.5, layer_colors(len(magnitudes))
    low, high = _ends(magnitudes, reference)
    high = np.where(magnitudes == 0, 20 * LOWEST, high)
    low = np.where(magnitudes == 0, LOWEST, np.where(magnitudes < LOWEST, LOWEST, low))
    faces = np.where((magnitudes == 0)[:, None], 0, colors)
    bars = _boxes(at, 0.28, low, high)
    ax.add_collection(
        PolyCollection(bars, facecolors=faces, edgecolors=colors, linewidths=1), autolim=False
    )
    if outline is not None:
        boxes = _boxes(at, 0.36, *_ends(outline, reference))
        boxes = PolyCollection(boxes, facecolors="none", edgecolors="black", linewidths=1.2)
        ax.add_collection(boxes, autolim=False)
    level = np.clip(reference, 2 * LOWEST, HIGHEST)
    for x, value in zip(at, magnitudes, strict=True):
        if value == 0:
            ax.text(x, 3 * LOWEST, "0", ha="center", va="bottom", fontsize=9)
        elif value < LOWEST or value > HIGHEST:
            below = value < LOWEST
            place = {"ha": "center", "va": "bottom" if below else "top", "rotation": 90}
            beside = level * 1.5 if below else level / 1.5  # where no bar is
            # turned by 90 degrees: down, up
            number = f"← {value:.0e}" if below else f"{value:.0e} →"
            ax.text(x, beside, number, color=INK, fontsize=9, **place)


def _gates(ax, slopes):
    """Under every column of units a frame, filled to the root mean square of its slopes.

    Slopes are shares of the largest slope.
    """
    n = len(slopes)
    columns = np.arange(1, n + 1)
    foot, head = 1.6 * LOWEST, 60 * LOWEST
    share = np.clip([np.sqrt(np.mean(np.square(s))) for s in slopes], 0, 1)
    frames, fillings = (
        _boxes(columns, 0.06, foot, head),
        _boxes(columns, 0.06, foot, foot * (head / foot) ** share),
    )
    boxes = PolyCollection(
        np.concatenate([frames, fillings]), facecolors=["0.88"] * n + ["0.3"] * n
    )
    ax.add_collection(boxes, autolim=False)


def _factors(ax, magnitudes, forward=False):
    """Between neighbouring bars, what a signal is multiplied with on its way to the left.

    With forward=True, on its way to the right.
    """
    for k, (left, right) in enumerate(zip(magnitudes[:-1], magnitudes[1:], strict=True), 1):
        before, after = (left, right) if forward else (right, left)
        if before > 0 and np.isfinite(after / before):
            factor = after / before
            shown = (
                f"×{factor:.2f}"
                if factor < 10
                else f"×{factor:.0f}"
                if factor < 1e4
                else f"×{factor:.0e}"
            )
            ax.text(k, HIGHEST / 2, shown, ha="center", va="top", fontsize=9, color=INK)
