"""Lesson 8, activations: which units fall asleep for ever, and what other units do below 0.

First what is computed, then what is drawn of it. A function `show_...` draws and displays, with the
sentence for those who cannot see the picture; a function `draw_...` stands behind sliders.
"""

import warnings
from typing import NamedTuple

import numpy as np

from dlcourse import activations, initializers, layers, losses, network, plots, training
from dlcourse.drawing import instrument
from dlcourse.drawing.style import layer_colors, new_figure, padded
from dlcourse.lessons.initialization import accuracy_after
from dlcourse.lessons.letters import Film, letter_net, train
from dlcourse.optimizers import SGD

HE = np.sqrt(2)  # He's weights, counted in units of 1/sqrt(n)
INK, BLACK, GREY = "0.25", "black", "0.55"
SLOPE = plots.ORANGE  # of a unit's slope, beside its answer in black


# Which units are awake.


@np.errstate(all="ignore")  # after a training that broke off, numbers may overflow
def awake(net, x):
    """For each layer of units an array (units,): the share of the examples that wake each unit.

    An example wakes a unit where z > 0.
    """
    shares = []
    for layer in net.layers:
        if hasattr(layer, "slope"):
            shares.append(np.mean(x > 0, axis=0))
        x = layer.forward(x)
    return shares


def asleep(net, x):
    """For each layer of units the share of units that no example wakes, an array (layers,)."""
    return np.array([np.mean(share == 0) for share in awake(net, x)])


class Outcome(NamedTuple):
    """What came of one setting: a row, or a number, for each start."""

    asleep: np.ndarray  # (starts, layers), shares of units that no example wakes
    accuracy: np.ndarray  # (starts,), NaN where numbers overflowed


def by_rate(rates, learn, judge, epochs, seeds=(0, 1, 2), **kind):
    """{lr: Outcome} of letter_nets of this kind, bare outputs, trained as accuracy_after does."""
    found = {}
    for lr in rates:
        sleepers, scores = [], []
        for seed in seeds:
            net = letter_net(seed=seed, output=None, **kind)
            scores.append(accuracy_after(net, learn, judge, lr, epochs, seed))
            sleepers.append(asleep(net, learn[0]))
        found[lr] = Outcome(np.array(sleepers), np.array(scores, float))
    return found


def accuracies(learn, judge, lr, epochs, seeds=(0, 1, 2), **kind):
    """The accuracy of letter_nets of this kind from each start: an array, NaN for an overflow."""
    return by_rate([lr], learn, judge, epochs, seeds, **kind)[lr].accuracy


class Deaths(Film):
    """A Film, softmax cross-entropy, that also keeps which units the examples `x_all` wake.

    `awake` has for every frame what the function of that name gives.
    """

    STEPS = (0, 1, 2, 3, 5, 8, 12, 20, 30, 50, 80, 120, 200, 320)

    def __init__(self, probe, x_all):
        super().__init__(probe, losses.SoftmaxCrossEntropy())
        self.x_all = x_all

    def watch(self, net):
        self.awake = []
        super().watch(net)

    def __call__(self, step, n_steps=None, history=None):
        seen = len(self.frames)
        super().__call__(step)
        if len(self.frames) > seen:
            self.awake.append(awake(self.net, self.x_all))


def films_of(rates, learn, probe, epochs, **kind):
    """{lr: Deaths} of letter_nets of this kind from start 0, bare outputs, batches of 64."""
    films, loss = {}, losses.SoftmaxCrossEntropy()
    for lr in rates:
        films[lr] = Deaths(probe, learn[0])
        net = letter_net(output=None, **kind)
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore", RuntimeWarning)  # fit says that it stopped
            train(net, learn, probe, lr, epochs, loss=loss, progress=films[lr], batch_size=64)
    return films


# Put to sleep, and left alone.


