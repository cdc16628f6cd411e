"""Optimizers, in order of complexity: step(theta, grad) changes theta in place. theta is ANY float array.

The learning rate `lr` is a positive number, or a function of the step t = 0, 1, 2 ... that returns one.
"""

import math
import numbers

import numpy as np

from dlcourse.checks import BELOW_1, LARGEST, POSITIVE, check_number


class _Optimizer:
    """Checks, counts the steps, and asks `lr` for this step's rate; `_update` is the formula.

    What it remembers of earlier steps, `memory`, has theta's shape and starts at 0.
    """

    memory = ()

    def __init__(self, lr, *, eps=None, **betas):
        who = type(self).__name__
        if not callable(lr):
            check_number(f"{who} takes lr as a positive number or a function of the step", lr, POSITIVE)
        if eps is not None:
            check_number(f"{who} takes eps as a positive number", eps, POSITIVE)
            self.eps = float(eps)
        for name, beta in betas.items():
            check_number(f"{who} takes {name} as a number from 0, below 1", beta, 0, BELOW_1)
            setattr(self, name, float(beta))
        self.lr, self.t, self._rate, self._shape = lr, 0, None, None

    def step(self, theta, grad):
        """Change theta in place. The first call fixes the shape; another one is a ValueError."""
        _check_float_array(self, "theta", theta, changes=True)
        _check_float_array(self, "grad", grad)
        if theta.shape != grad.shape:
            raise ValueError(f"{self!r} takes theta and grad of one shape, got {theta.shape} and {grad.shape}")
        if self._shape not in (None, theta.shape):
            raise ValueError(f"{self!r} has made steps on shape {self._shape}, got {theta.shape}: start a new optimizer")
        for name in self.memory if self._shape is None else ():
            setattr(self, name, np.zeros_like(theta))
        self._update(theta, grad, self.rate())
        self.t, self._rate, self._shape = self.t + 1, None, theta.shape

    def rate(self):
        """The learning rate of the coming step, a Python float; `lr` is asked once a step.

        An np.float64 would turn float32 into float64. A rate below 0 or not finite is a ValueError.
        """
        if self._rate is None:
            rate = self.lr(self.t) if callable(self.lr) else self.lr
            if not isinstance(rate, numbers.Real) or not 0 <= rate <= LARGEST:
                raise ValueError(f"{self!r} takes a finite lr, 0 or more, got {rate!r} at step {self.t}")
            self._rate = float(rate)
        return self._rate

    def __repr__(self):
        settings = {"lr": getattr(self.lr, "__name__", "schedule") if callable(self.lr) else self.lr}
        settings |= {name: getattr(self, name) for name in ("beta", "beta1", "beta2", "eps") if hasattr(self, name)}
        return f"{type(self).__name__}({', '.join(f'{name}={value}' for name, value in settings.items())})"


class SGD(_Optimizer):
    """theta -= lr g: stochastic gradient descent (Robbins & Monro 1951)."""

    def _update(self, theta, grad, lr):
        theta -= lr * grad


class Momentum(_Optimizer):
    """m = beta m + g; theta -= lr m. In a constant slope the step grows to lr g / (1 - beta) (Polyak 1964)."""

    memory = ("m",)

    def __init__(self, lr, beta=0.9):
        super().__init__(lr, beta=beta)

    def _update(self, theta, grad, lr):
        self.m *= self.beta
        self.m += grad
        theta -= lr * self.m


class Nesterov(Momentum):
    """m = beta m + g; theta -= lr (g + beta m): the gradient is taken where the momentum is about to arrive (Nesterov 1983).

    theta is that look-ahead point, w - beta m of the two-point form m = beta m + lr g(w - beta m); w -= m.
    """

    def _update(self, theta, grad, lr):
        self.m *= self.beta
        self.m += grad
        theta -= lr * (grad + self.beta * self.m)


class AdaGrad(_Optimizer):
    """v += g^2; theta -= lr g / (sqrt v + eps): less for what has been steep, less with every step (Duchi et al. 2011)."""

    memory = ("v",)

    def __init__(self, lr, eps=1e-8):
        super().__init__(lr, eps=eps)

    def _update(self, theta, grad, lr):
        self.v += grad**2
        theta -= lr * grad / (np.sqrt(self.v) + self.eps)


class RMSProp(_Optimizer):
    """v = beta v + (1 - beta) g^2; theta -= lr g / (sqrt v + eps): AdaGrad that forgets (Tieleman & Hinton 2012)."""

    memory = ("v",)

    def __init__(self, lr, beta=0.9, eps=1e-8):
        super().__init__(lr, beta=beta, eps=eps)

    def _update(self, theta, grad, lr):
        self.v *= self.beta
        self.v += (1 - self.beta) * grad**2
        theta -= lr * grad / (np.sqrt(self.v) + self.eps)


class Adam(_Optimizer):
    """m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2; theta -= lr m' / (sqrt v' + eps) (Kingma & Ba 2015).

    m' = m / (1 - beta1^T) and v' = v / (1 - beta2^T) at step T = 1, 2 ... undo the start at 0: the first step has length lr.
    """

    memory = ("m", "v")

    def __init__(self, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        super().__init__(lr, beta1=beta1, beta2=beta2, eps=eps)

    def _update(self, theta, grad, lr):
        self.m *= self.beta1
        self.m += (1 - self.beta1) * grad
        self.v *= self.beta2
        self.v += (1 - self.beta2) * grad**2
        steps = self.t + 1
        root = math.sqrt(1 - self.beta2**steps)
        # theta -= lr m' / (sqrt v' + eps), the corrections folded into two numbers, in place: less memory, a quarter less time
        change = np.sqrt(self.v)
        change += self.eps * root
        change = self.m / change
        change *= lr * root / (1 - self.beta1**steps)
        theta -= change


def clip_norm(grad, max_norm):
    """Shorten grad in place to length max_norm if it is longer; its direction stays. Returns the length it had, a float.

    A grad that is not finite has no direction: ValueError (Pascanu et al. 2013).
    """
    _check_float_array("clip_norm", "grad", grad, changes=True)
    check_number("clip_norm takes max_norm as a positive number", max_norm, POSITIVE)
    largest = float(np.abs(grad).max(initial=0))
    if not np.isfinite(largest):
        raise ValueError("clip_norm takes a finite gradient, got NaN or infinity: lower the learning rate")
    norm = largest * float(np.linalg.norm(grad / (largest or 1.0)))  # scaled first: squares overflow
    if norm > max_norm:
        grad *= max_norm / norm
    return norm


def _check_float_array(who, name, a, changes=False):
    if not isinstance(a, np.ndarray) or a.dtype.kind != "f":
        raise TypeError(f"{who} takes {name} as a float array, got {getattr(a, 'dtype', type(a).__name__)}")
    if changes and not a.flags.writeable:
        raise ValueError(f"{who} takes {name} as an array that it can change, got a read-only one: copy it")
