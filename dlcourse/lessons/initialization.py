"""Lesson 5, initialization: signals through untrained networks, and what a start does to training.

First what is computed, then what is drawn of it. A function `show_...` draws and displays, with the
sentence for those who cannot see the picture; a function `draw_...` stands behind sliders.
"""

import copy
import functools
import warnings

import numpy as np
from matplotlib.collections import LineCollection

from dlcourse import activations, data, initializers, losses, network, plots, training
from dlcourse.drawing import instrument
from dlcourse.drawing.style import new_figure, padded
from dlcourse.lessons.letters import (
    UNITS,
    Film,
    draw_frame,
    letter_net,
    open_units,
    rms,
    train,
    twin_axes,
)
from dlcourse.optimizers import SGD

SHUT = 0.05  # a slope below it counts as shut
INK = "0.25"
BLACK, GREY = "black", "0.55"


# Untrained networks: what noise becomes on its way forward, and an error signal on its way back.


def signals(net, seed=0, rows=64):
    """Noise of magnitude 1 forward through net, other noise back: (outputs, errors), lists.

    outputs holds what leaves each layer of units, errors delta = dL/dz of each; layer 1 first. net
    is Dense and a unit in turn.
    """
    rng = np.random.default_rng([seed, 1])
    noise = rng.standard_normal((rows, net.layers[0].W.shape[0]))
    back = rng.standard_normal((rows, net.layers[-2].W.shape[1]))
    outputs, errors = network.signals(net, noise, back)
    return outputs[1::2], errors[0::2]


def untrained(init, unit, widths=(256,) * 21, seed=0):
    """Dense layers of these widths, input first, a unit (a class) behind each; in float64."""
    return network.mlp(list(widths), unit, init, output=unit, seed=seed, dtype=np.float64)


def sizes(init, unit, widths=(256,) * 21, seed=0):
    """The magnitudes of `signals`, two lists with a number for each layer: (forward, back)."""
    outputs, errors = signals(untrained(init, unit, widths, seed), seed)
    return [rms(y) for y in outputs], [rms(delta) for delta in errors]


def per_layer(values):
    """(last / first)^(1 / steps): the factor from one layer to the next, of a list of magnitudes.

    steps is their number less 1.
    """
    return (values[-1] / values[0]) ** (1 / (len(values) - 1))


def kept(init, widths=(256,) * 21, seeds=3):
    """What ReLU layers leave of the error signal, layer 1 over last, for each seed."""
    found = []
    for seed in range(seeds):
        _, back = sizes(init, activations.ReLU, widths, seed)
        found.append(back[0] / back[-1])
    return np.array(found)


def keras(rng, n_in, n_out):
    """What Keras' Dense draws if nothing is said: evenly, with Xavier's variance."""
    r = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-r, r, (n_in, n_out))


FUNNEL = tuple(int(n) for n in np.round(512 * 2 ** -np.linspace(0, 3, 11)))  # 512 down to 64


def centre(net):
    """Give each Dense behind a Sigmoid the bias -1/2 sum of its weights, unit by unit.

    The mean 1/2 of the sigmoids then no longer counts.
    """
    for below, layer in zip(net.layers[:-1], net.layers[1:], strict=True):
        if isinstance(below, activations.Sigmoid):
            layer.b = -0.5 * layer.W.sum(axis=0)


def differing(y):
    """The magnitude of y (N, M) less each unit's mean over the N examples: what differs."""
    return rms(y - y.mean(axis=0))


def sigmoid_signals(scale, centred=False, n=128, layers=20, seed=0):
    """Sigmoids with weights of sd scale/sqrt(n): (factor per layer forward, back, share shut).

    Forward counts what differs from example to example; the share is that of the slopes below SHUT
    in layers 6 and later.
    """
    init = initializers.normal(scale / np.sqrt(n))
    net = untrained(init, activations.Sigmoid, (n,) * (layers + 1), seed)
    if centred:
        centre(net)
    outputs, errors = signals(net, seed)
    there = per_layer([differing(y) for y in outputs])
    back = per_layer([rms(delta) for delta in reversed(errors)])
    late = np.array(outputs[5:])
    return there, back, np.mean(late * (1 - late) < SHUT)


