"""Numbers worked by hand or taken from the sources."""

import math

import numpy as np
import pytest

from dlcourse import initializers
from dlcourse.activations import ELU, SELU, LeakyReLU, PReLU, ReLU, RReLU, Sigmoid, Tanh
from dlcourse.layers import BatchNorm, Dense
from dlcourse.losses import MeanSquaredError, SigmoidCrossEntropy, SoftmaxCrossEntropy
from dlcourse.network import Sequential
from dlcourse.recurrent import LSTM, RNN, Last
from dlcourse.training import L1, L2


@pytest.mark.parametrize(
    "layer, x, y, slope",
    [
        (Sigmoid(), [0, math.log(3), -math.log(3)], [0.5, 0.75, 0.25], [0.25, 0.1875, 0.1875]),
        (Tanh(), [0, math.log(2), -math.log(2)], [0, 0.6, -0.6], [1, 0.64, 0.64]),
        (ReLU(), [-2, 0, 3], [0, 0, 3], [0, 0, 1]),
        (LeakyReLU(), [-2, 0, 3], [-0.02, 0, 3], [0.01, 0.01, 1]),
        (LeakyReLU(0.5), [-2, 0, 3], [-1, 0, 3], [0.5, 0.5, 1]),
        (LeakyReLU(0), [-2, 0, 3], [0, 0, 3], [0, 0, 1]),
        (PReLU(), [-2, 0, 3], [-0.5, 0, 3], [0.25, 0.25, 1]),
        (PReLU(-2), [-2, 0, 3], [4, 0, 3], [-2, -2, 1]),
        (RReLU(), [-48, 0, 3], [-11, 0, 3], [11 / 48, 11 / 48, 1]),  # (1/8 + 1/3) / 2 = 11/48
        (RReLU(0.2, 0.4), [-2, 0, 3], [-0.6, 0, 3], [0.3, 0.3, 1]),
        (ELU(), [-math.log(2), 0, 3], [-0.5, 0, 3], [0.5, 1, 1]),
        (ELU(2.0), [-math.log(4), 0, 3], [-1.5, 0, 3], [0.5, 2, 1]),
        (ELU(), [-1e4, 1e4], [-1, 1e4], [0, 1]),
        (
            SELU(),
            [-math.log(2), 3],
            [-1.7580993408473766 / 2, 3 * 1.0507009873554805],
            [1.7580993408473766 / 2, 1.0507009873554805],
        ),
        (Sigmoid(), [-1e4, 1e4], [0, 1], [0, 0]),
        (Tanh(), [-1e4, 1e4], [-1, 1], [0, 0]),
    ],
)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_activations(layer, x, y, slope, dtype):
    x = np.array(x, dtype)
    kept = x.copy()
    assert layer.forward(x) == pytest.approx(y, abs=1e-6) and np.array_equal(x, kept)
    found = layer.backward(np.ones_like(x))
    assert found == pytest.approx(slope, abs=1e-6) and found.dtype == dtype
    assert layer.forward(x.reshape(1, 1, -1)).shape == (1, 1, len(x))  # any shape
    assert layer.forward(x[0]).dtype == layer.backward(x[0]).dtype == dtype  # a single number, too


UNITS = [Sigmoid, Tanh, ReLU, LeakyReLU, PReLU, RReLU, ELU, SELU]


@pytest.mark.parametrize("layer", [unit() for unit in UNITS], ids=repr)
@pytest.mark.parametrize("dtype", [int, np.uint8, bool])
def test_activations_of_whole_numbers_are_float64(layer, dtype):
    x = np.array([0, 1], dtype)
    assert layer.forward(x).dtype == np.float64
    assert np.array_equal(layer.forward(x), layer.forward(x.astype(float)))


@pytest.mark.parametrize("layer", [unit() for unit in UNITS], ids=repr)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_f_and_slope_are_what_forward_and_backward_compute(layer, dtype):
    z = np.array([-3, -0.5, 0, 0.5, 3], dtype)
    y = layer.forward(z)
    dx = layer.backward(np.ones_like(z))
    assert layer.f(z) == pytest.approx(y, rel=1e-6)
    slope = layer.slope(z) if isinstance(layer, PReLU) else layer.slope(y)
    assert slope == pytest.approx(dx, rel=1e-6)


