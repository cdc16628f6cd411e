"""Sequential: a stack of layers over one vector of parameters and one vector of gradients."""

import contextlib
import io
import json
import math
import os
import pathlib

import numpy as np

from dlcourse.checks import check_flag, check_whole, real_array

CHUNK = 1024  # rows that predict sends through at once: the memory it needs does not grow with the data


class Sequential:
    """y = last(... second(first(x))). Owns `theta` and `grad`; every layer's W, b, dW, db is a view of them.

    `seed` makes the generator that the layers draw their first weights from; `dtype` (float32 or float64) is the
    network's one precision. `slices` {"1 Dense(289, 20)": slice} says which part of theta is whose, input to output.
    Assigning `net.theta`, `net.grad`, `layer.W` or `layer.b` copies numbers in; nothing detaches.
    """

    def __init__(self, layers, seed=0, dtype=np.float32):
        check_whole("Sequential takes seed as a whole number from 0", seed)
        self.layers, self.dtype = _checked_layers(layers), _checked_dtype(dtype)
        self._trainable = [layer for layer in self.layers if layer.shapes]
        self.slices, end = {}, 0
        for number, layer in enumerate(self._trainable, 1):
            start, end = end, end + sum(math.prod(shape) for shape in layer.shapes.values())
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
            vars(layer)["_owned"] = True

    def _bind(self):
        """Give every layer its views of theta and grad; note matrices, what `grad_rms` measures, what a class can rebind."""
        self._matrices, self._measured, self._loose = [], [], []
        for layer, part in zip(self._trainable, self.slices.values(), strict=True):
            start, matrices = part.start, []
            for name, shape in layer.shapes.items():
                end = start + math.prod(shape)
                views = self._theta[start:end].reshape(shape), self._grad[start:end].reshape(shape)
                for key, view in zip((name, "d" + name), views, strict=True):
                    vars(layer)[key] = view
                    if type(layer).__setattr__ is object.__setattr__:
                        self._loose.append((layer, key, view))
                matrices += [views] if len(shape) >= 2 else []
                start = end
            self._matrices.append(matrices)
            self._measured.append([dW.ravel() for _, dW in matrices] or [self._grad[part]])

    def _absorb(self):
        """A learner's own layer may rebind W or dW by plain assignment: copy the numbers in, give the view back."""
        for layer, key, view in self._loose:
            value = vars(layer)[key]
            if value is not view:
                _copy_into(view, value, _name(layer), key, may_fill=key in layer.shapes)
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
        self._absorb()
        _copy_into(self._theta, value, "Sequential", "theta")

    @property
    def grad(self):
        """dL/dtheta, as the last backward left it."""
        self._absorb()
        return self._grad

    @grad.setter
    def grad(self, value):
        self._absorb()
        _copy_into(self._grad, value, "Sequential", "grad")

    def __repr__(self):
        rows, number = [f"Sequential: {self._theta.size:,} parameters, {self.dtype}"], 0
        for layer in self.layers:
            number += bool(layer.shapes)
            shapes = "  ".join(f"{name} {shape}" for name, shape in layer.shapes.items())
            rows.append(f"{number if layer.shapes else '':>3} {_name(layer):20} {shapes}".rstrip())
        return "\n".join(rows)

    def forward(self, x, training=False):
        """The last layer's output for a batch x, one example a row; x is cast to the network's dtype."""
        y = self._batch(x)
        check_flag("Sequential.forward takes training", training)
        self._absorb()
        for i, layer in enumerate(self.layers):
            y = layer.forward(y, training=training and i >= self.n_fixed)
            if y is None:
                raise TypeError(f"Sequential takes layers whose forward returns an array, and {_name(layer)}'s returns None")
        return y

    def _batch(self, x):
        x = real_array("Sequential", "x", x)
        if x.ndim < 2 or not len(x):
            raise ValueError(
                f"Sequential takes x with one example a row, at least one, got shape {x.shape}: a single example is x[None]"
            )
        return x.astype(self.dtype, copy=False)

    def backward(self, dy):
        """Fill `grad` (overwriting it) from dy = dL/d output; the lowest learning layer computes no dL/dx."""
        dy = real_array("Sequential.backward", "dy", dy).astype(self.dtype, copy=False)
        for layer in self.layers[: self._bottom : -1]:
            dy = layer.backward(dy)
            if dy is None:
                raise TypeError(f"Sequential takes layers whose backward returns dL/dx, and {_name(layer)}'s returns None")
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
        return [_rms(gradients) for gradients in self._measured]

    def predict(self, x):
        """Class labels (N,), int64: the largest output; for one output, 1 above the last layer's threshold, else 0."""
        x, labels = self._batch(x), []
        for start in range(0, len(x), CHUNK):
            y = real_array("Sequential.predict", "outputs", self.forward(x[start : start + CHUNK]))
            if y.ndim != 2 or not y.shape[1]:
                raise ValueError(f"Sequential.predict takes a net with outputs of shape (N, K), got {y.shape}")
            if not np.isfinite(y).all():
                raise ValueError("Sequential.predict takes finite outputs, got NaN or infinity: look at x and at net.theta")
            threshold = getattr(self.layers[-1], "threshold", 0.0)
            labels.append(y[:, 0] > threshold if y.shape[1] == 1 else y.argmax(axis=1))
        return np.concatenate(labels).astype(np.int64)

    def weights(self):
        """The pairs (W, dW) that a penalty acts on: parameters with two axes or more in layers that learn."""
        self._absorb()
        return [pair for matrices in self._matrices[self.n_frozen :] for pair in matrices]

    def freeze(self, n_layers):
        """The first n parametrised layers stop learning: their part of grad is 0, penalties and statistics skip them.

        0 thaws all. An optimizer remembers earlier steps: start a new one after freezing.
        """
        places = [i for i, layer in enumerate(self.layers) if layer.shapes]
        check_whole(f"Sequential.freeze takes a number of layers from 0 to {len(places)}", n_layers, 0, len(places))
        self.n_frozen = int(n_layers)
        self.n_fixed = places[self.n_frozen - 1] + 1 if self.n_frozen else 0  # layers that never run with training=True
        self._bottom = [*places, len(self.layers)][self.n_frozen]  # the lowest layer that learns
        self._frozen = [0, *(part.stop for part in self.slices.values())][self.n_frozen]
        self._grad[: self._frozen] = 0

    def _arrays(self):
        """{"theta": array, "3.mean": array}: theta, and what a layer names in `state`, e.g. running statistics."""
        layers = enumerate(self.layers)
        return {"theta": self.theta} | {f"{i}.{s}": getattr(layer, s) for i, layer in layers for s in getattr(layer, "state", ())}

    def save(self, path):
        """Write theta, the layers' states and a signature to `path` (.npz, no pickle): the whole file or nothing.

        Numbers that are not finite are a ValueError, what the disk refuses is an OSError: a file that is there already stays.
        """
        path, arrays = _checked_path("Sequential.save", path), self._arrays()
        if not all(np.isfinite(a).all() for a in arrays.values()):
            raise ValueError(
                f"Sequential.save takes a net of finite numbers, but it holds NaN or infinity: {path} is not written"
            )
        part, content = path.with_name(f".{path.name}.{os.getpid()}.part"), io.BytesIO()
        try:
            np.savez(content, signature=np.array(self._signature), **arrays)
            with open(part, "wb") as file:
                file.write(content.getbuffer())
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, path)
        except OSError as error:
            reason = f"Sequential.save cannot write this file, and leaves what is there: {error.strerror or error}"
            raise OSError(error.errno, reason, str(path)) from None
        finally:
            with contextlib.suppress(OSError):
                part.unlink()

    def load(self, path):
        """Take theta and states from a file that `save` wrote. Any other file is a ValueError, and nothing changes."""
        path = _checked_path("Sequential.load", path)
        found, arrays = _read(path), self._arrays()
        signature = str(found.pop("signature", "nothing"))
        if signature != self._signature:
            raise ValueError(
                f"Sequential.load takes a file of the same network, but {path} holds {signature}, not {self._signature}"
            )
        kinds = [{name: (a.shape, a.dtype) for name, a in some.items()} for some in (found, arrays)]
        if kinds[0] != kinds[1] or not all(np.isfinite(a).all() for a in found.values()):
            raise ValueError(f"{path} is damaged, its arrays are not those of its signature: save the network again")
        for name, a in found.items():
            arrays[name][...] = a


