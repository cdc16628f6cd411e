"""Lesson 13: training through time: one unit by hand, gates, the cliff, a recall task, digits.

First what is computed, then what is drawn of it. A function `show_...` draws and displays, with the
sentence for those who cannot see the picture; a function `draw_...` stands behind sliders. Steps in
time are counted from 1, and state 0 is the one before the first step.
"""

import functools

import numpy as np
from matplotlib.collections import PolyCollection

from dlcourse import activations, layers, losses, network, optimizers, plots, recurrent
from dlcourse import training as trainings
from dlcourse.drawing import instrument
from dlcourse.drawing.sheet import arrow, box, say, sheet
from dlcourse.drawing.style import (
    BACKWARD,
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PALE,
    RED,
    SKY,
    new_figure,
    padded,
)
from dlcourse.lessons.letters import rms
from dlcourse.lessons.rnn_forward_pass import WAYS, small_batch

# The worked example: one tanh unit, three steps, its last state shall be 1.
XS, TARGET = (1.0, 0.0, 1.0), 1.0
W_X, W_H, B = 0.5, 0.8, 0.0

# The worked example of an LSTM with one unit: blocks i f g o.
GATES = {"W_x": [1.0, 0.0, 2.0, 1.0], "W_h": [0.5, 0.0, -1.0, 0.0], "b": [0.0, 1.0, 0.0, 0.0]}
BEFORE = {"x": 1.0, "h": 0.5, "c": 0.9}

UNITS = 16  # of the networks that recall
LINKS, GOAL = 50, 0.7  # of the chain with the cliff: its steps, and what its last state shall be
START = (5.5, -2.6)  # from here descent comes to the cliff; looked for
sigmoid = activations.Sigmoid().f


# --- one unit, three steps


def three_steps(w_hs=(W_H, W_H, W_H)):
    """The worked example with a w_h of its own for every step: (sums z (3,), states h (4,))."""
    h, sums, states = 0.0, [], [0.0]
    for x, w_h in zip(XS, w_hs, strict=True):
        z = W_X * x + w_h * h + B
        h = float(np.tanh(z))
        sums.append(z)
        states.append(h)
    return np.array(sums), np.array(states)


def three_steps_back():
    """Its error signals (3,) and the parts (3,) of dL/dw_h, step 1 first; L = (h_3 - 1)^2 / 2."""
    _, states = three_steps()
    deltas, dh = np.zeros(3), states[-1] - TARGET
    for t in (2, 1, 0):
        deltas[t] = dh * (1 - states[t + 1] ** 2)
        dh = deltas[t] * W_H
    return deltas, deltas * states[:-1]


# --- the recall of the first mark


def marks(n, steps, seed=0):
    """n sequences of marks +1 and -1 (n, steps, 1), and whether the first is +1 (n, 1), 0 or 1."""
    x = np.random.default_rng(seed).choice([-1.0, 1.0], size=(n, steps, 1))
    return x, (x[:, 0] > 0).astype(float)


def reader(forget_bias=None, seed=0, size=1.0):
    """One mark a step, 16 units, and an answer from the last state; untrained.

    An LSTM whose forget gates start with that bias; with None an RNN, the standard deviation of
    its W_h `size` times 1/sqrt(16). In float64: through forty steps in time a last digit of float32
    decides, on some processors, whether a start learns.
    """
    if forget_bias is None:
        memory = recurrent.RNN(1, UNITS)
    else:
        memory = recurrent.LSTM(1, UNITS, forget_bias=forget_bias)
    net = network.Sequential([memory, recurrent.Last(), layers.Dense(UNITS, 1)], seed, np.float64)
    if forget_bias is None:
        memory.W_h = size * memory.W_h
    return net


def arriving(net, x, t):
    """What of the error signal arrives at the input of each step: the RMS of dL/dx_t, (T,)."""
    loss = losses.SigmoidCrossEntropy()
    loss.forward(net.forward(x), t)
    d = loss.backward()
    for layer in reversed(net.layers):
        d = layer.backward(d)
    return np.sqrt(np.mean(d**2, axis=(0, 2)))


def forget_gates(lstm, x):
    """The gates f of an LSTM at every step of x (N, T, n_in): (T, N, n_hidden)."""
    f_block = slice(lstm.n_hidden, 2 * lstm.n_hidden)
    h = c = np.zeros((len(x), lstm.n_hidden))
    gates = []
    for step in np.swapaxes(x, 0, 1):
        z = step @ lstm.W_x[:, f_block] + h @ lstm.W_h[:, f_block] + lstm.b[f_block]
        gates.append(sigmoid(z))
        h, c = lstm.step(step, h, c)
    return np.array(gates)