def test_the_learned_slope_of_prelu_by_hand():
    """dL/dalpha = sum of dy min(z, 0), alone and in a network."""
    alone, joined = PReLU(0.5), PReLU(0.5)
    net = Sequential([joined], dtype=np.float64)
    assert net.theta.tolist() == [0.5] and joined.shapes == {"alpha": (1,)} and alone.alpha == 0.5
    for layer in (alone, joined):
        y = layer.forward(np.array([[-2.0, 4], [0, -6]]))
        assert y.tolist() == [[-1, 4], [0, -3]]
        dx = layer.backward(np.array([[1.0, 10], [100, 1000]]))
        assert dx.tolist() == [[0.5, 10], [50, 500]]
        assert layer.dalpha.tolist() == [-2 - 6000]
    assert net.grad.tolist() == [-6002] and net.grad_rms() == [6002]
    net.theta = [-1]
    assert joined.alpha.tolist() == [-1] and net.forward([[-2.0]]).tolist() == [[2]]
    assert alone.alpha == 0.5


def test_penalties_leave_slopes_and_scales_alone():
    net = Sequential([PReLU(3), BatchNorm(2), Dense(2, 1)], dtype=np.float64)
    net.theta, net.grad = 1, 0
    for penalty in (L1(0.5), L2(0.5)):
        penalty.backward(net)
    assert net.grad.tolist() == [0, 0, 0, 0, 0, 1, 1, 0]
    L1(9, proximal=True).shrink(net, 1)
    assert net.theta.tolist() == [1, 1, 1, 1, 1, 0, 0, 1]


def test_selu_keeps_mean_0_and_variance_1_of_normal_numbers():
    """Integrals over the standard normal density; P(x) is the share of it below x."""

    def P(x):
        return math.erfc(-x / math.sqrt(2)) / 2

    layer, e = SELU(), math.exp
    scale, alpha = layer.scale, layer.alpha
    mean = 1 / math.sqrt(2 * math.pi) + alpha * (e(0.5) * P(-1) - 0.5)
    square = 0.5 + alpha**2 * (e(2) * P(-2) - 2 * e(0.5) * P(-1) + 0.5)
    assert scale * mean == pytest.approx(0, abs=1e-12)
    assert scale**2 * square == pytest.approx(1, abs=1e-12)


def test_batch_norm_by_hand():
    """Three examples with mean 5 and variances 1 and 4, eps next to nothing."""
    layer, root = BatchNorm(2, eps=1e-30), math.sqrt(1.5)
    net = Sequential([layer], dtype=np.float64)
    layer.gamma, layer.beta = [1, 3], [0, 10]
    column = np.array([[-root], [0], [root]])
    y = net.forward(np.hstack([5 + column, 5 + 2 * column]), training=True)
    assert y == pytest.approx(np.hstack([column, 10 + 3 * column]))
    dx = layer.backward(np.array([[1.0, 1], [0, 0], [0, 0]]))
    assert layer.dbeta == pytest.approx([1, 1]) and layer.dgamma == pytest.approx([-root, -root])
    # 1 - 1/3 - 1/2, -1/3, -1/3 + 1/2; times gamma / sd, 1 and 3/2
    expected = np.array([[1 / 6], [-1 / 3], [1 / 6]])
    assert dx == pytest.approx(np.hstack([expected, 1.5 * expected]))
    assert layer.mean == pytest.approx([0.5, 0.5]) and layer.var == pytest.approx([1, 1.3])
    layer.mean, layer.var = [1, 2], [4, 9]  # in prediction these stand in, and are not moved
    assert net.forward([[3.0, 5]]) == pytest.approx(np.array([[1, 13]]))
    assert layer.backward(np.ones((1, 2))) == pytest.approx(np.array([[0.5, 1]]))
    assert layer.mean.tolist() == [1, 2] and layer.var.tolist() == [4, 9]


def test_eps_stands_under_the_root():
    net = Sequential([BatchNorm(1, eps=3.0)], dtype=np.float64)
    y = net.forward([[-1.0], [1]], training=True)  # variance 1: divided by sqrt(1 + 3)
    assert y == pytest.approx(np.array([[-0.5], [0.5]]))


