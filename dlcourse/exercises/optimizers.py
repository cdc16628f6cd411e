"""The checks of lesson 6: a look ahead, Adam without correction, limits, a step of Nesterov."""

import numpy as np

from dlcourse.exercises.engine import Exercise


def two_point(ask, start=lambda w, m, beta: w):
    """An answer that asks for the gradient at ask(w, m, beta) and goes on by the new m."""

    def step(w, m, gradient, lr, beta):
        new = beta * m + lr * gradient(ask(w, m, beta))
        return start(w, m, beta) - new, new

    return step


def flat_valley(w):
    """The gradient of a valley with the curvatures 2, 5 and 1."""
    return w * np.array([2.0, 5.0, 1.0])


def steep_bowl(w):
    """The gradient of a bowl that is steeper far from its bottom."""
    return w**3


check_look_ahead_step = Exercise(
    about="Lesson 6: one step of Nesterov from where the ball is; gradient is a function.",
    given=[
        (np.array([1.0, -2.0, 0.5]), np.array([0.5, 0.3, -0.2]), flat_valley, 0.1, 0.8),
        (np.array([0.4, 1.5]), np.array([-0.3, 0.6]), steep_bowl, 0.05, 0.9),
    ],
    right=two_point(lambda w, m, beta: w - beta * m),
    mistakes={
        "the ball goes to w - m, so w + beta m lies behind it": two_point(
            lambda w, m, beta: w + beta * m
        ),
        "this is plain momentum: ask for the gradient where the ball is about to be": two_point(
            lambda w, m, beta: w
        ),
        "too far: friction leaves beta m of the last step, not m": two_point(
            lambda w, m, beta: w - m
        ),
        "the step starts at w, not at the place that was looked at": two_point(
            lambda w, m, beta: w - beta * m, lambda w, m, beta: w - beta * m
        ),
        "turned around: the new w first, then the new m": [
            lambda w, m, gradient, lr, beta: (
                beta * m + lr * gradient(w - beta * m),
                w - beta * m - lr * gradient(w - beta * m),
            ),
        ],
        "lr is missing": [
            lambda w, m, gradient, lr, beta: (
                w - beta * m - gradient(w - beta * m),
                beta * m + gradient(w - beta * m),
            ),
        ],
        "the sign in front of the new m is turned: this is the way up": [
            lambda w, m, gradient, lr, beta: (
                w + beta * m + lr * gradient(w - beta * m),
                beta * m + lr * gradient(w - beta * m),
            ),
        ],
    },
    shape="return two arrays: the new w and the new m",
    otherwise={
        "the new m is beta m + lr times the gradient at the place ahead": 1,
        "the new m is right; the new w is w less the new m": 0,
    },
)

check_stability_limits = Exercise(
    about="Lesson 6: the largest stable learning rates of SGD and Momentum among some curvatures.",
    given=[
        (np.array([3.0, 50.0, 8.0]), 0.8),
        (np.array([12.0, 0.5, 7.0, 1.0]), 0.5),
        (np.array([2, 5, 9]), 0.9),
    ],
    right=lambda c, beta: (2 / c.max(), 2 * (1 + beta) / c.max()),
    mistakes={
        "this is the gentlest direction's limit: the steepest one flies off first": [
            lambda c, beta: (2 / c.min(), 2 * (1 + beta) / c.min()),
        ],
        "turned around: SGD first, then Momentum": [
            lambda c, beta: (2 * (1 + beta) / c.max(), 2 / c.max()),
        ],
        "half of it: at 1 / curvature a step ends at the bottom, at twice that it flies": [
            lambda c, beta: (1 / c.max(), (1 + beta) / c.max()),
        ],
        "momentum's limit is higher than SGD's: the sign of beta is turned": [
            lambda c, beta: (2 / c.max(), 2 * (1 - beta) / c.max()),
        ],
        "1 / (1 - beta) is the final speed on a slope; in a valley the limit grows less": [
            lambda c, beta: (2 / c.max(), 2 / (1 - beta) / c.max()),
        ],
        "the second limit is Nesterov's: Momentum's is higher": [
            lambda c, beta: (2 / c.max(), 2 * (1 + beta) / (1 + 2 * beta) / c.max()),
        ],
    },
    shape="return two numbers: the limit of SGD, then that of Momentum",
    otherwise={
        "SGD's limit is 2 / the largest curvature": 0,
        "SGD's limit is right; Momentum's is 1 + beta times as high": 1,
    },
)


def adam(step):
    """An answer from one step as a function of m, v, g, lr, the two betas and the step's number."""

    def steps(gradients, lr, beta1, beta2):
        m, v, found = 0.0, 0.0, []
        for t, g in enumerate(gradients, 1):
            m = beta1 * m + (1 - beta1) * g
            v = beta2 * v + (1 - beta2) * g**2
            found.append(step(m, v, g, lr, beta1, beta2, t))
        return found

    return steps


