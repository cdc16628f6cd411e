"""Is `backward` right? Ask finite differences. In float64 only: float32 keeps 7 digits, too few for a small difference."""

import math
import numbers

import numpy as np

from dlcourse.checks import LARGEST, POSITIVE, check_has, check_number


def numerical_gradient(f, theta, eps=1e-6):
    """(f(theta + eps) - f(theta - eps)) / (2 eps), one entry at a time: dL/dtheta, of theta's shape, with error about eps^2.

    Calls f(theta) with theta perturbed in place, and restores every entry. TypeError unless theta is a float64 array and
    f returns one number; ValueError where that number is not finite.
    """
    if not isinstance(theta, np.ndarray) or theta.dtype != np.float64:
        raise TypeError(
            f"numerical_gradient takes theta as a float64 array, got {getattr(theta, 'dtype', type(theta).__name__)}: "
            "the difference of two close losses needs 16 digits"
        )
    if not theta.flags.writeable:
        raise ValueError("numerical_gradient takes theta as an array that it can perturb, got a read-only one: copy it")
    if not callable(f) or isinstance(f, type):
        raise TypeError(f"numerical_gradient takes f as a function of theta, got {f!r}")
    check_number("numerical_gradient takes a positive step eps", eps, POSITIVE)
    grad = np.empty_like(theta)
    for i in np.ndindex(theta.shape):
        kept = theta[i]
        try:
            theta[i] = kept + eps
            above = _one_number(f(theta))
            theta[i] = kept - eps
            below = _one_number(f(theta))
        finally:
            theta[i] = kept
        grad[i] = (above - below) / (2 * eps)
    return grad


def _one_number(value):
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value.item()
    if not isinstance(value, numbers.Real):
        raise TypeError(f"numerical_gradient takes f that returns one number, got {value!r}")
    if not -LARGEST <= value <= LARGEST:
        raise ValueError(f"numerical_gradient takes f that is finite around theta, got {value}")
    return float(value)


def gradient_errors(net, loss, x, t, penalty=None):
    """{layer: |a - n| / max(|a| + |n|, 1e-3 max(1, |grad|))}: net.backward (a) against finite differences (n).

    Below 1e-7 is right (1e-6 where a gradient nearly vanishes); above 1e-4 is a mistake.
    Leaves net.theta as it was and the checked gradient in net.grad.
    TypeError for a float32 net; ValueError where two forward passes differ (Dropout), because then no difference means anything.
    """
    check_has("gradient_errors takes a net", net, "forward", "backward", "theta", "grad", "slices", "dtype")
    check_has("gradient_errors takes a loss", loss, "forward", "backward")
    if penalty is not None:
        check_has("gradient_errors takes a penalty", penalty, "forward", "backward")
    if net.dtype != np.float64:
        raise TypeError(f"gradient_errors takes a net with dtype=np.float64, got {net.dtype}: float32 keeps too few digits")

    def total(theta=None):
        return loss.forward(net.forward(x, training=True), t) + (penalty.forward(net) if penalty is not None else 0.0)

    value = total()
    if math.isfinite(value) and total() != value:
        raise ValueError("gradient_errors takes a net whose loss is the same twice: check it without Dropout")
    net.backward(loss.backward())
    if penalty is not None:
        penalty.backward(net)
    analytic, numerical = net.grad, numerical_gradient(total, net.theta)
    least = 1e-3 * max(1.0, np.linalg.norm(analytic))
    errors = {}
    for name, part in net.slices.items():
        a, n = analytic[part], numerical[part]
        errors[name] = float(np.linalg.norm(a - n) / max(np.linalg.norm(a) + np.linalg.norm(n), least))
    return errors
