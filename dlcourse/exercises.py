"""The checks of the exercises: each prints one line, "right", "not answered yet", or the one thing that is wrong.

They never raise, unless the environment variable DLCOURSE_STRICT is 1: then anything but "right" is an AssertionError.
"""

import functools
import os

import numpy as np

from dlcourse import activations, layers, losses, network


class _Verdict(Exception):
    """Ends a check; its text is the line to print."""


def _exercise(check):
    """Make a function that calls `_wrong_if` for every mistake it knows into a check that prints one line."""

    @functools.wraps(check)
    def judged(*answers):
        try:
            check(*answers)
            verdict = "right"
        except _Verdict as known:
            verdict = str(known)
        except Exception as error:
            verdict = f"your function stops with {type(error).__name__}: {error}".splitlines()[0]
        print(verdict.encode("ascii", "replace").decode())
        if verdict != "right" and os.environ.get("DLCOURSE_STRICT") == "1":
            raise AssertionError(f"{check.__name__}: {verdict}")

    return judged


def _wrong_if(condition, sentence):
    if condition:
        raise _Verdict(sentence)


def _answer(function, *arguments):
    """What the learner's function returns, as a float array; it gets copies, so that it cannot change what comes next."""
    value = function(*(np.copy(a) if isinstance(a, np.ndarray) else a for a in arguments))
    _wrong_if(value is None, "not answered yet")
    return np.asarray(value, float)


def _same(a, b):
    return a.shape == np.shape(b) and np.allclose(a, b, rtol=1e-6, atol=1e-9)


@_exercise
def check_shapes(shapes):
    """Before you start: four shapes, with x (64, 289), W (289, 20) and b (20,)."""
    found, right = shapes(), [(64, 20), (289,), (289, 20), (64, 1)]
    _wrong_if(found is None, "not answered yet")
    found = [tuple(np.ravel(shape)) for shape in found]
    _wrong_if(len(found) != 4, f"return four shapes: yours are {len(found)}")
    _wrong_if(found[0] != right[0], "the first: a row for each row of x, a column for each column of W; b is added to each row")
    _wrong_if(found[1] == (64,), "the second: axis 0 counts the rows; they are averaged, a number for each column remains")
    _wrong_if(found[1] == (1, 289), "the second: without keepdims the averaged axis disappears")
    _wrong_if(found[1] != right[1], "the second: the rows are averaged, one number for each of the 289 columns remains")
    _wrong_if(found[2] != right[2], "the third: x.T is (289, 64), x @ W is (64, 20); the inner lengths disappear")
    _wrong_if(found[3] == (64,), "the fourth: keepdims=True keeps the summed axis, with length 1")
    _wrong_if(found[3] != right[3], "the fourth: axis 1 is summed, so each of the 64 rows keeps one number")


@_exercise
def check_mean_square(mean_square):
    """Before you start: the mean of (p - t)^2 with p (N, 1) and t (N,)."""
    p, t = np.array([[0.9], [0.2], [0.4]]), np.array([1.0, 0.0, 1.0])
    found, difference = _answer(mean_square, p, t), p[:, 0] - t
    _wrong_if(found.shape != (), "return one number")
    _wrong_if(_same(found, np.mean((p - t) ** 2)), "this is the mean over 3 x 3 pairs: give p and t one shape first")
    _wrong_if(_same(found, np.sum(difference**2)), "the mean is missing: divide by the number of examples")
    _wrong_if(_same(found, np.mean(difference)), "the square is missing")
    _wrong_if(_same(found, np.mean(difference) ** 2), "square each difference first, then take the mean")
    _wrong_if(not _same(found, np.mean(difference**2)), "not the number yet: with answers equal to the targets it should be 0")


@_exercise
def check_slope_of_L(slope_of_L):
    """Before you start: dL/dw for u = w^2, e = u - t, L = e^2 / 2."""
    w, t = 1.5, 1.0
    found, e = _answer(slope_of_L, w, t), w**2 - t
    _wrong_if(found.shape != (), "return one number")
    _wrong_if(_same(found, e), "this is dL/de: the way from w to e has slopes, too")
    _wrong_if(_same(found, 2 * w), "this is du/dw: multiply by the slopes of the other links")
    _wrong_if(_same(found, e + 1 + 2 * w), "slopes along a chain are multiplied, not added")
    _wrong_if(_same(found, 4 * e * w), "twice too much: the slope of e^2 / 2 is e")
    _wrong_if(_same(found, e * w), "half of it: the slope of w^2 is 2 w")
    _wrong_if(_same(found, -2 * e * w), "the sign is turned: e = u - t grows with u")
    _wrong_if(_same(found, e**2 / 2), "this is L itself: its slope is asked for")
    _wrong_if(not _same(found, 2 * e * w), "not the slope yet: dL/de times de/du times du/dw")


