"""`explore`: one persistent figure under controls, drawn as if it were new each time.

What goes wrong is said in the widget.
"""

import asyncio
import io
import time
import types
import warnings

import ipywidgets
import matplotlib.pyplot
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from PIL import Image

from dlcourse import plots, training, widgets
from dlcourse.drawing import canvas


def pixels(panel):
    """The panel's picture as an array."""
    return np.asarray(Image.open(io.BytesIO(panel.png)).convert("RGB"), float)


def wave(ax=None, *, lr=0.5, n=3, kind="sin", grid=True, scale=1.0):
    """A wave for a frequency, sampled and bent as the controls say."""
    x = np.linspace(0, 6, 20 * n)
    ax = plots.axes() if ax is None else ax
    ax.plot(x, getattr(np, kind)(lr * x) * scale + grid, label="wave")
    ax.set(xlabel="x", ylim=(-3, 3))
    ax.legend()
    return ax


def test_explore_makes_a_control_for_each_kind_of_range():
    free = ipywidgets.BoundedFloatText(min=0, max=9)
    panel = widgets.explore(
        wave, lr=(0.1, 2.0), n=(1, 9), kind=["sin", "cos"], grid=True, scale=free
    )
    kinds = {name: type(control) for name, control in panel.controls.items()}
    assert kinds == {
        "lr": ipywidgets.FloatSlider,
        "n": ipywidgets.IntSlider,
        "kind": ipywidgets.ToggleButtons,
        "grid": ipywidgets.Checkbox,
        "scale": ipywidgets.BoundedFloatText,
    }
    assert panel.controls["scale"] is free
    assert {name: control.value for name, control in panel.controls.items()} == {
        "lr": 0.5, "n": 3, "kind": "sin", "grid": True, "scale": 1.0,
    }  # fmt: skip
    assert panel.error is None


@pytest.mark.parametrize(
    ("control", "kind", "step"),
    [
        ((0.0, 2.0), ipywidgets.FloatSlider, 0.02),
        ((0, 4, 2), ipywidgets.IntSlider, 2),
        ((0, 1, 0.25), ipywidgets.FloatSlider, 0.25),
    ],
)
def test_a_slider_has_the_range_and_the_step_given(control, kind, step):
    slider = widgets.explore(lambda ax, v=0: ax, v=control).controls["v"]
    assert type(slider) is kind
    assert (slider.min, slider.max) == control[:2]
    assert slider.step == pytest.approx(step)


def test_whole_numbers_with_a_broken_default_make_a_slider_of_fractions():
    slider = widgets.explore(lambda ax, v=0.5: ax, v=(0, 1)).controls["v"]
    assert isinstance(slider, ipywidgets.FloatSlider) and slider.value == 0.5


def test_moving_a_control_draws_with_its_value():
    seen = []

    def draw(ax, a=1, b="x"):
        seen.append((a, b))
        return ax

    panel = widgets.explore(draw, a=(0, 5), b=["x", "y"])
    panel.controls["a"].value = 4
    panel.controls["b"].value = "y"
    assert seen == [(1, "x"), (4, "x"), (4, "y")]


def test_an_argument_without_a_control_keeps_its_default():
    panel = widgets.explore(wave, lr=(0.1, 2.0))
    assert list(panel.controls) == ["lr"] and panel.error is None


@pytest.mark.parametrize(
    ("draw", "settings", "error", "words"),
    [
        (3, {}, TypeError, "drawing function"),
        (wave, {"axes": 0}, ValueError, "axes as a whole number"),
        (wave, {"axes": 1.5}, ValueError, "axes as a whole number"),
        (wave, {"speed": (0, 1)}, ValueError, "'speed'"),
        (lambda ax, v: ax, {"v": (0, 1)}, ValueError, "default"),
        (wave, {"lr": (2.0, 0.1)}, ValueError, "lr as"),
        (wave, {"lr": (0.1,)}, ValueError, "lr as"),
        (wave, {"lr": 3}, ValueError, "lr as"),
        (wave, {"kind": []}, ValueError, "kind as"),
        (wave, {"lr": (1.0, 2.0)}, ValueError, "lr=0.5"),
        (wave, {"kind": ["cos", "tan"]}, ValueError, "kind='sin'"),
        (wave, {"kind": (0, 1)}, ValueError, "kind='sin'"),
        (wave, {"lr": ("low", 2.0)}, ValueError, "lr as"),
        (lambda ax, v=None: ax, {"v": (0, 1)}, ValueError, "v=None"),
    ],
)
def test_wrong_arguments_are_named(draw, settings, error, words):
    with pytest.raises(error, match=words):
        widgets.explore(draw, **settings)