def memory_alone(gates):
    """What the memory alone hands back from the last step to each: (T,) from gates (T, N, H).

    The product of the gates f of all later steps, its RMS over sequences and units.
    """
    later = np.concatenate([gates[1:], np.ones_like(gates[:1])])
    return np.sqrt(np.mean(np.cumprod(later[::-1], axis=0)[::-1] ** 2, axis=(1, 2)))


@functools.lru_cache(maxsize=512)
def way_back(steps, forget_bias=None, seed=0):
    """What arrives at every step of an untrained reader, over what arrives at the last: (T,)."""
    found = arriving(reader(forget_bias, seed), *marks(32, steps))
    return found / found[-1]


@functools.lru_cache(maxsize=512)
def way_of_memory(steps, forget_bias, seed=0):
    """`memory_alone` of an untrained LSTM reader."""
    net = reader(forget_bias, seed)
    return memory_alone(forget_gates(net.layers[0], marks(32, steps)[0]))


def first_over_last(steps, forget_bias=None, seeds=10):
    """What arrives at step 1 over what arrives at the last, for each start: (seeds,)."""
    return np.array([way_back(steps, forget_bias, seed)[0] for seed in range(seeds)])


def print_arriving(found, steps):
    """A line for each {forget bias: (seeds,)}: the range and the middle, and the memory alone."""
    heads = "".join(padded(word, 12) for word in ("lowest", "middle", "highest"))
    print(f"{padded('step 1 over the last step', 27)}{heads}f alone")
    for forget_bias, shares in found.items():
        name = "RNN" if forget_bias is None else f"LSTM, forget bias {forget_bias}"
        numbers = [shares.min(), np.median(shares), shares.max()]
        words = "".join(f"{'≈ ' + shortly(number):<12}" for number in numbers)
        alone = ""
        if forget_bias is not None:
            alone = f"{sigmoid(float(forget_bias)) ** (steps - 1):.2g}"
        print(f"{padded(name, 27)}{words}{alone}".rstrip())


def shortly(number):
    """A share with one digit or two: 6e-07, 0.02, 4.6, 19."""
    if number >= 10:
        return f"{number:.0f}"
    return f"{number:.2g}" if number >= 1 else f"{number:.1g}"


class Until:
    """Ends a training when the mean loss of its last ten steps is below a bound, for `fit`.

    `step`: the step at which it did, else None.
    """

    def __init__(self, bound=0.05):
        self.bound, self.step = bound, None

    def __call__(self, step, n_steps=None, history=None):
        if step >= 10 and history.loss[-10:].mean() < self.bound:
            self.step = step
        return self.step is not None


def recall(net, steps, seed=0, lr=0.01, longest=300):
    """Train net to recall the first of so many marks; (steps it took or None, accuracy).

    Adam, batches of 32 new sequences, gradients clipped to length 1; judged on 200 others.
    """
    x, t = marks(32 * longest, steps, 1000 + seed)
    parts = [slice(start, start + 32) for start in range(0, len(x), 32)]
    batches = [(x[part], t[part]) for part in parts]
    until, rule = Until(), optimizers.Adam(lr)
    loss = losses.SigmoidCrossEntropy()
    trainings.fit(net, loss, rule, batches, epochs=1, clip=1.0, progress=until)
    return until.step, trainings.accuracy(net, *marks(200, steps, 5))


def recall_each(forget_bias, steps, seeds=(0, 1, 2), size=1.0):
    """`recall` from each start: a list of (steps it took or None, accuracy)."""
    found = []
    for seed in seeds:
        found.append(recall(reader(forget_bias, seed, size=size), steps, seed))
    return found


def heard(net, x):
    """How far the last state moves if one mark is turned: (T,), RMS over sequences x and units."""
    last = net.layers[0].forward(x)[:, -1]
    moved = []
    for step in range(x.shape[1]):
        other = x.copy()
        other[:, step] *= -1
        moved.append(rms(net.layers[0].forward(other)[:, -1] - last))
    return np.array(moved)


def print_recall(rows, longest=300):
    """A line for each {name: [(steps it took or None, accuracy)]}: steps and accuracy of a start.

    Who has not learned it has taken the `longest`.
    """
    width = max(map(len, rows))
    print(f"{'':<{width}}  steps, at most {longest}, and accuracy, for each start")
    for name, found in rows.items():
        words = [f"≈ {step or longest} (≈ {accuracy:.2f})" for step, accuracy in found]
        print(f"{name:<{width}}  {'   '.join(words)}")


