"""Bad input: who takes what, got what, what to do. One table: a call, the error's type, the parts of its message."""

import types

import numpy as np
import pytest

from dlcourse import data, initializers
from dlcourse.activations import ReLU, Sigmoid, Tanh
from dlcourse.gradcheck import gradient_errors, numerical_gradient
from dlcourse.layers import Dense, Layer
from dlcourse.losses import MeanSquaredError, SigmoidCrossEntropy, SoftmaxCrossEntropy
from dlcourse.network import Sequential
from dlcourse.optimizers import SGD, AdaGrad, Adam, Momentum, Nesterov, RMSProp, clip_norm
from dlcourse.recurrent import RNN
from dlcourse.training import L1, L2, Batches, History, accuracy, fit

X, T, LABELS = np.ones((6, 4)), np.eye(3)[[0, 1, 2, 0, 1, 2]], np.array([0, 1, 2, 0, 1, 2])
Z = np.zeros((2, 3))
NAN, INF, RNG = np.full((6, 4), np.nan), np.full((6, 4), np.inf), np.random.default_rng(0)
TEXT, RAGGED, EMPTY = np.array([["a", "b"]]), [[1, 2], [3]], np.empty((0, 4))
NUMPYS_OWN = [
    "inhomogeneous",
    "broadcast",
    "could not convert",
    "ufunc 'add",
    "matmul: ",
    "setting an array",
    "not aligned",
    "UFuncTypeError",
]
NUMPYS_OWN += [
    "not supported between",
    "unsupported operand",
    "has no attribute",
    "object is not",
    "iteration over",
    "truth value",
]


def net(dtype=np.float32):
    return Sequential([Dense(4, 5), Tanh(), Dense(5, 3)], dtype=dtype)


def ran(layer=None):
    """A net (or one layer of a net) after a forward pass of six examples."""
    made = net()
    made.forward(X)
    return made if layer is None else made.layers[layer]


def trained(optimizer):
    optimizer.step(np.zeros(3), np.zeros(3))
    return optimizer


def reader():
    return Sequential([RNN(3, 2)]).layers[0]


def fitted(loss=None, optimizer=None, batches=None, epochs=1, **settings):
    batches = Batches(X, T, 2) if batches is None else batches
    return fit(
        net(), loss or MeanSquaredError(), optimizer or SGD(0.1), batches, epochs, **settings
    )


class Shapeless:
    """No layer: it has no shapes."""

    def init_params(self, rng):
        pass

    forward = backward = init_params


class WrongShapes(Shapeless):
    """Shapes that are numbers, not tuples."""

    shapes = {"b": 3}


class OwnOptimizer:
    """Steps, and tells no rate."""

    def step(self, theta, grad):
        pass


class Column:
    """Predicts a column where labels should be."""

    def predict(self, x):
        return np.zeros((len(x), 1))


class Unsteady(Layer):
    """Another output at every call, as with dropout."""

    calls = 0

    def forward(self, x, training=False):
        self.calls += 1
        return x * self.calls

    def backward(self, dy):
        return dy * self.calls


class Flat(Layer):
    """Drops the axis of the outputs."""

    def forward(self, x, training=False):
        return x[:, 0]


class answers(Layer):
    """A learner's layer that returns whatever it was told to."""

    def __init__(self, y):
        self._answer = y

    def forward(self, x, training=False):
        return self._answer

    def backward(self, dy):
        return self._answer


def own_gradient(dx):
    made = Sequential([Dense(4, 5), answers(dx), Dense(5, 3)])
    made.layers[1].forward = lambda x, training: x
    made.backward(np.ones_like(made.forward(X)))


class shaped(Layer):
    """A learner's layer of these shapes."""

    def __init__(self, shapes):
        vars(self)["shapes"] = shapes


class predicts:
    def __init__(self, answer):
        self.predict = lambda x: answer


