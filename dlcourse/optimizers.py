"""Optimizers, in order of complexity: step(theta, grad) changes theta in place. theta is ANY float array.

The learning rate `lr` is a positive number, or a function of the step t = 0, 1, 2 ... that returns one.
"""

import numbers

import numpy as np


class _Optimizer:
    """Checks, counts the steps, and asks `lr` for this step's rate; `_update` is the formula."""

    def __init__(self, lr):
        if not callable(lr):
            _check_positive(f"{type(self).__name__} takes lr as a positive number or a function of the step", lr)
        self.lr, self.t, self._rate, self._shape = lr, 0, None, None

    def step(self, theta, grad):
        """Change theta in place. The first call fixes the shape; another one is a ValueError."""
        _check_float_array(self, "theta", theta)
        _check_float_array(self, "grad", grad)
        if theta.shape != grad.shape:
            raise ValueError(f"{self!r} takes theta and grad of one shape, got {theta.shape} and {grad.shape}")
        if self._shape not in (None, theta.shape):
            raise ValueError(f"{self!r} has made steps on shape {self._shape}, got {theta.shape}: start a new optimizer")
        self._update(theta, grad, self.rate())
        self.t, self._rate, self._shape = self.t + 1, None, theta.shape

    def rate(self):
        """The learning rate of the coming step, a Python float; `lr` is asked once a step.

        An np.float64 would turn float32 into float64. A rate below 0 or not finite is a ValueError.
        """
        if self._rate is None:
            rate = self.lr(self.t) if callable(self.lr) else self.lr
            if not isinstance(rate, numbers.Real) or not 0 <= rate < np.inf:
                raise ValueError(f"{self!r} takes a finite lr, 0 or more, got {rate!r} at step {self.t}")
            self._rate = float(rate)
        return self._rate

    def __repr__(self):
        return f"{type(self).__name__}(lr={self.lr if not callable(self.lr) else getattr(self.lr, '__name__', 'schedule')})"


class SGD(_Optimizer):
    """theta -= lr g: stochastic gradient descent (Robbins & Monro 1951)."""

    def _update(self, theta, grad, lr):
        theta -= lr * grad


def clip_norm(grad, max_norm):
    """Shorten grad in place to length max_norm if it is longer; its direction stays. Returns the length it had, a float.

    A grad that is not finite has no direction: ValueError (Pascanu et al. 2013).
    """
    _check_float_array("clip_norm", "grad", grad)
    _check_positive("clip_norm takes max_norm as a positive number", max_norm)
    largest = float(np.abs(grad).max(initial=0))
    if not np.isfinite(largest):
        raise ValueError("clip_norm takes a finite gradient, got NaN or infinity: lower the learning rate")
    norm = largest * float(np.linalg.norm(grad / (largest or 1.0)))  # scaled first: squares overflow
    if norm > max_norm:
        grad *= max_norm / norm
    return norm


def _check_positive(takes, value):
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{takes}, got {value!r}")
    if not 0 < value < np.inf:
        raise ValueError(f"{takes}, got {value!r}")


def _check_float_array(who, name, a):
    if not isinstance(a, np.ndarray) or a.dtype.kind != "f":
        raise TypeError(f"{who} takes {name} as a float array, got {getattr(a, 'dtype', type(a).__name__)}")
