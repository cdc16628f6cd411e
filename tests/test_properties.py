"""What must hold for every network, shape, batch size, precision and number.

Hypothesis draws the cases; `derandomize` makes it draw the same ones every time.
"""

import math

import numpy as np
import pytest
from calls import (
    ACTIVATIONS,
    CALLS,
    LOSSES,
    NOT_YET,
    OPTIMIZERS,
    PLAYGROUND,
    READ_ONLY,
    public_names,
)
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from dlcourse import data
from dlcourse.gradcheck import gradient_errors, numerical_gradient
from dlcourse.layers import Dense
from dlcourse.losses import SigmoidCrossEntropy, SoftmaxCrossEntropy
from dlcourse.network import Sequential
from dlcourse.optimizers import clip_norm
from dlcourse.penalties import L1, L2
from dlcourse.recurrent import RNN
from dlcourse.training import Batches

# units whose slope jumps at 0, or bends there so that a central difference is off by eps
KINKED = {"ReLU", "LeakyReLU", "PReLU", "RReLU", "ELU", "SELU"}
DTYPES, SEEDS = st.sampled_from([np.float32, np.float64]), st.integers(0, 2**32 - 1)


def holds(n, /, **given_by):
    """A property, tried on n cases."""
    return lambda test: settings(max_examples=n, derandomize=True, database=None, deadline=None)(
        given(**given_by)(test)
    )


@st.composite
def nets(draw, dtype=None, outputs=1, recurrent=False, random=True):
    """(net, x): up to four layers of Dense, activations between; a batch of 1 to 6.

    `outputs` is the least number of outputs; random=False leaves out units that draw numbers.
    """
    units = [unit for unit in ACTIVATIONS if random or not unit.random]
    stack, shape, rng = [], (draw(st.integers(1, 6)),), np.random.default_rng(draw(SEEDS))
    sizes = [
        *draw(st.lists(st.integers(1, 5), min_size=2, max_size=4)),
        draw(st.integers(outputs, 5)),
    ]
    if recurrent:
        stack, shape = [RNN(sizes[0], sizes[1])], (*shape, draw(st.integers(1, 5)))
        sizes = sizes[:1]
    for n_in, n_out in zip(sizes[:-1], sizes[1:], strict=True):
        stack.append(Dense(n_in, n_out))
        stack += [draw(st.sampled_from(units))()] if draw(st.booleans()) else []
    net = Sequential(stack, dtype=dtype or draw(DTYPES))
    net.theta = rng.standard_normal(net.theta.size)
    return net, rng.standard_normal((*shape, sizes[0]))


def targets(loss, z, seed):
    """Targets that the loss takes: rows that sum to 1, fractions from 0 to 1, or any numbers."""
    rng = np.random.default_rng(seed)
    if isinstance(loss, SoftmaxCrossEntropy):
        return rng.dirichlet(np.ones(z.shape[1]), len(z))
    if isinstance(loss, SigmoidCrossEntropy):
        return rng.random(z.shape)
    return rng.standard_normal(z.shape)


def away_from_kinks(net, x):
    """Only cases where no number comes within 1e-4 of a place where a slope jumps."""
    for layer in net.layers:
        assume(type(layer).__name__ not in KINKED or np.abs(x).min() > 1e-4)
        x = layer.forward(x)


@pytest.mark.parametrize("penalty", [None, L1(0.3), L2(0.3)], ids=["none", "L1", "L2"])
@pytest.mark.parametrize("Loss", LOSSES)
@holds(40, case=nets(np.float64, outputs=2, random=False), seed=SEEDS)
def test_every_gradient_agrees_with_finite_differences(Loss, penalty, case, seed):
    (net, x), loss = case, Loss()
    away_from_kinks(net, x)
    assume(np.abs(net.theta).min() > 1e-4)  # L1's own kink
    t = targets(loss, net.forward(x), seed)
    errors = gradient_errors(net, loss, x, t, penalty)
    assert list(errors) == list(net.slices)
    for name, part in net.slices.items():
        # rounding alone is 1e-10 of the loss: much of a gradient that nearly vanishes
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
    together = net.forward(x)
    alone = np.concatenate([net.forward(x[i : i + 1]) for i in range(len(x))])
    assert together.shape == alone.shape and together.dtype == net.dtype
    limit = (1e-12 if net.dtype == np.float64 else 1e-5) * max(1, np.abs(together).max())
    assert np.abs(together - alone).max() <= limit


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
    assert twin.theta.tobytes() == net.theta.tobytes()
    assert twin.forward(x).tobytes() == net.forward(x).tobytes()


