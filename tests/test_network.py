"""Sequential: views of one theta, one owner, freezing, files, copies, the learner's own layers."""

import copy
import os
import pickle

import numpy as np
import pytest

from dlcourse import initializers
from dlcourse.activations import ReLU, Sigmoid, Tanh
from dlcourse.gradcheck import gradient_errors, numerical_gradient
from dlcourse.guard.vectors import CHUNK
from dlcourse.layers import Dense, Layer
from dlcourse.losses import MeanSquaredError, SoftmaxCrossEntropy
from dlcourse.network import Sequential, mlp, signals
from dlcourse.optimizers import SGD
from dlcourse.training import Batches, fit

X = np.random.default_rng(0).standard_normal((6, 4)).astype(np.float32)
T = np.eye(2, dtype=np.float32)[[0, 1, 0, 1, 1, 0]]


def small(seed=0, dtype=np.float32):
    return Sequential([Dense(4, 3), Tanh(), Dense(3, 2)], seed=seed, dtype=dtype)


class Noise(Layer):
    """Counts the calls that were told they are training."""

    calls = 0

    def forward(self, x, training=False):
        type(self).calls += training
        return 1 * x

    def backward(self, dy):
        return 1 * dy


class Own:
    """A learner's layer: no base class, and gradients by plain assignment."""

    def __init__(self, n_in, n_out):
        self.shapes = {"W": (n_in, n_out), "b": (n_out,)}

    def init_params(self, rng):
        self.W = initializers.xavier(rng, *self.shapes["W"])
        self.b = np.zeros(self.shapes["b"])

    def forward(self, x, training=False):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dy):
        self.dW = self.x.T @ dy
        self.db = dy.sum(axis=0)
        return dy @ self.W.T


def test_layers_are_views_of_theta_and_grad():
    net = small()
    first, _, last = net.layers
    assert net.slices == {"1 Dense(4, 3)": slice(0, 15), "2 Dense(3, 2)": slice(15, 23)}
    assert net.theta.shape == net.grad.shape == (23,) and net.theta.flags.c_contiguous
    net.theta[:] = np.arange(23)
    net.grad[:] = -np.arange(23)
    assert first.W.tolist() == [
        [0, 1, 2],
        [3, 4, 5],
        [6, 7, 8],
        [9, 10, 11],
    ] and first.b.tolist() == [12, 13, 14]
    assert last.dW.tolist() == [[-15, -16], [-17, -18], [-19, -20]] and last.db.tolist() == [
        -21,
        -22,
    ]


def test_assigning_writes_through_and_detaches_nothing():
    net = small()
    theta, grad, W, dW = net.theta, net.grad, net.layers[0].W, net.layers[0].dW
    net.theta = np.arange(23)
    net.grad = 3
    assert W[0].tolist() == [0, 1, 2] and np.all(dW == 3)
    net.layers[0].W, net.layers[0].b = np.full((4, 3), 7), 8
    net.layers[0].dW = np.full((4, 3), 9)
    assert (
        np.all(theta[:12] == 7)
        and np.all(theta[12:15] == 8)
        and np.all(grad[:12] == 9)
        and theta[15] == 15
    )
    net.theta += 1
    assert net.theta is theta and net.layers[0].W is W and np.all(W == 8)


def test_backward_returns_nothing_and_skips_the_first_dx():
    net = small()
    net.layers[0].backward = None  # calling it would fail
    dz = np.ones_like(net.forward(X))
    assert net.backward(dz) is None and net.grad.all() and np.all(dz == 1)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", [np.float32, np.float64, np.int64, np.uint8, bool])
