"""What an argument must be, said once above a function: `@takes(n_in=whole(1), seed=SEED)`.

A kind is a function (who, name, value) that returns the value or raises. The sentence is always
"who takes name as ..., got value", and what to do, where that is not obvious.
"""

import functools
import inspect
import numbers

import numpy as np

ABOVE_0, BELOW_1 = float(np.nextafter(0, 1)), float(np.nextafter(1, 0))  # neighbours: open ends
LARGEST = float(np.finfo(float).max)


def takes(**kinds):
    """Hold the arguments of a function, a method or a constructor to these kinds, at every call."""

    def decorate(function):
        places = {name: i for i, name in enumerate(inspect.signature(function).parameters)}

        @functools.wraps(function)
        def checked(*args, **settings):
            args, who = list(args), function.__name__
            if "self" in places:
                who = type(args[0]).__name__ + ("" if who == "__init__" else f".{who}")
            for name, kind in kinds.items():
                if places[name] < len(args):
                    args[places[name]] = kind(who, name, args[places[name]])
                elif name in settings:
                    settings[name] = kind(who, name, settings[name])
            return function(*args, **settings)

        return checked

    return decorate


# ---- numbers, flags, functions, objects


def plain(value):
    """Python's number for one of NumPy's: next to a float32, the ends of a range are rounded."""
    return value.item() if isinstance(value, np.generic) else value


def number(low=0, high=LARGEST, words=None, whole=False):
    """A number from low to high, a Python float or int afterwards.

    An np.float64 would turn float32 arrays into float64 without a word.
    """
    if words is None:
        words = f"a {'whole ' if whole else ''}number from {low}"
        if high < LARGEST:
            words += f" to {high}"

    def check(who, name, value):
        wanted = numbers.Integral if whole else numbers.Real
        if isinstance(value, bool) or not isinstance(value, wanted):
            raise TypeError(f"{who} takes {name} as {words}, got {value!r}")
        if not low <= plain(value) <= high:
            raise ValueError(f"{who} takes {name} as {words}, got {value!r}")
        return int(value) if whole else float(value)

    return check


def whole(low, high=np.inf, words=None):
    """A whole number from low to high."""
    return number(low, high, words, whole=True)


POSITIVE = number(ABOVE_0, words="a positive number")
FINITE = number(-LARGEST, words="a finite number")
SMALLEST = float(np.finfo(np.float32).tiny)
EPS = number(SMALLEST, words="a positive number that float32 can hold")
SHARE = number(0, BELOW_1, words="a number from 0, below 1")
DROPPED = number(0, BELOW_1, words="the probability of dropping, a number from 0, below 1")
SEED = whole(0)


def two_slopes(who, low, high):
    """Two slopes, the smaller first."""
    if low > high:
        raise ValueError(f"{who} takes low and high, the smaller first, got {low} and {high}")
    return low, high


def rate(who, name, lr):
    """A learning rate: a positive number, or a schedule, a function of the step."""
    if isinstance(lr, type):
        words = f"a number or a function of the step, got the class {lr.__name__}"
        raise TypeError(f"{who} takes {name} as {words}: make an object of it")
    if not callable(lr):
        number(ABOVE_0, words="a positive number or a function of the step")(who, name, lr)
    return lr


def steps_and_rates(who, name, pairs):
    """[(0, rate), (step, rate), ...], the steps rising."""
    if not isinstance(pairs, (list, tuple)) or not pairs:
        words = "a list of pairs (step, lr), at least one"
        raise TypeError(f"{who} takes {name} as {words}, got {pairs!r}")
    found, last = [], -1
    for value in pairs:
        if not isinstance(value, (tuple, list)) or len(value) != 2:
            raise TypeError(f"{who} takes each of {name} as a pair (step, lr), got {value!r}")
        start = whole(0)(who, "each step", value[0])
        if start <= last or (not found and start):
            words = f"{name} with steps that rise from 0"
            raise ValueError(f"{who} takes {words}, got {[step for step, _ in pairs]}")
        found.append((start, POSITIVE(who, "each lr", value[1])))
        last = start
    return found


