"""Lesson 6, optimizers: walks in a valley, races, letters learned by any rule, a turned network.

First what is computed, then what is drawn of it. A function `show_...` draws and displays, with the
sentence for those who cannot see the picture; a function `draw_...` stands behind sliders. Steps
count from 1. `make` is what makes an optimizer from a learning rate, such as `optimizers.Adam`.
"""

import functools
import warnings
from dataclasses import dataclass

import matplotlib
import numpy as np

from dlcourse import activations, layers, losses, network, optimizers, plots, training
from dlcourse.drawing import instrument
from dlcourse.drawing.sheet import arrow, say, sheet
from dlcourse.drawing.style import INK, new_figure
from dlcourse.initializers import normal
from dlcourse.lessons.letters import letter_net, open_units, rms, train

START = np.array([10.0, 3.0])
RULES = {
    "SGD": optimizers.SGD,
    "Momentum": optimizers.Momentum,
    "Nesterov": optimizers.Nesterov,
    "AdaGrad": optimizers.AdaGrad,
    "RMSProp": optimizers.RMSProp,
    "Adam": optimizers.Adam,
}
WITHOUT_BETA = ("SGD", "AdaGrad")
LOW = 1e-4  # the loss below which a walk has come to the bottom
FAR = 1e6  # farther from the bottom than this a walk has left the valley
RULE_OF_THUMB = 1e-3  # of |step| / |theta|


# --- a valley


def valley(k=100, angle=0):
    """The matrix H (2, 2) of a valley, curvatures 1 along it and k across, turned by `angle`.

    Also the matrix that turns a row of coordinates, by as many degrees: w becomes w @ turn.
    """
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    turn = np.array([[c, s], [-s, c]])
    return turn.T @ np.diag([1, k]) @ turn, turn


def height(w, H):
    """The loss w H w^T / 2 at each place w (..., 2)."""
    return np.sum(w @ H * w, axis=-1) / 2


def walk(optimizer, k=100, angle=0, steps=60):
    """The places (steps + 1, 2) of an optimizer that starts at START, turned as the valley is.

    From where it is farther than FAR from the bottom all places are NaN.
    """
    H, turn = valley(k, angle)
    w = START @ turn
    path = np.full((steps + 1, 2), np.nan)
    path[0] = w
    for step in range(1, steps + 1):
        optimizer.step(w, w @ H)
        if np.abs(w).max() > FAR:
            break
        path[step] = w
    return path


def turned_back(path, angle):
    """A walk in a turned valley, in the coordinates of the valley: along it, across it."""
    return path @ valley(angle=angle)[1].T


def race(make, k, rates, starts, *, angle=0, limit=1000):
    """How many steps an optimizer needs in a valley, for every start (S, 2) and rate (R,).

    A pair of arrays (S, R): the first step at which the loss is below LOW, and the step from
    which on it stays there until step `limit`. Where that does not happen within `limit` steps,
    the number is limit + 1. All rates run at once: the steps of the package's optimizers are lr
    times something that does not depend on lr, so each walks on w / lr, at a rate of 1.
    """
    H, turn = valley(k, angle)
    column = np.asarray(rates, float)[:, None]
    scaled = (np.asarray(starts, float) @ turn)[:, None] / column
    optimizer = make(1.0)
    reached, last_above = limit + 1, 0
    with np.errstate(over="ignore", invalid="ignore"):  # the largest rates leave the valley
        for step in range(1, limit + 1):
            optimizer.step(scaled, (scaled * column) @ H)
            is_low = height(scaled * column, H) < LOW
            reached = np.where(is_low, np.minimum(reached, step), reached)
            last_above = np.where(is_low, last_above, step)
    return reached, last_above + 1


RATES = np.logspace(-3, 1, 41)  # 0.001 to 10, each a quarter larger than the one before


def fewest(make, k, starts=(START,), *, angle=0, rates=RATES, limit=1000):
    """(reached, settled), each (S,): the steps that `race` needs at the best of the rates."""
    reached, settled = race(make, k, rates, starts, angle=angle, limit=limit)
    return reached.min(axis=1), settled.min(axis=1)


def with_beta(beta):
    """What makes a Momentum of this beta from a rate."""
    return functools.partial(optimizers.Momentum, beta=beta)


def random_starts(n, seed=0):
    """n places in the valley (n, 2): 6 to 10 along it, 1 to 6 across, random sides of each axis."""
    rng = np.random.default_rng(seed)
    return rng.uniform([6, 1], [10, 6], (n, 2)) * rng.choice([-1, 1], (n, 2))


def steps(count, limit=1000):
    """A measured number of steps as text, for a table."""
    return f"≈ {count}" if count <= limit else f"over {limit}"


