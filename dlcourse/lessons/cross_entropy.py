"""Lesson 4, cross-entropy: both losses at the same weights, and where a naive one breaks.

First what is computed, then what is drawn of it. A function `show_...` draws and displays, with the
sentence for those who cannot see the picture; a function `draw_...` stands behind sliders.
"""

import collections
import functools

import numpy as np
from matplotlib.collections import PolyCollection

from dlcourse import activations, plots
from dlcourse.drawing import instrument
from dlcourse.drawing.sheet import arrow, box, say, sheet
from dlcourse.drawing.style import BACKWARD, GREY, INK, SMALL, new_figure, padded
from dlcourse.lessons.letters import UNITS, as_fraction, letter_net, open_units, small_batch
from dlcourse.training import accuracy

COLOURS = {"cross-entropy": "black", "squared error": plots.ORANGE}
STRIPS = 24  # of the drawing, between p = 0 and WAY
WAY = 0.96

sigmoid = activations.Sigmoid().f


def two_gradients(net, x, t):
    """Gradient magnitude of each layer at the same weights: (cross-entropy, squared error).

    The net returns logits. Back goes p - t, or (p - t) p (1 - p), over how many examples.
    """
    p = sigmoid(net.forward(x))
    error = (p - t) / len(x)
    net.backward(error)
    cross_entropy = np.array(net.grad_rms())
    net.backward(error * p * (1 - p))
    return cross_entropy, np.array(net.grad_rms())


@functools.lru_cache(maxsize=64)
def compared(hidden, unit, scale, answer, seed, width=30):
    """Both losses in an untrained network whose outputs answer `answer` in the middle.

    A bias of each output sees to that: the middle of its logits over the letters is moved to
    ln(answer / (1 - answer)). Returns (matrices, cross-entropy, squared error, open units): the
    last for the hidden units and the output's sigmoids.
    """
    batch, targets = small_batch()
    net = letter_net([width] * hidden, UNITS[unit], None, seed=seed, dtype=np.float64, scale=scale)
    net.layers[-1].b = np.log(answer / (1 - answer)) - np.median(net.forward(batch), axis=0)
    cross_entropy, squared_error = two_gradients(net, batch, targets)
    p = sigmoid(net.forward(batch))
    shares = [*open_units(net, batch)[:-1], 4 * p * (1 - p)]
    return [W.copy() for W, _ in net.weights()], cross_entropy, squared_error, shares


@np.errstate(divide="ignore", invalid="ignore")
def naive(p, t):
    """Cross-entropy from p, number by number: (loss, dL/dz by dividing and multiplying again)."""
    slope = (p - t) / p / (1 - p)
    return -t * np.log(p) - (1 - t) * np.log(1 - p), slope * p * (1 - p)


def from_logits(z, t):
    """Cross-entropy from the logit, number by number: (loss, dL/dz); finite for every finite z."""
    loss = np.maximum(z, 0) - t * z + np.log1p(np.exp(-np.abs(z)))
    return loss, 0.5 * (1 + np.tanh(z / 2)) - t


def first_one(precision):
    """The logit from which on the sigmoid is exactly 1, to 0.01."""
    z = np.arange(0, 50, 0.01)
    return float(z[np.argmax(sigmoid(z.astype(precision)) == 1)])


def misread(net, pictures, names):
    """The places of the misread pictures, and what is read there, the surest mistake first."""
    logits = net.forward(pictures)
    read = logits.argmax(axis=1)
    wrong = np.flatnonzero(read != names)
    order = np.argsort(-logits[wrong].max(axis=1), kind="stable")
    return wrong[order], read[wrong[order]]


def confused_pairs(names, read):
    """How often two letters were taken for each other, either way: a Counter of pairs, "BE"."""
    pairs = zip(names, read, strict=True)
    return collections.Counter("".join(sorted(chr(65 + k) for k in pair)) for pair in pairs)


