"""The room of lesson 13: one unit and one gate by hand, the cliff, recall, its drawings."""

import numpy as np
import pytest

from dlcourse import data, gradcheck, layers, losses, network, plots, recurrent, widgets
from dlcourse.drawing import instrument
from dlcourse.lessons import rnn_forward_pass
from dlcourse.lessons import through_time as lesson


@pytest.fixture
def shown(monkeypatch):
    """The alt texts of all figures that a test shows."""
    found = []
    monkeypatch.setattr(plots, "show", lambda ax, alt: found.append(alt))
    return found


def example():
    """The worked example as the package's network, with a Dense that changes nothing."""
    rnn, out = recurrent.RNN(1, 1), layers.Dense(1, 1)
    net = network.Sequential([rnn, recurrent.Last(), out], dtype=np.float64)
    rnn.W_x, rnn.W_h, rnn.b = lesson.W_X, lesson.W_H, lesson.B
    out.W, out.b = 1, 0
    return net


def test_three_steps_back_give_the_package_s_gradient_of_w_h():
    net, loss = example(), losses.MeanSquaredError()
    x = np.array(lesson.XS)[None, :, None]
    loss.forward(net.forward(x), np.array([[lesson.TARGET]]))
    net.backward(loss.backward())
    _, states = lesson.three_steps()
    deltas, of_w_h = lesson.three_steps_back()
    rnn = net.layers[0]
    np.testing.assert_allclose(rnn.forward(x)[0, :, 0], states[1:])
    np.testing.assert_allclose(
        [of_w_h.sum(), deltas @ lesson.XS, deltas.sum()],
        [rnn.dW_h[0, 0], rnn.dW_x[0, 0], rnn.db[0]],
    )


def test_the_numbers_worked_by_hand_are_those_of_the_text():
    deltas, of_w_h = lesson.three_steps_back()
    np.testing.assert_allclose(deltas, [-0.087, -0.138, -0.198], atol=5e-4)
    np.testing.assert_allclose(of_w_h, [0, -0.0639, -0.0699], atol=5e-5)


def test_a_part_is_the_slope_of_the_step_s_own_w_h():
    _, of_w_h = lesson.three_steps_back()

    def loss(w_hs):
        return (lesson.three_steps(w_hs)[1][-1] - lesson.TARGET) ** 2 / 2

    by_nudge = gradcheck.numerical_gradient(loss, np.full(3, lesson.W_H))
    np.testing.assert_allclose(of_w_h, by_nudge, atol=1e-9)


def test_the_cell_by_hand_is_the_package_s_step():
    lstm = recurrent.LSTM(1, 1)
    network.Sequential([lstm], dtype=np.float64)
    for name, numbers in lesson.GATES.items():
        setattr(lstm, name, np.array(numbers) if name == "b" else np.array([numbers]))
    old = [np.array([[lesson.BEFORE[name]]]) for name in "xhc"]
    _, made = lesson.cell_numbers()
    np.testing.assert_allclose(np.ravel(lstm.step(*old)), [made["h"], made["c"]])


def test_marks_ask_for_the_first():
    x, t = lesson.marks(50, 7, seed=3)
    assert x.shape == (50, 7, 1) and set(np.unique(x)) == {-1, 1}
    assert np.array_equal(t[:, 0], x[:, 0, 0] == 1)
    assert 0 < t.mean() < 1


def test_a_reader_s_size_is_that_of_its_w_h_and_its_bias_that_of_its_gate():
    small, large = lesson.reader(seed=1).layers[0], lesson.reader(seed=1, size=2).layers[0]
    np.testing.assert_allclose(large.W_h, 2 * small.W_h)
    np.testing.assert_allclose(large.W_x, small.W_x)
    assert np.all(lesson.reader(3).layers[0].b[16:32] == 3)


def test_what_arrives_is_the_slope_of_the_loss_for_the_marks():
    net = lesson.reader(1.0, 0)
    x, t = lesson.marks(3, 5)
    loss = losses.SigmoidCrossEntropy()
    slopes = gradcheck.numerical_gradient(lambda x: loss.forward(net.forward(x), t), x.copy())
    expected = np.sqrt(np.mean(slopes**2, axis=(0, 2)))
    np.testing.assert_allclose(lesson.arriving(net, x, t), expected, rtol=1e-5)


