"""Lesson 9, batch normalization: the letters' networks with and without it.

First what is computed, then what is drawn of it. A function `show_...` draws and displays, with the
sentence for those who cannot see the picture; a function `draw_...` stands behind sliders.
"""

import itertools
import warnings

import numpy as np

from dlcourse import layers, losses, optimizers, plots, training
from dlcourse.drawing import instrument
from dlcourse.drawing.sheet import arrow, box, say, sheet
from dlcourse.drawing.style import BACKWARD, GREY, INK, PALE
from dlcourse.lessons.letters import (
    LARGEST_SLOPE,
    UNITS,
    as_fraction,
    letter_net,
    train,
    twin_axes,
)

PUPILS = ("Ann", "Ben", "Cleo", "Dan")
POINTS = np.array([3.0, 17.0, 9.0, 11.0])
GAMMA, BETA = 2.0, 1.0
WITHOUT_WITH = (None, "before")
MOST_LAYERS = 11  # of a network in a film: ten hidden ones and the output
DY = np.array([1.0, 0.0, 0.0, 0.5])  # the slopes of the loss for the four marks


# --- one column by hand


def forward_and_back(x=POINTS, gamma=GAMMA, beta=BETA, dy=DY):
    """Batch normalization of one column without eps, node by node: (values, slopes), two dicts.

    Both have a number or four for x, mean, d, variance, spread, x_hat, y; slopes also for gamma and
    beta, and the three parts of the slope for x: "direct", "through mean", "through spread".
    """
    mean = x.mean()
    d = x - mean
    variance = np.mean(d**2)
    spread = np.sqrt(variance)
    x_hat = d / spread
    values = {"x": x, "mean": mean, "d": d, "variance": variance, "spread": spread}
    values |= {"x_hat": x_hat, "y": gamma * x_hat + beta, "gamma": gamma, "beta": beta}
    slopes = {"y": dy, "gamma": np.sum(dy * x_hat), "beta": np.sum(dy), "x_hat": gamma * dy}
    slopes["spread"] = np.sum(-slopes["x_hat"] * x_hat / spread)
    slopes["variance"] = slopes["spread"] / (2 * spread)
    slopes["direct"] = slopes["x_hat"] / spread
    slopes["through spread"] = slopes["variance"] * 2 * d / len(x)
    slopes["d"] = slopes["direct"] + slopes["through spread"]
    slopes["mean"] = -np.sum(slopes["d"])
    slopes["through mean"] = np.full(len(x), slopes["mean"] / len(x))
    slopes["x"] = slopes["d"] + slopes["through mean"]
    return values, slopes


# --- networks of letters


def net_of(hidden, norm=None, unit="sigmoid", seed=0, size=1.0, dtype=np.float32):
    """The letters' network with `hidden` layers of 50 units; 26 logits leave it.

    norm: "before" or "after" the units, or None. First weights have `size` times the usual standard
    deviation, 1/sqrt(n_in), for ReLU He's.
    """
    scale = size * (2**0.5 if unit == "ReLU" else 1.0)
    kind = {"unit": UNITS[unit], "output": None, "scale": scale, "norm": norm}
    return letter_net([50] * hidden, seed=seed, dtype=dtype, **kind)


def run(net, learn, judge, lr, epochs=5, seed=0, batch_size=64, progress=None):
    """Train net with momentum and softmax cross-entropy; its accuracy on `judge`, nan if it broke.

    A training that breaks off is a result here, and gives no warning.
    """
    settings = {"loss": losses.SoftmaxCrossEntropy(), "optimizer": optimizers.Momentum(lr)}
    settings |= {"batch_size": batch_size, "progress": progress}
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)
        history = train(net, learn, None, None, epochs, seed, **settings)
        if history.stopped and "progress" not in history.stopped:
            return np.nan
        try:
            return training.accuracy(net, *judge)
        except ValueError:  # the weights are finite, and so large that the answers are not
            return np.nan


