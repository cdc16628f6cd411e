"""Lesson 5 over ten seeds: signals through untrained networks, short trainings, equal units, the
detective.
"""

import functools

import numpy as np

from dlcourse import activations, initializers
from dlcourse.lessons import initialization as lesson

SEEDS = range(10)


def sizes(init, unit, seed, layers=20):
    return np.array(
        [lesson.rms(y) for y in lesson.forward(init, unit, (256,) * (layers + 1), seed)[1]]
    )


@functools.cache
def relu_stack(hidden, c, seed, lr=0.05, steps=200):
    layers = lesson.stack(hidden, 48, lesson.numerator(c), activations.ReLU)
    return lesson.accuracy_after(steps, layers, lr, seed)


def relu_stacks(hidden, c, lr=0.05, steps=200):
    return np.array([relu_stack(hidden, c, seed, lr, steps) for seed in SEEDS])


# The four networks of the first question.


def test_by_hand_is_lesson_forward():
    """Cell 3: tanh layers, weights first, then the noise, from one generator."""
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        weights = [rng.standard_normal((256, 256)) / 16 for _ in range(10)]
        y = rng.standard_normal((64, 256))
        for W in weights:
            y = np.tanh(y @ W)
        ours = lesson.forward(initializers.normal(1 / 16), "tanh", (256,) * 11, seed)[1][-1]
        assert np.allclose(ours, y)


def test_of_four_sds_one_over_root_n_learns_best_three_over_root_n_worse_and_two_guess():
    """Ten tanh layers, lr 0.05, 100 steps. Width 64 here, 256 in the lesson: it takes a sixteenth
    of the time.
    """
    inits = [
        initializers.lecun,
        lesson.numerator(9),
        initializers.normal(0.01),
        initializers.normal(1),
    ]
    for seed in SEEDS:
        stacks = [lesson.stack(10, 64, init, activations.Tanh) for init in inits]
        best, worse, *guessing = [
            lesson.accuracy_after(100, layers, 0.05, seed) for layers in stacks
        ]
        assert best > 1.3 * worse and worse > 0.1
        assert max(guessing) < 0.1


def test_three_over_root_n_has_one_size_in_layers_3_to_10():
    for seed in SEEDS:
        later = sizes(lesson.numerator(9), "tanh", seed, 10)[3:]
        assert later.max() < 1.03 * later.min()


# The variance of a sum, and three rules.


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
        noise = rng.normal(size=(400, 400))
        w = rng.normal(0, 1 / 20, (400, 400))
        x = np.maximum(noise, 0)
        assert abs(np.var(noise @ w) / np.var(noise) - 1) < 0.08
        assert abs(np.var(x @ w) / np.mean(x**2) - 1) < 0.08
        assert np.var(x @ w) > 1.3 * np.var(x)


def test_weights_within_minus_1_and_1_explode_in_twenty_relu_layers():
    within = lambda rng, n_in, n_out: rng.uniform(-1, 1, (n_in, n_out))  # noqa: E731
    for seed in SEEDS:
        assert sizes(within, "relu", seed)[20] > 1e15


def test_a_relu_layer_multiplies_by_the_root_of_half_n_var_w_both_ways():
    """Within 5 %; He 1, Xavier 0.707, N(0, 1) 11.3, sd 0.01 0.113 at n = 256."""
    rules = [(initializers.he, 1), (initializers.xavier, 0.5**0.5)]
    rules += [(initializers.normal(1), 128**0.5), (initializers.normal(0.01), 0.01 * 128**0.5)]
    for seed in SEEDS:
        for init, factor in rules:
            weights, ys = lesson.forward(init, "relu", seed=seed)
            deltas = [lesson.rms(delta) for delta in lesson.backward(weights, ys, "relu", seed)]
            there = lesson.per_layer([lesson.rms(y) for y in ys[1:]])
            assert abs(there / factor - 1) < 0.05
            assert abs(lesson.per_layer(deltas[::-1]) / factor - 1) < 0.05


def kept(init, sizes, seed):
    """The share of the error signal that arrives at layer 1 of ReLU layers."""
    deltas = lesson.backward(*lesson.forward(init, "relu", sizes, seed), "relu", seed)
    return lesson.rms(deltas[0]) / lesson.rms(deltas[-1])


