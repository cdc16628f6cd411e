"""Lesson 1, logistic regression: one neuron on points and digits, and the valleys of two losses.

The notebook builds losses, descent and training by hand; here they stand for any seed. First what
is computed, then what is drawn of it. A function `show_...` draws and displays, with the sentence
for those who cannot see the picture; a function `draw_...` stands behind sliders.
"""

import functools
import math

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from dlcourse import data, plots, training
from dlcourse.drawing.scenes import marks
from dlcourse.drawing.sheet import say, sheet
from dlcourse.drawing.style import GREY, INK, ORANGE, new_figure


def heaps(seed, noise=0.2):
    """200 points (200, 2) in two heaps, each feature standardized, and their labels (200,)."""
    x, t = data.blobs(200, noise=noise, seed=seed)
    (x,) = data.standardize(x)
    return x, t


def sigmoid(z):
    """1 / (1 + e^-z), number by number."""
    return 1 / (1 + np.exp(-z))


def cross_entropy_gradient(w, x, t):
    """dL/dw (D,) of the mean surprise, for z = x w: weights w (D,), x (N, D), labels t (N,)."""
    return x.T @ (sigmoid(x @ w) - t) / len(x)


def squared_error_gradient(w, x, t):
    """dL/dw (D,) of half the mean of (p - t)^2, arguments as for cross_entropy_gradient."""
    p = sigmoid(x @ w)
    return x.T @ ((p - t) * p * (1 - p)) / len(x)


GRADIENTS = {"cross-entropy": cross_entropy_gradient, "squared error": squared_error_gradient}


def mean_surprise(z, t):
    """Mean of -[t ln p + (1 - t) ln(1 - p)], p = sigmoid(z), over the last axis; never infinite."""
    return np.mean(np.logaddexp(0, z) - t * z, axis=-1)


def squared_error(z, t):
    """Mean over the last axis of (p - t)^2 / 2, p = sigmoid(z)."""
    return np.mean((sigmoid(z) - t) ** 2, axis=-1) / 2


LOSSES = {"cross-entropy": mean_surprise, "squared error": squared_error}


def descend(gradient, start, lr, steps):
    """Every place (steps + 1, D) of w <- w - lr gradient(w), the start included."""
    path = [np.array(start, float)]
    for _ in range(steps):
        path.append(path[-1] - lr * gradient(path[-1]))
    return np.array(path)


# Valleys


def slices(line, points, labels):
    """{loss: (M,)} of a neuron with one weight and no b, at each weight of `line` (M,)."""
    z = line[:, None] * points
    return {name: loss(z, labels) for name, loss in LOSSES.items()}


def has_hill(losses, least=1e-9):
    """Is some inner place of `losses` (M,) above both neighbours by more than `least`?

    Descents part there: one valley lies on its left, another on its right.
    """
    rise = np.diff(losses)
    return bool(np.any((rise[:-1] > least) & (rise[1:] < -least)))


def walk_down(losses, start):
    """The index where a walk from index `start` ends that always goes to the lower neighbour."""
    here = start
    while True:
        near = range(max(here - 1, 0), min(here + 2, len(losses)))
        lowest = min(near, key=lambda i: losses[i])
        if losses[lowest] >= losses[here]:
            return here
        here = lowest


def count_valleys(n_points, spread, sets, seed):
    """In how many sets has a loss along one weight, from -10 to 10, more than one valley?

    A set has n_points of one feature, normal with mean 0 and standard deviation `spread`, and
    labels tossed by a coin. Returns {"hill": {loss: sets with a hill}, "wrong": {start: sets in
    which a walk down the squared error from there ends 0.001 or more above the lowest place}}.
    """
    rng = np.random.default_rng(seed)
    line = np.linspace(-10, 10, 401)
    starts = {w: int(np.abs(line - w).argmin()) for w in (-6, 0, 6)}
    hill, wrong = dict.fromkeys(LOSSES, 0), dict.fromkeys(starts, 0)
    for _ in range(sets):
        points = rng.normal(0, spread, n_points)
        tosses = rng.integers(0, 2, n_points)
        losses = slices(line, points, tosses)
        for name in LOSSES:
            hill[name] += has_hill(losses[name])
        square = losses["squared error"]
        for w, start in starts.items():
            wrong[w] += bool(square[walk_down(square, start)] >= square.min() + 1e-3)
    return {"hill": hill, "wrong": wrong}


