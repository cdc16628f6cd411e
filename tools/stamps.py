"""The pictures of the lessons in README, each made for its size:

    python tools/stamps.py

Writes notebooks/pictures/NN-lesson-stamp.png for every lesson. One object each, no axes, at most
eight words; the package computes what is drawn, from the data of the lesson.
"""

import io
import pathlib

import numpy as np
from matplotlib.colors import ListedColormap
from palette import flat, palette_of
from PIL import Image

from dlcourse import (
    activations,
    data,
    initializers,
    layers,
    losses,
    network,
    optimizers,
    plots,
    schedules,
    training,
)
from dlcourse.drawing import instrument, scenes, units
from dlcourse.drawing.sheet import arrow, say, sheet
from dlcourse.drawing.style import BACKWARD, GREY, INK, ORANGE, layer_colors
from dlcourse.lessons import batch_normalization as lesson_9
from dlcourse.lessons import before_you_start
from dlcourse.lessons import playground as lesson_14
from dlcourse.lessons import regularization as lesson_10
from dlcourse.lessons import schedules as lesson_11
from dlcourse.lessons import through_time as lesson_13
from dlcourse.lessons import your_handwriting as lesson_15
from dlcourse.lessons.activations import awake
from dlcourse.lessons.letters import letter_net, small_batch, train

FOLDER = pathlib.Path(__file__).parents[1] / "notebooks" / "pictures"
WIDTH, HEIGHT = 3.8, 1.9  # inches, at 100 dots shown, at 200 stored
WORDS = 9.4  # points, 13 of the dots shown


def words(ax, x, y, text, **more):
    say(ax, x, y, text, size=WORDS, **more)


def picture(ax, image, left, low, size, **scale):
    """A square image on a sheet, framed."""
    look = {"cmap": "gray_r", "vmin": 0, "vmax": 1, **scale}
    place = (left, left + size, low, low + size)
    ax.imshow(image, extent=place, aspect="auto", zorder=2, **look)
    x, y = [left, left + size, left + size, left, left], [low, low, low + size, low + size, low]
    ax.plot(x, y, color="0.75", linewidth=0.8, linestyle="-", zorder=3)


def before_you_begin():
    """A column minus a column, and a column minus a list: five numbers, and all pairs."""
    p, t = np.array([[0.9], [0.2], [0.7], [0.4], [0.1]]), np.array([1, 0, 1, 0, 0])
    ax = sheet(1.2 * WIDTH, 1.2 * HEIGHT, whole())
    for left, numbers, framed in ((0.55, p - t[:, None], ()), (1.75, p - t, range(5))):
        look = {"colors": before_you_start.tones(numbers), "framed": [(k, k) for k in framed]}
        before_you_start.draw_table(ax, left, 2.15, numbers, form=None, **look)
    words(ax, 0.8, 0.17, "5 numbers")
    words(ax, 3.0, 0.17, "or 25?")
    return ax


def one_neuron():
    """A five, the weights that tell fives from threes, and the answer."""
    images, labels = data.digits()
    rows = (labels == 3) | (labels == 5)
    x, t = images[rows].astype(float), (labels[rows] == 5).astype(float)[:, None]
    net = network.Sequential([layers.Dense(784, 1)], seed=0, dtype=float)
    loss, rule = losses.SigmoidCrossEntropy(), optimizers.SGD(0.1)
    training.fit(net, loss, rule, [(x, t)], epochs=200)
    p = activations.Sigmoid().f(net.forward(x))
    five = np.flatnonzero((t == 1) & (p > 0.9) & (p < 0.98))[0]
    W = net.layers[0].W.reshape(28, 28)
    ax = sheet(WIDTH, HEIGHT)
    picture(ax, x[five].reshape(28, 28), 0.15, 0.45, 1.3)
    largest = np.abs(W).max()
    picture(ax, W, 1.8, 0.45, 1.3, cmap="RdBu", vmin=-largest, vmax=largest)
    say(ax, 1.62, 1.1, "×", size=16)
    arrow(ax, (3.14, 1.1), (3.36, 1.1))
    words(ax, 3.57, 1.1, f"{p[five, 0]:.2f}")
    words(ax, 0.8, 0.25, "a digit")
    words(ax, 2.45, 0.25, "its weights")
    return ax


