"""Layers: a batch forward, the gradient back. One example is one row: x (N, D), y (N, M)."""

import numpy as np

from dlcourse.guard import checks
from dlcourse.guard.checks import EPS, SEED, SHARE, function, optional, takes, whole
from dlcourse.guard.shapes import can_draw, has_spread, takes_any_x, takes_dy, takes_x
from dlcourse.guard.vectors import column_means, column_sums, dot, ones
from dlcourse.guard.views import View
from dlcourse.initializers import xavier

SIZE, INIT = whole(1), function("(rng, n_in, n_out)", ", e.g. initializers.he")


class Layer:
    """What a network needs of a layer: `shapes`, `init_params`, `forward`, `backward`.

    A layer names its parameters in `shapes`; a network provides each of them, and its gradient, as
    views of its own `theta` and `grad`. Assigning to such a view writes through. What a layer
    remembers of the data between steps, running statistics, it names in `states`: views of the
    network's `state`.
    """

    shapes = {}  # {"W": (D, M), "b": (M,)}: the network provides W, b and their gradients dW, db
    states = {}  # {"mean": (M,)}: kept in files, and given back after a step that was refused
    threshold = 0.0  # the output value that divides two classes
    random = False  # True: draws numbers in training, so that no two passes are the same function
    # the network's precision; the last x's shape; the last y's shape and precision: set by guard
    _dtype = _took = _gave = None

    def init_params(self, rng):
        """Fill parameters and states in place: weights from a numpy Generator, biases with 0."""

    def forward(self, x, training=False):
        """y = f(x), a fresh array; keeps what `backward` needs."""
        raise NotImplementedError(f"{self!r} has no forward: write one")

    def backward(self, dy):
        """dL/dx from dy = dL/dy, filling dW, db on the way; never writes into dy."""
        raise NotImplementedError(f"{self!r} has no backward: write one")

    def __repr__(self):
        return f"{type(self).__name__}()"


class Dense(Layer):
    """y = x W + b: every output sees every input. x (N, n_in), y (N, n_out).

    W (n_in, n_out), drawn by `init`, see `initializers`; b (n_out,), at first 0.
    """

    W, dW, b, db = View(), View(), View(), View()

    @takes(n_in=SIZE, n_out=SIZE, init=INIT)
    def __init__(self, n_in, n_out, init=xavier):
        self.n_in, self.n_out, self.init = n_in, n_out, init
        self.shapes = {"W": (n_in, n_out), "b": (n_out,)}

    def __repr__(self):
        return f"Dense({self.n_in}, {self.n_out})"

    def init_params(self, rng):
        self.W = self.init(rng, self.n_in, self.n_out)
        self.b = 0

    @takes_x("N n_in")
    def forward(self, x, training=False):
        self._x = x
        return dot(x, self.W) + self.b

    @takes_dy
    def param_grads(self, dy):
        """dL/dW = x^T dy and dL/db = sum of dy over the batch, written into the views dW and db."""
        dot(self._x.T, dy, out=self.dW)
        ones(len(dy), dy.dtype).dot(dy, out=self.db)  # several times as fast as dy.sum(axis=0)

    @takes_dy
    def backward(self, dy):
        self.param_grads(dy)
        return dot(dy, self.W.T)  # dL/dx = dy W^T


class BatchNorm(Layer):
    """y = gamma z + beta, z = (x - mean) / sqrt(var + eps), column by column. x, y (N, n_features).

    In training, mean and var are those of the batch, var the mean of (x - mean)^2, and the running
    ones move towards them: running = momentum running + (1 - momentum) batch. In prediction the
    running ones stand in their place, so that an example's output depends on no other example.
    gamma and beta (n_features,), at first 1 and 0, are learned; mean and var, at first 0 and 1, are
    kept in the network's state. A training batch of one example has no spread (ValueError). Ioffe &
    Szegedy 2015.
    """

    gamma, dgamma, beta, dbeta, mean, var = View(), View(), View(), View(), View(), View()

    @takes(n_features=SIZE, momentum=SHARE, eps=EPS)
    def __init__(self, n_features, momentum=0.9, eps=1e-5):
        self.n_features, self.momentum, self.eps = n_features, momentum, eps
        self.shapes = {"gamma": (n_features,), "beta": (n_features,)}
        self.states = {"mean": (n_features,), "var": (n_features,)}

    def __repr__(self):
        return f"BatchNorm({self.n_features})"

    def init_params(self, rng):
        self.gamma, self.beta = 1, 0
        self.mean, self.var = 0, 1

    @takes_x("N n_features")
    def forward(self, x, training=False):
        mean, var = self.mean, self.var
        if training:
            mean = column_means(has_spread(self, x))
            var = column_means((x - mean) ** 2)
            self.mean = self.momentum * self.mean + (1 - self.momentum) * mean
            self.var = self.momentum * self.var + (1 - self.momentum) * var
        self._training, self._spread = training, np.sqrt(var + self.eps)
        self._z = (x - mean) / self._spread
        return self.gamma * self._z + self.beta

    @takes_dy
    def backward(self, dy):
        """dL/dgamma = sum of dy z, dL/dbeta = sum of dy.

        In training x also reaches y through its batch's mean and var:
        dL/dx = gamma / sqrt(var + eps) (dy - dbeta / N - z dgamma / N). In prediction those two are
        numbers, and dy alone is left in the brackets.
        """
        self.dgamma, self.dbeta = column_sums(dy * self._z), column_sums(dy)
        if self._training:
            dy = dy - (self.dbeta + self._z * self.dgamma) / len(dy)
        return self.gamma / self._spread * dy


class RandomLayer(Layer):
    """A layer that draws numbers in training: from its own seed, or from its network's generator.

    With seed=None two networks made with the same seed draw the same numbers.
    """

    random = True

    @takes(seed=optional(SEED))
    def __init__(self, seed=None):
        self._rng = None if seed is None else np.random.default_rng(seed)

    def init_params(self, rng):
        if self._rng is None:
            self._rng = rng

    def draw(self, shape):
        """Numbers from 0, below 1, all equally likely: an array of this shape, float64."""
        return can_draw(self)._rng.random(shape)


class Dropout(RandomLayer):
    """In training, y = x / (1 - p) with probability 1 - p, else 0; in prediction, y = x.

    Each number is dropped or kept by itself, anew at every pass. Dividing by 1 - p keeps the mean
    of y at x, so that nothing has to change for prediction (Srivastava et al. 2014).
    """

    @takes(p=checks.DROPPED)
    def __init__(self, p, seed=None):
        super().__init__(seed)
        self.p = p

    def __repr__(self):
        return f"Dropout({self.p})"

    @takes_any_x
    def forward(self, x, training=False):
        self._factor = 1
        if training:
            self._factor = (self.draw(x.shape) >= self.p).astype(x.dtype) / (1 - self.p)
        return np.asarray(x * self._factor, x.dtype)

    @takes_dy
    def backward(self, dy):
        return np.asarray(dy * self._factor, dy.dtype)
