"""A sheet to draw on, and what schematic drawings are made of: arrows, boxes, words."""

from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from dlcourse.drawing.style import GREY, INK, new_figure

GROUND = "#eef3f7"  # of a box with numbers


def sheet(width, height, ax=None):
    """An axes in inches, y up, for parts of fixed sizes: `ax`, or one that fills a new figure."""
    if ax is None:
        ax = new_figure(width, height, layout=None).add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, width), ylim=(0, height), aspect="equal")
    ax.set_axis_off()
    return ax


def arrow(ax, start, end, color=INK, width=1.4, bend=0.0):
    """An arrow between two places; bend: a share of its length, positive to its left."""
    look = {"arrowstyle": "-|>", "mutation_scale": 10, "shrinkA": 0, "shrinkB": 0}
    look["connectionstyle"] = f"arc3,rad={-bend}"
    ax.add_patch(FancyArrowPatch(start, end, color=color, linewidth=width, **look))


def box(ax, x, y, width, height, color=GROUND, edge=GREY):
    """A box with round corners around (x, y)."""
    place = (x - width / 2, y - height / 2), width, height
    shape = f"round,pad=0,rounding_size={min(0.07, width / 2, height / 2)}"
    ax.add_patch(
        FancyBboxPatch(
            *place, boxstyle=shape, facecolor=color, edgecolor=edge, linewidth=1, zorder=2
        )
    )


def say(ax, x, y, text, *, size=10, color=INK, ha="center", va="center", **more):
    """Words at a place in inches, above all else that is drawn."""
    return ax.text(x, y, text, fontsize=size, color=color, ha=ha, va=va, zorder=6, **more)
