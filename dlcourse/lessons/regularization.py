"""Lesson 10, regularization: networks that read few letters, and what keeps them from learning
by heart.

First what is computed, then what is drawn of it. A function `show_...` draws and displays, with the
sentence for those who cannot see the picture; a function `draw_...` stands behind sliders.
"""

from dataclasses import dataclass

import numpy as np
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.patches import Circle

from dlcourse import activations, losses, plots, training
from dlcourse.drawing.sheet import arrow, box, say, sheet
from dlcourse.drawing.style import BACKWARD, GREY, INK, PALE, new_figure, padded
from dlcourse.lessons.letters import letter_net, train

BLACK = "black"


# Letters with labels, right and wrong, and networks trained on them.


def toss(names, share, seed=0):
    """A copy of the labels `names` (N,) in which this share of them is drawn anew, 0 to 25."""
    rng = np.random.default_rng(seed)
    tossed = np.array(names)
    some = rng.choice(len(tossed), round(share * len(tossed)), replace=False)
    tossed[some] = rng.integers(0, 26, len(some))
    return tossed


def new_net(seed=0, dropout=None):
    """A letter_net with 100 hidden ReLU and He's weights; a Dropout(dropout) behind them if given.

    It has 289 * 100 + 100 + 100 * 26 + 26 = 31,626 parameters.
    """
    kind = {"unit": activations.ReLU, "output": None, "scale": 2**0.5}
    return letter_net([100], seed=seed, dropout=dropout, **kind)


def trained(
    learn, seed=0, *, lr=0.2, steps=500, penalty=None, dropout=None, judge=None, progress=None
):
    """(net, History): a new_net after so many steps on batches of 104.

    The loss is softmax cross-entropy, the rule SGD(lr); whole epochs, as many as come nearest to
    `steps`. `learn` and `judge` are pairs (x, t), `judge` is looked at after each epoch; `dropout`
    is the p of a Dropout behind the hidden units.
    """
    net = new_net(seed, dropout)
    epochs = max(1, round(steps / np.ceil(len(learn[0]) / 104)))
    loss, more = losses.SoftmaxCrossEntropy(), {"penalty": penalty, "progress": progress}
    run = train(net, learn, judge, lr, epochs, seed, loss=loss, batch_size=104, **more)
    return net, run


def accuracies_of(learn, test, seeds=(0, 1, 2), **cure):
    """The accuracy on `test` of a network `trained` on `learn` with this cure from each start."""
    found = []
    for seed in seeds:
        net, _ = trained(learn, seed, **cure)
        found.append(training.accuracy(net, *test))
    return np.array(found)


class Watch:
    """A progress callback: the accuracy on two sets of letters at STEPS, close together at first.

    `steps` are those seen; `known` and `unseen` the accuracies on `learn` and on `judge` (x, t).
    """

    STEPS = (1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 50, 70, 100, 150, 200, 300, 400, 500)

    def __init__(self, learn, judge):
        self.learn, self.judge = learn, judge
        self.steps, self.known, self.unseen = [], [], []

    def watch(self, net):
        """Look at this network; `fit` calls it before the first step."""
        self.net = net

    def __call__(self, step, n_steps=None, history=None):
        if step in self.STEPS:
            self.steps.append(step)
            self.known.append(training.accuracy(self.net, *self.learn))
            self.unseen.append(training.accuracy(self.net, *self.judge))


def watched(learn, judge, **more):
    """The Watch of a training by `trained`."""
    seen = Watch(learn, judge)
    trained(learn, progress=seen, **more)
    return seen


def by_strength(sets, judge, strengths, penalty=training.L2):
    """{name: (accuracies on its own letters, on `judge`)} over the strengths, for {name: learn}."""
    found = {}
    for name, learn in sets.items():
        known, unseen = [], []
        for strength in strengths:
            net, _ = trained(learn, penalty=penalty(strength))
            known.append(training.accuracy(net, *learn))
            unseen.append(training.accuracy(net, *judge))
        found[name] = np.array(known), np.array(unseen)
    return found


def length(net):
    """The length of all weights together: the root of the sum of their squares."""
    return float(np.sqrt(sum(np.sum(W**2) for W, _ in net.weights())))


def zeros(net):
    """The share of weights that are exactly 0, for each matrix, the input's first."""
    return [float(np.mean(W == 0)) for W, _ in net.weights()]


def masks_of(net, share):
    """Which weights stay where this share of each matrix, the smallest, goes: arrays of bools."""
    found = []
    for W, _ in net.weights():
        size = np.abs(W)
        found.append(size >= np.quantile(size, share))
    return found