def each(learn, judge, hidden, norm, lr, seeds=(0, 1, 2), *, epochs=5, batch_size=64, **kind):
    """The accuracies of a training from each seed; `kind` as for net_of: an array (seeds,)."""
    found = []
    for seed in seeds:
        net = net_of(hidden, norm, seed=seed, **kind)
        found.append(run(net, learn, judge, lr, epochs, seed, batch_size))
    return np.array(found)


def print_each(rows):
    """A line for each {name: accuracies}."""
    width = max(map(len, rows))
    for name, shares in rows.items():
        words = ["broke off" if np.isnan(share) else f"≈ {share:.2f}" for share in shares]
        print(f"{name:<{width}}  {', '.join(words)}")


def in_training(net, x, t):
    """A batch forward and back as in training: (loss, magnitudes, open units).

    magnitudes: the gradient magnitude of every Dense. open units: for every Dense an array (N, M),
    the slopes of the units behind it over the largest slope, 1 where no unit stands behind it. The
    running statistics stay as they were.
    """
    state, y, found = net.state.copy(), x.astype(net.dtype), []
    for layer in net.layers:
        y = layer.forward(y, training=True)
        if isinstance(layer, layers.Dense):
            found.append(np.ones_like(y))
        elif hasattr(layer, "slope"):
            found[-1] = layer.slope(y) / LARGEST_SLOPE[type(layer)]
    loss = losses.SoftmaxCrossEntropy()
    value = loss.forward(y, t)
    net.backward(loss.backward())
    net.state = state
    return value, dense_only(net, net.grad_rms()), found


def dense_only(net, numbers):
    """Of one number for each parametrised layer, those of the Dense layers, input to output."""
    return [one for name, one in zip(net.slices, numbers, strict=True) if "Dense" in name]


def sums(net, x):
    """What enters the units of every hidden layer, as in training: a list of arrays (N, M)."""
    state, y, found = net.state.copy(), x.astype(net.dtype), []
    for layer in net.layers:
        if hasattr(layer, "slope"):
            found.append(y)
        y = layer.forward(y, training=True)
    net.state = state
    return found


def first_over_last(hidden, norm, probe, seeds=10, unit="sigmoid"):
    """Gradient magnitude before the first step, layer 1 over the last layer, for each seed."""
    found = []
    for seed in range(seeds):
        net = net_of(hidden, norm, unit, seed, dtype=np.float64)
        _, magnitudes, _ = in_training(net, *probe)
        found.append(magnitudes[0] / magnitudes[-1])
    return np.array(found)


# --- training against use


def own_accuracy(net, x, t):
    """The accuracy with the statistics of the batch x itself; the running ones stay."""
    state = net.state.copy()
    labels = net.forward(x, training=True).argmax(axis=1)
    net.state = state
    return float(np.mean(labels == t.argmax(axis=1)))


def corrected_accuracy(net, x, t, step):
    """The accuracy in use after so many steps, with running statistics freed from their start.

    They began at mean 0 and variance 1, and a share momentum^step of that is left; it is taken out
    as Adam does it. The running statistics stay.
    """
    state = net.state.copy()
    for layer in net.layers:
        if isinstance(layer, layers.BatchNorm):
            left = layer.momentum**step
            layer.mean = layer.mean / (1 - left)
            layer.var = (layer.var - left) / (1 - left)
    share = training.accuracy(net, x, t)
    net.state = state
    return share


class Compare:
    """Looks at a training at some steps, for `fit`'s progress; ends it after the last of them.

    For each step three accuracies on `judge`: `in_use`, with the running statistics; `own`, with
    those of the letters judged; `corrected`, with running ones without what is left of their start.
    """

    def __init__(self, net, judge, steps):
        self.net, self.judge, self.steps = net, judge, tuple(steps)
        self.in_use, self.own, self.corrected = [], [], []

    def __call__(self, step, n_steps=None, history=None):
        if step in self.steps:
            self.in_use.append(training.accuracy(self.net, *self.judge))
            self.own.append(own_accuracy(self.net, *self.judge))
            self.corrected.append(corrected_accuracy(self.net, *self.judge, step))
        return step >= self.steps[-1]