@_exercise
def check_log_of_product(log_of_product):
    """Before you start: ln of a product of many probabilities."""
    few, many = np.array([0.5, 0.25, 0.1]), np.full(2000, 0.3)
    with np.errstate(all="ignore"):
        found, right = _answer(log_of_product, few), np.log(few).sum()
        _wrong_if(found.shape != (), "return one number for all of p")
        _wrong_if(_same(found, np.prod(few)), "this is the product: its logarithm is asked for")
        _wrong_if(_same(found, -right), "the sign is turned: the logarithm of a number below 1 is negative")
        _wrong_if(_same(found, np.log(few.sum())), "this is the logarithm of the sum: add the logarithms")
        _wrong_if(_same(found, right / 3), "this is the mean: add the logarithms, do not divide")
        _wrong_if(_same(found, right / np.log(10)) or _same(found, right / np.log(2)), "another base: np.log is ln")
        _wrong_if(not _same(found, right), "not the number yet: for p = 0.5, 0.25, 0.1 it is ln 0.0125 = -4.38")
        found = _answer(log_of_product, many)
    _wrong_if(not np.isfinite(found), "right for three numbers; of 2000 the product is 0 before you take its logarithm")
    _wrong_if(not _same(found, np.log(many).sum()), "right for three numbers, not for 2000")


@_exercise
def check_factor_per_step(factor_per_step):
    """Before you start: the factor of each step of a straight line on a log axis."""
    for first, last, steps in ((1.0, 1e-4, 8), (3.0, 50.0, 5)):
        found, right = _answer(factor_per_step, first, last, steps), (last / first) ** (1 / steps)
        _wrong_if(found.shape != (), "return one number")
        _wrong_if(_same(found, (last - first) / steps), "this is the difference of each step: here every step multiplies")
        _wrong_if(_same(found, last / first), "this is the factor of all steps together")
        _wrong_if(_same(found, last / first / steps), "factors multiply: take the root, do not divide by the steps")
        _wrong_if(_same(found, 1 / right), "turned around: from 1 down to 0.0001 the factor is below 1")
        _wrong_if(_same(found, np.log10(right)) or _same(found, np.log(right)), "this is the logarithm of the factor: undo it")
        _wrong_if(_same(found, (last / first) ** (1 / (steps + 1))), "one too many: take the root with the number of steps")
        _wrong_if(not _same(found, right), "not the factor yet: multiplied with itself, steps times, it should be last / first")


@_exercise
def check_surprise_in_bits(surprise_in_bits):
    """Lesson 1: the surprise at an event of probability p in bits, -log2 p."""
    p = np.array([1.0, 0.5, 0.25, 0.1])
    found, nats = _answer(surprise_in_bits, p), -np.log(p)
    _wrong_if(_same(found, nats), "this is the surprise in nats: one coin toss should count 1, not 0.69")
    _wrong_if(_same(found, nats / np.log(10)), "you took the logarithm to base 10: a coin toss should count 1")
    _wrong_if(_same(found, -nats / np.log(2)), "the sign is turned: a surprise is never negative")
    _wrong_if(found.shape != p.shape, "return one number for each probability")
    _wrong_if(not _same(found, nats / np.log(2)), "p = 1, 0.5, 0.25 should count 0, 1 and 2 bits")


@_exercise
def check_weighted_gradient(weighted_gradient):
    """Lesson 1: the gradient of the cross-entropy in which an example of class 1 counts c times."""
    rng = np.random.default_rng(1)
    x, t, w, c = rng.normal(size=(6, 3)), np.array([1.0, 0, 0, 1, 0, 0]), rng.normal(size=3), 10.0
    p = 1 / (1 + np.exp(-x @ w))
    dz = np.where(t == 1, c * (p - 1), p)
    found = _answer(weighted_gradient, x, t, w, c)
    _wrong_if(found.shape != (3,), "a gradient has one number for each weight, the shape of w")
    _wrong_if(_same(found, x.T @ (p - t) / 6), "your gradient ignores the weight c")
    _wrong_if(_same(found, c * x.T @ (p - t) / 6), "c counts for class 1 only: yours multiplies every example")
    _wrong_if(_same(found, -x.T @ dz / 6), "the sign is turned: this direction makes the loss larger")
    _wrong_if(_same(found, x.T @ dz), "the mean is missing: divide by the number of examples")
    _wrong_if(_same(found, x.T @ np.where(t == 1, p - 1, c * p) / 6), "c sits on class 0: it belongs to class 1")
    _wrong_if(not _same(found, x.T @ dz / 6), "not the gradient yet: compare with gradcheck.numerical_gradient")