def test_an_error_in_draw_is_shown_in_words_and_the_widget_lives_on():
    def draw(ax=None, v=1):
        ax.plot([0, v], [0, 1])
        if v == 2:
            raise ValueError("two is < too many")
        return ax

    panel = widgets.explore(draw, v=(1, 3))
    first = panel.png
    panel.controls["v"].value = 2
    assert panel.error == "No picture for v = 2: ValueError: two is < too many"
    message = panel.children[-1].value
    assert "two is &lt; too many" in message and 'role="alert"' in message
    assert panel.png == first
    panel.controls["v"].value = 3
    assert panel.error is None and panel.children[-1].value == "" and panel.png != first
    panel.controls["v"].value = 1
    assert panel.png == first


def test_an_error_at_the_start_is_shown_too():
    def draw(ax=None, v=0):
        if not v:
            raise ZeroDivisionError("not 0")
        return ax.plot([1, 2], [v, 1])

    panel = widgets.explore(draw, v=(0, 1))
    assert "v = 0: ZeroDivisionError: not 0" in panel.error
    assert "image/png" not in panel._repr_mimebundle_()[0], "an empty picture is not a picture"
    panel.controls["v"].value = 1
    assert panel.error is None and panel.png


# Each draws something that a careless redraw would leave behind.
def limits(ax=None, v=0):
    return ax.plot([0, 1], [0, 1], label="a") and ax.set(xlim=(0, 1 + v), ylim=(-v, 1)) and ax


def scales(ax=None, v=0):
    ax.plot([1, 10, 100], [1, 10, 100])
    ax.set(xscale="log" if v else "linear", yscale="symlog" if v else "linear")
    return ax


def labels(ax=None, v=0):
    ax.plot([0, 1])
    ax.set(xlabel=f"x {v}", ylabel="y" if v else "z", title=f"above {v}")
    if v:
        ax.set_title("left", loc="left")
    return ax


def ticks(ax=None, v=0):
    ax.plot([0, 1])
    if v:
        ax.set_xticks([0, 1], ["zero", "one"])
    return ax


def legends(ax=None, v=0):
    ax.bar([1, 2], [v + 1, 2], label=f"bars {v}")
    ax.legend()
    return ax


def upside_down(ax=None, v=0):
    if v:
        ax.imshow([[0, 1], [1, 0], [0, 2]])
    else:
        ax.plot([0, 1], [0, 1])
    return ax


def bare(ax=None, v=0):
    ax.plot([0, 1])
    if v:
        ax.set_axis_off()
    return ax


def margins(ax=None, v=0):
    ax.scatter([0, 1], [0, 1])
    if v:
        ax.margins(0.5)
    return ax


def everything(ax=None, v=0):
    ax.plot([0, v], [0, 1])
    ax.scatter([0, 1], [v, 2])
    ax.fill_between([0, 1], [0, v], alpha=0.3)
    ax.pcolormesh([[0, v], [1, 2]])
    ax.contourf([[0, v], [1, 2]], alpha=0.2)
    ax.annotate("here", (0, 0), (0.5, 0.5), arrowprops={"arrowstyle": "->"})
    ax.axvspan(0, 0.2)
    ax.hist([1, 2, 2, v])
    ax.text(0, 0, str(v))
    return ax


def colours(ax=None, v=0):
    ax.plot([0, 1], "--" if v else "-", color="k", label="same words")
    ax.legend()
    ax.set_title("same words", **({"color": "red"} if v else {}))
    ax.set_ylabel("same words", **({"color": "red"} if v else {}))
    return ax


def faces(ax=None, v=0):
    ax.plot([0, 1], label="same words")
    ax.legend(loc="upper left" if v else "lower right", title="few" if v < 2 else "more")
    ax.set_title("same words", fontsize=10 + v)
    ax.set_facecolor(str(1 - v / 10))
    ax.tick_params(labelsize=9 + v)
    ax.xaxis.set_major_formatter(lambda x, _: f"{v} {x:.1f}")
    return ax


def background(ax=None, v=0):
    ax.plot([0, 1])
    if v:
        ax.set_facecolor("yellow")
        ax.figure.set_facecolor("pink")
    return ax


def spines(ax=None, v=0):
    ax.plot([0, 1])
    if v:
        ax.spines["left"].set_color("red")
        ax.spines["bottom"].set(linewidth=3, linestyle="--")
        ax.spines["top"].set_visible(True)
    return ax


def single_ticks(ax=None, v=0):
    ax.plot([0, 1])
    for label in ax.get_xticklabels()[: 2 * v]:
        label.set(color="red", rotation=30)
    return ax