def variances(n=256, layers=20, seed=0):
    """Sigmoids with weights from N(0, 1): for each layer the variance of input, z and output."""
    net = untrained(initializers.normal(1), activations.Sigmoid, (n,) * (layers + 1), seed)
    x = np.random.default_rng([seed, 1]).standard_normal((64, n))
    found = []
    for dense, unit in zip(net.layers[0::2], net.layers[1::2], strict=True):
        z = dense.forward(x)
        y = unit.forward(z)
        found.append((x.var(), z.var(), y.var()))
        x = y
    return np.array(found)


# Networks that read letters.


def accuracy_after(net, learn, judge, lr, epochs=1, seed=0):
    """Train net on letters, softmax cross-entropy, batches of 64; its accuracy on `judge`.

    NaN where a number overflows: then there is no answer to judge.
    """
    loss = losses.SoftmaxCrossEntropy()
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)  # fit says that it stopped
        run = train(net, learn, None, lr, epochs, seed, loss=loss, batch_size=64)
        if run.stopped:
            return np.nan
        try:
            return training.accuracy(net, *judge)
        except ValueError:  # the weights are finite, and so large that the answers are not
            return np.nan


def three_starts(learn, judge, lr, epochs, seeds=(0, 1, 2), **kind):
    """accuracy_after for the letter_net of this kind from each seed: an array."""
    found = []
    for seed in seeds:
        net = letter_net(seed=seed, output=None, **kind)
        found.append(accuracy_after(net, learn, judge, lr, epochs, seed))
    return np.array(found)


def window(learn, judge, depths, numerators, lr, epochs, seeds=(0, 1, 2)):
    """{depth: accuracies (numerators, seeds)} of ReLU networks, width 48, with n Var w = c."""
    kind = {"unit": activations.ReLU, "seeds": seeds}
    found = {}
    for depth in depths:
        rows = [
            three_starts(learn, judge, lr, epochs, hidden=[48] * depth, scale=c**0.5, **kind)
            for c in numerators
        ]
        found[depth] = np.array(rows)
    return found


def told(accuracies):
    """Accuracies as text, an overflow by its name."""
    return ", ".join("overflow" if np.isnan(a) else f"≈ {a:.2f}" for a in accuracies)


def print_told(rows):
    """A line for each {name: accuracies}."""
    for name, accuracies in rows.items():
        print(padded(name, 28), told(accuracies))


# Digits, from He's start and from one that is cut off.


def cut_off(rng, n_in, n_out):
    """2 / sqrt(n_in) times a normal distribution cut off at two standard deviations.

    What lies beyond is drawn again.
    """
    z = rng.standard_normal((n_in, n_out))
    while np.abs(z).max() > 2:
        z = np.where(np.abs(z) > 2, rng.standard_normal(z.shape), z)
    return 2 / np.sqrt(n_in) * z


@functools.lru_cache(maxsize=1)
def _digits():
    images, digits = data.digits()
    return images, data.one_hot(digits, 10)


def read_digits(init, seed):
    """Train 784-300-100-10 with ReLU for two epochs of 30 steps on 1500 digits.

    Returns the History, judged on the last 1000.
    """
    images, targets = _digits()
    net = network.mlp([784, 300, 100, 10], activations.ReLU, init, seed=seed)
    batches = training.Batches(images[:1500], targets[:1500], 50, seed)
    unseen = images[9000:], targets[9000:]
    return training.fit(net, losses.SoftmaxCrossEntropy(), SGD(0.1), batches, 2, validation=unseen)


def digit_starts(init, seeds=3):
    """(accuracies after two epochs, first losses) of `read_digits` from each start."""
    runs = [read_digits(init, seed) for seed in range(seeds)]
    return np.array([run.val_accuracy[1] for run in runs]), np.array([run.loss[0] for run in runs])


# Equal units.


def equal(rng, n_in, n_out):
    """All weights 0.01."""
    return np.full((n_in, n_out), 0.01)


def last_digit(dtype):
    """The initializer of weights 0.01, changed in the last digit of dtype.

    Each is left, or moved to one of the two neighbouring numbers, at random.
    """

    def init(rng, n_in, n_out):
        W = np.full((n_in, n_out), 0.01, dtype)
        up = np.nextafter(W, dtype(1))
        down = np.nextafter(W, dtype(0))
        which = rng.integers(3, size=W.shape).astype(np.intp)  # of 32 bits in a browser
        return np.choose(which, [down, W, up])

    return init