def flag(who, name, value):
    """True or False."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{who} takes {name} as True or False, got {type(value).__name__}")
    return bool(value)


def function(arguments, example=""):
    """Something that can be called."""

    def check(who, name, value):
        if not callable(value):
            raise TypeError(f"{who} takes {name} as a function {arguments}{example}, got {value!r}")
        return value

    return check


def an_object(what, *names):
    """An object with these methods and attributes; a class lacks its parentheses."""

    def check(who, name, value):
        if isinstance(value, type):
            words = f"{what}, got the class {value.__name__}"
            raise TypeError(f"{who} takes {words}: make an object of it with {value.__name__}(...)")
        if not all(hasattr(value, name) for name in names):
            found = type(value).__name__
            raise TypeError(f"{who} takes {what}, an object with {', '.join(names)}, got {found}")
        return value

    return check


def optional(kind):
    """None, or this kind."""
    return lambda who, name, value: None if value is None else kind(who, name, value)


def list_of(kind, least, words):
    """Values of one kind, at least so many, afterwards a list: [1, 2], range(3), an array."""

    def check(who, name, values):
        if not hasattr(values, "__iter__") or len(found := list(values)) < least:
            raise TypeError(f"{who} takes {name} as {words}, at least {least}, got {values!r}")
        return [kind(who, f"each of {name}", value) for value in found]

    return check


def one_of(*choices):
    """One of these words."""

    def check(who, name, value):
        if not isinstance(value, str) or value not in choices:
            words = " or ".join(f'{name}="{choice}"' for choice in choices)
            raise ValueError(f"{who} takes {words}, got {value!r}")
        return value

    return check


def generator(who, name, rng):
    """A NumPy generator."""
    if not isinstance(rng, np.random.Generator):
        made = "make one with np.random.default_rng(0)"
        raise TypeError(f"{who} takes {name} as a numpy Generator, got {rng!r}: {made}")
    return rng


def range_within(low, high):
    """A pair (smallest, largest) of numbers."""

    def check(who, name, value):
        if not isinstance(value, (tuple, list)) or len(value) != 2:
            raise TypeError(f"{who} takes {name} as a pair (smallest, largest), got {value!r}")
        smallest = number(low, high)(who, f"the smallest {name}", value[0])
        return smallest, number(smallest, high)(who, f"the largest {name}", value[1])

    return check


STEPS = list_of(whole(0), 1, "the steps to look at")
UNITS = list_of(whole(1), 2, "the numbers of units, [n_in, ..., n_out]")
MAKES_A_LAYER = function("that makes a layer", ", e.g. activations.Tanh")


# ---- arrays


def real_array(who, name, a):
    """`a` as an array; a ragged list is a ValueError, anything but real numbers a TypeError."""
    try:
        a = np.asarray(a)
    except ValueError:
        words = f"rows of one length, got a ragged {type(a).__name__}"
        hint = ": write * before a pair (x, t)" if isinstance(a, tuple) else ""
        raise ValueError(f"{who} takes {name} with {words}{hint}") from None
    if a.dtype.kind not in "fiub":
        raise TypeError(f"{who} takes {name} of real numbers, got dtype {a.dtype}")
    return a


def table(ndim=None, hint="", least=1):
    """An array of finite numbers with at least one row; ndim axes, or at least so many."""
    axes = {1: "one axis", 2: "two axes"}
    words = f"{axes[ndim]} and at least one row" if ndim else "one example a row, at least one"

    def check(who, name, a):
        a = real_array(who, name, a)
        if a.ndim < least or (ndim and a.ndim != ndim) or not a.size:
            raise ValueError(f"{who} takes {name} with {words}, got shape {a.shape}{hint}")
        with np.errstate(invalid="ignore"):
            finite = np.isfinite([a.min(), a.max()]).all()  # allocates nothing
        if not finite:
            where = f"find them with np.isfinite({name})"
            raise ValueError(
                f"{who} takes finite numbers, but {name} holds NaN or infinity: {where}"
            )
        return a

    return check


EXAMPLES = table(hint=": a column of numbers becomes examples with x.reshape(-1, 1)", least=2)
TARGETS = table(
    hint=": labels become targets with data.one_hot(labels, n_classes) or labels.reshape(-1, 1)",
    least=2,
)


def same_length(who, x, t):
    """One target for each example."""
    if len(x) != len(t):
        found = f"{len(x)} examples and {len(t)} targets"
        raise ValueError(f"{who} takes one target for each example, got {found}")


def labels(who, name, a):
    """Class numbers, (N,)."""
    a = table(ndim=1)(who, name, a)
    if a.dtype.kind not in "iu":
        hint = "convert with labels.astype(int)"
        raise TypeError(f"{who} takes whole-number labels, got dtype {a.dtype}: {hint}")
    return a


def float_array(who, name, a):
    """An array of floats, as it is: what changes it in place must not change a copy."""
    if not isinstance(a, np.ndarray) or a.dtype.kind != "f":
        found = a.dtype if isinstance(a, np.ndarray) else type(a).__name__
        raise TypeError(f"{who} takes {name} as a float array, got {found}")
    return a


def batch(who, x):
    """One example a row, at least one."""
    x = real_array(who, "x", x)
    if x.ndim < 2 or not len(x):
        words = f"x with one example a row, at least one, got shape {x.shape}"
        raise ValueError(f"{who} takes {words}: a single example is x[None]")
    return x


# ---- losses: outputs and targets


def outputs_and_targets(loss, z, t):
    """z and t of one shape (N, K) and one precision, t as the loss wants it.

    NumPy would spread a t of another shape over z without a word.
    """
    z, t = real_array(loss, "outputs z", z), real_array(loss, "targets t", t)
    if z.dtype.kind != "f":
        raise TypeError(f"{loss!r} takes float outputs z, got dtype {z.dtype}")
    if z.ndim != 2 or z.shape != t.shape or not z.size:
        words = f"outputs z and targets t of one shape (N, K), got {z.shape} and {t.shape}"
        hint = ""
        if t.ndim == 1:
            hint = ": make the targets a column with t.reshape(-1, 1), or one-hot with data.one_hot"
        elif t.shape == (len(z), 1):
            hint = ": make class numbers one-hot with data.one_hot(labels, n_classes)"
        raise ValueError(f"{loss!r} takes {words}{hint}")
    t = t.astype(z.dtype, copy=False)
    loss._targets(t)
    return z, t


def any_numbers(loss, t):
    """Targets may be any numbers."""


def fractions(loss, t):
    """Targets between 0 and 1. A NaN passes here, and shows in the loss."""
    if t.min() < 0 or t.max() > 1:
        found = f"{t.min():g} to {t.max():g}"
        raise ValueError(f"{loss!r} takes targets between 0 and 1, got {found}")


def rows_that_sum_to_1(loss, t):
    """Targets that share each example among at least two classes."""
    fractions(loss, t)
    if t.shape[1] < 2 or np.abs(t.sum(axis=1) - 1).max() > 1e-3:
        words = "at least 2 outputs and target rows that sum to 1 (data.one_hot)"
        raise ValueError(f"{loss!r} takes {words}, got shape {t.shape}")


# ---- networks


def layer_list(who, name, layers):
    """A list of new objects that have what a network needs of a layer."""
    if not isinstance(layers, (list, tuple)) or not layers:
        error = ValueError if isinstance(layers, (list, tuple)) else TypeError
        raise error(f"{who} takes a list of layers, at least one, got {layers!r}")
    needed = ("shapes", "init_params", "forward", "backward")
    for i, layer in enumerate(layers):
        if isinstance(layer, type):
            found = layer.__name__
            words = f"got the class {found}: make an object of it with {found}(...)"
            raise TypeError(f"{who} takes a list of layers, {words}")
        if not all(hasattr(layer, name) for name in needed):
            raise TypeError(f"{who} takes layers with {', '.join(needed)}, got {layer!r}")
        _shapes(who, layer.shapes)
        if "_owned" in vars(layer) or any(layer is other for other in layers[:i]):
            words = f"new layers, and this {name_of(layer)} belongs to a network already"
            hint = "make another one, and copy its numbers with new.theta[:k] = old.theta[:k]"
            raise ValueError(f"{who} takes {words}: {hint}")
    return list(layers)


def _shapes(who, shapes):
    if not isinstance(shapes, dict) or not all(isinstance(s, tuple) for s in shapes.values()):
        raise TypeError(
            f'{who} takes layers with shapes as {{"W": (D, M), "b": (M,)}}, got {shapes!r}'
        )
    who = f"{who} takes layers with shapes of whole numbers from 1, got {shapes!r}: it"
    for name, shape in shapes.items():
        for n in shape:
            whole(1)(who, f"each size of {name}", n)


def name_of(layer):
    """Dense(289, 20): the layer's own repr, or its class and the shape of its first parameter."""
    if type(layer).__repr__ is not object.__repr__:
        return repr(layer)
    return f"{type(layer).__name__}({', '.join(map(str, next(iter(layer.shapes.values()), ())))})"