def _checked_path(who, path):
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"{who} takes path as the name of a file, got {path!r}")
    if not os.path.basename(path) or "\0" in str(path):
        raise ValueError(f"{who} takes path as the name of a file, got {str(path)!r}")
    return pathlib.Path(path)


def _read(path):
    """{name: array} of an .npz file without pickled objects; any other content is a ValueError."""
    try:
        file = open(path, "rb")
    except OSError as error:
        raise OSError(error.errno, f"Sequential.load cannot read this file: {error.strerror}", str(path)) from None
    with file:
        try:
            with np.load(file, allow_pickle=False) as saved:
                return {name: saved[name] for name in saved.files}
        except Exception:  # zip, zlib, NumPy and Python each have errors of their own for a damaged file
            raise ValueError(
                f"{path} is not a file that Sequential.save wrote, or it is damaged: save the network again"
            ) from None


def _checked_layers(layers):
    """A list of new objects that have what a network needs of a layer."""
    if not isinstance(layers, (list, tuple)) or not layers:
        error = ValueError if isinstance(layers, (list, tuple)) else TypeError
        raise error(f"Sequential takes a list of layers, at least one, got {layers!r}")
    needed = ("shapes", "init_params", "forward", "backward")
    for i, layer in enumerate(layers):
        if isinstance(layer, type) or not all(hasattr(layer, name) for name in needed):
            raise TypeError(f"Sequential takes layers with {', '.join(needed)}, got {layer!r}")
        if not isinstance(layer.shapes, dict) or not all(isinstance(shape, tuple) for shape in layer.shapes.values()):
            raise TypeError(f'Sequential takes layers with shapes as {{"W": (D, M), "b": (M,)}}, got {layer.shapes!r}')
        for n in (n for shape in layer.shapes.values() for n in shape):
            check_whole(f"Sequential takes layers with shapes of whole numbers from 1, got {layer.shapes!r}", n, 1)
        if hasattr(layer, "_owned") or any(layer is other for other in layers[:i]):
            raise ValueError(
                f"Sequential takes new layers, and this {_name(layer)} belongs to a network already: "
                "make another one, and copy its numbers with new.theta[:k] = old.theta[:k]"
            )
    return list(layers)