@functools.cache
def turned_counts(name):
    """((reached, settled), (reached, settled)) in the valley, straight and turned by 45 degrees.

    Each (11,), by `fewest`: from START, then from ten random starts.
    """
    starts = np.concatenate([[START], random_starts(10)])
    return tuple(fewest(RULES[name], 100, starts, angle=angle) for angle in (0, 45))


def print_turned(names):
    """A line for each rule: the steps from START to the bottom, straight and turned.

    Returns {name: turned_counts(name)}.
    """
    found = {}
    for name in names:
        straight, turned = found[name] = turned_counts(name)
        words = []
        for k, what in enumerate(("reached", "settled")):
            counts = [steps(int(row[k][0])) for row in (straight, turned)]
            words.append(f"{what} {counts[0]} → {counts[1]}")
        print(f"{name:9} {words[0]}; {words[1]}")
    return found


def at_the_old_rate(make, starts, limit=1000):
    """How many times as many steps the turned valley costs at the straight one's best rate (S,)."""
    straight, _ = race(make, 100, RATES, starts, limit=limit)
    turned, _ = race(make, 100, RATES, starts, angle=45, limit=limit)
    best = straight.argmin(axis=1)
    rows = np.arange(len(best))
    return turned[rows, best] / straight[rows, best]


def is_stable(optimizer, steps=2000):
    """Does it come to the bottom of a bowl of curvature 1 from w = 1? One rate decides."""
    w = np.array([1.0])
    for _ in range(steps):
        optimizer.step(w, w.copy())
        if abs(w[0]) > FAR:
            return False
    return abs(w[0]) < 0.1


def lengths_on_a_slope(optimizer, n=60):
    """The lengths of its first n steps (n,) on a slope of 1 that never ends."""
    w = np.array([0.0])
    found = []
    for _ in range(n):
        before = w[0]
        optimizer.step(w, np.array([1.0]))
        found.append(before - w[0])
    return np.array(found)


def settled_below(values, level):
    """The first step from which on all values are below `level`; ValueError: the last is not."""
    above, last = np.flatnonzero(~(np.asarray(values) < level)), values[-1]
    if above.size == 0:
        return 1
    if above[-1] == len(values) - 1:
        raise ValueError(f"settled_below takes an end below {level}, got {last}: train longer")
    return int(above[-1]) + 2


def ripples(w, depth):
    """The loss of a bowl with ripples, w^2 / 2 - depth / 5 cos 5 w, and its slope."""
    return w**2 / 2 - depth / 5 * np.cos(5 * w), w + depth * np.sin(5 * w)


def ends_in_ripples(make, depth, places, lr=0.01, steps=3000):
    """Where balls that start at `places` (n,) lie after `steps` steps (n,)."""
    w, optimizer = np.array(places, float), make(lr)
    for _ in range(steps):
        optimizer.step(w, ripples(w, depth)[1])
    return w


# --- letters


class StepSizes:
    """A progress callback of `fit`: each layer's |step| / |theta| at every step, `sizes`.

    The typical step over the typical weight of the layer, rms(W after - W before) over
    rms(W before); biases are left out.
    """

    def watch(self, net):
        """Look at this network, from before its first step."""
        self.net, self._found = net, []
        self._before = [W.copy() for W, _ in net.weights()]

    def __call__(self, step, n_steps=None, history=None):
        row = []
        for before, (W, _) in zip(self._before, self.net.weights(), strict=True):
            row.append(rms(W - before) / rms(before))
            before[:] = W
        self._found.append(row)

    @property
    def sizes(self):
        """What was seen so far, an array (steps, layers)."""
        return np.array(self._found)


class StepFilm(StepSizes):
    """StepSizes that also keeps what the instrument draws, at STEPS: `weights`, `open_units`.

    Both are lists with an entry for each of the steps seen; `steps` says which. x are the examples
    on which units are looked at.
    """

    STEPS = (1, 2, 3, 5, 8, 12, 20, 30, 50, 80, 130, 192)

    def __init__(self, x):
        self.x = x

    def watch(self, net):
        super().watch(net)
        self.steps, self.weights, self.open_units = [], [], []

    def __call__(self, step, n_steps=None, history=None):
        super().__call__(step)
        if step in self.STEPS:
            self.steps.append(step)
            self.weights.append([W.copy() for W, _ in self.net.weights()])
            self.open_units.append(open_units(self.net, self.x))


@dataclass
class Run:
    """One training: its net, its History, what watched it, and its accuracy in the end.

    A training that stopped at a number that is not finite has the accuracy 0.
    """

    net: network.Sequential
    history: training.History
    watched: StepSizes
    accuracy: float

    @property
    def last_loss(self):
        """The mean training loss of the last 64 steps."""
        return float(np.mean(self.history.loss[-64:]))

    @property
    def relative_step(self):
        """|step| / |theta| of each layer, the median over the steps (layers,)."""
        return np.median(self.watched.sizes, axis=0)


