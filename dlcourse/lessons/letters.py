"""The letters' network of lessons 3 to 6: how it is made, trained, looked at while it trains.

Lesson 3 builds each of these by hand; from then on they are called.
"""

import functools

import numpy as np

from dlcourse import activations, data, initializers, layers, losses, network, optimizers, training
from dlcourse.drawing import instrument
from dlcourse.drawing.style import new_figure, padded

UNITS = {"sigmoid": activations.Sigmoid, "tanh": activations.Tanh, "ReLU": activations.ReLU}
LARGEST_SLOPE = {activations.Sigmoid: 0.25, activations.Tanh: 1.0, activations.ReLU: 1.0}
LARGEST_SLOPE |= {activations.LeakyReLU: 1.0, activations.RReLU: 1.0}


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
    dropout=None,
    norm=None,
):
    """A Sequential from 289 pixels to 26 letters, with a hidden layer for each width in `hidden`.

    `unit` stands behind every hidden Dense, `output` behind the last one; None is no unit: the
    layer stays linear. With `dropout` = p a Dropout(p) stands behind every hidden unit.
    With `norm` a BatchNorm stands "before" every hidden unit, or "after" it.
    First weights are normal with standard deviation scale/sqrt(n_in), biases 0.
    """
    if norm not in (None, "before", "after"):
        raise ValueError(f'letter_net takes norm as "before", "after" or None, got {norm!r}')
    sizes = [289, *hidden, 26]
    units = [unit] * len(hidden) + [output]
    stack = []
    for k, (n_in, n_out, kind) in enumerate(zip(sizes[:-1], sizes[1:], units, strict=True)):
        stack.append(layers.Dense(n_in, n_out, initializers.normal(scale / np.sqrt(n_in))))
        if norm == "before" and k < len(hidden):
            stack.append(layers.BatchNorm(n_out))
        if kind is not None:
            stack.append(kind())
        if norm == "after" and k < len(hidden):
            stack.append(layers.BatchNorm(n_out))
        if dropout is not None and k < len(hidden):
            stack.append(layers.Dropout(dropout))
    return network.Sequential(stack, seed, dtype)


def train(
    net,
    learn,
    judge,
    lr,
    epochs,
    seed=0,
    *,
    loss=None,
    optimizer=None,
    progress=None,
    batch_size=1024,
    penalty=None,
):
    """Train net in batches of `batch_size`, their order drawn from `seed`; returns the History.

    `learn` and `judge` are pairs (x, t): the examples to learn from, and those whose accuracy is
    taken after each epoch. Unless given, the loss is MeanSquaredError() and the optimizer plain
    gradient descent, SGD(lr); with an optimizer of your own, lr is None. With `judge` None no
    accuracy is taken; a `penalty` is training.L1 or training.L2.
    """
    batches = training.Batches(*learn, batch_size, seed)
    loss = loss or losses.MeanSquaredError()
    optimizer = optimizer or optimizers.SGD(lr)
    more = {"validation": judge, "penalty": penalty, "progress": progress}
    return training.fit(net, loss, optimizer, batches, epochs, **more)


def train_each(
    learn, judge, hidden, lr, epochs, seeds=(0, 1, 2), loss=None, batch_size=1024, **units
):
    """Train a network for each seed, `units` as for letter_net: a list of Histories."""
    found = []
    for seed in seeds:
        net = letter_net(hidden, seed=seed, **units)
        run = train(net, learn, judge, lr, epochs, seed, batch_size=batch_size, loss=loss)
        found.append(run)
    return found


