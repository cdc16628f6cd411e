"""Every backward against finite differences, in float64.

Each parameter and each input is compared; they are at most 1e-7 apart.
"""

import numpy as np
import pytest

from dlcourse.activations import ELU, SELU, LeakyReLU, PReLU, ReLU, RReLU, Sigmoid, Tanh
from dlcourse.gradcheck import gradient_errors, numerical_gradient
from dlcourse.layers import BatchNorm, Dense, Dropout, Layer
from dlcourse.losses import MeanSquaredError, SigmoidCrossEntropy, SoftmaxCrossEntropy
from dlcourse.network import Sequential
from dlcourse.recurrent import LSTM, RNN, Last
from dlcourse.training import L1, L2

LIMIT = 1e-7
LOSSES = [MeanSquaredError, SigmoidCrossEntropy, SoftmaxCrossEntropy]
LAYERS = [  # each case makes fresh layers, and names the shape of their input
    (lambda: [Dense(4, 3)], (5, 4)),
    (lambda: [Dense(4, 3)], (1, 4)),
    (lambda: [Sigmoid()], (5, 4)),
    (lambda: [Tanh()], (5, 4)),
    (lambda: [ReLU()], (5, 4)),
    (lambda: [LeakyReLU()], (5, 4)),
    (lambda: [LeakyReLU(0.3)], (5, 4)),
    (lambda: [PReLU()], (5, 4)),
    (lambda: [PReLU()], (5, 2, 3)),
    (lambda: [ELU()], (5, 4)),
    (lambda: [ELU(0.3)], (5, 4)),
    (lambda: [SELU()], (5, 4)),
    (lambda: [RReLU(seed=6)], (5, 4)),
    (lambda: [Dropout(0.4, seed=6)], (5, 4)),
    (lambda: [BatchNorm(4)], (5, 4)),
    (lambda: [BatchNorm(4, eps=2.0)], (3, 4)),
    (lambda: [RNN(4, 3)], (5, 6, 4)),
    (lambda: [RNN(4, 3)], (2, 1, 4)),
    (lambda: [LSTM(4, 3)], (5, 6, 4)),
    (lambda: [LSTM(4, 3, forget_bias=-1)], (2, 1, 4)),
    (lambda: [Last()], (5, 6, 4)),
    (lambda: [LSTM(4, 3), Tanh(), RNN(3, 2), Last(), Dense(2, 3)], (5, 4, 4)),
    (lambda: [Dense(4, 6), BatchNorm(6), PReLU(), Dropout(0.2, 1), Dense(6, 3)], (7, 4)),
    (lambda: [BatchNorm(4), Dense(4, 6), RReLU(), BatchNorm(6), SELU(), Dropout(0.5)], (7, 4)),
    (
        lambda: [Dense(4, 6), ReLU(), Dense(6, 5), Tanh(), Dense(5, 3), Sigmoid(), Dense(3, 2)],
        (7, 4),
    ),
]


def targets(loss, shape, seed=3):
    """Targets that the loss takes.

    They are rows that sum to 1, fractions between 0 and 1, or any numbers.
    """
    t = np.random.default_rng(seed).random(shape)
    return t / t.sum(axis=1, keepdims=True) if loss is SoftmaxCrossEntropy else t


def inputs(shape, seed=1):
    """Normal numbers, kept away from the kink of ReLU at 0."""
    x = np.random.default_rng(seed).standard_normal(shape)
    return x + 0.1 * np.sign(x)


def assert_close(name, analytic, numerical):
    """Assert that the gradients are at most LIMIT apart, relative to their size, at least 0.01.

    A bias before a BatchNorm has the gradient 0, and differences of rounding alone, about 1e-9.
    Where they are farther apart, the message has the parameter, the worst index and both numbers.
    """
    difference = np.abs(analytic - numerical)
    worst = np.unravel_index(difference.argmax(), difference.shape)
    error = np.linalg.norm(difference) / max(
        np.linalg.norm(analytic) + np.linalg.norm(numerical), 1e-2
    )
    assert analytic.shape == numerical.shape and error <= LIMIT, (
        f"{name}: error {error:.1e}, worst at {tuple(map(int, worst))}: "
        f"backward {analytic[worst]:.9g}, finite differences {numerical[worst]:.9g}"
    )


def drawing_again(layers):
    """Layers that draw numbers draw the same ones again: one function, which has a gradient."""
    for place, layer in enumerate(layers):
        if layer.random:
            layer._rng = np.random.default_rng(place)


