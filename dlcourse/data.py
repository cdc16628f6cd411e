"""Data, all of it offline: digits, generated letters, four playground sets, photographs, helpers.

Labels are int64, images and one-hot rows float32, the two-dimensional sets float64. Every set is
the same for the same seed.
"""

import functools
import pathlib

import numpy as np

from dlcourse.guard import checks
from dlcourse.guard.checks import number, same_length, table, takes, whole

FILES = pathlib.Path(__file__).parent / "files"
SIDE, MASTER = 17, 128  # pixels of a letter's side, and of the side of the master it is drawn from
ZOOM = 4  # master pixels to a pixel
ONE = 1 << 16  # 1.0 in 16-bit fixed point
SQUARE = 64  # pixels of a cutting's side
CUTTINGS = {  # part: (photograph, first and last column, rows and columns of cuttings)
    "left": [("cat", 0, 96, 6, 3), ("astronaut", 0, 75, 3, 3), ("rocket", 0, 112, 3, 3)],
    "right": [("cat", 96, 192, 6, 3), ("astronaut", 75, 150, 3, 3), ("rocket", 113, 225, 3, 3)],
    "coffee": [("coffee", 0, 225, 3, 6)],
}
SEED = whole(0, 2**32 - 1)
PART = number(0, 1, "the share of the first part, a number from 0 to 1")
POINTS = takes(n=whole(2), noise=number(0, 1), seed=SEED)


def digits():
    """10,000 real handwritten digits: images (10000, 784) in [0, 1], labels (10000,) 0 to 9.

    An image is 28 x 28 numbers, row by row, ink 1. They are the first 10,000 of MNIST's training
    set (LeCun, Cortes & Burges 1998), shuffled once when the file was built.
    """
    with np.load(FILES / "digits.npz") as file:
        return file["images"].astype(np.float32) / 255, file["labels"].astype(np.int64)


@functools.cache
def _masters(fonts):
    """(F, 26, 128, 128) uint8: how many of each master pixel's 4 x 4 neighbours are ink."""
    with np.load(FILES / "letters.npz") as file:
        names = ["bold"] if fonts == "bold" else ["bold", "other"]
        bits = np.concatenate([file[name] for name in names])
    ink = np.unpackbits(bits).reshape(-1, 26, MASTER, MASTER)
    ink = np.pad(ink, ((0, 0), (0, 0), (2, 1), (2, 1)))
    rows = sum(ink[:, :, i : i + MASTER] for i in range(ZOOM))
    return sum(rows[..., j : j + MASTER] for j in range(ZOOM))


