"""What lesson 15 calls: drawings, made ready, read, explained and kept; moves; photographs."""

import os
import sys

import numpy as np
import pytest

from dlcourse import data, live, losses, network, plots, training, widgets
from dlcourse.lessons import your_handwriting as lesson


@pytest.fixture(scope="module")
def net():
    learn, _ = lesson.digits()
    return lesson.train_reader((learn[0][:1000], learn[1][:1000]), epochs=3)


@pytest.fixture
def shown(monkeypatch):
    """The sentences of the pictures that are shown."""
    told = []
    monkeypatch.setattr(plots, "show", lambda ax, alt, **more: told.append(alt))
    return told


@pytest.mark.parametrize("platform", [sys.platform, "emscripten"])
def test_a_program_is_run_elsewhere_with_its_folder_and_nothing_of_ours(
    tmp_path, monkeypatch, platform
):
    monkeypatch.setattr(sys, "platform", platform)
    before = sys.argv
    program = "import sys\nprint(*globals(), file=open(sys.argv[1] + '/seen.txt', 'w'))"
    lesson.run_elsewhere(program, tmp_path)
    seen = (tmp_path / "seen.txt").read_text(encoding="utf-8").split()
    assert "sys" in seen and "lesson" not in seen and "zipfile" not in seen
    with pytest.raises(Exception, match="1|none"):
        lesson.run_elsewhere("raise OSError('none')", tmp_path)
    assert sys.argv is before


# --- a program that draws


@pytest.mark.parametrize("name", lesson.DIGITS + lesson.LETTERS)
def test_every_sign_is_drawn_within_its_pad_by_many_hands(name):
    for hand in (None, 0, 1, 2):
        ink = lesson.drawn(name, hand)
        assert ink.shape == (112, 112) and ink.max() == 1 and ink.min() == 0
        assert not (ink[0].any() or ink[-1].any() or ink[:, 0].any() or ink[:, -1].any())
        assert np.allclose(255 * ink, np.rint(255 * ink)), "as the browser sends it"


def test_a_drawing_has_the_size_and_the_place_that_are_asked_for():
    rows, columns = np.nonzero(lesson.drawn("1", size=40, at=(30, 50)) > 0.5)
    assert (rows.min(), rows.max()) == pytest.approx((25, 74), abs=1)
    assert (columns.min(), columns.max()) == pytest.approx((25, 34), abs=1)


def test_a_hand_draws_the_same_again_and_another_one_does_not():
    assert np.array_equal(lesson.drawn("5", 1), lesson.drawn("5", 1))
    assert not np.array_equal(lesson.drawn("5", 1), lesson.drawn("5", 2))
    assert not np.array_equal(lesson.ten_drawings(1), lesson.ten_drawings(2))


# --- made ready


def test_shares_add_up_to_1_for_every_new_pixel_and_keep_all_ink():
    assert np.allclose(lesson.shares(3, 2), [[2 / 3, 1 / 3, 0], [0, 1 / 3, 2 / 3]])
    assert np.allclose(lesson.shares(2, 4), [[1, 0], [1, 0], [0, 1], [0, 1]])
    for old, new in ((7, 3), (3, 7), (5, 5), (1, 20), (112, 1)):
        found = lesson.shares(old, new)
        assert found.shape == (new, old) and np.allclose(found.sum(axis=1), 1)
        assert np.allclose(found.sum(axis=0), new / old)


def test_a_box_holds_all_ink_and_no_empty_edge():
    ink = np.zeros((9, 9))
    ink[2, 3] = ink[6, 4] = 0.1
    assert lesson.boxed(ink).shape == (5, 2) and lesson.boxed(ink).sum() == pytest.approx(0.2)


def test_a_centre_of_mass_weighs_places_by_their_ink():
    assert lesson.centre(np.array([7, 5])) == pytest.approx(5 / 12)
    assert lesson.centre(np.array([0, 0, 4, 0])) == 2


def test_a_drawing_made_ready_has_mnists_size_and_place():
    for name in lesson.DIGITS:
        for hand in range(3):
            ready = lesson.prepared(lesson.drawn(name, hand, size=50, at=(40, 60)))
            assert ready.shape == (28, 28) and 0 <= ready.min() and ready.max() <= 1 + 1e-12
            assert max(lesson.boxed(ready).shape) == 20
            for axis in (0, 1):
                assert abs(lesson.centre(ready.sum(axis=axis)) - 14) <= 0.5


