"""The checks of lesson 9: columns, the running mean, a layer folded, rows instead of columns."""

import numpy as np

from dlcourse.exercises.engine import Exercise


def normalized(x, mean, spread):
    """x less its mean, over its spread."""
    return (x - mean) / spread


def by_column(x, eps):
    """Every column less its mean, over its spread."""
    return normalized(x, x.mean(axis=0), np.sqrt(x.var(axis=0) + eps))


BATCHES = [
    (np.array([[3.0, -1.0, 40.0], [17.0, 0.5, 41.0], [9.0, 2.5, 47.0], [11.0, 0.0, 36.0]]), 1e-5),
    (np.array([[1.0, 2.0, 4.0], [2.0, 6.0, -3.0], [4.0, 3.0, 9.0]]), 0.5),
]

check_normalized = Exercise(
    about="Lesson 9: a batch (N, M), every column less its mean and over its spread.",
    given=BATCHES,
    right=by_column,
    mistakes={
        "this is one mean and one variance for all numbers: each column has its own": [
            lambda x, eps: normalized(x, x.mean(), np.sqrt(x.var() + eps)),
            lambda x, eps: normalized(x, x.mean(axis=0), np.sqrt(x.var() + eps)),
            lambda x, eps: normalized(x, x.mean(), np.sqrt(x.var(axis=0) + eps)),
        ],
        "these are the means and variances of the rows: axis 0 runs over the examples": [
            lambda x, eps: normalized(
                x, x.mean(axis=1, keepdims=True), np.sqrt(x.var(axis=1, keepdims=True) + eps)
            ),
        ],
        "you divide by the variance: take its root": [
            lambda x, eps: normalized(x, x.mean(axis=0), x.var(axis=0) + eps),
        ],
        "under the root stands the square of the mean: the variance belongs there": [
            lambda x, eps: normalized(x, x.mean(axis=0), np.sqrt(x.mean(axis=0) ** 2) + eps),
            lambda x, eps: normalized(x, x.mean(axis=0), np.sqrt(x.mean(axis=0) ** 2 + eps)),
            lambda x, eps: normalized(x, x.mean(axis=0), np.sqrt((x**2).mean(axis=0) + eps)),
        ],
        "eps belongs under the root, beside the variance": [
            lambda x, eps: normalized(x, x.mean(axis=0), x.std(axis=0) + eps),
        ],
        "eps is missing under the root": [
            lambda x, eps: normalized(x, x.mean(axis=0), x.std(axis=0)),
        ],
        "the variance is the mean over all N examples, not over N - 1": [
            lambda x, eps: normalized(x, x.mean(axis=0), np.sqrt(x.var(axis=0, ddof=1) + eps)),
        ],
        "subtract each column's mean first": [
            lambda x, eps: x / np.sqrt(x.var(axis=0) + eps),
        ],
    },
    shape="return an array in the shape of x",
    otherwise="work out the column 3, 17, 9, 11 by hand, and compare",
    rtol=1e-9,
)


check_share_arrived = Exercise(
    about="Lesson 9: the share of a running mean that has arrived after k batches.",
    given=[(0.9, 1), (0.9, 10), (0.99, 30), (0.5, 3)],
    right=lambda momentum, k: 1 - momentum**k,
    mistakes={
        "this is the share that is still missing": lambda momentum, k: momentum**k,
        "each batch closes a share of the gap that is left, so shares are not added": [
            lambda momentum, k: (1 - momentum) * k,
            lambda momentum, k: min(1, (1 - momentum) * k),
        ],
        "momentum is what is kept, 1 - momentum what is new": [
            lambda momentum, k: 1 - (1 - momentum) ** k,
            lambda momentum, k: (1 - momentum) ** k,
        ],
    },
    shape="return one number",
    otherwise="after one batch a share of 1 - momentum has arrived; follow the gap from there",
)


def folded(W, b, gamma, beta, mean, var, eps):
    """The one Dense that does what a Dense and a BatchNorm do: W, and b as its last row."""
    gain = gamma / np.sqrt(var + eps)
    return np.vstack([W * gain, (b - mean) * gain + beta])


def folded_by(gain, shift):
    """A mistaken fold: gain(gamma, var, eps), and shift(b, gain, beta, mean) for the last row."""

    def fold(W, b, gamma, beta, mean, var, eps):
        g = gain(gamma, var, eps)
        return np.vstack([W * g, shift(b, g, beta, mean)])

    return fold


def right_gain(gamma, var, eps):
    """What each unit is multiplied by."""
    return gamma / np.sqrt(var + eps)


def right_shift(b, gain, beta, mean):
    """The new b."""
    return (b - mean) * gain + beta