@_exercise
def check_step_with_l2(step_with_l2):
    """Lesson 1: one step of gradient descent on loss + strength/2 |w|^2."""
    w, gradient, lr, strength = np.array([3.0, -4.0, 0.5]), np.array([0.2, 0.1, -0.3]), 0.3, 0.1
    found = _answer(step_with_l2, w, gradient, lr, strength)
    _wrong_if(found.shape != w.shape, "return the new weights, in the shape of w")
    _wrong_if(_same(found, w - lr * gradient), "the penalty is missing: nothing pulls the weights back")
    _wrong_if(_same(found, w - lr * (gradient - strength * w)), "the penalty pushes the weights away from 0: its sign is turned")
    _wrong_if(_same(found, w - lr * (gradient + 2 * strength * w)), "twice too much: the derivative of w^2 / 2 is w")
    _wrong_if(
        _same(found, w - lr * (gradient + strength * np.sign(w))), "this is L1: the derivative of w^2 / 2 is w, not its sign"
    )
    _wrong_if(_same(found, w - lr * gradient - strength * w), "lr multiplies the whole gradient, the penalty's part too")
    _wrong_if(
        not _same(found, w - lr * (gradient + strength * w)),
        "not the step yet: w - lr * (gradient of the loss + gradient of the penalty)",
    )


@_exercise
def check_layer_without_loop(layer_without_loop):
    """Lesson 2: a layer in the column convention, W (M, D), on examples in rows, without a loop."""
    rng = np.random.default_rng(2)
    W, b, xs = rng.normal(size=(3, 3)), rng.normal(size=3), rng.normal(size=(5, 3))
    found, right = _answer(layer_without_loop, W, b, xs), xs @ W.T + b
    _wrong_if(found.shape == (3, 5), "one example is one row: yours come as columns")
    _wrong_if(found.shape != (5, 3), "return a row for each example and a column for each unit")
    _wrong_if(_same(found, xs @ W + b), "W has a row for each unit: it must be transposed")
    _wrong_if(_same(found, xs @ W.T), "the bias is missing")
    _wrong_if(not _same(found, right), "not the numbers of the loop yet: each row is W times one example, plus b")


@_exercise
def check_lab_steps(lab_steps):
    """Lesson 2: by how much the mean gradient of every batch is multiplied, when lr is divided by the batch's size again."""
    found, lr = _answer(lab_steps, 10.0, 22, 5), 10.0
    _wrong_if(found.ndim != 1, "return one number for each batch, in a list")
    _wrong_if(len(found) == 4, "the last batch is missing: 22 examples are four batches of 5 and one of 2")
    _wrong_if(len(found) != 5, "22 examples in batches of 5 are five batches")
    _wrong_if(_same(found, [5, 5, 5, 5, 2]), "these are the sizes of the batches: the steps are lr divided by them")
    _wrong_if(_same(found, [lr / 5] * 5), "the last batch has 2 examples, not 5")
    _wrong_if(_same(found, [lr] * 5), "the second division is missing: lr is divided by the size of each batch")
    _wrong_if(not _same(found, [lr / n for n in (5, 5, 5, 5, 2)]), "not the steps yet: lr / 5 four times, then lr / 2")


@_exercise
def check_xor_by_hand(xor_by_hand):
    """Lesson 2: two sigmoid units and an output, set by hand, that answer above 1/2 where both coordinates have one sign."""
    theta = xor_by_hand()
    _wrong_if(theta is None, "not answered yet")
    W1, b1, W2, b2 = (np.asarray(part, float) for part in theta)
    _wrong_if(W1.shape != (2, 2) or b1.shape != (2,), "two units on two features: W1 is 2 by 2, b1 has 2 numbers")
    _wrong_if(W2.size != 2 or b2.size != 1, "one output on two units: W2 has 2 numbers, b2 has 1")
    x, t = np.array([[-1, -1], [1, 1], [-1, 1], [1, -1]]), np.array([True, True, False, False])
    hidden = 0.5 * (1 + np.tanh(0.5 * (x @ W1 + b1)))
    right = np.sum((hidden @ np.ravel(W2) + np.ravel(b2) > 0) == t)
    _wrong_if(right == 0, "all four turned: change the signs of W2 and b2")
    _wrong_if(right < 4, f"{right} of the 4 points are right")


