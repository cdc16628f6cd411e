"""The room of lesson 3: its networks, its measurements, its films, and what its drawings say."""

import numpy as np
import pytest

from dlcourse import activations, data, layers, losses, network, plots, training, widgets
from dlcourse.lessons import letters as letters_room
from dlcourse.lessons import vanishing_gradient as lesson

SIGMOID, TANH, RELU = activations.Sigmoid, activations.Tanh, activations.ReLU


@pytest.fixture(scope="module")
def letters():
    """A few letters: (x, t)."""
    x, labels = data.letters(300, seed=0)
    return x, data.one_hot(labels, 26)


def kinds(net):
    return [type(layer).__name__ for layer in net.layers]


def test_a_letter_net_has_its_units_and_its_size_of_weights():
    assert kinds(letters_room.letter_net([20])) == ["Dense", "Sigmoid", "Dense", "Sigmoid"]
    assert kinds(letters_room.letter_net([20], unit=None)) == ["Dense", "Dense", "Sigmoid"]
    assert kinds(letters_room.letter_net([5, 5], TANH, None)) == ["Dense", "Tanh"] * 2 + ["Dense"]
    (W, _), (V, _) = letters_room.letter_net([400], scale=3.0).weights()
    assert abs(W.std() * 17 - 3) < 0.05 and abs(V.std() * 20 - 3) < 0.1


def test_one_pass_gives_outputs_slopes_deltas_and_the_gradient(letters):
    x, t = letters
    net = letters_room.letter_net([7, 6], TANH, dtype=np.float64)
    net.grad[:] = np.nan
    (U, _), (V, _), (W, _) = net.weights()
    first = np.tanh(x @ U)
    second = np.tanh(first @ V)
    p = 1 / (1 + np.exp(-second @ W))
    slopes = [1 - first**2, 1 - second**2, p * (1 - p)]
    last = (p - t) / len(x) * slopes[2]
    middle = last @ W.T * slopes[1]
    deltas = [middle @ V.T * slopes[0], middle, last]
    found = lesson.one_pass(net, x, t)
    for theirs, ours in zip(found, ([first, second, p], slopes, deltas), strict=True):
        for one, other in zip(theirs, ours, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-9)
    entering = [x, first, second]
    magnitudes = [letters_room.rms(y.T @ d) for y, d in zip(entering, deltas, strict=True)]
    np.testing.assert_allclose(net.grad_rms(), magnitudes, rtol=1e-9)


def test_units_are_open_as_far_as_their_slope_is_from_the_largest(letters):
    x, _ = letters
    net = letters_room.letter_net([7], SIGMOID, None)
    hidden, bare = letters_room.open_units(net, x)
    y = net.layers[1].forward(net.layers[0].forward(x))
    np.testing.assert_allclose(hidden, 4 * y * (1 - y))
    assert bare.shape == (len(x), 26) and np.all(bare == 1)
    relu = letters_room.open_units(letters_room.letter_net([7], RELU), x)[0]
    assert set(np.unique(relu)) == {0, 1}


SLOPES_AT_MINUS_1_AND_1 = [  # as shares of the largest: of 1, of alpha where that is larger
    (activations.LeakyReLU(0.2), [0.2, 1]),
    (activations.PReLU(-0.5), [0.5, 1]),
    (activations.PReLU(2.0), [1, 0.5]),
    (activations.RReLU(0.1, 0.3), [0.2, 1]),
    (activations.ELU(0.5), [0.5 / np.e, 1]),
    (activations.ELU(2.0), [1 / np.e, 0.5]),
    (activations.SELU(), [1 / np.e, 1 / 1.6732632423543772]),
]


@pytest.mark.parametrize(("unit", "shares"), SLOPES_AT_MINUS_1_AND_1, ids=lambda value: str(value))
def test_units_with_a_leak_are_open_on_both_sides(unit, shares):
    dense = layers.Dense(1, 2)
    net = network.Sequential([dense, layers.Dropout(0.5), unit], dtype=np.float64)
    dense.W = np.array([[-1.0, 1.0]])
    np.testing.assert_allclose(letters_room.open_units(net, np.ones((1, 1))), [[shares]])


