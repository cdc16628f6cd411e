"""A network's numbers in a file: written whole or not at all, read only by the same network."""

import contextlib
import io
import json
import numbers
import os
import pathlib
import sys

import numpy as np

from dlcourse.guard.views import states_of

IN_A_BROWSER = (
    ". A browser may forbid storing, in a private window for instance: a path that begins with "
    "/tmp/ then holds the file as long as the page is open"
)


def signature(net):
    """What a network and its file share: dtype; each layer's class, shapes and public numbers.

    The public numbers are hyper-parameters: two networks that differ in one compute other outputs.
    """
    return json.dumps([str(net.dtype), *map(_description, net.layers)])


def _description(layer):
    shapes = {
        name: list(map(int, shape)) for name, shape in (layer.shapes | states_of(layer)).items()
    }
    kept = vars(layer).items()
    public = {
        name: n for name, n in kept if name[0] != "_" and isinstance(n, (numbers.Real, np.bool_))
    }
    plain = {name: n.item() if isinstance(n, np.generic) else n for name, n in public.items()}
    return [type(layer).__name__, shapes, plain]


def save(net, path):
    """Write theta, state and signature.

    Numbers that are not finite are a ValueError, what the disk refuses is an OSError.
    """
    path, arrays = checked_path("Sequential.save", path), {"theta": net.theta, "state": net.state}
    if not _finite(arrays):
        words = f"it holds NaN or infinity: {path} is not written"
        raise ValueError(f"Sequential.save takes a net of finite numbers, but {words}")
    content = io.BytesIO()
    np.savez(content, signature=np.array(net._signature), **arrays)
    write_whole("Sequential.save", path, content.getbuffer())


def write_whole(who, path, content):
    """Write bytes to a file beside `path` and put it in its place: the whole file or nothing.

    What the disk refuses is an OSError, and what stood at `path` still stands there.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(part, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as error:
        words = f"cannot write this file, and leaves what is there: {error.strerror or error}"
        words += IN_A_BROWSER if sys.platform == "emscripten" else ""
        raise OSError(error.errno, f"{who} {words}", str(path)) from None
    finally:
        with contextlib.suppress(OSError):
            part.unlink()


def load(net, path):
    """Fill net from a file that `save` wrote. Any other is a ValueError, and nothing changes."""
    path = checked_path("Sequential.load", path)
    found, arrays = _read(path), {"theta": net.theta, "state": net.state}
    stored = str(found.pop("signature", "nothing"))
    if stored != net._signature:
        words = f"but {path} holds {stored}, not {net._signature}"
        raise ValueError(f"Sequential.load takes a file of the same network, {words}")
    if _kinds(found) != _kinds(arrays) or not _finite(found):
        words = "its arrays are not those of its signature"
        raise ValueError(f"{path} is damaged, {words}: save the network again")
    for name, a in found.items():
        arrays[name][...] = a


def _kinds(arrays):
    return {name: (a.shape, a.dtype) for name, a in arrays.items()}


def _finite(arrays):
    return all(np.isfinite(a).all() for a in arrays.values())


def _read(path):
    """{name: array} of an .npz file without pickled objects; any other content is a ValueError."""
    try:
        file = open(path, "rb")
    except OSError as error:
        words = f"cannot read this file: {error.strerror}"
        raise OSError(error.errno, f"Sequential.load {words}", str(path)) from None
    with file:
        try:
            with np.load(file, allow_pickle=False) as saved:
                return {name: saved[name] for name in saved.files}
        # zip, zlib, NumPy and Python each have errors of their own for a damaged file
        except Exception:
            words = "is not a file that Sequential.save wrote, or it is damaged"
            raise ValueError(f"{path} {words}: save the network again") from None


def checked_path(who, path):
    """`path` as a pathlib.Path, if it can be the name of a file."""
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"{who} takes path as the name of a file, got {path!r}")
    if not os.path.basename(path) or "\0" in str(path):
        raise ValueError(f"{who} takes path as the name of a file, got {str(path)!r}")
    return pathlib.Path(path)