class Together:
    """A progress callback: the distance between the hidden units before every step, and after all.

    The distance is the largest over all pixels of (largest - smallest weight). `weights` holds W at
    the steps `kept`. tied=True gives every unit the mean of all after each step: units that stay
    equal, as they would in exact arithmetic.
    """

    def __init__(self, tied=False, kept=()):
        self.tied, self.kept, self.distances, self.weights = tied, kept, [], {}

    def watch(self, net):
        """Look at this network; `fit` calls it before the first step."""
        self.layers = net.layers
        self(0)

    def __call__(self, step, n_steps=None, history=None):
        if self.tied:
            tie(self.layers)
        W = self.layers[0].W
        self.distances.append(float(np.ptp(W, axis=1).max()))
        if step in self.kept:
            self.weights[step] = W.copy()


def tie(layers):
    """Give all hidden units of Dense, unit, Dense the mean of their weights in and out."""
    first, _, last = layers
    first.W = np.repeat(first.W.mean(axis=1, keepdims=True), first.W.shape[1], axis=1)
    first.b = first.b.mean()
    last.W = np.repeat(last.W.mean(axis=0, keepdims=True), last.W.shape[0], axis=0)


def equal_units(learn, judge, init, dtype=np.float64, seed=0, epochs=3, tied=False, kept=()):
    """Train 289-20-26 with tanh units at lr 0.5 in batches of 64: (accuracy, Together)."""
    net = network.mlp([289, 20, 26], activations.Tanh, init, seed=seed, dtype=dtype)
    loss, seen = losses.SoftmaxCrossEntropy(), Together(tied, kept)
    run = train(net, learn, judge, 0.5, epochs, seed, loss=loss, progress=seen, batch_size=64)
    return run.val_accuracy[-1], seen


def first_step_beyond(distances, bound):
    """The first step at which the distance is above the bound; where it never is, their number."""
    above = np.flatnonzero(np.asarray(distances) > bound)
    return int(above[0]) if len(above) else len(distances)


# The gradient detective.


def negative(rng, n_in, n_out):
    """He's weights, all made negative."""
    return -np.abs(initializers.he(rng, n_in, n_out))


def _recipe(init, unit, loss, lr):
    return {"init": init, "unit": unit, "loss": loss, "lr": lr}


# what a learner writes of the ward
DEAD, PLATEAU, DEEP = "dead ReLU", "plateau", "deep sigmoid"
EXPLOSION, ZERO = "explosion", "zero start"
DISEASES = DEAD, PLATEAU, DEEP, EXPLOSION, ZERO
CROSS, SQUARED = losses.SoftmaxCrossEntropy, losses.MeanSquaredError
SICK = {
    DEAD: _recipe(negative, activations.ReLU, CROSS, 0.1),
    PLATEAU: _recipe(initializers.lecun, activations.Tanh, SQUARED, 0.3),
    DEEP: _recipe(initializers.lecun, activations.Sigmoid, CROSS, 0.3),
    EXPLOSION: _recipe(initializers.normal(1), activations.ReLU, CROSS, 0.1),
    ZERO: _recipe(initializers.normal(0), activations.Tanh, CROSS, 0.3),
}
CURES = {
    DEAD: ("init", initializers.he),
    PLATEAU: ("loss", CROSS),
    DEEP: ("unit", activations.Tanh),
    EXPLOSION: ("init", initializers.he),
    ZERO: ("init", initializers.lecun),
}


def ward(number=5):
    """Who lies in which bed: {letter: disease}; another number, another ward."""
    order = np.random.default_rng(number).permutation(len(SICK))
    return {letter: list(SICK)[k] for letter, k in zip("ABCDE", order, strict=True)}


def watch(recipe, learn, probe, seed=0, steps=Film.STEPS):
    """Train five hidden layers of 30 for two epochs in batches of 64: its Film at these steps.

    Squared error comes with sigmoids at the output. Of a training that breaks off, the Film holds
    what was seen before.
    """
    output = activations.Sigmoid if recipe["loss"] is SQUARED else None
    sizes_of_layers = [289] + [30] * 5 + [26]
    net = network.mlp(sizes_of_layers, recipe["unit"], recipe["init"], output=output, seed=seed)
    loss, seen = recipe["loss"](), Film(probe, recipe["loss"]())
    seen.steps = set(steps)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)
        more = {"loss": loss, "progress": seen, "batch_size": 64}
        train(net, learn, probe, recipe["lr"], 2, seed, **more)
    return seen


