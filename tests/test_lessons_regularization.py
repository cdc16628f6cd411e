"""The room of lesson 10: its trainings, what is cut and shrunk, and what its drawings say."""

import numpy as np
import pytest

from dlcourse import activations, data, layers, losses, optimizers, plots, training, widgets
from dlcourse.lessons import regularization as lesson
from dlcourse.lessons.letters import letter_net


@pytest.fixture(scope="module")
def letters():
    """A few letters: (x, t)."""
    x, labels = data.letters(104, seed=0)
    return x, data.one_hot(labels, 26)


@pytest.fixture(scope="module")
def cells(letters):
    """The widget's trainings, on one number of letters."""
    strengths = {"L2": [0, 0.01, 0.1, 1.0], "L1": [0, 0.001, 0.01, 0.1]}
    strengths["dropout"] = [0, 0.2, 0.5, 0.8]
    return lesson.grid({104: letters}, letters, strengths)


def test_a_share_of_the_labels_is_drawn_anew_and_the_others_stay():
    names = np.arange(26).repeat(100)
    tossed = lesson.toss(names, 0.2, seed=1)
    assert 0.17 < np.mean(tossed != names) <= 0.2
    assert set(tossed) == set(range(26)) and names[0] == 0
    assert np.mean(lesson.toss(names, 1.0) == names) < 0.1
    np.testing.assert_array_equal(lesson.toss(names, 0.0), names)


def test_a_new_net_has_the_parameters_that_the_lesson_counts_and_dropout_where_it_belongs():
    assert lesson.new_net().theta.size == 31626
    kinds = [type(layer) for layer in lesson.new_net(dropout=0.3).layers]
    assert kinds == [layers.Dense, activations.ReLU, layers.Dropout, layers.Dense]
    net = letter_net([5, 4], activations.ReLU, None, dropout=0.5)
    assert [type(layer).__name__ for layer in net.layers[2::3]] == ["Dropout", "Dropout"]
    assert isinstance(net.layers[-1], layers.Dense)


def test_trained_is_fit_with_its_recipe(letters):
    net, run = lesson.trained(letters, 3, steps=4, penalty=training.L2(0.1), judge=letters)
    twin, rule = lesson.new_net(3), optimizers.SGD(0.2)
    batches = training.Batches(*letters, 104, 3)
    again = training.fit(
        twin, losses.SoftmaxCrossEntropy(), rule, batches, 4, penalty=training.L2(0.1)
    )
    np.testing.assert_array_equal(net.theta, twin.theta)
    np.testing.assert_array_equal(run.loss, again.loss)
    assert len(run.val_loss) == 4
    assert len(lesson.trained(letters, steps=1)[1].loss) == 1


def test_watch_keeps_both_accuracies_at_its_steps(letters):
    other = letters[0][::-1], letters[1]
    seen = lesson.watched(letters, other, steps=12)
    assert seen.steps == [1, 2, 3, 5, 7, 10]
    net, _ = lesson.trained(letters, steps=10)
    assert seen.known[-1] == training.accuracy(net, *letters)
    assert seen.unseen[-1] == training.accuracy(net, *other)


def test_by_strength_has_a_number_for_each_strength_on_both_sets(letters):
    found = lesson.by_strength({"a": letters}, letters, [0, 1.0])
    known, unseen = found["a"]
    np.testing.assert_array_equal(known, unseen)
    assert known[0] > 0.95 and known[1] < 0.5


def test_a_length_is_the_root_of_all_squares_and_zeros_are_counted_exactly():
    net = lesson.new_net()
    net.theta = 0
    net.layers[0].W[0, 0], net.layers[2].W[0, 0] = 3, 4
    assert np.isclose(lesson.length(net), 5)
    assert lesson.zeros(net) == [1 - 1 / 28900, 1 - 1 / 2600]
    net.layers[0].b = 7
    assert np.isclose(lesson.length(net), 5)


def test_the_smallest_weights_of_each_matrix_go_and_stay_away(letters):
    net = lesson.new_net()
    before = net.theta.copy()
    masks = lesson.masks_of(net, 0.75)
    W = net.layers[0].W
    assert np.isclose(masks[0].mean(), 0.25) and np.isclose(masks[1].mean(), 0.25)
    assert np.abs(W[masks[0]]).min() >= np.abs(W[~masks[0]]).max()
    found = lesson.pruned(net, letters, letters, [0.75], epochs=3)
    np.testing.assert_array_equal(net.theta, before)
    lesson.apply_masks(net, masks)
    assert found[0.75][0] == training.accuracy(net, *letters)
    held = lesson.Masked(masks)
    held.watch(net)
    net.layers[0].W = 1
    held(1)
    np.testing.assert_array_equal(net.layers[0].W, masks[0])


def test_the_best_epoch_is_counted_from_1_and_the_first_of_equal_ones():
    assert lesson.best_epoch([3.0, 1.0, 2.0, 1.0]) == 2