# --- parts of a gradient, step by step


@functools.lru_cache(maxsize=512)
def parts(steps, size=1.0, seed=0):
    """A reader of digits that has not learned: what each step adds to its gradients.

    As in lesson 7 it reads the first `steps` of rows 5 to 24 of 64 digits with 30 units, W_h has
    standard deviation size/sqrt(30), a Dense names the digit at the end; the loss is the squared
    error. Returns (W_h, RMS of each step's part of dW_h (T,), of dW_x (T,), slopes).
    """
    rows, targets = small_batch()
    x = rows[:, :steps]
    rnn, last, out = recurrent.RNN(28, 30), recurrent.Last(), layers.Dense(30, 10)
    net = network.Sequential([rnn, last, out], seed, np.float64)
    rnn.W_h = size * rnn.W_h
    loss = losses.MeanSquaredError()
    loss.forward(net.forward(x), targets)
    dh = out.backward(loss.backward())
    states = np.swapaxes(rnn.forward(x), 0, 1)
    before = np.concatenate([np.zeros_like(states[:1]), states[:-1]])
    of_W_h, of_W_x, slopes = np.zeros(steps), np.zeros(steps), 1 - states**2
    for t in reversed(range(steps)):
        delta = dh * slopes[t]
        of_W_h[t] = rms(before[t].T @ delta)
        of_W_x[t] = rms(x[:, t].T @ delta)
        dh = delta @ rnn.W_h.T
    return rnn.W_h.copy(), of_W_h, of_W_x, list(slopes)


def share_of_last(steps, size, last=5, seeds=10):
    """Of the parts of dW_h, the share that its last steps make; for each start (seeds,)."""
    found = []
    for seed in range(seeds):
        of_W_h = parts(steps, size, seed)[1]
        found.append(of_W_h[-last:].sum() / of_W_h.sum())
    return np.array(found)


# --- the cliff


def chain(w, b):
    """The states of h_t = sigmoid(w h_(t-1) + b) from h_0 = 1/2: (51, ...); w, b numbers or arrays.

    After Pascanu, Mikolov & Bengio 2013.
    """
    h = np.full(np.shape(w), 0.5)
    states = [h]
    for _ in range(LINKS):
        h = 1 / (1 + np.exp(-(w * h + b)))
        states.append(h)
    return np.array(states)


def chain_loss(w, b):
    """(h_50 - 0.7)^2 / 2."""
    return (chain(w, b)[-1] - GOAL) ** 2 / 2


def chain_gradient(w, b):
    """The slopes of chain_loss for w and b: (2, ...)."""
    states = chain(w, b)
    dh = states[-1] - GOAL
    dw = db = 0.0
    for t in reversed(range(LINKS)):
        delta = dh * states[t + 1] * (1 - states[t + 1])
        dw, db = dw + delta * states[t], db + delta
        dh = delta * w
    return np.array([dw, db])


def descend(starts, lr, steps, max_norm=None, limit=None):
    """Paths (steps + 1, 2, ...) of descent on chain_loss from starts (2, ...).

    Gradients are clipped to length max_norm, or every number of them to `limit`, if given.
    """
    place = np.array(starts, float)
    path = [place]
    for _ in range(steps):
        g = chain_gradient(*place)
        if max_norm is not None:
            g = g * np.minimum(1, max_norm / np.maximum(np.hypot(*g), 1e-300))
        if limit is not None:
            g = np.clip(g, -limit, limit)
        place = place - lr * g
        path.append(place)
    return np.array(path)


def starts_around(n=40, seed=0):
    """n starts (2, n) drawn from the square of side 0.4 around START."""
    return np.array(START)[:, None] + np.random.default_rng(seed).uniform(-0.2, 0.2, (2, n))


def turned_by(g, clipped):
    """The angle in degrees between a vector and what clipping has made of it."""
    cosine = np.dot(g, clipped) / (np.linalg.norm(g) * np.linalg.norm(clipped))
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


# --- a page with three hands: gates set by hand

PAGE_STEPS = 20


def by_hand(notes, write, keep, show):
    """c and h (T,) of a memory whose gates are set by hand: notes g, gates i and o (T,), one f."""
    c, memory = 0.0, []
    for g, i in zip(notes, write, strict=True):
        c = keep * c + i * g
        memory.append(c)
    memory = np.array(memory)
    return memory, show * np.tanh(memory)


