"""The checks of the exercises: blank, right, and every mistake that they know by name."""

import numpy as np
import pytest

from dlcourse import exercises


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def weighted(dz, mean=True):
    """A gradient of lesson 1's second exercise from dL/dz as a function of p, t and c."""
    return lambda x, t, w, c: x.T @ dz(sigmoid(x @ w), t, c) / (len(x) if mean else 1)


ANSWERS = {  # check: {the line it should print, or how that line begins: an answer}
    exercises.check_surprise_in_bits: {
        "right": lambda p: -np.log2(p),
        "not answered yet": lambda p: None,
        "this is the surprise in nats": lambda p: -np.log(p),
        "you took the logarithm to base 10": lambda p: -np.log10(p),
        "the sign is turned": lambda p: np.log2(p),
        "return one number for each": lambda p: 1.0,
        "p = 1, 0.5, 0.25 should count": lambda p: 1 / p,
        "your function stops with TypeError": lambda: None,
    },
    exercises.check_weighted_gradient: {
        "right": weighted(lambda p, t, c: (1 - t) * p - c * t * (1 - p)),
        "not answered yet": lambda x, t, w, c: None,
        "a gradient has one number for each weight": lambda x, t, w, c: 0.0,
        "your gradient ignores the weight c": weighted(lambda p, t, c: p - t),
        "c counts for class 1 only": weighted(lambda p, t, c: c * (p - t)),
        "the sign is turned": weighted(lambda p, t, c: c * t * (1 - p) - (1 - t) * p),
        "the mean is missing": weighted(lambda p, t, c: (1 - t) * p - c * t * (1 - p), mean=False),
        "c sits on class 0": weighted(lambda p, t, c: c * (1 - t) * p - t * (1 - p)),
        "not the gradient yet": weighted(lambda p, t, c: p),
    },
    exercises.check_step_with_l2: {
        "right": lambda w, gradient, lr, strength: w - lr * (gradient + strength * w),
        "not answered yet": lambda w, gradient, lr, strength: None,
        "return the new weights": lambda w, gradient, lr, strength: 0.0,
        "the penalty is missing": lambda w, gradient, lr, strength: w - lr * gradient,
        "the penalty pushes": lambda w, gradient, lr, strength: w - lr * (gradient - strength * w),
        "twice too much": lambda w, gradient, lr, strength: w - lr * (gradient + 2 * strength * w),
        "this is L1": lambda w, gradient, lr, strength: w - lr * (gradient + strength * np.sign(w)),
        "lr multiplies the whole": lambda w, gradient, lr, strength: w - lr * gradient - strength * w,
        "not the step yet": lambda w, gradient, lr, strength: w,
    },
    exercises.check_layer_without_loop: {
        "right": lambda W, b, xs: xs @ W.T + b,
        "not answered yet": lambda W, b, xs: None,
        "one example is one row": lambda W, b, xs: W @ xs.T + b[:, None],
        "return a row for each example": lambda W, b, xs: b,
        "W has a row for each unit": lambda W, b, xs: xs @ W + b,
        "the bias is missing": lambda W, b, xs: xs @ W.T,
        "not the numbers of the loop yet": lambda W, b, xs: xs @ W.T - b,
    },
    exercises.check_lab_steps: {
        "right": lambda lr, n, size: [lr / min(size, n - start) for start in range(0, n, size)],
        "not answered yet": lambda lr, n, size: None,
        "return one number for each": lambda lr, n, size: lr / size,
        "the last batch is missing": lambda lr, n, size: [lr / size] * (n // size),
        "22 examples in batches of 5": lambda lr, n, size: [lr / size] * n,
        "these are the sizes": lambda lr, n, size: [min(size, n - start) for start in range(0, n, size)],
        "the last batch has 2 examples": lambda lr, n, size: [lr / size for _ in range(0, n, size)],
        "the second division is missing": lambda lr, n, size: [lr for _ in range(0, n, size)],
        "not the steps yet": lambda lr, n, size: [lr / n for _ in range(0, n, size)],
    },
    exercises.check_xor_by_hand: {
        "right": lambda: ([[5, -5], [5, -5]], [-5, -5], [[10], [10]], [-5]),
        "not answered yet": lambda: None,
        "two units on two features": lambda: ([5, 5], [-5, -5], [[10], [10]], [-5]),
        "one output on two units": lambda: ([[5, -5], [5, -5]], [-5, -5], [10], [-5]),
        "all four turned": lambda: ([[5, -5], [5, -5]], [-5, -5], [[-10], [-10]], [5]),
        "3 of the 4 points": lambda: ([[5, -5], [5, -5]], [-5, -5], [[10], [0]], [-5]),
        "your function stops with ValueError": lambda: 5 * [0],
    },
}
ROWS = [(check, line, answer) for check, answers in ANSWERS.items() for line, answer in answers.items()]


@pytest.mark.parametrize("check, line, answer", ROWS, ids=[f"{check.__name__}: {line}" for check, line, _ in ROWS])
def test_a_check_names_what_is_wrong(check, line, answer, capsys, monkeypatch):
    monkeypatch.delenv("DLCOURSE_STRICT", raising=False)
    check(answer)
    printed = capsys.readouterr().out
    assert printed.startswith(line) and printed.count("\n") == 1 and printed.isascii()

    monkeypatch.setenv("DLCOURSE_STRICT", "1")
    if line == "right":
        check(answer)
    else:
        with pytest.raises(AssertionError, match=check.__name__):
            check(answer)


def test_every_check_is_tested():
    assert {name for name in vars(exercises) if name.startswith("check_")} == {check.__name__ for check in ANSWERS}


def test_an_answer_cannot_spoil_the_check_by_writing_into_its_arguments(capsys):
    def spoils(w, gradient, lr, strength):
        w -= lr * (gradient + strength * w)
        return w

    exercises.check_step_with_l2(spoils)
    assert capsys.readouterr().out == "right\n"