def films_of(recipes, learn, probe, seed=0, steps=Film.STEPS):
    """{name: Film} for {name: recipe}; what has equal recipes is trained once and shares a Film."""
    trained, films = {}, {}
    for name, recipe in recipes.items():
        lines = tuple(recipe.values())
        if lines not in trained:
            trained[lines] = watch(recipe, learn, probe, seed, steps)
        films[name] = trained[lines]
    return films


def chart(film):
    """What the ward shows of a Film: (bars at the start, bars at the end, gates at the end).

    Each has a number for a layer, input first.
    """
    start, now = film.frames[0].grad_rms, film.frames[-1].grad_rms
    return np.array(start), np.array(now), gates(film.open_units[-1])


def gates(shares):
    """How far each gate is filled: the RMS of its layer's slopes as shares of the largest."""
    return np.array([rms(share) for share in shares])


def with_change(recipe, cure):
    """The recipe with one line changed; cure is (line, value)."""
    line, value = cure
    return {**recipe, line: value}


def sick_and_cured(name_it, learn, probe, seed=0):
    """{disease: (as it is, with its line changed)}, each a pair (name found, accuracy).

    name_it(start, now, gates) is given each network's `chart`.
    """
    cured = {disease: with_change(recipe, CURES[disease]) for disease, recipe in SICK.items()}
    films = [films_of(recipes, learn, probe, seed, (0, 200)) for recipes in (SICK, cured)]
    found = {}
    for disease in SICK:
        pair = [row[disease] for row in films]
        found[disease] = tuple((name_it(*chart(film)), film.frames[-1].accuracy) for film in pair)
    return found


def all_named(row):
    """Whether every sick network of `sick_and_cured` got the name of its disease."""
    return all(sick[0] == disease for disease, (sick, _) in row.items())


def all_healthy(row):
    """Whether every cured network was called healthy."""
    return all(cured[0] == "healthy" for _, cured in row.values())


def scores(rows, sick):
    """The accuracies of all sick networks, or of all cured ones, of several starts."""
    which = 0 if sick else 1
    return [pair[which][1] for row in rows for pair in row.values()]


def recoveries(beds, cures, learn, probe):
    """{letter: Film} with one line changed: the learner's (line, value), or ours where it is None.

    beds {letter: disease}, cures {letter: (line, value) or None}. Film.changed is the line.
    """
    used = {letter: cures.get(letter) or CURES[disease] for letter, disease in beds.items()}
    recipes = {letter: with_change(SICK[beds[letter]], cure) for letter, cure in used.items()}
    films = {}
    for letter, film in films_of(recipes, learn, probe).items():
        films[letter] = copy.copy(film)
        films[letter].changed = used[letter][0]
    return films


def print_recovery(rows):
    """For each disease the accuracy of every start, sick and with its line changed."""
    for disease in SICK:
        sick = ", ".join(f"≈ {row[disease][0][1]:.2f}" for row in rows)
        cured = ", ".join(f"≈ {row[disease][1][1]:.2f}" for row in rows)
        print(f"{padded(disease, 13)} {sick}; with its line changed {cured}")


# What is seen of it.


def show_outputs(layers, stds):
    """Histograms on their side of what leaves each layer; layers(std) is a list of outputs."""
    ax = plots.axes(len(stds), width=8.4, height=2.6)
    edges, words = np.linspace(-1.025, 1.025, 42), []
    for a, std in zip(ax, stds, strict=True):
        outputs = layers(std)
        words.append(f"{std:g} ≈ {rms(outputs[-1]):.1g}")
        shares = [np.histogram(y, edges)[0] for y in outputs]
        plots.layer_histograms(shares, edges, a, title=f"std {std:g}")
        a.set(xticks=[1, 4, 7, 10], yticks=[-1, 0, 1], xlabel="layer")
        a.tick_params(labelleft=a is ax[0])
    ax[0].set(ylabel="outputs of the layer")
    plots.show(
        ax,
        "Histograms of the outputs of ten layers for four standard deviations. The first shrinks "
        "to a stroke at zero, the second stays a hill that gets narrower, the last two stand at "
        f"the walls, -1 and 1. Magnitude of the outputs of layer 10: {', '.join(words)}.",
    )