def test_a_rule_of_ones_own_gets_the_gradient_and_sets_the_weights(letters):
    def descend(w, z, n, g, strength):
        return w - strength * g, z, n + 1

    net = lesson.train_by(descend, letters, 0.1, 3)
    twin = letter_net([], output=None, scale=0.0)
    loss, rule = losses.SoftmaxCrossEntropy(), optimizers.SGD(0.1)
    training.fit(twin, loss, rule, training.Batches(*letters, 52, 0), 3)
    np.testing.assert_allclose(net.theta, twin.theta, atol=1e-6)
    shrunk = lesson.train_by_l1(letters, 0.0, 3)
    np.testing.assert_allclose(shrunk.theta, twin.theta, atol=1e-6)
    share, right = lesson.zeros_and_accuracy([net], letters)
    assert share[0] == lesson.zeros(net)[0] and right[0] == training.accuracy(net, *letters)


def test_a_cure_is_what_trained_takes():
    assert lesson.cure("L1", 0) == lesson.cure("dropout", 0) == {}
    assert lesson.cure("dropout", 0.3) == {"dropout": 0.3}
    one = lesson.cure("L1", 0.3)["penalty"]
    assert isinstance(one, training.L1) and one.proximal and one.strength == 0.3
    assert isinstance(lesson.cure("L2", 0.3)["penalty"], training.L2)


def test_the_grid_has_a_cell_for_each_setting_and_one_for_none(cells, letters):
    assert len(cells) == 12
    none = cells["L2", "none", 104]
    assert cells["L1", "none", 104] is none and none.zeros == 0
    assert cells["L1", "strong", 104].zeros > cells["L1", "weak", 104].zeros > 0.1
    net, _ = lesson.trained(letters, penalty=training.L2(0.01))
    weak = cells["L2", "weak", 104]
    assert weak.strength == 0.01 and weak.known == training.accuracy(net, *letters)
    assert weak.counts.sum() == 28900
    np.testing.assert_array_equal(weak.weights, net.layers[0].W[:, :8])


def test_the_table_has_a_line_for_each_size(letters, capsys):
    cures = {"none": {}, "half": {"dropout": 0.5}}
    table = lesson.cure_table({104: letters}, letters, cures)
    lesson.print_cures(table)
    head, line = capsys.readouterr().out.splitlines()
    assert head.split() == ["letters", "none", "half"]
    assert line.split()[0] == "104" and line.count("≈") == 2
    assert lesson.told([0.5, 0.25]) == "≈ 0.500, ≈ 0.250"
    three = lesson.accuracies_of(letters, letters, seeds=(0, 1))
    assert three[0] == table[104]["none"] and len(three) == 2


def test_the_widget_says_in_its_title_what_its_dots_show(cells):
    def draw(ax=None, kind="L2", strength="none"):
        """The cures."""
        return lesson.draw_cures(ax, cells, kind, strength, 104)

    controls = {"kind": ["L2", "L1", "dropout"], "strength": lesson.LEVELS}
    panel = widgets.explore(draw, axes=lesson.cure_axes, **controls)
    pictures = set()
    for kind in controls["kind"]:
        for level in lesson.LEVELS:
            panel.controls["kind"].value, panel.controls["strength"].value = kind, level
            assert panel.error is None
            pictures.add(panel.png)
    assert len(pictures) == 12
    cell = cells["dropout", "strong", 104]
    words = f"104 letters, dropout, p = 0.8: learned {cell.known:.2f}, unseen {cell.unseen:.2f}"
    assert panel._figure._suptitle.get_text() == words


def test_every_drawing_shows_a_figure_with_a_sentence_that_holds_its_number(letters, monkeypatch):
    shown = []
    monkeypatch.setattr(plots, "show", lambda ax, alt: shown.append(alt))
    names = letters[1].argmax(axis=1)[:10]
    tossed = names.copy()
    tossed[:3] = (tossed[:3] + 1) % 26
    lesson.show_letters(letters[0][:10], names, tossed)
    seen = lesson.watched(letters, letters, steps=5)
    lesson.show_parting({"a": seen, "b": seen})
    lesson.show_penalty_graph()
    pair = np.array([1.0, 0.9, 0.5]), np.array([0.7, 0.8, 0.4])
    lesson.show_strengths({"a": pair, "b": pair}, [0, 0.1, 1])
    net = lesson.new_net()
    net.layers[0].W[:, :50] = 0
    lesson.show_sparse({"a": net, "b": lesson.new_net()})
    lesson.show_crossing([0.03, -0.02, 0.03], [0.03, 0.0, 0.0])
    lesson.show_pruned({0.5: (0.9, 0.95)}, 0.97)
    lesson.show_dropped()
    runs = [lesson.trained(letters, steps=k, judge=letters)[1] for k in (1, 2)]
    lesson.show_stopping({"a": runs, "b": runs[::-1]})
    lesson.show_ftrl({"a": (np.array([0.1]), np.array([0.95]))} | {"b": ([0.2], [0.94])})
    assert len(shown) == 10
    assert "3 of the ten" in shown[0]
    assert f"learned ≈ {seen.known[-1]:.2f}" in shown[1]
    assert "0.25" in shown[2]
    assert "best ≈ 0.800 at 0.1" in shown[3]
    assert "a ≈ 0.50, b ≈ 0.00" in shown[4]
    assert "between 0.03 and -0.02" in shown[5]
    assert "50%: ≈ 0.90, ≈ 0.95" in shown[6]
    assert "sums 10, 10, 6" in shown[7]
    assert "a: lowest after epoch ≈" in shown[8]
    assert "≈ 0.10 zeros ≈ 0.950" in shown[9]
