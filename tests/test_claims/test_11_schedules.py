"""Lesson 11 over ten seeds: the noise ball, schedules in a noisy valley, and letters."""

import functools

import numpy as np
import pytest

from dlcourse import data, optimizers, schedules
from dlcourse.lessons import schedules as lesson
from dlcourse.lessons.letters import rms

SEEDS = range(10)


def ends(rate):
    return np.array(lesson.ends(rate, SEEDS))


def test_three_times_the_rate_is_a_noise_ball_eighteen_tenths_as_wide():
    """Lesson 11: "the formula holds to 15 %; three times the rate, 1.8 times the distance"."""
    widths = {}
    for lr in (0.1, 0.3):
        clouds = [lesson.cloud(lr, seed=seed, steps=300).places[-1] for seed in SEEDS]
        widths[lr] = np.array([rms(places[:, 1]) for places in clouds])
        off = widths[lr] / lesson.typical_distance(lr, 1.0)
        assert np.all(np.abs(off - 1) < 0.15), off
    assert 1.6 < np.mean(widths[0.3]) / np.mean(widths[0.1]) < 2.1


def test_a_shrinking_rate_ends_lower_and_one_that_shrinks_too_early_starves():
    """Lesson 11: "r = 1000 ends at less than a fifth of the constant rate, r = 100 above four"."""
    constant = ends(0.1)
    assert np.all(ends(schedules.exponential(0.1, 1000)) < constant / 5)
    assert np.all(ends(schedules.exponential(0.1, 100)) > 4 * constant)


def test_good_schedules_end_below_the_best_constant_rate():
    """Lesson 11: "cosine, exponential and power end lower than the best constant rate"."""
    best = ends(lesson.best_constant()[0])
    for schedule in (
        schedules.cosine(0.1, 2000),
        schedules.exponential(0.1, 1000),
        schedules.power(0.1, 100),
    ):
        assert np.all(ends(schedule) < best)
    assert np.all(ends(schedules.power(0.1, 10)) > 10 * best)
    assert 0.6 < np.median(ends(lesson.in_parts(0.1))) / np.median(best) < 1.8


@functools.cache
def letters(n, seed):
    images, names = data.letters(n, seed=seed)
    return images, data.one_hot(names, 26)


@functools.cache
def start():
    return letters(8192, 0), letters(2000, 1)


@functools.cache
def adam_at_three_hundredths():
    """Letters of 1000 wrong after ten epochs: at the constant rate, and with a cosine."""
    return lesson.compare(optimizers.Adam, 0.03, *start(), [50, 50], 10, SEEDS)


def test_adam_at_a_large_rate_needs_a_schedule():
    """Lesson 11: "a cosine leaves less than half as many letters wrong"."""
    constant, falling = adam_at_three_hundredths()
    assert np.all(falling < constant / 2), (constant, falling)
    assert np.median(constant) > 4 * np.median(falling)


def test_with_one_layer_at_a_good_rate_the_cosine_gains_nothing():
    """Lesson 11: "with one layer at 0.01 no gain": the middle start gains less than 2 of 1000."""
    constant, falling = lesson.compare(optimizers.Adam, 0.01, *start(), [50], 5, SEEDS)
    assert np.median(constant) - np.median(falling) < 2, (constant, falling)


def test_a_cosine_starves_plain_descent_at_a_small_rate():
    """Lesson 11: "SGD at 0.03, five epochs: the cosine leaves more wrong"."""
    constant, falling = lesson.compare(optimizers.SGD, 0.03, *start(), [50, 50], 5, SEEDS)
    assert np.all(falling > 1.5 * constant), (constant, falling)


def test_a_plateau_leaves_fewer_letters_wrong_than_the_constant_rate():
    """Lesson 11: "Plateau: fewer letters wrong"."""
    plateau = schedules.Plateau(0.03, factor=0.5, patience=2)
    more = {"seeds": SEEDS, "validation": letters(2000, 2)}
    runs = lesson.learn_each(optimizers.Adam, plateau, *start(), [50, 50], 15, **more)
    listening, constant = lesson.wrong(runs), adam_at_three_hundredths()[0]
    assert np.median(listening) < np.median(constant) / 3 and np.all(listening < 15), listening


def rising(t):
    return 0.0001 * 10 ** (t / 50)


def marks(rule, seed):
    """The rate at which the smoothed loss is lowest, and that at which the training is lost."""
    losses = lesson.raise_rate(rule, rising, start()[0], seed=seed)
    values = np.convolve(losses, np.ones(5) / 5, mode="valid")
    lowest = int(values.argmin())
    above = np.flatnonzero(values[lowest:] > 4 * values[lowest])
    lost = lowest + above[0] if above.size else len(values) - 1
    return rising(lowest + 2), rising(lost + 2)


def test_adam_is_lost_before_momentum_and_momentum_before_sgd():
    """Lesson 11: the order of the range test, and lesson 6's best rates beside its lowest places.

    The lowest place of single starts jumps: the middle of ten.
    """
    found = {name: np.array([marks(rule, k) for k in SEEDS]) for name, rule in lesson.RULES.items()}
    assert np.all(found["Adam"][:, 1] < found["Momentum"][:, 1])
    assert np.all(found["Momentum"][:, 1] < found["SGD"][:, 1])
    for name, best in {"SGD": 0.3, "Momentum": 0.1, "Adam": 0.01}.items():
        assert best / 4 < np.median(found[name][:, 0]) < 4 * best, found[name]


@pytest.mark.parametrize("seed", SEEDS)
def test_ten_layers_need_warm_up_and_cosine_together(seed):
    """Lesson 11: "warm-up or cosine alone stays below 0.85, both together reach 0.96"."""
    fall = schedules.cosine(0.03, 320)
    ways = {"warm-up": schedules.warm_up(0.03, 64), "cosine": fall}
    ways["both"] = schedules.warm_up(fall, 64)
    shares = {}
    for name, rate in ways.items():
        run = lesson.learn_letters(optimizers.Adam, rate, *start(), [50] * 10, 5, seed)
        shares[name] = run.accuracy
    assert max(shares["warm-up"], shares["cosine"]) < 0.85 < 0.9 < shares["both"], shares
