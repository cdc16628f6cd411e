"""The instrument: a network over the bars of its layers' gradient magnitudes, drawn from arrays."""

import matplotlib
import numpy as np
import pytest
from matplotlib.collections import LineCollection, PathCollection, PolyCollection

from dlcourse import widgets
from dlcourse.drawing import instrument
from dlcourse.drawing.instrument import HIGHEST, LOWEST, SHOWN


def parts(magnitudes, **more):
    """A network with these magnitudes, drawn: its axes."""
    rng, n = np.random.default_rng(0), len(magnitudes)
    weights = [rng.standard_normal((20, 20)) for _ in range(n)]
    slopes = more.pop("slopes", [np.full((8, 20), 0.5)] * n)
    return instrument.instrument(instrument.axes(), weights, magnitudes, slopes, np.eye(17), **more)


def bars(ax):
    """(x, low, high) of every bar of the last layer and all before it, input first."""
    found = next(c for c in ax[1].collections if isinstance(c, PolyCollection))
    corners = np.array([path.vertices[:4] for path in found.get_paths()])
    return corners[:, :, 0].mean(axis=1), corners[:, :, 1].min(axis=1), corners[:, :, 1].max(axis=1)


def test_bars_hang_from_the_last_layers_magnitude_or_stand_on_it():
    x, low, high = bars(parts([1e-6, 1e-1, 1e-3]))
    np.testing.assert_allclose(x, [0.5, 1.5, 2.5])
    np.testing.assert_allclose([low[0], high[0]], [1e-6, 1e-3])
    np.testing.assert_allclose([low[1], high[1]], [1e-3, 1e-1])
    assert low[2] < 1e-3 < high[2] < 1.5 * low[2], "a thin stroke, so that the level is seen"


def test_bars_hang_from_another_reference_when_it_is_given():
    _, low, high = bars(parts([1e-6, 1e-4], reference=1e-2))
    np.testing.assert_allclose(high, [1e-2, 1e-2])
    np.testing.assert_allclose(low, [1e-6, 1e-4])


def test_a_layer_more_stands_at_the_left_and_nothing_moves_sideways():
    few, many = parts([1e-3, 1e-2, 1e-1]), parts([1e-4, 1e-3, 1e-2, 1e-1])
    for k in (0, 1):
        (left, right), (more_left, more_right) = few[k].get_xlim(), many[k].get_xlim()
        np.testing.assert_allclose([more_left - left, more_right - right], [1, 1])
        assert few[0].get_xlim() == few[1].get_xlim()


def ink(ax):
    """How far each layer's edges are from the palest, on average, input first."""
    edges = next(c for c in ax[0].collections if isinstance(c, LineCollection))
    layer = np.floor([segment[0, 0] for segment in edges.get_segments()]).astype(int)
    dark = np.abs(edges.get_colors()[:, :3] - instrument.PALE).max(axis=1)
    return [dark[layer == k].mean() for k in range(layer.max() + 1)]


def test_the_light_of_the_network_fades_with_the_gradient():
    gone, little, most, all_of_it = ink(parts([1e-9, 1e-5, 1e-3, 1e-2]))
    assert gone < 1e-6 < little < most < all_of_it
    equal = ink(parts([1e-4] * 4))
    assert max(equal) < 1.5 * min(equal)


def test_a_gate_is_filled_as_far_as_its_units_are_open():
    slopes = [np.zeros((8, 20)), np.ones((8, 20)), np.full((8, 20), 0.5)]
    ax = parts([1e-3] * 3, slopes=slopes)
    gates = [c for c in ax[1].collections if isinstance(c, PolyCollection)][-1]
    heads = np.array([path.vertices[:, 1].max() for path in gates.get_paths()])
    frames, filled = heads[:3], heads[3:]
    foot = 1.6 * LOWEST
    np.testing.assert_allclose(
        np.log(filled / foot) / np.log(frames / foot), [0, 1, 0.5], atol=1e-9
    )
    nodes = next(c for c in ax[0].collections if isinstance(c, PathCollection)).get_facecolors()[
        :, 0
    ]
    shut, open_, half = nodes.reshape(3, SHOWN).mean(axis=1)
    assert shut < 0.2 < half < 0.9 < open_


def test_a_magnitude_that_is_not_known_yet_leaves_its_layer_pale_and_without_a_bar():
    ax = parts([np.nan, 1e-3, 1e-2], reference=1e-2)
    unknown, little, most = ink(ax)
    assert unknown < 1e-6 < little < most
    _, low, high = bars(ax)
    assert np.isnan(low[0]) and np.isfinite([*low[1:], *high[1:]]).all()
    assert not [word for word in words(ax) if "nan" in word] and words(ax).count("×0.10") == 1
    ax[0].figure.canvas.draw()


def test_the_upper_half_alone_is_the_same_network():
    rng = np.random.default_rng(0)
    weights, slopes = [rng.standard_normal((20, 20)) for _ in range(3)], [np.full((8, 20), 0.5)] * 3
    alone = instrument.axes()
    instrument.lit_network(alone[0], weights, [1e-5, 1e-3, 1e-2], slopes, np.eye(17), title="alone")
    assert ink(alone) == ink(parts([1e-5, 1e-3, 1e-2])) and alone[0].texts[-1].get_text() == "alone"