def test_one_dtype_everywhere(dtype, kind):
    """All keep the network's dtype, also after steps with an np.float64 rate."""
    net, loss = (
        Sequential([Dense(4, 5), ReLU(), Dense(5, 4), Tanh(), Dense(4, 2)], dtype=dtype),
        SoftmaxCrossEntropy(),
    )
    x = (X > 0).astype(kind)
    fit(
        net,
        loss,
        SGD(np.float64(0.1)),
        Batches(x, T.astype(np.float64), 4),
        2,
        clip=np.float64(0.01),
    )
    y = x
    for layer in net.layers:
        y = layer.forward(y.astype(dtype))
        assert y.dtype == dtype, layer
    z = net.forward(x)
    loss.forward(z, T)
    dz = loss.backward()
    assert (
        z.dtype == dz.dtype == net.theta.dtype == net.grad.dtype == net.layers[0].W.dtype == dtype
    )
    for layer in reversed(net.layers):
        dz = layer.backward(dz)
        assert dz.dtype == dtype, layer
    arrived = []
    net.layers[-2].backward = lambda dy: arrived.append(dy.dtype) or dy
    net.backward(T.astype(np.float64))
    assert arrived == [dtype]


def test_same_seed_same_theta():
    assert np.array_equal(small(3).theta, small(3).theta) and not np.array_equal(
        small(3).theta, small(4).theta
    )
    # drawn in float64 for both
    assert np.allclose(small(3).theta, small(3, np.float64).theta, rtol=1e-6)
    assert np.array_equal(Sequential([Dense(4, 3)]).theta, Sequential([Dense(4, 3)], seed=0).theta)
    w, b = small().layers[0].W, small().layers[0].b
    assert w.all() and not b.any()


def test_an_earlier_output_never_changes():
    net = small()
    first = net.forward(X)
    kept = first.copy()
    net.forward(X + 1)
    net.backward(np.ones_like(first))
    assert np.array_equal(first, kept)


def test_a_second_owner_is_refused():
    net = small()
    with pytest.raises(
        ValueError,
        match=r"Dense\(4, 3\) belongs to a network already.*new.theta\[:k\] = old.theta\[:k\]",
    ):
        Sequential([net.layers[0]])
    with pytest.raises(ValueError, match="belongs to a network already"):
        Sequential([net.layers[1]])
    dense = Dense(2, 2)
    with pytest.raises(ValueError, match="belongs to a network already"):
        Sequential([dense, dense])
    Sequential([dense])  # a refused stack owns nothing


class Half(Own):
    """A learner's layer without parameters."""

    def __init__(self):
        self.shapes = {}

    def init_params(self, rng):
        pass


def test_repr_shows_layers_shapes_and_the_number_of_parameters():
    assert repr(Sequential([Own(4, 3), Tanh(), Half(), Dense(3, 2)])).splitlines() == [
        "Sequential: 23 parameters, float32",
        "  1 Own(4, 3)            W (4, 3)  b (3,)",
        "    Tanh()",
        "    Half()",
        "  2 Dense(3, 2)          W (3, 2)  b (2,)",
    ]


def test_predict_by_the_last_layers_threshold_and_by_the_largest_output():
    x = np.array([[-1.0], [0.1], [2.0]])
    for layers, W, expected in [
        ([Dense(1, 1)], [1, 0], [0, 1, 1]),  # a logit: above 0
        ([Dense(1, 1), Sigmoid()], [1, 0], [0, 1, 1]),  # a probability: above 1/2
        ([Dense(1, 1), Sigmoid()], [1, -1], [0, 0, 1]),
        ([Dense(1, 1), Tanh()], [1, 0], [0, 1, 1]),
        ([Own(1, 1)], [1, 0], [0, 1, 1]),  # a layer that names no threshold
        ([Dense(1, 3)], [-1, 0, 1, 0, 0.5, 0], [0, 1, 2]),
    ]:
        net = Sequential(layers)
        net.theta = W
        labels = net.predict(x)
        assert labels.tolist() == expected and labels.dtype == np.int64


