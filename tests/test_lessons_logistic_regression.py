"""The room of lesson 1: its neuron, its descents, its valleys, and what its drawings say."""

import numpy as np
import pytest

from dlcourse import gradcheck, plots, widgets
from dlcourse.lessons import logistic_regression as lesson


@pytest.fixture(scope="module")
def points():
    return lesson.heaps(seed=0)


@pytest.fixture
def shown(monkeypatch):
    """The sentences of the figures that are shown."""
    sentences = []
    monkeypatch.setattr(plots, "show", lambda ax, alt: sentences.append(alt))
    return sentences


@pytest.mark.parametrize("name", lesson.LOSSES)
def test_the_gradients_are_those_of_the_losses(points, name):
    x, t = points
    w = np.array([0.7, -1.3])
    by_nudges = gradcheck.numerical_gradient(lambda w: float(lesson.LOSSES[name](x @ w, t)), w)
    np.testing.assert_allclose(lesson.GRADIENTS[name](w, x, t), by_nudges, atol=1e-8)


@pytest.mark.parametrize("name", lesson.PULLS)
@pytest.mark.parametrize("label", [0, 1])
def test_the_pulls_are_the_slopes_of_the_losses_of_one_example(name, label):
    z, eps = np.linspace(-6, 6, 25), 1e-5
    one = np.array([label])
    ends = [np.array([lesson.LOSSES[name](np.array([v]), one) for v in z + d]) for d in (-eps, eps)]
    slopes = (ends[1] - ends[0]) / (2 * eps)
    np.testing.assert_allclose(lesson.PULLS[name](lesson.sigmoid(z), label), slopes, atol=1e-8)


def test_the_pull_of_the_squared_error_is_largest_at_ln_2_and_that_of_the_cross_entropy_climbs():
    z = np.linspace(-8, 8, 1601)
    p = lesson.sigmoid(z)
    squares, surprise = lesson.PULLS["squared error"](p, 0), lesson.PULLS["cross-entropy"](p, 0)
    assert np.isclose(z[squares.argmax()], np.log(2), atol=0.01)
    assert np.all((np.diff(squares) > 0) == (z[1:] < np.log(2)))
    assert np.all(np.diff(surprise) > 0)


def test_the_mean_surprise_is_the_cross_entropy_and_never_infinite():
    z, t = np.array([-2.0, 0.5, 3.0]), np.array([1, 0, 1])
    p = lesson.sigmoid(z)
    plain = -np.mean(t * np.log(p) + (1 - t) * np.log(1 - p))
    np.testing.assert_allclose(lesson.mean_surprise(z, t), plain)
    assert lesson.mean_surprise(np.array([800.0]), np.array([0])) == 800


def test_an_example_rolls_to_the_right_side_sooner_with_cross_entropy():
    for label, start in ((0, 6.0), (1, -6.0)):
        for name, steps in (("cross-entropy", 7), ("squared error", 426)):
            z = lesson.rolled(start, label, name, steps)
            assert len(z) == steps + 1
            assert (z[-2] > 0) == (label == 0) and (z[-1] > 0) == (label == 1)


def test_hills_and_ends_of_walks_are_found():
    assert lesson.has_hill(np.array([1.0, 0.0, 2.0, 1.0]))
    assert not lesson.has_hill(np.array([2.0, 1.0, 0.0, 1.0]))
    assert not lesson.has_hill(np.array([0.0, 1.0, 2.0, 3.0])), "a slope"
    assert lesson.walk_down(np.array([1.0, 0.0, 2.0, 1.0, 3.0]), 4) == 3
    assert lesson.walk_down(np.array([1.0, 0.0, 2.0, 1.0, 3.0]), 0) == 1
    two = lesson.valleys_in_plane(lambda w: (w[:, 0] ** 2 - 9) ** 2 + w[:, 1] ** 2, reach=5)
    assert two == 2


def test_the_sets_of_pictures_share_none_and_lose_none():
    x, t = lesson.threes_and_fives()
    sets = lesson.three_sets(seed=3)
    assert [len(one[0]) for one in sets] == [1137, 379, 379]
    rows = {row.tobytes() for one in sets for row in one[0]}
    assert len(rows) == len({row.tobytes() for row in x}) and sum(len(h[1]) for h in sets) == len(t)


def test_the_curves_begin_before_the_first_step_and_end_at_the_neuron_that_is_returned():
    learn, validation, _ = lesson.three_sets(0)
    neuron, falls = lesson.train_neuron(*learn, lr=0.1, watched=[learn, validation], steps=5)
    assert falls.shape == (6, 2)
    np.testing.assert_allclose(falls[0], np.log(2))
    for k, (x, t) in enumerate((learn, validation)):
        p = neuron.probability(x)
        q = np.where(t[:, 0] == 1, p, 1 - p)
        np.testing.assert_allclose(falls[-1, k], -np.log(q).mean())


