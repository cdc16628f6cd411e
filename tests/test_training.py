"""Batches, fit, History, accuracy, Probe: every run the same, divergence stops with a reason."""

import numpy as np
import pytest

from dlcourse import data, initializers
from dlcourse.activations import ReLU, Sigmoid, Tanh
from dlcourse.guard.vectors import CHUNK
from dlcourse.layers import Dense
from dlcourse.losses import MeanSquaredError, SigmoidCrossEntropy, SoftmaxCrossEntropy
from dlcourse.network import Sequential
from dlcourse.optimizers import SGD, AdaGrad, Adam, Momentum, Nesterov, RMSProp
from dlcourse.training import L1, L2, Batches, History, Probe, accuracy, fit

RNG = np.random.default_rng(0)
X = RNG.standard_normal((23, 4))
T = np.eye(3)[RNG.integers(0, 3, 23)]


def network(seed=0, dtype=np.float32):
    return Sequential([Dense(4, 5), Tanh(), Dense(5, 3)], seed=seed, dtype=dtype)


@pytest.mark.parametrize(
    "n, batch_size, sizes", [(10, 4, [4, 4, 2]), (10, 5, [5, 5]), (10, 1, [1] * 10), (3, 50, [3])]
)
def test_every_epoch_is_a_permutation_and_another_one(n, batch_size, sizes):
    x = np.arange(n).reshape(-1, 1)
    batches, orders = Batches(x, 10 * x, batch_size), []
    for _ in range(3):
        epoch = list(batches)
        assert [len(b) for b, _ in epoch] == sizes and len(batches) == len(sizes)
        assert all(np.array_equal(10 * b, t) for b, t in epoch)  # targets stay with their examples
        orders.append(np.concatenate([b for b, _ in epoch]).ravel().tolist())
        assert sorted(orders[-1]) == list(range(n))
    assert n == 3 or len(set(map(tuple, orders))) == 3


@pytest.mark.parametrize("batch_size", [5, 23, 50])
def test_batches_are_copies_and_come_from_the_seed(batch_size):
    x = X.copy()
    for b, t in Batches(x, T, batch_size):
        b[:], t[:] = 0, 0
    assert np.array_equal(x, X) and T.sum() == 23
    first, same, other = (
        np.concatenate([b for b, _ in Batches(X, T, batch_size, seed)]) for seed in (1, 1, 2)
    )
    assert np.array_equal(first, same) and not np.array_equal(first, other)
    by_default, first = (next(iter(Batches(X, T, batch_size, *seed)))[0] for seed in ((), (0,)))
    assert np.array_equal(by_default, first)


@pytest.mark.parametrize("Loss", [MeanSquaredError, SigmoidCrossEntropy, SoftmaxCrossEntropy])
def test_fit_is_the_loop_written_by_hand(Loss):
    """Same numbers as the six lines of the lesson, with the penalty's gradient and the clipping."""
    fitted, net, loss, optimizer, penalty = network(), network(), Loss(), SGD(0.5), L2(0.1)
    history = fit(fitted, Loss(), SGD(0.5), Batches(X, T, 5, seed=4), 3, penalty=penalty, clip=0.2)
    values, magnitudes = [], []
    batches = Batches(X, T, 5, seed=4)
    for _ in range(3):
        for x, t in batches:
            values.append(loss.forward(net.forward(x, training=True), t))
            net.backward(loss.backward())
            for layer in (net.layers[0], net.layers[2]):
                layer.dW += 0.1 * layer.W
            magnitudes.append(
                [np.sqrt(np.mean(layer.dW**2)) for layer in (net.layers[0], net.layers[2])]
            )
            length = np.sqrt(np.sum(net.grad**2))
            if length > 0.2:
                net.grad *= 0.2 / length
            optimizer.step(net.theta, net.grad)
    assert np.allclose(fitted.theta, net.theta, rtol=1e-5, atol=1e-7)
    assert history.loss == pytest.approx(values, rel=1e-5) and np.allclose(
        history.grad_rms, magnitudes, rtol=1e-4
    )


def test_fit_is_deterministic():
    runs = []
    for _ in range(2):
        net = network()
        runs.append((fit(net, SoftmaxCrossEntropy(), SGD(0.1), Batches(X, T, 5), 4), net.theta))
    assert np.array_equal(runs[0][1], runs[1][1]) and np.array_equal(
        runs[0][0].loss, runs[1][0].loss
    )
    assert np.array_equal(runs[0][0].grad_rms, runs[1][0].grad_rms)


