"""Activations: one function f applied to every number, and its slope. Each works alone, too.

f(z) gives y, and slope(y) gives dy/dz from that y: the output alone tells how steep the function
is. PReLU is the exception: where alpha is negative, y does not tell on which side of 0 z was, and
its slope takes z.
"""

import numpy as np

from dlcourse.guard.checks import FINITE, SHARE, number, takes, two_slopes
from dlcourse.guard.shapes import takes_any_x, takes_dy
from dlcourse.guard.vectors import exp, expm1, tanh
from dlcourse.guard.views import View
from dlcourse.layers import Layer, RandomLayer


class _Activation(Layer):
    """y = f(x), number by number; what `backward` needs of f is in y alone."""

    @takes_any_x
    def forward(self, x, training=False):
        self._y = np.asarray(self.f(x), x.dtype)  # older NumPy makes float64 of a single float32
        return self._y

    @takes_dy
    def backward(self, dy):
        return np.asarray(dy * self.slope(self._y), dy.dtype)


class Sigmoid(_Activation):
    """y = 1 / (1 + e^-z), between 0 and 1; slope y (1 - y), at most 1/4."""

    threshold = 0.5

    def f(self, z):
        """1 / (1 + e^-z); where e^-z is too large for a float, 0."""
        with np.errstate(over="ignore"):
            return 1 / (1 + exp(-z))

    def slope(self, y):
        """y (1 - y): takes y = f(z), not z."""
        return y * (1 - y)


class Tanh(_Activation):
    """y = tanh(z), between -1 and 1; slope 1 - y^2, at most 1."""

    def f(self, z):
        """tanh z."""
        return tanh(z)

    def slope(self, y):
        """1 - y^2: takes y = f(z), not z."""
        return 1 - y * y


class ReLU(_Activation):
    """y = max(z, 0); slope 1 where z > 0, else 0 (0 is a choice at the kink itself)."""

    def f(self, z):
        """max(z, 0)."""
        return np.maximum(z, 0)

    def slope(self, y):
        """1 where y > 0, else 0: takes y = f(z), not z."""
        return np.sign(y)


class LeakyReLU(_Activation):
    """y = max(alpha z, z): slope 1 where z > 0, else alpha, so that no unit is ever quite dead.

    alpha from 0 (ReLU), below 1. Continuous; as for ReLU, only the slope jumps (Maas et al. 2013).
    """

    @takes(alpha=SHARE)
    def __init__(self, alpha=0.01):
        self.alpha = alpha

    def __repr__(self):
        return f"LeakyReLU({self.alpha})"

    def f(self, z):
        """max(alpha z, z)."""
        return np.maximum(self.alpha * z, z)

    def slope(self, y):
        """1 where y > 0, else alpha: takes y = f(z), not z."""
        return np.maximum(np.sign(y), self.alpha)


class PReLU(Layer):
    """y = max(z, 0) + alpha min(z, 0): a leaky ReLU that learns its alpha (He et al. 2015).

    One alpha for the layer, shape (1,), at first the number given; it may become negative or pass
    1. dL/dalpha is the sum of dy min(z, 0). Penalties, which act on matrices, leave it alone.
    """

    alpha, dalpha = View(loose=True), View(loose=True)

    @takes(alpha=FINITE)
    def __init__(self, alpha=0.25):
        self.shapes = {"alpha": (1,)}
        self.alpha = alpha

    def f(self, z):
        """max(z, 0) + alpha min(z, 0)."""
        return np.maximum(z, 0) + self.alpha * np.minimum(z, 0)

    def slope(self, z):
        """1 where z > 0, else alpha: takes z, not f(z)."""
        return np.where(z > 0, 1, self.alpha)

    @takes_any_x
    def forward(self, x, training=False):
        self._z = x
        return np.asarray(self.f(x), x.dtype)

    @takes_dy
    def backward(self, dy):
        self.dalpha = np.vdot(dy, np.minimum(self._z, 0)).reshape(1)
        return np.asarray(dy * self.slope(self._z), dy.dtype)


class RReLU(RandomLayer):
    """y = max(a z, z): a is drawn for every number, between low and high, anew at every pass.

    That is in training; in prediction a is their mean, alpha. 0 <= low <= high < 1 (Xu et al. 2015,
    who divide z by numbers from 3 to 8).
    """

    @takes(low=SHARE, high=SHARE)
    def __init__(self, low=1 / 8, high=1 / 3, seed=None):
        super().__init__(seed)
        self.low, self.high = two_slopes("RReLU", low, high)
        self.alpha = (low + high) / 2

    def f(self, z):
        """max(alpha z, z), alpha the mean slope: what it computes in prediction."""
        return np.maximum(self.alpha * z, z)

    def slope(self, y):
        """1 where y > 0, else alpha: takes y = f(z), not z."""
        return np.maximum(np.sign(y), self.alpha)

    @takes_any_x
    def forward(self, x, training=False):
        self._a = self.alpha
        if training:
            self._a = (self.low + (self.high - self.low) * self.draw(x.shape)).astype(x.dtype)
        self._y = np.asarray(np.maximum(self._a * x, x), x.dtype)
        return self._y

    @takes_dy
    def backward(self, dy):
        return np.asarray(dy * np.maximum(np.sign(self._y), self._a), dy.dtype)


class ELU(_Activation):
    """y = z where z > 0, else alpha (e^z - 1): bends to -alpha, so that outputs average nearer 0.

    Slope 1 where z > 0, else alpha e^z = y + alpha; smooth at 0 for alpha = 1 alone (Clevert et al.
    2016).
    """

    @takes(alpha=number())
    def __init__(self, alpha=1.0):
        self.alpha = alpha

    def __repr__(self):
        return f"ELU({self.alpha})"

    def f(self, z):
        """z where z > 0, else alpha (e^z - 1)."""
        return np.maximum(z, 0) + self.alpha * expm1(np.minimum(z, 0))

    def slope(self, y):
        """1 where y > 0, else y + alpha: takes y = f(z), not z."""
        return np.where(y > 0, 1, y + self.alpha)


class SELU(ELU):
    """y = scale ELU(z): mean 0 and variance 1 come out as they went in (Klambauer et al. 2017).

    The two numbers are the ones for which that is so where z is normal. It needs standardized
    inputs, a plain stack of Dense, and weights from initializers.lecun.
    """

    scale = 1.0507009873554805

    def __init__(self):
        super().__init__(alpha=1.6732632423543772)

    def __repr__(self):
        return "SELU()"

    def f(self, z):
        """scale z where z > 0, else scale alpha (e^z - 1)."""
        return self.scale * super().f(z)

    def slope(self, y):
        """scale where y > 0, else y + scale alpha: takes y = f(z), not z."""
        return self.scale * super().slope(y / self.scale)
