"""Lesson 11, schedules: walks in a noisy valley, letters learned at a rate that changes, drawings.

First what is computed, then what is drawn of it. A function `show_...` draws and displays, with the
sentence for those who cannot see the picture; a function `draw_...` stands behind sliders. Steps
count from 0 where a schedule is asked, from 1 where a training is told. A `rate` is a number or a
schedule, as for an optimizer's lr.
"""

import copy
import functools
import warnings
from dataclasses import dataclass

import numpy as np
from matplotlib.patches import Ellipse
from matplotlib.ticker import FixedFormatter

from dlcourse import activations, losses, optimizers, plots, schedules, training
from dlcourse.drawing.sheet import arrow, box, say, sheet
from dlcourse.drawing.style import GREY, INK, new_figure
from dlcourse.lessons.letters import letter_net, train
from dlcourse.lessons.optimizers import StepSizes, hard_edges

CURVATURES = np.array([0.1, 1.0])  # of the valley, along it and across
START = 4.0  # where every walk begins, in both directions
STEPS = 2000
WALKS = 200
RULES = {"SGD": optimizers.SGD, "Momentum": optimizers.Momentum, "Adam": optimizers.Adam}
BATCH = 128  # letters for one step


# --- a noisy valley


def rates_of(rate, steps=STEPS):
    """The rate of each of the first `steps` steps, an array (steps,)."""
    return np.array([rate(t) if callable(rate) else rate for t in range(steps)], float)


@dataclass
class Cloud:
    """Many walks at once: `places` (steps + 1, walks, 2) and the `rates` (steps,) that made them.

    `loss` (steps + 1,) is the mean over the walks, before the first step and after each.
    """

    places: np.ndarray
    rates: np.ndarray

    @functools.cached_property
    def loss(self):
        return 0.5 * np.mean(self.places**2, axis=1) @ CURVATURES


@functools.lru_cache(maxsize=2)
def _pushes(seed, steps, walks):
    """Noise of standard deviation 1 for all steps, (steps, 2, walks)."""
    pushes = np.random.default_rng(seed).standard_normal((steps, walks, 2))
    return np.ascontiguousarray(pushes.transpose(0, 2, 1))


def cloud(rate, noise=1.0, seed=0, steps=STEPS, walks=WALKS):
    """Let `walks` walkers make `steps` steps of plain descent in the noisy valley: a Cloud.

    To every slope normal noise of standard deviation `noise` is added, new at each step.
    """
    rates = rates_of(rate, steps)
    pulls = 1 - rates[:, None, None] * CURVATURES[:, None]
    pushes = (noise * rates)[:, None, None] * _pushes(seed, steps, walks)
    places = np.empty((steps + 1, 2, walks))  # the long axis last: NumPy runs along it
    places[0] = START
    for before, after, pull, push in zip(places[:-1], places[1:], pulls, pushes, strict=True):
        np.multiply(before, pull, out=after)
        after -= push
    return Cloud(places.transpose(0, 2, 1), rates)


def expected_loss(rates, noise=1.0):
    """The mean loss in the valley before the first step and after each, by the lesson's formula.

    V <- (1 - lr k)^2 V + lr^2 noise^2 for each curvature k. rates: (steps,), or (steps, S) for S
    schedules at once; returns (steps + 1,) or (steps + 1, S).
    """
    rates = np.asarray(rates, float)[..., None]
    V = np.full((*rates.shape[1:-1], 2), START**2)
    found = [0.5 * V @ CURVATURES]
    for shrink, added in zip((1 - rates * CURVATURES) ** 2, (noise * rates) ** 2, strict=True):
        V = shrink * V + added
        found.append(0.5 * V @ CURVATURES)
    return np.array(found)


def typical_distance(lr, curvature, noise=1.0):
    """How far from the bottom a walk at a constant rate is in the end: the root of V."""
    return np.sqrt(lr * noise**2 / (curvature * (2 - lr * curvature)))


@functools.cache
def best_constant(noise=1.0, steps=STEPS):
    """The constant rate that ends lowest, by the formula, of 61 from 0.001 to 1; and its loss."""
    rates = np.logspace(-3, 0, 61)
    ends = expected_loss(np.tile(rates, (steps, 1)), noise)[-1]
    return float(rates[ends.argmin()]), float(ends.min())


