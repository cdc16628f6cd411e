"""Lesson 13 over ten seeds: what arrives at step 1, recall, parts of a gradient, the cliff.

Digits are read from three starts for half of the lesson's epochs: ten would take a minute.
"""

import numpy as np

from dlcourse import data, layers, losses, network, optimizers, recurrent, training
from dlcourse.lessons import rnn_forward_pass
from dlcourse.lessons import through_time as lesson

SEEDS = range(10)


def recalled(forget_bias, steps, **kind):
    """How many of ten starts recall the first mark."""
    found = lesson.recall_each(forget_bias, steps, SEEDS, **kind)
    return sum(step is not None for step, _ in found)


def test_what_arrives_at_step_1_of_40_grows_with_the_forget_bias():
    rnn, shut, half, wide = (lesson.first_over_last(40, bias) for bias in (None, 0, 1, 3))
    assert shut.max() < 1e-4 and np.median(shut) < np.median(rnn)
    assert half.min() > 1e-4 and half.max() < 1
    assert wide.min() > 1


def test_of_forty_marks_the_lstm_with_bias_3_recalls_the_first_and_holds_no_other():
    x, _ = lesson.marks(32, 40)
    for seed in SEEDS:
        net = lesson.reader(3, seed)
        step, accuracy = lesson.recall(net, 40, seed)
        assert step is not None and accuracy > 0.95
        after = lesson.heard(net, x)
        assert after[0] > 2 * after[1:].max()
    found = lesson.recall_each(0, 40, range(3))
    assert all(step is None for step, _ in found)


def test_an_rnn_with_twice_the_weights_recalls_it_and_with_half_of_them_it_does_not():
    assert recalled(None, 40, size=0.5) == 0
    assert recalled(None, 40) <= 6
    assert recalled(None, 40, size=2.0) >= 6
    assert recalled(None, 80, size=2.0) >= 3


def test_of_twenty_marks_bias_1_is_enough():
    assert recalled(1, 20) >= 9
    assert recalled(3, 20) == 10


def test_a_gradient_hears_the_last_steps_or_the_first_ones():
    assert lesson.share_of_last(20, 0.5).min() > 0.9
    assert lesson.share_of_last(20, 2.0).max() < 0.2


def test_without_clipping_starts_are_lost_at_the_cliff_and_with_it_none():
    steps = np.diff(lesson.descend(lesson.START, 1, 40), axis=0)
    assert np.linalg.norm(steps, axis=1).max() > 100
    for seed in SEEDS:
        starts = lesson.starts_around(40, seed)
        free = lesson.chain_loss(*lesson.descend(starts, 1, 200)[-1])
        clipped = lesson.chain_loss(*lesson.descend(starts, 1, 200, max_norm=1)[-1])
        assert np.sum(free > 0.03) >= 5
        assert np.sum(clipped > 0.03) == 0
    loose = lesson.chain_loss(*lesson.descend(lesson.START, 1, 400, max_norm=10)[-1])
    assert loose > 0.03


def test_row_by_row_an_lstm_names_more_digits_than_an_rnn():
    images, labels = rnn_forward_pass.digits()
    rows, targets = images.reshape(-1, 28, 28), data.one_hot(labels, 10)
    for seed in range(3):
        shares = []
        for memory, units, lr in ((recurrent.RNN, 64, 0.003), (recurrent.LSTM, 32, 0.01)):
            parts = [memory(28, units), recurrent.Last(), layers.Dense(units, 10)]
            net = network.Sequential(parts, seed)
            batches = training.Batches(rows[:4000], targets[:4000], 100, seed)
            loss, rule = losses.SoftmaxCrossEntropy(), optimizers.Adam(lr)
            training.fit(net, loss, rule, batches, epochs=4, clip=1.0)
            shares.append(training.accuracy(net, rows[4000:], targets[4000:]))
        assert shares[0] > 0.6
        assert shares[1] > max(0.82, shares[0] + 0.04)
