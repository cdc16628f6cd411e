"""The room of lesson 8: who is awake, who wakes again, a hundred layers, and its drawings."""

import numpy as np
import pytest

from dlcourse import activations, data, initializers, layers, losses, network, plots, training
from dlcourse.lessons import activations as lesson
from dlcourse.lessons.letters import letter_net, train

RELU = activations.ReLU


@pytest.fixture(scope="module")
def letters():
    """A few letters: (x, t)."""
    x, labels = data.letters(320, seed=0)
    return x, data.one_hot(labels, 26)


@pytest.fixture
def shown(monkeypatch):
    """What plots.show is given: a list of (axes, alt)."""
    found = []
    monkeypatch.setattr(plots, "show", lambda ax, alt: found.append((ax, alt)))
    return found


def three_units(*behind):
    """Two inputs, three units: one that any example wakes, one that some do, one that none does."""
    net = network.Sequential([layers.Dense(2, 3), *behind], dtype=np.float64)
    net.layers[0].W = [[1.0, 1.0, -1.0], [1.0, -2.0, -1.0]]
    net.layers[0].b = [0.5, 0.0, 0.0]
    return net


X = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.0, 0.0]])


def test_a_unit_is_awake_for_the_share_of_examples_with_z_above_0():
    net = three_units(RELU(), layers.Dense(3, 1))
    (shares,) = lesson.awake(net, X)
    assert shares.tolist() == [1.0, 0.25, 0.0]
    assert lesson.asleep(net, X).tolist() == [1 / 3]


def test_a_unit_is_awake_by_its_sum_whatever_is_below_0():
    for unit in (activations.LeakyReLU(), activations.ELU(), activations.PReLU(-1.0)):
        assert lesson.awake(three_units(unit), X)[0].tolist() == [1.0, 0.25, 0.0]


def test_by_rate_counts_after_training_each_start(letters):
    kind = {"hidden": [8], "unit": RELU, "scale": lesson.HE}
    found = lesson.by_rate([0.1, 2.0], letters, letters, 1, (0, 3), **kind)
    net = letter_net([8], RELU, None, seed=3, scale=lesson.HE)
    loss = losses.SoftmaxCrossEntropy()
    run = train(net, letters, letters, 2.0, 1, 3, loss=loss, batch_size=64)
    assert list(found) == [0.1, 2.0] and found[2.0].asleep.shape == (2, 1)
    np.testing.assert_allclose(found[2.0].asleep[1], lesson.asleep(net, letters[0]))
    np.testing.assert_allclose(found[2.0].accuracy[1], run.val_accuracy[-1])
    again = lesson.accuracies(letters, letters, 2.0, 1, (0, 3), **kind)
    np.testing.assert_allclose(again, found[2.0].accuracy)


def test_a_film_of_deaths_keeps_who_is_awake_at_each_of_its_steps(letters):
    kind = {"hidden": [8, 8], "unit": RELU, "scale": lesson.HE}
    film = lesson.films_of([0.5], letters, letters, 1, **kind)[0.5]
    assert [frame.step for frame in film.frames] == [0, 1, 2, 3, 5]
    assert len(film.awake) == 5 and [share.shape for share in film.awake[0]] == [(8,), (8,)]
    net = letter_net(output=None, **kind)
    np.testing.assert_array_equal(film.awake[0][1], lesson.awake(net, letters[0])[1])
    loss = losses.SoftmaxCrossEntropy()
    train(net, letters, letters, 0.5, 1, loss=loss, batch_size=64)
    np.testing.assert_array_equal(film.awake[-1][0], lesson.awake(net, letters[0])[0])


def test_looking_at_a_training_changes_nothing_of_it(letters):
    kind = {"hidden": [8, 8], "unit": RELU, "scale": lesson.HE}
    film = lesson.films_of([0.5], letters, letters, 1, **kind)[0.5]
    plain = training.Probe(*letters, losses.SoftmaxCrossEntropy(), steps=lesson.Deaths.STEPS)
    net = letter_net(output=None, **kind)
    loss = losses.SoftmaxCrossEntropy()
    train(net, letters, letters, 0.5, 1, loss=loss, progress=plain, batch_size=64)
    assert film.frames == plain.frames