def precision(who, name, dtype):
    """float32 or float64."""
    if dtype is None or np.dtype(dtype) not in (np.float32, np.float64):
        raise TypeError(f"{who} takes {name} float32 or float64, got {dtype!r}")
    return np.dtype(dtype)


def classifier_output(who, y):
    """Finite outputs (N, K), of which labels can be made."""
    y = real_array(who, "outputs", y)
    if y.ndim != 2 or not y.shape[1]:
        raise ValueError(f"{who} takes a net with outputs of shape (N, K), got {y.shape}")
    if not np.isfinite(y).all():
        where = "look at x and at net.theta"
        raise ValueError(f"{who} takes finite outputs, got NaN or infinity: {where}")
    return y


NET = an_object(
    "a net", "forward", "backward", "grad_rms", "theta", "grad", "state", "slices", "layers"
)
LOSS = an_object("a loss", "forward", "backward")
OPTIMIZER = an_object("an optimizer", "step")
PENALTY = an_object("a penalty", "backward")
PENALTY_WITH_VALUE = an_object("a penalty", "forward", "backward")
CALLBACK = function("(step, n_steps, history)")
CLIP = number(ABOVE_0, words="a positive gradient norm")
CLASSIFIER = an_object("a net", "predict")


# ---- optimizers


def rate_of_a_step(optimizer, lr):
    """What a number or a schedule gives for this step, a Python float."""
    if not isinstance(lr, numbers.Real) or not 0 <= plain(lr) <= LARGEST:
        words = f"a finite lr, 0 or more, got {lr!r} at step {optimizer.t}"
        raise ValueError(f"{optimizer!r} takes {words}")
    return float(lr)


