"""The checks of lesson 14: straight pieces counted, a wide network of as many numbers, a zigzag,
and the weights of parity.
"""

import numpy as np

from dlcourse.exercises.engine import BLANK, Exercise, judged, stopped, wrong_if


def pieces(y):
    """One more than there are places where the slope changes."""
    return 1 + np.sum(np.abs(np.diff(np.diff(y))) > 1e-9)


def turns(y):
    """Places where the direction changes."""
    direction = np.sign(np.diff(y))
    return np.sum(direction[1:] != direction[:-1])


X = np.linspace(-1, 2, 91)  # steps of 1/30: no slope is exactly like its neighbour


def relu(z):
    """z where it is positive, else 0."""
    return np.maximum(z, 0)


CURVES = [
    2 * relu(X) - 4 * relu(X - 0.5),
    2 * relu(X) + relu(X - 1),
    relu(X + 0.5) + 2 * relu(X) + 3 * relu(X - 0.5) - 9 * relu(X - 1),
    3 * X + 1,
    1.5 * np.abs(X) - 0.25,
]

check_count_straight = Exercise(
    about="Lesson 14: how many straight pieces a function has, from its values.",
    given=[(y,) for y in CURVES],
    right=pieces,
    mistakes={
        "these are kinks: there is one piece more": lambda y: pieces(y) - 1,
        "two pieces of one direction may have different slopes: compare slopes": [
            lambda y: 1 + turns(y),
        ],
        "compare slopes, not their signs; and there is one piece more than kinks": turns,
        "rounding changes nearly every slope a little: less than 1e-9 is no kink": [
            lambda y: 1 + np.sum(np.diff(np.diff(y)) != 0),
        ],
        "a slope may also become smaller: take the size of its change": [
            lambda y: 1 + np.sum(np.diff(np.diff(y)) > 1e-9),
        ],
        "these are values, not slopes: take differences once more": [
            lambda y: 1 + np.sum(np.abs(np.diff(y)) > 1e-9),
        ],
    },
    shape="return one number",
    otherwise="count the places where the slope changes by more than 1e-9, and add 1",
)


def count(sizes):
    """Weights and biases of a network with layers of these sizes."""
    return sum((a + 1) * b for a, b in zip(sizes[:-1], sizes[1:], strict=True))


def widest(sizes, numbers=count, of_unit=lambda d, k: d + 1 + k, of_outputs=lambda k: k):
    """The largest hidden layer, with these counts of the numbers of a deep one, a unit, outputs."""
    d, k = sizes[0], sizes[-1]
    return (numbers(sizes) - of_outputs(k)) // of_unit(d, k)


check_wide_as = Exercise(
    about="Lesson 14: the widest single hidden layer with no more numbers than a deep network.",
    given=[
        ([2, 8, 8, 8, 1],),
        ([3, 7, 5, 4],),
        ([289, 30, 30, 26],),
        ([1, 2, 2, 2, 1],),
        ([5, 4, 3, 2],),
    ],
    right=widest,
    mistakes={
        "the outputs' biases are paid for once, whatever n is": [
            lambda sizes: widest(sizes, of_outputs=lambda k: 0),
        ],
        "each hidden unit has a bias, too": lambda sizes: widest(sizes, of_unit=lambda d, k: d + k),
        "a hidden unit also costs the weights behind it, one for each output": [
            lambda sizes: widest(sizes, of_unit=lambda d, k: d + 1),
            lambda sizes: widest(sizes, of_unit=lambda d, k: d + 1, of_outputs=lambda k: 0),
        ],
        "count the biases of the deep network as well": [
            lambda sizes: widest(
                sizes, lambda s: sum(a * b for a, b in zip(s[:-1], s[1:], strict=True))
            ),
        ],
        "round down: with one unit more it has too many numbers": [
            lambda sizes: (count(sizes) - sizes[-1]) / (sizes[0] + 1 + sizes[-1]),
            lambda sizes: widest(sizes) + 1,
            lambda sizes: round((count(sizes) - sizes[-1]) / (sizes[0] + 1 + sizes[-1])),
        ],
        "as many numbers, not as many units": lambda sizes: sum(sizes[1:-1]),
    },
    shape="return one number",
    otherwise="D n + n + n K + K must not be more than the deep network has",
)


def zigzag(x, n, first=1.0, turn=2.0, ends=None):
    """n pieces between 0 and 1, with the slope first * n and turns of turn * n at k / n."""
    ends = range(1, n) if ends is None else ends(n)
    y = first * n * relu(x)
    for k in ends:
        y = y + turn * n * (-1) ** k * relu(x - k / n)
    return y


PLACES = np.linspace(0, 1, 61)

check_zigzag = Exercise(
    about="Lesson 14: n ReLUs that fold the interval from 0 to 1 in n.",
    given=[(PLACES, 2), (PLACES, 3), (PLACES, 5), (PLACES[::7], 4), (PLACES, 1)],
    right=zigzag,
    mistakes={
        "a piece is 1/n wide and 1 high: its slope is n": [
            lambda x, n: zigzag(x, n) / n,
            lambda x, n: zigzag(x, n) * 2 / n,
        ],
        "at k/n the slope turns from n to -n: it changes by 2n, not by n": [
            lambda x, n: zigzag(x, n, turn=1.0),
        ],
        "the signs alternate: down at odd k, up at even k": [
            lambda x, n: n * relu(x) - sum(2 * n * relu(x - k / n) for k in range(1, n)),
            lambda x, n: zigzag(x, n, turn=-2.0),
        ],
        "it begins at 0 and goes up": lambda x, n: 1 - zigzag(x, n),
        "one kink too few: k runs from 1 to n - 1": [
            lambda x, n: zigzag(x, n, ends=lambda n: range(1, n - 1)),
        ],
        "this folds in 2 again and again; fold in n": [
            lambda x, n: zigzag(zigzag(x, 2), 2) if n > 2 else zigzag(x, n),
        ],
    },
    shape="return an array of x's shape",
    otherwise="slope n at first; at k/n, for k from 1 to n - 1, it changes by 2n, down at odd k",
)


@judged
def check_parity_weights(parity_weights):
    """Lesson 14: the weights of one layer of n ReLUs that says the parity of n bits."""
    for n in (2, 3, 6):
        try:
            made = parity_weights(n)
        except Exception as error:
            wrong_if(True, stopped(error))
        wrong_if(made is None, BLANK)
        wrong_if(not isinstance(made, tuple) or len(made) != 3, "return W1, b1, W2")
        W1, b1, W2 = (np.asarray(part, float) for part in made)
        for name, part, shape in (("W1", W1, (n, n)), ("b1", b1, (n,)), ("W2", W2, (n, 1))):
            wrong_if(
                part.shape != shape,
                f"for n = {n}, {name} has the shape {part.shape}, not {shape}",
            )
        bits = (np.arange(2**n)[:, None] >> np.arange(n)) % 2
        s = bits.sum(axis=1)
        y = (relu(bits @ W1 + b1) @ W2)[:, 0]
        wrong_if(not np.isclose(y[0], 0), f"for n = {n}, no bit is 1, and it says {y[0]:g}, not 0")
        wrong = ~np.isclose(y, s % 2)
        if wrong.any():
            first = int(np.min(s[wrong]))
            answer = y[wrong][np.argmin(s[wrong])]
            right = f"{wrong.sum()} of {2**n} patterns are wrong"
            wrong_if(True, f"for n = {n}, {first} ones give {answer:g}, not {first % 2}; {right}")