CASES = {
    "initializers": [
        (lambda: initializers.normal(-1), ValueError, "normal takes std", "got -1"),
        (lambda: initializers.normal(np.nan), ValueError, "normal takes std", "got nan"),
        (lambda: initializers.normal(np.inf), ValueError, "normal takes std"),
        (lambda: initializers.normal("wide"), TypeError, "normal takes std", "'wide'"),
        (lambda: initializers.xavier(0, 2, 3), TypeError, "xavier takes rng", "default_rng"),
        (lambda: initializers.he(RNG, 0, 3), ValueError, "he takes n_in", "got 0"),
        (lambda: initializers.lecun(RNG, 2, 1.5), TypeError, "lecun takes n_out", "got 1.5"),
        (lambda: initializers.normal(1)(RNG, 2, -3), ValueError, "normal takes n_out", "got -3"),
        (lambda: initializers.normal(10**400), ValueError, "normal takes std"),
    ],
    "layers": [
        (lambda: Dense(0, 3), ValueError, "Dense takes n_in as a whole number from 1", "got 0"),
        (lambda: Dense(3, -1), ValueError, "Dense takes n_out", "got -1"),
        (lambda: Dense(2.5, 3), TypeError, "Dense takes n_in", "got 2.5"),
        (lambda: Dense("4", 3), TypeError, "Dense takes n_in", "got '4'"),
        (lambda: Dense(True, 3), TypeError, "Dense takes n_in", "got True"),
        (
            lambda: Dense(2, 3, init="he"),
            TypeError,
            "Dense takes init as a function",
            "initializers.he",
            "got 'he'",
        ),
        (
            lambda: Sequential([Dense(2, 3, init=lambda r, i, o: np.ones((o, i)))]),
            ValueError,
            "Dense(2, 3) takes W",
            "(3, 2)",
        ),
        (
            lambda: Dense(2, 3).forward(np.ones((5, 2))),
            RuntimeError,
            "Dense(2, 3) has no W yet",
            "Sequential",
        ),
        (lambda: Dense(2, 3).dW, RuntimeError, "Dense(2, 3) has no dW yet"),
        (lambda: setattr(Dense(2, 3), "W", 0), RuntimeError, "Dense(2, 3) has no W yet"),
        (
            lambda: net().layers[0].backward(np.ones((6, 5))),
            RuntimeError,
            "Dense(4, 5).backward needs a forward first",
        ),
        (lambda: Sigmoid().backward(X), RuntimeError, "Sigmoid().backward needs a forward first"),
        (
            lambda: ran(0).forward(np.ones((5, 2, 2))),
            ValueError,
            "Dense(4, 5) takes x of shape (N, 4), got (5, 2, 2)",
            "reshape",
        ),
        (
            lambda: ran(0).forward(np.ones((5, 3))),
            ValueError,
            "Dense(4, 5) takes x of shape (N, 4), got (5, 3)",
        ),
        (
            lambda: ran(0).forward(np.ones(4)),
            ValueError,
            "Dense(4, 5) takes x of shape (N, 4), got (4,)",
        ),
        (
            lambda: ran(0).backward(np.ones((5, 5))),
            ValueError,
            "Dense(4, 5) takes dy of shape (6, 5), got (5, 5)",
        ),
        (
            lambda: ran(0).backward(np.ones(5)),
            ValueError,
            "Dense(4, 5) takes dy of shape (6, 5), got (5,)",
        ),
        (
            lambda: ran(1).backward(np.ones((6, 1))),
            ValueError,
            "Tanh() takes dy of shape (6, 5), got (6, 1)",
        ),
        (lambda: ReLU().forward(TEXT), TypeError, "ReLU() takes x of real numbers, got dtype <U1"),
        (
            lambda: ReLU().forward(None),
            TypeError,
            "ReLU() takes x of real numbers, got dtype object",
        ),
        (lambda: ReLU().forward(RAGGED), ValueError, "ReLU() takes x", "ragged"),
        (lambda: ReLU().forward(X * 1j), TypeError, "ReLU() takes x of real numbers", "complex"),
        (
            lambda: setattr(ran(0), "W", np.ones((5, 4))),
            ValueError,
            "Dense(4, 5) takes W of shape (4, 5), got (5, 4)",
        ),
        (lambda: setattr(ran(0), "W", "much"), TypeError, "Dense(4, 5) takes W of real numbers"),
        (
            lambda: setattr(ran(0), "db", np.sum(X)),
            ValueError,
            "Dense(4, 5) takes db of shape (5,), got ()",
        ),
        (lambda: Layer().forward(X), NotImplementedError, "Layer() has no forward"),
        (lambda: Layer().backward(X), NotImplementedError, "Layer() has no backward"),
    ],
    "losses": [
        (
            lambda: MeanSquaredError().forward(Z, LABELS),
            ValueError,
            "one shape (N, K), got (2, 3) and (6,)",
            "one_hot",
            "reshape(-1, 1)",
        ),
        (
            lambda: MeanSquaredError().forward(np.zeros((6, 1)), LABELS),
            ValueError,
            "got (6, 1) and (6,)",
            "reshape(-1, 1)",
        ),
        (
            lambda: MeanSquaredError().forward(Z, np.zeros((3, 2))),
            ValueError,
            "got (2, 3) and (3, 2)",
        ),
        (
            lambda: MeanSquaredError().forward(np.zeros(3), np.zeros(3)),
            ValueError,
            "(N, K), got (3,)",
        ),
        (
            lambda: MeanSquaredError().forward(np.zeros((0, 3)), np.zeros((0, 3))),
            ValueError,
            "got (0, 3)",
        ),
        (
            lambda: MeanSquaredError().forward([[1, 2]], [[1, 2]]),
            TypeError,
            "takes float outputs",
            "int64",
        ),
        (
            lambda: MeanSquaredError().forward(Z, RAGGED),
            ValueError,
            "MeanSquaredError() takes",
            "ragged",
        ),
        (
            lambda: MeanSquaredError().forward(TEXT, TEXT),
            TypeError,
            "MeanSquaredError() takes outputs z of real numbers",
            "<U1",
        ),
        (
            lambda: MeanSquaredError().forward(np.zeros((1, 2)), TEXT),
            TypeError,
            "MeanSquaredError() takes targets t of real numbers",
            "<U1",
        ),
        (
            lambda: SigmoidCrossEntropy().forward(Z, Z - 1),
            ValueError,
            "SigmoidCrossEntropy() takes targets between 0 and 1",
            "-1",
        ),
        (
            lambda: SigmoidCrossEntropy().forward(Z, Z + 2),
            ValueError,
            "targets between 0 and 1, got 2 to 2",
        ),
        (
            lambda: SoftmaxCrossEntropy().forward(Z, Z),
            ValueError,
            "rows that sum to 1",
            "data.one_hot",
        ),
        (
            lambda: SoftmaxCrossEntropy().forward(np.zeros((2, 1)), np.ones((2, 1))),
            ValueError,
            "at least 2 outputs",
            "(2, 1)",
        ),
        (
            lambda: SoftmaxCrossEntropy().backward(),
            RuntimeError,
            "SoftmaxCrossEntropy().backward needs a forward first",
        ),
    ],
    "network": [
        (
            lambda: Sequential([]),
            ValueError,
            "Sequential takes a list of layers, at least one, got []",
        ),
        (
            lambda: Sequential(Dense(2, 3)),
            TypeError,
            "Sequential takes a list of layers",
            "got Dense(2, 3)",
        ),
        (
            lambda: Sequential([Dense(2, 3), ReLU]),
            TypeError,
            "Sequential takes layers with shapes, init_params",
            "ReLU",
        ),
        (
            lambda: Sequential([Dense(2, 3), np.tanh]),
            TypeError,
            "Sequential takes layers with shapes",
            "tanh",
        ),
        (
            lambda: Sequential([Shapeless()]),
            TypeError,
            "Sequential takes layers with shapes",
            "Shapeless",
        ),
        (
            lambda: Sequential([WrongShapes()]),
            TypeError,
            '{"W": (D, M), "b": (M,)}',
            "got {'b': 3}",
        ),
        (
            lambda: Sequential([Tanh()], dtype=np.float16),
            TypeError,
            "dtype float32 or float64, got",
            "float16",
        ),
        (lambda: Sequential([Tanh()], dtype=None), TypeError, "dtype float32 or float64, got None"),
        (lambda: Sequential([Tanh()], dtype=int), TypeError, "dtype float32 or float64"),
        (
            lambda: Sequential([Tanh()], seed=-1),
            ValueError,
            "Sequential takes seed as a whole number from 0, got -1",
        ),
        (lambda: Sequential([Tanh()], seed=None), TypeError, "Sequential takes seed", "got None"),
        (
            lambda: Sequential([Tanh()], Dense(2, 3)),
            TypeError,
            "Sequential takes seed",
            "got Dense(2, 3)",
        ),
        (lambda: net().forward(np.ones(4)), ValueError, "one example a row", "(4,)", "x[None]"),
        (lambda: net().forward(EMPTY), ValueError, "at least one, got shape (0, 4)"),
        (
            lambda: net().forward(TEXT),
            TypeError,
            "Sequential takes x of real numbers, got dtype <U1",
        ),
        (lambda: net().forward(RAGGED), ValueError, "Sequential takes x", "ragged"),
        (
            lambda: net().forward(np.ones((6, 3))),
            ValueError,
            "Dense(4, 5) takes x of shape (N, 4), got (6, 3)",
        ),
        (
            lambda: Sequential([Dense(4, 5), Dense(6, 3)]).forward(X),
            ValueError,
            "Dense(6, 3) takes x of shape (N, 6), got (6, 5)",
        ),
        (lambda: net().backward(np.ones((6, 3))), RuntimeError, "needs a forward first"),
        (
            lambda: ran().backward(np.ones((6, 2))),
            ValueError,
            "Dense(5, 3) takes dy of shape (6, 3), got (6, 2)",
        ),
        (lambda: ran().backward(TEXT), TypeError, "Sequential.backward takes dy of real numbers"),
        (lambda: net().predict(5.0), ValueError, "one example a row", "()"),
        (lambda: net().predict(EMPTY), ValueError, "at least one, got shape (0, 4)"),
        (
            lambda: net().predict(NAN),
            ValueError,
            "Sequential.predict takes finite outputs, got NaN",
        ),
        (
            lambda: Sequential([Dense(4, 5), Flat()]).predict(X),
            ValueError,
            "Sequential.predict takes",
            "(N, K), got (6,)",
        ),
        (
            lambda: setattr(net(), "theta", np.ones(3)),
            ValueError,
            "Sequential takes theta of shape (43,), got (3,)",
        ),
        (
            lambda: setattr(net(), "theta", "all"),
            TypeError,
            "Sequential takes theta of real numbers",
        ),
        (
            lambda: setattr(net(), "grad", np.ones((43, 1))),
            ValueError,
            "Sequential takes grad of shape (43,), got (43, 1)",
        ),
        (
            lambda: net().freeze(3),
            ValueError,
            "Sequential.freeze takes n_layers as a whole number from 0 to 2, got 3",
        ),
        (lambda: net().freeze(-1), ValueError, "from 0 to 2, got -1"),
        (lambda: net().freeze("first"), TypeError, "from 0 to 2, got 'first'"),
        (lambda: net().freeze(True), TypeError, "from 0 to 2, got True"),
        (
            lambda: net().forward(X, T),
            TypeError,
            "Sequential.forward takes training as True or False, got ndarray",
        ),
        (
            lambda: Sequential([Tanh(), answers(None)]).forward(X),
            TypeError,
            "whose forward returns an array, and answers()'s",
            "None",
        ),
        (
            lambda: own_gradient(None),
            TypeError,
            "whose backward returns dL/dx, and answers()'s returns None",
        ),
        (
            lambda: Sequential([Tanh(), answers([])]).predict(X),
            ValueError,
            "outputs of shape (N, K), got (0,)",
        ),
        (
            lambda: Sequential([Tanh(), answers(np.ones((6, 0)))]).predict(X),
            ValueError,
            "outputs of shape (N, K), got (6, 0)",
        ),
        (
            lambda: Sequential([Tanh(), answers("cat")]).predict(X),
            TypeError,
            "Sequential.predict takes outputs of real numbers",
        ),
        (
            lambda: Sequential([shaped({"W": (2, 0)})]),
            ValueError,
            "shapes of whole numbers from 1, got {'W': (2, 0)}",
            "got 0",
        ),
        (
            lambda: Sequential([shaped({"W": (2, 0.5)})]),
            TypeError,
            "shapes of whole numbers from 1",
            "got 0.5",
        ),
        (
            lambda: Sequential([shaped({"W": [2, 3]})]),
            TypeError,
            '{"W": (D, M), "b": (M,)}',
            "[2, 3]",
        ),
        (
            lambda: net().save(""),
            ValueError,
            "Sequential.save takes path as the name of a file, got ''",
        ),
        (
            lambda: net().save("folder/"),
            ValueError,
            "Sequential.save takes path as the name of a file, got 'folder/'",
        ),
        (
            lambda: net().save(None),
            TypeError,
            "Sequential.save takes path as the name of a file, got None",
        ),
        (
            lambda: net().load(0),
            TypeError,
            "Sequential.load takes path as the name of a file, got 0",
        ),
        (lambda: net().load("a\0b"), ValueError, "Sequential.load takes path", "got 'a\\x00b'"),
    ],
    "optimizers": [
        (lambda: SGD(0), ValueError, "SGD takes lr as a positive number", "got 0"),
        (lambda: SGD(-0.1), ValueError, "SGD takes lr", "got -0.1"),
        (lambda: SGD(np.nan), ValueError, "SGD takes lr", "nan"),
        (lambda: SGD(np.inf), ValueError, "SGD takes lr", "inf"),
        (lambda: SGD("fast"), TypeError, "SGD takes lr", "got 'fast'"),
        (lambda: SGD(None), TypeError, "SGD takes lr", "got None"),
        (
            lambda: SGD(lambda t: -1.0).step(np.zeros(3), np.zeros(3)),
            ValueError,
            "finite lr, 0 or more, got -1.0 at step 0",
        ),
        (
            lambda: SGD(lambda t: np.nan).rate(),
            ValueError,
            "finite lr, 0 or more, got nan at step 0",
        ),
        (lambda: SGD(lambda t: None).rate(), ValueError, "finite lr", "got None at step 0"),
        (
            lambda: SGD(1.0).step([1.0], np.zeros(1)),
            TypeError,
            "SGD(lr=1.0) takes theta as a float array, got list",
        ),
        (
            lambda: SGD(1.0).step(np.zeros(1), np.zeros(1, int)),
            TypeError,
            "SGD(lr=1.0) takes grad as a float array, got int64",
        ),
        (
            lambda: SGD(1.0).step(np.zeros(3), np.zeros((3, 1))),
            ValueError,
            "of one shape, got (3,) and (3, 1)",
        ),
        (
            lambda: trained(SGD(1.0)).step(np.zeros(4), np.zeros(4)),
            ValueError,
            "steps on shape (3,), got (4,)",
            "new optimizer",
        ),
        (
            lambda: Momentum(0.1, 1),
            ValueError,
            "Momentum takes beta as a number from 0, below 1",
            "got 1",
        ),
        (lambda: Momentum(0.1, -0.1), ValueError, "Momentum takes beta", "got -0.1"),
        (lambda: Nesterov(0.1, np.nan), ValueError, "Nesterov takes beta", "nan"),
        (lambda: Nesterov(0.1, "high"), TypeError, "Nesterov takes beta", "got 'high'"),
        (lambda: RMSProp(0.1, beta=True), TypeError, "RMSProp takes beta", "got True"),
        (lambda: Adam(beta1=1.0), ValueError, "Adam takes beta1", "got 1.0"),
        (lambda: Adam(beta2=1.5), ValueError, "Adam takes beta2", "got 1.5"),
        (lambda: Adam(0.0), ValueError, "Adam takes lr as a positive number", "got 0.0"),
        (
            lambda: AdaGrad(0.1, eps=0),
            ValueError,
            "AdaGrad takes eps as a positive number",
            "got 0",
        ),
        (lambda: RMSProp(0.1, eps=-1e-8), ValueError, "RMSProp takes eps", "got -1e-08"),
        (lambda: Adam(eps=np.inf), ValueError, "Adam takes eps", "inf"),
        (
            lambda: trained(Adam()).step(np.zeros((3, 1)), np.zeros((3, 1))),
            ValueError,
            "steps on shape (3,), got (3, 1)",
        ),
        (lambda: clip_norm(np.ones(3), 0), ValueError, "clip_norm takes max_norm", "got 0"),
        (lambda: clip_norm(np.ones(3), "short"), TypeError, "clip_norm takes max_norm", "'short'"),
        (
            lambda: clip_norm([3.0, 4.0], 1),
            TypeError,
            "clip_norm takes grad as a float array, got list",
        ),
        (
            lambda: clip_norm(np.array([1, np.nan]), 1),
            ValueError,
            "clip_norm takes a finite gradient",
        ),
        (
            lambda: clip_norm(np.array([1, -np.inf]), 1),
            ValueError,
            "clip_norm takes a finite gradient",
        ),
    ],
    "recurrent": [
        (lambda: RNN(0, 3), ValueError, "RNN takes n_in as a whole number from 1", "got 0"),
        (lambda: RNN(3, 2.5), TypeError, "RNN takes n_hidden", "got 2.5"),
        (
            lambda: RNN(3, 2, init="xavier"),
            TypeError,
            "RNN takes init as a function (rng, n_in, n_out)",
            "'xavier'",
        ),
        (lambda: RNN(3, 2).forward(np.ones((1, 4, 3))), RuntimeError, "RNN(3, 2) has no W_x yet"),
        (
            lambda: RNN(3, 2).step(np.ones((1, 3)), np.ones((1, 2))),
            RuntimeError,
            "RNN(3, 2) has no W_x yet",
        ),
        (
            lambda: reader().forward(np.ones((5, 3))),
            ValueError,
            "RNN(3, 2) takes x of shape (N, T, 3), got (5, 3)",
        ),
        (
            lambda: reader().forward(np.ones((5, 4, 2))),
            ValueError,
            "takes x of shape (N, T, 3), got (5, 4, 2)",
        ),
        (lambda: reader().forward(TEXT), TypeError, "RNN(3, 2) takes x of real numbers", "<U1"),
        (
            lambda: reader().step(np.ones(3), np.ones(2)),
            ValueError,
            "RNN(3, 2) takes x of shape (N, 3), got (3,)",
        ),
        (
            lambda: reader().step(np.ones((1, 3)), np.ones((2, 2))),
            ValueError,
            "takes h of shape (1, 2), got (2, 2)",
        ),
        (
            lambda: reader().step(np.ones((1, 3)), np.ones((1, 3))),
            ValueError,
            "takes h of shape (1, 2), got (1, 3)",
        ),
        (
            lambda: reader().backward(np.ones((1, 4, 2))),
            NotImplementedError,
            "RNN(3, 2) has no backward:",
            "freeze",
        ),
    ],
    "training": [
        (
            lambda: Batches(X, LABELS, 2),
            ValueError,
            "Batches takes t with one example a row",
            "(6,)",
            "one_hot",
            "reshape(-1, 1)",
        ),
        (
            lambda: Batches(np.ones(6), T, 2),
            ValueError,
            "Batches takes x with one example a row",
            "x.reshape(-1, 1)",
        ),
        (
            lambda: Batches(EMPTY, T[:0], 2),
            ValueError,
            "Batches takes x",
            "at least one, got shape (0, 4)",
        ),
        (
            lambda: Batches(X, T[:5], 2),
            ValueError,
            "one target for each example, got 6 examples and 5 targets",
        ),
        (
            lambda: Batches(NAN, T, 2),
            ValueError,
            "Batches takes finite numbers, but x holds NaN or infinity",
            "np.isfinite(x)",
        ),
        (lambda: Batches(INF, T, 2), ValueError, "but x holds NaN or infinity"),
        (lambda: Batches(-INF, T, 2), ValueError, "but x holds NaN or infinity"),
        (lambda: Batches(X, T * np.nan, 2), ValueError, "but t holds NaN or infinity"),
        (lambda: Batches(TEXT, T, 2), TypeError, "Batches takes x of real numbers, got dtype <U1"),
        (lambda: Batches(RAGGED, T, 2), ValueError, "Batches takes x", "ragged"),
        (
            lambda: Batches(X, T, 0),
            ValueError,
            "Batches takes batch_size as a whole number from 1, got 0",
        ),
        (lambda: Batches(X, T, 2.0), TypeError, "Batches takes batch_size", "got 2.0"),
        (lambda: Batches(X, T, "all"), TypeError, "Batches takes batch_size", "got 'all'"),
        (lambda: Batches(X, T, 2, seed=-1), ValueError, "Batches takes seed", "got -1"),
        (lambda: Batches(X, T, 2, seed="s"), TypeError, "Batches takes seed", "got 's'"),
        (
            lambda: History(["a"]).record(1.0, [1, 2]),
            ValueError,
            "History takes 1 gradient magnitudes",
            "got 2",
        ),
        (lambda: fitted(epochs=0), ValueError, "fit takes epochs as a whole number from 1, got 0"),
        (lambda: fitted(epochs=1.5), TypeError, "fit takes epochs", "got 1.5"),
        (lambda: fitted(batches=[]), ValueError, "fit takes at least one batch"),
        (
            lambda: fitted(batches=iter([(X, T)])),
            TypeError,
            "fit takes batches with a length",
            "Batches(x, t, batch_size)",
        ),
        (
            lambda: fitted(batches=[(X, LABELS)]),
            ValueError,
            "one shape (N, K), got (6, 3) and (6,)",
        ),
        (lambda: fitted(clip=0), ValueError, "fit takes clip as a positive", "got 0"),
        (lambda: fitted(clip=np.nan), ValueError, "fit takes clip as a positive", "nan"),
        (lambda: fitted(clip="short"), TypeError, "fit takes clip as a positive", "'short'"),
        (
            lambda: fitted(validation=X),
            TypeError,
            "fit takes validation as a pair (x, t), got ndarray",
        ),
        (
            lambda: fitted(validation=(X, T, 1)),
            ValueError,
            "fit takes validation as a pair (x, t), got 3",
        ),
        (lambda: fitted(validation=(X, LABELS)), ValueError, "fit(validation=) takes t", "(6,)"),
        (
            lambda: fitted(validation=(NAN, T)),
            ValueError,
            "fit(validation=) takes finite numbers, but x",
        ),
        (
            lambda: fitted(optimizer=OwnOptimizer(), penalty=L1(1, proximal=True)),
            TypeError,
            "L1(proximal=True) with SGD, got",
        ),
        (
            lambda: accuracy(net(), X, LABELS),
            ValueError,
            "accuracy takes t with one example a row",
            "(6,)",
            "one_hot",
        ),
        (
            lambda: accuracy(net(), X, T[:5]),
            ValueError,
            "one target for each example, got 6 examples and 5",
        ),
        (lambda: accuracy(net(), EMPTY, T[:0]), ValueError, "at least one"),
        (lambda: accuracy(net(), NAN, T), ValueError, "accuracy takes finite numbers"),
        (lambda: accuracy(Column(), X, T), ValueError, "labels of shape (6,), got (6, 1)"),
        (
            lambda: accuracy(always_2(), X, LABELS[:, None]),
            ValueError,
            "a target column for each class",
            "(6, 1)",
            "one_hot",
        ),
        (lambda: L2(-1), ValueError, "L2 takes strength as a finite number from 0, got -1"),
        (lambda: L1(np.inf), ValueError, "L1 takes strength as a finite number from 0, got inf"),
        (lambda: L1("strong"), TypeError, "L1 takes strength", "'strong'"),
        (
            lambda: fitted(loss=MeanSquaredError),
            TypeError,
            "fit takes a loss, got the class MeanSquaredError",
            "MeanSquaredError(...)",
        ),
        (
            lambda: fitted(loss="MSE"),
            TypeError,
            "fit takes a loss, an object with forward, backward, got str",
        ),
        (lambda: fitted(loss=SGD(0.1)), TypeError, "fit takes a loss", "got SGD"),
        (
            lambda: fitted(optimizer=SGD),
            TypeError,
            "fit takes an optimizer, got the class SGD",
            "SGD(...)",
        ),
        (
            lambda: fitted(optimizer=MeanSquaredError()),
            TypeError,
            "fit takes an optimizer, an object with step",
        ),
        (
            lambda: fit(None, MeanSquaredError(), SGD(1), [(X, T)], 1),
            TypeError,
            "fit takes a net",
            "got NoneType",
        ),
        (
            lambda: fitted(penalty=0.1),
            TypeError,
            "fit takes a penalty, an object with backward, got float",
        ),
        (
            lambda: fitted(progress=True),
            TypeError,
            "fit takes progress as a function (step, n_steps, history), got True",
        ),
        (lambda: fitted(batches=X), TypeError, "fit takes batches with a length, such as Batches"),
        (
            lambda: fitted(batches=[X]),
            TypeError,
            "fit takes each of batches as a pair (x, t), got ndarray",
        ),
        (
            lambda: fitted(batches=[(X, T, 1)]),
            ValueError,
            "fit takes each of batches as a pair (x, t), got 3 things",
        ),
        (
            lambda: History(["a"]).record(1.0, []),
            ValueError,
            "History takes 1 gradient magnitudes",
            "got 0",
        ),
        (
            lambda: accuracy(None, X, T),
            TypeError,
            "accuracy takes a net, an object with predict, got NoneType",
        ),
        (
            lambda: accuracy(predicts(["a"] * 6), X, T),
            TypeError,
            "accuracy takes predicted labels of real numbers",
        ),
        (
            lambda: accuracy(net(), X, np.ones((6, 2, 2))),
            ValueError,
            "accuracy takes t of shape (N, K), got (6, 2, 2)",
        ),
        (lambda: L1(0.1, proximal="yes"), TypeError, "L1 takes proximal as True or False, got str"),
        (
            lambda: L1(0.1).shrink(net(), -1),
            ValueError,
            "L1.shrink takes lr as a number from 0, got -1",
        ),
        (
            lambda: L2(0.1).forward(None),
            TypeError,
            "L2.forward takes a net, an object with weights, got NoneType",
        ),
        (
            lambda: L2(0.1).backward(None),
            TypeError,
            "L2.backward takes a net, an object with weights, got NoneType",
        ),
        (
            lambda: L1(0.1).forward(Tanh()),
            TypeError,
            "L1.forward takes a net, an object with weights, got Tanh",
        ),
        (
            lambda: L1(0.1).backward(Tanh()),
            TypeError,
            "L1.backward takes a net, an object with weights, got Tanh",
        ),
    ],
    "gradcheck": [
        (
            lambda: numerical_gradient(np.sum, np.ones(3, np.float32)),
            TypeError,
            "theta as a float64 array, got float32",
            "digits",
        ),
        (
            lambda: numerical_gradient(np.sum, [1.0]),
            TypeError,
            "theta as a float64 array, got list",
        ),
        (
            lambda: numerical_gradient(3, np.ones(3)),
            TypeError,
            "numerical_gradient takes f as a function",
            "got 3",
        ),
        (lambda: numerical_gradient(np.exp, np.ones(3)), TypeError, "f that returns one number"),
        (
            lambda: numerical_gradient(lambda a: None, np.ones(3)),
            TypeError,
            "f that returns one number, got None",
        ),
        (
            lambda: numerical_gradient(lambda a: np.nan, np.ones(3)),
            ValueError,
            "f that is finite around theta, got nan",
        ),
        (
            lambda: numerical_gradient(np.sum, np.ones(3), eps=0),
            ValueError,
            "eps as a positive number, got 0",
        ),
        (
            lambda: numerical_gradient(np.sum, np.ones(3), eps="x"),
            TypeError,
            "eps as a positive number, got 'x'",
        ),
        (
            lambda: gradient_errors(net(), MeanSquaredError(), X, T),
            TypeError,
            "dtype=np.float64, got float32",
            "digits",
        ),
        (
            lambda: gradient_errors(
                Sequential([Dense(4, 3), Unsteady()], dtype=float), MeanSquaredError(), X, T
            ),
            ValueError,
            "Dropout",
        ),
        (lambda: gradient_errors(net(float), MeanSquaredError(), NAN, T), ValueError, "finite"),
        (
            lambda: gradient_errors(net(float), MeanSquaredError(), X, LABELS),
            ValueError,
            "one shape (N, K)",
        ),
        (
            lambda: numerical_gradient(lambda a: RAGGED, np.ones(3)),
            TypeError,
            "f that returns one number, got [[1, 2], [3]]",
        ),
        (
            lambda: numerical_gradient(lambda a: 10**400, np.ones(3)),
            ValueError,
            "f that is finite around theta",
        ),
        (
            lambda: numerical_gradient(lambda a: -np.inf, np.ones(3)),
            ValueError,
            "f that is finite around theta, got -inf",
        ),
        (
            lambda: gradient_errors(Dense, MeanSquaredError(), X, T),
            TypeError,
            "takes a net, got the class Dense",
            "Dense(...)",
        ),
        (
            lambda: gradient_errors(net(float), None, X, T),
            TypeError,
            "gradient_errors takes a loss",
            "got NoneType",
        ),
        (
            lambda: gradient_errors(net(float), MeanSquaredError(), X, T, 0.1),
            TypeError,
            "takes a penalty",
            "got float",
        ),
    ],
    "data": [
        (lambda: data.letters(0), ValueError, "letters takes n as a whole number from 1, got 0"),
        (lambda: data.letters(2.5), TypeError, "letters takes n", "got 2.5"),
        (lambda: data.letters(5, seed=-1), ValueError, "letters takes seed", "got -1"),
        (lambda: data.letters(5, seed=2**32), ValueError, "letters takes seed", "got 4294967296"),
        (lambda: data.letters(5, seed="s"), TypeError, "letters takes seed", "got 's'"),
        (
            lambda: data.letters(5, fonts="italic"),
            ValueError,
            'fonts="bold" or fonts="all"',
            "got 'italic'",
        ),
        (lambda: data.letters(5, rotation=181), ValueError, "letters takes rotation", "got 181"),
        (
            lambda: data.letters(5, rotation="much"),
            TypeError,
            "letters takes rotation",
            "got 'much'",
        ),
        (lambda: data.letters(5, rotation=np.nan), ValueError, "letters takes rotation", "nan"),
        (lambda: data.letters(5, shift=-1), ValueError, "letters takes shift", "got -1"),
        (
            lambda: data.letters(5, shift=18),
            ValueError,
            "letters takes shift as pixels from 0 to 17, got 18",
        ),
        (lambda: data.letters(5, scale=1), TypeError, "letters takes scale as a pair", "got 1"),
        (
            lambda: data.letters(5, scale=(0, 1)),
            ValueError,
            "letters takes the smallest scale",
            "got 0",
        ),
        (
            lambda: data.letters(5, scale=(4.5, 5)),
            ValueError,
            "letters takes the smallest scale",
            "got 4.5",
        ),
        (
            lambda: data.letters(5, scale=(2, 1)),
            ValueError,
            "letters takes the largest scale",
            "got 1",
        ),
        (
            lambda: data.letters(5, scale=(1, 4.5)),
            ValueError,
            "letters takes the largest scale",
            "got 4.5",
        ),
        (lambda: data.letters(5, scale=("a", "b")), TypeError, "scale", "got 'a'"),
        *[
            case
            for make in (data.circle, data.xor, data.blobs, data.spiral)
            for case in [
                (
                    lambda f=make: f(1),
                    ValueError,
                    f"{make.__name__} takes n as a whole number from 2, got 1",
                ),
                (lambda f=make: f("ten"), TypeError, f"{make.__name__} takes n", "got 'ten'"),
                (
                    lambda f=make: f(10, noise=-0.1),
                    ValueError,
                    f"{make.__name__} takes noise as a number from 0 to 1, got -0.1",
                ),
                (
                    lambda f=make: f(10, noise=1.5),
                    ValueError,
                    f"{make.__name__} takes noise as a number from 0 to 1, got 1.5",
                ),
                (
                    lambda f=make: f(10, noise=np.nan),
                    ValueError,
                    f"{make.__name__} takes noise",
                    "nan",
                ),
                (
                    lambda f=make: f(10, noise="some"),
                    TypeError,
                    f"{make.__name__} takes noise",
                    "got 'some'",
                ),
                (
                    lambda f=make: f(10, seed=1.5),
                    TypeError,
                    f"{make.__name__} takes seed",
                    "got 1.5",
                ),
            ]
        ],
        (
            lambda: data.one_hot([0, 3], 3),
            ValueError,
            "one_hot takes labels from 0 to 2, got 0 to 3",
        ),
        (
            lambda: data.one_hot([-1, 2], 3),
            ValueError,
            "one_hot takes labels from 0 to 2, got -1 to 2",
        ),
        (
            lambda: data.one_hot([0.0, 1.0], 3),
            TypeError,
            "one_hot takes whole-number labels, got dtype float64",
            "astype(int)",
        ),
        (lambda: data.one_hot(["a"], 3), TypeError, "one_hot takes labels of real numbers"),
        (
            lambda: data.one_hot([[0], [1]], 3),
            ValueError,
            "one_hot takes labels with 1 axes",
            "(2, 1)",
        ),
        (lambda: data.one_hot(LABELS[:0], 3), ValueError, "at least one row, got shape (0,)"),
        (lambda: data.one_hot([0], 0), ValueError, "one_hot takes n_classes", "got 0"),
        (
            lambda: data.split(X, T[:5], 0.5),
            ValueError,
            "one target for each example, got 6 examples and 5 targets",
        ),
        (lambda: data.split(X, T, 1.5), ValueError, "split takes fraction", "got 1.5"),
        (
            lambda: data.split(X, T, 0),
            ValueError,
            "split takes a fraction that leaves both parts some, got 0.0 of 6",
        ),
        (lambda: data.split(X, T, 1), ValueError, "leaves both parts some, got 1.0 of 6"),
        (lambda: data.split(X, T, "half"), TypeError, "split takes fraction", "got 'half'"),
        (lambda: data.split(NAN, T, 0.5), ValueError, "split takes finite numbers, but x"),
        (lambda: data.split(X, -INF, 0.5), ValueError, "split takes finite numbers, but t"),
        (lambda: data.split(X, T, 0.5, seed=-1), ValueError, "split takes seed", "got -1"),
        (
            lambda: data.standardize(np.ones(3)),
            ValueError,
            "standardize takes x with 2 axes",
            "(3,)",
        ),
        (
            lambda: data.standardize(X, np.ones((2, 3))),
            ValueError,
            "the same columns",
            "(6, 4), (2, 3)",
        ),
        (lambda: data.standardize(X, NAN), ValueError, "standardize takes finite numbers"),
        (lambda: data.standardize(RAGGED), ValueError, "standardize takes x", "ragged"),
        (lambda: data.standardize(TEXT), TypeError, "standardize takes x of real numbers"),
        (
            lambda: data.letters(5, fonts=np.array(["bold", "all"])),
            ValueError,
            'fonts="bold" or fonts="all"',
        ),
    ],
}


