"""Layers that read sequences, step by step. A batch is (N, T, D): N sequences, T steps, D numbers at each."""

import numpy as np

from dlcourse.initializers import xavier
from dlcourse.layers import Layer


class RNN(Layer):
    """h_t = tanh(x_t W_x + h_(t-1) W_h + b), h = 0 before the first step: the same weights at every step (Elman 1990).

    x (N, T, n_in) -> all states (N, T, n_hidden). W_x (n_in, n_hidden), W_h (n_hidden, n_hidden), b (n_hidden,).
    """

    def __init__(self, n_in, n_hidden, init=xavier):
        self._keep(init, n_in=n_in, n_hidden=n_hidden)
        self.shapes = {"W_x": (self.n_in, self.n_hidden), "W_h": (self.n_hidden, self.n_hidden), "b": (self.n_hidden,)}

    def __repr__(self):
        return f"RNN({self.n_in}, {self.n_hidden})"

    def init_params(self, rng):
        self.W_x = self.init(rng, self.n_in, self.n_hidden)
        self.W_h = self.init(rng, self.n_hidden, self.n_hidden)
        self.b = 0

    def step(self, x, h):
        """The next state (N, n_hidden) from one input (N, n_in) and the state before it (N, n_hidden)."""
        x = self._numbers("x", x, (self.n_in,), free="N")
        h = self._numbers("h", h, (len(x), self.n_hidden))
        return np.tanh(x @ self.W_x + h @ self.W_h + self.b)

    def forward(self, x, training=False):
        x = self._numbers("x", x, (self.n_in,), free="NT")
        n, steps, _ = x.shape
        z = np.swapaxes(x, 0, 1).reshape(-1, self.n_in).dot(self.W_x)  # what the inputs bring: no step has to wait for it
        z += self.b
        states, h = z.reshape(steps, n, self.n_hidden), np.zeros((n, self.n_hidden), z.dtype)
        for z in states:  # each z becomes its state in place
            z += h.dot(self.W_h)
            h = np.tanh(z, out=z)
        return np.swapaxes(states, 0, 1)

    def backward(self, dy):
        """Not yet: the way back through time is a lesson of its own."""
        raise NotImplementedError(f"{self!r} has no backward yet: freeze it, and the layers after it can learn")
