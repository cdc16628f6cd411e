"""The bytes of the digits and letters, the geometry of the playground's sets, and the helpers."""

import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

import numpy as np
import pytest

import dlcourse
from dlcourse import data

ROOT = pathlib.Path(__file__).resolve().parent.parent
COUNTS = [1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]
IMAGES_SHA256 = "01a649acf97bc53c9bbc1a378d3087f5a8f67ccf25746dab384bcbe11feed658"
LABELS_SHA256 = "e72996c710bf1af21bb8a23cdd1d782224270379d3bccd54d66aa2c07de97e75"
PHOTOGRAPHS_SHA256 = {
    "cat": "8b3285567fb2b58ff603ba91c6c68ba48cf8d18308b844dd63aa71d44b43d395",
    "astronaut": "77e5f8ae0cb0c6bdf4dd112a389013a1a6c2ca037ac149db2c9ca70e5a6cdfb7",
    "rocket": "80f9d23627cf5791385d1d3f2f9a7a9fb284f04062d2ce0467495d2f0b797f39",
    "coffee": "da26ffb53fa5d39af1c89d98049d7bd4f6fe3b140c5a5c4a4c8614d22b7608ec",
}
SIDE = 17


def sha256(a):
    return hashlib.sha256(a.tobytes()).hexdigest()


def test_digits_are_the_real_ones():
    """The first 10,000 of MNIST's training set: their counts, and every byte."""
    images, labels = data.digits()
    assert images.shape == (10_000, 784) and images.dtype == np.float32
    assert labels.shape == (10_000,) and labels.dtype == np.int64
    assert images.min() == 0 and images.max() == 1 and np.bincount(labels).tolist() == COUNTS
    with np.load(data.FILES / "digits.npz", allow_pickle=False) as stored:
        assert (
            sha256(stored["images"]) == IMAGES_SHA256 and sha256(stored["labels"]) == LABELS_SHA256
        )
    assert sha256(np.rint(255 * images).astype(np.uint8)) == IMAGES_SHA256
    assert sha256(labels.astype(np.uint8)) == LABELS_SHA256


def test_digits_are_shuffled_and_the_callers_own():
    images, labels = data.digits()
    assert len(set(labels[:50])) == 10 and abs(np.corrcoef(np.arange(10_000), labels)[0, 1]) < 0.03
    images[:] = 0
    assert data.digits()[0].max() == 1


def test_digits_load_from_anywhere_after_a_plain_install(tmp_path):
    """Not from the repository's folder: a wheel without the data files would fail here."""
    source, target, elsewhere = (tmp_path / name for name in ("source", "target", "elsewhere"))
    elsewhere.mkdir()
    shutil.copytree(
        ROOT / "dlcourse", source / "dlcourse", ignore=shutil.ignore_patterns("__pycache__")
    )
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    install = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--target",
        target,
        source,
    ]
    # a path from another folder
    no_limits = {name: value for name, value in os.environ.items() if name != "PIP_CONSTRAINT"}
    subprocess.run(
        install, check=True, cwd=elsewhere, capture_output=True, text=True, env=no_limits
    )
    code = (
        "import dlcourse, numpy as np; from dlcourse import data; x, y = data.digits(); "
        "print(dlcourse.__file__); print(np.bincount(y).tolist()); print(data.letters(3)[0].shape)"
    )
    environment = {**os.environ, "PYTHONPATH": str(target)}
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=elsewhere,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    file, counts, shape = run.stdout.splitlines()
    assert (
        pathlib.Path(file).is_relative_to(target) and counts == str(COUNTS) and shape == "(3, 289)"
    )
    assert pathlib.Path(dlcourse.__file__).is_relative_to(ROOT)


@pytest.mark.parametrize(
    "arguments, settings, start",
    [
        ((40_960,), {}, "d2b96560d9ac09ca"),
        ((10_000, 1), {}, "762bf3754b4f0b0e"),
        ((1000, 0), {"fonts": "all", "rotation": 20, "shift": 1.5}, "72777828ea85837e"),
    ],
)
def test_letters_are_the_same_bytes_everywhere(arguments, settings, start):
    x, y = data.letters(*arguments, **settings)
    assert x.shape == (arguments[0], SIDE * SIDE) and x.dtype == np.float32 and y.dtype == np.int64
    found = hashlib.sha256(
        np.rint(x * 16).astype(np.uint8).tobytes() + y.astype(np.uint8).tobytes()
    ).hexdigest()
    assert found.startswith(start)