def print_confused(net, pictures, names, most=3, surest=25):
    """Print which letters are confused most often, and which where the net was surest.

    Returns the Counter of all.
    """
    places, read = misread(net, pictures, names)
    everything = confused_pairs(names[places], read)
    sure = confused_pairs(names[places[:surest]], read[:surest])
    print(f"misread: ≈ {len(places)} of {len(pictures)}")
    for words, counted in (("most often", everything), (f"in the surest {surest}", sure)):
        found = [f"{a} and {b} ≈ {n}" for (a, b), n in counted.most_common(most)]
        print(f"{words}:", ", ".join(found))
    return everything


def sums_of_answers(net, x):
    """For each example the sum of the sigmoids of the logits that `net` returns."""
    return np.sum(sigmoid(net.forward(x).astype(float)), axis=1)


def off_by_a_tenth(net, x, t):
    """The share of sums that miss 1 by more than a tenth: (all, misread, read right)."""
    off = np.abs(sums_of_answers(net, x) - 1) > 0.1
    wrong = net.predict(x) != t.argmax(axis=1)
    return off.mean(), off[wrong].mean(), off[~wrong].mean()


def print_digits(ten, share, judge):
    """Print the accuracy of a network with sigmoids and of one with softmax, and whose sums miss 1.

    Returns (how far the accuracies are apart, shares of all, of the misread, of those read right).
    """
    right = accuracy(ten, *judge), accuracy(share, *judge)
    every, misread, read = off_by_a_tenth(ten, *judge)
    print(f"accuracy: ten sigmoids ≈ {right[0]:.3f}, softmax ≈ {right[1]:.3f}")
    shares = f"all ≈ {every:.2f}, misread ≈ {misread:.2f}, read rightly ≈ {read:.2f}"
    print(f"sums that miss 1: {shares}")
    return abs(right[0] - right[1]), every, misread, read


def print_epochs(runs, epochs):
    """A line for each {name: accuracies, epoch by epoch}: those after the given epochs."""
    columns = "      ".join(f"{epoch:<2}" for epoch in epochs)
    print(padded("accuracy after epoch", 38), columns.rstrip())
    for name, curve in runs.items():
        shown = [f"≈ {curve[epoch - 1]:.2f}" for epoch in epochs if epoch <= len(curve)]
        print(padded(name, 38), "  ".join(shown))


# What is seen of it.


def show_output_end(p=1 / 26, t=1):
    """One output unit: forward from its logit to the loss, and back, the slope crossed out."""
    ax = sheet(8.4, 2.5)
    ahead, back = 1.75, 0.62
    error, slope = p - t, p * (1 - p)
    logit = np.log(p / (1 - p))
    columns = {"z": 1.1, "p": 4.2, "loss": 7.2}
    for name, words in (("z", f"z = {logit:.2f}"), ("p", f"p = {p:.3f}"), ("loss", "loss")):
        box(ax, columns[name], ahead, 1.3, 0.5)
        say(ax, columns[name], ahead, words.replace("-", "−"))
    arrow(ax, (1.78, ahead), (3.52, ahead))
    say(ax, 2.65, ahead + 0.17, "sigmoid", size=9.5)
    arrow(ax, (4.88, ahead), (6.52, ahead))
    arrow(ax, (7.2, 2.32), (7.2, ahead + 0.28))
    say(ax, 7.32, 2.28, f"target t = {t}", ha="left", size=9.5)
    look = {"color": "white", "edge": BACKWARD}
    box(ax, columns["loss"], back, 1.5, 0.5, **look)
    say(ax, columns["loss"], back, f"p − t = {error:.2f}".replace("-", "−"), color=BACKWARD)
    box(ax, columns["z"], back, 1.5, 0.5, **look)
    say(ax, columns["z"], back, f"δ = {error * slope:.3f}".replace("-", "−"), color=BACKWARD)
    arrow(ax, (6.42, back), (1.9, back), BACKWARD)
    words = f"× p (1 − p) = × {slope:.3f}"
    say(ax, columns["p"], back + 0.22, words, color=BACKWARD, size=11)
    ax.plot([3.2, 5.2], [back + 0.13, back + 0.33], color="black", linewidth=1.8, linestyle="-")
    say(ax, columns["p"], back - 0.24, "what if this factor were not there?", size=9.5)
    say(ax, 0.12, 2.38, "forward", color=GREY, ha="left", size=9.5)
    say(ax, 8.28, 0.16, "back", color=BACKWARD, ha="right", size=9.5)
    plots.show(
        ax,
        f"The end of the network: a logit z, the answer p = {p:.3f}, the loss with the target "
        f"{t}. On the way back the error {error:.2f} meets the slope {slope:.3f}, crossed out.",
    )


