"""The checks of lesson 2: a way back repaired, a layer without a loop, xor, a layer of your own."""

import numpy as np

from dlcourse.exercises.engine import BLANK, Exercise, has_loop, judged, wrong_if

check_layer_without_loop = Exercise(
    about="Lesson 2: a layer in the column convention, W (M, D), on examples in rows, no loop.",
    given=[
        (
            np.array([[1.0, -2.0, 0.5], [0.3, 1.4, -1.0], [2.0, 0.6, -0.2]]),
            np.array([0.1, -0.5, 2.0]),
            np.array([[0.4, 1.0, -1.0], [3.0, 0.2, 0.7], [-0.6, -1.5, 0.9], [1.0, 0.0, 2.0]]),
        ),
        (
            np.array([[1.0, -2.0], [0.3, 1.4], [2.0, 0.6]]),
            np.array([0.1, -0.5, 2.0]),
            np.array([[3, 0], [-1, 2], [0, 5], [4, -2]]),
        ),
    ],
    right=lambda W, b, xs: xs @ W.T + b,
    mistakes={
        "one example is one row: yours come as columns": [
            lambda W, b, xs: W @ xs.T + b[:, None],
            lambda W, b, xs: W @ xs.T,
        ],
        "W has a row for each unit: it must be transposed": lambda W, b, xs: xs @ W + b,
        "the bias is missing": lambda W, b, xs: xs @ W.T,
    },
    shape="return a row for each example and a column for each unit",
    otherwise="not the numbers of the loop yet: each row is W times one example, plus b",
    unwanted={
        "the numbers are right; the loop is still there: one product computes all rows": has_loop,
    },
)


def sigmoid(z):
    """1 / (1 + e^-z), number by number."""
    return 0.5 * (1 + np.tanh(0.5 * z))


def way_back(x, t, matrices, *, carried=True, error=lambda p, t: (p - t) / len(p)):
    """The gradients of layers of sigmoids; without `carried` an error goes back without slopes."""
    signals = [x]
    for W in matrices:
        signals.append(sigmoid(signals[-1] @ W))
    back, gradients = error(signals[-1], t), []
    for k in reversed(range(len(matrices))):
        delta = back * signals[k + 1] * (1 - signals[k + 1])
        gradients.insert(0, signals[k].T @ delta)
        back = (delta if carried else back) @ matrices[k].T
    return gradients


@judged
def check_all_gradients(all_gradients):
    """Lesson 2: the gradients of three layers of sigmoids, squared error, no biases."""
    rng = np.random.default_rng(5)
    x, t = rng.normal(size=(4, 2)), rng.random((4, 1))
    matrices = [rng.normal(size=shape) for shape in ((2, 3), (3, 5), (5, 1))]
    found = all_gradients(x.copy(), t.copy(), *[W.copy() for W in matrices])
    wrong_if(found is None, BLANK)
    wrong_if(
        not isinstance(found, (tuple, list)) or len(found) != 3,
        "return three gradients: dW1, dW2, dW3",
    )
    found = [np.asarray(dW, float) for dW in found]
    for name, dW, W in zip(("dW1", "dW2", "dW3"), found, matrices, strict=True):
        wrong_if(
            dW.shape != W.shape, f"{name} has the shape of its matrix, {W.shape}, not {dW.shape}"
        )

    def agree(**way):
        pairs = zip(found, way_back(x, t, matrices, **way), strict=True)
        return [np.allclose(dW, right, rtol=1e-6, atol=1e-12) for dW, right in pairs]

    wrong_if(
        all(agree(carried=False)),
        "dW3 is right; dW2 and dW1 are as they were: look at what is handed back",
    )
    wrong_if(
        all(agree(error=lambda p, t: p - t)), "the mean over the examples is missing: divide by N"
    )
    wrong_if(
        all(agree(error=lambda p, t: (t - p) / len(p))),
        "the sign is turned: the slope of the loss is p - t",
    )
    right = agree()
    wrong_if(not right[2], "dW3 is not right: what enters is y2, times the error times the slope")
    wrong_if(not right[1], "dW3 is right, dW2 is not: three factors make its delta")
    wrong_if(not right[0], "dW3 and dW2 are right, dW1 is not: do there what you did for dW2")


@judged
def check_xor_by_hand(xor_by_hand):
    """Lesson 2: two sigmoid units and an output, above 1/2 where the two signs differ."""
    theta = xor_by_hand()
    wrong_if(theta is None, BLANK)
    W1, b1, W2, b2 = (np.array(part, float) for part in theta)
    wrong_if(
        W1.shape != (2, 2) or b1.size != 2,
        "two units on two features: W1 is 2 by 2, b1 has 2 numbers",
    )
    wrong_if(W2.size != 2 or b2.size != 1, "one output on two units: W2 has 2 numbers, b2 has 1")
    x = np.array([[-1, 1], [1, -1], [-1, -1], [1, 1]])
    t = np.array([True, True, False, False])
    hidden = 0.5 * (1 + np.tanh(0.5 * (x @ W1 + b1.ravel())))
    z = hidden @ W2.ravel() + b2.ravel()
    right = np.sum((z > 0) == t)
    wrong_if(right == 0, "all four turned: change the signs of W2 and b2")
    wrong_if(right < 4, f"{right} of the 4 points are right")


@judged
def check_scale_backward(scale_backward):
    """Lesson 2: the way back of y = x * g, a factor for each feature."""
    dy = np.array([[0.3, -1.0], [2.0, 0.5], [-0.7, 4.0]])
    x = np.array([[1.0, 2.0], [-3.0, 0.4], [0.6, -1.5]])
    g = np.array([0.5, -2.0])
    found = scale_backward(dy.copy(), x.copy(), g.copy())
    wrong_if(found is None, BLANK)
    wrong_if(
        not isinstance(found, (tuple, list)) or len(found) != 2, "return two gradients: dx and dg"
    )
    dx, dg = (np.asarray(part, float) for part in found)
    each = dy * x
    wrong_if(
        dx.shape == (2,) and dg.shape == (3, 2),
        "in this order: first dx, in the shape of x, then dg",
    )
    wrong_if(dx.shape != (3, 2), "dx has the shape of x: one slope for every number of it")
    wrong_if(
        dg.shape == (3, 2),
        "dg has a row for each example: one factor serves them all, so their slopes add up",
    )
    wrong_if(dg.shape != (2,), "dg has the shape of g: one slope for each feature")
    wrong_if(np.allclose(dx, dy * x), "dx: the slope of x g with respect to x is g")
    wrong_if(not np.allclose(dx, dy * g), "dx is not right: what arrives, dy, times the slope")
    wrong_if(np.allclose(dg, each.mean(axis=0)), "dg: a sum over the examples, not their mean")
    wrong_if(np.allclose(dg, dy.sum(axis=0)), "dg: every dy is multiplied by the x that it met")
    wrong_if(not np.allclose(dg, each.sum(axis=0)), "dx is right; dg is not: dy times x, added up")