def woken(put_to_sleep, place, learn, seed=0, lr=0.3, steps=60):
    """(how many of ten units put to sleep wake again, the largest move of their weights).

    A ReLU network of 50 and 50 learns for two epochs in batches of 64 at lr 0.1, then
    put_to_sleep(net, place, x) changes the biases of the first ten units of the Dense at `place` in
    its list of layers, then come `steps` steps of all examples at once.
    """
    net = letter_net([50, 50], activations.ReLU, None, seed, scale=HE)
    loss = losses.SoftmaxCrossEntropy()
    train(net, learn, learn, 0.1, 2, seed, loss=loss, batch_size=64)
    put_to_sleep(net, place, learn[0])
    dense, layer = net.layers[place], place // 2
    before = dense.W[:, :10].copy(), dense.b[:10].copy()
    if awake(net, learn[0])[layer][:10].any():
        raise ValueError("woken takes a put_to_sleep after which no example wakes the ten units")
    training.fit(net, loss, SGD(lr), [learn], steps)
    moved = max(np.abs(dense.W[:, :10] - before[0]).max(), np.abs(dense.b[:10] - before[1]).max())
    return int(np.sum(awake(net, learn[0])[layer][:10] > 0)), float(moved)


# What a slope that is learned becomes, and one that is drawn.


def learned_alphas(learn, judge, lr, epochs, seeds=(0, 1, 2)):
    """The alphas of three hidden layers of 50 PReLU after training, an array (starts, 3)."""
    found = []
    for seed in seeds:
        net = letter_net([50] * 3, activations.PReLU, None, seed, scale=HE)
        accuracy_after(net, learn, judge, lr, epochs, seed)
        found.append([float(u.alpha[0]) for u in net.layers if isinstance(u, activations.PReLU)])
    return np.array(found)


def mean_leak():
    """A leaky ReLU with the mean slope of an RReLU."""
    return activations.LeakyReLU(activations.RReLU().alpha)


# A hundred layers.


def through(unit, init, seed=0, depth=100, width=128, n=100):
    """Mean and standard deviation (depth, 2) of what leaves each layer; standard normal inputs."""
    rng = np.random.default_rng(seed)
    y = rng.normal(size=(n, width))
    found = []
    for _ in range(depth):
        y = unit.f(y @ init(rng, width, width))
        found.append((y.mean(), y.std()))
    return np.array(found)


def grown(seed=0, depth=100, width=128, n=100):
    """How many times larger an error signal is in layer 1 than in the last of `depth` SELU layers.

    LeCun's weights, noise forward and back, float64.
    """
    made = []
    for _ in range(depth):
        made += [layers.Dense(width, width, initializers.lecun), activations.SELU()]
    net = network.Sequential(made, seed, np.float64)
    rng = np.random.default_rng([seed, 1])
    _, errors = network.signals(net, rng.normal(size=(n, width)), rng.normal(size=(n, width)))
    return np.std(errors[0]) / np.std(errors[-2])


# Tables.


def told(score):
    """An accuracy as text, an overflow by its name."""
    return "overflow" if np.isnan(score) else f"≈ {score:.2f}"


def print_rates(found):
    """A line for each {lr: Outcome}: what sleeps in each layer, the accuracies, the overflows.

    What sleeps is that of the middle start; an overflow counts as accuracy 0.
    """
    for lr, outcome in found.items():
        first, second = np.median(outcome.asleep, axis=0)
        low, middle, high = np.quantile(np.nan_to_num(outcome.accuracy), [0, 0.5, 1])
        over = np.isnan(outcome.accuracy)
        print(
            f"lr {lr}: asleep ≈ {first:.2f} and ≈ {second:.2f}; accuracy ≈ {middle:.2f}, from "
            f"≈ {low:.2f} to ≈ {high:.2f}; overflow in ≈ {over.sum()} of {len(over)}"
        )


def print_scores(rows):
    """A line for each {name: accuracies}."""
    for name, scores in rows.items():
        print(padded(name, 18), ", ".join(map(told, scores)))


def best_rate(scores):
    """Of {lr: accuracies} the rate with fewest overflows, of these the one of the best middle."""

    def merit(lr):
        return -np.isnan(scores[lr]).sum(), np.median(np.nan_to_num(scores[lr]))

    return max(scores, key=merit)


def places(units, rates, learn, judge, epochs, seeds=(0, 1, 2)):
    """{name: {depth: (best rate, accuracies there)}} for {name: (unit, scale of the weights)}.

    rates: {number of hidden layers, each 50 wide: the rates that are tried}. All are tried from the
    first of the seeds alone; the other seeds run at the rate that was best there.
    """
    found = {}
    for name, (unit, scale) in units.items():
        found[name] = {}
        for depth, tried in rates.items():
            kind = {"hidden": [50] * depth, "unit": unit, "scale": scale}
            first = {lr: accuracies(learn, judge, lr, epochs, seeds[:1], **kind) for lr in tried}
            best = best_rate(first)
            others = accuracies(learn, judge, best, epochs, seeds[1:], **kind)
            found[name][depth] = best, np.append(first[best], others)
    return found


