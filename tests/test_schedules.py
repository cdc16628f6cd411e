"""Schedules: closed forms, and what an optimizer and fit make of them."""

import math

import numpy as np
import pytest

from dlcourse.layers import Dense
from dlcourse.losses import MeanSquaredError
from dlcourse.network import Sequential
from dlcourse.optimizers import SGD, Adam
from dlcourse.schedules import Plateau, cosine, exponential, piecewise, power, warm_up
from dlcourse.training import Batches, fit

X = np.random.default_rng(0).standard_normal((12, 3))
T = X[:, :1] + 1

RATES = [  # a schedule, steps, and the rates there
    (piecewise([(0, 0.1)]), [0, 1, 10**6], [0.1, 0.1, 0.1]),
    (
        piecewise([(0, 0.1), (500, 0.01), (600, 1)]),
        [0, 499, 500, 599, 600, 9999],
        [0.1, 0.1, 0.01, 0.01, 1, 1],
    ),
    (exponential(0.5, 100), [0, 100, 200, 500, 50], [0.5, 0.05, 0.005, 5e-6, 0.5 / 10**0.5]),
    (power(0.6, 100), [0, 100, 200, 500], [0.6, 0.3, 0.2, 0.1]),
    (power(0.6, 100, c=2), [0, 100, 200], [0.6, 0.15, 0.6 / 9]),
    (power(0.6, 100, c=0), [0, 100, 200], [0.6, 0.6, 0.6]),
    (
        cosine(0.4, 60),
        [0, 20, 30, 40, 60, 61, 10**9],
        [0.4, 0.3, 0.2, 0.1, 0, 0, 0],
    ),
    (cosine(0.4, 1), [0, 1], [0.4, 0]),
    (warm_up(0.5, 5), [0, 1, 3, 4, 5, 99], [0.1, 0.2, 0.4, 0.5, 0.5, 0.5]),
    (warm_up(0.5, 1), [0, 1], [0.5, 0.5]),
    (warm_up(power(0.6, 100), 200), [99, 100, 200], [0.3 / 1.99, 0.3 * 101 / 200, 0.2]),
    (Plateau(0.3), [0, 10**6], [0.3, 0.3]),
]


@pytest.mark.parametrize("schedule, steps, rates", RATES)
def test_rates_by_hand(schedule, steps, rates):
    found = [schedule(t) for t in steps]
    assert found == pytest.approx(rates, rel=1e-12, abs=1e-15)
    assert all(type(rate) is float for rate in found)


@pytest.mark.parametrize("schedule", [exponential(0.1, 50), power(0.1, 50), cosine(0.1, 200)])
def test_a_rate_that_shrinks_never_rises(schedule):
    rates = [schedule(t) for t in range(300)]
    assert all(a >= b >= 0 for a, b in zip(rates, rates[1:], strict=False)) and rates[0] == 0.1


def test_all_rates_together():
    """A tenth every r steps: lr0 / (1 - 10^(-1/r)), about lr0 r / ln 10. A cosine: half of all."""
    whole = sum(exponential(0.1, 200)(t) for t in range(5000))
    assert whole == pytest.approx(0.1 / (1 - 10 ** (-1 / 200)))
    assert whole == pytest.approx(0.1 * 200 / math.log(10), rel=0.01)
    assert sum(cosine(0.1, 2000)(t) for t in range(2000)) == pytest.approx(100 + 0.05)


def test_steps_of_any_kind():
    schedule = cosine(0.4, 60)
    assert schedule(np.int64(20)) == schedule(20.0) == pytest.approx(0.3)


def test_an_optimizer_names_its_schedule_and_asks_it():
    optimizer, theta = SGD(piecewise([(0, 1.0), (2, 0.5)])), np.zeros(1, np.float32)
    assert (
        repr(optimizer) == "SGD(lr=piecewise)" and repr(Adam(cosine(1, 2)))[:12] == "Adam(lr=cosi"
    )
    places = []
    for _ in range(4):
        optimizer.step(theta, np.ones(1, np.float32))
        places.append(float(theta[0]))
    assert places == [-1, -2, -2.5, -3] and theta.dtype == np.float32


def test_a_plateau_by_hand():
    plateau = Plateau(0.8, factor=0.5, patience=2)
    rates = []
    for value in [5, 4, 4, 4, 4, 4, 3, 3, 2, 2, 9, 9]:
        plateau.update(value)
        rates.append(plateau(0))
    # equal is not below; a fall begins the counting anew, and so does a cut
    assert rates == [0.8, 0.8, 0.8, 0.4, 0.4, 0.2, 0.2, 0.2, 0.2, 0.2, 0.1, 0.1]
    assert plateau.best == 2


def test_a_plateau_takes_negative_losses_and_numpys_numbers():
    plateau = Plateau(1.0, 0.1, 1)
    for value in (np.float32(-1), np.float64(-2), -1):
        plateau.update(value)
    assert plateau(3) == pytest.approx(0.1)


def test_a_refused_value_changes_nothing():
    plateau = Plateau(1.0, 0.1, 1)
    plateau.update(3)
    with pytest.raises(ValueError, match=r"Plateau\.update takes value as a finite number"):
        plateau.update(np.nan)
    assert plateau.best == 3 and plateau.waited == 0 and plateau(0) == 1


class Remembers(Plateau):
    """A Plateau that keeps what it was told."""

    def __init__(self, *settings):
        super().__init__(*settings)
        self.told = []

    def update(self, value):
        self.told.append(value)
        super().update(value)


def fitted(lr, **settings):
    net = Sequential([Dense(3, 1)], dtype=np.float64)
    return fit(net, MeanSquaredError(), SGD(lr), Batches(X, T, 5), 6, **settings)


@pytest.mark.parametrize("wrap", [lambda plateau: plateau, lambda plateau: warm_up(plateau, 2)])
def test_fit_tells_a_plateau_the_validation_loss_of_every_epoch(wrap):
    plateau = Remembers(0.1)
    history = fitted(wrap(plateau), validation=(X, T))
    assert plateau.told == history.val_loss and len(plateau.told) == 6


def test_without_validation_fit_tells_it_the_mean_loss_of_the_epoch():
    plateau = Remembers(0.1)
    history = fitted(plateau)
    expected = history.loss.reshape(6, 3).mean(axis=1)
    assert plateau.told == pytest.approx(expected)


def test_a_loss_that_does_not_fall_lowers_the_rate():
    plateau = Plateau(2.1, factor=0.5, patience=1)  # too large: the loss rises at first
    history = fitted(plateau, validation=(X, T))
    assert plateau(0) < 2.1 and history.val_loss[-1] < max(history.val_loss)


def test_a_refused_step_tells_nothing():
    plateau = Remembers(1e300)
    with pytest.warns(RuntimeWarning, match="fit stopped"):
        fitted(plateau, validation=(X, T))
    assert plateau.told == []


def test_a_training_ends_where_its_cosine_does():
    net = Sequential([Dense(3, 1)], dtype=np.float64)
    ends = []
    for _ in range(2):
        fit(net, MeanSquaredError(), SGD(cosine(0.1, 3)), Batches(X, T, 5), 1)
        ends.append(net.theta.copy())
    optimizer = SGD(cosine(0.1, 3))
    fit(net, MeanSquaredError(), optimizer, Batches(X, T, 5), 1)
    after = net.theta.copy()
    fit(net, MeanSquaredError(), optimizer, Batches(X, T, 5), 2)
    assert np.array_equal(net.theta, after) and not np.array_equal(*ends)
