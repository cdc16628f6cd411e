"""The kernel that computes in a browser, compiled for this machine."""

import shutil
import subprocess

import numpy as np
import pytest

from dlcourse import activations, initializers, layers, recurrent
from dlcourse.guard import browser, vectors
from dlcourse.network import Sequential

SOURCE = browser.KERNEL.parent.parent.parent / "tools/site/kernel.cpp"
NUMPYS = np.dot, np.exp, np.expm1, np.tanh
DIGITS = {np.float32: 1e-6, np.float64: 1e-15}


def compiled(source, path):
    """The path, where the compiled source lies now."""
    compiler = next(filter(shutil.which, ("c++", "g++", "clang++")), None)
    if compiler is None:
        pytest.skip("needs a C++ compiler: c++, g++ or clang++")
    subprocess.run([compiler, "-O2", "-shared", "-fPIC", source, "-o", path], check=True)
    return path


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    return compiled(SOURCE, tmp_path_factory.mktemp("kernel") / "kernel.so")


@pytest.fixture(scope="module")
def fast(kernel):
    """{"dot": , "exp": , "expm1": , "tanh": } by the kernel."""
    found = browser.functions(kernel)
    assert all(one is not plain for one, plain in zip(found, NUMPYS, strict=True))
    return dict(zip(["dot", "exp", "expm1", "tanh"], found, strict=True))


# whole tiles, and what is left of rows and columns; the sizes of the lessons
SHAPES = [(1024, 289, 20), (50, 784, 300), (64, 50, 50), (289, 64, 26), (33, 71, 13), (35, 700, 1)]
SHAPES += [(1, 999, 23), (3, 999, 8), (700, 9, 7), (100, 70, 3), (200, 70, 2)]


def drawn(*shape, seed=0, dtype=np.float32):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


@pytest.mark.parametrize("dtype", DIGITS)
@pytest.mark.parametrize("m, k, n", SHAPES)
def test_the_kernel_multiplies_as_numpy_does(fast, m, k, n, dtype):
    dot = fast["dot"]
    a, b = drawn(m, k, dtype=dtype), drawn(k, n, seed=1, dtype=dtype)
    exact = a.astype(np.longdouble) @ b.astype(np.longdouble)
    bound = DIGITS[dtype] * np.abs(a.astype(float)) @ np.abs(b.astype(float)) * np.sqrt(k)
    out = np.full((m, n), np.nan, dtype)
    inside = np.zeros((m, n + 4), dtype)[:, 2:-2]
    ways = {
        "plain": dot(a, b),
        "into out": dot(a, b, out=out),
        "a transposed": dot(np.ascontiguousarray(a.T).T, b),
        "b transposed": dot(a, np.ascontiguousarray(b.T).T),
        "parts of larger arrays": dot(np.pad(a, 3)[3:-3, 3:-3], np.pad(b, 5)[5:-5, 5:-5], inside),
        "every second number": dot(a.repeat(2, axis=1)[:, ::2], b.repeat(2, axis=1)[:, ::2]),
        "backwards": dot(a[::-1, ::-1], b[::-1])[::-1],
    }
    for name, c in ways.items():
        assert c.dtype == dtype and c.shape == (m, n)
        assert (np.abs(c - exact) <= bound).all(), name
    assert ways["into out"] is out


def test_numpy_multiplies_what_is_small_mixed_or_no_matrix(fast):
    dot, a, b = fast["dot"], drawn(100, 100), drawn(100, 100, seed=1)
    pairs = [(a[:3, :5], b[:5, :2]), (a.astype(float), b), (a, b[0]), (a[0], b)]
    for one, two in pairs:
        np.testing.assert_array_equal(dot(one, two), np.dot(one, two))
    whole = drawn(100, 300).astype(np.int64)
    np.testing.assert_array_equal(dot(whole, whole.T), np.dot(whole, whole.T))
    for wrong in (b[:50], b[:, 0:0].T):
        with pytest.raises(ValueError):
            dot(a, wrong)
    apart = np.zeros((100, 200), np.float32)[:, ::2]
    for out in (apart, np.zeros((50, 100), np.float32), np.zeros((100, 100))):
        with pytest.raises(ValueError):  # as NumPy says of an `out` that does not fit
            dot(a, b, out=out)


def ulps(found, exact):
    """How far numbers are from the exact ones, in units of float32's last digit."""
    return np.abs(found - exact) / np.spacing(np.abs(exact).astype(np.float32))


SMALL = 10.0 ** np.linspace(-37, 0, 20_001)
LIMITS = {  # at NaN, infinity, 89, minus infinity, -200, 0
    "exp": [np.nan, np.inf, np.inf, 0, 0, 1],
    "expm1": [np.nan, np.inf, np.inf, -1, -1, 0],
    "tanh": [np.nan, 1, 1, -1, -1, 0],
}


