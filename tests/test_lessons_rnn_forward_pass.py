"""The room of lesson 7: its network by hand, the way back, its read-outs, what its drawings say."""

import numpy as np
import pytest

from dlcourse import data, losses, network, plots, recurrent, widgets
from dlcourse.drawing import instrument
from dlcourse.lessons import rnn_forward_pass as lesson


@pytest.fixture(scope="module")
def digits():
    """Rows (6000, 28, 28), their labels, and the states of a random reader (6000, 28, 8)."""
    images, labels = lesson.digits()
    rows = images.reshape(-1, 28, 28)
    reader = network.Sequential([recurrent.RNN(28, 8)], seed=0)
    return rows, labels, reader.forward(rows)


@pytest.fixture
def shown(monkeypatch):
    """The alt texts of all figures that a test shows."""
    found = []
    monkeypatch.setattr(plots, "show", lambda ax, alt: found.append(alt))
    return found


def example(factor=1.0):
    """The worked example as the package's network."""
    rnn = recurrent.RNN(1, 2)
    net = network.Sequential([rnn], dtype=np.float64)
    rnn.W_x, rnn.W_h, rnn.b = lesson.W_X, factor * lesson.W_H, lesson.B
    return net


@pytest.mark.parametrize("factor", [0.0, 1.0, 1.86, 3.0])
def test_the_example_remembers_what_the_package_does(factor):
    xs = np.array([1.0, 2.0, -0.5, 0.0])
    states = lesson.remember(xs, factor)
    assert states.shape == (5, 2) and not states[0].any()
    np.testing.assert_allclose(states[1:], example(factor).forward(xs[None, :, None])[0])


def test_the_example_gives_the_numbers_that_are_worked_by_hand():
    states = lesson.remember([1, 2, 1])
    outputs = lesson.outputs_of(states)
    np.testing.assert_allclose(states[1:3], [[0.537, 0.462], [0.860, 0.884]], atol=5e-4)
    np.testing.assert_allclose(outputs, [1.561, 2.727, 2.385], atol=1e-3)


def test_an_echo_is_the_output_with_the_first_input_less_that_without_it():
    xs = np.array([1.0, 0.0, 2.0])
    expected = [lesson.outputs_of(lesson.remember(first))[2] for first in ([1, 0, 2], [0, 0, 2])]
    left = lesson.echo(xs)
    assert left[0] == pytest.approx(1.561, abs=5e-4)
    assert left[2] == pytest.approx(expected[0] - expected[1])
    assert xs[0] == 1, "the inputs stay as they are"
    assert not lesson.echo(np.zeros(4)).any()


@pytest.mark.parametrize(("factor", "many"), [(0.0, 1), (1.86, 1), (2.1, 1), (2.2, 2), (3.0, 2)])
def test_a_resting_place_is_left_as_it_is(factor, many):
    places = lesson.resting_places(factor)
    assert len(places) == many
    after = np.tanh(places @ (factor * lesson.W_H) + lesson.B)
    np.testing.assert_allclose(after, places, atol=0.02)


def test_sequences_are_all_there_once():
    sequences = lesson.every_sequence(4)
    assert sequences.shape == (4, 16) and len({tuple(column) for column in sequences.T}) == 16
    assert set(np.unique(sequences)) == {0, 1}


def test_the_best_threshold_may_lie_on_either_side_and_between_different_values_only():
    wanted = np.array([True, True, False, False])
    assert lesson.right_by_threshold(np.array([4.0, 3.0, 2.0, 1.0]), wanted) == 4
    assert lesson.right_by_threshold(np.array([1.0, 2.0, 3.0, 4.0]), wanted) == 4
    assert lesson.right_by_threshold(np.array([1.0, 3.0, 2.0, 4.0]), wanted) == 3
    assert lesson.right_by_threshold(np.ones(4), wanted) == 2
    assert lesson.right_by_threshold(np.ones(4) + 1e-14 * np.arange(4), wanted) == 2


def test_the_best_of_shared_pairs_is_the_best_of_each():
    sequences = lesson.every_sequence(5)
    three = sequences.sum(axis=0) >= 3
    pairs = [(0.1, 0.0), (0.1, 1.0), (2.0, 0.0), (2.0, 1.0)]
    each = [
        lesson.right_by_threshold(lesson.last_state(sequences, w, w, b), three) for w, b in pairs
    ]
    assert lesson.best_shared(sequences, three, [0.1, 2.0], [0.0, 1.0]) == max(each)


