"""The room of lesson 0: what its tables, its chain and its two axes show."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from dlcourse import plots, widgets
from dlcourse.drawing.sheet import GROUND, sheet
from dlcourse.lessons import before_you_start as lesson

X = np.array([[2, 1, 0], [0, 1, 3], [5, 0, 1], [1, 1, 1]])
W = np.array([[0.5, 0.4], [3.0, 3.5], [1.0, 1.2]])
B = np.array([2.0, 1.0])
P = np.array([[0.9], [0.2], [0.7], [0.4], [0.1]])
T = np.array([1, 0, 1, 0, 0])


@pytest.fixture
def shown(monkeypatch):
    """What is shown: a list of (axes, sentence)."""
    found = []
    monkeypatch.setattr(plots, "show", lambda ax, alt: found.append((ax, alt)))
    return found


def words(ax):
    return [text.get_text() for text in ax.texts]


def inside(ax):
    """True where every word lies within the figure and no two touch."""
    ax.figure.canvas.draw()
    boxes = [text.get_window_extent() for text in ax.texts if text.get_text()]
    whole = ax.figure.bbox
    within = all(whole.x0 <= b.x0 and b.x1 <= whole.x1 for b in boxes)
    within = within and all(whole.y0 <= b.y0 and b.y1 <= whole.y1 for b in boxes)
    return within and not any(a.overlaps(b) for k, a in enumerate(boxes) for b in boxes[:k])


def test_a_table_writes_every_number_in_a_cell_of_its_own():
    ax = lesson.draw_table(sheet(3, 3), 0.5, 2.5, [[1, -2.5], [3, 4]], framed=[(1, 0)])
    assert words(ax) == ["1", "−2.5", "3", "4"]
    (cells,) = ax.collections
    corners = np.array([path.vertices[0] for path in cells.get_paths()])
    right, down = corners[1] - corners[0], corners[2] - corners[0]
    np.testing.assert_allclose(right, (lesson.WIDTH, 0), atol=1e-12)
    np.testing.assert_allclose(down, (0, -lesson.HEIGHT), atol=1e-12)
    (frame,) = ax.patches
    np.testing.assert_allclose(frame.get_xy(), corners[2] - (0, lesson.HEIGHT))
    assert not words(lesson.draw_table(sheet(3, 3), 0.5, 2.5, [[1, 2]], form=None))


def test_marked_cells_have_another_ground():
    colors = lesson.marked((2, 2), [(0, 1)])
    assert colors.tolist() == [[GROUND, lesson.MEANT], [GROUND, GROUND]]


def test_blue_is_above_zero_red_below_and_both_grow_with_the_number():
    low, less, none, more, high, beyond = map(to_rgb, lesson.tones([-1, -0.5, 0, 0.5, 1, 7]))
    assert low[0] > low[2] and high[2] > high[0] and none == (1, 1, 1) and beyond == high
    assert sum(low) < sum(less) < 3 and sum(high) < sum(more) < 3


def test_the_shops_follow_one_payment(shown):
    lesson.show_shops(X, W, B, X @ W + B)
    ax, alt = shown[0]
    sentence = "0 · 0.5 + 1 · 3 + 3 · 1 + 2 = 8"
    assert sentence in words(ax) and sentence in alt and inside(ax)
    assert {"x  (4, 3)", "W  (3, 2)", "b  (2,)", "cost  (4, 2)"} <= set(words(ax))


def test_the_pairs_are_all_differences_and_those_that_were_meant_are_framed(shown):
    lesson.show_pairs(P, T)
    ax, alt = shown[0]
    assert inside(ax) and "a square of 25" in alt
    assert "column minus column: 5 numbers" in words(ax)
    assert "column minus list: 25 numbers" in words(ax)
    assert len(ax.patches) == 5
    meant = [f"{value:.1f}".replace("-", "−") for value in (P[:, 0] - T)]
    square = [f"{value:.1f}".replace("-", "−") for value in (P - T).ravel()]
    assert words(ax)[-29:-4] == square and square[::6] == meant


@pytest.mark.parametrize(("w", "slope"), [(0.5, -4), (2.0, 2)])
def test_the_chain_says_its_slope(shown, w, slope):
    lesson.show_chain(w)
    assert f"dL/dw = {slope}." in shown[0][1] and inside(shown[0][0])


def test_the_bell_says_how_many_lie_within_one_standard_deviation(shown):
    lesson.show_bell(np.array([-0.7, -0.1, 0.2, 0.3]), std=0.5)
    ax, alt = shown[0]
    assert "≈ 0.75" in alt and "≈ 0.75 of all" in words(ax)
    heights = [bar.get_height() for bar in ax.patches]
    assert sum(heights) == 4
    dark = [bar for bar in ax.patches if np.mean(to_rgb(bar.get_facecolor())) < 0.5]
    assert sum(bar.get_height() for bar in dark) == 3


def test_on_the_log_ruler_equal_factors_are_equal_distances(shown):
    lesson.show_rulers()
    ax, _ = shown[0]
    assert inside(ax)
    below = {text.get_text(): text.get_position()[0] for text in ax.texts if text._y < 0.4}
    steps = np.diff([below[name] for name in ("0.001", "0.01", "0.1", "1")])
    np.testing.assert_allclose(steps, steps[0])
    halfway = (below["0.03"] - below["0.01"]) / steps[0]
    np.testing.assert_allclose(halfway, np.log10(3))


def test_each_of_two_lines_is_straight_on_one_of_two_axes():
    panel = widgets.explore(
        lesson.draw_two_axes, axes=2, multiply_by=(0.2, 0.95, 0.01), take_away=(0.01, 0.11, 0.01)
    )
    panel.controls["multiply_by"].value, panel.controls["take_away"].value = 0.5, 0.1
    assert panel.error is None
    ordinary, log = panel._axes
    assert (ordinary.get_yscale(), log.get_yscale()) == ("linear", "log")
    for ax in (ordinary, log):
        multiplied, reduced = (line.get_ydata() for line in ax.lines[:2])
        np.testing.assert_allclose(multiplied, 0.5 ** np.arange(10))
        np.testing.assert_allclose(reduced, 1 - 0.1 * np.arange(10))
        assert words(ax) == ["× 0.50", "− 0.10"]
    assert ordinary.get_title(loc="left") == "left after nine steps: 0.002 and 0.1"


@pytest.mark.parametrize(
    ("number", "words"),
    [(0.25**9, "0.0000038"), (0.1, "0.1"), (1 - 0.9, "0.1"), (5.12e-7, "0.00000051")],
)
def test_a_small_number_is_written_without_a_power_of_ten(number, words):
    assert lesson.plain(number) == words