# What is seen of it.


def show_task(x, t, shown=4):
    """The first sequences of marks x (N, T, 1), their first mark framed, and the answers t."""
    steps = x.shape[1]
    ax = sheet(8.4, 0.55 + 0.42 * shown)
    side, left = 0.16, 0.75
    for k in range(shown):
        y = 0.42 * (shown - k) - 0.12
        boxes = []
        for j in range(steps):
            x_box = left + 0.165 * j if j else left - 0.03
            boxes.append(_corners(x_box, y - side / 2, side * 0.9, side))
        colors = [BLUE if mark > 0 else RED for mark in x[k, :, 0]]
        ax.add_collection(PolyCollection(boxes, facecolors=colors, linewidths=0), autolim=False)
        frame = _corners(left - 0.055, y - 0.105, side * 0.9 + 0.05, 0.21)
        ax.add_collection(
            PolyCollection([frame], facecolors="none", edgecolors="black", linewidths=1.4),
            autolim=False,
        )
        end = left + 0.165 * steps
        arrow(ax, (end + 0.05, y), (end + 0.3, y))
        say(ax, end + 0.36, y, "+" if t[k, 0] else "−", ha="left", weight="bold")
    top = 0.42 * shown + 0.28
    say(ax, left + 0.04, top, "step 1")
    say(ax, left + 0.165 * (steps - 0.5), top, f"step {steps}", ha="right")
    say(ax, left + 0.165 * steps + 0.05, top, "answer", ha="left")
    plots.show(
        ax,
        f"Four rows of {steps} marks, blue for + and red for −. The first of each is framed, and "
        "at the end stands the answer, which is the first mark.",
    )


def _corners(x, y, width, height):
    return [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]


def show_three_steps():
    """The worked example with its numbers, there in black and back in purple."""
    sums, states = three_steps()
    deltas, of_w_h = three_steps_back()
    ax = sheet(8.4, 3.5)
    columns, middle = (1.75, 3.85, 5.95), 2.15
    box(ax, 0.5, middle + 0.14, 0.62, 0.36, color="white")
    say(ax, 0.5, middle + 0.14, "h₀ = 0")
    for t, x in enumerate(columns):
        say(ax, x, 3.3, f"step {t + 1}", color=GREY)
        say(ax, x, 1.0, f"x = {XS[t]:g}")
        arrow(ax, (x, 1.12), (x, middle - 0.5), SKY, 2)
        say(ax, x + 0.07, 1.4, "0.5", ha="left")
        before = 0.82 if t == 0 else columns[t - 1] + 0.58
        arrow(ax, (before, middle + 0.14), (x - 0.59, middle + 0.14), INK, 2)
        say(ax, (before + x - 0.59) / 2, middle + 0.3, "0.8")
        box(ax, x, middle, 1.14, 0.94)
        words = f"z = {sums[t]:.3f}\nh = {states[t + 1]:.3f}\nslope {1 - states[t + 1] ** 2:.3f}"
        say(ax, x, middle, words, linespacing=1.4)
        say(ax, x, 2.82, f"δ = {deltas[t]:.3f}".replace("-", "−"), color=BACKWARD, weight="bold")
        words = f"{deltas[t]:.3f} · {states[t]:.3f}\n= {of_w_h[t]:.3f}".replace("-", "−")
        words = words.replace("−0.000", "0").replace("· 0.000", "· 0")
        say(ax, x, 0.42, words, color=BACKWARD, linespacing=1.4)
        if t:
            arrow(ax, (x - 0.59, middle - 0.14), (before, middle - 0.14), BACKWARD, 1.8)
            say(ax, (before + x - 0.59) / 2, middle - 0.3, "· 0.8", color=BACKWARD)
    say(ax, 0.12, 0.42, "to dL/dw_h", ha="left", color=BACKWARD)
    arrow(ax, (6.54, middle + 0.14), (7.05, middle + 0.14), INK, 2)
    arrow(ax, (7.05, middle - 0.14), (6.54, middle - 0.14), BACKWARD, 1.8)
    box(ax, 7.62, middle, 1.08, 0.94, color="white")
    slope = f"slope {states[-1] - TARGET:.3f}".replace("-", "−")
    say(ax, 7.62, middle + 0.18, f"target {TARGET:g}\nL = {(states[-1] - TARGET) ** 2 / 2:.4f}",
        linespacing=1.4)  # fmt: skip
    say(ax, 7.62, middle - 0.28, slope, color=BACKWARD)
    say(ax, 7.62, 0.42, f"sum {of_w_h.sum():.3f}".replace("-", "−"), color=BACKWARD, weight="bold")
    plots.show(
        ax,
        "One unit over three steps, its numbers in black and, in purple, the error signals "
        + ", ".join(f"{delta:.3f}" for delta in deltas).replace("-", "−")
        + f"; below, the parts of the gradient of w_h, which add up to {of_w_h.sum():.3f}.".replace(
            "-", "−"
        ),
    )


