"""The checks of lesson 12: a frozen layer's way back, what learns, time saved, two tasks."""

import numpy as np

from dlcourse.exercises.engine import Exercise

# --- 1. back through a frozen layer


def layer_of(seed, N, D, M):
    """Arguments: dy (N, M), the layer's output y (N, M) of its tanh, its weights W (D, M)."""
    rng = np.random.default_rng(seed)
    y = np.tanh(rng.normal(size=(N, M)))
    return rng.normal(size=(N, M)), y, rng.normal(size=(D, M))


check_frozen_backward = Exercise(
    about="Lesson 12: what a frozen layer of tanh units hands to the layer below.",
    given=[layer_of(1, 2, 3, 3), layer_of(0, 3, 4, 2), layer_of(2, 5, 2, 4)],
    right=lambda dy, y, W: (dy * (1 - y**2)) @ W.T,
    mistakes={
        "0 stops the layers below, too: the frozen layer's own weights stay, the signal goes on": [
            lambda dy, y, W: np.zeros((len(dy), len(W))),
        ],
        "frozen does not mean absent: the signal passes the units' slopes and the weights": [
            lambda dy, y, W: dy,
        ],
        "the slope of tanh is missing: 1 - y**2": lambda dy, y, W: dy @ W.T,
        "the weights are missing: after the slopes comes W transposed": [
            lambda dy, y, W: dy * (1 - y**2),
        ],
        "W has to be transposed on the way back": [
            lambda dy, y, W: (dy * (1 - y**2)) @ W,
            lambda dy, y, W: dy @ W,
        ],
        "the slope is 1 - y**2, where y is the output already": [
            lambda dy, y, W: (dy * (1 - np.tanh(y) ** 2)) @ W.T,
        ],
    },
    shape="return an array (N, D), a number for each input of each example",
    otherwise="dy times the slopes 1 - y**2, then times W transposed",
)


# --- 2. how many numbers learn


def of_layers(sizes, chosen, biases=True):
    """How many weights, and biases, the chosen layers of a network of these sizes have."""
    pairs = list(zip(sizes[:-1], sizes[1:], strict=True))[chosen]
    return sum(n_in * n_out + biases * n_out for n_in, n_out in pairs)


check_count_learning = Exercise(
    about="Lesson 12: how many weights and biases learn, with so many hidden layers thawed.",
    given=[
        ([289, 100, 90, 80, 8], 0),
        ([289, 100, 90, 80, 8], 1),
        ([289, 100, 90, 80, 8], 3),
        ([7, 5, 4, 3], 2),
    ],
    right=lambda sizes, thawed: of_layers(sizes, slice(len(sizes) - 2 - thawed, None)),
    mistakes={
        "the biases are missing": [
            lambda sizes, thawed: of_layers(sizes, slice(len(sizes) - 2 - thawed, None), False),
        ],
        "the last layer is missing: it is new, and always learns": [
            lambda sizes, thawed: of_layers(sizes, slice(len(sizes) - 2 - thawed, len(sizes) - 2)),
        ],
        "thawing begins at the top: the layer next to the last one is the first": [
            lambda sizes, thawed: (
                of_layers(sizes, slice(0, thawed)) + of_layers(sizes, slice(len(sizes) - 2, None))
            ),
        ],
        "these are the ones that stay frozen": [
            lambda sizes, thawed: of_layers(sizes, slice(0, len(sizes) - 2 - thawed)),
        ],
        "these are all: the frozen ones do not learn": [
            lambda sizes, thawed: of_layers(sizes, slice(0, None)),
        ],
        "one layer too many: with 0 thawed the last layer alone learns": [
            lambda sizes, thawed: of_layers(sizes, slice(max(len(sizes) - 3 - thawed, 0), None)),
        ],
    },
    shape="return one number",
    otherwise="add up n_in * n_out + n_out for the last layer and each thawed one below it",
)


# --- 3. what computing once saves

