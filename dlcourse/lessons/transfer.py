"""Lesson 12, transfer: readers of letters that begin with another network's layers, drawings.

First what is computed, then what is drawn of it. A function `show_...` draws and displays, with the
sentence for those who cannot see the picture; a function `draw_...` stands behind sliders.
"""

import time
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.patches import Rectangle

from dlcourse import activations, data, initializers, losses, network, optimizers, plots, training
from dlcourse.drawing.sheet import arrow, box, say, sheet
from dlcourse.drawing.style import BACKWARD, GREY, INK, new_figure, padded, spread
from dlcourse.lessons.letters import train

PICTURES = (1, 5, 10, 50, 200)  # of each letter
HIDDEN = (100, 100, 100)
HARD = {"fonts": "all", "rotation": 30, "shift": 2}
KNOWN, WANTED = "ABCDEFGHIJKLMNOPQR", "STUVWXYZ"
STEPS = 300
SIDE = 17


# --- readers and what they learn from


def reader(n_letters, seed=0, dtype=np.float32):
    """289 pixels, three hidden layers of 100 ReLU units from He's weights, n_letters outputs."""
    sizes = [289, *HIDDEN, n_letters]
    return network.mlp(sizes, activations.ReLU, initializers.he, seed=seed, dtype=dtype)


def inherit(new, old):
    """Copy into `new`, in place, all layers below its last one from `old`, which has the same."""
    end = list(new.slices.values())[-1].start
    new.theta[:end] = old.theta[:end]


def heir(old, thawed, seed=0, n_letters=8):
    """A reader with the hidden layers of `old`, of which the upper `thawed` learn; old=None: none.

    Its last layer is new, and always learns.
    """
    net = reader(n_letters, seed)
    if old is not None:
        inherit(net, old)
    net.freeze(len(HIDDEN) - thawed)
    return net


def letters_of(letters, wanted):
    """The pair (x, t) of those of the `letters` (images, names) that stand in the text `wanted`.

    `wanted` is a part of the alphabet in its order, and t is one-hot in that order.
    """
    images, names = letters
    first = ord(wanted[0]) - ord("A")
    rows = (names >= first) & (names < first + len(wanted))
    return images[rows], data.one_hot(names[rows] - first, len(wanted))


def few(pool, pictures, seed=0):
    """The pair (x, t) of so many pictures of each class of the pair `pool`, drawn by the seed."""
    x, t = pool
    rng, rows = np.random.default_rng(seed), []
    for k in range(t.shape[1]):
        found = np.flatnonzero(t[:, k])
        if len(found) < pictures:
            raise ValueError(f"few takes at most {len(found)} pictures of class {k} here")
        rows.extend(rng.permutation(found)[:pictures])
    return x[rows], t[rows]


