"""Activations: one function f applied to every number, and its slope. Each works alone, too.

f(z) gives y, and slope(y) gives dy/dz from that y: for these three the output alone tells how steep
the function is.
"""

import numpy as np

from dlcourse.guard.shapes import takes_any_x, takes_dy
from dlcourse.layers import Layer


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
            return 1 / (1 + np.exp(-z))

    def slope(self, y):
        """y (1 - y): takes y = f(z), not z."""
        return y * (1 - y)


class Tanh(_Activation):
    """y = tanh(z), between -1 and 1; slope 1 - y^2, at most 1."""

    def f(self, z):
        """tanh z."""
        return np.tanh(z)

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
