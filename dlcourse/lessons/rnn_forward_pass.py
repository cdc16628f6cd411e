"""Lesson 7: a recurrent network by hand, its echo, a latch, a digit read row by row.

First what is computed, then what is drawn of it. A function `show_...` draws and displays, with the
sentence for those who cannot see the picture; a function `draw_...` stands behind sliders. Steps
are counted from 1, and state 0 is the one before the first step.
"""

import functools
import itertools

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.patches import Rectangle

from dlcourse import data, layers, losses, network, plots, recurrent
from dlcourse.drawing import instrument
from dlcourse.drawing.schematics import WEIGHTS
from dlcourse.drawing.sheet import arrow, box, say, sheet
from dlcourse.drawing.style import BACKWARD, BLUE, GREY, INK, ORANGE, RED, new_figure
from dlcourse.guard.vectors import dot
from dlcourse.lessons.letters import rms

FITTED = 4000  # of the 6000 digits; the read-out is judged on the others
FIVE = [5940, 5733, 4118, 4722, 5175]  # digits that nearly agree in row 16, a dash in each
NAMES = "18349"  # and what they are
SLIT = 15  # where Python has row 16
INK_ROWS = slice(4, 24)  # the rows that hold nearly all ink of the digits
WAYS = 20  # that many rows

# The worked example: one number comes in, the state has two, an output is read from the state.
W_X = np.array([[0.5, 0.6]])
W_H = np.array([[0.1, 0.2], [0.3, 0.4]])
B = np.array([0.1, -0.1])
W_OUT = np.array([1.0, 2.0])
B_OUT = 0.1


def remember(xs, factor=1.0):
    """The states (T + 1, 2) of the worked example as it reads xs (T,), the first one 0.

    factor: what its W_h is multiplied with.
    """
    h = np.zeros(2)
    states = [h]
    for x in np.ravel(xs):
        h = np.tanh(x * W_X[0] + h @ (factor * W_H) + B)
        states.append(h)
    return np.array(states)


def outputs_of(states):
    """The outputs (T,) that the worked example reads from its states (T + 1, 2)."""
    return states[1:] @ W_OUT + B_OUT


def echo(xs, factor=1.0):
    """What the first of the inputs xs (T,) leaves in each output: with it, less without it."""
    without = np.array(xs, float)
    without[0] = 0
    return outputs_of(remember(xs, factor)) - outputs_of(remember(without, factor))


def resting_places(factor):
    """Where the worked example's state ends when zeros come: (K, 2), from all corners, K 1 or 2."""
    h = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
    for _ in range(400):
        h = np.tanh(h @ (factor * W_H) + B)
    return np.unique(h.round(2), axis=0)


def every_sequence(steps):
    """All sequences of `steps` zeros and ones, one a column: (steps, 2^steps)."""
    return np.arange(2**steps) >> np.arange(steps)[:, None] & 1


def last_state(xs, w_x, w_h, b=0.0):
    """The last state (N,) of the unit h_t = tanh(w_x x_t + w_h h_(t-1) + b), sequences (T, N)."""
    h = np.zeros(xs.shape[1])
    for x in xs:
        h = np.tanh(w_x * x + w_h * h + b)
    return h


def right_by_threshold(values, wanted):
    """How many of N values say what is wanted (N,), if yes is above, or below, the best threshold.

    States closer than 1e-12 count as equal: no threshold lies between them.
    """
    order = np.argsort(values)
    values, wanted = values[order], wanted[order]
    yes_below = np.append(0, np.cumsum(wanted))
    no_below = np.append(0, np.cumsum(~wanted))
    yes_if_above = no_below + yes_below[-1] - yes_below  # right answers, a threshold at each place
    cuts = np.concatenate([[True], np.diff(values) > 1e-12, [True]])
    return max(yes_if_above[cuts].max(), (len(values) - yes_if_above[cuts]).max())


def best_shared(sequences, wanted, weights, biases):
    """The most that a unit with w_x = w_h gets right, over all pairs of a weight and a bias."""
    found = []
    for w in weights:
        for b in biases:
            found.append(right_by_threshold(last_state(sequences, w, w, b), wanted))
    return max(found)


def digits():
    """The last 6000 of the digits: images (6000, 784) and labels (6000,)."""
    images, labels = data.digits()
    return images[4000:], labels[4000:]