@_exercise
def check_first_over_last(first_over_last):
    """Lesson 3: the error signal of the first layer over that of the last, a product of slopes and weights."""
    rng = np.random.default_rng(3)
    slopes, weights = [0.2, 0.24, 0.1], [0.3 * rng.normal(size=shape) for shape in ((30, 20), (20, 10), (10, 5))]
    found = _answer(first_over_last, slopes, weights)
    spread, n_in, n_out = np.array([(W.std(), *W.shape) for W in weights]).T
    right = slopes * np.sqrt(n_out) * spread
    _wrong_if(found.shape != (), "return one number for the whole network")
    _wrong_if(_same(found, np.sum(right)), "the factors are multiplied on the way back, not added")
    _wrong_if(_same(found, np.prod(slopes)), "your product knows the slopes only: every matrix changes the signal, too")
    _wrong_if(
        _same(found, np.prod(slopes * np.sqrt(n_in) * spread)), "the way back adds up n_out numbers: W.shape[1], not W.shape[0]"
    )
    _wrong_if(
        _same(found, np.prod(slopes * n_out * spread)), "random signs: n_out numbers add up to sqrt(n_out) times one of them"
    )
    _wrong_if(
        _same(found, np.prod(slopes * np.sqrt(n_out) * spread**2)), "the square root goes over the variance, too: take the spread"
    )
    _wrong_if(_same(found, 1 / np.prod(right)), "this is last over first")
    _wrong_if(not _same(found, np.prod(right)), "one factor for each hidden layer: slope * sqrt(n_out) * spread of W")


@_exercise
def check_hard_tanh_backward(hard_tanh_backward):
    """Lesson 3: the backward pass of a unit that is z between -1 and 1 and constant outside."""
    z, dy = np.array([[-3.0, -0.9, 0.2, 0.7, 1.4]]), np.array([[1.0, -2.0, 3.0, 0.5, -4.0]])
    found, inside = _answer(hard_tanh_backward, dy, z), np.abs(z) < 1
    _wrong_if(found.shape != z.shape, "return one number for each z")
    _wrong_if(_same(found, inside * 1.0), "this is the slope: the chain rule multiplies it by what arrives, dy")
    _wrong_if(_same(found, dy * ~inside), "turned around: the slope is 1 inside and 0 outside")
    _wrong_if(_same(found, dy * (z < 1)), "there are two corners: below -1 it is flat, too")
    _wrong_if(_same(found, dy * (z > 0)), "this is ReLU's: here the slope is 1 between -1 and 1")
    _wrong_if(_same(found, dy * np.clip(z, -1, 1)), "you multiplied by the value of the unit: multiply by its slope")
    _wrong_if(_same(found, dy * (1 - np.tanh(z) ** 2)), "this is the slope of tanh, which has no corners")
    _wrong_if(not _same(found, dy * inside), "dL/dz is dy where -1 < z < 1, and 0 elsewhere")


@_exercise
def check_level_std(level_std):
    """Lesson 3: the weights' standard deviation that makes slope * sqrt(width) * std equal to 1."""
    found, right = _answer(level_std, 0.2, 64), 1 / (0.2 * 8)
    _wrong_if(found.shape != (), "return one number")
    _wrong_if(_same(found, 1 / np.sqrt(64)), "these weights level the sum; the slope makes the signal smaller, too")
    _wrong_if(_same(found, 1 / (0.2 * 64)), "random signs: width numbers add up to sqrt(width) times one of them")
    _wrong_if(_same(found, 0.2 / np.sqrt(64)), "a smaller slope needs larger weights, not smaller ones")
    _wrong_if(_same(found, right**2), "this is the variance: take its root")
    _wrong_if(not _same(found, right), "solve slope * sqrt(width) * std = 1 for std")


@_exercise
def check_surprise_of_sign(surprise_of_sign):
    """Lesson 4: -ln sigmoid(y z) for labels -1 and +1, without overflow."""
    y, z = np.array([1.0, -1, 1, -1, 1, -1]), np.array([0.0, 0.5, -2.0, 3.0, -800.0, 800.0])
    with np.errstate(all="ignore"):
        found, right = _answer(surprise_of_sign, z, y), np.logaddexp(0, -y * z)
    _wrong_if(found.shape != z.shape, "return one number for each example")
    _wrong_if(
        not _same(found[:4], right[:4]) and _same(found[:4], -right[:4]), "the sign is turned: a surprise is never negative"
    )
    _wrong_if(
        _same(found[:4], np.logaddexp(0, y * z)[:4]), "the sign in front of y z is turned: a right answer should cost little"
    )
    _wrong_if(_same(found[:4], np.logaddexp(0, -z)[:4]), "your formula ignores the label y")
    _wrong_if(not _same(found[:4], right[:4]), "at z = 0 the surprise is ln 2 = 0.69; at y z = -2 it is 2.13")
    _wrong_if(not np.isfinite(found).all(), "right for small z; at y z = -800 it overflows: the surprise is 800")
    _wrong_if(not _same(found, right), "right for small z; at y z = -800 the surprise is 800")


