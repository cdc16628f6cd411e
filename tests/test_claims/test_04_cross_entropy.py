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
    """The question, and "Two losses, two depths". Four epochs here, twenty there.

    That squared error is no further after five epochs is a claim of lesson 3.
    """
    assert (accuracies((20,), SIGMOID, 1, 4)[:, 3] > 0.6).all()
    assert (accuracies((20,), SQUARED, 1, 2)[:, 1] < 0.3).all()


def test_at_lr_4_squared_error_wins_most_of_it_too_but_later():
    """ "Most of the gain can be had from a larger step." Eight epochs here, twenty there."""
    larger_rate = accuracies((20,), SQUARED, 4, 8)
    assert (larger_rate[:, 3] < accuracies((20,), SIGMOID, 1, 4)[:, 3] - 0.15).all()
    assert (larger_rate[:, 7] > 0.35).all()
    assert np.median(larger_rate[:, 7]) > 0.55


def test_without_a_hidden_layer_cross_entropy_is_ahead_at_once():
    """ "94 of 100 letters after one epoch": ahead of the four others. Two epochs here."""
    single = accuracies((), SIGMOID, 1, 2)
    assert (single[:, 0] > 0.9).all()
    for others in (
        accuracies((20,), SIGMOID, 1, 4),
        accuracies((20,), SQUARED, 1, 2),
        accuracies((20,), SQUARED, 4, 8),
        accuracies((), SQUARED, 1, 2),
    ):
        assert (single[:, 0] > others[:, 0] + 0.2).all()
        assert (single[:, 1] > others[:, 1] + 0.05).all()


def test_without_a_hidden_layer_a_larger_rate_does_not_help_squared_error():
    """ "At lr 2 it is at 0.13 after five epochs." Two epochs here."""
    larger_rate = accuracies((), SQUARED, 2, 2)
    assert (larger_rate[:, 1] < accuracies((), SQUARED, 1, 2)[:, 1] - 0.15).all()


class SlopeStruckOut(activations.Sigmoid):
    """As in the lesson: backward returns what it was given."""

    def backward(self, dy):
        return dy


def test_with_the_slope_struck_out_squared_error_takes_the_steps_of_cross_entropy():
    """ "It did." No parameter differs by 1e-5 after ten steps; the lesson takes 40."""
    (x, t), judge = letters()
    learn = x[:10240], t[:10240]
    for seed in SEEDS:
        struck = letters_room.letter_net([20], output=SlopeStruckOut, seed=seed)
        true = letters_room.letter_net([20], output=None, seed=seed)
        begun = true.theta.copy()
        letters_room.train(struck, learn, judge, 1, 1, seed, loss=SQUARED)
        letters_room.train(true, learn, judge, 1, 1, seed, loss=SIGMOID)
        assert np.abs(struck.theta - true.theta).max() < 1e-5
        assert np.abs(true.theta - begun).mean() > 0.02


def test_cross_entropy_lifts_the_gradient_of_every_layer_alike():
    """ "What happens to the staircase?" Lifted by 4 at the start, by about 26 after 80 steps."""
    learn, judge = letters()
    batch, targets = letters_room.small_batch()
    for seed in SEEDS:
        new = letters_room.letter_net([30] * 5, output=None, seed=seed, dtype=np.float64)
        trained = letters_room.letter_net([30] * 5, seed=seed)
        letters_room.train(trained, learn, judge, lr=1, epochs=2, seed=seed)
        plateau = letters_room.letter_net([30] * 5, output=None, dtype=np.float64)
        plateau.theta = trained.theta
        for net, low, high in ((new, 3.5, 5.5), (plateau, 22, 29)):
            cross_entropy, squared_error = lesson.two_gradients(net, batch, targets)
            lift = cross_entropy / squared_error
            assert low < lift.min() and lift.max() < high
            assert lift.max() / lift.min() < 1.25
        _, cross_entropy, squared_error, _ = lesson.compared(9, "sigmoid", 1.0, 1 / 26, seed)
        assert (
            max(cross_entropy[0] / cross_entropy[-1], squared_error[0] / squared_error[-1]) < 1e-5
        )