def print_places(found):
    """A line for each unit: the middle accuracy at each depth, and the rate it was reached at.

    An overflow counts as accuracy 0.
    """
    for name, row in found.items():
        cells = [
            f"{depth} hidden {told(np.median(np.nan_to_num(scores)))} (lr ≈ {lr})"
            for depth, (lr, scores) in row.items()
        ]
        print(padded(name, 10), "   ".join(cells))


# Drawings.


def show_awake(nets, x):
    """Every unit of each {title: network} as a disc: how many of the examples x wake it."""
    ax = plots.axes(len(nets), width=8.4, height=3.0)
    words = []
    for a, (title, net) in zip(ax, nets.items(), strict=True):
        shares = awake(net, x)
        _discs(a, shares, "dead")
        a.set_title(title)
        none = [int(np.sum(share == 0)) for share in shares]
        words.append(f"{title}: ≈ {none[0]} and ≈ {none[1]}")
    plots.show(
        ax,
        "Each of 50 + 50 units a disc, the whiter the more letters wake it; a cross where none "
        f"does. Crosses in layers 1 and 2, {'; '.join(words)}.",
    )


def _discs(ax, shares, word):
    """Two layers of units, five in a row; a cross where no example wakes one, counted as `word`."""
    share = np.concatenate(shares)
    layer = np.repeat(np.arange(len(shares)), [len(part) for part in shares])
    k = np.concatenate([np.arange(len(part)) for part in shares])
    x, y, none = 6.4 * layer + k % 5, -(k // 5), share == 0
    greys = [str(0.45 + 0.55 * value) for value in share[~none]]
    ax.scatter(x[~none], y[~none], c=greys, s=62, edgecolors=INK, linewidths=0.8)
    ax.plot(x[none], y[none], "x", color=BLACK, markersize=5.5, markeredgewidth=1.6)
    for number, part in enumerate(shares):
        words = f"layer {number + 1}: {np.sum(part == 0)} {word}"
        ax.text(6.4 * number + 2, 1.15, words, ha="center", color=INK)
    ax.set(xlim=(-0.8, 11.2), ylim=(-9.8, 2.2))
    ax.set_axis_off()


def show_step(before, after):
    """Examples on the curve of ReLU, before a step (rings) and after it, for each {lr: z}."""
    ax = plots.axes(len(after), width=7.6, height=2.5)
    z = np.array([-1.2, 0, 1.2])
    words = []
    for a, (lr, moved) in zip(ax, after.items(), strict=True):
        a.plot(z, np.maximum(z, 0), color=GREY, linestyle="-", linewidth=1.5)
        a.plot(before, np.maximum(before, 0), "o", color=INK, markerfacecolor="white", zorder=3)
        a.plot(moved, np.maximum(moved, 0), "o", color=BLACK, zorder=4)
        for value in np.unique(np.round(moved, 6)):
            examples = ", ".join(str(k + 1) for k in np.flatnonzero(np.isclose(moved, value)))
            a.text(value - 0.05, max(value, 0) + 0.08, examples, ha="right", color=INK)
        count = int(np.sum(np.asarray(moved) > 0))
        a.set_title(f"lr {lr:g}: {count} of {len(moved)} examples wake it")
        a.set(xlim=(-1.2, 1.2), ylim=(-0.15, 1.2), xlabel="z", xticks=[-1, 0, 1], yticks=[0, 1])
        words.append(f"at lr {lr} {count} of {len(moved)}")
    ax[0].set_ylabel("y")
    plots.show(
        ax,
        "The sums of a unit on the curve of ReLU, rings before the step, filled after it. Above 0 "
        f"are then {' and '.join(words)}.",
    )


def show_rates(found):
    """What no letter wakes, by layer, and the accuracy, over the rate: {lr: Outcome}."""
    ax = new_figure(7.0, 4.2).subplots(2, 1, height_ratios=[1.3, 1])
    rates, positions = list(found), np.arange(len(found))
    for layer, color in enumerate(layer_colors(3)[:2]):
        shares = np.array([outcome.asleep[:, layer] for outcome in found.values()])
        side = positions + 0.05 * (2 * layer - 1)
        ax[0].plot(side, np.median(shares, axis=1), color=color, linestyle="-", linewidth=1.5,
                   label=f"layer {layer + 1}")  # fmt: skip
        ax[0].plot(np.repeat(side, shares.shape[1]), shares.ravel(), "o", color=color,
                   markersize=4, label="_starts")  # fmt: skip
    scores = np.array([outcome.accuracy for outcome in found.values()])
    middle = np.median(np.nan_to_num(scores), axis=1)
    ax[1].plot(positions, middle, color=BLACK, linestyle="-", linewidth=1.5)
    for k, three in enumerate(scores):
        ax[1].plot([k] * len(three), np.nan_to_num(three), "o", color=BLACK, markersize=4)
    for a, name in zip(ax, ("share of units that\nno letter wakes", "accuracy"), strict=True):
        a.set(ylim=(-0.05, 1.05), ylabel=name, xlim=(-0.3, len(rates) - 0.7), xticks=positions)
        a.set_xticklabels([])
    ax[1].set_xticklabels([f"{lr:g}" for lr in rates])
    ax[1].set_xlabel("learning rate")
    plots.end_names(ax[0])
    words = [
        f"lr {lr:g} ≈ {shares[0]:.2f} and ≈ {shares[1]:.2f}, accuracy ≈ {score:.2f}"
        for lr, shares, score in zip(
            rates, (np.median(o.asleep, axis=0) for o in found.values()), middle, strict=True
        )
    ]
    plots.show(
        ax,
        "Share of units that no letter wakes in layers 1 and 2, and the accuracy, over the rate, "
        f"middle of three starts: {'; '.join(words)}.",
    )


def show_leak(rows):
    """The accuracy of each start over the rate, for each {name: {lr: Outcome}}; overflow below."""
    ax = plots.axes(width=7.0, height=3.0)
    words = []
    for k, (name, found) in enumerate(rows.items()):
        color = (BLACK, plots.ORANGE, plots.GREEN)[k]
        positions = np.arange(len(found)) + 0.09 * (k - 0.5)
        scores = np.array([outcome.accuracy for outcome in found.values()])
        middle = np.median(scores, axis=1)  # NaN where a start overflowed
        line = np.ma.masked_invalid(middle)
        ax.plot(positions, line, color=color, linestyle="-", linewidth=1.5, label=name)
        over = np.isnan(scores)
        across = np.repeat(positions[:, None], scores.shape[1], axis=1)
        ax.plot(across[~over], scores[~over], "o", color=color, markersize=4, label="_starts")
        ax.plot(across[over], np.full(over.sum(), -0.13), "x", color=color, label="_over")
        counted = np.median(np.nan_to_num(scores), axis=1)
        each = [f"lr {lr:g} ≈ {m:.2f}" for lr, m in zip(found, counted, strict=True)]
        words.append(f"{name}: {', '.join(each)}, overflow in ≈ {over.sum()} runs")
    rates = list(found)
    ax.axhline(-0.06, color="0.8", linewidth=0.8, linestyle="-", label="_ground")
    ax.text(-0.27, -0.13, "overflow", va="center", color=INK)
    ax.set(ylim=(-0.2, 1.05), xlim=(-0.3, len(rates) - 0.7), xticks=range(len(rates)))
    ax.set(xticklabels=[f"{lr:g}" for lr in rates], xlabel="learning rate", ylabel="accuracy")
    ax.set(yticks=[0, 0.5, 1])
    plots.end_names(ax)
    plots.show(
        ax,
        f"Accuracy over the rate, middle of three starts, 0 for an overflow. {'; '.join(words)}.",
    )


def death_axes():
    """Four axes: the network and its bars, the units as discs, and what sleeps over the rate."""
    figure = new_figure(8.4, 4.6)
    made = figure.subplot_mosaic(
        [["a", "c"], ["b", "d"]], width_ratios=[1.5, 1], height_ratios=[1, 1.1]
    )
    return np.array([made[name] for name in "abcd"])


def draw_deaths(ax, films, lr, step):
    """The network trained at this rate as the instrument shows it at a step, and its sleepers.

    films: {rate: Deaths}, all of one unit; on the right below, what sleeps at this step at all
    rates. Of a training that broke off, the last step is shown, and said.
    """
    film = films[lr]
    at = frame_at(film, step)
    frame = film.frames[at]
    title = f"lr {lr:g}, step {frame.step}: {frame.accuracy:.0%} right"
    if frame.step < step:
        title = f"lr {lr:g}: ended after step {frame.step}, numbers overflow"
    seen = film.weights[at], np.array(frame.grad_rms), film.open_units[at]
    look = {"reference": film.frames[0].grad_rms[-1], "title": title, "room": 3}
    instrument.instrument(ax[:2], *seen, film.x[0].reshape(17, 17), **look)
    _discs(ax[2], film.awake[at], "asleep")
    rates = list(films)
    shares = np.array([[np.mean(share == 0) for share in film.awake[frame_at(film, step)]]
                       for film in films.values()])  # fmt: skip
    for layer, color in enumerate(layer_colors(3)[:2]):
        label = f"layer {layer + 1}"
        ax[3].plot(shares[:, layer], "o-", color=color, markersize=4, linewidth=1.5, label=label)
    here = rates.index(lr)
    ax[3].axvline(here, color=BLACK, linewidth=0.8, linestyle="-", label="_here")
    ax[3].set(ylim=(-0.05, 1.05), xlim=(-0.3, len(rates) - 0.7), xticks=range(len(rates)))
    ax[3].set(xticklabels=[f"{rate:g}" for rate in rates], xlabel="learning rate")
    ax[3].set(ylabel="share asleep", yticks=[0, 0.5, 1])
    plots.end_names(ax[3])
    return ax


def frame_at(film, step):
    """The number of the film's last frame up to this step."""
    return sum(frame.step <= step for frame in film.frames) - 1


def show_family(units, marked=(-2.0, 1.5)):
    """The answer and the slope of each {name: unit} over one range, with dots at two z."""
    ax = plots.axes(len(units), width=8.4, height=4.4, rows=2)
    z = np.linspace(-3, 3, 601)
    words = []
    for k, (a, (name, unit)) in enumerate(zip(ax.ravel(), units.items(), strict=True)):
        points = np.array(marked)
        _draw_unit(a, unit, z, points)
        a.set_title(name, loc="left")
        a.set(xlim=(-3, 3), ylim=(-2.1, 3.05), xticks=[-2, 0, 2], yticks=[-1, 0, 1, 2])
        if k % ax.shape[1]:
            a.set_yticklabels([])
        words.append(f"{name} {slope_of(unit, points)[0]:.2f}".replace("-", "−"))
    for a in ax[1]:
        a.set_xlabel("z")
    ax[0, 0].text(-2.8, 2.2, "answer", color=BLACK)
    ax[0, 0].text(-2.8, 1.5, "slope", color="#a35200")
    plots.show(
        ax,
        "Eight units side by side, answer black and slope orange, dots at z = −2 and 1.5. Slopes "
        f"at −2: {', '.join(words)}.",
    )


def slope_of(unit, z):
    """The slope of a unit at z: PReLU's takes z, the others' their answer."""
    return unit.slope(z if isinstance(unit, activations.PReLU) else unit.f(z))


def _draw_unit(ax, unit, z, points):
    ax.axhline(0, color="0.85", linewidth=0.8, linestyle="-")
    ax.axvline(0, color="0.85", linewidth=0.8, linestyle="-")
    if isinstance(unit, activations.RReLU):
        below = z[z <= 0]
        ax.fill_between(below, unit.low * below, unit.high * below, color="0.85", linewidth=0)
        ax.fill_between(below, unit.low, unit.high, color=SLOPE, alpha=0.25, linewidth=0)
    slopes = np.ma.masked_where(np.abs(z) < 0.005, slope_of(unit, z))  # some jump at 0
    ax.plot(z, slopes, color=SLOPE, linestyle="-", linewidth=1.8)
    ax.plot(z, unit.f(z), color=BLACK, linestyle="-", linewidth=1.8)
    ax.plot(points, slope_of(unit, points), "o", color=SLOPE, markersize=5)
    ax.plot(points, unit.f(points), "o", color=BLACK, markersize=5)


def show_through(paths):
    """Mean and standard deviation of each layer's outputs, for each {name: (layers, 2)}."""
    ax = plots.axes(2, width=8.4, height=3.2)
    colors = [BLACK, plots.ORANGE, plots.GREEN, plots.PURPLE]
    words = []
    for (name, path), color in zip(paths.items(), colors, strict=False):
        at = np.arange(1, len(path) + 1)
        for a, values in zip(ax, path.T, strict=True):
            a.plot(at, values, color=color, linestyle="-", linewidth=1.5, label=name)
        words.append(f"{name} ≈ {path[-1, 1]:.2g}")
    ax[0].set(ylabel="mean of a layer's outputs", yscale="symlog")
    ax[1].set(ylabel="standard deviation", yscale="log")
    ax[0].set(ylim=(-1.5, 2000), yticks=[-1, 0, 1, 10, 100, 1000])
    ax[1].set(ylim=(0.005, 2000), yticks=[0.01, 0.1, 1, 10, 100, 1000])
    for a in ax:
        a.set(xlabel="layer", xlim=(1, len(path)), xticks=[1, 25, 50, 75, 100])
        a.minorticks_off()
    plots.end_names(ax[1])
    for line in ax[0].lines:
        line.set_label(f"_{line.get_label()}")
    plots.show(
        ax,
        "Mean and standard deviation of what leaves each of a hundred layers, log axes. "
        f"Standard deviation after the last: {', '.join(words)}.",
    )


def show_learned(alphas):
    """PReLU with each of the learned alphas (starts, layers), a panel for each layer."""
    ax = plots.axes(alphas.shape[1], width=7.6, height=2.6)
    z = np.linspace(-2, 2, 201)
    for layer, a in enumerate(ax):
        a.plot(z, activations.PReLU().f(z), color=GREY, linestyle="-", linewidth=1.2)
        for alpha in alphas[:, layer]:
            a.plot(z, activations.PReLU(alpha).f(z), color=BLACK, linestyle="-", linewidth=1.5)
        a.set_title(f"layer {layer + 1}")
        a.set(xlim=(-2, 2), ylim=(-3.6, 2), xlabel="z", xticks=[-2, 0, 2], yticks=[-2, 0, 2])
    ax[0].set_ylabel("answer")
    ax[0].text(-1.9, 1.0, "grey: as\nit began", color=INK)
    words = [f"layer {k + 1} ≈ {alpha:.2f}" for k, alpha in enumerate(np.median(alphas, axis=0))]
    plots.show(
        ax,
        "PReLU as it began, slope 1/4 below 0, and as each start learned it, in three layers. "
        f"Middle slope below 0: {', '.join(words)}.",
    )


def show_sums(wall, bowl):
    """What sums of ReLUs make: wall(z) of two, bowl(z) of four beside z squared."""
    ax = plots.axes(2, width=8.4, height=2.8)
    z = np.linspace(-3, 3, 601)
    ax[0].plot(z, np.maximum(z, 0), color=GREY, linestyle="-", linewidth=1.5)
    ax[0].plot(z, np.maximum(z - 1, 0), color=GREY, linestyle="-", linewidth=1.5)
    ax[0].plot(z, wall(z), color=BLACK, linestyle="-", linewidth=2.4)
    ax[0].text(1.85, 2.3, "relu(z)", ha="right", color=INK)
    ax[0].text(2.95, 0.35, "relu(z − 1)", ha="right", color=INK, va="center")
    ax[0].text(-2.9, 1.05, "their difference", color=INK)
    ax[0].plot([-0.9, 0.6], [1.0, 0.64], color=GREY, linestyle="-", linewidth=0.8)
    ax[0].set(xlim=(-3, 3), ylim=(-0.2, 3.1), xlabel="z", yticks=[0, 1, 2, 3])
    ax[1].plot(z, z**2, color=plots.ORANGE, linestyle="-", linewidth=1.8)
    ax[1].plot(z, bowl(z), color=BLACK, linestyle="-", linewidth=1.8)
    ax[1].text(0, 7, "orange: z²", ha="center", color=INK)
    ax[1].text(0, 5.8, "black: four ReLUs", ha="center", color=INK)
    ax[1].set(xlim=(-3, 3), ylim=(-0.4, 9.3), xlabel="z", yticks=[0, 3, 6, 9])
    plots.show(
        ax,
        "Left relu(z), relu(z − 1) and their difference, which is 0 up to z = 0 and 1 from z = 1 "
        "on. Right a bowl of four ReLUs, straight pieces on both sides of z², at 3 it is "
        f"{bowl(3.0):g} instead of 9.",
    )