@_exercise
def check_log_softmax(log_softmax):
    """Lesson 4: ln softmax(z), finite for every finite z."""
    z = np.array([[1.0, 2.0, 0.5], [-3.0, 0.0, 4.0], [0.0, 900.0, -900.0]])
    shifted = z - z.max(axis=1, keepdims=True)
    right = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    with np.errstate(all="ignore"):
        found = _answer(log_softmax, z)
    _wrong_if(found.shape != z.shape, "return one number for each number of z")
    _wrong_if(_same(found[:2], np.exp(right[:2])), "these are the probabilities: their logarithm is asked for")
    _wrong_if(_same(found[:2], -right[:2]), "the sign is turned: the logarithm of a probability is at most 0")
    _wrong_if(_same(found[:2], shifted[:2]), "subtracting the largest is not all: the sum of the exponentials is missing")
    _wrong_if(not _same(found[:2], right[:2]), "not the logarithm yet: np.exp of each row should sum to 1")
    _wrong_if(np.isnan(found).any(), "right for small z; at z = 900 the exponential overflows: subtract the largest first")
    _wrong_if(not np.isfinite(found).all(), "a class far behind gets -inf: do not take the logarithm of its probability")
    _wrong_if(not _same(found, right), "right for small z; with [0, 900, -900] it should be [-900, 0, -1800]")


@_exercise
def check_dictionary_gradients(dictionary_gradients):
    """Lesson 4: the L-layer model in a dictionary, one example a column, against our Sequential."""
    rng = np.random.default_rng(4)
    x, t = rng.normal(size=(7, 5)), rng.integers(0, 2, (7, 2)).astype(float)
    for factor in (1.0, 50.0):  # the second with answers that are exactly 0 or 1
        dense = [layers.Dense(5, 4), layers.Dense(4, 3), layers.Dense(3, 2)]
        stack = [dense[0], activations.ReLU(), dense[1], activations.ReLU(), dense[2]]
        net, loss = network.Sequential(stack, seed=3, dtype=np.float64), losses.SigmoidCrossEntropy()
        net.theta = factor * net.theta + 0.1
        loss.forward(net.forward(x), t)
        net.backward(loss.backward())
        parameters, right = {}, {}
        for k, layer in enumerate(dense, 1):
            parameters |= {f"W{k}": layer.W.T.copy(), f"b{k}": layer.b[:, None].copy()}
            right |= {f"dW{k}": layer.dW.T, f"db{k}": layer.db[:, None]}
        with np.errstate(all="ignore"):
            found = dictionary_gradients(x.T.copy(), t.T.copy(), parameters)
        _wrong_if(found is None, "not answered yet")
        _wrong_if(not isinstance(found, dict) or set(found) != set(right), 'return a dictionary with "dW1", "db1" and so on')
        for key, value in found.items():
            shape = np.shape(value)
            _wrong_if(shape != right[key].shape, f"{key} has shape {shape}, not {right[key].shape}, that of {key[1:]}")
        finite = all(np.isfinite(value).all() for value in found.values())
        _wrong_if(not finite, "nan where an answer is exactly 0 or 1: start with sigmoid(Z) - T, without dividing")
        far = {key for key in right if not _same(found[key], right[key])}
        _wrong_if(
            all(_same(found[key], 7 * right[key]) for key in right), "the mean is missing: divide by the number of examples"
        )
        _wrong_if(all(_same(found[key], -right[key]) for key in right), "the sign is turned: start with sigmoid(Z) - T")
        _wrong_if({"dW3", "db3"} & far, "the last layer is not right yet: its dZ is (sigmoid(Z) - T) / N")
        _wrong_if(far, "the last layer is right; below it dZ is W^T dZ of the layer above, where its ReLU was on")


@_exercise
def check_stability_limits(stability_limits):
    """Lesson 6: the largest stable learning rates of SGD and of Momentum among some curvatures."""
    curvatures, beta = np.array([3.0, 50.0, 8.0]), 0.8
    found = _answer(stability_limits, curvatures, beta)
    sgd, momentum = 2 / 50, 2 * (1 + beta) / 50
    _wrong_if(found.shape != (2,), "return two numbers: the limit of SGD, then that of Momentum")
    _wrong_if(
        _same(found, [2 / 3, 2 * (1 + beta) / 3]), "this is the gentlest direction's limit: the steepest one flies off first"
    )
    _wrong_if(_same(found, [momentum, sgd]), "turned around: SGD first, then Momentum")
    _wrong_if(
        _same(found, [sgd / 2, momentum / 2]), "half of it: at 1 / curvature a step ends at the bottom, at twice that it flies"
    )
    _wrong_if(_same(found, [sgd, 2 * (1 - beta) / 50]), "momentum's limit is higher than SGD's: the sign of beta is turned")
    _wrong_if(
        _same(found, [sgd, sgd / (1 - beta)]), "1 / (1 - beta) is the final speed on a slope; in a valley the limit grows less"
    )
    _wrong_if(_same(found, [sgd, 2 * (1 + beta) / (1 + 2 * beta) / 50]), "the second limit is Nesterov's: Momentum's is higher")
    _wrong_if(not _same(found[0], sgd), "SGD's limit is 2 / the largest curvature")
    _wrong_if(not _same(found[1], momentum), "SGD's limit is right; Momentum's is 1 + beta times as high")


