"""Execute notebooks and store them as they are committed:

    python tools/record.py notebooks/*.ipynb              runs each, writes it with its outputs
    python tools/record.py --check notebooks/*.ipynb      says what is not as it would be written

Each runs in a clean kernel; --check runs nothing.

Stored: outputs, counts from 1, readable cell ids, tags, what tools/needs.py wrote, the alt text of
pictures, small pictures; the old picture where the new one looks the same, so that diffs stay
small. Not stored: widgets (their picture is), versions, timings, the state of an editor. A notebook
that fails stays as it was.
"""

import base64
import copy
import glob
import io
import itertools
import os
import pathlib
import re
import sys

import nbformat
import numpy as np
import palette
from nbclient import NotebookClient
from PIL import Image

from dlcourse.drawing.style import is_sentence

VIEW = "application/vnd.jupyter.widget-view+json"
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
# as nbformat and JupyterLab make them
RANDOM_ID = re.compile(r"[0-9a-f]{8}(-?[0-9a-f]{4}){0,3}(-?[0-9a-f]{12})?")
# an address, or a path of this machine
UNSTABLE = re.compile(r"0x[0-9a-fA-F]{6,}|/(tmp|home|root|Users)/|[A-Z]:\\")
LARGEST = 500_000  # bytes of a notebook
LONGEST = 300  # seconds of a cell
COLOURS = (32, 64, 96, 128, 192)  # of a stored picture: the frequent ones exactly, see palette
SEEN = 8  # of 255: a smaller difference of a colour is not seen


def execute(notebook, folder, **variables):
    """Run all cells in a fresh kernel in `folder`, with one BLAS thread.

    `variables` are added to the kernel's environment.
    """
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"), "1")
    client = NotebookClient(
        notebook,
        timeout=LONGEST,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
    )
    inherited = {name: value for name, value in os.environ.items() if name != "DLCOURSE_STRICT"}
    client.execute(env={**inherited, **threads, **variables})
    return notebook


def pictures(cell):
    """The outputs of a cell that hold a picture."""
    return [output for output in cell.get("outputs", []) if "image/png" in output.get("data", {})]


def unpacked(picture):
    """Base64 text as an image."""
    return Image.open(io.BytesIO(base64.b64decode(picture)))


def small(picture):
    """The picture with a palette of few colours: a third of the bytes or fewer.

    So few that all but one pixel of a thousand keep their colour within SEEN, 192 at most.
    """
    image = unpacked(picture)
    if image.mode == "P":
        return picture
    white = Image.new("RGBA", image.size, "white")
    flat = Image.alpha_composite(white, image.convert("RGBA")).convert("RGB")
    for colours in COLOURS:
        reduced = palette.flat(flat, palette.palette_of(flat, colours))
        apart = np.abs(np.subtract(reduced.convert("RGB"), flat, dtype=np.int16)).max(axis=-1)
        if np.mean(apart > SEEN) < 0.001:
            break
    out = io.BytesIO()
    reduced.save(out, "png", optimize=True)
    return base64.b64encode(out.getvalue()).decode()


def look_the_same(a, b):
    """True where no spot of 4 x 4 pixels differs by what an eye would see.

    The edges of letters may differ, as another version draws them.
    """
    a, b = unpacked(a), unpacked(b)
    if a.size != b.size:
        return False
    a, b = (np.asarray(image.convert("RGB").reduce(4), float) for image in (a, b))
    return np.abs(a - b).max() < 24


def normalise(notebook, name, before=None):
    """Bring the notebook into the form that is committed.

    `before` is what is stored now, with the same cells.
    """
    notebook.metadata, notebook.nbformat_minor = nbformat.from_dict(METADATA), 5
    stem = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    taken, seen, numbers = {cell.get("id") for cell in notebook.cells}, set(), itertools.count()
    for position, cell in enumerate(notebook.cells):
        if "id" not in cell or cell.id in seen or RANDOM_ID.fullmatch(cell.id):
            cell.id = next(new for n in numbers if (new := f"{stem}-{n:03d}") not in taken)
        seen.add(cell.id)
        hidden = {
            key: True
            for key in ("source_hidden", "outputs_hidden")
            if cell.metadata.get("jupyter", {}).get(key)
        }
        kept = {"tags": cell.metadata.get("tags"), "jupyter": hidden}
        kept["dlcourse"] = cell.metadata.get("dlcourse")
        cell.metadata = nbformat.from_dict({key: value for key, value in kept.items() if value})
        if cell.cell_type == "code":
            _normalise_outputs(cell, before.cells[position] if before else {})
    return notebook


