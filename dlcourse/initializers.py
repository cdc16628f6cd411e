"""How large the first random weights are: init(rng, n_in, n_out) draws an (n_in, n_out) array, normal distributions.

`rng` is a numpy Generator, the sizes are whole numbers from 1; another kind is a TypeError, another size a ValueError.
"""

import numpy as np

from dlcourse.checks import check_number, check_whole


def normal(std):
    """Sd W = std, whatever the width of the layer. Returns an initializer; a negative or infinite std is a ValueError."""
    check_number("normal takes std, a standard deviation, as a number from 0", std)

    def init(rng, n_in, n_out):
        return std * _standard_normal("normal", rng, n_in, n_out)

    return init


def xavier(rng, n_in, n_out):
    """Var W = 2 / (n_in + n_out): keeps sigmoid and tanh signals alive both ways (Glorot & Bengio 2010)."""
    z = _standard_normal("xavier", rng, n_in, n_out)
    return np.sqrt(2 / (n_in + n_out)) * z


def he(rng, n_in, n_out):
    """Var W = 2 / n_in: makes up for the half of the signal that ReLU cuts away (He et al. 2015)."""
    z = _standard_normal("he", rng, n_in, n_out)
    return np.sqrt(2 / n_in) * z


def lecun(rng, n_in, n_out):
    """Var W = 1 / n_in: the weighted sum of n_in inputs is as large as one of them (LeCun et al. 1998)."""
    z = _standard_normal("lecun", rng, n_in, n_out)
    return np.sqrt(1 / n_in) * z


def _standard_normal(who, rng, n_in, n_out):
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"{who} takes rng as a numpy Generator, got {rng!r}: make one with np.random.default_rng(0)")
    for name, n in (("n_in", n_in), ("n_out", n_out)):
        check_whole(f"{who} takes {name} as a whole number from 1", n, 1)
    return rng.standard_normal((n_in, n_out))