def compare(learn, judge, lr, steps, seed=0, hidden=10):
    """Train a network with normalization up to the last of `steps`: its Compare."""
    net = net_of(hidden, "before", seed=seed)
    seen = Compare(net, judge, steps)
    run(net, learn, judge, lr, seed=seed, progress=seen)
    return seen


def spreads_in_use(net, x):
    """For each BatchNorm three medians over its units: an array (layers, 3).

    The variance of what enters it, where all normalize by the batch x; its running variance; the
    standard deviation of its x-hat, where all normalize by running statistics. Those stay.
    """
    state, found = net.state.copy(), []
    y = in_use = x.astype(net.dtype)
    for layer in net.layers:
        if isinstance(layer, layers.BatchNorm):
            x_hat = (in_use - layer.mean) / np.sqrt(layer.var + layer.eps)
            columns = y.var(axis=0), layer.var, x_hat.std(axis=0)
            found.append([np.median(column) for column in columns])
        in_use = layer.forward(in_use)
        y = layer.forward(y, training=True)
    net.state = state
    return np.array(found)


# --- films


class Film:
    """Looks at a training for the instrument: frames, and the weights and open units of each.

    A frame is a training.Frame; the loss and the magnitudes of the Dense layers are those that
    training sees on the probe (x, t), the accuracy on `judge` is that in use. Of the weights the
    six times six that are drawn are kept, of the open units sixteen letters.
    """

    STEPS = (0, 1, 3, 10, 20, 30, 50, 75, 100, 150)

    def __init__(self, probe, judge):
        self.probe, self.judge = probe, judge

    def watch(self, net):
        """Look at this network, from before its first step."""
        self.net, self.frames, self.weights, self.open_units = net, [], [], []
        self(0)

    def __call__(self, step, n_steps=None, history=None):
        if step in self.STEPS:
            loss, magnitudes, found = in_training(self.net, *self.probe)
            accuracy = training.accuracy(self.net, *self.judge)
            self.frames.append(training.Frame(step, loss, accuracy, magnitudes, []))
            self.weights.append([drawn_part(W) for W, _ in self.net.weights()])
            self.open_units.append([share[:16] for share in found])
        return step >= self.STEPS[-1]


def drawn_part(W):
    """The weights of W (D, M) that the instrument draws: six rows and columns, spread evenly."""
    rows, columns = (np.linspace(0, n - 1, instrument.SHOWN).astype(int) for n in W.shape)
    return W[np.ix_(rows, columns)].copy()