def read_out(features, labels):
    """Ten answers (6000, 10) for features (6000, D): a Dense layer fitted to the first 4000.

    Least squares to the one-hot labels (6000,), the last weight is the bias. The squares of the
    weights, times 1e-3, are added: for features that never change, such as pixels without ink.
    """
    x = np.column_stack([features, np.ones(len(features))]).astype(float)
    fitted, wanted = x[:FITTED], data.one_hot(labels[:FITTED], 10)
    squares = dot(fitted.T, fitted) + 1e-3 * np.eye(x.shape[1])
    return x @ np.linalg.solve(squares, fitted.T @ wanted)


def share_right(answers, labels):
    """The share of the last 2000 digits whose largest answer is their label; answers (6000, 10)."""
    return np.mean(answers[FITTED:].argmax(axis=1) == labels[FITTED:])


def share_named(features, labels):
    """The share of the last 2000 digits that a read-out of the features (6000, D) names rightly."""
    return share_right(read_out(features, labels), labels)


def shares_named(sequences, labels):
    """share_named after each step of sequences (6000, T, D) of states or rows: (T,)."""
    return np.array([share_named(sequences[:, t], labels) for t in range(sequences.shape[1])])


def pair_distances(points):
    """The distances (K (K - 1) / 2,) of every two of K points (K, D)."""
    i, j = np.triu_indices(len(points), 1)
    return np.linalg.norm(points[i] - points[j], axis=1)


def apart_at_the_slit(rows, seeds=10):
    """Five digits, rows (5, 28, 28): how far apart the states of random readers are at row 16.

    For each seed (the nearest two with memory, the farthest two without it): without means that the
    reader comes to row 16 with state 0. Both ranges are printed.
    """
    nearest, farthest = [], []
    for seed in range(seeds):
        net = network.Sequential([recurrent.RNN(28, 64)], seed)
        states = net.forward(rows)[:, SLIT]
        fresh = net.layers[0].step(rows[:, SLIT], np.zeros((len(rows), 64)))
        nearest.append(pair_distances(states).min())
        farthest.append(pair_distances(fresh).max())
    for name, found in (("with memory, the nearest", nearest), ("without, the farthest", farthest)):
        print(f"{name} two are ≈ {min(found):.2f} to ≈ {max(found):.2f} apart")
    return np.array(nearest), np.array(farthest)


def named_by_readers(rows, labels, seeds=3):
    """What random readers name rightly: (after row 16, after row 28, that with half the W_h).

    Each (seeds,); a line is printed for every seed.
    """
    found = []
    for seed in range(seeds):
        net = network.Sequential([recurrent.RNN(28, 64)], seed)
        states = net.forward(rows)
        middle, last = share_named(states[:, SLIT], labels), share_named(states[:, 27], labels)
        net.layers[0].W_h = 0.5 * net.layers[0].W_h
        half = share_named(net.forward(rows)[:, 27], labels)
        found.append((middle, last, half))
        print(f"start {seed}: after row 16 ≈ {middle:.2f}, after row 28 ≈ {last:.2f}", end="; ")
        print(f"with half of W_h, after row 28 ≈ {half:.2f}")
    return np.transpose(found)


@functools.lru_cache(maxsize=10)  # the starts that a widget shows
def _reader(seed):
    """A reader of 28 pixels with 30 units and a Dense layer with ten units, as they are drawn."""
    reader = network.Sequential([recurrent.RNN(28, 30)], seed, np.float64)
    out = network.Sequential([layers.Dense(30, 10)], seed, np.float64)
    return reader, reader.layers[0].W_h.copy(), out


@functools.cache
def small_batch():
    """Sixty-four digits, rows 5 to 24 of each (64, 20, 28), and their targets (64, 10)."""
    images, labels = digits()
    rows = images[:64].reshape(-1, 28, 28)[:, INK_ROWS]
    return rows.astype(float), data.one_hot(labels[:64], 10)


@functools.lru_cache(maxsize=512)
def way_back(steps, size=1.0, seed=0):
    """The error signal at every step of a reader that has not learned: (W_h, signals, slopes).

    It reads the first `steps` of rows 5 to 24 of 64 digits, a Dense layer answers, the loss is the
    squared error. W_h has standard deviation size/sqrt(30). signals (steps,): the RMS of each
    step's delta; slopes: an array (64, 30) for each step.
    """
    reader, drawn, out = _reader(seed)
    rows, targets = small_batch()
    reader.layers[0].W_h = W_h = size * drawn
    states = reader.forward(rows[:, :steps])
    loss = losses.MeanSquaredError()
    loss.forward(out.forward(states[:, -1]), targets)
    dh = loss.backward() @ out.layers[0].W.T
    signals, slopes = [], []
    for t in reversed(range(steps)):
        slope = 1 - states[:, t] ** 2
        delta = dh * slope
        signals.append(rms(delta))
        slopes.append(slope)
        dh = delta @ W_h.T
    return W_h.copy(), np.array(signals[::-1]), slopes[::-1]