def in_parts(lr):
    """The lesson's piecewise schedule: a tenth of lr from step 1000 on, a hundredth from 1500."""
    return schedules.piecewise([(0, lr), (1000, lr / 10), (1500, lr / 100)])


def ends(rate, seeds=(0, 1, 2)):
    """The mean loss of 200 walks after 2000 steps, for each seed."""
    return [float(cloud(rate, seed=seed).loss[-1]) for seed in seeds]


def print_ends(rates, seeds=(0, 1, 2)):
    """A line for each {name: rate}: the sum of its rates, and for each seed the loss in the end."""
    found = {}
    for name, rate in rates.items():
        found[name] = ends(rate, seeds)
        words = ", ".join(f"≈ {value:.4f}" for value in found[name])
        print(f"{name:24} sum of rates {rates_of(rate).sum():6.1f}   loss {words}")
    return found


# --- letters


@dataclass
class Trained:
    """One training: its History, its accuracy at the end, its relative steps if they were watched.

    A training that stopped at a number that is not finite has the accuracy 0. relative_steps:
    (steps, layers), or None.
    """

    history: training.History
    accuracy: float
    relative_steps: np.ndarray | None

    @property
    def wrong(self):
        """How many letters of a thousand are named wrongly in the end."""
        return 1000 * (1 - self.accuracy)


def learn_letters(
    rule, rate, learn, judge, hidden, epochs, seed=0, *, validation=None, watched=False
):
    """Train ReLU layers from He's weights with softmax cross-entropy, batches of 128: a Trained.

    rule: what makes an optimizer from a rate. learn, judge and validation are pairs (x, t); after
    every epoch `validation`, if there is one, is looked at: a Plateau hears of its loss. watched:
    measure the relative step of every layer at every step.
    """
    net = letter_net(hidden, activations.ReLU, None, seed, scale=2**0.5)
    seen = StepSizes() if watched else None
    settings = {"loss": losses.SoftmaxCrossEntropy(), "batch_size": BATCH, "progress": seen}
    settings["optimizer"] = rule(copy.deepcopy(rate))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # rates that are too large are tried, too
        history = train(net, learn, validation, None, epochs, seed, **settings)
    share = 0.0 if history.stopped else accuracy(net, judge)
    return Trained(history, share, seen.sizes if watched else None)


def accuracy(net, judge):
    """The share named rightly; 0 where the weights are so large that the outputs overflow."""
    with np.errstate(all="ignore"):
        try:
            return training.accuracy(net, *judge)
        except ValueError:
            return 0.0


def learn_each(rule, rate, learn, judge, hidden, epochs, seeds=(0, 1, 2), **more):
    """`learn_letters` from each start, a list."""
    return [learn_letters(rule, rate, learn, judge, hidden, epochs, seed, **more) for seed in seeds]