def test_a_film_sees_what_a_probe_sees_and_keeps_the_weights_of_each_frame(letters):
    probe = letters[0][:50], letters[1][:50]
    net, twin = letters_room.letter_net([20]), letters_room.letter_net([20])
    start = net.weights()[0][0].copy()
    film = letters_room.Film(probe)
    letters_room.train(net, letters, probe, lr=1, epochs=8, progress=film)
    plain = training.Probe(*probe, losses.MeanSquaredError(), steps=letters_room.Film.STEPS)
    letters_room.train(twin, letters, probe, lr=1, epochs=8, progress=plain)
    assert [frame.step for frame in film.frames] == list(range(7)) + [8]
    assert film.frames == plain.frames
    assert len(film.weights) == len(film.open_units) == 8
    np.testing.assert_array_equal(film.weights[0][0], start)
    np.testing.assert_array_equal(film.weights[-1][0], net.weights()[0][0])


def test_a_network_at_its_start_takes_multiples_of_the_same_weights():
    one, three = (lesson.at_start(3, "tanh", scale, 10, seed=1) for scale in (1.0, 3.0))
    net = letters_room.letter_net([10] * 3, TANH, seed=1, dtype=np.float64, scale=3.0)
    np.testing.assert_allclose(three.found[lesson.RMS], lesson.look(net, "tanh").found[lesson.RMS])
    assert not np.allclose(one.found[lesson.RMS], three.found[lesson.RMS])


def test_what_unsaturated_layers_are_said_to_be_is_what_each_start_is(capsys):
    x, t = letters_room.small_batch()
    mean, smallest = lesson.unsaturated(hidden=2, seeds=3)
    means, slopes = [], []
    for seed in range(3):
        net = letters_room.letter_net([30] * 2, seed=seed, dtype=np.float64)
        _, (first, second, _), _ = lesson.one_pass(net, x, t)
        means += [first.mean(), second.mean()]
        slopes += [first.min(), second.min()]
    assert (mean, smallest) == pytest.approx((min(means), min(slopes)))
    assert f"slope of a unit ≈ {smallest:.2f} or more" in capsys.readouterr().out


def test_the_rule_is_the_product_of_slopes_and_weights():
    start = lesson.at_start(2, "sigmoid", 1.0, 30, seed=0)
    net = letters_room.letter_net([30] * 2, dtype=np.float64)
    _, slopes, _ = lesson.one_pass(net, *letters_room.small_batch())
    factor = 1.0
    for slope, (W, _) in zip(slopes[:-1], net.weights()[1:], strict=True):
        factor *= letters_room.rms(slope) * np.sqrt(W.shape[1]) * W.std()
    np.testing.assert_allclose(start.first_over_last(lesson.DELTA)[1], factor)


def test_training_from_several_starts_is_training_from_each(letters):
    runs = letters_room.train_each(letters, letters, [20], lr=1, epochs=2, seeds=(0, 3), unit=TANH)
    net = letters_room.letter_net([20], TANH, seed=3)
    alone = letters_room.train(net, letters, letters, lr=1, epochs=2, seed=3)
    np.testing.assert_array_equal(runs[1].loss, alone.loss)


def history(scores, magnitudes):
    """A History of these accuracies and of two layers' magnitudes at every step."""
    made = training.History(["1 Dense", "2 Dense"])
    made.val_accuracy += scores
    for pair in magnitudes:
        made.record(1.0, pair)
    return made


def test_trainings_are_compared_by_their_last_accuracies_and_layers_by_how_far_they_fall():
    runs = [
        history([0.1, 0.6], [[8.0, 4.0], [2.0, 4.0], [1.0, 1.0]]),
        history([0.9, 0.4], [[9.0, 1.0], [3.0, 0.5], [1.0, 1.0]]),
    ]
    np.testing.assert_allclose(letters_room.accuracies(runs), [0.6, 0.4])
    np.testing.assert_allclose(letters_room.ratios(runs, runs[::-1]), [1.5, 2 / 3])
    np.testing.assert_allclose(lesson.falls(runs, 2), [[4, 1], [3, 2]])