def all_ticks(ax=None, v=0):
    ax.plot([0, 1])
    if v:
        ax.tick_params(labelcolor="red", length=10, right=True)
        ax.grid(True)
    return ax


def legend_titles(ax=None, v=0):
    ax.plot([0, 1], label="same words")
    ax.legend(title="same words", title_fontsize=9 + 3 * v)
    return ax


def on_the_figure(ax=None, v=0):
    ax.plot([0, 1], label="same words")
    ax.figure.text(0.5, 0.5, f"value {v}")
    if v:
        ax.figure.legend(loc="center right")
    return ax


def title_of_the_figure(ax=None, v=0):
    ax.plot([0, 1])
    ax.figure.suptitle(f"value {v}")
    return ax


def colorbar(ax=None, v=0):
    image = ax.imshow([[0, 1], [2, 3 + v]])
    ax.figure.colorbar(image, ax=ax)
    return ax


def colorbar_now_and_then(ax=None, v=0):
    image = ax.imshow([[0, 1], [2, 3]])
    if v:
        ax.figure.colorbar(image, ax=ax)
    return ax


def two_scales(ax=None, v=0):
    ax.plot([0, 1])
    if v:
        right = ax.twinx()
        right.plot([v, 0])
        right.set_ylim(0, 9)
    return ax


def names_at_the_ends(ax=None, v=0):
    """Names that stand close: how close they may depends on the size of the axes."""
    for k in range(5):
        ax.plot([0, 1], [0, 1 + v + 0.01 * k], label=f"line {k}")
    return plots.end_names(ax)


DRAWN = [
    background,
    spines,
    single_ticks,
    all_ticks,
    legend_titles,
    on_the_figure,
    title_of_the_figure,
]
DRAWN += [colorbar, colorbar_now_and_then, two_scales]
DRAWN += [
    faces,
    limits,
    scales,
    labels,
    ticks,
    legends,
    upside_down,
    bare,
    margins,
    everything,
    colours,
    names_at_the_ends,
]


@pytest.mark.parametrize("draw", DRAWN, ids=lambda draw: draw.__name__)
def test_changed_and_changed_back_is_the_first_picture_again(draw):
    panel = widgets.explore(draw, v=(0, 3))
    first = pixels(panel)
    panel.controls["v"].value = 2
    assert panel.error is None and np.any(pixels(panel) != first)
    panel.controls["v"].value = 3
    panel.controls["v"].value = 0
    assert panel.error is None
    np.testing.assert_array_equal(pixels(panel), first)


@pytest.mark.parametrize("draw", DRAWN, ids=lambda draw: draw.__name__)
def test_a_moved_panel_shows_what_a_fresh_one_in_its_layout_shows(draw):
    moved, fresh = (widgets.explore(draw, v=(0, 3)) for _ in range(2))
    for v in (3, 1, 0, 2):
        moved.controls["v"].value = v
    fresh.controls["v"].value = 2
    np.testing.assert_array_equal(pixels(moved), pixels(fresh))


@pytest.mark.parametrize("draw", DRAWN, ids=lambda draw: draw.__name__)
def test_a_frame_that_is_remembered_is_the_frame_drawn_afresh(draw):
    """Every part of a frame is drawn once for each look; forgetting them all must not be seen."""
    panel = widgets.explore(draw, v=[0, 1, 2])
    for v in (1, 2, 0, 2):
        panel.controls["v"].value = v
    remembered = pixels(panel)
    panel._canvas._parts.clear()
    panel._redraw()
    np.testing.assert_array_equal(pixels(panel), remembered)


def test_the_same_tick_labels_are_drawn_once(monkeypatch):
    """`set_xticklabels` makes a new formatter each time; other labels are another look."""

    def labelled(ax, v=0):
        ax.plot([0, 1], [0, v])
        ax.set(ylim=(0, 9), xticks=[0, 1], xticklabels=["low", "high" if v < 5 else "higher"])

    panel = widgets.explore(labelled, v=(0, 9))
    drawn = []
    part = panel._canvas._drawn
    monkeypatch.setattr(panel._canvas, "_drawn", lambda what: drawn.append(what) or part(what))
    panel.controls["v"].value = 3
    assert drawn == []
    panel.controls["v"].value = 7
    assert len(drawn) == 1
    kept = pixels(panel)
    panel._canvas._parts.clear()
    panel._pictures.clear()
    panel._redraw()
    np.testing.assert_array_equal(pixels(panel), kept)


