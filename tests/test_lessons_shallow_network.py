"""The room of lesson 2: its puzzles, its small networks, its counts, and what its drawings say."""

import numpy as np
import pytest

from dlcourse import (
    data,
    gradcheck,
    layers,
    losses,
    network,
    optimizers,
    plots,
    training,
    widgets,
)
from dlcourse.activations import Sigmoid, Tanh
from dlcourse.drawing import units as unit_drawing
from dlcourse.lessons import shallow_network as lesson


def same_network(networks, k, unit=Sigmoid):
    """Network k of the stacks as a Sequential in float64."""
    W1, b1, W2, b2 = (part[k] for part in networks)
    net = network.mlp([2, W1.shape[1], 1], unit, output=Sigmoid, dtype=np.float64)
    net.layers[0].W, net.layers[0].b = W1, b1[0]
    net.layers[2].W, net.layers[2].b = W2, b2[0]
    return net


def test_in_xor_the_label_is_1_where_the_signs_differ():
    for name in ("xor", "four"):
        x, t = lesson.puzzle(name)
        raw = data.xor(100, seed=0)[0] if name == "xor" else x
        np.testing.assert_array_equal(t[:, 0], (raw[:, 0] * raw[:, 1] < 0).astype(int))
    x, t = lesson.puzzle("circle")
    np.testing.assert_array_equal(x, data.standardize(data.circle(100, seed=0)[0])[0])
    assert t.shape == (100, 1)


def test_an_unknown_puzzle_names_the_known_ones():
    with pytest.raises(ValueError, match='puzzle takes "circle", "xor" or "four"'):
        lesson.puzzle("spiral")


def test_the_hill_is_high_inside_and_its_border_runs_through_the_ring():
    assert lesson.hill(np.zeros((1, 2)), 60, 1)[0] == pytest.approx(3)
    line = np.array([[0.0, 0.9]])
    assert lesson.hill(line, 1e-9, 0.9)[0] == pytest.approx(1.5)
    ring = 4 / 3 * np.array([[0, 1], [0, -1]])
    above = lesson.hill_above_ring(ring, 2, 1)
    assert np.abs(above).max() < 0.05 < lesson.hill_above_ring(np.zeros((1, 2)), 2, 1)


def test_the_network_made_by_hand_has_its_border_where_the_hill_is_as_high_as_the_ring():
    W1, b1, W2, b2 = lesson.hand_made(2.0, 0.9)
    q = unit_drawing.plane(n=9)
    z = lesson.sigmoid(q @ W1 + b1) @ W2 + b2
    np.testing.assert_allclose(z[:, 0], 10 * lesson.hill_above_ring(q, 2.0, 0.9), atol=1e-12)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh"])
def test_a_network_of_a_stack_learns_what_the_package_makes_it_learn(activation):
    x, t = lesson.puzzle("circle")
    setting = {"lr": 20, "seeds": range(3), "activation": activation}
    start = lesson.train_many(x, t, 3, steps=0, **setting)
    trained = lesson.train_many(x, t, 3, steps=40, **setting)
    unit = {"sigmoid": Sigmoid, "tanh": Tanh}[activation]
    for k in range(3):
        net = same_network(start, k, unit)
        loss = losses.MeanSquaredError()
        for _ in range(40):
            loss.forward(net.forward(x), t)
            net.backward(loss.backward())
            net.theta = net.theta - 20 * net.grad
        np.testing.assert_allclose(net.layers[0].W, trained[0][k], rtol=1e-6)
        share = lesson.share_right(trained, x, t, activation)[k]
        assert training.accuracy(net, x, t) == pytest.approx(share)


def test_without_bias_the_hidden_units_keep_theirs_at_0():
    networks = lesson.train_many(*lesson.puzzle("circle"), 4, 20, 5, range(2), bias=False)
    assert not networks[1].any() and networks[0].any()


def test_a_film_shows_the_training_at_its_steps():
    networks, shares = lesson.film("xor", 2, "sigmoid", 3)
    x, t = lesson.puzzle("xor")
    assert len(networks) == len(shares) == len(lesson.STEPS)
    for step in (0, 50, 500):
        alone = lesson.train_many(x, t, 2, 20, step, [3])
        at = lesson.STEPS.index(step)
        np.testing.assert_allclose(networks[at][0], alone[0])
        assert shares[at] == pytest.approx(lesson.share_right(alone, x, t)[0])


def test_the_right_first_gradient_is_that_of_nudging_and_the_forgetful_one_is_not():
    rng = np.random.default_rng(0)
    weights = [rng.normal(size=shape) for shape in ((2, 3), (3, 2), (2, 1))]
    x = rng.normal(size=2)

    def loss(W):
        y = x
        for matrix in (W, *weights[1:]):
            y = lesson.sigmoid(y @ matrix)
        return ((y - 1) ** 2 / 2).item()

    nudged = gradcheck.numerical_gradient(loss, weights[0].copy()).ravel()
    right = lesson.first_gradient(x, 1, weights, forgetful=False)
    np.testing.assert_allclose(right, nudged, atol=1e-9)
    assert np.linalg.norm(lesson.first_gradient(x, 1, weights, True)) > 10 * np.linalg.norm(right)


