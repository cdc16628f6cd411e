"""What must hold for every network, shape, batch size, precision and number, not only for the examples of the other tests.

Hypothesis draws the cases; `derandomize` makes it draw the same ones every time.
"""

import inspect
import math

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from dlcourse import (
    activations,
    data,
    gradcheck,
    initializers,
    layers,
    losses,
    network,
    optimizers,
    penalties,
    recurrent,
    training,
)
from dlcourse.gradcheck import gradient_errors, numerical_gradient
from dlcourse.layers import Dense, Layer
from dlcourse.losses import SigmoidCrossEntropy, SoftmaxCrossEntropy
from dlcourse.network import Sequential
from dlcourse.optimizers import SGD, clip_norm
from dlcourse.recurrent import RNN
from dlcourse.training import (
    L1,
    L2,
    Batches,
    Frame,
    History,
    Probe,
    accuracy,
    fit,
    mean_loss,
    one_step,
)


def classes(module, base):
    """The public classes of a module that are made from `base`."""
    found = [
        thing for name, thing in vars(module).items() if inspect.isclass(thing) and name[0] != "_"
    ]
    return [
        thing
        for thing in found
        if thing.__module__ == module.__name__ and issubclass(thing, base) and thing is not base
    ]


ACTIVATIONS, LOSSES = classes(activations, Layer), classes(losses, object)
OPTIMIZERS = classes(optimizers, optimizers._Optimizer)
KINKED = {"ReLU", "LeakyReLU", "ELU", "SELU"}
DTYPES, SEEDS = st.sampled_from([np.float32, np.float64]), st.integers(0, 2**32 - 1)


def holds(n, /, **given_by):
    """A property, tried on n cases."""
    return lambda test: settings(max_examples=n, derandomize=True, database=None, deadline=None)(
        given(**given_by)(test)
    )


@st.composite
def nets(draw, dtype=None, outputs=1, recurrent=False):
    """(net, x): up to four layers with parameters, activations between them, `outputs` outputs or more; a batch of 1 to 6."""
    stack, shape, rng = [], (draw(st.integers(1, 6)),), np.random.default_rng(draw(SEEDS))
    sizes = [
        *draw(st.lists(st.integers(1, 5), min_size=2, max_size=4)),
        draw(st.integers(outputs, 5)),
    ]
    if recurrent:
        stack, shape, sizes = (
            [RNN(sizes[0], sizes[1])],
            (*shape, draw(st.integers(1, 5))),
            [sizes[0]],
        )
    for n_in, n_out in zip(sizes[:-1], sizes[1:], strict=True):
        stack.append(Dense(n_in, n_out))
        stack += [draw(st.sampled_from(ACTIVATIONS))()] if draw(st.booleans()) else []
    net = Sequential(stack, dtype=dtype or draw(DTYPES))
    net.theta = rng.standard_normal(net.theta.size)
    return net, rng.standard_normal((*shape, sizes[0]))


def targets(loss, z, seed):
    """Targets of z's shape that the loss takes: rows that sum to 1, fractions between 0 and 1, or any numbers."""
    rng = np.random.default_rng(seed)
    if isinstance(loss, SoftmaxCrossEntropy):
        return rng.dirichlet(np.ones(z.shape[1]), len(z))
    return (
        rng.random(z.shape)
        if isinstance(loss, SigmoidCrossEntropy)
        else rng.standard_normal(z.shape)
    )


def away_from_kinks(net, x):
    """Only cases where no number comes within 1e-4 of a place where a slope jumps."""
    for layer in net.layers:
        assume(type(layer).__name__ not in KINKED or np.abs(x).min() > 1e-4)
        x = layer.forward(x)


@pytest.mark.parametrize("penalty", [None, L1(0.3), L2(0.3)], ids=["none", "L1", "L2"])
@pytest.mark.parametrize("Loss", LOSSES)
@holds(40, case=nets(np.float64, outputs=2), seed=SEEDS)
def test_every_gradient_agrees_with_finite_differences(Loss, penalty, case, seed):
    (net, x), loss = case, Loss()
    away_from_kinks(net, x)
    assume(np.abs(net.theta).min() > 1e-4)  # L1's own kink
    t = targets(loss, net.forward(x), seed)
    errors = gradient_errors(net, loss, x, t, penalty)
    assert list(errors) == list(net.slices)
    for (
        name,
        part,
    ) in (
        net.slices.items()
    ):  # rounding alone is 1e-10 of the loss: much of a gradient that nearly vanishes
        steep = np.linalg.norm(net.grad[part]) > 0.02 * max(1, loss.forward(net.forward(x), t))
        assert errors[name] < (1e-7 if steep else 1e-6), errors


