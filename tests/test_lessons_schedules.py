"""What lesson 11 calls: clouds in a noisy valley, letters at a rate that changes, drawings."""

import numpy as np
import pytest

from dlcourse import data, optimizers, plots, schedules, widgets
from dlcourse.lessons import schedules as lesson


@pytest.fixture(scope="module")
def letters():
    x, names = data.letters(512, seed=0)
    return x, data.one_hot(names, 26)


def test_a_cloud_walks_as_the_packages_descent_does():
    schedule = schedules.power(0.5, 20)
    walks = lesson.cloud(schedule, noise=0.7, seed=3, steps=50, walks=6)
    rng, theta = np.random.default_rng(3), np.full((6, 2), 4.0)
    pushes = rng.standard_normal((50, 6, 2))
    optimizer = optimizers.SGD(schedule)
    for t in range(50):
        optimizer.step(theta, theta * [0.1, 1.0] + 0.7 * pushes[t])
    np.testing.assert_allclose(walks.places[-1], theta)
    np.testing.assert_allclose(walks.rates, [schedule(t) for t in range(50)])
    loss = 0.5 * np.mean(0.1 * theta[:, 0] ** 2 + theta[:, 1] ** 2)
    assert walks.loss.shape == (51,)
    np.testing.assert_allclose(walks.loss[[0, -1]], [8.8, loss])


def test_a_rate_may_be_a_number_or_a_schedule():
    np.testing.assert_allclose(lesson.rates_of(0.2, 3), [0.2] * 3)
    np.testing.assert_allclose(lesson.rates_of(schedules.power(0.2, 1), 3), [0.2, 0.1, 0.2 / 3])


def test_the_expected_loss_by_hand_and_for_several_schedules_at_once():
    V = np.array([16.0, 16.0])
    for lr in (0.5, 0.25):
        V = (1 - lr * np.array([0.1, 1.0])) ** 2 * V + lr**2 * 4
    found = lesson.expected_loss([0.5, 0.25], noise=2)
    np.testing.assert_allclose(found[[0, 2]], [8.8, 0.5 * (0.1 * V[0] + V[1])])
    both = lesson.expected_loss(np.array([[0.5, 0.1], [0.25, 0.1]]), noise=2)
    np.testing.assert_allclose(both[:, 0], found)
    np.testing.assert_allclose(both[:, 1], lesson.expected_loss([0.1, 0.1], noise=2))


def test_the_expected_loss_is_what_many_walks_have():
    for rate in (0.3, schedules.exponential(0.3, 40)):
        walks = lesson.cloud(rate, steps=100, walks=4000)
        np.testing.assert_allclose(walks.loss, lesson.expected_loss(walks.rates), rtol=0.1)


def test_a_constant_rate_ends_at_the_typical_distance():
    for lr, curvature in ((0.1, 1.0), (0.3, 1.0), (0.3, 0.1)):
        V = lesson.typical_distance(lr, curvature, 1.5) ** 2
        after = (1 - lr * curvature) ** 2 * V + lr**2 * 1.5**2
        assert after == pytest.approx(V)
    assert lesson.typical_distance(0.1, 1.0) == pytest.approx(0.22942, abs=1e-5)


def test_no_constant_rate_of_those_tried_ends_below_the_best():
    rate, loss = lesson.best_constant()
    assert lesson.expected_loss(np.full(2000, rate))[-1] == pytest.approx(loss)
    for other in (0.8, 1.25):
        assert lesson.expected_loss(np.full(2000, other * rate))[-1] > loss


def test_the_piecewise_schedule_of_the_lesson_falls_twice():
    schedule = lesson.in_parts(0.3)
    assert [schedule(t) for t in (0, 999, 1000, 1499, 1500)] == [0.3, 0.3, 0.03, 0.03, 0.003]


def test_ends_are_told_with_the_sum_of_the_rates(capsys):
    found = lesson.print_ends({"no step": 0.0, "half": 0.5}, seeds=[0])
    assert found["no step"] == [pytest.approx(8.8)] and found["half"] == lesson.ends(0.5, [0])
    first, second = capsys.readouterr().out.splitlines()
    assert "sum of rates    0.0" in first and "loss ≈ 8.8000" in first
    assert "sum of rates 1000.0" in second


@pytest.mark.parametrize("kind", lesson.KINDS)
def test_every_kind_of_schedule_starts_at_the_first_rate(kind):
    schedule = lesson.schedule_of(kind, 0.2, 50)
    assert schedule(0) == pytest.approx(0.2) and schedule(1999) <= 0.2
    assert (schedule(50) != lesson.schedule_of(kind, 0.2, 90)(50)) is (kind in lesson.WITH_R)