def learn_letters(
    optimizer, learn, judge, hidden=(50,), epochs=5, seed=0, *, watched=None, dtype=np.float32
):
    """Train ReLU layers from He's weights with softmax cross-entropy, batches of 64; the Run.

    learn and judge are pairs (x, t), as for `letters.train`.
    """
    net = letter_net(hidden, activations.ReLU, None, seed, dtype, scale=2**0.5)
    watched = StepSizes() if watched is None else watched
    settings = {"loss": losses.SoftmaxCrossEntropy(), "optimizer": optimizer, "batch_size": 64}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # rates that are too large are tried, too
        history = train(net, learn, None, None, epochs, seed, progress=watched, **settings)
    accuracy = 0.0 if history.stopped else training.accuracy(net, *judge)
    return Run(net, history, watched, accuracy)


def try_rates(make, rates, learn, judge):
    """A Run for each rate, one hidden layer."""
    return [learn_letters(make(lr), learn, judge) for lr in rates]


def film_rates(make, rates, learn, judge, hidden, epochs):
    """A Run for each rate, hidden layers of these widths, watched by a StepFilm."""
    found = []
    for lr in rates:
        film = StepFilm(judge[0][:16])
        found.append(learn_letters(make(lr), learn, judge, hidden, epochs, watched=film))
    return found


def best_place(runs):
    """The place of the Run that names most letters rightly."""
    return int(np.argmax([run.accuracy for run in runs]))


def good_rates(runs, rates, within=0.05):
    """The lowest and the highest rate whose accuracy is within so much of the best."""
    shares = np.array([run.accuracy for run in runs])
    good = np.array(rates)[shares > shares.max() - within]
    return float(good.min()), float(good.max())


def best_on_test(runs, rates, learn, judge, test, seeds=(1, 2)):
    """Each rule at its best rate, on test, starts 0 and `seeds`: printed, {name: [accuracies]}."""
    found = {}
    for name, row in runs.items():
        lr = rates[best_place(row)]
        nets = [row[best_place(row)].net]
        for seed in seeds:
            nets.append(learn_letters(RULES[name](lr), learn, judge, seed=seed).net)
        found[name] = [training.accuracy(net, *test) for net in nets]
        shares = ", ".join(f"≈ {share:.3f}" for share in found[name])
        print(f"{name:9} lr ≈ {lr:g}, right {shares}")
    return found


def print_windows(runs, rates):
    """A line for each rule: the rates within five points of its best; {name: highest / lowest}."""
    found = {}
    for name, row in runs.items():
        low, high = good_rates(row, rates)
        found[name] = high / low
        print(f"{name:9} ≈ {low:g} to ≈ {high:g}, a factor ≈ {found[name]:.0f}")
    return found


def print_relative_steps(runs, rates):
    """A line for each rule at its best rate: |step| / |theta| of each layer; {name: (layers,)}."""
    found = {}
    for name, row in runs.items():
        place = best_place(row)
        found[name] = row[place].relative_step
        words = " and ".join(f"≈ {size:.4f}" for size in found[name])
        print(f"{name:9} lr ≈ {rates[place]:g}, layers 1 and 2: {words}")
    return found


def print_deep(runs, rates):
    """A line for each rule of deep networks: its best rate and accuracy; {name: accuracy}."""
    found = {}
    for name, row in runs.items():
        place = best_place(row)
        found[name] = row[place].accuracy
        print(f"{name:9} accuracy ≈ {found[name]:.2f} at lr ≈ {rates[place]:g}")
    return found


# --- classes of different size


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


def one_letter_often(optimizer, learn, judge, large=0, often=1200, seldom=120, epochs=2):
    """One softmax layer, one letter ten times as frequent: the loss of either heap at each step.

    learn and judge are pairs (x, one-hot t); `large` is the letter's number, and the start.
    """
    x, t = learn
    rows = unbalanced_rows(t.argmax(axis=1), large, often, seldom, seed=large)
    batches = training.Batches(x[rows], t[rows], 128, large)
    net = network.Sequential([layers.Dense(289, 26, normal(1 / 17))], large)
    unseen, targets = judge[0][:1000], judge[1][:1000]
    is_large = targets.argmax(axis=1) == large
    heaps = {
        "the frequent letter": (unseen[is_large], targets[is_large]),
        "the rest": (unseen[~is_large], targets[~is_large]),
    }
    return losses_of(heaps, net, optimizer, batches, epochs)


SAME_SPEED = {  # the final speed of this momentum is 0.03 / (1 - 0.9) = 0.3
    "SGD": functools.partial(optimizers.SGD, 0.3),
    "Momentum": functools.partial(optimizers.Momentum, 0.03),
}


