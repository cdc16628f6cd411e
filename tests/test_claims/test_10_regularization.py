"""Lesson 10 over ten seeds: labels by heart, penalties, zeros, pruning, dropout, stopping, FTRL."""

import functools
import pathlib

import nbformat
import numpy as np

from dlcourse import data, training
from dlcourse.lessons import regularization as lesson

SEEDS = range(10)


@functools.cache
def letters_of(n, seed):
    """n letters and their targets, as in the lesson."""
    letters, names = data.letters(n, seed=seed)
    return letters, data.one_hot(names, 26)


def unseen():
    """Letters of the lesson's test set; fewer, since they judge two hundred networks."""
    return letters_of(3000, seed=3)


@functools.cache
def spoiled(n, share, seed):
    """n letters of the lesson with this share of their labels drawn anew."""
    letters, targets = letters_of(n, seed=2)
    names = lesson.toss(targets.argmax(axis=1), share, seed)
    return letters, data.one_hot(names, 26)


@functools.cache
def runs(n=520, share=0.0, kind="L2", strength=0, steps=500):
    """(network, History) from each start: on n letters, a share of the labels drawn anew."""
    how, judge = lesson.cure(kind, strength), None
    if strength == 0 and (n, share) in ((520, 0.0), (2600, 0.4)):
        judge = tuple(a[:1000] for a in letters_of(2000, seed=1))  # to stop by
    return [
        lesson.trained(spoiled(n, share, seed), seed, steps=steps, judge=judge, **how)
        for seed in SEEDS
    ]


def networks(*which):
    return [net for net, _ in runs(*which)]


def stops(n, share, steps=500):
    """(epoch of the lowest validation loss, accuracy after it, accuracy at the end), each start."""
    for _, run in runs(n, share, "L2", 0, steps):
        best = lesson.best_epoch(run.val_loss)
        yield best, run.val_accuracy[best - 1], run.val_accuracy[-1]


@functools.cache
def scores(n=520, share=0.0, kind="L2", strength=0):
    """Accuracies on unseen letters of `networks`."""
    found = networks(n, share, kind, strength, 500)
    return np.array([training.accuracy(net, *unseen()) for net in found])


def on_learned(n=520, share=0.0, kind="L2", strength=0):
    found = networks(n, share, kind, strength, 500)
    pairs = zip(found, SEEDS, strict=True)
    return np.array([training.accuracy(net, *spoiled(n, share, seed)) for net, seed in pairs])


@functools.cache
def ideas():
    """What the lesson's cells that begin with `shrink` and `ftrl_step` define."""
    home, names = pathlib.Path(__file__).parents[2], {"np": np}
    for cell in nbformat.read(home / "notebooks" / "10_regularization.ipynb", 4).cells:
        if cell.source.startswith(("def shrink(", "def ftrl_step(")):
            exec(cell.source, names)
    return names


# By heart.


def test_labels_drawn_by_lot_are_learned_and_unseen_letters_guessed():
    assert on_learned(520, 1.0).min() > 0.98
    assert scores(520, 1.0).max() < 0.08


def test_the_more_there_is_to_learn_by_heart_the_longer_the_weights():
    for seed in SEEDS:
        start = lesson.length(lesson.new_net(seed))
        lengths = [
            lesson.length(networks(520, share, "L2", 0, 500)[seed]) for share in (0.0, 0.2, 1.0)
        ]
        assert start < lengths[0] < lengths[1] < lengths[2]


# L2.


def test_l2_takes_back_the_wrong_labels_and_gains_on_unseen_letters():
    gain = scores(520, 0.2, "L2", 0.03) - scores(520, 0.2)
    assert gain.min() > 0.03
    assert on_learned(520, 0.2).min() > 0.98
    learned = on_learned(520, 0.2, "L2", 0.03)
    assert 0.75 < learned.min() and learned.max() < 0.87


def test_with_right_labels_l2_gains_in_the_mean_and_changes_less_than_two_hundredths():
    gain = scores(520, 0.0, "L2", 0.01) - scores(520)
    assert np.mean(gain) > 0 and np.abs(gain).max() < 0.02
    assert on_learned().min() > 0.99