def test_letters_are_learned_at_the_rate_of_the_schedule(letters):
    settings = {"hidden": [20], "epochs": 2, "validation": letters, "watched": True}
    stops = schedules.cosine(0.01, 4)
    run = lesson.learn_letters(optimizers.Adam, stops, letters, letters, **settings)
    assert run.relative_steps.shape == (8, 2) and len(run.history.val_loss) == 2
    assert np.all(run.relative_steps[:4] > 0) and np.all(run.relative_steps[4:] == 0)
    assert run.wrong == pytest.approx(1000 * (1 - run.accuracy))
    assert run.accuracy == run.history.val_accuracy[-1]


def test_each_start_has_a_plateau_of_its_own(letters):
    plateau = schedules.Plateau(0.01, patience=1)
    for _ in range(3):
        plateau.update(1.0)
    settings = {"hidden": [20], "epochs": 2, "validation": letters}
    runs = lesson.learn_each(optimizers.Adam, plateau, letters, letters, **settings)
    assert len(runs) == 3 and plateau.waited == 0 and plateau.lr == 0.01 / 4
    alone = lesson.learn_letters(optimizers.Adam, plateau, letters, letters, seed=2, **settings)
    np.testing.assert_array_equal(runs[2].history.loss, alone.history.loss)
    assert runs[0].relative_steps is None


def test_a_training_that_breaks_off_names_nothing_rightly(letters):
    run = lesson.learn_letters(optimizers.SGD, 1e30, letters, letters, [20], 1)
    assert run.history.stopped and run.accuracy == 0 and run.wrong == 1000


def test_a_comparison_trains_at_the_rate_and_at_its_cosine(letters, capsys):
    constant, falling = lesson.compare(optimizers.Adam, 0.01, letters, letters, [20], 2, seeds=[1])
    fall = schedules.cosine(0.01, 8)
    for rate, found in ((0.01, constant), (fall, falling)):
        run = lesson.learn_letters(optimizers.Adam, rate, letters, letters, [20], 2, 1)
        assert found == [run.wrong]
    lesson.print_pairs({"a name": (constant, falling)})
    assert capsys.readouterr().out.split()[:5] == [
        "a",
        "name",
        "constant",
        "≈",
        f"{constant[0]:.1f}",
    ]
    lesson.print_wrong({"a name": [run]})
    assert f"≈ {run.wrong:.1f} of 1000 wrong" in capsys.readouterr().out


def test_a_rising_rate_is_followed_until_the_loss_is_no_longer_finite(letters):
    asked = []

    def rising(t):
        asked.append(t)
        return 1e-3 * 10 ** (t / 2)

    found = lesson.raise_rate(optimizers.SGD, rising, letters, epochs=8, hidden=[20])
    assert 4 < len(found) <= 32 and np.isfinite(found).all() and asked[0] == 0


# --- drawings


@pytest.fixture
def shown(monkeypatch):
    """The (axes, alt) of every figure that is shown."""
    seen = []
    monkeypatch.setattr(plots, "show", lambda ax, alt, **more: seen.append((np.ravel(ax), alt)))
    return seen


def words(ax):
    return [text.get_text() for text in ax.texts]


def test_the_clouds_say_their_mean_loss(shown):
    places = np.array([[2.0, 0.0], [0.0, 2.0]])
    lesson.show_clouds({"one": places, "other": 0 * places})
    (ax, alt), *_ = shown
    assert "one: mean loss ≈ 1.10" in alt and "other: mean loss ≈ 0.00" in alt
    dots = [line for line in ax[0].lines if line.get_marker() == "."]
    np.testing.assert_allclose(dots[0].get_xydata(), places)


def test_a_step_is_told_in_its_two_parts(shown):
    lesson.show_one_step(w=2.0, lr=0.1, noise=-1.5)
    (ax, alt), *_ = shown
    assert "to 1.8" in alt and "by 0.15 back to 1.95" in alt
    assert "the slope pulls: 0.1 · 2 = 0.2" in words(ax[0])


def test_schedules_are_drawn_with_their_rates_and_zero_leaves_the_log_axis(shown):
    made = {"step": lesson.in_parts(0.1), "e": schedules.exponential(0.1, 500)}
    made |= {"power": schedules.power(0.1, 1), "cosine": schedules.cosine(0.1, 2000)}
    lesson.show_schedules(made)
    (ax, alt), *_ = shown
    assert "cosine 0.05" in alt and "power 0.0001" in alt
    line = next(line for line in ax[1].lines if line.get_label() == "cosine")
    assert np.ma.is_masked(line.get_ydata()[-1])
    assert line.get_ydata()[1000] == pytest.approx(0.05)


def test_the_shrinking_ball_has_the_ring_of_the_rate_of_its_moment(shown):
    lesson.show_shrinking_ball({"power": schedules.power(0.4, 10)}, moments=(11, 2000))
    (ax, alt), *_ = shown
    ring = ax[0].patches[0]
    sides = 4 * lesson.typical_distance(0.2, lesson.CURVATURES)
    np.testing.assert_allclose([ring.width, ring.height], sides)
    assert ax[0].get_title() == "rate 0.2" and "After 2000 steps, power: mean loss ≈" in alt