def _epochs(ax, n, ylim=(0, 1.02)):
    ax.set(xlim=(0.5, 1.01 * n), ylim=ylim, xlabel="epoch", ylabel="accuracy")
    ax.set(xticks=[1, *range(5, n + 1, 5)] if n > 9 else range(1, n + 1))


def _guessed(ax, x, guess):
    """The learner's guess, a cross, where one was made."""
    if guess is not None:
        look = {"color": "black", "markersize": 11, "markeredgewidth": 2, "clip_on": False}
        ax.plot(x, guess, "x", label="_guess", **look)


def show_two_curves(with_slope, struck_out, guess=None):
    """The accuracy after every epoch of two Histories, and the guess of the last one."""
    ax = plots.axes(width=6.6, height=3.0)
    for words, run, color in (
        ("slope struck out", struck_out, COLOURS["cross-entropy"]),
        ("with the slope", with_slope, COLOURS["squared error"]),
    ):
        scores = run.val_accuracy
        epochs = np.arange(1, len(scores) + 1)
        label = f"{words}: {scores[-1]:.2f}"
        ax.plot(epochs, scores, color=color, linestyle="-", label=label)
    _epochs(ax, len(scores))
    _guessed(ax, len(scores), guess)
    plots.end_names(ax)
    struck, kept = struck_out.val_accuracy, with_slope.val_accuracy
    plots.show(
        ax,
        f"Accuracy over {len(scores)} epochs: with the slope struck out it ends at "
        f"≈ {struck[-1]:.2f}, with the slope at ≈ {kept[-1]:.2f}; a quarter of the way they are "
        f"at ≈ {struck[len(struck) // 4 - 1]:.2f} and ≈ {kept[len(kept) // 4 - 1]:.2f}.",
    )


def _columns(left, width, heights):
    """The corners of bars that stand side by side on 0."""
    return [
        [(x, 0), (x + width, 0), (x + width, y), (x, y)] for x, y in zip(left, heights, strict=True)
    ]


def draw_strips(ax=None, strips=18):
    """Left 24 strips under the slope 1 / (1 - p), 18 of them filled; right their sum as steps,
    which lie on the curve of -ln(1 - p) and have reached 1.27 at p = 0.72."""
    ax = plots.axes(2, height=3.0) if ax is None else ax
    width = WAY / STRIPS
    left = width * np.arange(STRIPS)
    slopes = 1 / (1 - left - width / 2)
    fine = np.linspace(0, WAY, 200)
    faces = [plots.GREEN] * strips + ["white"] * (STRIPS - strips)
    look = {"facecolors": faces, "edgecolors": "0.35", "linewidths": 0.7}
    ax[0].add_collection(PolyCollection(_columns(left, width, slopes), **look))
    ax[0].plot(fine, 1 / (1 - fine), color="black", linestyle="-", linewidth=1.2)
    ax[0].set(xlim=(0, 1), ylim=(0, 20), xlabel="answer p", ylabel="slope dL/dp")
    ax[0].set_title("each strip: slope × width", loc="left")
    total = np.cumsum(slopes * width)[:strips]
    pale = {"facecolors": "#8cd1bd", "linewidths": 0}
    ax[1].add_collection(PolyCollection(_columns(left[:strips], width, total), **pale))
    ax[1].plot(fine, -np.log(1 - fine), color="black", linestyle="-", label="−ln(1 − p)")
    ax[1].set(xlim=(0, 1), ylim=(0, 3.4), xlabel="answer p", ylabel="sum of the strips")
    end = width * strips
    words = f"{strips} strips, to p = {end:.2f}: sum {total[-1]:.2f}"
    ax[1].set_title(words, loc="left")
    ax[1].text(0.8, 2.35, "−ln(1 − p)", ha="right", color=INK)
    return ax


