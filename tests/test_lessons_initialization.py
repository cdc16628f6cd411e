"""The room of lesson 5: its signals, its trainings, its ward, and what its drawings say."""

import numpy as np
import pytest

from dlcourse import activations, data, initializers, losses, network, plots, training, widgets
from dlcourse.lessons import initialization as lesson
from dlcourse.lessons.letters import letter_net, rms, train
from dlcourse.optimizers import SGD

RELU, TANH, SIGMOID = activations.ReLU, activations.Tanh, activations.Sigmoid


@pytest.fixture(scope="module")
def letters():
    """A few letters: (x, t)."""
    x, labels = data.letters(640, seed=0)
    return x, data.one_hot(labels, 26)


@pytest.fixture(scope="module")
def films(letters):
    """The ward of the lesson, after twenty steps, and the same with one line changed."""
    beds = lesson.ward(5)
    recipes = {letter: lesson.SICK[disease] for letter, disease in beds.items()}
    return lesson.films_of(recipes, letters, letters), lesson.recoveries(beds, {}, letters, letters)


def test_signals_are_those_of_the_package_at_every_unit_and_every_dense():
    net = lesson.untrained(initializers.he, TANH, (5, 7, 6), seed=2)
    outputs, errors = lesson.signals(net, seed=3, rows=4)
    assert [y.shape for y in outputs] == [(4, 7), (4, 6)] == [delta.shape for delta in errors]
    np.testing.assert_allclose(errors[0], errors[1] @ net.layers[2].W.T * (1 - outputs[0] ** 2))
    np.testing.assert_allclose(outputs[1], np.tanh(outputs[0] @ net.layers[2].W))


def test_a_factor_from_one_layer_to_the_next():
    assert np.isclose(lesson.per_layer([8, 1, 4, 1]), 0.5)
    forward, back = lesson.sizes(initializers.he, RELU, (256,) * 21)
    assert len(forward) == len(back) == 20
    assert abs(lesson.per_layer(forward) - 1) < 0.05


def test_centred_sigmoids_give_what_tanh_of_half_gives():
    net = lesson.untrained(initializers.normal(0.4), SIGMOID, (9, 8, 7), seed=1)
    lesson.centre(net)
    x = np.random.default_rng(0).normal(size=(5, 9))
    (W, _), (V, _) = net.weights()
    np.testing.assert_allclose(net.forward(x), SIGMOID().f(0.5 * np.tanh(x @ W / 2) @ V))


def test_what_differs_leaves_out_what_all_examples_share():
    y = np.array([[1.0, 5.0], [3.0, 5.0]])
    assert np.isclose(lesson.differing(y), np.sqrt(0.5))


def test_keras_draws_evenly_with_xaviers_variance():
    W = lesson.keras(np.random.default_rng(0), 300, 200)
    assert np.isclose(W.std(), np.sqrt(2 / 500), rtol=0.01)
    assert np.isclose(np.abs(W).max(), np.sqrt(6 / 500), rtol=0.01)


def test_a_start_is_cut_off_at_two_standard_deviations_and_keeps_three_quarters():
    W = lesson.cut_off(np.random.default_rng(0), 400, 300)
    assert np.abs(W).max() <= 2 * 2 / 20
    assert np.isclose(400 * W.var(), 4 * 0.774, rtol=0.02)


def test_an_accuracy_is_that_of_the_letters_training_in_batches_of_64(letters):
    net, twin = (letter_net([10], TANH, None, seed=1) for _ in range(2))
    found = lesson.accuracy_after(net, letters, letters, lr=0.1, epochs=2, seed=3)
    batches = training.Batches(*letters, 64, 3)
    loss = losses.SoftmaxCrossEntropy()
    run = training.fit(twin, loss, SGD(0.1), batches, 2, validation=letters)
    assert found == run.val_accuracy[-1]
    np.testing.assert_array_equal(net.theta, twin.theta)
    again = letter_net([10], TANH, None, seed=1)
    run = train(
        again, letters, letters, 0.1, 2, 3, loss=losses.SoftmaxCrossEntropy(), batch_size=64
    )
    np.testing.assert_array_equal(again.theta, twin.theta)


def test_an_overflow_is_no_accuracy(letters):
    three = lesson.three_starts(letters, letters, 0.05, 1, hidden=[48] * 10, unit=RELU, scale=4.0)
    assert np.isnan(three).all()
    assert lesson.told(three) == "overflow, overflow, overflow"
    assert lesson.told([0.5, np.nan]) == "≈ 0.50, overflow"


def test_a_last_digit_is_a_neighbour_or_the_number_itself():
    for dtype in (np.float32, np.float64):
        W = lesson.last_digit(dtype)(np.random.default_rng(0), 30, 20)
        middle = dtype(0.01)
        allowed = {np.nextafter(middle, dtype(0)), middle, np.nextafter(middle, dtype(1))}
        assert W.dtype == dtype and set(np.unique(W)) == allowed


def test_tied_units_stay_equal_and_the_distance_is_taken_before_every_step(letters):
    _, seen = lesson.equal_units(
        letters, letters, lesson.last_digit(np.float64), epochs=1, kept=(0, 10)
    )
    assert len(seen.distances) == 11 and set(seen.weights) == {0, 10}
    assert np.isclose(seen.distances[10], np.ptp(seen.weights[10], axis=1).max())
    _, tied = lesson.equal_units(
        letters, letters, lesson.last_digit(np.float64), epochs=1, tied=True
    )
    assert max(tied.distances) < 1e-15
    assert lesson.first_step_beyond([0, 1, 5, 9], 4) == 2
    assert lesson.first_step_beyond([0, 1], 4) == 2