# L1, pruning.


def test_l1_by_its_subgradient_leaves_no_zero_and_by_shrinking_a_third_or_more():
    for seed in SEEDS[:3]:
        net, _ = lesson.trained(letters_of(520, seed=2), seed, penalty=training.L1(0.001))
        shrunk = networks(520, 0.0, "L1", 0.001, 500)[seed]
        assert max(lesson.zeros(net)) == 0
        assert abs(training.accuracy(net, *unseen()) - scores(520, 0.0, "L1", 0.001)[seed]) < 0.01
        assert lesson.zeros(shrunk)[0] > 0.3
    assert min(lesson.zeros(net)[0] for net in networks(520, 0.0, "L1", 0.001, 500)) > 0.3


def test_l1_costs_accuracy_on_right_labels():
    assert np.median(scores(520, 0.0, "L1", 0.001) - scores(520)) < 0
    assert (scores(520, 0.0, "L1", 0.001) - scores(520)).max() < 0.01


def test_half_of_the_weights_go_unnoticed_and_training_brings_back_what_80_percent_cost():
    many = letters_of(2600, seed=2)
    for net, whole in zip(networks(2600, 0.0, "L2", 0, 500), scores(2600), strict=True):
        half, most = lesson.pruned(net, many, unseen(), [0.5, 0.8]).values()
        assert whole - half[0] < 0.06
        assert whole - most[0] > 0.1 and whole - most[1] < 0.06


# Dropout.


def test_dropout_of_a_half_gains_a_little_and_the_network_in_use_is_the_mean_of_the_drawn():
    assert np.median(scores(520, 0.0, "dropout", 0.5) - scores(520)) > 0
    x, t = unseen()
    x, labels = x[:500], t[:500].argmax(axis=1)
    for net in networks(520, 0.0, "dropout", 0.5, 500):
        in_use = net.forward(x).argmax(axis=1)
        drawn = [net.forward(x, training=True) for _ in range(50)]
        assert np.mean(np.mean(drawn, axis=0).argmax(axis=1) == in_use) > 0.96
        one = np.mean(drawn[0].argmax(axis=1) == labels)
        assert np.mean(in_use == labels) - one > 0.03


def test_leaving_out_four_of_five_units_is_worse_than_half_and_than_none():
    most = scores(520, 0.0, "dropout", 0.8)
    assert np.all(most < scores(520, 0.0, "dropout", 0.5)) and np.all(most < scores(520))


# Stopping.


def test_on_right_labels_the_loss_falls_to_the_end_and_stopping_gains_nothing():
    for epoch, then, at_end in stops(520, 0.0):
        assert epoch > 80 and abs(then - at_end) < 0.01


def test_with_two_labels_in_five_wrong_stopping_in_time_gains():
    assert min(then - at_end for _, then, at_end in stops(2600, 0.4, 1500)) > 0.05


# FTRL.


def test_ftrl_has_more_zeros_than_l1_and_names_more_letters_at_one_rate_each():
    many, step = letters_of(2600, seed=2), ideas()["ftrl_step"]
    for seed in SEEDS:
        ledger = [lesson.train_by(step, many, s, 10, seed) for s in (0, 0.3)]
        by_l1 = [lesson.train_by_l1(many, s, 10, seed) for s in (0, 0.001)]
        zeros, right = lesson.zeros_and_accuracy(ledger, unseen())
        other_zeros, other_right = lesson.zeros_and_accuracy(by_l1, unseen())
        assert zeros[1] > 1.5 * other_zeros[1] and right[1] > other_right[1]
        assert right[0] > other_right[0]


# Sizes of data.


def test_penalties_help_few_letters_and_cost_with_many():
    assert np.all(scores(130, 0.0, "L2", 0.01) > scores(130))
    assert np.all(scores(2600, 0.0, "L2", 0.01) < scores(2600))
    assert (scores(2600) - scores(130)).min() > 0.15
