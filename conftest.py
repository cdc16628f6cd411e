"""One BLAS thread, for the tests and for the kernels that nbval starts: steadier numbers, and faster on small networks."""

import os

for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(name, "1")
