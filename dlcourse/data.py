"""Data, all of it offline: real digits, generated letters, four playground sets; one_hot, split, standardize.

Labels are int64, images and one-hot rows float32, the two-dimensional sets float64. Every set is the same for the same seed.
"""

import functools
import pathlib

import numpy as np

from dlcourse.checks import check_finite, check_number, check_whole, real_array

FILES = pathlib.Path(__file__).parent / "files"
SIDE, MASTER, ZOOM = 17, 128, 4  # letters: pixels of an image's side, of a master's side, master pixels to a pixel
ONE = 1 << 16  # 1.0 in 16-bit fixed point


def digits():
    """10,000 real handwritten digits: images (10000, 784) in [0, 1], 28 x 28 row by row, ink 1; labels (10000,) 0 to 9.

    The first 10,000 images of MNIST's training set (LeCun, Cortes & Burges 1998), shuffled once when the file was built.
    """
    with np.load(FILES / "digits.npz") as file:
        return file["images"].astype(np.float32) / 255, file["labels"].astype(np.int64)


@functools.cache
def _masters(fonts):
    """(F, 26, 128, 128) uint8: how many of the 4 x 4 neighbours of each master pixel are ink, 0 to 16."""
    with np.load(FILES / "letters.npz") as file:
        bits = np.concatenate([file[name] for name in (("bold",) if fonts == "bold" else ("bold", "other"))])
    ink = np.pad(np.unpackbits(bits).reshape(-1, 26, MASTER, MASTER), ((0, 0), (0, 0), (2, 1), (2, 1)))
    rows = sum(ink[:, :, i : i + MASTER] for i in range(ZOOM))
    return sum(rows[..., j : j + MASTER] for j in range(ZOOM))