def valleys_in_plane(loss, reach=10, n=161):
    """How many places of an n x n grid over (-reach, reach)^2 are lower than all neighbours?

    loss: (M, 2) -> (M,). A place on the rim counts, too: there a valley leaves the square.
    """
    line = np.linspace(-reach, reach, n)
    heights = loss(np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)).reshape(n, n)
    around = np.pad(heights, 1, constant_values=np.inf)
    lowest = np.ones((n, n), bool)
    for down in (0, 1, 2):
        for right in (0, 1, 2):
            if (down, right) != (1, 1):
                lowest &= heights < around[down : down + n, right : right + n]
    return int(lowest.sum())


# Threes and fives


def threes_and_fives():
    """The pictures (1895, 784) and labels (1895, 1) of the digits 3, label 0, and 5, label 1."""
    images, labels = data.digits()
    x = np.concatenate([images[labels == 3], images[labels == 5]]).astype(float)
    t = np.repeat([0.0, 1.0], [np.sum(labels == 3), np.sum(labels == 5)]).reshape(-1, 1)
    return x, t


def three_sets(seed):
    """Training, validation and test, each (x, t): 60, 20 and 20 % of the threes and fives."""
    learn, rest = data.split(*threes_and_fives(), 0.6, seed)
    return learn, *data.split(*rest, 0.5, seed)


class Neuron:
    """One neuron: z = x w + b with weights w (D,), class 1 where z > 0."""

    def __init__(self, w, b):
        self.w = w
        self.b = b

    def probability(self, x):
        """p (N,) for x (N, D): how probable label 1 is."""
        return sigmoid(x @ self.w + self.b)

    def predict(self, x):
        """Class numbers (N,) for x (N, D)."""
        return (self.probability(x) > 0.5).astype(int)

    def surprises(self, sets):
        """The mean surprise on each of several sets x (N, D), t (N, 1)."""
        return [float(mean_surprise(x @ self.w + self.b, t[:, 0])) for x, t in sets]


def train_neuron(x, t, lr, watched=(), steps=200):
    """A neuron after gradient descent on the mean surprise at x (N, D), t (N, 1), and its curves.

    The curves (steps + 1, sets) are the mean surprise on each set (x, t) of `watched`, before the
    first step and after each.
    """
    neuron = Neuron(np.zeros(x.shape[1]), 0.0)
    surprises = [neuron.surprises(watched)]
    for _ in range(steps):
        error = neuron.probability(x) - t[:, 0]
        neuron.w = neuron.w - lr * (x.T @ error) / len(x)
        neuron.b = neuron.b - lr * error.mean()
        surprises.append(neuron.surprises(watched))
    return neuron, np.array(surprises)


def chosen(learn, validation, rates):
    """The rate that is right most often on the validation set, the first of equals; its neuron."""
    neurons = {lr: train_neuron(*learn, lr)[0] for lr in rates}
    best = max(rates, key=lambda lr: training.accuracy(neurons[lr], *validation))
    return best, neurons[best]


@functools.cache
def trained_neuron():
    """The neuron at the end of the lesson: deal 0, rate 1, 200 steps on the training set."""
    neuron, _ = train_neuron(*three_sets(0)[0], lr=1.0)
    return neuron


def unseen(digit, k=0):
    """Picture number k (784,) of this digit, 3 or 5, in the validation set of deal 0."""
    _, (x, t), _ = three_sets(0)
    return x[t[:, 0] == (digit == 5)][k]


# Weights that never stop growing


def lengths(seed, looks, lr=1, strength=0):
    """|w| after each number of steps in `looks`, from w = 0, on heaps that a line separates.

    The loss is the mean surprise plus strength / 2 |w|^2.
    """
    x, t = heaps(seed, noise=0)
    path = descend(lambda w: cross_entropy_gradient(w, x, t) + strength * w, [0, 0], lr, max(looks))
    return np.linalg.norm(path[list(looks)], axis=1)


