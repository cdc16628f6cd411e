"""Lesson 0, before you start: tables of numbers, a chain, a bell of random numbers, a log axis.

What is drawn is what the notebook has computed. A function `show_...` draws and displays, with the
sentence for those who cannot see the picture; a function `draw_...` stands behind sliders or in
several pictures.
"""

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex, to_rgb
from matplotlib.patches import Rectangle

from dlcourse import plots
from dlcourse.drawing.sheet import GROUND, arrow, say, sheet
from dlcourse.drawing.style import BLUE, GREY, INK, ORANGE, PALE, RED

WIDTH, HEIGHT = 0.5, 0.36  # inches of a cell of a table
MEANT = "#fbe3c0"  # the cells that are looked at
STEPS = np.arange(10)


def draw_table(ax, left, top, numbers, *, colors=None, framed=(), form="g", size=10):
    """A table of numbers (rows, columns) on a sheet, its upper left corner at (left, top).

    colors: of the cells, (rows, columns) names; framed: (row, column) of cells with a frame; form:
    how a number is written, as for format(), or None for cells without numbers; size: of words.
    """
    numbers = np.asarray(numbers)
    boxes, faces = [], []
    for (row, column), number in np.ndenumerate(numbers):
        x, y = left + column * WIDTH, top - row * HEIGHT
        boxes.append([(x, y), (x + WIDTH, y), (x + WIDTH, y - HEIGHT), (x, y - HEIGHT)])
        faces.append(GROUND if colors is None else colors[row, column])
        if form is not None:
            words = format(number, form).replace("-", "−")
            say(ax, x + WIDTH / 2, y - HEIGHT / 2, words, size=size)
    cells = PolyCollection(boxes, facecolors=faces, edgecolors="white", linewidths=1.2, zorder=2)
    ax.add_collection(cells, autolim=False)
    for row, column in framed:
        corner = (left + column * WIDTH, top - (row + 1) * HEIGHT)
        look = {"fill": False, "edgecolor": INK, "linewidth": 1.6, "zorder": 4}
        ax.add_patch(Rectangle(corner, WIDTH, HEIGHT, **look))
    return ax


def marked(shape, cells):
    """The colours of a table in which some cells, (row, column), are looked at."""
    colors = np.full(shape, GROUND, dtype=object)
    for place in cells:
        colors[place] = MEANT
    return colors


def tones(numbers):
    """A colour for each number: blue above 0 and red below, white at 0, full at 1 and beyond."""
    colors = np.empty(np.shape(numbers), dtype=object)
    for place, number in np.ndenumerate(numbers):
        full = np.array(to_rgb(BLUE if number > 0 else RED))
        share = 0.5 * min(abs(number), 1)
        colors[place] = to_hex(1 - share * (1 - full))
    return colors


def show_shops(x, W, b, cost):
    """Customers times prices plus delivery is what each pays; one of the payments is followed."""
    ax = sheet(8.4, 2.75)
    top = 2.0
    row = [(1, k) for k in range(len(W))]
    column = [(k, 0) for k in range(len(W))]
    draw_table(ax, 1.05, top, x, colors=marked(x.shape, row))
    draw_table(ax, 3.75, top, W, colors=marked(W.shape, column), form=".1f")
    draw_table(ax, 5.42, top, b[None], colors=marked((1, 2), [(0, 0)]), form=".1f")
    paid = {"colors": marked(cost.shape, [(1, 0)]), "framed": [(1, 0)]}
    draw_table(ax, 7.05, top, cost, form=".1f", **paid)
    for k, thing in enumerate(("apples", "bread", "milk")):
        say(ax, 1.3 + k * WIDTH, top + 0.12, thing, size=9, color=GREY)
        say(ax, 3.7, top - (k + 0.5) * HEIGHT, thing, size=9, color=GREY, ha="right")
    for k in range(len(x)):
        words = f"customer {k + 1}"
        say(ax, 1.0, top - (k + 0.5) * HEIGHT, words, size=9, color=GREY, ha="right")
    for left in (3.75, 5.42, 7.05):
        for k, shop in enumerate(("shop 1", "shop 2")):
            say(ax, left + (k + 0.5) * WIDTH, top + 0.12, shop, size=9, color=GREY)
    for at, sign in ((2.84, "@"), (5.08, "+"), (6.74, "=")):
        say(ax, at, top - HEIGHT / 2, sign, size=15)
    for at, name, table in ((1.8, "x", x), (4.25, "W", W), (5.92, "b", b), (7.55, "cost", cost)):
        say(ax, at, top + 0.42, f"{name}  {table.shape}", size=11)
    products = [f"{n:g} · {price:g}" for n, price in zip(x[1], W[:, 0], strict=True)]
    sentence = f"{' + '.join(products)} + {b[0]:g} = {cost[1, 0]:g}"
    say(ax, 7.98, 0.2, sentence, size=11, ha="right")
    plots.show(
        ax,
        "Three tables, x of four customers, W of prices, b of deliveries, and what each pays. The "
        f"second row of x and the first column of W are marked: {sentence}.",
    )


