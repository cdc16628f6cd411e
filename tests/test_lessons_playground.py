"""What lesson 14 calls: networks side by side, pieces, folds, drawings, and the playground."""

import numpy as np
import pytest

from dlcourse import activations, live, losses, optimizers, plots, training
from dlcourse.lessons import playground as lesson


@pytest.fixture(scope="module")
def spiral():
    return lesson.puzzle("spiral", n=60)


def test_the_sets_are_halved_and_xor_is_1_where_signs_differ():
    for name in lesson.SETS:
        x, t = lesson.puzzle(name, n=50)
        assert x.shape == (50, 2) and t.shape == (50, 1) and np.abs(x).max() < 2.7
    x, t = lesson.puzzle("xor")
    np.testing.assert_array_equal(t[:, 0] == 1, x[:, 0] * x[:, 1] < 0)
    with pytest.raises(ValueError, match="puzzle takes a name of circle, xor, .* got 'moons'"):
        lesson.puzzle("moons")


def test_the_spirals_arms_begin_at_one_place_with_both_labels():
    x, t = lesson.puzzle("spiral")
    centre = np.all(x == 0, axis=1)
    assert sorted(t[centre, 0]) == [0, 1]


@pytest.mark.parametrize(
    ("hidden", "unit"), [([5], "tanh"), ([4, 3], "ReLU"), ([], "ReLU"), ([2, 2, 2], "sigmoid")]
)
def test_networks_side_by_side_are_those_that_fit_makes(hidden, unit):
    x, t = points = lesson.puzzle("circle", n=60)
    nets = lesson.side_by_side(points, hidden, 0.02, 6, unit=unit, seeds=[3, 4])
    for k, seed in enumerate((3, 4)):
        net = lesson.new_net(hidden, unit, seed)
        rule, loss = optimizers.Adam(0.02), losses.MeanSquaredError()
        training.fit(net, loss, rule, [(x, t)], epochs=6)
        np.testing.assert_allclose(nets.theta[k], net.theta, atol=1e-6)
        same = nets.net(k)
        np.testing.assert_array_equal(same.theta, nets.theta[k])
        np.testing.assert_allclose(nets.outputs(x)[-1][k], same.forward(x), atol=1e-6)
        assert nets.right(x, t)[k] == training.accuracy(same, x, t)


def test_batches_go_once_through_all_points_in_an_epoch():
    x = np.arange(14.0).reshape(7, 2)
    t, seen = np.zeros((7, 1)), []

    class Watched(lesson.Many):
        def outputs(self, rows):
            seen.append(rows[:, 0])
            return super().outputs(rows)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lesson, "Many", Watched)
        lesson.side_by_side((x, t), [2], 0.01, 6, batch_size=3, seeds=range(2))
    assert [len(rows) for rows in seen] == [3, 3, 1, 3, 3, 1]
    first, second = np.concatenate(seen[:3]), np.concatenate(seen[3:])
    assert sorted(first) == sorted(second) == sorted(x[:, 0]) and first.tolist() != second.tolist()


def test_rates_and_shapes_are_counted(spiral, capsys):
    found = lesson.by_rate(spiral, {"a": [2], "b": [3]}, [0.1, 0.2], steps=2, seeds=range(3))
    assert set(found) == {("a", 0.1), ("a", 0.2), ("b", 0.1), ("b", 0.2)}
    assert found["b", 0.2].theta.shape == (3, 13)
    blobs = {"blobs": lesson.puzzle("blobs", 40)}
    counts = lesson.solved_by_shape(blobs, {"none": [], "2": [2]}, 0.1, 100)
    assert counts["blobs", "none"] == 10
    lesson.print_counts(counts)
    assert capsys.readouterr().out.splitlines()[1].split() == [
        "blobs", "≈", "10", "≈", str(counts["blobs", "2"])
    ]  # fmt: skip


