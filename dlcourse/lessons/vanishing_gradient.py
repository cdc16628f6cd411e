"""Lesson 3, vanishing gradient: the gradient of each layer of the letters' networks.

First what is computed, then what is drawn of it. A function `show_...` draws and displays, with the
sentence for those who cannot see the picture; a function `draw_...` stands behind sliders.
"""

import dataclasses
import functools
import itertools

import numpy as np

from dlcourse import losses, network, plots
from dlcourse.drawing import instrument
from dlcourse.drawing.style import new_figure, padded
from dlcourse.lessons.letters import (
    UNITS,
    as_fraction,
    draw_frame,
    letter_net,
    open_units,
    rms,
    small_batch,
    twin_axes,
)

RMS, DELTA = "gradient per weight", "error signal"
BINS = 26  # of a histogram of slopes
INK = "0.25"


def one_pass(net, x, t):
    """A batch forward and back, quadratic loss. Returns three lists, outputs, slopes and deltas.

    Each holds a matrix (N, M) for every layer of units: what leaves it, the units' slopes, and
    delta = dL/dz, z being what leaves its Dense. net is Dense and a unit in turn; its gradient is
    that of this batch.
    """
    loss = losses.MeanSquaredError()
    loss.forward(net.forward(x), t)
    dy = loss.backward()
    net.backward(dy)
    outputs, errors = network.signals(net, x, dy)
    slopes = [unit.slope(y) for unit, y in zip(net.layers[1::2], outputs[1::2], strict=True)]
    return outputs[1::2], slopes, errors[0::2]


def inside(net, x, t):
    """What the way back meets at the output of a network on a batch: an array of five numbers.

    The error, RMS(p - t); the slopes of the output and of the hidden units, means over units and
    letters; the signal of a letter, RMS of (p - t) slope; the mean signal, the RMS over outputs of
    its mean over the letters.
    """
    outputs, slopes, deltas = one_pass(net, x, t)
    signals = deltas[-1] * len(x)
    error, mean_signal = rms(outputs[-1] - t), rms(signals.mean(axis=0))
    return np.array([error, slopes[-1].mean(), slopes[0].mean(), rms(signals), mean_signal])


def falls_inside(before, after, x, t):
    """By what each number of `inside` is divided from one network to the other."""
    return inside(before, x, t) / inside(after, x, t)


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
    RMS(slope) sqrt(n_out Var W), W being the matrix behind it; dW takes the same factors.
    """
    x, t = small_batch()
    _, slopes, deltas = one_pass(net, x, t)
    matrices = [W for W, _ in net.weights()]
    path = np.ones(len(matrices))
    for k in reversed(range(len(matrices) - 1)):
        W = matrices[k + 1]
        path[k] = path[k + 1] * rms(slopes[k]) * np.sqrt(W.shape[1] * np.var(W))
    magnitude = np.array(net.grad_rms())
    signal = len(x) * np.array([rms(delta) for delta in deltas])
    found = {RMS: magnitude, DELTA: signal}
    predicted = {RMS: magnitude[-1] * path, DELTA: signal[-1] * path}
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


def unsaturated(hidden=3, width=30, seeds=10):
    """Sigmoids with the usual weights: (smallest mean slope of a layer, smallest slope of a unit).

    Each the smallest over `seeds` networks; printed.
    """
    x, t = small_batch()
    means, slopes = [], []
    for seed in range(seeds):
        net = letter_net([width] * hidden, seed=seed, dtype=np.float64)
        _, found, _ = one_pass(net, x, t)
        means.append(min(slope.mean() for slope in found[:-1]))
        slopes.append(min(slope.min() for slope in found[:-1]))
    print(f"{seeds} starts: mean slope of a layer ≈ {min(means):.2f} or more,", end=" ")
    print(f"slope of a unit ≈ {min(slopes):.2f} or more")
    return min(means), min(slopes)


def standard_normal(width, hidden=9, seeds=10):
    """Sigmoids with weights from N(0, 1): (share of slopes below 0.05, delta), printed.

    Delta is first layer over last, the median of `seeds` networks. A bin of slopes is 0.01 wide.
    """
    at = {"hidden": hidden, "scale": np.sqrt(width), "width": width}
    shares = np.array([at_start(seed=seed, **at).shares[:-1] for seed in range(seeds)])
    found, predicted = np.median(first_over_last(DELTA, seeds=seeds, **at), axis=1)
    below = shares[..., :5].sum() / shares.sum()
    print(f"width {width}: ≈ {below:.0%} of the slopes below 0.05;", end=" ")
    print(f"δ, layer 1 over last ≈ {found:.2f}, rule ≈ {predicted:.2f}")
    return below, found


def starts(hidden, unit, scale=1.0, seeds=10):
    """Gradient magnitude, layer 1 over last, for each seed; their median is printed."""
    found, _ = first_over_last(RMS, hidden, unit, scale, seeds=seeds)
    print(f"{hidden} of {unit}, weights × {scale:.2f}: ≈ {np.median(found):.2g}")
    return found


def relu_by_weights(scales, hidden=9, seeds=10):
    """Print delta and dW of ReLU networks, layer 1 over last; {scale: deltas (seeds,)}."""
    deltas = {}
    for scale in scales:
        delta, _ = first_over_last(DELTA, hidden, "ReLU", scale, seeds=seeds)
        dW, _ = first_over_last(RMS, hidden, "ReLU", scale, seeds=seeds)
        print(f"weights × {scale:.2f}: δ ≈ {np.median(delta):.2g}, dW ≈ {np.median(dW):.2g}")
        deltas[scale] = delta
    return deltas


def falls(runs, epoch=40):
    """By what each layer's gradient magnitude is divided in the first epoch: (runs, layers)."""
    return np.array([run.grad_rms[0] / run.grad_rms[epoch - 1] for run in runs])