def first_over_last(steps, size, seeds=10):
    """The error signal of step 1 over the last step's, for each start (seeds,); the middle printed.

    Beside it stands what one step leaves: the middle's root of the order steps - 1.
    """
    found = []
    for seed in range(seeds):
        _, signals, _ = way_back(steps, size, seed)
        found.append(signals[0] / signals[-1])
    middle = np.median(found)
    each = middle ** (1 / (steps - 1))
    print(f"W_h × {size:g}, {steps} steps: ≈ {middle:.2g}; each step × ≈ {each:.2f}")
    return np.array(found)


# What is seen of it.


def _five_sheets(pictures, captions):
    """Five pictures (5, 28, 28) in a row, a caption above each."""
    ax = plots.axes(width=7.4, height=1.7)
    plots.images(pictures.reshape(5, 784), ax, columns=5, captions=captions)
    ax.set_ylim(36.5, 3.5)  # images leaves more room above than a line of words takes
    return ax


def show_slits(rows):
    """Five sheets with a slit, that shows row 16 of five digits (5, 28, 28)."""
    slit = np.where(np.arange(28)[:, None] == SLIT, rows, 0.3)  # 0.3: the grey of the sheet
    ax = _five_sheets(slit, [f"sheet {k}" for k in range(1, 6)])
    plots.show(ax, "Five grey sheets with a slit; in each slit nearly the same short dash.")


def _a(digit):
    """8 as "an 8", 3 as "a 3"."""
    return f"an {digit}" if digit == 8 else f"a {digit}"


def show_five(rows, labels):
    """The five digits (5, 28, 28) without their sheets, row 16 marked at both sides."""
    ax = _five_sheets(rows, [f"sheet {k}: {_a(label)}" for k, label in enumerate(labels, 1)])
    for k in range(5):  # images leaves a pixel left of each picture, 28 // 3 rows above it
        for left in (1 + 30 * k, 1 + 30 * k + 25):
            ax.plot([left, left + 2], [9 + SLIT, 9 + SLIT], color=ORANGE, linestyle="-", lw=3)
    digits = ", ".join(map(str, labels))
    plots.show(ax, f"The five digits are {digits}. An orange mark beside each shows row 16.")


def show_letters():
    """A recurrent network folded and over three steps, with letters for its numbers."""
    ax = plots.unrolled([[1]] * 3, [[0]] * 4, [[0]] * 3, digits=None, first_step=1)
    plots.show(
        ax,
        "Left one network with a loop from its state to itself; right three steps of it in a row, "
        "each with the same three matrices.",
    )


def show_second_step(h_old, z, h_new):
    """The second step of the worked example, input 2, each number on its edge."""
    ins = ["input\nx = 2", f"unit 1 was\n{h_old[0]:.3f}", f"unit 2 was\n{h_old[1]:.3f}"]
    out = [f"unit {k + 1}, b = {B[k]:g}\nz = {z[k]:.3f}\ntanh z = {h_new[k]:.3f}" for k in (0, 1)]
    out = [words.replace("-", "−") for words in out]
    ax = plots.axes(width=5.8, height=2.6)
    plots.network([ins, out], [np.vstack([W_X, W_H])], ax)
    for name, y in (("$W_x$", -1.15), ("$W_h$", 1.3)):
        frame = {"facecolor": "white", "edgecolor": WEIGHTS[name], "linewidth": 2}
        ax.text(0.31, y, name, color=INK, ha="center", va="center", bbox=frame)
    plots.show(
        ax,
        "The input and the two old numbers of the state lead to two units over six weights. The "
        f"new state is {h_new[0]:.3f} and {h_new[1]:.3f}.",
    )


