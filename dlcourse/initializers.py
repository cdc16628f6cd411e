"""How large the first random weights are: init(rng, n_in, n_out) draws an (n_in, n_out) array, normal distributions."""

import numpy as np


def normal(std):
    """Sd W = std, whatever the width of the layer. Returns an initializer; a negative or infinite std is a ValueError."""
    if not (np.isscalar(std) and np.isfinite(std) and std >= 0):
        raise ValueError(f"normal takes one standard deviation, 0 or more, got {std!r}")

    def init(rng, n_in, n_out):
        return std * rng.standard_normal((n_in, n_out))

    return init


def xavier(rng, n_in, n_out):
    """Var W = 2 / (n_in + n_out): keeps sigmoid and tanh signals alive both ways (Glorot & Bengio 2010)."""
    return np.sqrt(2 / (n_in + n_out)) * rng.standard_normal((n_in, n_out))


def he(rng, n_in, n_out):
    """Var W = 2 / n_in: makes up for the half of the signal that ReLU cuts away (He et al. 2015)."""
    return np.sqrt(2 / n_in) * rng.standard_normal((n_in, n_out))


def lecun(rng, n_in, n_out):
    """Var W = 1 / n_in: the weighted sum of n_in inputs is as large as one of them (LeCun et al. 1998)."""
    return np.sqrt(1 / n_in) * rng.standard_normal((n_in, n_out))
