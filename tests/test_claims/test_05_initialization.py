"""Lesson 5 over ten seeds: signals through untrained networks, short trainings, equal units, the
detective.
"""

import functools
import pathlib

import nbformat
import numpy as np

from dlcourse import activations, data, initializers, network
from dlcourse.lessons import initialization as lesson

SEEDS = range(10)
RELU, TANH = activations.ReLU, activations.Tanh


@functools.cache
def letters():
    """The lesson's letters: (learn, judge), each (x, t)."""
    heaps = []
    for n, seed in ((6400, 0), (500, 1)):
        x, names = data.letters(n, seed=seed)
        heaps.append((x, data.one_hot(names, 26)))
    return heaps


def reached(lr, epochs, **kind):
    return lesson.three_starts(*letters(), lr, epochs, SEEDS, **kind)


# The four networks of the first question.


def tanh_sizes(std, seed):
    """Magnitudes of the outputs of ten layers of 100 tanh units."""
    return lesson.sizes(initializers.normal(std), TANH, (100,) * 11, seed)[0]


def test_of_four_sizes_one_over_root_n_learns_best_three_times_it_worse_and_two_guess():
    """Ten tanh layers of 100, lr 0.05, 100 steps."""
    found = {s: reached(0.05, 1, hidden=[100] * 10, unit=TANH, scale=s) for s in (0.1, 1, 3, 10)}
    assert np.all(found[1] > 0.5) and np.all(found[1] > 1.3 * found[3])
    assert np.all(found[3] > 0.1)
    assert max(found[0.1].max(), found[10].max()) < 0.1


def test_three_over_root_n_has_one_size_in_layers_3_to_10():
    for seed in SEEDS:
        later = tanh_sizes(0.3, seed)[2:]
        assert max(later) < 1.05 * min(later)


# A sum of n products, and three rules.


def test_the_spread_of_a_sum_of_n_products_is_root_n():
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        for n in (16, 64, 256):
            z = np.sum(rng.standard_normal((n, 5000)) * rng.standard_normal((n, 5000)), axis=0)
            assert abs(z.std() / np.sqrt(n) - 1) < 0.05


def test_the_variance_of_x_counts_at_mean_0_and_its_mean_square_behind_a_relu():
    """n Var(w) = 1: Var z = Var x for noise; behind a ReLU Var z = E[x^2], more than 1.3 Var x."""
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        w = rng.normal(0, 1 / 20, (400, 400))
        noise = rng.normal(size=(400, 400))
        x = np.maximum(noise, 0)
        assert abs(np.var(noise @ w) / np.var(noise) - 1) < 0.08
        assert abs(np.var(x @ w) / np.mean(x**2) - 1) < 0.08
        assert np.var(x @ w) > 1.3 * np.var(x)


def test_weights_within_minus_1_and_1_explode_in_twenty_relu_layers():
    within = lambda rng, n_in, n_out: rng.uniform(-1, 1, (n_in, n_out))  # noqa: E731
    for seed in SEEDS:
        assert lesson.sizes(within, RELU, seed=seed)[0][-1] > 1e15


def test_a_relu_layer_multiplies_by_the_root_of_half_n_var_w_both_ways():
    """Within 5 %; He 1, Xavier 0.707, N(0, 1) 11.3, sd 0.01 0.113 at n = 256."""
    rules = [(initializers.he, 1), (initializers.xavier, 0.5**0.5)]
    rules += [(initializers.normal(1), 128**0.5), (initializers.normal(0.01), 0.01 * 128**0.5)]
    for seed in SEEDS:
        for init, factor in rules:
            forward, back = lesson.sizes(init, RELU, seed=seed)
            assert abs(lesson.per_layer(forward) / factor - 1) < 0.05
            assert abs(lesson.per_layer(back[::-1]) / factor - 1) < 0.05


def test_a_funnel_costs_he_one_factor_and_xavier_one_in_every_layer():
    he = lesson.kept(initializers.he, lesson.FUNNEL, 10)
    fair = he / np.sqrt(64 / 416)
    assert 0.5 < fair.min() and fair.max() < 2
    assert np.all(he > 5 * lesson.kept(initializers.xavier, lesson.FUNNEL, 10))


