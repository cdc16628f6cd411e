"""Sequential: a stack of layers over one vector of parameters and one vector of gradients."""

import json
import os
import pathlib
import zipfile
import zlib

import numpy as np

CHUNK = 1024  # rows that predict sends through at once: the memory it needs does not grow with the data


class Sequential:
    """y = last(... second(first(x))). Owns `theta` and `grad`; every layer's W, b, dW, db is a view of them.

    `seed` makes the generator that the layers draw their first weights from; `dtype` (float32 or float64) is the
    network's one precision. `slices` {"1 Dense(289, 20)": slice} says which part of theta is whose, input to output.
    Assigning `net.theta`, `net.grad`, `layer.W` or `layer.b` copies numbers in; nothing detaches.
    """

    def __init__(self, layers, seed=0, dtype=np.float32):
        self.layers, self.dtype = list(layers), np.dtype(dtype)
        self._check_layers()
        self._trainable = [layer for layer in self.layers if layer.shapes]
        self.slices, end = {}, 0
        for number, layer in enumerate(self._trainable, 1):
            start, end = end, end + sum(int(np.prod(shape)) for shape in layer.shapes.values())
            self.slices[f"{number} {_name(layer)}"] = slice(start, end)
        self._theta, self._grad = np.zeros(end, self.dtype), np.zeros(end, self.dtype)
        self._bind()
        rng = np.random.default_rng(seed)
        for layer in self.layers:
            layer.init_params(rng)
        self._absorb()
        self._signature = json.dumps([str(self.dtype), *map(_description, self.layers)])
        self.freeze(0)
        for layer in self.layers:
            vars(layer)["_network"] = self

    def _check_layers(self):
        if self.dtype not in (np.float32, np.float64):
            raise TypeError(f"Sequential takes dtype float32 or float64, got {self.dtype}")
        if not self.layers:
            raise ValueError("Sequential takes at least one layer, got an empty list")
        for i, layer in enumerate(self.layers):
            needed = ("shapes", "init_params", "forward", "backward")
            if isinstance(layer, type) or not all(hasattr(layer, name) for name in needed):
                raise TypeError(f"Sequential takes layers with {', '.join(needed)}, got {layer!r}")
            if "_network" in vars(layer) or any(layer is other for other in self.layers[:i]):
                raise ValueError(
                    f"Sequential takes new layers, and this {_name(layer)} belongs to a network already: "
                    "make another one, and copy its numbers with new.theta[:k] = old.theta[:k]"
                )

    def _bind(self):
        """Give every layer its views of theta and grad."""
        self._loose = []
        for layer, part in zip(self._trainable, self.slices.values(), strict=True):
            start = part.start
            for name, shape in layer.shapes.items():
                end = start + int(np.prod(shape))
                for key, vector in ((name, self._theta), ("d" + name, self._grad)):
                    view = vars(layer)[key] = vector[start:end].reshape(shape)
                    if type(layer).__setattr__ is object.__setattr__:
                        self._loose.append((layer, key, view))
                start = end

    def _absorb(self):
        """A learner's own layer may rebind W or dW by plain assignment: copy the numbers in, give the view back."""
        for layer, key, view in self._loose:
            value = vars(layer)[key]
            if value is not view:
                _copy_into(view, value, f"{_name(layer)}.{key}")
                vars(layer)[key] = view

    def __setstate__(self, state):  # copy.deepcopy and pickle copy views as separate arrays: join them again
        vars(self).update(state)
        self._bind()

    @property
    def theta(self):
        """All parameters, one vector, the layer next to the input first."""
        self._absorb()
        return self._theta

    @theta.setter
    def theta(self, value):
        _copy_into(self.theta, value, "Sequential.theta")

    @property
    def grad(self):
        """dL/dtheta, as the last backward left it."""
        self._absorb()
        return self._grad

    @grad.setter
    def grad(self, value):
        _copy_into(self.grad, value, "Sequential.grad")

    def __repr__(self):
        rows = [f"Sequential: {self._theta.size:,} parameters, {self.dtype}"]
        numbers = {id(layer): f"{i}" for i, layer in enumerate(self._trainable, 1)}
        for layer in self.layers:
            shapes = "  ".join(f"{name} {shape}" for name, shape in layer.shapes.items())
            rows.append(f"{numbers.get(id(layer), ''):>3} {_name(layer):20} {shapes}".rstrip())
        return "\n".join(rows)

    def forward(self, x, training=False):
        """The last layer's output for a batch x, one example a row; x is cast to the network's dtype."""
        x = np.asarray(x)
        if x.dtype.kind not in "fiub":
            raise TypeError(f"Sequential takes x of real numbers, got dtype {x.dtype}")
        if x.ndim < 2 or not len(x):
            raise ValueError(
                f"Sequential takes x with one example a row, at least one, got shape {x.shape}: a single example is x[None]"
            )
        self._absorb()
        y = x.astype(self.dtype, copy=False)
        for i, layer in enumerate(self.layers):
            y = layer.forward(y, training=training and i >= self._bottom)
        return y

    def backward(self, dy):
        """Fill `grad` (overwriting it) from dy = dL/d output; the lowest learning layer computes no dL/dx."""
        dy = np.asarray(dy).astype(self.dtype, copy=False)
        for layer in self.layers[: self._bottom : -1]:
            dy = layer.backward(dy)
        if self._bottom < len(self.layers):
            bottom = self.layers[self._bottom]
            getattr(bottom, "param_grads", bottom.backward)(dy)
        self._absorb()
        self._grad[: self._frozen] = 0

    def grad_rms(self):
        """Gradient magnitude of each parametrised layer, input to output: sqrt(mean dW^2), a list of floats.

        Biases are left out; where a layer has no matrix, all its parameters count. Squares never underflow.
        """
        self._absorb()
        return [_rms(layer) for layer in self._trainable]

    def predict(self, x):
        """Class labels (N,), int64: the largest output; for one output, 1 above the last layer's threshold, else 0."""
        x = np.asarray(x)
        if not len(np.atleast_1d(x)):
            raise ValueError(f"Sequential.predict takes at least one example, got shape {x.shape}")
        labels = []
        for start in range(0, len(x), CHUNK):
            y = self.forward(x[start : start + CHUNK])
            if not np.isfinite(y).all():
                raise ValueError("Sequential.predict got NaN or infinity as output: look at x and at net.theta")
            threshold = getattr(self.layers[-1], "threshold", 0.0)
            labels.append(y[:, 0] > threshold if y.shape[1] == 1 else y.argmax(axis=1))
        return np.concatenate(labels).astype(np.int64)

    def weights(self):
        """The pairs (W, dW) that a penalty acts on: parameters with two axes or more in layers that learn."""
        self._absorb()
        for layer in self._trainable[self.n_frozen :]:
            for name, shape in layer.shapes.items():
                if len(shape) >= 2:
                    yield getattr(layer, name), getattr(layer, "d" + name)

    def freeze(self, n_layers):
        """The first n parametrised layers stop learning: their part of grad is 0, penalties and statistics skip them.

        0 thaws all. An optimizer remembers earlier steps: start a new one after freezing.
        """
        n = len(self._trainable)
        if isinstance(n_layers, bool) or not hasattr(n_layers, "__index__") or not 0 <= n_layers <= n:
            raise ValueError(f"Sequential.freeze takes a number of layers from 0 to {n}, got {n_layers!r}")
        self.n_frozen = int(n_layers)
        learning = self._trainable[self.n_frozen :]
        self._bottom = next((i for i, layer in enumerate(self.layers) if learning and layer is learning[0]), len(self.layers))
        self._frozen = sum(part.stop - part.start for part in list(self.slices.values())[: self.n_frozen])
        self._grad[: self._frozen] = 0

    def _states(self):
        """{"3.mean": array}: what a layer names in `state`, e.g. running statistics; saved beside theta."""
        return {
            f"{i}.{name}": getattr(layer, name) for i, layer in enumerate(self.layers) for name in getattr(layer, "state", ())
        }

    def save(self, path):
        """Write theta, the layers' states and a signature to `path` (.npz, no pickle): the whole file or nothing."""
        path = pathlib.Path(path)
        part = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            with open(part, "xb") as file:
                np.savez(file, theta=self.theta, signature=np.array(self._signature), **self._states())
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)

    def load(self, path):
        """Take theta and states from a file that `save` wrote. Any other file is a ValueError, and nothing changes."""
        path = pathlib.Path(path)
        states = self._states()
        try:
            with open(path, "rb") as file, np.load(file, allow_pickle=False) as saved:
                found = {name: saved[name] for name in saved.files}
            signature = str(found.pop("signature"))
            theta = found.pop("theta")
        except (
            zipfile.BadZipFile,
            zlib.error,
            ValueError,
            KeyError,
            EOFError,
            AttributeError,
            TypeError,
            NotImplementedError,
        ) as error:
            raise ValueError(
                f"{path} is not a file that Sequential.save wrote, or it is damaged ({error}): save the network again"
            ) from error
        if signature != self._signature:
            raise ValueError(f"{path} holds another network: the file has {signature}, this one is {self._signature}")
        shapes = {name: np.shape(value) for name, value in {"theta": self._theta, **states}.items()}
        if {name: value.shape for name, value in {"theta": theta, **found}.items()} != shapes:
            raise ValueError(
                f"{path} is damaged: its arrays have not the shapes that its signature promises; save the network again"
            )
        self.theta = theta
        for name, value in found.items():
            states[name][...] = value