def print_waits(learn, judge, numbers=(0, 1, 2)):
    """Steps until the loss stays below 1, by rule and letter: {(rule, letter): (large, rest)}."""
    found = {}
    for number in numbers:
        for name, make in SAME_SPEED.items():
            seen = one_letter_often(make(), learn, judge, number).values()
            found[name, number] = tuple(settled_below(values, 1) for values in seen)
            large, rest = found[name, number]
            letter = "ABC"[number]
            print(f"{letter} is frequent, {name:8}: {letter} ≈ {large}, the rest ≈ {rest}")
    return found


# --- small batches


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


def print_hover(settings, seeds=(0, 1, 2)):
    """The mean loss above the bottom for each (batch, lr) and seed, printed: (seeds, settings)."""
    found = []
    for seed in seeds:
        row, words = [], []
        for batch, lr in settings:
            row.append(stroll(batch, lr, seed).hover)
            words.append(f"batch {batch}, lr {lr} ≈ {row[-1]:.3f}")
        found.append(row)
        print(f"start {seed}: {'; '.join(words)}")
    return np.array(found)


# --- a network in a turned space


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


def turn_network(make, lr, learn, judge, epochs, seed=0):
    """Two Runs of one network in float64: as it is, and in a turned parameter space."""
    settings = {"epochs": epochs, "seed": seed, "dtype": np.float64}
    plain = learn_letters(make(lr), learn, judge, **settings)
    return plain, learn_letters(Turned(make(lr), seed), learn, judge, **settings)


# --- what is seen of it

# lines without soft edges: a picture of many lines is stored in two thirds of the bytes
hard_edges = matplotlib.rc_context({"lines.antialiased": False})


def _ground(ax, k=100, angle=0, *, xlim, ylim, **settings):
    """Shades of the valley seen from above, dark where it is high, and a cross at the bottom."""
    H, _ = valley(k, angle)
    settings = {"xlim": xlim, "ylim": ylim, "levels": 7, **settings}
    plots.contours(lambda w: np.sqrt(height(w, H)), ax, **settings)
    ax.plot(0, 0, "+", color="black", markersize=11, markeredgewidth=2, zorder=5)
    ax.annotate("bottom", (0, 0), (0, 8), textcoords="offset points", ha="center", va="bottom")
    return ax


def _path(ax, path, color=INK, **look):
    """The places of a walk, a dot for each step, and a ring where it starts."""
    ax.plot(*path.T, color=color, linestyle="-", linewidth=1.2, marker=".", markersize=4, **look)
    ax.plot(*path[0], "o", color=INK, markersize=9, markerfacecolor="none", markeredgewidth=1.5)


@hard_edges
def show_valley():
    """The lesson's valley: from above with both slopes at the start, and cut along and across."""
    ax = plots.axes(2, width=7.2, height=2.5)
    _ground(ax[0], xlim=(-2, 13), ylim=(-4, 4.6), xlabel="$w_1$, along", ylabel="$w_2$, across")
    ax[0].plot(*START, "o", color=INK, markersize=9)
    ax[0].text(10.4, 3.3, "start (10, 3)", ha="center", va="bottom", color=INK)
    look = {"arrowstyle": "-|>", "color": plots.ORANGE, "linewidth": 2, "mutation_scale": 12}
    ax[0].annotate("", (10, -0.4), START, arrowprops=look)
    ax[0].annotate("", (8.9, 3), START, arrowprops=look)
    ax[0].text(9.7, 0.9, "slope 300", color=INK, ha="right", va="center")
    ax[0].text(8.7, 3, "slope 10", color=INK, ha="right", va="center")
    w = np.linspace(-12, 12, 200)
    for curvature, color, place, name in (
        (1, INK, 10, "along:\ncurvature 1"),
        (100, plots.ORANGE, 3, "across: curvature 100"),
    ):
        ax[1].plot(w, curvature * w**2 / 2, color=color, linestyle="-")
        ax[1].plot(place, curvature * place**2 / 2, "o", color=color, markersize=9)
        at = (11.8, 80) if curvature == 1 else (3.6, 450)
        ax[1].text(*at, name, ha="right" if curvature == 1 else "left", va="bottom", color=INK)
    ax[1].plot(0, 0, "+", color="black", markersize=11, markeredgewidth=2, zorder=5)
    ax[1].set(xlim=(-12, 12), ylim=(-25, 600), xlabel="distance from the bottom", ylabel="loss")
    plots.show(
        ax,
        "A valley from above and cut in two directions: at the start (10, 3) the slope along it is "
        "10, across it 300; the cut across is a hundred times as curved.",
    )


