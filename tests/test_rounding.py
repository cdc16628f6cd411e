"""The lessons under rounding noise: results moved in the last digit, as on another processor."""

import os
import pathlib
import re
import subprocess
import sys

import nbformat
import numpy as np
import pytest
import rounding

from dlcourse import activations, layers, lessons, losses, network

HOME = pathlib.Path(__file__).parent.parent


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_noise_moves_numbers_by_one_unit_in_the_last_place_up_and_down(dtype):
    a = np.random.default_rng(0).standard_normal((300, 20)).astype(dtype)
    moves = (rounding.shaken(a, 1) - a) / np.spacing(np.abs(a))
    assert rounding.shaken(a, 1).dtype == dtype
    assert np.abs(moves).max() <= 1
    for direction in (-1, 0, 1):
        assert 0.2 < np.mean(np.sign(moves) == direction) < 0.5


def test_noise_is_the_same_for_the_same_numbers_and_another_for_another_seed():
    a = np.random.default_rng(0).standard_normal((50, 7))
    assert np.array_equal(rounding.shaken(a, 1), rounding.shaken(a.copy(), 1))
    assert not np.array_equal(rounding.shaken(a, 1), rounding.shaken(a, 2))


def test_noise_parts_equal_numbers_and_leaves_zero_and_infinity():
    a = np.full((40, 20), 0.3)
    assert len(np.unique(rounding.shaken(a, 1)[0])) > 1  # twenty equal units no longer are
    b = np.array([0.0, np.inf, -np.inf, np.nan])
    assert np.array_equal(rounding.shaken(b, 1), b, equal_nan=True)


def test_a_shaken_network_is_nearly_the_same_network(monkeypatch):
    for name in ("forward", "param_grads"):
        # taken back at the end
        monkeypatch.setattr(layers.Dense, name, getattr(layers.Dense, name))
    x = np.random.default_rng(0).standard_normal((8, 5))

    def run():
        net = network.Sequential(
            [layers.Dense(5, 4), activations.Tanh(), layers.Dense(4, 3)], dtype=np.float64
        )
        loss = losses.MeanSquaredError()
        y = net.forward(x)
        loss.forward(y, np.zeros((8, 3)))
        net.backward(loss.backward())
        return np.concatenate([y.ravel(), net.grad])

    before = run()
    rounding.shake(1)
    after = run()
    assert not np.array_equal(before, after)
    np.testing.assert_allclose(after, before, rtol=1e-12, atol=1e-15)
    assert np.array_equal(after, run())


def test_a_claim_prints_its_sentence_or_fails_with_it(capsys):
    lessons.claim("two is more than one", 2 > 1)
    assert capsys.readouterr().out == "✓ two is more than one\n"
    with pytest.raises(AssertionError, match="^one is more than two$"):
        lessons.claim("one is more than two", 1 > 2)
    with pytest.raises(TypeError, match="claim takes the sentence first"):
        lessons.claim(2 > 1, "two is more than one")


def under_noise(seed, *arguments):
    """What pytest printed on these files under this noise, and its exit code.

    It runs in a process of its own.
    """
    process = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *arguments],
        cwd=HOME,
        env={**os.environ, "ROUNDING_NOISE": str(seed)},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    return process.stdout + process.stderr, process.returncode


def printing(source, stored):
    """A code cell, and the line that it is stored with."""
    output = nbformat.v4.new_output("stream", name="stdout", text=f"{stored}\n")
    return nbformat.v4.new_code_cell(source, outputs=[output], execution_count=1)


SHAKEN = "from dlcourse.layers import Dense; print(Dense.forward.__globals__['__name__'])"
CELLS = [
    ("print('≈ 0.79, ≈ -1.2e-05')", "≈ 0.81, ≈ 1e+07", "PASSED"),
    ("print('≈  9.5 of ≈ 1,024')", "≈ 10.5 of ≈ 998", "PASSED"),
    ("print('0.79')", "0.81", "FAILED"),
    ("print('≈ 0.79 seconds')", "≈ 0.81 steps", "FAILED"),
    ("print('≈ nan')", "≈ 0.81", "FAILED"),
    (SHAKEN, "rounding", "PASSED"),
]


def test_strict_nbval_compares_all_but_measured_numbers_and_its_kernel_is_shaken(tmp_path):
    path = tmp_path / "small.ipynb"
    cells = [printing(source, stored) for source, stored, _ in CELLS]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    said, _ = under_noise(1, "-rA", "-c", "pyproject.toml", "-p", "conftest", str(path))
    for k, (source, stored, verdict) in enumerate(CELLS):
        found = re.search(rf"^(PASSED|FAILED) .*::Cell {k}\b", said, re.MULTILINE)
        assert found and found[1] == verdict, f"{source} beside {stored}\n{said}"


LESSONS = sorted((HOME / "notebooks").glob("*.ipynb"))
CLAIMS = sorted((HOME / "tests" / "test_claims").glob("test_*.py"))


def test_every_lesson_holds_its_claims_over_ten_seeds():
    lessons = {path.stem for path in LESSONS}
    assert {path.stem.removeprefix("test_") for path in CLAIMS} == lessons


@pytest.mark.parametrize("path", CLAIMS + LESSONS, ids=lambda path: path.stem)
def test_a_lesson_holds_under_rounding_noise(path):
    said, found = under_noise(1, str(path))
    assert found == 0, said[-5000:]
