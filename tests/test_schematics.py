"""Drawings of networks and their arithmetic: what stands where, in which colour and number."""

import numpy as np
import pytest
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import to_hex, to_rgb, to_rgba, to_rgba_array
from matplotlib.patches import Circle, FancyArrowPatch

from dlcourse import plots, widgets
from dlcourse.drawing import scenes, schematics, strip, style, units

LETTER = np.eye(17)


def words(ax):
    return [text.get_text() for panel in np.ravel(ax) for text in panel.texts if text.get_text()]


def drawn(ax):
    """The axes, after all has been drawn once: what can go wrong in drawing has gone wrong."""
    np.ravel(ax)[0].figure.canvas.draw()
    return ax


def arrows(ax, color):
    """(start, end) of the arrows of a colour."""
    found = [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]
    return [p._posA_posB for p in found if to_rgba(p.get_edgecolor()) == to_rgba(color)]


def inside(ax):
    """True where every text lies within the figure and no two words touch."""
    drawn(ax)
    renderer = ax.figure.canvas.get_renderer()
    boxes = [text.get_window_extent(renderer) for text in ax.texts if text.get_text()]
    whole = ax.figure.bbox
    within = all(
        whole.x0 <= b.x0 and b.x1 <= whole.x1 and whole.y0 <= b.y0 and b.y1 <= whole.y1
        for b in boxes
    )
    apart = not any(a.overlaps(b) for k, a in enumerate(boxes) for b in boxes[:k])
    return within and apart


# --- strip


def dark_units(ax):
    return sum(
        to_rgb(c.get_facecolor()) == to_rgb(style.INK) for c in ax.patches if isinstance(c, Circle)
    )


@pytest.mark.parametrize("part", strip.PARTS)
def test_a_strip_has_its_own_part_in_ink_and_its_words_below(part):
    ax = strip.strip(part, LETTER)
    assert words(ax) == ["loss", strip.PARTS[part]] and inside(ax)
    dark = {"input": 5, "neuron": 1, "hidden": 8, "loss": 3, "loop": 4, "time": 4, "depth": 8}
    assert dark_units(ax) == dark.get(part, 0)
    assert bool(ax.images[0].get_array().max() == 1) is (part in ("input", "hand"))


def test_the_way_back_of_a_strip_fades_from_the_loss_to_the_input():
    edges = [
        c for c in strip.strip("gradient", LETTER).collections if isinstance(c, LineCollection)
    ]
    left = [c.get_segments()[0][0, 0] for c in edges]
    light = np.array([c.get_alpha() for c in edges])[np.argsort(left)]
    assert light[0] < light[1] < light[2] == 1
    assert len(arrows(strip.strip("gradient", LETTER), style.BACKWARD)) == 1


def test_the_way_back_through_time_is_the_loop_turned_round():
    (there,) = arrows(strip.strip("loop", LETTER), style.INK)
    (back,) = arrows(strip.strip("time", LETTER), style.BACKWARD)
    assert there[0][0] > there[1][0] and back[0][0] < back[1][0]


def test_two_layers_of_a_strip_come_from_elsewhere():
    ax = strip.strip("transfer", LETTER)
    taken = [c for c in ax.collections if to_rgb(c.get_color()[0]) == to_rgb(style.INK)]
    assert sorted(c.get_segments()[0][0, 0] for c in taken) == pytest.approx([1.97, 3.27])
    assert all(start[1] > end[1] for start, end in arrows(ax, style.INK))
    assert len(arrows(ax, style.INK)) == 2


def test_the_weights_of_a_strip_have_a_second_way_into_the_loss():
    ax = strip.strip("penalty", LETTER)
    assert len(arrows(ax, style.INK)) == 1 and len(arrows(ax, style.BACKWARD)) == 0
    assert [line.get_xdata()[0] for line in ax.lines] == [2.55, 3.85, 5.15]


def test_the_hidden_units_of_a_strip_are_drawn_with_the_bend_inside():
    ax = strip.strip("unit", LETTER)
    circles = np.array([c.center for c in ax.patches if isinstance(c, Circle)])
    bends = [c.get_segments()[0][1] for c in ax.collections if c.get_zorder() == 5]
    hidden = circles[np.isin(circles[:, 0], strip.COLUMNS[1:3])]
    assert len(bends) == len(hidden) == 8
    np.testing.assert_allclose(np.array(bends) - hidden, [[0, -0.02]] * 8, atol=1e-12)