def words(ax):
    return [text.get_text() for axes in ax for text in axes.texts]


def test_zero_and_what_lies_beyond_the_axis_are_written():
    assert words(parts([0.0, 1e-2])).count("0") == 1
    assert "← 3e-11" in words(parts([3e-11, 1e-2]))
    assert "2e+03 →" in words(parts([2e3, 1e-2]))
    _, low, high = bars(parts([3e-11, 2e3, 1e-2]))
    assert low.min() >= LOWEST and high.max() <= 1.15 * HIGHEST


def test_factors_stand_between_neighbours_while_there_is_room():
    found = words(parts([1e-3, 2e-3, 1e-2]))
    assert "×0.50" in found and "×0.20" in found
    assert not [word for word in words(parts([1e-3] * 13)) if word.startswith("×")]
    assert not [word for word in words(parts([1e-3, 0.0])) if word.startswith("×")]
    assert not [word for word in words(parts([1e-3, 1e-2], factors=None)) if word.startswith("×")]


def test_others_and_outline_are_drawn_beside_the_bars():
    ax = parts([1e-3, 1e-2], others=[[1e-4, 1e-2], [1e-5, 1e-2]], outline=[1e-6, 1e-2])
    strokes = next(c for c in ax[1].collections if isinstance(c, LineCollection)).get_segments()
    assert sorted(float(s[0, 1]) for s in strokes) == [1e-5, 1e-4, 1e-2, 1e-2]
    empty = [
        c
        for c in ax[1].collections
        if isinstance(c, PolyCollection) and not c.get_facecolors().size
    ]
    assert len(empty) == 1 and np.isclose(
        min(p.vertices[:, 1].min() for p in empty[0].get_paths()), 1e-6
    )


@pytest.mark.parametrize(
    ("magnitudes", "sentence"),
    [
        ([1 / 484088, 1.0], "layer 1 gets about 1/480,000 of the last layer's gradient"),
        ([2e-9, 1.0], "layer 1 gets about 1/5e8 of the last layer's gradient"),
        ([0.93, 1.0], "layer 1 gets 0.93 times the last layer's gradient"),
        ([8.84, 1.0], "layer 1 gets 8.8 times the last layer's gradient"),
        ([0.0, 1.0], "layer 1 gets no gradient at all"),
        ([1.0, 0.0], "the last layer gets no gradient"),
    ],
)
def test_the_title_says_what_the_first_layer_gets_in_two_digits(magnitudes, sentence):
    assert instrument.lost_or_won(np.array(magnitudes)) == sentence


def test_a_panel_of_the_instrument_has_its_size_and_works_over_its_range():
    def draw(ax=None, hidden=9, scale=-1.0):
        magnitudes = 10.0 ** (scale * np.arange(hidden + 1)[::-1] - 1)
        weights = [np.ones((9, 9))] * (hidden + 1)
        return instrument.instrument(
            ax, weights, magnitudes, [np.ones((2, 9))] * (hidden + 1), np.eye(17)
        )

    panel = widgets.explore(draw, axes=instrument.axes, hidden=(1, 15), scale=(-3.0, 3.0))
    assert panel._canvas.get_width_height() == (840, 440)
    seen = set()
    for hidden in (1, 9, 15):
        for scale in (-3.0, -1.0, 0.0, 3.0):
            panel.controls["hidden"].value, panel.controls["scale"].value = hidden, scale
            assert panel.error is None
            seen.add(panel.png)
    assert len(seen) == 12


def test_what_lies_beyond_the_axis_is_written_where_it_can_be_read():
    for axes in parts([3e-11, 2e3, 1e-2]):
        for text in axes.texts:
            assert text.get_color() in (instrument.INK, matplotlib.rcParams["text.color"])


def test_room_for_fewer_layers_leaves_less_empty():
    wide, narrow = parts([1e-3, 1e-2]), parts([1e-3, 1e-2], room=4)
    assert np.ptp(narrow[1].get_xlim()) < np.ptp(wide[1].get_xlim()) - 5
    assert np.isclose(narrow[1].get_xlim()[1], 3.0)


def test_the_lower_half_alone_is_the_lower_half_of_the_instrument():
    slopes = [np.full((8, 20), 0.5)] * 3
    whole, alone = parts([1e-5, 1e-3, 1e-2], slopes=slopes), instrument.axes()
    instrument.bars(alone[1], [1e-5, 1e-3, 1e-2], slopes, limits=whole[1].get_xlim())
    for a, b in zip(bars(whole), bars(alone), strict=True):
        np.testing.assert_allclose(a, b)
    assert len(whole[1].collections) == len(alone[1].collections)
    assert [t.get_text() for t in whole[1].texts] == [t.get_text() for t in alone[1].texts]
    bare = instrument.bars(instrument.axes()[1], [1e-5, 1e-3], factors=None)
    assert not bare.texts and len(bare.collections) == len(alone[1].collections) - 1


def test_factors_may_be_those_of_the_way_forward():
    ax = instrument.bars(instrument.axes()[1], [1.0, 0.5, 2.0], factors="forward")
    assert [text.get_text() for text in ax.texts] == ["×0.50", "×4.00"]
