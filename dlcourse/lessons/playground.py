"""Lesson 14, the playground: the four data sets, networks of as many weights, folds and pieces.

First what is computed, then what is drawn of it, last the playground itself. A function `show_...`
draws and displays, with the sentence for those who cannot see the picture.
"""

from dataclasses import dataclass

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb

from dlcourse import (
    activations,
    data,
    initializers,
    losses,
    network,
    optimizers,
    plots,
    training,
    widgets,
)
from dlcourse.drawing import units as unit_drawing
from dlcourse.drawing.scenes import marks, ridges
from dlcourse.drawing.sheet import say, sheet
from dlcourse.drawing.style import GREEN, GREY, INK, ORANGE, PURPLE, new_figure, padded

UNITS = {"sigmoid": activations.Sigmoid, "tanh": activations.Tanh, "ReLU": activations.ReLU}
SETS = {"circle": data.circle, "xor": data.xor, "blobs": data.blobs, "spiral": data.spiral}
LIMITS = (-2.7, 2.7)  # of the plane that is drawn
SOLVED = 0.99  # the share of right points from which on a network counts as having solved a set


def puzzle(name, n=200, noise=0, seed=0):
    """(x, t) of a playground set of n points: x (n, 2) halved, within about -2.5 to 2.5, t (n, 1).

    name: one of SETS. As in lesson 2, the label of xor is 1 where the signs differ.
    """
    if name not in SETS:
        raise ValueError(f"puzzle takes a name of {', '.join(SETS)}, got {name!r}")
    x, labels = SETS[name](n, noise=noise, seed=seed)
    labels = 1 - labels if name == "xor" else labels
    return x / 2, labels.reshape(-1, 1).astype(float)


def new_net(hidden, unit="ReLU", seed=0, dtype=np.float64):
    """A network of two features, these hidden layers and one sigmoid output.

    First weights are He's for ReLU, Xavier's for the others; biases 0.
    """
    init = initializers.he if unit == "ReLU" else initializers.xavier
    sizes = [2, *hidden, 1]
    return network.mlp(sizes, UNITS[unit], init, activations.Sigmoid, seed, dtype)


# Many networks side by side.


@dataclass
class Many:
    """K networks of one shape: `theta` (K, P) holds the parameters, a row as `net.theta` does."""

    hidden: list
    unit: str
    theta: np.ndarray

    def matrices(self, numbers=None):
        """[(W (K, n_in, n_out), b (K, 1, n_out)), ...]: views of theta, or of `numbers` like it."""
        numbers, found, start = self.theta if numbers is None else numbers, [], 0
        sizes = [2, *self.hidden, 1]
        for n_in, n_out in zip(sizes[:-1], sizes[1:], strict=True):
            middle, end = start + n_in * n_out, start + (n_in + 1) * n_out
            W = numbers[:, start:middle].reshape(-1, n_in, n_out)
            found.append((W, numbers[:, middle:end].reshape(-1, 1, n_out)))
            start = end
        return found

    def outputs(self, x):
        """What leaves each layer for x (N, 2): arrays (K, N, units), the last (K, N, 1) is p."""
        inner, found = UNITS[self.unit]().f, []
        for W, b in self.matrices():
            f = activations.Sigmoid().f if len(found) == len(self.hidden) else inner
            x = f(x @ W + b)
            found.append(x)
        return found

    def right(self, x, t):
        """The share of the points x (N, 2), t (N, 1) that each network puts on their side, (K,)."""
        return np.mean((self.outputs(x)[-1] > 0.5) == (t > 0.5), axis=(1, 2))

    def net(self, k):
        """Network k as a Sequential."""
        net = new_net(self.hidden, self.unit)
        net.theta = self.theta[k]
        return net


