"""In a browser NumPy has no BLAS, and slow exponentials: a small kernel of C++ computes there.

The kernel is made when the browser edition is built (tools/site/kernel.cpp) and lies beside the
data. Where it is missing or does not load, NumPy computes, as it does everywhere else.
"""

import ctypes
import functools
import pathlib

import numpy as np

KERNEL = pathlib.Path(__file__).parent.parent / "files/kernel.so"
WORTH = 20_000  # multiplications: below, NumPy is as fast
MANY = 500  # exponentials: as many


def functions(path=KERNEL):
    """dot, exp, expm1, tanh: by the kernel at this path where that is faster, else NumPy's."""
    try:
        library = ctypes.CDLL(str(path))
        sgemm, dgemm = library.sgemm, library.dgemm
        each = library.exp_each, library.expm1_each, library.tanh_each
    except (OSError, AttributeError):
        return np.dot, np.exp, np.expm1, np.tanh
    return _dot(sgemm, dgemm), *map(_each, each, [np.exp, np.expm1, np.tanh])


def _dot(sgemm, dgemm):
    """np.dot; by these two of the kernel where both are large matrices of one precision."""
    pointer, number = ctypes.c_void_p, ctypes.c_int
    gemms = {np.dtype(np.float32): sgemm, np.dtype(np.float64): dgemm}
    for gemm in gemms.values():
        gemm.argtypes = [pointer, number, number, pointer, number, pointer, *[number] * 4]
        gemm.restype = None

    @functools.wraps(np.dot, assigned=["__doc__"])
    def dot(a, b, out=None):
        gemm = gemms.get(a.dtype)
        if gemm is None or b.dtype != a.dtype or a.ndim != 2 or b.ndim != 2:
            return np.dot(a, b, out=out)
        (m, k), n, size = a.shape, b.shape[1], a.itemsize
        if m * k * n < WORTH or len(b) != k:
            return np.dot(a, b, out=out)
        if b.strides[1] != size:
            b = np.ascontiguousarray(b)
        c = np.empty((m, n), a.dtype) if out is None else out
        aligned = a.flags.aligned and b.flags.aligned and c.flags.aligned
        if not aligned or c.strides[1] != size or c.shape != (m, n) or c.dtype != a.dtype:
            return np.dot(a, b, out=out)
        a_row, a_column = a.strides
        gemm(
            a.ctypes.data,
            a_row // size,
            a_column // size,
            b.ctypes.data,
            b.strides[0] // size,
            c.ctypes.data,
            c.strides[0] // size,
            m,
            k,
            n,
        )
        return c

    return dot


def _each(by_kernel, plain):
    """NumPy's function `plain`; by the kernel's where many float32 are given."""
    by_kernel.argtypes, by_kernel.restype = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int], None
    float32 = np.dtype(np.float32)

    @functools.wraps(plain, assigned=["__doc__"])
    def each(z, out=None):
        if not isinstance(z, np.ndarray) or z.dtype != float32 or z.size < MANY:
            return plain(z, out=out)
        y = np.empty(z.shape, float32) if out is None else out
        if not y.flags.c_contiguous or y.dtype != float32 or y.shape != z.shape:
            return plain(z, out=out)
        z = np.ascontiguousarray(z)
        by_kernel(z.ctypes.data, y.ctypes.data, z.size)
        return y

    return each