def test_history_shapes():
    net, epochs, steps = network(), 30, 30 * 5  # more steps than the history starts with room for
    history = fit(net, SoftmaxCrossEntropy(), SGD(0.1), Batches(X, T, 5), epochs, validation=(X, T))
    assert history.loss.shape == (steps,) and history.grad_rms.shape == (steps, 2)
    assert history.layers == ["1 Dense(4, 5)", "2 Dense(5, 3)"] and history.stopped is None
    assert len(history.val_loss) == len(history.val_accuracy) == epochs
    assert history.val_loss[-1] == pytest.approx(SoftmaxCrossEntropy().forward(net.forward(X), T))
    assert history.val_accuracy[-1] == accuracy(net, X, T)
    assert history.loss[-5:].mean() < history.loss[:5].mean()


def test_history_keeps_what_it_is_given():
    history = History(["a", "b"])
    assert history.loss.shape == (0,) and history.grad_rms.shape == (0, 2)
    for k in range(200):
        history.record(k, [k + 0.25, k + 0.5])
    assert np.array_equal(history.loss, np.arange(200.0)) and np.array_equal(
        history.grad_rms[:, 1], np.arange(200) + 0.5
    )


def test_validation_runs_in_chunks_and_without_training():
    class Spy(Tanh):
        rows, training = 0, set()

        def forward(self, x, training=False):
            self.rows = max(self.rows, len(x))
            self.training.add((len(x) > 5, training))
            return super().forward(x, training)

    spy, x = Spy(), RNG.standard_normal((5007, 4))
    net, t = Sequential([Dense(4, 2), spy, Dense(2, 1)]), x[:, :1]
    history = fit(
        net, MeanSquaredError(), SGD(0.01), Batches(x[:15], t[:15], 5), 1, validation=(x, t)
    )
    assert spy.rows == CHUNK and spy.training == {(False, True), (True, False)}
    assert history.val_loss[0] == pytest.approx(
        MeanSquaredError().forward(net.forward(x), t), rel=1e-5
    )


def test_progress_sees_every_step_and_may_stop():
    seen = []

    def progress(step, n_steps, history):
        seen.append((step, n_steps, len(history.loss)))
        return step == 7

    net = network()
    history = fit(net, SoftmaxCrossEntropy(), SGD(0.1), Batches(X, T, 5), 4, progress=progress)
    assert seen == [(k, 20, k) for k in range(1, 8)] and history.stopped.startswith(
        "epoch 2, step 7: progress"
    )
    seen.clear()
    assert (
        fit(
            net, SoftmaxCrossEntropy(), SGD(0.1), Batches(X, T, 5), 1, progress=lambda *_: None
        ).stopped
        is None
    )


def test_a_clipped_step_has_the_length_of_clip():
    net = network(dtype=np.float64)
    before = net.theta.copy()
    fit(net, MeanSquaredError(), SGD(1.0), Batches(X, 1000 * T, 50), 1, clip=0.25)
    assert np.linalg.norm(net.theta - before) == pytest.approx(0.25)


@pytest.mark.parametrize("size", [1e-25, 1e-12, 1e12, 1e17])
def test_a_tiny_and_a_huge_gradient_are_clipped_as_well(size):
    """The squares of tiny ones are 0 in float32, the length is not."""
    net = Sequential([Dense(1, 2, initializers.normal(0))])
    fit(
        net,
        MeanSquaredError(),
        SGD(1.0),
        [(np.zeros((1, 1)), np.array([[-3 * size, 4 * size]]))],
        1,
        clip=size,
    )
    assert net.layers[0].b / np.float32(size) == pytest.approx([-0.6, 0.8], rel=1e-5)


def test_a_gradient_of_0_is_no_trouble_and_changes_nothing():
    for net in (Sequential([Dense(2, 1, initializers.normal(0))]), Sequential([Tanh()])):
        history = fit(
            net,
            MeanSquaredError(),
            SGD(1.0),
            [(np.zeros((3, 2)), np.zeros((3, net.forward(X[:, :2]).shape[1])))],
            2,
            clip=1,
        )
        assert history.stopped is None and history.loss.tolist() == [0, 0] and not net.theta.any()


