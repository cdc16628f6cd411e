"""Networks and their arithmetic, drawn: one neuron, shapes that fit, an unrolled network.

Each is drawn on a sheet (drawing/sheet), an axes whose coordinates are inches.
"""

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.patches import FancyBboxPatch

from dlcourse.drawing.sheet import GROUND, arrow, box, say, sheet
from dlcourse.drawing.style import BACKWARD, BLUE, GREEN, GREY, INK, ORANGE, PALE, PURPLE, RED, SKY

# --- one neuron


def neuron(x, w, b, ax=None, *, classes=("0", "1")):
    """What one sigmoid unit does with a picture: pixels times weights, added up, squeezed to p.

    x, w (side * side,); b a number. classes: what speaks against and what speaks for, at p near 0
    and near 1.
    """
    x, w = np.ravel(np.asarray(x, float)), np.ravel(np.asarray(w, float))
    side = round(len(x) ** 0.5)
    if len(x) != len(w) or side * side != len(x):
        raise ValueError(
            "neuron takes a square picture and a weight for each pixel, "
            f"got {len(x)} and {len(w)} numbers"
        )
    product = x * w
    ups, downs = product[product > 0].sum(), product[product < 0].sum()
    z = ups + downs + float(b)
    p = 0.5 * (1 + np.tanh(0.5 * z))
    ax = sheet(8.4, 2.2, ax)
    low, size = 0.42, 1.3
    high, middle = low + size, low + size / 2
    for left, values, signed, head, foot in (
        (0.1, x, False, "picture", "x"),
        (1.82, w, True, "weights", "w"),
        (3.54, product, True, "pixel × weight", "x · w"),
    ):
        largest = np.abs(values).max() or 1.0
        scale = (
            {"cmap": "RdBu", "vmin": -largest, "vmax": largest}
            if signed
            else {"cmap": "gray_r", "vmin": 0, "vmax": 1}
        )
        ax.imshow(values.reshape(side, side), extent=(left, left + size, low, high), **scale)
        frame = FancyBboxPatch(
            (left, low), size, size, "square,pad=0", fill=False, edgecolor="0.75", linewidth=0.8
        )
        ax.add_patch(frame)
        say(ax, left + size / 2, high + 0.2, head)
        say(ax, left + size / 2, low - 0.19, foot, style="italic", color=GREY)
    for at, sign in ((1.61, "×"), (3.33, "=")):
        say(ax, at, middle, sign, size=18)
    arrow(ax, (4.92, middle), (5.14, middle))
    say(ax, 6.02, high + 0.2, "added up")
    _sums(
        ax, low, high, {f"for {classes[1]}": ups, f"for {classes[0]}": downs, "b": float(b), "z": z}
    )
    arrow(ax, (6.92, middle), (7.12, middle))
    say(ax, 7.75, high + 0.2, "squeezed")
    _squeezed(ax, low, high, z, p)
    say(ax, 7.75, low - 0.19, f"more likely {classes[int(p > 0.5)]}", size=9, color=GREY)
    return ax


def _signed(value, digits=1):
    return f"{value:+.{digits}f}".replace("-", "−")


def _sums(ax, low, high, rows):
    """A bar for each {words: number} on one scale, the last of them their sum, below a line."""
    left, right = 5.92, 6.4
    least, most = min(0, *rows.values()), max(0, *rows.values())
    unit = (right - left) / (most - least or 1.0)
    zero = left - least * unit
    apart = (high - low) / len(rows)
    bars = []
    for k, (words, value) in enumerate(rows.items()):
        y = high - (k + 0.5) * apart
        bars.append(
            [
                (zero, y - 0.08),
                (zero + value * unit, y - 0.08),
                (zero + value * unit, y + 0.08),
                (zero, y + 0.08),
            ]
        )
        say(ax, left - 0.08, y, words, size=9, ha="right")
        say(
            ax,
            6.84,
            y,
            _signed(value),
            size=9,
            ha="right",
            weight="bold" if k == len(rows) - 1 else "normal",
        )
    colors = [BLUE if value > 0 else RED for value in rows.values()]
    colors[-1] = INK
    ax.add_collection(PolyCollection(bars, facecolors=colors, linewidths=0), autolim=False)
    ax.plot([zero, zero], [low, high], color=GREY, linewidth=0.8, linestyle="-")
    ax.plot([5.3, 6.84], [low + apart + 0.01] * 2, color=GREY, linewidth=0.8, linestyle="-")