def print_falls(rows):
    """A line for each {name: Histories}: by what each layer fell in the first epoch."""
    for name, runs in rows.items():
        words = [" and ".join(f"≈ {fall:.0f}" for fall in row) for row in falls(runs)]
        print(padded(name, 17), "; ".join(words))


# What is seen of it.


def _name_end(ax, x, y, name):
    """A name beside the end of a line."""
    ax.annotate(name, (x, y), (6, 0), textcoords="offset points", va="center", color=INK)


def show_letter_nets(letter):
    """Both networks of the lesson, with a letter (289,) at the left and the names at the right."""
    ax = plots.axes(2, height=3.0)
    for a, hidden in zip(ax, (False, True), strict=True):
        a.imshow(letter.reshape(17, 17), extent=(-1.5, -0.5, -0.55, 0.55), cmap="gray_r", zorder=3)
        columns = [(0.0, 7), (1.0, 3), (2.0, 4)] if hidden else [(0.0, 7), (2.0, 4)]
        heights = [np.linspace(1, -1, n) for _, n in columns]
        for k in range(len(columns) - 1):
            ends = [columns[k][0], columns[k + 1][0]]
            for y, z in itertools.product(heights[k], heights[k + 1]):
                plain = {"linewidth": 0.5, "linestyle": "-", "antialiased": False}
                a.plot(ends, [y, z], color="0.85", zorder=1, **plain)
        for (x, n), ys in zip(columns, heights, strict=True):
            new = n == 3
            look = {"markersize": 7 if n < 7 else 4, "markeredgecolor": INK, "zorder": 4}
            a.plot([x] * n, ys, "o", color=INK if new else "white", **look)
        for y, name in zip(heights[-1], "AB…Z", strict=True):
            a.text(2.15, y, name, va="center", fontsize=9, color=INK)
        for x, words, weight in (
            (0.0, "289\npixels", "normal"),
            (1.0, "20\nsigmoids" if hidden else "", "bold"),
            (2.0, "26\nsigmoids", "normal"),
        ):
            a.text(x, 1.15, words, ha="center", va="bottom", color=INK, fontweight=weight)
        name = "one hidden layer" if hidden else "no hidden layer"
        a.text(1, -1.2, name, ha="center", va="top", fontsize=11)
        a.set(xlim=(-1.6, 2.5), ylim=(-1.5, 1.75))
        a.set_axis_off()
    plots.show(
        ax,
        "Left 289 pixels of a letter lead straight to 26 output units, one for each letter; right "
        "a column of 20 hidden units stands in between.",
    )