def test_a_read_out_is_fitted_to_the_first_4000_and_judged_on_the_others():
    labels = np.arange(6000) % 10
    exact = data.one_hot(labels, 10)
    assert lesson.share_named(exact, labels) == 1
    spoiled = exact.copy()
    spoiled[lesson.FITTED :] = 0
    assert lesson.share_named(spoiled, labels) < 0.2
    answers = np.zeros((6000, 10))
    answers[:, 3] = 1
    assert lesson.share_right(answers, labels) == pytest.approx(0.1)


def test_shares_after_each_step_are_those_of_each_step(digits):
    _, labels, states = digits
    shares = lesson.shares_named(states[:, 10:13], labels)
    assert shares.shape == (3,)
    assert shares[1] == lesson.share_named(states[:, 11], labels)


def test_rows_5_to_24_hold_nearly_all_ink_and_the_last_row_is_mostly_blank(digits):
    rows, _, _ = digits
    assert rows[:, lesson.INK_ROWS].shape[1] == lesson.WAYS
    assert rows[:, lesson.INK_ROWS].sum() > 0.95 * rows.sum()
    assert np.mean(~rows[:, 27].any(axis=1)) > 0.98


def test_distances_are_those_of_every_two():
    points = np.array([[0.0, 0.0], [3.0, 4.0], [0.0, 1.0]])
    np.testing.assert_allclose(lesson.pair_distances(points), [5, 1, np.sqrt(18)])


@pytest.mark.parametrize("steps", [2, 7])
def test_the_way_back_is_the_gradient_of_the_loss(steps):
    """The delta of a step, summed over the digits, is dL/db for a b of that step alone."""
    W_h, signals, slopes = lesson.way_back(steps, 0.7, seed=3)
    reader, drawn, out = lesson._reader(3)
    rows, targets = lesson.small_batch()
    np.testing.assert_allclose(W_h, 0.7 * drawn)
    W_x = reader.layers[0].W_x
    loss = losses.MeanSquaredError()

    def value(b, at):
        """The loss if b (30,) is added to what the units add up at step `at`."""
        h = np.zeros((64, 30))
        for t in range(steps):
            h = np.tanh(rows[:, t] @ W_x + h @ W_h + (b if t == at else 0))
        return loss.forward(out.forward(h), targets)

    assert len(signals) == len(slopes) == steps and slopes[0].shape == (64, 30)
    h, states = np.zeros((64, 30)), []
    for t in range(steps):
        h = np.tanh(rows[:, t] @ W_x + h @ W_h)
        states.append(h)
    loss.forward(out.forward(h), targets)
    dh = loss.backward() @ out.layers[0].W.T
    for t in reversed(range(steps)):
        delta = dh * (1 - states[t] ** 2)
        assert signals[t] == pytest.approx(np.sqrt(np.mean(delta**2)))
        np.testing.assert_allclose(slopes[t], 1 - states[t] ** 2)
        move = np.zeros(30)
        move[4] = 1e-6
        by_nudge = (value(move, t) - value(-move, t)) / 2e-6
        assert by_nudge == pytest.approx(delta.sum(axis=0)[4], rel=1e-3, abs=1e-9)
        dh = delta @ W_h.T


def test_first_over_last_has_a_value_for_each_start(capsys):
    found = lesson.first_over_last(6, 0.5, seeds=4)
    assert found.shape == (4,)
    _, signals, _ = lesson.way_back(6, 0.5, 2)
    assert found[2] == pytest.approx(signals[0] / signals[-1])
    assert f"≈ {np.median(found):.2g}; each step" in capsys.readouterr().out