def test_predict_works_in_chunks():
    x = np.linspace(-1, 1, 5003)[:, None]
    net = Sequential([Dense(1, 1)])
    net.theta = [1, 0]
    assert np.array_equal(net.predict(x), x[:, 0] > 0) and len(net.layers[0]._x) <= CHUNK < len(x)


@pytest.mark.parametrize("n", [0, 1, 2])
def test_frozen_layers_get_no_gradient_and_do_not_move(n):
    layers = [Noise(), Dense(4, 3), Tanh(), Noise(), Dense(3, 2), Noise()]
    net, end = Sequential(layers), [0, 15, 23][n]
    net.freeze(n)
    net.grad = 5
    if n:  # nothing is computed for a frozen layer
        layers[1].backward = layers[1].param_grads = None
    before, Noise.calls = net.theta.copy(), 0
    net.backward(np.ones_like(net.forward(X, training=True)))
    assert not net.grad[:end].any() and net.grad[end:].all()
    assert Noise.calls == [3, 2, 1][n]  # what lies below the last frozen parameters does not train
    assert len(net.weights()) == 2 - n
    SGD(0.1).step(net.theta, net.grad)
    assert np.array_equal(net.theta[:end], before[:end]) and (
        n == 2 or np.all(net.theta[end:] != before[end:])
    )
    if n:
        del layers[1].backward, layers[1].param_grads
    net.freeze(0)
    net.backward(np.ones_like(net.forward(X)))
    assert net.grad.all() and len(net.weights()) == 2


def test_a_network_without_parameters():
    Noise.calls = 0
    net = Sequential([Noise(), Tanh()])
    net.backward(np.ones_like(net.forward(X, training=True)))
    assert Noise.calls == 1 and net.theta.size == 0 and net.grad_rms() == []


@pytest.mark.parametrize(
    "clone", [copy.deepcopy, copy.copy, lambda net: pickle.loads(pickle.dumps(net))]
)
def test_a_copy_stays_joined(clone):
    net = Sequential([Dense(4, 3), Tanh(), Own(3, 2)])
    net.backward(np.ones_like(net.forward(X)))
    twin = clone(net)
    assert np.array_equal(twin.theta, net.theta) and np.array_equal(twin.grad, net.grad)
    twin.theta = np.arange(23)
    assert twin.layers[0].W[0].tolist() == [0, 1, 2] and twin.layers[2].b.tolist() == [21, 22]
    twin.backward(np.ones_like(twin.forward(X)))
    assert np.shares_memory(twin.layers[0].dW, twin.grad) and np.shares_memory(
        twin.layers[2].W, twin.theta
    )
    if clone is not copy.copy:
        assert not np.array_equal(net.theta, twin.theta) and not np.shares_memory(
            net.theta, twin.theta
        )
    with pytest.raises(ValueError, match="belongs to a network"):
        Sequential([twin.layers[0]])


def test_a_learners_own_layers_work_everywhere():
    nets = [
        Sequential([Layers(4, 3), Tanh(), Layers(3, 2)], seed=1, dtype=np.float64)
        for Layers in (Own, Dense)
    ]
    assert np.array_equal(nets[0].theta, nets[1].theta)
    histories = [fit(net, SoftmaxCrossEntropy(), SGD(0.1), Batches(X, T, 4), 3) for net in nets]
    assert np.allclose(nets[0].theta, nets[1].theta) and np.allclose(
        histories[0].grad_rms, histories[1].grad_rms
    )
    assert max(gradient_errors(nets[0], SoftmaxCrossEntropy(), X, T).values()) < 1e-7
    assert np.shares_memory(nets[0].layers[0].dW, nets[0].grad)


