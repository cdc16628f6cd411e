"""Lesson 5: signals through untrained networks, and what a start does to a training.

Here are short trainings on letters and digits, units that start equal, and five sick networks.
"""

import functools

import numpy as np

from dlcourse import activations, data, initializers, losses, training
from dlcourse.layers import Dense
from dlcourse.network import Sequential
from dlcourse.optimizers import SGD

UNITS = {"tanh": activations.Tanh, "relu": activations.ReLU, "sigmoid": activations.Sigmoid}


def rms(a):
    """Root mean square: sqrt(mean(a^2)), the size of a typical entry."""
    return np.sqrt(np.mean(np.square(a)))


def numerator(c):
    """The initializer with Var W = c / n_in: LeCun's for c = 1, He's for c = 2."""

    def init(rng, n_in, n_out):
        return np.sqrt(c) * initializers.lecun(rng, n_in, n_out)

    return init


# Untrained networks: what noise becomes on its way forward, and an error signal on its way back.


def forward(init, unit, sizes=(256,) * 21, seed=0, rows=64, centred=False):
    """Send noise from N(0, 1) through an untrained network: its weights, and ys, input first.

    `init` draws W (n_in, n_out), `unit` is a key of UNITS, `sizes` are the widths, input first;
    ys[k] is (rows, sizes[k]). Biases are 0; with centred=True each layer but the first has b = -1/2
    sum of the columns of W, which takes away the mean 1/2 of the sigmoids below it.
    """
    rng = np.random.default_rng(seed)
    weights = [init(rng, n_in, n_out) for n_in, n_out in zip(sizes, sizes[1:], strict=False)]
    f = UNITS[unit]()
    ys = [rng.standard_normal((rows, sizes[0]))]
    for k, W in enumerate(weights):
        b = -W.sum(axis=0) / 2 if centred and k > 0 else 0
        ys.append(f.forward(ys[-1] @ W + b))
    return weights, ys


def slopes(unit, y):
    """f'(z) of every unit, from its output y."""
    return {"tanh": 1 - y**2, "relu": np.sign(y), "sigmoid": y * (1 - y)}[unit]


def backward(weights, ys, unit, seed=0):
    """Send noise from N(0, 1) back from the outputs: dL/dz of every layer, layer 1 first."""
    noise = np.random.default_rng([seed, 1]).standard_normal(ys[-1].shape)
    deltas = [slopes(unit, ys[-1]) * noise]
    for k in range(len(weights) - 1, 0, -1):
        deltas.insert(0, deltas[0] @ weights[k].T * slopes(unit, ys[k]))
    return deltas


def differing(y):
    """The root mean square of y less each unit's mean over the rows.

    It measures what differs from row to row.
    """
    return rms(y - y.mean(axis=0))


def per_layer(sizes_of_signals):
    """(last / first)^(1 / steps): the factor from one layer to the next.

    sizes_of_signals lists a size for each layer; steps is their number less 1.
    """
    return (sizes_of_signals[-1] / sizes_of_signals[0]) ** (1 / (len(sizes_of_signals) - 1))


def sigmoid_factors(c, centred=False, n=128, hidden=20, seed=0):
    """(factor per layer forward, back, share of slopes below 0.05) of sigmoids with n Var w = c.

    Forward counts what differs from row to row. The share is that of layers 6 and later.
    """
    weights, ys = forward(numerator(c), "sigmoid", (n,) * (hidden + 1), seed, centred=centred)
    deltas = backward(weights, ys, "sigmoid", seed)
    there = per_layer([differing(y) for y in ys[1:]])
    back = per_layer([rms(delta) for delta in reversed(deltas)])
    return there, back, np.mean(slopes("sigmoid", np.array(ys[6:])) < 0.05)


# Networks that read letters.


@functools.lru_cache(maxsize=1)
def letters():
    """10,240 letters to learn from and 500 others to be judged by: (x, t), (x, t)."""
    x, names = data.letters(10240, seed=0)
    unseen, unseen_names = data.letters(500, seed=1)
    return (x, data.one_hot(names, 26)), (unseen, data.one_hot(unseen_names, 26))