def test_the_libraries_defaults_lose_the_error_signal_in_twenty_relu_layers():
    pytorch = lambda rng, n, m: rng.uniform(-1, 1, (n, m)) / np.sqrt(n)  # noqa: E731
    assert lesson.kept(lesson.keras, seeds=10).max() < 0.01
    assert lesson.kept(pytorch, seeds=10).max() < 1e-6


# Sigmoids.


def test_with_unit_weights_z_grows_in_every_layer_and_its_sigmoid_does_not():
    for seed in SEEDS:
        x, z, y = lesson.variances(seed=seed).T
        assert np.min(z / x) > 50
        assert y[0] / x[0] < 1 / 3
        assert np.all((0.9 < y[1:] / x[1:]) & (y[1:] / x[1:] < 1.1))


def test_with_zero_biases_a_sigmoid_is_level_only_where_most_slopes_are_shut():
    for seed in SEEDS:
        scales = (1, 2, 3, 4, 5, 6, 8, 11.3)
        factors = [lesson.sigmoid_signals(scale, seed=seed) for scale in scales]
        assert factors[0][1] < 0.25
        assert factors[-1][1] > 0.9
        assert all(shut > 0.5 for _, back, shut in factors if back > 0.9)


def test_with_its_mean_taken_out_a_sigmoid_is_nearly_level_and_open():
    for seed in SEEDS:
        _, back, shut = lesson.sigmoid_signals(5, centred=True, seed=seed)
        assert back > 0.9 and shut < 0.05


# Digits.


def test_a_start_cut_off_at_two_is_too_large_and_loses_at_most_three_points():
    he_right, he_first = lesson.digit_starts(initializers.he, 10)
    cut_right, cut_first = lesson.digit_starts(lesson.cut_off, 10)
    assert np.all(cut_first > he_first)
    assert np.all(cut_right > he_right - 0.03)


def test_in_layer_20_the_start_cut_off_has_grown_tenfold_and_hes_at_most_threefold():
    for seed in SEEDS:
        assert lesson.sizes(lesson.cut_off, RELU, seed=seed)[0][-1] > 10
        assert lesson.sizes(initializers.he, RELU, seed=seed)[0][-1] < 3


# The window.


@functools.cache
def relus(hidden, c, lr=0.05, epochs=2):
    return reached(lr, epochs, hidden=[48] * hidden, unit=RELU, scale=c**0.5)


def test_two_hidden_layers_learn_with_every_numerator():
    """lr 0.05, 200 steps: above 0.4 with c = 1, 2, 3, 4."""
    assert min(relus(2, c).min() for c in (1, 2, 3, 4)) > 0.4


def test_ten_hidden_layers_need_a_numerator_near_2_at_one_rate_and_200_steps():
    """lr 0.05: c = 1 reaches less than half of c = 2, c = 4 overflows."""
    assert np.all(2 * relus(10, 1) < relus(10, 2))
    assert np.isnan(relus(10, 4)).all()


def test_more_steps_bring_c_1_back():
    """The median more than doubles from 200 to 500 steps."""
    assert np.median(relus(10, 1, epochs=5)) > 2 * np.median(relus(10, 1))


def test_a_smaller_rate_brings_c_4_back():
    """lr 0.005: no overflow, above 0.1 after 300 steps."""
    assert relus(10, 4, 0.005, 3).min() > 0.1


# Equal units.


@functools.cache
def units(kind, dtype, seed, tied=False):
    """(accuracy, distances) of units that start equal, or but for the last digit."""
    init = lesson.last_digit(dtype) if kind == "last digit" else getattr(lesson, kind)
    right, seen = lesson.equal_units(*letters(), init, dtype, seed, tied=tied)
    return right, np.array(seen.distances)


def test_equal_units_differ_by_rounding_at_most_after_ten_steps():
    for seed in SEEDS:
        for dtype, bound in ((np.float32, 1e-7), (np.float64, 1e-15)):
            _, seen = lesson.equal_units(*letters(), lesson.equal, dtype, seed, epochs=1)
            assert seen.distances[10] < bound


