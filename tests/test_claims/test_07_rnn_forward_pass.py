"""Lesson 7, the forward pass of a recurrent network: its claims over ten seeds."""

import functools

import numpy as np
import pytest

from dlcourse import network, recurrent
from dlcourse.lessons import rnn_forward_pass as lesson

SEEDS = range(10)
FIVE = [5940, 5733, 4118, 4722, 5175]  # digits that nearly agree in row 15


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
    for w in np.linspace(-3, 3, 61):
        for b in np.linspace(-2, 2, 41):
            state = lesson.last_state(sequences, w, w, b)
            assert lesson.right_by_threshold(state, six) <= 0.9 * 4096


@pytest.mark.parametrize("seed", SEEDS)
def test_a_state_with_memory_tells_apart_what_the_row_alone_does_not(seed):
    """The nearest two of five states at row 15 are more than twice as far apart as without it."""
    rows = digits()[1]
    net = network.Sequential([recurrent.RNN(28, 64)], seed)
    states = net.forward(rows[FIVE])[:, 15]
    fresh = net.layers[0].step(rows[FIVE, 15], np.zeros((5, 64)))
    assert lesson.pair_distances(states).min() > 2 * lesson.pair_distances(fresh).max()


@pytest.mark.parametrize("seed", SEEDS)
def test_random_states_remember_and_forget(seed):
    """The last state names every second digit, knew more at row 15, less with half the W_h."""
    _, rows, labels = digits()
    net = network.Sequential([recurrent.RNN(28, 64)], seed)
    states = net.forward(rows)
    middle, last = (lesson.share_named(states[:, row], labels) for row in (15, 27))
    net.layers[0].W_h = 0.5 * net.layers[0].W_h
    short = lesson.share_named(net.forward(rows)[:, 27], labels)
    assert 0.45 < last < 0.6 and short < last - 0.03
    assert last + 0.04 < middle < pixels() - 0.1


@pytest.mark.parametrize("seed", SEEDS)
def test_a_nudge_is_multiplied_by_the_stretch_at_every_step(seed):
    """Within a tenth a step, over 50 steps; with stretch 1, tanh and inputs it vanishes."""
    for stretch in (1.5, 1.1, 0.9, 0.5):
        per_step = lesson.carried(stretch, seed)[-1] ** (1 / 50)
        assert 0.9 * stretch < per_step < 1.1 * stretch
    assert lesson.carried(1.0, seed, tanh=True)[-1] < 1e-5