def test_a_normalization_stands_before_each_hidden_layer_of_a_strip():
    ink = to_rgba(style.INK)
    boxes = [p for p in strip.strip("normalization", LETTER).patches if p.get_facecolor() == ink]
    middles = sorted(np.mean(p.get_bbox().get_points(), axis=0)[0] for p in boxes)
    np.testing.assert_allclose(middles, np.array(strip.COLUMNS[1:3]) - 0.19)


def test_the_steps_of_a_strip_whose_rate_shrinks_are_shorter_and_shorter():
    drawn = arrows(strip.strip("rate", LETTER), style.INK)
    ends = np.array(drawn)
    lengths = ends[:, 1, 0] - ends[:, 0, 0]
    assert len(lengths) == 5 and np.all(np.diff(lengths) < 0) and lengths[-1] > 0


def test_a_strip_may_ask_for_one_more_layer_or_one_more_unit():
    drawn = np.array(arrows(strip.strip("depth", LETTER), style.INK))
    ways = drawn[:, 1] - drawn[:, 0]
    assert (ways[0, 0] > 1) and np.allclose(ways[0, 1], 0) and np.allclose(ways[1:, 0], 0)
    assert ways[1, 1] > 0 > ways[2, 1]


def test_a_pen_stands_on_the_picture_of_a_strip_that_is_about_drawing():
    x, y = strip.strip("hand", LETTER).lines[-1].get_data()
    assert 0.62 < x[0] < 1.28 and 0.27 < y[0] < 0.93, "its point is on the picture"
    assert len(strip.strip("input", LETTER).lines) == 0


def test_a_strip_takes_several_parts_and_knows_its_parts():
    assert words(strip.strip(["loss", "input"], LETTER)) == ["loss", "numbers in", "the loss"]
    ax = strip.strip(["weights", "gradient", "neuron", "loop"], LETTER)
    assert words(ax) == ["loss", "one neuron, a memory", "the way back, the first weights"]
    for wrong in ("bias", [], ["loss", "bias"]):
        with pytest.raises(ValueError, match="strip takes a part of the network, of input, neuron"):
            strip.strip(wrong, LETTER)


# --- neuron

X, W = np.array([1.0, 0.5, 0.0, 1.0]), np.array([2.0, -3.0, 9.0, 0.25])


def test_a_neuron_shows_the_product_the_sums_and_p():
    ax = schematics.neuron(X, W, 0.5, classes=("three", "five"))
    pixels, weights, product = (image.get_array().ravel() for image in ax.images)
    np.testing.assert_allclose(pixels, X)
    np.testing.assert_allclose(weights, W)
    np.testing.assert_allclose(product, [2.0, -1.5, 0, 0.25])
    assert ax.images[1].get_clim() == (-9, 9), "white is 0"
    found = words(ax)
    for number in (
        "+2.2",
        "−1.5",
        "+0.5",
        "+1.2",
        "p = 0.78",
        "z = 1.2",
        "for five",
        "for three",
        "more likely five",
    ):
        assert number in found, number
    bars = next(c for c in ax.collections if isinstance(c, PolyCollection))
    ends = [path.vertices[:4, 0] for path in bars.get_paths()]
    lengths = np.array([x[1] - x[0] for x in ends])
    np.testing.assert_allclose(lengths / lengths[0], np.array([2.25, -1.5, 0.5, 1.25]) / 2.25)
    np.testing.assert_allclose([x[0] for x in ends], ends[0][0])
    assert [to_hex(c) for c in bars.get_facecolors()[:3]] == [
        to_hex(c) for c in (plots.BLUE, plots.RED, plots.BLUE)
    ]


@pytest.mark.parametrize("scale", [-100, -3, 0, 3, 100])
def test_a_neuron_has_room_for_its_words_whatever_it_says(scale):
    assert inside(schematics.neuron(X, scale * W, 0.5, classes=("three", "five")))
    point = [
        line for line in schematics.neuron(X, scale * W, 0.5).lines if line.get_marker() == "o"
    ][0]
    assert 7.2 < point.get_xdata()[0] < 8.3 and 0.4 < point.get_ydata()[0] < 1.8


