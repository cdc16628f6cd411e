"""Lesson 15, your handwriting: drawings made ready, read, explained, kept; shifts; photographs.

First what is computed, then what is drawn of it. A function `show_...` draws and displays, with the
sentence for those who cannot see the picture; a method `draw` stands behind a pad. A drawing is an
array (112, 112) from 0, paper, to 1, ink, as `live.Pad` sends it.
"""

import io
import math
import subprocess
import sys
import zipfile
from dataclasses import dataclass

import numpy as np
from matplotlib.collections import PolyCollection

from dlcourse import (
    activations,
    data,
    initializers,
    losses,
    network,
    optimizers,
    plots,
    training,
)
from dlcourse.drawing.sheet import arrow, box, say, sheet
from dlcourse.drawing.style import BLUE, GREY, INK, ORANGE, PALE, new_figure
from dlcourse.guard.files import checked_path, write_whole

PAD, SIDE, BOX = 112, 28, 20  # pixels of a side: of a drawing, of a digit, of the box it fills
LETTER, CAP = 17, 15  # pixels of a letter's side, and of its height in it
LEARNED = 6000  # of the 10,000 digits; the others are held out
DIGITS, LETTERS = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

# How a program draws: strokes through points, in hundredths of the height to the right and down.
STROKES = {
    "0": "62 3, 30 8, 12 42, 22 86, 50 98, 80 80, 88 42, 74 10, 55 3",
    "1": "50 0, 50 50, 50 100",
    "2": "12 25, 28 5, 58 0, 82 20, 74 45, 45 72, 10 100 | 10 100, 50 98, 90 97",
    "3": "15 10, 45 0, 75 13, 72 35, 42 47 | 42 47, 75 57, 82 80, 50 100, 12 90",
    "4": "30 0, 15 50 | 15 50, 90 50 | 72 5, 66 100",
    "5": "82 2, 30 2 | 30 2, 24 42 | 24 42, 55 36, 82 58, 72 88, 42 100, 12 90",
    "6": "66 0, 34 25, 16 62, 26 92, 55 100, 78 82, 68 58, 42 54, 20 70",
    "7": "10 5, 88 3 | 88 3, 60 50, 42 100",
    "8": "78 12, 50 0, 24 14, 36 40, 66 58, 80 82, 50 100, 20 84, 34 56, 68 36, 78 12",
    "9": "78 20, 55 2, 25 14, 22 40, 50 50, 76 30, 80 12 | 80 12, 76 60, 62 100",
    "A": "5 100, 50 0 | 50 0, 95 100 | 20 65, 80 65",
    "B": "15 0, 15 100 | 15 0, 60 2, 75 20, 60 45, 15 48 | 15 48, 65 50, 85 75, 65 98, 15 100",
    "C": "88 18, 60 0, 25 15, 10 50, 25 87, 60 100, 90 82",
    "D": "12 0, 12 100 | 12 0, 55 3, 85 25, 88 60, 65 93, 12 100",
    "E": "15 0, 15 100 | 15 0, 85 0 | 15 50, 75 50 | 15 100, 88 100",
    "F": "15 0, 15 100 | 15 0, 85 0 | 15 50, 75 50",
    "G": "85 15, 55 0, 20 20, 10 55, 30 92, 65 100, 90 85 | 90 85, 90 55 | 90 55, 55 55",
    "H": "10 0, 10 100 | 90 0, 90 100 | 10 50, 90 50",
    "I": "50 0, 50 100",
    "J": "60 0, 62 70, 45 97, 15 90",
    "K": "12 0, 12 100 | 85 0, 12 55 | 35 40, 90 100",
    "L": "15 0, 15 100 | 15 100, 85 100",
    "M": "5 100, 10 0 | 10 0, 50 70 | 50 70, 90 0 | 90 0, 95 100",
    "N": "10 100, 10 0 | 10 0, 90 100 | 90 100, 90 0",
    "O": "50 0, 20 15, 8 50, 22 87, 50 100, 80 87, 92 50, 80 13, 50 0",
    "P": "15 0, 15 100 | 15 0, 65 2, 85 27, 65 52, 15 55",
    "Q": "50 0, 20 15, 8 50, 22 87, 50 100, 80 87, 92 50, 80 13, 50 0 | 60 70, 98 108",
    "R": "15 0, 15 100 | 15 0, 65 2, 82 25, 62 50, 15 52 | 50 52, 90 100",
    "S": "82 13, 55 0, 25 10, 22 33, 50 48, 80 62, 82 86, 52 100, 15 88",
    "T": "5 0, 95 0 | 50 0, 50 100",
    "U": "10 0, 12 65, 30 95, 65 97, 87 70, 90 0",
    "V": "5 0, 50 100 | 50 100, 95 0",
    "W": "2 0, 27 100 | 27 100, 50 25 | 50 25, 73 100 | 73 100, 98 0",
    "X": "10 0, 90 100 | 90 0, 10 100",
    "Y": "8 0, 50 50 | 92 0, 50 50 | 50 50, 50 100",
    "Z": "10 0, 90 0 | 90 0, 10 100 | 10 100, 90 100",
}
NARROW = 0.75  # the width of a drawn sign, as a share of its height
PEN = 10  # the width of a line


