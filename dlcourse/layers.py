"""Layers: a batch forward, the gradient back. One example is one row: x (N, D), y (N, M)."""

from dlcourse.guard.checks import function, takes, whole
from dlcourse.guard.shapes import takes_dy, takes_x
from dlcourse.guard.vectors import ones
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
        return x.dot(self.W) + self.b

    @takes_dy
    def param_grads(self, dy):
        """dL/dW = x^T dy and dL/db = sum of dy over the batch, written into the views dW and db."""
        self._x.T.dot(dy, out=self.dW)
        ones(len(dy), dy.dtype).dot(dy, out=self.db)  # several times as fast as dy.sum(axis=0)

    @takes_dy
    def backward(self, dy):
        self.param_grads(dy)
        return dy.dot(self.W.T)  # dL/dx = dy W^T
