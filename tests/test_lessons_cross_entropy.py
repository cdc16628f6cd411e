"""The room of lesson 4: both losses at the same weights, the naive form, its drawings."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from dlcourse import data, losses, plots
from dlcourse.lessons import cross_entropy as lesson
from dlcourse.lessons import letters as letters_room


@pytest.fixture(scope="module")
def letters():
    """A few letters: (x, t)."""
    x, names = data.letters(300, seed=0)
    return x, data.one_hot(names, 26)


@pytest.fixture
def alts(monkeypatch):
    """What the drawings say to those who cannot see them."""
    said = []
    monkeypatch.setattr(plots, "show", lambda ax, alt: said.append(alt))
    return said


def test_two_gradients_are_those_of_the_packages_losses(letters):
    x, t = letters
    bare = letters_room.letter_net([7, 6], output=None, dtype=np.float64)
    whole = letters_room.letter_net([7, 6], dtype=np.float64)
    found = lesson.two_gradients(bare, x, t)
    for net, loss, magnitudes in (
        (bare, losses.SigmoidCrossEntropy(), found[0]),
        (whole, losses.MeanSquaredError(), found[1]),
    ):
        loss.forward(net.forward(x), t)
        net.backward(loss.backward())
        assert_allclose(magnitudes, net.grad_rms(), rtol=1e-10)


@pytest.mark.parametrize("answer", [0.5, 1 / 26, 0.001])
def test_the_outputs_answer_what_was_asked_and_the_lift_is_one_over_their_slope(answer):
    x, _ = letters_room.small_batch()
    matrices, cross_entropy, squared_error, shares = lesson.compared(3, "tanh", 0.25, answer, 1)
    assert [W.shape for W in matrices] == [(289, 30), (30, 30), (30, 30), (30, 26)]
    assert [share.shape for share in shares] == [(len(x), 30)] * 3 + [(len(x), 26)]
    slope = answer * (1 - answer)
    assert_allclose(np.median(shares[-1], axis=0), 4 * slope, rtol=0.02)
    assert_allclose(cross_entropy / squared_error, 1 / slope, rtol=0.03)


def test_the_naive_form_and_the_one_from_logits_agree_where_both_have_numbers():
    z = np.linspace(-30, 30, 61)
    for label in (0, 1):
        for mine, other in zip(
            lesson.naive(lesson.sigmoid(z), label), lesson.from_logits(z, label), strict=True
        ):
            assert_allclose(mine, other, rtol=1e-2, atol=1e-3)
    far = lesson.from_logits(np.array([-800.0, 800.0]), 1)
    assert_allclose(far, [[800, 0], [-1, 0]], atol=1e-12)
    assert not np.isfinite(lesson.naive(lesson.sigmoid(40.0), 1)[0])


def test_the_sigmoid_is_1_from_as_many_logits_as_a_float_has_digits():
    assert abs(lesson.first_one("float64") - 53 * np.log(2)) < 0.011
    assert abs(lesson.first_one("float32") - 24 * np.log(2)) < 0.011


class Reads:
    """A network whose logits are the rows that it is shown."""

    def forward(self, x):
        return x


def test_the_surest_mistake_comes_first_and_pairs_are_counted_either_way(capsys):
    logits = np.array([[5.0, 0, 1], [0, 2, 1], [0, 3, 7], [0, 6, 1], [4, 0, 1]])
    names = np.array([0, 0, 1, 0, 1])
    places, read = lesson.misread(Reads(), logits, names)
    assert_array_equal(places, [2, 3, 4, 1])
    assert_array_equal(read, [2, 1, 0, 1])
    counted = lesson.print_confused(Reads(), logits, names, most=2, surest=1)
    assert counted == {"BC": 1, "AB": 3}
    words = capsys.readouterr().out.splitlines()
    assert words[0] == "misread: ≈ 4 of 5"
    assert words[1].startswith("most often: A and B ≈ 3")
    assert words[2] == "in the surest 1: B and C ≈ 1"


def test_sums_that_miss_1_are_counted_for_all_for_the_misread_and_for_the_rest(capsys):
    z = np.log(
        np.array([[0.6, 0.4], [0.9, 0.9], [0.5, 0.49]])
        / np.array([[0.4, 0.6], [0.1, 0.1], [0.5, 0.51]])
    )

    class Predicts(Reads):
        def predict(self, x):
            return x.argmax(axis=1)

    assert_allclose(lesson.sums_of_answers(Predicts(), z), [1, 1.8, 0.99])
    t = np.array([[1.0, 0], [0, 1], [1, 0]])
    assert_allclose(lesson.off_by_a_tenth(Predicts(), z, t), [1 / 3, 1, 0])
    apart, *off = lesson.print_digits(Predicts(), Predicts(), (z, t))
    assert apart == 0 and off == pytest.approx([1 / 3, 1, 0])  # of all, misread, read rightly
    assert "softmax ≈ 0.667" in capsys.readouterr().out


def test_epochs_are_printed_for_the_runs_that_went_so_far(capsys):
    lesson.print_epochs({"a": [0.1, 0.2, 0.3], "b": [0.4]}, [1, 3])
    words = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert words[0] == ["accuracy", "after", "epoch", "1", "3"]
    assert words[1] == ["a", "≈", "0.10", "≈", "0.30"]
    assert words[2] == ["b", "≈", "0.40"]


@pytest.mark.parametrize(
    ("magnitudes", "words"),
    [([1, 3900], "1/3,900"), ([0.9, 1], "0.9"), ([3, 2], "1.5"), ([0, 1], "no gradient")],
)
def test_a_tilt_is_said_in_words(magnitudes, words):
    assert lesson.tilt(np.array(magnitudes, float)) == words


def test_every_drawing_has_a_sentence_with_its_number(letters, alts):
    x, t = letters
    names = t.argmax(axis=1)
    runs = letters_room.train_each(
        letters, letters, [20], lr=1, epochs=3, seeds=(0, 1), batch_size=100
    )
    net = letters_room.letter_net([20], output=None, dtype=np.float64)
    curves = {f"run {k}": runs[k % 2].val_accuracy for k in range(5)}
    lesson.show_output_end(p=0.25, t=1)
    lesson.show_two_curves(*runs, guess=0.5)
    lesson.show_softmax(np.array([2.0, 1.0, 0.0]), np.array([0.0, 1.0, 0.0]))
    lesson.show_lift({"now": lesson.two_gradients(net, x, t)})
    lesson.show_bowls()
    lesson.show_curves(curves, guess=0.2)
    lesson.show_misread(net, x, names)
    lesson.show_slow({"one": runs[0].val_accuracy, "five": runs[1].val_accuracy}, 3)
    lesson.show_sums(net, x, t)
    lesson.show_hard(x, names, {"a": [0.1, 0.3], "b": [0.1, 0.2], "c": [0.2, 0.4]})
    assert len(alts) == 10
    assert "the error -0.75 meets the slope 0.188" in alts[0]
    assert f"struck out it ends at ≈ {runs[1].val_accuracy[-1]:.2f}" in alts[1]
    cross_entropy, squared_error = lesson.two_gradients(net, x, t)
    assert f"now ≈ {np.median(cross_entropy / squared_error):.1f} times" in alts[3]
    assert f"run 0 ≈ {runs[0].val_accuracy[0]:.2f}" in alts[5]
    assert f"misread ≈ {lesson.off_by_a_tenth(net, x, t)[1]:.2f}" in alts[8]
    assert "a ≈ 0.30; b ≈ 0.20; c ≈ 0.40" in alts[9]


def test_the_instrument_says_the_lift_and_both_tilts():
    ax = lesson.draw_lift(hidden=2)
    _, cross_entropy, squared_error, _ = lesson.compared(2, "sigmoid", 1.0, 1 / 26, 0)
    words = " ".join(text.get_text() for text in ax[0].texts)
    assert f"squared error {lesson.tilt(squared_error)}" in words
    assert f"cross-entropy {lesson.tilt(cross_entropy)}" in words
    below = [text.get_text() for text in ax[1].texts]
    for lift in cross_entropy / squared_error:
        assert f"×{lesson.times(lift)}" in below


def test_where_squared_error_sends_back_nothing_no_lift_is_said(monkeypatch):
    matrices, cross_entropy, _, shares = lesson.compared(1, "sigmoid", 1.0, 0.5, 0)
    nothing = matrices, cross_entropy, np.zeros(2), shares
    monkeypatch.setattr(lesson, "compared", lambda *setting: nothing)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ax = lesson.draw_lift(hidden=1)
    words = " ".join(text.get_text() for text in (*ax[0].texts, *ax[1].texts))
    assert "squared error no gradient" in words
    assert "Every layer" not in words


@pytest.mark.parametrize("label", [0, 1])
def test_the_break_is_drawn_where_the_naive_form_ends(label):
    for precision in ("float32", "float64"):
        ax = lesson.draw_break(z=40.0, label=label, precision=precision)
        word = "inf" if label == 0 else "nan"
        cross = [line for line in ax.lines if line.get_marker() == "x"][0]
        assert abs(cross.get_xdata()[0] - lesson.first_one(precision)) < 0.11
        assert f"naive form {word}" in ax.get_title(loc="left")


def test_the_strips_add_up_to_the_surprise():
    ax = lesson.draw_strips(strips=lesson.STRIPS)
    under_the_slope, sums = (a.collections[0].get_paths() for a in ax)
    assert len(under_the_slope) == len(sums) == lesson.STRIPS
    areas = [np.ptp(path.vertices, axis=0).prod() for path in under_the_slope]
    assert_allclose([path.vertices[:, 1].max() for path in sums], np.cumsum(areas))
    assert abs(sum(areas) + np.log(1 - lesson.WAY)) < 0.1
    assert len(lesson.draw_strips(strips=5)[1].collections[0].get_paths()) == 5