# --- a program that draws


def drawn(name, hand=None, size=70, at=(56, 56)):
    """A drawing of the digit or capital `name`, made by a program: no hand drew it.

    It is `size` pixels high, its middle at (right, down). `hand` is a seed: each moves the points a
    little, leans and stretches, as hands do; None is the tidy one.
    """
    strokes = [_points(stroke) for stroke in STROKES[name].split("|")]
    lean, wide = 0.0, 1.0
    if hand is not None:
        rng = np.random.default_rng([hand, ord(name)])
        lean, wide = rng.uniform(-0.2, 0.2), rng.uniform(0.8, 1.2)
        strokes = [points + rng.normal(0, 0.055, points.shape) for points in strokes]
    ink = np.zeros((PAD, PAD))
    for points in strokes:
        x, y = (points - 0.5).T
        path = np.array(at) + size * np.column_stack([NARROW * wide * x - lean * y, y])
        for start, end in zip(_smooth(path)[:-1], _smooth(path)[1:], strict=True):
            ink = np.maximum(ink, _line(start, end))
    return np.rint(255 * ink) / 255


def _points(stroke):
    return np.array([point.split() for point in stroke.split(",")], float) / 100


def _smooth(points, parts=8):
    """A curve through the points (Catmull & Rom 1974); two points are a straight line."""
    if len(points) == 2:
        return points
    ends = 2 * points[0] - points[1], 2 * points[-1] - points[-2]
    p = np.vstack([ends[:1], points, ends[1:]])
    s = np.linspace(0, 1, parts, endpoint=False)[:, None]
    found = []
    for a, b, c, d in zip(p[:-3], p[1:-2], p[2:-1], p[3:], strict=True):
        bend = (2 * a - 5 * b + 4 * c - d) * s**2 + (3 * b - a - 3 * c + d) * s**3
        found.append(b + ((c - a) * s + bend) / 2)
    return np.vstack([*found, points[-1:]])


def _line(start, end):
    """A straight line of the pen's width, its edge one pixel soft."""
    y, x = np.mgrid[:PAD, :PAD] + 0.5
    along, across = end - start
    length = along**2 + across**2
    share = ((x - start[0]) * along + (y - start[1]) * across) / max(length, 1e-9)
    share = np.clip(share, 0, 1)
    distance = np.hypot(x - start[0] - share * along, y - start[1] - share * across)
    return np.clip(PEN / 2 + 0.5 - distance, 0, 1)


def ten_drawings(hand=0, size=70, at=(56, 56)):
    """The ten digits as one hand of the program draws them, (10, 112, 112)."""
    return np.array([drawn(name, hand, size, at) for name in DIGITS])


# --- made ready to be read


def shares(old, new):
    """(new, old): the share of each old pixel in each new one, if `old` pixels become `new`.

    A new pixel is the mean of what it covers, so each row adds up to 1.
    """
    width = old / new
    left, right = np.arange(old), np.arange(1, old + 1)
    begin, end = np.arange(new) * width, np.arange(1, new + 1) * width
    covered = np.minimum(end[:, None], right) - np.maximum(begin[:, None], left)
    return np.maximum(covered, 0) / width


