"""Rounding noise: the results of `Dense` moved by at most one unit in the last place.

Another processor might round so. Set ROUNDING_NOISE to a seed, and the tests and the kernels that
nbval starts shake what `Dense.forward` returns and what `Dense.param_grads` writes. The same
numbers at the same place are always moved alike, so a network trained twice is still the same
network; what a lesson claims must not depend on the last digit.
"""

import functools
import os

import numpy as np

WORD = {4: np.uint32, 8: np.uint64}
# 2^32 and 2^64 over the golden ratio: multiplying mixes upwards
ODD = {4: 0x9E3779B1, 8: 0x9E3779B97F4A7C15}


# -1, 0 or 1 as int8 for each byte: bytes.translate is several times as fast as an array's index
MOVES = bytes((k % 3 - 1) % 256 for k in range(256))


@functools.lru_cache(maxsize=200)
def places(n, itemsize, seed):
    """What the places 0 to n - 1 and the seed add to a hash."""
    word = WORD[itemsize]
    with np.errstate(over="ignore"):
        return np.arange(n, dtype=word) * word(ODD[itemsize] // 3 | 1) + word(seed + 1)


def noise(a, seed):
    """-1, 0 or 1 for each number of the float array a.

    Which one follows from a hash of the number's bits, its place and the seed.
    """
    word = WORD[a.itemsize]
    half, odd = word(4 * a.itemsize), word(ODD[a.itemsize])
    h = np.ascontiguousarray(a).view(word) * odd
    h ^= h >> half
    h += places(a.size, a.itemsize, seed).reshape(a.shape)
    h *= odd
    h ^= h >> half
    h *= odd
    h >>= word(8 * a.itemsize - 8)
    moves = h.astype(np.uint8).tobytes().translate(MOVES)
    return np.frombuffer(moves, np.int8).reshape(a.shape)


def shaken(a, seed):
    """A copy of a, each number moved to a neighbour or left. Zero and what is not finite stay.

    The neighbour away from 0 has the next larger word as its bits.
    """
    step = (a > 0).view(np.int8) - (a < 0).view(np.int8)
    step *= np.isfinite(a).view(np.int8)
    step *= noise(a, seed)
    moved = step.astype(WORD[a.itemsize])
    moved += np.ascontiguousarray(a).view(moved.dtype)
    return moved.view(a.dtype)


def shake(seed):
    """Shake Dense in this process, from now on."""
    from dlcourse.layers import Dense

    forward, param_grads = Dense.forward, Dense.param_grads

    @functools.wraps(forward)
    def shaken_forward(self, x, training=False):
        return shaken(forward(self, x, training), seed)

    @functools.wraps(param_grads)
    def shaken_grads(self, dy):
        param_grads(self, dy)
        self.dW[...] = shaken(self.dW, seed)
        self.db[...] = shaken(self.db, seed)

    Dense.forward, Dense.param_grads = shaken_forward, shaken_grads


def start(folder):
    """Where ROUNDING_NOISE is set: shake this process, and let every kernel it starts do the same.

    A kernel runs the start-up files of its IPython profile; `folder` becomes that profile.
    """
    seed = os.environ.get("ROUNDING_NOISE")
    if not seed:
        return
    startup = folder / "profile_default" / "startup"
    startup.mkdir(parents=True)
    here = os.path.dirname(os.path.abspath(__file__))
    lines = ["import sys", f"sys.path.insert(0, {here!r})", "import rounding"]
    lines += ["sys.path.pop(0)", f"rounding.shake({int(seed)})", "del rounding, sys"]
    (startup / "rounding.py").write_text("\n".join(lines) + "\n", encoding="utf-8")
    os.environ["IPYTHONDIR"] = str(folder)
    shake(int(seed))
