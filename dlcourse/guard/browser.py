"""In a browser NumPy has no BLAS, and slow exponentials: a small kernel of C computes there.

The kernel is made when the browser edition is built (tools/site/kernel.c) and lies beside the data.
It multiplies for Dense, and raises e to powers for the bent units. Where it is missing or does not
load, NumPy does both.
"""

import ctypes
import functools
import pathlib

import numpy as np

from dlcourse.guard.shapes import takes_dy, takes_x
from dlcourse.guard.vectors import ones

KERNEL = pathlib.Path(__file__).parent.parent / "files/kernel.so"
WORTH = 20_000  # multiplications: below, NumPy is as fast
MANY = 500  # exponentials: as many
FLOAT = np.dtype(np.float32)


def kernel(path):
    """The functions sgemm, expm1f_all and expf_all of a file made from kernel.c.

    OSError where one lacks.
    """
    library, number, array = ctypes.CDLL(str(path)), ctypes.c_int, ctypes.c_void_p
    try:
        sgemm, *powers = library.sgemm, library.expm1f_all, library.expf_all
    except AttributeError as error:
        raise OSError(f"{path} is no kernel: {error}") from error
    sgemm.restype = None
    sgemm.argtypes = [array, number, number, array, number, array, *[number] * 4]
    for power in powers:
        power.restype, power.argtypes = None, [array, array, number]
    return sgemm, *powers


def product_by(sgemm):
    """A function of a (m, k), b (k, n) and perhaps `out` (m, n): a b by the kernel, or by NumPy.

    The kernel takes float32, and what is large enough.
    """

    def product(a, b, out=None):
        (m, k), n = a.shape, b.shape[1]
        if a.dtype != FLOAT or b.dtype != FLOAT or m * k * n < WORTH:
            return a.dot(b, out=out)
        if b.strides[1] != 4:
            b = np.ascontiguousarray(b)
        c = np.empty((m, n), FLOAT) if out is None else out
        aligned = a.flags.aligned and b.flags.aligned and c.flags.aligned
        if not aligned or c.strides[1] != 4:
            return a.dot(b, out=out)
        a_row, a_column = a.strides
        sgemm(
            a.ctypes.data,
            a_row // 4,
            a_column // 4,
            b.ctypes.data,
            b.strides[0] // 4,
            c.ctypes.data,
            c.strides[0] // 4,
            m,
            k,
            n,
        )
        return c

    return product


def powers_by(function):
    """A function of an array z of float32: one of the kernel, of every number; a fresh array."""

    def powers(z):
        z = np.ascontiguousarray(z)
        y = np.empty(z.shape, FLOAT)
        function(z.ctypes.data, y.ctypes.data, z.size)
        return y

    return powers


def speed_up(dense, path=KERNEL):
    """Let the class Dense multiply by the kernel; True, or False where there is none."""
    try:
        product = product_by(kernel(path)[0])
    except OSError:
        return False

    @takes_x("N n_in")
    def forward(self, x, training=False):
        self._x = x
        y = product(x, self.W)
        y += self.b
        return y

    @takes_dy
    def param_grads(self, dy):
        product(self._x.T, dy, self.dW)
        ones(len(dy), dy.dtype).dot(dy, out=self.db)

    @takes_dy
    def backward(self, dy):
        self.param_grads(dy)
        return product(dy, self.W.T)

    for method in (forward, param_grads, backward):
        method.__doc__ = getattr(dense, method.__name__).__doc__
        setattr(dense, method.__name__, method)
    return True


def speed_up_units(sigmoid, tanh, elu, path=KERNEL):
    """Let these classes take exponentials from the kernel; True, or False where there is none.

    The kernel takes float32, and what is large enough.
    """
    try:
        expm1, exp = map(powers_by, kernel(path)[1:])
    except OSError:
        return False

    def f_of_tanh(self, z):
        powers = expm1(np.minimum(2 * z, 40))  # tanh 20 is 1 in every precision
        return powers / (powers + 2)

    _by_kernel(sigmoid, lambda self, z: 1 / (1 + exp(-z)))
    _by_kernel(tanh, f_of_tanh)
    _by_kernel(elu, lambda self, z: np.maximum(z, 0) + self.alpha * expm1(np.minimum(z, 0)))
    return True


def _by_kernel(unit, fast):
    """Let a class compute f by `fast`, where z is large and float32."""
    plain = unit.f

    @functools.wraps(plain)
    def f(self, z):
        if isinstance(z, np.ndarray) and z.dtype == FLOAT and z.size >= MANY:
            return fast(self, z)
        return plain(self, z)

    unit.f = f