def boxed(ink):
    """The smallest rectangle that holds all ink."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def resized(ink, scale):
    """The picture with its sides multiplied by `scale`, rounded to whole pixels."""
    height, width = (max(1, round(side * scale)) for side in ink.shape)
    return shares(ink.shape[0], height) @ ink @ shares(ink.shape[1], width).T


def centre(amounts):
    """The centre of mass of a row of amounts: the mean place, each weighed by its amount."""
    return np.arange(len(amounts)) @ amounts / amounts.sum()


def prepared(ink):
    """A drawing as MNIST's digits are: (28, 28).

    Cut to its box, made smaller (or larger) until the longer side is 20 pixels, the centre of mass
    of its ink laid on pixel 14 each way, as near as whole pixels allow, and nothing cut off. An
    empty drawing stays empty.
    """
    ready = np.zeros((SIDE, SIDE))
    if not ink.any():
        return ready
    small = boxed(ink)
    small = resized(small, BOX / max(small.shape))
    height, width = small.shape
    top = min(max(round(14 - centre(small.sum(axis=1))), 0), SIDE - height)
    left = min(max(round(14 - centre(small.sum(axis=0))), 0), SIDE - width)
    ready[top : top + height, left : left + width] = small
    return ready


def prepared_letter(ink):
    """A drawing as the course's letters are: (17, 17) of 0 and 1.

    Its box, 15 pixels high (less where it would be too wide), in the middle; a pixel is ink where
    at least 0.4 of it is covered.
    """
    ready = np.zeros((LETTER, LETTER))
    if not ink.any():
        return ready
    small = boxed(ink)
    small = resized(small, min(CAP / small.shape[0], LETTER / small.shape[1]))
    height, width = small.shape
    top, left = (LETTER - height) // 2, (LETTER - width) // 2
    ready[top : top + height, left : left + width] = small >= 0.4
    return ready


def shrunk(ink):
    """A drawing (112, 112) as 28 x 28 and nothing else: each new pixel the mean of 4 x 4."""
    return ink.reshape(SIDE, 4, SIDE, 4).mean(axis=(1, 3))


def rows_of(drawings, ready=prepared):
    """Drawings (N, 112, 112), each made ready, as rows (N, D), float32."""
    return np.array([ready(ink).ravel() for ink in drawings], np.float32)


# --- the network, and digits that move


def digits():
    """(learn, unseen): 6000 digits and the other 4000 with their one-hot rows, pairs."""
    images, labels = data.digits()
    rows = data.one_hot(labels, 10)
    return (images[:LEARNED], rows[:LEARNED]), (images[LEARNED:], rows[LEARNED:])


def moved(images, down, right):
    """Digits (N, 784), moved by whole pixels; what leaves the picture is gone, paper comes in."""
    pictures = images.reshape(-1, SIDE, SIDE)
    found = np.zeros_like(pictures)
    rows, from_rows = _overlap(down)
    columns, from_columns = _overlap(right)
    found[:, rows, columns] = pictures[:, from_rows, from_columns]
    return found.reshape(images.shape)


def _overlap(by):
    """Slices of 28 places: where what has moved by so many stands now, and where it stood."""
    low, high = max(by, 0), min(by, 0)
    return slice(low, SIDE + high), slice(low - by, SIDE + high - by)


def moved_at_random(images, most, rng):
    """Each digit moved by its own whole numbers of pixels, from -most to most each way."""
    at = rng.integers(-most, most + 1, (len(images), 2))
    found = np.empty_like(images)
    for down, right in np.unique(at, axis=0):
        rows = np.flatnonzero((at == (down, right)).all(axis=1))
        found[rows] = moved(images[rows], down, right)
    return found


def digit_net(seed=0):
    """784-300-100-10: ReLUs, He's first weights, ten logits."""
    sizes = [784, 300, 100, 10]
    return network.mlp(sizes, activations.ReLU, initializers.he, seed=seed)


def train_reader(learn, epochs, most=0, seed=0):
    """Train `digit_net` with Adam at rate 0.002, softmax cross-entropy and batches of 100.

    With `most` above 0 each digit is moved anew before every epoch, by up to so many pixels.
    """
    net, (x, t) = digit_net(seed), learn
    loss, rule = losses.SoftmaxCrossEntropy(), optimizers.Adam(0.002)
    if most == 0:
        training.fit(net, loss, rule, training.Batches(x, t, 100, seed), epochs)
        return net
    rng = np.random.default_rng(seed)
    for epoch in range(epochs):
        seen = moved_at_random(x, most, rng)
        batches = training.Batches(seen, t, 100, seed=1000 * seed + epoch)
        training.fit(net, loss, rule, batches, epochs=1)
    return net


def accuracy_moved(net, unseen, by):
    """The accuracy on digits moved by so many pixels, the mean of down, up, right and left."""
    x, t = unseen
    ways = [(by, 0), (-by, 0), (0, by), (0, -by)] if by else [(0, 0)]
    return float(np.mean([training.accuracy(net, moved(x, *way), t) for way in ways]))


# --- the answer, and the pixels that speak for it


def doubts(net, x):
    """The network's answer in shares that add up to 1: softmax of its logits (N, K)."""
    z = net.forward(x).astype(float)
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def first_two(p):
    """The labels of the largest and the second largest share of one answer (K,)."""
    second, first = np.argsort(p)[-2:]
    return int(first), int(second)


def slopes_of_pixels(net, x, dz):
    """dL/dx (N, D) where dL/d logits is dz (N, K): the error signal carried back to the pixels."""
    net.forward(x)
    delta = np.asarray(dz, net.dtype)
    for layer in reversed(net.layers):
        delta = layer.backward(delta)
    return delta