def show_unrolled(xs, states, outputs):
    """The worked example over its steps, with all numbers."""
    ax = plots.unrolled(np.reshape(xs, (-1, 1)), states, np.reshape(outputs, (-1, 1)), first_step=1)
    said = ", ".join(f"{y:.2f}" for y in np.ravel(outputs))
    plots.show(ax, f"The network unrolled over three steps with its numbers; its outputs: {said}.")


def show_echo(with_it, without, steps=12):
    """Outputs (T,) with and without the first input; beside them their difference."""
    with_it, without = np.ravel(with_it)[:steps], np.ravel(without)[:steps]
    left = with_it - without
    ax = plots.axes(2, width=6.6, height=2.3)
    at = np.arange(steps)
    ax[0].plot(at, with_it, "o-", color="black", label="with the 1", markersize=4)
    ax[0].plot(at, without, "o-", color="0.6", label="without", markersize=4)
    ax[0].set(
        xticks=[0, 5, 10],
        xlabel="steps later",
        ylabel="output",
        ylim=(-0.6, 1.8),
        xlim=(-0.5, steps - 0.7),
    )
    for name, k, gap in (("with the 1", 0, 0.05), ("without", 2, -0.1)):
        y = with_it[k] if k == 0 else without[k]
        ax[0].text(k + 0.4, y + gap, name, va="center" if k == 0 else "top", color=INK)
    ax[1].plot(at, left, "o-", color="black", markersize=4)
    for k in (0, 10):
        ax[1].text(k + 0.4, left[k] * 1.25, f"{left[k]:.{2 + k // 5}f}", color=INK)
    ax[1].text(5.4, left[5] * 1.6, f"each step × {left[6] / left[5]:.2f}", color=INK)
    ax[1].set(xlabel="steps later", ylabel="echo: the difference", yscale="log")
    ax[1].set(xlim=(-0.5, steps + 0.5), ylim=(1e-3, 5), xticks=[0, 5, 10])
    ax[1].minorticks_off()
    plots.show(
        ax,
        "Left two outputs that soon lie on each other. Right their difference on a log axis: a "
        f"straight line that falls from {left[0]:.2f} to ≈ {left[10]:.4f} in ten steps.",
    )


def show_way_back(states, deltas):
    """The worked example's three steps, and back through them the error signals.

    states (4, 2), the start first; deltas (3, 2). A box holds what comes back to a unit, its slope
    and their product.
    """
    slopes = 1 - states[1:] ** 2
    ax = sheet(7.6, 2.75)
    columns, lines = (0.75, 2.95, 5.15), (1.75, 0.6)
    for k, y in enumerate(lines):
        arrow(ax, (6.45, 1.175 + 0.12 * (1 - 2 * k)), (5.75, y), BACKWARD, 1.6)
        say(ax, 6.2, y + 0.02 - 0.1 * (1 - 2 * k), f"{W_OUT[k]:g}", ha="left")
    box(ax, 6.95, 1.175, 0.9, 0.56)
    say(ax, 6.95, 1.175, f"y = {outputs_of(states)[-1]:.2f}\nstart: 1", linespacing=1.4)
    for t, x in enumerate(columns):
        say(ax, x, 2.55, f"step {t + 1}", color=GREY)
        for k, y in enumerate(lines):
            box(ax, x, y, 1.15, 0.82)
            back = deltas[t, k] / slopes[t, k]
            words = f"unit {k + 1}\n{back:.3f} · {slopes[t, k]:.3f}\nδ = {deltas[t, k]:.3f}"
            say(ax, x, y, words, linespacing=1.4)
    for x, (i, above), (j, behind) in itertools.product(
        columns[1:], enumerate(lines), enumerate(lines)
    ):
        start, end = (x - 0.6, behind), (x - 1.6, above)
        arrow(ax, start, end, BACKWARD, 1.6)
        share = 0.3
        at = [start[k] + share * (end[k] - start[k]) for k in (0, 1)]
        ground = {"facecolor": "white", "linewidth": 0, "pad": 1}
        say(ax, *at, f"{W_H[i, j]:g}", bbox=ground)
    plots.show(
        ax,
        "Three steps of two units and the last output; purple arrows go back over the weights of "
        "W_h. The δ of unit 1: "
        + ", ".join(f"{delta:.3f}" for delta in deltas[::-1, 0])
        + " from step 3 to step 1.",
    )