def apply_masks(net, masks):
    """Set the weights outside the masks to 0."""
    for (W, _), mask in zip(net.weights(), masks, strict=True):
        W *= mask


class Masked:
    """A progress callback that sets what was pruned back to 0 after every step."""

    def __init__(self, masks):
        self.masks = masks

    def watch(self, net):
        """Train this network; `fit` calls it before the first step."""
        self.net = net

    def __call__(self, step, n_steps=None, history=None):
        apply_masks(self.net, self.masks)


def pruned(net, learn, judge, shares, lr=0.2, epochs=2):
    """{share: (accuracy when cut, accuracy when trained again)} on `judge`; net stays as it is.

    Training again takes so many epochs of batches of 104, the zeros held at 0.
    """
    whole, found = net.theta.copy(), {}
    for share in shares:
        masks = masks_of(net, share)
        apply_masks(net, masks)
        cut = training.accuracy(net, *judge)
        more = {"loss": losses.SoftmaxCrossEntropy(), "batch_size": 104, "progress": Masked(masks)}
        train(net, learn, None, lr, epochs, **more)
        found[share] = cut, training.accuracy(net, *judge)
        net.theta = whole
    return found


def best_epoch(val_loss):
    """The number of the epoch after which the validation loss was lowest, counted from 1."""
    return int(np.argmin(val_loss)) + 1


def train_by(step, learn, strength, epochs, seed=0):
    """A network without a hidden layer, all weights 0 at first, trained by a rule of one's own.

    step(w, z, n, g, strength) returns the new w, z and n, arrays of W's shape. Batches of 52; the
    biases by plain descent with lr 0.1.
    """
    net = letter_net([], output=None, scale=0.0)
    loss, layer = losses.SoftmaxCrossEntropy(), net.layers[0]
    z, n = np.zeros_like(layer.W), np.zeros_like(layer.W)
    batches = training.Batches(*learn, 52, seed)
    for _ in range(epochs):
        for x, t in batches:
            loss.forward(net.forward(x), t)
            net.backward(loss.backward())
            layer.W, z, n = step(layer.W, z, n, layer.dW, strength)
            layer.b = layer.b - 0.1 * layer.db
    return net


def train_by_l1(learn, strength, epochs, seed=0):
    """The same network under SGD, lr 0.1, with proximal L1 of this strength."""
    net = letter_net([], output=None, scale=0.0)
    more = {"loss": losses.SoftmaxCrossEntropy(), "batch_size": 52}
    train(net, learn, None, 0.1, epochs, seed, penalty=training.L1(strength, True), **more)
    return net


def zeros_and_accuracy(nets, test):
    """Two arrays: of each network the share of exact zeros in W, and the accuracy on `test`."""
    share = [zeros(net)[0] for net in nets]
    return np.array(share), np.array([training.accuracy(net, *test) for net in nets])


# The cures, over sizes of data.


@dataclass
class Cell:
    """What a widget shows of one training.

    strength; accuracy on its own letters and on unseen ones; the weights (289, 8) of eight hidden
    units; counts of the layer's weights between EDGES; the share that is exactly 0.
    """

    strength: float
    known: float
    unseen: float
    weights: np.ndarray
    counts: np.ndarray
    zeros: float


EDGES = np.linspace(-0.42, 0.42, 61)
LEVELS = ["none", "weak", "medium", "strong"]


def cure(kind, strength):
    """The settings of `trained` for "L2", "L1" (proximal) or "dropout" of this strength."""
    if strength == 0:
        return {}
    if kind == "dropout":
        return {"dropout": strength}
    return {"penalty": training.L1(strength, True) if kind == "L1" else training.L2(strength)}


def grid(sets, judge, strengths):
    """{(kind, level, letters): Cell} for {letters: learn} and {kind: four strengths, the first 0}.

    level is one of LEVELS.
    """
    found = {}
    for letters, learn in sets.items():
        plain = _cell(learn, judge, 0, {})
        for kind, values in strengths.items():
            for level, strength in zip(LEVELS, values, strict=True):
                how = cure(kind, strength)
                cell = _cell(learn, judge, strength, how) if how else plain
                found[kind, level, letters] = cell
    return found


def _cell(learn, judge, strength, how):
    net, _ = trained(learn, **how)
    W = net.layers[0].W
    known, unseen = training.accuracy(net, *learn), training.accuracy(net, *judge)
    counts = np.histogram(np.clip(W, EDGES[0], EDGES[-1]), EDGES)[0]
    return Cell(strength, known, unseen, W[:, :8].copy(), counts, float(np.mean(W == 0)))


