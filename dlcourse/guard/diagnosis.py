"""What `fit` refuses to start with, and why a step cannot be taken: where infinity or NaN began."""

import copy
import functools
import math

import numpy as np

from dlcourse.guard.checks import name_of
from dlcourse.guard.vectors import length


class Diverged(Exception):
    """A step that is not taken; its text says why."""


def require_a_match(net, loss, optimizer, penalty):
    """No sigmoid before a loss that has its own, and a proximal penalty only with its rule, SGD."""
    last = net.layers[-1]
    if getattr(loss, "on_logits", False) and squashes(last):
        words = f"applies its own sigmoid or softmax, and the last layer is {name_of(last)}"
        hint = "drop that layer, or the output goes through two"
        raise ValueError(f"{loss!r} {words}: {hint}")
    if getattr(penalty, "proximal", False) and not getattr(optimizer, "proximal", False):
        words = f"fit takes L1(proximal=True) with SGD, got {optimizer!r}"
        why = "after a step by momentum or an adaptive rate, the same shrinking moves the minimum"
        raise TypeError(f"{words}: {why}")


def squashes(layer):
    """Whether a layer is a sigmoid or a softmax, whoever wrote it.

    Either it divides classes at 1/2, or it has no parameters and a copy of it maps numbers from -30
    to 30 into [0, 1], a larger one never lower. No layer that belongs before a loss on logits does.
    """
    if getattr(layer, "threshold", 0.0) == 0.5:
        return True
    if layer.shapes:
        return False
    z = np.linspace(-30, 30, 13)
    try:
        with np.errstate(all="ignore"):
            y = np.asarray(copy.deepcopy(layer).forward(np.stack([z, -z], axis=1)))
        up, down = np.diff(y, axis=0).T
        within = y.min() >= 0 and y.max() <= 1
        return bool(within and up.min() >= 0 >= down.max() and up.sum() > 0 > down.sum())
    except Exception:  # it wants something else than a table of numbers
        return False


def careful(step):
    """A step that ends in an error moves no running statistics. NumPy's warnings are silenced."""

    @functools.wraps(step)
    def taken_back_if_refused(net, *settings, **named):
        state = net.state.copy()
        try:
            with np.errstate(all="ignore"):
                return step(net, *settings, **named)
        except Exception:
            net.state = state
            raise

    return taken_back_if_refused


def finite_norm(net, x, t, value):
    """The length of net.grad, if it and the loss are finite; else Diverged says where it began."""
    norm = length(net.grad)
    if math.isfinite(value + norm):
        return norm
    for name, a in (("x", x), ("t", t)):
        if not np.isfinite(a).all():
            raise Diverged(f"the batch's {name} holds NaN or infinity")
    y = np.asarray(x).astype(net.theta.dtype)
    for i, layer in enumerate(net.layers):
        y = layer.forward(y, training=i >= getattr(net, "n_fixed", 0))  # as in the step
        if not np.isfinite(y).all():
            raise Diverged(f"the output of {name_of(layer)} is not finite")
    if not math.isfinite(value):
        raise Diverged(f"the loss is {value}")
    raise Diverged(f"the gradient of layer {_first_not_finite(net, net.grad)} is not finite")


def safe_step(net, optimizer, norm):
    """optimizer.step at the rate that is returned; one that would make theta infinite is undone.

    Only after a huge gradient it can: this one, or an earlier one that a momentum still carries.
    """
    rate = optimizer.rate() if callable(getattr(optimizer, "rate", None)) else math.inf
    huge = max(rate, 1.0) * max(norm, 1.0) >= 1e6
    if huge and getattr(optimizer, "memory", ()):
        optimizer.carries_huge = True
    kept = net.theta.copy() if huge or getattr(optimizer, "carries_huge", False) else None
    _step_at(rate, optimizer, net)
    if kept is not None and not math.isfinite(length(net.theta)):
        broken = _first_not_finite(net, net.theta)
        net.theta = kept
        raise Diverged(f"the step would make the parameters of layer {broken} infinite")
    return rate


def _step_at(rate, optimizer, net):
    """optimizer.step, at the rate that its schedule gave: a schedule is asked once a step."""
    schedule = getattr(optimizer, "lr", None)
    asked = callable(schedule) and rate < math.inf
    if asked:
        optimizer.lr = lambda t: rate
    try:
        optimizer.step(net.theta, net.grad)
    finally:
        if asked:
            optimizer.lr = schedule


def _first_not_finite(net, vector):
    """The layer next to the output whose part is not finite: a gradient gets there first."""
    for name, part in reversed(net.slices.items()):
        if not np.isfinite(vector[part]).all():
            return name
    return max(net.slices, key=lambda name: length(vector[net.slices[name]]))  # the sum overflows
