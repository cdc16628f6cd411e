"""Schedules: the learning rate as a function of the step t = 0, 1, 2 ..., for an optimizer's `lr`.

SGD(cosine(0.1, 2000)) asks its schedule before every step. Rates are Python floats.
"""

import bisect
import math

from dlcourse.guard import checks
from dlcourse.guard.checks import FINITE, POSITIVE, SHARE, number, takes, whole

of_step = takes(t=number(words="a step, a number from 0"))


@takes(pairs=checks.steps_and_rates)
def piecewise(pairs):
    """lr is constant, then another constant: pairs (step, lr from there on), the first step 0.

    piecewise([(0, 0.1), (500, 0.01)]) is 0.1 for the steps 0 to 499, then 0.01 for ever.
    """
    starts = [start for start, _ in pairs]

    @of_step
    def piecewise(t):
        return pairs[bisect.bisect_right(starts, t) - 1][1]

    return piecewise


@takes(lr0=POSITIVE, r=POSITIVE)
def exponential(lr0, r):
    """lr = lr0 10^(-t/r): a tenth every r steps.

    All rates together, for ever, are about lr0 r / ln 10: too small an r starves the training.
    """

    @of_step
    def exponential(t):
        return lr0 * 10 ** (-t / r)

    return exponential


@takes(lr0=POSITIVE, r=POSITIVE, c=number())
def power(lr0, r, c=1):
    """lr = lr0 (1 + t/r)^(-c): for c = 1 half at step r, a third at 2 r, a sixth at 5 r.

    With 1/2 < c <= 1 the sum of all rates is infinite and that of their squares is not: the
    conditions under which noisy steps still arrive (Robbins & Monro 1951).
    """

    @of_step
    def power(t):
        return lr0 * (1 + t / r) ** -c

    return power


@takes(lr0=POSITIVE, n_steps=whole(1))
def cosine(lr0, n_steps):
    """lr = lr0 (1 + cos(pi t / n_steps)) / 2: from lr0 to 0 in n_steps (Loshchilov & Hutter 2017).

    Level at both ends. From n_steps on it is 0: nothing moves any more.
    """

    @of_step
    def cosine(t):
        return lr0 * (1 + math.cos(math.pi * min(t / n_steps, 1))) / 2

    return cosine


@takes(lr=checks.rate, n_steps=whole(1))
def warm_up(lr, n_steps):
    """lr(t) min(1, (t + 1) / n_steps): the first n_steps rise to it (Goyal et al. 2017).

    `lr` is a number or a schedule: warm_up(cosine(0.1, 2000), 100). For starts at which the full
    rate would throw the first weights away.
    """

    @of_step
    def warm_up(t):
        return (lr(t) if callable(lr) else lr) * min(1, (t + 1) / n_steps)

    if hasattr(lr, "update"):  # a Plateau still hears of the loss
        warm_up.update = lr.update
    return warm_up


class Plateau:
    """lr stays lr0 until the loss stops falling; then lr = factor lr, and again.

    `update(value)` tells it a loss: after `patience` values in a row that are not below the lowest
    one so far, lr is multiplied by factor, and the counting starts anew. `fit` calls update after
    every epoch, with the validation loss, or without validation with the epoch's mean loss. It
    remembers the lowest loss: another training takes a new one.
    """

    @takes(lr0=POSITIVE, factor=SHARE, patience=whole(1))
    def __init__(self, lr0, factor=0.5, patience=5):
        self.lr, self.factor, self.patience = lr0, factor, patience
        self.best, self.waited = math.inf, 0

    def __call__(self, t):
        """The rate at this time, whatever the step."""
        return self.lr

    @takes(value=FINITE)
    def update(self, value):
        """Hear of a loss, a finite number, the lower the better (1 - accuracy, not accuracy)."""
        self.waited += 1
        if value < self.best:
            self.best, self.waited = value, 0
        if self.waited == self.patience:
            self.lr, self.waited = self.factor * self.lr, 0
