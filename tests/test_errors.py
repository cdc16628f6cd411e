"""Bad input: who takes what, got what, what to do; and what a learner has stays as it was.

slips.txt holds calls as a learner may write them, and the sentence each gets: every kind of
argument once, at a door where it is plausible. Here are every number's limits, and a look at every
argument of every public function.
"""

import pathlib
import re
import types

import numpy as np
import pytest
from calls import CALLS, CORE, LABELS, saved

from dlcourse.activations import ReLU, Tanh
from dlcourse.gradcheck import gradient_errors
from dlcourse.guard import checks
from dlcourse.layers import Dense, Layer
from dlcourse.losses import MeanSquaredError
from dlcourse.network import Sequential
from dlcourse.optimizers import SGD
from dlcourse.recurrent import RNN
from dlcourse.training import fit

X, T, NAN, TEXT = np.ones((6, 4)), np.eye(3)[LABELS], np.full((6, 4), np.nan), np.array([["a"]])


def net(dtype=np.float32, *middle):
    return Sequential([Dense(4, 5), *middle, Tanh(), Dense(5, 3)], dtype=dtype)


def ran(place=None):
    """A net, or one layer of a net, after a forward pass of six examples."""
    made = net()
    made.forward(X)
    return made if place is None else made.layers[place]


def reader():
    return Sequential([RNN(3, 2)]).layers[0]


def own(**has):
    """A learner's layer with these attributes and methods."""
    layer = Layer()
    vars(layer).update(has)
    return layer


def predicts(labels):
    return types.SimpleNamespace(predict=lambda x: labels)


def stepped(optimizer):
    optimizer.step(np.zeros(3), np.zeros(3))
    return optimizer


def fitted(loss=None, optimizer=None, batches=None, epochs=1, **settings):
    batches = [(X, T)] if batches is None else batches
    optimizer = optimizer or SGD(0.1)
    return fit(net(), loss or MeanSquaredError(), optimizer, batches, epochs, **settings)


NAMES = {name: thing for module in (*CORE, checks) for name, thing in vars(module).items()}
NAMES |= {module.__name__.split(".")[1]: module for module in CORE} | globals()