def test_patterns_say_which_units_are_on():
    net = lesson.new_net([2, 1])
    first, second = net.layers[0], net.layers[2]
    first.W = np.eye(2)
    second.W, second.b = np.array([[1.0], [1.0]]), np.array([-1.0])
    places = np.array([[1.0, 1], [-1, 0.5], [0.5, -1], [-1, -1], [2, -1]])
    assert lesson.patterns(net, places).tolist() == [0b111, 0b010, 0b100, 0, 0b101]
    # the two lines of the first layer make four quarters, the second cuts one corner in each of 3
    assert lesson.count_pieces(net, 60) == 7


def test_at_the_start_all_lines_go_through_the_origin():
    assert lesson.count_pieces(lesson.new_net([44])) == 88


def test_tents_double_the_pieces():
    x = np.linspace(0, 1, 257)
    y = x
    for layers in range(1, 7):
        y = lesson.tent(y)
        np.testing.assert_allclose(lesson.tents(layers).forward(x[:, None])[:, 0], y, atol=1e-12)
        assert np.sum(np.abs(np.diff(np.diff(y))) > 1e-9) + 1 == 2**layers


def test_squares_miss_by_what_the_lesson_derives():
    x = np.linspace(0, 1, 4097)
    for n in (3, 8):
        assert np.max(np.abs(lesson.square_by_tents(x, n) - x**2)) == pytest.approx(4.0 ** -(n + 1))
        missed = np.max(np.abs(lesson.square_by_units(x, n) - x**2))
        assert missed == pytest.approx(1 / (4 * n**2), rel=1e-3)


@pytest.fixture
def shown(monkeypatch):
    """What is shown, as sentences; every picture is drawn."""
    seen = []

    def show(ax, alt, sharp=2):
        np.ravel(ax)[0].figure.canvas.draw()
        seen.append(alt)

    monkeypatch.setattr(plots, "show", show)
    return seen


def test_the_drawings_say_what_they_show(spiral, shown):
    lesson.show_sets({"spiral": spiral, "blobs": lesson.puzzle("blobs", 20)})
    lesson.show_shapes()
    nets = lesson.side_by_side(spiral, [4, 3], 0.05, 5)
    lesson.show_starts({"4 + 3": nets}, spiral)
    lesson.show_rates({("4 + 3", 0.1): nets, ("4 + 3", 0.05): nets}, spiral)
    lesson.show_tents()
    lesson.show_pieces({"4 + 3": nets.net(0), "again": nets.net(1)}, spiral)
    lesson.show_surfaces({"4 + 3": nets.net(0), "again": nets.net(1)})
    lesson.show_stuck([0.24, 0.2], [0.1, 0.01], [1e-4, 1e-2])
    lesson.show_parity()
    lesson.show_square([3, 6], [0.06, 0.01], [0.02, 0.005])
    lesson.show_played(epochs=10)
    assert "4 + 3: ≈ 0 of 10" in shown[2] and "rates 0.05, 0.1: 4 + 3 ≈ 0, ≈ 0" in shown[3]
    assert f"≈ {lesson.count_pieces(nets.net(1))} pieces" in shown[5]
    assert "≈ 0.24, ≈ 0.2, of at most" in shown[7] and "with 6 it is 5.0e-03" in shown[9]
    assert len(shown) == 11


# The playground.


def played(steps, **controls):
    """A Playground with these controls after so many steps."""
    seen = lesson.Playground()
    seen.set(**controls)
    for _ in range(steps):
        seen.advance()
    return seen


def test_what_changes_the_network_begins_anew_and_the_rest_goes_on():
    seen = played(30, data_set="circle", units=3, layers=2)
    theta, start = seen.net.theta.copy(), lesson.new_net([3, 3], dtype=np.float32).theta
    assert not np.allclose(theta, start)
    same = {"data_set": "circle", "units": 3, "layers": 2}
    for goes_on in (
        {"rate": 1.0},
        {"penalty": "L2 0.01"},
        {"batch_size": 50},
        {"edges": "gradients"},
    ):
        seen.set(**same, **goes_on)
        np.testing.assert_array_equal(seen.net.theta, theta)
    assert seen.seen == 300
    seen.advance()
    assert seen.seen == 310 and not np.array_equal(seen.net.theta, theta)
    for anew in ({"noise": 0.2}, {"unit": "tanh"}, {"start": 1}, {"units": 4}, {"data_set": "xor"}):
        seen.advance()
        seen.set(**{**same, **anew})
        assert seen.seen == 0 and seen.curve == []
    seen.set(**same)
    np.testing.assert_array_equal(seen.net.theta, start)