def show_pairs(p, t):
    """A column minus a column, and a column minus a list: five differences, and all pairs."""
    ax = sheet(8.4, 3.2)
    top, n = 2.1, len(p)
    column = t.reshape(n, 1)
    low = top - n * HEIGHT - 0.16
    for left, table, name in ((0.5, p, "p"), (1.5, column, "t"), (2.5, p - column, "p − t")):
        colors = None if name in "pt" else tones(table)
        draw_table(ax, left, top, table, colors=colors, form=".1f")
        say(ax, left + WIDTH / 2, low, f"{name} {table.shape}", size=9, color=GREY)
    for at, sign in ((1.25, "−"), (2.25, "=")):
        say(ax, at, top - n / 2 * HEIGHT, sign, size=15)
    say(ax, 1.75, top + 0.25, f"column minus column: {n} numbers", size=11)
    square = p - t
    diagonal = [(k, k) for k in range(n)]
    draw_table(ax, 4.9, top, p, form=".1f")
    draw_table(ax, 5.55, top + HEIGHT + 0.12, t[None], form=".1f")
    draw_table(ax, 5.55, top, square, colors=tones(square), framed=diagonal, form=".1f")
    say(ax, 4.9 + WIDTH / 2, low, f"p {p.shape}", size=9, color=GREY)
    say(ax, 5.45, top + 0.12 + HEIGHT / 2, f"t {t.shape}", size=9, color=GREY, ha="right")
    say(ax, 5.55 + n / 2 * WIDTH, low, f"p − t {square.shape}", size=9, color=GREY)
    say(ax, 6.5, 3.0, f"column minus list: {square.size} numbers", size=11)
    plots.show(
        ax,
        f"Left a column minus a column, {n} differences. Right a column minus a list: a square of "
        f"{square.size}, every answer minus every target; the {n} that were meant stand on its "
        "diagonal.",
    )


def show_chain(w):
    """The chain of the lesson at w: its numbers forward, its slopes multiplied up on the way back.

    z = 2 w, error = z - 3, L = error^2 / 2.
    """
    z = 2 * w
    error = z - 3
    names = ["w", "z = 2 w", "error = z − 3", "L = error² / 2"]
    ax = plots.chain(names, [w, z, error, error**2 / 2], [2, 1, error])
    plots.show(
        ax,
        f"A chain of four boxes, w, z, the error and L, with the slopes 2, 1 and {error:g} of its "
        f"links. Below, from right to left, the slopes are multiplied up: dL/dw = {error * 2:g}.",
    )