def cure_table(sets, test, cures, seed=0):
    """{letters: {name: accuracy on test}} for {letters: learn} and {name: settings of trained}."""
    found = {}
    for letters, learn in sets.items():
        found[letters] = {}
        for name, how in cures.items():
            net, _ = trained(learn, seed, **how)
            found[letters][name] = training.accuracy(net, *test)
    return found


def print_cures(table):
    """A line for each number of letters, a column for each cure."""
    names = list(next(iter(table.values())))
    print("letters  " + "".join(padded(name, 14) for name in names).rstrip())
    for letters, row in table.items():
        cells = "".join(f"≈ {score:.3f}".ljust(14) for score in row.values())
        print(f"{letters:<9}" + cells.rstrip())


def told(values):
    """Accuracies as text: "≈ 0.925, ≈ 0.930"."""
    return ", ".join(f"≈ {value:.3f}" for value in values)


# What is seen of it.


def show_letters(images, right, tossed):
    """Ten letters with the names that they were given; a wrong name is in bold type."""
    images = np.asarray(images).reshape(-1, 17, 17)
    ax = sheet(8.4, 1.25)
    for k, image in enumerate(images):
        left = 0.12 + 0.827 * k
        where = (left, left + 0.68, 0.44, 1.12)
        ax.imshow(image, cmap="gray_r", extent=where, vmin=0, vmax=1, zorder=1)
        edges = [(left, 0.44), (left + 0.68, 0.44), (left + 0.68, 1.12), (left, 1.12)]
        frame = PolyCollection([edges], facecolors="none", edgecolors=PALE, linewidths=1, zorder=2)
        ax.add_collection(frame, autolim=False)
        wrong = right[k] != tossed[k]
        words = f"“{chr(65 + tossed[k])}”"
        weight = "bold" if wrong else "normal"
        say(ax, left + 0.34, 0.22, words, size=11, weight=weight)
    wrong = int(np.sum(np.asarray(right) != np.asarray(tossed)))
    plots.show(
        ax,
        f"Ten letters with the labels that the network is given; {wrong} of the ten labels, in bold"
        " type, are wrong.",
    )


def show_parting(runs):
    """Accuracy on learned and on unseen letters over the steps, for each {name: Watch}."""
    ax = plots.axes(len(runs), width=8.4, height=3.0)
    said = []
    for a, (name, seen) in zip(ax, runs.items(), strict=True):
        curves = {"learned": (seen.known, BLACK), "unseen": (seen.unseen, plots.GREEN)}
        for which, (scores, color) in curves.items():
            words = f"{which} {scores[-1]:.2f}"
            a.plot(seen.steps, scores, color=color, linestyle="-", label=words)
        a.set(xscale="log", xlim=(1, 500), ylim=(0, 1.03), xlabel="step", title=name)
        a.set(xticks=[1, 10, 100, 500], xticklabels=["1", "10", "100", "500"])
        a.minorticks_off()
        a.tick_params(labelleft=a is ax[0])
        said.append(f"{name}: learned ≈ {seen.known[-1]:.2f}, unseen ≈ {seen.unseen[-1]:.2f}")
    ax[0].set(ylabel="accuracy")
    for a in ax:
        plots.end_names(a)
    plots.show(
        ax,
        "Accuracy on learned and on unseen letters over the steps: two curves that "
        f"rise together and part. At step 500, {'; '.join(said)}.",
    )


def show_penalty_graph():
    """A weight with two ways into the loss, forward in ink and the slopes back in purple."""
    ax = sheet(8.4, 2.6)
    high, low = 1.86, 0.72
    middle = (high + low) / 2
    places = {
        "w": (0.95, middle, "w = 0.5", 0.9),
        "net": (3.9, high, "network, letters → loss", 2.2),
        "cost": (3.9, low, "½ λ w² = 0.0125", 2.2),
        "sum": (7.3, middle, "loss + penalty", 1.5),
    }
    for x, y, words, wide in places.values():
        box(ax, x, y, wide, 0.5)
        say(ax, x, y, words, size=10.5)
    back = {"color": BACKWARD, "width": 1.4}
    for side, y, slope in ((0.1, high, "slope 0.2"), (-0.1, low, "slope λ w = 0.05")):
        arrow(ax, (1.42, middle + side), (2.77, y + 0.08))
        arrow(ax, (5.03, y + 0.08), (6.52, middle + side + 0.04))
        arrow(ax, (6.52, middle + side - 0.1), (5.03, y - 0.08), **back)
        arrow(ax, (2.77, y - 0.08), (1.42, middle + side - 0.12), **back)
        say(ax, 3.9, y - 0.4, slope, color=BACKWARD)
    say(ax, 0.95, 0.62, "0.2 + 0.05\n= 0.25", color=BACKWARD)
    say(ax, 7.3, 0.72, "λ = 0.1", color=GREY)
    say(ax, 0.12, 2.42, "forward: black", ha="left", color=GREY)
    say(ax, 1.5, 2.42, "back: purple", ha="left", color=BACKWARD)
    plots.show(
        ax,
        "A weight of 0.5 has two ways into the sum that is made small: through the network to the "
        "loss, slope 0.2, and through the penalty, slope 0.05; back at the weight they add up to "
        "0.25.",
    )


