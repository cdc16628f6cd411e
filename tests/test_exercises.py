"""The checks of the exercises: every right answer, every known mistake, and wrong answers' kin.

The checks that are data bring their mistakes with them; other right answers and other wrong ones
stand below, and so do the cases of the checks that are functions.
"""

import importlib
import inspect
import math
import pathlib

import numpy as np
import pytest

from dlcourse import exercises, gradcheck, initializers
from dlcourse.exercises import engine, initialization, shallow_network
from dlcourse.exercises.cross_entropy import log_softmax
from dlcourse.exercises.engine import Exercise

CHECKS = {name: check for name, check in vars(exercises).items() if name.startswith("check_")}
DATA = {name: check for name, check in CHECKS.items() if isinstance(check, Exercise)}
FUNCTIONS = {name: check for name, check in CHECKS.items() if name not in DATA}


@pytest.fixture(autouse=True)
def not_strict(monkeypatch):
    monkeypatch.delenv("DLCOURSE_STRICT", raising=False)


@pytest.fixture
def say(capsys):
    """What a check prints, without the end of its one line."""

    def said(check, *answers):
        assert check(*answers) is None
        printed = capsys.readouterr().out
        assert printed.endswith("\n") and printed.count("\n") == 1
        return printed[:-1]

    return said


def stages(check):
    """An exercise and those behind it."""
    while check:
        yield check
        check = check.then


def mistakes(check):
    """(sentence, formula) for each mistake of an exercise and of those behind it."""
    for stage in stages(check):
        for sentence, formulas in stage.mistakes.items():
            for formula in formulas if isinstance(formulas, list) else [formulas]:
                yield sentence, formula


# ---- the checks that are data

EACH = pytest.mark.parametrize("check", DATA.values(), ids=DATA)


@EACH
def test_the_right_formula_is_right_and_a_stub_is_not_answered_yet(check, say):
    assert say(check, check.right) == "right"
    assert say(check, lambda *given: None) == "not answered yet"


@EACH
def test_every_mistake_gets_its_own_sentence(check, say):
    for sentence, formula in mistakes(check):
        assert say(check, formula) == sentence


@EACH
def test_every_formula_of_a_mistake_runs(check):
    with np.errstate(all="ignore"):
        for _, formula in mistakes(check):
            assert isinstance(engine.numbers(formula, check.given[0]), np.ndarray)


@EACH
def test_an_exercise_asks_at_two_points_at_least(check):
    assert len(check.given) >= 2


@EACH
def test_other_shapes_and_other_numbers_get_their_sentences(check):
    for stage in stages(check):
        for made in ("words", [[1], [1, 2]], np.ones((2, 3, 4, 5)), {}):
            assert stage.verdict(lambda *given, made=made: made) == stage.shape
        parts = stage.otherwise
        for sentence, part in {parts: ...}.items() if isinstance(parts, str) else parts.items():

            def off(*given, stage=stage, part=part):
                made = np.array(stage.right(*given), float)
                if part is ...:
                    made.flat[-1] += 0.37
                else:
                    made[part] += 0.37
                return made

            assert stage.verdict(off) == sentence


@EACH
def test_an_answer_may_be_rounded_a_little(check, say):
    def times(factor):
        return lambda *given: np.array(check.right(*given), float) * factor

    assert say(check, times(1 + check.rtol / 10)) == "right"
    assert say(check, times(1 + check.rtol * 10)) != "right"


@EACH
def test_an_answer_that_raises_is_told_so(check, say):
    def stops(*given):
        raise ValueError("of δ\nand more")

    assert say(check, stops) == "your function stops with ValueError: of δ"
    assert say(check, lambda: None).startswith("your function stops with TypeError")


def overwrite(given):
    """Write into every array, in a list, too."""
    for one in given:
        if isinstance(one, list):
            overwrite(one)
        elif isinstance(one, np.ndarray):
            one[...] = 7


@EACH
def test_an_answer_cannot_spoil_the_check(check, say):
    """Neither by writing into what it is given, nor by returning the same array every time."""
    store = {}

    def spoils(*given):
        made = np.array(check.right(*given), float)
        overwrite(given)
        kept = store.setdefault(made.shape, made)
        kept[...] = made
        return kept

    assert say(check, spoils) == "right"
    assert say(check, spoils) == "right"


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def error_of(w, b, x, t):
    return sigmoid(x @ w + b) - t


def with_bias_by_loop(w, b, x, t):
    total = np.zeros(len(w) + 1)
    for example, label in zip(x, t, strict=True):
        total += (sigmoid(example @ w + b) - label) * np.append(example, 1)
    return list(total / len(x))


def with_bias_by_nudging(w, b, x, t):
    def loss(both):
        p = sigmoid(x @ both[:-1] + both[-1])
        return -np.mean(t * np.log(p) + (1 - t) * np.log(1 - p))

    both = np.append(w, b)
    return [(loss(both + e) - loss(both - e)) / 2e-6 for e in 1e-6 * np.eye(len(both))]


def in_place(w, gradient, lr, strength):
    w -= lr * (gradient + strength * w)
    return w


def layer_by_einsum(W, b, xs):
    return np.einsum("md,nd->nm", W, xs) + b


def layer_by_columns(W, b, xs):
    return (W @ xs.T + b.reshape(-1, 1)).T


def layer_by_broadcasting(W, b, xs):
    return (xs[:, None, :] * W).sum(axis=2) + b


def weighted_by_loop(w, x, t, c):
    total = np.zeros(len(w))
    for example, label in zip(x, t, strict=True):
        p = sigmoid(example @ w)
        total += example * (c * (p - 1) if label == 1 else p)
    return list(total / len(x))


def weighted_by_nudging(w, x, t, c):
    def loss(w):
        p = sigmoid(x @ w)
        return -np.mean(c * t * np.log(p) + (1 - t) * np.log(1 - p))

    return [(loss(w + e) - loss(w - e)) / 2e-6 for e in 1e-6 * np.eye(len(w))]


def ratio(gain):
    """An answer to lesson 3's first exercise from what one matrix does to the signal."""
    return lambda slopes, weights: np.prod(slopes) * np.prod([gain(W) for W in weights])


gain_by_spread = ratio(lambda W: np.sqrt(W.shape[1]) * np.std(W))


def surprise_by_cases(z, y):
    return [np.log1p(np.exp(-a)) if a > 0 else np.log1p(np.exp(a)) - a for a in z * y]


def softmax_by_rows(z):
    return [row - np.logaddexp.reduce(row) for row in z]


def adam_without_correction(gradients, lr, beta1, beta2):
    steps = []
    for t in range(1, len(gradients) + 1):
        ages = np.arange(t)[::-1]
        m = (1 - beta1) * np.sum(beta1**ages * gradients[:t])
        v = (1 - beta2) * np.sum(beta2**ages * gradients[:t] ** 2)
        steps.append(lr * m / (np.sqrt(v) + 1e-8))
    return steps


def look_ahead_by_copies(w, m, gradient, lr, beta):
    ahead = np.array(w) - beta * m
    m *= beta
    m += lr * gradient(ahead)
    return [list(w - m), m]


def nesterov_by_two_points(theta, m, g, lr, beta):
    w = theta + lr * beta * m  # where the ball is; theta looks ahead from there
    new = beta * m + g
    w = w - lr * new
    return [list(w - lr * beta * new), list(new)]


def nesterov_in_place(theta, m, g, lr, beta):
    m *= beta
    m += g
    theta -= lr * g
    theta -= lr * beta * m
    return theta, m


def back_by_matrices(g, states, W_h):
    for k in range(len(states) - 1, 0, -1):
        g = W_h @ np.diag(1 - states[k] ** 2) @ g
    return g


def states_by_one_matrix(xs, W_x, W_h, b):
    h, states, both = np.zeros(len(b)), [], np.concatenate([W_h, W_x])
    for x in xs:
        h = np.tanh(np.concatenate([h, x]) @ both + b)
        states.append(h.tolist())
    return np.array(states)


def elastic_by_cases(w, g, lr, a, b):
    """Each weight by itself: which side of 0 it ends on, or 0."""
    made = []
    for one, slope in zip(w, g, strict=True):
        v = one - lr * slope
        if v > lr * a:
            made.append((v - lr * a) / (1 + lr * b))
        elif v < -lr * a:
            made.append((v + lr * a) / (1 + lr * b))
        else:
            made.append(0.0)
    return made


def stop_by_slices(losses, patience):
    """The first epoch that is lower than all before it and than `patience` after it."""
    for k in range(len(losses)):
        behind = losses[k + 1 : k + 1 + patience]
        lowest = all(losses[k] < one for one in losses[:k])
        if lowest and all(losses[k] <= one for one in behind):
            return k + 1