def test_real_digits_stay_nearly_as_they_are():
    """They were made ready by others: the same box, and their place to one pixel."""
    images = data.digits()[0][:200].reshape(-1, 28, 28)
    same = [np.abs(lesson.prepared(image) - image).max() < 1e-5 for image in images]
    assert np.mean(same) > 0.95


def test_what_would_be_cut_off_is_not():
    ink = np.zeros((112, 112))
    ink[10:110, 50] = 0.01
    ink[104:110, 30:70] = 1  # nearly all the ink at the foot
    ready = lesson.prepared(ink)
    assert lesson.boxed(ready).shape[0] == 20 and lesson.centre(ready.sum(axis=1)) > 18


def test_a_dot_and_an_empty_pad_are_no_error():
    dot = np.zeros((112, 112))
    assert not lesson.prepared(dot).any() and not lesson.prepared_letter(dot).any()
    dot[3, 100] = 1
    assert lesson.prepared(dot).shape == (28, 28) and lesson.prepared(dot).any()
    assert lesson.prepared_letter(dot).any()


def test_a_letter_made_ready_is_15_high_in_the_middle_of_17():
    ready = lesson.prepared_letter(lesson.drawn("H", size=40, at=(30, 30)))
    assert set(np.unique(ready)) == {0, 1} and lesson.boxed(ready).shape[0] == 15
    assert not ready[0].any() and not ready[-1].any()


def test_shrunk_is_the_mean_of_four_by_four():
    ink = np.zeros((112, 112))
    ink[:2, :2] = 1
    assert lesson.shrunk(ink)[0, 0] == 0.25 and lesson.shrunk(ink).sum() == 0.25
    assert lesson.rows_of([ink, ink], lesson.shrunk).shape == (2, 784)


# --- moves


def test_moved_digits_leave_the_picture_and_paper_comes_in():
    image = np.arange(1.0, 785).reshape(1, 784)
    there = lesson.moved(image, 2, -3).reshape(28, 28)
    assert np.array_equal(there[2:, :-3], image.reshape(28, 28)[:-2, 3:])
    assert not there[:2].any() and not there[:, -3:].any()
    assert np.array_equal(lesson.moved(image, 0, 0), image)


def test_each_digit_moves_by_its_own_random_number_of_pixels():
    images = np.zeros((400, 784))
    images.reshape(-1, 28, 28)[:, 14, 14] = 1
    found = lesson.moved_at_random(images, 2, np.random.default_rng(0)).reshape(-1, 28, 28)
    _, rows, columns = np.nonzero(found)
    assert len(rows) == 400 and set(rows) == set(columns) == {12, 13, 14, 15, 16}
    assert len(set(zip(rows, columns, strict=True))) == 25


def test_without_moves_the_reader_is_trained_as_fit_trains(net):
    learn, _ = lesson.digits()
    x, t = learn[0][:1000], learn[1][:1000]
    again = lesson.digit_net(0)
    batches = training.Batches(x, t, 100, 0)
    training.fit(again, losses.SoftmaxCrossEntropy(), lesson.optimizers.Adam(0.002), batches, 3)
    assert np.allclose(again.theta, net.theta, atol=1e-4)


# --- the answer


def test_doubts_are_shares_even_for_huge_logits(net):
    x = lesson.rows_of(lesson.ten_drawings())
    p = lesson.doubts(net, x)
    assert np.allclose(p.sum(axis=1), 1) and np.array_equal(p.argmax(axis=1), net.predict(x))
    assert np.isfinite(lesson.doubts(net, 1e4 * x)).all()
    assert lesson.first_two(np.array([0.1, 0.6, 0.3])) == (1, 2)


def test_contributions_are_those_of_nudged_pixels():
    small = network.mlp([784, 6, 10], lesson.activations.ReLU, seed=1, dtype=np.float64)
    x = lesson.rows_of(lesson.ten_drawings()[:2]).astype(float)
    found = lesson.speaks(small, x, [3, 4], [5, 6])
    for row, (a, b) in enumerate(((3, 5), (4, 6))):
        for pixel in np.flatnonzero(x[row] > 0.5)[:5]:
            moved = x[row : row + 1].copy()
            moved[0, pixel] += 1e-6
            before, after = small.forward(x[row : row + 1])[0], small.forward(moved)[0]
            slope = ((after[a] - after[b]) - (before[a] - before[b])) / 1e-6
            assert found[row, pixel] == pytest.approx(x[row, pixel] * slope, abs=1e-5)


