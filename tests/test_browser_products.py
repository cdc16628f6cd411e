"""The kernel that computes in a browser, compiled for this machine."""

import shutil
import subprocess

import numpy as np
import pytest

from dlcourse import activations, initializers, layers
from dlcourse.guard import browser
from dlcourse.network import Sequential

SOURCE = browser.KERNEL.parent.parent.parent / "tools/site/kernel.c"


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    compiler = next(filter(shutil.which, ("cc", "gcc", "clang")), None)
    if compiler is None:
        pytest.skip("needs a C compiler: cc, gcc or clang")
    path = tmp_path_factory.mktemp("kernel") / "kernel.so"
    subprocess.run([compiler, "-O2", "-shared", "-fPIC", SOURCE, "-o", path], check=True)
    return path


@pytest.fixture
def product(kernel):
    return browser.product_by(browser.kernel(kernel)[0])


# whole tiles, and what is left of rows and columns; the sizes of the lessons
SHAPES = [(1024, 289, 20), (50, 784, 300), (64, 50, 50), (289, 64, 26), (33, 71, 13), (35, 700, 1)]
SHAPES += [(1, 999, 23), (3, 999, 8), (700, 9, 7)]


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


def ulps(found, exact):
    """How far numbers are from the exact ones, in units of float32's last digit."""
    return np.abs(found - exact) / np.spacing(np.abs(exact).astype(np.float32))


def test_the_kernels_exponentials_are_right_to_two_last_digits(kernel):
    expm1, exp = map(browser.powers_by, browser.kernel(kernel)[1:])
    small = 10.0 ** np.linspace(-37, 0, 20_001)
    z = np.concatenate([np.linspace(-86, 88.7, 300_001), small, -small]).astype(np.float32)
    assert ulps(expm1(z), np.expm1(z.astype(float))).max() < 2
    assert ulps(exp(z), np.exp(z.astype(float))).max() < 2
    odd = np.array([np.nan, np.inf, 89, -np.inf, -200, 0], np.float32)
    np.testing.assert_array_equal(expm1(odd), [np.nan, np.inf, np.inf, -1, -1, 0])
    np.testing.assert_allclose(exp(odd), [np.nan, np.inf, np.inf, 0, 0, 1], atol=1e-37)
    turned = z[:600].reshape(20, 30).T
    np.testing.assert_array_equal(expm1(turned), expm1(z)[:600].reshape(20, 30).T)


def test_a_sigmoid_is_1_from_the_same_logit_on_with_the_kernel(kernel):
    """From 24 ln 2 on, as lesson 4 shows: there 1 + e^-z is 1 in float32."""
    fast = type("Fast", (activations.Sigmoid,), {"f": activations.Sigmoid.f})
    assert browser.speed_up_units(fast, *[type("Other", (fast,), {})] * 2, kernel)
    z = np.arange(0, 50, 0.01).astype(np.float32)
    for unit in (activations.Sigmoid, fast):
        assert abs(z[np.argmax(unit().f(z) == 1)] - 24 * np.log(2)) < 0.02


@pytest.mark.parametrize("unit", [activations.Sigmoid, activations.Tanh, activations.ELU])
def test_units_answer_the_same_with_the_kernel(kernel, unit):
    fast = {
        kind: type(kind.__name__, (kind,), {"f": kind.f})
        for kind in (activations.Sigmoid, activations.Tanh, activations.ELU)
    }
    assert browser.speed_up_units(*fast.values(), kernel)
    plain, fast = unit(), fast[unit]()
    small = 10.0 ** np.linspace(-30, 0, 3001)
    z = np.concatenate([np.linspace(-100, 100, 100_001), small, -small]).astype(np.float32)
    exact = plain.f(z.astype(float))
    normal = np.abs(exact) > 1e-37  # below, float32 has fewer digits
    with np.errstate(all="raise", under="ignore"):
        y = fast.f(z)
    assert y.dtype == np.float32 and ulps(y, exact)[normal].max() < 5
    for other in (0.3, z[:10], z[:1000].astype(float)):
        np.testing.assert_array_equal(fast.f(other), plain.f(other))
    assert np.isnan(fast.f(np.full(1000, np.nan, np.float32))).all()
    assert fast.f.__doc__ == plain.f.__doc__


def test_without_a_kernel_dense_stays_as_it_is(tmp_path):
    class Plain(layers.Dense):
        """Dense, and nothing more."""

    (tmp_path / "kernel.so").write_bytes(b"no library")
    for path in (tmp_path / "missing.so", tmp_path / "kernel.so"):
        assert browser.speed_up(Plain, path) is False
        assert browser.speed_up_units(*[activations.Sigmoid] * 3, path) is False
    assert Plain.forward is layers.Dense.forward