def weights_of(sizes):
    """Weights and biases of a network."""
    return sum(a * b + b for a, b in zip(sizes[:-1], sizes[1:], strict=True))


def rows_back_by_matrices(dy, x_hat, spread):
    """Each row by its matrix of slopes: (1 - 1/M - x-hat x-hat^T / M) / spread."""
    m, made = dy.shape[1], []
    for slope, row, s in zip(dy, x_hat, spread, strict=True):
        made.append((np.eye(m) - 1 / m - np.outer(row, row) / m) @ slope / s)
    return made


def folded_by_probes(W, b, gamma, beta, mean, var, eps):
    """What the two layers make of 0 and of one input at a time."""

    def both(x):
        return gamma * (x @ W + b - mean) / np.sqrt(var + eps) + beta

    at_0 = both(np.zeros(len(W)))
    return np.vstack([both(np.eye(len(W))) - at_0, at_0])


def rates_by_factor(lr0, r, n_steps):
    made = [lr0]
    while len(made) < n_steps:
        made.append(made[-1] * 10 ** (-1 / r))
    return tuple(made)


def ball_by_steps(lr, curvature, s, N):
    """The mean square, step by step until it stands."""
    V = 0.0
    for _ in range(5000):
        V = (1 - lr * curvature) ** 2 * V + lr**2 * s**2 / N
    return V**0.5


def up_then_down_by_squares(t, lr0, n_warm, n_steps):
    if t >= n_steps:
        return 0.0
    if t >= n_warm:
        return lr0 * np.cos(np.pi / 2 * (t - n_warm) / (n_steps - n_warm)) ** 2
    return (t + 1) * lr0 / n_warm


def sum_over_steps(states, deltas):
    total = 0
    for t, delta in enumerate(deltas):
        total = total + states[t][:, None] * delta
    return total.tolist()


def clipped_together(dw, db, max_norm):
    both = np.concatenate([dw, db])
    length = np.linalg.norm(both)
    if length > max_norm:
        both = both / length * max_norm
    return both.reshape(2, -1)


def leaky_forward(dh, xs, a):
    """dh/da carried forward beside h: h' = a h + (1 - a) x, dh'/da = h - x + a dh/da."""
    h = slope = 0.0
    for x in xs:
        h, slope = a * h + (1 - a) * x, h - x + a * slope
    return dh * slope


def learning_by_network(sizes, thawed):
    weights = [(n_in + 1) * n_out for n_in, n_out in zip(sizes[:-1], sizes[1:], strict=True)]
    return sum(weights[::-1][: thawed + 1])


def faster_by_steps(frozen, upper, epochs):
    each_time, once = 0, frozen
    for _ in range(epochs):
        each_time += frozen + upper + 2 * upper
        once += upper + 2 * upper
    return each_time / once


def shared_by_two_steps(x, dz, W, dz_2, W_2, strength):
    dW = np.einsum("nd,nk,hk->dh", x, dz, W)
    return dW + strength * np.einsum("nd,nk,hk->dh", x, dz_2, W_2)


def moved_by_padding(picture, by):
    side = picture.shape[1]
    by = int(np.clip(by, -side, side))
    wide = np.pad(picture, ((0, 0), (side, side)))
    return wide[:, side - by : 2 * side - by]


def at_most_by_turns(k, n, q):
    chances = np.array([1.0])
    for _ in range(n):
        chances = np.convolve(chances, [1 - q, q])
    return chances[: k + 1].sum()


def brought_by_units(x, W1, b1, w2, b2):
    found = np.zeros(len(x) + 1)
    found[-1] = b2
    for j in range(len(w2)):
        if x @ W1[:, j] + b1[j] > 0:
            found[:-1] += x * W1[:, j] * w2[j]
            found[-1] += b1[j] * w2[j]
    return found


def brought_by_nudging(x, W1, b1, w2, b2):
    def answer(x):
        return np.maximum(x @ W1 + b1, 0) @ w2 + b2

    slopes = gradcheck.numerical_gradient(answer, x)
    return [*(x * slopes), answer(x) - x @ slopes]


def weighed_squares(a):
    return np.arange(len(a)) @ a**2 / (a**2).sum()


