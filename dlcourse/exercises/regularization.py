"""The checks of lesson 10: a dropout that keeps the wrong share, forgetting by half, an elastic
step, the epoch to go back to.
"""

import numpy as np

from dlcourse.exercises.engine import BLANK, Exercise, judged, numbers, stopped, wrong_if


@judged
def check_drop(drop):
    """Lesson 10: a number goes with probability p, else it stays, divided by 1 - p."""
    y = np.full((400, 500), 3.0)
    for p in (0.2, 0.7):
        found = numbers(drop, (y, p, np.random.default_rng(0)))
        wrong_if(found is None, BLANK)
        wrong_if(isinstance(found, Exception), stopped(found))
        wrong_if(found.shape != y.shape, "return an array of y's shape")
        alike = np.ptp(found, axis=0).max() == 0 or np.ptp(found, axis=1).max() == 0
        wrong_if(
            alike and np.ptp(found) > 0,
            "each number is dropped by itself, not whole rows or columns",
        )
        gone = np.mean(found == 0)
        kept = np.unique(found[found != 0])
        wrong_if(abs(gone - (1 - p)) < 0.01, f"at p = {p} a share of {1 - p:.1f} goes, not p")
        wrong_if(abs(gone - p) > 0.01, f"at p = {p} a share of {gone:.2f} goes")
        wrong_if(len(kept) != 1, "every kept number is divided by the same number")
        wrong_if(np.isclose(kept[0], 3), "what is kept must be divided by 1 - p")
        wrong_if(np.isclose(kept[0], 3 / p), "divide by the share that is kept: 1 - p")
        wrong_if(np.isclose(kept[0], 3 * (1 - p)), "divide by 1 - p, do not multiply")
        wrong_if(not np.isclose(kept[0], 3 / (1 - p)), "what is kept must be divided by 1 - p")


check_strength_for_half = Exercise(
    about="Lesson 10: the strength at which an unused weight halves in so many steps.",
    given=[(0.1, 100), (0.5, 7), (0.02, 1)],
    right=lambda lr, steps: (1 - 0.5 ** (1 / steps)) / lr,
    mistakes={
        "nearly: ln 2 / (lr steps) is right for very many steps; solve (1 - lr s)^steps = 1/2": [
            lambda lr, steps: np.log(2) / (lr * steps),
        ],
        "this takes away the same amount at every step; a step multiplies by 1 - lr s": [
            lambda lr, steps: 0.5 / (lr * steps),
        ],
        "this is lr times the strength: divide by lr": lambda lr, steps: 1 - 0.5 ** (1 / steps),
        "this is what is left after one step, 1 - lr s": lambda lr, steps: 0.5 ** (1 / steps),
        "the root is of steps: 0.5 ** (1 / steps)": lambda lr, steps: (1 - 0.5**steps) / lr,
    },
    shape="return one number",
    otherwise="solve (1 - lr s)^steps = 1/2 for s",
)


def shrink(v, threshold):
    """Move v towards 0 by the threshold, and stop there."""
    return np.sign(v) * np.maximum(np.abs(v) - threshold, 0)


W = np.array([0.5, -0.3, 0.02, 0.0, -0.9])
G = np.array([0.7, -0.2, 0.1, 0.4, 0.3])

check_elastic_step = Exercise(
    about="Lesson 10: one step with both prices, |w| and w^2, by shrinking.",
    given=[(W, G, 0.1, 0.4, 0.9), (-2 * W, G, 0.5, 0.1, 3.0), (W, G, 0.2, 0.0, 0.5)],
    right=lambda w, g, lr, a, b: shrink(w - lr * g, lr * a) / (1 + lr * b),
    mistakes={
        "the L2 part is missing": lambda w, g, lr, a, b: shrink(w - lr * g, lr * a),
        "the L1 part is missing": lambda w, g, lr, a, b: (w - lr * g) / (1 + lr * b),
        "shrink first, then divide": [
            lambda w, g, lr, a, b: shrink((w - lr * g) / (1 + lr * b), lr * a),
        ],
        "the L2 part belongs to the minimum, too: divide by 1 + lr b": [
            lambda w, g, lr, a, b: shrink(w - lr * g, lr * a) * (1 - lr * b),
            lambda w, g, lr, a, b: shrink(w * (1 - lr * b) - lr * g, lr * a),
        ],
        "both prices are multiplied by lr": [
            lambda w, g, lr, a, b: shrink(w - lr * g, a) / (1 + b),
            lambda w, g, lr, a, b: shrink(w - lr * g, a) / (1 + lr * b),
            lambda w, g, lr, a, b: shrink(w - lr * g, lr * a) / (1 + b),
        ],
        "a weight that reaches 0 stops there": [
            lambda w, g, lr, a, b: (w - lr * g - lr * a * np.sign(w - lr * g)) / (1 + lr * b),
        ],
        "shrink what the step leads to, w - lr g": [
            lambda w, g, lr, a, b: (shrink(w, lr * a) - lr * g) / (1 + lr * b),
        ],
    },
    shape="return an array of w's shape",
    otherwise="first the step, then the minimum of its three costs, weight by weight",
)


def best_and_end(val_loss, patience):
    """The epochs (from 1) of the lowest loss, and of `patience` epochs without a lower one."""
    best = 0
    for epoch in range(len(val_loss)):
        if val_loss[epoch] < val_loss[best]:
            best = epoch
        if epoch - best == patience:
            break
    return best + 1, epoch + 1


def stop_epoch(val_loss, patience):
    """The epoch (from 1) of the lowest loss before `patience` epochs without a lower one."""
    return best_and_end(val_loss, patience)[0]


def stopped_at(val_loss, patience):
    """The epoch at which training ends, not the one to go back to."""
    return best_and_end(val_loss, patience)[1]


def reset_by_any_fall(val_loss, patience):
    """Waits anew whenever the loss is lower than one epoch before."""
    best, waited = 0, 0
    for epoch in range(1, len(val_loss)):
        waited = 0 if val_loss[epoch] < val_loss[epoch - 1] else waited + 1
        if val_loss[epoch] < val_loss[best]:
            best = epoch
        if waited == patience:
            break
    return best + 1


LOSSES = [3.0, 2.0, 1.5, 1.7, 1.6, 1.8, 1.4, 1.9, 2.0, 2.1, 1.2, 1.3]

check_stop_epoch = Exercise(
    about="Lesson 10: the epoch to go back to, when `patience` epochs brought nothing lower.",
    given=[(LOSSES, 2), (LOSSES, 3), (LOSSES, 4), (LOSSES[:7], 5), ([1.0, 2.0, 0.5], 1)],
    right=stop_epoch,
    mistakes={
        "count epochs from 1": lambda losses, patience: stop_epoch(losses, patience) - 1,
        "this is where training stops; the weights to keep are those of the lowest loss": [
            stopped_at,
            lambda losses, patience: stopped_at(losses, patience) - 1,
        ],
        "this looks at epochs after the stop": [
            lambda losses, patience: int(np.argmin(losses)) + 1,
        ],
        "compare with the lowest loss so far, not with the last one": reset_by_any_fall,
        "this waits one epoch too long": [
            lambda losses, patience: stop_epoch(losses, patience + 1),
        ],
        "this waits one epoch too few": [
            lambda losses, patience: stop_epoch(losses, max(1, patience - 1)),
        ],
    },
    shape="return one number",
    otherwise="go through the epochs; remember the lowest loss and how long ago it was",
)
