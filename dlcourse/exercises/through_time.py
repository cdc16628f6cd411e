"""The checks of lesson 13: a sum over steps, a forget bias, one length, gates set, a leaky unit."""

import numpy as np

from dlcourse.exercises.engine import BLANK, Exercise, judged, wrong_if

# --- 1. the gradient of W_h, summed over the steps


def summed(states, deltas, before=True, turned=False):
    """The sum over the steps of h^T delta, with the state before the step or after it."""
    h = states[:-1] if before else states[1:]
    return deltas.T @ h if turned else h.T @ deltas


def run_of(seed, steps, n_hidden):
    """Arguments of the exercise: states, the first 0, and the error signals of the steps."""
    rng = np.random.default_rng(seed)
    states = np.concatenate([np.zeros((1, n_hidden)), rng.uniform(-1, 1, (steps, n_hidden))])
    return states, rng.normal(0, 1, (steps, n_hidden))


check_sum_over_steps = Exercise(
    about="Lesson 13: the gradient of W_h from states (T + 1, H) and error signals (T, H).",
    given=[run_of(0, 3, 2), run_of(1, 5, 4)],
    right=summed,
    mistakes={
        "only the last step is left: every step adds its part": [
            lambda states, deltas: np.outer(states[-2], deltas[-1]),
        ],
        "only the last step is left, and its state is the new one: add, and take the old state": [
            lambda states, deltas: np.outer(states[-1], deltas[-1]),
        ],
        "the parts are added, but W_h multiplied the state before the step, not the new one": [
            lambda states, deltas: summed(states, deltas, before=False),
        ],
        "rows and columns are exchanged: the old state runs down, delta runs across": [
            lambda states, deltas: summed(states, deltas, turned=True),
            lambda states, deltas: summed(states, deltas, before=False, turned=True),
        ],
        "a sum over the steps, not a mean": [
            lambda states, deltas: summed(states, deltas) / len(deltas),
        ],
        "the last step is missing": [
            lambda states, deltas: states[:-2].T @ deltas[:-1],
        ],
    },
    shape="return an array (H, H), one number for each weight",
    otherwise="work the three steps of the lesson: for one unit the sum is δ₂ h₁ + δ₃ h₂",
)


# --- 2. the bias that leaves a share after so many steps

check_bias_for_share = Exercise(
    about="Lesson 13: the forget bias with which the memory alone hands back a share.",
    given=[(40, 0.5), (10, 0.1), (100, 0.9)],
    right=lambda steps, share: -np.log(share ** (-1 / steps) - 1),
    mistakes={
        "this is the gate f: which b has sigmoid(b) = f?": [
            lambda steps, share: share ** (1 / steps),
        ],
        "the sign is turned: a gate above one half needs a bias above 0": [
            lambda steps, share: np.log(share ** (-1 / steps) - 1),
        ],
        "f is multiplied with itself once for every step: take the root": [
            lambda steps, share: -np.log(1 / share - 1),
            lambda steps, share: -np.log(steps / share - 1),
            lambda steps, share: -np.log(1 / (share * steps) - 1),
        ],
        "log(f) is not the bias: log(f / (1 - f)) is": [
            lambda steps, share: np.log(share) / steps,
        ],
    },
    shape="return one number",
    otherwise="f to the power of steps is the share; from f to b leads log(f / (1 - f))",
)


# --- 3. two gradients, one length


def by_length(dw, db, max_norm):
    """Both gradients shortened by their common length."""
    length = np.sqrt(np.sum(dw**2) + np.sum(db**2))
    return np.array([dw, db]) * min(1.0, max_norm / length)


def each_by_its_own(dw, db, max_norm):
    """Each gradient shortened by its own length."""
    return [g * min(1.0, max_norm / np.linalg.norm(g)) for g in (dw, db)]