def always_2():
    """A net whose answer is always class 2."""
    made = net()
    made.theta = 0
    made.layers[2].b = [0, 0, 1]
    return made


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "call, error, parts",
    [
        pytest.param(call, error, parts, id=f"{group}-{i}")
        for group, cases in CASES.items()
        for i, (call, error, *parts) in enumerate(cases)
    ],
)
def test_bad_input_gets_a_sentence(call, error, parts):
    if "ragged" in parts and np.lib.NumpyVersion(np.__version__) < "1.24.0":
        pytest.skip("this NumPy makes an array of objects of a ragged list")
    with pytest.raises(error) as caught:
        call()
    message = str(caught.value)
    assert type(caught.value) is error
    assert all(part in message for part in parts), (
        f"{message!r} lacks {[part for part in parts if part not in message]}"
    )
    assert not any(words in message for words in NUMPYS_OWN), message


@pytest.mark.parametrize(
    "call, end",
    [
        (lambda: ran(0).forward(np.ones((5, 3))), "got (5, 3)"),
        (lambda: ran(0).forward(np.ones(4)), "got (4,)"),
        (lambda: MeanSquaredError().forward(Z, np.zeros((3, 2))), "got (2, 3) and (3, 2)"),
    ],
)
def test_no_hint_is_given_where_it_would_not_help(call, end):
    with pytest.raises(ValueError) as caught:
        call()
    assert str(caught.value).endswith(end)


