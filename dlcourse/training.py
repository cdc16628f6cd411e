"""Training: Batches feed, fit steps, History remembers, accuracy judges; L1 and L2 keep weights small."""

import math
import warnings

import numpy as np

from dlcourse.checks import POSITIVE, check_finite, check_flag, check_has, check_number, check_whole, real_array

CHUNK = 1024  # rows that validation sends through at once


class Batches:
    """Iterating is one epoch: (x, t) batches in a new random order each time, every example once; the last may be shorter.

    x and t are arrays with one example a row, finite and equally long; t has the outputs' shape, (N, K) or (N, 1).
    Batches are copies. A batch_size above N gives one batch. The order comes from `seed` alone.
    """

    def __init__(self, x, t, batch_size, seed=0):
        self.x, self.t = _examples("Batches", x, t)
        check_whole("Batches takes batch_size as a whole number from 1", batch_size, 1)
        check_whole("Batches takes seed as a whole number from 0", seed)
        self.batch_size, self._rng = int(batch_size), np.random.default_rng(seed)

    def __len__(self):
        return math.ceil(len(self.x) / self.batch_size)

    def __iter__(self):
        order = self._rng.permutation(len(self.x))
        for start in range(0, len(order), self.batch_size):
            rows = order[start : start + self.batch_size]
            yield self.x.take(rows, axis=0), self.t.take(rows, axis=0)


class History:
    """What fit saw: `loss` (steps,) without the penalty, and `grad_rms` (steps, layers) before clipping, a row for every step;
    `val_loss` and `val_accuracy`, lists with a number for every epoch; `stopped`, None or why training ended early."""

    def __init__(self, layers):
        try:
            self.layers = list(layers)
        except TypeError:
            raise TypeError(f"History takes layers as a list of their names, got {layers!r}") from None
        self.val_loss, self.val_accuracy, self.stopped = [], [], None
        self._rows, self._steps = np.empty((64, 1 + len(self.layers))), 0

    def record(self, loss, grad_rms):
        """Append one step: the loss, and one gradient magnitude for each layer (ValueError: another number of them)."""
        try:
            row = np.array([loss, *grad_rms], np.float64)
        except (TypeError, ValueError, OverflowError):
            raise TypeError(
                f"History takes a loss and a list of gradient magnitudes, numbers all, got {loss!r}, {grad_rms!r}"
            ) from None
        if row.shape != (1 + len(self.layers),):
            raise ValueError(f"History takes {len(self.layers)} gradient magnitudes, one for each layer, got {len(row) - 1}")
        if self._steps == len(self._rows):
            self._rows = np.concatenate([self._rows, np.empty_like(self._rows)])
        self._rows[self._steps] = row
        self._steps += 1

    @property
    def loss(self):
        return self._rows[: self._steps, 0]

    @property
    def grad_rms(self):
        return self._rows[: self._steps, 1:]


def fit(net, loss, optimizer, batches, epochs, *, validation=None, penalty=None, clip=None, progress=None):
    """Train net in place: for every batch forward, backward, penalty, record, clip, step. Returns the History.

    batches is Batches, or a list of pairs: [(x, t)] is all examples at once, without a copy if in net's dtype.
    validation = (x, t) is judged after each epoch; clip = the largest gradient norm. progress(step, n_steps, history) is
    called after every step, from 1; a true answer ends training. A step whose loss or gradient is not finite is neither
    taken nor recorded: theta stays finite, `history.stopped` names epoch, step and layer, and one RuntimeWarning says so.
    """
    validation = _check_fit(net, loss, optimizer, batches, epochs, validation, penalty, clip, progress)
    history, step, n_steps = History(net.slices), 0, epochs * len(batches)
    for epoch in range(1, epochs + 1):
        for batch in batches:
            x, t = _pair("fit takes batches as pairs (x, t)", batch)
            step += 1
            with np.errstate(all="ignore"):
                trouble = _step(net, loss, optimizer, x, t, penalty, clip, history)
            if trouble:
                return _stop(history, epoch, step, trouble)
            if progress is not None and progress(step, n_steps, history):
                history.stopped = f"epoch {epoch}, step {step}: progress asked to stop"
                break
        if validation is not None:
            with np.errstate(all="ignore"):
                value = _mean_loss(net, loss, *validation)
            if not math.isfinite(value):
                return _stop(history, epoch, step, f"the validation loss is {value}")
            history.val_loss.append(value)
            history.val_accuracy.append(accuracy(net, *validation))
        if history.stopped:
            break
    return history