def test_a_way_through_many_frames_keeps_few_of_them(monkeypatch):
    monkeypatch.setattr(canvas, "KEPT", 20)
    panel = widgets.explore(limits, v=(0, 400))
    for v in (*range(0, 400, 20), 0):
        panel.controls["v"].value = v
    assert len(panel._canvas._parts) <= 24 and panel.error is None
    np.testing.assert_array_equal(pixels(panel), pixels(widgets.explore(limits, v=(0, 400))))


def test_a_panel_that_starts_elsewhere_arrives_at_the_same_picture():
    moved, fresh = (
        widgets.explore(wave, lr=(0.1, 2.0)),
        widgets.explore(lambda ax=None, lr=1.7: wave(ax, lr=lr), lr=(0.1, 2.0)),
    )
    moved.controls["lr"].value = 1.7
    np.testing.assert_array_equal(pixels(moved), pixels(fresh))


def test_a_panel_shows_what_the_figure_before_it_shows(monkeypatch):
    """The same artists stand in the same places.

    Letters apart, the order may be seen only where a line crosses the frame.
    """
    monkeypatch.setattr(canvas, "Renderer", RendererAgg)
    picture = io.BytesIO()
    figure = wave().figure
    figure.savefig(picture, format="png")
    still = np.asarray(Image.open(picture).convert("RGB"), float)
    live = pixels(widgets.explore(wave, lr=(0.1, 2.0)))
    assert np.mean(np.any(still != live, axis=-1)) < 0.001


@pytest.mark.parametrize("text", ["step 36: loss 0.46", "per layer × 0.21\ntwo lines"])
@pytest.mark.parametrize("angle", [0, 90, 30])
def test_letters_of_a_panel_stand_where_matplotlib_puts_them(text, angle):
    boxes = []
    for kind in (FigureCanvasAgg, canvas.Canvas):
        figure = Figure(figsize=(3, 3))
        drawn = kind(figure)
        figure.text(0.5, 0.5, text, rotation=angle, ha="right", va="top", color="#C43C00")
        drawn.draw()
        picture = np.asarray(drawn.buffer_rgba()).astype(int)
        rows, columns = np.nonzero((picture != 255).any(axis=2))
        boxes.append([rows.min(), rows.max(), columns.min(), columns.max()])
        red, green, blue, _ = picture[(picture[..., 0] > picture[..., 2] + 100)].min(axis=0)
        assert red >= 0xC4 - 3 and green <= 0x3C + 60 and blue <= 60
    np.testing.assert_allclose(*boxes, atol=4)


@pytest.mark.parametrize("look", [{"alpha": 0.3}, {"color": (0, 0, 0, 0.3)}, {}])
def test_letters_of_a_panel_are_as_pale_as_matplotlibs(look):
    darkest = []
    for kind in (FigureCanvasAgg, canvas.Canvas):
        figure = Figure(figsize=(2, 1))
        drawn = kind(figure)
        figure.text(0.1, 0.5, "HILL", **look)
        drawn.draw()
        darkest.append(int(np.asarray(drawn.buffer_rgba())[..., :3].min()))
    assert abs(darkest[0] - darkest[1]) < 20


def test_an_image_that_moves_leaves_nothing_where_it_was(monkeypatch):
    """Matplotlib before 3.9 draws an image together with its axes, although it is animated."""
    monkeypatch.setattr("matplotlib.image.AxesImage.get_animated", lambda self: False)

    def draw(ax, left):
        ax.imshow(np.zeros((2, 2)), extent=(left, left + 1, 0, 1), cmap="gray", aspect="auto")
        ax.set(xlim=(0, 3), ylim=(0, 1))
        return ax

    moved = widgets.explore(lambda ax=None, left=0: draw(ax, left), left=(0, 2))
    moved.controls["left"].value = 2
    anew = widgets.explore(lambda ax=None, left=2: draw(ax, left), left=(0, 2))
    np.testing.assert_array_equal(pixels(moved), pixels(anew))


def test_a_panel_is_as_large_as_it_says():
    """4.6 inches are 459.9999 pixels."""
    draw = lambda ax=None, v=1: ax  # noqa: E731
    assert pixels(widgets.explore(draw, size=(8.4, 4.6), v=(0, 2))).shape[:2] == (460, 840)


def test_the_colour_behind_an_axes_ends_where_the_axes_does():
    seen = []

    def draw(ax=None, v=1):
        ax.set(facecolor="#ff0000", xticks=[], yticks=[])
        ax.spines[:].set_visible(False)
        seen.append(ax)

    picture = pixels(widgets.explore(draw, size=(8.4, 4.6), v=(0, 2)))
    (_, bottom), (_, top) = np.round(seen[0].get_window_extent().get_points()).astype(int)
    red = np.flatnonzero((picture[:, 420, :3] == (255, 0, 0)).all(axis=1))
    assert (red[0], red[-1]) == (460 - top, 459 - bottom)


