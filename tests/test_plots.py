"""Every figure draws the numbers it is given, on the axes it is given, and leaves nothing open."""

import base64
import io
import itertools

import matplotlib
import matplotlib.pyplot
import numpy as np
import pytest
from matplotlib.axes import Axes
from PIL import Image

from dlcourse import plots, training
from dlcourse.drawing import style

X = np.array([[0.0, 0.0], [1.0, 2.0], [3.0, 1.0], [2.0, 4.0]])
LABELS = np.array([0, 1, 0, 1])


def height(points):
    return points[:, 0] + 2 * points[:, 1]


def history():
    """Ten steps of two layers, two epochs."""
    made = training.History(["1 Dense(3, 2)", "2 Dense(2, 1)"])
    for step in range(10):
        made.record(2.0 / (step + 1), [10.0**-step, 0.5])
    made.val_loss += [1.5, 0.5]
    return made


DRAWN = {
    "loss_curve": lambda **ax: plots.loss_curve(history(), **ax),
    "gradient_magnitude": lambda **ax: plots.gradient_magnitude(history(), **ax),
    "layer_histograms": lambda **ax: plots.layer_histograms([[1, 2], [4, 0]], [0, 0.5, 1], **ax),
    "decision_boundary": lambda **ax: plots.decision_boundary(height, X, LABELS, level=4, **ax),
    "images": lambda **ax: plots.images(np.eye(4), **ax),
    "contours": lambda **ax: plots.contours(height, xlim=(0, 4), ylim=(0, 5), **ax),
}


@pytest.mark.parametrize("name", DRAWN)
def test_a_figure_is_drawn_on_the_axes_given_or_on_new_ones_and_returns_them(name):
    given = plots.axes()
    assert DRAWN[name](ax=given) is given and given.has_data()
    made = DRAWN[name]()
    assert isinstance(made, Axes) and made.figure is not given.figure
    made.figure.canvas.draw()
    assert matplotlib.pyplot.get_fignums() == []


def test_axes_have_a_fixed_size():
    assert plots.axes().figure.get_size_inches().tolist() == [5.0, 3.2]
    several = plots.axes(3, height=2)
    assert several.shape == (3,) and len({ax.figure for ax in several}) == 1
    assert several[0].figure.get_size_inches()[1] == 2


def pixels(ax):
    ax.figure.canvas.draw()
    return np.asarray(ax.figure.canvas.buffer_rgba()).astype(int)


def test_loss_curve_draws_steps_and_ends_of_epochs():
    seen = history()
    steps, epochs = plots.loss_curve(seen).lines[:2]
    np.testing.assert_array_equal(steps.get_xdata(), np.arange(1, 11))
    np.testing.assert_array_equal(steps.get_ydata(), seen.loss)
    np.testing.assert_array_equal(epochs.get_xydata(), [[5, 1.5], [10, 0.5]])
    seen.val_loss = []
    assert "validation" not in [line.get_label() for line in plots.loss_curve(seen).lines]


def test_gradient_magnitude_draws_a_line_for_each_layer_on_a_log_axis():
    seen = history()
    seen.record(0.1, [0.0, 0.5])  # 0 is a gap
    ax = plots.gradient_magnitude(seen)
    first, second = ax.lines[:2]
    assert ax.get_yscale() == "log"
    values = first.get_ydata().filled(np.nan)
    np.testing.assert_array_equal(values, [*seen.grad_rms[:10, 0], np.nan])
    np.testing.assert_array_equal(second.get_ydata(), np.full(11, 0.5))
    named = {text.get_text() for text in ax.texts}
    assert set(seen.layers) <= named
    dark, light = (np.mean(matplotlib.colors.to_rgb(line.get_color())) for line in (first, second))
    assert dark < light, "the layer next to the input is dark"