def test_letters_have_ink_and_every_capital():
    x, y = data.letters(10_000)
    assert set(np.unique(x)) == {0, 1} and x.mean() == pytest.approx(0.336, abs=0.002)
    assert np.unique(y).tolist() == list(range(26)) and np.bincount(y).min() > 300
    assert x.sum(axis=1).min() > 0


def test_letters_move_and_turn_as_they_are_told():
    still, labels = data.letters(500, rotation=0, shift=0, scale=(1, 1))
    # four fonts, nothing else
    assert all(len(np.unique(still[labels == k], axis=0)) <= 4 for k in range(26))
    moved, same = data.letters(500, rotation=0, shift=3, scale=(1, 1))
    rows, columns = np.indices((SIDE, SIDE))
    spread = [
        np.std(images.reshape(500, -1) @ rows.ravel() / images.sum(axis=1))
        for images in (still, moved)
    ]
    assert np.array_equal(labels, same) and spread[1] > 1.5 * spread[0]
    assert (
        data.letters(500, scale=(2, 2))[0].mean() > 1.5 * data.letters(500, scale=(1, 1))[0].mean()
    )


def test_small_letters_stand_alone_on_empty_ground():
    tiny = data.letters(500, rotation=0, shift=0, scale=(0.25, 0.25))[0].reshape(-1, SIDE, SIDE)
    middle = tiny[:, 6:11, 6:11]  # what is around a letter is no other letter
    assert middle.any(axis=(1, 2)).all() and middle.sum() == tiny.sum()


# four points with labels 0 0 1 1: texts and figures of the lessons rest on these very numbers
POINTS = {
    data.circle: [[-2.890, 0.151], [1.895, 4.801], [-2.589, 0.884], [-1.880, 0.353]],
    data.xor: [[-2.579, 2.532], [-2.185, 2.326], [-1.202, -4.768], [-5.381, -0.700]],
    data.blobs: [[-0.719, -1.790], [-3.071, -1.277], [4.608, 3.894], [0.593, -0.531]],
    data.spiral: [[-0.459, -0.483], [2.081, -1.355], [0.107, 0.229], [-1.724, 2.203]],
}
SETS = list(POINTS)