@pytest.mark.parametrize("bias", [-1.0, 2.0])
def test_the_memory_alone_is_the_product_of_later_gates(bias):
    lstm = recurrent.LSTM(2, 3, forget_bias=bias)
    network.Sequential([lstm], dtype=np.float64)
    x = np.random.default_rng(0).normal(size=(4, 6, 2))
    gates = lesson.forget_gates(lstm, x)
    assert gates.shape == (6, 4, 3)
    alone = lesson.memory_alone(gates)
    assert alone[-1] == 1
    np.testing.assert_allclose(alone[3], np.sqrt(np.mean((gates[4] * gates[5]) ** 2)))


def test_a_gate_without_weights_is_the_sigmoid_of_its_bias():
    lstm = recurrent.LSTM(2, 3, forget_bias=2.0)
    network.Sequential([lstm], dtype=np.float64)
    lstm.W_x = lstm.W_h = 0
    x = np.random.default_rng(0).normal(size=(4, 6, 2))
    gates = lesson.forget_gates(lstm, x)
    np.testing.assert_allclose(gates, 1 / (1 + np.exp(-2.0)))
    np.testing.assert_allclose(lesson.memory_alone(gates)[0], gates[0, 0, 0] ** 5)


def test_heard_turns_one_mark_after_the_other():
    net = lesson.reader(None, 0)
    x, _ = lesson.marks(4, 3)
    other = x * np.array([1, 1, -1])[:, None]
    moved = net.layers[0].forward(other)[:, -1] - net.layers[0].forward(x)[:, -1]
    found = lesson.heard(net, x)
    assert found.shape == (3,)
    np.testing.assert_allclose(found[2], np.sqrt(np.mean(moved**2)))


def test_recall_stops_when_it_has_learned_and_says_so_when_not():
    step, accuracy = lesson.recall(lesson.reader(3, 0), 5, longest=200)
    assert 10 <= step < 200 and accuracy > 0.9
    step, accuracy = lesson.recall(lesson.reader(None, 0), 5, longest=12)
    assert step is None and 0 <= accuracy <= 1


def test_each_start_trains_its_own_reader(monkeypatch):
    seen = []
    monkeypatch.setattr(lesson, "recall", lambda net, steps, seed: seen.append((net, steps, seed)))
    lesson.recall_each(None, 7, seeds=(2, 5), size=2.0)
    assert [(steps, seed) for _, steps, seed in seen] == [(7, 2), (7, 5)]
    np.testing.assert_array_equal(seen[1][0].theta, lesson.reader(None, 5, size=2.0).theta)


@pytest.mark.parametrize("size", [0.5, 2.0])
def test_the_parts_of_two_steps_are_the_package_s_gradient(size):
    """Of two steps only the second has a part of dW_h; of one step dW_x is the step's part."""
    images, labels = rnn_forward_pass.digits()
    x = images[:64].reshape(-1, 28, 28)[:, 4:6].astype(float)
    for steps in (1, 2):
        rnn = recurrent.RNN(28, 30)
        net = network.Sequential([rnn, recurrent.Last(), layers.Dense(30, 10)], 1, np.float64)
        rnn.W_h = size * rnn.W_h
        loss = losses.MeanSquaredError()
        loss.forward(net.forward(x[:, :steps]), data.one_hot(labels[:64], 10))
        net.backward(loss.backward())
        W_h, of_W_h, of_W_x, slopes = lesson.parts(steps, size, seed=1)
        np.testing.assert_allclose(W_h, rnn.W_h)
        assert of_W_h[0] == 0 and len(slopes) == steps
        if steps == 1:
            np.testing.assert_allclose(of_W_x[0], np.sqrt(np.mean(rnn.dW_x**2)))
        else:
            np.testing.assert_allclose(of_W_h[1], np.sqrt(np.mean(rnn.dW_h**2)))


def test_the_share_of_the_last_steps_is_all_where_there_are_no_others():
    np.testing.assert_allclose(lesson.share_of_last(4, 1.0, last=4, seeds=2), 1)


@pytest.mark.parametrize("place", [(5.5, -2.6), (4.0, -1.9), (0.3, 0.2)])
def test_the_gradient_of_the_chain_is_its_slope(place):
    by_nudge = gradcheck.numerical_gradient(lambda p: lesson.chain_loss(*p), np.array(place))
    np.testing.assert_allclose(lesson.chain_gradient(*place), by_nudge, rtol=1e-4, atol=1e-9)


def test_descents_from_many_starts_are_those_from_each():
    starts = lesson.starts_around(3)
    together = lesson.descend(starts, 1, 5, max_norm=0.05)
    alone = lesson.descend(starts[:, 1], 1, 5, max_norm=0.05)
    np.testing.assert_allclose(together[..., 1], alone)
    steps = np.linalg.norm(np.diff(alone, axis=0), axis=1)
    assert steps.max() <= 0.05 * (1 + 1e-9)