def test_a_funnel_costs_he_one_factor_and_xavier_one_in_every_layer():
    funnel = np.round(512 * 2 ** -np.linspace(0, 3, 11)).astype(int)
    for seed in SEEDS:
        he = kept(initializers.he, funnel, seed)
        assert 0.5 < he / np.sqrt(64 / 512) < 2
        assert he > 5 * kept(initializers.xavier, funnel, seed)


def test_the_libraries_defaults_lose_the_error_signal_in_twenty_relu_layers():
    keras = lambda rng, n, m: rng.uniform(-1, 1, (n, m)) * np.sqrt(6 / (n + m))  # noqa: E731
    pytorch = lambda rng, n, m: rng.uniform(-1, 1, (n, m)) / np.sqrt(n)  # noqa: E731
    for seed in SEEDS:
        assert kept(keras, (256,) * 21, seed) < 0.01
        assert kept(pytorch, (256,) * 21, seed) < 1e-6


# Sigmoids.


def test_with_unit_weights_z_grows_in_every_layer_and_its_sigmoid_does_not():
    for seed in SEEDS:
        weights, ys = lesson.forward(initializers.normal(1), "sigmoid", seed=seed)
        grown = [(y @ W).var() / y.var() for y, W in zip(ys, weights, strict=False)]
        ratios = [after.var() / before.var() for before, after in zip(ys, ys[1:], strict=False)]
        assert min(grown) > 50
        assert ratios[0] < 1 / 3
        assert min(ratios[1:]) > 0.9 and max(ratios[1:]) < 1.1


def test_with_zero_biases_a_sigmoid_is_level_only_where_most_slopes_are_shut():
    for seed in SEEDS:
        factors = [lesson.sigmoid_factors(c, seed=seed) for c in (1, 4, 16, 24, 32, 64, 128)]
        assert factors[0][1] < 0.25
        assert factors[-1][1] > 0.9
        assert all(shut > 0.5 for _, back, shut in factors if back > 0.9)


def test_with_its_mean_taken_out_a_sigmoid_is_nearly_level_and_open():
    for seed in SEEDS:
        _, back, shut = lesson.sigmoid_factors(24, centred=True, seed=seed)
        assert back > 0.9 and shut < 0.05


def test_sigmoids_with_their_mean_taken_out_learn_more_than_with_zero_biases_at_any_scale():
    """Eight hidden layers of 30, lr 0.5, 200 steps; Xavier's rule with zero biases is still
    guessing.
    """
    for seed in SEEDS:
        reached = []
        for c, centred in ((1, False), (24, False), (64, False), (24, True)):
            layers = lesson.stack(8, 30, lesson.numerator(c), activations.Sigmoid)
            reached.append(lesson.accuracy_after(200, layers, 0.5, seed, centred))
        assert reached[0] < 0.1
        assert reached[3] > 1.2 * max(reached[:3])


# Digits.


def test_the_notes_start_is_too_large_and_loses_at_most_three_points_with_two_hidden_layers():
    for seed in SEEDS:
        he, printed = [lesson.read_digits(init, seed) for init in (initializers.he, lesson.cut_off)]
        assert printed.loss[0] > he.loss[0]
        assert printed.val_accuracy[1] > he.val_accuracy[1] - 0.03


def test_in_layer_20_the_notes_start_has_grown_tenfold_and_hes_at_most_threefold():
    for seed in SEEDS:
        assert sizes(lesson.cut_off, "relu", seed)[20] > 10
        assert sizes(initializers.he, "relu", seed)[20] < 3


# The window.


def test_two_hidden_layers_learn_with_every_numerator():
    """lr 0.05, 200 steps: above 0.4 with c = 0.5, 1, 2, 3, 4."""
    assert min(relu_stacks(2, c).min() for c in (0.5, 1, 2, 3, 4)) > 0.4


def test_ten_hidden_layers_need_a_numerator_near_2_at_one_rate_and_200_steps():
    """lr 0.05: c = 1 reaches less than half of c = 2, c = 4 overflows."""
    assert np.all(2 * relu_stacks(10, 1) < relu_stacks(10, 2))
    assert np.isnan(relu_stacks(10, 4)).all()