def show_strengths(found, strengths):
    """Accuracy on the learned and on unseen letters over the strength; a ring around the best one.

    found: {name: (known, unseen)} of `by_strength`.
    """
    ax = plots.axes(len(found), width=8.4, height=3.1)
    places, said = np.arange(len(strengths)), []
    for a, (name, (known, unseen)) in zip(ax, found.items(), strict=True):
        best = int(np.argmax(unseen))
        a.plot(places, known, "o-", color=BLACK, markersize=4, label="learned")
        a.plot(places, unseen, "o-", color=plots.GREEN, markersize=4, label="unseen")
        ring = {"markersize": 13, "markerfacecolor": "none", "markeredgewidth": 1.6}
        a.plot(places[best], unseen[best], "o", color=plots.GREEN, label="_best", **ring)
        under = {"ha": "right", "va": "top", "color": INK}
        a.text(best - 0.12, unseen[best] - 0.03, f"{unseen[best]:.3f}", **under)
        a.set(xticks=places, xticklabels=[f"{s:g}" for s in strengths], xlabel="strength λ")
        a.set(ylim=(0.5, 1.03), xlim=(-0.25, len(strengths) - 0.85), title=name)
        a.tick_params(labelleft=a is ax[0])
        words = f"{name}: unseen letters ≈ {unseen[0]:.3f} at 0, best ≈ {unseen[best]:.3f}"
        said.append(f"{words} at {strengths[best]:g}, ≈ {unseen[-1]:.3f} at {strengths[-1]:g}")
    ax[0].set(ylabel="accuracy")
    for a in ax:
        plots.end_names(a)
    plots.show(
        ax,
        "Accuracy over the strength of L2: on learned letters it falls from 1, on unseen ones it "
        f"rises to a best strength between and then falls. {'; '.join(said)}.",
    )


def cure_axes():
    """Three axes: accuracy over the strength, pictures of weights, a histogram of weights."""
    figure = new_figure(8.4, 3.5)
    rows = [["curve", "pictures"], ["curve", "counts"]]
    made = figure.subplot_mosaic(rows, width_ratios=[1.25, 1], height_ratios=[1.3, 1])
    return np.array([made[name] for name in ("curve", "pictures", "counts")])


LARGEST = 0.3  # the weight that has the full colour
SIDE = 17


def draw_cures(ax, found, kind, strength, letters):
    """One training of `grid` among its row: accuracies, eight units' weights, all weights."""
    cells = [found[kind, level, letters] for level in LEVELS]
    at = LEVELS.index(strength)
    here, curve = cells[at], ax[0]
    lines = {"learned": [c.known for c in cells], "unseen": [c.unseen for c in cells]}
    for (name, scores), color in zip(lines.items(), (BLACK, plots.GREEN), strict=True):
        curve.plot(scores, "o-", color=color, markersize=4, label=name)
        curve.plot(at, scores[at], "o", color=color, markersize=10, label="_here")
    letter = "p" if kind == "dropout" else "λ"
    curve.set(ylim=(0.25, 1.03), xlim=(-0.3, len(cells) - 0.7), ylabel="accuracy")
    curve.set(xticks=range(len(cells)), xticklabels=[f"{c.strength:g}" for c in cells])
    curve.set(xlabel=f"strength of {kind}, {letter}")
    words = f"{letters} letters, {kind}, {letter} = {here.strength:g}: "
    words += f"learned {here.known:.2f}, unseen {here.unseen:.2f}"
    curve.figure.suptitle(words, x=0.01, ha="left", fontsize=10.5)
    plots.end_names(curve)
    _weight_pictures(ax[1], here.weights)
    ax[1].set_title("weights of eight hidden units")
    ax[2].stairs(np.maximum(here.counts, 0.5), EDGES, color="0.7", fill=True, baseline=0.5)
    ax[2].set(yscale="log", ylim=(0.5, 4e4), yticks=[1, 100, 10000], xlim=(-0.42, 0.42))
    ax[2].set(xlabel="weight", ylabel="how many")
    ax[2].minorticks_off()
    ax[2].text(0.4, 9e3, f"exactly 0: {here.zeros:.0%}", ha="right", va="center", color=INK)
    return ax