def test_a_huge_gradient_is_a_huge_step_even_with_a_small_rate():
    """Whether theta may overflow depends on the rate times the gradient: here 10 times 1e38."""
    net = Sequential([Dense(1, 1, initializers.normal(0))])
    with pytest.warns(
        RuntimeWarning,
        match=r"step 1: the step would make the parameters of layer 1 Dense\(1, 1\) infinite",
    ):
        fit(net, MeanSquaredError(), SGD(10), [(np.full((1, 1), 1e30), np.full((1, 1), 1e8))], 1)
    assert not net.theta.any()


def test_a_short_gradient_is_not_clipped():
    nets = network(), network()
    for net, clip in zip(nets, (None, 1e3), strict=True):
        fit(net, MeanSquaredError(), SGD(0.1), Batches(X, T, 5), 2, clip=clip)
    assert np.array_equal(nets[0].theta, nets[1].theta)


def test_proximal_l1_makes_exact_zeros_and_plain_l1_does_not():
    zeros = []
    for proximal in (True, False):
        net = network()
        fit(net, SoftmaxCrossEntropy(), SGD(0.1), Batches(X, T, 5), 30, penalty=L1(0.1, proximal))
        zeros.append(int(np.sum(net.layers[0].W == 0)))
    assert zeros[0] >= 5 and zeros[1] == 0


def test_frozen_layers_do_not_move_in_fit():
    net = network()
    net.freeze(1)
    before = net.theta.copy()
    history = fit(net, SoftmaxCrossEntropy(), SGD(0.1), Batches(X, T, 5), 2, penalty=L2(0.5))
    assert np.array_equal(net.theta[:25], before[:25]) and np.all(net.theta[25:] != before[25:])
    assert not history.grad_rms[:, 0].any()


def poisoned(name, at, value=np.nan):
    """Batches as a plain list, with one bad number in x or t of batch `at`, counted from 1."""
    batches = [(X[:5].copy(), T[:5].copy()) for _ in range(6)]
    batches[at - 1]["xt".index(name)][0, 0] = value
    return batches


class Vanishing(Dense):
    """A layer whose gradient goes wrong while its output stays right."""

    def param_grads(self, dy):
        super().param_grads(dy)
        self.dW[0, 0] = np.inf


def plain(*layers):
    return Sequential([*layers] or [Dense(4, 5), Tanh(), Dense(5, 3)])


class Leap:
    """An optimizer of the learner's own, with a step that is far too long."""

    def step(self, theta, grad):
        theta -= 1e38 * np.sign(grad) * 10


@pytest.mark.parametrize(
    "case, net, loss, optimizer, batches, parts",
    [
        (
            "lr 1e30",
            plain(Dense(4, 3)),
            MeanSquaredError(),
            SGD(1e30),
            Batches(X, T, 23),
            "epoch 2, step 2: the loss is inf",
        ),
        (
            "lr 1e300",
            plain(),
            MeanSquaredError(),
            SGD(1e300),
            Batches(X, T, 5),
            "step 1: the step would make .* 2 Dense(5, 3)",
        ),
        (
            "lr 1e300 float64",
            network(dtype=np.float64),
            MeanSquaredError(),
            SGD(1e300),
            Batches(X, T, 5),
            "epoch 1, step 2",
        ),
        (
            "lr 5000",
            plain(Dense(4, 5), ReLU(), Dense(5, 3)),
            MeanSquaredError(),
            SGD(5e3),
            Batches(X, T, 5),
            "epoch [1-9]",
        ),
        (
            "NaN in x",
            plain(),
            SoftmaxCrossEntropy(),
            SGD(0.1),
            poisoned("x", 3),
            "epoch 1, step 3: the batch's x",
        ),
        (
            "inf in x",
            plain(),
            MeanSquaredError(),
            SGD(0.1),
            poisoned("x", 2, np.inf),
            "epoch 1, step 2: the batch's x",
        ),
        (
            "NaN in t",
            plain(),
            SoftmaxCrossEntropy(),
            SGD(0.1),
            poisoned("t", 4),
            "epoch 1, step 4: the batch's t",
        ),
        (
            "NaN in t",
            plain(),
            SigmoidCrossEntropy(),
            SGD(0.1),
            poisoned("t", 4),
            "epoch 1, step 4: the batch's t",
        ),
        (
            "huge x",
            plain(Dense(4, 3)),
            MeanSquaredError(),
            SGD(0.1),
            poisoned("x", 2, 1e39),
            "the output of Dense(4, 3) is not",
        ),
        (
            "large x",
            plain(Dense(4, 3)),
            MeanSquaredError(),
            SGD(0.1),
            poisoned("x", 2, 1e30),
            "step 2: the loss is inf",
        ),
        (
            "gradient",
            plain(Vanishing(4, 5), Dense(5, 3)),
            MeanSquaredError(),
            SGD(0.1),
            Batches(X, T, 5),
            "gradient of layer 1 ",
        ),
        (
            "own optimizer",
            plain(),
            MeanSquaredError(),
            Leap(),
            Batches(X, T, 5),
            "parameters of layer 2 Dense(5, 3) infinite",
        ),
    ],
)
def test_divergence_stops_says_why_and_leaves_theta_finite(
    case, net, loss, optimizer, batches, parts
):
    pattern = parts.replace("(", r"\(").replace(")", r"\)")
    with pytest.warns(RuntimeWarning, match=f"fit stopped: .*{pattern}") as warned:
        history = fit(net, loss, optimizer, batches, 500)
    assert len(warned) == 1, [str(w.message) for w in warned]
    assert (
        np.isfinite(net.theta).all()
        and np.isfinite(history.loss).all()
        and np.isfinite(history.grad_rms).all()
    )
    step = int(history.stopped.split("step ")[1].split(":")[0])
    assert len(history.loss) == len(history.grad_rms) == step - 1  # the bad step is not recorded
    assert "lower the learning rate" in history.stopped and "float(" not in history.stopped