def test_a_limit_cuts_each_number():
    path = lesson.descend(lesson.START, 1, 3, limit=0.01)
    assert np.abs(np.diff(path, axis=0)).max() == pytest.approx(0.01)


def test_turned_by_is_an_angle():
    assert lesson.turned_by([3, 4], [0.6, 0.8]) == pytest.approx(0, abs=1e-5)
    assert lesson.turned_by([1, 0], [0, 2]) == pytest.approx(90)
    assert lesson.turned_by([0.9, 100.0], [0.9, 1.0]) == pytest.approx(41.5, abs=0.1)


def test_a_page_set_by_hand_keeps_writes_and_shows():
    memory, states = lesson.by_hand([1.0, 0.5, 1.0], np.array([1, 0, 1]), 0.5, np.array([0, 1, 1]))
    np.testing.assert_allclose(memory, [1, 0.5, 1.25])
    np.testing.assert_allclose(states, [0, np.tanh(0.5), np.tanh(1.25)])


def test_times_are_said_in_words():
    assert lesson._times(0.0125) == "1/80"
    assert lesson._times(4.64) == "4.6 times"
    assert lesson._times(3.8e-24) == "4e-24"


def test_tables_have_a_line_for_each(capsys):
    lesson.print_arriving({None: np.array([1e-7, 0.2]), 0: np.array([4.0, 30.0])}, 40)
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith("RNN") and "≈ 0.2" in lines[1]
    assert lines[2].startswith("LSTM, forget bias 0") and lines[2].endswith("1.8e-12")
    assert "≈ 30" in lines[2]
    lesson.print_recall({"RNN": [(None, 0.5), (42, 1.0)]})
    lines = capsys.readouterr().out.splitlines()
    assert lines[1:] == ["RNN  ≈ 300 (≈ 0.50)   ≈ 42 (≈ 1.00)"]


def test_every_drawing_says_its_number(shown):
    lesson.show_task(*lesson.marks(4, 40))
    lesson.show_three_steps()
    lesson.show_cell()
    lesson.show_heard(np.array([0.4, 0.3, 0.1]), np.array([1.2, 0.1, 0.2]))
    free = lesson.descend(lesson.START, 1, 40)
    lesson.show_cliff(free, lesson.descend(lesson.START, 1, 60, max_norm=1))
    lesson.show_clipping()
    lesson.show_reading({"RNN": [0.5, 0.7], "LSTM": [0.6, 0.9]}, 0.55, 0.81)
    words = ("first mark", "−0.134", "0.731", "1.20", "456", "8.1 degrees", "LSTM ≈ 0.90")
    assert len(shown) == len(words)
    for sentence, word in zip(shown, words, strict=True):
        assert word in sentence


def test_the_ways_and_the_parts_move_with_every_control():
    for draw, axes, controls in (
        (lesson.draw_ways, lesson.ways_axes, {"steps": (10, 40), "seed": (0, 2)}),
        (lesson.draw_parts, instrument.axes, {"steps": (2, 20), "seed": (0, 3)}),
    ):
        panel = widgets.explore(draw, axes=axes, **controls)
        first = panel.png
        panel.controls["seed"].value = 1
        assert panel.error is None and panel.png != first
        panel.controls["steps"].value = 10
        assert panel.error is None


def test_the_bars_of_the_ways_are_what_arrives():
    ax = lesson.draw_ways(steps=10, forget_bias=2.0, seed=1)
    for a, bias in zip(ax, (None, 2.0), strict=True):
        bars = [path.vertices[:, 1] for path in a.collections[0].get_paths()]
        share = lesson.way_back(10, bias, 1)[0]
        assert share == pytest.approx(min(bars[0]) if share < 1 else max(bars[0]))
    np.testing.assert_allclose(ax[1].lines[-1].get_ydata(), lesson.way_of_memory(10, 2.0, 1))


def test_the_page_s_strips_show_its_numbers():
    ax = lesson.draw_page(first=1.0, second=-0.5, at_step=10, write="always", keep=1.0)
    heights = [path.vertices[2, 1] for path in ax[1].collections[0].get_paths()]
    np.testing.assert_allclose(heights[-1], 0.5)
    ax = lesson.draw_page(keep=0.5)
    back = [path.vertices[2, 1] for path in ax[3].collections[0].get_paths()]
    np.testing.assert_allclose(back[0], 0.5**19)
    assert not np.any(back[1:])
