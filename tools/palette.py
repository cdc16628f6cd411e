"""Pictures with few colours: the frequent ones exactly, the others nearly."""

import numpy as np
from PIL import Image

EXACT = 128  # at most so many frequent colours stay as they are: grounds, lines, bars
CHUNK = 4096  # colours that are compared with the palette at once


def palette_of(image, colors=256):
    """(colors, 3) or fewer, uint8: an image's most frequent colours, then some near all others."""
    found, counts = np.unique(_packed(image), return_counts=True)
    found = found[np.argsort(-counts, kind="stable")]
    if len(found) <= colors:
        return _unpacked(found)
    exact = min(EXACT, colors // 2)
    rest = Image.fromarray(_unpacked(found[exact:])[None])
    left = colors - exact
    near = rest.quantize(left, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    near = np.array(near.getpalette()[: 3 * left], np.uint8).reshape(-1, 3)
    return np.concatenate([_unpacked(found[:exact]), near])


def flat(image, palette):
    """The RGB image with each pixel's nearest colour of the palette, as an image of mode P.

    Pillow's own search rounds colours to six bits before it looks, and so misses exact ones.
    """
    found, where = np.unique(_packed(image), return_inverse=True)
    colors, palette = _unpacked(found).astype(np.int32), np.asarray(palette, np.uint8)
    nearest = np.empty(len(found), np.uint8)
    for start in range(0, len(found), CHUNK):
        part = colors[start : start + CHUNK, None]
        nearest[start : start + CHUNK] = (
            np.square(part - palette.astype(np.int32)).sum(axis=-1).argmin(axis=1)
        )
    reduced = Image.fromarray(nearest[where].reshape(image.height, image.width), "L").convert("P")
    reduced.putpalette(palette.tobytes())
    return reduced


def _packed(image):
    """Each pixel as one number."""
    pixels = np.asarray(image.convert("RGB"), np.uint32).reshape(-1, 3)
    return pixels[:, 0] << 16 | pixels[:, 1] << 8 | pixels[:, 2]


def _unpacked(packed):
    return np.stack([packed >> 16, packed >> 8 & 255, packed & 255], axis=-1).astype(np.uint8)