def show_bell(numbers, std):
    """A histogram of random numbers, those within one standard deviation of 0 darker."""
    ax = plots.axes(width=6.0, height=2.9)
    edges = np.linspace(-4 * std, 4 * std, 41)
    counts = np.histogram(numbers, edges)[0]
    middles = (edges[:-1] + edges[1:]) / 2
    near = np.abs(middles) < std
    ax.bar(middles, counts, width=0.92 * (edges[1] - edges[0]), color=np.where(near, INK, "0.75"))
    share = np.mean(np.abs(numbers) < std)
    ax.set(xlabel="number", ylabel="how many", xticks=std * np.arange(-3, 4))
    ax.text(1.15 * std, 0.9 * counts.max(), f"dark: between {-std:g} and {std:g}".replace("-", "−"))
    ax.text(1.15 * std, 0.8 * counts.max(), f"≈ {share:.2f} of all")
    plots.show(
        ax,
        f"{len(numbers)} random numbers in a bell around 0; ≈ {share:.2f} of them lie within one "
        f"standard deviation, {std:g}.",
    )


def show_rulers():
    """The same six numbers on an ordinary axis and on one that grows by factors."""
    ax = sheet(8.4, 1.9)
    left, right, ordinary, log = 2.0, 8.1, 1.3, 0.5
    for y, name in ((ordinary, "ordinary axis"), (log, "log axis")):
        ax.plot([left, right], [y, y], color=INK, linewidth=1.2, linestyle="-")
        say(ax, 0.1, y, name, ha="left")
    for number in (1, 0.5, 0.1, 0.03, 0.01, 0.001):
        above = left + (right - left) * number
        below = left + (right - left) * (1 + np.log10(number) / 3)
        halfway = number == 0.03
        look = {"color": ORANGE if halfway else INK, "linewidth": 1.6, "linestyle": "-"}
        link = {"color": ORANGE if halfway else PALE, "linewidth": 0.9, "linestyle": "-"}
        ax.plot([above, above], [ordinary - 0.08, ordinary + 0.08], **look)
        ax.plot([below, below], [log - 0.08, log + 0.08], **look)
        ax.plot([above, below], [ordinary - 0.1, log + 0.1], **link)
        say(ax, below, log - 0.22, f"{number:g}")
        if number >= 0.03:
            say(ax, above, ordinary + 0.22, f"{number:g}")
    ax.plot([left, left], [ordinary - 0.08, ordinary + 0.08], color=INK, linewidth=1.6)
    say(ax, left - 0.08, ordinary, "0", ha="right")
    arrow(ax, (left, log), (left - 0.7, log), width=1.2)
    say(ax, left - 0.62, log - 0.22, "never 0", size=9, color=GREY)
    plots.show(
        ax,
        "Six numbers on two axes. On the ordinary one 0.03, 0.01 and 0.001 crowd together near 0; "
        "on the log one 1, 0.1, 0.01 and 0.001 are equally far apart, and 0.03 stands halfway "
        "between 0.01 and 0.1. To the left the log axis goes on and never comes to 0.",
    )


def draw_two_axes(ax=None, multiply_by=0.25, take_away=0.1):
    """Two things that start at 1, on an ordinary axis and on a log axis. Multiplied by 0.25 nine
    times, about 0.0000038 is left, a straight line on the log axis; with 0.1 taken away nine times,
    0.1 is left, a straight line on the ordinary axis."""
    ax = plots.axes(2) if ax is None else ax
    multiplied = float(multiply_by) ** STEPS
    reduced = 1 - take_away * STEPS
    for a in ax:
        a.plot(STEPS, multiplied, "o-", color=INK, markersize=4, label=f"× {multiply_by:.2f}")
        a.plot(STEPS, reduced, "o-", color=ORANGE, markersize=4, label=f"− {take_away:.2f}")
        a.set(xlabel="step", xlim=(0, 9), xticks=STEPS[::3])
    ax[0].set(ylim=(-0.03, 1.03), ylabel="ordinary axis")
    ax[1].set(yscale="log", ylim=(2e-7, 2), yticks=10.0 ** -np.arange(7), ylabel="log axis")
    ax[1].minorticks_off()
    for a in ax:
        plots.end_names(a)
    left = [plain(y[-1]) for y in (multiplied, reduced)]
    ax[0].set_title(f"left after nine steps: {left[0]} and {left[1]}", loc="left")
    return ax


def plain(number):
    """A number with two digits that count, without a power of ten: 0.0000038."""
    return np.format_float_positional(number, precision=2, fractional=False, trim="-")