def test_the_losses_by_time_constant_are_those_of_single_schedules(shown):
    found = lesson.by_time_constant("power", 0.1)
    k = 20
    rates = lesson.rates_of(schedules.power(0.1, lesson.TIMES[k]))
    assert found[k] == pytest.approx(lesson.expected_loss(rates)[-1])
    lesson.show_time_constants(0.1, seen=(100,))
    (ax, alt), *_ = shown
    assert f"power lowest at r ≈ {lesson.TIMES[found.argmin()]:.0f}" in alt
    assert "best constant rate" in words(ax[0])


def test_the_epochs_show_the_letters_wrong_and_the_relative_steps(letters, shown):
    settings = {"hidden": [20], "epochs": 8, "seeds": [0], "validation": letters, "watched": True}
    runs = lesson.learn_each(optimizers.Adam, 0.01, letters, letters, **settings)
    lesson.show_epochs({"constant": runs, "cosine": runs})
    (ax, alt), *_ = shown
    curve = ax[0].lines[0].get_ydata()
    np.testing.assert_allclose(curve, 1000 * (1 - np.array(runs[0].history.val_accuracy)))
    assert ax[1].lines[0].get_ydata()[0] == pytest.approx(runs[0].relative_steps[:16, 0].mean())
    assert f"cosine ≈ {runs[0].wrong:.0f}" in alt


def test_the_plateau_marks_new_lowest_losses_and_counts_cuts(shown):
    class History:
        val_loss = [0.5, 0.4, 0.45, 0.42, 0.3]

    run = lesson.Trained(History(), 1.0, None)
    lesson.show_plateau(run, [0.03, 0.03, 0.03, 0.03, 0.015])
    (ax, alt), *_ = shown
    records = ax[0].lines[1].get_xydata()
    np.testing.assert_allclose(records, [[1, 0.5], [2, 0.4], [5, 0.3]])
    assert "5 epochs" in alt and "cut ≈ 1 times" in alt


def test_the_range_test_marks_where_it_is_lowest_and_where_lost(shown):
    rates = [0.001, 0.01, 0.1, 1.0]
    tested = dict.fromkeys(lesson.RULES, np.array([2.0, 0.5, 1.0, 4.0]))
    lesson.show_rising(tested, dict.fromkeys(lesson.RULES, (0.01, 1.0)), rates)
    (ax, alt), *_ = shown
    assert "Adam lowest at ≈ 0.01, lost at ≈ 1" in alt
    crosses = [line.get_xydata() for line in ax[0].lines if line.get_marker() == "x"]
    np.testing.assert_allclose(crosses, [[[1.0, 4.0]]] * 3)


def test_four_ways_and_who_sets_the_rate(shown):
    made = [lesson.Trained(None, share, None) for share in (0.2, 0.5, 0.6)]
    lesson.show_four_ways({"constant": made, "both": made[:1]})
    lesson.show_who_sets_the_rate()
    (ax, alt), (sheet, words_of_sheet) = shown
    assert "constant ≈ 0.50" in alt and "both ≈ 0.20" in alt
    assert {"schedule", "optimizer", "rate"} <= set(words(sheet[0])) and "Plateau" in words_of_sheet


def test_the_widget_shows_the_cloud_of_its_settings():
    controls = {"schedule": list(lesson.KINDS), "step": widgets.player(lesson.MOMENTS)}
    r = widgets.landmarks(widgets.ipywidgets.FloatLogSlider(min=1, max=4, step=0.1), {})
    panel = widgets.explore(lesson.draw_cloud, axes=lesson.cloud_axes, **controls, r=r)
    lesson.r_where_it_is_used(panel)
    for kind in lesson.KINDS:
        panel.controls["schedule"].value = kind
        panel.controls["step"].value = 1000
        assert panel.error is None
        used = panel.controls["r"].layout.visibility == "visible"
        assert used is (kind in lesson.WITH_R)
        walks = lesson.cloud(lesson.schedule_of(kind, 0.5, 30.0))
        valley = panel._figure.axes[0]
        dots = next(line for line in valley.lines if line.get_marker() == ".")
        np.testing.assert_allclose(dots.get_xydata(), walks.places[1000])
        assert f"loss {walks.loss[1000]:.2g}" in words(valley)[0]


def test_the_widget_bears_no_noise_and_a_rate_that_is_nothing():
    ax = lesson.cloud_axes()
    lesson.draw_cloud(ax, "cosine", 1.0, 30.0, 0.0, 2000)
    assert (
        f"step 2000: rate {lesson.rates_of(schedules.cosine(1.0, 2000))[-1]:.2g}" in words(ax[0])[0]
    )
