"""Lesson 2: three units set by hand, a forgetful backward pass, many networks trained at once.

The backward pass forgets one factor; the many networks are small. Everything here is plain float64
NumPy with sigmoid(z) = (1 + tanh(z / 2)) / 2, which never overflows.
"""

import functools

import numpy as np

from dlcourse import data, losses, optimizers, training


def sigmoid(z):
    """1 / (1 + e^-z), number by number."""
    return 0.5 * (1 + np.tanh(0.5 * z))


def sigmoid_slope(y):
    """The slope of sigmoid, from its output y."""
    return y * (1 - y)


def tanh_slope(y):
    """The slope of tanh, from its output y."""
    return 1 - y**2


ACTIVATIONS = {"sigmoid": (sigmoid, sigmoid_slope), "tanh": (np.tanh, tanh_slope)}

# Three units around a disc, each facing inwards: their weights are the columns of (2, 3).
ANGLES = np.arange(3) * 2 * np.pi / 3
INWARDS = -np.array([np.sin(ANGLES), np.cos(ANGLES)])


def standardized(points):
    """(x, t) of a playground set: x standardized, t as a column (N, 1)."""
    x, t = points
    return data.standardize(x)[0], t.reshape(-1, 1)


def hill(q, steep, distance):
    """The sum (N,) of three sigmoid units at points q (N, 2).

    Each unit stands at 1/2 on a line that passes the origin at `distance`, and goes from 0 to 1 the
    faster the larger `steep`.
    """
    return sigmoid(steep * (q @ INWARDS + distance)).sum(axis=1)


def hill_above_ring(q, steep, distance):
    """The hill (N,) at q (N, 2), less its mean on the circle of radius 4/3 between blue and red."""
    angle = np.linspace(0, 2 * np.pi, 200)
    ring = 4 / 3 * np.stack([np.sin(angle), np.cos(angle)], axis=1)
    return hill(q, steep, distance) - hill(ring, steep, distance).mean()


def share_of_hill(x, t, steep, distance):
    """The share of points x (N, 2) that lie on the right side of the ring.

    Right is above it if the target in t (N, 1) is 1, else below.
    """
    above = hill_above_ring(x, steep, distance) > 0
    return np.mean(above == (t[:, 0] == 1))


def first_gradient(x, t, weights, forgetful):
    """The gradient of the first of the matrices `weights`, as one vector, for one example x (D,).

    The layers are sigmoids without biases, the loss is (y - t)^2 / 2. Where `forgetful`, an error
    is handed back as the sum of w times error, without the unit's slope: each unit's slope then
    counts for its own weights only.
    """
    signals = [x]
    for W in weights:
        signals.append(sigmoid(signals[-1] @ W))
    error = signals[-1] - t
    for k in reversed(range(len(weights))):
        delta = error * sigmoid_slope(signals[k + 1])
        gradient = np.outer(signals[k], delta)
        error = weights[k] @ (error if forgetful else delta)
    return gradient.ravel()


def forgetful_against_right(seed, networks=200):
    """(lengths, cosines), each (networks,), of the forgetful first gradient against the right one.

    How many times as long it is, and the cosine between the two, in random networks 2-3-2-1 with
    weights N(0, 1), each with a random example of target 1.
    """
    rng = np.random.default_rng(seed)
    lengths, cosines = [], []
    for _ in range(networks):
        weights = [rng.standard_normal(shape) for shape in ((2, 3), (3, 2), (2, 1))]
        x = rng.standard_normal(2)
        right = first_gradient(x, 1, weights, forgetful=False)
        wrong = first_gradient(x, 1, weights, forgetful=True)
        lengths.append(np.linalg.norm(wrong) / np.linalg.norm(right))
        cosines.append(right @ wrong / (np.linalg.norm(right) * np.linalg.norm(wrong)))
    return np.array(lengths), np.array(cosines)


def outputs(networks, x, activation="sigmoid"):
    """(hidden, output) of K networks at once for points x (N, 2): (K, N, units) and (K, N, 1)."""
    W1, b1, W2, b2 = networks
    hidden = ACTIVATIONS[activation][0](x @ W1 + b1)
    return hidden, sigmoid(hidden @ W2 + b2)


def train_many(x, t, units, lr, steps, seeds, activation="sigmoid", bias=True):
    """Train a network 2-units-1 from each seed, all at once.

    Returns the stacks W1 (K, 2, units), b1 (K, 1, units), W2 (K, units, 1), b2 (K, 1, 1). Quadratic
    loss; every step sees all of x (N, 2) and t (N, 1); parameters start as N(0, 1). Without `bias`,
    b1 is 0 and stays so.
    """
    rngs = [np.random.default_rng(seed) for seed in seeds]
    shapes = [(2, units), (1, units), (units, 1), (1, 1)]
    W1, b1, W2, b2 = (np.stack([rng.standard_normal(shape) for rng in rngs]) for shape in shapes)
    if not bias:
        b1[...] = 0
    slope = ACTIVATIONS[activation][1]
    for _ in range(steps):
        hidden, y = outputs((W1, b1, W2, b2), x, activation)
        dz2 = (y - t) / len(x) * sigmoid_slope(y)
        dz1 = dz2 @ W2.swapaxes(1, 2) * slope(hidden)
        W2 -= lr * hidden.swapaxes(1, 2) @ dz2
        b2 -= lr * dz2.sum(axis=1, keepdims=True)
        W1 -= lr * x.T @ dz1
        if bias:
            b1 -= lr * dz1.sum(axis=1, keepdims=True)
    return W1, b1, W2, b2


def share_right(networks, x, t, activation="sigmoid"):
    """The share of points that each of K networks puts on the right side of 1/2, (K,)."""
    return np.mean((outputs(networks, x, activation)[1] > 0.5) == t, axis=(1, 2))


@functools.cache
def letters():
    """(images, targets, new images, new targets); targets are one-hot.

    There are 40,960 letters to learn from, and 10,000 others.
    """
    images, labels = data.letters(40_960, seed=0)
    new_images, new_labels = data.letters(10_000, seed=1)
    return images, data.one_hot(labels, 26), new_images, data.one_hot(new_labels, 26)


def train_on_letters(net, lr, batch_size, epochs, seed):
    """Train net on the letters: quadratic loss, plain gradient descent.

    Returns its History, validated on the new letters.
    """
    images, targets, new_images, new_targets = letters()
    batches = training.Batches(images, targets, batch_size, seed=seed)
    loss, sgd = losses.MeanSquaredError(), optimizers.SGD(lr=lr)
    return training.fit(net, loss, sgd, batches, epochs, validation=(new_images, new_targets))


def letters_named(net):
    """The share (26,) of the new letters of each kind that net names rightly."""
    _, _, images, targets = letters()
    labels = targets.argmax(axis=1)
    right = net.forward(images).argmax(axis=1) == labels
    return np.array([right[labels == letter].mean() for letter in range(26)])