BESIDE = [on_the_figure, title_of_the_figure, background, colorbar, spines]


@pytest.mark.parametrize("draw", BESIDE, ids=lambda draw: draw.__name__)
@pytest.mark.parametrize("v", [0, 2])
def test_what_stands_beside_the_axes_is_in_the_panel_as_in_the_figure(draw, v, monkeypatch):
    monkeypatch.setattr(canvas, "Renderer", RendererAgg)
    figure = plots.axes().figure
    draw(figure.axes[0], v=v)
    picture = io.BytesIO()
    figure.savefig(picture, format="png")
    still = np.asarray(Image.open(picture).convert("RGB"), float)
    panel = widgets.explore(lambda ax=None, v=v: draw(ax, v=v), v=[0, 2])
    assert np.mean(np.any(np.abs(still - pixels(panel)) > 30, axis=-1)) < 0.01


def test_an_axes_that_draw_adds_does_not_stay_for_the_next_picture():
    def draw(ax=None, v=0):
        ax.plot([0, 1], [0, 1])
        if v:
            ax.twinx().plot([0, 1], [v, 0])
        return ax

    panel = widgets.explore(draw, v=(0, 3))
    first = pixels(panel)
    panel.controls["v"].value = 3
    panel.controls["v"].value = 0
    np.testing.assert_array_equal(pixels(panel), first)


