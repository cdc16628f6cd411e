"""Lesson 7, the forward pass of a recurrent network: its claims over ten seeds."""

import functools

import numpy as np
import pytest

from dlcourse import activations, layers, network, recurrent
from dlcourse.lessons import rnn_forward_pass as lesson

SEEDS = range(10)


@functools.cache
def digits():
    images, labels = lesson.digits()
    return images, images.reshape(-1, 28, 28), labels


@functools.cache
def pixels():
    images, _, labels = digits()
    return lesson.share_named(images, labels)


def test_a_unit_with_one_weight_for_input_and_state_cannot_count():
    """Own weights count six of twelve without a mistake; shared ones err in one of ten or more."""
    sequences = lesson.every_sequence(12)
    six = sequences.sum(axis=0) >= 6
    own = lesson.last_state(sequences, w_x=0.02, w_h=1.0)
    assert lesson.right_by_threshold(own, six) == 4096
    weights, biases = np.linspace(-3, 3, 61), np.linspace(-2, 2, 41)
    assert lesson.best_shared(sequences, six, weights, biases) <= 0.9 * 4096


def test_the_error_signal_falls_or_grows_with_the_size_of_w_h():
    """ "With half of 1/sqrt n below 1/100,000, with 1/sqrt n below 0.7, with twice above ten."""
    half, whole, twice = (lesson.first_over_last(20, size) for size in (0.5, 1.0, 2.0))
    assert np.all(half < 1e-5)
    assert np.all(whole < 0.7) and np.all(whole > 0.005)
    assert np.all(twice > 10)


def test_a_state_with_memory_tells_apart_what_the_row_alone_does_not():
    """The nearest two of five states at row 16 are more than twice as far apart as without it."""
    nearest, farthest = lesson.apart_at_the_slit(digits()[1][lesson.FIVE], seeds=len(SEEDS))
    assert np.all(nearest > 2 * farthest)


def test_random_states_remember_and_forget():
    """The last state names every second digit, knew more at row 16, less with half the W_h."""
    _, rows, labels = digits()
    middle, last, half = lesson.named_by_readers(rows, labels, seeds=len(SEEDS))
    assert np.all(last > 0.45) and np.all(last < 0.6) and np.all(half < last - 0.03)
    assert np.all(last + 0.04 < middle) and np.all(middle < pixels() - 0.1)
    assert lesson.share_named(rows[:, 27], labels) < 0.2


@pytest.mark.parametrize("seed", SEEDS)
def test_sixty_four_random_units_that_see_all_at_once_are_enough(seed):
    """ "64 random units that see all at once: more than 0.7": the state is not too small."""
    images, _, labels = digits()
    net = network.Sequential([layers.Dense(784, 64), activations.Tanh()], seed)
    assert lesson.share_named(net.forward(images), labels) > 0.7


@pytest.mark.parametrize("seed", SEEDS)
def test_an_error_signal_dies_in_a_latch_that_keeps_its_bit(seed):
    """A whole 1 stays for 500 zeros; what a small change leaves falls by a sixth a step."""
    rng = np.random.default_rng(seed)
    one = np.eye(1, 500)[0][:, None]
    assert lesson.last_state(one, w_x=3.0, w_h=2.0)[0] > 0.9
    moved = one[:20].copy()
    moved[5] = rng.uniform(1e-4, 2e-4)
    plain, nudged = (lesson.last_state(xs, w_x=3.0, w_h=2.0)[0] for xs in (one[:20], moved))
    assert abs(nudged - plain) < 1e-6 * moved[5, 0]


@pytest.mark.parametrize("seed", SEEDS)
def test_from_any_start_zeros_lead_to_the_resting_places(seed):
    """ "At factor 3 there are two places to rest, at 1.86 there is one."""
    rng = np.random.default_rng(seed)
    for factor, many in ((1.0, 1), (1.86, 1), (3.0, 2)):
        places = lesson.resting_places(factor)
        assert len(places) == many
        h = rng.uniform(-1, 1, size=2)
        for _ in range(400):
            h = np.tanh(h @ (factor * lesson.W_H) + lesson.B)
        assert np.abs(places - h).max(axis=1).min() < 0.01


@pytest.mark.parametrize("seed", SEEDS)
def test_the_states_of_a_random_reader_come_later_if_the_digit_does(seed):
    """ "Begin the sequence three steps later, and the same states come three steps later."""
    rows = digits()[1][lesson.FIVE]
    net = network.Sequential([recurrent.RNN(28, 64)], seed)
    late = np.concatenate([np.zeros((5, 3, 28)), rows], axis=1)
    assert np.abs(net.forward(late)[:, 3:] - net.forward(rows)).max() < 1e-5