@takes(
    n=whole(1),
    seed=SEED,
    fonts=checks.one_of("bold", "all"),
    rotation=number(0, 180, "degrees from 0 to 180"),
    shift=number(0, SIDE, f"pixels from 0 to {SIDE}"),
    scale=checks.range_within(0.25, 4),
)
def letters(n, seed=0, *, fonts="bold", rotation=15, shift=0.75, scale=(0.9, 1.14)):
    """n generated capitals: images (n, 289) of 0 and 1, labels (n,), 0 for A to 25 for Z.

    An image is 17 x 17 numbers, row by row, ink 1. Each is a random letter of a random font
    ("bold": 4, "all": 22), turned by up to `rotation` degrees, moved by up to `shift` pixels each
    way and sized by a factor within `scale`. The random numbers are NumPy's frozen RandomState
    stream; turn, size and shift are rounded to 16-bit fixed point, and pixels are looked up in
    integers, so that a last digit in which two machines' sines differ is lost in the rounding.
    """
    masters, random = _masters(fonts), np.random.RandomState(seed)
    labels = random.randint(0, 26, n)
    font = random.randint(0, len(masters), n)
    angle, size = np.deg2rad(random.uniform(-rotation, rotation, n)), random.uniform(*scale, n)
    dx, dy = random.uniform(-shift, shift, n), random.uniform(-shift, shift, n)
    cos, sin = (np.rint(f(angle) / size * ZOOM * ONE).astype(np.int32) for f in (np.cos, np.sin))
    centre = MASTER // 2 * ONE + ONE // 2
    u0, v0 = (
        np.rint(centre - np.rint(a)).astype(np.int32)
        for a in (cos * dx + sin * dy, cos * dy - sin * dx)
    )
    starts = ((font * 26 + labels) * MASTER**2).astype(np.int32)
    y, x = (g.ravel().astype(np.int32) for g in np.indices((SIDE, SIDE)) - SIDE // 2)
    images = np.empty((n, SIDE * SIDE), np.float32)
    for start in range(0, n, 8192):
        part = slice(start, start + 8192), None
        # the master pixel (u, v) under each image pixel
        u = (cos[part] * x + sin[part] * y + u0[part]) >> 16
        v = (cos[part] * y - sin[part] * x + v0[part]) >> 16
        inside = (u >= 0) & (u < MASTER) & (v >= 0) & (v < MASTER)
        ink = masters.ravel()[np.where(inside, starts[part] + v * MASTER + u, 0)]
        images[part[0]] = (ink >= 8) & inside
    return images, labels.astype(np.int64)


def photographs():
    """{"cat", "astronaut", "rocket", "coffee"}: colour photographs (150, W, 3), uint8.

    The rows from the top, then the columns, then red, green and blue. CC0 or in the public domain:
    who took them stands in files/README.md.
    """
    with np.load(FILES / "photographs.npz") as file:
        return {name: file[name] for name in file.files}


@takes(part=checks.one_of("left", "right", "coffee"))
def cuttings(part):
    """Squares of 64 x 64 dots cut out of the photographs: images (N, 12288) in [0, 1], labels (N,).

    An image is its dots row by row, red, green and blue of each; label 1 is the cat, 0 another
    photograph. "left" and "right" are 18 cuttings of the cat and 18 of astronaut and rocket, from
    the two halves of each photograph, which share no dot; the cat's end where the cat does.
    "coffee" is 18 cuttings of the fourth photograph. Neighbours overlap.
    """
    photos, images, labels = photographs(), [], []
    for name, low, high, n_rows, n_columns in CUTTINGS[part]:
        photo = photos[name]
        for top in np.rint(np.linspace(0, len(photo) - SQUARE, n_rows)).astype(int):
            for left in np.rint(np.linspace(low, high - SQUARE, n_columns)).astype(int):
                images.append(photo[top : top + SQUARE, left : left + SQUARE].ravel())
                labels.append(name == "cat")
    return np.array(images, np.float32) / 255, np.array(labels, np.int64)


@POINTS
def circle(n, noise=0, seed=0):
    """n points of a disc of radius 5: label 1 within 2.5, label 0 beyond 3.5.

    TensorFlow Playground.
    """
    labels, random = _playground(n, seed)
    radius = np.where(labels == 1, random.uniform(0, 2.5, n), random.uniform(3.5, 5, n))
    angle = random.uniform(0, 2 * np.pi, n)
    x = radius[:, None] * np.c_[np.sin(angle), np.cos(angle)]
    return x + noise * random.uniform(-5, 5, (n, 2)), labels


@POINTS
def xor(n, noise=0, seed=0):
    """n points of a square of side 10.6: label 1 where both coordinates have one sign.

    0.3 around the axes is left empty (TensorFlow Playground).
    """
    labels, random = _playground(n, seed)
    sign = random.choice([-1, 1], n)
    x = random.uniform(0.3, 5.3, (n, 2)) * np.c_[sign, sign * (2 * labels - 1)]
    return x + noise * random.uniform(-5, 5, (n, 2)), labels


@POINTS
def blobs(n, noise=0, seed=0):
    """n points around (2, 2), label 1, and (-2, -2), label 0; variance 0.5 + 7 noise.

    TensorFlow Playground.
    """
    labels, random = _playground(n, seed)
    centre = np.where(labels == 1, 2.0, -2.0)[:, None]
    return centre + np.sqrt(0.5 + 7 * noise) * random.standard_normal((n, 2)), labels


@POINTS
def spiral(n, noise=0, seed=0):
    """n points on two arms of 1.75 turns from the centre to radius 5, one label each.

    TensorFlow Playground.
    """
    labels, random = _playground(n, seed)
    along = np.empty(n)
    for label in (0, 1):
        along[labels == label] = np.linspace(0, 1, np.sum(labels == label), endpoint=False)
    angle = 1.75 * 2 * np.pi * along + np.where(labels == 1, 0, np.pi)
    x = 5 * along[:, None] * np.c_[np.sin(angle), np.cos(angle)]
    return x + noise * random.uniform(-1, 1, (n, 2)), labels


def _playground(n, seed):
    """Balanced labels in random order, and the generator that drew them."""
    random = np.random.default_rng(seed)
    return random.permutation(np.arange(n) % 2).astype(np.int64), random


@takes(labels=checks.labels, n_classes=whole(1))
def one_hot(labels, n_classes):
    """Labels (N,), 0 to n_classes - 1, as float32 rows (N, n_classes) with a single 1 each."""
    if labels.min() < 0 or labels.max() >= n_classes:
        found = f"{labels.min()} to {labels.max()}"
        raise ValueError(f"one_hot takes labels from 0 to {n_classes - 1}, got {found}")
    rows = np.zeros((len(labels), n_classes), np.float32)
    rows[np.arange(len(labels)), labels] = 1
    return rows


@takes(x=table(), t=table(), fraction=PART, seed=SEED)
def split(x, t, fraction, seed=0):
    """(x_a, t_a), (x_b, t_b): shuffled rows, round(fraction N) of them in a, neither part empty."""
    same_length("split", x, t)
    n_a = round(len(x) * fraction)
    if not 0 < n_a < len(x):
        words = f"a fraction that leaves both parts some, got {fraction!r} of {len(x)} examples"
        raise ValueError(f"split takes {words}")
    order = np.random.default_rng(seed).permutation(len(x))
    return (x[order[:n_a]], t[order[:n_a]]), (x[order[n_a:]], t[order[n_a:]])


def standardize(x_train, *others):
    """(x - mean) / sd, column by column, with x_train's mean and sd for all. Returns a tuple.

    Constant columns become 0.
    """
    tables = [table(ndim=2)("standardize", "x", x) for x in (x_train, *others)]
    if any(x.shape[1] != tables[0].shape[1] for x in tables):
        shapes = [x.shape for x in tables]
        raise ValueError(f"standardize takes tables with the same columns, got shapes {shapes}")
    mean, sd = tables[0].mean(axis=0, dtype=np.float64), tables[0].std(axis=0, dtype=np.float64)
    constant = tables[0].min(axis=0) == tables[0].max(axis=0)
    scaled = [np.where(constant, 0, (x - mean) / np.where(constant, 1, sd)) for x in tables]
    dtypes = [x.dtype if x.dtype.kind == "f" else np.float64 for x in tables]
    return tuple(z.astype(dtype) for z, dtype in zip(scaled, dtypes, strict=True))
