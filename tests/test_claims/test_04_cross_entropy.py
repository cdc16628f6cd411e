"""Lesson 4, cross-entropy: what it claims, over seeds 0 to 9 of first weights and order."""

import functools

import numpy as np

from dlcourse import activations, data, initializers, layers, losses, network
from dlcourse.lessons import cross_entropy as lesson
from dlcourse.lessons import letters as letters_room

SEEDS = range(10)
SIGMOID, SQUARED, SOFTMAX = (
    losses.SigmoidCrossEntropy(),
    losses.MeanSquaredError(),
    losses.SoftmaxCrossEntropy(),
)


@functools.cache
def letters():
    """The pairs (x, t) to learn from and to judge by, as the lesson makes them."""
    x, names = data.letters(40960, seed=0)
    unseen, unseen_names = data.letters(2000, seed=1)
    return (x, data.one_hot(names, 26)), (unseen, data.one_hot(unseen_names, 26))


@functools.cache
def accuracies(hidden, loss, lr, epochs):
    """One row of accuracies, epoch by epoch, for each seed: batches of 1024."""
    learn, judge = letters()
    output = activations.Sigmoid if loss is SQUARED else None
    seeds = {"seeds": SEEDS, "loss": loss, "output": output}
    runs = letters_room.train_each(learn, judge, list(hidden), lr, epochs, **seeds)
    return np.array([run.val_accuracy for run in runs])


def test_at_lr_1_cross_entropy_reads_far_more_with_20_hidden_units_than_squared_error():
    """The question, and "Two losses, two depths". Five epochs here, twenty there."""
    assert (accuracies((20,), SIGMOID, 1, 5)[:, 4] > 0.7).all()
    assert (accuracies((20,), SQUARED, 1, 5)[:, 4] < 0.3).all()


def test_at_lr_4_squared_error_wins_most_of_it_too_but_later():
    """ "Most of the gain can be had from a larger step." Fifteen epochs here, twenty there."""
    larger_rate = accuracies((20,), SQUARED, 4, 15)
    assert (larger_rate[:, 4] > accuracies((20,), SQUARED, 1, 5)[:, 4]).all()
    assert (larger_rate[:, 4] < accuracies((20,), SIGMOID, 1, 5)[:, 4] - 0.15).all()
    assert (larger_rate[:, 14] > 0.7).all()


def test_at_lr_4_cross_entropy_itself_learns_less_with_20_hidden_units():
    """ "It does not replace all tuning." Two epochs here, five there."""
    larger_rate = accuracies((20,), SIGMOID, 4, 2)
    assert (larger_rate[:, 1] < accuracies((20,), SIGMOID, 1, 5)[:, 1] - 0.15).all()


def test_without_a_hidden_layer_cross_entropy_is_ahead_at_once():
    """ "94 of 100 letters after one epoch": ahead of the four others. Three epochs here."""
    single = accuracies((), SIGMOID, 1, 3)
    assert (single[:, 0] > 0.9).all()
    assert (single[:, 2] > 0.95).all()
    for others in (
        accuracies((20,), SIGMOID, 1, 5),
        accuracies((20,), SQUARED, 1, 5),
        accuracies((20,), SQUARED, 4, 15),
        accuracies((), SQUARED, 1, 3),
    ):
        assert (single[:, 0] > others[:, 0] + 0.2).all()
        assert (single[:, 2] > others[:, 2] + 0.05).all()


def test_without_a_hidden_layer_a_larger_rate_does_not_help_squared_error():
    """ "At lr 2 it is at 0.13 after five epochs." Two epochs here."""
    larger_rate = accuracies((), SQUARED, 2, 2)
    assert (larger_rate[:, 1] < accuracies((), SQUARED, 1, 3)[:, 1] - 0.15).all()


class SlopeStruckOut(activations.Sigmoid):
    """As in the lesson: backward returns what it was given."""

    def backward(self, dy):
        return dy


def test_with_the_slope_struck_out_squared_error_takes_the_steps_of_cross_entropy():
    """ "It did." No parameter differs by 1e-5 after one epoch; the lesson takes twenty."""
    learn, judge = letters()
    for seed in SEEDS:
        struck = letters_room.letter_net([20], output=SlopeStruckOut, seed=seed)
        true = letters_room.letter_net([20], output=None, seed=seed)
        begun = true.theta.copy()
        letters_room.train(struck, learn, judge, 1, 1, seed, loss=SQUARED)
        letters_room.train(true, learn, judge, 1, 1, seed, loss=SIGMOID)
        assert np.abs(struck.theta - true.theta).max() < 1e-5
        assert np.abs(true.theta - begun).mean() > 0.05


