"""The checks of lesson 7: a sequence read, parameters counted, a latch, the way back, parity."""

import itertools

import numpy as np

from dlcourse.exercises.engine import BLANK, Exercise, judged, wrong_if


def reading(new=lambda x, h, W_x, W_h, b: np.tanh(x @ W_x + h @ W_h + b), old=False, carry=True):
    """An answer that lists the state that `new` makes at each step, or the old one before it.

    With carry=False every step starts from state 0.
    """

    def answer(xs, W_x, W_h, b):
        h, states = np.zeros(len(b)), []
        for x in xs:
            before = h
            h = new(x, h if carry else np.zeros(len(b)), W_x, W_h, b)
            states.append(before if old else h)
        return np.array(states)

    return answer


check_read_sequence = Exercise(
    about="Lesson 7: the states of a tanh RNN after each step of a sequence.",
    given=[
        (
            np.array([[1.0, -0.5], [0.3, 0.8], [-1.2, 0.4], [0.6, 0.1]]),
            np.array([[0.4, -0.7, 0.2], [0.9, 0.3, -0.5]]),
            np.array([[0.5, -1.1, 0.3], [0.8, 0.2, -0.7], [-0.4, 1.3, 0.6]]),
            np.array([0.1, -0.3, 0.2]),
        ),
        (
            np.array([[0.7], [-0.2], [1.5]]),
            np.array([[0.5, 0.6]]),
            np.array([[0.1, 0.9], [-0.3, 0.4]]),
            np.array([0.2, -0.1]),
        ),
    ],
    right=reading(),
    mistakes={
        "it still lists the state before each step: take the new one": reading(old=True),
        "every step starts from state 0: carry the state along": reading(carry=False),
        "b is missing": reading(lambda x, h, W_x, W_h, b: np.tanh(x @ W_x + h @ W_h)),
        "W_h is turned over: a row of states stands left of W_h": [
            reading(lambda x, h, W_x, W_h, b: np.tanh(x @ W_x + h @ W_h.T + b)),
        ],
        "tanh is missing": reading(lambda x, h, W_x, W_h, b: x @ W_x + h @ W_h + b),
    },
    shape="return a row for each input, and in it a number for each unit: (T, n_hidden)",
    otherwise="not yet: after each step h is tanh(x W_x + h W_h + b), with the h before it",
)

check_count_parameters = Exercise(
    about="Lesson 7: weights and biases of an RNN and a Dense layer that reads its state.",
    given=[(3, 5, 2, 11), (4, 6, 9, 2)],
    right=lambda d, h, k, steps: (d + h + 1) * h + (h + 1) * k,
    mistakes={
        "the biases are missing: one for each number of the state and of the output": [
            lambda d, h, k, steps: (d + h + k) * h,
        ],
        "one of the two biases is missing": [
            lambda d, h, k, steps: (d + h + 1) * h + h * k,
            lambda d, h, k, steps: (d + h) * h + (h + 1) * k,
        ],
        "W_h is missing: the old state has weights, too": [
            lambda d, h, k, steps: (d + 1) * h + (h + 1) * k,
        ],
        "the output layer is missing": lambda d, h, k, steps: (d + h + 1) * h,
        "the same weights serve every step: do not multiply by the steps": [
            lambda d, h, k, steps: steps * ((d + h + 1) * h + (h + 1) * k),
            lambda d, h, k, steps: steps * (d + h + 1) * h + (h + 1) * k,
            lambda d, h, k, steps: (d + h + 1) * h + steps * (h + 1) * k,
        ],
        "the same biases serve every step, too: the number of steps does not count": [
            lambda d, h, k, steps: (d + h + steps) * h + (h + 1) * k,
            lambda d, h, k, steps: (d + h + steps) * h + (h + steps) * k,
            lambda d, h, k, steps: (d + h + k) * h + steps,
        ],
    },
    shape="return one number",
    otherwise="3 numbers in, 5 of state, 2 out: W_x 15, W_h 25, b 5, and the output 10 + 2",
)


@judged
def check_set_and_reset(set_and_reset):
    """Lesson 7: one tanh unit, set by hand, that is above 1/2 from a set on until a reset."""
    theta = set_and_reset()
    wrong_if(theta is None, BLANK)
    W_x, w_h, b = (np.ravel(np.array(part, float)) for part in theta)
    wrong_if(
        (W_x.size, w_h.size, b.size) != (2, 1, 1),
        "one unit, two inputs: W_x has 2 numbers, W_h 1 and b 1",
    )
    arriving = np.array([0, W_x[0], W_x[1]])  # with nothing, a set, a reset

    def after(events, pause=0, rest=0):
        """Is the state above 1/2 after events (T, ...), with zeros after each and at the end?"""
        h = np.zeros(np.shape(events)[1:])
        for event in np.asarray(events):
            h = np.tanh(arriving[event] + w_h * h + b)
            for _ in range(pause):
                h = np.tanh(w_h * h + b)
        for _ in range(rest):
            h = np.tanh(w_h * h + b)
        return h > 0.5

    long = 10_000  # even from a b of 1e-300 a state that grows has grown by then
    wrong_if(
        after([0], rest=long),
        "it is on before any set: with zeros only the state must stay below 1/2",
    )
    wrong_if(not after([1]), "a set does not lift the state above 1/2")
    wrong_if(
        not after([1], rest=long),
        "the set is forgotten while zeros come: w_h must be well above 1, and b near 0",
    )
    wrong_if(after([1, 0, 0, 2]), "a reset does not bring the state below 1/2")
    wrong_if(
        after([1, 2], rest=long),
        "after a reset it comes back by itself: W_x must carry it over to the other resting place",
    )
    wrong_if(not after([2, 0, 0, 1]), "a set after a reset does not lift the state above 1/2")
    events = np.array(list(itertools.product([0, 1, 2], repeat=6))).T
    last = np.zeros(729, int)
    for event in events:
        last = np.where(event > 0, event, last)
    right = np.sum(after(events) == (last == 1))
    wrong_if(right < 729, f"{right} of the 729 sequences of six steps are right")
    for pause, rest in ((0, long), (100, 0)):
        right = np.sum(after(events, pause, rest) == (last == 1))
        wrong_if(right < 729, f"right for six steps; with many zeros in between, {right} of 729")


