"""The checks of lesson 15: a centre of mass, a shift, a count of answers, contributions."""

import math

import numpy as np

from dlcourse.exercises.engine import Exercise

INK = [np.array([7.0, 5.0]), np.array([0.0, 0.5, 0.0, 2.5, 1.0]), np.array([3.0, 0.0, 1.0])]


def weighed(amounts, first=0):
    """The sum of place times ink, places counted from `first`."""
    return (np.arange(len(amounts)) + first) @ amounts


check_centre_of = Exercise(
    about="Lesson 15: the centre of mass of a row of ink.",
    given=[(amounts,) for amounts in INK],
    right=lambda a: weighed(a) / a.sum(),
    mistakes={
        "places count from 0: what stands first counts 0 times": [
            lambda a: weighed(a, 1) / a.sum(),
        ],
        "a weighted mean is divided by the sum of the weights, here all the ink": [
            lambda a: weighed(a) / len(a),
            lambda a: weighed(a) / (a > 0).sum(),
        ],
        "both mistakes are still there: the places, and what is divided by": [
            lambda a: weighed(a, 1) / len(a),
        ],
        "this is the sum, not yet the mean": weighed,
        "this is the middle of the inked places: weigh each by its ink": [
            lambda a: np.flatnonzero(a).mean(),
            lambda a: np.flatnonzero(a)[[0, -1]].mean(),
        ],
        "this is the place with most ink": lambda a: a.argmax(),
        "this is the middle of the row, with or without ink": lambda a: (len(a) - 1) / 2,
    },
    shape="return one number",
    otherwise="the sum of place times ink, divided by all the ink; places count from 0",
)


def moved(picture, by):
    """The right picture."""
    found = np.zeros_like(picture)
    for k in range(picture.shape[1]):
        if 0 <= k - by < picture.shape[1]:
            found[:, k] = picture[:, k - by]
    return found


def stretched(picture, by):
    """The column at the edge comes in instead of paper."""
    places = np.clip(np.arange(picture.shape[1]) - by, 0, picture.shape[1] - 1)
    return picture[:, places]


def cut(picture, by):
    """The columns that leave become paper where they were, and nothing moves."""
    found = picture.copy()
    found[:, max(picture.shape[1] - by, 0) if by > 0 else 0 : None if by > 0 else -by] = 0
    return found


PICTURE = np.arange(1.0, 13.0).reshape(3, 4)

check_moved_right = Exercise(
    about="Lesson 15: a picture moved by whole columns, with nothing coming round.",
    given=[(PICTURE, 1), (PICTURE, -2), (PICTURE, 0), (PICTURE.T.copy(), 2), (PICTURE, 9)],
    right=moved,
    mistakes={
        "what leaves at one side comes back at the other: there must be paper": [
            lambda p, by: np.roll(p, by, axis=1),
        ],
        "it moves the other way": [
            lambda p, by: moved(p, -by),
            lambda p, by: np.roll(p, -by, axis=1),
        ],
        "it moves down: columns are the second axis": [
            lambda p, by: moved(p.T, by).T,
            lambda p, by: np.roll(p, by, axis=0),
        ],
        "paper, 0, comes in, not the column at the edge": stretched,
        "by may be negative: then the picture moves to the left": [
            lambda p, by: moved(p, max(by, 0)),
            lambda p, by: moved(p, abs(by)),
        ],
        "nothing moves: only what leaves is gone": cut,
    },
    shape="return a picture of the same shape",
    otherwise="the new column k is the old column k - by, or 0 where there is none",
)


def exactly(k, n, q):
    """k of n are right."""
    return math.comb(n, k) * q**k * (1 - q) ** (n - k)


def summed(first, last, chance=exactly):
    """An answer that adds up chances from first(k, n) to last(k, n), both counted."""
    return lambda k, n, q: sum(chance(j, n, q) for j in range(first(k, n), last(k, n) + 1))