def turned_betas(gradients, lr, beta1, beta2):
    """An answer with beta2 in m and beta1 in v."""
    steps = adam(lambda m, v, g, lr, b1, b2, t: lr * m / np.sqrt(v))
    return steps(gradients, lr, beta2, beta1)


check_uncorrected_adam = Exercise(
    about="Lesson 6: what Adam without bias correction subtracts at each step from one weight.",
    given=[
        (np.array([2.0, -1.0, 0.5, 3.0]), 0.1, 0.8, 0.95),
        (np.array([-30.0, 4.0, 4.0, -0.2, 11.0, 0.0]), 0.02, 0.9, 0.7),
    ],
    right=adam(lambda m, v, g, lr, b1, b2, t: lr * m / np.sqrt(v)),
    mistakes={
        "this is Adam with its correction: leave the division by 1 - beta^t out": [
            adam(lambda m, v, g, lr, b1, b2, t: lr * m / (1 - b1**t) / np.sqrt(v / (1 - b2**t))),
            adam(lambda m, v, g, lr, b1, b2, t: lr * m / (1 - b1**t) / np.sqrt(v)),
            adam(lambda m, v, g, lr, b1, b2, t: lr * m / np.sqrt(v / (1 - b2**t))),
        ],
        "the sign is turned: return what is subtracted from the weight": [
            adam(lambda m, v, g, lr, b1, b2, t: -lr * m / np.sqrt(v)),
        ],
        "the root over v is missing": adam(lambda m, v, g, lr, b1, b2, t: lr * m / v),
        "lr is missing": adam(lambda m, v, g, lr, b1, b2, t: m / np.sqrt(v)),
        "this is RMSProp: above the line stands m, not the gradient": [
            adam(lambda m, v, g, lr, b1, b2, t: lr * g / np.sqrt(v)),
        ],
        "this is m alone: it is divided by the root of v": [
            adam(lambda m, v, g, lr, b1, b2, t: lr * m),
        ],
        "m and v are averages: the new g counts 1 - beta of them": [
            adam(lambda m, v, g, lr, b1, b2, t: lr * m / (1 - b1) / np.sqrt(v / (1 - b2))),
            adam(lambda m, v, g, lr, b1, b2, t: lr * m / (1 - b1) / np.sqrt(v)),
            adam(lambda m, v, g, lr, b1, b2, t: lr * m / np.sqrt(v / (1 - b2))),
        ],
        "turned around: beta1 belongs to m, beta2 to v": turned_betas,
    },
    shape="return one number for each gradient",
    otherwise={
        "for a first gradient g it is lr (1 - beta1) g / sqrt((1 - beta2) g^2)": 0,
        "the first step is right; m and v must remember the gradients before": ...,
    },
)


def look_ahead(move):
    """An answer that moves theta by move(new m, m, g, lr, beta) and returns the right new m."""

    def step(theta, m, g, lr, beta):
        new = beta * m + g
        return theta + move(new, m, g, lr, beta), new

    return step


check_nesterov_step = Exercise(
    about="Lesson 6: one step of Nesterov with theta as the look-ahead point, and the new m.",
    given=[
        (np.array([1.0, -2.0]), np.array([0.5, 0.3]), np.array([-1.0, 4.0]), 0.1, 0.8),
        (
            np.array([0.4, 3.0, -0.7]),
            np.array([2.0, -1.0, 0.6]),
            np.array([0.3, 0.9, 2.0]),
            0.5,
            0.6,
        ),
    ],
    right=look_ahead(lambda new, m, g, lr, beta: -lr * (g + beta * new)),
    mistakes={
        "turned around: theta first, then m": [
            lambda theta, m, g, lr, beta: (
                beta * m + g,
                theta - lr * (g + beta * (beta * m + g)),
            ),
        ],
        "this is plain momentum: look ahead by lr beta m once more, with the new m": [
            look_ahead(lambda new, m, g, lr, beta: -lr * new),
        ],
        "too far: beta of the old m is walked already, theta stands there": [
            look_ahead(lambda new, m, g, lr, beta: -lr * (new + beta * new)),
        ],
        "the sign in front of beta m is turned: look ahead, not back": [
            look_ahead(lambda new, m, g, lr, beta: -lr * (g - beta * new)),
        ],
        "the sign is turned: this is the way up": [
            look_ahead(lambda new, m, g, lr, beta: lr * (g + beta * new)),
        ],
        "lr is missing in the step of theta": [
            look_ahead(lambda new, m, g, lr, beta: -(g + beta * new)),
        ],
    },
    shape="return two arrays: the new theta and the new m",
    otherwise={
        "the new m is beta m + g: here lr stands outside of m": 1,
        "the new m is right; theta moves by - lr (g + beta m)": 0,
    },
)