check_clip_both = Exercise(
    about="Lesson 13: two gradients, clipped by the length of both together.",
    given=[
        (np.array([3.0, -1.0]), np.array([4.0, 2.0]), 2.0),
        (np.array([0.3, 0.1, -0.2]), np.array([0.2, 0.4, 0.1]), 5.0),
        (np.array([0.2, -0.1]), np.array([30.0, 11.0]), 1.0),
        (np.array([1.2, 0.9]), np.array([1.6, -0.4]), 2.0),
    ],
    right=by_length,
    mistakes={
        "each is clipped for itself: their direction together turns": each_by_its_own,
        "this cuts number by number, by value": [
            lambda dw, db, max_norm: np.clip([dw, db], -max_norm, max_norm),
        ],
        "a gradient shorter than max_norm stays as it is": [
            lambda dw, db, max_norm: by_length(dw, db, 0.0 * max_norm + 1e-9) * max_norm / 1e-9,
        ],
        "the length is the root of the sum of squares": [
            lambda dw, db, max_norm: (
                np.array([dw, db]) * min(1.0, max_norm / (np.sum(dw**2) + np.sum(db**2)))
            ),
        ],
        "the length of both is not the sum of their lengths: square, add, then take the root": [
            lambda dw, db, max_norm: (
                np.array([dw, db]) * min(1.0, max_norm / (np.linalg.norm(dw) + np.linalg.norm(db)))
            ),
        ],
        "clipped to length 1, not to max_norm": [lambda dw, db, max_norm: by_length(dw, db, 1.0)],
    },
    shape="return both in one array, dw above db",
    otherwise="find the length of all numbers together, and shorten both by the same factor",
)


# --- 4. an LSTM unit that keeps the first mark


@judged
def check_keep_the_first(keep_the_first):
    """Lesson 13: one LSTM unit, set by hand, whose h has the sign of the first mark at the end."""
    theta = keep_the_first()
    wrong_if(theta is None, BLANK)
    W_x, W_h, b = (np.array(part, float) for part in theta)
    wrong_if(
        (W_x.shape, W_h.shape, b.shape) != ((2, 4), (1, 4), (4,)),
        "one unit, two inputs: W_x is (2, 4), W_h (1, 4) and b (4,), columns i f g o",
    )
    rng = np.random.default_rng(0)
    for steps in (1, 10, 200):
        h = c = np.zeros((50, 1))
        marks = rng.choice([-1.0, 1.0], (50, steps))
        for t in range(steps):
            x = np.column_stack([marks[:, t], np.full(50, float(t == 0))])
            z = x @ W_x + h @ W_h + b
            i, f, g, o = np.split(z, 4, axis=1)
            i, f, o = (1 / (1 + np.exp(-gate)) for gate in (i, f, o))
            c = f * c + i * np.tanh(g)
            h = o * np.tanh(c)
        right = np.sum(marks[:, :1] * h > 0)
        wrong_if(right < 50, f"after {steps} steps h has the first mark's sign in {right} of 50")
        large = np.sum(np.abs(h) > 0.5)
        wrong_if(large < 50, f"after {steps} steps h is further than 0.5 from 0 in {large} of 50")


# --- 5. a leaky unit


def leaky(dh, xs, a, of_step=lambda old, x: old - x, power=lambda a, left: a**left, sign=1.0):
    """dL/da of h_t = a h_(t-1) + (1 - a) x_t: the parts of all steps, each carried to the end."""
    h, total = 0.0, 0.0
    for t, x in enumerate(xs):
        total += sign * dh * power(a, len(xs) - 1 - t) * of_step(h, x)
        h = a * h + (1 - a) * x
    return total


check_leaky_gradient = Exercise(
    about="Lesson 13: dL/da of a leaky unit, from dL/dh at its last step.",
    given=[
        (2.0, np.array([1.0, -0.5, 0.3]), 0.8),
        (-0.7, np.array([0.4, 1.2, -0.9, 0.6, 0.1]), 0.6),
        (1.5, np.array([0.7]), 0.3),
    ],
    right=leaky,
    mistakes={
        "only the last step's part: a was used at every step": [
            lambda dh, xs, a: leaky(dh, xs, a, power=lambda a, left: float(left == 0)),
        ],
        "a part has to be carried to the last step: a factor a for each step in between": [
            lambda dh, xs, a: leaky(dh, xs, a, power=lambda a, left: 1.0),
        ],
        "one factor a too many: the last step's part has none, and it has the old h, not the new": [
            lambda dh, xs, a: leaky(dh, xs, a, power=lambda a, left: a ** (left + 1)),
            lambda dh, xs, a: leaky(dh, xs, a, of_step=lambda old, x: a * old + (1 - a) * x - x),
        ],
        "1 - a depends on a, too: each step's part is h - x, with the old h": [
            lambda dh, xs, a: leaky(dh, xs, a, of_step=lambda old, x: old),
            lambda dh, xs, a: leaky(dh, xs, a, of_step=lambda old, x: old + x),
        ],
        "the sign is turned": lambda dh, xs, a: leaky(dh, xs, a, sign=-1.0),
    },
    shape="return one number",
    otherwise="compare with nudging a by a millionth in both directions",
)