def a_hidden_layer():
    """Three soft units, a third of a turn apart, and the round border of their sum."""
    angles = np.deg2rad([90, 210, 330])
    directions = np.stack([np.cos(angles), np.sin(angles)])
    places = units.plane(n=60)
    hidden = activations.Sigmoid().f(1.6 * (1.0 - places @ directions))
    on_the_ring = activations.Sigmoid().f(1.6 * (1.0 - 1.2 * directions[:, :1].T @ directions))
    total, level = hidden.sum(axis=1).reshape(60, 60), on_the_ring.sum()
    tones = {"cmap": ListedColormap(units.TONES / 255), "origin": "lower"}
    ax = sheet(WIDTH, HEIGHT)
    for k, low in enumerate((1.29, 0.69, 0.09)):
        picture(ax, hidden[:, k].reshape(60, 60), 0.7, low, 0.52, **tones)
        end = 0.95 + 0.15 * (1 - k)
        ax.plot([1.22, 2.0], [low + 0.26, end], color=GREY, linewidth=1.2, linestyle="-")
    between = {"vmin": level - 0.4, "vmax": level + 0.4}
    picture(ax, total, 2.0, 0.1, 1.7, **tones, **between)
    along = 2.0 + (np.arange(60) + 0.5) / 60 * 1.7
    ax.contour(along, along - 1.9, total, levels=[level], colors=INK, linewidths=1.6, zorder=4)
    words(ax, 0.36, 0.95, "three\nunits")
    return ax


def staircase():
    """The gradient magnitude of ten layers of sigmoids, hanging from the last layer's."""
    magnitudes = magnitudes_at_start(letter_net([30] * 9, dtype=np.float64))
    ax = bare()
    instrument.bars(ax, magnitudes, (), factors=None, limits=(-0.2, 10.9))
    ax.set(ylim=(2e-9, 3))
    ax.set_axis_off()
    lost = f"1/{float(f'{magnitudes[-1] / magnitudes[0]:.1e}'):,.0f}"
    places = {(0.58, 0.9): "← the way back", (0.98, 0.9): "loss", (0.24, 0.04): lost}
    return with_words(ax, places)


def magnitudes_at_start(net, loss=None):
    """Each layer's gradient magnitude on a small batch of letters; squared error if no loss."""
    x, t = small_batch()
    loss = loss or losses.MeanSquaredError()
    loss.forward(net.forward(x), t)
    net.backward(loss.backward())
    return np.array(net.grad_rms())


def bare(n=1):
    """An axes, or n side by side, on a picture."""
    return plots.axes(n, width=WIDTH, height=HEIGHT)


def whole():
    """An axes over the whole picture."""
    figure = bare().figure
    figure.clear()
    figure.set_layout_engine("none")
    return figure.add_axes((0, 0, 1, 1))


def with_words(ax, places):
    for (x, y), text in places.items():
        ax.text(x, y, text, transform=ax.transAxes, fontsize=WORDS, ha="right", color=INK)
    return ax


def lifted():
    """Two losses at the same weights of five hidden layers, after 80 steps."""
    letters, names = data.letters(40960, seed=0)
    learn = letters, data.one_hot(names, 26)
    net = letter_net([30] * 5)
    train(net, learn, (letters[:100], learn[1][:100]), lr=1, epochs=2)
    squared = magnitudes_at_start(net)
    bare_output = letter_net([30] * 5, output=None)
    bare_output.theta = net.theta
    cross = magnitudes_at_start(bare_output, losses.SigmoidCrossEntropy())
    ax = bare()
    edges = np.arange(len(squared) + 1)
    foot = squared.min() / 3
    colors = layer_colors(len(squared))
    ax.bar(edges[:-1] + 0.5, squared - foot, 1, foot, color=colors)
    ax.stairs(cross, edges, color=INK, linewidth=2, baseline=None)
    ax.set(yscale="log", ylim=(foot, 30 * cross.max()))
    ax.set_axis_off()
    lift = 5 * round(np.exp(np.mean(np.log(cross / squared))) / 5)
    up = {"arrowstyle": "-|>", "color": INK, "shrinkA": 3, "shrinkB": 3}
    ax.annotate("", (5.8, cross[-1]), (5.8, squared[-1]), arrowprops=up)
    middle = np.sqrt(cross * squared)
    ax.text(5.65, middle[-1], f"× {lift}", fontsize=WORDS, ha="right", va="center")
    ax.text(0.1, middle[0], "squared error", fontsize=WORDS, va="center")
    return with_words(ax, {(0.6, 0.75): "cross-entropy"})


def first_weights():
    """What leaves ten layers of tanh, for four sizes of the first weights."""
    x = np.random.default_rng(0).normal(0, 1, size=(500, 100))
    edges = np.linspace(-1.02, 1.02, 52)
    panels = bare(4)
    for ax, scale in zip(panels, (0.4, 1.0, 3.0, 9.0), strict=True):
        net = network.mlp([100] * 11, activations.Tanh, initializers.normal(scale / 10), seed=0)
        y, shares = x.astype(np.float32), []
        for layer in net.layers + [activations.Tanh()]:
            y = layer.forward(y)
            if isinstance(layer, activations.Tanh):
                shares.append(np.histogram(y, edges)[0])
        plots.layer_histograms(shares, edges, ax)
        ax.set_axis_off()
    for ax, name in zip(panels, ("dead", "alive", " ", " "), strict=True):
        ax.set_title(name, fontsize=WORDS)
    panels[3].set_title("at the walls".ljust(34), fontsize=WORDS)
    return panels