def draw_back(ax=None, steps=20, scale=0.5, seed=3):
    """The instrument with time steps as columns: the same bundle of weights twenty times, paler to
    the left, and bars that hang the lower the earlier the step; step 1 gets about 1/1,900,000."""
    ax = instrument.axes() if ax is None else ax
    W_h, signals, slopes = way_back(steps, scale, seed)
    rows, _ = small_batch()
    page = np.full((WAYS, 28), 0.15)
    page[:steps] = rows[1, :steps]
    words = instrument.lost_or_won(signals).replace("layer 1", "step 1")
    words = words.replace("the last layer's gradient", "the last step's error signal")
    words = words.replace("the last layer gets no gradient", "the last step gets no error signal")
    title = f"{steps} steps, W_h × {scale:.3g}: {words.replace('gradient', 'error signal')}"
    same = [W_h] * steps
    instrument.instrument(ax, same, signals, slopes, page, title=title, ylabel="error signal δ")
    ax[1].set(xlabel="step (first row read left)")
    return ax


def show_turning(starts, steps=2):
    """States (K, 2) as arrows, at first and after one step and two: h becomes h W_h.

    Each panel is enlarged by what the last step has taken in the long run.
    """
    stretch = np.abs(np.linalg.eigvals(W_H)).max()
    ax = plots.axes(steps + 1, width=6.2, height=2.3)
    h = np.asarray(starts, float)
    for k, a in enumerate(ax):
        for tip, color in zip(h, ("black", "0.45", "0.7"), strict=True):
            a.annotate("", tip, (0, 0), arrowprops={"arrowstyle": "-|>", "color": color, "lw": 2})
        reach = 1.15 * stretch**k
        a.plot(0, 0, ".", color=INK)
        a.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
        a.set(title="at first" if k == 0 else f"after {k} step{'s' * (k > 1)}")
        a.set(xlabel="$h$ of unit 1", ylabel="$h$ of unit 2" if k == 0 else "")
        a.locator_params(nbins=3)
        h = h @ W_H
    plots.show(
        ax,
        "Three arrows of different directions; after one step all lie nearly on one line, after "
        f"two they do, and each step makes them {stretch:.3f} times as long.",
    )


def show_echoes(echoes, steps=40):
    """The echo (T,) of a 1 for each {factor: echo}, the largest factor in ink.

    A name stands at the end of its line, or, where the line leaves at the foot, on its way down.
    """
    ax = plots.axes(width=5.8, height=2.6)
    last = max(echoes)
    for factor, left in echoes.items():
        color = "black" if factor == last else str(0.4 + 0.25 * (factor < 1.8))
        look = {"linewidth": 3 if factor == last else 1.6, "linestyle": "-"}
        ax.plot(range(steps), left[:steps], color=color, **look)
        leaves = left[steps - 1] < 1e-4
        at = np.argmax(left < 1e-2) if leaves else steps - 1
        side = "bottom" if leaves else "center"
        ax.text(at + 0.6, left[at], f"W_h × {factor:g}", va=side, color=INK)
    ax.set(yscale="log", ylim=(1e-4, 20), xlim=(0, steps - 1))
    ax.set(xlabel="steps later", ylabel="echo of the 1")
    ax.minorticks_off()
    plots.show(
        ax,
        "Echo of a 1 on a log axis. At factors 1 and 1.5 it falls along straight lines, at 1.86 it "
        f"sags slowly, at {last:g} it stays: ≈ {echoes[last][steps - 1]:.2f}.",
    )


MEMORY_STEPS = 20


def memory_axes():
    """The plane of the states at the left, and four strips over the steps at the right."""
    figure = new_figure(8.4, 4.4, layout=None)
    places = [(0.07, 0.27, 0.29, 0.554)]
    for low, height in ((0.8, 0.13), (0.62, 0.1), (0.39, 0.16), (0.11, 0.2)):
        places.append((0.47, low, 0.5, height))
    return np.array([figure.add_axes(place) for place in places])