check_at_most = Exercise(
    about="Lesson 15: the probability of k or fewer right answers of n.",
    given=[(7, 10, 0.9), (2, 5, 0.3), (0, 4, 0.2), (6, 6, 0.7)],
    right=summed(lambda k, n: 0, lambda k, n: k),
    mistakes={
        "k itself belongs to it: k or fewer": summed(lambda k, n: 0, lambda k, n: k - 1),
        "this is k or more": summed(lambda k, n: k, lambda k, n: n),
        "this is more than k: one less that": summed(lambda k, n: k + 1, lambda k, n: n),
        "none right is possible, too: begin at 0": summed(lambda k, n: 1, lambda k, n: k),
        "this is exactly k: add up 0 to k": exactly,
        "in how many ways can j of n be right? math.comb(n, j) is missing": [
            summed(lambda k, n: 0, lambda k, n: k, lambda j, n, q: q**j * (1 - q) ** (n - j)),
        ],
        "the wrong ones are missing: (1 - q) to the power of n - j": [
            summed(lambda k, n: 0, lambda k, n: k, lambda j, n, q: math.comb(n, j) * q**j),
        ],
        "q and 1 - q are exchanged: q is the probability of right": [
            lambda k, n, q: sum(exactly(j, n, 1 - q) for j in range(k + 1)),
        ],
    },
    shape="return one number",
    otherwise="add up math.comb(n, j) q^j (1 - q)^(n - j) for j from 0 to k",
)


def brought(on=lambda z: z > 0, pixels=lambda x, slopes: x * slopes, rest=None):
    """An answer from which units let through, what a pixel brings, and what the biases bring."""
    rest = rest or (lambda b1, through, b2: b1 @ through + b2)

    def answer(x, W1, b1, w2, b2):
        through = w2 * on(x @ W1 + b1)
        return np.append(pixels(x, W1 @ through), rest(b1, through, b2))

    return answer


def network(seed):
    """x, W1, b1, w2, b2 with some units on and some off, also after the biases are left out."""
    rng = np.random.default_rng(seed)
    return (*(rng.normal(size=shape) for shape in (4, (4, 6), 6, 6)), float(rng.normal()))


def everything_on(z):
    """As if there were no ReLU."""
    return np.ones_like(z)


check_brought = Exercise(
    about="Lesson 15: what each pixel brings to an answer, and what the biases bring.",
    given=[network(0), network(1), network(2)],
    right=brought(),
    mistakes={
        "a unit that is off lets nothing through": brought(everything_on),
        "a unit lets through 1 or 0 of a slope, not its z": brought(lambda z: np.maximum(z, 0)),
        "these are the units that are off": brought(lambda z: z <= 0),
        "these are the slopes: a contribution is pixel times slope": [
            brought(pixels=lambda x, slopes: slopes),
        ],
        "only |slope| is left: a pixel may speak against": [
            brought(pixels=lambda x, slopes: x * np.abs(slopes)),
            brought(pixels=lambda x, slopes: np.abs(x * slopes)),
        ],
        "the biases of the hidden units go through the ReLUs, too: b1 is missing": [
            brought(rest=lambda b1, through, b2: b2),
        ],
        "b2 is missing in the last number": brought(rest=lambda b1, through, b2: b1 @ through),
        "b1 is multiplied by w2 where the unit is on, before it is added up": [
            brought(rest=lambda b1, through, b2: b1.sum() + b2),
            brought(rest=lambda b1, through, b2: b1[through != 0].sum() + b2),
        ],
        "whether a unit is on is decided with its bias": [
            lambda x, W1, b1, w2, b2: np.append(
                x * (W1 @ (w2 * (x @ W1 > 0))), b1 @ (w2 * (x @ W1 > 0)) + b2
            ),
        ],
    },
    shape="return D + 1 numbers: one for each pixel, and one for the biases",
    otherwise={
        "the contributions are not right: x times W1 (w2 where the unit is on)": slice(0, 4),
        "the contributions are right, the last number is not: b1 (w2 where on) + b2": slice(4, 5),
    },
)
