"""How every figure looks.

Colours, sizes, axes of a fixed size, and how one is shown in a notebook.
"""

import io

import matplotlib
import numpy as np
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
COLORS = {
    "label 0": RED, "label 1": BLUE, "training": BLUE, "validation": ORANGE,
    "cross-entropy": BLUE, "squared error": RED, "sigmoid": RED, "tanh": BLUE, "relu": GREEN,
    "SGD": BLUE, "Momentum": RED, "Nesterov": GREEN, "AdaGrad": PURPLE, "RMSProp": ORANGE, "Adam": SKY,
}  # fmt: skip
CYCLE = [(BLUE, "-"), (RED, "--"), (GREEN, "-."), (PURPLE, ":"), (ORANGE, "-"), (SKY, "--")]


def use_style():
    """One look for all figures.

    Readable sizes, no frame, colours and line styles that need no colour vision.
    """
    colors, styles = zip(*CYCLE, strict=True)
    matplotlib.rcParams.update({
        "figure.dpi": 100, "font.size": 10, "axes.labelsize": 10, "axes.titlesize": 10, "legend.fontsize": 9.5,
        "xtick.labelsize": 9.5, "ytick.labelsize": 9.5, "axes.spines.top": False, "axes.spines.right": False,
        "legend.frameon": False, "lines.linewidth": 2, "axes.grid": False, "image.cmap": "gray_r",
        "axes.prop_cycle": matplotlib.cycler(color=colors, linestyle=styles),
    })  # fmt: skip


def axes(n=1, width=None, height=3.2, rows=1, **kind):
    """One axes, or an array of n in `rows`, on a new figure of a fixed size in inches (100 dpi).

    Projection="3d" for space.
    """
    figure = Figure(figsize=(width or min(4 * n, 8.4) + (n == 1), height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure.subplots(rows, n // rows, subplot_kw=kind)


def show(ax, alt):
    """Display the figure of `ax` (one axes or an array) in the notebook, with `alt`.

    What it shows, in a sentence.
    """
    from IPython.display import display

    if not (isinstance(alt, str) and len(alt.split()) >= 5):
        raise ValueError(
            f"show takes alt as a sentence for those who cannot see the figure, got {alt!r}"
        )
    picture = io.BytesIO()
    np.ravel(ax)[0].figure.savefig(picture, format="png")
    display(
        {"image/png": picture.getvalue(), "text/plain": alt},
        raw=True,
        metadata={"image/png": {"alt": alt}},
    )


def layer_colors(n):
    """n colours from dark, next to the input, to brighter, next to the output.

    One perceptual scale, all seen on white.
    """
    return matplotlib.colormaps["viridis"](np.linspace(0, 0.58, n))


def names_above(ax):
    """Names above the axes, where no curve can be."""
    handles, labels = ax.get_legend_handles_labels()
    if labels:
        room = (
            12 * ax.figure.get_figwidth() / len(ax.figure.axes)
        )  # letters that stand side by side
        columns = min(4, len(labels), int(room / (6 + max(map(len, labels)))) or 1)
        ax.legend(
            handles,
            labels,
            loc="lower left",
            bbox_to_anchor=(0, 1),
            ncols=columns,
            borderaxespad=0.2,
        )
    return ax
