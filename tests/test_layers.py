"""Layers that are another function in training: Dropout, RReLU, BatchNorm; and BatchNorm folded."""

import copy
import pickle

import numpy as np
import pytest

from dlcourse.activations import RReLU, Sigmoid, Tanh
from dlcourse.gradcheck import gradient_errors
from dlcourse.layers import BatchNorm, Dense, Dropout, RandomLayer
from dlcourse.losses import MeanSquaredError, SoftmaxCrossEntropy
from dlcourse.network import Sequential, fold
from dlcourse.optimizers import SGD
from dlcourse.training import Batches, Probe, accuracy, fit

RNG = np.random.default_rng(0)
X, T = RNG.standard_normal((40, 4)), np.eye(3)[RNG.integers(0, 3, 40)]
DRAWING = [lambda *seed: Dropout(0.5, *seed), lambda *seed: RReLU(0.1, 0.5, *seed)]
NAMES = ["Dropout", "RReLU"]


def net_with(make, seed=0, dtype=np.float32):
    return Sequential([Dense(4, 20), Tanh(), make(), Dense(20, 3), make()], seed, dtype)


def trained(net, epochs=2):
    fit(net, SoftmaxCrossEntropy(), SGD(0.1), Batches(X, T, 8), epochs)
    return net


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("p", [0.0, 0.2, 0.9])
def test_dropout_drops_a_share_p_and_keeps_the_mean(p, dtype):
    layer, x = Dropout(p, seed=3), np.full((200, 500), 3, dtype)
    y = layer.forward(x, training=True)
    assert y.dtype == dtype and np.all(x == 3)
    assert set(np.round(np.unique(y) * (1 - p), 5)) <= {0, 3}
    n = y.size
    assert abs(np.mean(y == 0) - p) <= 4 * np.sqrt(p * (1 - p) / n)
    assert abs(y.mean() - 3) <= 4 * 3 * np.sqrt(p / (1 - p) / n) + 1e-5
    dy = RNG.standard_normal(y.shape).astype(dtype)
    dx = layer.backward(dy)
    assert dx.dtype == dtype and np.allclose(dx, dy * (y > 0) / (1 - p), rtol=1e-6)
    assert p == 0 or not np.array_equal(layer.forward(x, training=True), y)  # anew at every pass


@pytest.mark.parametrize("p", [0.0, 0.2, 0.9])
def test_dropout_leaves_predictions_alone(p):
    layer = Dropout(p)  # nothing to draw from: it draws nothing
    y = layer.forward(X)
    assert np.array_equal(y, X) and not np.shares_memory(y, X)
    dx = layer.backward(X)
    assert np.array_equal(dx, X) and not np.shares_memory(dx, X)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rrelu_draws_slopes_between_low_and_high(dtype):
    layer, x = RReLU(0.2, 0.6, seed=3), np.full((200, 500), -1, dtype)
    a = -layer.forward(x, training=True)
    assert a.dtype == dtype and 0.2 <= a.min() < 0.201 and 0.599 < a.max() <= 0.6
    assert abs(a.mean() - 0.4) <= 4 * 0.4 / np.sqrt(12 * a.size) + 1e-6
    assert np.array_equal(layer.backward(np.ones_like(x)), a)
    assert np.array_equal(layer.forward(-x, training=True), -x)
    assert np.allclose(layer.forward(x), -0.4) and np.allclose(layer.backward(-x), 0.4)


