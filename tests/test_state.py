"""net.state, the third vector: the running statistics of a layer are as safe as its weights."""

import copy
import pickle

import numpy as np
import pytest

from dlcourse.activations import Tanh
from dlcourse.gradcheck import gradient_errors
from dlcourse.layers import BatchNorm, Dense
from dlcourse.losses import MeanSquaredError
from dlcourse.network import Sequential
from dlcourse.optimizers import SGD
from dlcourse.training import Batches, Probe, fit

RNG = np.random.default_rng(0)
X, T = 2 + 3 * RNG.standard_normal((40, 4)), RNG.standard_normal((40, 2))


class Plain:
    """BatchNorm as a learner would write it: no base class, no views, no checks."""

    __init__ = BatchNorm.__init__
    init_params = BatchNorm.init_params

    def forward(self, x, training=False):
        return BatchNorm.forward.__wrapped__(self, x, training)

    def backward(self, dy):
        return BatchNorm.backward.__wrapped__(self, dy)


KINDS = [BatchNorm, Plain]


def network(kind=BatchNorm, dtype=np.float64, seed=0):
    return Sequential([Dense(4, 3), kind(3), Tanh(), kind(3), Dense(3, 2)], seed, dtype)


def trained(kind=BatchNorm, dtype=np.float64):
    net = network(kind, dtype)
    fit(net, MeanSquaredError(), SGD(0.1), Batches(X, T, 8), 3)
    return net


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_states_are_views_of_one_vector_in_the_networks_precision(kind, dtype):
    net = trained(kind, dtype)
    assert net.state.shape == (12,) and net.state.dtype == net.theta.dtype == dtype
    first, second = net.layers[1], net.layers[3]
    assert np.array_equal(
        net.state, np.concatenate([first.mean, first.var, second.mean, second.var])
    )
    net.state = np.arange(12)
    assert first.var.tolist() == [3, 4, 5] and second.mean.tolist() == [6, 7, 8]
    assert net.forward(X).dtype == dtype and np.shares_memory(second.var, net.state)
    with pytest.raises(ValueError, match=r"takes mean of shape \(3,\), got \(4,\)"):
        first.mean = np.zeros(4)


def test_running_statistics_by_hand():
    layer = BatchNorm(2)
    net = Sequential([layer], dtype=np.float64)
    y = net.forward(np.array([[1.0, 0], [3, 8]]), training=True)
    assert layer.mean == pytest.approx([0.2, 0.4]) and layer.var == pytest.approx([1.0, 2.5])
    assert y == pytest.approx(np.array([[-1.0, -1], [1, 1]]), rel=1e-5)
    assert net.forward(np.array([[0.2, 0.4]])) == pytest.approx(0)
    assert layer.mean == pytest.approx([0.2, 0.4])  # judging moves nothing


@pytest.mark.parametrize("kind", KINDS)
def test_the_gradient_check_agrees_and_moves_no_statistic(kind):
    net = trained(kind)
    theta, state = net.theta.copy(), net.state.copy()
    assert max(gradient_errors(net, MeanSquaredError(), X[:9], T[:9]).values()) < 1e-7
    assert np.array_equal(net.theta, theta) and np.array_equal(net.state, state)


def test_the_gradient_check_that_fails_moves_no_statistic_either():
    net = trained()
    state = net.state.copy()
    with pytest.raises(ValueError):
        gradient_errors(net, MeanSquaredError(), X[:9], T[:8])
    assert np.array_equal(net.state, state)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_statistics_are_saved_and_loaded(tmp_path, kind, dtype):
    net, other = trained(kind, dtype), network(kind, dtype, seed=5)
    net.save(tmp_path / "net.npz")
    other.load(tmp_path / "net.npz")
    assert other.state.tobytes() == net.state.tobytes()
    assert other.forward(X).tobytes() == net.forward(X).tobytes()