@pytest.mark.parametrize("training", [True, False], ids=["training", "prediction"])
@pytest.mark.parametrize(
    "make, shape", LAYERS, ids=lambda case: repr(case()) if callable(case) else str(case)
)
def test_layers_agree_with_finite_differences(make, shape, training):
    """dL/d parameter and dL/dx of L = sum dy * y, a dy that is different for every output."""
    layers, x = make(), inputs(shape)
    net = Sequential(layers, seed=2, dtype=np.float64)
    net.theta = np.random.default_rng(4).standard_normal(net.theta.size)  # biases away from 0, too
    dy = np.random.default_rng(5).standard_normal(net.forward(x).shape)

    def total(_):
        drawing_again(layers)
        return float(np.sum(dy * net.forward(x, training=training)))

    total(None)
    dx, before = dy, dy.copy()
    for layer in reversed(layers):
        arriving = dx.copy()
        leaving = layer.backward(dx)
        assert np.array_equal(dx, arriving) and not np.shares_memory(leaving, dx), (
            f"{layer!r}.backward writes dy"
        )
        dx = leaving
    assert np.array_equal(dy, before)
    assert_close("dL/dx", dx, numerical_gradient(total, x))
    for layer in layers:
        for name in layer.shapes:
            assert_close(
                f"{layer!r}.{name}",
                getattr(layer, "d" + name),
                numerical_gradient(total, getattr(layer, name)),
            )


@pytest.mark.parametrize("shape", [(5, 3), (1, 2)])
@pytest.mark.parametrize("Loss", LOSSES)
def test_losses_agree_with_finite_differences(Loss, shape):
    loss, z = Loss(), 3 * inputs(shape)
    t = targets(Loss, shape)
    kept = z.copy(), t.copy()
    loss.forward(z, t)
    dz = loss.backward()
    assert np.array_equal(z, kept[0]) and np.array_equal(t, kept[1])
    assert_close(f"{loss!r} dL/dz", dz, numerical_gradient(lambda z: loss.forward(z, t), z))


@pytest.mark.parametrize("penalty", [None, L2(0.3), L1(0.3)], ids=["none", "L2", "L1"])
@pytest.mark.parametrize("Loss", LOSSES)
def test_a_whole_network_agrees_with_finite_differences(Loss, penalty):
    layers, shape = LAYERS[-1][0](), LAYERS[-1][1]
    net, x = Sequential(layers, seed=2, dtype=np.float64), inputs(shape)
    errors = gradient_errors(net, Loss(), x, targets(Loss, (7, 2)), penalty)
    assert list(errors) == list(net.slices) and max(errors.values()) <= LIMIT, errors


@pytest.mark.parametrize("unit", [LeakyReLU, PReLU, ELU, SELU])
def test_a_normalized_network_agrees_with_finite_differences(unit):
    layers = [Dense(4, 6), BatchNorm(6), unit(), Dense(6, 5), BatchNorm(5), unit(), Dense(5, 2)]
    net, loss, x = Sequential(layers, dtype=np.float64), SoftmaxCrossEntropy(), inputs((9, 4))
    errors = gradient_errors(net, loss, x, targets(SoftmaxCrossEntropy, (9, 2)), L2(0.3))
    assert list(errors) == list(net.slices) and max(errors.values()) <= LIMIT, errors


@pytest.mark.parametrize("layer", [Dropout(0.5), Dropout(0.01, seed=1), RReLU()], ids=repr)
def test_the_check_refuses_a_layer_that_draws_and_lets_it_draw_nothing(layer):
    net = Sequential([Dense(4, 3), layer, Dense(3, 2)], dtype=np.float64)
    theta, drawn = net.theta.copy(), layer._rng.bit_generator.state
    with pytest.raises(ValueError, match="loss is the same twice, and (Dropout|RReLU).* draws"):
        gradient_errors(net, MeanSquaredError(), inputs((5, 4)), np.ones((5, 2)))
    assert np.array_equal(net.theta, theta) and layer._rng.bit_generator.state == drawn
    net.freeze(2)  # what lies below frozen parameters never trains: it draws nothing
    assert not gradient_errors(net, MeanSquaredError(), inputs((5, 4)), np.ones((5, 2)))


def test_the_check_refuses_a_learners_layer_that_draws():
    class Noisy(Layer):
        """Does not say that it draws."""

        rng = np.random.default_rng(0)

        def forward(self, x, training=False):
            return x + self.rng.standard_normal(x.shape)

        def backward(self, dy):
            return 1 * dy

    net = Sequential([Dense(4, 3), Noisy()], dtype=np.float64)
    with pytest.raises(ValueError, match="loss is the same twice: check it without"):
        gradient_errors(net, MeanSquaredError(), inputs((5, 4)), np.ones((5, 3)))


def test_backward_overwrites_the_gradient_whatever_the_flag_was():
    net, x = Sequential([Dense(4, 3), Tanh(), Dense(3, 2)], dtype=np.float64), inputs((5, 4))
    grads = []
    for training in (True, False, True):
        net.backward(np.ones_like(net.forward(x, training=training)))
        grads.append(net.grad.copy())
    assert (
        np.array_equal(grads[0], grads[1]) and np.array_equal(grads[0], grads[2]) and grads[0].any()
    )