@pytest.mark.parametrize("make", DRAWING, ids=NAMES)
class TestDrawing:
    """What holds for every layer that draws numbers in training."""

    def test_two_networks_with_the_same_seed_draw_the_same(self, make):
        nets = [trained(net_with(make, seed)) for seed in (1, 1, 2)]
        assert np.array_equal(nets[0].theta, nets[1].theta)
        passes = [net.forward(X, training=True) for net in nets]
        assert np.array_equal(passes[0], passes[1]) and not np.array_equal(passes[0], passes[2])
        assert not np.array_equal(nets[0].forward(X, training=True), passes[0])

    def test_the_first_weights_are_those_of_a_network_without_it(self, make):
        plain = Sequential([Dense(4, 20), Tanh(), Dense(20, 3)], seed=5)
        assert np.array_equal(net_with(make, 5).theta, plain.theta)

    def test_a_seed_of_its_own_draws_the_same_in_every_network(self, make):
        outputs = []
        for seed in (1, 2):
            net = Sequential([make(7), make(8)], seed)
            outputs.append(net.forward(X, training=True))
        assert np.array_equal(*outputs)
        alone = make(7).forward(X.astype(np.float32), training=True)
        assert np.array_equal(make(8).forward(alone, training=True), outputs[0])

    def test_both_precisions_draw_the_same(self, make):
        single, double = (make(7).forward(X.astype(d), True) for d in (np.float32, np.float64))
        assert np.array_equal(single == 0, double == 0) and np.allclose(single, double, rtol=1e-5)

    def test_predicting_and_judging_draw_nothing(self, make):
        nets = net_with(make), net_with(make)
        nets[0].predict(X)
        accuracy(nets[0], X, T)
        probe = Probe(X, T, SoftmaxCrossEntropy(), range(99))
        for net, progress in zip(nets, (probe, None), strict=True):
            batches = Batches(X, T, 8)
            fit(net, SoftmaxCrossEntropy(), SGD(0.1), batches, 2, progress=progress)
        assert np.array_equal(nets[0].theta, nets[1].theta)
        assert np.array_equal(nets[0].forward(X), nets[0].forward(X))

    def test_below_frozen_parameters_it_draws_nothing(self, make):
        net = Sequential([Dense(4, 20), make(), Dense(20, 3)])
        net.freeze(2)
        assert np.array_equal(net.forward(X, training=True), net.forward(X))
        net.freeze(1)
        assert not np.array_equal(net.forward(X, training=True), net.forward(X))

    @pytest.mark.parametrize("clone", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))])
    def test_a_copy_goes_on_drawing_alike(self, make, clone):
        net = trained(net_with(make))
        twin = clone(net)
        assert np.array_equal(trained(net).theta, trained(twin).theta)
        other = clone(net)  # and draws from a generator of its own
        net.forward(X, training=True)
        assert not np.array_equal(net.forward(X, training=True), other.forward(X, training=True))

    def test_the_seed_is_no_part_of_a_file(self, make, tmp_path):
        net, other = trained(net_with(make)), net_with(lambda: make(9), seed=4)
        net.save(tmp_path / "net.npz")
        other.load(tmp_path / "net.npz")
        assert np.array_equal(other.forward(X), net.forward(X))

    def test_it_says_what_it_lacks(self, make):
        with pytest.raises(RuntimeError, match="put it into a Sequential, or give it a seed"):
            make().forward(X, training=True)


def test_another_p_is_another_network_in_a_file(tmp_path):
    Sequential([Dense(4, 3), Dropout(0.5)]).save(tmp_path / "net.npz")
    with pytest.raises(ValueError, match=r"0\.5.*0\.2"):
        Sequential([Dense(4, 3), Dropout(0.2)]).load(tmp_path / "net.npz")


def test_a_layer_of_ones_own_can_draw():
    class Noise(RandomLayer):
        def forward(self, x, training=False):
            return x + self.draw(x.shape) if training else 1 * x

        def backward(self, dy):
            return 1 * dy

    first, second = (Sequential([Dense(4, 3), Noise()], 3) for _ in range(2))
    assert np.array_equal(first.forward(X, True), second.forward(X, True))
    assert np.array_equal(Noise(4).draw((2, 3)), np.random.default_rng(4).random((2, 3)))
    with pytest.raises(ValueError, match=r"Noise\(\) draws new numbers"):
        net = Sequential([Dense(4, 3), Noise()], dtype=np.float64)
        gradient_errors(net, MeanSquaredError(), X, T)


def test_names_show_what_a_layer_is():
    net = Sequential([Dense(4, 3), BatchNorm(3, 0.5), Dropout(0.25), RReLU()])
    assert list(net.slices) == ["1 Dense(4, 3)", "2 BatchNorm(3)"]
    assert repr(net).splitlines()[3].strip() == "Dropout(0.25)"