def compare(rule, lr, learn, judge, hidden, epochs, seeds=(0, 1, 2)):
    """Letters of 1000 wrong, three starts each: at a constant rate, and with a cosine from it."""
    settings = {"hidden": hidden, "epochs": epochs, "seeds": seeds}
    fall = schedules.cosine(lr, epochs * -(-len(learn[0]) // BATCH))
    return [wrong(learn_each(rule, rate, learn, judge, **settings)) for rate in (lr, fall)]


def print_pairs(pairs):
    """A line for each {name: (wrong at a constant rate, wrong with a cosine)}."""
    for name, pair in pairs.items():
        words = [", ".join(f"≈ {value:.1f}" for value in row) for row in pair]
        print(f"{name:24} constant {words[0]}   cosine {words[1]}")


def print_wrong(runs):
    """A line for each {name: [Trained]}: letters of a thousand that are named wrongly."""
    for name, row in runs.items():
        print(f"{name:26}", ", ".join(f"≈ {run.wrong:.1f}" for run in row), "of 1000 wrong")


def wrong(runs):
    """Letters of a thousand named wrongly, of each run."""
    return np.array([run.wrong for run in runs])


def raise_rate(rule, rate, learn, epochs=4, seed=0, hidden=(50, 50)):
    """The loss of every step of a training in batches of 128, at a rate that rises.

    The list ends where the loss is no longer finite.
    """
    net = letter_net(hidden, activations.ReLU, None, seed, scale=2**0.5)
    batches, loss = training.Batches(*learn, BATCH, seed), losses.SoftmaxCrossEntropy()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return training.fit(net, loss, rule(rate), batches, epochs).loss


# --- what is seen of it


def _ground(ax, reach=6.0, **settings):
    """The valley from above, along it to the right, and its bottom."""

    def height(w):
        return np.sqrt(0.5 * w**2 @ CURVATURES)

    limits = {"xlim": (-reach, reach), "ylim": (-reach, reach), "aspect": "equal"}
    plots.contours(height, ax, levels=7, **{**limits, **settings})
    ax.plot(0, 0, "+", color="black", markersize=11, markeredgewidth=2, zorder=5)
    return ax


def _dots(ax, places):
    ax.plot(*np.reshape(places, (-1, 2)).T, ".", color=INK, markersize=3, zorder=3)


def _ball(ax, lr, noise=1.0):
    """A dashed ring, twice the typical distance in each direction: the ball of this rate."""
    width, height = 4 * typical_distance(lr, CURVATURES, noise)
    look = {"edgecolor": plots.ORANGE, "facecolor": "none", "linewidth": 1.8, "linestyle": "--"}
    ax.add_patch(Ellipse((0, 0), width, height, zorder=4, **look))


@hard_edges
def show_clouds(clouds):
    """Two clouds of walks in the valley from above, {name: places (walks, 2)}, and the start."""
    ax = plots.axes(len(clouds), width=7.2, height=3.4)
    words = []
    for a, (name, places) in zip(np.ravel(ax), clouds.items(), strict=True):
        _ground(a, xlabel="along, curvature 0.1", ylabel="across, curvature 1")
        _dots(a, places)
        a.plot(START, START, "o", color=INK, markersize=9, markerfacecolor="none", zorder=6)
        a.text(START, START + 0.55, "start", ha="center", va="bottom", color=INK)
        a.set(title=name, xticks=[-4, 0, 4], yticks=[-4, 0, 4])
        loss = 0.5 * np.mean(np.square(places) @ CURVATURES)
        words.append(f"{name}: mean loss ≈ {loss:.2f}")
    plots.show(ax, "Two hundred walks in a noisy valley. " + "; ".join(words) + ".")


def show_one_step(w=2.0, lr=0.1, noise=-1.5):
    """One step of one weight of curvature 1 in two parts: what pulls it in, and what pushes it."""
    ax = sheet(7.6, 1.5)
    pulled, push = w - lr * w, -lr * noise
    new = pulled + push

    def at(value):
        return 1.0 + 5.2 * (value - 1.6) / 0.6

    y = 0.75
    ax.plot([0.4, 7.2], [y, y], color="0.75", linewidth=1, linestyle="-")
    for value in (1.7, 1.8, 1.9, 2.0, 2.1):
        ax.plot([at(value)] * 2, [y - 0.05, y + 0.05], color="0.75", linewidth=1, linestyle="-")
        say(ax, at(value), y - 0.24, f"{value:g}", size=9)
    say(ax, 0.4, y - 0.24, "← to the bottom, 0", size=9, ha="left")
    ax.plot(at(w), y, "o", color=INK, markersize=9)
    ax.plot(at(new), y, "s", color=INK, markersize=8)
    arrow(ax, (at(w), y + 0.22), (at(pulled), y + 0.22), color=GREY, width=2)
    arrow(ax, (at(pulled), y + 0.52), (at(new), y + 0.52), color=plots.ORANGE, width=2)
    pull_words = f"the slope pulls: {lr:g} · {w:g} = {lr * w:g}"
    push_words = f"the noise pushes: {lr:g} · {-noise:g} = {push:g}"
    say(ax, at(w) + 0.12, y + 0.22, pull_words, ha="left", size=9)
    say(ax, at(new) + 0.12, y + 0.52, push_words, ha="left", size=9)
    say(ax, at(w), 0.25, "w", size=9)
    say(ax, at(new), 0.25, "new w", size=9)
    plots.show(
        ax,
        f"One step from w = {w:g} at rate {lr:g}: the slope pulls by {lr * w:g} to {pulled:g}, the "
        f"noise pushes by {push:g} back to {new:g}.",
    )


LINES = {  # a schedule's colour in all drawings of the lesson
    "constant": INK,
    "piecewise": plots.PURPLE,
    "exponential": plots.GREEN,
    "power": plots.SKY,
    "cosine": plots.ORANGE,
}


@hard_edges
def show_schedules(made):
    """The rates of {name: schedule} over 2000 steps, on a plain axis and on a log axis.

    Of piecewise, exponential, power and cosine, in this order.
    """
    ax = plots.axes(2, width=8.2, height=2.7)
    words = []
    for a in ax:
        for (name, schedule), kind in zip(made.items(), KINDS[1:], strict=True):
            rates = np.ma.masked_less(rates_of(schedule, STEPS + 1), 1e-5)
            look = {"drawstyle": "steps-post"} if kind == "piecewise" else {}
            a.plot(rates, color=LINES[kind], linestyle="-", linewidth=1.8, label=name, **look)
        a.set(xlim=(0, STEPS), xlabel="step", xticks=[0, 500, 1000, 1500, 2000])
    ax[0].set(ylim=(0, None), ylabel="learning rate")
    ax[1].set(yscale="log", ylim=(1e-5, 0.2), yticks=[1e-5, 1e-3, 1e-1])
    ax[1].set(yticklabels=["0.00001", "0.001", "0.1"])
    ax[1].minorticks_off()
    plots.end_names(ax[1])
    for name, schedule in made.items():
        words.append(f"{name} {schedule(1000):.2g}")
    plots.show(ax, f"Four schedules that start at 0.1; at step 1000: {', '.join(words)}.")


@hard_edges
def show_shrinking_ball(rates, moments=(10, 60, 200, 600, 2000)):
    """A row of moments for each {name: rate}: the cloud, and dashed the ball of the rate then."""
    figure = new_figure(8.4, 1.95 * len(rates))
    ax = figure.subplots(len(rates), len(moments), squeeze=False)
    words = []
    for row, (name, rate) in zip(ax, rates.items(), strict=True):
        walks = cloud(rate)
        for a, step in zip(row, moments, strict=True):
            _ground(a, reach=4.6, xticks=[], yticks=[])
            _dots(a, walks.places[step])
            _ball(a, walks.rates[step - 1])
            a.set_title(f"rate {walks.rates[step - 1]:.2g}", fontsize=9.5)
        row[0].set_ylabel(name)
        words.append(f"{name}: mean loss ≈ {walks.loss[moments[-1]]:.3f}")
    for a, step in zip(ax[-1], moments, strict=True):
        a.set_xlabel(f"after {step} steps")
    plots.show(ax, f"200 walks at five moments. After {moments[-1]} steps, {'; '.join(words)}.")


MOMENTS = (0, 1, 2, 5, 10, 20, 40, 60, 100, 150, 200, 300, 400, 600, 800, 1000, 1300, 1600, 2000)
KINDS = ("constant", "piecewise", "exponential", "power", "cosine")
WITH_R = ("exponential", "power")


def schedule_of(kind, lr, r):
    """The schedule of this kind that starts at lr; r is for those that have a time constant."""
    if kind == "constant":
        return schedules.piecewise([(0, lr)])
    if kind == "piecewise":
        return in_parts(lr)
    if kind == "cosine":
        return schedules.cosine(lr, STEPS)
    return getattr(schedules, kind)(lr, r)


def cloud_axes():
    """The valley from above, and at its right the loss and the rate above each other."""
    figure = new_figure(8.4, 4.0)
    made = figure.subplot_mosaic([["valley", "loss"], ["valley", "rate"]], width_ratios=[1, 1.05])
    return np.array([made[name] for name in ("valley", "loss", "rate")])


@functools.lru_cache(maxsize=50)
def _walked(kind, lr, r, noise):
    """The places of the cloud at MOMENTS, its loss and its rates; little of it is kept."""
    walks = cloud(schedule_of(kind, lr, r), noise)
    return walks.places[list(MOMENTS)], walks.loss, walks.rates


def draw_cloud(ax=None, schedule="power", rate=0.5, r=30.0, noise=1.0, step=100):
    """Left 200 walks in the noisy valley after 100 steps of a power schedule, and dashed the
    ball of the rate then; right the mean loss of every step, 0.005 in the end, and the rate."""
    ax = cloud_axes() if ax is None else ax
    places, loss, rates = _walked(schedule, rate, r, noise)
    now = rates[max(step - 1, 0)]
    _ground(ax[0], xlabel="along, curvature 0.1", ylabel="across, curvature 1")
    _dots(ax[0], places[MOMENTS.index(step)])
    _ball(ax[0], now, noise)
    lowest, low_rate = 1e-4, 1e-6
    steps = np.arange(STEPS + 1)
    thin = np.unique(np.r_[0:100, np.geomspace(100, STEPS, 250).astype(int)])
    for a, values, floor in ((ax[1], loss, lowest), (ax[2], rates, low_rate)):
        shown = thin[thin < len(values)]
        inside = np.ma.masked_less(values[shown], floor)
        gone = shown <= max(step, 1)
        a.plot(steps[shown] + 1, inside, color="0.6", linestyle="-", linewidth=0.8)
        a.plot(steps[shown][gone] + 1, inside[gone], color=INK, linestyle="-", linewidth=1.6)
        a.set(xscale="log", yscale="log", xlim=(1, STEPS + 1), xticks=[1, 11, 101, 1001])
        # unlike set_xticklabels it looks the same each time: the canvas need not draw it again
        a.xaxis.set_major_formatter(FixedFormatter(["0", "10", "100", "1000"]))
    level = best_constant(noise)[1] if noise > 0 else lowest
    ax[1].axhline(max(level, lowest), color="0.6", linewidth=1, linestyle=":")
    ax[1].set(ylim=(lowest, 30), ylabel="mean loss", yticks=[1e-4, 1e-2, 1])
    ax[1].yaxis.set_major_formatter(FixedFormatter(["0.0001", "0.01", "1"]))
    ax[2].set(ylim=(low_rate, 2), ylabel="rate", yticks=[1e-6, 1e-3, 1], xlabel="step")
    ax[2].yaxis.set_major_formatter(FixedFormatter(["0.000001", "0.001", "1"]))
    for a in ax[1:]:
        a.minorticks_off()
    ax[1].text(1.15, 1.25 * max(level, lowest), "best constant rate", va="bottom", color=INK)
    above = {"va": "bottom", "color": INK, "fontsize": 10}
    words = f"step {step}: rate {now:.2g}, loss {loss[step]:.2g}"
    ax[0].text(0, 1.02, words, transform=ax[0].transAxes, **above)
    words = f"in the end: sum of rates {rates.sum():.4g}, loss {loss[-1]:.2g}"
    ax[1].text(0, 1.04, words, transform=ax[1].transAxes, **above)
    return ax


def r_where_it_is_used(panel):
    """Hide a panel's slider for r while its schedule is one that has none."""

    def look(change=None):
        used = panel.controls["schedule"].value in WITH_R
        panel.controls["r"].layout.visibility = "visible" if used else "hidden"

    panel.controls["schedule"].observe(look, "value")
    look()
    return panel


TIMES = np.logspace(1, 4, 61)  # time constants, from 10 to 10,000


def by_time_constant(kind, lr):
    """The loss after 2000 steps, by the formula, for each of TIMES."""
    rates = np.stack([rates_of(schedule_of(kind, lr, r)) for r in TIMES], axis=1)
    return expected_loss(rates)[-1]


@hard_edges
def show_time_constants(lr, seen=(10, 30, 100, 300, 1000, 3000, 10000)):
    """The loss in the end against r for both schedules that have one: formula, and dots measured.

    Dotted beside them: the same rate kept constant, and the best constant rate.
    """
    ax = plots.axes(width=7.0, height=3.0)
    words = []
    for kind in WITH_R:
        losses_there = by_time_constant(kind, lr)
        ax.plot(TIMES, losses_there, color=LINES[kind], linestyle="-", label=kind)
        measured = [ends(schedule_of(kind, lr, r), seeds=[0])[0] for r in seen]
        ax.plot(seen, measured, "o", color=LINES[kind], markersize=6, clip_on=False)
        best = losses_there.argmin()
        words.append(f"{kind} lowest at r ≈ {TIMES[best]:.0f} with ≈ {losses_there[best]:.4f}")
    level = best_constant()
    kept = expected_loss(np.full(STEPS, lr))[-1]
    names = ((kept, 600, f"rate {lr:g}, constant"), (level[1], 10.5, "best constant rate"))
    for value, left, name in names:
        ax.axhline(value, color="0.6", linewidth=1, linestyle=":")
        ax.text(left, value * 1.06, name, ha="left", va="bottom", color=INK)
    ax.set(xscale="log", yscale="log", xlim=(10, 10000), ylim=(2e-3, 6), xlabel="time constant r")
    ax.set(xticks=[10, 100, 1000, 10000], xticklabels=["10", "100", "1000", "10,000"])
    ax.set(ylabel="loss after 2000 steps", yticks=[0.01, 0.1, 1], yticklabels=["0.01", "0.1", "1"])
    ax.minorticks_off()
    plots.end_names(ax)
    plots.show(ax, f"Loss after 2000 steps from rate {lr:g}: {'; '.join(words)}.")


@hard_edges
def show_epochs(runs):
    """Letters of 1000 wrong by epoch, and relative steps, of two {name: [Trained]}.

    Of a constant rate, then of a cosine.
    """
    ax = plots.axes(2, width=8.2, height=2.9)
    words = []
    for (name, row), kind in zip(runs.items(), ("constant", "cosine"), strict=True):
        color = LINES[kind]
        for k, run in enumerate(row):
            shares = 1000 * (1 - np.array(run.history.val_accuracy))
            label = {"label": name} if k == 0 else {}
            epochs = np.arange(1, len(shares) + 1)
            ax[0].plot(epochs, shares, color=color, linestyle="-", linewidth=1.3, **label)
        sizes = row[0].relative_steps[:, 0]
        smooth = sizes[: len(sizes) // 16 * 16].reshape(-1, 16).mean(axis=1)
        steps = 16 * (np.arange(len(smooth)) + 0.5)
        ax[1].plot(steps, smooth, color=color, linestyle="-", linewidth=1.6, label=name)
        words.append(f"{name} ≈ {np.median(wrong(row)):.0f}")
    ax[0].set(yscale="log", ylim=(1, 300), xlim=(1, len(shares)), xlabel="epoch")
    ax[0].set(yticks=[1, 10, 100], yticklabels=["1", "10", "100"], ylabel="letters of 1000 wrong")
    ax[0].set(xticks=[1, *range(5, len(shares) + 1, 5)])
    ax[1].set(yscale="log", xlim=(0, len(sizes)), ylim=(1e-6, 0.1), xlabel="step")
    ax[1].set(yticks=[1e-6, 1e-4, 1e-2], yticklabels=["0.000001", "0.0001", "0.01"])
    ax[1].set(ylabel="relative step of layer 1")
    for a in ax:
        a.minorticks_off()
        plots.end_names(a)
    plots.show(ax, f"Letters of 1000 wrong in the end, the middle start: {', '.join(words)}.")


def show_who_sets_the_rate():
    """Where the rate of a step comes from: a schedule that counts, or one that hears the loss."""
    ax = sheet(8.4, 2.35)
    y = 0.55
    parts = ((1.0, "a batch"), (2.75, "network"), (4.5, "gradient"), (6.25, "optimizer"))
    for x, name in parts:
        box(ax, x, y, 1.3, 0.46)
        say(ax, x, y, name)
    for left, right in zip(parts[:-1], parts[1:], strict=True):
        arrow(ax, (left[0] + 0.68, y), (right[0] - 0.68, y))
    arrow(ax, (6.93, y), (7.5, y))
    say(ax, 7.9, y, "new\nweights", size=9)
    box(ax, 6.25, 1.5, 1.3, 0.46, color="white", edge=plots.ORANGE)
    say(ax, 6.25, 1.5, "schedule")
    arrow(ax, (6.25, 1.24), (6.25, 0.8), color=plots.ORANGE, width=2)
    say(ax, 6.34, 1.02, "rate", ha="left", size=9)
    arrow(ax, (7.5, 1.5), (6.93, 1.5))
    say(ax, 7.56, 1.5, "step t", ha="left", size=9)
    arrow(ax, (2.75, 0.8), (5.57, 1.5), color=plots.PURPLE, width=1.6, bend=0.16)
    say(ax, 2.6, 1.62, "validation loss, after every epoch", size=9)
    say(ax, 6.25, 2.0, "counts steps, or listens", size=9)
    plots.show(
        ax,
        "A batch goes through the network, its gradient to the optimizer; a schedule gives the "
        "optimizer its rate, from the number of the step or, Plateau, from the validation loss.",
    )


@hard_edges
def show_plateau(run, rates):
    """The validation loss of a Trained after every epoch, and below it the rates of the epochs."""
    figure = new_figure(6.6, 3.3)
    ax = figure.subplots(2, 1, sharex=True, height_ratios=[1.5, 1])
    values = np.array(run.history.val_loss)
    epochs = np.arange(1, len(values) + 1)
    ax[0].plot(epochs, values, "o-", color=INK, markersize=4, linewidth=1.2)
    record = values < np.minimum.accumulate(np.r_[np.inf, values[:-1]])
    look = {"color": plots.ORANGE, "markersize": 7, "linestyle": "none"}
    ax[0].plot(epochs[record], values[record], "o", **look)
    words = "orange: lower than ever before"
    ax[0].text(len(values), values.max(), words, ha="right", va="top", color=INK)
    ax[0].set(yscale="log", ylabel="validation loss")
    rates = np.asarray(rates, float)
    ax[1].step(np.arange(len(rates) + 1), np.r_[rates[0], rates], color=plots.ORANGE, linestyle="-")
    ax[1].set(yscale="log", ylabel="rate", xlabel="epoch", xlim=(0, len(values) + 0.5))
    ax[1].set(ylim=(rates.min() / 2, rates.max() * 2))
    for a, places in (
        (ax[0], (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)),
        (ax[1], (0.001, 0.003, 0.01, 0.03)),
    ):
        inside = [place for place in places if a.get_ylim()[0] < place < a.get_ylim()[1]]
        a.set(yticks=inside, yticklabels=inside)
        a.minorticks_off()
    cuts = int(np.sum(np.diff(rates) < 0))
    plots.show(
        ax, f"The validation loss of {len(values)} epochs, and the rate, cut ≈ {cuts} times."
    )


@hard_edges
def show_rising(tested, marks, rates):
    """Smoothed losses against the rising rate, {name: values}; marks: {name: (lowest, lost)}.

    rates: those of the values. A disc marks the lowest place, a cross where a training is lost.
    """
    ax = plots.axes(width=7.4, height=3.0)
    words = []
    for (name, values), color in zip(tested.items(), (INK, plots.ORANGE, plots.GREEN), strict=True):
        lowest, lost = marks[name]
        there = np.array(rates[: len(values)])
        at = int(np.abs(np.log(there / lost)).argmin())
        ax.plot(there[: at + 1], values[: at + 1], color=color, linestyle="-", linewidth=1.4)
        ax.plot(there[at:], values[at:], color=color, linestyle="-", linewidth=0.6)
        ax.plot(lowest, values.min(), "o", color=color, markersize=8)
        ax.plot(lost, values[at], "x", color=color, markersize=10, markeredgewidth=2.5)
        steep = int(np.argmax(values <= max(1.5, values.min())))  # room for a name at its left
        ax.text(0.85 * there[steep], 0.8 * values[steep], name, color=INK, ha="right", va="center")
        words.append(f"{name} lowest at ≈ {lowest:.2g}, lost at ≈ {lost:.2g}")
    ticks = {1e-4: "0.0001", 1e-3: "0.001", 0.01: "0.01", 0.1: "0.1", 1: "1", 10: "10"}
    ax.set(xscale="log", yscale="log", xlim=(1e-4, 10), ylim=(0.1, 30))
    ax.set(xticks=list(ticks), xticklabels=list(ticks.values()), xlabel="learning rate, rising")
    ax.set(ylabel="loss", yticks=[0.1, 1, 10], yticklabels=["0.1", "1", "10"])
    ax.minorticks_off()
    plots.show(ax, "A rate that rises from step to step: " + "; ".join(words) + ".")


@hard_edges
def show_four_ways(runs):
    """A row for each {name: [Trained]}: a dot for the accuracy of each start."""
    ax = plots.axes(width=6.2, height=2.2)
    words = []
    for row, (name, made) in enumerate(runs.items()):
        shares = [run.accuracy for run in made]
        ax.plot(shares, np.full(len(shares), -row), "o", color=INK, markersize=8, clip_on=False)
        words.append(f"{name} ≈ {np.median(shares):.2f}")
    ax.set(ylim=(0.5 - len(runs), 0.5), yticks=-np.arange(len(runs)), yticklabels=list(runs))
    ax.set(xlim=(0, 1), xlabel="accuracy, three starts")
    ax.grid(axis="x", color="0.9")
    plots.show(ax, f"Accuracy of ten hidden layers, the middle start: {', '.join(words)}.")