def finite_gradient(who, size):
    """The size of a gradient, which is not finite where one of its numbers is not."""
    if not np.isfinite(size):
        words = "a finite gradient, got NaN or infinity: lower the learning rate"
        raise ValueError(f"{who} takes {words}")


def step(optimizer, theta, grad):
    """Two float arrays of one shape, and theta the same array at every step.

    What an optimizer remembers of one array means nothing for another.
    """
    float_array(optimizer, "theta", theta)
    float_array(optimizer, "grad", grad)
    if theta.shape != grad.shape:
        words = f"theta and grad of one shape, got {theta.shape} and {grad.shape}"
        raise ValueError(f"{optimizer!r} takes {words}")
    if optimizer._shape not in (None, theta.shape):
        words = f"shape {optimizer._shape}, got {theta.shape}: start a new optimizer"
        raise ValueError(f"{optimizer!r} has made steps on {words}")
    if optimizer._same is not None and not optimizer._same(theta):
        raise ValueError(f"{optimizer!r} has made steps on another array: start a new optimizer")


# ---- training


def batches_with_length(who, name, batches):
    """Something that gives pairs (x, t) and knows how many: Batches, or a list of pairs."""
    if not hasattr(batches, "__len__") or isinstance(batches, np.ndarray):
        words = "with a length, such as Batches(x, t, batch_size)"
        raise TypeError(f"{who} takes {name} {words}, got {type(batches).__name__}")
    if not len(batches):
        raise ValueError(f"{who} takes at least one batch an epoch, got {batches!r}")
    if isinstance(batches, (list, tuple)):
        for batch in batches:
            pair(who, f"each of {name}", batch)
    return batches