@holds(150, n=st.integers(1, 40), batch_size=st.integers(1, 50), seed=SEEDS)
def test_an_epoch_is_a_permutation(n, batch_size, seed):
    x = np.arange(n)[:, None]
    batches = Batches(x, -x, batch_size, seed)
    for _ in range(2):
        epoch = list(batches)
        assert len(epoch) == len(batches)
        assert all(len(b) == batch_size for b, _ in epoch[:-1])
        assert sorted(np.concatenate([b for b, _ in epoch]).ravel()) == list(range(n))
        assert all(np.array_equal(b, -t) and 1 <= len(b) <= batch_size for b, t in epoch)


@pytest.mark.parametrize("kind", OPTIMIZERS)
@holds(
    40,
    numbers=arrays(np.float64, array_shapes(max_dims=3, max_side=4), elements=st.integers(-99, 99)),
    dtype=DTYPES,
)
def test_an_optimizer_steps_in_place_and_never_rebinds(kind, numbers, dtype):
    grad, theta = numbers.astype(dtype), np.ones(numbers.shape, dtype)
    optimizer = kind(lambda t: np.float64(0.1) / (t + 1))
    grad.flags.writeable = False
    whole, memory = theta.ravel(), None  # a view: it sees what happens to theta in place
    for _ in range(3):
        before = theta.copy()
        optimizer.step(theta, grad)
        assert np.array_equal(whole, theta.ravel()) and np.isfinite(theta).all()
        # downhill, and still where the slope is 0
        assert np.array_equal(np.sign(before - theta), np.sign(grad))
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
    assert np.array_equal(rows.argmax(axis=1), labels) and np.all(rows.max(axis=1) == 1)
    assert not np.sort(rows, axis=1)[:, :-1].any()


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
    assert z.mean(axis=0) == pytest.approx(np.zeros(x.shape[1]), abs=1e-12)
    assert np.array_equal(z, same)
    assert z.std(axis=0) == pytest.approx(np.where(constant, 0, 1)) and not moved[:, constant].any()
    slope = np.where(constant, 1, x.std(axis=0))
    assert np.where(constant, 0, moved * slope) == pytest.approx(
        np.where(constant, 0, other - x.mean(axis=0)), abs=1e-9
    )


@pytest.mark.parametrize("make", PLAYGROUND, ids=lambda f: f.__name__)
@holds(40, n=st.integers(2, 50), noise=st.floats(0, 1), seed=SEEDS)
def test_playground_points_are_balanced_and_near(make, n, noise, seed):
    x, labels = make(n, noise, seed)
    assert x.shape == (n, 2) and np.isfinite(x).all()
    assert np.bincount(labels, minlength=2).tolist() == [n - n // 2, n // 2]
    farthest = (5.3 if make is data.xor else 5) + (1 if make is data.spiral else 5) * noise
    assert make is data.blobs or np.abs(x).max() <= farthest


def test_the_table_of_calls_is_complete():
    assert set(public_names()) - NOT_YET == set(CALLS)


def arrays_in(result):
    if isinstance(result, np.ndarray):
        return [result]
    return sum(map(arrays_in, result), []) if isinstance(result, (tuple, list)) else []


@pytest.mark.parametrize("name", CALLS)
def test_nothing_is_written_into_an_argument_or_returned_as_its_view(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = [a.tobytes() for a in READ_ONLY]
    function, arguments = CALLS[name]()
    result = function(**arguments)
    assert [a.tobytes() for a in READ_ONLY] == before
    assert not any(np.shares_memory(a, b) for a in arrays_in(result) for b in READ_ONLY)