def film(net, learn, judge, lr, batch_size=64, seed=0):
    """Train net for the 150 steps of a Film, and return it."""
    seen = Film((judge[0][:64].astype(float), judge[1][:64]), (judge[0][:500], judge[1][:500]))
    epochs = -(-Film.STEPS[-1] * batch_size // len(learn[0]))
    run(net, learn, judge, lr, epochs, seed, batch_size, seen)
    return seen


def films(learn, judge, depths, rates, batch_sizes):
    """A pair of Films (without, with normalization) for each (depth, rate, batch size): a dict."""
    found = {}
    for hidden, lr, batch_size in itertools.product(depths, rates, batch_sizes):
        pair = [film(net_of(hidden, norm), learn, judge, lr, batch_size) for norm in WITHOUT_WITH]
        found[hidden, lr, batch_size] = pair
    return found


# What is seen of it.


def show_fading(net, x):
    """What one unit of each hidden layer adds up, a dot for each letter of x."""
    found = sums(net, x)
    spreads = [float(np.median(z.std(axis=0))) for z in found]
    ax = plots.axes(width=7.6, height=2.9)
    for k, z in enumerate(found, 1):
        unit = int(np.argsort(z.std(axis=0))[z.shape[1] // 2])
        side = np.random.default_rng(k).uniform(-0.28, 0.28, len(z))
        look = {"markersize": 2.5, "color": INK, "alpha": 0.55, "markeredgewidth": 0}
        ax.plot(k + side, z[:, unit], "o", **look)
        large = spreads[k - 1] > 0.005
        words = f"{spreads[k - 1]:.2f}" if large else f"{spreads[k - 1]:.0e}".replace("e-0", "e-")
        ax.text(k, -3.0, words, ha="center", va="bottom", fontsize=9, color=INK)
    ax.set(xlim=(0.4, len(found) + 0.6), ylim=(-3.1, 2.2), xticks=range(1, len(found) + 1))
    ax.set(xlabel="hidden layer", ylabel="z of one unit")
    ax.text(0.55, -2.5, "standard deviation:", ha="left", va="bottom", fontsize=9, color=INK)
    plots.show(
        ax,
        "What one unit adds up in each of ten hidden layers, a dot for each letter: the dots draw "
        f"together. Standard deviation in layer 1 ≈ {spreads[0]:.2f}, in layer 10 "
        f"≈ {spreads[-1]:.0e}.",
    )


def show_class():
    """Four numbers on their way through a normalization, one line a pupil."""
    values, _ = forward_and_back()
    rows = {
        "points, x": values["x"],
        "minus the mean": values["d"],
        "over the spread, x̂": values["x_hat"],
        "times γ, plus β: y": values["y"],
    }
    ax = plots.axes(width=7.6, height=3.2)
    heights = np.arange(len(rows))[::-1]
    table = np.array(list(rows.values()))
    for height in heights:
        ax.plot([-8, 18], [height] * 2, color=PALE, linewidth=1, linestyle="-", zorder=1)
    for k, pupil in enumerate(PUPILS):
        ax.plot(table[:, k], heights, color=GREY, linewidth=1, linestyle="-", zorder=2)
        ax.plot(table[:, k], heights, "o", color=INK, markersize=6, zorder=4)
        ax.text(table[0, k], 3.42, pupil, ha="center", color=INK, fontweight="bold")
        for number, height in zip(table[:, k], heights, strict=True):
            _mark(ax, k, number, height)
    ax.axvline(0, color=GREY, linewidth=0.8, linestyle=":")
    ax.text(0.15, 3.42, "0", color=GREY)
    ax.set(xlim=(-8.5, 18.5), ylim=(-0.5, 3.75), yticks=heights, yticklabels=list(rows))
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    ax.set(xticks=[])
    plots.show(
        ax,
        "Four numbers, 3, 17, 9 and 11, move to the middle, less their mean 10, are pressed "
        "together, over their standard deviation 5, and are stretched and moved by γ and β: "
        "−1.8, 3.8, 0.6 and 1.4.",
    )


def _mark(ax, k, number, height):
    """A pupil's number beside the dot: of the outer two above the line, of the inner two below."""
    outer = k < 2
    aside = {"Ann": ("right", -3), "Ben": ("left", 3), "Cleo": ("right", 1), "Dan": ("left", -1)}
    ha, shift = aside[PUPILS[k]]
    words = f"{number:.3g}".replace("-", "−")
    look = {"ha": ha, "va": "bottom" if outer else "top", "fontsize": 9, "color": INK}
    look["bbox"] = {"facecolor": "white", "linewidth": 0, "pad": 0.5}
    place = {"xytext": (shift, 4 if outer else -4), "textcoords": "offset points"}
    ax.annotate(words, (number, height), **place, **look)


def show_depths(without, with_norm, guess=None):
    """Accuracies of {hidden layers: (seeds,)}, without and with normalization."""
    ax = plots.axes(width=6.4, height=2.8)
    words = []
    for rows, color, name in ((without, "0.5", "without"), (with_norm, "black", "with")):
        middles = [np.median(shares) for shares in rows.values()]
        places = np.arange(len(rows))
        ax.plot(places, middles, color=color, linestyle="-", linewidth=1.5, label=name)
        for place, shares in zip(places, rows.values(), strict=True):
            ax.plot([place] * len(shares), shares, "o", color=color, markersize=5, clip_on=False)
        found = [
            f"{hidden} hidden ≈ {middle:.2f}" for hidden, middle in zip(rows, middles, strict=True)
        ]
        words.append(f"{name}: {', '.join(found)}")
    if isinstance(guess, float):
        ax.plot(len(without) - 1, guess, "x", color="black", markersize=11, markeredgewidth=2)
    ax.set(xlim=(-0.3, len(without) - 1), ylim=(0, 1.05), xticks=range(len(without)))
    ax.set(xticklabels=list(without), xlabel="hidden layers of sigmoids", ylabel="accuracy")
    plots.end_names(ax)
    plots.show(
        ax,
        f"Accuracy after five epochs over the number of hidden layers. {'; '.join(words)}.",
    )


def film_axes():
    """Five axes: network and bars without normalization, with it below, and right the accuracy."""
    return twin_axes(5.4, ["accuracy"] * 4)


def draw_films(ax, pair, step, picture):
    """Two Films at a step, without and with normalization, and both accuracies up to the end."""
    for k, (seen, name) in enumerate(zip(pair, ("without", "with"), strict=True)):
        at = [frame.step for frame in seen.frames].index(step)
        frame = seen.frames[at]
        share = frame.grad_rms[0] / frame.grad_rms[-1]
        got = f"{share:.2g}" if share > 0.01 else as_fraction(share)
        title = f"{name}: {frame.accuracy:.0%} right; layer 1 over last: {got}"
        drawn = seen.weights[at], frame.grad_rms, seen.open_units[at], picture
        look = {"reference": seen.frames[0].grad_rms[-1], "title": title, "room": MOST_LAYERS}
        factors = "back" if len(frame.grad_rms) <= 6 else None  # with more they would touch
        instrument.instrument(ax[2 * k : 2 * k + 2], *drawn, **look, factors=factors)
    ax[1].set(xlabel="")
    _two_curves(ax[4], pair, step)
    return ax


def _two_curves(ax, pair, step):
    """The accuracies of two Films over the steps, dots at one of them, names at the ends."""
    ends = []
    for seen, color in zip(pair, ("0.5", "black"), strict=True):
        steps = [frame.step for frame in seen.frames]
        shares = [frame.accuracy for frame in seen.frames]
        ax.plot(steps, shares, color=color, linestyle="-", linewidth=1.5)
        ax.plot(step, shares[steps.index(step)], "o", color=color)
        ends.append(shares[-1])
    apart = ends[1] - ends[0]
    missing = max(0.08 - abs(apart), 0) / 2 * (1 if apart >= 0 else -1)
    for name, end, shift in zip(("without", "with"), ends, (-missing, missing), strict=True):
        place = {"xytext": (5, 0), "textcoords": "offset points", "va": "center"}
        ax.annotate(name, (steps[-1], end + shift), **place, fontsize=9, color=INK)
    ax.axvline(step, color="black", linewidth=0.8, linestyle="-")
    ax.set(xlim=(0, 205), ylim=(-0.03, 1.03), xlabel="step", xticks=[0, 50, 100, 150])
    ax.set_title("accuracy in use")


def show_graph(slopes=True):
    """The four numbers on the graph of a normalization, with the slopes at each node in purple.

    Without slopes the arrows point forward.
    """
    values, back = forward_and_back()
    ax = sheet(8.4, 3.5)
    color = BACKWARD if slopes else INK
    aside = -0.1 if slopes else 0.18  # where the right ends of values stand
    top, low = 2.2, 0.5
    columns = {
        "x": (0.75, "x"),
        "d": (2.95, "d = x − μ"),
        "x_hat": (5.25, "x̂ = d / s"),
        "y": (7.55, "y = γ x̂ + β"),
    }
    for name, (x, words) in columns.items():
        box(ax, x, top, 1.3, 1.16)
        say(ax, x, top + 0.74, words, weight="bold")
        for k, (value, slope) in enumerate(zip(values[name], back[name], strict=True)):
            y = top + 0.39 - 0.26 * k
            say(ax, x + aside, y, _number(value), ha="right")
            if slopes:
                say(ax, x + 0.54, y, _number(slope), ha="right", color=BACKWARD)
    nodes = {
        "mean": (1.85, "mean μ"),
        "variance": (3.55, "variance v"),
        "spread": (4.75, "spread s"),
        "gamma": (6.35, "γ"),
        "beta": (7.65, "β"),
    }
    for name, (x, words) in nodes.items():
        box(ax, x, low, 1.06, 0.3)
        say(ax, x, low - 0.3, words, weight="bold")
        say(ax, x + aside, low, _number(values[name]), ha="right")
        if slopes:
            say(ax, x + 0.46, low, _number(back[name]), ha="right", color=BACKWARD)
    for start, end in (
        ((6.88, top), (5.92, top)),
        ((4.58, top), (3.62, top)),
        ((2.28, top), (1.42, top)),
        ((2.75, top - 0.6), (2.1, low + 0.17)),
        ((1.6, low + 0.17), (0.95, top - 0.6)),
        ((5.15, top - 0.6), (4.9, low + 0.17)),
        ((4.2, low), (4.1, low)),
        ((3.4, low + 0.17), (3.15, top - 0.6)),
        ((7.2, top - 0.6), (6.5, low + 0.17)),
        ((7.6, top - 0.6), (7.64, low + 0.17)),
    ):
        if slopes:
            arrow(ax, start, end, color=color)
        else:
            arrow(ax, end, start, color=color)
    for x, y, words in (
        (1.85, top + 0.13, "directly"),
        (4.1, top + 0.13, "directly"),
        (1.85, 1.28, "through\nthe mean"),
        (4.15, 1.28, "through\nthe spread"),
    ):
        say(ax, x, y, words, size=9, color=color)
    if not slopes:
        say(ax, 0.1, 3.36, "from above: Ann, Ben, Cleo, Dan", ha="left", size=9)
        plots.show(
            ax,
            "The graph of a normalization with its numbers, from x to y: x leads to d directly and "
            "through the mean, d to x-hat directly and through variance and spread.",
        )
        return
    say(ax, 0.1, 3.36, "black: the numbers; purple: the slope of L for each", ha="left", size=9)
    plots.show(
        ax,
        "The graph of a normalization with its numbers and, in purple, the slopes that arrive at "
        "each node; at x, over three paths, 0.068, 0.032, −0.176 and 0.076.",
    )


def _number(value):
    return f"{value:.3f}".rstrip("0").rstrip(".").replace("-", "−")


def show_use(seen, step, guess=None):
    """Three accuracies of a Compare over its steps; `step` is the one that was asked for."""
    ax = plots.axes(width=6.8, height=3.0)
    for shares, color, name in (
        (seen.own, "0.6", "the letters' own statistics"),
        (seen.corrected, plots.ORANGE, "running, corrected"),
        (seen.in_use, "black", "running"),
    ):
        look = {"color": color, "markersize": 4, "linewidth": 1.5, "clip_on": False}
        ax.plot(seen.steps, shares, "o-", **look, label=name)
    at = seen.steps.index(step)
    if isinstance(guess, float):
        ax.plot(step, guess, "x", color="black", markersize=11, markeredgewidth=2)
    words = f"step {step}: {seen.in_use[at]:.2f}"
    ax.text(step + 2, seen.in_use[at] - 0.02, words, va="top", color=INK)
    ax.set(xlim=(0, seen.steps[-1]), ylim=(0, 1.03), xlabel="step", ylabel="accuracy")
    ax.set(xticks=range(0, seen.steps[-1] + 1, 50))
    plots.end_names(ax)
    plots.show(
        ax,
        f"Accuracy on unseen letters over the steps. At step {step} with running statistics "
        f"≈ {seen.in_use[at]:.2f}, corrected ≈ {seen.corrected[at]:.2f}, with the letters' own "
        f"≈ {seen.own[at]:.2f}.",
    )


def show_folding():
    """A Dense and a normalization, and the one Dense that does the same, for x = 12."""
    ax = sheet(8.4, 2.1)
    above, below = 1.5, 0.5
    for x, y, wide, words in (
        (2.2, above, 1.7, "Dense\nz = 3 x + 4"),
        (5.0, above, 2.1, "BatchNorm\n2 (z − 10) / 5 + 1"),
        (3.7, below, 2.3, "one Dense\n1.2 x − 1.4"),
    ):
        box(ax, x, y, wide, 0.62)
        say(ax, x, y, words, linespacing=1.4)
    for x, y, words in (
        (0.6, above, "x = 12"),
        (3.5, above, "40"),
        (6.65, above, "13"),
        (0.6, below, "x = 12"),
        (6.65, below, "13"),
    ):
        say(ax, x, y, words, weight="bold")
    for start, end, y in (
        (0.95, 1.3, above),
        (3.1, 3.35, above),
        (3.66, 3.91, above),
        (6.1, 6.5, above),
        (0.95, 2.5, below),
        (4.9, 6.5, below),
    ):
        arrow(ax, (start, y), (end, y))
    for y in (above, below):
        arrow(ax, (6.8, y), (7.2, y))
        say(ax, 7.7, y, "sigmoid")
    plots.show(
        ax,
        "Above, a Dense makes 40 of x = 12, and a BatchNorm 13 of that; below, one Dense, "
        "1.2 x − 1.4, makes 13 of it at once.",
    )


def show_batches(rows, sizes):
    """Accuracy over the batch size of {name: (sizes, seeds)}, a dot for each start."""
    ax = plots.axes(width=6.2, height=2.8)
    words = []
    for (name, shares), color in zip(rows.items(), ("0.5", "black"), strict=True):
        shares = np.array(shares)
        middle = np.median(shares, axis=1)
        ax.plot(sizes, middle, color=color, linestyle="-", linewidth=1.5, label=name)
        look = {"color": color, "markersize": 4, "clip_on": False}
        ax.plot(np.repeat(sizes, shares.shape[1]), np.ravel(shares), "o", **look)
        found = [f"{size} ≈ {share:.2f}" for size, share in zip(sizes, middle, strict=True)]
        words.append(f"{name}: {', '.join(found)}")
    ax.set(xscale="log", xlim=(sizes[0] * 0.85, sizes[-1]), ylim=(0, 1))
    ax.set(xticks=sizes, xticklabels=sizes, xlabel="batch size", ylabel="accuracy")
    ax.minorticks_off()
    plots.end_names(ax)
    plots.show(ax, f"Accuracy over the batch size, middle of three starts. {'; '.join(words)}.")


def show_rates(found, rates):
    """Accuracy over the rate of {unit: {name: (rates, seeds)}}, a panel for each unit."""
    ax = plots.axes(len(found), width=8.0, height=2.9)
    words = []
    for a, (unit, rows) in zip(ax, found.items(), strict=True):
        for (name, shares), color in zip(rows.items(), ("0.5", "black"), strict=True):
            reached = np.nan_to_num(np.array(shares))
            middle = np.median(reached, axis=1)
            a.plot(rates, middle, color=color, linestyle="-", linewidth=1.5, label=name)
            dots = np.repeat(rates, reached.shape[1])
            a.plot(dots, np.ravel(reached), "o", color=color, markersize=4, clip_on=False)
            best = int(np.argmax(middle))
            words.append(f"{unit} {name}: best ≈ {middle[best]:.2f} at lr ≈ {rates[best]:g}")
        a.set(xscale="log", xlim=(rates[0] * 0.8, rates[-1]), ylim=(-0.03, 1.03))
        a.set(xticks=rates, xticklabels=[f"{rate:g}" for rate in rates], xlabel="rate")
        a.minorticks_off()
        a.set_title(f"ten hidden layers of {unit}")
        plots.end_names(a)
    ax[0].set(ylabel="accuracy")
    plots.show(ax, f"Accuracy over the learning rate. {'; '.join(words)}.")
