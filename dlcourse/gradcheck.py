"""Is `backward` right? Ask finite differences, in float64: the 7 digits of float32 are too few."""

import math

import numpy as np

from dlcourse.guard import checks
from dlcourse.guard.checks import optional, takes
from dlcourse.guard.vectors import length


@takes(f=checks.function("of theta"), theta=checks.float64_array, eps=checks.POSITIVE)
def numerical_gradient(f, theta, eps=1e-6):
    """dL/dtheta, entry by entry: (f(theta + eps) - f(theta - eps)) / (2 eps), of theta's shape.

    The error is about eps^2, from the terms of the series left out, plus 1e-16 |f| / eps of
    rounding, which rules below an eps of about 1e-5. Calls f(theta) with theta perturbed in place,
    and restores every entry. TypeError unless theta is a float64 array and f returns one number;
    ValueError where that number is not finite.
    """
    grad = np.empty_like(theta)
    for i in np.ndindex(theta.shape):
        kept = theta[i]
        try:
            theta[i] = kept + eps
            above = checks.one_number("numerical_gradient", f(theta))
            theta[i] = kept - eps
            below = checks.one_number("numerical_gradient", f(theta))
        finally:
            theta[i] = kept
        grad[i] = (above - below) / (2 * eps)
    return grad


@takes(net=checks.float64_net, loss=checks.LOSS, penalty=optional(checks.PENALTY_WITH_VALUE))
def gradient_errors(net, loss, x, t, penalty=None):
    """net.backward (a) against finite differences (n): {layer: |a - n| / (|a| + |n|)}.

    Below 1e-7 is right (1e-6 where a gradient nearly vanishes); above 1e-4 is a mistake. Rounding
    would rule where a and n nearly vanish, so the divisor is at least 1e-3 max(1, |grad|): a layer
    whose gradient is below about 1e-7 can be wrong and look right. Frozen layers are left out.
    Leaves net.theta and net.state as they were and the checked gradient in net.grad. TypeError for
    a float32 net; ValueError for a layer that draws numbers in training (Dropout, RReLU) and where
    two forward passes differ, because then no difference means anything.
    """
    state = net.state.copy()

    def total(theta=None):
        net.state = state  # every pass starts from the same running statistics
        value = loss.forward(net.forward(x, training=True), t)
        return value + (penalty.forward(net) if penalty is not None else 0.0)

    try:
        value = total()
        if math.isfinite(value) and total() != value:
            words = "a net whose loss is the same twice: check it without what draws numbers"
            raise ValueError(f"gradient_errors takes {words}")
        net.backward(loss.backward())
        if penalty is not None:
            penalty.backward(net)
        numerical = numerical_gradient(total, net.theta)
    finally:
        net.state = state
    least = 1e-3 * max(1.0, length(net.grad))
    errors = {}
    frozen = getattr(net, "n_frozen", 0)
    for name, part in list(net.slices.items())[frozen:]:
        a, n = net.grad[part], numerical[part]
        errors[name] = length(a - n) / max(length(a) + length(n), least)
    return errors
