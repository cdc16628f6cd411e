"""Activations: one function applied to every number. They work alone, on arrays of any shape.

For a plot of the slope: f.forward(z); slope = f.backward(np.ones_like(z)).
"""

import numpy as np

from dlcourse.layers import Layer


class _Activation(Layer):
    """y = f(x), number by number; what `backward` needs of f is in y alone."""

    def forward(self, x, training=False):
        x = self._numbers("x", x)
        self._y = np.asarray(self._f(x), x.dtype)  # older NumPy makes float64 of a single float32
        return self._y

    def backward(self, dy):
        return np.asarray(self._numbers("dy", dy, self._y.shape) * self._slope(self._y), self._y.dtype)


class Sigmoid(_Activation):
    """y = 1 / (1 + e^-x), between 0 and 1; slope y (1 - y), at most 1/4."""

    threshold = 0.5

    def _f(self, x):
        with np.errstate(over="ignore"):  # where e^-x is infinite, y is 0
            return 1 / (1 + np.exp(-x))

    def _slope(self, y):
        return y * (1 - y)


class Tanh(_Activation):
    """y = tanh(x), between -1 and 1; slope 1 - y^2, at most 1."""

    def _f(self, x):
        return np.tanh(x)

    def _slope(self, y):
        return 1 - y * y


class ReLU(_Activation):
    """y = max(x, 0); slope 1 where x > 0, else 0 (0 is a choice at the kink itself)."""

    def _f(self, x):
        return np.maximum(x, 0)

    def _slope(self, y):
        return np.sign(y)