def layer_pair(seed, n_in, n_out, eps):
    """Arguments of an exercise on a Dense (n_in, n_out) and the BatchNorm behind it."""
    rng = np.random.default_rng(seed)
    W, b, beta, mean = (rng.normal(0, 2, size) for size in ((n_in, n_out), n_out, n_out, n_out))
    gamma, var = (rng.uniform(0.5, 4, n_out) for _ in range(2))
    return W, b, gamma, beta, mean, var, eps


check_folded = Exercise(
    about="Lesson 9: a Dense and a BatchNorm in use as one Dense, W above b.",
    given=[layer_pair(0, 3, 2, 1e-5), layer_pair(1, 2, 4, 0.3)],
    right=folded,
    mistakes={
        "each unit, a column of W, has its own factor: multiply columns, not rows": [
            lambda W, b, gamma, beta, mean, var, eps: np.vstack(
                [
                    W * np.resize(right_gain(gamma, var, eps), len(W))[:, None],
                    right_shift(b, right_gain(gamma, var, eps), beta, mean),
                ]
            ),
        ],
        "b enters the normalization, too: it is less the mean, and times the factor": [
            folded_by(right_gain, lambda b, g, beta, mean: b - mean * g + beta),
            folded_by(right_gain, lambda b, g, beta, mean: b + beta),
            folded_by(right_gain, lambda b, g, beta, mean: b * g + beta),
            folded_by(right_gain, lambda b, g, beta, mean: beta - mean * g),
            folded_by(right_gain, lambda b, g, beta, mean: b),
        ],
        "beta is added at the end, it is not multiplied by the factor": [
            folded_by(right_gain, lambda b, g, beta, mean: (b - mean + beta) * g),
        ],
        "beta is missing": [folded_by(right_gain, lambda b, g, beta, mean: (b - mean) * g)],
        "the mean is subtracted": [
            folded_by(right_gain, lambda b, g, beta, mean: (b + mean) * g + beta),
        ],
        "the factor is gamma over the root of var + eps": [
            folded_by(lambda gamma, var, eps: gamma / (var + eps), right_shift),
            folded_by(lambda gamma, var, eps: gamma / np.sqrt(var), right_shift),
            folded_by(lambda gamma, var, eps: gamma / (np.sqrt(var) + eps), right_shift),
            folded_by(lambda gamma, var, eps: 1 / np.sqrt(var + eps), right_shift),
            folded_by(lambda gamma, var, eps: gamma * np.sqrt(var + eps), right_shift),
        ],
    },
    shape="return one array: the new W, and below it the new b as its last row",
    otherwise="write out gamma (x W + b - mean) / s + beta, and sort by what is multiplied by x",
)


def along(axis, dy, x_hat, spread):
    """The way back through a normalization along an axis."""
    mean_part = dy.mean(axis=axis, keepdims=True)
    spread_part = x_hat * (dy * x_hat).mean(axis=axis, keepdims=True)
    return (dy - mean_part - spread_part) / spread


def row_wise(seed, n, m):
    """Arguments of the exercise: dy, and x-hat (N, M) and spread (N, 1) of rows."""
    rng = np.random.default_rng(seed)
    x, dy = rng.normal(1, 2, (n, m)), rng.normal(0, 1, (n, m))
    spread = x.std(axis=1, keepdims=True)
    return dy, (x - x.mean(axis=1, keepdims=True)) / spread, spread


check_row_norm_backward = Exercise(
    about="Lesson 9: the way back through a normalization of every row.",
    given=[row_wise(0, 3, 5), row_wise(1, 4, 2), row_wise(2, 2, 6)],
    right=lambda dy, x_hat, spread: along(1, dy, x_hat, spread),
    mistakes={
        "these are the means of the columns: here every row has its own": [
            lambda dy, x_hat, spread: along(0, dy, x_hat, spread),
        ],
        "one path of three: the row's mean and its spread depend on x, too": [
            lambda dy, x_hat, spread: dy / spread,
        ],
        "the path through the spread is missing": [
            lambda dy, x_hat, spread: (dy - dy.mean(axis=1, keepdims=True)) / spread,
        ],
        "the path through the mean is missing": [
            lambda dy, x_hat, spread: (
                (dy - x_hat * (dy * x_hat).mean(axis=1, keepdims=True)) / spread
            ),
        ],
        "both paths are subtracted": [
            lambda dy, x_hat, spread: (2 * dy - along(1, dy, x_hat, 1)) / spread,
        ],
        "all of it is divided by the spread": [
            lambda dy, x_hat, spread: along(1, dy, x_hat, 1),
        ],
        "means, not sums": [
            lambda dy, x_hat, spread: (
                (
                    dy
                    - dy.sum(axis=1, keepdims=True)
                    - x_hat * (dy * x_hat).sum(axis=1, keepdims=True)
                )
                / spread
            ),
        ],
    },
    shape="return an array in the shape of dy",
    otherwise="compare with the formula for a column, and let the means run along the row",
)
