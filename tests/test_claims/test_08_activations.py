"""Lesson 8 over ten seeds: who dies at which rate, who wakes again, and what other units do."""

import functools

import numpy as np

from dlcourse import activations, data, initializers
from dlcourse.lessons import activations as lesson

SEEDS = range(10)
RELU, LEAKY, TANH = activations.ReLU, activations.LeakyReLU, activations.Tanh
ELU, SELU = activations.ELU, activations.SELU


@functools.cache
def letters():
    """The lesson's letters: (learn, judge), each (x, t)."""
    heaps = []
    for n, seed in ((4096, 0), (1000, 1)):
        x, names = data.letters(n, seed=seed)
        heaps.append((x, data.one_hot(names, 26)))
    return heaps


@functools.cache
def at(lr, unit=RELU, hidden=2, scale=lesson.HE):
    """The Outcome of ten starts, layers of 50, five epochs."""
    kind = {"hidden": [50] * hidden, "unit": unit, "scale": scale}
    return lesson.by_rate([lr], *letters(), 5, SEEDS, **kind)[lr]


def put_to_sleep(net, place, x):
    """As the lesson writes it."""
    z = x
    for layer in net.layers[: place + 1]:
        z = layer.forward(z)
    dense = net.layers[place]
    dense.b[:10] = dense.b[:10] - z.max(axis=0)[:10] - 0.1


# Who dies.


def test_at_small_rates_hardly_a_unit_dies_and_nine_letters_in_ten_are_named():
    for lr in (0.1, 0.3):
        assert at(lr).asleep.max() <= 0.12
        assert at(lr).accuracy.min() > 0.9


def test_a_rate_that_kills_a_few_names_more_letters_than_one_that_kills_none():
    """0.5 against 0.1, the middle start; there less than a fifth of layer 1 is dead at 0.5."""
    assert np.median(at(0.5).accuracy) > np.median(at(0.1).accuracy)
    assert 0 < np.median(at(0.5).asleep[:, 0]) < 0.2


def test_at_lr_0_7_layer_1_has_more_dead_units_than_layer_2():
    first, second = at(0.7).asleep.T
    assert np.all(first > second)


def test_at_lr_1_most_of_layer_1_is_dead_and_at_lr_2_most_of_both():
    assert at(1.0).asleep[:, 0].min() > 0.5 and np.median(at(1.0).asleep[:, 1]) > 0.5
    assert at(1.0).asleep.min() > 0.2
    assert np.median(at(1.0).accuracy) < 0.4
    assert at(2.0).asleep.min() > 0.5
    assert at(2.0).accuracy.max() < 0.1


def test_relu_does_not_overflow_at_a_rate_where_a_leak_does():
    """Two of ten leaky runs survive with the code of some processors, and name few letters."""
    leaky = at(2.0, LEAKY).accuracy
    assert not np.isnan(at(2.0).accuracy).any()
    assert np.isnan(leaky).sum() >= 6
    assert np.nan_to_num(leaky).max() < 0.4


def test_a_leak_helps_at_lr_1_and_its_units_sleep_all_the_same():
    scores = np.nan_to_num(at(1.0, LEAKY).accuracy)
    assert np.median(scores) > 1.2 * np.median(at(1.0).accuracy)
    assert np.median(at(1.0, LEAKY).asleep[:, 1]) < np.median(at(1.0).asleep[:, 1]) / 2
    assert np.median(at(1.0, LEAKY).asleep[:, 0]) > 0.3


def test_up_to_half_the_deadly_rate_a_leak_makes_no_difference():
    for lr in (0.1, 0.3):
        assert abs(np.median(at(lr).accuracy) - np.median(at(lr, LEAKY).accuracy)) < 0.02


def test_the_dead_of_layer_1_never_become_fewer_and_those_of_layer_2_do():
    """At lr 1; layer 2 loses some of its dead again in most of ten starts."""
    learn, judge = letters()
    fell = 0
    for seed in SEEDS:
        kind = {"hidden": [50, 50], "unit": RELU, "scale": lesson.HE, "seed": seed}
        film = lesson.films_of([1.0], learn, judge, 2, **kind)[1.0]
        counts = np.array([[np.sum(share == 0) for share in shares] for shares in film.awake])
        assert np.all(np.diff(counts[:, 0]) >= 0)
        fell += np.any(np.diff(counts[:, 1]) < 0)
    assert fell > 7


def test_tanh_learns_at_the_rate_that_kills_relu():
    assert at(1.0, TANH, scale=1.0).accuracy.min() > 0.9


# Who wakes again.