@pytest.mark.parametrize("make", ACTIVATIONS)
@holds(60, x=arrays(np.float64, array_shapes(max_side=4), elements=st.floats(-6, 6)), seed=SEEDS)
def test_every_slope_agrees_with_finite_differences(make, x, seed):
    assume(make.__name__ not in KINKED or np.abs(x).min() > 1e-4)
    layer, dy = make(), np.random.default_rng(seed).standard_normal(x.shape)
    layer.forward(x)
    dx = layer.backward(dy)
    numerical = numerical_gradient(lambda x: float(np.sum(dy * layer.forward(x))), x.copy())
    assert np.linalg.norm(dx - numerical) <= 1e-7 * max(
        1, np.linalg.norm(dx) + np.linalg.norm(numerical)
    )


@pytest.mark.parametrize("recurrent", [False, True], ids=["Dense", "RNN"])
@holds(100, draw=st.data())
def test_a_batch_is_its_rows(recurrent, draw):
    net, x = draw.draw(nets(recurrent=recurrent))
    together, alone = (
        net.forward(x),
        np.concatenate([net.forward(x[i : i + 1]) for i in range(len(x))]),
    )
    limit = (1e-12 if net.dtype == np.float64 else 1e-5) * max(1, np.abs(together).max())
    assert (
        together.shape == alone.shape
        and together.dtype == net.dtype
        and np.abs(together - alone).max() <= limit
    )


@holds(60, case=nets(recurrent=True), split_at=st.integers(0, 5))
def test_a_later_step_changes_nothing_earlier(case, split_at):
    net, x = case
    states, changed = net.forward(x), x.copy()
    changed[:, split_at:] += 1
    assert np.abs(net.forward(changed)[:, :split_at] - states[:, :split_at]).max(initial=0) <= 1e-6


LOGITS = arrays(
    np.float64,
    array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=5),
    elements=st.floats(-1e4, 1e4),
)


@pytest.mark.parametrize("Loss", LOSSES)
@holds(100, z=LOGITS, dtype=DTYPES, seed=SEEDS)
@example(z=np.array([[1e4, -1e4], [-1e4, 1e4]]), dtype=np.float32, seed=0)
def test_losses_and_gradients_are_finite_and_bounded(Loss, z, dtype, seed):
    loss, z = Loss(), z.astype(dtype)
    with np.errstate(all="raise", under="ignore"):
        value, dz = loss.forward(z, targets(loss, z, seed)), loss.backward()
    assert 0 <= value < math.inf and type(value) is float
    assert np.isfinite(dz).all() and dz.dtype == dtype and dz.shape == z.shape
    assert not loss.on_logits or np.abs(dz).max() <= (1 + 1e-6) / len(z)


@pytest.mark.parametrize("Loss", LOSSES)
@holds(60, z=LOGITS, seed=SEEDS)
def test_a_loss_is_the_mean_of_its_rows(Loss, z, seed):
    loss, t, rows = Loss(), targets(Loss(), z, seed), range(len(z))
    values = [loss.forward(z[i : i + 1], t[i : i + 1]) for i in rows]
    gradients = [(loss.forward(z[i : i + 1], t[i : i + 1]), loss.backward())[1] for i in rows]
    assert loss.forward(z, t) == pytest.approx(np.mean(values), rel=1e-12)
    assert loss.backward() == pytest.approx(
        np.concatenate(gradients) / len(z), rel=1e-12, abs=1e-15
    )


@holds(100, z=LOGITS, shift=st.floats(-1e3, 1e3), seed=SEEDS)
def test_softmax_does_not_see_a_shift(z, shift, seed):
    loss, z = SoftmaxCrossEntropy(), z / 100
    t = targets(loss, z, seed)
    value, dz = loss.forward(z, t), loss.backward()
    assert loss.forward(z + shift, t) == pytest.approx(value, rel=1e-10, abs=1e-10)
    assert loss.backward() == pytest.approx(dz, abs=1e-10)
    assert dz.sum(axis=1) == pytest.approx(np.zeros(len(z)), abs=1e-12)


@holds(40, case=nets(), seed=SEEDS)
def test_saved_and_loaded_the_outputs_are_the_same_bits(tmp_path_factory, case, seed):
    (net, x), path = case, tmp_path_factory.getbasetemp() / "net.npz"
    twin = Sequential(
        [type(layer)(*layer.shapes.get("W", ())) for layer in net.layers], seed, net.dtype
    )
    net.save(path)
    twin.load(path)
    assert (
        twin.forward(x).tobytes() == net.forward(x).tobytes()
        and twin.theta.tobytes() == net.theta.tobytes()
    )


