"""Lesson 3, vanishing gradient: networks for letters, their training, each layer's gradient."""

import dataclasses
import functools

import numpy as np

from dlcourse import (
    activations,
    data,
    initializers,
    layers,
    losses,
    network,
    optimizers,
    plots,
    training,
)

UNITS = {"sigmoid": activations.Sigmoid, "tanh": activations.Tanh, "relu": activations.ReLU}
MEASURES = ["per weight (RMS)", "whole layer (norm)", "relative |dW| / |W|", "error signal δ"]
RMS, NORM, RELATIVE, DELTA = MEASURES
BINS = 26  # of a histogram of slopes


def rms(a):
    """The size of a typical entry of the array a: the root of the mean square."""
    return np.sqrt(np.mean(np.square(a)))


def letter_net(
    hidden,
    unit=activations.Sigmoid,
    output=activations.Sigmoid,
    seed=0,
    dtype=np.float32,
    scale=1.0,
):
    """A Sequential from 289 pixels to 26 letters, with a hidden layer for each width in `hidden`.

    `unit` stands behind every hidden Dense, `output` behind the last one; None is no unit: the
    layer stays linear.
    First weights are normal with standard deviation scale/sqrt(n_in), biases 0.
    """
    sizes = [289, *hidden, 26]
    units = [unit] * len(hidden) + [output]
    stack = []
    for n_in, n_out, kind in zip(sizes[:-1], sizes[1:], units, strict=True):
        stack.append(layers.Dense(n_in, n_out, initializers.normal(scale / np.sqrt(n_in))))
        if kind is not None:
            stack.append(kind())
    return network.Sequential(stack, seed, dtype)


def train(net, learn, judge, lr, epochs, seed=0, progress=None):
    """Quadratic loss, plain gradient descent, batches of 1024 in an order drawn from `seed`.

    `learn` and `judge` are pairs (x, t): the examples to learn from, and those whose accuracy is
    taken after each epoch. Returns the History.
    """
    batches = training.Batches(*learn, 1024, seed)
    loss, rule = losses.MeanSquaredError(), optimizers.SGD(lr)
    return training.fit(net, loss, rule, batches, epochs, validation=judge, progress=progress)


class Film:
    """A training seen through a probe (x, t) it does not learn from, in 41 frames.

    The frames lie at last (k / 40)^2 steps; give the film to train as `progress`. Lists with a
    number for each frame: `steps`, `loss`, `accuracy`; and `grad_rms` with a list for each.
    """

    FRAMES = 41

    def __init__(self, net, probe, last=1600):
        self.net, self.probe, self.last = net, probe, last
        self.steps, self.loss, self.accuracy, self.grad_rms = [], [], [], []
        self(0)

    def __call__(self, step, n_steps=None, history=None):
        due = self.last * (len(self.steps) / (self.FRAMES - 1)) ** 2
        if due <= step <= self.last:
            x, t = self.probe
            loss = losses.MeanSquaredError()
            self.steps.append(step)
            self.loss.append(loss.forward(self.net.forward(x), t))
            self.net.backward(loss.backward())
            self.accuracy.append(training.accuracy(self.net, x, t))
            self.grad_rms.append(self.net.grad_rms())


def draw_films(films, frame, ax):
    """One frame of two {name: Film} on three axes: the layers' gradients in each, and the curves.

    The curves are accuracy (solid) and loss (dashed) of both, with dots where the frame stands.
    """
    for a, color, (name, film) in zip(ax, (plots.BLUE, plots.RED), films.items(), strict=False):
        plots.layer_bars(film.grad_rms[frame], a, ylim=(1e-6, 1))
        words = f"loss {film.loss[frame]:.2f}, accuracy {film.accuracy[frame]:.2f}"
        a.text(0.05, 0.9, f"step {film.steps[frame]}: {words}", fontsize=9, transform=a.transAxes)
        a.set_title(name, color=color)
        frames = range(len(film.steps))
        ax[2].plot(frames, film.accuracy, "-", frames, film.loss, "--", color=color)
        ax[2].plot([frame, frame], [film.accuracy[frame], film.loss[frame]], "o", color=color)
    ticks = range(0, Film.FRAMES, 10)
    ax[2].set(xticks=ticks, xticklabels=[film.steps[k] for k in ticks])
    ax[2].set(xlim=(0, Film.FRAMES), ylim=(0, 1.05))
    ax[2].set(xlabel="step", ylabel="accuracy, loss (dashed)")