def _normalise_outputs(cell, before):
    # a widget without a picture or words, such as a progress bar, shows nothing when its kernel is
    # gone
    shown = [
        o
        for o in cell.outputs
        if VIEW not in o.get("data", {}) or {"image/png", "text/html"} & set(o.data)
    ]
    cell.outputs = _joined(shown)
    for output in cell.outputs:
        if "data" in output:
            output.data.pop(VIEW, None)
            about = output.metadata.get("image/png", {})
            about = {key: about[key] for key in ("alt", "width") if key in about}
            output.metadata = nbformat.from_dict({"image/png": about} if about else {})
    old = [output.data["image/png"] for output in pictures(before)]
    for k, output in enumerate(pictures(cell)):
        output.data["image/png"] = small(output.data["image/png"])
        if (
            k < len(old)
            and unpacked(old[k]).mode == "P"
            and look_the_same(old[k], output.data["image/png"])
        ):
            output.data["image/png"] = old[k]


def _joined(outputs):
    """The outputs with neighbouring pieces of one stream as one.

    Where they are cut depends on the machine's speed.
    """
    joined = []
    for output in outputs:
        if joined and output.output_type == "stream" and output.name == joined[-1].get("name"):
            joined[-1].text += output.text
        else:
            joined.append(output)
    return joined


def written(notebook):
    """The text of the file."""
    return nbformat.writes(notebook) + "\n"


def record(path):
    """Execute the notebook and replace its file, in one move at the end."""
    path = pathlib.Path(path)
    notebook = nbformat.read(path, 4)
    before = copy.deepcopy(notebook)
    normalise(execute(notebook, path.parent), path.stem, before)
    temporary = path.with_suffix(".recording")
    try:
        temporary.write_text(written(notebook), encoding="utf-8", newline="\n")
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def violations(path):
    """What keeps the stored notebook from being committed, a sentence each."""
    path = pathlib.Path(path)
    text = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(text, 4)
    found = []
    if written(normalise(copy.deepcopy(notebook), path.stem)) != text:
        found.append("it is not in the form that tools/record.py writes")
    counts = [
        cell.execution_count
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.source.strip()
    ]
    if counts != list(range(1, len(counts) + 1)):
        found.append(f"its cells were not run once, from top to bottom: {counts}")
    if len(text.encode()) > LARGEST:
        found.append(f"it has {len(text.encode()) // 1000} KB, more than {LARGEST // 1000}")
    for cell in notebook.cells:
        found += [
            f"cell {cell.id} {problem}"
            for output in cell.get("outputs", [])
            for problem in _in_output(cell, output)
        ]
    return found


def _in_output(cell, output):
    text = str(output.get("text", "")) + str(output.get("data", {}).get("text/plain", ""))
    if output.output_type == "error" and "raises-exception" not in cell.metadata.get("tags", []):
        yield f"stores an error: {output.ename}"
    if output.get("name") == "stderr":
        yield f"stores a warning: {output.text[:80]!r}"
    if UNSTABLE.search(text):
        yield f"prints an address or a path of one machine: {text[:80]!r}"
    alt = output.get("metadata", {}).get("image/png", {}).get("alt")
    if "image/png" in output.get("data", {}) and not is_sentence(alt):
        yield (
            "shows a picture without a sentence for those who cannot see it: "
            "plots.show(ax, alt=...)"
        )


def main(arguments):
    patterns = [argument for argument in arguments if argument != "--check"]
    if not patterns or any(pattern.startswith("-") for pattern in patterns):
        sys.exit(__doc__)
    # no Windows shell expands *
    paths = [path for pattern in patterns for path in sorted(glob.glob(pattern)) or [pattern]]
    if "--check" not in arguments:
        for path in paths:
            record(path)
    found = [f"{path}: {problem}" for path in paths for problem in violations(path)]
    sys.exit("\n".join(found) or None)


if __name__ == "__main__":
    main(sys.argv[1:])