def test_a_rebound_parameter_comes_back():
    layer = Own(4, 2)
    net = Sequential([layer])
    layer.W = np.ones((4, 2))
    assert (
        np.all(net.theta[:8] == 1)
        and layer.W.dtype == np.float32
        and np.shares_memory(layer.W, net.theta)
    )
    layer.b = np.array([5.0, 6.0])
    assert net.forward(np.zeros((1, 4))).tolist() == [[5, 6]]
    layer.b = 7  # a single number fills
    assert net.forward(np.zeros((1, 4))).tolist() == [[7, 7]] and layer.b.shape == (2,)
    layer.W = np.zeros((4, 2))
    net.theta = np.arange(10)  # the later assignment wins
    assert layer.W[0].tolist() == [0, 1]
    layer.dW = np.ones((4, 2))
    assert np.all(net.grad[:8] == 1) and np.shares_memory(layer.dW, net.grad)
    layer.dW = np.zeros((4, 2))
    net.grad = np.arange(10)
    assert layer.dW[0].tolist() == [0, 1]


@pytest.mark.parametrize("slip", [lambda dy: dy.sum(), lambda dy: dy.sum(axis=1)])
def test_a_rebound_gradient_of_another_shape_is_refused(slip):
    class Slip(Own):
        def backward(self, dy):
            super().backward(dy)
            self.db = slip(dy)

    net = Sequential([Slip(4, 2)])
    dz = np.ones_like(net.forward(X))
    with pytest.raises(ValueError, match=r"Slip\(4, 2\) takes db of shape \(2,\), got"):
        net.backward(dz)


def test_a_parameter_of_another_shape_is_refused_at_once():
    for layer in (Own(4, 2), Dense(4, 2)):
        net = Sequential([layer])
        theta = net.theta.copy()
        with pytest.raises(ValueError, match=r"\(4, 2\) takes W of shape \(4, 2\), got \(2, 4\)"):
            layer.W = np.zeros((2, 4))
        with pytest.raises(ValueError, match=r"\(4, 2\) takes dW of shape \(4, 2\), got \(\)"):
            layer.dW = 0
        assert np.array_equal(net.theta, theta)


def test_objects_without_a_network_keep_plain_attributes():
    class Scale(Own):
        gain = 2.0  # of the class: what objects without a network see

        def __init__(self, n):
            self.shapes = {"gain": (n,)}

        def init_params(self, rng):
            self.gain = 3

    before, joined, after = Scale(2), Scale(2), Scale(5)
    net = Sequential([joined])
    assert net.theta.tolist() == [3, 3] and before.gain == after.gain == 2.0
    after.gain = "anything"
    before.W = np.ones((7, 7))
    assert after.gain == "anything" and before.W.shape == (7, 7) and joined.gain.tolist() == [3, 3]
    alone = Own(4, 2)
    Sequential([Own(4, 2)])
    assert not hasattr(alone, "W") and not hasattr(alone, "dW")
    assert Sequential([alone, Dense(2, 3)]).theta.size == 19  # a later network, other sizes


def test_numbers_that_a_learners_layer_brings_along_are_kept():
    class Ready(Own):
        def __init__(self):
            super().__init__(2, 1)
            self.W, self.b, self.dW = [[3.0], [4.0]], 5, None

        def init_params(self, rng):
            pass

    assert Sequential([Ready()]).theta.tolist() == [3, 4, 5]


class Forgot(Own):
    """Returns nothing, from forward or from backward."""

    def __init__(self, where):
        super().__init__(3, 3)
        self.where = where

    def forward(self, x, training=False):
        return None if self.where == "forward" else super().forward(x)

    def backward(self, dy):
        return None if self.where == "backward" else super().backward(dy)


def test_a_forgotten_return_is_named():
    for where, layers in [("forward", 3), ("forward", 2), ("backward", 3)]:
        net = Sequential([Dense(4, 3), Forgot(where), Dense(3, 2)][:layers])
        with pytest.raises(
            TypeError, match=rf"whose {where} returns .*Forgot\(3, 3\)'s returns None"
        ):
            net.backward(np.ones_like(net.forward(X)))