# What the lecture notes say, and what comes of it; see INSTRUCTORS.


def added_up(seed=0, side=20):
    """The two sums behind "probability of what?", for a neuron with w = (1, -0.5).

    First P over both labels at each of the 200 points of heaps(seed): (200,), each 1. Then the
    answers over a square of this side around the origin, in cells of 0.1: half of its area, so they
    are no density of points.
    """
    w = np.array([1.0, -0.5])
    x, _ = heaps(seed)
    p = sigmoid(x @ w)
    middles = np.arange(0.05, side, 0.1) - side / 2
    plane = np.stack(np.meshgrid(middles, middles), axis=-1).reshape(-1, 2)
    over_labels = p**1 * (1 - p) ** 0 + p**0 * (1 - p) ** 1
    return over_labels, float(sigmoid(plane @ w).sum() * 0.1**2)


def with_two_minuses(seed=0, start=(-1, -1), lr=0.2, steps=20):
    """The mean surprise (steps + 1,) of a descent on minus the cross-entropy: it climbs."""
    x, t = heaps(seed)
    path = descend(lambda w: -cross_entropy_gradient(w, x, t), start, lr, steps)
    return mean_surprise(path @ x.T, t)


# What is seen of it.

INKS = {"cross-entropy": INK, "squared error": ORANGE, "training": INK, "validation": plots.GREEN}
RED_TO_BLUE = LinearSegmentedColormap.from_list("p", ["#f0bfa5", "#ffffff", "#a9cde4"], N=10)


def _said(number, digits=3):
    """A number as it stands in a picture, with a true minus."""
    return f"{number:.{digits}f}".replace("-", "−")


def show_digits(threes, fives):
    """Pictures (8, 784) of threes above as many of fives."""
    ax = plots.images(np.concatenate([threes, fives]))
    plots.show(ax, "Eight handwritten threes above eight fives, no two of the sixteen alike.")


def show_reading(neuron, picture):
    """How a neuron for threes and fives comes to its answer to one picture (784,)."""
    ax = plots.neuron(picture, neuron.w, neuron.b, classes=("three", "five"))
    z = float(picture @ neuron.w + neuron.b)
    word = "five" if z > 0 else "three"
    plots.show(
        ax,
        "One neuron reads a digit: the picture times the weights, dot by dot; what speaks for "
        f"five and for three is added up to z ≈ {z:.1f}; the answer is p ≈ {sigmoid(z):.2f}, "
        f"more likely a {word}.",
    )


def show_step_and_sigmoid(z=8):
    """Both answers against z, and both slopes; the sigmoid's slope is marked at 0 and at z."""
    line = np.linspace(-9, 9, 721)
    p = sigmoid(line)
    step = np.where(line > 0, 1.0, 0.0)
    ax = plots.axes(2, width=8.4, height=2.8)
    for a, pair in zip(ax, ((step, p), (0 * line, p * (1 - p))), strict=True):
        for name, ys, color in zip(("step", "sigmoid"), pair, ("0.6", INK), strict=True):
            a.plot(line, ys, color=color, linestyle="-", label=name)
        a.set(xlim=(-9, 9), xlabel="z", xticks=[-8, -4, 0, 4, 8])
    ax[0].set(ylabel="answer", ylim=(-0.05, 1.08), yticks=[0, 0.5, 1])
    ax[1].set(ylabel="slope of the answer", ylim=(-0.013, 0.28), yticks=[0, 0.1, 0.2])
    far = sigmoid(z) * sigmoid(-z)
    for place, height, words, aside, side in (
        (0, 0.25, "¼ at z = 0", (10, 3), "left"),
        (z, far, f"{far:.4f}\nat z = {z}", (-10, 12), "center"),
    ):
        ax[1].plot(place, height, "o", color=INK, markersize=6, label="_mark")
        ax[1].annotate(words, (place, height), aside, textcoords="offset points", ha=side)
    for a in ax:
        plots.end_names(a)
    plots.show(
        ax,
        "Left the answers: the step jumps at 0, the sigmoid climbs smoothly from 0 to 1. Right "
        f"their slopes: the step's is 0, the sigmoid's is a hill, 0.25 at z = 0 and {far:.4f} at "
        f"z = {z}.",
    )


