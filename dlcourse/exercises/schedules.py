"""The checks of lesson 11: an exponential schedule, a ball, a time constant, up and then down."""

import numpy as np

from dlcourse.exercises.engine import Exercise


def rates(rate):
    """An answer from the rate of step t, a function of lr0, r, t and n_steps."""
    return lambda lr0, r, n_steps: [rate(lr0, r, t, n_steps) for t in range(n_steps)]


check_first_rates = Exercise(
    about="Lesson 11: the rates of the first steps of an exponential schedule.",
    given=[(0.4, 7, 5), (1.5, 3.0, 8)],
    right=rates(lambda lr0, r, t, n: lr0 * 10 ** (-t / r)),
    mistakes={
        "each rate starts from the one before, which has shrunk already: start from lr0": [
            rates(lambda lr0, r, t, n: lr0 * 10 ** (-t * (t + 1) / 2 / r)),
        ],
        "the first step is t = 0, at the full rate lr0": [
            rates(lambda lr0, r, t, n: lr0 * 10 ** (-(t + 1) / r)),
        ],
        "the sign of t / r is turned: these rates grow": [
            rates(lambda lr0, r, t, n: lr0 * 10 ** (t / r)),
        ],
        "the base is 10, not e": rates(lambda lr0, r, t, n: lr0 * np.exp(-t / r)),
        "this is the power schedule: 10 belongs under the power": [
            rates(lambda lr0, r, t, n: lr0 / (1 + t / r)),
        ],
        "lr0 is missing": rates(lambda lr0, r, t, n: 10 ** (-t / r)),
        "one rate too many: the last step is n_steps - 1": [
            lambda lr0, r, n: [lr0 * 10 ** (-t / r) for t in range(n + 1)],
        ],
    },
    shape="return one rate for each of the n_steps steps",
    otherwise="the rate of step t is lr0 times 10 to the power of -t / r",
)


def distance(V):
    """An answer from the mean square, a function of lr, curvature, s and N."""
    return lambda lr, c, s, N: np.sqrt(V(lr, c, s, N))


check_ball_of_a_batch = Exercise(
    about="Lesson 11: the typical distance from the bottom with batches of N examples.",
    given=[(0.3, 0.7, 2.0, 16), (0.05, 8.0, 0.6, 3), (0.9, 1.3, 1.7, 50)],
    right=distance(lambda lr, c, s, N: lr * s**2 / N / (c * (2 - lr * c))),
    mistakes={
        "this is the mean square: the distance is its root": [
            lambda lr, c, s, N: lr * s**2 / N / (c * (2 - lr * c)),
        ],
        "the batch is missing: the noise is s / sqrt(N)": [
            distance(lambda lr, c, s, N: lr * s**2 / (c * (2 - lr * c))),
        ],
        "the noise is s / sqrt(N), so its square is s**2 / N": [
            distance(lambda lr, c, s, N: lr * s**2 / N**2 / (c * (2 - lr * c))),
            distance(lambda lr, c, s, N: lr * s**2 / N**0.5 / (c * (2 - lr * c))),
        ],
        "the noise is squared, too: s**2 / N": [
            distance(lambda lr, c, s, N: lr * s / N / (c * (2 - lr * c))),
        ],
        "a larger batch makes the ball smaller, not larger": [
            distance(lambda lr, c, s, N: lr * s**2 * N / (c * (2 - lr * c))),
        ],
        "lr s**2 / (2 curvature) holds for small rates only; here it is 2 - lr curvature": [
            distance(lambda lr, c, s, N: lr * s**2 / N / (2 * c)),
        ],
        "this is the loss: half the curvature times the mean square": [
            lambda lr, c, s, N: lr * s**2 / N / (2 * (2 - lr * c)),
        ],
        "curvature is missing in front of 2 - lr curvature": [
            distance(lambda lr, c, s, N: lr * s**2 / N / (2 - lr * c)),
        ],
    },
    shape="return one number",
    otherwise="the root of lr s**2 / N, divided by curvature (2 - lr curvature)",
)

LN_10 = np.log(10)

