"""Every claim of the lessons about training, or about random draws, over ten seeds.

Slow, and in CI all the same.
"""

import pathlib

import pytest
from caches import forget

HERE = pathlib.Path(__file__).parent


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(autouse=True, scope="module")
def kept(request):
    """What a file trained for several of its claims goes with the file."""
    yield
    forget(request.module)
