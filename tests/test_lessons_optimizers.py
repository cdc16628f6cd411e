"""What lesson 6 calls: walks and races in a valley, relative steps, a turned space, drawings."""

import numpy as np
import pytest

from dlcourse import (
    activations,
    data,
    initializers,
    layers,
    losses,
    network,
    optimizers,
    plots,
    training,
    widgets,
)
from dlcourse.drawing import instrument
from dlcourse.lessons import letters as letters_room
from dlcourse.lessons import optimizers as lesson


@pytest.fixture(scope="module")
def letters():
    x, names = data.letters(512, seed=0)
    return x, data.one_hot(names, 26)


def test_a_valley_has_its_curvatures_as_eigenvalues_whatever_its_angle():
    for angle in (0, 30, 45):
        H, turn = lesson.valley(k=100, angle=angle)
        np.testing.assert_allclose(np.linalg.eigvalsh(H), [1, 100])
        along = np.array([1.0, 0.0]) @ turn
        np.testing.assert_allclose(along @ H, along, atol=1e-12)
    np.testing.assert_allclose(lesson.valley(9, 45)[0], [[5, -4], [-4, 5]])
    assert lesson.height(lesson.START, lesson.valley()[0]) == 500


def test_a_walk_is_the_loop_of_the_lesson():
    path = lesson.walk(optimizers.SGD(0.0195), steps=60)
    w = np.array([10.0, 3.0])
    for _ in range(60):
        w = w - 0.0195 * w * [1, 100]
    assert path.shape == (61, 2)
    np.testing.assert_allclose(path[-1], w)


def test_a_walk_that_leaves_the_valley_ends_in_nan():
    path = lesson.walk(optimizers.SGD(0.1), steps=60)
    last = np.flatnonzero(np.isfinite(path[:, 0]))[-1]
    assert 1 < last < 60 and np.abs(path[last]).max() <= lesson.FAR
    assert np.isnan(path[last + 1 :]).all()


def test_a_walk_turned_back_is_the_straight_walk_for_sgd():
    straight = lesson.walk(optimizers.SGD(0.01))
    turned = lesson.walk(optimizers.SGD(0.01), angle=30)
    assert np.abs(turned - straight).max() > 1
    np.testing.assert_allclose(lesson.turned_back(turned, 30), straight, atol=1e-12)


@pytest.mark.parametrize("name", lesson.RULES)
def test_a_race_of_all_rates_at_once_counts_as_single_walks_do(name):
    rates = [0.003, 0.01, 0.5]
    reached, settled = lesson.race(lesson.RULES[name], 10, rates, [lesson.START], limit=150)
    for k, lr in enumerate(rates):
        path = lesson.walk(lesson.RULES[name](lr), k=10, steps=150)
        low = lesson.height(path, lesson.valley(10)[0])[1:] < lesson.LOW
        first = int(np.argmax(low)) + 1 if low.any() else 151
        above = np.flatnonzero(~low)
        assert reached[0, k] == first
        assert settled[0, k] == (above[-1] + 2 if above.size else 1)
    best = lesson.fewest(lesson.RULES[name], 10, rates=rates, limit=150)
    assert (best[0][0], best[1][0]) == (reached.min(), settled.min())


def test_the_steps_at_the_old_rate_are_those_of_the_turned_race():
    found = lesson.at_the_old_rate(optimizers.SGD, lesson.random_starts(3))
    np.testing.assert_allclose(found, 1, atol=0.02)
    assert lesson.at_the_old_rate(optimizers.AdaGrad, lesson.random_starts(3)).min() > 20


def test_random_starts_lie_on_the_walls_and_come_from_the_seed():
    starts = lesson.random_starts(50, seed=1)
    assert np.all((np.abs(starts[:, 0]) >= 6) & (np.abs(starts[:, 0]) <= 10))
    assert np.all((np.abs(starts[:, 1]) >= 1) & (np.abs(starts[:, 1]) <= 6))
    np.testing.assert_array_equal(starts, lesson.random_starts(50, seed=1))


def test_stability_and_lengths_are_those_of_the_formulas():
    assert lesson.is_stable(optimizers.SGD(1.9)) and not lesson.is_stable(optimizers.SGD(2.1))
    np.testing.assert_allclose(lesson.lengths_on_a_slope(optimizers.SGD(0.5), 3), 0.5)
    ball = lesson.lengths_on_a_slope(optimizers.Momentum(1.0), 3)
    np.testing.assert_allclose(ball, [1, 1.9, 2.71])


def test_steps_are_told_as_measured_and_beyond_the_limit_as_such():
    assert (lesson.steps(39), lesson.steps(1001)) == ("≈ 39", "over 1000")