def _name(layer):
    """Dense(289, 20): the layer's own repr, or its class and the shape of its first parameter."""
    if type(layer).__repr__ is not object.__repr__:
        return repr(layer)
    return f"{type(layer).__name__}({', '.join(map(str, next(iter(layer.shapes.values()), ())))})"


def _description(layer):
    """What a saved file must share: class, shapes, and the public numbers among the attributes (hyper-parameters)."""
    numbers = {key: value for key, value in vars(layer).items() if key[0] != "_" and isinstance(value, (bool, int, float))}
    return [type(layer).__name__, {name: list(map(int, shape)) for name, shape in layer.shapes.items()}, numbers]


def _copy_into(view, value, name):
    if np.shape(value) not in ((), view.shape):
        raise ValueError(f"{name} takes shape {view.shape}, got {np.shape(value)}")
    view[...] = value


def _rms(layer):
    """Root mean square over the layer's matrices; squares of very small or large float32 numbers leave its range."""
    names = [name for name, shape in layer.shapes.items() if len(shape) >= 2] or list(layer.shapes)
    gradients = [getattr(layer, "d" + name).ravel() for name in names]
    count = sum(g.size for g in gradients)
    square = sum(float(g @ g) for g in gradients)
    if 1e-30 < square < 1e30:
        return float(np.sqrt(square / count))
    largest = max(float(np.abs(g).max()) for g in gradients)
    scale = largest if 0 < largest < np.inf else 1.0
    return scale * float(np.sqrt(sum(float(np.sum(np.square(g / g.dtype.type(scale)))) for g in gradients) / count))