class Film(training.Probe):
    """A Probe that also keeps what the instrument draws; the loss is MeanSquaredError() if none.

    For every frame: `weights`, a list of matrices, and `open_units`, a list of arrays of slopes as
    shares of the largest. The frames stand at STEPS, close together at first.
    """

    STEPS = (*range(7), 8, 10, 13, 16, *range(20, 40, 5), *range(40, 100, 10))
    STEPS = (*STEPS, *range(100, 200, 20), *range(200, 401, 40))

    def __init__(self, probe, loss=None):
        super().__init__(*probe, loss or losses.MeanSquaredError(), self.STEPS)

    def watch(self, net):
        self.weights, self.open_units = [], []
        super().watch(net)

    def __call__(self, step, n_steps=None, history=None):
        seen = len(self.frames)
        super().__call__(step)
        if len(self.frames) > seen:
            self.weights.append([W.copy() for W, _ in self.net.weights()])
            self.open_units.append(open_units(self.net, self.x[:100]))


def film(net, learn, probe, lr):
    """Train net for ten epochs, as `train` does from seed 0, and return its Film."""
    seen = Film(probe)
    train(net, learn, probe, lr, 10, progress=seen)
    return seen


def twin_axes(height, right):
    """Axes for two networks: network and bars of one, of the other below, and curves at the right.

    right: the names of what stands beside each of these four; where a name repeats, one axes.
    """
    ratios = {"width_ratios": [2, 1], "height_ratios": [1, 1.2, 1, 1.2]}
    rows = [list(row) for row in zip("abcd", right, strict=True)]
    made = new_figure(8.4, height).subplot_mosaic(rows, **ratios)
    return np.array([made[name] for name in ("a", "b", "c", "d", *dict.fromkeys(right))])


def draw_frame(pair, film, at, picture, title):
    """The instrument on a pair of axes for frame number `at` of a Film.

    Bars hang from the last layer's magnitude at step 0.
    """
    magnitudes, level = np.array(film.frames[at].grad_rms), film.frames[0].grad_rms[-1]
    seen = film.weights[at], magnitudes, film.open_units[at], picture
    instrument.instrument(pair, *seen, reference=level, title=title, room=6)


def open_units(net, x):
    """For each Dense an array (N, M): the slopes of the units behind it over the largest slope.

    Where no unit stands behind it, 1. Other layers, such as BatchNorm, are passed through.
    """
    y, found = x.astype(net.dtype), []
    for layer in net.layers:
        z, y = y, layer.forward(y)
        if isinstance(layer, layers.Dense):
            found.append(np.ones_like(y))
        elif hasattr(layer, "slope"):
            takes_z = isinstance(layer, activations.PReLU)
            found[-1] = np.abs(layer.slope(z if takes_z else y)) / largest_slope(layer)
    return found


def largest_slope(unit):
    """The largest slope of a unit, in size; that of PReLU, ELU and SELU depends on their alpha."""
    if isinstance(unit, activations.PReLU):
        return max(1.0, abs(float(unit.alpha[0])))
    if isinstance(unit, activations.ELU):
        return getattr(unit, "scale", 1.0) * max(1.0, unit.alpha)
    return LARGEST_SLOPE[type(unit)]


@functools.cache
def small_batch():
    """64 letters (64, 289) and their targets (64, 26), float64: squares of tiny float32 are 0."""
    letters, labels = data.letters(2000, seed=1)
    return letters[:64].astype(np.float64), data.one_hot(labels[:64], 26).astype(np.float64)


def accuracies(runs):
    """The accuracy after the last epoch of each History."""
    return np.array([run.val_accuracy[-1] for run in runs])


def ratios(runs, others):
    """How often each run is right for once that the other is, start by start."""
    return accuracies(runs) / accuracies(others)


def print_accuracies(rows):
    """A line for each {name: Histories}: the accuracy after the last epoch."""
    for name, runs in rows.items():
        print(padded(name, 17), ", ".join(f"≈ {score:.2f}" for score in accuracies(runs)))


def as_fraction(share):
    """0.0000014 as "1/710,000", two digits; from 1/2 on "0.93"."""
    if share > 0.5:
        return f"{share:.2g}"
    return f"1/{float(f'{1 / share:.1e}'):,.0f}"
