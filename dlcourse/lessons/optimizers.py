"""Lesson 6: races in a valley, letters learned by any optimizer, a turned parameter space.

The length of an optimizer's steps is measured, too. Steps count from 1. A rule is what the lesson
calls one: rule(w, gradient, lr) generates places.
"""

import functools
import itertools
import warnings
from dataclasses import dataclass

import numpy as np

from dlcourse import activations, initializers, layers, losses, network, optimizers, plots, training

START = np.array([10.0, 3.0])


def valley(k=100, angle=0):
    """The curvatures H (2, 2) of a valley, 1 along it and k across, turned by `angle` degrees.

    Also the matrix that turns a row of coordinates: a start w becomes w @ turn.
    """
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    turn = np.array([[c, s], [-s, c]])
    return turn.T @ np.diag([1, k]) @ turn, turn


def height(w, H):
    """The loss w H w^T / 2 at each place w (..., 2)."""
    return np.sum(w @ H * w, axis=-1) / 2


def race(rule, k, rates, starts, *, angle=0, limit=1000, low=1e-4):
    """How many steps a rule needs in a valley, for every start (S, 2) and rate (R,).

    A pair of arrays (S, R): the first step at which the loss is below `low`, and the step from
    which on it stays there until step `limit`. Where that does not happen within `limit` steps,
    the number is limit + 1.
    """
    H, turn = valley(k, angle)
    first = (np.asarray(starts) @ turn)[:, None]
    places = rule(first, lambda w: w @ H, np.asarray(rates)[:, None])
    reached, last_above = limit + 1, 0
    with np.errstate(over="ignore", invalid="ignore"):  # the largest rates leave the valley
        for step, w in enumerate(itertools.islice(places, limit), 1):
            is_low = height(w, H) < low
            reached = np.where(is_low, np.minimum(reached, step), reached)
            last_above = np.where(is_low, last_above, step)
    return reached, last_above + 1


def random_starts(n, seed=0):
    """n places in the valley (n, 2): 6 to 10 along it, 1 to 6 across, random sides of each axis."""
    rng = np.random.default_rng(seed)
    return rng.uniform([6, 1], [10, 6], (n, 2)) * rng.choice([-1, 1], (n, 2))


def steps(count, limit=1000):
    """A measured number of steps as text, for a table."""
    return f"≈ {count}" if count <= limit else f"over {limit}"


def settled_below(values, level):
    """The first step from which on all values are below `level`; ValueError: the last is not."""
    above, last = np.flatnonzero(~(np.asarray(values) < level)), values[-1]
    if above.size == 0:
        return 1
    if above[-1] == len(values) - 1:
        raise ValueError(f"settled_below takes an end below {level}, got {last}: train longer")
    return int(above[-1]) + 2


def letter_net(hidden, seed=0, dtype=np.float32):
    """289 pixels, ReLU layers of the widths in `hidden`, 26 letters; He's first weights."""
    stack, n_in = [], 289
    for width in hidden:
        stack += [layers.Dense(n_in, width, initializers.he), activations.ReLU()]
        n_in = width
    return network.Sequential([*stack, layers.Dense(n_in, 26, initializers.he)], seed, dtype)


@dataclass
class Run:
    """One training: its net, the curves of its steps, and the accuracy on validation.

    The curves are the loss (steps,) and each layer's |step| / |theta| (steps, layers).
    """

    net: network.Sequential
    loss: np.ndarray
    update_ratio: np.ndarray
    accuracy: float

    @property
    def last_loss(self):
        """The mean training loss of the last 64 steps."""
        return float(np.mean(self.loss[-64:]))


def train(net, optimizer, batches, epochs, validation):
    """Train net with softmax cross-entropy; return the Run. validation = (x, t), judged at the end.

    |step| / |theta| is the length of what one step changes in a layer's weights and biases, over
    their length before. A training that stops at a number that is not finite has the accuracy 0.
    """
    before, ratios = net.theta.copy(), []

    def look(step, n_steps, history):
        moved, length = net.theta - before, np.linalg.norm
        ratios.append([length(moved[p]) / length(before[p]) for p in net.slices.values()])
        before[:] = net.theta

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # rates that are too large are tried, too
        loss = losses.SoftmaxCrossEntropy()
        history = training.fit(net, loss, optimizer, batches, epochs, progress=look)
    accuracy = 0.0 if history.stopped else training.accuracy(net, *validation)
    return Run(net, history.loss, np.array(ratios), accuracy)


def moving_mean(values, n):
    """The mean of every n neighbours: len(values) - n + 1 numbers, the first for step n."""
    return np.convolve(values, np.full(n, 1 / n), mode="valid")