def test_units_that_were_not_put_to_sleep_are_an_error(letters):
    with pytest.raises(ValueError, match="no example wakes the ten units"):
        lesson.woken(lambda net, place, x: None, 0, letters, steps=1)


def test_of_units_asleep_for_ever_no_weight_moves(letters):
    def put_to_sleep(net, place, x):
        net.layers[place].b[:10] = -1000

    assert lesson.woken(put_to_sleep, 0, letters, steps=3) == (0, 0.0)
    count, moved = lesson.woken(put_to_sleep, 2, letters, steps=3)
    assert (count, moved) == (0, 0.0)


def test_alphas_are_those_of_three_layers_and_move(letters):
    alphas = lesson.learned_alphas(letters, letters, 0.1, 1, (0, 1))
    assert alphas.shape == (2, 3) and not np.any(alphas == 0.25)


def test_the_mean_leak_is_that_of_rrelu():
    assert lesson.mean_leak().alpha == activations.RReLU().alpha


def test_through_many_layers_a_linear_unit_keeps_its_spread_by_lecuns_rule():
    class Linear:
        f = staticmethod(lambda z: z)

    path = lesson.through(Linear, initializers.lecun, depth=5, width=400, n=400)
    assert path.shape == (5, 2)
    np.testing.assert_allclose(path[:, 1], 1, atol=0.1)
    np.testing.assert_allclose(path[:, 0], 0, atol=0.02)


def test_an_error_signal_is_compared_between_the_first_dense_and_the_last():
    assert np.isclose(lesson.grown(depth=1), 1)
    assert lesson.grown(depth=30) > 1


def test_the_best_rate_is_one_without_overflow():
    nan = np.nan
    assert lesson.best_rate({1: np.array([0.5, 0.5, 0.5]), 2: np.array([0.9, 0.9, nan])}) == 1
    assert lesson.best_rate({1: np.array([0.5, 0.5, 0.5]), 2: np.array([0.4, 0.6, 0.7])}) == 2


def test_a_table_of_places_has_the_best_rate_of_each_depth(letters, capsys):
    units = {"ReLU": (RELU, lesson.HE), "SELU": (activations.SELU, 1.0)}
    found = lesson.places(units, {1: [0.001, 0.5], 2: [0.1]}, letters, letters, 2, (0,))
    assert found["ReLU"][1][0] == 0.5 and found["SELU"][2][0] == 0.1
    lesson.print_places(found)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("ReLU       1 hidden ≈ 0.") and "2 hidden ≈ " in lines[1]


def test_the_rate_is_searched_from_the_first_start_alone(monkeypatch):
    scores = {0.1: [0.5, 0.9, 0.9], 0.3: [0.6, 0.2, 0.4]}
    trained = []

    def accuracies(learn, judge, lr, epochs, seeds, **kind):
        trained.extend((lr, seed) for seed in seeds)
        return np.array([scores[lr][seed] for seed in seeds])

    monkeypatch.setattr(lesson, "accuracies", accuracies)
    found = lesson.places({"ReLU": (RELU, lesson.HE)}, {2: [0.1, 0.3]}, None, None, 5)
    rate, reached = found["ReLU"][2]
    assert rate == 0.3 and reached.tolist() == scores[0.3]
    assert trained == [(0.1, 0), (0.3, 0), (0.3, 1), (0.3, 2)]


def test_an_overflow_is_told_by_its_name(capsys):
    lesson.print_scores({"a": np.array([0.5, np.nan])})
    sleepers = np.array([[0.0, 0.5], [0.2, 0.5], [0.1, 0.5]])
    lesson.print_rates({2.0: lesson.Outcome(sleepers, np.array([0.25, np.nan, 0.5]))})
    first, second = capsys.readouterr().out.splitlines()
    assert first.split() == ["a", "≈", "0.50,", "overflow"]
    assert second == (
        "lr 2.0: asleep ≈ 0.10 and ≈ 0.50; accuracy ≈ 0.25, from ≈ 0.00 to ≈ 0.50; "
        "overflow in ≈ 1 of 3"
    )


# Drawings.


