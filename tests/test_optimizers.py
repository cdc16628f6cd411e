"""Closed forms on quadratics; one class for a toy array and for a network's theta."""

import copy
import functools
import math
import pickle
import weakref

import numpy as np
import pytest

from dlcourse.layers import Dense
from dlcourse.network import Sequential
from dlcourse.optimizers import (
    SGD,
    AdaGrad,
    Adam,
    Momentum,
    Nesterov,
    RMSProp,
    clip_norm,
    clip_value,
)

EVERY = [SGD, Momentum, Nesterov, AdaGrad, RMSProp, Adam]


@pytest.mark.parametrize("shape", [(), (3,), (2, 3)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sgd_on_a_parabola(shape, dtype):
    """L = a/2 theta^2: theta_k = (1 - lr a)^k theta_0, whatever the shape."""
    theta, optimizer = np.full(shape, 2.0, dtype), SGD(0.1)
    same = theta
    for _ in range(20):
        grad = np.asarray(3 * theta)
        kept = grad.copy()
        assert optimizer.step(theta, grad) is None and np.array_equal(grad, kept)
    assert theta is same and theta.dtype == dtype
    assert theta == pytest.approx(np.full(shape, 2 * 0.7**20), rel=1e-5)


def test_sgd_takes_a_rate_that_depends_on_the_step():
    asked = []
    optimizer, theta = SGD(lambda t: asked.append(t) or np.float64(0.5**t)), np.zeros(2, np.float32)
    for k in range(4):
        optimizer.step(theta, np.ones(2, np.float32))
        assert asked == list(range(k + 1))  # once a step
    assert optimizer.t == 4
    assert optimizer.rate() == 0.5**4 and type(optimizer.rate()) is float
    assert theta.tolist() == [-1.875, -1.875] and theta.dtype == np.float32


def test_the_rate_may_be_changed_between_steps():
    optimizer, theta = SGD(1.0), np.zeros(1)
    optimizer.step(theta, np.ones(1))
    assert optimizer.rate() == 1  # looking at the coming rate does not fix it
    optimizer.lr = 0.25
    optimizer.step(theta, np.ones(1))
    assert theta.tolist() == [-1.25]


@pytest.mark.parametrize("rate", [0.0, np.finfo(float).max])
def test_a_schedule_may_rest_at_0_and_reach_the_largest_number(rate):
    assert SGD(lambda t: rate).rate() == rate


@pytest.mark.parametrize("kind", EVERY)
def test_another_array_is_refused_even_of_the_same_shape(kind):
    nets = [Sequential([Dense(3, 2)], seed) for seed in (0, 1)]
    optimizer, grad = kind(0.1), np.ones(8, np.float32)
    optimizer.step(nets[0].theta, grad)
    before = nets[1].theta.copy()
    words = r"\(lr=0.1.*\) has made steps on another array: start a new optimizer"
    for other in (nets[1].theta, nets[0].theta.copy()):
        with pytest.raises(ValueError, match=words):
            optimizer.step(other, grad)
    assert np.array_equal(nets[1].theta, before) and optimizer.t == 1
    with pytest.raises(ValueError, match=r"steps on shape \(8,\), got \(2, 4\)"):
        optimizer.step(nets[0].theta.reshape(2, 4), grad.reshape(2, 4))
    nets[0].theta = before  # the same array with other numbers
    optimizer.step(nets[0].theta, grad)
    assert optimizer.t == 2


def test_a_part_of_theta_is_the_same_part_each_time():
    """Every subscript makes a new view: what counts is the memory that it shows."""
    net, optimizer = Sequential([Dense(3, 2)]), Momentum(0.1)
    for _ in range(3):
        optimizer.step(net.theta[:4], net.grad[:4])
    for other in (net.theta[4:], net.theta[::2], net.theta[1:5]):
        with pytest.raises(ValueError, match="another array"):
            optimizer.step(other, net.grad[:4])
    optimizer.step(net.theta[:4][:], net.grad[:4])
    assert optimizer.t == 4


def test_an_array_that_was_freed_is_not_met_again_in_a_new_one():
    """The new array often gets the address of the old one: a second run of a notebook's cell."""
    optimizer, addresses, refused = Momentum(0.1), [], 0
    for _ in range(20):
        theta = np.zeros(3)
        addresses.append(theta.ctypes.data)
        try:
            optimizer.step(theta, np.ones(3))
        except ValueError:
            refused += 1
        del theta
    assert refused == 19 and len(set(addresses)) < 20  # else this test has seen nothing


def test_an_optimizer_does_not_keep_theta_alive():
    theta = np.zeros(3)
    gone, optimizer = weakref.ref(theta), Adam()
    optimizer.step(theta, np.ones(3))
    del theta
    assert gone() is None


@pytest.mark.parametrize("clone", [copy.deepcopy, lambda a: pickle.loads(pickle.dumps(a))])
def test_a_copy_goes_on_with_an_array_of_its_own(clone):
    theta, optimizer = np.zeros(2), Momentum(0.1)
    optimizer.step(theta, np.ones(2))
    twin, other = clone(optimizer), theta.copy()
    twin.step(other, np.ones(2))
    optimizer.step(theta, np.ones(2))
    assert np.array_equal(other, theta) and twin.t == optimizer.t == 2
    with pytest.raises(ValueError, match="another array"):
        twin.step(theta, np.ones(2))


def test_the_same_class_steps_a_network():
    net = Sequential([Dense(3, 2)])
    before = net.theta.copy()
    net.grad = np.arange(8)
    SGD(np.float64(0.5)).step(net.theta, net.grad)
    assert np.array_equal(net.theta, before - np.float32(0.5) * np.arange(8, dtype=np.float32))
    assert net.theta.dtype == np.float32 and np.shares_memory(net.layers[0].W, net.theta)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_clip_norm(dtype):
    grad = np.array([[3, 0], [0, -4]], dtype)
    same = grad
    assert clip_norm(grad, 10) == 5 and grad.tolist() == [[3, 0], [0, -4]]
    assert clip_norm(grad, np.float64(2.5)) == 5 and grad.tolist() == [[1.5, 0], [0, -2]]
    assert grad is same and grad.dtype == dtype
    assert clip_norm(np.zeros(3, dtype), 1) == 0


@pytest.mark.parametrize("size", [1e-40, 1e-25, 1e25, 1e38])
def test_clip_norm_neither_underflows_nor_overflows(size):
    grad = np.array([1.5 * size, -2 * size], np.float32)
    norm = clip_norm(grad, size)
    assert norm == pytest.approx(2.5 * size, rel=1e-4, abs=0)
    assert math.hypot(*map(float, grad)) == pytest.approx(size, rel=1e-4, abs=0)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_clip_value_cuts_each_number_and_turns_the_direction(dtype):
    grad = np.array([[0.5, -100], [-0.25, 3]], dtype)
    same = grad
    assert clip_value(grad, np.float64(1)) is None
    assert grad is same and grad.dtype == dtype and grad.tolist() == [[0.5, -1], [-0.25, 1]]
    g = np.array([0.9, 100.0])
    kept = g.copy()
    clip_value(g, 1)
    cosine = g @ kept / np.linalg.norm(g) / np.linalg.norm(kept)
    assert math.degrees(math.acos(cosine)) == pytest.approx(41.5, abs=0.1)
    clip_value(np.zeros((0, 3)), 1)


@pytest.mark.parametrize("clip", [clip_norm, clip_value])
@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_a_gradient_that_is_not_finite_is_not_clipped(clip, number):
    grad = np.array([1.0, number, 5.0])
    with pytest.raises(ValueError, match=f"{clip.__name__} takes a finite gradient"):
        clip(grad, 2.0)
    assert grad[0] == 1 and grad[2] == 5


STEPS = np.arange(1, 8)
# The length of steps 1, 2 ... of rate 1 where the gradient is always g: sums of geometric series.
IN_A_CONSTANT_SLOPE = {
    SGD: lambda g: g * np.ones(7),
    Momentum: lambda g: g * (1 - 0.9**STEPS) / 0.1,
    Nesterov: lambda g: g * (1 + 0.9 * (1 - 0.9**STEPS) / 0.1),
    AdaGrad: lambda g: 1 / np.sqrt(STEPS),
    RMSProp: lambda g: 1 / np.sqrt(1 - 0.9**STEPS),
    Adam: lambda g: np.ones(7),
}


@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.parametrize("g", [3.0, -0.5])
def test_steps_in_a_constant_slope(kind, g):
    optimizer, theta, places = kind(0.01), np.zeros(1), [0.0]
    for _ in STEPS:
        optimizer.step(theta, np.array([g]))
        places.append(theta[0])
    expected = -0.01 * np.sign(g) * np.abs(IN_A_CONSTANT_SLOPE[kind](g))
    assert np.diff(places) == pytest.approx(expected, rel=1e-6)


GRADS = [2.0, -1.0, 0.5]
# Theta after the three gradients above, from 0, lr 0.1, worked with pencil and papers' formulas.
BY_HAND = {
    Momentum(0.1, 0.5): [-0.2, -0.2 - 0.1 * 0.0, -0.2 - 0.1 * 0.5],
    Nesterov(0.1, 0.5): [-0.3, -0.3 + 0.1, -0.2 - 0.1 * 0.75],
    AdaGrad(0.1): [
        -0.1,
        -0.1 + 0.1 / math.sqrt(5),
        -0.1 + 0.1 / math.sqrt(5) - 0.05 / math.sqrt(5.25),
    ],
    RMSProp(0.1, 0.5): [
        -0.2 / math.sqrt(2),
        -0.2 / math.sqrt(2) + 0.1 / math.sqrt(1.5),
        -0.2 / math.sqrt(2) + 0.1 / math.sqrt(1.5) - 0.05 / math.sqrt(0.875),
    ],
    Adam(
        0.1, 0.5, 0.75
    ): [  # m 1, 0, 1/4; v 1, 1, 13/16; divided by 1/2, 3/4, 7/8 and by 1/4, 7/16, 37/64
        -0.1,
        -0.1 - 0.0,
        -0.1 - 0.1 * (0.25 / 0.875) / math.sqrt((13 / 16) / (37 / 64)),
    ],
}


@pytest.mark.parametrize("optimizer", BY_HAND, ids=repr)
def test_three_steps_worked_by_hand(optimizer):
    theta = np.zeros(2)
    for g, expected in zip(GRADS, BY_HAND[optimizer], strict=True):
        optimizer.step(theta, np.array([g, -g]))
        assert theta == pytest.approx([expected, -expected], rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("kind", [AdaGrad, RMSProp, Adam])
def test_eps_is_added_to_the_root(kind):
    """A gradient whose root mean square is eps makes half of the step that it makes without eps."""
    steps = {}
    for eps in (1e-3, 1e-30):
        optimizer, theta = kind(1.0, eps=eps), np.zeros(1)
        scale = math.sqrt(0.1) if kind is RMSProp else 1
        optimizer.step(theta, np.array([1e-3 / scale]))
        steps[eps] = theta[0]
    assert steps[1e-3] == pytest.approx(steps[1e-30] / 2, rel=1e-9)


def test_nesterov_theta_is_the_look_ahead_point():
    """The two-point form, m = beta m + lr g(w - beta m); w -= m (Sutskever et al. 2013)."""
    scale, beta, lr = np.array([1.0, 30.0]), 0.9, 0.02
    w, m, theta, optimizer = (
        np.array([2.0, 1.0]),
        np.zeros(2),
        np.array([2.0, 1.0]),
        Nesterov(lr, beta),
    )
    for _ in range(50):
        m = beta * m + lr * scale * (w - beta * m)
        w = w - m
        optimizer.step(theta, scale * theta)
        assert theta == pytest.approx(w - beta * m, abs=1e-12)
    assert np.abs(theta).max() < 0.1


# of lr times curvature, at beta 0.9: 2, 2 (1 + beta), 2 (1 + beta) / (1 + 2 beta)
LIMITS = {SGD: 2.0, Momentum: 3.8, Nesterov: 3.8 / 2.8}


@pytest.mark.parametrize("kind", LIMITS)
def test_limits_of_stability(kind):
    far = {}
    for factor in (0.98, 1.02):
        optimizer, theta = kind(factor * LIMITS[kind] / 5), np.ones(1)
        for _ in range(2000):
            optimizer.step(theta, 5 * theta)
        far[factor] = abs(theta[0])
    assert far[0.98] < 1e-6 and far[1.02] > 1e6


@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(), (3,), (2, 3)])
def test_every_optimizer_steps_in_place_and_finds_the_bottom(kind, dtype, shape):
    theta, optimizer = np.full(shape, 2.0, dtype), kind(lambda t: 0.5 * 0.97**t)
    same = theta
    for step in range(300):
        grad = np.asarray(0.1 * theta)
        kept = grad.copy()
        assert optimizer.step(theta, grad) is None and np.array_equal(grad, kept)
        if step == 1:
            memory = [getattr(optimizer, name) for name in optimizer.memory]
    assert theta is same and theta.dtype == dtype and np.all(np.abs(theta) < 2 / 3)
    # remembered in place, in theta's precision
    for name, first in zip(optimizer.memory, memory, strict=True):
        now = getattr(optimizer, name)
        assert now is first and now.dtype == dtype and now.shape == shape


def test_the_names_of_optimizers_show_their_numbers():
    assert [repr(kind(0.1)) for kind in EVERY] == [
        "SGD(lr=0.1)",
        "Momentum(lr=0.1, beta=0.9)",
        "Nesterov(lr=0.1, beta=0.9)",
        "AdaGrad(lr=0.1, eps=1e-08)",
        "RMSProp(lr=0.1, beta=0.9, eps=1e-08)",
        "Adam(lr=0.1, beta1=0.9, beta2=0.999, eps=1e-08)",
    ]
    assert repr(Adam()) == "Adam(lr=0.001, beta1=0.9, beta2=0.999, eps=1e-08)"
    assert (
        repr(SGD(math.exp)) == "SGD(lr=exp)"
        and repr(SGD(functools.partial(math.exp))) == "SGD(lr=schedule)"
    )