def letters(n, seed=0, *, fonts="bold", rotation=15, shift=0.75, scale=(0.9, 1.14)):
    """n generated capitals: images (n, 289) of 0 and 1, 17 x 17 row by row, ink 1; labels (n,), 0 for A to 25 for Z.

    Each is a random letter of a random font ("bold": 4, "all": 22), turned by up to `rotation` degrees, moved by up to
    `shift` pixels each way and sized by a factor within `scale`. Integer arithmetic on NumPy's frozen RandomState stream:
    the same bytes on every machine.
    """
    _check_letters(n, seed, fonts, rotation, shift, scale)
    masters, random = _masters(fonts), np.random.RandomState(seed)
    labels = random.randint(0, 26, n)
    font = random.randint(0, len(masters), n)
    angle, size = np.deg2rad(random.uniform(-rotation, rotation, n)), random.uniform(*scale, n)
    dx, dy = random.uniform(-shift, shift, n), random.uniform(-shift, shift, n)
    cos, sin = (np.rint(f(angle) / size * ZOOM * ONE).astype(np.int32) for f in (np.cos, np.sin))
    centre = MASTER // 2 * ONE + ONE // 2
    u0, v0 = (np.rint(centre - np.rint(a)).astype(np.int32) for a in (cos * dx + sin * dy, cos * dy - sin * dx))
    starts = ((font * 26 + labels) * MASTER**2).astype(np.int32)
    y, x = (g.ravel().astype(np.int32) for g in np.indices((SIDE, SIDE)) - SIDE // 2)
    images = np.empty((n, SIDE * SIDE), np.float32)
    for start in range(0, n, 8192):
        part = slice(start, start + 8192), None
        u = (cos[part] * x + sin[part] * y + u0[part]) >> 16  # the master pixel under each image pixel
        v = (cos[part] * y - sin[part] * x + v0[part]) >> 16
        inside = (u >= 0) & (u < MASTER) & (v >= 0) & (v < MASTER)
        ink = masters.ravel()[np.where(inside, starts[part] + v * MASTER + u, 0)]
        images[part[0]] = (ink >= 8) & inside
    return images, labels.astype(np.int64)


def _check_letters(n, seed, fonts, rotation, shift, scale):
    check_whole("letters takes n as a whole number from 1", n, 1)
    _check_seed("letters", seed)
    if not isinstance(fonts, str) or fonts not in ("bold", "all"):
        raise ValueError(f'letters takes fonts="bold" or fonts="all", got {fonts!r}')
    check_number("letters takes rotation as degrees from 0 to 180", rotation, 0, 180)
    check_number(f"letters takes shift as pixels from 0 to {SIDE}", shift, 0, SIDE)
    if not isinstance(scale, (tuple, list)) or len(scale) != 2:
        raise TypeError(f"letters takes scale as a pair (smallest, largest), got {scale!r}")
    check_number("letters takes the smallest scale from 0.25", scale[0], 0.25, 4)
    check_number("letters takes the largest scale from the smallest to 4", scale[1], scale[0], 4)


def circle(n, noise=0, seed=0):
    """n points of a disc of radius 5: label 1 within 2.5, label 0 beyond 3.5 (TensorFlow Playground)."""
    labels, random = _playground("circle", n, noise, seed)
    radius = np.where(labels == 1, random.uniform(0, 2.5, n), random.uniform(3.5, 5, n))
    angle = random.uniform(0, 2 * np.pi, n)
    x = radius[:, None] * np.c_[np.sin(angle), np.cos(angle)]
    return x + noise * random.uniform(-5, 5, (n, 2)), labels


def xor(n, noise=0, seed=0):
    """n points of the square of side 10.6: label 1 where both coordinates have one sign, 0.3 around the axes left empty
    (TensorFlow Playground)."""
    labels, random = _playground("xor", n, noise, seed)
    sign = random.choice([-1, 1], n)
    x = random.uniform(0.3, 5.3, (n, 2)) * np.c_[sign, sign * (2 * labels - 1)]
    return x + noise * random.uniform(-5, 5, (n, 2)), labels


def blobs(n, noise=0, seed=0):
    """n points around (2, 2), label 1, and (-2, -2), label 0; variance 0.5 + 7 noise (TensorFlow Playground)."""
    labels, random = _playground("blobs", n, noise, seed)
    centre = np.where(labels == 1, 2.0, -2.0)[:, None]
    return centre + np.sqrt(0.5 + 7 * noise) * random.standard_normal((n, 2)), labels


def spiral(n, noise=0, seed=0):
    """n points on two arms of 1.75 turns from the centre to radius 5, one label each (TensorFlow Playground)."""
    labels, random = _playground("spiral", n, noise, seed)
    along = np.empty(n)
    for label in (0, 1):
        along[labels == label] = np.linspace(0, 1, np.sum(labels == label), endpoint=False)
    angle = 1.75 * 2 * np.pi * along + np.where(labels == 1, 0, np.pi)
    x = 5 * along[:, None] * np.c_[np.sin(angle), np.cos(angle)]
    return x + noise * random.uniform(-1, 1, (n, 2)), labels


def _playground(who, n, noise, seed):
    """Balanced labels in random order, and the generator that drew them."""
    check_whole(f"{who} takes n as a whole number from 2", n, 2)
    check_number(f"{who} takes noise from 0 to 1", noise, 0, 1)
    _check_seed(who, seed)
    random = np.random.default_rng(seed)
    return random.permutation(np.arange(n) % 2).astype(np.int64), random


def _check_seed(who, seed):
    check_whole(f"{who} takes seed as a whole number from 0", seed, 0, 2**32 - 1)


def _table(who, name, a, ndim=None):
    """a as an array of real, finite numbers with this many axes and at least one row, or the error that says what is wrong."""
    a = real_array(who, name, a)
    if a.ndim < 1 or (ndim and a.ndim != ndim) or not a.size:
        raise ValueError(f"{who} takes {name} with {ndim or 'at least 1'} axes and at least one row, got shape {a.shape}")
    check_finite(who, name, a)
    return a


def one_hot(labels, n_classes):
    """Labels (N,), 0 to n_classes - 1, as float32 rows (N, n_classes) with a single 1 each."""
    check_whole("one_hot takes n_classes as a whole number from 1", n_classes, 1)
    labels = _table("one_hot", "labels", labels, 1)
    if labels.dtype.kind not in "iu":
        raise TypeError(f"one_hot takes whole-number labels, got dtype {labels.dtype}: convert with labels.astype(int)")
    if labels.min() < 0 or labels.max() >= n_classes:
        raise ValueError(f"one_hot takes labels from 0 to {n_classes - 1}, got {labels.min()} to {labels.max()}")
    rows = np.zeros((len(labels), n_classes), np.float32)
    rows[np.arange(len(labels)), labels] = 1
    return rows


def split(x, t, fraction, seed=0):
    """(x_a, t_a), (x_b, t_b): shuffled rows, round(fraction N) of them in a, both parts non-empty."""
    x, t = _table("split", "x", x), _table("split", "t", t)
    check_number("split takes fraction, the share of the first part, between 0 and 1", fraction, 0, 1)
    _check_seed("split", seed)
    if len(x) != len(t):
        raise ValueError(f"split takes one target for each example, got {len(x)} examples and {len(t)} targets")
    n_a = round(len(x) * fraction)
    if not 0 < n_a < len(x):
        raise ValueError(f"split takes a fraction that leaves both parts some, got {fraction!r} of {len(x)} examples")
    order = np.random.default_rng(seed).permutation(len(x))
    return (x[order[:n_a]], t[order[:n_a]]), (x[order[n_a:]], t[order[n_a:]])


def standardize(x_train, *others):
    """(x - mean) / sd, column by column, with x_train's mean and sd for all; constant columns become 0. Returns a tuple."""
    tables = [_table("standardize", "x", x, 2) for x in (x_train, *others)]
    if any(x.shape[1] != tables[0].shape[1] for x in tables):
        raise ValueError(f"standardize takes tables with the same columns, got shapes {[x.shape for x in tables]}")
    mean, sd = tables[0].mean(axis=0, dtype=np.float64), tables[0].std(axis=0, dtype=np.float64)
    constant = tables[0].min(axis=0) == tables[0].max(axis=0)
    scaled = [np.where(constant, 0, (x - mean) / np.where(constant, 1, sd)) for x in tables]
    return tuple(z.astype(x.dtype if x.dtype.kind == "f" else np.float64) for z, x in zip(scaled, tables, strict=True))