def test_every_bed_has_one_disease_and_another_number_another_ward():
    wards = [lesson.ward(number) for number in range(6)]
    assert all(sorted(beds.values()) == sorted(lesson.SICK) for beds in wards)
    assert len({tuple(beds.values()) for beds in wards}) > 3


def test_a_chart_has_a_number_for_every_layer(films):
    sick, _ = films
    for film in sick.values():
        start, now, gates = lesson.chart(film)
        assert len(start) == len(now) == len(gates) == 6
        np.testing.assert_allclose(gates, [rms(share) for share in film.open_units[-1]])


def test_a_cure_of_ones_own_is_used_and_named(letters):
    beds = lesson.ward(5)
    healed = lesson.recoveries(beds, {"A": ("lr", 0.01)}, letters, letters)
    assert healed["A"].changed == "lr" and healed["C"].changed == "loss"
    assert healed["D"].changed == "unit" and healed["D"].frames is healed["C"].frames
    assert lesson.with_change({"lr": 1, "unit": TANH}, ("lr", 2)) == {"lr": 2, "unit": TANH}


def test_names_and_scores_of_several_starts():
    row = {"plateau": (("plateau", 0.1), ("healthy", 0.8))}
    wrong = {"plateau": (("explosion", 0.2), ("plateau", 0.3))}
    assert lesson.all_named(row) and lesson.all_healthy(row)
    assert not lesson.all_named(wrong) and not lesson.all_healthy(wrong)
    assert lesson.scores([row, wrong], sick=True) == [0.1, 0.2]
    assert lesson.scores([row, wrong], sick=False) == [0.8, 0.3]


def test_every_drawing_shows_a_figure_with_a_sentence_that_holds_its_number(letters, monkeypatch):
    shown = []
    monkeypatch.setattr(plots, "show", lambda ax, alt: shown.append(alt))
    rng = np.random.default_rng(0)
    noise = rng.normal(size=(20, 30))
    lesson.show_outputs(lambda std: [np.tanh(std * noise)] * 10, [0.01, 0.3])
    lesson.show_sums({4: np.array([-2.0, 2.0]), 9: np.array([-3.0, 3.0])})
    paths = {name: ([2.0**k for k in range(20)], [1.0] * 20) for name in "abcd"}
    lesson.show_rules(paths)
    table = np.array([[0.2, 0.25, 0.0], [0.9, 1.0, 0.7]])
    lesson.show_sigmoids([1, 8], table, table)
    lesson.show_kept({"a": np.array([0.1, 0.2, 0.3])})
    found = {depth: np.array([[0.1, 0.2, 0.3], [np.nan] * 3]) for depth in (2, 10)}
    lesson.show_window(found, [1, 4])
    _, seen = lesson.equal_units(
        letters, letters, lesson.last_digit(np.float64), epochs=1, kept=(0, 10)
    )
    lesson.show_equal({"a": seen, "b": seen}, seen.weights)
    lesson.show_equal_start()
    assert len(shown) == 8
    assert "0.3 ≈ 0.3" in shown[0]
    assert "n = 9: ≈ 3.0" in shown[1]
    assert "a ≈ 2," in shown[2]
    assert "near 8, where ≈ 0.70" in shown[3]
    assert "a ≈ 0.2" in shown[4]
    assert "c = 1 ≈ 0.20, c = 4 overflows" in shown[5]
    assert f"a above 0.01 at step ≈ {lesson.first_step_beyond(seen.distances, 0.01)}" in shown[6]


def test_the_ward_and_a_recovery_play_over_their_steps(films):
    sick, healed = films

    def draw_ward(ax=None, step=3):
        """The ward."""
        return lesson.draw_ward(ax, sick, step)

    def draw_recovery(ax=None, step=3, patient="C"):
        """A recovery."""
        return lesson.draw_recovery(ax, sick[patient], healed[patient], step)

    steps = [0, 1, 2, 3, 10]
    panels = [widgets.explore(draw_ward, axes=lesson.ward_axes, step=widgets.player(steps))]
    more = {"step": widgets.player(steps), "patient": list("ABCDE")}
    panels.append(widgets.explore(draw_recovery, axes=lesson.recovery_axes, **more))
    for panel in panels:
        pictures = {panel.png}
        for step in steps:
            panel.controls["step"].value = step
            assert panel.error is None
            pictures.add(panel.png)
        assert len(pictures) == len(steps)
    titles = [ax.get_title() for ax in panels[0]._axes]
    assert titles == ["A", f"B: ended at step {sick['B'].frames[-1].step}", "C", "D", "E"]
    assert lesson.frame_at(sick["B"], 10) == len(sick["B"].frames) - 1


@pytest.mark.parametrize("unit", lesson.UNITS)
def test_the_instrument_says_the_factors_that_it_shows(unit):
    ax = lesson.draw_signals(lesson.signal_axes(), 6, unit, 1.5, 0)
    init = initializers.normal(1.5 / np.sqrt(128))
    net = network.mlp([128] * 7, lesson.UNITS[unit], init, output=lesson.UNITS[unit], dtype=float)
    outputs, errors = lesson.signals(net, rows=32)
    there = lesson.per_layer([rms(y) for y in outputs])
    back = lesson.per_layer([rms(delta) for delta in errors[::-1]])
    title = ax[0].texts[-1].get_text()
    assert f"outputs × {there:.2f} and error signal × {back:.2f} per layer" in title
