"""The checks of the exercises: blank, right, and every mistake that they know by name."""

import numpy as np
import pytest

from dlcourse import exercises


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def weighted(dz, mean=True):
    """A gradient of lesson 1's second exercise from dL/dz as a function of p, t and c."""
    return lambda x, t, w, c: x.T @ dz(sigmoid(x @ w), t, c) / (len(x) if mean else 1)


def dictionary_gradients(X, T, parameters, last=lambda p, T: (p - T) / T.shape[1], relu=True):
    """Lesson 4's third exercise; `last` makes dZ of the last layer from the answers p."""
    L, A, found = len(parameters) // 2, [X], {}
    for k in range(1, L + 1):
        Z = parameters[f"W{k}"] @ A[-1] + parameters[f"b{k}"]
        A.append(np.maximum(Z, 0) if k < L else 0.5 * (1 + np.tanh(Z / 2)))
    dZ = last(A[L], T)
    for k in range(L, 0, -1):
        found |= {f"dW{k}": dZ @ A[k - 1].T, f"db{k}": dZ.sum(axis=1, keepdims=True)}
        dZ = (parameters[f"W{k}"].T @ dZ) * (A[k - 1] > 0 if relu else 1)
    return found


def log_softmax(z):
    z = z - z.max(axis=1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def naive_last(p, T):
    return -(T / p - (1 - T) / (1 - p)) * p * (1 - p) / T.shape[1]


def along(factor, total=np.prod):
    """An answer to lesson 3's first exercise from the factor of one layer."""
    return lambda slopes, weights: total([factor(s, W) for s, W in zip(slopes, weights, strict=True)])


def adam_steps(step):
    """An answer to lesson 6's second exercise: `step(m, v, lr, t, beta1, beta2, g)` from the running averages."""

    def answer(gradients, lr, beta1, beta2):
        m, v, steps = 0.0, 0.0, []
        for t, g in enumerate(gradients, 1):
            m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
            steps.append(step(m, v, lr, t, beta1, beta2, g))
        return np.array(steps)

    return answer


def look_ahead(step):
    """An answer to lesson 6's third exercise: theta moves by `step(new m, old m, g, lr, beta)`."""
    return lambda theta, m, g, lr, beta: (theta + step(beta * m + g, m, g, lr, beta), beta * m + g)


def carry(g, states, W, slope=lambda h: 1 - h * h):
    """A gradient carried back over the steps that made these states, one after the other: lesson 7's third exercise."""
    for h in states:
        g = (g * slope(h)) @ W
    return g


NOISE = np.random.default_rng(0).standard_normal(100_000)
level, steep, zero = np.full(6, 1e-2), np.geomspace(1e-5, 1e-2, 6), np.zeros(6)
CHARTS = {  # lesson 5's third exercise: bars at the start and now, mean slopes
    "A": (zero, zero, [0] * 5 + [1]),
    "B": (level, level / 300, [0.5] * 5 + [0.04]),
    "C": (steep, steep, [0.24] * 5 + [1]),
    "D": (1e4 * level, 1e9 * level, [0.5] * 5 + [1]),
    "E": (zero, zero, [1] * 6),
}
NAMED = dict(zip("ABCDE", exercises.DISEASES, strict=True))
WARD = {"A": {"lr": 0.003}}, lambda letter, line, value: value  # a toy: the rate is the accuracy


ANSWERS = {  # check: {the line it should print, or how that line begins: an answer}
    exercises.check_shapes: {
        "right": lambda: ((64, 20), (289,), (289, 20), (64, 1)),
        "not answered yet": lambda: None,
        "return four shapes: yours are 1": lambda: [(64, 20)],
        "the first:": lambda: [(64, 289), (289,), (289, 20), (64, 1)],
        "the second: axis 0": lambda: [(64, 20), 64, (289, 20), (64, 1)],
        "the second: without keepdims": lambda: [(64, 20), (1, 289), (289, 20), (64, 1)],
        "the second: the rows": lambda: [(64, 20), (64, 1), (289, 20), (64, 1)],
        "the third:": lambda: [(64, 20), (289,), (20, 289), (64, 1)],
        "the fourth: keepdims": lambda: [(64, 20), (289,), (289, 20), (64,)],
        "the fourth: axis 1": lambda: [(64, 20), (289,), (289, 20), (1, 20)],
        "your function stops with TypeError": lambda: 4,
    },
    exercises.check_mean_square: {
        "right": lambda p, t: np.mean((p - t.reshape(-1, 1)) ** 2),
        "not answered yet": lambda p, t: None,
        "return one number": lambda p, t: (p[:, 0] - t) ** 2,
        "this is the mean over 3 x 3": lambda p, t: np.mean((p - t) ** 2),
        "the mean is missing": lambda p, t: np.sum((p[:, 0] - t) ** 2),
        "the square is missing": lambda p, t: np.mean(p[:, 0] - t),
        "square each difference": lambda p, t: np.mean(p[:, 0] - t) ** 2,
        "not the number yet": lambda p, t: 7.0,
    },
    exercises.check_slope_of_L: {
        "right": lambda w, t: (w**2 - t) * 2 * w,
        "not answered yet": lambda w, t: None,
        "return one number": lambda w, t: [w**2 - t, 1, 2 * w],
        "this is dL/de": lambda w, t: w**2 - t,
        "this is du/dw": lambda w, t: 2 * w,
        "slopes along a chain": lambda w, t: w**2 - t + 1 + 2 * w,
        "twice too much": lambda w, t: 2 * (w**2 - t) * 2 * w,
        "half of it": lambda w, t: (w**2 - t) * w,
        "the sign is turned": lambda w, t: (t - w**2) * 2 * w,
        "this is L itself": lambda w, t: (w**2 - t) ** 2 / 2,
        "not the slope yet": lambda w, t: w,
    },
    exercises.check_log_of_product: {
        "right": lambda p: np.log(p).sum(),
        "not answered yet": lambda p: None,
        "return one number": np.log,
        "this is the product": np.prod,
        "the sign is turned": lambda p: -np.log(p).sum(),
        "this is the logarithm of the sum": lambda p: np.log(p.sum()),
        "this is the mean": lambda p: np.log(p).mean(),
        "another base": lambda p: np.log10(p).sum(),
        "not the number yet": lambda p: p.sum(),
        "right for three numbers; of 2000": lambda p: np.log(np.prod(p)),
        "right for three numbers, not": lambda p: np.log(np.maximum(np.prod(p), 1e-300)),
    },
    exercises.check_factor_per_step: {
        "right": lambda first, last, steps: (last / first) ** (1 / steps),
        "not answered yet": lambda first, last, steps: None,
        "return one number": lambda first, last, steps: [first, last],
        "this is the difference": lambda first, last, steps: (last - first) / steps,
        "this is the factor of all": lambda first, last, steps: last / first,
        "factors multiply": lambda first, last, steps: last / first / steps,
        "turned around": lambda first, last, steps: (first / last) ** (1 / steps),
        "this is the logarithm": lambda first, last, steps: np.log10(last / first) / steps,
        "one too many": lambda first, last, steps: (last / first) ** (1 / (steps + 1)),
        "not the factor yet": lambda first, last, steps: 0.5,
    },
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
    exercises.check_surprise_of_sign: {
        "right": lambda z, y: np.logaddexp(0, -y * z),
        "not answered yet": lambda z, y: None,
        "return one number for each example": lambda z, y: 0.0,
        "the sign is turned": lambda z, y: -np.logaddexp(0, -y * z),
        "the sign in front of y z": lambda z, y: np.logaddexp(0, y * z),
        "your formula ignores the label": lambda z, y: np.logaddexp(0, -z),
        "at z = 0 the surprise is": lambda z, y: z,
        "right for small z; at y z = -800 it overflows": lambda z, y: np.log(1 + np.exp(-y * z)),
        "right for small z; at y z = -800 the": lambda z, y: np.log(1 + np.exp(np.minimum(-y * z, 100))),
    },
    exercises.check_log_softmax: {
        "right": log_softmax,
        "not answered yet": lambda z: None,
        "return one number for each number": lambda z: z.sum(axis=1),
        "these are the probabilities": lambda z: np.exp(log_softmax(z)),
        "the sign is turned": lambda z: -log_softmax(z),
        "subtracting the largest": lambda z: z - z.max(axis=1, keepdims=True),
        "not the logarithm yet": lambda z: z,
        "right for small z; at z = 900": lambda z: np.log(np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)),
        "a class far behind": lambda z: np.log(np.exp(log_softmax(z))),
        "right for small z; with": lambda z: np.maximum(log_softmax(z), -700),
    },
    exercises.check_dictionary_gradients: {
        "right": dictionary_gradients,
        "not answered yet": lambda X, T, parameters: None,
        "return a dictionary": lambda X, T, parameters: parameters,
        "dW3 has shape": lambda *given: {key: value.T for key, value in dictionary_gradients(*given).items()},
        "nan where an answer": lambda *given: dictionary_gradients(*given, last=naive_last),
        "the mean is missing": lambda *given: dictionary_gradients(*given, last=lambda p, T: p - T),
        "the sign is turned": lambda *given: dictionary_gradients(*given, last=lambda p, T: (T - p) / 7),
        "the last layer is not right": lambda *given: dictionary_gradients(*given, last=lambda p, T: (p - T) * p * (1 - p) / 7),
        "the last layer is right; below": lambda *given: dictionary_gradients(*given, relu=False),
    },
    exercises.check_first_over_last: {
        "right": along(lambda s, W: s * np.sqrt(W.shape[1]) * W.std()),
        "not answered yet": lambda slopes, weights: None,
        "return one number": lambda slopes, weights: slopes,
        "the factors are multiplied": along(lambda s, W: s * np.sqrt(W.shape[1]) * W.std(), np.sum),
        "your product knows the slopes only": along(lambda s, W: s),
        "the way back adds up n_out": along(lambda s, W: s * np.sqrt(W.shape[0]) * W.std()),
        "random signs": along(lambda s, W: s * W.shape[1] * W.std()),
        "the square root goes over the variance": along(lambda s, W: s * np.sqrt(W.shape[1]) * W.var()),
        "this is last over first": along(lambda s, W: 1 / (s * np.sqrt(W.shape[1]) * W.std())),
        "one factor for each hidden layer": along(lambda s, W: 7 * s),
    },
    exercises.check_hard_tanh_backward: {
        "right": lambda dy, z: dy * (np.abs(z) < 1),
        "not answered yet": lambda dy, z: None,
        "return one number for each z": lambda dy, z: dy.sum(),
        "this is the slope": lambda dy, z: np.abs(z) < 1,
        "turned around": lambda dy, z: dy * (np.abs(z) > 1),
        "there are two corners": lambda dy, z: dy * (z < 1),
        "this is ReLU's": lambda dy, z: dy * (z > 0),
        "you multiplied by the value": lambda dy, z: dy * np.clip(z, -1, 1),
        "this is the slope of tanh": lambda dy, z: dy * (1 - np.tanh(z) ** 2),
        "dL/dz is dy where": lambda dy, z: dy,
    },
    exercises.check_level_std: {
        "right": lambda slope, width: 1 / (slope * np.sqrt(width)),
        "not answered yet": lambda slope, width: None,
        "return one number": lambda slope, width: [slope, width],
        "these weights level the sum": lambda slope, width: 1 / np.sqrt(width),
        "random signs": lambda slope, width: 1 / (slope * width),
        "a smaller slope needs": lambda slope, width: slope / np.sqrt(width),
        "this is the variance": lambda slope, width: 1 / (slope**2 * width),
        "solve slope": lambda slope, width: width,
    },
    exercises.check_stability_limits: {
        "right": lambda c, beta: (2 / c.max(), 2 * (1 + beta) / c.max()),
        "not answered yet": lambda c, beta: None,
        "return two numbers": lambda c, beta: 2 / c,
        "this is the gentlest": lambda c, beta: (2 / c.min(), 2 * (1 + beta) / c.min()),
        "turned around": lambda c, beta: (2 * (1 + beta) / c.max(), 2 / c.max()),
        "half of it": lambda c, beta: (1 / c.max(), (1 + beta) / c.max()),
        "momentum's limit is higher": lambda c, beta: (2 / c.max(), 2 * (1 - beta) / c.max()),
        "1 / (1 - beta) is the final speed": lambda c, beta: (2 / c.max(), 2 / (1 - beta) / c.max()),
        "the second limit is Nesterov's": lambda c, beta: (2 / c.max(), 2 * (1 + beta) / (1 + 2 * beta) / c.max()),
        "SGD's limit is right": lambda c, beta: (2 / c.max(), 2 / c.max()),
        "SGD's limit is 2": lambda c, beta: (1, 1),
    },
    exercises.check_uncorrected_adam: {
        "right": adam_steps(lambda m, v, lr, t, b1, b2, g: lr * m / np.sqrt(v)),
        "not answered yet": lambda gradients, lr, beta1, beta2: None,
        "return one number for each": lambda gradients, lr, beta1, beta2: lr,
        "this is Adam with": adam_steps(lambda m, v, lr, t, b1, b2, g: lr * m / (1 - b1**t) / np.sqrt(v / (1 - b2**t))),
        "the sign is turned": adam_steps(lambda m, v, lr, t, b1, b2, g: -lr * m / np.sqrt(v)),
        "the root over v": adam_steps(lambda m, v, lr, t, b1, b2, g: lr * m / v),
        "lr is missing": adam_steps(lambda m, v, lr, t, b1, b2, g: m / np.sqrt(v)),
        "this is RMSProp": adam_steps(lambda m, v, lr, t, b1, b2, g: lr * g / np.sqrt(v)),
        "m and v are averages": adam_steps(lambda m, v, lr, t, b1, b2, g: lr * m / (1 - b1) / np.sqrt(v / (1 - b2))),
        "the first step is right": lambda g, lr, beta1, beta2: lr * (1 - beta1) * g / np.sqrt((1 - beta2) * g**2),
        "for a first gradient": lambda gradients, lr, beta1, beta2: gradients,
    },
    exercises.check_nesterov_step: {
        "right": look_ahead(lambda new, m, g, lr, beta: -lr * (g + beta * new)),
        "not answered yet": lambda theta, m, g, lr, beta: None,
        "return two arrays": lambda theta, m, g, lr, beta: theta,
        "turned around": lambda theta, m, g, lr, beta: (beta * m + g, theta - lr * (g + beta * (beta * m + g))),
        "here lr stands outside": lambda theta, m, g, lr, beta: (theta, beta * m + lr * g),
        "the new m is beta m + g": lambda theta, m, g, lr, beta: (theta, m),
        "this is plain momentum": look_ahead(lambda new, m, g, lr, beta: -lr * new),
        "too far": look_ahead(lambda new, m, g, lr, beta: -lr * (1 + beta) * new),
        "the sign in front": look_ahead(lambda new, m, g, lr, beta: -lr * (g - beta * new)),
        "the sign is turned": look_ahead(lambda new, m, g, lr, beta: lr * (g + beta * new)),
        "lr is missing": look_ahead(lambda new, m, g, lr, beta: -(g + beta * new)),
        "the new m is right": look_ahead(lambda new, m, g, lr, beta: 0),
    },
    exercises.check_count_parameters: {
        "right": lambda d, h, k, steps: (d + h + 1) * h + (h + 1) * k,
        "not answered yet": lambda d, h, k, steps: None,
        "return one number": lambda d, h, k, steps: [d, h],
        "the biases are missing": lambda d, h, k, steps: (d + h + k) * h,
        "one of the two biases": lambda d, h, k, steps: (d + h + 1) * h + h * k,
        "W_h is missing": lambda d, h, k, steps: (d + 1) * h + (h + 1) * k,
        "the output layer is missing": lambda d, h, k, steps: (d + h + 1) * h,
        "the same weights serve every step": lambda d, h, k, steps: steps * (d + h + 1) * h + (h + 1) * k,
        "3 numbers in, 5 of state": lambda d, h, k, steps: d * h * k,
    },
    exercises.check_set_and_reset: {
        "right": lambda: ([[5.0], [-5.0]], [[2.0]], [0.0]),
        "not answered yet": lambda: None,
        "one unit, two inputs": lambda: ([5.0], [2.0], [0.0]),
        "it is on before any set": lambda: ([5.0, -5.0], 2.0, 0.5),
        "a set does not lift": lambda: ([-5.0, 5.0], 2.0, 0.0),
        "the set is forgotten": lambda: ([5.0, -5.0], 0.9, 0.0),
        "a reset does not bring": lambda: ([5.0, -0.2], 2.0, 0.0),
        "after a reset it comes back": lambda: ([5.0, -1.8], 2.0, 0.0),
        "a set after a reset": lambda: ([1.5, -5.0], 2.0, 0.0),
        "648 of the 729 sequences": lambda: ([5.73, -1.0], 2.3, -0.7),
    },
    exercises.check_to_the_start: {
        "right": lambda g, states, W_h: carry(g, states[:0:-1], W_h.T),
        "not answered yet": lambda g, states, W_h: None,
        "return one number for each": lambda g, states, W_h: 0.0,
        "the slopes of tanh are missing": lambda g, states, W_h: carry(g, states[:0:-1], W_h.T, lambda h: 1),
        "the way back goes through W_h turned over": lambda g, states, W_h: carry(g, states[:0:-1], W_h),
        "the order is turned": lambda g, states, W_h: carry(g, states[1:], W_h.T),
        "one step too many": lambda g, states, W_h: carry(g, states[::-1], W_h.T),
        "the slope belongs": lambda g, states, W_h: carry(g, states[-2::-1], W_h.T),
        "multiply by the slope": lambda g, states, W_h: carry(g, states[:0:-1], W_h.T, lambda h: h),
        "not yet: for h in": lambda g, states, W_h: g,
    },
    exercises.check_parity: {
        "right": lambda: ([[10.0, 10.0]], [[5.0, 5.0], [-5.0, -5.0]], [-5.0, -15.0]),
        "not answered yet": lambda: None,
        "two units, one input": lambda: ([10.0], [[5.0, 5.0], [-5.0, -5.0]], [-5.0, -15.0]),
        "two units that see each other": lambda: ([10.0, 10.0], [5.0, 5.0], [-5.0, -15.0]),
        "one step": lambda: ([10.0, 10.0], [[5.0, 5.0], [-5.0, -5.0]], [0.0, 0.0]),
        "two ones are even": lambda: ([10.0, 10.0], [[5.0, 5.0], [-5.0, -5.0]], [-5.0, -35.0]),
        "a 0 changes nothing": lambda: ([10.0, 10.0], [[-10.0, 0.0], [10.0, 0.0]], [-5.0, -15.0]),
        "136 of the 256 sequences": lambda: ([10.0, 10.0], [[10.0, 10.0], [-5.0, -10.0]], [-5.0, -20.0]),
    },
    exercises.check_uniform_limit: {
        "right": lambda n_in, n_out: np.sqrt(6 / (n_in + n_out)),
        "not answered yet": lambda n_in, n_out: None,
        "return one number": lambda n_in, n_out: [0.1, 0.1],
        "this is Xavier's standard deviation": lambda n_in, n_out: np.sqrt(2 / (n_in + n_out)),
        "this is the whole interval": lambda n_in, n_out: 2 * np.sqrt(6 / (n_in + n_out)),
        "this is r^2": lambda n_in, n_out: 6 / (n_in + n_out),
        "Xavier looks both ways": lambda n_in, n_out: np.sqrt(3 / n_in),
        "solve r^2 / 3": lambda n_in, n_out: 3 / (n_in + n_out),
    },
    exercises.check_numerator: {
        "right": lambda f: 1 / np.mean(f(NOISE) ** 2),
        "not answered yet": lambda f: None,
        "return one number": lambda f: f(NOISE),
        "this is the share": lambda f: np.mean(f(NOISE) ** 2),
        "this is the root": lambda f: np.mean(f(NOISE) ** 2) ** -0.5,
        "you took the variance": lambda f: 1 / np.var(f(NOISE)),
        "every z counts": lambda f: 1 / np.mean(f(np.abs(NOISE)) ** 2),
        "for ReLU it should be": lambda f: 1 / np.mean(f(NOISE)),
        "right for ReLU; for tanh": lambda f: 2,
    },
    exercises.check_diagnosis: {
        "right": (NAMED, CHARTS),
        "not answered yet": (dict.fromkeys(NAMED), CHARTS),
        "C is not answered yet": ({**NAMED, "C": None}, CHARTS),
        "A: write one of": ({**NAMED, "A": "dead"}, CHARTS),
        "C: dead ReLU means bars of exactly 0": ({**NAMED, "C": "dead ReLU"}, CHARTS),
        "E: the slopes of dead units are 0": ({**NAMED, "E": "dead ReLU"}, CHARTS),
        "A: at 0 a tanh still has slope 1": ({**NAMED, "A": "zero start"}, CHARTS),
        "C: an explosion starts far above 1": ({**NAMED, "C": "explosion"}, CHARTS),
        "B: a sigmoid's slope is at most 1/4": ({**NAMED, "B": "deep sigmoid"}, CHARTS),
        "A: in a deep sigmoid network the bars slope": ({**NAMED, "A": "deep sigmoid"}, CHARTS),
        "C: on a plateau the output's slope": ({**NAMED, "C": "plateau"}, CHARTS),
        "A: on a plateau all bars have sunk": ({"A": "plateau"}, {"A": (level, level, [0.5] * 5 + [0.04])}),
    },
    exercises.check_cures: {
        "right": ({"A": ("lr", 0.3)}, *WARD),
        "not answered yet": ({"A": None}, *WARD),
        "B is not answered yet": ({"A": ("lr", 0.3)}, {**WARD[0], "B": {"lr": 1}}, WARD[1]),
        "A: write a line": ({"A": "lr"}, *WARD),
        "A: changing lr leaves it sick": ({"A": ("lr", 0.03)}, *WARD),
    },
}
ROWS = [(check, line, answer) for check, answers in ANSWERS.items() for line, answer in answers.items()]


@pytest.mark.parametrize("check, line, answer", ROWS, ids=[f"{check.__name__}: {line}" for check, line, _ in ROWS])
def test_a_check_names_what_is_wrong(check, line, answer, capsys, monkeypatch):
    monkeypatch.delenv("DLCOURSE_STRICT", raising=False)
    answer = answer if isinstance(answer, tuple) else (answer,)
    check(*answer)
    printed = capsys.readouterr().out
    assert printed.startswith(line) and printed.count("\n") == 1 and printed.isascii()

    monkeypatch.setenv("DLCOURSE_STRICT", "1")
    if line == "right":
        check(*answer)
    else:
        with pytest.raises(AssertionError, match=check.__name__):
            check(*answer)


def test_every_check_is_tested():
    assert {name for name in vars(exercises) if name.startswith("check_")} == {check.__name__ for check in ANSWERS}


def test_an_answer_cannot_spoil_the_check_by_writing_into_its_arguments(capsys):
    def spoils(w, gradient, lr, strength):
        w -= lr * (gradient + strength * w)
        return w

    exercises.check_step_with_l2(spoils)
    assert capsys.readouterr().out == "right\n"