def test_settled_is_the_first_step_from_which_all_are_below():
    assert lesson.settled_below([3, 0.5, 2, 0.4, 0.3], 1) == 4
    assert lesson.settled_below([0.5, 0.4], 1) == 1
    with pytest.raises(ValueError, match="train longer"):
        lesson.settled_below([0.5, 2], 1)


def test_ripples_have_the_slope_of_their_loss():
    w, h = np.linspace(-3, 12, 7), 1e-6
    slope = (lesson.ripples(w + h, 5)[0] - lesson.ripples(w - h, 5)[0]) / (2 * h)
    np.testing.assert_allclose(lesson.ripples(w, 5)[1], slope, rtol=1e-6)
    ends = lesson.ends_in_ripples(optimizers.SGD, 5, [8.0])
    assert abs(lesson.ripples(ends, 5)[1][0]) < 1e-6


def test_the_network_of_the_letters_has_hes_weights(letters):
    run = lesson.learn_letters(optimizers.SGD(1e-12), letters, letters, epochs=1, seed=3)
    stack = [layers.Dense(289, 50, initializers.he), activations.ReLU()]
    net = network.Sequential([*stack, layers.Dense(50, 26, initializers.he)], 3)
    np.testing.assert_allclose(run.net.theta, net.theta, atol=1e-6)
    assert len(run.history.loss) == 8  # 512 letters in batches of 64


def test_relative_steps_are_measured_at_every_step(letters):
    net = letters_room.letter_net([20], activations.ReLU, None, dtype=np.float64)
    watched, before, found = lesson.StepSizes(), [], []

    class Both(lesson.StepSizes):
        def watch(self, net):
            before.append([W.copy() for W, _ in net.weights()])
            watched.watch(net)

        def __call__(self, step, *_):
            watched(step)
            now = [W.copy() for W, _ in net.weights()]
            pairs = zip(before[-1], now, strict=True)
            found.append([np.linalg.norm(b - a) / np.linalg.norm(a) for a, b in pairs])
            before.append(now)

    batches = training.Batches(*letters, 128, 0)
    loss, optimizer = losses.SoftmaxCrossEntropy(), optimizers.Adam(0.01)
    training.fit(net, loss, optimizer, batches, 2, progress=Both())
    assert watched.sizes.shape == (8, 2)
    np.testing.assert_allclose(watched.sizes, found)


def test_a_film_keeps_the_weights_of_its_steps(letters):
    run = lesson.film_rates(optimizers.Adam, [0.01], letters, letters, [20, 20], epochs=2)[0]
    film = run.watched
    assert film.steps == [1, 2, 3, 5, 8, 12] and film.sizes.shape == (16, 3)
    assert [W.shape for W in film.weights[0]] == [(289, 20), (20, 20), (20, 26)]
    assert film.open_units[0][0].shape == (16, 20)
    plain = lesson.learn_letters(optimizers.Adam(0.01), letters, letters, [20, 20], epochs=2)
    np.testing.assert_array_equal(plain.history.loss, run.history.loss)
    np.testing.assert_allclose(run.relative_step, np.median(film.sizes, axis=0))


def test_a_training_that_breaks_off_has_accuracy_0(letters):
    run = lesson.learn_letters(optimizers.SGD(1e30), letters, letters)
    assert run.history.stopped and run.accuracy == 0


class Named:
    def __init__(self, accuracy):
        self.accuracy = accuracy


def test_good_rates_are_those_near_the_best():
    runs = [Named(a) for a in (0.2, 0.95, 0.99, 0.96, 0.1)]
    assert lesson.best_place(runs) == 2
    assert lesson.good_rates(runs, [1, 2, 3, 4, 5]) == (2, 4)


def test_the_frequent_letter_is_as_frequent_as_told(letters):
    names = letters[1].argmax(axis=1)
    rows = lesson.unbalanced_rows(names, large=3, often=15, seldom=5, seed=0)
    counts = np.bincount(names[rows], minlength=26)
    assert counts[3] == 15 and np.delete(counts, 3).max() == 5
    assert len(set(rows)) == len(rows)


def test_a_turned_space_keeps_sgd_and_changes_adam(letters):
    plain, turned = lesson.turn_network(optimizers.SGD, 0.1, letters, letters, epochs=1)
    np.testing.assert_allclose(plain.history.loss, turned.history.loss, atol=1e-9)
    plain, turned = lesson.turn_network(optimizers.Adam, 0.01, letters, letters, epochs=1)
    assert np.abs(plain.history.loss - turned.history.loss).max() > 1e-3