@holds(150, n=st.integers(1, 40), batch_size=st.integers(1, 50), seed=SEEDS)
def test_an_epoch_is_a_permutation(n, batch_size, seed):
    x = np.arange(n)[:, None]
    batches = Batches(x, -x, batch_size, seed)
    for _ in range(2):
        epoch = list(batches)
        assert len(epoch) == len(batches) and [len(b) for b, _ in epoch[:-1]] == [batch_size] * (
            len(epoch) - 1
        )
        assert sorted(np.concatenate([b for b, _ in epoch]).ravel()) == list(range(n))
        assert all(np.array_equal(b, -t) and 1 <= len(b) <= batch_size for b, t in epoch)


@pytest.mark.parametrize("kind", OPTIMIZERS)
@holds(
    40,
    numbers=arrays(np.float64, array_shapes(max_dims=3, max_side=4), elements=st.integers(-99, 99)),
    dtype=DTYPES,
)
def test_an_optimizer_steps_in_place_and_never_rebinds(kind, numbers, dtype):
    grad, theta, optimizer = (
        numbers.astype(dtype),
        np.ones(numbers.shape, dtype),
        kind(lambda t: np.float64(0.1) / (t + 1)),
    )
    grad.flags.writeable = False
    whole, memory = theta.ravel(), None  # a view: it sees what happens to theta in place
    for _ in range(3):
        before = theta.copy()
        optimizer.step(theta, grad)
        assert np.array_equal(whole, theta.ravel()) and np.isfinite(theta).all()
        assert np.array_equal(
            np.sign(before - theta), np.sign(grad)
        )  # downhill, and still where the slope is 0
        memory, now = [getattr(optimizer, name) for name in optimizer.memory], memory
        assert all(a.dtype == dtype and a.shape == theta.shape for a in memory)
        assert now is None or all(a is b for a, b in zip(memory, now, strict=True))


@holds(
    100,
    grad=arrays(np.float64, array_shapes(max_dims=2), elements=st.floats(-1e6, 1e6)),
    limit=st.floats(1e-3, 1e6),
)
def test_clipping_shortens_and_keeps_the_direction(grad, limit):
    kept, norm = grad.copy(), np.linalg.norm(grad)
    assert clip_norm(grad, limit) == pytest.approx(norm, rel=1e-12)
    assert grad == pytest.approx(kept * min(1, limit / norm if norm else 1), rel=1e-9, abs=1e-12)


@holds(100, n=st.integers(2, 60), fraction=st.floats(0, 1), seed=SEEDS)
def test_split_loses_nothing(n, fraction, seed):
    assume(0 < round(n * fraction) < n)
    x = np.arange(n)
    (x_a, t_a), (x_b, t_b) = data.split(x[:, None], -x, fraction, seed)
    assert sorted([*x_a[:, 0], *x_b[:, 0]]) == list(range(n)) and len(x_a) == round(n * fraction)
    assert np.array_equal(x_a[:, 0], -t_a) and np.array_equal(x_b[:, 0], -t_b)


@holds(
    100,
    labels=arrays(np.int64, st.integers(1, 20), elements=st.integers(0, 9)),
    more=st.integers(1, 3),
)
def test_one_hot_rows_hold_their_label(labels, more):
    rows = data.one_hot(labels, int(labels.max()) + more)
    assert rows.shape == (len(labels), labels.max() + more)
    assert np.array_equal(rows.argmax(axis=1), labels) and np.array_equal(
        np.sort(rows, axis=1)[:, :-1], 0 * rows[:, 1:]
    )
    assert np.all(rows.max(axis=1) == 1)


@holds(
    100,
    x=arrays(
        np.float64, st.tuples(st.integers(2, 8), st.integers(1, 4)), elements=st.integers(-50, 50)
    ),
    seed=SEEDS,
)
def test_standardized_columns_have_mean_0_and_spread_1(x, seed):
    other = np.random.default_rng(seed).standard_normal((3, x.shape[1]))
    z, same, moved = data.standardize(x, x, other)
    constant = x.min(axis=0) == x.max(axis=0)
    assert z.mean(axis=0) == pytest.approx(np.zeros(x.shape[1]), abs=1e-12) and np.array_equal(
        z, same
    )
    assert z.std(axis=0) == pytest.approx(np.where(constant, 0, 1)) and not moved[:, constant].any()
    slope = np.where(constant, 1, x.std(axis=0))
    assert np.where(constant, 0, moved * slope) == pytest.approx(
        np.where(constant, 0, other - x.mean(axis=0)), abs=1e-9
    )