@_exercise
def check_uncorrected_adam(uncorrected_adam):
    """Lesson 6: what Adam without bias correction subtracts at each step from one weight."""
    gradients, lr, beta1, beta2 = np.array([2.0, -1.0, 0.5, 3.0]), 0.1, 0.8, 0.95
    found = _answer(uncorrected_adam, gradients, lr, beta1, beta2)
    ages = np.arange(4)[:, None] - np.arange(4)  # how long ago each gradient came
    m, v = (np.tril((1 - b) * b ** np.maximum(ages, 0)) @ g for b, g in ((beta1, gradients), (beta2, gradients**2)))
    t = np.arange(1, 5)
    corrected = lr * m / (1 - beta1**t) / np.sqrt(v / (1 - beta2**t))
    right = lr * m / np.sqrt(v)
    _wrong_if(found.shape != gradients.shape, "return one number for each gradient")
    _wrong_if(_same(found, corrected), "this is Adam with its correction: leave the division by 1 - beta^t out")
    _wrong_if(_same(found, -right), "the sign is turned: return what is subtracted from the weight")
    _wrong_if(_same(found, lr * m / v), "the root over v is missing")
    _wrong_if(_same(found, right / lr), "lr is missing")
    _wrong_if(_same(found, lr * gradients / np.sqrt(v)), "this is RMSProp: above the line stands m, not the gradient")
    _wrong_if(
        _same(found, lr * m / (1 - beta1) / np.sqrt(v / (1 - beta2))), "m and v are averages: the new g counts 1 - beta of them"
    )
    _wrong_if(not _same(found[0], right[0]), "for a first gradient g it is lr (1 - beta1) g / sqrt((1 - beta2) g^2)")
    _wrong_if(not _same(found, right), "the first step is right; m and v must remember the gradients before")


@_exercise
def check_nesterov_step(nesterov_step):
    """Lesson 6: one step of Nesterov with theta as the look-ahead point, and the new m."""
    theta, m, g, lr, beta = np.array([1.0, -2.0]), np.array([0.5, 0.3]), np.array([-1.0, 4.0]), 0.1, 0.8
    found, new = _answer(nesterov_step, theta, m, g, lr, beta), beta * m + g
    _wrong_if(found.shape != (2, 2), "return two arrays: the new theta and the new m")
    right = theta - lr * (g + beta * new)
    _wrong_if(_same(found, [new, right]), "turned around: theta first, then m")
    _wrong_if(_same(found[1], beta * m + lr * g), "here lr stands outside of m: m = beta m + g")
    _wrong_if(not _same(found[1], new), "the new m is beta m + g")
    _wrong_if(_same(found[0], theta - lr * new), "this is plain momentum: look ahead by lr beta m once more, with the new m")
    _wrong_if(
        _same(found[0], theta - lr * (new + beta * new)), "too far: beta of the old m is walked already, theta stands there"
    )
    _wrong_if(_same(found[0], theta - lr * (g - beta * new)), "the sign in front of beta m is turned: look ahead, not back")
    _wrong_if(_same(found[0], theta + lr * (g + beta * new)), "the sign is turned: this is the way up")
    _wrong_if(_same(found[0], theta - (g + beta * new)), "lr is missing in the step of theta")
    _wrong_if(not _same(found[0], right), "the new m is right; theta moves by - lr (g + beta m)")


@_exercise
def check_uniform_limit(uniform_limit):
    """Lesson 5: the r for which U(-r, r) has Xavier's variance."""
    found, n_in, n_out = _answer(uniform_limit, 300, 100), 300, 100
    right = np.sqrt(6 / (n_in + n_out))
    _wrong_if(found.shape != (), "return one number")
    _wrong_if(_same(found, right / np.sqrt(3)), "this is Xavier's standard deviation: U(-r, r) has variance r^2 / 3")
    _wrong_if(_same(found, 2 * right), "this is the whole interval: it reaches from -r to r")
    _wrong_if(_same(found, right**2), "this is r^2: take its root")
    _wrong_if(_same(found, np.sqrt(3 / n_in)) or _same(found, np.sqrt(3 / n_out)), "Xavier looks both ways: n_in + n_out")
    _wrong_if(not _same(found, right), "solve r^2 / 3 = 2 / (n_in + n_out) for r")