def show_softmax(z, t):
    """Three logits on their way: e to their power, shares, and what goes back."""
    e = np.exp(z)
    p = e / e.sum()
    ax = plots.axes(4, width=8.4, height=2.3)
    columns = (
        ("logits z", z, 1),
        (f"$e^z$, sum {e.sum():.2f}", e, 2),
        (f"p: divided by {e.sum():.2f}", p, 2),
        ("what goes back: p − t", p - t, 2),
    )
    for a, (title, values, digits) in zip(ax, columns, strict=True):
        signed = values.min() < 0
        colors = [plots.BLUE if value > 0 else plots.RED for value in values]
        a.bar(range(len(z)), values, 0.6, color=colors if signed else "0.45")
        reach = np.abs(values).max()
        for k, value in enumerate(values):
            words = f"{value:.{digits}f}".replace("-", "−")
            up = value >= 0
            at = value + (0.05 if up else -0.05) * reach
            a.text(k, at, words, ha="center", va="bottom" if up else "top", fontsize=SMALL)
        low = -1.45 * reach if signed else 0
        a.set(xticks=range(len(z)), ylim=(low, 1.3 * reach), yticks=[], xlim=(-0.6, len(z) - 0.4))
        names = [f"{k + 1}\n(true)" if t[k] else str(k + 1) for k in range(len(z))]
        a.set_xticklabels(names)
        a.spines["left"].set_visible(False)
        if signed:
            a.axhline(0, color="0.35", linewidth=0.8, linestyle="-")
        a.set_title(title, loc="left", fontsize=10)
    shares = ", ".join(f"{share:.2f}" for share in p)
    plots.show(
        ax,
        f"Three logits, their powers of e, the shares {shares} of the sum, and p minus t, which "
        f"is {p[np.argmax(t)] - 1:.2f} at the true class.",
    )


def times(lift):
    """A lift in words: 4.2, 27, 2e+06."""
    return f"{lift:.1f}" if lift < 10 else f"{lift:.0f}" if lift < 1e4 else f"{lift:.0e}"


def _lift_words(ax, cross_entropy, squared_error):
    """Above each pair of bars how many times cross-entropy's gradient is as large."""
    top = np.maximum(np.maximum(cross_entropy, squared_error), squared_error[-1])
    for k, (larger, smaller) in enumerate(zip(cross_entropy, squared_error, strict=True)):
        if smaller > 0:
            height = min(1.6 * top[k], instrument.HIGHEST / 6)
            words = f"×{times(larger / smaller)}"
            place = {"ha": "center", "va": "bottom"}
            ax.text(k + 0.5, height, words, color="black", fontsize=SMALL, **place)


def tilt(magnitudes):
    """Layer 1 over the last layer, in words: "1/3,900", or "0.81"."""
    if magnitudes[0] == 0 or magnitudes[-1] == 0:
        return "no gradient"
    return as_fraction(magnitudes[0] / magnitudes[-1])