def show_sums(sums):
    """A unit as a fan of n edges, and below it the histogram of its sum, for each {n: sums}."""
    ax = new_figure(8.4, 3.6).subplots(2, len(sums), height_ratios=[1, 1.5])
    edges = np.linspace(-50, 50, 61)
    for (above, below), (n, z) in zip(ax.T, sums.items(), strict=True):
        # of many edges a fan of 17, on the ground of all
        ends = np.linspace(1, -1, min(n, 17))
        above.fill([0, 1, 0], [1, 0, -1], color="0.93" if n > 17 else "white")
        fan = LineCollection([[(0, y), (1, 0)] for y in ends], colors="0.6", linewidths=0.8)
        above.add_collection(fan)
        above.plot(np.zeros(n), np.linspace(1, -1, n), ".", color=INK, markersize=3)
        above.plot(1, 0, "o", color="white", markeredgecolor=INK, markersize=16, zorder=4)
        above.text(1, 0, "z", ha="center", va="center", zorder=5)
        above.text(-0.12, 0, f"n = {n}", ha="right", va="center")
        above.set(xlim=(-0.9, 1.5), ylim=(-1.15, 1.15))
        above.set_axis_off()
        below.stairs(np.histogram(z, edges)[0], edges, color="0.75", fill=True)
        top = np.histogram(z, edges)[0].max()
        std = z.std()
        below.plot([0, std], [1.12 * top] * 2, color="black", linewidth=3, linestyle="-")
        below.text(std + 2, 1.12 * top, f"std {std:.1f}", va="center")
        below.plot([0, 0], [0, 1.18 * top], color=INK, linewidth=0.8, linestyle="-")
        below.set(xlim=(-50, 50), ylim=(0, 1.25 * top), yticks=[], xlabel="z")
        below.spines["left"].set_visible(False)
    words = ", ".join(f"n = {n}: ≈ {z.std():.1f}" for n, z in sums.items())
    plots.show(
        ax,
        "A unit as a fan of 16, 64 and 256 edges, and below each the hill of its sums over 5,000 "
        f"draws, each twice as wide as the one before. Standard deviation for {words}.",
    )


def show_rules(paths):
    """Magnitude of the outputs and of the error signal in each layer, for each {rule: (lists)}."""
    ax = plots.axes(2, width=8.4, height=3.2)
    colors = [BLACK, plots.ORANGE, plots.GREEN, plots.PURPLE]
    beside = [(2, 1e1, "bottom"), (2, 1e-4, "top"), (4, 1e19, "bottom"), (4, 1e-17, "top")]
    layers, words = range(1, 21), []
    for (name, path), color, (x, y, side) in zip(paths.items(), colors, beside, strict=True):
        forward, back = per_layer(path[0]), per_layer(path[1][::-1])
        ax[0].plot(layers, path[0], color=color, linestyle="-", label=f"{name} ×{forward:.3g}")
        ax[1].plot(layers, path[1], color=color, linestyle="-")
        ax[1].text(x, y, f"{name} ×{back:.3g}", va=side, color=INK)
        words.append(f"{name} ≈ {forward:.2g}")
    for a, way in zip(ax, ("magnitude of the outputs", "error signal"), strict=True):
        a.set(yscale="log", ylim=(1e-21, 1e23), xlabel="layer (input left)", ylabel=way)
        a.set(xlim=(1, 20), xticks=[1, 5, 10, 15, 20], yticks=[1e-20, 1e-10, 1, 1e10, 1e20])
        a.minorticks_off()
    plots.end_names(ax[0])
    plots.show(
        ax,
        "Left the magnitude of the outputs, right the error signal, in twenty layers of ReLU, log "
        "axes: straight lines, of which only He's is level. Factor of a layer forward: "
        f"{', '.join(words)}; backward the same.",
    )


def signal_axes():
    """Three axes above each other: the network, bars forward, bars back."""
    return new_figure(8.4, 5.0).subplots(3, 1, height_ratios=[1, 1, 1.1])