def back(steps, W=lambda W_h: W_h.T, slope=lambda h: 1 - h * h):
    """An answer that carries g over the states that steps(states) lists, one after the other."""

    def answer(g, states, W_h):
        for h in steps(states):
            g = (g * slope(h)) @ W(W_h)
        return g

    return answer


def slope_of_the_state_below(g, states, W_h):
    """An answer that multiplies by the slope after the matrix, one state too early."""
    for h in states[-2::-1]:
        g = (g @ W_h.T) * (1 - h * h)
    return g


def last_first(states):
    """The states that the steps make, the last one first."""
    return states[:0:-1]


check_to_the_start = Exercise(
    about="Lesson 7: a gradient carried from the last state of a tanh RNN to the first.",
    given=[
        (
            np.array([0.7, -1.0, 2.0]),
            np.array([[0.3, -0.8, 0.1], [0.9, 0.2, -0.4], [-0.6, 0.5, 0.7], [0.4, -0.1, -0.9]]),
            np.array([[0.5, -1.1, 0.3], [0.8, 0.2, -0.7], [-0.4, 1.3, 0.6]]),
        ),
        (
            np.array([1.5, 0.4]),
            np.array([[0.2, 0.6], [-0.9, 0.3], [0.5, -0.5], [0.1, 0.8], [0.7, -0.2], [0.0, 0.4]]),
            np.array([[1.2, 0.4], [-0.9, 0.7]]),
        ),
    ],
    right=back(last_first),
    mistakes={
        "the slopes of tanh are missing: 1 - h^2 at every step": [
            back(last_first, slope=lambda h: 1),
        ],
        "the way back goes through W_h turned over: W_h.T": back(last_first, W=lambda W_h: W_h),
        "the order is turned: begin with the last step": back(lambda states: states[1:]),
        "one step too many: 5 states have 4 steps between them": back(lambda states: states[::-1]),
        "one step is missing: 5 states have 4 steps between them": [
            back(lambda states: states[:1:-1]),
            back(lambda states: states[-2:0:-1]),
        ],
        "the slope belongs to the state that a step makes, not to the one it starts from": [
            back(lambda states: states[-2::-1]),
            slope_of_the_state_below,
        ],
        "multiply by the slope 1 - h^2, not by the state": back(last_first, slope=lambda h: h),
    },
    shape="return one number for each number of the state",
    otherwise="not yet: for h in reversed(states[1:]), g becomes (g times the slope at h) W_h.T",
)


@judged
def check_parity(parity):
    """Lesson 7: two tanh units, set by hand: h1 - h2 above 1 while the number of ones is odd."""
    theta = parity()
    wrong_if(theta is None, BLANK)
    W_x, W_h, b = (np.array(part, float) for part in theta)
    wrong_if(
        W_x.size != 2 or b.size != 2,
        "two units, one input: W_x and b have 2 numbers each",
    )
    wrong_if(W_h.shape != (2, 2), "two units that see each other: W_h is 2 by 2")

    def odd(bits):  # (T, N)
        h = np.zeros((len(bits[0]), 2))
        for x in np.asarray(bits):
            h = np.tanh(x[:, None] * W_x.ravel() + h @ W_h + b.ravel())
        return h[:, 0] - h[:, 1] > 1

    wrong_if(
        odd([[0]]) or not odd([[1]]),
        "one step: h1 - h2 should be above 1 after a 1, below 1 after a 0",
    )
    wrong_if(odd([[1], [1]]), "two ones are even: the second must bring h1 - h2 below 1")
    wrong_if(
        not odd([[1], [0]]),
        "a 0 changes nothing: after 1, 0 the number of ones is still odd",
    )
    bits = np.array(list(itertools.product([0, 1], repeat=8))).T
    right = np.sum(odd(bits) == bits.sum(axis=0) % 2)
    wrong_if(right < 256, f"{right} of the 256 sequences of eight steps are right")
    bits = np.random.default_rng(7).random((300, 256)) < np.linspace(0, 1, 256)
    right = np.sum(odd(bits) == bits.sum(axis=0) % 2)
    wrong_if(right < 256, f"right for eight steps; of 256 sequences of 300 steps {right} are right")