def test_the_turn_is_orthogonal_and_mixes_all():
    one = np.zeros(8)
    one[3] = 1
    mixed = lesson._hadamard(one)
    np.testing.assert_allclose(np.abs(mixed), 1 / np.sqrt(8))
    np.testing.assert_allclose(lesson._hadamard(mixed), one, atol=1e-12)


def test_a_stroll_descends_to_its_own_bottom():
    walked = lesson.stroll(4, 0.05, seed=0)
    assert walked.path.shape == (2001, 2) and walked.loss(walked.bottom) == 0
    assert 0 < walked.hover < walked.loss(lesson.START)


def test_every_drawing_shows_a_figure_with_a_sentence_that_holds_its_number(letters, monkeypatch):
    shown = []
    monkeypatch.setattr(plots, "show", lambda ax, alt: shown.append(alt))
    small = letters[0][:128], letters[1][:128]
    rates = [0.01, 0.1]
    runs = {}
    for name, make in lesson.RULES.items():
        runs[name] = [lesson.learn_letters(make(lr), small, small, epochs=1) for lr in rates]
    lesson.show_valley()
    lesson.show_paths({"lr 0.01": lesson.walk(optimizers.SGD(0.01))})
    lesson.show_coordinate([0.004, 0.021])
    lesson.show_speeds()
    lesson.show_steps_by_k({"SGD": {10: 39, 100: 411}})
    lesson.show_step_lengths(3.0)
    lesson.show_look_ahead()
    lesson.show_turned({"SGD": 0.016, "AdaGrad": 4.0})
    lesson.show_rates(runs, rates)
    lesson.show_rate_and_step(runs, rates)
    lesson.show_strolls([(4, 0.05)])
    assert len(shown) == 11
    assert "lr 0.01 ends at 5.5" in shown[1]
    assert "lr 0.021 multiplies by -1.10" in shown[2]
    assert "≈ 39 at k = 10 and ≈ 411 at k = 100" in shown[4]
    assert "SGD ≈ 411 and ≈ 411, AdaGrad ≈ 8 and ≈ 487" in shown[7]
    assert f"SGD ≈ {max(run.accuracy for run in runs['SGD']):.3f}" in shown[8]


def test_the_valley_s_panel_works_for_every_rule_and_hides_beta_where_it_does_nothing():
    controls = {"rule": list(lesson.RULES), "lr": (0.01, 1.0), "beta": (0.0, 0.99, 0.01)}
    controls = {**controls, "turned_by": (0, 90, 5), "step": widgets.player(121)}
    panel = widgets.explore(lesson.draw_path, axes=lesson.path_axes, **controls)
    assert lesson.beta_where_it_is_used(panel) is panel
    for rule in lesson.RULES:
        panel.controls["rule"].value = rule
        hidden = panel.controls["beta"].layout.visibility == "hidden"
        assert panel.error is None and hidden == (rule in ("SGD", "AdaGrad"))
    panel.controls["rule"].value = "SGD"
    panel.controls["lr"].value = 1.0
    assert panel.error is None
    assert "left the valley at step" in panel._axes[1].get_title(loc="left")


def test_beta_is_the_share_that_each_rule_has():
    _, slow = lesson._walked("Adam", 0.1, 0.0, 100.0, 0, 20)
    path = lesson.walk(optimizers.Adam(0.1, beta1=0.0), steps=20)
    np.testing.assert_allclose(slow, lesson.height(path, lesson.valley()[0]))


def test_the_instrument_for_the_step_hangs_from_a_thousandth(letters):
    run = lesson.film_rates(optimizers.SGD, [1e-4], letters, letters, [20], epochs=1)[0]
    ax = lesson.draw_steps(instrument.axes(), run, "SGD", 1e-4, step=5)
    level = [line.get_ydata()[0] for line in ax[1].lines]
    assert lesson.RULE_OF_THUMB in level
    words = " ".join(text.get_text() for text in ax[0].texts)
    assert "SGD, rate 0.0001: step 5" in words and f"{run.accuracy:.2f}" in words
    assert not [text for text in ax[1].texts if text.get_text().startswith("×")]


def test_the_instrument_says_where_a_training_broke_off(letters):
    run = lesson.film_rates(optimizers.SGD, [1e15], letters, letters, [20], epochs=2)[0]
    taken = len(run.history.loss)
    assert run.watched.steps and taken < 12
    ax = lesson.draw_steps(instrument.axes(), run, "SGD", 1e15, step=12)
    assert f"broke off at step {taken + 1}" in " ".join(text.get_text() for text in ax[0].texts)