def _stop(history, epoch, step, trouble):
    history.stopped = f"epoch {epoch}, step {step}: {trouble}; lower the learning rate, or look at the data"
    warnings.warn(f"fit stopped: {history.stopped}", RuntimeWarning, stacklevel=3)
    return history


def _step(net, loss, optimizer, x, t, penalty, clip, history):
    """One step of fit; returns None, or a sentence about the first number that is not finite."""
    value = loss.forward(net.forward(x, training=True), t)
    net.backward(loss.backward())
    if penalty is not None:
        penalty.backward(net)
    grad = net.grad
    norm = _norm(grad)
    if not math.isfinite(value + norm):
        return _first_not_finite(net, x, t, value)
    magnitudes = net.grad_rms()
    if clip is not None and norm > clip:
        grad *= clip / norm
    rate = optimizer.rate() if hasattr(optimizer, "rate") else math.inf
    kept = None if rate * max(norm, 1.0) < 1e6 else net.theta.copy()  # only a huge step can overflow theta
    optimizer.step(net.theta, grad)
    if getattr(penalty, "proximal", False):
        penalty.shrink(net, rate)
    if kept is not None and not math.isfinite(_norm(net.theta)):
        broken = _first_layer_not_finite(net, net.theta)
        net.theta = kept
        return f"the step would make the parameters of layer {broken} infinite"
    history.record(value, magnitudes)


def _norm(a):
    """The length of a vector, NaN or infinity if it holds one: one quick pass, or scaled where squares leave float32's range."""
    square = float(np.vdot(a, a))
    if 1e-30 < square < 1e30:
        return math.sqrt(square)
    largest = float(np.abs(a).max(initial=0))
    return largest * float(np.linalg.norm(a / largest)) if 0 < largest < math.inf else largest


def _first_not_finite(net, x, t, value):
    """Where it began: the batch, else the first layer with such an output, else the loss, else the gradient."""
    for name, a in (("x", x), ("t", t)):
        if not np.isfinite(a).all():
            return f"the batch's {name} holds NaN or infinity"
    y = np.asarray(x).astype(net.theta.dtype)
    for i, layer in enumerate(net.layers):
        y = layer.forward(y, training=i >= net.n_fixed)  # as in the step: some layers do something else while training
        if not np.isfinite(y).all():
            return f"the output of {layer!r} is not finite"
    if not math.isfinite(value):
        return f"the loss is {value}"
    return f"the gradient of layer {_first_layer_not_finite(net, net.grad)} is not finite"


def _first_layer_not_finite(net, vector):
    """The name of the layer next to the output whose part of theta or grad is not finite: a gradient arrives there first."""
    names = [name for name, part in reversed(net.slices.items()) if not np.isfinite(vector[part]).all()]
    return names[0] if names else max(net.slices, key=lambda name: _norm(vector[net.slices[name]]))  # only the sum overflows


def _check_fit(net, loss, optimizer, batches, epochs, validation, penalty, clip, progress):
    """Refuse what could not be trained; returns validation as two arrays, or None."""
    check_has("fit takes a net", net, "forward", "backward", "grad_rms", "theta", "grad", "slices", "layers")
    check_has("fit takes a loss", loss, "forward", "backward")
    check_has("fit takes an optimizer", optimizer, "step")
    if penalty is not None:
        check_has("fit takes a penalty", penalty, "backward")
    if progress is not None and not callable(progress):
        raise TypeError(f"fit takes progress as a function (step, n_steps, history), got {progress!r}")
    check_whole("fit takes epochs as a whole number from 1", epochs, 1)
    if clip is not None:
        check_number("fit takes clip as a positive gradient norm", clip, POSITIVE)
    if not hasattr(batches, "__len__") or isinstance(batches, np.ndarray):
        raise TypeError(f"fit takes batches with a length, such as Batches(x, t, batch_size), got {batches!r}")
    if not len(batches):
        raise ValueError(f"fit takes at least one batch an epoch, got {batches!r}")
    if getattr(loss, "on_logits", False) and getattr(net.layers[-1], "threshold", 0.0) == 0.5:
        raise ValueError(
            f"{loss!r} applies its own sigmoid or softmax, and the last layer is {net.layers[-1]!r}: "
            "drop that layer, or the output goes through two"
        )
    if getattr(penalty, "proximal", False) and not hasattr(optimizer, "rate"):
        raise TypeError(f"fit takes L1(proximal=True) with an optimizer that tells its rate(), such as SGD, got {optimizer!r}")
    if validation is not None:
        return _examples("fit(validation=)", *_pair("fit takes validation as the pair (x, t)", validation))


