"""Training: Batches feed, fit steps, History remembers, accuracy judges, Probe looks on."""

import math
import warnings
from typing import NamedTuple

import numpy as np

from dlcourse.guard import checks
from dlcourse.guard.checks import EXAMPLES, LOSS, SEED, TARGETS, optional, same_length, takes, whole
from dlcourse.guard.diagnosis import Diverged, careful, finite_norm, require_a_match, safe_step
from dlcourse.guard.vectors import chunks
from dlcourse.guard.views import grad_kept
from dlcourse.optimizers import clip_norm
from dlcourse.penalties import L1, L2

__all__ = ["L1", "L2", "Batches", "Frame", "History", "Probe", "accuracy", "fit"]


class Batches:
    """Iterating is one epoch: batches (x, t) in a new random order each time, every example once.

    x and t are arrays with one example a row, finite and equally long; t has the outputs' shape,
    (N, K) or (N, 1). Batches are copies, and the last may be shorter. A batch_size above N gives
    one batch. The order comes from `seed` alone.
    """

    @takes(x=EXAMPLES, t=TARGETS, batch_size=whole(1), seed=SEED)
    def __init__(self, x, t, batch_size, seed=0):
        same_length("Batches", x, t)
        self.x, self.t, self.batch_size = x, t, batch_size
        self._rng = np.random.default_rng(seed)

    def __len__(self):
        return math.ceil(len(self.x) / self.batch_size)

    def __iter__(self):
        order = self._rng.permutation(len(self.x))
        for start in range(0, len(order), self.batch_size):
            rows = order[start : start + self.batch_size]
            yield self.x.take(rows, axis=0), self.t.take(rows, axis=0)


class History:
    """What fit saw, step by step, epoch by epoch.

    `loss` (steps,) without the penalty, and `grad_rms` (steps, layers) before clipping;
    `val_loss` and `val_accuracy`, lists with a number for every epoch that ended; `stopped`, None
    or a sentence that says why training ended early.
    """

    def __init__(self, layers):
        self.layers, self.val_loss, self.val_accuracy, self.stopped = list(layers), [], [], None
        self._rows, self._steps = np.empty((64, 1 + len(self.layers))), 0

    def record(self, loss, grad_rms):
        """Append one step: the loss, and one gradient magnitude for each layer."""
        checks.one_for_each(self.layers, grad_rms)
        if self._steps == len(self._rows):
            self._rows = np.concatenate([self._rows, np.empty_like(self._rows)])
        self._rows[self._steps] = [loss, *grad_rms]
        self._steps += 1

    @property
    def loss(self):
        return self._rows[: self._steps, 0]

    @property
    def grad_rms(self):
        return self._rows[: self._steps, 1:]


@takes(
    net=checks.NET,
    loss=LOSS,
    optimizer=checks.OPTIMIZER,
    batches=checks.batches_with_length,
    epochs=whole(1),
    validation=optional(checks.examples_and_targets),
    penalty=optional(checks.PENALTY),
    clip=optional(checks.CLIP),
    progress=optional(checks.CALLBACK),
)
def fit(net, loss, optimizer, batches, epochs, *,
        validation=None, penalty=None, clip=None, progress=None):  # fmt: skip
    """Train net in place: forward, backward, penalty, clip, step; then record. Returns a History.

    batches is Batches, or a list of pairs: [(x, t)] is all examples at once, without a copy if in
    net's dtype. validation = (x, t) is judged after each epoch; clip = the largest gradient norm.
    An lr with a method `update` (schedules.Plateau) is told the validation loss after each epoch;
    without validation, the epoch's mean loss.
    progress(step, n_steps, history) is called after every step, from 1; a true answer ends
    training. One that has a method `watch` is shown the net before the first step (see Probe).
    A step whose loss or gradient is not finite is neither taken nor recorded: theta stays finite,
    `history.stopped` names epoch, step and layer, and one RuntimeWarning says so.
    """
    require_a_match(net, loss, optimizer, penalty)
    history, step = History(net.slices), 0
    if hasattr(progress, "watch"):
        progress.watch(net)
    try:
        for epoch in range(1, epochs + 1):
            for x, t in batches:
                step += 1
                history.record(*one_step(net, loss, optimizer, x, t, penalty, clip))
                if progress is not None and progress(step, epochs * len(batches), history):
                    history.stopped = f"epoch {epoch}, step {step}: progress asked to stop"
                    break
            if validation is not None:
                history.val_loss.append(mean_loss(net, loss, *validation))
                history.val_accuracy.append(accuracy(net, *validation))
            tell(optimizer, history, len(batches))
            if history.stopped:
                break
    except Diverged as why:
        words = f"{why}; lower the learning rate, or look at the data"
        history.stopped = f"epoch {epoch}, step {step}: {words}"
        warnings.warn(f"fit stopped: {history.stopped}", RuntimeWarning, stacklevel=3)
    return history