def test_a_cross_stands_for_each_unit_that_no_letter_wakes(shown):
    net = three_units(RELU(), layers.Dense(3, 3), RELU())
    lesson.show_awake({"one": net, "two": net}, X)
    (ax, alt), words = shown[0], [text.get_text() for text in shown[0][0][0].texts]
    second = int(np.sum(lesson.awake(net, X)[1] == 0))
    assert words == ["layer 1: 1 dead", f"layer 2: {second} dead"]
    assert f"one: ≈ 1 and ≈ {second}" in alt and ax[1].get_title() == "two"


def test_a_step_is_drawn_as_it_was_computed(shown):
    lesson.show_step(np.array([0.5, 0.3]), {0.1: np.array([0.4, 0.2]), 1.0: np.array([-1, -1])})
    ax, alt = shown[0]
    assert [a.get_title() for a in ax] == [f"lr {r}: {n} of 2 examples wake it" for r, n in
                                           (("0.1", 2), ("1", 0))]  # fmt: skip
    assert [text.get_text() for text in ax[1].texts] == ["1, 2"]
    assert "at lr 0.1 2 of 2 and at lr 1.0 0 of 2" in alt


OUTCOMES = {
    0.1: lesson.Outcome(np.array([[0.0, 0.2], [0.1, 0.3], [0.2, 0.4]]), np.array([0.9, 0.8, 0.7])),
    1.0: lesson.Outcome(np.full((3, 2), 0.5), np.array([0.1, np.nan, np.nan])),
}


def test_rates_and_leaks_say_the_middle_start(shown):
    lesson.show_rates({0.1: OUTCOMES[0.1]})
    lesson.show_leak({"ReLU": {0.1: OUTCOMES[0.1]}, "leaky ReLU": OUTCOMES})
    assert "lr 0.1 ≈ 0.10 and ≈ 0.30, accuracy ≈ 0.80" in shown[0][1]
    assert "leaky ReLU: lr 0.1 ≈ 0.80, lr 1 ≈ 0.00, overflow in ≈ 2 runs" in shown[1][1]
    crosses = [line for line in shown[1][0].lines if line.get_marker() == "x"]
    assert [len(line.get_xdata()) for line in crosses] == [0, 2]


def test_a_film_is_drawn_at_its_step_and_says_where_it_broke_off(letters):
    kind = {"hidden": [50, 50], "unit": activations.LeakyReLU, "scale": lesson.HE}
    films = lesson.films_of([0.1, 50.0], letters, letters, 2, **kind)
    ax = lesson.draw_deaths(lesson.death_axes(), films, 0.1, 3)
    first = int(np.sum(films[0.1].awake[3][0] == 0))
    assert ax[0].texts[1].get_text().startswith("lr 0.1, step 3: ")
    assert ax[2].texts[0].get_text() == f"layer 1: {first} asleep"
    broken = lesson.draw_deaths(lesson.death_axes(), films, 50.0, 8)
    assert films[50.0].frames[-1].step < 8
    assert broken[0].texts[1].get_text().startswith("lr 50: ended after step ")
    np.testing.assert_allclose(
        broken[3].lines[0].get_ydata(),
        [np.mean(films[0.1].awake[5][0] == 0), np.mean(films[50.0].awake[-1][0] == 0)],
    )


def test_the_family_shows_answers_and_slopes(shown):
    units = {"PReLU": activations.PReLU(-0.5), "ELU": activations.ELU()}
    units |= {"RReLU": activations.RReLU(), "SELU": activations.SELU()}
    lesson.show_family(units)
    ax, alt = shown[0]
    assert "PReLU −0.50, ELU 0.14, RReLU 0.23, SELU 0.24" in alt
    answer = ax[0, 1].lines[-1].get_ydata()
    np.testing.assert_allclose(answer, [np.expm1(-2), 1.5])
    np.testing.assert_allclose(lesson.slope_of(units["PReLU"], np.array([-2, 1.5])), [-0.5, 1])


def test_pictures_of_layers_and_sums_say_their_numbers(shown):
    lesson.show_through({"a": np.array([[0.0, 1.0], [0.1, 2.0]])})
    lesson.show_learned(np.array([[0.5, 2.0], [0.7, 1.0]]))
    lesson.show_sums(lambda z: np.clip(z, 0, 1), lambda z: 2 * np.abs(z))
    assert "last: a ≈ 2." in shown[0][1]
    assert "layer 1 ≈ 0.60, layer 2 ≈ 1.50" in shown[1][1]
    assert "at 3 it is 6 instead of 9" in shown[2][1]
