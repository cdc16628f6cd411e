"""Lesson 2, a shallow network: its claims over ten seeds."""

import functools

import numpy as np
import pytest

from dlcourse import activations, data, initializers, layers, network
from dlcourse.lessons import shallow_network as lesson

SEEDS = range(10)


@functools.cache
def solved(kind, points_seed, units, bias=True, starts=20):
    """How many networks put all 100 points of a draw on the right side, and the best share."""
    x, t = lesson.standardized(getattr(data, kind)(100, seed=points_seed))
    networks = lesson.train_many(x, t, units, 20, 1000, range(starts), bias=bias)
    share = lesson.share_right(networks, x, t)
    return np.sum(share == 1), share.max()


@pytest.mark.parametrize("seed", SEEDS)
def test_three_soft_units_get_a_thousand_points_right_and_steep_ones_do_not(seed):
    """Three lines do it once their corners are rounded; the best steep ones get 95 to 97 of 100."""
    points = lesson.standardized(data.circle(1000, seed=seed))
    steep = [lesson.share_of_hill(*points, 60, d) for d in np.linspace(0.6, 1.6, 41)]
    assert 0.93 < max(steep) < 0.98
    assert lesson.share_of_hill(*points, 2, 1) == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_two_forgotten_slopes_make_the_first_gradient_about_twenty_times_too_long(seed):
    """Some twenty times too long; a few of a hundred networks point elsewhere."""
    lengths, cosines = lesson.forgetful_against_right(seed)
    assert 16 < np.median(lengths) < 25
    assert 0 < np.mean(cosines < 0.9) < 0.15 and np.median(cosines) > 0.98


@pytest.mark.parametrize("seed", SEEDS)
def test_one_or_two_units_never_solve_the_circle_and_three_mostly_do(seed):
    """Of forty with two units none succeeds, with three nearly all (here: twenty, on ten draws)."""
    for units in (1, 2):
        count, best = solved("circle", seed, units)
        assert count == 0 and best < 0.97
    assert solved("circle", seed, 3)[0] >= 12


@pytest.mark.parametrize("seed", SEEDS)
def test_eight_units_without_bias_never_solve_the_circle(seed):
    """Eight units without b: none of forty (here: ten, on ten draws)."""
    count, best = solved("circle", seed, 8, bias=False, starts=10)
    assert count == 0 and best < 0.95


@pytest.mark.parametrize("seed", SEEDS)
def test_two_units_never_do_the_full_squares_and_four_do_oftener_than_three(seed):
    """On ten draws of a hundred points: two never, four oftener than three."""
    two, three, four = (solved("xor", seed, units)[0] for units in (2, 3, 4))
    assert two == 0 and three < four and four >= 3


@pytest.mark.parametrize("seed", SEEDS)
def test_two_units_do_the_four_points_from_most_starts_and_not_from_all(seed):
    """For the four points two units are enough, though not from every start; one unit never is."""
    x, t = np.array([[1.0, 1], [-1, -1], [1, -1], [-1, 1]]), np.array([[1], [1], [0], [0]])
    starts = range(40 * seed, 40 * seed + 40)
    count = {}
    for units in (1, 2):
        networks = lesson.train_many(x, t, units, lr=20, steps=1000, seeds=starts)
        count[units] = np.sum(lesson.share_right(networks, x, t) == 1)
    assert count[1] == 0 and 20 < count[2] < 40


@pytest.mark.parametrize("seed", SEEDS)
def test_26_neurons_read_nine_letters_in_ten_and_hardly_begin_to_look_for_b(seed):
    """0.92 to 0.95 of new letters after twenty epochs, less than half after one.

    B's weights stay short, in nine of ten seeds the shortest; an F minds ink at its lower right.
    """
    stack = [layers.Dense(289, 26, initializers.normal(1 / np.sqrt(289))), activations.Sigmoid()]
    net = network.Sequential(stack, seed=seed)
    history = lesson.train_on_letters(net, lr=1, batch_size=1024, epochs=20, seed=seed)
    assert history.val_accuracy[0] < 0.5 and 0.87 < history.val_accuracy[-1] < 0.97
    weights = net.layers[0].W.T
    sizes = np.linalg.norm(weights, axis=1)
    assert 1 in sizes.argsort()[:3] and sizes[1] < 0.8 * np.median(sizes)
    assert weights[5].reshape(17, 17)[11:15, 8:14].mean() < weights[5].mean() < 0
