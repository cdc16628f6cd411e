"""Sequential: a stack of layers over one vector of parameters and one vector of gradients."""

import copy
import math
from itertools import pairwise

import numpy as np

from dlcourse.guard import checks, files, views
from dlcourse.guard.checks import takes
from dlcourse.guard.shapes import returned_none
from dlcourse.guard.vectors import chunks, length
from dlcourse.guard.views import View
from dlcourse.initializers import xavier
from dlcourse.layers import BatchNorm, Dense


class Sequential:
    """y = last(... second(first(x))). Owns theta and grad; each layer's W, b, dW, db are views.

    `seed` makes the generator that the layers draw their first weights from; `dtype` (float32 or
    float64) is the network's one precision. `slices` {"1 Dense(289, 20)": slice} says which part of
    theta is whose, input to output. `state` is a third vector, the layers' running statistics.
    Assigning `net.theta`, `net.grad`, `layer.W` or `layer.b` copies numbers in; nothing detaches.
    """

    theta, grad, state = View(), View(), View()

    @takes(layers=checks.layer_list, seed=checks.SEED, dtype=checks.precision)
    def __init__(self, layers, seed=0, dtype=np.float32):
        self.layers, self.dtype = layers, np.dtype(dtype)
        self.slices = views.slices(layers)
        views.bind(self, views.vectors(layers, dtype))
        rng = np.random.default_rng(seed)
        for layer in layers:
            layer.init_params(rng)
        self._signature = files.signature(self)
        self.freeze(0)
        views.own(layers)

    def __setstate__(self, attributes):
        """copy.deepcopy and pickle copy views as arrays of their own: bind them again."""
        views.bind(self, attributes)

    def forward(self, x, training=False):
        """The last layer's output for a batch x, one example a row, cast to the network's dtype."""
        y = checks.batch("Sequential", x).astype(self.dtype, copy=False)
        checks.flag("Sequential.forward", "training", training)
        for i, layer in enumerate(self.layers):
            y = layer.forward(y, training=training and i >= self.n_fixed)
            if y is None:
                raise returned_none(layer, "forward")
        return y

    def backward(self, dy):
        """Fill `grad`, overwriting it, from dy = dL/d output.

        The lowest layer that learns needs no dL/dx; one with `param_grads` skips it.
        """
        dy = checks.real_array("Sequential.backward", "dy", dy).astype(self.dtype, copy=False)
        for layer in self.layers[: self._bottom : -1]:
            dy = layer.backward(dy)
            if dy is None:
                raise returned_none(layer, "backward")
        if self._bottom < len(self.layers):
            getattr(self.layers[self._bottom], self._alone)(dy)
        self.grad[: self._frozen] = 0

    def grad_rms(self):
        """Gradient magnitude of each parametrised layer: sqrt(mean dW^2), floats, input to output.

        Biases are left out; where a layer has no matrix, all its parameters count. Squares never
        underflow.
        """
        return [math.hypot(*map(length, dWs)) / math.sqrt(n) for n, *dWs in self._measured]

    def weights(self):
        """The pairs (W, dW) that a penalty acts on: two axes or more, in layers that learn."""
        return [pair for matrices in self._matrices[self.n_frozen :] for pair in matrices]

    def predict(self, x):
        """Class labels (N,), int64: the largest output.

        For a single output: 1 above the last layer's threshold, else 0.
        """
        x, labels = checks.batch("Sequential", x), []
        threshold = getattr(self.layers[-1], "threshold", 0.0)
        for part in chunks(len(x)):
            y = checks.classifier_output("Sequential.predict", self.forward(x[part]))
            labels.append(y[:, 0] > threshold if y.shape[1] == 1 else y.argmax(axis=1))
        return np.concatenate(labels).astype(np.int64)

    def freeze(self, n_layers):
        """The first n parametrised layers stop learning; 0 thaws all.

        Their part of grad is 0, penalties and running statistics skip them. An optimizer remembers
        earlier steps: start a new one after freezing.
        """
        places = [i for i, layer in enumerate(self.layers) if layer.shapes]
        n = checks.whole(0, len(places))("Sequential.freeze", "n_layers", n_layers)
        views.fix(self, places, n)
        self.grad[: self._frozen] = 0

    def save(self, path):
        """Write theta, state and a signature to `path`, an .npz file: the whole file or nothing."""
        files.save(self, path)

    def load(self, path):
        """Take theta and state from a file that `save` wrote; any other is refused (ValueError)."""
        files.load(self, path)

    def __repr__(self):
        return views.description(self)


@takes(sizes=checks.UNITS, unit=checks.MAKES_A_LAYER, output=checks.optional(checks.MAKES_A_LAYER))
def mlp(sizes, unit, init=xavier, output=None, seed=0, dtype=np.float32):
    """A multilayer perceptron: Dense and unit() in turn, a last Dense, output() if given.

    mlp([2, 8, 1], Tanh) is Sequential([Dense(2, 8), Tanh(), Dense(8, 1)]): two inputs, one logit.
    """
    layers = []
    for n_in, n_out in pairwise(sizes):
        layers += [Dense(n_in, n_out, init), unit()]
    return Sequential(layers[:-1] + ([output()] if output else []), seed, dtype)


def signals(net, x, dy):
    """(outputs, errors): each layer's output for the batch x, and dL/d output, input to output.

    dy is dL/d output of the last layer, errors[-1]. Runs as in prediction, through frozen layers
    too, and leaves net.grad as it was.
    """
    y = checks.batch("signals", x).astype(net.dtype, copy=False)
    outputs, errors = [], [np.array(dy, net.dtype)]
    for layer in net.layers:
        y = layer.forward(y)
        outputs.append(y)
    with views.grad_kept(net):
        for layer in net.layers[:0:-1]:
            errors.append(layer.backward(errors[-1]))
    return outputs, errors[::-1]


@takes(net=checks.an_object("a net", "layers", "slices", "freeze"))
def fold(net):
    """A network that predicts as net does, without each BatchNorm that comes right after a Dense.

    gamma (x W + b - mean) / s + beta = x (W gamma / s) + ((b - mean) gamma / s + beta), where s =
    sqrt(var + eps): one Dense (Jacob et al. 2018). For use after training. net stays as it is, the
    new one shares nothing with it, and none of it is frozen. A BatchNorm at another place stays;
    ValueError where none can be folded.
    """
    folded, layers = copy.deepcopy(net), []
    for layer in folded.layers:
        if type(layer) is BatchNorm and layers and type(layers[-1]) is Dense:
            dense, scale = layers[-1], layer.gamma / np.sqrt(layer.var + layer.eps)
            dense.W = dense.W * scale
            dense.b = (dense.b - layer.mean) * scale + layer.beta
        else:
            layers.append(layer)
    if len(layers) == len(net.layers):
        raise ValueError("fold takes a net with a BatchNorm right after a Dense, and finds none")
    views.keep(folded, layers)
    folded._signature = files.signature(folded)
    folded.freeze(0)
    return folded
