"""One BLAS thread, for the tests and the kernels of nbval: steadier, and faster for small nets."""

import os

for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(name, "1")