@hard_edges
def show_paths(paths):
    """The valley from above for each {name: path}, and the place after the last step."""
    ax = np.ravel(plots.axes(len(paths), width=7.2, height=2.4))
    words = []
    for a, (name, path) in zip(ax, paths.items(), strict=True):
        _ground(a, xlim=(-2, 12), ylim=(-4, 4), xlabel="$w_1$, along", ylabel="$w_2$, across")
        _path(a, path)
        a.plot(*path[-1], "o", color=INK, markersize=7)
        last = len(path) - 1
        below = {"textcoords": "offset points", "ha": "center", "va": "top", "color": INK}
        a.annotate(f"step {last}: {path[-1][0]:.1f}", path[-1], (0, -14), **below)
        a.set_title(name)
        words.append(f"{name} ends at {path[-1][0]:.1f}")
    plots.show(
        ax, f"Paths of {last} steps in the valley, from 10 along it: " + ", ".join(words) + "."
    )


@hard_edges
def show_coordinate(rates, curvature=100, start=3.0, n=12):
    """The coordinate across the valley, step by step, for each of the rates."""
    ax = np.ravel(plots.axes(len(rates), width=7.4, height=2.0))
    words = []
    for a, lr in zip(ax, rates, strict=True):
        factor = 1 - lr * curvature
        places = start * factor ** np.arange(n + 1)
        a.axhline(0, color="0.6", linewidth=1, linestyle=":")
        a.plot(places, color=INK, linestyle="-", linewidth=1.2, marker="o", markersize=4)
        a.set(ylim=(-11, 11), xlim=(-0.5, n + 0.5), xlabel="step", yticks=[-10, 0, 3, 10])
        a.set_title(f"lr {lr}: each step × {factor:.2f}".replace("-", "−"))
        words.append(f"lr {lr} multiplies by {factor:.2f}")
    ax[0].set(ylabel="$w_2$, across")
    plots.show(
        ax, "The coordinate across the valley in twelve steps from 3: " + ", ".join(words) + "."
    )


@hard_edges
def show_speeds(beta=0.9, n=60):
    """The lengths of the steps of SGD and Momentum on an endless slope, in units of lr g."""
    ax = plots.axes(width=5.6, height=2.5)
    count = np.arange(1, n + 1)
    ball = lengths_on_a_slope(optimizers.Momentum(1.0, beta), n)
    plain = lengths_on_a_slope(optimizers.SGD(1.0), n)
    top = 1 / (1 - beta)
    ax.axhline(top, color="0.6", linewidth=1, linestyle=":")
    ax.plot(count, ball, color=plots.ORANGE, linestyle="-")
    ax.plot(count, plain, color=INK, linestyle="-")
    ax.text(n, 9.5, "Momentum: up to 10", ha="right", va="top", color=INK)
    ax.text(n, 1.25, "SGD: 1", ha="right", va="bottom", color=INK)
    ax.set(xlim=(0, n + 1), ylim=(0, 11), xlabel="step", ylabel="step / (lr · slope)")
    plots.show(
        ax,
        f"On an endless slope SGD's steps keep the length 1; momentum's grow, {ball[-1]:.2f} at "
        f"step {n}, towards {top:.0f}.",
    )


@hard_edges
def show_steps_by_k(counts):
    """The steps to the bottom against k for each {name: {k: steps}}, both axes by factors."""
    ax = plots.axes(width=6.4, height=2.8)
    words = []
    for (name, row), color in zip(counts.items(), (INK, plots.ORANGE, plots.GREEN), strict=False):
        ks = list(row)
        ax.plot(ks, list(row.values()), "o-", color=color, label=name, markersize=5, clip_on=False)
        words.append(f"{name} ≈ {row[10]} at k = 10 and ≈ {row[100]} at k = 100")
    ax.set(xscale="log", yscale="log", xlim=(0.9, max(ks)), ylim=(0.8, 1100))
    ax.set(xticks=ks, xticklabels=ks, yticks=[1, 10, 100, 1000], yticklabels=[1, 10, 100, 1000])
    ax.set(xlabel="k, curvature across over curvature along", ylabel="steps to the bottom")
    ax.minorticks_off()
    plots.end_names(ax)
    plots.show(ax, "Steps to the bottom against k: " + "; ".join(words) + ".")


@hard_edges
def show_step_lengths(guess=None, n=60):
    """Step lengths on an endless slope: Adam, and Adam without its correction."""
    ax = plots.axes(width=6.4, height=2.7)
    count = np.arange(1, n + 1)
    rows = {
        "without correction": ((1 - 0.9**count) / np.sqrt(1 - 0.999**count), plots.ORANGE),
        "Adam": (lengths_on_a_slope(optimizers.Adam(1.0), n), INK),
    }
    for name, (lengths, color) in rows.items():
        ax.plot(count, lengths, color=color, linestyle="-", label=name)
    if isinstance(guess, float):
        ax.plot(1, guess, "x", color="black", markersize=11, markeredgewidth=2)
    ax.set(xlim=(0, n), ylim=(0, 7.5), xlabel="step", ylabel="length of the step / lr")
    plots.end_names(ax)
    plots.show(
        ax,
        "Step lengths on an endless slope: Adam keeps 1, Adam without its correction starts at "
        "3.16 and grows to "
        f"{rows['without correction'][0].max():.1f}.",
    )