def show_accuracies(without, with_one):
    """The accuracy after every epoch of two Histories, on an axis that grows by factors."""
    ax = plots.axes(width=6.0, height=3.0)
    for run, color in ((without, "0.5"), (with_one, "black")):
        scores = run.val_accuracy
        ax.plot(range(1, len(scores) + 1), scores, color=color, linestyle="-")
        for epoch in (1, 5, 20):
            if epoch <= len(scores):
                ax.plot(epoch, scores[epoch - 1], "o", color=color, markersize=5)
    five = without.val_accuracy[4], with_one.val_accuracy[4]
    ax.text(4.6, five[0], f"no hidden layer: {five[0]:.2f}", ha="right", va="bottom", color=INK)
    ax.text(5.2, five[1] - 0.02, f"one hidden layer: {five[1]:.2f}", ha="left", va="top", color=INK)
    ax.set(xscale="log", xlim=(0.95, 24), ylim=(0, 1.05), xlabel="epoch", ylabel="accuracy")
    ax.set(xticks=[1, 5, 20], xticklabels=[1, 5, 20])
    ax.minorticks_off()
    plots.show(
        ax,
        f"Accuracy over the epochs. After five: without a hidden layer ≈ {five[0]:.2f}, with one "
        f"≈ {five[1]:.2f}; after the last, with one, ≈ {with_one.val_accuracy[-1]:.2f}.",
    )


def show_one_unit():
    """The worked example: three signals come back through three weights to one unit."""
    units = [["this unit\ny = 0.6"], ["unit 1", "unit 2", "unit 3"]]
    signals = [["δ = ?"], ["δ = 0.2", "δ = 0.1", "δ = −0.1"]]
    weights = np.array([[0.5, -0.3, 0.2]])
    ax = plots.network(units, [weights], plots.axes(width=5.8, height=2.5), back=signals)
    plots.show(
        ax,
        "One unit with output 0.6 and unknown error signal, linked by weights 0.5, −0.3 and 0.2 to "
        "three units behind it whose error signals, in purple, are 0.2, 0.1 and −0.1.",
    )


def show_parts(net, letter):
    """The instrument for a network with one hidden layer before its first step, named in parts."""
    x, t = small_batch()
    one_pass(net, x, t)
    ax = instrument.axes()
    magnitudes = np.array(net.grad_rms())
    matrices = [W for W, _ in net.weights()]
    instrument.instrument(ax, matrices, magnitudes, open_units(net, x), letter.reshape(17, 17))
    level = magnitudes[-1]
    arrow = {"arrowstyle": "-", "color": "0.5", "linewidth": 0.8}
    parts = [
        (ax[0], "6 units of a layer, 36 weights;", (0.1, 0.98), (-6.6, 1.0)),
        (ax[0], "pale where gradient is lost", None, (-6.6, 0.5)),
        (ax[0], "the letter", (-1.0, -0.5), (-6.6, -0.5)),
        (ax[1], "dotted: the last layer's", (-1.1, level), (-6.6, 1.2)),
        (ax[1], "bar: from there to its own", (0.25, level / 2), (-6.6, 1e-3)),
        (ax[1], "×: one layer over the next", (1.0, 1.5), (-1.6, 1e-5)),
        (ax[1], "gate: full where units are steep", (0.92, 1e-8), (-6.6, 1e-7)),
    ]
    for a, words, to, at in parts:
        if to is None:
            a.text(*at, words, color=INK, va="center")
        elif words.startswith("×"):
            straight = {**arrow, "relpos": (0.88, 1)}
            a.annotate(words, to, at, arrowprops=straight, color=INK, va="center")
        else:
            a.annotate(words, to, at, arrowprops=arrow, color=INK, va="center")
    plots.show(
        ax,
        "The instrument, its parts named: the network above, a bar for each layer below; layer 1 "
        f"gets ≈ {magnitudes[0] / level:.2f} times the last layer's gradient.",
    )


def show_depths(depths=(1, 3, 5, 7, 9), width=30):
    """Gradient magnitude of every layer for several depths, sigmoids, seed 0, before training."""
    ax = plots.axes(width=6.0, height=3.3)
    for hidden in depths:
        found = at_start(hidden, "sigmoid", 1.0, width, seed=0).found[RMS]
        color = str(0.6 - 0.6 * hidden / max(depths))
        ax.plot(range(1, hidden + 2), found, "o-", color=color, markersize=5)
        words = f"{hidden} hidden: {as_fraction(found[0] / found[-1])}"
        ax.text(0.8, found[0], words, ha="right", va="center", color=INK)
    ax.set(yscale="log", ylim=(1e-8, 1), xlim=(-3.2, max(depths) + 1.5))
    ax.set(xticks=range(1, max(depths) + 2), xlabel="layer (input left)")
    ax.minorticks_off()
    ax.set(ylabel="gradient magnitude")
    plots.show(
        ax,
        "Gradient magnitude of every layer for 1 to 9 hidden layers of sigmoids: straight, nearly "
        "parallel lines that fall towards the input; with nine, layer 1 gets "
        f"≈ {found[0] / found[-1]:.0e} of the last layer's.",
    )