def test_a_trained_neuron_reads_what_it_has_not_seen_and_is_surprised_by_what_it_misreads():
    neuron = lesson.trained_neuron()
    five, three = lesson.unseen(5, 25), lesson.unseen(3, 0)
    assert neuron.probability(five[None])[0] > 0.5 > neuron.probability(three[None])[0]
    _, _, (x, t) = lesson.three_sets(0)
    worst = lesson.most_surprising(neuron, x, t[:, 0])
    p = neuron.probability(x)
    q = np.where(t[:, 0] == 1, p, 1 - p)
    assert np.all(np.diff(q[worst]) >= 0)
    assert q[worst[-1]] <= np.delete(q, worst).min()


def test_the_sums_behind_probability_of_what():
    over_labels, over_square = lesson.added_up(side=10)
    np.testing.assert_allclose(over_labels, 1)
    assert np.isclose(over_square, 50)


def test_every_drawing_shows_a_figure_with_a_sentence_that_holds_its_number(points, shown):
    x, t = points
    paths = {loss: lesson.walk("all wrong", loss, 1, 150) for loss in lesson.LOSSES}
    neuron = lesson.trained_neuron()
    learn, validation, test = lesson.three_sets(0)
    _, falls = lesson.train_neuron(*learn, lr=0.1, watched=[learn, validation], steps=20)
    lesson.show_digits(test[0][:8], test[0][8:16])
    lesson.show_reading(neuron, lesson.unseen(5, 25))
    lesson.show_step_and_sigmoid()
    lesson.show_surprise()
    lesson.show_chain(np.array([1.0, 2.0]), np.array([0.5, -1.0]), 1)
    lesson.show_products()
    lesson.show_borders(x, t, [(1, -0.5), (-4, -4)])
    lesson.show_grounds(paths, steps=50)
    lesson.show_valleys(np.linspace(-6, 8, 71), np.array([1.0, -2.0]), np.array([1, 0]), [-1, 4])
    lesson.show_stacks(learn, validation, test)
    lesson.show_falls(falls[:, 0], falls[:, 1])
    lesson.show_weights(neuron, test[0], test[1][:, 0])
    assert len(shown) == 12
    p = neuron.probability(lesson.unseen(5, 25)[None])[0]
    assert f"p ≈ {p:.2f}, more likely a five" in shown[1]
    assert "dL/dp = -5.48" in shown[4] and "dL/dw₂ = -1.635" in shown[4]
    assert "with w = (-4, -4) 3.5% are right" in shown[6]
    end = paths["squared error"][50]
    assert f"squared error comes to (≈ {end[0]:.1f}, ≈ {end[1]:.1f})" in shown[7]
    assert f"≈ {falls[-1, 0]:.2f}, on the validation set" in shown[10]


def test_tables_print_what_they_return(capsys):
    counted = lesson.print_valleys([4], sets=20)
    printed = capsys.readouterr().out
    assert f"≈ {counted[4][1]:3}" in printed and "of 20 sets" in printed
    scores = lesson.print_deals(seeds=[1], rates=[0.1])
    assert f"rate ≈ 0.1 chosen, accuracy on test ≈ {scores[0]:.3f}" in capsys.readouterr().out


def test_the_instrument_says_the_pull_of_each_loss():
    steps = widgets.player(lesson.STEPS)
    controls = {"start_z": (-8.0, 8.0, 0.5), "label": ["0", "1"], "steps": steps}
    panel = widgets.explore(lesson.draw_pull, axes=lesson.pull_axes, **controls)

    def words():
        return {text.get_text() for ax in panel._axes for text in ax.texts}

    assert {"cross-entropy: p = 0.22", "squared error: p = 0.9975"} <= words()
    panel.controls["steps"].value, panel.controls["start_z"].value = 0, 8.0
    assert {"1.00", "0.0003", "one example with label 0, before the first step"} <= words()
    panel.controls["label"].value, panel.controls["start_z"].value = "1", -8.0
    assert {"−1.00", "−0.0003", "one example with label 1, before the first step"} <= words()
    assert panel.error is None


def test_the_walk_says_how_many_are_right(points):
    x, t = points
    ax = lesson.draw_walk(start="half right", loss="cross-entropy", rate=1.0, steps=20)
    w = lesson.descend(lambda w: lesson.cross_entropy_gradient(w, x, t), (4, -4), 1.0, 20)[-1]
    share = np.mean((x @ w > 0) == t)
    assert ax[1].texts[-1].get_text().startswith(f"step 20: {share:.1%} right")
    nothing = lesson.draw_walk(start="no weights", steps=0)
    assert nothing[1].texts[-1].get_text().startswith("step 0: no answer yet")
