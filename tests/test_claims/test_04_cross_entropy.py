"""The claims of lesson 4, cross-entropy, over ten seeds of first weights and order."""

import functools

import numpy as np

from dlcourse import activations, data, losses
from dlcourse.lessons import cross_entropy as lesson

SEEDS = range(10)
SIGMOID, SQUARED, SOFTMAX = (
    losses.SigmoidCrossEntropy(),
    losses.MeanSquaredError(),
    losses.SoftmaxCrossEntropy(),
)


@functools.cache
def letters():
    """The pairs (x, t) to learn from and to judge by."""
    images, labels = data.letters(40960, 0)
    new_images, new_labels = data.letters(4000, 1)
    learn, judge = data.one_hot(labels, 26), data.one_hot(new_labels, 26)
    return (images, learn), (new_images, judge)


@functools.cache
def trained(hidden, loss, lr, epochs, seed):
    """A network for the letters and its accuracies, as in the lesson: batches of 1024."""
    learn, judge = letters()
    output = activations.Sigmoid if loss is SQUARED else None
    net = lesson.sigmoid_net([289, *hidden, 26], output, seed)
    return net, lesson.train(net, loss, learn, judge, lr, epochs, 1024, seed).val_accuracy


def accuracies(*setting):
    """One row of accuracies, epoch by epoch, for each seed."""
    return np.array([trained(*setting, seed)[1] for seed in SEEDS])


def test_at_lr_1_cross_entropy_reads_far_more_with_20_hidden_units_than_squared_error():
    """Lesson 4, title and five curves. Five epochs here, twenty there."""
    assert (accuracies((20,), SIGMOID, 1, 5)[:, 4] > 0.7).all()
    assert (accuracies((20,), SQUARED, 1, 5)[:, 4] < 0.3).all()


def test_at_lr_4_squared_error_wins_most_of_it_too_but_later():
    """Lesson 4, five curves: far behind after five epochs. Fifteen epochs here, twenty there."""
    larger_rate = accuracies((20,), SQUARED, 4, 15)
    assert (larger_rate[:, 4] > accuracies((20,), SQUARED, 1, 5)[:, 4]).all()
    assert (larger_rate[:, 4] < accuracies((20,), SIGMOID, 1, 5)[:, 4] - 0.15).all()
    assert (larger_rate[:, 14] > 0.7).all()


def test_at_lr_4_cross_entropy_itself_learns_less_with_20_hidden_units():
    """Lesson 4, the table below the five curves. Two epochs here, twenty there."""
    larger_rate = accuracies((20,), SIGMOID, 4, 2)
    assert (larger_rate[:, 1] < accuracies((20,), SIGMOID, 1, 5)[:, 1] - 0.15).all()


def test_without_a_hidden_layer_cross_entropy_is_ahead_at_once():
    """Lesson 4, five curves: ahead of the four others after the first epoch. Three epochs here."""
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
    """Lesson 4, the table below the five curves. Two epochs here, twenty there."""
    larger_rate = accuracies((), SQUARED, 2, 2)
    assert (larger_rate[:, 1] < accuracies((), SQUARED, 1, 3)[:, 1] - 0.15).all()


class SlopeStruckOut(activations.Sigmoid):
    """As in the lesson: backward returns what it was given."""

    def backward(self, dy):
        return dy


def test_with_the_slope_struck_out_squared_error_takes_the_steps_of_cross_entropy():
    """Lesson 4, five curves: no parameter differs by 1e-4. One epoch here, twenty there."""
    learn, judge = letters()
    for seed in SEEDS:
        struck = lesson.sigmoid_net([289, 20, 26], SlopeStruckOut, seed)
        true = lesson.sigmoid_net([289, 20, 26], None, seed)
        begun = true.theta.copy()
        lesson.train(struck, SQUARED, learn, judge, 1, 1, 1024, seed)
        lesson.train(true, SIGMOID, learn, judge, 1, 1, 1024, seed)
        assert np.abs(struck.theta - true.theta).max() < 1e-5
        assert np.abs(true.theta - begun).mean() > 0.05