check_times_as_fast = Exercise(
    about="Lesson 12: how many times as fast training is when frozen outputs are kept.",
    given=[(49_000, 800, 40), (300, 500, 3), (1000, 1000, 1)],
    right=lambda frozen, upper, epochs: (
        epochs * (frozen + 3 * upper) / (frozen + epochs * 3 * upper)
    ),
    mistakes={
        "turned round: the time without keeping them over the time with": [
            lambda f, u, n: (f + n * 3 * u) / (n * (f + 3 * u)),
        ],
        "the way back through the upper layers is missing: it costs about two ways forward": [
            lambda f, u, n: n * (f + u) / (f + n * u),
        ],
        "the frozen layers are not free: they are passed once": [
            lambda f, u, n: (f + 3 * u) / (3 * u),
        ],
        "no way back leads through the frozen layers: there is nothing below that learns": [
            lambda f, u, n: n * (3 * f + 3 * u) / (f + n * 3 * u),
        ],
        "the way back costs two ways forward, and the way forward is to be counted, too": [
            lambda f, u, n: n * (f + 2 * u) / (f + n * 2 * u),
        ],
    },
    shape="return one number",
    otherwise="epochs (frozen + 3 upper) against frozen + epochs 3 upper",
)


# --- 4. two tasks above one shared layer


def two_tasks(seed, N, D, H, K, J):
    """Arguments: x (N, D), dz (N, K), W (H, K) of the task, dz_2 (N, J), W_2 (H, J), strength."""
    rng = np.random.default_rng(seed)
    shapes = ((N, D), (N, K), (H, K), (N, J), (H, J))
    return (*(rng.normal(size=shape) for shape in shapes), 0.3 + 0.1 * seed)


check_shared_gradient = Exercise(
    about="Lesson 12: the gradient of a linear layer that two tasks share.",
    given=[two_tasks(0, 4, 3, 2, 3, 2), two_tasks(1, 5, 2, 4, 1, 3)],
    right=lambda x, dz, W, dz_2, W_2, a: x.T @ (dz @ W.T + a * dz_2 @ W_2.T),
    mistakes={
        "the strength belongs to the second task": [
            lambda x, dz, W, dz_2, W_2, a: x.T @ (dz @ W.T + dz_2 @ W_2.T),
        ],
        "the strength belongs to the second task alone": [
            lambda x, dz, W, dz_2, W_2, a: a * x.T @ (dz @ W.T + dz_2 @ W_2.T),
            lambda x, dz, W, dz_2, W_2, a: x.T @ (a * dz @ W.T + dz_2 @ W_2.T),
        ],
        "the second task is missing: two ways lead back, and ways are added": [
            lambda x, dz, W, dz_2, W_2, a: x.T @ dz @ W.T,
        ],
        "the first task is missing: two ways lead back, and ways are added": [
            lambda x, dz, W, dz_2, W_2, a: a * x.T @ dz_2 @ W_2.T,
        ],
        "this is the error signal below the heads: the layer's gradient is x transposed times it": [
            lambda x, dz, W, dz_2, W_2, a: dz @ W.T + a * dz_2 @ W_2.T,
        ],
        "ways are added, not averaged": [
            lambda x, dz, W, dz_2, W_2, a: x.T @ (dz @ W.T + a * dz_2 @ W_2.T) / 2,
        ],
        "a loss of L + strength L_2, not (1 - strength) L + strength L_2": [
            lambda x, dz, W, dz_2, W_2, a: x.T @ ((1 - a) * dz @ W.T + a * dz_2 @ W_2.T),
        ],
        "rows and columns are exchanged: x runs down, the error signal across": [
            lambda x, dz, W, dz_2, W_2, a: (dz @ W.T + a * dz_2 @ W_2.T).T @ x,
        ],
    },
    shape="return an array (D, H), a number for each weight of the shared layer",
    otherwise="x transposed times the sum of both error signals, each through its own weights",
)