def pair(who, name, value):
    """(x, t)."""
    if not isinstance(value, (tuple, list)):
        raise TypeError(f"{who} takes {name} as a pair (x, t), got {type(value).__name__}")
    if len(value) != 2:
        raise ValueError(f"{who} takes {name} as a pair (x, t), got {len(value)} things")
    return value


def examples_and_targets(who, name, value):
    """(x, t): finite numbers, one row for each example, t with an axis for the outputs."""
    x, t = pair(who, name, value)
    x, t = EXAMPLES(f"{who}({name}=)", "x", x), TARGETS(f"{who}({name}=)", "t", t)
    same_length(f"{who}({name}=)", x, t)
    return x, t


def predicted_labels(who, predicted, t):
    """Predicted class numbers (N,), each with a column of t."""
    predicted = real_array(who, "predicted labels", predicted)
    if predicted.shape != (len(t),):
        words = f"labels of shape ({len(t)},), got {predicted.shape}"
        raise ValueError(f"{who} takes a net whose predict returns {words}")
    if predicted.max() >= max(2, t.shape[1]):
        found = f"got t of shape {t.shape} and a predicted class {predicted.max()}"
        hint = "class numbers become targets with data.one_hot(labels, n_classes)"
        raise ValueError(f"{who} takes a target column for each class, {found}: {hint}")
    return predicted


def matrix(who, name, t):
    """Two axes."""
    if t.ndim != 2:
        raise ValueError(f"{who} takes {name} of shape (N, K), got {t.shape}")
    return t


def one_for_each(layers, grad_rms):
    """As many magnitudes as layers: NumPy would spread a single one over all of them."""
    if not hasattr(grad_rms, "__len__"):
        words = "gradient magnitudes as a list, such as net.grad_rms()"
        raise TypeError(f"History takes {words}, got {type(grad_rms).__name__}")
    if len(grad_rms) != len(layers):
        words = f"{len(layers)} gradient magnitudes, one for each layer, got {len(grad_rms)}"
        raise ValueError(f"History takes {words}")


# ---- the gradient check


def float64_array(who, name, theta):
    """An array with 16 digits."""
    if not isinstance(theta, np.ndarray) or theta.dtype != np.float64:
        found = theta.dtype if isinstance(theta, np.ndarray) else type(theta).__name__
        why = "the difference of two close losses needs 16 digits"
        raise TypeError(f"{who} takes {name} as a float64 array, got {found}: {why}")
    return theta


def float64_net(who, name, net):
    """A network with 16 digits that computes the same loss twice."""
    names = ("forward", "backward", "theta", "grad", "state", "slices", "dtype")
    net = an_object("a net", *names)(who, name, net)
    if net.dtype != np.float64:
        why = "float32 keeps too few digits"
        raise TypeError(f"{who} takes a net with dtype=np.float64, got {net.dtype}: {why}")
    for layer in getattr(net, "layers", [])[getattr(net, "n_fixed", 0) :]:
        if getattr(layer, "random", False):
            words = f"a net whose loss is the same twice, and {name_of(layer)} draws new numbers"
            raise ValueError(f"{who} takes {words} at every pass: check the net without it")
    return net


def one_number(who, value):
    """What f returned: one finite number, as a float."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value.item()
    if not isinstance(value, numbers.Real):
        raise TypeError(f"{who} takes f that returns one number, got {value!r}")
    if not -LARGEST <= plain(value) <= LARGEST:
        raise ValueError(f"{who} takes f that is finite around theta, got {value}")
    return float(value)