def test_the_bad_step_is_not_taken():
    net, twin = network(), network()
    with pytest.warns(RuntimeWarning):
        fit(net, SoftmaxCrossEntropy(), SGD(0.1), poisoned("x", 3), 1)
    fit(twin, SoftmaxCrossEntropy(), SGD(0.1), poisoned("x", 3)[:2], 1)
    assert np.array_equal(net.theta, twin.theta)


def test_the_warning_points_at_the_line_that_called_fit():
    with pytest.warns(RuntimeWarning) as warned:
        fit(network(), SoftmaxCrossEntropy(), SGD(0.1), poisoned("x", 3), 1)
    assert warned[0].filename == __file__


@pytest.mark.parametrize("lr", [1e25, 1e38])
def test_an_infinite_validation_loss_stops_too(lr):
    net = Sequential([Dense(4, 3)])
    with pytest.warns(
        RuntimeWarning, match="epoch 1, step 1: the validation loss is (inf|nan)"
    ) as warned:
        history = fit(
            net, MeanSquaredError(), SGD(lr), Batches(X, T, 23), 3, validation=(100 * X, T)
        )
    assert (
        len(warned) == 1
        and np.isfinite(net.theta).all()
        and history.val_loss == history.val_accuracy == []
    )


class OwnLoss:
    """A learner's loss: nothing but forward and backward."""

    def forward(self, z, t):
        self.dz = z - t
        return float(np.mean(self.dz**2))

    def backward(self):
        return self.dz / len(self.dz)


@pytest.mark.parametrize("Loss", [SigmoidCrossEntropy, SoftmaxCrossEntropy])
def test_a_loss_on_logits_after_a_last_sigmoid_is_refused(Loss):
    net = Sequential([Dense(4, 5), Tanh(), Dense(5, 3), Sigmoid()])
    with pytest.raises(
        ValueError,
        match=rf"{Loss.__name__}\(\) applies its own .*last layer is Sigmoid\(\): drop that layer",
    ):
        fit(net, Loss(), SGD(0.1), Batches(X, T, 5), 1)
    for other in (MeanSquaredError(), OwnLoss()):
        fit(net, other, SGD(0.1), Batches(X, T, 5), 1)


class OwnLayer:
    """A learner's layer without parameters: no base class."""

    shapes = {}
    calls = 0

    def __init__(self, f):
        self.f = f

    def init_params(self, rng):
        pass

    def forward(self, x, training=False):
        self.calls += 1
        self.y = self.f(x)
        return self.y

    def backward(self, dy):
        return dy * self.y


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def only_rows_of_three(z):
    assert z.shape[1] == 3
    return z