def test_a_last_digit_grows_to_ordinary_size_at_one_pace():
    """To 0.01 within 250 steps, float64 at least 40 steps after float32; from 1e-6 to 1e-2 in
    numbers of steps within a half of one another.
    """
    for seed in SEEDS:
        distances = [units("last digit", dtype, seed)[1] for dtype in (np.float32, np.float64)]
        begin = [lesson.first_step_beyond(apart, 1e-6) for apart in distances]
        end = [lesson.first_step_beyond(apart, 1e-2) for apart in distances]
        growth = np.subtract(end, begin)
        assert max(end) < 250 and end[1] > end[0] + 40
        assert growth.max() < 1.5 * growth.min()


def test_units_parted_in_the_last_digit_read_twice_what_equal_ones_do():
    for seed in SEEDS:
        tied, apart = units("equal", np.float64, seed, True)
        assert tied < 0.25
        assert apart.max() < 1e-12
        assert units("last digit", np.float64, seed)[0] > 2 * tied


def test_from_zero_weights_no_weight_moves():
    for seed in SEEDS:
        net = network.mlp([289, 20, 26], TANH, initializers.normal(0))
        assert lesson.accuracy_after(net, *letters(), 0.5, 2, seed) < 0.1
        assert not net.layers[0].W.any() and not net.layers[2].W.any()


def test_relu_is_linear_on_letters_with_weights_of_one_sign():
    unseen = letters()[1][0]
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        W1 = np.abs(initializers.he(rng, 289, 30))
        W2 = np.abs(initializers.he(rng, 30, 30))
        two_layers = np.maximum(np.maximum(unseen @ W1, 0) @ W2, 0)
        assert np.all(unseen @ W1 > 0) and np.all(unseen @ -W1 <= 0)
        assert np.allclose(two_layers, unseen @ W1 @ W2)


def test_at_hes_start_many_z_are_negative_and_hardly_a_unit_is_dead():
    unseen = letters()[1][0]
    for seed in SEEDS:
        z = unseen @ initializers.he(np.random.default_rng(seed), 289, 30)
        assert 0.3 < np.mean(z < 0) < 0.7
        assert np.mean(np.all(z <= 0, axis=0)) < 0.1


# The gradient detective.


def name_it():
    """The function that the lesson shows, as it stands there."""
    home = pathlib.Path(__file__).parent.parent.parent
    lines = nbformat.read(home / "notebooks" / "05_initialization.ipynb", 4).cells
    (cell,) = [cell for cell in lines if cell.source.startswith("def name_it(")]
    names = {"np": np}
    exec(cell.source, names)
    return names["name_it"]


def test_five_diseases_are_named_from_bars_and_gates_and_one_line_cures_each():
    """Sick below 0.1, cured above 0.4 and named healthy, after 200 steps."""
    for seed in SEEDS:
        for disease, (sick, cured) in lesson.sick_and_cured(name_it(), *letters(), seed).items():
            assert sick[0] == disease and sick[1] < 0.1
            assert cured[0] == "healthy" and cured[1] > 0.4


def test_the_ward_shows_what_its_alt_text_says():
    """The sentence for those who cannot see the ward of the lesson, number by number."""
    beds = lesson.ward(number=5)
    films = lesson.films_of({bed: lesson.SICK[name] for bed, name in beds.items()}, *letters())
    at_100 = {bed: film.frames[lesson.frame_at(film, 100)] for bed, film in films.items()}
    gates = {
        bed: lesson.gates(film.open_units[lesson.frame_at(film, 100)])
        for bed, film in films.items()
    }
    start = {bed: np.array(film.frames[0].grad_rms) for bed, film in films.items()}
    assert max(at_100["A"].grad_rms) == 0 and gates["A"].min() > 0.99
    assert at_100["B"].step < 10 and min(at_100["B"].grad_rms) > 10
    assert 20 < start["B"].min() and start["B"].max() < 250
    assert start["C"].max() < 2.5 * start["C"].min() and 0.01 < np.median(start["C"]) < 0.03
    assert np.median(start["C"] / at_100["C"].grad_rms) > 70 and gates["C"][-1] < 0.25
    assert 0.4 < gates["C"][:-1].min() and gates["C"][:-1].max() < 0.8
    for bars in (start["D"], np.array(at_100["D"].grad_rms)):
        assert 1 / 2500 < bars[0] / bars[-1] < 1 / 400
        assert np.all(np.diff(bars) > 0)
    assert gates["D"].min() > 0.85
    assert max(at_100["E"].grad_rms) == 0 and gates["E"][:-1].max() == 0