def _checked_dtype(dtype):
    try:
        found = np.dtype("O" if dtype is None else dtype)
    except TypeError:
        found = None
    if found not in (np.float32, np.float64):
        raise TypeError(f"Sequential takes dtype float32 or float64, got {dtype!r}")
    return found


def _copy_into(view, value, who, name, may_fill=True):
    """Copy numbers of the view's shape into it; a single number fills it where it may."""
    value = real_array(who, name, value)
    if value.shape != view.shape and not (may_fill and value.shape == ()):
        raise ValueError(f"{who} takes {name} of shape {view.shape}, got {value.shape}")
    view[...] = value


def _name(layer):
    """Dense(289, 20): the layer's own repr, or its class and the shape of its first parameter."""
    if type(layer).__repr__ is not object.__repr__:
        return repr(layer)
    return f"{type(layer).__name__}({', '.join(map(str, next(iter(layer.shapes.values()), ())))})"


def _description(layer):
    """What a saved file must share: class, shapes, and the public numbers among the attributes (hyper-parameters)."""
    public = {key: value for key, value in vars(layer).items() if key[0] != "_" and isinstance(value, (bool, int, float))}
    return [type(layer).__name__, {name: list(map(int, shape)) for name, shape in layer.shapes.items()}, public]


def _rms(gradients):
    """Root mean square over some vectors; where the squares leave float32's range, over their share of the largest."""
    size, square = 0, 0.0
    for g in gradients:
        size, square = size + g.size, square + float(np.vdot(g, g))
    if 1e-30 < square < 1e30:
        return math.sqrt(square / size)
    largest = max(float(np.abs(g).max()) for g in gradients)
    if not 0 < largest < np.inf:
        return largest
    return largest * math.sqrt(sum(float(np.sum(np.square(g / largest))) for g in gradients) / size)