SQUASHING = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "from tanh": lambda z: 0.5 * (1 + np.tanh(z / 2)),
    "softmax": softmax,
    "clipped": lambda z: np.clip(z, 0, 1),
}
HARMLESS = {
    "identity": lambda z: 1 * z,
    "tanh": np.tanh,
    "ReLU": lambda z: np.maximum(z, 0),
    "cooled": lambda z: z / 100,
    "from 0 to 2": lambda z: np.clip(z, 0, 2),
    "bell": lambda z: np.exp(-(z**2)),
    "nothing": lambda z: 0 * z,
    "picky": only_rows_of_three,
}


@pytest.mark.parametrize("Loss", [SigmoidCrossEntropy, SoftmaxCrossEntropy])
@pytest.mark.parametrize("name", SQUASHING)
def test_a_learners_own_sigmoid_before_a_loss_on_logits_is_named(Loss, name):
    layer = OwnLayer(SQUASHING[name])
    net = Sequential([Dense(4, 3), layer])
    theta = net.theta.copy()
    with pytest.raises(ValueError, match=r"its own .*, and the last layer is OwnLayer\(\)"):
        fit(net, Loss(), SGD(0.1), Batches(X, T, 5), 1)
    assert np.array_equal(net.theta, theta) and layer.calls == 0 and not hasattr(layer, "y")
    fit(net, MeanSquaredError(), SGD(0.1), Batches(X, T, 5), 1)


@pytest.mark.parametrize("name", HARMLESS)
def test_no_other_last_layer_is_taken_for_a_sigmoid(name):
    layer = OwnLayer(HARMLESS[name])
    history = fit(Sequential([Dense(4, 3), layer]), SigmoidCrossEntropy(), SGD(0.1), [(X, T)], 2)
    assert history.stopped is None and layer.calls == 2


@pytest.mark.parametrize("kind", [Momentum, Nesterov, AdaGrad, RMSProp, Adam, Leap])
def test_proximal_l1_is_refused_with_any_other_rule_than_sgd(kind):
    net, optimizer = network(), kind() if kind is Leap else kind(0.1)
    before = net.theta.copy()
    with pytest.raises(TypeError, match=r"fit takes L1\(proximal=True\) with SGD, got .*moves"):
        fit(net, MeanSquaredError(), optimizer, Batches(X, T, 5), 1, penalty=L1(0.1, proximal=True))
    assert np.array_equal(net.theta, before)
    if kind is not Leap:
        fit(net, MeanSquaredError(), optimizer, Batches(X, T, 5), 1, penalty=L1(0.1))


def test_proximal_l1_finds_the_minimum_of_loss_plus_penalty():
    """L = 1/2 (w - 3)^2 + 2 |w| has its minimum at 1, and 1/2 (w - 1)^2 + 2 |w| at 0."""
    for target, minimum in ((3.0, 1.0), (1.0, 0.0), (-3.0, -1.0)):
        net = Sequential([Dense(1, 1)], dtype=np.float64)
        net.freeze(0)

        def centre(*_, net=net):
            net.layers[0].b = 0

        batches = [(np.ones((1, 1)), np.full((1, 1), target))]
        fit(net, MeanSquaredError(), SGD(0.1), batches, 300, penalty=L1(2, True), progress=centre)
        assert net.layers[0].W[0, 0] == pytest.approx(minimum, abs=1e-9)


@pytest.mark.parametrize("clip", [None, 0.3, 100])
def test_proximal_l1_finds_it_clipped_too(clip):
    """A clipped step is a step at a smaller rate: the shrinking after it is smaller as well.

    L = 1/2 (w - 3)^2 + 2 |w| has its minimum at 1, where the loss's own gradient, -2, is clipped.
    """
    net = Sequential([Dense(1, 1)], dtype=np.float64)
    net.layers[0].W = 0.5

    def centre(*_):
        net.layers[0].b = 0

    batches, penalty = [(np.ones((1, 1)), np.full((1, 1), 3.0))], L1(2, proximal=True)
    settings = {"penalty": penalty, "clip": clip, "progress": centre}
    fit(net, MeanSquaredError(), SGD(0.1), batches, 3000, **settings)
    assert net.layers[0].W[0, 0] == pytest.approx(1, abs=1e-9)