def test_layer_histograms_stand_side_by_side_as_wide_as_their_shares():
    ax = plots.layer_histograms([[1, 2], [4, 0]], [0, 0.5, 1], ylabel="slope")
    (outlines,) = ax.collections
    for layer, path, widths in zip(
        (1, 2), outlines.get_paths(), ([0.4, 0.8], [0.8, 0]), strict=True
    ):
        for height, width in zip((0.25, 0.75), widths, strict=True):
            across = path.vertices[np.isin(path.vertices[:, 1], (height - 0.25, height + 0.25)), 0]
            assert np.any(np.isclose(across, layer - 0.4 + width))
    assert ax.get_ylim() == (0, 1) and ax.get_ylabel() == "slope"


def scattered(ax):
    """The points of each class, by name."""
    return {
        line.get_label(): line.get_xydata().tolist()
        for line in ax.lines
        if line.get_label().startswith("label")
    }


@pytest.mark.parametrize("columns", [0, 1])
def test_decision_boundary_colours_both_sides_of_the_level_and_draws_the_line(columns):
    def f(points):
        assert points.ndim == 2 and points.shape[1] == 2
        return height(points)[:, None] if columns else height(points)

    ax = plots.decision_boundary(f, X, LABELS, level=4, n=41)
    sides, line = ax.collections[0], ax.collections[1]
    below, above = sides.get_paths()
    assert height(below.vertices).max() <= 4 + 1e-6 and height(above.vertices).min() >= 4 - 1e-6
    assert sides.get_facecolors()[:, 2].argmax() == 1, "above is blue"
    np.testing.assert_allclose(height(line.get_paths()[0].vertices), 4, atol=1e-6)
    assert scattered(ax)["label 1"] == [[1, 2], [2, 4]]
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    assert left < 0 and right > 3 and low < 0 and high > 4


def test_a_boundary_that_is_nowhere_draws_no_line_and_no_warning():
    ax = plots.decision_boundary(lambda points: np.zeros(len(points)), X, LABELS)
    sides, line = ax.collections
    assert len(sides.get_paths()) == 1 and not line.get_paths()
    assert sides.get_facecolors()[0, 0] > sides.get_facecolors()[0, 2], "red everywhere"


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_plane_without_a_finite_value_is_drawn_without_complaint(value):
    ax = plots.decision_boundary(lambda points: np.full(len(points), value), X, LABELS)
    shades, _ = ax.collections
    assert len(shades.get_paths()) == (not np.isnan(value))
    pixels(plots.contours(lambda points: np.full(len(points), value), xlim=(0, 4), ylim=(0, 5)))


LEVEL = {
    "flat": lambda w: 0 * w[:, 0],
    "nearly": lambda w: 1 + 1e-16 * w[:, 0],
    "endless": lambda w: np.exp(999 * w[:, 0]),
}


@pytest.mark.filterwarnings("ignore:overflow")
@pytest.mark.parametrize("f", LEVEL.values(), ids=LEVEL)
def test_ground_that_is_level_or_endless_is_shaded(f):
    ax = plots.contours(f, xlim=(0, 4), ylim=(0, 5))
    assert len(ax.collections[0].get_paths()) >= 1
    assert np.any(pixels(ax) != 255)


def test_images_are_a_mosaic_with_the_ink_dark():
    ink = np.arange(12.0).reshape(3, 4) / 11  # three images of 2 x 2
    ax = plots.images(ink, columns=2)
    grid = np.asarray(ax.images[0].get_array().filled(np.nan))
    shown = grid[~np.isnan(grid).all(axis=1)][:, ~np.isnan(grid).all(axis=0)]
    np.testing.assert_array_equal(shown[:2, :2], ink[0].reshape(2, 2))
    np.testing.assert_array_equal(shown[:2, 2:], ink[1].reshape(2, 2))
    np.testing.assert_array_equal(shown[2:, :2], ink[2].reshape(2, 2))
    assert np.isnan(shown[2:, 2:]).all()
    dark = ax.images[0].cmap(ax.images[0].norm(1.0))
    assert dark[:3] == (0, 0, 0)


