"""The checks of "Before you start": shapes, broadcasting, chain rule, logarithms, a log axis."""

import numpy as np

from dlcourse.exercises.engine import BLANK, Exercise, judged, wrong_if


@judged
def check_shapes(shapes):
    """Before you start: four shapes, with x (64, 289), W (289, 20) and b (20,)."""
    found = shapes()
    wrong_if(found is None, BLANK)
    found = [tuple(np.ravel(shape)) for shape in found]
    wrong_if(len(found) != 4, f"return four shapes: yours are {len(found)}")
    first, second, third, fourth = found
    wrong_if(
        first != (64, 20),
        "the first: a row for each row of x, a column for each column of W; b is added to each row",
    )
    wrong_if(
        second == (64,),
        "the second: axis 0 counts the rows; they are averaged, a number for each column remains",
    )
    wrong_if(second == (1, 289), "the second: without keepdims the averaged axis disappears")
    wrong_if(
        second != (289,),
        "the second: the rows are averaged, one number for each of the 289 columns remains",
    )
    wrong_if(
        third != (289, 20),
        "the third: x.T is (289, 64), x @ W is (64, 20); the inner lengths disappear",
    )
    wrong_if(fourth == (64,), "the fourth: keepdims=True keeps the summed axis, with length 1")
    wrong_if(
        fourth != (64, 1),
        "the fourth: axis 1 is summed, so each of the 64 rows keeps one number",
    )


check_mean_square = Exercise(
    about="Before you start: the mean of (p - t)^2 with p (N, 1) and t (N,).",
    given=[
        (np.array([[0.9], [0.2], [0.4]]), np.array([1, 0, 1])),
        (np.array([[0.5], [-1.0], [2.0], [0.3], [1.5]]), np.array([2.0, 0.7, -1.0, 0.0, 3.0])),
    ],
    right=lambda p, t: np.mean((p[:, 0] - t) ** 2),
    mistakes={
        "this is the mean over all N x N pairs: give p and t one shape first": [
            lambda p, t: np.mean((p - t) ** 2),
        ],
        "the mean is missing: divide by the number of examples": [
            lambda p, t: np.sum((p[:, 0] - t) ** 2),
        ],
        "the square is missing": [
            lambda p, t: np.mean(p[:, 0] - t),
            lambda p, t: np.mean(np.abs(p[:, 0] - t)),
        ],
        "square each difference first, then take the mean": [
            lambda p, t: np.mean(p[:, 0] - t) ** 2,
        ],
        "this is the root of the mean square: leave the root out": [
            lambda p, t: np.sqrt(np.mean((p[:, 0] - t) ** 2)),
        ],
    },
    shape="return one number",
    otherwise="not the number yet: with answers equal to the targets it should be 0",
)


check_slope_of_L = Exercise(
    about="Before you start: dL/dw for u = w^2, error = u - t, L = error^2 / 2.",
    given=[(1.5, 1.0), (-0.7, -2.5), (-2, 7)],
    right=lambda w, t: (w**2 - t) * 2 * w,
    mistakes={
        "this is the error, the slope of the last link: the others have slopes, too": lambda w, t: (
            w**2 - t
        ),
        "this is du/dw: multiply by the slopes of the other links": lambda w, t: 2 * w,
        "slopes along a chain are multiplied, not added": lambda w, t: w**2 - t + 1 + 2 * w,
        "twice too much: the slope of error^2 / 2 is the error": lambda w, t: 4 * (w**2 - t) * w,
        "half of it: the slope of w^2 is 2 w": lambda w, t: (w**2 - t) * w,
        "the sign is turned: error = u - t grows with u": lambda w, t: -2 * (w**2 - t) * w,
        "this is L itself: its slope is asked for": lambda w, t: (w**2 - t) ** 2 / 2,
    },
    shape="return one number",
    otherwise="not the slope yet: multiply the slopes of the three links, the error, 1 and 2 w",
)


check_log_of_product = Exercise(
    about="Before you start: ln of a product of many probabilities.",
    given=[(np.array([0.5, 0.25, 0.1]),), (np.array([0.9, 0.2, 1.0, 0.6]),)],
    right=lambda p: np.log(p).sum(),
    mistakes={
        "this is the product: its logarithm is asked for": np.prod,
        "the sign is turned: the logarithm of a number below 1 is negative": [
            lambda p: -np.log(p).sum(),
        ],
        "this is the logarithm of the sum: add the logarithms": lambda p: np.log(p.sum()),
        "this is the mean: add the logarithms, do not divide": lambda p: np.log(p).mean(),
        "another base: np.log is ln": [lambda p: np.log10(p).sum(), lambda p: np.log2(p).sum()],
    },
    shape="return one number for all of p",
    otherwise="not the number yet: for p = 0.5, 0.25, 0.1 it is ln 0.0125 = -4.38",
    then=Exercise(
        about="Before you start: ln of a product of small probabilities.",
        given=[(np.array([0.003, 0.5]),), (np.array([0.9, 1e-6, 0.02]),)],
        right=lambda p: np.log(p).sum(),
        mistakes={},
        shape="return one number for all of p",
        otherwise="right for p = 0.5, 0.25, 0.1, not for smaller numbers: take them as they are",
        then=Exercise(
            about="Before you start: ln of a product of very many probabilities.",
            given=[(np.full(20_000, 0.3),), (np.linspace(0.001, 1, 30_000),)],
            right=lambda p: np.log(p).sum(),
            mistakes={
                "right for few numbers; of 20,000 the product is 0 before you take its logarithm": [
                    lambda p: np.log(np.prod(p)),
                ],
            },
            shape="return one number for all of p",
            otherwise="right for few numbers, not for 20,000",
        ),
    ),
)


check_factor_per_step = Exercise(
    about="Before you start: the factor of each step of a straight line on a log axis.",
    given=[(1.0, 1e-4, 8), (3.0, 50.0, 5), (2, 54, 3)],
    right=lambda first, last, steps: (last / first) ** (1 / steps),
    mistakes={
        "this is the difference of each step: here every step multiplies": [
            lambda first, last, steps: (last - first) / steps,
        ],
        "this is the factor of all steps together": lambda first, last, steps: last / first,
        "factors multiply: take the root, do not divide by the steps": [
            lambda first, last, steps: last / first / steps,
        ],
        "turned around: from 1 down to 0.0001 the factor is below 1": [
            lambda first, last, steps: (first / last) ** (1 / steps),
        ],
        "this is the logarithm of the factor: undo it": [
            lambda first, last, steps: np.log10(last / first) / steps,
            lambda first, last, steps: np.log(last / first) / steps,
        ],
        "one too many: take the root with the number of steps": [
            lambda first, last, steps: (last / first) ** (1 / (steps + 1)),
        ],
    },
    shape="return one number",
    otherwise="not the factor yet: multiplied with itself, steps times, it should be last / first",
)