def test_fit_asks_a_schedule_once_a_step():
    asked = []

    def schedule(t):
        asked.append(t)
        return 0.5 / (1 + t)

    nets, optimizer = (network(), network()), SGD(schedule)
    fit(nets[0], MeanSquaredError(), optimizer, Batches(X, T, 5), 2, penalty=L1(0.1, True))
    assert asked == list(range(10)) and optimizer.lr is schedule
    with pytest.raises(ValueError, match="SGD.* has made steps on another array"):
        fit(nets[1], MeanSquaredError(), optimizer, Batches(X, T, 5), 1)
    assert optimizer.lr is schedule and optimizer.t == 10


def test_an_optimizer_that_has_stepped_another_net_is_refused():
    """A kept momentum would make a first step far too long, in a direction of the other net."""
    nets, optimizer = (network(0), network(1)), Momentum(0.1)
    fit(nets[0], MeanSquaredError(), optimizer, Batches(X, T, 5), 1)
    before = nets[1].theta.copy()
    with pytest.raises(ValueError, match="has made steps on another array: start a new optimizer"):
        fit(nets[1], MeanSquaredError(), optimizer, Batches(X, T, 5), 1)
    assert np.array_equal(nets[1].theta, before)
    fit(nets[0], MeanSquaredError(), optimizer, Batches(X, T, 5), 1)  # going on is no slip


def test_a_pair_in_place_of_a_list_of_pairs_is_named():
    with pytest.raises(TypeError, match=r"each of batches as a pair \(x, t\), got ndarray"):
        fit(network(), MeanSquaredError(), SGD(0.1), (X, T), 1)


class TestProbe:
    def run(self, probe, **settings):
        net = Sequential([Dense(4, 5), Sigmoid(), Dense(5, 5), ReLU(), Dense(5, 3)], seed=3)
        loss = SoftmaxCrossEntropy()
        fit(net, loss, SGD(0.5), Batches(X, T, 5), 4, progress=probe, **settings)
        return net

    def test_frames_hold_what_the_net_is_at_these_steps(self):
        x, t, loss = X[:8], T[:8], SoftmaxCrossEntropy()
        probe = Probe(x, t, loss, (0, 3, 20, 99))
        net = self.run(probe)
        assert [frame.step for frame in probe.frames] == [0, 3, 20]
        last = probe.frames[-1]
        assert last.loss == pytest.approx(loss.forward(net.forward(x), t), rel=1e-6)
        assert last.accuracy == accuracy(net, x, t)
        net.backward(loss.backward())
        assert last.grad_rms == pytest.approx(net.grad_rms(), rel=1e-5)
        first = net.layers[1].f(net.layers[0].forward(x.astype(np.float32)))
        second = net.layers[3].f(net.layers[2].forward(first))
        expected = [np.mean(first * (1 - first)), np.mean(second > 0)]
        assert last.slopes == pytest.approx(expected, rel=1e-5)
        start = Sequential([Dense(4, 5), Sigmoid(), Dense(5, 5), ReLU(), Dense(5, 3)], seed=3)
        assert probe.frames[0].loss == pytest.approx(loss.forward(start.forward(x), t), rel=1e-6)

    def test_it_leaves_training_as_it_is(self):
        nets = [self.run(probe) for probe in (None, Probe(X, T, SoftmaxCrossEntropy(), range(99)))]
        assert np.array_equal(nets[0].theta, nets[1].theta)
        assert np.array_equal(nets[0].grad, nets[1].grad)

    def test_it_works_in_a_loop_of_ones_own_and_starts_anew(self):
        probe, net = Probe(X, T, MeanSquaredError(), [0, 2]), network()
        net.grad = 7
        for _ in range(2):
            probe.watch(net)
            for step in range(1, 4):
                assert not probe(step)
        assert [frame.step for frame in probe.frames] == [0, 2] and np.all(net.grad == 7)

    def test_what_is_not_finite_gives_no_frame(self):
        net, probe = network(), Probe(X, T, MeanSquaredError(), [0, 1])
        probe.watch(net)
        net.theta = 3e38
        probe(1)
        assert [frame.step for frame in probe.frames] == [0]

    def test_it_says_what_it_takes(self):
        for settings, words in [
            ((X, T[:, 0], MeanSquaredError(), [0]), "Probe takes t with one example a row"),
            ((X, T[:5], MeanSquaredError(), [0]), "Probe takes one target for each example"),
            ((X, T, MeanSquaredError, [0]), "Probe takes a loss, got the class"),
            ((X, T, MeanSquaredError(), 5), "Probe takes steps as the steps to look at"),
            ((X, T, MeanSquaredError(), [0.5]), "Probe takes each of steps as a whole number"),
        ]:
            with pytest.raises((TypeError, ValueError), match=words):
                Probe(*settings)