def test_a_neuron_takes_a_weight_for_each_pixel_of_a_square():
    for x, w in ((X, W[:3]), (X[:3], W[:3])):
        with pytest.raises(
            ValueError, match="neuron takes a square picture and a weight for each pixel"
        ):
            schematics.neuron(x, w, 0)


# --- shapes


def boxes_of(ax):
    """(rows, columns) of each matrix, and how many of its cells are filled."""
    found = []
    for cells in (c for c in ax.collections if isinstance(c, PolyCollection)):
        corners = np.array([path.vertices[:4].min(axis=0) for path in cells.get_paths()]).round(6)
        columns, rows = (len(np.unique(corners[:, k])) for k in (0, 1))
        filled = sum(
            to_rgb(c) == to_rgb("0.72")
            for c in np.resize(cells.get_facecolors(), (len(corners), 4))
        )
        found.append((rows, columns, filled))
    return found


def test_shapes_draw_as_many_cells_as_the_sides_say_and_one_row_times_one_column_is_one_cell():
    ax = schematics.shapes(sizes={"N": 6, "D": 3, "M": 2})
    assert inside(ax)
    x, weights, y, *way_back = boxes_of(ax)
    assert (x, weights, y) == ((6, 3, 3), (3, 2, 3), (6, 2, 1))
    assert way_back == [(3, 6, 6), (6, 2, 6), (3, 2, 1), (6, 2, 2), (2, 3, 2), (6, 3, 1)]


def test_equal_sides_of_shapes_have_one_letter_and_one_colour():
    ax = schematics.shapes()
    colors = {}
    sides = [line for line in ax.lines if line.get_linewidth() == 3]
    letters = [text for text in ax.texts if text.get_text() in schematics.SIDES]
    assert len(sides) == len(letters) == 18
    for line, text in zip(sides, letters, strict=True):
        colors.setdefault(text.get_text(), set()).add(line.get_color())
    assert colors == {letter: {color} for letter, color in schematics.SIDES.items()}


def test_shapes_that_do_not_fit_are_refused():
    wrong = [("no", ("x", "N", "D"), ("W", "M", "D"), ("y", "N", "D"))]
    with pytest.raises(ValueError, match="shapes takes products whose sides fit"):
        schematics.shapes(wrong)


# --- unrolled

STATES = np.array([[0, 0], [0.537, 0.462], [-0.86, 0.884]])


def test_an_unrolled_network_shows_every_number_of_every_step():
    ax = schematics.unrolled([[1], [2.5]], STATES, [[1.561], [2.727]])
    assert inside(ax)
    found = words(ax)
    for text in (
        "0.00\n0.00",
        "0.54\n0.46",
        "−0.86\n0.88",
        "1",
        "2.50",
        "1.56",
        "2.73",
        "step 0",
        "step 1",
    ):
        assert text in found, text


def test_the_same_matrix_has_the_same_colour_at_every_step():
    ax = schematics.unrolled([[1], [2]], STATES, [[1], [2]])
    for name, color in schematics.WEIGHTS.items():
        assert len(arrows(ax, color)) == 3, "folded once, unrolled twice"
        assert words(ax).count(name) == 3
    across = arrows(ax, schematics.WEIGHTS["$W_h$"])[1:]
    assert all(start[1] == end[1] and start[0] < end[0] for start, end in across)


def test_an_unrolled_network_may_show_letters_and_count_its_steps_from_one():
    ax = schematics.unrolled([[1], [2]], STATES, [[1], [2]], digits=None, first_step=1)
    assert inside(ax)
    found = words(ax)
    for text in ("$h_{0}$", "$x_{1}$", "$h_{2}$", "$y_{2}$", "step 1", "step 2"):
        assert text in found, text
    assert "step 0" not in found


def test_an_unrolled_network_takes_a_state_before_its_first_step():
    with pytest.raises(ValueError, match="2 inputs, 2 states, 2 outputs"):
        schematics.unrolled([[1], [2]], STATES[1:], [[1], [2]])


# --- network

UNITS = [["a", "b"], ["c", "d"], ["e"]]
BOTH = [np.array([[1.5, -2], [3, 4]]), np.array([[5], [-6]])]


