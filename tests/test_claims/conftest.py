"""Every claim of the lessons about training, or about random draws, over ten seeds.

Slow, and in CI all the same.
"""

import pathlib

import pytest

HERE = pathlib.Path(__file__).parent


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.slow)