def test_a_column_that_does_not_vary_becomes_beta():
    net = Sequential([BatchNorm(1)])
    net.layers[0].beta = 7
    assert net.forward(np.full((4, 1), 1e6), training=True).tolist() == [[7]] * 4


def test_a_sigmoid_keeps_small_probabilities():
    assert Sigmoid().forward(np.array([-40.0])) == pytest.approx(math.exp(-40), rel=1e-12, abs=0)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("z", [0.0, 1e-8, 3.0, 20.0, 40.0, 80.0, 1e4])
def test_cross_entropy_keeps_small_errors_on_both_sides(z, dtype):
    loss, z = SigmoidCrossEntropy(), np.array([[z]], dtype)
    right = loss.forward(z, np.ones_like(z)), loss.backward()
    left = loss.forward(-z, np.zeros_like(z)), loss.backward()
    assert right[0] == left[0] and right[1] == -left[1]
    assert -right[1] == pytest.approx(
        np.exp(-z) / (1 + np.exp(-z)), rel=float(4 * np.finfo(dtype).eps), abs=0
    )


def test_dense_computes_in_the_precision_of_its_network():
    dense = Dense(2, 3)
    Sequential([dense])
    assert dense.forward(np.ones((1, 2))).dtype == np.float32
    assert dense.backward(np.ones((1, 3))).dtype == np.float32
    assert dense.dW.tolist() == [[1, 1, 1], [1, 1, 1]] and dense.db.tolist() == [1, 1, 1]


def test_dense_by_hand():
    dense = Dense(2, 3)
    net = Sequential([dense], dtype=np.float64)
    dense.W, dense.b = [[1, 2, 3], [4, 5, 6]], [10, 20, 30]
    assert dense.forward(np.array([[1, 0], [2, -1]])).tolist() == [[11, 22, 33], [8, 19, 30]]
    dx = dense.backward(np.array([[1, 0, 0], [0, 1, -1]]))
    assert dense.dW.tolist() == [[1, 2, -2], [0, -1, 1]] and dense.db.tolist() == [1, 1, -1]
    assert dx.tolist() == [[1, 4], [-1, -1]]
    assert net.theta.tolist() == [1, 2, 3, 4, 5, 6, 10, 20, 30] and net.grad.tolist() == [
        1,
        2,
        -2,
        0,
        -1,
        1,
        1,
        1,
        -1,
    ]