def side_by_side(
    points,
    hidden,
    rate,
    steps,
    *,
    unit="ReLU",
    rule=optimizers.Adam,
    batch_size=None,
    seeds=range(10),
):
    """A network from each start in `seeds`, trained at once on the squared error: a Many.

    points: (x, t). Every step sees all points, or a batch of `batch_size` drawn anew each epoch,
    the same for all networks. They are the networks that `training.fit` makes of `new_net`.
    """
    x, t = points
    theta = np.stack([new_net(hidden, unit, seed).theta for seed in seeds])
    nets, grad = Many(list(hidden), unit, theta), np.zeros_like(theta)
    slope, slope_out = UNITS[unit]().slope, activations.Sigmoid().slope
    layers, slopes = nets.matrices(), nets.matrices(grad)
    optimizer, rng, order = rule(rate), np.random.default_rng(0), np.arange(len(x))
    size = batch_size or len(x)
    first = len(x)
    for _ in range(steps):
        if first >= len(x):
            order, first = (rng.permutation(len(x)) if batch_size else order), 0
        rows = order[first : first + size]
        first += size
        y = [x[rows], *nets.outputs(x[rows])]
        delta = (y[-1] - t[rows]) / len(rows) * slope_out(y[-1])
        for k in reversed(range(len(layers))):
            np.matmul(np.swapaxes(y[k], -1, -2), delta, out=slopes[k][0])
            np.sum(delta, axis=1, keepdims=True, out=slopes[k][1])
            if k:
                delta = delta @ layers[k][0].swapaxes(1, 2) * slope(y[k])
        optimizer.step(theta.reshape(-1), grad.reshape(-1))
    return nets


def solved(nets, points):
    """How many of the networks have at least 99 of 100 of these points right."""
    return int(np.sum(nets.right(*points) >= SOLVED))


def by_rate(points, shapes, rates, steps=1000, seeds=range(10)):
    """{(shape's name, rate): a Many} for {name: hidden}: these starts under Adam for each."""
    found = {}
    for name, hidden in shapes.items():
        for rate in rates:
            found[name, rate] = side_by_side(points, hidden, rate, steps, seeds=seeds)
    return found


def solved_by_shape(sets, shapes, rate, steps):
    """{(set, shape): how many of ten starts solve it} for {set: (x, t)} and {shape: hidden}."""
    found = {}
    for set_, points in sets.items():
        for shape, hidden in shapes.items():
            found[set_, shape] = solved(side_by_side(points, hidden, rate, steps), points)
    return found


def print_counts(counts):
    """A line for each set, a column for each shape of `solved_by_shape`."""
    shapes = list(dict.fromkeys(shape for _, shape in counts))
    print("hidden units  " + "".join(padded(shape, 10) for shape in shapes).rstrip())
    for set_ in dict.fromkeys(name for name, _ in counts):
        row = "".join(f"≈ {counts[set_, shape]}".ljust(10) for shape in shapes)
        print(f"{padded(set_, 14)}{row}".rstrip())


# Pieces.


def patterns(net, places):
    """A whole number for each place (N, 2): which of the ReLUs of net are on there, as bits.

    At most 63 units.
    """
    y, code = places, np.zeros(len(places), dtype=np.int64)
    for layer in net.layers:
        y = layer.forward(y)
        if isinstance(layer, activations.ReLU):
            for on in (y > 0).T:
                code = 2 * code + on
    return code


def grid(n, limits=LIMITS):
    """Places (n * n, 2) of a square grid, row by row from below."""
    return unit_drawing.plane(limits, n)


def count_pieces(net, n=400):
    """How many patterns of on and off a grid of n by n places meets."""
    return len(np.unique(patterns(net, grid(n))))


def tent(x):
    """2 relu(x) - 4 relu(x - 1/2): from 0 up to 1 at 1/2 and back to 0 at 1."""
    return 2 * np.maximum(x, 0) - 4 * np.maximum(x - 0.5, 0)


def tents(layers):
    """A network of one feature and `layers` layers of two ReLUs that answers the tent's tent ..."""
    net = network.mlp([1] + [2] * layers + [1], activations.ReLU, dtype=np.float64)
    fold = np.array([[2.0, 2.0], [-4.0, -4.0]])  # the sum of a tent, taken into the next layer
    dense = net.layers[::2]
    dense[0].W = np.ones((1, 2))
    for layer in dense[1:-1]:
        layer.W = fold
    for layer in dense[:-1]:
        layer.b = np.array([0.0, -0.5])
    dense[-1].W = fold[:, :1]
    dense[-1].b = np.zeros(1)
    return net


def square_by_tents(x, tents_used):
    """x - T(x)/4 - T(T(x))/16 - ...: what so many tents know of x^2 between 0 and 1."""
    found, y = np.array(x, float), np.array(x, float)
    for k in range(1, tents_used + 1):
        y = tent(y)
        found = found - y / 4**k
    return found