def cell_numbers():
    """The worked LSTM step: sums z, gates i f g o, new c and new h."""
    z = {}
    for k, name in enumerate("ifgo"):
        z[name] = BEFORE["x"] * GATES["W_x"][k] + BEFORE["h"] * GATES["W_h"][k] + GATES["b"][k]
    found = {name: float(np.tanh(z[name]) if name == "g" else sigmoid(z[name])) for name in z}
    found["c"] = found["f"] * BEFORE["c"] + found["i"] * found["g"]
    found["h"] = found["o"] * float(np.tanh(found["c"]))
    return z, found


def show_cell():
    """One LSTM unit and one step with its numbers; back along the memory goes the factor f."""
    z, y = cell_numbers()
    ax = sheet(8.4, 3.35)
    high, low = 2.55, 0.85
    names = {"f": "keep", "i": "write", "g": "note", "o": "show"}
    columns = {"f": 1.9, "i": 3.4, "g": 4.9, "o": 6.5}
    for name, x in columns.items():
        box(ax, x, low, 1.36, 0.72, color="#fdf3e7" if name != "g" else "#eef3f7")
        unit = "tanh" if name == "g" else "σ"
        say(ax, x, low + 0.16, f"{names[name]}: {name}", weight="bold")
        say(ax, x, low - 0.14, f"{unit}({z[name]:.2f}) = {y[name]:.3f}", size=9)
    for x, sign in ((1.9, "×"), (4.15, "+"), (6.5, "×")):
        box(ax, x, high, 0.34, 0.34, color="white", edge=INK)
        say(ax, x, high, sign, size=13)
    box(ax, 4.15, 1.72, 0.34, 0.34, color="white", edge=INK)
    say(ax, 4.15, 1.72, "×", size=13)
    say(ax, 0.5, high, f"c = {BEFORE['c']:g}", weight="bold")
    say(ax, 0.5, high + 0.28, "old memory", color=GREY)
    arrow(ax, (0.85, high), (1.72, high), INK, 2.4)
    arrow(ax, (1.9, low + 0.37), (1.9, high - 0.18))
    arrow(ax, (2.08, high), (3.97, high), INK, 2.4)
    say(ax, 2.95, high + 0.16, f"{y['f'] * BEFORE['c']:.3f}")
    arrow(ax, (3.4, low + 0.37), (4.03, 1.54))
    arrow(ax, (4.9, low + 0.37), (4.27, 1.54))
    arrow(ax, (4.15, 1.9), (4.15, high - 0.18))
    say(ax, 4.22, 2.13, f"{y['i'] * y['g']:.3f}", ha="left")
    arrow(ax, (4.33, high), (6.32, high), INK, 2.4)
    say(ax, 4.95, high + 0.16, f"c = {y['c']:.3f}", weight="bold")
    say(ax, 5.85, high - 0.17, f"tanh: {np.tanh(y['c']):.3f}", size=9)
    arrow(ax, (6.5, low + 0.37), (6.5, high - 0.18))
    arrow(ax, (6.68, high), (7.25, high), INK, 2.4)
    say(ax, 7.72, high, f"h = {y['h']:.3f}", weight="bold")
    say(ax, 7.72, high + 0.28, "new state", color=GREY)
    arrow(ax, (3.9, 3.05), (2.0, 3.05), BACKWARD, 2)
    say(ax, 2.95, 3.2, f"back: × f = {y['f']:.3f}", color=BACKWARD, weight="bold")
    say(ax, 0.5, low, "x = 1\nh = 0.5", linespacing=1.4)
    arrow(ax, (0.85, low), (1.2, low), SKY, 2)
    words = "each of the four adds up x and the old h, with weights and a bias of its own"
    say(ax, 4.1, 0.22, words, size=9, color=GREY)
    plots.show(
        ax,
        f"One step of an LSTM unit: the old memory {BEFORE['c']:g} times f, plus i times g, is the "
        f"new memory {y['c']:.3f}; tanh of it times o is the state {y['h']:.3f}. Back along the "
        f"memory an error signal is multiplied by f, {y['f']:.3f}.",
    )


