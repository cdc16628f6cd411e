"""What every run of the tests needs, and the kernels that nbval starts.

One BLAS thread: steadier numbers, and faster on small networks. What follows ≈ in a notebook is not
compared, see tests/sanitize.cfg. Where ROUNDING_NOISE is set to a seed, results are shaken in the
last digit, see tests/rounding.py.
"""

import os
import pathlib
import tempfile

for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(name, "1")

TESTS = pathlib.Path(__file__).parent / "tests"


def pytest_configure(config):
    if not getattr(config.option, "nbval_sanitize_with", None):
        config.option.nbval_sanitize_with = str(TESTS / "sanitize.cfg")
    if os.environ.get("ROUNDING_NOISE"):
        import rounding

        profile = tempfile.TemporaryDirectory()
        config.add_cleanup(profile.cleanup)
        rounding.start(pathlib.Path(profile.name))