class Guess:
    """A class with nothing but predict, as in the first lesson."""

    def __init__(self, labels):
        self.labels = labels

    def predict(self, x):
        return np.asarray(self.labels)


@pytest.mark.parametrize(
    "guess, t, share",
    [
        ([0, 1, 1, 0], [[0], [1], [0], [0]], 0.75),
        ([0, 1, 1, 0], [[-1], [1], [-1], [-1]], 0.75),
        ([2, 1, 0, 0], [[0, 0, 1], [0, 1, 0], [0, 1, 0], [0, 0, 1]], 0.5),
        ([True, False, True, True], [[1.0], [0.0], [1.0], [1.0]], 1.0),
        ([0, 1, 1, 0], [[1, 0], [0, 1], [1, 0], [1, 0]], 0.75),
    ],
)
def test_accuracy_by_hand(guess, t, share):
    found = accuracy(Guess(guess), np.zeros((4, 2)), t)
    assert found == share and type(found) is float


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_small_network_learns_the_digits(seed):
    images, labels = data.digits()
    train, test = data.split(images, data.one_hot(labels, 10), 0.8, seed)
    net = Sequential(
        [Dense(784, 100, initializers.he), ReLU(), Dense(100, 10, initializers.he)], seed
    )
    history = fit(
        net, SoftmaxCrossEntropy(), SGD(0.1), Batches(*train, 50, seed), 3, validation=test
    )
    assert accuracy(net, *test) > 0.9 and history.val_accuracy[-1] == accuracy(net, *test)
    assert history.val_loss[-1] < history.val_loss[0] and net.theta.dtype == np.float32


def test_a_small_network_learns_xor():
    points, labels = data.xor(200)
    net = Sequential([Dense(2, 8), Tanh(), Dense(8, 1)], seed=1)
    fit(net, SigmoidCrossEntropy(), SGD(0.3), Batches(points, labels[:, None], 10), 60)
    assert accuracy(net, points, labels[:, None]) > 0.95


def test_a_momentum_that_carries_a_huge_gradient_on_is_stopped_before_theta_overflows():
    class Once:
        """A loss whose first gradient is huge, and all later ones 0."""

        gradients = [2e38, 0.0, 0.0]

        def forward(self, z, t):
            return 0.0

        def backward(self):
            return np.array([[self.gradients.pop(0)]], np.float32)

    net = Sequential([Dense(1, 1)])
    with pytest.warns(RuntimeWarning, match="fit stopped"):
        history = fit(net, Once(), Momentum(1.0), [(np.ones((1, 1)), np.zeros((1, 1)))], 3)
    assert np.isfinite(net.theta).all()
    assert len(history.loss) == 1 and "step 2: the step would make" in history.stopped


class Own(SGD):
    """A learner's rule that asks its schedule itself."""

    def step(self, theta, grad):
        theta -= (self.lr(self.t) if callable(self.lr) else self.lr) * grad
        self.t += 1


def test_an_optimizer_of_ones_own_may_ask_its_schedule_in_step():
    asked, net = [], network()
    fit(net, MeanSquaredError(), Own(lambda t: asked.append(t) or 0.1), Batches(X, T, 5), 1)
    assert asked == list(range(len(Batches(X, T, 5))))


def test_an_sgd_of_ones_own_shrinks_by_its_rate():
    nets = network(), network()
    for net, optimizer in zip(nets, (SGD(0.1), Own(0.1)), strict=True):
        fit(net, MeanSquaredError(), optimizer, Batches(X, T, 5), 1, penalty=L1(0.1, True))
    np.testing.assert_allclose(nets[1].theta, nets[0].theta, rtol=1e-5, atol=1e-7)


def test_an_optimizer_with_slots_can_train():
    class Slots:
        __slots__ = ()

        def rate(self):
            return 1e7

        def step(self, theta, grad):
            theta -= 0.1 * grad

    assert fit(network(), MeanSquaredError(), Slots(), Batches(X, T, 5), 1).stopped is None