def test_edges_of_a_network_are_coloured_by_sign_and_as_wide_as_their_weight():
    ax = drawn(plots.network(UNITS, BOTH))
    edges = [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]
    weights = np.concatenate([M.ravel() for M in BOTH])
    assert [to_hex(e.get_edgecolor()) for e in edges] == [
        to_hex(plots.BLUE if w > 0 else plots.RED) for w in weights
    ]
    widths = [e.get_linewidth() for e in edges]
    assert np.array_equal(np.argsort(widths), np.argsort(np.abs(weights)))


def test_the_way_back_of_a_network_has_its_own_arrows_numbers_and_colour():
    gradients = [np.array([[0.1, 0.2], [-0.3, 0.4]]), np.array([[0.5], [-0.6]])]
    back = [["p", "q"], ["r", "s"], ["t"]]
    ax = drawn(plots.network(UNITS, BOTH, back=back, gradients=gradients))
    purple = [text.get_text().strip() for text in ax.texts if text.get_color() == style.BACKWARD]
    assert sorted(purple) == sorted([*"pqrst", "+0.1", "+0.2", "−0.3", "+0.4", "+0.5", "−0.6"])
    ways = arrows(ax, style.BACKWARD)
    assert len(ways) == 6 and all(start[0] > end[0] for start, end in ways)
    assert len([patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]) == 12


# --- ridges


def test_ridges_stand_one_above_the_other_and_change_colour_at_the_level():
    look = {"level": 0.5, "limits": (-1, 1), "columns": 5, "rows": 3, "tilt": 2.0}
    ax = scenes.ridges(lambda q: np.maximum(q[:, :1], 0), plots.axes(), **look)
    (lines,) = ax.collections
    paths = [path.vertices for path in lines.get_paths()]
    grounds = [k for k, color in enumerate(lines.get_edgecolors()) if color[3] == 0]
    assert grounds == [0, 3, 6]  # a ground, then the red part of its line and the blue one
    for k, above in zip(grounds, (2, 0, -2), strict=True):  # the row behind comes first
        line = np.transpose([[-1, -0.5, 0, 0.5, 1], above + np.array([0, 0, 0, 0.5, 1])])
        np.testing.assert_allclose(paths[k][:5], line)
        assert np.all(paths[k][5:, 1] < -2)
        np.testing.assert_allclose(paths[k + 1], line)
        np.testing.assert_allclose(paths[k + 2], line[4:])
        colors = lines.get_edgecolors()[[k + 1, k + 2]]
        np.testing.assert_allclose(colors, to_rgba_array([plots.RED, plots.BLUE]))
        assert list(lines.get_facecolors()[k]) == [1, 1, 1, 1]
        assert np.all(lines.get_facecolors()[[k + 1, k + 2], 3] == 0)


# --- valleys


def paths(shift):
    along = np.linspace(10, 0, 5)
    return {name: np.stack([along, along * (0.3 + shift)], axis=1) for name in ("SGD", "Adam")}


def test_valleys_draw_both_paths_of_each_rule_solid_and_dashed_on_equal_axes():
    straight, turned = paths(0), paths(0.1)
    ax = drawn(scenes.valleys(straight, turned, notes={"SGD": "8 → 9"}))
    shown = [panel for panel in ax.ravel() if panel.axison]
    assert [panel.get_title(loc="left") for panel in shown] == ["SGD", "Adam"]
    for panel, name in zip(shown, straight, strict=True):
        first, second = panel.lines[:2]
        np.testing.assert_array_equal(first.get_xydata(), straight[name])
        np.testing.assert_array_equal(second.get_xydata(), turned[name])
        assert (
            first.get_color() == plots.ORANGE
            and first.get_linestyle() == "-"
            and second.is_dashed()
        )
        assert (panel.get_xlim(), panel.get_ylim()) == (shown[0].get_xlim(), shown[0].get_ylim())
        low, high = panel.get_ylim()
        assert low < 0 and high > turned[name].max(axis=0)[1]
    assert words(ax) == ["8 → 9"]


def test_valleys_take_two_paths_for_each_name():
    with pytest.raises(ValueError, match="valleys takes two paths for each name"):
        scenes.valleys(paths(0), {"SGD": np.zeros((2, 2))})


# --- every unit over the plane

PLANE = units.plane((-2, 2), 20)


