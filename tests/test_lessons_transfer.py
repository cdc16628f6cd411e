"""The room of lesson 12: heirs, what stays frozen, sweeps, tasks without names, its drawings."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from dlcourse import data, losses, network, plots, training, widgets
from dlcourse.lessons import transfer as lesson


@pytest.fixture(scope="module")
def letters():
    return data.letters(520, seed=0, **lesson.HARD)


@pytest.fixture(scope="module")
def source(letters):
    return lesson.letters_of(letters, lesson.KNOWN)


@pytest.fixture(scope="module")
def pool(letters):
    return lesson.letters_of(letters, lesson.WANTED)


@pytest.fixture(scope="module")
def known(source):
    return lesson.educate(lesson.reader(18, 0), source, epochs=3)


@pytest.fixture(scope="module")
def found():
    """Made-up accuracies of heirs with 0 to 3 layers thawed, for five numbers of pictures."""
    rows = np.linspace(0.3, 0.9, 5)[:, None] + np.array([-0.02, 0.0, 0.02])
    return {n: rows - 0.03 * n for n in range(4)}


@pytest.fixture
def shown(monkeypatch):
    seen = []
    monkeypatch.setattr(plots, "show", lambda ax, alt, **more: seen.append((np.ravel(ax), alt)))
    return seen


def words(ax):
    return [text.get_text() for text in ax.texts]


# --- readers and what they learn from


def test_letters_of_takes_the_wanted_ones_and_numbers_them_from_0(letters):
    images, names = letters
    x, t = lesson.letters_of(letters, "STU")
    assert t.shape == (len(x), 3) and len(x) == np.sum((names >= 18) & (names <= 20))
    np.testing.assert_array_equal(x[t[:, 1] == 1], images[names == 19])


def test_few_draws_so_many_of_each_class_and_says_when_there_are_less(pool):
    x, t = lesson.few(pool, 3, seed=1)
    np.testing.assert_array_equal(t.sum(axis=0), 3)
    assert len(np.unique(x, axis=0)) == 24
    assert not np.array_equal(x, lesson.few(pool, 3, seed=2)[0])
    with pytest.raises(ValueError, match="few takes at most .* pictures of class 0 here"):
        lesson.few(pool, 500)


def test_an_heir_has_the_hidden_layers_of_the_old_one_and_a_last_layer_of_its_own(known):
    heir, fresh = lesson.heir(known, thawed=1, seed=4), lesson.reader(8, seed=4)
    for k in (0, 2, 4):
        np.testing.assert_array_equal(heir.layers[k].W, known.layers[k].W)
    np.testing.assert_array_equal(heir.layers[6].W, fresh.layers[6].W)
    assert heir.n_frozen == 2
    np.testing.assert_array_equal(lesson.heir(None, 3, seed=4).theta, fresh.theta)


def test_only_what_is_thawed_learns(known, pool):
    heir = lesson.heir(known, thawed=1)
    lesson.teach(heir, lesson.few(pool, 5), steps=4)
    away = lesson.moved(heir, known)
    assert away[0] == away[1] == 0 < away[2]


@pytest.mark.parametrize(("n", "steps", "taken"), [(1, 7, 7), (10, 7, 6), (20, 1, 3)])
def test_teach_takes_so_many_steps_in_whole_rounds_and_one_round_at_least(pool, n, steps, taken):
    """8, 80 and 160 pictures are one, two and three batches of 64."""
    pair = lesson.few(pool, min(n, 12))
    if n == 20:
        pair = np.tile(pair[0], (2, 1))[:160], np.tile(pair[1], (2, 1))[:160]
    counted = []
    lesson.teach(lesson.reader(8), pair, steps, progress=lambda step, *_: counted.append(step))
    assert len(counted) == taken


def test_what_frozen_layers_give_and_what_stands_above_them_is_the_whole_network(known, pool):
    for thawed in range(4):
        net = lesson.heir(known, thawed)
        upper = lesson.above_frozen(net)
        assert len(upper.theta) == sum(
            layer.W.size + layer.b.size for layer in net.layers[::2][3 - thawed :]
        )
        whole = net.forward(pool[0])
        in_two = upper.forward(lesson.below(net, pool[0]))
        np.testing.assert_allclose(in_two, whole, rtol=1e-4, atol=1e-4)


def test_a_score_is_the_accuracy_after_teaching_the_whole_network(known, pool):
    learn = lesson.few(pool, 5)
    net = lesson.heir(known, thawed=0)
    score = lesson.score(net, learn, pool, steps=60)
    lesson.teach(net, learn, steps=60)
    assert score == pytest.approx(training.accuracy(net, *pool), abs=0.02)


def test_first_readers_begin_at_their_own_starts(source):
    readers = lesson.first_readers(source, epochs=3, seeds=(0, 3))
    assert set(readers) == {0, 3}
    assert not np.array_equal(readers[0].theta, readers[3].theta)
    for net in readers.values():
        assert training.accuracy(net, *source) > 2 / 18


# --- sweeps


def test_sweeps_have_a_row_for_each_number_and_a_column_for_each_start(known, pool, monkeypatch):
    monkeypatch.setattr(lesson, "score", lambda net, learn, judge, seed: len(learn[0]) + seed / 10)
    rows = np.array([[8, 8.1], [16, 16.1]])
    np.testing.assert_allclose(lesson.from_pixels(pool, pool, (1, 2), (0, 1)), rows)
    np.testing.assert_allclose(lesson.from_scratch(pool, pool, (1, 2), (0, 1)), rows)
    sources = {0: known, 1: known}
    np.testing.assert_allclose(lesson.transferred(sources, 1, pool, pool, (1, 2)), rows)


def test_sweeps_teach_the_networks_that_they_name(known, pool, monkeypatch):
    nets = []
    monkeypatch.setattr(lesson, "score", lambda net, *more: nets.append(net) or 0.5)
    monkeypatch.setattr(lesson, "few", lambda pool, n, seed: pool)
    found = lesson.by_thawed({0: known}, pool, pool, thawed=(0, 2))
    assert set(found) == {0, 2} and found[2].shape == (5, 1)
    assert [net.n_frozen for net in nets] == [3] * 5 + [1] * 5
    lesson.from_pixels(pool, pool, (1,), (0,))
    assert [layer.shapes["W"] for layer in nets[-1].layers] == [(289, 8)]
    first = lesson.untrained((2,))
    np.testing.assert_array_equal(first[2].theta, lesson.reader(18, seed=2).theta)


def test_the_table_has_a_line_for_each_way_with_its_means(capsys):
    lesson.print_by_pictures({"a": np.array([[0.25, 0.75], [1.0, 1.0]])}, pictures=(1, 5))
    head, line = capsys.readouterr().out.splitlines()
    assert head.split() == ["pictures", "1", "5"]
    assert line.split() == ["a", "≈", "0.50", "≈", "1.00"]
    lesson.print_starts({"b": np.array([[0.5, 0.25]])})
    assert capsys.readouterr().out.split() == ["b", "≈", "0.50,", "≈", "0.25"]


# --- what it costs, and what moves


def test_seconds_runs_its_work_twice_and_keeps_the_shorter_time(monkeypatch):
    clock, done = iter([0.0, 5.0, 5.0, 7.0]), []
    monkeypatch.setattr(lesson.time, "perf_counter", lambda: next(clock))
    assert lesson.seconds(lambda: done.append(1)) == 2.0
    assert len(done) == 2


def test_a_thawing_follows_its_plan_and_notes_the_accuracy(known, pool):
    learn = lesson.few(pool, 5)
    seen = lesson.thaw(known, [(0, 20), (1, 20)], learn, pool, every=10)
    np.testing.assert_array_equal(seen.steps, [0, 10, 20, 30, 40])
    net = lesson.heir(known, 0)
    assert seen.scores[0] == training.accuracy(net, *pool)
    lesson.teach(net, learn, 20)
    assert seen.scores[2] == pytest.approx(training.accuracy(net, *pool), abs=0.02)
    net.freeze(2)
    lesson.teach(net, learn, 20)
    np.testing.assert_allclose(net.theta, seen.net.theta, atol=1e-3)
    assert seen.moved[0] == seen.moved[1] == 0 < seen.moved[2]


def test_moved_is_the_distance_over_the_length(known):
    net = lesson.reader(18)
    net.theta = known.theta
    net.layers[2].W = 3 * known.layers[2].W
    np.testing.assert_allclose(lesson.moved(net, known), [0, 2, 0], atol=1e-6)


def test_the_old_last_layer_reads_what_moved_layers_give(known, source):
    heir = lesson.heir(known, 0)
    both = lesson.with_old_last_layer(heir, known)
    np.testing.assert_array_equal(both.theta, known.theta)
    heir.freeze(0)
    heir.layers[0].W = 0
    moved = lesson.with_old_last_layer(heir, known)
    np.testing.assert_array_equal(moved.layers[6].W, known.layers[6].W)
    assert np.all(moved.layers[0].W == 0) and not np.all(known.layers[0].W == 0)


# --- layers that have learned without names


def test_an_autoencoder_learns_to_give_back_what_was_whole(letters):
    images = letters[0]
    net = lesson.autoencoder(images, wiped=0.5, epochs=6)
    assert net.forward(images).shape == images.shape
    loss = losses.SigmoidCrossEntropy()
    seen = lesson.wipe(images, 0.5)
    less = lesson.autoencoder(images, wiped=0.5, epochs=1)
    assert loss.forward(net.forward(seen), images) < loss.forward(less.forward(seen), images)


def test_an_heir_of_an_autoencoder_has_its_first_three_layers(letters):
    net = lesson.autoencoder(letters[0][:128], epochs=1)
    heir = lesson.heir(net, thawed=0)
    for k in (0, 2, 4):
        np.testing.assert_array_equal(heir.layers[k].W, net.layers[k].W)


def test_wiping_takes_about_its_share_and_adds_nothing(letters):
    images = letters[0]
    seen = lesson.wipe(images, 0.3, seed=1)
    assert np.all((seen == images) | (seen == 0))
    assert 0.28 < 1 - seen.sum() / images.sum() < 0.32
    np.testing.assert_array_equal(lesson.wipe(images, 0.0), images)


def test_turned_pictures_turn_back(letters):
    images = letters[0][:40]
    x, t = lesson.turn(images, seed=0)
    assert set(t.argmax(axis=1)) == {0, 1, 2, 3}
    for image, turned, k in zip(images, x, t.argmax(axis=1), strict=True):
        back = np.rot90(turned.reshape(17, 17), -k)
        np.testing.assert_array_equal(back.ravel(), image)


def test_glued_pictures_have_the_lower_half_of_another(letters):
    images = letters[0][:60]
    x, t = lesson.glue(images, seed=0)
    glued = t[:, 1] == 1
    assert 15 < glued.sum() < 45
    np.testing.assert_array_equal(x[~glued], images[~glued])
    np.testing.assert_array_equal(x[:, : 8 * 17], images[:, : 8 * 17])
    lower = {half.tobytes() for half in images[:, 8 * 17 :]}
    assert all(half.tobytes() in lower for half in x[glued][:, 8 * 17 :])
    assert np.any(x[glued] != images[glued])


def test_on_a_task_a_reader_has_an_output_for_each_class(letters):
    found = lesson.on_task(lesson.glue, letters[0][:128], epochs=1, seeds=(1,))
    assert set(found) == {1} and found[1].layers[-1].shapes["W"] == (100, 2)
    two = lesson.autoencoders(letters[0][:128], epochs=1, seeds=(0, 2))
    assert set(two) == {0, 2} and isinstance(two[2], network.Sequential)


def test_a_score_is_worth_the_pictures_at_which_scratch_is_as_good():
    assert lesson.worth(0.5, [1, 10, 100], [0.2, 0.5, 0.8]) == pytest.approx(10)
    assert lesson.worth(0.65, [1, 10, 100], [0.2, 0.5, 0.8]) == pytest.approx(10**1.5)


# --- drawings


def test_the_first_of_each_class_is_one_of_it(pool):
    x, t = pool
    first = lesson._first_of_each(pool)
    for k, picture in enumerate(first):
        np.testing.assert_array_equal(picture, x[t[:, k] == 1][0])


def test_schematics_say_the_numbers_of_the_text(source, pool, letters, shown):
    lesson.show_wanted(source, lesson.few(pool, 10))
    lesson.show_two_readers()
    lesson.show_frozen_chain()
    lesson.show_cached()
    lesson.show_narrow()
    lesson.show_tasks(letters[0])
    said = [words(ax[0]) for ax, _ in shown]
    assert f"A to R: one of each, {len(source[0])} in all" in said[0]
    assert len(shown[0][0][0].patches) == 18 + 80  # a frame around each picture
    assert "all 80 pictures" in shown[0][1] and said[1].count("copied") == 3
    assert {"δ = 3", "δ = 1", "δ = −1", "slope 3 · 2 = 6"} <= set(said[2])
    assert said[3].count("frozen layers") == 5 and said[3].count("last") == 8
    assert set("0123") | {"whole", "glued"} <= set(said[5])


def test_the_four_curves_are_the_means_of_their_starts(found, shown):
    ways = dict(
        zip(("from pixels", "from scratch", "frozen", "all thawed"), found.values(), strict=True)
    )
    lesson.show_four_curves(ways)
    (ax, alt), *_ = shown
    lines = {line.get_label(): line.get_ydata() for line in ax[0].lines}
    for name, scores in ways.items():
        np.testing.assert_allclose(lines[name], scores.mean(axis=1))
    assert "from pixels ≈ 0.30 to ≈ 0.90" in alt


def test_a_thawing_is_drawn_with_what_it_ends_at_and_how_far_it_moved(known, pool, shown):
    learn = lesson.few(pool, 2)
    plans = {"at once": [(3, 20)], "step by step": [(0, 10), (3, 10)]}
    runs = {}
    for name, plan in plans.items():
        runs[name] = [lesson.thaw(known, plan, learn, pool, every=10)]
    lesson.show_thawing(runs)
    (ax, alt), *_ = shown
    for name in plans:
        assert f"{name} ends at ≈ {runs[name][0].scores[-1]:.2f}" in alt
    heights = [bar.get_height() for bar in ax[1].patches]
    np.testing.assert_allclose(heights[:3], runs["at once"][0].moved)
    assert {"0 thawed", "3 thawed"} <= set(words(ax[0])) and "over 20 steps" in alt


def test_restored_letters_are_compared_dot_by_dot(pool, shown):
    class Blank:
        def forward(self, x):
            return np.full(x.shape, -9.0)

    lesson.show_autoencoders(pool, Blank(), Blank())
    (ax, alt), *_ = shown
    dark = lesson._first_of_each(pool).mean()
    assert f"≈ {dark:.2f} of the dots come out wrongly" in alt
    assert words(ax[0]) == ["shown", "given back", "half wiped", "restored"]


def test_arrows_lead_from_a_score_to_the_pictures_that_it_is_worth(shown):
    lesson.show_worth({"a": 0.65, "b": 0.5}, [1, 10, 40, 100], [0.2, 0.5, 0.8, 0.9])
    (ax, alt), *_ = shown
    assert "a as good as ≈ 20" in alt and "b as good as ≈ 10" in alt
    curve = next(line for line in ax[0].lines if line.get_label() == "from scratch")
    np.testing.assert_allclose(curve.get_ydata(), [0.5, 0.8])
    heads = [text.xy for text in ax[0].texts if hasattr(text, "arrow_patch")]
    assert any(np.allclose(head, (np.log10(20), 0.65)) for head in heads)


def test_the_widget_shows_the_scores_of_its_settings_and_the_layers_that_learn(found):
    other = {n: rows - 0.1 for n, rows in found.items()}
    draw = lesson.thaw_drawing({"A to R": found, "first weights": other}, found[3])
    controls = {"pictures": list(lesson.PICTURES), "layers_thawed": (0, 3)}
    controls["layers_of"] = ["A to R", "first weights"]
    panel = widgets.explore(draw, axes=lesson.thaw_axes, **controls)
    drawing, curves = panel._figure.axes
    for thawed in range(4):
        panel.controls["layers_thawed"].value = thawed
        panel.controls["pictures"].value = 50
        panel.controls["layers_of"].value = "first weights"
        assert panel.error is None
        here = other[thawed][3]
        assert curves.get_title(loc="left").endswith(f"mean {here.mean():.3f}")
        edges = [c for c in drawing.collections if len(c.get_segments()) > 4]
        colors = [to_rgb(c.get_color()[0]) for c in edges]
        assert colors.count(to_rgb(lesson.FROZEN)) == 3 - thawed
        assert colors.count(to_rgb(lesson.LEARNS)) == thawed + 1