def one_pass(net, x, t):
    """A batch forward and back, quadratic loss. Returns three lists, outputs, slopes and deltas.

    Each holds a matrix (N, M) for every Dense: what leaves its unit, the unit's slope (1 where it
    has none), and delta = dL/dz, z being what leaves the Dense.
    """
    y, outputs, slopes, deltas = x, [], [], []
    for layer in net.layers:
        y = layer.forward(y)
        if isinstance(layer, layers.Dense):
            outputs.append(y)
            slopes.append(np.ones_like(y))
        else:
            outputs[-1] = y
            slopes[-1] = layer.backward(np.ones_like(y))
    loss = losses.MeanSquaredError()
    loss.forward(y, t)
    dy = loss.backward()
    for layer in reversed(net.layers):
        if isinstance(layer, layers.Dense):
            deltas.insert(0, dy)
        dy = layer.backward(dy)
    return outputs, slopes, deltas


def inside(net, x, t):
    """What the way back meets at the output of a network on a batch: a dict of five numbers.

    "error" RMS(p - t), "output slope" and "hidden slope" means over units and letters, "signal of a
    letter" RMS of (p - t) slope, "mean signal" the RMS, over outputs, of its mean over the letters.
    """
    outputs, slopes, deltas = one_pass(net, x, t)
    signals = deltas[-1] * len(x)
    return {
        "error": rms(outputs[-1] - t),
        "output slope": slopes[-1].mean(),
        "hidden slope": slopes[0].mean(),
        "signal of a letter": rms(signals),
        "mean signal": rms(signals.mean(axis=0)),
    }


@functools.cache
def batch():
    """64 letters (64, 289) and their targets (64, 26), float64: squares of tiny float32 are 0."""
    letters, labels = data.letters(2000, seed=1)
    return letters[:64].astype(np.float64), data.one_hot(labels[:64], 26).astype(np.float64)


@dataclasses.dataclass(frozen=True)
class Start:
    """What the layers of an untrained network receive, input left.

    `found` and `predicted` are {measure: (layers,)}; `slopes` (layers,) are the RMS slopes of the
    units, `shares` (layers, BINS) their histograms between 0 and `largest_slope`.
    """

    found: dict
    predicted: dict
    slopes: np.ndarray
    shares: np.ndarray

    def first_over_last(self, measure):
        """The first layer's value over the last layer's: (found, predicted)."""
        found, predicted = self.found[measure], self.predicted[measure]
        return found[0] / found[-1], predicted[0] / predicted[-1]


def largest_slope(unit):
    """Where an axis of slopes ends: a little above 1/4 for sigmoids, above 1 for others."""
    return 0.26 if unit == "sigmoid" else 1.04


def look(net, unit="sigmoid"):
    """The Start of a network whose hidden units are `unit`, measured on the batch.

    Predicted: from the last layer back, each hidden layer multiplies delta by
    RMS(slope) sqrt(n_out Var W), W being the matrix behind it; other measures take these factors.
    """
    x, t = batch()
    _, slopes, deltas = one_pass(net, x, t)
    matrices = [W for W, _ in net.weights()]
    path = np.ones(len(matrices))
    for k in reversed(range(len(matrices) - 1)):
        W = matrices[k + 1]
        path[k] = path[k + 1] * rms(slopes[k]) * np.sqrt(W.shape[1] * np.var(W))
    magnitude = np.array(net.grad_rms())
    factors = {
        RMS: np.ones(len(matrices)),
        NORM: np.sqrt([W.size for W in matrices]),
        RELATIVE: 1 / np.array([W.std() for W in matrices]),
    }
    found = {name: magnitude * factor for name, factor in factors.items()}
    predicted = {name: magnitude[-1] * path * factor for name, factor in factors.items()}
    found[DELTA] = len(x) * np.array([rms(delta) for delta in deltas])
    predicted[DELTA] = found[DELTA][-1] * path
    shares = [np.histogram(slope, BINS, (0, largest_slope(unit)))[0] for slope in slopes]
    return Start(found, predicted, np.array([rms(slope) for slope in slopes]), np.array(shares))


@functools.lru_cache(maxsize=5)  # the five seeds that a widget shows
def _untrained(hidden, unit, width, seed):
    """A network in float64, and a copy of its first theta, of which at_start gives it multiples."""
    net = letter_net([width] * hidden, UNITS[unit], seed=seed, dtype=np.float64)
    return net, net.theta.copy()


@functools.cache
def at_start(hidden, unit="sigmoid", scale=1.0, width=30, seed=0):
    """The Start of `hidden` layers of `width` units, weights of sd scale/sqrt(n_in)."""
    net, theta = _untrained(hidden, unit, width, seed)
    net.theta = scale * theta  # biases are 0
    return look(net, unit)


def first_over_last(measure, hidden, unit="sigmoid", scale=1.0, width=30, seeds=10):
    """First layer over last for `seeds` networks: (found, predicted), each (seeds,)."""
    starts = [at_start(hidden, unit, scale, width, seed) for seed in range(seeds)]
    found, predicted = np.transpose([start.first_over_last(measure) for start in starts])
    return found, predicted