def ways_axes():
    """Two rows of bars above each other: an RNN and an LSTM over the same steps."""
    figure = new_figure(8.4, 4.4, layout=None)
    places = ((0.09, 0.57, 0.89, 0.33), (0.09, 0.12, 0.89, 0.33))
    return np.array([figure.add_axes(place) for place in places])


FLOOR, CEILING = 1e-9, 1e3


def draw_ways(ax=None, steps=40, forget_bias=1.0, seed=0):
    """Bars of what arrives at each of forty steps, for an RNN and, below it, an LSTM with forget
    bias 1. Both fall towards step 1, to 1/3,300 and to 1/71; the memory alone falls deeper."""
    ax = ways_axes() if ax is None else ax
    forget_bias = float(forget_bias)
    names = ("RNN", f"LSTM, forget bias {forget_bias:g}".replace("-", "−"))
    shares = (way_back(steps, None, seed), way_back(steps, forget_bias, seed))
    at = np.arange(1, steps + 1)
    for a, name, found in zip(ax, names, shares, strict=True):
        _hanging(a, at, found)
        a.set(yscale="log", ylim=(FLOOR, CEILING), xlim=(0.3, steps + 0.7), yticks=[1e-6, 1e-3, 1])
        a.set_xticks(np.unique(np.linspace(1, steps, 5).astype(int)))
        a.minorticks_off()
        a.set_ylabel("share that arrives")
        words = f"{name}: step 1 gets {_times(found[0])} of step {steps}'s"
        a.set_title(words.replace("times of", "times"), loc="left", fontsize=10, pad=4)
    alone = way_of_memory(steps, forget_bias, seed)
    ax[1].plot(at, np.clip(alone, FLOOR, None), color=ORANGE, linestyle="-", linewidth=2)
    f = sigmoid(forget_bias)
    words = f"orange: the memory alone, f ≈ {f:.2f}"
    ax[1].set_title(words, loc="right", fontsize=10, pad=4, color=INK)
    ax[1].set_xlabel("step")
    return ax


def _hanging(ax, at, shares):
    """Bars that hang from 1, or stand on it; what lies below the axis ends there."""
    inside = np.clip(shares, FLOOR, CEILING)
    low, high = np.minimum(inside, 1), np.maximum(inside, 1)
    thin = high / low < 1.15
    low, high = np.where(thin, low / 1.15, low), np.where(thin, high * 1.15, high)
    boxes = [_corners(x - 0.36, y, 0.72, top - y) for x, y, top in zip(at, low, high, strict=True)]
    ax.add_collection(PolyCollection(boxes, facecolors=BACKWARD, linewidths=0), autolim=False)
    ax.axhline(1, color=INK, linewidth=0.8, linestyle=":")


def _times(share):
    """What step 1 gets of the last step's, in words: 0.019 as 1/53, 4.6 as 4.6 times."""
    if share < 1e-8:
        return f"{share:.0e}".replace("e-0", "e-")
    if share < 0.5:
        whole = float(f"{1 / share:.1e}")
        return f"1/{whole:,.0f}"
    return f"{share:.2g} times"


def show_heard(before, after):
    """What the last state holds of every mark, (T,) each, before training and after it."""
    at = np.arange(1, len(before) + 1)
    ax = plots.axes(width=7.4, height=2.7)
    ax.plot(at, before, "o-", color="0.6", markersize=4, linewidth=1.5, label="before")
    ax.plot(at, after, "o-", color="black", markersize=4, linewidth=1.5, label="after training")
    ax.text(1.7, after[0], f"the first mark: {after[0]:.2f}", va="center", color=INK)
    ax.set(xlim=(0, len(before)), ylim=(0, 1.12 * max(after.max(), before.max())))
    ax.set(xticks=[1, 10, 20, 30, 40], xlabel="mark that is turned", ylabel="last state moves by")
    plots.end_names(ax)
    plots.show(
        ax,
        f"How far the last state moves if one of {len(at)} marks is turned. Before training ≈ "
        f"{before[0]:.2f} for the first mark and as much for those next to it; after it ≈ "
        f"{after[0]:.2f} for the first and at most ≈ {after[1:].max():.2f} for any other.",
    )