def speaks(net, x, first, second):
    """Pixel times slope of z_first - z_second, (N, D): above 0 what speaks for the first."""
    dz = np.zeros((len(x), net.forward(x[:1]).shape[1]))
    rows = np.arange(len(x))
    dz[rows, first] = 1
    dz[rows, second] = -1
    return x * slopes_of_pixels(net, x, dz)


def without_the_strongest(net, x, n, seed=None):
    """The digits x without n pixels of ink each: those that speak most for the first answer.

    With a seed, n pixels of ink at random instead.
    """
    p = doubts(net, x)
    second, first = np.argsort(p, axis=1)[:, -2:].T
    scores = speaks(net, x, first, second)
    if seed is not None:
        scores = np.random.default_rng(seed).uniform(1, 2, x.shape)
    scores = np.where(x > 0.3, scores, -np.inf)
    left = x.copy()
    np.put_along_axis(left, np.argsort(scores, axis=1)[:, -n:], 0, axis=1)
    return left


# --- a test set of one's own


def exactly(k, n, q):
    """The probability that k of n are right, if each is with probability q."""
    return math.comb(n, k) * q**k * (1 - q) ** (n - k)


def interval(k, n, tail=0.025):
    """(low, high): the accuracies that k right answers of n, at most 1000, leave possible.

    Left out are those at which k or more, or k or fewer, would come with less than `tail`
    (Clopper & Pearson 1934), by trying 1001 of them.
    """
    if not 0 < n <= 1000:
        raise ValueError(f"interval takes n from 1 to 1000, got {n!r}")
    j, q = np.arange(n + 1), np.linspace(0, 1, 1001)
    ways = np.array([math.comb(n, m) for m in j], float)
    chances = ways * q[:, None] ** j * (1 - q[:, None]) ** (n - j)
    at_least, at_most = chances[:, k:].sum(axis=1), chances[:, : k + 1].sum(axis=1)
    kept = q[np.minimum(at_least, at_most) >= tail]
    return float(kept[0]), float(kept[-1])


def keep_drawing(path, ink, label):
    """Add a drawing (112, 112) and its label 0 to 9 to the file `path`, which may not exist yet.

    The new file takes the place of the old one as a whole, with all that was in it; a file that is
    no set of drawings is refused and stays as it is. Returns how many drawings it holds now.
    """
    path = checked_path("keep_drawing", path)
    if ink is None or np.shape(ink) != (PAD, PAD) or not np.any(ink):
        raise ValueError("keep_drawing takes a drawing of 112 x 112 with ink in it: draw one first")
    if label not in range(10):
        raise ValueError(f"keep_drawing takes a label from 0 to 9, got {label!r}")
    drawings, labels = open_drawings(path) if path.exists() else (np.zeros((0, PAD, PAD)), [])
    drawings = np.concatenate([drawings, [ink]])
    content = io.BytesIO()
    shades = np.rint(255 * drawings).astype(np.uint8)
    np.savez_compressed(content, drawings=shades, labels=np.array([*labels, label], np.uint8))
    write_whole("keep_drawing", path, content.getbuffer())
    return len(drawings)


def open_drawings(path):
    """Drawings (N, 112, 112) and labels (N,) of a file that `keep_drawing` wrote; else ValueError.

    The shades are 256: what is opened and kept again is the same.
    """
    path = checked_path("open_drawings", path)
    try:
        with np.load(path, allow_pickle=False) as file:
            shades, labels = file["drawings"], file["labels"]
    except FileNotFoundError:
        raise
    except (ValueError, KeyError, TypeError, EOFError, OSError, zipfile.BadZipFile):
        raise ValueError(f"{path} is no set of drawings, or it is damaged: move it away") from None
    if shades.shape != (len(labels), PAD, PAD) or shades.dtype != np.uint8 or max(labels) > 9:
        raise ValueError(f"{path} holds other things than drawings: move it away")
    return shades / 255, labels.astype(np.int64)


# --- photographs


def l_layer_model(x, t, sizes, lr, n_steps, seed=0):
    """ReLU layers and a last logit from He's weights, plain descent on all examples at once.

    Returns (net, costs): the cost before each step.
    """
    net = network.mlp(sizes, activations.ReLU, initializers.he, seed=seed)
    loss, rule = losses.SigmoidCrossEntropy(), optimizers.SGD(lr)
    history = training.fit(net, loss, rule, [(x, t)], epochs=n_steps)
    return net, history.loss


# --- a network opened elsewhere


