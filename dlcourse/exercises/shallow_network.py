"""The checks of lesson 2: a layer without a loop, the ragged last batch, xor by hand."""

import numpy as np

from dlcourse.exercises.engine import Exercise, has_loop, judged, wrong_if

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


def sizes(n, batch_size):
    """The sizes of the batches of an epoch over n examples."""
    return [min(batch_size, n - start) for start in range(0, n, batch_size)]


def with_a_rest(lr, n, batch_size):
    """An answer that fails where the batches leave no rest."""
    return [lr / batch_size] * (n // batch_size) + [lr / (n % batch_size)]


check_lab_steps = Exercise(
    about="Lesson 2: the mean gradients' factors, where lr is divided by the batch's size again.",
    given=[(10.0, 22, 5), (1000, 11, 4)],
    right=lambda lr, n, batch_size: [lr / size for size in sizes(n, batch_size)],
    mistakes={
        "the last batch is missing: 22 examples are four batches of 5 and one of 2": [
            lambda lr, n, batch_size: [lr / batch_size] * (n // batch_size),
        ],
        "these are the sizes of the batches: the steps are lr divided by them": [
            lambda lr, n, batch_size: sizes(n, batch_size),
        ],
        "the last batch has 2 examples, not 5": [
            lambda lr, n, batch_size: [lr / batch_size for _ in sizes(n, batch_size)],
        ],
        "the second division is missing: lr is divided by the size of each batch": [
            lambda lr, n, batch_size: [lr for _ in sizes(n, batch_size)],
        ],
    },
    shape="return a list, one number for each batch: 22 examples in batches of 5 are five",
    otherwise="not the steps yet: for lr, 22, 5 they are lr / 5 four times, then lr / 2",
    then=Exercise(
        about="Lesson 2: the mean gradients' factors, where no batch is shorter than the others.",
        given=[(10.0, 20, 5), (3.0, 7, 10)],
        right=lambda lr, n, batch_size: [lr / size for size in sizes(n, batch_size)],
        mistakes={
            "right for 22 examples; 20 in batches of 5 leave no rest: there are four batches": [
                with_a_rest,
                lambda lr, n, batch_size: with_a_rest(np.float64(lr), n, batch_size),
            ],
        },
        shape="right for 22 examples; 20 in batches of 5 are four, 7 in batches of 10 are one",
        otherwise="right for 22 examples; for lr, 20, 5 four times lr / 5, for lr, 7, 10 lr / 7",
    ),
)


@judged
def check_xor_by_hand(xor_by_hand):
    """Lesson 2: two sigmoid units and an output, above 1/2 where both coordinates have one sign."""
    theta = xor_by_hand()
    wrong_if(theta is None, "not answered yet")
    W1, b1, W2, b2 = (np.array(part, float) for part in theta)
    wrong_if(
        W1.shape != (2, 2) or b1.size != 2,
        "two units on two features: W1 is 2 by 2, b1 has 2 numbers",
    )
    wrong_if(W2.size != 2 or b2.size != 1, "one output on two units: W2 has 2 numbers, b2 has 1")
    x = np.array([[-1, -1], [1, 1], [-1, 1], [1, -1]])
    t = np.array([True, True, False, False])
    hidden = 0.5 * (1 + np.tanh(0.5 * (x @ W1 + b1.ravel())))
    z = hidden @ W2.ravel() + b2.ravel()
    right = np.sum((z > 0) == t)
    wrong_if(right == 0, "all four turned: change the signs of W2 and b2")
    wrong_if(right < 4, f"{right} of the 4 points are right")