@careful
def one_step(net, loss, optimizer, x, t, penalty, clip):
    """Forward, loss, backward, update. Returns the loss and every layer's gradient magnitude."""
    value = loss.forward(net.forward(x, training=True), t)
    net.backward(loss.backward())
    if penalty is not None:
        penalty.backward(net)
    norm = finite_norm(net, x, t, value)
    magnitudes = net.grad_rms()
    kept = 1.0  # the share of the gradient's length that clipping leaves
    if clip is not None:
        clip_norm(net.grad, clip)
        kept = clip / max(norm, clip)
    rate = safe_step(net, optimizer, norm)
    if getattr(penalty, "proximal", False):
        penalty.shrink(net, rate * kept)
    return value, magnitudes


def tell(optimizer, history, n_batches):
    """Let a schedule that listens, such as Plateau, hear how the epoch went."""
    update = getattr(getattr(optimizer, "lr", None), "update", None)
    if update is not None:
        update(history.val_loss[-1] if history.val_loss else history.loss[-n_batches:].mean())


@np.errstate(all="ignore")
def mean_loss(net, loss, x, t):
    """The loss over all examples, a chunk at a time; Diverged if it is not finite."""
    sums = [loss.forward(net.forward(x[part]), t[part]) * len(x[part]) for part in chunks(len(x))]
    value = sum(sums) / len(x)
    if not math.isfinite(value):
        raise Diverged(f"the validation loss is {value}")
    return value


@takes(net=checks.CLASSIFIER, x=EXAMPLES, t=TARGETS)
def accuracy(net, x, t):
    """The share of examples whose predicted class is right.

    t as for the loss: one-hot (N, K), or (N, 1) with 0/1 or -1/+1; class numbers (N,) are a
    ValueError. Needs of net only `predict(x)`, class numbers (N,).
    """
    same_length("accuracy", x, checks.matrix("accuracy", "t", t))
    labels = t.argmax(axis=1) if t.shape[1] > 1 else t[:, 0] > 0.5
    return float(np.mean(checks.predicted_labels("accuracy", net.predict(x), t) == labels))


class Frame(NamedTuple):
    """What a Probe saw after a step; each layer's gradient magnitude, each activation's slope."""

    step: int
    loss: float
    accuracy: float
    grad_rms: list
    slopes: list


class Probe:
    """A progress callback that looks at fixed examples (x, t) at the chosen steps; 0 is the start.

    `frames` is a list of Frame(step, loss, accuracy, grad_rms, slopes). Both lists run from input
    to output; slopes are those of the layers that have a `slope`, averaged over units and examples.
    Runs as in prediction, and changes nothing that training uses. A step at which the probe's loss
    is not finite gives no frame. In a loop of one's own: probe.watch(net) before it, probe(step)
    after every step.
    """

    @takes(x=EXAMPLES, t=TARGETS, loss=LOSS, steps=checks.STEPS)
    def __init__(self, x, t, loss, steps):
        same_length("Probe", x, t)
        self.x, self.t, self.loss, self.steps, self.frames = x, t, loss, set(steps), []

    def watch(self, net):
        """Look at this network, from before its first step."""
        self.net, self.frames = net, []
        self(0)

    def __call__(self, step, n_steps=None, history=None):
        if step in self.steps:
            with grad_kept(self.net):
                self._look(step)

    @np.errstate(all="ignore")
    def _look(self, step):
        value = self.loss.forward(self.net.forward(self.x), self.t)
        if not math.isfinite(value):
            return
        self.net.backward(self.loss.backward())
        magnitudes, slopes = self.net.grad_rms(), []
        y = self.x.astype(self.net.dtype)
        for layer in self.net.layers:
            y = layer.forward(y)
            if hasattr(layer, "slope"):
                slopes.append(float(np.mean(layer.backward(np.ones_like(y)))))
        right = accuracy(self.net, self.x, self.t)
        self.frames.append(Frame(step, value, right, magnitudes, slopes))
