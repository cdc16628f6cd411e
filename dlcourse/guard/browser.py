"""In a browser NumPy multiplies without BLAS: there Dense's products take a small kernel of C.

The kernel is made when the browser edition is built (tools/site/gemm.c) and lies beside the data.
Where it is missing or does not load, NumPy multiplies.
"""

import ctypes
import pathlib

import numpy as np

from dlcourse.guard.shapes import takes_dy, takes_x
from dlcourse.guard.vectors import ones

KERNEL = pathlib.Path(__file__).parent.parent / "files/gemm.so"
WORTH = 20_000  # multiplications: below, NumPy is as fast
FLOAT = np.dtype(np.float32)


def kernel(path):
    """The function `sgemm` of a file made from gemm.c; OSError where there is none."""
    try:
        found = ctypes.CDLL(str(path)).sgemm
    except AttributeError as error:
        raise OSError(f"{path} has no sgemm") from error
    found.restype = None
    number, array = ctypes.c_int, ctypes.c_void_p
    found.argtypes = [array, number, number, array, number, array, *[number] * 4]
    return found


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
        if not all(array.flags.aligned for array in (a, b, c)) or c.strides[1] != 4:
            return a.dot(b, out=out)
        rows = [stride // 4 for stride in (*a.strides, b.strides[0], c.strides[0])]
        sgemm(
            a.ctypes.data, rows[0], rows[1], b.ctypes.data, rows[2], c.ctypes.data, rows[3], m, k, n
        )
        return c

    return product


def speed_up(dense, path=KERNEL):
    """Let the class Dense multiply by the kernel; True, or False where there is none."""
    try:
        product = product_by(kernel(path))
    except OSError:
        return False

    @takes_x("N n_in")
    def forward(self, x, training=False):
        self._x = x
        return product(x, self.W) + self.b

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