def normalized(dtype=np.float64, hidden=3):
    """A trained network of sigmoids, each after a BatchNorm."""
    layers = [BatchNorm(4), Dense(4, 20), BatchNorm(20), Sigmoid()]
    for _ in range(hidden):
        layers += [Dense(20, 20), BatchNorm(20), Sigmoid()]
    net = Sequential([*layers, BatchNorm(20), Dense(20, 3)], 1, dtype)
    return trained(net, epochs=20)


@pytest.mark.parametrize("dtype, limit", [(np.float64, 1e-12), (np.float32, 1e-5)])
def test_folded_a_network_predicts_the_same(dtype, limit):
    net = normalized(dtype)
    theta, state = net.theta.copy(), net.state.copy()
    folded, z = fold(net), net.forward(X)
    assert np.abs(folded.forward(X) - z).max() <= limit * np.abs(z).max()
    assert np.array_equal(folded.predict(X), net.predict(X)) and folded.theta.dtype == dtype
    names = [type(layer).__name__ for layer in folded.layers]
    middle = ["Dense", "Sigmoid"] * 4
    assert names == ["BatchNorm", *middle, "BatchNorm", "Dense"]  # two have no Dense before them
    assert len(folded.slices) == 7 and folded.state.size == 2 * (4 + 20)
    assert np.array_equal(net.theta, theta) and np.array_equal(net.state, state)
    folded.theta = 0
    assert np.array_equal(net.theta, theta)


def test_folding_by_hand():
    net = Sequential([Dense(1, 2), BatchNorm(2, eps=1e-30)], dtype=np.float64)
    net.layers[0].W, net.layers[0].b = [[2, 3]], [5, 7]
    norm = net.layers[1]
    norm.gamma, norm.beta, norm.mean, norm.var = [10, 100], [1, 2], [4, 5], [4, 25]
    dense = fold(net).layers[0]  # times 10/2 and 100/5
    assert dense.W == pytest.approx(np.array([[10, 60]])) and dense.b == pytest.approx([6, 42])


def test_a_folded_network_is_a_network(tmp_path):
    net = normalized()
    net.freeze(2)
    folded = fold(net)
    assert folded.n_frozen == 0 and net.n_frozen == 2
    assert max(gradient_errors(folded, SoftmaxCrossEntropy(), X[:9], T[:9]).values()) < 1e-6
    folded.save(tmp_path / "net.npz")
    other = fold(normalized())
    other.theta = 0
    other.load(tmp_path / "net.npz")
    assert np.array_equal(other.forward(X), folded.forward(X))
    with pytest.raises(ValueError, match="takes a file of the same network"):
        net.load(tmp_path / "net.npz")
    before = folded.theta.copy()
    assert np.all(trained(folded).theta != before)  # and can learn on


def test_only_what_comes_right_after_a_dense_can_be_folded():
    for layers in ([BatchNorm(4), Dense(4, 3)], [Dense(4, 3), Tanh(), BatchNorm(3)]):
        with pytest.raises(ValueError, match="fold takes a net with a BatchNorm right after"):
            fold(Sequential(layers))


class Doubled(BatchNorm):
    """Not what fold would compute."""

    def forward(self, x, training=False):
        return 2 * super().forward(x, training)


def test_a_layer_of_ones_own_is_not_taken_for_a_batch_norm():
    with pytest.raises(ValueError, match="finds none"):
        fold(Sequential([Dense(4, 3), Doubled(3)]))


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
def test_running_statistics_approach_those_of_the_data(momentum):
    net = Sequential([BatchNorm(4, momentum)], dtype=np.float64)
    for _ in range(300):
        net.forward(X, training=True)
    layer = net.layers[0]
    assert layer.mean == pytest.approx(X.mean(axis=0)) and layer.var == pytest.approx(X.var(axis=0))
    net.forward(X + 1, training=True)
    expected = X.mean(axis=0) + (1 - momentum)
    assert layer.mean == pytest.approx(expected)


def test_scaling_the_weights_before_a_batch_norm_changes_nothing():
    net = Sequential([Dense(4, 5), BatchNorm(5, eps=1e-12), Dense(5, 3)], dtype=np.float64)
    y = net.forward(X, training=True)
    net.layers[0].W *= 37
    net.layers[0].b = 5  # and neither does the bias
    assert net.forward(X, training=True) == pytest.approx(y, abs=1e-8)