def test_what_the_way_back_meets_is_measured_over_units_and_letters(letters):
    x, t = letters
    net, other = (letters_room.letter_net([7], seed=k, dtype=np.float64) for k in (0, 1))
    found = lesson.inside(net, x, t)
    (W, _), (V, _) = net.weights()
    hidden = 1 / (1 + np.exp(-x @ W))
    p = 1 / (1 + np.exp(-hidden @ V))
    signal = (p - t) * p * (1 - p)
    by_hand = [
        np.sqrt(((p - t) ** 2).mean()),
        (p * (1 - p)).mean(),
        (hidden * (1 - hidden)).mean(),
        np.sqrt((signal**2).mean()),
        np.sqrt((signal.sum(axis=0) ** 2).mean()) / len(x),
    ]
    assert found == pytest.approx(by_hand)
    shares = found / lesson.inside(other, x, t)
    assert lesson.falls_inside(net, other, x, t) == pytest.approx(shares)


@pytest.mark.parametrize(
    ("share", "words"), [(1.4e-6, "1/710,000"), (0.25, "1/4"), (0.93, "0.93"), (1 / 126, "1/130")]
)
def test_a_share_is_said_as_a_fraction_of_two_digits(share, words):
    assert lesson.as_fraction(share) == words


def test_every_drawing_shows_a_figure_with_a_sentence_that_holds_its_number(letters, monkeypatch):
    shown = []
    monkeypatch.setattr(plots, "show", lambda ax, alt: shown.append(alt))
    x, t = letters
    runs = letters_room.train_each(letters, letters, [20], lr=1, epochs=5, seeds=(0, 1))
    net = letters_room.letter_net([20], dtype=np.float64)
    lesson.show_letter_nets(x[0])
    lesson.show_one_unit()
    lesson.show_parts(net, x[0])
    lesson.show_accuracies(runs[0], runs[1])
    lesson.show_depths((1, 2))
    lesson.show_units()
    lesson.show_training({"a": runs[0], "b": runs[1]}, epoch=3)
    lesson.show_slopes({"a": net, "b": net}, x)
    lesson.show_trials({"a": runs, "b": runs}, 0.3)
    assert len(shown) == 9
    magnitudes = net.grad_rms()
    assert f"≈ {magnitudes[0] / magnitudes[1]:.2f} times" in shown[2]
    assert f"with one ≈ {runs[1].val_accuracy[4]:.2f}" in shown[3]
    assert f"a ≈ {np.median(letters_room.accuracies(runs)):.2f}" in shown[8]


def test_the_films_of_two_networks_play_over_all_their_steps(letters):
    pair = {
        name: letters_room.film(letters_room.letter_net(hidden), letters, letters, lr=1)
        for name, hidden in (("none", []), ("one", [20]))
    }
    last = pair["one"].frames[-1].step  # ten epochs of one batch

    def draw(ax=None, step=0):
        """Two films."""
        return lesson.draw_films(ax, pair, step)

    steps = [step for step in letters_room.Film.STEPS if step <= last]
    panel = widgets.explore(draw, axes=lesson.film_axes, step=widgets.player(steps))
    pictures = {panel.png}
    for step in steps[1:]:
        panel.controls["step"].value = step
        assert panel.error is None
        pictures.add(panel.png)
    assert len(pictures) == len(steps)
    for ax in panel._axes[4:]:
        heights = {text.get_text(): text.xy[1] for text in ax.texts}
        assert abs(heights["upper"] - heights["lower"]) > 0.09
    words = [text.get_text() for ax in panel._axes for text in ax.texts]
    assert f"one: {pair['one'].frames[-1].accuracy:.0%} right" in words
