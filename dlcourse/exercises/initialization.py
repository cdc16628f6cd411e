"""The checks of lesson 5: diagnoses, cures, He's weights, a box, a unit's numerator."""

import numpy as np

from dlcourse.exercises.engine import BLANK, Exercise, Wrong, judged, numbers, stopped, wrong_if
from dlcourse.lessons.initialization import DEAD, DEEP, DISEASES, EXPLOSION, PLATEAU, ZERO

check_uniform_limit = Exercise(
    about="Lesson 5: the r for which U(-r, r) has Xavier's variance.",
    given=[(300, 100), (20, 70), (9, 6)],
    right=lambda n_in, n_out: np.sqrt(6 / (n_in + n_out)),
    mistakes={
        "this is Xavier's standard deviation: U(-r, r) has variance r^2 / 3": [
            lambda n_in, n_out: np.sqrt(2 / (n_in + n_out)),
        ],
        "this is the whole interval: it reaches from -r to r": [
            lambda n_in, n_out: 2 * np.sqrt(6 / (n_in + n_out)),
        ],
        "this is r^2: take its root": lambda n_in, n_out: 6 / (n_in + n_out),
        "Xavier looks both ways: n_in + n_out": [
            lambda n_in, n_out: np.sqrt(3 / n_in),
            lambda n_in, n_out: np.sqrt(3 / n_out),
            lambda n_in, n_out: np.sqrt(6 / n_in),
            lambda n_in, n_out: np.sqrt(6 / n_out),
        ],
    },
    shape="return one number",
    otherwise="solve r^2 / 3 = 2 / (n_in + n_out) for r",
)


@judged
def check_numerator(numerator):
    """Lesson 5: the c of Var w = c / n that keeps the second moment through an activation."""

    def near(right, rtol=0.1):
        return abs(found / right - 1) < rtol

    found = one_number(numerator, lambda z: np.maximum(z, 0))
    wrong_if(near(0.5), "this is the share of the signal that is left: c makes up for it")
    wrong_if(near(2**0.5), "this is the root, a factor for the weights: the variance is asked for")
    wrong_if(
        near(2 * np.pi / (np.pi - 1)),
        "you took the variance: after ReLU the mean is not 0, so take the mean square",
    )
    wrong_if(near(1), "every z counts, the negative ones too: they give 0")
    wrong_if(
        near((2 * np.pi) ** 0.5, rtol=0.03),
        "the square is missing: the mean of f(z)^2 is asked for",
    )
    wrong_if(
        near(2, rtol=0.2) and not near(2),
        "near, by chance: for ReLU it should be He's 2; draw more z, a hundred thousand are enough",
    )
    wrong_if(not near(2), "for ReLU it should be He's 2")
    found = one_number(numerator, np.tanh)
    wrong_if(not near(2.536), "right for ReLU; for tanh it should be 2.54: take f as it comes")
    found = one_number(numerator, lambda z: np.add(z, 2))
    wrong_if(not near(0.2), "right for ReLU and tanh; for f(z) = z + 2 it should be 0.2")


def one_number(answer, f):
    """What an answer makes of an activation, a number; it ends the check if it is none."""
    found = numbers(answer, (f,))
    wrong_if(found is None, BLANK)
    wrong_if(isinstance(found, Exception), stopped(found))
    wrong_if(found.shape != (), "return one number")
    return found


@judged
def check_diagnosis(diagnosis, charts):
    """Lesson 5: a disease for each letter; charts[letter] = bars at the start, bars now, gates."""
    wrong_if(not any(diagnosis.values()), BLANK)
    for letter, (start, now, gates) in charts.items():
        name = diagnosis.get(letter)
        wrong_if(name is None, f"{letter} is not answered yet")
        wrong_if(name not in DISEASES, f"{letter}: write one of {', '.join(DISEASES)}")
        contradiction = why_not(name, start, now, gates)
        wrong_if(contradiction, f"{letter}: {contradiction}")


def why_not(name, start, now, gates):
    """What a chart shows that this disease does not, or None; the last gate is the output's."""
    hidden, output, highest = np.max(gates[:-1]), gates[-1], max(start)
    if name in (DEAD, ZERO) and highest > 0:
        return f"{name} means bars of exactly 0, and here they stood at {highest:.0e}"
    if name == DEAD and hidden > 0:
        return f"the gates of dead units are empty, and here one is filled to {hidden:.2f}"
    if name == ZERO and hidden == 0:
        return "at 0 a tanh is steepest, and here all hidden gates are empty"
    if name == EXPLOSION and highest < 1:
        return f"an explosion starts far above 1, and here the highest bar starts at {highest:.0e}"
    if name == DEEP and not 0 < start[0] < start[-1] / 100:
        return "deep sigmoids are a staircase from the start, and here the bars are none"
    if name == PLATEAU and output > 0.4:
        return f"on a plateau the output's gate is nearly empty, and here it is {output:.2f} full"
    if name == PLATEAU and max(now) > highest / 10:
        return "on a plateau all bars have sunk, and here they have not"
    return None


@judged
def check_cures(cures, recipes, accuracy_with):
    """Lesson 5: for each letter one line and its new value; accuracy_with(letter, line, value)."""
    wrong_if(not any(cures.values()), BLANK)
    for letter, recipe in recipes.items():
        cure = cures.get(letter)
        wrong_if(cure is None, f"{letter} is not answered yet")
        pair = isinstance(cure, tuple | list) and len(cure) == 2
        wrong_if(
            not pair or cure[0] not in list(recipe),
            f'{letter}: write a line of its recipe and the new value, such as ("lr", 0.1)',
        )
        line, value = cure
        try:
            reached = accuracy_with(letter, line, value)
        except Exception as error:
            raise Wrong(f"{letter}: {stopped(error, f'training with this {line}')}") from None
        sick = f"{letter}: changing {line} leaves it sick, accuracy {reached:.2f}"
        wrong_if(reached < 0.25, sick)


@judged
def check_he_weights(he_weights):
    """Lesson 5: weights (n_in, n_out) from a normal distribution with variance 2 / n_in."""
    for n_in, n_out in ((800, 500), (200, 600)):
        W = numbers(he_weights, (np.random.default_rng(0), n_in, n_out))
        wrong_if(W is None, BLANK)
        wrong_if(isinstance(W, Exception), stopped(W))
        wrong_if(W.shape != (n_in, n_out), "return a matrix of n_in rows and n_out columns")
        std = W.std()

        def near(right, std=std):
            return abs(std / right - 1) < 0.03

        wrong_if(
            near(2 / n_in) or near(2 / n_out),
            "rng.normal takes a standard deviation, and 2 / n_in is a variance: take its root",
        )
        wrong_if(near((2 / n_out) ** 0.5), "He looks forward: n_in numbers are added up, not n_out")
        wrong_if(near((1 / n_in) ** 0.5), "this is LeCun's rule: ReLU halves the mean square")
        wrong_if(near((2 / (n_in + n_out)) ** 0.5), "this is Xavier's rule; He's is 2 / n_in")
        wrong_if(
            near((2 / n_in / 3) ** 0.5),
            "evenly between -r and r the variance is r^2 / 3: draw from a normal distribution",
        )
        wrong_if(not near((2 / n_in) ** 0.5), "the standard deviation should be the root of 2/n_in")
        wrong_if(abs(W.mean()) > 0.05 * std, "the weights should have mean 0")