def show_lift(looks):
    """The lower halves of instruments: {words: (cross-entropy, squared error)}, each by layer.

    Filled bars are squared error, outlined ones cross-entropy.
    """
    figure = new_figure(7.6, 2.3 * len(looks))
    ax = np.ravel(figure.subplots(len(looks), 1))
    said = []
    for a, (words, (cross_entropy, squared_error)) in zip(ax, looks.items(), strict=True):
        n = len(squared_error)
        instrument.bars(
            a,
            squared_error,
            outline=cross_entropy,
            ylabel="gradient magnitude",
            limits=(-1.9, n + 0.3),
            factors=None,
        )
        _lift_words(a, cross_entropy, squared_error)
        tilts = tilt(squared_error), tilt(cross_entropy)
        title = f"{words}: layer 1 over last {tilts[0]}, with cross-entropy {tilts[1]}"
        a.set_title(title, loc="left")
        a.set(ylim=(1e-7, 30), yticks=[1e-6, 1e-3, 1])
        if a is not ax[-1]:
            a.set(xlabel="")
        middle = np.median(cross_entropy / squared_error)
        said.append(f"{words} ≈ {middle:.1f} times, layer 1 over last {tilts[0]} and {tilts[1]}")
    line = {"arrowstyle": "-", "color": "0.5", "linewidth": 0.8}
    cross_entropy, squared_error = next(iter(looks.values()))
    for words, y, to in (
        ("outlined: cross-entropy", 2.0, (0.14, 2 * cross_entropy[0])),
        ("filled: squared error", 1e-5, (0.24, 2 * squared_error[0])),
    ):
        ax[0].annotate(words, to, (-1.85, y), arrowprops=line, color=INK, va="center", ha="left")
    plots.show(
        ax,
        "Gradient magnitude of each layer for both losses at the same weights. Cross-entropy over "
        f"squared error: {'; '.join(said)}.",
    )


def draw_lift(ax=None, hidden=5, unit="sigmoid", scale=1.0, answer=1 / 26, seed=0):
    """The instrument for five hidden layers of sigmoids whose outputs answer 1/26: cross-entropy's
    outlined bars end about 27 times higher than the filled ones of squared error, in all layers."""
    ax = instrument.axes() if ax is None else ax
    matrices, cross_entropy, squared_error, shares = compared(hidden, unit, scale, answer, seed)
    lifts_seen = cross_entropy[squared_error > 0] / squared_error[squared_error > 0]
    words = "Layer 1 over last: "
    if len(lifts_seen):
        low, high = times(lifts_seen.min()), times(lifts_seen.max())
        words = f"Every layer × {low}. " if low == high else f"Every layer × {low} to × {high}. "
        words += "Layer 1 over last: "
    words += f"squared error {tilt(squared_error)}, cross-entropy {tilt(cross_entropy)}"
    letter = small_batch()[0][0].reshape(17, 17)
    seen = matrices, squared_error, shares, letter
    instrument.instrument(ax, *seen, outline=cross_entropy, title=words)
    _lift_words(ax[1], cross_entropy, squared_error)
    return ax


def show_bowls(chances=(0.1, 0.3, 0.5)):
    """The mean surprise over the belief p for each chance t, its minimum, and the entropy."""
    ax = plots.axes(width=6.6, height=3.0)
    p = np.linspace(0.005, 0.995, 199)
    greys = np.linspace(0.55, 0, len(chances))
    for t, grey in zip(chances, greys, strict=True):
        mean = -t * np.log(p) - (1 - t) * np.log(1 - p)
        shown = np.ma.masked_greater(mean, 2.6)
        ax.plot(p, shown, color=str(grey), linestyle="-", linewidth=1.6, label="_bowl")
        lowest = np.argmin(mean)
        ax.plot(p[lowest], mean[lowest], "o", color="black", markersize=7, zorder=4, label="_low")
        words = f"rain with {t}"
        ax.text(p[lowest] + 0.03, mean[lowest] - 0.24, words, va="center", color=INK)
    entropy = -p * np.log(p) - (1 - p) * np.log(1 - p)
    ax.plot(p, entropy, color=plots.GREEN, linestyle="-", linewidth=1.6, label="_entropy")
    ax.text(0.52, 0.1, "entropy: through the lowest points", color=INK, va="center")
    ax.set(xlim=(0, 1), ylim=(0, 2.6), xlabel="belief p", ylabel="mean surprise")
    plots.show(
        ax,
        "Three bowls of mean surprise over the belief, for rain with 0.1, 0.3 and 0.5: each is "
        "lowest where the belief is right, and the entropy runs through the lowest points, "
        "0.69 at 0.5.",
    )