@pytest.mark.parametrize("make", SETS, ids=lambda f: f.__name__)
def test_playground_points_are_the_same_everywhere(make):
    x, labels = make(4, 0.5)
    assert x == pytest.approx(np.array(POINTS[make]), abs=6e-4) and labels.tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize("make", SETS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("n", [2, 7, 200])
def test_playground_sets_are_balanced_and_seeded(make, n):
    x, labels = make(n, noise=0.1, seed=3)
    assert x.shape == (n, 2) and x.dtype == np.float64 and labels.dtype == np.int64
    assert np.bincount(labels).tolist() == [n - n // 2, n // 2]
    assert np.array_equal(make(n, 0.1, 3)[0], x) and not np.array_equal(make(n, 0.1, 4)[0], x)
    assert not np.array_equal(make(n, 0.2, 3)[0], x)


def test_the_geometry_of_the_playground():
    x, labels = data.circle(1000)
    radius = np.linalg.norm(x, axis=1)
    assert (
        radius[labels == 1].max() <= 2.5 and 3.5 <= radius[labels == 0].min() <= radius.max() <= 5
    )
    x, labels = data.xor(1000)
    assert (
        np.array_equal(labels, x[:, 0] * x[:, 1] > 0)
        and 0.3 <= np.abs(x).min() <= np.abs(x).max() <= 5.3
    )
    assert len({(a, b) for a, b in np.sign(x)}) == 4
    x, labels = data.blobs(4000)
    for label, centre in ((0, -2), (1, 2)):
        assert x[labels == label].mean(axis=0) == pytest.approx([centre, centre], abs=0.06)
        assert x[labels == label].var() == pytest.approx(0.5, abs=0.05)
    x, labels = data.spiral(1000)
    radius, angle = np.linalg.norm(x, axis=1), np.arctan2(x[:, 0], x[:, 1])
    turned = np.exp(1j * (1.75 * 2 * np.pi * radius / 5 + np.where(labels == 1, 0, np.pi)))
    assert np.allclose(np.exp(1j * angle)[radius > 0], turned[radius > 0])
    for label in (0, 1):
        assert np.sort(radius[labels == label]) == pytest.approx(np.arange(500) / 100)


def test_photographs_are_the_ones_that_were_stored():
    photos = data.photographs()
    assert {name: sha256(photo) for name, photo in photos.items()} == PHOTOGRAPHS_SHA256
    assert all(
        photo.dtype == np.uint8 and photo.shape[::2] == (150, 3) for photo in photos.values()
    )


@pytest.mark.parametrize(
    ("part", "n", "cats"), [("left", 36, 18), ("right", 36, 18), ("coffee", 18, 0)]
)
def test_cuttings_are_squares_of_the_photographs(part, n, cats):
    images, labels = data.cuttings(part)
    assert images.shape == (n, 12288) and images.dtype == np.float32
    assert labels.dtype == np.int64 and labels.sum() == cats and labels[:cats].all()
    assert 0 <= images.min() < images.max() <= 1 and len(np.unique(images, axis=0)) == n
    name, low = ("coffee", 0) if part == "coffee" else ("cat", 0 if part == "left" else 96)
    first = data.photographs()[name][:64, low : low + 64]
    assert np.array_equal(np.rint(255 * images[0]).astype(np.uint8), first.ravel())


def test_what_is_learned_and_what_is_asked_share_no_dot():
    for (name, low, high, *_), (same, begin, end, *_) in zip(
        data.CUTTINGS["left"], data.CUTTINGS["right"], strict=True
    ):
        assert name == same and low < high <= begin < end <= data.photographs()[name].shape[1]


def test_cuttings_are_the_callers_own():
    data.cuttings("left")[0][:] = 0
    data.photographs()["cat"][:] = 0
    assert data.cuttings("left")[0].max() > 0.5


def test_labels_come_in_random_order():
    for make in SETS:
        labels = make(200)[1]
        assert 60 < np.sum(labels[1:] != labels[:-1]) < 140, make


def test_one_hot():
    rows = data.one_hot([2, 0, 1, 2], 4)
    assert (
        rows.tolist() == [[0, 0, 1, 0], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]]
        and rows.dtype == np.float32
    )
    assert data.one_hot(np.array([1], np.uint8), 2).tolist() == [[0, 1]]


@pytest.mark.parametrize(
    "fraction, sizes", [(0.8, (8, 2)), (0.25, (2, 8)), (0.05, None), (0.5, (5, 5))]
)
def test_split(fraction, sizes):
    x, t = np.arange(20).reshape(10, 2), np.arange(10)
    if sizes is None:
        with pytest.raises(ValueError, match="leaves both parts some"):
            data.split(x, t, fraction)
        return
    (x_a, t_a), (x_b, t_b) = data.split(x, t, fraction, seed=1)
    assert (len(x_a), len(x_b)) == sizes == (len(t_a), len(t_b))
    assert sorted([*t_a, *t_b]) == list(range(10)) and [*t_a, *t_b] != list(range(10))
    assert np.array_equal(x_a[:, 0], 2 * t_a) and np.array_equal(x_b[:, 0], 2 * t_b)
    assert np.array_equal(data.split(x, t, fraction, seed=1)[0][1], t_a)
    assert np.array_equal(
        data.split(x, t, fraction)[0][1], data.split(x, t, fraction, seed=0)[0][1]
    )
    x_a[:] = -1
    assert x.min() == 0  # the parts are copies


def test_standardize():
    train, other = np.array([[1.0, 5, 2], [3, 5, 6]]), np.array([[2.0, 9, 0]])
    a, b = data.standardize(train, other)
    assert a.tolist() == [[-1, 0, -1], [1, 0, 1]] and b.tolist() == [[0, 0, -2]]
    assert train[0, 0] == 1
    (single,) = data.standardize(train.astype(np.float32))
    assert single.dtype == np.float32 and data.standardize(train.astype(int))[0].dtype == np.float64


def test_standardize_adds_in_float64():
    x = 1000 + np.random.default_rng(0).standard_normal((10_000, 2)).astype(np.float32)
    assert data.standardize(x)[0] == pytest.approx(
        data.standardize(x.astype(np.float64))[0], abs=1e-6
    )


@pytest.mark.parametrize("value", [0.1, 1e6 + 0.1, 1e-20])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_standardize_makes_constant_columns_0(value, dtype):
    column = np.full((1001, 1), value, dtype)  # whose mean is not exactly the value
    assert not data.standardize(column)[0].any()