def test_five_hidden_sigmoids_are_at_chance_after_320_steps_and_leave_it_later():
    """ "It does not stop it": one hidden layer names most letters by then.

    All ten starts are followed for 320 steps, the first five until they leave what guessing gives.
    """
    learn, (x, t) = letters()
    judge = x[:1000], t[:1000]

    def left(step, n_steps, history):
        return bool(history.val_accuracy) and history.val_accuracy[-1] > 0.06

    for seed in SEEDS:
        more = {"loss": SIGMOID, "batch_size": 256}
        shallow = letters_room.letter_net([20], output=None, seed=seed)
        deep = letters_room.letter_net([20] * 5, output=None, seed=seed)
        one = letters_room.train(shallow, learn, judge, 1, 2, seed, **more)
        epochs = 20 if seed < 5 else 2
        five = letters_room.train(deep, learn, judge, 1, epochs, seed, progress=left, **more)
        assert one.val_accuracy[1] > 0.7
        assert five.val_accuracy[1] < 0.06
        assert seed >= 5 or max(five.val_accuracy) > 0.06


def digit_net(seed):
    first = layers.Dense(784, 100, initializers.normal(1 / 28))
    second = layers.Dense(100, 10, initializers.normal(0.1))
    return network.Sequential([first, activations.Sigmoid(), second], seed)


def test_sigmoids_and_softmax_read_digits_alike_and_the_sums_of_sigmoids_miss_1():
    """ "Ten sigmoids or a softmax?" """
    images, digits = data.digits()
    learn, judge = data.split(images, data.one_hot(digits, 10), 0.8)
    setting = {"lr": 1, "epochs": 3, "batch_size": 64}
    for seed in SEEDS:
        ten, share = digit_net(seed), digit_net(seed)
        letters_room.train(ten, learn, judge, seed=seed, loss=SIGMOID, **setting)
        letters_room.train(share, learn, judge, seed=seed, loss=SOFTMAX, **setting)
        apart, every, misread, read = lesson.print_digits(ten, share, judge)
        assert apart < 0.02
        assert 0.2 < every < 0.34
        assert misread > 2.2 * read


def test_on_hard_letters_a_hundred_hidden_units_pay():
    """ "Where the hidden layer pays", both cross-entropies. Four epochs here, five there.

    Without a hidden layer the loss has one valley: for its end three starts, and the best counts.
    """
    hard = {"fonts": "all", "rotation": 20, "shift": 1.5}
    x, names = data.letters(20480, 0, **hard)
    other, other_names = data.letters(2000, 1, **hard)
    learn, judge = (x, data.one_hot(names, 26)), (other, data.one_hot(other_names, 26))

    def each(hidden, loss, epochs, seeds):
        more = {"loss": loss, "seeds": seeds, "output": None, "batch_size": 64}
        runs = letters_room.train_each(learn, judge, hidden, 0.5, epochs, **more)
        return np.array([run.val_accuracy for run in runs])

    hundred = each([100], SIGMOID, 4, SEEDS)
    assert (each([], SIGMOID, 1, SEEDS)[:, 0] > hundred[:, 0]).all()
    none = each([], SIGMOID, 4, range(3))
    softmax = each([], SOFTMAX, 4, range(3))
    assert hundred[:, -1].min() > none[:, -1].max() + 0.03
    assert hundred[:, -1].min() > softmax[:, -1].max() + 0.01


def test_sixteen_strips_pass_1_six_more_2_and_two_more_3():
    """The Try of the strips."""
    _, ax = lesson.draw_strips(strips=lesson.STRIPS)
    sums = [path.vertices[:, 1].max() for path in ax.collections[0].get_paths()]
    assert [1 + int(np.argmax(np.array(sums) > bound)) for bound in (1, 2, 3)] == [16, 22, 24]
    assert np.allclose(lesson.WAY / lesson.STRIPS * np.array([16, 22, 24]), [0.64, 0.88, 0.96])
