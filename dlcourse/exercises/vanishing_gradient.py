"""The checks of lesson 3: a product of slopes and weights, hard tanh, weights that level it."""

import numpy as np

from dlcourse.exercises.engine import Exercise


def centred(seed, *sizes):
    """Random matrices with mean 0: standard deviation and root mean square are one number."""
    rng = np.random.default_rng(seed)
    weights = [rng.normal(size=shape) for shape in zip(sizes[:-1], sizes[1:], strict=True)]
    return [0.3 * (W - W.mean()) for W in weights]


def over_layers(factor, total=np.prod):
    """An answer from the factor of one layer, a function of its slope and the matrix behind it."""
    return lambda slopes, weights: total(list(map(factor, slopes, weights)))


check_first_over_last = Exercise(
    about="Lesson 3: the error signal of the first layer over that of the last.",
    given=[
        (np.array([0.2, 0.24, 0.1]), centred(3, 60, 40, 25, 15)),
        (np.array([0.15, 0.9, 0.3, 0.5]), centred(4, 20, 35, 50, 45, 30)),
    ],
    right=over_layers(lambda s, W: s * np.sqrt(W.shape[1]) * W.std()),
    mistakes={
        "the factors are multiplied on the way back, not added": [
            over_layers(lambda s, W: s * np.sqrt(W.shape[1]) * W.std(), np.sum),
        ],
        "your product knows the slopes only: every matrix changes the signal, too": [
            over_layers(lambda s, W: s),
        ],
        "your product knows the matrices only: every unit multiplies by its slope, too": [
            over_layers(lambda s, W: np.sqrt(W.shape[1]) * W.std()),
        ],
        "the way back adds up n_out numbers: W.shape[1], not W.shape[0]": [
            over_layers(lambda s, W: s * np.sqrt(W.shape[0]) * W.std()),
        ],
        "random signs: n_out numbers add up to sqrt(n_out) times one of them": [
            over_layers(lambda s, W: s * W.shape[1] * W.std()),
        ],
        "this is the variance of W: take its root, the standard deviation, W.std()": [
            over_layers(lambda s, W: s * np.sqrt(W.shape[1]) * W.var()),
        ],
        "this is last over first": [
            over_layers(lambda s, W: 1 / (s * np.sqrt(W.shape[1]) * W.std())),
        ],
    },
    shape="return one number for the whole network",
    otherwise="one factor for each hidden layer: slope * sqrt(n_out) * W.std()",
    rtol=0.01,  # the standard deviation with n - 1 below the line is right, too
)


check_hard_tanh_backward = Exercise(
    about="Lesson 3: the backward pass of a unit that is z between -1 and 1 and constant outside.",
    given=[
        (
            np.array([[1.0, -2.0, 3.0, 0.5, -4.0, 0.7, 1.3]]),
            np.array([[-3.0, -0.9, 0.2, 0.7, 1.4, -1.0, 1.0]]),
        ),
        (
            np.array([[0.3, 2.0], [-1.0, -0.6], [5.0, 0.8]]),
            np.array([[-0.2, 8.0], [0.0, -1.05], [1.0, -1.0]]),
        ),
    ],
    right=lambda dy, z: dy * (np.abs(z) < 1),
    mistakes={
        "this is the slope: the chain rule multiplies it by what arrives, dy": [
            lambda dy, z: np.abs(z) < 1,
            lambda dy, z: np.abs(z) <= 1,
        ],
        "turned around: the slope is 1 inside and 0 outside": [
            lambda dy, z: dy * (np.abs(z) > 1),
            lambda dy, z: dy * (np.abs(z) >= 1),
        ],
        "there are two corners: below -1 it is flat, too": [
            lambda dy, z: dy * (z < 1),
            lambda dy, z: dy * (z <= 1),
        ],
        "this is ReLU's: here the slope is 1 between -1 and 1": lambda dy, z: dy * (z > 0),
        "you multiplied by the value of the unit: multiply by its slope": [
            lambda dy, z: dy * np.clip(z, -1, 1),
        ],
        "this is the slope of tanh, which has no corners": lambda dy, z: dy * (1 - np.tanh(z) ** 2),
        "right but at the corners: at z = -1 and z = 1 themselves the slope is 0 here": [
            lambda dy, z: dy * (np.abs(z) <= 1),
            lambda dy, z: dy * (-1 <= z) * (z < 1),
            lambda dy, z: dy * (-1 < z) * (z <= 1),
            lambda dy, z: dy * ((np.abs(z) < 1) + 0.5 * (np.abs(z) == 1)),
        ],
    },
    shape="return one number for each z",
    otherwise="dL/dz is dy where -1 < z < 1, and 0 elsewhere",
)


check_level_std = Exercise(
    about="Lesson 3: the weights' standard deviation for which slope * sqrt(width) * std is 1.",
    given=[(0.2, 64), (0.7, 30), (0.25, 9)],
    right=lambda slope, width: 1 / (slope * np.sqrt(width)),
    mistakes={
        "these weights level the sum; the slope makes the signal smaller, too": [
            lambda slope, width: 1 / np.sqrt(width),
        ],
        "this undoes the slope; width numbers are added up, too": lambda slope, width: 1 / slope,
        "random signs: width numbers add up to sqrt(width) times one of them": [
            lambda slope, width: 1 / (slope * width),
        ],
        "a smaller slope needs larger weights, not smaller ones": [
            lambda slope, width: slope / np.sqrt(width),
        ],
        "this is the variance: take its root": lambda slope, width: 1 / (slope**2 * width),
    },
    shape="return one number",
    otherwise="solve slope * sqrt(width) * std = 1 for std",
)