@functools.lru_cache(maxsize=16)
def _drawn(layers, unit, seed, n=128):
    """An untrained network with weights of standard deviation 1/sqrt(n), and its theta."""
    init = initializers.normal(1 / np.sqrt(n))
    net = untrained(init, UNITS[unit], (n,) * (layers + 1), seed)
    return net, net.theta.copy()


@functools.lru_cache(maxsize=64)
def _signals_at(layers, unit, scale, seed):
    """(weights, sizes forward, what differs, sizes back, open units, a picture of the noise)."""
    net, theta = _drawn(layers, unit, seed)
    net.theta = scale * theta  # biases are 0
    outputs, errors = signals(net, seed, rows=32)
    noise = np.random.default_rng([seed, 1]).standard_normal((32, 128))
    there = np.array([rms(y) for y in outputs])
    differ = np.array([differing(y) for y in outputs])
    back = np.array([rms(delta) for delta in errors])
    matrices = [W[:, :] for W, _ in net.weights()]
    picture = np.clip(0.5 + 0.25 * noise[0, :121].reshape(11, 11), 0, 1)
    return matrices, there, differ, back, open_units(net, noise), picture


def draw_signals(ax, layers, unit, scale, seed):
    """An untrained network, what goes forward through it, and what comes back."""
    matrices, there, differ, back, shares, picture = _signals_at(layers, unit, scale, seed)
    kind = f"{unit}s" if unit == "sigmoid" else unit
    title = f"{layers} layers of {kind}, weights × {scale:.2g}: "
    title += f"outputs × {_short(per_layer(there))} and error signal × "
    title += f"{_short(per_layer(back[::-1]))} per layer"
    instrument.lit_network(ax[0], matrices, back, shares, picture, title=title)
    limits = ax[0].get_xlim()
    plain = {"limits": limits, "factors": None}
    outline = differ if unit == "sigmoid" else None
    instrument.bars(ax[1], there, reference=1.0, outline=outline, ylabel="outputs", **plain)
    ax[1].set(xlabel="")
    instrument.bars(ax[2], back, shares, ylabel="error signal", **plain)
    return ax


def _short(factor):
    """A factor with two digits after the point, or two digits where it is small or large."""
    return f"{factor:.2f}" if 0.095 < factor < 10 else f"{factor:.2g}"


def show_sigmoids(scales, plain, centred):
    """What a layer of sigmoids does to the error signal, and how many of its slopes are shut.

    plain and centred: an array (scales, 3) of `sigmoid_signals`, without and with the bias.
    """
    ax = new_figure(7.0, 4.4).subplots(2, 1)
    rows = {"b = 0": (plain, BLACK), "b = −½ Σ w": (centred, plots.ORANGE)}
    for a, column in zip(ax, (1, 2), strict=True):
        for name, (table, color) in rows.items():
            a.plot(scales, table[:, column], "o-", color=color, label=name, markersize=5)
        a.set(xscale="log", xlim=(0.95, 12), xticks=[])
        a.minorticks_off()
    ax[0].axhline(1, color="0.5", linewidth=0.8, linestyle=":")
    ax[0].text(1, 1.04, "1 = level", color=INK, va="bottom")
    ax[0].set(ylim=(0, 1.45), ylabel="error signal,\n× per layer")
    ax[1].set(ylim=(0, 1), ylabel="share of slopes\nthat are shut")
    ax[1].set(xticks=scales, xticklabels=[f"{s:g}" for s in scales])
    ax[1].set(xlabel="standard deviation of the weights, in units of 1/√n")
    for a in ax:
        plots.end_names(a)
    level = int(np.argmin(np.abs(plain[:, 1] - 1)))
    good = int(np.argmin(np.abs(centred[:, 1] - 1)))
    plots.show(
        ax,
        "Above, the factor of a layer on the error signal, below, the share of shut slopes, over "
        f"the size of the weights. With b = 0 the factor is 1 near {scales[level]:g}, where "
        f"≈ {plain[level, 2]:.2f} of the slopes are shut; with the bias it is 1 near "
        f"{scales[good]:g}, where ≈ {centred[good, 2]:.2f} are.",
    )


