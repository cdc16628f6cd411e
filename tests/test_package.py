"""The package as a house: who imports whom, what is documented, how large it is, what importing it costs."""

import ast
import importlib
import inspect
import pathlib
import subprocess
import sys

import pytest
from packaging.requirements import Requirement

import dlcourse

FOLDER = pathlib.Path(dlcourse.__file__).parent
MODULES = sorted(path.stem for path in FOLDER.glob("*.py"))
FOLDERS = sorted(path.parent.name for path in FOLDER.glob("*/__init__.py"))
MAY_IMPORT = {  # the drawing: module -> modules of this package, besides `checks`; all others stand alone
    "layers": {"initializers"},
    "activations": {"layers"},
    "recurrent": {"layers", "initializers"},
    "plots": {"drawing"},
    "widgets": {"plots", "drawing"},
}
THIRD_PARTY = {
    "plots": {"numpy", "matplotlib", "contourpy", "IPython"},
    "widgets": {"numpy", "ipywidgets", "traitlets", "IPython"},
}


def imports(name):
    """(modules of this package, other modules) that the source of a module names in an import, wherever it stands."""
    own, other = set(), set()
    for node in ast.walk(ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}.py imports by a relative path"
            names = [f"{node.module}.{a.name}" for a in node.names] if node.module == "dlcourse" else [node.module]
        else:
            continue
        for full in names:
            first, _, rest = full.partition(".")
            own.add(rest.split(".")[0]) if first == "dlcourse" else other.add(first)
    return own, other


@pytest.mark.parametrize("name", MODULES)
def test_a_module_imports_what_the_drawing_allows(name):
    own, other = imports(name)
    allowed = MAY_IMPORT.get(name, set()) | ({"checks"} if name in CORE else set())
    assert own <= allowed, f"{name} may not import {own - allowed}"
    foreign = {module for module in other if module not in sys.stdlib_module_names}
    assert foreign <= THIRD_PARTY.get(name, {"numpy"}), f"{name} may not import {foreign}"
    assert name != "__init__" or not own | other


def test_the_drawing_has_no_cycle():
    edges, done = {name: imports(name)[0] for name in MODULES}, set()
    while ready := {name for name in edges if name not in done and edges[name] <= done | {"drawing"}}:
        done |= ready
    assert done == set(MODULES), f"a cycle among {set(MODULES) - done}"


def members(module):
    """(dotted name, object) of every function, class, method and property that a module defines itself."""
    for name, thing in vars(module).items():
        if (inspect.isfunction(thing) or inspect.isclass(thing)) and thing.__module__ == module.__name__:
            yield name, thing
            for key, method in vars(thing).items() if inspect.isclass(thing) else ():
                if inspect.isfunction(method) or isinstance(method, property):
                    yield f"{name}.{key}", method


@pytest.mark.parametrize("name", MODULES)
def test_everything_public_has_a_docstring(name):
    module = importlib.import_module("dlcourse" if name == "__init__" else f"dlcourse.{name}")
    assert module.__doc__ and module.__doc__.strip()
    bare = []
    for path, thing in members(module):
        inherited = path.count(".") == 1 and any(
            path.split(".")[1] in vars(base) for base in vars(module)[path.split(".")[0]].__mro__[1:]
        )
        if not any(part.startswith("_") for part in path.split(".")) and not inherited and not thing.__doc__:
            bare.append(path)
    plain_readings = {"History.loss", "History.grad_rms", "Panel.png"}  # the class's docstring says what they hold
    assert set(bare) <= plain_readings, bare


def test_the_map_names_every_module_once():
    named = [line.split()[0] for line in dlcourse.__doc__.splitlines()[2:] if line.strip()]
    assert sorted([*named, "__init__"]) == sorted(MODULES + FOLDERS)


@pytest.mark.parametrize("name", MODULES)
def test_a_module_can_be_read_in_one_sitting(name):
    source = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 320
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and name in CORE:
            length, doc = node.end_lineno - node.lineno + 1, len((ast.get_docstring(node) or "").splitlines())
            assert length - doc <= 30, f"{name}.{node.name} has {length - doc} lines"


def test_the_core_stays_small():
    """What a maintainer has to know: all but figures and sliders."""
    beside = {"plots", "canvas", "widgets"}
    sources = [(FOLDER / f"{name}.py").read_text(encoding="utf-8") for name in MODULES if name not in beside]
    assert sum(len(source.splitlines()) for source in sources) <= 1500


CORE = "initializers layers activations losses network optimizers training gradcheck data recurrent checks".split()


def python(code, *flags):
    return subprocess.run([sys.executable, *flags, "-c", code], capture_output=True, text=True, check=True)


def test_importing_is_quiet_even_when_warnings_are_errors():
    lines = "; ".join(f"import dlcourse.{name}" for name in CORE)
    run = python(f"import dlcourse; {lines}", "-W", "error")
    assert run.stdout == run.stderr == ""


def test_importing_loads_nothing_heavy():
    heavy = "[m for m in ('matplotlib', 'ipywidgets', 'IPython', 'PIL', 'scipy', 'pandas') if m in sys.modules]"
    assert python(f"import sys, dlcourse; print('numpy' in sys.modules, {heavy})").stdout.split() == ["False", "[]"]
    lines = "; ".join(f"import dlcourse.{name}" for name in CORE)
    assert python(f"import sys; {lines}; print({heavy})").stdout.strip() == "[]"


@pytest.mark.parametrize("name", CORE)
def test_no_global_randomness(name):
    """Every random number comes from an explicit generator; the letters' frozen stream is the one exception."""
    source = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    calls = [node.attr for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute) and _is_np_random(node.value)]
    assert set(calls) <= {"default_rng", "Generator"} | ({"RandomState"} if name == "data" else set())


def _is_np_random(node):
    return (
        isinstance(node, ast.Attribute) and node.attr == "random" and isinstance(node.value, ast.Name) and node.value.id == "np"
    )


@pytest.mark.parametrize("command", [("check",), ("format", "--check")], ids=["lint", "format"])
def test_code_and_notebooks_are_as_ruff_wants_them(command):
    home = pathlib.Path(__file__).parent.parent
    run = subprocess.run([sys.executable, "-m", "ruff", *command, "."], cwd=home, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


def read(path):
    return path.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("pins", ["constraints.txt", "tests/oldest.txt"])
def test_pinned_versions_are_within_the_ranges_that_install(pins):
    home = pathlib.Path(__file__).parent.parent
    lines = [line.split("#")[0].strip() for name in ("requirements.txt", "tests/requirements.txt") for line in read(home / name)]
    ranges = [Requirement(line) for line in lines if line and not line.startswith("-e")]
    pinned = dict(line.split("==") for line in read(home / pins) if not line.startswith("#"))
    for wanted in ranges:
        if wanted.name != "ruff" or pins == "constraints.txt":
            assert wanted.specifier.contains(pinned[wanted.name]), f"{pins} pins {wanted.name} outside {wanted.specifier}"