@pytest.mark.parametrize("name", LIMITS)
def test_the_kernels_exponentials_are_right_to_three_last_digits(fast, name):
    f, plain = fast[name], getattr(np, name)
    z = np.concatenate([np.linspace(-86.9, 88.7, 300_001), SMALL, -SMALL]).astype(np.float32)
    assert ulps(f(z), plain(z.astype(float))).max() < 3
    odd = np.array([np.nan, np.inf, 89, -np.inf, -200, 0] * 100, np.float32)
    with np.errstate(all="raise"):
        np.testing.assert_array_equal(f(odd), LIMITS[name] * 100)
    turned = z[:600].reshape(20, 30).T
    np.testing.assert_array_equal(f(turned), f(z)[:600].reshape(20, 30).T)


@pytest.mark.parametrize("name", LIMITS)
def test_an_exponential_is_written_where_it_is_wanted(fast, name):
    f, z = fast[name], drawn(40, 30)
    exact, out = f(z), np.empty((40, 30), np.float32)
    assert f(z, out=out) is out
    np.testing.assert_array_equal(out, exact)
    turned = np.empty((30, 40), np.float32).T
    np.testing.assert_allclose(f(z, out=turned), exact, rtol=1e-6)
    same = z.copy()
    np.testing.assert_array_equal(f(same, out=same), exact)
    with pytest.raises(ValueError):
        f(z, out=out[:10])


@pytest.mark.parametrize("name", LIMITS)
def test_numpy_takes_exponentials_of_what_is_small_or_float64(fast, name):
    f, plain, z = fast[name], getattr(np, name), drawn(1000)
    for other in (0.3, z[:10], z.astype(float)):
        np.testing.assert_array_equal(f(other), plain(other))


UNITS = [activations.Sigmoid(), activations.Tanh(), activations.ELU(0.5)]


@pytest.mark.parametrize("unit", UNITS, ids=repr)
def test_units_answer_the_same_with_the_kernel(fast, monkeypatch, unit):
    z = np.linspace(-80, 80, 100_001).astype(np.float32)
    plain = unit.f(z.astype(float))
    for name in LIMITS:
        monkeypatch.setattr(activations, name, fast[name])
    y = unit.f(z)
    assert y.dtype == np.float32 and ulps(y, plain).max() < 5


def test_a_sigmoid_is_1_from_the_same_logit_on_with_the_kernel(fast, monkeypatch):
    """From 24 ln 2 on, as lesson 4 shows: there 1 + e^-z is 1 in float32."""
    z = np.arange(0, 50, 0.01).astype(np.float32)
    for exp in (np.exp, fast["exp"]):
        monkeypatch.setattr(activations, "exp", exp)
        assert abs(z[np.argmax(activations.Sigmoid().f(z) == 1)] - 24 * np.log(2)) < 0.02


@pytest.mark.parametrize(
    "layer, shape",
    [
        (layers.Dense(289, 50, init=initializers.he), (64, 289)),
        (recurrent.RNN(28, 50), (64, 10, 28)),
        (recurrent.LSTM(28, 50), (64, 10, 28)),
    ],
    ids=lambda value: repr(value) if isinstance(value, layers.Layer) else "",
)
def test_a_layer_gives_the_same_with_the_kernel(fast, monkeypatch, layer, shape):
    net = Sequential([layer], seed=3, dtype=np.float32)
    x, used, found = drawn(*shape), set(), []
    dy = drawn(*shape[:-1], 50, seed=1)
    for _ in range(2):
        y = net.forward(x, training=True)
        found.append([y, layer.backward(dy), net.grad.copy()])
        for module in (layers, recurrent, activations):
            for name in set(fast) & set(vars(module)):
                used.add((module.__name__, name))
                monkeypatch.setattr(module, name, fast[name])
    assert len(used) == 6, "where the package takes them from vectors"
    for plain, by_kernel in zip(*found, strict=True):
        np.testing.assert_allclose(by_kernel, plain, rtol=1e-4, atol=1e-4)


def test_without_a_kernel_the_functions_are_numpys(tmp_path):
    (tmp_path / "no_library.so").write_bytes(b"no library")
    source = tmp_path / "another.c"
    source.write_text("int sgemm(void) { return 0; }")
    other = compiled(source, tmp_path / "another.so")
    for path in (tmp_path / "missing.so", tmp_path / "no_library.so", other):
        assert browser.functions(path) == NUMPYS
    assert (vectors.dot, vectors.exp, vectors.expm1, vectors.tanh) == NUMPYS