def draw_memory(ax=None, first_input=1.0, second_input=-1.0, at_step=10, factor=1.86):
    """Inputs, states, outputs and echo over twenty steps, one below the other: a 1 at step 1, a −1
    at step 10; the echo of the 1 has shrunk to 0.04 at the end. Left the path of the state."""
    ax = memory_axes() if ax is None else ax
    xs = np.zeros(MEMORY_STEPS)
    xs[at_step - 1] = second_input
    xs[0] = first_input
    states = remember(xs, factor)
    at = np.arange(1, MEMORY_STEPS + 1)
    plane, inputs, state, output, left = ax
    _path(plane, states, factor)
    for a in ax[1:]:
        a.set(xlim=(0.4, MEMORY_STEPS + 0.6), xticks=[1, 5, 10, 15, 20])
        if a is not left:
            a.set_xticklabels([])
    _bars(inputs, at, xs, 0, BLUE, RED)
    inputs.set(ylim=(-2.3, 2.3), yticks=[-2, 0, 2])
    state.imshow(
        states[1:].T, cmap="RdBu", vmin=-1, vmax=1, aspect="auto", extent=(0.5, 20.5, 2.5, 0.5)
    )
    state.set(xlim=(0.4, MEMORY_STEPS + 0.6), yticks=[1, 2])
    _bars(output, at, outputs_of(states), 0, "0.3", "0.3")
    output.set(ylim=(-3.3, 3.6), yticks=[-2, 0, 2])
    _echo_strip(left, at, np.abs(echo(xs, factor)))
    for a, words in zip(ax[1:], ("inputs", "state, unit 1 and 2", "output"), strict=False):
        a.set_title(words, loc="left", fontsize=10, pad=3)
    left.set_title("echo of the first input", loc="left", fontsize=10, pad=3)
    left.set(xlabel="step")
    return ax


def _path(ax, states, factor):
    """The path of the state, dark at its end, and rings where it rests when zeros come."""
    places = resting_places(factor)
    ax.plot(*places.T, "o", color=ORANGE, markersize=13, markerfacecolor="none", markeredgewidth=2)
    for k, (a, b) in enumerate(zip(states[:-1], states[1:], strict=True)):
        shade = str(0.75 - 0.75 * (k + 1) / len(states))
        ax.plot([a[0], b[0]], [a[1], b[1]], "-", color=shade, linewidth=1.5)
    ax.plot(*states[0], "s", color="white", markeredgecolor=INK, markersize=7)
    ax.plot(*states[-1], "o", color="black", markersize=6)
    ax.set(xlim=(-1.1, 1.1), ylim=(-1.1, 1.1), xlabel="unit 1", ylabel="unit 2")
    ax.set(xticks=[-1, 0, 1], yticks=[-1, 0, 1])
    rings = "one resting place" if len(places) == 1 else f"{len(places)} resting places"
    ax.set_title(f"path of the state: square to disc\nring: {rings}", loc="left", fontsize=10)


def _bars(ax, at, values, foot, above, below):
    """Bars from a foot to the values, all in one collection."""
    boxes, colors = [], []
    for x, value in zip(at, values, strict=True):
        boxes.append([(x - 0.3, foot), (x + 0.3, foot), (x + 0.3, value), (x - 0.3, value)])
        colors.append(above if value >= foot else below)
    ax.add_collection(PolyCollection(boxes, facecolors=colors, linewidths=0), autolim=False)
    ax.axhline(foot, color="0.6", linewidth=0.8, linestyle="-")


def _echo_strip(ax, at, left):
    """The echo as bars on a log axis that hang from its first value, or stand on it."""
    ax.set(yscale="log", ylim=(1e-4, 30), yticks=[1e-4, 1e-2, 1])
    ax.minorticks_off()
    if left[0] == 0:
        ax.text(10.5, 0.03, "no first input, no echo", ha="center", color=INK)
        return
    inside = np.clip(left, 1e-4, 30)
    _bars(ax, at, inside, left[0], "0.3", "0.3")
    words = f"{left[-1]:.2g} at the end" if left[-1] >= 1e-4 else "below 0.0001 at the end"
    ax.set_title(words, loc="right", fontsize=10, pad=3)