check_needed_r = Exercise(
    about="Lesson 11: the time constant with which an exponential schedule does not starve.",
    given=[(0.2, 0.3, 0.01), (0.05, 2.0, 0.4)],
    right=lambda lr0, c, share: -np.log(share) * LN_10 / (c * lr0),
    mistakes={
        "the sign is turned: the logarithm of a share is negative": [
            lambda lr0, c, share: np.log(share) * LN_10 / (c * lr0),
        ],
        "ln 10 is on the wrong side: the sum of the rates is lr0 r / ln 10": [
            lambda lr0, c, share: -np.log(share) / LN_10 / (c * lr0),
        ],
        "ln 10 is missing, or np.log10 stands in the place of np.log": [
            lambda lr0, c, share: -np.log(share) / (c * lr0),
        ],
        "this is the sum of the rates that is needed: r is that times ln 10 / lr0": [
            lambda lr0, c, share: -np.log(share) / c,
        ],
        "share = e^(-curvature S), with base e: use np.log": [
            lambda lr0, c, share: -np.log2(share) * LN_10 / (c * lr0),
        ],
        "the curvature is missing, or on the wrong side: gentle directions need more": [
            lambda lr0, c, share: -np.log(share) * LN_10 / lr0,
            lambda lr0, c, share: -np.log(share) * LN_10 * c / lr0,
        ],
        "lr0 is missing, or on the wrong side: a smaller first rate needs more steps": [
            lambda lr0, c, share: -np.log(share) * LN_10 / c,
            lambda lr0, c, share: -np.log(share) * LN_10 * lr0 / c,
        ],
    },
    shape="return one number",
    otherwise="solve curvature lr0 r / ln 10 = -ln(share) for r",
    rtol=1e-3,
)


def half_a_cosine(share):
    """From 1 to 0 as the share goes from 0 to 1."""
    return (1 + np.cos(np.pi * share)) / 2


def up_then_down(t, lr0, n_warm, n_steps):
    """The right rates."""
    if t < n_warm:
        return lr0 * (t + 1) / n_warm
    return lr0 * half_a_cosine(min((t - n_warm) / (n_steps - n_warm), 1))


def with_start(start):
    """An answer whose first n_warm steps are start(t, lr0, n_warm, n_steps)."""

    def answer(t, lr0, n_warm, n_steps):
        made = start if t < n_warm else up_then_down
        return made(t, lr0, n_warm, n_steps)

    return answer


def with_end(end):
    """An answer that is end(t, lr0, n_warm, n_steps) from step n_warm on."""

    def answer(t, lr0, n_warm, n_steps):
        made = up_then_down if t < n_warm else end
        return made(t, lr0, n_warm, n_steps)

    return answer


check_up_then_down = Exercise(
    about="Lesson 11: a schedule that rises in a line and then falls in half a cosine.",
    given=[(t, 0.4, 4, 24) for t in (0, 2, 3, 4, 9, 23, 24, 31)] + [(7, 1.5, 10, 30)],
    right=up_then_down,
    mistakes={
        "this is warm_up(cosine): here the cosine begins where the warm-up ends": [
            lambda t, lr0, n, N: lr0 * half_a_cosine(min(t / N, 1)) * min(1, (t + 1) / n),
        ],
        "after the warm-up the cosine begins at lr0: count its steps from n_warm": [
            with_end(lambda t, lr0, n, N: lr0 * half_a_cosine(min(t / N, 1))),
        ],
        "the cosine has n_steps - n_warm steps, so that it ends at n_steps": [
            with_end(lambda t, lr0, n, N: lr0 * half_a_cosine(min((t - n) / N, 1))),
        ],
        "beyond n_steps the rate stays 0: this cosine comes up again": [
            with_end(lambda t, lr0, n, N: lr0 * half_a_cosine((t - n) / (N - n))),
        ],
        "the first step has 1 / n_warm of lr0, the step n_warm - 1 all of it": [
            with_start(lambda t, lr0, n, N: lr0 * t / n),
            with_start(lambda t, lr0, n, N: lr0 * (t + 1) / (n + 1)),
        ],
        "lr0 is missing": lambda t, lr0, n, N: up_then_down(t, 1, n, N),
        "the warm-up is missing": lambda t, lr0, n, N: up_then_down(max(t, n), lr0, n, N),
        "half a cosine is (1 + cos) / 2: the 2 is missing": [
            with_end(lambda t, lr0, n, N: 2 * up_then_down(t, lr0, n, N)),
        ],
    },
    shape="return one number, the rate of step t",
    otherwise="t < n_warm: (t + 1) / n_warm of lr0; then half a cosine to 0 at n_steps",
)