def path_axes():
    """Two axes: the valley from above, as wide as it is high, and the loss."""
    figure = new_figure(8.4, 3.9)
    return figure.subplots(1, 2, width_ratios=[1, 1.1])


@functools.lru_cache(maxsize=300)
def _walked(rule, lr, beta, k, turned, n):
    if rule in WITHOUT_BETA:
        optimizer = RULES[rule](lr)
    elif rule == "Adam":
        optimizer = optimizers.Adam(lr, beta1=beta)
    else:
        optimizer = RULES[rule](lr, beta=beta)
    path = walk(optimizer, k, turned, n)
    return path, height(path, valley(k, turned)[0])


def draw_path(ax=None, rule="Momentum", lr=0.01, beta=0.9, k=100.0, turned_by=0, step=40, n=120):
    """Left the valley from above with momentum's path of 120 steps, in ink up to step 40; right
    the loss of every step, which falls in waves to 0.0009."""
    ax = path_axes() if ax is None else ax
    path, loss = _walked(rule, lr, beta, k, turned_by, n)
    gone = int(np.isfinite(loss).sum())
    limits = {"xlim": (-12, 12), "ylim": (-12, 12), "aspect": "equal"}
    _ground(ax[0], k, turned_by, **limits, xlabel="$w_1$", ylabel="$w_2$")
    now = min(step, gone - 1)
    ax[0].plot(*path[:gone].T, color="0.6", linestyle="-", linewidth=0.8)
    _path(ax[0], path[: now + 1])
    ax[0].annotate("start", path[0], (0, 8), textcoords="offset points", ha="center")
    ax[0].plot(*path[now], "o", color=plots.ORANGE, markersize=9, markeredgecolor="black")
    ax[1].axhline(LOW, color="0.6", linewidth=1, linestyle=":")
    ax[1].text(n, LOW / 1.5, "0.0001: at the bottom", ha="right", va="top", color=INK)
    ax[1].plot(loss[:gone], color="0.6", linestyle="-", linewidth=0.8)
    ax[1].plot(loss[: now + 1], color=INK, linestyle="-", linewidth=1.5)
    ax[1].plot(now, loss[now], "o", color=plots.ORANGE, markersize=8, markeredgecolor="black")
    ax[1].set(yscale="log", ylim=(1e-8, 1e6), xlim=(0, n), xlabel="step", ylabel="loss")
    ax[1].set(yticks=[1e-8, 1e-4, 1, 1e4])
    ax[1].minorticks_off()
    if gone <= n:
        words = f"left the valley at step {gone}"
    else:
        words = f"step {now}: loss {loss[now]:.2g}   step {n}: loss {loss[-1]:.2g}"
    ax[1].set_title(words, loc="left")
    return ax


def beta_where_it_is_used(panel):
    """Hide a panel's slider for beta while its rule is one that has none."""

    def look(change=None):
        used = panel.controls["rule"].value not in WITHOUT_BETA
        panel.controls["beta"].layout.visibility = "visible" if used else "hidden"

    panel.controls["rule"].observe(look, "value")
    look()
    return panel


def show_look_ahead():
    """Momentum and Nesterov on the worked example: from where they ask for the gradient."""
    ax = sheet(8.4, 2.6)

    def at(w):
        return 1.25 + 3.1 * w

    for y, name in ((1.85, "momentum"), (0.75, "Nesterov")):
        ax.plot([at(-0.08), at(2.15)], [y, y], color="0.75", linewidth=1, linestyle="-")
        say(ax, 0.08, y, name, ha="left")
    for w in (0, 0.5, 1, 1.5, 2):
        say(ax, at(w), 0.12, f"{w:g}", size=9)
    say(ax, at(2.17), 0.12, "w", size=9)
    grey = "0.55"
    for y, look, new in ((1.85, 2.0, 0.1), (0.75, 1.1, 0.55)):
        ax.plot(at(2.0), y, "o", color=INK, markersize=9)
        arrow(ax, (at(2.0), y + 0.18), (at(1.1), y + 0.18), color=grey, width=2)
        arrow(ax, (at(1.1), y + 0.18), (at(new), y + 0.18), color=plots.ORANGE, width=2)
        ax.plot(at(look), y, "o", color=plots.ORANGE, markersize=14, markerfacecolor="none")
        ax.plot(at(new), y, "s", color=INK, markersize=7)
    say(ax, at(2.0), 1.55, "gradient asked here: 2", size=9)
    say(ax, at(1.1), 0.45, "gradient asked here: 1.1", size=9)
    say(ax, at(1.55), 2.2, "βm = 0.9", size=9)
    say(ax, at(0.6), 2.2, "lr · 2 = 1", size=9)
    say(ax, at(1.55), 1.1, "βm = 0.9", size=9)
    say(ax, at(0.8), 1.1, "lr · 1.1 = 0.55", size=9)
    say(ax, at(0.1), 1.55, "new w 0.1", size=9)
    say(ax, at(0.5), 0.45, "new w 0.55", size=9)
    plots.show(
        ax,
        "One step from w = 2: momentum asks for the gradient at 2 and goes to 0.1; Nesterov first "
        "looks ahead to 1.1, asks there, and goes to 0.55.",
    )