def show_latch(starts=(0.1, -0.5)):
    """A unit with inputs 0: its curve, the diagonal, and stairs to where it rests, for two w_h."""
    h = np.linspace(-1.2, 1.2, 241)
    ax = plots.axes(2, width=5.6, height=2.7)
    ends = []
    for a, w in zip(ax, (2.0, 0.5), strict=True):
        a.plot(h, h, color="0.6", linestyle="-", linewidth=1.2)
        a.plot(h, np.tanh(w * h), color="black", linestyle="-")
        for start in starts:
            stairs = [(start, 0)]
            here = start
            for _ in range(30):
                there = np.tanh(w * here)
                stairs += [(here, there), (there, there)]
                here = there
            a.plot(*np.transpose(stairs), color=ORANGE, linestyle="-", linewidth=1.5)
            a.plot(start, 0, "o", color=ORANGE, markersize=5)
        ends.append(abs(here))
        crossings = [-ends[-1], 0, ends[-1]] if w > 1 else [0]
        ring = {"markersize": 12, "markerfacecolor": "none", "markeredgewidth": 2}
        a.plot(crossings, crossings, "o", color=INK, **ring)
        a.set(xlim=(-1.2, 1.2), ylim=(-1.2, 1.2), aspect="equal", xlabel="old state")
        a.set(title=f"$w_h$ = {w:g}", ylabel="new state" if w > 1 else "")
        a.set(xticks=[-1, 0, 1], yticks=[-1, 0, 1])
        a.text(-1.15, 1.05, f"curve: tanh({w:g} h)", color=INK)
    plots.show(
        ax,
        "Stairs between the curve tanh(w h) and the diagonal. With weight 2 there are three "
        f"crossings, and stairs climb to ±{ends[0]:.3f}; with one half all stairs lead to 0.",
    )


def show_lives(lives, ones):
    """The state of a unit for each {name: states (T,)}; a mark at every step where a 1 came."""
    ax = plots.axes(width=5.8, height=2.2)
    for (name, states), color in zip(lives.items(), ("black", "0.55"), strict=True):
        at = np.arange(1, len(states) + 1)
        ax.plot(at, states, "o-", color=color, label=name, markersize=4)
    for k in np.flatnonzero(ones):
        ax.annotate("a 1", (k + 1, -0.02), (k + 1, -0.3), ha="center", color=INK, arrowprops={
            "arrowstyle": "-|>", "color": INK})  # fmt: skip
    ax.set(xlim=(0.5, len(ones)), ylim=(-0.4, 1.1), xlabel="step", ylabel="state h")
    plots.end_names(ax)
    ends = " and ".join(f"{name} ≈ {states[-1]:.3f}" for name, states in lives.items())
    plots.show(ax, f"A state that jumps at a 1 and stays, and one that decays. At the end: {ends}.")


def show_batch():
    """A batch (N, T, D) as T slices, one for each time step, of N sequences and D numbers."""
    ax = sheet(7.6, 2.1)
    cell, n, d = 0.17, 5, 6
    names = ("xs[:, 0]", "xs[:, 1]", "xs[:, 2]", f"xs[:, {WAYS + 7}]")
    for k, x in enumerate((1.2, 2.7, 4.2, 6.0)):
        boxes = []
        for i, j in np.ndindex(n, d):
            left, low = x + j * cell, 0.5 + i * cell
            right, high = left + cell, low + cell
            boxes.append([(left, low), (right, low), (right, high), (left, high)])
        faces = ORANGE if k == 1 else "0.88"
        ax.add_collection(PolyCollection(boxes, facecolors=faces, edgecolors="white"))
        middle = x + d * cell / 2
        say(ax, middle, 1.85, f"step {k + 1}" if k < 3 else "step 28")
        say(ax, middle, 0.3, names[k], family="monospace")
        say(ax, middle, 1.52, "28 pixels", size=9)
    say(ax, 1.05, 0.92, "a row of\neach digit", ha="right")
    say(ax, 5.6, 0.92, "…", size=14)
    plots.show(
        ax,
        "A batch as 28 slices side by side, one for each step; a slice has a row of every digit, "
        "28 pixels wide. The slice of step 2 is filled.",
    )


def show_shares(curves, everything):
    """The share named rightly after each of 28 rows, {name: (28,)}, and with all pixels at once."""
    ax = plots.axes(width=5.8, height=2.8)
    at = np.arange(1, 29)
    for (name, shares), color in zip(curves.items(), ("black", "0.4", "0.7"), strict=True):
        ax.plot(at, shares, color=color, linestyle="-", label=name)
        ax.plot([16, 28], shares[[15, 27]], "o", color=color, markersize=5)
    ax.axhline(everything, color="0.4", linewidth=1.2, linestyle=":")
    ax.text(1.2, everything + 0.02, f"all 784 pixels at once: {everything:.2f}", color=INK)
    ax.axvline(16, color="0.8", linewidth=1, linestyle="-", zorder=0)
    ax.text(16, 0.02, " row 16", color=INK)
    ax.set(xlim=(1, 28.3), ylim=(0, 1), xticks=[1, 5, 10, 16, 20, 28])
    ax.set(xlabel="rows read", ylabel="share named rightly")
    plots.end_names(ax)
    words = [f"{name} ≈ {shares[15]:.2f} and ≈ {shares[27]:.2f}" for name, shares in curves.items()]
    plots.show(
        ax,
        "Share of digits named rightly after each row. After row 16 and after row 28: "
        + "; ".join(words)
        + f". With all pixels at once: ≈ {everything:.2f}.",
    )