def columns(*widths, seed=0):
    """(outputs, weights) of a network of sigmoid units over the plane."""
    rng, outputs, weights = np.random.default_rng(seed), [PLANE], []
    for n_in, n_out in zip((2, *widths[:-1]), widths, strict=True):
        weights.append(rng.standard_normal((n_in, n_out)))
        outputs.append(0.5 * (1 + np.tanh(outputs[-1] @ weights[-1])))
    return outputs, weights


POINTS, LABELS = np.array([[-1.0, 0.5], [1, 1], [0, -1], [5, 0]]), np.array([0, 1, 1, 1])


def pictured(*widths, **more):
    return units.unit_pictures(*columns(*widths), POINTS, LABELS, limits=(-2, 2), **more)


def test_every_unit_has_its_picture_and_stands_right_of_what_it_reads():
    ax = drawn(pictured(4, 3, 1, title="step 5"))
    frames = next(c for c in ax.collections if isinstance(c, PolyCollection))
    middles = np.array([path.vertices[:4].mean(axis=0) for path in frames.get_paths()])
    across, counts = np.unique(middles[:, 0].round(6), return_counts=True)
    assert counts.tolist() == [2, 4, 3, 1] and len(ax.images) == 4
    assert words(ax) == ["$x_1$", "$x_2$", "4 units", "3 units", "step 5"] and inside(ax)
    top = middles[middles[:, 0].round(6) == across[1], 1]
    assert (np.diff(top) < 0).all(), "the first unit on top"


def test_a_units_picture_is_blue_where_it_says_1_and_red_where_it_says_0():
    outputs, weights = columns(1, 1)
    outputs[1] = (PLANE[:, :1] > 0) * 1.0
    ax = units.unit_pictures(outputs, weights, POINTS, LABELS, limits=(-2, 2))
    image = np.asarray(ax.images[1].get_array(), int)
    left, right = image[:, :10], image[:, 10:]
    assert (left[..., 0] > left[..., 2] + 50).all() and (right[..., 2] > right[..., 0] + 50).all()
    pixels = np.asarray(ax.images[0].get_array(), int)[-20:]
    assert pixels[0, 0].tolist() == pixels[-1, 0].tolist() != pixels[0, -1].tolist(), (
        "the picture of x1 knows no height"
    )


def test_edges_show_the_sign_and_size_of_every_weight():
    outputs, weights = columns(3, 1)
    weights[0][:] = [[0.0, 8.0, -1.0], [3.0, -40.0, 0.5]]
    weights[1][:] = [[2.0], [-0.25], [6.0]]
    ax = units.unit_pictures(outputs, weights, POINTS, LABELS, limits=(-2, 2))
    lines = next(c for c in ax.collections if isinstance(c, LineCollection))
    sizes = np.sort(np.abs(np.concatenate([weights[0].ravel(), weights[1].ravel()])))
    widths = 0.5 + 6 * (1 - np.exp(-sizes / units.FULL))
    widths[0] = 0  # a weight of 0 has no edge
    np.testing.assert_allclose(lines.get_linewidths(), widths)
    red = lines.get_colors()[:, 0] > lines.get_colors()[:, 2]
    assert red[1:].tolist() == [True, False, True, False, False, False, False, True], (
        "-0.25, 0.5, -1, 2, 3, 6, 8, -40"
    )
    starts = np.array([segment[0] for segment in lines.get_segments()])
    assert len(np.unique(starts.round(6), axis=0)) == 5


def test_how_thick_an_edge_is_may_be_said_by_a_function_of_all_sizes():
    outputs, weights = columns(3, 1)
    weights[0][:] = [[0.0, 8.0, -1.0], [4.0, -2.0, 0.5]]
    weights[1][:] = [[2.0], [-0.25], [1.0]]
    ax = units.unit_pictures(
        outputs,
        weights,
        POINTS,
        LABELS,
        limits=(-2, 2),
        thickness=lambda sizes: sizes / sizes.max(),
    )
    lines = next(c for c in ax.collections if isinstance(c, LineCollection))
    sizes = np.array([0.25, 0.5, 1, 1, 2, 2, 4, 8])
    np.testing.assert_allclose(lines.get_linewidths(), [0, *(0.5 + 6 * sizes / 8)])


