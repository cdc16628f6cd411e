"""The room of lesson 9: one column by hand, its networks, its films, and what its drawings say."""

import numpy as np
import pytest

from dlcourse import activations, data, gradcheck, layers, losses, network, plots, training, widgets
from dlcourse.lessons import batch_normalization as lesson
from dlcourse.lessons.letters import letter_net, open_units


@pytest.fixture(scope="module")
def letters():
    """A few letters: (x, t)."""
    x, labels = data.letters(320, seed=0)
    return x, data.one_hot(labels, 26)


def kinds(net):
    return [type(layer).__name__ for layer in net.layers]


def test_a_letter_net_has_its_normalizations_before_or_after_every_hidden_unit():
    before = letter_net([5, 4], output=None, norm="before")
    after = letter_net([5, 4], output=None, norm="after")
    assert kinds(before) == ["Dense", "BatchNorm", "Sigmoid"] * 2 + ["Dense"]
    assert kinds(after) == ["Dense", "Sigmoid", "BatchNorm"] * 2 + ["Dense"]
    assert [layer.n_features for layer in before.layers[1::3]] == [5, 4]
    plain = letter_net([5, 4], output=None)
    np.testing.assert_array_equal(before.layers[3].W, plain.layers[2].W)
    with pytest.raises(ValueError, match='letter_net takes norm as "before", "after" or None'):
        letter_net([5], norm="behind")


def test_the_four_numbers_go_forward_and_back_as_the_package_does():
    values, slopes = lesson.forward_and_back()
    layer = layers.BatchNorm(1, eps=1e-30)
    network.Sequential([layer], dtype=np.float64)
    layer.gamma, layer.beta = lesson.GAMMA, lesson.BETA
    y = layer.forward(lesson.POINTS[:, None], training=True)
    np.testing.assert_allclose(values["y"], y[:, 0])
    np.testing.assert_allclose(slopes["x"], layer.backward(lesson.DY[:, None])[:, 0])
    np.testing.assert_allclose([slopes["gamma"], slopes["beta"]], [layer.dgamma[0], layer.dbeta[0]])


def test_the_three_paths_add_up_and_each_node_has_the_slope_that_nudging_finds():
    values, slopes = lesson.forward_and_back()
    parts = slopes["direct"] + slopes["through spread"] + slopes["through mean"]
    np.testing.assert_allclose(parts, [0.068, 0.032, -0.176, 0.076])

    def from_variance(v):
        return lesson.DY @ (lesson.GAMMA * values["d"] / np.sqrt(v[0]))

    def from_mean(mean):
        d = lesson.POINTS - mean[0]
        return lesson.DY @ (lesson.GAMMA * d / np.sqrt(np.mean(d**2)))

    for f, name in ((from_variance, "variance"), (from_mean, "mean")):
        nudged = gradcheck.numerical_gradient(f, np.array([values[name]]))
        np.testing.assert_allclose(nudged, slopes[name], rtol=1e-6)


def test_a_net_has_its_units_and_multiples_of_the_usual_weights():
    plain, large = lesson.net_of(2), lesson.net_of(2, size=10.0)
    np.testing.assert_allclose(large.theta, 10 * plain.theta, rtol=1e-5)
    assert kinds(lesson.net_of(1, "after", "tanh")) == ["Dense", "Tanh", "BatchNorm", "Dense"]
    he = lesson.net_of(1, unit="ReLU").weights()[0][0]
    np.testing.assert_allclose(he, 2**0.5 * plain.weights()[0][0], rtol=1e-5)


def test_a_run_gives_an_accuracy_nan_where_it_broke_off_and_ends_where_progress_says(letters):
    net = lesson.net_of(1, "before")
    share = lesson.run(net, letters, letters, 0.1, epochs=2)
    assert share == training.accuracy(net, *letters) > 0.1
    assert np.isnan(lesson.run(lesson.net_of(3, unit="ReLU", size=1e4), letters, letters, 1e6))
    steps = []
    lesson.run(net, letters, letters, 0.1, progress=lambda k, n, h: steps.append(k) or k == 3)
    assert steps == [1, 2, 3]
    each = lesson.each(letters, letters, 1, "before", 0.1, [0, 1], epochs=2)
    assert each.shape == (2,) and each[0] == share


