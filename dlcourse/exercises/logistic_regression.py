"""The checks of lesson 1: a gradient with a bias, bits, a weighted loss, a penalty on weights."""

import numpy as np

from dlcourse.exercises.engine import Exercise


def squeezed(z):
    """The sigmoid of z."""
    return 1 / (1 + np.exp(-z))


def for_w_and_b(dw, db):
    """dL/dw and dL/db in one array, from formulas of the errors p - t (N,) and of x (N, D)."""

    def answer(w, b, x, t):
        error = squeezed(x @ w + b) - t
        return np.append(dw(error, x), db(error))

    return answer


check_gradient_with_bias = Exercise(
    about="Lesson 1: the gradient of the mean surprise for w and, behind it, for b.",
    given=[
        (
            np.array([-0.7, 0.2, 0.5]),
            0.4,
            np.array([[0.3, 0.8, 0.3], [-1.3, 0.9, 0.4], [-0.5, 0.6, 0.4], [0.3, -0.3, 1.5]]),
            np.array([1, 0, 0, 1]),
        ),
        (
            np.array([0.6, -1.1]),
            -0.9,
            np.array([[1.2, -0.4], [0.1, 2.0], [-0.8, 0.7], [0.5, 0.5], [1.0, -1.5]]),
            np.array([0.0, 1.0, 0.0, 0.0, 1.0]),
        ),
    ],
    right=for_w_and_b(lambda error, x: x.T @ error / len(x), np.mean),
    mistakes={
        "the mean of products is not the product of the means: each error meets its own row": [
            for_w_and_b(lambda error, x: error.mean() * x.mean(axis=0), np.mean),
        ],
        "the mean is missing: divide by the number of examples": [
            for_w_and_b(lambda error, x: x.T @ error, np.sum),
            for_w_and_b(lambda error, x: x.T @ error, np.mean),
        ],
        "dL/dw is right; dL/db is the mean of the errors, too, not their sum": [
            for_w_and_b(lambda error, x: x.T @ error / len(x), np.sum),
        ],
        "the sign is turned: the error is p - t": [
            for_w_and_b(lambda error, x: -x.T @ error / len(x), lambda error: -error.mean()),
        ],
        "z has a b: it is missing in your error": [
            lambda w, b, x, t: np.append(
                x.T @ (squeezed(x @ w) - t) / len(x), (squeezed(x @ w) - t).mean()
            ),
        ],
        "the sigmoid's slope cancels: this is the gradient of the squared error": [
            lambda w, b, x, t: np.append(
                x.T @ slopes_left(w, b, x, t) / len(x), slopes_left(w, b, x, t).mean()
            ),
        ],
        "first the slopes of w, behind them that of b": [
            lambda w, b, x, t: np.append(
                (squeezed(x @ w + b) - t).mean(), x.T @ (squeezed(x @ w + b) - t) / len(x)
            ),
        ],
    },
    shape="return one array: a number for each weight, and one more for b",
    otherwise="not the gradient yet: each error times its features, averaged; for b the mean error",
)


def slopes_left(w, b, x, t):
    """The error signals (N,) of the squared error, in which the sigmoid's slope stays."""
    p = squeezed(x @ w + b)
    return (p - t) * p * (1 - p)


check_surprise_in_bits = Exercise(
    about="Lesson 1: the surprise at an event of probability p in bits, -log2 p.",
    given=[(np.array([1.0, 0.5, 0.25]),), (np.array([0.125, 1.0]),)],
    right=lambda p: -np.log2(p),
    mistakes={
        "this is the surprise in nats: one coin toss should count 1, not 0.69": [
            lambda p: -np.log(p),
        ],
        "you took the logarithm to base 10: a coin toss should count 1": lambda p: -np.log10(p),
        "the sign is turned: a surprise is never negative": np.log2,
    },
    shape="return one number for each probability",
    otherwise="p = 1, 0.5, 0.25 should count 0, 1 and 2 bits",
    then=Exercise(
        about="Lesson 1: the surprise in bits, between and below these probabilities.",
        given=[(np.array([0.1, 0.9]),), (np.array([0.003, 1e-6, 0.7]),)],
        right=lambda p: -np.log2(p),
        mistakes={
            "right for p = 1, 0.5, 0.25; between them bits are no whole numbers": [
                lambda p: np.ceil(-np.log2(p)),
                lambda p: np.floor(-np.log2(p)),
                lambda p: np.round(-np.log2(p)),
            ],
        },
        shape="return one number for each probability",
        otherwise="right for p = 1, 0.5, 0.25; p = 0.1 should count 3.32 bits, and 0.000001 19.93",
    ),
)