def square_by_units(x, units):
    """x^2 between 0 and 1 by straight lines between points: `units` ReLUs in one layer."""
    ends = np.linspace(0, 1, units + 1)
    return np.interp(x, ends, ends**2)


# What is seen of it.


def show_sets(sets):
    """The points of {name: (x, t)} side by side."""
    ax = plots.axes(len(sets), width=8.4, height=2.3)
    for a, (name, (x, t)) in zip(ax, sets.items(), strict=True):
        marks(a, x, t)
        for line in a.lines:
            line.set_markersize(4)
        _bare(a)
        a.set_title(name)
    plots.show(
        ax,
        "Four sets of 200 points, label 1 blue, label 0 red. Blobs: two heaps. Circle: a blue disc "
        "in a red ring. Xor: four squares. Spiral: two arms wound around each other, 1.75 turns "
        "each.",
        sharp=1,
    )


def _bare(ax):
    """A square of the plane without numbers, in a grey frame."""
    ax.set(xlim=LIMITS, ylim=LIMITS, xticks=[], yticks=[], aspect="equal")
    ax.spines[:].set(visible=True, color="0.75")


def show_shapes():
    """One layer of 44 units and three of 8 between the same two features and one output."""
    ax = sheet(8.4, 2.5)
    said = {"44 units": [44], "8 + 8 + 8 units": [8, 8, 8]}
    for left, (name, hidden) in zip((0.3, 4.5), said.items(), strict=True):
        sizes = [2, *hidden, 1]
        columns = np.linspace(left + 0.4, left + 3.2, len(sizes))
        places = []
        for x, n in zip(columns, sizes, strict=True):
            apart = min(0.25, 2.0 / n)
            places.append([(x, 1.3 + apart * (k - (n - 1) / 2)) for k in range(n)])
        edges = []
        for here, there in zip(places[:-1], places[1:], strict=True):
            edges += [[a, b] for a in here for b in there]
        lines = LineCollection(edges, colors="0.75", linewidths=0.6, zorder=1)
        ax.add_collection(lines, autolim=False)
        dots = np.concatenate(places)
        ax.scatter(*dots.T, s=14, c=INK, zorder=3)
        say(ax, (columns[0] + columns[-1]) / 2, 0.1, f"{name}, {len(edges)} weights, 177 in all")
    plots.show(
        ax,
        "Two networks of 177 numbers each between two features and one output: one hidden layer of "
        "44 units, and three hidden layers of 8.",
        sharp=1,
    )


def show_starts(rows, points):
    """The share of points right from each of ten starts, a row of dots for each {name: Many}."""
    ax = plots.axes(width=7.2, height=0.55 + 0.5 * len(rows))
    said = []
    for k, (name, nets) in enumerate(rows.items()):
        right = np.sort(nets.right(*points))
        # dots of one share stand on each other
        above = 0.085 * np.array([np.sum(right[:j] == right[j]) for j in range(len(right))])
        ax.plot(right, -k - 0.3 + above, "o", color=INK, markersize=4)
        count = int(np.sum(right >= SOLVED))
        ax.text(1.013, -k, f"{count} of {len(right)}", va="center", color=INK)
        said.append(f"{name}: ≈ {count} of {len(right)}, median share ≈ {np.median(right):.2f}")
    ax.axvline(SOLVED, color="0.7", linewidth=0.8, linestyle="-", zorder=1)
    ax.set(xlim=(0.48, 1.008), ylim=(-len(rows) + 0.5, 0.6), xlabel="share of the points right")
    ax.set(yticks=-np.arange(len(rows)), yticklabels=list(rows))
    ax.tick_params(left=False)
    plots.show(ax, f"Ten starts each; solved, that is 0.99 right or more: {'; '.join(said)}.")