@hard_edges
def show_turned(rates, n=60):
    """Six panels, {name: rate}: the path along the axes, and dashed the one in the turned valley.

    The dashed path is turned back. In the corner stand the rate and the steps at the best rate.
    """
    straight, back, notes, words = {}, {}, {}, []
    for name, lr in rates.items():
        straight[name] = walk(RULES[name](lr), steps=n)
        back[name] = turned_back(walk(RULES[name](lr), angle=45, steps=n), 45)
        counts = [int(reached[0]) for reached, _ in turned_counts(name)]
        shown = [f"{count}" if count <= 1000 else "over 1000" for count in counts]
        notes[name] = f"lr {lr:g}; steps {shown[0]} → {shown[1]}"
        words.append(f"{name} {steps(counts[0])} and {steps(counts[1])}")
    ax = plots.valleys(straight, back, notes=notes)
    plots.show(
        ax,
        "Six paths in a valley, and dashed in the same valley turned by 45 degrees and turned "
        f"back. Steps to the bottom, straight and turned: {', '.join(words)}.",
    )


@hard_edges
def show_classes(learn, judge, large=0, n=60):
    """A panel each for SGD and Momentum: the loss on the frequent letter (orange) and the rest."""
    ax = plots.axes(2, width=7.2, height=2.5)
    words = []
    for a, (name, make) in zip(ax, SAME_SPEED.items(), strict=True):
        seen = one_letter_often(make(), learn, judge, large)
        for (heap, values), color in zip(seen.items(), (plots.ORANGE, INK), strict=True):
            a.plot(range(1, n + 1), values[:n], color=color, linestyle="-", linewidth=1.5)
            words.append(f"{name}, {heap} ≈ {settled_below(values, 1)}")
        a.axhline(1, color="0.6", linewidth=1, linestyle=":")
        a.text(n, 0.2, "the frequent letter", ha="right", va="bottom", color=INK)
        a.text(n, 1.5, "the rest", ha="right", va="bottom", color=INK)
        a.set(xlim=(0, n + 1), ylim=(0, 4.5), xlabel="step")
        a.set_title(name)
    ax[0].set(ylabel="loss on unseen letters")
    plots.show(ax, f"Steps until the loss stays below 1: {', '.join(words)}.")


@hard_edges
def show_rates(runs, rates):
    """Accuracy against the rate, a panel for each {name: Runs}; shaded what is near the best."""
    ax = plots.axes(6, width=7.2, height=3.2, rows=2)
    curves = {name: [run.accuracy for run in row] for name, row in runs.items()}
    words = []
    for a, name in zip(np.ravel(ax), runs, strict=True):
        low, high = good_rates(runs[name], rates)
        a.axvspan(low, high, color="#fbe3c8", linewidth=0, zorder=0)
        a.plot(rates, curves[name], color=INK, linestyle="-", marker="o", markersize=4)
        place = best_place(runs[name])
        a.plot(rates[place], curves[name][place], "o", color=plots.ORANGE, markersize=8)
        a.set(xscale="log", ylim=(0, 1.04), xticks=[1e-3, 1e-2, 1e-1, 1])
        a.set(xticklabels=["0.001", "0.01", "0.1", "1"], yticks=[0, 0.5, 1], yticklabels=[])
        a.minorticks_off()
        a.set_title(f"{name}: {curves[name][place]:.3f} at {rates[place]:g}", loc="left")
        words.append(f"{name} ≈ {curves[name][place]:.3f} at ≈ {rates[place]:g}")
    for a in ax[0]:
        a.set(xticklabels=[])
    for a in ax[1]:
        a.set(xlabel="learning rate")
    for a in ax[:, 0]:
        a.set(ylabel="accuracy", yticklabels=[0, 0.5, 1])
    plots.show(ax, f"Accuracy against the learning rate. The best of each: {', '.join(words)}.")