def test_only_so_many_pixels_of_ink_are_taken_away(net):
    x = lesson.digits()[1][0][:20]
    for seed in (None, 0):
        left = lesson.without_the_strongest(net, x, 7, seed)
        gone = left != x
        assert (gone.sum(axis=1) == 7).all() and not left[gone].any() and (x[gone] > 0.3).all()


def test_the_lesson_counts_the_ink_of_its_500_digits():
    x = lesson.digits()[1][0][:500]
    assert round((x > 0.3).sum(axis=1).mean()) == 117


# --- a test set of one's own


@pytest.mark.parametrize(
    ("k", "n", "low", "high"), [(10, 10, 0.692, 1), (0, 10, 0, 0.308), (9, 10, 0.555, 0.997)]
)
def test_the_interval_is_clopper_and_pearsons(k, n, low, high):
    assert lesson.interval(k, n) == pytest.approx((low, high), abs=0.0015)


def test_an_interval_is_narrower_for_more_answers_and_knows_its_limits():
    widths = [np.diff(lesson.interval(9 * n // 10, n))[0] for n in (10, 100, 1000)]
    assert widths[0] > 2 * widths[1] > 4 * widths[2] > 0
    assert sum(lesson.exactly(k, 7, 0.3) for k in range(8)) == pytest.approx(1)
    for n in (0, 1001):
        with pytest.raises(ValueError, match="interval takes n from 1 to 1000"):
            lesson.interval(0, n)


def test_drawings_are_added_and_opened_again_the_same(tmp_path):
    path, drawings = tmp_path / "mine.npz", lesson.ten_drawings()
    for n, label in enumerate((7, 1, 7)):
        assert lesson.keep_drawing(path, drawings[label], label) == n + 1
    kept, labels = lesson.open_drawings(path)
    assert np.array_equal(kept, drawings[[7, 1, 7]]) and labels.tolist() == [7, 1, 7]
    assert [file.name for file in tmp_path.iterdir()] == ["mine.npz"]


@pytest.mark.parametrize("content", [b"", b"no drawings", b"PK\x03\x04 damaged"])
def test_a_file_that_is_no_set_of_drawings_is_refused_and_stays(tmp_path, content):
    path = tmp_path / "mine.npz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="is no set of drawings, or it is damaged: move it away"):
        lesson.keep_drawing(path, lesson.drawn("3"), 3)
    assert path.read_bytes() == content


def test_a_network_is_no_set_of_drawings(tmp_path, net):
    net.save(tmp_path / "net.npz")
    before = (tmp_path / "net.npz").read_bytes()
    with pytest.raises(ValueError, match="is no set of drawings"):
        lesson.keep_drawing(tmp_path / "net.npz", lesson.drawn("3"), 3)
    other = tmp_path / "other.npz"
    np.savez(other, drawings=np.zeros((2, 5, 5), np.uint8), labels=np.zeros(2, np.uint8))
    with pytest.raises(ValueError, match="holds other things than drawings"):
        lesson.open_drawings(other)
    assert (tmp_path / "net.npz").read_bytes() == before


def test_a_cut_off_write_leaves_the_old_drawings(tmp_path, monkeypatch):
    path = tmp_path / "mine.npz"
    lesson.keep_drawing(path, lesson.drawn("3"), 3)
    before = path.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="keep_drawing cannot write this file, and leaves what is"):
        lesson.keep_drawing(path, lesson.drawn("4"), 4)
    assert path.read_bytes() == before and len(list(tmp_path.iterdir())) == 1


def test_what_cannot_be_kept_is_said(tmp_path):
    path = tmp_path / "mine.npz"
    for ink in (None, np.zeros((112, 112)), np.ones((28, 28))):
        with pytest.raises(ValueError, match="draw one first"):
            lesson.keep_drawing(path, ink, 3)
    with pytest.raises(ValueError, match="a label from 0 to 9, got 10"):
        lesson.keep_drawing(path, lesson.drawn("3"), 10)
    with pytest.raises(FileNotFoundError):
        lesson.open_drawings(path)
    assert not path.exists()


# --- behind the pads


def test_a_reader_reads_the_pad_or_the_stored_drawing(net):
    example = lesson.drawn("3")
    reader = lesson.Reader(net, lesson.DIGITS, lesson.prepared, example)
    picture, p = reader.answer(None)
    assert np.array_equal(picture, lesson.prepared(example)) and p.shape == (10,)
    assert reader.say().startswith("The stored drawing is read as ")
    panel = widgets.explore(reader.draw, axes=lesson.reading_axes, ink=live.Pad())
    first = panel.png
    panel.controls["ink"].value = lesson.drawn("0")
    name = lesson.DIGITS[lesson.doubts(net, lesson.rows_of([lesson.drawn("0")]))[0].argmax()]
    assert panel.error is None and panel.png != first
    assert f"Your drawing is read as {name}, ≈ " in reader.say(lesson.drawn("0"))
    assert reader.draw(ink=np.zeros((112, 112))) is not None, "an empty drawing is answered, too"


def test_a_collection_shows_examples_until_a_drawing_is_kept(net, tmp_path):
    reader = lesson.Reader(net, lesson.DIGITS, lesson.prepared, lesson.drawn("3"))
    mine = lesson.Collection(reader, tmp_path / "mine.npz", lesson.ten_drawings())
    assert mine.say().startswith("0 drawings kept.") and "of the program" in title(mine.draw())
    for digit in "012":
        mine.keep(lesson.drawn(digit), digit)
    assert mine.say().startswith("3 drawings kept.") and "of 3 kept are right" in title(mine.draw())
    many = lesson.Collection(reader, tmp_path / "mine.npz", lesson.ten_drawings())
    assert np.array_equal(many.drawings()[1], [0, 1, 2]), "opened again"


def title(ax):
    return ax[1].get_title(loc="left")


# --- photographs and pictures


def test_the_l_layer_model_descends_on_all_examples_at_once():
    x, labels = data.cuttings("left")
    t = labels.reshape(-1, 1)
    net, costs = lesson.l_layer_model(x, t, [12288, 20, 7, 5, 1], 0.0075, 3)
    by_hand = network.mlp(
        [12288, 20, 7, 5, 1], lesson.activations.ReLU, lesson.initializers.he, seed=0
    )
    loss = losses.SigmoidCrossEntropy()
    for step in range(3):
        assert costs[step] == pytest.approx(loss.forward(by_hand.forward(x), t), rel=1e-4)
        by_hand.backward(loss.backward())
        by_hand.theta -= 0.0075 * by_hand.grad
    assert np.allclose(net.theta, by_hand.theta, atol=1e-5) and len(by_hand.theta) == 245_973


def test_the_pictures_say_what_was_computed(net, shown):
    small = lesson.ten_drawings(0, size=42, at=(32, 36))
    x = lesson.rows_of(small)
    lesson.show_drawings({"small": small})
    lesson.show_answers(net, {"ready": x})
    right = int(np.sum(net.predict(x) == np.arange(10)))
    assert f"ready ≈ {right}" in shown[-1]
    lesson.show_way(small[3])
    assert "smaller to 20 by" in shown[-1]
    lesson.show_network(lesson.prepared(small[3]))
    unseen = tuple(a[:500] for a in lesson.digits()[1])
    lesson.show_errors(net, unseen)
    wrong = int(np.sum(net.predict(unseen[0]) != unseen[1].argmax(axis=1)))
    assert f"of ≈ {wrong} unseen" in shown[-1]
    lesson.show_moved({"a": [0.9, 0.8, 0.7, 0.6], "b": [0.5, 0.4, 0.3, 0.2]})
    assert "a ≈ 0.90 unmoved, ≈ 0.60 moved by 3; b ≈ 0.50 unmoved" in shown[-1]
    lesson.show_blanked({"strongest": [1, 0.25], "at random": [1, 0.9]}, [0, 5])
    assert "strongest ≈ 0.25; at random ≈ 0.90" in shown[-1]
    lesson.show_intervals([(10, 10)])
    assert "10 of 10: 0.69 to 1.00" in shown[-1]
    lesson.show_photographs()
    assert "none of the coffee is learned" in shown[-1]


def test_the_picture_of_cuttings_counts_the_right_answers(shown):
    x, labels = data.cuttings("left")
    cat_net, _ = lesson.l_layer_model(x, labels.reshape(-1, 1), [12288, 5, 1], 0.0075, 2)
    lesson.show_cuttings(cat_net, ["left", "coffee"])
    counts = [np.sum(cat_net.predict(x) == y) for x, y in map(data.cuttings, ("left", "coffee"))]
    assert f"left ≈ {counts[0]} of 36; coffee ≈ {counts[1]} of 18" in shown[0]