def stack(hidden, width, init, unit):
    """The layers of a network 289 - hidden times width - 26.

    `unit`, a class, stands behind all Dense layers but the last.
    """
    sizes = [289, *[width] * hidden, 26]
    layers = []
    for n_in, n_out in zip(sizes, sizes[1:], strict=False):
        layers += [Dense(n_in, n_out, init), unit()]
    return layers[:-1]


def centre(net):
    """Set the biases behind each Sigmoid to -1/2 sum of the columns of W.

    The mean 1/2 of the sigmoids then no longer counts.
    """
    for below, layer in zip(net.layers, net.layers[1:], strict=False):
        if isinstance(below, activations.Sigmoid):
            layer.b = -layer.W.sum(axis=0) / 2


@np.errstate(all="ignore")  # some networks overflow
def train(net, loss, lr, seed=0, steps=200, look=None):
    """Train net in place on `letters`, batches of 64, with SGD; its accuracy on the unseen ones.

    NaN where a loss or a gradient overflows; training ends there. look(step) is called before every
    step.
    """
    (x, t), unseen = letters()
    batches = training.Batches(x, t, 64, seed)
    optimizer = SGD(lr)
    step = 0
    while step < steps:
        for rows, targets in batches:
            if look:
                look(step)
            value = loss.forward(net.forward(rows), targets)
            net.backward(loss.backward())
            if not np.isfinite(value + np.abs(net.grad).max()):
                return np.nan
            optimizer.step(net.theta, net.grad)
            step += 1
            if step == steps:
                break
    return training.accuracy(net, *unseen)


def accuracy_after(steps, layers, lr, seed=0, centred=False):
    """Train a network of these layers with softmax cross-entropy; its accuracy.

    It is NaN for an overflow.
    """
    net = Sequential(layers, seed)
    if centred:
        centre(net)
    return train(net, losses.SoftmaxCrossEntropy(), lr, seed, steps)


# Digits, from the usual start and from one that is cut off.


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
    dense = [Dense(784, 300, init), Dense(300, 100, init), Dense(100, 10, init)]
    net = Sequential([dense[0], activations.ReLU(), dense[1], activations.ReLU(), dense[2]], seed)
    batches = training.Batches(images[:1500], targets[:1500], 50, seed)
    unseen = images[9000:], targets[9000:]
    loss = losses.SoftmaxCrossEntropy()
    return training.fit(net, loss, SGD(0.1), batches, 2, validation=unseen)


# Equal units.


def equal(rng, n_in, n_out):
    """All weights 0.01."""
    return np.full((n_in, n_out), 0.01)


def nearly_equal(rng, n_in, n_out):
    """Weights 0.01 with differences of spread 1e-8."""
    return rng.normal(0.01, 1e-8, (n_in, n_out))


def last_digit(dtype):
    """The initializer of weights 0.01, changed in the last digit of dtype.

    Each is left, or moved to one of the two neighbouring numbers, at random.
    """

    def init(rng, n_in, n_out):
        W = np.full((n_in, n_out), 0.01, dtype)
        up = np.nextafter(W, dtype(1))
        down = np.nextafter(W, dtype(0))
        way = rng.integers(3, size=W.shape)
        return np.choose(way, [down, W, up])

    return init


def equal_units(init, dtype=np.float64, seed=0, steps=300, tied=False):
    """Train 289-20-26 with tanh units at lr 0.5: (accuracy, distances (steps,)).

    The distance between the 20 units, taken before each step, is the largest over all pixels of
    (largest - smallest weight). tied=True gives every unit the mean of all before each step: units
    that stay equal, as they would in exact arithmetic.
    """
    layers = stack(1, 20, init, activations.Tanh)
    net = Sequential(layers, seed, dtype)
    distances = []

    def look(step):
        if tied:
            tie(layers)
        distances.append(float(np.ptp(layers[0].W, axis=1).max()))

    reached = train(net, losses.SoftmaxCrossEntropy(), 0.5, seed, steps, look)
    return reached, np.array(distances)


def tie(layers):
    """Give all hidden units of Dense, unit, Dense the mean of their weights in and out."""
    first, _, last = layers
    first.W = np.repeat(first.W.mean(axis=1, keepdims=True), first.W.shape[1], axis=1)
    first.b = first.b.mean()
    last.W = np.repeat(last.W.mean(axis=0, keepdims=True), last.W.shape[0], axis=0)