def test_cross_entropy_lifts_the_gradient_of_every_layer_alike():
    """ "It lifts, it does not tilt": about 4 times at the start, about 26 after 80 steps."""
    learn, judge = letters()
    start, plateau = lesson.lifts(learn, judge, hidden=5, seeds=SEEDS)
    assert 3.5 < start.min() and start.max() < 5.5
    assert 22 < plateau.min() and plateau.max() < 29
    for lift in (start, plateau):
        assert (lift.max(axis=1) / lift.min(axis=1) < 1.25).all()
    for seed in SEEDS:
        _, cross_entropy, squared_error, _ = lesson.compared(9, "sigmoid", 1.0, 1 / 26, seed)
        assert (
            max(cross_entropy[0] / cross_entropy[-1], squared_error[0] / squared_error[-1]) < 1e-5
        )


def test_five_hidden_sigmoids_are_at_chance_after_320_steps_and_leave_it_later():
    """ "Slow, it is not nothing": one hidden layer names most letters by then."""
    learn, (x, t) = letters()
    judge = x[:1000], t[:1000]

    def left(step, n_steps, history):
        return bool(history.val_accuracy) and history.val_accuracy[-1] > 0.08

    for seed in SEEDS:
        more = {"loss": SIGMOID, "batch_size": 256}
        shallow = letters_room.letter_net([20], output=None, seed=seed)
        deep = letters_room.letter_net([20] * 5, output=None, seed=seed)
        one = letters_room.train(shallow, learn, judge, 1, 2, seed, **more)
        five = letters_room.train(deep, learn, judge, 1, 20, seed, progress=left, **more)
        assert one.val_accuracy[1] > 0.7
        assert five.val_accuracy[1] < 0.06
        assert max(five.val_accuracy) > 0.08


def digit_net(seed):
    first = layers.Dense(784, 100, initializers.normal(1 / 28))
    second = layers.Dense(100, 10, initializers.normal(0.1))
    return network.Sequential([first, activations.Sigmoid(), second], seed)


def test_sigmoids_and_softmax_read_digits_alike_and_the_sums_of_sigmoids_miss_1():
    """ "Ten sigmoids or a softmax?" """
    images, digits = data.digits()
    learn, judge = data.split(images, data.one_hot(digits, 10), 0.8)
    setting = {"lr": 1, "epochs": 3, "batch_size": 64}
    ten = lesson.train_starts(digit_net, learn, judge, SEEDS, loss=SIGMOID, **setting)
    share = lesson.train_starts(digit_net, learn, judge, SEEDS, loss=SOFTMAX, **setting)
    apart, off = lesson.print_digits(ten, share, judge)
    assert max(apart) < 0.02
    assert 0.2 < min(off["all"]) and max(off["all"]) < 0.34
    assert min(off["misread"] / off["read rightly"]) > 2.2


def test_on_hard_letters_a_hundred_hidden_units_pay():
    """ "Where the hidden layer pays", both cross-entropies. Four epochs here, five there."""
    hard = {"fonts": "all", "rotation": 20, "shift": 1.5}
    x, names = data.letters(20480, 0, **hard)
    other, other_names = data.letters(2000, 1, **hard)
    learn, judge = (x, data.one_hot(names, 26)), (other, data.one_hot(other_names, 26))
    setting = {"seeds": SEEDS, "output": None, "batch_size": 64}
    none, softmax, hundred = (
        np.array([run.val_accuracy for run in runs])
        for runs in (
            letters_room.train_each(learn, judge, [], 0.5, 4, loss=SIGMOID, **setting),
            letters_room.train_each(learn, judge, [], 0.5, 4, loss=SOFTMAX, **setting),
            letters_room.train_each(learn, judge, [100], 0.5, 4, loss=SIGMOID, **setting),
        )
    )
    assert (none[:, 0] > hundred[:, 0]).all()
    assert (hundred[:, -1] > none[:, -1] + 0.03).all()
    assert (hundred[:, -1] > softmax[:, -1] + 0.01).all()