def test_the_worked_numbers_are_those_of_the_package():
    net = network.mlp([2, 2, 1], Sigmoid, output=Sigmoid, dtype=np.float64)
    net.theta = 0
    net.layers[0].W, net.layers[2].W = lesson.V, lesson.W
    at, loss = lesson.worked(), losses.MeanSquaredError()
    x = lesson.X[None]
    p = net.forward(x)
    value = loss.forward(p, np.ones((1, 1)))
    _, errors = network.signals(net, x, loss.backward())
    assert value == pytest.approx(at["loss"]) and p.item() == pytest.approx(at["p"])
    np.testing.assert_allclose(errors[0][0], [at["delta1"], at["delta2"]])
    assert errors[2].item() == pytest.approx(at["delta3"])
    np.testing.assert_allclose(errors[0] @ lesson.V.T, at["dx"][None])


def test_products_counts_those_of_both_sides_of_a_matrix_product():
    W = np.ones((3, 4))
    assert lesson.products(lambda net, x: x @ net, W, np.ones((5, 3))) == 60
    assert lesson.products(lambda net, x: net.T @ x, np.ones((5, 2)), np.ones((5, 3))) == 30
    assert lesson.products(lambda net, x: x + 1, W, np.ones((5, 3))) == 0


def test_letters_are_named_rightly_or_not_one_by_one():
    class Alphabet:
        def predict(self, x):
            return np.array([0, 1, 1, *range(3, 26)])

    assert lesson.named_rightly(Alphabet(), None, np.arange(26))[2] == 0
    assert lesson.named_rightly(Alphabet(), None, np.arange(26)).sum() == 25


@pytest.mark.parametrize(("value", "words"), [(1, "100 %"), (0.996, "99 %"), (0.86, "86 %")])
def test_a_share_is_100_percent_only_where_all_are_right(value, words):
    assert lesson.share(value) == words


def test_on_the_walk_two_units_cross_one_half_once_at_most():
    for units, most in ((2, 1), (3, 2)):
        p = lesson.walk(lesson.film("circle", units, "sigmoid", 4)[0][-1])[1]
        assert np.sum((p[1:] > 0.5) != (p[:-1] > 0.5)) == most
    two = lesson.walk(lesson.film("circle", 2, "sigmoid", 4)[0][-1])[1]
    assert np.all(np.diff(two) <= 1e-12) or np.all(np.diff(two) >= -1e-12)


def test_every_drawing_shows_a_figure_with_a_sentence_that_holds_its_number(monkeypatch):
    shown = []
    monkeypatch.setattr(plots, "show", lambda ax, alt: shown.append((ax, alt)))
    circle, xor = lesson.puzzle("circle"), lesson.puzzle("xor")
    x, labels = data.letters(60, seed=0)
    dense = layers.Dense(289, 26)
    net = network.Sequential([dense, Sigmoid()])
    t = data.one_hot(labels, 26)
    sgd = optimizers.SGD(1)
    run = training.fit(net, losses.MeanSquaredError(), sgd, [(x, t)], 3, validation=(x, t))
    draw = [
        (lambda: lesson.show_puzzles(circle, xor), "100 points"),
        (lambda: lesson.show_hand_made(circle), "100 % of the points"),
        (lesson.show_forward, "0.498"),
        (lesson.show_chain, "−0.0223"),
        (lesson.show_way_back, "−0.0272"),
        (lesson.show_one_to_three, "62 %, 86 %, 100 %"),
        (lambda: lesson.show_solved({"a": np.array([1, 1, 0.9]), "b": np.ones(3)}), "a ≈ 2, b ≈ 3"),
        (lesson.show_walk, "1 time"),
        (lesson.show_cube, "away on its side"),
        (lesson.show_shapes, "N by D"),
        (lambda: lesson.show_letters(x, run), f"{run.val_accuracy[-1]:.2f}"),
        (lambda: lesson.show_letter_weights(net), "≈"),
    ]
    for k, (show, words) in enumerate(draw, 1):
        show()
        assert len(shown) == k and words in shown[-1][1], shown[-1][1]
        np.ravel(shown[-1][0])[0].figure.canvas.draw()


def test_the_hill_and_the_training_are_drawn_at_the_ends_of_their_controls():
    hill = widgets.explore(
        lesson.draw_hill, axes=lesson.hill_axes, steep=(1.0, 80.0, 1.0), distance=(0.6, 1.6, 0.05)
    )
    film = widgets.explore(
        lesson.draw_training,
        axes=unit_drawing.axes,
        step=widgets.player(lesson.STEPS),
        units=[1, 3, 8],
        activation=["sigmoid", "tanh"],
        data_set=["circle", "xor", "four"],
        start=widgets.again(10),
    )
    for panel, settings in (
        (hill, {"steep": [1.0, 80.0], "distance": [0.6, 1.6]}),
        (film, {"step": [0, 500], "units": [1, 8], "activation": ["tanh"], "data_set": ["xor"]}),
    ):
        pictures = {panel.png}
        for name, values in settings.items():
            for value in values:
                panel.controls[name].value = value
                assert panel.error is None
                pictures.add(panel.png)
        assert len(pictures) == 1 + sum(map(len, settings.values()))
