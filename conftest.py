"""What every run of the tests needs, and the kernels that nbval starts.

One BLAS thread: steadier numbers, and faster on small networks. What follows ≈ in a notebook is not
compared, see tests/sanitize.cfg. Where ROUNDING_NOISE is set to a seed, results are shaken in the
last digit, see tests/rounding.py.
"""

import os
import pathlib
import tempfile

import pytest

for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(name, "1")

TESTS = pathlib.Path(__file__).parent / "tests"
NOISE = "under_rounding_noise["  # these items run a whole notebook or file of claims


def pytest_configure(config):
    if not getattr(config.option, "nbval_sanitize_with", None):
        config.option.nbval_sanitize_with = str(TESTS / "sanitize.cfg")
    if os.environ.get("ROUNDING_NOISE"):
        import rounding

        profile = tempfile.TemporaryDirectory()
        config.add_cleanup(profile.cleanup)
        rounding.start(pathlib.Path(profile.name))


def pytest_collection_modifyitems(config, items):
    """Where workers share the tests, what takes long comes first: at the end none waits long."""
    if hasattr(config, "workerinput"):
        items.sort(key=_lateness)


def _lateness(item):
    """0 for what comes first; equal ones keep their order."""
    long = (NOISE, "test_browser.py", "test_site.py", ".ipynb", "test_claims")
    return next((k for k, part in enumerate(long) if part in item.nodeid), len(long))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """A file is one share, as are its fixtures and a notebook's kernel.

    Each run under rounding noise is a share of its own.
    """
    from xdist.scheduler import LoadScopeScheduling

    class Shares(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return nodeid if NOISE in nodeid else nodeid.split("::")[0]

    return Shares(config, log)