def show_surprise():
    """The surprise for both labels against the answer p, and where the two curves cross."""
    p = np.linspace(0.004, 0.996, 249)
    ax = plots.axes(width=6.2, height=3.2)
    ax.plot(p, -np.log(p), color=plots.BLUE, linestyle="-")
    ax.plot(p, -np.log(1 - p), color=plots.RED, linestyle="-")
    ax.plot(0.5, np.log(2), "o", color=INK)
    ax.annotate(
        "undecided, p = ½:\nln 2 ≈ 0.69 either way",
        (0.5, np.log(2)),
        (0, 40),
        textcoords="offset points",
        ha="center",
        arrowprops={"arrowstyle": "-", "color": "0.5", "shrinkB": 5},
    )
    ax.text(0.06, 4.0, "it was a 1: −ln p", color=INK)
    ax.text(0.94, 4.0, "it was a 0: −ln(1 − p)", color=INK, ha="right")
    ax.set(xlim=(0, 1), ylim=(0, 5.2), xlabel="answer p", ylabel="surprise")
    plots.show(
        ax,
        "Surprise against the answer p. For label 1 it falls from very large at p = 0 to 0 at "
        "p = 1, for label 0 it is the mirror image; they cross at p = 1/2, at ln 2 = 0.69.",
    )


def show_chain(x, w, t):
    """The worked example of the lesson: the chain of its second weight, forward and back.

    x, w (2,): one example and the weights of a neuron without b; t its label.
    """
    z = float(x @ w)
    p = float(sigmoid(z))
    values = [float(w[1]), z, p, float(mean_surprise(np.array([z]), t))]
    slopes = [float(x[1]), p * (1 - p), (p - t) / (p * (1 - p))]
    last = "L = −ln p" if t == 1 else "L = −ln(1 − p)"
    ax = plots.chain(["w₂", "z = x w", "p = σ(z)", last], values, slopes)
    plots.show(
        ax,
        f"A chain of four boxes: w₂ = {w[1]:g}, z = {z:g}, p = {p:.3f}, L = {values[3]:.2f}. Below "
        f"the way back: dL/dp = {slopes[2]:.2f}, times the sigmoid's slope {slopes[1]:.3f} is "
        f"dL/dz = {p - t:.3f}, times the feature {x[1]:g} is dL/dw₂ = {(p - t) * x[1]:.3f}.",
    )


def show_products():
    """The two products of matrices of one neuron and N examples, as boxes of cells."""
    products = (
        ("forward: z = x w", ("$x$", "N", "D"), ("$w$", "D", "1"), ("$z$", "N", "1")),
        ("back: one sum a weight", ("$x^T$", "D", "N"), ("$p-t$", "N", "1"), ("sums", "D", "1")),
    )
    ax = plots.shapes(products, {"N": 6, "D": 2, "1": 1})
    plots.show(
        ax,
        "Two products as boxes: x, N rows of D features, times w, D numbers, gives z, N numbers; x "
        "turned on its side times the N errors gives D numbers, one for each weight.",
    )


def _answers_over_plane(ax, w, reach=3.4, n=150):
    """The plane in ten shades, red where p is small, blue where it is large; the line p = 1/2."""
    line = np.linspace(-reach, reach, n)
    p = sigmoid(np.clip(line * w[0] + line[:, None] * w[1], -500, 500))
    look = {"cmap": RED_TO_BLUE, "vmin": 0, "vmax": 1, "interpolation": "nearest"}
    shades = ax.imshow(p, extent=(-reach, reach, -reach, reach), origin="lower", **look)
    length = np.hypot(*w)
    if length > 0:
        along = np.array([-w[1], w[0]]) / length * 2 * reach
        ax.plot(*np.transpose([-along, along]), color=INK, linestyle="-", linewidth=1.5)
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach), xlabel="$x_1$", ylabel="$x_2$")
    return shades


