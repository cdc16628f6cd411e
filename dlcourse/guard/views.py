"""Views: a layer's W is a part of the network's theta, its dW of grad; assigning writes through."""

import contextlib
import inspect
import math
from itertools import count

import numpy as np

from dlcourse.guard.checks import name_of, real_array

NOTHING = object()


class View:
    """An attribute whose array belongs to a network: reading gives it, assigning copies numbers in.

    `join` puts one on a learner's own class, too. That one is `loose`: objects of the class without
    a network keep plain attributes, and what the class itself had by that name.
    """

    def __init__(self, name="", loose=False, before=NOTHING):
        self.name, self.loose, self.before = name, loose, before

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, thing, kind=None):
        if thing is None:
            return self if self.before is NOTHING else self.before
        try:
            return thing.__dict__[self.name]
        except KeyError:
            return self._missing(thing)

    def _missing(self, thing):
        if not self.loose:
            words = f"{thing!r} has no {self.name} yet"
            raise RuntimeError(f"{words}: put it into a Sequential, which owns all parameters")
        if self.before is NOTHING:
            raise AttributeError(f"{type(thing).__name__!r} object has no attribute {self.name!r}")
        if hasattr(self.before, "__get__"):
            return self.before.__get__(thing, type(thing))
        return self.before

    def __set__(self, thing, value):
        if self._plain(thing) and hasattr(self.before, "__set__"):
            self.before.__set__(thing, value)
        elif self._plain(thing):
            thing.__dict__[self.name] = value
        elif value is not (view := self.__get__(thing)):
            copy_into(view, value, thing, self.name)

    def __delete__(self, thing):
        if not self._plain(thing):
            raise AttributeError(f"{name_of(thing)}.{self.name} belongs to a network")
        del thing.__dict__[self.name]

    def _plain(self, thing):
        """An object of a learner's class that no network has joined."""
        return self.loose and self.name not in thing.__dict__.get("_views", ())


def copy_into(view, value, thing, name):
    """Numbers of the view's shape. A single one fills, but for a gradient, where it is a slip."""
    shapes = getattr(thing, "shapes", None)
    who = type(thing).__name__ if shapes is None else name_of(thing)
    value = real_array(who, name, value)
    gradient = shapes is not None and name[:1] == "d" and name[1:] in shapes
    if value.shape != view.shape and (value.shape != () or gradient):
        raise ValueError(f"{who} takes {name} of shape {view.shape}, got {value.shape}")
    view[...] = value


def join(layer, theta, grad, state):
    """Give a layer its views of these parts of a network's vectors; returns its matrices (W, dW).

    Numbers that a learner's layer has by these names already are kept.
    """
    parameters, gradients = _split(theta, layer.shapes), _split(grad, layer.shapes)
    kept = parameters | _split(state, states_of(layer))
    views = kept | {"d" + name: dW for name, dW in gradients.items()}
    for name in views:
        found = inspect.getattr_static(type(layer), name, NOTHING)
        if not isinstance(found, View):
            setattr(type(layer), name, View(name, loose=True, before=found))
    if "_owned" not in vars(layer):
        for name, view in kept.items():
            if vars(layer).get(name) is not None:
                copy_into(view, vars(layer)[name], layer, name)
    vars(layer).update(views, _views=frozenset(views), _dtype=np.dtype(theta.dtype.type))
    return [(W, gradients[name]) for name, W in parameters.items() if W.ndim >= 2]


def parts(layers):
    """[(layer, its part of theta and of grad, its part of state)], input to output."""
    found, end, state_end = [], 0, 0
    for layer in layers:
        start, end = end, end + _size(layer.shapes)
        state_start, state_end = state_end, state_end + _size(states_of(layer))
        found.append((layer, slice(start, end), slice(state_start, state_end)))
    return found


def slices(layers):
    """{"1 Dense(289, 20)": its part of theta and of grad}, the parametrised layers in order."""
    named = [(name_of(layer), part) for layer, part, _ in parts(layers) if layer.shapes]
    return {f"{number} {name}": part for number, (name, part) in enumerate(named, 1)}


def vectors(layers, dtype):
    """{"theta", "grad", "state"}: zeros for all numbers of these layers."""
    _, part, state = parts(layers)[-1]
    sizes = {"theta": part.stop, "grad": part.stop, "state": state.stop}
    return {name: np.zeros(n, dtype) for name, n in sizes.items()}


def bind(net, attributes):
    """Give a network these attributes, its vectors among them, and every layer its views.

    `_matrices` is what a penalty acts on; `_measured`, for every parametrised layer, how many
    numbers `grad_rms` looks at, and their arrays.
    """
    vars(net).update(attributes)
    net._matrices, net._measured = [], []
    for layer, part, state in parts(net.layers):
        matrices = join(layer, net.theta[part], net.grad[part], net.state[state])
        if layer.shapes:
            dWs = [dW.ravel() for _, dW in matrices] or [net.grad[part]]
            net._matrices.append(matrices)
            net._measured.append((sum(dW.size for dW in dWs), *dWs))


def keep(net, layers):
    """Of a network's layers these alone remain, with their numbers, in new and shorter vectors."""
    kept = [found for found in parts(net.layers) if any(found[0] is layer for layer in layers)]
    vectors = {
        "theta": np.concatenate([net.theta[part] for _, part, _ in kept]),
        "grad": np.concatenate([net.grad[part] for _, part, _ in kept]),
        "state": np.concatenate([net.state[state] for _, _, state in kept]),
    }
    bind(net, {"layers": layers, "slices": slices(layers), **vectors})


def fix(net, places, n):
    """The first n parametrised layers, at these places among all, stop learning."""
    net.n_frozen = n
    net.n_fixed = places[n - 1] + 1 if n else 0  # layers that never run with training=True
    net._bottom = [*places, len(net.layers)][n]  # the lowest layer that learns
    net._alone = gradients_alone(net.layers[net._bottom :])  # its method
    net._frozen = [0, *(part.stop for part in net.slices.values())][n]  # the end of what is fixed


@contextlib.contextmanager
def grad_kept(net):
    """What runs inside may fill net.grad; afterwards it is as it was."""
    grad = net.grad.copy()
    try:
        yield
    finally:
        net.grad = grad


def gradients_alone(layers):
    """The method that fills the first layer's gradients when nobody needs its dL/dx.

    That is param_grads, unless a subclass has written a backward of its own since.
    """
    for kind in type(layers[0]).__mro__ if layers else ():
        for method in ("param_grads", "backward"):
            if method in vars(kind):
                return method
    return "backward"


def own(layers):
    """These layers belong to a network now: another one refuses them."""
    for layer in layers:
        vars(layer)["_owned"] = True


def description(net):
    """What `repr` shows: layers, shapes, and the number of parameters."""
    rows, number = [f"Sequential: {net.theta.size:,} parameters, {net.dtype}"], count(1)
    for layer in net.layers:
        place = next(number) if layer.shapes else ""
        shapes = "  ".join(f"{name} {shape}" for name, shape in layer.shapes.items())
        rows.append(f"{place:>3} {name_of(layer):20} {shapes}".rstrip())
    return "\n".join(rows)


def states_of(layer):
    """A layer's running statistics, {"mean": (n,)}; a learner's own need not speak of them."""
    return getattr(layer, "states", {})


def _size(shapes):
    return sum(map(math.prod, shapes.values()))


def _split(vector, shapes):
    """{name: its part of the vector, in its shape}."""
    found, end = {}, 0
    for name, shape in shapes.items():
        start, end = end, end + math.prod(shape)
        found[name] = vector[start:end].reshape(shape)
    return found