def test_asleep_in_layer_1_nobody_wakes_and_in_layer_2_most_do():
    learn, _ = letters()
    some = learn[0][:1024], learn[1][:1024]
    for seed in SEEDS:
        assert lesson.woken(put_to_sleep, 0, some, seed, steps=30) == (0, 0.0)
    woken = [lesson.woken(put_to_sleep, 2, some, seed)[0] for seed in SEEDS]
    assert min(woken) > 5 and sum(woken) > 80


# Slopes that are learned, and drawn.


def test_the_alphas_of_layers_2_and_3_end_above_1():
    """Three hidden layers of 50 PReLU, lr 0.1, ten epochs; from 1/4."""
    alphas = lesson.learned_alphas(*letters(), 0.1, 10, SEEDS)
    assert alphas[:, 1:].mean(axis=1).min() > 1
    assert np.ptp(alphas[:, 0]) > 0.3


def test_rrelu_on_few_letters_is_no_better_than_its_mean_slope():
    x, names = data.letters(520, seed=2)
    few, judge = (x, data.one_hot(names, 26)), letters()[1]
    rest = {"hidden": [100, 100], "scale": lesson.HE}
    found = [
        np.median(lesson.accuracies(few, judge, 0.1, 30, SEEDS, unit=unit, **rest))
        for unit in (lesson.mean_leak, activations.RReLU)
    ]
    assert abs(found[0] - found[1]) < 0.02


# A hundred layers.


def test_selu_keeps_mean_0_and_spread_1_with_lecuns_weights_alone():
    for seed in SEEDS:
        mean, spread = lesson.through(SELU(), initializers.lecun, seed)[-1]
        assert abs(mean) < 0.15 and abs(spread - 1) < 0.15
        assert lesson.through(SELU(), initializers.he, seed)[-1, 1] > 20
        assert lesson.through(ELU(), initializers.lecun, seed)[-1, 1] < 0.05


def test_relu_with_hes_weights_wanders_further_than_selu_with_lecuns():
    """The spread after a hundred layers, largest over smallest of ten starts."""
    ends = [
        [lesson.through(unit, init, seed)[-1, 1] for seed in SEEDS]
        for unit, init in ((RELU(), initializers.he), (SELU(), initializers.lecun))
    ]
    relu, selu = np.max(ends, axis=1) / np.min(ends, axis=1)
    assert relu > 5 and selu < 1.4


def test_through_a_hundred_selus_the_error_signal_grows_some_fortyfold():
    assert all(15 < lesson.grown(seed) < 80 for seed in SEEDS)


# Which unit for which place.


def test_with_one_hidden_layer_units_are_alike():
    """lr 0.3: all above 0.95, their middle starts within 0.03; the sigmoid below them all."""
    kinds = [(RELU, lesson.HE), (TANH, 1.0), (SELU, 1.0)]
    scores = [at(0.3, unit, 1, scale).accuracy for unit, scale in kinds]
    assert np.min(scores) > 0.95
    assert np.ptp(np.median(scores, axis=1)) < 0.03
    assert at(0.3, activations.Sigmoid, 1, 1.0).accuracy.max() < np.min(scores)


def middle(lr, unit, scale):
    return np.median(np.nan_to_num(at(lr, unit, 10, scale).accuracy))


def searched(unit, scale, start):
    """The middle of three starts, at 0.03 or 0.06, whichever names more from the first of them."""
    tried = [np.nan_to_num(at(lr, unit, 10, scale).accuracy) for lr in (0.03, 0.06)]
    scores = max(tried, key=lambda scores: scores[start])
    return np.median(np.take(scores, range(start, start + 3), mode="wrap"))


def test_with_ten_hidden_layers_elu_and_selu_are_ahead_of_relu_wherever_the_search_starts():
    for start in SEEDS:
        ahead = min(searched(ELU, lesson.HE, start), searched(SELU, 1.0, start))
        assert ahead > searched(RELU, lesson.HE, start) + 0.03


def test_with_ten_hidden_layers_elu_and_selu_are_ahead_of_relu_at_both_rates():
    for lr in (0.03, 0.06):
        ahead = min(middle(lr, ELU, lesson.HE), middle(lr, SELU, 1.0))
        assert ahead > middle(lr, RELU, lesson.HE) + 0.05


def test_ten_layers_of_sigmoids_guess():
    assert at(0.06, activations.Sigmoid, 10, 1.0).accuracy.max() < 0.1


def test_with_ten_hidden_layers_tanh_gains_at_01_and_stays_behind_and_some_elus_overflow():
    assert middle(0.06, TANH, 1.0) < middle(0.1, TANH, 1.0)
    assert middle(0.1, TANH, 1.0) < min(middle(0.06, ELU, lesson.HE), middle(0.06, SELU, 1.0))
    assert 0 < np.isnan(at(0.1, ELU, 10).accuracy).sum() < 6