def first_step_beyond(distances, bound):
    """The first step at which the distance is above the bound.

    Where it never is, the number of steps.
    """
    return next(
        (step for step, distance in enumerate(distances) if distance > bound), len(distances)
    )


# The gradient detective.


def negative(rng, n_in, n_out):
    """He's weights, all made negative."""
    return -np.abs(initializers.he(rng, n_in, n_out))


def _recipe(init, unit, loss, lr):
    return {"init": init, "unit": unit, "loss": loss, "lr": lr}


CROSS, SQUARED = losses.SoftmaxCrossEntropy, losses.MeanSquaredError
SICK = {
    "dead ReLU": _recipe(negative, activations.ReLU, CROSS, 0.1),
    "plateau": _recipe(initializers.lecun, activations.Tanh, SQUARED, 0.3),
    "deep sigmoid": _recipe(initializers.lecun, activations.Sigmoid, CROSS, 0.3),
    "explosion": _recipe(initializers.normal(1), activations.ReLU, CROSS, 0.1),
    "zero start": _recipe(initializers.normal(0), activations.Tanh, CROSS, 0.3),
}
CURES = {
    "dead ReLU": ("init", initializers.he),
    "plateau": ("loss", CROSS),
    "deep sigmoid": ("unit", activations.Tanh),
    "explosion": ("init", initializers.he),
    "zero start": ("init", initializers.lecun),
}


def examine(net, loss):
    """Look at a network with five hidden layers on 200 letters.

    Returns (value, accuracy, magnitudes by layer, histograms of the slopes of each layer, their
    means). The last slopes are those of the output, 1 where no unit stands there.
    """
    unseen, targets = (a[:200] for a in letters()[1])
    y, found = unseen, []
    for layer in net.layers:
        y = layer.forward(y)
        if not layer.shapes:
            found.append(layer.backward(np.ones_like(y)))
    if len(found) < 6:
        found.append(np.ones_like(y))
    value = loss.forward(y, targets)
    net.backward(loss.backward())
    shares = [np.histogram(s, 26, (0, 1.04))[0] for s in found]
    right = np.mean(y.argmax(axis=1) == targets.argmax(axis=1))
    return value, right, np.array(net.grad_rms()), shares, [s.mean() for s in found]


@functools.cache
def film(init, unit, loss, lr, seed=0, frames=20):
    """Train five hidden layers of 30 for 200 steps; frames + 1 pictures (step, *examine).

    They are denser at the start. Squared error comes with sigmoids at the output. A training that
    breaks off stands still from there.
    """
    output = [activations.Sigmoid()] if loss is SQUARED else []
    net, loss, seen = Sequential(stack(5, 30, init, unit) + output, seed), loss(), []

    def look(step):
        if step >= 199 * (len(seen) / frames) ** 2:
            picture = examine(net, loss)
            if np.isfinite(picture[2]).all():
                seen.append((step, *picture))

    train(net, loss, lr, seed, look=look)
    return seen + seen[-1:] * (frames + 1 - len(seen))


def name_disease(start, now, slopes):
    """The name of a network's disease, by the rules of exercise 3.

    They ask for the magnitudes of all layers at the start and now, and for the mean slopes.
    """
    if max(start) == 0:
        if max(slopes[:-1]) == 0:
            return "dead ReLU"
        return "zero start"
    if max(start) > 10:
        return "explosion"
    if start[0] < start[-1] / 100:
        return "deep sigmoid"
    if slopes[-1] < 0.1 and np.median(now / start) < 0.02:
        return "plateau"
    return "healthy"


def sick_and_cured(seed=0):
    """{disease: (as it is, with its line changed)}, each a pair (name found, accuracy)."""
    found = {}
    for disease, recipe in SICK.items():
        line, value = CURES[disease]
        pair = []
        for one in (recipe, {**recipe, line: value}):
            first, *_, last = film(**one, seed=seed, frames=1)
            pair.append((name_disease(first[3], last[3], last[5]), last[2]))
        found[disease] = tuple(pair)
    return found
