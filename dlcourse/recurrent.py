"""Layers that read sequences, step by step. A batch is (N, T, D): N sequences of T steps."""

import numpy as np

from dlcourse.activations import Sigmoid
from dlcourse.guard.checks import FINITE, takes
from dlcourse.guard.shapes import takes_dy, takes_step, takes_x
from dlcourse.guard.vectors import column_sums, dot, tanh
from dlcourse.guard.views import View
from dlcourse.initializers import xavier
from dlcourse.layers import INIT, SIZE, Layer


class _Recurrent(Layer):
    """z_t = x_t W_x + h_(t-1) W_h + b: the same weights at every step, h = 0 before the first."""

    W_x, dW_x, W_h, dW_h, b, db = View(), View(), View(), View(), View(), View()

    def __repr__(self):
        return f"{type(self).__name__}({self.n_in}, {self.n_hidden})"

    def _from_inputs(self, x):
        """What the inputs bring to z, (T, N, .), for all steps at once: no step waits for it."""
        n, steps, _ = x.shape
        self._inputs = np.swapaxes(x, 0, 1).reshape(-1, self.n_in)
        return (dot(self._inputs, self.W_x) + self.b).reshape(steps, n, -1)

    def _through_weights(self, dz):
        """dL/dx (N, T, n_in) from dL/dz (T, N, .), filling the gradients on the way.

        Every step has used the same weights, so their gradients are sums over the steps:
        dW_x = sum of x_t^T dz_t, dW_h = sum of h_(t-1)^T dz_t, db = sum of dz_t.
        """
        steps, n, width = dz.shape
        rows = dz.reshape(-1, width)
        self.dW_x = dot(self._inputs.T, rows)
        self.dW_h = dot(self._states[:-1].reshape(-1, self.n_hidden).T, rows[n:])
        self.db = column_sums(rows)
        return np.swapaxes(dot(rows, self.W_x.T).reshape(steps, n, self.n_in), 0, 1)


class RNN(_Recurrent):
    """h_t = tanh(x_t W_x + h_(t-1) W_h + b): the same weights at every step (Elman 1990).

    x (N, T, n_in) -> all states (N, T, n_hidden); h = 0 before the first step.
    W_x (n_in, n_hidden), W_h (n_hidden, n_hidden), both drawn by `init`; b (n_hidden,), at first 0.
    """

    @takes(n_in=SIZE, n_hidden=SIZE, init=INIT)
    def __init__(self, n_in, n_hidden, init=xavier):
        self.n_in, self.n_hidden, self.init = n_in, n_hidden, init
        self.shapes = {"W_x": (n_in, n_hidden), "W_h": (n_hidden, n_hidden), "b": (n_hidden,)}

    def init_params(self, rng):
        self.W_x = self.init(rng, self.n_in, self.n_hidden)
        self.W_h = self.init(rng, self.n_hidden, self.n_hidden)
        self.b = 0

    @takes_step
    def step(self, x, h):
        """The next state (N, n_hidden), from one input (N, n_in) and the state before it."""
        return np.tanh(x @ self.W_x + h @ self.W_h + self.b)

    @takes_x("N T n_in")
    def forward(self, x, training=False):
        self._states = self._from_inputs(x)
        W_h, h = self.W_h, np.zeros_like(self._states[0])
        for state in self._states:  # becomes the state of its step in place
            state += dot(h, W_h)
            h = tanh(state, out=state)
        return np.swapaxes(self._states, 0, 1)

    @takes_dy
    def backward(self, dy):
        """Back-propagation through time: from the last step to the first (Werbos 1990).

        A state is used twice, by what comes after the layer and by the next step. So dL/dh_t =
        dy_t + dz_(t+1) W_h^T, the second part 0 at the last step, and dz_t = dL/dh_t (1 - h_t^2).
        """
        dz = 1 - self._states * self._states
        from_next = 0
        for t in reversed(range(len(dz))):
            dz[t] *= dy[:, t] + from_next
            from_next = dot(dz[t], self.W_h.T)
        return self._through_weights(dz)