@pytest.mark.parametrize("output", [None, Sigmoid])
def test_mlp_is_the_stack_that_one_writes_by_hand(output):
    last = [] if output is None else [output()]
    by_hand = Sequential(
        [Dense(4, 5, initializers.he), ReLU(), Dense(5, 3, initializers.he), ReLU()]
        + [Dense(3, 2, initializers.he), *last],
        seed=7,
        dtype=np.float64,
    )
    net = mlp([4, 5, 3, 2], ReLU, initializers.he, output, seed=7, dtype=np.float64)
    assert repr(net) == repr(by_hand) and np.array_equal(net.theta, by_hand.theta)
    assert repr(mlp((4, 2), Tanh)) == repr(Sequential([Dense(4, 2)]))
    made = iter([Tanh(), ReLU()])
    assert [type(a) for a in mlp([4, 5, 3], lambda: next(made)).layers] == [Dense, Tanh, Dense]


def test_mlp_says_what_it_takes():
    for sizes in ([4], 4, "42", [4, 0], [4, 2.5]):
        with pytest.raises((TypeError, ValueError), match="mlp takes (each of )?sizes as "):
            mlp(sizes, Tanh)
    with pytest.raises(TypeError, match="mlp takes unit as a function that makes a layer"):
        mlp([4, 2], Tanh())


def test_signals_are_every_layers_output_and_its_gradient():
    """dL/d output by finite differences, layer by layer: L is sum dy * y of the last."""
    net = mlp([4, 3, 3, 2], Tanh, output=Sigmoid, dtype=np.float64)
    net.freeze(1)
    net.grad = np.arange(net.grad.size)
    theta, grad, dy = net.theta.copy(), net.grad.copy(), np.cos(np.arange(12)).reshape(6, 2)
    outputs, errors = signals(net, X, dy)
    assert np.array_equal(net.theta, theta) and np.array_equal(net.grad, grad)
    assert len(outputs) == len(errors) == len(net.layers)
    assert outputs[-1] == pytest.approx(net.forward(X)) and np.array_equal(errors[-1], dy)
    for k in range(len(net.layers)):

        def rest(y, k=k):
            for layer in net.layers[k + 1 :]:
                y = layer.forward(y)
            return float(np.sum(dy * y))

        assert errors[k] == pytest.approx(numerical_gradient(rest, outputs[k]), abs=1e-8)


class Running(Dense):
    """A layer with a statistic that must be saved."""

    def __init__(self, n_in, n_out):
        super().__init__(n_in, n_out)
        self.states = {"mean": (n_out,)}


def stateful(seed):
    return Sequential([Running(4, 3), Tanh(), Dense(3, 2)], seed=seed)


@pytest.mark.parametrize("name", ["net.npz", "net", "net.v2.weights"])
def test_what_is_saved_is_loaded(tmp_path, name):
    net, other, path = stateful(1), stateful(2), tmp_path / name
    net.layers[0].mean[:] = [1, 2, 3]
    theta, W = other.theta, other.layers[0].W
    net.save(str(path))
    assert other.load(path) is None and other.theta is theta and np.array_equal(theta, net.theta)
    assert np.shares_memory(W, theta) and other.layers[0].mean.tolist() == [1, 2, 3]
    assert os.listdir(tmp_path) == [name]


def test_hyper_parameters_are_part_of_the_signature(tmp_path):
    class Leaky(Tanh):
        def __init__(self, alpha, seen=0):
            self.alpha, self._seen = alpha, seen

    Sequential([Dense(2, 2), Leaky(0.1)]).save(tmp_path / "net.npz")
    # a private number is none of them
    Sequential([Dense(2, 2), Leaky(0.1, seen=5)]).load(tmp_path / "net.npz")
    with pytest.raises(ValueError, match=r"Leaky.*0\.1.*Leaky.*0\.2"):
        Sequential([Dense(2, 2), Leaky(0.2)]).load(tmp_path / "net.npz")


