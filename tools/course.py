"""Set up the course and open it, or test it, on a machine with nothing but Python 3.11 or newer:

    python3 tools/course.py open      installs what requirements.txt names, opens the notebooks in JupyterLab
    python3 tools/course.py test      installs what tests/requirements.txt names, runs all tests and re-executes all notebooks

Both use the virtual environment that is active, else make and use `.venv` beside README.md. Where the variable CI is set,
`open` installs and does not open. What follows `test` goes to pytest: `test -k gradients`.
"""

import os
import pathlib
import subprocess
import sys
import venv

HOME = pathlib.Path(__file__).resolve().parent.parent


def environment():
    """The path of the Python to use: of the active virtual environment, else of .venv, made when missing."""
    if sys.prefix != sys.base_prefix or "CONDA_PREFIX" in os.environ:
        return sys.executable
    folder = HOME / ".venv"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        print(f"Making the virtual environment {folder}", flush=True)
        venv.create(folder, with_pip=True)
    return str(python)


def run(*command, **variables):
    """Run a command in the course's folder; end with its exit code if it fails."""
    code = subprocess.run(command, cwd=HOME, env={**variables, **os.environ}).returncode
    if code:
        sys.exit(code)


def main(arguments):
    if sys.version_info < (3, 11):  # noqa: UP036, this is where an older Python is told so
        sys.exit(f"The course needs Python 3.11 or newer, this is {sys.version.split()[0]}: https://www.python.org/downloads")
    if not arguments or arguments[0] not in ("open", "test"):
        sys.exit(__doc__)
    python = environment()
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]
    if arguments[0] == "test":
        run(*install, "tests/requirements.txt")
        run(python, "-m", "pytest", *arguments[1:])
        return
    run(*install, "requirements.txt")
    if os.environ.get("CI"):
        print("The course is set up.")
        return
    # One BLAS thread answers a slider ten times faster than many on a busy machine; set the variable to choose another number.
    run(python, "-m", "jupyterlab", "notebooks", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1", OMP_NUM_THREADS="1")


if __name__ == "__main__":
    main(sys.argv[1:])