@pytest.mark.parametrize(
    "loss, z, t, value, dz",
    [
        (
            MeanSquaredError(),
            [[1, 2], [3, 5]],
            [[0, 2], [1, 2]],
            (1 + 4 + 9) / 4,
            [[0.5, 0], [1, 1.5]],
        ),
        (
            SigmoidCrossEntropy(),
            [[0.0], [math.log(3)]],
            [[1], [0]],
            (math.log(2) + math.log(4)) / 2,
            [[-0.25], [0.375]],
        ),
        (SigmoidCrossEntropy(), [[0.0, 0.0]], [[1, 0]], 2 * math.log(2), [[-0.5, 0.5]]),
        (
            SoftmaxCrossEntropy(),
            [[0, math.log(3)], [0, 0]],
            [[1, 0], [0, 1]],
            1.5 * math.log(2),
            [[-0.375, 0.375], [0.25, -0.25]],
        ),
        (SigmoidCrossEntropy(), [[1000.0], [-1000.0]], [[0], [1]], 1000, [[0.5], [-0.5]]),
        (SoftmaxCrossEntropy(), [[1000.0, 0.0, -1000.0]], [[0, 1, 0]], 1000, [[1, -1, 0]]),
    ],
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_losses(loss, z, t, value, dz, dtype):
    found = loss.forward(np.array(z, dtype), np.array(t))
    assert isinstance(found, float) and found == pytest.approx(value, rel=1e-6)
    first, second = loss.backward(), loss.backward()
    assert first.dtype == dtype and first == pytest.approx(np.array(dz), abs=1e-6)
    assert first is not second and np.array_equal(first, second)


@pytest.mark.parametrize("Loss", [SigmoidCrossEntropy, SoftmaxCrossEntropy])
def test_a_cross_entropy_keeps_small_surprises(Loss):
    z, t = (
        (np.array([[40.0]]), [[1]])
        if Loss is SigmoidCrossEntropy
        else (np.array([[20.0, 0.0]]), [[1, 0]])
    )
    expected = math.exp(-40) if Loss is SigmoidCrossEntropy else math.log1p(math.exp(-20))
    assert Loss().forward(z, t) == pytest.approx(expected, rel=1e-6, abs=0)


@pytest.mark.parametrize(
    "init, variance",
    [
        (initializers.xavier, 2 / 400),
        (initializers.he, 2 / 300),
        (initializers.lecun, 1 / 300),
        (initializers.normal(0.05), 0.05**2),
    ],
    ids=["xavier", "he", "lecun", "normal"],
)
def test_initializer_variances(init, variance):
    """Mean 0, the variance of the source and a normal's fourth moment.

    All lie within 3 to 4 standard errors.
    """
    W = init(np.random.default_rng(0), 300, 100) / math.sqrt(variance)
    n = W.size
    assert W.shape == (300, 100)
    assert abs(W.mean()) < 3 / math.sqrt(n)
    assert abs(W.var() - 1) < 3 * math.sqrt(2 / n)
    assert abs(np.mean(W**4) - 3) < 4 * math.sqrt(96 / n)


def test_initializers_in_a_network():
    assert not Sequential([Dense(3, 2, init=initializers.normal(0))]).theta.any()
    drawn = initializers.normal(0.25)(np.random.default_rng(5), 3, 2)
    assert np.array_equal(drawn, 0.25 * np.random.default_rng(5).standard_normal((3, 2)))
    dense = Dense(200, 100, init=initializers.he)
    Sequential([dense], seed=5)
    expected = initializers.he(np.random.default_rng(5), 200, 100)
    # drawn in float64, then cast
    assert np.array_equal(dense.W, expected.astype(np.float32)) and not dense.b.any()


def test_penalties_by_hand():
    net = Sequential([Dense(2, 1), ReLU(), Dense(1, 1)], dtype=np.float64)
    net.theta = [3, -4, 7, 0.5, -9]  # W (3, -4), b 7; W 0.5, b -9
    for penalty, value, grad in [
        (L2(0.1), 0.05 * (9 + 16 + 0.25), [0.3, -0.4, 0, 0.05, 0]),
        (L1(0.1), 0.1 * 7.5, [0.1, -0.1, 0, 0.1, 0]),
        (L1(0.1, proximal=True), 0.1 * 7.5, [0, 0, 0, 0, 0]),
    ]:
        net.grad = [1, 2, 3, 4, 5]
        penalty.backward(net)
        assert penalty.forward(net) == pytest.approx(value)
        assert net.grad == pytest.approx(np.array([1, 2, 3, 4, 5]) + grad)
    L1(0.5, proximal=True).shrink(net, lr=2)
    assert net.theta.tolist() == [2, -3, 7, 0, -9]


def test_a_weight_of_0_is_pulled_nowhere():
    net = Sequential([Dense(2, 1)], dtype=np.float64)
    net.theta, net.grad = [0, -4, 7], [1, 1, 1]
    for penalty in (L1(0.5), L2(0.5)):
        penalty.backward(net)
    assert net.grad.tolist() == [1, 1 - 0.5 - 2, 1]


def test_penalties_skip_frozen_layers():
    net = Sequential([Dense(2, 1), ReLU(), Dense(1, 1)], dtype=np.float64)
    net.theta, net.grad = [3, -4, 7, 0.5, -9], 0
    net.freeze(1)
    L2(1.0).backward(net)
    assert L2(1.0).forward(net) == 0.125 and net.grad.tolist() == [0, 0, 0, 0.5, 0]


def test_grad_rms_by_hand():
    net = Sequential([Dense(2, 1), ReLU(), Dense(1, 2)], dtype=np.float64)
    net.grad = [3, 4, 100, 5, -5, 100, 100]
    assert net.grad_rms() == pytest.approx([math.sqrt(12.5), 5])


@pytest.mark.parametrize("size", [1e-40, 1e-30, 1e-20, 1.0, 1e20, 5e37, np.inf, np.nan])
def test_grad_rms_neither_underflows_nor_overflows(size):
    net = Sequential([Dense(2, 1)])
    net.grad = [3 * size, -4 * size, 0]
    with np.errstate(all="raise", under="ignore"):
        assert net.grad_rms() == pytest.approx(
            [size * math.sqrt(12.5)], rel=1e-4, abs=0, nan_ok=True
        )


def worked_example():
    """The notes' net: two tanh units that read one number at a time, and the output they feed."""
    net = Sequential([RNN(1, 2)], dtype=np.float64)
    rnn = net.layers[0]
    rnn.W_x, rnn.W_h, rnn.b = [[0.5, 0.6]], [[0.1, 0.2], [0.3, 0.4]], [0.1, -0.1]
    return net, lambda states: states @ [1.0, 2.0] + 0.1


@pytest.mark.parametrize(
    "inputs, outputs",
    [([1, 2], [1.56128, 2.72707]), ([2, 1], [2.5015, 2.3324]), ([1, 1], [1.56128, 2.0791])],
)
def test_rnn_worked_example(inputs, outputs):
    net, output = worked_example()
    states = net.forward(np.array(inputs, float).reshape(1, -1, 1))
    assert states.shape == (1, 2, 2) and output(states[0]) == pytest.approx(outputs, abs=6e-5)
    if inputs == [1, 2]:
        assert states[0] == pytest.approx(
            np.array([[0.53705, 0.46212], [0.85974, 0.88367]]), abs=6e-6
        )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rnn_reads_a_batch_as_its_rows_and_its_steps(dtype):
    net = Sequential([RNN(4, 3)], seed=1, dtype=dtype)
    rnn, x = net.layers[0], np.random.default_rng(2).standard_normal((5, 6, 4)).astype(dtype)
    assert not rnn.b.any() and rnn.W_x.all() and rnn.W_h.all()
    rnn.b = [0.5, -1, 2]
    kept, states = x.copy(), net.forward(x)
    assert states.shape == (5, 6, 3) and states.dtype == dtype and np.array_equal(x, kept)
    h = np.zeros((5, 3), dtype)
    for t in range(6):
        h = rnn.step(x[:, t], h)
        assert h == pytest.approx(states[:, t], abs=1e-6) and h.dtype == dtype
    assert np.concatenate([net.forward(x[i : i + 1]) for i in range(5)]) == pytest.approx(
        states, abs=1e-6
    )
    # what comes later changes nothing earlier
    assert net.forward(x[:, :4]) == pytest.approx(states[:, :4], abs=1e-6)
    assert rnn.shapes == {"W_x": (4, 3), "W_h": (3, 3), "b": (3,)}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_lstm_reads_a_batch_as_its_steps(dtype):
    net = Sequential([LSTM(4, 3)], seed=1, dtype=dtype)
    lstm, x = net.layers[0], np.random.default_rng(2).standard_normal((5, 6, 4)).astype(dtype)
    kept, states = x.copy(), net.forward(x)
    assert states.shape == (5, 6, 3) and states.dtype == dtype and np.array_equal(x, kept)
    h = c = np.zeros((5, 3), dtype)
    for t in range(6):
        h, c = lstm.step(x[:, t], h, c)
        assert h == pytest.approx(states[:, t], abs=1e-6) and h.dtype == c.dtype == dtype
    # what comes later changes nothing earlier
    assert net.forward(x[:, :4]) == pytest.approx(states[:, :4], abs=1e-6)


def test_lstm_worked_example():
    """One unit, gates i f g o from z = (0, ln 3, artanh 1/2, -ln 3): 1/2, 3/4, 1/2, 1/4."""
    net = Sequential([LSTM(1, 1)], dtype=np.float64)
    lstm, ln3 = net.layers[0], math.log(3)
    lstm.W_x, lstm.W_h, lstm.b = [[0, 0, 0, 1]], [[0, 0, 0, 0]], [0, ln3, ln3 / 2, -ln3]
    h, c = lstm.step([[0.0]], [[9.0]], [[1.0]])
    assert c == pytest.approx(3 / 4 * 1 + 1 / 2 * 1 / 2) and h == pytest.approx(np.tanh(1) / 4)
    # from c = 0: 1/4, then 3/4 of it and 1/4 more; the input 2 ln 3 opens the gate of what is shown
    states = net.forward(np.array([[[0.0], [2 * ln3]]]))[0, :, 0]
    assert states == pytest.approx([np.tanh(1 / 4) / 4, np.tanh(7 / 16) * 3 / 4])


def test_lstm_first_weights():
    """Each of four blocks is drawn as an RNN's is; the forget gate has the bias asked for."""
    net = Sequential([LSTM(200, 100, forget_bias=2.5)], seed=1)
    lstm = net.layers[0]
    assert lstm.shapes == {"W_x": (200, 400), "W_h": (100, 400), "b": (400,)}
    for block in np.split(lstm.W_x, 4, axis=1):
        assert block.std() == pytest.approx(np.sqrt(2 / 300), rel=0.03)
    for block in np.split(lstm.W_h, 4, axis=1):
        assert block.std() == pytest.approx(np.sqrt(2 / 200), rel=0.05)
    assert [set(block) for block in np.split(lstm.b, 4)] == [{0}, {2.5}, {0}, {0}]
    assert set(Sequential([LSTM(2, 3)]).layers[0].b[3:6]) == {1}


def test_rnn_backward_worked_example():
    """One unit, three steps, dy = 1 at the last step alone: every product by hand."""
    net = Sequential([RNN(1, 1), Last()], dtype=np.float64)
    rnn = net.layers[0]
    rnn.W_x, rnn.W_h = [[1.0]], [[0.5]]
    h1 = np.tanh(1.0)
    h2 = np.tanh(0.5 * h1 - 1)
    h3 = np.tanh(0.5 * h2)
    assert net.forward(np.array([[[1.0], [-1.0], [0.0]]])) == pytest.approx(h3)
    dz3 = 1 - h3**2
    dz2 = dz3 * 0.5 * (1 - h2**2)
    dz1 = dz2 * 0.5 * (1 - h1**2)
    net.backward(np.ones((1, 1)))
    assert rnn.dW_x == pytest.approx(dz1 - dz2)
    assert rnn.dW_h == pytest.approx(dz2 * h1 + dz3 * h2)
    assert rnn.db == pytest.approx(dz1 + dz2 + dz3)


def test_what_an_lstm_keeps_comes_back_undiminished():
    """With f = 1 the way back along c has the factor 1 at every step; in an RNN it has W_h."""
    x, lengths = np.zeros((1, 40, 1)), {}
    for layer in (LSTM(1, 1, forget_bias=40), RNN(1, 1)):
        net = Sequential([layer, Last()], dtype=np.float64)
        layer.W_h = 0 * layer.W_h if isinstance(layer, LSTM) else [[0.5]]
        net.forward(x)
        lengths[type(layer)] = np.abs(layer.backward(net.layers[1].backward(np.ones((1, 1)))))
    # x = 0, so c = 0 and the slopes of tanh are 1
    first, last = lengths[LSTM][0, 0, 0], lengths[LSTM][0, -1, 0]
    assert first == pytest.approx(last) and last > 0
    assert lengths[RNN][0, 0, 0] == pytest.approx(lengths[RNN][0, -1, 0] * 0.5**39)


def test_last_gives_the_last_step_and_keeps_no_part_of_x():
    x = np.arange(24.0).reshape(2, 3, 4)
    last = Last()
    y = last.forward(x)
    assert np.array_equal(y, x[:, 2]) and not np.shares_memory(y, x)
    dx = last.backward(np.ones((2, 4)))
    assert np.array_equal(dx, np.stack([np.zeros((2, 4)), np.zeros((2, 4)), np.ones((2, 4))], 1))


def test_layers_after_a_frozen_rnn_can_learn():
    net, loss = Sequential([RNN(4, 3), Last(), Dense(3, 2)], seed=1), MeanSquaredError()
    net.freeze(1)
    loss.forward(net.forward(np.ones((5, 6, 4)), training=True), np.ones((5, 2)))
    net.backward(loss.backward())
    assert not net.grad[net.slices["1 RNN(4, 3)"]].any() and net.layers[2].dW.any()