def show_borders(x, t, guesses):
    """Both heaps and the answers of a neuron for each of several pairs of weights."""
    ax = plots.axes(len(guesses), width=7.6, height=3.4)
    words = []
    for a, w in zip(ax, guesses, strict=True):
        shades = _answers_over_plane(a, w)
        marks(a, x, t)
        tip = np.array(w) / np.hypot(*w) * 1.5
        look = {"arrowstyle": "-|>", "color": INK, "linewidth": 2.5, "mutation_scale": 18}
        ground = {"facecolor": "white", "alpha": 0.7, "linewidth": 0, "pad": 1.5}
        a.annotate("", tip, (0, 0), arrowprops=look, zorder=5)
        a.text(*(tip * 1.28), "w", ha="center", va="center", fontsize=13, zorder=5, bbox=ground)
        share = np.mean((x @ w > 0) == t)
        name = f"w = ({w[0]:g}, {w[1]:g})".replace("-", "−")
        a.set_title(f"{name}: {share:.1%} right, surprise {mean_surprise(x @ w, t):.2f}")
        words.append(f"with w = ({w[0]:g}, {w[1]:g}) {share:.1%} are right")
    bar = ax[0].figure.colorbar(shades, ax=ax, ticks=[0, 0.5, 1], shrink=0.9)
    bar.ax.set_yticklabels(["0", "½, the line", "1"])
    bar.set_label("answer p")
    plots.show(
        ax,
        "Two heaps of points, blue discs and red triangles, on a plane coloured by the answer; a "
        f"line where it is 1/2. Left the line cuts through both heaps; {' and '.join(words)}.",
    )


# One example, two losses: the instrument of the lesson.

PULLS = {
    "cross-entropy": lambda p, t: p - t,
    "squared error": lambda p, t: (p - t) * p * (1 - p),
}
STEPS = [0, 1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000]
LINE = np.linspace(-10, 10, 201)


@functools.lru_cache(maxsize=256)
def rolled(start, label, loss, steps=STEPS[-1]):
    """Every z (steps + 1,) of one example, at rate 1: z <- z - dL/dz."""
    z, path = float(start), [float(start)]
    for _ in range(steps):
        p = 1 / (1 + math.exp(-z))
        z -= PULLS[loss](p, label)
        path.append(z)
    return np.array(path)


def pull_axes():
    """Three axes: each loss at the left, one above the other, and both slopes at the right."""
    rows = [["a", "pull"], ["b", "pull"]]
    made = new_figure(8.4, 3.8).subplot_mosaic(rows, width_ratios=[1, 1.5])
    return np.array([made[name] for name in ("a", "b", "pull")])


def draw_pull(ax=None, start_z=6.0, label="0", steps=10):
    """One example with label 0 that began at z = 6, after ten steps with each loss. With
    cross-entropy it has rolled to the right side; with squared error it still lies at 6.
    """
    ax = pull_axes() if ax is None else ax
    t = int(label)
    side = 1 if t == 0 else -1
    p = sigmoid(LINE)
    heights = {"cross-entropy": np.logaddexp(0, LINE) - t * LINE, "squared error": (p - t) ** 2 / 2}
    for hill, (name, height) in zip(ax, heights.items(), strict=False):
        color = INKS[name]
        z = rolled(start_z, t, name, steps)[-1]
        here = float(sigmoid(z))
        slope = PULLS[name](here, t)
        answer = f"{here:.2f}" if 0.01 < here < 0.99 else f"{here:.4f}"
        hill.plot(LINE, height, color=color, linestyle="-")
        ring = {"color": color, "markerfacecolor": "white", "markersize": 9}
        hill.plot(start_z, np.interp(start_z, LINE, height), "o", **ring)
        hill.plot(z, np.interp(z, LINE, height), "o", color=color, markersize=10)
        top = height.max()
        hill.set(xlim=(-10, 10), ylim=(-0.1 * top, 1.2 * top), ylabel="loss", xticks=[-8, 0, 8])
        _title(hill, f"{name}: p = {answer}")
        ax[2].plot(LINE, PULLS[name](p, t), color=color, linestyle="-")
        ax[2].plot([z, z], [0, slope], color=color, linestyle="-", linewidth=3)
        ax[2].plot(z, slope, "o", color=color, markersize=10)
        words = _said(slope, 2 if abs(slope) > 0.01 else 4)
        lift = (14 if name == "cross-entropy" else -15) * side
        place = {"textcoords": "offset points", "ha": "center", "va": "center"}
        ax[2].annotate(words, (z, slope), (0, lift), **place)
    _name_pulls(ax[2], side)
    when = "before the first step" if steps == 0 else f"after {steps:,} step{'s' * (steps > 1)}"
    ax[1].set(xlabel="z")
    _title(ax[2], f"one example with label {label}, {when}")
    return ax