def test_a_step_lowers_the_loss():
    net, loss = small(dtype=np.float64), MeanSquaredError()
    before = loss.forward(net.forward(X), T)
    net.backward(loss.backward())
    SGD(0.01).step(net.theta, net.grad)
    fall = before - loss.forward(net.forward(X), T)
    assert fall == pytest.approx(0.01 * np.sum(net.grad**2), rel=0.1)


def test_the_lowest_layer_uses_the_backward_that_its_class_wrote_last():
    """A learner's subclass may overwrite backward and inherit param_grads."""

    class Doubled(Dense):
        def backward(self, dy):
            dx = super().backward(dy)
            self.dW = 2 * self.dW
            return dx

    net = Sequential([Doubled(3, 2), Tanh(), Doubled(2, 1)], dtype=np.float64)
    x, t = np.random.default_rng(0).standard_normal((5, 3)), np.ones((5, 1))
    assert min(gradient_errors(net, MeanSquaredError(), x, t).values()) > 1e-3


def test_a_subclass_may_write_its_own_forward_and_inherit_backward():
    class Own(Dense):
        def forward(self, x, training=False):
            self._x = x
            return x @ self.W + self.b

    net = Sequential([Own(3, 2), Tanh(), Own(2, 1)], dtype=np.float64)
    x, t = np.random.default_rng(0).standard_normal((5, 3)), np.ones((5, 1))
    assert max(gradient_errors(net, MeanSquaredError(), x, t).values()) < 1e-7
    with pytest.raises(RuntimeError, match="needs a forward first"):
        Sequential([Own(3, 2)]).layers[0].backward(t)


class Scale(Layer):
    """y = x W, number by number; W is set before a network is made."""

    W = None

    def __init__(self, n):
        self.shapes = {"W": (n,)}
        self.W = np.full(n, 3.0)

    def forward(self, x, training=False):
        self.x = x
        return x * self.W

    def backward(self, dy):
        self.dW = np.sum(dy * self.x, axis=0)
        return dy * self.W


def test_a_network_that_could_not_be_made_takes_no_weights_away():
    first, wrong = Scale(3), Scale(3)
    wrong.W = np.ones(4)
    with pytest.raises(ValueError, match="takes W of shape"):
        Sequential([first, wrong])
    assert Sequential([first, Scale(3)]).layers[0].W.tolist() == [3, 3, 3]


def test_objects_of_a_learners_class_without_a_network_stay_plain():
    Sequential([Scale(3)])
    other = Scale(2)
    assert other.W.tolist() == [3, 3]
    other.W = "anything"
    assert other.W == "anything"
    del other.W
    assert other.W is None and Scale.W is None  # what the class says


def test_weights_that_belong_to_a_network_cannot_be_deleted():
    layer = Sequential([Scale(3)]).layers[0]
    with pytest.raises(AttributeError, match="belongs to a network"):
        del layer.W
    assert layer.W.tolist() == [3, 3, 3]


def test_a_pickled_layer_knows_its_precision_as_a_new_one_does():
    net = pickle.loads(pickle.dumps(Sequential([Dense(2, 1)])))
    assert net.layers[0]._dtype is np.zeros(1, np.float32).dtype


def test_the_gradient_check_leaves_frozen_layers_out():
    net = Sequential([Dense(3, 2), Tanh(), Dense(2, 1)], dtype=np.float64)
    net.freeze(1)
    errors = gradient_errors(net, MeanSquaredError(), np.ones((5, 3)), np.ones((5, 1)))
    assert list(errors) == ["2 Dense(2, 1)"] and errors["2 Dense(2, 1)"] < 1e-7


def test_signals_are_in_the_networks_precision():
    net = Sequential([Dense(3, 2), Tanh()])
    outputs, errors = signals(net, np.ones((4, 3)), np.ones((4, 2)))
    assert {a.dtype for a in (*outputs, *errors)} == {np.dtype(np.float32)}
