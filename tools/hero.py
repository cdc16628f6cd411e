"""The picture of README: a network whose light fades on the way back.

    python tools/hero.py

Writes notebooks/pictures/hero.gif, and hero.png, the same network standing still.

Two networks of nine hidden layers read a letter, one of sigmoid units, one of ReLU. The gradient
starts at the loss and goes back layer by layer; each layer is as bright as its gradient is large.
The package computes all numbers.
"""

import io
import pathlib

import numpy as np
from palette import flat, palette_of
from PIL import Image

from dlcourse import activations, data, initializers, layers, losses, network, plots
from dlcourse.drawing import instrument
from dlcourse.drawing.style import new_figure

FOLDER = pathlib.Path(__file__).parents[1] / "notebooks" / "pictures"
HIDDEN, WIDTH, LETTER = 9, 30, 4
DPI, COLORS = 175, 96  # of the moving picture
UNITS = {
    "sigmoids": (activations.Sigmoid, initializers.lecun),
    "ReLU": (activations.ReLU, initializers.he),
}
STEEPEST = {activations.Sigmoid: 0.25, activations.ReLU: 1.0}
# milliseconds that the first picture, one on the way and the last are seen
BEGIN, STEP, END = (1200, 170, 3200)


def measured(name):
    """Before the first step: weights, magnitudes, slopes as shares, the letter; for instrument."""
    unit, init = UNITS[name]
    x, labels = data.letters(64, seed=1)
    t = data.one_hot(labels, 26)
    stack, n_in = [], x.shape[1]
    for _ in range(HIDDEN):
        stack += [layers.Dense(n_in, WIDTH, init), unit()]
        n_in = WIDTH
    stack += [layers.Dense(n_in, 26, initializers.lecun), activations.Sigmoid()]
    net, loss = network.Sequential(stack, seed=0, dtype=np.float64), losses.MeanSquaredError()
    loss.forward(net.forward(x), t)
    net.backward(loss.backward())
    weights, slopes = [layer.W for layer in net.layers[::2]], []
    for f, W in zip(net.layers[1::2], weights, strict=True):
        slopes.append(f.backward(np.ones((len(x), W.shape[1]))) / STEEPEST[type(f)])
    return weights, np.array(net.grad_rms()), slopes, x[LETTER].reshape(17, 17)


def frames(name):
    """(picture, milliseconds) from the loss back to the first layer."""
    weights, magnitudes, slopes, letter = measured(name)
    found = [
        (_frame(name, weights, magnitudes, slopes, letter, known), STEP)
        for known in range(len(magnitudes) + 1)
    ]
    found[0] = found[0][0], BEGIN
    found[-1] = found[-1][0], END
    return found


def _frame(name, weights, magnitudes, slopes, letter, known):
    """The instrument when the gradient has come back through `known` layers."""
    n = len(magnitudes)
    seen = np.where(np.arange(n) >= n - known, magnitudes, np.nan)
    title = f"{HIDDEN} hidden layers of {name}"
    if known == n:
        title += f": {instrument.lost_or_won(magnitudes)}"
    ax = instrument.instrument(
        instrument.axes(), weights, seen, slopes, letter, reference=magnitudes[-1], title=title
    )
    return _picture(ax[0].figure, DPI)


def _picture(figure, dpi):
    stored = io.BytesIO()
    figure.savefig(stored, format="png", dpi=dpi)
    return Image.open(stored).convert("RGB")


def still():
    """Both networks above each other, each with what reaches its first layer."""
    figure = new_figure(8.4, 4.2)
    for ax, name in zip(figure.subplots(2, 1), UNITS, strict=True):
        weights, magnitudes, slopes, letter = measured(name)
        title = f"{HIDDEN} hidden layers of {name}: {instrument.lost_or_won(magnitudes)}"
        instrument.lit_network(ax, weights, magnitudes, slopes, letter, title=title)
    return _picture(figure, 200)


def main():
    plots.use_style()
    reduced, durations = [], []
    for name in UNITS:
        pictures, seen = zip(*frames(name), strict=True)
        palette = palette_of(pictures[-1], COLORS)
        reduced += [flat(picture, palette) for picture in pictures]
        durations += seen
    FOLDER.mkdir(exist_ok=True)
    reduced[0].save(
        FOLDER / "hero.gif",
        save_all=True,
        append_images=reduced[1:],
        duration=durations,
        loop=0,
        optimize=False,
    )
    standing = still()
    flat(standing, palette_of(standing)).save(FOLDER / "hero.png", optimize=True)
    for path in (FOLDER / "hero.gif", FOLDER / "hero.png"):
        print(f"{path.name}: {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