def run_elsewhere(program, folder):
    """Run the text of a program in another process; sys.argv[1] is the folder there.

    A browser has no other process: it runs in this one, with none of its variables.
    """
    if sys.platform != "emscripten":
        subprocess.run([sys.executable, "-c", program, str(folder)], check=True)
        return
    before = sys.argv
    sys.argv = ["-c", str(folder)]
    try:
        exec(program, {"__name__": "__main__"})
    finally:
        sys.argv = before


# --- what stands behind the pads


@dataclass
class Reader:
    """A network that reads what is drawn on a pad.

    names: what its outputs are called, a text with a character each; ready: what makes a drawing
    (112, 112) a picture for it; example: the drawing that is read while the pad is empty.
    """

    net: network.Sequential
    names: str
    ready: callable
    example: np.ndarray

    def answer(self, ink):
        """(picture, shares): the drawing made ready, (S, S), and the answer (K,)."""
        picture = self.ready(self.example if ink is None else ink)
        return picture, doubts(self.net, _row(picture))[0]

    def draw(self, ax=None, ink=None):
        """A drawn sign, made ready for the network; a bar for each possible answer, the highest
        at its share of 1; and its pixels, blue where they speak for the answer, red against it."""
        ax = reading_axes() if ax is None else ax
        picture, p = self.answer(ink)
        first, second = first_two(p)
        scores = speaks(self.net, _row(picture), [first], [second])[0].reshape(picture.shape)
        ax[0].imshow(picture, cmap="gray_r", vmin=0, vmax=1)
        ax[0].set_title("what it sees")
        _bars(ax[1], p, first)
        ax[1].set(xticks=np.arange(len(p)), xlim=(-0.7, len(p) - 0.3), ylim=(0, 1))
        ax[1].set_xticklabels(list(self.names))
        ax[1].set(yticks=[0, 0.5, 1], title=_answered(self.names, p))
        largest = np.abs(scores).max() or 1
        ax[2].imshow(scores, cmap="RdBu", vmin=-largest, vmax=largest)
        ax[2].set_title(f"blue: for {self.names[first]}, red: for {self.names[second]}")
        for a in (ax[0], ax[2]):
            _frame(a)
        return ax

    def say(self, ink=None):
        """The answer in words."""
        p = self.answer(ink)[1]
        whose = "The stored drawing" if ink is None else "Your drawing"
        return f"{whose} is read as {_answered(self.names, p)}."


@dataclass
class Collection:
    """A test set of one's own: what `reader` makes of the drawings in the file `path`.

    While there is no file, `examples`, ten drawings of the digits, take their place.
    """

    reader: Reader
    path: str
    examples: np.ndarray

    def drawings(self):
        """(drawings, labels), and whether they are the file's."""
        if checked_path("Collection", self.path).exists():
            return (*open_drawings(self.path), True)
        return self.examples, np.arange(10), False

    def draw(self, ax=None, ink=None, digit="0"):
        """Ten drawings of a program as the network sees them, under each the answer, the wrong
        ones in orange; above, how many are right, and which accuracies that leaves possible."""
        ax = collection_axes() if ax is None else ax
        ax[0].imshow(shrunk(np.zeros((PAD, PAD)) if ink is None else ink), cmap="gray_r", vmax=1)
        ax[0].set_title(f"a {digit}?")
        _frame(ax[0])
        drawings, labels, own = self.drawings()
        x = rows_of(drawings)
        answers = self.reader.net.predict(x)
        right = int((answers == labels).sum())
        low, high = interval(right, len(labels))
        _gallery(ax[1], x[-20:], labels[-20:], answers[-20:])
        kept = "kept" if own else "of the program"
        share = f"{right} of {len(labels)} {kept} are right"
        ax[1].set_title(f"{share}: accuracy {low:.2f} to {high:.2f}", loc="left")
        return ax

    def keep(self, ink=None, digit="0"):
        """Add the drawing to the file."""
        keep_drawing(self.path, ink, int(digit))

    def say(self, ink=None, digit="0"):
        """How many are right, in words."""
        drawings, labels, own = self.drawings()
        right = int((self.reader.net.predict(rows_of(drawings)) == labels).sum())
        return f"{len(labels) if own else 0} drawings kept. {right} of {len(labels)} are right."


def _frame(ax):
    """No ticks, and a pale line all around."""
    ax.set_axis_off()
    look = {"transform": ax.transAxes, "clip_on": False, "scalex": False, "scaley": False}
    ax.plot(*_rectangle((0, 1), (0, 1)), color="0.7", linewidth=0.8, linestyle="-", **look)


def _bars(ax, heights, inked):
    """A bar for each height, one of them in ink: one collection, as patches take longer."""
    left = np.arange(len(heights))[:, None] - 0.4
    x = left + [0, 0, 0.8, 0.8]
    y = heights[:, None] * [0, 1, 1, 0]
    colors = [INK if k == inked else "0.6" for k in range(len(heights))]
    ax.add_collection(PolyCollection(np.dstack([x, y]), facecolors=colors), autolim=False)


