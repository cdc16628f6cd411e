"""Lesson 1 over ten seeds, with the functions of its room: dlcourse.lessons.logistic_regression."""

import functools

import numpy as np

from dlcourse import gradcheck, training
from dlcourse.lessons import logistic_regression as lesson

SEEDS = range(10)
RATES = [0.01, 0.1, 1.0]


@functools.lru_cache
def descents(seed):
    """From (-4, -4) at rate 1: {loss: places (501, 2)}, {loss: share right (501,)}."""
    x, t = lesson.heaps(seed)
    paths, right = {}, {}
    for name, gradient in lesson.GRADIENTS.items():
        path = lesson.descend(lambda w, g=gradient: g(w, x, t), (-4, -4), 1, 500)
        paths[name] = path
        right[name] = np.mean((path @ x.T > 0) == t, axis=1)
    return paths, right


@functools.lru_cache
def valleys(seed, n_points, sets):
    return lesson.count_valleys(n_points, spread=3, sets=sets, seed=seed)


@functools.lru_cache
def deal(seed):
    return lesson.three_sets(seed)


@functools.lru_cache
def curves(seed):
    """Mean surprise on training and validation, (201, 2), of one deal of the digits at rate 1."""
    learn, validation, _ = deal(seed)
    _, surprises = lesson.train_neuron(*learn, lr=1.0, watched=[learn, validation])
    return surprises


def test_from_the_wrong_side_cross_entropy_turns_at_once_and_squared_error_does_not():
    """Lesson 1, "The ground they walk on": (-4, -4), rate 1, two heaps of 200 points."""
    for seed in SEEDS:
        _, right = descents(seed)
        assert right["cross-entropy"][10] > 0.9, seed
        assert right["squared error"][100] < 0.1, seed
        assert right["squared error"][500] > 0.9, seed


def test_squared_error_hardly_moves_on_the_plateau():
    """Lesson 1, "The ground they walk on": 150 steps of rate 1 from (-4, -4)."""
    for seed in SEEDS:
        paths, _ = descents(seed)
        moved = {name: np.linalg.norm(path[150] - path[0]) for name, path in paths.items()}
        assert 3 * moved["squared error"] < moved["cross-entropy"], seed


def test_squared_error_has_one_valley_on_the_two_heaps():
    """Lesson 1, "Plateau or valley?": both weights from -10 to 10."""
    for seed in SEEDS:
        x, t = lesson.heaps(seed)

        def loss(w, x=x, t=t):
            return lesson.squared_error(w @ x.T, t)

        assert lesson.valleys_in_plane(loss, reach=10) == 1, seed


def test_with_few_points_and_tossed_labels_squared_error_often_has_two_valleys():
    """Lesson 1, "Plateau or valley?": 100 sets of 4 and of 20 points."""
    for seed in SEEDS:
        for n_points in (4, 20):
            found = valleys(seed, n_points, 100)
            assert found["hill"]["cross-entropy"] == 0, (seed, n_points)
            assert found["hill"]["squared error"] > 25, (seed, n_points)
            assert found["wrong"][-6] > 5 * found["wrong"][0], (seed, n_points)


def test_with_many_points_a_second_valley_is_rare():
    """Lesson 1, "Plateau or valley?": 20 sets of 200 points, not 100 as there."""
    hills = [valleys(seed, 200, 20)["hill"] for seed in SEEDS]
    assert sum(hill["cross-entropy"] for hill in hills) == 0
    assert sum(hill["squared error"] for hill in hills) < 10


def test_descending_on_the_doubled_minus_makes_the_surprise_grow_at_every_step():
    """INSTRUCTORS, "Where the notes err": three starts, rate 0.2, 20 steps."""
    for seed in SEEDS:
        for start in ([-1, -1], [0, 0.5], [1, 1]):
            climb = lesson.with_two_minuses(seed, start, lr=0.2, steps=20)
            assert np.all(np.diff(climb) > 0), (seed, start)


def test_the_answers_are_probabilities_of_the_label_and_no_density_of_points():
    """INSTRUCTORS, "Where the notes err"."""
    for seed in SEEDS:
        over_labels, over_square = lesson.added_up(seed)
        assert np.allclose(over_labels, 1), seed
        assert np.isclose(over_square, 20 * 20 / 2), seed


def test_nudges_find_the_gradient_and_a_slope_left_in():
    """Lesson 1, "Is the gradient right?": three places."""
    for seed in SEEDS:
        x, t = lesson.heaps(seed)

        def loss(w, x=x, t=t):
            return float(lesson.mean_surprise(x @ w, t))

        for w in np.array([[1.0, -0.5], [-1.0, -1.0], [0.0, 0.5]]):
            by_nudges = gradcheck.numerical_gradient(loss, w)
            right = lesson.cross_entropy_gradient(w, x, t)
            assert np.abs(by_nudges - right).max() < 0.5e-8, (seed, w)
            wrong = lesson.squared_error_gradient(w, x, t)
            assert np.abs(by_nudges - wrong).max() > 0.1, (seed, w)


def test_the_gap_between_training_and_validation_grows_as_training_goes_on():
    """Lesson 1, "Three sets of pictures": steps 50 to 200; the first leap above a coin toss."""
    for seed in SEEDS:
        surprises = curves(seed)
        gap = surprises[:, 1] - surprises[:, 0]
        assert surprises[1:4, 0].max() > 0.7, seed
        assert surprises[200, 0] < surprises[50, 0], seed
        assert gap[200] > gap[50], seed


def test_one_neuron_reads_threes_and_fives_that_neither_taught_nor_chose():
    """Lesson 1, "The test": each deal chooses on its own validation set."""
    for seed in SEEDS:
        learn, validation, test = deal(seed)
        rate, neuron = lesson.chosen(learn, validation, RATES)
        always_three = 1 - test[1].mean()
        assert training.accuracy(neuron, *test) > 0.9, seed
        assert always_three < 0.7, seed
        assert rate != 0.01, seed


def test_on_separable_heaps_the_weights_grow_and_each_tenfold_of_steps_adds_more():
    """Lesson 1, "Weights that never stop growing" and the leash of exercise 4: 1000 steps."""
    for seed in SEEDS:
        x, t = lesson.heaps(seed, noise=0)
        assert np.array_equal(x.sum(axis=1) > 0, t == 1), seed
        free = lesson.lengths(seed, looks=(10, 100, 1000))
        assert np.all(np.diff(free) > 1), seed
        assert np.all(np.diff(free, 2) > 0), seed
        leashed = lesson.lengths(seed, looks=(1000, 2000), strength=0.01)
        assert np.isclose(leashed[0], leashed[1], rtol=1e-3), seed
        assert leashed[1] < free[2] / 1.5, seed