RIGHT = {  # other right answers
    "check_dead_units": [
        lambda z: z.max(axis=0) <= 0,
        lambda z: ~np.any(z > 0, axis=0),
        lambda z: np.sum(np.maximum(z, 0), axis=0) == 0,
        lambda z: [all(column <= 0) for column in z.T],
    ],
    "check_elu_slope": [
        lambda y, alpha: np.minimum(np.where(y > 0, 1, y + alpha), 1 + alpha),
        lambda y, alpha: np.where(y > 0, 1, alpha * (y / alpha + 1)),
        lambda y, alpha: (y > 0) + (y <= 0) * (y + alpha),
    ],
    "check_alphas_gradient": [
        lambda z, dy: np.sum(np.where(z < 0, z, 0) * dy, axis=0),
        lambda z, dy: np.einsum("nu,nu->u", dy, np.minimum(z, 0)),
        lambda z, dy: np.diag(dy.T @ np.minimum(z, 0)).tolist(),
    ],
    "check_leaky_std": [
        lambda alpha, n_in: (n_in * (1 + alpha**2) / 2) ** -0.5,
        lambda alpha, n_in: np.array(np.sqrt(2 / (n_in + n_in * alpha * alpha))),
    ],
    "check_mean_square": [
        lambda p, t: ((p - t[:, None]) ** 2).mean(),
        lambda p, t: float(sum((a - b) ** 2 for a, b in zip(p.ravel(), t, strict=True)) / len(t)),
        lambda p, t: np.linalg.norm(p.squeeze() - t) ** 2 / t.size,
        lambda p, t: np.diag((p - t) ** 2).mean(),
    ],
    "check_slope_of_L": [
        lambda w, t: 2 * w**3 - 2 * w * t,
        lambda w, t: np.array((w * w - t) * 1 * 2 * w),
        lambda w, t: (((w + 1e-6) ** 2 - t) ** 2 - ((w - 1e-6) ** 2 - t) ** 2) / 4e-6,
    ],
    "check_log_of_product": [
        lambda p: sum(np.log(p)),
        lambda p: len(p) * np.log(p).mean(),
        lambda p: np.log2(p).sum() * np.log(2),
    ],
    "check_factor_per_step": [
        lambda first, last, steps: np.exp(np.log(last / first) / steps),
        lambda first, last, steps: 10 ** ((np.log10(last) - np.log10(first)) / steps),
        lambda first, last, steps: np.geomspace(first, last, steps + 1)[1] / first,
    ],
    "check_gradient_with_bias": [
        lambda w, b, x, t: np.column_stack([x, np.ones(len(x))]).T @ error_of(w, b, x, t) / len(t),
        lambda w, b, x, t: np.append(
            (error_of(w, b, x, t) * x.T).mean(axis=1), error_of(w, b, x, t).mean()
        ),
        with_bias_by_loop,
        with_bias_by_nudging,
    ],
    "check_surprise_in_bits": [
        lambda p: np.log2(1 / p),
        lambda p: -np.log(p) / np.log(2),
        lambda p: [-np.log2(one) for one in p],
        lambda p: -np.log2(p + 1e-12),
    ],
    "check_weighted_gradient": [
        lambda w, x, t, c: x.T @ (np.where(t == 1, c, 1) * (sigmoid(x @ w) - t)) / len(t),
        lambda w, x, t, c: ((sigmoid(x @ w) - t) * (1 + (c - 1) * t) * x.T).mean(axis=1),
        weighted_by_loop,
        weighted_by_nudging,
    ],
    "check_step_with_l2": [
        in_place,
        lambda w, gradient, lr, strength: (1 - lr * strength) * w - lr * gradient,
        lambda w, gradient, lr, strength: list(w - lr * gradient - lr * strength * w),
    ],
    "check_layer_without_loop": [
        layer_by_einsum,
        layer_by_columns,
        layer_by_broadcasting,
        lambda W, b, xs: np.dot(xs, W.transpose()) + b,
        lambda W, b, xs: np.inner(xs, W) + b[None, :],
        lambda W, b, xs: (xs @ W.T + b).tolist(),
    ],
    "check_first_over_last": [
        gain_by_spread,
        ratio(lambda W: np.sqrt(W.shape[1] * np.mean(W**2))),
        ratio(lambda W: np.linalg.norm(W) / np.sqrt(len(W))),
        ratio(lambda W: np.sqrt(W.shape[1] * W.var())),
        ratio(lambda W: np.sqrt(W.shape[1]) * W.std(ddof=1)),
        ratio(lambda W: np.sqrt(np.trace(W @ W.T) / len(W))),
    ],
    "check_hard_tanh_backward": [
        lambda dy, z: np.where((z > -1) & (z < 1), dy, 0),
        lambda dy, z: dy * (z**2 < 1),
        lambda dy, z: (dy * ((-1 < z) * (z < 1))).tolist(),
    ],
    "check_level_std": [
        lambda slope, width: (slope**2 * width) ** -0.5,
        lambda slope, width: np.array(width**-0.5 / slope),
    ],
    "check_softmax_of_rows": [
        lambda z: np.exp(softmax_by_rows(z)),
        lambda z: np.exp(z - np.logaddexp.reduce(z, axis=1)[:, None]),
        lambda z: np.exp(log_softmax(z + 7)).tolist(),
    ],
    "check_bias_for": [
        lambda share: -np.log(1 / share - 1),
        lambda share: np.log(share) - np.log1p(-share),
        lambda share: np.array(2 * np.arctanh(2 * share - 1)),
    ],
    "check_surprise_of_sign": [
        lambda z, y: np.maximum(-y * z, 0) + np.log1p(np.exp(-np.abs(z))),
        surprise_by_cases,
        lambda z, y: -np.minimum(y * z, 0) - np.log(sigmoid(np.abs(y * z))),
        lambda z, y: np.logaddexp(0, z) - (y + 1) / 2 * z,
    ],
    "check_log_softmax": [
        softmax_by_rows,
        lambda z: z - np.logaddexp.reduce(z, axis=1)[:, None],
        lambda z: log_softmax(z - z.min(axis=1, keepdims=True)),
    ],
    "check_uniform_limit": [
        lambda n_in, n_out: 6**0.5 / (n_in + n_out) ** 0.5,
        lambda n_in, n_out: np.sqrt(3) * np.sqrt(2 / (n_in + n_out)),
        lambda n_in, n_out: (3 / np.mean([n_in, n_out])) ** 0.5,
    ],
    "check_look_ahead_step": [look_ahead_by_copies],
    "check_stability_limits": [
        lambda c, beta: [2 / max(c), (2 + 2 * beta) / max(c)],
        lambda c, beta: np.array([1, 1 + beta]) * np.min(2 / c),
        lambda c, beta: (2 / np.sort(c)[-1], 2 / np.sort(c)[-1] * (1 + beta)),
    ],
    "check_uncorrected_adam": [adam_without_correction],
    "check_nesterov_step": [nesterov_by_two_points, nesterov_in_place],
    "check_strength_for_half": [
        lambda lr, steps: (1 - np.exp(np.log(0.5) / steps)) / lr,
        lambda lr, steps: 1 / lr - 2 ** (-1 / steps) / lr,
    ],
    "check_elastic_step": [
        elastic_by_cases,
        lambda w, g, lr, a, b: (
            (np.clip(w - lr * g - lr * a, 0, None) + np.clip(w - lr * g + lr * a, None, 0))
            / (1 + lr * b)
        ),
    ],
    "check_stop_epoch": [stop_by_slices],
    "check_count_straight": [
        lambda y: int(np.sum(~np.isclose(np.diff(y, 2), 0, atol=1e-9))) + 1,
        lambda y: 1.0 + np.count_nonzero(np.round(np.diff(np.diff(y)), 8)),
    ],
    "check_wide_as": [
        lambda s: max(n for n in range(1, 99) if (s[0] + 1 + s[-1]) * n + s[-1] <= weights_of(s)),
        lambda s: int((weights_of(s) - s[-1]) / (s[0] + s[-1] + 1)),
    ],
    "check_zigzag": [
        lambda x, n: np.abs((n * x + 1) % 2 - 1),
        lambda x, n: 2 / np.pi * np.arcsin(np.abs(np.sin(np.pi * n * x / 2))),
    ],
    "check_normalized": [
        lambda x, eps: (x - x.mean(axis=0)) * (x.var(axis=0) + eps) ** -0.5,
        lambda x, eps: [
            [(a - np.mean(c)) / (np.var(c) + eps) ** 0.5 for a, c in zip(row, x.T, strict=True)]
            for row in x
        ],
    ],
    "check_share_arrived": [
        lambda momentum, k: (1 - momentum) * sum(momentum**j for j in range(k)),
        lambda momentum, k: -np.expm1(k * np.log(momentum)),
    ],
    "check_folded": [folded_by_probes],
    "check_row_norm_backward": [rows_back_by_matrices],
    "check_first_rates": [
        rates_by_factor,
        lambda lr0, r, n_steps: lr0 * np.exp(-np.log(10) * np.arange(n_steps) / r),
    ],
    "check_ball_of_a_batch": [ball_by_steps],
    "check_needed_r": [
        lambda lr0, curvature, share: np.log(1 / share) * np.log(10) / lr0 / curvature,
        lambda lr0, curvature, share: np.log(10) ** 2 * np.log10(1 / share) / lr0 / curvature,
    ],
    "check_up_then_down": [up_then_down_by_squares],
    "check_frozen_backward": [
        lambda dy, y, W: np.einsum("nm,dm->nd", dy - dy * y * y, W),
    ],
    "check_count_learning": [learning_by_network],
    "check_times_as_fast": [faster_by_steps],
    "check_shared_gradient": [shared_by_two_steps],
    "check_sum_over_steps": [
        sum_over_steps,
        lambda states, deltas: np.einsum("th,tk->hk", states[: len(deltas)], deltas),
    ],
    "check_bias_for_share": [
        lambda steps, share: np.log(share ** (1 / steps) / (1 - share ** (1 / steps))),
        lambda steps, share: np.log(share) / steps - np.log(-np.expm1(np.log(share) / steps)),
    ],
    "check_clip_both": [clipped_together],
    "check_leaky_gradient": [leaky_forward],
    "check_read_sequence": [states_by_one_matrix],
    "check_count_parameters": [
        lambda d, h, k, steps: d * h + h * h + h + h * k + k,
        lambda d, h, k, steps: sum(np.zeros(s).size for s in ((d, h), (h, h), h, (h, k), k)),
        lambda d, h, k, steps: float((d + h + 1 + k) * h + k),
    ],
    "check_to_the_start": [back_by_matrices],
    "check_centre_of": [
        lambda a: np.average(np.arange(len(a)), weights=a),
        lambda a: sum(k * ink for k, ink in enumerate(a)) / sum(a),
    ],
    "check_moved_right": [
        lambda p, by: moved_by_padding(p, by),
        lambda p, by: [
            [row[k - by] if 0 <= k - by < len(row) else 0 for k in range(len(row))] for row in p
        ],
    ],
    "check_at_most": [
        lambda k, n, q: (
            1 - sum(math.comb(n, j) * q**j * (1 - q) ** (n - j) for j in range(k + 1, n + 1))
        ),
        lambda k, n, q: at_most_by_turns(k, n, q),
    ],
    "check_brought": [
        lambda x, W1, b1, w2, b2: brought_by_units(x, W1, b1, w2, b2),
        lambda x, W1, b1, w2, b2: brought_by_nudging(x, W1, b1, w2, b2),
    ],
}


@pytest.mark.parametrize("name", RIGHT)
def test_other_right_answers_are_right(name, say):
    for answer in RIGHT[name]:
        assert say(DATA[name], answer) == "right", inspect.getsource(answer)