NEEDED = [  # who asks an object for which names
    (
        lambda net: gradient_errors(net, MeanSquaredError(), X, T),
        "forward backward theta grad state slices dtype",
    ),
    (lambda loss: gradient_errors(net(float), loss, X, T), "forward backward"),
    (
        lambda penalty: gradient_errors(net(float), MeanSquaredError(), X, T, penalty),
        "forward backward",
    ),
    (
        lambda net: fit(net, MeanSquaredError(), SGD(1), [(X, T)], 1),
        "forward backward grad_rms theta grad state slices layers",
    ),
    (lambda loss: fitted(loss=loss), "forward backward"),
    (lambda layer: Sequential([layer]), "shapes init_params forward backward"),
]


@pytest.mark.parametrize("take, names", NEEDED)
def test_an_object_that_lacks_one_name_is_refused(take, names):
    names = names.split()
    for lacking in names:
        thing = types.SimpleNamespace(**dict.fromkeys(set(names) - {lacking}, np.float64))
        with pytest.raises(TypeError, match=f"with {', '.join(names)}, got"):
            take(thing)


def test_a_refused_network_leaves_its_layers_usable():
    dense = Dense(2, 3)
    with pytest.raises(TypeError):
        Sequential([dense, ReLU])
    assert Sequential([dense]).forward(np.zeros((1, 2))).shape == (1, 3)


def test_a_refused_step_changes_nothing():
    theta, optimizer = np.ones(3), SGD(lambda t: 1.0 if t else -1.0)
    for grad in (np.ones(2), np.ones(3)):
        with pytest.raises(ValueError):
            optimizer.step(theta, grad)
    assert theta.tolist() == [1, 1, 1] and optimizer.t == 0
