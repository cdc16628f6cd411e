"""Set up the course and open it, or test it, on a machine with nothing but Python 3.11 or newer:

    python3 tools/course.py open      opens your workbook in JupyterLab
    python3 tools/course.py test      runs the tests and re-executes all notebooks
    python3 tools/course.py site      builds the browser edition in `_site/` and shows it

`open` installs what requirements.txt names, `test` what the tests need, too. Both use the virtual
environment that is active, else make and use `.venv` beside README.md; what is installed once is
not looked for again, so the second time needs no network. Delete `.venv` to begin anew. Where the
variable CI is set, `open` installs and does not open, and `site` builds and does not show. What
follows `test` goes to pytest, as in `test -k gradients`; each processor, up to four, runs a share
of the tests (`test -n 0`: one after the other). After `site`, another folder may follow; it has an
environment of its own, `.venv-site`, and tools/build_site.py says more.

Your workbook is the folder `workbook/`: a copy of every notebook without its outputs, so that no
answer stands below its question. What you wrote there is never overwritten: a newer lesson is laid
beside yours, and said. To begin a lesson anew, delete its copy and open again.
"""

import contextlib
import hashlib
import importlib.util
import json
import os
import pathlib
import shutil
import subprocess
import sys

HOME = pathlib.Path(__file__).resolve().parent.parent
THREADS = dict.fromkeys(("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"), "1")

WORKERS = ("-n", "logical", "--maxprocesses=4", "--no-loadscope-reorder")


def environment():
    """(folder, Python) of the active virtual environment, else of .venv, made when missing."""
    conda = (
        os.environ.get("CONDA_PREFIX") == sys.prefix
        and os.environ.get("CONDA_DEFAULT_ENV") != "base"
    )
    if sys.prefix != sys.base_prefix or conda:
        return pathlib.Path(sys.prefix), sys.executable
    return own_environment(".venv")


def own_environment(name):
    """(folder, Python) of a virtual environment of this name beside README.md."""
    folder = HOME / name
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        make(folder)
    return folder, str(python)


def make(folder):
    """A virtual environment, whole or not at all."""
    if not all(map(importlib.util.find_spec, ("venv", "ensurepip"))):
        sys.exit(
            "This Python cannot make a virtual environment. "
            "On Debian and Ubuntu: sudo apt install python3-venv"
        )
    print(f"Making the virtual environment {folder}", flush=True)
    try:
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def install(folder, python, *files):
    """Install what the files name.

    Where a mark in the environment's folder says that it was done, nothing happens.
    """
    package, limits = (
        (HOME / "pyproject.toml").read_text(encoding="utf-8"),
        os.environ.get("PIP_CONSTRAINT", ""),
    )
    marks = {file: folder / f".dlcourse-{file.replace('/', '-')}" for file in files}
    wanted = {
        file: f"{HOME}\n{limits}\n{package}\n{(HOME / file).read_text(encoding='utf-8')}"
        for file in files
    }
    new = [
        file
        for file in files
        if not marks[file].exists() or marks[file].read_text(encoding="utf-8") != wanted[file]
    ]
    if not new:
        return
    print(f"Installing what {' and '.join(new)} names", flush=True)
    options = [option for file in new for option in ("-r", file)]
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *options)
    for file in new:
        marks[file].write_text(wanted[file], encoding="utf-8")


def without_outputs(text):
    """The text of a notebook with nothing run in it."""
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
        cell.get("metadata", {}).get("jupyter", {}).pop("outputs_hidden", None)
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def lay_out(notebooks, workbook):
    """Lay a copy of every notebook into the workbook, without outputs; what to say about it.

    A copy that the learner has not touched is replaced by a newer lesson. One that she has worked
    in stays as it is: the newer lesson is laid beside it. `.copied.json` remembers what was laid
    out; without it nothing counts as untouched.
    """
    workbook.mkdir(exist_ok=True)
    memory = workbook / ".copied.json"
    copied, said = json.loads(memory.read_text(encoding="utf-8")) if memory.exists() else {}, []
    for original in sorted(notebooks.glob("*.ipynb")):
        text = without_outputs(original.read_text(encoding="utf-8"))
        newest, mine = _mark(text), workbook / original.name
        there = _mark(mine.read_text(encoding="utf-8")) if mine.exists() else None
        if there in (None, newest, copied.get(original.name, {}).get("copy")):
            _write(mine, text) if there != newest else None
            copied[original.name] = {"copy": newest, "seen": newest}
        elif copied.get(original.name, {}).get("seen") != newest:
            names = (
                f"{mine.stem} (new{n}).ipynb" for n in ("", *(f" {k}" for k in range(2, 1000)))
            )
            beside = next(path for path in map(mine.with_name, names) if not path.exists())
            _write(beside, text)
            said.append(
                f"A newer lesson lies beside yours: workbook/{beside.name}. Yours stays as it is."
            )
            copied.setdefault(original.name, {"copy": None})["seen"] = newest
    _write(memory, json.dumps(copied, indent=1) + "\n")
    return said


def _mark(text):
    return hashlib.sha256(text.encode()).hexdigest()


def _write(path, text):
    """The whole file or nothing."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8", newline="\n")
    os.replace(part, path)


def run(*command, **variables):
    """Run a command in the course's folder; end with its exit code if it fails."""
    process = subprocess.Popen(command, cwd=HOME, env={**variables, **os.environ})
    while process.poll() is None:
        # Ctrl+C reaches the command, too: JupyterLab asks, and ends its kernels
        with contextlib.suppress(KeyboardInterrupt):
            process.wait()
    if process.returncode:
        sys.exit(process.returncode)


def main(arguments):
    if sys.version_info < (3, 11):  # noqa: UP036, this is where an older Python is told so
        sys.exit(
            f"The course needs Python 3.11 or newer, this is {sys.version.split()[0]}: https://www.python.org/downloads"
        )
    if not arguments or arguments[0] not in ("open", "test", "site"):
        sys.exit(__doc__)
    if arguments[0] == "site":
        os.environ.pop("PIP_CONSTRAINT", None)  # the site pins its own versions
        folder, python = own_environment(".venv-site")
        install(folder, python, "tools/site/requirements.txt")
        run(python, str(HOME / "tools/build_site.py"), *arguments[1:])
        return
    folder, python = environment()
    if arguments[0] == "test":
        install(folder, python, "requirements.txt", "tests/requirements.txt")
        run(python, "-m", "pytest", *WORKERS, *arguments[1:])
        return
    install(folder, python, "requirements.txt")
    for sentence in lay_out(HOME / "notebooks", HOME / "workbook"):
        print(sentence)
    if os.environ.get("CI"):
        print("The course is set up.")
        return
    # in a container
    root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    # One BLAS thread answers a slider ten times faster than many on a busy machine; set the
    # variable to choose another number.
    run(python, "-m", "jupyterlab", "--LabApp.default_url=/lab/tree/workbook", *root, **THREADS)


if __name__ == "__main__":
    main(sys.argv[1:])