def _title(ax, words):
    """A title whose words change: beside the frame, which then need not be drawn anew."""
    ax.set_title(" ", loc="left")  # keeps the room
    above = {"xycoords": "axes fraction", "textcoords": "offset points", "va": "baseline"}
    ax.annotate(words, (0, 1), (0, 6), **above)


def _name_pulls(ax, side):
    """The axis of both slopes, its curves named, and words for its sides; side -1 for label 1."""
    ends = (-0.3, 1.25) if side > 0 else (-1.25, 0.3)
    ax.set(xlim=(-10, 10), ylim=ends, xlabel="z", ylabel="slope dL/dz, the pull")
    ax.set(xticks=[-8, -4, 0, 4, 8])
    ax.axhline(0, color="0.75", linewidth=1, linestyle="-", zorder=0)
    before, after = ("right", "left") if side > 0 else ("left", "right")
    ax.text(side * 1.2, side * 0.9, "cross-entropy", ha=before, va="center")
    ax.text(side * 2.6, side * 0.16, "squared error", ha=after, va="center")
    ax.text(side * 9.7, -0.21 * side, "wrong and sure", ha=before, va="center")
    ax.text(side * -9.7, -0.21 * side, "right and sure", ha=after, va="center")


# The ground on which both losses walk.

STARTS = {"all wrong": (-4.0, -4.0), "half right": (4.0, -4.0), "no weights": (0.0, 0.0)}
WALK_STEPS = [0, 1, 2, 5, 10, 20, 50, 100, 150, 200, 300, 500, 1000]
HEIGHTS = {  # equal steps: where the lines are dense, the ground is steep
    "cross-entropy": np.arange(0.5, 8.5, 0.5),
    "squared error": np.arange(0.05, 0.5, 0.05),
}


@functools.cache
def _ground_lines(loss, reach=5, n=81):
    """Lines of equal height of a loss of the two heaps, over both weights: [(height, places)]."""
    x, t = heaps(seed=0)
    line = np.linspace(-reach, reach, n)
    pairs = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)
    heights = LOSSES[loss](pairs @ x.T, t).reshape(n, n)
    found = Figure().subplots().contour(line, line, heights, HEIGHTS[loss]).allsegs
    return [
        (height, places)
        for height, lines in zip(HEIGHTS[loss], found, strict=True)
        for places in lines
    ]