def test_images_carry_their_captions():
    ax = plots.images(np.eye(9)[:3], captions=["a", "b", "c"])
    assert [text.get_text() for text in ax.texts] == ["a", "b", "c"]


def test_signed_images_are_white_at_0_blue_above_red_below():
    picture = plots.images(np.array([[-1.0, 0.0, 0.0, 0.5]]), signed=True).images[0]
    red, white, blue = (picture.cmap(picture.norm(v))[:3] for v in (-1.0, 0.0, 1.0))
    assert red[0] > red[2] and blue[2] > blue[0] and min(white) > 0.95


def test_contours_are_darker_where_the_ground_is_higher():
    ax = plots.contours(height, xlim=(0, 4), ylim=(0, 5), xlabel="w")
    assert (ax.get_xlim(), ax.get_ylim(), ax.get_xlabel()) == ((0, 4), (0, 5), "w")
    (shades,) = ax.collections
    assert np.all(np.diff(shades.get_facecolors()[:, :3].sum(axis=1)) < 0), "higher is darker"
    edges = [height(shade.vertices) for shade in shades.get_paths()]
    np.testing.assert_allclose(
        [(e.min(), e.max()) for e in edges], [(k, k + 1) for k in range(14)], atol=1e-9
    )


def test_layer_colours_run_from_dark_to_bright():
    light = plots.layer_colors(5)[:, :3].sum(axis=1)
    assert len(light) == 5 and np.all(np.diff(light) > 0)


def test_show_displays_the_picture_with_its_words(monkeypatch):
    shown = []
    monkeypatch.setattr(
        "IPython.display.display", lambda data, **settings: shown.append((data, settings))
    )
    alt = "A line that rises from 1 to 2."
    assert plots.show(plots.images(np.eye(4)), alt) is None
    plots.show(plots.axes(2), alt)
    for data, settings in shown:
        assert (
            data["text/plain"] == alt
            and settings["metadata"]["image/png"]["alt"] == alt
            and settings["raw"]
        )
        picture = data["image/png"]
        assert isinstance(picture, str), "a kernel in the browser does not encode bytes"
        image = Image.open(io.BytesIO(base64.b64decode(picture)))
        assert image.format == "PNG"
        assert image.width == style.SHARP * settings["metadata"]["image/png"]["width"]
    plots.show(plots.axes(2), alt, sharp=1)
    data, settings = shown[-1]
    picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    assert picture.width == settings["metadata"]["image/png"]["width"]
    assert matplotlib.pyplot.get_fignums() == []


@pytest.mark.parametrize("alt", ["", "a line", None, 3])
def test_show_asks_for_a_sentence(alt):
    with pytest.raises(ValueError, match="sentence"):
        plots.show(plots.axes(), alt)


@pytest.mark.parametrize(
    ("text", "so"),
    [
        ("左边八个三，右边八个五，没有两个相同。", True),
        ("損失は下がる、それから上がる。", True),
        ("Ошибка сначала растёт, потом падает.", True),
        ("损失曲线", False),
        ("損失 loss", False),
        ("la perte", False),
    ],
)
def test_a_sentence_needs_no_spaces(text, so):
    assert style.is_sentence(text) == so


def test_the_style_is_told_apart_without_colour():
    with matplotlib.rc_context():
        plots.use_style()
        cycle = matplotlib.rcParams["axes.prop_cycle"].by_key()
    assert (
        len(set(zip(cycle["color"], cycle["linestyle"], strict=True))) == len(cycle["color"]) >= 6
    )
    assert len(set(cycle["linestyle"])) >= 4


def test_unit_lines_run_where_each_unit_is_0():
    W, b = np.array([[1.0, 0.0], [1.0, 2.0]]), np.array([-3.0, 1.0])
    ax = plots.axes()
    ax.set(xlim=(-5, 5), ylim=(-5, 5))
    for line, w, offset in zip(plots.unit_lines(W, b, ax).lines, W.T, b, strict=True):
        # where it leaves the axes
        ends = ax.transData.inverted().transform(line.get_transform().transform([(0, 0), (1, 1)]))
        assert np.allclose(ends @ w + offset, 0) and not np.allclose(*ends)


