"""Layers that read sequences, step by step. A batch is (N, T, D): N sequences of T steps."""

import numpy as np

from dlcourse.guard.checks import takes
from dlcourse.guard.shapes import takes_x, takes_x_and_h
from dlcourse.guard.views import View
from dlcourse.initializers import xavier
from dlcourse.layers import INIT, SIZE, Layer


class RNN(Layer):
    """h_t = tanh(x_t W_x + h_(t-1) W_h + b): the same weights at every step (Elman 1990).

    x (N, T, n_in) -> all states (N, T, n_hidden); h = 0 before the first step.
    W_x (n_in, n_hidden), W_h (n_hidden, n_hidden), both drawn by `init`; b (n_hidden,), at first 0.
    """

    W_x, dW_x, W_h, dW_h, b, db = View(), View(), View(), View(), View(), View()

    @takes(n_in=SIZE, n_hidden=SIZE, init=INIT)
    def __init__(self, n_in, n_hidden, init=xavier):
        self.n_in, self.n_hidden, self.init = n_in, n_hidden, init
        self.shapes = {"W_x": (n_in, n_hidden), "W_h": (n_hidden, n_hidden), "b": (n_hidden,)}

    def __repr__(self):
        return f"RNN({self.n_in}, {self.n_hidden})"

    def init_params(self, rng):
        self.W_x = self.init(rng, self.n_in, self.n_hidden)
        self.W_h = self.init(rng, self.n_hidden, self.n_hidden)
        self.b = 0

    @takes_x_and_h
    def step(self, x, h):
        """The next state (N, n_hidden), from one input (N, n_in) and the state before it."""
        return np.tanh(x @ self.W_x + h @ self.W_h + self.b)

    @takes_x("N T n_in")
    def forward(self, x, training=False):
        n, steps, _ = x.shape
        inputs = np.swapaxes(x, 0, 1).reshape(-1, self.n_in)
        states = inputs.dot(self.W_x).reshape(steps, n, self.n_hidden)
        # so far what the inputs bring, for all steps at once: no step waits for it
        states += self.b
        W_h, h = self.W_h, np.zeros((n, self.n_hidden), states.dtype)
        for state in states:  # becomes the state of its step in place
            state += h.dot(W_h)
            h = np.tanh(state, out=state)
        return np.swapaxes(states, 0, 1)

    def backward(self, dy):
        """Not written: training W_x, W_h and b takes the way back through time."""
        words = "has no backward: freeze it, and the layers after it can learn"
        raise NotImplementedError(f"{self!r} {words}")