def _ground(ax, loss):
    """The loss seen from above, as a map: a line where it has the same height."""
    found = _ground_lines(loss)
    look = {"colors": "0.62", "linewidths": 0.9, "antialiaseds": False}
    ax.add_collection(LineCollection([places for _, places in found], **look), autolim=False)
    ground = {"facecolor": "white", "linewidth": 0, "pad": 0.8}
    for height, places in found[1::2]:
        place = places[len(places) // 5]
        if np.abs(place).max() > 4.6:  # a short line in a corner
            continue
        ax.text(*place, f"{height:g}", fontsize=9, color=INK, ha="center", va="center", bbox=ground)
    ax.set(xlim=(-5, 5), ylim=(-5, 5), xlabel="$w_1$", ylabel="$w_2$", aspect="equal")
    ax.set(xticks=[-4, 0, 4], yticks=[-4, 0, 4])


def _path(ax, path, color):
    """A path from its ring to its disc, a dot for every step."""
    ax.plot(*path.T, color=color, linestyle="-", marker=".", markersize=5, linewidth=1.2)
    ring = {"markersize": 9, "markerfacecolor": "white", "markeredgewidth": 1.6}
    ax.plot(*path[0], "o", color=color, **ring)
    ax.plot(*path[-1], "o", color=color, markersize=9)


def show_grounds(paths, steps=150):
    """Both losses of the two heaps from above, each with the first steps of its path.

    paths: {name: places} of cross-entropy, then of squared error.
    """
    ax = plots.axes(2, width=8.4, height=3.9)
    words = []
    for a, (name, path), loss in zip(ax, paths.items(), LOSSES, strict=True):
        _ground(a, loss)
        _path(a, path[: steps + 1], INKS[loss])
        a.set_title(f"{name}, {steps} steps", loc="left")
        end = path[steps]
        words.append(f"{name} comes to (≈ {end[0]:.1f}, ≈ {end[1]:.1f})")
    plots.show(
        ax,
        f"Both losses as maps with lines of equal height, and paths from (-4, -4). In {steps} "
        f"steps {'; '.join(words)}.",
    )


@functools.lru_cache(maxsize=256)
def walk(start, loss, rate, steps):
    """The path (steps + 1, 2) on the two heaps of seed 0 from one of STARTS."""
    x, t = heaps(seed=0)
    return descend(lambda w: GRADIENTS[loss](w, x, t), STARTS[start], rate, steps)


def walk_axes():
    """Two axes: the loss from above, and the two heaps."""
    return plots.axes(2, width=8.4, height=4.0)


def draw_walk(ax=None, start="all wrong", loss="squared error", rate=2.0, steps=200):
    """Left the squared error as a map, with a path of 200 steps of rate 2 that has left the flat
    corner where it began; right the two heaps, and the line that the neuron draws by then."""
    ax = walk_axes() if ax is None else ax
    x, t = heaps(seed=0)
    path = walk(start, loss, rate, steps)
    _ground(ax[0], loss)
    _path(ax[0], path, INKS[loss])
    _title(ax[0], f"{loss} over the two weights")
    w = path[-1]
    _answers_over_plane(ax[1], w)
    marks(ax[1], x, t)
    z = x @ w
    share = f"{np.mean((z > 0) == t):.1%} right" if np.any(w) else "no answer yet"
    _title(ax[1], f"step {steps:,}: {share}, mean surprise {mean_surprise(z, t):.2f}")
    return ax


def show_valleys(line, points, labels, ends):
    """Both losses of a few points along one weight; the squared error's second valley enlarged.

    ends: where two descents on the squared error stop.
    """
    found = slices(line, points, labels)
    ax = plots.axes(2, width=8.4, height=3.2)
    for a, name in zip(ax, ("squared error", "cross-entropy"), strict=True):
        a.plot(line, found[name], color=INKS[name], linestyle="-")
        a.set(xlabel="w", ylabel="loss", xlim=line[[0, -1]])
        a.set_title(name, loc="left")
    square = found["squared error"]
    heights = np.interp(ends, line, square)
    ax[0].plot(ends, heights, "o", color=INK, markersize=7)
    ax[0].set(ylim=(0, 0.75))
    ax[1].set(ylim=(0, 12))
    inset = ax[0].inset_axes((0.45, 0.62, 0.5, 0.36))
    inset.plot(line, square, color=INKS["squared error"], linestyle="-")
    inset.plot(ends[-1], heights[-1], "o", color=INK, markersize=7)
    inset.set(xlim=(1.2, 7.5), ylim=(0.3045, 0.3105), xticks=[], yticks=[])
    inset.spines[["top", "right"]].set_visible(True)
    ax[0].indicate_inset_zoom(inset, edgecolor="0.5")
    plots.show(
        ax,
        "The losses of four points along one weight. Squared error has a deep valley at "
        f"w ≈ {ends[0]:.2f} and a shallow one at w ≈ {ends[1]:.2f}, with a hill between; "
        "cross-entropy has one valley.",
    )


def print_valleys(sizes, sets, seed=0):
    """A line for each number of points: how many sets have two valleys, and wrong ends.

    Of `sets` sets of random points with tossed labels, see count_valleys. Returns {size: sets with
    two valleys of (cross-entropy, squared error)}.
    """
    found = {}
    print(f"of {sets} sets with   two valleys   wrong from −6   wrong from 0   cross-entropy: two")
    for n in sizes:
        counted = count_valleys(n_points=n, spread=3, sets=sets, seed=seed)
        wrong, (crossed, squared) = counted["wrong"], counted["hill"].values()
        found[n] = crossed, squared
        counts = [squared, wrong[-6], wrong[0], crossed]
        print(f"{n:3} points      ", "          ".join(f"≈ {count:3}" for count in counts))
    return found


def show_stacks(learn, validation, test):
    """The three sets of pictures as three stacks, with what each is for."""
    ax = sheet(8.4, 1.9)
    total = sum(len(pictures[1]) for pictures in (learn, validation, test))
    left = 0.2
    for pictures, name, use, color in (
        (learn, "training", "the gradient comes from these", "0.82"),
        (validation, "validation", "chooses the rate", "0.9"),
        (test, "test", "opened once", "white"),
    ):
        width = 8.0 * len(pictures[1]) / total
        edges = {"facecolor": color, "edgecolor": GREY, "linewidth": 1}
        ax.add_patch(Rectangle((left, 0.62), width - 0.08, 0.62, **edges))
        middle = left + width / 2 - 0.04
        say(ax, middle, 0.93, f"{len(pictures[1])} pictures", size=10.5)
        say(ax, middle, 1.48, name, size=11, weight="bold")
        say(ax, middle, 0.36, use, size=9)
        left += width
    plots.show(
        ax,
        f"Three sets without a picture in common: {len(learn[1])} for training, "
        f"{len(validation[1])} for validation, {len(test[1])} for the test.",
    )


def show_falls(on_training, on_validation, first=10):
    """The mean surprise on two sets, before the first step and after each; from `first` on."""
    ax = plots.axes(width=6.6, height=3.0)
    for name, values in (("training", on_training), ("validation", on_validation)):
        steps = np.arange(first, len(values))
        ax.plot(steps, values[first:], color=INKS[name], linestyle="-", label=name)
    ax.set(xlim=(first, len(values) - 1), ylim=(0, 0.3), xlabel="step", ylabel="mean surprise")
    plots.end_names(ax)
    plots.show(
        ax,
        f"Mean surprise from step {first} on. On the training set it falls to "
        f"≈ {on_training[-1]:.2f}, on the validation set it levels off at "
        f"≈ {on_validation[-1]:.2f}.",
    )


def most_surprising(neuron, x, t, n=8):
    """The indices (n,) of the pictures that surprised the neuron most, the worst first."""
    z = x @ neuron.w + neuron.b
    return np.argsort(t * z - np.logaddexp(0, z), kind="stable")[:n]


def show_weights(neuron, x, t):
    """The weights (784,) as a picture, and the eight pictures that surprised the neuron most."""
    worst = most_surprising(neuron, x, t)
    answers = neuron.probability(x[worst])
    captions = []
    for p, label in zip(answers, t[worst], strict=True):
        said = "five" if p > 0.5 else "three"
        captions.append(
            f"is {'five' if label == 1 else 'three'}, said\n{said}: {max(p, 1 - p):.2f}"
        )
    ax = plots.axes(2, width=8.4, height=3.9)
    plots.images(neuron.w[None], ax[0], signed=True)
    plots.images(x[worst], ax[1], captions=captions, columns=4)
    ax[0].set_title("the weights: blue for five, red for three")
    plots.show(
        ax,
        "Left the 784 weights as a picture of blue and red spots; right the eight test pictures "
        f"that surprised the neuron most, the first with p ≈ {answers[0]:.2f} for five.",
    )


def print_deals(seeds, rates):
    """The whole experiment with the pictures dealt anew, a line for each seed; accuracies on test.

    Each time all rates are trained, validation chooses one, and the test set judges that one.
    """
    found = []
    for seed in seeds:
        learn, validation, test = three_sets(seed)
        rate, neuron = chosen(learn, validation, rates)
        found.append(training.accuracy(neuron, *test))
        always = 1 - test[1].mean()
        print(f"deal {seed}: rate ≈ {rate} chosen, accuracy on test ≈ {found[-1]:.3f}", end="; ")
        print(f"always answering three: {always:.3f}")
    return found