def show_kept(rows):
    """What arrives of an error signal, on a log axis: a dot for each seed of {name: shares}."""
    ax = plots.axes(width=7.0, height=2.2)
    for row, shares in enumerate(rows.values()):
        ax.plot([1e-9, np.median(shares)], [-row, -row], color="0.85", linestyle="-", linewidth=6)
        ax.plot(shares, [-row] * len(shares), "o", color=BLACK, markersize=5, alpha=0.7)
    ax.set(xscale="log", xlim=(1e-8, 3), ylim=(0.6 - len(rows), 0.5))
    ax.set(yticks=-np.arange(len(rows)), yticklabels=list(rows))
    ax.set(xlabel="error signal, layer 1 over last layer")
    ax.set(xticks=[1e-8, 1e-6, 1e-4, 1e-2, 1])
    ax.minorticks_off()
    words = ", ".join(f"{name} ≈ {np.median(shares):.1g}" for name, shares in rows.items())
    plots.show(ax, f"What ReLU layers leave of the error signal, layer 1 over last: {words}.")


def show_window(found, numerators):
    """Accuracy against the numerator c for both depths: a dot for each seed, their median a line.

    Where seeds overflow there is no accuracy, and words say how many.
    """
    ax = plots.axes(width=7.0, height=3.4)
    said = []
    for (depth, seeds), color in zip(found.items(), (plots.GREEN, BLACK), strict=True):
        whole = ~np.isnan(seeds).any(axis=1)
        middle = np.ma.masked_invalid(np.where(whole, np.nanmedian(_filled(seeds), axis=1), np.nan))
        ax.plot(numerators, middle, "-", color=color, label=f"{depth} hidden")
        for c, three in zip(numerators, seeds, strict=True):
            here = three[~np.isnan(three)]
            ax.plot([c] * len(here), here, "o", color=color, markersize=4)
            if len(here) < len(three):
                words = f"{depth} hidden:\n{len(three) - len(here)} of {len(three)}\noverflow"
                ax.text(c, 0.25, words, ha="center", va="center", color=INK)
        said.append(
            f"{depth} hidden: "
            + ", ".join(
                f"c = {c:g} ≈ {m:.2f}" if ok else f"c = {c:g} overflows"
                for c, m, ok in zip(numerators, middle.filled(0), whole, strict=True)
            )
        )
    ax.set(ylim=(0, 1), xlim=(0.9, 4.25), ylabel="accuracy", xticks=numerators)
    ax.set(xticklabels=[f"{c:g}" for c in numerators], xlabel="numerator c of the variance c/n")
    plots.end_names(ax)
    plots.show(ax, f"Accuracy after 200 steps, middle of three seeds. {'; '.join(said)}.")


def _filled(seeds):
    """Rows of overflows only have no median: 0 in their place."""
    return np.where(np.isnan(seeds).all(axis=1, keepdims=True), 0, seeds)


def show_equal_start():
    """The worked example: two inputs, three equal units, one output, what comes out of each."""
    hidden = ["½ · 1 + ½ · 2\n= 3/2"] * 3
    units = [["x₁ = 1", "x₂ = 2"], hidden, ["¾ · 3/2 = 9/8\nerror 1/8"]]
    weights = [np.full((2, 3), 0.5), np.full((3, 1), 0.25)]
    ax = plots.network(units, weights, plots.axes(width=7.6, height=2.6))
    crossing = [text for text in ax.texts if text.get_text() == "0.5"][2:4]
    for text, y in zip(crossing, (-0.2, 0.2), strict=True):  # else they stand on each other
        text.set_position((0.2, y))
    plots.show(
        ax,
        "Inputs 1 and 2 lead to three units by weights that are all 0.5; each unit gives 3/2. "
        "Weights of 0.25 lead on to one output of 9/8, whose error is 1/8.",
    )