def draw_break(ax=None, z=20.0, label=0, precision="float32"):
    """The loss from logits as a pale band over z, and on it the naive loss in float32 for label 0,
    a thin line that ends in a cross at z = 16.6: from there on it is infinite."""
    ax = plots.axes(width=8.4, height=3.4) if ax is None else ax
    grid = np.append(np.linspace(-50, 50, 1001), z).astype(precision)  # the chosen z is the last
    stable = from_logits(grid, label)[0]
    loss = naive(sigmoid(grid), label)[0]
    grid, here = grid[:-1], (loss[-1], stable[-1])
    stable, loss = stable[:-1], loss[:-1]
    ax.plot(grid, stable, color="0.82", linewidth=9, linestyle="-", solid_capstyle="butt")
    ax.plot(grid, np.ma.masked_invalid(loss), color="black", linewidth=1.5, linestyle="-")
    last = np.flatnonzero(np.isfinite(loss))[-1]
    ax.plot(grid[last], loss[last], "x", color="black", markersize=11, markeredgewidth=2.5)
    word = "inf" if label == 0 else "nan"
    at = grid[last] - 1.5, loss[last] + 3
    ax.text(*at, f"naive form: from here on {word}", color=INK, ha="right", va="bottom")
    end = (40, stable[np.searchsorted(grid, 40)]) if label == 0 else (-40, 40)
    ax.text(end[0], end[1] + 4, "from logits", color=INK, ha="right" if label == 0 else "left")
    for row, name in enumerate(("float32", "float64")):
        limit, y = first_one(name), -9 - 8 * row
        meant = name == precision
        ax.barh(y, limit + 50, 5, -50, color="0.72" if meant else "0.9", linewidth=0)
        ax.barh(y, 50 - limit, 5, limit, color="white", edgecolor="0.5", hatch="////", linewidth=0)
        words = f"{name}: a number up to {limit:.2f}"
        ax.text(-49, y, words, color=INK, va="center", fontsize=SMALL)
    values = f"z = {z:.1f}, label {label}, {precision}: naive form {_said(here[0])}, "
    ax.set_title((values + f"from logits {_said(here[1])}").replace("-", "−"), loc="left")
    ax.axvline(z, color="black", linewidth=0.8, linestyle="-")
    ax.set(xlim=(-50, 50), ylim=(-21, 58), yticks=[0, 20, 40], xlabel="logit z", ylabel="loss")
    return ax


def _said(value):
    """A loss in three digits."""
    return f"{value:.3g}" if np.isfinite(value) and abs(value) < 1e3 else str(value)


DASHED = (0, (4, 2))
LOOKS = (  # of the lines of show_curves
    {"color": COLOURS["cross-entropy"], "linestyle": DASHED},
    {"color": COLOURS["cross-entropy"], "linestyle": "-"},
    {"color": COLOURS["squared error"], "linestyle": DASHED},
    {"color": COLOURS["squared error"], "linestyle": "-"},
    {"color": COLOURS["squared error"], "linestyle": "-", "linewidth": 1.0},
)


def show_curves(runs, guess=None, guess_at=1):
    """The accuracy after every epoch of each {name: accuracies}, whose order gives them their look.

    Cross-entropy without a hidden layer, and with one; squared error without, with, and with one
    at a larger rate: colour is loss, dashed is without, thin is the larger rate.
    """
    ax = plots.axes(width=8.0, height=3.6)
    for (name, scores), look in zip(runs.items(), LOOKS, strict=True):
        epochs = np.arange(1, len(scores) + 1)
        ax.plot(epochs, scores, label=name, **look)
    _epochs(ax, max(len(scores) for scores in runs.values()))
    _guessed(ax, guess_at, guess)
    plots.end_names(ax)
    found = "; ".join(f"{name} ≈ {curve[0]:.2f}, ≈ {curve[-1]:.2f}" for name, curve in runs.items())
    plots.show(ax, f"Accuracy over the epochs, after the first and after the last: {found}.")


def show_misread(net, pictures, names, n=25):
    """The n misread pictures of which the network was surest, "A, read as D" above each."""
    places, read = misread(net, pictures, names)
    places, read = places[:n], read[:n]
    captions = []
    for place, found in zip(places, read, strict=True):
        captions.append(f"{chr(65 + names[place])}, read as {chr(65 + found)}")
    grid = plots.images(pictures[places], captions=captions, columns=9)
    most, times = collections.Counter(captions).most_common(1)[0]
    plots.show(
        grid,
        f"The {len(places)} misread letters of which the network was surest; most often among "
        f"them, ≈ {times} times: {most}.",
    )