LIMITS = {  # of each number: the last ones that are taken, and the next, which are not
    "Dense({}, 3)": ([1], [0]),
    "Dense(3, {})": ([1], [0]),
    "RNN({}, 3)": ([1], [0]),
    "RNN(3, {})": ([1], [0]),
    "mlp([4, {}], Tanh)": ([1], [0]),
    "Sequential([Tanh()], seed={})": ([0], [-1]),
    "net().freeze({})": ([0, 2], [-1, 3]),
    "data.letters({})": ([1], [0]),
    "data.letters(1, seed={})": ([0, 2**32 - 1], [-1, 2**32]),
    "data.letters(1, rotation={})": ([0, 180], [-0.1, 180.1]),
    "data.letters(1, shift={})": ([0, 17], [-0.1, 17.1]),
    "data.letters(1, scale=({}, 4))": ([0.25, 4], [0.24, 4.1]),
    "data.letters(1, scale=(0.5, {}))": ([0.5, 4], [0.4, 4.1]),
    "data.circle({})": ([2], [1]),
    "data.spiral(2, noise={})": ([0, 1], [-0.1, 1.1]),
    "data.blobs(2, seed={})": ([0, 2**32 - 1], [-1, 2**32]),
    "data.one_hot([0], {})": ([1], [0]),
    "data.one_hot([{}, 1], 3)": ([0, 2], [-1, 3]),
    "data.split(X, T, {})": ([0.1, 0.9], [0, 0.08, 0.92, 1, 1.1, -0.1]),
    "data.split(X, T, 0.5, seed={})": ([0, 2**32 - 1], [-1, 2**32]),
    "initializers.normal({})": ([0, 1e308], [-1e-9, np.inf, 10**400]),
    "initializers.he(np.random.default_rng(0), {}, 3)": ([1], [0]),
    "SGD({})": ([5e-324, 1e308, np.float32(1)], [0, -0.1, np.inf, np.nan, np.float32(0)]),
    "SGD(lambda t: {}).rate()": ([0, 1e308, np.float32(1)], [-0.1, np.nan, np.inf, None]),
    "Momentum(0.1, {})": ([0, 0.999], [1, -0.1, np.float32(1)]),
    "RMSProp(0.1, {})": ([0, 0.999], [1, -0.1]),
    "RMSProp(0.1, eps={})": ([1.2e-38], [0, 1e-46]),
    "AdaGrad(0.1, {})": ([1.2e-38], [0, 1e-46]),
    "Adam(0.1, {})": ([0, 0.999], [1, -0.1]),
    "Adam(0.1, beta2={})": ([0, 0.999], [1, -0.1]),
    "Adam(0.1, eps={})": ([1.2e-38], [0, 1e-46, np.inf]),
    "clip_norm(np.ones(3), {})": ([5e-324, 1e308], [0, -1, np.nan]),
    "clip_value(np.ones(3), {})": ([5e-324, 1e308], [0, -1, np.nan]),
    "LeakyReLU({})": ([0, 0.999], [-0.1, 1, np.nan]),
    "PReLU({})": ([-1e308, 0, 1, 1e308], [np.nan, np.inf]),
    "RReLU({}, 0.5)": ([0, 0.5], [-0.1, 0.6, np.nan]),
    "RReLU(0.5, {})": ([0.5, 0.999], [0.4, 1, np.nan]),
    "RReLU(seed={})": ([0], [-1]),
    "ELU({})": ([0, 1, 1e308], [-1e-9, np.inf, np.nan]),
    "Dropout({})": ([0, 0.999], [1, -0.1, np.nan]),
    "Dropout(0.5, {})": ([0], [-1]),
    "RandomLayer({})": ([0], [-1]),
    "BatchNorm({})": ([1], [0]),
    "BatchNorm(3, {})": ([0, 0.999], [1, -0.1]),
    "BatchNorm(3, eps={})": ([1.2e-38], [0, 1e-46, np.inf]),
    "Sequential([BatchNorm(4)]).forward(X[:{}], training=True)": ([2], [1]),
    "piecewise([(0, {})])": ([5e-324], [0, np.inf]),
    "piecewise([({}, 0.1)])": ([0], [-1, 1]),
    "piecewise([(0, 0.1), ({}, 0.1)])": ([1], [0]),
    "piecewise([(0, 0.1)])({})": ([0, 1e9], [-1, np.nan]),
    "exponential({}, 1)(1)": ([5e-324], [0, np.inf]),
    "exponential(1, {})(1)": ([5e-324, 1e308], [0, np.inf]),
    "power({}, 1)": ([5e-324], [0, np.inf]),
    "power(1, {})(1)": ([5e-324, 1e308], [0, np.inf]),
    "power(1, 1, {})(1)": ([0, 1e308], [-1e-9, np.inf]),
    "cosine({}, 1)": ([5e-324], [0, np.inf]),
    "cosine(1, {})": ([1], [0]),
    "warm_up({}, 1)": ([5e-324], [0, np.inf]),
    "warm_up(1, {})": ([1], [0]),
    "Plateau({})": ([5e-324], [0, np.inf]),
    "Plateau(1, {})": ([0, 0.999], [1, -0.1]),
    "Plateau(1, patience={})": ([1], [0]),
    "Plateau(1).update({})": ([-1e308, 1e308], [np.nan, np.inf]),
    "L1({})": ([0], [-1e-9, np.inf, np.nan]),
    "L2({})": ([0], [-1e-9, np.inf, np.nan]),
    "L1(0.1).shrink(net(), {})": ([0], [-1e-9]),
    "Batches(X, T, {})": ([1, 7], [0]),
    "Batches(X, T, 2, {})": ([0], [-1]),
    "fitted(epochs={})": ([1], [0]),
    "fitted(clip={})": ([5e-324], [0, np.nan]),
    "Probe(X, T, MeanSquaredError(), [{}])": ([0], [-1]),
    "numerical_gradient(np.sum, np.ones(1), {})": ([1e-9], [0]),
    "numerical_gradient(lambda a: {}, np.ones(1))": ([-1e307], [np.inf, np.float32(-np.inf)]),
}