def _row(picture):
    return picture.reshape(1, -1).astype(np.float32)


def _answered(names, p):
    """ "3, ≈ 0.98; then 5, ≈ 0.01": the two likeliest answers."""
    first, second = first_two(p)
    return f"{names[first]}, ≈ {p[first]:.2f}; then {names[second]}, ≈ {p[second]:.2f}"


def reading_axes():
    """What the network sees, its answers as bars, the pixels that speak for the first."""
    return new_figure(6.4, 2.4).subplots(1, 3, width_ratios=[1, 1.5, 1])


def letter_axes():
    """The same with room for 26 bars."""
    return new_figure(7.4, 2.4).subplots(1, 3, width_ratios=[1, 2.4, 1])


def collection_axes():
    """What is on the pad, and beside it the drawings that are kept."""
    return new_figure(6.4, 1.9).subplots(1, 2, width_ratios=[1, 3.4])


def _gallery(ax, x, labels, answers, columns=10):
    """Digits (N, 784) in rows, under each the answer: right in ink, wrong in orange."""
    side, gap, line = SIDE, 3, 13
    rows = -(-len(x) // columns)
    grid = np.zeros((rows * (side + line), columns * (side + gap)))
    for k, (image, label, answer) in enumerate(zip(x, labels, answers, strict=True)):
        top, left = k // columns * (side + line), k % columns * (side + gap)
        grid[top : top + side, left : left + side] = image.reshape(side, side)
        color = INK if answer == label else "#A85500"
        words = f"{answer}" if answer == label else f"{answer}, not {label}"
        ax.text(left + side / 2, top + side + 1, words, ha="center", va="top", color=color, size=9)
    ax.imshow(grid, cmap="gray_r", vmin=0, vmax=1)
    ax.set_axis_off()


# --- pictures of the lesson


def show_drawings(rows):
    """Rows of drawings on their pads, {name: (N, 112, 112)}."""
    n = max(len(drawings) for drawings in rows.values())
    figure = new_figure(8.4, 0.95 * len(rows) + 0.1)
    ax = np.atleast_2d(figure.subplots(len(rows), n, squeeze=False))
    for row, (name, drawings) in zip(ax, rows.items(), strict=True):
        for a, ink in zip(row, drawings, strict=False):
            a.imshow(ink, cmap="gray_r", vmin=0, vmax=1)
            _frame(a)
        row[0].set_ylabel(name)
    words = "; ".join(rows)
    plots.show(ax, f"Ten digits drawn on pads by a program, in {len(rows)} rows: {words}.")


def show_answers(net, rows):
    """Rows of the digits 0 to 9 as the network sees them, {name: (10, 784)}; each with its answer.

    Wrong answers are orange.
    """
    ax = np.atleast_1d(new_figure(8.4, 1.35 * len(rows)).subplots(len(rows), 1))
    found = []
    for a, (name, x) in zip(ax, rows.items(), strict=True):
        p = doubts(net, x)
        grid = np.zeros((SIDE, 10 * (SIDE + 6)))
        for k in range(10):
            left = k * (SIDE + 6)
            grid[:, left : left + SIDE] = x[k].reshape(SIDE, SIDE)
            label = int(p[k].argmax())
            color = INK if label == k else "#A85500"
            words = f"{label}, ≈ {p[k, label]:.2f}"
            a.text(left + SIDE / 2, SIDE + 1, words, ha="center", va="top", color=color, size=9)
            frame = [left - 0.5, left + SIDE - 0.5], [-0.5, SIDE - 0.5]
            a.plot(*_rectangle(*frame), color=PALE, linewidth=0.8, linestyle="-")
        right = int((p.argmax(axis=1) == np.arange(10)).sum())
        a.imshow(grid, cmap="gray_r", vmin=0, vmax=1)
        a.set(ylim=(SIDE + 9, -1))
        a.set_axis_off()
        a.set_title(f"{name}: ≈ {right} of 10 right", loc="left")
        found.append(f"{name} ≈ {right}")
    plots.show(ax, f"Ten drawings and what the network reads; right of ten: {', '.join(found)}.")


def _rectangle(x, y):
    return [x[0], x[1], x[1], x[0], x[0]], [y[0], y[0], y[1], y[1], y[0]]


def show_way(ink):
    """From the pad to the digit: the box, the longer side 20 pixels, the centre of mass on 14."""
    box_of, ready = boxed(ink), prepared(ink)
    small = resized(box_of, BOX / max(box_of.shape))
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    ax = plots.axes(4, width=8.4, height=2.5)
    pictures = {
        "the pad, 112 · 112": ink,
        f"its box, {box_of.shape[0]} · {box_of.shape[1]}": box_of,
        f"made smaller, {small.shape[0]} · {small.shape[1]}": small,
        "centred, 28 · 28": ready,
    }
    for a, (name, picture) in zip(ax, pictures.items(), strict=True):
        a.imshow(picture, cmap="gray_r", vmin=0, vmax=1)
        a.set_title(name)
        _frame(a)
    frame = [columns[0] - 0.5, columns[-1] + 0.5], [rows[0] - 0.5, rows[-1] + 0.5]
    ax[0].plot(*_rectangle(*frame), color=ORANGE, linewidth=1.6, linestyle="-")
    ax[3].plot([13.5, 13.5], [-0.5, 27.5], color=ORANGE, linewidth=0.8, linestyle="-")
    ax[3].plot([-0.5, 27.5], [13.5, 13.5], color=ORANGE, linewidth=0.8, linestyle="-")
    mass = centre(ready.sum(axis=0)), centre(ready.sum(axis=1))
    ax[3].plot(*mass, "o", color=ORANGE, markersize=7, markeredgecolor="white")
    plots.show(
        ax,
        f"A drawing in a corner of the pad, its box of {box_of.shape[0]} by {box_of.shape[1]} "
        f"pixels, made smaller to {small.shape[0]} by {small.shape[1]}, and in the middle of 28 "
        f"by 28: its centre of mass lies at row {mass[1]:.1f}, column {mass[0]:.1f}.",
    )


def show_network(picture):
    """784-300-100-10 as a row of layers, and how many weights lie between them."""
    ax = sheet(8.4, 1.75)
    ax.imshow(
        picture, cmap="gray_r", vmin=0, vmax=1, extent=(0.25, 1.45, 0.35, 1.55), aspect="auto"
    )
    ax.plot(*_rectangle((0.25, 1.45), (0.35, 1.55)), color="0.7", linewidth=0.8, linestyle="-")
    say(ax, 0.85, 0.15, "28 · 28 pixels", size=9)
    places = [2.35, 4.2, 5.75, 7.2]
    layers = ["784\nnumbers", "300\nReLU", "100\nReLU", "10\nshares"]
    heights = [1.3, 1.0, 0.75, 0.55]
    arrow(ax, (1.5, 0.95), (places[0] - 0.4, 0.95))
    for x, words, height in zip(places, layers, heights, strict=True):
        box(ax, x, 0.95, 0.72, height)
        say(ax, x, 0.95, words, size=9)
    counts = ["235,200", "30,000", "1,000"]
    for left, right, count in zip(places[:-1], places[1:], counts, strict=True):
        arrow(ax, (left + 0.4, 0.95), (right - 0.4, 0.95))
        say(ax, (left + right) / 2, 1.13, count, size=9)
    say(ax, 3.3, 0.72, "weights", size=9, color=GREY)
    say(ax, 6.5, 0.72, "softmax", size=9, color=GREY)
    plots.show(
        ax,
        "A digit of 28 by 28 pixels goes as 784 numbers through 300 and 100 ReLUs to ten shares; "
        "between them lie 235,200, 30,000 and 1,000 weights.",
    )


def show_errors(net, unseen, n=20):
    """The wrong answers on unseen digits in which the network doubted least."""
    x, t = unseen
    labels = t.argmax(axis=1)
    p = doubts(net, x)
    wrong = np.flatnonzero(p.argmax(axis=1) != labels)
    worst = wrong[np.argsort(-p[wrong].max(axis=1))[:n]]
    captions = [f"{labels[k]}, read {p[k].argmax()}" for k in worst]
    ax = plots.images(x[worst], captions=captions, columns=10)
    plots.show(
        ax,
        f"Twenty of ≈ {len(wrong)} unseen digits that are named wrongly, those in which the "
        "network doubts least, each with its label and what it is read as.",
    )


def show_moved(curves, seen=3):
    """Accuracy against pixels moved, {name: accuracies for 0, 1, 2 ... pixels}."""
    ax = plots.axes(width=7, height=2.9)
    colors = dict(zip(curves, [INK, plots.GREEN, plots.PURPLE], strict=False))
    found = []
    for name, values in curves.items():
        ax.plot(values, "o-", color=colors[name], label=name)
        found.append(f"{name} ≈ {values[0]:.2f} unmoved, ≈ {values[seen]:.2f} moved by {seen}")
    ax.axhline(0.1, color="0.6", linewidth=1, linestyle=":")
    ax.text(0, 0.12, "guessing", color=GREY, ha="left", va="bottom")
    ax.set(xlabel="moved by so many pixels", ylabel="accuracy", ylim=(0, 1.02), yticks=[0, 0.5, 1])
    plots.end_names(ax)
    plots.show(ax, f"Accuracy on unseen digits that are moved: {'; '.join(found)}.")


def show_blanked(shares_left, ns):
    """The share of answers that stay, against how many pixels are taken away, {name: shares}."""
    ax = plots.axes(width=6.4, height=2.6)
    found = []
    for (name, values), color in zip(shares_left.items(), [BLUE, GREY], strict=True):
        ax.plot(ns, values, "o-", color=color, label=name)
        found.append(f"{name} ≈ {values[-1]:.2f}")
    ax.set(xlabel="pixels of ink taken away", ylabel="answers that stay", ylim=(0, 1.04))
    ax.set(xticks=ns, yticks=[0, 0.5, 1])
    plots.end_names(ax)
    plots.show(ax, f"Answers that stay without {ns[-1]} pixels: {'; '.join(found)}.")


def show_intervals(results):
    """For (right, all) of each: the accuracies it leaves possible, as a bar."""
    ax = plots.axes(width=6.4, height=0.42 * len(results) + 0.7)
    found = []
    for row, (right, n) in enumerate(results):
        low, high = interval(right, n)
        line = {"linewidth": 5, "linestyle": "-", "solid_capstyle": "butt"}
        ax.plot([low, high], [row, row], color=INK, alpha=0.35, **line)
        ax.plot(right / n, row, "o", color=INK)
        found.append(f"{right} of {n}: {low:.2f} to {high:.2f}")
    names = [f"{right} of {n} right" for right, n in results]
    ax.set(yticks=range(len(results)), yticklabels=names, ylim=(len(results) - 0.5, -0.5))
    ax.set(xlim=(0, 1.02), xlabel="accuracies that this leaves possible")
    plots.show(ax, f"What a count leaves possible: {'; '.join(found)}.")


def show_photographs():
    """The four photographs, and of three the halves: left to learn, right to be asked."""
    photos = data.photographs()
    sizes = [photo.shape[1] for photo in photos.values()]
    ax = new_figure(8.4, 2.0).subplots(1, 4, width_ratios=sizes)
    ends = {part[0]: part[1:3] for part in data.CUTTINGS["right"]}
    for a, (name, photo) in zip(ax, photos.items(), strict=True):
        a.imshow(photo)
        a.set(xticks=[], yticks=[], title=name)
        a.spines[:].set_visible(False)
        if name not in ends:
            a.set_xlabel("never learned")
            continue
        low, high = ends[name]
        a.axvline(low - 0.5, color="white", linewidth=2.5, linestyle="-")
        if high < photo.shape[1] - 1:
            a.axvline(high - 0.5, color="white", linewidth=1.2, linestyle=":")
        a.set_xlabel("learned | asked")
    plots.show(
        ax,
        "Four photographs: the face of a cat, an astronaut, a rocket at night, a cup of coffee on "
        "wood. A white line parts the first three into a left half that is learned and a right one "
        "that is asked, the cat's up to a dotted line; none of the coffee is learned.",
        sharp=1,
    )


def show_cuttings(net, parts, n=9):
    """Some cuttings of each part, and what the network says: the share it gives to the cat."""
    ax = np.atleast_1d(new_figure(8.4, 1.35 * len(parts)).subplots(len(parts), 1))
    titles = {"left": "left halves, learned", "right": "right halves", "coffee": "coffee"}
    found = []
    for a, part in zip(ax, parts, strict=True):
        x, labels = data.cuttings(part)
        p = 1 / (1 + np.exp(-net.forward(x)[:, 0].astype(float)))
        chosen = np.rint(np.linspace(0, len(x) - 1, n)).astype(int)
        strip = np.ones((64, n * 74 - 10, 3))
        for k, i in enumerate(chosen):
            strip[:, 74 * k : 74 * k + 64] = x[i].reshape(64, 64, 3)
            color = INK if (p[i] > 0.5) == labels[i] else "#A85500"
            words = f"cat ≈ {p[i]:.2f}"
            a.text(74 * k + 32, 67, words, ha="center", va="top", color=color, size=9)
        a.imshow(strip)
        a.set(ylim=(86, -0.5))
        a.set_axis_off()
        right = int(((p > 0.5) == labels).sum())
        a.set_title(f"{titles[part]}: ≈ {right} of {len(x)} named rightly", loc="left")
        found.append(f"{part} ≈ {right} of {len(x)}")
    plots.show(
        ax,
        "Cuttings of photographs with the share that the network gives to the cat, wrong ones "
        f"orange; right are: {'; '.join(found)}.",
        sharp=1,
    )