@hard_edges
def show_rate_and_step(runs, rates):
    """A row for each rule: the best rate left, and right |step| / |theta| of both layers there."""
    ax = plots.axes(2, width=7.0, height=2.3)
    best = {name: best_place(row) for name, row in runs.items()}
    typical = {name: runs[name][place].relative_step for name, place in best.items()}
    colors = plots.layer_colors(2)
    for row, (name, place) in enumerate(best.items()):
        ax[0].plot(rates[place], -row, "o", color=INK, markersize=8)
        for size, color, marker in zip(typical[name], colors, "os", strict=True):
            ax[1].plot(size, -row, marker, color=color, markersize=8)
    ax[1].axvline(RULE_OF_THUMB, color="0.6", linewidth=1, linestyle=":")
    ax[1].text(RULE_OF_THUMB * 1.08, 0.6, "rule of thumb", va="center", color=INK, fontsize=9)
    apart = {name: sizes.max() / sizes.min() for name, sizes in typical.items()}
    widest = max(apart, key=apart.get)
    for place, side, ha in (
        (typical[widest].argmin(), -1, "right"),
        (typical[widest].argmax(), 1, "left"),
    ):
        at = (typical[widest][place], -list(best).index(widest))
        look = {"textcoords": "offset points", "va": "center", "color": INK, "fontsize": 9}
        ax[1].annotate(f"layer {place + 1}", at, (9 * side, 0), ha=ha, **look)
    for a in ax:
        a.set(ylim=(-5.6, 1.0), yticks=[], xscale="log")
        a.minorticks_off()
    ax[0].set(yticks=-np.arange(6), yticklabels=list(runs))
    ax[0].set(xlim=(1e-3, 2), xlabel="best learning rate", xticks=[1e-3, 1e-2, 1e-1, 1])
    ax[0].set(xticklabels=["0.001", "0.01", "0.1", "1"])
    ax[1].set(xlim=(5e-4, 1), xlabel="typical step / typical weight", xticks=[1e-3, 1e-2, 1e-1, 1])
    ax[1].set(xticklabels=["0.001", "0.01", "0.1", "1"])
    far = max(rates[p] for p in best.values()) / min(rates[p] for p in best.values())
    near = max(t.max() for t in typical.values()) / min(t.min() for t in typical.values())
    plots.show(
        ax,
        f"The best rates of six rules lie a factor ≈ {far:.0f} apart, their typical steps over "
        f"their typical weights a factor ≈ {near:.0f}.",
    )


def draw_steps(ax, run, name, lr, step):
    """The instrument for a filmed Run at a step: bars are |step| / |theta|, level with 0.001."""
    film = run.watched
    place = int(np.searchsorted(film.steps, step, side="right")) - 1
    words = f"{name}, rate {lr:g}: "
    if step > len(run.history.loss):
        words += f"broke off at step {len(run.history.loss) + 1}; last seen at {film.steps[place]}"
    else:
        loss = run.history.loss[max(step - 10, 0) : step].mean()
        words += f"step {step}, training loss {loss:.2g}; accuracy in the end {run.accuracy:.2f}"
    sizes = film.sizes[film.steps[place] - 1]
    return instrument.instrument(
        ax,
        film.weights[place],
        sizes,
        film.open_units[place],
        film.x[0].reshape(17, 17),
        reference=RULE_OF_THUMB,
        title=words,
        ylabel="|step| / |θ|",
        factors=None,
    )


@hard_edges
def show_strolls(settings, seed=0, n=500):
    """The paths of SGD with small batches, for each (batch, lr)."""
    ax = np.ravel(plots.axes(len(settings), width=7.0, height=2.3))
    words = []
    for a, (batch, lr) in zip(ax, settings, strict=True):
        walked = stroll(batch, lr, seed)
        plots.contours(
            lambda w, walked=walked: np.sqrt(walked.loss(w)),
            a,
            levels=8,
            xlim=(-2, 12),
            ylim=(-4, 4),
            xlabel="$w_1$",
            ylabel="$w_2$",
        )
        path = walked.path[:n]
        a.plot(*path.T, color=INK, linestyle="-", linewidth=0.6, marker=".", markersize=3)
        a.plot(*path[0], "o", color=INK, markersize=9, markerfacecolor="none", markeredgewidth=1.5)
        a.plot(
            *walked.bottom, "+", color=plots.ORANGE, markersize=13, markeredgewidth=2.5, zorder=5
        )
        a.set_title(f"batches of {batch}, lr {lr}")
        words.append(f"lr {lr} hovers at ≈ {walked.hover:.2f}")
    plots.show(
        ax, "Paths of small batches end in a cloud around the bottom; " + ", ".join(words) + "."
    )