@_exercise
def check_numerator(numerator):
    """Lesson 5: the c of Var w = c / n that keeps the second moment through an activation."""
    found = _answer(numerator, lambda z: np.maximum(z, 0))
    _wrong_if(found.shape != (), "return one number")
    _wrong_if(np.isclose(found, 0.5, rtol=0.03), "this is the share of the signal that is left: c makes up for it")
    _wrong_if(np.isclose(found, 2**0.5, rtol=0.03), "this is the root, a factor for the weights: the variance is asked for")
    _wrong_if(np.isclose(found, 2.934, rtol=0.03), "you took the variance: after ReLU the mean is not 0, so take the mean square")
    _wrong_if(np.isclose(found, 1, rtol=0.03), "every z counts, the negative ones too: they give 0")
    _wrong_if(not np.isclose(found, 2, rtol=0.03), "for ReLU it should be He's 2")
    found = _answer(numerator, np.tanh)
    _wrong_if(not np.isclose(found, 2.536, rtol=0.03), "right for ReLU; for tanh it should be 2.54: take f as it comes")


DISEASES = "dead ReLU", "plateau", "deep sigmoid", "explosion", "zero start"


@_exercise
def check_diagnosis(diagnosis, charts):
    """Lesson 5: a disease for each letter; charts[letter] = bars at the start, bars now, mean slopes with the output's last."""
    for letter, (start, now, slopes) in charts.items():
        name, hidden = diagnosis.get(letter), np.max(slopes[:-1])
        _wrong_if(name is None, "not answered yet" if not any(diagnosis.values()) else f"{letter} is not answered yet")
        _wrong_if(name not in DISEASES, f"{letter}: write one of {', '.join(DISEASES)}")
        if name in ("dead ReLU", "zero start"):
            _wrong_if(max(start) > 0, f"{letter}: {name} means bars of exactly 0, and here they stood at {max(start):.0e}")
        if name == "dead ReLU":
            _wrong_if(hidden > 0, f"{letter}: the slopes of dead units are 0, and here a layer has mean slope {hidden:.2f}")
        if name == "zero start":
            _wrong_if(hidden == 0, f"{letter}: at 0 a tanh still has slope 1, and here all hidden slopes are 0")
        if name == "explosion":
            _wrong_if(
                max(start) < 1, f"{letter}: an explosion starts far above 1, and here the highest bar starts at {max(start):.0e}"
            )
        if name == "deep sigmoid":
            _wrong_if(hidden > 0.25, f"{letter}: a sigmoid's slope is at most 1/4, and here a layer has mean slope {hidden:.2f}")
            _wrong_if(
                not 0 < start[0] < start[-1] / 100, f"{letter}: in a deep sigmoid network the bars slope, and here they do not"
            )
        if name == "plateau":
            _wrong_if(slopes[-1] > 0.1, f"{letter}: on a plateau the output's slope is small, and here it is {slopes[-1]:.2f}")
            _wrong_if(max(now) > max(start) / 10, f"{letter}: on a plateau all bars have sunk, and here they have not")


@_exercise
def check_cures(cures, recipes, accuracy_with):
    """Lesson 5: for each letter one line and its new value; accuracy_with(letter, line, value) trains with it."""
    _wrong_if(not any(cures.values()), "not answered yet")
    for letter, recipe in recipes.items():
        cure = cures.get(letter)
        _wrong_if(cure is None, f"{letter} is not answered yet")
        fits = isinstance(cure, tuple) and len(cure) == 2 and cure[0] in recipe
        _wrong_if(not fits, f'{letter}: write a line of its recipe and the new value, such as ("lr", 0.1)')
        reached = accuracy_with(letter, *cure)
        _wrong_if(reached < 0.25, f"{letter}: changing {cure[0]} leaves it sick, accuracy {reached:.2f}")


@_exercise
def check_count_parameters(count_parameters):
    """Lesson 7: weights and biases of an RNN and a Dense layer that reads its state."""
    found, matrices = _answer(count_parameters, 3, 5, 2, 7), 3 * 5 + 5 * 5 + 5 * 2
    _wrong_if(found.shape != (), "return one number")
    _wrong_if(_same(found, matrices), "the biases are missing: one for each number of the state and of the output")
    _wrong_if(_same(found, matrices + 5) or _same(found, matrices + 2), "one of the two biases is missing")
    _wrong_if(_same(found, matrices + 7 - 25), "W_h is missing: the old state has weights, too")
    _wrong_if(_same(found, matrices + 7 - 10 - 2), "the output layer is missing")
    shared = (7 * (matrices + 7), 7 * (matrices + 7 - 12) + 12)
    _wrong_if(any(_same(found, n) for n in shared), "the same weights serve every step: do not multiply by the steps")
    _wrong_if(not _same(found, matrices + 7), "3 numbers in, 5 of state, 2 out: W_x 15, W_h 25, b 5, and the output 10 + 2")