def test_a_look_in_training_sees_its_gradient_and_leaves_the_running_statistics(letters):
    x, t = letters[0][:64].astype(float), letters[1][:64]
    net = lesson.net_of(2, "before", dtype=np.float64)
    state = net.state.copy()
    value, magnitudes, found = lesson.in_training(net, x, t)
    np.testing.assert_array_equal(net.state, state)
    loss = losses.SoftmaxCrossEntropy()
    assert np.isclose(value, loss.forward(net.forward(x, training=True), t))
    net.backward(loss.backward())
    dense = [layer for layer in net.layers if isinstance(layer, layers.Dense)]
    np.testing.assert_allclose(magnitudes, [np.sqrt(np.mean(one.dW**2)) for one in dense])
    assert [share.shape for share in found] == [(64, 50), (64, 50), (64, 26)]
    assert found[0].max() <= 1 and np.all(found[2] == 1)
    plain = lesson.net_of(2, dtype=np.float64)
    for mine, theirs in zip(lesson.in_training(plain, x, t)[2], open_units(plain, x), strict=True):
        np.testing.assert_allclose(mine, theirs)


def test_sums_are_what_enters_the_units(letters):
    x = letters[0][:64]
    normalized = lesson.sums(lesson.net_of(3, "before"), x)
    assert len(normalized) == 3
    for z in normalized:
        np.testing.assert_allclose(z.std(axis=0), 1, atol=0.05)
    net = lesson.net_of(1)
    np.testing.assert_array_equal(lesson.sums(net, x)[0], net.layers[0].forward(x))


def test_corrected_statistics_are_those_of_batches_that_are_all_alike(letters):
    x, t = letters
    net = lesson.net_of(2, "before", dtype=np.float64)
    for _ in range(3):
        net.forward(x, training=True)
    state = net.state.copy()
    own = net.forward(x, training=True)
    net.state = state
    assert lesson.corrected_accuracy(net, x, t, 3) == lesson.own_accuracy(net, x, t)
    assert lesson.own_accuracy(net, x, t) == np.mean(own.argmax(axis=1) == t.argmax(axis=1))
    np.testing.assert_array_equal(net.state, state)


def test_a_comparison_looks_at_its_steps_and_ends_after_the_last(letters):
    seen = lesson.compare(letters, letters, 0.1, (1, 4), hidden=1)
    assert len(seen.in_use) == len(seen.own) == len(seen.corrected) == 2
    net = lesson.net_of(1, "before")
    lesson.run(net, letters, letters, 0.1, progress=lambda k, n, h: k == 4)
    assert seen.in_use[1] == training.accuracy(net, *letters)
    np.testing.assert_array_equal(seen.net.theta, net.theta)


def test_spreads_in_use_are_one_once_the_running_statistics_are_those_of_the_letters(letters):
    x = letters[0][:64]
    net = lesson.net_of(2, "before", dtype=np.float64)
    fresh = lesson.spreads_in_use(net, x)
    assert fresh.shape == (2, 3) and np.all(fresh[:, 1] == 1)
    z = net.layers[0].forward(x.astype(float))
    x_hat = z / np.sqrt(1 + net.layers[1].eps)
    np.testing.assert_allclose(fresh[0, [0, 2]], np.median([z.var(axis=0), x_hat.std(axis=0)], 1))
    for _ in range(200):
        net.forward(x, training=True)
    state = net.state.copy()
    found = lesson.spreads_in_use(net, x)
    np.testing.assert_allclose(found[:, 0], found[:, 1])
    np.testing.assert_allclose(found[:, 2], 1, atol=0.01)
    np.testing.assert_array_equal(net.state, state)


@pytest.fixture(scope="module")
def films(letters):
    return lesson.films(letters, letters, [1, 3], [0.1], [32])