class LSTM(_Recurrent):
    """h_t = o tanh(c_t), c_t = f c_(t-1) + i g: a memory c behind gates (Hochreiter & Schmidhuber
    1997; the forget gate f: Gers, Schmidhuber & Cummins 2000).

    z_t = x_t W_x + h_(t-1) W_h + b has four blocks of n_hidden columns, in the order i f g o: how
    much is written, how much is kept, what is written, how much is shown. i, f and o are sigmoids
    of their blocks, g is the tanh of its own.
    x (N, T, n_in) -> all states h (N, T, n_hidden); h = c = 0 before the first step.
    W_x (n_in, 4 n_hidden), W_h (n_hidden, 4 n_hidden), each block drawn by `init` for itself;
    b (4 n_hidden,), at first forget_bias in the block of f, else 0.
    """

    @takes(n_in=SIZE, n_hidden=SIZE, init=INIT, forget_bias=FINITE)
    def __init__(self, n_in, n_hidden, init=xavier, forget_bias=1.0):
        self.n_in, self.n_hidden, self.init = n_in, n_hidden, init
        self.forget_bias = forget_bias
        width = 4 * n_hidden
        self.shapes = {"W_x": (n_in, width), "W_h": (n_hidden, width), "b": (width,)}

    def init_params(self, rng):
        self.W_x = np.hstack([self.init(rng, self.n_in, self.n_hidden) for _ in range(4)])
        self.W_h = np.hstack([self.init(rng, self.n_hidden, self.n_hidden) for _ in range(4)])
        self.b = np.repeat([0, self.forget_bias, 0, 0], self.n_hidden)

    @takes_step
    def step(self, x, h, c):
        """The next (h, c), each (N, n_hidden), from one input (N, n_in) and those before it."""
        i, f, g, o = _gates(x @ self.W_x + h @ self.W_h + self.b)
        c = f * c + i * g
        return o * np.tanh(c), c

    @takes_x("N T n_in")
    def forward(self, x, training=False):
        from_inputs = self._from_inputs(x)
        self._states = np.empty((*from_inputs.shape[:2], self.n_hidden), x.dtype)
        self._kept = []  # of every step, what its way back needs
        h = c = np.zeros_like(self._states[0])
        for z, state in zip(from_inputs, self._states, strict=True):
            i, f, g, o = _gates(z + dot(h, self.W_h))
            c_before, c = c, f * c + i * g
            tanh_c = tanh(c)
            h = np.multiply(o, tanh_c, out=state)
            self._kept.append((i, f, g, o, c_before, tanh_c))
        return np.swapaxes(self._states, 0, 1)

    @takes_dy
    def backward(self, dy):
        """Back-propagation through time: from the last step to the first.

        dL/dh_t = dy_t + dz_(t+1) W_h^T, as in an RNN. The memory has a way of its own, without any
        weights: dL/dc_t = dL/dh_t o (1 - tanh(c_t)^2) + dL/dc_(t+1) f_(t+1).
        """
        dz = np.empty((*self._states.shape[:2], 4 * self.n_hidden), dy.dtype)
        dh = dc = 0  # what comes back from the next step
        for t in reversed(range(len(dz))):
            i, f, g, o, c_before, tanh_c = self._kept[t]
            dh = dh + dy[:, t]
            dc = dc + dh * o * (1 - tanh_c * tanh_c)
            di, df, dg, do = dc * g, dc * c_before, dc * i, dh * tanh_c
            blocks = [di * i * (1 - i), df * f * (1 - f), dg * (1 - g * g), do * o * (1 - o)]
            dz[t] = np.concatenate(blocks, axis=1)
            dc = dc * f
            dh = dot(dz[t], self.W_h.T)
        return self._through_weights(dz)


def _gates(z):
    """i, f, g, o, each (N, n_hidden), from z (N, 4 n_hidden)."""
    i, f, g, o = np.split(z, 4, axis=1)
    sigmoid = Sigmoid().f
    return sigmoid(i), sigmoid(f), tanh(g), sigmoid(o)


class Last(Layer):
    """y = x at the last step: of a sequence, what it ends with. x (N, T, D), y (N, D)."""

    @takes_x("N T D")
    def forward(self, x, training=False):
        self._shape = x.shape
        return x[:, -1].copy()

    @takes_dy
    def backward(self, dy):
        """dL/dx is dy at the last step, and 0 before."""
        dx = np.zeros(self._shape, dy.dtype)
        dx[:, -1] = dy
        return dx
