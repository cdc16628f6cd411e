"""Lesson 7: one unit that counts, digits named from states, and a nudge carried through time."""

import numpy as np

from dlcourse import data

FITTED = 4000  # of the 6000 digits; the read-out is judged on the others


def every_sequence(steps):
    """All sequences of `steps` zeros and ones, one a column: (steps, 2^steps)."""
    return np.arange(2**steps) >> np.arange(steps)[:, None] & 1


def last_state(xs, w_x, w_h, b=0.0):
    """The last state (N,) of the unit h_t = tanh(w_x x_t + w_h h_(t-1) + b), sequences (T, N)."""
    h = np.zeros(xs.shape[1])
    for x in xs:
        h = np.tanh(w_x * x + w_h * h + b)
    return h


def right_by_threshold(values, wanted):
    """How many of N values say what is wanted (N,), if yes is above, or below, the best threshold.

    States closer than 1e-12 count as equal: no threshold lies between them.
    """
    order = np.argsort(values)
    values, wanted = values[order], wanted[order]
    yes_below = np.append(0, np.cumsum(wanted))
    no_below = np.append(0, np.cumsum(~wanted))
    yes_if_above = no_below + yes_below[-1] - yes_below  # right answers, a threshold at each place
    cuts = np.concatenate([[True], np.diff(values) > 1e-12, [True]])
    return max(yes_if_above[cuts].max(), (len(values) - yes_if_above[cuts]).max())


def digits():
    """The last 6000 of the digits: images (6000, 784) and labels (6000,)."""
    images, labels = data.digits()
    return images[4000:], labels[4000:]


def read_out(features, labels):
    """Ten answers (6000, 10) for features (6000, D): a Dense layer fitted to the first 4000.

    Least squares to the one-hot labels (6000,), the last weight is the bias. The squares of the
    weights, times 1e-3, are added: for features that never change, such as dots without ink.
    """
    x = np.column_stack([features, np.ones(len(features))]).astype(float)
    fitted, wanted = x[:FITTED], data.one_hot(labels[:FITTED], 10)
    squares = fitted.T @ fitted + 1e-3 * np.eye(x.shape[1])
    return x @ np.linalg.solve(squares, fitted.T @ wanted)


def share_right(answers, labels):
    """The share of the last 2000 digits whose largest answer is their label; answers (6000, 10)."""
    return np.mean(answers[FITTED:].argmax(axis=1) == labels[FITTED:])


def share_named(features, labels):
    """The share of the last 2000 digits that a read-out of the features (6000, D) names rightly."""
    return share_right(read_out(features, labels), labels)


def pair_distances(points):
    """The distances (K (K - 1) / 2,) of every two of K points (K, D)."""
    i, j = np.triu_indices(len(points), 1)
    return np.linalg.norm(points[i] - points[j], axis=1)


def carried(stretch, seed, tanh=False, units=32, steps=50, nudge=1e-6):
    """How far the state is moved after each step, as a multiple of a nudge of the first: (steps,).

    W_h is a random normal matrix, scaled so that its largest absolute eigenvalue is `stretch`.
    Without `tanh` a step is h W_h, from state 0; with it, tanh(x w + h W_h), with random normal
    inputs x and weights w. The nudge moves one unit.
    """
    rng = np.random.default_rng(seed)
    W_h = rng.normal(size=(units, units))
    W_h *= stretch / np.abs(np.linalg.eigvals(W_h)).max()
    w, inputs = rng.normal(size=units), rng.normal(size=steps)
    h = np.zeros((2, units))
    h[1, 0] = nudge
    moved = []
    for x in inputs:
        h = np.tanh(x * w + h @ W_h) if tanh else h @ W_h
        moved.append(np.linalg.norm(h[1] - h[0]) / nudge)
    return np.array(moved)