def test_a_film_has_a_frame_for_each_step_and_watching_changes_nothing(letters, films):
    plain, normalized = films[1, 0.1, 32]
    for seen in (plain, normalized):
        assert [frame.step for frame in seen.frames] == list(lesson.Film.STEPS)
        assert len(seen.weights) == len(seen.open_units) == len(lesson.Film.STEPS)
    net = lesson.net_of(1, "before")
    last = lesson.Film.STEPS[-1]
    lesson.run(net, letters, letters, 0.1, 20, batch_size=32, progress=lambda k, n, h: k == last)
    np.testing.assert_array_equal(normalized.net.theta, net.theta)
    assert normalized.frames[-1].accuracy == training.accuracy(net, *letters)
    W = net.weights()[0][0]
    assert normalized.weights[-1][0].shape == (6, 6)
    assert normalized.weights[-1][0][0, 0] == W[0, 0] and W[-1, -1] in normalized.weights[-1][0]


def test_the_films_play_over_all_their_steps(letters, films):
    def draw(ax=None, depth=3, step=0):
        """Two networks at a step."""
        picture = letters[0][0].reshape(17, 17)
        return lesson.draw_films(ax, films[depth, 0.1, 32], step, picture)

    panel = widgets.explore(
        draw, axes=lesson.film_axes, depth=[1, 3], step=widgets.player(lesson.Film.STEPS)
    )
    first = panel.png
    for step in lesson.Film.STEPS:
        panel.controls["step"].value = step
        assert panel.error is None
    panel.controls["depth"].value = 1
    assert panel.error is None and panel.png != first


def test_every_drawing_shows_a_figure_with_a_sentence_that_holds_its_number(letters, monkeypatch):
    told = []
    monkeypatch.setattr(plots, "show", lambda ax, alt: told.append(alt))
    x, t = letters
    lesson.show_fading(lesson.net_of(4), x[:50])
    lesson.show_class()
    lesson.show_graph()
    lesson.show_graph(slopes=False)
    lesson.show_folding()
    shares = {1: [0.9, 0.92, 0.91], 5: [0.04, 0.05, 0.03]}
    lesson.show_depths(shares, {1: [0.99] * 3, 5: [0.97, 0.98, 0.99]}, 0.5)
    seen = lesson.compare(letters, letters, 0.1, (1, 3), hidden=1)
    lesson.show_use(seen, 3, 0.4)
    rows = {"without": [[0.6, 0.7, 0.8], [0.9] * 3], "with": [[0.4] * 3, [0.95] * 3]}
    lesson.show_batches(rows, [2, 8])
    lesson.show_rates({"tanh": rows, "ReLU": {**rows, "with": [[np.nan], [0.5]]}}, [0.01, 0.1])
    assert len(told) == 9
    assert "1 hidden ≈ 0.91, 5 hidden ≈ 0.04" in told[5] and "5 hidden ≈ 0.98" in told[5]
    assert f"≈ {seen.in_use[1]:.2f}" in told[6]
    assert "2 ≈ 0.70, 8 ≈ 0.90" in told[7]
    assert "ReLU with: best ≈ 0.50 at lr ≈ 0.1" in told[8]


def test_the_picture_of_folding_says_what_fold_does():
    dense, norm = layers.Dense(1, 1), layers.BatchNorm(1, eps=1e-30)
    net = network.Sequential([dense, norm, activations.Sigmoid()], dtype=np.float64)
    dense.W, dense.b = 3, 4
    norm.mean, norm.var, norm.gamma, norm.beta = 10, 25, 2, 1
    np.testing.assert_allclose(norm.forward(dense.forward(np.array([[12.0]]))), 13)
    folded = network.fold(net).layers[0]
    np.testing.assert_allclose([folded.W[0, 0], folded.b[0]], [1.2, -1.4])


def test_trainings_are_printed_a_line_each_and_what_broke_off_is_said(capsys):
    lesson.print_each({"a": [0.5, np.nan], "longer": [1.0]})
    assert capsys.readouterr().out == "a       ≈ 0.50, broke off\nlonger  ≈ 1.00\n"
