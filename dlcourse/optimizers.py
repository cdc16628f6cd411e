"""Optimizers, in order of complexity: step(theta, grad) changes theta, any float array, in place.

The learning rate `lr` is a positive number, or a function of the step t = 0, 1, 2 ... that returns
a finite number from 0.
"""

import math

import numpy as np

from dlcourse.guard import checks
from dlcourse.guard.checks import EPS, POSITIVE, SHARE, takes
from dlcourse.guard.vectors import Same, length


class _Optimizer:
    """Counts the steps and asks `lr` for each step's rate; `_update` is the formula.

    What it remembers of earlier steps, `memory`, has theta's shape and starts at 0.
    """

    memory = ()
    carries_huge = False  # True: a gradient that may overflow theta is still in the memory
    proximal = False  # True: L1's shrinking after a step finds the minimum of loss plus penalty
    _same = _shape = None  # the array that it steps

    @takes(lr=checks.rate)
    def __init__(self, lr, **settings):
        self.lr, self.t, self._settings = lr, 0, list(settings)
        vars(self).update(settings)

    def step(self, theta, grad):
        """Change theta in place. The first call fixes which array: another one is a ValueError."""
        checks.step(self, theta, grad)
        lr = self.rate()
        if self._same is None:
            self._start(theta)
        self._update(theta, grad, lr)
        self.t += 1

    def rate(self):
        """The learning rate of the coming step, a Python float, finite and 0 or more."""
        return checks.rate_of_a_step(self, self.lr(self.t) if callable(self.lr) else self.lr)

    def _start(self, theta):
        self._same = Same(theta)
        if self._shape is None:
            self._shape = theta.shape
            vars(self).update({name: np.zeros_like(theta) for name in self.memory})

    def __getstate__(self):
        """A copy has made the same steps, and goes on with an array of its own."""
        return vars(self) | {"_same": None}

    def __repr__(self):
        lr = getattr(self.lr, "__name__", "schedule") if callable(self.lr) else self.lr
        settings = "".join(f", {name}={getattr(self, name)}" for name in self._settings)
        return f"{type(self).__name__}(lr={lr}{settings})"


class SGD(_Optimizer):
    """theta -= lr g: stochastic gradient descent (Robbins & Monro 1951)."""

    proximal = True

    def _update(self, theta, grad, lr):
        theta -= lr * grad


class Momentum(_Optimizer):
    """m = beta m + g; theta -= lr m (Polyak 1964).

    In a constant slope the step grows to lr g / (1 - beta).
    """

    memory = ("m",)

    @takes(beta=SHARE)
    def __init__(self, lr, beta=0.9):
        super().__init__(lr, beta=beta)

    def _update(self, theta, grad, lr):
        self.m *= self.beta
        self.m += grad
        theta -= lr * self.m


class Nesterov(Momentum):
    """m = beta m + g; theta -= lr (g + beta m) (Nesterov 1983).

    The gradient is taken where the momentum is about to arrive: theta is that look-ahead point,
    w - beta m of the two-point form m = beta m + lr g(w - beta m); w -= m.
    """

    def _update(self, theta, grad, lr):
        self.m *= self.beta
        self.m += grad
        theta -= lr * (grad + self.beta * self.m)


class AdaGrad(_Optimizer):
    """v += g^2; theta -= lr g / (sqrt v + eps) (Duchi et al. 2011).

    Smaller steps for what has been steep, and smaller ones with every step.
    """

    memory = ("v",)

    @takes(eps=EPS)
    def __init__(self, lr, eps=1e-8):
        super().__init__(lr, eps=eps)

    def _update(self, theta, grad, lr):
        self.v += grad**2
        theta -= lr * grad / (np.sqrt(self.v) + self.eps)


class RMSProp(_Optimizer):
    """v = beta v + (1 - beta) g^2; theta -= lr g / (sqrt v + eps) (Tieleman & Hinton 2012).

    AdaGrad that forgets.
    """

    memory = ("v",)

    @takes(beta=SHARE, eps=EPS)
    def __init__(self, lr, beta=0.9, eps=1e-8):
        super().__init__(lr, beta=beta, eps=eps)

    def _update(self, theta, grad, lr):
        self.v *= self.beta
        self.v += (1 - self.beta) * grad**2
        theta -= lr * grad / (np.sqrt(self.v) + self.eps)


class Adam(_Optimizer):
    """m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2 (Kingma & Ba 2015).

    theta -= lr m' / (sqrt v' + eps), where m' = m / (1 - beta1^T) and v' = v / (1 - beta2^T) at
    step T = 1, 2 ... undo the start at 0. The first step has length lr wherever |g| is much larger
    than eps.
    """

    memory = ("m", "v")

    @takes(beta1=SHARE, beta2=SHARE, eps=EPS)
    def __init__(self, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        super().__init__(lr, beta1=beta1, beta2=beta2, eps=eps)

    def _update(self, theta, grad, lr):
        self.m *= self.beta1
        self.m += (1 - self.beta1) * grad
        self.v *= self.beta2
        self.v += (1 - self.beta2) * grad**2
        T = self.t + 1
        root = math.sqrt(1 - self.beta2**T)
        # lr m' / (sqrt v' + eps) with both corrections folded into numbers: a quarter less time
        change = np.sqrt(self.v)
        change += self.eps * root
        change = self.m / change
        change *= lr * root / (1 - self.beta1**T)
        theta -= change


@takes(max_norm=POSITIVE)
def clip_norm(grad, max_norm):
    """Shorten grad in place to length max_norm if it is longer (Pascanu et al. 2013).

    Its direction stays; one that is not finite has none (ValueError). Returns the length it had.
    """
    norm = length(checks.float_array("clip_norm", "grad", grad))
    checks.finite_gradient("clip_norm", norm)
    if norm > max_norm:
        grad *= max_norm / norm
    return norm


@takes(limit=POSITIVE)
def clip_value(grad, limit):
    """Cut every number of grad, in place, to between -limit and limit (Mikolov 2012).

    Its direction turns: (0.9, 100) becomes (0.9, 1) at limit 1. Numbers that are not finite are a
    ValueError.
    """
    grad = checks.float_array("clip_value", "grad", grad)
    checks.finite_gradient("clip_value", np.abs(grad).max(initial=0))
    np.clip(grad, -limit, limit, out=grad)