def _weight_pictures(ax, weights, columns=4):
    """Weights (289, n) as pictures, red negative, blue positive, in rows of `columns`."""
    rows, apart = weights.shape[1] // columns, SIDE + 2
    sheet_of_all = np.zeros((rows * apart - 2, columns * apart - 2))
    frames = []
    for k in range(rows * columns):
        top, left = apart * (k // columns), apart * (k % columns)
        sheet_of_all[top : top + SIDE, left : left + SIDE] = weights[:, k].reshape(SIDE, SIDE)
        x0, y0 = left - 0.5, top - 0.5
        x1, y1 = x0 + SIDE, y0 + SIDE
        frames.append([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])
    ax.imshow(sheet_of_all, cmap="RdBu", vmin=-LARGEST, vmax=LARGEST)
    edges = PolyCollection(frames, facecolors="none", edgecolors="0.75", linewidths=0.8)
    ax.add_collection(edges, autolim=False)
    ax.set(xlim=(-1.5, columns * apart - 1.5), ylim=(rows * apart - 1.5, -1.5))
    ax.set_axis_off()


def show_sparse(nets):
    """Eight units' weights and the histogram of the layer, side by side for {name: net}."""
    figure = new_figure(8.4, 3.4)
    ax = figure.subplots(2, len(nets), height_ratios=[1.2, 1])
    said = []
    for (above, below), (name, net) in zip(ax.T, nets.items(), strict=True):
        W = net.layers[0].W
        _weight_pictures(above, W[:, :8])
        above.set_title(name)
        counts = np.histogram(np.clip(W, EDGES[0], EDGES[-1]), EDGES)[0]
        below.stairs(np.maximum(counts, 0.5), EDGES, color="0.7", fill=True, baseline=0.5)
        below.set(yscale="log", ylim=(0.5, 4e5), yticks=[1, 100, 10000], xlabel="weight")
        below.minorticks_off()
        below.tick_params(labelleft=below is ax[1, 0])
        words = f"exactly 0: {np.mean(W == 0):.0%}"
        below.text(0, 1.2e5, words, ha="center", va="center", color=INK)
        said.append(f"{name} ≈ {np.mean(W == 0):.2f}")
    ax[1, 0].set(ylabel="how many")
    plots.show(
        ax,
        "Weights of eight hidden units as pictures, and the histogram of all weights of the layer. "
        f"Share of weights that are exactly 0: {', '.join(said)}.",
    )


def show_crossing(subgradient, shrunk):
    """The path of one weight under both ways of L1, step by step."""
    ax = plots.axes(width=6.4, height=2.4)
    steps = np.arange(len(subgradient))
    ax.axhline(0, color=GREY, linewidth=0.8, linestyle="-", label="_zero")
    ax.plot(steps, subgradient, "o-", color=BLACK, markersize=4, label="subgradient")
    ax.plot(steps, shrunk, "o-", color=plots.ORANGE, markersize=4, label="shrinking")
    ax.set(xlabel="step", ylabel="weight", xlim=(-0.1, steps[-1] + 0.1), ylim=(-0.06, 0.26))
    plots.end_names(ax)
    plots.show(
        ax,
        "A weight of 0.23 under both ways: by the subgradient it comes down and then jumps between "
        f"{max(subgradient[-2:]):.2f} and {min(subgradient[-2:]):.2f}; by shrinking it stops at 0.",
    )


def show_pruned(found, whole):
    """Accuracy over the share of weights that went, when cut and when trained again."""
    ax = plots.axes(width=6.6, height=3.0)
    shares = [0, *found]
    cut = [whole, *(pair[0] for pair in found.values())]
    again = [whole, *(pair[1] for pair in found.values())]
    ax.plot(shares, again, "o-", color=plots.ORANGE, markersize=5, label="trained again")
    ax.plot(shares, cut, "o-", color=BLACK, markersize=5, label="only cut")
    ax.set(ylim=(0, 1.03), xlim=(-0.02, 0.92), xlabel="share of the weights set to 0")
    ax.set(ylabel="accuracy", xticks=shares, xticklabels=[f"{share:.0%}" for share in shares])
    plots.end_names(ax)
    words = ", ".join(f"{s:.0%}: ≈ {a:.2f}, ≈ {b:.2f}" for s, (a, b) in found.items())
    plots.show(ax, f"Accuracy when only cut, and when trained again, over the share cut: {words}.")


def show_dropped():
    """Four units and their sum: as used, and in three passes of training with p = 1/2."""
    outputs = [1.0, 2.0, 3.0, 4.0]
    passes = {"in use": (1, 1, 1, 1), "training": (1, 0, 0, 1), "training ": (0, 1, 1, 0)}
    passes |= {"training  ": (0, 0, 1, 0)}
    ax = sheet(8.4, 2.35)
    sums = []
    for k, (name, kept) in enumerate(passes.items()):
        left = 0.55 + 2.1 * k
        factor = 1 if k == 0 else 2
        for j, (y, here) in enumerate(zip(outputs, kept, strict=True)):
            height = 1.82 - 0.44 * j
            color = INK if here else PALE
            ax.add_patch(Circle((left, height), 0.17, facecolor="white", edgecolor=color, zorder=3))
            say(ax, left, height, f"{factor * y * here:g}", color=INK if here else GREY)
            edge = LineCollection([[(left + 0.18, height), (left + 0.9, 1.16)]], colors=color)
            edge.set_linewidth(1.4 if here else 0.6)
            ax.add_collection(edge, autolim=False)
        total = factor * float(np.dot(outputs, kept))
        sums.append(f"{total:g}")
        box(ax, left + 1.08, 1.16, 0.36, 0.36)
        say(ax, left + 1.08, 1.16, f"{total:g}", weight="bold")
        say(ax, left + 0.5, 2.17, name.strip(), color=GREY)
    plots.show(
        ax,
        "Four units with outputs 1, 2, 3 and 4 and their sum: in use 10. In three passes of "
        f"training some units give 0 and the others twice their output; sums {', '.join(sums[1:])}",
    )


def show_stopping(rows):
    """Mean training loss and validation loss of each epoch, a ring around the lowest of these.

    rows: {name: a list with a History for each epoch}.
    """
    ax = plots.axes(len(rows), width=8.4, height=3.0)
    said = []
    for a, (name, runs) in zip(ax, rows.items(), strict=True):
        epochs = np.arange(1, len(runs) + 1)
        val_loss = [run.val_loss[0] for run in runs]
        known = [run.loss.mean() for run in runs]
        a.plot(epochs, known, color=BLACK, linestyle="-", label="learned")
        a.plot(epochs, val_loss, color=plots.GREEN, linestyle="-", label="unseen")
        best = best_epoch(val_loss)
        ring = {"markersize": 11, "markerfacecolor": "none", "markeredgewidth": 1.6}
        at = val_loss[best - 1]
        a.plot(best, at, "o", color=plots.GREEN, label="_lowest", clip_on=False, **ring)
        a.set(xlim=(0, epochs[-1]), ylim=(0, 3), xlabel="epoch", title=name)
        a.tick_params(labelleft=a is ax[0])
        said.append(f"{name}: lowest after epoch ≈ {best} of {epochs[-1]}")
    ax[0].set(ylabel="loss")
    for a in ax:
        plots.end_names(a)
    plots.show(
        ax,
        "Loss on learned and on unseen letters over the epochs, a ring where that on unseen ones "
        f"is lowest. {'; '.join(said)}.",
    )


def show_ftrl(rows):
    """Accuracy over the share of exact zeros, for {name: (shares, accuracies on unseen)}."""
    ax = plots.axes(width=6.6, height=3.2)
    said = []
    for (name, (share, right)), color in zip(rows.items(), (BLACK, plots.ORANGE), strict=True):
        ax.plot(share, right, "o-", color=color, markersize=5, label=name)
        words = ", ".join(f"≈ {s:.2f} zeros ≈ {r:.3f}" for s, r in zip(share, right, strict=True))
        said.append(f"{name}: {words}")
    ax.set(xlabel="share of weights that are exactly 0", ylabel="accuracy on unseen letters")
    ax.set(xlim=(-0.02, 0.62), ylim=(0.9, 1))
    plots.end_names(ax)
    plots.show(ax, f"Accuracy over the share of exact zeros. {'; '.join(said)}.")
