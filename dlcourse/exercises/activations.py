"""The checks of lesson 8: dead units, the slope of ELU, an alpha for each unit, a leaky He rule."""

import numpy as np

from dlcourse.exercises.engine import Exercise

Z = np.array([
    [-1.0, 0.5, -0.2, -3.0, 0.0, 1.0],
    [-0.5, 0.1, 0.4, -2.0, -1.0, -1.0],
    [-2.0, 2.0, -0.7, -0.1, -0.3, 0.2],
])  # fmt: skip

check_dead_units = Exercise(
    about="Lesson 8: which units no example wakes, from z (N, units).",
    given=[(Z,), (-Z[:2],), (Z[:, :2] - 0.3,)],
    right=lambda z: np.all(z <= 0, axis=0),
    mistakes={
        "a unit that one example leaves asleep is not dead: ask whether all do": [
            lambda z: np.any(z <= 0, axis=0),
            lambda z: np.any(z < 0, axis=0),
        ],
        "this is the share of examples that leave it asleep: dead is where it is 1": [
            lambda z: np.mean(z <= 0, axis=0),
        ],
        "this is half of the examples or more: dead is where it is all of them": [
            lambda z: np.mean(z <= 0, axis=0) >= 0.5,
            lambda z: np.mean(z <= 0, axis=0) > 0.5,
        ],
        "these are the units that are awake: turn it around": lambda z: np.any(z > 0, axis=0),
        "this asks which example wakes no unit: a unit is a column, so axis=0": [
            lambda z: np.all(z <= 0, axis=1),
        ],
        "at z = 0 a ReLU is asleep, too: its answer and its slope are 0 there": [
            lambda z: np.all(z < 0, axis=0),
        ],
    },
    shape="return one True or False for each unit, that is, for each column",
    otherwise="True where z <= 0 for every example",
)


Y = np.array([-0.9, -0.5, -0.1, 0.2, 1.0, 3.0])

check_elu_slope = Exercise(
    about="Lesson 8: the slope of ELU from its answer y.",
    given=[(Y, 1.0), (2 * Y, 2.0), (Y / 2, 0.5)],
    right=lambda y, alpha: np.where(y > 0, 1, y + alpha),
    mistakes={
        "y is what left the unit, not z: below 0 it is alpha (e^z - 1), so what is alpha e^z?": [
            lambda y, alpha: np.where(y > 0, 1, alpha * np.exp(y)),
        ],
        "that is e^z: the slope is alpha e^z": lambda y, alpha: np.where(y > 0, 1, y / alpha + 1),
        "right for alpha = 1 alone: alpha e^z is y + alpha": [
            lambda y, alpha: np.where(y > 0, 1, y + 1),
        ],
        "below 0 that is a leaky ReLU: the slope of ELU goes to 0": [
            lambda y, alpha: np.where(y > 0, 1, alpha),
        ],
        "above 0 the slope is 1": lambda y, alpha: y + alpha,
        "this is y: the slope is asked for": [
            lambda y, alpha: y,
            lambda y, alpha: np.where(y > 0, 1, y),
        ],
        "turned around: above 0 it is 1": lambda y, alpha: np.where(y > 0, y + alpha, 1),
    },
    shape="return one slope for each y",
    otherwise="1 where y > 0, else y + alpha",
)


RNG = np.random.default_rng(8)

check_alphas_gradient = Exercise(
    about="Lesson 8: dL/dalpha where each unit has an alpha of its own, z and dy (N, units).",
    given=[(RNG.normal(size=(4, 3)), RNG.normal(size=(4, 3))), (Z, np.flip(Z))],
    right=lambda z, dy: np.sum(dy * np.minimum(z, 0), axis=0),
    mistakes={
        "this is the sum over all: with an alpha for each unit, add up the examples only": [
            lambda z, dy: np.sum(dy * np.minimum(z, 0)),
        ],
        "this is a sum over the units: an alpha collects from all examples, axis=0": [
            lambda z, dy: np.sum(dy * np.minimum(z, 0), axis=1),
        ],
        "the examples are added up: dy has the 1/N of the loss in it already": [
            lambda z, dy: np.mean(dy * np.minimum(z, 0), axis=0),
        ],
        "alpha has no say where z is above 0: there the slope for alpha is 0": [
            lambda z, dy: np.sum(dy * z, axis=0),
        ],
        "this is the side above 0, where alpha has no say": [
            lambda z, dy: np.sum(dy * np.maximum(z, 0), axis=0),
        ],
        "dy is missing: how the loss changes with y": lambda z, dy: np.sum(
            np.minimum(z, 0), axis=0
        ),
        "y = alpha z below 0: its slope for alpha is z, not 1": [
            lambda z, dy: np.sum(dy * (z < 0), axis=0),
        ],
        "the sign is turned: min(z, 0) is negative": [
            lambda z, dy: -np.sum(dy * np.minimum(z, 0), axis=0),
        ],
    },
    shape="return one number for each unit, that is, for each column",
    otherwise="add up dy min(z, 0) over the examples",
)


check_leaky_std = Exercise(
    about="Lesson 8: He's rule for a leaky ReLU.",
    given=[(0.0, 50), (0.2, 256), (0.5, 100), (1.0, 9)],
    right=lambda alpha, n_in: np.sqrt(2 / ((1 + alpha**2) * n_in)),
    mistakes={
        "this is He's for a ReLU: a leak keeps more of the signal": [
            lambda alpha, n_in: np.sqrt(2 / n_in),
        ],
        "this is a variance: take its root": lambda alpha, n_in: 2 / ((1 + alpha**2) * n_in),
        "mean squares add up: the half below 0 is multiplied by alpha squared": [
            lambda alpha, n_in: np.sqrt(2 / ((1 + alpha) * n_in)),
            lambda alpha, n_in: np.sqrt(2 / ((1 + alpha) ** 2 * n_in)),
        ],
        "a leak keeps more, so the weights become smaller: divide": [
            lambda alpha, n_in: np.sqrt(2 * (1 + alpha**2) / n_in),
            lambda alpha, n_in: np.sqrt((1 + alpha**2) / (2 * n_in)),
        ],
        "half of the z lie below 0 and half above: where is the 2?": [
            lambda alpha, n_in: np.sqrt(1 / ((1 + alpha**2) * n_in)),
        ],
    },
    shape="return one number",
    otherwise="solve n_in Var(w) (1 + alpha^2) / 2 = 1, and take the root",
)