def show_slow(runs, steps_per_epoch):
    """The accuracy over the steps of each {name: accuracies}, and what guessing gives."""
    ax = plots.axes(width=6.6, height=3.0)
    for (name, scores), color in zip(runs.items(), ("0.5", "black"), strict=True):
        steps = steps_per_epoch * np.arange(1, len(scores) + 1)
        label = f"{name}: {scores[-1]:.2f}"
        ax.plot(steps, scores, color=color, linestyle="-", label=label)
    ax.axhline(1 / 26, color="0.5", linewidth=0.8, linestyle=":", label="_guessing")
    ax.text(60, 0.05, "guessing", ha="left", va="bottom", color=INK, fontsize=SMALL)
    ax.set(xlim=(0, steps[-1]), ylim=(0, 1.02), xlabel="step", ylabel="accuracy")
    plots.end_names(ax)
    found = "; ".join(
        f"{name} ≈ {scores[1]:.2f}, ≈ {scores[-1]:.2f} after {steps_per_epoch * len(scores)}"
        for name, scores in runs.items()
    )
    plots.show(ax, f"Accuracy after {2 * steps_per_epoch} steps and at the end: {found}.")


def show_sums(net, x, t):
    """The sums of the sigmoids' answers, for digits read rightly and, below, for misread ones."""
    ax = plots.axes(2, width=6.6, height=3.4, rows=2)
    sums = sums_of_answers(net, x)
    wrong = net.predict(x) != t.argmax(axis=1)
    edges = np.linspace(0, 2, 41)
    for a, chosen, words in ((ax[0], ~wrong, "read rightly"), (ax[1], wrong, "misread")):
        share = np.histogram(np.clip(sums[chosen], 0, 2), edges)[0] / chosen.sum()
        a.stairs(share, edges, fill=True, color="0.65")
        a.axvline(1, color="black", linewidth=1.2, linestyle="-")
        top = 1.25 * share.max()
        a.set(xlim=(0, 2), ylim=(0, top), ylabel="share")
        a.text(1.42, 0.75 * top, f"digits {words}", color=INK, va="center")
    ax[0].text(0.98, 0.9 * ax[0].get_ylim()[1], "softmax: always 1", ha="right", color=INK)
    ax[1].set(xlabel="sum of the ten answers")
    ax[0].set_xticklabels([])
    shares = off_by_a_tenth(net, x, t)
    plots.show(
        ax,
        f"The sums of ten sigmoid answers around 1: of the digits read rightly ≈ {shares[2]:.2f} "
        f"miss it by more than a tenth, of the misread ≈ {shares[1]:.2f}; softmax's never does.",
    )


def show_hard(pictures, names, runs):
    """Twelve hard letters with their names, and beside them the accuracy of each {name: run}.

    Of three runs, in this order: with a hidden layer; without one, softmax; without one, sigmoids.
    """
    ax = plots.axes(2, width=8.4, height=3.2)
    captions = [chr(65 + name) for name in names[:12]]
    plots.images(pictures[:12], ax[0], captions=captions, columns=4)
    looks = ("black", "-"), (plots.GREEN, DASHED), ("0.55", DASHED)
    for (name, scores), (color, style) in zip(runs.items(), looks, strict=True):
        epochs = np.arange(1, len(scores) + 1)
        label = f"{name}: {scores[-1]:.2f}"
        ax[1].plot(epochs, scores, color=color, linestyle=style, label=label)
    _epochs(ax[1], len(scores), ylim=(0.5, 1))
    plots.end_names(ax[1])
    found = "; ".join(f"{name} ≈ {scores[-1]:.2f}" for name, scores in runs.items())
    plots.show(
        ax,
        "Left twelve letters of many fonts, turned and moved; right the accuracy of three networks "
        f"on such letters, after {len(scores)} epochs: {found}.",
    )