SLIPS = (pathlib.Path(__file__).parent / "slips.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("call, error", list(zip(SLIPS[::2], SLIPS[1::2], strict=True)))
def test_a_slip_gets_a_sentence(call, error):
    if "ragged" in error and np.lib.NumpyVersion(np.__version__) < "1.24.0":
        pytest.skip("this NumPy makes an array of objects of a ragged list")
    with pytest.raises(Exception) as caught:
        eval(call.removeprefix(">>> "), NAMES)
    assert f"{caught.typename}: {caught.value}" == error


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("call", LIMITS)
def test_numbers_are_taken_up_to_their_limits(call):
    taken, refused = LIMITS[call]
    function = eval(f"lambda number: {call.replace('{}', 'number')}", NAMES)
    for number in taken:
        function(number)
    for number in refused:
        with pytest.raises(ValueError, match=" takes "):
            function(number)


def test_numbers_come_out_as_pythons_own():
    """An np.float64 among float32 arrays would make all of them float64."""
    for kind, value, expected in [
        (checks.number(0, 1), np.float64(1), 1.0),
        (checks.number(0, 1), 0, 0.0),
        (checks.whole(0, 2), np.int64(2), 2),
        (checks.optional(checks.POSITIVE), None, None),
        (checks.optional(checks.POSITIVE), np.float32(0.5), 0.5),
        (checks.flag, np.True_, True),
        (checks.STEPS, range(1), [0]),
    ]:
        found = kind("f", "a", value)
        assert found == expected and type(found) is type(expected)


class Anything:
    """An object that has nothing of what anybody needs."""


STRAIGHT_ON = {  # what these are given goes straight to a formula, or is not used
    *(name for name in CALLS if re.search(r"\.(f|slope|init_params|draw)$", name)),
    *("training.Frame", "training.one_step", "training.mean_loss", "training.Probe.watch"),
    *("network.signals", "training.History", "training.History.record", "training.tell"),
    *((f"layers.{name}.forward", "training") for name in ("Dense", "BatchNorm", "Dropout")),
    ("network.Sequential", "dtype"),
}


def numbers(things):
    """The bytes of all networks and arrays among these, and of the file net.npz."""
    for thing in things:
        for a in (thing, *(getattr(thing, name, None) for name in ("theta", "state"))):
            yield a.tobytes() if isinstance(a, np.ndarray) else None
    yield pathlib.Path("net.npz").read_bytes()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", CALLS)
def test_every_argument_is_looked_at_and_an_error_loses_nothing(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    saved()
    for argument in CALLS[name]()[1]:
        for slip in (Anything(), None, "text", [[1], [2, 3]], NAN, T[:, :1], -1, 0.5):
            function, arguments = CALLS[name]()
            things = [getattr(function, "__self__", None), *arguments.values()]
            before, said = list(numbers(things)), ""
            try:
                function(**{**arguments, argument: slip})
            except Exception as error:
                said = str(error)
                assert list(numbers(things)) == before, f"{argument}={slip!r}: {said}"
            if isinstance(slip, Anything) and not STRAIGHT_ON & {name, (name, argument)}:
                assert " takes " in said, f"{argument} is not looked at: {said}"


NETS = "forward backward theta grad state slices dtype"
NEEDED = [  # who asks an object for which names
    (lambda net: gradient_errors(net, MeanSquaredError(), X, T), NETS),
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