def weighted(dz):
    """A gradient as a function of x, t, w and c, from N dL/dz as a function of p, t and c."""
    return lambda x, t, w, c: x.T @ dz(1 / (1 + np.exp(-x @ w)), t, c) / len(x)


check_weighted_gradient = Exercise(
    about="Lesson 1: the gradient of the cross-entropy where an example of class 1 counts c times.",
    given=[
        (
            np.array([[0.3, 0.8, 0.3], [-1.3, 0.9, 0.4], [-0.5, 0.6, 0.4], [0.3, -0.3, 1.5]]),
            np.array([1, 0, 0, 1]),
            np.array([-0.7, 0.2, 0.5]),
            10.0,
        ),
        (
            np.array([[1.2, -0.4], [0.1, 2.0], [-0.8, 0.7], [0.5, 0.5], [1.0, -1.5], [0.0, 0.9]]),
            np.array([0.0, 1.0, 0.0, 0.0, 1.0, 0.0]),
            np.array([0.6, -1.1]),
            0.25,
        ),
    ],
    right=weighted(lambda p, t, c: c * t * (p - 1) + (1 - t) * p),
    mistakes={
        "your gradient ignores the weight c": weighted(lambda p, t, c: p - t),
        "c counts for class 1 only: yours multiplies every example": [
            weighted(lambda p, t, c: c * (p - t)),
        ],
        "the sign is turned: this direction makes the loss larger": [
            weighted(lambda p, t, c: c * t * (1 - p) - (1 - t) * p),
        ],
        "the mean is missing: divide by the number of examples": [
            weighted(lambda p, t, c: (c * t * (p - 1) + (1 - t) * p) * len(t)),
        ],
        "c sits on class 0: it belongs to class 1": [
            weighted(lambda p, t, c: t * (p - 1) + c * (1 - t) * p),
        ],
        "divide by the number of examples, not by the sum of their weights": [
            weighted(lambda p, t, c: (c * t * (p - 1) + (1 - t) * p) / np.mean(1 - t + c * t)),
        ],
    },
    shape="a gradient has one number for each weight, the shape of w",
    otherwise="not the gradient yet: compare with gradcheck.numerical_gradient",
)


check_step_with_l2 = Exercise(
    about="Lesson 1: one step of gradient descent on loss + strength/2 |w|^2.",
    given=[
        (np.array([3.0, -4.0, 0.5]), np.array([0.2, 0.1, -0.3]), 0.3, 0.1),
        (np.array([-0.7, 0.0, 1.2, 5.0]), np.array([1.0, -2.0, 0.4, 0.0]), 0.05, 2.0),
    ],
    right=lambda w, gradient, lr, strength: w - lr * (gradient + strength * w),
    mistakes={
        "the penalty is missing: nothing pulls the weights back": [
            lambda w, gradient, lr, strength: w - lr * gradient,
        ],
        "the penalty pushes the weights away from 0: its sign is turned": [
            lambda w, gradient, lr, strength: w - lr * (gradient - strength * w),
        ],
        "twice too much: the derivative of w^2 / 2 is w": [
            lambda w, gradient, lr, strength: w - lr * (gradient + 2 * strength * w),
        ],
        "this is L1: the derivative of w^2 / 2 is w, not its sign": [
            lambda w, gradient, lr, strength: w - lr * (gradient + strength * np.sign(w)),
        ],
        "lr multiplies the whole gradient, the penalty's part too": [
            lambda w, gradient, lr, strength: w - lr * gradient - strength * w,
        ],
        "the sign is turned: descent subtracts lr times the gradient": [
            lambda w, gradient, lr, strength: w + lr * (gradient + strength * w),
        ],
        "this is the step alone: subtract it from w": [
            lambda w, gradient, lr, strength: lr * (gradient + strength * w),
            lambda w, gradient, lr, strength: -lr * (gradient + strength * w),
        ],
    },
    shape="return the new weights, in the shape of w",
    otherwise="not the step yet: w - lr * (gradient of the loss + gradient of the penalty)",
)