def _squeezed(ax, low, high, z, p):
    """The point (z, p) on the sigmoid, for z from -8 to 8; a z beyond stands at the edge."""
    left, right, foot, head = 7.22, 8.28, low + 0.2, high - 0.04
    grid = np.linspace(-8, 8, 161)
    across = left + (np.clip([z, *grid], -8, 8) + 8) / 16 * (right - left)
    up = foot + np.array([p, *(0.5 * (1 + np.tanh(0.5 * grid)))]) * (head - foot)
    for height in (foot, head):
        ax.plot([left, right], [height, height], color=PALE, linewidth=0.8, linestyle="-")
    ax.plot(across[1:], up[1:], color=GREY, linewidth=2, linestyle="-")
    ax.plot([across[0], across[0]], [foot, up[0]], color=INK, linewidth=1, linestyle=":")
    ax.plot(across[0], up[0], "o", color=INK, markersize=7)
    say(ax, left, head - 0.2, f"p = {p:.2f}", ha="left", size=9)
    say(
        ax,
        np.clip(across[0], left + 0.28, right - 0.24),
        low + 0.08,
        f"z = {z:.1f}".replace("-", "−"),
        size=9,
    )


# --- shapes

SIDES = {"N": ORANGE, "D": GREEN, "M": PURPLE}
DENSE = (  # what happens, then two matrices and their product: (name, rows, columns)
    ("forward: y = x W", ("$x$", "N", "D"), ("$W$", "D", "M"), ("$y$", "N", "M")),
    (
        "the weights: the examples add up",
        ("$x^T$", "D", "N"),
        ("$dy$", "N", "M"),
        ("$dW$", "D", "M"),
    ),
    ("the input: the paths add up", ("$dy$", "N", "M"), ("$W^T$", "M", "D"), ("$dx$", "N", "D")),
)


def shapes(products=DENSE, sizes=None, ax=None):
    """Products of matrices as boxes of cells; equal sides have one letter and one colour.

    products: rows (words, left, right, result), each matrix (name, rows, columns) with letters for
    its sides. sizes: how many cells a letter stands for. One row of the left, one column of the
    right and the cell they make are filled.
    """
    sizes = {"N": 5, "D": 4, "M": 2} if sizes is None else sizes
    for words, left, right, result in products:
        if left[2] != right[1] or (left[1], right[2]) != result[1:]:
            raise ValueError(
                "shapes takes products whose sides fit, "
                f"got {left} times {right} gives {result} ({words})"
            )
    cell, gap = 0.135, 0.5
    tall = max(sizes[m[1]] for product in products for m in product[1:]) * cell
    wide = [sum(sizes[m[2]] for m in product[1:]) * cell + 2 * gap for product in products]
    room = 0.46  # between products, and left of the first
    ax = sheet(sum(wide) + room * (len(products) + 1), tall + 1.08, ax)
    start = room
    for (words, *matrices), width in zip(products, wide, strict=True):
        middle, x = 0.34 + tall / 2, start
        for k, matrix in enumerate(matrices):
            _matrix(ax, x, middle, matrix, sizes, cell, filled=("row", "column", "cell")[k])
            x += sizes[matrix[2]] * cell
            if k < 2:
                say(ax, x + gap / 2 - 0.09, middle, "×="[k], size=16)
            x += gap
        say(ax, start + width / 2 - 0.08, tall + 0.9, words)
        start += width + room
        if start < sum(wide) + room * len(products):
            ax.plot(
                [start - room / 2 - 0.11] * 2,
                [0.1, tall + 0.6],
                color=PALE,
                linewidth=0.8,
                linestyle="-",
            )
    return ax


