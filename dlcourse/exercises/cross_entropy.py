"""The checks of lesson 4: softmax, a bias, labels -1 and +1, ln softmax, a network's gradients."""

import numpy as np

from dlcourse import activations, layers, losses, network
from dlcourse.exercises.engine import BLANK, Exercise, judged, same, wrong_if


def log_softmax(z):
    """ln softmax along each row of z (N, K), without overflow."""
    z = z - z.max(axis=1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def shares_of(powers):
    """softmax of rows from powers(z), each divided by the sum of its row."""
    return lambda z: powers(z) / powers(z).sum(axis=1, keepdims=True)


check_softmax_of_rows = Exercise(
    about="Lesson 4: softmax along each row.",
    given=[
        (np.array([[1.0, 2.0, 0.5], [-3.0, 0.0, 4.0]]),),
        (np.array([[0.3, -1.0], [2.0, 2.0], [-2.5, 1.5]]),),
    ],
    right=lambda z: np.exp(log_softmax(z)),
    mistakes={
        "the whole batch shares one sum: every row needs its own, along axis 1": [
            lambda z: np.exp(z) / np.exp(z).sum(),
        ],
        "the columns add up to 1, the rows should: sum along axis 1": [
            lambda z: np.exp(z) / np.exp(z).sum(axis=0),
        ],
        "the logits themselves are divided: raise e to them first": shares_of(lambda z: z),
        "this is its logarithm": log_softmax,
    },
    shape="return one number for each number of z; keepdims=True keeps the shape (N, 1)",
    otherwise="every row is e to its logits, divided by their sum",
    then=Exercise(
        about="Lesson 4: softmax of large logits.",
        given=[(np.array([[900.0, 901.0], [-800.0, -801.0], [0.0, -900.0]]),)],
        right=lambda z: np.exp(log_softmax(z)),
        mistakes={
            "right for small z; at 900 it overflows: subtract each row's largest logit": [
                shares_of(np.exp),
            ],
            "right for small z; a row far below the others becomes 0/0: every row has its own "
            "largest logit": [shares_of(lambda z: np.exp(z - z.max()))],
        },
        shape="return one number for each number of z",
        otherwise="right for small z; a row [900, 901] should be [0.27, 0.73]",
    ),
)


check_bias_for = Exercise(
    about="Lesson 4: the bias with which a sigmoid unit answers a given share.",
    given=[(1 / 26,), (0.1,), (0.5,), (0.8,)],
    right=lambda share: np.log(share / (1 - share)),
    mistakes={
        "the sign is turned: a share below 0.5 needs a negative bias": [
            lambda share: np.log((1 - share) / share),
        ],
        "this is the surprise at the share; the 1 in 1 + e^-b is missing": [
            lambda share: -np.log(share),
            lambda share: np.log(share),
        ],
        "take the logarithm as well": [
            lambda share: share / (1 - share),
            lambda share: 1 / share - 1,
        ],
        "this is the way there, from b to p: the way back is asked for": [
            lambda share: 1 / (1 + np.exp(-share)),
        ],
    },
    shape="return one number",
    otherwise="solve p = 1 / (1 + e^-b) for b; at p = 1/26 it is -3.22",
)


check_surprise_of_sign = Exercise(
    about="Lesson 4: -ln sigmoid(y z) for labels -1 and +1, without overflow.",
    given=[
        (np.array([0.0, 0.5, -2.0, 3.0, 0.5, -3.0]), np.array([1.0, -1.0, 1.0, -1.0, 1.0, -1.0])),
        (np.array([-0.8, 20.0, -20.0, 6.0]), np.array([-1, 1, 1, -1])),
    ],
    right=lambda z, y: np.logaddexp(0, -y * z),
    mistakes={
        "the sign is turned: a surprise is never negative": lambda z, y: -np.logaddexp(0, -y * z),
        "the sign in front of y z is turned: a right answer should cost little": [
            lambda z, y: np.logaddexp(0, y * z),
        ],
        "your formula ignores the label y": [
            lambda z, y: np.logaddexp(0, -z),
            lambda z, y: np.logaddexp(0, z),
        ],
        "yours ignores the sign of y z: a right answer should cost less than a wrong one": [
            lambda z, y: np.logaddexp(0, np.abs(z)),
            lambda z, y: np.logaddexp(0, -np.abs(z)),
        ],
        "this is the formula for labels 0 and 1: here they are -1 and +1": [
            lambda z, y: np.logaddexp(0, z) - y * z,
        ],
        "this is the probability of the label: its surprise is asked for": [
            lambda z, y: np.exp(-np.logaddexp(0, -y * z)),
        ],
    },
    shape="return one number for each example",
    otherwise="at z = 0 the surprise is ln 2 = 0.69; at y z = -2 it is 2.13",
    then=Exercise(
        about="Lesson 4: -ln sigmoid(y z) for large z.",
        given=[(np.array([-800.0, 800.0, 800.0, -800.0]), np.array([1, -1, 1, -1]))],
        right=lambda z, y: np.logaddexp(0, -y * z),
        mistakes={
            "right for small z; at y z = -800 it overflows: the surprise is 800": [
                lambda z, y: np.log(1 + np.exp(-y * z)),
            ],
            "right for small z; at y z = 800 it overflows: the surprise is 0": [
                lambda z, y: np.log1p(np.exp(y * z)) - y * z,
            ],
            "right for small z; at y z = 800 and -800 it overflows: the surprise is 0 and 800": [
                lambda z, y: -np.log(np.exp(y * z) / (1 + np.exp(y * z))),
            ],
        },
        shape="return one number for each example",
        otherwise="right for small z; at y z = -800 the surprise is 800, at y z = 800 it is 0",
    ),
)


def log_softmax_by(largest):
    """ln softmax of z after subtracting largest(z)."""
    return lambda z: z - largest(z) - np.log(np.exp(z - largest(z)).sum(axis=1, keepdims=True))


check_log_softmax = Exercise(
    about="Lesson 4: ln softmax(z), finite for every finite z.",
    given=[
        (np.array([[1.0, 2.0, 0.5], [-3.0, 0.0, 4.0]]),),
        (np.array([[0.3, -1.0], [2.0, 2.0], [-2.5, 1.5]]),),
    ],
    right=log_softmax,
    mistakes={
        "these are the probabilities: their logarithm is asked for": [
            lambda z: np.exp(log_softmax(z)),
        ],
        "the sign is turned: the logarithm of a probability is at most 0": [
            lambda z: -log_softmax(z),
        ],
        "subtracting the largest is not all: the sum of the exponentials is missing": [
            lambda z: z - z.max(axis=1, keepdims=True),
        ],
        "one example is one row: add up along axis 1": [
            lambda z: z - np.log(np.exp(z).sum(axis=0)),
            lambda z: z - np.log(np.exp(z).sum()),
        ],
    },
    shape="return one number for each number of z",
    otherwise="not the logarithm yet: np.exp of each row should sum to 1",
    then=Exercise(
        about="Lesson 4: ln softmax(z) for large z.",
        given=[(np.array([[0.0, 900.0, -900.0], [-2000.0, -2001.0, -1999.0]]),)],
        right=log_softmax,
        mistakes={
            "right for small z; at z = 900 the exponential overflows: subtract the largest first": [
                log_softmax_by(lambda z: 0),
                log_softmax_by(lambda z: z.mean(axis=1, keepdims=True)),
                log_softmax_by(lambda z: z.mean()),
            ],
            "right for small z; every row has its own largest number: subtract that": [
                log_softmax_by(lambda z: z.max()),
            ],
            "a class far behind gets -inf: do not take the logarithm of its probability": [
                lambda z: np.log(np.exp(log_softmax(z))),
            ],
        },
        shape="return one number for each number of z",
        otherwise="right for small z; with [0, 900, -900] it should be [-900, 0, -1800]",
    ),
)


@judged
def check_two_layer_gradients(two_layer_gradients):
    """Lesson 4: the gradients of one hidden layer of ReLU and sigmoids, against our Sequential."""
    for factor in (1, 50):  # the second with answers that are exactly 0 or 1
        x, t, parameters, right = a_network([5, 4, 2], n=7, factor=factor)
        found = two_layer_gradients(x, t, parameters)
        wrong_if(found is None, BLANK)
        wrong_if(
            not isinstance(found, dict) or set(found) != set(right),
            'return a dictionary with "dW1", "db1", "dW2" and "db2"',
        )
        for key, value in found.items():
            shape = np.shape(value)
            wrong_if(
                shape != right[key].shape,
                f"{key} has shape {shape}, not {right[key].shape}, that of {key[1:]}",
            )
        wrong_if(
            not all(np.isfinite(value).all() for value in found.values()),
            "nan where an answer is exactly 0 or 1: start with sigmoid(z2) - t, without dividing",
        )
        far = {key for key in right if not same(found[key], right[key])}
        wrong_if(
            all(same(found[key], 7 * right[key]) for key in right),
            "the mean is missing: divide by the number of examples",
        )
        wrong_if(
            all(same(found[key], -right[key]) for key in right),
            "the sign is turned: start with sigmoid(z2) - t",
        )
        wrong_if(
            {"dW2", "db2"} & far,
            "the output layer is not right yet: its delta is (sigmoid(z2) - t) / N",
        )
        wrong_if(
            far,
            "the output layer is right; the hidden delta is delta2 W2^T, where z1 is positive",
        )
    x, t, parameters, right = a_network([3, 6, 4], n=4)
    try:
        found = two_layer_gradients(x, t, parameters)
        agrees = all(same(found[key], right[key]) for key in right)
    except Exception:
        agrees = False
    wrong_if(not agrees, "right for 7 examples and widths 5, 4, 2, not for 4 and 3, 6, 4")


def a_network(sizes, n, factor=1):
    """x, t, parameters and gradients of a network with these sizes."""
    rng = np.random.default_rng(4)
    x, t = rng.normal(size=(n, sizes[0])), rng.integers(0, 2, (n, sizes[-1])).astype(float)
    dense = [layers.Dense(*shape) for shape in zip(sizes[:-1], sizes[1:], strict=True)]
    net = network.Sequential([dense[0], activations.ReLU(), dense[1]], seed=3, dtype=np.float64)
    net.theta = factor * net.theta + 0.1
    loss = losses.SigmoidCrossEntropy()
    loss.forward(net.forward(x), t)
    net.backward(loss.backward())
    parameters, gradients = {}, {}
    for k, layer in enumerate(dense, 1):
        parameters |= {f"W{k}": layer.W.copy(), f"b{k}": layer.b.copy()}
        gradients |= {f"dW{k}": layer.dW.copy(), f"db{k}": layer.db.copy()}
    return x, t, parameters, gradients