class WrongSign(Dense):
    """A layer with the commonest mistake: one sign."""

    def param_grads(self, dy):
        super().param_grads(dy)
        self.db = -self.db


def test_the_check_finds_a_mistake_and_names_its_layer():
    net = Sequential([Dense(4, 3), Tanh(), WrongSign(3, 2)], dtype=np.float64)
    theta = net.theta.copy()
    errors = gradient_errors(net, MeanSquaredError(), inputs((5, 4)), np.ones((5, 2)))
    right, wrong = errors.values()
    assert right <= LIMIT < 1e-2 < wrong and np.array_equal(net.theta, theta)


class Shift(Layer):
    """y = x + scale * c, whose gradient is `wrong` times too large."""

    def __init__(self, scale=1.0, wrong=1.0):
        self.shapes, self.scale, self.wrong = {"c": (1,)}, scale, wrong

    def forward(self, x, training=False):
        return x + self.scale * self.c

    def backward(self, dy):
        self.dc = self.wrong * self.scale * dy.sum(axis=0)
        return 1 * dy


@pytest.mark.parametrize(
    "layers, error",
    [
        ([Shift(wrong=2)], [1 / 3]),  # |2 - 1| / (|2| + |1|)
        ([Shift(wrong=-1)], [1]),
        ([Shift(1e-6, wrong=2)], [1e-6 / 1e-3]),  # too small to be measured against itself
        ([Shift(), Shift(1e-6, wrong=2)], [0, 1e-6 / 1e-3]),
    ],
    ids=str,
)
@pytest.mark.parametrize("size", [1, 100])
def test_the_error_is_the_formula_of_its_docstring(layers, error, size):
    layers = [Shift(layer.scale, layer.wrong) for layer in layers]
    net, x = Sequential(layers, dtype=np.float64), np.zeros((1, 1))
    found = gradient_errors(net, MeanSquaredError(), x, np.full((1, 1), -float(size)))
    if len(layers) == 1 and layers[0].scale < 1:
        error = [error[0] * size]  # measured against 1e-3, whatever the loss
    assert list(found.values()) == pytest.approx(error, rel=0.02, abs=1e-7)


class Doubling(Layer):
    """Another function while training."""

    def forward(self, x, training=False):
        return 2 * x if training else x

    def backward(self, dy):
        return 2 * dy


def test_the_check_is_made_as_in_training():
    net = Sequential([Dense(4, 3), Doubling()], dtype=np.float64)
    assert (
        max(gradient_errors(net, MeanSquaredError(), inputs((5, 4)), np.ones((5, 3))).values())
        <= LIMIT
    )


def test_the_error_of_a_layer_whose_gradient_is_0_stays_small():
    net = Sequential([Dense(4, 3), ReLU(), Dense(3, 2)], dtype=np.float64)
    net.layers[0].b = -100.0  # every ReLU is off
    assert (
        max(gradient_errors(net, MeanSquaredError(), inputs((5, 4)), np.ones((5, 2))).values())
        <= LIMIT
    )


def test_rounding_is_no_error_where_the_gradient_nearly_vanishes():
    net = Sequential([Dense(4, 3), Tanh(), Dense(3, 2)], dtype=np.float64)
    net.layers[0].b = 10.0  # tanh is flat there: slope 8e-9
    assert (
        max(gradient_errors(net, MeanSquaredError(), inputs((5, 4)), np.ones((5, 2))).values())
        <= 10 * LIMIT
    )
    assert 0 < net.grad_rms()[0] < 1e-7


def test_a_failure_names_parameter_index_and_both_numbers():
    with pytest.raises(
        AssertionError, match=r"W: error .* worst at \(1, 0\): backward 7, finite differences 3"
    ):
        assert_close("W", np.array([[1.0, 2], [7, 4]]), np.array([[1.0, 2], [3, 4]]))


def test_numerical_gradient_by_hand():
    theta = np.array([[1.0, -2.0], [0.5, 3.0]])
    kept = theta.copy()
    seen = []
    grad = numerical_gradient(lambda a: seen.append(a is theta) or float(np.sum(a**3)), theta)
    assert np.allclose(grad, 3 * kept**2, rtol=1e-8) and np.array_equal(theta, kept) and all(seen)
    for number in (float, np.array):  # an array of no axes is one number, too
        assert numerical_gradient(
            lambda a, number=number: number(a**2), np.array(3.0)
        ) == pytest.approx(6)
    for largest in (np.finfo(float).max, np.finfo(float).min):
        assert not numerical_gradient(lambda a, largest=largest: largest, np.ones(1))


def test_numerical_gradient_restores_theta_when_f_stops():
    theta = np.array([1.0, 2.0])

    def f(a):
        raise KeyError("stop")

    with pytest.raises(KeyError):
        numerical_gradient(f, theta)
    assert theta.tolist() == [1, 2]