def test_four_hidden_layers_of_eight_have_room_and_so_has_none():
    for widths in ([8, 8, 8, 8, 1], [1]):
        ax = drawn(pictured(*widths))
        frames = next(c for c in ax.collections if isinstance(c, PolyCollection))
        places = [path.vertices[:4] for path in frames.get_paths()]
        across = sorted({round(place[0, 0], 6) for place in places})
        width = places[0][1, 0] - places[0][0, 0]
        assert inside(ax) and len(across) == len(widths) + 1
        assert min(np.diff(across)) > 1.5 * width, "edges are seen between the columns"


def test_points_and_border_stand_where_they_belong():
    outputs, weights = columns(1, 1)
    outputs[-1] = 0.5 + 0.1 * (PLANE[:, :1] - 0.7)  # one half at x1 = 0.7
    ax = units.unit_pictures(outputs, weights, POINTS, LABELS, limits=(-2, 2))
    border = [c for c in ax.collections if isinstance(c, LineCollection)][-1].get_segments()[0]
    centre = units.LEFT + ((0.7 + 2) / 4 * 19 + 0.5) / 20 * units.LARGE
    np.testing.assert_allclose(border[:, 0], centre)
    red, blue = (line.get_xydata() for line in ax.lines)
    assert len(red) == 1 and len(blue) == 2, "a point beyond the plane is left out"
    assert red[0, 0] < centre < blue[0, 0]


def test_an_output_that_is_not_a_number_or_nowhere_one_half_is_no_error():
    outputs, weights = columns(2, 1)
    outputs[1] = np.full_like(outputs[1], np.nan)
    outputs[2] = np.zeros_like(outputs[2])
    drawn(units.unit_pictures(outputs, weights, POINTS, LABELS, limits=(-2, 2)))


def test_unit_pictures_takes_matrices_that_fit():
    outputs, weights = columns(3, 1)
    with pytest.raises(ValueError, match=r"got columns of \[2, 3, 1\] and matrices \[\(2, 3\)\]"):
        units.unit_pictures(outputs, weights[:1], POINTS, LABELS)


def test_a_panel_of_unit_pictures_is_drawn_anew_as_it_is_the_first_time():
    def draw(ax=None, hidden=3):
        return units.unit_pictures(
            *columns(hidden, 1), POINTS, LABELS, ax, limits=(-2, 2), title=f"{hidden}"
        )

    panel = widgets.explore(draw, axes=units.axes, hidden=(1, 8))
    assert panel._canvas.get_width_height() == (840, 370)
    first = panel.png
    for hidden in (1, 8, 3):
        panel.controls["hidden"].value = hidden
        assert panel.error is None
    assert panel.png == first


# --- names at line ends


def lead_and_names(ax):
    return [line for line in ax.lines if line.get_label() == "_lead"], ax.texts


def named(x, ys, ax=None, **settings):
    """A line for each {name: y}, its name at its end."""
    ax = plots.axes() if ax is None else ax
    for name, y in ys.items():
        ax.plot(x, y, label=name)
    ax.set(**settings)
    return plots.end_names(ax)


def test_names_stand_at_the_ends_of_their_lines():
    ax = drawn(named([0, 1, 2], {"up": [0, 1, 2], "down": [2, 1, 0]}, xlim=(0, 2)))
    leads, texts = lead_and_names(ax)
    assert ax.get_legend() is None and [text.get_text() for text in texts] == ["up", "down"]
    for line, lead, text in zip(ax.lines, leads, texts, strict=False):
        assert lead.get_color() == line.get_color()
        end = ax.transAxes.inverted().transform(ax.transData.transform(line.get_xydata()[-1]))
        assert np.isclose(lead.get_ydata()[0], end[1]) and np.isclose(
            text.get_position()[1], end[1]
        )
        assert text.get_position()[0] > 1
    assert ax.figure.bbox.x1 >= max(text.get_window_extent().x1 for text in texts), (
        "the layout gives them room"
    )


def test_names_of_lines_that_end_together_do_not_touch():
    ys = {f"line {k}": [0, 1 + 0.001 * k] for k in range(6)}
    for settings in ({}, {"yscale": "log", "ylim": (1e-6, 10)}):
        ax = drawn(named([0, 1], ys, **settings))
        boxes = sorted((text.get_window_extent() for text in ax.texts), key=lambda box: box.y0)
        assert all(below.y1 <= above.y0 for below, above in zip(boxes, boxes[1:], strict=False))
        heights = [text.get_position()[1] for text in ax.texts]
        assert heights == sorted(heights), "in the order of their lines"