@functools.lru_cache(maxsize=64)
def _before(hidden, unit, scale, seed, width=30):
    """What the instrument draws of an untrained network: (matrices, magnitudes, open units)."""
    magnitudes = at_start(hidden, unit, scale, width, seed).found[RMS]
    net, theta = _untrained(hidden, unit, width, seed)
    net.theta = scale * theta
    return [W.copy() for W, _ in net.weights()], magnitudes, open_units(net, small_batch()[0])


def draw_start(ax=None, hidden=3, unit="sigmoid", scale=1.0, seed=0):
    """The instrument before the first step: three hidden layers of sigmoids, a staircase
    of four bars that falls to the left; layer 1 gets about 1/120 of the last layer's gradient."""
    ax = instrument.axes() if ax is None else ax
    matrices, magnitudes, shares = _before(hidden, unit, scale, seed)
    kind = f"{unit}s" if unit == "sigmoid" else unit
    weights = f", weights × {scale:.2g}" if scale != 1 else ""
    title = f"{hidden} hidden layer{'s' * (hidden > 1)} of {kind}{weights}: "
    letter = small_batch()[0][0].reshape(17, 17)
    words = title + instrument.lost_or_won(magnitudes)
    return instrument.instrument(ax, matrices, magnitudes, shares, letter, title=words)


def show_units():
    """The lower halves of three instruments: sigmoid, ReLU at sqrt 2, tanh at three times its size.

    The networks above them are left out.
    """
    figure = new_figure(7.6, 4.8)
    ax = figure.subplots(3, 1)
    shares = []
    for a, (hidden, unit, scale) in zip(
        ax, [(9, "sigmoid", 1.0), (9, "ReLU", 2**0.5), (15, "tanh", 3.0)], strict=True
    ):
        above = figure.add_axes((0, 0, 1, 1))
        draw_start((above, a), hidden, unit, scale)
        a.set_title(above.texts[-1].get_text(), loc="left")
        above.remove()
        if unit != "tanh":
            a.set(xlabel="")
        if unit != "ReLU":
            a.set(ylabel="")
        magnitudes = at_start(hidden, unit, scale).found[RMS]
        shares.append(magnitudes[0] / magnitudes[-1])
    plots.show(
        ax,
        "Bars of three networks. Nine hidden layers of sigmoids: a staircase down, layer 1 gets "
        f"≈ {shares[0]:.0e} of the last. Nine of ReLU: level, ≈ {shares[1]:.2f}. Fifteen of tanh "
        f"with weights three times as large: a staircase up, ≈ {shares[2]:.0f} times.",
    )


def show_training(runs, epoch=40):
    """Gradient magnitude of every layer over the steps of each {name: History}."""
    ax = plots.axes(2, width=7.0, height=2.5)
    words = []
    for a, (name, run) in zip(ax, runs.items(), strict=True):
        steps = np.arange(1, len(run.grad_rms) + 1)
        colors = plots.layer_colors(len(run.layers))
        for k, (values, color) in enumerate(zip(run.grad_rms.T, colors, strict=True), 1):
            shown = np.unique(np.geomspace(1, len(steps), 150).astype(int)) - 1
            a.plot(steps[shown], values[shown], color=color, linestyle="-", linewidth=1.5)
            height = np.median(values[-40:]) * (0.6 if k == 1 else 1.7)
            _name_end(a, steps[-1], height, f"layer {k}")
        a.axvline(epoch, color="0.5", linewidth=1, linestyle=":")
        a.text(epoch * 0.9, 0.4, "one epoch", ha="right", va="center", color=INK)
        a.set(xscale="log", yscale="log", xlim=(1, 4000), ylim=(1e-5, 1), xlabel="step")
        a.minorticks_off()
        a.set_title(name)
        fallen = run.grad_rms[0] / run.grad_rms[epoch - 1]
        words.append(f"{name} " + " and ".join(f"≈ {fall:.0f}" for fall in fallen))
    ax[0].set(ylabel="gradient magnitude")
    plots.show(
        ax,
        "Gradient magnitude over the steps on log axes. In the first epoch every layer falls, "
        f"by a factor of: {'; '.join(words)}.",
    )