@_exercise
def check_set_and_reset(set_and_reset):
    """Lesson 7: one tanh unit, set by hand, that is above 1/2 from a set on until a reset."""
    theta = set_and_reset()
    _wrong_if(theta is None, "not answered yet")
    W_x, w_h, b = (np.ravel(np.asarray(part, float)) for part in theta)
    _wrong_if((W_x.size, w_h.size, b.size) != (2, 1, 1), "one unit, two inputs: W_x has 2 numbers, W_h 1 and b 1")

    def after(events):  # 0 nothing, 1 set, 2 reset; (T, ...)
        h = np.zeros(np.shape(events)[1:])
        for event in np.asarray(events):
            h = np.tanh(np.array([0, W_x[0], W_x[1]])[event] + w_h * h + b)
        return h > 0.5

    _wrong_if(after([0] * 30), "it is on before any set: with zeros only the state must stay below 1/2")
    _wrong_if(not after([1]), "a set does not lift the state above 1/2")
    _wrong_if(not after([1] + [0] * 30), "the set is forgotten after 30 zeros: the unit's weight on itself must be above 1")
    _wrong_if(after([1, 0, 0, 2]), "a reset does not bring the state below 1/2")
    _wrong_if(
        after([1, 2] + [0] * 30), "after a reset it comes back by itself: W_x must carry it over to the other resting place"
    )
    _wrong_if(not after([2, 0, 0, 1]), "a set after a reset does not lift the state above 1/2")
    events = np.arange(729) // 3 ** np.arange(6)[:, None] % 3
    last = np.zeros(729, int)
    for event in events:
        last = np.where(event > 0, event, last)
    right = np.sum(after(events) == (last == 1))
    _wrong_if(right < 729, f"{right} of the 729 sequences of six steps are right")


@_exercise
def check_to_the_start(to_the_start):
    """Lesson 7: a gradient carried from the last state of a tanh RNN to the first."""
    rng = np.random.default_rng(7)
    states, W_h, g = np.tanh(rng.normal(size=(5, 3))), rng.normal(size=(3, 3)), rng.normal(size=3)

    def back(order, W=W_h.T, slope=lambda h: 1 - h * h):
        carried = g
        for h in order:
            carried = (carried * slope(h)) @ W
        return carried

    found, last_first = _answer(to_the_start, g, states, W_h), states[:0:-1]
    _wrong_if(found.shape != g.shape, "return one number for each number of the state")
    _wrong_if(_same(found, back(last_first, slope=lambda h: 1)), "the slopes of tanh are missing: 1 - h^2 at every step")
    _wrong_if(_same(found, back(last_first, W=W_h)), "the way back goes through W_h turned over: W_h.T")
    _wrong_if(_same(found, back(states[1:])), "the order is turned: begin with the last step")
    _wrong_if(_same(found, back(states[::-1])), "one step too many: 5 states have 4 steps between them")
    _wrong_if(
        _same(found, back(states[-2::-1])), "the slope belongs to the state that a step makes, not to the one it starts from"
    )
    _wrong_if(_same(found, back(last_first, slope=lambda h: h)), "multiply by the slope 1 - h^2, not by the state")
    _wrong_if(not _same(found, back(last_first)), "not yet: for h in states[:0:-1], g becomes (g times the slope at h) W_h.T")


@_exercise
def check_parity(parity):
    """Lesson 7: two tanh units, set by hand, with h1 - h2 above 1 while the number of ones is odd."""
    theta = parity()
    _wrong_if(theta is None, "not answered yet")
    W_x, W_h, b = (np.asarray(part, float) for part in theta)
    _wrong_if(W_x.size != 2 or b.size != 2, "two units, one input: W_x and b have 2 numbers each")
    _wrong_if(W_h.shape != (2, 2), "two units that see each other: W_h is 2 by 2")

    def odd(bits):  # (T, N)
        h = np.zeros((len(bits[0]), 2))
        for x in np.asarray(bits):
            h = np.tanh(x[:, None] * np.ravel(W_x) + h @ W_h + np.ravel(b))
        return h[:, 0] - h[:, 1] > 1

    every = np.arange(256) >> np.arange(8)[:, None] & 1
    right = np.sum(odd(every) == every.sum(axis=0) % 2)
    _wrong_if(odd([[0]]) or not odd([[1]]), "one step: h1 - h2 should be above 1 after a 1, below 1 after a 0")
    _wrong_if(odd([[1], [1]]), "two ones are even: the second must bring h1 - h2 below 1")
    _wrong_if(not odd([[1], [0]]), "a 0 changes nothing: after 1, 0 the number of ones is still odd")
    _wrong_if(right < 256, f"{right} of the 256 sequences of eight steps are right")