RATES = {"SGD": 0.018, "Momentum": 0.004, "Nesterov": 0.004}
RATES |= {"AdaGrad": 3.0, "RMSProp": 0.2, "Adam": 0.5}


def six_paths():
    """Six rules in a valley, and in the same valley turned by 45 degrees, turned back."""
    turn = np.sqrt(0.5) * np.array([[1, 1], [-1, 1]])
    straight = {name: walk(name, np.eye(2)) for name in RATES}
    turned = {name: walk(name, turn) for name in RATES}
    ax = plots.axes(6, width=WIDTH, height=HEIGHT, rows=2)
    return scenes.valleys(straight, turned, ax)


def walk(name, turn, k=100, steps=80):
    """The path (steps + 1, 2) of a rule in (u^2 + k v^2) / 2, in the valley's own coordinates."""
    rule = getattr(optimizers, name)(RATES[name])
    H = turn.T @ np.diag([1.0, k]) @ turn
    w = np.array([10.0, 3.0]) @ turn
    path = [w.copy()]
    for _ in range(steps):
        rule.step(w, w @ H)
        path.append(w.copy())
    return np.array(path) @ turn.T


def slit():
    """Half of a handwritten 8 has been read, row by row, by a unit with a loop."""
    images, labels = data.digits()
    eight = images[labels == 8][0].reshape(28, 28).astype(float)
    row = 14
    eight[row + 1 :] *= 0.18
    ax = sheet(WIDTH, HEIGHT)
    picture(ax, eight, 0.5, 0.12, 1.66)
    y = 0.12 + 1.66 * (1 - (row + 0.5) / 28)
    x = [0.4, 2.26, 2.26, 0.4, 0.4]
    low, high = y - 0.05, y + 0.05
    ax.plot(x, [low, low, high, high, low], color=INK, linewidth=1.8, linestyle="-", zorder=4)
    arrow(ax, (2.32, y), (2.84, y), width=1.6)
    ax.plot(3.05, y, "o", color=INK, markersize=16)
    arrow(ax, (3.16, y + 0.15), (2.94, y + 0.15), bend=-1.6, width=1.6)
    words(ax, 3.05, y - 0.36, "what it\nremembers")
    return ax


def shrinking_ball():
    """Two hundred noisy walks around the bottom of a valley, at three rates of one schedule."""
    rate = schedules.exponential(0.3, r=600)
    walks = lesson_11.cloud(rate)
    ax = sheet(WIDTH, HEIGHT)
    for x, step in ((0.75, 100), (2.05, 400), (3.15, 1000)):
        places = (x, 1.12) + walks.places[step] * (0.23, 0.5)
        ax.plot(*places.T, ".", color=INK, markersize=3)
        ax.plot(x, 1.12, "+", color=ORANGE, markersize=9, markeredgewidth=2)
        words(ax, x, 0.22, f"rate {rate(step - 1):.1g}")
    return ax