@pytest.mark.parametrize(
    "make", [data.circle, data.xor, data.blobs, data.spiral], ids=lambda f: f.__name__
)
@holds(40, n=st.integers(2, 50), noise=st.floats(0, 1), seed=SEEDS)
def test_playground_points_are_balanced_and_near(make, n, noise, seed):
    x, labels = make(n, noise, seed)
    assert (
        x.shape == (n, 2)
        and np.isfinite(x).all()
        and np.bincount(labels, minlength=2).tolist() == [n - n // 2, n // 2]
    )
    assert (
        make is data.blobs
        or np.abs(x).max()
        <= (5.3 if make is data.xor else 5) + (1 if make is data.spiral else 5) * noise
    )


def constant(values, dtype=np.float64):
    """An array that nobody can write into."""
    a = np.array(values, dtype)
    a.flags.writeable = False
    return a


X, X3 = (
    constant(np.arange(24).reshape(6, 4) / 10 + 0.05),
    constant(np.arange(24).reshape(2, 3, 4) / 10 - 1.05),
)
LABELS = constant([0, 1, 2, 0, 1, 2], np.int64)
T, Z = constant(np.eye(3)[LABELS]), constant(np.cos(np.arange(18)).reshape(6, 3))
DY3, G = constant(np.ones((2, 3, 2))), constant([1.0, -2.0])
READ_ONLY = [X, X3, LABELS, T, Z, DY3, G]


def ready(dtype=np.float64):
    """A net after a forward and a backward pass, with its loss."""
    net, loss = (
        Sequential([Dense(4, 5), activations.Tanh(), Dense(5, 3)], dtype=dtype),
        SoftmaxCrossEntropy(),
    )
    loss.forward(net.forward(X), T)
    net.backward(loss.backward())
    return net, loss


def saved(tmp_path):
    net, _ = ready()
    net.save(tmp_path / "net.npz")
    return net


def after(layer, *forward):
    """The layer, in a net of its own, after a forward pass."""
    Sequential([layer], dtype=np.float64).forward(*forward)
    return layer


RNG = np.random.default_rng(0)
CALLS = {  # every public function and method of the core, called with arrays that nobody can write into
    "data.digits": lambda _: data.digits(),
    "data.letters": lambda _: data.letters(1),
    "data.circle": lambda _: data.circle(5),
    "data.xor": lambda _: data.xor(5),
    "data.blobs": lambda _: data.blobs(5),
    "data.spiral": lambda _: data.spiral(5),
    "data.one_hot": lambda _: data.one_hot(LABELS, 3),
    "data.split": lambda _: data.split(X, T, 0.5),
    "data.standardize": lambda _: data.standardize(X, X),
    "gradcheck.numerical_gradient": lambda _: numerical_gradient(
        np.sum, X.copy()
    ),  # perturbs theta, and restores it
    "gradcheck.gradient_errors": lambda _: gradient_errors(*ready(), X, T, L2(0.1)),
    "initializers.normal": lambda _: initializers.normal(0.1)(RNG, 2, 3),
    "initializers.xavier": lambda _: initializers.xavier(RNG, 2, 3),
    "initializers.he": lambda _: initializers.he(RNG, 2, 3),
    "initializers.lecun": lambda _: initializers.lecun(RNG, 2, 3),
    "layers.Layer.init_params": lambda _: Layer().init_params(RNG),
    "layers.Dense.init_params": lambda _: after(Dense(4, 5), X).init_params(RNG),
    "layers.Dense.forward": lambda _: after(Dense(4, 5), X).forward(X),
    "layers.Dense.backward": lambda _: after(Dense(4, 3), X).backward(T),
    "layers.Dense.param_grads": lambda _: after(Dense(4, 3), X).param_grads(T),
    "network.Sequential.forward": lambda _: ready()[0].forward(X),
    "network.Sequential.backward": lambda _: ready()[0].backward(T),
    "network.Sequential.predict": lambda _: ready()[0].predict(X),
    "network.Sequential.grad_rms": lambda _: ready()[0].grad_rms(),
    "network.Sequential.weights": lambda _: ready()[0].weights() and None,
    "network.Sequential.freeze": lambda _: ready()[0].freeze(1),
    "network.Sequential.save": lambda tmp: saved(tmp) and None,
    "network.Sequential.load": lambda tmp: saved(tmp).load(tmp / "net.npz"),
    "optimizers.clip_norm": lambda _: clip_norm(X.copy(), 1),  # shortens its argument
    "recurrent.RNN.init_params": lambda _: after(RNN(4, 2), X3).init_params(RNG),
    "recurrent.RNN.step": lambda _: after(RNN(4, 3), X3).step(X, Z),
    "recurrent.RNN.forward": lambda _: after(RNN(4, 2), X3).forward(X3),
    "training.Batches": lambda _: [b for batch in Batches(X, T, 4) for b in batch],
    "training.History.record": lambda _: History("ab").record(1.0, G),
    "network.mlp": lambda _: network.mlp([4, 5, 3], activations.Tanh) and None,
    "network.signals": lambda _: network.signals(ready()[0], X, T),
    "training.Frame": lambda _: Frame(0, 1.0, 1.0, [], []) and None,
    "training.Probe.watch": lambda _: Probe(X, T, SoftmaxCrossEntropy(), [0]).watch(ready()[0]),
    "training.one_step": lambda _: one_step(*ready(), SGD(0.1), X, T, None, None) and None,
    "training.mean_loss": lambda _: mean_loss(*ready(), X, T),
    "training.fit": lambda _: (
        fit(*ready(), SGD(0.1), Batches(X, T, 4), 1, validation=(X, T), clip=0.1) and None
    ),  # trains its net
    "training.accuracy": lambda _: accuracy(ready()[0], X, T),
    **{
        f"activations.{A.__name__}.init_params": lambda _, A=A: A().init_params(RNG)
        for A in ACTIVATIONS
    },
    **{f"activations.{A.__name__}.forward": lambda _, A=A: A().forward(X) for A in ACTIVATIONS},
    **{f"activations.{A.__name__}.f": lambda _, A=A: A().f(X) for A in ACTIVATIONS},
    **{f"activations.{A.__name__}.slope": lambda _, A=A: A().slope(X) for A in ACTIVATIONS},
    **{
        f"activations.{A.__name__}.backward": lambda _, A=A: after(A(), X).backward(X)
        for A in ACTIVATIONS
    },
    **{f"losses.{L.__name__}.forward": lambda _, L=L: L().forward(Z, T) for L in LOSSES},
    **{
        f"losses.{L.__name__}.backward": lambda _, L=L: [
            loss := L(),
            loss.forward(Z, T),
            loss.backward(),
        ][2]
        for L in LOSSES
    },
    **{
        f"optimizers.{Opt.__name__}.step": lambda _, Opt=Opt: Opt(0.1).step(np.ones(2), G)
        for Opt in OPTIMIZERS
    },  # moves theta alone
    **{f"optimizers.{Opt.__name__}.rate": lambda _, Opt=Opt: Opt(0.1).rate() for Opt in OPTIMIZERS},
    **{
        f"penalties.{P.__name__}.forward": lambda _, P=P: P(0.1).forward(ready()[0])
        for P in (L1, L2)
    },
    **{
        f"penalties.{P.__name__}.backward": lambda _, P=P: P(0.1).backward(ready()[0])
        for P in (L1, L2)
    },  # adds to net.grad
    "penalties.L1.shrink": lambda _: L1(0.1).shrink(ready()[0], 0.1),  # moves net.theta
}
NOT_YET = {
    "layers.Layer.forward",
    "layers.Layer.backward",
    "recurrent.RNN.backward",
}  # they only say that they are not written


CORE = activations, data, gradcheck, initializers, layers, losses, network, optimizers, penalties
CORE += recurrent, training


def public_names():
    """module.function and module.Class.method, the inherited ones too, of every module of the core."""
    for module in CORE:
        for name, thing in vars(module).items():
            if name[0] == "_" or getattr(thing, "__module__", "") != module.__name__:
                continue
            methods = [
                key
                for key, method in inspect.getmembers(thing, inspect.isfunction)
                if key[0] != "_"
            ]
            yield from [
                f"{module.__name__[9:]}.{name}{key}" for key in ([f".{m}" for m in methods] or [""])
            ]


def test_the_table_of_calls_is_complete():
    assert set(public_names()) - NOT_YET == set(CALLS)


def arrays_in(result):
    return (
        [result]
        if isinstance(result, np.ndarray)
        else sum(map(arrays_in, result), [])
        if isinstance(result, (tuple, list))
        else []
    )


@pytest.mark.parametrize("name", CALLS)
def test_nothing_is_written_into_an_argument_or_returned_as_its_view(name, tmp_path):
    before = [a.tobytes() for a in READ_ONLY]
    result = CALLS[name](tmp_path)
    assert [a.tobytes() for a in READ_ONLY] == before
    assert not any(np.shares_memory(a, b) for a in arrays_in(result) for b in READ_ONLY)