def draw_parts(ax=None, steps=20, scale=0.5, seed=3):
    """The instrument with time steps as columns, and bars for what each adds to the gradient of
    W_h, boxes for W_x: with half of 1/√n both fall to a ten-millionth towards step 1."""
    ax = instrument.axes() if ax is None else ax
    W_h, of_W_h, of_W_x, slopes = parts(steps, scale, seed)
    page = np.full((WAYS, 28), 0.15)
    page[:steps] = small_batch()[0][1, :steps]
    last = 100 * of_W_h[-5:].sum() / of_W_h.sum()
    title = f"{steps} steps, W_h × {scale:.3g}: the last five make {last:.3g} % of dW_h"
    instrument.instrument(
        ax,
        [W_h] * steps,
        of_W_h,
        slopes,
        page,
        outline=of_W_x,
        title=title,
        ylabel="part of the gradient",
    )
    ax[1].set(xlabel="step (first row read left); bars: part of dW_h, boxes: part of dW_x")
    return ax


def page_axes():
    """Four strips over the steps: the notes, the memory, what is shown, the way back."""
    figure = new_figure(8.4, 4.4, layout=None)
    lows = (0.8, 0.56, 0.32, 0.1)
    return np.array([figure.add_axes((0.07, low, 0.9, 0.13)) for low in lows])


def draw_page(ax=None, first=1.0, second=-0.5, at_step=10, write="first", keep=0.9,
              show="always"):  # fmt: skip
    """Notes, memory, state and way back over twenty steps: a 1 is written at step 1 and kept with
    f = 0.9, so at step 20 a memory of 0.14 is left, and of its error signal as much comes back."""
    ax = page_axes() if ax is None else ax
    at = np.arange(1, PAGE_STEPS + 1)
    notes = np.zeros(PAGE_STEPS)
    notes[at_step - 1] = second
    notes[0] = first
    opened = (at == 1) if write == "first" else np.ones(PAGE_STEPS)
    shown = (at == PAGE_STEPS) if show == "end" else np.ones(PAGE_STEPS)
    memory, states = by_hand(notes, opened, keep, shown)
    back = opened * keep ** (PAGE_STEPS - at.astype(float))
    c_end = f"{memory[-1]:.2f}".replace("-", "−").replace("−0.00", "0.00")
    strips = (
        ("notes g (empty: not written)", notes, 1.15),
        (f"memory c: {c_end} at step 20", memory, 2.3),
        ("shown: h = o · tanh(c)", states, 1.15),
        ("way back: how much c of step 20 moves with the note of each step", back, 1.15),
    )
    for k, (a, (words, values, reach)) in enumerate(zip(ax, strips, strict=True)):
        colors = [BACKWARD] * len(at) if k == 3 else np.where(values >= 0, BLUE, RED)
        faces = [c if k or open_ else "white" for c, open_ in zip(colors, opened, strict=True)]
        boxes = [_corners(x - 0.32, 0, 0.64, y) for x, y in zip(at, values, strict=True)]
        look = {"facecolors": faces, "edgecolors": colors, "linewidths": 1.2}
        a.add_collection(PolyCollection(boxes, **look), autolim=False)
        a.axhline(0, color="0.6", linewidth=0.8, linestyle="-")
        low = 0 if k == 3 else -reach
        a.set(xlim=(0.4, PAGE_STEPS + 0.6), ylim=(low, reach), xticks=[1, 5, 10, 15, 20])
        a.set(yticks=[0, 1] if k == 3 else [-1, 0, 1] if k != 1 else [-2, 0, 2])
        if k < 3:
            a.set_xticklabels([])
        a.set_title(words, loc="left", fontsize=10, pad=3)
    ax[3].set_xlabel("step")
    return ax