def test_a_file_without_these_statistics_is_another_network(tmp_path):
    class Without(Plain):
        def __init__(self, n):
            super().__init__(n)
            self.states = {"mean": (n,)}

    Without.__name__ = "Plain"
    trained(Plain).save(tmp_path / "net.npz")
    with pytest.raises(ValueError, match="takes a file of the same network"):
        network(Without).load(tmp_path / "net.npz")


def test_statistics_that_are_not_finite_are_not_saved(tmp_path):
    net = trained()
    net.layers[1].var = np.inf
    with pytest.raises(ValueError, match="a net of finite numbers"):
        net.save(tmp_path / "net.npz")


@pytest.mark.parametrize("kind", KINDS)
def test_a_refused_step_leaves_statistics_as_they_were(kind):
    net = trained(kind, np.float32)
    theta, state = net.theta.copy(), net.state.copy()
    x = X.copy()
    x[3, 2] = np.nan
    with pytest.warns(RuntimeWarning, match="the batch's x holds NaN"):
        fit(net, MeanSquaredError(), SGD(0.1), [(x, T)], 1)
    assert np.array_equal(net.theta, theta) and np.array_equal(net.state, state)
    with pytest.warns(RuntimeWarning, match="would make the parameters"):
        fit(net, MeanSquaredError(), SGD(1e300), [(X, T)], 1)
    assert np.array_equal(net.theta, theta) and np.array_equal(net.state, state)
    with pytest.raises(ValueError, match="one shape"):  # a mistake of the caller
        fit(net, MeanSquaredError(), SGD(0.1), [(X, T[:, :1])], 1)
    assert np.array_equal(net.state, state)


def test_frozen_layers_keep_their_statistics():
    net = trained()
    state = net.state.copy()
    net.freeze(2)
    fit(net, MeanSquaredError(), SGD(0.1), Batches(X, T, 8), 2)
    assert np.array_equal(net.state[:6], state[:6]) and np.all(net.state[6:] != state[6:])


@pytest.mark.parametrize("clone", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))])
@pytest.mark.parametrize("kind", KINDS)
def test_a_copy_keeps_its_own_statistics(kind, clone):
    net = trained(kind)
    state, twin = net.state.copy(), clone(net)
    assert np.array_equal(twin.state, state) and np.shares_memory(twin.layers[1].mean, twin.state)
    fit(twin, MeanSquaredError(), SGD(0.1), Batches(X, T, 8), 1)
    assert np.array_equal(net.state, state) and not np.array_equal(twin.state, state)


def test_a_probe_moves_no_statistic():
    nets = network(), network()
    for net, probe in zip(nets, (None, Probe(X, T, MeanSquaredError(), range(9))), strict=True):
        fit(net, MeanSquaredError(), SGD(0.1), Batches(X, T, 8), 2, progress=probe)
    assert np.array_equal(nets[0].state, nets[1].state)


def test_one_example_is_refused_in_training_and_changes_nothing():
    net = network()
    with pytest.raises(ValueError, match="takes 2 examples or more in training"):
        fit(net, MeanSquaredError(), SGD(0.1), Batches(X[:1], T[:1], 1), 1)
    assert np.array_equal(net.state, network().state) and net.predict(X[:1]).shape == (1,)


def test_columns_are_not_spread_over_the_units():
    net = Sequential([BatchNorm(7)])
    with pytest.raises(ValueError, match=r"BatchNorm\(7\) takes x of shape \(N, 7\), got \(5, 1\)"):
        net.forward(np.ones((5, 1)))
    net.forward(np.ones((5, 7)), training=True)
    with pytest.raises(ValueError, match=r"takes dy of shape \(5, 7\), got \(5, 1\)"):
        net.layers[0].backward(np.ones((5, 1)))
    with pytest.raises(RuntimeError, match="needs a forward first"):
        Sequential([BatchNorm(7)]).backward(np.ones((5, 7)))