def reading_axes():
    """A digit, its states and the ten answers, side by side."""
    figure = new_figure(8.4, 3.5, layout=None)
    places = ((0.06, 0.15, 0.285, 0.72), (0.37, 0.15, 0.3, 0.72), (0.74, 0.15, 0.23, 0.72))
    return np.array([figure.add_axes(place) for place in places])


def draw_reading(ax, image, states, answers, rows_read):
    """A digit (28, 28) read as far as row `rows_read`, its states (28, units), its answers.

    answers (28, 10): those after each row. Rows run downwards in the digit and in the states, and
    so do the ten digits at the right.
    """
    unread = np.arange(28) >= rows_read
    page = np.where(unread[:, None], 0.15, image)
    seen = np.where(unread[:, None], 0.0, states)
    said = answers[rows_read - 1]
    units = states.shape[1]
    ax[0].imshow(page, cmap="gray_r", vmin=0, vmax=1, aspect="auto", extent=(0.5, 28.5, 28.5, 0.5))
    ax[1].imshow(
        seen, cmap="RdBu", vmin=-1, vmax=1, aspect="auto", extent=(0.5, units + 0.5, 28.5, 0.5)
    )
    ax[1].add_patch(
        Rectangle((0.5, rows_read + 0.5), units, 28 - rows_read, color="0.9", linewidth=0)
    )
    colors = np.where(np.arange(10) == said.argmax(), "black", "0.7")
    ax[2].hlines(range(10), 0, said, linewidth=9, color=colors)
    ax[2].axvline(0, color="0.6", linewidth=0.8, linestyle="-")
    for a in ax[:2]:
        a.axhline(rows_read, color=ORANGE, linewidth=1.4, linestyle="-")
        a.set(ylim=(28.5, 0.5))
    ax[0].set(yticks=[1, 16, 28], ylabel="row", xticks=[], title=f"{rows_read} rows read")
    ax[1].set(yticks=[], xticks=[], xlabel="unit", title="state after each row")
    ax[2].set(ylim=(9.6, -0.6), xlim=(-0.6, 1.3), yticks=range(10), xticks=[0, 1])
    ax[2].set(xlabel="answer", title=f"says {said.argmax()}")
    return ax


def show_filter(image, kernel, found):
    """A filter (3, 3), a digit (28, 28) with one place of it marked, what slides out (26, 26)."""
    figure = new_figure(8.4, 2.7, layout=None)
    top, left = np.unravel_index(np.argmax(found), found.shape)
    a = figure.add_axes((0.05, 0.2, 0.193, 0.6))
    a.imshow(kernel, cmap="RdBu", vmin=-1.6, vmax=1.6)
    for i, j in np.ndindex(3, 3):
        a.text(j, i, f"{kernel[i, j]:+d}".replace("-", "−").replace("+0", "0"), ha="center",
               va="center", fontsize=12)  # fmt: skip
    b = figure.add_axes((0.36, 0.08, 0.27, 0.84))
    b.imshow(image, cmap="gray_r", vmin=0, vmax=1)
    frame = {"fill": False, "edgecolor": ORANGE, "linewidth": 2}
    b.add_patch(Rectangle((left - 0.5, top - 0.5), 3, 3, **frame))
    c = figure.add_axes((0.7, 0.08, 0.27, 0.84))
    largest = np.abs(found).max()
    c.imshow(found, cmap="RdBu", vmin=-largest, vmax=largest)
    c.add_patch(Rectangle((left - 0.5, top - 0.5), 1, 1, **frame))
    largest_sum = f"all sums, there {found.max():.1f}"
    for axes, words in ((a, "nine weights"), (b, "one place of 676"), (c, largest_sum)):
        axes.set(xticks=[], yticks=[], title=words)
        axes.spines[:].set_visible(False)
    plots.show(
        np.array([a, b, c]),
        "Nine squares of a filter, +1 above and −1 below; a digit with one place marked, and the "
        f"sums at all places: lower edges blue, upper ones red, the largest ≈ {found.max():.1f}.",
    )
