"""Do the lessons hold on another processor?

    python tools/variants.py                    all variants
    python tools/variants.py noise Haswell      those with one of these words in their name

Runs every notebook (strict nbval) and every claim, once for each variant, and tells how many cells
and claims passed in each. A variant is code that OpenBLAS and NumPy would choose on another
processor, as far as this one can run it, or rounding noise: results of Dense moved by one unit in
the last place, see tests/rounding.py. Needs what tests/requirements.txt names.
"""

import os
import pathlib
import re
import subprocess
import sys
import time

HOME = pathlib.Path(__file__).resolve().parent.parent
FORCED = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "NPY_DISABLE_CPU_FEATURES", "ROUNDING_NOISE")
BARE = {name: value for name, value in os.environ.items() if name not in FORCED}
CORE = """
import ctypes, pathlib, numpy as np
a = np.ones((64, 64), np.float32) @ np.ones((64, 64), np.float32)
folder = pathlib.Path(np.__file__).parent.parent / "numpy.libs"
for path in folder.glob("*openblas*"):
    library = ctypes.CDLL(str(path))
    for name in (
        "scipy_openblas_get_corename64_", "openblas_get_corename64_", "openblas_get_corename"
    ):
        if hasattr(library, name):
            ask = getattr(library, name)
            ask.restype = ctypes.c_char_p
            print(ask().decode())
            raise SystemExit
print("unknown")
"""
DISPATCHED = """
import numpy as np
umath = getattr(np, "_core", None) or np.core
umath = umath._multiarray_umath
print(*[name for name in umath.__cpu_dispatch__ if umath.__cpu_features__[name]])
"""


def said(code, **variables):
    """What a Python with these variables prints, or None where it ends with an error."""
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, env={**BARE, **variables}, capture_output=True, text=True)
    return ran.stdout.strip() if ran.returncode == 0 else None


def variants():
    """{name: environment variables}."""
    found = {"as this processor has it": {}}
    plain = {"OPENBLAS_CORETYPE": "Nehalem", "NPY_DISABLE_CPU_FEATURES": said(DISPATCHED) or ""}
    found["Nehalem, NumPy without AVX"] = plain
    found |= {core: {"OPENBLAS_CORETYPE": core} for core in ("Sandybridge", "Haswell", "SkylakeX")}
    return found | {f"rounding noise {seed}": {"ROUNDING_NOISE": str(seed)} for seed in (1, 2, 3)}


def passed(variables, *arguments):
    """(how many passed, how many did not, what pytest said)."""
    command = [sys.executable, "-m", "pytest", "-q", "--tb=short", "-m", "", *arguments]
    ran = subprocess.run(
        command,
        cwd=HOME,
        env={**BARE, **variables},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    counts = {word: int(n) for n, word in re.findall(r"(\d+) (passed|failed|error)", ran.stdout)}
    return (
        counts.pop("passed", 0),
        sum(counts.values()) + (ran.returncode > 1),
        ran.stdout + ran.stderr,
    )


def main(words):
    worst = 0
    print(
        "| variant | OpenBLAS runs | cells passed | claims passed | seconds |\n"
        "|---|---|---:|---:|---:|",
        flush=True,
    )
    for name, variables in variants().items():
        if words and not any(word in name for word in words):
            continue
        core, began = said(CORE, **variables), time.perf_counter()
        if core is None:
            print(f"| {name} | this processor cannot run it | | | |", flush=True)
            continue
        cells, claims = passed(variables, "notebooks"), passed(variables, "tests/test_claims")
        shown = [f"{right} of {right + wrong}" for right, wrong, _ in (cells, claims)]
        seconds = time.perf_counter() - began
        print(f"| {name} | {core} | {shown[0]} | {shown[1]} | {seconds:.0f} |", flush=True)
        for _, wrong, text in (cells, claims):
            if wrong:
                worst = 1
                print(text, file=sys.stderr)
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