def units_that_died():
    """Fifty units of the letters' first hidden layer at two rates, a cross for each dead one."""
    letters, names = data.letters(4096, seed=0)
    learn = letters, data.one_hot(names, 26)
    ax = sheet(WIDTH, HEIGHT)
    for left, lr in ((0.25, 0.5), (2.15, 1.0)):
        net = letter_net([50, 50], activations.ReLU, None, scale=2**0.5)
        loss = losses.SoftmaxCrossEntropy()
        train(net, learn, (letters[:100], learn[1][:100]), lr, 5, loss=loss, batch_size=64)
        share = awake(net, letters)[0]
        k = np.arange(50)
        x, y, dead = left + 0.155 * (k % 10), 1.3 - 0.21 * (k // 10), share == 0
        greys = [str(0.45 + 0.55 * value) for value in share[~dead]]
        ax.scatter(x[~dead], y[~dead], s=46, c=greys, edgecolors=INK, linewidths=0.8)
        ax.scatter(x[dead], y[dead], s=26, marker="x", color="black", linewidths=1.6)
        words(ax, left + 0.7, 1.62, f"rate {lr:g}")
        words(ax, left + 0.7, 0.16, f"{dead.sum()} dead")
    return ax


def made_level():
    """Gradient magnitudes of ten hidden layers of sigmoids, without normalization and with it."""
    x, labels = data.letters(64, seed=1)
    probe = x.astype(float), data.one_hot(labels, 26)
    nets = [lesson_9.net_of(10, norm, dtype=np.float64) for norm in lesson_9.WITHOUT_WITH]
    plain, level = (np.array(lesson_9.in_training(net, *probe)[1]) for net in nets)
    ax = bare()
    instrument.bars(ax, plain, (), outline=level, factors=None, limits=(-0.2, 11.2))
    ax.set(ylim=(2e-9, 3))
    ax.set_axis_off()
    return with_words(ax, {(0.62, 0.9): "normalized: level", (0.95, 0.25): "before: a staircase"})


def parting():
    """Accuracy on learned and on unseen letters, one label in five wrong, over the steps."""
    letters, names = data.letters(520, seed=2)
    unseen, unseen_names = data.letters(2000, seed=1)
    learn = letters, data.one_hot(lesson_10.toss(names, 0.2), 26)
    seen = lesson_10.watched(learn, (unseen, data.one_hot(unseen_names, 26)))
    ax = bare()
    ax.plot(seen.steps[5:], seen.known[5:], color=INK, linestyle="-", linewidth=3)
    ax.plot(seen.steps[5:], seen.unseen[5:], color=plots.GREEN, linestyle="-", linewidth=3)
    ax.set(xscale="log", xlim=(9, 560), ylim=(0.25, 1.05))
    ax.set_axis_off()
    places = {(0.6, 0.87): f"learned: {seen.known[-1]:.2f}"}
    places[0.98, 0.5] = f"unseen: {seen.unseen[-1]:.2f}"
    return with_words(ax, places)


def way_back():
    """What arrives at each of forty steps, for an RNN and for an LSTM with forget bias 3."""
    ax = bare()
    at = np.arange(40)
    for foot, forget_bias in ((0.0, 3.0), (7.0, None)):
        powers = np.log10(lesson_13.way_back(40, forget_bias))
        ax.bar(at, powers, bottom=foot + 0 * at, width=0.75, color=BACKWARD)
    ax.set(xlim=(-1, 40), ylim=(-1.6, 8.2))
    ax.set_axis_off()
    return with_words(ax, {(0.72, 0.6): "RNN: lost", (0.72, 0.32): "LSTM: kept"})


def pieces_of_the_plane():
    """The plane cut by one layer of 44 and by three of 8, after the same training on the spiral."""
    points = lesson_14.puzzle("spiral")
    ax = sheet(WIDTH, HEIGHT, whole())
    for left, hidden, name in ((0.3, [44], "one layer"), (2.1, [8, 8, 8], "three layers")):
        net = lesson_14.side_by_side(points, hidden, 0.01, 1000, seeds=[0]).net(0)
        image = lesson_14.tinted(net, 200)
        picture(ax, image, left, 0.35, 1.4, origin="lower")
        p = net.forward(lesson_14.grid(100)).reshape(100, 100)
        along = (np.arange(100) + 0.5) / 100 * 1.4
        ax.contour(
            along + left, along + 0.35, p, levels=[0.5], colors=INK, linewidths=1.6, zorder=4
        )
        words(ax, left + 0.7, 0.16, name)
    return ax


def made_ready():
    """A small drawn 3 on its pad, and what the network reads: shrunk as it is, and made ready."""
    learn, _ = lesson_15.digits()
    net = lesson_15.train_reader(learn, epochs=3)
    ink = lesson_15.ten_drawings(0, size=42, at=(32, 36))[3]
    ax = sheet(WIDTH, HEIGHT, whole())
    for left, ready in ((0.45, lesson_15.shrunk(ink)), (2.15, lesson_15.prepared(ink))):
        picture(ax, ready, left, 0.45, 1.2)
        answer = net.predict(ready.reshape(1, -1))[0]
        words(ax, left + 0.6, 0.24, f"read as {answer}")
    arrow(ax, (1.72, 1.05), (2.08, 1.05), width=2)
    return ax


DRAWN = {
    "00-before-you-start": before_you_begin,
    "01-logistic-regression": one_neuron,
    "02-shallow-network": a_hidden_layer,
    "03-vanishing-gradient": staircase,
    "04-cross-entropy": lifted,
    "05-initialization": first_weights,
    "06-optimizers": six_paths,
    "07-rnn-forward-pass": slit,
    "09-batch-normalization": made_level,
    "08-activations": units_that_died,
    "10-regularization": parting,
    "11-schedules": shrinking_ball,
    "13-through-time": way_back,
    "14-playground": pieces_of_the_plane,
    "15-your-handwriting": made_ready,
}


def stored(ax):
    """The picture of an axes (or an array of them) with few colours."""
    file = io.BytesIO()
    np.ravel(ax)[0].figure.savefig(file, format="png", dpi=200)
    image = Image.open(file).convert("RGB")
    return flat(image, palette_of(image, 96))


def main():
    plots.use_style()
    for name, draw in DRAWN.items():
        path = FOLDER / f"{name}-stamp.png"
        stored(draw()).save(path, optimize=True)
        print(f"{path.name}: {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
