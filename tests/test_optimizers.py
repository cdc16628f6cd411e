"""Closed forms on quadratics; one class for a toy array and for a network's theta."""

import math

import numpy as np
import pytest

from dlcourse.layers import Dense
from dlcourse.network import Sequential
from dlcourse.optimizers import SGD, clip_norm


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
        assert optimizer.rate() == optimizer.rate() == 0.5**k and type(optimizer.rate()) is float
        optimizer.step(theta, np.ones(2, np.float32))
    assert asked == [0, 1, 2, 3] and optimizer.t == 4  # once a step
    assert theta.tolist() == [-1.875, -1.875] and theta.dtype == np.float32


def test_the_rate_may_be_changed_between_steps():
    optimizer, theta = SGD(1.0), np.zeros(1)
    optimizer.step(theta, np.ones(1))
    optimizer.lr = 0.25
    optimizer.step(theta, np.ones(1))
    assert theta.tolist() == [-1.25]


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
    assert norm == pytest.approx(2.5 * size, rel=1e-4)
    assert math.hypot(*map(float, grad)) == pytest.approx(size, rel=1e-4)