def test_a_line_that_breaks_off_is_named_without_being_prolonged():
    ax = plots.axes()
    ys = {
        "whole": [1, 2, 3],
        "broken": [1, 0.5, np.nan],
        "never": [np.nan] * 3,
        "below": [1, 0.5, -1],
    }
    named([0, 1, 2], ys, ax, yscale="log", ylim=(0.1, 10), xlim=(0, 2))
    leads, texts = lead_and_names(drawn(ax))
    assert [text.get_text() for text in texts] == ["whole", "broken", "below"]
    assert leads[0].get_color() == ax.lines[0].get_color()
    assert leads[1].get_color() == leads[2].get_color() == style.PALE
    assert np.isclose(leads[1].get_xdata()[0], 0.5)


@pytest.mark.parametrize(
    ("places", "gap", "moved"),
    [
        ([0.1, 0.9, 0.5], 0.2, [0.1, 0.9, 0.5]),
        ([0.5, 0.5], 0.2, [0.4, 0.6]),
        ([0.6, 0.5], 0.2, [0.65, 0.45]),
        ([0.5, 0.5, 0.5, 0.0], 0.1, [0.4, 0.5, 0.6, 0.0]),
        ([0.0, 0.1, 0.2], 0.2, [-0.1, 0.1, 0.3]),
        ([], 0.2, []),
    ],
)
def test_spread_moves_as_little_as_it_can(places, gap, moved):
    np.testing.assert_allclose(style.spread(places, gap), moved, atol=1e-12)


def test_spread_keeps_order_distance_and_the_mean_of_a_crowd():
    rng = np.random.default_rng(0)
    for _ in range(200):
        places = rng.random(rng.integers(1, 9))
        moved = style.spread(places, 0.15)
        order = np.argsort(places, kind="stable")
        assert np.array_equal(np.argsort(moved, kind="stable"), order)
        assert (np.diff(moved[order]) >= 0.15 - 1e-12).all()
        assert np.isclose(moved.mean(), places.mean())


def test_words_of_the_way_back_can_be_read_on_white_and_in_a_box():
    def light(color):
        rgb = np.array(to_rgb(color))
        return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4) @ [
            0.2126,
            0.7152,
            0.0722,
        ]

    for color in (style.BACKWARD, style.INK, style.GREY):
        assert (light(schematics.GROUND) + 0.05) / (light(color) + 0.05) > 4
        assert 1.05 / (light(color) + 0.05) > 4.5


def test_a_sheet_is_drawn_on_the_axes_given_or_on_new_ones():
    given = plots.axes()
    for draw in (
        lambda **ax: strip.strip("loss", LETTER, **ax),
        lambda **ax: schematics.neuron(X, W, 0, **ax),
        lambda **ax: schematics.shapes(**ax),
        lambda **ax: schematics.unrolled([[1], [2]], STATES, [[1], [2]], **ax),
        lambda **ax: units.unit_pictures(*columns(2, 1), POINTS, LABELS, **ax),
    ):
        assert draw(ax=given) is given and draw().figure is not given.figure
        sizes = [text.get_fontsize() for text in draw().texts]
        assert min(sizes) >= 9


# --- a chain


def test_a_chain_multiplies_its_slopes_up_from_the_right():
    ax = drawn(plots.chain(["w", "z = 2 w", "L = z − 3"], [0.5, 1, -2], [2, -1.5]))
    said = words(ax)
    assert said[:4] == ["w", "0.5", "dL/dw", "−3"]
    assert said[4:8] == ["z = 2 w", "1", "dL/dz", "−1.5"]
    assert said[8:12] == ["L = z − 3", "−2", "dL/dL", "1"]
    assert said[12:16] == ["slope 2", "× 2", "slope −1.5", "× (−1.5)"] and inside(ax)
    forward, back = arrows(ax, style.INK), arrows(ax, style.BACKWARD)
    assert all(start[0] < end[0] for start, end in forward) and len(forward) == 2
    assert all(start[0] > end[0] for start, end in back) and len(back) == 2


def test_a_chain_says_how_many_slopes_it_takes():
    with pytest.raises(ValueError, match="chain takes a value .* got 2 names, 2 values, 2 slopes"):
        plots.chain(["w", "L"], [1, 2], [3, 4])