def test_a_step_is_the_step_of_fit_with_the_penalty_added():
    seen = lesson.Playground()
    seen.set(data_set="xor", units=4, layers=1, rate=0.3, batch_size=200, penalty="L2 0.01")
    net = lesson.new_net([4], dtype=np.float32)
    seen.advance()
    rule, loss, penalty = optimizers.SGD(0.3), losses.MeanSquaredError(), training.L2(0.01)
    training.fit(net, loss, rule, [(seen.x, seen.t)], epochs=1, penalty=penalty)
    np.testing.assert_allclose(seen.net.theta, net.theta, atol=1e-6)
    assert seen.epoch == 1


def test_looking_changes_nothing_and_is_remembered_once():
    seen = played(5)
    theta = seen.net.theta.copy()
    value, right, pairs = seen.look()
    seen.look()
    np.testing.assert_array_equal(seen.net.theta, theta)
    assert seen.curve == [(0.25, value)] and 0 <= right <= 1 and len(pairs) == 4


def test_a_loss_that_is_not_finite_is_said():
    seen = played(1)
    seen.net.layers[0].W = np.full((2, 8), np.nan)
    with pytest.raises(ArithmeticError, match="take a smaller rate"):
        seen.advance()


@pytest.mark.parametrize("unit", lesson.UNITS)
def test_every_column_has_its_range_of_colours(unit):
    seen = played(1, unit=unit, layers=2, units=3)
    values, ranges = seen.over_plane()
    assert [y.shape for y in values] == [(1600, 2), (1600, 3), (1600, 3), (1600, 1)]
    for y, (low, high) in zip(values, ranges, strict=True):
        assert np.all(y >= low - 1e-6) and np.all(y <= high + 1e-6)
    lows = {"sigmoid": 0, "tanh": -1, "ReLU": -ranges[1][1]}
    np.testing.assert_array_equal(ranges[1][0], lows[unit])
    assert ranges[-1] == (0, 1)


def test_gradients_fade_on_a_log_scale_and_weights_do_not():
    np.testing.assert_allclose(
        lesson.faded(np.array([1e-3, 1e-5, 1e-7, 1e-9, 0])), [0.7, 0.175, 0, 0, 0]
    )
    assert np.all(lesson.faded(np.zeros(3)) >= 0)
    np.testing.assert_allclose(lesson.plain(np.array([0, 3.0])), [0, 1 - np.exp(-1)])


def test_the_edges_are_weights_or_gradients(monkeypatch):
    seen, drawn = lesson.Playground(), []
    more = {"layers": 1, "units": 2}
    monkeypatch.setattr(
        lesson.unit_drawing,
        "unit_pictures",
        lambda values, matrices, *rest, **look: drawn.append((matrices, look["thickness"])),
    )
    for edges in ("weights", "gradients"):
        seen.set(edges=edges, **more)
        seen.draw()
    (weights, plain), (slopes, faded) = drawn
    pairs = seen.look()[2]
    assert plain is lesson.plain and faded is lesson.faded
    for k, (W, dW) in enumerate(pairs):
        np.testing.assert_array_equal(weights[k], W)
        np.testing.assert_allclose(slopes[k], dW)


def test_the_playground_is_watched():
    panel = live.watch(lesson.Playground(), axes=lesson.playground_axes, **lesson.controls())
    assert panel.error is None and panel._canvas.get_width_height() == (840, 500)
    first = panel.png
    for _ in range(3):
        panel._advance(0)
    assert panel.training.epoch == pytest.approx(0.15) and panel.png != first
    kinds = [type(layer) for layer in panel.training.net.layers[1::2]]
    assert kinds == [activations.ReLU] * 3 + [activations.Sigmoid]