def teach(net, learn, steps=STEPS, lr=0.003, seed=0, progress=None):
    """Train what of net is not frozen, in place: Adam in batches of 64, `steps` steps or fewer.

    A last round through the examples that would go beyond `steps` is left out.
    """
    epochs = max(1, steps // -(-len(learn[0]) // 64))
    more = {"loss": losses.SoftmaxCrossEntropy(), "batch_size": 64, "progress": progress}
    train(net, learn, None, None, epochs, seed, optimizer=optimizers.Adam(lr), **more)


def educate(net, learn, epochs, seed=0, loss=None):
    """Train net on many examples, in batches of 128, with Adam at 0.003; returns it."""
    more = {"loss": loss or losses.SoftmaxCrossEntropy(), "batch_size": 128}
    train(net, learn, None, None, epochs, seed, optimizer=optimizers.Adam(0.003), **more)
    return net


def first_readers(source, epochs=5, seeds=(0, 1, 2)):
    """{seed: a reader of the letters of the pair `source`}, each trained from its own start."""
    n_letters = source[1].shape[1]
    return {seed: educate(reader(n_letters, seed), source, epochs, seed) for seed in seeds}


def score(net, learn, judge, seed=0, steps=STEPS):
    """Teach net and return its accuracy on `judge`.

    What its frozen layers make of the pictures is computed once, not at every step.
    """
    upper = above_frozen(net)
    teach(upper, (below(net, learn[0]), learn[1]), steps, seed=seed)
    return training.accuracy(upper, below(net, judge[0]), judge[1])


def below(net, x):
    """What the frozen layers of net, and the units behind them, make of x; x if none is frozen."""
    for layer in net.layers[: _parting(net)]:
        x = layer.forward(x)
    return x


def above_frozen(net):
    """A network of its own, with the weights of those layers of net that learn."""
    sizes = [layer.shapes["W"] for layer in net.layers if layer.shapes][net.n_frozen :]
    upper = network.mlp([sizes[0][0], *(n_out for _, n_out in sizes)], activations.ReLU)
    upper.theta = net.theta[len(net.theta) - len(upper.theta) :]
    return upper


def _parting(net):
    """The place in net.layers of the first Dense that learns."""
    return [k for k, layer in enumerate(net.layers) if layer.shapes][net.n_frozen]


# --- sweeps over the number of pictures, three starts each


def from_pixels(pool, judge, pictures=PICTURES, seeds=(0, 1, 2)):
    """Accuracies (pictures, seeds) of one layer of 8 units, straight from the pixels."""

    def one_layer(seed):
        return network.mlp([289, 8], activations.ReLU, initializers.he, seed=seed)

    return _sweep(one_layer, pool, judge, pictures, seeds)


def from_scratch(pool, judge, pictures=PICTURES, seeds=(0, 1, 2)):
    """Accuracies (pictures, seeds) of a reader that begins with random weights."""
    return _sweep(lambda seed: reader(8, seed), pool, judge, pictures, seeds)


def transferred(sources, thawed, pool, judge, pictures=PICTURES):
    """Accuracies (pictures, seeds) of heirs of {seed: network}, so many of their layers thawed."""
    return _sweep(lambda seed: heir(sources[seed], thawed, seed), pool, judge, pictures, sources)


def _sweep(make, pool, judge, pictures, seeds):
    rows = [[score(make(k), few(pool, n, k), judge, k) for k in seeds] for n in pictures]
    return np.array(rows)


def by_thawed(sources, pool, judge, thawed=(0, 1, 2, 3)):
    """{number of thawed layers: accuracies (pictures, seeds)} for heirs of {seed: network}."""
    return {n: transferred(sources, n, pool, judge) for n in thawed}


def untrained(seeds=(0, 1, 2)):
    """{seed: a reader of 18 letters with its first weights: it has learned nothing}."""
    return {seed: reader(18, seed) for seed in seeds}


def print_by_pictures(found, pictures=PICTURES):
    """A line for each {name: accuracies (pictures, seeds)}: the means over the starts."""
    print(padded("pictures", 24) + "".join(f"{n:<9}" for n in pictures).rstrip())
    for name, scores in found.items():
        cells = "".join(f"≈ {mean:.2f}".ljust(9) for mean in np.mean(scores, axis=1))
        print(padded(name, 24) + cells.rstrip())


# --- what it costs, and what moves


def seconds(work):
    """The wall-clock seconds that a function without arguments takes: the shorter of two."""
    found = []
    for _ in range(2):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return min(found)


@dataclass
class Thawing:
    """What a thawing was: its `plan`, and the accuracies `scores` after the steps `steps`.

    moved: how far each hidden layer is from where it began, ||W - W0|| / ||W0||.
    """

    plan: list
    steps: np.ndarray
    scores: np.ndarray
    moved: np.ndarray
    net: network.Sequential


def thaw(old, plan, learn, judge, seed=0, every=20):
    """An heir of `old` taught by a plan, a list of (thawed layers, steps): a Thawing.

    Every stage has an optimizer of its own. The accuracy is taken after every `every` steps.
    """
    net = heir(old, 0, seed)
    steps, scores, before = [0], [training.accuracy(net, *judge)], 0

    def look(step, n_steps, history):
        if (before + step) % every == 0:
            steps.append(before + step)
            scores.append(training.accuracy(net, *judge))

    for thawed, n_steps in plan:
        net.freeze(len(HIDDEN) - thawed)
        teach(net, learn, n_steps, seed=seed, progress=look)
        before += n_steps
    return Thawing(plan, np.array(steps), np.array(scores), moved(net, old), net)


def moved(net, old):
    """How far each hidden layer of net is from the one of `old`: ||W - W0|| / ||W0||, an array."""
    pairs = zip(net.layers, old.layers, strict=True)
    found = [(a.W, b.W) for a, b in pairs if a.shapes][: len(HIDDEN)]
    return np.array([np.linalg.norm(W - W0) / np.linalg.norm(W0) for W, W0 in found])


def with_old_last_layer(net, old):
    """The reader `old`, with the hidden layers of net below its own last layer: a new network."""
    both = reader(len(KNOWN))
    both.theta = old.theta
    inherit(both, net)
    return both


# --- layers that have learned from pictures without names


def autoencoder(images, wiped=0.0, epochs=4, seed=0):
    """289 pixels through five layers of 100 ReLU units back to the 289 logits of the same pixels.

    wiped: the share of pixels that are set to 0 in what it sees, drawn once by the seed.
    """
    net = network.mlp([289, *HIDDEN, 100, 100, 289], activations.ReLU, initializers.he, seed=seed)
    seen = wipe(images, wiped, seed)
    return educate(net, (seen, images), epochs, seed, losses.SigmoidCrossEntropy())


def wipe(images, share, seed=0):
    """The images with about this share of their pixels set to 0."""
    kept = np.random.default_rng(seed).random(images.shape) >= share
    return (images * kept).astype(np.float32)


def turn(images, seed=0):
    """Each picture turned by 0, 1, 2 or 3 quarters to the left, drawn by the seed; (x, t)."""
    quarters = np.random.default_rng(seed).integers(4, size=len(images))
    sheets = images.reshape(-1, SIDE, SIDE)
    turned = [np.rot90(image, k) for image, k in zip(sheets, quarters, strict=True)]
    return np.reshape(turned, images.shape), data.one_hot(quarters, 4)


def glue(images, seed=0):
    """About half of the pictures get the lower half of another one; (x, t), class 1 where glued."""
    rng = np.random.default_rng(seed)
    others, glued = images[rng.permutation(len(images))], rng.random(len(images)) < 0.5
    lower = np.arange(images.shape[1]) >= 8 * SIDE
    x = np.where(glued[:, None] & lower, others, images)
    return x, data.one_hot(glued.astype(int), 2)


def on_task(make, images, epochs=4, seeds=(0, 1, 2)):
    """{seed: a reader trained on the pair make(images, seed)}, as from `turn` or `glue`."""
    found = {}
    for seed in seeds:
        x, t = make(images, seed)
        found[seed] = educate(reader(t.shape[1], seed), (x, t), epochs, seed)
    return found


def autoencoders(images, wiped=0.0, epochs=4, seeds=(0, 1, 2)):
    """{seed: autoencoder} from three starts."""
    return {seed: autoencoder(images, wiped, epochs, seed) for seed in seeds}


def print_starts(found):
    """A line for each {name: accuracies (1, seeds)}."""
    for name, scores in found.items():
        print(padded(name, 26) + ", ".join(f"≈ {value:.2f}" for value in np.ravel(scores)))


# --- drawings

FROZEN, LEARNS = plots.SKY, plots.ORANGE
LINES = (plots.PURPLE, INK, FROZEN, LEARNS)  # from pixels, from scratch, frozen, all thawed


def _mosaic(ax, images, left, top, columns, size, framed=False):
    """Pictures in rows of `columns`, from the upper left corner on, each `size` inches wide."""
    frame = {"fill": False, "edgecolor": "0.75", "linewidth": 0.8, "zorder": 3}
    for k, image in enumerate(images):
        x, y = left + size * (k % columns), top - size * (k // columns)
        place = (x, x + 0.9 * size, y - 0.9 * size, y)
        look = {"cmap": "gray_r", "vmin": 0, "vmax": 1, "zorder": 2}
        ax.imshow(np.reshape(image, (SIDE, SIDE)), extent=place, **look)
        if framed:
            ax.add_patch(Rectangle((x, y - 0.9 * size), 0.9 * size, 0.9 * size, **frame))


def _first_of_each(pair):
    """The first picture of each class of a pair (x, t)."""
    x, t = pair
    return x[np.argmax(t, axis=0)]


def show_wanted(source, ten):
    """A picture of each letter that there are many of, and all of those that are wanted."""
    ax = sheet(8.4, 3.0)
    _mosaic(ax, _first_of_each(source), 0.15, 2.55, 6, 0.72, framed=True)
    n = len(source[0])
    say(ax, 0.15, 2.76, f"A to R: one of each, {n:,} in all", ha="left")
    x, t = ten
    rows = [x[t[:, k] == 1] for k in range(t.shape[1])]
    for k, row in enumerate(rows):
        _mosaic(ax, row, 4.9, 2.55 - 0.31 * k, len(row), 0.31, framed=True)
        say(ax, 4.7, 2.41 - 0.31 * k, WANTED[k], size=10)
    say(ax, 4.9, 2.76, f"S to Z: {len(rows[0])} of each, that is all", ha="left")
    plots.show(
        ax,
        f"Letters of many fonts, turned and moved: one of each from A to R, of which there are {n},"
        f" and all {len(x)} pictures of the letters S to Z.",
    )


def _column(ax, x, middle, n, color, apart=0.16):
    """n units of a layer below each other; returns their places."""
    places = [(x, middle - apart * (k - (n - 1) / 2)) for k in range(n)]
    look = {"markersize": 7, "markerfacecolor": "white", "markeredgecolor": color, "zorder": 4}
    ax.plot([x] * n, [y for _, y in places], "o", **look)
    return places


def _draw_reader(ax, left, middle, colors, names, apart=0.95):
    """A reader from left to right; colors: of its four layers' weights; names: of its outputs."""
    columns = [_column(ax, left, middle, 6, GREY)]
    for k, color in enumerate(colors):
        n = len(names) if k == len(colors) - 1 else 5
        columns.append(_column(ax, left + apart * (k + 1), middle, n, color))
        ends = [(a, b) for a in columns[-2] for b in columns[-1]]
        edges = LineCollection(ends, colors=color, linewidths=0.8, zorder=1)
        ax.add_collection(edges, autolim=False)
    for (x, y), name in zip(columns[-1], names, strict=True):
        say(ax, x + 0.14, y, name, size=9, ha="left")


def show_two_readers():
    """A reader of A to R, and below it one of S to Z with the same hidden layers and a new last."""
    ax = sheet(8.4, 3.5)
    _draw_reader(ax, 1.6, 2.6, [INK] * 4, ["A", "B", "…", "R"], apart=1.3)
    _draw_reader(ax, 1.6, 0.95, [FROZEN] * 3 + [LEARNS], ["S", "T", "…", "Z"], apart=1.3)
    say(ax, 0.1, 2.6, "learned\nA to R", ha="left")
    say(ax, 0.1, 0.95, "is to learn\nS to Z", ha="left")
    for k in range(3):
        x = 2.25 + 1.3 * k
        arrow(ax, (x, 2.02), (x, 1.5), width=1.6)
        say(ax, x + 0.1, 1.76, "copied", ha="left", size=9)
    say(ax, 6.15, 1.76, "new", size=9)
    sizes = ["289 dots", "100 units", "100 units", "100 units", "18 units"]
    for k, words in enumerate(sizes):
        say(ax, 1.6 + 1.3 * k, 3.3, words, size=9, color=GREY)
    say(ax, 6.8, 0.28, "8 units", size=9, color=GREY)
    plots.show(
        ax,
        "Two networks above each other. The three hidden layers of the one that learned A to R are "
        "copied into the one for S to Z; its last layer of 8 units is new.",
    )


def show_frozen_chain():
    """Three weights in a chain, forward and back, the middle one frozen: the text's numbers."""
    ax = sheet(8.4, 2.35)
    xs = (0.55, 2.55, 4.55, 6.55)
    values = ("x = 2", "y₁ = 1", "y₂ = 3", "p = −3")
    for x, words in zip(xs, values, strict=True):
        box(ax, x, 1.5, 0.86, 0.4)
        say(ax, x, 1.5, words)
    say(ax, 7.72, 1.5, "t = −2\nloss ½", size=10)
    signals = ("", "δ = 3", "δ = 1", "δ = −1")
    weights = ("w₁ = 0.5", "w₂ = 3, frozen", "w₃ = −1")
    slopes = ("slope 3 · 2 = 6", "slope 1 · 1: left out", "slope −1 · 3 = −3")
    for k in range(3):
        color = FROZEN if k == 1 else LEARNS
        start, end = xs[k] + 0.45, xs[k + 1] - 0.45
        arrow(ax, (start, 1.58), (end, 1.58), color=color, width=2.2)
        arrow(ax, (end, 1.38), (start, 1.38), color=BACKWARD, width=1.4)
        say(ax, (start + end) / 2, 1.98, weights[k])
        say(ax, (start + end) / 2, 0.52, slopes[k], color=GREY if k == 1 else BACKWARD)
        say(ax, xs[k + 1], 1.06, signals[k + 1], color=BACKWARD)
    plots.show(
        ax,
        "A chain of three weights. The error signal −1 at the end becomes 1, then 3; the frozen "
        "weight in the middle is passed with its factor 3 and gets no slope, the first gets 6.",
    )


def _place(pictures):
    """Where a number of pictures stands on an axis of factors."""
    return np.log10(pictures)


def _picture_axis(ax, pictures=PICTURES):
    ax.set(xticks=_place(pictures), xticklabels=[str(n) for n in pictures], ylim=(0, 1.02))
    ax.set(xlabel="pictures of each letter", xlim=(-0.08, _place(pictures[-1]) + 0.02))


def show_four_curves(found, pictures=PICTURES):
    """Accuracy over the number of pictures for {way: accuracies (pictures, seeds)}: the summary.

    The ways stand in the order of LINES.
    """
    ax = plots.axes(width=7.6, height=4.0)
    said = []
    for (name, scores), color in zip(found.items(), LINES, strict=True):
        for start in scores.T:
            ax.plot(_place(pictures), start, ".", color=color, markersize=5, label="_start")
        means = np.mean(scores, axis=1)
        ax.plot(_place(pictures), means, "-", color=color, label=name)
        said.append(f"{name} ≈ {means[0]:.2f} to ≈ {means[-1]:.2f}")
    _picture_axis(ax, pictures)
    ax.set(ylabel="accuracy on unseen S to Z")
    plots.end_names(ax)
    plots.show(
        ax,
        f"Four curves over the number of pictures of each letter, from {pictures[0]} to "
        f"{pictures[-1]}: {'; '.join(said)}.",
    )


def thaw_axes():
    """A sheet for the network, and at its right the accuracies."""
    figure = new_figure(8.4, 3.6, layout=None)
    left = figure.add_axes((0.0, 0.0, 0.36, 1.0))
    return np.array([left, figure.add_axes((0.44, 0.15, 0.43, 0.77))])


def draw_thawed(ax, found, scratch, layers_of, pictures, thawed):
    """The reader with `thawed` layers learning, and its accuracies among those of all others.

    found: {name of what the layers learned before: {thawed: accuracies (pictures, seeds)}}.
    """
    drawing, curves = ax
    sheet(3.02, 3.6, drawing)
    colors = [FROZEN] * (len(HIDDEN) - thawed) + [LEARNS] * (thawed + 1)
    _draw_reader(drawing, 0.3, 1.9, colors, ["S", "T", "…", "Z"], apart=0.58)
    say(drawing, 0.15, 3.3, f"layers of: {layers_of}", ha="left")
    say(drawing, 0.15, 3.02, f"{pictures} of each letter", ha="left")
    say(drawing, 0.15, 0.62, "frozen", ha="left", color="#0071C6")
    say(drawing, 0.85, 0.62, "learns", ha="left", color="#B35900")
    scores = found[layers_of]
    for k, rows in scores.items():
        if k != thawed:
            means = rows.mean(axis=1)
            curves.plot(_place(PICTURES), means, "-", color="0.75", lw=1, label=f"{k} thawed")
    curves.plot(_place(PICTURES), scratch.mean(axis=1), "--", color=INK, lw=1.2, label="scratch")
    color = LEARNS if thawed else FROZEN
    means = scores[thawed].mean(axis=1)
    curves.plot(_place(PICTURES), means, "-", color=color, lw=2.4, label=f"{thawed} thawed")
    at = PICTURES.index(pictures)
    here = scores[thawed][at]
    curves.plot([_place(pictures)] * len(here), here, "o", color=color, markersize=7, label="_here")
    _picture_axis(curves)
    curves.set(ylabel="accuracy on unseen S to Z")
    words = ", ".join(f"{value:.2f}" for value in here)
    curves.set_title(f"{words}: mean {here.mean():.3f}", fontsize=10.5, loc="left")
    plots.end_names(curves)
    return ax


def show_cached():
    """Training through frozen layers at every step, and with what they give computed once."""
    ax = sheet(8.4, 2.2)
    for y, cached in ((1.6, False), (0.6, True)):
        say(ax, 0.1, y, "once" if cached else "at every\nstep", ha="left")
        x = 1.0
        for k in range(4):
            if k == 0 or not cached:
                box(ax, x + 0.6, y, 1.15, 0.42, color="white", edge=FROZEN)
                say(ax, x + 0.6, y, "frozen layers", size=9)
                x += 1.24
            box(ax, x + 0.26, y, 0.48, 0.42, color="white", edge=LEARNS)
            say(ax, x + 0.26, y, "last", size=9)
            x += 0.56
        say(ax, x + 0.02, y, "…", ha="left")
    say(ax, 1.0, 2.02, "time →", ha="left", color=GREY, size=9)
    plots.show(
        ax,
        "Two time lines. Above, every step goes through the frozen layers and then the last one; "
        "below, the frozen layers are passed once, and four steps of the last layer follow.",
    )


def show_thawing(runs):
    """Accuracy over the steps for {name: [Thawing]}, and how far each layer moved."""
    figure = new_figure(8.4, 3.4)
    left, right = figure.subplots(1, 2, width_ratios=[1.55, 1])
    colors, said = dict(zip(runs, (INK, LEARNS), strict=True)), []
    for name, row in runs.items():
        for k, run in enumerate(row):
            label = name if k == len(row) - 1 else "_start"
            left.plot(run.steps, run.scores, "-", color=colors[name], linewidth=1.4, label=label)
        ends = ", ".join(f"≈ {run.scores[-1]:.2f}" for run in row)
        said.append(f"{name} ends at {ends}")
    longest = max((row[0].plan for row in runs.values()), key=len)
    before = 0
    for thawed, steps in longest:
        if before:
            left.axvline(before, color="0.75", linewidth=1, linestyle="-", zorder=0)
        words = f"{thawed} thawed"
        left.text(before + steps / 2, 0.03, words, ha="center", fontsize=9, color=INK)
        before += steps
    left.set(xlim=(0, before), ylim=(0, 0.8), xlabel="step", ylabel="accuracy on unseen S to Z")
    plots.end_names(left)
    for shift, (name, row) in zip((-0.2, 0.2), runs.items(), strict=True):
        means = np.mean([run.moved for run in row], axis=0)
        said.append(f"{name} moved the first hidden layer by ≈ {means[0]:.2f} of its length")
        at = np.arange(1, len(means) + 1) + shift
        right.bar(at, means, 0.36, color=colors[name])
        for x, value in zip(at, means, strict=True):
            right.text(x, value + 0.006, f"{value:.2f}", ha="center", fontsize=9, color=INK)
    right.set(
        xticks=[1, 2, 3], ylim=(0, 0.34), xlabel="hidden layer", ylabel="moved, share of its length"
    )
    plots.show(
        figure.axes,
        f"Accuracy over {before} steps with few pictures, and how far each hidden layer moved: "
        f"{'; '.join(said)}.",
    )


def show_narrow():
    """An autoencoder: layers from the dots to few numbers, and from these back to the same dots."""
    ax = sheet(8.4, 2.3)
    letter = data.letters(1, seed=1)[0]
    _mosaic(ax, letter, 0.2, 1.72, 1, 1.2)
    _mosaic(ax, letter, 7.2, 1.72, 1, 1.2)
    columns = []
    for x, n in zip((1.9, 3.1, 4.2, 5.3, 6.5), (9, 6, 3, 6, 9), strict=True):
        columns.append(_column(ax, x, 1.18, n, INK))
    for left, right in pairwise(columns):
        ends = [(a, b) for a in left for b in right]
        ax.add_collection(
            LineCollection(ends, colors="0.75", linewidths=0.6, zorder=1), autolim=False
        )
    arrow(ax, (1.38, 1.18), (1.72, 1.18))
    arrow(ax, (6.7, 1.18), (7.06, 1.18))
    say(ax, 0.74, 0.3, "shown")
    say(ax, 7.45, 0.3, "target: the same")
    say(ax, 4.2, 0.3, "few numbers")
    plots.show(
        ax,
        "A network whose layers grow narrower and then wider again, from a letter to a letter: the "
        "target is the same picture that is shown.",
    )


def show_autoencoders(pair, plain, wiping, share=0.5):
    """One letter of each class of a pair (x, t), what an autoencoder gives back; the same wiped."""
    x = _first_of_each(pair).astype(np.float32)
    seen = wipe(x, share, seed=9)
    sigmoid = activations.Sigmoid().f
    rows = {
        "shown": x,
        "given back": sigmoid(plain.forward(x)),
        "half wiped": seen,
        "restored": sigmoid(wiping.forward(seen)),
    }
    ax = sheet(8.4, 3.5)
    for k, (name, row) in enumerate(rows.items()):
        top = 3.42 - 0.85 * k
        say(ax, 0.1, top - 0.38, name, ha="left")
        _mosaic(ax, row, 1.45, top, len(row), 0.84)
    wrong = np.mean((rows["restored"] > 0.5) != (x > 0.5))
    plots.show(
        ax,
        "Letters and what an autoencoder gives back; the same letters half wiped, and what another "
        f"restores: ≈ {wrong:.2f} of the dots come out wrongly.",
    )


def show_tasks(images, n=5):
    """Pictures whose names cost nothing: turned by quarters, and glued from two."""
    ax = sheet(8.4, 1.75)
    for left, make, names in (
        (0.15, turn, ("0", "1", "2", "3")),
        (4.4, glue, ("whole", "glued")),
    ):
        x, t = make(images[: 4 * n], seed=26)
        _mosaic(ax, x[:n], left, 1.3, n, 0.78)
        for k, label in enumerate(t[:n].argmax(axis=1)):
            say(ax, left + 0.35 + 0.78 * k, 0.36, names[label], size=9.5)
    say(ax, 0.15, 1.52, "by how many quarters was it turned?", ha="left")
    say(ax, 4.4, 1.52, "one letter, or two halves?", ha="left")
    plots.show(
        ax,
        "Two tasks that need nobody's names: five letters with the number of quarters they were "
        "turned by, and five that are whole or glued from two halves.",
    )


def worth(score, pictures, scratch):
    """How many pictures a reader from scratch needs for this score, read off its curve."""
    return float(np.exp(np.interp(score, scratch, np.log(pictures))))


def show_worth(found, pictures, scratch, at=10):
    """From-scratch accuracy over pictures; from `at` an arrow to it for each {name: score}."""
    ax = plots.axes(width=7.6, height=3.6)
    near = [k for k, n in enumerate(pictures) if at / 2 <= n <= 5 * at]
    curve = _place(np.take(pictures, near)), np.take(scratch, near)
    ax.plot(*curve, "o-", color=INK, markersize=4, label="from scratch")
    _picture_axis(ax, np.take(pictures, near))
    ends = _place(at / 2.2), _place(5 * at)
    ax.set(ylabel="accuracy on unseen S to Z", xlim=ends, ylim=(0.38, 0.8))
    said, heights = [], spread(list(found.values()), 0.032)
    for (name, mean), height in zip(found.items(), heights, strict=True):
        equal = worth(mean, pictures, scratch)
        look = {"arrowstyle": "-|>", "color": LEARNS, "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", (_place(equal), mean), (_place(at), mean), arrowprops=look)
        ax.plot(_place(at), mean, "o", color=LEARNS, markersize=5, label="_at")
        ax.plot([0.9, 0.99], [height, mean], "-", color="0.75", linewidth=0.8, label="_lead")
        ax.text(0.89, height, name, ha="right", va="center", color=INK, fontsize=9.5)
        said.append(f"{name} as good as ≈ {equal:.0f}")
    plots.end_names(ax)
    plots.show(ax, f"What ten pictures of each letter are worth, in pictures: {'; '.join(said)}.")


def thaw_drawing(found, scratch):
    """The function behind the sliders, for what was found: see `draw_thawed`."""
    learned = next(iter(found))

    def draw(ax=None, pictures=10, layers_thawed=0, layers_of=learned):
        """A reader whose three hidden layers are frozen, and its accuracy over the pictures.

        With ten of each letter it is 0.73, from scratch 0.53.
        """
        return draw_thawed(ax, found, scratch, layers_of, pictures, layers_thawed)

    return draw