def show_slopes(nets, x):
    """How open the 20 hidden and 26 output units of each {name: network} are, and their means."""
    ax = plots.axes(len(nets), width=5.6, height=2.4)
    words = []
    for a, (name, net) in zip(ax, nets.items(), strict=True):
        means = []
        for place, shares, layer in zip(
            (0, 1), open_units(net, x), ("hidden", "output"), strict=True
        ):
            slopes = shares.mean(axis=0) / 4
            n = len(slopes)
            greys = [str(value) for value in 0.1 + 0.88 * slopes / 0.25]
            look = {"s": 55, "edgecolors": INK, "linewidths": 0.8, "c": greys}
            half = (n + 1) // 2
            xs = place + np.where(np.arange(n) < half, -0.09, 0.09)
            ys = np.concatenate([np.linspace(1, -1, half), np.linspace(1, -1, n - half)])
            a.scatter(xs, ys, **look)
            mean = float(slopes.mean())
            a.text(place, 1.22, f"{n} {layer} units", ha="center", color=INK)
            a.text(place, -1.35, f"mean slope {mean:.2f}", ha="center", color=INK)
            means.append(f"{layer} ≈ {mean:.2f}")
        a.set(xlim=(-0.5, 1.5), ylim=(-1.55, 1.45))
        a.set_title(name)
        a.set_axis_off()
        words.append(f"{name}: {', '.join(means)}")
    plots.show(
        ax,
        "Each unit a disc, white where its mean slope is 1/4, black where it is 0. Mean slopes, "
        + "; ".join(words)
        + ".",
    )


def show_trials(trials, guess=None):
    """Accuracy after the last epoch of each {name: [History of each seed]}: a dot for each."""
    ax = plots.axes(width=6.6, height=2.4)
    words = []
    for row, (name, runs) in enumerate(trials.items()):
        scores = [run.val_accuracy[-1] for run in runs]
        ax.plot(scores, [-row] * len(scores), "o", color="black", alpha=0.7)
        words.append(f"{name} ≈ {np.median(scores):.2f}")
    if isinstance(guess, float):
        ax.plot(guess, 1 - len(trials), "x", color="black", markersize=11, markeredgewidth=2)
    ax.set(xlim=(0, 1), ylim=(0.6 - len(trials), 0.4), xlabel="accuracy after five epochs")
    ax.set(yticks=-np.arange(len(trials)), yticklabels=list(trials))
    plots.show(ax, f"Accuracy after five epochs, middle of three seeds: {', '.join(words)}.")


def film_axes():
    """Six axes: network and bars of one network, of the other below, and right two for curves."""
    return twin_axes(5.2, ("accuracy", "accuracy", "loss", "loss"))


def draw_films(ax, films, step):
    """Two {name: Film} at a step: their instruments, and accuracy and loss up to the end."""
    letter = small_batch()[0][0].reshape(17, 17)
    for k, (name, film) in enumerate(films.items()):
        at = [frame.step for frame in film.frames].index(step)
        title = f"{name}: {film.frames[at].accuracy:.0%} right"
        draw_frame(ax[2 * k : 2 * k + 2], film, at, letter, title)
    ax[1].set(xlabel="")
    upper, lower = films.values()
    for a, name in ((ax[4], "accuracy"), (ax[5], "loss")):
        _two_curves(a, name, upper, lower, at)
    return ax


def _two_curves(ax, name, upper, lower, at):
    """The numbers called `name` of two Films over the steps, a line and dots at frame `at`."""
    steps = [frame.step for frame in upper.frames]
    curves = [[getattr(frame, name) for frame in film.frames] for film in (upper, lower)]
    for values, color in zip(curves, ("0.55", "black"), strict=True):
        ax.plot(steps, values, color=color, linestyle="-", linewidth=1.5)
        ax.plot(steps[at], values[at], "o", color=color)
    ends = np.array([curves[0][-1], curves[1][-1]])
    apart = ends[0] - ends[1]
    missing = max(0.1 - abs(apart), 0) / 2
    for word, y, side in zip(("upper", "lower"), ends, (1, -1), strict=True):
        _name_end(ax, steps[-1], y + side * np.sign(apart) * missing, word)
    ax.axvline(steps[at], color="black", linewidth=0.8, linestyle="-")
    ax.set(xlim=(0, steps[-1]), ylim=(-0.06, 1), xlabel="step", xticks=[0, 100, 200, 300, 400])
    ax.set_title(name)
