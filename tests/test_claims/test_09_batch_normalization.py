"""Lesson 9 over ten seeds: depth, the level staircase, running statistics, batches, rates, sizes.

Where a bound of the lesson holds after fewer epochs, fewer are trained.
"""

import functools

import numpy as np

from dlcourse import data
from dlcourse.lessons import batch_normalization as lesson

SEEDS = range(10)


@functools.cache
def letters():
    """The lesson's letters: (learn, judge), each (x, t)."""
    heaps = []
    for n, seed in ((4096, 0), (2000, 1)):
        x, names = data.letters(n, seed=seed)
        heaps.append((x, data.one_hot(names, 26)))
    return heaps


@functools.cache
def reached(hidden, norm, lr, epochs=5, **kind):
    return lesson.each(*letters(), hidden, norm, lr, SEEDS, epochs=epochs, **kind)


def test_before_the_first_step_the_gradient_is_level_and_without_it_a_millionth():
    x, t = letters()[1]
    probe = x[:64], t[:64]
    assert lesson.first_over_last(10, None, probe).max() < 1e-5
    level = lesson.first_over_last(10, "before", probe)
    assert 0.2 < level.min() and level.max() < 1.5


def test_a_sigmoid_takes_with_its_slope_what_the_next_division_gives_back():
    for seed in SEEDS:
        z = np.random.default_rng(seed).normal(0, 1, size=100_000)
        y = 1 / (1 + np.exp(-z))
        assert abs(np.sqrt(np.mean((y * (1 - y)) ** 2)) / y.std() - 1) < 0.05


def test_running_statistics_lag_at_step_30_and_their_start_is_to_blame():
    for seed in SEEDS:
        seen = lesson.compare(*letters(), 0.1, (30, 150), seed)
        assert seen.in_use[0] < 0.67 * seen.own[0]
        assert seen.corrected[0] > 0.8 * seen.own[0]
        assert abs(seen.in_use[1] - seen.own[1]) < 0.05
        assert np.median(seen.net.layers[28].gamma) > 1.5  # the last hidden layer's own scale


def test_a_deep_layers_x_hat_is_too_small_in_use_after_30_steps():
    for seed in SEEDS:
        net = lesson.compare(*letters(), 0.1, [30], seed).net
        assert lesson.spreads_in_use(net, letters()[1][0])[9, 2] < 0.6


def of_part(size, norm):
    """Accuracies after 2,048 letters in batches of `size`."""
    learn, judge = letters()
    part = learn[0][:2048], learn[1][:2048]
    return lesson.each(part, judge, 1, norm, 0.1, SEEDS, epochs=1, batch_size=size)


def test_batches_of_two_lose_also_with_the_letters_own_statistics():
    learn, judge = letters()
    part = learn[0][:2048], learn[1][:2048]
    for seed, without in zip(SEEDS, of_part(2, None), strict=True):
        net = lesson.net_of(1, "before", seed=seed)
        assert without > lesson.run(net, part, judge, 0.1, 1, seed, 2)
        assert without > lesson.own_accuracy(net, *judge)


def test_batches_of_64_gain():
    assert np.all(of_part(64, None) < of_part(64, "before"))


def test_normalized_sigmoids_learn_at_every_depth_and_others_only_with_one_hidden_layer():
    assert reached(1, None, 0.1).min() > 0.9
    assert reached(5, "before", 0.1).min() > 0.95
    assert reached(10, "before", 0.1, 3).min() > 0.85
    assert reached(5, None, 0.1, 2).max() < 0.1
    assert reached(10, None, 0.1, 2).max() < 0.1


def test_ten_layers_of_relu_gain_at_their_best_rate():
    without = [reached(10, None, lr, 2, unit="ReLU") for lr in (0.01, 0.03)]
    assert reached(10, "before", 0.03, 2, unit="ReLU").min() > np.max(without) + 0.05


def test_ten_layers_of_tanh_gain_little_at_their_best_rate():
    gain = reached(10, "before", 0.03, 3, unit="tanh") - reached(10, None, 0.03, 3, unit="tanh")
    assert 0 < np.median(gain) < 0.05


def test_at_rate_03_ten_layers_learn_with_normalization_only():
    for unit in ("tanh", "ReLU"):
        assert reached(10, "before", 0.3, 1, unit=unit).min() > 0.2
        assert np.nan_to_num(reached(10, None, 0.3, 2, unit=unit)).max() < 0.1


def test_first_weights_of_a_tenth_or_ten_times_the_size_still_learn():
    assert min(reached(5, "before", 0.1, 2, size=size).min() for size in (0.1, 10)) > 0.7
    assert reached(5, None, 0.1, 2, size=0.1).max() < 0.1


def test_ten_times_the_weights_of_relu_are_too_many():
    assert reached(5, "before", 0.03, unit="ReLU", size=10).max() < 0.6
    assert np.all(np.isnan(reached(5, None, 0.03, 1, unit="ReLU", size=10)))


def test_after_the_unit_is_ahead_at_one_rate_and_behind_at_another():
    assert reached(5, "after", 0.03, 3).min() > reached(5, "before", 0.03, 3).max()
    gain = np.median(reached(5, "after", 0.1)) - np.median(reached(5, "before", 0.1))
    assert -0.03 < gain < 0