def test_with_c_3_some_seeds_overflow_and_others_learn():
    reached = relu_stacks(10, 3)
    assert np.isnan(reached).any()
    assert np.nanmedian(reached) > 0.2


def test_more_steps_bring_c_1_back():
    """The median doubles from 200 to 500 steps; the lesson takes 1000 steps and says triples."""
    assert np.median(relu_stacks(10, 1, steps=500)) > 2 * np.median(relu_stacks(10, 1))


def test_a_smaller_rate_brings_c_4_back():
    """lr 0.005: no overflow, above 0.1 after 300 steps; the lesson takes 500 steps and says above
    0.2.
    """
    assert relu_stacks(10, 4, 0.005, 300).min() > 0.1


# Equal units.


@functools.cache
def units(kind, dtype, seed, tied=False):
    init = lesson.last_digit(dtype) if kind == "last digit" else getattr(lesson, kind)
    return lesson.equal_units(init, dtype, seed, steps=300, tied=tied)


def test_equal_units_differ_by_rounding_at_most_after_ten_steps():
    for seed in SEEDS:
        for dtype, bound in ((np.float32, 1e-7), (np.float64, 1e-15)):
            apart = lesson.equal_units(lesson.equal, dtype, seed, steps=11)[1]
            assert apart[10] < bound


def test_a_last_digit_grows_to_ordinary_size_and_all_differences_at_one_pace():
    """To 0.01 within 250 steps, float64 at least 40 steps after float32; 1e-6 to 1e-2 within a
    third of one another.
    """
    for seed in SEEDS:
        kinds = [
            ("last digit", np.float32),
            ("last digit", np.float64),
            ("nearly_equal", np.float64),
        ]
        distances = [units(kind, dtype, seed)[1] for kind, dtype in kinds]
        begin = [lesson.first_step_beyond(apart, 1e-6) for apart in distances]
        end = [lesson.first_step_beyond(apart, 1e-2) for apart in distances]
        growth = np.subtract(end, begin)
        assert max(end) < 250 and end[1] > end[0] + 40
        assert growth.max() < 1.33 * growth.min()


def test_units_parted_in_the_last_digit_read_twice_what_equal_ones_do():
    for seed in SEEDS:
        tied, apart = units("equal", np.float64, seed, True)
        assert tied < 0.25
        assert apart[1:].max() < 1e-12
        assert units("last digit", np.float64, seed)[0] > 2 * tied


def test_from_zero_weights_no_weight_moves():
    for seed in SEEDS:
        layers = lesson.stack(1, 20, initializers.normal(0), activations.Tanh)
        assert lesson.accuracy_after(200, layers, 0.5, seed) < 0.1
        assert not layers[0].W.any() and not layers[2].W.any()


def test_relu_is_linear_on_letters_with_weights_of_one_sign_and_not_on_noise():
    letters = lesson.letters()[1][0]
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        W1 = np.abs(initializers.he(rng, 289, 30))
        W2 = np.abs(initializers.he(rng, 30, 30))
        two_layers = np.maximum(np.maximum(letters @ W1, 0) @ W2, 0)
        assert np.all(letters @ W1 > 0) and np.all(letters @ -W1 <= 0)
        assert np.allclose(two_layers, letters @ W1 @ W2)
        assert 0.4 < np.mean(rng.normal(size=(500, 289)) @ W1 > 0) < 0.6


def test_at_hes_start_many_z_are_negative_and_hardly_a_unit_is_dead():
    letters = lesson.letters()[1][0]
    for seed in SEEDS:
        z = letters @ initializers.he(np.random.default_rng(seed), 289, 30)
        assert 0.3 < np.mean(z < 0) < 0.7
        assert np.mean(np.all(z <= 0, axis=0)) < 0.1


# The gradient detective.


def test_five_diseases_are_named_from_gradients_and_slopes_and_one_line_cures_each():
    """Sick below 0.1, cured above 0.4 and named healthy, after 200 steps."""
    for seed in SEEDS:
        for disease, (sick, cured) in lesson.sick_and_cured(seed).items():
            assert sick[0] == disease and sick[1] < 0.1
            assert cured[0] == "healthy" and cured[1] > 0.4