@pytest.mark.parametrize(
    ("v", "c", "corners"),
    [([1.0, 1.0, 3.0], -2.5, 4), ([1.0, 1.0, 1.0], -1.5, 6), ([0.0, 0.0, 2.0], -1.0, 4),
     ([1.0, 1.0, 1.0], -0.5, 3), ([1.0, 1.0, 1.0], 5.0, 0)],
)  # fmt: skip
def test_space_shows_both_classes_and_what_the_plane_cuts_out_of_the_cube(v, c, corners):
    x = np.array([[0.0, 0.0, 0.0], [1.0, 1.0, 0.5], [0.5, 1.0, 1.0]])
    ax = plots.space(x, [0, 1, 1], plots.axes(projection="3d"), np.array(v), c, seen_from=(25, 30))
    assert [len(points.get_offsets()) for points in ax.collections[:2]] == [1, 2] and ax.elev == 25
    outline = np.transpose(ax.lines[0].get_data_3d())[:-1] if corners else np.empty((0, 3))
    assert len(outline) == corners and len(ax.lines) == bool(corners)
    assert np.all((outline >= 0) & (outline <= 1)) and np.allclose(outline @ v + c, 0)
    ax.figure.canvas.draw()


def test_network_shows_every_unit_and_every_weight():
    ax = plots.network(
        [["a", "b"], ["c", "d"], ["e"]], [np.array([[1.5, 2], [3, 4]]), np.array([[5], [-6]])]
    )
    assert sorted(text.get_text() for text in ax.texts) == sorted(
        "1.5 2 3 4 5 −6 a b c d e".split()
    )


def test_the_line_of_a_unit_that_is_far_away_is_no_error():
    ax = plots.axes()
    ax.set(xlim=(-5, 5), ylim=(-5, 5))
    plots.unit_lines(np.array([[1e-14], [1e-14]]), np.array([3.0]), ax)
    ax.figure.canvas.draw()


# What a colour looks like to those who lack one kind of cone: Machado, Oliveira & Fernandes (2009),
# severity 1, on linear RGB.
VISION = {
    "all cones": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def linear(color):
    """A colour as linear RGB (sRGB's curve undone)."""
    rgb = np.array(matplotlib.colors.to_rgb(color))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def contrast(color):
    """With white, as WCAG defines it: 1 to 21."""
    return 1.05 / (linear(color) @ [0.2126, 0.7152, 0.0722] + 0.05)


def lab(rgb):
    """Linear RGB as CIE L*, a*, b*: distances are about what an eye sees, 2 is just noticed."""
    matrix = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    x, y, z = np.cbrt(np.maximum(matrix @ rgb / [0.9505, 1, 1.089], 0.008856))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("matrix", VISION.values(), ids=VISION)
def test_the_colours_are_told_apart_by_every_kind_of_colour_vision(matrix):
    seen = [lab(np.clip(matrix @ linear(color), 0, 1)) for color, _ in plots.CYCLE]
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) > 15
    assert set(plots.COLORS.values()) <= {color for color, _ in plots.CYCLE}


def test_lines_are_seen_on_white():
    assert all(contrast(color) >= 3 for color, _ in plots.CYCLE)
    assert all(contrast(color) >= 3 for n in (1, 2, 6, 20) for color in plots.layer_colors(n))
    assert np.isclose(contrast("#767676"), 4.54, atol=0.01), (
        "the grey that is just dark enough for text"
    )


def test_neighbouring_layers_are_told_apart():
    for matrix in VISION.values():
        seen = [lab(np.clip(matrix @ linear(color), 0, 1)) for color in plots.layer_colors(10)]
        assert min(np.linalg.norm(a - b) for a, b in itertools.pairwise(seen)) > 2