def unbalanced_rows(names, large, often, seldom, seed):
    """Row numbers: those of the label `large` `often` times, of each other label `seldom` times."""
    rng, rows = np.random.default_rng(seed), []
    for label in np.unique(names):
        n = often if label == large else seldom
        rows.append(rng.permutation(np.flatnonzero(names == label))[:n])
    return np.concatenate(rows)


def losses_of(heaps, net, optimizer, batches, epochs):
    """Train net with softmax cross-entropy; {name: loss (steps,)} for heaps = {name: (x, t)}."""
    judge, seen = losses.SoftmaxCrossEntropy(), {name: [] for name in heaps}

    def look(*_):
        for name, (x, t) in heaps.items():
            seen[name].append(judge.forward(net.forward(x), t))

    training.fit(net, losses.SoftmaxCrossEntropy(), optimizer, batches, epochs, progress=look)
    return {name: np.array(values) for name, values in seen.items()}


@dataclass
class Stroll:
    """SGD with small batches: its path, the bottom, H, and its mean loss above the bottom."""

    path: np.ndarray
    bottom: np.ndarray
    H: np.ndarray
    hover: float

    def loss(self, w):
        """How far above the bottom the loss of all examples lies at each place w (..., 2)."""
        return height(w - self.bottom, self.H)


def stroll(batch, lr, seed, n_steps=2000, settled=500):
    """SGD from START on squared error, each batch drawn from 256 examples.

    The features have the standard deviations 1 and 3, the targets are noise of standard deviation
    3. `hover` is the mean over the steps from `settled` on.
    """
    rng = np.random.default_rng(seed)
    x, t = rng.normal(size=(256, 2)) * [1, 3], rng.normal(0, 3, 256)
    bottom, H = np.linalg.lstsq(x, t, rcond=None)[0], x.T @ x / 256
    w, optimizer, path = START.copy(), optimizers.SGD(lr), [START]
    for _ in range(n_steps):
        rows = rng.integers(0, 256, batch)
        optimizer.step(w, x[rows].T @ (x[rows] @ w - t[rows]) / batch)
        path.append(w.copy())
    path = np.array(path)
    return Stroll(path, bottom, H, float(height(path[settled:] - bottom, H).mean()))


def update_ratio(run, ax=None):
    """|step| / |theta| of every layer of a Run (colour, input dark) at each step; dashed: 0.001."""
    ax = plots.axes() if ax is None else ax
    n_steps, n_layers = run.update_ratio.shape
    step, look = np.arange(1, n_steps + 1), {"linestyle": "-", "linewidth": 1.2}
    colors = plots.layer_colors(n_layers)
    for name, color, ratio in zip(run.net.slices, colors, run.update_ratio.T, strict=True):
        seen = np.ma.masked_less_equal(ratio, 0)  # a step of length 0 has no place on a log axis
        ax.plot(step, seen, color=color, label=name, **look)
    ax.axhline(1e-3, color="0.4", linestyle="--", linewidth=1)
    ax.set(xlabel="step", ylabel="|step| / |θ|", yscale="log")
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0.2)
    return ax


class Turned:
    """An optimizer that walks in a turned parameter space: its one weight is a mixture of all.

    The turn, drawn from `seed`, is the Hadamard matrix after random signs: orthogonal, every entry
    +-1 / sqrt N. theta is filled up with zeros to N, a power of 2. Steps are made in float64.
    """

    def __init__(self, optimizer, seed=0):
        self.optimizer, self.seed, self.place = optimizer, seed, None

    def rate(self):
        """The learning rate of the coming step."""
        return self.optimizer.rate()

    def step(self, theta, grad):
        """Turn grad (at first theta, too), let the optimizer step, turn back into theta."""
        if self.place is None:
            size = 2 ** int(np.ceil(np.log2(theta.size)))
            self._signs = np.random.default_rng(self.seed).choice([-1.0, 1.0], size)
            self.place = self._turn(theta)
        self.optimizer.step(self.place, self._turn(grad))
        theta[...] = (self._signs * _hadamard(self.place))[: theta.size]

    def _turn(self, vector):
        padded = np.zeros(self._signs.size)
        padded[: vector.size] = vector
        return _hadamard(self._signs * padded)


def _hadamard(v):
    """H v / sqrt N for the Hadamard matrix H with N = 2^m rows (Sylvester 1867).

    With v laid out as a matrix V it is A V B, A and B being small Hadamard matrices.
    """
    m = v.size.bit_length() - 1
    A, B = _hadamard_matrix(m // 2), _hadamard_matrix(m - m // 2)
    return (A @ v.reshape(len(A), len(B)) @ B).ravel() / np.sqrt(v.size)


@functools.cache
def _hadamard_matrix(m):
    """The matrix of 2^m rows, entries +-1, columns at right angles."""
    H = np.ones((1, 1))
    for _ in range(m):
        H = np.block([[H, H], [H, -H]])
    return H