def show_rates(found, points):
    """How many of ten starts solve it, for each shape and rate of `by_rate`: rows of ten dots."""
    names = list(dict.fromkeys(name for name, _ in found))
    rates = sorted({rate for _, rate in found})
    ax = sheet(8.4, 0.62 + 0.52 * len(names))
    said = []
    top = 0.52 * len(names) + 0.1
    for column, rate in enumerate(rates):
        say(ax, 2.2 + 1.32 * column, top + 0.22, f"rate {rate:g}", color=GREY)
    for row, name in enumerate(names):
        y = top - 0.3 - 0.52 * row
        say(ax, 1.35, y, name, ha="right")
        counts = []
        for column, rate in enumerate(rates):
            count = solved(found[name, rate], points)
            counts.append(f"≈ {count}")
            k = np.arange(10)
            x = 1.82 + 1.32 * column + 0.15 * (k % 5)
            face = np.where(k < count, INK, "white")
            look = {"s": 42, "c": face, "edgecolors": INK, "linewidths": 0.8, "zorder": 3}
            ax.scatter(x, y + 0.08 - 0.16 * (k // 5), **look)
            say(ax, x[4] + 0.16, y, str(count), ha="left", size=9.5)
        said.append(f"{name} {', '.join(counts)}")
    words = ", ".join(f"{rate:g}" for rate in rates)
    plots.show(ax, f"Solved of ten starts at the rates {words}: {'; '.join(said)}.")


def show_tents():
    """The tent, the tent's tent and once more, with the line ½ that each piece crosses."""
    ax = plots.axes(3, width=8.4, height=2.3)
    x = np.linspace(0, 1, 801)
    y, names = x, ["T(x)", "T(T(x))", "T(T(T(x)))"]
    for k, (a, name) in enumerate(zip(ax, names, strict=True), 1):
        y = tent(y)
        a.axhline(0.5, color="0.75", linewidth=0.8, linestyle="-")
        a.plot(x, y, color=INK, linestyle="-")
        crossings = (np.arange(2**k) + 0.5) / 2**k
        a.plot(crossings, np.full(2**k, 0.5), "o", color=ORANGE, markersize=5)
        a.set(xlim=(0, 1), ylim=(0, 1.04), xticks=[0, 0.5, 1], yticks=[0, 0.5, 1], xlabel="x")
        a.set_title(f"{name}: {2**k} pieces")
    plots.show(
        ax,
        "The tent has 2 pieces, the tent of the tent 4, once more 8; each piece crosses the height "
        "one half once, at an orange dot.",
        sharp=1,
    )


TINTS = [GREEN, PURPLE, ORANGE, "#8a8a8a", "#b8a000", "#7a5c3e"]


def tinted(net, n):
    """The plane as an image (n, n, 3), every piece in a tint of its own."""
    _, number = np.unique(patterns(net, grid(n)), return_inverse=True)
    rng = np.random.default_rng(1)  # tints that tell neighbours apart, no result
    pieces = number.max() + 1
    colors = np.array([to_rgb(c) for c in TINTS])[rng.integers(0, len(TINTS), pieces)]
    ink = rng.choice([0.14, 0.28, 0.42], (pieces, 1))
    return (1 - ink + ink * colors)[number].reshape(n, n, 3)


def draw_pieces(ax, net, points, n=200):
    """The plane with every piece in a tint of its own, the line ½, and the points."""
    look = {"origin": "lower", "interpolation": "nearest"}
    ax.imshow(tinted(net, n), extent=(*LIMITS, *LIMITS), **look)
    p = net.forward(grid(n)).reshape(n, n)
    along = np.linspace(*LIMITS, n)
    ax.contour(along, along, p, levels=[0.5], colors="black", linewidths=1.6, linestyles="-")
    marks(ax, *points)
    for line in ax.lines:
        line.set_markersize(4)
    _bare(ax)


def show_pieces(nets, points):
    """The pieces of the plane for {name: Sequential}, side by side."""
    ax = plots.axes(len(nets), width=8.4, height=4.5)
    said = []
    for a, (name, net) in zip(ax, nets.items(), strict=True):
        draw_pieces(a, net, points)
        pieces = count_pieces(net)
        right = training.accuracy(net, *points)
        a.set_title(f"{name}: {right:.3f} right, {pieces} pieces")
        said.append(f"{name}: ≈ {right:.2f} right, ≈ {pieces} pieces")
    plots.show(
        ax,
        "The plane cut into pieces on which a network is straight, each in a tint, the border in "
        f"black. {'; '.join(said)}.",
        sharp=1,
    )


TILT = 0.7  # of a surface seen from the front


def show_surfaces(nets):
    """p over the plane as a surface, for {name: Sequential}: blue above ½, red below."""
    ax = plots.axes(len(nets), width=8.4, height=2.9)
    for a, (name, net) in zip(ax, nets.items(), strict=True):
        _surface(a, net)
        a.set_title(name)
    plots.show(
        ax,
        "The answers of trained networks as surfaces over the plane, blue above one half, red "
        f"below: {', '.join(nets)}.",
        sharp=1,
    )


def _surface(ax, net):
    """p over the plane, seen from the front."""
    ridges(net.forward, ax, level=0.5, limits=LIMITS, columns=181, rows=28, tilt=TILT)
    ax.set(xlim=(-2.8, 2.8), ylim=(TILT * LIMITS[0] - 0.2, TILT * LIMITS[1] + 1.1))


def show_stuck(slopes, spreads, magnitudes):
    """Three numbers of each layer at the start: mean slope, spread over the points, gradient."""
    ax = plots.axes(3, width=8.4, height=2.5)
    names = ["mean slope of its units", "spread over the points", "gradient magnitude"]
    layers = np.arange(1, len(slopes) + 1)
    for a, name, values in zip(ax, names, (slopes, spreads, magnitudes), strict=True):
        a.bar(layers, values, 0.6, color=plots.layer_colors(len(layers)))
        a.set(xlabel="layer, input left", xticks=layers)
        a.set_title(name)
    ax[0].axhline(0.25, color=INK, linewidth=1, linestyle="-")
    ax[0].set(ylim=(0, 0.28), yticks=[0, 0.1, 0.2, 0.25])
    for a in ax[1:]:
        a.set(yscale="log", ylim=(1e-5, 1))
    plots.show(
        ax,
        "Three layers of four sigmoids and the output, at the start. Mean slopes "
        f"{_told(slopes)}, of at most 0.25; spread over the points {_told(spreads)}; gradient "
        f"magnitude {_told(magnitudes)}.",
        sharp=1,
    )


def _told(values):
    return ", ".join(f"≈ {value:.2g}" for value in values)


def show_parity():
    """Left: eight ReLUs make a zigzag of the sum. Right: a tree of seven xors."""
    ax = plots.axes(2, width=8.4, height=2.6)
    s = np.linspace(0, 8, 801)
    zigzag = np.abs((s + 1) % 2 - 1)
    ax[0].plot(s, zigzag, color=INK, linestyle="-")
    whole = np.arange(9)
    ax[0].plot(whole, whole % 2, "o", color=ORANGE, markersize=6)
    ax[0].set(xlabel="how many inputs are 1", xticks=whole, yticks=[0, 1], ylabel="parity")
    ax[0].set_title("one layer, 8 units: a zigzag of the sum")
    _tree(ax[1])
    ax[1].set_title("three layers, 7 xors of two units each")
    plots.show(
        ax,
        "Left a zigzag between 0 and 1 over the sum of eight inputs, with 8 kinks: 1 where the sum "
        "is odd. Right a tree of 7 xors over eight inputs.",
        sharp=1,
    )


def _tree(ax):
    """Eight inputs, four xors, two, one."""
    rng = np.random.default_rng(2)
    values = rng.integers(0, 2, 8)
    places = np.arange(8.0)
    for level in range(4):
        for x, value in zip(places, values, strict=True):
            look = {"ha": "center", "va": "center", "fontsize": 10, "color": INK, "zorder": 4}
            frame = {"boxstyle": "round,pad=0.3", "facecolor": "white", "edgecolor": GREY}
            ax.text(x, level, f"{value}", bbox=frame, **look)
        if level == 3:
            break
        above = places.reshape(-1, 2).mean(axis=1)
        for k, x in enumerate(places):
            ax.plot([x, above[k // 2]], [level, level + 1], color="0.6", linewidth=1, linestyle="-")
        values, places = values.reshape(-1, 2).sum(axis=1) % 2, above
    words = {0: "inputs", 1: "xor", 2: "xor", 3: "parity"}
    for level, name in words.items():
        ax.text(-0.9, level, name, ha="right", va="center", color=GREY)
    ax.set(xlim=(-2.0, 7.6), ylim=(-0.4, 3.5))
    ax.set_axis_off()


def show_square(units, deep, wide):
    """The largest error of x^2 over the number of units, by tents and by one layer; log axis."""
    ax = plots.axes(width=6.2, height=2.7)
    ax.plot(units, wide, "o-", color=INK, markersize=5, label="one layer")
    ax.plot(units, deep, "o-", color=ORANGE, markersize=5, label="layers of three")
    ax.set(yscale="log", xlabel="ReLUs", ylabel="largest error of x²", xlim=(0, units[-1]))
    ax.set(xticks=units)
    plots.end_names(ax)
    plots.show(
        ax,
        f"The largest error of x squared over the number of ReLUs: with {units[-1]} it is "
        f"{wide[-1]:.1e} in one layer and {deep[-1]:.1e} in layers of three.",
        sharp=1,
    )


# The playground.

PENALTIES = {"none": 0.0, "L2 0.001": 0.001, "L2 0.01": 0.01}
FADED = 4  # powers of ten below the largest slope at which an edge has the least width and ink


LOW = 1.3  # inches below the network, for the loss


def playground_axes(head=0.0):
    """Two axes: the network over the plane, and the loss below it; `head`: free inches on top."""
    height = LOW + unit_drawing.HEIGHT + head
    figure = new_figure(unit_drawing.WIDTH, height, layout=None)
    above = figure.add_axes((0, LOW / height, 1, unit_drawing.HEIGHT / height))
    below = figure.add_axes((0.085, 0.55 / height, 0.885, 0.675 / height))
    return np.array([above, below])


class Playground:
    """A network that learns one of the four sets by plain descent on the squared error.

    What `live.watch` takes: `set` is told the controls, `advance` makes one step, `draw` shows the
    network with every unit's own picture, the plane of its answers and its loss, `start` begins
    anew. What changes the network or its points begins anew; rate, batch size, penalty and the
    edges' meaning change and the training goes on.
    """

    def set(
        self,
        data_set="spiral",
        noise=0.0,
        layers=3,
        units=8,
        unit="ReLU",
        rate=0.3,
        batch_size=10,
        penalty="none",
        edges="weights",
        start=0,
    ):
        """Take the controls' values; begin anew where the network or the points are others."""
        anew = data_set, noise, layers, units, unit, start
        self.edges, self.penalty = edges, training.L2(PENALTIES[penalty])
        self.words = f"rate {rate:g}, batches of {batch_size}, penalty {penalty}"
        self.rule, self.batch_size = optimizers.SGD(rate), batch_size
        if getattr(self, "setting", None) == anew:
            self.feed = iter(())
        else:
            self.setting = anew
            self.start()

    def start(self):
        """The first weights again, and no step made."""
        data_set, noise, layers, units, unit, seed = self.setting
        self.unit = unit
        x, t = puzzle(data_set, noise=noise)
        self.x, self.t = x.astype(np.float32), t.astype(np.float32)
        self.net = new_net([units] * layers, unit, seed, np.float32)
        self.loss, self.feed, self.seen = losses.MeanSquaredError(), iter(()), 0
        self.curve = []

    @property
    def epoch(self):
        """How many examples were read, for each that there is."""
        return self.seen / len(self.x)

    def advance(self):
        """One step on the next batch."""
        batch = next(self.feed, None)
        if batch is None:
            self.feed = iter(training.Batches(self.x, self.t, self.batch_size, self.seen))
            batch = next(self.feed)
        x, t = batch
        value = self.loss.forward(self.net.forward(x, training=True), t)
        if not np.isfinite(value):
            raise ArithmeticError("the loss is not finite any more: take a smaller rate")
        self.net.backward(self.loss.backward())
        self.penalty.backward(self.net)
        self.rule.step(self.net.theta, self.net.grad)
        self.seen += len(x)

    def look(self):
        """(loss, share right, [(W, dW), ...]) on all points; the loss goes into the curve."""
        p = self.net.forward(self.x)
        value = self.loss.forward(p, self.t)
        self.net.backward(self.loss.backward())
        if not self.curve or self.curve[-1][0] < self.epoch:
            self.curve.append((self.epoch, value))
        return value, float(np.mean((p > 0.5) == (self.t > 0.5))), self.net.weights()

    def draw(self, ax=None):
        """A network of two features, three hidden layers of eight ReLUs and one output before its
        first step on the spiral: every unit is the picture of its answers over the plane, the edges
        are its weights, the output is large with the 200 points; below, the loss."""
        ax = playground_axes() if ax is None else ax
        value, right, pairs = self.look()
        values, ranges = self.over_plane()
        look = {"limits": LIMITS, "ranges": ranges, "thickness": plain}
        matrices = [W for W, _ in pairs]
        if self.edges == "gradients":
            matrices = [dW for _, dW in pairs]
            look["thickness"] = faded
        title = f"epoch {self.epoch:.0f}: {100 * right:.1f} % right"
        labels = self.t.ravel()
        unit_drawing.unit_pictures(values, matrices, self.x, labels, ax[0], title=title, **look)
        self.draw_loss(ax[1], value)
        return ax

    def over_plane(self):
        """What inputs and units are over the plane, and each column's (low, high) of colours."""
        y = PLACES
        values, ranges = [y], [LIMITS]
        for layer in self.net.layers:
            y = layer.forward(y)
            if isinstance(layer, UNITS[self.unit]) or layer is self.net.layers[-1]:
                values.append(y)
                # a ReLU has no largest answer: each unit's own is its darkest blue
                high = np.maximum(y.max(axis=0), 1e-6) if self.unit == "ReLU" else 1.0
                ranges.append((0.0 if self.unit == "sigmoid" else -high, high))
        ranges[-1] = (0.0, 1.0)
        return values, ranges

    def draw_loss(self, ax, value):
        """The loss on all points over the epochs."""
        epochs, curve = np.array(self.curve).T
        last = {"marker": "o", "markersize": 4, "markevery": [len(curve) - 1]}
        ax.plot(epochs, curve, color=INK, linestyle="-", linewidth=1.4, **last)
        high = 10.0
        while high < self.epoch:
            high *= 2
        ax.set(xlim=(0, high), ylim=(0, 0.16), yticks=[0, 0.125], xticks=[0, high / 2, high])
        ax.set(xlabel="epoch", ylabel="loss")
        # words among what is drawn, not a title: a title that changes is slow
        words = f"loss {value:.4f} on all points; {self.words}"
        ax.text(0, 1.1, words, transform=ax.transAxes, fontsize=10, color=INK)


def controls():
    """The controls of a Playground for `live.watch`."""
    return {
        "data_set": list(SETS),
        "noise": (0.0, 0.5, 0.1),
        "layers": (0, 4),
        "units": (1, 8),
        "unit": list(UNITS),
        "rate": [0.03, 0.1, 0.3, 1.0],
        "batch_size": [1, 10, 50, 200],
        "penalty": list(PENALTIES),
        "edges": ["weights", "gradients"],
        "start": widgets.again(10),
    }


PLACES = unit_drawing.plane(LIMITS).astype(np.float32)


def plain(sizes):
    """Shares 0 to 1 of an edge's greatest width for weights of these sizes; two thirds at 3."""
    return 1 - np.exp(-sizes / 3)


def faded(sizes):
    """Shares of an edge's greatest width for slopes of these sizes, on a log scale.

    The largest has 0.7; FADED powers of ten below it, and for 0, it is 0.
    """
    largest = max(float(np.max(sizes)), 1e-30)
    powers = np.log10(np.maximum(sizes, 1e-30) / largest)
    return 0.7 * np.clip(1 + powers / FADED, 0, 1) ** 2


def show_played(epochs=500):
    """The playground's picture after so many epochs on the spiral, its parts named."""
    seen = Playground()
    seen.set()
    seen.look()
    while seen.epoch < epochs:
        seen.advance()
        if seen.seen % (5 * len(seen.x)) == 0:
            seen.look()
    ax = seen.draw(playground_axes(head=0.35))
    top = unit_drawing.HEIGHT + 0.15
    look = {"clip_on": False, "weight": "bold"}
    say(ax[0], 0.55, top, "features", **look)
    say(ax[0], 2.75, top, "hidden units, edges between them", **look)
    say(ax[0], unit_drawing.LEFT + 1.5, top, "the answer p, and its line ½", **look)
    _, right, _ = seen.look()
    plots.show(
        ax,
        "The playground: two features, three columns of eight units, each as the picture of its "
        "answers over the plane, edges blue and red, and at the right the network's answer with a "
        f"border that follows the spiral, ≈ {right:.3f} of the points right; below the loss, "
        "falling.",
        sharp=1,
    )
