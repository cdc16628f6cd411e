"""The kernel that multiplies in a browser, compiled for this machine."""

import shutil
import subprocess

import numpy as np
import pytest

from dlcourse import initializers, layers
from dlcourse.guard import browser
from dlcourse.network import Sequential

SOURCE = browser.KERNEL.parent.parent.parent / "tools/site/gemm.c"


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    compiler = next(filter(shutil.which, ("cc", "gcc", "clang")), None)
    if compiler is None:
        pytest.skip("needs a C compiler: cc, gcc or clang")
    path = tmp_path_factory.mktemp("kernel") / "gemm.so"
    subprocess.run([compiler, "-O2", "-shared", "-fPIC", SOURCE, "-o", path], check=True)
    return path


@pytest.fixture
def product(kernel):
    return browser.product_by(browser.kernel(kernel))


# whole tiles, and what is left of rows and columns; the sizes of the lessons
SHAPES = [(1024, 289, 20), (50, 784, 300), (289, 64, 26), (33, 71, 13), (35, 700, 1), (1, 999, 23)]


def drawn(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


@pytest.mark.parametrize("m, k, n", SHAPES)
def test_the_kernel_multiplies_as_numpy_does(product, m, k, n):
    a, b = drawn(m, k), drawn(k, n, seed=1)
    bound = 1e-6 * np.abs(a.astype(float)) @ np.abs(b.astype(float)) * np.sqrt(k)
    exact = a.astype(float) @ b
    out = np.full((m, n), np.nan, np.float32)
    ways = {
        "plain": product(a, b),
        "into out": product(a, b, out),
        "a transposed": product(np.ascontiguousarray(a.T).T, b),
        "b transposed": product(a, np.ascontiguousarray(b.T).T),
        "parts of larger arrays": product(
            np.pad(a, 3)[3:-3, 3:-3], np.pad(b, 5)[5:-5, 5:-5], np.zeros((m, n + 4), "f4")[:, 2:-2]
        ),
        "every second number": product(a.repeat(2, axis=1)[:, ::2], b.repeat(2, axis=1)[:, ::2]),
        "backwards": product(a[::-1, ::-1], b[::-1])[::-1],
    }
    for name, c in ways.items():
        assert c.dtype == np.float32 and c.shape == (m, n)
        assert (np.abs(c - exact) <= bound).all(), name
    assert ways["into out"] is out


def test_numpy_multiplies_what_is_small_or_float64(product):
    a, b = drawn(100, 100), drawn(100, 100, seed=1)
    exact = a.astype(float).dot(b)
    np.testing.assert_array_equal(product(a.astype(float), b.astype(float)), exact)
    np.testing.assert_array_equal(product(a[:3, :5], b[:5, :2]), a[:3, :5].dot(b[:5, :2]))
    apart = np.zeros((100, 200), np.float32)[:, ::2]
    assert product(a, b, np.zeros((100, 100), np.float32)) is not None
    with pytest.raises(ValueError):
        product(a, b, apart)  # as NumPy says of an `out` whose rows do not touch


def test_dense_gives_the_same_with_the_kernel(kernel):
    class Fast(layers.Dense):
        """Dense, and nothing more."""

    assert browser.speed_up(Fast, kernel)
    found = []
    for kind in (layers.Dense, Fast):
        layer = kind(289, 50, init=initializers.he)
        net = Sequential([layer], seed=3, dtype=np.float32)
        x, dy = drawn(64, 289), drawn(64, 50, seed=1)
        y = net.forward(x)
        dx = layer.backward(dy)
        found.append([y, dx, net.grad.copy()])
    for plain, fast in zip(*found, strict=True):
        np.testing.assert_allclose(fast, plain, rtol=1e-4, atol=1e-4)
    assert Fast.forward is not layers.Dense.forward
    assert Fast.backward.__doc__ == layers.Dense.backward.__doc__


def test_without_a_kernel_dense_stays_as_it_is(tmp_path):
    class Plain(layers.Dense):
        """Dense, and nothing more."""

    (tmp_path / "gemm.so").write_bytes(b"no library")
    for path in (tmp_path / "missing.so", tmp_path / "gemm.so"):
        assert browser.speed_up(Plain, path) is False
    assert Plain.forward is layers.Dense.forward