def test_every_drawing_shows_a_figure_with_a_sentence_that_holds_its_number(shown, digits):
    rows, labels, states = digits
    five = rows[lesson.FIVE]
    assert "".join(map(str, labels[lesson.FIVE])) == lesson.NAMES
    lesson.show_slits(five)
    lesson.show_five(five, labels[lesson.FIVE])
    lesson.show_letters()
    path = lesson.remember([1, 2, 1])
    z = 2 * lesson.W_X[0] + path[1] @ lesson.W_H + lesson.B
    lesson.show_second_step(path[1], z, path[2])
    lesson.show_unrolled([1, 2, 1], path, lesson.outputs_of(path))
    one = np.eye(1, 20)[0]
    with_it, without = (lesson.outputs_of(lesson.remember(xs)) for xs in (one, 0 * one))
    lesson.show_echo(with_it, without)
    lesson.show_way_back(path, np.array([[0.018, 0.044], [0.054, 0.101], [0.452, 0.808]]))
    lesson.show_turning(np.array([[0.9, 0.0], [-0.2, 1.0], [-0.9, -0.3]]))
    lesson.show_echoes({factor: lesson.echo(np.eye(1, 40)[0], factor) for factor in (1.0, 3.0)})
    lesson.show_latch()
    lesson.show_lives({"a": np.linspace(0, 1, 24), "b": np.zeros(24)}, one)
    lesson.show_batch()
    shares = np.linspace(0.1, 0.9, 28)
    lesson.show_shares({"x": shares, "y": shares / 2, "z": shares / 3}, 0.8)
    sums = np.arange(676.0).reshape(26, 26)
    lesson.show_filter(five[1], np.array([[1, 1, 1], [0, 0, 0], [-1, -1, -1]]), sums)
    assert len(shown) == 14
    assert "1, 8, 3, 4, 9" in shown[1] and "0.860 and 0.884" in shown[3]
    assert "1.56, 2.73, 2.38" in shown[4] and "1.56 to ≈ 0.0027" in shown[5]
    assert "0.452, 0.054, 0.018" in shown[6]
    assert "0.537 times" in shown[7] and "±0.958" in shown[9]
    assert f"x ≈ {shares[15]:.2f} and ≈ 0.90" in shown[12]
    assert "≈ 675.0" in shown[13]


def test_the_instrument_has_a_column_for_each_step_and_says_what_step_1_gets():
    panel = widgets.explore(lesson.draw_back, axes=instrument.axes, steps=(2, 20))
    for steps in (2, 5, 20):
        panel.controls["steps"].value = steps
        assert panel.error is None
        words = [text.get_text() for text in panel._axes[0].texts]
        _, signals, _ = lesson.way_back(steps, 0.5, seed=3)
        said = instrument.lost_or_won(signals).replace("layer 1", "step 1")
        assert any(said.split(" of the ")[0] in word for word in words)
        assert not any("layer" in word or "gradient" in word for word in words)


def test_the_memory_s_strips_show_what_the_example_remembers():
    panel = widgets.explore(
        lesson.draw_memory,
        axes=lesson.memory_axes,
        first_input=(-2.0, 2.0, 0.5),
        second_input=(-2.0, 2.0, 0.5),
        at_step=(2, 20),
        factor=(0.0, 3.0, 0.02),
    )
    states = lesson.remember([1.0, *[0.0] * 8, -1.0, *[0.0] * 10], 1.86)
    np.testing.assert_allclose(panel._axes[2].images[0].get_array(), states[1:].T)
    left = np.abs(lesson.echo([1.0, *[0.0] * 8, -1.0, *[0.0] * 10], 1.86))
    assert panel._axes[4].get_title(loc="right") == f"{left[-1]:.2g} at the end"
    panel.controls["first_input"].value = 0.0
    assert panel.error is None
    assert panel._axes[4].get_title(loc="right") == ""
    assert "no first input, no echo" in [text.get_text() for text in panel._axes[4].texts]


def test_a_reading_shows_the_rows_read_and_the_answer_of_that_row(digits):
    rows, _, states = digits
    answers = np.zeros((28, 10))
    answers[15, 7], answers[16, 2] = 1, 1
    for rows_read, said in ((16, "says 7"), (17, "says 2"), (28, "says 0"), (1, "says 0")):
        ax = lesson.reading_axes()
        lesson.draw_reading(ax, rows[0], states[0], answers, rows_read)
        page = np.asarray(ax[0].images[0].get_array())
        np.testing.assert_array_equal(page[:rows_read], rows[0, :rows_read])
        assert np.all(page[rows_read:] == 0.15)
        assert ax[2].get_title() == said
        assert ax[2].get_ylim()[0] > ax[2].get_ylim()[1], "digits count downwards, as rows do"