def test_several_axes_reach_draw_as_an_array():
    def draw(ax=None, v=1):
        ax[0].plot([0, v])
        ax[1].plot([v, 0])
        return ax

    panel = widgets.explore(draw, axes=2, v=(1, 5))
    first = pixels(panel)
    panel.controls["v"].value = 5
    changed = np.any(pixels(panel) != first, axis=(0, 2))
    assert changed[: len(changed) // 2].any() and changed[len(changed) // 2 :].any()


def test_nothing_is_printed_warned_of_or_left_open(capsys):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        panel = widgets.explore(wave, lr=(0.1, 2.0), kind=["sin", "cos"])
        panel.controls["lr"].value = 2.0
        panel.controls["kind"].value = "cos"
    assert capsys.readouterr() == ("", "")
    assert matplotlib.pyplot.get_fignums() == []


def test_a_panel_shows_a_still_picture_where_no_widget_runs():
    panel = widgets.explore(wave, lr=(0.1, 2.0))
    data, metadata = panel._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["text/plain"] == repr(panel) == repr(widgets.explore(wave, lr=(0.1, 2.0)))
    assert "0x" not in data["text/plain"] and "lr" in data["text/plain"]
    assert metadata["image/png"]["alt"] == wave.__doc__
    assert data["image/png"].startswith("iVBORw0KGgo")  # a PNG in base64


def test_the_picture_keeps_its_place():
    """Width and height are given, so the page does not jump when the picture changes."""
    panel = widgets.explore(wave, lr=(0.1, 2.0))
    height, width = pixels(panel).shape[:2]
    picture = panel.children[1]
    assert (picture.layout.width, picture.layout.height) == (f"{width}px", f"{height}px")
    panel.controls["lr"].value = 2.0
    assert pixels(panel).shape[:2] == (height, width)


def test_a_player_is_a_control_whose_parts_move_together():
    seen = []

    def draw(ax=None, frame=2):
        """A point that moves."""
        seen.append(frame)
        return ax.plot([0, 9], [0, frame]) and ax

    panel = widgets.explore(draw, frame=widgets.player(5))
    player = panel.controls["frame"]
    play, back, on, slider = player.children
    assert (player.value, play.value, slider.value, slider.description) == (2, 2, 2, "frame")
    assert (player.min, player.max, play.max, slider.max) == (0, 4, 4, 4)
    for move, frame in ((on.click, 3), (on.click, 4), (on.click, 4), (back.click, 3)):
        move()
        assert player.value == play.value == slider.value == frame
    play.value = 1  # as the browser does when it plays
    slider.value = 0
    back.click()
    assert player.value == 0 and seen == [2, 3, 4, 3, 1, 0] and panel.error is None
    with pytest.raises(ValueError, match="frame=9"):
        widgets.explore(lambda ax=None, frame=9: ax, frame=widgets.player(5))


def test_a_player_goes_through_the_steps_it_was_given():
    def draw(ax=None, step=3):
        """A point that moves."""
        return ax.plot([0, 9], [0, step]) and ax

    panel = widgets.explore(draw, step=widgets.player([0, 1, 3, 10, 40]))
    player = panel.controls["step"]
    play, back, on, slider = player.children
    assert (player.value, play.value, slider.value) == (3, 2, 3)
    assert (player.min, player.max, play.max) == (0, 40, 4)
    for move, step in ((on.click, 10), (on.click, 40), (on.click, 40), (back.click, 10)):
        move()
        assert player.value == slider.value == step == player.steps[play.value]
    play.value = 0
    assert player.value == slider.value == 0
    player.value = 38  # nearest
    assert player.value == 40 and panel.error is None


def test_a_control_and_its_choices_show_texts_and_hand_on_what_the_code_uses(monkeypatch):
    given = []

    def draw(ax=None, kind="sin", n_hidden=1, way="up"):
        """A line."""
        given.append((kind, n_hidden, way))
        return ax.plot([0, 1], [0, n_hidden]) and ax

    def shown(panel):
        return {
            name: (control.description, [text for text, _ in getattr(control, "_options_full", [])])
            for name, control in panel.controls.items()
        }

    ranges = {"kind": ["sin", "cos"], "n_hidden": [1, 2], "way": {"hinauf": "up", "hinab": "down"}}
    panel = widgets.explore(draw, **ranges)
    assert shown(panel) == {
        "kind": ("kind", ["sin", "cos"]),
        "n_hidden": ("n hidden", ["1", "2"]),
        "way": ("way", ["hinauf", "hinab"]),
    }
    texts = {"kind": "Art", "n_hidden": "verborgen", "cos": "Kosinus"}
    monkeypatch.setattr(widgets, "LABELS", texts)
    panel = widgets.explore(draw, **ranges)
    assert shown(panel) == {
        "kind": ("Art", ["sin", "Kosinus"]),
        "n_hidden": ("verborgen", ["1", "2"]),
        "way": ("way", ["hinauf", "hinab"]),
    }
    panel.controls["kind"].value = "cos"
    panel.controls["way"].value = "down"
    assert given[-1] == ("cos", 1, "down") and panel.error is None


def test_a_picture_and_a_prediction_take_words_of_any_script():
    def draw(ax=None, n=1):
        """一条线。"""
        ax.set_title("Größe, Ошибка, μέγεθος")
        return ax.plot([0, n]) and ax

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        panel = widgets.explore(draw, n=(1, 3))
    assert panel.error is None
    assert panel._repr_mimebundle_()[1]["image/png"]["alt"] == "一条线。"
    guess = widgets.predict("损失会怎样？", ["上升", "下降"])
    guess.children[1].children[0].value = "下降"
    assert guess.value == "下降" and "损失会怎样？" in guess._repr_mimebundle_()["text/html"]


def test_landmarks_are_buttons_that_set_a_slider():
    seen = []

    def draw(ax=None, scale=1.0):
        """A line."""
        seen.append(scale)
        return ax.plot([0, 9], [0, scale]) and ax

    slider = ipywidgets.FloatLogSlider(base=2, min=-2, max=3, step=0.25)
    control = widgets.landmarks(slider, {"1/√n": 1.0, "He": 2**0.5})
    panel = widgets.explore(draw, scale=control)
    _, one, he = control.children
    assert (one.description, he.description, slider.description) == ("1/√n", "He", "scale")
    assert (control.base, control.min, control.max, control.step) == (2, -2, 3, 0.25)
    he.click()
    assert slider.value == control.value == 2**0.5 == seen[-1]
    slider.value = 4.0
    assert control.value == 4.0 == seen[-1]
    one.click()
    assert slider.value == 1.0 == seen[-1] and panel.error is None


def test_a_button_draws_again_and_counts_round():
    control = widgets.again(3)

    def draw(ax=None, seed=0):
        """A line."""
        return ax.plot([0, 9], [0, seed]) and ax

    panel = widgets.explore(draw, seed=control)
    button, shown = control.children
    assert button.description == "draw again"
    for seed in (1, 2, 0, 1):
        button.click()
        assert control.value == seed and shown.value == f"start {seed}" and panel.error is None


def test_start_again_puts_all_controls_back_with_one_picture():
    seen = []

    def draw(ax=None, a=1, b=2):
        """A line."""
        seen.append((a, b))
        return ax.plot([a, b]) and ax

    panel = widgets.explore(draw, a=(0, 5), b=(0, 5))
    first = panel.png
    panel.controls["a"].value = 4
    panel.controls["b"].value = 5
    seen.clear()
    panel._pictures.clear()
    button = panel.children[0].children[-1]
    assert button.description == "start again"
    button.click()
    assert (panel.controls["a"].value, panel.controls["b"].value) == (1, 2)
    assert seen == [(1, 2)] and panel.png == first


def test_progress_counts_the_steps_of_a_history(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    history, bar = training.History(["1"]), widgets.progress()
    for step in range(1, 251):
        history.record(1 / step, [0.0])
        assert not bar(step, 250, history), "a true answer would stop the training"
    assert len(shown) == 1
    meter, text = shown[0].children
    assert (meter.value, meter.max) == (250, 250)
    assert text.value == "step 250 of 250, loss 0.0040"


@pytest.fixture
def noted(monkeypatch):
    """A drawing function, its calls, and the shell of a notebook.

    The function notes what it is called with; the shell counts the notebook's cells.
    """
    shell, calls = types.SimpleNamespace(execution_count=1), []
    monkeypatch.setattr(widgets, "get_ipython", lambda: shell)

    def draw(ax=None, v=1, kind="a"):
        calls.append((v, kind))
        ax.plot([0, 1], [v, len(kind)])
        return ax

    return draw, calls, shell


def after(*moves, wait=0.12):
    """Make the moves where a loop runs, as it does in a notebook.

    After each there is time to look ahead along the same move, with a longer wait at buttons, too.
    """

    async def make():
        for move in moves:
            move()
            await asyncio.sleep(wait)

    asyncio.run(make())


def test_a_panel_draws_ahead_what_the_same_move_would_bring_and_draws_no_setting_twice(noted):
    draw, calls, shell = noted
    panel = widgets.explore(draw, v=(0, 3), kind=["a", "bb"])

    def to(name, value):
        return lambda: panel.controls[name].set_trait("value", value)

    after(to("v", 2))
    assert calls == [(1, "a"), (2, "a"), (3, "a")], "3 is drawn ahead"
    shown = panel.png
    after(to("v", 3), to("v", 2))
    assert len(calls) == 3 and panel.png == shown, (
        "remembered; nothing beyond the end of the slider"
    )
    after(to("kind", "bb"))
    assert calls[3:] == [(2, "bb")], "buttons have no next"
    shell.execution_count += 1
    after(to("kind", "a"))
    assert calls[4:] == [(2, "a")] and panel.png == shown, (
        "another cell has run: it may have changed what is drawn"
    )


def test_a_panel_that_rests_draws_ahead_what_its_buttons_would_bring(noted, monkeypatch):
    draw, calls, _ = noted
    monkeypatch.setattr(widgets, "IDLE", 0.1)
    panel = widgets.explore(draw, v=(0, 5), kind=["a", "bb", "ccc"])
    to_two, to_three = (lambda v=v: panel.controls["v"].set_trait("value", v) for v in (2, 3))
    after(to_two, to_three, wait=0.7)
    assert calls[1:5] == [(2, "a"), (3, "a"), (2, "bb"), (2, "ccc")]
    assert calls[5:] == [(4, "a"), (3, "bb"), (3, "ccc")]
    panel.controls["kind"].value = "ccc"
    assert len(calls) == 8, "remembered"


def test_a_panel_does_not_look_ahead_where_drawing_takes_long(noted):
    draw, calls, _ = noted
    panel = widgets.explore(draw, v=(0, 9))
    panel._draw = lambda **values: (time.sleep(0.15), draw(**values))
    after(lambda: panel.controls["v"].set_trait("value", 2))
    assert calls == [(1, "a"), (2, "a")]


def test_a_panel_remembers_numbers_and_words_only(noted):
    _, calls, _ = noted

    class Thing:
        def __repr__(self):
            return "a thing"

    first, second = Thing(), Thing()

    def draw(ax=None, v=first):
        calls.append(v)
        ax.plot([0, 1], [0, 1 + (v is second)])

    panel = widgets.explore(
        draw, v=ipywidgets.ToggleButtons(options=[("one", first), ("two", second)])
    )
    one = panel.png
    panel.controls["v"].value = second
    two = panel.png
    panel.controls["v"].value = first
    assert calls == [first, second, first] and panel.png == one != two


def test_one_widget_may_be_two_controls(noted):
    _, calls, _ = noted
    both = ipywidgets.IntSlider(min=0, max=9)

    def draw(ax=None, a=0, b=0):
        calls.append((a, b))
        ax.plot([0, 1], [a, b])

    panel = widgets.explore(draw, a=both, b=both)
    after(lambda: both.set_trait("value", 2))
    assert calls == [(0, 0), (2, 2), (4, 4)] or calls == [(0, 0), (2, 2), (2, 2), (4, 4)]
    assert panel.error is None


def test_a_panel_outside_a_notebook_draws_every_move(noted, monkeypatch):
    draw, calls, _ = noted
    monkeypatch.setattr(widgets, "get_ipython", lambda: None)
    panel = widgets.explore(draw, v=(0, 3))
    for value in (2, 1, 2):
        panel.controls["v"].value = value
    assert [v for v, _ in calls] == [1, 2, 1, 2]


def test_what_fails_ahead_is_said_when_it_is_reached(noted):
    _, calls, _ = noted

    def draw(ax=None, v=1):
        calls.append(v)
        return ax.plot([0, 1], [0, 1 / (3 - v)])

    panel = widgets.explore(draw, v=(0, 9))
    after(lambda: panel.controls["v"].set_trait("value", 2))
    assert calls == [1, 2, 3] and panel.error is None
    panel.controls["v"].value = 3
    assert "ZeroDivisionError" in panel.error


@pytest.mark.parametrize(
    ("control", "moves", "ahead"),
    [
        (ipywidgets.FloatLogSlider(min=-2, max=2, value=1), (1.0, 10.0), 100.0),
        (ipywidgets.FloatLogSlider(min=-2, max=2, value=1), (10, 100), None),
        (ipywidgets.FloatSlider(min=0, max=1), (0.2, 0.3), 0.4),
        (ipywidgets.FloatRangeSlider(min=0, max=9), ((0.0, 1.0), (0.0, 2.0)), None),
        (ipywidgets.IntSlider(min=0, max=9), (1, 0), None),
        (ipywidgets.ToggleButtons(options=["a", "b"]), ("a", "b"), None),
        (ipywidgets.Checkbox(), (False, True), None),
        (ipywidgets.SelectionSlider(options=[0.1, 0.3, 1.0]), (0.1, 0.3), 1.0),
        (ipywidgets.SelectionSlider(options=[("a", 2), ("b", 7), ("c", 9)]), (9, 7), 2),
        (ipywidgets.SelectionSlider(options=[0.1, 0.3, 1.0]), (0.3, 1.0), None),
        (widgets.player(5), (3, 4), None),
        (widgets.player(5), (1, 2), 3),
        (widgets.player([0, 2, 9, 40]), (2, 9), 40),
        (widgets.player([0, 2, 9, 40]), (9, 2), 0),
        (widgets.player([0, 2, 9, 40]), (9, 40), None),
    ],
)
def test_the_next_value_of_a_move(control, moves, ahead):
    old, new = moves
    found = widgets._onwards(types.SimpleNamespace(owner=control, old=old, new=new))
    assert found == ahead and type(found) in (type(None), type(new))


def test_a_guess_is_none_until_it_is_made_and_comes_back_beside_the_answer(capsys):
    guess = widgets.predict("Which is ahead?", ["the first", "the second"])
    assert guess.value is None
    guess.answer("the second")
    buttons = guess.children[1].children[0]
    assert buttons.value is None, "no choice is suggested"
    buttons.value = "the first"
    assert guess.value == "the first" and "the first" in guess._said.value
    guess.answer("the second")
    assert capsys.readouterr().out == "it is the second\nyou said the first; it is the second\n"


@pytest.mark.parametrize("choices", [(0, 1), (0.0, 1.0, 0.1), (1, 15, 2)])
def test_a_number_counts_as_a_guess_when_the_button_is_pressed(choices):
    guess = widgets.predict("How much is left?", choices)
    slider, button = guess.children[1].children
    slider.value = choices[1]
    assert guess.value is None
    button.click()
    assert guess.value == choices[1]


@pytest.mark.parametrize("choices", [[], ["one"], "ab", (1,), (1, "b"), [1, 2], None])
def test_predict_says_which_choices_it_takes(choices):
    with pytest.raises(ValueError, match="predict takes choices as"):
        widgets.predict("What?", choices)
    with pytest.raises(TypeError, match="predict takes the question first"):
        widgets.predict(["a", "b"], "What?")


def test_a_question_is_text_where_no_widget_runs():
    data = widgets.predict("Is 1 < 2?", ["yes", "no"])._repr_mimebundle_()
    assert data["text/plain"] == "Is 1 < 2?  yes · no"
    assert data["text/html"] == "<p><b>Is 1 &lt; 2?</b> yes · no</p>"
    assert repr(widgets.predict("How much?", (0, 10))) == "How much?  from 0 to 10"


def test_a_panel_has_the_size_that_is_asked_for():
    panel = widgets.explore(wave, size=(8.4, 4.4), lr=(0.1, 2.0))
    assert panel._canvas.get_width_height() == (840, 440)
    for size in ((8.4,), (0, 4), ("a", "b")):
        with pytest.raises(ValueError, match="explore takes size as"):
            widgets.explore(wave, size=size, lr=(0.1, 2.0))
