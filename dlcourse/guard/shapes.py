"""The shape of a batch, said once above a layer's method: `@takes_x("N n_in")`, `@takes_dy`.

In `@takes_x` a capital is free and the last axis is one of the layer's own numbers; dy has the
shape of the last output. Both are compared at every call, in a fraction of a microsecond, because
NumPy spreads (N, 1) over (N, M) without a word. What fits goes straight to the formula. What does
not is converted if it can be, or the error says which shape was expected.
"""

import functools
import inspect

import numpy as np

from dlcourse.guard.checks import name_of, real_array


def takes_x(shape):
    """Name the shape of x in `forward(x, training)`, e.g. "N n_in" or "N T n_in"."""
    axes = shape.split()

    def decorate(forward):
        @functools.wraps(forward)
        def checked(self, x, training=False):
            # remember the shape of x, not x: its memory is free for the next step
            if type(x) is not np.ndarray or x.shape != self._took or x.dtype is not self._dtype:
                x = _fitting(self, "x", x, axes)
                self._took = x.shape
            y = forward(self, x, training)
            self._gave = y.shape, y.dtype
            return y

        return checked

    return decorate


def takes_any_x(forward):
    """x of any shape, for what works number by number; whole numbers become float64."""

    @functools.wraps(forward)
    def checked(self, x, training=False):
        if type(x) is not np.ndarray or x.dtype.kind != "f":
            x = _floats(self, "x", x)
        y = forward(self, x, training)
        self._gave = y.shape, y.dtype
        return y

    return checked


def takes_dy(backward):
    """dy of the shape and the precision that the last forward gave."""

    @functools.wraps(backward)
    def checked(self, dy):
        if type(dy) is not np.ndarray or (dy.shape, dy.dtype) != self._gave:
            if self._gave is None and not {"_x", "_y"} & vars(self).keys():
                raise RuntimeError(f"{self!r}.backward needs a forward first")
            if self._gave is None:  # a subclass has a forward of its own
                return backward(self, real_array(self, "dy", dy))
            shape, dtype = self._gave
            dy = _fitting(self, "dy", dy, shape).astype(dtype, copy=False)
        return backward(self, dy)

    return checked


def takes_step(step):
    """One step of a sequence: x (N, n_in), and what is kept from the step before, (N, n_hidden)."""
    signature = inspect.signature(step)

    @functools.wraps(step)
    def checked(self, *given, **named):
        x, *kept = list(signature.bind(self, *given, **named).arguments.items())[1:]
        x = _fitting(self, *x, ("N", "n_in"))
        return step(self, x, *(_fitting(self, *pair, (len(x), "n_hidden")) for pair in kept))

    return checked


def has_spread(layer, x):
    """x, if it holds two examples or more: one has no spread to divide by."""
    if len(x) < 2:
        words = f"takes 2 examples or more in training, got {len(x)}: one has no spread"
        raise ValueError(f"{layer!r} {words}; choose a batch_size that leaves no batch of one")
    return x


def can_draw(layer):
    """The layer, if it has a generator: its own, or its network's."""
    if layer._rng is None:
        words = "has nothing to draw numbers from yet: put it into a Sequential, or give it a seed"
        raise RuntimeError(f"{layer!r} {words}")
    return layer


def returned_none(layer, method):
    """The commonest slip in a layer of one's own."""
    what = {"forward": "an array", "backward": "dL/dx"}[method]
    words = f"Sequential takes layers whose {method} returns {what}"
    return TypeError(f"{words}, and {name_of(layer)}'s returns None")


def _floats(layer, name, a):
    a = real_array(layer, name, a)
    return a if a.dtype.kind == "f" else a.astype(np.float64)


def _fitting(layer, name, a, axes):
    """`a` in the layer's precision, or the error that says which shape was expected."""
    for parameter in layer.shapes:
        getattr(layer, parameter)  # a layer without a network says so
    a = _floats(layer, name, a)
    wanted = [getattr(layer, n) if isinstance(n, str) and n.islower() else n for n in axes]
    fits = (
        found > 0 if n == "T" else isinstance(n, str) or n == found
        for n, found in zip(wanted, a.shape, strict=False)
    )
    if a.ndim != len(wanted) or not all(fits):
        hint = f": flatten with {name}.reshape(len({name}), -1)" if a.ndim > len(wanted) else ""
        if "T" in wanted:
            hint = ": N sequences of T steps, T at least 1"
        wanted = f"({', '.join(map(str, wanted))}{',' * (len(wanted) == 1)})"
        raise ValueError(f"{layer!r} takes {name} of shape {wanted}, got {a.shape}{hint}")
    return a.astype(layer._dtype or a.dtype, copy=False)
