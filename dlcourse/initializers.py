"""How large the first random weights are: init(rng, n_in, n_out) draws an (n_in, n_out) array.

All draw from normal distributions. `rng` is a numpy Generator, the sizes are whole numbers from 1.
"""

import numpy as np

from dlcourse.guard.checks import generator, number, takes, whole

draws = takes(rng=generator, n_in=whole(1), n_out=whole(1))


@takes(std=number(words="a standard deviation, a number from 0"))
def normal(std):
    """Sd W = std, whatever the width of the layer. Returns an initializer."""

    @draws
    def normal(rng, n_in, n_out):
        return std * rng.standard_normal((n_in, n_out))

    return normal


@draws
def xavier(rng, n_in, n_out):
    """Var W = 2 / (n_in + n_out): keeps tanh signals alive both ways (Glorot & Bengio 2010).

    The derivation takes a unit whose slope is 1 around 0, as tanh's is. A sigmoid's is 1/4: its
    gradients still shrink.
    """
    return np.sqrt(2 / (n_in + n_out)) * rng.standard_normal((n_in, n_out))


@draws
def he(rng, n_in, n_out):
    """Var W = 2 / n_in: makes up for the half signal that ReLU cuts away (He et al. 2015)."""
    return np.sqrt(2 / n_in) * rng.standard_normal((n_in, n_out))


@draws
def lecun(rng, n_in, n_out):
    """Var W = 1 / n_in: a weighted sum of n_in inputs is as large as one (LeCun et al. 1998)."""
    return np.sqrt(1 / n_in) * rng.standard_normal((n_in, n_out))