def show_cliff(free, clipped):
    """The loss of the chain over w and b, and two paths (steps, 2), one that leaves the picture."""
    ax = plots.axes(2, width=8.4, height=3.5)
    xlim, ylim = (3.6, 5.8), (-2.9, -1.4)
    leaves = int(np.argmax(np.linalg.norm(np.diff(free, axis=0), axis=1)))
    jump = float(np.linalg.norm(free[leaves + 1] - free[leaves]))
    for a in ax:
        w, b = np.meshgrid(np.linspace(*xlim, 300), np.linspace(*ylim, 300))
        heights = chain_loss(w, b)
        a.imshow(heights, extent=(*xlim, *ylim), origin="lower", cmap="Greys", vmax=0.4,
                 vmin=-0.02, aspect="auto")  # fmt: skip
        a.plot(*START, "s", color="white", markeredgecolor=INK, markersize=7, zorder=5)
        a.set(xlim=xlim, ylim=ylim, xlabel="w", xticks=[4, 4.5, 5, 5.5])
    ax[0].plot(*free[: leaves + 1].T, "-", color=ORANGE, linewidth=1.6)
    ax[0].plot(*free[leaves], "o", color=ORANGE, markersize=6)
    way = free[leaves + 1] - free[leaves]
    tip = free[leaves] + way * min(1, (ylim[1] - free[leaves, 1]) / way[1])
    ax[0].annotate(
        "", tip, free[leaves], arrowprops={"arrowstyle": "-|>", "color": ORANGE, "lw": 2}
    )
    ax[0].set(ylabel="b", title=f"without clipping: a step of {jump:.0f}")
    ax[1].plot(*clipped.T, "-", color=ORANGE, linewidth=1.6)
    ax[1].plot(*clipped[-1], "o", color=ORANGE, markersize=6)
    end = chain_loss(*clipped[-1])
    ax[1].set(title="clipped to length 1")
    for a in ax:
        a.text(3.67, -2.84, "dark: loss high", color=INK)
    plots.show(
        ax,
        "The loss over w and b, a pale plain below a dark one with a sharp edge between. Left a "
        f"path along the edge leaves the picture in one step of ≈ {jump:.0f}; right, clipped, it "
        f"goes on to a loss of ≈ {end:.0e}.",
    )


def show_clipping(g=(3.0, 4.0), limit=1.0):
    """A gradient of two numbers, what clipping by norm leaves of it, and what clipping by value."""
    g = np.array(g)
    by_norm = g * min(1.0, limit / np.linalg.norm(g))
    by_value = np.clip(g, -limit, limit)
    ax = plots.axes(width=4.6, height=2.9)
    for tip, color, words, side, ha in (
        (g, "0.55", f"g = ({g[0]:g}, {g[1]:g})", (0.15, -0.1), "left"),
        (by_norm, "black", f"by norm ({by_norm[0]:g}, {by_norm[1]:g})", (-0.35, 0.35), "right"),
        (by_value, ORANGE, f"by value ({by_value[0]:g}, {by_value[1]:g})", (0.25, -0.15), "left"),
    ):
        look = {"arrowstyle": "-|>", "color": color, "lw": 2.4, "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", tip, (0, 0), arrowprops=look)
        ax.text(tip[0] + side[0], tip[1] + side[1], words, color=INK, ha=ha)
    ax.plot([-limit, limit, limit, -limit, -limit], [-limit, -limit, limit, limit, -limit],
            color=PALE, linestyle="-", linewidth=1.5)  # fmt: skip
    turn = np.linspace(0, 2 * np.pi, 200)
    ax.plot(limit * np.cos(turn), limit * np.sin(turn), color=GREY, linestyle="-", linewidth=1)
    ax.set(xlim=(-2.9, 5.4), ylim=(-1.3, 4.4), aspect="equal", xticks=[0, 1, 3], yticks=[0, 1, 4])
    plots.show(
        ax,
        f"The arrow ({g[0]:g}, {g[1]:g}); clipped by norm it ends on the circle in the same "
        f"direction, clipped by value in the corner of the square, turned by "
        f"{turned_by(g, by_value):.1f} degrees.",
    )


def show_reading(curves, untrained, at_once):
    """Held-out accuracy over the epochs of {name: (epochs,)}, beside two of lesson 7."""
    ax = plots.axes(width=6.6, height=3.0)
    epochs = max(map(len, curves.values()))
    for (name, shares), color in zip(curves.items(), ("0.45", "black"), strict=True):
        look = {"color": color, "markersize": 4, "clip_on": False}
        ax.plot(np.arange(1, len(shares) + 1), shares, "o-", **look, label=name)
    for share, words in (
        (untrained, "lesson 7: W_h never trained"),
        (at_once, "all pixels at once"),
    ):
        ax.axhline(share, color=GREEN, linewidth=1.2, linestyle=":")
        ax.text(4.2 if share > 0.7 else 1.05, share + 0.012, f"{words}: {share:.2f}", color=INK)
    ax.set(xlim=(1, epochs), ylim=(0.45, 1.0), xlabel="epoch", ylabel="accuracy, held out")
    plots.end_names(ax)
    words = [f"{name} ≈ {shares[-1]:.2f}" for name, shares in curves.items()]
    plots.show(
        ax,
        f"Held-out accuracy over {epochs} epochs; at the end {', '.join(words)}; lesson 7's "
        f"reader ≈ {untrained:.2f}, all pixels at once ≈ {at_once:.2f}.",
    )