def test_cross_entropy_lifts_the_gradient_of_every_layer_alike():
    """Lesson 4, up goes the whole curve: about 4 at the start, about 25 after 80 steps."""
    (images, targets), _ = letters()
    few, probe = (images[:4096], targets[:4096]), (images[:64], targets[:64])
    for seed in SEEDS:
        for hidden in (3, 5):
            looks = lesson.look_on_the_way(hidden, few, probe, [0, 80], seed)
            assert 3.5 < looks[0].ratio.min() < looks[0].ratio.max() < 5.2
            assert 22 < looks[80].ratio.min() < looks[80].ratio.max() < 29
            for look in looks.values():
                assert 0.8 < look.ratio[0] / look.ratio[-1] < 1.25
                assert look.cross_entropy[0] < look.cross_entropy[-1] / 20


def test_five_hidden_sigmoids_are_at_chance_after_320_steps_and_leave_it_later():
    """Lesson 4: one hidden layer reads most letters by then; five reach twice chance by 3200."""
    learn, (images, targets) = letters()
    judge = images[:2000], targets[:2000]
    for seed in SEEDS:

        def left(step, n_steps, history):
            return bool(history.val_accuracy) and history.val_accuracy[-1] > 0.08

        shallow = lesson.sigmoid_net([289, 20, 26], seed=seed)
        deep = lesson.sigmoid_net([289, 20, 20, 20, 20, 20, 26], seed=seed)
        one = lesson.train(shallow, SIGMOID, learn, judge, 1, 2, 256, seed).val_accuracy
        five = lesson.train(deep, SIGMOID, learn, judge, 1, 20, 256, seed, left).val_accuracy
        assert one[1] > 0.7
        assert five[1] < 0.06
        assert max(five) > 0.08


def test_sigmoids_and_softmax_read_digits_alike_and_the_sums_of_sigmoids_miss_1():
    """Lesson 4, one out of ten."""
    images, labels = data.digits()
    learn, judge = data.split(images, data.one_hot(labels, 10), 0.8)
    for seed in SEEDS:
        ten = lesson.sigmoid_net([784, 100, 10], seed=seed)
        share = lesson.sigmoid_net([784, 100, 10], seed=seed)
        by_ten = lesson.train(ten, SIGMOID, learn, judge, 1, 3, 64, seed).val_accuracy[-1]
        by_share = lesson.train(share, SOFTMAX, learn, judge, 1, 3, 64, seed).val_accuracy[-1]
        assert min(by_ten, by_share) > 0.89
        assert abs(by_ten - by_share) < 0.02
        off = np.abs(lesson.sums_of_answers(ten, judge[0]) - 1) > 0.1
        misread = ten.predict(judge[0]) != judge[1].argmax(axis=1)
        assert 0.2 < off.mean() < 0.34
        assert off[misread].mean() > 2.5 * off[~misread].mean()


def test_on_hard_letters_a_hundred_hidden_units_pay():
    """Lesson 4, where the hidden layer pays, both cross-entropies. Four epochs here, five there."""
    hard = {"fonts": "all", "rotation": 20, "shift": 1.5}
    images, labels = data.letters(20480, 0, **hard)
    new_images, new_labels = data.letters(5000, 1, **hard)
    learn = images, data.one_hot(labels, 26)
    judge = new_images, data.one_hot(new_labels, 26)
    for seed in SEEDS:
        reached = {}
        for name, sizes, loss in (
            ("none", [289, 26], SIGMOID),
            ("softmax", [289, 26], SOFTMAX),
            ("100", [289, 100, 26], SIGMOID),
        ):
            net = lesson.sigmoid_net(sizes, seed=seed)
            reached[name] = lesson.train(net, loss, learn, judge, 0.5, 4, 64, seed).val_accuracy
        assert reached["none"][0] > reached["100"][0] + 0.01
        assert reached["100"][-1] > reached["none"][-1] + 0.04
        assert reached["100"][-1] > reached["softmax"][-1] + 0.02