WRONG = {  # wrong answers that no sentence names; some are right where numbers happen to agree
    "check_dead_units": [
        lambda z: z[0] <= 0,
        lambda z: z.mean(axis=0) <= 0,
        lambda z: np.all(z <= -0.25, axis=0),
        lambda z: z <= 0,
        lambda z: np.all(z <= 0),
    ],
    "check_elu_slope": [
        lambda y, alpha: np.where(y > 0, 1, np.exp(y)),
        lambda y, alpha: np.where(y > 0, 1, y - alpha),
        lambda y, alpha: np.where(y > 0, alpha, y + alpha),
        lambda y, alpha: y[0] + alpha,
    ],
    "check_alphas_gradient": [
        lambda z, dy: np.sum(dy * np.abs(np.minimum(z, 0)) ** 2, axis=0),
        lambda z, dy: dy * np.minimum(z, 0),
        lambda z, dy: np.sum(np.minimum(dy, 0) * z, axis=0),
        lambda z, dy: 0.25 * np.sum(dy * np.minimum(z, 0), axis=0),
    ],
    "check_leaky_std": [
        lambda alpha, n_in: np.sqrt(2 / (1 + alpha**2)) / n_in,
        lambda alpha, n_in: np.sqrt(2 / ((1 - alpha**2) * n_in)) if alpha < 1 else 1.0,
        lambda alpha, n_in: np.sqrt(2 / n_in) / (1 + alpha**2),
        lambda alpha, n_in: 0.2,
    ],
    "check_count_straight": [
        lambda y: 2,
        lambda y: len(y),
        lambda y: 2 + np.sum(np.abs(np.diff(np.diff(y))) > 1e-9),
    ],
    "check_wide_as": [lambda s: max(s), lambda s: s[1] * len(s), lambda s: weights_of(s)],
    "check_zigzag": [
        lambda x, n: (n * x) % 1,
        lambda x, n: np.abs((n * x + 1) % 2 - 1) ** 2,
        lambda x, n: np.sin(np.pi * n * x / 2) ** 2,
    ],
    "check_mean_square": [
        lambda p, t: np.mean((p[:, 0] - t) ** 2) / 2,
        lambda p, t: np.sum((p[:, 0] - t) ** 2) / 3,
        lambda p, t: np.mean(p[:, 0] ** 2 - 2 * p[:, 0] * t + t),
        lambda p, t: np.mean((p - np.mean(t)) ** 2),
        lambda p, t: np.median((p[:, 0] - t) ** 2),
        lambda p, t: np.var(p[:, 0] - t),
    ],
    "check_slope_of_L": [
        lambda w, t: 2 * w * (w**2 - 1),
        lambda w, t: 2 * w * (w**2 - t**2),
        lambda w, t: t * 2 * w * (w**2 - t),
        lambda w, t: 3 * (w**2 - t),
        lambda w, t: 2 * abs(w) * (w**2 - t),
        lambda w, t: 2 * w * (w**2 - abs(t)),
        lambda w, t: (w - t) * 2 * w,
    ],
    "check_log_of_product": [
        lambda p: np.log(np.maximum(p, 0.1)).sum(),
        lambda p: np.log(np.maximum(p, 1e-3)).sum(),
        lambda p: np.log(np.maximum(np.prod(p), 1e-300)),
        lambda p: np.log(np.longdouble(p).prod()),
        lambda p: len(p) * np.log(p[0]),
        lambda p: 3 * np.log(p).mean(),
        lambda p: np.log1p(-p).sum(),
    ],
    "check_factor_per_step": [
        lambda first, last, steps: last ** (1 / steps),
        lambda first, last, steps: (last / first) ** (1 / 8),
        lambda first, last, steps: (last / first) ** (1 / (steps - 1)),
        lambda first, last, steps: 1 - (last / first) ** (1 / steps),
        lambda first, last, steps: first * (last / first) ** (1 / steps),
    ],
    "check_gradient_with_bias": [
        lambda w, b, x, t: np.append(x.T @ error_of(w, b, x, t) / len(x), 0),
        lambda w, b, x, t: np.append(x.T @ error_of(w, b, x, t) / 4, error_of(w, b, x, t).mean()),
        lambda w, b, x, t: np.append(x.T @ error_of(w, b, x, t) / len(x), error_of(w, b, x, t)[0]),
        lambda w, b, x, t: np.append(w, b) - with_bias_by_loop(w, b, x, t),
    ],
    "check_surprise_in_bits": [
        lambda p: -np.log2(np.maximum(p, 0.1)),
        lambda p: -np.log2(np.maximum(p, 1e-4)),
        lambda p: np.ceil(-np.log2(p)),
        lambda p: -p * np.log2(p),
        lambda p: 1 / p - 1,
    ],
    "check_weighted_gradient": [
        lambda w, x, t, c: x.T @ (np.where(t == 1, 10, 1) * (sigmoid(x @ w) - t)) / len(t),
        lambda w, x, t, c: x.T @ (np.where(t == 1, c, 1) * (sigmoid(x @ w) - t)) / 4,
        lambda w, x, t, c: x.T @ (np.where(t == 1, c, 1) * (sigmoid(x @ w) - t)) / sum(t),
        lambda w, x, t, c: x.T @ (c * sigmoid(x @ w) - t) / len(t),
        lambda w, x, t, c: x.T @ (sigmoid(x @ w) - c * t) / len(t),
    ],
    "check_step_with_l2": [
        lambda w, gradient, lr, strength: (w - lr * gradient) / (1 + lr * strength),
        lambda w, gradient, lr, strength: (w - lr * gradient) * (1 - lr * strength),
        lambda w, gradient, lr, strength: w - lr * (gradient + strength * np.abs(w)),
        lambda w, gradient, lr, strength: w - lr * (gradient + strength / 2 * w**2),
        lambda w, gradient, lr, strength: w - lr * (gradient + strength),
    ],
    "check_layer_without_loop": [
        lambda W, b, xs: xs @ W.T - b,
        lambda W, b, xs: (W @ xs.T).reshape(len(xs), -1) + b,
        lambda W, b, xs: np.array([W @ x + b for x in xs]),
        lambda W, b, xs: np.array(list(map(lambda x: W @ x + b, xs))),
        lambda W, b, xs: np.apply_along_axis(lambda x: W @ x + b, 1, xs),
        lambda W, b, xs: np.vstack(tuple(W @ x + b for x in xs)),
    ],
    "check_first_over_last": [
        ratio(lambda W: np.std(W)),
        ratio(lambda W: np.sqrt(W.shape[1]) * np.abs(W).mean()),
        ratio(lambda W: np.sqrt(sum(W.shape) / 2) * np.std(W)),
        ratio(lambda W: np.linalg.norm(W)),
        ratio(lambda W: np.linalg.norm(W) / np.sqrt(W.shape[1])),
        ratio(lambda W: np.linalg.norm(W, 2)),
        lambda slopes, weights: gain_by_spread(slopes, weights[1:]),
        lambda slopes, weights: gain_by_spread(slopes[:-1], weights),
    ],
    "check_hard_tanh_backward": [
        lambda dy, z: dy,
        lambda dy, z: dy * (z > -1),
        lambda dy, z: dy * (np.abs(z) < 1) * (z != 0),
        lambda dy, z: dy * (np.abs(z) < 1.2),
        lambda dy, z: np.clip(dy, -1, 1) * (np.abs(z) < 1),
        lambda dy, z: np.abs(dy) * (np.abs(z) < 1),
    ],
    "check_level_std": [
        lambda slope, width: 5 / np.sqrt(width),
        lambda slope, width: 1 / (8 * slope),
        lambda slope, width: np.sqrt(width) / slope,
        lambda slope, width: np.sqrt(slope / width),
        lambda slope, width: slope * np.sqrt(width),
    ],
    "check_softmax_of_rows": [
        lambda z: z,
        lambda z: np.exp(log_softmax(z.T).T),
        lambda z: np.exp(log_softmax(z.ravel()[None, :]).reshape(z.shape)),
        lambda z: 2.0 ** (z - z.max(axis=1, keepdims=True)),
        lambda z: np.exp(log_softmax(2 * z)),
        lambda z: np.exp(log_softmax(np.minimum(z, 700))),
    ],
    "check_bias_for": [
        lambda share: 2 * share - 1,
        lambda share: -np.log(1 - share),
        lambda share: np.log2(share / (1 - share)),
        lambda share: -3.22,
    ],
    "check_surprise_of_sign": [
        lambda z, y: np.abs(z) + np.log1p(np.exp(-np.abs(z))),
        lambda z, y: -y * z + np.log1p(np.exp(y * z)),
        lambda z, y: np.log1p(np.exp(np.minimum(-y * z, 100))),
        lambda z, y: -np.log(sigmoid(y * z) + 1e-12),
        lambda z, y: np.logaddexp(0, -y * z) / np.log(2),
        lambda z, y: np.maximum(-y * z, 0),
        lambda z, y: (1 - y * z) ** 2,
    ],
    "check_log_softmax": [
        lambda z: z,
        lambda z: np.maximum(log_softmax(z), -700),
        lambda z: np.nan_to_num(np.log(np.exp(log_softmax(z)))),
        lambda z: log_softmax(z.T).T,
        lambda z: log_softmax(z.ravel()[None, :]).reshape(z.shape),
        lambda z: log_softmax(z) / np.log(2),
        lambda z: log_softmax(z) - log_softmax(z).max(axis=1, keepdims=True),
    ],
    "check_uniform_limit": [
        lambda n_in, n_out: 3 / (n_in + n_out),
        lambda n_in, n_out: np.sqrt(12 / (n_in + n_out)),
        lambda n_in, n_out: np.sqrt(6 / n_in + n_out),
        lambda n_in, n_out: np.sqrt(3 / np.sqrt(n_in * n_out)),
        lambda n_in, n_out: np.sqrt(6 / 400),
    ],
    "check_look_ahead_step": [
        lambda w, m, gradient, lr, beta: (w - lr * gradient(w - beta * m), m),
        lambda w, m, gradient, lr, beta: (w, beta * m + lr * gradient(w - beta * m)),
        lambda w, m, gradient, lr, beta: (w - beta * m, beta * m),
        lambda w, m, gradient, lr, beta: (
            w - beta * m - lr * gradient(w - lr * beta * m),
            beta * m + lr * gradient(w - lr * beta * m),
        ),
    ],
    "check_stability_limits": [
        lambda c, beta: (2 / c[0], 2 * (1 + beta) / c[0]),
        lambda c, beta: (2 / c[1], 2 * (1 + beta) / c[1]),
        lambda c, beta: (2 / c[-1], 2 * (1 + beta) / c[-1]),
        lambda c, beta: (2 / c.mean(), 2 * (1 + beta) / c.mean()),
        lambda c, beta: (2 / c.sum(), 2 * (1 + beta) / c.sum()),
        lambda c, beta: (2 / c.max(), 3.6 / c.max()),
        lambda c, beta: (2 / c.max(), 2 * (1 + beta**2) / c.max()),
    ],
    "check_uncorrected_adam": [
        lambda g, lr, beta1, beta2: lr * (1 - beta1) * g / np.sqrt((1 - beta2) * g**2),
        lambda g, lr, beta1, beta2: lr * g,
        lambda g, lr, beta1, beta2: lr * np.sign(g),
        lambda g, lr, beta1, beta2: lr * np.cumsum(g) / np.sqrt(np.cumsum(g**2)),
    ],
    "check_nesterov_step": [
        lambda theta, m, g, lr, beta: (theta - lr * (g + beta * m), beta * m + g),
        lambda theta, m, g, lr, beta: (theta - lr * (g + beta * m), m),
        lambda theta, m, g, lr, beta: (theta, beta * m + lr * g),
        lambda theta, m, g, lr, beta: (theta - lr * (1 + beta) * g, beta * m + g),
        lambda theta, m, g, lr, beta: (theta, beta * m + (1 - beta) * g),
    ],
    "check_strength_for_half": [
        lambda lr, steps: 0.5 ** (1 / steps) / lr,
        lambda lr, steps: (1 - 0.5 ** (1 / steps)) * lr,
        lambda lr, steps: steps / lr,
    ],
    "check_elastic_step": [
        lambda w, g, lr, a, b: w - lr * g - lr * a * np.sign(w) - lr * b * w,
        lambda w, g, lr, a, b: elastic_by_cases(w, -g, lr, a, b),
        lambda w, g, lr, a, b: np.abs(elastic_by_cases(w, g, lr, a, b)),
    ],
    "check_normalized": [
        lambda x, eps: x - x.mean(axis=0),
        lambda x, eps: (x - x.min(axis=0)) / (x.max(axis=0) - x.min(axis=0)),
        lambda x, eps: (x - np.median(x, axis=0)) / np.sqrt(x.var(axis=0) + eps),
        lambda x, eps: (x - x.mean(axis=0)) / np.sqrt(x.var() - eps),
    ],
    "check_share_arrived": [
        lambda momentum, k: momentum,
        lambda momentum, k: 1 - momentum ** (k + 1),
        lambda momentum, k: 1 - momentum ** (k - 1),
        lambda momentum, k: 1 - momentum / k,
    ],
    "check_folded": [
        lambda W, b, gamma, beta, mean, var, eps: np.vstack([W, b]),
        lambda W, b, gamma, beta, mean, var, eps: np.vstack([W * gamma, b * gamma + beta]),
        lambda W, b, gamma, beta, mean, var, eps: np.vstack(
            [W * gamma - mean, b * gamma / np.sqrt(var + eps) + beta]
        ),
    ],
    "check_row_norm_backward": [
        lambda dy, x_hat, spread: dy * spread,
        lambda dy, x_hat, spread: dy - dy.mean(axis=1, keepdims=True),
        lambda dy, x_hat, spread: x_hat / spread,
    ],
    "check_first_rates": [
        lambda lr0, r, n_steps: np.full(n_steps, lr0),
        lambda lr0, r, n_steps: lr0 * (1 - np.arange(n_steps) / r),
        lambda lr0, r, n_steps: lr0 * 10.0 ** (-np.arange(n_steps) * r),
    ],
    "check_ball_of_a_batch": [
        lambda lr, curvature, s, N: s / np.sqrt(N),
        lambda lr, curvature, s, N: np.sqrt(lr) * s / N,
        lambda lr, curvature, s, N: lr * s / np.sqrt(N),
    ],
    "check_needed_r": [
        lambda lr0, curvature, share: 1 / (curvature * lr0),
        lambda lr0, curvature, share: -np.log10(share) / (curvature * lr0),
        lambda lr0, curvature, share: (1 - share) * np.log(10) / (curvature * lr0),
    ],
    "check_up_then_down": [
        lambda t, lr0, n_warm, n_steps: lr0,
        lambda t, lr0, n_warm, n_steps: lr0 * min((t + 1) / n_warm, 1),
        lambda t, lr0, n_warm, n_steps: lr0 * max(0, 1 - t / n_steps),
    ],
    "check_frozen_backward": [
        lambda dy, y, W: (dy * (1 - y)) @ W.T,
        lambda dy, y, W: (dy * y * (1 - y)) @ W.T,
        lambda dy, y, W: -(dy * (1 - y**2)) @ W.T,
    ],
    "check_count_learning": [
        lambda sizes, thawed: sum(sizes[-2 - thawed :]),
        lambda sizes, thawed: sizes[-1] * sizes[-2],
        lambda sizes, thawed: thawed + 1,
    ],
    "check_times_as_fast": [
        lambda frozen, upper, epochs: epochs,
        lambda frozen, upper, epochs: 1 + frozen / upper,
        lambda frozen, upper, epochs: (frozen + 3 * upper) / (frozen / epochs + upper),
    ],
    "check_shared_gradient": [
        lambda x, dz, W, dz_2, W_2, strength: x.T @ (dz @ W.T - strength * dz_2 @ W_2.T),
        lambda x, dz, W, dz_2, W_2, strength: x.T @ (dz @ W.T) * strength,
        lambda x, dz, W, dz_2, W_2, strength: x.T @ (dz @ W.T) + strength,
    ],
    "check_sum_over_steps": [
        lambda states, deltas: states[1:-1].T @ deltas[:-1],
        lambda states, deltas: states[:-1].T @ deltas[::-1],
        lambda states, deltas: np.outer(states[:-1].sum(axis=0), deltas.sum(axis=0)),
    ],
    "check_bias_for_share": [
        lambda steps, share: 1.0,
        lambda steps, share: np.log(steps),
        lambda steps, share: np.log2(share ** (1 / steps) / (1 - share ** (1 / steps))),
    ],
    "check_clip_both": [
        lambda dw, db, max_norm: [dw, db],
        lambda dw, db, max_norm: [dw * max_norm, db * max_norm],
        lambda dw, db, max_norm: np.array([dw, db]) * min(1, max_norm / np.max(np.abs([dw, db]))),
    ],
    "check_leaky_gradient": [
        lambda dh, xs, a: dh * a ** len(xs),
        lambda dh, xs, a: dh * np.sum(xs),
        lambda dh, xs, a: dh * len(xs) * a ** (len(xs) - 1),
    ],
    "check_stop_epoch": [
        lambda losses, patience: len(losses),
        lambda losses, patience: patience,
        lambda losses, patience: min(losses),
    ],
    "check_read_sequence": [
        lambda xs, W_x, W_h, b: np.tanh(xs @ W_x + b) * 0.9,
        lambda xs, W_x, W_h, b: states_by_one_matrix(xs, W_x, W_h, b)[::-1],
        lambda xs, W_x, W_h, b: states_by_one_matrix(xs, W_x, W_h, b)[1:],
        lambda xs, W_x, W_h, b: states_by_one_matrix(xs, W_x, W_h, b).T,
        lambda xs, W_x, W_h, b: states_by_one_matrix(xs, W_x, W_h, b)[-1],
        lambda xs, W_x, W_h, b: states_by_one_matrix(xs[::-1], W_x, W_h, b),
    ],
    "check_count_parameters": [
        lambda d, h, k, steps: d * h + h * h + h * k + steps,
        lambda d, h, k, steps: (d + h + 1) * h + (h + 1) * k + steps,
        lambda d, h, k, steps: (d + h + 2) * h + (h + 1) * k,
        lambda d, h, k, steps: (d + h + 1) * h + (h + 1) * k * h,
        lambda d, h, k, steps: 57,
        lambda d, h, k, steps: d * h * k,
    ],
    "check_to_the_start": [
        lambda g, states, W_h: g,
        lambda g, states, W_h: g @ np.linalg.matrix_power(W_h.T, 3),
        lambda g, states, W_h: (g * (1 - states[-1] ** 2)) @ W_h.T,
        lambda g, states, W_h: np.abs(back_by_matrices(g, states, W_h)),
        lambda g, states, W_h: back_by_matrices(g, (1 - states) ** 0.5, W_h),
    ],
    "check_centre_of": [
        lambda a: weighed_squares(a),
        lambda a: a.mean(),
        lambda a: 0.5 * a.argmax(),
        lambda a: np.arange(len(a)) * a / a.sum(),
    ],
    "check_moved_right": [
        lambda p, by: p,
        lambda p, by: np.zeros_like(p),
        lambda p, by: np.flip(p, axis=1),
        lambda p, by: p[:, : p.shape[1] - abs(by)],
    ],
    "check_at_most": [
        lambda k, n, q: k / n,
        lambda k, n, q: q**k,
        lambda k, n, q: 1 - q**n,
        lambda k, n, q: 0.5,
    ],
    "check_brought": [
        lambda x, W1, b1, w2, b2: np.append(x * (W1 @ w2) / 2, b2),
        lambda x, W1, b1, w2, b2: np.append(x, b2),
        lambda x, W1, b1, w2, b2: np.maximum(x @ W1 + b1, 0) @ w2 + b2,
        lambda x, W1, b1, w2, b2: np.append(2 * brought_by_units(x, W1, b1, w2, b2)[:-1], 0),
    ],
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_answers_that_no_sentence_names_are_refused(name, say):
    for answer in WRONG[name]:
        said = say(DATA[name], answer)
        assert said not in ("right", "not answered yet"), inspect.getsource(answer)
        assert not said.startswith("your function stops"), inspect.getsource(answer)


def test_every_exercise_has_other_right_answers_and_other_wrong_ones():
    assert RIGHT.keys() == WRONG.keys() == DATA.keys()


def test_a_loop_is_named_where_its_numbers_are_right(say):
    loop = "the numbers are right; the loop is still there: one product computes all rows"
    for answer in WRONG["check_layer_without_loop"][2:]:
        assert say(CHECKS["check_layer_without_loop"], answer) == loop


# ---- the checks that are functions


def mean_last(p, t):
    return (p - t) / len(t)


def two_layer_gradients(x, t, parameters, last=mean_last, relu=True):
    """Lesson 4's fifth exercise; `last` makes delta of the output units from the answers p."""
    z1 = x @ parameters["W1"] + parameters["b1"]
    y = np.maximum(z1, 0)
    z2 = y @ parameters["W2"] + parameters["b2"]
    delta2 = last(0.5 * (1 + np.tanh(z2 / 2)), t)
    delta1 = delta2 @ parameters["W2"].T * (z1 > 0 if relu else 1)
    found = {"dW2": y.T @ delta2, "db2": delta2.sum(axis=0)}
    return {**found, "dW1": x.T @ delta1, "db1": delta1.sum(axis=0)}


def gradients(transpose=False, **changes):
    """An answer to lesson 4's fifth exercise with some part changed."""

    def answer(*given):
        found = two_layer_gradients(*given, **changes)
        return {key: value.T if transpose else value.tolist() for key, value in found.items()}

    return answer


def naive_last(p, t):
    return -(t / p - (1 - t) / (1 - p)) * p * (1 - p) / len(t)


def spoiling(x, t, parameters):
    found = two_layer_gradients(x, t, parameters)
    for array in (x, t, *parameters.values()):
        array[...] = 7
    return found


def draws(n, seed=0):
    return np.random.default_rng(seed).standard_normal(n)


NOISE = draws(100_000)
level, steep, zero = np.full(6, 1e-2), np.geomspace(1e-5, 1e-2, 6), np.zeros(6)
CHARTS = {  # lesson 5's ward: bars at the start and now, how full the gates are
    "A": (zero, zero, np.array([0, 0, 0, 0, 0, 1.0])),
    "B": (level, level / 300, np.array([0.9] * 5 + [0.16])),
    "C": (steep, steep, np.array([0.95] * 5 + [1.0])),
    "D": (level * 1e4, level * 1e9, np.array([0.7] * 5 + [1.0])),
    "E": (zero, zero, np.ones(6)),
}
NAMED = dict(zip("ABCDE", initialization.DISEASES, strict=True))
WARD = {"A": {"lr": 0.003}}, lambda letter, line, value: value  # a toy: the rate is the accuracy


def three_gradients(change=lambda *gradients: gradients, **way):
    """An answer that goes back through three matrices, its gradients changed in the end."""
    return lambda x, t, *matrices: change(*shallow_network.way_back(x, t, matrices, **way))


def three_gradients_by_nudging(x, t, W1, W2, W3):
    def loss(theta):
        one, two, three = (part.reshape(W.shape) for part, W in zip(
            np.split(theta, np.cumsum([W1.size, W2.size])), (W1, W2, W3), strict=True))  # fmt: skip
        p = sigmoid(sigmoid(sigmoid(x @ one) @ two) @ three)
        return np.sum((p - t) ** 2) / (2 * len(x))

    theta = np.concatenate([W.ravel() for W in (W1, W2, W3)])
    parts = np.split(gradcheck.numerical_gradient(loss, theta), np.cumsum([W1.size, W2.size]))
    return [part.reshape(W.shape) for part, W in zip(parts, (W1, W2, W3), strict=True)]


XOR = [[5, -5], [-5, 5]], [-5, -5]
PARITY = [[5.0, 5.0], [-5.0, -5.0]]


def parity_turns(n):
    """What multiplies the n units of parity: 1, then -2 and 2 in turn."""
    turns = 2.0 * (-1.0) ** np.arange(n)
    turns[0] = 1
    return turns.reshape(n, 1)


def half_turns(n):
    """What makes of every turn but the first a half one."""
    return -np.sign(parity_turns(n)) * (np.arange(n)[:, None] > 0)


ANSWERS = {  # check: (the line it should print, or how that line begins, and an answer)
    "check_shapes": [
        ("right", lambda: ((64, 20), (289,), (289, 20), (64, 1))),
        ("right", lambda: [[64, 20], [289], np.shape(np.ones((289, 20))), [64, 1]]),
        ("not answered yet", lambda: None),
        ("return four shapes: yours are 1", lambda: [(64, 20)]),
        ("the first:", lambda: [(64, 289), (289,), (289, 20), (64, 1)]),
        ("the second: axis 0", lambda: [(64, 20), 64, (289, 20), (64, 1)]),
        ("the second: without keepdims", lambda: [(64, 20), (1, 289), (289, 20), (64, 1)]),
        ("the second: the rows", lambda: [(64, 20), (64, 1), (289, 20), (64, 1)]),
        ("the third:", lambda: [(64, 20), (289,), (20, 289), (64, 1)]),
        ("the fourth: keepdims", lambda: [(64, 20), (289,), (289, 20), (64,)]),
        ("the fourth: axis 1", lambda: [(64, 20), (289,), (289, 20), (1, 20)]),
        ("your function stops with TypeError", lambda: 4),
    ],
    "check_all_gradients": [
        ("right", three_gradients()),
        ("right", lambda *given: list(three_gradients()(*given))),
        ("right", three_gradients_by_nudging),
        ("not answered yet", lambda x, t, W1, W2, W3: None),
        ("return three gradients", lambda x, t, W1, W2, W3: W1),
        ("return three gradients", lambda x, t, W1, W2, W3: (W1, W2)),
        ("dW2 has the shape of its matrix, (3, 5)", lambda x, t, W1, W2, W3: (W1, W2.T, W3)),
        ("dW3 is right; dW2 and dW1 are as they were", three_gradients(carried=False)),
        ("the mean over the examples", three_gradients(error=lambda p, t: p - t)),
        ("the sign is turned", three_gradients(error=lambda p, t: (t - p) / len(p))),
        ("dW3 is not right", three_gradients(change=lambda a, b, c: (a, b, 2 * c))),
        ("dW3 is right, dW2 is not", three_gradients(change=lambda a, b, c: (a, -b, c))),
        (
            "dW3 and dW2 are right, dW1 is not",
            three_gradients(change=lambda a, b, c: (0 * a, b, c)),
        ),
        ("your function stops with ValueError", lambda x, t, W1, W2, W3: x @ W2),
    ],
    "check_scale_backward": [
        ("right", lambda dy, x, g: (dy * g, (dy * x).sum(axis=0))),
        ("right", lambda dy, x, g: [dy @ np.diag(g), np.diag(dy.T @ x)]),
        ("right", lambda dy, x, g: (np.einsum("nm,m->nm", dy, g), np.einsum("nm,nm->m", dy, x))),
        ("not answered yet", lambda dy, x, g: None),
        ("return two gradients", lambda dy, x, g: dy * g),
        ("in this order", lambda dy, x, g: ((dy * x).sum(axis=0), dy * g)),
        ("dx has the shape of x", lambda dy, x, g: (g, (dy * x).sum(axis=0))),
        ("dg has a row for each example", lambda dy, x, g: (dy * g, dy * x)),
        ("dg has the shape of g", lambda dy, x, g: (dy * g, (dy * x).sum())),
        ("dx: the slope of x g", lambda dy, x, g: (dy * x, (dy * x).sum(axis=0))),
        ("dx is not right", lambda dy, x, g: (dy + g, (dy * x).sum(axis=0))),
        ("dg: a sum over the examples", lambda dy, x, g: (dy * g, (dy * x).mean(axis=0))),
        ("dg: every dy is multiplied", lambda dy, x, g: (dy * g, dy.sum(axis=0))),
        ("dx is right; dg is not", lambda dy, x, g: (dy * g, x.sum(axis=0))),
        ("your function stops with ValueError", lambda dy, x, g: dy @ x),
    ],
    "check_xor_by_hand": [
        ("right", lambda: (*XOR, [[10], [10]], [-5])),
        ("right", lambda: (XOR[0], [XOR[1]], [10, 10], -5)),
        ("right", lambda: ([[9, 7], [-9, -7]], [9, -9], [-8, 8], 6)),
        ("not answered yet", lambda: None),
        ("two units on two features", lambda: ([5, 5], [-5, -5], [[10], [10]], [-5])),
        ("one output on two units", lambda: (*XOR, [10], [-5])),
        ("all four turned", lambda: (*XOR, [[-10], [-10]], [5])),
        ("3 of the 4 points", lambda: (*XOR, [[10], [0]], [-5])),
        ("1 of the 4 points", lambda: ([[5, 5], [5, 5]], XOR[1], [[10], [10]], [-5])),
        ("2 of the 4 points", lambda: (*XOR, [[np.nan], [0]], [0])),
        ("your function stops with ValueError", lambda: 5 * [0]),
    ],
    "check_two_layer_gradients": [
        ("right", two_layer_gradients),
        ("right", gradients()),
        ("right", spoiling),
        ("not answered yet", lambda x, t, parameters: None),
        ("return a dictionary", lambda x, t, parameters: parameters),
        ("dW2 has shape", gradients(transpose=True)),
        ("nan where an answer", gradients(last=naive_last)),
        ("the mean is missing", gradients(last=lambda p, t: p - t)),
        ("the sign is turned", gradients(last=lambda p, t: (t - p) / len(t))),
        ("the output layer is not right", gradients(last=lambda p, t: (p - t) * p * (1 - p) / 7)),
        ("the output layer is not right", gradients(last=lambda p, t: (p - t) / p.size)),
        ("the output layer is right; the", gradients(relu=False)),
        ("right for 7 examples", gradients(last=lambda p, t: (p - t) / 7)),
    ],
    "check_numerator": [
        ("right", lambda f: 1 / np.mean(f(NOISE) ** 2)),
        ("right", lambda f: NOISE.size / np.sum(np.square(f(NOISE)))),
        ("right", lambda f: 1 / np.mean([f(z) ** 2 for z in NOISE[:10_000]])),
        ("right", lambda f: 1 / (np.var(f(NOISE)) + np.mean(f(NOISE)) ** 2)),
        ("not answered yet", lambda f: None),
        ("return one number", lambda f: f(NOISE)),
        ("this is the share", lambda f: np.mean(f(NOISE) ** 2)),
        ("this is the root", lambda f: np.mean(f(NOISE) ** 2) ** -0.5),
        ("you took the variance", lambda f: 1 / np.var(f(NOISE))),
        ("every z counts", lambda f: 1 / np.mean(f(np.abs(NOISE)) ** 2)),
        ("the square is missing", lambda f: 1 / np.mean(f(NOISE))),
        ("near, by chance", lambda f: 1.13 / np.mean(f(NOISE) ** 2)),
        ("near, by chance", lambda f: 0.87 / np.mean(f(NOISE) ** 2)),
        ("for ReLU it should be", lambda f: 6 / np.mean(f(NOISE) ** 2)),
        ("right for ReLU; for tanh", lambda f: 2),
        ("right for ReLU; for tanh", lambda f: 1 / np.mean(np.maximum(NOISE, 0) ** 2)),
        (
            "right for ReLU; for tanh",
            lambda f: 1 / np.mean(f(3**0.5 * np.linspace(-1, 1, 999)) ** 2),
        ),
        ("right for ReLU and tanh", lambda f: 2 if f(-3) == 0 else 2.54),
        ("your function stops with ZeroDivisionError", lambda f: 1 / 0),
    ],
    "check_diagnosis": [
        ("right", (NAMED, CHARTS)),
        ("not answered yet", (dict.fromkeys(NAMED), CHARTS)),
        ("C is not answered yet", ({**NAMED, "C": None}, CHARTS)),
        ("A: write one of", ({**NAMED, "A": "dead"}, CHARTS)),
        ("C: dead ReLU means bars of exactly 0", ({**NAMED, "C": "dead ReLU"}, CHARTS)),
        ("E: the gates of dead units are empty", ({**NAMED, "E": "dead ReLU"}, CHARTS)),
        ("A: at 0 a tanh is steepest", ({**NAMED, "A": "zero start"}, CHARTS)),
        ("C: an explosion starts far above 1", ({**NAMED, "C": "explosion"}, CHARTS)),
        ("B: deep sigmoids are a staircase", ({**NAMED, "B": "deep sigmoid"}, CHARTS)),
        ("A: deep sigmoids are a staircase", ({**NAMED, "A": "deep sigmoid"}, CHARTS)),
        ("C: on a plateau the output's gate", ({**NAMED, "C": "plateau"}, CHARTS)),
        (
            "A: on a plateau all bars have sunk",
            ({"A": "plateau"}, {"A": (level, level, [0.5] * 5 + [0.16])}),
        ),
    ],
    "check_drop": [
        ("right", lambda y, p, rng: y * (rng.random(y.shape) >= p) / (1 - p)),
        ("right", lambda y, p, rng: y * rng.binomial(1, 1 - p, y.shape) / (1 - p)),
        ("right", lambda y, p, rng: np.where(rng.random(y.shape) < p, 0, y / (1 - p))),
        ("not answered yet", lambda y, p, rng: None),
        ("at p = 0.2 a share of 0.8 goes", lambda y, p, rng: y * (rng.random(y.shape) < p)),
        ("at p = 0.2 a share of 0.50 goes", lambda y, p, rng: y * (rng.random(y.shape) < 0.5)),
        ("what is kept must be", lambda y, p, rng: y * (rng.random(y.shape) >= p)),
        ("divide by the share", lambda y, p, rng: y * (rng.random(y.shape) >= p) / p),
        ("divide by 1 - p, do", lambda y, p, rng: y * (rng.random(y.shape) >= p) * (1 - p)),
        ("what is kept must be", lambda y, p, rng: y * (rng.random(y.shape) >= p) * 7),
        ("every kept number", lambda y, p, rng: rng.random(y.shape) * (rng.random(y.shape) >= p)),
        (
            "each number is dropped by itself",
            lambda y, p, rng: y * (rng.random(y.shape[1]) >= p) / (1 - p),
        ),
        ("return an array", lambda y, p, rng: 3),
        ("your function stops", lambda y, p, rng: 1 / 0),
    ],
    "check_parity_weights": [
        ("right", lambda n: (np.ones((n, n)), -np.arange(n), parity_turns(n))),
        ("right", lambda n: (2 * np.ones((n, n)), -2.0 * np.arange(n), parity_turns(n) / 2)),
        ("not answered yet", lambda n: None),
        ("return W1, b1, W2", lambda n: np.ones((n, n))),
        (
            "for n = 2, W2 has the shape (2,), not (2, 1)",
            lambda n: (np.ones((n, n)), -np.arange(n), np.ones(n)),
        ),
        (
            "for n = 2, no bit is 1, and it says",
            lambda n: (np.ones((n, n)), 1 - np.arange(n), parity_turns(n)),
        ),
        (
            "for n = 2, 2 ones give 1, not 0; 1 of 4",
            lambda n: (np.ones((n, n)), -np.arange(n), parity_turns(n) + half_turns(n)),
        ),
        ("your function stops with", lambda n: 1 / 0),
    ],
    "check_he_weights": [
        ("right", lambda rng, n_in, n_out: rng.normal(0, np.sqrt(2 / n_in), (n_in, n_out))),
        ("right", initializers.he),
        ("not answered yet", lambda rng, n_in, n_out: None),
        ("rng.normal takes a stand", lambda rng, n, m: rng.normal(0, 2 / n, (n, m))),
        ("rng.normal takes a stand", lambda rng, n, m: rng.normal(0, 2 / m, (n, m))),
        ("He looks forward", lambda rng, n, m: rng.normal(0, np.sqrt(2 / m), (n, m))),
        ("this is LeCun's rule", initializers.lecun),
        ("this is Xavier's rule", initializers.xavier),
        ("evenly between", lambda rng, n, m: rng.uniform(-1, 1, (n, m)) * np.sqrt(2 / n)),
        ("the standard deviation", lambda rng, n, m: rng.normal(0, 0.01, (n, m))),
        ("the weights should have mean 0", lambda rng, n, m: 0.3 + initializers.he(rng, n, m)),
        ("return a matrix", lambda rng, n, m: initializers.he(rng, m, n)),
        ("your function stops with", lambda rng, n, m: 1 / 0),
    ],
    "check_cures": [
        ("right", ({"A": ("lr", 0.3)}, *WARD)),
        ("right", ({"A": ["lr", 0.3]}, *WARD)),
        ("not answered yet", ({"A": None}, *WARD)),
        (
            "B is not answered yet",
            ({"A": ("lr", 0.3)}, {**WARD[0], "B": {"lr": 1}}, WARD[1]),
        ),
        ("A: write a line", ({"A": "lr"}, *WARD)),
        ("A: write a line", ({"A": ([], 0.3)}, *WARD)),
        ("A: changing lr leaves it sick", ({"A": ("lr", 0.03)}, *WARD)),
        (
            "A: training with this lr stops with ZeroDivisionError: division by zero",
            ({"A": ("lr", 0)}, WARD[0], lambda letter, line, value: 1 / value),
        ),
    ],
    "check_set_and_reset": [
        ("right", lambda: ([[5.0], [-5.0]], [[2.0]], [0.0])),
        ("right", lambda: (np.array([4, -4]), 1.5, -0.01)),
        ("not answered yet", lambda: None),
        ("one unit, two inputs", lambda: ([5.0], [2.0], [0.0])),
        ("it is on before any set", lambda: ([5.0, -5.0], 2.0, 0.5)),
        ("it is on before any set", lambda: ([5.0, -5.0], 2.0, 1e-12)),
        ("it is on before any set", lambda: ([5.0, -5.0], 1.2, 1e-300)),
        ("a set does not lift", lambda: ([-5.0, 5.0], 2.0, 0.0)),
        ("the set is forgotten", lambda: ([5.0, -5.0], 0.9, 0.0)),
        ("the set is forgotten", lambda: ([5.0, -5.0], 1.09, 0.0)),
        ("a reset does not bring", lambda: ([5.0, -0.2], 2.0, 0.0)),
        ("after a reset it comes back", lambda: ([5.0, -1.8], 2.0, 0.0)),
        ("a set after a reset", lambda: ([1.5, -5.0], 2.0, 0.0)),
        ("648 of the 729 sequences", lambda: ([5.73, -1.0], 2.3, -0.7)),
    ],
    "check_keep_the_first": [
        ("right", lambda: ([[0, 0, 3, 0], [20, 0, 0, 0]], np.zeros((1, 4)), [-10, 10, 0, 10])),
        ("right", lambda: ([[0, 0, 9, 0], [40, 0, 0, 0]], [[0, 0, 0, 0]], [-20, 20, 0, 9])),
        ("not answered yet", lambda: None),
        ("one unit, two inputs", lambda: ([[0, 0, 3, 0]], np.zeros((1, 4)), [-10, 10, 0, 10])),
        (
            "after 10 steps h has the first mark's sign in",  # every mark is written
            lambda: ([[0, 0, 3, 0], [0, 0, 0, 0]], np.zeros((1, 4)), [10, 10, 0, 10]),
        ),
        (
            "after 10 steps h is further than 0.5 from 0 in",  # half is lost at each step
            lambda: ([[0, 0, 3, 0], [20, 0, 0, 0]], np.zeros((1, 4)), [-10, 0, 0, 10]),
        ),
        (
            "after 1 steps h has the first mark's sign in",  # the sign is turned
            lambda: ([[0, 0, -3, 0], [20, 0, 0, 0]], np.zeros((1, 4)), [-10, 10, 0, 10]),
        ),
    ],
    "check_parity": [
        ("right", lambda: ([[10.0, 10.0]], PARITY, [-5.0, -15.0])),
        ("right", lambda: ([20, 20], 2 * np.array(PARITY), [[-10, -30]])),
        ("not answered yet", lambda: None),
        ("two units, one input", lambda: ([10.0], PARITY, [-5.0, -15.0])),
        ("two units that see each other", lambda: ([10.0, 10.0], [5.0, 5.0], [-5.0, -15.0])),
        ("one step", lambda: ([10.0, 10.0], PARITY, [0.0, 0.0])),
        ("two ones are even", lambda: ([10.0, 10.0], PARITY, [-5.0, -35.0])),
        ("a 0 changes nothing", lambda: ([10.0, 10.0], [[-10.0, 0.0], [10.0, 0.0]], [-5.0, -15.0])),
        (
            "136 of the 256 sequences",
            lambda: ([10.0, 10.0], [[10.0, 10.0], [-5.0, -10.0]], [-5.0, -20.0]),
        ),
    ],
}
CASES = [(name, line, answer) for name, cases in ANSWERS.items() for line, answer in cases]


@pytest.mark.parametrize("name, line, answer", CASES, ids=[f"{n}: {line}" for n, line, _ in CASES])
def test_a_check_names_what_is_wrong(name, line, answer, say):
    said = say(CHECKS[name], *(answer if isinstance(answer, tuple) else (answer,)))
    assert said == line if line in ("right", "not answered yet") else said.startswith(line)


def test_every_function_has_cases():
    assert ANSWERS.keys() == FUNCTIONS.keys()


def test_ten_thousand_draws_are_enough_and_a_hundred_are_not(say):
    def by_sampling(n, seed):
        return lambda f: 1 / np.mean(f(draws(n, seed)) ** 2)

    check = CHECKS["check_numerator"]
    assert {say(check, by_sampling(10_000, seed)) for seed in range(200)} == {"right"}
    few = [say(check, by_sampling(300, seed)) for seed in range(50)]
    assert sum("draw more z" in said for said in few) >= 5


# ---- all checks


@pytest.mark.parametrize("name", CHECKS)
def test_only_strict_mode_raises(name, say, capsys, monkeypatch):
    monkeypatch.setenv("DLCOURSE_STRICT", "1")
    blank = (lambda *given: None,)
    if name in ("check_diagnosis", "check_cures"):
        blank = next(answer for line, answer in ANSWERS[name] if line == "not answered yet")
    named = r"^(Lesson \d+|Before you start): .* not answered yet$"
    with pytest.raises(AssertionError, match=named):
        CHECKS[name](*blank)
    assert capsys.readouterr().out == "not answered yet\n"
    right = DATA[name].right if name in DATA else dict(ANSWERS[name][:1])["right"]
    assert say(CHECKS[name], *(right if isinstance(right, tuple) else (right,))) == "right"


LESSONS = [path.stem for path in pathlib.Path(exercises.__file__).parent.glob("*.py")]


@pytest.mark.parametrize("name", sorted(set(LESSONS) - {"__init__", "engine"}))
def test_the_package_passes_on_every_check_of_a_lesson(name):
    lesson = importlib.import_module(f"dlcourse.exercises.{name}")
    for check, judge in vars(lesson).items():
        if check.startswith("check_"):
            assert CHECKS[check] is judge


def test_a_verdict_may_be_in_any_script(say):
    check = Exercise(
        about="第五课",
        given=[(1.0,)],
        right=lambda x: x,
        mistakes={"符号反了。": lambda x: -x},
        shape="форма не та",
        otherwise="ç'est faux",
    )
    assert say(check, lambda x: -x) == "符号反了。"
    assert say(check, lambda x: [x, x]) == "форма не та"
    assert say(check, lambda x: 3.0) == "ç'est faux"