def show_equal(runs, weights):
    """The distance between equal units over the steps, for each {name: Together}.

    On the right the weights of three of the units as pictures, at the steps of {step: W}; each row
    has its own scale.
    """
    figure = new_figure(8.4, 3.2)
    rows = [["curve", *(f"{step} {k}" for k in range(3))] for step in weights]
    made = figure.subplot_mosaic(rows, width_ratios=[6, 1, 1, 1])
    ax, said = made["curve"], []
    for (name, seen), color in zip(runs.items(), (GREY, BLACK), strict=True):
        ax.plot(seen.distances, color=color, linestyle="-")
        at = first_step_beyond(seen.distances, 1e-6)
        ax.text(at + 14, 1e-7, name, va="top", color=INK)
        end = first_step_beyond(seen.distances, 1e-2)
        said.append(f"{name} above 0.01 at step ≈ {end}")
    ax.set(yscale="log", xlabel="step", ylabel="distance between units", xlim=(0, 300))
    ax.set(ylim=(1e-19, 10), yticks=[1e-18, 1e-12, 1e-6, 1], xticks=[0, 100, 200, 300])
    ax.minorticks_off()
    for step, W in weights.items():
        largest = np.abs(W[:, :3]).max()
        for k in range(3):
            a = made[f"{step} {k}"]
            a.imshow(W[:, k].reshape(17, 17), cmap="RdBu", vmin=-largest, vmax=largest)
            a.set(xticks=[], yticks=[])
            if step == min(weights):
                a.set_title(f"unit {k + 1}")
        made[f"{step} 0"].set_ylabel(f"step {step}", rotation=0, ha="right", va="center")
    plots.show(
        list(made.values()),
        "Distance between the units over 300 steps, log axis: differences in the last digit grow "
        f"along straight lines of one slope up to ordinary size. {'; '.join(said)}. Right, the "
        "weights of three units: alike at first, different at the end.",
    )


# The ward.


def ward_axes():
    """Five axes side by side, one for each bed."""
    ax = new_figure(8.4, 3.2).subplots(1, 5)
    for a in ax[1:]:
        a.tick_params(labelleft=False)  # here, once: ticks are slow to change
    return ax


def frame_at(film, step):
    """The number of the film's last frame up to this step."""
    return sum(frame.step <= step for frame in film.frames) - 1


def draw_ward(ax, films, step):
    """The bars of five networks at a step of their training, the start as empty boxes, the gates.

    Of a training that broke off, the last step is shown, and said.
    """
    for a, (letter, film) in zip(ax, films.items(), strict=True):
        k = frame_at(film, step)
        start = np.array(film.frames[0].grad_rms)
        now = np.array(film.frames[k].grad_rms)
        over = film.frames[k].step < step and film.frames[-1] is film.frames[k]
        instrument.bars(
            a,
            now,
            film.open_units[k],
            reference=start[-1],
            outline=start if start.max() > 0 else None,
            factors=None,
        )
        a.set(xlabel="layer", xlim=(-0.15, 6.3))
        a.set_title(f"{letter}: ended at step {film.frames[k].step}" if over else letter)
    ax[0].set(ylabel="gradient magnitude")
    ax[0].figure.suptitle(f"step {step}", x=0.01, ha="left", fontsize=10)
    return ax


STEPS = [step for step in Film.STEPS if step <= 200]  # at which the films can be looked at


def recovery_axes():
    """Five axes: network and bars of one network, of the other below, and right one for curves."""
    return twin_axes(5.0, ["accuracy"] * 4)


def draw_recovery(ax, sick, healed, step):
    """A sick network above its twin with one line changed, at a step, and the accuracy of both."""
    letter = _first_letter()
    curve = ax[4]
    for k, film in enumerate((sick, healed)):
        shown = frame_at(film, step)
        frame = film.frames[shown]
        change = f"with another {healed.changed}" if k else "as it was"
        title = f"{change}: {frame.accuracy:.0%} right"
        title += f", ended at step {frame.step}" if film.frames[-1].step < step else ""
        draw_frame(ax[2 * k : 2 * k + 2], film, shown, letter, title)
        steps = [frame.step for frame in film.frames]
        scores = [frame.accuracy for frame in film.frames]
        color, name = ((GREY, "above"), (BLACK, "below"))[k]
        curve.plot(steps, scores, color=color, linestyle="-", linewidth=1.5, label=name)
        curve.plot(steps[shown], scores[shown], "o", color=color, label="_now")
    ax[1].set(xlabel="")
    curve.axvline(step, color="black", linewidth=0.8, linestyle="-", label="_step")
    curve.set(xlim=(0, 200), ylim=(-0.05, 1), xlabel="step", xticks=[0, 100, 200])
    curve.set_title("accuracy")
    plots.end_names(curve)
    return ax


@functools.cache
def _first_letter():
    return data.letters(1, seed=1)[0].reshape(17, 17)