def _matrix(ax, x, middle, matrix, sizes, cell, filled):
    """A box of cells, its left side and its top named by their letters."""
    name, rows, columns = matrix
    n, m = sizes[rows], sizes[columns]
    low, high, right = middle - n * cell / 2, middle + n * cell / 2, x + m * cell
    boxes = [
        [(x + j * cell, high - i * cell), (x + (j + 1) * cell, high - i * cell)]
        + [(x + (j + 1) * cell, high - (i + 1) * cell), (x + j * cell, high - (i + 1) * cell)]
        for i in range(n)
        for j in range(m)
    ]
    meant = {
        "row": lambda i, j: i == 0,
        "column": lambda i, j: j == 0,
        "cell": lambda i, j: i == j == 0,
    }[filled]
    faces = ["0.72" if meant(k // m, k % m) else GROUND for k in range(n * m)]
    ax.add_collection(
        PolyCollection(boxes, facecolors=faces, edgecolors="white", linewidths=0.8), autolim=False
    )
    ax.plot(
        [x - 0.05, x - 0.05],
        [low, high],
        color=SIDES.get(rows, GREY),
        linewidth=3,
        linestyle="-",
        solid_capstyle="butt",
    )
    ax.plot(
        [x, right],
        [high + 0.05] * 2,
        color=SIDES.get(columns, GREY),
        linewidth=3,
        linestyle="-",
        solid_capstyle="butt",
    )
    say(ax, x - 0.11, middle, rows, ha="right", size=9.5)
    say(ax, (x + right) / 2, high + 0.1, columns, va="bottom", size=9.5)
    say(ax, (x + right) / 2, 0.17, name, size=11)


# --- a recurrent network


def unrolled(x, states, outputs, ax=None, *, digits=2, first_step=0):
    """A recurrent network twice: folded, with its loop, and step by step with its numbers.

    x (T, D); states (T + 1, H), the one before the first step first; outputs (T, K). digits: of the
    numbers, or None for letters in their place. Steps are counted from `first_step`.
    """
    x, states, outputs = (np.asarray(a, float) for a in (x, states, outputs))
    steps = len(x)
    if len(states) != steps + 1 or len(outputs) != steps:
        got = f"{steps} inputs, {len(states)} states, {len(outputs)} outputs"
        raise ValueError(
            f"unrolled takes a state more than inputs, and an output for each input, got {got}"
        )
    apart, first = 1.35, 4.5
    ax = sheet(first + apart * (steps - 1) + 0.75, 3.3, ax)
    rows = {"input": 0.5, "state": 1.55, "output": 2.55}
    _folded(ax, 0.8, rows)
    for words, y in rows.items():
        say(ax, 2.5, y, words, color=GREY, ha="right")
    before = first - apart
    _box(ax, before, rows["state"], _texts("h", first_step - 1, states[0], digits), color="white")
    say(ax, before, rows["state"] - 0.42, "before", size=9, color=GREY)
    for t in range(steps):
        at, lengths = first + apart * t, []
        for letter, name, values in (
            ("x", "input", x[t]),
            ("h", "state", states[t + 1]),
            ("y", "output", outputs[t]),
        ):
            texts = _texts(letter, first_step + t, values, digits)
            _box(ax, at, rows[name], texts)
            lengths.append(len(texts))
        say(ax, at, 3.1, f"step {first_step + t}", color=GREY)
        _links(ax, at, apart, rows, lengths)
    return ax


def _texts(letter, t, values, digits):
    """What stands in a box: a number a line, or the letter of step t if digits is None."""
    if digits is None:
        return [f"${letter}_{{{t}}}$"]
    whole = np.allclose(values, np.round(values)) and np.any(values)
    return [f"{value:.{0 if whole else digits}f}".replace("-", "−") for value in values]


def _box(ax, x, y, texts, color=GROUND):
    """A box with one text a line."""
    box(ax, x, y, 0.66, 0.14 + 0.2 * len(texts), color=color)
    say(ax, x, y, "\n".join(texts), linespacing=1.3)


WEIGHTS = {"$W_x$": SKY, "$W_h$": INK, "$W_{out}$": GREEN}


def _links(ax, at, apart, rows, lengths):
    """The three arrows of a step, each in the colour of its matrix."""
    half = [0.07 + 0.1 * n for n in lengths]
    read, kept, written = WEIGHTS.values()
    low, middle, high = rows.values()
    arrow(ax, (at, low + half[0] + 0.03), (at, middle - half[1] - 0.04), read, 2)
    arrow(ax, (at - apart + 0.36, middle), (at - 0.37, middle), kept, 2)
    arrow(ax, (at, middle + half[1] + 0.03), (at, high - half[2] - 0.04), written, 2)
    for name, x, y in zip(
        WEIGHTS, (at + 0.08, at - apart / 2, at + 0.08), (1.0, middle + 0.15, 2.1), strict=True
    ):
        say(ax, x, y, name, ha="center" if y == middle + 0.15 else "left")


def _folded(ax, x, rows):
    low, middle, high = rows.values()
    for name, y in zip(("$x$", "$h$", "$y$"), rows.values(), strict=True):
        box(ax, x, y, 0.42, 0.36)
        say(ax, x, y, name, size=12)
    read, kept, written = WEIGHTS.values()
    arrow(ax, (x, low + 0.21), (x, middle - 0.22), read, 2)
    arrow(ax, (x, middle + 0.21), (x, high - 0.22), written, 2)
    arrow(ax, (x + 0.23, middle + 0.11), (x + 0.23, middle - 0.11), kept, 2, bend=1.9)
    for name, place in zip(
        WEIGHTS, ((x + 0.08, 1.02), (x + 0.54, middle), (x + 0.08, 2.06)), strict=True
    ):
        say(ax, *place, name, ha="left")
    say(ax, x, 3.1, "one network …", color=GREY)
    say(ax, 2.5, 3.1, "… unrolled", color=GREY, ha="right")


# --- a chain


def chain(names, values, slopes, ax=None):
    """A chain of numbers, forward and back: a box for each, the slope of each link between them.

    names: such as "w", "z = 2 w", each beginning with its letter; values: the numbers that they
    have; slopes: one fewer, that of each number with respect to the one before it. Below, from
    right to left, the slopes multiplied up: the slope of the last number with respect to each.
    """
    if not len(names) == len(values) == len(slopes) + 1:
        got = f"{len(names)} names, {len(values)} values, {len(slopes)} slopes"
        raise ValueError(f"chain takes a value for each name, and a slope fewer, got {got}")
    wide, apart = 1.2, (8.4 - 1.6) / len(slopes)
    ax = sheet(8.4, 2.3, ax)
    ahead, back = 1.72, 0.5
    letters = [name.split()[0] for name in names]
    product, products = 1.0, [1.0]
    for slope in reversed(slopes):
        product = product * slope
        products.insert(0, product)
    for k, (name, value) in enumerate(zip(names, values, strict=True)):
        x = 0.8 + k * apart
        box(ax, x, ahead, wide, 0.52)
        say(ax, x, ahead + 0.1, name)
        say(ax, x, ahead - 0.12, _plain(value), weight="bold")
        box(ax, x, back, wide, 0.52, color="white", edge=BACKWARD)
        under = letters[k] if len(letters[k]) < 3 else f" {letters[k]}"
        say(ax, x, back + 0.1, f"d{letters[-1]}/d{under}", color=BACKWARD)
        say(ax, x, back - 0.12, _plain(products[k]), color=BACKWARD, weight="bold")
    for k, slope in enumerate(slopes):
        left, right = 0.8 + k * apart + wide / 2 + 0.04, 0.8 + (k + 1) * apart - wide / 2 - 0.04
        middle = (left + right) / 2
        arrow(ax, (left, ahead), (right, ahead))
        say(ax, middle, ahead + 0.16, f"slope {_plain(slope)}", size=9.5)
        arrow(ax, (right, back), (left, back), BACKWARD)
        say(ax, middle, back + 0.16, f"× {_factor(slope)}", size=9.5, color=BACKWARD)
        fall = [ahead - 0.06, back + 0.3]
        ax.plot([middle, middle], fall, color=GREY, linewidth=0.8, linestyle=":")
    say(ax, 0.2, 2.18, "forward: the numbers", ha="left", color=GREY)
    say(ax, 8.2, 0.1, "back: slopes multiplied, from the right", ha="right", color=BACKWARD)
    return ax


def _plain(value):
    return f"{value:.3g}".replace("-", "−")


def _factor(value):
    return f"({_plain(value)})" if value < 0 else _plain(value)