def _pair(takes, pair):
    if not isinstance(pair, (tuple, list)):
        raise TypeError(f"{takes}, got {type(pair).__name__}")
    if len(pair) != 2:
        raise ValueError(f"{takes}, got {len(pair)} things")
    return pair


def _mean_loss(net, loss, x, t):
    parts = [slice(start, start + CHUNK) for start in range(0, len(x), CHUNK)]
    return sum(loss.forward(net.forward(x[part]), t[part]) * len(x[part]) for part in parts) / len(x)


def accuracy(net, x, t):
    """The share of examples whose predicted class is right. t as for the loss: one-hot (N, K), or (N, 1) with 0/1 or -1/+1.

    Needs of net only `predict(x)`, class numbers (N,). Class numbers as t, (N,), are a ValueError.
    """
    check_has("accuracy takes a net", net, "predict")
    x, t = _examples("accuracy", x, t)
    if t.ndim != 2:
        raise ValueError(f"accuracy takes t of shape (N, K), got {t.shape}")
    predicted = real_array("accuracy", "predicted labels", net.predict(x))
    if predicted.shape != (len(x),):
        raise ValueError(f"accuracy takes a net whose predict returns labels of shape ({len(x)},), got {predicted.shape}")
    if predicted.max() >= max(2, t.shape[1]):
        raise ValueError(
            f"accuracy takes a target column for each class, got t of shape {t.shape} and a predicted class {predicted.max()}: "
            "class numbers become targets with data.one_hot(labels, n_classes)"
        )
    labels = t.argmax(axis=1) if t.shape[1] > 1 else t[:, 0] > 0.5
    return float(np.mean(predicted == labels))


def _examples(who, x, t):
    """x and t as arrays that belong together: real, finite, one row for each example, t with an axis for the outputs."""
    x = _table(who, "x", x, "a column of numbers becomes examples with x.reshape(-1, 1)")
    t = _table(who, "t", t, "labels become targets with data.one_hot(labels, n_classes) or labels.reshape(-1, 1)")
    if len(x) != len(t):
        raise ValueError(f"{who} takes one target for each example, got {len(x)} examples and {len(t)} targets")
    return x, t


def _table(who, name, a, hint):
    a = real_array(who, name, a)
    if a.ndim < 2 or not a.size:
        raise ValueError(f"{who} takes {name} with one example a row, at least one, got shape {a.shape}: {hint}")
    check_finite(who, name, a)
    return a


def _weights(penalty, net):
    check_has(f"{type(penalty).__name__} takes a net", net, "weights")
    return net.weights()


class L2:
    """Penalty strength/2 sum W^2 over weights, never biases: adds strength W to dW, a pull towards 0 (weight decay)."""

    def __init__(self, strength):
        check_number("L2 takes strength as a finite number from 0", strength)
        self.strength = float(strength)

    def forward(self, net):
        """The penalty, a float; `fit` does not add it to history.loss."""
        return 0.5 * self.strength * sum(float(np.sum(W * W)) for W, _ in _weights(self, net))

    def backward(self, net):
        """Add the penalty's gradient to net.grad."""
        for W, dW in _weights(self, net):
            dW += self.strength * W


class L1:
    """Penalty strength sum |W| over weights, never biases: adds strength sign(W) to dW. Weights come near 0, hardly any reach it.

    proximal=True leaves dW alone; after each step `fit` moves every weight by lr * strength towards 0 and stops there:
    exact zeros (soft-thresholding, Daubechies et al. 2004).
    """

    def __init__(self, strength, proximal=False):
        check_number("L1 takes strength as a finite number from 0", strength)
        check_flag("L1 takes proximal", proximal)
        self.strength, self.proximal = float(strength), bool(proximal)

    def forward(self, net):
        """The penalty, a float; `fit` does not add it to history.loss."""
        return self.strength * sum(float(np.sum(np.abs(W))) for W, _ in _weights(self, net))

    def backward(self, net):
        """Add the penalty's subgradient to net.grad, unless proximal."""
        for W, dW in [] if self.proximal else _weights(self, net):
            dW += self.strength * np.sign(W)

    def shrink(self, net, lr):
        """The proximal step: W = sign(W) max(|W| - lr strength, 0)."""
        check_number("L1.shrink takes lr as a number from 0", lr)
        for W, _ in _weights(self, net):
            W[...] = np.sign(W) * np.maximum(np.abs(W) - lr * self.strength, 0)
