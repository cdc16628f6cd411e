"""Lesson 1, logistic regression: one neuron on points and digits, and the valleys of two losses.

The notebook builds losses, descent and training by hand; here they stand for any seed.
"""

import numpy as np

from dlcourse import data, training


def heaps(seed, noise=0.2):
    """200 points (200, 2) in two heaps, each feature standardized, and their labels (200,)."""
    x, t = data.blobs(200, noise=noise, seed=seed)
    (x,) = data.standardize(x)
    return x, t


def sigmoid(z):
    """1 / (1 + e^-z), number by number."""
    return 1 / (1 + np.exp(-z))


def cross_entropy_gradient(w, x, t):
    """dL/dw (D,) of the mean surprise, for z = x w: weights w (D,), x (N, D), labels t (N,)."""
    return x.T @ (sigmoid(x @ w) - t) / len(x)


def squared_error_gradient(w, x, t):
    """dL/dw (D,) of half the mean of (p - t)^2, arguments as for cross_entropy_gradient."""
    p = sigmoid(x @ w)
    return x.T @ ((p - t) * p * (1 - p)) / len(x)


GRADIENTS = {"cross-entropy": cross_entropy_gradient, "squared error": squared_error_gradient}


def mean_surprise(z, t):
    """Mean of -[t ln p + (1 - t) ln(1 - p)], p = sigmoid(z), over the last axis; never infinite."""
    return np.mean(np.logaddexp(0, z) - t * z, axis=-1)


def squared_error(z, t):
    """Mean over the last axis of (p - t)^2 / 2, p = sigmoid(z)."""
    return np.mean((sigmoid(z) - t) ** 2, axis=-1) / 2


LOSSES = {"cross-entropy": mean_surprise, "squared error": squared_error}


def descend(gradient, start, lr, steps):
    """Every place (steps + 1, D) of w <- w - lr gradient(w), the start included."""
    path = [np.array(start, float)]
    for _ in range(steps):
        path.append(path[-1] - lr * gradient(path[-1]))
    return np.array(path)


def paths_on_heaps(seed, start=(-4, -4), lr=1, steps=1000):
    """Descents on heaps(seed): {loss: places (steps + 1, 2)}, {loss: share right (steps + 1,)}."""
    x, t = heaps(seed)
    paths, right = {}, {}
    for name, gradient in GRADIENTS.items():
        paths[name] = descend(lambda w, g=gradient: g(w, x, t), start, lr, steps)
        right[name] = np.mean((paths[name] @ x.T > 0) == t, axis=1)
    return paths, right


# Valleys


def slices(line, points, labels):
    """{loss: (M,)} of a neuron with one weight and no b, at each weight of `line` (M,)."""
    z = line[:, None] * points
    return {name: loss(z, labels) for name, loss in LOSSES.items()}


def has_hill(losses, least=1e-9):
    """Is some inner place of `losses` (M,) above both neighbours by more than `least`?

    Descents part there: one valley lies on its left, another on its right.
    """
    rise = np.diff(losses)
    return bool(np.any((rise[:-1] > least) & (rise[1:] < -least)))


def walk_down(losses, start):
    """The index where a walk from index `start` ends that always goes to the lower neighbour."""
    here = start
    while True:
        near = range(max(here - 1, 0), min(here + 2, len(losses)))
        lowest = min(near, key=lambda i: losses[i])
        if losses[lowest] >= losses[here]:
            return here
        here = lowest


def count_valleys(n_points, spread, sets, seed):
    """In how many sets has a loss along one weight, from -10 to 10, more than one valley?

    A set has n_points of one feature, normal with mean 0 and standard deviation `spread`, and
    labels tossed by a coin. Returns {"hill": {loss: sets with a hill}, "wrong": {start: sets in
    which a walk down the squared error from there ends 0.001 or more above the lowest place}}.
    """
    rng = np.random.default_rng(seed)
    line = np.linspace(-10, 10, 401)
    starts = {w: int(np.abs(line - w).argmin()) for w in (-6, 0, 6)}
    hill, wrong = dict.fromkeys(LOSSES, 0), dict.fromkeys(starts, 0)
    for _ in range(sets):
        points = rng.normal(0, spread, n_points)
        tosses = rng.integers(0, 2, n_points)
        losses = slices(line, points, tosses)
        for name in LOSSES:
            hill[name] += has_hill(losses[name])
        square = losses["squared error"]
        for w, start in starts.items():
            wrong[w] += bool(square[walk_down(square, start)] >= square.min() + 1e-3)
    return {"hill": hill, "wrong": wrong}


def valleys_in_plane(loss, reach=10, n=161):
    """How many places of an n x n grid over (-reach, reach)^2 are lower than all neighbours?

    loss: (M, 2) -> (M,). A place on the rim counts, too: there a valley leaves the square.
    """
    line = np.linspace(-reach, reach, n)
    heights = loss(np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)).reshape(n, n)
    around = np.pad(heights, 1, constant_values=np.inf)
    lowest = np.ones((n, n), bool)
    for down in (0, 1, 2):
        for right in (0, 1, 2):
            if (down, right) != (1, 1):
                lowest &= heights < around[down : down + n, right : right + n]
    return int(lowest.sum())


# Threes and fives


def threes_and_fives():
    """The pictures (1895, 784) and labels (1895, 1) of the digits 3, label 0, and 5, label 1."""
    images, labels = data.digits()
    x = np.concatenate([images[labels == 3], images[labels == 5]]).astype(float)
    t = np.repeat([0.0, 1.0], [np.sum(labels == 3), np.sum(labels == 5)]).reshape(-1, 1)
    return x, t


def three_heaps(seed):
    """Training, validation and test, each (x, t): 60, 20 and 20 % of the threes and fives."""
    train, rest = data.split(*threes_and_fives(), 0.6, seed)
    return train, *data.split(*rest, 0.5, seed)


class Neuron:
    """One neuron: z = x w + b, class 1 where z > 0. All weights begin at 0."""

    def __init__(self, n_features):
        self.w = np.zeros(n_features)
        self.b = 0.0

    def predict(self, x):
        """Class numbers (N,) for x (N, n_features)."""
        return (x @ self.w + self.b > 0).astype(int)


def learn(x, t, lr, watched=(), steps=200):
    """A neuron after gradient descent on the mean surprise at x (N, D), t (N, 1), and its curves.

    The curves (steps, heaps) are the mean surprise on each heap (x, t) of `watched`.
    """
    neuron = Neuron(x.shape[1])
    surprises = []
    for _ in range(steps):
        error = sigmoid(x @ neuron.w + neuron.b) - t[:, 0]
        neuron.w -= lr * x.T @ error / len(x)
        neuron.b -= lr * error.mean()
        surprises.append([mean_surprise(a @ neuron.w + neuron.b, b[:, 0]) for a, b in watched])
    return neuron, np.array(surprises)


def chosen(train, validation, rates):
    """The rate that is right most often on the validation heap, the first of equals; its neuron."""
    neurons = {lr: learn(*train, lr)[0] for lr in rates}
    best = max(rates, key=lambda lr: training.accuracy(neurons[lr], *validation))
    return best, neurons[best]


# Weights that never stop growing


def lengths(seed, looks, lr=1, strength=0):
    """|w| after each number of steps in `looks`, from w = 0, on heaps that a line separates.

    The loss is the mean surprise plus strength / 2 |w|^2.
    """
    x, t = heaps(seed, noise=0)
    path = descend(lambda w: cross_entropy_gradient(w, x, t) + strength * w, [0, 0], lr, max(looks))
    return np.linalg.norm(path[list(looks)], axis=1)
